"""Harmonise: CBS tables of several years in, one long table of the regions of one reference division out.

A figure of another year is only kept for a region whose boundary is known to be the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from bt_analysis import regions
from bt_analysis.harmonise.flags import comparable
from bt_analysis.indicators import Indicator, find_key

COLUMNS = [
    "regiocode", "year", "indicator_id", "value", "unit", "missing_reason", "n_base", "base_id",
    "table_id", "source_key", "modified", "division_year", "comparable",
]  # fmt: skip


class PublishedTable(Protocol):
    """What a CBS table of one year must offer; :class:`bt_analysis.sources.cbs.CbsTable` does."""

    @property
    def table_id(self) -> str:
        """CBS's id of the table."""

    @property
    def modified(self) -> str:
        """When CBS last changed it."""

    @property
    def year(self) -> int:
        """Year the figures are of."""

    @property
    def rows(self) -> pd.DataFrame:
        """One row per region; codes stripped of their padding."""

    @property
    def properties(self) -> pd.DataFrame:
        """One row per topic: key, unit, path."""

    @property
    def region_column(self) -> str:
        """Column of ``rows`` that holds the regiocode."""

    @property
    def labels(self) -> pd.DataFrame:
        """One row per region: regiocode, title."""


def statistics(
    tables: Mapping[int, PublishedTable], catalogue: Mapping[str, Indicator], reference_year: int
) -> pd.DataFrame:
    """Bring the KWB tables of several years to the regions of one of them.

    Parameters
    ----------
    tables : mapping of int to PublishedTable
        Year → the KWB table of that year, on that year's own division.
    catalogue : mapping of str to Indicator
        What to look up.
    reference_year : int
        Year whose division all figures are brought to; one of ``tables``.

    Returns
    -------
    DataFrame
        One row is a region of the reference division, in a data year, one indicator (harmonised_statistics).
        A region whose boundary changed, or is not known to be the same, has no value and the reason
        ``lost_in_division_change``.

    Raises
    ------
    ValueError
        When there is no table of the reference year.
    CatalogueError
        When an indicator fits more than one column of a table.
    """
    if reference_year not in tables:
        raise ValueError(
            f"reference year {reference_year} has no KWB table; got {sorted(tables)}. "
            "Fetch it (bt fetch --years) or set another reference_year."
        )
    codes = tables[reference_year].rows[tables[reference_year].region_column]
    parts = []
    for year, table in sorted(tables.items()):
        same = pd.Series(True, index=codes) if year == reference_year else comparable(tables, year, reference_year)
        parts.append(_on_reference(published(table, catalogue), same.reindex(codes, fill_value=False)))
    return pd.concat(parts, ignore_index=True).assign(division_year=reference_year)[COLUMNS]


def region_names(table: PublishedTable, division_year: int) -> pd.DataFrame:
    """List the regions of a table with their level and name.

    Parameters
    ----------
    table : PublishedTable
        The KWB table of the reference year.
    division_year : int
        Year of its division.

    Returns
    -------
    DataFrame
        One row is a region (harmonised_regions): regiocode, level, regiocode_label, division_year.
    """
    names = table.labels.set_index("regiocode")["title"]
    codes = table.rows[table.region_column]
    frame = pd.DataFrame({"regiocode": codes, "level": codes.map(regions.level)})
    return frame.assign(regiocode_label=codes.map(names), division_year=division_year).reset_index(drop=True)


def published(table: PublishedTable, catalogue: Mapping[str, Indicator]) -> pd.DataFrame:
    """Turn one year's wide CBS table into long figures on its own division.

    Parameters
    ----------
    table : PublishedTable
        A KWB table.
    catalogue : mapping of str to Indicator
        Additive indicators must stand before what is made of them, as :func:`bt_analysis.indicators.load` gives.

    Returns
    -------
    DataFrame
        One row is a region and an indicator: regiocode, year, indicator_id, value, unit, missing_reason, n_base,
        base_id, table_id, source_key, modified.

    Notes
    -----
    A share is ``factor · numerator / denominator``. Why a value is missing: the table has no such column
    (``not_recorded``), the column is empty everywhere (``not_yet_published``), the denominator is 0
    (``cannot_exist``), or CBS withholds this region (``suppressed``).
    """
    codes = table.rows[table.region_column].rename("regiocode")
    wide: dict[str, pd.Series] = {}
    parts = []
    for indicator in catalogue.values():
        base_id = _base(indicator, wide)
        base = wide.get(base_id, pd.Series(np.nan, index=codes.index))
        if indicator.kind == "share":
            keys = [find_key(catalogue[part], table.properties) for part in (indicator.numerator, base_id)]
            key = keys[0] if None not in keys else None
            value = indicator.factor * wide[indicator.numerator] / base.where(base > 0)
            empty = wide[indicator.numerator].isna().all() or base.isna().all()
        else:
            key = find_key(indicator, table.properties)
            value = _numbers(table.rows, key, codes.index)
            empty = value.isna().all()
        if indicator.kind == "additive":
            wide[indicator.id] = value
            base = wide.get("population", value)
        reason = _reason(value, key, bool(empty), base.eq(0) if indicator.kind != "additive" else None)
        part = pd.DataFrame({"regiocode": codes, "value": value, "missing_reason": reason, "n_base": base})
        parts.append(
            part.assign(indicator_id=indicator.id, unit=indicator.unit, base_id=base_id or None, source_key=key)
        )
    return pd.concat(parts, ignore_index=True).assign(year=table.year, table_id=table.table_id, modified=table.modified)


def _base(indicator: Indicator, wide: Mapping[str, pd.Series]) -> str:
    """Return the id of the first denominator that has figures; the inhabitants for an additive indicator."""
    if indicator.kind == "additive":
        return "population"
    for candidate in indicator.denominator:
        if candidate in wide and wide[candidate].notna().any():
            return candidate
    return indicator.denominator[0]


def _numbers(rows: pd.DataFrame, key: str | None, index: pd.Index) -> pd.Series:
    if key is None or key not in rows:
        return pd.Series(np.nan, index=index)
    return pd.to_numeric(rows[key], errors="coerce").astype(float)


def _reason(value: pd.Series, key: str | None, empty: bool, impossible: pd.Series | None) -> pd.Series:
    """Return why each value is missing, None where it is not."""
    overall = "not_recorded" if key is None else "not_yet_published" if empty else "suppressed"
    reason = pd.Series(overall, index=value.index, dtype="object").where(value.isna(), None)
    if impossible is not None and overall == "suppressed":
        reason[value.isna() & impossible] = "cannot_exist"
    return reason


def _on_reference(figures: pd.DataFrame, same: pd.Series) -> pd.DataFrame:
    """Keep the figures of comparable regions; those of the others are lost, which is the reason that they get."""
    constant = ["indicator_id", "unit", "base_id", "table_id", "source_key", "modified", "year"]
    kept = figures[figures["regiocode"].map(same).fillna(False).astype(bool)].assign(comparable=True)
    lost_codes = pd.DataFrame({"regiocode": same.index[~same.to_numpy()]})
    lost = lost_codes.merge(figures[constant].drop_duplicates("indicator_id"), how="cross", validate="many_to_many")
    lost = lost.assign(value=np.nan, n_base=np.nan, missing_reason="lost_in_division_change", comparable=False)
    return pd.concat([kept, lost], ignore_index=True) if len(lost) else kept.reset_index(drop=True)
