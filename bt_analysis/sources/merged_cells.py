"""Merged cells of a workbook: a file goes in; which cells of each sheet are one comes out.

A spreadsheet keeps the value of merged cells in the first one only, so that the others would be read as not recorded.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter, range_boundaries

from bt_analysis.sources.grids import Grid, Header, spelling
from bt_analysis.sources.sentences import Findings

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*ref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\"")


def with_merged(path: Path, grids: list[Grid]) -> list[Grid]:
    """Return sheets with which of their cells are merged.

    Parameters
    ----------
    path : Path
        An .xlsx file that openpyxl could read.
    grids : list of Grid
        What was read from it.

    Returns
    -------
    list of Grid
        The same, with ``merged`` filled in.
    """
    with path.open("rb") as file:
        merged = _merged(file)
    return [replace(grid, merged=merged.get(grid.place.sheet or "", ())) for grid in grids]


def report_merged(grid: Grid, header: Header, findings: Findings) -> None:
    """Report merged cells with a value below the header: it is not known which of the rows and columns it is of.

    Parameters
    ----------
    grid : Grid
        As delivered.
    header : Header
        Where the columns are.
    findings : Findings
        The problems are added to it.
    """
    rows = dict(grid.rows) if grid.merged else {}
    names = {at: name for name, at in header.positions.items()}
    for cells in grid.merged:
        left, top, _, _ = range_boundaries(cells)
        row = rows.get(top or 0, ())
        at = (left or 0) - 1
        if (top or 0) > header.row and at < len(row) and spelling(row[at]):
            column = names.get(at, get_column_letter(at + 1))
            findings.problem("merged_cells", grid.place, row=top, column=column, got=row[at], cells=cells)


def _merged(file: BinaryIO) -> dict[str, tuple[str, ...]]:
    """Return the merged cells of each sheet, by its title."""
    reader = ExcelReader(file, read_only=True)
    reader.read_manifest()
    reader.read_workbook()
    found = {}
    for sheet, part in reader.parser.find_sheets():
        content = reader.archive.read(part.target)
        # They are listed after the cells.
        after = content[content.rfind(b"sheetData>") :]
        found[sheet.name] = tuple(cells.decode() for cells in _MERGED.findall(after))
    return found
