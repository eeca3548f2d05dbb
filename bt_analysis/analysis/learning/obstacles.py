"""What stops or slows down the work, in both worlds? Obstacles in; counts, hours and days by side, kind, stage out."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing
from bt_analysis.methods.survival import kaplan_meier
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("obstacles",)

QUESTION = "obstacles"

SIDE, TYPE, STAGE = "kant", "hindernis", "hindernisfase"
"""Kinds of groups; of kind and stage the side stands behind it: ``hindernis_publiek``."""

_SOURCE = "collective: obstacle"
_GROUP = [*counting.PERIOD, "group_type", "group_value"]


def learn(cases: Cases, settings: Settings) -> Learned:
    """Count obstacles on every side, and say what they cost and how long they last.

    Parameters
    ----------
    cases : Cases
        Reads obstacle.
    settings : Settings
        ``learning.median_from``: of fewer obstacles there is no median.

    Returns
    -------
    Learned
        ``obstacles_n``, ``obstacles_resolved_n``, ``obstacle_hours`` and ``obstacle_days``, in all and by side: per
        collective and period, and over all; over all ``obstacles_n`` also by kind and stage within a side. An obstacle
        is in each period in which it was there. The table ``obstacles`` lists them.

    Notes
    -----
    ``obstacle_days`` is Kaplan and Meier's median of the obstacles that began in the period. One that is open counts as
    followed until the last day of the report of its collective, or of this run: those that take long would be left out
    otherwise, and the median look short.
    """
    table = _known(counting.owned(cases.table("obstacle"), "obstacle_id"))
    rows = counting.everywhere(table.assign(owner=table["collective_id"]), cases, "first_seen", "resolved_on")
    if rows.empty:
        return Learned(nothing(), {"obstacles": made(table, "obstacles")})
    # Resolved after the period is not resolved in it.
    rows["resolved"] = (rows["resolved_on"] <= rows["period_end"]).fillna(False).astype(bool)
    rows["followed"] = _followed(rows, cases)
    least = settings.learning.median_from
    told = [_counts(rows)]
    for grouped in (rows.assign(group_type="", group_value=""), _by_side(rows)):
        told += [_resolved(grouped), _hours(grouped), _days(grouped, least)]
    return Learned(pd.concat(told, ignore_index=True), {"obstacles": made(table, "obstacles")})


def _known(table: pd.DataFrame) -> pd.DataFrame:
    """Add how many days an obstacle was there, and whether what helped may be told."""
    days = (table["resolved_on"] - table["first_seen"]).dt.days
    return table.assign(
        days=days.where(days >= 0).astype("Int64"), how_shown=table["how"].notna()
    ).sort_values(["collective_id", "first_seen", "obstacle_id"])  # fmt: skip


def _followed(rows: pd.DataFrame, cases: Cases) -> pd.Series:
    """Return for how many days each obstacle was followed: until it was resolved, or nobody looked any more."""
    looked = rows["owner"].map(cases.whole.set_index("collective_id")["period_end"])
    until = {"looked": looked, "period": rows["period_end"], "today": pd.Timestamp(cases.today)}
    last = pd.DataFrame(until, index=rows.index).min(axis=1)
    days = (rows["resolved_on"].where(rows["resolved"], last) - rows["first_seen"]).dt.days
    return days.where(days >= 0)


def _by_side(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.dropna(subset="side").assign(group_type=SIDE, group_value=lambda own: own["side"])


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count by side, and by kind and stage within a side; n is how many there are on that side."""
    parts = [
        counting.counted(rows, []).assign(group_type="", group_value=""),
        counting.counted(_by_side(rows), ["group_type", "group_value"]),
    ]
    for kind, column in ((TYPE, "type"), (STAGE, "stage")):
        # Of one collective the list itself tells more; a count of each kind would be a line of ones.
        within = rows[rows["collective_id"].eq(ACROSS)].dropna(subset=["side", column])
        within = within.assign(group_type=kind + "_" + within["side"].astype("str"), group_value=within[column])
        counts = counting.counted(within, ["group_type", "group_value"])
        keys = [*counting.PERIOD, "group_type"]
        parts.append(counts.assign(n=counts.groupby(keys)["value"].transform("sum")))
    return counting.figures(
        pd.concat(parts).assign(indicator_id="obstacles_n"), QUESTION, n_unit="obstacles", source=_SOURCE
    )


def _resolved(rows: pd.DataFrame) -> pd.DataFrame:
    """Count those resolved by the end of the period, of all there were; a count, as few are too few for a share."""
    told = rows.groupby(_GROUP, as_index=False).agg(value=("resolved", "sum"), n=("resolved", "size"))
    return counting.figures(
        told.assign(indicator_id="obstacles_resolved_n"), QUESTION, n_unit="obstacles", source=_SOURCE
    )


def _hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Add up the hours that were recorded; where not all were, it is at least so many."""
    hours = rows.assign(hours_lost=rows["hours_lost"].astype(float)).groupby(_GROUP)["hours_lost"]
    told = pd.DataFrame({"value": hours.sum(min_count=1), "n": hours.count(), "of": hours.size()}).reset_index()
    none, some = told["n"].eq(0), told["n"] < told["of"]
    gate = pd.Series("ok", index=told.index).mask(some, "voorbehoud").mask(none, "niet_te_zien")
    reason = pd.Series("", index=told.index).mask(some, "hours_of_some").mask(none, "not_recorded")
    told = told.assign(
        indicator_id="obstacle_hours", gate=gate, gate_reason=reason,
        missing_reason=none.map({True: "not_recorded", False: None}),
    )  # fmt: skip
    return counting.figures(told, QUESTION, unit="uur", method="sum", n_unit="obstacles", source=_SOURCE)


def _days(rows: pd.DataFrame, least: int) -> pd.DataFrame:
    """Estimate the median of the days until an obstacle is resolved; what is still open counts for as long as it was.

    Only what began in the period: of older ones those that were soon resolved are not in it any more.
    """
    began = rows[(rows["first_seen"] >= rows["period_start"]) & rows["followed"].notna()]
    told = [
        dict(zip(_GROUP, key, strict=True)) | _median(own, least)
        for key, own in began.groupby(_GROUP)[["followed", "resolved"]]
    ]
    return counting.figures(
        pd.DataFrame(told).assign(indicator_id="obstacle_days") if told else rows.iloc[:0], QUESTION, unit="dagen",
        method="Kaplan-Meier", n_unit="obstacles", source=_SOURCE,
    )  # fmt: skip


def _median(own: pd.DataFrame, least: int) -> dict[str, Any]:
    if len(own) < least:
        return {"n": len(own), "gate": "niet_te_zien", "gate_reason": "few_obstacles",
                "missing_reason": "not_applicable"}  # fmt: skip
    found = kaplan_meier(own["followed"], own["resolved"])
    if math.isinf(found.median):
        return {"n": found.n, "gate": "niet_te_zien", "gate_reason": "half_still_open", "missing_reason": "unknown"}
    bounded = math.isfinite(found.median_low) and math.isfinite(found.median_high)
    ends = {"ci_low": found.median_low, "ci_high": found.median_high} if bounded else {}
    gate, reason = ("ok", "") if bounded else ("voorbehoud", "no_longest_open")
    told = {"n": found.n, "value": found.median, "gate": gate, "gate_reason": reason, "missing_reason": None}
    return told | ends
