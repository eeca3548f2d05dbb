"""How fast `bt report` says that nothing changed, and what is done when one collective did.

    python benchmarks/nothing_to_do.py [--collectives 500] [--of DEMO]

The demonstration of eight collectives is built and reported (or taken from DEMO, where this version did that). Each of
its collectives is copied under as many names as asked: its rows in every table that reports read, its report and what
was written down of it. Then `bt report` is run as a user would, in a process of its own: to lay out what may leave,
three times with nothing to do, once as when a consent ended, and once after one collective's figures changed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks import many_collectives
from bt_analysis import built, publishing, report, settings
from bt_analysis.pages import content
from bt_analysis.publishing import Job
from bt_analysis.settings import Workspace


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Make the workspace, and time the command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--collectives", type=int, default=500)
    asked.add_argument("--of", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "demo"
        if given.of:
            shutil.copytree(given.of, root)
        else:
            workspace = many_collectives.built(root)
            report.publish(workspace, settings.load(root))
        multiplied(Workspace(root), given.collectives)
        say(f"{given.collectives} collectives with a report each:")
        timed("what may leave laid out", root)
        for _ in range(3):
            timed("nothing to do", root)
        (root / "reports" / "released" / "standing.json").unlink()
        timed("the same, and what may leave decided anew, as when a consent ended", root)
        changed(Workspace(root))
        timed("one collective's figures changed", root)


def multiplied(workspace: Workspace, count: int) -> None:
    """Give every collective copies of itself: tables, report, and what was written down of it."""
    names = [name for name in content.periods(workspace.root) if name != publishing.ACROSS]
    copies = {f"{names[at % len(names)]}-{at:04d}": names[at % len(names)] for at in range(count)}
    of = pd.DataFrame({"collective_id": list(copies.values()), "new": list(copies)})
    built.begin(workspace)
    stages = [workspace.processed / stage for stage in built.STAGES]
    for path in [path for stage in stages for path in stage.glob("*.parquet")] + [
        workspace.processed / "joined" / "collective.parquet"
    ]:
        table = pd.read_parquet(path)
        if "collective_id" in table and len(table):
            copied = table.merge(of, on="collective_id").drop(columns="collective_id")
            others = table[~table["collective_id"].isin(names)]
            whole = pd.concat([copied.rename(columns={"new": "collective_id"}), others], ignore_index=True)
            whole[table.columns].to_parquet(path, index=False)
    whole = built.end(workspace, synthetic=True)
    here = settings.load(workspace.root)
    for name, periods in content.periods(workspace.root).items():
        job = Job(workspace.root.resolve(), name, periods[-1], "nl")
        source = workspace.reports / copies.get(name, name) / periods[-1]
        if source != workspace.reports / name / periods[-1]:
            shutil.copytree(source, job.folder)
        told = json.loads((job.folder / "run.json").read_text(encoding="utf-8"))
        told |= {"report": name, "period": periods[-1], "rests_on": publishing.rests_on(job, whole, here)}
        publishing.write_json(job.folder / "run.json", told)
    for name in names:
        shutil.rmtree(workspace.reports / name)


def changed(workspace: Workspace) -> None:
    """Change one figure of one collective, as a build would."""
    path = workspace.processed / "analysed" / "estimates.parquet"
    table = pd.read_parquet(path)
    table.loc[0, "value"] = table.loc[0, "value"] + 1
    table.to_parquet(path, index=False)
    built.end(workspace, synthetic=True)


def timed(what: str, root: Path) -> None:
    """Run `bt report`, and print how long it took and what it made."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "bt_analysis", "-w", str(root), "report"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - ours
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    made, last = ran.stdout.count(": published"), ran.stdout.strip().splitlines()[-1:]
    say(f"  {seconds:6.2f} s, {processor:6.2f} s of processor time: {what}; {made} made, status {ran.returncode}")
    if ran.returncode:
        say(f"{last}\n{ran.stderr}")


if __name__ == "__main__":
    main()
