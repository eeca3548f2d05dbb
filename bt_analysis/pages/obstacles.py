"""Obstacles of both worlds side by side: counts by side, kind and stage in; tables whose numbers can be checked out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.learning.obstacles import QUESTION, SIDE, STAGE, TYPE
from bt_analysis.language import joined
from bt_analysis.pages import chapters, counts, selection, tables, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.cooperation_words import OBSTACLES, SIDES
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.input_words import STAGES

MOST = 6
"""Obstacles whose solution is told in the report of a collective; the rest is counted."""


def of_collective(content: Content) -> Html:
    """Say what stopped or slowed down the work of a collective, on both sides.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Tiles of numbers, by side, and what helped; a sentence when it is not kept.
    """
    say = content.language.say
    total = content.one(QUESTION, "obstacles_n", group_type="")
    if total is None:
        sentence = say("Wat het werk tegenhoudt is nog niet bijgehouden.")
        return text(content.language, "", tile=sentence)
    order = {side: at for at, side in enumerate(SIDES)}
    sides = content.rows(QUESTION, "obstacles_n", group_type=SIDE)
    sides = sides.sort_values("group_value", key=lambda names: names.map(order))
    tiles = [
        tables.tile(content, row, say("hindernissen bij {side}", side=_side(content, row)),
                    say("hindernis bij {side}", side=_side(content, row)))
        for _, row in sides.iterrows()
    ] or [tables.tile(content, total, say("hindernissen"), say("hindernis"))]  # fmt: skip
    tiles += [
        tables.tile(content, content.one(QUESTION, "obstacles_resolved_n", group_type=""), say("daarvan opgelost")),
        tables.tile(content, content.one(QUESTION, "obstacle_hours", group_type=""), say("uur aan kwijt")),
    ]
    head = render(
        "sections/tiles.html.j2", content.language, title="", tiles=tiles, after=[],
        paragraphs=[say("Wat het werk tegenhield of vertraagde, bij bewoners en bij anderen:")],
    )  # fmt: skip
    return Html(head + _helped(content))


def _side(content: Content, row: pd.Series) -> str:
    return words.say(str(row["group_value"]), SIDES, content.language)


def _helped(content: Content) -> Html:
    """List what helped, of obstacles that were resolved in words that may be shown."""
    table = content.learned.get("obstacles", pd.DataFrame())
    if table.empty:
        return Html("")
    first, last = reporting.bounds(content.period)
    # As in the tiles above: of the period is what was there in it; what helped later had not helped yet.
    outside = (table["first_seen"] > last) | (table["resolved_on"] > last) | (table["resolved_on"] < first)
    told = table[table["how_shown"] & table["how"].ne("") & ~outside]
    if told.empty:
        return Html("")
    say, language = content.language.say, content.language
    points = [
        joined("", [
            f"{words.say(row['type'], OBSTACLES, language)} ({words.say(row['side'], SIDES, language)}): ",
            language.typed(row["how"]),
        ])
        for _, row in told.head(MOST).iterrows()
    ]  # fmt: skip
    more = len(told) - MOST
    points += [say("en nog {n}", n=content.language.number(more))] if more > 0 else []
    return text(content.language, "", [say("Wat hielp:")], points=points)


def section(content: Content) -> Html:
    """Give the obstacles of all collectives, both worlds side by side.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 6: by kind, by stage, and what they cost, per side.
    """
    say, number = content.language.say, content.language.number
    title = chapters.title(6, content.language)
    total = content.one(QUESTION, "obstacles_n", group_type="", collective_id="")
    if total is None:
        return text(content.language, title, tile=say("Belemmeringen zijn nog niet bijgehouden."))
    known = content.learned["obstacles"]["collective_id"].nunique()
    paragraph = say(
        "{n} van de {of} collectieven houden bij wat hun werk tegenhoudt. Samen noemden ze {total} hindernissen.",
        n=number(known), of=number(len(content.collectives)), total=number(total["value"]),
    )  # fmt: skip
    whose = say("Collectieven hielden dit zelf bij. Anderen zien hun eigen hindernissen misschien anders.")
    head = text(content.language, title, [f"{paragraph} {whose}", selection.again(content)])
    return Html("".join([head, *(_by(content, kind) for kind in (TYPE, STAGE)), _costs(content)]))


def _sides(content: Content) -> list[str]:
    """List the sides that have obstacles: residents and government first."""
    there = set(content.rows(QUESTION, "obstacles_n", group_type=SIDE, collective_id="")["group_value"])
    return [side for side in SIDES if side in there]


def by_kind(content: Content) -> Html:
    """Set what stood in the way beside each other, by kind and side.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table whose numbers lead to their line in the appendix; empty when nobody keeps it.
    """
    return _by(content, TYPE)


def _by(content: Content, kind: str) -> Html:
    """Make a table of kinds or stages by side."""
    say, sides = content.language.say, _sides(content)
    rows = content.rows(QUESTION, "obstacles_n", collective_id="")
    cells = counts.by(rows, "group_type", "group_value")
    groups = OBSTACLES if kind == TYPE else STAGES
    there = {value for group_type, value in cells if group_type.startswith(f"{kind}_")}
    body = [
        {
            "id": "",
            "cells": [
                cell(say(name)),
                *(counts.number(content, cells.get((f"{kind}_{side}", code))) for side in sides),
            ],
        }
        for code, name in groups.items()
        if code in there
    ]
    if not body:
        return Html("")
    names = [say("soort") if kind == TYPE else say("fase"), *(say(SIDES[side]) for side in sides)]
    captions = {
        TYPE: say("Hindernissen naar soort en kant"),
        STAGE: say("Hindernissen naar de fase waarin ze ontstaan, en kant"),
    }
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False, rows=body,
        columns=[{"name": name, "figure": at > 0} for at, name in enumerate(names)], caption=captions[kind],
        after=say("Een streepje: niemand noemde dit. Dat wil niet zeggen dat het er niet is.") if kind == TYPE else "",
    )  # fmt: skip


def _costs(content: Content) -> Html:
    """Make a table of how many there are per side, how many are resolved, and what they cost in hours and days."""
    say = content.language.say
    lines = (
        ("obstacles_n", say("genoemd")), ("obstacles_resolved_n", say("daarvan opgelost")),
        ("obstacle_hours", say("uren kwijt")), ("obstacle_days", say("dagen tot het was opgelost (mediaan)")),
    )  # fmt: skip
    sides = _sides(content)
    rows = content.rows(QUESTION, group_type=SIDE, collective_id="")
    cells = counts.by(rows, "indicator_id", "group_value")
    body = [
        {"id": "", "cells": [cell(name), *(counts.number(content, cells.get((line, side))) for side in sides)]}
        for line, name in lines
    ]
    names = [say("wat"), *(say(SIDES[side]) for side in sides)]
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False, rows=body,
        after=counts.star(content, rows),
        columns=[{"name": name, "figure": at > 0} for at, name in enumerate(names)],
        caption=say("Wat hindernissen kosten, per kant"),
    )  # fmt: skip
