"""What may an hour count for? Rates that ship and rates of collectives in; those that fit each period out."""

from __future__ import annotations

from functools import cache

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.learning import theory_model
from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.analysis.learning.counting import PERIOD
from bt_analysis.instruments.rows import registered

MAX_YEARS_AWAY = 2
"""Years between a rate and the end of a period from which on there is a reservation."""

OTHER_YEAR = "rate_of_other_year"
"""Reservation of a rate: prices of its year are not those of the period, and are not indexed."""


def chosen(cases: Cases) -> pd.DataFrame:
    """Choose, for every collective and period, the rates by which its hours are counted.

    Parameters
    ----------
    cases : Cases
        Reads rate and source, and the reporting periods.

    Returns
    -------
    DataFrame
        One row is a rate used for a collective in a period: collective_id, period_start, period_end, rate_id, method,
        low and high (euro per hour), year, source_title, publisher, source_url, licence, own (the collective's) and
        gate_reason.

    Notes
    -----
    Per way of computing, and apart for rates of the collective, the newest year that is not after the period; the first
    one when all are later. Rates of a collective count beside the shipped ones, and only for that collective. An end
    that is not given is the middle, or else the other end.
    """
    own = _with_source(cases.table("rate"), cases.table("source"))
    own = own.assign(collective_id=theory_model.owners(own["rate_id"]), own=True)
    own = own[own["collective_id"].ne("")]
    days = cases.periods[PERIOD].drop_duplicates()
    everyone = days.merge(shipped().assign(own=False), how="cross")
    both = pd.concat([everyone, days.merge(own, on="collective_id")], ignore_index=True)
    both = reporting.of_nearest_year(both, [*PERIOD, "method", "own"])
    away = (both["year"] - both["period_end"].dt.year).abs() > MAX_YEARS_AWAY
    reasons = away.map({True: OTHER_YEAR, False: ""})
    return both.assign(gate_reason=reasons).sort_values([*PERIOD, "method", "rate_id"], ignore_index=True)


@cache
def shipped() -> pd.DataFrame:
    """Return the rates that ship with the package, not to be changed.

    Returns
    -------
    DataFrame
        One row is a rate, as :func:`chosen` gives it, without a collective and a period.
    """
    return _with_source(registered("rate"), registered("source"))


def _with_source(rates: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Give rates their ends as plain numbers, and the name of their source; a rate without any amount is left out."""
    low, mid, high = (rates[f"eur_per_hour_{end}"].astype(float) for end in ("low", "mid", "high"))
    low, high = low.fillna(mid).fillna(high), high.fillna(mid).fillna(low)
    named = sources.drop_duplicates("source_id").set_index("source_id")[["title", "publisher"]]
    title, publisher = (rates["source_id"].map(named[name]).astype("str").fillna("") for name in named)
    text = {name: rates[name].astype("str").fillna("") for name in ("rate_id", "method", "source_url", "licence")}
    year = rates["year"].astype("float64").fillna(0).astype(int)
    out = pd.DataFrame({**text, "low": low, "high": high, "year": year, "source_title": title, "publisher": publisher})
    return out[low.notna()].reset_index(drop=True)
