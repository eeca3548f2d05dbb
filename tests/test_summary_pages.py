"""The two pages: the nine sections of each published report fit on two sheets of A4, in letters that can be read."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from bt_analysis.language import Language
from bt_analysis.pages import pdf
from bt_analysis.pages.pdf import PdfError
from tests.browser import Visit, Visits

pytestmark = pytest.mark.browser

SHEETS = 2
SMALLEST_PT = 6.5
"""Letters of a drawing on paper."""
WITHOUT_APPENDIX = "document.querySelectorAll('.part.appendix').forEach(part => part.remove())"
LETTERS = """() => [...document.querySelectorAll('figure svg text')].filter(one => one.textContent.trim()).map(one => {
  const size = parseFloat(getComputedStyle(one).fontSize), scale = one.getScreenCTM()
  return [size * Math.hypot(scale.a, scale.b) * 0.75, one.textContent]
})"""
PAPER_MM = 186
"""Width of A4 without its margins."""

Pages = dict[str, Visit]


@pytest.fixture(scope="module")
def summaries(published_demo: Path, chromium: Any) -> Iterator[Pages]:
    """Open every report of a collective, and take away what stands behind its two pages."""
    visits, found = Visits(chromium), {}
    for path in sorted((published_demo / "reports").rglob("report.html")):
        name = path.relative_to(published_demo / "reports").as_posix()
        if name.startswith(("across/", "released/")):
            continue
        found[name] = visits(path)
        found[name].page.evaluate(WITHOUT_APPENDIX)
    yield found
    visits.close()


def sheets(printed: bytes) -> list[str]:
    """Return the text of every page of a PDF."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages]


def test_there_are_reports_in_both_languages(summaries: Pages) -> None:
    assert {"/en/" in name for name in summaries} == {True, False}
    assert len(summaries) >= 4


def test_every_summary_has_its_nine_sections_in_order(summaries: Pages) -> None:
    for name, seen in summaries.items():
        heads = seen.page.locator(".part.summary h2").all_inner_texts()
        assert [head.split(" · ")[0] for head in heads] == [str(number) for number in range(1, 10)], name


def test_a_browser_prints_every_summary_on_two_sheets(summaries: Pages) -> None:
    printed = {name: sheets(seen.page.pdf(prefer_css_page_size=True)) for name, seen in summaries.items()}
    assert {name: len(pages) for name, pages in printed.items() if len(pages) > SHEETS} == {}
    for name, pages in printed.items():
        assert "9 ·" in "".join(pages), name  # the last section is on them


def test_a_pdf_has_every_summary_on_two_sheets(published_demo: Path, summaries: Pages) -> None:
    for name in summaries:
        html = (published_demo / "reports" / name).read_text(encoding="utf-8")
        alone = re.sub(r'<div class="part appendix">.*(?=</main>)', "", html, flags=re.DOTALL)
        assert '<div class="part summary">' in alone
        assert "Meer over 4" not in alone
        try:
            printed = pdf.pdf(alone, Language("en" if "/en/" in name else "nl"))
        except PdfError as problem:
            pytest.skip(str(problem))
        assert len(sheets(printed)) <= SHEETS, name


def test_the_appendix_begins_on_a_sheet_of_its_own(published_demo: Path, chromium: Any) -> None:
    visits = Visits(chromium)
    (path,) = (published_demo / "reports" / "energie-01").glob("*/report.html")
    pages = sheets(visits(path).page.pdf(prefer_css_page_size=True))
    visits.close()
    (first,) = [at for at, words in enumerate(pages) if words.lstrip().startswith("Bijlage")]
    assert first == SHEETS


def on_paper(seen: Visit, ask: str) -> Any:
    """Ask something of a page that is laid out as its two columns on paper are."""
    seen.page.emulate_media(media="print")
    seen.page.evaluate(f"document.querySelector('.part.summary').style.width = '{PAPER_MM}mm'")
    answer = seen.page.evaluate(ask)
    seen.page.emulate_media(media="screen")
    seen.page.evaluate("document.querySelector('.part.summary').style.width = ''")
    return answer


def test_letters_of_drawings_can_be_read_on_paper(summaries: Pages) -> None:
    for name, seen in summaries.items():
        small = [told for size, told in on_paper(seen, LETTERS) if size < SMALLEST_PT]
        assert small == [], name


def test_no_drawing_is_wider_than_its_column_on_paper(summaries: Pages) -> None:
    # Two columns of 186 mm with 6 mm between them are 90 mm, which is 340 pixels.
    for name, seen in summaries.items():
        widths = on_paper(seen, "[...document.querySelectorAll('.summary figure')].map(one => one.scrollWidth)")
        assert max(widths, default=0) <= 341, name


def test_on_a_wide_screen_figures_of_a_section_stand_side_by_side(summaries: Pages) -> None:
    (name,) = [one for one in summaries if one.startswith("energie-01") and "/en/" not in one]
    page = summaries[name].page
    page.set_viewport_size({"width": 1100, "height": 900})
    tops = page.evaluate(
        "[...document.querySelectorAll('.summary .row')].map(row => new Set([...row.children].slice(0, 2)"
        ".map(one => Math.round(one.getBoundingClientRect().left))).size)"
    )
    assert 2 in tops


def test_the_keyboard_walks_through_the_work_area_and_each_buurt_says_its_name(summaries: Pages) -> None:
    (name,) = [one for one in summaries if one.startswith("energie-01") and "/en/" not in one]
    page = summaries[name].page
    stops = page.locator("figure.map path[tabindex='0']")
    assert stops.count() == 4
    assert all("in het werkgebied" in (stop.get_attribute("aria-label") or "") for stop in stops.all())
    stops.first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == stops.nth(1).get_attribute(
        "aria-label"
    )


def test_the_report_in_short_is_five_sentences_of_at_most_25_words(summaries: Pages) -> None:
    for name, seen in summaries.items():
        lines = seen.page.locator(".summary .short li").all_inner_texts()
        assert len(lines) == 5, name
        for line in lines:
            assert len(line.split()) <= 25, (name, line)
            assert not re.search(r"[.!?]\s", line), (name, line)
