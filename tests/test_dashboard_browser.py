"""The dashboard in a real browser: what it asks for, whether everybody can use it, and that hostile texts are dead."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from bt_analysis.sources import proposals
from tests.browser import NARROWEST, PHONE, Visits, chromium, violations, visit
from tests.dashboard_server import Running, dashboard_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["chromium", "visit"]

NAME = "stoep-01"
HOSTILE = (
    "<script>window.__hit=1</script>", "<img src=x onerror=\"window.__hit=2\">", "<svg/onload=window.__hit=3>",
    "\"><iframe srcdoc='<script>parent.__hit=4</script>'></iframe>", "{{ self.__init__ }}{% for x in y %}", "{{7*7}}",
    "<style>*{display:none}</style>", "</script><script>window.__hit=5</script>", "javascript:window.__hit=6",
    "<a href=\"javascript:window.__hit=7\">klik</a>",
    "${window.__hit=8}", "&lt;script&gt;window.__hit=9&lt;/script&gt;",
)  # fmt: skip
"""What somebody may type in a text field; two that would be alive in a template of Python among them."""

ALIVE = """() => { const found = [];
  const look = root => root.querySelectorAll('*').forEach(one => {
    if (['IFRAME', 'IMG', 'OBJECT', 'EMBED'].includes(one.tagName)) found.push(one.outerHTML.slice(0, 80));
    for (const of of one.attributes)
      if (of.name.startsWith('on') || of.name !== 'value' && /^javascript:/i.test(of.value.trim()))
        found.push(`${of.name}=${of.value}`);
    if (one.shadowRoot) look(one.shadowRoot); });
  look(document); return found; }"""
"""Lists what a hostile text would have made, also in the parts that Panel keeps to itself."""


@pytest.fixture(scope="module")
def running(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run the dashboard of a demonstration that the tests of this file may write in."""
    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("dashboard-browser") / "demo")
    with dashboard_of(root) as made:
        yield made


def ready(page: "Page") -> None:
    """Wait until Panel has drawn the list of open inputs."""
    page.get_by_role("status").wait_for()


def address(running: Running, name: str = NAME) -> str:
    return f"{running.opened}&collective={name}"


@pytest.mark.parametrize("name", ["energie-01", "beweging-01"])  # with all parts, and with hardly any
def test_it_opens_asks_for_nothing_outside_and_everybody_can_use_it(running: Running, visit: Visits, name: str) -> None:
    seen = visit(address(running, name))
    seen.page.wait_for_function("document.querySelector('[data-root-id]') !== null")
    if name == "energie-01":
        ready(seen.page)
    seen.page.wait_for_timeout(500)
    assert seen.complaints == []
    assert violations(seen.page) == []
    assert seen.page.title().startswith("[verzonnen] Om samen over te praten")
    assert "token" not in seen.page.url


@pytest.mark.parametrize("width", [PHONE, NARROWEST])
def test_it_fits_a_phone(running: Running, visit: Visits, width: int) -> None:
    seen = visit(address(running), width=width, height=800)
    ready(seen.page)
    seen.page.wait_for_timeout(300)
    assert seen.width() <= width
    assert violations(seen.page) == []


def test_the_list_follows_what_is_chosen(running: Running, visit: Visits) -> None:
    page = visit(address(running, "panel-01")).page
    ready(page)
    whole = int(re.findall(r"\d+", page.get_by_role("status").inner_text())[0])
    assert whole == page.locator("table", has_text="Open inbreng, het langst wachtend").locator("tbody tr").count()
    page.get_by_label("Wacht al").select_option("een jaar of langer")
    page.get_by_role("status").filter(has_not_text=f"{whole} ideeën").wait_for()
    few = page.locator("table", has_text="Open inbreng, het langst wachtend").locator("tbody tr td.figure")
    assert 0 < few.count() < whole
    assert all(int(days.replace(".", "")) >= 365 for days in few.all_inner_texts())


def test_every_field_is_reached_by_keyboard_and_seen(running: Running, visit: Visits) -> None:
    page = visit(address(running)).page
    ready(page)
    reached = set()
    for _ in range(140):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(document.activeElement.shadowRoot?.activeElement || document.activeElement).id"))
    assert {"collective", "eigen", "claim_id", "date", "form", "reply_type", "reply_text", "text_consent",
            "recorded_by_role"} <= reached  # fmt: skip
    page.locator("#reply_text").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_a_reply_is_written_down_and_what_is_wrong_is_told(running: Running, visit: Visits) -> None:
    folder = running.root / "data" / "raw" / "monitoring" / NAME
    seen = visit(address(running))
    page = seen.page
    assert page.locator("#token").count() == 0
    for text, told in (("Bel mevrouw Jansen op 06-12345678", "persoonsgegevens"), ("Het is meer.", "Bewaard als")):
        page.locator("#claim_id").select_option(index=2)
        page.locator("#date").fill("2025-03-01")
        page.locator("#form").select_option("deur")
        page.locator("#reply_type").select_option("oneens")
        page.locator("#reply_text").fill(text)
        page.locator("#recorded_by_role").select_option("collective")
        page.get_by_role("button", name="Bewaren als voorstel").click()
        page.get_by_text(told).first.wait_for()
        assert violations(page) == []
    assert [one.row["reply_text"] for one in proposals.waiting(folder)] == ["Het is meer."]
    page.get_by_text("Terug naar het overzicht").click()
    ready(page)
    assert page.url.endswith(f"?collective={NAME}#weerwoord")
    # A status of 400 is told in the console; that is how the browser says that the form was not taken.
    assert [one for one in seen.complaints if "400" not in one] == []
    shutil.rmtree(folder / proposals.FOLDER)


def test_without_the_token_the_form_asks_for_it(running: Running, visit: Visits) -> None:
    page = visit(f"{running.url}?collective={NAME}").page
    assert page.locator("#token").count() == 1
    assert page.locator("#token").get_attribute("required") is not None


def test_the_agenda_is_one_page_to_print_and_its_files_are_kept(running: Running, visit: Visits) -> None:
    seen = visit(address(running))
    page = seen.page
    with page.expect_download() as kept:
        page.get_by_role("button", name="Bewaren als JSON").click()
    assert kept.value.suggested_filename.startswith(f"gespreksagenda-{NAME}")
    page.locator("#eigen").fill("Wie zet koffie?")
    page.get_by_role("button", name="Afdrukken").click()
    page.get_by_text("Wie zet koffie?").wait_for()
    assert seen.complaints == []
    assert violations(page) == []
    assert page.locator("script").count() == 0


def test_without_scripts_everything_but_the_choice_is_there(running: Running, visit: Visits) -> None:
    page = visit(address(running), scripts=False).page
    assert page.locator("h2").count() == 6
    assert page.locator("noscript .tile, .tile").first.is_visible()
    assert page.get_by_role("button", name="Bewaren als voorstel").is_visible()


def test_english_readers_get_english(built_demo: Path, visit: Visits) -> None:
    with dashboard_of(built_demo, lang="en", only=NAME) as made:
        seen = visit(made.opened)
        ready(seen.page)
        assert seen.page.locator("html").get_attribute("lang") == "en"
        assert seen.page.get_by_role("heading", name="Decisions, and why").count() == 1
        assert violations(seen.page) == []
        assert seen.complaints == []
        # One collective: nothing to choose.
        assert seen.page.locator("#collective").count() == 0


# Hostile texts, in every table that the dashboard reads


@pytest.fixture(scope="module")
def hostile(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run the dashboard of a workspace in which every text of every table is hostile."""
    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("dashboard-hostile") / "demo")
    analysed = root / "data" / "processed" / "analysed"
    places = {
        "input_fates": ["text", "domain", "reason", "outcome"], "replies": ["reply_text"], "backlog": ["text"],
        "experiments": ["question", "problem", "change_tried", "who_decides", "success_signal", "stop_signal",
                        "change_of_mind", "proposed_by"],
        "experiment_events": ["text", "decided_by"], "tradeoffs": ["option_a", "option_b", "for_a", "for_b"],
        "lessons": ["context", "mechanism", "outcome"], "research_questions": ["text", "text_en", "proposed_by"],
        "collectives": ["name", "work_area_label", "primary_domain"],
    }  # fmt: skip
    for name, columns in places.items():
        table = pd.read_parquet(analysed / f"{name}.parquet")
        for at, column in enumerate(columns):
            bad = [HOSTILE[(at + row) % len(HOSTILE)] for row in range(len(table))]
            # A code that decides what is shown stays in some rows; the others are as hostile as the rest.
            keep = (
                table[column].ne("") & (pd.RangeIndex(len(table)) % 2 == 0)
                if column == "outcome"
                else table[column].isna()
            )
            table[column] = table[column].where(keep, pd.Series(bad, index=table.index, dtype=table[column].dtype))
        table.to_parquet(analysed / f"{name}.parquet")
    with dashboard_of(root) as made:
        yield made


@pytest.mark.parametrize("name", ["energie-01", "stoep-01"])
def test_hostile_texts_are_dead(hostile: Running, visit: Visits, name: str) -> None:
    seen = visit(f"{hostile.opened}&collective={name}")
    page = seen.page
    ready(page)
    page.get_by_label("Wacht al").select_option(index=1)
    page.wait_for_timeout(500)
    assert seen.complaints == []
    assert page.evaluate("window.__hit") is None
    made = page.evaluate(ALIVE)
    assert made == []
    # They are there as text, also what would be alive in a template of Python.
    for text in ("<img src=x onerror", "{{7*7}}"):
        assert page.get_by_text(text).count() > 0


def test_hostile_texts_are_dead_on_the_agenda_and_in_the_form(hostile: Running, visit: Visits) -> None:
    for path in ("agenda/stoep-01", "weerwoord/stoep-01"):
        seen = visit(hostile.url + path)
        assert seen.complaints == []
        assert seen.page.evaluate("window.__hit") is None
        assert seen.page.locator("script, iframe, img, svg").count() == 0
        assert violations(seen.page) == []
