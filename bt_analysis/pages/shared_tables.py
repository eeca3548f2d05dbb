"""Tables beside what collectives share: each collective with the others, conditions, and what stays apart; HTML out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import poolable, together
from bt_analysis.pages import sentences, shared_words, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.shared_rows import (
    MODERATOR,
    between,
    condition,
    effects,
    ends_cell,
    families,
    figure,
    name,
    told,
)


def moderators(content: Content) -> Html:
    """Say with which conditions larger changes go together.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table of what was looked at, each by itself; nothing when nothing was put together.
    """
    say = content.language.say
    rows = content.learned.get("pooled_moderators", pd.DataFrame())
    if rows.empty:
        return Html("")
    body = [
        {"id": "", "cells": [
            cell(f"{name(content, row)}: {condition(content, row['moderator'])}"),
            cell(content.language.number(row["collectives_n"]), "figure"),
            ends_cell(content, figure(content, row, MODERATOR + row["moderator"])),
            cell(_goes_with(content, row), "why"),
        ]}
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = [say("waar gekeken is"), say("collectieven"), say("verschil per stap"), say("hangt samen")]
    return render(
        "sections/table.html.j2", content.language, title=say("Waar gaat het anders?"), dense=True, rows=body,
        before=say("Elke voorwaarde is apart bekeken. Samenhang is geen oorzaak."),
        columns=[{"name": one, "figure": place in (1, 2)} for place, one in enumerate(heads)],
        caption=say("Voorwaarden naast de cijfers van collectieven samen"),
        after=say("Gecorrigeerd voor hoeveel voorwaarden er zijn bekeken (Holm)."),
    )  # fmt: skip


def _goes_with(content: Content, row: Any) -> str:
    say = content.language.say
    if row["p_holm"] > content.settings.learning.level:
        return say("niet te zien")
    return say("hoger") if row["slope"] > 0 else say("lager")


def by_collective(content: Content) -> Html:
    """Give each collective's own figure beside the best guess that borrows from the others.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table per family that was put together, in order of the alphabet; nothing when none was.
    """
    found = families(content)
    pooled = found[found["stage"].eq(together.POOLED)].to_dict("records")
    return Html("".join(_of_each(content, family) for family in pooled))


def _of_each(content: Content, family: Any) -> Html:
    say = content.language.say
    rows = effects(content, family)
    change = family["kind"] != poolable.LEVEL
    unit = "pp" if change and family["unit"] == "%" else family["unit"]

    body = [
        {"id": "", "cells": [
            cell(row["name"] + (" *" if row["exception"] else "")),
            cell(told(content, row["value"], unit), "figure"),
            cell(between(content, row["ci_low"], row["ci_high"], unit), "figure"),
            cell(told(content, row["shrunken"], unit), "figure"),
            cell(between(content, row["shrunken_low"], row["shrunken_high"], unit), "figure"),
            cell(say(shared_words.DESIGNS[row["design"]]), "why"),
        ]}
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = [
        say("collectief"), say("eigen cijfer"), say("marge"), say("met de anderen"), say("marge"),
        say("hoe gemeten"),
    ]  # fmt: skip
    starred = "* " + say("wijkt zeker af van de rest") + ". " if rows["exception"].any() else ""
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body,
        columns=[{"name": one, "figure": 0 < place < 5} for place, one in enumerate(heads)],
        caption=name(content, family),
        after=starred + say("Wie weinig mensen vroeg, leunt in de schatting met de anderen meer op het gemiddelde."),
    )  # fmt: skip


def apart(content: Content) -> Html:
    """List the figures that are not put together, and why.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A line per reason, with how many figures and of what; nothing when all could be.
    """
    say = content.language.say
    rows = content.learned.get("not_pooled", pd.DataFrame())
    if rows.empty:
        return Html("")
    points = []
    for reason, group in rows.groupby("reason", sort=True):
        labels = sorted({sentences.label(content, one) for one in group["indicator_id"]})
        points.append(f"{say(shared_words.REASONS_LEFT[str(reason)])}: {words.listed(labels, content.language)}.")
    lead = say("Deze cijfers gaan niet samen met die van anderen:")
    return text(content.language, "", [lead], points=points)
