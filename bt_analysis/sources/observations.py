"""The figures of a table in the form of OData v4 and the CSV files: records come in, a checked table goes out.

One observation is one figure: a measure, a member of each dimension, a value. A cell of the table without a figure has
no observation, or one without a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from json import loads

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json

from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.raw_table import Record

OBSERVATIONS = "Observations"
"""The set with the figures."""

MEASURE = "Measure"
"""Column of the observations that says which topic a figure is of."""

_NEXT = "@odata.nextLink"

Sets = Mapping[str, list[Record]]
"""The metadata sets of a table by name, as published."""

Codes = Mapping[str, list[str]]
"""Key column of the observations → the codes it may hold; the measures first."""


def schema(dimensions: list[str]) -> pa.Schema:
    """Return the columns and types of observations as they come.

    Parameters
    ----------
    dimensions : list of str
        Names of the dimensions, in the order of the set Dimensions.

    Returns
    -------
    pyarrow.Schema
        As the fields in OData v4.
    """
    names = (MEASURE, *dimensions, "ValueAttribute", "StringValue")
    return pa.schema([("Id", pa.int64()), *((name, pa.string()) for name in names), ("Value", pa.float64())])


def table(records: list[Record], dimensions: list[str], table_id: str) -> pa.Table:
    """Return observations as a table.

    Parameters
    ----------
    records : list of dict
        As OData v4 gives them.
    dimensions : list of str
        Names of the dimensions.
    table_id : str
        Named in the error.

    Returns
    -------
    pyarrow.Table
        From :func:`encoded`.

    Raises
    ------
    SourceRejected
        When a field holds something of another type.
    """
    try:
        return encoded(pa.Table.from_pylist(records, schema=schema(dimensions)))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as problem:
        raise refusal(table_id, f"an observation of another form ({problem})", "a number or a text") from problem


def parse(text: bytes, dimensions: list[str], table_id: str) -> tuple[pa.Table, str | None]:
    """Read a page of observations.

    Parameters
    ----------
    text : bytes
        JSON of OData v4.
    dimensions : list of str
        Names of the dimensions.
    table_id : str
        Named in the error.

    Returns
    -------
    tuple
        The observations, from :func:`encoded`, and where the next page is, when there is one.

    Raises
    ------
    ValueError, KeyError
        When the text is no JSON with observations, or only half of it.
    SourceRejected
        When a field holds something of another type.
    """
    records = pa.list_(pa.struct(list(schema(dimensions))))
    form = json.ParseOptions(pa.schema([("value", records), (_NEXT, pa.string())]), unexpected_field_behavior="ignore")
    # In JSON a line break stands between signs only; to this reader it is the end of a record.
    line = text.replace(b"\n", b" ").replace(b"\r", b" ")
    try:
        page = json.read_json(pa.BufferReader(line), json.ReadOptions(block_size=len(line) + 1), form)
    except pa.ArrowInvalid:
        # Either broken, or sound JSON with fields of another type: the plain reader tells which.
        plain = loads(text)
        if not isinstance(plain, dict) or not isinstance(plain.get("value"), list):
            raise KeyError("value") from None
        return table(plain["value"], dimensions, table_id), plain.get(_NEXT)
    if len(page) != 1 or page["value"].null_count:
        raise KeyError("value")
    found = pa.Table.from_struct_array(page["value"].combine_chunks().flatten())
    return encoded(found), page[_NEXT][0].as_py()


def encoded(observations: pa.Table) -> pa.Table:
    """Return observations with each code stored once and without padding.

    Parameters
    ----------
    observations : pyarrow.Table
        With the columns of :func:`schema`.

    Returns
    -------
    pyarrow.Table
        The same rows, in a fraction of the memory.
    """
    for at, name in enumerate(observations.column_names):
        if pa.types.is_string(observations.schema.field(name).type) and name != "StringValue":
            codes = pc.utf8_trim_whitespace(observations[name]).dictionary_encode()
            observations = observations.set_column(at, name, codes)
    return observations


def axes(sets: Sets) -> dict[str, list[str]]:
    """Return which codes each key column of the observations may hold.

    Parameters
    ----------
    sets : mapping
        The metadata sets of a table: Dimensions, MeasureCodes and the codes of each dimension.

    Returns
    -------
    dict
        Column → codes, in the order in which they are published; the measures first.
    """
    named = {one["Identifier"]: f"{one['Identifier']}Codes" for one in sets["Dimensions"]}
    return {column: [_code(one) for one in sets[name]] for column, name in {MEASURE: "MeasureCodes", **named}.items()}


def check(observations: pa.Table, allowed: Codes, table_id: str, promised: int) -> None:
    """Refuse observations that are not all there, that occur twice or that are of nothing in the table.

    Parameters
    ----------
    observations : pyarrow.Table
        All observations of a table.
    allowed : mapping
        From :func:`axes`.
    table_id : str
        Named in the error.
    promised : int
        ObservationCount.

    Raises
    ------
    SourceRejected
        With the first observation that is wrong.
    """
    if len(observations) != promised:
        raise refusal(table_id, f"{len(observations)} observations", f"ObservationCount = {promised}")
    for name, codes in allowed.items():
        if len(set(codes)) < len(codes):
            raise refusal(table_id, f"a code of {name} twice", "each once")
    places = places_of(observations, allowed)
    repeated = np.flatnonzero(pd.Series(cells_of(places, allowed)).duplicated())
    if len(repeated):
        first = " × ".join(str(observations[name][int(repeated[0])]) for name in allowed)
        raise refusal(table_id, f"{len(repeated)} observations twice, first {first!r}", "each once")


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


def places_of(observations: pa.Table, allowed: Codes) -> dict[str, np.ndarray]:
    """Return where in the list of codes each observation's code stands.

    Parameters
    ----------
    observations : pyarrow.Table
        One row is a figure.
    allowed : mapping
        From :func:`axes`.

    Returns
    -------
    dict
        Key column → place per observation, from 0.

    Raises
    ------
    SourceRejected
        When an observation has a code that is not in the list.
    """
    places = {}
    for name, codes in allowed.items():
        place = pc.index_in(observations[name], value_set=pa.array(codes, pa.string())).combine_chunks()
        if place.null_count:
            stranger = observations[name].filter(pc.is_null(place))[0]
            raise SourceRejected(
                f"observations: got {stranger} as {name}; expected a code of the metadata. Fetch the table again."
            )
        places[name] = place.to_numpy().astype(np.int64)
    return places


def cells_of(places: Mapping[str, np.ndarray], allowed: Codes) -> np.ndarray:
    """Return one number per observation for its places in several key columns together.

    Parameters
    ----------
    places : mapping
        From :func:`places_of`; at least one column.
    allowed : mapping
        The columns to take together.

    Returns
    -------
    array of int
        0 for all when no column is to be taken; ``numpy.unravel_index`` gives the places back.
    """
    cells = np.zeros(len(next(iter(places.values()))), dtype=np.int64)
    for name, codes in allowed.items():
        cells = cells * len(codes) + places[name]
    return cells


def _code(one: Record) -> str:
    return str(one["Identifier"]).strip()
