"""Behind the two pages: what a section has no room for stands under one head, and no head stands alone."""

from typing import Any

import pytest

from bt_analysis.pages import behind, collective
from bt_analysis.pages.drawing import Figure, Figures
from bt_analysis.pages.html import Html, text
from tests.html_text import text_of


def test_pieces_stand_under_one_head_as_they_are(page: Any) -> None:
    content = page.content()
    table = text(content.language, "", ["5 < 6"])
    html = behind.part(content, 7, table, Figures([Figure("Titel", "Woorden")]), Html(""))
    assert html.startswith('<h2 id="meer-7">Meer over 7 · Hoe we samenwerken</h2>')
    assert "<p>5 &lt; 6</p>" in html  # escaped once, by its own template
    assert '<p class="tile"><strong>Titel</strong> Woorden</p>' in html


def test_a_head_with_nothing_under_it_is_left_out(page: Any) -> None:
    assert behind.part(page.content(), 5, Html(""), Figures()) == ""
    assert behind.part(page.content(), 5) == ""


@pytest.mark.parametrize("number", behind.TITLES)
def test_a_section_and_what_lies_behind_it_bear_the_same_title(page: Any, number: int) -> None:
    english = behind.part(page.content(lang="en"), number, Html("<p>x</p>"))
    assert english.startswith(f'<h2 id="meer-{number}">More on {number} · ')
    assert behind.title(page.content(), number) == f"{number} · {behind.TITLES[number]}"


def test_the_title_of_a_section_is_the_one_behind_it(page: Any) -> None:
    content = page.content()
    for number, section in ((2, collective.together), (3, collective.neighbourhood), (9, collective.unknown)):
        assert behind.title(content, number) in text_of(section(content))


def test_a_drawing_that_stands_on_the_two_pages_too_gets_ids_of_its_own_behind_them(page: Any) -> None:
    drawing = Html('<svg><g id="f01234567-a"></g><use href="#f01234567-a"/><g clip-path="url(#f01234567-p)"></g></svg>')
    found = behind.part(page.content(), 4, drawing)
    assert 'id="f01234567-4-a"' in found
    assert 'href="#f01234567-4-a"' in found
    assert "url(#f01234567-4-p)" in found
