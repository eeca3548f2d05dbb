"""How sure are effects of a start that comes in different years? Effects in, bounds and p values out.

With few units that started, standard errors are far too small, also clustered ones: then start periods are dealt out
again among units of the same block, as often as asked. From some forty on, the influence of each unit serves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bt_analysis.methods.comparison import ROUNDING
from bt_analysis.methods.placebo import interval, p_value
from bt_analysis.methods.staggered import Aggregate, By, Floats, GroupTime, aggregate, starts

FEW = 40
"""Units that started below which only permutation is used: clustered tests then reject far too often."""

Estimator = Callable[..., GroupTime]


@dataclass(frozen=True)
class Inference:
    """Aggregated effects with their bounds.

    Parameters
    ----------
    key : array of int, length m
        As in :class:`.staggered.Aggregate`.
    effect, low, high : array of float, length m
        Effect and the ends of its interval, in the unit of the outcome.
    p : array of float, length m
        Two-sided p value of no effect at all.
    treated : array of int, length m
        Units that started, in each figure.
    method : str
        ``permutation of start periods`` or ``multiplier bootstrap by unit``.
    draws : int
        Permutations or bootstrap draws.
    """

    key: NDArray[np.int64]
    effect: Floats
    low: Floats
    high: Floats
    p: Floats
    treated: NDArray[np.int64]
    method: str
    draws: int


def infer(
    outcome: ArrayLike,
    start: ArrayLike,
    block: ArrayLike,
    estimator: Estimator,
    by: By = "event",
    *,
    draws: int,
    level: float,
    seed: int,
) -> Inference:
    """Estimate effects and how sure they are, by the way that fits the number of units that started.

    Parameters
    ----------
    outcome : array_like, n × T
        Outcome of each unit in each period.
    start : array_like, length n
        Column of ``outcome`` in which each unit started; T or more, or infinite: never.
    block : array_like, length n
        Units among which start periods may be exchanged, such as a band of size.
    estimator : callable
        ``staggered.group_time`` or ``imputation.imputed``, with its choices filled in.
    by : str
        As in :func:`.staggered.aggregate`.
    draws : int
        Permutations or bootstrap draws.
    level : float
        1 − confidence of the interval.
    seed : int
        Of the draws.

    Returns
    -------
    Inference
        By permutation under ``FEW`` units that started, else by the multiplier bootstrap.
    """
    y, first = starts(outcome, start)
    if (first < y.shape[1]).sum() < FEW:
        return permuted(y, first, block, estimator, by, draws=draws, level=level, seed=seed)
    return bootstrapped(aggregate(estimator(y, first), by), draws=draws, level=level, seed=seed)


def permuted(
    outcome: ArrayLike,
    start: ArrayLike,
    block: ArrayLike,
    estimator: Estimator,
    by: By = "event",
    *,
    draws: int,
    level: float,
    seed: int,
) -> Inference:
    """Deal the start periods out again within blocks, and see how large an effect comes of nothing.

    Parameters
    ----------
    outcome, start, block, estimator, by, draws, level, seed : object
        As in :func:`infer`.

    Returns
    -------
    Inference
        Bounds and p values by permutation.

    Notes
    -----
    p = (1 + #{|permuted| ≥ |effect|}) / (1 + N); interval = effect ± the order statistic ceil((1 − level)(N + 1)) of
    |permuted|, infinite when N is too small for it (:mod:`.placebo`). An effect that a draw cannot estimate counts as
    at least as large.
    """
    y, first = starts(outcome, start)
    found = aggregate(estimator(y, first, influence=False), by)
    rng, members = np.random.default_rng(seed), _members(block)
    again = (aggregate(estimator(y, _dealt(first, members, rng), influence=False), by) for _ in range(draws))
    by_key = [dict(zip(once.key.tolist(), once.effect.tolist(), strict=True)) for once in again]
    tried = [
        (effect, [once.get(key, inf) for once in by_key])
        for key, effect in zip(found.key.tolist(), found.effect.tolist(), strict=True)
    ]
    low, high = np.array([interval(effect, drawn, level) for effect, drawn in tried]).T
    # What differs by the rounding of the computer alone is nothing: else no change at all could be called one.
    hair = ROUNDING * float(np.nanmax(np.abs(y)))
    p = np.array([p_value(effect if abs(effect) > hair else 0.0, drawn) for effect, drawn in tried])
    return Inference(
        found.key, found.effect, low, high, p, found.treated, "permutation of start periods", draws,
    )  # fmt: skip


def bootstrapped(found: Aggregate, *, draws: int, level: float, seed: int) -> Inference:
    """Shake the influence of each unit by lot, and see how much the effects move.

    Parameters
    ----------
    found : Aggregate
        Effects with their influence functions.
    draws : int
        Bootstrap draws.
    level : float
        1 − confidence of the interval.
    seed : int
        Of the draws.

    Returns
    -------
    Inference
        Bounds that hold for all keys together (one critical value), p values of each on its own.

    Notes
    -----
    Each draw is Σ V_i ψ_i / n with V = ±1 by lot for each unit (Rademacher). The critical value is the quantile
    1 − level of max |draw| / se over the keys, se = √Σψ² / n; p = (1 + #{|draw| ≥ |effect|}) / (1 + N).
    """
    n = len(found.influence)
    rng = np.random.default_rng(seed)
    shaken = np.stack([rng.choice((-1.0, 1.0), n) @ found.influence / n for _ in range(draws)])
    error = found.standard_error
    moved = np.divide(np.abs(shaken), error, out=np.zeros_like(shaken), where=error > 0)
    half = float(np.quantile(moved.max(axis=1), 1 - level)) * error
    p = (1 + (np.abs(shaken) >= np.abs(found.effect)).sum(axis=0)) / (1 + draws)
    return Inference(
        found.key, found.effect, found.effect - half, found.effect + half, p, found.treated,
        "multiplier bootstrap by unit", draws,
    )  # fmt: skip


def _members(block: ArrayLike) -> list[NDArray[np.int64]]:
    codes = np.unique(np.asarray(block), return_inverse=True)[1]
    return [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]


def _dealt(first: NDArray[np.int64], members: list[NDArray[np.int64]], rng: np.random.Generator) -> NDArray[np.int64]:
    """Exchange start periods within blocks."""
    out = first.copy()
    for rows in members:
        out[rows] = rng.permutation(first[rows])
    return out
