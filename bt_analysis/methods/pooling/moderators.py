"""Effects with what may explain why they differ in; coefficients, and how much is explained, out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bt_analysis.methods.pooling import heterogeneity
from bt_analysis.methods.pooling.effects import Fit, checked
from bt_analysis.methods.pooling.heterogeneity import Method
from bt_analysis.methods.pooling.pooled import Estimate, wald


@dataclass(frozen=True, eq=False)
class Explained:
    """A regression of effects on moderators.

    Parameters
    ----------
    k : int
        Effects.
    names : tuple of str
        Names of the coefficients, the intercept first.
    coefficients : tuple of Estimate
        With a normal interval.
    hartung_knapp, hartung_knapp_plain : tuple of Estimate
        With the interval of Hartung and Knapp: with its factor Σ w (y − Xβ)² / (k − p) not below 1, and as it is.
    tau2, tau2_se : float
        Variance between true effects that is not explained, and its standard error.
    tau2_interval : tuple of float
        Q-profile interval of it.
    r2 : float
        Per cent of the variance without moderators which is explained, not below 0; missing when there is none.
    """

    k: int
    names: tuple[str, ...]
    coefficients: tuple[Estimate, ...]
    hartung_knapp: tuple[Estimate, ...]
    hartung_knapp_plain: tuple[Estimate, ...]
    tau2: float
    tau2_se: float
    tau2_interval: tuple[float, float]
    r2: float


def explain(
    effects: ArrayLike, variances: ArrayLike, moderators: ArrayLike, names: Sequence[str] = (),
    method: Method = "REML", level: float = 0.95,
) -> Explained:  # fmt: skip
    """Explain why effects differ.

    Parameters
    ----------
    effects : array_like
        Effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    moderators : array_like
        A row per effect and a column per moderator, or a plain list for one moderator.
    names : sequence of str
        Names of the moderators.
    method : str
        How τ² is estimated.
    level : float
        Level of confidence of all intervals.

    Returns
    -------
    Explained
        Coefficients and what is left.

    Raises
    ------
    ValueError
        When there are no more effects than coefficients, or they cannot be used.

    Notes
    -----
    β = (XᵀWX)⁻¹XᵀWy with W = 1/(v + τ²). R² = 100 · (τ²₀ − τ²) / τ²₀ with τ²₀ of the same effects without moderators.
    """
    given = checked(effects, variances, moderators, names)
    tau2 = heterogeneity.tau2(given, method)
    none = checked(given.y, given.v)
    before = heterogeneity.tau2(none, method)
    fit, df = Fit(given, tau2), given.df
    factor = fit.q / df
    return Explained(
        k=given.k, names=given.names, coefficients=tuple(wald(fit, math.inf, level)),
        hartung_knapp=tuple(wald(fit, df, level, max(1.0, factor))),
        hartung_knapp_plain=tuple(wald(fit, df, level, factor)),
        tau2=tau2, tau2_se=heterogeneity.standard_error(given, tau2, method),
        tau2_interval=heterogeneity.profile(given, level),
        r2=max(0.0, 100 * (before - tau2) / before) if before > 0 else math.nan,
    )  # fmt: skip


def small_studies(
    effects: ArrayLike, variances: ArrayLike, method: Method = "REML", level: float = 0.95
) -> Explained:  # fmt: skip
    """Test whether effects with larger standard errors are other than those with smaller ones.

    Parameters
    ----------
    effects : array_like
        Effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    method : str
        How τ² is estimated.
    level : float
        Level of confidence.

    Returns
    -------
    Explained
        With the standard error as its moderator ``se``: its coefficient's statistic is the test, normal, and the
        intercept is what an effect without any standard error would be.

    Raises
    ------
    ValueError
        When there are fewer than three effects, or all standard errors are equal.

    Notes
    -----
    As Egger's test, in a model with random effects. It finds lopsidedness, whatever made it: that small results without
    an effect were not told is one cause of several. With fewer than ten effects it sees almost nothing.
    """
    errors = np.sqrt(np.asarray(variances, dtype=float))
    return explain(effects, variances, errors, ["se"], method, level)
