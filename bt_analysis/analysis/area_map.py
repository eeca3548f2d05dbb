"""Where is this? Outlines of the buurten of the gemeente(n) a work area lies in, and which belong to it."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from bt_analysis import regions

SIMPLIFY_M = 15.0
"""Metres an outline may shift when it is simplified: invisible on a page, a fraction of the bytes."""


def outlines(boundaries: gpd.GeoDataFrame, weights: pd.DataFrame) -> gpd.GeoDataFrame:
    """Draw the surroundings of every work area.

    Parameters
    ----------
    boundaries : GeoDataFrame
        One row per buurt of the reference division: buurtcode, buurtnaam, geometry in EPSG:28992 (metres).
    weights : DataFrame
        joined_area_weight.

    Returns
    -------
    GeoDataFrame
        One row is a buurt of a gemeente that a work area lies in: work_area_id, regiocode, regiocode_label, inside
        (whether it belongs to the work area), geometry in EPSG:28992.
    """
    simple = boundaries[["buurtcode", "buurtnaam", "geometry"]]
    simple = simple.assign(geometry=simple.geometry.simplify_coverage(SIMPLIFY_M))
    parts = []
    for work_area_id, own in weights.groupby("work_area_id"):
        gemeenten = set(own["area_code"].map(regions.gemeente))
        around = simple[simple["buurtcode"].map(regions.gemeente).isin(gemeenten)]
        inside = [any(regions.contains(area, buurt) for area in own["area_code"]) for buurt in around["buurtcode"]]
        parts.append(around.assign(work_area_id=work_area_id, inside=inside))
    rows = pd.concat(parts, ignore_index=True) if parts else simple.head(0).assign(work_area_id="", inside=False)
    rows = rows.rename(columns={"buurtcode": "regiocode", "buurtnaam": "regiocode_label"})
    return gpd.GeoDataFrame(
        rows[["work_area_id", "regiocode", "regiocode_label", "inside", "geometry"]], crs=boundaries.crs
    )
