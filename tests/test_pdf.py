"""PDF: tagged, with bookmarks, links and page numbers, of the page alone; and what a machine without Pango says."""

from __future__ import annotations

import http.server
import importlib.abc
import io
import json
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from markupsafe import escape
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from bt_analysis import notebooks, publishing, report
from bt_analysis.language import Language
from bt_analysis.pages import pdf
from bt_analysis.pages.html import css
from bt_analysis.pages.pdf import PdfError
from bt_analysis.publishing import Job, composing
from bt_analysis.settings import Workspace, load
from tests import command_line
from tests.test_export import shows
from tests.test_report import own_notebook

NL, EN = Language("nl"), Language("en")
NAME, PERIOD = "energie-01", "2021-2024"
DRAWING = (
    '<svg role="img" aria-label="Het gas daalde" viewBox="0 0 90 50">'
    '<path d="M5 5L80 40"/><text x="9" y="20">m³ gas</text></svg>'
)
BODY = f"""<h1>De Tuin</h1><p><a href="#c-1">12 activiteiten</a></p><h2>2 · Wat we deden</h2>{DRAWING}
<h3>Meer</h3><table><thead><tr><th scope="col">wat</th></tr></thead><tbody><tr><td>thee</td></tr></tbody></table>
<h2 style="break-before: page">Bijlage</h2><p id="c-1">bron</p>"""


def page(body: str = BODY, *, title: str = "De Tuin · Leerrapport 2024", lang: str = "nl", head: str = "") -> str:
    """Return a page as export makes it, with this in it."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>{head}'
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def texts(reader: PdfReader) -> list[str]:
    return [" ".join(one.extract_text().split()) for one in reader.pages]


def tags(reader: PdfReader) -> list[dict[str, Any]]:
    """Return every element of the structure that a screen reader walks through."""
    found: list[dict[str, Any]] = []

    def walk(kid: Any) -> None:
        element = kid.get_object() if isinstance(kid, IndirectObject) else kid
        if isinstance(element, dict) and "/S" in element:
            found.append(element)
            below = element.get("/K", [])
            for one in below if isinstance(below, list) else [below]:
                walk(one)

    for one in reader.root_object["/StructTreeRoot"]["/K"]:  # type: ignore[index]
        walk(one)
    return found


def bookmarks(reader: PdfReader) -> list[Any]:
    """Return titles of bookmarks; those below one follow it in a list."""
    return [_titles(one) for one in reader.outline]


def _titles(outline: Any) -> Any:
    return [_titles(one) for one in outline] if isinstance(outline, list) else outline.title


def flattened(outline: Any) -> list[Any]:
    return [each for one in outline for each in (flattened(one) if isinstance(one, list) else [one])]


@pytest.fixture(scope="module")
def made() -> PdfReader:
    return read(pdf.pdf(page(), NL))


# What it is


def test_it_says_its_language_and_title_and_that_it_is_tagged(made: PdfReader) -> None:
    root: Any = made.root_object
    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert made.metadata is not None
    assert made.metadata.title == "De Tuin · Leerrapport 2024"


def test_pages_are_a4(made: PdfReader) -> None:
    millimetres = [[round(float(side) / 72 * 25.4) for side in one.mediabox[2:]] for one in made.pages]
    assert millimetres == [[210, 297], [210, 297]]


def test_headings_are_bookmarks_below_each_other(made: PdfReader) -> None:
    assert bookmarks(made) == ["De Tuin", ["2 · Wat we deden", ["Meer"], "Bijlage"]]


def test_a_link_leads_to_its_line_in_the_appendix(made: PdfReader) -> None:
    links = [one.get_object() for one in made.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert [link["/Subtype"] for link in links] == ["/Link"]
    name = links[0]["/Dest"] if "/Dest" in links[0] else links[0]["/A"]["/D"]
    assert made.get_destination_page_number(made.named_destinations[name]) == 1


def test_every_page_has_its_number_and_all_but_the_first_the_title(made: PdfReader) -> None:
    first, second = texts(made)
    assert first.endswith("1 van 2")
    assert second.endswith("2 van 2")
    assert "Leerrapport 2024" not in first
    assert "De Tuin · Leerrapport 2024" in second


def test_numbers_of_pages_are_in_the_language_of_the_reader() -> None:
    assert texts(read(pdf.pdf(page("<h1>Garden</h1>", lang="en"), EN)))[0].endswith("1 of 1")


def test_made_up_data_are_marked_on_every_page() -> None:
    html = page(head='<meta name="synthetic" content="true">')
    assert all("Voorbeeld met verzonnen gegevens." in text for text in texts(read(pdf.pdf(html, NL))))
    assert "verzonnen" not in "".join(texts(read(pdf.pdf(page(), NL))))


def test_a_screen_reader_hears_headings_tables_and_what_a_drawing_shows(made: PdfReader) -> None:
    kinds = [one["/S"] for one in tags(made)]
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TH", "/TD", "/Link", "/Figure"} <= set(kinds)
    figures = [one for one in tags(made) if one["/S"] == "/Figure"]
    assert [one["/Alt"] for one in figures] == ["Het gas daalde"]


def test_a_drawing_stays_a_drawing(made: PdfReader) -> None:
    assert "m³ gas" in texts(made)[0]
    assert list(made.pages[0].images) == []


def test_the_same_page_gives_the_same_bytes() -> None:
    assert pdf.pdf(page(), NL) == pdf.pdf(page(), NL)


def test_what_is_folded_stays_folded() -> None:
    folded = "<details><summary>Alle uitspraken</summary><p>geheimpje</p></details>"
    body = f"<h1>x</h1>{folded}<details open><summary>Meer</summary><p>zichtbaar</p></details>"
    (text,) = texts(read(pdf.pdf(page(body), NL)))
    assert "Alle uitspraken" in text
    assert "geheimpje" not in text
    assert "zichtbaar" in text


@pytest.mark.parametrize(
    "title", ["</title><b>x", '"; } @page { size: A5 } "', "\\22 \\a }", "a\nb", "{n} %s", "日本 🌻"]
)
def test_a_title_is_text_at_the_head_of_a_page(title: str) -> None:
    reader = read(pdf.pdf(page("<h1>x</h1><p style='break-before: page'>y</p>", title=title), NL))
    assert round(float(reader.pages[1].mediabox.width)) == 595  # still A4
    assert reader.metadata is not None
    assert (reader.metadata.title or "").split() == title.split()
    if title.isascii():
        assert " ".join(title.split()) in texts(reader)[1]


@pytest.mark.parametrize("title", ["naam " * 400, "W" * 110, "x" * 5000])
def test_a_title_longer_than_a_line_is_cut_and_takes_no_room(title: str) -> None:
    body = "<h1>x</h1><p style='break-before: page'>tekst</p>"
    short, long = (read(pdf.pdf(page(body, title=one), NL)) for one in ("naam", title))
    assert len(long.pages) == 2
    assert height_of(long, "tekst") == height_of(short, "tekst")


def height_of(reader: PdfReader, text: str) -> list[float]:
    """Return how high a text stands on the second page."""
    found: list[float] = []

    def look(shown: str, _: Any, at: list[float], *__: Any) -> None:
        if text in shown:
            found.append(at[5])

    reader.pages[1].extract_text(visitor_text=look)
    assert found
    return found


# What it may not ask for


@pytest.fixture
def asked() -> Iterator[tuple[int, list[str]]]:
    """Serve on loopback, and write down what is asked."""
    paths: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1], paths
        server.shutdown()


REFUSED = (
    '<img src="{url}" alt="x">', '<link rel="stylesheet" href="{url}">', '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">x</a>', "<style>@import '{url}';</style>", '<base href="{url}"><img src="x.png">',
    '<p style="background: url({url})">x</p>', "<style>p::before {{ content: url({url}) }}</style>",
    "<style>@font-face {{ font-family: q; src: url({url}) }} p {{ font-family: q }}</style>", '<embed src="{url}">',
    '<object data="{url}"></object>', "<style>li {{ list-style-image: url({url}) }}</style><li>x",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["http", "file"])
@pytest.mark.parametrize("piece", REFUSED)
def test_a_page_that_asks_for_something_is_refused(piece: str, kind: str, asked: tuple[int, list[str]]) -> None:
    port, paths = asked
    url = f"http://127.0.0.1:{port}/x" if kind == "http" else "file:///etc/passwd"
    with pytest.raises(PdfError, match=r"the page asks for '(http|file)://.* outside itself; expected none\. Take it"):
        pdf.pdf(page(f"<h1>x</h1><p>y</p>{piece.format(url=url)}"), NL)
    assert paths == []


PASSED_OVER = (
    '<svg viewBox="0 0 9 9"><image href="{url}" width="5" height="5"/></svg>', '<img src="x.png" alt="x">',
    '<svg viewBox="0 0 9 9"><use href="{url}#b" width="5" height="5"/></svg>', '<iframe src="{url}"></iframe>',
    '<svg viewBox="0 0 9 9"><style>@import "{url}";</style><rect width="5" height="5" fill="url({url}#b)"/></svg>',
    "<img alt='x' src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{url}\"/></svg>'>",
    "<script>fetch('{url}')</script>", '<video src="{url}"></video>', '<form action="{url}"><input></form>',
)  # fmt: skip


@pytest.mark.parametrize("piece", PASSED_OVER)
def test_what_a_pdf_has_no_place_for_is_not_asked_for_either(piece: str, asked: tuple[int, list[str]]) -> None:
    port, paths = asked
    opened: list[str] = []
    watching = [True]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open" and "passwd" in str(arguments[0]):
            opened.append(str(arguments[0]))

    sys.addaudithook(watch)  # a hook cannot be taken away; it sleeps after this test
    for url in (f"http://127.0.0.1:{port}/x", "file:///etc/passwd"):
        pdf.pdf(page(f"<h1>x</h1>{piece.format(url=url)}"), NL)
    watching.clear()
    assert paths == opened == []


def test_a_picture_within_the_page_is_kept() -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    reader = read(pdf.pdf(page(f'<h1>x</h1><img alt="stip" src="data:image/png;base64,{dot}">'), NL))
    assert len(list(reader.pages[0].images)) == 1


# Where Pango is wanting


class Wanting(importlib.abc.MetaPathFinder):
    """Finds WeasyPrint, and fails as it does where a library is not there: with advice on stdout, and OSError."""

    def find_spec(self, name: str, _: Sequence[str] | None, __: ModuleType | None = None) -> ModuleSpec | None:
        if name == "weasyprint":
            print("-----\nWeasyPrint could not import some external libraries. …")  # noqa: T201 - as it does
            raise OSError("cannot load library 'libpango-1.0-0': libpango-1.0-0: cannot open shared object file\nmore")
        return None


@pytest.fixture
def no_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Wanting(), *sys.meta_path])


@pytest.mark.usefixtures("no_pango")
def test_a_machine_without_pango_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PdfError) as told:
        pdf.require()
    assert "cannot load library 'libpango-1.0-0'" in str(told.value)
    assert "apt install libpango-1.0-0 libpangoft2-1.0-0" in str(told.value)
    assert "\n" not in str(told.value)
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("no_pango")
def test_bt_report_tells_it_before_any_report_is_made(built_demo: Path, bt: command_line.Bt) -> None:
    done = bt("-w", str(built_demo), "report", NAME, "--format", "html,pdf")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "libpango" in done.err


# Reports


def sha256s(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "run.json").read_text(encoding="utf-8"))["sha256"]
    return found


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a report be what its notebook says in its last cell, without running it or registering claims."""

    def shown(path: Path, *_: Any) -> nbformat.NotebookNode:
        return shows(str(nbformat.read(path, as_version=4).cells[-1].source))  # type: ignore[no-untyped-call]

    monkeypatch.setattr(notebooks, "execute", shown)
    monkeypatch.setattr(composing, "register", lambda *_: "claim_id\n")


@pytest.mark.usefixtures("no_kernel")
def test_a_pdf_stands_beside_its_page_and_never_beside_another(demo_copy: Path) -> None:
    own_notebook(demo_copy, "<h1>een</h1>")
    plain, printed = Job(demo_copy, NAME, PERIOD, "nl"), Job(demo_copy, NAME, PERIOD, "nl", ("html", "pdf"))
    beside = plain.folder / "report.pdf"
    assert publishing.make(plain).status == "published"
    assert not beside.exists()
    before = (plain.folder / "report.html").read_bytes()
    # Only the PDF was wanting, so the page stays as it is.
    assert publishing.make(printed).status == "published"
    assert (plain.folder / "report.html").read_bytes() == before
    assert texts(read(beside.read_bytes()))[0].startswith("een ")
    tables = {"report.ipynb", "estimates.csv", "claims.csv", "since.json"}
    assert set(sha256s(plain.folder)) == {"report.html", "report.pdf", *tables}
    assert [publishing.make(one).status for one in (plain, printed)] == ["unchanged", "unchanged"]
    assert beside.exists()
    # Another page: the PDF of the earlier one goes.
    own_notebook(demo_copy, "<h1>twee</h1>")
    assert publishing.make(plain).status == "published"
    assert not beside.exists()
    assert "report.pdf" not in sha256s(plain.folder)
    assert publishing.make(printed, force=True).status == "published"
    assert "twee" in texts(read(beside.read_bytes()))[0]


@pytest.mark.usefixtures("no_kernel")
def test_a_page_that_cannot_be_printed_leaves_the_last_report(demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_notebook(demo_copy, "<h1>een</h1>")
    job = Job(demo_copy, NAME, PERIOD, "nl", ("html", "pdf"))
    publishing.make(job)
    before = {path.name: path.read_bytes() for path in job.folder.iterdir()}
    own_notebook(demo_copy, "<h1>twee</h1>")
    monkeypatch.setattr(pdf, "pdf", lambda *_: (_ for _ in ()).throw(PdfError("geen Pango")))
    outcome = publishing.make(job)
    assert (outcome.status, outcome.error) == ("failed", "geen Pango")
    assert {path.name: path.read_bytes() for path in job.folder.iterdir() if path.name != "failure.json"} == before


@pytest.mark.parametrize("asked_for", ["doc", "html,doc", "", "PDF"])
def test_an_unknown_format_is_told(built_demo: Path, bt: command_line.Bt, asked_for: str) -> None:
    done = bt("-w", str(built_demo), "report", NAME, "--format", asked_for)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "expected html or pdf" in done.err


def test_formats_can_be_set_for_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "bt.toml").write_text('[report]\nformats = ["html", "pdf"]\n', encoding="utf-8")
    assert load(tmp_path).report.formats == ("html", "pdf")
    assert report._formats(("pdf",)) == ("html", "pdf")
    assert load(tmp_path / "elders").report.formats == ("html",)


CARD = "<section><h4>kaart</h4>{words}</section>"
FIGURE = "<figure><figcaption>figuur</figcaption>{words}</figure>"
ROW = '<tr><th scope="row">rij</th><td>{words}</td></tr>'
TABLE = '<table><caption>tabel</caption><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody>'


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [('<div class="beside cards">', CARD, "</div>"), ('<div class="row">', FIGURE, "</div>"),
     (TABLE, ROW, "</tbody></table>")],
    ids=["cards", "figures", "table"],
)  # fmt: skip
def test_no_row_of_the_appendix_is_cut_in_two_by_the_end_of_a_sheet(start: str, piece: str, end: str) -> None:
    """Each piece has words of its own, and another height than the one beside it."""
    own = [[f"w{at}x{line}x" for line in range(4)] for at in range(30)]
    pieces = (
        piece.format(words="".join(f"<p>{word}{' woord' * (at * 7 % 40)}</p>" for word in words))
        for at, words in enumerate(own)
    )
    body = f'<h1>x</h1><div class="part appendix"><h2>y</h2>{start}{"".join(pieces)}{end}</div>'
    sheets = texts(read(pdf.pdf(page(body, head=f"<style>{css()}</style>"), NL)))
    assert len(sheets) > 1
    where = [[{at for at, sheet in enumerate(sheets) if word in sheet} for word in words] for words in own]
    assert all(len(at) == 1 for words in where for at in words)  # nothing is lost, nothing is there twice
    assert [words for words in where if len(set.union(*words)) > 1] == []


def test_a_report_of_the_demonstration(published_demo: Path, caplog: pytest.LogCaptureFixture) -> None:
    html = (Workspace(published_demo).reports / "beweging-01" / "2023-2024" / "report.html").read_text(encoding="utf-8")
    made_of = pdf.pdf(html, NL)
    assert caplog.messages == []  # no link without its line, no drawing without words
    reader = read(made_of)
    assert len(made_of) < 1_000_000
    assert 2 < len(reader.pages) < 40
    numbers = [re.search(r"(\d+) van (\d+)$", text) for text in texts(reader)]
    assert [number and number[0] for number in numbers] == [
        f"{at} van {len(reader.pages)}" for at in range(1, len(reader.pages) + 1)
    ]
    written = re.findall(r"<h2[^>]*>(.*?)</h2>", html)
    flat = str(bookmarks(reader))
    assert len(written) > 9
    assert [title for title in written if re.sub("<[^>]+>", "", title) not in flat] == []
    behind = re.findall(r"<h2[^>]*>(.*?)</h2>", html.partition('<div class="part appendix">')[2])[0]
    (begins,) = [reader.get_destination_page_number(one) for one in flattened(reader.outline) if one.title == behind]
    assert begins in (1, 2)  # two pages come before it at most
    drawings = [one for one in tags(reader) if one["/S"] == "/Figure"]
    assert len(drawings) == html.count("<svg ") > 2
    assert all(one.get("/Alt") for one in drawings)
    assert [image.name for one in reader.pages for image in one.images] == []
