"""Time and memory of fetching KWB 2020 and 2024 whole, beside ``cbsodata.get_data`` in the same run.

    python benchmarks/fetch.py --tables ../shared/data/cbs_tables --server ../shared/tools/cbs_server.py

The server runs in a process of its own and makes its pages before anything is timed. Each fetch runs in a process of
its own too: seconds from the first question until both tables are in memory with codes and labels (for us that includes
checking, writing to data/raw and reading back), the processor time that took in all threads of that process (user and
system), and the growth of the highest resident memory over the imports. The two take turns; of each the best of
``--rounds`` counts, because other work on the machine only ever adds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TABLES = ("84799NED", "85984NED")
LATENCIES_S = (0.0, 0.1)
ROOT = Path(__file__).resolve().parents[1]


def ours(address: str) -> Callable[[], object]:
    """Return what fetches and reads both tables with this package; it imports before it is timed."""
    from bt_analysis.settings import CbsSettings, Workspace  # noqa: PLC0415
    from bt_analysis.sources import cbs  # noqa: PLC0415

    def run() -> object:
        with tempfile.TemporaryDirectory() as folder:
            outcomes = cbs.fetch_tables(TABLES, Workspace(Path(folder)), CbsSettings(base_url=address))
            return [cbs.read_table(one.folder) for one in outcomes if isinstance(one, cbs.Fetched)]

    return run


def theirs(address: str) -> Callable[[], object]:
    """Return what fetches both tables with cbsodata; it imports before it is timed."""
    import cbsodata  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    cbsodata.options.use_https = False
    host = address.removeprefix("http://")
    return lambda: [pd.DataFrame(cbsodata.get_data(table, catalog_url=host)) for table in TABLES]


WAYS = {"bt_analysis": ours, "cbsodata": theirs}


def measure(way: str, address: str) -> dict[str, float]:
    """Run one way in this process; gives seconds, seconds of processor time, and MB."""
    run = WAYS[way](address)
    before, begun, worked = _peak_mb(), time.perf_counter(), time.process_time()
    kept = run()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    if not kept:
        raise RuntimeError(f"{way}: got no table from {address}; expected two. Look at the server.")
    return {"seconds": seconds, "cpu": cpu, "mb": _peak_mb() - before}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def serving(server: Path, tables: Path, latency: float) -> Iterator[str]:
    """Serve the recorded tables in a process of its own."""
    command = [sys.executable, str(server), "--tables", str(tables), "--port", "0", "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        try:
            yield process.stdout.readline().split()[-1] if process.stdout else ""
        finally:
            process.terminate()


def apart(way: str, address: str) -> dict[str, float]:
    """Run one way in a process of its own."""
    command = [sys.executable, __file__, "--measure", way, "--address", address]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - as above
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(server: Path, tables: Path, rounds: int) -> str:
    """Return the table of both ways at every latency."""
    lines = [f"{'latency':>8} {'way':>12} {'seconds':>8} {'CPU s':>6} {'MB':>6} {'faster':>7} {'memory':>7}"]
    for latency in LATENCIES_S:
        with serving(server, tables, latency) as address:
            for way in WAYS:
                apart(way, address)  # the server makes its pages
            runs = [{way: apart(way, address) for way in WAYS} for _ in range(rounds)]
        best = {way: {key: min(run[way][key] for run in runs) for key in ("seconds", "cpu", "mb")} for way in WAYS}
        faster = best["cbsodata"]["seconds"] / best["bt_analysis"]["seconds"]
        memory = best["bt_analysis"]["mb"] / best["cbsodata"]["mb"]
        for way, found in best.items():
            last = f" {faster:>6.1f}x {memory:>6.0%}" if way == "bt_analysis" else ""
            figures = f"{found['seconds']:>8.2f} {found['cpu']:>6.2f} {found['mb']:>6.0f}"
            lines.append(f"{latency * 1000:>5.0f} ms {way:>12} {figures}{last}")
    return "\n".join(lines)


def main() -> None:
    """Measure, or compare both ways and print the table."""
    shared = ROOT.parent / "shared"
    parser = argparse.ArgumentParser(description="Fetch KWB 2020 and 2024 beside cbsodata.")
    parser.add_argument("--server", type=Path, default=shared / "tools" / "cbs_server.py")
    parser.add_argument("--tables", type=Path, default=shared / "data" / "cbs_tables")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        sys.stdout.write(json.dumps(measure(given.measure, given.address)) + "\n")
    else:
        sys.stdout.write(compare(given.server, given.tables, given.rounds) + "\n")


if __name__ == "__main__":
    main()
