"""Which table a downloaded file says it is: its name, title and periods go in; table, year and division come out.

A name is a claim and no proof; :mod:`bt_analysis.sources.contradictions` holds it against figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bt_analysis.settings import KWB_TABLES
from bt_analysis.sources.plain_files import DownloadRefused, PlainTable, years_in

PROXIMITY_TABLES = {
    2017: "84334NED",
    2018: "84463NED",
    2019: "84718NED",
    2020: "84953NED",
    2021: "85231NED",
    2022: "85560NED",
    2023: "85830NED",
    2024: "86134NED",
}
"""CBS table of *Nabijheid voorzieningen* per year, each on its own year's division."""

_DIVISIONS = {"50090NED": 2020}  # tables of several years on one division, that do not say so in their rows
_SERIES = {"kerncijfers": KWB_TABLES, "kwb": KWB_TABLES, "nabijheid": PROXIMITY_TABLES}
_TABLE_ID = re.compile(r"(?<!\d)\d{5}NED", re.IGNORECASE)
_YEAR_OF = {table: year for tables in (KWB_TABLES, PROXIMITY_TABLES) for year, table in tables.items()}


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
        return self.table_id in KWB_TABLES.values()


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
    series = KWB_TABLES if is_kwb else _series(named, text)
    last = int(periods.max()[:4]) if periods is not None else None
    spoken = year or last or (None if table_id else next(iter(named_years), None))
    table = table_id or series.get(year or 0) or named or series.get(spoken or 0, "")
    if not table:
        raise DownloadRefused(
            f"{path.name}: got no id of a CBS table and no year of a known series in its name; expected a name such as "
            "84799NED_2020.csv or kwb-2020.xlsx. Give table_id=…, or year=…."
        )
    data_year = year or last or _YEAR_OF.get(table) or spoken
    if data_year is None:
        raise DownloadRefused(f"{path.name}: got table {table} without a year; expected one in the name. Give year=….")
    return Claim(
        table,
        data_year,
        _DIVISIONS.get(table, data_year),
        bool(table_id or year),
        _doubts(table, data_year, named_years),
    )


def _series(named: str, text: str) -> dict[int, str]:
    """Return the tables per year that a file is one of, by the id or a word in its name or title."""
    by_id = (tables for tables in (KWB_TABLES, PROXIMITY_TABLES) if named in tables.values())
    return next(by_id, None) or next((_SERIES[word] for word in _SERIES if word in text.casefold()), {})


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
    if table in _YEAR_OF and named_years and year not in named_years:
        return (f"its name says {table}, which is of {_YEAR_OF[table]}, and {named_years[0]}",)
    return ()
