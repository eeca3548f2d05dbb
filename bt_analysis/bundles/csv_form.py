"""Tables as CSV: a typed table in, bytes out that our own reader and any other read the same; and the way back.

A missing value is written as the word for its reason (``onderdrukt``, ``weetniet``), so that the reason travels too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from bt_analysis.schema import MISSING_REASONS, REASON_SUFFIX, Descriptor, FieldDescriptor, key
from bt_analysis.sources.cells import MISSING_WORDS, read

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# One point before exactly three decimals is a thousand and more to a Dutch reader: 1.234 is written as 1.2340.
_MAYBE_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_STORED_AS = {
    "string": "str",
    "integer": "Int64",
    "year": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "datetime": "datetime64[us]",
}
_WITH_REASON = ("integer", "number", "year")
_SPACES = {"spaces", "hard_spaces"}


class CsvError(ValueError):
    """A table cannot be written as CSV, or a CSV is not the table it should be; the message names column and row."""


def write(table: pd.DataFrame, descriptor: Descriptor) -> bytes:
    """Write a table as CSV.

    Parameters
    ----------
    table : DataFrame
        Typed, with at least the columns of the descriptor; ``<field>_missing_reason`` beside a field says why a value
        is missing.
    descriptor : dict
        Table Schema: its fields, in their order, become the columns.

    Returns
    -------
    bytes
        UTF-8, a comma between cells, a decimal point, ISO 8601 dates, ``true`` and ``false``.

    Raises
    ------
    CsvError
        When a text begins with a sign that makes a spreadsheet calculate it; such text is refused when it is delivered.
    """
    columns = [_as_text(table, field, _words_of(field, descriptor)) for field in descriptor["fields"]]
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow([field["name"] for field in descriptor["fields"]])
    lines.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8")


def parse(content: bytes, descriptor: Descriptor) -> pd.DataFrame:
    """Read what :func:`write` wrote, or what another program wrote in the same form.

    Parameters
    ----------
    content : bytes
        UTF-8, with a header.
    descriptor : dict
        Table Schema; a column that is not in the file is missing in every row.

    Returns
    -------
    DataFrame
        Typed as a delivered table is, with ``<field>_missing_reason`` beside numbers when the schema has reasons.

    Raises
    ------
    CsvError
        With the first column, row and value that is not what the schema says.
    """
    header, rows = _cells(content)
    fields = {field["name"]: field for field in descriptor["fields"]}
    unknown = [name for name in header if name not in fields]
    if unknown or len(set(header)) != len(header):
        raise CsvError(f"got column {(unknown or header)[0]!r}; expected {', '.join(fields)}, each once")
    columns: dict[str, pd.Series[Any]] = {}
    for name, field in fields.items():
        cells = [row[header.index(name)] for row in rows] if name in header else [""] * len(rows)
        columns |= _typed(cells, field, _words_of(field, descriptor))
    table = pd.DataFrame(columns)
    names = key(descriptor)
    if names and (table[names].isna().any(axis=None) or table.duplicated(names).any()):
        raise CsvError(f"got the same or an empty {' + '.join(names)} in two rows; expected each once")
    return table


def relaxed(descriptor: Descriptor, names: set[str]) -> Descriptor:
    """Let fields of a schema be empty.

    Parameters
    ----------
    descriptor : dict
        Table Schema.
    names : set of str
        Fields of which a value may have been suppressed.

    Returns
    -------
    dict
        A copy in which those fields need not be filled in.
    """
    fields = []
    for field in descriptor["fields"]:
        constraints = dict(field.get("constraints", {}))
        if field["name"] in names:
            constraints.pop("required", None)
        fields.append({**field, "constraints": constraints} if constraints else _without(field, "constraints"))
    return {**descriptor, "fields": fields}


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key_: value for key_, value in values.items() if key_ != name}


def _words_of(field: FieldDescriptor, descriptor: Descriptor) -> dict[str, str]:
    """Return the words of a field for missing values → their reason; only the empty cell when nothing is said."""
    said: list[Any] = field.get("missingValues") or descriptor.get("missingValues") or [""]
    values = [{"value": one, "label": ""} if isinstance(one, str) else one for one in said]
    return {one["value"]: _reason(one["value"], one["label"]) for one in values}


def _reason(value: str, label: str) -> str:
    """Return the reason that a word stands for: its label, or else the word itself; an empty cell says nothing."""
    return next((name for name in (label, value) if name in MISSING_REASONS), MISSING_REASONS[0])


def _as_text(table: pd.DataFrame, field: FieldDescriptor, words: Mapping[str, str]) -> list[str]:
    name = field["name"]
    values = table[name].astype(object)
    reasons = table.get(name + REASON_SUFFIX, pd.Series("", index=table.index)).astype(str)
    word_of = {reason: word for word, reason in words.items() if word}
    return [
        word_of.get(reason, "") if is_missing else _one(value, field)
        for value, is_missing, reason in zip(values, values.isna().to_numpy(dtype=bool), reasons, strict=True)
    ]


def _one(value: Any, field: FieldDescriptor) -> str:
    match field["type"]:
        case "integer" | "year":
            return str(int(value))
        case "number":
            return _number(float(value))
        case "boolean":
            return "true" if value else "false"
        case "date":
            return pd.Timestamp(value).date().isoformat()
        case "datetime":
            return pd.Timestamp(value).isoformat(timespec="seconds")
        case _:
            return _text(str(value), field)


def _number(value: float) -> str:
    """Write a number without an exponent, so that it reads back as the same number and means one thing only."""
    text = format(Decimal(repr(value)), "f").removesuffix(".0")
    return f"{text}0" if _MAYBE_THOUSANDS.fullmatch(text) else text


def _text(value: str, field: FieldDescriptor) -> str:
    # A permitted value may be a sign by itself, as + is for a link of the theory of change.
    if value.startswith(_FORMULA) and value not in field.get("constraints", {}).get("enum", ()):
        raise CsvError(
            f"column {field['name']}: got text that begins with {value[0]!r}, which a spreadsheet calculates; expected "
            "none, as it is refused when it is delivered"
        )
    return value


def _cells(content: bytes) -> tuple[list[str], list[list[str]]]:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as problem:
        raise CsvError(f"got a file that is no CSV in UTF-8 ({problem}); expected one") from problem
    if not lines:
        raise CsvError("got an empty file; expected a line with the names of the columns")
    for number, cells in enumerate(lines, start=1):
        if len(cells) != len(lines[0]):
            raise CsvError(f"row {number}: got {len(cells)} cells; expected {len(lines[0])}")
    return lines[0], lines[1:]


def _typed(cells: list[str], field: FieldDescriptor, words: Mapping[str, str]) -> dict[str, pd.Series[Any]]:
    read_once = {cell: _value(cell, field, words) for cell in set(cells)}
    required = field.get("constraints", {}).get("required", False)
    for number, cell in enumerate(cells, start=2):
        value, problem = read_once[cell]
        if problem or (required and value is None):
            raise CsvError(f"column {field['name']}, row {number}: got {cell[:60]!r}; expected a {field['type']}")
    name, values = field["name"], [read_once[cell][0] for cell in cells]
    if field["type"] in ("date", "datetime"):
        typed = pd.Series(pd.to_datetime(pd.Series(values, dtype=object)), dtype=_STORED_AS[field["type"]])
    else:
        typed = pd.Series(values, dtype=_STORED_AS[field["type"]])
    columns: dict[str, pd.Series[Any]] = {name: typed}
    if len(words) > 1 and field["type"] in _WITH_REASON and not required:
        columns[name + REASON_SUFFIX] = pd.Series([words.get(cell) for cell in cells], dtype="str")
    return columns


def _is_free(field: FieldDescriptor) -> bool:
    return field["type"] == "string" and "enum" not in field.get("constraints", {})


def _value(cell: str, field: FieldDescriptor, words: Mapping[str, str]) -> tuple[Any, bool]:
    """Return what a cell says, and whether it cannot be read."""
    # A word for a missing value can also be a value: nvt is an office, onderdrukt is a gate.
    permitted = field.get("constraints", {}).get("enum", ())
    if cell in permitted or (cell in MISSING_WORDS and cell not in words and field["type"] == "string"):
        return cell, False
    if cell in words:
        return None, False
    reading = read(cell, field, from_text=True)
    # What people deliver is cleaned; what was written here is text as it was, with its hard spaces (as labels of CBS).
    if _is_free(field) and reading.value is not None and {*reading.repairs} <= _SPACES:
        return cell, False
    return reading.value, reading.problem is not None
