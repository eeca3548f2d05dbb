"""What people talk over: bt dashboard."""

from __future__ import annotations

import webbrowser
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

import typer

from bt_analysis import dashboard, terminal
from bt_analysis.cli.app import Lang, app, open_workspace
from bt_analysis.dashboard import Key, Shown, agenda, exported, page


class AgendaForm(StrEnum):
    """How an agenda is written."""

    json = "json"
    csv = "csv"
    html = "html"


@app.command("dashboard")
def _dashboard(
    context: typer.Context,
    collective: Annotated[str, typer.Argument(help="Id of the one collective to show; default: all.")] = "",
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; default: the first free from 5006.")] = None,
    host: Annotated[
        str, typer.Option(help="Address of this machine to answer on; others may then look too, with the token.")
    ] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    lang: Annotated[Lang | None, typer.Option(help="Language; default: the setting.")] = None,
    agenda_of: Annotated[
        str, typer.Option("--agenda", metavar="COLLECTIVE", help="Print the agenda of this collective and stop.")
    ] = "",
    form: Annotated[AgendaForm, typer.Option("--format", help="How --agenda is written.")] = AgendaForm.json,
) -> None:
    """Open the Dialogue Dashboard: what residents, collective and municipality talk over.

    It answers on this machine only. Writing needs the token in the address that is printed; a reply becomes a proposed
    change in the collective's package. Example: `bt dashboard zonnewijk`, or
    `bt dashboard --agenda zonnewijk --format html > agenda.html`.
    """
    workspace, here = open_workspace(context)
    shown = Shown(workspace, lang or here.report.lang, agenda_of or collective)
    if agenda_of:
        terminal.write(_agenda(shown, agenda_of, form))
        return
    key = Key(host, dashboard.free_port(host, port))
    made = dashboard.server(shown, key)
    given = {"token": key.token} | ({"collective": collective} if collective else {})
    url = f"{key.address}open?{urlencode(given)}"
    terminal.say(f"Open {url}\nWho has this address may write proposals. Stop with Ctrl-C.")
    if not key.is_local:
        terminal.warn(f"others who can reach {host} can ask for this dashboard too; without the token they get nothing")
    made.start()
    if not no_browser:
        webbrowser.open(url)
    try:
        made.io_loop.start()
    except KeyboardInterrupt:
        terminal.say("stopped")
    finally:
        made.stop()


def _agenda(shown: Shown, name: str, form: AgendaForm) -> str:
    content = shown.content(name)
    asked = agenda.chosen(content, None)
    if form is AgendaForm.html:
        return str(page.agenda_page(content, asked))
    return exported.as_json(content, asked) if form is AgendaForm.json else exported.as_csv(content, asked)
