"""Makes built pages readable for everyone: HTML as Sphinx and its theme wrote it in, mended HTML out (WCAG 2.2).

What they leave out is the same on every page: a level of the titles in the side bar, names of the side bars, a way to
scroll code and wide tables with the keyboard, and of what the head of a table is the head.
"""

from __future__ import annotations

import re
from pathlib import Path

_MENDS = (
    (re.compile(r'role="heading"(?! aria-level)'), 'role="heading" aria-level="2"'),
    (re.compile(r'<aside class="sidebar-drawer">'), '<aside class="sidebar-drawer" aria-label="All pages">'),
    (re.compile(r'<aside class="(toc-drawer[^"]*)">'), r'<aside class="\1" aria-label="On this page">'),
    (re.compile(r"<pre>"), '<pre tabindex="0">'),
    (
        re.compile(r'<div class="(table-wrapper[^"]*)">'),
        r'<div class="\1" tabindex="0" role="group" aria-label="Table">',
    ),
    # The empty head above the names of rows is no head.
    (re.compile(r"<th((?: class=\"[^\"]*\")?)>(\s*(?:<p></p>)?\s*)</th>"), r"<td\1>\2</td>"),
)
_PART = re.compile(r"<(thead|tbody)\b.*?</\1>", re.DOTALL)
_HEAD = re.compile(r"<th(?=[ >])(?![^>]*\bscope=)")


def mended(html: str) -> str:
    """Add what a page lacks.

    Parameters
    ----------
    html : str
        A page of the site.

    Returns
    -------
    str
        The same page; what was mended before is left as it is.
    """
    for pattern, better in _MENDS:
        html = pattern.sub(better, html)

    def say_of_what(part: re.Match[str]) -> str:
        return _HEAD.sub(f'<th scope="{"col" if part[1] == "thead" else "row"}"', part[0])

    return _PART.sub(say_of_what, html)


def mend(folder: Path) -> None:
    """Mend every page in a folder, in place.

    Parameters
    ----------
    folder : Path
        A built site.
    """
    for path in folder.rglob("*.html"):
        path.write_text(mended(path.read_text(encoding="utf-8")), encoding="utf-8")
