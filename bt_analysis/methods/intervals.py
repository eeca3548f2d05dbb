"""Intervals for shares: counts in, lower and upper ends out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]


def wilson(count: ArrayLike, n: ArrayLike, level: float = 0.95) -> Ends:
    """Return Wilson's score interval of a share.

    Parameters
    ----------
    count : array_like
        People who have the property; 0 ≤ count ≤ n.
    n : array_like
        People in all.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of arrays
        Lower and upper end, both from 0 to 1; not a number where n is 0.

    Raises
    ------
    ValueError
        When a count is negative or larger than its n.

    Notes
    -----
    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), with p = count/n (Wilson 1927).
    """
    return _interval(count, n, level, "wilson")


def jeffreys(count: ArrayLike, n: ArrayLike, level: float = 0.95) -> Ends:
    """Return Jeffreys' interval of a share.

    Parameters
    ----------
    count : array_like
        People who have the property; 0 ≤ count ≤ n.
    n : array_like
        People in all.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of arrays
        Lower and upper end, both from 0 to 1; not a number where n is 0.

    Raises
    ------
    ValueError
        When a count is negative or larger than its n.

    Notes
    -----
    Quantiles of Beta(count + ½, n − count + ½) (Brown, Cai and DasGupta 2001).
    """
    return _interval(count, n, level, "jeffreys")


def clopper_pearson(count: ArrayLike, n: ArrayLike, level: float = 0.95) -> Ends:
    """Return Clopper and Pearson's exact interval of a share.

    Parameters
    ----------
    count : array_like
        People who have the property; 0 ≤ count ≤ n.
    n : array_like
        People in all.
    level : float
        Level of confidence, which is reached at least.

    Returns
    -------
    tuple of arrays
        Lower and upper end, both from 0 to 1; not a number where n is 0.

    Raises
    ------
    ValueError
        When a count is negative or larger than its n.

    Notes
    -----
    Quantile (1 − level)/2 of Beta(count, n − count + 1), and (1 + level)/2 of Beta(count + 1, n − count) (Clopper and
    Pearson 1934); 0 and 1 at the ends.
    """
    low, high = _interval(count, n, level, "beta")
    counts, totals = np.asarray(count, dtype=float), np.asarray(n, dtype=float)
    none, every = (counts == 0) & (totals > 0), (counts == totals) & (totals > 0)
    return np.where(none, 0.0, low), np.where(every, 1.0, high)


def newcombe(
    count: float, n: float, other_count: float, other_n: float, level: float = 0.95
) -> tuple[float, float]:  # fmt: skip
    """Return Newcombe's hybrid score interval of the difference between two independent shares.

    Parameters
    ----------
    count, n : float
        People of the first group who have the property, and people in it.
    other_count, other_n : float
        The same of the group that is subtracted.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of float
        Lower and upper end of count/n − other_count/other_n, from −1 to 1; not a number where a group is empty.

    Raises
    ------
    ValueError
        When a count is negative or larger than its n.

    Notes
    -----
    :func:`difference` of the two Wilson intervals (Newcombe 1998, method 10).
    """
    low, high = wilson([count, other_count], [n, other_n], level)
    if not (n > 0 and other_n > 0):
        return math.nan, math.nan
    ends = [(float(one), float(two)) for one, two in zip(low, high, strict=True)]
    return difference(count / n, ends[0], other_count / other_n, ends[1])


def difference(
    value: float, ends: tuple[float, float], other: float, other_ends: tuple[float, float]
) -> tuple[float, float]:  # fmt: skip
    """Return the interval of a difference between two independent figures that have an interval each.

    Parameters
    ----------
    value : float
        The first figure.
    ends : tuple of float
        Its lower and upper end.
    other : float
        The figure that is subtracted.
    other_ends : tuple of float
        Its lower and upper end.

    Returns
    -------
    tuple of float
        Lower and upper end of value − other.

    Notes
    -----
    With (l, u) and (l′, u′) the ends of p and q: from p − q − √((p − l)² + (u′ − q)²) to
    p − q + √((u − p)² + (q − l′)²) (Newcombe 1998; in general Zou and Donner 2008). Ends that were corrected for a
    finite population go in corrected.
    """
    (low, high), (other_low, other_high) = ends, other_ends
    gap = value - other
    return gap - math.hypot(value - low, other_high - other), gap + math.hypot(high - value, other - other_low)


def _interval(count: ArrayLike, n: ArrayLike, level: float, method: str) -> Ends:
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415 - takes a second, and bt check needs none of it

    counts = np.asarray(count, dtype=float)
    totals = np.asarray(n, dtype=float)
    wrong = (counts < 0) | (counts > totals)
    if wrong.any():
        raise ValueError(
            f"{int(wrong.sum())} counts lie outside 0 … n, the first is {counts[wrong][0]}; expected 0 ≤ count ≤ n."
        )
    some = totals > 0
    low, high = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    low[some], high[some] = proportion_confint(counts[some], totals[some], alpha=1 - level, method=method)
    return low, high
