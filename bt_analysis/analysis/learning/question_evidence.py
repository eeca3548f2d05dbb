"""What bears on a question: questions, estimates, arrows and lessons in; one row per piece, with what it says, out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning import arrows, lessons, theory_model
from bt_analysis.analysis.learning.asked import OWN_FIGURES, ways
from bt_analysis.analysis.learning.cases import ACROSS, Cases, made, nothing
from bt_analysis.settings import Settings

FIRM, RESERVED, HIDDEN, TOLD = "firm", "reserved", "hidden", "told"
SUPPORTED, REFUTED, CONTESTED, LITTLE = "supported", "refuted", "contested", "little"

OF_ARROW = {
    arrows.SUPPORTED: SUPPORTED, arrows.REFUTED: REFUTED, arrows.CONTESTED: CONTESTED, arrows.LITTLE: LITTLE,
}  # fmt: skip
"""Status of an arrow → what it says of a question; one that is not investigated says nothing."""

PLUS, MINUS = "+", "−"

READ = frozenset(answer.question for way in ways().values() for answer in way.answers) | set(OWN_FIGURES)
"""Questions whose estimates bear on any question asked."""

_COLUMNS = [
    "rq_id", "kind", "claim_id", "collective_id", "domain", "standing", "sign", "setting", "valence", "first_year",
    "last_year", "indicator_id",
]  # fmt: skip


def of_programme(cases: Cases, settings: Settings) -> pd.DataFrame:
    """Find what bears on the questions of the register.

    Parameters
    ----------
    cases : Cases
        Reads estimates, lesson, toc_node, toc_link and evidence. Of a collective only its longest period is read.
    settings : Settings
        Thresholds of arrows.

    Returns
    -------
    DataFrame
        One row is a question and an estimate, an arrow or a lesson (analysed_question_claims, and indicator_id).
        Estimates are of the primary domain of the collective; those about all together have no domain, and one that
        rests on too few collectives counts as reserved. Where n counts records, they are of at most the collectives
        that have a figure of the same question of their own, or that take part.
    """
    figures = _figures(cases, settings.learning.supported_collectives)
    parts = []
    for rq_id, way in ways().items():
        for answer in way.answers:
            rows = figures[answer.fits(figures)]
            parts.append(rows.assign(rq_id=rq_id, sign=rows["sign"] if answer.signed else ""))
        if way.arrows:
            parts.append(_arrows(cases, settings).assign(rq_id=rq_id))
        if way.lessons:
            parts.append(_lessons(cases).assign(rq_id=rq_id))
    return _together(parts)


def of_collectives(cases: Cases, asked: pd.DataFrame) -> pd.DataFrame:
    """Find what bears on the questions of collectives: indicators on the card of the experiment, and its lessons.

    Parameters
    ----------
    cases : Cases
        Reads estimates, experiment and lesson.
    asked : DataFrame
        As :func:`bt_analysis.analysis.learning.asked.of_collectives` gives.

    Returns
    -------
    DataFrame
        As :func:`of_programme` gives.
    """
    trial = cases.table("experiment")
    trial = trial[trial["question_id"].isin(asked["rq_id"])].rename(columns={"question_id": "rq_id"})
    named = trial.assign(indicator_id=trial["indicator_ids"].fillna("").astype(str).str.split(";"))
    named = named.explode("indicator_id")[["rq_id", "collective_id", "indicator_id"]].drop_duplicates()
    figures = _figures(cases, enough=1)
    figures = figures[figures["question"].isin(OWN_FIGURES)].merge(
        named.astype(str), on=["collective_id", "indicator_id"]
    )
    told = _lessons(cases).merge(trial[["experiment_id", "rq_id"]].dropna(), on="experiment_id")
    return _together([figures, told])


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part.reindex(columns=_COLUMNS) for part in parts if len(part)]
    if not filled:
        return made((), "question_claims").assign(indicator_id="")
    rows = pd.concat(filled, ignore_index=True).drop_duplicates(["rq_id", "kind", "claim_id"], ignore_index=True)
    text = [name for name in _COLUMNS if name not in ("first_year", "last_year")]
    return rows.assign(**{name: rows[name].astype(object).fillna("").astype("str") for name in text})


def _figures(cases: Cases, enough: int) -> pd.DataFrame:
    """Give the estimates of every collective in its longest period, and those about enough of them together."""
    given = cases.estimates if len(cases.estimates) else nothing()
    days = cases.whole[["collective_id", "period_start", "period_end"]]
    own = given.merge(days, on=list(days.columns))
    rows = pd.concat([own, given[given["collective_id"].eq(ACROSS)]], ignore_index=True)
    rows = rows[rows["question"].isin(READ)].reset_index(drop=True)
    there = rows["value"].notna() | rows["value_text"].ne("")
    few = rows["collective_id"].eq(ACROSS) & _resting_on(rows, len(cases.whole)).lt(enough)
    shown = rows["gate"].isin(["ok", "voorbehoud"])
    up = rows["value_text"].eq("hoger") | rows["ci_low"].gt(0)
    down = rows["value_text"].eq("lager") | rows["ci_high"].lt(0)
    return rows.assign(
        kind="estimate",
        domain=rows["collective_id"].map(cases.whole.set_index("collective_id")["primary_domain"]).fillna(""),
        standing=np.select([rows["gate"].eq("ok") & there & ~few, shown & there], [FIRM, RESERVED], HIDDEN),
        sign=np.select([up, down], [PLUS, MINUS], ""),
        first_year=rows["period_start"].dt.year,
        last_year=rows["period_end"].dt.year,
    )


def _resting_on(rows: pd.DataFrame, taking_part: int) -> pd.Series:
    """Bound how many collectives a figure about all rests on: seven obstacles can be those of one."""
    named = rows[rows["collective_id"].ne(ACROSS)].groupby("question")["collective_id"].nunique()
    at_most = rows["question"].map(named).fillna(taking_part)
    return rows["n"].where(rows["n_unit"].eq("collectives"), rows["n"].clip(upper=at_most))


def _arrows(cases: Cases, settings: Settings) -> pd.DataFrame:
    """Give every arrow that somebody has evidence about, of all collectives together."""
    drawn = theory_model.links(cases)
    graded = arrows.of_arrows(cases, settings, drawn)
    graded = graded[graded["collective_id"].eq(ACROSS) & graded["status"].isin(OF_ARROW)]
    domain = theory_model.arrows(drawn, theory_model.nodes(cases)).set_index("arrow_id")["domain"]
    return graded.assign(
        kind="arrow",
        claim_id=graded["arrow_id"],
        domain=graded["arrow_id"].map(domain),
        standing=graded["status"].map(OF_ARROW),
        last_year=pd.to_datetime(graded["newest"]).dt.year,
    )


def _lessons(cases: Cases) -> pd.DataFrame:
    listed = lessons.listing(cases)
    year = listed["recorded_on"].dt.year
    return listed.assign(
        kind="lesson", claim_id=listed["lesson_id"], standing=TOLD, first_year=year, last_year=year
    )  # fmt: skip
