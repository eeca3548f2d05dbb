"""On which scale what is organised: counts by scale and domain in; one matrix per kind of record out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.analysis.learning.scale import KINDS, SCALES
from bt_analysis.figures.axes import ink, tiles
from bt_analysis.pages import codes
from bt_analysis.pages.content import Content
from bt_analysis.pages.cooperation_words import KINDS as KIND_NAMES
from bt_analysis.pages.cooperation_words import SCALES as NAMES
from bt_analysis.pages.drawing import Figure, Figures, canvas_with_axes, finish


def scales(content: Content) -> Figures:
    """Draw how many activities, inputs and lessons there are on each scale, by domain.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Figures
        One per kind of record that is kept; darker is more. A tile when none is.
    """
    say = content.language.say
    table = content.learned.get("scale_topics", pd.DataFrame())
    own = table[table["collective_id"].eq(ACROSS)] if len(table) else table
    drawn = Figures(_one(content, own[own["kind"].eq(kind)], kind) for kind in KINDS if len(own[own["kind"].eq(kind)]))
    if not drawn:
        drawn.append(Figure(say("Niet te zien."), say("Op welke schaal iets gebeurt is nog niet bijgehouden.")))
    return drawn


def _one(content: Content, rows: pd.DataFrame, kind: str) -> Figure:
    say, number = content.language.say, content.language.number
    total, what = int(rows["items_n"].sum()), say(KIND_NAMES[kind])
    placed = rows[rows["scale"].ne("") & rows["domain"].ne("")]
    if placed.empty:
        return Figure(say("Niet te zien."), say("Van geen van de {n} {what} is schaal en domein bekend.",
                                                n=number(total), what=what))  # fmt: skip
    domains = [domain for domain in codes.DOMAINS if domain in set(placed["domain"])]
    counts = placed.pivot(index="domain", columns="scale", values="items_n").reindex(domains, columns=list(SCALES))
    canvas, axes = canvas_with_axes(0.9 + 0.34 * len(domains))
    cells = counts.to_numpy(dtype=float)
    most = 1.4 * np.nanmax(cells)
    tiles(axes, cells, most)
    for (row, column), n in np.ndenumerate(cells):
        axes.text(column, row, "–" if np.isnan(n) else number(n), ha="center", va="center", color=ink(n / most))
    axes.set_xticks(range(len(SCALES)), [say(NAMES[scale]) for scale in SCALES])
    axes.set_yticks(range(len(domains)), [say(codes.DOMAINS[domain]) for domain in domains])
    axes.tick_params(axis="x", top=False, labeltop=True, bottom=False, labelbottom=False, labelsize=8.5)
    axes.hlines(np.arange(len(domains) - 1) + 0.5, -0.5, len(SCALES) - 0.5, color="white", linewidth=1)
    where = str(counts.sum().idxmax())
    title = say("Van {what} gaan de meeste over de schaal {scale}: {n} van de {of}", what=what, scale=say(NAMES[where]),
                n=number(counts[where].sum()), of=number(placed["items_n"].sum()))  # fmt: skip
    told = "; ".join(f"{say(codes.DOMAINS[str(domain)])}: {_said(content, row)}" for domain, row in counts.iterrows())
    unknown = total - int(placed["items_n"].sum())
    note = say("Van {n} is schaal of domein niet bijgehouden.", n=number(unknown)) if unknown else ""
    return finish(canvas, title, told, "side", note)


def _said(content: Content, counts: pd.Series) -> str:
    language = content.language
    return ", ".join(f"{language.say(NAMES[str(scale)])} {language.number(n)}" for scale, n in counts.dropna().items())
