"""Search for a pattern: conditions and an outcome of a few cases in, whether the best is more than luck gives out.

The whole search is repeated with the outcome dealt out at random: what is best of many is compared with the best of
as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_EXACT = 5_000
"""Up to this many ways to deal out the outcome, all of them are looked at; with more, some are drawn by lot."""

FEWEST_INSIDE = 2
"""A pattern needs this many cases inside it, and outside it."""

MANY_CASES = 60
"""With more cases than this, leaving one out is tried with fewer draws."""

_DRAWS_OF_MANY = 399
_SAME = 1e-9

Floats = NDArray[np.float64]
Parts = tuple[tuple[int, int], ...]
"""What a pattern is made of: number of a condition, and 1 (there) or 0 (not there)."""


@dataclass(frozen=True)
class Search:
    """All patterns that were looked at.

    Parameters
    ----------
    names : tuple of str
        Names of the conditions.
    parts : tuple
        Per pattern what it is made of: one condition, or two.
    inside, known : ndarray
        One row per pattern, one column per case: 1 when the case is in it, and when that is known.
    outcome : ndarray
        1 or 0 per case.
    dealt : ndarray
        One column per way in which the outcome was dealt out.
    exact : bool
        Whether these are all the ways.
    z : ndarray
        Per pattern how far cases with the outcome are inside it (or, below 0, outside it) more than by chance.
    p : ndarray
        Per pattern the chance that the best of all patterns is as far off when the outcome is dealt out at random.
    """

    names: tuple[str, ...]
    parts: tuple[Parts, ...]
    inside: Floats
    known: Floats
    outcome: Floats
    dealt: Floats
    exact: bool
    z: Floats
    p: Floats

    def name(self, at: int) -> str:
        """Write a pattern as ``a*~b``.

        Parameters
        ----------
        at : int
            Its number.

        Returns
        -------
        str
            Its conditions, ``~`` before those that are not there.
        """
        return "*".join(self.names[one] if there else f"~{self.names[one]}" for one, there in self.parts[at])


def search(conditions: pd.DataFrame, outcome: Sequence[int], *, draws: int, seed: int) -> Search:
    """Look at every condition and every pair of conditions, and at what luck would give.

    Parameters
    ----------
    conditions : DataFrame
        One row per case, one column per condition: 1, 0, or missing when not known.
    outcome : sequence of int
        1 or 0 per case.
    draws : int
        How often the outcome is dealt out by lot, when there are too many ways to look at all.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    Search
        Patterns that fewer than two cases are in, or out of, are left out.

    Raises
    ------
    ValueError
        When the outcome is not 0 or 1 for every case.

    Notes
    -----
    z = φ · √(n − 1), with φ the correlation of two yes-or-no answers over the n cases of which the pattern is known.
    p of a pattern = share of ways to deal out the outcome in which the largest |z| of all patterns is at least its own;
    with draws (1 + b) / (1 + m) (Westfall & Young 1993, single step; Phipson & Smyth 2010).
    """
    y = np.asarray(outcome, dtype=float)
    if len(y) != len(conditions) or not np.isin(y, (0, 1)).all():
        raise ValueError(
            f"got {len(y)} outcomes of {len(conditions)} cases, of which {int((~np.isin(y, (0, 1))).sum())} are not 0 "
            "or 1; expected 0 or 1 for every case. Leave out cases whose outcome is not known."
        )
    parts, inside, known = _patterns(conditions.to_numpy(dtype=float))
    dealt, exact = _deal(y, draws, seed)
    z = _z(inside, known, y[:, None])[:, 0]
    p = _p(np.abs(z), _best(_z(inside, known, dealt)), exact=exact)
    return Search(tuple(map(str, conditions.columns)), parts, inside, known, y, dealt, exact, z, p)


def without_one(found: Search, patterns: Sequence[int]) -> Floats:
    """Tell what becomes of patterns when any one case is left out.

    Parameters
    ----------
    found : Search
        As :func:`search` gives it.
    patterns : sequence of int
        Numbers of the patterns.

    Returns
    -------
    ndarray
        One row per pattern, one column per case: the p of the pattern in the search without that case; 1 where its sign
        turns or nothing is left of it.

    Notes
    -----
    Among the ways to deal out the outcome, those in which the case keeps its own outcome are exactly the ways to deal
    out the outcome over the other cases.
    """
    few = len(found.outcome) > MANY_CASES and not found.exact
    dealt = found.dealt[:, :_DRAWS_OF_MANY] if few else found.dealt
    a, k = _counts(found.inside, found.known, dealt)
    own_a, own_k = _counts(found.inside, found.known, found.outcome[:, None])
    size, known = found.inside.sum(axis=1)[:, None], found.known.sum(axis=1)[:, None]
    at = list(patterns)
    told = np.ones((len(at), len(found.outcome)))
    for case, there in enumerate(found.outcome):
        same = dealt[case] == there
        x, w = found.inside[:, [case]], found.known[:, [case]]
        own = _standard(own_a - x * there, own_k - w * there, size - x, known - w)[at, 0]
        k_same = k[:, same] if k.shape[1] > 1 else k
        rest = _standard(a[:, same] - x * there, k_same - w * there, size - x, known - w)
        p = _p(np.abs(own), _best(rest), exact=found.exact)
        told[:, case] = np.where(own * found.z[at] > 0, p, 1.0)
    return told


def adds(conditions: pd.DataFrame, found: Search, at: int, *, draws: int, seed: int) -> float:
    """Tell whether both conditions of a pair are needed, or one does it alone.

    Parameters
    ----------
    conditions : DataFrame
        As they were searched.
    found : Search
        As :func:`search` gives it.
    at : int
        Number of a pair.
    draws : int
        As for :func:`search`.
    seed : int
        As for :func:`search`.

    Returns
    -------
    float
        The larger of two chances: that among cases which have one of the two, the best of all other conditions tells as
        much about the outcome by luck as the second does.
    """
    values = conditions.to_numpy(dtype=float)
    chances = []
    for (stays, there), (other, _) in (found.parts[at], found.parts[at][::-1]):
        rows = values[:, stays] == there
        rest = [column for column in range(values.shape[1]) if column != stays]
        within = search(conditions.iloc[rows.nonzero()[0], rest], found.outcome[rows], draws=draws, seed=seed)
        own = [number for number, parts in enumerate(within.parts) if parts == ((rest.index(other), 1),)]
        # Only single conditions compete: the question is which one to add.
        single = [number for number, parts in enumerate(within.parts) if len(parts) == 1]
        if not own:
            return 1.0
        best = _best(_z(within.inside[single], within.known[single], within.dealt))
        chances.append(float(_p(np.abs(within.z[own]), best, exact=within.exact)[0]))
    return max(chances)


def _patterns(values: Floats) -> tuple[tuple[Parts, ...], Floats, Floats]:
    """List singles and pairs that are not nearly empty or full, with who is in them."""
    known = (~np.isnan(values)).astype(float)
    filled = np.nan_to_num(values)
    parts: list[Parts] = [((one, 1),) for one in range(values.shape[1])]
    parts += [
        ((one, a), (other, b)) for one, other in combinations(range(values.shape[1]), 2) for a in (1, 0) for b in (1, 0)
    ]
    kept, inside, there = [], [], []
    for pattern in parts:
        whole = np.prod([known[:, one] for one, _ in pattern], axis=0)
        own = whole * np.prod([filled[:, one] == level for one, level in pattern], axis=0)
        if FEWEST_INSIDE <= own.sum() <= whole.sum() - FEWEST_INSIDE:
            kept.append(pattern)
            inside.append(own)
            there.append(whole)
    shape = (len(kept), len(values))
    return tuple(kept), np.array(inside).reshape(shape), np.array(there).reshape(shape)


def _deal(y: Floats, draws: int, seed: int) -> tuple[Floats, bool]:
    """Deal out the outcome over the cases: in all ways when these are few, else by lot."""
    n, ones = len(y), int(y.sum())
    if comb(n, ones) <= MOST_EXACT:
        ways = list(combinations(range(n), ones))
        dealt = np.zeros((n, len(ways)))
        for at, way in enumerate(ways):
            dealt[list(way), at] = 1
        return dealt, True
    order = np.random.default_rng(seed).random((n, draws)).argsort(axis=0)
    return y[order], False


def _z(inside: Floats, known: Floats, outcomes: Floats) -> Floats:
    size, all_known = inside.sum(axis=1)[:, None], known.sum(axis=1)[:, None]
    return _standard(*_counts(inside, known, outcomes), size, all_known)


def _counts(inside: Floats, known: Floats, outcomes: Floats) -> tuple[Floats, Floats]:
    """Count cases with the outcome inside each pattern, and among those of which the pattern is known."""
    # Where everything is known the second is the same for every way to deal out the outcome.
    k = np.full((len(inside), 1), outcomes[:, :1].sum()) if known.all() else known @ outcomes
    return inside @ outcomes, k


def _standard(a: Floats, k: Floats, size: Floats, known: Floats) -> Floats:
    """Standardise how many with the outcome (a of k) are in a pattern (size of known)."""
    spread = size * (known - size) * k * (known - k)
    scale = np.zeros_like(spread)
    np.divide(np.sqrt(np.maximum(known - 1, 0)), np.sqrt(spread), out=scale, where=spread > 0)
    return np.asarray((a * known - size * k) * scale)


def _best(z: Floats) -> Floats:
    return np.asarray(np.abs(z).max(axis=0, initial=0.0))


def _p(own: Floats, best: Floats, *, exact: bool) -> Floats:
    beyond = (best[None, :] >= own[:, None] - _SAME).sum(axis=1)
    return np.asarray(beyond / len(best) if exact else (1 + beyond) / (1 + len(best)), dtype=float)
