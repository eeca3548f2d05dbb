"""Backlog: questions and what is known of them in; those that a student could take up, residents' own first, out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning.asked import ways
from bt_analysis.analysis.learning.question_coverage import DISPUTED, KNOWN, NOBODY, OPEN
from bt_analysis.settings import Settings

DONE = ("beantwoord", "vervallen")
"""States in which those who asked a question say that nothing more is wanted."""

SMALL, MIDDLE, LARGE = "klein", "middel", "groot"
"""Size of the work: data of enough collectives are there; of some, or they contradict; to be collected first."""

_ORDER = ("bewoner", "collectief", "gemeente", "student", "anders", "", "onderzoeker")
_STATES = (DISPUTED, OPEN, NOBODY)


def of(questions: pd.DataFrame, grid: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """List what is not known, in the order in which it is offered.

    Parameters
    ----------
    questions : DataFrame
        analysed_research_questions.
    grid : DataFrame
        What is known of each, per domain and over all, as
        :func:`bt_analysis.analysis.learning.question_coverage.coverage` gives.
    settings : Settings
        ``learning.side_by_side_below``: with data of fewer collectives than this, work is not small.

    Returns
    -------
    DataFrame
        One row is a question (analysed_backlog). Questions of residents stand first, then those of collectives and
        others, then those of the programme; within those contested ones first, then open ones, then what nobody
        measures. A question that several collectives ask in the same words stands once.
    """
    rows = questions[questions["status"].ne(KNOWN) & ~questions["state"].isin(DONE)].drop(columns=["status", "why"])
    rows = rows.merge(grid[grid["domain"].eq("")], on="rq_id")
    rows = rows.assign(own=rows["collective_id"].ne(""), proposed_by=rows["proposed_by"].fillna("").astype(str))
    rows = _once(rows)
    bare = grid[grid["domain"].ne("") & grid["status"].eq(NOBODY)]
    unmeasured = {rq_id: ";".join(own["domain"]) for rq_id, own in bare.groupby("rq_id")}
    enough = rows["collectives_n"] >= settings.learning.side_by_side_below
    rows = rows.assign(
        unmeasured=[unmeasured.get(one, "") for one in rows["rq_id"]],
        needs=[ways()[one].needs if one in ways() else "" for one in rows["rq_id"]],
        needs_en=[ways()[one].needs_en if one in ways() else "" for one in rows["rq_id"]],
        size=np.select([rows["status"].eq(NOBODY), rows["status"].eq(OPEN) & enough], [LARGE, SMALL], MIDDLE),
        who=rows["proposed_by"].map(_ORDER.index),
        state_at=rows["status"].map(_STATES.index),
    )
    rows = rows.sort_values(["own", "who", "state_at", "group", "rq_id"], ascending=[False, *[True] * 4])
    return rows.assign(place=range(1, len(rows) + 1))


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Take questions in the same words together: the first stands for all, with all their data."""
    words = rows["text"].str.casefold().str.split().str.join(" ")
    own = words.where(rows["own"], rows["rq_id"])
    order = rows["status"].map(_STATES.index)
    rows = rows.assign(words=own, order=order).sort_values(["order", "rq_id"])
    sums = rows.groupby("words").agg(
        asked_by_n=("own", "sum"), claims_n=("claims_n", "sum"), collectives_n=("collectives_n", "sum"),
        first_year=("first_year", "min"), last_year=("last_year", "max"),
    )  # fmt: skip
    first = rows.drop_duplicates("words").set_index("words").drop(columns=[*sums.columns[1:], "order"])
    return first.join(sums).reset_index(drop=True)
