"""An engine for papermill: a notebook in, its outputs out, each in a fresh process forked from a warm one.

``papermill --engine bt in.ipynb out.ipynb`` uses it too. No kernel is started and nothing listens: the cells run in an
IPython shell inside the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from papermill.engines import Engine, NBClientEngine

from bt_analysis.engine import cells, forks

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

__all__ = ["WarmEngine"]

_LONG_S = 86_400.0


class WarmEngine(Engine):  # type: ignore[misc]  # papermill has no types
    """Runs a notebook in a fresh process; in one that is fresh already, right there."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        execution_timeout: float | None = None,
        **others: Any,
    ) -> None:
        """Run the cells and put their outputs into the notebook.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            Papermill's: it notes when each cell started, ended and failed.
        kernel_name : str
            Must be a kernel of Python; its environment is this one.
        execution_timeout : float, optional
            Seconds that one cell may take; None: a day.
        **others
            What other engines take; handed on where there is no fork.

        Raises
        ------
        TookTooLongError
            When a cell took longer than it may.
        EndedError
            When the process was ended from outside.
        """
        here = forks.take_fresh()
        if not here and not forks.can_fork():
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, execution_timeout=execution_timeout, **others)
            return
        ran = cells.run(nb_man.nb) if here else _in_fork(nb_man.nb, execution_timeout or _LONG_S)
        for one in ran:
            _note(nb_man, one)


def _in_fork(notebook: NotebookNode, step_s: float) -> Iterator[cells.Ran]:
    """Run a notebook in a fork; what its cells showed comes when it has ended, or when one fails."""
    for _, answer in forks.each(_all_cells, [notebook], 1, forks.Limits(step_s)):
        if isinstance(answer, BaseException):
            raise answer
        yield from answer


def _all_cells(notebook: NotebookNode) -> list[cells.Ran]:
    ran = []
    for one in cells.run(notebook):
        forks.alive()
        ran.append(one)
    return ran


def _note(nb_man: NotebookExecutionManager, one: cells.Ran) -> None:
    cell = nb_man.nb.cells[one.index]
    if one.outputs is None:
        forks.alive()
        nb_man.cell_start(cell, one.index)
        return
    cell.execution_count = one.number
    cell.outputs = one.outputs
    if one.failed:
        nb_man.cell_exception(cell, cell_index=one.index)
    nb_man.cell_complete(cell, cell_index=one.index)
