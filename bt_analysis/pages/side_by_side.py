"""Collectives side by side in the cross-domain report: what each keeps in, a table without a ranking out."""

from __future__ import annotations

from bt_analysis.pages import codes
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render


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
