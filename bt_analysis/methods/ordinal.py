"""Answers with an order and no distance, such as "sometimes" and "often": before and after in, how many moved out.

Tests are by permutation: they hold for few answers and many ties, where tables of Wilcoxon's test do not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

EXACT = 14
"""Pairs that differ, up to which all 2 ** pairs ways of turning them round are gone through."""

DRAWS = 9_999
"""How many orders are drawn by lot otherwise; the smallest p value is then 1 / (DRAWS + 1)."""

_HAIR = 1e-9


class Moved(NamedTuple):
    """Shares of people whose answer went up, went down and stayed the same.

    Parameters
    ----------
    up, down, same : float
        From 0 to 1; together 1.
    """

    up: float
    down: float
    same: float


def moved(before: ArrayLike, after: ArrayLike) -> Moved:
    """Return which shares of people moved up, moved down and stayed.

    Parameters
    ----------
    before, after : array_like
        One number per person, in the same order of people.

    Returns
    -------
    Moved
        Shares of all people.

    Raises
    ------
    ValueError
        When there are no people, or not as many before as after.
    """
    change = _change(before, after)
    return Moved(float((change > 0).mean()), float((change < 0).mean()), float((change == 0).mean()))


def paired_p(
    before: ArrayLike, after: ArrayLike, seed: int,
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
) -> float:  # fmt: skip
    """Test whether people changed, by turning round before and after of each.

    Parameters
    ----------
    before, after : array_like
        One number per person, in the same order of people.
    seed : int
        Of what is drawn by lot.
    statistic : callable, optional
        Changes (orders × people) → one number per order; not given: people who moved up minus those who moved down,
        which uses the order of the answers only.

    Returns
    -------
    float
        Two-sided p value; 1 when nobody changed.

    Raises
    ------
    ValueError
        When there are no people, or not as many before as after.

    Notes
    -----
    Without a change, each person's before and after might as well have come the other way round. p = share of all 2^m
    ways (m people who changed) with a statistic as far from 0; above ``EXACT`` people (1 + drawn ways as far)/(1 +
    draws) (Fisher 1935). People who stayed the same turn into themselves.
    """
    change = _change(before, after)
    change = change[change != 0]
    if change.size == 0:
        return 1.0
    score = statistic or _up_minus_down
    if change.size <= EXACT:
        ways = 1 - 2 * ((np.arange(2**change.size)[:, None] >> np.arange(change.size)) & 1)
        return float(_as_far(score(ways * change), score(change[None, :])[0]).mean())
    draws = np.random.default_rng(seed).integers(0, 2, (DRAWS, change.size)) * 2 - 1
    return float((1 + _as_far(score(draws * change), score(change[None, :])[0]).sum()) / (1 + DRAWS))


def two_samples_p(first: ArrayLike, second: ArrayLike, seed: int) -> float:
    """Test whether two groups of different people answer alike, by the sum of ranks.

    Parameters
    ----------
    first, second : array_like
        One number per person.
    seed : int
        Of what is drawn by lot.

    Returns
    -------
    float
        Two-sided p value; 1 when all answers are the same.

    Raises
    ------
    ValueError
        When a group is empty.

    Notes
    -----
    Answers of both groups get ranks, the mean rank where they tie; the statistic is the sum of ranks of the first group
    (Wilcoxon 1945). p = (1 + drawn divisions into groups of these sizes with a sum as far from its mean)/(1 + draws).
    """
    from scipy.stats import rankdata  # noqa: PLC0415 - takes a second, and bt check needs none of it

    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if not (one.size and two.size):
        raise ValueError(f"groups of {one.size} and {two.size} people; expected at least one in each.")
    ranks = rankdata(np.concatenate([one, two]))
    ranks = ranks - ranks.mean()
    rng = np.random.default_rng(seed)
    drawn = rng.permuted(np.broadcast_to(ranks, (DRAWS, ranks.size)), axis=1)[:, : one.size].sum(axis=1)
    return float((1 + _as_far(drawn, ranks[: one.size].sum()).sum()) / (1 + DRAWS))


def _change(before: ArrayLike, after: ArrayLike) -> NDArray[np.float64]:
    first, last = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.size == 0 or first.shape != last.shape:
        raise ValueError(f"{first.size} answers before and {last.size} after; expected one of each per person.")
    return np.asarray(last - first, dtype=float)


def _up_minus_down(changes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sign(changes).sum(axis=1), dtype=float)


def _as_far(drawn: NDArray[np.float64], found: float) -> NDArray[np.bool_]:
    return np.asarray(np.abs(drawn) >= abs(found) - _HAIR, dtype=bool)
