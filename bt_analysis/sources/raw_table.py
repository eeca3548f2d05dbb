"""What every fetched table has, whichever back end brought it: its sets on disk, its year, and words spelled one way.

The same topic is written differently by OData v3, OData v4 and the CSV files: blanks behind a title, titles cut at 40
characters or whole, no unit as ``None`` or as an empty text. Here they become the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd

from bt_analysis.indicators import load_families
from bt_analysis.sources.json_rows import read_texts
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.table import PROPERTIES

Record = dict[str, Any]
"""One record as a host gives it: field → text, number or None."""

WHOLE = ("Long", "Integer")
"""Datatypes of CBS for numbers without a fraction."""

REGION_KINDS = ("GeoDetail", "GeoDimension")
"""Kinds of dimension that hold region codes."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_DIVISION = re.compile(r"(?<![a-z])indeling (\d{4})", re.IGNORECASE)  # not that of businesses: Bedrijfsindeling 2008
_LONGEST_TITLE = 40


def read_set(folder: Path, name: str) -> list[Record]:
    """Read a metadata set of a fetched table, as published.

    Parameters
    ----------
    folder : Path
        ``data/raw/cbs/<table>``.
    name : str
        Such as ``TableInfos``, ``MeasureCodes`` or a dimension.

    Returns
    -------
    list of dict
        Its records.

    Raises
    ------
    SourceRejected
        When the file is absent or broken.
    """
    path = folder / f"{name}.json"
    try:
        return cast(list[Record], json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as problem:
        raise unreadable(path) from problem


def read_fields(folder: Path, name: str, fields: list[str]) -> pd.DataFrame:
    """Read some fields of a long metadata set of a fetched table.

    Parameters
    ----------
    folder : Path
        ``data/raw/cbs/<table>``.
    name : str
        A dimension.
    fields : list of str
        Fields that hold texts, such as ``Key`` and ``Title``.

    Returns
    -------
    DataFrame
        One row is a member; a column per field, with padding.

    Raises
    ------
    SourceRejected
        When the file is absent or broken.
    """
    path = folder / f"{name}.json"
    try:
        return read_texts(path.read_bytes(), fields)
    except (OSError, ValueError, KeyError) as problem:
        raise unreadable(path) from problem


def unreadable(path: Path) -> SourceRejected:
    """Return the error that says a file of a fetched table is absent or broken.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    SourceRejected
        To be raised.
    """
    return SourceRejected(
        f"{path}: got {'a broken file' if path.exists() else 'no file'}; expected a fetched CBS table. "
        f"Run: bt fetch --table {path.parent.name.partition('.')[0]}"  # what follows the point tells selections apart
    )


def last_year(described: Mapping[str, object], folder: Path) -> int:
    """Return the last year named in what describes a table.

    Parameters
    ----------
    described : mapping
        Field → text, the field that says it best first: the period, then the title.
    folder : Path
        Named in the error.

    Returns
    -------
    int
        Such as 2022 for ``"2012-2022"``.

    Raises
    ------
    SourceRejected
        When no field names a year.
    """
    for text in described.values():
        found = _YEAR.findall(str(text))
        if found:
            return int(found[-1])
    got = " and ".join(f"{field} {text!r}" for field, text in described.items())
    raise SourceRejected(f"{folder}: got {got}; expected a year in one of them. This table cannot be placed in time.")


def spelled(title: object) -> str:
    """Return a title as every back end can give it.

    Parameters
    ----------
    title : str or None
        As published.

    Returns
    -------
    str
        Without blanks around it and at most 40 characters: longer ones are cut in OData v3.
    """
    return str(title or "").strip()[:_LONGEST_TITLE].rstrip()


def topics(lines: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    """Return what the columns of a table mean, in one spelling.

    Parameters
    ----------
    lines : iterable of tuple
        One per topic, in the order of :data:`~bt_analysis.sources.table.PROPERTIES`, as published.

    Returns
    -------
    DataFrame
        One row is a topic; ``unit`` is ``""`` and ``decimals`` NA where none is published.
    """
    table = pd.DataFrame(list(lines), columns=list(PROPERTIES))
    return table.assign(
        title=[spelled(title) for title in table["title"]],
        unit=table["unit"].fillna("").str.strip(),
        decimals=pd.to_numeric(table["decimals"]).astype("Int64"),
        path=table["path"].map(lambda path: tuple(spelled(step) for step in path)),
    )


def members(published: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the members of a dimension.

    Parameters
    ----------
    published : DataFrame
        One row is a member: its code and its title.
    code : str
        What the column of codes is to be called.

    Returns
    -------
    DataFrame
        The same rows: the code, without padding, and ``title``.
    """
    codes, titles = (published.iloc[:, at].astype("str") for at in (0, 1))
    return pd.DataFrame({code: codes.str.strip(), "title": titles.str.strip().str[:_LONGEST_TITLE].str.rstrip()})


def division_year(table_id: str, map_year: object, texts: Sequence[str], only_year: int) -> int:
    """Tell on the division of which year a table stands.

    Parameters
    ----------
    table_id : str
        Its id, to look up in the families of tables.
    map_year : object
        MapYear of its region dimension; None or empty when that does not say so.
    texts : sequence of str
        Title and description, in which CBS writes ``(indeling 2020)`` or ``regio-indeling 2024``.
    only_year : int
        Year of its figures when it has but one: such a table stands on that year's division. 0 when it has more.

    Returns
    -------
    int
        The year: of the first of these that says it, the family before the year of the figures. 0 when none does.
    """
    if map_year:
        return int(str(map_year))
    for text in texts:
        if found := _DIVISION.search(text):
            return int(found[1])
    stated = {table: year for family in load_families().values() for table, year in family.divisions.items()}
    return stated.get(table_id, only_year)
