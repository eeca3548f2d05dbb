"""Rates of an hour: what ships, what a collective adds, and which of them fit a period."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis.learning import rates
from bt_analysis.sources import registers
from tests import value_cases

OWN: dict[str, Any] = {
    "rate_id": "zon--opbouwwerker", "method": "vervanging", "eur_per_hour_low": 25.0, "eur_per_hour_mid": 30.0,
    "eur_per_hour_high": 35.0, "year": 2024, "source_url": "https://www.example.org/tarief", "licence": "CC0 1.0",
}  # fmt: skip


def chosen(
    *own: dict[str, Any], periods: tuple[tuple[str, str], ...] = (("zon", "2025"),), **tables: Any
) -> pd.DataFrame:
    return rates.chosen(value_cases.cases(periods=periods, rate=own, **tables))


def ids(rows: pd.DataFrame) -> set[str]:
    return set(rows["rate_id"])


# What ships


def test_the_register_of_rates_is_what_its_schema_says_and_names_its_sources() -> None:
    table = registers.rows("rate")
    schema.check(table, "rate")
    schema.check(registers.rows("source"), "source")
    assert set(table["source_id"]) <= registers.known_ids("source")
    assert set(rates.shipped()["rate_id"]) == set(table["rate_id"])


def test_shipped_rates_are_published_facts_with_a_source() -> None:
    rows = rates.shipped().set_index("rate_id")
    assert {name: (row["low"], row["high"]) for name, row in rows.iterrows()} == {
        "bt-minimumloon-2025": (14.40, 14.40),
        "bt-minimumloon-2026": (14.71, 14.71),
        "bt-landelijk-genoemd-2025": (23.33, 23.33),  # 35 billion euro / 1.5 billion hours
        "bt-humanitas-vervanging-2011": (20.0, 26.0),
        "bt-humanitas-investering-2011": (9.0, 32.0),
    }
    assert round(35 / 1.5, 2) == 23.33
    assert rows["source_title"].ne("").all()
    titles = rows["source_title"].to_dict()
    assert titles["bt-humanitas-vervanging-2011"].endswith("prijzen van 2011, niet aangepast")
    assert "al het georganiseerde vrijwilligerswerk" in titles["bt-landelijk-genoemd-2025"]


# Which year


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2025", "bt-minimumloon-2025"),
        ("2026", "bt-minimumloon-2026"),
        ("2030", "bt-minimumloon-2026"),
        ("2022", "bt-minimumloon-2025"),  # all are later: the first
        ("2024-2026", "bt-minimumloon-2026"),
    ],
)
def test_a_period_gets_the_newest_rate_that_is_not_after_it(period: str, expected: str) -> None:
    rows = chosen(periods=(("zon", period),))
    assert ids(rows[rows["method"].eq("minimumloon")]) == {expected}


@pytest.mark.parametrize(("period", "away"), [("2025", False), ("2023", False), ("2022", True), ("2029", True)])
def test_a_rate_of_more_than_two_years_away_has_a_reservation(period: str, away: bool) -> None:
    rows = chosen(periods=(("zon", period),))
    reason = rows.loc[rows["method"].eq("minimumloon"), "gate_reason"].item()
    assert (reason == "rate_of_other_year") == away


def test_every_period_of_every_collective_has_its_own_rates() -> None:
    rows = chosen(periods=(("zon", "2025"), ("zon", "2026"), ("maan", "2025")))
    ways = {"minimumloon", "bron_genoemd", "vervanging", "investering"}
    kinds = rows.groupby(["collective_id", "period_start"])["method"].agg(set).to_list()
    assert kinds == [ways, ways, ways]


# Rates of a collective


def test_a_collectives_own_rate_counts_beside_those_that_ship_and_for_nobody_else() -> None:
    rows = chosen(OWN, periods=(("zon", "2025"), ("maan", "2025")))
    assert rows[rows["collective_id"].eq("zon")]["own"].sum() == 1
    assert not rows[rows["collective_id"].eq("maan")]["own"].any()
    own = rows[rows["own"]].iloc[0]
    assert (own["low"], own["high"], own["year"]) == (25, 35, 2024)


def test_a_rate_that_ships_stays_beside_one_of_the_collective() -> None:
    wage = OWN | {"rate_id": "zon--cao", "method": "minimumloon"}
    rows = chosen(wage)
    assert ids(rows[rows["method"].eq("minimumloon")]) == {"zon--cao", "bt-minimumloon-2025"}


def test_prices_of_2011_have_a_reservation_in_a_report_of_today() -> None:
    reasons = chosen().set_index("rate_id")["gate_reason"].to_dict()
    assert reasons == {
        "bt-minimumloon-2025": "", "bt-landelijk-genoemd-2025": "",
        "bt-humanitas-vervanging-2011": "rate_of_other_year", "bt-humanitas-investering-2011": "rate_of_other_year",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("low", "mid", "high", "ends"),
    [
        (25.0, 30.0, 35.0, (25, 35)),
        (None, 30.0, None, (30, 30)),
        (None, 30.0, 35.0, (30, 35)),
        (25.0, 30.0, None, (25, 30)),
        (25.0, None, 35.0, (25, 35)),
        (25.0, None, None, (25, 25)),
        (None, None, 35.0, (35, 35)),
    ],
)
def test_an_end_that_is_not_given_is_the_middle_or_else_the_other_end(
    low: float | None, mid: float | None, high: float | None, ends: tuple[float, float]
) -> None:
    rows = chosen(OWN | {"eur_per_hour_low": low, "eur_per_hour_mid": mid, "eur_per_hour_high": high})
    own = rows[rows["own"]].iloc[0]
    assert (own["low"], own["high"]) == ends


def test_a_rate_without_any_amount_is_left_out() -> None:
    nothing = OWN | {"eur_per_hour_low": None, "eur_per_hour_mid": None, "eur_per_hour_high": None}
    assert not chosen(nothing)["own"].any()


def test_the_name_of_a_source_comes_along() -> None:
    source = {"source_id": "zon--offerte", "title": "Offerte opbouwwerk", "publisher": "Bureau Buurt"}
    rows = chosen(OWN | {"source_id": "zon--offerte"}, source=[source])
    own = rows[rows["own"]].iloc[0]
    assert (own["source_title"], own["publisher"]) == ("Offerte opbouwwerk", "Bureau Buurt")
    assert own["source_url"] == "https://www.example.org/tarief"


def test_a_rate_without_a_source_has_an_empty_one() -> None:
    own = chosen(OWN | {"source_url": None, "licence": None})
    assert [own.loc[own["own"], name].item() for name in ("source_title", "publisher", "source_url")] == ["", "", ""]
