"""Theses: bt new thesis, and the part of bt check that is about one."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bt_analysis import demo, fetching, pipeline, settings, terminal, thesis
from bt_analysis.cli.app import Audience, Form, Lang, new
from bt_analysis.settings import Workspace

_DEMO = "demo"


@new.command("thesis")
def _thesis(
    name: Annotated[str, typer.Argument(help="Name of the folder: small letters, digits, - and _.")],
    source: Annotated[
        str,
        typer.Option("--from", help="`demo` (made-up data), a workspace that was built, or an exported data package."),
    ] = _DEMO,
    into: Annotated[Path, typer.Option("--into", help="Folder to make it in.")] = Path(),
    question: Annotated[str, typer.Option("--question", help="Code of an open question of the programme.")] = "",
    audience: Annotated[
        Audience, typer.Option(help="Of a workspace: only collectives that released their data for these.")
    ] = Audience.openbaar,
    lang: Annotated[Lang, typer.Option(help="Language of its texts.")] = Lang.nl,
) -> None:
    """Make the folder of a thesis: a fixed data version, a notebook, a bibliography and what the check needs.

    Never with what a collective delivered: made-up data, or figures that collectives released. Example:
    `bt new thesis huurders-bereiken --from ../workspace --question bt-1-bereik`.
    """
    today = dt.datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    if source == _DEMO:
        terminal.say("Making a fictional municipality with 8 collectives to take data from …")
        with tempfile.TemporaryDirectory(prefix="bt-") as scratch:
            given = thesis.taken_from(_fictional(Path(scratch) / "demo"), today)
    else:
        given = thesis.taken_from(Path(source), today, audience)
    told = thesis.make(into / name, given, question, today, lang)
    made_up = "made-up data" if told["data"]["synthetic"] else f"data released for {told['data']['audience']}"
    terminal.say(
        f"{into / name}: data version {told['data']['version']}, {made_up}, "
        f"{terminal.count(len(given.questions), 'open question')}\n"
        f"Write what stands between ⟨ ⟩ in thesis.ipynb. Then: bt check thesis {into / name}"
    )


def _fictional(root: Path) -> Path:
    demo.make(root)
    made = settings.load(root)
    with demo.served(root) as url:
        here = made.model_copy(update={"cbs": made.cbs.model_copy(update={"base_url": url})})
        fetching.fetch_all(Workspace(root), here, fetching.chosen(here))
    pipeline.build(Workspace(root), made)
    demo.share(Workspace(root), made)
    return root


def check(folder: Path, form: Form) -> int:
    """Check a thesis and print every fault, a line each.

    Parameters
    ----------
    folder : Path
        Folder of the thesis.
    form : Form
        For people, or for other programs.

    Returns
    -------
    int
        Faults found.

    Raises
    ------
    ThesisError
        When the folder is no thesis.
    """
    found = thesis.check(folder)
    if form is Form.json:
        faults = [fault.fields() for fault in found.faults]
        content = {"version": found.version, "faults": faults, "notes": list(found.notes)}
        terminal.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        return len(faults)
    for fault in found.faults:
        terminal.say(str(fault))
    for note in found.notes:
        terminal.say(f"note: {note}")
    state = terminal.count(len(found.faults), "fault") if found.faults else "in order, the same figures from the start"
    terminal.say(f"{folder}: data version {found.version}, {state}")
    return len(found.faults)
