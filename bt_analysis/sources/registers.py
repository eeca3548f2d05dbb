"""Registers that ship with the package, to which everybody may refer: the name of a table goes in; rows come out.

A register is a CSV file ``registers/<table>.csv`` of the form that a collective delivers that table in. The registry of
instruments adds its instruments, and the indicators that these measure.
"""

from __future__ import annotations

import csv
import functools
import io
from importlib import resources

import pandas as pd

from bt_analysis import instruments
from bt_analysis.instruments import measures
from bt_analysis.schema import SchemaError, key, load
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.sentences import Findings, Place, line
from bt_analysis.sources.typed_tables import empty, typed

_OF_INSTRUMENTS = {"instrument": (instruments.table,), "indicator": (measures.indicators,)}


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
    return frozenset(rows(table)[identity(table)])


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
    parts = [_listed(table), *(make() for make in _OF_INSTRUMENTS.get(table, ()))]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else empty(table)


def _listed(table: str) -> pd.DataFrame:
    file = resources.files("bt_analysis") / "registers" / f"{table}.csv"
    if not file.is_file():
        return empty(table)
    lines = csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""), strict=True)
    filled = [(number, cells) for number, cells in enumerate(lines, start=1) if any(cells)]
    findings = Findings()
    read = typed(Grid(Place(f"registers/{table}.csv"), table, filled, from_text=True), findings)
    if read is None or findings.problems:
        raise SchemaError(" · ".join(line(problem) for problem in findings.problems))
    return read
