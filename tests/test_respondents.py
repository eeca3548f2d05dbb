"""Which residents answered: groups counted where the answers are, and set beside who lives there."""

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, disclosure, schema
from bt_analysis.analysis import QUESTIONS, respondents
from bt_analysis.analysis.tables import Joined
from bt_analysis.instruments import respondents as counting
from bt_analysis.instruments.rows import typed
from bt_analysis.methods.intervals import jeffreys
from bt_analysis.settings import Settings

WAVE = {
    "wave_id": "w", "collective_id": "tuin", "work_area_id": "tuin-a", "start": pd.Timestamp("2024-05-01"),
    "end": pd.Timestamp("2024-05-31"),
}  # fmt: skip


def answered(**people: str) -> pd.DataFrame:
    asked = {"wave_id": "w", "item_code": "geslacht"}
    return typed([{**asked, "respondent_key": key, "answer": said} for key, said in people.items()], "response_item")


def test_groups_are_counted_from_a_question_of_ones_own() -> None:
    given = answered(a="man", b="vrouw", c="vrouw", d="anders")
    table = schema.check(counting.groups(typed([WAVE], "survey_wave"), given), "joined_wave_group")
    assert dict(zip(table["group_value"], table["respondents_n"], strict=True)) == {"man": 1, "vrouw": 2}
    assert table["answered_n"].tolist() == [4, 4]  # somebody is in neither group


def test_a_wave_of_participants_or_without_the_question_has_no_groups() -> None:
    given = answered(a="man")
    assert counting.groups(typed([WAVE | {"work_area_id": None}], "survey_wave"), given).empty
    assert counting.groups(typed([WAVE], "survey_wave"), given.assign(item_code="leeftijdsgroep")).empty


def group(kind: str, value: str, count: int, wave: str = "w", day: str = "2024-05-31") -> dict[str, Any]:
    return {
        "wave_id": wave, "group_type": kind, "group_value": value, "collective_id": "tuin", "work_area_id": "tuin-a",
        "period_start": pd.Timestamp(day), "period_end": pd.Timestamp(day), "respondents_n": count, "answered_n": 150,
    }  # fmt: skip


WOMEN, MEN = group("geslacht", "vrouw", 90), group("geslacht", "man", 30)


def joined(make: Any, *rows: dict[str, Any]) -> Joined:
    tables: Joined = make.joined()
    lives = pd.DataFrame(
        [
            ("tuin-a", 2024, "geslacht", value, None, people, 1.0, "99024SYN", "2025-03-31")
            for value, people in (("vrouw", 500.0), ("man", 500.0))
        ],
        columns=tables.composition.columns,
    )
    return dataclasses.replace(tables, composition=lives, wave_group=typed(rows, "joined_wave_group"))


def ask(make: Any, *rows: dict[str, Any], years: tuple[str, ...] = ("2024",)) -> pd.DataFrame:
    return respondents.estimate(joined(make, *rows), make.periods(*years), Settings())


def test_it_is_one_of_the_questions_and_nothing_asked_is_no_rows(make: Any) -> None:
    assert respondents in QUESTIONS
    assert ask(make).empty


def test_women_answered_more_often_than_they_live_there(make: Any) -> None:
    table: Any = ask(make, WOMEN, MEN).set_index(["indicator_id", "group_value"])
    share, ratio = table.loc[("respondents_share_pct", "vrouw")], table.loc[("respondents_ratio", "vrouw")]
    assert (share["value"], share["n"], share["unit"], share["population"]) == (75, 120, "%", "bewoners")  # 90 of 120
    assert ratio["value"] == pytest.approx(0.75 / 0.5)
    low, high = (float(end[0]) for end in jeffreys([90], [120]))
    assert ratio["ci_low"] == pytest.approx((100 * low // 1) / 100 / 0.5)
    assert ratio["ci_high"] == pytest.approx(-(-100 * high // 1) / 100 / 0.5)
    assert table.loc[("respondents_ratio", "man"), "value"] == pytest.approx(0.25 / 0.5)
    assert ratio["source"] == "collective: response_item / CBS 99024SYN · 2025-03-31"


def test_the_last_wave_of_a_period_is_told(make: Any) -> None:
    earlier = [group("geslacht", value, 60, "v", "2024-02-01") for value in ("vrouw", "man")]
    table = ask(make, *earlier, WOMEN, MEN, years=("2024",))
    assert table.loc[table["indicator_id"].eq("respondents_share_pct"), "value"].tolist() == [75, 25]


def published(table: pd.DataFrame) -> pd.DataFrame:
    gated = detectability.set_gates(table, Settings().gates)
    return disclosure.protect(gated, Settings().disclosure, disclosure.nothing(), dt.date(2025, 1, 1)).estimates


def test_few_people_of_a_group_hide_both(make: Any) -> None:
    table = published(ask(make, group("geslacht", "vrouw", 90), group("geslacht", "man", 4)))
    assert table["gate"].eq("onderdrukt").all()  # the other follows from it


def test_what_is_published_is_what_estimates_are(make: Any) -> None:
    table = published(ask(make, WOMEN, MEN, years=("2024", "2023-2024"))).assign(synthetic=True)
    schema.check(table, "analysed_estimates")
    assert table["gate"].eq("ok").all()


def told(make: Any, women: int, men: int) -> pd.DataFrame:
    rows = ask(make, group("geslacht", "vrouw", women), group("geslacht", "man", men))
    return rows[["indicator_id", "group_value", "value", "ci_low", "ci_high", "n"]]


def test_who_is_in_neither_group_is_not_worked_out_from_the_bounds(make: Any) -> None:
    # 61 and 39 per cent of 50 to 59 people: that is what 51, 54, 56, 57 or 59 people give, and all look alike. Beside
    # 60 people who answered, from one to nine are in neither group.
    one = told(make, 33, 21)
    for women, men in ((31, 20), (34, 22), (35, 22), (36, 23)):
        pd.testing.assert_frame_equal(told(make, women, men), one)
    assert not told(make, 37, 23).equals(one)  # 60 people
    assert not told(make, 32, 20).equals(one)  # 62 and 38 per cent


def test_bounds_hold_the_share_also_of_few_people(make: Any) -> None:
    for women in range(12):
        rows = told(make, women, 11)
        assert (rows["ci_low"] <= rows["value"]).all()
        assert (rows["value"] <= rows["ci_high"]).all()
