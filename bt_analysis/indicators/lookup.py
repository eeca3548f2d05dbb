"""Look-up: indicators and a table in; out, for each, the column that holds it, so that what was taken can be printed.

A column fits when its base name, its unit and the topic groups it lies in do. Numbers of keys are never used: they move
between years and between releases of one table.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import pandas as pd

from bt_analysis.indicators.catalogue import CatalogueError, Indicator

RESOLVED = ["indicator_id", "source_key", "title", "path", "unit", "status"]
"""Columns of what :func:`resolve` returns."""


class Table(Protocol):
    """What a table must offer; :class:`bt_analysis.sources.table.CbsTable` does."""

    @property
    def table_id(self) -> str:
        """CBS's id of the table."""

    @property
    def properties(self) -> pd.DataFrame:
        """One row per topic: key, name, title, unit, path."""


def find_key(indicator: Indicator, properties: pd.DataFrame) -> str | None:
    """Find the column of a table that holds an indicator.

    Parameters
    ----------
    indicator : Indicator
        An indicator with places in ``find``; what is computed of others stands in no table.
    properties : DataFrame
        One row per topic: key, name, unit, and path (topic groups from the outside in).

    Returns
    -------
    str or None
        The key, such as ``GemiddeldAardgasverbruikTotaal_55``; None when the table does not hold the indicator.

    Raises
    ------
    CatalogueError
        When more than one column fits; the message lists them.

    Notes
    -----
    Fits: name and unit are equal and ``path`` occurs in the topic path in that order, whatever their capitals and
    blanks (CBS wrote ``NettoArbeidsparticipatie`` and ``Nettoarbeidsparticipatie`` in one table). Places are tried in
    the order of ``find``.
    """
    topics = list(zip(*(properties[column] for column in ("key", "name", "unit", "path")), strict=True))
    for place in indicator.find:
        keys = [str(key) for key, name, unit, path in topics if _fits(place, name, unit, path)]
        if len(keys) > 1:
            raise CatalogueError(
                f"indicator {indicator.id!r} fits {len(keys)} columns ({', '.join(keys)}); expected one. "
                "Make its path in the catalogue more precise."
            )
        if keys:
            return keys[0]
    return None


def resolve(catalogue: Mapping[str, Indicator], table: Table, required: Iterable[str] = ()) -> pd.DataFrame:
    """Find the columns of a table for a whole catalogue.

    Parameters
    ----------
    catalogue : mapping of str to Indicator
        What to look up.
    table : Table
        Where.
    required : iterable of str
        Ids that must be there.

    Returns
    -------
    DataFrame
        One row is an indicator: indicator_id; source_key, title, path and unit of the column that was taken; status
        ``found``, ``computed`` (a share or sum whose counts were found) or ``not_in_table``.

    Raises
    ------
    CatalogueError
        When an indicator fits more than one column, or one that is required is not in the catalogue or the table; the
        message lists the closest.
    """
    topics = table.properties.set_index("key")
    lines: list[tuple[Any, ...]] = []
    there: set[str] = set()
    for one in catalogue.values():
        key = find_key(one, table.properties)
        counts = {one.numerator} if one.numerator else set(one.parts)
        if key is not None:
            topic = topics.loc[key]
            lines.append((one.id, key, topic["title"], " > ".join(topic["path"]), topic["unit"], "found"))
        else:
            lines.append((one.id, *[None] * 4, "computed" if counts and counts <= there else "not_in_table"))
        if lines[-1][-1] != "not_in_table":
            there.add(one.id)
    for wanted in required:
        if wanted not in catalogue:
            raise CatalogueError(_unknown(wanted, catalogue))
        if wanted not in there:
            raise CatalogueError(_missing(catalogue[wanted], table))
    return pd.DataFrame(lines, columns=RESOLVED)


def _fits(place: Mapping[str, Any], name: str, unit: str, path: Iterable[str]) -> bool:
    return (
        _plain(name) == _plain(place["name"])
        and _plain(unit) == _plain(place["unit"])
        and _in_order(place.get("path", []), path)
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _in_order(wanted: Iterable[str], path: Iterable[str]) -> bool:
    steps = iter([_plain(step) for step in path])
    return all(_plain(step) in steps for step in wanted)


def _missing(one: Indicator, table: Table) -> str:
    wanted = [str(place["name"]) for place in one.find] or [*filter(None, [one.numerator]), *one.parts]
    names = {_plain(topic["name"]): topic for topic in table.properties.to_dict("records")}
    close = {match: None for name in wanted for match in difflib.get_close_matches(_plain(name), names, n=3)}
    told = [f"{names[m]['key']} ({names[m]['unit']}, {' > '.join(names[m]['path'])})" for m in close]
    return (
        f"indicator {one.id!r} is not in table {table.table_id}; expected {' or '.join(map(repr, wanted))} there. "
        f"Closest: {'; '.join(told) or 'nothing'}. Add its place to the catalogue, or take another table."
    )


def _unknown(wanted: str, catalogue: Iterable[str]) -> str:
    close = difflib.get_close_matches(wanted, list(catalogue), n=3)
    return f"indicator {wanted!r} is not in the catalogue; closest: {', '.join(close) or 'none'}. See: bt indicators"
