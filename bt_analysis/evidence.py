"""Evidence: what a workspace has fetched in; how its divisions follow from one another, and its other tables, out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import geopandas as gpd
import pandas as pd

from bt_analysis import harmonise, indicators, join
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.families import Family, load_families
from bt_analysis.settings import Workspace
from bt_analysis.sources import (
    addresses,
    boundaries,
    cbs_table,
    crosswalk,
    leefbaarometer,
    theme_tables,
)
from bt_analysis.sources.selection import select
from bt_analysis.sources.table import CbsTable
from bt_analysis.sources.targets import fetched_folder


def correspondences(
    workspace: Workspace, tables: Mapping[int, CbsTable], to_year: int
) -> dict[int, harmonise.Correspondence]:
    """Find out how the regions of every year follow from those of the reference year, from all that is at hand.

    Parameters
    ----------
    workspace : Workspace
        Its crosswalks and boundaries are read.
    tables : mapping of int to CbsTable
        Year → KWB table.
    to_year : int
        Year of the reference division.

    Returns
    -------
    dict of int to Correspondence
        Division year → correspondence to the reference division, also from that division to itself.

    Notes
    -----
    A crosswalk that ends before the reference year still tells most: where it does not have both years of a pair, the
    way through the newest year that it has with one of them is taken, when that loses fewer regions.
    """
    counted = crosswalk.read_folder(workspace.raw)
    drawn = _outlines(workspace, tables)

    def between(from_year: int, to_year: int) -> harmonise.Correspondence:
        return harmonise.correspondence(from_year, to_year, tables, counted, drawn)

    found = {year: between(year, to_year) for year in tables}
    for year in tables:
        stop = _stop(counted, year, to_year, tables)
        if stop is not None and found[year].lost_n:
            steps = harmonise.compose(between(year, stop), between(stop, to_year))
            found[year] = min(found[year], steps, key=lambda way: way.lost_n)  # the direct one, when they are equal
    return found


def themes(workspace: Workspace, kwb: Mapping[int, CbsTable]) -> theme_tables.Themes:
    """Read the workbooks of the Klimaatmonitor, which have names and no codes.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    kwb : mapping of int to CbsTable
        Year → KWB table, whose regions they are matched to.

    Returns
    -------
    Themes
        Tables per year, and the names that no buurt has.

    Raises
    ------
    DownloadRefused
        When a workbook cannot be read for sure.
    """
    names = {table.division_year: table.labels for table in kwb.values()}
    return theme_tables.read_folder(workspace.raw / "downloads" / theme_tables.TABLE_ID, names)


def other_tables(
    workspace: Workspace, catalogue: Mapping[str, Indicator], named: Mapping[int, CbsTable] | None = None
) -> list[harmonise.Source]:
    """Read the tables beside KWB that were fetched, a year at a time.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    catalogue : mapping of str to Indicator
        Tells which members an indicator takes of a table's other dimensions.
    named : mapping of int to CbsTable, optional
        Year → table of :func:`themes`, when there are any.

    Returns
    -------
    list of Source
        One per family and year.

    Raises
    ------
    SourceRejected
        When a table is broken, or has no such members.
    """
    families = [one for one in load_families().values() if one.id != "kwb"]
    return [source for family in families for source in _of_family(workspace, catalogue, family, named or {})]


def coverage(workspace: Workspace, kwb: Mapping[int, CbsTable], catalogue: Mapping[str, Indicator]) -> pd.DataFrame:
    """Tell for which regions, year after year, each indicator has a figure in the tables that were fetched.

    Parameters
    ----------
    workspace : Workspace
        Where the tables beside KWB are.
    kwb : mapping of int to CbsTable
        Year → KWB table.
    catalogue : mapping of str to Indicator
        What to count.

    Returns
    -------
    DataFrame
        As :func:`bt_analysis.indicators.coverage` gives.

    Raises
    ------
    SourceRejected
        As in :func:`other_tables`.
    """
    counts = [indicators.coverage(kwb, {key: one for key, one in catalogue.items() if one.source == "kwb"})]
    for source in other_tables(workspace, catalogue, themes(workspace, kwb).tables):
        # A figure made of a count stands where the count stands.
        place = {key: source.tables.get(one.numerator or key) for key, one in catalogue.items()}
        for table in {id(table): table for table in source.tables.values()}.values():
            held = {key: catalogue[key] for key, other in place.items() if other is table}
            counts.append(indicators.coverage({source.year: table}, held))
    filled = [part for part in counts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else counts[0]


def weights(
    workspace: Workspace,
    polygons: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    outlines: gpd.GeoDataFrame | None,
    division: tuple[pd.DataFrame, Mapping[int, pd.Series], pd.Series],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weigh the regions of all work areas; addresses are only read when a work area is given by them.

    Parameters
    ----------
    workspace : Workspace
        Its addresses are read.
    polygons : GeoDataFrame
        Drawn work areas, as :func:`bt_analysis.sources.drawings.read_drawings` gives them.
    areas : DataFrame
        Monitoring table ``work_area``.
    outlines : GeoDataFrame or None
        Outlines of the reference division.
    division : tuple
        harmonised_regions, what became of the codes of every year, and inhabitants per regiocode.

    Returns
    -------
    weights, unmatched : DataFrame
        joined_area_weight and analysed_unmatched.
    """
    names, now, people = division
    kinds, year = set(areas["definition_type"]), int(names["division_year"].iloc[0])
    by_code = join.area_weights(areas[areas["definition_type"].eq("codes")], names, now, people)
    others = join.work_areas.weights(
        areas,
        people,
        year,
        addresses=addresses.read_addresses(workspace.raw, year) if "postcodes" in kinds else None,
        polygons=polygons,
        outlines=outlines,
        places=addresses.read_places(workspace.raw, year) if kinds - {"codes"} else None,
    )
    found, unmatched = (pd.concat(both, ignore_index=True) for both in zip(by_code, others, strict=True))
    return found, unmatched


def _of_family(
    workspace: Workspace, catalogue: Mapping[str, Indicator], family: Family, named: Mapping[int, CbsTable]
) -> list[harmonise.Source]:
    wanted = [one for one in catalogue.values() if one.source == family.id and one.find]
    if family.host == "file":
        scores = family.id == "leefbaarometer"
        downloaded = leefbaarometer.read_folder(workspace.raw / "downloads" / family.id) if scores else named
        found = {year: dict.fromkeys([one.id for one in wanted], table) for year, table in downloaded.items()}
    else:
        folders = (fetched_folder(id_, family, catalogue, workspace) for id_ in (*family.tables, *family.older))
        found = _of_tables([cbs_table.read_table(folder) for folder in folders if folder], wanted, family)
    return [harmonise.Source(family.id, year, tables) for year, tables in sorted(found.items())]


def _of_tables(
    tables: Sequence[CbsTable], wanted: Sequence[Indicator], family: Family
) -> dict[int, dict[str, CbsTable]]:
    """Take of every table the members that each indicator wants; the first table that holds a year is used."""
    found: dict[int, dict[str, CbsTable]] = {}
    for table in tables:
        chosen: dict[tuple[tuple[str, str], ...], dict[int, CbsTable]] = {}
        for one in wanted:
            members = tuple(sorted(family.choices_of(one).items()))
            if members not in chosen:
                chosen[members] = select(table, dict(members), family.margins)
            for year, part in chosen[members].items():
                found.setdefault(year, {}).setdefault(one.id, part)
    return found


def _stop(counted: pd.DataFrame | None, year: int, to_year: int, tables: Collection[int]) -> int | None:
    """Return the newest year on the way between two that a crosswalk does not have as a pair; None without any."""
    if counted is None or year == to_year:
        return None
    pairs = counted[["from_year", "to_year"]].drop_duplicates()
    partners = {one: set(pairs[pairs.eq(one).any(axis=1)].to_numpy().ravel()) for one in (year, to_year)}
    if to_year in partners[year]:
        return None
    return max((set.union(*partners.values()) & set(tables)) - {year, to_year}, default=None)


def _outlines(workspace: Workspace, years: Collection[int]) -> dict[int, gpd.GeoDataFrame]:
    """Read the outlines of every year that has any, all levels together."""
    found: dict[int, list[gpd.GeoDataFrame]] = {}
    for year in years:
        for level in boundaries.LAYERS:
            if (drawn := boundaries.read_boundaries(workspace.raw, year, level)) is not None:
                found.setdefault(year, []).append(drawn[["regiocode", "geometry"]])
    return {year: pd.concat(levels, ignore_index=True) for year, levels in found.items()}
