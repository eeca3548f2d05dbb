"""Collectives with hours, money and savings for tests: what a test is about is typed there, the rest is filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.analysis.learning.cases import Cases, told
from bt_analysis.analysis.periods import bounds
from bt_analysis.instruments.rows import typed

Row = Mapping[str, Any]

SAVING: dict[str, Any] = {
    "saving_id": "zon--s1", "collective_id": "zon", "outcome": "Minder gas", "text_consent": True,
    "toc_link_id": "bt-maatregelen-gasverbruik", "n": 100, "effect_low": 1.0, "effect_mid": 2.0, "effect_high": 3.0,
    "counterfactual_share": 0.25, "unit_cost_eur_low": 80.0, "unit_cost_eur_mid": 100.0, "unit_cost_eur_high": 140.0,
    "duration_years": 3.0, "drop_off": 0.2, "payer_actor_id": "zon--gemeente", "saver_actor_id": "zon--buurt",
    "cashable": True,
}  # fmt: skip
"""A saving that counts, with evidence of its link."""

EVIDENCE: dict[str, Any] = {
    "evidence_id": "zon--b1", "link_id": "bt-maatregelen-gasverbruik", "collective_id": "zon", "source_type": "meting",
    "direction": "voor", "design": 2, "date": "2024-06-01",
}  # fmt: skip

ACTORS: tuple[dict[str, Any], ...] = (
    {"actor_id": "zon--gemeente", "name": "Gemeente Zeven", "side": "publiek", "actor_type": "gemeente"},
    {"actor_id": "zon--fonds", "name": "Fonds Acht", "side": "markt", "actor_type": "fonds"},
    {"actor_id": "zon--buurt", "name": "Bewoners", "side": "civiel", "actor_type": "anders"},
)

EXAMPLE_RATES: tuple[tuple[str, float], ...] = (("minimumloon", 14.40), ("bron_genoemd", 23.33), ("markt", 38.00))
"""The rates with which the programme counts in its example: way of computing, euro per hour."""

_HOURS: dict[str, Any] = {
    "question": "hours", "indicator_id": "hours_total", "collective_id": "zon", "population": "vrijwilligers",
    "group_type": "rol", "unit": "uur", "n": 12, "n_unit": "people", "method": "sum with recording uncertainty",
    "source": "collective: contribution",
}  # fmt: skip


def example_rates() -> pd.DataFrame:
    """Return the three rates of the example, in the place of those that ship."""
    names = ("source_title", "publisher", "source_url", "licence")
    rows = [{"rate_id": f"voorbeeld-{way}", "method": way, "low": eur, "high": eur} for way, eur in EXAMPLE_RATES]
    return pd.DataFrame(rows).assign(year=2025, **dict.fromkeys(names, ""))


def hours(value: float | None, low: float | None = None, high: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a figure of hours."""
    return _HOURS | {"value": value, "ci_low": low, "ci_high": high} | more


def measured(**more: Any) -> dict[str, Any]:
    """Return a figure of something measured, in its own unit."""
    return {
        "question": "measurements", "indicator_id": "greened_m2", "collective_id": "zon", "population": "gebied",
        "group_type": "meting:m1", "value": 240.0, "unit": "m2", "method": "count", "source": "collective: measurement",
    } | more  # fmt: skip


def cases(
    figures: Sequence[Row] = (), periods: Sequence[tuple[str, str]] = (("zon", "2024"),), **tables: Sequence[Row]
) -> Cases:
    """Return collectives to learn from; a figure is of the longest period of its collective when it names none."""
    last = dict(periods)
    rows = []
    for figure in figures:
        first, end = bounds(figure.get("period", last[figure["collective_id"]]))
        rows.append({"period_start": first, "period_end": end, **{k: v for k, v in figure.items() if k != "period"}})
    names = [field["name"] for field in schema.load("analysed_collectives")["fields"]]
    collectives = pd.DataFrame(
        [{"collective_id": one, "period": period, "name": one, "work_area_id": ""} for one, period in periods],
        columns=names,
    )
    estimates = told(pd.DataFrame(rows)) if rows else told(pd.DataFrame([_blank()])).iloc[:0]
    records = {name: typed(given, name) for name, given in ({"actor": ACTORS} | tables).items()}
    return Cases(records, collectives, estimates, pd.DataFrame(), dt.date(2025, 1, 1))


def _blank() -> dict[str, Any]:
    first, last = bounds("2024")
    return hours(1.0) | {"period_start": first, "period_end": last}
