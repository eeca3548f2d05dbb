"""Intervals for shares: counts in, lower and upper ends out."""

from __future__ import annotations

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
