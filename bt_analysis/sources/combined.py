"""The tables of all collectives as one set: the tables of each package go in; one table per name comes out.

Each collective numbers its own activities, work areas, inputs and so on, so those codes get the collective in front
(``zon--1``), always: a code must not change because another collective joins. Which columns hold such codes is read
from the schemas. Codes of a shipped register are everybody's and stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
        As :func:`whole` gives.
    """
    return whole(own(deliveries))


def own(deliveries: Sequence[Delivery]) -> dict[str, pd.DataFrame]:
    """Put the rows of packages together, without the rows of shipped registers that they refer to.

    Parameters
    ----------
    deliveries : sequence of tuple of str and Mapping
        Collective and its typed tables by name.

    Returns
    -------
    dict of str to DataFrame
        Tables of :data:`SHARED` and :data:`MADE` with the rows of these collectives; one that none keeps is absent.
    """
    found = {name: _own(deliveries, name, name) for name in SHARED}
    found |= {name: _own(deliveries, name, f"joined_{name}") for name in MADE}
    return {name: table for name, table in found.items() if table is not None}


def stacked(parts: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Put the own rows of several groups of collectives together.

    Parameters
    ----------
    parts : sequence of Mapping
        As :func:`own` gives them.

    Returns
    -------
    dict of str to DataFrame
        The same of all of them.
    """
    found = {name: [part[name] for part in parts if name in part] for name in (*SHARED, *MADE)}
    return {name: pd.concat(rows, ignore_index=True) for name, rows in found.items() if rows}


def whole(rows: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Complete the own rows of collectives with what they refer to.

    Parameters
    ----------
    rows : Mapping
        As :func:`own` and :func:`stacked` give them.

    Returns
    -------
    dict of str to DataFrame
        Each table of :data:`SHARED` with these rows and those of a shipped register that others refer to, and each
        table of :data:`MADE`; a table that nobody keeps is empty but has its columns.
    """
    joined: dict[str, pd.DataFrame] = {}
    # Children first, so that it is known which rows of a register they refer to.
    for name in reversed(SHARED):
        filled = [part for part in (rows.get(name), _referred_to(name, joined)) if part is not None and len(part)]
        table = pd.concat(filled, ignore_index=True) if filled else empty(name)
        joined[name] = _once(table, name)
    of_made = {name: rows[name] if name in rows else rows_of((), f"joined_{name}") for name in MADE}
    return {name: joined[name] for name in SHARED} | of_made


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
    found = _own(deliveries, name, f"joined_{name}")
    return rows_of((), f"joined_{name}") if found is None else found


def _own(deliveries: Sequence[Delivery], name: str, schema: str) -> pd.DataFrame | None:
    """Return the rows of a table that collectives keep; None when there are none."""
    kept = [(owner, tables[name]) for owner, tables in deliveries if name in tables and len(tables[name])]
    if not kept:
        return None
    owners = np.repeat(np.array([owner for owner, _ in kept], dtype=object), [len(table) for _, table in kept])
    found = _numbered(pd.concat([table for _, table in kept], ignore_index=True), schema, owners)
    return found if len(found) else None


def _numbered(table: pd.DataFrame, name: str, owners: NDArray[np.object_]) -> pd.DataFrame:
    """Return a table whose codes have their collective in front, without rows that a register holds already."""
    listed = {one.column for one in references(name) if one.many}
    changed = {}
    for column in table.columns:
        numbered = root(name, column)
        if numbered is not None:
            changed[column] = _in_front(table[column], owners, registers.known_ids(numbered), column in listed)
    out = _own_areas(table.assign(**changed), name, owners)
    known = registers.known_ids(name)
    return out[~table[registers.identity(name)].isin(known)].reset_index(drop=True) if known else out


def _in_front(
    codes: pd.Series[str], owners: NDArray[np.object_], shipped: frozenset[str], is_list: bool
) -> pd.Series[str]:
    @cache
    def renamed(owner: str, cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        several = parts(cell) if is_list else [cell]
        return SEPARATOR.join(code if code in shipped else f"{owner}--{code}" for code in several)

    names = [renamed(owner, cell) for owner, cell in zip(owners, codes.to_list(), strict=True)]
    return pd.Series(names, codes.index, dtype=codes.dtype)


def _own_areas(table: pd.DataFrame, name: str, owners: NDArray[np.object_]) -> pd.DataFrame:
    """Return areas of which those that a collective drew up itself bear its name; codes of CBS are everybody's."""
    if name != "area":
        return table
    drawn = table["level"].eq("eigen").fillna(False).to_numpy(dtype=bool)
    own = {
        (owner, code) for owner, code in zip(owners[drawn], table["area_code"][drawn], strict=True) if pd.notna(code)
    }
    named = {
        column: pd.Series(
            [
                f"{owner}--{code}" if (owner, code) in own else code
                for owner, code in zip(owners, table[column].to_list(), strict=True)
            ],
            table.index,
            dtype=table[column].dtype,
        )
        for column in ("area_code", "parent_code")
    }
    return table.assign(**named)


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
