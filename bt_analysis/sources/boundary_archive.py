"""Boundaries of all years from CBS's archive: a ZIP of shapefiles or a GeoPackage in, three layers in metres out."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from pathlib import Path

import geopandas as gpd

from bt_analysis.settings import BoundarySettings
from bt_analysis.sources.http import Client, SourceRejected
from bt_analysis.sources.map_files import BoundariesError, in_metres, open_map
from bt_analysis.sources.pdok import LAYERS, first_there

VERSIONS = (3, 2, 1)
"""Editions of a year, the final one first; CBS publishes a year three times."""


def by_archive(year: int, here: BoundarySettings, client: Client) -> dict[str, tuple[str, gpd.GeoDataFrame]]:
    """Fetch all layers of a year from CBS's archive, in the newest edition it has.

    Parameters
    ----------
    year : int
        Division year.
    here : BoundarySettings
        ``archive_url``.
    client : Client
        What asks.

    Returns
    -------
    dict of str to tuple
        Layer → the address of the ZIP and its features, with all attributes as published.

    Raises
    ------
    SourceRejected
        When the archive has no edition of the year, or one without the three layers.
    SourceUnreachable
        When the host gives no usable answer.
    """
    addresses = [f"{here.archive_url}/WijkBuurtkaart_{year}_v{version}.zip" for version in VERSIONS]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.zip"
        address = first_there(addresses, client, path, b"PK")
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
            return {layer: (address, _layer(Path(folder), layer)) for layer in LAYERS}
        except (BoundariesError, RuntimeError, zipfile.BadZipFile, zlib.error) as problem:  # RuntimeError: a password
            raise SourceRejected(f"{address}: {problem}") from problem


def _layer(folder: Path, layer: str) -> gpd.GeoDataFrame:
    """Read a layer from the one GeoPackage, or from the shapefile of that level (buurt_2013_v3.shp, gem_2012.shp)."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.casefold() in (".gpkg", ".shp"))
    whole = [path for path in files if path.suffix.casefold() == ".gpkg"]
    shapes = [path for path in files if path.name.casefold().startswith(layer[:3])]
    if not whole and len(shapes) != 1:
        names = ", ".join(path.name for path in files)
        raise BoundariesError(f"holds {names or 'no map'}; expected a GeoPackage, or one shapefile of {layer}")
    path = (whole or shapes)[0]
    features, _ = in_metres(open_map(path, layer if whole else None), path)
    return features
