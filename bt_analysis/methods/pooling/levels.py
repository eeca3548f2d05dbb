"""Effects in clusters in; their mean, and how far clusters and effects within them differ, out: three levels.

Collectives lie in gemeenten, and outcomes in collectives: effects of one cluster are more alike than others, and are
not so many separate proofs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize
from scipy.stats import chi2

from bt_analysis.methods.pooling.effects import Array, Effects, Fit, checked
from bt_analysis.methods.pooling.levels_fit import Clustered, Pair, Solved, clustered, solve
from bt_analysis.methods.pooling.pooled import Estimate, critical, estimate

Method = Literal["ML", "REML"]
Z, T_EFFECTS, T_CLUSTERS = "z", "t_effects", "t_clusters"
"""Names of the three kinds of interval: normal; t with effects, or clusters, less coefficients."""


@dataclass(frozen=True, eq=False)
class ThreeLevels:
    """Effects in clusters that were put together.

    Parameters
    ----------
    k, clusters : int
        Effects, and clusters they lie in.
    method : str
        ``REML`` or ``ML``.
    between, within : float
        Variance between clusters, and between true effects within one.
    identified : bool
        Whether both can be told apart: some cluster has several effects, and there are several clusters. Otherwise
        the two together are given as ``within``, and ``between`` is 0; of one cluster ``between`` cannot be seen.
    names : tuple of str
        Names of the coefficients, the intercept first.
    coefficients : tuple of Estimate
        With a normal interval.
    coefficients_t : tuple of Estimate
        With t, clusters less coefficients: the interval to lead with.
    predictions : dict of str to tuple of float
        Between what the true effect of a new cluster will lie, where the moderators are 0: ``z``, ``t_effects`` and
        ``t_clusters``.
    q, q_df, q_p : float
        Q with weights 1/v, its degrees of freedom and p value.
    i2, i2_between, i2_within : float
        Per cent of all variance that is between true effects, between clusters, and within them.
    log_likelihood : float
        With all constants.
    solved : Solved
        For guesses of each effect and cluster.
    """

    k: int
    clusters: int
    method: Method
    between: float
    within: float
    identified: bool
    names: tuple[str, ...]
    coefficients: tuple[Estimate, ...]
    coefficients_t: tuple[Estimate, ...]
    predictions: dict[str, tuple[float, float]]
    q: float
    q_df: int
    q_p: float
    i2: float
    i2_between: float
    i2_within: float
    log_likelihood: float
    solved: Solved


def three_levels(
    effects: ArrayLike, variances: ArrayLike, clusters: ArrayLike, moderators: ArrayLike | None = None,
    names: Sequence[str] = (), *, method: Method = "REML", correlation: float = 0.0, level: float = 0.95,
) -> ThreeLevels:  # fmt: skip
    """Put effects together that lie in clusters.

    Parameters
    ----------
    effects, variances : array_like
        Effects, all in one unit, and their sampling variances.
    clusters : array_like
        Cluster of each effect.
    moderators : array_like, optional
        A row per effect and a column per moderator.
    names : sequence of str
        Names of the moderators.
    method : str
        ``REML`` or ``ML``.
    correlation : float
        Correlation of the sampling errors within a cluster, as of outcomes of the same people; 0 ≤ it < 1.
    level : float
        Level of confidence of all intervals.

    Returns
    -------
    ThreeLevels
        Both variances, the mean and what a new cluster may be.

    Raises
    ------
    ValueError
        When effects cannot be used, or there is not a cluster for each.

    Notes
    -----
    V of a cluster = diag(v) + σ²₂I + σ²₁11ᵀ (+ covariances of sampling errors); both σ² ≥ 0 by the largest (restricted)
    likelihood. V is never made: each cluster is inverted by Woodbury's identity (Konstantopoulos 2011; metafor's rma.mv
    gives the same).
    """
    if method not in get_args(Method):
        raise ValueError(f"got method {method!r}; expected one of {', '.join(get_args(Method))}.")
    given = clustered(checked(effects, variances, moderators, names), clusters, correlation)
    solved = _likeliest(given, restricted=method == "REML")
    return _told(solved, method, level)


def _told(solved: Solved, method: Method, level: float) -> ThreeLevels:
    given, effects = solved.given, solved.given.effects
    between, within = solved.at
    errors = np.sqrt(np.diag(solved.cov))
    pairs = [(float(value), float(se)) for value, se in zip(solved.beta, errors, strict=True)]
    free = {Z: math.inf, T_EFFECTS: effects.df, T_CLUSTERS: given.count - effects.p}
    spread = math.sqrt(between + within)
    halves = {name: critical(df, level) * math.hypot(spread, pairs[0][1]) for name, df in free.items()}
    q = solve(given, (0.0, 0.0)).squares
    typical = effects.df / solve(given, (0.0, 0.0)).trace
    parts = [100 * one / (between + within + typical) for one in (between, within)]
    return ThreeLevels(
        k=effects.k, clusters=given.count, method=method, between=between, within=within,
        identified=given.identified, names=effects.names,
        coefficients=tuple(estimate(*one, math.inf, level) for one in pairs),
        coefficients_t=tuple(estimate(*one, free[T_CLUSTERS], level) for one in pairs),
        predictions={name: (pairs[0][0] - half, pairs[0][0] + half) for name, half in halves.items()},
        q=q, q_df=effects.df, q_p=float(chi2.sf(q, effects.df)),
        i2=sum(parts), i2_between=parts[0], i2_within=parts[1],
        log_likelihood=solved.log_likelihood(restricted=method == "REML"), solved=solved,
    )  # fmt: skip


def profiles(found: ThreeLevels, level: float = 0.95) -> dict[str, tuple[float, float]]:
    """Return the profile likelihood interval of both variances.

    Parameters
    ----------
    found : ThreeLevels
        What was put together.
    level : float
        Level of confidence.

    Returns
    -------
    dict of str to tuple of float
        ``between`` and ``within``: from 0 where 0 fits; missing ends where it cannot be told from the other.

    Notes
    -----
    All values at which twice the log likelihood, the other variance free, lies less than the quantile of χ² with 1
    degree of freedom below its top.
    """
    if not found.identified:
        return {"between": (math.nan, math.nan), "within": (math.nan, math.nan)}
    return {name: _profile(found, place, level) for place, name in enumerate(("between", "within"))}


def _profile(found: ThreeLevels, place: int, level: float) -> tuple[float, float]:
    given, restricted, best = found.solved.given, found.method == "REML", found.solved.at
    lowest = found.solved.minus(restricted=restricted)
    allowed = float(chi2.ppf(level, 1)) / 2
    other = best[1 - place]
    scale = max(other, float(np.median(given.effects.v)) / 100)

    def beyond(value: float) -> float:
        def pair(free: float) -> Pair:
            return (value, free) if place == 0 else (free, value)

        def slope(free: Array) -> tuple[float, Array]:
            one = solve(given, pair(float(free[0]) * scale))
            return one.minus(restricted=restricted), one.slope(restricted=restricted)[[1 - place]] * scale

        tried = minimize(slope, [other / scale], jac=True, method="L-BFGS-B", bounds=[(0, None)], options=_FINE)
        return float(tried.fun) - lowest - allowed

    low = 0.0 if best[place] == 0 or beyond(0.0) <= 0 else float(brentq(beyond, 0.0, best[place], rtol=1e-8))
    high = 2 * best[place] + scale
    while beyond(high) < 0:
        high *= 2
    return low, float(brentq(beyond, best[place], high, rtol=1e-8))


def guesses(found: ThreeLevels, level: float = 0.95) -> pd.DataFrame:
    """Return the best guess of each true effect, given all others.

    Parameters
    ----------
    found : ThreeLevels
        What was put together.
    level : float
        Level of confidence.

    Returns
    -------
    DataFrame
        One row is an effect, in the order given: cluster, value, se, low, high (normal); and the part of it that is of
        its cluster (``of_cluster``) and of itself (``of_effect``), each with its standard error.

    Notes
    -----
    Xβ + u + w with u = σ²₁1ᵀV⁻¹(y − Xβ) and w = σ²₂V⁻¹(y − Xβ): best linear unbiased predictions.
    """
    return found.solved.guesses(critical(math.inf, level))


def cluster_left_out(found: ThreeLevels, level: float = 0.95) -> pd.DataFrame:
    """Put effects together again and again, leaving out one cluster each time.

    Parameters
    ----------
    found : ThreeLevels
        What was put together; of at least three clusters.
    level : float
        Level of confidence.

    Returns
    -------
    DataFrame
        One row is a cluster that was left out, in order: cluster, value, low and high (t, clusters less coefficients),
        new_low and new_high (prediction interval, the same t), between, within.

    Raises
    ------
    ValueError
        When there are fewer than three clusters.
    """
    given = found.solved.given
    if given.count < 3:
        raise ValueError(f"got {given.count} clusters; expected at least 3 to leave one out. Show them side by side.")
    rows = []
    for place, label in enumerate(given.labels):
        kept = given.places != place
        one = given.effects
        rest = clustered(Effects(one.y[kept], one.v[kept], one.x[kept], one.names), given.labels[given.places[kept]],
                         given.correlation)  # fmt: skip
        solved = _likeliest(rest, restricted=found.method == "REML", starts=(found.solved.at,))
        told = _told(solved, found.method, level)
        mean = told.coefficients_t[0]
        rows.append((label, mean.value, mean.low, mean.high, *told.predictions[T_CLUSTERS], told.between, told.within))
    return pd.DataFrame(rows, columns=["cluster", "value", "low", "high", "new_low", "new_high", "between", "within"])


_FINE = {"ftol": 1e-13, "gtol": 1e-9, "maxiter": 500}


def _likeliest(given: Clustered, *, restricted: bool, starts: Sequence[Pair] = ()) -> Solved:
    """Look for the largest likelihood from several starts, since it may have several tops, and at the edges."""
    effects = given.effects
    left = Fit(effects, 0.0).residuals
    scale = max(float(np.var(left)), float(np.median(effects.v)) * 1e-4, 1e-300)
    free = [(0.0, None) if given.identified else (0.0, 0.0), (0.0, None)]

    def falling(at: Array) -> tuple[float, Array]:
        one = solve(given, (float(at[0]) * scale, float(at[1]) * scale))
        return one.minus(restricted=restricted), one.slope(restricted=restricted) * scale

    begin = [(one[0] / scale + 1e-3, one[1] / scale + 1e-3) for one in starts] or [(0.5, 0.5), (1.0, 0.0), (0.0, 1.0)]
    tried = [
        minimize(falling, [one[0] if given.identified else 0.0, one[1]], jac=True, method="L-BFGS-B", bounds=free,
                 options=_FINE)
        for one in begin
    ]  # fmt: skip
    best = min(tried, key=lambda one: float(one.fun)).x * scale
    return solve(given, (float(best[0]), float(best[1])))
