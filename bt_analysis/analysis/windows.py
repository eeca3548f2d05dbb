"""Years to compare: the start of the work and the years of figures in; years before and after out, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from bt_analysis.indicators import Indicator
from bt_analysis.indicators.breaks import segment

REFUSALS = (
    "no_years_after", "too_few_years_before", "boundaries_changed", "series_broken", "too_few_similar",
    "too_few_for_more", "outside_similar", "area_figure_missing",
)  # fmt: skip
"""Reasons why an area is not compared with others."""


@dataclass(frozen=True)
class Window:
    """The years that are compared.

    Parameters
    ----------
    before, after : tuple of int
        Years before the one in which the work began, and from that one on.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """All of them, in order."""
        return (*self.before, *self.after)


def years_before(published: Sequence[int], start: int, indicator: Indicator) -> tuple[int, ...]:
    """Return the years before the start that measure the same thing as the last of them.

    Parameters
    ----------
    published : sequence of int
        Years that there are figures of, of any area.
    start : int
        Year in which the work began.
    indicator : Indicator
        Its breaks.

    Returns
    -------
    tuple of int
        In order.
    """
    before = sorted(year for year in published if year < start)
    return tuple(year for year in before if segment(indicator, year) == segment(indicator, before[-1]))


def window(there: pd.DataFrame, start: int, last: int, indicator: Indicator, at_least: int) -> Window | str:
    """Choose the years in which an area can be compared with others.

    Parameters
    ----------
    there : DataFrame
        A row per year that figures were published of: ``seen`` (the area has a figure) and ``changed`` (its boundaries
        changed since, or are not known to be the same).
    start : int
        Year in which the work began.
    last : int
        Last year that may be used.
    indicator : Indicator
        Its breaks.
    at_least : int
        Years before the start that are needed.

    Returns
    -------
    Window or str
        The years, or one of :data:`REFUSALS`.

    Notes
    -----
    A year before is a calendar year before the first activity. Years after a break in the series are not set beside
    years before it: what was measured last before the start decides which ones are used.
    """
    published = [int(year) for year in sorted(there.index)]
    all_before = [year for year in published if year < start]
    all_after = [year for year in published if start <= year <= last]
    if not all_after:
        return "no_years_after"
    before = years_before(published, start, indicator)
    after = [year for year in all_after if before and segment(indicator, year) == segment(indicator, before[-1])]
    if len(before) < at_least:
        return "series_broken" if len(all_before) >= at_least else "too_few_years_before"
    if not after:
        return "series_broken"
    seen = there["seen"].astype(bool)
    found = Window(tuple(year for year in before if seen[year]), tuple(year for year in after if seen[year]))
    if found.after and len(found.before) >= at_least:
        return found
    lost = [year for year in (*before, *after) if not seen[year]]
    return "boundaries_changed" if there.loc[lost, "changed"].any() else "area_figure_missing"
