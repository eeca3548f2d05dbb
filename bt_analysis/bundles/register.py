"""The register of bundles: who agreed to what, until when, and who withdrew; a line per bundle in bundle.csv."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bt_analysis import schema
from bt_analysis.bundles import csv_form
from bt_analysis.settings import Workspace
from bt_analysis.sources.files import write_atomically

YEAR = 365
"""Days that consent holds when nobody says otherwise."""

LEVELS = ("intern", "bewoners", "gemeente", "openbaar")
"""For whom data are released, each wider than the one before; what is ``intern`` stays with the collective."""


class BundleError(ValueError):
    """A bundle cannot be made or used; the message says what was got, what is expected and what to do."""


@dataclass(frozen=True)
class Consent:
    """What a collective agreed to.

    Parameters
    ----------
    approved_by_role : str
        Role of the one who agreed for the collective, as in ``recorded_by_role``.
    approved_on : date
        Day of the consent.
    level : str, optional
        For whom, one of :data:`LEVELS`; default: what the collective itself released its data for.
    valid_until : date, optional
        Last day; default: a year after ``approved_on``.
    """

    approved_by_role: str
    approved_on: dt.date
    level: str | None = None
    valid_until: dt.date | None = None

    @property
    def until(self) -> dt.date:
        """The last day that the bundle may be used."""
        return self.valid_until or self.approved_on + dt.timedelta(days=YEAR)


def folder(workspace: Workspace) -> Path:
    """Return where bundles are kept.

    Parameters
    ----------
    workspace : Workspace
        Whose bundles.

    Returns
    -------
    Path
        ``data/bundles``, with the register and a folder per collective.
    """
    return workspace.root / "data" / "bundles"


def read(workspace: Workspace) -> pd.DataFrame:
    """Read the register.

    Parameters
    ----------
    workspace : Workspace
        Whose bundles.

    Returns
    -------
    DataFrame
        One row is a bundle that was made here (schema ``bundle``); no rows when none was.

    Raises
    ------
    BundleError
        When bundle.csv is not what it must be.
    """
    path = folder(workspace) / "bundle.csv"
    if not path.exists():
        return of_lines([])
    try:
        return csv_form.parse(path.read_bytes(), schema.load("bundle"))
    except csv_form.CsvError as problem:
        raise BundleError(
            f"{path}: {problem}. Put back an earlier copy: without it nobody knows who withdrew."
        ) from problem


def write(workspace: Workspace, lines: pd.DataFrame) -> None:
    """Write the register, whole or not at all.

    Parameters
    ----------
    workspace : Workspace
        Whose bundles.
    lines : DataFrame
        All lines, as :func:`read` gives them.
    """
    content = csv_form.write(lines, schema.load("bundle"))
    write_atomically(folder(workspace) / "bundle.csv", lambda path: path.write_bytes(content))


def of_lines(lines: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Make a register of lines.

    Parameters
    ----------
    lines : iterable of dict
        A field of the schema ``bundle`` → its value; what is left out is empty.

    Returns
    -------
    DataFrame
        Typed as the register on disk.

    Raises
    ------
    CsvError
        When a value is not what the schema says.
    """
    descriptor = schema.load("bundle")
    names = [field["name"] for field in descriptor["fields"]]
    table = pd.DataFrame([{name: line.get(name) for name in names} for line in lines], columns=names, dtype=object)
    return csv_form.parse(csv_form.write(table, descriptor), descriptor)


def add(workspace: Workspace, line: dict[str, object]) -> None:
    """Add a line to the register, or replace the line of the same bundle.

    Parameters
    ----------
    workspace : Workspace
        Whose bundles.
    line : dict
        As :func:`of_lines` takes it.
    """
    lines = read(workspace)
    others = lines[lines["bundle_id"] != line["bundle_id"]]
    write(workspace, pd.concat([others, of_lines([line])], ignore_index=True))


def withdraw(workspace: Workspace, collective_id: str, on: dt.date) -> None:
    """Mark every bundle of a collective as withdrawn.

    Parameters
    ----------
    workspace : Workspace
        Whose bundles.
    collective_id : str
        The collective that withdraws.
    on : date
        The day that it does.
    """
    lines = read(workspace)
    own = lines["collective_id"].eq(collective_id) & lines["withdrawn_on"].isna()
    write(workspace, lines.assign(withdrawn_on=lines["withdrawn_on"].mask(own, pd.Timestamp(on))))


def withdrawals(lines: pd.DataFrame, collective_id: str) -> pd.Series[pd.Timestamp]:
    """Return when a collective withdrew.

    Parameters
    ----------
    lines : DataFrame
        The register.
    collective_id : str
        The collective.

    Returns
    -------
    Series
        The days, one per bundle that was withdrawn.
    """
    return lines.loc[lines["collective_id"].eq(collective_id), "withdrawn_on"].dropna()
