"""Selection: a table of more dimensions in, one table per year out with the region as its only key.

Each year then joins the others by region code and division year; a code alone says nothing.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from bt_analysis.regions import COUNTRY
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.table import CbsTable

LOW, HIGH = "__low", "__high"
"""Behind the key of a topic: the columns with its published lower and upper bound."""

_COUNTRIES = {"NL01": COUNTRY}
_YEAR = re.compile(r"(\d{4})JJ00")


def select(table: CbsTable, choices: Mapping[str, str], margins: Sequence[str] = ()) -> dict[int, CbsTable]:
    """Take one member of each dimension and split the years of a table.

    Parameters
    ----------
    table : CbsTable
        A table with regions, perhaps with periods and other dimensions.
    choices : mapping of str to str
        Dimension → key of the member to take, with or without padding; one for each dimension other than regions and
        periods, even when it has but one member.
    margins : sequence of str
        Two members of one of those dimensions, which hold the lower and upper bound of a figure. Each topic then has
        two columns more, its key with ``__low`` and ``__high`` behind it. Left out when the table lacks both.

    Returns
    -------
    dict of int to CbsTable
        Year → a table with one row per region, on the division of the whole table. The country is ``NL00``, which some
        tables call ``NL01``: here, and nowhere else, the one is made the other.

    Raises
    ------
    SourceRejected
        When the table has no regions or no division, a dimension has no choice, a member or dimension is not known, a
        period is no year, or a region has more than one row; the message lists what there is.
    """
    if not table.region_column:
        raise SourceRejected(f"table {table.table_id} has no regions; expected one row per region. Take another table.")
    if not table.division_year:
        raise SourceRejected(
            f"table {table.table_id} does not say its division; expected a MapYear, or '(indeling 2020)' in its title. "
            "Name it in families.toml, under divisions."
        )
    chosen = {name: key.strip() for name, key in choices.items()}
    _check(table, chosen)
    rows = _where(table.rows, chosen)
    for suffix, member in zip((LOW, HIGH), _margins(table, margins), strict=False):
        name = next(name for name, members in table.members.items() if member in set(members["key"]))
        rows = _beside(table, rows, _where(table.rows, {**chosen, name: member}), suffix)
    rows = rows.drop(columns=list(chosen))
    rows[table.region_column] = rows[table.region_column].replace(_COUNTRIES)
    return {year: _of_year(table, part, year) for year, part in _years(table, rows).items()}


def _check(table: CbsTable, chosen: Mapping[str, str]) -> None:
    for name, members in table.members.items():
        if name not in chosen:
            raise SourceRejected(
                f"table {table.table_id} has a dimension {name!r} and no choice for it; expected one of "
                f"{_listed(members)}. Choose one."
            )
        if chosen[name] not in set(members["key"]):
            close = difflib.get_close_matches(chosen[name], members["key"].tolist(), n=3)
            raise SourceRejected(
                f"table {table.table_id}, dimension {name!r}: got {chosen[name]!r}; expected one of "
                f"{_listed(members, close)}. Choose one."
            )
    if unknown := sorted(set(chosen) - set(table.members)):
        raise SourceRejected(
            f"table {table.table_id} has no dimension {unknown[0]!r}; expected {', '.join(table.members) or 'none'}. "
            "Leave the choice out."
        )


def _listed(members: pd.DataFrame, first: Sequence[str] = (), most: int = 12) -> str:
    """Write members as ``key (title)``, the closest first."""
    ordered = members.assign(late=~members["key"].isin(first)).sort_values("late", kind="stable").head(most)
    told = [f"{key} ({title})" for key, title in zip(ordered["key"], ordered["title"], strict=True)]
    return ", ".join(told) + (f" and {len(members) - most} more" if len(members) > most else "")


def _where(rows: pd.DataFrame, chosen: Mapping[str, str]) -> pd.DataFrame:
    taken = pd.Series(True, index=rows.index)
    for name, key in chosen.items():
        taken &= rows[name].str.strip().eq(key)
    return rows[taken]


def _margins(table: CbsTable, margins: Sequence[str]) -> Sequence[str]:
    known = {key for members in table.members.values() for key in members["key"]}
    missing = [member for member in margins if member not in known]
    if missing and len(missing) < len(margins):
        raise SourceRejected(
            f"table {table.table_id} has margin {', '.join(set(margins) & known)} and not {', '.join(missing)}; "
            "expected both. Leave margins out."
        )
    return () if missing else margins


def _beside(table: CbsTable, rows: pd.DataFrame, bounds: pd.DataFrame, suffix: str) -> pd.DataFrame:
    """Put the figures of one margin beside the rows they bound."""
    place = [column for column in (table.region_column, table.time_column) if column]
    figures = [key for key in table.properties["key"] if pd.api.types.is_numeric_dtype(bounds[key])]
    named = bounds[[*place, *figures]].rename(columns={key: f"{key}{suffix}" for key in figures})
    _once(table, bounds, place)
    return rows.merge(named, on=place, how="left", validate="many_to_one")


def _years(table: CbsTable, rows: pd.DataFrame) -> dict[int, pd.DataFrame]:
    if not table.time_column:
        return {table.year: rows}
    found = {}
    for period, part in rows.groupby(table.time_column, sort=True):
        if not (year := _YEAR.fullmatch(str(period).strip())):
            raise SourceRejected(
                f"table {table.table_id} has period {period!r}; expected years, as 2020JJ00. "
                "Take the table of the same figures per year."
            )
        found[int(year[1])] = part.drop(columns=table.time_column)
    return found


def _of_year(table: CbsTable, rows: pd.DataFrame, year: int) -> CbsTable:
    _once(table, rows, [table.region_column])
    labels = table.labels.assign(regiocode=table.labels["regiocode"].replace(_COUNTRIES))
    rows = rows.reset_index(drop=True)
    return dataclasses.replace(table, year=year, rows=rows, labels=labels, time_column="", members={})


def _once(table: CbsTable, rows: pd.DataFrame, place: list[str]) -> None:
    twice = rows[rows.duplicated(place)]
    if len(twice):
        raise SourceRejected(
            f"table {table.table_id} has {len(twice)} rows more than one per region, first "
            f"{twice.iloc[0][place[0]]!r}; expected one. Choose a member of each dimension."
        )
