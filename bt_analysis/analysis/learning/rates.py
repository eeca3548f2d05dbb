"""What may an hour count for? Rates that ship and rates of collectives in; those that fit each period out."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.learning import theory_model
from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.instruments.rows import typed_table

KEYS = ["collective_id", "period_start", "period_end"]

EXAMPLE = "voorbeeld"
"""Word in the id of a shipped rate that no source ever published."""

MAX_YEARS_AWAY = 2
"""Years between a rate and the end of a period from which on there is a reservation."""

OTHER_YEAR, MADE_UP = "rate_of_other_year", "example_rate"

ENDS = {"low": "eur_per_hour_low", "mid": "eur_per_hour_mid", "high": "eur_per_hour_high"}


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
        low, mid and high (euro per hour), year, source_title, publisher, source_url, licence, own (the collective's),
        example (no source published it) and gate_reason.

    Notes
    -----
    Per way of computing, and apart for rates of the collective, the newest year that is not after the period; the first
    one when all are later. Rates of a collective count beside the shipped ones, and only for that collective. An
    example goes as soon as there is a real rate of the same way. low and high that are not given are those of mid.
    """
    own = _with_source(cases.table("rate"), cases.table("source"))
    own = own.assign(collective_id=theory_model.owners(own["rate_id"]), own=True)
    own = own[own["collective_id"].ne("")]
    days = cases.periods[KEYS].drop_duplicates()
    everyone = days.merge(shipped().assign(own=False), how="cross")
    both = pd.concat([everyone, days.merge(own, on="collective_id")], ignore_index=True)
    both = reporting.of_nearest_year(both, [*KEYS, "method", "own"])
    real = (~both["example"]).groupby([both[key] for key in [*KEYS, "method"]]).transform("any")
    both = both[~(both["example"] & real)]
    away = (both["year"] - both["period_end"].dt.year).abs() > MAX_YEARS_AWAY
    reasons = away.map({True: OTHER_YEAR, False: ""}) + both["example"].map({True: f";{MADE_UP}", False: ""})
    return both.assign(gate_reason=reasons.str.strip(";")).sort_values([*KEYS, "method", "rate_id"], ignore_index=True)


@cache
def shipped() -> pd.DataFrame:
    """Return the rates that ship with the package, not to be changed.

    Returns
    -------
    DataFrame
        One row is a rate, as :func:`chosen` gives it, without a collective and a period.
    """
    rows = typed_table(_read("rate").astype({"year": int}), "rate")
    return _with_source(rows, typed_table(_read("source"), "source"))


def _with_source(rates: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Give rates their ends as plain numbers, and the name of their source; a rate without any amount is left out."""
    amounts = {name: rates[column].astype(float) for name, column in ENDS.items()}
    mid = amounts["mid"].fillna((amounts["low"] + amounts["high"]) / 2).fillna(amounts["low"]).fillna(amounts["high"])
    low, high = (amounts[end].fillna(mid) for end in ("low", "high"))
    named = sources.drop_duplicates("source_id").set_index("source_id")[["title", "publisher"]]
    title, publisher = (rates["source_id"].map(named[name]).astype("str").fillna("") for name in named)
    text = {name: rates[name].astype("str").fillna("") for name in ("rate_id", "method", "source_url", "licence")}
    year = rates["year"].astype("float64").fillna(0).astype(int)
    out = pd.DataFrame({**text, "low": low, "mid": mid, "high": high, "year": year})
    out = out.assign(source_title=title, publisher=publisher)
    out["example"] = out["rate_id"].str.startswith("bt-") & out["rate_id"].str.contains(EXAMPLE, regex=False)
    return out[mid.notna()].reset_index(drop=True)


def _read(table: str) -> pd.DataFrame:
    with (resources.files("bt_analysis") / "registers" / f"{table}.csv").open(encoding="utf-8") as stream:
        rows = pd.read_csv(stream, dtype=str).astype(object)
    numbers = [str(name) for name in rows if str(name).startswith("eur_") or name == "version"]
    typed: dict[str, Any] = {name: pd.to_numeric(rows[name]) for name in numbers}
    return rows.assign(**typed)
