"""What is organised on which scale? Activities, inputs and lessons in; how many there are by scale and domain out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("scale_topics",)

QUESTION = "scale"

SCALES = ("straat", "buurt", "wijk", "gemeente", "regio", "land", "eu")

KINDS = {"activiteit": ("activity", "activity_id"), "inbreng": ("input", "input_id"), "les": ("lesson", "lesson_id")}
"""What is counted → its table and code. A decision has neither a scale nor a domain of its own."""


def learn(cases: Cases, settings: Settings) -> Learned:
    """Count activities, inputs and lessons by scale and domain.

    Parameters
    ----------
    cases : Cases
        Reads activity, input and lesson.
    settings : Settings
        Not used.

    Returns
    -------
    Learned
        ``scale_items_n`` over all collectives, per kind and scale (group_type) by domain (group_value), and how many
        are placed of all; and the table ``scale_topics``, per collective as well.
    """
    rows = pd.concat([_of_kind(cases, kind) for kind in KINDS], ignore_index=True)
    keys = ["collective_id", "kind", "scale", "domain"]
    both = pd.concat([rows[rows["collective_id"].ne(ACROSS)], rows.assign(collective_id=ACROSS)])
    counts = both.groupby(keys, as_index=False).size().rename(columns={"size": "items_n"})
    return Learned(_across(counts, cases), {"scale_topics": made(counts, "scale_topics")})


def _of_kind(cases: Cases, kind: str) -> pd.DataFrame:
    name, key = KINDS[kind]
    table = counting.owned(cases.table(name), key)
    return table[["collective_id"]].assign(
        kind=kind, **{column: table[column].fillna("").astype("str") for column in ("scale", "domain")}
    )


def _across(counts: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Make an estimate of every cell, and of how many could be placed of each kind."""
    own = counts[counts["collective_id"].eq(ACROSS)].rename(columns={"items_n": "value"})
    start, end = cases.span
    own = own.assign(n=own.groupby("kind")["value"].transform("sum"), period_start=start, period_end=end)
    placed = own[own["scale"].ne("") & own["domain"].ne("")]
    cells = placed.assign(group_type=placed["kind"] + "_" + placed["scale"], group_value=placed["domain"])
    keys = [*counting.PERIOD, "kind", "n"]
    known = own.assign(value=own["value"].where(own.index.isin(placed.index), 0))
    totals = known.groupby(keys, as_index=False)["value"].sum().assign(group_type="geplaatst", group_value="")
    totals["group_value"] = totals["kind"]
    parts = [cells.assign(indicator_id="scale_items_n"), totals.assign(indicator_id="scale_known_n")]
    return counting.figures(pd.concat(parts), QUESTION, n_unit="records", source="collective: activity; input; lesson")
