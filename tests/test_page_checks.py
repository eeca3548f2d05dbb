"""The checks of pages themselves: each fault planted in a page of a few lines, and found by the check for it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import page_checks
from tests.browser import NARROWEST, WIDE, Visits

pytestmark = pytest.mark.browser

PAGE = (
    '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{page_checks.POLICY}"><title>Tuin</title>'
    "<style>:focus-visible {{ outline: 3px solid #0059a3 }}</style></head>"
    "<body><main><h1>De Tuin</h1>{}</main></body></html>"
)
TABLE = (
    '<table><caption>Uren</caption><thead><tr><th scope="col">wat</th><th scope="col">uren</th></tr></thead>'
    '<tbody><tr><th scope="row">spitten</th><td>12</td></tr></tbody></table>'
)
DRAWING = (
    "<figure><figcaption>Er kwamen meer mensen</figcaption>"
    '<svg role="img" aria-label="Er kwamen meer mensen. 2023: 10; 2024: 12." viewBox="0 0 200 100">'
    '<rect width="80" height="100" fill="#08306b"/><text x="10" y="50" font-size="14" fill="#fff">2023</text>'
    '<text x="120" y="50" font-size="14">2024</text></svg></figure>'
)
GOOD = PAGE.format(
    f'<h2 id="a">1</h2><p><a href="#a">naar 1</a></p><details><summary>meer</summary>x</details>{TABLE}{DRAWING}'
)
CHECKS: dict[str, Callable[..., list[str]]] = {
    name: getattr(page_checks, name)
    for name in (
        "frame",
        "headings",
        "tables",
        "drawings",
        "links",
        "cut_off",
        "letters",
        "overlapping",
        "outside",
        "walked",
    )
}


@pytest.fixture(scope="module")
def page_in_browser(chromium: Any) -> Iterator[Any]:
    """Give tests one page that they fill in turn, as opening one takes much longer."""
    page = chromium.new_page()
    yield page
    page.close()


def filled(page: Any, html: str, width: int = WIDE) -> Any:
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(html)
    return page


def test_a_good_page_has_no_fault(visit: Visits) -> None:
    seen = visit.html(GOOD)
    assert {name: check(seen.page) for name, check in CHECKS.items() if check(seen.page)} == {}
    assert seen.complaints == []


@pytest.mark.parametrize(
    ("name", "good", "bad", "expected"),
    [
        ("frame", 'lang="nl"', "", "no language"),
        ("frame", "<title>Tuin</title>", "", "no title"),
        ("frame", "default-src 'none'", "default-src *", "no strict Content-Security-Policy"),
        ("frame", '<meta charset="utf-8">', "<style>p { margin: 0 }</style>", "style before policy"),
        ("frame", "<h1>De Tuin</h1>", "<h1>De Tuin</h1><h1>Nog een</h1>", "not one h1"),
        ("frame", "<details>", "<form></form><details>", "more than a page"),
        ("headings", '<h2 id="a">1</h2>', '<h3 id="a">1</h3>', "h3 1 stands under h1 De Tuin"),
        ("headings", '<h2 id="a">1</h2>', '<h2 id="a"></h2>', "h2 is empty after De Tuin"),
        ("tables", "<caption>Uren</caption>", "", "a table has no caption: wat"),
        ("tables", '<th scope="col">uren', "<th>uren", "Uren: uren has no scope"),
        ("tables", '<th scope="col">uren', '<th scope="col">', "Uren: a head is empty"),
        ("tables", '<th scope="row">spitten</th>', "<td>spitten</td>", "Uren: a row has no head"),
        ("drawings", "Er kwamen meer mensen. 2023", "2023", "Er kwamen meer mensen: its text does not say so"),
        ("drawings", "<figcaption>Er kwamen meer mensen</figcaption>", "", "a drawing has no title: Er kwamen"),
        ("drawings", 'role="img"', "", "Er kwamen meer mensen: role null"),
        ("drawings", "<rect ", '<rect tabindex="0" ', "Er kwamen meer mensen: a picture with parts to walk to"),
        ("drawings", "</figure>", f"</figure>{DRAWING}", "two drawings say: Er kwamen"),
        ("drawings", "<details>", '<img src="data:,"><details>', "an image says nothing"),
        ("links", 'href="#a"', 'href="#b"', "#b leads nowhere"),
        ("links", "naar 1", "", "#a has no words"),
        ("links", "<details>", '<details id="a">', "two parts are called a"),
        ("cut_off", "<p>", '<p style="width: 600px">', "runs out of the window: P"),
        ("cut_off", "<p>", '<p style="height: 9px; overflow: hidden">', "cut off: P"),
        ("cut_off", "<p>", '<p style="position: sticky">', "stands over other parts: P"),
        ("letters", 'font-size="14" fill', 'font-size="4" fill', "px: 2023"),
        ("letters", 'fill="#08306b"', 'fill="#fff"', "contrast 1.0: 2023"),
        ("letters", 'font-size="14">', 'font-size="14" fill="#D55E00">', "contrast 3.9: 2024"),
        ("overlapping", 'x="120" y="50"', 'x="15" y="52"', "2023 and 2024"),
        ("outside", 'x="120" y="50"', 'x="180" y="50"', "2024"),
        ("walked", "{ outline: 3px", "{ outline: 0px", "does not show that it is reached"),
        ("walked", 'href="#a"', 'href="#a" tabindex="3"', "out of order: A naar 1"),
    ],
)  # fmt: skip
def test_a_fault_is_found(page_in_browser: Any, name: str, good: str, bad: str, expected: str) -> None:
    assert good in GOOD
    found = CHECKS[name](filled(page_in_browser, GOOD.replace(good, bad, 1), NARROWEST))
    assert any(expected in one for one in found), found


def test_what_is_scrolled_by_itself_may_be_wide(page_in_browser: Any) -> None:
    wide = '<div class="scroll" tabindex="0" style="overflow-x: auto"><p style="width: 600px">a</p></div>'
    assert page_checks.cut_off(filled(page_in_browser, PAGE.format(wide), NARROWEST)) == []


def test_letters_are_measured_as_they_are_seen(page_in_browser: Any) -> None:
    # A figure of 200 px wide: 14 units of a drawing of 500 units are 14 * 200 / 500 = 5.6 px.
    small = DRAWING.replace("0 0 200 100", "0 0 500 250").replace("<figure>", '<figure style="width: 200px">')
    found = page_checks.letters(filled(page_in_browser, PAGE.format(small)))
    assert found == ["5.6 px: 2023", "5.6 px: 2024"]
