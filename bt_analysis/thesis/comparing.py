"""Two sets of results: those in a thesis and those of a new run in; what differs, cell by cell, out."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from bt_analysis.sources.files import sha256
from bt_analysis.thesis.errors import Fault

TOLERANCE = 1e-6
"""Part by which a number may differ and still be the same: other processors round the last digits otherwise."""

TABLES, DRAWINGS = frozenset({".csv"}), frozenset({".pdf", ".png", ".svg"})
"""Files that are compared cell by cell, and files that only have to be made again: their bytes hang on fonts."""

_DO = "Run the notebook again from the start and keep what it makes, or mend what makes it differ from run to run"


def faults(kept: Path, made: Path) -> Iterator[Fault]:
    """Compare results.

    Parameters
    ----------
    kept : Path
        Folder with the results as the thesis has them.
    made : Path
        Folder with those of a new run.

    Yields
    ------
    Fault
        One for each file that is missing, new or different; of a table the first cell that differs.
    """
    place = kept.name
    old, new = _files(kept), _files(made)
    if not any(Path(name).suffix in TABLES for name in old | new):
        yield Fault(place, "no table", "at least one CSV with the figures of the thesis", _DO)
    for name in sorted(old - new):
        yield Fault(f"{place}/{name}", "a file that a new run does not make", "only what the notebook makes", _DO)
    for name in sorted(new - old):
        yield Fault(f"{place}/{name}", "no such file", "the file that a new run makes", _DO)
    for name in sorted(old & new):
        if sha256(kept / name) != sha256(made / name):
            yield from _differing(f"{place}/{name}", kept / name, made / name)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _differing(name: str, kept: Path, made: Path) -> Iterator[Fault]:
    if kept.suffix in DRAWINGS:
        return
    if kept.suffix not in TABLES:
        yield Fault(name, f"sha256 {sha256(kept)[:12]}…", f"{sha256(made)[:12]}… as a new run makes", _DO)
        return
    old, new = _rows(kept), _rows(made)
    if len(old) != len(new):
        yield Fault(name, f"{len(old)} rows", f"{len(new)} as a new run makes", _DO)
        return
    for at, (before, after) in enumerate(zip(old, new, strict=True), start=1):
        if len(before) != len(after):
            yield Fault(name, f"{len(before)} cells in row {at}", f"{len(after)} as a new run makes", _DO)
            return
        for column, one, other in zip(old[0], before, after, strict=False):
            if not same(one, other):
                where = f"in row {at}, column {column[:40]}"
                yield Fault(name, f"{one[:40]!r} {where}", f"{other[:40]!r} as a new run makes", _DO)
                return


def same(one: str, other: str) -> bool:
    """Tell whether two cells say the same.

    Parameters
    ----------
    one, other : str
        Cells as they were written.

    Returns
    -------
    bool
        The same text, or numbers that differ by less than :data:`TOLERANCE` of the larger.
    """
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=TOLERANCE)
    except ValueError:
        return False


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        return list(csv.reader(lines))
