"""Running notebooks: a notebook and its parameters in, the same notebook with outputs out.

Each runs in a kernel of its own, in a folder that is gone afterwards; parameters it does not have are refused.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.manager import AsyncKernelManager

if TYPE_CHECKING:
    from nbformat import NotebookNode


class NotebookError(RuntimeError):
    """A notebook cannot be run; the message says what was got, what is expected and what to do."""


class _SocketKernelManager(AsyncKernelManager):
    """Talks to its kernel through files in the report's own folder: no ports, nothing for others to listen to."""

    def __init__(self, **values: object) -> None:
        super().__init__(**{**values, "transport": "ipc"})

    async def start_kernel(self, **values: object) -> None:  # type: ignore[override]  # the base wraps it for both worlds
        """Start without the kernel's own chatter, such as its farewell when it is told to stop."""
        await super().start_kernel(**{**values, "stderr": subprocess.DEVNULL})


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


def execute(path: Path, parameters: Mapping[str, str], timeout_s: int) -> NotebookNode:
    """Run a notebook.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.
    parameters : mapping of str to str
        A value for each of its parameters.
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


def _run(path: Path, parameters: Mapping[str, str], timeout_s: int, folder: Path | None = None) -> NotebookNode:
    import papermill  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    with tempfile.TemporaryDirectory(prefix="bt-") as scratch:
        # Kernels side by side meet on IPython's history and on ports unless each has its own; figures need no screen.
        os.environ |= {"IPYTHONDIR": scratch, "JUPYTER_RUNTIME_DIR": scratch, "MPLBACKEND": "agg"}
        notebook: NotebookNode = papermill.execute_notebook(
            str(path),
            str(Path(scratch) / path.name),
            parameters=dict(parameters),
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=timeout_s,
            cwd=str(folder or scratch),
            kernel_manager_class=_SocketKernelManager if os.name == "posix" else AsyncKernelManager,
        )
    return notebook
