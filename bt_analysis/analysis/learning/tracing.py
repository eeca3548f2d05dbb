"""How sure may one be that an arrow held here? Judgements of evidence in, a range over judges and beliefs out.

Process tracing looks within one case: what was found at one collective says how sure one may be that the arrow held
there. Cases are set side by side, never multiplied.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.analysis.learning.counting import owned
from bt_analysis.methods import process_tracing

BY = ["collective_id", "arrow_id"]
"""What tells one claim from another: an arrow at a collective."""

EVEN = 0.5
"""Belief beforehand at which the middle of the range is told."""


def judgements(cases: Cases, drawn: pd.DataFrame) -> pd.DataFrame:
    """List every judgement with the arrow it is about.

    Parameters
    ----------
    cases : Cases
        Reads evidence and evidence_judgement.
    drawn : DataFrame
        As :func:`bt_analysis.analysis.learning.theory_model.links` gives.

    Returns
    -------
    DataFrame
        One row is a judgement: collective_id, arrow_id, evidence_id, judge, likelihood_claim, likelihood_rival, seen,
        kind (of test), rival, date and group: pieces of one kind of source at one collective depend on each other. A
        judgement without a chance or without what was seen is left out.

    Notes
    -----
    A publication depends on no other one: it is a group of its own.
    """
    evidence = cases.table("evidence")[["evidence_id", "link_id", "collective_id", "source_type", "url"]]
    table = cases.table("evidence_judgement").drop(columns="source_id")
    table = table.merge(evidence, on="evidence_id", validate="many_to_one").merge(
        drawn[["link_id", "arrow_id"]], on="link_id", validate="many_to_one"
    )
    table = table.dropna(subset=["likelihood_claim", "likelihood_rival", "seen"])
    table = owned(table, "evidence_id")
    chances = {name: table[name].astype("float64") for name in ("likelihood_claim", "likelihood_rival")}
    return table.assign(
        **chances,
        seen=table["seen"].astype(bool),
        kind=process_tracing.kinds(chances["likelihood_claim"], chances["likelihood_rival"]),
        group=table["source_type"].astype("str") + " " + table["url"].fillna("").astype("str"),
        rival=table["rival"].fillna(""),
        date=pd.to_datetime(table["date"]),
    )


def beliefs(judged: pd.DataFrame) -> pd.DataFrame:
    """Tell how sure judges may be of each arrow at each collective.

    Parameters
    ----------
    judged : DataFrame
        As :func:`judgements` gives.

    Returns
    -------
    DataFrame
        One row per collective_id, arrow_id and prior: judges_n, pieces_n, groups_n, low and high.
    """
    return process_tracing.over_judges(process_tracing.traced(judged, BY), BY)


def told(ranges: pd.DataFrame) -> pd.DataFrame:
    """Take the ranges of all beliefs beforehand together.

    Parameters
    ----------
    ranges : DataFrame
        As :func:`beliefs` gives.

    Returns
    -------
    DataFrame
        One row per collective_id and arrow_id, in per cent: value (middle of the judges at even odds), ci_low and
        ci_high (over all judges and beliefs beforehand), and n: judges.
    """
    even = ranges[ranges["prior"].eq(EVEN)].set_index(BY)
    ends = ranges.groupby(BY).agg(ci_low=("low", "min"), ci_high=("high", "max"), n=("judges_n", "max"))
    middle = ((even["low"] + even["high"]) / 2).rename("value")
    table = ends.join(middle).reset_index()
    return table.assign(**{name: 100 * table[name] for name in ("value", "ci_low", "ci_high")})
