"""Evidence: what a workspace has fetched in; how its divisions follow from one another, and its other tables, out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd

from bt_analysis import harmonise
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.families import Family, load_families
from bt_analysis.settings import Workspace
from bt_analysis.sources import boundaries, cbs_table, crosswalk
from bt_analysis.sources.selection import select
from bt_analysis.sources.table import CbsTable


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
    """
    counted = crosswalk.read_folder(workspace.raw)
    drawn = _outlines(workspace, tables)
    return {year: harmonise.correspondence(year, to_year, tables, counted, drawn) for year in tables}


def other_tables(workspace: Workspace, catalogue: Mapping[str, Indicator]) -> list[harmonise.Source]:
    """Read the tables beside KWB that were fetched, a year at a time.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    catalogue : mapping of str to Indicator
        Tells which members an indicator takes of a table's other dimensions.

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
    return [source for family in families for source in _of_family(workspace, catalogue, family)]


def _of_family(workspace: Workspace, catalogue: Mapping[str, Indicator], family: Family) -> list[harmonise.Source]:
    wanted = [one for one in catalogue.values() if one.source == family.id and one.find]
    found: dict[int, dict[str, CbsTable]] = {}
    for table_id in [*family.tables, *family.older]:
        folder = workspace.raw / "cbs" / table_id
        if not folder.is_dir():
            continue
        table = cbs_table.read_table(folder)
        chosen: dict[tuple[tuple[str, str], ...], dict[int, CbsTable]] = {}
        for one in wanted:
            members = tuple(sorted(family.choices_of(one).items()))
            if members not in chosen:
                chosen[members] = select(table, dict(members), family.margins)
            for year, part in chosen[members].items():
                found.setdefault(year, {}).setdefault(one.id, part)
    return [harmonise.Source(family.id, year, tables) for year, tables in sorted(found.items())]


def _outlines(workspace: Workspace, years: Collection[int]) -> dict[int, gpd.GeoDataFrame]:
    found = {year: boundaries.read_boundaries(workspace.raw, year) for year in years}
    return {
        year: areas.rename(columns={"buurtcode": "regiocode"})[["regiocode", "geometry"]]
        for year, areas in found.items()
        if areas is not None
    }
