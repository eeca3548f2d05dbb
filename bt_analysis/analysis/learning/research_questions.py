"""Research questions: what all other questions found in; what is known of each, per domain, and what is open, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import asked, backlog, question_evidence
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, told
from bt_analysis.analysis.learning.question_coverage import ALL_DOMAINS, STATUSES, coverage
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("research_questions", "question_coverage", "question_claims", "backlog")

FOR_OWN = 1
"""Collectives with a figure without reservation that answer a question of one collective."""


def learn(cases: Cases, settings: Settings) -> Learned:
    """Tell of every question what is known, contested or open, or that nobody measures it.

    Parameters
    ----------
    cases : Cases
        Its estimates are those of all other questions as well, also about all collectives together.
    settings : Settings
        ``learning.supported_collectives``: collectives with a figure without reservation from which a question of the
        programme is known. ``learning.side_by_side_below``: collectives from which their data carry a small thesis.

    Returns
    -------
    Learned
        The four tables, and with an empty collective_id the estimates ``research_questions``: how many questions of
        the programme there are (``questions_n``; by group type ``stand``), how many collectives asked themselves
        (``questions_own_n``) and how many are open for theses (``backlog_n``).
    """
    own = asked.of_collectives(cases)
    programme = asked.of_programme()
    claims = question_evidence.of_programme(cases, settings)
    own_claims = question_evidence.of_collectives(cases, own)
    domains = sorted(set(cases.whole["primary_domain"].dropna()))
    grid = coverage(claims, programme["rq_id"].tolist(), domains, settings.learning.supported_collectives)
    own_grid = coverage(own_claims, own["rq_id"].tolist(), [], FOR_OWN)
    cells = pd.concat([grid, own_grid], ignore_index=True)
    over_all = cells.loc[cells["domain"].eq(ALL_DOMAINS), ["rq_id", "status", "why"]]
    questions = pd.concat([programme, own], ignore_index=True).merge(over_all, on="rq_id", validate="one_to_one")
    left = backlog.of(questions, cells, settings)
    tables = {
        "research_questions": made(questions, "research_questions"),
        "question_coverage": made(grid, "question_coverage"),
        "question_claims": made(pd.concat([claims, own_claims], ignore_index=True), "question_claims"),
        "backlog": made(left, "backlog"),
    }
    return Learned(_estimates(questions, len(left), cases), tables)


def _estimates(questions: pd.DataFrame, open_n: int, cases: Cases) -> pd.DataFrame:
    programme = questions[questions["collective_id"].eq(ACROSS)]
    totals = [
        ("questions_n", "", "", len(programme)),
        *(("questions_n", "stand", name, int(programme["status"].eq(name).sum())) for name in STATUSES),
        ("questions_own_n", "", "", len(questions) - len(programme)),
        ("backlog_n", "", "", open_n),
    ]
    first, last = cases.span
    rows = pd.DataFrame(totals, columns=["indicator_id", "group_type", "group_value", "value"])
    return told(
        rows.assign(period_start=first, period_end=last, collective_id=ACROSS),
        question="research_questions", unit="vragen", method="count", population="collectieven",
        n=float(len(cases.whole)), n_unit="collectives", source="register: research_question; estimates; evidence",
    )  # fmt: skip
