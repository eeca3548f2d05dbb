"""Crosswalks: files that count addresses in the divisions of two years in, checked tables with full regiocodes out.

A file is CSV in the long form of the package grenswijzigen (reidhin): van_jaar, naar_jaar, van, naar, adressen. A
workspace keeps its files in data/raw/crosswalk; what a file counts (``woonadressen``: dwellings, or ``adressen``: all
addresses) and whether it starts from postcodes (``postcode``) stands in its name.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import pandas as pd

from bt_analysis import regions

COLUMNS = ("van_jaar", "naar_jaar", "van", "naar", "adressen")
"""Columns of a file: from which year, to which, old code, new code, addresses that lie in both."""

COUNTED = ("dwellings", "addresses")
"""What a file may count; dwellings say best where people live, addresses also where they work."""

_PREFIX_OF_LENGTH = {4: "GM", 6: "WK", 8: "BU"}
_YEAR = r"(?:19|20)\d{2}"


class CrosswalkError(ValueError):
    """A crosswalk file cannot be used; the message names the file, the line and what it must be."""


def read_folder(raw: Path, counted: str = "dwellings") -> pd.DataFrame | None:
    """Read the crosswalks between divisions that a workspace has.

    Parameters
    ----------
    raw : Path
        The folder data/raw of a workspace.
    counted : str
        What should be counted, one of :data:`COUNTED`; a level that has no such file is taken from the other kind.

    Returns
    -------
    DataFrame or None
        As :func:`read` gives it, levels together; None when the workspace has no crosswalk.

    Raises
    ------
    CrosswalkError
        When a file cannot be used, or two files give the same pair of areas.
    """
    if counted not in COUNTED:
        raise CrosswalkError(f"a crosswalk cannot count {counted!r}; expected one of {', '.join(COUNTED)}.")
    paths = [path for path in files(raw) if not _of_postcodes(path)]
    if not paths:
        return None
    both = pd.concat([read(path) for path in paths], ignore_index=True)
    level = both["from_code"].str[:2]
    asked = both["counted"].eq(counted)
    chosen = both[asked | ~level.isin(level[asked])].reset_index(drop=True)
    twice = chosen[chosen.duplicated(["from_year", "to_year", "from_code", "to_code"])]
    if len(twice):
        row = twice.iloc[0]
        raise CrosswalkError(
            f"two files in {raw / 'crosswalk'} give {row['from_code']} → {row['to_code']} ({row['from_year']} → "
            f"{row['to_year']}); expected one file per level and kind. Take one out."
        )
    return chosen


def files(raw: Path) -> list[Path]:
    """List the crosswalk files of a workspace.

    Parameters
    ----------
    raw : Path
        The folder data/raw of a workspace.

    Returns
    -------
    list of Path
        The ``.csv`` and ``.csv.gz`` files of its folder crosswalk, by name.
    """
    return sorted([*(raw / "crosswalk").glob("*.csv"), *(raw / "crosswalk").glob("*.csv.gz")])


def read(path: Path) -> pd.DataFrame:
    """Read a crosswalk between divisions.

    Parameters
    ----------
    path : Path
        A CSV file, packed with gzip or not; codes without prefix, of one level.

    Returns
    -------
    DataFrame
        One row is an area in one year and one in another that have addresses in common: from_year, to_year, from_code,
        to_code, addresses, counted (dwellings or addresses). Regions that did not change are not listed.

    Raises
    ------
    CrosswalkError
        When a column is absent, a year, code or count is none, codes are of several levels, or a pair stands twice.
    """
    if _of_postcodes(path):
        raise CrosswalkError(f"{path} starts from postcodes, by its name; expected regions. Use read_postcodes.")
    rows = _checked(path)
    _of_one_level(path, rows["van"], rows["naar"])
    _refuse(path, rows, rows["van_jaar"].eq(rows["naar_jaar"]), "naar_jaar", "another year than van_jaar")
    return pd.DataFrame(
        {
            "from_year": rows["van_jaar"].astype(int),
            "to_year": rows["naar_jaar"].astype(int),
            "from_code": _with_prefix(path, rows, "van"),
            "to_code": _with_prefix(path, rows, "naar"),
            "addresses": rows["adressen"].astype(int),
            "counted": "dwellings" if "woonadressen" in path.name else "addresses",
        }
    )


def read_postcodes(path: Path) -> pd.DataFrame:
    """Read a crosswalk from postcodes of four digits to regions.

    Parameters
    ----------
    path : Path
        A CSV file as for :func:`read`; ``van`` is a postcode.

    Returns
    -------
    DataFrame
        One row is a postcode in one year and a region of a division: from_year, to_year, postcode, to_code, addresses.

    Raises
    ------
    CrosswalkError
        As for :func:`read`.
    """
    rows = _checked(path)
    _refuse(path, rows, ~rows["van"].str.fullmatch(r"[1-9]\d{3}"), "van", "a postcode of four digits, such as 8011")
    _of_one_level(path, rows["naar"])
    return pd.DataFrame(
        {
            "from_year": rows["van_jaar"].astype(int),
            "to_year": rows["naar_jaar"].astype(int),
            "postcode": rows["van"],
            "to_code": _with_prefix(path, rows, "naar"),
            "addresses": rows["adressen"].astype(int),
        }
    )


def _of_one_level(path: Path, *columns: pd.Series) -> None:
    lengths = sorted({int(length) for codes in columns for length in codes.str.len()})
    if len(lengths) > 1:
        raise CrosswalkError(
            f"{path} has codes of {' and '.join(map(str, lengths))} characters; expected one level "
            "(gemeente 4, wijk 6, buurt 8). Read codes as text, with their zeros, and give each level its own file."
        )


def _of_postcodes(path: Path) -> bool:
    return "postcode" in path.name


def _checked(path: Path) -> pd.DataFrame:
    """Return the rows as text, when their columns, years and counts are right and no pair stands twice."""
    try:
        rows = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (
        OSError,
        EOFError,
        ValueError,
        zlib.error,
    ) as problem:  # a torn gzip, another encoding, lines of unequal length
        raise CrosswalkError(f"{path} cannot be read ({problem}); expected a CSV file. Fetch it again.") from problem
    missing = [name for name in COLUMNS if name not in rows]
    if missing:
        raise CrosswalkError(
            f"{path} has columns {', '.join(map(str, rows.columns))}; expected {', '.join(COLUMNS)}. "
            f"Add {missing[0]!r}."
        )
    for name in ("van_jaar", "naar_jaar"):
        _refuse(path, rows, ~rows[name].str.fullmatch(_YEAR), name, "a year, such as 2019")
    _refuse(path, rows, ~rows["adressen"].str.fullmatch(r"[1-9]\d*"), "adressen", "a whole number of at least 1")
    _refuse(path, rows, rows.duplicated(list(COLUMNS[:4])), "naar", "every pair of areas once in a pair of years")
    return rows


def _with_prefix(path: Path, rows: pd.DataFrame, column: str) -> pd.Series:
    codes = rows[column].str.len().map(_PREFIX_OF_LENGTH).fillna("") + rows[column]
    known = {code for code in codes.unique() if regions.is_valid(code)}
    _refuse(path, rows, ~codes.isin(known), column, "a code without prefix, such as 0193 or 019310")
    return codes


def _refuse(path: Path, rows: pd.DataFrame, wrong: pd.Series, column: str, expected: str) -> None:
    """Raise an error that names the first line that is wrong."""
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise CrosswalkError(
            f"{path}, line {at + 2}: {column} is {rows[column].iloc[at]!r}; expected {expected} "
            f"({int(wrong.sum())} of {len(rows)} rows are not). Correct the file."
        )
