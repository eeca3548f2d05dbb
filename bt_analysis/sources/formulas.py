"""Formulas in a workbook: a file goes in; the cells whose value is no value come out marked.

The result of a formula is what a person sees, and is read as if it had been typed. Two kinds are not: a formula that
was never calculated, because a program made the workbook, and one that fetches something from outside it.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from itertools import islice
from pathlib import Path

import openpyxl

from bt_analysis.sources.cells import NoResult
from bt_analysis.sources.grids import Grid

LAST_ROW = 1_048_576
"""Last row that a sheet can have."""

_QUOTED = re.compile(r'"[^"]*"')
_OUTSIDE = re.compile(
    r"\[[^\[\]]{1,255}\][^\[\]!(),]{0,255}!"  # another workbook: [1]Blad!A1
    r"|\w\|"  # a program by DDE: cmd|' /C calc'!A0
    r"|(?:HYPERLINK|WEBSERVICE|FILTERXML|ENCODEURL|IMPORT\w{1,30}|RTD|IMAGE|CALL|EXEC|REGISTER(?:\.ID)?|DDE|SQL\.REQUEST"
    r"|STOCKHISTORY|CUBE\w{1,30}|PY|GOOGLEFINANCE|SHELL)\s{0,9}\(",
    re.IGNORECASE,
)


def has_formulas(path: Path) -> bool:
    """Return whether a sheet of a workbook holds a formula.

    Parameters
    ----------
    path : Path
        An .xlsx file.

    Returns
    -------
    bool
        By the bytes of its sheets, without parsing them.
    """
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        return any(re.search(rb"<(?:\w+:)?f[ >/]", archive.read(name)) for name in sheets)


def reaches_outside(formula: str) -> bool:
    """Return whether a formula fetches something from outside its workbook.

    Parameters
    ----------
    formula : str
        As Excel stores it, with English names of functions.

    Returns
    -------
    bool
        True for another workbook, another program or the internet.
    """
    return bool(_OUTSIDE.search(_QUOTED.sub('""', formula)))


def mark_formulas(path: Path, grids: list[Grid]) -> list[Grid]:
    """Mark formulas without a result, and formulas that reach outside the workbook.

    Parameters
    ----------
    path : Path
        An .xlsx file with formulas.
    grids : list of Grid
        What was read from it, with the results of formulas.

    Returns
    -------
    list of Grid
        With ``NoResult`` in the cells that are not to be read.
    """
    formulas = _formulas(path, [grid.place.sheet or "" for grid in grids])
    return [_marked(grid, formulas[grid.place.sheet or ""]) for grid in grids]


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
                for number, cells in enumerate(islice(sheet.iter_rows(), LAST_ROW), start=1)
                for at, cell in enumerate(cells)
                if cell.data_type == "f"
            }
    return formulas


def _marked(grid: Grid, formulas: dict[tuple[int, int], str]) -> Grid:
    """Mark formulas that were never calculated, which a program made that is no spreadsheet, or that reach outside.

    A formula may also have an empty text as its result, and looks the same in the file; so a formula is only marked
    when none in the sheet has a result and it does not itself hold an empty text.
    """
    rows = {number: list(cells) for number, cells in grid.rows}
    calculated = any(at < len(rows.get(number, ())) and rows[number][at] is not None for number, at in formulas)
    for (number, at), formula in formulas.items():
        if reaches_outside(formula) or not (calculated or '""' in formula):
            cells = rows.setdefault(number, [])
            cells += [None] * (at + 1 - len(cells))
            cells[at] = NoResult(formula)
    return replace(grid, rows=sorted(rows.items()))
