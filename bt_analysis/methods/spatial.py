"""Do neighbours look alike? Values and who adjoins whom in; measures of pattern out.

Rates of small areas jump about by chance, and a pattern in them is mostly one of how many people live where: smooth
them first (:mod:`.smoothing`). Areas without neighbours are named, and have no part in a pattern.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import geopandas as gpd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Which areas adjoin, for areas 0 … n − 1.

    Parameters
    ----------
    graph : libpysal.graph.Graph
        Each area with its neighbours, weights of a row summing to 1.
    islands : array of int
        Places of areas without neighbours.
    n : int
        Areas.
    """

    graph: Any
    islands: Ints
    n: int

    @property
    def joined(self) -> Ints:
        """Places of areas with neighbours."""
        return np.setdiff1d(np.arange(self.n), self.islands)


@dataclass(frozen=True)
class Pattern:
    """How alike neighbours are over all areas.

    Parameters
    ----------
    value, expected : float
        Moran's I (or Geary's c), and what it would be without any pattern.
    z, p : float
        Standard score under randomisation, and the two-sided p value by permutation (for Geary's c: of the z).
    n : int
        Areas with neighbours.
    permutations : int
        How many; 0: p is that of z.
    """

    value: float
    expected: float
    z: float
    p: float
    n: int
    permutations: int


@dataclass(frozen=True)
class Local:
    """How alike each area and its neighbours are.

    Parameters
    ----------
    value : array of float, length n
        Local Moran's I; not a number for an area without neighbours.
    p : array of float, length n
        Two-sided p value by conditional permutation.
    kind : array of str, length n
        ``high`` (high among high), ``low`` (low among low), ``high_among_low``, ``low_among_high``; empty: no
        pattern at this false discovery rate.
    limit : float
        p value below which a pattern is told (Benjamini and Hochberg).
    """

    value: Floats
    p: Floats
    kind: NDArray[np.str_]
    limit: float


def contiguity(outlines: gpd.GeoSeries) -> Neighbours:
    """Find which areas adjoin, also those that share only a corner (queen).

    Parameters
    ----------
    outlines : GeoSeries
        One polygon per area, in any order; its index is not used.

    Returns
    -------
    Neighbours
        By place in ``outlines``.
    """
    from libpysal.graph import Graph  # noqa: PLC0415 - takes a second, and bt check needs none of it

    return _neighbours(Graph.build_contiguity(outlines.reset_index(drop=True), rook=False), len(outlines))


def from_pairs(one: ArrayLike, other: ArrayLike, n: int) -> Neighbours:
    """Take pairs of neighbours as they are given.

    Parameters
    ----------
    one, other : array_like
        Places of two areas that adjoin; each pair in both orders.
    n : int
        Areas.

    Returns
    -------
    Neighbours
        Areas in no pair are islands.

    Raises
    ------
    ValueError
        When a place lies outside 0 … n − 1, or a pair is there in one order only.
    """
    from libpysal.graph import Graph  # noqa: PLC0415 - takes a second, and bt check needs none of it

    first, second = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
    there = set(zip(first.tolist(), second.tolist(), strict=True))
    alone = [pair for pair in sorted(there) if pair[::-1] not in there]
    outside = [pair for pair in sorted(there) if not (min(pair) >= 0 and max(pair) < n)]
    if alone or outside:
        raise ValueError(
            f"pair {(alone + outside)[0]}; expected both orders, and places 0 … {n - 1}. Give pairs twice."
        )
    islands = np.setdiff1d(np.arange(n), first)
    focal, neighbour = np.r_[first, islands], np.r_[second, islands]
    weight = np.r_[np.ones(len(first)), np.zeros(len(islands))]
    return _neighbours(Graph.from_arrays(focal, neighbour, weight), n)


def _neighbours(graph: Any, n: int) -> Neighbours:
    return Neighbours(graph.transform("r"), np.asarray(graph.isolates, dtype=np.int64), n)


def moran(values: ArrayLike, neighbours: Neighbours, *, permutations: int, seed: int) -> Pattern:
    """Measure how alike neighbours are: Moran's I.

    Parameters
    ----------
    values : array_like
        A value per area; of an area without neighbours it is not used.
    neighbours : Neighbours
        Who adjoins whom.
    permutations : int
        Times that the values are dealt out over the areas.
    seed : int
        Of the permutations.

    Returns
    -------
    Pattern
        I with its z under randomisation and its p by permutation.

    Notes
    -----
    I = (n/S₀) z'Wz / z'z, W with rows that sum to 1. p = 2 (1 + the smaller tail) / (1 + N), at most 1.
    """
    import esda  # noqa: PLC0415 - takes a second, and bt check needs none of it

    y, graph = _joined(values, neighbours)
    found = esda.Moran(y, graph, permutations=0)
    z, weights = y - y.mean(), graph.sparse
    dealt = np.random.default_rng(seed).permuted(np.tile(z, (permutations, 1)), axis=1)
    many = (dealt * (dealt @ weights.T)).sum(axis=1) / (z @ z) * len(z) / weights.sum()
    p = _two_sided(np.array([found.I]), many[:, None])[0]
    return Pattern(float(found.I), float(found.EI), float(found.z_rand), float(p), len(y), permutations)


def geary(values: ArrayLike, neighbours: Neighbours) -> Pattern:
    """Measure how little neighbours differ: Geary's c, below 1 when they are alike.

    Parameters
    ----------
    values : array_like
        A value per area.
    neighbours : Neighbours
        Who adjoins whom.

    Returns
    -------
    Pattern
        c with its z and two-sided p under randomisation.

    Notes
    -----
    c = (n − 1) Σ w_ij (y_i − y_j)² / (2 S₀ Σ(y − ȳ)²).
    """
    import esda  # noqa: PLC0415 - takes a second, and bt check needs none of it

    y, graph = _joined(values, neighbours)
    found = esda.Geary(y, graph, permutations=0)
    # esda gives the p value of one side.
    return Pattern(float(found.C), 1.0, float(found.z_rand), min(1.0, 2 * float(found.p_rand)), len(y), 0)


def local_moran(values: ArrayLike, neighbours: Neighbours, *, permutations: int, seed: int, level: float) -> Local:
    """Find areas that lie in a group of high or low ones: local Moran's I.

    Parameters
    ----------
    values : array_like
        A value per area.
    neighbours : Neighbours
        Who adjoins whom.
    permutations : int
        Times that the other values are dealt out over the neighbours of each area.
    seed : int
        Of the permutations.
    level : float
        False discovery rate: which share of the patterns told may be chance.

    Returns
    -------
    Local
        One entry per area, islands included.

    Notes
    -----
    I_i = (n − 1) z_i Σ_j w_ij z_j / z'z: with n − 1 as esda does; GeoDa and spdep use n. p as in :func:`moran`.
    Anselin, Geographical Analysis 27 (1995); Benjamini and Hochberg (1995).
    """
    import esda  # noqa: PLC0415 - takes a second, and bt check needs none of it

    y, graph = _joined(values, neighbours)
    # Where all values dealt out are the same, esda divides 0 by 0 for a z that is not used here.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        # esda announces that its own p value, which is not used either, will be two-sided.
        warnings.filterwarnings("ignore", message="The alternative hypothesis", category=DeprecationWarning)
        # Several processes are far slower than one here.
        found = esda.Moran_Local(y, graph, permutations=permutations, seed=seed, n_jobs=1)
    p = _two_sided(found.Is, found.sim)
    limit = float(esda.fdr(p, level))
    names = np.array(["", "high", "low_among_high", "low", "high_among_low"])
    kind = np.where(p < limit, names[found.q], "")
    whole = Local(np.full(neighbours.n, np.nan), np.full(neighbours.n, np.nan), np.full(neighbours.n, "", "U14"), limit)
    for into, part in ((whole.value, found.Is), (whole.p, p), (whole.kind, kind)):
        into[neighbours.joined] = part
    return whole


def _two_sided(value: Floats, dealt: Floats) -> Floats:
    """Return p values of values beside those of maps by lot, a row each."""
    tail = np.minimum((dealt >= value - 1e-12).sum(axis=0), (dealt <= value + 1e-12).sum(axis=0))
    return np.asarray(np.minimum(1.0, 2 * (1 + tail) / (1 + len(dealt))))


def _joined(values: ArrayLike, neighbours: Neighbours) -> tuple[Floats, Any]:
    """Leave out areas without neighbours: they have no part in a pattern, and would count as one."""
    y = np.asarray(values, dtype=float)[neighbours.joined]
    if len(y) < 3 or np.isnan(y).any() or np.ptp(y) == 0:
        raise ValueError(
            f"{len(y)} areas with neighbours have {len(np.unique(y))} different values; expected 3 areas or more, all "
            "with a value, not all the same. Leave out areas without a figure before looking for neighbours."
        )
    return y, neighbours.graph.subgraph(neighbours.joined)
