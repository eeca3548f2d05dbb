"""Table Schemas of every table: a table and the name of its schema go in; the same table, or one error, comes out.

A schema is a Frictionless Table Schema in ``schemas/<name>.json``. The file is the only place where a
column's type, unit, permitted values and Dutch and English label are written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from bt_analysis.descriptors import (
    Descriptor,
    FieldDescriptor,
    Reference,
    SchemaError,
    foreign_keys,
    free_text_fields,
    key,
    list_fields,
    load,
    names,
    of_package,
    person_fields,
    protection,
    references,
)

__all__ = [
    "MINIMAL", "MISSING_REASONS", "MONITORING", "REASON_SUFFIX", "Descriptor", "FieldDescriptor", "Problem",
    "Reference", "SchemaError", "check", "foreign_keys", "free_text_fields", "key", "list_fields", "load", "names",
    "of_package", "person_fields", "protection", "references",
]  # fmt: skip

MONITORING = (
    "source", "collective", "actor", "membership", "area", "work_area",
    "engagement_tool", "research_question", "instrument", "indicator", "toc_node", "toc_link",
    "experiment", "experiment_event", "activity", "participation", "contribution", "funding", "rate", "saving_claim",
    "survey_wave", "measurement", "response_item",
    "decision", "input", "input_event", "input_link", "interaction", "tradeoff",
    "coop_scan", "obstacle", "selection_register", "lesson", "evidence", "evidence_judgement",
    "case_condition",
    "claim", "return_event", "research_effort", "bundle",
)  # fmt: skip
"""Tables a collective may deliver, each after the tables that its foreign keys name."""

MINIMAL = ("collective", "work_area", "activity", "participation", "contribution")
"""Tables that are enough for a first report; each other table opens a section of it."""

MISSING_REASONS = (
    "not_recorded",
    "not_applicable",
    "refused",
    "unknown",
    "suppressed",
    "not_yet_published",
    "cannot_exist",
    "lost_in_division_change",
)
REASON_SUFFIX = "_missing_reason"
"""A column with this ending says why a value of the column before the ending is missing."""


@dataclass(frozen=True)
class Problem:
    """One thing that a person has to mend, or that was repaired, in a delivered file.

    Parameters
    ----------
    file : str
        Folder and name of the file, as in ``zonnewijk/zonnewijk.xlsx``.
    sheet : str or None
        Sheet of a workbook; None for other files.
    row : int or None
        Row number as a spreadsheet shows it; None when it is not about one row.
    column : str or None
        Field name, or what stands in the header when it is no field.
    got, expected, do : str
        Plain sentences in Dutch.
    kind : str
        Key of the sentences, the same in every language.
    details : Mapping[str, str]
        What was filled in in the sentences.
    """

    file: str
    sheet: str | None
    row: int | None
    column: str | None
    got: str
    expected: str
    do: str
    kind: str = ""
    details: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


def check(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the table as it came when it is what its schema says.

    Parameters
    ----------
    table : DataFrame
        A table between two stages. Every field of the schema must be a column; a column
        ``<field>_missing_reason`` may stand beside a field; other columns only when the
        schema has ``"extraColumns": true``.
    name : str
        Name of the schema.

    Returns
    -------
    DataFrame
        The same object, unchanged.

    Raises
    ------
    SchemaError
        With every column that is wrong, its first wrong value and the number of rows.

    Notes
    -----
    A column without any value may have any type, as an empty column has none on disk.
    """
    descriptor = load(name)
    wrong = [*_wrong_columns(table, descriptor)]
    for field_ in descriptor["fields"]:
        if field_["name"] in table.columns and table.columns.is_unique:
            wrong += _wrong_values(table, field_)
    if not wrong:
        wrong += _wrong_keys(table, key(descriptor))
    if wrong:
        raise SchemaError(f"table {name} with {len(table)} rows: {' · '.join(wrong)}. Mend the stage that made it.")
    return table


def _wrong_columns(table: pd.DataFrame, descriptor: Descriptor) -> Iterator[str]:
    fields = [field_["name"] for field_ in descriptor["fields"]]
    for column in table.columns[table.columns.duplicated()].unique():
        yield f"column {column} stands there more than once; expected once"
    for column in fields:
        if column not in table.columns:
            yield f"column {column} is missing; got {', '.join(map(str, table.columns)) or 'no columns'}"
    known = {*fields, *(column + REASON_SUFFIX for column in fields)}
    if not descriptor.get("extraColumns", False):
        for column in table.columns:
            if column not in known:
                yield f"column {column} is not in the schema; expected {', '.join(fields)}"


def _wrong_values(table: pd.DataFrame, field_: FieldDescriptor) -> Iterator[str]:
    values: pd.Series[Any] = table.loc[:, field_["name"]]
    reasons = table.get(field_["name"] + REASON_SUFFIX)
    if reasons is not None:
        yield from _wrong_reasons(reasons, values.isna())
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype) if _may_be_wrong(values, field_) else values.head(0)
    yield from _wrong_entries(values, field_)


def _may_be_wrong(values: pd.Series[Any], field_: FieldDescriptor) -> bool:
    """Return whether a column of categories has to be looked at row by row: when one of its values is wrong."""
    distinct = values.drop_duplicates()
    decoded = distinct.astype(values.cat.categories.dtype)
    unique = field_.get("constraints", {}).get("unique", False) and len(distinct) < len(values)
    return unique or next(_wrong_entries(decoded, field_), None) is not None


def _wrong_entries(values: pd.Series[Any], field_: FieldDescriptor) -> Iterator[str]:
    constraints = field_.get("constraints", {})
    present = values.notna()
    if field_["type"] == "string":
        present &= values.ne("").fillna(True).astype(bool)
    if constraints.get("required"):
        yield from _first(values, ~present, "a value in every row")
    there = values if present.all() else values[present]
    mistyped = _mistyped(there, field_["type"])
    yield from _first(there, mistyped, f"{field_['type']} (the column is stored as {values.dtype})")
    if not mistyped.any():
        yield from _outside_constraints(there, field_["type"], constraints)


def _mistyped(values: pd.Series[Any], type_: str) -> pd.Series[bool]:
    """Return which present values do not have the schema's type."""
    if values.empty:
        return pd.Series([], index=values.index, dtype=bool)
    if type_ == "number" and types.is_float_dtype(values.dtype):
        return pd.Series(~np.isfinite(values.to_numpy(dtype=float)), index=values.index)
    if type_ == "date" and types.is_datetime64_dtype(values.dtype):
        return values.ne(values.dt.normalize())
    if type_ in _STORED_AS and _STORED_AS[type_](values.dtype):
        return pd.Series(False, index=values.index)
    if types.is_object_dtype(values.dtype) and type_ in _PYTHON_TYPE:
        return pd.Series([type(value) is not _PYTHON_TYPE[type_] for value in values], index=values.index)
    return pd.Series(True, index=values.index)


def _is_real(dtype: object) -> bool:
    return types.is_float_dtype(dtype) or types.is_integer_dtype(dtype)  # type: ignore[arg-type]


_STORED_AS: dict[str, Callable[[Any], bool]] = {
    "string": lambda dtype: isinstance(dtype, pd.StringDtype),
    "integer": types.is_integer_dtype,
    "year": types.is_integer_dtype,
    "number": _is_real,
    "boolean": types.is_bool_dtype,
    "datetime": types.is_datetime64_any_dtype,
}
_PYTHON_TYPE: dict[str, type] = {"string": str, "date": dt.date}


def _outside_constraints(values: pd.Series[Any], type_: str, constraints: Mapping[str, Any]) -> Iterator[str]:
    if type_ == "date":
        values = pd.to_datetime(values)
    if "enum" in constraints:
        options = ", ".join(map(str, constraints["enum"]))
        yield from _first(values, ~values.isin(constraints["enum"]), f"one of {options}")
    if "minimum" in constraints:
        yield from _first(values, values < _bound(constraints["minimum"], type_), f"at least {constraints['minimum']}")
    if "maximum" in constraints:
        yield from _first(values, values > _bound(constraints["maximum"], type_), f"at most {constraints['maximum']}")
    if "pattern" in constraints and len(values):
        fits = values.astype("str").str.fullmatch(constraints["pattern"])
        yield from _first(values, ~fits.astype(bool), f"text of the form {constraints['pattern']}")
    if constraints.get("unique"):
        yield from _first(values, values.duplicated(), "a value that is in no other row")


def _bound(bound: Any, type_: str) -> Any:
    return pd.Timestamp(bound) if type_ in ("date", "datetime") else bound


def _wrong_reasons(reasons: pd.Series[Any], missing: pd.Series[bool]) -> Iterator[str]:
    yield from _first(reasons, reasons.notna() & ~reasons.isin(MISSING_REASONS), f"one of {', '.join(MISSING_REASONS)}")
    yield from _first(reasons, reasons.notna() & ~missing, "no reason, as there is a value")
    yield from _first(reasons, reasons.isna() & missing, "a reason, as there is no value")


def _wrong_keys(table: pd.DataFrame, columns: list[str]) -> Iterator[str]:
    if not columns:
        return
    name = " + ".join(columns)
    for wrong, expected in (
        (table[columns].isna().any(axis=1), "a key in every row"),
        (table.duplicated(columns), "a key that is in no other row"),
    ):
        rows = table.loc[wrong.to_numpy(), columns]  # only these: a key of every row is too much of a whole country
        keys = pd.Series(list(rows.itertuples(index=False, name=None)), name=name, dtype=object)
        yield from _first(keys, pd.Series(True, index=keys.index), expected)


def _first(values: pd.Series[Any], wrong: pd.Series[Any], expected: str) -> Iterator[str]:
    """Yield one sentence about the first wrong value, or nothing when all is right."""
    wrong = wrong.fillna(False).astype(bool)
    if wrong.any():
        value = values[wrong].astype(object).iloc[0]
        value = value.item() if isinstance(value, np.generic) else value
        yield f"column {values.name}: got {value!r} and {int(wrong.sum()) - 1} more; expected {expected}"
