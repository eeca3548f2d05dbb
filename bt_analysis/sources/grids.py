"""One sheet as it was delivered: its rows go in; where the header stands, and which field each column is, come out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from bt_analysis.schema import Descriptor, Problem, load
from bt_analysis.sources.sentences import Findings, Place, label, sentence, show
from bt_analysis.sources.wording import LANGUAGES, described

Row = tuple[int, Sequence[object]]

# A header stands somewhere at the top; what is below this many filled rows is data.
_HEADER_WITHIN = 25


@dataclass(frozen=True)
class Grid:
    """The filled rows of one sheet or CSV file, as delivered.

    Parameters
    ----------
    place : Place
        File and sheet.
    table : str
        Name of the monitoring table it holds.
    rows : sequence of (int, sequence)
        Row number as a person sees it, and the cells; rows without any content are left out.
    from_text : bool
        All cells are text, as in a CSV file.
    merged : tuple of str
        Cells that are one in the spreadsheet, as ``A6:A8``.
    """

    place: Place
    table: str
    rows: Sequence[Row]
    from_text: bool = False
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """Where the columns of a sheet are.

    Parameters
    ----------
    row : int
        Row number of the header, as a person sees it.
    positions : dict
        Field name → place in a row, from 0, in the order of delivery.
    first_data : int
        Place in ``Grid.rows`` of the first row below the header.
    """

    row: int
    positions: dict[str, int]
    first_data: int


def spelling(name: object) -> str:
    """Return a name without what people vary in: capitals, and spaces, hyphens or underscores.

    Parameters
    ----------
    name : object
        Header cell or name of a sheet.

    Returns
    -------
    str
        Such as "activity id" for "Activity_ID" or "activity id *": a star marks a column that must be filled in.
    """
    if name is None or not str(name).strip():
        return ""
    return re.sub(r"[\s_-]+", " ", show(name).casefold()).strip().removesuffix("*").rstrip()


def title_line(descriptor: Descriptor, lang: str = "nl") -> str:
    """Return the first line of a sheet of a blank workbook, by which it is known again.

    Parameters
    ----------
    descriptor : dict
        Table Schema.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        Such as "Activiteit · Een rij is een activiteit van een collectief".
    """
    return f"{described(descriptor, 'title', lang)} · {described(descriptor, 'description', lang)}"


def is_blank_form(grid: Grid) -> bool:
    """Return whether a sheet is one of a blank workbook (``bt new``) that nobody filled in.

    Parameters
    ----------
    grid : Grid
        What was delivered.

    Returns
    -------
    bool
        True when there is nothing below the column names.
    """
    descriptor = load(grid.table)
    known = aliases(descriptor)
    names = {known.get(spelling(cell)) for cell in (grid.rows[-1][1] if grid.rows else ())}
    return _is_form(grid, descriptor) and len(names) > 1 and None not in names


def _is_form(grid: Grid, descriptor: Descriptor) -> bool:
    first = grid.rows[0][1] if grid.rows else ()
    return bool(first) and first[0] in [title_line(descriptor, lang) for lang in LANGUAGES]


def aliases(descriptor: Descriptor) -> dict[str, str]:
    """Return what a column may be called.

    Parameters
    ----------
    descriptor : dict
        Table Schema.

    Returns
    -------
    dict
        Spelling → field name; a field's own name goes before the Dutch title, and that before the English one.
    """
    return {
        spelling(field[part]): field["name"] for part in ("title_en", "title", "name") for field in descriptor["fields"]
    }


def find_header(grid: Grid, descriptor: Descriptor, findings: Findings) -> Header | None:
    """Find the header: the row near the top with most names of fields.

    Parameters
    ----------
    grid : Grid
        What was delivered.
    descriptor : dict
        Table Schema of its table.
    findings : Findings
        Every problem and repair of the header is added to it.

    Returns
    -------
    Header or None
        None when no row holds two names or more.
    """
    known = aliases(descriptor)
    scores = [
        len({known[spelling(cell)] for cell in cells if spelling(cell) in known})
        for _, cells in grid.rows[:_HEADER_WITHIN]
    ]
    if not scores or max(scores) < 2:
        findings.problem("no_header", grid.place, fields=_names(descriptor))
        return None
    at = scores.index(max(scores))
    row, cells = grid.rows[at]
    if (at or row > 1) and not _is_form(grid, descriptor):
        findings.repair("title_rows", grid.place, row=row, count=row - 1)
    first_data = at + 1
    if first_data < len(grid.rows) and _says_the_same(cells, grid.rows[first_data][1], known):
        findings.repair("second_header", grid.place, row=grid.rows[first_data][0])
        first_data += 1
    positions = _positions(grid, (row, cells), descriptor, findings)
    _nameless(grid, (row, cells), first_data, findings)
    _absent(positions, row, grid.place, descriptor, findings)
    return Header(row, positions, first_data)


def _says_the_same(header: Sequence[object], below: Sequence[object], known: dict[str, str]) -> bool:
    """Return whether the row below the header only repeats it in other words."""
    pairs = [
        (known.get(spelling(above)), known.get(spelling(cell)))
        for above, cell in zip(header, below, strict=False)
        if spelling(cell)
    ]
    return bool(pairs) and all(above is not None and above == cell for above, cell in pairs)


def _positions(grid: Grid, header: Row, descriptor: Descriptor, findings: Findings) -> dict[str, int]:
    known = aliases(descriptor)
    row, cells = header
    present = {known.get(spelling(cell)) for cell in cells}
    positions: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = known.get(spelling(cell))
        if not spelling(cell):
            continue
        if name is None:
            findings.problems.append(_unknown_column(cell, row, grid, descriptor, present))
        elif name in positions:
            findings.problem("duplicate_column", grid.place, row=row, column=name, got=cell)
        else:
            positions[name] = at
            if cell not in _official(name, descriptor):
                findings.repair("header_spelling", grid.place, row=row, column=name, got=cell)
    keep_names(grid, cells, positions, findings)
    order = [field["name"] for field in descriptor["fields"] if field["name"] in positions]
    if order != list(positions):
        findings.repair("column_order", grid.place, row=row, fields=", ".join(order))
    return positions


def _official(name: str, descriptor: Descriptor) -> list[str]:
    """Return what a column is called in the schema, also with the star of a required one."""
    field = next(field for field in descriptor["fields"] if field["name"] == name)
    names = [field[part] for part in ("name", "title", "title_en") if part in field]
    return [*names, *(f"{name} *" for name in names)]


def keep_names(grid: Grid, cells: Sequence[object], positions: dict[str, int], findings: Findings) -> None:
    """Remember what a person sees above each column and on the tab, so that problems call them by that name.

    Parameters
    ----------
    grid : Grid
        What was delivered.
    cells : sequence
        Its header.
    positions : dict
        Field → its place in the header.
    findings : Findings
        Its names are changed.
    """
    if grid.place.sheet and spelling(grid.place.sheet) != spelling(grid.table):
        findings.sheets[grid.table] = show(grid.place.sheet)
    headings = {name: show(cells[at]).removesuffix("*").strip() for name, at in positions.items()}
    other = {name: heading for name, heading in headings.items() if spelling(heading) != spelling(name)}
    if other:
        findings.headings[grid.place] = other


def _unknown_column(cell: object, row: int, grid: Grid, descriptor: Descriptor, present: set[str | None]) -> Problem:
    free = {alias: name for alias, name in aliases(descriptor).items() if name not in present}
    close = difflib.get_close_matches(spelling(cell), list(free), n=1, cutoff=0.7)
    called = _called(grid, row, descriptor)
    if close:
        values = {"got": cell, "suggestion": called[free[close[0]]]}
        return sentence("close_column", grid.place, row, show(cell), values)
    fields = ", ".join(name for field, name in called.items() if field not in present)
    kind = "unknown_column" if fields else "extra_column"
    return sentence(kind, grid.place, row, show(cell), {"got": cell, "fields": fields})


def _called(grid: Grid, row: int, descriptor: Descriptor) -> dict[str, str]:
    """Return field → its name in the words of this header: as in the schema, or in the language of the titles."""
    header = {spelling(cell) for number, cells in grid.rows[:_HEADER_WITHIN] if number == row for cell in cells}
    names = [
        {field["name"]: str(field.get(part, field["name"])) for field in descriptor["fields"]}
        for part in ("name", "title", "title_en")
    ]
    return max(names, key=lambda called: len(header & {spelling(name) for name in called.values()}))


def _nameless(grid: Grid, header_row: Row, first_data: int, findings: Findings) -> None:
    """Report cells below no column name, and note empty columns between the others."""
    row, header = header_row
    first: dict[int, tuple[int, object]] = {}
    width = max(len(cells) for _, cells in grid.rows)
    empty = [at for at in range(width) if at >= len(header) or not spelling(header[at])]
    for number, cells in grid.rows[first_data:]:
        for at in empty:
            if at < len(cells) and at not in first and spelling(cells[at]):
                first[at] = (number, cells[at])
    last_named = max(at for at, cell in enumerate(header) if spelling(cell))
    for at in empty:
        letter = get_column_letter(at + 1)
        if at in first:
            findings.problem(
                "nameless_column", grid.place, row=first[at][0], column=letter, got=first[at][1], letter=letter
            )
        elif at < last_named:
            findings.repair("blank_columns", grid.place, row=row, column=letter, letter=letter)


def _absent(positions: Iterable[str], row: int, place: Place, descriptor: Descriptor, findings: Findings) -> None:
    for field in descriptor["fields"]:
        if field["name"] not in positions and field.get("constraints", {}).get("required"):
            findings.problem("missing_column", place, row=row, column=field["name"], title=label(field))


def _names(descriptor: Descriptor) -> str:
    return ", ".join(field["name"] for field in descriptor["fields"])
