"""Inputs of several collectives together: sums, whose groups count along, sentences of section 7, and no names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import decisions
from bt_analysis.analysis.learning.cases import ACROSS, Cases
from bt_analysis.pages import input_rows, input_tables, inputs
from bt_analysis.settings import Settings
from tests.html_text import rows_of, text_of
from tests.input_cases import cases, link, raised, steps
from tests.test_input_section import report

PERIODS = {"zon": ["2023-2024"], "maan": ["2023"], "ster": ["2024"]}


def three(lang: str = "nl", *, days: tuple[int, ...] = (), more: int = 0) -> Any:
    """Return all of three collectives; zon has an answer after each of these days, maan that many waiting ideas."""
    own = [raised(f"i{at}") for at in range(len(days))]
    told = [row for at, day in enumerate(days) for row in steps(f"i{at}", (day, "teruggekoppeld"))]
    others = [raised(f"m{at}", "maan") for at in range(more)]
    return report(cases([*own, *others], told, periods=PERIODS), lang, collective_id="")


@pytest.mark.parametrize(
    ("days", "more", "expected"),
    [
        ((), 1, "Van 1 van de 3 collectieven is bekend wat er met hun inbreng gebeurde."),
        ((3,), 1, "Van 2 van de 3 collectieven is bekend wat er met hun inbreng gebeurde."),
        ((3,), 0, "Er is 1 idee ingebracht. Op alle ideeën kwam antwoord."),
        ((3, 4, 5), 2, "Van 5 ideeën zijn er 0 uitgevoerd. Op 2 kwam geen antwoord."),
        ((3, 4, 5), 2, "Het zijn te weinig ideeën om te zeggen hoe lang een antwoord duurt."),
        ((9,) * 10, 0, "De helft van de ideeën had na 9 dagen antwoord"),
        ((9,) * 4, 8, "Minder dan de helft van de ideeën kreeg tot nu toe antwoord."),
        ((), 0, "Wat er met inbreng gebeurde is nog niet bijgehouden."),
    ],
)
def test_sentences_of_all_together(days: tuple[int, ...], more: int, expected: str) -> None:
    assert expected in text_of(inputs.section_across(three(days=days, more=more)))


def test_the_section_weighs_its_words_and_names_nobody() -> None:
    said = text_of(inputs.section_across(three(days=(3,), more=2)))
    assert "Wie veel inbreng opschreef, telt zwaarder mee. Gemeenten noemen we niet." in said
    for name in ("Zon", "Maan", "Ster"):
        assert name not in said
    assert "Bijgehouden tot en met" not in said  # each kept its own log as long as it did


def test_the_section_in_english() -> None:
    said = text_of(inputs.section_across(three("en", days=(3,), more=2)))
    for dutch in ("ideeën", "collectieven", "inbreng", "antwoord"):
        assert dutch not in said


# Sums


def sums(given: Cases) -> dict[str, float]:
    rows = decisions.learn(given, Settings()).estimates
    rows = rows[rows["collective_id"].eq(ACROSS) & rows["group_type"].eq("")]
    return {str(name): value for name, value in rows.set_index("indicator_id")["value"].items()}


def test_of_each_collective_the_longest_period_counts_along() -> None:
    on = {name: dt.date(year, 5, 1) for name, year in (("a", 2022), ("b", 2023), ("c", 2024))}
    given = cases(
        [raised(name, "maan", day) for name, day in on.items()] + [raised("a"), raised("d", "ster", on["b"])],
        periods={"zon": ["2023-2024"], "maan": ["2023", "2022-2024"], "ster": ["2024"]},
    )
    # All three of maan; that of zon of January 2023; that of ster came before its period.
    assert sums(given)["inputs_n"] == 3 + 1 + 0


def test_what_is_true_of_each_adds_up_for_all() -> None:
    given = cases(
        [raised("a"), raised("b"), raised("a", "maan"), raised("b", "maan"), raised("c", "maan")],
        [
            *steps("a", (3, "uitgevoerd")), *steps("b", (3, "besloten", "afgewezen")),
            *steps("a", (3, "besloten", "afgewezen"), (5, "teruggekoppeld"), collective_id="maan"),
            *steps("b", (3, "besloten", "uitgesteld"), collective_id="maan"),
        ],
        periods={"zon": ["2023-2024"], "maan": ["2023-2024"]},
    )  # fmt: skip
    found = sums(given)
    assert found["inputs_n"] == 2 + 3
    assert found["inputs_executed_n"] == 1 + 0
    assert (found["inputs_rejected_unexplained_n"], found["inputs_rejected_explained_n"]) == (1 + 0, 0 + 1)
    assert found["inputs_postponed_n"] == 0 + 1
    assert found["inputs_executed_untold_n"] == 1 + 0
    assert found["inputs_answered_n"] + found["inputs_unanswered_n"] == 5
    assert found["inputs_silent_n"] + found["inputs_waiting_n"] == found["inputs_unanswered_n"]


def test_a_link_to_an_input_of_another_collective_is_followed() -> None:
    links = [{"from_input": "zon--a", "to_input": "maan--b", "type": "samengevoegd"}]
    given = cases(
        [raised("a"), raised("b", "maan")], steps("b", (9, "uitgevoerd"), collective_id="maan"), links,
        periods={"zon": ["2023"], "maan": ["2023"]},
    )  # fmt: skip
    found = sums(given)
    assert (found["inputs_n"], found["inputs_executed_n"], found["inputs_went_on_n"]) == (2, 2, 1)


def test_logs_of_collectives_end_on_days_of_their_own() -> None:
    given = cases(
        [raised("a"), raised("b", "maan")], steps("b", (2 * 365, "geduid"), collective_id="maan"),
        periods={"zon": ["2023"], "maan": ["2023"]},
    )  # fmt: skip
    table = decisions.learn(given, Settings()).tables["input_fates"].set_index("input_id")
    assert table["kept_until"].to_dict() == {
        "zon--a": pd.Timestamp(2023, 12, 31),
        "maan--b": pd.Timestamp(2023, 1, 1) + pd.Timedelta(days=730),
    }
    assert table["fate"].to_dict() == {"zon--a": "stil", "maan--b": "open"}


# Tables of all together


def of_two(**groups: dict[str, int]) -> Any:
    """Return all together; sizes of groups of residents by collective."""
    given = [
        raised(f"{group}{at}", name, group_value=group or None)
        for name, sizes in groups.items()
        for group, size in sizes.items()
        for at in range(size)
    ]
    return report(cases(given, periods={name: ["2023"] for name in groups}), collective_id="")


def test_groups_of_all_together_are_those_of_collectives_that_show_all_of_theirs() -> None:
    content = of_two(zon={"65+": 12, "18-64": 10}, maan={"65+": 30, "18-64": 3}, ster={"65+": 11, "18-64": 14})
    rows = input_rows.of_kind(content, "inputs_group_n", "bewonersgroep", ACROSS)
    assert rows.set_index("group_value")["value"].to_dict() == {"65+": 12 + 11, "18-64": 10 + 14}


def test_when_no_collective_shows_its_groups_there_are_none() -> None:
    content = of_two(zon={"65+": 12, "18-64": 2}, maan={"65+": 30})
    assert input_rows.of_kind(content, "inputs_group_n", "bewonersgroep", ACROSS).empty
    assert input_tables.kinds(content, ACROSS) == ""


def test_reasons_of_all_together_add_up() -> None:
    no = (3, "besloten", "afgewezen")
    given = cases(
        [raised("a"), raised("b"), raised("a", "maan")],
        [*steps("a", (*no, "geld")), *steps("b", (*no, "tijd")), *steps("a", (*no, "geld"), collective_id="maan")],
        periods={"zon": ["2023"], "maan": ["2023"]},
    )
    content = report(given, collective_id="")
    assert rows_of(input_tables.reasons(content, ACROSS)) == [["geld", "2"], ["tijd", "1"]]
    assert rows_of(input_tables.reasons(content, "zon")) == [["geld", "1"], ["tijd", "1"]]


def test_pairs_of_all_together_count_collectives() -> None:
    two: dict[str, Any] = {"domain": "welzijn", "domain_secondary": "gezondheid"}
    given = cases([raised("a", **two), raised("a", "maan", **two)], periods={"zon": ["2023"], "maan": ["2023"]})
    pairs = decisions.learn(given, Settings()).tables["input_pairs"].set_index("collective_id")
    assert pairs["inputs_n"].to_dict() == {"zon": 1, "maan": 1, "": 2}
    assert pairs["collectives_n"].to_dict() == {"zon": 1, "maan": 1, "": 2}
    assert rows_of(input_tables.pairs(report(given, collective_id=""), ACROSS)) == [["Welzijn", "2 (0)"]]


def test_parts_of_a_split_idea_are_told_once_in_all_together() -> None:
    given = cases(
        [raised("heel"), raised("een"), raised("twee")],
        [*steps("een", (9, "uitgevoerd")), *steps("twee", (19, "uitgevoerd"))],
        [link("heel", "een", "gesplitst"), link("heel", "twee", "gesplitst")],
    )
    content = report(given, collective_id="")
    assert inputs.in_short(content, ACROSS) == "Er is 1 idee ingebracht. Op alle ideeën kwam antwoord."
    assert input_rows.stages(content, ACROSS)["reached_n"].to_list() == [1] * 9
