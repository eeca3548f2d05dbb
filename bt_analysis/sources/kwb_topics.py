"""What CBS calls the topics of *Kerncijfers wijken en buurten*: a column's name goes in; the topic it can be comes out.

``kwb_topics.csv`` is knowledge about names and holds no figures. One row is a topic as it lay in the tables of some
years; it was made from the metadata of the tables of 2017, 2020 and 2024, the headers of StatLine downloads of 2017
and 2019, the workbooks of 2023 and 2024 with CBS's own explanation of them, and the attributes of the map of 2016.

=============================  ========================================================================
name, title, unit, path, …     as in :class:`bt_analysis.sources.table.CbsTable`; the path with `` | `` between groups
seen                           years it was seen in, each with the number behind its key: ``2020:56 2024:62``
first_year, last_year          years outside which the name does not exist; empty where that is not known
short                          names in kwb-YYYY.xlsx, such as ``g_ink_pi``
map_name                       name in the maps up to 2020, only where it is exactly the same quantity
=============================  ========================================================================
"""

from __future__ import annotations

import functools
import re
from importlib import resources

import pandas as pd

from bt_analysis.sources.table import PROPERTIES, base_name

_NUMBER = re.compile(r"_(\d+)$")


@functools.cache
def kwb_topics() -> pd.DataFrame:
    """Return every topic that is known by name.

    Returns
    -------
    DataFrame
        One row is a topic; columns as in the table above, ``spelling``, and an empty ``key``.
    """
    file = resources.files("bt_analysis.sources") / "kwb_topics.csv"
    with file.open(encoding="utf-8") as lines:
        topics = pd.read_csv(lines, dtype=str, keep_default_na=False)
    return topics.assign(
        key="",
        decimals=pd.to_numeric(topics["decimals"]).astype("Int64"),
        path=topics["path"].map(_path),
        seen=topics["seen"].map(_seen),
        short=topics["short"].map(lambda names: tuple(names.split())),
    ).pipe(with_spelling)


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split(" | ")) if text else ()


def _seen(text: str) -> dict[int, str]:
    """Return year → number behind the key in that year, ``""`` when that is not known."""
    return {int(year): number for year, number in (one.split(":") for one in text.split())}


def with_spelling(topics: pd.DataFrame) -> pd.DataFrame:
    """Add how each topic's label is spelled, by which labels are found.

    Parameters
    ----------
    topics : DataFrame
        With ``path``, ``title`` and ``unit``.

    Returns
    -------
    DataFrame
        The same with a column ``spelling``.
    """
    parts = zip(topics["path"], topics["title"], topics["unit"], strict=True)
    return topics.assign(spelling=[spelling(f"{'/'.join((*path, title))} ({unit})") for path, title, unit in parts])


def spelling(label: str) -> str:
    """Return a label as R's ``make.names`` leaves it, without what varies: repeated dots, capitals.

    Parameters
    ----------
    label : str
        Such as ``"Bevolking/Aantal inwoners (aantal)"`` or what R made of it, ``"Bevolking.Aantal.inwoners..aantal."``.

    Returns
    -------
    str
        The same for both: ``bevolking.aantal.inwoners.aantal.``.
    """
    # R keeps letters of every alphabet; of digits the ten, so that m³ becomes m followed by a dot.
    kept = "".join(sign if sign.isalpha() or sign in "0123456789" else "." for sign in label)
    return re.sub(r"\.+", ".", kept).casefold()


def find(column: str, topics: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """Find what a column of a file can be.

    Parameters
    ----------
    column : str
        A key of OData, a label of StatLine, what R made of a label, a short name or the name of a map attribute.
    topics : DataFrame
        Known topics: of :func:`kwb_topics`, or properties of a fetched table, with their spelling.
    year : int or None
        Year of the figures, when it is known.

    Returns
    -------
    DataFrame
        Rows of ``topics``: none when the name is unknown, one when it has one meaning, more when it is ambiguous.
    """
    if (topics["key"] == column).any():
        return topics[topics["key"] == column]
    number = _NUMBER.search(column)
    named = topics["name"].str.casefold() == _NUMBER.sub("", column).casefold()
    if "short" in topics:
        named |= (topics["map_name"] == column) | topics["short"].map(lambda names: column.casefold() in names)
    if not named.any():
        named = topics["spelling"] == spelling(column)
    return _closest(topics[named], year, number[1] if number else "")


def _closest(candidates: pd.DataFrame, year: int | None, number: str) -> pd.DataFrame:
    """Keep the variant of a topic that lay in the year's table, or the nearest; the key's number tells topics apart."""
    if len(candidates) < 2 or "seen" not in candidates or year is None:
        return candidates
    exists = candidates[[exists_in(topic, year) for _, topic in candidates.iterrows()]]
    pool = exists if len(exists) else candidates
    exact = pool[[bool(number) and number in seen.values() for seen in pool["seen"]]]
    if len(exact):
        pool = pool[pool["unit"].isin(exact["unit"])]
    if len(set(pool["unit"])) > 1:
        return pool
    distance = [(min(abs(one - year) for one in seen), -max(seen)) for seen in pool["seen"]]
    nearest = pool[[one == min(distance) for one in distance]]
    same = nearest.index.intersection(exact.index)
    return nearest.loc[same] if len(same) else nearest


def exists_in(topic: pd.Series, year: int) -> bool:
    """Return whether a topic's name can stand in the table of a year.

    Parameters
    ----------
    topic : Series
        Row of :func:`kwb_topics`.
    year : int
        Year of the figures.

    Returns
    -------
    bool
        False only when it is known that CBS did not use the name in that year.
    """
    return int(topic["first_year"] or year) <= year <= int(topic["last_year"] or year)


def unknown_topic(column: str, title: str = "", unit: str = "", path: tuple[str, ...] = ()) -> dict[str, object]:
    """Return the properties of a column of which no more is known than the file says.

    Parameters
    ----------
    column, title, unit : str
        Name in the file, and what it says itself.
    path : tuple of str
        Groups it lies in, outermost first.

    Returns
    -------
    dict
        With :data:`PROPERTIES` as keys.
    """
    name = base_name(title) if title else _NUMBER.sub("", column)
    datatype = "String" if unit in ("naam", "code", "omschrijving") else ""
    return dict(zip(PROPERTIES, (column, name, title or name, unit, pd.NA, datatype, path), strict=True))
