"""The tables of all collectives as one set: the tables of each package go in; one table per name comes out.

Each collective numbers its own activities, work areas, inputs and so on, so those codes get the collective in front
(``zon--1``), always: a code must not change because another collective joins. Which columns hold such codes is read
from the schemas. Codes of a shipped register are everybody's and stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from bt_analysis.instruments.rows import typed as rows_of
from bt_analysis.schema import MONITORING, key, load, protection, references
from bt_analysis.sources import registers
from bt_analysis.sources.codes import SEPARATOR, parts, root
from bt_analysis.sources.typed_tables import empty

SHARED = tuple(name for name in MONITORING if protection(name) != "L1")
"""Monitoring tables that leave the folder of a collective; answers of one person (L1) do not."""

MADE = ("wave_change", "wave_group", "interaction_count", "interaction_agreement")
"""What is made of answers and of single acts in the folder of a collective, and leaves it like measurements do."""

Delivery = tuple[str, Mapping[str, pd.DataFrame]]


def combine(deliveries: Sequence[Delivery]) -> dict[str, pd.DataFrame]:
    """Put the tables of packages together.

    Parameters
    ----------
    deliveries : sequence of tuple of str and Mapping
        Collective and its typed tables by name.

    Returns
    -------
    dict of str to DataFrame
        Each table of :data:`SHARED` with the rows of all collectives, and those rows of a shipped register that
        others refer to, and each table of :data:`MADE`; a table that nobody keeps is empty but has its columns.
    """
    joined: dict[str, pd.DataFrame] = {}
    # Children first, so that it is known which rows of a register they refer to.
    for name in reversed(SHARED):
        own = [_numbered(tables[name], name, owner) for owner, tables in deliveries if name in tables]
        rows = [part for part in (*own, _referred_to(name, joined)) if len(part)]
        table = pd.concat(rows, ignore_index=True) if rows else empty(name)
        joined[name] = _once(table, name)
    return {name: joined[name] for name in SHARED} | {name: made(deliveries, name) for name in MADE}


def made(deliveries: Sequence[Delivery], name: str) -> pd.DataFrame:
    """Put the rows together that were made in the folders of collectives, of what stays there.

    Parameters
    ----------
    deliveries : sequence of tuple of str and Mapping
        Collective and its tables by name.
    name : str
        Which table, without ``joined_``.

    Returns
    -------
    DataFrame
        Own codes have the collective in front; a table that nobody has is empty but has its columns.
    """
    own = [_numbered(tables[name], f"joined_{name}", owner) for owner, tables in deliveries if name in tables]
    rows = [part for part in own if len(part)]
    return pd.concat(rows, ignore_index=True) if rows else rows_of((), f"joined_{name}")


def _numbered(table: pd.DataFrame, name: str, owner: str) -> pd.DataFrame:
    """Return a table whose codes have the collective in front, without rows that a register holds already."""
    listed = {one.column for one in references(name) if one.many}
    changed = {}
    for column in table.columns:
        numbered = root(name, column)
        if numbered is not None:
            changed[column] = _in_front(table[column], owner, registers.known_ids(numbered), column in listed)
    kept = (
        ~table[registers.identity(name)].isin(registers.known_ids(name)) if registers.known_ids(name) else slice(None)
    )
    return _own_areas(table.assign(**changed), name, owner)[kept]


def _in_front(codes: pd.Series[str], owner: str, shipped: frozenset[str], is_list: bool) -> pd.Series[str]:
    def renamed(cell: str) -> str:
        several = parts(cell) if is_list else [cell]
        return SEPARATOR.join(code if code in shipped else f"{owner}--{code}" for code in several)

    names = {cell: renamed(cell) for cell in codes.dropna().unique()}
    return codes.map(names).astype(codes.dtype)


def _own_areas(table: pd.DataFrame, name: str, owner: str) -> pd.DataFrame:
    """Return areas of which those that a collective drew up itself bear its name; codes of CBS are everybody's."""
    if name != "area":
        return table
    own = table["area_code"].where(table["level"].eq("eigen").fillna(False)).dropna()
    names = {code: f"{owner}--{code}" for code in own}
    return table.assign(area_code=table["area_code"].replace(names), parent_code=table["parent_code"].replace(names))


def _referred_to(name: str, joined: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of a register that tables refer to."""
    shipped = registers.rows(name)
    if shipped.empty:
        return shipped
    wanted: set[str] = set()
    for child, table in joined.items():
        for one in references(child):
            if one.table == name:
                cells = table[one.column].dropna().unique()
                wanted.update(code for cell in cells for code in (parts(cell) if one.many else [cell]))
    return shipped[shipped[registers.identity(name)].isin(wanted)]


def _once(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table in which what is everybody's, such as a gemeente of a year, stands once: as it came first."""
    columns = key(load(name))
    is_public = "collective_id" not in columns and not any(root(name, column) for column in columns)
    return table.drop_duplicates(columns, ignore_index=True) if is_public else table
