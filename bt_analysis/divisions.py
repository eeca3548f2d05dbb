"""Divisions: the tables, crosswalks and outlines that a workspace holds in; how its years follow from one another out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd

from bt_analysis import harmonise
from bt_analysis.settings import Workspace
from bt_analysis.sources import boundaries, crosswalk
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


def _outlines(workspace: Workspace, years: Collection[int]) -> dict[int, gpd.GeoDataFrame]:
    found = {year: boundaries.read_boundaries(workspace.raw, year) for year in years}
    return {
        year: areas.rename(columns={"buurtcode": "regiocode"})[["regiocode", "geometry"]]
        for year, areas in found.items()
        if areas is not None
    }
