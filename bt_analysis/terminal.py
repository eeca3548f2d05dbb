"""What a person sees while ``bt`` works: a bar on a terminal, plain lines elsewhere, and one line per mistake."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from bt_analysis import batches, logs, pipeline, report, storage
from bt_analysis.schema import Problem
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.monitoring import Package
from bt_analysis.sources.sentences import in_language, line

# No markup: a name that a person typed may hold brackets.
_OUT = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
_ERR = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
_RIGHTS = (
    "expected a file that can be read, or a folder that can be written to. Check its rights and the room on the disk."
)
_ROOM = "expected room on the disk. Make room and run it again; what was published is as it was."
_DISK = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: "expected a disk that can be written to. Mount it so, or name another workspace with --workspace.",
}
DISK_REFUSES = frozenset(_DISK)
"""What a system says when a disk is full or may not be written to: nothing that writes will do then."""
_WANTED = ("kind", "file", "sheet", "row", "column", "got", "expected", "do")


def say(text: str) -> None:
    """Print a line on stdout, above a bar that is there, and in the log of a run that keeps one.

    Parameters
    ----------
    text : str
        As it is to be read.
    """
    _OUT.print(text)
    logs.TOLD.info(text)


def note(text: str) -> None:
    """Write a line only in the log of a run that keeps one.

    Parameters
    ----------
    text : str
        As it is to be read.
    """
    logs.TOLD.info(text)


def write(text: str) -> None:
    """Write text on stdout as it is, so that it can be kept in a file.

    Parameters
    ----------
    text : str
        With its own line ends.
    """
    sys.stdout.write(text)


def warn(text: str) -> None:
    """Print a line on stderr, and in the log of a run that keeps one.

    Parameters
    ----------
    text : str
        What went wrong; line breaks in it become spaces.
    """
    line_of = " ".join(text.split())
    _ERR.print(f"bt: {line_of}")
    logs.TOLD.warning(line_of)


def explain(problem: BaseException) -> str:
    """Say in one line what went wrong.

    Parameters
    ----------
    problem : Exception
        A mistake of the user, or of the machine, such as a full or read-only disk.

    Returns
    -------
    str
        Our own errors as they are; those of the file system with the file, what was expected and what to do.
    """
    if isinstance(problem, OSError) and problem.strerror:
        place = problem.filename or "writing or reading"  # a full disk comes without the name of a file
        # Of a disk that refuses, some libraries tell in words of their own.
        told = os.strerror(problem.errno) if problem.errno in _DISK else problem.strerror
        return f"{place}: {told[:1].lower()}{told[1:]}; {_DISK.get(problem.errno or 0, _RIGHTS)}"
    return str(problem)


def report_all(workspace: Workspace, settings: Settings, names: list[str], **options: Any) -> list[report.Outcome]:
    """Publish reports, with a line for each.

    Parameters
    ----------
    workspace : Workspace
        A workspace that was built.
    settings : Settings
        How reports are made.
    names : list of str
        As :func:`bt_analysis.report.publish` takes them.
    **options : Any
        The same.

    Returns
    -------
    list of Outcome
        One per report.
    """
    with progress() as bar:
        task = bar.add_task("reports", total=None)
        outcomes = report.publish(workspace, settings, names, progress=_telling(bar, task), **options)
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    right = len(outcomes) - failed
    say(f"{right} report{'' if right == 1 else 's'} in order, {failed} failed: {workspace.reports / 'index.html'}")
    return outcomes


def built(result: pipeline.Built) -> None:
    """Say what a build made, and which packages it did not use.

    Parameters
    ----------
    result : Built
        What :func:`bt_analysis.pipeline.build` returned.
    """
    say(
        f"built: division {result.reference_year}, {count(len(result.collectives), 'collective')}, "
        f"{result.estimates:,} estimates, {result.suppressed} cells suppressed, {result.unmatched} not matched; "
        f"across collectives: {count(result.bundles, 'bundle')}"
    )
    for text in result.unusable:
        warn(f"a bundle was not used: {text}")
    for text in result.unplaced:
        warn(f"no buurt of the gemeente has these names, so their figures are not used: {text}")
    for text in result.not_kept:
        warn(f"used, but not kept to fall back on: {text}")
    for name, problems in result.refused.items():
        on = result.accepted[name]
        used = f"its version of {on} was used" if on else "was not used"
        warn(f"the package of {name} has {count(problems, 'problem')}: {used}. Run: bt check {name}")


def put_back(what: storage.Put) -> None:
    """Say what was put back on object storage; nothing when nothing was.

    Parameters
    ----------
    what : Put
        What was done.
    """
    if what.written or what.removed:
        say(f"{what.url}: {count(what.written, 'file')} written, {what.removed} removed")
    for name in what.theirs:
        warn(f"{what.url}/{name} was changed by somebody else meanwhile; that one was kept. Run this again.")


def problems(packages: Iterable[Package], lang: str, *, repairs: bool = False) -> None:
    """Print every problem of packages, a line each.

    Parameters
    ----------
    packages : iterable of Package
        Checked packages.
    lang : str
        Language of the sentences.
    repairs : bool
        Also what was repaired, skipped or kept.
    """
    for package in packages:
        for found in (package.problems, package.repairs if repairs else ()):
            for problem in _by_row(found):
                say(line(problem, lang))


def _by_row(found: Sequence[Problem]) -> list[Problem]:
    """Return problems as a person goes through the sheets: each from its top row down."""
    sheets = {place: at for at, place in enumerate(dict.fromkeys((each.file, each.sheet) for each in found))}
    return sorted(found, key=lambda each: (sheets[each.file, each.sheet], each.row or 0))


def verdicts(packages: Iterable[Package]) -> None:
    """Print a line per package: in order, or how many problems.

    Parameters
    ----------
    packages : iterable of Package
        Checked packages.
    """
    for package in packages:
        state = count(len(package.problems), "problem") if package.problems else "in order"
        say(f"{package.collective_id}: {state}" + (f", {len(package.repairs)} repaired" if package.repairs else ""))


def problems_as_json(packages: Iterable[Package], lang: str, *, repairs: bool = False) -> None:
    """Print every problem of packages as JSON, for other programs.

    Parameters
    ----------
    packages : iterable of Package
        Checked packages.
    lang : str
        Language of the sentences.
    repairs : bool
        Also what was repaired, skipped or kept, with ``repair`` true.
    """
    rows = [
        {"collective": package.collective_id, "repair": repair, **_fields(in_language(problem, lang))}
        for package in packages
        for repair, found in ((False, package.problems), (True, package.repairs if repairs else ()))
        for problem in found
    ]
    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _fields(problem: Problem) -> dict[str, object]:
    return {key: value for key, value in asdict(problem).items() if key in _WANTED}


def _telling(bar: Progress, task: TaskID) -> Callable[[report.Outcome], None]:
    def tell(outcome: report.Outcome) -> None:
        detail = outcome.error if outcome.status == "failed" else f"{outcome.seconds:.1f} s"
        say(f"report {outcome.name} {outcome.period} {outcome.lang}: {outcome.status}, {detail}")
        bar.advance(task)

    return tell


@contextmanager
def steps() -> Iterator[batches.Tell]:
    """Show how far a build or a check of many collectives is: a bar on a terminal, lines in the log of a run.

    Yields
    ------
    callable
        What :func:`bt_analysis.pipeline.build` takes as ``tell``.
    """
    with progress() as bar:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(f"collectives {what}", total=total)
            bar.update(tasks[what], completed=done)
            note(f"{what} {done} of {total} collectives")

        yield tell


def progress() -> Progress:
    """Make a bar for a terminal; elsewhere only the plain lines that are printed above it remain.

    Returns
    -------
    Progress
        To be used in a ``with`` block.
    """
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=_OUT,
        transient=True,
        disable=not _OUT.is_terminal,
    )


def count(n: int, what: str) -> str:
    """Write a number with what it counts, in the singular or plural.

    Parameters
    ----------
    n : int
        How many.
    what : str
        In the singular.

    Returns
    -------
    str
        Such as ``1 table`` or ``2 tables``.
    """
    return f"{n} {what}{'' if n == 1 else 's'}"
