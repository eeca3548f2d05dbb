"""Repair of outlines: geometries as they were found come in; a whole polygon per region, and what was done, go out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_POLYGONS = (_POLYGON, _MULTIPOLYGON)


def repair(outlines: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Make every outline a valid polygon, and every region one row.

    Parameters
    ----------
    outlines : GeoDataFrame
        regiocode, geometry and other columns; in metres.

    Returns
    -------
    outlines : GeoDataFrame
        One row is a region with an outline, sorted by regiocode; other columns are those of its first feature.
    log : DataFrame
        One row is something that was wrong: regiocode, problem, done.

    Notes
    -----
    In this order: collections are unwrapped to their polygons; an invalid outline is rebuilt from its rings
    (shapely ``make_valid``, method ``structure``), of which parts without area disappear; a feature without area is
    left out; features of one region are put together.
    """
    shapes = outlines.geometry.to_numpy()
    wrapped = shapely.get_type_id(shapes) == _COLLECTION
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    mended = np.array([_polygons(shape, bad) for shape, bad in zip(shapes, invalid, strict=True)], dtype=object)
    # A line or a point is no outline, and has no area either.
    empty = ~(shapely.area(mended) > 0)
    log = _log(outlines["regiocode"], np.where(wrapped, "geometry collection", ""), np.where(empty, "", "unwrapped"))
    log["problem"] = np.select([invalid, empty], [_reasons(shapes), "no geometry"], log["problem"])
    log["done"] = np.select([empty, invalid], ["left out", "repaired"], log["done"])
    whole = outlines.set_geometry(gpd.GeoSeries(mended, index=outlines.index, crs=outlines.crs))[~empty]
    counts = whole["regiocode"].value_counts().sort_index()
    shared = counts[counts > 1]
    dissolved = _log(shared.index, shared.astype("str") + " features", "put together")
    return _one_per_region(whole), pd.concat([log[log["problem"] != ""], dissolved], ignore_index=True)


def _one_per_region(outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shared = outlines["regiocode"].duplicated(keep=False)
    dissolved = outlines[shared].dissolve("regiocode", as_index=False) if shared.any() else outlines.head(0)
    return gpd.GeoDataFrame(pd.concat([outlines[~shared], dissolved]), crs=outlines.crs).sort_values(
        "regiocode", ignore_index=True
    )


def _polygons(shape: shapely.Geometry | None, invalid: bool) -> shapely.Geometry | None:
    """Return the polygons of a geometry, made valid when they are not."""
    if shape is None or (not invalid and shapely.get_type_id(shape) in _POLYGONS):
        return shape
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False) if invalid else shape
    return shapely.union_all([part for part in _leaves(valid) if shapely.get_type_id(part) in _POLYGONS])


def _leaves(shape: shapely.Geometry) -> list[shapely.Geometry]:
    if shapely.get_type_id(shape) != _COLLECTION:
        return [shape]
    return [leaf for part in shapely.get_parts(shape) for leaf in _leaves(part)]


def _reasons(shapes: np.ndarray) -> list[str]:
    # "Self-intersection[5.1 52.2]": where it is says little in a log.
    return [f"invalid: {str(reason).partition('[')[0]}" for reason in shapely.is_valid_reason(shapes)]


def _log(codes: pd.Series | pd.Index, problem: object, done: object) -> pd.DataFrame:
    return pd.DataFrame({"regiocode": codes, "problem": problem, "done": done}, dtype="str").reset_index(drop=True)
