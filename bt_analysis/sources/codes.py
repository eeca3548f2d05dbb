"""Codes in the cells of tables: which of them a collective makes up by itself, and the parts of a cell with several.

What refers to what is read from the schemas, so that a new table needs nothing here.
"""

from __future__ import annotations

import functools

from bt_analysis.schema import key, load, references

SEPARATOR = ";"
"""Stands between the parts of a cell that holds several values."""


@functools.cache
def own_ids(table: str) -> tuple[str, ...]:
    """Return the columns of a table's key that a collective numbers by itself.

    Parameters
    ----------
    table : str
        Name of a schema.

    Returns
    -------
    tuple of str
        Columns of the primary key that end in ``_id`` and are no reference to another table, as ``activity_id`` in
        activity and ``scan_id`` in coop_scan. The id of a collective is everybody's.
    """
    borrowed = {one.column for one in references(table) if one.table != table}
    return tuple(
        column
        for column in key(load(table))
        if column.endswith("_id") and column != "collective_id" and column not in borrowed
    )


@functools.cache
def root(table: str, column: str) -> str | None:
    """Return whose codes a column holds.

    Parameters
    ----------
    table, column : str
        Name of a schema and a column.

    Returns
    -------
    str or None
        The table in whose own key the codes stand; None when a collective does not number what is in the column.
    """
    if column in own_ids(table):
        return table
    for one in references(table):
        if one.column == column and (one.table, one.field) != (table, column):
            return root(one.table, one.field)
    return None


def parts(cell: str) -> list[str]:
    """Return the codes in a cell that holds several.

    Parameters
    ----------
    cell : str
        Codes with ; between them.

    Returns
    -------
    list of str
        In the order of the cell, without empty ones.
    """
    return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]
