"""Rows for a monitoring table: values by field, or a shipped register, in; the table as a delivered one is read out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from bt_analysis import schema

_STORED_AS = {
    "string": "str", "integer": "Int64", "year": "Int64", "number": "Float64", "boolean": "boolean",
    "date": "datetime64[us]", "datetime": "datetime64[us]",
}  # fmt: skip
_NUMBERS = ("integer", "number", "year")


@cache
def registered(table: str) -> pd.DataFrame:
    """Read a register that ships with the package; :mod:`bt_analysis.sources.registers` has checked it.

    Parameters
    ----------
    table : str
        Name of a monitoring table with a register.

    Returns
    -------
    DataFrame
        Its rows, as :func:`typed` gives them; every call gives the same ones, not to be changed.
    """
    with (resources.files("bt_analysis") / "registers" / f"{table}.csv").open(encoding="utf-8") as stream:
        rows = pd.read_csv(stream, dtype=object, keep_default_na=False, na_values=[""])
    read: dict[str, Any] = {}
    for name, kind in ((field["name"], field["type"]) for field in schema.load(table)["fields"]):
        if name in rows and kind in _NUMBERS:
            read[name] = pd.to_numeric(rows[name])
        elif name in rows and kind == "boolean":
            read[name] = rows[name].map({"true": True, "false": False})
    return typed_table(rows.assign(**read), table)


def typed(rows: Iterable[Mapping[str, Any]], table: str) -> pd.DataFrame:
    """Make rows of a monitoring table.

    Parameters
    ----------
    rows : iterable of mapping
        Field → value; fields that are left out are empty. ``<field>_missing_reason`` may say why a number is.
    table : str
        Name of a monitoring table.

    Returns
    -------
    DataFrame
        Every field of the schema, and ``<field>_missing_reason`` beside each number that need not be filled in:
        ``not_recorded`` where no other reason is given.
    """
    return typed_table(pd.DataFrame(list(rows), dtype=object), table)


def typed_table(given: pd.DataFrame, table: str) -> pd.DataFrame:
    """Give the columns of some rows the types of a monitoring table.

    Parameters
    ----------
    given : DataFrame
        One column per field; fields that are left out are empty.
    table : str
        Name of a monitoring table.

    Returns
    -------
    DataFrame
        As :func:`typed` gives.
    """
    columns: dict[str, pd.Series] = {}
    for field in schema.load(table)["fields"]:
        name, reason = field["name"], field["name"] + schema.REASON_SUFFIX
        values = given.get(name, pd.Series(None, index=given.index, dtype=object))
        if field["type"] in ("date", "datetime"):
            values = pd.to_datetime(values)
        columns[name] = values.astype(_STORED_AS[field["type"]])
        if field["type"] in _NUMBERS and not field.get("constraints", {}).get("required"):
            why = given.get(reason, pd.Series(None, index=given.index, dtype=object)).fillna("not_recorded")
            columns[reason] = why.where(columns[name].isna(), None).astype("str")
    return pd.DataFrame(columns)
