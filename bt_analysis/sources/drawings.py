"""Work areas drawn on a map: a file that a row of a package names in; its polygon in metres, or what is wrong, out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from bt_analysis.sources.map_files import RD, BoundariesError, fitting, in_metres, open_map
from bt_analysis.sources.repair import repair
from bt_analysis.sources.sentences import Findings, Place

SUFFIXES = (".geojson", ".json", ".gpkg")
"""Makes of a drawing that may lie beside a workbook."""

LARGEST_MB = 5
"""A work area that is drawn by hand takes some kilobytes; reading takes fifty times the size in memory."""


def read_drawing(path: Path) -> shapely.Geometry:
    """Read a drawn area.

    Parameters
    ----------
    path : Path
        A map file with one or more polygons, in WGS84 or the national grid.

    Returns
    -------
    Geometry
        All polygons together, in EPSG:28992; repaired where they were invalid.

    Raises
    ------
    BoundariesError
        When it cannot be read, or has no area.
    """
    features, _ = in_metres(open_map(path), path)
    drawn, _ = repair(gpd.GeoDataFrame({"regiocode": path.stem}, geometry=features.geometry, index=features.index))
    if drawn.empty:
        raise BoundariesError(f"{path} holds no polygon; expected one. Draw the area as a polygon.")
    return drawn.geometry.iloc[0]


def check_drawings(folder: Path, work_area: pd.DataFrame, place: Place, findings: Findings) -> list[Path]:
    """Check the drawings that the work areas of a package name.

    Parameters
    ----------
    folder : Path
        Where the collective delivered.
    work_area : DataFrame
        Typed table ``work_area``, whose index is the row number a person sees.
    place : Place
        Its file and sheet.
    findings : Findings
        Every problem is added to it, and every drawing that no row names.

    Returns
    -------
    list of Path
        The drawings that were read.
    """
    # Only real files of the folder itself: a pipe would never end, and a link leads elsewhere.
    there = [path for path in sorted(folder.iterdir()) if path.suffix.casefold() in SUFFIXES and _is_here(path)]
    # datapackage.json describes tables; it is no map.
    there = [path for path in there if path.name != "datapackage.json" and not path.name.startswith(".")]
    named = work_area["polygon_file"].dropna()
    for row, name in named.items():
        kind = _wrong(name, there)
        if kind:
            values = {"got": name, "limit": LARGEST_MB}
            findings.problem(kind, place, row=int(str(row)), column="polygon_file", **values)
    for path in there:
        if path.name not in set(named):
            findings.repair("unused_file", Place(f"{folder.name}/{path.name}"))
    return [path for path in there if path.name in set(named)]


def read_drawings(folders: Iterable[tuple[Path, pd.DataFrame]]) -> gpd.GeoDataFrame:
    """Read the drawn work areas of packages without problems.

    Parameters
    ----------
    folders : iterable of tuple of Path and DataFrame
        Folder of a collective, and its rows of the monitoring table ``work_area``.

    Returns
    -------
    GeoDataFrame
        One row is a drawn work area: work_area_id, geometry in EPSG:28992.

    Raises
    ------
    BoundariesError
        When a drawing cannot be read.
    """
    rows = [
        (work_area_id, read_drawing(folder / name))
        for folder, work_area in folders
        for work_area_id, name in work_area.dropna(subset="polygon_file")[["work_area_id", "polygon_file"]].itertuples(
            index=False, name=None
        )
    ]
    ids = pd.Series([work_area_id for work_area_id, _ in rows], dtype="str")
    return gpd.GeoDataFrame({"work_area_id": ids}, geometry=[drawn for _, drawn in rows], crs=RD)


def _is_here(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _wrong(name: str, there: list[Path]) -> str:
    """Return the kind of problem with a drawing, or nothing. Only files in the folder itself are looked at."""
    path = next((path for path in there if path.name == name), None)
    if path is None:
        return "polygon_absent"
    if path.stat().st_size > LARGEST_MB * 1e6:
        return "polygon_too_large"
    try:
        drawn = read_drawing(path)
    except BoundariesError:
        return "polygon_unreadable"
    # Around Frankfurt metres are those of the Netherlands with north before east.
    return "" if fitting(drawn.bounds) == (RD, False) else "polygon_abroad"
