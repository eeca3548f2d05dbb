"""What a report rests on: a job and the last build in; one hash of all of it, and whether it was published out."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from bt_analysis import __version__, notebooks
from bt_analysis.built import Built
from bt_analysis.pages import runs
from bt_analysis.publishing.job import ACROSS, Job
from bt_analysis.settings import Settings

STAGING = ".new.report"
"""Folder in that of a report, where its next version stands until it is whole."""

_DECIDES_NOTHING: Any = {
    "cbs": True,
    "logs": True,
    "report": {"formats", "jobs", "timeout_s", "memory_mb", "scheduler", "first_look_days"},
}


def decisive(settings: Settings) -> bytes:
    """Write down the settings that change what a report says; how and when it is made is none of them.

    Parameters
    ----------
    settings : Settings
        Of the workspace.

    Returns
    -------
    bytes
        JSON.
    """
    return settings.model_dump_json(exclude=_DECIDES_NOTHING).encode()


@cache
def package_hash() -> str:
    """Make a hash of everything in the package that a report is made with.

    Returns
    -------
    str
        SHA-256 over its version, code, templates, sentences and registers.
    """
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parents[1].rglob("*")):
        if path.suffix in {".py", ".j2", ".css", ".po", ".toml", ".json"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def rests_on(job: Job, whole: Built, settings: Settings) -> str:
    """Make one hash of all that a report depends on, without reading a table.

    Parameters
    ----------
    job : Job
        Which report.
    whole : Built
        Of the tables that are on disk, as :func:`bt_analysis.built.is_about` says.
    settings : Settings
        Of the workspace.

    Returns
    -------
    str
        SHA-256; empty when nothing is known of the figures of this report.
    """
    figures = whole.across if job.name == ACROSS else whole.collectives.get(job.name, "")
    if not figures:
        return ""
    parameters = json.dumps(job.parameters | {"workspace": "."}, sort_keys=True)
    told = [figures, _sha256(notebooks.find(job.workspace, job.notebook)), package_hash(), job.period, parameters]
    return hashlib.sha256("\n".join(told).encode() + decisive(settings)).hexdigest()


@cache
def _of_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sha256(path: Path) -> str:
    return _of_bytes(path.read_bytes())


def is_published(job: Job) -> bool:
    """Tell whether a report is published as it would be made now.

    Parameters
    ----------
    job : Job
        Which, with what it rests on.

    Returns
    -------
    bool
        Also False when nothing is known of it, when a file of it is gone, and when its PDF is asked for and not there.
    """
    folder = job.folder
    if not job.rests_on or (folder / STAGING).exists():
        return False
    run = runs.read_run(folder / "run.json")
    written = run.get("sha256", {})
    pages = [name.removesuffix(".html") for name in written if name.endswith(".html")]
    wanted = {name for name in written if not name.endswith(".pdf")}
    if "pdf" in job.formats:
        wanted |= {f"{page}.pdf" for page in pages}
    whole = run.get("rests_on") == job.rests_on and "report" in pages and wanted <= set(written)
    return whole and all((folder / name).exists() for name in wanted)
