"""How build time and memory grow with the number of collectives, and what one report reads of all of them.

    python benchmarks/scale.py [--collectives 250 500 1000 2000 5000] [--years 13] [--into FOLDER]

The demonstration is made once with as many collectives as the largest number asks, all of them active in all years,
and with as many years of statistics; smaller workspaces hold the first of them. Each is built by `bt build`. Once a
second it is looked up what all its processes have used: seconds of the processor, and memory (what is shared is divided
among those who share it), of all together and of the first, which puts everything together. A slope of 1 between two
sizes is growth in proportion; below it, part of the work is the same however many there are. The smallest size is built
first, and a size is built only when the one before it could be: stop it when that is enough. With --from a workspace
that was made before is used, and kept.

Of the first collective it is told how long it takes to read what its report rests on, and how many of the rows of the
largest table are read for it: a report must not take longer because there are others.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped] # ipykernel brings it
import pyarrow.parquet as pq

from bt_analysis import demo, settings
from bt_analysis.demo import cbs_tables, collectives
from bt_analysis.pages import content
from bt_analysis.settings import Workspace
from bt_analysis.sources import cbs

SIZES = (250, 500, 1_000, 2_000, 5_000)
YEARS = 13
FIRST_TABLE = 2019
"""First year that the demonstration knows the columns of; years before it get the same."""
MB = 1024**2
LOOK_S = 1.0
REPEATS = 3


@dataclass(frozen=True)
class Built:
    """One build: how many collectives, what it took, and what one report then reads."""

    collectives: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    first_mb: float
    rows: int
    one_ms: float
    one_rows: int


@dataclass
class Used:
    """What a process and those that it started have used so far."""

    seconds: dict[tuple[int, float], float] = field(default_factory=dict)
    peak_mb: float = 0.0
    first_mb: float = 0.0

    def look(self, first: psutil.Popen) -> None:
        """Look once; processes that are gone keep what they had used when they were seen last."""
        held = 0.0
        try:
            for process in (first, *first.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess), process.oneshot():
                    times = process.cpu_times()
                    self.seconds[process.pid, process.create_time()] = times.user + times.system
                    own = process.memory_full_info().pss / MB
                    held += own
                    if process.pid == first.pid:
                        self.first_mb = max(self.first_mb, own)
        except psutil.NoSuchProcess:
            return
        self.peak_mb = max(self.peak_mb, held)


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> None:
    """Build every size and print how it grows."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--collectives", type=int, nargs="+", default=SIZES)
    asked.add_argument("--years", type=int, default=YEARS)
    asked.add_argument("--into", type=Path, help="Folder for the workspaces; default: a temporary one.")
    asked.add_argument("--from", dest="made", type=Path, help="Workspace that an earlier run made, of as many or more.")
    given = asked.parse_args(arguments)
    sizes = sorted(given.collectives)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.into or Path(temporary)
        whole = given.made or folder / "all"
        if not given.made:
            start = time.perf_counter()
            make(whole, sizes[-1], given.years)
            say(f"{sizes[-1]} collectives and {given.years} years made in {time.perf_counter() - start:.0f} s")
        say(
            "collectives  processor s  wall s  peak MB  of the first  estimates  s/collective  MB more/collective  "
            "one report reads"
        )
        done: list[Built] = []
        for size in sizes:
            root = part_of(whole, folder / str(size), size)
            done.append(built(root, size))
            say(line(done))
            shutil.rmtree(root)
        for name in ("cpu_s", "peak_mb", "first_mb", "one_ms"):
            say(f"slope of {name}: {', '.join(f'{one:.2f}' for one in slopes(done, name))}")


def make(root: Path, count: int, years: int) -> None:
    """Make the demonstration with a longer history, and fetch its statistics."""
    first = collectives.LAST_YEAR - years + 1
    columns, kinds = cbs_tables.topics, collectives.archetypes()
    cbs_tables.YEARS = tuple(range(first, collectives.LAST_YEAR + 1))  # type: ignore[assignment]
    cbs_tables.topics = lambda year: columns(max(year, FIRST_TABLE))
    collectives.archetypes = lambda: [{**kind, "first_year": first} for kind in kinds]
    demo.make(root, count)
    here, workspace = settings.load(root), Workspace(root)
    with demo.served(root) as url:
        served = here.cbs.model_copy(update={"base_url": url})
        for table in here.cbs.kwb_tables.values():
            cbs.fetch_table(table, workspace, served)


def part_of(whole: Path, root: Path, count: int) -> Path:
    """Make a workspace of the first collectives of another, in the order in which they were made."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(whole, root, ignore=shutil.ignore_patterns("monitoring", "cbs_tables"))
    cells = demo.municipality.draw(demo.SEED)
    for one in collectives.plan(cells, count):
        source, target = (Workspace(place).monitoring / one.collective_id for place in (whole, root))
        shutil.copytree(source, target)
    return root


def built(root: Path, count: int) -> Built:
    """Build a workspace with the command, and read what one report rests on."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "bt_analysis", "-w", str(root), "build"]
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    used = Used()
    while process.poll() is None:
        used.look(process)
        time.sleep(LOOK_S)
    wall = time.perf_counter() - start
    if not (Workspace(root).processed / "analysed" / "estimates.parquet").exists():
        raise SystemExit(f"{root}: bt build ended with {process.returncode} and left no figures.")
    table = pq.ParquetFile(Workspace(root).processed / "analysed" / "estimates.parquet")
    name = content.periods(root)
    first = next(iter(name))
    return Built(
        count, wall, sum(used.seconds.values()), used.peak_mb, used.first_mb, table.metadata.num_rows,
        min(read_one(root, first, name[first][-1]) for _ in range(REPEATS)), rows_read(table, first),
    )  # fmt: skip


def read_one(root: Path, name: str, period: str) -> float:
    """Return in how many milliseconds of the processor the content of one report is read."""
    start = time.process_time()
    content.of_collective(root, name, period, "nl")
    return 1000 * (time.process_time() - start)


def rows_read(table: pq.ParquetFile, name: str) -> int:
    """Count the rows in the groups that a collective can be in, as their statistics tell."""
    at = table.schema_arrow.names.index("collective_id")
    groups = (table.metadata.row_group(number) for number in range(table.metadata.num_row_groups))
    return sum(
        group.num_rows for group in groups if group.column(at).statistics.min <= name <= group.column(at).statistics.max
    )


def line(done: Sequence[Built]) -> str:
    """Write the newest size beside the one before it."""
    one = done[-1]
    more = (one.peak_mb - done[-2].peak_mb) / (one.collectives - done[-2].collectives) if len(done) > 1 else math.nan
    return (
        f"{one.collectives:11} {one.cpu_s:12.0f} {one.wall_s:7.0f} {one.peak_mb:8.0f} {one.first_mb:13.0f} "
        f"{one.rows:10} {one.cpu_s / one.collectives:13.2f} {more:19.2f}  {one.one_ms:.0f} ms, {one.one_rows} rows"
    )


def slopes(done: Sequence[Built], name: str) -> list[float]:
    """Return between each two sizes the power of the number of collectives that something grows with."""
    pairs = itertools.pairwise(done)
    return [
        math.log(getattr(after, name) / getattr(before, name)) / math.log(after.collectives / before.collectives)
        for before, after in pairs
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
