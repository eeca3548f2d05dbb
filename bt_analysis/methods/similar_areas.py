"""Areas like one area, and areas like each of those: features and paths of all areas in, others and weights out.

The area itself and every area on which the same comparison is tried (a placebo) go through the same steps: their own
band of size, their own nearest others, their own weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bt_analysis.methods.balancing import Floats, Mask, entropy_weights, standardised_differences
from bt_analysis.methods.matching import NOBODY, Indices, nearest, standard_deviations, whitening

PATH_FEATURES = ("mean", "slope", "last")
"""What is made of the path before the start; they come after the features that were given."""
SLACK = 0.5
"""What balance may cost. An area with many features seldom lies between its nearest others: those lie on the side where
most areas are. Exact balance is then impossible, or rests on two or three of them.

Of made-up areas with eight features and thirty neighbours one in fifty can be balanced exactly. With 0.1, 0.5 and 2
weights tell as much as 4.5, 8 and 17 areas alike would, and the largest difference left is 0.39, 0.50 and 0.73 standard
deviations. 0.5 halves the 1.1 that equal weights leave, on nearly twice as many areas as 0.1."""
FAIR = 0.25
"""Largest standardised difference that counts as balanced (Stuart 2010)."""


class TooFewSimilar(ValueError):  # noqa: N818 - a reason for a refusal, not a mistake of the caller
    """Fewer areas are like this one than a comparison needs.

    Parameters
    ----------
    found : int
        Areas that could be compared with.
    needed : int
        Areas that a comparison needs.
    what : str
        What was counted.
    """

    def __init__(self, found: int, needed: int, what: str = "areas of the same kind and about the same size") -> None:
        super().__init__(f"There are {found} {what}; expected {needed} or more. Do not compare this area.")
        self.found = found
        self.needed = needed


@dataclass(frozen=True)
class Areas:
    """All areas of a comparison; a missing value is not a number.

    Parameters
    ----------
    paths : array
        Areas × years: the outcome, in its own unit.
    features : array
        Areas × features: what areas should be alike in, each in its own unit.
    size : array
        People (or homes) per area, above 0; noise falls with it.
    block : array
        Kind of area; areas are compared within their kind only.
    """

    paths: Floats
    features: Floats
    size: Floats
    block: NDArray[np.generic]


@dataclass(frozen=True)
class Similar:
    """The areas that are like this one.

    Parameters
    ----------
    index : array of int
        Their rows, from near to far.
    distance : array
        How far they are, in standard deviations.
    weight : array
        How much each counts; sum 1.
    balanced : bool
        Whether no weighted feature is further than `FAIR` standard deviations from that of this area.
    pool_n : int
        Eligible areas of the same kind and within the band of size, out of which these are the nearest.
    missing_n : int
        Areas that were eligible but for a missing value.
    """

    index: Indices
    distance: Floats
    weight: Floats
    balanced: bool
    pool_n: int
    missing_n: int


@dataclass(frozen=True)
class Balance:
    """How alike the similar areas are: one value per feature, the given ones first and then `PATH_FEATURES`.

    Parameters
    ----------
    treated : array
        Of the area itself.
    before : array
        Mean of all eligible areas.
    similar, weighted : array
        Mean of the similar areas, each counting as much; and with their weights.
    difference_before, difference_similar, difference_weighted : array
        These means less that of the area, in standard deviations among eligible areas; not a number for a feature
        that is the same everywhere and was left out.
    """

    treated: Floats
    before: Floats
    similar: Floats
    weighted: Floats
    difference_before: Floats
    difference_similar: Floats
    difference_weighted: Floats


@dataclass(frozen=True)
class Matching:
    """The area and its placebos, each with others of its own.

    Parameters
    ----------
    at : array of int
        Rows of the area itself (first) and of its placebos, from near to far.
    others : array of int
        A row per area of `at`: those it is compared with, from near to far, filled up with `NOBODY`.
    distance : array
        How far those are.
    weight : array
        How much each counts; a row sums to 1.
    similar : Similar
        The others of the area itself.
    balance : Balance
        How alike they are.
    """

    at: Indices
    others: Indices
    distance: Floats
    weight: Floats
    similar: Similar
    balance: Balance


def match(
    areas: Areas,
    treated: int,
    first_after: int,
    *,
    eligible: Mask,
    neighbours: int,
    placebos: int,
    min_similar: int,
    size_ratio: float,
) -> Matching:
    """Find the areas that are like this one before the start, and for each placebo those that are like it.

    Parameters
    ----------
    areas : Areas
        All areas.
    treated : int
        Row of the area itself.
    first_after : int
        Column of the first year after.
    eligible : array of bool
        Which areas may be compared with.
    neighbours, placebos : int
        Others per area, and areas on which the comparison is tried, at most.
    min_similar : int
        Others that an area needs.
    size_ratio : float
        How many times larger or smaller an other may be.

    Returns
    -------
    Matching
        The area and its placebos with their others.

    Raises
    ------
    TooFewSimilar
        When fewer than `min_similar` eligible areas are of the same kind and within the band of size.
    ValueError
        When a value of the area itself is missing.

    Notes
    -----
    Stuart (2010). An area may be compared with when it is of the same kind and 1/ratio ≤ its size / own size ≤ ratio.
    Features are the given ones and :data:`PATH_FEATURES`; the distance between x and y is √((x − y)ᵀ·S⁻¹·(x − y)), with
    S the shrunk covariance of all that may be compared with (:mod:`~bt_analysis.methods.matching`). The nearest get the
    weights nearest to equal ones that bring Σw·x to the features of the area, up to :data:`SLACK`
    (:mod:`~bt_analysis.methods.balancing`). Each placebo goes through the same.
    """
    features = np.hstack([areas.features, path_features(areas.paths[:, :first_after])])
    pool, missing = _usable(areas, features, treated, eligible)
    own = pool[_alike(areas, np.array([treated]), pool, size_ratio)[0]]
    if len(own) < min_similar:
        raise TooFewSimilar(len(own), min_similar)
    points = features @ whitening(features[pool])
    at = np.append(treated, nearest(points, [treated], own, placebos).index[0])
    # Nobody outside the square of the band can be an other of a placebo: leaving them out saves most of the work.
    among = pool[_alike(areas, np.array([treated]), pool, size_ratio**2)[0]]
    near = nearest(points, at, among, neighbours, _alike(areas, at, among, size_ratio))
    enough = (near.index != NOBODY).sum(axis=1) >= min(min_similar, neighbours)
    at, others, distance = at[enough], near.index[enough], near.distance[enough]
    weight = entropy_weights(features[others], features[at], others != NOBODY, slack=SLACK).weight
    there = others[0] != NOBODY
    index, own_weight = others[0][there], weight[0][there]
    balance = _balance(features, treated, pool, index, own_weight)
    fair = not (np.abs(balance.difference_weighted) > FAIR).any()
    similar = Similar(index, distance[0][there], own_weight, fair, len(own), missing)
    return Matching(at, others, distance, weight, similar, balance)


def path_features(before: Floats) -> Floats:
    """Return what areas should be alike in of their path before the start.

    Parameters
    ----------
    before : array
        Areas × years before.

    Returns
    -------
    array
        Areas × `PATH_FEATURES`: mean, slope per year by least squares, and last value.
    """
    years = np.arange(before.shape[1]) - (before.shape[1] - 1) / 2
    slope = before @ years / (years @ years)
    return np.column_stack([before.mean(axis=1), slope, before[:, -1]])


def _usable(areas: Areas, features: Floats, treated: int, eligible: Mask) -> tuple[Indices, int]:
    """Return the rows to compare with, and how many are left out for a missing value."""
    known = np.isfinite(areas.paths).all(axis=1) & np.isfinite(features).all(axis=1) & (areas.size > 0)
    if not known[treated]:
        raise ValueError(
            f"The area itself (row {treated}) has a missing value in its path, features or size; "
            "expected all of them. Leave out that feature or year for all areas, or do not compare."
        )
    others = np.asarray(eligible, dtype=bool).copy()
    others[treated] = False
    return np.flatnonzero(others & known), int((others & ~known).sum())


def _alike(areas: Areas, at: Indices, among: Indices, ratio: float) -> Mask:
    """Say which areas are of the same kind and within the band of size of which."""
    size = np.log(np.where(areas.size > 0, areas.size, np.nan))
    near: Mask = np.abs(size[at][:, None] - size[among][None, :]) <= np.log(ratio) + 1e-12
    same: Mask = areas.block[at][:, None] == areas.block[among][None, :]
    return near & same


def _balance(features: Floats, treated: int, pool: Indices, index: Indices, weight: Floats) -> Balance:
    own, spread = features[treated], standard_deviations(features[pool])
    means = [features[pool].mean(axis=0), features[index].mean(axis=0), weight @ features[index]]
    return Balance(own, *means, *(standardised_differences(mean, own, spread) for mean in means))
