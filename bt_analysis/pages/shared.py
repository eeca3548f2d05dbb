"""What figures that collectives share show together: families of effects in, HTML of section 4 out. No ranking.

What the next neighbourhood would probably see comes first; an effect that cannot be seen is never called none.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import together
from bt_analysis.analysis.learning.pooled_model import IN_PLACES
from bt_analysis.analysis.learning.shared import COUNT, FLIPS
from bt_analysis.pages import selection, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.shared_rows import effects, ends_cell, families, figure, name, told


def section(content: Content) -> Html:
    """Say what figures that collectives share show together.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        The end of section 4: what the next neighbourhood would see, points of five to nine collectives, what is only
        set side by side, and who is not in it. One sentence when nothing is shared.
    """
    say = content.language.say
    found = families(content)
    if found.empty:
        tile = say("Nog geen cijfer is bij meer collectieven op dezelfde manier gemeten.")
        return text(content.language, "", tile=tile)
    pooled, points, alone = (
        found[found["stage"].eq(one)] for one in (together.POOLED, together.POINTS, together.BESIDE)
    )
    opening = [
        say("Sommige cijfers zijn bij meer collectieven met dezelfde vragenlijst gemeten. Die mogen naast elkaar."),
        selection.again(content),
    ]
    parts = [
        text(content.language, "", opening),
        *([_pooled(content, pooled)] if len(pooled) else []),
        *([_points(content, points)] if len(points) else []),
        *([text(content.language, "", [_alone(content, alone)])] if len(alone) else []),
    ]
    return Html("".join(parts))


def _number(content: Content, row: pd.Series | None) -> dict[str, str]:
    return cell("–") if row is None else cell(content.language.number(row["value"]), "figure", row["claim_id"])


def _pooled(content: Content, found: pd.DataFrame) -> Html:
    """Set families that were put together below each other, with what each comes to."""
    say = content.language.say
    body = []
    for family in found.to_dict("records"):
        mean = figure(content, family, together.MEAN)
        body.append({"id": "", "cells": [
            cell(name(content, family)),
            _number(content, figure(content, family, COUNT)),
            ends_cell(content, figure(content, family, together.NEW)),
            cell("–") if mean is None else cell(told(content, mean["value"], mean["unit"]), "figure", mean["claim_id"]),
            ends_cell(content, mean),
            _number(content, figure(content, family, FLIPS)),
        ]})  # fmt: skip
    heads = [
        say("cijfer"), say("collectieven"), say("de volgende buurt"), say("gemiddeld"), say("marge van het gemiddelde"),
        say("draait zonder"),
    ]  # fmt: skip
    table = render(
        "sections/table.html.j2", content.language, title=say("Wat zou de volgende buurt zien?"), dense=True, rows=body,
        before=say("In ongeveer 9 van de 10 nieuwe buurten ligt het echte cijfer tussen deze twee getallen."),
        columns=[{"name": one, "figure": place > 0} for place, one in enumerate(heads)],
        caption=say("Cijfers van ten minste {n} collectieven samen", n=str(content.settings.learning.pooled_from)),
        after=say("Draait zonder: bij zo veel collectieven is de conclusie anders als je dat ene collectief weglaat."),
    )  # fmt: skip
    points = [sentence for family in found.to_dict("records") if (sentence := finding(content, family))]
    return Html(table + text(content.language, "", points=points))


def finding(content: Content, family: Any) -> str:
    """Say what a family that was put together comes to.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    family : mapping
        A row of ``shared_effects``.

    Returns
    -------
    str
        Never that there is no effect: what is not seen is not known. Empty of how high a figure is.
    """
    say = content.language.say
    mean = figure(content, family, together.MEAN)
    if not family["conclusion"] or mean is None:
        return ""
    up = mean["value"] > 0
    if family["conclusion"] == together.UNKNOWN:
        said = [say("of dit verandert, is niet te zien. Dat is geen bewijs dat er niets gebeurt.")]
    elif family["conclusion"] == together.ALSO_NEW:
        said = [say("dit gaat omhoog, waarschijnlijk ook in een nieuwe buurt.") if up
                else say("dit gaat omlaag, waarschijnlijk ook in een nieuwe buurt.")]  # fmt: skip
    else:
        said = [say("dit gaat gemiddeld omhoog. In een nieuwe buurt kan het anders gaan.") if up
                else say("dit gaat gemiddeld omlaag. In een nieuwe buurt kan het anders gaan.")]  # fmt: skip
    said += [*_who(content, family), *_reserved(content, family, mean)]
    return f"{name(content, family)}: {' '.join(said)}"


def _who(content: Content, family: Any) -> list[str]:
    """Name who decides the conclusion, and where it goes otherwise."""
    say = content.language.say
    rows = effects(content, family)
    decisive = sorted(rows.loc[rows["flips"], "name"].unique())
    others = sorted(rows.loc[rows["exception"], "name"].unique())
    said = [
        say("De conclusie blijft gelijk als je één collectief weglaat.")
        if not decisive
        else say("Zonder {names} is de conclusie anders.", names=words.listed(decisive, content.language))
    ]
    if others:
        said.append(say("Anders dan de rest: {names}.", names=words.listed(others, content.language)))
    return said


def _reserved(content: Content, family: Any, mean: pd.Series) -> list[str]:
    say = content.language.say
    said = []
    if "no_control_group" in mean["gate_reason"]:
        said.append(say("Er was geen groep om mee te vergelijken, dus het bewijst niet dat het door hen komt."))
    if "no_experiment" in mean["gate_reason"]:
        said.append(say("Het bewijst niet dat het door de collectieven komt."))
    if family["levels"] == IN_PLACES:
        said.append(say("Dat collectieven in één gemeente op elkaar lijken, is meegerekend."))
    if family["lopsided_p"] <= content.settings.learning.level:
        said.append(say("Kleine metingen zeggen hier iets anders dan grote; dat kan het gemiddelde vertekenen."))
    return said


def _points(content: Content, found: pd.DataFrame) -> Html:
    """Set families of five to nine collectives below each other: points and their range, and no more."""
    say = content.language.say
    learning = content.settings.learning
    body = [
        {"id": "", "cells": [
            cell(name(content, family)), _number(content, figure(content, family, COUNT)),
            ends_cell(content, figure(content, family, together.RANGE)), cell(_direction(content, family), "why"),
        ]}
        for family in found.to_dict("records")
    ]  # fmt: skip
    heads = [say("cijfer"), say("collectieven"), say("laagste tot hoogste"), say("wat ze delen")]
    return render(
        "sections/table.html.j2", content.language, title=say("Te weinig om samen te nemen"), dense=True, rows=body,
        before=say("Met minder dan {n} collectieven laten we alleen zien waar ze liggen.", n=str(learning.pooled_from)),
        columns=[{"name": one, "figure": place in (1, 2)} for place, one in enumerate(heads)], after="",
        caption=say("Cijfers van {low} tot {high} collectieven", low=str(learning.side_by_side_below),
                    high=str(learning.pooled_from - 1)),
    )  # fmt: skip


SIGNS = {
    together.UP: "bij alle collectieven ging het omhoog",
    together.DOWN: "bij alle collectieven ging het omlaag",
    together.MIXED: "bij de een omhoog, bij de ander omlaag",
}


def _direction(content: Content, family: Any) -> str:
    say = content.language.say
    if not family["signs"]:
        return "–"
    said = say(SIGNS[family["signs"]])
    if not family["flips_n"]:
        return said + "; " + say("ook als je één collectief weglaat")
    rows = effects(content, family)
    decisive = sorted(rows.loc[rows["flips"], "name"].unique())
    return said + "; " + say("zonder {names} is dat anders", names=words.listed(decisive, content.language))


def _alone(content: Content, found: pd.DataFrame) -> str:
    say = content.language.say
    names = [name(content, family) for family in found.to_dict("records")]
    return say(
        "Van minder dan {n} collectieven, dus alleen naast elkaar te zetten: {names}.",
        n=str(content.settings.learning.side_by_side_below),
        names="; ".join(names),
    )
