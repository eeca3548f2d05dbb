"""What stops or slows down the work, in both worlds? Obstacles in; counts, hours and days by side, kind, stage out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("obstacles",)

QUESTION = "obstacles"

SIDE, TYPE, STAGE = "kant", "hindernis", "hindernisfase"
"""Kinds of groups; of kind and stage the side stands behind it: ``hindernis_publiek``."""

_SOURCE = "collective: obstacle"


def learn(cases: Cases, settings: Settings) -> Learned:
    """Count obstacles on every side, and say what they cost and how long they last.

    Parameters
    ----------
    cases : Cases
        Reads obstacle.
    settings : Settings
        ``learning.side_by_side_below``: of fewer resolved obstacles there is no median.

    Returns
    -------
    Learned
        ``obstacles_n``, ``obstacles_resolved_n``, ``obstacle_hours`` and ``obstacle_days``, in all and by side: per
        collective and period, and over all; over all ``obstacles_n`` also by kind and stage within a side. An obstacle
        is in each period in which it was there. The table ``obstacles`` lists them.
    """
    table = _known(counting.owned(cases.table("obstacle"), "obstacle_id"))
    rows = counting.everywhere(table, cases, "first_seen", "resolved_on")
    if rows.empty:
        return Learned(nothing(), {"obstacles": made(table, "obstacles")})
    # Resolved after the period is not resolved in it.
    rows["resolved"] = (rows["resolved_on"] <= rows["period_end"]).fillna(False).astype(bool)
    least = settings.learning.side_by_side_below
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
    keys = [*counting.PERIOD, "group_type", "group_value"]
    told = rows.groupby(keys, as_index=False).agg(value=("resolved", "sum"), n=("resolved", "size"))
    return counting.figures(
        told.assign(indicator_id="obstacles_resolved_n"), QUESTION, n_unit="obstacles", source=_SOURCE
    )


def _hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Add up the hours that were recorded; where not all were, it is at least so many."""
    keys = [*counting.PERIOD, "group_type", "group_value"]
    hours = rows.assign(hours_lost=rows["hours_lost"].astype(float)).groupby(keys)["hours_lost"]
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
    """Take the median of the days until an obstacle was resolved, with the shortest and longest."""
    keys = [*counting.PERIOD, "group_type", "group_value"]
    over = rows.assign(days=rows["days"].astype(float).where(rows["resolved"]))
    told = over.groupby(keys, as_index=False).agg(
        value=("days", "median"), ci_low=("days", "min"), ci_high=("days", "max"), n=("days", "count")
    )
    few = told["n"] < least
    told = told.assign(
        indicator_id="obstacle_days",
        gate=few.map({True: "niet_te_zien", False: "voorbehoud"}),
        gate_reason=few.map({True: "too_few_resolved", False: "open_not_in_it"}),
        missing_reason=few.map({True: "not_applicable", False: None}),
        **{name: told[name].mask(few) for name in ("value", "ci_low", "ci_high")},
    )
    return counting.figures(
        told, QUESTION, unit="dagen", method="median, shortest and longest", n_unit="obstacles", source=_SOURCE
    )
