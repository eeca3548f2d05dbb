"""A fetched CBS table on disk: its folder comes in, rows without padding and the meaning of its columns go out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bt_analysis.sources import downloaded_file
from bt_analysis.sources.downloaded_file import NOTE
from bt_analysis.sources.long_form import read_long
from bt_analysis.sources.memory import given_back
from bt_analysis.sources.observations import OBSERVATIONS
from bt_analysis.sources.raw_table import (
    REGION_KINDS,
    Record,
    division_year,
    last_year,
    members,
    read_fields,
    read_set,
    topics,
    unreadable,
)
from bt_analysis.sources.table import CbsTable

ROWS = "TypedDataSet"
"""The set with the figures: numbers as numbers, codes as codes."""

RELEASE = "Release.json"
"""Says which release and which selection lies in a folder; cached.py writes it."""

_DIMENSION_KINDS = (*REGION_KINDS, "TimeDimension", "Dimension")
_NO_LABELS = pd.DataFrame(columns=["regiocode", "title"], dtype="str")
_COLUMNS = 16
_NUMBERED = re.compile(r"_\d+$")


@given_back()
def read_table(folder: Path) -> CbsTable:
    """Read a fetched table, without padding and with what its columns mean.

    Parameters
    ----------
    folder : Path
        ``data/raw/cbs/<table>``.

    Returns
    -------
    CbsTable
        Rows, topics and region names.

    Raises
    ------
    SourceRejected
        When a file is absent or broken, or no year can be found.
    """
    if (folder / f"{OBSERVATIONS}.parquet").exists():
        return read_long(folder)
    if (folder / NOTE).exists():
        return downloaded_file.read(folder)
    info, properties = read_set(folder, "TableInfos")[0], read_set(folder, "DataProperties")
    region = next((one for one in properties if kind(one) in REGION_KINDS), None)
    column = region["Key"] if region else ""
    time_column = next((one["Key"] for one in properties if kind(one) == "TimeDimension"), "")
    year = last_year({field: info.get(field) for field in ("Period", "Title")}, folder)
    return CbsTable(
        table_id=info["Identifier"].strip(),
        title=info["Title"].strip(),
        modified=str(info["Modified"]),
        year=year,
        division_year=division_year(
            info["Identifier"].strip(),
            (region or {}).get("MapYear"),
            [str(info.get(field)) for field in ("Title", "ShortDescription")],
            0 if time_column else year,
        ),
        rows=_read_rows(folder),
        properties=_topics(properties),
        region_column=column,
        labels=_titles(folder, column, "regiocode") if column else _NO_LABELS,
        time_column=time_column,
        members={one["Key"]: _titles(folder, one["Key"], "key") for one in properties if kind(one) == "Dimension"},
        selection={key: tuple(chosen) for key, chosen in read_key(folder).get("where", {}).items()},
    )


def read_key(folder: Path) -> dict[str, Any]:
    """Read which release and which selection lies in a folder.

    Parameters
    ----------
    folder : Path
        ``data/raw/cbs/<table>``.

    Returns
    -------
    dict
        The content of Release.json; empty when that is absent or broken.
    """
    try:
        return cast(dict[str, Any], json.loads((folder / RELEASE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def kind(one: Record) -> str:
    """Return what a record of DataProperties is.

    Parameters
    ----------
    one : dict
        A record of DataProperties.

    Returns
    -------
    str
        ``Topic``, ``TopicGroup``, ``Dimension``, ``GeoDetail``, ``GeoDimension`` or ``TimeDimension``.
    """
    # "Cbs.OData.GeoDetail"; a host that leaves odata.type out still fills Type.
    return str(one.get("odata.type") or one.get("Type")).rpartition(".")[2]


def dimensions(properties: list[Record]) -> list[str]:
    """Return the columns that together are the key of a table's rows.

    Parameters
    ----------
    properties : list of dict
        The set DataProperties.

    Returns
    -------
    list of str
        Column names, in the order of the table; each is also the name of a set of the table.
    """
    return [one["Key"] for one in properties if kind(one) in _DIMENSION_KINDS]


def _read_rows(folder: Path) -> pd.DataFrame:
    path = folder / f"{ROWS}.parquet"
    try:
        with pq.ParquetFile(path, memory_map=True) as published:
            names = published.schema_arrow.names
            # Some columns at a time: the whole as Arrow and as pandas at once would take twice the memory.
            parts = [names[at : at + _COLUMNS] for at in range(0, len(names), _COLUMNS)]
            found = [_stripped(published.read(part, use_threads=False).to_pandas(use_threads=False)) for part in parts]
    except (OSError, pa.ArrowInvalid) as problem:
        raise unreadable(path) from problem
    return pd.concat(found, axis=1)


def _stripped(rows: pd.DataFrame) -> pd.DataFrame:
    texts = [key for key in rows if pd.api.types.is_string_dtype(rows[key].dtype)]
    return rows.assign(**{str(key): rows[key].str.strip() for key in texts})


def _topics(properties: list[Record]) -> pd.DataFrame:
    groups = {one["ID"]: one for one in properties if kind(one) == "TopicGroup"}

    def path(one: Record) -> tuple[str, ...]:
        group = groups.get(one.get("ParentID"))
        return (*path(group), group["Title"]) if group else ()

    return topics(
        (
            one["Key"], _NUMBERED.sub("", one["Key"]), one["Title"], one.get("Unit"), one.get("Decimals"),
            one.get("Datatype"), path(one),
        )
        for one in properties
        if kind(one) == "Topic"
    )  # fmt: skip


def _titles(folder: Path, name: str, code: str) -> pd.DataFrame:
    return members(read_fields(folder, name, ["Key", "Title"]), code)
