"""Rounded and withheld counts as intervals: published figures in, the lowest and highest true values that fit out."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """Figures with their bounds; three arrays of one shape.

    Parameters
    ----------
    value : ndarray
        The figure as published or computed; NaN when there is none.
    low, high : ndarray
        Lowest and highest true figure that fits; NaN when nothing is known. They may be known where ``value`` is not.
    """

    value: Floats
    low: Floats
    high: Floats


def bounds(
    value: npt.ArrayLike, step: npt.ArrayLike, rounding: str = "nearest", lowest: float = 0.0
) -> tuple[Floats, Floats]:
    """Bound the true figures behind rounded ones.

    Parameters
    ----------
    value : array_like
        Figures as published; NaN stays NaN.
    step : array_like
        What they are rounded to, such as 5, or 0.1 for one decimal; 0 for exact figures.
    rounding : str
        ``nearest``, or ``random``: up or down by lot to a multiple of a whole ``step``.
    lowest : float
        The smallest figure there can be: 0 for counts, ``-inf`` for figures that may be negative.

    Returns
    -------
    low, high : ndarray
        Both ends belong to the interval.

    Raises
    ------
    ValueError
        When the kind of rounding is unknown.

    Notes
    -----
    Nearest: ``value ± step / 2``. At random a whole number that is no multiple of 5 becomes one of the two multiples
    beside it, so it lies less than a whole step away: ``value ± (step - 1)``, 26…34 for a published 30.
    """
    if rounding not in ("nearest", "random"):
        raise ValueError(f"rounding {rounding!r}; expected 'nearest' or 'random'. Mend the indicator's rounding.")
    figures, steps = np.asarray(value, dtype=float), np.asarray(step, dtype=float)
    away = steps / 2 if rounding == "nearest" else np.maximum(steps - 1, 0)
    return np.maximum(figures - away, lowest), figures + away


def withheld(
    value: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, up_to: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Bound counts that are kept secret.

    Parameters
    ----------
    value, low, high : array_like
        Published counts and their bounds, of one shape; a count without a value is withheld.
    up_to : array_like
        Largest count that is kept secret, of each or of all; ``inf`` when it is not known.

    Returns
    -------
    low, high : ndarray
        The bounds as they were, and ``0 … up_to`` for withheld counts; :func:`tighten` makes ``inf`` the rest of the
        whole.
    """
    secret = np.isnan(np.asarray(value, dtype=float))
    return np.where(secret, 0.0, low), np.where(secret, up_to, high)


def tighten(
    total_low: npt.ArrayLike,
    total_high: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    group: npt.ArrayLike | None = None,
    complete: bool = True,
) -> tuple[Floats, Floats]:
    """Narrow the bounds of parts by the bounds of their whole.

    Parameters
    ----------
    total_low, total_high : array_like
        Bounds of the wholes: one row per whole, or a single number; more columns are more figures.
    low, high : array_like
        Bounds of the parts: one row per part, the same columns. ``high`` may be infinite.
    group : array_like of int, optional
        Row of the whole that each part belongs to; all to the first one when it is left out.
    complete : bool
        Whether the parts make up the whole. When something of the whole is placed in no part, as inhabitants whom
        CBS counts in the gemeente only, their sum is at most the whole: only the upper bounds are narrowed.

    Returns
    -------
    low, high : ndarray
        Bounds of the parts, never wider than they were. Where published figures contradict each other, so that no
        true figures fit, a part keeps its own bounds.

    Notes
    -----
    ``low = max(low, total_low - Σ high of the others)``, ``high = min(high, total_high - Σ low of the others)``.
    A total of 47.5…52.5 with parts 27.5…32.5 and 12.5…17.5 gives 30…32.5 and 15…17.5.
    """
    lows, highs = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    at = np.zeros(len(lows), dtype=np.intp) if group is None else np.asarray(group, dtype=np.intp)
    whole_low, whole_high = (np.atleast_1d(np.asarray(total, dtype=float))[at] for total in (total_low, total_high))
    new_high = np.fmin(highs, whole_high - _others(lows, at))
    new_low = np.fmax(lows, whole_low - _others(highs, at)) if complete else lows
    fits = new_low <= new_high
    return np.where(fits, new_low, lows), np.where(fits, new_high, highs)


def tighten_whole(
    total_low: npt.ArrayLike,
    total_high: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    group: npt.ArrayLike,
    complete: bool = True,
) -> tuple[Floats, Floats]:
    """Narrow the bounds of wholes by the bounds of their parts, the reverse of :func:`tighten`.

    Parameters
    ----------
    total_low, total_high, low, high, group, complete
        As for :func:`tighten`.

    Returns
    -------
    low, high : ndarray
        Bounds of the wholes, one row each; a whole without parts keeps its own, and so does one they contradict.

    Notes
    -----
    ``low = max(total_low, Σ low)``; when the parts are complete also ``high = min(total_high, Σ high)``.
    """
    whole_low, whole_high = (np.atleast_1d(np.asarray(total, dtype=float)) for total in (total_low, total_high))
    at = np.asarray(group, dtype=np.intp)
    has_parts = np.isin(np.arange(len(whole_low)), at).reshape(-1, *[1] * (whole_low.ndim - 1))
    lows, highs = (_sums(np.asarray(part, dtype=float), at, len(whole_low)) for part in (low, high))
    new_low = np.fmax(whole_low, np.where(has_parts, lows, np.nan))
    new_high = np.fmin(whole_high, np.where(has_parts, highs, np.nan)) if complete else whole_high
    fits = new_low <= new_high
    return np.where(fits, new_low, whole_low), np.where(fits, new_high, whole_high)


def divided(above: Interval, below: Interval, factor: float | Floats = 1.0, most: float | Floats = np.inf) -> Interval:
    """Divide figures with bounds.

    Parameters
    ----------
    above, below : Interval
        Counts of 0 and more, of one shape.
    factor : float or ndarray
        What the ratio is multiplied by, such as 100.
    most : float or ndarray
        The largest ratio there can be: 100 for a percentage. Rounded by themselves, a part may exceed its whole.

    Returns
    -------
    Interval
        No value where ``below`` is 0; no upper bound where it may be 0.

    Notes
    -----
    ``low = factor · above.low / below.high``, ``high = factor · above.high / below.low``.
    """

    def ratio(over: Floats, under: Floats) -> Any:
        with np.errstate(invalid="ignore"):  # an unknown bound may be infinite, above as well as below
            exact = np.divide(factor * over, under, out=np.full(over.shape, np.nan), where=under > 0)
        return np.minimum(exact, most)

    return Interval(ratio(above.value, below.value), ratio(above.low, below.high), ratio(above.high, below.low))


def averaged(
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    weight_low: npt.ArrayLike,
    weight_high: npt.ArrayLike,
    group: npt.NDArray[np.intp],
) -> tuple[Floats, Floats]:
    """Bound the weighted means of parts whose weights, too, are only known within bounds.

    Parameters
    ----------
    low, high : array_like
        Bounds of the means of the parts: one row per part; more columns are more figures.
    weight_low, weight_high : array_like
        Bounds of what each weighs, of the same shape; a part that weighs nothing need not have a mean.
    group : array of int
        Row of the whole that each part belongs to.

    Returns
    -------
    low, high : ndarray
        Bounds of the means of the wholes, one row each; NaN where those of a part, or its weight, are not known.

    Notes
    -----
    The highest mean there can be gives every part above it its largest weight and every other its smallest: two parts
    of 3 and 1 that weigh 6…14 each have a mean of at most ``(14 · 3 + 6 · 1) / 20 = 2.4``. It is found by starting from
    any mean and weighing again until nothing changes.
    """
    lows, highs, least, most = (np.asarray(each, dtype=float) for each in (low, high, weight_low, weight_high))
    return -_highest_mean(-lows, least, most, group), _highest_mean(highs, least, most, group)


def _highest_mean(values: Floats, least: Floats, most: Floats, group: npt.NDArray[np.intp]) -> Floats:
    wholes_n = int(group.max(initial=-1)) + 1
    values = np.where(most == 0, 0.0, values)
    mean = np.full((wholes_n, *values.shape[1:]), -np.inf)
    for _ in range(len(values) + 1):  # each round leaves at least one part more below the mean
        weight = np.where(values > mean[group], most, least)
        above, below = _sums(weight * values, group, wholes_n), _sums(weight, group, wholes_n)
        higher = np.divide(above, below, out=mean.copy(), where=below > 0)
        if np.allclose(higher, mean, rtol=1e-12, atol=0, equal_nan=True):
            break
        mean = higher
    return np.where(np.isfinite(mean), mean, np.nan)


def _others(values: Floats, group: npt.NDArray[np.intp]) -> Floats:
    """Sum over the other parts of the same whole; infinite as soon as one of the others is."""
    infinite = np.isinf(values)
    finite = np.where(infinite, 0.0, values)
    wholes_n = int(group.max(initial=-1)) + 1
    rest_infinite = _sums(infinite, group, wholes_n)[group] - infinite
    return np.where(rest_infinite > 0, np.inf, _sums(finite, group, wholes_n)[group] - finite)


def _sums(values: npt.NDArray[Any], group: npt.NDArray[np.intp], wholes_n: int) -> Floats:
    """Sum the parts of every whole: one row per whole."""
    columns = values.reshape(len(values), math.prod(values.shape[1:])).T  # also when there is no part at all
    sums = [np.bincount(group, weights=column, minlength=wholes_n) for column in columns]
    return np.array(sums, dtype=float).T.reshape(wholes_n, *values.shape[1:])
