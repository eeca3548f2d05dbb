"""Boundaries from PDOK: a division year in; its three layers as published, in metres, out. Three ways to the same.

The OGC API and the WFS give 1,000 features a page; the GeoPackage is one file of about 200 MB.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urljoin, urlsplit

import geopandas as gpd
import pandas as pd

from bt_analysis.settings import BoundarySettings
from bt_analysis.sources.http import Client, SourceRejected
from bt_analysis.sources.map_files import RD, BoundariesError, fitting, open_map

LAYERS = ("buurten", "wijken", "gemeenten")

PAGE = 1000
"""Features PDOK gives at most in one answer."""

KEPT = (
    "indelingswijziging_wijken_en_buurten", "aantal_inwoners", "aantal_huishoudens", "oppervlakte_land_in_ha",
    "oppervlakte_water_in_ha",
)  # fmt: skip
"""Numbers that are kept of a page, beside all texts (codes, names, water). The 200 others are StatLine's figures again,
as percentages and without names."""

# Files with another first content than this are a page that says so.
_GEOPACKAGE = b"SQLite format 3"

_RD_BY_ADDRESS = "http://www.opengis.net/def/crs/EPSG/0/28992"


def by_ogc(year: int, here: BoundarySettings, client: Client) -> dict[str, tuple[str, gpd.GeoDataFrame]]:
    """Fetch all layers of a year from the OGC API.

    Parameters
    ----------
    year : int
        Division year.
    here : BoundarySettings
        ``ogc_url``.
    client : Client
        What asks.

    Returns
    -------
    dict of str to tuple
        Layer → its address and its features, with their texts and the numbers of :data:`KEPT`.

    Raises
    ------
    SourceRejected
        When the host does not have the year, or what came is incomplete or not in metres.
    SourceUnreachable
        When the host gives no usable answer.
    """
    return {layer: (_ogc_url(year, here, layer), ogc_layer(year, here, client, layer)) for layer in LAYERS}


def ogc_layer(year: int, here: BoundarySettings, client: Client, layer: str, gemeente: str = "") -> gpd.GeoDataFrame:
    """Fetch one layer from the OGC API, all of it or one gemeente.

    Parameters
    ----------
    year : int
        Division year.
    here : BoundarySettings
        ``ogc_url``.
    client : Client
        What asks.
    layer : str
        buurten, wijken or gemeenten.
    gemeente : str
        Code such as GM0917; empty: the whole country.

    Returns
    -------
    GeoDataFrame
        One row is a feature, in EPSG:28992.

    Raises
    ------
    SourceRejected, SourceUnreachable
        As in :func:`by_ogc`.
    """
    # Without crs= the answer is in degrees.
    query = {"f": "json", "limit": PAGE, "crs": _RD_BY_ADDRESS} | ({"gemeentecode": gemeente} if gemeente else {})
    address = f"{_ogc_url(year, here, layer)}?{urlencode(query)}"
    return _whole(_ogc_pages(address, client), address)


def by_wfs(year: int, here: BoundarySettings, client: Client) -> dict[str, tuple[str, gpd.GeoDataFrame]]:
    """Fetch all layers of a year from the WFS.

    Parameters
    ----------
    year : int
        Division year.
    here : BoundarySettings
        ``wfs_url``.
    client : Client
        What asks.

    Returns
    -------
    dict of str to tuple
        As :func:`by_ogc`.

    Raises
    ------
    SourceRejected, SourceUnreachable
        As in :func:`by_ogc`.

    Notes
    -----
    Nothing is filtered: the host ignores ``cql_filter`` without a word, and gives the whole country.
    """
    layers = {}
    for layer in LAYERS:
        query = {
            "service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": f"wijkenbuurten:{layer}",
            "outputFormat": "application/json", "srsName": RD, "count": PAGE,
        }  # fmt: skip
        address = f"{here.wfs_url.format(year=year)}?{urlencode(query)}"
        layers[layer] = (address, _whole(_wfs_pages(address, client), address))
    return layers


def by_geopackage(year: int, here: BoundarySettings, client: Client) -> dict[str, tuple[str, gpd.GeoDataFrame]]:
    """Fetch all layers of a year from the one file that holds them.

    Parameters
    ----------
    year : int
        Division year.
    here : BoundarySettings
        ``download_url``.
    client : Client
        What asks.

    Returns
    -------
    dict of str to tuple
        As :func:`by_ogc`, with all attributes.

    Raises
    ------
    SourceRejected, SourceUnreachable
        As in :func:`by_ogc`.
    """
    stem = f"{here.download_url.format(year=year)}/wijkenbuurten_{year}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.gpkg"
        # The first edition of 2023 has a number in its name.
        address = first_there([f"{stem}.gpkg", f"{stem}_v1.gpkg"], client, path, _GEOPACKAGE)
        try:
            return {layer: (address, open_map(path, layer)) for layer in LAYERS}
        except BoundariesError as problem:
            raise SourceRejected(f"{address}: {problem}") from problem


def first_there(addresses: list[str], client: Client, path: Path, begins: bytes) -> str:
    """Download the first of several files that the host has.

    Parameters
    ----------
    addresses : list of str
        The most wanted first.
    client : Client
        What asks.
    path : Path
        Where the file must come.
    begins : bytes
        What a good file begins with; anything else, such as a page "Onderhoud", is asked again.

    Returns
    -------
    str
        The address it came from.

    Raises
    ------
    SourceRejected
        When the host has none of them.
    SourceUnreachable
        When the host gives no usable answer.
    """

    def read(blocks: Iterator[bytes]) -> None:
        first = next(blocks, b"")
        if not first.startswith(begins):
            raise ValueError(f"got a file that begins with {first[:15]!r}; expected {begins!r}")
        with path.open("wb") as out:
            out.write(first)
            out.writelines(blocks)

    for address in addresses:
        try:
            client.ask(address, read)
        except SourceRejected:
            continue
        return address
    raise SourceRejected(f"got no {' or '.join(addresses)}; expected one of them. Put the year's map file in data/raw.")


def _ogc_url(year: int, here: BoundarySettings, layer: str) -> str:
    return f"{here.ogc_url.format(year=year)}/collections/{layer}/items"


def _ogc_pages(address: str, client: Client) -> Iterator[dict[str, Any]]:
    asked: set[str] = set()
    following: str | None = address
    while following and following not in asked:
        asked.add(following)
        page = _page(client.json(following), following)
        yield page
        links = [link["href"] for link in page.get("links") or [] if link.get("rel") == "next"]
        following = _of_same_host(address, urljoin(following, links[0])) if links else None


def _of_same_host(address: str, following: str) -> str:
    # sources.csv would say that what another host gives is of this one.
    if urlsplit(following).hostname != urlsplit(address).hostname:
        raise SourceRejected(f"{address}: got a next page at {following}; expected one of this host. Report the host.")
    return following


def _wfs_pages(address: str, client: Client) -> Iterator[dict[str, Any]]:
    start, full = 0, True
    while full:
        page = _page(client.json(f"{address}&startIndex={start}"), address)
        yield page
        start, full = start + PAGE, len(page["features"]) == PAGE


def _page(answer: Any, address: str) -> dict[str, Any]:
    features = answer.get("features") if isinstance(answer, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise SourceRejected(f"{address}: got {str(answer)[:80]!r}; expected a FeatureCollection. Fetch again later.")
    return cast(dict[str, Any], answer)


def _whole(pages: Iterator[dict[str, Any]], address: str) -> gpd.GeoDataFrame:
    """Put pages together when they hold every feature once, in metres."""
    parts, ids, promised = list[gpd.GeoDataFrame](), list[Any](), None
    for page in pages:
        promised = page.get("numberMatched", promised)
        ids += [feature.get("id", at) for at, feature in enumerate(page["features"], len(ids))]
        parts += [_features(page["features"], address)] if page["features"] else []
    if not parts or len(ids) != (promised if isinstance(promised, int) else len(ids)):
        raise SourceRejected(
            f"{address}: got {len(ids)} features; expected {promised or 'some'}. The host may be at work: fetch again."
        )
    if len(set(ids)) != len(ids):
        raise SourceRejected(
            f"{address}: got {len(ids) - len(set(ids))} features twice; expected each once. Fetch again later."
        )
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=RD)


def _features(features: list[dict[str, Any]], address: str) -> gpd.GeoDataFrame:
    plain = [{"type": "Feature", **one, "properties": _kept(one.get("properties") or {})} for one in features]
    table = gpd.GeoDataFrame.from_features(plain, crs=RD)
    if fitting(table.total_bounds) != (RD, False):
        corners = ", ".join(f"{number:.6g}" for number in table.total_bounds)
        raise SourceRejected(
            f"{address}: got coordinates {corners}; expected metres of {RD}, east before north. Report the host."
        )
    return table


def _kept(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name in KEPT or isinstance(value, str)}
