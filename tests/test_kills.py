"""Runs that are cut off at any moment: what is published stays whole and no older, and the next run completes."""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bt_analysis import demo
from tests import killed_runs
from tests.killed_runs import Moment, Reader, Run

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes in /proc")

KILLS = 60 if os.environ.get("BT_FULL") else 6
SEED = 20260101


@pytest.fixture(scope="module")
def place(small_place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Serve the figures of a small workspace that was run once."""
    root = shutil.copytree(small_place, tmp_path_factory.mktemp("killed") / "place")
    with demo.served(root) as url:
        yield root, url


def test_runs_that_are_cut_off_at_any_moment(place: tuple[Path, str]) -> None:
    root, url = place
    luck, number, killed = random.Random(SEED), 2, 0  # noqa: S311 - moments, and the same ones again
    killed_runs.deliver(root, number)
    first = Run(root, url)
    assert first.wait() == 0, first.lines
    reader = Reader(root)
    reader.look_around()
    pages = {path: at for path, at in reader.seen.items() if path.name == "report.html"}
    assert set(pages.values()) == {0, 2}  # of all collectives together, and of each
    assert any("released" in path.parts for path in pages)
    while killed < KILLS:
        number += 1
        assert number < 4 * KILLS + 10, "runs were over before they could be cut off"
        killed_runs.deliver(root, number)
        moment, run = Moment.draw(luck, first), Run(root, url)
        if moment.come(run, reader):
            run.kill(group=luck.random() < 0.5)
            killed += 1
        reader.look_around()
    last = Run(root, url)
    assert last.wait() == 0, last.lines
    reader.look_around()
    assert {version for version in reader.seen.values() if version} == {number}
    summary = json.loads((root / "reports" / "run.json").read_text(encoding="utf-8"))
    assert summary["exit_status"] == 0
    assert not [path for start in (".*.partial.*", ".new.*", ".old.*") for path in root.rglob(start)]
    assert not list((root / "reports").rglob(".*"))


@pytest.mark.parametrize(
    ("asked", "line", "stage"),
    [(signal.SIGTERM, "built: ", "report"), (signal.SIGINT, "99024SYN: ", "build")],
    ids=["SIGTERM", "SIGINT"],
)
def test_a_run_that_is_asked_to_stop_ends_all_it_started(
    place: tuple[Path, str], asked: signal.Signals, line: str, stage: str
) -> None:
    root, url = place
    killed_runs.deliver(root, 1000 + asked)
    run, until = Run(root, url), time.monotonic() + 300
    while run.told(line) is None and time.monotonic() < until:
        time.sleep(0.02)
    # Time to check packages; or to start the processes that make reports.
    time.sleep(3.0 if stage == "build" else 1.0)
    os.kill(run.process.pid, asked)
    assert run.wait(60) == 128 + asked, run.lines
    while run.processes() and time.monotonic() < until:
        time.sleep(0.02)
    assert run.processes() == []
    summary = json.loads((root / "reports" / "run.json").read_text(encoding="utf-8"))
    assert summary["exit_status"] == 128 + asked
    stopped = [name for name, told in summary["stages"].items() if told["status"] == "failed"]
    assert stopped in ([stage], ["check"])
    assert asked.name in summary["stages"][stopped[0]]["error"]
    Reader(root).look_around()
