"""A package whose every text is an attack, in forty tables: read as text, and a real browser finds nothing of it alive.

The same judge finds every attack where it is not escaped, so what it does not find is not there.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markupsafe import escape
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from bt_analysis import archive, schema, settings
from bt_analysis.language import Language
from bt_analysis.pages import pdf
from bt_analysis.pages.export import outside_requests
from bt_analysis.schema import MONITORING
from bt_analysis.settings import Workspace
from bt_analysis.sources.monitoring import Package, read_package
from tests import hostile_package
from tests.dashboard_server import dashboard_of
from tests.fuzz_packages import write_workbook
from tests.hostile_judge import judged
from tests.hostile_package import ADDRESSES, BOUND, EVERYTHING, MARKUP, NAME, OTHER, OWN, PAYLOADS

if TYPE_CHECKING:
    from tests.browser import Visits

playwright = pytest.importorskip("playwright.sync_api")

REPORT, ACROSS = f"{NAME}/2021-2024/report.html", "across/2021-2024/report.html"
FORMULAS = (
    '=HYPERLINK("http://hit.example")',
    "@SUM(1)",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "'=1+1",
    "\t=1+1",
    "＝1+1",
    "﹢x",
)


@pytest.fixture(scope="module")
def workspace(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_package.published(built_demo, tmp_path_factory.mktemp("hostile") / "demo")


@pytest.fixture(scope="module")
def pages(workspace: Path) -> dict[str, Path]:
    """Return every page of the hostile workspace; place → file."""
    reports = workspace / "reports"
    found = {path.relative_to(reports).as_posix(): path for path in sorted(reports.rglob("*.html"))}
    assert {"index.html", REPORT, ACROSS, f"released/openbaar/{NAME}/report.html"} <= set(found)
    return found


def html_of(workspace: Path, name: str) -> str:
    return (workspace / "reports" / name).read_text(encoding="utf-8")


# The door


def test_there_are_forty_attacks_and_forty_tables() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) == 40
    assert len(MONITORING) == 40


def test_every_text_of_every_table_holds_all_attacks(workspace: Path) -> None:
    package = read_package(workspace / "data" / "raw" / "monitoring" / NAME, None)
    assert package.problems == []
    assert set(package.tables) == set(MONITORING)
    typed_in = [(table, name) for table in MONITORING for name in hostile_package.texts_of(table)]
    assert len(typed_in) > 60
    for table, name in typed_in:
        for text in package.tables[table][name]:
            bare = "".join(text.split())  # lists lose their spaces
            assert all("".join(payload.split()) in bare for payload in PAYLOADS), (table, name)
    links = [(table, name) for table in MONITORING for name in hostile_package.addresses_of(table)]
    assert len(links) > 5
    assert all(set(package.tables[table][name].dropna()) <= set(ADDRESSES) for table, name in links)
    assert all(package.tables[table][name].notna().any() for table, name in links)


def test_what_a_spreadsheet_would_calculate_comes_in_nowhere(tmp_path: Path) -> None:
    """Each text of each table gets eight formulas, and each is refused with its place."""
    bound = {table: [name for of, name in BOUND if of == table] for table in MONITORING}
    texts = {table: [*hostile_package.texts_of(table), *bound[table]] for table in MONITORING}
    empty = {table: {field["name"]: None for field in schema.load(table)["fields"]} for table in MONITORING}
    sheets = {
        table: hostile_package.sheet(table, [empty[table] | dict.fromkeys(names, formula) for formula in FORMULAS])
        for table, names in texts.items()
        if names
    }
    (tmp_path / "zon").mkdir()
    write_workbook(sheets, tmp_path / "zon" / "zon.xlsx")
    package = read_package(tmp_path / "zon", None)
    refused = {(one.sheet, one.column, one.row) for one in package.problems if one.kind == "formula_text"}
    places = {
        (table, name, row) for table, names in texts.items() for name in names for row in range(2, 2 + len(FORMULAS))
    }
    assert places - refused == set()
    assert not [text for text in _all_texts(package) if text in FORMULAS]


def _all_texts(package: Package) -> Iterator[str]:
    for table in package.tables.values():
        for column in table.select_dtypes(include=["object", "str"]):
            yield from table[column].dropna().astype(str)


# A real browser

PLACES = (
    "<p>{}</p>", '<p title="{}">x</p>', "<p title='{}'>x</p>", "<p title={}>x</p>", '<p style="color:{}">x</p>',
    "<textarea>{}</textarea>", "<title>{}</title>", "<style>{}</style>", "<svg><text>{}</text></svg>",
)  # fmt: skip


@pytest.mark.parametrize("payload", MARKUP)
def test_the_judge_finds_every_attack_where_it_is_not_escaped(visit: Visits, payload: str) -> None:
    seen = visit.html("<p>leeg</p>", bypass_csp=True)
    for place in PLACES:
        html = f"<!DOCTYPE html><html><body>{place.format(payload)}</body></html>"
        seen.page.set_content(html, wait_until="commit")
        # An attack may lead to another page, which is no page to look at any more, but asked for.
        with contextlib.suppress(playwright.Error):
            if judged(seen.page):
                return
    assert seen.complaints


def test_the_judge_finds_nothing_in_what_is_escaped(visit: Visits) -> None:
    pieces = "".join(
        f'<p title="{escape(one)}">{escape(one)}</p><svg><text>{escape(one)}</text></svg>' for one in PAYLOADS
    )
    seen = visit.html(
        f"<!DOCTYPE html><html><head><title>{escape(EVERYTHING)}</title></head><body>{pieces}</body></html>"
    )
    assert judged(seen.page) == seen.complaints == []


NORMAL = re.compile(rf"index\.html|{REPORT}|{ACROSS}|released/(openbaar/index|(bewoners|gemeente)/{NAME}/report)\.html")


@pytest.mark.parametrize("kept", [True, False], ids=["with its own policy", "without any policy"])
def test_nothing_lives_in_a_browser(pages: dict[str, Path], visit: Visits, kept: bool) -> None:
    """Also without the policy that forbids scripts, which would hide what it stops."""
    alive: dict[str, list[str]] = {}
    for place, path in pages.items():
        if not (os.environ.get("BT_FULL") or NORMAL.fullmatch(place)):
            continue
        seen = visit(path, bypass_csp=not kept)
        alive[place] = judged(seen.page) + seen.complaints
        seen.page.context.close()
    alive = {place: found for place, found in alive.items() if found}
    assert alive == {}


PANEL = "noscript script link form input select option optgroup button label fieldset legend textarea output slot"
"""Elements of the dashboard besides: its form, and what Panel draws with."""


def test_nothing_lives_in_the_dashboard(workspace: Path, visit: Visits) -> None:
    with dashboard_of(workspace) as running:
        address = f"{running.opened}&collective={NAME}"
        seen = visit(address, bypass_csp=True)
        seen.page.wait_for_function("document.querySelector('[data-root-id]') !== null")
        seen.page.get_by_role("status").wait_for()
        shown = seen.page.locator("body").inner_text()
        assert judged(seen.page, PANEL) + seen.complaints == []
        assert "<script>window.__hit=1</script>" in shown
        assert "{{7*7}}" in shown
        seen = visit(address, bypass_csp=True)
        seen.page.get_by_role("button", name="Afdrukken").click()
        seen.page.locator("h1").wait_for()
        assert judged(seen.page, "link") + seen.complaints == []  # its own style sheet


# Pages, read without a browser


class Living(HTMLParser):
    """Notes what a browser would bring to life."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


def test_nothing_comes_to_life(pages: dict[str, Path]) -> None:
    for place, path in pages.items():
        living = Living()
        living.feed(path.read_text(encoding="utf-8"))
        assert not {"script", "img", "iframe", "link", "object", "form", "input", "base", "x-hit"} & set(living.tags), (
            place
        )
        assert not [name for name in living.attributes if name.startswith("on") or name == "autofocus"], place


@pytest.mark.parametrize("name", [REPORT, ACROSS])
def test_nothing_is_filled_in_or_drawn_as_a_formula(workspace: Path, name: str) -> None:
    html = html_of(workspace, name)
    assert "{{7*7}}" in html
    assert "${7*7}" in html
    assert "#49" not in html
    assert "α" not in html
    assert "class 'str'" not in html
    assert "root:x" not in html


def test_every_page_stays_whole(pages: dict[str, Path]) -> None:
    for place, path in pages.items():
        # Every block of a drawing has a title of its own.
        html = re.sub(r"<svg\b.*?</svg>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert html.count("<title>") == html.count("</title>") == html.count("</html>") == html.count("<h1") == 1, place
        assert html.count("<style") == html.count("</style>"), place


@pytest.mark.parametrize("name", [REPORT, ACROSS])
def test_a_page_asks_for_nothing(workspace: Path, name: str) -> None:
    assert outside_requests(html_of(workspace, name)) == []


@pytest.mark.parametrize("name", [REPORT, ACROSS])
def test_what_was_typed_can_still_be_read(workspace: Path, name: str) -> None:
    html = html_of(workspace, name)
    assert "&lt;script&gt;window.__hit=1&lt;/script&gt;" in html
    assert "&lt;x-hit&gt;" in html
    assert "&amp;lt;script&amp;gt;" in html


@pytest.mark.skipif(not os.environ.get("BT_FULL"), reason="the report of another collective is made at full count")
def test_nobody_elses_report_holds_any_of_it(workspace: Path) -> None:
    assert OWN in html_of(workspace, REPORT)
    assert OWN not in html_of(workspace, f"{OTHER}/2023-2024/en/report.html")


# PDF


def objects(reader: PdfReader) -> Iterator[dict[str, Any]]:
    """Yield every dictionary of a PDF."""
    for number in sorted({*reader.xref.get(0, {}), *reader.xref_objStm}):
        one: Any = IndirectObject(number, 0, reader).get_object()
        if isinstance(one, dict):
            yield one


LIVES = {
    "/JS",
    "/JavaScript",
    "/OpenAction",
    "/AA",
    "/Launch",
    "/EmbeddedFiles",
    "/EF",
    "/URI",
    "/SubmitForm",
    "/RichMedia",
}


@pytest.mark.parametrize("name", ["bewoners.html", "gemeente.html", "report.html"])
def test_nothing_lives_in_a_pdf(workspace: Path, name: str) -> None:
    if name != "bewoners.html" and not os.environ.get("BT_FULL"):
        pytest.skip("the longest pages are set at full count")
    made = pdf.pdf(html_of(workspace, f"{NAME}/2021-2024/{name}"), Language("nl"))
    reader = PdfReader(io.BytesIO(made))
    everything = list(objects(reader))
    assert len(everything) > 50
    assert not [one for one in everything if LIVES & {*one, str(one.get("/S"))}]
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "<script>window.__hit=1</script>" in re.sub(r"\s+", "", text)
    assert "root:x" not in text


# Spreadsheets and packages of data


@pytest.fixture(scope="module")
def exported(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("hostile-export") / "package"
    here = settings.load(workspace)
    archive.export(Workspace(workspace), here, into, today=date(2026, 1, 1))
    return into


def test_a_spreadsheet_gets_no_formula(workspace: Path, exported: Path) -> None:
    files = [*(workspace / "reports").rglob("*.csv"), *exported.rglob("*.csv")]
    assert len(files) > 10
    for path in files:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert {len(row) for row in rows} == {len(rows[0])}, path
        cells = {cell for row in rows for cell in row if re.match(r"[\s'\"]*[=+@\t-]", cell)}
        wrong = {one for one in cells if not re.fullmatch(r"[+-]?[\d.]+(e-?\d+)?", one) and not one.startswith("'")}
        assert wrong == set(), path


def test_descriptions_of_an_export_are_json_with_the_texts_as_they_are(exported: Path) -> None:
    written = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in exported.glob("*.json*")}
    assert len(written) >= 3
    assert hostile_package.attack(0, 1) in written["datapackage.json"]["title"]
    publisher = hostile_package.attack(1, 1)
    assert all(
        json.dumps(publisher, ensure_ascii=False) in json.dumps(one, ensure_ascii=False) for one in written.values()
    )
