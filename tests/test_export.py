"""Export: one file that opens anywhere, without code, script or any request to the outside."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bt_analysis import __version__
from bt_analysis.language import Language
from bt_analysis.pages import export
from bt_analysis.pages.audiences import SAME_SHEET
from bt_analysis.pages.export import ExportError, outside_requests

NL = Language("nl")


def shows(*pieces: str, source: str = "secret = 1") -> nbformat.NotebookNode:
    """Return an executed notebook whose cells show pieces of HTML."""
    cells = [new_markdown_cell("# For researchers")]  # type: ignore[no-untyped-call]
    for piece in pieces:
        data = {"text/html": piece, "text/plain": "Html"}
        output = new_output("execute_result", data, execution_count=1)  # type: ignore[no-untyped-call]
        cells.append(new_code_cell(source, outputs=[output]))  # type: ignore[no-untyped-call]
    notebook: nbformat.NotebookNode = new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    return notebook


def page_of(*pieces: str, title: str = "De Tuin", lang: str = "nl", synthetic: bool = False) -> str:
    return export.export(shows(*pieces), export.frame(title, Language(lang), synthetic=synthetic))


# Parts of paper


def test_a_part_begins_on_a_new_sheet_unless_its_first_cell_goes_on() -> None:
    def parts(*tags: list[str]) -> list[str]:
        notebook = shows("<h1>x</h1>", *("<p>y</p>" for _ in tags[1:]))
        for cell, own in zip(notebook.cells[1:], tags, strict=True):
            cell.metadata.tags = own
        html = export.export(notebook, export.frame("x", NL, synthetic=False))
        return re.findall(r'<div class="(part[^"]*)">', html)

    assert parts(["summary"], ["summary"], ["appendix"]) == ["part summary", "part appendix"]
    assert parts(["summary"], ["appendix", SAME_SHEET], ["appendix"]) == ["part summary", "part appendix goes-on"]
    # Only where a part begins.
    assert parts(["summary"], ["appendix"], ["appendix", SAME_SHEET]) == ["part summary", "part appendix"]


# Requests to the outside


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.org/a.png">',
        "<img src='//example.org/a.png'>",
        "<img src=a.png>",
        '<img SRC = "http://example.org">',
        '<a href="https://example.org">elsewhere</a>',
        '<a href="/elsewhere">elsewhere</a>',
        '<a href="other.html">elsewhere</a>',
        '<a href="javascript:alert(1)">x</a>',
        '<form action="https://example.org">',
        '<object data="https://example.org"></object>',
        '<video poster="https://example.org"></video>',
        '<image xlink:href="https://example.org/a.png"/>',
        "<style>p { background: url(https://example.org/a.png) }</style>",
        "<style>p { background: url( 'a.png' ) }</style>",
        "<style>@import 'a.css';</style>",
        '<p style="background: url(a.png)">x</p>',
        "<script>alert(1)</script>",
        '<SCRIPT src="x">',
        '<link rel="stylesheet" href="#x">',
        '<iframe srcdoc="x"></iframe>',
        '<img alt=">" src="https://example.org/a.png">',
        "<img alt='<p>' src=x>",
        '<p onclick="alert(1)">x</p>',
        '<svg><a xlink:href="javascript:alert(1)"></a></svg>',
        '<a href="data:text/html,<b>x</b>">x</a>',
        '<base href="#">',
        '<button formaction="https://example.org">x</button>',
        '<img srcset="a.png 2x">',
        '<g clip-path="url(https://example.org/a.svg#x)"></g>',
        '<rect fill="url(//example.org/a.svg#x)"/>',
        '<g cursor="url(//example.org/a.cur)"></g>',
    ],
)
def test_a_request_to_the_outside_is_found(html: str) -> None:
    assert outside_requests(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>See http://example.org and src=https://example.org or url(x)</p>",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        '<a href="#c-claim0">40</a>',
        '<img src="data:image/png;base64,AAAA">',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"></svg>',
        '<use xlink:href="#f123-m1"/>',
        '<g clip-path="url(#f123-p1)"></g>',
        "<style>p { color: red } /* url of nothing */</style>",
        '<td class="">=HYPERLINK("http://x")</td>',
        "<h1>2 < 3</h1>",
        '<p title="url of a house, src=x, onclick">x</p>',
        '<svg aria-label="background:url(//x/y.png)"><g><title>url(//x)</title></g></svg>',
        '<p title="url(//x)" data-said="url(//x)">x</p>',
        '<p aria-label="&lt;script&gt;">x</p>',
    ],
)
def test_text_about_an_address_asks_for_nothing(html: str) -> None:
    assert outside_requests(html) == []


# Pages


def test_a_page_is_one_file_with_what_cells_show() -> None:
    html = page_of("<h1>De Tuin</h1>", "<p>één</p>")
    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="nl">' in html
    assert "<title>De Tuin</title>" in html
    assert "<p>één</p>" in html
    assert outside_requests(html) == []


def test_a_page_forbids_what_it_does_not_have() -> None:
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page_of("<h1>x</h1>")


def test_code_and_notes_for_researchers_stay_out() -> None:
    html = page_of("<h1>x</h1>")
    assert "secret" not in html
    assert "For researchers" not in html
    assert "text/plain" not in html


def test_what_a_library_grumbles_stays_out() -> None:
    notebook = shows("<h1>x</h1>")
    notebook.cells[1].outputs.append(new_output("stream", name="stderr", text="/home/somebody: UserWarning"))  # type: ignore[no-untyped-call]
    assert "UserWarning" not in export.export(notebook, export.frame("x", NL, synthetic=False))


def test_the_language_is_that_of_the_page() -> None:
    html = page_of("<h1>x</h1>", lang="en")
    assert '<html lang="en">' in html
    assert "Made on " in html


def test_a_title_is_escaped() -> None:
    html = page_of("<h1>x</h1>", title="</title><script>alert(1)</script>")
    assert "<script" not in html
    assert len(re.findall("</title>", html)) == 1


def test_made_up_data_are_marked_in_title_footer_and_head() -> None:
    html = page_of("<h1>x</h1>", synthetic=True)
    assert "<title>[verzonnen] De Tuin</title>" in html
    assert "<footer>Voorbeeld met verzonnen gegevens. Gemaakt op " in html
    assert re.search(r'<meta [^>]*name="synthetic"', html)


def test_real_data_are_not_marked() -> None:
    assert "verzonnen" not in page_of("<h1>x</h1>")


def test_the_frame_names_the_version() -> None:
    assert str(export.frame("x", NL, synthetic=False)["footer"]).endswith(f"met bt_analysis {__version__}.")


def test_a_notebook_that_shows_no_title_is_refused() -> None:
    with pytest.raises(ExportError, match=r"shows no title; expected sections as HTML"):
        page_of("<p>only this</p>")


@pytest.mark.parametrize("piece", ["<script>alert(1)</script>", '<img src="https://example.org/a.png">'])
def test_a_page_that_reaches_outside_is_refused(piece: str) -> None:
    with pytest.raises(ExportError, match=r"outside itself; expected none"):
        page_of("<h1>x</h1>", piece)


def test_exporting_does_not_change_the_notebook() -> None:
    notebook = shows("<h1>x</h1>")
    before = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    export.export(notebook, export.frame("x", NL, synthetic=False))
    assert nbformat.writes(notebook) == before  # type: ignore[no-untyped-call]
