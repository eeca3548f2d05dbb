"""Effects with what may explain why they differ in; coefficients, and how much is explained, out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2, f

from bt_analysis.methods.pooling import heterogeneity
from bt_analysis.methods.pooling.effects import Array, Effects, Fit, checked
from bt_analysis.methods.pooling.heterogeneity import Method
from bt_analysis.methods.pooling.pooled import Estimate, critical, wald


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
        With the interval of Hartung and Knapp: with its factor not below 1, and as it is.
    factor : float
        That factor: Σ w (y − Xβ)² / (k − p).
    tau2, tau2_se : float
        Variance between true effects that is not explained, and its standard error.
    tau2_interval : tuple of float
        Q-profile interval of it.
    tau2_without : float
        The same variance without moderators.
    r2 : float
        Per cent of that variance which is explained, not below 0; missing when there is none to explain.
    q, q_df, q_p : float
        Q of what is left, its degrees of freedom and p value.
    i2, h2 : float
        Of what is left: per cent of unexplained variance that is between true effects, and τ²/s² + 1.
    moderators_q, moderators_p : float
        Test that no moderator explains anything: χ² with p − 1 degrees of freedom.
    moderators_f, moderators_f_p : float
        The same by Hartung and Knapp (not let below 1): F with p − 1 and k − p degrees of freedom.
    fit : Fit
        For predictions.
    """

    k: int
    names: tuple[str, ...]
    coefficients: tuple[Estimate, ...]
    hartung_knapp: tuple[Estimate, ...]
    hartung_knapp_plain: tuple[Estimate, ...]
    factor: float
    tau2: float
    tau2_se: float
    tau2_interval: tuple[float, float]
    tau2_without: float
    r2: float
    q: float
    q_df: int
    q_p: float
    i2: float
    h2: float
    moderators_q: float
    moderators_p: float
    moderators_f: float
    moderators_f_p: float
    fit: Fit


@dataclass(frozen=True)
class Expected:
    """What is expected at some values of the moderators.

    Parameters
    ----------
    value : float
        The mean effect there.
    low, high : float
        Its interval: t with k − p degrees of freedom, factor of Hartung and Knapp not below 1.
    new_low, new_high : float
        Between what the true effect of a new one there will lie.
    """

    value: float
    low: float
    high: float
    new_low: float
    new_high: float


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
    fit, fixed, df = Fit(given, tau2), Fit(given, 0.0), given.df
    factor = fit.q / df
    floored = max(1.0, factor)
    s2 = heterogeneity.typical_variance(given)
    chi = _together(fit)
    return Explained(
        k=given.k, names=given.names, coefficients=tuple(wald(fit, math.inf, level)),
        hartung_knapp=tuple(wald(fit, df, level, floored)), hartung_knapp_plain=tuple(wald(fit, df, level, factor)),
        factor=factor, tau2=tau2, tau2_se=heterogeneity.standard_error(given, tau2, method),
        tau2_interval=heterogeneity.profile(given, level), tau2_without=before,
        r2=max(0.0, 100 * (before - tau2) / before) if before > 0 else math.nan,
        q=fixed.q, q_df=df, q_p=float(chi2.sf(fixed.q, df)), i2=100 * tau2 / (tau2 + s2), h2=tau2 / s2 + 1,
        moderators_q=chi, moderators_p=float(chi2.sf(chi, given.p - 1)),
        moderators_f=chi / (given.p - 1) / floored, moderators_f_p=float(f.sf(chi / (given.p - 1) / floored,
                                                                              given.p - 1, df)),
        fit=fit,
    )  # fmt: skip


def expected(found: Explained, at: ArrayLike, level: float = 0.95) -> Expected:
    """Say what is expected at some values of the moderators.

    Parameters
    ----------
    found : Explained
        A regression.
    at : array_like
        One value per moderator.
    level : float
        Level of confidence.

    Returns
    -------
    Expected
        The mean effect there, and that of a new one.

    Raises
    ------
    ValueError
        When there are not as many values as moderators.
    """
    row: Array = np.r_[1.0, np.atleast_1d(np.asarray(at, dtype=float))]
    if len(row) != len(found.names):
        raise ValueError(f"got {len(row) - 1} values for {len(found.names) - 1} moderators; expected one for each.")
    value = float(row @ found.fit.beta)
    se2 = max(1.0, found.factor) * float(row @ found.fit.cov @ row)
    c = critical(found.q_df, level)
    half, new = c * math.sqrt(se2), c * math.sqrt(se2 + found.tau2)
    return Expected(value, value - half, value + half, value - new, value + new)


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


def egger(effects: ArrayLike, variances: ArrayLike, level: float = 0.95) -> Estimate:
    """Test for lopsidedness by Egger's own regression.

    Parameters
    ----------
    effects : array_like
        Effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    level : float
        Level of confidence.

    Returns
    -------
    Estimate
        The coefficient of the standard error: t with k − 2 degrees of freedom.

    Raises
    ------
    ValueError
        When there are fewer than three effects, or all standard errors are equal.

    Notes
    -----
    Least squares with weights 1/v, whose variances are multiplied by Q/(k − 2), whatever that is (Egger et al. 1997).
    """
    given: Effects = checked(effects, variances, np.sqrt(np.asarray(variances, dtype=float)), ["se"])
    fit = Fit(given, 0.0)
    return wald(fit, given.df, level, fit.q / given.df)[1]


def _together(fit: Fit) -> float:
    """Return the test statistic of all moderators together."""
    beta, cov = fit.beta[1:], fit.cov[1:, 1:]
    return float(beta @ np.linalg.solve(cov, beta))
