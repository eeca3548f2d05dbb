"""Reports on disk: what was made in; the files of a report, each whole or not at all, and what was written down, out.

A report that fails leaves the last good one where it is, and writes failure.json beside it.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis.pages import runs
from bt_analysis.publishing.composing import Composed, compose, failure, printed
from bt_analysis.publishing.job import Job, Outcome
from bt_analysis.sources.files import write_atomically


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
    write_json(job.folder / "failure.json", {**asdict(outcome), "at": now()})


def _published(job: Job) -> dict[str, Any]:
    return runs.read_run(job.folder / "run.json") if (job.folder / "report.html").exists() else {}


def _unchanged(job: Job, outcome: Outcome, start: float) -> Outcome:
    """Leave a report as it is; when only a PDF is wanting, make that of the page that is there."""
    (job.folder / "failure.json").unlink(missing_ok=True)
    wanting = [path for path in sorted(job.folder.glob("*.html")) if not path.with_suffix(".pdf").exists()]
    if "pdf" not in job.formats or not wanting:
        return outcome
    made = printed({path.name: path.read_text(encoding="utf-8") for path in wanting}, job.lang)
    for name, written in made.items():
        _write(job.folder / name, written)
    run = _published(job)
    sums = run.get("sha256", {}) | {name: _sha256(written) for name, written in made.items()}
    write_json(job.folder / "run.json", run | {"sha256": sums})
    return replace(outcome, status="published", seconds=round(time.monotonic() - start, 2))


def _publish(job: Job, made: Composed) -> None:
    # Those of earlier pages would say something else than the new ones.
    for path in job.folder.glob("*.pdf"):
        path.unlink()
    for name, written in made.files.items():
        _write(job.folder / name, written)
    made_at, earlier = now(), runs.read_run(job.folder / "run.json")
    first = earlier.get("first_published", earlier.get("at", made_at)[:10])
    sums = {name: _sha256(written) for name, written in made.files.items()}
    write_json(job.folder / "run.json", made.about | {"at": made_at, "first_published": first, "sha256": sums})
    (job.folder / "failure.json").unlink(missing_ok=True)


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
