"""Runs that nobody watches: a workspace in; fetch, check, build and report, and a summary in reports/run.json, out.

What goes wrong in a stage is one line, stands in the summary, and leaves the stages that can do without it to go on.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bt_analysis import __version__, built, fetching, logs, pipeline, report, terminal
from bt_analysis.publishing import write_json
from bt_analysis.running import Stopped
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import cbs
from bt_analysis.sources.files import clear_leftovers
from bt_analysis.sources.patience import SourceRejected, SourceUnreachable

STAGES = ("fetch", "check", "build", "report")
"""What a run does, in this order."""

OUT_OF_REACH = 3
"""Exit status when a source does not answer and nothing was fetched earlier."""

_INTERRUPTED = 130

Told = dict[str, Any]
"""What a stage came to, as JSON takes it."""


def whole_job(
    workspace: Workspace,
    settings: Settings,
    *,
    debug: bool = False,
    share: Callable[[], str] | None = None,
    **options: Any,
) -> int:
    """Fetch, check, build and report; what was fetched or built before will do for a stage that fails.

    Parameters
    ----------
    workspace : Workspace
        Held by the caller (:func:`bt_analysis.running.locked`).
    settings : Settings
        Of the workspace.
    debug : bool
        Raise what went wrong, after it was written down.
    share : callable, optional
        What is done between build and report; returns a line to print.
    **options : Any
        As :func:`bt_analysis.report.publish` takes them.

    Returns
    -------
    int
        Exit status, the worst of the four: 0 all in order; 1 something to mend; 3 a source out of reach and nothing
        fetched earlier.

    Raises
    ------
    Stopped
        When the run was asked to stop.
    """
    run = _Run(workspace, settings, debug=debug)
    with logs.kept(workspace, settings.logs, _without_log):
        terminal.note(f"bt {__version__}: run of {workspace.root.resolve()}")
        try:
            _stages(run, share, options)
        finally:
            run.write()
            terminal.note(f"exit status {run.exit_status}")
    return run.exit_status


def report_only(workspace: Workspace, settings: Settings, names: list[str], **options: Any) -> int:
    """Publish reports, and write the summary of it in reports/report.json; the one of the last run stays as it is.

    A mistake in what was asked for is raised and summed up nowhere.

    Parameters
    ----------
    workspace : Workspace
        Held by the caller.
    settings : Settings
        Of the workspace.
    names : list of str
        As :func:`bt_analysis.report.publish` takes them.
    **options : Any
        The same.

    Returns
    -------
    int
        Exit status: 1 when one failed.
    """
    run = _Run(workspace, settings, debug=True)
    run.do("report", lambda: run.report(names, options))
    write_json(workspace.reports / "report.json", run.summary())
    return run.exit_status


def _stages(run: _Run, share: Callable[[], str] | None, options: dict[str, Any]) -> None:
    _clear_up(run.workspace)
    run.do("fetch", run.fetch)
    if run.has_tables() and run.do("check", run.check):
        run.do("build", lambda: run.build(share))
    # Also after a build that failed: what may leave can have become less since, and that may not wait.
    if run.was_built():
        run.do("report", lambda: run.report([], options))


def _clear_up(workspace: Workspace) -> None:
    try:
        for path in clear_leftovers(workspace.root / "data") + clear_leftovers(workspace.reports):
            terminal.note(f"half a file of a run that was cut off was removed: {path}")
    except OSError as problem:  # they take some room, and hinder nobody
        terminal.warn(f"half a file of a run that was cut off stays: {terminal.explain(problem)}")


def _without_log(problem: OSError) -> None:
    terminal.warn(f"no log is kept of this run: {terminal.explain(problem)}")


class _Run:
    """One run and what its stages came to."""

    def __init__(self, workspace: Workspace, settings: Settings, *, debug: bool) -> None:
        self.workspace, self.settings, self.debug = workspace, settings, debug
        self.started = _now()
        self.told: dict[str, Told] = {name: {"status": "skipped", "seconds": 0.0, "error": ""} for name in STAGES}
        self.outcomes: list[report.Outcome] = []
        self.exit_status = 0
        self.disk_refuses = False

    def do(self, name: str, stage: Callable[[], Told]) -> bool:
        """Do a stage, unless the disk refused before; write down what it came to, and say whether it was done."""
        if self.disk_refuses:
            return False
        start = time.monotonic()
        try:
            self.told[name] |= {"status": "done"} | stage()
        except BaseException as problem:  # whatever it is, the summary must tell it
            self._failed(name, problem)
            if self.debug or not isinstance(problem, Exception):
                raise
        finally:
            self.told[name]["seconds"] = round(time.monotonic() - start, 2)
        return bool(self.told[name]["status"] == "done")

    def _failed(self, name: str, problem: BaseException) -> None:
        """Tell in one line what went wrong; of what nobody foresaw only the log does, as it may quote a delivery."""
        stopped = not isinstance(problem, Exception)
        line = terminal.explain(problem) or type(problem).__name__
        if not (stopped or isinstance(problem, OSError) or type(problem).__module__.startswith("bt_analysis")):
            line = (
                f"{name} went wrong in a way that nobody foresaw ({type(problem).__name__}). "
                f"See {self.workspace.logs / logs.FILE}, and report it with those lines."
            )
            logs.TOLD.error("where it arose", exc_info=problem)
        self.told[name] |= {"status": "failed", "error": self._placeless(line)}
        self.disk_refuses = isinstance(problem, OSError) and problem.errno in terminal.DISK_REFUSES
        self._worst(_status_of(problem))
        if stopped or not self.debug:
            terminal.warn(line)

    def _worst(self, status: int) -> None:
        self.exit_status = max(self.exit_status, status)

    def _placeless(self, line: str) -> str:
        """Name no folder of the machine: the summary may lie on a server beside the reports."""
        for root in (str(self.workspace.root.resolve()), str(self.workspace.root)):
            line = line.replace(root, ".") if Path(root) != Path() else line
        return " ".join(line.split())

    def has_tables(self) -> bool:
        """Say whether statistics were fetched, now or before."""
        return bool(cbs.available_kwb(self.workspace, self.settings.cbs))

    def was_built(self) -> bool:
        """Say whether there are figures of a whole build, now or before."""
        return built.read(self.workspace) is not None

    def fetch(self) -> Told:
        """Bring tables; when a source does not answer or refuses, what was fetched before will do."""
        wanted = fetching.chosen(self.settings)
        try:
            fetching.fetch_all(self.workspace, self.settings, wanted)
        except (SourceUnreachable, SourceRejected) as problem:
            if not self.has_tables():
                raise
            terminal.warn(f"{problem} Going on with what was fetched.")
            self._worst(isinstance(problem, SourceRejected))
            return {"status": "failed", "error": self._placeless(str(problem)), "tables": len(wanted)}
        return {"tables": len(wanted)}

    def check(self) -> Told:
        """Read what collectives delivered, and tell each problem."""
        with terminal.steps() as tell:
            packages = pipeline.checked(self.workspace, self.settings, tell=tell)
        terminal.problems(packages, self.settings.report.lang)
        found = sum(len(package.problems) for package in packages)
        self._worst(found > 0)
        return {"packages": len(packages), "problems": found}

    def build(self, share: Callable[[], str] | None) -> Told:
        """Make all tables."""
        with terminal.steps() as tell:
            made = pipeline.build(self.workspace, self.settings, tell=tell)
        terminal.built(made)
        if share is not None:
            terminal.say(share())
        return {
            "reference_year": made.reference_year,
            "collectives": len(made.collectives),
            "refused": len(made.refused),
            "estimates": made.estimates,
            "suppressed": made.suppressed,
            "unmatched": made.unmatched,
            "bundles": made.bundles,
        }

    def report(self, names: list[str], options: dict[str, Any]) -> Told:
        """Publish what is out of date."""
        self.outcomes = terminal.report_all(self.workspace, self.settings, names, **options)
        counted = dict.fromkeys(("published", "unchanged", "failed"), 0)
        for outcome in self.outcomes:
            counted[outcome.status] += 1
        self._worst(counted["failed"] > 0)
        return counted

    def summary(self) -> Told:
        """Put together what other programs read of a run."""
        return {
            "started": self.started,
            "ended": _now(),
            "version": __version__,
            "synthetic": self.settings.synthetic,
            "exit_status": self.exit_status,
            "stages": self.told,
            "reports": [asdict(outcome) for outcome in self.outcomes],
        }

    def write(self) -> None:
        """Write the summary; a disk that refuses it too was told of before."""
        try:
            write_json(self.workspace.reports / "run.json", self.summary())
        except OSError as problem:
            if not self.disk_refuses:
                terminal.warn(terminal.explain(problem))
            self._worst(1)


def _status_of(problem: BaseException) -> int:
    if isinstance(problem, (Stopped, KeyboardInterrupt)):
        return int(problem.code or 0) if isinstance(problem, Stopped) else _INTERRUPTED
    return OUT_OF_REACH if isinstance(problem, SourceUnreachable) else 1


def _now() -> str:
    """Return the time as programs compare it: ISO 8601, in seconds, of Greenwich."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
