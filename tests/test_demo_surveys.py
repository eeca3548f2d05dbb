"""Surveys and counts of the demonstration: drawn by lot from what is decided to be true, and fit to be scored."""

import re
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from bt_analysis.demo import collectives, municipality, surveys
from bt_analysis.demo.collectives import Collective
from bt_analysis.instruments import measures, wave_changes, waves
from bt_analysis.instruments.rows import typed_table

SEED = 20260101


@pytest.fixture(scope="module")
def planned() -> dict[str, Collective]:
    cells: gpd.GeoDataFrame = municipality.draw(SEED)
    return {one.collective_id: one for one in collectives.plan(cells, 8)}


@pytest.fixture(scope="module")
def table(planned: dict[str, Collective]) -> dict[str, pd.DataFrame]:
    tables, _ = surveys.survey(planned["tafel-01"], SEED)
    last = {name: rows[rows["wave_id"].eq("deelnemers-2024")] for name, rows in tables.items()}
    return {name: typed_table(rows.reset_index(drop=True), name) for name, rows in last.items()}


def compared(collective: Collective) -> Any:
    """Return what the two waves of a collective differ by."""
    tables = {name: typed_table(rows, name) for name, rows in surveys.survey(collective, SEED)[0].items()}
    changes = wave_changes.changes(tables["survey_wave"], tables["response_item"])
    return changes.set_index("indicator_id").loc["djg6_2006_totaal"]


def measured(table: dict[str, pd.DataFrame]) -> Any:
    return waves.measure(table["survey_wave"], table["response_item"]).set_index("indicator_id")


def test_three_kinds_of_collectives_hold_a_survey_and_two_count(planned: dict[str, Collective]) -> None:
    asking = {"tafel-01", "huis-01", "repareer-01"}
    assert {name for name, one in planned.items() if surveys.survey(one, SEED)[0]} == asking
    assert {name for name, one in planned.items() if surveys.measurements(one, SEED)} == {"energie-01", "stoep-01"}
    assert surveys.survey(planned["panel-01"], SEED) == ({}, {})


def test_everyone_was_asked_and_a_part_answered(table: dict[str, pd.DataFrame]) -> None:
    wave = table["survey_wave"].iloc[0]
    assert (wave["frame_n"], wave["invited_n"], wave["sampling"]) == (140, 140, "allen")
    assert wave["responded_n"] == round(140 * 0.55)
    assert table["response_item"]["respondent_key"].nunique() == wave["responded_n"]
    assert len(table["response_item"]) == 6 * wave["responded_n"]


def test_keys_are_letters_that_say_nothing(table: dict[str, pd.DataFrame]) -> None:
    assert all(re.fullmatch("[bcdfghjkmnpqrstvwxz]{6}", key) for key in table["response_item"]["respondent_key"])


def test_some_questions_stay_open_and_no_answer_is_wrong(table: dict[str, pd.DataFrame]) -> None:
    answers = table["response_item"]
    assert 0 < answers["answer"].isna().sum() < 0.05 * len(answers)
    assert waves.wrong_answers(answers).empty
    assert waves.too_many(table["survey_wave"], answers).empty
    assert waves.left_out(table["survey_wave"], answers).empty


def test_the_truth_lies_within_the_interval(planned: dict[str, Collective], table: dict[str, pd.DataFrame]) -> None:
    truth = surveys.survey(planned["tafel-01"], SEED)[1]["loneliness"]
    row = measured(table).loc[truth["indicator_id"]]
    assert row["ci_low"] <= truth["share_pct"] <= row["ci_high"]
    assert row["method"] == "census_van_groep"
    assert truth["explanation"] == "Had all 140 participants answered all questions. 77 of them took part, by chance."


def test_who_chose_to_answer_has_no_interval(planned: dict[str, Collective]) -> None:
    tables, truth = surveys.survey(planned["huis-01"], SEED)
    found = measured({name: typed_table(rows, name) for name, rows in tables.items()})
    assert found["ci_low"].isna().all()
    assert truth["loneliness"]["explanation"].endswith("took part by their own choice.")


def test_answers_follow_the_seed(planned: dict[str, Collective]) -> None:
    first, again, other = (
        surveys.survey(planned["tafel-01"], seed)[0]["response_item"] for seed in (SEED, SEED, SEED + 1)
    )
    assert first.equals(again)
    assert not first.equals(other)


def test_one_collective_asked_the_same_people_twice_and_found_less(planned: dict[str, Collective]) -> None:
    truth = surveys.survey(planned["tafel-01"], SEED)[1]
    assert truth["loneliness_before"]["share_pct"] > truth["loneliness"]["share_pct"]
    row = compared(planned["tafel-01"])
    assert row["design"] == "gekoppeld"
    assert 10 <= row["pairs_n"] <= min(row["n_before"], row["n_after"])
    assert row["ci_high"] < 0
    assert row["p_value"] < 0.05


def test_another_asked_two_groups_and_can_not_tell(planned: dict[str, Collective]) -> None:
    row = compared(planned["repareer-01"])
    assert row["design"] == "twee_groepen"
    assert row["ci_low"] < 0 < row["ci_high"]
    assert row["p_value"] > 0.05


def test_counts_are_of_indicators_that_ship_and_one_per_year(planned: dict[str, Collective]) -> None:
    rows = surveys.measurements(planned["energie-01"], SEED)["measurement"]
    assert set(rows["indicator_id"]) <= set(measures.shipped()["indicator_id"])
    assert rows["measurement_id"].is_unique
    assert len(rows) == 2 * len(planned["energie-01"].years)
    assert rows["value"].between(0.85 * 90, 1.15 * 176).all()


def test_true_counts_of_groups_stay_in_the_workspace(built_demo: Path) -> None:
    assert len(pd.read_parquet(built_demo / "data/processed/joined/wave_change.parquet")) == 4
    (bundle,) = (built_demo / "data/bundles/repareer-01").glob("*.zip")
    names = zipfile.ZipFile(bundle).namelist()
    assert any("survey_wave" in name for name in names)
    assert not [name for name in names if "wave_change" in name or "wave_group" in name or "wave_weighted" in name]
