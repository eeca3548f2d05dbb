"""The check of a thesis: its folder in; every reason why it is not what it says it is out.

It runs the notebook, and so the code of whoever wrote it: in a fresh process and a copy of the folder, but with all
that this user may do.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bt_analysis import notebooks
from bt_analysis.thesis import bibliography, comparing, fixed, outside, starting
from bt_analysis.thesis.errors import Fault, ThesisError
from bt_analysis.thesis.reading import ABOUT, DATA, RESULTS, about_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

SECTIONS = ("question", "data", "method", "limits")
"""Tags of cells of text that every thesis has."""

_CITED = re.compile(r"@([A-Za-z][\w:-]*)")
_CITING = re.compile(r"\[(?:[^\[\]]*[\s;])?@[^\[\]]*\]")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_NOT_COPIED = shutil.ignore_patterns(RESULTS, ".*", "__pycache__")
_LONGEST = 200


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Parameters
    ----------
    faults : tuple of Fault
        Reasons why the thesis is not in order.
    notes : tuple of str
        What is no fault: what still has to be written, and programs that have another version by now.
    version : str
        Its data version.
    """

    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    version: str


def check(folder: Path, timeout_s: int = 600) -> Checked:
    """Check that a thesis has the data it says, and makes the same figures when it is run again from the start.

    Parameters
    ----------
    folder : Path
        Folder of the thesis; it is not changed.
    timeout_s : int
        Seconds one cell may take.

    Returns
    -------
    Checked
        Every fault; a thesis whose data changed, or whose notebook cannot be read, is not run.

    Raises
    ------
    ThesisError
        When the folder is no thesis.
    """
    if not folder.is_dir():
        raise ThesisError(f"{folder}: got no folder; expected that of a thesis. Name it: bt check thesis FOLDER")
    folder = folder.resolve()
    about = about_of(folder)
    version = str(about["data"]["version"])
    found = [*fixed.faults(folder / DATA, version), *_citation(folder, version)]
    may_run = not any(fault.file.startswith(f"{DATA}/") for fault in found)
    try:
        notebook = _read(folder)
    except ThesisError as problem:
        unread = Fault(starting.NOTEBOOK, str(problem), "a notebook (nbformat 4)", "Put it back, or start a new thesis")
        return Checked((*found, unread), (), version)
    found += [*_sections(notebook), *_outside(notebook), *_sources(folder, notebook)]
    if may_run:
        found += _rerun(folder, version, timeout_s)
    return Checked(tuple(found), tuple(_notes(folder, notebook, about)), version)


def _read(folder: Path) -> NotebookNode:
    import nbformat  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    path = folder / starting.NOTEBOOK
    if not path.is_file():
        raise ThesisError("no such file")
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except Exception as problem:
        raise ThesisError(f"a file that cannot be read ({str(problem).splitlines()[0][:80]})") from problem
    return notebook


def _citation(folder: Path, version: str) -> Iterator[Fault]:
    path = folder / starting.CITATION
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if not text:
        yield Fault(
            path.name, "no such file", "how to cite the thesis", "Put it back: others need it to name your work"
        )
    elif not re.search(rf'^version: "?{re.escape(version)}"?\s*$', text, re.MULTILINE):
        do = f"Write: version: {version}"
        yield Fault(path.name, "another data version", f"{version}, as {ABOUT} says", do)


def _sections(notebook: NotebookNode) -> Iterator[Fault]:
    for tag in SECTIONS:
        own = [cell for cell in notebook.cells if tag in cell.metadata.get("tags", []) and cell.cell_type == "markdown"]
        if not any(cell.source.strip() for cell in own):
            do = f"Put it back, with the tag {tag} on the cell"
            yield Fault(starting.NOTEBOOK, f"no text about the {tag}", "a cell of text tagged with it", do)


def _outside(notebook: NotebookNode) -> Iterator[Fault]:
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for number, text in outside.reached(cells):
        got = f"{text!r} in code cell {number}"
        yield Fault(starting.NOTEBOOK, got, f"nothing outside the folder, only {DATA}/", "Use the data of this version")


def _sources(folder: Path, notebook: NotebookNode) -> Iterator[Fault]:
    path = folder / starting.REFERENCES
    if not path.is_file():
        yield Fault(path.name, "no such file", "the sources of the thesis", "Put it back: its data have to be named")
        return
    keys = bibliography.keys(path.read_text(encoding="utf-8", errors="replace"))
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Fault(path.name, f"{key} twice", "every source once", "Take one out, or give it another key")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    cited = {key.rstrip(":-") for group in _CITING.findall(text) for key in _CITED.findall(group)}
    for key in sorted(cited - set(keys)):
        yield Fault(
            starting.NOTEBOOK, f"the source @{key}", f"an entry of {path.name}", "Add the source, or mend its key"
        )
    if bibliography.DATA_KEY not in cited:
        got = "no mention of the data version as a source"
        yield Fault(starting.NOTEBOOK, got, f"[@{bibliography.DATA_KEY}]", "Name it in the text about the data")


def _rerun(folder: Path, version: str, timeout_s: int) -> list[Fault]:
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    with tempfile.TemporaryDirectory(prefix="bt-") as scratch:
        copy = Path(scratch) / folder.name
        shutil.copytree(folder, copy, ignore=_NOT_COPIED)
        try:
            notebooks.rerun(copy / starting.NOTEBOOK, copy, timeout_s)
        except PapermillExecutionError as problem:
            said = _COLOURS.sub("", f"{problem.ename}: {problem.evalue}")
            got = f"{' '.join(said.split())[:_LONGEST]} (cell {problem.cell_index + 1})"
            return [Fault(starting.NOTEBOOK, got, "a notebook that runs from the start", "Mend that cell")]
        except (RuntimeError, OSError, ValueError) as problem:  # a process that dies, or a cell that takes too long
            got = " ".join((str(problem) or type(problem).__name__).split())[:_LONGEST].rstrip(".")
            return [Fault(starting.NOTEBOOK, got, f"a run of at most {timeout_s} s per cell", "Make it smaller")]
        touched = [Fault(fault.file, "a file that the notebook changed", "data that stay as they are",
                         f"Write to {RESULTS}/ instead") for fault in fixed.faults(copy / DATA, version)]  # fmt: skip
        return [*touched, *comparing.faults(folder / RESULTS, copy / RESULTS)]


def _notes(folder: Path, notebook: NotebookNode, about: Mapping[str, Any]) -> Iterator[str]:
    texts = {starting.NOTEBOOK: "\n".join(cell.source for cell in notebook.cells)}
    for name in (starting.README, starting.CITATION):
        path = folder / name
        texts[name] = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for name, text in texts.items():
        open_ = len(starting.TO_FILL_IN.findall(text))
        if open_:
            yield f"{name}: {open_} {'place' if open_ == 1 else 'places'} between ⟨ ⟩ still to fill in"
    now = starting.programs()
    for name, version in about["software"].items():
        if now.get(name) != version:
            yield f"{name}: started with {version}, checked with {now.get(name, 'none')}"
