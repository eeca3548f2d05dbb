"""Reports: notebooks run by papermill, exported by nbconvert, published file by file, and listed in one index.

A report that fails leaves the last good one where it is, and the index names the failure.
"""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
from papermill.exceptions import PapermillExecutionError

from bt_analysis import __version__, notebooks
from bt_analysis.language import Language
from bt_analysis.pages import content, export, publication
from bt_analysis.settings import Settings, Workspace, load
from bt_analysis.sources.files import write_atomically

ACROSS = "across"
"""Folder and name of the cross-domain report; no collective may be called so."""

_log = logging.getLogger(__name__)


class ReportError(RuntimeError):
    """A report cannot be made; the message says what was got, what is expected and what to do."""


@dataclass(frozen=True)
class Job:
    """One report to make.

    Parameters
    ----------
    workspace : Path
        Root of the workspace.
    name : str
        A collective's id, or ``across``.
    period : str
        Reporting period.
    lang : str
        Language.
    """

    workspace: Path
    name: str
    period: str
    lang: str

    @property
    def folder(self) -> Path:
        """Where it is published; a language other than Dutch has a folder of its own inside."""
        folder = Workspace(self.workspace).reports / self.name / self.period
        return folder if self.lang == "nl" else folder / self.lang

    @property
    def notebook(self) -> str:
        """File name of its notebook."""
        return f"report_{ACROSS if self.name == ACROSS else 'collective'}.ipynb"

    @property
    def parameters(self) -> dict[str, str]:
        """What the notebook gets."""
        common = {"workspace": str(self.workspace), "lang": self.lang}
        return common if self.name == ACROSS else {**common, "collective_id": self.name, "period": self.period}


@dataclass(frozen=True)
class Outcome:
    """What became of one report.

    Parameters
    ----------
    name, period, lang : str
        Which report.
    status : str
        ``published``, ``unchanged`` or ``failed``.
    seconds : float
        Time it took.
    error : str
        One line; empty unless it failed.
    """

    name: str
    period: str
    lang: str
    status: str
    seconds: float
    error: str = ""


def publish(
    workspace: Workspace,
    settings: Settings,
    names: Iterable[str] = (),
    *,
    period: str | None = None,
    lang: str | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Make the reports that are out of date, and the index.

    Parameters
    ----------
    workspace : Workspace
        A workspace that was built.
    settings : Settings
        Language, number of reports at a time, time limit.
    names : iterable of str
        Ids of collectives, or ``across``; none: all of them and the cross-domain report.
    period : str, optional
        Default: each collective's longest.
    lang : str, optional
        Default: the setting.
    jobs : int, optional
        Reports at the same time; default: the setting.
    force : bool
        Also make reports whose notebook, code and figures are those of the last time.
    progress : callable
        Told of each report as it is done.

    Returns
    -------
    list of Outcome
        One per report, in the order they were asked for.

    Raises
    ------
    ReportError
        When a name is not a collective of the workspace, or the language is not there.
    ContentError
        When the workspace was not built.
    """
    wanted = _jobs(workspace, list(names), period, Language(lang or settings.report.lang).code)
    outcomes: dict[Job, Outcome] = {}
    # Kernels are started per report, so a fresh process per worker keeps one report's trouble from the next.
    with ProcessPoolExecutor(
        min(jobs or settings.report.jobs, len(wanted)), multiprocessing.get_context("spawn")
    ) as pool:
        futures: dict[Future[Outcome], Job] = {pool.submit(make, job, force=force): job for job in wanted}
        for future in as_completed(futures):
            job = futures[future]
            try:
                outcomes[job] = future.result()
            except BrokenProcessPool:
                outcomes[job] = _failed(
                    job, 0.0, "the process that made it was ended from outside, perhaps for want of memory"
                )
            if progress is not None:
                progress(outcomes[job])
    publication.write_index(workspace, settings)
    done = [outcomes[job] for job in wanted]
    summary = {"at": _now(), "synthetic": settings.synthetic, "reports": [asdict(outcome) for outcome in done]}
    _write_json(workspace.reports / "run.json", summary)
    return done


def _jobs(workspace: Workspace, names: list[str], period: str | None, lang: str) -> list[Job]:
    all_content = content.of_all(workspace.root, lang)
    longest = all_content.collectives.set_index("collective_id")["period"]
    unknown = [name for name in names if name != ACROSS and name not in longest.index]
    if unknown:
        raise ReportError(
            f"no collective {unknown[0]!r} was built; there are: {', '.join(longest.index)}. Run: bt check {unknown[0]}"
        )
    whole = all_content.period
    return [
        Job(workspace.root.resolve(), name, whole if name == ACROSS else period or str(longest[name]), lang)
        for name in names or [*longest.index, ACROSS]
    ]


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
    start = time.monotonic()
    try:
        fingerprint, figures = _inputs(job)
        if not force and _published(job).get("inputs") == fingerprint:
            (job.folder / "failure.json").unlink(missing_ok=True)
            return Outcome(job.name, job.period, job.lang, "unchanged", 0.0)
        settings = load(job.workspace)
        notebook = notebooks.execute(
            notebooks.find(job.workspace, job.notebook), job.parameters, settings.report.timeout_s
        )
        html = export.export(notebook, _page(job, settings))
    except (
        PapermillExecutionError,
        ReportError,
        export.ExportError,
        content.ContentError,
        ValueError,
        OSError,
        RuntimeError,
    ) as problem:
        return _failed(job, time.monotonic() - start, _one_line(problem))
    seconds = round(time.monotonic() - start, 2)
    # The published notebook names no folder of the machine that made it.
    text = str(nbformat.writes(notebook)).replace(str(job.workspace), ".")
    _publish(job, settings, {"report.ipynb": text, "estimates.csv": figures, "report.html": html},
             {"inputs": fingerprint, "seconds": seconds})  # fmt: skip
    return Outcome(job.name, job.period, job.lang, "published", seconds)


def _page(job: Job, settings: Settings) -> dict[str, object]:
    """Title and frame of a report's page."""
    language = Language(job.lang)
    if job.name == ACROSS:
        return export.frame(language.say("Leren van elkaar: alle collectieven"), language, synthetic=settings.synthetic)
    own = content.of_collective(job.workspace, job.name, job.period, job.lang)
    title = f"{own.collective['name']} · {language.say('Leerrapport')} {job.period}"
    return export.frame(title, language, synthetic=settings.synthetic)


def _inputs(job: Job) -> tuple[str, str]:
    """Return a fingerprint of all a report depends on, and its estimates as CSV."""
    if job.name == ACROSS:
        here = content.of_all(job.workspace, job.lang)
    else:
        here = content.of_collective(job.workspace, job.name, job.period, job.lang)
    figures = here.estimates.to_csv(index=False, date_format="%Y-%m-%d")
    digest = hashlib.sha256(figures.encode())
    for table in (here.collectives, here.activities, here.suppressed, here.sources, here.unmatched):
        digest.update(table.to_csv(index=False).encode())
    digest.update(notebooks.find(job.workspace, job.notebook).read_bytes())
    digest.update(here.settings.model_dump_json().encode() + _package_hash().encode() + job.lang.encode())
    return digest.hexdigest(), figures


@cache
def _package_hash() -> str:
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in {".py", ".j2", ".css", ".po", ".toml", ".json"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _published(job: Job) -> dict[str, object]:
    path = job.folder / "run.json"
    if not path.exists() or not (job.folder / "report.html").exists():
        return {}
    run: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return run


def _publish(job: Job, settings: Settings, files: dict[str, str], run: dict[str, object]) -> None:
    for name, text in files.items():
        _write_text(job.folder / name, text)
    about = {
        "report": job.name, "period": job.period, "lang": job.lang, "status": "published", "at": _now(), **run,
        "synthetic": settings.synthetic, "version": __version__, "parameters": job.parameters | {"workspace": "."},
        "settings": json.loads(settings.model_dump_json()),
        "sha256": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()},
    }  # fmt: skip
    _write_json(job.folder / "run.json", about)
    (job.folder / "failure.json").unlink(missing_ok=True)


def _failed(job: Job, seconds: float, error: str) -> Outcome:
    outcome = Outcome(job.name, job.period, job.lang, "failed", round(seconds, 2), error)
    _write_json(job.folder / "failure.json", {**asdict(outcome), "at": _now()})
    return outcome


def _one_line(problem: Exception) -> str:
    if isinstance(problem, PapermillExecutionError):
        first_line = str(problem.evalue).partition("\n")[0]
        return f"cell {problem.exec_count}: {problem.ename}: {first_line}"
    return " ".join(str(problem).split())


def _write_json(path: Path, values: dict[str, object]) -> None:
    _write_text(path, json.dumps(values, ensure_ascii=False, indent=1) + "\n")


def _write_text(path: Path, text: str) -> None:
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _now() -> str:
    return pd.Timestamp.now("Europe/Amsterdam").isoformat(timespec="seconds")
