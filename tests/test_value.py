"""What hours are worth: always a range, never a figure, never alone, and never more than what is shown of the hours."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import own_units, rates, value
from bt_analysis.analysis.learning.cases import Cases, told
from bt_analysis.settings import Settings
from tests import value_cases
from tests.value_cases import EVIDENCE, SAVING, cases, hours, measured


@pytest.fixture(autouse=True)
def _three_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count with the rates of the example of the programme, whatever ships."""
    monkeypatch.setattr(rates, "shipped", value_cases.example_rates)


def learn(given: Cases) -> learning.Learned:
    return value.learn(given, Settings())


def of_hours(make: Any, *figures: dict[str, Any], **tables: Any) -> dict[str, Any]:
    found: dict[str, Any] = make.one(learn(cases(figures, **tables)).estimates, "hours_value_eur")
    return found


# The numbers of the programme


def test_3450_hours_are_50000_to_131000(make: Any) -> None:
    found = of_hours(make, hours(3450.0))
    # 3450 × 14.40 = 49 680 and 3450 × 38.00 = 131 100, in steps of 1000: three figures of the upper one.
    assert (found["ci_low"], found["ci_high"]) == (50_000, 131_000)
    assert np.isnan(found["value"])
    assert found["value_text"] == "alleen_een_bereik"
    assert (found["unit"], found["method"]) == ("eur", "hours × rates")


def test_how_far_hours_may_be_off_is_a_range_of_its_own_and_wider(make: Any) -> None:
    rows = learn(cases([hours(3450.0, 3450 * 0.95, 3450 * 1.05)])).estimates
    wide = make.one(rows, "hours_value_wide_eur")
    # 3277.5 × 14.40 = 47 196 and 3622.5 × 38 = 137 655.
    assert (wide["ci_low"], wide["ci_high"]) == (47_000, 138_000)
    narrow = make.one(rows, "hours_value_eur")
    assert (narrow["ci_low"], narrow["ci_high"]) == (50_000, 131_000)


def test_each_way_of_computing_has_its_range(make: Any) -> None:
    rows = learn(cases([hours(3450.0, 3277.5, 3622.5)])).estimates
    wage = make.one(rows, "hours_value_method_eur", group_value="minimumloon")
    assert (wage["ci_low"], wage["ci_high"]) == (47_200, 52_200)  # 47 196 and 52 164
    named = make.one(rows, "hours_value_method_eur", group_value="bron_genoemd")
    assert (named["ci_low"], named["ci_high"]) == (76_500, 84_500)  # × 23.33: 76 464 and 84 513
    market = make.one(rows, "hours_value_method_eur", group_value="markt")
    assert (market["ci_low"], market["ci_high"]) == (125_000, 138_000)  # × 38: 124 545 and 137 655


def test_hours_that_are_sure_give_no_range_for_one_way_so_nothing(make: Any) -> None:
    rows = learn(cases([hours(3450.0)])).estimates
    wage = make.one(rows, "hours_value_method_eur", group_value="minimumloon")
    assert np.isnan(wage["ci_low"])
    assert (wage["gate"], wage["gate_reason"]) == ("niet_te_zien", "one_rate_only")


# Rates


def test_a_rate_of_the_collective_widens_the_range(make: Any) -> None:
    own = {"rate_id": "zon--expert", "method": "investering", "eur_per_hour_low": 9.0, "eur_per_hour_high": 60.0}
    found = of_hours(make, hours(100.0), rate=[own | {"year": 2024}])
    assert (found["ci_low"], found["ci_high"]) == (900, 6000)


def test_rates_of_about_the_same_year_give_no_reservation(make: Any) -> None:
    found = of_hours(make, hours(100.0))
    assert (found["gate"], found["gate_reason"]) == ("ok", "")


def test_one_rate_of_another_year_is_a_reservation_of_the_whole_range(make: Any) -> None:
    old = {"rate_id": "zon--oud", "method": "vervanging", "eur_per_hour_mid": 20.0, "year": 2011}
    rows = learn(cases([hours(100.0, 90.0, 110.0)], rate=[old])).estimates
    whole = make.one(rows, "hours_value_eur")
    assert (whole["gate"], whole["gate_reason"]) == ("voorbehoud", "rate_of_other_year")
    gates = rows[rows["group_type"].eq("rekenmethode")].set_index("group_value")["gate"].to_dict()
    assert gates == {"minimumloon": "ok", "bron_genoemd": "ok", "markt": "ok", "vervanging": "voorbehoud"}


def test_3450_hours_by_what_ships_have_the_reservation_of_2011(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    rows = learn(cases([hours(3450.0, 3277.5, 3622.5)])).estimates
    found = make.one(rows, "hours_value_eur")
    # Forgone income of 2011, 9 to 32 euro, holds both ends: 3450 × 9 = 31 050 and 3450 × 32 = 110 400.
    assert (found["ci_low"], found["ci_high"]) == (31_000, 110_000)
    assert (found["gate"], found["gate_reason"]) == ("voorbehoud", "rate_of_other_year")
    ways = rows[rows["group_type"].eq("rekenmethode")].set_index("group_value")
    assert set(ways.index) == {"vervanging", "investering", "minimumloon", "bron_genoemd"}
    replacing = ways.loc["vervanging"]
    assert (replacing["ci_low"], replacing["ci_high"]) == (65_600, 94_200)  # 3277.5 × 20 = 65 550, 3622.5 × 26 = 94 185


def test_reservations_of_hours_and_rates_come_along(make: Any) -> None:
    found = of_hours(make, hours(100.0, 60.0, 140.0, gate="voorbehoud", gate_reason="hours_estimated", period="2021"),
                     periods=[("zon", "2021")])  # fmt: skip
    assert set(found["gate_reason"].split(";")) == {"hours_estimated", "rate_of_other_year"}


def test_one_rate_only_gives_no_amount_as_that_would_be_one_figure() -> None:
    given = cases([hours(100.0)])
    used = pd.DataFrame({"low": [14.4], "high": [14.4], "method": "minimumloon", "gate_reason": ""})
    days = given.periods[["collective_id", "period_start", "period_end"]]
    rows = value.of_hours(given.estimates, days.merge(used, how="cross"), given)
    assert rows["ci_low"].isna().all()
    assert set(rows["gate_reason"]) == {"one_rate_only"}


# What is not shown of hours is not shown of their value


@pytest.mark.parametrize("gate", ["onderdrukt", "niet_te_zien"])
def test_hours_that_are_not_shown_have_no_value(gate: str) -> None:
    hidden = hours(None, gate=gate, gate_reason="suppressed", n=None)
    rows = learn(cases([hidden, measured()])).estimates
    ours = rows[rows["question"].eq("value")]
    assert ours[["value", "ci_low", "ci_high", "n"]].isna().all(axis=None)
    assert set(ours["gate_reason"]) == {"hours_not_shown"}
    assert set(ours["gate"]) == {"niet_te_zien"}


def test_without_hours_there_is_no_row() -> None:
    rows = learn(cases([measured()])).estimates
    assert not rows["question"].eq("value").any()


def test_every_period_has_its_own_value() -> None:
    periods = [("zon", "2023"), ("zon", "2024"), ("zon", "2023-2024")]
    figures = [hours(100.0, period="2023"), hours(300.0, period="2024"), hours(400.0, period="2023-2024")]
    rows = learn(cases(figures, periods)).estimates
    ends = rows[rows["indicator_id"].eq("hours_value_eur")]["ci_high"]
    assert sorted(ends) == [3800, 11_400, 15_200]  # × 38


# Never alone, never one figure


def test_no_amount_that_something_is_worth_has_a_value() -> None:
    rows = learn(
        cases([hours(3450.0, 3000.0, 4000.0), measured()], saving_claim=[SAVING], evidence=[EVIDENCE])
    ).estimates
    euros = rows[rows["unit"].eq("eur") & rows["question"].isin(["value", "savings"])]
    shown = euros[euros["gate"].isin(["ok", "voorbehoud"])]
    assert len(shown) == 1 + 1 + 3 + 1 + 1  # hours, wide, three ways, a saving, who saves it
    assert shown["value"].isna().all()
    assert (shown["ci_low"] < shown["ci_high"]).all()


def test_euros_stand_beside_another_unit_or_are_not_shown() -> None:
    alone = learn(cases([hours(None, gate="onderdrukt")], saving_claim=[SAVING], evidence=[EVIDENCE]))
    euros = alone.estimates[alone.estimates["unit"].eq("eur")]
    assert euros["ci_low"].isna().all()
    assert set(euros["gate"]) == {"niet_te_zien"}
    assert alone.tables["savings"]["verdict"].to_list() == ["geweigerd"]
    assert alone.tables["savings"]["gate_reason"].to_list() == ["euro_alone"]
    assert alone.tables["ledger"]["eur_low"].isna().all()


def test_every_euro_has_something_beside_it_in_the_same_period() -> None:
    periods = [("zon", "2023"), ("zon", "2024"), ("maan", "2024")]
    figures = [hours(10.0, period="2023"), measured(period="2024"), hours(10.0, collective_id="maan")]
    given = cases(figures, periods)
    beside, _ = own_units.found(given)
    keys = ["collective_id", "period_start", "period_end"]
    amounts = told(given.periods[keys].assign(value=5.0), question="funding", indicator_id="funding_eur", unit="eur",
                   population="collectief", method="sum", source="x")  # fmt: skip
    assert own_units.never_alone(amounts, beside)["value"].notna().all()
    fewer = own_units.never_alone(amounts, beside[beside["collective_id"].eq("zon")])
    assert fewer.loc[fewer["collective_id"].eq("maan"), "gate_reason"].to_list() == ["euro_alone"]
    assert fewer.loc[fewer["collective_id"].eq("zon"), "value"].notna().all()


def test_figures_in_other_units_are_left_alone() -> None:
    given = cases([measured()])
    rows = own_units.never_alone(given.estimates, own_units.found(given)[0].iloc[:0])
    assert rows["value"].to_list() == [240.0]


def test_lessons_are_counted_by_domain_over_the_longest_period(make: Any) -> None:
    lessons = [
        {"lesson_id": f"zon--{at}", "collective_id": "zon", "valence": valence, "domain": domain}
        for at, (valence, domain) in enumerate([("werkte", "welzijn"), ("schade", "welzijn"), ("werkte", None)])
    ]
    learned = learn(cases([measured(period="2023-2024")], [("zon", "2024"), ("zon", "2023-2024")], lesson=lessons))
    welfare = make.one(learned.estimates, "lessons_n", group_value="welzijn")
    assert (welfare["value"], welfare["period_start"]) == (2, pd.Timestamp("2023-01-01"))
    assert make.one(learned.estimates, "lessons_n", group_value="")["value"] == 1
    kinds = learned.tables["own_units"]["kind"].value_counts().to_dict()
    assert kinds == {"lessen": 2, "meting": 1}


# As a whole


def test_what_it_makes_is_what_the_schemas_say() -> None:
    learned = learn(cases([hours(3450.0, 3000.0, 4000.0), measured()], saving_claim=[SAVING], evidence=[EVIDENCE]))
    schema.check(learned.estimates.assign(synthetic=True), "analysed_estimates")
    assert set(learned.tables) == set(value.TABLES)
    for name, table in learned.tables.items():
        schema.check(table, f"analysed_{name}")


def test_nothing_kept_gives_no_estimates_and_tables_without_rows() -> None:
    learned = learn(cases())
    assert learned.estimates.empty
    for name in ("savings", "ledger", "own_units"):
        assert learned.tables[name].empty
    schema.check(learned.estimates.assign(synthetic=True), "analysed_estimates")


def test_claims_are_told_apart_and_keep_their_number() -> None:
    figures = [hours(3450.0, 3000.0, 4000.0), measured()]
    first, second = (learn(cases(figures, saving_claim=[SAVING], evidence=[EVIDENCE])).estimates for _ in range(2))
    assert first["claim_id"].is_unique
    assert first["claim_id"].to_list() == second["claim_id"].to_list()


def test_only_collectives_of_these_cases_are_told_of() -> None:
    rows = learn(cases([hours(10.0)], saving_claim=[SAVING | {"collective_id": "maan"}])).tables["savings"]
    assert rows.empty
