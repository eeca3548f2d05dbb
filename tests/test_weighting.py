"""Weighing a survey of residents: by hand where the answers are, and what of it is told."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, schema
from bt_analysis.analysis import QUESTIONS, weighted
from bt_analysis.analysis.tables import Joined
from bt_analysis.instruments import weighting
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from tests.test_measurements import measured, protect
from tests.test_waves import LONELY, NOT

WAVE = {
    "wave_id": "w", "collective_id": "tuin", "work_area_id": "tuin-a", "instrument_ids": "djg6_2006",
    "sampling": "aselect", "start": pd.Timestamp("2024-05-01"), "end": pd.Timestamp("2024-05-31"),
}  # fmt: skip


def answers(*people: tuple[dict[str, str], str]) -> pd.DataFrame:
    rows = [
        {"wave_id": "w", "respondent_key": f"k{at}", "item_code": item, "answer": answer}
        for at, (person, gender) in enumerate(people)
        for item, answer in {**person, "geslacht": gender}.items()
    ]
    return typed(rows, "response_item")


def lives(year: int = 2024, **people: float) -> pd.DataFrame:
    rows = [("tuin-a", year, "geslacht", value, None, n, 1.0, "99024SYN", "2025") for value, n in people.items()]
    columns = ["work_area_id", "year", "group_type", "group_value", "group_label", "persons_n", "coverage"]
    return pd.DataFrame(rows, columns=[*columns, "table_id", "modified"])


# 30 women, 12 of them lonely; 10 men, 9 of them lonely. As many men as women live there.
PEOPLE = [(LONELY, "vrouw")] * 12 + [(NOT, "vrouw")] * 18 + [(LONELY, "man")] * 9 + [(NOT, "man")]


def made(*people: tuple[dict[str, str], str], composition: pd.DataFrame | None = None, **more: Any) -> pd.DataFrame:
    lived = lives(vrouw=500, man=500) if composition is None else composition
    table = weighting.weighted(typed([WAVE | more], "survey_wave"), answers(*people), lived)
    return schema.check(table, "joined_wave_weighted").set_index("indicator_id")


def test_groups_count_as_they_live_there() -> None:
    row = made(*PEOPLE).loc["djg6_2006_eenzaam"]
    assert row["value"] == pytest.approx(100 * (0.5 * 12 / 30 + 0.5 * 9 / 10))  # 65%, and 52.5% without weights
    # weights 2/3 for 30 women and 2 for 10 men: 40 × (30 × 4/9 + 10 × 4) / 40²
    assert row["design_effect"] == pytest.approx(40 * (30 * 4 / 9 + 10 * 4) / 40**2)
    assert row["n_effective"] == pytest.approx(40 / row["design_effect"])
    assert row["largest_weight"] == pytest.approx(2)
    assert (row["n"], row["fewest_n"], row["margins"]) == (40, 10, "geslacht")
    assert row["ci_low"] < row["value"] < row["ci_high"]


def test_who_answered_as_who_lives_there_changes_nothing() -> None:
    row = made(*PEOPLE, composition=lives(vrouw=750, man=250)).loc["djg6_2006_eenzaam"]
    assert row["value"] == pytest.approx(100 * 21 / 40)
    assert (row["design_effect"], row["n_effective"]) == pytest.approx((1, 40))


def test_who_is_in_no_group_is_left_out() -> None:
    assert made(*PEOPLE, (LONELY, "anders")).loc["djg6_2006_eenzaam", "n"] == 40


def test_a_group_of_few_respondents_is_not_blown_up() -> None:
    assert made(*PEOPLE[:-1]).empty  # nine men


def test_without_inhabitants_by_group_or_residents_nothing_is_weighed() -> None:
    assert made(*PEOPLE, composition=lives()).empty
    assert made(*PEOPLE, composition=lives(year=2025, vrouw=500, man=500)).empty
    assert made(*PEOPLE, work_area_id=None).empty
    assert made(*PEOPLE, instrument_ids=None).empty


# What is told


def row(**more: Any) -> dict[str, Any]:
    return {
        "wave_id": "w", "indicator_id": "djg6_2006_eenzaam", "instrument_id": "djg6_2006", "collective_id": "tuin",
        "work_area_id": "tuin-a", "period_start": pd.Timestamp("2024-05-01"), "period_end": pd.Timestamp("2024-05-31"),
        "chosen": "aselect", "margins": "geslacht", "n": 84, "fewest_n": 21, "value": 52.4, "ci_low": 40.6,
        "ci_high": 63.2, "design_effect": 1.2345, "largest_weight": 2.04, "n_effective": 68.0,
    } | more  # fmt: skip


def ask(make: Any, *rows: dict[str, Any], **more: Any) -> pd.DataFrame:
    tables: Joined = make.joined()
    figure = measured(wave_id="w", **more)
    tables = dataclasses.replace(
        tables, measurement=typed([figure], "measurement"), wave_weighted=typed(rows, "joined_wave_weighted")
    )
    return weighted.estimate(tables, make.periods("2024"), Settings())


def published(table: pd.DataFrame) -> pd.DataFrame:
    return protect(detectability.set_gates(table, Settings().gates)).assign(synthetic=True)


def test_it_is_one_of_the_questions_and_nothing_weighed_is_no_rows(make: Any) -> None:
    assert weighted in QUESTIONS
    assert ask(make).empty


def test_the_share_is_told_in_whole_percentages_with_what_weighing_costs(make: Any) -> None:
    table: Any = schema.check(published(ask(make, row())), "analysed_estimates").set_index("group_value")
    assert table["value"].to_dict() == {"gewogen": 52, "ontwerpeffect": 1.23, "zwaarste": 2.0, "n_effectief": 60}
    assert table.loc["gewogen", ["ci_low", "ci_high", "n"]].tolist() == [40, 64, 80]  # outwards; n in tens
    assert set(table["group_type"]) == {"meting:m1"}
    assert set(table["population"]) == {"bewoners"}


def test_who_chose_to_answer_has_no_interval(make: Any) -> None:
    found = published(ask(make, row(chosen="zelfselectie"))).iloc[0]
    assert (found["gate_reason"], found["method"]) == ("self_selected", "raked to inhabitants")
    assert pd.isna(found["ci_low"])


def test_it_rests_on_the_smallest_group_and_on_the_plain_share(make: Any) -> None:
    assert set(ask(make, row())["cell_n"]) == {21}
    assert set(ask(make, row(), numerator=12, value=100 * 12 / 84)["cell_n"]) == {12}
    hidden = published(ask(make, row(), numerator=4, value=100 * 4 / 84))
    assert hidden["gate"].eq("onderdrukt").all()


@pytest.mark.parametrize(("known", "fewest"), [(84, 21), (81, 3), (60, 21)])
def test_it_rests_on_those_whose_group_is_not_known_as_well(make: Any, known: int, fewest: int) -> None:
    # Of 84 who answered 3 gave no group, or one that CBS does not count: n of both would tell so.
    assert set(ask(make, row(n=known))["cell_n"]) == {fewest}


def test_the_numbers_behind_weights_are_told_in_tens(make: Any) -> None:
    told = [published(ask(make, row(n=n, n_effective=float(e)))) for n, e in ((84, 61), (84, 69))]
    assert told[0].equals(told[1])
