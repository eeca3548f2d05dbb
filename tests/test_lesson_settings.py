"""Settings of lessons, warnings and outcomes: held against a slow route that looks at one collective at a time."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import ACROSS, Cases, lesson_settings, lesson_warnings, lessons
from bt_analysis.settings import LearningSettings, Settings
from tests import learning_cases

NAMES = ("brug", "hof", "huis", "tuin")
CODES = ("geld", "plek", "trekker")


def cases(
    told: list[dict[str, Any]],
    known: dict[tuple[str, str], int | None] | None = None,
    periods: tuple[str, ...] = ("2024",),
    today: dt.date = dt.date(2026, 5, 1),
) -> Cases:
    """Return four collectives with lessons; ``known`` is collective and condition → its value in 2024."""
    rows = [{"lesson_id": f"tuin--l{at}", "collective_id": "tuin", "valence": "werkte"} | one
            for at, one in enumerate(told)]  # fmt: skip
    held = [
        {"collective_id": owner, "condition_code": code, "value": value, "period": "2024"}
        for (owner, code), value in (known or {}).items()
    ]
    made = learning_cases.of(dict.fromkeys(NAMES, periods), lesson=rows, case_condition=held)
    return Cases(made.records, made.collectives, made.estimates, made.indicators, today)


# Names of conditions


@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from("01?")), max_size=6))
def test_conditions_in_order_are_the_same_conditions_each_once(pairs: list[tuple[str, str]]) -> None:
    named = [f"{code}={value}" for code, value in pairs]
    ordered = lesson_settings.in_order(" ; ".join(named))
    assert [one for one in ordered.split(";") if one] == sorted(set(named))
    assert lesson_settings.in_order(ordered) == ordered
    known = [one for one in lesson_settings.known_part(ordered).split(";") if one]
    assert known == sorted({one for one in named if not one.endswith("?")})


@pytest.mark.parametrize("named", ["", ";", " ; ;", ";;"])
def test_no_condition_is_no_setting(named: str) -> None:
    assert lesson_settings.in_order(named) == ""
    assert lesson_settings.known_part("") == ""


def test_every_collective_has_a_row_of_conditions_also_when_nothing_is_known_of_it() -> None:
    known = lesson_settings.of_cases(cases([], {("tuin", "plek"): 1, ("hof", "plek"): 0, ("huis", "plek"): None}))
    assert known.index.tolist() == list(NAMES)
    assert known["plek"].fillna(-1).tolist() == [-1, 0, -1, 1]


# Where a setting holds

SETTING = st.dictionaries(st.sampled_from(CODES), st.sampled_from("01"), min_size=1)
KNOWN = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(CODES)), st.sampled_from([0, 1, None]), max_size=12
)


@settings(deadline=None, max_examples=25)
@given(SETTING, KNOWN)
def test_a_setting_holds_differs_or_is_unknown_as_a_look_at_each_collective_says(
    setting: dict[str, str], known: dict[tuple[str, str], int | None]
) -> None:
    named = ";".join(f"{code}={value}" for code, value in setting.items())
    here = cases([{"conditions": named}], known)
    row = lesson_settings.tables(lessons.listing(here), here)["lesson_settings"].iloc[0]
    holds, differs = [], []
    for name in NAMES:
        found = {code: known.get((name, code)) for code in setting}
        if all(found[code] == int(value) for code, value in setting.items()):
            holds.append(name)
        if any(found[code] == 1 - int(value) for code, value in setting.items()):
            differs.append(name)
    assert (row["holds_n"], row["differs_n"]) == (len(holds), len(differs))
    assert row["holds_n"] + row["differs_n"] + row["unknown_n"] == len(NAMES)  # each is in one of the three
    elsewhere = [name for name in holds if name != "tuin"]  # who told the lesson is not elsewhere
    assert row["elsewhere"] == ";".join(elsewhere)
    assert row["elsewhere_n"] == len(elsewhere)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(lessons.VALENCES)), min_size=1, max_size=8))
def test_lessons_of_a_setting_are_counted_by_valence_and_teller(told: list[tuple[str, str]]) -> None:
    here = cases([{"collective_id": name, "valence": valence, "conditions": "plek=1"} for name, valence in told])
    tables = lesson_settings.tables(lessons.listing(here), here)
    valences = [valence for _, valence in told]
    for row in (tables["lesson_settings"].iloc[0], tables["lesson_conditions"].iloc[0]):
        counts = [row["worked_n"], row["partly_n"], row["failed_n"], row["harm_n"]]
        assert counts == [valences.count(one) for one in lessons.VALENCES]
        assert row["lessons_n"] == sum(counts) == len(told)
        assert row["told_by_n"] == len({name for name, _ in told})
        assert row["both"] == ("werkte" in valences and bool({"werkte_niet", "schade"} & set(valences)))


def test_a_lesson_that_names_only_unknown_conditions_has_no_setting() -> None:
    here = cases([{"conditions": "plek=?"}, {}])
    tables = lesson_settings.tables(lessons.listing(here), here)
    assert tables["lesson_settings"].empty
    assert tables["lesson_conditions"][["condition_code", "value", "lessons_n"]].to_numpy().tolist() == [
        ["plek", "?", 1]
    ]


def test_who_tried_it_elsewhere_is_counted_only_where_the_text_may_be_shown() -> None:
    tried = {"conditions": "plek=1", "transfer_tried_at": "een dorp verder"}
    here = cases([tried | {"text_consent": True}, tried | {"text_consent": False}, {"conditions": "plek=1"}])
    row = lesson_settings.tables(lessons.listing(here), here)["lesson_settings"].iloc[0]
    assert (row["tried_elsewhere_n"], row["lessons_n"]) == (1, 3)


# What all collectives show beside a lesson


def found(*moderators: tuple[str, float]) -> dict[str, pd.DataFrame]:
    return {"pooled_moderators": pd.DataFrame(moderators, columns=["moderator", "p_holm"])}


@pytest.mark.parametrize(("p", "there"), [(0.05, True), (0.0501, False), (0.0, True), (float("nan"), False)])
def test_a_moderator_counts_up_to_the_level_itself(p: float, there: bool) -> None:
    assert len(lesson_settings.moderators_in("plek=1", found(("plek", p)), 0.05)) == there


def test_a_moderator_is_about_a_condition_of_the_lesson_present_or_not() -> None:
    both = found(("plek", 0.01), ("geld", 0.01), ("plek_2", 0.01))
    assert lesson_settings.moderators_in("plek=0", both, 0.05)["moderator"].tolist() == ["plek"]
    assert lesson_settings.moderators_in("", both, 0.05).empty
    assert lesson_settings.moderators_in("plek=1", {}, 0.05).empty
    assert lesson_settings.patterns_with("plek=1", {}).empty


# Warnings

DAY = st.one_of(st.none(), st.dates(dt.date(2021, 1, 1), dt.date(2025, 12, 31)))
TODAY = dt.date(2025, 4, 10)
SPAN = ("2023-2025",)


def warned(here: Cases, owner: str = "tuin", share: float = 0.2) -> list[tuple[str, str, str, int, int]]:
    listed = lessons.listing(here)
    rows = lesson_warnings.of(
        listed, lessons.placed(listed, here), here, Settings(learning=LearningSettings(negative_share=share))
    )
    own = rows[rows["collective_id"].eq(owner)]
    return [
        (row["warning"], str(row["first_day"].date()), str(row["last_day"].date()), int(row["lessons_n"]),
         int(row["negative_n"]))
        for _, row in own.iterrows()
    ]  # fmt: skip


def by_hand(told: list[tuple[dt.date | None, str]], share: float) -> list[tuple[str, str, str, int, int]]:
    """Warn about 2023 to 2025 by reading one lesson after another."""
    failed = {"werkte_niet", "schade"}
    out: list[tuple[str, str, str, int, int]] = []
    days = [day for day, _ in told if day]
    windows = [(dt.date(2023, 1, 1), dt.date(2023, 12, 31)), (dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
               (dt.date(2024, 4, 11), TODAY)]  # fmt: skip
    for year, (first, last) in zip((2023, 2024, 2025), windows, strict=True):
        if not days or year < min(days).year:
            continue
        inside = [valence for day, valence in told if day and first <= day <= last]
        if not failed & set(inside):
            out.append(("no_negative", str(first), str(last), len(inside), 0))
    negative = sum(valence in failed for _, valence in told)
    if negative < share * len(told):
        out.append(("few_negative", "2023-01-01", "2025-12-31", len(told), negative))
    undated = [valence for day, valence in told if not day]
    if undated:
        out.append(("undated", "2023-01-01", "2025-12-31", len(undated), sum(valence in failed for valence in undated)))
    return sorted(out)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(DAY, st.sampled_from(lessons.VALENCES)), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.2, 0.5, 1.0]),
)
def test_warnings_are_those_of_reading_one_lesson_after_another(
    told: list[tuple[dt.date | None, str]], share: float
) -> None:
    rows = [{"valence": valence, "recorded_at": str(day) if day else None} for day, valence in told]
    here = cases(rows, periods=SPAN, today=TODAY)
    assert sorted(warned(here, share=share)) == by_hand(told, share)
    assert sorted(warned(here, ACROSS, share)) == by_hand(told, share)  # only De Tuin tells any


def test_exactly_the_share_is_enough() -> None:
    rows = [{"recorded_at": "2024-02-01", "valence": valence} for valence in ("schade", *["werkte"] * 4)]
    assert warned(cases(rows)) == []  # 1 of 5 is 20%
    more = [*rows, rows[1]]
    assert warned(cases(more)) == [("few_negative", "2024-01-01", "2024-12-31", 6, 1)]  # 1 < 0,2 · 6


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (dt.date(2024, 12, 31), "2024-01-01", "2024-12-31"),  # the year is over on its last day
        (dt.date(2024, 12, 30), "2023-12-31", "2024-12-30"),
        (dt.date(2024, 2, 29), "2023-03-01", "2024-02-29"),  # a leap day has no day a year before
    ],
)
def test_a_year_that_runs_is_twelve_months_up_to_today(today: dt.date, first: str, last: str) -> None:
    rows = [{"recorded_at": "2024-02-01"}]
    found_rows = [row for row in warned(cases(rows, today=today)) if row[0] == "no_negative"]
    assert found_rows == [("no_negative", first, last, 1, 0)]


def test_a_year_that_has_yet_to_begin_is_not_asked() -> None:
    here = cases(
        [{"recorded_at": "2023-02-01", "valence": "schade"}], periods=("2023-2026",), today=dt.date(2023, 12, 31)
    )
    assert warned(here) == []


def test_a_collective_that_tells_no_lessons_is_not_warned_and_nobody_is_without_any() -> None:
    here = cases([{"recorded_at": "2024-02-01"}])
    assert warned(here, "huis") == []
    assert warned(here, ACROSS) != []
    assert warned(cases([]), ACROSS) == []
