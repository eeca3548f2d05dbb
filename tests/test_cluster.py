"""Reports on a cluster: the same as here, whatever happens to workers, and one line when it cannot be."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from bt_analysis import cluster, publishing, report, settings
from bt_analysis.cluster import ClusterError, Order
from bt_analysis.engine.forks import Limits
from bt_analysis.pages import content
from bt_analysis.publishing import Job, Outcome, composing
from bt_analysis.settings import Settings, Workspace
from tests.clusters import ROOT, Cluster, free_port, running
from tests.command_line import Bt, is_one_line
from tests.test_report import GOOD, NAME, PERIOD, own_notebook

FULL = bool(os.environ.get("BT_FULL"))
SLOW = "import time\ntime.sleep({seconds})\nfrom bt_analysis.pages.html import Html\nHtml('<h1>een</h1>')"


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run one worker under a nanny and one without; nobody may harm it."""
    with running(tmp_path_factory.mktemp("cluster")) as one:
        one.start("under-a-nanny", "--nworkers", "1", "--nthreads", "1")
        one.start("alone", "--no-nanny", "--nthreads", "2")
        one.wait(2)
        yield one


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Give a test a scheduler that it may harm."""
    with running(tmp_path / "cluster") as one:
        yield one


@pytest.fixture
def quick(demo_copy: Path) -> Path:
    """Give a test a built workspace whose report is one title."""
    own_notebook(demo_copy, GOOD.format(title="een"))
    return demo_copy


def slow(root: Path, seconds: float) -> Path:
    """Give a workspace a report that takes so long."""
    own_notebook(root, SLOW.format(seconds=seconds))
    return root


def figures(path: Path) -> list[Any]:
    """Return all that the cells of a report showed."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def differing(here: Path, there: Path) -> list[str]:
    """Return which files of reports differ between two workspaces, except for when they were made."""
    names = sorted(path.relative_to(here).as_posix() for path in (here / "reports").rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(there).as_posix() for path in (there / "reports").rglob("*") if path.is_file()
    )
    return [name for name in names if not is_the_same(here / name, there / name)]


def is_the_same(one: Path, other: Path) -> bool:
    if one.name == "report.ipynb":
        return figures(one) == figures(other)
    if one.suffix in (".csv", ".html") and one.name != "index.html":
        return one.read_bytes() == other.read_bytes()
    return True  # run.json and the index say when


# The same


def test_a_cluster_and_this_machine_make_the_same_reports(
    published_demo: Path, two_workers: Cluster, tmp_path: Path
) -> None:
    root = shutil.copytree(published_demo, tmp_path / "demo")
    here = settings.load(root)
    told: list[Outcome] = []
    wanted = sorted({(run.parent.parent.name, "nl") for run in (root / "reports").glob("*/*/run.json")})
    wanted += sorted({(run.parents[2].name, "en") for run in (root / "reports").glob("*/*/en/run.json")})
    for lang in ("nl", "en"):
        names = [name for name, its in wanted if its == lang]
        report.publish(
            Workspace(root), here, names, lang=lang, force=True, scheduler=two_workers.address, progress=told.append
        )
    assert [one.status for one in told] == ["published"] * len(wanted)
    assert len(wanted) >= 5
    assert differing(published_demo, root) == []


@pytest.mark.skipif(not FULL, reason="forty reports twice; with BT_FULL=1")
def test_forty_reports_are_the_same(built_demo: Path, two_workers: Cluster, tmp_path: Path) -> None:
    here, there = (shutil.copytree(built_demo, tmp_path / name) for name in ("here", "there"))
    made = 0
    for root, address in ((here, ""), (there, two_workers.address)):
        built = content.periods(root)
        for lang in ("nl", "en"):
            for period in sorted({one for periods in built.values() for one in periods}):
                names = [name for name, periods in built.items() if period in periods]
                made += len(
                    report.publish(
                        Workspace(root), settings.load(root), names, period=period, lang=lang, scheduler=address
                    )
                )
    assert made >= 80
    assert differing(here, there) == []


def test_what_is_up_to_date_is_left_alone(quick: Path, two_workers: Cluster) -> None:
    made = report.publish(Workspace(quick), Settings(synthetic=True), [NAME])
    again = report.publish(Workspace(quick), Settings(synthetic=True), [NAME], scheduler=two_workers.address)
    assert [one.status for one in (*made, *again)] == ["published", "unchanged"]


def test_settings_from_the_environment_travel(
    quick: Path, two_workers: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BT_DISCLOSURE__MIN_CELL", "12")
    report.publish(Workspace(quick), settings.load(quick), [NAME], scheduler=two_workers.address)
    run = json.loads((quick / "reports" / NAME / PERIOD / "run.json").read_text(encoding="utf-8"))
    assert run["settings"]["disclosure"]["min_cell"] == 12


def test_the_address_of_a_scheduler_is_nobody_elses_business(quick: Path) -> None:
    plain, sent = Settings(synthetic=True), Settings(synthetic=True, report={"scheduler": "tcp://10.0.0.4:8786"})  # type: ignore[arg-type]
    job = Job(quick, NAME, PERIOD, "nl")
    here = content.of_collective(quick, NAME, PERIOD, "nl")
    first, second = (composing._inputs(job, replace(here, settings=one)) for one in (plain, sent))
    assert first == second
    assert "10.0.0.4" not in json.dumps(composing._about(job, replace(here, settings=sent)))


def test_a_report_that_fails_there_is_told_as_here(demo_copy: Path, two_workers: Cluster) -> None:
    own_notebook(demo_copy, "raise ValueError('mis')")
    [one] = report.publish(Workspace(demo_copy), Settings(synthetic=True), [NAME], scheduler=two_workers.address)
    assert one.status == "failed"
    assert "mis" in one.error
    assert (demo_copy / "reports" / NAME / PERIOD / "failure.json").exists()


def test_the_setting_and_the_option_name_a_scheduler(quick: Path, two_workers: Cluster, bt: Bt) -> None:
    with (quick / "bt.toml").open("a", encoding="utf-8") as more:
        more.write(f'\n[report]\nscheduler = "{two_workers.address}"\n')
    ran = bt("-w", quick, "report", NAME)
    assert (ran.code, ran.err) == (0, "")
    assert f"report {NAME} {PERIOD} nl: published" in ran.out
    is_one_line(
        bt("-w", quick, "report", NAME, "--force", "--scheduler", "nothing.json"), "no scheduler file nothing.json"
    )


# What can go wrong


def test_a_lost_worker_costs_no_report(demo_copy: Path, own_cluster: Cluster) -> None:
    own_cluster.start("stays", "--nworkers", "1", "--nthreads", "1")
    own_cluster.start("lost", "--no-nanny", "--nthreads", "1")
    own_cluster.wait(2)
    killed: list[Outcome] = []

    def kill(outcome: Outcome) -> None:
        if not killed:
            os.killpg(own_cluster.workers["lost"].pid, 9)
        killed.append(outcome)

    names = [NAME, "beweging-01", "stoep-01", "huis-01", "paraat-01"]
    done = report.publish(
        Workspace(slow(demo_copy, 1)), Settings(synthetic=True), names, scheduler=own_cluster.address, progress=kill
    )
    assert own_cluster.workers["lost"].wait() == -9
    assert [one.error for one in done] == [""] * len(names)
    assert {one.status for one in done} == {"published"}


def test_a_scheduler_that_goes_away_leaves_what_was_published(demo_copy: Path, own_cluster: Cluster) -> None:
    own_cluster.start("alone", "--no-nanny", "--nthreads", "1")
    own_cluster.wait(1)
    told: list[Outcome] = []

    def kill(outcome: Outcome) -> None:
        if not told:
            os.killpg(own_cluster.scheduler.pid, 9)
        told.append(outcome)

    names = [NAME, "beweging-01", "stoep-01"]
    done = report.publish(
        Workspace(slow(demo_copy, 2)), Settings(synthetic=True), names, scheduler=own_cluster.address, progress=kill
    )
    assert [one.error for one in told[:1]] == [""]
    assert sorted(one.status for one in done) == ["failed", "failed", "published"]
    assert {one.error for one in done if one.error} == {
        "the scheduler went away before it was made. Start it again, and then: bt report"
    }


def test_nobody_answers(quick: Path, bt: Bt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 1.0)
    ran = bt("-w", quick, "report", "--scheduler", f"tcp://127.0.0.1:{free_port()}")
    assert ran.code == 1
    is_one_line(ran, "no scheduler answers at tcp://127.0.0.1:", "Start it with: dask scheduler")


@pytest.mark.parametrize("address", ["nonsense", "tcp:/127.0.0.1", "http://127.0.0.1:1"])
def test_an_address_that_is_none(quick: Path, bt: Bt, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 1.0)
    is_one_line(bt("-w", quick, "report", "--scheduler", address), f"no scheduler answers at {address}")


def test_a_scheduler_without_workers(
    quick: Path, own_cluster: Cluster, bt: Bt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "NO_WORKERS_S", 1.0)
    ran = bt("-w", quick, "report", "--scheduler", own_cluster.address)
    assert ran.code == 1
    is_one_line(ran, "no worker for 1 seconds", "dask worker ADDRESS")


def test_dask_is_not_installed(quick: Path, bt: Bt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = bt("-w", quick, "report", "--scheduler", "tcp://127.0.0.1:1")
    is_one_line(ran, "Dask is not installed", "pip install 'bt-analysis[cluster]'")


def test_a_worker_with_other_code(quick: Path, own_cluster: Cluster, bt: Bt, tmp_path: Path) -> None:
    other = shutil.copytree(ROOT / "bt_analysis", tmp_path / "other" / "bt_analysis")
    with (other / "language.py").open("a", encoding="utf-8") as more:
        more.write("# mended\n")
    own_cluster.start("other", "--no-nanny", "--nthreads", "1", code=tmp_path / "other")
    own_cluster.wait(1)
    ran = bt("-w", quick, "report", NAME, "--scheduler", own_cluster.address)
    assert ran.code == 1
    is_one_line(ran, "has other software (bt-analysis ", "Install the same versions there")


def test_a_worker_without_our_package(quick: Path, own_cluster: Cluster, bt: Bt, tmp_path: Path) -> None:
    (tmp_path / "none" / "bt_analysis").mkdir(parents=True)
    (tmp_path / "none" / "bt_analysis" / "__init__.py").touch()
    own_cluster.start("none", "--no-nanny", "--nthreads", "1", code=tmp_path / "none")
    own_cluster.wait(1)
    ran = bt("-w", quick, "report", NAME, "--scheduler", own_cluster.address)
    assert ran.code == 1
    is_one_line(ran, "cannot say what it makes reports with", "bt_analysis.cluster")


def test_a_worker_that_comes_later_with_other_software_makes_nothing(quick: Path) -> None:
    job = Job(quick, NAME, PERIOD, "nl")
    order = Order(job, "", Limits(), {**cluster.software(), "matplotlib": "1.0"})
    with pytest.raises(ClusterError, match=r"matplotlib \d+\.\d+\.\d+, not 1\.0"):
        cluster.on_worker(order)


def test_a_worker_that_does_not_see_the_workspace(tmp_path: Path) -> None:
    job = Job(tmp_path / "elsewhere", NAME, PERIOD, "nl")
    with pytest.raises(ClusterError, match=r"sees no .*elsewhere; expected the folder of the workspace under the same"):
        cluster.on_worker(Order(job, "", Limits(), cluster.software()))


def test_a_worker_far_away_sets_a_report_beside_the_one_before_it(
    quick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(quick, NAME, PERIOD, "nl")
    assert publishing.make(job).status == "published"
    before = cluster._earlier(job)
    assert {Path(name).name for name in before} == {"run.json", "since.json", "estimates.csv"}
    shared = tmp_path / "shared"
    shutil.copytree(quick, shared, ignore=shutil.ignore_patterns("reports", "raw"))
    monkeypatch.setattr("bt_analysis.storage.at_reader", lambda _: shared)
    order = Order(job, "", Limits(), {}, {}, "s3://emmer/plek", before)
    with cluster._at_hand(order) as root:
        there = job.folder.relative_to(quick) / "run.json"
        assert (root / there).read_bytes() == (quick / there).read_bytes()
        assert composing.compose(replace(job, workspace=root)).outcome.status == "published"
    assert not root.exists()
    assert not (shared / "reports").exists()  # what all of them read stays as it was
    assert content.periods(shared)[NAME][-1] == PERIOD


def test_what_may_leave_is_looked_at_also_when_no_report_can_be_made(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []
    monkeypatch.setattr(report, "let_out", lambda workspace, _: looked.append(workspace.root))
    with pytest.raises(ClusterError, match="no scheduler answers"):
        report.publish(Workspace(quick), Settings(), [NAME], scheduler=f"tcp://127.0.0.1:{free_port()}")
    assert looked == [quick]
