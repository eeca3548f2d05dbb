"""What collectives deliver: bt new, bt tables, bt check and bt accept; bt check also checks a thesis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bt_analysis import dictionary, pipeline, schema, terminal
from bt_analysis.cli import students
from bt_analysis.cli.app import Form, Lang, ListForm, app, new, open_workspace
from bt_analysis.sources import blank_workbook, monitoring, proposals, taking_over

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

    Rows that somebody proposed in the dashboard are listed too; `bt accept` takes them over.
    Example: `bt check zonnewijk --repairs`. The exit status is 1 when there are problems.
    `bt check thesis FOLDER` checks a thesis instead: the same data, and the same figures when its notebook runs from
    the start. It runs the code in that notebook.
    """
    if collective and collective[0] == THESIS:
        faults = [students.check(Path(folder), form) for folder in collective[1:] or ["."]]
        raise typer.Exit(1 if any(faults) else 0)
    workspace, here = open_workspace(context)
    with terminal.steps() as tell:
        packages = pipeline.checked(workspace, here, tell=tell)
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
        for package in chosen:
            _say_waiting(package.folder)
    raise typer.Exit(1 if any(package.problems for package in chosen) else 0)


@app.command()
def accept(
    context: typer.Context,
    collective: Annotated[str, typer.Argument(help="Id of the collective whose proposals to look at.")],
    proposal: Annotated[
        list[str] | None, typer.Option("--only", help="Name of a proposal; may be given more than once. Default: all.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take them over; without it they are only shown.")] = False,
) -> None:
    """Take rows that were proposed in the dashboard over into the package of a collective.

    Look first with `bt accept zonnewijk`, then take over with `bt accept zonnewijk --yes`. To refuse one, throw its
    file away. The file as it was stays in voorstellen/eerder.
    """
    workspace, _ = open_workspace(context)
    folder = workspace.monitoring / collective
    found = [one for one in proposals.waiting(folder) if not proposal or one.path.name in proposal]
    if not found:
        raise proposals.ProposalError(
            f"{folder / proposals.FOLDER} holds no such proposal; expected one that bt check lists. Run: bt check"
        )
    for one in found:
        terminal.say(f"{one.path.name}: " + "; ".join(f"{name} = {value}" for name, value in one.row.items()))
    if not yes:
        terminal.say(f"Nothing was changed. To take over: bt accept {collective} --yes")
        return
    with pipeline.locked(workspace):
        for one in found:
            into = taking_over.take_over(folder, one, lambda place: len(monitoring.read_package(place, None).problems))
            terminal.say(f"{one.path.name}: taken over into {into.name}")
    terminal.say(f"Now run: bt check {collective}")


def _say_waiting(folder: Path) -> None:
    """Name the proposed rows that wait for the keeper of a package."""
    found = proposals.waiting(folder)
    if found:
        names = ", ".join(one.path.name for one in found)
        terminal.say(f"{folder.name}: {terminal.count(len(found), 'proposal')} in {proposals.FOLDER}: {names}. "
                     f"Look at it with: bt accept {folder.name}")  # fmt: skip
