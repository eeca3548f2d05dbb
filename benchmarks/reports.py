"""How fast reports are made: `bt report` beside the commands that a user would type, on the demonstration's notebook.

    python benchmarks/reports.py [--collectives 40] [--by-hand 4] [--jobs 2]

A is `papermill` and then `jupyter nbconvert --to html`, one report after another, as a user would do by hand; of as
many collectives as `--by-hand` says, since each takes long. B is `bt report` of all of them. Both run on the same
workspace in one run, and what they show is compared: every output of every cell, so also the points of every figure.
At the end it is said where the time of one report of B goes, and what drawing alone costs: the floor.
"""

from __future__ import annotations

import argparse
import functools
import inspect
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from bt_analysis import demo, figures, pipeline, publishing, settings
from bt_analysis.engine import forks
from bt_analysis.engine.shell import Shell
from bt_analysis.figures import inputs, value
from bt_analysis.notebooks import find
from bt_analysis.pages import claims, content, export
from bt_analysis.publishing import Job, composing
from bt_analysis.settings import Workspace
from bt_analysis.sources import cbs

BIN = Path(sys.executable).parent
PARTS = ("reading", "imports", "analysis", "drawing", "export", "claims", "overhead")
IMPORTS = re.compile(r"^\s*(import|from) ", re.MULTILINE)


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
    """Print where the processor time of one report goes."""
    ((_, spent),) = forks.each(spent_on, [job], 1, forks.Limits())
    if isinstance(spent, BaseException):
        raise spent
    whole = sum(spent.values())
    say(f"One report takes {whole:.2f} s of one processor:")
    for what, seconds in sorted(spent.items(), key=lambda pair: -pair[1]):
        say(f"  {what:<9} {seconds:5.2f} s  {seconds / whole:4.0%}")
    say(f"Drawing alone, the floor: {spent['drawing']:.2f} s; the whole is {whole / spent['drawing']:.1f} times that.")


class Clock:
    """Processor time per part of the work; a part inside another is not counted with the outer one."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(PARTS, 0.0)
        self._inside = ["overhead"]
        self._since = time.process_time()

    def turn(self) -> None:
        """Count the time until now with the part that is being done."""
        now = time.process_time()
        self.spent[self._inside[-1]] += now - self._since
        self._since = now

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """Count what is done inside with a part."""
        self.turn()
        self._inside.append(what)
        try:
            yield
        finally:
            self.turn()
            self._inside.pop()

    def watch(self, module: Any, name: str, part: Callable[..., str]) -> None:
        """Count a function with the part that its arguments say."""
        own = getattr(module, name)

        @functools.wraps(own)
        def watched(*args: Any, **more: Any) -> Any:
            with self.part(part(*args, **more)):
                return own(*args, **more)

        setattr(module, name, watched)


def spent_on(job: Job) -> dict[str, float]:
    """Make one report in this process, which is used for nothing else, and say where the time went."""
    clock = Clock()
    for name in ("of_collective", "of_all"):
        clock.watch(content, name, lambda *_, **__: "reading")
    for module in (figures, inputs, value):
        for name in drawn_by(module):
            clock.watch(module, name, lambda *_, **__: "drawing")
    for module, name in ((claims, "register"), (claims, "appendix")):
        clock.watch(module, name, lambda *_, **__: "claims")
    clock.watch(export, "export", lambda *_, **__: "export")
    clock.watch(Shell, "run", lambda _, source: "imports" if IMPORTS.search(source) else "analysis")
    made = composing.compose(job)
    clock.turn()
    if made.outcome.status != "published":
        raise SystemExit(f"{job.name}: {made.outcome.error or made.outcome.status}; expected a report.")
    return clock.spent


def drawn_by(module: Any) -> list[str]:
    """List the functions of a module that notebooks draw with."""
    own = {name: one for name, one in vars(module).items() if inspect.isfunction(one) and not name.startswith("_")}
    return [name for name, one in own.items() if "Figure" in str(one.__annotations__.get("return", ""))]


if __name__ == "__main__":
    main()
