"""Availability: indicators and fetched tables in; out, how many regions per level have a figure, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd

from bt_analysis import regions
from bt_analysis.indicators.catalogue import Indicator
from bt_analysis.indicators.lookup import Table, find_key

STATUS = ["indicator_id", "level", "regions_n", "filled_n", "filled_pct", "status"]
"""Columns of what :func:`status` returns."""


class FilledTable(Table, Protocol):
    """What a table with figures must offer; :class:`bt_analysis.sources.table.CbsTable` does."""

    @property
    def rows(self) -> pd.DataFrame:
        """One row per region, one column per topic."""

    @property
    def region_column(self) -> str:
        """Column of ``rows`` that holds the regiocode."""


def status(table: FilledTable, catalogue: Mapping[str, Indicator]) -> pd.DataFrame:
    """Tell for which regions of a table each indicator has a figure.

    Parameters
    ----------
    table : FilledTable
        A table with one row per region.
    catalogue : mapping of str to Indicator
        What is counted before what is computed of it, as :func:`bt_analysis.indicators.load` gives.

    Returns
    -------
    DataFrame
        One row is an indicator and a level (land, gemeente, wijk, buurt): indicator_id, level, regions_n, filled_n,
        filled_pct (of the regions) and status.

    Notes
    -----
    ``not_in_table``: no such column. ``not_yet_published``: the column is empty everywhere. ``not_at_this_level``:
    empty for the whole level, filled at another. ``suppressed``: empty for some regions, because CBS keeps the figure
    secret or there can be none. ``complete``: filled for all. A share is filled where its numerator is, and its
    denominator when that stands in the same table.
    """
    level = table.rows[table.region_column].map(regions.level)
    there: dict[str, pd.Series] = {}
    for one in catalogue.values():
        filled = _filled(one, table, there)
        if filled is not None:
            there[one.id] = filled
    levels = [name for name in regions.LEVELS if name in set(level)]
    counted = pd.DataFrame(there, index=level.index).groupby(level).sum().reindex(index=levels, columns=list(catalogue))
    long = counted.T.rename_axis("indicator_id").melt(var_name="level", value_name="filled_n", ignore_index=False)
    found = long.reset_index().sort_values(
        "indicator_id", key=lambda ids: ids.map(list(catalogue).index), kind="stable"
    )
    found["regions_n"] = found["level"].map(level.value_counts())
    found["status"] = _reasons(found)
    found["filled_n"] = found["filled_n"].fillna(0).astype(int)
    return found.assign(filled_pct=100 * found["filled_n"] / found["regions_n"])[STATUS].reset_index(drop=True)


def coverage(tables: Mapping[int, FilledTable], catalogue: Mapping[str, Indicator]) -> pd.DataFrame:
    """Tell for which regions, year after year, each indicator has a figure.

    Parameters
    ----------
    tables : mapping of int to FilledTable
        Year → table of that year.
    catalogue : mapping of str to Indicator
        What to count.

    Returns
    -------
    DataFrame
        One row is an indicator, a year and a level: year before the columns of :func:`status`; no rows without tables.
    """
    parts = [status(table, catalogue).assign(year=year) for year, table in sorted(tables.items())]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=STATUS).assign(year=[])
    return found[["year", *STATUS]]


def _filled(one: Indicator, table: FilledTable, there: Mapping[str, pd.Series]) -> pd.Series | None:
    """Tell per row whether there is a figure; None when the table does not hold the indicator."""
    if one.find:
        key = find_key(one, table.properties)
        return None if key is None else pd.to_numeric(table.rows[key], errors="coerce").notna()
    needed = [one.numerator] if one.numerator else [*one.parts]
    if not set(needed) <= set(there):
        return None
    base = next((below for below in one.denominator if below in there), None)
    return pd.concat([there[count] for count in [*needed, *([base] if base else [])]], axis=1).all(axis=1)


def _reasons(found: pd.DataFrame) -> pd.Series:
    anywhere = found.groupby("indicator_id")["filled_n"].transform("sum")
    reason = pd.Series("suppressed", index=found.index)
    reason[found["filled_n"].eq(found["regions_n"])] = "complete"
    reason[found["filled_n"].eq(0)] = "not_at_this_level"
    reason[anywhere.eq(0)] = "not_yet_published"
    reason[found["filled_n"].isna()] = "not_in_table"
    return reason
