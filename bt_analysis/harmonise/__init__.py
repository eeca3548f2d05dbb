"""Harmonise: tables of several years in, figures of the regions of one reference division out, with their bounds.

A figure of another year only counts for a region when a correspondence says which old regions it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from bt_analysis import regions
from bt_analysis.harmonise.correspondence import Correspondence, correspondence
from bt_analysis.harmonise.figures import ALONE, COLUMNS, Figures, as_rows
from bt_analysis.harmonise.flags import comparable, unchanged
from bt_analysis.harmonise.moving import moved
from bt_analysis.harmonise.reading import PublishedTable, published
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.breaks import broken

__all__ = [
    "COLUMNS",
    "Correspondence",
    "Figures",
    "PublishedTable",
    "as_rows",
    "broken",
    "comparable",
    "correspondence",
    "inhabitants",
    "moved",
    "published",
    "region_names",
    "successors",
    "unchanged",
    "years",
]


def years(
    tables: Mapping[int, PublishedTable],
    catalogue: Mapping[str, Indicator],
    correspondences: Mapping[int, Correspondence],
    other: Mapping[str, Mapping[int, PublishedTable]] | None = None,
) -> Iterator[Figures]:
    """Bring the tables of several years to one division, a year at a time.

    Parameters
    ----------
    tables : mapping of int to PublishedTable
        Year → the KWB table of that year, on that year's own division.
    catalogue : mapping of str to Indicator
        What to look up.
    correspondences : mapping of int to Correspondence
        Division year → correspondence to the reference division, also from that division to itself.
    other : mapping of str to mapping, optional
        Family of tables → year → table of one year. Their codes belong to the division the table names.

    Yields
    ------
    Figures
        The KWB figures of a year, then those of the other families in it: one row per region of the reference division.

    Raises
    ------
    CatalogueError
        When an indicator fits more than one column of a table.
    """
    for year, table in sorted(tables.items()):
        own = published(table, catalogue)
        yield moved(own, correspondences[table.division_year])
    for family, of_years in (other or {}).items():
        for _, table in sorted(of_years.items()):
            division = tables.get(table.division_year)
            bases = None if division is None else published(division, catalogue)
            if table.division_year in correspondences:
                yield moved(published(table, catalogue, family, bases), correspondences[table.division_year])


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


def inhabitants(table: PublishedTable, catalogue: Mapping[str, Indicator]) -> pd.Series:
    """Return how many people live in each region.

    Parameters
    ----------
    table : PublishedTable
        The KWB table of a year.
    catalogue : mapping of str to Indicator
        Tells where the population stands.

    Returns
    -------
    Series of float
        One entry per regiocode.
    """
    figures = published(table, {"population": catalogue["population"]})
    return pd.Series(figures.figure.value[:, 0], index=figures.regions["regiocode"])


def successors(to: Correspondence) -> pd.Series:
    """Return what became of the codes of a division.

    Parameters
    ----------
    to : Correspondence
        From that division to another.

    Returns
    -------
    Series of str
        Old regiocode → its code in the other division when it is the same area there, ``""`` when it is not.
    """
    reason = to.links["to_code"].map(to.regions.set_index("regiocode")["reason"])
    whole = to.links.loc[reason.isin(ALONE), ["from_code", "to_code"]].set_index("from_code")["to_code"]
    codes = pd.Index([*to.links["from_code"], *to.uncovered["from_code"]], name="regiocode").unique()
    return whole[~whole.index.duplicated()].reindex(codes, fill_value="")
