"""Effects of a start that comes in different years: outcomes and first years in, an effect per group and year out.

Comparing all units in one regression would also set late starters beside early ones that were already changing; these
effects only use units that had not started yet (Callaway and Sant'Anna 2021). :mod:`.imputation` gives the same table
by another route, and :mod:`.start_years` says how sure either is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
By = Literal["event", "group", "time", "overall"]


@dataclass(frozen=True)
class GroupTime:
    """Effects of every group (units that started in one period) in every period, ATT(g, t).

    Parameters
    ----------
    group, time : array of int, length k
        Column of the outcomes in which the group started, and the column the effect is of.
    effect : array of float, length k
        Mean effect on the units of the group in that period, in the unit of the outcome.
    treated, controls : array of int, length k
        Units in the group, and units it is set beside.
    influence : array of float, n × k
        Influence of each unit on each effect: the effects vary as their mean does. n × 0 when it was not asked for.
    start : array of int, length n
        First period of each unit; the number of periods: never.
    fixed_weights : bool
        Whether the sizes of the groups are taken as given when effects are put together.
    """

    group: Ints
    time: Ints
    effect: Floats
    treated: Ints
    controls: Ints
    influence: Floats
    start: Ints
    fixed_weights: bool


@dataclass(frozen=True)
class Aggregate:
    """Effects put together.

    Parameters
    ----------
    key : array of int, length m
        Periods since the start, the group or the period; one 0 for ``overall``.
    effect : array of float, length m
        Mean over the unit-periods, in the unit of the outcome.
    treated : array of int, length m
        Different units in it.
    influence : array of float, n × m
        As in :class:`GroupTime`.
    """

    key: Ints
    effect: Floats
    treated: Ints
    influence: Floats

    @property
    def standard_error(self) -> Floats:
        """Standard error, clustered by unit: √Σψ² / n. Too small when few units started."""
        return np.asarray(np.sqrt((self.influence**2).sum(axis=0)) / len(self.influence))


def starts(outcome: ArrayLike, start: ArrayLike) -> tuple[Floats, Ints]:
    """Bring outcomes and first periods to one form, and refuse what cannot be estimated.

    Parameters
    ----------
    outcome : array_like, n × T
        Outcome of each unit in each period.
    start : array_like, length n
        Column of ``outcome`` in which each unit started; T or more, or infinite: it did not.

    Returns
    -------
    tuple of arrays
        The outcomes as numbers; the first periods as integers, T where a unit never started.

    Raises
    ------
    ValueError
        When shapes differ, a unit started before the second period, no unit started, or none never did in time.
    """
    y, first = np.asarray(outcome, dtype=float), np.asarray(start, dtype=float)
    if y.ndim != 2 or first.shape != y.shape[:1]:
        raise ValueError(f"outcome is {y.shape}, start {first.shape}; expected n × T and n. Give one start per row.")
    periods = y.shape[1]
    early = int((~(first >= 1)).sum())
    if early:
        raise ValueError(
            f"{early} units started before the second period; expected a period before each start. Leave them out."
        )
    column = np.minimum(first, periods).astype(np.int64)
    if (column == periods).all():
        raise ValueError(f"0 of {len(column)} units started; expected at least one start before period {periods}.")
    return y, column


def group_time(
    outcome: ArrayLike,
    start: ArrayLike,
    *,
    control: Literal["never", "not_yet"] = "never",
    base: Literal["varying", "universal"] = "varying",
    covariates: ArrayLike | None = None,
    influence: bool = True,
) -> GroupTime:
    """Estimate ATT(g, t): what changed in a group since it started, minus what changed where nothing had.

    Parameters
    ----------
    outcome : array_like, n × T
        Outcome of each unit in each period, none missing.
    start : array_like, length n
        Column of ``outcome`` in which each unit started; T or more, or infinite: never.
    control : str
        ``never``: units that never start; ``not_yet``: also those that start later.
    base : str
        Period before the start is what a group is compared with from its start on. ``varying``: earlier periods are
        set beside the one before them; ``universal``: also beside the period before the start.
    covariates : array_like, n × p, optional
        What the change of the comparison units is regressed on (outcome regression).
    influence : bool
        Whether influence functions are made; permutation needs none.

    Returns
    -------
    GroupTime
        One entry per group and period that has comparison units.

    Raises
    ------
    ValueError
        When an outcome is missing, or :func:`starts` refuses.

    Notes
    -----
    ATT(g, t) = mean(Y_t − Y_b | G = g) − mean(x'β | G = g), β from the regression of Y_t − Y_b on 1 and x among the
    comparison units; without covariates the second mean is their mean change. Influence of a unit: that of the
    outcome-regression estimator (Sant'Anna and Zhao 2020). Callaway and Sant'Anna, J. Econometrics 225 (2021).
    """
    y, first = starts(outcome, start)
    if np.isnan(y).any():
        missing = int(np.isnan(y).any(axis=1).sum())
        raise ValueError(f"{missing} units miss an outcome; expected all. Leave them out, or use imputation.")
    design = np.ones((len(y), 1)) if covariates is None else np.column_stack([np.ones(len(y)), np.asarray(covariates)])
    cells = []
    for group, time, before in _pairs(first, y.shape[1], base):
        beside = _beside(first, group, max(time, before), y.shape[1], control)
        if beside.sum() >= design.shape[1]:
            parts = _effect(y[:, time] - y[:, before], first == group, beside, design, influence=influence)
            cells.append((group, time, parts[0], int((first == group).sum()), int(beside.sum()), parts[1]))
    if not cells:
        raise ValueError(f"no group has {design.shape[1]} units to be set beside; expected some that start later.")
    group_of, time_of, effect, treated, controls, functions = zip(*cells, strict=True)
    whole = np.column_stack(functions) if influence else np.empty((len(y), 0))
    return GroupTime(
        np.array(group_of), np.array(time_of), np.array(effect), np.array(treated), np.array(controls),
        whole, first, fixed_weights=False,
    )  # fmt: skip


def _pairs(first: Ints, periods: int, base: str) -> list[tuple[int, int, int]]:
    """List group, period and the period it is compared with."""
    groups = [int(group) for group in np.unique(first) if group < periods]
    if base == "universal":
        return [(group, time, group - 1) for group in groups for time in range(periods) if time != group - 1]
    return [(group, time, min(time, group) - 1) for group in groups for time in range(1, periods)]


def _beside(first: Ints, group: int, latest: int, periods: int, control: str) -> NDArray[np.bool_]:
    """Tell which units had not started by the last of the two periods."""
    return np.asarray(first == periods if control == "never" else (first > latest) & (first != group))


def _effect(
    change: Floats, treated: NDArray[np.bool_], beside: NDArray[np.bool_], design: Floats, *, influence: bool
) -> tuple[float, Floats]:
    """Estimate one effect by outcome regression, with the influence of each unit."""
    n, here = len(change), design[treated].mean(axis=0)
    inverse = np.linalg.pinv(design[beside].T @ design[beside])
    rest = change - design @ (inverse @ (design[beside].T @ change[beside]))
    effect = float(rest[treated].mean())
    if not influence:
        return effect, np.empty(0)
    return effect, n * (treated * (rest - effect) / treated.sum() - beside * rest * (design @ (inverse @ here)))


def aggregate(cells: GroupTime, by: By) -> Aggregate:
    """Put effects per group and period together.

    Parameters
    ----------
    cells : GroupTime
        Effects per group and period.
    by : str
        ``event``: by periods since the start (negative: before it); ``group``: by the period of the start; ``time``:
        by period; ``overall``: one figure. All but ``event`` use periods from the start on.

    Returns
    -------
    Aggregate
        Sorted by key. Every unit-period weighs the same.

    Notes
    -----
    θ = Σ n_g ATT(g, t) / Σ n_g over the cells of a key. Its influence is Σ w ψ, plus (1/S) Σ 1{G = g}(ATT(g, t) − θ)
    with S = Σ n_g / n for not knowing the sizes of the groups in advance, unless these are taken as given.
    """
    event = cells.time - cells.group
    keys = {"event": event, "group": cells.group, "time": cells.time, "overall": np.zeros_like(event)}[by]
    used = np.full(len(event), True) if by == "event" else event >= 0
    names = np.unique(keys[used])
    parts = [_weighted(cells, np.flatnonzero(used & (keys == name))) for name in names]
    effect, treated, functions = zip(*parts, strict=True)
    return Aggregate(names, np.array(effect), np.array(treated), np.column_stack(functions))


def _weighted(cells: GroupTime, of: Ints) -> tuple[float, int, Floats]:
    size, effects = cells.treated[of].astype(float), cells.effect[of]
    effect = float(size @ effects / size.sum())
    places = np.unique(cells.group[of], return_index=True)[1]
    treated = int(size[places].sum())
    if not cells.influence.size:
        return effect, treated, np.empty(len(cells.start))[:0]
    function = cells.influence[:, of] @ (size / size.sum())
    if not cells.fixed_weights:
        total = np.zeros(int(cells.start.max()) + 1)
        np.add.at(total, cells.group[of], effects - effect)
        function = function + total[cells.start] * len(cells.start) / size.sum()
    return effect, treated, function
