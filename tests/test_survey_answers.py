"""Answers of an export: checked against the form, without who gave them, and never quoted when they are wrong."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.schema import Problem
from bt_analysis.sources.grids import Row
from bt_analysis.sources.sentences import Findings, Place, line
from bt_analysis.sources.survey_answers import Answer, read_answers, respondent_key
from bt_analysis.sources.survey_form import Form, read_form

PLACE = Place("zon/enquetes/p25/export.csv")
SURVEY = [
    ("type", "name", "label::nl", "label::en"),
    ("begin_group", "buurt", "De buurt", "The area"),
    ("select_one vijf", "srh", "Uw gezondheid?", "Your health?"),
    ("select_multiple waar", "plek", "Waar komt u?", "Where do you go?"),
    ("end_group",),
    ("integer", "kinderen", "Hoeveel kinderen?", "How many children?"),
    ("decimal", "km", "Hoe ver?", "How far?"),
    ("date", "sinds", "Sinds wanneer?", "Since when?"),
    ("text", "beter", "Wat kan beter?", "What can be better?"),
]
CHOICES = [
    ("list_name", "name", "label::nl", "label::en"),
    ("vijf", "goed", "Goed", "Good"),
    ("vijf", "matig", "Gaat wel", "Fair"),
    ("vijf", "weetniet", "Weet ik niet", "Don't know"),
    ("waar", "park", "Het park", "The park"),
    ("waar", "plein", "Het plein", "The square"),
    ("waar", "groot_plein", "Het grote plein", "The big square"),
]
A, B = "uuid:11111111-aaaa", "uuid:22222222-bbbb"


def numbered(*cells: Sequence[object]) -> list[Row]:
    return list(enumerate(cells, start=1))


def form_of(survey: Sequence[Sequence[object]] = SURVEY, choices: Sequence[Sequence[object]] = CHOICES) -> Form:
    findings = Findings()
    sheets = {"survey": numbered(*survey), "choices": numbered(*choices), "settings": numbered(("form_id",), ("p25",))}
    form = read_form(sheets, PLACE, "p25", {"ons4": ["0", "1", "10"]}, findings)
    assert form is not None, findings.problems
    return form


def read(*cells: Sequence[object], form: Form | None = None) -> tuple[list[Answer], Findings]:
    findings = Findings()
    return read_answers(form or form_of(), numbered(*cells), PLACE, "zon", findings), findings


def answers(*cells: Sequence[object], form: Form | None = None) -> list[tuple[str, str | None]]:
    found, findings = read(*cells, form=form)
    assert findings.problems == []
    return [(item, answer) for _, item, answer in found]


def problems(*cells: Sequence[object], form: Form | None = None) -> list[tuple[Any, ...]]:
    _, findings = read(*cells, form=form)
    return [(each.kind, each.row, each.column) for each in findings.problems]


def repairs(*cells: Sequence[object], form: Form | None = None) -> dict[str, Problem]:
    _, findings = read(*cells, form=form)
    assert findings.problems == []
    return {each.kind: each for each in findings.repairs}


# Values


def test_an_answer_is_the_code_of_its_choice() -> None:
    found, findings = read(("KEY", "srh"), (A, "goed"), (B, "matig"))
    assert findings.problems == []
    assert [answer[1:] for answer in found] == [("srh", "goed"), ("srh", "matig")]
    assert found[0][0] != found[1][0]


def test_what_was_not_answered_is_no_row_and_a_word_for_no_answer_is_an_empty_one() -> None:
    assert answers(("KEY", "srh", "kinderen"), (A, "", 2.0), (B, "weetniet", None)) == [
        ("srh", None),
        ("kinderen", "2"),
    ]


def test_numbers_days_and_words() -> None:
    found = answers(
        ("KEY", "kinderen", "km", "sinds", "beter"),
        (A, "0", "1.234", "2019-05-01", "Meer groen"),
        (B, 3.0, "2,5", dt.datetime(2020, 12, 31), "Stil\nplein"),
    )
    assert found == [
        ("kinderen", "0"), ("kinderen", "3"), ("km", "1.234"), ("km", "2.5"), ("sinds", "2019-05-01"),
        ("sinds", "2020-12-31"), ("beter", "Meer groen"), ("beter", "Stil plein"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        ("srh", "slecht", "survey_answer"),
        ("srh", "Goed!", "survey_answer"),
        ("srh", "goed matig", "survey_answer"),
        ("plek", "park zee", "survey_answer"),
        ("plek", "park;plein", "survey_answer"),
        ("kinderen", "twee", "survey_number"),
        ("kinderen", "1.5", "survey_number"),
        ("kinderen", "-", "survey_number"),
        ("kinderen", "٣", "survey_number"),
        ("kinderen", "1e3", "survey_number"),
        ("km", "1,234", "survey_number"),  # a thousand and more in English, little more than one in Dutch
        ("km", "honderd", "survey_number"),
        ("sinds", "vorig jaar", "survey_date"),
        ("sinds", "01/02/2020", "survey_date"),
        ("beter", "mail me op jan@voorbeeld.nl", "personal_email"),
        ("beter", "bel 06-12345678", "personal_phone"),
    ],
)
def test_an_answer_that_does_not_fit_is_told_with_its_place_and_never_quoted(column: str, cell: str, kind: str) -> None:
    found, findings = read(("KEY", column), (A, ""), (B, cell))
    assert found == []
    (problem,) = findings.problems
    assert (problem.kind, problem.file, problem.row, problem.column) == (kind, PLACE.file, 3, column)
    assert cell not in line(problem)
    assert all(cell not in value for value in problem.details.values())


def test_an_item_of_an_instrument_has_its_numbers() -> None:
    form = form_of([("type", "name"), ("integer", "ons4")])
    assert answers(("KEY", "ons4"), (A, "10"), (B, 1.0), form=form) == [("ons4", "10"), ("ons4", "1")]
    assert problems(("KEY", "ons4"), (A, "11"), form=form) == [("survey_answer", 2, "ons4")]


def test_every_wrong_answer_is_told() -> None:
    found = problems(("KEY", "srh", "kinderen"), (A, "x", "y"), (B, "x", "1"))
    assert found == [("survey_answer", 2, "srh"), ("survey_answer", 3, "srh"), ("survey_number", 2, "kinderen")]


# More than one choice


def test_more_choices_are_written_in_the_order_of_the_form() -> None:
    assert answers(("KEY", "plek"), (A, "groot_plein park"), (B, "plein")) == [
        ("plek", "park;groot_plein"),
        ("plek", "plein"),
    ]


@pytest.mark.parametrize("sign", ["/", "-", "."])
def test_a_column_per_choice_is_read(sign: str) -> None:
    header = ("KEY", *(f"buurt{sign}plek{sign}{code}" for code in ("park", "plein", "groot_plein")))
    assert answers(header, (A, "1", "0", "1"), (B, 0.0, 1.0, 0.0)) == [("plek", "park;groot_plein"), ("plek", "plein")]


def test_one_column_and_one_per_choice_say_the_same() -> None:
    header = ("KEY", "plek", "plek/park", "plek/plein", "plek/groot_plein")
    assert answers(header, (A, "park plein", 1, 1, 0), (B, "", "", "", "")) == [("plek", "park;plein")]
    assert problems(header, (A, "park plein", 1, 0, 0)) == [("survey_differ", 2, "plek")]
    assert problems(header, (A, "park", 1, "misschien", 0)) == [("survey_answer", 2, "plek")]


def test_nothing_chosen_is_no_answer() -> None:
    assert answers(("KEY", "plek/park", "plek/plein"), (A, "0", "0"), (B, "TRUE", "FALSE")) == [("plek", "park")]


def test_some_columns_of_choices_are_held_against_what_they_are_about_only() -> None:
    assert answers(("KEY", "plek", "plek/park"), (A, "park plein", "1")) == [("plek", "park;plein")]
    assert problems(("KEY", "plek", "plek/park"), (A, "plein", "1")) == [("survey_differ", 2, "plek")]


# Words instead of names


def test_questions_and_choices_in_words_are_read_as_their_codes() -> None:
    cells = (("_uuid", "Uw gezondheid?", "Hoeveel kinderen?"), (A, "Gaat wel", 1), (B, "Weet ik niet", 0))
    found = answers(*cells)
    assert found == [("srh", "matig"), ("srh", None), ("kinderen", "1"), ("kinderen", "0")]
    assert repairs(*cells).keys() == {"survey_words", "survey_absent"}


def test_words_of_the_other_language_and_of_groups_are_known() -> None:
    assert answers(("_uuid", "The area/Your health?"), (A, "Fair")) == [("srh", "matig")]


def test_words_of_choices_have_spaces_in_and_between_them() -> None:
    assert answers(("_uuid", "Waar komt u?"), (A, "Het grote plein Het park")) == [("plek", "park;groot_plein")]
    header = ("_uuid", "Waar komt u?/Het park", "Waar komt u?/Het plein", "Waar komt u?/Het grote plein")
    assert answers(header, (A, 1, 0, 1)) == [("plek", "park;groot_plein")]


def test_words_that_can_be_taken_in_two_ways_are_refused() -> None:
    choices = [("list_name", "name", "label"), ("w", "1", "a"), ("w", "2", "b"), ("w", "3", "a b")]
    form = form_of([("type", "name", "label"), ("select_multiple w", "q", "Welke?")], choices)
    assert answers(("_uuid", "Welke?"), (A, "b a"), form=form) == [("q", "1;2")]
    assert problems(("_uuid", "Welke?"), (A, "a b"), form=form) == [("survey_answer", 2, "q")]


def test_a_long_row_of_choices_is_taken_apart_at_once() -> None:
    choices = [("list_name", "name", "label"), ("w", "1", "a"), ("w", "2", "a a"), ("w", "3", "a a a")]
    form = form_of([("type", "name", "label"), ("select_multiple w", "q", "Welke?")], choices)
    assert problems(("_uuid", "Welke?"), (A, " ".join("a" * 5000)), form=form) == [("survey_answer", 2, "q")]


def test_codes_that_are_words_of_other_codes_are_read_as_the_header_says() -> None:
    choices = [("list_name", "name", "label"), ("v", "1", "2"), ("v", "2", "1")]
    form = form_of([("type", "name", "label"), ("select_one v", "q", "Welke?")], choices)
    assert answers(("_uuid", "q"), (A, "1"), form=form) == [("q", "1")]
    assert answers(("_uuid", "Welke?"), (A, "1"), form=form) == [("q", "2")]


def test_names_above_the_columns_and_words_in_the_cells() -> None:
    assert answers(("KEY", "srh"), (A, "Goed"), (B, "Gaat wel")) == [("srh", "goed"), ("srh", "matig")]
    assert problems(("KEY", "srh"), (A, "goed"), (B, "Gaat wel")) == [("survey_answer", 3, "srh")]


def test_a_word_that_two_choices_have_is_refused() -> None:
    choices = [("list_name", "name", "label"), ("v", "1", "Anders"), ("v", "2", "Anders")]
    form = form_of([("type", "name", "label"), ("select_one v", "q", "Welke?")], choices)
    assert problems(("_uuid", "Welke?"), (A, "Anders"), form=form) == [("survey_answer", 2, "q")]


def test_words_that_two_questions_have_are_refused() -> None:
    form = form_of([("type", "name", "label"), ("integer", "a", "Hoeveel?"), ("integer", "b", "Hoeveel?")])
    assert problems(("_uuid", "Hoeveel?"), (A, 1), form=form) == [("survey_same_words", 1, "B")]
    assert answers(("_uuid", "a"), (A, 1), form=form) == [("a", "1")]


# Columns


def test_system_columns_of_kobo_and_central_are_dropped_and_listed() -> None:
    kobo = ("_id", "_submission_time", "_validation_status", "_submitted_by", "__version__", "_index", "start")
    central = (
        "SubmissionDate",
        "SubmitterID",
        "SubmitterName",
        "DeviceID",
        "Edits",
        "FormVersion",
        "meta-instanceName",
    )
    header = ("_uuid", *kobo, *central, "srh")
    told = repairs(header, (A, *(f"w{at}" for at in range(14)), "goed"))["survey_system"]
    assert told.got == (
        "de kolommen _id, _submission_time, _submitted_by, __version__, _index, start, "
        "SubmissionDate, SubmitterID, SubmitterName, DeviceID, Edits, FormVersion, meta-instanceName"
    )
    assert answers(header, (A, *(f"w{at}" for at in range(14)), "goed")) == [("srh", "goed")]


def test_a_question_may_have_the_name_of_a_system_column() -> None:
    form = form_of([("type", "name", "label"), ("integer", "Status", "Status")])
    assert answers(("KEY", "Status"), (A, 4), form=form) == [("Status", "4")]


def test_what_nobody_answered_is_dropped_and_listed() -> None:
    form = form_of([("type", "name", "label"), ("note", "welkom", "Welkom"), ("integer", "a", "A?")])
    told = repairs(("KEY", "welkom", "a"), (A, "", 1), form=form)["survey_unasked"]
    assert (told.got, told.row) == ("de kolommen welkom", 1)


def test_questions_without_a_column_are_listed() -> None:
    told = repairs(("KEY", "srh", "kinderen", "km", "sinds"), (A, "goed", 1, 1, "2020-01-01"))["survey_absent"]
    assert told.got == "geen kolom van plek, beter"


@pytest.mark.parametrize(
    ("title", "kind", "column"),
    [
        ("srhh", "close_column", "srhh"),
        ("iets anders", "survey_unknown_column", "iets anders"),
        ("telefoonnummer", "personal_column", "B"),
        ("E-mail", "personal_column", "B"),
    ],
)
def test_a_column_that_is_no_question_is_refused(title: str, kind: str, column: str) -> None:
    assert problems(("KEY", title, "srh"), (A, "1", "goed")) == [(kind, 1, column)]


def test_a_column_twice_is_refused() -> None:
    assert problems(("KEY", "srh", "buurt/srh"), (A, "goed", "goed")) == [("duplicate_column", 1, "srh")]
    assert problems(("KEY", "plek/park", "buurt/plek/park"), (A, 1, 1)) == [("duplicate_column", 1, "plek")]


def test_a_column_without_a_name_may_be_empty() -> None:
    assert answers(("KEY", None, "srh", ""), (A, "", "goed")) == [("srh", "goed")]
    assert problems(("KEY", None, "srh"), (A, "", "goed"), (B, "geheim", "goed")) == [("survey_nameless", 3, "B")]


def test_an_export_of_another_form_is_refused() -> None:
    found = problems(("KEY", "_id"), (A, 1))
    assert found == [("survey_no_columns", 1, None)]


def test_a_table_of_repeats_is_refused() -> None:
    assert problems(("KEY", "PARENT_KEY", "srh"), (A, B, "goed")) == [("survey_repeated_rows", 1, None)]
    assert problems(("_index", "_parent_index", "srh"), (1, 1, "goed")) == [("survey_repeated_rows", 1, None)]


# Who answered


def test_the_same_submission_has_the_same_key_in_every_reading_and_layout() -> None:
    keys = {
        read((column, "srh"), (identity, "goed"))[0][0][0]
        for column, identity in [
            ("meta/instanceID", "uuid:ABC-1"),
            ("meta-instanceID", "uuid:abc-1"),
            ("instanceID", "uuid:abc-1"),
            ("KEY", "uuid:abc-1"),
            ("_uuid", "abc-1"),
            ("meta/rootUuid", "uuid:abc-1"),
        ]
    }
    assert keys == {respondent_key("abc-1", "zon/p25")}


def test_a_key_says_nothing_of_the_submission() -> None:
    key = respondent_key("abc-1", "zon/p25")
    assert key[0] == "r"
    assert len(key) == 1 + 16
    assert "abc" not in key
    assert key != respondent_key("abc-1", "zon/p26")
    assert key != respondent_key("abc-1", "maan/p25")
    assert key != respondent_key("abc-2", "zon/p25")


def test_what_stays_when_an_answer_is_corrected_goes_before_what_does_not() -> None:
    header = ("_uuid", "meta/instanceID", "meta/rootUuid", "srh")
    found, _ = read(header, ("new", "uuid:new", "uuid:old", "goed"), ("other", "uuid:other", "", "goed"))
    assert [answer[0] for answer in found] == [respondent_key(each, "zon/p25") for each in ("old", "other")]


PANEL = form_of([("type", "name", "label"), ("text", "respondent_code", "Uw eigen code"), ("integer", "a", "A?")])


def test_a_code_of_ones_own_gives_the_same_key_in_every_wave_and_is_no_answer() -> None:
    found, findings = read(("KEY", "respondent_code", "a"), (A, " AB12 ", 1), (B, "", 2), form=PANEL)
    assert findings.problems == []
    assert found == [
        (respondent_key("ab12", "zon"), "a", "1"),
        (respondent_key("22222222-bbbb", "zon/p25"), "a", "2"),
    ]


def test_a_code_twice_in_a_wave_is_refused_without_saying_which() -> None:
    _, findings = read(("KEY", "respondent_code", "a"), (A, "ab12", 1), (B, "AB12", 2), form=PANEL)
    (problem,) = findings.problems
    assert (problem.kind, problem.row, problem.details["first"]) == ("survey_key_twice", 3, "2")
    assert "ab12" not in line(problem).casefold()


def test_a_submission_twice_is_refused() -> None:
    assert problems(("KEY", "srh"), (A, "goed"), (A, "goed")) == [("survey_key_twice", 3, None)]


def test_rows_that_cannot_be_told_apart_are_refused() -> None:
    assert problems(("_id", "srh"), (1, "goed")) == [("survey_no_identity", 1, None)]
    assert problems(("KEY", "srh"), (A, "goed"), ("", "goed")) == [("survey_no_key", 3, None)]


# Which rows count


@pytest.mark.parametrize(
    ("column", "word"),
    [("_validation_status", "Not Approved"), ("_validation_status", "validation_status_not_approved"),
     ("ReviewState", "rejected")],
)  # fmt: skip
def test_what_a_reviewer_rejected_is_left_out_and_counted(column: str, word: str) -> None:
    cells = (("KEY", column, "srh"), (A, word, "goed"), (B, "approved", "matig"))
    assert answers(*cells) == [("srh", "matig")]
    assert repairs(*cells)["survey_rejected"].got == "afgekeurde inzendingen: 1"


def test_rows_without_any_answer_are_counted() -> None:
    cells = (("KEY", "srh", "kinderen"), (A, "goed", 1), (B, "", ""))
    assert len(answers(*cells)) == 2
    assert repairs(*cells)["survey_silent"].details["count"] == "1"  # 2 rows − 1 with answers


# Whatever is delivered

CELL = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.datetimes(),
    st.sampled_from(["goed", "park plein", "weetniet", "nvt", "1", "0", "=1+1", "\x00", "uuid:", "KEY", "naam"]),
)  # fmt: skip
TITLE = st.one_of(
    st.sampled_from(["KEY", "srh", "plek", "plek/park", "buurt-plek-plein", "kinderen", "Hoe ver?", "beter", "_id"]),
    CELL,
)
FORM = form_of()


@given(st.lists(TITLE, min_size=1, max_size=7), st.lists(st.lists(CELL, max_size=8), max_size=5))
def test_any_export_gives_answers_or_problems_with_a_place(header: list[Any], cells: list[list[Any]]) -> None:
    found, findings = read(header, *cells, form=FORM)
    for problem in (*findings.problems, *findings.repairs):
        assert line(problem).startswith(PLACE.file)
        assert problem.row is None or 1 <= problem.row <= 1 + len(cells)
    if not findings.problems:
        assert len({(key, item) for key, item, _ in found}) == len(found)
        allowed = {item: set(FORM.questions[item].choices) - {"weetniet"} for item in ("srh", "plek")}
        for _, item, answer in found:
            assert item in FORM.questions
            assert item not in allowed or answer is None or set(answer.split(";")) <= allowed[item]
