"""Taking a proposal over: a package and a row that waits go in; the package with that row in it comes out.

The keeper of the package asks for it, row by row or all at once. The files as they were stay in the folder of
proposals, and when the package would have a new problem everything is put back.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bt_analysis.schema import load
from bt_analysis.sources.files import write_atomically
from bt_analysis.sources.grids import aliases, spelling
from bt_analysis.sources.proposals import FOLDER, Proposal, ProposalError
from bt_analysis.sources.workbook import table_name

EARLIER = "eerder"
"""Folder, within that of proposals, with the file as it was before the last row was taken over."""

_HEADER_WITHIN = 25


def take_over(folder: Path, proposal: Proposal, problems_of: Callable[[Path], int]) -> Path:
    """Write a proposed row in the package, and take the proposal away.

    Parameters
    ----------
    folder : Path
        Folder of the collective.
    proposal : Proposal
        Of :func:`bt_analysis.sources.proposals.waiting`.
    problems_of : callable
        Folder of a package → how many problems it has.

    Returns
    -------
    Path
        The file that has the row now; as it was before, it is in ``voorstellen/eerder``.

    Raises
    ------
    ProposalError
        When there is no one file to write the row in, or the package would have a problem more.
    OSError
        When the disk refuses.
    """
    path = _file_for(folder, proposal.table)
    before = problems_of(folder)
    kept = folder / FOLDER / EARLIER / path.name
    if path.exists():
        write_atomically(kept, lambda temporary: shutil.copy2(path, temporary))
    was_there = path.exists()
    (_into_workbook if path.suffix.casefold() == ".xlsx" else _into_csv)(path, proposal)
    if problems_of(folder) > before:
        if was_there:
            write_atomically(path, lambda temporary: shutil.copy2(kept, temporary))
        else:
            path.unlink(missing_ok=True)
        raise ProposalError(
            f"{proposal.path.name} would give the package a new problem; expected a row that fits. Everything is as it "
            "was. Copy the row by hand, or throw the proposal away."
        )
    proposal.path.unlink()
    return path


def _file_for(folder: Path, table: str) -> Path:
    """Find the file of a package that holds a table, or that a new CSV file of it stands beside."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(("~$", "."))]
    workbooks = [path for path in files if path.suffix.casefold() == ".xlsx" and not path.is_symlink()]
    if len(workbooks) == 1:
        return workbooks[0]
    named = [path for path in files if path.suffix.casefold() == ".csv" and table_name(path.stem)[0] == table]
    described = any(path.name == "datapackage.json" for path in files)
    if len(named) == 1 and not named[0].is_symlink():
        return named[0]
    if workbooks or named or described:
        raise ProposalError(
            f"{folder.name} has {len(workbooks)} workbooks and {len(named)} files of {table}; expected one place for "
            "the row. Copy it by hand."
        )
    return folder / f"{table}.csv"


def _into_csv(path: Path, proposal: Proposal) -> None:
    """Add a row to a CSV file, in its own order of columns and with its own separator."""
    names = [field["name"] for field in load(proposal.table)["fields"]]
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ",".join(names) + "\n"
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    known = aliases(load(proposal.table))
    fields = [known.get(spelling(cell)) for cell in rows[0]]
    added = [name for name in proposal.row if name not in fields]
    rows = [row + [""] * (len(fields) - len(row)) + (added if at == 0 else [""] * len(added)) if row else row
            for at, row in enumerate(rows)]  # fmt: skip
    rows.append([proposal.row.get(field, "") if field else "" for field in [*fields, *added]])
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\n").writerows(rows)
    whole = written.getvalue()
    write_atomically(path, lambda temporary: temporary.write_text(whole, encoding="utf-8", newline=""))


def _into_workbook(path: Path, proposal: Proposal) -> None:
    """Add a row below the last filled one of the sheet; a sheet or a column that is not there comes at the end."""
    book = load_workbook(path)
    sheets = [sheet for sheet in book.worksheets if table_name(sheet.title)[0] == proposal.table]
    if len(sheets) > 1:
        raise ProposalError(
            f"{path.name} has {len(sheets)} sheets {proposal.table}; expected one. Copy the row by hand."
        )
    sheet = sheets[0] if sheets else book.create_sheet(proposal.table)
    header, columns = _columns(sheet, proposal.table)
    for name in proposal.row:
        if name not in columns:
            columns[name] = max(columns.values(), default=0) + 1
            sheet.cell(header, columns[name]).value = name
    filled = (row for row in range(sheet.max_row, 0, -1) if any(cell.value not in (None, "") for cell in sheet[row]))
    below = next(filled) + 1
    for name, value in proposal.row.items():
        cell = sheet.cell(below, columns[name])
        cell.value, cell.data_type = value, "s"  # text, also when it would be a formula or a day
    write_atomically(path, book.save)


def _columns(sheet: Worksheet, table: str) -> tuple[int, dict[str, int]]:
    """Return the row near the top with most names of fields, and field → number of its column."""
    known = aliases(load(table))
    at, best = 1, dict[str, int]()
    for number, row in enumerate(sheet.iter_rows(min_row=1, max_row=_HEADER_WITHIN), start=1):
        names = {known[spelling(cell.value)]: int(cell.column or 0) for cell in row if spelling(cell.value) in known}
        at, best = (number, names) if len(names) > len(best) else (at, best)
    return at, best
