"""Workbooks of the Leefbaarometer 2.0 (BZK): scores and classes of wijken or gemeenten go in; tables per year come out.

Every figure is an estimate of a model, made of a hundred characteristics of a place, and no observation. The whole
series, of 2002 to 2016, lies on one division, that of 2016: its 2,981 wijken and 390 gemeenten are those of CBS's map
of 2016. A score is a deviation from the national mean; a class runs from 1 (very poor) to 9 (excellent).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bt_analysis import regions
from bt_analysis.sources.grids import Row
from bt_analysis.sources.number_columns import UnreadableColumn, numbers
from bt_analysis.sources.plain_files import DownloadRefused, sheet_frame
from bt_analysis.sources.table import PROPERTIES, CbsTable
from bt_analysis.sources.workbook import sheet_rows

DIVISION_YEAR = 2016
"""Year of the division that every year of the Leefbaarometer 2.0 is on."""

TABLE_ID = "leefbaarometer2"
"""Stands where a CBS table has its id."""

_REGION = ("GBD", "WK_CODE", "GM_CODE")
_MEASURES = {
    "LBRMTR": "Leefbaarheid",
    "LBWON": "Woningen",
    "LBBEV": "Bewoners",
    "LBVRZ": "Voorzieningen",
    "LBVEI": "Veiligheid",
    "LBFYS": "Fysieke omgeving",
}
_KINDS = {"R": ("Score", "score"), "D": ("Ontwikkeling", "verschil in score")}
_CLASSES = {"KL": ("Leefbaarheid", "klasse 1-9"), "VKL": ("Ontwikkeling", "klasse van verandering")}
_WIDE = re.compile(r"(?P<stem>[A-Z]+)(?P<years>(?:\d\d){1,2})")
_LONG = ["regiocode", "stem", "begin", "year"]


def read_leefbaarometer(path: Path) -> dict[int, CbsTable]:
    """Read a workbook of the Leefbaarometer.

    Parameters
    ----------
    path : Path
        With scores (``RLBWON``), their development (``DLBWON``) or classes (``KL16``, ``VKL1416``), below each other
        (``GBD, JAAR``) or side by side (``RLBWON16``); with both, they must say the same.

    Returns
    -------
    dict
        Year → table; a development lies in the table of its last year, with ``2012-2016`` in its path.

    Raises
    ------
    DownloadRefused
        When it is another workbook, a code is no code, or its two sheets contradict each other.
    """
    return _by_year(_figures(path))


def read_folder(folder: Path) -> dict[int, CbsTable]:
    """Read all workbooks of the Leefbaarometer in a folder, together.

    Parameters
    ----------
    folder : Path
        By habit ``data/raw/downloads/leefbaarometer``; it may be absent.

    Returns
    -------
    dict
        Year → table, with the regions and measures of every workbook.

    Raises
    ------
    DownloadRefused
        When one is another workbook, or two of them give other figures for the same.
    """
    paths = sorted(folder.glob("*.xlsx"))
    if not paths:
        return {}
    figures = pd.concat([_figures(path) for path in paths], ignore_index=True).drop_duplicates()
    twice = figures[figures.duplicated(_LONG)]
    if len(twice):
        one = twice.iloc[0]
        raise DownloadRefused(
            f"{folder}: got two figures of {one['regiocode']} in {one['year']} ({one['stem']}); expected one. "
            "Take one of the workbooks out."
        )
    return _by_year(figures)


def _by_year(figures: pd.DataFrame) -> dict[int, CbsTable]:
    return {year: _table(year, figures[figures["year"] == year]) for year in sorted(set(figures["year"].tolist()))}


def _figures(path: Path) -> pd.DataFrame:
    """Return one figure per row: regiocode, stem, begin, year, value."""
    try:
        sheets = [_long(rows, path) for rows in sheet_rows(path).values() if len(rows) > 1]
    except (ValueError, UnreadableColumn) as problem:
        raise DownloadRefused(
            f"{path.name}: got no figures of the Leefbaarometer ({problem}); expected columns such as "
            "GBD, JAAR, RLBWON or WK_CODE, KL16."
        ) from problem
    return _one(sheets, path)


def _one(sheets: Sequence[pd.Series], path: Path) -> pd.DataFrame:
    """Return the figures of the first sheet, when the others say the same."""
    if not sheets:
        raise DownloadRefused(f"{path.name}: got no filled sheet; expected one with figures.")
    first, *others = sheets
    for other in others:
        if not first.sort_index().equals(other.sort_index()):
            raise DownloadRefused(f"{path.name}: got two sheets with other figures; expected the same in both.")
    return first.rename("value").reset_index()


def _long(rows: Sequence[Row], path: Path) -> pd.Series:
    """Return one figure per region, measure and span of years."""
    cells = sheet_frame(rows)
    region = next((name for name in _REGION if name in cells), "")
    if not region:
        raise ValueError(f"columns {', '.join(map(str, cells.columns[:4]))}")
    wrong = [code for code in cells[region] if not regions.is_valid(code)]
    if wrong:
        raise DownloadRefused(f"{path.name}: got {wrong[0]!r} in {region}; expected codes such as WK036303 and GM0363.")
    cells = cells.rename(columns={region: "regiocode", "JAAR": "year", "BEGIN": "begin", "EINDE": "year"})
    spans = [name for name in ("begin", "year") if name in cells]
    long = cells.melt(["regiocode", *spans], var_name="stem", value_name="value")
    if not spans:
        long = _with_years(long)
    # BZK itself publishes #N/A where it gives no class.
    long["value"] = numbers(long["value"].where(long["value"] != "#N/A"))
    return long.assign(begin=long.get("begin", 0)).astype({"year": int, "begin": int}).set_index(_LONG)["value"]


def _with_years(long: pd.DataFrame) -> pd.DataFrame:
    """Part names such as RLBWON16 and VKL1416 into measure and years."""
    parts = {name: _WIDE.fullmatch(name) for name in long["stem"].unique()}
    strange = [name for name, part in parts.items() if part is None]
    if strange:
        raise ValueError(f"column {strange[0]}")
    years = {name: part["years"] for name, part in parts.items() if part}
    return long.assign(
        stem=long["stem"].map({name: part["stem"] for name, part in parts.items() if part}),
        year=long["stem"].map({name: 2000 + int(year[-2:]) for name, year in years.items()}),
        begin=long["stem"].map({name: 2000 + int(year[:2]) if len(year) > 2 else 0 for name, year in years.items()}),
    )


def _table(year: int, figures: pd.DataFrame) -> CbsTable:
    spans = figures[["stem", "begin"]].drop_duplicates().itertuples(index=False, name=None)
    properties = pd.DataFrame([_topic(stem, begin, year) for stem, begin in spans], columns=list(PROPERTIES))
    keyed = figures.assign(
        key=[_key(stem, begin, year) for stem, begin in zip(figures["stem"], figures["begin"], strict=True)]
    )
    rows = keyed.pivot_table("value", "regiocode", "key", dropna=False).reset_index().rename_axis(columns=None)
    return CbsTable(
        table_id=TABLE_ID,
        title=f"Leefbaarometer 2.0, {year}",
        modified="",
        year=year,
        division_year=DIVISION_YEAR,
        rows=rows[["regiocode", *properties["key"]]],
        properties=properties.astype({"decimals": "Int64"}),
        region_column="regiocode",
        labels=pd.DataFrame(columns=["regiocode", "title"], dtype="str"),
    )


def _key(stem: str, begin: int, year: int) -> str:
    return f"{stem}{begin % 100:02d}{year % 100:02d}" if begin else stem


def _topic(stem: str, begin: int, year: int) -> tuple[object, ...]:
    group, unit = _CLASSES.get(stem) or _KINDS.get(stem[0], ("", ""))
    title = _MEASURES.get(stem[1:], "Klasse" if stem in _CLASSES else stem)
    path = (group, f"{begin}-{year}") if begin else (group,)
    return _key(stem, begin, year), stem, title, unit, pd.NA, "Double", path
