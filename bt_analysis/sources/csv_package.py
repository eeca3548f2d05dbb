"""A delivered folder of CSV files with a datapackage.json: a folder goes in; the rows of each table come out.

The files are UTF-8 with a comma between the columns; a semicolon or tab, which a Dutch Excel writes, is read too.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from bt_analysis.schema import MONITORING, load
from bt_analysis.sources.descriptions import DESCRIPTION, SEPARATORS, Resource, contradicts, resources
from bt_analysis.sources.formulas import LAST_ROW
from bt_analysis.sources.grids import Grid, Row, aliases, spelling
from bt_analysis.sources.screening import warn_of_unread
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.workbook import LARGEST_FILE_MB, LARGEST_TABLE, WIDEST, is_too_large, table_name

__all__ = ["DESCRIPTION", "read_csv_package"]

# The header stands in one of the first lines; so many characters of a file are looked at to find it.
_HEADER_WITHIN = 25
_TOP = 250_000
# Tells Excel what stands between the columns; Excel does not show it, and counts the rows without it.
_SEP_LINE = re.compile(r"\A\"?sep=[^\r\n]{1,2}(?:\r\n|\r|\n)", re.IGNORECASE)


def read_csv_package(folder: Path, files: list[Path], findings: Findings) -> list[Grid]:
    """Read every CSV file that holds a monitoring table.

    Parameters
    ----------
    folder : Path
        Folder of one collective.
    files : list of Path
        The CSV files in it.
    findings : Findings
        Every problem and repair is added to it.

    Returns
    -------
    list of Grid
        At most one per table.
    """
    chosen: dict[str, Resource] = {}
    for resource in resources(folder, files, findings):
        place = _place(folder, resource.path)
        table, close = table_name(resource.name)
        if table is None and close is not None:
            findings.problem("close_sheet", place, got=resource.name, suggestion=close)
        elif table is None:
            _pass_over(resource.path, resource.name, place, findings)
        elif table in chosen:
            findings.problem("duplicate_sheet", place, table=table, got=chosen[table].path.name)
        else:
            chosen[table] = resource
    read = [_grid(each, table, _place(folder, each.path), findings) for table, each in chosen.items()]
    return [grid for grid in read if grid is not None]


def _place(folder: Path, path: Path) -> Place:
    return Place(f"{folder.name}/{path.name}")


def _pass_over(path: Path, name: str, place: Place, findings: Findings) -> None:
    """Say that a file is not read, and whether it is about people."""
    findings.repair("unknown_sheet", place, got=name, tables=", ".join(MONITORING))
    if path.stat().st_size <= LARGEST_FILE_MB * 1e6:
        top = path.read_bytes()[:_TOP].decode("utf-8", errors="replace").splitlines()[:_HEADER_WITHIN]
        warn_of_unread([(at, re.split("[,;\t]", line)) for at, line in enumerate(top, start=1)], place, findings)


def _grid(resource: Resource, table: str, place: Place, findings: Findings) -> Grid | None:
    if is_too_large(resource.path, place, findings):
        return None
    content = resource.path.read_bytes()
    if b"\x00" in content:
        findings.problem("not_text", place)
        return None
    text, undecoded = _text(content)
    separator = resource.separator or _separator(text, table)
    if undecoded is not None:
        row = sum(1 for _ in csv.reader(io.StringIO(undecoded, newline=""), delimiter=separator)) or 1
        findings.problem("wrong_encoding", place, row=row)
    if separator != ",":
        findings.repair("semicolons" if separator == ";" else "tabs", place)
    if contradicts(resource, table):
        findings.repair("own_schema", place, table=table)
    rows = _rows(text, separator, table, place, findings)
    return None if rows is None else Grid(place, table, rows, from_text=True)


def _rows(text: str, separator: str, table: str, place: Place, findings: Findings) -> list[Row] | None:
    """Return the filled rows, as many as a table may have; None when that is more, or unclear."""
    rows: list[Row] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(lines, start=1):
            if len(cells) > WIDEST:
                findings.problem("too_many_columns", place, row=number, limit=WIDEST, table=table)
                return None
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
            if len(rows) > LARGEST_TABLE or number > LAST_ROW:
                findings.problem("too_many_rows", place, limit=LARGEST_TABLE, table=table)
                return None
    except csv.Error as problem:
        too_long = "field larger" in str(problem)
        findings.problem("long_text" if too_long else "broken_csv", place, row=number + 1, limit=csv.field_size_limit())
        return None
    return rows


def _text(content: bytes) -> tuple[str, str | None]:
    """Return the text of a file, and when it is not UTF-8 what stands before the first wrong letter."""
    try:
        return _SEP_LINE.sub("", content.decode("utf-8-sig")), None
    except UnicodeDecodeError as problem:
        # Most often this is what Excel wrote; read on, so that other problems are told at once.
        before = content[: problem.start].decode("utf-8-sig", errors="replace") + "x"
        return _SEP_LINE.sub("", content.decode("cp1252", errors="replace")), _SEP_LINE.sub("", before)


def _separator(text: str, table: str) -> str:
    """Return the separator with which a line near the top holds most names of columns."""
    known = aliases(load(table))
    lines = text[:_TOP].splitlines()[:_HEADER_WITHIN]

    def names_found(separator: str) -> int:
        return max((_count(line.split(separator), known) for line in lines), default=0)

    return max(SEPARATORS, key=names_found)


def _count(cells: list[str], known: dict[str, str]) -> int:
    return len({spelling(cell.strip('" ')) for cell in cells[:WIDEST]} & known.keys())
