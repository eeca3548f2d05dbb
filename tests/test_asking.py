"""A wave as it was asked: instruments, how people were chosen, its days, and answers laid out."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.instruments import asking, registry

WAVE: dict[str, Any] = {
    "wave_id": "tuin--1", "collective_id": "tuin", "work_area_id": "tuin-a", "start": pd.Timestamp("2024-03-01"),
    "end": pd.Timestamp("2024-03-31"), "instrument_ids": "", "sampling": "aselect", "frame_n": 400,
}  # fmt: skip


@pytest.mark.parametrize(
    ("named", "found"),
    [("a", ["a"]), ("a; b ;", ["a", "b"]), ("", []), (None, []), (float("nan"), []), (pd.NA, [])],
)
def test_instruments_keep_their_order(named: object, found: list[str]) -> None:
    assert asking.named(WAVE | {"instrument_ids": named}) == found


@pytest.mark.parametrize(
    ("sampling", "method"),
    [
        ("aselect", "aselect"),
        ("allen", "census_van_groep"),
        ("zelfselectie", "zelfselectie"),
        # Not recorded, or a word that nobody knows: then nothing may be said of who did not answer.
        (pd.NA, "zelfselectie"),
        ("", "zelfselectie"),
        ("toevallig", "zelfselectie"),
    ],
)
def test_how_people_were_chosen_is_never_taken_for_better_than_it_was(sampling: object, method: str) -> None:
    assert asking.method(WAVE | {"sampling": sampling}) == method


def test_who_chose_to_answer_says_nothing_of_others() -> None:
    assert set(asking.WITH_INTERVAL) == set(asking.METHODS.values()) - {"zelfselectie"}


def test_a_wave_without_an_end_is_of_one_day() -> None:
    assert asking.last_day(WAVE) == pd.Timestamp("2024-03-31")
    assert asking.last_day(WAVE | {"end": pd.NaT}) == pd.Timestamp("2024-03-01")


def test_what_tables_about_a_wave_begin_with() -> None:
    assert asking.dated(WAVE) == {
        "wave_id": "tuin--1", "collective_id": "tuin", "work_area_id": "tuin-a",
        "period_start": pd.Timestamp("2024-03-01"), "period_end": pd.Timestamp("2024-03-31"),
    }  # fmt: skip


def test_answers_are_a_row_per_respondent_also_without_an_answer_to_the_instrument() -> None:
    instrument = next(iter(registry.load().values()))
    first, second = (item.code for item in instrument.items[:2])
    answers = pd.DataFrame(
        [("p1", first, "1"), ("p1", "leeftijd", "65+"), ("p2", second, "2"), ("p3", "leeftijd", "25-45")],
        columns=["respondent_key", "item_code", "answer"],
    )
    wide = asking.wide(answers, instrument)
    assert list(wide.columns) == [item.code for item in instrument.items]
    assert list(wide.index) == ["p1", "p2", "p3"]
    assert (wide.loc["p1", first], wide.loc["p2", second]) == ("1", "2")
    assert wide.loc["p3"].isna().all()
