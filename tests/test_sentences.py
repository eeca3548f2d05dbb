"""Sentences: what a volunteer reads is plain, complete and harmless."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import copy
import datetime as dt
import pickle
import string
import tomllib
from typing import Any

import pytest

from bt_analysis import schema
from bt_analysis.sources.cells import Percent
from bt_analysis.sources.sentences import (
    DUTCH_FILE,
    Findings,
    Place,
    expectation,
    in_language,
    label,
    line,
    sentence,
    show,
)
from bt_analysis.sources.wording import FILES, Words, templates

TEMPLATES: dict[str, list[str]] = tomllib.loads(DUTCH_FILE.read_text(encoding="utf-8"))["kinds"]
ENGLISH: dict[str, list[str]] = templates("en")["kinds"]
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


def filled(text: str) -> set[str]:
    """Return the names between braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("part", ["kinds", "types", "words"])
def test_each_language_says_the_same_things(part: str) -> None:
    assert list(FILES) == ["nl", "en"]
    assert sorted(templates("nl")[part]) == sorted(templates("en")[part])


@pytest.mark.parametrize("kind", TEMPLATES)
def test_each_language_fills_in_the_same_words(kind: str) -> None:
    assert [filled(text) for text in TEMPLATES[kind]] == [filled(text) for text in ENGLISH[kind]]


@pytest.mark.parametrize("part", ["types", "words"])
def test_each_language_fills_in_the_same_loose_words(part: str) -> None:
    dutch, english = templates("nl")[part], templates("en")[part]
    assert {name: filled(text) for name, text in dutch.items()} == {
        name: filled(text) for name, text in english.items()
    }


def test_no_english_sentence_is_still_dutch() -> None:
    same = {text for kind in TEMPLATES for text in TEMPLATES[kind] if text in ENGLISH[kind]}
    assert {text for text in same if any(word.islower() and word.isalpha() for word in text.split())} == set()


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_can_be_put_into_words(kind: str) -> None:
    wanted = {name for text in TEMPLATES[kind] for _, name, _, _ in string.Formatter().parse(text) if name}
    values: dict[str, object] = {name: f"<{name}>" for name in wanted - {"column", "more"}}
    problem = sentence(kind, HERE, 3, "<column>", values | ({"more": 2} if "more" in wanted else {}))
    told = problem.got + problem.expected + problem.do
    assert [name for name in wanted - {"more"} if f"<{name}>" not in told] == []
    assert ("more" in wanted) == (", en nog 2 keer" in told)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_sentence_is_short_and_ends_as_a_sentence(kind: str, lang: str) -> None:
    got, expected, do = templates(lang)["kinds"][kind]
    assert do.endswith(".")
    assert not got.endswith(".")
    assert not expected.endswith(".")
    # Plain language: no sentence of more than 25 words.
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
        ({"type": "string", "listOf": {}}, "tekst, met ; tussen twee waarden"),
        ({"type": "string", "listOf": {"enum": ["a", "b"]}}, "een of meer van: a, b; met ; ertussen"),
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


def required(cell: object = None, more: int = 0) -> Findings:
    """Return a problem and a repair of the same field."""
    field = {"name": "kvk", "type": "string", "constraints": {"pattern": "[0-9]{8}"}}
    field |= {"description": "8 cijfers", "description_en": "8 digits"}
    findings, expected = Findings(), expectation(field)
    findings.problem("required", HERE, row=3, column="kvk", got=cell, expected=expected)
    findings.repair("spaces", HERE, row=3, column="kvk", got=cell, expected=expected, more=more)
    return findings


def test_a_problem_is_told_in_english_with_all_that_is_filled_in() -> None:
    problem = required().problems[0]
    assert line(problem) == (
        "zon/zon.xlsx, blad activity, rij 3, kolom kvk: "
        "gekregen: niets; verwacht: een waarde: 8 cijfers. Vul de cel in."
    )
    assert line(problem, "en") == (
        "zon/zon.xlsx, sheet activity, row 3, column kvk: got: nothing; expected: a value: 8 digits. Fill in the cell."
    )


@pytest.mark.parametrize(
    ("cell", "dutch", "english"),
    [
        (12.5, "12,5", "12.5"),
        (True, "WAAR", "TRUE"),
        (dt.datetime(2024, 2, 1), "01-02-2024", "2024-02-01"),
        ("1.234,5", "1.234,5", "1.234,5"),  # what somebody typed stays as it was typed
        (Percent(0.155), "15,5%", "15,5%"),
    ],
)
def test_what_was_found_is_written_as_each_language_does(cell: object, dutch: str, english: str) -> None:
    problem = required(cell).problems[0]
    assert (problem.got, in_language(problem, "en").got) == (dutch, english)


def test_a_repair_says_in_how_many_rows_in_each_language() -> None:
    repair = required("x", more=2).repairs[0]
    assert repair.got == "x met spaties ervoor of erna, en nog 2 keer"
    assert in_language(repair, "en").got == "x with spaces before or after it, and 2 more like it"
    assert in_language(in_language(repair, "en"), "nl") == repair


def test_only_the_words_change_and_not_the_place() -> None:
    problem = required().problems[0]
    english = in_language(problem, "en")
    assert (english.file, english.sheet, english.row, english.column) == (HERE.file, HERE.sheet, 3, "kvk")
    assert (english.kind, english.details) == (problem.kind, problem.details)


def test_a_language_without_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' has no sentences; expected one of nl, en"):
        line(required().problems[0], "fr")


def test_a_problem_without_a_kind_stays_as_it_was_written() -> None:
    problem = schema.Problem("zon", None, None, None, "dit", "dat", "Doe iets.")
    assert in_language(problem, "en") == problem


def test_words_are_text_and_survive_a_copy() -> None:
    words = label({"title": "uren", "title_en": "hours"})
    for same in (words, copy.deepcopy(words), pickle.loads(pickle.dumps(words))):  # noqa: S301 - made here
        assert isinstance(same, Words)
        assert (same, same.say("en"), f"{same:>6}") == ("uren", "hours", "  uren")
    assert label({"title": "uren"}).say("en") == "uren"


def test_a_column_is_called_as_in_the_file() -> None:
    findings = Findings(headings={HERE: {"hours": "uren", "activity_id": "code activiteit"}})
    findings.problem("minimum", HERE, row=3, column="hours", got=-1, limit=0)
    findings.problem("duplicate_key", HERE, row=3, column="activity_id + period_start", got="x", first=2)
    findings.problem("minimum", Place("zon/zon.xlsx", "other"), row=3, column="hours", got=-1, limit=0)
    assert [problem.column for problem in findings.problems] == ["hours", "activity_id + period_start", "hours"]
    told = [line(problem) for problem in findings.problems]
    assert "kolom uren:" in told[0]
    assert "kolom code activiteit + period_start: gekregen: dezelfde code activiteit + period_start als" in told[1]
    assert "kolom hours:" in told[2]
