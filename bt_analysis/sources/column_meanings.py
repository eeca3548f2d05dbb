"""What the columns of a downloaded file are about: their names go in; topics of CBS come out, or unknown names.

A name is matched with known names and never guessed: what R or an exporter made of a label is compared with what they
make of every known label. A name that somebody thought up is refused, unless the caller says what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from bt_analysis.sources.kwb_topics import find, kwb_topics, unknown_topic, with_spelling
from bt_analysis.sources.plain_files import DownloadRefused
from bt_analysis.sources.statline_csv import from_label, has_unit
from bt_analysis.sources.table import PROPERTIES, CbsTable

_KEY = re.compile(r"[A-Za-z]\w*_\d+", re.ASCII)
_SHARE = re.compile(r"P_[0-9A-Z_]+")
_SHOWN = 8


@dataclass(frozen=True)
class Meanings:
    """What the columns of a file are about.

    Parameters
    ----------
    topics : DataFrame
        One row is a column that is read; ``PROPERTIES``, with the column's name in the file as ``key``.
    notes : tuple of str
        What is left out or not sure.
    """

    topics: pd.DataFrame
    notes: tuple[str, ...]


def known_topics(table_id: str, *, is_kwb: bool, fetched: Mapping[str, CbsTable]) -> list[pd.DataFrame]:
    """Return the topics that a file of a table can hold.

    Parameters
    ----------
    table_id : str
        CBS table.
    is_kwb : bool
        It is a table of *Kerncijfers wijken en buurten*.
    fetched : mapping of str to CbsTable
        Fetched tables by id.

    Returns
    -------
    list of DataFrame
        Those of the fetched table, and for what is not among them those of all KWB tables, as CBS lays a table out anew
        while it is being filled; of an unknown table only what every table says of its regions.
    """
    topics = kwb_topics() if is_kwb else kwb_topics()[[path == ("Regioaanduiding",) for path in kwb_topics()["path"]]]
    return [with_spelling(fetched[table_id].properties), topics] if table_id in fetched else [topics]


def meanings(
    columns: Sequence[str],
    known: Sequence[pd.DataFrame],
    year: int,
    mapping: Mapping[str, str],
    *,
    form: str,
    place: str,
) -> Meanings:
    """Find what each column of a file is about.

    Parameters
    ----------
    columns : sequence of str
        Names in the file, without those of regions, periods and other dimensions.
    known : sequence of DataFrame
        As :func:`known_topics` returns.
    year : int
        Year of the figures.
    mapping : mapping of str to str
        Column → topic by CBS's name or label; ``""`` leaves the column out.
    form : str
        ``"short"`` for kwb-YYYY.xlsx, ``"map"`` for attributes of a map, ``""`` for all others. In the first two a
        column that nobody knows is left out and named, as CBS adds columns every year.
    place : str
        How the file is named in errors.

    Returns
    -------
    Meanings
        One topic per column that is read.

    Raises
    ------
    DownloadRefused
        When a column is unknown, or the mapping names a topic that is unknown or not the only one of that name.
    """
    asked = [column for column in columns if mapping.get(column, column)]
    found = {column: _found(mapping.get(column, column), known, year) for column in asked}
    wrong = [column for column in asked if column in mapping and len(found[column]) != 1]
    if wrong:
        raise _not_one(wrong[0], mapping[wrong[0]], found[wrong[0]], place)
    topics = {column: _topic(column, found[column], asked) for column in asked}
    unknown = [column for column, topic in topics.items() if topic is None]
    if unknown and not form:
        raise _unknown(unknown, place)
    unsure = [column for column in asked if len(found[column]) > 1]
    table = pd.DataFrame([topic for topic in topics.values() if topic], columns=list(PROPERTIES))
    return Meanings(table, _notes(unknown, unsure, form))


def _found(name: str, known: Sequence[pd.DataFrame], year: int) -> pd.DataFrame:
    """Return what a name can be: in the table's own metadata, else in what is known of others."""
    found = [find(name, topics, year) for topics in known]
    return next((topics for topics in found if len(topics)), found[-1])


def _topic(column: str, found: pd.DataFrame, asked: Sequence[str]) -> dict[str, object] | None:
    """Return the properties of a column: those known, else what a label or key says itself; None for a private name."""
    if len(found) == 1:
        return {name: found.iloc[0][name] for name in PROPERTIES} | {"key": column}
    if len(found):
        return unknown_topic(column, str(found["title"].iloc[0]))
    # Only in a file of labels is what stands between brackets a unit, and only in one of keys a number CBS's own.
    if has_unit(column) and any(has_unit(one) and set(one) & {"/", "|"} for one in asked):
        return from_label(column)
    return unknown_topic(column) if all(map(_KEY.fullmatch, asked)) else None


def _unknown(columns: Sequence[str], place: str) -> DownloadRefused:
    return DownloadRefused(
        f"{place}: got {len(columns)} columns that CBS does not have: {_listed(columns)}; expected keys (Mannen_6), "
        "labels (Bevolking/Geslacht/Mannen (aantal)) or short names (a_man). "
        "Say what they are with columns={name: topic}, '' to leave one out."
    )


def _not_one(column: str, topic: str, found: pd.DataFrame, place: str) -> DownloadRefused:
    labels = [
        "/".join((*path, title)) + f" ({unit})" for path, title, unit in found[["path", "title", "unit"]].to_numpy()
    ]
    return DownloadRefused(
        f"{place}: got {topic!r} as the topic of column {column!r}; expected the name or label of one topic of CBS"
        + (f", here one of: {_listed(labels)}." if labels else ", such as AantalInwoners.")
    )


def _notes(unknown: Sequence[str], unsure: Sequence[str], form: str) -> tuple[str, ...]:
    shares = [one for one in unknown if form == "map" and _SHARE.fullmatch(one)]
    others = [one for one in unknown if one not in shares]
    notes = (
        (shares, "left out, shares in % where StatLine has numbers of people: "),
        (others, "left out, not known: "),
        (unsure, "path and unit not known, as more topics have the name: "),
    )
    return tuple(said + _listed(names) for names, said in notes if names)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
