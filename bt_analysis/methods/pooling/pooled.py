"""Effects in; their mean under one true effect and under many, its intervals, and what a new one may be, out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2, norm, t

from bt_analysis.methods.pooling import heterogeneity
from bt_analysis.methods.pooling.effects import Fit, checked
from bt_analysis.methods.pooling.heterogeneity import Method

Z, T_LESS_ONE, T_LESS_TWO = "z", "t_k_minus_1", "t_k_minus_2"
"""Names of the three prediction intervals."""


class Estimate(NamedTuple):
    """A figure with its interval and test.

    Parameters
    ----------
    value, se : float
        The estimate and its standard error.
    low, high : float
        Ends of its interval.
    statistic, df, p : float
        value / se, its degrees of freedom (infinite: normal) and the two-sided p value of no effect at all.
    """

    value: float
    se: float
    low: float
    high: float
    statistic: float
    df: float
    p: float


@dataclass(frozen=True, eq=False)
class Pooled:
    """Effects that were put together.

    Parameters
    ----------
    k : int
        Effects.
    method : str
        How τ² was estimated.
    tau2, tau2_se : float
        Variance between true effects, and its standard error.
    tau2_interval : tuple of float
        Q-profile interval of it.
    q, q_df, q_p : float
        Cochran's Q, its degrees of freedom, and the chance of one as large when all true effects are equal.
    i2, h2 : float
        From τ²: per cent of all variance that is between true effects, and τ²/s² + 1.
    i2_q, h2_q : float
        From Q: 100 · (Q − df) / Q, not below 0, and Q / df.
    fixed, random : Estimate
        The mean when there is one true effect, and when there are many; with a normal interval.
    hartung_knapp : Estimate
        The mean of many with the interval of Hartung and Knapp, whose factor is not let below 1.
    hartung_knapp_plain : Estimate
        The same with its factor as it is, which may make the interval shorter than the normal one.
    factor : float
        That factor: Σ w (y − μ)² / (k − 1).
    predictions : dict of str to tuple of float
        Between what the true effect of a new one will lie, in three ways: ``z``; ``t_k_minus_1`` with the standard
        error of ``hartung_knapp``; ``t_k_minus_2`` of Higgins, Thompson and Spiegelhalter, missing when k = 2.
    log_likelihood : float
        Restricted, or for method ML whole; of REML and ML only, else missing.
    """

    k: int
    method: Method
    tau2: float
    tau2_se: float
    tau2_interval: tuple[float, float]
    q: float
    q_df: int
    q_p: float
    i2: float
    h2: float
    i2_q: float
    h2_q: float
    fixed: Estimate
    random: Estimate
    hartung_knapp: Estimate
    hartung_knapp_plain: Estimate
    factor: float
    predictions: dict[str, tuple[float, float]]
    log_likelihood: float


def pool(effects: ArrayLike, variances: ArrayLike, method: Method = "REML", level: float = 0.95) -> Pooled:
    """Put effects together.

    Parameters
    ----------
    effects : array_like
        Effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    method : str
        How τ² is estimated: ``DL``, ``PM``, ``ML`` or ``REML``.
    level : float
        Level of confidence of all intervals.

    Returns
    -------
    Pooled
        Means, intervals and how far the effects differ.

    Raises
    ------
    ValueError
        When there are fewer than two effects, or they cannot be used.

    Notes
    -----
    μ = Σ w y / Σ w with w = 1/(v + τ²) and standard error √(1/Σ w). Hartung and Knapp (2001) multiply the latter by √q,
    q = Σ w (y − μ)² / (k − 1), and take t with k − 1 degrees of freedom; q below 1 is taken as 1 (Röver et al. 2015).
    A prediction interval is μ ± c · √(τ² + se²).
    """
    given = checked(effects, variances)
    tau2 = heterogeneity.tau2(given, method)
    one, many, df = Fit(given, 0.0), Fit(given, tau2), given.df
    factor = many.q / df
    knapp = wald(many, df, level, max(1.0, factor))[0]
    plain = wald(many, df, level, factor)[0]
    s2 = heterogeneity.typical_variance(given)
    likely = (
        heterogeneity.log_likelihood(given, tau2, restricted=method == "REML") if method in ("ML", "REML") else math.nan
    )
    return Pooled(
        k=given.k, method=method, tau2=tau2, tau2_se=heterogeneity.standard_error(given, tau2, method),
        tau2_interval=heterogeneity.profile(given, level), q=one.q, q_df=df, q_p=float(chi2.sf(one.q, df)),
        i2=100 * tau2 / (tau2 + s2), h2=tau2 / s2 + 1, i2_q=_share(one.q, df), h2_q=one.q / df,
        fixed=wald(one, math.inf, level)[0], random=(random := wald(many, math.inf, level)[0]),
        hartung_knapp=knapp, hartung_knapp_plain=plain, factor=factor,
        predictions={
            Z: _prediction(random, tau2, math.inf, level),
            T_LESS_ONE: _prediction(knapp, tau2, df, level),
            T_LESS_TWO: _prediction(random, tau2, df - 1, level),
        },
        log_likelihood=likely,
    )  # fmt: skip


def wald(fit: Fit, df: float, level: float = 0.95, factor: float = 1.0) -> list[Estimate]:
    """Give every coefficient of a fit its interval and test.

    Parameters
    ----------
    fit : Fit
        Least squares with weights.
    df : float
        Degrees of freedom; infinite for a normal interval.
    level : float
        Level of confidence.
    factor : float
        What the variances are multiplied by.

    Returns
    -------
    list of Estimate
        One per coefficient. With a standard error of 0 the interval is a point.
    """
    errors = np.sqrt(factor * np.diag(fit.cov))
    return [estimate(float(value), float(se), df, level) for value, se in zip(fit.beta, errors, strict=True)]


def estimate(value: float, se: float, df: float, level: float = 0.95) -> Estimate:
    """Give a figure its interval and test.

    Parameters
    ----------
    value, se : float
        The figure and its standard error.
    df : float
        Degrees of freedom; infinite for a normal interval.
    level : float
        Level of confidence.

    Returns
    -------
    Estimate
        With a standard error of 0 the interval is a point, and p is 1 of a figure of 0 and 0 of any other.
    """
    half = critical(df, level) * se
    statistic = value / se if se > 0 else math.copysign(math.inf, value) if value else 0.0
    p = float(2 * (norm.sf(abs(statistic)) if math.isinf(df) else t.sf(abs(statistic), df)))
    return Estimate(value, se, value - half, value + half, statistic, df, p)


def critical(df: float, level: float = 0.95) -> float:
    """Return how many standard errors an interval reaches.

    Parameters
    ----------
    df : float
        Degrees of freedom; infinite: normal.
    level : float
        Level of confidence.

    Returns
    -------
    float
        Quantile (1 + level)/2; missing without degrees of freedom.
    """
    if df < 1:
        return math.nan
    return float(norm.ppf((1 + level) / 2) if math.isinf(df) else t.ppf((1 + level) / 2, df))


def _prediction(mean: Estimate, tau2: float, df: float, level: float) -> tuple[float, float]:
    half = critical(df, level) * math.hypot(math.sqrt(tau2), mean.se)
    return mean.value - half, mean.value + half


def _share(q: float, df: int) -> float:
    return max(0.0, 100 * (q - df) / q) if q > 0 else 0.0


def excludes_zero(ends: Sequence[float]) -> bool:
    """Tell whether an interval lies wholly on one side of 0.

    Parameters
    ----------
    ends : sequence of float
        Lower and upper end.

    Returns
    -------
    bool
        False as well when an end is missing.
    """
    low, high = ends
    return bool(low > 0 or high < 0)
