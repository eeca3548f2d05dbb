"""Questions that people answer for nothing: days at the edge of a year, waves counted once, and what runs remember."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import Learned, unused
from bt_analysis.instruments import registry
from bt_analysis.settings import LearningSettings, Settings
from tests.test_give_and_take import DJG, ITEMS, OLD_WAVE, cases, figure, values

SETTINGS = Settings()
TODAY = dt.date(2026, 1, 15)
SHOWN = figure("djg6_2006_totaal", question="measurements")
OTHER = figure("other")


def wave(last: str, number: int = 1, owner: str = "tuin", instruments: str = "djg6_2006") -> dict[str, Any]:
    day = pd.Timestamp(last)
    return OLD_WAVE[0] | {
        "wave_id": f"{owner}--w{number}", "collective_id": owner, "start": day, "end": day,
        "instrument_ids": instruments,
    }  # fmt: skip


def learned(*waves: dict[str, Any], shown: Any = OTHER, settings: Settings = SETTINGS, **more: Any) -> Learned:
    given = {"indicators": (DJG,), "periods": ("2023-2025",)} | more
    return unused.learn(cases(shown, survey_wave=list(waves), **given), settings)


@pytest.mark.parametrize(
    ("asked", "dropped"),
    [("2025-01-14", ITEMS), ("2025-01-15", ITEMS), ("2025-01-16", 0), ("2025-12-31", 0)],
)
def test_asked_a_year_ago_to_the_day_is_long_enough(asked: str, dropped: int) -> None:
    assert values(learned(wave(asked))) == {"asked_n": ITEMS, "unused_n": dropped}


@pytest.mark.parametrize(("months", "dropped"), [(6, ITEMS), (12, ITEMS), (13, ITEMS), (14, 0), (36, 0)])
def test_how_long_is_a_setting(months: int, dropped: int) -> None:
    # Asked on 15 December 2024: 13 months before 15 January 2026.
    settings = Settings(learning=LearningSettings(unused_months=months))
    assert values(learned(wave("2024-12-15"), settings=settings))["unused_n"] == dropped


def test_what_was_asked_again_lately_may_still_be_used() -> None:
    # The last time counts, not the first.
    assert values(learned(wave("2023-05-01"), wave("2025-11-01", 2)))["unused_n"] == 0


def test_a_question_in_two_waves_is_one_question() -> None:
    rows = learned(wave("2023-05-01"), wave("2024-05-01", 2)).estimates
    own = rows[rows["collective_id"].eq("tuin")].set_index("indicator_id")
    assert own["value"].to_dict() == {"asked_n": ITEMS, "unused_n": ITEMS}
    assert set(own["n"]) == {2}
    assert set(own["n_unit"]) == {"waves"}
    assert set(own["unit"]) == {"vragen"}


def test_questions_of_all_instruments_of_a_wave_are_asked() -> None:
    other = next(name for name in registry.load() if "djg" not in name)
    both = learned(wave("2024-05-01", instruments=f"djg6_2006;{other}"))
    codes = {item.code for name in ("djg6_2006", other) for item in registry.load()[name].items}
    assert values(both)["asked_n"] == len(codes)
    assert set(both.tables["unused_items"]["item_code"]) == codes


def test_a_wave_with_an_instrument_nobody_knows_asked_nothing_that_can_be_listed() -> None:
    answer = learned(wave("2024-05-01", instruments="zelfbedacht"))
    assert answer.estimates.empty
    assert answer.tables["unused_items"].empty


def test_a_report_tells_only_of_waves_of_its_own_period() -> None:
    periods = ("2023", "2024", "2023-2024")
    rows = learned(wave("2023-05-01"), wave("2025-05-01", 2), periods=periods).estimates
    own = rows[rows["collective_id"].eq("tuin") & rows["indicator_id"].eq("asked_n")]
    spans = own["period_start"].dt.year.astype(str) + "-" + own["period_end"].dt.year.astype(str)
    assert dict(zip(spans, own["value"], strict=True)) == {"2023-2023": ITEMS, "2023-2024": ITEMS}


def test_of_all_together_a_question_stands_once_with_how_many_asked_it() -> None:
    answer = learned(wave("2024-05-01"), wave("2024-06-01", 1, "huis"), collectives=("huis", "tuin"))
    table = answer.tables["unused_items"]
    together = table[table["collective_id"].eq("")]
    assert len(together) == ITEMS
    assert set(together["collectives_n"]) == {2}
    assert set(together["asked_on"]) == {pd.Timestamp("2024-06-01")}  # the last time, of whoever
    assert set(table.loc[table["collective_id"].ne(""), "collectives_n"]) == {1}
    assert values(answer, "") == {"asked_n": ITEMS, "unused_n": ITEMS}


def test_lately_asked_by_another_is_not_dropped_by_all_but_by_one() -> None:
    answer = learned(wave("2024-05-01"), wave("2025-06-01", 1, "huis"), collectives=("huis", "tuin"))
    assert set(answer.tables["unused_items"]["collective_id"]) == {"tuin"}


# What runs remember


def remembered(last: str, first: str = "2023-01-01") -> pd.DataFrame:
    used = learned(wave("2024-05-01"), shown=SHOWN, periods=("2024",)).remember["item_use"]
    return used.assign(date=pd.Timestamp(last), first=pd.Timestamp(first))


@pytest.mark.parametrize(("last", "dropped"), [("2025-01-14", ITEMS), ("2025-01-15", ITEMS), ("2025-01-16", 0)])
def test_a_use_of_a_year_ago_to_the_day_is_too_old(last: str, dropped: int) -> None:
    answer = learned(wave("2024-05-01"), periods=("2024",), earlier={"item_use": remembered(last)})
    assert values(answer)["unused_n"] == dropped
    table = answer.tables["unused_items"]
    assert set(table["last_used"]) == ({pd.Timestamp(last)} if dropped else set())


def test_a_use_of_today_and_of_before_is_kept_once_with_both_days() -> None:
    before = {"item_use": remembered("2025-06-01")}
    kept = learned(wave("2024-05-01"), shown=SHOWN, periods=("2024",), earlier=before).remember["item_use"]
    assert len(kept) == ITEMS
    assert not kept.duplicated(["collective_id", "item_code", "claim_id"]).any()
    assert set(kept["date"]) == {pd.Timestamp(TODAY)}
    assert set(kept["first"]) == {pd.Timestamp("2023-01-01")}


def test_a_second_run_of_the_same_day_remembers_the_same() -> None:
    first = learned(wave("2024-05-01"), shown=SHOWN, periods=("2024",)).remember
    again = learned(wave("2024-05-01"), shown=SHOWN, periods=("2024",), earlier=first).remember
    pd.testing.assert_frame_equal(first["item_use"], again["item_use"])


def test_the_first_run_says_that_it_remembers_since_today() -> None:
    table = learned(wave("2024-05-01")).tables["unused_items"]
    assert set(table["remembered_since"]) == {pd.Timestamp(TODAY)}


def test_an_empty_memory_is_as_none() -> None:
    empty = learned(wave("2024-05-01")).remember
    assert empty["item_use"].empty
    again = learned(wave("2024-05-01"), earlier=empty)
    pd.testing.assert_frame_equal(again.tables["unused_items"], learned(wave("2024-05-01")).tables["unused_items"])
