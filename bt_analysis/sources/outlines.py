"""Outlines of regions: a map file of any make in; one whole outline per regiocode, and all that was mended, out."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from bt_analysis import regions
from bt_analysis.sources.map_files import FILE_NAME, RD, BoundariesError, in_metres, open_map
from bt_analysis.sources.repair import repair

MISSING_UP_TO = -99990
"""In map files (never in StatLine) CBS writes -99995, -99997 or -99999999 where there is no figure."""

# Spellings met in maps of CBS, PDOK and gemeenten, the most telling first; compared in lower case, without _ and year.
_CODE_NAMES = ("buurtcode", "bucode", "wijkcode", "wkcode", "wkc", "gemeentecode", "gmcode", "gmc", "statcode")
_NAME_NAMES = {
    "buurt": ("buurtnaam", "bunaam"),
    "wijk": ("wijknaam", "wknaam", "wkn"),
    "gemeente": ("gemeentenaam", "gmnaam", "gmn"),
}
_ANY_NAME = ("statnaam", "regionaam", "naam", "name")
_INHABITANTS = ("aantalinwoners", "aantinw")
_WATER = {"JA": "water", "J": "water", "B": "Belgian area"}
_ABROAD = ("GM0998", "GM9999")


def read_outlines(
    path: Path, year: int | None = None, level: str | None = None, layer: str | None = None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read the outlines of regions from a map file.

    Parameters
    ----------
    path : Path
        GeoPackage, shapefile, GeoJSON, TopoJSON, GeoParquet, CSV with (E)WKT; also as .gz, or GeoJSON in an archive.
    year : int, optional
        Division year, to choose by when a file holds codes of several years (as in BUURTCODE_2015, BUURTCODE_2022).
    level : str, optional
        buurt, wijk or gemeente; default: all regions of the column with the smallest ones.
    layer : str, optional
        Layer of a file that holds several.

    Returns
    -------
    outlines : GeoDataFrame
        One row is a region: regiocode, regiocode_label, level, inhabitants (as the map has them; missing where it has
        none), geometry in EPSG:28992.
    log : DataFrame
        One row is something that was wrong: regiocode (empty: the whole file), problem, done.

    Raises
    ------
    BoundariesError
        When the file cannot be read, has no regiocodes, or has them in several columns to choose from.

    Notes
    -----
    The column of codes is found by what stands in it: regiocodes only, in any case. Where several columns hold codes,
    the smallest regions win; of those the year, then a spelling that is known. Without such a column the name of the
    file may be the code. Parts marked as water (water = J or JA) or Belgian area (B, at Baarle), and regions abroad
    (GM0998), are left out.
    """
    features = open_map(path, layer)
    features, said = in_metres(features, path)
    codes = _codes(features, path, year, level)
    table = _table(features, codes)
    parts = [_said(said)]
    for reason, dropped in _unwanted(features, table, level):
        gone = table.index.intersection(dropped[dropped].index)
        parts.append(_left_out(table.loc[gone, "regiocode"], reason))
        table = table.drop(index=gone)
    outlines, mended = repair(table)
    if outlines.empty:
        raise BoundariesError(
            f"{path} holds no outline of a {level or 'region'}; expected some. Put a whole file there."
        )
    return outlines, pd.concat([*parts, mended], ignore_index=True)


def _table(features: gpd.GeoDataFrame, codes: pd.Series) -> gpd.GeoDataFrame:
    levels = codes.map(regions.level, na_action="ignore")
    of_level = levels.mode().iloc[0]
    name = _column(features, (*_NAME_NAMES.get(of_level, ()), *_ANY_NAME))
    people = _column(features, _INHABITANTS)
    inhabitants = pd.Series(np.nan, features.index) if people is None else pd.to_numeric(features[people], "coerce")
    columns = {
        "regiocode": codes,
        "regiocode_label": codes if name is None else features[name].astype("str").str.strip(),
        "level": levels,
        "inhabitants": inhabitants.where(inhabitants > MISSING_UP_TO).astype("float64"),
    }
    return gpd.GeoDataFrame(columns, geometry=features.geometry, crs=RD)


def _unwanted(features: gpd.GeoDataFrame, table: gpd.GeoDataFrame, level: str | None) -> list[tuple[str, pd.Series]]:
    """Return which features are no outline of a Dutch region, by the reason why."""
    column = next((name for name in features if str(name).casefold() == "water"), None)
    marks = pd.Series("", features.index) if column is None else features[column].astype("str").str.strip().str.upper()
    kinds = marks.map(_WATER)
    found = [(kind, kinds.eq(kind)) for kind in dict.fromkeys(_WATER.values())]
    found.append(("abroad", table["regiocode"].map(_gemeente, na_action="ignore").isin(_ABROAD)))
    found.append(("no code", table["regiocode"].isna()))
    return [*found, ("another level", table["level"].ne(level))] if level else found


def _gemeente(code: str) -> str:
    return "GM" + code[2:6]


def _codes(features: gpd.GeoDataFrame, path: Path, year: int | None, level: str | None) -> pd.Series:
    """Return the regiocode of every feature, missing where it has none."""
    columns = {str(name): _as_codes(features[name]) for name in features if name != features.geometry.name}
    codes = {name: column for name, column in columns.items() if column is not None}
    fineness = {name: _fineness(column, level) for name, column in codes.items()}
    finest = max(fineness.values(), default=-1)
    if finest >= 0:
        return _chosen({name: codes[name] for name in codes if fineness[name] == finest}, path, year)
    stem = path.name.partition(".")[0].upper()
    if regions.is_valid(stem) and (level is None or regions.level(stem) == level):
        return pd.Series(stem, features.index)
    raise BoundariesError(
        f"{path} has no column with codes of a {level or 'region'} (its columns: {', '.join(list(columns)[:8])} …); "
        "expected one such as buurtcode or statcode, with values as in BU03630302. Add the codes: names are no keys."
    )


def _chosen(codes: dict[str, pd.Series], path: Path, year: int | None) -> pd.Series:
    """Return the one column of codes that is meant: that of the year, with the most telling spelling."""
    names = [name for name in codes if name.endswith(str(year))] or list(codes)
    spelled = [[name for name in names if _spelling(name) == spelling] for spelling in _CODE_NAMES]
    best = next(filter(None, spelled), names)
    if any(not codes[name].equals(codes[best[0]]) for name in best[1:]):
        raise BoundariesError(
            f"{path} has codes in {', '.join(best)}; expected one column of them. Name the year to choose by."
        )
    return codes[best[0]]


def _as_codes(values: pd.Series) -> pd.Series | None:
    """Return a column as regiocodes when it holds nothing else; a missing figure (-99997, .) is no code."""
    if not (pd.api.types.is_string_dtype(values) or values.dtype == object):
        return None
    codes = values.astype("str").str.strip().str.upper()
    codes = codes.where(~codes.isin(["", ".", "NONE", "NAN"]) & ~codes.str.startswith("-99", na=True))
    valid = codes.dropna().map(regions.is_valid)
    return codes if len(valid) and valid.all() else None


def _fineness(codes: pd.Series, level: str | None) -> int:
    levels = {regions.level(code) for code in codes.dropna().unique()}
    if level is not None:
        return 0 if level in levels else -1
    return max(map(regions.LEVELS.index, levels))


def _spelling(name: object) -> str:
    letters = str(name).casefold().replace("_", "").rstrip("0123456789")
    return letters.removesuffix("cbs")


def _column(features: gpd.GeoDataFrame, spellings: tuple[str, ...]) -> str | None:
    return next((str(name) for spelling in spellings for name in features if _spelling(name) == spelling), None)


def _said(sentences: list[str]) -> pd.DataFrame:
    split = [sentence.rpartition(": ") for sentence in sentences]
    return pd.DataFrame(
        [("", problem, done) for problem, _, done in split], columns=["regiocode", "problem", "done"], dtype="str"
    )


def _left_out(codes: pd.Series, reason: str) -> pd.DataFrame:
    return pd.DataFrame({"regiocode": codes.fillna(""), "problem": reason, "done": "left out"}, dtype="str")


__all__ = ["FILE_NAME", "MISSING_UP_TO", "BoundariesError", "read_outlines"]
