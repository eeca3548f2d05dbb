"""How fast reports are made: `bt report` beside the commands that a user would type, on the demonstration's notebook.

    python benchmarks/reports.py [--collectives 40] [--by-hand 4] [--jobs 2]

A is `papermill` and then `jupyter nbconvert --to html`, one report after another, as a user would do by hand; of as
many collectives as `--by-hand` says, since each takes long. B is `bt report` of all of them. Both run on the same
workspace in one run, and what they show is compared: every output of every cell, so also the points of every figure.
At the end it is said where the time of one report of B goes, and what drawing alone costs: the floor.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from bt_analysis import demo, pipeline, publishing, settings
from bt_analysis.engine import forks
from bt_analysis.engine.cells import run
from bt_analysis.notebooks import find
from bt_analysis.pages import content
from bt_analysis.publishing import Job, composing
from bt_analysis.settings import Workspace
from bt_analysis.sources import cbs

BIN = Path(sys.executable).parent
DRAWS = ("figures.", "_figures.")


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Make the workspace, run both ways, and print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--collectives", type=int, default=40)
    asked.add_argument("--by-hand", type=int, default=4)
    asked.add_argument("--jobs", type=int, default=2)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "demo"
        build(root, given.collectives)
        jobs = [Job(root, name, periods[-1], "nl") for name, periods in content.periods(root).items()]
        jobs = [job for job in jobs if job.name != publishing.ACROSS]
        by_hand, made = one_by_one(jobs[: given.by_hand], Path(folder))
        ours = at_once(root, jobs, given.jobs)
        say(f"A  papermill, nbconvert: {60 / by_hand:5.1f} reports a minute ({by_hand:.1f} s each, {len(made)} made)")
        say(
            f"B  bt report --jobs {given.jobs}: {60 / ours:5.1f} reports a minute ({ours:.2f} s each, {len(jobs)} made)"
        )
        say(f"B is {by_hand / ours:.1f} times as fast.")
        for job, notebook in made.items():
            same(job, notebook)
        say(f"Every output of {len(made)} reports is the same in A and B, text and figures.")
        split(jobs[0])


def build(root: Path, collectives: int) -> None:
    """Make and build the demonstration."""
    say(f"Making and building {collectives} collectives …")
    demo.make(root, collectives)
    here, workspace = settings.load(root), Workspace(root)
    with demo.served(root) as url:
        served = here.cbs.model_copy(update={"base_url": url})
        for table in here.cbs.kwb_tables.values():
            cbs.fetch_table(table, workspace, served)
    pipeline.build(workspace, here)


def one_by_one(jobs: list[Job], folder: Path) -> tuple[float, dict[Job, Path]]:
    """Return seconds per report of the two commands, and the notebooks that they made."""
    made, start = {}, time.monotonic()
    for job in jobs:
        out = folder / f"{job.name}.ipynb"
        values = [word for key, value in job.parameters.items() for word in ("-p", key, value)]
        # As reports are made: no figure by itself that a cell did not ask for.
        shown = {**os.environ, "MPLBACKEND": "agg"}
        command(BIN / "papermill", find(job.workspace, job.notebook), out, "--no-progress-bar", *values, env=shown)
        command(BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", out)
        made[job] = out
    return (time.monotonic() - start) / len(jobs), made


def at_once(root: Path, jobs: list[Job], workers: int) -> float:
    """Return seconds per report of `bt report`, with the start of the command in it."""
    start = time.monotonic()
    names = [job.name for job in jobs]
    command(sys.executable, "-m", "bt_analysis", "-w", root, "report", *names, "--force", "--jobs", workers)
    return (time.monotonic() - start) / len(jobs)


def command(*words: object, env: dict[str, str] | None = None) -> None:
    """Run a command, and stop with what it said when it fails."""
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, env=env)  # noqa: S603  # ours
    if ran.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}\n{ran.stdout}{ran.stderr}")


def same(job: Job, by_hand: Path) -> None:
    """Stop when the two ways show anything else."""
    theirs, ours = (nbformat.read(path, 4) for path in (by_hand, job.folder / "report.ipynb"))  # type: ignore[no-untyped-call]
    for number, (one, other) in enumerate(zip(theirs.cells, ours.cells, strict=True)):
        shown = [[output.get("data") for output in cell.get("outputs", [])] for cell in (one, other)]
        if shown[0] != shown[1]:
            raise SystemExit(f"{job.name}, cell {number}: A and B show something else; expected the same.")


def split(job: Job) -> None:
    """Print where the time of one report goes."""
    ((_, spent),) = forks.each(_spent, [job], 1, forks.Limits())
    if isinstance(spent, BaseException):
        raise spent
    whole = sum(spent.values())
    say(f"One report, {whole:.2f} s in its process:")
    for what, seconds in sorted(spent.items(), key=lambda pair: -pair[1]):
        say(f"  {what:<12} {seconds:5.2f} s  {seconds / whole:4.0%}")
    say(f"Drawing alone, the floor: {spent['drawing']:.2f} s; the whole is {whole / spent['drawing']:.1f} times that.")


def _spent(job: Job) -> dict[str, float]:
    spent = dict.fromkeys(("reading", "imports", "analysis", "drawing", "export", "claims"), 0.0)

    @contextmanager
    def timed(what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent[what] += time.perf_counter() - start

    with timed("reading"):
        here = composing._content(job)  # noqa: SLF001
        composing._inputs(job, here)  # noqa: SLF001
    notebook = nbformat.read(find(job.workspace, job.notebook), 4)  # type: ignore[no-untyped-call]
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    cell.source = "\n".join(f"{key} = {value!r}" for key, value in job.parameters.items())
    started = 0.0
    for one in run(notebook):
        if one.outputs is None:
            started = time.perf_counter()
            continue
        source = notebook.cells[one.index].source
        what = "imports" if "import" in source else "drawing" if any(word in source for word in DRAWS) else "analysis"
        spent[what] += time.perf_counter() - started
        notebook.cells[one.index].outputs = one.outputs
    with timed("export"):
        composing._pages(job, here, notebook)  # noqa: SLF001
    with timed("claims"):
        composing.register(here, job.name)
    return spent


if __name__ == "__main__":
    main()
