"""The evidence map: what collectives have about arrows in; a grid of marks, hollow where there is nothing, out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bt_analysis.language import Language
from bt_analysis.pages import codes, theory_words, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import BLUE, GREY, ORANGE, Figure, canvas_with_axes, finish

MOST_COLUMNS = 26
"""With more collectives than this the columns are their domains."""

_MARKS = {"voor": ("o", BLUE), "tegen": ("s", ORANGE), "verdeeld": ("D", "#7b5aa6"), "neutraal": ("^", GREY)}
_ROW_IN, _HEAD_IN = 0.26, 1.9
_SMALLEST, _LARGEST, _MANY = 26.0, 130.0, 6  # points²; pieces with which a mark is largest
_LETTERS = 24


def evidence_map(
    pieces: pd.DataFrame, arrows: pd.DataFrame, named: Mapping[str, str], collectives: pd.DataFrame, language: Language
) -> Figure:
    """Draw which collective has evidence about which arrow.

    Parameters
    ----------
    pieces : DataFrame
        Rows of analysed_evidence_map.
    arrows : DataFrame
        Rows of analysed_arrows of all together; those with evidence get a row.
    named : mapping of str to str
        Code of a block → its name.
    collectives : DataFrame
        collective_id, name and primary_domain of those who gave a bundle.
    language : Language
        The reader's.

    Returns
    -------
    Figure
        A row per arrow with evidence and a column per collective (per domain, when there are many) and one for
        literature: larger is more rows of evidence; the form says where it points as well as the colour; hollow is no
        evidence. A tile when there is no evidence.
    """
    say = language.say
    if pieces.empty:
        return Figure(say("Er is nog geen bewijs bij pijlen vastgelegd."), "")
    heads = _heads(pieces, collectives, language)
    placed = pieces.assign(head=pieces["collective_id"].map(heads)).dropna(subset=["head"])
    columns = list(dict.fromkeys(head for head in heads.values() if head in set(placed["head"]) or head))
    studied = arrows[arrows["arrow_id"].isin(placed["arrow_id"])].sort_values("pieces_n", ascending=False)
    rows = dict(zip(studied["arrow_id"], range(len(studied)), strict=True))
    cells = _cells(placed)
    canvas, axes = canvas_with_axes(_HEAD_IN + _ROW_IN * len(rows))
    canvas.set_size_inches(7.2, _HEAD_IN + _ROW_IN * len(rows))
    _draw(axes, cells, rows, columns)
    labels = [_short(theory_words.arrow(row, dict(named))) for _, row in studied.iterrows()]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_xticks(range(len(columns)), [_cut(column) for column in columns], rotation=90)
    empty = len(rows) * len(columns) - len(cells)
    title = say(
        "Over {n} van de {all} pijlen is er bewijs",
        n=language.number(len(rows)), all=language.number(len(arrows)),
    )  # fmt: skip
    told = "; ".join(
        f"{row['head']}, {theory_words.arrow(studied.set_index('arrow_id').loc[row['arrow_id']], dict(named))}: "
        f"{words.say(row['direction'], theory_words.DIRECTIONS, language)}, {language.number(row['pieces_n'])}"
        for _, row in cells.iterrows()
    )
    note = say(
        "Blauw rondje: voor. Oranje vierkant: tegen. Paarse ruit: verdeeld. Grijs driehoekje: geen verschil gezien. "
        "Groter is meer bewijs. Leeg rondje: geen bewijs ({n} van de {all} vakjes).",
        n=language.number(empty), all=language.number(len(rows) * len(columns)),
    )  # fmt: skip
    return finish(canvas, title, told, kind="theory", note=note)


def across(content: Content) -> Figure:
    """Draw the evidence of all collectives that gave a bundle.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Figure
        As :func:`evidence_map` draws it.
    """
    named = theory_words.labels(theory_words.of(content.learned["arrow_nodes"], ""), content.language)
    arrows = theory_words.together(content)
    return evidence_map(content.learned["evidence_map"], arrows, named, content.collectives, content.language)


def _heads(pieces: pd.DataFrame, collectives: pd.DataFrame, language: Language) -> dict[str, str]:
    """Name the column of each collective; literature stands last, where there is some."""
    ordered = collectives.sort_values(["primary_domain", "name"])
    by = ordered["name"]
    if len(ordered) > MOST_COLUMNS:
        by = ordered["primary_domain"].map(lambda code: words.say(code, codes.DOMAINS, language))
    heads = dict(zip(ordered["collective_id"], by, strict=True))
    return heads | ({"": language.say("literatuur")} if pieces["collective_id"].eq("").any() else {})


def _cells(placed: pd.DataFrame) -> pd.DataFrame:
    """Add up what stands in one cell, and say where most of it points."""
    sums = ["pieces_n", "for_n", "against_n", "neutral_n"]
    cells = placed.groupby(["head", "arrow_id"], as_index=False, sort=False)[sums].sum()
    points = [cells["for_n"].gt(cells["against_n"]), cells["against_n"].gt(cells["for_n"]), cells["for_n"].gt(0)]
    return cells.assign(direction=np.select(points, ["voor", "tegen", "verdeeld"], "neutraal"))


def _draw(axes: Axes, cells: pd.DataFrame, rows: Mapping[str, int], columns: list[str]) -> None:
    across, down = np.meshgrid(range(len(columns)), range(len(rows)))
    filled = set(zip(cells["head"].map(columns.index), cells["arrow_id"].map(rows), strict=True))
    empty = [(x, y) for x, y in zip(across.ravel(), down.ravel(), strict=True) if (x, y) not in filled]
    hollow = [x for x, _ in empty], [y for _, y in empty]
    axes.scatter(hollow[0], hollow[1], s=14, facecolors="none", edgecolors="#b0b6bc", linewidths=0.7)
    for direction, (mark, colour) in _MARKS.items():
        own = cells[cells["direction"].eq(direction)]
        share = own["pieces_n"].clip(upper=_MANY).sub(1) / (_MANY - 1)
        size = _SMALLEST + share * (_LARGEST - _SMALLEST)
        axes.scatter(
            own["head"].map(columns.index), own["arrow_id"].map(rows), s=size, marker=mark, color=colour, clip_on=False
        )
    axes.set_xlim(-0.6, len(columns) - 0.4)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(labelsize=8, top=False, labeltop=True, labelbottom=False)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def _short(name: str) -> str:
    ends, _, sign = name.rpartition(" ")
    return f"{' → '.join(_cut(end) for end in ends.split(' → '))} {sign}"


def _cut(name: str) -> str:
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"
