"""Every arrow of the theory of change as text: graded arrows in; a table, and a list of what nobody saw, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import theory_words, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text


def every_arrow(content: Content) -> Html:
    """List every arrow of the drawing, for those who read rather than look.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A row per arrow with evidence, and a point per arrow that nobody looked into; empty without arrows.
    """
    arrows = theory_words.together(content)
    if arrows.empty:
        return Html("")
    say, language, named = content.language.say, content.language, theory_words.every_label(content)
    rank = {status: at for at, status in enumerate(theory_words.STATUSES)}
    arrows = arrows.assign(rank=arrows["status"].map(rank)).sort_values(["rank", "arrow_id"])
    studied = arrows["status"].ne("niet_onderzocht")
    names = [
        say("pijl"), say("status"), say("bewijs"), say("collectieven voor"), say("sterkste bewijs"), say("nieuwste"),
        say("omdat"),
    ]  # fmt: skip
    table = render(
        "sections/table.html.j2",
        language,
        title="",
        before="",
        dense=True,
        columns=[{"name": name, "figure": name == names[3]} for name in names],
        rows=[{"id": "", "cells": _cells(content, row, named)} for _, row in arrows[studied].iterrows()],
        caption=say("Pijlen met bewijs, en wat erover bekend is"),
        after="",
    )
    points = [theory_words.arrow(row, named) for _, row in arrows[~studied].iterrows()]
    parts = [
        (say("Pijlen met bewijs, als tabel ({n})", n=language.number(studied.sum())), table),
        (say("Pijlen die niemand onderzocht ({n})", n=language.number(len(points))), text(language, "", points=points)),
    ]
    return Html(
        "".join(
            render("sections/fold.html.j2", language, summary=summary, body=body, closed=True)
            for summary, body in parts
        )
    )


def _cells(content: Content, row: pd.Series, named: dict[str, str]) -> list[dict[str, str]]:
    language = content.language
    design = (
        "" if pd.isna(row["best_design"]) else words.say(str(int(row["best_design"])), theory_words.DESIGNS, language)
    )
    return [
        cell(theory_words.arrow(row, named)),
        cell(theory_words.status(row, language)),
        cell(theory_words.evidence(row, language)),
        cell(language.number(row["collectives_n"]), "figure"),
        cell(design),
        cell("" if pd.isna(row["newest"]) else language.date(row["newest"]), "date"),
        cell(language.typed(row["mechanism"], row["mechanism_en"]), "why"),
    ]
