"""The log of inputs: first days of stages, reasons, explanations and the day until which it was kept."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import input_log
from bt_analysis.analysis.learning.input_log import DECIDED, EXECUTED, NEVER, REPORTED, STAGES
from tests.input_cases import RAISED, cases, link, raised, steps

DAY = (RAISED - dt.date(1970, 1, 1)).days


def reached(*taken: tuple[Any, ...]) -> dict[str, int]:
    """Return the stages an input reached, with days since it was raised."""
    log = input_log.read(cases([raised("a")], steps("a", *taken)))
    return {stage: int(day) - DAY for stage, day in zip(STAGES, log.reached[0], strict=True) if day != NEVER}


def test_places_of_the_stages_that_matter() -> None:
    assert [STAGES[place] for place in (DECIDED, EXECUTED, REPORTED)] == ["besloten", "uitgevoerd", "teruggekoppeld"]
    assert len(STAGES) == 10


def test_of_a_stage_the_first_day_counts() -> None:
    assert reached((3, "geduid"), (9, "gewogen"), (20, "geduid")) == {"geduid": 3, "gewogen": 9}


def test_an_input_without_steps_reached_nothing() -> None:
    assert reached() == {}


def test_steps_of_an_input_that_is_not_there_are_left_out() -> None:
    log = input_log.read(cases([raised("a")], steps("weg", (3, "geduid"))))
    assert (log.reached == NEVER).all()
    assert log.last.tolist() == [DAY]  # the day it was raised


def test_the_last_reason_and_the_last_outcome_count_each_by_itself() -> None:
    events = steps("a", (3, "besloten", "uitgesteld", "tijd"), (9, "besloten", "afgewezen"))
    log = input_log.read(cases([raised("a")], events))
    assert (log.outcome[0], log.reason[0], log.reason_on[0]) == ("afgewezen", "tijd", DAY + 3)


def test_steps_of_one_day_stand_in_their_order() -> None:
    events = steps("a", (3, "besloten", "uitgesteld"), (3, "besloten", "overgenomen"))
    assert input_log.read(cases([raised("a")], events[::-1])).outcome.tolist() == ["overgenomen"]


@pytest.mark.parametrize(
    ("taken", "day"),
    [
        ([(30, "teruggekoppeld"), (20, "uitgevoerd")], 20),
        ([(9, "besloten", "afgewezen", "geld", "https://voorbeeld.nl"), (20, "teruggekoppeld")], 9),
        ([(9, "in_advies", None, None, "https://voorbeeld.nl")], 9),  # an explanation of any step can be read
        ([(9, "besloten", "overgenomen")], None),
    ],
)
def test_the_day_of_the_answer(taken: list[tuple[Any, ...]], day: int | None) -> None:
    log = input_log.read(cases([raised("a")], steps("a", *taken)))
    assert log.answered.tolist() == [NEVER if day is None else DAY + day]


def test_a_decision_by_itself_has_no_outcome_and_no_answer() -> None:
    decision = {"decision_id": "zon--b", "body": "raad", "date": RAISED + dt.timedelta(days=5), "title": "Besluit"}
    log = input_log.read(cases([raised("a")], decisions=[decision | {"input_ids": "zon--a;zon--weg"}]))
    assert log.reached[0, DECIDED] == DAY + 5
    assert (log.outcome[0], log.answered[0]) == ("", NEVER)


def test_the_body_of_the_last_decision_that_names_an_input_is_kept() -> None:
    made = {"decision_id": "zon--b", "body": "raad", "date": RAISED + dt.timedelta(days=5), "title": "Besluit"}
    later = made | {"decision_id": "zon--c", "body": "college", "date": RAISED + dt.timedelta(days=9)}
    given = [later | {"input_ids": "zon--a"}, made | {"input_ids": "zon--a;zon--b"}]
    log = input_log.read(cases([raised("a"), raised("b"), raised("c")], decisions=given))
    assert log.inputs["decided_by"].tolist() == ["college", "raad", ""]


def test_a_decision_that_names_nothing_is_about_nothing() -> None:
    decision = {"decision_id": "zon--b", "body": "raad", "date": RAISED, "title": "Besluit"}
    assert (input_log.read(cases([raised("a")], decisions=[decision])).reached == NEVER).all()


def test_only_of_merged_inputs_the_decision_double_is_left_out() -> None:
    events = [*steps("a", (5, "besloten", "afgewezen", "dubbel")), *steps("b", (5, "besloten", "afgewezen", "dubbel"))]
    given = cases([raised("a"), raised("b")], events, [link("a", "b", "samengevoegd")])
    log = input_log.read(given)
    assert (log.reached[:, DECIDED] == NEVER).tolist() == [True, False]


def test_a_copy_can_be_changed_by_itself() -> None:
    log = input_log.read(cases([raised("a")], steps("a", (3, "geduid"))))
    log.copy().reached[:] = 0
    assert reached((3, "geduid")) == {"geduid": 3}
    assert (log.reached[0] != 0).all()


# Whose


@pytest.mark.parametrize(
    ("cells", "owner"),
    [
        ({}, "zon"),
        ({"collective_id": None}, "zon"),  # by its code
        ({"collective_id": None, "input_id": "maan--a"}, ""),  # no collective that is known
        ({"collective_id": None, "input_id": "a"}, ""),
    ],
)
def test_whose_an_input_is(cells: dict[str, Any], owner: str) -> None:
    log = input_log.read(cases([raised("a") | cells]))
    assert log.inputs["collective_id"].tolist() == [owner]


# Until when


def until(given_periods: dict[str, list[str]], today: dt.date, *taken: tuple[Any, ...]) -> dict[str, Any]:
    """Return until which day each collective kept its log."""
    given = cases([raised("a")], steps("a", *taken), periods=given_periods, today=today)
    days = input_log.kept_until(given, input_log.read(given))
    return {str(name): np.datetime64(int(day), "D").astype(object) for name, day in days.items()}


@pytest.mark.parametrize(
    ("periods", "today", "taken", "expected"),
    [
        (["2023"], (2026, 1, 1), [], (2023, 12, 31)),  # the end of what was reported on
        (["2023", "2024", "2023-2024"], (2026, 1, 1), [], (2024, 12, 31)),  # of the last period
        (["2023"], (2023, 5, 6), [], (2023, 5, 6)),  # a period that still runs
        (["2023"], (2026, 1, 1), [(500, "geduid")], (2024, 5, 15)),  # the log goes on after the activities
        (["2023"], (2023, 2, 1), [(60, "geduid")], (2023, 3, 2)),  # a step that is planned: no negative waits
    ],
)
def test_until_when_a_log_was_kept(
    periods: list[str], today: tuple[int, int, int], taken: list[tuple[Any, ...]], expected: tuple[int, int, int]
) -> None:
    assert until({"zon": periods}, dt.date(*today), *taken) == {"zon": dt.date(*expected)}


def test_a_collective_without_inputs_has_no_last_day() -> None:
    assert set(until({"zon": ["2023"], "maan": ["2024"]}, dt.date(2026, 1, 1))) == {"zon"}


def test_dates_are_days_whatever_their_unit() -> None:
    given = cases([raised("a", on=pd.Timestamp(2023, 1, 1).date())])
    assert input_log.read(given).raised.tolist() == [DAY]
