"""Effects of collectives, and what the next would see: a family in, one figure without a ranking out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import poolable, together
from bt_analysis.pages import shared_rows as shared
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import (
    BLUE,
    GREY,
    ORANGE,
    Figure,
    Figures,
    canvas_with_axes,
    dots,
    finish,
    short,
    write_numbers,
)  # fmt: skip

MOST = 40
"""Collectives that are drawn by name; of more only what they are together."""


def forest(content: Content) -> Figures:
    """Draw every change of at least five collectives, and how high a figure is of at least ten.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Figures
        Per family a dot with its interval per collective, in order of the alphabet; from ten collectives on a diamond
        for the best guess with the others, and below them the mean and what the next neighbourhood would see.
    """
    found = shared.families(content)
    pooled = found["stage"].eq(together.POOLED)
    points = found["stage"].eq(together.POINTS) & found["kind"].ne(poolable.LEVEL)
    return Figures(_family(content, family) for family in found[pooled | points].to_dict("records"))


def _family(content: Content, family: Any) -> Figure:
    rows = shared.effects(content, family)
    pooled = family["stage"] == together.POOLED
    drawn = rows.head(MOST)
    under = _under(content, family) if pooled else []
    canvas, axes = canvas_with_axes(0.9 + 0.4 * (len(drawn) + len(under)))
    change = family["kind"] != poolable.LEVEL
    if change:
        axes.axvline(0, color=GREY, linewidth=1)
    places = range(len(drawn))
    axes.hlines(places, drawn["ci_low"], drawn["ci_high"], color=BLUE, linewidth=5, alpha=0.3)
    dots(axes, drawn["value"], places, BLUE, 50, label=content.language.say("eigen cijfer"))
    if pooled:
        label = content.language.say("met de anderen")
        dots(axes, drawn["shrunken"], places, ORANGE, 36, "D", label)
    for place, (_, row) in enumerate(under, start=len(drawn)):
        axes.hlines([place], row["ci_low"], row["ci_high"], color=ORANGE, linewidth=5, alpha=0.55)
        axes.plot([row["value"]], [place], marker="D", color=ORANGE, markersize=7, linestyle="none")
    names = [short(one) + (" *" if odd else "") for one, odd in zip(drawn["name"], drawn["exception"], strict=True)]
    axes.set_yticks(range(len(drawn) + len(under)), [*names, *(name for name, _ in under)])
    axes.set_ylim(len(drawn) + len(under) - 0.4, -0.6)
    axes.set_xlabel(_axis(content, family))
    write_numbers(axes.xaxis, content.language)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, frameon=False)
    return finish(canvas, _title(content, family), _text(content, family, drawn, under), note=_note(content, rows))


def _under(content: Content, family: Any) -> list[tuple[str, pd.Series]]:
    say = content.language.say
    named = ((say("gemiddeld"), together.MEAN), (say("de volgende buurt"), together.NEW))
    found = ((label, shared.figure(content, family, which)) for label, which in named)
    return [(label, row) for label, row in found if row is not None]


def _axis(content: Content, family: Any) -> str:
    say = content.language.say
    if family["unit"] == "%":
        return "%" if family["kind"] == poolable.LEVEL else say("procentpunt")
    return say("punten op de schaal") if family["unit"] == "schaal" else family["unit"]


def _title(content: Content, family: Any) -> str:
    """Say the finding; of what is not put together, that it is not."""
    say, label = content.language.say, shared.name(content, family)
    new = shared.figure(content, family, together.NEW)
    if new is None:
        return say("{name}: {n} collectieven, te weinig om samen te nemen", name=label, n=str(family["collectives_n"]))
    ends = shared.between(content, new["ci_low"], new["ci_high"], new["unit"])
    return say("{name}: de volgende buurt ziet waarschijnlijk {ends}", name=label, ends=ends)


def _text(content: Content, family: Any, drawn: pd.DataFrame, under: list[tuple[str, pd.Series]]) -> str:
    say = content.language.say
    unit = "pp" if family["unit"] == "%" and family["kind"] != poolable.LEVEL else family["unit"]
    lines = [(row["name"], row) for row in drawn.to_dict("records")] + [(name, row) for name, row in under]
    return "; ".join(
        say(
            "{name}: {value} ({low} tot {high})",
            name=name, value=shared.told(content, row["value"], unit), low=shared.told(content, row["ci_low"], unit),
            high=shared.told(content, row["ci_high"], unit),
        )
        for name, row in lines
    )  # fmt: skip


def _note(content: Content, rows: pd.DataFrame) -> str:
    say = content.language.say
    notes = ["* " + say("wijkt zeker af van de rest")] if rows["exception"].any() else []
    if len(rows) > MOST:
        notes.append(say("De eerste {n} zijn getekend, in volgorde van het alfabet.", n=str(MOST)))
    return ". ".join(notes)
