"""Cells: Dutch numbers and dates are read, what can mean two things is a problem, and repairs are listed."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.sources.cells import NoResult, Percent, Reading, read

BOUNDED = settings(derandomize=True, max_examples=100, deadline=None)


def field(type_: str, name: str = "x", unit: str = "", **constraints: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, "unit": unit, "constraints": constraints}


def kind(cell: object, type_: str, **constraints: Any) -> str | None:
    problem = read(cell, field(type_, **constraints)).problem
    return problem.kind if problem else None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12,5", 12.5),
        ("1234,5", 1234.5),
        ("1.234,5", 1234.5),
        ("1.234.567,89", 1234567.89),
        ("12.5", 12.5),
        ("1234.567", 1234.567),
        ("0,125", 0.125),
        ("0.125", 0.125),
        ("-3,25", -3.25),
        ("007", 7.0),
        (12, 12.0),
        (12.5, 12.5),
    ],
)
def test_numbers_in_dutch_notation_are_read(cell: object, value: float) -> None:
    assert read(cell, field("number")).value == value


@pytest.mark.parametrize("cell", ["1.234", "1,234", "-12.345", "999,000"])
def test_one_point_or_comma_before_three_digits_is_ambiguous(cell: str) -> None:
    reading = read(cell, field("number"))
    assert reading.value is None
    assert reading.problem is not None
    assert reading.problem.kind == "ambiguous_number"
    assert reading.problem.details["whole"] == cell.replace(".", "").replace(",", "")


@pytest.mark.parametrize(
    "cell",
    ["twaalf", "12 uur", "€ 12", "1 234", "1,2,3", "1.23.456", "nan", "inf", "--5", "١٢", "12%", "-", "+5"],
)
def test_text_that_is_no_number_is_a_problem(cell: str) -> None:
    assert kind(cell, "number") == "not_a_number"
    assert kind(cell, "integer") == "not_a_number"


def test_a_whole_number_with_a_thousands_point_is_read_and_listed() -> None:
    # 1.234 → 1 × 1000 + 234: a whole number has no decimals, so the point can only be that of a thousand.
    assert read("1.234", field("integer")) == Reading(1234, repairs=("thousands",))
    assert read("1.234.567", field("integer")) == Reading(1234567, repairs=("thousands",))
    # In a number with decimals it can be a latitude that lost its point: 1.234567.
    assert kind("1.234.567", "number") == "points_in_number"


def test_a_whole_number_with_a_comma_before_three_digits_is_ambiguous() -> None:
    assert kind("1,000", "integer") == "ambiguous_number"


@pytest.mark.parametrize(
    ("cell", "repairs"), [(3.0, ()), (3, ()), ("3,0", ("decimal_zero",)), ("3.00", ("decimal_zero",))]
)
def test_whole_numbers_stored_as_decimals_are_whole(cell: object, repairs: tuple[str, ...]) -> None:
    reading = read(cell, field("integer"))
    assert (reading.value, type(reading.value), reading.repairs) == (3, int, repairs)


@pytest.mark.parametrize("cell", [3.5, "3,5", "3.5"])
def test_half_a_person_is_a_problem(cell: object) -> None:
    assert kind(cell, "integer") == "not_whole"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (dt.datetime(2024, 2, 1), "date_in_number"),
        (dt.date(2024, 2, 1), "date_in_number"),
        (dt.time(1, 30), "time_in_number"),
        (dt.timedelta(hours=30), "time_in_number"),
        (True, "boolean_in_number"),
        (Percent(0.15), "percent_in_number"),
        (1e16, "too_large_number"),
        ("9" * 400, "too_large_number"),
        (float("nan"), "too_large_number"),
        ("#REF!", "error_cell"),
        ("#N/B", "error_cell"),
        (NoResult("=A1+1"), "no_result"),
    ],
)
def test_cells_that_excel_made_something_else_of_are_problems(cell: object, said: str) -> None:
    assert kind(cell, "number") == said
    assert kind(cell, "integer") == said


def test_a_percentage_is_read_where_the_unit_is_per_cent() -> None:
    # The cell shows 7% and holds 0.07; 0.07 × 100 = 7, without the rounding error of 7.000000000000001.
    assert read(Percent(0.07), field("number", unit="%")) == Reading(7.0, repairs=("percent",))
    assert read("15 %", field("number", unit="%")) == Reading(15.0, repairs=("percent",))
    assert str(Percent(0.155)) == "15,5%"


@pytest.mark.parametrize("unit", ["deel", "deel per jaar"])
@pytest.mark.parametrize(("cell", "share"), [(Percent(0.15), 15 / 100), ("15%", 15 / 100), ("7 %", 7 / 100)])
def test_a_percentage_of_a_share_is_a_hundredth(cell: object, share: float, unit: str) -> None:
    assert read(cell, field("number", unit=unit, maximum=1)) == Reading(share, repairs=("percent",))
    assert read(0.15, field("number", unit=unit, maximum=1)) == Reading(0.15)
    # Without the sign it is fifteen times the whole.
    assert kind(15, "number", maximum=1) == "maximum"


def test_a_number_as_text_is_listed_in_a_workbook_and_not_in_csv() -> None:
    assert read("12", field("integer")).repairs == ("number_as_text",)
    assert read("12", field("integer"), from_text=True).repairs == ()
    assert read("01-02-2024", field("date")).repairs == ("date_as_text",)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-02-01", dt.datetime(2024, 2, 1)),
        ("01-02-2024", dt.datetime(2024, 2, 1)),
        ("1-2-2024", dt.datetime(2024, 2, 1)),
        ("29-02-2024", dt.datetime(2024, 2, 29)),
        ("17/02/2023", dt.datetime(2023, 2, 17)),
        ("4/4/2023", dt.datetime(2023, 4, 4)),
        (dt.datetime(2024, 2, 1), dt.datetime(2024, 2, 1)),
        (dt.date(2024, 2, 1), dt.datetime(2024, 2, 1)),
    ],
)
def test_dates_that_mean_one_day_are_read(cell: object, day: dt.datetime) -> None:
    assert read(cell, field("date")).value == day


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("04/01/2023", "ambiguous_date"),
        ("1/2/2023", "ambiguous_date"),
        ("02/17/2023", "no_such_date"),
        ("31-02-2024", "no_such_date"),
        ("29-02-2023", "no_such_date"),
        ("00-01-2024", "no_such_date"),
        ("01-02-24", "two_digit_year"),
        ("1/2/'24", "two_digit_year"),
        ("01.02.24", "two_digit_year"),
        ("2024", "not_a_date"),
        ("1 march 2024", "not_a_date"),
        ("45323", "number_in_date"),
        ("01.02.2024", "not_a_date"),
        ("1-2/2024", "not_a_date"),
        ("voorjaar", "not_a_date"),
        ("01-02-0224", "far_date"),
        (dt.datetime(2204, 1, 1), "far_date"),
        (45323.0, "number_in_date"),
        (True, "not_a_date"),
        (dt.time(3), "not_a_date"),
    ],
)
def test_dates_that_are_not_one_day_are_problems(cell: object, said: str) -> None:
    assert kind(cell, "date") == said


def test_slashes_and_dropped_times_are_listed() -> None:
    assert read("17/02/2023", field("date")).repairs == ("slashes",)
    assert read("2023-02-17 13:30", field("date")) == Reading(dt.datetime(2023, 2, 17), repairs=("time_dropped",))


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-02-01T13:30:15", dt.datetime(2024, 2, 1, 13, 30, 15)),
        ("1-2-2024 9:05", dt.datetime(2024, 2, 1, 9, 5)),
        ("2024-02-01", dt.datetime(2024, 2, 1)),
        # Winter: UTC + 1 hour; summer: UTC + 2 hours.
        ("2024-02-01T12:00:00Z", dt.datetime(2024, 2, 1, 13)),
        ("2024-07-01T12:00:00+00:00", dt.datetime(2024, 7, 1, 14)),
        (dt.datetime(2024, 2, 1, 9, 5), dt.datetime(2024, 2, 1, 9, 5)),
    ],
)
def test_moments_are_read_as_dutch_time(cell: object, moment: dt.datetime) -> None:
    assert read(cell, field("datetime")).value == moment


def test_a_moment_that_does_not_exist_is_a_problem() -> None:
    assert kind("2024-02-01 25:00", "datetime") == "no_such_date"


@pytest.mark.parametrize("cell", [2024, 2024.0, "2024", " 2024 "])
def test_years_are_read(cell: object) -> None:
    assert read(cell, field("year", minimum=2001)).value == 2024


@pytest.mark.parametrize("cell", ["24", "'24", 24, 2024.5, dt.datetime(2024, 1, 1), True, float("inf")])
def test_what_is_no_year_is_a_problem(cell: object) -> None:
    assert kind(cell, "year") == "not_a_year"


@pytest.mark.parametrize(("cell", "value"), [("ja", True), ("Nee", False), ("WAAR", True), (False, False)])
def test_booleans_are_read(cell: object, value: bool) -> None:
    assert read(cell, field("boolean")).value is value


@pytest.mark.parametrize(("cell", "value"), [("yes", True), ("No", False)])
def test_english_booleans_are_read_and_listed(cell: str, value: bool) -> None:
    assert read(cell, field("boolean")) == Reading(value, repairs=("english_boolean",))


# A cross may say that it is so, or that it is crossed out.
@pytest.mark.parametrize("cell", ["misschien", 1, 0, "1", "x", "X", "✓", "v", "j", "n"])
def test_what_is_no_boolean_is_a_problem(cell: object) -> None:
    assert kind(cell, "boolean") == "not_a_boolean"


@pytest.mark.parametrize("cell", ["=1+1", "+31 6", "-", "@naam", "'s-Gravenhage", "<b>vet</b>", "👩‍👩‍👧"])
def test_text_is_data_whatever_it_begins_with(cell: str) -> None:
    assert read(cell, field("string")) == Reading(cell)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u200b", "\u202e", "\ufeff", "\ud800"])
@pytest.mark.parametrize("type_", ["string", "integer", "date"])
def test_characters_that_cannot_be_seen_are_refused(character: str, type_: str) -> None:
    assert kind(f"a{character}b", type_) == "control_character"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (dt.datetime(2024, 10, 2), "date_in_text"),
        (dt.time(3), "date_in_text"),
        (True, "boolean_in_text"),
        (1.5, "decimal_in_text"),
        (Percent(0.5), "decimal_in_text"),
        ("#NAAM?", "error_cell"),
    ],
)
def test_text_that_excel_made_something_else_of_is_a_problem(cell: object, said: str) -> None:
    assert kind(cell, "string") == said


def test_spaces_and_lines_in_text_are_repaired() -> None:
    assert read("  Zonnewijk\u00a0", field("string")) == Reading("Zonnewijk", repairs=("spaces",))
    assert read("een\r\n twee\tdrie", field("string")) == Reading("een twee drie", repairs=("line_breaks",))
    assert read(12345678.0, field("string", pattern=r"^\d{8}$")) == Reading("12345678", repairs=("text_as_number",))


@pytest.mark.parametrize("cell", [1234567.0, 1234567, "1234567", "12"])
def test_a_leading_zero_that_excel_dropped_is_a_problem(cell: object) -> None:
    assert kind(cell, "string", pattern=r"^\d{8}$") == "zeros_lost"


@pytest.mark.parametrize("cell", ["123456789", "1234567a", 123456789, "-1234567"])
def test_zeros_are_only_lost_where_they_would_make_the_code(cell: object) -> None:
    assert kind(cell, "string", pattern=r"^\d{8}$") == "pattern"


@pytest.mark.parametrize("cell", ["1,23E+11", "1E+05", "1.23457E+15", 1e15, 1234567890123456789])
def test_a_code_that_lost_its_digits_is_a_problem(cell: object) -> None:
    assert kind(cell, "string") == "digits_lost"


def test_a_long_number_in_a_cell_still_has_all_its_digits() -> None:
    # Excel shows 1,23457E+11 and stores 123456789012.
    assert read(123456789012.0, field("string")) == Reading("123456789012", repairs=("text_as_number",))
    assert read("1e5", field("string", pattern="^[a-z0-9]+$")) == Reading("1e5")


@pytest.mark.parametrize("unit", ["uur", "euro"])
def test_a_unit_is_left_out_where_it_is_that_of_the_field(unit: str) -> None:
    for type_ in ("number", "integer"):
        assert read(f"12 {unit}", field(type_, unit=unit)) == Reading(12, repairs=("unit",))
        assert read("12 dagen", field(type_, unit=unit)).problem is not None


def test_lists_are_read_without_spaces_and_empty_parts() -> None:
    lists = field("string") | {"listOf": {}}
    assert read("BU00010001; BU00010002 ;", lists) == Reading("BU00010001;BU00010002", repairs=("list_spaces",))
    assert read("BU00010001\nBU00010002", lists) == Reading("BU00010001;BU00010002", repairs=("list_spaces",))
    assert read("a; b", field("string", name="note")).value == "a; b"
    assert read(8011, lists) == Reading("8011", repairs=("text_as_number",))


def test_a_list_without_any_value_is_not_recorded() -> None:
    assert read("nvt", field("string") | {"listOf": {}}).reason == "not_applicable"
    assert read(" ; ;", field("string") | {"listOf": {}}).reason == "not_recorded"
    assert read(";", field("string", required=True) | {"listOf": {}}).problem is not None


def test_a_list_holds_options_only_and_says_which_part_is_none() -> None:
    lists = field("string") | {"listOf": {"enum": ["welzijn", "zeggenschap"]}}
    assert read("Welzijn;zeggenschap", lists) == Reading("welzijn;zeggenschap", repairs=("capitals",))
    problem = read("welzijn; sport", lists).problem
    assert problem is not None
    assert (problem.kind, problem.details) == ("list_option", {"part": "sport", "at": 2})


@pytest.mark.parametrize(
    ("cell", "reason", "repairs"),
    [
        (None, "not_recorded", ()),
        ("", "not_recorded", ()),
        ("  ", "not_recorded", ()),
        ("nvt", "not_applicable", ()),
        ("NVT", "not_applicable", ("capitals",)),
        (" weigert", "refused", ("spaces",)),
        ("weetniet", "unknown", ()),
        ("onderdrukt", "suppressed", ()),
    ],
)
@pytest.mark.parametrize("type_", ["string", "integer", "number", "date", "year"])
def test_missing_values_keep_their_reason(cell: object, reason: str, repairs: tuple[str, ...], type_: str) -> None:
    assert read(cell, field(type_)) == Reading(None, reason, None, repairs)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("n.v.t.", "not_applicable"),
        ("N.v.t", "not_applicable"),
        ("nvt.", "not_applicable"),
        ("weet niet", "unknown"),
        ("Weet-niet", "unknown"),
    ],
)
def test_reasons_may_be_written_as_people_do(cell: str, reason: str) -> None:
    for type_ in ("string", "integer", "date"):
        assert read(cell, field(type_)) == Reading(None, reason, repairs=("missing_spelling",))
    # What somebody said is data: only the exact word is a reason there.
    assert read("Weet niet", field("string") | {"freeText": True}) == Reading("Weet niet")


@pytest.mark.parametrize("cell", ["onbekend", "-", "?", ".", "geen", "n t", "wn"])
def test_what_may_be_another_reason_is_a_problem(cell: str) -> None:
    assert kind(cell, "integer") == "not_a_number"


def test_hard_spaces_become_spaces() -> None:
    assert read("Anna\u00a0Paulowna", field("string")) == Reading("Anna Paulowna", repairs=("hard_spaces",))
    assert read("12\u00a0uur", field("number", unit="uur")) == Reading(12.0, repairs=("hard_spaces", "unit"))


@pytest.mark.parametrize("cell", [None, "", "  ", "nvt", "WEETNIET", "n.v.t."])
def test_a_required_cell_needs_a_value(cell: object) -> None:
    assert kind(cell, "integer", required=True) == "required"


def test_zero_is_a_value_and_not_missing() -> None:
    assert read(0, field("integer", required=True)).value == 0
    assert read(0.0, field("number")).reason is None


def test_enum_values_may_differ_in_capitals_only() -> None:
    options = ["lijst", "telling", "energie_klimaat"]
    assert read("lijst", field("string", enum=options)).repairs == ()
    assert read("Lijst", field("string", enum=options)) == Reading("lijst", repairs=("capitals",))
    assert kind("iets anders", "string", enum=options) == "enum"
    assert read("Energie-klimaat", field("string", enum=options)).value == "energie_klimaat"
    problem = read("energie en klimaat", field("string", enum=options)).problem
    assert problem is not None
    assert (problem.kind, problem.details) == ("close_enum", {"suggestion": "energie_klimaat"})


@pytest.mark.parametrize(
    ("cell", "type_", "constraints", "said"),
    [
        (-1, "integer", {"minimum": 0}, "minimum"),
        ("-1", "integer", {"minimum": 0}, "minimum"),
        (101, "number", {"maximum": 100}, "maximum"),
        (100, "number", {"maximum": 100}, None),
        ("31-12-2019", "date", {"minimum": "2020-01-01"}, "minimum"),
        ("A1", "string", {"pattern": "^[a-z0-9]+$"}, "pattern"),
        ("a1\n", "string", {"pattern": "^[a-z0-9]+$"}, None),
        ("a1 b", "string", {"pattern": "^[a-z0-9]+$"}, "pattern"),
    ],
)
def test_constraints_are_held_against_the_value(
    cell: object, type_: str, constraints: dict[str, Any], said: str | None
) -> None:
    assert kind(cell, type_, **constraints) == said


def dutch(number: float, decimals: int) -> str:
    """Write a number as a Dutch spreadsheet does: 1234.5 → 1.234,5."""
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


@BOUNDED
@given(st.integers(-(10**13), 10**13), st.sampled_from([1, 2, 4]))
def test_dutch_numbers_come_back(scaled: int, decimals: int) -> None:
    number = scaled / 10**decimals
    text = dutch(number, decimals)
    reading = read(text, field("number"), from_text=True)
    assert reading.value == pytest.approx(float(text.replace(".", "").replace(",", ".")), abs=0)


@BOUNDED
@given(st.integers(-(10**15), 10**15))
def test_dutch_whole_numbers_come_back(number: int) -> None:
    assert read(dutch(number, 0), field("integer"), from_text=True).value == number
    assert read(str(number), field("integer"), from_text=True).value == number


@BOUNDED
@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_dates_come_back(day: dt.date) -> None:
    moment = dt.datetime.combine(day, dt.time())
    for text in (f"{day:%d-%m-%Y}", f"{day.day}-{day.month}-{day.year}", day.isoformat()):
        assert read(text, field("date"), from_text=True) == Reading(moment)


@BOUNDED
@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_a_date_with_slashes_is_right_or_a_problem(day: dt.date) -> None:
    reading = read(f"{day:%d/%m/%Y}", field("date"), from_text=True)
    ambiguous = day.day <= 12 and day.day != day.month
    assert (reading.problem is not None) == ambiguous
    assert ambiguous or reading.value == dt.datetime.combine(day, dt.time())


def test_a_code_that_excel_made_a_date_of_is_a_problem() -> None:
    # 3-1 typed in Excel becomes 3 January of this year.
    assert kind(dt.datetime(2026, 1, 3), "string", pattern="^[0-9-]+$") == "date_in_text"
    assert kind(dt.datetime(2026, 1, 3), "integer") == "date_in_number"


@BOUNDED
@given(st.text(max_size=12), st.sampled_from(["string", "integer", "number", "date", "datetime", "year", "boolean"]))
def test_any_text_gives_a_value_a_reason_or_a_problem(text: str, type_: str) -> None:
    reading = read(text, field(type_))
    assert [reading.value is None, reading.reason is None, reading.problem is None].count(False) == 1


def test_a_missing_word_that_is_an_option_is_the_option() -> None:
    field = {"name": "response", "type": "string", "constraints": {"enum": ["doet_mee", "weigert", "stopt"]}}
    assert read("weigert", field).value == "weigert"
    assert read("weetniet", field).reason == "unknown"
