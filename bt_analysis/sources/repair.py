"""Repair of outlines: geometries as they were found come in; one whole polygon per region, and what was done, go out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

LOG_COLUMNS = ["regiocode", "problem", "done"]

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
    geometry = outlines.geometry.array.to_numpy() if hasattr(outlines.geometry.array, "to_numpy") else outlines.geometry
    shapes = np.asarray(geometry, dtype=object)
    codes = outlines["regiocode"].to_numpy()
    kinds = shapely.get_type_id(shapes)
    invalid = ~shapely.is_valid(shapes) & (kinds >= 0)
    reasons = shapely.is_valid_reason(shapes)
    wrapped = kinds == _COLLECTION
    mended = np.array(
        [_polygons(shape, bad) if bad or wrap else shape for shape, bad, wrap in zip(shapes, invalid, wrapped, strict=True)],
        dtype=object,
    )
    # A line or a point is no outline, and has no area either.
    empty = ~(shapely.area(mended) > 0)
    log = [
        _log(codes[wrapped & ~empty], "geometry collection", "unwrapped"),
        *(_log([code], f"invalid: {reason}", "repaired") for code, reason in _pairs(codes, reasons, invalid & ~empty)),
        *(_log([code], f"invalid: {reason}", "left out: no area") for code, reason in _pairs(codes, reasons, invalid & empty)),
        _log(codes[empty & ~invalid], "no geometry", "left out"),
    ]
    whole = outlines.set_geometry(gpd.GeoSeries(mended, index=outlines.index, crs=outlines.crs))[~empty]
    repeated = whole["regiocode"].value_counts()
    for code, count in repeated[repeated > 1].sort_index().items():
        log.append(_log([code], f"{count} features", "put together"))
    return _one_per_region(whole), pd.concat(log, ignore_index=True)


def _one_per_region(outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shared = outlines["regiocode"].duplicated(keep=False)
    dissolved = outlines[shared].dissolve("regiocode", as_index=False) if shared.any() else outlines[shared]
    both = pd.concat([outlines[~shared], dissolved]) if shared.any() else outlines
    return gpd.GeoDataFrame(both, crs=outlines.crs).sort_values("regiocode", ignore_index=True)


def _polygons(shape: shapely.Geometry, invalid: bool) -> shapely.Geometry:
    """Return the polygons of a geometry, made valid when they are not."""
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False) if invalid else shape
    parts = [part for part in _leaves(valid) if shapely.get_type_id(part) in _POLYGONS]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _leaves(shape: shapely.Geometry) -> list[shapely.Geometry]:
    if shapely.get_type_id(shape) != _COLLECTION:
        return [shape]
    return [leaf for part in shapely.get_parts(shape) for leaf in _leaves(part)]


def _pairs(codes: np.ndarray, reasons: np.ndarray, where: np.ndarray) -> list[tuple[str, str]]:
    # "Self-intersection[5.1 52.2]": where it is says little in a log.
    return [(code, reason.partition("[")[0]) for code, reason in zip(codes[where], reasons[where], strict=True)]


def _log(codes: np.ndarray | list[str], problem: str, done: str) -> pd.DataFrame:
    return pd.DataFrame({"regiocode": codes, "problem": problem, "done": done}, columns=LOG_COLUMNS, dtype="str")
