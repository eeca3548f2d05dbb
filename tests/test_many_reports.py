"""Many reports in a row: the run and the process that it forks from do not grow, in memory, handles or processes.

A thousand at ``BT_FULL=1``, sixty otherwise. What is measured is compared after the first reports, which fill caches.
"""

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bt_analysis.engine import forks
from bt_analysis.engine.forks import Limits
from tests import fresh_work

FULL = bool(os.environ.get("BT_FULL"))
REPORTS = 1_000 if FULL else 60
FIRST = 20
SPARE_KB = 4_096 if FULL else 2_048
"""Room for what an allocator keeps; a kilobyte a report more than that is seen at the full count."""
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


def resident_kb(process: int | str = "self") -> int:
    """Memory that a process has, also what it shares: what is its own alone depends on how many forks live just now."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


def handles(process: int | str = "self") -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def children(process: int) -> list[int]:
    """Processes below one, also those that nobody waited for."""
    below = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == process:
            below.append(int(stat.parent.name))
    return below


def state() -> dict[str, int]:
    """What this process and the one that it forks from have now."""
    server = multiprocessing.forkserver._forkserver  # type: ignore[attr-defined]  # it tells its id nowhere else
    from_here = {
        "memory": resident_kb(), "handles": handles(), "threads": threading.active_count(),
        "processes": len(children(os.getpid())),
    }  # fmt: skip
    if (there := server._forkserver_pid) is None:
        return from_here
    return from_here | {
        "memory of the server": resident_kb(there), "handles of the server": handles(there),
        "processes of the server": len(children(there)),
    }  # fmt: skip


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """What grew; memory only when by more than allocators keep."""
    more = {name: after[name] - before.get(name, 0) for name in after}
    return {name: by for name, by in more.items() if by > (SPARE_KB if name.startswith("memory") else 0)}


def in_a_row(count: int) -> Iterator[tuple[int, Any]]:
    return forks.each(fresh_work.trivial, range(count), 2, Limits(60))


@linux
@pytest.mark.skipif(not forks.can_fork(), reason="only Linux forks from a warm process")
def test_nothing_grows_over_many_reports_in_a_row() -> None:
    assert {answer for _, answer in in_a_row(FIRST)} == {1}
    before = state()
    assert {answer for _, answer in in_a_row(REPORTS)} == {1}
    assert grown(before, state()) == {}


@linux
def test_nothing_grows_over_many_runs_of_one_report() -> None:
    for _ in range(5):
        list(in_a_row(1))
    before = state()
    for _ in range(REPORTS // 10):
        list(in_a_row(1))
    assert grown(before, state()) == {}


@linux
def test_nothing_grows_without_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(forks.FORK, "0")
    monkeypatch.setattr(forks, "_WARM", [])
    assert {answer for _, answer in in_a_row(3)} == {1}
    before = state()
    assert {answer for _, answer in in_a_row(REPORTS // 10)} == {1}
    assert grown(before, state()) == {}


@linux
def test_nothing_is_left_of_reports_that_fail_or_are_ended() -> None:
    list(forks.each(fresh_work.bad, range(4), 2, Limits(0.5)))
    before = state()
    list(forks.each(fresh_work.bad, range(REPORTS // 5), 2, Limits(0.5)))
    assert grown(before, state()) == {}
