"""Reports on disk: what was made in; the files of a report, each whole or not at all, and what was written down, out.

All files stand ready in a hidden folder before the first takes its place, so that a run that is cut off leaves the last
good report, or one that :func:`settle` finishes. A report that fails leaves it too, and writes failure.json beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis.pages import runs
from bt_analysis.publishing.composing import Composed, compose, failure, printed
from bt_analysis.publishing.job import Job, Outcome
from bt_analysis.publishing.resting import STAGING
from bt_analysis.settings import Workspace
from bt_analysis.sources.files import write_atomically

_READY = "ready.json"  # what run.json becomes; it is there when everything stands ready


def make(job: Job, *, force: bool = False) -> Outcome:
    """Make and publish one report.

    Parameters
    ----------
    job : Job
        Which.
    force : bool
        Also when nothing changed.

    Returns
    -------
    Outcome
        ``failed`` with one line when the notebook or its export went wrong; what was published before stays.
    """
    settle(job.folder)
    return store(job, compose(job, known_inputs(job, force=force)))


def known_inputs(job: Job, *, force: bool = False) -> str:
    """Return the fingerprint of what the published report depends on.

    Parameters
    ----------
    job : Job
        Which.
    force : bool
        Whether it is to be made whatever it is.

    Returns
    -------
    str
        Empty when it must be made.
    """
    return "" if force else str(_published(job).get("inputs", ""))


def store(job: Job, made: Composed) -> Outcome:
    """Publish what was made of a report.

    Parameters
    ----------
    job : Job
        Which.
    made : Composed
        As :func:`bt_analysis.publishing.composing.compose` gives.

    Returns
    -------
    Outcome
        What became of it in the end.
    """
    start = time.monotonic()
    try:
        if made.outcome.status == "unchanged":
            return _unchanged(job, made.outcome, start)
        if made.outcome.status == "published":
            _publish(job, made)
            return made.outcome
    except (ValueError, OSError, RuntimeError) as problem:
        return failed(job, problem, made.outcome.seconds + time.monotonic() - start)
    _write_failure(job, made.outcome)
    return made.outcome


def failed(job: Job, problem: BaseException, seconds: float) -> Outcome:
    """Write down that a report could not be made; what was published before stays.

    Parameters
    ----------
    job : Job
        Which.
    problem : BaseException
        What went wrong.
    seconds : float
        Time it took.

    Returns
    -------
    Outcome
        ``failed``, with one line that names no folder of the machine.
    """
    outcome = failure(job, problem, seconds)
    _write_failure(job, outcome)
    return outcome


def _write_failure(job: Job, outcome: Outcome) -> None:
    # On a full or read-only disk the outcome alone tells it.
    with contextlib.suppress(OSError):
        write_json(job.folder / "failure.json", {**asdict(outcome), "at": now()})


def _published(job: Job) -> dict[str, Any]:
    """Read what was written down of a report of which every page is there; a PDF that is gone is made of its page."""
    run = runs.read_run(job.folder / "run.json")
    pages = {"report.html", *(name for name in run.get("sha256", {}) if not name.endswith(".pdf"))}
    return run if all((job.folder / name).exists() for name in pages) else {}


def leave(job: Job) -> Outcome:
    """Leave a report as it is.

    Parameters
    ----------
    job : Job
        One that is published as it would be made now.

    Returns
    -------
    Outcome
        ``unchanged``; that a later version failed is history.
    """
    (job.folder / "failure.json").unlink(missing_ok=True)
    return Outcome(job.name, job.period, job.lang, "unchanged", 0.0)


def _unchanged(job: Job, outcome: Outcome, start: float) -> Outcome:
    """Leave a report as it is; when only a PDF is wanting, make that of the page that is there."""
    leave(job)
    run = _published(job)
    sums = run.get("sha256", {})
    known = run if job.rests_on in ("", run.get("rests_on")) else run | {"rests_on": job.rests_on}
    wanting = [path for path in sorted(job.folder.glob("*.html")) if not _has_pdf(path, sums)]
    if "pdf" not in job.formats or not wanting:
        if known != run:
            write_json(job.folder / "run.json", known)
        return outcome
    made = printed({path.name: path.read_text(encoding="utf-8") for path in wanting}, job.lang)
    for name, written in made.items():
        _write(job.folder / name, written)
    sums |= {name: _sha256(written) for name, written in made.items()}
    write_json(job.folder / "run.json", known | {"sha256": sums})
    return replace(outcome, status="published", seconds=round(time.monotonic() - start, 2))


def _has_pdf(page: Path, sums: dict[str, str]) -> bool:
    printed_page = page.with_suffix(".pdf")
    return printed_page.name in sums and printed_page.exists()


def _publish(job: Job, made: Composed) -> None:
    settle(job.folder)
    made_at, earlier = now(), runs.read_run(job.folder / "run.json")
    first = earlier.get("first_published", earlier.get("at", made_at)[:10])
    rests = {"rests_on": job.rests_on} if job.rests_on else {}
    sums = {name: _sha256(written) for name, written in made.files.items()}
    about = made.about | rests | {"at": made_at, "first_published": first, "sha256": sums}
    staging = job.folder / STAGING
    try:
        for name, written in made.files.items():
            _write(staging / name, written)
        write_json(staging / _READY, about)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    settle(job.folder)
    (job.folder / "failure.json").unlink(missing_ok=True)


def settle_all(workspace: Workspace) -> None:
    """Finish or clear away what runs that were cut off left, in every report.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    for staging in sorted(workspace.reports.glob(f"*/**/{STAGING}")):
        settle(staging.parent)


def settle(folder: Path) -> None:
    """Put in place what stands ready for a report, run.json last; clear it away when it is not whole.

    Parameters
    ----------
    folder : Path
        Of the report; nothing happens when nothing stands ready.

    Raises
    ------
    OSError
        When the disk refuses; what stands ready stays for the next run.
    """
    staging = folder / STAGING
    if not staging.is_dir():
        return
    about = runs.read_run(staging / _READY)
    if about:
        for name in about["sha256"]:
            # Those that are not here any more took their place before the run was cut off.
            with contextlib.suppress(FileNotFoundError):
                (staging / name).replace(folder / name)
        # Those of earlier pages would say something else than the new ones.
        for path in folder.glob("*.pdf"):
            if path.name not in about["sha256"]:
                path.unlink()
        (staging / _READY).replace(folder / "run.json")
    shutil.rmtree(staging)


def write_json(path: Path, values: dict[str, object]) -> None:
    """Write a file as JSON, whole or not at all.

    Parameters
    ----------
    path : Path
        The file.
    values : dict
        What it holds.
    """
    _write(path, (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode())


def _write(path: Path, written: bytes) -> None:
    write_atomically(path, lambda temporary: temporary.write_bytes(written))


def _sha256(written: bytes) -> str:
    return hashlib.sha256(written).hexdigest()


def now() -> str:
    """Return the time in the Netherlands.

    Returns
    -------
    str
        ISO 8601, in seconds.
    """
    return pd.Timestamp.now("Europe/Amsterdam").isoformat(timespec="seconds")
