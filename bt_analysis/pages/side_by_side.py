"""Collectives side by side in the cross-domain report: which are in it, and what each keeps; tables, no ranking."""

from __future__ import annotations

from bt_analysis.pages import bundled, codes, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text


def cases(content: Content) -> Html:
    """Give which collectives are in: domain by urbanity.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 2: names per domain and class of urbanity, so that gaps are seen.
    """
    say = content.language.say
    told = [*bundled.left(content), *bundled.what_it_is(content)]
    head = text(content.language, "2 · " + say("Welke collectieven, en welke niet"), told)
    if content.collectives.empty:
        return head
    there = set(content.collectives["urbanity"].dropna())
    classes = [*sorted(there), *([None] if content.collectives["urbanity"].isna().any() else [])]
    body = [
        {
            "id": "",
            "cells": [cell(words.say(domain, codes.DOMAINS, content.language)), *_names_in(content, domain, classes)],
        }
        for domain in codes.DOMAINS
    ]
    names = [say(codes.URBANITY[int(one)]) if one is not None else say("stedelijkheid onbekend") for one in classes]
    absent = [say(name) for number, name in codes.URBANITY.items() if number not in there]
    gaps = say("Uit deze gebieden doet niemand mee: {classes}.", classes=", ".join(absent)) + " " if absent else ""
    table = render(
        "sections/table.html.j2", content.language, title="", dense=True, rows=body,
        before=say("Een streepje is een soort collectief of plek waar we nog niets over weten."),
        columns=[{"name": name, "figure": False} for name in [say("domein"), *names]],
        caption=say("Welke collectieven meedoen, naar domein en stedelijkheid"),
        after=gaps + say("Wie niet mee wilde doen is nog niet bijgehouden; dat kan het beeld vertekenen."),
    )  # fmt: skip
    return Html(head + table)


def _names_in(content: Content, domain: str, classes: list[int | None]) -> list[dict[str, str]]:
    own = content.collectives[content.collectives["primary_domain"] == domain]
    here = [own[own["urbanity"].isna()] if one is None else own[own["urbanity"].eq(one)] for one in classes]
    return [cell(", ".join(rows["name"]) or "–") for rows in here]


def kept(content: Content) -> Html:
    """Give what each collective keeps.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table of collectives by monitoring tables; nothing without collectives.
    """
    if content.collectives.empty:
        return Html("")
    say = content.language.say
    body = [
        {"id": "", "cells": [cell(row["name"]), *(
            cell(say("ja") if table in row["tables_kept"].split(";") else say("nog niet"))
            for table in codes.TABLES)]}
        for row in content.collectives.to_dict("records")
    ]  # fmt: skip
    names = [say("collectief"), *(say(name) for name in codes.TABLES.values())]
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body, after="",
        columns=[{"name": name, "figure": False} for name in names], caption=say("Wat elk collectief bijhoudt"),
    )  # fmt: skip
