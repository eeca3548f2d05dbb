"""A delivered .xlsx workbook: a file goes in; the filled rows of each sheet come out.

Read with openpyxl, cell by cell, and not with calamine, although that is faster (0.1 against 1.1 seconds for
10,000 rows): calamine returns error cells (#REF!) and formulas without a result as empty cells, which would be read
as "not recorded"; it hides that a number is shown as a percentage; and one stray cell in the last row and column of
a sheet makes it ask for 550 GB and stop the whole program.
"""

from __future__ import annotations

import difflib
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
from bt_analysis.sources.cells import NoResult, Percent
from bt_analysis.sources.grids import Grid, Row, spelling
from bt_analysis.sources.sentences import Findings, Place

LARGEST_FILE_MB = 20
LARGEST_UNPACKED_MB = 200
LARGEST_TABLE = 100_000

# Last row that a sheet can have; a file that says otherwise was not made by a spreadsheet.
_LAST_ROW = 1_048_576
_NOT_A_TABLE = ("leesmij", "readme", "voorbeeld", "example", "keuzes", "options")
# Excel gives a sheet no longer name.
_LONGEST_TITLE = 31
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
# What openpyxl raises on a workbook whose parts are missing, cut off or contradict each other.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, EOFError, OSError, RuntimeError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError),
)


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
    if is_too_large(path, place, findings) or not _is_workbook(path, place, findings):
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
            has_formulas = _has_formulas(path)
    except _DAMAGED as problem:
        raise ValueError(f"no workbook, or one with a password or damage: {problem}") from problem
    if has_formulas:
        raise ValueError("a workbook with formulas; save it with values only")
    return sheets


def _is_workbook(path: Path, place: Place, findings: Findings) -> bool:
    content = path.read_bytes()
    if content.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        findings.problem("password" if encrypted else "old_format", place)
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            unpacked = sum(part.file_size for part in archive.infolist()) / 1e6
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        names, unpacked = [], 0.0
    if unpacked > LARGEST_UNPACKED_MB:
        findings.problem("too_large_unpacked", place, got=round(unpacked), limit=LARGEST_UNPACKED_MB)
    elif "[Content_Types].xml" not in names:
        findings.problem("not_a_workbook", place)
    return "[Content_Types].xml" in names and unpacked <= LARGEST_UNPACKED_MB


def _read_sheets(path: Path, place: Place, findings: Findings) -> list[Grid]:
    # Opened here and closed with it, as openpyxl keeps the file open for as long as it streams.
    with path.open("rb") as file:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        chosen = _choose([sheet.title for sheet in workbook.worksheets], place, findings)
        grids = [_grid(workbook[title], table, Place(place.file, title), findings) for title, table in chosen.items()]
    # Read again when there are formulas: the first time gave their results, and not which cells are formulas.
    if _has_formulas(path):
        formulas = _formulas(path, list(chosen))
        return [_without_results(grid, formulas) for grid in grids]
    return grids


def _choose(titles: list[str], place: Place, findings: Findings) -> dict[str, str]:
    """Return which sheet holds which table."""
    chosen: dict[str, str] = {}
    for title in titles:
        table, close = table_name(title)
        here = Place(place.file, title)
        if table is None and close is not None:
            findings.problem("close_sheet", here, got=title, suggestion=close)
        elif table is None and spelling(title).replace(" ", "") not in _NOT_A_TABLE:
            findings.repair("unknown_sheet", here, got=title, tables=", ".join(MONITORING))
        elif table in chosen.values():
            other = next(title for title, name in chosen.items() if name == table)
            findings.problem("duplicate_sheet", here, table=table, got=other)
        elif table is not None:
            chosen[title] = table
            if title not in (table, *(sheet_title(load(table)[part]) for part in ("title", "title_en"))):
                findings.repair("sheet_title", here, got=title, table=table)
    return chosen


def _grid(sheet: Any, table: str, place: Place, findings: Findings) -> Grid:
    rows = list(islice(_filled_rows(sheet), LARGEST_TABLE + 1))
    if len(rows) > LARGEST_TABLE:
        findings.problem("too_many_rows", place, limit=LARGEST_TABLE)
    return Grid(place, table, rows[:LARGEST_TABLE])


def _filled_rows(sheet: Any) -> Iterator[Row]:
    # Some programs write a wrong size in the sheet, which would cut rows off.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > _LAST_ROW:
            raise ValueError(f"row {number} in {sheet.title!r}; expected at most {_LAST_ROW}.")
        values = [_value(cell) for cell in cells]
        while values and (values[-1] is None or not str(values[-1]).strip()):
            values.pop()
        if values:
            yield number, values


def _value(cell: Any) -> object:
    """Return what a person sees in the cell: a percentage stays one."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "%" in cell.number_format:
        return Percent(value)
    return value


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        return any(re.search(rb"<(?:\w+:)?f[ >/]", archive.read(name)) for name in sheets)


def _formulas(path: Path, titles: list[str]) -> dict[str, dict[tuple[int, int], str]]:
    """Return the formulas of each sheet, by row number and place in the row."""
    with path.open("rb") as file:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=False)
        formulas: dict[str, dict[tuple[int, int], str]] = {}
        for title in titles:
            sheet = workbook[title]
            sheet.reset_dimensions()
            formulas[title] = {
                (number, at): str(getattr(cell.value, "text", cell.value))
                for number, cells in enumerate(islice(sheet.iter_rows(), _LAST_ROW), start=1)
                for at, cell in enumerate(cells)
                if cell.data_type == "f"
            }
    return formulas


def _without_results(grid: Grid, formulas: dict[str, dict[tuple[int, int], str]]) -> Grid:
    """Mark formulas that were never calculated, which a program made that is no spreadsheet.

    A formula may also have an empty text as its result, and looks the same in the file; so a formula is only marked
    when none in the sheet has a result and it does not itself hold an empty text.
    """
    here = formulas[grid.place.sheet or ""]
    rows = {number: list(cells) for number, cells in grid.rows}
    if any(at < len(rows.get(number, ())) and rows[number][at] is not None for number, at in here):
        return grid
    for (number, at), formula in here.items():
        if '""' not in formula:
            cells = rows.setdefault(number, [])
            cells += [None] * (at + 1 - len(cells))
            cells[at] = NoResult(formula)
    return Grid(grid.place, grid.table, sorted(rows.items()), grid.from_text)
