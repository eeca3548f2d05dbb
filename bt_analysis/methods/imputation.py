"""Effects of a start that comes in different years, by imputing what would have been without it.

Two-way fixed effects are fitted on the observations before any start; what a unit then had more or less than its own
level plus the change of the others is its effect (Borusyak, Jaravel and Spiess 2024). All periods before the start
count, so one odd year before it does little harm: to be preferred over :func:`.staggered.group_time` on noisy outcomes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bt_analysis.methods.staggered import Floats, GroupTime, Ints, starts


def imputed(outcome: ArrayLike, start: ArrayLike, *, influence: bool = True) -> GroupTime:
    """Estimate the effect of every group in every period from its start on.

    Parameters
    ----------
    outcome : array_like, n × T
        Outcome of each unit in each period; not a number: not observed.
    start : array_like, length n
        Column of ``outcome`` in which each unit started; T or more, or infinite: never.
    influence : bool
        Whether influence functions are made; permutation needs none.

    Returns
    -------
    GroupTime
        One entry per group and period from its start on in which somewhere nothing had started yet, and in which units
        of the group with a period before the start were observed. Controls: units observed there without a start.

    Raises
    ------
    ValueError
        When :func:`.staggered.starts` refuses, or observations before the start do not tie all periods together.

    Notes
    -----
    Y = α_i + λ_t + ε by least squares on untreated observations; τ_it = Y_it − α_i − λ_t on treated ones, averaged per
    group and period. The unit effects are swept out, so that one T × T system is left, and the answer is exact. The
    influence of unit i is n Σ_t v_it ε_it, with v the weights of the estimator on the observations and ε the residual,
    for treated observations τ_it − mean τ of group and period (the conservative variance of the paper).
    """
    y, first = starts(outcome, start)
    periods = np.arange(y.shape[1])
    seen, ahead = ~np.isnan(y), np.asarray(periods < first[:, None])
    fit = _Fit(seen & ahead)
    unit, period = fit.solve(np.where(fit.mask, y, 0.0).sum(axis=1), np.where(fit.mask, y, 0.0).sum(axis=0))
    rest = np.where(seen, y, 0.0) - unit[:, None] - period
    known = seen & ~ahead & np.asarray(fit.mask.any(axis=1))[:, None] & fit.mask.any(axis=0)
    cells = [(g, t) for g in np.unique(first) for t in periods[g:] if known[np.equal(first, g), t].any()]
    if not cells:
        raise ValueError(
            f"none of {int((first < len(periods)).sum())} units that started has a period before it, and another unit "
            "to be set beside; expected some. Add units that did not start."
        )
    inside = [np.asarray(known[:, t] & (first == g)) for g, t in cells]
    effect = np.array([rest[rows, t].mean() for (_, t), rows in zip(cells, inside, strict=True)])
    group, time = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    functions = [_influence(fit, rest, rows, int(t)) for t, rows in zip(time, inside, strict=True) if influence]
    whole = np.column_stack(functions) if functions else np.empty((len(y), 0))
    treated = np.array([int(rows.sum()) for rows in inside])
    return GroupTime(group, time, effect, treated, fit.mask.sum(axis=0)[time], whole, first, fixed_weights=True)


class _Fit:
    """Least squares on unit and period effects for one set of observations."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self.mask = mask
        self.rows = np.maximum(mask.sum(axis=1), 1).astype(float)
        m = mask.astype(float)
        laplacian = np.diag(m.sum(axis=0)) - m.T @ (m / self.rows[:, None])
        used = mask.any(axis=0)
        if np.linalg.matrix_rank(laplacian) < used.sum() - 1:
            raise ValueError(
                f"{int(used.sum())} periods fall apart into sets that no unit ties together; expected one set. "
                "Leave out the periods or units that miss most figures."
            )
        self.inverse = np.linalg.pinv(laplacian)

    def solve(self, per_unit: Floats, per_period: Floats) -> tuple[Floats, Floats]:
        """Solve the normal equations for sums per unit and per period."""
        period = self.inverse @ (per_period - self.mask.T @ (per_unit / self.rows))
        return (per_unit - self.mask @ period) / self.rows, period


def _influence(fit: _Fit, rest: Floats, rows: NDArray[np.bool_], time: int) -> Floats:
    """Make the influence of each unit on the effect of one group in one period."""
    n, weight = len(rest), rows / rows.sum()
    column: Ints = (np.arange(rest.shape[1]) == time).astype(np.int64)
    unit, period = fit.solve(weight, column.astype(float))
    before = np.where(fit.mask, -(unit[:, None] + period) * rest, 0.0).sum(axis=1)
    return np.asarray(n * (weight * (rest[:, time] - rest[rows, time].mean()) + before))
