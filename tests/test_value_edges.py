"""Value as a whole at its edges: many collectives, periods beside each other, and what a report may never say."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import ledger, rates, value
from bt_analysis.analysis.learning.cases import Learned
from bt_analysis.settings import Settings
from tests import value_cases
from tests.value_cases import ACTORS, EVIDENCE, SAVING, cases, hours, measured

TWO = (("zon", "2024"), ("maan", "2023-2024"))


@pytest.fixture(autouse=True)
def _three_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count with the rates of the example of the programme, whatever ships."""
    monkeypatch.setattr(rates, "shipped", value_cases.example_rates)


def of_moon(row: dict[str, Any]) -> dict[str, Any]:
    """Return the same row of collective maan."""
    return {
        name: one.replace("zon--", "maan--") if isinstance(one, str) else one for name, one in row.items()
    } | {"collective_id": "maan"}  # fmt: skip


def two(*savings: dict[str, Any], figures: tuple[dict[str, Any], ...] = ()) -> Learned:
    """Learn from zon and maan, each with evidence for its savings and something beside euros."""
    moon = [actor | {"actor_id": actor["actor_id"].replace("zon--", "maan--")} for actor in ACTORS]
    beside = figures or (measured(), measured(collective_id="maan"))
    given = cases(
        beside, TWO, saving_claim=savings, evidence=[EVIDENCE, of_moon(EVIDENCE)], actor=[*ACTORS, *moon],
    )  # fmt: skip
    return value.learn(given, Settings())


def test_savings_of_each_collective_stand_in_its_own_longest_period() -> None:
    rows = two(SAVING, of_moon(SAVING)).estimates
    own = rows[rows["indicator_id"].eq("saving_eur")].set_index("collective_id")
    assert own["period_start"].dt.year.to_dict() == {"zon": 2024, "maan": 2023}
    assert len(set(own["ci_low"])) == 1  # the same saving is as large wherever it is claimed


def test_no_amount_is_added_up_over_collectives() -> None:
    learned = two(SAVING, of_moon(SAVING))
    together = learned.estimates[learned.estimates["collective_id"].eq("")]
    assert set(together["indicator_id"]) == {"saver_pays_n", "saver_does_not_pay_n"}
    assert not together["unit"].eq("eur").any()
    across = learned.tables["ledger"]
    across = across[across["collective_id"].eq("")]
    assert across[["hours", "paid_eur", "eur_low", "eur_high"]].isna().all(axis=None)
    assert set(zip(across["role"], across["party"], across["n"], strict=True)) == {
        (ledger.INVESTS, "gemeente", 2), (ledger.SAVES, "bewoners", 2),
    }  # fmt: skip


def test_who_pays_is_counted_for_each_and_for_both() -> None:
    same = of_moon(SAVING | {"saver_actor_id": "zon--gemeente"})
    rows = two(SAVING, same).estimates
    told = rows[rows["indicator_id"].isin(["saver_pays_n", "saver_does_not_pay_n"])]
    counts = {
        name: dict(zip(own["indicator_id"], own["value"], strict=True)) for name, own in told.groupby("collective_id")
    }
    assert counts == {
        "": {"saver_pays_n": 1, "saver_does_not_pay_n": 1},
        "maan": {"saver_pays_n": 1, "saver_does_not_pay_n": 0},
        "zon": {"saver_pays_n": 0, "saver_does_not_pay_n": 1},
    }


def test_what_one_collective_has_beside_euros_is_nothing_to_another() -> None:
    learned = two(SAVING, of_moon(SAVING), figures=(measured(),))
    table = learned.tables["savings"].set_index("collective_id")
    assert table["verdict"].to_dict() == {"zon": "telt", "maan": "geweigerd"}
    assert table["gate_reason"].to_dict()["maan"] == "euro_alone"
    books = learned.tables["ledger"]
    assert set(books.loc[books["role"].eq(ledger.SAVES), "collective_id"]) == {"zon", ""}


def test_a_saving_that_is_not_shown_after_all_counts_nowhere() -> None:
    rows = two(of_moon(SAVING), figures=(measured(),)).estimates
    assert set(rows["indicator_id"]) == {"saving_eur"}
    row = rows.iloc[0]
    assert (row["gate"], row["value_text"], row["missing_reason"]) == ("niet_te_zien", "", "not_applicable")
    assert pd.isna(row["n"])


def test_the_table_leads_every_saving_to_its_estimate() -> None:
    learned = two(SAVING, SAVING | {"saving_id": "zon--s2", "n": None}, of_moon(SAVING))
    rows = learned.estimates[learned.estimates["indicator_id"].eq("saving_eur")]
    by_id = rows.set_index("group_value")["claim_id"].to_dict()
    table = learned.tables["savings"].set_index("saving_id")
    assert table["claim_id"].to_dict() == by_id
    assert len(set(by_id.values())) == 3


@pytest.mark.parametrize(
    ("people", "told"),
    [
        (3450.0, (50_000, 131_000)),  # × 14.40 and × 38: 49 680 and 131 100
        (1.0, (14, 38)),
        (0.02, (0, 1)),  # 0.29 and 0.76 euro: no finer than a euro
        (1e6, (14_400_000, 38_000_000)),
        (26_316.0, (379_000, 1_000_000)),  # 378 950 and 1 000 008: the step of the upper end is ten thousand
    ],
)
def test_hours_of_every_size(make: Any, people: float, told: tuple[float, float]) -> None:
    row = make.one(value.learn(cases([hours(people)]), Settings()).estimates, "hours_value_eur")
    low, high = (row["ci_low"], row["ci_high"])
    assert high == told[1]
    assert low == pytest.approx(told[0], abs=5000 if told[1] == 1_000_000 else 0)


def test_a_year_and_the_whole_have_amounts_of_their_own() -> None:
    periods = (("zon", "2023"), ("zon", "2024"), ("zon", "2023-2024"))
    figures = [hours(100.0, period="2023"), hours(200.0, period="2024"), hours(300.0, period="2023-2024")]
    rows = value.learn(cases(figures, periods), Settings()).estimates
    own = rows[rows["indicator_id"].eq("hours_value_eur")]
    # × 38: 3800, 7600 and 11 400.
    assert sorted(own["ci_high"]) == [3800, 7600, 11_400]
    assert own["claim_id"].is_unique


def test_hours_of_a_collective_that_is_not_here_are_not_told() -> None:
    given = cases([hours(10.0), hours(10.0, collective_id="maan")], TWO)
    alone = given.collectives["collective_id"].eq("zon")
    fewer = type(given)(given.records, given.collectives[alone], given.estimates, given.indicators, given.today)
    rows = value.learn(fewer, Settings()).estimates
    assert set(rows["collective_id"]) == {"zon"}


def test_another_seed_hardly_moves_what_is_told() -> None:
    ends = []
    for seed in (1, 2, 3):
        settings = Settings.model_validate({"learning": {"seed": seed}})
        given = cases([measured()], saving_claim=[SAVING], evidence=[EVIDENCE])
        rows = value.learn(given, settings).estimates
        row = rows[rows["indicator_id"].eq("saving_eur")].iloc[0]
        ends.append((row["ci_low"], row["ci_high"]))
    assert ends == [(24_000, 56_000)] * 3  # two figures are no finer than chance
