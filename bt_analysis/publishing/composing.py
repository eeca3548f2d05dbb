"""One report: its job in; the notebook run by papermill, exported by nbconvert, and every file that it comes to, out.

Nothing is written here but what papermill needs while it runs, so that a report can be made far from where it is kept.
"""

from __future__ import annotations

import copy
import hashlib
import json
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bt_analysis import __version__, notebooks
from bt_analysis.language import Language
from bt_analysis.pages import at_hand, audiences, claims, content, export, pdf
from bt_analysis.publishing.job import ACROSS, Job, Outcome
from bt_analysis.publishing.resting import decisive, package_hash

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Composed:
    """A report that was made, and is written nowhere yet.

    Parameters
    ----------
    outcome : Outcome
        What became of it.
    files : dict of str to bytes
        Name in the folder of the report → content; none unless ``published``.
    about : dict of str to object
        What is written down of it beside its files, as JSON takes it.
    """

    outcome: Outcome
    files: dict[str, bytes] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


def compose(job: Job, known: str = "") -> Composed:
    """Make all files of one report.

    Parameters
    ----------
    job : Job
        Which.
    known : str
        Fingerprint of what the published one depends on; when it is still the same, nothing is made. Empty: make it.

    Returns
    -------
    Composed
        ``failed`` with one line when the notebook or its export went wrong.
    """
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    start = time.monotonic()
    try:
        here = _content(job)
        fingerprint, figures = _inputs(job, here)
        if fingerprint == known:
            return Composed(Outcome(job.name, job.period, job.lang, "unchanged", 0.0))
        path = notebooks.find(job.workspace, job.notebook)
        said = register(here, job.name)
        asked = (job.workspace, *(("", "") if job.name == ACROSS else (job.name, job.period)), job.lang)
        with at_hand.keep(here, asked):
            notebook = notebooks.execute(path, job.parameters, here.settings.report.timeout_s)
        pages = _pages(job, here, notebook)
        made = printed(pages, job.lang) if "pdf" in job.formats else {}
    except (PapermillExecutionError, ValueError, OSError, RuntimeError) as problem:
        return Composed(failure(job, problem, time.monotonic() - start))
    seconds = round(time.monotonic() - start, 2)
    written = {"report.ipynb": _portable(notebook, job), "estimates.csv": figures, "claims.csv": said, **pages}
    files = {name: text.encode() for name, text in written.items()} | made
    about = _about(job, here) | {"inputs": fingerprint, "seconds": seconds}
    return Composed(Outcome(job.name, job.period, job.lang, "published", seconds), files, about)


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


def printed(pages: dict[str, str], lang: str) -> dict[str, bytes]:
    """Make the PDF of each page.

    Parameters
    ----------
    pages : dict of str to str
        File name → HTML.
    lang : str
        Language of the pages.

    Returns
    -------
    dict of str to bytes
        File name → PDF.

    Raises
    ------
    PdfError
        When a page cannot be set.
    """
    language = Language(lang)
    return {f"{name.removesuffix('.html')}.pdf": pdf.pdf(html, language) for name, html in pages.items()}


def failure(job: Job, problem: BaseException, seconds: float) -> Outcome:
    """Say why a report could not be made.

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
    error = _one_line(problem).replace(str(job.workspace), ".").replace(str(Path(__file__).parents[2]), "…")
    return Outcome(job.name, job.period, job.lang, "failed", round(seconds, 2), error)


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


def _about(job: Job, here: content.Content) -> dict[str, Any]:
    own = {} if job.name == ACROSS else {"title": here.collective["name"], "domain": here.collective["primary_domain"]}
    return {
        "report": job.name, **own, "period": job.period, "lang": job.lang, "status": "published",
        "bundles": sorted(here.bundles["bundle_id"]) if job.name == ACROSS else [],
        "synthetic": here.settings.synthetic, "version": __version__, "parameters": job.parameters | {"workspace": "."},
        "settings": json.loads(here.settings.model_dump_json(exclude={"cbs"})),
    }  # fmt: skip


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
    digest.update(decisive(here.settings) + package_hash().encode() + job.lang.encode())
    return digest.hexdigest(), figures


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


def _one_line(problem: BaseException) -> str:
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    if isinstance(problem, PapermillExecutionError):
        text = f"cell {problem.exec_count}: {problem.ename}: {problem.evalue}"
    elif isinstance(problem, (ValueError, OSError, RuntimeError)):
        text = str(problem)
    else:  # nobody foresaw it, so its kind says more than its text
        text = f"{type(problem).__name__}: {problem}"
    return textwrap.shorten(text, 500, placeholder=" …")
