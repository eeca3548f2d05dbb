"""A table fetched in long form (OData v4, CSV) comes in; the same wide table as from OData v3 goes out.

Text columns of v3, such as the name of the gemeente or the flag for changed divisions, are not offered in this form.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bt_analysis.sources.observations import MEASURE, OBSERVATIONS, Codes, axes, cells_of, places_of
from bt_analysis.sources.raw_table import (
    REGION_KINDS,
    WHOLE,
    Record,
    division_year,
    last_year,
    members,
    read_set,
    spelled,
    topics,
    unreadable,
)
from bt_analysis.sources.table import CbsTable, base_name


def read_long(folder: Path) -> CbsTable:
    """Read a table that was fetched in long form.

    Parameters
    ----------
    folder : Path
        ``data/raw/cbs/<table>`` with Observations.parquet and the metadata sets.

    Returns
    -------
    CbsTable
        Rows in the order of the regions. The key of a column is the identifier of its measure.

    Raises
    ------
    SourceRejected
        When a file is absent or broken, or no year can be found.
    """
    info, dimensions = read_set(folder, "Properties")[0], read_set(folder, "Dimensions")
    kinds = {one["Identifier"]: one["Kind"] for one in dimensions}
    codes = {name: _ordered(read_set(folder, f"{name}Codes")) for name in kinds}
    measures = _ordered(read_set(folder, "MeasureCodes"))
    region = next((one for one in dimensions if one["Kind"] in REGION_KINDS), {"Identifier": ""})
    time_column = next((name for name, kind in kinds.items() if kind == "TimeDimension"), "")
    year = last_year({field: info.get(field) for field in ("TemporalCoverage", "Title")}, folder)
    sets = {"Dimensions": dimensions, "MeasureCodes": measures, **{f"{name}Codes": one for name, one in codes.items()}}
    properties = _topics(measures, read_set(folder, "MeasureGroups"))
    return CbsTable(
        table_id=info["Identifier"].strip(),
        title=info["Title"].strip(),
        modified=str(info["Modified"]),
        year=year,
        division_year=division_year(
            info["Identifier"].strip(),
            region.get("MapYear"),
            [str(info.get(field)) for field in ("Title", "Description")],
            0 if time_column else year,
        ),
        rows=wide(_read_rows(folder), axes(sets), properties, region["Identifier"]),
        properties=properties,
        region_column=region["Identifier"],
        labels=members(_titles(codes.get(region["Identifier"], [])), "regiocode"),
        time_column=time_column,
        members={name: members(_titles(codes[name]), "key") for name, kind in kinds.items() if kind == "Dimension"},
    )


def wide(observations: pa.Table, allowed: Codes, properties: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return observations as one column per measure.

    Parameters
    ----------
    observations : pyarrow.Table
        One row is a figure.
    allowed : mapping
        Key column → its codes, in the order the rows and columns must have; the measures first.
    properties : DataFrame
        One row is a measure, in that order: ``key, datatype``.
    region : str
        Column with region codes, ``""`` when there is none.

    Returns
    -------
    DataFrame
        The dimensions, then the measures. One row is a region with a combination of members of the other dimensions;
        only combinations that have a figure somewhere. Each region has all of them, as in OData v3, with or without
        figures.

    Raises
    ------
    SourceRejected
        When an observation has a code that is not in the metadata.
    """
    places = places_of(observations, allowed)
    others = {name: codes for name, codes in allowed.items() if name not in (MEASURE, region)}
    combinations, at = np.unique(cells_of(places, others), return_inverse=True)
    if not others:
        combinations = np.zeros(1, dtype=np.int64)  # of nothing there is one combination, also without any figure
    regions = allowed.get(region, [""])
    keys = {region: np.repeat(np.array(regions, dtype=object), len(combinations))}
    if others:
        split = np.unravel_index(combinations, [len(codes) for codes in others.values()])
        for (name, codes), place in zip(others.items(), split, strict=True):
            keys[name] = np.tile(np.array(codes, dtype=object)[place], len(regions))
    row = places.get(region, 0) * len(combinations) + at
    figures = _figures(observations, places[MEASURE], row, len(regions) * len(combinations), properties)
    dimensions = {name: pd.Series(keys[name], dtype="str") for name in allowed if name != MEASURE}
    return pd.DataFrame(dimensions | figures)


def _figures(
    observations: pa.Table, measure: np.ndarray, row: np.ndarray, rows: int, properties: pd.DataFrame
) -> dict[str, pd.Series]:
    """Return measure → its column, each observation put in its row."""
    values = np.full((len(properties), rows), np.nan)
    values[measure, row] = observations["Value"].to_numpy()
    columns: dict[str, pd.Series] = {}
    for number, (key, datatype) in enumerate(zip(properties["key"], properties["datatype"], strict=True)):
        if datatype == "String":
            mine, texts = measure == number, np.full(rows, None, dtype=object)
            texts[row[mine]] = observations["StringValue"].filter(pa.array(mine)).to_numpy(zero_copy_only=False)
            columns[key] = pd.Series(texts, dtype="str").str.strip()
        else:
            columns[key] = _numbers(values[number], datatype)
    return columns


def _numbers(values: np.ndarray, datatype: str) -> pd.Series:
    missing = np.isnan(values)
    # A column that is called Long but holds a fraction keeps it.
    if datatype in WHOLE and (values[~missing] % 1 == 0).all():
        return pd.Series(pd.arrays.IntegerArray(np.where(missing, 0, values).astype(np.int64), missing))
    return pd.Series(pd.arrays.FloatingArray(values.copy(), missing))


def _topics(measures: list[Record], groups: list[Record]) -> pd.DataFrame:
    by_id = {str(one["Id"]).strip(): one for one in groups}

    def path(group: object) -> tuple[str, ...]:
        one = by_id.get(str(group).strip())
        return (*path(one.get("ParentId")), one["Title"]) if one else ()

    return topics(
        (
            str(one["Identifier"]).strip(), base_name(spelled(one["Title"])), one["Title"], one.get("Unit"),
            one.get("Decimals"), one.get("DataType"), path(one.get("MeasureGroupId")),
        )
        for one in measures
    )  # fmt: skip


def _titles(records: list[Record]) -> pd.DataFrame:
    return pd.DataFrame(records, columns=["Identifier", "Title"], dtype="str")


def _ordered(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda one: int(one.get("Index") or 0))


def _read_rows(folder: Path) -> pa.Table:
    path = folder / f"{OBSERVATIONS}.parquet"
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as problem:
        raise unreadable(path) from problem
