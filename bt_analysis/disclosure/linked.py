"""Secondary suppression: the cells of a block and those that may not be shown in; all that must be hidden out.

A hidden cell that stands in a sum can be worked out from the others. Which others to hide is chosen by optimisation
(:func:`bt_analysis.methods.suppression.suppress`), so that nobody can come closer to a hidden cell than ``protection``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.disclosure.cells import HAIR, Sum, sums
from bt_analysis.methods.cover import cover
from bt_analysis.methods.suppression import NotProtectable, suppress
from bt_analysis.settings import DisclosureSettings

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def hide(
    block: pd.DataFrame, sensitive: Flags, known: Flags, disclosure: DisclosureSettings, *, held: bool = False
) -> Flags:
    """Choose which cells of a block to hide.

    Parameters
    ----------
    block : DataFrame
        Cells of one block, as :func:`bt_analysis.disclosure.cells.of` gives.
    sensitive : ndarray of bool
        Cells that may not be shown.
    known : ndarray of bool
        Cells that anybody may know already, such as those published earlier: hiding them protects nothing.
    disclosure : DisclosureSettings
        ``min_cell`` and ``protection``.
    held : bool
        Whether some of the cells are as they were earlier: any difference between a period and its years is then a
        few people as well.

    Returns
    -------
    ndarray of bool
        The sensitive cells, the groups of every hidden total, and what else is needed.

    Notes
    -----
    Every hidden cell of value v must seem possible from max(0, v - w) to v + w. w = ``protection`` people: as many, or
    what as many average people of the block gave. What is shown may tell more by itself: a cell is no more than its
    total, and a hidden total can be no farther off than what is hidden of its parts. This holds for what is published
    (participations, hours) and, in a table by groups, for the people behind it. People in a period and in none of its
    years are a cell that nobody is shown; when there are ``min_cell`` or more they may be known. A total is hidden only
    when hiding groups is not enough.
    """
    found = sums(block)
    systems = [_published(block, found, disclosure, held=held)]
    people = _people(block, found, disclosure)
    if any(one.of_groups for one in found) and not people.is_like(systems[0]):
        systems.append(people)
    if not sensitive.any() and not any(system.rest_is_few.any() for system in systems):
        return sensitive
    if (known & sensitive).any():
        known = np.zeros_like(known)
    for first in (sensitive, sensitive | ~known):
        try:
            return _settled(systems, found, first, known)
        except NotProtectable:
            continue
    return np.ones(len(block), dtype=bool)


class _System(NamedTuple):
    """The sums of a block as equations; the cells of the block first, then one for what is in no part of each sum."""

    values: Floats
    equations: Floats
    width: float
    rest_is_few: Flags

    def is_like(self, other: _System) -> bool:
        """Tell whether this says the same as another one in other units."""
        return np.allclose(self.values / self.width, other.values / other.width) and bool(
            (self.rest_is_few == other.rest_is_few).all()
        )

    def hide(self, found: list[Sum], sensitive: Flags, known: Flags) -> Flags:
        """Return the cells of the block to hide, given those that must be."""
        few, n = self.rest_is_few, len(sensitive)
        limits = self._limits(found, sensitive)
        table = self.values, np.r_[sensitive, few], self.equations, self._widths(found, sensitive, limits)
        more = {
            "weights": np.r_[self._weights(found, n), np.zeros(len(few))],
            "shown": np.r_[known, ~few],
            "upper": limits,
        }
        hidden = cover(*table, **more)
        chosen: Flags = (suppress(*table, **more) if hidden is None else hidden)[:n]
        return chosen

    def _weights(self, found: list[Sum], n: int) -> Floats:
        """Make a total dearer than all other cells together: with it, all its groups are hidden."""
        weights = self.values[:n] + 1.0
        totals = [one.total for one in found if one.of_groups]
        weights[totals] += 2 * weights.sum()
        return weights

    def _widths(self, found: list[Sum], hidden: Flags, limits: Floats) -> Floats:
        """Give how far off each cell must seem; a total no farther than what is hidden of its parts can be."""
        widths = np.full(len(self.values), self.width)
        secret = np.r_[hidden, self.rest_is_few]
        for row, one in enumerate(found):
            inside = np.array([*one.parts, len(hidden) + row])
            inside = inside[secret[inside]]
            if len(inside):
                down, up = self.values[inside].sum(), (limits - self.values)[inside].sum()
                widths[one.total] = min(widths[one.total], down, up)
        return widths

    def _limits(self, found: list[Sum], hidden: Flags) -> Floats:
        """Give the most that each cell can be: no more than a total that is shown."""
        limits = np.full(len(self.values), np.inf)
        for one in found:
            if not hidden[one.total]:
                limits[one.parts] = np.minimum(limits[one.parts], self.values[one.total])
        at_least: Floats = np.maximum(limits, self.values)
        return at_least


def _published(block: pd.DataFrame, found: list[Sum], disclosure: DisclosureSettings, *, held: bool) -> _System:
    values, sizes = (block[column].fillna(0).to_numpy(dtype=float) for column in ("cell_value", "cell_n"))
    counted = sizes > 0
    each = values[counted].sum() / sizes[counted].sum() if counted.any() else 1.0
    return _system(values, found, disclosure, max(1.0, each), _rest_people(block, found, held=held))


def _rest_people(block: pd.DataFrame, found: list[Sum], *, held: bool) -> Floats:
    """People in each total and in none of its parts, as far as they were counted; 0 where any number is few."""
    counted = block["cell_rest_n"].to_numpy(dtype=float)
    return np.array([0.0 if held else np.nan if one.of_groups else counted[one.total] for one in found])


def _people(block: pd.DataFrame, found: list[Sum], disclosure: DisclosureSettings) -> _System:
    """Make sums of the different people behind the cells; they only add up from the smallest cells on."""
    people = block["cell_n"].to_numpy(dtype=float).copy()
    rest = block["cell_rest_n"].fillna(0).to_numpy(dtype=float)
    of_groups, of_years = ({one.total for one in found if one.of_groups is kind} for kind in (True, False))
    for one in sorted(found, key=lambda one: one.of_groups):
        if one.of_groups or not (one.total in of_groups or of_years & set(one.parts)):
            people[one.total] = people[one.parts].sum() + (0 if one.of_groups else rest[one.total])
    return _system(people, found, disclosure, 1.0, np.full(len(found), np.nan))


def _system(
    values: Floats, found: list[Sum], disclosure: DisclosureSettings, each: float, rest_people: Floats
) -> _System:
    equations = np.zeros((len(found), len(values) + len(found)))
    rest = np.zeros(len(found))
    for row, one in enumerate(found):
        equations[row, one.parts], equations[row, one.total] = 1, -1
        rest[row] = values[one.total] - values[one.parts].sum()
        # Figures that are held may add up to more than a newer total.
        equations[row, len(values) + row] = 1 if rest[row] >= 0 else -1
    rest = np.where(np.abs(rest) > HAIR * max(1.0, values.max(initial=0)), np.abs(rest), 0.0)
    people = np.where(np.isnan(rest_people), rest, rest_people)
    few = (rest > 0) & (people < disclosure.min_cell)
    return _System(np.r_[values, rest], equations, disclosure.protection * each, few)


def _settled(systems: list[_System], found: list[Sum], sensitive: Flags, known: Flags) -> Flags:
    """Hide until every system is protected, and no group is shown of a total that is hidden."""
    hidden = sensitive
    while True:
        before = hidden
        for system in systems:
            hidden = system.hide(found, hidden, known)
        for one in found:
            if one.of_groups and hidden[one.total]:
                hidden = hidden | np.isin(np.arange(len(hidden)), one.parts)
        if (hidden & known).any():
            raise NotProtectable("a group of a hidden total is known; expected none. Hide more.")
        if (hidden == before).all():
            return hidden
