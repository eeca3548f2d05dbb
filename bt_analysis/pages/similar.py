"""Which areas are like this one, and how alike: the comparison of one collective in, tables of the appendix out."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from bt_analysis.pages import change, sentences, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render

MOST = 10
"""Similar areas that are named; the others are counted."""

FEATURES = {
    "path_mean": "dit cijfer zelf: gemiddeld voor de start",
    "path_slope": "dit cijfer zelf: verandering per jaar voor de start",
    "path_last": "dit cijfer zelf: laatste jaar voor de start",
}
"""What areas are to be alike in beside indicators of the catalogue."""

LEFT_OUT = {
    "other_work_area": "in een gebied met een collectief ligt",
    "adjoining": "naast dit gebied ligt",
    "same_neighbourhood": "in dezelfde wijk ligt",
    "boundaries_changed": "andere grenzen kreeg",
    "figure_missing": "niet van elk jaar een cijfer heeft",
    "other_urbanity": "meer of minder stedelijk is",
    "other_size": "veel groter of kleiner is",
}
"""Why a region is not compared with, as far as there are words for it."""


def section(content: Content) -> Html:
    """Make the part of the appendix on similar areas.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        For each figure that is shown the areas it was set beside and in what they are alike, to fold in. Empty when
        nothing is shown.
    """
    say = content.language.say
    shown = [one.indicator_id for one in change.outcomes(content) if one.shown]
    parts = []
    for indicator_id in shown:
        body = [_areas(content, indicator_id), _balance(content, indicator_id)]
        if any(body):
            label = sentences.label(content, indicator_id)
            summary = say("{label}: waar het op lijkt, en hoe goed", label=label)
            values = {"summary": summary, "body": Markup("".join(body))}  # noqa: S704 - made by templates
            parts.append(render("sections/fold.html.j2", content.language, **values))
    return Html("".join(parts))


def _of(table: pd.DataFrame, indicator_id: str) -> pd.DataFrame:
    return table[table["indicator_id"].eq(indicator_id)] if len(table) else table


def _areas(content: Content, indicator_id: str) -> Html:
    """Name the areas that weigh most."""
    say, number = content.language.say, content.language.number
    rows = _of(content.similar, indicator_id)
    if rows.empty:
        return Html("")
    first = rows.sort_values(["weight", "regiocodes"], ascending=[False, True]).head(MOST)
    kind = change.areas(content, indicator_id)
    names = [kind.capitalize(), say("gemeente"), say("telt mee voor")]
    more = len(rows) - len(first)
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=True,
        columns=[{"name": name, "figure": name == names[2]} for name in names],
        rows=[
            {"id": "", "cells": [cell(row["regiocodes_label"]), cell(row["gemeente_label"]),
                                 cell(number(100 * row["weight"], 1) + "%", "figure")]}
            for _, row in first.iterrows()
        ],
        caption=say("{areas} die hierop lijken", areas=names[0]),
        after=" ".join(filter(None, [say("En nog {n} andere.", n=str(more)) if more else "",
                                     *_not_compared(content, indicator_id)])),
    )  # fmt: skip


def _not_compared(content: Content, indicator_id: str) -> list[str]:
    """Count the regions that were not compared with, and why, as far as there are words for it."""
    say, number = content.language.say, content.language.number
    rows = _of(content.left_out, indicator_id)
    known = rows[rows["reason"].isin(LEFT_OUT)] if len(rows) else rows
    said = [f"{say(LEFT_OUT[str(row['reason'])])} ({number(row['left_out_n'])})" for _, row in known.iterrows()]
    return [say("Niet vergeleken met wat {reasons}.", reasons="; ".join(said))] if said else []


def _balance(content: Content, indicator_id: str) -> Html:
    """Show in what the areas are like this one, with and without weights."""
    say = content.language.say
    rows = _of(content.balance, indicator_id)
    rows = rows[rows["work_area_value"].notna()] if len(rows) else rows
    if rows.empty:
        return Html("")
    names = [say("waarin"), say("hier"), say("alle gebieden"), say("waar het op lijkt"), say("nog anders")]
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=True,
        columns=[{"name": name, "figure": name != names[0]} for name in names],
        rows=[{"id": "", "cells": _cells(content, row, indicator_id)} for _, row in rows.iterrows()],
        caption=say("Hoe goed de gebieden op dit gebied lijken"),
        after=say("Nog anders: in standaardafwijkingen, tussen haakjes voor het uitzoeken. Onder 0,1 is klein."),
    )


def _cells(content: Content, row: pd.Series, indicator_id: str) -> list[dict[str, str]]:
    number, feature = content.language.number, str(row["feature"])
    indicator = content.catalogue.get(indicator_id if feature in FEATURES else feature)
    decimals, unit = (indicator.decimals, indicator.unit) if indicator else (1, "")
    decimals += 1 if feature == "path_slope" else 0
    name = words.say(feature, FEATURES, content.language) if feature in FEATURES else sentences.label(content, feature)
    if pd.notna(row["year"]):
        name += f" ({int(row['year'])})"
    figures = [
        words.amount(row[column], unit, decimals, content.language)
        for column in ("work_area_value", "all_value", "weighted_value")
    ]
    left = f"{number(row['weighted_difference'], 2)} ({number(row['all_difference'], 2)})"
    return [cell(name), *(cell(one, "figure") for one in figures), cell(left, "figure")]
