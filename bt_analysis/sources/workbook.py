"""A delivered .xlsx workbook: a file goes in; the filled rows of each sheet come out.

Read with openpyxl, cell by cell, and not with calamine, although that is faster (0.1 against 1.1 seconds for
10,000 rows): calamine returns error cells (#REF!) and formulas without a result as empty cells, which would be read
as "not recorded"; it hides that a number is shown as a percentage; and one stray cell in the last row and column of
a sheet makes it ask for 550 GB and stop the whole program.
"""

from __future__ import annotations

import difflib
import functools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from bt_analysis.schema import MONITORING, load
from bt_analysis.sources.cells import Percent
from bt_analysis.sources.formulas import LAST_ROW, has_formulas, mark_formulas
from bt_analysis.sources.grids import Grid, Row, spelling
from bt_analysis.sources.merged_cells import with_merged
from bt_analysis.sources.personal import looks_personal
from bt_analysis.sources.screening import warn_of_unread
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.workbook_parts import is_workbook

LARGEST_FILE_MB = 20
LARGEST_TABLE = 100_000

WIDEST = 1_000
# A stray cell far to the right is told; a sheet full of them costs more than a table is worth.
_MOST_WIDE_ROWS = 100
_TOP = 25
_NOT_A_TABLE = ("leesmij", "readme", "voorbeeld", "example", "keuzes", "options")
# Excel gives a sheet no longer name.
_LONGEST_TITLE = 31
# What openpyxl raises on a workbook whose parts are missing, cut off or contradict each other.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, EOFError, OSError, RuntimeError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError),
)


class _TooWideError(ValueError):
    """A sheet has more columns than a table."""


def table_name(name: str) -> tuple[str | None, str | None]:
    """Return which monitoring table a name means, or else looks like.

    Parameters
    ----------
    name : str
        Name of a sheet, a file or a resource.

    Returns
    -------
    tuple
        The table and None, or None and the table it looks like, or twice None.
    """
    known = {
        spelling(written): table
        for part in ("title_en", "title", "name")
        for table in MONITORING
        for written in (sheet_title(load(table)[part]), load(table)[part])
    }
    if spelling(name) in known:
        return known[spelling(name)], None
    close = difflib.get_close_matches(spelling(name), list(known), n=1, cutoff=0.7)
    return None, known[close[0]] if close else None


def sheet_title(title: str) -> str:
    """Return what a sheet with the title of a table is called, as Excel does not allow long names.

    Parameters
    ----------
    title : str
        Title of a table.

    Returns
    -------
    str
        Its first 31 characters.
    """
    return title[:_LONGEST_TITLE].rstrip()


def is_too_large(path: Path, place: Place, findings: Findings) -> bool:
    """Return whether a file is larger than any monitoring package needs to be, and say so.

    Parameters
    ----------
    path : Path
        Any file.
    place : Place
        How the file is named in a problem.
    findings : Findings
        The problem is added to it.

    Returns
    -------
    bool
        True above ``LARGEST_FILE_MB``.
    """
    size = path.stat().st_size / 1e6
    if size > LARGEST_FILE_MB:
        findings.problem("too_large", place, got=round(size), limit=LARGEST_FILE_MB)
    return size > LARGEST_FILE_MB


def read_workbook(path: Path, place: Place, findings: Findings) -> list[Grid] | None:
    """Read every sheet of a workbook that holds a monitoring table.

    Parameters
    ----------
    path : Path
        An .xlsx file.
    place : Place
        How the file is named in a problem.
    findings : Findings
        Every problem and repair is added to it.

    Returns
    -------
    list of Grid or None
        At most one per table; None when the workbook cannot be read.
    """
    if is_too_large(path, place, findings) or not is_workbook(path, place, findings):
        return None
    try:
        # openpyxl warns about styles and drop-downs that it does not know, which hold no data.
        with warnings.catch_warnings(action="ignore"):
            return _read_sheets(path, place, findings)
    except _DAMAGED:
        findings.problem("unreadable", place)
        return None


def sheet_rows(path: Path) -> dict[str, list[Row]]:
    """Read the filled rows of every sheet of a workbook, whatever it is about.

    Parameters
    ----------
    path : Path
        An .xlsx file.

    Returns
    -------
    dict
        Title of a sheet → its filled rows: number of the row as a person sees it, and its cells.

    Raises
    ------
    ValueError
        When it is no workbook, has a password, is damaged, or holds formulas: one that was never calculated looks
        the same as an empty cell.
    """
    try:
        with warnings.catch_warnings(action="ignore"), path.open("rb") as file:
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheets = {sheet.title: list(_filled_rows(sheet)) for sheet in workbook.worksheets}
            formulas_there = has_formulas(path)
    except _DAMAGED as problem:
        raise ValueError(f"no workbook, or one with a password or damage: {problem}") from problem
    if formulas_there:
        raise ValueError("a workbook with formulas; save it with values only")
    return sheets


def _read_sheets(path: Path, place: Place, findings: Findings) -> list[Grid]:
    # Opened here and closed with it, as openpyxl keeps the file open for as long as it streams.
    with path.open("rb") as file:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        chosen = _choose(workbook.worksheets, place, findings)
        read = [_grid(workbook[title], table, Place(place.file, title), findings) for title, table in chosen.items()]
    grids = [grid for grid in read if grid is not None]
    # Read again when there are formulas: the first time gave their results, and not which cells are formulas.
    return with_merged(path, mark_formulas(path, grids) if has_formulas(path) else grids)


def _choose(sheets: list[Any], place: Place, findings: Findings) -> dict[str, str]:
    """Return which sheet holds which table."""
    chosen: dict[str, str] = {}
    for number, sheet in enumerate(sheets, start=1):
        table, close = table_name(sheet.title)
        here = Place(place.file, sheet.title)
        if table is None and looks_personal(sheet.title):
            findings.problem("personal_sheet", Place(place.file, f"nr. {number}"))
        elif table is None and close is not None:
            findings.problem("close_sheet", here, got=sheet.title, suggestion=close)
        elif table is None:
            _pass_over(sheet, here, findings)
        elif sheet.sheet_state != "visible":
            findings.problem("hidden_sheet", here, table=table)
        elif table in chosen.values():
            other = next(title for title, name in chosen.items() if name == table)
            findings.problem("duplicate_sheet", here, table=table, got=other)
        else:
            chosen[sheet.title] = table
            if sheet.title not in (table, *(sheet_title(load(table)[part]) for part in ("title", "title_en"))):
                findings.repair("sheet_title", here, got=sheet.title, table=table)
    return chosen


def _pass_over(sheet: Any, place: Place, findings: Findings) -> None:
    """Say that a sheet is not read, and whether it is about people."""
    if spelling(sheet.title).replace(" ", "") not in _NOT_A_TABLE:
        findings.repair("unknown_sheet", place, got=sheet.title, tables=", ".join(MONITORING))
    top = islice(sheet.iter_rows(max_row=_TOP, max_col=WIDEST, values_only=True), _TOP)
    warn_of_unread(list(enumerate(top, start=1)), place, findings)


def _grid(sheet: Any, table: str, place: Place, findings: Findings) -> Grid | None:
    try:
        rows = list(islice(_filled_rows(sheet, _MOST_WIDE_ROWS), LARGEST_TABLE + 1))
    except _TooWideError:
        findings.problem("too_many_columns", place, limit=WIDEST, table=table)
        return None
    if len(rows) > LARGEST_TABLE:
        findings.problem("too_many_rows", place, limit=LARGEST_TABLE, table=table)
        return None
    return Grid(place, table, rows)


def _filled_rows(sheet: Any, most_wide: int = LAST_ROW) -> Iterator[Row]:
    # Some programs write a wrong size in the sheet, which would cut rows off.
    sheet.reset_dimensions()
    wide = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > LAST_ROW:
            raise ValueError(f"row {number} in {sheet.title!r}; expected at most {LAST_ROW}.")
        wide += len(cells) > WIDEST
        if wide > most_wide:
            raise _TooWideError(f"{wide} rows of more than {WIDEST} cells in {sheet.title!r}; expected fewer.")
        values = [_value(cell) for cell in cells]
        while values and (values[-1] is None or not str(values[-1]).strip()):
            values.pop()
        if values:
            yield number, values


def _value(cell: Any) -> object:
    """Return what a person sees in the cell: a percentage stays one."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _shows_percent(cell.number_format):
        return Percent(value)
    return value


@functools.lru_cache(maxsize=1000)
def _shows_percent(number_format: str) -> bool:
    """Return whether 0.8 is shown as 80%; a sign in quotes or behind a backslash shows 0.8 as 0.8%."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", number_format)
