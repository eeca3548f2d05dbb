"""Overlay: outlines of two divisions in, the pieces that an old and a new area have in common out."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Numbers = NDArray[Any]

RD = "EPSG:28992"
"""Dutch national grid, in metres."""

SLIVER = 0.01
"""A piece smaller than this share of the smaller of its two areas is drawing noise."""

_NARROW = 1.0  # metres; outlines of one border differ by this much from year to year


def overlay(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    """Cut the areas of one division by those of another.

    Parameters
    ----------
    old, new : GeoDataFrame
        Columns regiocode, geometry; each division's areas do not overlap one another (so: one level).

    Returns
    -------
    DataFrame
        One row is the land that an old and a new area have in common: from_code, to_code, amount (m²), and which share
        of the old area lies in any new one (from_covered) and of the new area in any old one (to_covered).

    Raises
    ------
    ValueError
        When the outlines name no reference system.

    Notes
    -----
    Measured in RD. Two kinds of noise are left out: a piece below 1% of the smaller of both areas, and a piece that is
    less than 1 m wide, with width = 2 · area / perimeter. They do count as covered, as does a rim of less than 1 m.
    """
    before, after = outlines(old), outlines(new)
    at_new, at_old = before.sindex.query(after.array, predicate="intersects")
    shapes = shapely.intersection(before.array[at_old], after.array[at_new])
    pieces = pd.DataFrame(
        {
            "from_code": before.index[at_old],
            "to_code": after.index[at_new],
            "amount": shapely.area(shapes),
            "from_covered": _covered(before, at_old, shapes),
            "to_covered": _covered(after, at_new, shapes),
        }
    )
    smaller = np.minimum(before.area.to_numpy()[at_old], after.area.to_numpy()[at_new])
    amount = pieces["amount"].to_numpy()
    real = (amount > SLIVER * smaller) & ~_narrow(amount, shapely.length(shapes))
    return pieces[pd.Series(real)].sort_values(["from_code", "to_code"], ignore_index=True)


def outlines(areas: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return one valid outline per area, in metres.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns regiocode, geometry; an area may be drawn in several parts.

    Returns
    -------
    GeoSeries
        One entry per regiocode that has an outline (EPSG:28992).

    Raises
    ------
    ValueError
        When the outlines name no reference system.
    """
    if areas.crs is None:
        raise ValueError(f"outlines name no reference system; expected {RD}. Set it when they are read.")
    drawn = areas[~(areas.geometry.is_empty | areas.geometry.isna())].to_crs(RD)
    if drawn["regiocode"].duplicated().any():
        drawn = drawn.dissolve("regiocode").reset_index()
    shapes = drawn.geometry.where(drawn.is_valid, drawn.make_valid())
    return gpd.GeoSeries(shapes.array, index=pd.Index(drawn["regiocode"], dtype="str"), crs=RD)


def _covered(areas: gpd.GeoSeries, at: Numbers, shapes: Numbers) -> Numbers:
    """Return, for every piece, which share of the area it is a piece of lies in any piece."""
    area = areas.area.to_numpy()
    inside = np.bincount(at, shapely.area(shapes), minlength=len(areas))
    whole = _narrow(area - inside, areas.length.to_numpy())
    return np.where(whole, 1.0, inside / area)[at]


def _narrow(area: Numbers, perimeter: Numbers) -> Numbers:
    return 2 * area < _NARROW * perimeter
