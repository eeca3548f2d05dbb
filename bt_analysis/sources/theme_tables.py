"""Workbooks of the Klimaatmonitor and the names of regions in; tables per year, and what found no place, out.

A workbook has totals per buurt and no codes. Its title names the gemeente, the year and the division. Wijken and the
gemeente are added as sums of their buurten, and beside every total stand the households of the buurten that have it:
what is divided by them is a mean of the part of an area that has figures, not of an area with gaps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bt_analysis.methods import rounding
from bt_analysis.sources.klimaatmonitor import by_name, read_themes, title_of
from bt_analysis.sources.plain_files import DownloadRefused
from bt_analysis.sources.table import PROPERTIES, CbsTable

TABLE_ID = "klimaatmonitor"
"""Stands where a CBS table has its id."""

HOUSEHOLDS = "Huishoudens"
ALONGSIDE = "Huishoudens bij: "
"""In front of the name of a total: the households of the buurten that have that total."""

TOTALS = {
    "TJ": (1.0, "nearest"),
    "miljoen m3": (0.1, "nearest"),
    "GWh (miljoen kWh)": (0.1, "nearest"),
    "aantal": (5.0, "nearest"),
}
"""Unit → to what totals in it are rounded, and how. Only these are summed; a percentage or a price cannot be."""
_BY_LOT = (5.0, "random")  # as in CBS's own tables, households are rounded up or down by lot

_TITLE = re.compile(r"(?:\((?P<division>\d{4})\))?\s*van\s+Gemeente\s+(?P<gemeente>.+?)\s*$", re.IGNORECASE)
_LEVELS = (("BU", 10), ("WK", 8), ("GM", 6))


@dataclass(frozen=True, eq=False)
class Themes:
    """What a folder of workbooks holds.

    Parameters
    ----------
    tables : mapping of int to CbsTable
        Year → table.
    unplaced : tuple of str
        A line per workbook with names that no buurt has.
    """

    tables: Mapping[int, CbsTable]
    unplaced: tuple[str, ...]


def read_folder(folder: Path, names: Mapping[int, pd.DataFrame]) -> Themes:
    """Read all workbooks of themes per buurt in a folder, together.

    Parameters
    ----------
    folder : Path
        By habit ``data/raw/downloads/klimaatmonitor``; it may be absent.
    names : mapping of int to DataFrame
        Division year → its regions: ``regiocode, title``.

    Returns
    -------
    Themes
        Tables per year, and the names that matched nothing.

    Raises
    ------
    DownloadRefused
        When a workbook is another, its title names no gemeente that is known, names are no keys, workbooks of one year
        stand on different divisions, or two of them have the same region.

    Notes
    -----
    When the division of the title is not at hand, the names are looked up in the nearest one that is, the later of
    two: a buurt with the same name within the gemeente is then taken to be the same.
    """
    parts: dict[int, list[tuple[int, pd.DataFrame]]] = {}
    unplaced = []
    for path in sorted(folder.glob("*.xlsx")) if names else ():
        themes, lost, division = _placed(path, names)
        parts.setdefault(int(themes["year"].iloc[0]), []).append((division, themes))
        unplaced += [f"{path.name}: {', '.join(lost)}"] if lost else []
    return Themes({year: _together(folder, year, parts[year], names) for year in sorted(parts)}, tuple(unplaced))


def _placed(path: Path, names: Mapping[int, pd.DataFrame]) -> tuple[pd.DataFrame, list[str], int]:
    """Return the figures of a workbook with their regiocodes, the names without one, and the division they are on."""
    title = title_of(path)
    named = _TITLE.search(title)
    if not named:
        raise DownloadRefused(
            f"{path.name}: got {title!r} above the table; expected a title that ends in the gemeente, such as "
            '"Thema\'s - 2020 - Buurten (2023) van Gemeente Zwolle". Export it for one gemeente, or take it out.'
        )
    themes = read_themes(path)
    wanted = int(named["division"] or themes["year"].iloc[0])
    division = min(names, key=lambda year: (abs(year - wanted), -year))
    gemeente = _gemeente(named["gemeente"], names[division], path)
    joined, lost = by_name(themes, gemeente, names[division])
    if joined.empty:
        raise DownloadRefused(f"{path.name}: got no name of a buurt of {gemeente}; expected buurten of {division}.")
    return joined, lost, division


def _gemeente(name: str, regions: pd.DataFrame, path: Path) -> str:
    wholes = regions[regions["regiocode"].str.startswith("GM")]
    codes = wholes.loc[wholes["title"].str.casefold().eq(name.casefold()), "regiocode"].unique()
    if len(codes) != 1:
        raise DownloadRefused(f"{path.name}: got gemeente {name!r}; expected one that CBS's table names so.")
    return str(codes[0])


def _together(
    folder: Path, year: int, parts: list[tuple[int, pd.DataFrame]], names: Mapping[int, pd.DataFrame]
) -> CbsTable:
    """Put the workbooks of one year in one table."""
    divisions = sorted({division for division, _ in parts})
    if len(divisions) > 1:
        raise DownloadRefused(
            f"{folder}: got workbooks of {year} on the divisions of {', '.join(map(str, divisions))}; expected one. "
            "Export them anew on the same division."
        )
    themes = pd.concat([part for _, part in parts], ignore_index=True)
    twice = themes[themes.duplicated(["regiocode", "topic", "unit"])]
    if len(twice):
        raise DownloadRefused(f"{folder}: got {twice['regiocode'].iloc[0]} twice in {year}; expected it once.")
    rows, properties = _wide(themes)
    return CbsTable(
        table_id=TABLE_ID,
        title=f"Klimaatmonitor, thema's per buurt, {year}",
        modified="",
        year=year,
        division_year=divisions[0],
        rows=rows.rename_axis("regiocode").reset_index(),
        properties=pd.DataFrame(properties, columns=list(PROPERTIES)).astype({"decimals": "Int64"}),
        region_column="regiocode",
        labels=names[divisions[0]],
    )


def _wide(themes: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[object, ...]]]:
    """Return one row per region and a column per topic, with bounds; and a line about each topic."""
    columns: dict[str, pd.Series] = {}
    properties: list[tuple[object, ...]] = []
    groups = themes.groupby(["topic", "unit"], sort=False)
    values = {(str(topic), str(unit)): part.set_index("regiocode")["value"] for (topic, unit), part in groups}
    homes = values.get((HOUSEHOLDS, "aantal"))
    for (topic, unit), value in values.items():
        step, how = _BY_LOT if topic == HOUSEHOLDS else TOTALS.get(unit, (0.0, ""))
        columns |= _summed(topic, value, step, how) if how else {topic: value}
        properties.append((topic, topic, topic, unit, pd.NA, "Double", ()))
        if how and homes is not None and topic != HOUSEHOLDS:
            beside = f"{ALONGSIDE}{topic}"
            columns |= _summed(beside, homes.where(value.notna()), *_BY_LOT)
            properties.append((beside, beside, beside, "aantal", pd.NA, "Double", ()))
    return pd.DataFrame(columns), properties


def _summed(key: str, value: pd.Series, step: float, how: str) -> dict[str, pd.Series]:
    """Return a total of buurten, wijken and the gemeente with the bounds of its rounding; sums are of what is known."""
    low, high = rounding.bounds(value.to_numpy(), step, how)
    ends = {key: value, f"{key}__low": pd.Series(low, value.index), f"{key}__high": pd.Series(high, value.index)}
    return {name: pd.concat([_level(part, *level) for level in _LEVELS]) for name, part in ends.items()}


def _level(value: pd.Series, level: str, digits: int) -> pd.Series:
    return value.groupby(level + value.index.str[2:digits]).sum(min_count=1)
