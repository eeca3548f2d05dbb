"""Uncertain sums: lowest, likeliest and highest values of each factor in, drawn results and their quantiles out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import qmc

Floats = NDArray[np.float64]


def points(dimensions: int, seed: int) -> Floats:
    """Draw points that fill the unit cube evenly.

    Parameters
    ----------
    dimensions : int
        Factors that vary, at least 1.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    array of float
        4096 rows, one column per factor, from 0 to 1, ends left out.

    Notes
    -----
    Sobol's sequence, scrambled (Owen 1998): Monte Carlo with points that do not cluster, so that quantiles of products
    of a few factors are off by far less than with as many independent draws. Points do not depend on what is computed
    with them: a result does not move because another one is added beside it.
    """
    drawn = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed)).random_base2(12)
    return np.asarray(np.clip(drawn, 1e-9, 1 - 1e-9), dtype=np.float64)


def triangular(share: ArrayLike, low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> Floats:
    """Return the quantile of a triangular distribution.

    Parameters
    ----------
    share : array_like
        Shares of the distribution that lie below, from 0 to 1.
    low, mode, high : array_like
        Lowest, likeliest and highest value; low ≤ mode ≤ high.

    Returns
    -------
    array of float
        Values from low to high; low where all three are the same.

    Raises
    ------
    ValueError
        When a mode lies outside its low and high.

    Notes
    -----
    With c = (mode − low) / (high − low): low + √(p·(high−low)·(mode−low)) for p < c, and
    high − √((1−p)·(high−low)·(high−mode)) above it. Mean (low + mode + high) / 3.
    """
    p, low, mode, high = (np.asarray(one, dtype=np.float64) for one in (share, low, mode, high))
    wrong = ~((low <= mode) & (mode <= high))
    if wrong.any():
        first = np.argwhere(wrong)[0]
        at = tuple(first) if first.size else ()
        got = ", ".join(f"{one[at]:g}" for one in np.broadcast_arrays(low, mode, high))
        raise ValueError(f"got low, mode, high = {got}; expected low ≤ mode ≤ high. Put them in that order.")
    width = high - low
    turn = np.divide(mode - low, width, out=np.zeros_like(width + mode), where=width > 0)
    rises = p < turn
    # One root serves both sides of the mode: what is drawn often has millions of points.
    step = np.sqrt(np.where(rises, p * (width * (mode - low)), (1 - p) * (width * (high - mode))))
    return np.asarray(np.where(rises, low + step, high - step))


def years_together(duration: ArrayLike, drop_off: ArrayLike) -> Floats:
    """Add up an effect that fades over the years.

    Parameters
    ----------
    duration : array_like
        How long it lasts, in years; half a year counts for half.
    drop_off : array_like
        Share of the effect that goes every year, from 0 to 1.

    Returns
    -------
    array of float
        How many first years it is worth.

    Notes
    -----
    Σ over t = 0, 1, … < duration of q^t, with q = 1 − drop_off; a last year that is not whole counts by its part.
    With k whole years and a part f: (1 − q^k) / (1 − q) + f·q^k, and k + f when q = 1.
    """
    duration, drop_off = (np.asarray(one, dtype=np.float64) for one in (duration, drop_off))
    whole = np.floor(duration)
    last = (1 - drop_off) ** whole
    even = drop_off < 1e-9  # below that the quotient is one of rounding errors
    sums = np.where(even, whole, (1 - last) / np.where(even, 1.0, drop_off))
    return np.asarray(sums + (duration - whole) * last)


def middle_of(drawn: Floats, level: float = 0.9) -> tuple[Floats, Floats, Floats]:
    """Return the ends between which most of the drawn results lie, and their median.

    Parameters
    ----------
    drawn : array of float
        One row per result, one column per draw.
    level : float
        Share of the draws between the ends; as much is left out below as above.

    Returns
    -------
    tuple of arrays
        Lower end, median and upper end of each row.
    """
    out = (1 - level) / 2
    low, median, high = np.quantile(drawn, [out, 0.5, 1 - out], axis=-1)
    return low, median, high


def to_figures(low: ArrayLike, high: ArrayLike, figures: int = 3) -> tuple[Floats, Floats]:
    """Round both ends of a range to the step that leaves a few figures of the upper end.

    Parameters
    ----------
    low, high : array_like
        Ends of ranges of amounts, 0 or more.
    figures : int
        How many.

    Returns
    -------
    tuple of arrays
        Rounded ends, on the same step: 49 680 and 131 100 become 50 000 and 131 000. No step is finer than 1.

    Notes
    -----
    step = 10^(⌊log₁₀ high⌋ + 1 − figures): the lower end is not told more precisely than the upper one.
    """
    low, high = (np.asarray(one, dtype=np.float64) for one in (low, high))
    size = np.floor(np.log10(np.where(high >= 1, high, 1.0)))
    step = 10.0 ** np.maximum(np.nan_to_num(size) + 1 - figures, 0)
    return np.round(low / step) * step, np.round(high / step) * step
