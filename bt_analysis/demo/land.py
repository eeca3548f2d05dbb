"""Drawing land: an outline comes in, wijken and buurten with their codes and names go out.

A piece of land is divided into *cells*; a buurt is one cell, or, before its division changed, two.
"""

from __future__ import annotations

from importlib.resources import files

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely import MultiPoint
from shapely.geometry.base import BaseGeometry

Points = npt.NDArray[np.float64]

CRS = "EPSG:28992"


def tessellate(piece: BaseGeometry, count: int, middle: Points, rng: np.random.Generator) -> list[BaseGeometry]:
    """Divide a piece of land into buurten, small near the middle of town and large at its edge.

    Parameters
    ----------
    piece : geometry
        Land in metres.
    count : int
        How many buurten.
    middle : array of float, length 2
        Where the middle of town is.
    rng : Generator
        Decides where they lie.

    Returns
    -------
    list of geometry
        One per buurt.
    """
    points = _scatter(piece, count, middle, rng)
    for _ in range(2):  # two steps towards the middle of each cell even out slivers and keep the centre dense
        shapes = shapely.voronoi_polygons(MultiPoint(points), extend_to=piece, ordered=True).geoms
        points = np.array([shape.intersection(piece).centroid.coords[0] for shape in shapes])
    shapes = shapely.voronoi_polygons(MultiPoint(points), extend_to=piece, ordered=True).geoms
    return [shape.intersection(piece) for shape in shapes]


def grow(shapes: list[BaseGeometry], wijken: int) -> list[int]:
    """Give each buurt a wijk, so that every wijk is one piece of land and none is much larger than another.

    Parameters
    ----------
    shapes : list of geometry
        Buurten of one gemeente.
    wijken : int
        How many wijken.

    Returns
    -------
    list of int
        Number of the wijk, per buurt.
    """
    middles = np.array([shape.centroid.coords[0] for shape in shapes])
    starts = [int(np.argmin(middles[:, 0]))]
    while len(starts) < wijken:
        gaps = np.min([np.hypot(*(middles - middles[start]).T) for start in starts], axis=0)
        starts.append(int(np.argmax(gaps)))
    wijk = {start: number for number, start in enumerate(starts)}
    beside = neighbours(shapes)
    while len(wijk) < len(shapes):
        sizes = [list(wijk.values()).count(number) for number in range(wijken)]
        free = [cell for cell in range(len(shapes)) if cell not in wijk]
        edge = [(cell, wijk[other]) for cell in free for other in sorted(beside[cell]) if other in wijk]
        away = [float(np.hypot(*(middles[cell] - middles[starts[number]]))) for cell, number in edge]
        # The smallest wijk that can grow takes the buurt nearest to where it started.
        _, _, (cell, number) = min((sizes[one[1]], far, one) for one, far in zip(edge, away, strict=True))
        wijk[cell] = number
    return [wijk[cell] for cell in range(len(shapes))]


def sewn(shapes: npt.NDArray[np.object_]) -> list[BaseGeometry]:
    """Give shapes the same corners on both sides of every border, so that their union has no cracks.

    Parameters
    ----------
    shapes : array of geometry
        Shapes that fill an area together.

    Returns
    -------
    list of geometry
        The same shapes, in the same order.
    """
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=0.01)
    faces = np.array(shapely.polygonize([lines]).geoms)
    inside, holding = shapely.STRtree(faces).query(shapely.point_on_surface(shapes), predicate="within")
    return list(faces[holding[np.argsort(inside)]])


def name(cells: gpd.GeoDataFrame, middle: Points) -> gpd.GeoDataFrame:
    """Give wijken and buurten a code, a name and a kind of building, from the middle of the gemeente outwards.

    Parameters
    ----------
    cells : GeoDataFrame
        Cells of one gemeente: ``gemeente``, ``group`` (which are one wijk) and geometry.
    middle : array of float, length 2
        Where the middle of town is.

    Returns
    -------
    GeoDataFrame
        One row per cell, with ``wijk``, ``wijk_name``, ``code_before``, ``name_before`` and ``type`` from wijken.csv.
    """
    gemeente = str(cells["gemeente"].iloc[0])
    away = cells.centroid.distance(shapely.Point(middle))
    order = away.groupby(cells["group"]).mean().sort_values().index
    with files("bt_analysis.demo").joinpath("wijken.csv").open(encoding="utf-8") as text:
        wijken = pd.read_csv(text).query("gemeente == @gemeente")
    named = []
    for number, (group, wijk, types, names) in enumerate(
        zip(order, wijken["wijk"], wijken["types"].str.split(), wijken["buurten"].str.split(), strict=True)
    ):
        part = cells[cells["group"] == group].assign(away=away).sort_values("away")
        spare = [f"{wijk} {extra}" for extra in range(2, 12)]
        code = f"{gemeente[2:]}{number:02d}"
        part["wijk"] = f"WK{code}"
        part["wijk_name"] = f"Wijk {number:02d} {wijk}"
        part["code_before"] = [f"BU{code}{position:02d}" for position in range(len(part))]
        part["name_before"] = [*names, *spare][: len(part)]
        part["type"] = [types[position % len(types)] for position in range(len(part))]
        named.append(part.drop(columns=["group", "away"]))
    return pd.concat(named)


def neighbours(shapes: list[BaseGeometry]) -> list[set[int]]:
    """Return, for every shape, the numbers of the shapes that share a border with it.

    Parameters
    ----------
    shapes : list of geometry
        Pieces of land in metres.

    Returns
    -------
    list of set of int
        Shapes that meet in a point only are no neighbours.
    """
    grown = [shape.buffer(1.0) for shape in shapes]
    # Two one-metre rims along a shared border of more than some 50 metres overlap in more than 100 square metres.
    return [
        {j for j, other in enumerate(grown) if j != i and shape.intersection(other).area > 100}
        for i, shape in enumerate(grown)
    ]


def _scatter(piece: BaseGeometry, count: int, middle: Points, rng: np.random.Generator) -> Points:
    west, south, east, north = piece.bounds
    points: list[Points] = []
    while len(points) < count:
        point = rng.uniform([west, south], [east, north])
        distance = float(np.hypot(*(point - middle)))
        apart = 190 + 0.13 * distance
        wanted = piece.contains(shapely.Point(point)) and rng.random() < 0.15 + np.exp(-((distance / 1_500) ** 2))
        if wanted and all(np.hypot(*(point - other)) > apart for other in points):
            points.append(point)
    return np.array(points)
