"""The fictional municipality: a seed comes in, a drawn map of buurten and its division of every year go out.

The home gemeente and its neighbour lie where the IJsselmeer is water, so the map cannot be taken for a place
where people live. A *cell* is the smallest piece of land there is in any year; a buurt is one cell, or, before
the division changed, two.
"""

from __future__ import annotations

from importlib.resources import files

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

Points = npt.NDArray[np.float64]

HOME, NEIGHBOUR = "GM9901", "GM9902"
GEMEENTEN = {HOME: "Elzerwaard (fictief)", NEIGHBOUR: "Grevelhout (fictief)"}
CHANGE_YEAR = 2022
"""The first year of the new division: one buurt is split in two, another gets a new code."""

CRS = "EPSG:28992"

_CENTRE: Points = np.array([155_000.0, 534_000.0])
_RIVER_HALF_WIDTH = 60.0  # metres
# Cells and wijken on each bank of the river.
_BANKS = {
    (HOME, "noord"): (23, 4),
    (HOME, "zuid"): (18, 4),
    (NEIGHBOUR, "noord"): (8, 2),
    (NEIGHBOUR, "zuid"): (7, 1),
}


def draw(seed: int) -> gpd.GeoDataFrame:
    """Draw the municipality and its neighbour.

    Parameters
    ----------
    seed : int
        The same seed draws the same map.

    Returns
    -------
    GeoDataFrame
        One row per cell, EPSG:28992: ``gemeente``, ``wijk`` (code), ``type`` (see buurt_types.csv), ``area_ha``,
        ``water_ha``, and the code and name of its buurt before and since the division changed: ``code_before``,
        ``name_before``, ``code_since``, ``name_since``.
    """
    rng = np.random.default_rng([seed, 1])
    outline, river, border = _outline(rng), _river(rng), _border(rng)
    parts = []
    for (gemeente, side), (count, wijken) in _BANKS.items():
        bank = outline.intersection(river) if side == "noord" else outline.difference(river)
        piece = bank.difference(border) if gemeente == HOME else bank.intersection(border)
        shapes = _tessellate(piece, count, _middle(gemeente), rng)
        groups = [f"{gemeente}{side}{number}" for number in _grow(shapes, wijken)]
        parts.append(gpd.GeoDataFrame({"gemeente": gemeente, "group": groups}, geometry=shapes, crs=CRS))
    cells = pd.concat(parts, ignore_index=True)
    cells.geometry = _sewn(cells.geometry.to_numpy())
    water = shapely.buffer(river.boundary, _RIVER_HALF_WIDTH)
    cells["area_ha"] = cells.area / 10_000
    cells["water_ha"] = cells.intersection(water).area / 10_000
    return _change(pd.concat([_name(part) for _, part in cells.groupby("gemeente")]).reset_index(drop=True))


def division(cells: gpd.GeoDataFrame, year: int) -> gpd.GeoDataFrame:
    """Return the buurten of one year.

    Parameters
    ----------
    cells : GeoDataFrame
        As :func:`draw` gives them.
    year : int
        Division year.

    Returns
    -------
    GeoDataFrame
        One row per buurt, sorted by code: ``buurtcode``, ``buurtnaam``, ``wijkcode``, ``gemeentecode``, ``cells``
        (the numbers of its cells), ``change`` (CBS's flag against the year before: 1 same, 2 other code, 3 other
        boundary) and its geometry.
    """
    version = "since" if year >= CHANGE_YEAR else "before"
    grouped = cells.assign(cell=cells.index).groupby(f"code_{version}", sort=True)
    first = grouped.first()
    buurten = gpd.GeoDataFrame(
        {
            "buurtcode": first.index,
            "buurtnaam": first[f"name_{version}"].to_numpy(),
            "wijkcode": first["wijk"].to_numpy(),
            "gemeentecode": first["gemeente"].to_numpy(),
            "cells": grouped["cell"].agg(tuple).to_numpy(),
        },
        geometry=[shapely.union_all(part.geometry.to_numpy()) for _, part in grouped],
        crs=CRS,
    )
    buurten["change"] = [
        _flag(cells, code, parts) if year == CHANGE_YEAR else "1"
        for code, parts in zip(buurten["buurtcode"], buurten["cells"], strict=True)
    ]
    return buurten


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


def _flag(cells: gpd.GeoDataFrame, code: str, parts: tuple[int, ...]) -> str:
    codes = set(cells.loc[list(parts), "code_before"])
    before = cells.index[cells["code_before"].isin(codes)]
    if set(before) != set(parts):
        return "3"
    return "1" if codes == {code} else "2"


def _middle(gemeente: str) -> Points:
    offset = np.array([-700.0, 250.0] if gemeente == HOME else [3_700.0, -300.0])
    return np.asarray(_CENTRE + offset, dtype=np.float64)


def _outline(rng: np.random.Generator) -> Polygon:
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    waves = [rng.uniform(0.03, 0.07) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 5, 8, 13)]
    radius = 1 + np.sum(waves, axis=0)
    return Polygon(_CENTRE + np.c_[5_200 * radius * np.cos(angle), 3_500 * radius * np.sin(angle)])


def _river(rng: np.random.Generator) -> Polygon:
    # All land north of the river; its southern edge is the middle of the stream.
    x = np.linspace(-9_000, 9_000, 120)
    y = 420 * np.sin(x / 1_500 + rng.uniform(0, 6)) + 130 * np.sin(x / 480 + rng.uniform(0, 6)) - 150
    return Polygon(_CENTRE + np.r_[np.c_[x, y], [[9_000, 9_000], [-9_000, 9_000]]])


def _border(rng: np.random.Generator) -> Polygon:
    # All land east of the border between the two gemeenten.
    y = np.linspace(-9_000, 9_000, 120)
    x = 2_300 + 260 * np.sin(y / 700 + rng.uniform(0, 6)) + 90 * np.sin(y / 260 + rng.uniform(0, 6))
    return Polygon(_CENTRE + np.r_[np.c_[x, y], [[9_000, 9_000], [9_000, -9_000]]])


def _sewn(shapes: npt.NDArray[np.object_]) -> list[BaseGeometry]:
    """Return the same shapes with the same corners on both sides of every border, so that their union has no cracks."""
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=0.01)
    faces = shapely.polygonize([lines]).geoms
    return [next(face for face in faces if face.contains(shape.representative_point())) for shape in shapes]


def _tessellate(piece: BaseGeometry, count: int, middle: Points, rng: np.random.Generator) -> list[BaseGeometry]:
    """Divide a piece of land into buurten, small near the middle of town and large at its edge."""
    points = _scatter(piece, count, middle, rng)
    for _ in range(2):  # two steps towards the middle of each cell even out slivers and keep the centre dense
        shapes = shapely.voronoi_polygons(MultiPoint(points), extend_to=piece, ordered=True).geoms
        points = np.array([shape.intersection(piece).centroid.coords[0] for shape in shapes])
    shapes = shapely.voronoi_polygons(MultiPoint(points), extend_to=piece, ordered=True).geoms
    return [shape.intersection(piece) for shape in shapes]


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


def _grow(shapes: list[BaseGeometry], wijken: int) -> list[int]:
    """Give each buurt a wijk, so that every wijk is one piece of land and none is much larger than another."""
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


def _name(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give wijken and buurten a code, a name and a kind of building, from the middle of the gemeente outwards."""
    gemeente = str(cells["gemeente"].iloc[0])
    away = cells.centroid.distance(shapely.Point(_middle(gemeente)))
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


def _change(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the codes since the change of the division, and the two places where nearly nobody lives."""
    changed = cells.assign(code_since=cells["code_before"], name_since=cells["name_before"])
    wijk = changed.index[changed["wijk"] == "WK990103"]
    beside = neighbours(list(changed.geometry))
    first = wijk[0]
    second = next(cell for cell in wijk[1:] if cell in beside[first])
    renumbered = next(cell for cell in wijk[1:] if cell != second)
    northern, southern = sorted([first, second], key=lambda cell: -changed.geometry[cell].centroid.y)
    name = changed.loc[first, "name_before"]
    shared = ["code_before", "name_before", "type"]
    changed.loc[second, shared] = changed.loc[first, shared]
    changed.loc[northern, ["code_since", "name_since"]] = ["BU99010320", f"{name}-Noord"]
    changed.loc[southern, ["code_since", "name_since"]] = ["BU99010321", f"{name}-Zuid"]
    changed.loc[renumbered, "code_since"] = "BU99010322"
    for wijkcode, kind in (("WK990104", "bedrijven"), ("WK990102", "park")):
        changed.loc[changed.index[changed["wijk"] == wijkcode][-1], "type"] = kind
    return changed
