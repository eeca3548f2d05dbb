"""Reports: which are out of date; those made side by side, each in a process of its own, and listed in one index.

After it the folders of what may leave are written anew, also when no report changed: a collective may release less.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict

import pandas as pd

from bt_analysis import bundles
from bt_analysis.language import LANGUAGES
from bt_analysis.pages import content, publication, release, released
from bt_analysis.publishing import ACROSS, Job, Outcome, ReportError, failed, make, now, write_json
from bt_analysis.settings import Settings, Workspace

__all__ = ["ACROSS", "Outcome", "ReportError", "publish"]

_ENDED = "the process that made it was ended from outside, perhaps for want of memory"


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
        When a collective or period was not built, or the language is not there.
    ContentError
        When the workspace was not built.
    BundleError
        When the register of bundles cannot be read: then nobody knows who withdrew, and nothing leaves.
    """
    wanted = _jobs(workspace, list(names), period, lang or settings.report.lang)
    outcomes: dict[Job, Outcome] = {}

    def tell(job: Job, outcome: Outcome) -> None:
        outcomes[job] = outcome
        if progress is not None:
            progress(outcome)

    broken = _side_by_side(wanted, jobs or settings.report.jobs, tell, force=force)
    # One process that is ended from outside takes the whole pool with it; the others deserve another chance.
    for job in broken:
        if _side_by_side([job], 1, tell, force=force):
            tell(job, failed(job, ReportError(_ENDED), 0.0))
    _let_out(workspace, settings)
    done = [outcomes[job] for job in wanted]
    summary = {"at": now(), "synthetic": settings.synthetic, "reports": [asdict(outcome) for outcome in done]}
    write_json(workspace.reports / "run.json", summary)
    return done


def _let_out(workspace: Workspace, settings: Settings) -> None:
    """Write what may leave today, and the index of all of it."""
    today = pd.Timestamp.now("Europe/Amsterdam").date()
    given = bundles.read_all(workspace, today)
    releases = release.decide(workspace, settings, today, given.lines, given.withdrawn)
    released.write(workspace, settings, releases)
    publication.write_index(workspace, settings, releases)


def _side_by_side(wanted: list[Job], workers: int, tell: Callable[[Job, Outcome], None], *, force: bool) -> list[Job]:
    """Make reports in processes of their own; return those whose process was ended from outside."""
    broken = []
    # A process of its own per worker keeps one report's trouble from the next.
    with ProcessPoolExecutor(min(workers, len(wanted)), multiprocessing.get_context("spawn")) as pool:
        with _left_to_the_parent():
            futures: dict[Future[Outcome], Job] = {pool.submit(make, job, force=force): job for job in wanted}
        try:
            for future in as_completed(futures):
                job, problem = futures[future], future.exception()
                if isinstance(problem, BrokenProcessPool):
                    broken.append(job)
                else:
                    tell(job, failed(job, problem, 0.0) if problem else future.result())
        finally:
            pool.shutdown(cancel_futures=True)  # after an interrupt, what had not started does not start
    return broken


@contextmanager
def _left_to_the_parent() -> Iterator[None]:
    """Let processes that start here leave Ctrl-C to this one, which then starts no report more and ends."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does, and only it is interrupted
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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
