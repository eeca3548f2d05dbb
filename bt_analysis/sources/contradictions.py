"""Is a downloaded file what its name says? Its figures and what else is at hand go in; a verdict with evidence comes out.

In public repositories a file called 84583NED (2019) holds the figures of 2021, and nothing in it says so. Three things
can show it: names and codes that did not exist in the year, the figures of another year's table, and other figures for
the same regions in a table that is surely of the year. Where none of them is at hand, the claim is not verified.
"""

from __future__ import annotations

from collections.abc import Iterable
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
_JOIN = ["name", "path", "unit"]


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
    Of the same table: figures of 100 and more that differ by at most 5 agree; contradicted when of 20 or more less than
    half agree, confirmed when 90% do. Of another year: contradicted when 20 or more figures of one topic, of at least 10
    different values, are all equal. Topics that describe the place itself (surface, distances) say nothing of a year.
    """
    against = [*doubts, *_impossible(table)]
    seen = list(witnesses)
    against += [text for one in seen if one.table.year != table.year for text in _copied(table, one)]
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


def _copied(table: CbsTable, witness: Witness) -> list[str]:
    """Return topics whose figures are all those of another year."""
    pairs = _pairs(table, witness.table)
    pairs = pairs[(pairs["here"] != 0) & ~pairs["group"].isin(_LASTING)]
    found = []
    for name, topic in pairs.groupby("name", sort=False):
        is_same = (topic["here"] == topic["there"]).all()
        if is_same and len(topic) >= _ENOUGH and topic["here"].nunique() >= _DISTINCT:
            found.append(f"{name}: all {len(topic):,} figures are those of {witness.name}, of {witness.table.year}")
    return found


def _differs(name: str, count: int, share: float) -> str:
    return f"only {share:.0%} of {count:,} figures are those of {name}, which says it is the same table"


def _agreement(table: CbsTable, other: CbsTable) -> tuple[int, float]:
    pairs = _pairs(table, other)
    large = pairs[(pairs["here"].abs() >= _LARGE) & (pairs["unit"] == "aantal")]
    return len(large), float(((large["here"] - large["there"]).abs() <= _TOLERANCE).mean()) if len(large) else 0.0


def _pairs(table: CbsTable, other: CbsTable) -> pd.DataFrame:
    """Return the figures that both tables have: one row per region and topic."""
    if table.time_column or other.time_column or table.members or other.members:
        return _long(table).head(0).assign(here=pd.Series(dtype=float), there=pd.Series(dtype=float))
    here, there = _long(table), _long(other)
    both = here.merge(there, on=["regiocode", *_JOIN], suffixes=("_here", "_there"))
    both = both.rename(columns={"value_here": "here", "value_there": "there"})
    return both.assign(group=[path[0] if path else "" for path in both["path"]])


def _long(table: CbsTable) -> pd.DataFrame:
    figures = table.properties[
        [pd.api.types.is_numeric_dtype(table.rows[key].dtype) for key in table.properties["key"]]
    ]
    rows = table.rows.rename(columns={table.region_column: "regiocode"})
    long = rows.melt("regiocode", list(figures["key"]), "key", "value").dropna(subset="value")
    return long.merge(figures.drop_duplicates("key")[["key", *_JOIN]], on="key").assign(group="")
