"""The fictional municipality: a seed comes in, a drawn map of buurten and its division of every year go out.

The home gemeente and its neighbour lie where the IJsselmeer is water, so the map cannot be taken for a place
where people live. A *cell* is the smallest piece of land there is in any year; a buurt is one cell, or, before
the division changed, two.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Polygon

from bt_analysis.demo import land
from bt_analysis.demo.land import CRS, Points

HOME, NEIGHBOUR = "GM9901", "GM9902"
GEMEENTEN = {HOME: "Elzerwaard (fictief)", NEIGHBOUR: "Grevelhout (fictief)"}
CHANGE_YEAR = 2022
"""The first year of the new division: one buurt is split in two, another gets a new code."""

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
        shapes = land.tessellate(piece, count, _middle(gemeente), rng)
        groups = [f"{gemeente}{side}{number}" for number in land.grow(shapes, wijken)]
        parts.append(gpd.GeoDataFrame({"gemeente": gemeente, "group": groups}, geometry=shapes, crs=CRS))
    cells = pd.concat(parts, ignore_index=True)
    cells.geometry = land.sewn(cells.geometry.to_numpy())
    water = shapely.buffer(river.boundary, _RIVER_HALF_WIDTH)
    cells["area_ha"] = cells.area / 10_000
    cells["water_ha"] = cells.intersection(water).area / 10_000
    named = [land.name(part, _middle(str(gemeente))) for gemeente, part in cells.groupby("gemeente")]
    return _change(pd.concat(named).reset_index(drop=True))


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
    inside = cells.groupby(f"code_{version}", sort=True).indices
    first = cells.iloc[[parts[0] for parts in inside.values()]]
    shapes = cells.geometry.to_numpy()
    buurten = gpd.GeoDataFrame(
        {
            "buurtcode": list(inside),
            "buurtnaam": first[f"name_{version}"].to_numpy(),
            "wijkcode": first["wijk"].to_numpy(),
            "gemeentecode": first["gemeente"].to_numpy(),
            "cells": [tuple(map(int, cells.index[parts])) for parts in inside.values()],
        },
        geometry=[shapely.union_all(shapes[parts]) for parts in inside.values()],
        crs=CRS,
    )
    buurten["change"] = [
        _flag(cells, code, parts) if year == CHANGE_YEAR else "1"
        for code, parts in zip(buurten["buurtcode"], buurten["cells"], strict=True)
    ]
    return buurten


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


def _change(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the codes since the change of the division, and the two places where nearly nobody lives."""
    changed = cells.assign(code_since=cells["code_before"], name_since=cells["name_before"])
    wijk = changed.index[changed["wijk"] == "WK990103"]
    beside = land.neighbours(list(changed.geometry))
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
