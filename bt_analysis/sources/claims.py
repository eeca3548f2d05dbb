"""Which table a downloaded file says it is: its name, title and periods go in; table, year and division come out.

A name is a claim and no proof; :mod:`bt_analysis.sources.contradictions` holds it against figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bt_analysis.indicators import family_of, load_families
from bt_analysis.sources.plain_files import DownloadRefused, PlainTable, years_in

_PER_YEAR = {"kerncijfers": "kwb", "kwb": "kwb", "nabijheid": "proximity"}
"""Word in a name or title → family with a table per year."""
_TABLE_ID = re.compile(r"(?<!\d)\d{5}NED", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """What a file says it is.

    Parameters
    ----------
    table_id : str
        CBS table.
    year, division_year : int
        Year of the figures (the last one), and of the division of the regions.
    explicit : bool
        The caller named the year or the table, so that no name is believed.
    doubts : tuple of str
        What in the name already contradicts itself.
    """

    table_id: str
    year: int
    division_year: int
    explicit: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def is_kwb(self) -> bool:
        """Whether the table is one of *Kerncijfers wijken en buurten*."""
        family = family_of(self.table_id)
        return family is not None and family.id == "kwb"


def claim(
    path: Path, plain: PlainTable, periods: pd.Series | None, *, table_id: str | None, year: int | None, is_kwb: bool
) -> Claim:
    """Return which table and year a file is said to be.

    Parameters
    ----------
    path : Path
        The file; its name is read.
    plain : PlainTable
        Its cells; their title is read.
    periods : Series or None
        Periods of the rows, as ``2019JJ00``, when there are any.
    table_id, year : str and int, optional
        What the caller says; it goes before every name.
    is_kwb : bool
        The columns have names that only KWB has, such as ``a_inw``.

    Returns
    -------
    Claim
        Complete.

    Raises
    ------
    DownloadRefused
        When no table or no year is named anywhere.
    """
    text = f"{path.name} {plain.title}"
    named, named_years = id_in(path.name), years_in(text)
    series = _tables("kwb") if is_kwb else _series(named, text)
    last = int(periods.max()[:4]) if periods is not None else None
    spoken = year or last or (None if table_id else next(iter(named_years), None))
    table = table_id or series.get(year or 0) or named or series.get(spoken or 0, "")
    if not table:
        raise DownloadRefused(
            f"{path.name}: got no id of a CBS table and no year of a known series in its name; expected a name such as "
            "84799NED_2020.csv or kwb-2020.xlsx. Give table_id=…, or year=…."
        )
    data_year = year or last or _only_year(table) or spoken
    if data_year is None:
        raise DownloadRefused(f"{path.name}: got table {table} without a year; expected one in the name. Give year=….")
    family = family_of(table)
    return Claim(
        table,
        data_year,
        family.divisions.get(table, data_year) if family else data_year,
        bool(table_id or year),
        _doubts(table, data_year, named_years),
    )


def _series(named: str, text: str) -> dict[int, str]:
    """Return the tables per year that a file is one of, by the id or a word in its name or title."""
    family = family_of(named)
    if family and family.id in _PER_YEAR.values():
        return _tables(family.id)
    return next((_tables(_PER_YEAR[word]) for word in _PER_YEAR if word in text.casefold()), {})


def _tables(family: str) -> dict[int, str]:
    return {year: table for table, years in load_families()[family].tables.items() for year in years}


def _only_year(table: str) -> int | None:
    """Return the year of a table that has but one."""
    family = family_of(table)
    years = family.tables.get(table, ()) if family else ()
    return years[0] if len(years) == 1 else None


def id_in(name: str) -> str:
    """Return the id of a CBS table that stands in a name.

    Parameters
    ----------
    name : str
        Such as ``cbs.v3.84799ned_TypedDataSet.parquet``.

    Returns
    -------
    str
        Such as ``84799NED``; ``""`` when there is none.
    """
    found = _TABLE_ID.search(name)
    return found[0].upper() if found else ""


def _doubts(table: str, year: int, named_years: list[int]) -> tuple[str, ...]:
    own = _only_year(table)
    if own and named_years and year not in named_years:
        return (f"its name says {table}, which is of {own}, and {named_years[0]}",)
    return ()
