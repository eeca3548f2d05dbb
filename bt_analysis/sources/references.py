"""How tables refer to each other, read from their schemas: the name of a table goes in; its references come out."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from bt_analysis.schema import key, load

SEPARATOR = ";"
"""Stands between the parts of a cell that holds several values."""


@dataclass(frozen=True)
class Reference:
    """One reference from the columns of a table to those of another.

    Parameters
    ----------
    columns : tuple of str
        Columns that refer.
    parent : str
        Table they refer to.
    fields : tuple of str
        Its columns, in the same order.
    is_list : bool
        The one column holds several codes, with ; between them.
    """

    columns: tuple[str, ...]
    parent: str
    fields: tuple[str, ...]
    is_list: bool = False


@functools.cache
def references(table: str) -> tuple[Reference, ...]:
    """Return what a table refers to.

    Parameters
    ----------
    table : str
        Name of a schema.

    Returns
    -------
    tuple of Reference
        Foreign keys first, then fields that list codes of another table.
    """
    descriptor = load(table)
    foreign = [
        Reference(
            _several(one["fields"]), one["reference"].get("resource") or table, _several(one["reference"]["fields"])
        )
        for one in descriptor.get("foreignKeys", [])
    ]
    listed = [
        Reference((field["name"],), field["listOf"]["resource"], (field["listOf"]["field"],), is_list=True)
        for field in descriptor["fields"]
        if "resource" in field.get("listOf", {})
    ]
    return (*foreign, *listed)


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
    borrowed = {column for one in references(table) for column in one.columns if one.parent != table}
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
        for name, field in zip(one.columns, one.fields, strict=True):
            if name == column and (one.parent, field) != (table, column):
                return root(one.parent, field)
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


def _several(names: str | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
