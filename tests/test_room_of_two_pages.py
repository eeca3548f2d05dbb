"""What the two pages have room for: long words are cut, series are told by their ends, and the rest stands behind."""

from typing import Any

import pytest

from bt_analysis import figures
from bt_analysis.pages import give_and_take, lessons, measurements, words
from tests.html_text import text_of
from tests.test_lesson_pages import report


@pytest.mark.parametrize(
    ("text", "most", "cut"), [("een twee drie", 3, "een twee drie"), ("een twee drie", 2, "een twee …"), ("", 2, "")]
)
def test_what_somebody_wrote_is_cut_at_a_word(text: str, most: int, cut: str) -> None:
    assert words.cut(text, most) == cut


def test_a_lesson_that_is_cut_stands_whole_behind_its_section(page: Any) -> None:
    long = " ".join(f"w{at}" for at in range(lessons.MOST_WORDS + 1))
    content = report(page, {"context": long})
    assert f"w{lessons.MOST_WORDS - 1} …" in text_of(lessons.section(content))
    assert long in text_of(lessons.others(content))
    assert lessons.others(report(page, {})) == ""


def test_activities_of_several_years_share_a_line(page: Any) -> None:
    rows = page.activities(
        {"title": "Isolatieavond 2023", "start": "2023-01-09", "end": "2023-12-01"},
        {"title": "Isolatieavond 2024", "start": "2024-01-09", "end": "2024-12-01"},
        {"title": "Feest", "start": "2024-06-01", "end": "2024-06-01"},
    )
    svg = figures.timeline(page.content(activities=rows)).svg
    assert svg.count(">Isolatieavond<") == 1
    assert svg.count(">Feest<") == 1
    assert "Isolatieavond 2023" in figures.timeline(page.content(activities=rows)).text  # each is told


def counted(year: int, value: float, **more: Any) -> dict[str, Any]:
    return {
        "question": "measurements", "indicator_id": "adviezen", "group_label": f"{year}-01-01/{year}-12-31",
        "value": value, "n": value, "unit": "aantal", "population": "huishoudens", "method": "telling",
    } | more  # fmt: skip


def test_a_series_is_told_by_its_first_and_last_value(page: Any) -> None:
    told = text_of(measurements.in_short(page.content(counted(2022, 151), counted(2023, 160), counted(2024, 183))))
    assert "151 · 2022 183 · 2024" in told
    assert "160" not in told


def test_a_single_value_has_no_last_one(page: Any) -> None:
    assert text_of(measurements.in_short(page.content(counted(2024, 183)))).endswith("183 · 2024 –")


def test_of_many_series_the_others_are_counted(page: Any) -> None:
    rows = [counted(2024, 10 + at, indicator_id=f"soort_{at}") for at in range(measurements.MOST + 2)]
    assert text_of(measurements.in_short(page.content(*rows))).endswith("En nog 2 andere, in de bijlage.")


def test_without_measurements_or_replies_a_tile_says_so(page: Any) -> None:
    assert text_of(measurements.in_short(page.content())) == "Metingen zijn nog niet bijgehouden."
    assert "is nog niet bijgehouden." in text_of(give_and_take.in_short(page.content()))
