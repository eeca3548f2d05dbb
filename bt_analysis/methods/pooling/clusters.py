"""Effects and the cluster of each in; effects in order of clusters out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bt_analysis.methods.pooling.effects import Array, Effects


@dataclass(frozen=True, eq=False)
class Clustered:
    """Checked effects with the cluster of each.

    Parameters
    ----------
    effects : Effects
        Checked effects, sorted by cluster.
    places : ndarray of int
        Place of the cluster of each effect in ``labels``.
    labels : ndarray
        Clusters.
    starts : ndarray of int
        Place of the first effect of each cluster.
    order : ndarray of int
        Place that each effect had when it was given.
    """

    effects: Effects
    places: NDArray[np.intp]
    labels: NDArray[np.object_]
    starts: NDArray[np.intp]
    order: NDArray[np.intp]

    @property
    def count(self) -> int:
        """Number of clusters."""
        return len(self.labels)

    @property
    def identified(self) -> bool:
        """Whether the two variances can be told apart."""
        return 1 < self.count < self.effects.k

    def summed(self, values: Array) -> Array:
        """Add up over the effects of each cluster.

        Parameters
        ----------
        values : ndarray
            A row per effect.

        Returns
        -------
        ndarray
            A row per cluster.
        """
        total: Array = np.add.reduceat(values, self.starts, axis=0)
        return total


def clustered(effects: Effects, clusters: ArrayLike) -> Clustered:
    """Sort effects by cluster.

    Parameters
    ----------
    effects : Effects
        Checked effects.
    clusters : array_like
        Cluster of each.

    Returns
    -------
    Clustered
        Effects with their clusters.

    Raises
    ------
    ValueError
        When a cluster is missing, or there is not one for each effect.
    """
    given = pd.Series(np.asarray(clusters, dtype=object).ravel())
    if len(given) != effects.k:
        raise ValueError(f"got {len(given)} clusters for {effects.k} effects; expected one for each.")
    if given.isna().any():
        raise ValueError(f"got {int(given.isna().sum())} effects without a cluster; expected none. Name one for each.")
    places, labels = pd.factorize(given, sort=True)
    order = np.argsort(places, kind="stable")
    places = places[order]
    sorted_effects = Effects(effects.y[order], effects.v[order], effects.x[order], effects.names)
    starts = np.flatnonzero(np.r_[True, places[1:] != places[:-1]])
    return Clustered(sorted_effects, places, np.asarray(labels, dtype=object), starts, order)
