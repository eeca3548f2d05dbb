"""Runs that nobody watches: what a stage that fails leaves to the others, the summary, the status and the log."""

import datetime as dt
import errno
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import __version__, built, fetching, logs, pipeline, report, running, terminal, unattended
from bt_analysis.publishing import Outcome
from bt_analysis.running import Stopped
from bt_analysis.schema import SchemaError
from bt_analysis.settings import LogSettings, Settings, Workspace
from bt_analysis.sources import cbs
from bt_analysis.sources.monitoring import Package
from bt_analysis.sources.patience import SourceRejected, SourceUnreachable
from tests.command_line import Bt, is_one_line

MADE = pipeline.Built(2024, ("tuin", "huis"), {}, {}, 1200, 34, 5, 1)
FINE = Outcome("tuin", "2024", "nl", "published", 1.25)


@dataclass
class Job:
    """The four stages as a test wants them: an exception is raised, anything else is what the stage gives."""

    root: Path
    fetch: Any = None
    check: Any = ()
    build: Any = MADE
    report: Any = (FINE,)
    tables: bool = True
    before: bool = True
    done: list[str] = field(default_factory=list)

    def stage(self, name: str) -> Callable[..., Any]:
        def do(*_: Any, **__: Any) -> Any:
            self.done.append(name)
            wanted = getattr(self, name)
            if isinstance(wanted, BaseException):
                raise wanted
            return wanted() if callable(wanted) else wanted

        return do

    def run(self, **options: Any) -> int:
        return unattended.whole_job(Workspace(self.root), Settings(synthetic=True), **options)

    def summary(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.root / "reports" / "run.json").read_text(encoding="utf-8"))
        return read

    def statuses(self) -> dict[str, str]:
        return {name: told["status"] for name, told in self.summary()["stages"].items()}

    def log(self) -> str:
        return (self.root / "logs" / "bt-run.log").read_text(encoding="utf-8")


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Give a test a run whose stages do nothing but what the test says."""
    one = Job(tmp_path)
    monkeypatch.setattr(fetching, "fetch_all", one.stage("fetch"))
    monkeypatch.setattr(pipeline, "checked", one.stage("check"))
    monkeypatch.setattr(pipeline, "build", one.stage("build"))
    monkeypatch.setattr(report, "publish", one.stage("report"))
    monkeypatch.setattr(cbs, "available_kwb", lambda *_: {2024: tmp_path} if one.tables else {})
    monkeypatch.setattr(built, "read", lambda _: object() if one.before else None)
    return one


def package(problems: int) -> Package:
    """Return a package whose problems are only counted."""
    one = object.__new__(Package)
    object.__setattr__(one, "problems", ("a problem",) * problems)
    object.__setattr__(one, "repairs", ())
    return one


# The summary


def test_a_run_in_which_all_went_well(job: Job) -> None:
    assert job.run() == 0
    assert job.done == ["fetch", "check", "build", "report"]
    told = job.summary()
    assert list(told) == ["started", "ended", "version", "synthetic", "exit_status", "stages", "reports"]
    assert (told["version"], told["synthetic"], told["exit_status"]) == (__version__, True, 0)
    began, ended = (dt.datetime.fromisoformat(told[key]) for key in ("started", "ended"))
    assert began.tzinfo is not None
    assert began <= ended
    assert set(job.statuses().values()) == {"done"}
    assert all(stage["seconds"] >= 0 and stage["error"] == "" for stage in told["stages"].values())
    assert told["stages"]["build"] | {"seconds": 0} == {
        "status": "done", "seconds": 0, "error": "", "reference_year": 2024, "collectives": 2, "refused": 0,
        "estimates": 1200, "suppressed": 34, "unmatched": 5, "bundles": 1,
    }  # fmt: skip
    assert told["reports"] == [
        {"name": "tuin", "period": "2024", "lang": "nl", "status": "published", "seconds": 1.25, "error": ""}
    ]


def test_reports_are_counted_by_what_became_of_them(job: Job) -> None:
    job.report = [
        Outcome(str(at), "2024", "nl", status, 0.0) for at, status in enumerate(["unchanged"] * 3 + ["failed"])
    ]
    assert job.run() == 1
    counts = job.summary()["stages"]["report"]
    assert (counts["published"], counts["unchanged"], counts["failed"]) == (0, 3, 1)


def test_problems_are_counted_and_not_quoted(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "problems", lambda *_: None)
    job.check = [package(2), package(0), package(1)]
    assert job.run() == 1
    assert job.summary()["stages"]["check"] | {"seconds": 0} == {
        "status": "done", "seconds": 0, "error": "", "packages": 3, "problems": 3,
    }  # fmt: skip
    assert job.done == ["fetch", "check", "build", "report"]


def test_what_is_done_between_build_and_report_is_told(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    assert job.run(share=lambda: "2 bundles") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines.index("2 bundles") < lines.index(next(line for line in lines if "in order" in line))


# A stage that fails


@pytest.mark.parametrize(
    ("problem", "status"), [(SourceUnreachable("nobody answers."), 0), (SourceRejected("no such table."), 1)]
)
def test_what_was_fetched_before_will_do(
    job: Job, capsys: pytest.CaptureFixture[str], problem: Exception, status: int
) -> None:
    job.fetch = problem
    assert job.run() == status
    assert job.done == ["fetch", "check", "build", "report"]
    assert capsys.readouterr().err == f"bt: {problem} Going on with what was fetched.\n"
    assert job.statuses() == {"fetch": "failed", "check": "done", "build": "done", "report": "done"}
    assert job.summary()["stages"]["fetch"]["error"] == str(problem)


@pytest.mark.parametrize(
    ("problem", "status"), [(SourceUnreachable("nobody answers."), 3), (SourceRejected("no such table."), 1)]
)
def test_without_anything_fetched_before_there_is_nothing_to_do(job: Job, problem: Exception, status: int) -> None:
    job.fetch, job.tables, job.before = problem, False, False
    assert job.run() == status
    assert job.done == ["fetch"]
    assert job.statuses() == {"fetch": "failed", "check": "skipped", "build": "skipped", "report": "skipped"}
    assert job.summary()["exit_status"] == status


def test_after_a_build_that_failed_what_may_leave_is_still_looked_at(job: Job, capsys: Any) -> None:
    job.build = SchemaError("estimates: got a column too many.")
    assert job.run() == 1
    assert job.done == ["fetch", "check", "build", "report"]
    assert job.statuses() == {"fetch": "done", "check": "done", "build": "failed", "report": "done"}
    assert capsys.readouterr().err == "bt: estimates: got a column too many.\n"


def test_after_a_first_build_that_failed_there_is_nothing_to_report(job: Job) -> None:
    job.build, job.before = SchemaError("estimates: got a column too many."), False
    assert job.run() == 1
    assert job.statuses()["report"] == "skipped"


def test_packages_that_cannot_be_read_are_not_built(job: Job) -> None:
    job.check = pipeline.PipelineError("no package.")
    assert job.run() == 1
    assert job.done == ["fetch", "check", "report"]
    assert job.statuses()["build"] == "skipped"


@pytest.mark.parametrize(("first", "last", "worst"), [(1, 1, 1), (3, 1, 3), (0, 1, 1), (3, 0, 3)])
def test_the_status_is_the_worst_of_the_four(job: Job, first: int, last: int, worst: int) -> None:
    problems = {0: None, 1: SourceRejected("no such table."), 3: SourceUnreachable("nobody answers.")}
    job.fetch, job.tables = problems[first], not first
    job.report = [Outcome("tuin", "2024", "nl", "failed" if last else "unchanged", 0.0)]
    assert job.run() == worst


@pytest.mark.parametrize("stage", ["fetch", "check", "build", "report"])
def test_what_nobody_foresaw_is_one_line_and_its_place_is_in_the_log(job: Job, capsys: Any, stage: str) -> None:
    setattr(job, stage, KeyError("Jan Jansen"))
    assert job.run() == 1
    told = capsys.readouterr().err
    assert told.startswith(f"bt: {stage} went wrong in a way that nobody foresaw (KeyError). See ")
    assert "Jansen" not in told + json.dumps(job.summary())
    assert told.count("\n") == 1
    assert job.statuses()[stage] == "failed"
    assert "Traceback" in job.log()
    assert "KeyError: 'Jan Jansen'" in job.log()
    assert "in do\n    raise wanted" in job.log()


def test_in_debug_it_is_raised_after_it_was_written_down(job: Job) -> None:
    job.check = KeyError("x")
    with pytest.raises(KeyError):
        job.run(debug=True)
    assert job.summary()["exit_status"] == 1
    assert job.statuses() == {"fetch": "done", "check": "failed", "build": "skipped", "report": "skipped"}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("stage", ["fetch", "check", "build", "report"])
def test_a_disk_that_refuses_is_told_once_and_not_tried_again(job: Job, capsys: Any, stage: str, code: int) -> None:
    setattr(job, stage, OSError(code, "no", str(job.root / "data" / "x")))
    assert job.run() == 1
    assert job.done[-1] == stage
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "expected room on the disk" in told or "expected a disk that can be written to" in told
    told = f"./data/x: {os.strerror(code).lower()}; expected"
    assert job.summary()["stages"][stage]["error"].lower().startswith(told)


def test_a_file_that_may_not_be_read_does_not_stop_what_can_do_without_it(job: Job) -> None:
    job.check = PermissionError(errno.EACCES, "Permission denied", "x.xlsx")
    assert job.run() == 1
    assert job.done == ["fetch", "check", "report"]


def test_what_cannot_be_cleared_up_is_told_and_hinders_nobody(
    job: Job, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def refuse_it(_: Path) -> list[Path]:
        raise PermissionError(errno.EACCES, "Permission denied", "x")

    monkeypatch.setattr(unattended, "clear_leftovers", refuse_it)
    assert job.run() == 0
    assert capsys.readouterr().err.startswith("bt: half a file of a run that was cut off stays: x: permission denied")


def test_the_summary_names_no_folder_of_the_machine(job: Job) -> None:
    job.build = pipeline.PipelineError(f"{job.root / 'data'}: got\nnothing.")
    job.run()
    assert str(job.root) not in (job.root / "reports" / "run.json").read_text(encoding="utf-8")
    assert job.summary()["stages"]["build"]["error"] == "./data: got nothing."


def test_a_summary_that_cannot_be_written_is_told(job: Job, capsys: Any) -> None:
    (job.root / "reports").write_text("a file where a folder must come", encoding="utf-8")
    assert job.run() == 1
    assert "expected a file that can be read, or a folder that can be written to" in capsys.readouterr().err


# Asked to stop


@pytest.mark.parametrize("stage", ["fetch", "check", "build", "report"])
def test_a_run_that_is_asked_to_stop_sums_up_what_was_done(job: Job, capsys: Any, stage: str) -> None:
    setattr(job, stage, Stopped(signal.SIGTERM))
    with pytest.raises(Stopped) as stopped:
        job.run()
    assert stopped.value.code == 143
    assert job.done[-1] == stage
    assert job.summary()["exit_status"] == 143
    assert job.statuses()[stage] == "failed"
    assert "asked to stop (SIGTERM)" in capsys.readouterr().err


def test_who_interrupts_a_cell_of_a_notebook_is_told_it_was_interrupted(job: Job) -> None:
    job.build = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        job.run()
    assert job.summary()["exit_status"] == 130
    assert job.summary()["stages"]["build"]["error"] == "KeyboardInterrupt"


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGINT", 130), ("SIGHUP", 129)])
def test_signals_end_a_run_with_the_status_of_a_shell(name: str, status: int) -> None:
    asked = signal.Signals[name]
    before = signal.getsignal(asked)
    with pytest.raises(Stopped) as stopped, running.stoppable():
        signal.raise_signal(asked)
    assert stopped.value.code == status
    assert signal.getsignal(asked) == before


def test_asked_twice_a_run_ends_at_once() -> None:
    with running.stoppable():
        with pytest.raises(Stopped):
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_who_started_it_with_nohup_is_not_overruled() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running.stoppable():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_workspace_is_given_back(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(Stopped), running.stoppable(), running.locked(workspace):
        signal.raise_signal(signal.SIGTERM)
    with running.locked(workspace):
        pass


# The log


def refuse(problem: OSError) -> None:
    raise problem


def test_the_log_holds_what_was_told_with_the_time(job: Job, capsys: Any) -> None:
    job.fetch = SourceUnreachable("nobody answers.")
    job.run()
    lines = job.log().splitlines()
    for line in lines:
        dt.datetime.strptime(line.split()[0], "%Y-%m-%dT%H:%M:%S%z")
    text = [line.split(maxsplit=2)[1:] for line in lines]
    assert text[0] == ["INFO", f"bt {__version__}: run of {job.root}"]
    assert ["WARNING", "nobody answers. Going on with what was fetched."] in text
    assert text[-1] == ["INFO", "exit status 0"]
    for printed in capsys.readouterr().out.splitlines():
        assert any(printed in line for line in lines)


def test_runs_follow_each_other_in_one_log_until_it_is_full(job: Job) -> None:
    for _ in range(3):
        job.run()
    assert job.log().count("exit status 0") == 3


def test_full_logs_are_kept_up_to_a_number(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with logs.kept(workspace, LogSettings(file_kb=16, files=2), refuse):
        for number in range(1000):
            logs.TOLD.info(f"{number} " + "x" * 100)
    found = sorted(path.name for path in workspace.logs.iterdir())
    assert found == ["bt-run.log", "bt-run.log.1", "bt-run.log.2"]
    assert all(path.stat().st_size <= 16 * 1024 for path in workspace.logs.iterdir())
    assert "999 x" in (workspace.logs / "bt-run.log").read_text(encoding="utf-8")


def test_warnings_of_libraries_are_in_it_and_nothing_after_the_run(tmp_path: Path, capsys: Any) -> None:
    workspace = Workspace(tmp_path)
    with logs.kept(workspace, LogSettings(), refuse):
        logging.getLogger("some.library").warning("odd")
    terminal.say("later")
    terminal.warn("later too")
    told = (workspace.logs / "bt-run.log").read_text(encoding="utf-8")
    assert "WARNING odd" in told
    assert "later" not in told
    assert capsys.readouterr().out == "later\n"


def test_what_is_only_noted_is_not_printed(job: Job, capsys: Any) -> None:
    job.run()
    assert "exit status" not in capsys.readouterr().out


def test_a_run_does_not_fail_for_want_of_a_log(job: Job, capsys: Any) -> None:
    (job.root / "logs").write_text("a file where a folder must come", encoding="utf-8")
    assert job.run() == 0
    told = capsys.readouterr().err
    assert told.startswith("bt: no log is kept of this run: ")
    assert told.count("\n") == 1


def test_a_log_on_a_disk_that_is_full_is_told_once(tmp_path: Path) -> None:
    told: list[OSError] = []
    with logs.kept(Workspace(tmp_path), LogSettings(), told.append):
        (handler,) = (one for one in logs.TOLD.handlers if isinstance(one, logs._Log))

        class Full:
            def write(self, _: str) -> None:
                raise OSError(errno.ENOSPC, "No space left on device")

            def flush(self) -> None: ...
            def close(self) -> None: ...
            def seek(self, *_: int) -> None: ...
            def tell(self) -> int:
                return 0

        handler.close()
        handler.stream = Full()  # type: ignore[assignment]
        for number in range(3):
            logs.TOLD.info("%d", number)
    assert [problem.errno for problem in told] == [errno.ENOSPC]


# What a run that was cut off left


def test_half_files_of_dead_runs_are_removed_and_others_stay(job: Job) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    half = job.root / "data" / "processed" / "joined" / f".{int(dead.stdout)}.partial.context.parquet"
    ours = job.root / "reports" / "tuin" / f".{os.getpid()}.partial.report.html"
    pages = job.root / "data" / "raw" / "cbs" / ".partial.84799NED"  # what a fetch goes on from
    for folder in (half.parent, ours.parent, pages):
        folder.mkdir(parents=True)
    for path in (half, ours, pages / "page.json"):
        path.write_text("x", encoding="utf-8")
    job.run()
    assert not half.exists()
    assert ours.exists()
    assert (pages / "page.json").exists()
    assert f"was removed: {half}" in job.log()


# The commands


def test_bt_report_sums_up_only_what_it_did(bt: Bt, job: Job) -> None:
    assert bt("-w", job.root, "run").code == 0
    before = job.summary()
    job.done.clear()
    assert bt("-w", job.root, "report", "tuin").code == 0
    assert job.done == ["report"]
    told = json.loads((job.root / "reports" / "report.json").read_text(encoding="utf-8"))
    assert {name: stage["status"] for name, stage in told["stages"].items()} == {
        "fetch": "skipped", "check": "skipped", "build": "skipped", "report": "done",
    }  # fmt: skip
    # A watchdog that reads the summary of the last run still hears of that run.
    assert job.summary() == before


def test_a_mistake_in_what_was_asked_for_leaves_the_last_summary(bt: Bt, job: Job) -> None:
    assert bt("-w", job.root, "run").code == 0
    before = job.summary()
    job.report = report.ReportError("no collective 'x' was built.")
    ran = bt("-w", job.root, "report", "x")
    assert ran.code == 1
    is_one_line(ran, "no collective 'x' was built.")
    assert job.summary() == before


def test_bt_run_ends_with_the_worst_status(bt: Bt, job: Job) -> None:
    job.fetch, job.tables = SourceUnreachable("nobody answers."), False
    ran = bt("-w", job.root, "run")
    assert ran.code == 3
    is_one_line(ran, "nobody answers.")


def test_bt_run_with_debug_shows_where_it_arose(bt: Bt, job: Job) -> None:
    job.build = KeyError("x")
    with pytest.raises(KeyError):
        bt("--debug", "-w", job.root, "run")
    assert job.statuses()["build"] == "failed"


def test_bt_run_that_is_asked_to_stop(bt: Bt, job: Job) -> None:
    job.build = lambda: signal.raise_signal(signal.SIGTERM)
    assert bt("-w", job.root, "run").code == 143
    assert job.summary()["exit_status"] == 143
    with running.locked(Workspace(job.root)):
        pass


def test_a_run_beside_another_leaves_its_summary_and_its_log(bt: Bt, job: Job) -> None:
    assert bt("-w", job.root, "run").code == 0
    before, log = job.summary(), job.log()
    with running.locked(Workspace(job.root)):
        ran = bt("-w", job.root, "run")
    assert ran.code == 1
    is_one_line(ran, "another run is at work")
    assert (job.summary(), job.log()) == (before, log)
