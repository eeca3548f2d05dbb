"""Which areas are most alike: features of all areas in, per area the nearest others and their distances out.

Distance is Mahalanobis': features are turned and scaled until none repeats another and each weighs as much. The
covariance is shrunk (Ledoit and Wolf), so that features which nearly repeat each other, such as the mean and the last
value of a short path, do not count twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

NOBODY = -1
"""Index where an area has fewer others than were asked for."""
SPREAD = 1e-9  # a feature that differs by less than this part of its size is the same everywhere


@dataclass(frozen=True)
class Nearest:
    """The nearest others of some areas.

    Parameters
    ----------
    index : array of int
        A row per area, its others from near to far; `NOBODY` where there are no more.
    distance : array
        Their distances; infinite where there are no more.
    """

    index: Indices
    distance: Floats


def standard_deviations(features: ArrayLike) -> Floats:
    """Return how much each feature differs between areas.

    Parameters
    ----------
    features : array_like
        A row per area, a column per feature.

    Returns
    -------
    array
        Standard deviation per feature (n − 1); exactly 0 for a feature that is the same everywhere.
    """
    values = np.asarray(features, dtype=float)
    spread = values.std(axis=0, ddof=1)
    largest = np.abs(values).max(axis=0)
    return np.where(spread > SPREAD * largest, spread, 0.0)


def whitening(features: ArrayLike, *, shrink: bool = True) -> Floats:
    """Return the matrix that turns differences in features into plain distances.

    Parameters
    ----------
    features : array_like
        A row per area, a column per feature; no missing values.
    shrink : bool
        Whether the covariance is shrunk towards equal, unrelated features; False: the sample covariance.

    Returns
    -------
    array
        Square matrix L; the distance of x and y is |(x − y)·L|. A feature that is the same everywhere has a row of
        zeros, so it counts for nothing.

    Raises
    ------
    ValueError
        When no feature differs between areas, or (without shrinking) one repeats others.

    Notes
    -----
    L = S·C, with S the diagonal of 1/standard deviation and C·C' the inverse of the covariance of features in standard
    deviations, shrunk by Ledoit and Wolf's (2004) rule. Scaling goes first: shrinking depends on units.
    """
    values = np.asarray(features, dtype=float)
    spread = standard_deviations(values)
    kept = spread > 0
    if not kept.any():
        raise ValueError(
            f"None of {values.shape[1]} features differs between {len(values)} areas; expected at least one that does."
        )
    scaled = (values[:, kept] - values[:, kept].mean(axis=0)) / spread[kept]
    full = np.zeros((values.shape[1], values.shape[1]))
    full[np.ix_(kept, kept)] = _root_of_inverse(_covariance(scaled, shrink=shrink)) / spread[kept][:, None]
    return full


def nearest(points: ArrayLike, at: ArrayLike, among: ArrayLike, count: int, allowed: Mask | None = None) -> Nearest:
    """Return the nearest others of some areas.

    Parameters
    ----------
    points : array_like
        A row per area, in units in which plain distance counts (features · whitening).
    at : array_like of int
        Rows whose others are wanted.
    among : array_like of int
        Rows that may be an other, in the order that decides between equals; never one's own.
    count : int
        Others per area, at most.
    allowed : array of bool, optional
        A row per area of `at`, a column per area of `among`: may this one be an other of that one.

    Returns
    -------
    Nearest
        A row per area of `at`.
    """
    from scipy.spatial.distance import cdist  # noqa: PLC0415 - takes half a second, and bt check needs none of it

    spots = np.asarray(points, dtype=float)
    own, others = np.asarray(at, dtype=np.int64), np.asarray(among, dtype=np.int64)
    # cdist takes differences one by one, so that two equal areas are exactly equally far; a matrix product is not.
    distance = cdist(spots[own], spots[others])
    shut = own[:, None] == others[None, :]
    distance[shut if allowed is None else shut | ~allowed] = np.inf
    order = _first(distance, min(count, len(others)))
    far = np.take_along_axis(distance, order, axis=1)
    return Nearest(np.where(np.isfinite(far), others[order], NOBODY), far)


def one_to_one(features: ArrayLike, treated: ArrayLike, *, within_groups: bool = False) -> Indices:
    """Return the most alike untreated row of every treated one, with replacement.

    Parameters
    ----------
    features : array_like
        A row per unit, a column per feature.
    treated : array_like of bool
        Which units are treated.
    within_groups : bool
        Whether the covariance is that around the mean of the own group, pooled; False: around the mean of all.

    Returns
    -------
    array of int
        A row number per treated unit, in their order; the first in the file wins ties.

    Notes
    -----
    Mahalanobis distance: √((x − y)' Σ⁻¹ (x − y)) (Rubin 1980).
    """
    values, group = np.asarray(features, dtype=float), np.asarray(treated, dtype=bool)
    centred = values - np.where(group[:, None], values[group].mean(axis=0), values[~group].mean(axis=0))
    root = whitening(centred if within_groups else values, shrink=False)
    return nearest(values @ root, np.flatnonzero(group), np.flatnonzero(~group), 1).index[:, 0]


def _first(distance: Floats, count: int) -> Indices:
    """Return the columns of the smallest distances of each row, from near to far; of equals the first."""
    if count == 0:
        return np.empty((len(distance), 0), dtype=np.int64)
    last = np.partition(distance, count - 1, axis=1)[:, [count - 1]]
    # Columns in their order, the nearer ones before those that tie for the last place.
    near = np.argsort(
        np.where(distance < last, 0, np.where(distance == last, 1, 2)).astype(np.int8), axis=1, kind="stable"
    )
    near = np.sort(near[:, :count], axis=1)
    order = np.argsort(np.take_along_axis(distance, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1).astype(np.int64)


def _covariance(scaled: Floats, *, shrink: bool) -> Floats:
    if not shrink:
        return np.atleast_2d(np.cov(scaled, rowvar=False))
    from sklearn.covariance import ledoit_wolf  # noqa: PLC0415 - takes a second, and bt check needs none of it

    covariance: Floats = ledoit_wolf(scaled, assume_centered=True)[0]
    return np.atleast_2d(covariance)


def _root_of_inverse(covariance: Floats) -> Floats:
    try:
        root: Floats = np.linalg.cholesky(np.linalg.inv(covariance))
    except np.linalg.LinAlgError as problem:
        raise ValueError(
            f"The covariance of {len(covariance)} features cannot be inverted, so one repeats others; "
            "leave it out, or shrink the covariance."
        ) from problem
    return root
