"""The part that answers at once: open inputs in; a list that follows three choices out, made with Panel.

Panel shows the same list in a notebook and in the dashboard, serves all its files itself, so that no network is needed,
and runs on Tornado, beside which the forms of the dashboard are plain pages.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd

from bt_analysis.analysis.learning.input_log import STAGES
from bt_analysis.dashboard import page, parts, talk
from bt_analysis.dashboard.agenda import questions
from bt_analysis.dashboard.shown import Shown
from bt_analysis.dashboard.talk_words import AGES
from bt_analysis.pages import codes, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, text
from bt_analysis.sources import proposals

if TYPE_CHECKING:
    import panel as pn

_FONT = """:host {
  font: 1rem/1.5 var(--sans, system-ui, "Noto Sans", "Liberation Sans", Arial, sans-serif); }"""
"""Panel gives each part a font of its own; the page has one."""

_CHOICE = "label { font-weight: 600; } select.bk-input { font: inherit; min-height: 2.5rem; border-color: #6e7781; }"


def open_list(content: Content) -> pn.Column:
    """Make the list of open inputs that follows what is chosen.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Column
        Choices of stage, wait and subject; below them the inputs that fit, the longest wait first.
    """
    import panel as pn  # noqa: PLC0415 - takes a second, and most commands show no dashboard

    say = content.language.say
    rows = talk.still_open(content)
    if rows.empty:
        return pn.Column(_pane(""), sizing_mode="stretch_width")
    stages = {talk.stage(content, one): one for one in STAGES if rows["stage"].eq(one).any()}
    ages = {say(name): age for age, name in AGES.items() if rows["age"].eq(age).any()}
    named = {words.say(one, codes.DOMAINS, content.language) or say("onderwerp niet opgeschreven"): one
             for one in sorted(rows["domain"].unique())}  # fmt: skip
    look = {"stylesheets": [_FONT, _CHOICE], "width": 255, "margin": (0, 12, 8, 0)}
    pick = [
        pn.widgets.Select(label=name, options={all_of: "", **options}, **look)  # type: ignore[no-untyped-call]
        for name, all_of, options in (
            (say("Kwam tot"), say("alle stappen"), stages), (say("Wacht al"), say("kort en lang"), ages),
            (say("Onderwerp"), say("alle onderwerpen"), named),
        )
    ]  # fmt: skip

    def shown(stage: str, age: str, domain: str) -> pn.pane.HTML:
        return _pane(parts.open_rows(content, fitting(rows, stage=stage, age=age, domain=domain)))

    return pn.Column(pn.Row(*pick, styles={"flex-wrap": "wrap"}), pn.bind(shown, *pick), sizing_mode="stretch_width")


def fitting(rows: pd.DataFrame, **where: str) -> pd.DataFrame:
    """Keep the inputs that fit what is chosen.

    Parameters
    ----------
    rows : DataFrame
        As :func:`bt_analysis.dashboard.talk.still_open` gives.
    **where : str
        Column and the value it must have; empty leaves nothing out.

    Returns
    -------
    DataFrame
        Some of the rows, in their order.
    """
    for column, value in where.items():
        if value:
            rows = rows[rows[column].eq(value)]
    return rows


def view(content: Content) -> pn.Column:
    """Show the dashboard of a collective in a notebook: everything but its forms.

    Parameters
    ----------
    content : Content
        A collective's report, as :func:`bt_analysis.pages.content.of_collective` reads it.

    Returns
    -------
    Column
        To be the last line of a cell, below ``panel.extension()``.
    """
    import panel as pn  # noqa: PLC0415 - takes a second, and most commands show no dashboard

    say = content.language.say
    made = [
        _pane(parts.opening(content)),
        _pane(_headed(content, "inbreng", parts.stages(content) + parts.drawn(content))),
        open_list(content),
    ]
    for key, body in (
        ("antwoorden", parts.due(content)), ("besluiten", parts.decisions(content)),
        ("experimenten", parts.experiments(content)),
    ):  # fmt: skip
        made.append(_pane(_headed(content, key, body)))
    asked = [one.text for one in questions(content)]
    made.append(_pane(text(content.language, say(page.SECTIONS["agenda"]), points=asked)))
    return pn.Column(*made, sizing_mode="stretch_width")


def document(shown: Shown, collective_id: str, socket: str, *, may_write: bool) -> pn.Template:
    """Make the page of the dashboard for one visitor.

    Parameters
    ----------
    shown : Shown
        What may be shown.
    collective_id : str
        Whose.
    socket : str
        Address of Panel's socket, the only thing beside its own files that the page may ask for.
    may_write : bool
        Whether the visitor has shown the token.

    Returns
    -------
    Template
        For Panel's server.
    """
    import panel as pn  # noqa: PLC0415 - takes a second, and most commands show no dashboard

    content = shown.content(collective_id)
    say = content.language.say
    source = resources.files("bt_analysis") / "templates" / "dashboard" / "panel.html"
    made = pn.Template(source.read_text(encoding="utf-8"))
    title = f"{say('Om samen over te praten')} · {content.collective['name']}"
    frame = page.frame(title, content.language, synthetic=content.settings.synthetic)
    no_script = say("Zonder script werkt alleen de keuze uit de lijst van open inbreng niet. De rest is te lezen.")
    # Variables, never part of the template: what somebody typed may look like one.
    made.add_variable("page", frame | {"socket": socket, "no_script": no_script})
    for place, html in _around(shown, collective_id, may_write=may_write).items():
        made.add_variable(place, html)
    made.add_panel("open_inputs", open_list(content))
    return made


def _around(shown: Shown, name: str, *, may_write: bool) -> dict[str, str]:
    """Make what stands before and after the list, or take what was made for an earlier visitor."""
    content, waiting = shown.content(name), len(proposals.waiting(shown.folder(name)))

    def before(_: str) -> str:
        return str(page.before(content, shown.choices(), shown.level(name)))

    def after(_: str) -> str:
        return str(page.after(content, shown.claims(name), may_write=may_write, waiting=waiting))

    return {
        "before": shown.once("before", name, before),
        "after": shown.once(f"after, {waiting} waiting, {may_write}", name, after),
    }


def _headed(content: Content, key: str, body: str) -> Html:
    return Html(text(content.language, content.language.say(page.SECTIONS[key])) + body)


def _pane(html: str) -> pn.pane.HTML:
    import panel as pn  # noqa: PLC0415 - takes a second, and most commands show no dashboard

    look = {"stylesheets": [page.style(), _FONT], "sizing_mode": "stretch_width", "margin": 0}
    return pn.pane.HTML(str(html), **look)  # type: ignore[no-untyped-call]
