"""Boundaries per division year: hosts fill data/raw/boundaries/<year>/; whole outlines in metres are read from it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd

from bt_analysis.settings import BoundarySettings, Workspace
from bt_analysis.sources import boundary_archive, files, pdok
from bt_analysis.sources.http import Client, SourceRejected, SourceUnreachable
from bt_analysis.sources.map_files import RD, BoundariesError
from bt_analysis.sources.outlines import read_outlines

__all__ = ["RD", "BoundariesError", "BoundarySet", "fetch_boundaries", "read_boundaries", "read_outlines"]

LAYERS = {"buurt": "buurten", "wijk": "wijken", "gemeente": "gemeenten"}
"""Level → name of its layer at PDOK, and of its file here."""

FIRST_PDOK_YEAR = 2022
"""PDOK serves the newest years only; those before are in CBS's archive."""

_MAKES = (".gpkg", ".parquet", ".geojson", ".topojson", ".shp", ".geojson.gz")

Layers = Mapping[str, tuple[str, gpd.GeoDataFrame]]
Route = Callable[[int, BoundarySettings, Client], Layers]


@dataclass(frozen=True)
class BoundarySet:
    """What a fetch of boundaries came to.

    Parameters
    ----------
    year : int
        Division year.
    route : str
        Where they came from; empty when they were there already.
    rows : mapping of str to int
        Layer → number of features, as in sources.csv.
    changed : bool
        False when all three files were there already.
    """

    year: int
    route: str
    rows: Mapping[str, int]
    changed: bool


def read_boundaries(raw: Path, year: int, level: str = "buurt") -> gpd.GeoDataFrame | None:
    """Read the outlines of all regions of a level and division year.

    Parameters
    ----------
    raw : Path
        The folder data/raw of a workspace; ``boundaries/<year>/buurten.gpkg`` (or wijken, gemeenten) in it, fetched or
        put there by hand, also as .parquet, .geojson, .topojson or .shp.
    year : int
        Division year.
    level : str
        buurt, wijk or gemeente.

    Returns
    -------
    GeoDataFrame or None
        One row is a region: regiocode, regiocode_label, level, inhabitants, geometry (EPSG:28992); for buurten also
        buurtcode and buurtnaam. None when no file of that year is there. :func:`read_outlines` of the same file
        tells what was repaired.

    Raises
    ------
    BoundariesError
        When the file cannot be read, holds no codes of the level, or is in an unknown reference system.
    """
    folder = raw / "boundaries" / str(year)
    path = next((file for make in _MAKES if (file := folder / f"{LAYERS[level]}{make}").exists()), None)
    if path is None:
        return None
    outlines, _ = read_outlines(path, year, level)
    if level == "buurt":
        outlines = outlines.assign(buurtcode=outlines["regiocode"], buurtnaam=outlines["regiocode_label"])
    return outlines


def fetch_boundaries(year: int, workspace: Workspace, here: BoundarySettings, client: Client) -> BoundarySet:
    """Bring the boundaries of a division year into data/raw, unless they are there.

    Parameters
    ----------
    year : int
        Division year.
    workspace : Workspace
        Gets ``data/raw/boundaries/<year>/{buurten,wijken,gemeenten}.gpkg`` and their lines in sources.csv.
    here : BoundarySettings
        Hosts and licence.
    client : Client
        What asks.

    Returns
    -------
    BoundarySet
        ``changed`` is False when nothing had to be downloaded.

    Raises
    ------
    SourceRejected
        When no route has the year, or what came is incomplete; what was there stays.
    SourceUnreachable
        When the last route does not answer; what was there stays.

    Notes
    -----
    From 2022: PDOK's OGC API, else its WFS, else its GeoPackage, else CBS's archive; before: the archive. All three
    layers are checked before any is written.
    """
    there = _there(year, workspace)
    if there:
        return BoundarySet(year, "", there, changed=False)
    route, layers = _first_that_works(year, here, client)
    retrieved, lines = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), []
    for layer, (url, features) in layers.items():
        path = workspace.raw / _file(year, layer)
        files.write_atomically(path, functools.partial(features.to_file, layer=layer, driver="GPKG"))
        origin = {"url": url, "table": f"wijken en buurten {year}", "modified": "", "retrieved": retrieved}
        known = {"licence": here.licence, "sha256": files.sha256(path), "rows": len(features)}
        lines.append({"file": _file(year, layer), **origin, **known})
    files.record(workspace.sources, lines)
    return BoundarySet(year, route, {layer: len(features) for layer, (_, features) in layers.items()}, changed=True)


def _file(year: int, layer: str) -> str:
    return f"boundaries/{year}/{layer}.gpkg"


def _there(year: int, workspace: Workspace) -> dict[str, int]:
    """Return layer → rows when all three files are as they were fetched, else nothing."""
    listed = files.read_sources(workspace.sources).set_index("file")
    found = {}
    for layer in LAYERS.values():
        file, path = _file(year, layer), workspace.raw / _file(year, layer)
        if not path.exists() or files.sha256(path) != listed["sha256"].get(file):
            return {}
        found[layer] = int(listed["rows"][file])
    return found


def _first_that_works(year: int, here: BoundarySettings, client: Client) -> tuple[str, Layers]:
    at_pdok: dict[str, Route] = {"OGC API": pdok.by_ogc, "WFS": pdok.by_wfs, "GeoPackage": pdok.by_geopackage}
    routes = (at_pdok if year >= FIRST_PDOK_YEAR else {}) | {"archive": boundary_archive.by_archive}
    told = []
    for name, route in routes.items():
        try:
            return name, route(year, here, client)
        except (SourceRejected, SourceUnreachable) as problem:
            told.append(problem)
    # The first route is the one that should have worked: what it said is what a person can act on.
    raise told[0]
