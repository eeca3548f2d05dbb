"""Dutch notations one by one: what a text is read as, what is noted of it, and what English reads otherwise."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import datetime as dt

import pytest

from bt_analysis.sources.notations import (
    CellError,
    moment_from_text,
    not_too_large,
    number_from_text,
    whole_number_from_text,
)


def number(text: str, unit: str = "") -> tuple[float, list[str]]:
    repairs: list[str] = []
    return number_from_text(text, repairs, unit=unit), repairs


def whole(text: str, unit: str = "") -> tuple[int, list[str]]:
    repairs: list[str] = []
    return whole_number_from_text(text, repairs, unit=unit), repairs


def refusal(text: str, unit: str = "") -> str:
    """Return the one kind of problem that a text is, as a number and as a whole number."""
    kinds = set()
    for read in (number, whole):
        with pytest.raises(CellError) as told:
            read(text, unit)
        kinds.add(told.value.kind)
    assert len(kinds) == 1
    return kinds.pop()


def moment(text: str) -> tuple[dt.datetime, list[str]]:
    repairs: list[str] = []
    return moment_from_text(text, repairs), repairs


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        ("1.234,5", 1 * 1000 + 234 + 0.5, ["thousands"]),
        ("-1.234.567,5", -(1 * 1000**2 + 234 * 1000 + 567 + 0.5), ["thousands"]),
        ("0.500", 0.5, []),  # no thousand begins with a zero, so the point can only be a decimal one
        ("1234,567", 1234 + 0.567, []),
        ("12.3456", 12.3456, []),
        ("1.000.000.000.000.000,0", 10**15, ["thousands"]),
    ],
)
def test_a_number_that_can_mean_one_thing(text: str, value: float, repairs: list[str]) -> None:
    assert number(text) == (value, repairs)


@pytest.mark.parametrize(("text", "whole"), [("1.234", "1234"), ("12,345", "12345"), ("-999.000", "-999000")])
def test_a_number_that_can_mean_two_things_says_how_to_write_the_whole_one(text: str, whole: str) -> None:
    with pytest.raises(CellError) as told:
        number(text)
    assert (told.value.kind, told.value.details) == ("ambiguous_number", {"whole": whole})
    assert number(whole)[0] == int(whole)


@pytest.mark.parametrize(
    "text", ["1,234.5", "1,234,567", "01.234.567", "1.2345,6", ",5", "5,", "1 000", "−5", "5%", ""]
)
def test_english_and_torn_notations_are_no_numbers(text: str) -> None:
    with pytest.raises(CellError, match="not_a_number"):
        number(text)


@pytest.mark.parametrize(("text", "value"), [("12,5%", 12.5), ("12,5 %", 12.5), ("100%", 100.0), ("7", 7.0)])
def test_per_cent_is_a_unit_and_no_division_by_a_hundred(text: str, value: float) -> None:
    assert number(text, "%") == (value, ["percent"] if "%" in text else [])


def test_what_a_spreadsheet_no_longer_holds_exactly_is_refused() -> None:
    assert not_too_large(-(10.0**15)) == -(10**15)
    for large in (10.0**15 + 1, float("inf"), float("nan")):
        with pytest.raises(CellError, match="too_large_number"):
            not_too_large(large)
    with pytest.raises(CellError, match="too_large_number"):
        whole("1.000.000.000.000.001")


@pytest.mark.parametrize(
    ("text", "expected", "repairs"),
    [
        ("31-12-2024 23:59:30.5", dt.datetime(2024, 12, 31, 23, 59, 30, 500_000), []),
        ("13/2/2024 9:05", dt.datetime(2024, 2, 13, 9, 5), ["slashes"]),
        # Half an hour before midnight in London is half past midnight, next year, in Zwolle.
        ("2023-12-31T23:30:00Z", dt.datetime(2024, 1, 1, 0, 30), ["time_zone"]),
        ("2024-07-01T12:00+0200", dt.datetime(2024, 7, 1, 12), ["time_zone"]),
        # An hour after the clock went from 2 to 3: 01:30 UTC + 2 hours, and an hour earlier 00:30 UTC + 1 hour.
        ("2024-03-31T01:30Z", dt.datetime(2024, 3, 31, 3, 30), ["time_zone"]),
        ("2024-03-31T00:30Z", dt.datetime(2024, 3, 31, 1, 30), ["time_zone"]),
    ],
)
def test_a_moment_is_dutch_local_time(text: str, expected: dt.datetime, repairs: list[str]) -> None:
    assert moment(text) == (expected, repairs)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11/12/2024", "ambiguous_date"),
        ("2024-02-01 9:05:60", "no_such_date"),
        ("2024-02-01 9.05", "not_a_date"),
        ("0001-01-01T00:00+14:00", "no_such_date"),
    ],
)
def test_what_is_no_one_moment_is_refused(text: str, kind: str) -> None:
    with pytest.raises(CellError, match=f"^{kind}$"):
        moment(text)


def test_day_and_month_that_are_the_same_are_not_mixed_up() -> None:
    assert moment("4/4/2024") == (dt.datetime(2024, 4, 4), ["slashes"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("52.468.987", 52 * 1000**2 + 468 * 1000 + 987), ("-1.234.567", -1234567), ("1.250", 1250), ("999.999", 999_999)],
)
def test_points_can_only_be_of_thousands_in_a_whole_number(text: str, value: int) -> None:
    assert whole(text) == (value, ["thousands"])


@pytest.mark.parametrize(("text", "written"), [("52.468.987", "52468987"), ("-6.093.123", "-6093123")])
def test_more_points_in_a_number_may_be_a_latitude_that_excel_damaged(text: str, written: str) -> None:
    # 52.468987 degrees north is in the Netherlands; 52 million is a number too.
    with pytest.raises(CellError) as told:
        number(text)
    assert (told.value.kind, told.value.details) == ("points_in_number", {"whole": written})
    assert number(written)[0] == int(written)


@pytest.mark.parametrize("text", ["1E+05", "1,00E+05", "1.23E+11", "1e3", "-4,5E-7", "2E10"])
def test_a_number_that_lost_its_digits_is_refused(text: str) -> None:
    assert refusal(text) == "digits_lost"


@pytest.mark.parametrize(
    "text",
    [
        *("ca. 40", "ca 40", "Circa 40", "plm. 40", "±40", "± 40", "~40", "+/- 40", "<10", "≥ 10", "minder dan 10"),
        *("10-15", "10 - 15", "10–15", "10 à 15", "10 tot 15", "10 of 12", "5/6", "40+", "40 ?", "40 of meer"),
    ],
)
def test_a_range_or_a_guess_is_no_number(text: str) -> None:
    assert refusal(text) == "about_number"


@pytest.mark.parametrize("text", ["1:30", "120:05", "1:30:00", "1:30 uur"])
def test_hours_and_minutes_are_no_number_of_hours(text: str) -> None:
    # 1:30 is one hour and a half, 1,5 and not 1,30.
    assert refusal(text, "uur") == "time_in_number"


@pytest.mark.parametrize(
    ("text", "unit", "value", "repairs"),
    [
        ("12 uur", "uur", 12, ["unit"]),
        ("12,5 uren", "uur", 12.5, ["unit"]),
        ("12,5u", "uur", 12.5, ["unit"]),
        ("€ 1.250,-", "euro", 1250, ["unit"]),
        ("€ 1.250,--", "euro", 1250, ["unit"]),
        ("1250,-", "euro", 1250, ["unit"]),
        ("€12,50", "euro", 12.5, ["unit"]),
        ("EUR 12,50", "euro", 12.5, ["unit"]),
        ("12,50 euro", "euro", 12.5, ["unit"]),
        ("-3 keer", "keren", -3, ["unit"]),
        ("3 m3", "m3", 3, ["unit"]),
        ("15 %", "%", 15, ["percent"]),
    ],
)
def test_the_unit_of_the_field_may_stand_beside_the_number(
    text: str, unit: str, value: float, repairs: list[str]
) -> None:
    assert number(text, unit) == (value, repairs)


@pytest.mark.parametrize(
    ("text", "unit", "kind"),
    [
        ("12 uur", "", "not_a_number"),
        ("12 uur", "euro", "not_a_number"),
        ("3 dagen", "uur", "not_a_number"),
        ("€ 12", "uur", "not_a_number"),
        ("12,-", "uur", "not_a_number"),
        ("uur", "uur", "not_a_number"),
        ("ca. 40 uur", "uur", "about_number"),
        ("1,250 euro", "euro", "ambiguous_number"),
    ],
)
def test_another_unit_is_no_number(text: str, unit: str, kind: str) -> None:
    assert refusal(text, unit) == kind


def test_a_unit_does_not_make_a_thousand_sure() -> None:
    with pytest.raises(CellError, match=r"^ambiguous_number$"):
        number("€ 1.250", "euro")
    assert whole("€ 1.250", "euro") == (1250, ["unit", "thousands"])


def test_a_whole_number_has_no_decimals() -> None:
    assert whole("12,0") == (12, ["decimal_zero"])
    with pytest.raises(CellError, match=r"^not_whole$"):
        whole("12,5")


@pytest.mark.parametrize(
    "text", ["1 maart 2024", "1 Maart 2024", "01-mrt-2024", "1 mrt. 2024", "1 maa 2024", "1-3-2024", "2024-3-1"]
)
def test_a_month_may_have_its_dutch_name(text: str) -> None:
    day, repairs = moment(text)
    assert day == dt.datetime(2024, 3, 1)
    assert repairs == (["month_name"] if any(letter.isalpha() for letter in text) else [])


def test_every_month_has_its_full_and_its_short_name() -> None:
    short = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sept", "okt", "nov", "dec"]
    full = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"]
    full += ["september", "oktober", "november", "december"]
    for number_, names in enumerate(zip(short, full, strict=True), start=1):
        assert [moment(f"2 {name} 2024")[0] for name in names] == [dt.datetime(2024, number_, 2)] * 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("31 april 2024", "no_such_date"),
        ("1 voorjaar 2024", "not_a_date"),
        ("1 march 2024", "not_a_date"),
        ("maart 2024", "not_a_date"),
        ("1 maart '24", "not_a_date"),
        # What Excel stores for 1 March 2024: 45352 days after 30 December 1899.
        ("45352", "number_in_date"),
    ],
)
def test_what_is_no_date_is_refused(text: str, kind: str) -> None:
    with pytest.raises(CellError, match=f"^{kind}$"):
        moment(text)
