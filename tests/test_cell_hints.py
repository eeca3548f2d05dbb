"""Hints in cells: what each kind of field allows, and what a volunteer reads when a cell is chosen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import openpyxl
import pytest

from bt_analysis import schema
from bt_analysis.sources.blank_form import Form, Lists, workbook_words
from bt_analysis.sources.cell_hints import (
    FORMATS,
    WIDTHS,
    example,
    explanation,
    form_description,
    is_required,
    validation,
)


def form(lang: str = "nl") -> Form:
    sheets = {"activity": "Activiteit" if lang == "nl" else "Activity"}
    return Form(lang, "zon", sheets, Lists(openpyxl.Workbook().worksheets[0]))


def field(type_: str, *, required: bool = False, **parts: Any) -> dict[str, Any]:
    constraints = {**parts.pop("constraints", {}), **({"required": True} if required else {})}
    return {"name": "x", "type": type_, "title": "titel", "title_en": "title", "constraints": constraints, **parts}


def rule(field_: dict[str, Any], parent: str | None = None, lang: str = "nl") -> Any:
    return validation(field_, parent, form(lang))


@pytest.mark.parametrize(
    ("field_", "kind", "low", "high"),
    [
        (field("integer", constraints={"minimum": 0}), "whole", "0", str(10**15)),
        (field("integer", constraints={"minimum": 1, "maximum": 5}), "whole", "1", "5"),
        (field("year", constraints={"minimum": 2001, "maximum": 2100}), "whole", "2001", "2100"),
        (field("number", constraints={"minimum": 0, "maximum": 100}), "decimal", "0", "100"),
        (field("number"), "decimal", str(-(10**15)), str(10**15)),
        # Up to 31 December 2100: 200 years, 49 leap days (1904 … 2096), the leap day that Excel gives 1900, and 2100.
        (field("date"), "date", "1", str(200 * 365 + 49 + 1 + 365)),
        (field("datetime"), "date", "1", str((dt.date(2100, 12, 31) - dt.date(1899, 12, 30)).days)),
    ],
)
def test_numbers_and_dates_have_limits(field_: dict[str, Any], kind: str, low: str, high: str) -> None:
    made = rule(field_)
    assert (made.type, made.operator, made.formula1, made.formula2) == (kind, "between", low, high)


def test_options_are_a_drop_down() -> None:
    assert rule(field("string", constraints={"enum": ["lijst", "telling"]})).formula1 == '"lijst,telling"'
    assert rule(field("boolean")).formula1 == '"ja,nee"'


def test_text_and_lists_have_a_hint_and_no_limit() -> None:
    for made in (rule(field("string")), rule(field("string", listOf={"enum": ["a", "b"]}))):
        assert (made.type, made.showErrorMessage, made.showInputMessage) == (None, False, True)


def test_a_required_cell_stops_and_another_warns_as_a_reason_may_stand_there() -> None:
    needed, free = rule(field("integer", required=True)), rule(field("integer"))
    assert (needed.errorStyle, free.errorStyle) == ("stop", "warning")
    assert "nvt, weigert, weetniet of onderdrukt" in free.error
    assert "nvt" not in needed.error


def test_the_code_of_the_collective_is_the_only_choice_and_another_code_may_be_typed() -> None:
    own = rule(field("string", name="collective_id", required=True))
    assert (own.formula1, own.showErrorMessage) == ('"zon"', True)
    parent = rule(field("string", name="activity_id", required=True), "'Activiteit'!$A$6:$A$9")
    assert (parent.type, parent.formula1, parent.showErrorMessage) == ("list", "'Activiteit'!$A$6:$A$9", False)


def test_the_hint_says_what_it_is_an_example_and_whether_it_is_needed() -> None:
    made = rule(field("number", required=True, description="Hoe lang", unit="uur", example=72.5))
    assert made.prompt == "Hoe lang. Hier hoort: een getal. Eenheid: uur. Voorbeeld: 72,5. Nodig."
    assert rule(field("string", description="Welke", listOf={})).prompt == "Welke. Nog een waarde? Zet er ; tussen."


def test_a_hint_is_never_longer_than_excel_allows() -> None:
    made = rule(field("string", description="d" * 200, example="e" * 100, title="t" * 50, required=True))
    # The example does not fit any more; that the cell is needed does.
    assert made.prompt == "d" * 200 + ". Nodig."
    assert made.promptTitle == "t" * 31 + "…"


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("table", schema.MONITORING)
def test_all_hints_of_all_tables_fit_and_say_something(table: str, lang: str) -> None:
    for field_ in schema.load(table)["fields"]:
        made = validation(field_, None, form(lang))
        assert 0 < len(made.prompt or "") <= 255
        assert 0 < len(made.promptTitle or "") <= 32
        assert 0 < len(made.error or "") <= 225
        assert len(made.formula1 or "") <= 255
        assert field_["type"] in FORMATS
        assert field_["type"] in WIDTHS
        assert (made.errorStyle == "stop") == is_required(field_)


@pytest.mark.parametrize(
    ("field_", "typed"),
    [
        (field("boolean", example=True), "ja"),
        (field("boolean", example=False), "nee"),
        (field("number", example=72.5), "72,5"),
        (field("number", example=450), "450"),
        (field("date", example="2025-01-15"), "15-01-2025"),
        (field("datetime", example="2025-04-02T20:15:00"), "02-04-2025 20:15"),
        (field("year", example=2024), "2024"),
        (field("string", example="a;b"), "a;b"),
    ],
)
def test_examples_are_written_as_a_person_types_them(field_: dict[str, Any], typed: str) -> None:
    assert example(field_, form()) == typed


def test_a_sheet_is_called_as_in_the_workbook() -> None:
    told: dict[str, Any] = {"description": "Zie blad activity en blad source", "description_en": "See sheet activity"}
    assert form_description(field("string", **told), form()) == "Zie blad Activiteit en blad source"
    assert form_description(field("string", **told), form("en")) == "See sheet Activity"


def test_the_comment_on_a_column_says_everything_once() -> None:
    number = field("integer", description="Hoeveel", unit="personen", example=3)
    assert explanation(number, form()).text.splitlines() == [
        "Hoeveel.",
        "Hier hoort: een heel getal.",
        "Eenheid: personen.",
        "Voorbeeld: 3.",
        "Mag leeg blijven.",
    ]
    pattern = field("string", required=True, description="8 cijfers", constraints={"pattern": "[0-9]{8}"})
    assert explanation(pattern, form()).text.splitlines() == ["8 cijfers.", "Nodig."]


def test_long_lists_stand_on_a_hidden_sheet_once() -> None:
    sheet = openpyxl.Workbook().worksheets[0]
    sheet.title = "Keuzes"
    lists = Lists(sheet)
    assert lists.formula(["a", "b"]) == '"a,b"'
    assert not lists.is_used
    options = [f"keuze {number:03}" for number in range(40)]  # 40 × 9 characters and 39 commas = 399
    assert lists.formula(options) == "'Keuzes'!$A$1:$A$40"
    assert lists.formula(["a,b", "c"]) == "'Keuzes'!$B$1:$B$2"
    assert lists.formula(options) == "'Keuzes'!$A$1:$A$40"
    assert [cell.value for cell in sheet["A"]] == options
    assert (sheet.sheet_state, lists.is_used) == ("hidden", True)


def test_a_list_is_written_in_the_rule_as_long_as_excel_reads_it() -> None:
    lists = Lists(openpyxl.Workbook().worksheets[0])
    assert lists.formula(["x" * 125, "y" * 124]).startswith('"')  # 125 + 1 + 124 = 250
    assert not lists.formula(["x" * 125, "y" * 125]).startswith('"')


def test_the_words_of_both_languages_are_the_same_ones() -> None:
    def keys(words: dict[str, Any]) -> dict[str, Any]:
        return {name: keys(value) if isinstance(value, dict) else type(value) for name, value in words.items()}

    dutch, english = workbook_words("nl"), workbook_words("en")
    assert keys(dutch) == keys(english)
    assert [len(lines) for _, lines in dutch["readme"]["sections"]] == [
        len(lines) for _, lines in english["readme"]["sections"]
    ]
    with pytest.raises(ValueError, match="'fr' has no blank workbook; expected one of nl, en"):
        workbook_words("fr")
