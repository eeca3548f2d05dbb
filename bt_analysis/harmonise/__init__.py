"""Harmonise: tables of several years in, figures of the regions of one reference division out, with their bounds.

A figure of another year only counts for a region when a correspondence says which old regions it is made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from bt_analysis import regions
from bt_analysis.harmonise.correspondence import Correspondence, correspondence
from bt_analysis.harmonise.figures import ALONE, COLUMNS, Figures, as_rows
from bt_analysis.harmonise.flags import comparable, unchanged
from bt_analysis.harmonise.moving import moved
from bt_analysis.harmonise.reading import PublishedTable, published
from bt_analysis.harmonise.weights import ConservationError, compose
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.breaks import broken

__all__ = [
    "COLUMNS",
    "ConservationError",
    "Correspondence",
    "DivisionError",
    "Figures",
    "PublishedTable",
    "Source",
    "as_rows",
    "broken",
    "comparable",
    "compose",
    "correspondence",
    "inhabitants",
    "moved",
    "published",
    "region_names",
    "successors",
    "unchanged",
    "years",
]


class DivisionError(ValueError):
    """Figures stand on a division that is not known here; the message says which to fetch."""


@dataclass(frozen=True, eq=False)
class Source:
    """Figures beside KWB: one family of tables in one year.

    Parameters
    ----------
    family : str
        As in :attr:`bt_analysis.indicators.Indicator.source`.
    year : int
        Year the figures are of.
    tables : mapping of str to PublishedTable
        Indicator id → the table to look it up in, with the region as only key; all on one division.
    """

    family: str
    year: int
    tables: Mapping[str, PublishedTable]

    @property
    def division_year(self) -> int:
        """Year of the division that its codes belong to."""
        return next(iter(self.tables.values())).division_year


def years(
    tables: Mapping[int, PublishedTable],
    catalogue: Mapping[str, Indicator],
    correspondences: Mapping[int, Correspondence],
    others: Collection[Source] = (),
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
    others : collection of Source
        Figures beside KWB. Denominators they lack are those of the KWB table of their division.

    Yields
    ------
    Figures
        One row per region of the reference division: the KWB figures of every year, then the others.

    Raises
    ------
    CatalogueError
        When an indicator fits more than one column of a table.
    DivisionError
        When the other figures stand on a division that has no correspondence.
    """
    for table in (tables[year] for year in sorted(tables)):
        yield moved(published(table, catalogue), correspondences[table.division_year])
    bases: dict[int, Figures] = {}
    for one in others:
        division = one.division_year
        if division not in correspondences:
            raise DivisionError(
                f"{one.family} of {one.year} stands on the division of {division}; got the KWB tables of "
                f"{', '.join(map(str, sorted(tables)))}. Fetch that of {division} too: bt fetch --years {division}."
            )
        if division not in bases:
            bases = {division: published(tables[division], catalogue)}  # one at a time: each is a whole country
        figures = published(next(iter(one.tables.values())), catalogue, one.family, bases[division], one.tables)
        yield moved(figures, correspondences[division])


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
    # A region that is still the same may also have a few homes of another one, which did not become it.
    itself = reason.isin(ALONE) & to.links["method"].isin(ALONE)
    whole = to.links.loc[itself, ["from_code", "to_code"]].set_index("from_code")["to_code"]
    codes = pd.Index([*to.links["from_code"], *to.uncovered["from_code"]], name="regiocode").unique()
    return whole.reindex(codes, fill_value="")
