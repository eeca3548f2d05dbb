"""Reports: which are out of date; those made side by side, each in a process of its own, and listed in one index.

After it the folders of what may leave are written anew, also when no report changed: a collective may release less.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pandas as pd

from bt_analysis import built, bundles, cluster
from bt_analysis.engine import forks
from bt_analysis.engine.forks import Limits
from bt_analysis.language import LANGUAGES
from bt_analysis.pages import content, pdf, publication, release, released
from bt_analysis.publishing import (
    ACROSS,
    Job,
    Outcome,
    ReportError,
    failed,
    is_published,
    known_inputs,
    leave,
    make,
    rests_on,
    settle_all,
    standing,
    store,
)
from bt_analysis.settings import Settings, Workspace

__all__ = ["ACROSS", "Outcome", "ReportError", "let_out", "publish"]

FORMATS = ("html", "pdf")
"""What a report can be made as; the page in HTML is always made."""


def publish(
    workspace: Workspace,
    settings: Settings,
    names: Iterable[str] = (),
    *,
    period: str | None = None,
    lang: str | None = None,
    formats: Iterable[str] | None = None,
    jobs: int | None = None,
    force: bool = False,
    scheduler: str | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Make the reports that are out of date, the folders of what may leave, and the index.

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
    formats : iterable of str, optional
        ``html``, ``pdf``; default: the setting.
    jobs : int, optional
        Reports at the same time; default: the setting.
    force : bool
        Also make reports whose notebook, code and figures are those of the last time.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers make the reports; empty: they are made here. Default: the setting.
    progress : callable
        Told of each report as it is done.

    Returns
    -------
    list of Outcome
        One per report, in the order they were asked for.

    Raises
    ------
    ReportError
        When a collective or period was not built, or the language or format is not there.
    PdfError
        When a PDF is asked for and cannot be made on this machine.
    ContentError
        When the workspace was not built.
    ClusterError
        When the reports are for a cluster that cannot make them.
    BundleError
        When the register of bundles cannot be read: then nobody knows who withdrew, and nothing leaves.
    """
    made_as = _formats(settings.report.formats if formats is None else formats)
    jobs_of_all = _jobs(workspace, list(names), period, lang or settings.report.lang)
    wanted = _resting(workspace, settings, [replace(job, formats=made_as) for job in jobs_of_all])
    settle_all(workspace)
    outcomes = {} if force else {job: leave(job) for job in wanted if is_published(job)}
    for outcome in outcomes.values():
        if progress is not None:
            progress(outcome)
    out_of_date = [job for job in wanted if job not in outcomes]
    limits = Limits(settings.report.timeout_s, settings.report.memory_mb)
    address = settings.report.scheduler if scheduler is None else scheduler
    if address:
        made = _made_elsewhere(address, out_of_date, limits, force=force)
    else:
        work = functools.partial(_one, how=make, force=force)
        made = forks.each(work, out_of_date, jobs or settings.report.jobs, limits)
    try:
        for job, answer in made:
            outcomes[job] = failed(job, answer, 0.0) if isinstance(answer, BaseException) else answer
            if progress is not None:
                progress(outcomes[job])
    except cluster.ClusterError:
        # What may not leave any more goes also when no report can be made.
        let_out(workspace, settings)
        raise
    let_out(workspace, settings)
    return [outcomes[job] for job in wanted]


def _one(job: Job, *, how: Callable[..., Outcome], force: bool) -> Outcome:
    return how(job, force=force)


def _resting(workspace: Workspace, settings: Settings, wanted: list[Job]) -> list[Job]:
    """Say of each report what it rests on, as far as the last build tells."""
    whole = built.read(workspace)
    if whole is None:
        raise ReportError(
            f"{workspace.processed}: got tables of a build that was cut off, or of an earlier version; expected "
            "those of a whole one, with built.json beside them. Run: bt build"
        )
    if not built.is_about(whole, workspace):  # then each report looks at its tables itself
        return wanted
    return [replace(job, rests_on=rests_on(job, whole, settings)) for job in wanted]


def _made_elsewhere(
    address: str, wanted: Iterable[Job], limits: Limits, *, force: bool
) -> Iterator[tuple[Job, Outcome | BaseException]]:
    """Let a cluster make reports, and publish each here as it comes, so that only one process ever writes them."""
    known = [(job, known_inputs(job, force=force)) for job in wanted]
    for job, made in cluster.each(known, address, limits):
        yield job, made if isinstance(made, BaseException) else store(job, made)


def _formats(asked: Iterable[str]) -> tuple[str, ...]:
    """Return what reports are made as, in a fixed order; a PDF that cannot be made here is told before any report."""
    made_as = {"html", *asked}
    unknown = sorted(made_as - set(FORMATS))
    if unknown:
        raise ReportError(f"format {unknown[0]!r} is not there; expected {' or '.join(FORMATS)}, or both with a comma.")
    if "pdf" in made_as:
        pdf.require()
    return tuple(one for one in FORMATS if one in made_as)


def let_out(workspace: Workspace, settings: Settings) -> None:
    """Write what may leave today, and the index of all of it; what may not any more is gone, what lies there stays.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    settings : Settings
        Language of the indexes, and how long a collective looks first.

    Raises
    ------
    BundleError
        When the register of bundles cannot be read: then nobody knows who withdrew, and nothing leaves.
    OSError
        When the disk refuses.
    """
    today = pd.Timestamp.now("Europe/Amsterdam").date()
    if standing.stands(workspace, settings, today):
        return
    # Of a report that took its place by half, files would not be those of run.json, and be taken out.
    settle_all(workspace)
    given = bundles.consents(workspace, today)
    releases = release.decide(workspace, settings, today, given.lines, given.withdrawn)
    released.write(workspace, settings, releases)
    publication.write_index(workspace, settings, releases)
    ends = [day.date() + dt.timedelta(days=1) for day in given.lines["valid_until"].dropna()]
    waits = [one.until for one in releases.values() if one.until]
    standing.note(workspace, settings, today, min([*ends, *waits], default=None))


def _jobs(workspace: Workspace, names: list[str], period: str | None, lang: str) -> list[Job]:
    """List the reports to make: those named, or all there are for the period."""
    if lang not in LANGUAGES:
        raise ReportError(f"language {lang!r} is not there; expected one of {', '.join(LANGUAGES)}.")
    built = content.periods(workspace.root)
    longest = {name: periods[-1] for name, periods in built.items()}
    for name in names or longest:
        if name not in built:
            raise ReportError(f"no collective {name!r} was built; there are: {', '.join(built)}. Run: bt check {name}")
    fits = {name for name, periods in built.items() if period in (None, *periods)}
    wanted = list(dict.fromkeys(names)) or [name for name in built if name in fits]
    without = [name for name in wanted if name not in fits] or ([] if wanted else list(built))
    if without:
        raise ReportError(
            f"no figures of {without[0]} for period {period!r}; there are: {', '.join(built[without[0]])}. "
            "Name one of them, or leave --period out."
        )
    return [Job(workspace.root.resolve(), name, period or longest[name], lang) for name in wanted]
