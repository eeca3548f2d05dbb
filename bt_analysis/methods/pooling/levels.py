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
from scipy.stats import chi2

from bt_analysis.methods.pooling.clusters import clustered
from bt_analysis.methods.pooling.effects import checked
from bt_analysis.methods.pooling.levels_fit import Solved, solve
from bt_analysis.methods.pooling.levels_search import likeliest
from bt_analysis.methods.pooling.pooled import Estimate, critical, estimate

Method = Literal["ML", "REML"]
Z, T_EFFECTS, T_CLUSTERS, ROBUST = "z", "t_effects", "t_clusters", "robust"
"""Names of the kinds of interval: normal; t with effects, or clusters, less coefficients; from clusters themselves."""


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
        With t, clusters less coefficients.
    robust : Estimate
        The mean with the interval to lead with: from how far clusters lie apart, when that is more than the model says.
        Only without moderators; else, and of one cluster, its ends are missing.
    predictions : dict of str to tuple of float
        Between what the true effect of a new cluster will lie, where the moderators are 0: ``z``, ``t_effects``,
        ``t_clusters``, and ``robust`` with standard error and t of ``robust``.
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
    robust: Estimate
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
    names: Sequence[str] = (), *, method: Method = "REML", level: float = 0.95,
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
    V of a cluster = diag(v) + σ²₂I + σ²₁11ᵀ; both σ² ≥ 0 by the largest (restricted) likelihood.
    V is never made: each cluster is inverted by Sherman and Morrison's identity (Konstantopoulos 2011; metafor's rma.mv
    gives the same).

    ``robust``: with s the share of a cluster in the weight of the mean and u its weighted sum of y − μ, the variance is
    the larger of the model's and Σ u²/(1 − s), which is unbiased when the model holds; degrees of freedom
    1 / (Σ s² + Σ_{i≠j} sᵢ²sⱼ² / ((1 − sᵢ)(1 − sⱼ))), clusters − 1 when all weigh alike (Bell and McCaffrey 2002; CR2 of
    Pustejovsky and Tipton 2018). With few clusters of very unequal size ``coefficients_t`` calls a mean of 0 something
    else too often, as the variance between clusters is often estimated as 0.
    """
    if method not in get_args(Method):
        raise ValueError(f"got method {method!r}; expected one of {', '.join(get_args(Method))}.")
    given = clustered(checked(effects, variances, moderators, names), clusters)
    solved = likeliest(given, restricted=method == "REML")
    return _told(solved, method, level)


def _told(solved: Solved, method: Method, level: float) -> ThreeLevels:
    given, effects = solved.given, solved.given.effects
    between, within = solved.at
    errors = np.sqrt(np.diag(solved.cov))
    pairs = [(float(value), float(se)) for value, se in zip(solved.beta, errors, strict=True)]
    free = {Z: math.inf, T_EFFECTS: effects.df, T_CLUSTERS: given.count - effects.p}
    spread = math.sqrt(between + within)
    halves = {name: critical(df, level) * math.hypot(spread, pairs[0][1]) for name, df in free.items()}
    robust = estimate(pairs[0][0], *solved.of_clusters, level)
    halves[ROBUST] = critical(robust.df, level) * math.hypot(spread, robust.se)
    q = solve(given, (0.0, 0.0)).squares
    typical = effects.df / solve(given, (0.0, 0.0)).trace
    parts = [100 * one / (between + within + typical) for one in (between, within)]
    return ThreeLevels(
        k=effects.k, clusters=given.count, method=method, between=between, within=within,
        identified=given.identified, names=effects.names,
        coefficients=tuple(estimate(*one, math.inf, level) for one in pairs),
        coefficients_t=tuple(estimate(*one, free[T_CLUSTERS], level) for one in pairs), robust=robust,
        predictions={name: (pairs[0][0] - half, pairs[0][0] + half) for name, half in halves.items()},
        q=q, q_df=effects.df, q_p=float(chi2.sf(q, effects.df)),
        i2=sum(parts), i2_between=parts[0], i2_within=parts[1],
        log_likelihood=solved.log_likelihood(restricted=method == "REML"), solved=solved,
    )  # fmt: skip


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


def left_out(found: ThreeLevels, groups: ArrayLike, level: float = 0.95, *, anew: bool = True) -> pd.DataFrame:
    """Put effects together again and again, leaving out one group of effects each time.

    Parameters
    ----------
    found : ThreeLevels
        What was put together.
    groups : array_like
        Group of each effect, in the order in which effects were given, such as the collective it is of.
    level : float
        Level of confidence.
    anew : bool
        Estimate both variances again without each group. Not: keep those of all, which is hundreds of times faster and
        of hundreds of groups hardly another answer.

    Returns
    -------
    DataFrame
        One row is a group that was left out, in order: group, value, low, high and p (``robust``), new_low and new_high
        (prediction interval, the same), between, within.

    Raises
    ------
    ValueError
        When there is not a group for each effect, or fewer than two effects are left without one.
    """
    given, one = found.solved.given, found.solved.given.effects
    of_effect = np.asarray(groups, dtype=object)
    if len(of_effect) != one.k:
        raise ValueError(f"got {len(of_effect)} groups for {one.k} effects; expected one for each.")
    of_effect, clusters = of_effect[given.order], given.labels[given.places]
    rows = []
    for group in pd.unique(pd.Series(of_effect).sort_values()):
        kept = of_effect != group
        rest = checked(one.y[kept], one.v[kept], one.x[kept, 1:], one.names[1:])
        others = clustered(rest, clusters[kept])
        solved = (
            likeliest(others, restricted=found.method == "REML", starts=(found.solved.at,))
            if anew
            else solve(others, found.solved.at)
        )
        told = _told(solved, found.method, level)
        mean, new = told.robust, told.predictions[ROBUST]
        rows.append((group, mean.value, mean.low, mean.high, mean.p, *new, told.between, told.within))
    return pd.DataFrame(
        rows, columns=["group", "value", "low", "high", "p", "new_low", "new_high", "between", "within"]
    )
