"""Sentences: what a volunteer reads is plain, complete and harmless."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import datetime as dt
import string
import tomllib
from typing import Any

import pytest

from bt_analysis import schema
from bt_analysis.sources.cells import Percent
from bt_analysis.sources.sentences import DUTCH_FILE, Findings, Place, expectation, line, sentence, show

TEMPLATES: dict[str, list[str]] = tomllib.loads(DUTCH_FILE.read_text(encoding="utf-8"))["kinds"]
HERE = Place("zon/zon.xlsx", "activity")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "niets"),
        ("", "niets"),
        (True, "WAAR"),
        (False, "ONWAAR"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12,5"),
        (Percent(0.15), "15%"),
        (dt.datetime(2024, 2, 1), "01-02-2024"),
        (dt.date(2024, 2, 1), "01-02-2024"),
        (dt.datetime(2024, 2, 1, 13, 30), "2024-02-01 13:30:00"),
        ("Café", "Café"),
        ("a\x1bb", "a[U+001B]b"),
        ("a\nb", "a[U+000A]b"),
        ("a\u202eb", "a[U+202E]b"),
        ("{got}", "{got}"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 60 + "…"),
    ],
)
def test_values_are_shown_as_a_dutch_reader_writes_them(value: object, shown: str) -> None:
    assert show(value) == shown


def test_a_cell_with_braces_or_a_script_is_shown_and_not_filled_in() -> None:
    problem = sentence("not_a_number", HERE, 3, "hours", {"got": "{0.__class__}<script>", "expected": "een getal"})
    assert problem.got == "{0.__class__}<script>"


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_can_be_put_into_words(kind: str) -> None:
    wanted = {name for text in TEMPLATES[kind] for _, name, _, _ in string.Formatter().parse(text) if name}
    values: dict[str, object] = {name: f"<{name}>" for name in wanted - {"column", "more"}}
    problem = sentence(kind, HERE, 3, "<column>", values | ({"more": 2} if "more" in wanted else {}))
    told = problem.got + problem.expected + problem.do
    assert [name for name in wanted - {"more"} if f"<{name}>" not in told] == []
    assert ("more" in wanted) == (", en in nog 2 rijen" in told)


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_sentence_is_short_and_ends_as_a_sentence(kind: str) -> None:
    got, expected, do = TEMPLATES[kind]
    assert do.endswith(".")
    assert not got.endswith(".")
    assert not expected.endswith(".")
    # Plain Dutch: no sentence of more than 25 words.
    assert all(len(part.split()) <= 25 for text in (got, expected, do) for part in text.split(". "))


def test_a_problem_keeps_its_kind_and_values_for_another_language() -> None:
    problem = sentence("minimum", HERE, 3, "hours", {"got": -1, "limit": 0})
    assert (problem.kind, problem.details["got"], problem.details["limit"]) == ("minimum", "-1", "0")
    assert (problem.got, problem.expected, problem.do) == ("-1", "0 of meer", "Verbeter de waarde.")


@pytest.mark.parametrize(
    ("place", "row", "column", "start"),
    [
        (Place("zon"), None, None, "zon: gekregen:"),
        (Place("zon/a.csv"), 3, None, "zon/a.csv, rij 3: gekregen:"),
        (HERE, 3, "hours", "zon/zon.xlsx, blad activity, rij 3, kolom hours: gekregen:"),
    ],
)
def test_a_line_says_where_as_far_as_is_known(place: Place, row: int | None, column: str | None, start: str) -> None:
    assert line(sentence("minimum", place, row, column, {"got": -1, "limit": 0})).startswith(start)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "integer"}, "een heel getal"),
        ({"type": "number"}, "een getal"),
        ({"type": "date"}, "een datum, zoals 31-12-2024"),
        ({"type": "year"}, "een jaar van vier cijfers"),
        ({"type": "boolean"}, "ja of nee"),
        ({"type": "string"}, "tekst"),
        ({"type": "string", "constraints": {"enum": ["lijst", "telling"]}}, "een van: lijst, telling"),
        ({"type": "string", "description": "8 cijfers", "constraints": {"pattern": "[0-9]{8}"}}, "8 cijfers"),
        ({"type": "string", "constraints": {"pattern": "[A-Z]"}}, "tekst van de vorm [A-Z]"),
    ],
)
def test_what_a_cell_should_hold_is_said_in_words(field: dict[str, Any], expected: str) -> None:
    assert expectation(field) == expected


@pytest.mark.parametrize("name", schema.MONITORING)
def test_no_monitoring_field_shows_a_volunteer_a_regular_expression(name: str) -> None:
    for field in schema.load(name)["fields"]:
        assert "^" not in expectation(field)


def test_findings_keep_problems_and_repairs_apart_and_in_order() -> None:
    findings = Findings()
    findings.problem("minimum", HERE, row=2, column="hours", got=-1, limit=0)
    findings.repair("spaces", HERE, row=2, column="title", got=" a", more=0, expected="tekst")
    findings.problem("maximum", HERE, row=1, column="hours", got=9, limit=8)
    assert [problem.kind for problem in findings.problems] == ["minimum", "maximum"]
    assert [repair.kind for repair in findings.repairs] == ["spaces"]
