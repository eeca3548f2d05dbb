"""Workbooks of the Klimaatmonitor, and of cities with the same software: buurten by name go in; figures come out.

Such a workbook has a title with the year, names and units in its second row (``Huishoudens [aantal]``), and below the
table its special values, sources and footnotes. It has no codes. Names are no keys, so that joining them to codes is a
step of its own, within one gemeente, that says what did not match.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bt_analysis.sources.cells import Percent
from bt_analysis.sources.grids import Row
from bt_analysis.sources.number_columns import UnreadableColumn, numbers
from bt_analysis.sources.plain_files import DownloadRefused, years_in
from bt_analysis.sources.workbook import sheet_rows

COLUMNS = ("name", "topic", "unit", "value", "missing_reason", "year")
"""Columns of :func:`read_themes`."""

_LABEL = re.compile(r"(?P<topic>.*?)\s*\[(?P<unit>[^\[\]]*)\]\s*(?:\(\d+\))?")
# What stands for no figure, as explained below every table: "- Niet van toepassing", "? Ontbreekt".
_REASONS = {"-": "not_applicable", "?": "unknown", "": "not_recorded"}


def read_themes(path: Path) -> pd.DataFrame:
    """Read a workbook with themes per buurt.

    Parameters
    ----------
    path : Path
        An .xlsx of klimaatmonitor.databank.nl, cijfersoverzwolle.nl and the like.

    Returns
    -------
    DataFrame
        One row is a buurt, by ``name``, and a topic: ``COLUMNS``; a percentage is 8 for 8%, and ``missing_reason`` is
        empty where there is a value.

    Raises
    ------
    DownloadRefused
        When the workbook has another layout, no year in its title, or a cell that is no number.
    """
    rows = _rows(path)
    year, labels = _heading(rows, path)
    table = _table(rows)
    parts = [
        _topic(label, [cells[at] if at < len(cells) else "" for _, cells in table], path)
        for at, label in labels.items()
    ]
    names = [str(cells[0]).strip() for _, cells in table]
    return pd.concat([part.assign(name=names, year=year) for part in parts], ignore_index=True)[list(COLUMNS)]


def title_of(path: Path) -> str:
    """Return the title of a workbook with themes.

    Parameters
    ----------
    path : Path
        As for :func:`read_themes`.

    Returns
    -------
    str
        Such as ``Thema's - 2020 - Buurten (2023) van Gemeente Zwolle``.

    Raises
    ------
    DownloadRefused
        When it is no workbook.
    """
    return _title(_rows(path))


def by_name(table: pd.DataFrame, gemeente: str, region_names: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Join figures to the buurten of one gemeente by their names.

    Parameters
    ----------
    table : DataFrame
        As :func:`read_themes` returns.
    gemeente : str
        Code of the gemeente, such as ``GM0193``; names are looked for in no other.
    region_names : DataFrame
        Regions of one division: ``regiocode, title``, as :attr:`CbsTable.labels` holds them.

    Returns
    -------
    tuple
        The rows that matched, with ``regiocode`` in front; and the names that did not match, sorted.

    Raises
    ------
    DownloadRefused
        When a name of the table belongs to two buurten of the gemeente, or two names of it to one buurt.

    Notes
    -----
    Capitals, and spaces and hyphens, are taken alike; nothing else is.
    """
    mine = region_names[region_names["regiocode"].str.startswith(f"BU{gemeente[2:]}")]
    spelled = mine.assign(spelling=mine["title"].map(_spelling)).drop_duplicates(["regiocode", "spelling"])
    names = pd.DataFrame({"name": sorted(set(table["name"]))})
    matched = names.assign(spelling=names["name"].map(_spelling)).merge(spelled, on="spelling")
    double = matched[matched.duplicated("name", keep=False) | matched.duplicated("regiocode", keep=False)]
    if len(double):
        pairs = ", ".join(f"{name} = {code}" for name, code in double[["name", "regiocode"]].head(4).to_numpy())
        raise DownloadRefused(
            f"{gemeente}: got names that are no keys ({pairs}); expected one buurt per name. "
            "Rename them in the table, or leave them out."
        )
    joined = matched[["regiocode", "name"]].merge(table, on="name", validate="one_to_many")
    return joined, sorted(set(table["name"]) - set(matched["name"]))


def _rows(path: Path) -> Sequence[Row]:
    try:
        return next(iter(sheet_rows(path).values()))
    except (ValueError, StopIteration) as problem:
        raise DownloadRefused(
            f"{path.name}: got no workbook that can be read ({problem}); expected .xlsx."
        ) from problem


def _title(rows: Sequence[Row]) -> str:
    return str(rows[0][1][0]) if rows and rows[0][1] else ""


def _heading(rows: Sequence[Row], path: Path) -> tuple[int, dict[int, str]]:
    """Return the year in the title, and column → label."""
    title = _title(rows)
    years = years_in(re.sub(r"\(.*?\)", "", title))
    labels = {at: str(cell).strip() for at, cell in enumerate(rows[1][1]) if at} if len(rows) > 2 else {}
    if len(years) != 1 or not labels or not all(map(_LABEL.fullmatch, labels.values())):
        raise DownloadRefused(
            f"{path.name}: got {title!r} above the table; expected a title with one year, such as \"Thema's - 2020 - "
            'Buurten", and names with units in the row below, such as Huishoudens [aantal].'
        )
    return years[0], labels


def _table(rows: Sequence[Row]) -> list[Row]:
    """Return the rows from the third on, up to the first empty one; explanation follows below that."""
    return [row for at, row in enumerate(rows[2:]) if row[0] == rows[2][0] + at]


def _topic(label: str, cells: Sequence[object], path: Path) -> pd.DataFrame:
    match = _LABEL.fullmatch(label)
    topic, unit = (match["topic"], match["unit"]) if match else (label, "")
    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    figures = pd.Series([_as_shown(cell) for cell in cells], dtype=object, name=topic)
    try:
        values = numbers(figures)
    except UnreadableColumn as problem:
        raise DownloadRefused(f"{path.name}: column {problem}; expected numbers, - or ?.") from problem
    reasons = pd.Series([_REASONS.get(text, "") for text in texts], dtype="str").where(values.isna(), "")
    return pd.DataFrame({"topic": topic, "unit": unit, "value": values, "missing_reason": reasons})


def _as_shown(cell: object) -> object:
    """Return a percentage as it is shown; Excel holds 0.08 for 8%, or the text "8%"."""
    if isinstance(cell, Percent):
        return round(float(cell) * 100, 10)
    return cell.strip().removesuffix("%") if isinstance(cell, str) else cell


def _spelling(name: str) -> str:
    return re.sub(r"[\s-]+", " ", str(name).casefold()).strip()
