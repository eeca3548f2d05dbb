"""What StatLine's download button gives: rows of a CSV go in; one header and the rows below it come out.

"CSV with labels" has one header, with the path, title and unit of a topic in one cell. The layout of the screen has a
title, an empty line, then topics above units; turned round, its regions stand in the columns. Both end with a source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bt_analysis.sources.kwb_topics import unknown_topic

Cells = Sequence[str]

_FOOT = re.compile(r"(Bron: ?|© ?).*")
_UNIT = re.compile(r"(?P<topic>.*\S)\s*\((?P<unit>[^()]*)\)\s*", re.DOTALL)
_TOPIC = "Onderwerp"


def is_screen(rows: Sequence[Cells]) -> bool:
    """Return whether a CSV has the layout of StatLine's screen.

    Parameters
    ----------
    rows : sequence of sequence of str
        All lines.

    Returns
    -------
    bool
        True when a title stands alone above an empty line.
    """
    return len(rows) > 4 and _filled(rows[0]) == 1 and _filled(rows[1]) == 0


def from_screen(rows: Sequence[Cells]) -> tuple[list[str], list[Cells]]:
    """Give the layout of the screen the header of "CSV with labels".

    Parameters
    ----------
    rows : sequence of sequence of str
        All lines, with the title first.

    Returns
    -------
    tuple
        Names of columns, groups with ``|`` between them, as in ``Inkomen|Gemiddeld inkomen (x 1 000 euro)``; and the
        rows, one per region.

    Raises
    ------
    ValueError
        When the lines do not have the layout.
    """
    body = [row for row in rows[1:] if _filled(row) and not _is_foot(row)]
    at = next((at for at, row in enumerate(body) if _TOPIC in row), None)
    if at is None:
        raise ValueError(f"a title without a line that says {_TOPIC!r}")
    return _turned(body[at - 1 :]) if body[at][0] == _TOPIC else _below_units(body[at + 1 :])


def from_label(column: str) -> dict[str, object]:
    """Return what a label says about its topic.

    Parameters
    ----------
    column : str
        Such as ``Bevolking/Geslacht/Mannen (aantal)``.

    Returns
    -------
    dict
        Properties of the topic. A title that itself holds ``/`` is cut there, unless groups are parted by ``|``.
    """
    match = _UNIT.fullmatch(column)
    topic, unit = (match["topic"], match["unit"].strip()) if match else (column, "")
    *path, title = [part.strip() for part in topic.split("|" if "|" in topic else "/")]
    return unknown_topic(column, title, unit, tuple(path))


def has_unit(column: str) -> bool:
    """Return whether a name ends with a unit, as labels do.

    Parameters
    ----------
    column : str
        Name of a column.

    Returns
    -------
    bool
        True for ``Mannen (aantal)``.
    """
    return _UNIT.fullmatch(column) is not None


def _below_units(body: list[Cells]) -> tuple[list[str], list[Cells]]:
    """Topics stand above units; the first columns, without a topic, are named in the line of the units."""
    topics, units = body[0], body[1]
    names = [_labelled(topic, unit) for topic, unit in zip(topics, units, strict=True)]
    return names, body[2:]


def _turned(body: list[Cells]) -> tuple[list[str], list[Cells]]:
    """Topics stand in the first column and their units in the second; each further column is a region."""
    dimension = next(cell for cell in body[0] if cell)
    regions, topics = body[1], body[2:]
    names = [dimension, *(_labelled(row[0], row[1]) for row in topics)]
    columns = [regions[2:], *(row[2:] for row in topics)]
    return names, [list(row) for row in zip(*columns, strict=True)]


def _labelled(topic: str, unit: str) -> str:
    return f"{topic.strip()} ({unit.strip()})" if topic.strip() else unit.strip()


def _filled(row: Cells) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_foot(row: Cells) -> bool:
    return _filled(row) == 1 and _FOOT.fullmatch(row[0].strip()) is not None
