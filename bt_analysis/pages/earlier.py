"""The report of last time: the folder of a report and what it rests on now in; what is other than then out.

What is kept of an earlier report is only this difference, in since.json beside the report. The value of then is in it
where :mod:`bt_analysis.pages.differences` says so, and nowhere else: what is hidden now cannot be read anywhere, nor is
there a checksum by which it could be tried.
"""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from bt_analysis.analysis import periods as reporting
from bt_analysis.pages import claim_sentences, runs
from bt_analysis.pages.content import Content
from bt_analysis.pages.differences import NUMBERS, TEXTS, Since, apart, beside, sources
from bt_analysis.settings import Workspace

FILE = "since.json"
"""File beside a report that says what is other than last time."""

READ = (FILE, "run.json", "estimates.csv")
"""Files in the folder of a report that the next one is set beside; who makes it elsewhere takes these along."""


def read(workspace: str | Path, content: Content) -> Since | None:
    """Set a report beside the one that stands in its folder, or keep what that said of the one before it.

    Parameters
    ----------
    workspace : str or Path
        Root of the workspace.
    content : Content
        What the report rests on now.

    Returns
    -------
    Since or None
        None for a first report. One that rests on the same as what stands there, such as one that is made again, says
        the same of last time.
    """
    folder = _folder(Workspace(Path(workspace)), content)
    run = runs.read_run(folder / "run.json")
    if not _dated(run):
        return _of_other_period(Workspace(Path(workspace)), content)
    figures, digest = _figures(folder / "estimates.csv", content)
    found = beside(run, figures, content)
    if digest != _sum_of(run, "estimates.csv") and not found.has_other_figures:
        # Cut off after its figures and before its run.json, which is that of the report before it.
        stored = _stored(folder)
        return stored if stored is not None and stored.at == run["at"] else found
    return found if found.says_anything else _stored(folder, _sum_of(run, FILE))


def written(since: Since | None) -> str:
    """Write what is other for the next time that the report is made.

    Parameters
    ----------
    since : Since or None
        As :func:`read` gives.

    Returns
    -------
    str
        JSON; also of a first report, so that it takes the place of what an earlier one left there.
    """
    return "null\n" if since is None else since.model_dump_json(indent=1) + "\n"


def facts(content: Content) -> dict[str, Any]:
    """Say what of a report the next one is set beside, apart from its figures and settings.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    dict
        For run.json: ``sources``, table → day it was changed.
    """
    return {"sources": sources(content)}


def _folder(workspace: Workspace, content: Content) -> Path:
    name = runs.ACROSS if claim_sentences.about_all(content) else str(content.collective["collective_id"])
    folder = workspace.reports / name / content.period
    return folder if content.language.code == "nl" else folder / content.language.code


def _dated(run: dict[str, Any]) -> bool:
    """Tell whether a report was written down, and when it was made can be read."""
    try:
        return bool(run) and pd.notna(pd.Timestamp(str(run["at"])))
    except ValueError:
        return False


def _sum_of(run: dict[str, Any], name: str) -> str:
    sums = run.get("sha256")
    return str(sums.get(name, "")) if isinstance(sums, dict) else ""


def _stored(folder: Path, digest: str | None = None) -> Since | None:
    """Read what was written of last time; None when it is damaged, or not the file that was published."""
    try:
        written = (folder / FILE).read_bytes()
        found = Since.model_validate_json(written)
    except (FileNotFoundError, ValidationError):
        return None
    return found if digest in (None, hashlib.sha256(written).hexdigest()) else None


def _figures(path: Path, content: Content) -> tuple[dict[str, dict[str, Any]], str]:
    """Read the estimates that stand there by claim_id, and their checksum; without any, or damaged, there are none."""
    try:
        written = path.read_bytes()
        # Row by row, as a number is read exactly so, and a table of all collectives is long.
        lines = list(csv.DictReader(io.StringIO(written.decode())))
        rows = [line for line in lines if not (claim_sentences.about_all(content) and line["collective_id"])]
        return {line["claim_id"]: _read(line) for line in rows}, hashlib.sha256(written).hexdigest()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}, ""


def _read(line: dict[str, str]) -> dict[str, Any]:
    """Read what the list of figures says of one, and what decides whether it lists it."""
    named = {name: line[name] for name in ("claim_id", "question", "group_type", *TEXTS)}
    numbers = {name: float(line[name]) if line[name] else None for name in NUMBERS}
    return named | numbers | {"period_end": pd.Timestamp(line["period_end"])}


def _of_other_period(workspace: Workspace, content: Content) -> Since | None:
    """Find the newest report of an earlier period; its figures are about something else."""
    own, earlier = _folder(workspace, content), []
    below = own.relative_to(workspace.reports).parts[2:]
    end = reporting.bounds(content.period)[1]
    for path in own.parents[len(below)].glob("/".join(["*", *below, "run.json"])):
        run = runs.read_run(path)
        try:
            last = reporting.bounds(str(run.get("period", "")))[1]
        except ValueError:
            continue
        if last < end and _dated(run):
            earlier.append((last, str(run["at"]), run))
    if not earlier:
        return None
    return apart(max(earlier, key=lambda one: one[:2])[2], content)
