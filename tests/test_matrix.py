"""The coverage matrix: per indicator and year, the part of the regions that has a figure."""

import pandas as pd

from bt_analysis import figures


def coverage(*lines: tuple[str, int, str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(list(lines), columns=["indicator_id", "year", "level", "filled_pct", "status"])


ROWS = coverage(
    ("population", 2020, "buurt", 100.0, "complete"),
    ("population", 2024, "buurt", 96.7, "suppressed"),
    ("births", 2020, "buurt", 0.0, "not_yet_published"),
    ("births", 2024, "buurt", 0.0, "not_in_table"),
    ("crimes", 2020, "buurt", 0.0, "not_in_table"),
    ("crimes", 2024, "buurt", 0.0, "not_in_table"),
    ("population", 2020, "land", 100.0, "complete"),
    ("postcode", 2020, "land", 0.0, "not_at_this_level"),
)


def test_the_title_says_how_many_are_known() -> None:
    figure = figures.coverage_matrix(ROWS)
    assert figure.title.startswith("1 of 2 indicators are known for at least 90% of the regions (buurt)")
    assert "1 other indicators stand in none of these tables" in figure.note


def test_the_text_says_each_cell_and_rounds_down() -> None:
    figure = figures.coverage_matrix(ROWS)
    assert figure.text == "population: 2020 100%, 2024 96%; births: 2020 not yet published, 2024 not in table"
    assert ">96<" in figure.svg
    assert ">97<" not in figure.svg


def test_another_level_has_its_own_cells() -> None:
    figure = figures.coverage_matrix(ROWS, level="land")
    assert figure.text == "population: 2020 100%; postcode: 2020 not at this level"
    assert ">–<" in figure.svg


def test_nothing_to_draw_is_a_tile() -> None:
    for rows in (ROWS.head(0), ROWS[ROWS["indicator_id"].eq("crimes")]):
        assert figures.coverage_matrix(rows).svg == ""
