"""Pages as Sphinx wrote them come in; the same, mended for who reads by keyboard or screen reader, goes out."""

from __future__ import annotations

import re
from pathlib import Path

MENDED = (
    # Furo: heads of the bar at the side without a level, and two bars without a name.
    (re.compile(r'<p class="caption" role="heading">'), '<p class="caption" role="heading" aria-level="2">'),
    (re.compile(r'<aside class="sidebar-drawer">'), '<aside class="sidebar-drawer" aria-label="Pages">'),
    (re.compile(r'<aside class="toc-drawer'), '<aside aria-label="On this page" class="toc-drawer'),
    # What scrolls sideways can be reached with the keyboard.
    (re.compile(r"<pre>"), '<pre tabindex="0">'),
    (re.compile(r'<div class="table-wrapper'), '<div tabindex="0" class="table-wrapper'),
    (re.compile(r'<div class="output text_html">'), '<div tabindex="0" class="output text_html">'),
    # An empty corner of a table is no header.
    (re.compile(r"<th(?: class=\"head\")?>(?:<p></p>)?</th>"), "<td></td>"),
)
"""What is written → what is put in its place."""


def mended(page: str) -> str:
    """Mend a page.

    Parameters
    ----------
    page : str
        HTML as Sphinx, Furo and pandas write it.

    Returns
    -------
    str
        The same words, with what assistive technology needs.
    """
    for written, better in MENDED:
        page = written.sub(better, page)
    return page


def mend(folder: Path) -> None:
    """Mend every page of a site.

    Parameters
    ----------
    folder : Path
        With the pages, which are written anew.
    """
    for path in sorted(folder.rglob("*.html")):
        path.write_text(mended(path.read_text(encoding="utf-8")), encoding="utf-8")
