"""Rules about activities: the groups that took part, the days they did, the hours that were given."""

from __future__ import annotations

import pandas as pd

from bt_analysis import regions
from bt_analysis.sources.delivered import Delivered, Rule

GROUPS = {
    "totaal": ("totaal",),
    "leeftijd": ("0-15", "15-25", "25-45", "45-65", "65+"),
    "geslacht": ("man", "vrouw", "anders"),
    "huur_koop": ("huur", "koop"),
    "opleiding": ("laag", "middelbaar", "hoog"),
    "woonduur": ("0-2", "2-10", "10+"),
}
"""Groups a group_type can have: those of CBS, so that they can be laid beside CBS's figures."""

HOURS_PER_DAY = 16
"""More hours of one person on one day are a mistake."""

# Hardly anybody counts this group, so that the other two are all there are.
_SELDOM_COUNTED = {"anders"}
_OCCASION = ["activity_id", "period_start"]
_SET = [*_OCCASION, "group_type"]
_COUNTS = ("contacts_n", "unique_n", "first_time_n")


def groups(delivered: Delivered) -> None:
    """Check that a group is one that its group_type can have.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table, place = delivered.tables["participation"], delivered.places["participation"]
    pairs = table[["group_type", "group_value"]].dropna()
    wrong = {pair for pair in set(pairs.itertuples(index=False, name=None)) if not _is_group(*pair)}
    for row, kind, value in pairs.itertuples(name=None) if wrong else ():
        if (kind, value) in wrong and kind == "buurt":
            delivered.findings.problem("group_region", place, row=row, column="group_value", got=value)
        elif (kind, value) in wrong:
            values = {"got": value, "group_type": kind, "options": ", ".join(GROUPS[kind])}
            delivered.findings.problem("group_value", place, row=row, column="group_value", **values)


def days(delivered: Delivered) -> None:
    """Check that a period of counting lies within its activity.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["participation"]
    activity = delivered.look_up("participation", "activity_id", "activity", ("start", "end"))
    start, end = activity["start"], activity["end"]
    delivered.tell("before_activity", "participation", "period_start", table["period_start"] < start, limit=start)
    delivered.tell("after_activity", "participation", "period_end", table["period_end"] > end, limit=end)


def hours(delivered: Delivered) -> None:
    """Check that hours are not more than the people could give in the days of the activity.

    Parameters
    ----------
    delivered : Delivered
        The package.

    Notes
    -----
    Days = end − start + 1. An activity that still runs has no number of days, so then only hours of nobody are wrong.
    """
    table = delivered.tables["contribution"]
    persons, given = table["persons_n"], table["hours"]
    delivered.tell("hours_of_nobody", "contribution", "hours", (persons == 0) & (given > 0))
    if not delivered.has({"activity": ("activity_id", "start", "end")}):
        return
    activity = delivered.look_up("contribution", "activity_id", "activity", ("start", "end"))
    length = ((activity["end"] - activity["start"]).dt.days + 1).astype("Int64")
    limit = persons * length * HOURS_PER_DAY
    too_many = (given > limit) & (persons > 0) & (length > 0)
    delivered.tell("too_many_hours", "contribution", "hours", too_many, limit=limit, persons=persons, days=length)


def complements(delivered: Delivered) -> None:
    """Check that what is suppressed cannot be found by taking the other groups from their total.

    Parameters
    ----------
    delivered : Delivered
        The package.

    Notes
    -----
    The cells of a count are the groups of one group_type in one period of one activity, and their total. When all
    groups are there and exactly one cell is suppressed while the others have a number, that one is no secret. All
    groups are there when each of :data:`GROUPS` is (``anders`` may be absent); of a group_type without a fixed list,
    when there are two or more.
    """
    table = delivered.tables["participation"]
    for count in _COUNTS:
        reason = table.get(f"{count}_missing_reason")
        if reason is not None and reason.eq("suppressed").any():
            lone = _lone(table.assign(given=table[count].notna(), hidden=reason.eq("suppressed").fillna(False)))
            delivered.tell("lone_suppressed", "participation", count, lone, group_type=table["group_type"])


def _lone(table: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows hold the only suppressed cell of a whole of which all else is given."""
    named = table.dropna(subset=[*_OCCASION, "group_type", "group_value"])
    of_groups = named[named["group_type"].ne("totaal")].groupby([*_OCCASION, "group_type"])
    sets = of_groups.agg(rows=("given", "size"), given=("given", "sum"), hidden=("hidden", "sum")).reset_index()
    sets["values"] = of_groups["group_value"].agg(frozenset).to_list()
    totals = named[named["group_type"].eq("totaal")].drop_duplicates(_OCCASION)[[*_OCCASION, "given", "hidden"]]
    wholes = sets.merge(totals, on=_OCCASION, suffixes=("", "_total"), validate="many_to_one")
    pairs = zip(wholes["group_type"], wholes["values"], strict=True)
    are_all = pd.Series([_are_all(kind, values) for kind, values in pairs], index=wholes.index, dtype=bool)
    known = (wholes["given"] + wholes["hidden"] == wholes["rows"]) & (wholes["given_total"] | wholes["hidden_total"])
    lone = wholes[known & (wholes["hidden"] + wholes["hidden_total"] == 1) & are_all]
    of_lone = pd.MultiIndex.from_frame(table[_OCCASION]).isin(pd.MultiIndex.from_frame(lone[_OCCASION]))
    in_lone = pd.MultiIndex.from_frame(table[_SET]).isin(pd.MultiIndex.from_frame(lone[_SET]))
    return table["hidden"] & (in_lone | (of_lone & table["group_type"].eq("totaal")))


def _are_all(kind: str, values: frozenset[str]) -> bool:
    """Return whether these are all groups of a kind; of a kind without a list, whether there is more than one."""
    needed = {*GROUPS.get(kind, ())} - _SELDOM_COUNTED
    return needed <= values if needed else len(values) > 1


def _is_group(kind: str, value: str) -> bool:
    if kind == "buurt":
        return regions.is_valid(value) and regions.level(value) in ("buurt", "wijk")
    return kind not in GROUPS or value in GROUPS[kind]


RULES = (
    Rule(groups, {"participation": ("group_type", "group_value")}),
    Rule(
        days,
        {"participation": ("activity_id", "period_start", "period_end"), "activity": ("activity_id", "start", "end")},
    ),
    Rule(complements, {"participation": (*_SET, "group_value", *_COUNTS)}),
    Rule(hours, {"contribution": ("activity_id", "persons_n", "hours")}),
)
