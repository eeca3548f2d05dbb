"""A thesis of a student: a question and released data in; a folder that reruns to the same figures, and its check, out.

A student never gets a delivery of a collective: the data are made up, or what collectives released themselves.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bt_analysis import notebooks
from bt_analysis.archive.metadata import DESCRIPTION
from bt_analysis.bundles.register import LEVELS
from bt_analysis.settings import Workspace, load
from bt_analysis.sources.files import replace_folder
from bt_analysis.thesis import fixed, gathering, starting
from bt_analysis.thesis.checking import Checked, check
from bt_analysis.thesis.errors import Fault, ThesisError
from bt_analysis.thesis.gathering import Given
from bt_analysis.thesis.reading import DATA, Data, read
from bt_analysis.thesis.series import all_series, latest, limits, together

__all__ = [
    "Checked", "Data", "Fault", "Given", "ThesisError", "all_series", "check", "latest", "limits", "make", "read",
    "taken_from", "together",
]  # fmt: skip

_NAME = re.compile("[a-z0-9][a-z0-9_-]{0,59}")


def taken_from(source: Path, today: dt.date, audience: str = LEVELS[-1]) -> Given:
    """Take data for a thesis from a workspace or from a data package.

    Parameters
    ----------
    source : Path
        A workspace that was built, or a folder that ``bt export --datapackage`` wrote.
    today : date
        Day on which the data are taken.
    audience : str
        Of a workspace: collectives are in it when they released their data for this audience or a wider one.

    Returns
    -------
    Given
        The data as files.

    Raises
    ------
    ThesisError
        When the folder is neither.
    ArchiveError, ContentError, BundleError, SettingsError
        When nothing can be exported from the workspace.
    """
    if (source / DESCRIPTION).is_file():
        return gathering.of_package(source)
    workspace = Workspace(source)
    if workspace.processed.is_dir() and any(workspace.processed.iterdir()):
        return gathering.of_workspace(workspace, load(source), audience, today)
    raise ThesisError(
        f"{source}: got neither a workspace that was built nor a data package; expected one of them. Run: bt build, or "
        "bt export --datapackage FOLDER"
    )


def make(folder: Path, given: Given, rq_id: str, today: dt.date, lang: str = "nl") -> Mapping[str, Any]:
    """Make the folder of a thesis, and run its notebook once so that there are figures to compare with.

    Parameters
    ----------
    folder : Path
        The new folder; its name is that of the thesis.
    given : Given
        The data, as :func:`taken_from` gives them.
    rq_id : str
        Code of an open question; empty: the student writes one.
    today : date
        Day on which it is started.
    lang : str
        Language of its texts.

    Returns
    -------
    mapping of str to Any
        thesis.json: question, data version, programs.

    Raises
    ------
    ThesisError
        When the name cannot be one, the folder is there already, or no open question has this code.
    """
    if not _NAME.fullmatch(folder.name):
        raise ThesisError(
            f"name of a thesis: got {folder.name!r}; expected at most 60 small letters, digits, - and _, as "
            "huurders-bereiken. Choose another name."
        )
    if folder.exists():
        raise ThesisError(f"{folder}: got a name that is taken; expected a new folder. Choose another name or --into.")
    told = starting.about(folder.name, starting.question_of(given, rq_id, lang), given, lang, today)

    def fill(new: Path) -> None:
        data = new / DATA
        data.mkdir()
        for name, content in {**given.files, fixed.LIST: fixed.listed(given.files).encode()}.items():
            (data / name).write_bytes(content)
        for name, text in starting.files(told, given, Data(data, told)).items():
            (new / name).write_text(text, encoding="utf-8", newline="\n")
        notebooks.rerun(new / starting.NOTEBOOK, new, timeout_s=600)
        shutil.rmtree(new / ".ipynb_checkpoints", ignore_errors=True)

    replace_folder(folder, fill)
    return told
