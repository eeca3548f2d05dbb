"""Lessons: every lesson counted, failures asked for by year and by share, and where else a setting holds."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis.learning import ACROSS, Cases, Learned, lessons
from bt_analysis.analysis.learning.lesson_settings import in_order, known_part
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import LearningSettings, Settings

LESSON: dict[str, Any] = {
    "collective_id": "tuin", "valence": "werkte", "recorded_at": "2024-03-01", "text_consent": True,
    "context": "Een flat", "mechanism": "Buren vroegen buren", "outcome": "Meer mensen kwamen",
}  # fmt: skip
WORDS = {"context": "Geheim", "mechanism": "Geheim", "outcome": "Geheim", "for_whom": "Geheim"}


def cases(
    *rows: dict[str, Any],
    conditions: tuple[tuple[str, str, int | None], ...] = (),
    periods: dict[str, tuple[str, ...]] | None = None,
    today: dt.date = dt.date(2026, 5, 1),
    countries: dict[str, str] | None = None,
) -> Cases:
    """Return collectives with lessons; ``conditions`` are collective, code and value in 2024."""
    reported = periods or {"tuin": ("2024",), "huis": ("2024",), "hof": ("2024",)}
    told = [{"lesson_id": f"{row.get('collective_id', 'tuin')}--l{at}"} | LESSON | row for at, row in enumerate(rows)]
    held = [
        {"collective_id": owner, "condition_code": code, "value": value, "period": "2024"}
        for owner, code, value in conditions
    ]
    kept = [{"collective_id": name, "country": (countries or {}).get(name, "NL")} for name in reported]
    collectives = [
        {"collective_id": name, "period": label, "primary_domain": "leefomgeving", "name": name}
        for name, labels in reported.items()
        for label in labels
    ]
    return Cases(
        {
            "lesson": typed(told, "lesson"),
            "case_condition": typed(held, "case_condition"),
            "collective": typed(kept, "collective"),
        },
        pd.DataFrame(collectives, columns=["collective_id", "period", "primary_domain", "name"]),
        pd.DataFrame(),
        pd.DataFrame(),
        today,
    )


def learned(*rows: dict[str, Any], share: float = 0.2, **more: Any) -> Learned:
    answer = lessons.learn(cases(*rows, **more), Settings(learning=LearningSettings(negative_share=share)))
    assert set(answer.tables) == set(lessons.TABLES)
    for name, table in answer.tables.items():
        schema.check(table, f"analysed_{name}")
    schema.check(answer.estimates.assign(synthetic=False), "analysed_estimates")
    assert answer.estimates["claim_id"].is_unique
    return answer


def count(answer: Learned, indicator_id: str = "lessons_n", owner: str = "tuin", **where: str) -> float:
    rows = answer.estimates[
        answer.estimates["indicator_id"].eq(indicator_id) & answer.estimates["collective_id"].eq(owner)
    ]
    for column, value in ({"group_type": "", "group_value": ""} | where).items():
        rows = rows[rows[column] == (pd.Timestamp(value) if column.startswith("period") else value)]
    assert len(rows) == 1, rows
    return float(rows["value"].iloc[0])


def valences(*counts: int, **more: Any) -> tuple[dict[str, Any], ...]:
    """Return so many lessons that worked, worked partly, did not work and did harm."""
    return tuple(
        {"valence": valence} | more
        for valence, n in zip(lessons.VALENCES, (*counts, 0, 0, 0, 0), strict=False)
        for _ in range(n)
    )


# Counts


def test_every_valence_is_counted_and_what_did_not_work_is_their_sum() -> None:
    answer = learned(*valences(3, 2, 1, 1))
    by_valence = [count(answer, group_type="valentie", group_value=one) for one in lessons.VALENCES]
    assert by_valence == [3, 2, 1, 1]
    assert count(answer) == 3 + 2 + 1 + 1
    assert count(answer, "lessons_negative_n") == 1 + 1


def test_a_percentage_is_told_of_ten_lessons_or_more() -> None:
    assert "lessons_negative_pct" not in set(learned(*valences(8, 0, 1)).estimates["indicator_id"])
    answer = learned(*valences(8, 0, 1, 1))
    assert count(answer, "lessons_negative_pct") == 100 * (1 + 1) / (8 + 1 + 1)
    assert count(answer, "lessons_negative_pct", ACROSS) == 20
    assert set(answer.estimates.loc[answer.estimates["unit"].eq("%"), "indicator_id"]) == {"lessons_negative_pct"}


def test_a_lesson_is_in_each_period_that_it_was_recorded_in() -> None:
    periods = {"tuin": ("2023", "2024", "2023-2024")}
    answer = learned({"recorded_at": "2023-12-31"}, {"recorded_at": "2024-01-01"}, {}, periods=periods)
    first, last = "2023-01-01", "2024-12-31"
    assert count(answer, period_start=first, period_end="2023-12-31") == 1
    assert count(answer, period_start="2024-01-01", period_end=last) == 2
    assert count(answer, period_start=first, period_end=last) == 1 + 2
    listed = answer.tables["lessons"].set_index("lesson_id")["periods"].to_dict()
    assert listed == {"tuin--l0": "2023;2023-2024", "tuin--l1": "2024;2023-2024", "tuin--l2": "2024;2023-2024"}


@pytest.mark.parametrize("day", [None, "2025-02-01"])
def test_a_lesson_of_no_period_is_in_the_longest(day: str | None) -> None:
    answer = learned({"recorded_at": day}, periods={"tuin": ("2023", "2024", "2023-2024")})
    assert answer.tables["lessons"]["periods"].tolist() == ["2023-2024"]
    assert count(answer, "lessons_undated_n", period_start="2023-01-01", period_end="2024-12-31") == (day is None)


def test_a_period_without_lessons_of_a_collective_that_tells_them_counts_zero() -> None:
    answer = learned({}, periods={"tuin": ("2023", "2024", "2023-2024"), "huis": ("2024",)})
    assert count(answer, period_end="2023-12-31") == 0
    assert "huis" not in set(answer.estimates["collective_id"])


def test_without_consent_a_lesson_counts_and_its_text_is_gone() -> None:
    answer = learned({"text_consent": False, **WORDS}, {"text_consent": None, **WORDS}, {})
    assert count(answer, "lessons_hidden_n") == 2
    assert count(answer) == 3
    listed = answer.tables["lessons"]
    assert "Geheim" not in listed.to_csv()
    assert listed["text_shown"].tolist() == [False, False, True]


def test_all_together_is_counted_by_domain_and_country() -> None:
    rows = (
        {"collective_id": "tuin"}, {"collective_id": "tuin", "valence": "schade", "domain": "welzijn"},
        {"collective_id": "huis", "valence": "werkte_niet"}, {"collective_id": "hof"},
    )  # fmt: skip
    answer = learned(*rows, countries={"hof": "PT"})
    where = {"owner": ACROSS, "group_value": "werkte"}
    assert count(answer, group_type="domein:leefomgeving", **where) == 2  # the collective's own domain
    assert count(answer, group_type="domein:welzijn", **where) == 0
    assert count(answer, owner=ACROSS, group_type="domein:welzijn", group_value="schade") == 1
    assert count(answer, group_type="land:PT", **where) == 1
    assert count(answer, group_type="land:NL", **where) == 1
    assert count(answer, "collectives_telling_n", ACROSS) == 3
    assert count(answer, "collectives_without_negative_n", ACROSS) == 1  # hof


def test_nobody_tells_a_lesson() -> None:
    answer = learned()
    assert answer.estimates.empty
    assert all(table.empty for table in answer.tables.values())


# Warnings


def warned(answer: Learned, owner: str = "tuin") -> list[tuple[str, str, int, int]]:
    table = answer.tables["lesson_warnings"]
    rows = table[table["collective_id"].eq(owner)]
    return [
        (row["warning"], f"{row['first_day']:%Y-%m-%d}", int(row["lessons_n"]), int(row["negative_n"]))
        for _, row in rows.iterrows()
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((4, 0, 1), []),  # 1 of 5 is 20%: not below
        ((5, 0, 1), [("few_negative", "2024-01-01", 6, 1)]),  # 1 < 0.2 × 6
        ((0, 0, 0, 1), []),  # harm is told as well
        ((2, 3), [("few_negative", "2024-01-01", 5, 0), ("no_negative", "2024-01-01", 5, 0)]),  # partly is not failure
    ],
)
def test_too_few_lessons_of_what_did_not_work(counts: tuple[int, ...], expected: list[Any]) -> None:
    answer = learned(*valences(*counts))
    assert warned(answer) == expected
    assert warned(answer, ACROSS) == expected


def test_the_share_below_which_is_warned_is_a_setting() -> None:
    assert warned(learned(*valences(4, 0, 1), share=0.3)) == [("few_negative", "2024-01-01", 5, 1)]


def test_every_calendar_year_is_asked_from_the_first_lesson_on() -> None:
    rows = ({"recorded_at": "2022-06-01", "valence": "werkte_niet"}, {"recorded_at": "2023-06-01"})
    answer = learned(*rows, periods={"tuin": ("2021-2024",)})
    # 2021: no lesson yet; 2022: one that did not work; 2023: only one that worked; 2024: none at all.
    assert warned(answer) == [("no_negative", "2023-01-01", 1, 0), ("no_negative", "2024-01-01", 0, 0)]


def test_a_year_that_is_not_over_is_the_twelve_months_until_today() -> None:
    today = dt.date(2024, 5, 1)
    failed = {"valence": "werkte_niet"}
    assert warned(learned(failed | {"recorded_at": "2023-05-02"}, periods={"tuin": ("2024",)}, today=today)) == []
    rows = warned(learned(failed | {"recorded_at": "2023-05-01"}, periods={"tuin": ("2024",)}, today=today))
    assert rows == [("no_negative", "2023-05-02", 0, 0)]


def test_lessons_without_a_day_are_named_and_in_no_year() -> None:
    assert warned(learned({"recorded_at": None, "valence": "werkte_niet"})) == [("undated", "2024-01-01", 1, 1)]


# Settings


def test_conditions_are_put_in_order_and_what_is_unknown_is_left_out() -> None:
    assert in_order("vaste_plek=1; geld=0;vaste_plek=1;trekker=?") == "geld=0;trekker=?;vaste_plek=1"
    assert known_part("geld=0;trekker=?;vaste_plek=1") == "geld=0;vaste_plek=1"
    assert (in_order(""), known_part("a=?")) == ("", "")


def test_a_setting_holds_where_every_condition_is_so_and_differs_where_one_is_not() -> None:
    conditions = (
        ("tuin", "plek", 1), ("tuin", "geld", 0), ("huis", "plek", 1), ("huis", "geld", 0), ("hof", "plek", 0),
        ("los", "plek", 1), ("los", "geld", None),
    )  # fmt: skip
    periods = dict.fromkeys(("tuin", "huis", "hof", "los"), ("2024",))
    rows = ({"conditions": "plek=1;geld=0;trekker=?"}, {"conditions": "geld=0;plek=1", "valence": "schade"})
    answer = learned(*rows, conditions=conditions, periods=periods, countries={"huis": "PT"})
    row = answer.tables["lesson_settings"].iloc[0]
    assert row["setting"] == "geld=0;plek=1"
    # tuin and huis are so; hof has no place, whatever its money; of los the money is not known.
    assert (row["holds_n"], row["differs_n"], row["unknown_n"]) == (2, 1, 1)
    assert (row["elsewhere"], row["elsewhere_n"], row["countries_elsewhere"]) == ("huis", 1, "PT")
    assert (row["lessons_n"], row["worked_n"], row["harm_n"], row["both"]) == (2, 1, 1, True)


def test_a_condition_stands_beside_how_many_collectives_have_it() -> None:
    conditions = (("tuin", "plek", 1), ("huis", "plek", 0), ("hof", "plek", None))
    rows = ({"conditions": "plek=1;eigen=0"}, {"collective_id": "huis", "conditions": "plek=1", "valence": "schade"},
            {"conditions": "plek=?"})  # fmt: skip
    table = learned(*rows, conditions=conditions).tables["lesson_conditions"].set_index(["condition_code", "value"])
    with_place = table.xs(("plek", "1"))
    assert (with_place["lessons_n"], with_place["told_by_n"], with_place["both"]) == (2, 2, True)
    assert (with_place["cases_with_n"], with_place["cases_n"], with_place["in_cases"]) == (1, 3, True)
    assert table.loc[("plek", "?"), "cases_with_n"] == 1  # hof
    assert not table.loc[("eigen", "0"), "in_cases"]


def test_the_newest_known_value_of_a_condition_counts() -> None:
    held = [
        {"collective_id": "huis", "condition_code": "plek", "period": period, "value": value}
        for period, value in (("2022", 0), ("2023", 1), ("2024", None))
    ]
    here = cases({"conditions": "plek=1"})
    newest = Cases(
        {**here.records, "case_condition": typed(held, "case_condition")}, here.collectives, here.estimates,
        here.indicators, here.today,
    )  # fmt: skip
    assert lessons.learn(newest, Settings()).tables["lesson_settings"]["elsewhere"].tolist() == ["huis"]


def test_no_more_than_twenty_collectives_are_named_and_all_are_counted() -> None:
    names = [f"c{at:02d}" for at in range(25)]
    answer = learned(
        {"collective_id": "c00", "conditions": "plek=1"},
        conditions=tuple((name, "plek", 1) for name in names), periods=dict.fromkeys(names, ("2024",)),
    )  # fmt: skip
    row = answer.tables["lesson_settings"].iloc[0]
    assert (row["holds_n"], row["elsewhere_n"]) == (25, 24)
    assert row["elsewhere"].split(";") == names[1:21]
