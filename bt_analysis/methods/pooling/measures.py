"""Counts, shares and intervals in; effects on a scale that may be put together, with sampling variances, out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import norm

from bt_analysis.methods.pooling.effects import Array

Measured = tuple[Array, Array]


def log_risk_ratio(cases: ArrayLike, n: ArrayLike, other_cases: ArrayLike, other_n: ArrayLike) -> Measured:
    """Return log risk ratios of two groups.

    Parameters
    ----------
    cases, n : array_like
        People of the first group who have the property, and people in it.
    other_cases, other_n : array_like
        The same of the group it is compared with.

    Returns
    -------
    tuple of ndarray
        ln((a/n₁) / (c/n₀)), and variances 1/a − 1/n₁ + 1/c − 1/n₀.

    Raises
    ------
    ValueError
        When counts are negative or above their n.

    Notes
    -----
    Where a cell of the table of four is 0, ½ is added to all four cells of that row only.
    """
    a, b, c, d = _table(cases, n, other_cases, other_n)
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def log_odds_ratio(cases: ArrayLike, n: ArrayLike, other_cases: ArrayLike, other_n: ArrayLike) -> Measured:
    """Return log odds ratios of two groups.

    Parameters
    ----------
    cases, n : array_like
        People of the first group who have the property, and people in it.
    other_cases, other_n : array_like
        The same of the group it is compared with.

    Returns
    -------
    tuple of ndarray
        ln(ad / bc), and variances 1/a + 1/b + 1/c + 1/d.

    Raises
    ------
    ValueError
        When counts are negative or above their n.

    Notes
    -----
    Where a cell of the table of four is 0, ½ is added to all four cells of that row only.
    """
    a, b, c, d = _table(cases, n, other_cases, other_n)
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def log_odds(cases: ArrayLike, n: ArrayLike) -> Measured:
    """Return the log odds of shares, on which shares are put together without leaving 0 … 1.

    Parameters
    ----------
    cases : array_like
        People who have the property.
    n : array_like
        People in all.

    Returns
    -------
    tuple of ndarray
        ln(x / (n − x)), and variances 1/x + 1/(n − x).

    Raises
    ------
    ValueError
        When counts are negative or above their n.

    Notes
    -----
    Where nobody or everybody has it, ½ is added to both counts of that row only.
    """
    x, total = np.asarray(cases, dtype=float), np.asarray(n, dtype=float)
    _inside(x, total)
    half = np.where((x == 0) | (x == total), 0.5, 0.0)
    yes, no = x + half, total - x + half
    return np.log(yes / no), 1 / yes + 1 / no


def logit_interval(pct: ArrayLike, low: ArrayLike, high: ArrayLike, level: float = 0.95) -> Measured:
    """Return percentages with an interval on the scale of log odds.

    Parameters
    ----------
    pct, low, high : array_like
        Percentages and the ends of their intervals, between 0 and 100.
    level : float
        Level of confidence of the intervals.

    Returns
    -------
    tuple of ndarray
        Log odds and variances; missing where a figure or both its ends lie at 0 or 100, of which the log odds are
        infinite.

    Notes
    -----
    Standard error = (logit(high) − logit(low)) / 2z; of an interval with one end at 0 or 100, the length of the other
    side / z.
    """
    shares = [np.asarray(one, dtype=float) / 100 for one in (pct, low, high)]
    middle, lower, upper = (logit(np.where((one > 0) & (one < 1), one, np.nan)) for one in shares)
    whole = (upper - lower) / 2
    half = np.where(np.isfinite(whole), whole, np.where(np.isfinite(upper), upper - middle, middle - lower))
    return middle, (half / _z(level)) ** 2


def percentage(log_odds_value: ArrayLike) -> Array:
    """Turn log odds into a percentage.

    Parameters
    ----------
    log_odds_value : array_like
        Any numbers.

    Returns
    -------
    ndarray
        From 0 to 100.
    """
    return np.asarray(100 * expit(np.asarray(log_odds_value, dtype=float)), dtype=float)


def from_interval(low: ArrayLike, high: ArrayLike, level: float = 0.95) -> Array:
    """Return sampling variances that follow from intervals.

    Parameters
    ----------
    low, high : array_like
        Ends of intervals that lie about their effects.
    level : float
        Level of confidence.

    Returns
    -------
    ndarray
        ((high − low) / 2z)².

    Notes
    -----
    Of a t-interval of few people this is somewhat too large, never too small.
    """
    length = np.asarray(high, dtype=float) - np.asarray(low, dtype=float)
    return np.asarray((length / (2 * _z(level))) ** 2, dtype=float)


def _z(level: float) -> float:
    return float(norm.ppf((1 + level) / 2))


def _table(cases: ArrayLike, n: ArrayLike, other_cases: ArrayLike, other_n: ArrayLike) -> list[Array]:
    a, n1, c, n0 = (np.asarray(one, dtype=float) for one in (cases, n, other_cases, other_n))
    _inside(a, n1)
    _inside(c, n0)
    cells = [a, n1 - a, c, n0 - c]
    half = np.where(np.any([one == 0 for one in cells], axis=0), 0.5, 0.0)
    return [one + half for one in cells]


def _inside(count: Array, n: Array) -> None:
    wrong = (count < 0) | (count > n) | (n <= 0)
    if wrong.any():
        raise ValueError(
            f"{int(wrong.sum())} counts lie outside 0 … n, the first is {np.atleast_1d(count[wrong])[0]}; expected "
            "0 ≤ count ≤ n, with somebody in the group."
        )
