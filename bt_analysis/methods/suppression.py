"""Cells of tables that add up, some of them hidden: what can be worked out, and which others to hide against that.

It knows cells, equations and numbers only; what a cell counts and which ones are sensitive is decided elsewhere.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy  # scipy.optimize and scipy.sparse are loaded when first used: half a second that `bt check` need not wait

from bt_analysis.methods.linked_cells import HAIR, SOLVED, Flags, Floats, LinkedCells, Places, conserved
from bt_analysis.methods.silence import silence


class NotProtectable(ValueError):  # noqa: N818 (says what is the matter with a table, not with a call)
    """However many cells are hidden, one of them can be worked out; the message says which and how closely."""


def intervals(
    values: npt.ArrayLike, hidden: npt.ArrayLike, equations: object, *, upper: npt.ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Work out what an attacker knows of each cell.

    Parameters
    ----------
    values : array_like
        True values of the cells, 0 or more.
    hidden : array_like of bool
        Cells that are not published.
    equations : array_like or sparse matrix
        One row per sum, one column per cell: 1 for each part, -1 for the whole; ``equations @ values`` is 0.
    upper : array_like, optional
        Largest value that each hidden cell (or all of them) can have as far as anybody knows; default: no limit.

    Returns
    -------
    low, high : ndarray
        Lowest and highest value of each cell that fits the equations and the cells shown; ``inf`` where nothing limits
        it. Of a shown cell both are its value.

    Raises
    ------
    ValueError
        When shapes differ, a value is below 0, a hidden one above its limit, or the values do not add up.

    Notes
    -----
    Two linear programmes per hidden cell: min and max of ``x`` with ``equations @ x = 0``, ``x`` equal to the value of
    each shown cell and 0 … upper for each hidden one.
    """
    flags = np.asarray(hidden, dtype=bool)
    table = LinkedCells.of(values, equations, upper, flags)
    low, high = table.values.copy(), table.values.copy()
    for cell in np.flatnonzero(flags).tolist():
        low[cell] -= table.reach(flags, cell, -1)
        high[cell] += table.reach(flags, cell, 1)
    return low, high


def suppress(
    values: npt.ArrayLike,
    sensitive: npt.ArrayLike,
    equations: object,
    protection: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    shown: npt.ArrayLike | None = None,
    upper: npt.ArrayLike | None = None,
    seconds: float = 10.0,
) -> Flags:
    """Choose which cells to hide so that no hidden cell can be worked out, at the least cost.

    Parameters
    ----------
    values : array_like
        True values of the cells, 0 or more.
    sensitive : array_like of bool
        Cells that must be hidden.
    equations : array_like or sparse matrix
        As for :func:`intervals`.
    protection : array_like
        How far below and above its value each cell (or all of them) must seem possible.
    weights : array_like, optional
        What hiding each cell costs; default: its value, and a tenth of the smallest value above 0 for cells of 0.
    shown : array_like of bool, optional
        Cells that are known anyway and cannot be hidden.
    upper : array_like, optional
        As for :func:`intervals`.
    seconds : float
        Time to look for the cheapest choice; after that a choice that protects as well, but may hide more, is made.

    Returns
    -------
    ndarray of bool
        The cells to hide: the sensitive ones and those that protect them.

    Raises
    ------
    NotProtectable
        When a sensitive cell stays too well known although everything else that may be is hidden.
    ValueError
        As for :func:`intervals`, of all cells that are not ``shown``; also when a sensitive cell is to be shown, or a
        weight is negative.

    Notes
    -----
    Every hidden cell, of value ``v``, must be able to be as low as ``max(0, v - protection)`` and as high as
    ``min(upper, v + protection)``; a cell of 0 is protected like any other. The choice minimises ``Σ weight`` over the
    hidden cells: a mixed integer programme (HiGHS) in which each cell that must be protected has two flows, changes of
    the hidden cells that leave all sums as they are and move that cell far enough down, or up. Flows are asked for
    only where :func:`intervals` finds a hidden cell too narrow, and those of a cell that is not sensitive only count
    when it is hidden; so the last programme, the first whose choice passes, is the cheapest choice that can pass.
    Only parts of the table that share sums with a sensitive cell take part.
    """
    first = np.asarray(sensitive, dtype=bool)
    open_ = np.ones(len(first), dtype=bool) if shown is None else ~np.asarray(shown, dtype=bool)
    table = LinkedCells.of(values, equations, upper, open_)
    if (first & ~open_).any():
        raise ValueError(f"cell {np.argmax(first & ~open_)} is both sensitive and shown; expected one. Change either.")
    costs = _weights(table.values) if weights is None else np.asarray(weights, dtype=float)
    if (costs < 0).any():
        raise ValueError(f"weight {costs.min():g}; expected 0 or more. Change the weights.")
    widths = np.broadcast_to(np.asarray(protection, dtype=float), table.values.shape)
    hidden = first.copy()
    deadline = time.monotonic() + seconds
    for part in table.parts(open_, first):
        choice = _Choice(table.only(part), first[part], widths[part], costs[part], part)
        hidden[part] = choice.cheapest(deadline)
    return hidden


def _weights(values: Floats) -> Floats:
    above = values[values > 0]
    return np.where(values > 0, values, above.min() / 10 if len(above) else 1.0)


class _Choice(NamedTuple):
    """One connected part of a table, and what must become of it; ``names`` are its cells' places in the whole."""

    table: LinkedCells
    sensitive: Flags
    widths: Floats
    costs: Floats
    names: Places

    def needed(self, cell: int, sign: int) -> float:
        """Return how far a cell must be able to change, down (-1) or up (1)."""
        value, width = self.table.values[cell], self.widths[cell]
        return float(min(value if sign < 0 else self.table.upper[cell] - value, width))

    def narrow(self, hidden: Flags) -> list[tuple[int, int]]:
        """List the hidden cells that cannot change far enough, with the direction in which they cannot."""
        return [
            (cell, sign)
            for cell in np.flatnonzero(hidden).tolist()
            for sign in (-1, 1)
            if self.table.reach(hidden, cell, sign, self.needed(cell, sign)) < self.needed(cell, sign) - self.table.hair
        ]

    def cheapest(self, deadline: float) -> Flags:
        """Return the cheapest choice that protects every hidden cell; a good one when time runs out."""
        hidden, guarded = self.sensitive.copy(), set[tuple[int, int]]()
        while narrow := set(self.narrow(hidden)):
            found = self.solve(sorted(guarded | narrow), deadline - time.monotonic())
            if narrow <= guarded or found.status != SOLVED:
                # Out of time, without a solution, or nothing new to ask for: the solver's tolerance is in the way.
                starts = [hidden] if found.x is None else [hidden, self.choice(found)]
                return min((self.good_enough(start) for start in starts), key=self.cost)
            guarded |= narrow
            hidden = self.choice(found)
        return hidden

    def cost(self, hidden: Flags) -> float:
        """Return what hiding these cells costs."""
        return float(self.costs[hidden].sum())

    def choice(self, found: scipy.optimize.OptimizeResult) -> Flags:
        chosen: Flags = self.sensitive | (found.x[: len(self.costs)] > 0.5)
        return chosen

    def solve(self, guarded: list[tuple[int, int]], seconds: float) -> scipy.optimize.OptimizeResult:
        """Solve the programme: hide at the least cost, with a flow for each cell and direction that is guarded.

        Its variables are whether each cell is hidden, and then, per flow, how far each cell changes.
        """
        n, unbounded = len(self.costs), np.full(len(self.costs) * len(guarded), np.inf)
        with silence():
            return scipy.optimize.milp(
                np.r_[self.costs, np.zeros(len(unbounded))],
                integrality=np.r_[np.ones(n), np.zeros(len(unbounded))],
                bounds=scipy.optimize.Bounds(np.r_[self.sensitive, -unbounded], np.r_[np.ones(n), unbounded]),
                constraints=[
                    rows
                    for at, flow in enumerate(guarded)
                    for rows in self.flow(*flow, n * (at + 1), n + len(unbounded))
                ],
                options={"time_limit": max(seconds, 0.0), "mip_rel_gap": 0.0},
            )

    def flow(self, cell: int, sign: int, start: int, width: int) -> tuple[scipy.optimize.LinearConstraint, ...]:
        """Say that changes from variable ``start`` on leave all sums as they are and move one cell far enough."""
        n, need = len(self.costs), self.needed(cell, sign)
        most = need * self.table.far()
        down, up = (np.clip(room, -most, most)[:, None] for room in self.table.room())
        hide = scipy.sparse.eye_array(n, width, format="csr")
        change = scipy.sparse.eye_array(n, width, k=start, format="csr")
        return (
            *conserved(self.table.equations @ change),
            scipy.optimize.LinearConstraint(change - hide.multiply(up), -np.inf, 0),
            scipy.optimize.LinearConstraint(change - hide.multiply(down), 0, np.inf),
            # A cell that is hidden moves as far as it must, one that is shown not at all.
            scipy.optimize.LinearConstraint(change[[cell]] - sign * need * hide[[cell]], 0, 0),
        )

    def good_enough(self, start: Flags) -> Flags:
        """Add the cheapest flow of one cell after another to a start, until all hidden cells are protected."""
        possible = self.protectable()
        hidden = self.sensitive | (start & possible)
        while narrow := self.narrow(hidden):
            for cell, sign in narrow:
                hidden |= self.route(possible, hidden, cell, sign)
        return hidden

    def protectable(self) -> Flags:
        """Return the cells that can be hidden and protected, when all of them are hidden."""
        possible = np.ones(len(self.costs), dtype=bool)
        while narrow := self.narrow(possible):
            failing = sorted({cell for cell, _ in narrow})
            for cell in failing:
                if self.sensitive[cell]:
                    raise NotProtectable(self.sentence(possible, cell))
            possible[failing] = False
        return possible

    def sentence(self, hidden: Flags, cell: int) -> str:
        value = self.table.values[cell]
        low, high = (value + sign * self.table.reach(hidden, cell, sign) for sign in (-1, 1))
        return (
            f"cell {self.names[cell]} ({value:g}) lies within {low:g} … {high:g} whatever is hidden; expected "
            f"{value - self.needed(cell, -1):g} … {value + self.needed(cell, 1):g}. Show fewer cells for certain."
        )

    def route(self, possible: Flags, hidden: Flags, cell: int, sign: int) -> Flags:
        """Return the cells of the flow that moves one cell far enough through what is cheapest to hide."""
        down, up = (np.where(possible, np.abs(room), 0.0) for room in self.table.room())
        here, need = np.arange(len(up)) == cell, self.needed(cell, sign)
        least = np.r_[np.where(here & (sign < 0), need, 0.0), np.where(here & (sign > 0), need, 0.0)]
        most = np.where(np.r_[here, here], least, np.r_[down, up])
        cost = np.where(hidden, 0.0, self.costs + HAIR)
        both = scipy.sparse.hstack([-self.table.equations, self.table.equations], format="csc")
        found = scipy.optimize.milp(
            np.r_[cost, cost], constraints=conserved(both), bounds=scipy.optimize.Bounds(least, most)
        )
        moved: Flags = np.abs(found.x[: len(up)] - found.x[len(up) :]) > self.table.hair
        return moved
