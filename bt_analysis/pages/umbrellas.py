"""What the layer in between costs and gives: hours and lessons of memberships in; a sentence or a table out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.umbrellas import HOURS, MEMBERS, QUESTION, RECEIVED, SENT
from bt_analysis.pages import counts, tables
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text


def of_collective(content: Content) -> Html:
    """Say what a collective gives to its umbrellas, and gets.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Number tiles; empty when no membership is kept.
    """
    say = content.language.say
    if content.one(QUESTION, MEMBERS, group_type="") is None:
        return Html("")
    tiles = [
        tables.tile(content, content.one(QUESTION, HOURS, group_type=""), say("uur per jaar voor koepels")),
        tables.tile(content, content.one(QUESTION, SENT, group_type=""), say("lessen doorgegeven"),
                    say("les doorgegeven")),
        tables.tile(content, content.one(QUESTION, RECEIVED, group_type=""), say("lessen gekregen en gebruikt"),
                    say("les gekregen en gebruikt")),
    ]  # fmt: skip
    names = sorted(set(content.learned.get("umbrellas", pd.DataFrame({"umbrella": []}))["umbrella"]))
    paragraph = say("Het collectief hoort bij: {names}.", names=", ".join(names))
    return render(
        "sections/tiles.html.j2", content.language, title="", paragraphs=[paragraph], tiles=tiles,
        after=[say("Lessen tellen over de hele tijd van de aansluiting.")],
    )  # fmt: skip


def section(content: Content) -> Html:
    """Give what collectives together give to each umbrella, and get.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table of umbrellas in order of the alphabet; a sentence when no membership is kept.
    """
    say = content.language.say
    rows = content.rows(QUESTION, collective_id="")
    if rows.empty:
        sentence = say("Wat koepels kosten en brengen is nog niet bijgehouden.")
        return text(content.language, say("Koepels"), tile=sentence)
    by_umbrella = rows[rows["group_type"].eq("koepel")]
    umbrellas = sorted(set(by_umbrella["group_value"]))
    lines = [*umbrellas, *([""] if len(umbrellas) > 1 else [])]
    names = [say("koepel"), say("leden"), say("uur per jaar"), say("lessen doorgegeven"), say("lessen gekregen")]
    cells = counts.by(rows, "indicator_id", "group_value")
    body = [
        {"id": "", "cells": [
            cell(umbrella or say("alle koepels samen")),
            *(counts.number(content, cells.get((name, umbrella))) for name in (MEMBERS, HOURS, SENT, RECEIVED)),
        ]}
        for umbrella in lines
    ]  # fmt: skip
    star = counts.star(content, rows)
    counted = say("Dit gaat over aansluitingen die nog lopen. Lessen tellen over de hele tijd ervan.")
    return render(
        "sections/table.html.j2", content.language, title=say("Koepels"), dense=False, rows=body,
        before=say("Een koepel kost tijd en brengt lessen. Beide staan hier naast elkaar, in hun eigen eenheid."),
        columns=[{"name": name, "figure": at > 0} for at, name in enumerate(names)],
        caption=say("Wat collectieven aan koepels geven en van ze krijgen"),
        after=f"{star} {counted}".strip(),
    )  # fmt: skip
