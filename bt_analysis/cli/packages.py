"""What collectives deliver and what leaves the workspace: bt check."""

from __future__ import annotations

from typing import Annotated

import typer

from bt_analysis import pipeline, terminal
from bt_analysis.cli.app import Form, app, open_workspace


@app.command()
def check(
    context: typer.Context,
    collective: Annotated[list[str] | None, typer.Argument(help="Ids of collectives; default: all.")] = None,
    form: Annotated[Form, typer.Option("--format", help="For people, or for other programs.")] = Form.text,
) -> None:
    """Check the monitoring packages: every problem with file, sheet, row, column, got, expected, what to do."""
    workspace, here = open_workspace(context)
    packages = pipeline.check(workspace, here)
    unknown = sorted(set(collective or []) - {package.collective_id for package in packages})
    if unknown or not packages:
        raise pipeline.PipelineError(
            f"{workspace.monitoring.joinpath(*unknown[:1])} holds no package; expected a workbook or CSVs per "
            "collective. Put it there."
        )
    chosen = [package for package in packages if not collective or package.collective_id in collective]
    if form is Form.json:
        terminal.problems_as_json(chosen)
    else:
        terminal.problems(chosen)
        terminal.verdicts(chosen)
    raise typer.Exit(1 if any(package.problems for package in chosen) else 0)
