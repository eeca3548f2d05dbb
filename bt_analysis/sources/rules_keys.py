"""Whose package it is, and whether what it refers to exists: the references of every table are read from its schema."""

from __future__ import annotations

import pandas as pd

from bt_analysis.schema import Reference, references
from bt_analysis.sources import registers
from bt_analysis.sources.codes import parts
from bt_analysis.sources.delivered import Delivered, Rule

RESERVED = ("across", "released", "thesis")
"""Ids that no collective may have: folders of reports with these names hold the cross-domain report and what may leave,
and `bt check thesis` checks a thesis."""

MADE_BY_REPORTS = ("claim",)
"""Tables whose ids reports print: who writes such an id down need not deliver the table, and a report says of an id
that it does not know."""

MEANING = {
    "indicator": ("unit", "direction", "result_level", "source_type", "instrument_id"),
    "instrument": ("items_n", "min", "max"),
}
"""Table that has a register → columns in which a delivered row may not differ from it."""


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


def parents(delivered: Delivered) -> None:
    """Check that every reference names a row of the other table, or of a shipped register, save claims of reports.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    for name, table in delivered.tables.items():
        for reference in references(name):
            if reference.column in table:
                _parents(delivered, name, reference)


def _parents(delivered: Delivered, name: str, reference: Reference) -> None:
    parent, column, place = reference.table, reference.column, delivered.places[name]
    if parent in MADE_BY_REPORTS or (parent in delivered.places and parent not in delivered.tables):
        return  # It was delivered and could not be read, which is a problem already.
    cells = delivered.tables[name][column].dropna()
    if cells.empty:
        return
    known = {*registers.known_ids(parent), *delivered.values(parent, reference.field)}
    missing = {cell: [one for one in _codes(cell, reference) if one not in known] for cell in cells.unique()}
    if not any(missing.values()):
        return
    if parent not in delivered.tables:
        delivered.findings.problem("no_parent_table", place, column=column, table=parent)
        return
    for row, cell in cells.items():
        for got in missing[cell]:
            delivered.findings.problem("no_parent", place, row=int(str(row)), column=column, got=got, table=parent)


def _codes(cell: str, reference: Reference) -> list[str]:
    return parts(cell) if reference.many else [cell]


def registered(delivered: Delivered) -> None:
    """Check that a row which a shipped register has too means the same, and note that the register's is used.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    for name, columns in MEANING.items():
        table = delivered.tables.get(name)
        if table is None:
            continue
        identity = registers.identity(name)
        shipped = registers.rows(name).set_index(identity).reindex(table[identity]).set_axis(table.index)
        delivered.note("in_register", name, identity, table[identity].isin(registers.known_ids(name)))
        for column in columns:
            other = table[column].notna() & shipped[column].notna() & table[column].ne(shipped[column])
            delivered.tell("other_than_register", name, column, other, id=table[identity], limit=shipped[column])


RULES = (
    Rule(one_collective, {"collective": ("collective_id",)}),
    Rule(parents),
    Rule(registered),
)
