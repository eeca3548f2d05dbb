"""The files of one wave of a survey: a folder goes in; the sheets of its form and the rows of its answers come out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bt_analysis.sources.grids import Row, spelling
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.workbook import LARGEST_TABLE, is_too_large, sheet_rows
from bt_analysis.sources.workbook_parts import is_workbook

_SEPARATORS = (",", ";", "\t")
_FORMATS = (".xlsx", ".csv")
# What Excel and a computer put in a folder by themselves.
_OWN = ("~$", ".", "Thumbs.db", "desktop.ini")

Sheets = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Delivery:
    """What was delivered of one wave.

    Parameters
    ----------
    form : mapping of str to sequence of Row
        Sheet of the form, in the spelling of XLSForm → its filled rows.
    form_place : Place
        The file of the form.
    answers : sequence of Row
        Filled rows of the export: the header first.
    place : Place
        The file, and for a workbook the sheet, of the export.
    """

    form: Sheets
    form_place: Place
    answers: Sequence[Row]
    place: Place


def wave_files(folder: Path) -> list[Path]:
    """Return what a person put in the folder of a wave.

    Parameters
    ----------
    folder : Path
        ``enquetes/<wave_id>``.

    Returns
    -------
    list of Path
        Sorted; without links to elsewhere, and without what a computer put there by itself.
    """
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.is_symlink() and not p.name.startswith(_OWN))


def read_delivery(folder: Path, name: str, findings: Findings) -> Delivery | None:
    """Read the form and the export of answers of one wave.

    Parameters
    ----------
    folder : Path
        ``enquetes/<wave_id>``.
    name : str
        How the folder is named in a problem.
    findings : Findings
        Every problem and repair is added to it.

    Returns
    -------
    Delivery or None
        None when one of the two is not there, is there twice, or cannot be read.
    """
    forms: dict[Place, Sheets] = {}
    exports: dict[Place, Sheets] = {}
    before = len(findings.problems)
    for path in wave_files(folder):
        place = Place(f"{name}/{path.name}")
        if path.suffix.casefold() not in _FORMATS:
            findings.problem("survey_format", place, got=path.suffix or path.name)
            continue
        sheets = _sheets(path, place, findings)
        if sheets is not None:
            (forms if "survey" in sheets else exports)[place] = sheets
    if len(findings.problems) > before or not _one_of_each(forms, exports, Place(name), findings):
        return None
    (form_place, form), (place, sheets) = *forms.items(), *exports.items()
    filled = {title: rows for title, rows in sheets.items() if rows}
    if len(filled) != 1:
        findings.problem("survey_sheets" if filled else "no_rows", place, count=len(filled))
        return None
    ((title, answers),) = filled.items()
    return Delivery(form, form_place, answers, Place(place.file, title or None))


def _one_of_each(
    forms: Mapping[Place, Sheets], exports: Mapping[Place, Sheets], place: Place, findings: Findings
) -> bool:
    for found, none, many in (
        (forms, "survey_no_form", "survey_forms"),
        (exports, "survey_no_answers", "survey_exports"),
    ):
        if not found:
            findings.problem(none, place)
        elif len(found) > 1:
            names = ", ".join(each.file.rpartition("/")[2] for each in found)
            findings.problem(many, place, count=len(found), names=names)
    return len(forms) == len(exports) == 1


def _sheets(path: Path, place: Place, findings: Findings) -> Sheets | None:
    """Return the rows of each sheet; a CSV file is one sheet without a title."""
    if is_too_large(path, place, findings):
        return None
    if path.suffix.casefold() == ".csv":
        rows = _csv_rows(path.read_bytes(), place, findings)
        return None if rows is None else {"": rows}
    if not is_workbook(path, place, findings):
        return None
    try:
        sheets = sheet_rows(path)
    except ValueError:
        findings.problem("survey_unreadable", place)
        return None
    if any(len(rows) > LARGEST_TABLE for rows in sheets.values()):
        findings.problem("too_many_rows", place, limit=LARGEST_TABLE)
        return None
    # The titles of an export are those of a form, and mean nothing.
    return {spelling(title) if spelling(title) in ("survey", "choices", "settings") else title: rows
            for title, rows in sheets.items()}  # fmt: skip


def _csv_rows(content: bytes, place: Place, findings: Findings) -> list[Row] | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        findings.problem("wrong_encoding", place, row=content[: problem.start].count(b"\n") + 1)
        return None
    rows: list[Row] = []
    number = 0
    try:
        separator = max(_SEPARATORS, key=lambda each: len(next(csv.reader(io.StringIO(text), delimiter=each), ())))
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        for number, cells in enumerate(lines, start=1):
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
            if len(rows) > LARGEST_TABLE + 1:
                findings.problem("too_many_rows", place, limit=LARGEST_TABLE)
                return None
    except csv.Error:
        findings.problem("broken_csv", place, row=number + 1)
        return None
    return rows
