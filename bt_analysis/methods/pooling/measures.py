"""Shares and intervals in; effects on a scale that may be put together, with sampling variances, out."""

from __future__ import annotations

import numpy as np
import scipy  # scipy.special and scipy.stats are loaded when first used: bt check need not wait
from numpy.typing import ArrayLike

from bt_analysis.methods.pooling.effects import Array

Measured = tuple[Array, Array]


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
    middle, lower, upper = (scipy.special.logit(np.where((one > 0) & (one < 1), one, np.nan)) for one in shares)
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
    return np.asarray(100 * scipy.special.expit(np.asarray(log_odds_value, dtype=float)), dtype=float)


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
    return float(scipy.stats.norm.ppf((1 + level) / 2))
