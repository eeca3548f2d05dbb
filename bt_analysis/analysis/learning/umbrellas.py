"""What does the layer in between cost, and what comes back? Memberships of umbrellas in; hours and lessons out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("umbrellas", "umbrella_counts")

QUESTION = "umbrellas"

HOURS, SENT, RECEIVED, MEMBERS = (
    "umbrella_hours_per_year", "umbrella_lessons_sent_n", "umbrella_lessons_received_n", "umbrella_members_n",
)  # fmt: skip

_SOURCE = "collective: membership"
_MEASURES = ["hours_up", "lessons_sent", "lessons_received"]


def learn(cases: Cases, settings: Settings) -> Learned:
    """Add up what collectives give to umbrellas, and what they get.

    Parameters
    ----------
    cases : Cases
        Reads membership and actor.
    settings : Settings
        Not used.

    Returns
    -------
    Learned
        Per collective and period, and over all: hours per year, lessons passed on and received, memberships. The
        tables ``umbrellas``, of each membership, and ``umbrella_counts``, of each umbrella with its members of now.

    Notes
    -----
    hours per year of a period = Σ hours_up · (days of the membership in the period / days of the period): a membership
    of half a year counts for half. Lessons are of the whole membership; a membership says not in which year they were.
    Over all, hours per year are those of memberships that still go on at the end.
    """
    table = _named(cases)
    told = pd.concat([_own(table, cases), _across(table, cases)], ignore_index=True)
    return Learned(told, {"umbrellas": made(table, "umbrellas"), "umbrella_counts": _counts(table, cases)})


def _named(cases: Cases) -> pd.DataFrame:
    """Add the name of the umbrella: each collective has its own code for it, the name is what they share."""
    table = cases.table("membership").sort_values(["collective_id", "umbrella_actor_id", "from"])
    names = cases.table("actor").drop_duplicates("actor_id").set_index("actor_id")["name"]
    code = table["umbrella_actor_id"].str.split("--").str[-1]
    return table.assign(
        umbrella=table["umbrella_actor_id"].map(names).astype("str").fillna(code).str.strip(),
        **{name: table[name].astype(float) for name in _MEASURES},
    )


def _own(table: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    rows = counting.everywhere(table, cases, "from", "until")
    rows = rows[rows["collective_id"].ne(ACROSS)]
    if rows.empty:
        return nothing()
    first = rows["from"].where(rows["from"] > rows["period_start"], rows["period_start"])
    last = rows["until"].fillna(rows["period_end"])
    last = last.where(last < rows["period_end"], rows["period_end"])
    part = ((last - first).dt.days + 1) / ((rows["period_end"] - rows["period_start"]).dt.days + 1)
    return _sums(rows.assign(hours_up=rows["hours_up"] * part, group_type="", group_value=""))


def _across(table: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Add up over collectives, in all and by umbrella, the memberships that still go on."""
    rows = _of_now(table, cases)
    if rows.empty:
        return nothing()
    start, end = cases.span
    rows = rows.assign(collective_id=ACROSS, period_start=start, period_end=end)
    by_umbrella = rows.assign(group_type="koepel", group_value=rows["umbrella"], group_label=rows["umbrella"])
    told = pd.concat([rows.assign(group_type="", group_value="", group_label=""), by_umbrella])
    return _sums(told)


def _of_now(table: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Keep the last membership of each pair when it goes on until the end of the collective's records."""
    end = table["collective_id"].map(cases.whole.set_index("collective_id")["period_end"])
    on = end.notna() & (table["from"] <= end) & (table["until"].isna() | (table["until"] >= end))
    return table[on].drop_duplicates(["collective_id", "umbrella"], keep="last")


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    keys = [*counting.PERIOD, "group_type", "group_value"]
    keys += ["group_label"] if "group_label" in rows else []
    parts = [
        rows.groupby(keys, as_index=False).size().rename(columns={"size": "value"}).assign(
            indicator_id=MEMBERS, n=lambda own: own["value"], unit="aantal", method="count",
        )
    ]  # fmt: skip
    for name, indicator_id, unit in zip(_MEASURES, (HOURS, SENT, RECEIVED), ("uur", "aantal", "aantal"), strict=True):
        own = rows.groupby(keys)[name]
        told = pd.DataFrame({"value": own.sum(min_count=1), "n": own.count(), "of": own.size()}).reset_index()
        none, some = told["n"].eq(0), told["n"] < told["of"]
        gate = pd.Series("ok", index=told.index).mask(some, "voorbehoud").mask(none, "niet_te_zien")
        reason = pd.Series("", index=told.index).mask(some, "of_some_memberships").mask(none, "not_recorded")
        missing = none.map({True: "not_recorded", False: None})
        parts.append(
            told.assign(indicator_id=indicator_id, unit=unit, method="sum", gate=gate, gate_reason=reason,
                        missing_reason=missing)
        )  # fmt: skip
    together = pd.concat(parts, ignore_index=True)
    constants = {"unit": together["unit"], "method": together["method"]}
    return counting.figures(together, QUESTION, n_unit="memberships", source=_SOURCE, **constants)


def _counts(table: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Make a line per umbrella, in order of the alphabet."""
    own = _of_now(table, cases).groupby("umbrella")
    sums = own[_MEASURES].sum(min_count=1)
    counts = sums.assign(members_n=own.size(), hours_known_n=own["hours_up"].count()).reset_index()
    return made(counts, "umbrella_counts")
