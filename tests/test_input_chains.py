"""Merged and split inputs: whoever raised an idea keeps it, and it shares what became of those it went on in."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import decisions
from bt_analysis.settings import Settings
from tests.input_cases import RAISED, cases, link, raised, steps

SETTINGS = Settings()
TOLD = (20, "teruggekoppeld")
DONE = [(30, "besloten", "overgenomen"), (90, "uitgevoerd"), (95, "teruggekoppeld")]
REJECTED = [(40, "besloten", "afgewezen", "geld"), (60, "teruggekoppeld")]


def fates(
    inputs: list[dict[str, Any]], events: list[dict[str, Any]], links: list[dict[str, Any]]
) -> pd.DataFrame:  # fmt: skip
    """Return what became of each input, by its own code."""
    table = decisions.learn(cases(inputs, events, links), SETTINGS).tables["input_fates"]
    return table.assign(input_id=table["input_id"].str.removeprefix("zon--")).set_index("input_id")


def days(table: pd.DataFrame, name: str) -> int:
    return int(table["waited_days"].loc[name])


# Merged


def test_a_merged_input_has_the_outcome_of_the_one_it_went_into() -> None:
    table = fates([raised("a"), raised("b")], steps("b", *DONE), [link("a", "b", "samengevoegd")])
    assert table["fate"].tolist() == ["uitgevoerd", "uitgevoerd"]
    assert table["counted"].tolist() == [True, True]  # residents raised both
    assert table.loc["a", "went_into"] == "zon--b"
    assert days(table, "a") == 90  # residents could see it on the day it was done


def test_a_later_input_waits_from_its_own_day() -> None:
    inputs = [raised("a", on=RAISED + dt.timedelta(days=80)), raised("b")]
    table = fates(inputs, steps("b", *DONE), [link("a", "b", "samengevoegd")])
    assert days(table, "a") == 10


def test_an_answer_to_others_before_it_was_raised_is_no_answer_to_it() -> None:
    inputs = [raised("a", on=RAISED + dt.timedelta(days=70)), raised("b")]
    table = fates(inputs, steps("b", *REJECTED), [link("a", "b", "samengevoegd")])
    assert table["fate"].tolist() == ["afgewezen_zonder_uitleg", "afgewezen_met_uitleg"]
    assert not table.loc["a", "answered"]


def test_what_was_done_already_is_done_from_its_first_day() -> None:
    inputs = [raised("a", on=RAISED + dt.timedelta(days=200)), raised("b")]
    table = fates(inputs, steps("b", *DONE), [link("a", "b", "samengevoegd")])
    assert (table.loc["a", "fate"], days(table, "a")) == ("uitgevoerd", 0)


def test_a_decision_that_it_is_double_decides_nothing_about_it() -> None:
    own = steps("a", (5, "besloten", "afgewezen", "dubbel"))
    table = fates([raised("a"), raised("b")], [*own, *steps("b", (3, "geduid"))], [link("a", "b", "samengevoegd")])
    assert list(table.loc["a", ["outcome", "stage", "fate"]]) == ["", "geduid", "stil"]


def test_double_without_a_link_is_a_rejection() -> None:
    table = fates([raised("a")], steps("a", (5, "besloten", "afgewezen", "dubbel")), [])
    assert list(table.loc["a", ["outcome", "reason"]]) == ["afgewezen", "dubbel"]


@pytest.mark.parametrize(
    ("made", "events", "counts"),
    [
        ({"channel": None}, [], False),  # made at the desk, for what was merged
        ({"channel": "deur"}, [], True),
        ({"channel": None}, [(0, "ingebracht")], True),
    ],
)
def test_a_row_that_nobody_brought_in_does_not_count(
    made: dict[str, Any], events: list[tuple[Any, ...]], counts: bool
) -> None:
    inputs = [raised("a"), raised("b"), raised("ab", **made)]
    links = [link("a", "ab", "samengevoegd"), link("b", "ab", "samengevoegd")]
    table = fates(inputs, steps("ab", *events, *DONE), links)
    assert table["counted"].tolist() == [True, True, counts]
    assert table["fate"].tolist() == ["uitgevoerd"] * 3


def test_an_input_without_a_channel_counts_when_nothing_was_merged_into_it() -> None:
    assert fates([raised("a", channel=None)], [], [])["counted"].tolist() == [True]


# Split


def split(*parts: list[tuple[Any, ...]], own: list[tuple[Any, ...]] | None = None) -> pd.DataFrame:
    """Return what became of an input ``heel`` that was split into parts with these steps."""
    names = [f"deel{number}" for number in range(len(parts))]
    events = [row for name, taken in zip(names, parts, strict=True) for row in steps(name, *taken)]
    inputs = [raised("heel"), *(raised(name) for name in names)]
    return fates(inputs, [*steps("heel", *(own or [])), *events], [link("heel", name, "gesplitst") for name in names])


def test_the_parts_of_a_split_input_do_not_count() -> None:
    table = split(DONE, DONE)
    assert table["counted"].to_dict() == {"heel": True, "deel0": False, "deel1": False}


def test_a_split_input_is_answered_when_all_its_parts_are() -> None:
    table = split([TOLD], [(50, "teruggekoppeld")])
    assert (table.loc["heel", "answered"], days(table, "heel")) == (True, 50)
    assert not split([TOLD], [(50, "geduid")]).loc["heel", "answered"]


def test_an_answer_about_the_whole_is_an_answer() -> None:
    table = split([(3, "geduid")], [(4, "geduid")], own=[TOLD])
    assert (table.loc["heel", "answered"], days(table, "heel")) == (True, 20)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("overgenomen", "overgenomen"), "overgenomen"),
        (("afgewezen", "afgewezen"), "afgewezen"),
        (("overgenomen", "afgewezen"), "deels"),
        (("deels", "uitgesteld"), "deels"),
        (("afgewezen", "uitgesteld"), "uitgesteld"),
        (("overgenomen", None), ""),  # not decided yet
    ],
)
def test_the_outcome_of_a_split_input(outcomes: tuple[str | None, str | None], expected: str) -> None:
    parts = [[(9, "besloten", outcome)] if outcome else [(9, "in_advies")] for outcome in outcomes]
    assert split(*parts).loc["heel", "outcome"] == expected


def test_a_split_input_is_carried_out_when_every_part_that_was_not_rejected_is() -> None:
    assert split(DONE, DONE).loc["heel", "fate"] == "uitgevoerd"
    assert split(DONE, REJECTED).loc["heel", "fate"] == "uitgevoerd"
    assert split(DONE, [(9, "besloten", "overgenomen")]).loc["heel", "fate"] == "toegezegd"
    assert split(REJECTED, REJECTED).loc["heel", "fate"] == "afgewezen_met_uitleg"


def test_a_split_input_is_as_far_as_its_slowest_part() -> None:
    # One part skipped from being recorded to being weighed; the other is at the back office.
    table = split([(2, "geregistreerd"), (9, "gewogen")], [(5, "naar_backoffice")])
    assert table.loc["heel", "stage"] == "naar_backoffice"


# Chains of chains


def test_links_are_followed_to_the_end() -> None:
    inputs = [raised(name) for name in ("a", "b", "c", "c1", "c2")]
    links = [
        link("a", "b", "samengevoegd"), link("b", "c", "samengevoegd"),
        link("c", "c1", "gesplitst"), link("c", "c2", "gesplitst"),
    ]  # fmt: skip
    table = fates(inputs, [*steps("c1", *DONE), *steps("c2", *REJECTED)], links)
    assert table.loc[["a", "b", "c"], "fate"].tolist() == ["uitgevoerd"] * 3
    assert table.loc[["a", "b", "c"], "outcome"].tolist() == ["deels"] * 3
    assert table.loc["a", "reason"] == "geld"
    assert table["counted"].tolist() == [True, True, True, False, False]


def test_a_follow_up_is_an_input_of_its_own() -> None:
    table = fates([raised("a"), raised("b")], steps("b", *DONE), [link("a", "b", "vervolg")])
    assert table["fate"].tolist() == ["stil", "uitgevoerd"]
    assert table["counted"].tolist() == [True, True]
    assert table.loc["a", "went_into"] == ""


@pytest.mark.parametrize("type_", ["samengevoegd", "gesplitst"])
def test_a_circle_leaves_each_with_its_own_steps(type_: str) -> None:
    links = [link("a", "b", type_), link("b", "a", type_), link("c", "a", type_)]
    table = fates([raised("a"), raised("b"), raised("c")], steps("a", *DONE), links)
    assert table["circular"].tolist() == [True, True, True]  # c leads into the circle
    assert table["fate"].tolist() == ["uitgevoerd", "stil", "stil"]
    assert table["counted"].all()


def test_a_link_to_what_is_not_there_changes_nothing() -> None:
    table = fates([raised("a")], steps("a", TOLD), [link("a", "weg", "samengevoegd")])
    assert list(table.loc["a", ["fate", "circular"]]) == ["beantwoord", False]
