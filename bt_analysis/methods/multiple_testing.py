"""Many tests at once: p values in, p values out that allow for having looked more than once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def holm(p_values: ArrayLike) -> Floats:
    """Adjust p values by Holm's step-down rule.

    Parameters
    ----------
    p_values : array_like
        One per test of one report; a missing one is no test.

    Returns
    -------
    ndarray
        In the same order. Calling a test significant where this is at most α, all of them together give a false alarm
        in at most a share α of reports, whatever depends on what. Missing where there was no test.

    Raises
    ------
    ValueError
        When a p value lies outside 0 … 1.

    Notes
    -----
    With p(1) ≤ … ≤ p(m): the i-th becomes the largest of min(1, (m − j + 1) · p(j)) over j ≤ i (Holm 1979).
    """
    return _adjusted(p_values, _step_down)


def bonferroni(p_values: ArrayLike) -> Floats:
    """Adjust p values by Bonferroni's rule.

    Parameters
    ----------
    p_values : array_like
        One per test; a missing one is no test.

    Returns
    -------
    ndarray
        In the same order; missing where there was no test.

    Raises
    ------
    ValueError
        When a p value lies outside 0 … 1.

    Notes
    -----
    min(1, m · p), with m tests. Never smaller than what :func:`holm` gives.
    """
    return _adjusted(p_values, lambda rising: rising * len(rising))


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Adjust p values by the step-up rule of Benjamini and Hochberg.

    Parameters
    ----------
    p_values : array_like
        One per test; a missing one is no test.

    Returns
    -------
    ndarray
        In the same order. Of the tests where this is at most α, a share α is expected to be a false alarm (of
        independent or positively dependent tests). Missing where there was no test.

    Raises
    ------
    ValueError
        When a p value lies outside 0 … 1.

    Notes
    -----
    With p(1) ≤ … ≤ p(m): the i-th becomes the smallest of min(1, m · p(j) / j) over j ≥ i (Benjamini and Hochberg
    1995).
    """
    return _adjusted(p_values, _step_up)


def _adjusted(p_values: ArrayLike, adjust: Callable[[Floats], Floats]) -> Floats:
    """Adjust the p values that are there, from small to large, and put them back in their places.

    By hand and not by ``statsmodels.stats.multitest``, which collects garbage at every call: a tenth of a second each,
    more in a long-lived process, and learning across 500 collectives calls it 500 times.
    """
    given = np.asarray(p_values, dtype=float)
    wrong = (given < 0) | (given > 1)
    if wrong.any():
        raise ValueError(
            f"{int(wrong.sum())} p values lie outside 0 … 1, the first is {given[wrong][0]}; expected none."
        )
    out, there = np.full(given.shape, np.nan), np.flatnonzero(~np.isnan(given))
    rising = there[np.argsort(given[there], kind="stable")]
    out[rising] = np.minimum(1.0, adjust(given[rising]))
    return out


def _step_down(rising: Floats) -> Floats:
    tests = len(rising)
    return np.maximum.accumulate(rising * np.arange(tests, 0, -1))


def _step_up(rising: Floats) -> Floats:
    tests = len(rising)
    return np.minimum.accumulate((rising * tests / np.arange(1, tests + 1))[::-1])[::-1]
