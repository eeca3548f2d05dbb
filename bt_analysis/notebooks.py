"""Running notebooks: a notebook and its parameters in, the same notebook with outputs out.

Each runs in a process of its own, in a folder that is gone afterwards; parameters it does not have are refused.
"""

from __future__ import annotations

import ast
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode


ENGINE = "bt"
"""Name under which papermill knows :class:`bt_analysis.engine.for_papermill.WarmEngine`."""


class NotebookError(RuntimeError):
    """A notebook cannot be run; the message says what was got, what is expected and what to do."""


def find(workspace: Path, name: str) -> Path:
    """Find a notebook: the workspace's own, or the one that comes with the package.

    Parameters
    ----------
    workspace : Path
        Root of the workspace.
    name : str
        File name, such as ``report_collective.ipynb``.

    Returns
    -------
    Path
        The first that exists.

    Raises
    ------
    NotebookError
        When there is none.
    """
    package = Path(__file__).parent
    places = [workspace / "notebooks", package.parent / "notebooks", package / "report_notebooks"]
    for place in places:
        if (place / name).exists():
            return place / name
    raise NotebookError(
        f"no notebook {name} in {', '.join(map(str, places))}; expected it in one of them. Install again."
    )


def check_parameters(path: Path, given: Iterable[str]) -> None:
    """Refuse parameters a notebook does not have, and a notebook whose parameters are not given.

    Parameters
    ----------
    path : Path
        The notebook.
    given : iterable of str
        Names of parameters.

    Raises
    ------
    NotebookError
        When the names differ; papermill itself would only warn, and run with the default.
    """
    import papermill  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    known = set(papermill.inspect_notebook(str(path)))
    wrong = known ^ set(given)
    if wrong:
        raise NotebookError(
            f"{path.name} has the parameters {sorted(known)}; got {sorted(given)}. Differs: {sorted(wrong)}. "
            "Mend its cell tagged parameters."
        )


def defaults(path: Path) -> dict[str, object]:
    """Read the values that the parameters of a notebook have by themselves.

    Parameters
    ----------
    path : Path
        The notebook.

    Returns
    -------
    dict of str to object
        Parameter → text or number.
    """
    import papermill  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    return {name: ast.literal_eval(one["default"]) for name, one in papermill.inspect_notebook(str(path)).items()}


def execute(path: Path, parameters: Mapping[str, object], timeout_s: int) -> NotebookNode:
    """Run a notebook.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.
    parameters : mapping of str to object
        A text or number for each of its parameters.
    timeout_s : int
        Seconds one cell may take.

    Returns
    -------
    NotebookNode
        With outputs.

    Raises
    ------
    NotebookError
        When the parameters are not those of the notebook.
    papermill.exceptions.PapermillExecutionError
        When a cell fails.
    """
    check_parameters(path, parameters)
    return _run(path, parameters, timeout_s)


def rerun(path: Path, folder: Path, timeout_s: int) -> NotebookNode:
    """Run a notebook with the parameters that stand in it, in a folder where it finds and leaves files.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.
    folder : Path
        Where it runs.
    timeout_s : int
        Seconds one cell may take.

    Returns
    -------
    NotebookNode
        With outputs.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        When a cell fails.
    """
    return _run(path, {}, timeout_s, folder)


def _run(path: Path, parameters: Mapping[str, object], timeout_s: int, folder: Path | None = None) -> NotebookNode:
    import papermill  # noqa: PLC0415 - takes two seconds, and most commands run no notebook
    from papermill.engines import papermill_engines  # noqa: PLC0415

    from bt_analysis.engine.for_papermill import WarmEngine  # noqa: PLC0415

    papermill_engines.register(ENGINE, WarmEngine)  # also where the package was not installed anew since it has one
    with tempfile.TemporaryDirectory(prefix="bt-") as scratch:
        # Runs side by side meet on IPython's files unless each has its own; figures need no screen.
        os.environ |= {"IPYTHONDIR": scratch, "JUPYTER_RUNTIME_DIR": scratch, "MPLBACKEND": "agg"}
        notebook: NotebookNode = papermill.execute_notebook(
            str(path),
            None,  # it is kept in memory: to write it after each cell takes as long as some cells
            parameters=dict(parameters),
            kernel_name="python3",
            engine_name=ENGINE,
            progress_bar=False,
            execution_timeout=timeout_s,
            cwd=str(folder or scratch),
        )
    return notebook
