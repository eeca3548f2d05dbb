"""Columns of numbers: every mark people and programs write, and what is refused because it can be read in two ways."""

import datetime as dt

import pandas as pd
import pytest

from bt_analysis.sources.number_columns import MAP_MISSING, UnreadableColumn, numbers, texts


def column(*cells: object) -> pd.Series:
    return pd.Series(list(cells), name="Mannen", dtype=object)


def read(*cells: object) -> list[float | None]:
    return [None if pd.isna(number) else number for number in numbers(column(*cells))]


@pytest.mark.parametrize("mark", ["       .", ".", "", "NA", "null", "?", "-", ",", None])
def test_a_missing_mark_is_no_figure_and_zero_is_one(mark: str | None) -> None:
    assert read(mark, "0", "      12") == [None, 0, 12]


def test_the_decimal_mark_is_decided_per_column() -> None:
    assert read("1,8", "11", "-0,5") == [1.8, 11, -0.5]
    assert read("416.0", "6") == [416, 6]
    # Dutch thousands beside a decimal comma cannot be decimals.
    assert read("1.234,5", "2,5") == [1234.5, 2.5]


@pytest.mark.parametrize("cell", ["1.234", "-1.234", "12,345"])
def test_three_digits_behind_the_only_mark_are_thousands_or_decimals(cell: str) -> None:
    with pytest.raises(UnreadableColumn, match="thousands or decimals"):
        numbers(column(cell, "12"))


def test_three_decimals_are_read_where_one_of_them_cannot_be_thousands() -> None:
    # The scores of SES-WOA: no number of thousands starts with a zero.
    assert read("-0.100", "1.010") == [-0.1, 1.01]


def test_padding_is_cbs_own_and_so_is_its_decimal_point() -> None:
    assert read("   1.010", "   2.020") == [1.01, 2.02]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1E+05", "powers of ten"),
        ("52.468.987", "more than one decimal mark"),
        ("#REF!", "an error of a formula"),
        ("#N/A", "an error of a formula"),
        ("1-2-2020", "a date"),
        ("twaalf", "no number"),
    ],
)
def test_damage_is_named_and_not_repaired(cell: str, reason: str) -> None:
    with pytest.raises(UnreadableColumn, match=reason) as problem:
        numbers(column("12", cell))
    assert "'Mannen'" in str(problem.value)
    assert cell in str(problem.value)


def test_two_decimal_marks_in_one_column_are_refused() -> None:
    with pytest.raises(UnreadableColumn, match=r"'416.0' beside '1,8'"):
        numbers(column("1,8", "416.0"))


def test_cells_of_a_workbook_are_numbers_already() -> None:
    assert read(12, 1.5, "7", None) == [12, 1.5, 7, None]


@pytest.mark.parametrize("cell", [dt.date(2020, 1, 2), True])
def test_a_date_or_truth_in_a_workbook_is_no_number(cell: object) -> None:
    with pytest.raises(UnreadableColumn, match="no number"):
        numbers(column(12, cell))


def test_only_a_map_writes_a_large_negative_number_for_no_figure() -> None:
    cells = pd.Series([3, MAP_MISSING, -99999999], name="OAD")
    assert numbers(cells, is_map=True).tolist()[0] == 3
    assert numbers(cells, is_map=True).isna().tolist() == [False, True, True]
    # Elsewhere it is a figure: a median wealth may be far below zero.
    assert numbers(cells)[2] == -99999999


def test_texts_lose_their_padding_and_keep_the_point() -> None:
    cells = pd.Series(["Utrecht   ", ".", "NA", "", None], dtype=object)
    assert texts(cells).tolist()[:2] == ["Utrecht", "."]
    assert texts(cells).isna().tolist() == [False, False, True, True, True]


def test_a_postcode_that_a_workbook_holds_as_a_number_is_a_text() -> None:
    assert texts(pd.Series([3533, 3533.0, "9468"], dtype=object)).tolist() == ["3533", "3533", "9468"]
