"""Money of collectives: spread over days, shares, months that it lasts, and who invests and who saves."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import funding, ledger, value
from bt_analysis.analysis.learning.cases import Learned
from bt_analysis.settings import Settings
from tests.value_cases import EVIDENCE, SAVING, cases, hours, measured

GRANT: dict[str, Any] = {
    "funding_id": "zon--f1", "funder_actor_id": "zon--gemeente", "collective_id": "zon", "amount_eur": 12_000.0,
    "start": "2024-01-01", "end": "2024-12-31", "obligation": "inspanning", "reporting_hours": 24.0,
}  # fmt: skip


def ask(*rows: dict[str, Any], periods: tuple[tuple[str, str], ...] = (("zon", "2024"),)) -> pd.DataFrame:
    numbered = [GRANT | {"funding_id": f"zon--f{at}"} | row for at, row in enumerate(rows)]
    return funding.estimates(funding.spread(cases(periods=periods, funding=numbered)))


def learn(*savings: dict[str, Any], money: tuple[dict[str, Any], ...] = (), **tables: Any) -> Learned:
    claims = [SAVING | {"saving_id": f"zon--s{at}"} | claim for at, claim in enumerate(savings, 1)]
    grants = [GRANT | {"funding_id": f"zon--f{at}"} | row for at, row in enumerate(money)]
    figures = tables.pop("figures", [hours(1000.0, 950.0, 1050.0), measured()])
    return value.learn(cases(figures, saving_claim=claims, funding=grants, evidence=[EVIDENCE], **tables), Settings())


# Spread over days


def test_money_is_spread_over_the_days_it_is_for(make: Any) -> None:
    # 731 days in 2024 and 2025, 366 of them in 2024.
    row = make.one(ask({"end": "2025-12-31"}), "funding_eur", group_value="gemeente")
    assert row["value"] == pytest.approx(12_000 * 366 / 731)


def test_periods_add_up_to_the_whole() -> None:
    periods = (("zon", "2023"), ("zon", "2024"), ("zon", "2025"), ("zon", "2023-2025"))
    rows = ask({"start": "2023-04-11", "end": "2025-06-30"}, periods=periods)
    sums = rows[rows["indicator_id"].eq("funding_eur")]["value"].to_list()
    assert sum(sums) == pytest.approx(2 * 12_000)  # three years, and the period of all three


def test_money_without_a_last_day_counts_on_its_first_with_a_reservation(make: Any) -> None:
    periods = (("zon", "2024"), ("zon", "2025"))
    rows = ask({"end": None}, periods=periods)
    assert set(rows["period_start"].dt.year) == {2024}
    row = make.one(rows, "funding_eur")
    assert (row["value"], row["gate"], row["gate_reason"]) == (12_000, "voorbehoud", "funding_without_end")


def test_money_of_before_and_after_is_not_in_a_period() -> None:
    assert ask({"start": "2022-01-01", "end": "2022-12-31"}).empty
    assert ask({"start": "2026-01-01", "end": "2026-12-31"}).empty
    assert funding.estimates(funding.spread(cases())).empty


# Shares


def test_shares_of_the_largest_funder_and_of_government(make: Any) -> None:
    rows = ask(
        {"amount_eur": 6000.0},
        {"amount_eur": 3000.0, "funder_actor_id": "zon--fonds", "obligation": "gift"},
        {"amount_eur": 3000.0, "funder_actor_id": None, "obligation": "eigen_inkomsten"},
    )
    largest = make.one(rows, "largest_funder_pct")
    assert (largest["value"], largest["group_value"]) == (pytest.approx(100 * 6000 / 12_000), "gemeente")
    assert make.one(rows, "government_pct")["value"] == pytest.approx(50)
    assert make.one(rows, "funding_eur", group_value="collectief")["value"] == 3000
    shares = rows[rows["indicator_id"].eq("obligation_pct")].set_index("group_value")["value"].to_dict()
    assert shares == {"inspanning": 50, "gift": 25, "eigen_inkomsten": 25}
    assert (largest["n"], largest["n_unit"], largest["unit"]) == (3, "records", "%")


def test_two_grants_of_one_funder_are_one_dependence_and_two_funds_are_two(make: Any) -> None:
    other = {"actor_id": "zon--fonds-2", "name": "Fonds Negen", "side": "markt", "actor_type": "fonds"}
    grants = [
        GRANT | {"funding_id": "zon--1", "amount_eur": 4000.0},
        GRANT | {"funding_id": "zon--2", "amount_eur": 2000.0},
        GRANT | {"funding_id": "zon--3", "amount_eur": 5000.0, "funder_actor_id": "zon--fonds"},
        GRANT | {"funding_id": "zon--4", "amount_eur": 5000.0, "funder_actor_id": "zon--fonds-2"},
    ]
    actors = [
        {"actor_id": "zon--gemeente", "name": "G", "side": "publiek", "actor_type": "gemeente"},
        {"actor_id": "zon--fonds", "name": "F", "side": "markt", "actor_type": "fonds"},
    ]
    given = cases(funding=grants, actor=[*actors, other])
    rows = funding.estimates(funding.spread(given))
    largest = make.one(rows, "largest_funder_pct")
    assert (largest["group_value"], largest["value"]) == ("gemeente", pytest.approx(100 * 6000 / 16_000))
    assert make.one(rows, "funding_eur", group_value="fonds")["value"] == 10_000


def test_only_own_income_has_no_funder_and_no_government(make: Any) -> None:
    rows = ask({"funder_actor_id": None, "obligation": "eigen_inkomsten"})
    assert not rows["indicator_id"].eq("largest_funder_pct").any()
    assert make.one(rows, "government_pct")["value"] == 0


@pytest.mark.parametrize("kind", ["gemeente", "provincie", "waterschap", "rijk"])
def test_government_is_more_than_the_gemeente(make: Any, kind: str) -> None:
    actor = [{"actor_id": "zon--gemeente", "name": "O", "side": "publiek", "actor_type": kind}]
    rows = funding.estimates(funding.spread(cases(funding=[GRANT], actor=actor)))
    assert make.one(rows, "government_pct")["value"] == 100


# How long it lasts


@pytest.mark.parametrize(
    ("end", "months"),
    [
        ("2024-12-31", 0),  # nothing is granted for after
        ("2025-12-31", 365 / 366 * 366 / (365.25 / 12)),  # as much again per day, for 365 days
    ],
)
def test_months_that_granted_money_lasts_at_the_same_pace(make: Any, end: str, months: float) -> None:
    assert make.one(ask({"end": end}), "runway_months")["value"] == pytest.approx(months)


def test_money_that_begins_later_lasts_too(make: Any) -> None:
    later = {"start": "2025-01-01", "end": "2025-12-31", "amount_eur": 6000.0}
    row = make.one(ask({}, later), "runway_months")
    # 6000 euro at 12 000 in 366 days, which are 12.02 months.
    assert row["value"] == pytest.approx(6000 / (12_000 / (366 / (365.25 / 12))))


def test_hours_of_accounting_are_spread_too_and_not_made_up(make: Any) -> None:
    rows = ask({"end": "2025-12-31"}, {"reporting_hours": None})
    row = make.one(rows, "reporting_hours")
    assert (row["value"], row["n"]) == (pytest.approx(24 * 366 / 731), 1)
    assert not ask({"reporting_hours": None})["indicator_id"].eq("reporting_hours").any()


# The ledger


def test_who_invests_and_who_saves() -> None:
    books = learn({}, money=({}, {"funder_actor_id": "zon--fonds", "amount_eur": 500.0})).tables["ledger"]
    ours = books[books["collective_id"].eq("zon")].set_index(["role", "party"])
    assert set(ours.index) == {
        ("investeert", "vrijwilligers"), ("investeert", "gemeente"), ("investeert", "fonds"), ("bespaart", "bewoners"),
    }  # fmt: skip
    assert ours.loc[("investeert", "vrijwilligers"), "hours"] == 1000
    assert ours.loc[("investeert", "vrijwilligers"), "eur_low"] == 9_000  # × 9.00, the lowest rate that ships
    assert ours.loc[("investeert", "gemeente"), "paid_eur"] == 12_000
    assert ours.loc[("investeert", "fonds"), "paid_eur"] == 500
    assert ours.loc[("bespaart", "bewoners"), "cashable"] == "ja"


def test_the_ledger_adds_up_to_the_savings_that_count() -> None:
    learned = learn(
        {"n": 100}, {"n": 50}, {"n": 40, "cashable": False}, {"n": 30, "saver_actor_id": "zon--gemeente"},
        {"n": 500, "counterfactual_share": None},
    )  # fmt: skip
    books = learned.tables["ledger"]
    saved = books[books["role"].eq("bespaart") & books["collective_id"].eq("zon")]
    rows = learned.estimates[learned.estimates["indicator_id"].eq("saving_eur")]
    assert saved["eur_low"].sum() == rows["ci_low"].sum()
    assert saved["eur_high"].sum() == rows["ci_high"].sum()
    assert saved["n"].sum() == 4
    first, second = (rows[rows["group_value"].eq(f"zon--s{at}")] for at in (1, 2))
    both = saved[saved["party"].eq("bewoners") & saved["cashable"].eq("ja")]
    assert both["eur_low"].item() == first["ci_low"].item() + second["ci_low"].item()


def test_money_in_the_ledger_is_all_money() -> None:
    learned = learn(money=({}, {"funder_actor_id": None, "obligation": "eigen_inkomsten", "amount_eur": 700.0}))
    books = learned.tables["ledger"]
    assert books["paid_eur"].sum() == 12_000 + 700
    assert books[books["party"].eq("collectief")]["paid_eur"].max() == 700


def test_who_bears_the_costs_of_a_saving_invests_even_if_nobody_wrote_down_how_much() -> None:
    books = learn({"payer_actor_id": "zon--fonds"}).tables["ledger"]
    row = books[books["party"].eq("fonds") & books["collective_id"].eq("zon")].iloc[0]
    assert row["role"] == "investeert"
    assert row[["hours", "paid_eur", "eur_low"]].isna().all()
    paid = learn({}, money=({},)).tables["ledger"]
    assert len(paid[paid["party"].eq("gemeente") & paid["collective_id"].eq("zon")]) == 1  # once, with its money


def test_a_saving_that_does_not_count_is_not_in_the_ledger() -> None:
    books = learn({"toc_link_id": "zon--eigen"}).tables["ledger"]
    assert not books["role"].eq("bespaart").any()


def test_every_line_leads_to_an_estimate_that_is_shown() -> None:
    learned = learn({}, money=({},))
    lines = learned.tables["ledger"].query("claim_id != ''")
    shown = learned.estimates.set_index("claim_id").loc[lines["claim_id"], "gate"]
    assert set(shown) <= {"ok", "voorbehoud"}
    assert len(lines) == 3


def test_hours_that_are_hidden_are_no_line() -> None:
    books = learn({}, figures=[hours(None, gate="onderdrukt"), measured()]).tables["ledger"]
    assert not books["party"].eq("vrijwilligers").any()


def test_all_together_count_collectives_and_have_no_amounts() -> None:
    claims = [SAVING, SAVING | {"saving_id": "maan--s1", "collective_id": "maan"}]
    evidence = [EVIDENCE, EVIDENCE | {"evidence_id": "maan--b1", "collective_id": "maan"}]
    figures = [hours(100.0, 90.0, 110.0), hours(100.0, 90.0, 110.0, collective_id="maan")]
    given = cases(figures, [("zon", "2024"), ("maan", "2023")], saving_claim=claims, evidence=evidence)
    books = value.learn(given, Settings()).tables["ledger"]
    together = books[books["collective_id"].eq("")]
    assert together.set_index(["role", "party"])["n"].to_dict() == {
        ("bespaart", "bewoners"): 2, ("investeert", "gemeente"): 2, ("investeert", "vrijwilligers"): 2,
    }  # fmt: skip
    assert together[["hours", "paid_eur", "eur_low", "eur_high"]].isna().all(axis=None)
    assert together["period_start"].unique() == [pd.Timestamp("2023-01-01")]


def test_nobody_is_named() -> None:
    learned = learn({}, money=({},))
    text = (
        learned.estimates.astype(str).to_csv() + learned.tables["ledger"].to_csv() + learned.tables["savings"].to_csv()
    )
    assert "Zeven" not in text
    assert "zon--gemeente" not in text


@pytest.mark.parametrize(("saver", "same"), [("zon--buurt", 0), ("zon--gemeente", 1)])
def test_whether_who_pays_also_saves(make: Any, saver: str, same: int) -> None:
    rows = learn({"saver_actor_id": saver}, {"payer_actor_id": None}).estimates
    for collective_id, population in (("zon", "collectief"), ("", "collectieven")):
        row = make.one(rows, "saver_pays_n", collective_id=collective_id)
        assert (row["value"], row["n"], row["population"]) == (same, 1, population)
        assert make.one(rows, "saver_does_not_pay_n", collective_id=collective_id)["value"] == 1 - same


def test_over_all_collectives_a_link_that_all_together_refute_carries_nothing(make: Any) -> None:
    against = [
        EVIDENCE | {"evidence_id": f"maan--{kind}", "collective_id": "maan", "direction": "tegen", "source_type": kind}
        for kind in ("meting", "experiment")
    ]
    ours = EVIDENCE | {"design": 1}
    given = cases([hours(9.0)], [("zon", "2024"), ("maan", "2024")], saving_claim=[SAVING], evidence=[ours, *against])
    rows = value.learn(given, Settings()).estimates
    assert make.one(rows, "saver_pays_n", collective_id="zon")["n"] == 1
    assert not (rows["indicator_id"].eq("saver_pays_n") & rows["collective_id"].eq("")).any()


def test_sums_of_who_saves_have_a_range_and_the_reservations_of_their_parts(make: Any) -> None:
    rows = learn({}, {"n": 50, "duration_years": None}).estimates
    row = make.one(rows, ledger.SAVED["ja"], group_value="bewoners")
    assert np.isnan(row["value"])
    assert set(row["gate_reason"].split(";")) == {"arrow_little_evidence", "one_year_only"}
    assert (row["gate"], row["n"], row["n_unit"]) == ("voorbehoud", 2, "records")
