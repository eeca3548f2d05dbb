"""One report: a notebook run by papermill, exported by nbconvert, and published file by file.

A report that fails leaves the last good one where it is, and writes failure.json beside it.
"""

from __future__ import annotations

import copy
import hashlib
import json
import textwrap
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bt_analysis import __version__, notebooks
from bt_analysis.pages import audiences, claims, content, export, pdf, runs
from bt_analysis.settings import Workspace
from bt_analysis.sources.files import write_atomically

if TYPE_CHECKING:
    from nbformat import NotebookNode

ACROSS = "across"
"""Folder and name of the cross-domain report; no collective may be called so."""


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
    formats : tuple of str
        ``pdf`` among them: also as PDF, beside the page.
    """

    workspace: Path
    name: str
    period: str
    lang: str
    formats: tuple[str, ...] = ("html",)

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
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    start = time.monotonic()
    try:
        here = _content(job)
        fingerprint, figures = _inputs(job, here)
        if not force and _published(job).get("inputs") == fingerprint:
            return _unchanged(job, here, start)
        path = notebooks.find(job.workspace, job.notebook)
        notebook = notebooks.execute(path, job.parameters, here.settings.report.timeout_s)
        pages = _pages(job, here, notebook)
        printed = _printed(pages, here) if "pdf" in job.formats else {}
        said = register(here, job.name)
    except (PapermillExecutionError, ValueError, OSError, RuntimeError) as problem:
        return failed(job, problem, time.monotonic() - start)
    seconds = round(time.monotonic() - start, 2)
    files: dict[str, str | bytes] = {
        "report.ipynb": _portable(notebook, job),
        "estimates.csv": figures,
        "claims.csv": said,
        **pages,
        **printed,
    }
    _publish(job, here, files, {"inputs": fingerprint, "seconds": seconds})
    return Outcome(job.name, job.period, job.lang, "published", seconds)


def register(here: content.Content, name: str) -> str:
    """Write the claims of a report as CSV.

    Parameters
    ----------
    here : Content
        What the report rests on.
    name : str
        A collective's id or ``across``.

    Returns
    -------
    str
        One line is a claim, as the schema ``claim`` has it.
    """
    return claims.register(here, name).to_csv(index=False)


def estimates_csv(here: content.Content) -> str:
    """Write the estimates of a report.

    Parameters
    ----------
    here : Content
        The report.

    Returns
    -------
    str
        One line is an estimate. A text that a spreadsheet would take for a formula has ' in front: a bundle from
        elsewhere may hold one.
    """
    written = here.estimates.select_dtypes(include=["object", "str"]).columns
    harmless = here.estimates[written].map(lambda one: claims.harmless(one) if isinstance(one, str) else one)
    return here.estimates.assign(**harmless).to_csv(index=False, date_format="%Y-%m-%d")


def _content(job: Job) -> content.Content:
    if job.name == ACROSS:
        return content.of_all(job.workspace, job.lang)
    return content.of_collective(job.workspace, job.name, job.period, job.lang)


def _pages(job: Job, here: content.Content, notebook: NotebookNode) -> dict[str, str]:
    """Export the whole report and the page of each audience, which the collective sees before anybody else."""
    say = here.language.say
    title = say("Leren van elkaar: alle collectieven")
    if job.name != ACROSS:
        title = f"{here.collective['name']} · {say('Leerrapport')} {job.period}"
    frame = export.frame(title, here.language, synthetic=here.settings.synthetic)
    pages = {"report.html": export.export(notebook, frame)}
    for audience in audiences.PAGES if audiences.has_pages(notebook) else ():
        own = frame | {"title": f"{frame['title']} · {say(audiences.TITLES[audience])}"}
        pages[f"{audience}.html"] = export.export(notebook, own, audience)
    return pages


def _printed(pages: dict[str, str], here: content.Content) -> dict[str, bytes]:
    """Make the PDF of each page."""
    return {f"{name.removesuffix('.html')}.pdf": pdf.pdf(html, here.language) for name, html in pages.items()}


def _inputs(job: Job, here: content.Content) -> tuple[str, str]:
    """Return a fingerprint of all a report depends on, and its estimates as CSV."""
    figures = estimates_csv(here)
    digest = hashlib.sha256(figures.encode())
    # It is published, so of what a collective delivered it may not be a checksum, by which cells could be tried.
    sources = here.sources.assign(sha256=here.sources["sha256"].where(here.sources["collective_id"].eq("")))
    tables = (here.collectives, here.activities, here.suppressed, sources, here.unmatched, here.outlines)
    for table in (*tables, here.bundles, here.left, here.indicators, *here.learned.values()):
        if table is not None:
            digest.update(table.to_csv(index=False).encode())
    digest.update(notebooks.find(job.workspace, job.notebook).read_bytes())
    digest.update(
        here.settings.model_dump_json(exclude={"cbs": True, "report": {"formats"}}).encode()
        + _package_hash().encode()
        + job.lang.encode()
    )
    return digest.hexdigest(), figures


@cache
def _package_hash() -> str:
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in {".py", ".j2", ".css", ".po", ".toml", ".json"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _published(job: Job) -> dict[str, Any]:
    return runs.read_run(job.folder / "run.json") if (job.folder / "report.html").exists() else {}


def _unchanged(job: Job, here: content.Content, start: float) -> Outcome:
    """Leave a report as it is; when only a PDF is wanting, make that of the page that is there."""
    (job.folder / "failure.json").unlink(missing_ok=True)
    wanting = [path for path in sorted(job.folder.glob("*.html")) if not path.with_suffix(".pdf").exists()]
    if "pdf" not in job.formats or not wanting:
        return Outcome(job.name, job.period, job.lang, "unchanged", 0.0)
    made = _printed({path.name: path.read_text(encoding="utf-8") for path in wanting}, here)
    for name, written in made.items():
        _write(job.folder / name, written)
    run = _published(job)
    sums = run.get("sha256", {}) | {name: _sha256(written) for name, written in made.items()}
    write_json(job.folder / "run.json", run | {"sha256": sums})
    return Outcome(job.name, job.period, job.lang, "published", round(time.monotonic() - start, 2))


def _publish(job: Job, here: content.Content, files: dict[str, str | bytes], run: dict[str, object]) -> None:
    # Those of earlier pages would say something else than the new ones.
    for path in job.folder.glob("*.pdf"):
        path.unlink()
    for name, written in files.items():
        _write(job.folder / name, written)
    own = {} if job.name == ACROSS else {"title": here.collective["name"], "domain": here.collective["primary_domain"]}
    made_at, earlier = now(), runs.read_run(job.folder / "run.json")
    about = {
        "report": job.name, **own, "period": job.period, "lang": job.lang, "status": "published", "at": made_at, **run,
        "first_published": earlier.get("first_published", earlier.get("at", made_at)[:10]),
        "bundles": sorted(here.bundles["bundle_id"]) if job.name == ACROSS else [],
        "synthetic": here.settings.synthetic, "version": __version__, "parameters": job.parameters | {"workspace": "."},
        "settings": json.loads(here.settings.model_dump_json(exclude={"cbs"})),
        "sha256": {name: _sha256(written) for name, written in files.items()},
    }  # fmt: skip
    write_json(job.folder / "run.json", about)
    (job.folder / "failure.json").unlink(missing_ok=True)


def _portable(notebook: NotebookNode, job: Job) -> str:
    """Write the notebook as text that names no folder of the machine that made it."""
    import nbformat  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    shared = copy.deepcopy(notebook)
    if "papermill" in shared.metadata:
        paths = {"input_path": job.notebook, "output_path": "report.ipynb"}
        shared.metadata.papermill |= {**paths, "parameters": job.parameters | {"workspace": "."}}
    for cell in shared.cells:
        # What a library grumbles names its own folder.
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace(str(job.workspace), ".")
    return str(nbformat.writes(shared))  # type: ignore[no-untyped-call]


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
    error = _one_line(problem).replace(str(job.workspace), ".").replace(str(Path(__file__).parents[1]), "…")
    outcome = Outcome(job.name, job.period, job.lang, "failed", round(seconds, 2), error)
    write_json(job.folder / "failure.json", {**asdict(outcome), "at": now()})
    return outcome


def _one_line(problem: BaseException) -> str:
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    if isinstance(problem, PapermillExecutionError):
        text = f"cell {problem.exec_count}: {problem.ename}: {problem.evalue}"
    elif isinstance(problem, (ValueError, OSError, RuntimeError)):
        text = str(problem)
    else:  # nobody foresaw it, so its kind says more than its text
        text = f"{type(problem).__name__}: {problem}"
    return textwrap.shorten(text, 500, placeholder=" …")


def write_json(path: Path, values: dict[str, object]) -> None:
    """Write a file as JSON, whole or not at all.

    Parameters
    ----------
    path : Path
        The file.
    values : dict
        What it holds.
    """
    _write(path, json.dumps(values, ensure_ascii=False, indent=1) + "\n")


def _write(path: Path, written: str | bytes) -> None:
    write_atomically(path, lambda temporary: temporary.write_bytes(_bytes(written)))


def _sha256(written: str | bytes) -> str:
    return hashlib.sha256(_bytes(written)).hexdigest()


def _bytes(written: str | bytes) -> bytes:
    return written.encode() if isinstance(written, str) else written


def now() -> str:
    """Return the time in the Netherlands.

    Returns
    -------
    str
        ISO 8601, in seconds.
    """
    return pd.Timestamp.now("Europe/Amsterdam").isoformat(timespec="seconds")
