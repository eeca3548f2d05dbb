"""Effects in clusters and two variances in; least squares, likelihood and its slope out, without a large matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bt_analysis.methods.pooling.clusters import Clustered
from bt_analysis.methods.pooling.effects import Array

Pair = tuple[float, float]
"""Variance between clusters, and between true effects within one."""


@dataclass(frozen=True, eq=False)
class Solved:
    """Generalised least squares with the variances of a pair.

    Parameters
    ----------
    given : Clustered
        Effects with their clusters.
    at : tuple of float
        Variance between clusters and within them.
    weights : ndarray
        1 / (what is an effect's own): 1/(v + σ²₂).
    core : ndarray
        Per cluster the number c of Sherman and Morrison's identity: V⁻¹ = W − c·W11ᵀW.
    log_det : float
        Logarithm of the determinant of V.
    """

    given: Clustered
    at: Pair
    weights: Array
    core: Array
    log_det: float

    def times(self, columns: Array) -> Array:
        """Return V⁻¹ times some columns.

        Parameters
        ----------
        columns : ndarray
            A row per effect.

        Returns
        -------
        ndarray
            The same shape.
        """
        own = self.weights[:, None] * columns
        back = (self.core[:, None] * self.given.summed(own))[self.given.places]
        told: Array = own - self.weights[:, None] * back
        return told

    @cached_property
    def all(self) -> Array:
        """V⁻¹ times X, y and 1, beside each other."""
        effects = self.given.effects
        return self.times(np.column_stack([effects.x, effects.y, np.ones(effects.k)]))

    @cached_property
    def cov(self) -> Array:
        """Variances and covariances of the coefficients: (XᵀV⁻¹X)⁻¹."""
        return np.asarray(np.linalg.inv(self.inner), dtype=float)

    @cached_property
    def inner(self) -> Array:
        """XᵀV⁻¹X."""
        return self.given.effects.x.T @ self.all[:, : self.given.effects.p]

    @cached_property
    def beta(self) -> Array:
        """Coefficients."""
        effects = self.given.effects
        return self.cov @ (effects.x.T @ self.all[:, effects.p])

    @cached_property
    def residuals(self) -> Array:
        """V⁻¹(y − Xβ)."""
        p = self.given.effects.p
        return self.all[:, p] - self.all[:, :p] @ self.beta

    @cached_property
    def squares(self) -> float:
        """(y − Xβ)ᵀV⁻¹(y − Xβ)."""
        return float(self.given.effects.y @ self.residuals)

    @property
    def of_clusters(self) -> tuple[float, float]:
        """Standard error of the mean and its degrees of freedom, from clusters; of :class:`.levels.ThreeLevels`."""
        own, count = float(self.cov[0, 0]), self.given.count
        if self.given.effects.p > 1 or count < 2:
            return math.sqrt(own), math.nan
        share = own * self.given.summed(self.all[:, -1])
        apart = own * self.given.summed(self.residuals)
        rest = share**2 / (1 - share)
        df = 1 / float((share**2).sum() + rest.sum() ** 2 - (rest**2).sum())
        return math.sqrt(max(own, float((apart**2 / (1 - share)).sum()))), min(max(df, 1.0), count - 1.0)

    @cached_property
    def diagonal(self) -> Array:
        """Diagonal of V⁻¹."""
        told: Array = self.weights - self.weights**2 * self.core[self.given.places]
        return told

    @cached_property
    def trace(self) -> float:
        """Trace of P, with P = V⁻¹ − V⁻¹X(XᵀV⁻¹X)⁻¹XᵀV⁻¹."""
        x = self.all[:, : self.given.effects.p]
        return float(self.diagonal.sum() - (self.cov * (x.T @ x)).sum())

    def minus(self, *, restricted: bool) -> float:
        """Return minus the log likelihood, without constants.

        Parameters
        ----------
        restricted : bool
            REML, else ML.

        Returns
        -------
        float
            Smaller is likelier.
        """
        own = float(np.linalg.slogdet(self.inner)[1]) if restricted else 0.0
        return 0.5 * (self.log_det + own + self.squares)

    def slope(self, *, restricted: bool) -> Array:
        """Return how steeply :meth:`minus` rises in both variances.

        Parameters
        ----------
        restricted : bool
            REML, else ML.

        Returns
        -------
        ndarray
            ½ (tr PZZᵀ − rᵀZZᵀr) with r = V⁻¹(y − Xβ), for clusters and for effects.
        """
        p = self.given.effects.p
        ones = float(self.all[:, -1].sum())
        of_clusters, of_effects = ones, float(self.diagonal.sum())
        if restricted:
            sums = self.given.summed(self.all[:, :p])
            of_clusters -= float((self.cov * (sums.T @ sums)).sum())
            of_effects = self.trace
        totals = self.given.summed(self.residuals)
        return 0.5 * np.array([of_clusters - totals @ totals, of_effects - self.residuals @ self.residuals])

    def log_likelihood(self, *, restricted: bool) -> float:
        """Return the log likelihood with all constants.

        Parameters
        ----------
        restricted : bool
            REML, else ML.

        Returns
        -------
        float
            As metafor prints it.
        """
        effects = self.given.effects
        own = 0.5 * float(np.linalg.slogdet(effects.x.T @ effects.x)[1]) if restricted else 0.0
        free = effects.df if restricted else effects.k
        return own - self.minus(restricted=restricted) - 0.5 * free * math.log(2 * math.pi)

    def guesses(self, critical: float) -> pd.DataFrame:
        """Return the best guess of each true effect.

        Parameters
        ----------
        critical : float
            Standard errors that an interval reaches.

        Returns
        -------
        DataFrame
            As :func:`.levels.guesses`.
        """
        given, (between, within) = self.given, self.at
        x, places = given.effects.x, given.places
        of_x, of_one = self.all[:, : given.effects.p], self.all[:, -1]
        sums, ones = given.summed(of_x)[places], given.summed(of_one)[places]
        cluster = between * given.summed(self.residuals)[places]
        own = within * self.residuals
        known = {
            "value": (x - between * sums - within * of_x,
                      between + within - between**2 * ones - 2 * between * within * of_one - within**2 * self.diagonal),
            "of_cluster": (-between * sums, between - between**2 * ones),
            "of_effect": (-within * of_x, within - within**2 * self.diagonal),
        }  # fmt: skip
        errors = {name: self._error(*parts) for name, parts in known.items()}
        value = x @ self.beta + cluster + own
        rows = pd.DataFrame(
            {
                "cluster": given.labels[places], "value": value, "se": errors["value"],
                "low": value - critical * errors["value"], "high": value + critical * errors["value"],
                "of_cluster": cluster, "of_cluster_se": errors["of_cluster"],
                "of_effect": own, "of_effect_se": errors["of_effect"],
            },
            index=given.order,
        )  # fmt: skip
        return rows.sort_index()

    def _error(self, away: Array, given_beta: Array) -> Array:
        """Add the uncertainty of the coefficients to that of a guess given them."""
        variance = given_beta + np.einsum("kp,pq,kq->k", away, self.cov, away)
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=float)


def solve(given: Clustered, at: Pair) -> Solved:
    """Solve generalised least squares cluster by cluster.

    Parameters
    ----------
    given : Clustered
        Effects with their clusters.
    at : tuple of float
        Variance between clusters and within them.

    Returns
    -------
    Solved
        Everything that follows from them.

    Notes
    -----
    With D = diag(v + σ²₂), V of a cluster is D + σ²₁11ᵀ, so V⁻¹ = W − c·W11ᵀW with W = D⁻¹ and c = σ²₁/(1 + σ²₁·1ᵀW1),
    and log|V| = log|D| + log(1 + σ²₁·1ᵀW1) (Sherman and Morrison).
    """
    between, within = at
    weights = 1 / (given.effects.v + within)
    inner = 1 + between * given.summed(weights)
    return Solved(given, at, weights, between / inner, float(np.log(inner).sum() - np.log(weights).sum()))
