"""Running the cells of a notebook in this process: a notebook in; each code cell with its outputs out, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bt_analysis.engine.shell import Shell, shows_figures

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAY_FAIL = "raises-exception"
"""Tag of a cell that is there to fail."""


@dataclass(frozen=True)
class Ran:
    """A cell that starts, or that has ended.

    Parameters
    ----------
    index : int
        Its place among all cells of the notebook.
    outputs : list of NotebookNode or None
        What it showed, as nbformat has it; None when it starts.
    number : int
        Its execution count.
    failed : bool
        Whether it ended in an error that its tags do not allow; no cell comes after it.
    """

    index: int
    outputs: list[NotebookNode] | None = None
    number: int = 0
    failed: bool = False


def run(notebook: NotebookNode) -> Iterator[Ran]:
    """Run the code cells of a notebook in this process, which should be used for nothing else.

    Parameters
    ----------
    notebook : NotebookNode
        With its parameters in place; it is not changed.

    Yields
    ------
    Ran
        Two per code cell that is not empty: when it starts and when it has ended.
    """
    shell = Shell(inline=shows_figures())
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        yield Ran(index)
        outputs, number, failed = shell.run(cell.source)
        stops = failed and MAY_FAIL not in cell.metadata.get("tags", [])
        yield Ran(index, outputs, number, stops)
        if stops:
            return
