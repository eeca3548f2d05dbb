"""Two waves of one instrument: who is followed, how groups differ, and where nothing is computed."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, ttest_ind

from bt_analysis import schema
from bt_analysis.instruments import wave_changes, waves
from bt_analysis.instruments.rows import typed
from bt_analysis.methods.intervals import newcombe
from bt_analysis.methods.surveys import mean_interval
from bt_analysis.sources import combined
from tests.test_waves import LONELY, NOT, SOMEWHAT

BEFORE, AFTER = "tuin-2023", "tuin-2024"


def wave(wave_id: str, **more: Any) -> dict[str, Any]:
    year = int(wave_id[-4:])
    return {
        "wave_id": wave_id, "collective_id": "tuin", "instrument_ids": "djg6_2006", "sampling": "allen",
        "start": pd.Timestamp(year, 5, 1), "end": pd.Timestamp(year, 5, 31), "linkage": "code_by_respondent",
    } | more  # fmt: skip


def answers(wave_id: str, *people: dict[str, str], first: int = 0) -> list[dict[str, Any]]:
    return [
        {"wave_id": wave_id, "respondent_key": f"k{at}", "item_code": item, "answer": answer}
        for at, person in enumerate(people, start=first)
        for item, answer in person.items()
    ]


def compared(
    before: list[dict[str, str]], after: list[dict[str, str]], first: int = 0, **more: Any
) -> pd.DataFrame:  # fmt: skip
    """Return the change; keys of the later wave begin at ``first``, so that people before it are in the first only."""
    both = typed([wave(BEFORE, **more), wave(AFTER, **more)], "survey_wave")
    given = typed(answers(BEFORE, *before) + answers(AFTER, *after, first=first), "response_item")
    return schema.check(wave_changes.changes(both, given), "joined_wave_change").set_index("indicator_id")


TWELVE = [LONELY] * 6 + [SOMEWHAT] * 4 + [NOT] * 2  # scores 6, 3, 0
LATER = [LONELY] * 2 + [SOMEWHAT] * 2 + [NOT] * 2 + [NOT] * 4 + [LONELY] + [NOT]
CHANGE = [0] * 2 + [-3] * 2 + [-6] * 2 + [-3] * 4 + [6] + [0]


def test_the_same_people_are_followed() -> None:
    row = compared(TWELVE, LATER).loc["djg6_2006_totaal"]
    assert row["design"] == "gekoppeld"
    assert (row["pairs_n"], row["up_n"], row["down_n"], row["same_n"]) == (12, 1, 8, 3)
    assert row["value"] == pytest.approx(sum(CHANGE) / 12)  # (−6 −12 −12 + 6) / 12 = −2
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(mean_interval(CHANGE))
    assert 0 < row["p_value"] < 0.1
    assert not row["all_alike"]


def test_of_a_share_it_is_the_sign_test_of_who_changed_sides() -> None:
    row = compared(TWELVE, LATER).loc["djg6_2006_eenzaam"]
    # lonely from 2 points: six became not lonely, one became lonely
    assert (row["up_n"], row["down_n"], row["same_n"]) == (1, 6, 5)
    assert row["value"] == pytest.approx(100 * (1 - 6) / 12)
    assert row["p_value"] == pytest.approx(binomtest(1, 7).pvalue)
    sides = [100.0] + [-100.0] * 6 + [0.0] * 5
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(mean_interval(sides))


def test_where_everybody_was_asked_and_followed_there_is_nothing_to_be_unsure_of() -> None:
    row = compared(TWELVE, LATER, frame_n=12).loc["djg6_2006_totaal"]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((row["value"], row["value"]))


def test_who_is_in_one_wave_only_is_not_followed() -> None:
    row = compared(TWELVE, [LONELY] * 12, first=2).loc["djg6_2006_totaal"]
    assert (row["n_before"], row["n_after"], row["pairs_n"]) == (12, 12, 10)


@pytest.mark.parametrize("more", [{"linkage": "none"}, {"linkage": None}])
def test_without_codes_waves_are_two_groups(more: dict[str, Any]) -> None:
    row: Any = compared(TWELVE, LATER, **more).loc["djg6_2006_totaal"]
    assert row["design"] == "twee_groepen"
    assert pd.isna(row["pairs_n"])
    scores = ([6] * 6 + [3] * 4 + [0] * 2, [6] * 2 + [3] * 2 + [0] * 6 + [6, 0])
    assert row["value"] == pytest.approx(np.mean(scores[1]) - np.mean(scores[0]))
    welch = ttest_ind(scores[1], scores[0], equal_var=False).confidence_interval()
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((welch.low, welch.high))


def test_a_share_of_two_groups_has_newcombes_interval() -> None:
    row = compared(TWELVE, LATER, linkage="none").loc["djg6_2006_eenzaam"]
    assert row["value"] == pytest.approx(100 * (5 / 12 - 10 / 12))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx([100 * end for end in newcombe(5, 12, 10, 12)])


def test_too_few_who_can_be_followed_are_two_groups() -> None:
    assert compared(TWELVE, TWELVE, first=3)["design"].eq("twee_groepen").all()  # 12 − 3 = 9 pairs


def test_who_chose_to_answer_is_not_compared() -> None:
    table = compared(TWELVE, LATER, sampling="zelfselectie")
    assert table["design"].eq("naast_elkaar").all()
    assert table[["value", "ci_low", "ci_high", "p_value", "pairs_n", "up_n"]].isna().all(axis=None)


def test_everybody_who_changed_as_much_is_told_apart() -> None:
    assert compared([SOMEWHAT] * 12, [LONELY] * 12)["all_alike"].all()
    assert compared([NOT] * 12, [LONELY] * 12)["all_alike"].all()


def test_only_the_whole_scale_and_its_first_line_are_compared() -> None:
    assert list(compared(TWELVE, LATER).index) == ["djg6_2006_totaal", "djg6_2006_eenzaam"]


def test_three_waves_are_two_changes_and_other_people_are_none() -> None:
    given = [*answers("tuin-2022", *TWELVE), *answers(BEFORE, *TWELVE), *answers(AFTER, *LATER)]
    three = [wave("tuin-2022"), wave(BEFORE), wave(AFTER)]
    table = wave_changes.changes(typed(three, "survey_wave"), typed(given, "response_item"))
    assert table["wave_before"].tolist() == ["tuin-2022"] * 2 + [BEFORE] * 2
    assert table["wave_after"].tolist() == [BEFORE] * 2 + [AFTER] * 2
    elsewhere = [wave(BEFORE), wave(AFTER, work_area_id="tuin-a")]
    assert wave_changes.changes(typed(elsewhere, "survey_wave"), typed(given, "response_item")).empty


def test_a_wave_without_scores_or_of_another_instrument_gives_none() -> None:
    assert compared(TWELVE, []).empty
    assert compared(TWELVE, [dict.fromkeys(LONELY, "")] * 12).empty
    assert compared(TWELVE, LATER, instrument_ids="bestaat_niet").empty


def test_the_result_leaves_the_folder_and_answers_do_not() -> None:
    both = typed([wave(BEFORE, work_area_id="tuin-a"), wave(AFTER, work_area_id="tuin-a")], "survey_wave")
    given = typed(answers(BEFORE, *TWELVE) + answers(AFTER, *LATER), "response_item")
    kept = waves.with_measurements({"survey_wave": both, "response_item": given})
    together = combined.combine([("tuin", kept)])
    assert "response_item" not in together
    change = schema.check(together["wave_change"], "joined_wave_change")
    assert set(change["wave_before"]) == {"tuin--tuin-2023"}
    assert set(change["wave_after"]) == set(together["survey_wave"]["wave_id"]) - {"tuin--tuin-2023"}
    assert set(change["work_area_id"]) == {"tuin--tuin-a"}
    assert set(change["indicator_id"]) == {"djg6_2006_totaal", "djg6_2006_eenzaam"}  # everybody's
    assert not set(change.astype(str).to_numpy().ravel()) & {f"k{at}" for at in range(12)}


def test_without_answers_the_tables_are_empty() -> None:
    together = combined.combine([("tuin", {})])
    for name in ("wave_change", "wave_group"):
        assert schema.check(together[name], f"joined_{name}").empty
