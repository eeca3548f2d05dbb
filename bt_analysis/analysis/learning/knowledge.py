"""What claims rest on: estimates in; those a report shows, each with the kind of knowledge below it, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases

EXPERIENCE, PROFESSIONAL, SCIENTIFIC, ADMINISTRATIVE = "ervaring", "professioneel", "wetenschappelijk", "administratief"

SHOWN = ("ok", "voorbehoud")
"""Gates behind which there is a figure."""

KEYS = ["collective_id", "period_start", "period_end"]
"""What tells one report of a collective from another."""

KINDS = {
    # What people said themselves.
    "before_after": EXPERIENCE, "respondents": EXPERIENCE, "response": EXPERIENCE, "weighted": EXPERIENCE,
    "lessons": EXPERIENCE, "cooperation": EXPERIENCE, "obstacles": EXPERIENCE, "tradeoffs": EXPERIENCE,
    # What somebody judged who does it for a living, by rules.
    "theory": PROFESSIONAL,
    # What a method made of figures of others.
    "change": SCIENTIFIC, "similar": SCIENTIFIC, "detectability": SCIENTIFIC, "where": SCIENTIFIC,
    "patterns": SCIENTIFIC, "shared": SCIENTIFIC, "savings": SCIENTIFIC,
}  # fmt: skip
"""Question → what its answers rest on; others rest on what was written down: counts, hours and registers."""

_ASKED = ("enquete", "verhaal")


def kinds(estimates: pd.DataFrame, indicators: pd.DataFrame) -> pd.Series[str]:
    """Tell of each estimate what kind of knowledge it rests on.

    Parameters
    ----------
    estimates : DataFrame
        With question and indicator_id.
    indicators : DataFrame
        analysed_indicators: how each measurement was made.

    Returns
    -------
    Series of str
        ``ervaring`` (what people said), ``professioneel`` (what somebody judged), ``wetenschappelijk`` (what a method
        made of figures of others) or ``administratief`` (what was counted or registered).
    """
    found = estimates["question"].map(KINDS).fillna(ADMINISTRATIVE)
    asked = indicators.loc[indicators["source_type"].isin(_ASKED), "indicator_id"]
    measured = estimates["question"].eq("measurements") & estimates["indicator_id"].isin(asked)
    return found.mask(measured, EXPERIENCE).astype("str")


def claims(cases: Cases) -> pd.DataFrame:
    """List the claims that reports of collectives make.

    Parameters
    ----------
    cases : Cases
        Their protected figures.

    Returns
    -------
    DataFrame
        One row is a figure that a report of one collective and period shows: the columns :data:`KEYS`, claim_id,
        indicator_id and kind. Figures of the area as its source has them (CBS) are none: nobody here asked for them.
    """
    # Few columns first: a copy of all that is told of thousands of collectives is large.
    rows = cases.estimates[[*dict.fromkeys([*KEYS, "question", "gate", "claim_id", "indicator_id", "collective_id"])]]
    kept = rows["gate"].isin(SHOWN) & rows["collective_id"].ne(ACROSS) & rows["question"].ne("context")
    rows = rows.loc[kept].assign(kind=lambda shown: kinds(shown, cases.indicators))
    return rows.merge(cases.periods[KEYS], on=KEYS)[[*KEYS, "claim_id", "indicator_id", "kind"]]
