"""Dutch notations one by one: what a text is read as, what is noted of it, and what English reads otherwise."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import datetime as dt

import pytest

from bt_analysis.sources.notations import CellError, moment_from_text, not_too_large, number_from_text


def number(text: str, *, percent: bool = False) -> tuple[float, list[str]]:
    repairs: list[str] = []
    return number_from_text(text, repairs, percent=percent), repairs


def moment(text: str) -> tuple[dt.datetime, list[str]]:
    repairs: list[str] = []
    return moment_from_text(text, repairs), repairs


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        ("1.234,5", 1 * 1000 + 234 + 0.5, []),
        ("-1.234.567", -(1 * 1000**2 + 234 * 1000 + 567), ["thousands"]),
        ("0.500", 0.5, []),  # no thousand begins with a zero, so the point can only be a decimal one
        ("1234,567", 1234 + 0.567, []),
        ("12.3456", 12.3456, []),
        ("1.000.000.000.000.000", 10**15, ["thousands"]),
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
    assert number(text, percent=True) == (value, ["percent"] if "%" in text else [])


def test_what_a_spreadsheet_no_longer_holds_exactly_is_refused() -> None:
    assert not_too_large(-(10.0**15)) == -(10**15)
    for large in (10.0**15 + 1, float("inf"), float("nan")):
        with pytest.raises(CellError, match="too_large_number"):
            not_too_large(large)
    with pytest.raises(CellError, match="too_large_number"):
        number("1.000.000.000.000.001")


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
