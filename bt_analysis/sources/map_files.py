"""Map files of any make: a path comes in; its features as they are, and the system their coordinates are in, go out.

GeoPackage, shapefile, GeoJSON, TopoJSON, GeoParquet, a CSV with (E)WKT, each also within .gz; a .zip of a GeoPackage,
shapefile, GeoJSON or TopoJSON; and a .zip or .tar.gz of GeoJSON files that are named after the region they hold.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bt_analysis import regions

RD = "EPSG:28992"
"""Dutch national grid, in metres; the reference system of CBS's boundary files."""

FILE_NAME = "file_name"
"""Column for the name of the file a feature comes from."""

_WGS84 = "EPSG:4326"

# West, south, east, north of the Netherlands in each system. The ranges of the two axes do not overlap in either, so
# coordinates also tell when a "urn" name of a system made their writer put north first.
_EXTENTS = {RD: (-10_000.0, 290_000.0, 290_000.0, 640_000.0), _WGS84: (3.0, 50.5, 7.5, 54.0)}

# pyogrio raises children of RuntimeError for what GDAL cannot read; shapely its own error for WKT that is cut off.
_UNREADABLE = (
    OSError, RuntimeError, ValueError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error,
    shapely.errors.ShapelyError,
)  # fmt: skip

_IN_ZIP = (".gpkg", ".shp", ".json", ".geojson", ".topojson")


class BoundariesError(ValueError):
    """A boundary file cannot be used; the message names the file and what it lacks."""


def open_map(path: Path, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a map file as it is.

    Parameters
    ----------
    path : Path
        A file of one of the makes named above.
    layer : str, optional
        Layer to read from a file that holds several; default: the first.

    Returns
    -------
    GeoDataFrame
        One row is a feature, with all its attributes; ``file_name`` when the features come from several files. The
        reference system is the one the file names, or None.

    Raises
    ------
    BoundariesError
        When the file cannot be read or holds no geometries.
    """
    try:
        features = _read(path, layer)
    except _UNREADABLE as problem:
        first = str(problem).partition("\n")[0]
        raise BoundariesError(
            f"{path} cannot be read ({first}); expected a GeoPackage, shapefile, GeoJSON, TopoJSON, GeoParquet or CSV "
            "with WKT. Put a whole one there."
        ) from problem
    if not isinstance(features, gpd.GeoDataFrame) or features.empty:
        raise BoundariesError(f"{path} holds no features with a geometry; expected outlines. Put a map file there.")
    return features


def in_metres(features: gpd.GeoDataFrame, path: Path) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Bring features to the national grid, whatever system their file names, or does not name.

    Parameters
    ----------
    features : GeoDataFrame
        As :func:`open_map` gives them.
    path : Path
        For the message.

    Returns
    -------
    features : GeoDataFrame
        In EPSG:28992, two-dimensional.
    said : list of str
        What was decided against or without the file's word.

    Raises
    ------
    BoundariesError
        When the file names no system, and its coordinates fit neither the national grid nor WGS84.

    Notes
    -----
    In the national grid the Netherlands lie between 0 and 290 km east and 300 and 640 km north; in WGS84 between 3
    and 7.5 degrees east and 50.5 and 54 north. What fits one of these is in that system, also when the file names
    another; a file that fits neither is believed.
    """
    flat = features.set_geometry(gpd.GeoSeries(shapely.force_2d(features.geometry.array), crs=features.crs))
    system, north_first = fitting(flat.total_bounds)
    if system is None and flat.crs is None:
        raise BoundariesError(
            f"{path} names no reference system, and its coordinates ({_corners(flat)}) lie in no known one; "
            f"expected {RD}. Put it in."
        )
    said = []
    if north_first:
        flat = flat.set_geometry(gpd.GeoSeries(shapely.transform(flat.geometry.array, _swapped), crs=flat.crs))
        said.append("coordinates had north before east: swapped")
    if system is not None and (flat.crs is None or flat.crs != system):
        named = "no reference system" if flat.crs is None else f"{flat.crs.name!r}"
        # Systems of the same numbers (RD with heights, OGC:CRS84) are no contradiction.
        if flat.crs is None or flat.crs.is_geographic != (system == _WGS84):
            said.append(f"file names {named}, coordinates are those of {system}: read as such")
        flat = flat.set_crs(system, allow_override=True)
    return flat.to_crs(RD), said


def fitting(bounds: np.ndarray) -> tuple[str | None, bool]:
    """Tell which system coordinates in the Netherlands are in.

    Parameters
    ----------
    bounds : array of float
        West, south, east, north of all of them.

    Returns
    -------
    system : str or None
        EPSG:28992, EPSG:4326, or None when they fit neither.
    north_first : bool
        True when north stands where east should.
    """
    west, south, east, north = bounds
    for system, (left, below, right, above) in _EXTENTS.items():
        if left <= west and east <= right and below <= south and north <= above:
            return system, False
        if left <= south and north <= right and below <= west and east <= above:
            return system, True
    return None, False


def _swapped(coordinates: np.ndarray) -> np.ndarray:
    return coordinates[:, ::-1]


def _corners(features: gpd.GeoDataFrame) -> str:
    return ", ".join(f"{number:.6g}" for number in features.total_bounds)


def _read(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if not path.exists():
        raise FileNotFoundError("no such file")
    suffixes = [suffix.casefold() for suffix in path.suffixes]
    packed = suffixes[-1:] == [".gz"]
    make = (suffixes[:-1] if packed else suffixes)[-1:]
    if make == [".csv"]:
        return _from_wkt(pd.read_csv(path, dtype=str))
    if make == [".parquet"]:
        return gpd.read_parquet(path)
    if make in ([".tar"], [".tgz"]) or suffixes[-1:] == [".tgz"]:
        return _together(_of_tar(path))
    if make == [".zip"] and any(_is_of_region(name) for name in _names(path)):
        return _together(_of_zip(path))
    address = f"/vsigzip/{path}" if packed else _in_zip(path, layer) if make == [".zip"] else str(path)
    # GDAL tells TopoJSON by its first key, which some writers put last.
    if make == [".topojson"] or (make == [".json"] and b'"Topology"' in _content(path)):
        address = f"TopoJSON:{address}"
    return gpd.read_file(address, **({"layer": layer} if layer else {}))


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix.casefold() == ".gz" else path.read_bytes()


def _from_wkt(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read the column that holds WKT, or EWKT, which is WKT after ``SRID=28992;``."""
    pattern = r"(?:SRID=(?P<srid>\d+);)?\s*(?P<wkt>(?:MULTI)?POLYGON.*)"
    for column in table:
        found = table[column].str.extract(f"^{pattern}$", flags=16)  # re.DOTALL: long texts may be broken over lines
        if found["wkt"].notna().any():
            systems = found["srid"].dropna().unique()
            geometry = gpd.GeoSeries.from_wkt(found["wkt"], crs=f"EPSG:{systems[0]}" if len(systems) == 1 else None)
            return gpd.GeoDataFrame(table.drop(columns=column), geometry=geometry)
    raise ValueError("no column holds WKT of polygons")


def _of_tar(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                yield member.name, content.read()


def _of_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        yield from ((name, archive.read(name)) for name in archive.namelist())


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def _in_zip(path: Path, layer: str | None) -> str:
    """Return where GDAL finds the map in a ZIP, in whatever folder: the one named as the layer, else the first."""
    maps = [name for name in sorted(_names(path)) if name.casefold().endswith(_IN_ZIP) and "__MACOSX" not in name]
    # A shapefile often has a JSON beside it that says who made it.
    maps.sort(key=lambda name: (Path(name).stem != layer, name.casefold().endswith("json")))
    if not maps:
        raise ValueError("the ZIP holds no map")
    return f"/vsizip/{path}/{maps[0]}"


def _is_of_region(name: str) -> bool:
    return name.endswith("json") and regions.is_valid(Path(name).stem.upper())


def _together(files: Iterator[tuple[str, bytes]]) -> gpd.GeoDataFrame:
    """Read the files that are named after a region; one without features gives a row without geometry."""
    parts = []
    for name, content in files:
        if _is_of_region(name):
            features = gpd.read_file(io.BytesIO(content))
            geometry = features.geometry if isinstance(features, gpd.GeoDataFrame) and len(features) else [None]
            parts.append(
                gpd.GeoDataFrame({FILE_NAME: Path(name).stem}, geometry=list(geometry), index=range(len(geometry)))
            )
    if not parts:
        raise ValueError("holds no GeoJSON named after a region")
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))
