"""Audiences: an executed notebook in, the cells that residents, a municipality or researchers read out.

All read the same estimates: an audience sees fewer cells, never other figures.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

LEVELS = ("intern", "bewoners", "gemeente", "openbaar")
"""For whom a collective releases its report, each wider than the one before; ``intern`` stays with the collective."""

AUDIENCES = ("bewoners", "gemeente", "onderzoekers")
"""Who reads a report beside the collective itself; researchers read all of it."""

PAGES = AUDIENCES[:2]
"""Audiences with a page of their own."""

TITLES = {"bewoners": "voor bewoners", "gemeente": "voor de gemeente"}
"""Audience with a page of its own → what stands in its title."""

SUMMARY = "summary"
"""Tag of a cell of the short report; a notebook without any has no pages for audiences."""

SAME_SHEET = "zelfde-blad"
"""Tag of the first cell of a part that goes on where the one before it ends; other parts begin on a new sheet."""

ONLY, NOT = "alleen-", "niet-"
"""Before an audience: the cell is for it alone, or not for it."""

_LINK = re.compile(r'<a\b[^>]*?\bhref="#([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_ID = re.compile(r'\sid="([^"]+)"')


def shows(tags: Collection[str], audience: str | None) -> bool:
    """Tell whether an audience sees a cell.

    Parameters
    ----------
    tags : collection of str
        Of the cell.
    audience : str, optional
        One of :data:`AUDIENCES`; none: the collective itself.

    Returns
    -------
    bool
        The whole report is all but what is for one audience alone; a page of an audience is the summary, and what has
        the audience among its tags.

    Raises
    ------
    ValueError
        When there is no such audience.
    """
    if audience is not None and audience not in AUDIENCES:
        raise ValueError(f"audience got {audience!r}; expected one of {', '.join(AUDIENCES)}. Name one of them.")
    only = {tag.removeprefix(ONLY) for tag in tags if tag.startswith(ONLY)}
    if only:
        return audience in only
    if audience not in PAGES:
        return True
    return f"{NOT}{audience}" not in tags and (SUMMARY in tags or audience in tags)


def select(notebook: NotebookNode, audience: str | None) -> NotebookNode:
    """Keep the cells that an audience sees.

    Parameters
    ----------
    notebook : NotebookNode
        With outputs; stays as it is.
    audience : str, optional
        As for :func:`shows`.

    Returns
    -------
    NotebookNode
        Another one.
    """
    kept = copy.copy(notebook)
    kept.cells = [cell for cell in notebook.cells if shows(cell.metadata.get("tags", []), audience)]
    return kept


def has_pages(notebook: NotebookNode) -> bool:
    """Tell whether a notebook says which of its cells are the summary.

    Parameters
    ----------
    notebook : NotebookNode
        Any; a workspace may have its own.

    Returns
    -------
    bool
        False: there is only the whole report.
    """
    return any(SUMMARY in cell.metadata.get("tags", []) for cell in notebook.cells)


def without_dead_links(html: str) -> str:
    """Turn links to what an audience does not see into plain words.

    Parameters
    ----------
    html : str
        A page, of templates and drawings of this package.

    Returns
    -------
    str
        The same, where every link to a place inside leads somewhere.
    """
    there = set(_ID.findall(html))
    return _LINK.sub(lambda found: found[0] if found[1] in there else found[2], html)
