"""Time of checking 10,000 rows of participation, as a workbook and as CSV, beside reading the same file with pandas.

    python benchmarks/check.py --rows 10000 --rounds 3

The rows are those of a collective with 20 activities, counted per month and group, of which every thousandth counts
more people than contacts. ``bt check`` runs as a person runs it, in a process of its own, so importing counts; beside
it stand reading and checking alone, and ``pandas.read_excel`` (openpyxl) or ``pandas.read_csv``, which check nothing.
Of each the best of ``--rounds`` counts, because other work on the machine only ever adds: seconds on the clock, and
seconds of processor time, which tell the same on a busy machine. The highest resident memory is that of ``bt check``.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd

from bt_analysis.sources.monitoring import read_package

ACTIVITIES = 20
Rows = Sequence[Sequence[object]]


def rows_of(table: str, count: int) -> Rows:
    """Return header and rows of a table."""
    start, end = dt.date(2020, 1, 1), dt.date(2029, 12, 31)
    if table == "collective":
        return [["collective_id", "name", "primary_domain"], ["zon", "Zonnewijk", "welzijn"]]
    if table == "work_area":
        header = ["work_area_id", "collective_id", "definition_type", "area_codes", "area_year", "valid_from"]
        return [header, ["nu", "zon", "codes", "GM0001", 2024, start]]
    if table == "activity":
        header = ["activity_id", "collective_id", "title", "domain", "activity_type", "start", "end"]
        rows = [[f"a{at}", "zon", f"Koffie {at}", "welzijn", "ontmoeting", start, end] for at in range(ACTIVITIES)]
        return [header, *rows]
    header = ["activity_id", "period_start", "period_end", "group_type", "group_value", "contacts_n", "unique_n"]
    return [[*header, "count_method"], *(_participation(at) for at in range(count))]


def _participation(at: int) -> list[object]:
    activity, month, group = at % ACTIVITIES, at // ACTIVITIES % 100, at // ACTIVITIES // 100
    first = dt.date(2020 + month // 12, month % 12 + 1, 1)
    unique = 99 if at % 1000 == 0 else 20 + at % 17
    return [f"a{activity}", first, first + dt.timedelta(27), "taal", f"taal {group}", 40 + at % 23, unique, "lijst"]


def deliver(folder: Path, kind: str, count: int) -> Path:
    """Write a delivery; gives the file with participation."""
    folder.mkdir(parents=True)
    tables = {name: rows_of(name, count) for name in ("collective", "work_area", "activity", "participation")}
    if kind == "xlsx":
        book = openpyxl.Workbook(write_only=True)
        for name, rows in tables.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(folder / "zon.xlsx")
        return folder / "zon.xlsx"
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    return folder / "participation.csv"


def best(rounds: int, run: Callable[[], object]) -> str:
    """Return the seconds of the quickest round, on the clock and of processor time."""
    times = [_once(run) for _ in range(rounds)]
    clock, worked = (min(column) for column in zip(*times, strict=True))
    return f"{clock:.2f} s ({worked:.2f} s of work)"


def _once(run: Callable[[], object]) -> tuple[float, float]:
    begun, worked = time.perf_counter(), _worked()
    run()
    return time.perf_counter() - begun, _worked() - worked


def _worked() -> float:
    """Return the processor time of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def check(root: Path, found: int) -> None:
    """Run bt check in a process of its own, and see that it finds what there is."""
    command = [sys.executable, "-m", "bt_analysis", "--workspace", str(root), "check", "zon"]
    told = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    if f"zon: {found} problems" not in told.stdout:
        raise RuntimeError(f"got {told.stdout!r} {told.stderr!r}; expected {found} problems.")


def measure(kind: str, count: int, rounds: int) -> None:
    """Print what one way of delivering takes."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "data" / "raw" / "monitoring" / "zon"
        path = deliver(folder, kind, count)
        found = len(read_package(folder, None).problems)
        ours = best(rounds, lambda: check(Path(root), found))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        reading = best(rounds, lambda: read_package(folder, None))
        read = pd.read_csv if kind == "csv" else lambda name: pd.read_excel(name, sheet_name="participation")
        theirs = best(rounds, lambda: read(path))
    sys.stdout.write(f"{kind}, {count:,} rows, {found} problems\n")
    for what, took in (("bt check", f"{ours}, {peak:.0f} MB"), ("read_package", reading), ("pandas", theirs)):
        sys.stdout.write(f"  {what:13} {took}\n")


def main() -> None:
    """Measure both ways of delivering."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    for kind in ("xlsx", "csv"):
        measure(kind, given.rows, given.rounds)


if __name__ == "__main__":
    main()
