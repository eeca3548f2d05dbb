"""What collectives deliver: bt new, bt tables and bt check; the last also checks a thesis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bt_analysis import dictionary, pipeline, schema, terminal
from bt_analysis.cli import students
from bt_analysis.cli.app import Form, Lang, ListForm, app, new, open_workspace
from bt_analysis.sources import blank_workbook

THESIS = "thesis"
"""First word after `bt check` that says that no collective but a thesis is checked."""


@new.command("collective")
def _collective(
    context: typer.Context,
    collective: Annotated[
        str, typer.Argument(help="Code of the collective: small letters, digits, _ and -, as zonnewijk.")
    ],
    table: Annotated[
        list[str] | None,
        typer.Option(help="Only these tables, beside the five of a minimal start; may be given more than once."),
    ] = None,
    minimal: Annotated[bool, typer.Option("--minimal", help="Only the five tables of a minimal start.")] = False,
    lang: Annotated[Lang, typer.Option(help="Language of the sheets and explanations.")] = Lang.nl,
) -> None:
    """Make a workbook that a volunteer can fill in, in data/raw/monitoring/ID.

    A sheet per table with explanations, drop-downs and date cells, a filled example, and "Lees mij". Five sheets are
    enough for a first report. Example: `bt new collective zonnewijk`, or with `--minimal`.
    """
    workspace, _ = open_workspace(context)
    names = [*schema.MINIMAL, *(table or [])] if minimal or table else schema.MONITORING
    with pipeline.locked(workspace):
        path = blank_workbook.start(workspace.monitoring, collective, names, lang)
    terminal.say(f"{path}\nFill it in, at least the first five sheets. Then: bt check {collective}")


@app.command()
def tables(
    name: Annotated[list[str] | None, typer.Argument(help="Tables to describe; default: all.")] = None,
    form: Annotated[
        ListForm, typer.Option("--format", help="For people, for other programs, or as a page.")
    ] = ListForm.text,
    lang: Annotated[Lang, typer.Option(help="Language of the text.")] = Lang.nl,
) -> None:
    """Say which tables a collective can keep, and what each column holds.

    Example: `bt tables`, or `bt tables participation measurement`.
    """
    if form is ListForm.json:
        terminal.write(dictionary.as_json(name or ()))
    elif form is ListForm.markdown:
        terminal.write(dictionary.as_markdown(name or ()))
    else:
        terminal.write(dictionary.as_text(name or (), lang))


@app.command()
def check(
    context: typer.Context,
    collective: Annotated[list[str] | None, typer.Argument(help="Ids of collectives; default: all.")] = None,
    form: Annotated[Form, typer.Option("--format", help="For people, or for other programs.")] = Form.text,
    lang: Annotated[Lang | None, typer.Option(help="Language of the sentences; default: the setting.")] = None,
    repairs: Annotated[bool, typer.Option("--repairs", help="Also say what was repaired, skipped or kept.")] = False,
) -> None:
    """Check the monitoring packages: every problem with file, sheet, row, column, got, expected, what to do.

    Example: `bt check zonnewijk --repairs`. The exit status is 1 when there are problems.
    `bt check thesis FOLDER` checks a thesis instead: the same data, and the same figures when its notebook runs from
    the start. It runs the code in that notebook.
    """
    if collective and collective[0] == THESIS:
        faults = [students.check(Path(folder), form) for folder in collective[1:] or ["."]]
        raise typer.Exit(1 if any(faults) else 0)
    workspace, here = open_workspace(context)
    packages = pipeline.check(workspace, here)
    unknown = sorted(set(collective or []) - {package.collective_id for package in packages})
    if unknown or not packages:
        raise pipeline.PipelineError(
            f"{workspace.monitoring.joinpath(*unknown[:1])} holds no package; expected a workbook or CSVs per "
            f"collective. Put it there, or run: bt new collective {(unknown or ['ID'])[0]}"
        )
    chosen = [package for package in packages if not collective or package.collective_id in collective]
    language = lang or here.report.lang
    if form is Form.json:
        terminal.problems_as_json(chosen, language, repairs=repairs)
    else:
        terminal.problems(chosen, language, repairs=repairs)
        terminal.verdicts(chosen)
    raise typer.Exit(1 if any(package.problems for package in chosen) else 0)
