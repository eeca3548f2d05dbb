"""Where areas like this one lie: the areas of a comparison in, a map of points out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import change as in_words
from bt_analysis.pages import sentences, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import BLUE, ORANGE, Figure, Figures, canvas_with_axes, finish

NAMED = 4
"""Gemeenten that are written beside their points: those that weigh most."""


def similar(content: Content) -> Figures:
    """Draw where the areas lie that figures of the work area were set beside.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        A map per set of areas, for figures that are shown; none when places are not known.
    """
    shown = [one.indicator_id for one in in_words.outcomes(content) if one.shown]
    sets: dict[tuple[str, ...], list[str]] = {}
    for indicator_id in shown:
        rows = _of(content, indicator_id)
        if len(rows):
            sets.setdefault(tuple(sorted(rows["regiocodes"])), []).append(indicator_id)
    return Figures(_map(content, names) for names in sets.values())


def _of(content: Content, indicator_id: str) -> pd.DataFrame:
    rows = content.similar
    return rows[rows["indicator_id"].eq(indicator_id) & rows["x_m"].notna()] if len(rows) else rows


def _map(content: Content, indicator_ids: list[str]) -> Figure:
    say, rows = content.language.say, _of(content, indicator_ids[0]).sort_values("weight", ascending=False)
    canvas, axes = canvas_with_axes(3.4)
    axes.grid(visible=False)
    size = 25 + 200 * rows["weight"] / rows["weight"].max()
    axes.scatter(rows["x_m"], rows["y_m"], s=size, color=ORANGE, alpha=0.55, edgecolor="white", linewidth=0.6)
    for _, row in rows.drop_duplicates("gemeente_label").head(NAMED).iterrows():
        axes.annotate(row["gemeente_label"], (row["x_m"], row["y_m"]), xytext=(6, 4), textcoords="offset points")
    if content.outlines is not None and content.outlines["inside"].any():
        middle = content.outlines[content.outlines["inside"]].union_all().centroid
        axes.scatter([middle.x], [middle.y], s=90, color=BLUE, marker="D", edgecolor="white", zorder=4)
        axes.annotate(
            say("hier"), (middle.x, middle.y), xytext=(8, -4), textcoords="offset points", color=BLUE, fontweight="bold"
        )
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.margins(0.12)
    # A group of areas may lie in several gemeenten.
    gemeenten = list(dict.fromkeys(name for one in rows["gemeente_label"] for name in str(one).split(", ")))
    title = say(
        "Waar het op lijkt: {n} {areas} in {m} gemeenten",
        n=str(len(rows)),
        areas=in_words.areas(content, indicator_ids[0]),
        m=str(len(gemeenten)),
    )
    labels = [words.within(sentences.label(content, one)) for one in indicator_ids]
    note = say(
        "Hoe groter de stip, hoe zwaarder die telt. Voor: {names}.", names=words.listed(labels, content.language)
    )
    told = say("Kaart. De gebieden liggen in: {names}.", names=words.listed(gemeenten, content.language))
    return finish(canvas, title, told, "map", note)
