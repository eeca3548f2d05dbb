"""What every command shares: the application itself, its options, languages, and opening a workspace."""

from __future__ import annotations

import logging
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bt_analysis import __version__, settings, storage, terminal
from bt_analysis.settings import Settings, SettingsError, Workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Learn together what works, for whom, where: official statistics joined with what collectives record.",
)

_LOOK_ONLY = ("check", "indicators", "status")
"""Commands that write nothing; each other one holds a workspace on object storage while it works."""
_STAY_OPEN = ("dashboard", "lab")

new = typer.Typer(no_args_is_help=True, help="Make something new to fill in: a collective or a thesis.")
app.add_typer(new, name="new")


class Lang(StrEnum):
    """Languages of the reports."""

    nl = "nl"
    en = "en"


class Form(StrEnum):
    """How problems are printed: for people, or for other programs."""

    text = "text"
    json = "json"


class Audience(StrEnum):
    """For whom data are released, each wider than the one before."""

    bewoners = "bewoners"
    gemeente = "gemeente"
    openbaar = "openbaar"


class Role(StrEnum):
    """Who can say yes for a collective."""

    collective = "collective"
    action_researcher = "action_researcher"
    researcher = "researcher"
    student = "student"
    municipality = "municipality"


class ListForm(StrEnum):
    """How a list is printed: for people, for other programs, or as a page of the documentation."""

    text = "text"
    json = "json"
    markdown = "markdown"


@new.callback()
def _new() -> None:
    """Make something new to fill in: `bt new collective ID`, or `bt new thesis NAME`."""


def _say_version(asked: bool) -> None:
    if asked:
        terminal.say(__version__)
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    workspace: Annotated[
        str,
        typer.Option(
            "--workspace",
            "-w",
            envvar="BT_WORKSPACE",
            help="Folder with bt.toml, data/ and reports/, or its URL on object storage, as s3://bucket/folder.",
        ),
    ] = ".",
    debug: Annotated[bool, typer.Option("--debug", help="Show where a mistake arose.")] = False,
    version: Annotated[  # noqa: ARG001 - typer calls _say_version for it
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = {"workspace": workspace, "debug": debug}
    # force: cbsodata sets up logging when it is imported. Retries are told once, at the end, and not one by one.
    level = logging.INFO if debug else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO if debug else logging.ERROR)


def open_workspace(context: typer.Context) -> tuple[Workspace, Settings]:
    """Open the workspace that --workspace names.

    Parameters
    ----------
    context : Context
        Of the command that was called.

    Returns
    -------
    tuple
        The workspace and its settings.

    Raises
    ------
    SettingsError
        When there is no such folder, or its bt.toml is wrong.
    StorageError
        When it is on object storage, and that cannot be used.
    """
    named = str(context.obj["workspace"])
    root = _from_storage(context, named) if storage.is_url(named) else Path(named)
    if not root.is_dir():
        raise SettingsError(
            f"workspace {root} is no folder; expected one with data/ in it. Make it, or name another with --workspace."
        )
    return Workspace(root), settings.load(root)


def _from_storage(context: typer.Context, url: str) -> Path:
    """Bring a workspace here, and put back what changed when the command is done, however it ends."""
    if context.info_name in _STAY_OPEN:
        raise storage.StorageError(
            f"bt {context.info_name} got {url}; expected a folder, as it stays open while others may write there. "
            "Bring a copy first, and name that with --workspace."
        )
    writes = context.info_name not in _LOOK_ONLY
    return context.with_resource(storage.at_hand(url, terminal.put_back, writes=writes))
