"""Audiences: which cells each sees, and that no link on its page leads to what is not there."""

import json
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from bt_analysis.language import Language
from bt_analysis.pages import audiences, export
from bt_analysis.pages.audiences import shows
from tests.notebook_cells import NOTEBOOKS
from tests.test_export import shows as showing

REPORTS = sorted(NOTEBOOKS.glob("report_*.ipynb"))


@pytest.mark.parametrize(
    ("tags", "collective", "bewoners", "gemeente", "onderzoekers"),
    [
        (["summary"], True, True, True, True),
        (["appendix"], True, False, False, True),
        (["appendix", "gemeente"], True, False, True, True),
        (["appendix", "bewoners", "gemeente"], True, True, True, True),
        (["summary", "niet-bewoners"], True, False, True, True),
        (["summary", "alleen-bewoners"], False, True, False, False),
        (["alleen-bewoners", "alleen-gemeente"], False, True, True, False),
        ([], True, False, False, True),
    ],
)
def test_an_audience_sees_what_the_tags_say(
    tags: list[str], collective: bool, bewoners: bool, gemeente: bool, onderzoekers: bool
) -> None:
    found = [shows(tags, one) for one in (None, "bewoners", "gemeente", "onderzoekers")]
    assert found == [collective, bewoners, gemeente, onderzoekers]


def test_an_audience_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="audience got 'buren'; expected one of bewoners, gemeente, onderzoekers"):
        shows([], "buren")


def test_choosing_leaves_the_notebook_as_it_was() -> None:
    notebook = showing("<h1>Tuin</h1>", "<p>flow</p>")
    notebook.cells[1].metadata["tags"] = ["summary"]
    notebook.cells[2].metadata["tags"] = ["appendix"]
    assert len(audiences.select(notebook, "gemeente").cells) == 1
    assert len(notebook.cells) == 3  # the text for researchers stands in front


def test_a_page_is_the_same_figures_in_fewer_cells() -> None:
    notebook = showing("<h1>Tuin</h1>", '<p><a href="#c-1">40</a> people</p>', '<p id="c-1">its own line</p>')
    for cell, tags in zip(notebook.cells[1:], (["summary"], ["summary"], ["appendix"]), strict=True):
        cell.metadata["tags"] = tags
    frame = export.frame("Tuin", Language("nl"), synthetic=False)
    whole, page = (export.export(notebook, frame, audience) for audience in (None, "bewoners"))
    assert '<a href="#c-1">40</a> people' in whole
    assert "<p>40 people</p>" in page  # what it led to is not there, so it is no link
    assert "its own line" not in page


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="#a">x</a><p id="a"></p>', '<a href="#a">x</a><p id="a"></p>'),
        ('<a class="q" href="#a">x <b>y</b></a>', "x <b>y</b>"),
        ('<svg><a href="#a"><text>x</text></a></svg>', "<svg><text>x</text></svg>"),
        ('<a id="deel-2"></a>', '<a id="deel-2"></a>'),
        ('<a href="#a">1</a> and <a href="#b">2</a><i id="b"></i>', '1 and <a href="#b">2</a><i id="b"></i>'),
    ],
)
def test_a_link_to_nothing_becomes_words(html: str, expected: str) -> None:
    assert audiences.without_dead_links(html) == expected


def test_a_notebook_without_tags_has_the_whole_report_only() -> None:
    assert not audiences.has_pages(showing("<h1>x</h1>"))
    assert not audiences.has_pages(new_notebook())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_every_cell_that_shows_something_has_one_part(path: Path) -> None:
    """Cells of both report notebooks say to which part they belong, so that a page leaves nothing out by mistake."""
    seen = False
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        tags, source = set(cell["metadata"].get("tags", [])), "".join(cell["source"])
        if cell["cell_type"] != "code" or "parameters" in tags:
            continue
        seen |= "content.of_" in source
        last = source.splitlines()[-1]
        if seen and not last.startswith("report = "):
            assert len(tags & {"summary", "appendix"}) == 1, source
        known = {"summary", "appendix", audiences.SAME_SHEET, *audiences.AUDIENCES}
        known |= {f"{start}{one}" for start in (audiences.ONLY, audiences.NOT) for one in audiences.PAGES}
        assert tags <= known, source
