"""How build time and memory grow with the number of collectives, and what one report reads of all of them.

    python benchmarks/scale.py [--collectives 250 500 1000 2000 5000] [--years 13] [--into FOLDER]

The demonstration is made once with as many collectives as the largest number asks, all of them active in all years,
and as many years of statistics; smaller workspaces hold the first of them. Each is built by `bt build` in a process of
its own, of which the seconds of the processor and the peak of memory are taken. A slope of 1 between two sizes is
growth in proportion; below it, part of the work is the same however many there are. The smallest size is built first,
and a size is built only when the one before it could be: stop it when that is enough.

Of the first collective it is told how long it takes to read what its report rests on, and how many of the rows of the
largest table are read for it: a report must not take longer because there are others.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
KB = 1024
REPEATS = 3


@dataclass(frozen=True)
class Built:
    """One build: how many collectives, what it took, and what one report then reads."""

    collectives: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    rows: int
    one_ms: float
    one_rows: int


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
    given = asked.parse_args(arguments)
    sizes = sorted(given.collectives)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.into or Path(temporary)
        whole = folder / "all"
        start = time.perf_counter()
        make(whole, sizes[-1], given.years)
        say(f"{sizes[-1]} collectives and {given.years} years made in {time.perf_counter() - start:.0f} s")
        say("collectives  processor s  wall s  peak MB  estimates  s/collective  MB more/collective  one report reads")
        done: list[Built] = []
        for size in sizes:
            root = part_of(whole, folder / str(size), size)
            done.append(built(root, size))
            say(line(done))
            shutil.rmtree(root)
        for name in ("cpu_s", "peak_mb", "one_ms"):
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
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - a command of this file
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if not (Workspace(root).processed / "analysed" / "estimates.parquet").exists():
        raise SystemExit(f"{root}: bt build ended with {process.returncode} and left no figures.")
    table = pq.ParquetFile(Workspace(root).processed / "analysed" / "estimates.parquet")
    name = content.periods(root)
    first = next(iter(name))
    return Built(
        count, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / KB, table.metadata.num_rows,
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
        f"{one.collectives:11} {one.cpu_s:12.0f} {one.wall_s:7.0f} {one.peak_mb:8.0f} {one.rows:10} "
        f"{one.cpu_s / one.collectives:13.2f} {more:19.2f}  {one.one_ms:.0f} ms, {one.one_rows} rows"
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
