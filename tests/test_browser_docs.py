"""Pages of the documentation in a real browser: everyone can read them, on a phone too, and nothing is fetched."""

import os
from pathlib import Path

import pytest

from tests import page_checks, site
from tests.browser import NARROWEST, PHONE, Visits, violations

pytestmark = pytest.mark.browser

reachable = site.module("reachable")
PAGES: tuple[str, ...] = ("index", "tutorial", "methods", "architecture", "notebooks/31_change", "howto/dashboard")
PAGES += ("data-dictionary", "validation") if os.environ.get("BT_FULL") else ()  # long pages, half a minute each


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
        ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
        ('<aside class="toc-drawer no-toc">', '<aside class="toc-drawer no-toc" aria-label="On this page">'),
        ("<pre>bt demo</pre>", '<pre tabindex="0">bt demo</pre>'),
        ('<div class="table-wrapper a">', '<div class="table-wrapper a" tabindex="0" role="group" aria-label="Table">'),
        ("<thead><tr><th></th></tr></thead>", "<thead><tr><td></td></tr></thead>"),
        ('<tr><th class="head"><p></p></th></tr>', '<tr><td class="head"><p></p></td></tr>'),
        ("<thead><tr><th>n</th></tr></thead>", '<thead><tr><th scope="col">n</th></tr></thead>'),
        ("<tbody><tr><th>0</th></tr></tbody>", '<tbody><tr><th scope="row">0</th></tr></tbody>'),
        ('<thead><tr><th scope="col">n</th></tr></thead>', '<thead><tr><th scope="col">n</th></tr></thead>'),
    ],
)  # fmt: skip
def test_what_sphinx_leaves_out_is_added(written: str, expected: str) -> None:
    assert reachable.mended(written) == expected
    assert reachable.mended(expected) == expected  # a second time changes nothing


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_documentation_can_be_read_by_everyone(visit: Visits, quick_site: Path, name: str) -> None:
    seen = visit(quick_site / f"{name}.html", folder=quick_site)
    assert seen.complaints == []
    assert violations(seen.page) == []
    assert page_checks.headings(seen.page) == []
    assert page_checks.overlapping(seen.page) == []
    for width in (PHONE, NARROWEST):
        seen.page.set_viewport_size({"width": width, "height": 800})
        assert seen.width() <= width
