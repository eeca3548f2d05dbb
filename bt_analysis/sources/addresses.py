"""Addresses per postcode and region: CBS's list of all addresses in data/raw/addresses/ in, only counts out.

A postcode of six characters with a house number is a household. House numbers are never read, so that they cannot
travel on.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

import geopandas as gpd
import pandas as pd

from bt_analysis import regions
from bt_analysis.sources import crosswalk
from bt_analysis.sources.map_files import BoundariesError, in_metres, open_map

_ROWS = 500_000
"""Addresses in memory at a time, of the nine million there are."""

_REGION = re.compile(r"buurt[_ ]?(\d{4})", re.IGNORECASE)
_POSTCODE = ("pc6", "postcode", "postcode6")
_ADDRESSES = ("aantal_adressen", "adressen", "aantal_woningen")
_INHABITANTS = ("aantal_inwoners", "inwoners")


class AddressesError(ValueError):
    """A file of addresses cannot be used; the message names the file and what it lacks."""


def read_addresses(raw: Path, year: int) -> pd.DataFrame | None:
    """Count the addresses per postcode and region of a division year.

    Parameters
    ----------
    raw : Path
        The folder data/raw of a workspace; ``addresses/`` in it holds CBS's file *Buurt, wijk en gemeente voor postcode
        huisnummer*, as in ``pc6hnr20240801_gwb.csv``, or the same as .csv.gz. Without one, a crosswalk from postcodes
        in ``crosswalk/`` will do.
    year : int
        Division year, which CBS's file names in its header (Buurt2024).

    Returns
    -------
    DataFrame or None
        One row is a postcode and a region it has addresses in: postcode, regiocode, addresses_n. Postcodes of six
        characters and buurten from CBS's file; of four digits, and the smallest regions there are, from a crosswalk,
        with the postcodes of that year or the last one before it. None when no file has the year.

    Raises
    ------
    AddressesError
        When the file cannot be read, has no column of postcodes or no rows, or other codes than those of buurten.
    CrosswalkError
        When a crosswalk cannot be used.
    """
    folder = raw / "addresses"
    paths = sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")])
    found = next((counts for path in paths if (counts := _read(path, year)) is not None), None)
    return _of_crosswalk(raw, year) if found is None else found


def _of_crosswalk(raw: Path, year: int) -> pd.DataFrame | None:
    """Take from the crosswalks of postcodes the one with the smallest regions of a year."""
    tables = [crosswalk.read_postcodes(path) for path in crosswalk.files(raw) if "postcode" in path.name]
    found = [table[table["to_year"].eq(year)] for table in tables if table["to_year"].eq(year).any()]
    if not found:
        return None
    finest = max(found, key=lambda table: len(table["to_code"].iloc[0]))
    # Every year of postcodes is listed: that of the division, or the last one before it.
    finest = finest[finest["from_year"].eq(finest["from_year"].max())]
    named = finest.rename(columns={"to_code": "regiocode", "addresses": "addresses_n"})
    return named[["postcode", "regiocode", "addresses_n"]].reset_index(drop=True)


def read_places(raw: Path, year: int) -> gpd.GeoDataFrame | None:
    """Read how many addresses or inhabitants there are in each small place, for work areas that are drawn.

    Parameters
    ----------
    raw : Path
        The folder data/raw of a workspace; ``addresses/pc6_<year>.gpkg`` in it is CBS's map of postcodes, or another
        map of points or outlines with a count.
    year : int
        Year of the map.

    Returns
    -------
    GeoDataFrame or None
        One row is a place, as a point inside it: addresses_n, or else inhabitants; postcode where the map has it;
        geometry in EPSG:28992. None when there is no such file.

    Raises
    ------
    BoundariesError
        When the map cannot be read or has no counts.
    """
    path = raw / "addresses" / f"pc6_{year}.gpkg"
    if not path.exists():
        return None
    features, _ = in_metres(open_map(path), path)
    names = {str(name).casefold(): str(name) for name in features}
    for target, spellings in (("addresses_n", _ADDRESSES), ("inhabitants", _INHABITANTS)):
        column = next((names[spelling] for spelling in spellings if spelling in names), None)
        if column is not None:
            # -99997: too few to be told; no more than a handful of people.
            counts = pd.to_numeric(features[column], "coerce").clip(lower=0).fillna(0)
            points = features.geometry.representative_point()
            found = gpd.GeoDataFrame({target: counts.astype("float64")}, geometry=points, crs=features.crs)
            postcode = next((names[spelling] for spelling in _POSTCODE if spelling in names), None)
            return found if postcode is None else found.assign(postcode=features[postcode].map(_tidy))
    raise BoundariesError(
        f"{path} has no counts (its columns: {', '.join(list(names)[:8])}); expected {_ADDRESSES[0]} or "
        f"{_INHABITANTS[0]}. Put CBS's map of postcodes there."
    )


def _read(path: Path, year: int) -> pd.DataFrame | None:
    try:
        return _counted(path, year)
    except (OSError, EOFError, UnicodeError, pd.errors.ParserError, zlib.error) as problem:
        raise AddressesError(f"{path} cannot be read ({problem}); expected a CSV file. Fetch it again.") from problem


def _counted(path: Path, year: int) -> pd.DataFrame | None:
    """Count the lines of a file per postcode and buurt; None when its buurten are those of another year."""
    line = _first_line(path)
    separator = ";" if ";" in line else ","
    header = [name.strip('" ') for name in line.split(separator)]
    region = next((name for name in header if (found := _REGION.match(name)) and int(found[1]) == year), None)
    if region is None:
        return None
    postcode = next((name for name in header if name.casefold() in _POSTCODE), None)
    if postcode is None:
        raise AddressesError(
            f"{path} has the columns {', '.join(header)}; expected PC6 beside {region}. Put CBS's own file there."
        )
    with pd.read_csv(
        path, sep=separator, dtype="str", usecols=[postcode, region], encoding="utf-8-sig", chunksize=_ROWS
    ) as chunks:
        parts = [chunk.groupby([postcode, region]).size() for chunk in chunks]
    if not any(map(len, parts)):
        raise AddressesError(f"{path} has no addresses; expected rows of {postcode} and {region}. Fetch it again.")
    counts = pd.concat(parts).groupby(level=[0, 1]).sum().reset_index()
    return _as_regions(counts.set_axis(["postcode", "regiocode", "addresses_n"], axis="columns"), path)


def _first_line(path: Path) -> str:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        return lines.readline().decode("utf-8-sig").strip()


def _as_regions(counts: pd.DataFrame, path: Path) -> pd.DataFrame:
    # Older files write 1680001 for BU01680001: as a number, without letters and leading zeros.
    codes = "BU" + counts["regiocode"].str.removeprefix("BU").str.zfill(8)
    postcodes = counts["postcode"].map(_tidy)
    wrong = ~(codes.map(regions.is_valid) & postcodes.map(regions.is_postcode) & postcodes.str.len().eq(6))
    if wrong.any():
        shown = counts.loc[wrong, ["postcode", "regiocode"]].iloc[0]
        # Not the postcode itself: with the line it would point at a household.
        raise AddressesError(
            f"{path} has {int(wrong.sum())} pairs such as {shown['postcode'][:4]}… and {shown['regiocode']}; expected "
            "a postcode as 8011AB and a buurt as 1930101. Put CBS's file there as it came."
        )
    return counts.assign(postcode=postcodes, regiocode=codes)


def _tidy(postcode: object) -> str:
    return "".join(str(postcode).split()).upper()
