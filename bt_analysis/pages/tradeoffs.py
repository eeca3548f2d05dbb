"""What could not both be done: choices and parties of a collective in; both camps of each choice out, never counted."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import words
from bt_analysis.pages.content import Content
from bt_analysis.pages.cooperation_words import SIDES
from bt_analysis.pages.html import Html, cell, render

_SEPARATOR = ";"


def section(content: Content) -> Html:
    """Give the choices in which parties want different things.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A table with both camps of each choice; empty without choices.
    """
    table = content.learned.get("tradeoffs", pd.DataFrame())
    if table.empty:
        return Html("")
    say = content.language.say
    names = [say("keuze"), say("wie hiervoor is"), say("of"), say("wie daarvoor is"), say("besloten")]
    hidden = int((~table["text_shown"]).sum())
    after = say("We tellen niet welke kant groter is: een afweging is geen stemming.")
    if hidden:
        after += " " + say(
            "Van 1 keuze tonen we de tekst niet: wie hem schreef stemde daar niet mee in."
            if hidden == 1
            else "Van {n} keuzes tonen we de tekst niet: wie hem schreef stemde daar niet mee in.",
            n=content.language.number(hidden),
        )
    return render(
        "sections/table.html.j2", content.language, title=say("Wat niet allebei kon"), before="", dense=False,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[{"id": "", "cells": _cells(content, row)} for _, row in table.iterrows()],
        caption=say("Keuzes waarin partijen iets anders willen"), after=after,
    )  # fmt: skip


def _cells(content: Content, row: pd.Series) -> list[dict[str, str]]:
    say, typed = content.language.say, content.language.typed
    decided = content.language.date(row["decided_on"]) if pd.notna(row["decided_on"]) else say("nog niet")
    both = [say("{name} (voor allebei)", name=name) for name in _parts(row["for_both"])]
    options = [typed(row["option_a"]), typed(row["option_b"])] if row["text_shown"] else [say("tekst niet getoond")] * 2
    camps = [", ".join([*_parts(row[f"for_{option}"]), *both]) or say("niet bijgehouden") for option in ("a", "b")]
    return [cell(options[0]), cell(camps[0]), cell(options[1]), cell(camps[1]), cell(decided, "date")]


def _parts(names: str) -> list[str]:
    return [name for name in names.split(_SEPARATOR) if name]


def interests(content: Content) -> Html:
    """Give what each party wants, in its own words, for the appendix.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A row per party; empty when no party is recorded.
    """
    table = content.learned.get("interests", pd.DataFrame())
    if table.empty:
        return Html("")
    say, number, typed = content.language.say, content.language.number, content.language.typed
    names = [say("partij"), say("kant"), say("wat deze partij wil"), say("keuzes waarin deze partij kiest")]
    rows = [
        {"id": "", "cells": [
            cell(row["actor_name"]),
            cell(words.say(row["side"], SIDES, content.language)),
            cell(typed(row["interests"]) if row["text_shown"] else say("niet bijgehouden, of niet om te tonen")),
            cell(number(row["tradeoffs_n"]), "figure"),
        ]}
        for _, row in table.iterrows()
    ]  # fmt: skip
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=rows, after="",
        columns=[{"name": name, "figure": at == 3} for at, name in enumerate(names)],
        caption=say("Met wie dit collectief te maken heeft, en wat zij willen"),
    )  # fmt: skip
