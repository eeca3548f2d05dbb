"""Reports that were read already: one in; whoever reads the same in this process while it is at hand gets it out.

A report is read before its notebook runs, to see whether anything changed, and again by the notebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bt_analysis.pages.content import Content

Asked = tuple[Path, str, str, str]
"""Workspace, collective and period (both empty: of all collectives together), and language."""

_there: dict[Asked, Content] = {}


@contextmanager
def keep(content: Content, asked: Asked) -> Iterator[None]:
    """Keep a report at hand.

    Parameters
    ----------
    content : Content
        As it was read.
    asked : tuple
        What it was read by.

    Yields
    ------
    None
        While it is at hand.
    """
    _there[asked] = content
    try:
        yield
    finally:
        del _there[asked]


def find(asked: Asked) -> Content | None:
    """Find a report that is at hand.

    Parameters
    ----------
    asked : tuple
        What is to be read.

    Returns
    -------
    Content or None
        None: it must be read.
    """
    return _there.get(asked)
