"""The gemeenten around the fictional municipality: a seed comes in, a map of places without collectives goes out.

What a collective's area is compared with has to come from somewhere. These gemeenten lie on two islands of their own,
where the IJsselmeer is water too, and are divided, built and peopled like the municipality itself; nobody works there.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from bt_analysis.demo import land
from bt_analysis.demo.land import CRS, Points

GEMEENTEN = {
    "GM9903": "Aldermeer (fictief)",
    "GM9904": "Brinkerwaard (fictief)",
    "GM9905": "Dorstermade (fictief)",
    "GM9906": "Eggewolde (fictief)",
    "GM9907": "Hameldonk (fictief)",
    "GM9908": "Kolderveste (fictief)",
    "GM9909": "Lammerhout (fictief)",
    "GM9910": "Reddermeer (fictief)",
    "GM9911": "Steenderlo (fictief)",
    "GM9912": "Tinselveen (fictief)",
}

_BUURTEN, _WIJKEN = 30, 7  # of every gemeente


@dataclass(frozen=True)
class _Island:
    middle: tuple[float, float]
    radius: tuple[float, float]  # metres, east and north
    gemeenten: tuple[str, ...]


_ISLANDS = (
    _Island((144_300.0, 544_300.0), (4_900.0, 6_000.0), tuple(GEMEENTEN)[:4]),
    _Island((158_000.0, 519_800.0), (6_100.0, 6_100.0), tuple(GEMEENTEN)[4:]),
)


def draw(seed: int) -> gpd.GeoDataFrame:
    """Draw the surrounding gemeenten.

    Parameters
    ----------
    seed : int
        The same seed draws the same map; it moves nothing in the municipality itself.

    Returns
    -------
    GeoDataFrame
        One row per cell, with the columns of :func:`bt_analysis.demo.municipality.draw`. Every cell is a buurt in
        every year: here the division never changes.
    """
    islands = [_settle(island, np.random.default_rng([seed, 20, number])) for number, island in enumerate(_ISLANDS)]
    cells = pd.concat(islands, ignore_index=True)
    return cells.assign(
        area_ha=cells.area / 10_000, water_ha=0.0, code_since=cells["code_before"], name_since=cells["name_before"]
    )


def _settle(island: _Island, rng: np.random.Generator) -> gpd.GeoDataFrame:
    shore = _shore(island, rng)
    parts, middles = [], {}
    for gemeente, piece in zip(island.gemeenten, _pieces(shore, len(island.gemeenten), rng), strict=True):
        middles[gemeente] = np.array(piece.centroid.coords[0])
        shapes = land.tessellate(piece, _BUURTEN, middles[gemeente], rng)
        groups = [f"{gemeente}-{number}" for number in land.grow(shapes, _WIJKEN)]
        parts.append(gpd.GeoDataFrame({"gemeente": gemeente, "group": groups}, geometry=shapes, crs=CRS))
    cells = pd.concat(parts, ignore_index=True)
    cells.geometry = land.sewn(cells.geometry.to_numpy())
    return pd.concat([land.name(part, middles[str(gemeente)]) for gemeente, part in cells.groupby("gemeente")])


def _shore(island: _Island, rng: np.random.Generator) -> Polygon:
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    waves = [rng.uniform(0.02, 0.05) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 5, 8, 13)]
    radius = 1 + np.sum(waves, axis=0)
    around = np.c_[np.cos(angle), np.sin(angle)] * np.array(island.radius) * radius[:, None]
    return Polygon(np.array(island.middle) + around)


def _pieces(shore: Polygon, count: int, rng: np.random.Generator) -> list[BaseGeometry]:
    """Divide an island into gemeenten of about the same size."""
    box = np.array(shore.bounds)
    tried: Points = rng.uniform(box[:2], box[2:], (20 * count, 2))
    points = tried[shapely.contains_xy(shore, tried)][:count]
    for _ in range(30):  # steps towards the middle of each piece even them out
        shapes = shapely.voronoi_polygons(MultiPoint(points), extend_to=shore, ordered=True).geoms
        points = np.array([shape.intersection(shore).centroid.coords[0] for shape in shapes])
    return [shape.intersection(shore) for shape in shapes]
