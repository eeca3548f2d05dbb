"""Which reports are made again: those that rest on what changed, told without a process when nothing did."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import built, report
from bt_analysis.engine import forks
from bt_analysis.pages import content
from bt_analysis.publishing import ACROSS, Job, Outcome, ReportError, resting
from bt_analysis.publishing.composing import Composed
from bt_analysis.publishing.storing import store
from bt_analysis.settings import ReportSettings, Settings, Workspace

NAME = "energie-01"
NOTEBOOKS = ("report_collective.ipynb", "report_across.ipynb")
Made = Callable[..., set[str]]


@pytest.fixture
def workspace(demo_copy: Path) -> Workspace:
    """Make reports of a workspace that has notebooks of its own."""
    (demo_copy / "notebooks").mkdir(exist_ok=True)
    for name in NOTEBOOKS:
        (demo_copy / "notebooks" / name).write_text("{}", encoding="utf-8")
    return Workspace(demo_copy)


@pytest.fixture
def made(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Publish all reports, each a line, and say of which collectives one was made in a process."""
    asked: list[Job] = []

    def each(work: Any, pieces: Iterable[Job], *_: Any) -> Iterator[tuple[Job, Outcome]]:
        for job in pieces:
            asked.append(job)
            yield job, work(job)

    def make(job: Job, **_: Any) -> Outcome:
        outcome = Outcome(job.name, job.period, job.lang, "published", 0.1)
        about = {"report": job.name, "period": job.period, "lang": job.lang}
        return store(job, Composed(outcome, {"report.html": job.name.encode(), "claims.csv": b"a\n"}, about))

    monkeypatch.setattr(forks, "each", each)
    monkeypatch.setattr(report, "make", make)

    def publish(names: Iterable[str] = (), settings: Settings | None = None, **options: Any) -> set[str]:
        asked.clear()
        done = report.publish(workspace, settings or Settings(synthetic=True), names, **options)
        assert {one.status for one in done if one.name not in {job.name for job in asked}} <= {"unchanged"}
        return {job.name for job in asked}

    return publish


def all_of(workspace: Workspace) -> set[str]:
    return set(content.periods(workspace.root))


def edit(workspace: Workspace, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change a table as a build would: with built.json after it."""
    path = workspace.processed / f"{name}.parquet"
    change(pd.read_parquet(path)).to_parquet(path, index=False)
    built.end(workspace, synthetic=True)


def test_the_first_time_all_are_made_and_the_second_time_none(workspace: Workspace, made: Made) -> None:
    assert made() == all_of(workspace)
    assert made() == set()
    assert made(force=True) == all_of(workspace)


def test_a_run_with_nothing_to_do_writes_nothing_but_its_summary(workspace: Workspace, made: Made) -> None:
    made()
    made()
    before = {path: path.stat().st_mtime_ns for path in workspace.reports.rglob("*") if path.is_file()}
    made()
    after = {path: path.stat().st_mtime_ns for path in workspace.reports.rglob("*") if path.is_file()}
    assert {path for path in before | after if before.get(path) != after.get(path)} <= {workspace.reports / "run.json"}


def test_it_is_told_in_the_order_that_was_asked_and_each_is_told(made: Made) -> None:
    told: list[Outcome] = []
    made()
    made(["stoep-01", NAME], progress=told.append)
    assert [(one.name, one.status) for one in told] == [("stoep-01", "unchanged"), (NAME, "unchanged")]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_another_notebook_makes_the_reports_that_it_is_of(workspace: Workspace, made: Made, name: str) -> None:
    made()
    (workspace.root / "notebooks" / name).write_text("{ }", encoding="utf-8")
    assert made() == ({ACROSS} if "across" in name else all_of(workspace) - {ACROSS})
    assert made() == set()


def test_another_version_or_code_makes_all(workspace: Workspace, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    with monkeypatch.context() as other:
        other.setattr(resting, "package_hash", lambda: "of other code")
        assert made() == all_of(workspace)
    assert made() == all_of(workspace)


def test_the_hash_of_the_package_holds_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = resting.package_hash()
    resting.package_hash.cache_clear()
    monkeypatch.setattr(resting, "__version__", "99.0")
    try:
        assert resting.package_hash() != before
    finally:
        resting.package_hash.cache_clear()


def test_a_threshold_makes_all_and_how_they_are_made_none(workspace: Workspace, made: Made) -> None:
    here = Settings(synthetic=True)
    made()
    how = ReportSettings(jobs=7, timeout_s=60, memory_mb=900, first_look_days=3)
    assert made(settings=here.model_copy(update={"report": how})) == set()
    stricter = here.disclosure.model_copy(update={"min_cell": 12})
    assert made(settings=here.model_copy(update={"disclosure": stricter})) == all_of(workspace)


def test_a_language_and_a_period_have_reports_of_their_own(workspace: Workspace, made: Made) -> None:
    made()
    assert made(lang="en") == all_of(workspace)
    assert made(lang="en") == set()
    other = content.periods(workspace.root)[NAME][0]
    assert made([NAME], period=other) == {NAME}
    assert made() == set()


def test_a_figure_of_one_collective_makes_its_report_alone(workspace: Workspace, made: Made) -> None:
    made()

    def one_more(rows: pd.DataFrame) -> pd.DataFrame:
        at = rows.index[rows["collective_id"].eq(NAME) & rows["value"].notna()][0]
        rows.loc[at, "value"] += 1
        return rows

    edit(workspace, "analysed/estimates", one_more)
    assert made() == {NAME}
    assert made() == set()


def test_what_came_in_bundles_makes_the_report_of_all_alone(workspace: Workspace, made: Made) -> None:
    made()
    edit(workspace, "across/collectives", lambda rows: rows.assign(name=rows["name"] + " "))
    assert made() == {ACROSS}


def test_a_newer_public_file_makes_all_that_rest_on_it_and_a_checksum_of_their_own_none(
    workspace: Workspace, made: Made
) -> None:
    made()

    def signed(rows: pd.DataFrame, *, own: bool) -> pd.DataFrame:
        return rows.assign(sha256=rows["sha256"].mask(rows["collective_id"].ne("") == own, "0" * 64))

    edit(workspace, "analysed/sources", lambda rows: signed(rows, own=True))
    assert made() == set()
    edit(workspace, "analysed/sources", lambda rows: signed(rows, own=False))
    assert made() == all_of(workspace) - {ACROSS}


def test_tables_that_moved_without_a_build_are_looked_at_themselves(workspace: Workspace, made: Made) -> None:
    made()
    os.utime(workspace.processed / "analysed" / "estimates.parquet")
    # Nobody knows then whose figures changed; each looks in its process whether its own did.
    assert made() == all_of(workspace)


@pytest.mark.parametrize("gone", ["report.html", "claims.csv", "run.json"])
def test_a_file_that_was_thrown_away_is_made_again(workspace: Workspace, made: Made, gone: str) -> None:
    made()
    folder = Job(workspace.root, NAME, content.periods(workspace.root)[NAME][-1], "nl").folder
    (folder / gone).unlink()
    assert made() == {NAME}
    assert (folder / gone).exists()


def test_a_report_whose_publishing_was_cut_off_is_made_again_or_finished(workspace: Workspace, made: Made) -> None:
    made()
    folder = Job(workspace.root, NAME, content.periods(workspace.root)[NAME][-1], "nl").folder
    (folder / resting.STAGING).mkdir()
    (folder / resting.STAGING / "report.html").write_text("half", encoding="utf-8")
    assert made() == set()  # nothing had taken its place
    assert sorted(path.name for path in folder.iterdir()) == ["claims.csv", "report.html", "run.json"]
    assert (folder / "report.html").read_text(encoding="utf-8") == NAME


def test_a_failure_of_a_version_that_is_gone_again_is_history(workspace: Workspace, made: Made) -> None:
    made()
    folder = Job(workspace.root, NAME, content.periods(workspace.root)[NAME][-1], "nl").folder
    (folder / "failure.json").write_text("{}", encoding="utf-8")
    assert made() == set()
    assert not (folder / "failure.json").exists()


def test_a_collective_that_is_gone_is_asked_no_more(workspace: Workspace, made: Made) -> None:
    made()
    edit(workspace, "analysed/collectives", lambda rows: rows[rows["collective_id"].ne(NAME)])
    assert made() == set()
    with pytest.raises(ReportError, match="no collective 'energie-01' was built"):
        made([NAME])


def test_after_a_build_that_was_cut_off_no_report_is_made(workspace: Workspace, made: Made) -> None:
    made()
    before = (workspace.reports / "index.html").read_bytes()
    (workspace.processed / "built.json").unlink()
    with pytest.raises(ReportError, match=r"cut off, or of an earlier version; expected.*Run: bt build"):
        made()
    assert (workspace.reports / "index.html").read_bytes() == before


def test_a_workspace_may_move(workspace: Workspace, made: Made, tmp_path: Path) -> None:
    made()
    there = Workspace(shutil.copytree(workspace.root, tmp_path / "there"))
    done = report.publish(there, Settings(synthetic=True), [NAME])
    assert [one.status for one in done] == ["unchanged"]


def test_nothing_that_is_published_is_a_checksum_of_a_delivery(workspace: Workspace, made: Made) -> None:
    made([NAME])
    folder = Job(workspace.root, NAME, content.periods(workspace.root)[NAME][-1], "nl").folder
    before = json.loads((folder / "run.json").read_text(encoding="utf-8"))["rests_on"]
    edit(
        workspace,
        "analysed/sources",
        lambda rows: rows.assign(sha256=rows["sha256"].where(rows["collective_id"].eq(""), "")),
    )
    made([NAME], force=True)
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["rests_on"] == before
