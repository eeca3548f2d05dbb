"""Every page of the published demonstration in a real browser: it keeps to itself, and everyone can read it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import page_checks
from tests.browser import NARROWEST, PHONE, WIDE, Visit, Visits, violations

pytestmark = pytest.mark.browser

PAPER_PX = 680
"""Width of A4 without its margins, as Chromium prints it: 180 mm at 96 pixels to the inch."""
FULL = bool(os.environ.get("BT_FULL"))
LARGER = "document.documentElement.style.fontSize = '200%'"
AS_WIDE_AS_IT_IS = ("target-size", "scrollable-region-focusable")
ROOMIER = (
    "css => document.head.append(Object.assign(document.createElement('style'), {id: 'roomier', textContent: css}))"
)

Pages = dict[str, Visit]


@pytest.fixture(scope="module")
def pages(published_demo: Path, chromium: Any) -> Iterator[Pages]:
    """Open every page once; a test leaves the window as wide as it found it."""
    visits = Visits(chromium)
    reports = published_demo / "reports"
    found = {path.read_bytes(): path for path in sorted(reports.rglob("*.html"), reverse=True)}  # the same page once
    yield {path.relative_to(reports).as_posix(): visits(path) for path in found.values()}
    visits.close()


@pytest.fixture(autouse=True)
def as_it_was(pages: Pages) -> Iterator[None]:
    """Set the window of every page back after a test."""
    yield
    for seen in pages.values():
        seen.page.evaluate("document.getElementById('roomier')?.remove(); document.documentElement.style.fontSize = ''")
        seen.page.set_viewport_size({"width": WIDE, "height": 900})
        seen.page.emulate_media(media="screen")


def faults(pages: Pages, check: Callable[[Any], list[str]], *, width: int = WIDE) -> dict[str, list[str]]:
    """Return what a check finds on each page, the first few; empty when all is well."""
    found = {}
    for name, seen in pages.items():
        seen.page.set_viewport_size({"width": width, "height": 900})
        found[name] = check(seen.page)[:5]
    return {name: told for name, told in found.items() if told}


def test_there_is_a_page_for_each_reader_and_language(pages: Pages) -> None:
    assert {"index.html", "across/2021-2024/report.html", "energie-01/2021-2024/report.html"} <= set(pages)
    assert "energie-01/2021-2024/en/report.html" in pages
    assert {seen.page.evaluate("document.documentElement.lang") for seen in pages.values()} == {"nl", "en"}


def test_no_page_asks_for_anything_or_complains(pages: Pages) -> None:
    assert {name: seen.complaints for name, seen in pages.items() if seen.complaints} == {}


def test_a_reader_without_scripts_reads_the_same(pages: Pages, visit: Visits, published_demo: Path) -> None:
    some = pages if FULL else {name: pages[name] for name in ("index.html", "energie-01/2021-2024/report.html")}
    for name, seen in some.items():
        bare = visit(published_demo / "reports" / name, scripts=False)
        assert bare.page.inner_text("body") == seen.page.inner_text("body"), name
        assert bare.complaints == []


def test_what_is_folded_opens_without_scripts(visit: Visits, published_demo: Path) -> None:
    page = visit(published_demo / "reports/energie-01/2021-2024/report.html", scripts=False).page
    folded = page.locator("details:not([open])")
    before = folded.count()
    folded.first.locator("summary").press("Enter")
    assert folded.count() == before - 1


@pytest.mark.parametrize("name", ["frame", "headings", "tables", "drawings", "links", "overlapping", "outside"])
def test_the_parts_of_a_page_say_what_they_are(pages: Pages, name: str) -> None:
    assert faults(pages, getattr(page_checks, name)) == {}


def test_axe_finds_nothing(pages: Pages) -> None:
    assert faults(pages, violations) == {}


def test_axe_finds_nothing_on_a_phone(pages: Pages) -> None:
    # What depends on how wide a page is; the other rules see the same page as the test before.
    assert faults(pages, lambda page: violations(page, only=AS_WIDE_AS_IT_IS), width=PHONE) == {}


@pytest.mark.parametrize("width", [WIDE, WIDE // 2, PHONE, NARROWEST])
def test_no_page_is_scrolled_sideways(pages: Pages, width: int) -> None:
    # Half as wide is what a reader sees who makes everything twice as large (WCAG 1.4.10).
    assert faults(pages, page_checks.cut_off, width=width) == {}
    assert {name: seen.width() for name, seen in pages.items() if seen.width() > width} == {}


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_letters_twice_as_large_fit(pages: Pages, width: int) -> None:
    for seen in pages.values():
        seen.page.evaluate(LARGER)
    assert faults(pages, page_checks.cut_off, width=width) == {}


@pytest.mark.parametrize("width", [WIDE, NARROWEST])
def test_letters_lines_and_words_may_stand_further_apart(pages: Pages, width: int) -> None:
    for seen in pages.values():
        seen.page.evaluate(ROOMIER, page_checks.SPACING)
    # The words of a drawing stand in its text and its table too, and have no room to move.
    found = faults(pages, lambda page: [one for one in page_checks.cut_off(page) if ": text " not in one], width=width)
    assert found == {}


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_the_words_of_drawings_can_be_read(pages: Pages, width: int) -> None:
    assert faults(pages, page_checks.letters, width=width) == {}


def test_nothing_runs_off_the_paper(pages: Pages) -> None:
    for seen in pages.values():
        seen.page.emulate_media(media="print")
    assert faults(pages, page_checks.cut_off, width=PAPER_PX) == {}
    assert faults(pages, page_checks.outside, width=PAPER_PX) == {}


def test_a_keyboard_reaches_everything_and_shows_where_it_is(pages: Pages) -> None:
    assert faults(pages, page_checks.walked) == {}
