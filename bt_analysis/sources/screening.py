"""The door of a delivery: a sheet as delivered goes in; the same sheet without what may not come in comes out.

What may not come in is told with its place, and never with the content: personal data, and text that a spreadsheet
would take for a formula. A cell that was withheld is told once and is no cause for other problems.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace
from pathlib import Path

from openpyxl.utils import get_column_letter

from bt_analysis.schema import FieldDescriptor, load
from bt_analysis.sources.cells import NoResult, Reading, read
from bt_analysis.sources.formulas import reaches_outside
from bt_analysis.sources.grids import Grid, Row, aliases, keep_names, spelling
from bt_analysis.sources.person_names import is_first_name
from bt_analysis.sources.personal import is_personal_header, looks_personal, plain
from bt_analysis.sources.sentences import Findings, Place

LONGEST_TEXT = 32_767
"""Characters that a cell of a spreadsheet can hold."""

# The header stands in one of the first filled rows.
_HEADER_WITHIN = 25
# Names of organisations, places and authors: the name of a person there is no personal data of a participant.
_NOT_PEOPLE = frozenset(
    {
        *(("collective", "name"), ("actor", "name"), ("area", "name"), ("area", "region"), ("engagement_tool", "name")),
        *(("source", "title"), ("source", "publisher"), ("source", "licence"), ("rate", "licence")),
        *(("instrument", name) for name in ("name", "citation", "licence", "scoring_rule", "missing_rule", "cutoffs")),
        *(("indicator", name) for name in ("label_nl", "label_en", "definition")),
    }
)
# Who did something: here a first name alone is a person too.
_WHO = frozenset({"coder", "owner", "who_decides", "decided_by", "proposed_by", "approved_by_role", "respondent_key"})
_ORGANISATION_NUMBERS = frozenset({"kvk_number", "org_id"})
_FORMULA = re.compile(r"[\s'\"‘’“”`´]*[=+@-]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
# As the program makes them; by chance some read as a telephone number.
_MADE_HERE = {"claim_id": re.compile(r"[0-9a-f]{12}"), "card_hash": re.compile(r"[0-9a-f]{64}")}
# A mobile number whose first 0 a spreadsheet dropped.
_LOST_ZERO = re.compile(r"6\d{8}")
_LINKED = re.compile(r"(?:^|_)(?:url|file)$")


class Withheld:
    """What stands in the place of a cell that may not come in."""

    __slots__ = ()

    def __str__(self) -> str:
        return "[…]"


WITHHELD = Withheld()


def read_admitted(cell: object, field: FieldDescriptor, *, from_text: bool = False) -> Reading:
    """Read one cell, unless it was withheld, which is a problem already.

    Parameters
    ----------
    cell : object
        A cell of a grid that :func:`screen` returned.
    field : dict
        Field of a Table Schema.
    from_text : bool
        The cell comes from a CSV file.

    Returns
    -------
    Reading
        Without anything for a cell that was withheld.
    """
    return Reading() if cell is WITHHELD else read(cell, field, from_text=from_text)


def screen(grid: Grid, findings: Findings) -> Grid:
    """Take out of a sheet what may not come in.

    Parameters
    ----------
    grid : Grid
        What was delivered, with title rows and columns that no field belongs to.
    findings : Findings
        A problem is added per cell, or per column when its name says that it is about people.

    Returns
    -------
    Grid
        ``WITHHELD`` in the cells of fields, nothing in other cells; the same object when all may come in.
    """
    header_at, fields = _header(grid)
    if header_at is not None:
        keep_names(grid, grid.rows[header_at][1], {field["name"]: at for at, field in fields.items()}, findings)
    personal = _personal_columns(grid, header_at, fields, findings)
    judged: dict[tuple[object, str | None], str | None] = {}
    rows: list[Row] = []
    changed = False
    for order, (number, cells) in enumerate(grid.rows):
        is_data = header_at is not None and order > header_at
        wrong = dict.fromkeys(personal if is_data or order == header_at else (), "")
        wrong |= _wrong_cells(cells, grid.table, fields if is_data else {}, wrong, judged)
        for at in [at for at, kind in wrong.items() if kind]:
            column = fields[at]["name"] if is_data and at in fields else get_column_letter(at + 1)
            findings.problem(wrong[at], grid.place, row=number, column=column, limit=LONGEST_TEXT)
        changed = changed or bool(wrong)
        rows.append((number, _without(cells, wrong, fields if is_data else {}) if wrong else cells))
    return replace(grid, rows=rows) if changed else grid


def admitted(files: Sequence[Path], folder: Path, findings: Findings) -> list[Path]:
    """Return the files of a delivery that may be opened.

    Parameters
    ----------
    files : sequence of Path
        Files in the folder of a collective.
    folder : Path
        Its folder.
    findings : Findings
        A problem is added for a link to another place, and for a name that holds personal data.

    Returns
    -------
    list of Path
        Real files in the folder itself.
    """
    kept = []
    for path in files:
        if looks_personal(re.sub(r"_+", " ", path.stem)):
            findings.problem("personal_file", Place(folder.name), got=path.suffix)
        elif path.is_symlink():
            findings.problem("link", Place(f"{folder.name}/{path.name}"))
        else:
            kept.append(path)
    return kept


def once_per_cell(findings: Findings, before: int) -> None:
    """Drop what rules say about a cell that could not be read, which is a problem already.

    Parameters
    ----------
    findings : Findings
        Its problems are replaced.
    before : int
        How many problems there were before the rules between columns and tables.
    """
    known = {(each.file, each.sheet, each.row, each.column) for each in findings.problems[:before]}
    findings.problems[before:] = [
        each
        for each in findings.problems[before:]
        if each.row is None or (each.file, each.sheet, each.row, each.column) not in known
    ]


def warn_of_unread(rows: Sequence[Row], place: Place, findings: Findings) -> None:
    """Say that a sheet that is not read is about people, by the names of its columns.

    Parameters
    ----------
    rows : sequence of (int, sequence)
        The first filled rows of a sheet that holds no monitoring table.
    place : Place
        File and sheet.
    findings : Findings
        At most one repair is added to it.
    """
    for number, cells in rows[:_HEADER_WITHIN]:
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and is_personal_header(cell):
                findings.repair("personal_unread", place, row=number, column=get_column_letter(at + 1))
                return


def _header(grid: Grid) -> tuple[int | None, dict[int, FieldDescriptor]]:
    """Return where in the rows the header is, and which field each column holds."""
    descriptor = load(grid.table)
    known, fields = aliases(descriptor), {field["name"]: field for field in descriptor["fields"]}
    tops = [[known.get(spelling(cell)) for cell in cells] for _, cells in grid.rows[:_HEADER_WITHIN]]
    scores = [len({name for name in names if name}) for names in tops]
    if not scores or max(scores) < 2:
        return None, {}
    at = scores.index(max(scores))
    return at, {column: fields[name] for column, name in enumerate(tops[at]) if name}


def _personal_columns(
    grid: Grid, header_at: int | None, fields: dict[int, FieldDescriptor], findings: Findings
) -> set[int]:
    """Return the columns whose name says that they are about people."""
    if header_at is None:
        return set()
    row, cells = grid.rows[header_at]
    found = {at for at, cell in enumerate(cells) if at not in fields and is_personal_header(cell)}
    for at in sorted(found):
        findings.problem("personal_column", grid.place, row=row, column=get_column_letter(at + 1))
    return found


def _wrong_cells(
    cells: Sequence[object],
    table: str,
    fields: dict[int, FieldDescriptor],
    closed: Container[int],
    judged: dict[tuple[object, str | None], str | None],
) -> dict[int, str]:
    """Return which cells of a row may not come in; each different cell of a column is looked at once."""
    wrong: dict[int, str] = {}
    for at, cell in enumerate(cells):
        if not isinstance(cell, (str, int)) or at in closed:
            continue
        field = fields.get(at)
        key = cell, (field["name"] if field else None)
        if key not in judged:
            judged[key] = _judge(cell, table, field)
        kind = judged[key]
        if kind:
            wrong[at] = kind
    return wrong


def _without(cells: Sequence[object], wrong: Container[int], fields: Container[int]) -> list[object]:
    """Return a row without its wrong cells; nothing in a cell of no field, so that nothing more is said about it."""
    return [cell if at not in wrong else WITHHELD if at in fields else None for at, cell in enumerate(cells)]


def _judge(cell: str | int, table: str, field: FieldDescriptor | None) -> str | None:
    """Return the kind of problem with a cell, or None when it may come in."""
    is_text = field is not None and field["type"] == "string" and "enum" not in field.get("constraints", {})
    if is_text and _LOST_ZERO.fullmatch(str(cell).strip()):
        return "personal_phone"
    if isinstance(cell, int) or (field and cell in field.get("constraints", {}).get("enum", ())):
        return None
    if len(cell) > LONGEST_TEXT:
        return "long_text"
    found = _personal(cell, table, field)
    if isinstance(cell, NoResult):
        return found or ("outside_formula" if reaches_outside(cell) else None)
    if found:
        return found
    return "formula_text" if is_text and is_formula(cell) else None


def _personal(cell: str, table: str, field: FieldDescriptor | None) -> str | None:
    name = field["name"] if field else ""
    names = (table, name) not in _NOT_PEOPLE and not _LINKED.search(name)
    numbers = name not in _ORGANISATION_NUMBERS and (field is None or field["type"] == "string")
    if name in _WHO and is_first_name(cell):
        return "personal_name"
    if name in _MADE_HERE and _MADE_HERE[name].fullmatch(cell):
        return None
    return looks_personal(cell, names=names, numbers=numbers)


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        True when it begins with = + - or @, also behind spaces or quotes and as a full-width sign; False for a number.
    """
    first = plain(text[:200])
    return bool(_FORMULA.match(first)) and not _PLAIN_NUMBER.fullmatch(plain(text).strip())
