"""A delivered folder of CSV files with a datapackage.json: a folder goes in; the rows of each table come out.

The files are UTF-8 with a comma between the columns; a semicolon or tab, which a Dutch Excel writes, is read too.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from bt_analysis.schema import MONITORING, load
from bt_analysis.sources.grids import Grid, Row, aliases, spelling
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.workbook import LARGEST_TABLE, is_too_large, table_name

DESCRIPTION = "datapackage.json"

_SEPARATORS = (",", ";", "\t")
# The header stands in one of the first lines.
_HEADER_WITHIN = 25


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
    chosen: dict[str, Path] = {}
    for name, path in _resources(folder, files, findings):
        place = _place(folder, path)
        table, close = table_name(name)
        if table is None and close is not None:
            findings.problem("close_sheet", place, got=name, suggestion=close)
        elif table is None:
            findings.repair("unknown_sheet", place, got=name, tables=", ".join(MONITORING))
        elif table in chosen:
            findings.problem("duplicate_sheet", place, table=table, got=chosen[table].name)
        else:
            chosen[table] = path
    read = [_grid(path, table, _place(folder, path), findings) for table, path in chosen.items()]
    return [grid for grid in read if grid is not None]


def _place(folder: Path, path: Path) -> Place:
    return Place(f"{folder.name}/{path.name}")


def _resources(folder: Path, files: list[Path], findings: Findings) -> list[tuple[str, Path]]:
    """Return name and file of each resource; without a usable description, the files by their own names."""
    own_names = [(path.stem, path) for path in files]
    if not (folder / DESCRIPTION).is_file():
        findings.problem("no_datapackage", Place(folder.name))
        return own_names
    place = _place(folder, folder / DESCRIPTION)
    resources = _described(folder / DESCRIPTION, place, findings)
    if resources is None:
        return own_names
    found: list[tuple[str, Path]] = []
    for name, file in resources:
        if PurePosixPath(file).name != file or file in ("", ".", "..") or "\\" in file or ":" in file:
            findings.problem("outside_folder", place, got=file)
        elif folder / file not in files:
            findings.problem("missing_file", place, got=file)
        else:
            found.append((name, folder / file))
    for path in files:
        if path.name not in [file for _, file in resources]:
            findings.problem("unlisted_file", _place(folder, path))
    return found


def _described(path: Path, place: Place, findings: Findings) -> list[tuple[str, str]] | None:
    if is_too_large(path, place, findings):
        return None
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8-sig"))
        resources = content["resources"]
        named = [(resource["name"], resource["path"]) for resource in resources]
    except (ValueError, TypeError, KeyError, RecursionError):
        findings.problem("bad_datapackage", place)
        return None
    if not named or not all(isinstance(name, str) and isinstance(file, str) for name, file in named):
        findings.problem("bad_datapackage", place)
        return None
    return named


def _grid(path: Path, table: str, place: Place, findings: Findings) -> Grid | None:
    if is_too_large(path, place, findings):
        return None
    text = _text(path.read_bytes(), place, findings)
    if text is None:
        return None
    separator = _separator(text, table)
    if separator != ",":
        findings.repair("semicolons" if separator == ";" else "tabs", place)
    rows: list[Row] = []
    try:
        rows.extend(_filled_rows(text, separator))
    except csv.Error:
        findings.problem("broken_csv", place, row=rows[-1][0] + 1 if rows else 1)
        return None
    if len(rows) > LARGEST_TABLE:
        findings.problem("too_many_rows", place, limit=LARGEST_TABLE)
    return Grid(place, table, rows[:LARGEST_TABLE], from_text=True)


def _text(content: bytes, place: Place, findings: Findings) -> str | None:
    if b"\x00" in content:
        findings.problem("not_text", place)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        row = content[: problem.start].count(b"\n") + 1
        findings.problem("wrong_encoding", place, row=row)
        # Most often this is what Excel wrote; read on, so that other problems are told at once.
        return content.decode("cp1252", errors="replace")


def _separator(text: str, table: str) -> str:
    """Return the separator with which a line near the top holds most names of columns."""
    known = aliases(load(table))
    lines = text.splitlines()[:_HEADER_WITHIN]

    def names_found(separator: str) -> int:
        return max((_count(line.split(separator), known) for line in lines), default=0)

    return max(_SEPARATORS, key=names_found)


def _count(cells: list[str], known: dict[str, str]) -> int:
    return len({spelling(cell.strip('" ')) for cell in cells} & known.keys())


def _filled_rows(text: str, separator: str) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number, cells in enumerate(lines, start=1):
        if any(cell.strip() for cell in cells) and not (number == 1 and cells[0].casefold().startswith("sep=")):
            yield number, cells
