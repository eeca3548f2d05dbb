"""Registers that ship with the package, which every collective may refer to: the name of a table goes in; rows come out.

A register is a CSV file ``registers/<table>.csv`` of the form that a collective delivers that table in.
"""

from __future__ import annotations

import csv
import functools
import io
from importlib import resources

import pandas as pd

from bt_analysis.schema import SchemaError, key, load
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.sentences import Findings, Place, line
from bt_analysis.sources.typed_tables import empty, typed


@functools.cache
def known_ids(table: str) -> frozenset[str]:
    """Return the ids of a table that need not be delivered, because they stand in a shipped register.

    Parameters
    ----------
    table : str
        Name of a monitoring table.

    Returns
    -------
    frozenset of str
        Empty for a table without a register.
    """
    return frozenset(rows(table)[identity(table)].dropna()) if _shipped(table) else frozenset()


def identity(table: str) -> str:
    """Return the column by which a row of a table is named.

    Parameters
    ----------
    table : str
        Name of a monitoring table.

    Returns
    -------
    str
        The first column of its primary key.
    """
    return key(load(table))[0]


@functools.cache
def rows(table: str) -> pd.DataFrame:
    """Return the rows of a shipped register.

    Parameters
    ----------
    table : str
        Name of a monitoring table.

    Returns
    -------
    DataFrame
        As :func:`bt_analysis.sources.typed_tables.typed` gives them, not to be changed; without rows for a table
        that has no register.

    Raises
    ------
    SchemaError
        When a register is not what the table's schema says.
    """
    if not _shipped(table):
        return empty(table)
    text = _file(table).read_text(encoding="utf-8")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    filled = [(number, cells) for number, cells in enumerate(lines, start=1) if any(cells)]
    findings = Findings()
    read = typed(Grid(Place(f"registers/{table}.csv"), table, filled, from_text=True), findings)
    if read is None or findings.problems:
        raise SchemaError(" · ".join(line(problem) for problem in findings.problems))
    return read


def _shipped(table: str) -> bool:
    return _file(table).is_file()


def _file(table: str) -> resources.abc.Traversable:
    return resources.files("bt_analysis") / "registers" / f"{table}.csv"
