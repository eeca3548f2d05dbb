"""A disk that refuses, and a run that is killed, at each single step of publishing: nothing is lost, half or older."""

import contextlib
import errno
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import demo, report
from bt_analysis.publishing import Job, Outcome, settle_all
from bt_analysis.publishing.composing import Composed
from bt_analysis.publishing.storing import store
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.files import clear_leftovers
from tests import killed_runs
from tests.killed_runs import Reader

SETTINGS = Settings(synthetic=True)
STEPS = ("os.replace", "os.rename", "os.fsync", "os.unlink", "os.rmdir", "os.mkdir", "shutil.copyfile", "write_bytes",
         "write_text")  # fmt: skip
"""Where the disk is asked for something; each may be refused."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a test a workspace of two collectives that release all, published once."""
    joined = tmp_path / "data" / "processed" / "joined"
    joined.mkdir(parents=True)
    told = pd.DataFrame({"collective_id": ["huis", "tuin"], "release_level": "openbaar"})
    told.to_parquet(joined / "collective.parquet")
    publish(tmp_path, 1)
    return tmp_path


def publish(root: Path, number: int) -> list[Outcome]:
    """Publish both reports, as a run does it after they were made."""
    workspace = Workspace(root)
    clear_leftovers(workspace.reports)
    settle_all(workspace)
    done = []
    for name in ("huis", "tuin"):
        job = Job(root, name, "2024", "nl", rests_on=str(number))
        page = f"<!doctype html><html lang='nl'><body><h1>Versie {number}</h1></body></html>"
        table = f"claim_id,value\nc1,{number}\n"
        files = {"report.html": page, "bewoners.html": page, "report.ipynb": "{}", "estimates.csv": table}
        about = {"report": name, "period": "2024", "lang": "nl", "status": "published", "inputs": str(number)}
        made = Composed(
            Outcome(name, "2024", "nl", "published", 1.0),
            {name: text.encode() for name, text in files.items()},
            about | {"title": name, "domain": "leefomgeving", "synthetic": True, "version": "1", "bundles": []},
        )
        done.append(store(job, made))
    report.let_out(workspace, SETTINGS)
    return done


@dataclass
class Steps:
    """Counts what the disk is asked for, and does something at one moment, before or halfway it."""

    at: int
    do: Callable[[], None]
    n: int = 0

    def counting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            self.n += 1
            if self.n == self.at:
                if args and isinstance(args[-1], bytes):  # some of it was written
                    with args[0].open("wb") as half:
                        half.write(args[-1][: len(args[-1]) // 2])
                self.do()
            return real(*args, **options)

        return step

    def during(self, work: Callable[[], object]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name in STEPS:
                module, _, function = name.rpartition(".")
                owner: Any = {"os": os, "shutil": shutil}.get(module, Path)
                patch.setattr(owner, function, self.counting(getattr(owner, function)))
            work()


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def how_many(root: Path) -> int:
    """Return how often the disk is asked for something when a new version is published."""
    steps = Steps(0, full)
    steps.during(lambda: publish(root, 2))
    return steps.n


def tried(steps: Steps, work: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):
        steps.during(work)


def in_a_process(steps: Steps, work: Callable[[], object]) -> None:
    process = os.fork()
    if process == 0:
        steps.during(work)
        os._exit(0)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status)


@pytest.mark.parametrize(
    ("what", "how"),
    [
        pytest.param(full, tried, id="full"),
        pytest.param(
            killed, in_a_process, id="killed", marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
        ),
    ],
)
def test_at_every_step_of_publishing(site: Path, tmp_path_factory: pytest.TempPathFactory, what: Any, how: Any) -> None:
    spare = tmp_path_factory.mktemp("spare")
    n = how_many(shutil.copytree(site, spare / "counted"))
    assert n > 30
    for at in range(1, n + 1, 1 if os.environ.get("BT_FULL") else 4):
        root = shutil.copytree(site, spare / f"at-{at}")
        reader = Reader(root)
        reader.look_around()
        how(Steps(at, what), functools.partial(publish, root, 2))
        reader.look_around()
        again = publish(root, 3)
        assert [one.status for one in again] == ["published", "published"]
        reader.look_around()
        assert {seen for path, seen in reader.seen.items() if path.name == "report.html"} == {3}
        assert list((root / "reports").rglob(".*")) == [], f"at step {at}"
        shutil.rmtree(root)


def test_what_may_not_leave_any_more_goes_before_anything_else_is_written(site: Path) -> None:
    told = pd.DataFrame({"collective_id": ["huis", "tuin"], "release_level": ["openbaar", "intern"]})
    told.to_parquet(site / "data" / "processed" / "joined" / "collective.parquet")
    with contextlib.suppress(OSError), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: full())
        report.let_out(Workspace(site), SETTINGS)
    assert not list((site / "reports" / "released").glob("*/tuin/*"))
    assert list((site / "reports" / "released").glob("*/huis/*"))


# A real disk


def room_of_its_own(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script where it may mount a disk in memory that nobody else sees."""
    words = ["unshare", "--map-root-user", "--mount", "sh", "-euc", script]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture(scope="module")
def made(small_place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Serve a small workspace in which there is work to do again."""
    there = tmp_path_factory.mktemp("full")
    (there / "disk").mkdir()
    tried = room_of_its_own(f"mount -t tmpfs -o size=1m none '{there}/disk'") if shutil.which("unshare") else None
    if tried is None or tried.returncode:
        pytest.skip("no disk in memory can be mounted here")
    root = shutil.copytree(small_place, there / "place")
    killed_runs.deliver(root, 2)
    with demo.served(root) as url:
        yield root, url


def on_a_disk(made: tuple[Path, str], options: str, spare_kb: int) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run `bt run` on a copy of the workspace on a disk with so much room left; return also the reports after it."""
    root, url = made
    disk, after = root.parent / "disk", root.parent / "after"
    shutil.rmtree(after, ignore_errors=True)
    home = Path(report.__file__).parents[1]
    script = f"""
        mount -t tmpfs -o size=1g none '{disk}'
        cp -a '{root}/.' '{disk}'
        kb=$(df --output=used '{disk}' | tail -1)
        mount -o remount,{options},size=$((kb + {spare_kb}))k '{disk}'
        status=0
        BT_CBS_URL={url} PYTHONPATH='{home}' '{sys.executable}' -m bt_analysis -w '{disk}' run || status=$?
        cp -a '{disk}' '{after}'
        exit $status
    """
    return room_of_its_own(script), after


@pytest.mark.parametrize(
    ("options", "spare_kb", "says"),
    [
        ("rw", 24, "no space left on device; expected room on the disk. Make room and run it again;"),
        ("ro", 4000, "read-only file system; expected a disk that can be written to."),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_refuses(made: tuple[Path, str], options: str, spare_kb: int, says: str) -> None:
    reader = Reader(made[0])
    reader.look_around()
    ran, after = on_a_disk(made, options, spare_kb)
    assert ran.returncode == 1, ran.stderr
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert len([line for line in ran.stderr.splitlines() if says in line]) == 1
    moved = {after / path.relative_to(made[0]): seen for path, seen in reader.seen.items()}
    Reader(after, moved).look_around()
    assert not list((after / "reports").rglob(".*.partial.*"))
