"""Data for a thesis: a built workspace or an exported data package in; files that may be given to a student out.

Never a delivery of a collective: a workspace gives what ``bt export`` gives, and figures that were made of bundles.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from bt_analysis import archive, schema
from bt_analysis.archive.metadata import DESCRIPTION, OTHERS, SOFTWARE
from bt_analysis.bundles import csv_form
from bt_analysis.bundles.register import LEVELS
from bt_analysis.pages import stored
from bt_analysis.schema import Descriptor
from bt_analysis.settings import Settings, Workspace
from bt_analysis.thesis.errors import ThesisError

LEARNED = "learned_estimates"
"""Figures that the cross-domain analysis added to those of the export; absent in data of an export alone."""

QUESTIONS, BEARING = "questions", "question_claims"
"""Open questions, and which figures bear on which."""

_BACKLOG = "backlog"
_OWNER = "--"

_SCHEMAS = {LEARNED: "analysed_estimates", QUESTIONS: "analysed_backlog", BEARING: "analysed_question_claims"}
_OF_OTHERS = ("sign", "setting", "valence")
"""Columns of ``question_claims`` that only arrows and lessons have; a thesis gets the figures."""


@dataclass(frozen=True)
class Given:
    """What a student gets.

    Parameters
    ----------
    files : dict of str to bytes
        Data files by name.
    package : dict
        datapackage.json, which is one of them.
    questions : DataFrame
        One row is an open question (analysed_backlog); empty when the data hold none.
    bearing : DataFrame
        One row is a figure that bears on a question (analysed_question_claims).
    """

    files: dict[str, bytes]
    package: dict[str, Any]
    questions: pd.DataFrame
    bearing: pd.DataFrame


def descriptor_of(name: str) -> Descriptor:
    """Return the schema of a table beside the export.

    Parameters
    ----------
    name : str
        :data:`LEARNED`, :data:`QUESTIONS` or :data:`BEARING`.

    Returns
    -------
    dict
        Its Table Schema.

    Raises
    ------
    ThesisError
        When there is no such table.
    """
    if name not in _SCHEMAS:
        raise ThesisError(f"table {name!r}: not there; expected one of the data package or {', '.join(_SCHEMAS)}.")
    descriptor = schema.load(_SCHEMAS[name])
    kept = [field for field in descriptor["fields"] if name != BEARING or field["name"] not in _OF_OTHERS]
    return {**descriptor, "fields": kept}


def of_workspace(workspace: Workspace, settings: Settings, audience: str, today: dt.date) -> Given:
    """Take what collectives released from a workspace.

    Parameters
    ----------
    workspace : Workspace
        That was built.
    settings : Settings
        Of the workspace.
    audience : str
        Collectives are in it when they released their data for this audience or a wider one.
    today : date
        Day of the export.

    Returns
    -------
    Given
        The export, with figures, questions and what bears on them from bundles.

    Raises
    ------
    ArchiveError
        When nobody released data for this audience.
    ContentError
        When the workspace was not built.
    BundleError
        When the register of bundles cannot be read.
    ThesisError
        When a text would be calculated by a spreadsheet.
    """
    with tempfile.TemporaryDirectory(prefix="bt-") as scratch:
        folder = Path(scratch) / "data"
        done = archive.export(workspace, settings, folder, today, audience)
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    known = set(pd.read_csv(io.BytesIO(files["estimates.csv"]), usecols=["claim_id"], dtype=str)["claim_id"])
    wide = LEVELS[LEVELS.index(audience) :]
    tables = _learned(workspace, set(done.collectives), known, today, wide)
    for name, table in tables.items():
        try:
            files[f"{name}.csv"] = csv_form.write(table, descriptor_of(name))
        except csv_form.CsvError as problem:
            raise ThesisError(
                f"table {name}, {problem}. Change it in what was delivered, and run: bt build"
            ) from problem
    return Given(files, json.loads(files[DESCRIPTION]), tables[QUESTIONS], tables[BEARING])


def of_package(folder: Path) -> Given:
    """Take an exported data package as it is.

    Parameters
    ----------
    folder : Path
        What ``bt export --datapackage`` wrote, here or elsewhere.

    Returns
    -------
    Given
        Its files; an export holds no questions.

    Raises
    ------
    ThesisError
        When it is no export of this workbench, or a file is not as it was exported.
    """
    try:
        package = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        is_ours = package["software"]["name"] == SOFTWARE and package["export"] is True
        sums = {str(one["path"]): str(one["hash"]) for one in package["resources"]}
        said = [package[name] for name in ("id", "title", "audience", "version")]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ThesisError(f"{folder}: got no data package that can be read; expected an export. {_MAKE}") from problem
    if not is_ours or not all(isinstance(one, str) for one in said) or not sums:
        raise ThesisError(f"{folder}: got a data package of something else; expected an export. {_MAKE}")
    files = {name: _checked(folder, name, sum_) for name, sum_ in sums.items()}
    others = [name for name in (DESCRIPTION, *OTHERS) if (folder / name).is_file()]
    files |= {name: (folder / name).read_bytes() for name in others}
    return Given(files, package, _empty(QUESTIONS), _empty(BEARING))


_MAKE = "Make one with: bt export --datapackage FOLDER"


def _checked(folder: Path, name: str, sum_: str) -> bytes:
    """Return a table of a package; it comes from elsewhere, so its name may not lead out of the folder."""
    path = folder / name
    if PurePath(name).name != name or not name.endswith(".csv") or path.is_symlink() or not path.is_file():
        raise ThesisError(f"{path}: got no such table; expected the files that {DESCRIPTION} names. {_MAKE}")
    content = path.read_bytes()
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != sum_:
        raise ThesisError(f"{path}: got other content than was exported; expected its checksum. {_MAKE}")
    return content


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame(columns=[field["name"] for field in descriptor_of(name)["fields"]])


def _learned(
    workspace: Workspace, exported: set[str], known: set[str], today: dt.date, wide: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    """Return what the cross-domain analysis made of bundles whose consent reaches these readers today."""
    if not (workspace.processed / "across").is_dir():  # nobody gave a bundle yet
        return {name: _empty(name) for name in _SCHEMAS}
    read: Callable[[str], pd.DataFrame] = lambda table: stored.read(workspace.root, f"across/{table}")  # noqa: E731
    lines, figures, questions, bearing = map(read, ("bundles", "estimates", _BACKLOG, BEARING))
    in_time = lines["valid_until"].ge(pd.Timestamp(today))  # who withdrew is not in it
    agreed = set(lines.loc[in_time & lines["consent_level"].isin(wide), "collective_id"]) & exported
    # A sum over all, beside the figures of all but one, would be the figure of that one.
    whose = agreed | ({""} if set(lines["collective_id"]) <= agreed else set())
    figures = figures[figures["collective_id"].isin(whose) & ~figures["claim_id"].isin(known)]
    asked = questions["rq_id"].str.partition(_OWNER)[0].isin(agreed) | ~questions["own"].astype(bool)
    there = known | set(figures["claim_id"])
    bearing = bearing[bearing["kind"].eq("estimate") & bearing["claim_id"].isin(there)]
    return {
        LEARNED: figures.sort_values("claim_id", ignore_index=True),
        QUESTIONS: questions[asked].sort_values("place", ignore_index=True),
        BEARING: bearing.sort_values(["rq_id", "claim_id"], ignore_index=True),
    }
