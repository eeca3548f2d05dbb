"""Whose package it is, and whether what it refers to exists: the references of every table are read from its schema."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.sources import registers
from bt_analysis.sources.delivered import Delivered, Rows, Rule
from bt_analysis.sources.references import Reference, parts, references

RESERVED = ("across",)
"""Ids that no collective may have: the cross-domain report is published in a folder of this name."""


def one_collective(delivered: Delivered) -> None:
    """Check that the package is of one collective, which has the name of its folder.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["collective"]
    codes = table["collective_id"]
    second = pd.Series(range(len(table)), index=table.index).eq(1)
    delivered.tell("many_collectives", "collective", "collective_id", second, count=len(table))
    delivered.tell("reserved_id", "collective", "collective_id", codes.isin(RESERVED))
    other = codes.notna() & codes.ne(delivered.folder)
    delivered.tell("other_folder", "collective", "collective_id", other, folder=delivered.folder)


def all_parents(delivered: Delivered) -> None:
    """Check that every reference names a row of the other table, or of a shipped register.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    for name, table in delivered.tables.items():
        for reference in references(name):
            if set(reference.columns) <= {*table.columns}:
                _parents(delivered, name, reference)


def _parents(delivered: Delivered, name: str, reference: Reference) -> None:
    table, parent = delivered.tables[name], reference.parent
    if parent in delivered.places and parent not in delivered.tables:
        return  # It was delivered and could not be read, which is a problem already.
    orphans = _orphans(table, reference, _known(delivered, reference))
    if not orphans.notna().any():
        return
    column = " + ".join(reference.columns)
    if parent not in delivered.tables:
        delivered.findings.problem("no_parent_table", delivered.places[name], column=column, table=parent)
        return
    for row, missing in orphans.dropna().items():
        for got in missing:
            place = delivered.places[name]
            delivered.findings.problem("no_parent", place, row=int(str(row)), column=column, got=got, table=parent)


def _known(delivered: Delivered, reference: Reference) -> set[Any]:
    """Return what can be referred to; of a reference by several columns their values together."""
    shipped = registers.known_ids(reference.parent) if len(reference.fields) == 1 else frozenset()
    rows = delivered.tables.get(reference.parent)
    if rows is None or not set(reference.fields) <= {*rows.columns}:
        return set(shipped)
    present = rows[list(reference.fields)].dropna()
    return {*shipped, *_values(present)}


def _values(table: pd.DataFrame) -> list[Any]:
    rows = list(table.itertuples(index=False, name=None))
    return [row[0] for row in rows] if table.shape[1] == 1 else rows


def _orphans(table: pd.DataFrame, reference: Reference, known: set[Any]) -> Rows[Any]:
    """Return per row what it refers to in vain, as a list; rows without such a thing have no value."""
    present = table[list(reference.columns)].dropna()
    cells = pd.Series(_values(present), index=present.index, dtype=object)
    missing = {cell: _missing(cell, reference, known) for cell in set(cells)}
    found = {cell: names for cell, names in missing.items() if names}
    return cells[cells.isin(list(found))].map(found) if found else cells.iloc[:0]


def _missing(cell: Any, reference: Reference, known: set[Any]) -> list[str]:
    if reference.is_list:
        return [part for part in parts(cell) if part not in known]
    if cell in known:
        return []
    return [" / ".join(map(str, cell)) if isinstance(cell, tuple) else cell]


RULES = (
    Rule(one_collective, {"collective": ("collective_id",)}),
    Rule(all_parents),
)
