"""Many tests at once: p values in, p values out that allow for having looked more than once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
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
    return _adjusted(p_values, "holm")


def bonferroni(p_values: ArrayLike) -> NDArray[np.float64]:
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
    return _adjusted(p_values, "bonferroni")


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
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
    return _adjusted(p_values, "fdr_bh")


def _adjusted(p_values: ArrayLike, method: str) -> NDArray[np.float64]:
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 - takes a second, and bt check needs none of it

    given = np.asarray(p_values, dtype=float)
    wrong = (given < 0) | (given > 1)
    if wrong.any():
        raise ValueError(
            f"{int(wrong.sum())} p values lie outside 0 … 1, the first is {given[wrong][0]}; expected none."
        )
    out, there = np.full(given.shape, np.nan), ~np.isnan(given)
    if there.any():
        out[there] = multipletests(given[there], method=method)[1]
    return out
