"""A package whose every free text is an attack: read as text, and nothing of it lives in what is published."""

import datetime as dt
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import Workbook

from bt_analysis import bundles, pipeline, publishing, settings
from bt_analysis.bundles import Consent
from bt_analysis.pages import publication
from bt_analysis.pages.export import outside_requests
from bt_analysis.publishing import Job
from bt_analysis.settings import Workspace
from bt_analysis.sources.monitoring import read_package

SCRIPT, IMAGE = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'
PAYLOADS = [
    SCRIPT, IMAGE, r"$\alpha$ and $x_{$", "{{7*7}}{% raw %}", 'zie =HYPERLINK("http://x")', "one\nline\tmore",
    "x" * 300, "</title></style></svg><script>alert(2)</script>", "[bold red]x[/] :smile:", "{n} {0.__class__}",
    "日本 🌻",
]  # fmt: skip
DAYS = dt.date(2024, 1, 9), dt.date(2024, 12, 19)


def deliver(folder: Path) -> None:
    """Write the workbook, with an attack wherever a person may type what they like."""
    folder.mkdir()
    everything = " ".join(PAYLOADS)
    book = Workbook()
    book.remove(book.worksheets[0])
    tables: dict[str, list[list[object]]] = {
        "collective": [["collective_id", "name", "primary_domain", "org_id"],
                       ["zz", SCRIPT + IMAGE + everything, "welzijn", everything]],
        "work_area": [["work_area_id", "collective_id", "definition_type", "area_codes", "area_year", "valid_from",
                       "note"],
                      ["zz-a", "zz", "codes", "WK990100", 2024, dt.date(2023, 1, 1), everything]],
        "activity": [["activity_id", "collective_id", "title", "domain", "activity_type", "start", "end"],
                     *([f"zz-{at}", "zz", text, "welzijn", "ontmoeting", *DAYS]
                       for at, text in enumerate(PAYLOADS))],
        "participation": [["activity_id", "period_start", "period_end", "group_type", "group_value", "contacts_n",
                           "unique_n", "count_method"],
                          ["zz-0", *DAYS, "totaal", "totaal", 200, 90, "lijst"],
                          ["zz-0", *DAYS, "taal", IMAGE, 100, 45, "lijst"],
                          ["zz-0", *DAYS, "taal", SCRIPT, 100, 45, "lijst"]],
        "contribution": [["contribution_id", "activity_id", "role", "persons_n", "hours", "record_method"],
                         ["zz-c", "zz-0", "bestuur", 20, 100, "logboek"]],
    }  # fmt: skip
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "<img src=x onerror=alert(1)>.xlsx")


class Living(HTMLParser):
    """Notes what a browser would bring to life."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


@pytest.fixture(scope="module")
def workspace(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("hostile") / "demo")
    kept = root / "data" / "raw" / "monitoring" / "energie-01"
    for folder in kept.parent.iterdir():
        if folder != kept:
            shutil.rmtree(folder)
    deliver(kept.parent / "zz")
    built = pipeline.build(Workspace(root), settings.load(root))
    assert built.refused == {}
    assert built.collectives == ("energie-01", "zz")
    # Without a bundle it would not be in the cross-domain report, and its attacks would not be tried there.
    consent = Consent("collective", DAYS[1], "openbaar", dt.date(2100, 1, 1))
    bundles.make(Workspace(root), settings.load(root), read_package(kept.parent / "zz", None), consent)
    pipeline.build_across(Workspace(root), settings.load(root))
    for job in (Job(root, "zz", "2024", "nl"), Job(root, "across", "2021-2024", "en")):
        outcome = publishing.make(job)
        assert outcome.status == "published", outcome.error
    publication.write_index(Workspace(root), settings.load(root))
    return root


PAGES = ["zz/2024/report.html", "across/2021-2024/en/report.html", "index.html"]


def page(workspace: Path, name: str) -> str:
    return (workspace / "reports" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_comes_to_life(workspace: Path, name: str) -> None:
    living = Living()
    living.feed(page(workspace, name))
    assert not {"script", "img", "iframe", "link", "object", "form", "input", "base"} & set(living.tags)
    assert not [attribute for attribute in living.attributes if attribute.startswith("on")]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_filled_in_or_drawn_as_a_formula(workspace: Path, name: str) -> None:
    html = page(workspace, name)
    assert "{{7*7}}" in html
    assert "α" not in html
    assert "class 'str'" not in html


@pytest.mark.parametrize("name", PAGES)
def test_the_page_stays_whole(workspace: Path, name: str) -> None:
    html = page(workspace, name)
    # Every block of a drawing has a title of its own.
    html = re.sub(r"<svg\b.*?</svg>", "", html, flags=re.DOTALL)
    assert html.count("<title>") == html.count("</title>") == html.count("</html>") == html.count("<h1") == 1
    assert html.count("<style") == html.count("</style>")


@pytest.mark.parametrize("name", PAGES[:2])
def test_the_page_asks_for_nothing(workspace: Path, name: str) -> None:
    assert outside_requests(page(workspace, name)) == []


def test_what_was_typed_can_still_be_read(workspace: Path) -> None:
    html = page(workspace, PAGES[0])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "HYPERLINK(&#34;http://x&#34;)" in html or 'HYPERLINK("http://x")' in html


def test_a_spreadsheet_that_opens_the_estimates_gets_no_formula(workspace: Path) -> None:
    for path in (workspace / "reports").rglob("estimates.csv"):
        cells = re.split(r'[,\n]"?', path.read_text(encoding="utf-8"))
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "\t"))]


def test_nobody_elses_report_holds_any_of_it(workspace: Path) -> None:
    outcome = publishing.make(Job(workspace, "energie-01", "2021-2024", "nl"))
    assert outcome.status == "published"
    assert "alert(1)" not in page(workspace, "energie-01/2021-2024/report.html")
