"""The start page: a workspace and a folder of notebooks come in; what is here, and what to open, goes out.

In English, as the notebooks and ``bt status`` are. ``bt lab`` opens it in JupyterLab, which is told to ask nothing of
the network.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bt_analysis import notebooks, settings, state
from bt_analysis.language import Language
from bt_analysis.pages.html import Html, render
from bt_analysis.settings import Workspace
from bt_analysis.sources import cbs

START = "00_start.ipynb"
"""Notebook that is opened first."""

STAGES = {
    "0": "raw",
    "1": "harmonised",
    "2": "joined",
    "3": "one question about one collective",
    "4": "learning from each other",
}
"""First character of a notebook's name → stage or kind of question."""

FETCH = "first: bt fetch"
BUILD = "first: bt build"
READY = "ready"

_OF_RAW = ("0", "1")  # these read what was fetched, the others what was built
_WORKSPACE = re.compile(r'^workspace: str = "[^"\n]*"', re.MULTILINE)
_OFFLINE = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


@dataclass(frozen=True)
class Listed:
    """A notebook as the start page lists it.

    Parameters
    ----------
    name : str
        Its file.
    stage : str
        A value of :data:`STAGES`.
    question : str
        Its head.
    state : str
        ``ready``, or the command that has to run first.
    """

    name: str
    stage: str
    question: str
    state: str


def contents(workspace: str | Path) -> Html:
    """Say which workspace this is and what is in it.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace.

    Returns
    -------
    Html
        A row per thing that was fetched, delivered, built, shared or published; where there is no workspace, what to
        do first.
    """
    root = Path(workspace)
    folder = str(root.resolve())
    if not (root / "data").is_dir():
        return _table(f"{folder} is no workspace yet. Run make demo, or name a folder of your own.", ["do"], [])
    here = settings.load(root)
    synthetic = " All figures in it are made up." if here.synthetic else ""
    rows = [line.split(maxsplit=1) for line in state.lines(Workspace(root), here)]
    return _table(f"What is in {folder}.{synthetic}", ["state", "what"], rows)


def listed(workspace: str | Path, folder: str | Path = ".") -> list[Listed]:
    """List notebooks with their questions, and say of each whether it can run on a workspace.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace.
    folder : str or Path
        Where they are; where the start page is not, those of the workbench are listed.

    Returns
    -------
    list of Listed
        One per notebook, by name; not the start page, and not those of the reports.
    """
    here = Path(folder)
    return [
        Listed(path.name, STAGES[path.name[0]], _head(path), first_needed(workspace, path.name[0]))
        for path in _thin(here if (here / START).exists() else notebooks.find(here, START).parent)
        if path.name != START
    ]


def _thin(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.glob("*.ipynb")) if path.name[0] in STAGES)


def _head(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = "".join(cells[0]["source"]).splitlines() if cells else []
    return lines[0].removeprefix("# ") if lines and lines[0].startswith("# ") else path.stem


def first_needed(workspace: str | Path, stage: str) -> str:
    """Say what has to be done before a notebook can run.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace.
    stage : str
        A key of :data:`STAGES`.

    Returns
    -------
    str
        :data:`READY`, :data:`FETCH` or :data:`BUILD`.
    """
    here = Workspace(Path(workspace))
    if not here.root.is_dir() or not cbs.available_kwb(here, settings.load(here.root).cbs):
        return FETCH
    built = (here.processed / "analysed" / "estimates.parquet").exists()
    return READY if built or stage in _OF_RAW else BUILD


def links(there: Sequence[Listed]) -> Html:
    """Make the list of notebooks that the start page shows.

    Parameters
    ----------
    there : sequence of Listed
        As :func:`listed` gives them.

    Returns
    -------
    Html
        A row per notebook, with a link to it.
    """
    rows = [(one.stage, one.question, one.state) for one in there]
    files = [one.name for one in there]
    return _table("Notebooks, in the order of the flow", ["stage", "question", "state"], rows, files)


def copies(folder: Path, workspace: Path) -> Path:
    """Put notebooks of its own in a workspace, each with that workspace as its first parameter.

    Parameters
    ----------
    folder : Path
        Where the notebooks of the workbench are.
    workspace : Path
        Root of a workspace; its notebooks go into ``lab``. What is there stays as it is.

    Returns
    -------
    Path
        The folder ``lab``.

    Raises
    ------
    NotebookError
        When the folder does not hold the start page.
    """
    import nbformat  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    if not (folder / START).exists():
        raise notebooks.NotebookError(
            f"{folder} holds no {START}; expected the notebooks of the workbench. Install again."
        )
    own = workspace / "lab"
    own.mkdir(exist_ok=True)
    for path in _thin(folder):
        if not (own / path.name).exists():
            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            for cell in notebook.cells:
                if "parameters" in cell.metadata.get("tags", []):
                    cell.source = _WORKSPACE.sub('workspace: str = ".."', cell.source)
            nbformat.write(notebook, own / path.name)  # type: ignore[no-untyped-call]
    return own


def command(folder: Path) -> list[str]:
    """Write the command that opens JupyterLab on the start page, without any question to the network.

    Parameters
    ----------
    folder : Path
        With the notebooks.

    Returns
    -------
    list of str
        Program and arguments.
    """
    return [sys.executable, "-m", "jupyterlab", *_OFFLINE, f"--notebook-dir={folder}", str(folder / START)]


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], files: Sequence[str] = ()) -> Html:
    return render("sections/start.html.j2", Language("en"), caption=caption, columns=columns, rows=rows, files=files)
