"""Boundaries of buurten: a GeoPackage per division year in data/raw/boundaries in, outlines in metres out."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

RD = "EPSG:28992"
"""Dutch national grid, in metres; the reference system of CBS's boundary files."""

COLUMNS = ("buurtcode", "buurtnaam", "geometry")


class BoundariesError(ValueError):
    """A boundary file cannot be used; the message names the file and what it lacks."""


def read_boundaries(raw: Path, year: int) -> gpd.GeoDataFrame | None:
    """Read the outlines of all buurten of a division year.

    Parameters
    ----------
    raw : Path
        The folder data/raw of a workspace.
    year : int
        Division year.

    Returns
    -------
    GeoDataFrame or None
        One row is a buurt: buurtcode, buurtnaam, geometry (EPSG:28992). None when no file of that year is there.

    Raises
    ------
    BoundariesError
        When the file lacks a column or a reference system, or is no GeoPackage.
    """
    path = raw / "boundaries" / str(year) / "buurten.gpkg"
    if not path.exists():
        return None
    try:
        outlines = gpd.read_file(path)
    except (OSError, RuntimeError) as problem:  # pyogrio raises RuntimeError's children for what GDAL cannot read
        raise BoundariesError(
            f"{path} cannot be read ({problem}); expected a GeoPackage. Put a whole one there."
        ) from problem
    missing = [name for name in COLUMNS if name not in outlines]
    if missing:
        raise BoundariesError(f"{path} has no column {missing[0]!r}; expected {', '.join(COLUMNS)}. Put them in.")
    if outlines.crs is None:
        raise BoundariesError(f"{path} names no reference system; expected {RD}. Put it in.")
    return outlines.to_crs(RD)
