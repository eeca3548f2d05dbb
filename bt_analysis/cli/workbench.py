"""Opening the notebooks: bt lab."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from bt_analysis import lab, notebooks
from bt_analysis.cli.app import app, open_workspace


@app.command("lab")
def _lab(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--notebooks", help="Open these notebooks as they are, and make no copies.")
    ] = None,
) -> None:
    """Open the notebooks in JupyterLab, on a start page that says what is here; nothing is asked of the network.

    They are copies in `lab/` of the workspace, yours to change; what is there is not overwritten.
    """
    if folder is None:
        workspace, _ = open_workspace(context)
        shipped = notebooks.find(workspace.root, lab.START).parent
        folder = lab.copies(shipped, workspace.root)
    raise typer.Exit(subprocess.run(lab.command(folder), check=False).returncode)  # noqa: S603 - our own arguments
