"""Answers of a wave become measurements of the group: worked examples, and a list of what gives none."""

import math
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.instruments import AnswerError, measures, waves
from bt_analysis.instruments.rows import typed
from bt_analysis.methods.surveys import share_interval

JA, NEE = "ja", "nee"
DJG6 = ["djg6_leegte", "djg6_terugvallen", "djg6_vertrouwen", "djg6_missen", "djg6_verbonden", "djg6_verlaten"]
LONELY = dict(zip(DJG6, [JA, NEE, NEE, JA, NEE, JA], strict=True))  # 6 points
NOT = dict(zip(DJG6, [NEE, JA, JA, NEE, JA, NEE], strict=True))  # 0 points
SOMEWHAT = LONELY | {"djg6_leegte": NEE, "djg6_missen": NEE, "djg6_verlaten": NEE}  # 3 points


def wave(**more: Any) -> dict[str, Any]:
    return {
        "wave_id": "tuin-2024", "collective_id": "tuin", "work_area_id": "tuin-a", "instrument_ids": "djg6_2006",
        "sampling": "aselect", "frame_n": 40, "start": pd.Timestamp("2024-05-01"), "end": pd.Timestamp("2024-05-31"),
    } | more  # fmt: skip


def survey(*waves_: dict[str, Any]) -> pd.DataFrame:
    return typed(waves_ or [wave()], "survey_wave")


def responses(*people: dict[str, Any], wave_id: str = "tuin-2024") -> pd.DataFrame:
    """Return the answers of people, each given as item → answer."""
    rows = [
        {"wave_id": wave_id, "respondent_key": f"k{at}", "item_code": item, "answer": answer}
        for at, person in enumerate(people)
        for item, answer in person.items()
    ]
    return typed(rows, "response_item")


def measured(*people: dict[str, Any], **more: Any) -> pd.DataFrame:
    table = waves.measure(survey(wave(**more)), responses(*people))
    return schema.check(table, "measurement").set_index("indicator_id")


TEN = [LONELY] * 2 + [SOMEWHAT] * 2 + [NOT] * 6
"""Ten people: scores 6, 6, 3, 3 and six times 0; mean 18/10."""


def test_a_wave_gives_the_mean_of_each_scale_and_the_share_on_each_line() -> None:
    table = measured(*TEN)
    assert table["value"].to_dict() == {
        "djg6_2006_totaal": (6 + 6 + 3 + 3) / 10, "djg6_2006_eenzaam": 100 * 4 / 10,
        "djg6_2006_sterk_eenzaam": 100 * 2 / 10, "djg6_2006_emotioneel": 3 * 2 / 10, "djg6_2006_sociaal": 3 * 4 / 10,
    }  # fmt: skip
    assert table.loc["djg6_2006_eenzaam", "numerator"] == 4
    assert table["numerator"].isna()["djg6_2006_totaal"]
    assert table.loc["djg6_2006_totaal", "numerator_missing_reason"] == "not_applicable"
    assert (table["n_valid"] == 10).all()
    assert (table["n_frame"] == 40).all()


def test_every_measurement_says_when_of_whom_and_how() -> None:
    row = measured(*TEN).loc["djg6_2006_eenzaam"]
    assert row["measurement_id"] == "tuin-2024-djg6_2006_eenzaam"
    assert (row["collective_id"], row["work_area_id"], row["wave_id"]) == ("tuin", "tuin-a", "tuin-2024")
    assert (row["period_start"], row["period_end"]) == (pd.Timestamp("2024-05-01"), pd.Timestamp("2024-05-31"))
    assert row["measured_on"] == pd.Timestamp("2024-05-31")
    assert (row["population"], row["method"], row["comparison"]) == ("bewoners", "aselect", "geen")
    assert not row["suppressed"]


def test_a_share_has_wilsons_interval_with_correction_for_who_was_asked() -> None:
    row = measured(*TEN).loc["djg6_2006_eenzaam"]
    low, high = share_interval(4, 10, 40)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * low, 100 * high))


def test_a_mean_has_a_t_interval_with_correction_cut_off_at_the_end_of_the_scale() -> None:
    row = measured(*TEN).loc["djg6_2006_totaal"]
    # Squares of distances to 1.8: 2 · 4.2² + 2 · 1.2² + 6 · 1.8² = 57.6; t of 9 degrees of freedom = 2.262157.
    half = 2.262157 * math.sqrt(57.6 / 9) / math.sqrt(10) * math.sqrt(1 - 10 / 40)
    assert row["ci_high"] == pytest.approx(1.8 + half, abs=1e-5)
    assert row["ci_low"] == pytest.approx(1.8 - half, abs=1e-5)
    wide = measured(LONELY, NOT, frame_n=None).loc["djg6_2006_totaal"]  # 6 and 0: the interval would reach far below 0
    assert (wide["ci_low"], wide["ci_high"]) == (0, 6)


@pytest.mark.parametrize(
    ("sampling", "method", "interval"),
    [("aselect", "aselect", True), ("allen", "census_van_groep", True), ("zelfselectie", "zelfselectie", False)],
)
def test_only_who_was_drawn_or_asked_by_all_has_an_interval(sampling: str, method: str, interval: bool) -> None:
    table = measured(*TEN, sampling=sampling)
    assert set(table["method"]) == {method}
    assert table["ci_low"].notna().all() == interval
    assert table["ci_high"].notna().any() == interval


def test_a_wave_that_does_not_say_how_people_were_chosen_is_self_selection() -> None:
    table = measured(*TEN, sampling=None)
    assert set(table["method"]) == {"zelfselectie"}
    assert table["quality_note"].str.contains("Hoe mensen werden gekozen is niet bijgehouden").all()


def test_when_everybody_answered_the_interval_is_the_value() -> None:
    table = measured(*TEN, sampling="allen", frame_n=10)
    assert table["ci_low"].tolist() == pytest.approx(table["value"].tolist())
    assert table["ci_high"].tolist() == pytest.approx(table["value"].tolist())


def test_ends_of_an_interval_never_pass_the_value() -> None:
    for people in ([NOT] * 10, [LONELY] * 10):
        table = measured(*people)
        assert (table["ci_low"] <= table["value"]).all()
        assert (table["value"] <= table["ci_high"]).all()


def test_one_answer_has_a_share_and_a_mean_without_interval() -> None:
    row = measured(LONELY).loc["djg6_2006_totaal"]
    assert row["value"] == 6
    assert pd.isna(row["ci_low"])


def test_people_without_a_score_are_counted_in_a_note_and_are_no_zero() -> None:
    silent = {"djg6_leegte": None}
    one_missing = {**LONELY, "djg6_leegte": None}
    table = measured(LONELY, silent, one_missing)
    total, emotional = table.loc["djg6_2006_totaal"], table.loc["djg6_2006_emotioneel"]
    assert (total["n_valid"], total["value"]) == (2, (6 + 5) / 2)
    assert total["quality_note"] == "1 van 3 mensen niet meegeteld: te veel vragen niet beantwoord."
    assert (emotional["n_valid"], emotional["value"]) == (1, 3)
    assert emotional["quality_note"].startswith("2 van 3 mensen")
    assert measured(LONELY)["quality_note"].isna().all()


def test_a_wave_without_work_area_or_last_day() -> None:
    row = measured(*TEN, work_area_id=None, end=None).iloc[0]
    assert row["population"] == "deelnemers"
    assert pd.isna(row["work_area_id"])
    assert row["period_end"] == row["measured_on"] == pd.Timestamp("2024-05-01")


def test_waves_and_instruments_stay_apart() -> None:
    two = survey(wave(instrument_ids="djg6_2006;srh_1"), wave(wave_id="tuin-2025", instrument_ids="srh_1"))
    answers = pd.concat(
        [
            responses({**LONELY, "srh": "goed"}, {**NOT, "srh": "slecht"}),
            responses({"srh": "goed"}, wave_id="tuin-2025"),
        ]
    )
    table = waves.measure(two, answers).set_index("measurement_id")["value"]
    assert table["tuin-2024-srh_1_goed"] == 100 * 1 / 2
    assert table["tuin-2025-srh_1_goed"] == 100
    assert table["tuin-2024-djg6_2006_eenzaam"] == 100 * 1 / 2
    assert len(table) == 5 + 1 + 1


def test_a_score_on_the_line_counts_for_rivm_and_not_for_cbs() -> None:
    sixty = {
        "mhi5_zenuwachtig": "soms", "mhi5_put": "soms", "mhi5_kalm": "vaak", "mhi5_somber": "soms",
        "mhi5_gelukkig": "vaak",
    }  # fmt: skip
    table = measured(sixty, instrument_ids="mhi5")
    assert table["value"].to_dict() == {"mhi5_totaal": 60, "mhi5_ongezond_cbs": 0, "mhi5_ongezond_rivm": 100}


def test_the_same_answers_give_the_same_measurements_in_any_order() -> None:
    answers = responses(*TEN)
    shuffled = answers.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(waves.measure(survey(), answers), waves.measure(survey(), shuffled))


def test_indicators_of_all_measurements_are_defined() -> None:
    assert set(measured(*TEN).index) <= set(measures.shipped()["indicator_id"])


def test_no_waves_give_an_empty_table() -> None:
    assert schema.check(waves.measure(survey().head(0), responses()), "measurement").empty


# Before anything leaves


def test_answers_make_place_for_measurements() -> None:
    tables = {"survey_wave": survey(), "response_item": responses(*TEN), "collective": pd.DataFrame()}
    kept = waves.with_measurements(tables)
    assert set(kept) == {"survey_wave", "collective", "measurement"}
    pd.testing.assert_frame_equal(kept["measurement"], waves.measure(survey(), responses(*TEN)))
    assert "measurement" not in tables


def test_what_a_collective_recorded_itself_stays_and_is_not_there_twice() -> None:
    own = {
        "measurement_id": "eigen", "indicator_id": "djg6_2006_eenzaam", "wave_id": "tuin-2024", "value": 41.0,
        "population": "bewoners", "method": "aselect", "period_start": pd.Timestamp("2024-05-01"),
        "period_end": pd.Timestamp("2024-05-31"),
    }  # fmt: skip
    tables = {"survey_wave": survey(), "response_item": responses(*TEN), "measurement": typed([own], "measurement")}
    kept = schema.check(waves.with_measurements(tables)["measurement"], "measurement")
    assert kept["measurement_id"].tolist()[0] == "eigen"
    assert kept["indicator_id"].is_unique
    assert len(kept) == 5


@pytest.mark.parametrize("missing", ["survey_wave", "response_item"])
def test_a_collective_without_answers_keeps_what_it_has(missing: str) -> None:
    tables = {"survey_wave": survey(), "response_item": responses(*TEN), "activity": pd.DataFrame()}
    del tables[missing]
    assert set(waves.with_measurements(tables)) == set(tables) - {"response_item"}


def test_answers_without_any_score_leave_no_empty_table() -> None:
    tables = {"survey_wave": survey(wave(instrument_ids="swemwbs")), "response_item": responses({"swemwbs_1": "3"})}
    assert set(waves.with_measurements(tables)) == {"survey_wave"}


# What gives none


def test_what_gives_no_measurement_is_listed_with_the_reason() -> None:
    asked = "djg6_2006;swemwbs;brs_2008;eigen_vraag;srh_1"
    people = [{**LONELY, "swemwbs_1": "3", "srh": None, "mijn_vraag": "ja", "mhi5_kalm": "soms"}]
    listed = waves.left_out(survey(wave(instrument_ids=asked)), responses(*people))
    assert set(listed.itertuples(index=False, name=None)) == {
        ("tuin-2024", "swemwbs", "not_verified"),
        ("tuin-2024", "brs_2008", "no_answers"),
        ("tuin-2024", "eigen_vraag", "unknown_instrument"),
        ("tuin-2024", "srh_1", "no_scores"),
        ("tuin-2024", "mijn_vraag", "eigen_vraag"),
        ("tuin-2024", "mhi5_kalm", "not_in_wave"),
    }
    assert set(measured(*people, instrument_ids=asked)["wave_id"]) == {"tuin-2024"}
    assert len(measured(*people, instrument_ids=asked)) == 5  # loneliness only


def test_a_wave_without_instruments_has_only_own_questions() -> None:
    listed = waves.left_out(survey(wave(instrument_ids=None)), responses({"mijn_vraag": "7"}))
    assert listed["reason"].tolist() == ["eigen_vraag"]


def test_a_wave_that_gives_all_is_not_listed() -> None:
    assert waves.left_out(survey(), responses(*TEN)).empty


# What is wrong


def test_wrong_answers_are_listed_by_their_row() -> None:
    answers = responses({**LONELY, "djg6_missen": "soms", "mijn_vraag": "??"}, {"djg6_leegte": None})
    answers.index = pd.Index(range(2, 2 + len(answers)), name="row")
    wrong = waves.wrong_answers(answers)
    assert wrong.index.tolist() == [2 + 3]
    assert wrong.iloc[0].to_dict() == {
        "item_code": "djg6_missen", "instrument_id": "djg6_2006", "got": "soms", "expected": "ja, min_of_meer, nee",
    }  # fmt: skip
    with pytest.raises(AnswerError, match="item djg6_missen of djg6_2006: got 'soms'"):
        waves.measure(survey(), answers)


def test_answers_to_an_instrument_without_known_answers_are_not_judged() -> None:
    assert waves.wrong_answers(responses({"vm2021_1": "x"})).empty
    assert waves.wrong_answers(responses()).empty


def test_more_respondents_than_people_are_refused() -> None:
    listed = waves.too_many(survey(wave(frame_n=9)), responses(*TEN))
    assert listed.to_dict("records") == [{"wave_id": "tuin-2024", "people": 10, "frame_n": 9}]
    with pytest.raises(AnswerError, match="wave 'tuin-2024' has answers of 10 people out of 9"):
        measured(*TEN, frame_n=9)
    assert waves.too_many(survey(wave(frame_n=10)), responses(*TEN)).empty
    assert waves.too_many(survey(wave(frame_n=None)), responses(*TEN)).empty
