"""A table in the long form of OData v4 and the CSV files comes in; the same wide table as from OData v3 goes out.

One observation is one figure: a measure, a member of each dimension, a value. Cells without a figure have no
observation, or one without a value. Text columns of v3, such as the name of the gemeente or the flag for changed
divisions, are not offered in this form.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bt_analysis.sources.odata import Record, SourceRejected
from bt_analysis.sources.raw_table import REGION_KINDS, WHOLE, last_year, members, read_set, spelled, topics, unreadable
from bt_analysis.sources.table import CbsTable, base_name

OBSERVATIONS = "Observations"
"""The set with the figures."""

MEASURE = "Measure"
"""Column of the observations that says which topic a figure is of."""

Sets = Mapping[str, list[Record]]


def read(folder: Path) -> CbsTable:
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
    dimensions = read_set(folder, "Dimensions")
    codes = [f"{one['Identifier']}Codes" for one in dimensions]
    sets = {name: read_set(folder, name) for name in ("MeasureCodes", "MeasureGroups", *codes)}
    sets["Dimensions"], info = dimensions, read_set(folder, "Properties")[0]
    region = next((one for one in dimensions if one["Kind"] in REGION_KINDS), None)
    column = region["Identifier"] if region else ""
    year = last_year({field: info.get(field) for field in ("TemporalCoverage", "Title")}, folder)
    properties = _topics(sets)
    return CbsTable(
        table_id=info["Identifier"].strip(),
        title=info["Title"].strip(),
        modified=str(info["Modified"]),
        year=year,
        division_year=int((region or {}).get("MapYear") or year),
        rows=wide(_read_rows(folder), axes(sets), properties, column),
        properties=properties,
        region_column=column,
        labels=members(sets.get(f"{column}Codes", []), "Identifier", "regiocode"),
        time_column=next((one["Identifier"] for one in dimensions if one["Kind"] == "TimeDimension"), ""),
        members={
            one["Identifier"]: members(sets[f"{one['Identifier']}Codes"], "Identifier")
            for one in dimensions
            if one["Kind"] == "Dimension"
        },
    )


def schema(dimensions: list[str]) -> pa.Schema:
    """Return the columns and types of a table of observations.

    Parameters
    ----------
    dimensions : list of str
        Names of the dimensions, in the order of the set Dimensions.

    Returns
    -------
    pyarrow.Schema
        As the fields in OData v4.
    """
    names = (MEASURE, "ValueAttribute", "StringValue", *dimensions)
    return pa.schema([("Id", pa.int64()), *((name, pa.string()) for name in names), ("Value", pa.float64())])


def axes(sets: Sets) -> dict[str, list[str]]:
    """Return which codes each key column of the observations may hold.

    Parameters
    ----------
    sets : mapping of str to list of dict
        The metadata sets of a table: Dimensions, MeasureCodes and the codes of each dimension.

    Returns
    -------
    dict
        Column → codes, in the order in which they are published; the measures first.
    """
    named = {one["Identifier"]: f"{one['Identifier']}Codes" for one in sets["Dimensions"]}
    return {column: [_code(one) for one in sets[name]] for column, name in {MEASURE: "MeasureCodes", **named}.items()}


def check(observations: pa.Table, allowed: Mapping[str, list[str]], table_id: str, promised: int | None) -> None:
    """Refuse observations that are incomplete, that occur twice or that are of nothing in the table.

    Parameters
    ----------
    observations : pyarrow.Table
        All observations of a table.
    allowed : mapping of str to list of str
        From :func:`axes`.
    table_id : str
        Named in the error.
    promised : int or None
        ObservationCount; None when it is not published.

    Raises
    ------
    SourceRejected
        With the first observation that is wrong.
    """
    if promised is not None and len(observations) != promised:
        raise refusal(table_id, f"{len(observations)} observations", f"ObservationCount = {promised}")
    places = _places(observations, allowed)
    repeated = np.flatnonzero(pd.Series(_cells(places, list(allowed), allowed)).duplicated())
    if len(repeated):
        first = " × ".join(str(observations[name][int(repeated[0])]) for name in allowed)
        raise refusal(table_id, f"{len(repeated)} observations twice, first {first!r}", "each once")


def wide(
    observations: pa.Table, allowed: Mapping[str, list[str]], properties: pd.DataFrame, region: str
) -> pd.DataFrame:
    """Return observations as one column per measure.

    Parameters
    ----------
    observations : pyarrow.Table
        One row is a figure.
    allowed : mapping of str to list of str
        From :func:`axes`.
    properties : DataFrame
        One row is a measure: ``key, datatype``.
    region : str
        Column with region codes, ``""`` when there is none.

    Returns
    -------
    DataFrame
        One row is a region with a combination of members of the other dimensions that has any observation at all;
        the dimensions, then the measures. Every region has its rows, as in OData v3, also when it has no figures.

    Raises
    ------
    SourceRejected
        When an observation has a code that is not in the metadata.
    """
    places = _places(observations, allowed)
    others = [name for name in allowed if name not in (MEASURE, region)]
    combinations, at = np.unique(_cells(places, others, allowed), return_inverse=True)
    if not others:  # then a row is a region, also in a table without any figure yet
        combinations = np.zeros(1, dtype=np.int64)
    regions = allowed.get(region, [""])
    columns = {region: np.repeat(regions, len(combinations))} if region else {}
    for name, place in zip(others, _members(combinations, others, allowed), strict=True):
        columns[name] = np.tile(np.array(allowed[name], dtype=object)[place], len(regions))
    keys = pd.DataFrame({name: pd.Series(columns[name], dtype="str") for name in list(allowed)[1:]})
    row = places.get(region, 0) * len(combinations) + at
    return pd.concat([keys, _figures(observations, places[MEASURE], row, len(keys), properties)], axis=1)


def refusal(table_id: str, got: str, expected: str) -> SourceRejected:
    """Return the error that says a table cannot be kept as it came.

    Parameters
    ----------
    table_id : str
        Which table.
    got, expected : str
        What came and what should have come.

    Returns
    -------
    SourceRejected
        To be raised.
    """
    return SourceRejected(
        f"table {table_id}: got {got}; expected {expected}. CBS may be publishing it at this moment: fetch again later."
    )


def _places(observations: pa.Table, allowed: Mapping[str, list[str]]) -> dict[str, np.ndarray]:
    """Return, for each key column, the place of every observation's code in the list of codes."""
    places = {}
    for name, codes in allowed.items():
        place = pc.index_in(observations[name], value_set=pa.array(codes, pa.string())).combine_chunks()
        if place.null_count:
            stranger = observations[name].filter(pc.is_null(place))[0]
            raise SourceRejected(
                f"observations: got {stranger} as {name}; expected a code that the metadata know. Fetch the table again."
            )
        places[name] = place.to_numpy().astype(np.int64)
    return places


def _cells(places: Mapping[str, np.ndarray], names: list[str], allowed: Mapping[str, list[str]]) -> np.ndarray:
    """Return one number per observation for its members of some dimensions together."""
    cells = np.zeros(len(places[MEASURE]), dtype=np.int64)
    for name in names:
        cells = cells * len(allowed[name]) + places[name]
    return cells


def _members(cells: np.ndarray, names: list[str], allowed: Mapping[str, list[str]]) -> list[np.ndarray]:
    """Return what :func:`_cells` put together, one array of places per dimension."""
    return list(np.unravel_index(cells, [len(allowed[name]) for name in names])) if names else []


def _figures(
    observations: pa.Table, measure: np.ndarray, row: np.ndarray, rows: int, properties: pd.DataFrame
) -> pd.DataFrame:
    values = np.full((len(properties), rows), np.nan)
    values[measure, row] = observations["Value"].to_numpy()
    columns = {
        key: _numbers(values[number], datatype)
        for number, (key, datatype) in enumerate(zip(properties["key"], properties["datatype"], strict=True))
    }
    for number in np.flatnonzero(properties["datatype"] == "String"):
        of_it, texts = measure == number, np.full(rows, None, dtype=object)
        texts[row[of_it]] = observations["StringValue"].filter(pa.array(of_it)).to_numpy(zero_copy_only=False)
        columns[properties["key"].iloc[number]] = pd.Series(texts, dtype="str").str.strip()
    return pd.DataFrame(columns)


def _numbers(values: np.ndarray, datatype: str) -> pd.Series:
    missing = np.isnan(values)
    # A column that is called Long but holds a fraction keeps it.
    if datatype in WHOLE and (values[~missing] % 1 == 0).all():
        whole = np.where(missing, 0, values).astype(np.int64)
        return pd.Series(pd.arrays.IntegerArray(whole, missing))
    return pd.Series(pd.arrays.FloatingArray(values.copy(), missing))


def _topics(sets: Sets) -> pd.DataFrame:
    groups = {_code(one, "Id"): one for one in sets["MeasureGroups"]}

    def path(group: str | None) -> tuple[str, ...]:
        one = groups.get(str(group).strip())
        return (*path(one.get("ParentId")), one["Title"]) if one else ()

    return topics(
        (
            _code(one), base_name(spelled(one["Title"])), one["Title"], one.get("Unit"), one.get("Decimals"),
            one.get("DataType"), path(one.get("MeasureGroupId")),
        )
        for one in sets["MeasureCodes"]
    )  # fmt: skip


def _code(one: Record, field: str = "Identifier") -> str:
    return str(one[field]).strip()


def _read_rows(folder: Path) -> pa.Table:
    path = folder / f"{OBSERVATIONS}.parquet"
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as problem:
        raise unreadable(path) from problem
