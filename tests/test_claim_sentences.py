"""Sentences of claims: days, bounds and reservations, always in Dutch; and the section where each figure stands."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import claim_sentences
from bt_analysis.pages.claim_sentences import OTHER_SECTION, SECTIONS

COUNT: dict[str, Any] = {"question": "nobody_foresaw", "indicator_id": "new_thing_n", "value": 2.0, "unit": "dingen",
                         "method": "new"}  # fmt: skip


def said(page: Any, lang: str = "nl", **more: Any) -> str:
    content = claim_sentences.in_dutch(page.content(COUNT | more, lang=lang))
    row = content.estimates.iloc[0].copy()
    for name in ("period_start", "period_end"):
        row[name] = more.get(name, row[name])
    return claim_sentences.any_figure(content, row)


@pytest.mark.parametrize(
    ("first", "last", "when"),
    [
        ("2024-01-01", "2024-12-31", "(2024)"),
        ("2021-01-01", "2024-12-31", "(2021–2024)"),
        ("2024-02-01", "2024-12-31", "(1 februari 2024 – 31 december 2024)"),
        ("2024-01-01", "2024-12-30", "(1 januari 2024 – 30 december 2024)"),
        ("2024-06-05", "2024-06-05", "(5 juni 2024)"),
    ],
)
def test_whole_years_are_written_as_years_and_others_as_days(page: Any, first: str, last: str, when: str) -> None:
    days: dict[str, Any] = {"period_start": pd.Timestamp(first), "period_end": pd.Timestamp(last)}
    assert when in said(page, **days)


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(1.0, 3.0, True), (2.0, 2.0, False), (None, 3.0, False), (1.0, None, False), (None, None, False)],
)
def test_bounds_are_told_when_there_are_two_that_differ(page: Any, low: Any, high: Any, told: bool) -> None:
    assert ("Het ligt tussen" in said(page, ci_low=low, ci_high=high)) == told


@pytest.mark.parametrize("gate", ["niet_te_zien", "onderdrukt"])
def test_what_is_not_shown_tells_no_number(page: Any, gate: str) -> None:
    sentence = said(page, gate=gate, value=None, n=3.0, gate_reason="")
    assert "dit tonen we niet" in sentence
    assert sentence.endswith(".")
    assert "3" not in sentence
    assert "()" not in sentence


def test_a_reservation_is_told_only_where_there_is_one(page: Any) -> None:
    hedged = said(page, gate="voorbehoud", gate_reason="hours_estimated")
    assert hedged.endswith("Let op: een deel van de uren is geschat.")
    assert "Let op" not in said(page, gate="ok")
    assert "Let op" not in said(page, gate="voorbehoud", gate_reason="")


def test_a_claim_is_dutch_also_in_an_english_report(page: Any) -> None:
    assert said(page, "en", n=12.0, n_unit="activities") == said(page, "nl", n=12.0, n_unit="activities")
    content = page.content(COUNT, lang="en")
    assert claim_sentences.in_dutch(content).language.code == "nl"
    assert content.language.code == "en"  # the report itself stays as it was


def test_a_name_begins_with_a_capital_and_ends_in_its_value(page: Any) -> None:
    sentence = said(page)
    assert sentence[0] == sentence[0].upper()
    assert ": 2" in sentence


# Where it stands


@pytest.mark.parametrize(("question", "expected"), sorted(SECTIONS.items()))
def test_each_question_has_its_section(question: str, expected: str) -> None:
    row = pd.Series({"question": question})
    assert claim_sentences.section(row) == expected
    mark, _, name = expected.partition(" · ")
    assert mark in [*"23456789", *"ABCDEFGH"]
    assert name


@pytest.mark.parametrize("question", ["", "nobody_foresaw", None])
def test_another_question_stands_among_all_figures(question: str | None) -> None:
    assert claim_sentences.section(pd.Series({"question": question})) == OTHER_SECTION


def test_a_section_has_one_name() -> None:
    names: dict[str, set[str]] = {}
    for text in (*SECTIONS.values(), OTHER_SECTION):
        mark, _, name = text.partition(" · ")
        names.setdefault(mark, set()).add(name)
    assert all(len(each) == 1 for each in names.values())


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"gate": "onderdrukt", "gate_reason": "small_cell", "value": None},
        {"ci_low": 1.0, "ci_high": None, "n": None},
        {"question": "hours", "indicator_id": "hours_total"},
        {"question": "activities", "indicator_id": "activities_n", "group_value": "", "group_type": ""},
    ],
)
def test_a_row_of_many_says_what_it_says_alone(page: Any, more: dict[str, Any]) -> None:
    content = claim_sentences.in_dutch(page.content(COUNT | more))
    (alone,) = (row for _, row in content.estimates.iterrows())
    (of_many,) = content.estimates.to_dict("records")
    assert claim_sentences.sentence(content, of_many) == claim_sentences.sentence(content, alone)
    assert claim_sentences.section(of_many) == claim_sentences.section(alone)
