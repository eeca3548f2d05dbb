"""Proposed changes: a row that somebody wrote down on a screen goes in; a file that waits for the keeper comes out.

A proposal is a CSV file of one row in the folder ``voorstellen`` of a collective, with the columns of the table that it
is meant for. No build reads that folder: who keeps the package takes a row over, or throws the file away.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bt_analysis.schema import Problem, load
from bt_analysis.sources.files import write_atomically
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.typed_tables import typed

FOLDER = "voorstellen"
"""Folder of a collective's package in which proposals wait."""

MOST_WAITING = 200
"""Proposals that may wait; who sends more has made a mistake, or means no good."""

_NAME = re.compile(r"[a-z_]+-[a-z0-9_-]+\.csv")


class ProposalError(ValueError):
    """A proposal cannot be kept; the message says what was got, what is expected and what to do."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class Proposal:
    """A row that waits.

    Parameters
    ----------
    table : str
        Monitoring table that it is meant for.
    path : Path
        Its file.
    row : dict of str to str
        Column → what is written there; empty columns are left out.
    """

    table: str
    path: Path
    row: dict[str, str]


def new_id(day: dt.date) -> str:
    """Make a key for a new row that no other row has.

    Parameters
    ----------
    day : date
        Its day, by which people find it again.

    Returns
    -------
    str
        As ``weerwoord-20250612-3f9c2a``.
    """
    return f"weerwoord-{day:%Y%m%d}-{secrets.token_hex(3)}"


def problems(collective_id: str, table: str, row: Mapping[str, str]) -> tuple[Problem, ...]:
    """Check a row as a delivered sheet is checked: types, codes, personal data, formulas.

    Parameters
    ----------
    collective_id : str
        Whose package it is for.
    table : str
        Monitoring table.
    row : mapping of str to str
        Column → text.

    Returns
    -------
    tuple of Problem
        Empty when the row may come in.
    """
    columns = [field["name"] for field in load(table)["fields"]]
    unknown = sorted(set(row) - set(columns))
    if unknown:
        raise ProposalError(f"got column {unknown[0]!r}; expected one of {', '.join(columns)}. Leave it out.")
    findings = Findings()
    cells = [row.get(name, "") for name in columns]
    typed(Grid(Place(f"{collective_id}/{FOLDER}"), table, [(1, columns), (2, cells)], from_text=True), findings)
    return tuple(findings.problems)


def propose(folder: Path, table: str, row: Mapping[str, str]) -> Path:
    """Keep a row as a proposed change of a package. The package itself stays as it is.

    Parameters
    ----------
    folder : Path
        Folder of the collective.
    table : str
        Monitoring table that the row is meant for.
    row : mapping of str to str
        Column → text, with the key of the table.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    ProposalError
        When there is no such package, the row would not be accepted in a delivery, or too many proposals wait.
    OSError
        When the disk refuses.
    """
    if not folder.is_dir() or folder.is_symlink():
        raise ProposalError(f"got collective {folder.name!r}; expected one with a package. Choose one of the list.")
    wrong = problems(folder.name, table, row)
    if wrong:
        first = wrong[0]
        raise ProposalError(f"{first.column}: got {first.got}; expected {first.expected}. {first.do}", wrong)
    place = folder / FOLDER
    if place.is_symlink() or (place.is_dir() and sum(1 for _ in place.glob("*.csv")) >= MOST_WAITING):
        raise ProposalError(
            f"{MOST_WAITING} proposals wait in {FOLDER}; expected fewer. Take them over, or throw them away, first."
        )
    path = place / f"{table}-{row[load(table)['primaryKey'][0]]}.csv"
    if path.exists():
        raise ProposalError(f"got a proposal that waits already ({path.name}); expected a new one. Send it once.")
    written = _as_csv(table, row)
    write_atomically(path, lambda temporary: temporary.write_text(written, encoding="utf-8", newline=""))
    return path


def waiting(folder: Path) -> list[Proposal]:
    """List the proposals that wait for the keeper of a package.

    Parameters
    ----------
    folder : Path
        Folder of the collective.

    Returns
    -------
    list of Proposal
        In the order of their names; files that are no proposal are passed over.
    """
    place = folder / FOLDER
    if not place.is_dir() or place.is_symlink():
        return []
    found = []
    for path in sorted(place.glob("*.csv")):
        if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
            if len(lines) == 1:
                row = {str(key): str(value) for key, value in lines[0].items() if key and value}
                found.append(Proposal(path.name.partition("-")[0], path, row))
    return found


def _as_csv(table: str, row: Mapping[str, str]) -> str:
    written = io.StringIO()
    columns = [field["name"] for field in load(table)["fields"]]
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerow({name: row.get(name, "") for name in columns})
    return written.getvalue()
