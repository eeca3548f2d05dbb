"""Is a downloaded file what its name says? Its figures and tables at hand go in; a verdict with evidence comes out.

In public repositories a file called 84583NED (2019) holds the figures of 2021, and nothing in it says so. Three things
can show it: names and codes that did not exist in the year, the figures of another year's table, and other figures for
the same regions in a table that is surely of the year. Where none of them is at hand, the claim is not verified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from bt_analysis.sources.kwb_topics import exists_in, kwb_topics
from bt_analysis.sources.table import CbsTable

Kind = Literal["confirmed", "contradicted", "not verified"]

FIRST_YEAR_OF_LETTERS = 2023
"""From this statistical year on codes hold letters (CBS, Toelichting variabelen KWB), as in BU0363AA01."""

_ENOUGH = 20  # figures; fewer are equal, or not, by accident
_DISTINCT = 10  # a column of few values, such as a class, is equal in every year
_LARGE = 100  # counts from here on are seldom equal in two years
_TOLERANCE = 5  # a later release may round another way
_SAME = 0.9
_OTHER = 0.5
# These describe the place, and stay the same for years.
_LASTING = ("Regioaanduiding", "Oppervlakte", "Postcode", "Stedelijkheid", "Nabijheid voorzieningen")


@dataclass(frozen=True)
class Verdict:
    """Whether a file is what it says.

    Parameters
    ----------
    kind : str
        ``confirmed``, ``contradicted`` or ``not verified``.
    evidence : str
        One line.
    """

    kind: Kind
    evidence: str


@dataclass(frozen=True)
class Witness:
    """A table that a claim is held against.

    Parameters
    ----------
    name : str
        How it is named in evidence.
    table : CbsTable
        Its figures.
    """

    name: str
    table: CbsTable


def judge(table: CbsTable, witnesses: Iterable[Witness], doubts: Iterable[str] = ()) -> Verdict:
    """Hold a table against what is known of its year and against tables at hand.

    Parameters
    ----------
    table : CbsTable
        As the file was read; its table and year are the claim.
    witnesses : iterable of Witness
        Tables that are believed: of the same id, or of other years.
    doubts : iterable of str
        What the name of the file already contradicts.

    Returns
    -------
    Verdict
        The first contradiction that is found; else a confirmation; else that nothing could be compared.

    Notes
    -----
    Of the same table: counts of 100 and more that differ by at most 5 agree, and where there are none, figures that are
    equal; contradicted when of 20 or more less than half agree, confirmed when 90% do. Of another year: contradicted
    when 20 or more figures of one topic, of at least 10 different values, are all equal, and no witness of the same
    table has them too. Topics that describe the place itself (surface, distances) say nothing of a year.
    """
    against = [*doubts, *_impossible(table)]
    seen = list(witnesses)
    sure = {name for one in seen if one.table.table_id == table.table_id for name in _equal(table, one.table)}
    against += [text for one in seen if one.table.year != table.year for text in _copied(table, one, sure)]
    shares = [(one.name, *_agreement(table, one.table)) for one in seen if one.table.table_id == table.table_id]
    compared = [(name, count, share) for name, count, share in shares if count >= _ENOUGH]
    against += [_differs(name, count, share) for name, count, share in compared if share < _OTHER]
    if against:
        return Verdict("contradicted", against[0])
    for name, count, share in compared:
        if share >= _SAME:
            return Verdict("confirmed", f"{share:.0%} of {count:,} figures are those of {name}")
    return Verdict(
        "not verified", "nothing at hand with the same figures" + (": " + compared[0][0] if compared else "")
    )


def agrees(table: CbsTable, other: CbsTable) -> bool | None:
    """Return whether two files that claim one table have the same figures.

    Parameters
    ----------
    table, other : CbsTable
        With the same table id.

    Returns
    -------
    bool or None
        None when too few figures are in both, or neither most nor the fewest agree.
    """
    count, share = _agreement(table, other)
    if count < _ENOUGH or _OTHER <= share < _SAME:
        return None
    return share >= _SAME


def _impossible(table: CbsTable) -> list[str]:
    """Return names and codes that the year's division and table did not have."""
    topics = kwb_topics()
    # Only keys and labels say what a year's table had; short names stayed the same when CBS changed a topic.
    spelled = table.properties[table.properties["key"].str.contains(r"_\d+$|\(", regex=True)]
    known = topics[topics["name"].isin(spelled["name"])]
    possible = {topic["name"] for _, topic in known.iterrows() if exists_in(topic, table.year)}
    missing = [name for name in dict.fromkeys(known["name"]) if name not in possible]
    found = [f"{missing[0]} did not exist in the table of {table.year}"] if missing and _is_kwb(table) else []
    codes = table.rows[table.region_column].astype("str")
    letters = codes[codes.str.contains(r"^(?:WK|BU)\d{4}\w*[A-Z]", regex=True)]
    if len(letters) and table.division_year < FIRST_YEAR_OF_LETTERS:
        found.append(f"code {letters.iloc[0]} has letters, which codes have since {FIRST_YEAR_OF_LETTERS}")
    return found


def _is_kwb(table: CbsTable) -> bool:
    return table.title.startswith("Kerncijfers wijken en buurten")


def _equal(table: CbsTable, other: CbsTable) -> list[str]:
    """Return topics whose figures are nearly all those of the other table."""
    return [
        topic.name
        for topic in _shared(table, other)
        if len(topic.here) >= _ENOUGH and (topic.difference() <= _TOLERANCE * (topic.unit == "aantal")).mean() >= _SAME
    ]


def _copied(table: CbsTable, witness: Witness, sure: Collection[str]) -> list[str]:
    """Return topics whose figures are all those of another year."""
    found = []
    for topic in _shared(table, witness.table):
        if topic.name in sure or topic.group in _LASTING:
            continue
        same = topic.here[topic.here != 0]
        if (same == topic.there[same.index]).all() and len(same) >= _ENOUGH and same.nunique() >= _DISTINCT:
            found.append(
                f"{topic.title}: all {len(same):,} figures are those of {witness.name}, of {witness.table.year}"
            )
    return found


def _differs(name: str, count: int, share: float) -> str:
    return f"only {share:.0%} of {count:,} figures are those of {name}, which says it is the same table"


def _agreement(table: CbsTable, other: CbsTable) -> tuple[int, float]:
    """Return how many figures can be compared, and which share of them agrees."""
    topics = list(_shared(table, other))
    counts = [topic.difference()[topic.here >= _LARGE] <= _TOLERANCE for topic in topics if topic.unit == "aantal"]
    others = [topic.difference() == 0 for topic in topics if topic.here.nunique() >= _DISTINCT]
    agree = pd.concat(counts if sum(map(len, counts)) else others or [pd.Series(dtype=bool)])
    return len(agree), float(agree.mean()) if len(agree) else 0.0


@dataclass(frozen=True)
class _Topic:
    """The figures of one topic in two tables, of the rows that have one in both."""

    name: str
    title: str
    unit: str
    group: str
    here: pd.Series
    there: pd.Series

    def difference(self) -> pd.Series:
        return (self.here - self.there).abs()


def _shared(table: CbsTable, other: CbsTable) -> Iterator[_Topic]:
    """Yield every topic that both tables have, with the figures of the rows that both have."""
    if not _can_share(table, other):
        return
    here, there = _index(table), _index(other)
    rows = here.intersection(there)
    at_here, at_there = here.get_indexer(rows), there.get_indexer(rows)
    theirs = {(topic.name, topic.unit): topic.key for topic in _single(other)}
    for topic in _single(table):
        if (topic.name, topic.unit) in theirs:
            mine = table.rows[topic.key].to_numpy(dtype=float, na_value=float("nan"))[at_here]
            same = other.rows[theirs[topic.name, topic.unit]].to_numpy(dtype=float, na_value=float("nan"))[at_there]
            pair = pd.DataFrame({"here": mine, "there": same}).dropna()
            yield _Topic(topic.name, topic.title, topic.unit, topic.group, pair["here"], pair["there"])


def _can_share(table: CbsTable, other: CbsTable) -> bool:
    """Return whether rows of the two can be about the same: files of other ages or years are told apart at once."""
    if _keys(table)[1:] != _keys(other)[1:]:
        return False
    regions = set(table.rows[table.region_column]) & set(other.rows[other.region_column])
    return bool(regions) and all(set(table.rows[key]) & set(other.rows[key]) for key in _keys(table)[1:])


def _index(table: CbsTable) -> pd.Index:
    whole: pd.Index = table.rows.set_index(_keys(table)).index
    return whole.set_names(["regiocode", *_keys(table)[1:]])


def _keys(table: CbsTable) -> list[str]:
    """Return the columns that say what a row is about: region first, then members, then period."""
    return [table.region_column, *sorted(table.members), *([table.time_column] if table.time_column else [])]


@dataclass(frozen=True)
class _Column:
    key: str
    name: str
    title: str
    unit: str
    group: str


def _single(table: CbsTable) -> list[_Column]:
    """Return the columns of figures that no other column shares name and unit with."""
    topics = table.properties.drop_duplicates(["name", "unit"], keep=False)
    parts = topics[["key", "name", "title", "unit", "path"]].itertuples(index=False, name=None)
    return [
        _Column(key, name.casefold(), title, unit, path[0] if path else "")
        for key, name, title, unit, path in parts
        if pd.api.types.is_numeric_dtype(table.rows[key].dtype)
    ]
