"""What became of inputs: counts per stage and waiting times in; a flow, a curve and small flows out."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bt_analysis.pages import codes, input_rows, inputs, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    Figure,
    Figures,
    canvas_with_axes,
    finish,
    short,
    write_numbers,
)  # fmt: skip
from bt_analysis.pages.input_words import PARTS
from bt_analysis.pages.once import once

_GOES_ON = "#b9d7ea"
_LOOK = {"went_on": (_GOES_ON, ""), "answered_n": (BLUE, ""), "waiting_n": ("#c4c9ce", ""), "silent_n": (ORANGE, "//")}
"""Part of a bar → colour and hatch."""
_TICKS = (0, 90, 180, 365, 545, 730, 1095)
_MOST_FLOWS = 12


@once
def flow(content: Content, collective_id: str | None = None) -> Figure:
    """Draw how far inputs came, and what became of those that came no further.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    Figure
        A bar per stage, as long as how many came there or further; a tile when nothing was brought in.
    """
    say = content.language.say
    stages = input_rows.stages(content, collective_id)
    if stages.empty:
        return Figure(say("Hoe ver het kwam"), say("Hierover is niets bijgehouden in deze periode."))
    canvas, axes = canvas_with_axes(2.85)
    _bars(axes, stages, content)
    axes.set_yticks(range(len(stages)), [_stage(content, stage) for stage in stages["stage"]])
    total = int(stages["reached_n"].max())
    axes.set_xlim(0, 1.12 * total)
    axes.set_xlabel(say("keer inbreng"))
    write_numbers(axes.xaxis, content.language)
    canvas.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=9.5)
    told = [
        say(
            "{stage}: {reached}, daarvan niet verder: {stopped}",
            stage=_stage(content, row["stage"]), reached=str(row["reached_n"]), stopped=str(row["stopped_n"]),
        )
        for row in stages.to_dict("records")
    ]  # fmt: skip
    return finish(canvas, inputs.largest_loss(content, stages), "; ".join(told))


def both(content: Content) -> Figures:
    """Draw how far inputs came beside how long an answer took.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        :func:`flow` and :func:`waiting`; none when nothing was brought in, which the section says already.
    """
    return Figures() if input_rows.stages(content).empty else Figures([flow(content), waiting(content)])


def _bars(axes: Axes, stages: pd.DataFrame, content: Content) -> None:
    last = stages["stage"].eq("uitgevoerd").to_numpy()
    parts = {name: np.where(last, 0, stages[name]) for name in ("answered_n", "waiting_n", "silent_n")}
    parts["went_on"] = stages["reached_n"].to_numpy() - sum(parts.values())
    left = np.zeros(len(stages))
    for name, (colour, hatch) in _LOOK.items():
        axes.barh(
            range(len(stages)), parts[name], left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0.6,
            height=0.72, label=content.language.say(PARTS[name]),
        )  # fmt: skip
        left += parts[name]
    for place, count in enumerate(stages["reached_n"]):
        axes.annotate(
            content.language.number(count), (count, place), xytext=(4, 0), textcoords="offset points", va="center"
        )
    axes.set_ylim(len(stages) - 0.4, -0.6)
    axes.grid(visible=False)


def _stage(content: Content, stage: str) -> str:
    return short(words.say(stage, codes.GROUPS, content.language))


@once
def waiting(content: Content, collective_id: str | None = None) -> Figure:
    """Draw how many inputs had an answer after how many days.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        As for :func:`flow`.

    Returns
    -------
    Figure
        Kaplan and Meier's curve with its interval; a tile when there are too few inputs.
    """
    say, number = content.language.say, content.language.number
    curve = input_rows.curve(content, collective_id)
    title = inputs.wait(content, collective_id)
    if curve.empty:
        return Figure(say("Niet te zien."), title)
    canvas, axes = canvas_with_axes(2.0)
    end = int(curve["followed_days"].iloc[0])
    days = [*curve["days"], end]
    columns = {name: 100 - curve[name].to_numpy() for name in ("waiting_pct", "ci_low", "ci_high")}
    steps = {name: [*values, values[-1]] for name, values in columns.items()}
    axes.fill_between(days, steps["ci_high"], steps["ci_low"], step="post", color=BLUE, alpha=0.18, linewidth=0)
    axes.step(days, steps["waiting_pct"], where="post", color=BLUE, linewidth=2)
    axes.axhline(50, color=GREY, linewidth=1, linestyle=":")
    axes.set_xticks([tick for tick in _TICKS if tick <= end])
    axes.set_xlim(0, end)
    axes.set_ylim(0, 100)
    axes.set_xlabel(say("dagen nadat het is ingebracht"))
    axes.annotate(say("% met antwoord"), (0, 1), xytext=(-4, 5), xycoords="axes fraction", textcoords="offset points")
    write_numbers(axes.xaxis, content.language)
    write_numbers(axes.yaxis, content.language)
    told = [
        say("na {days} dagen {share}%", days=number(row["days"]), share=number(100 - row["waiting_pct"]))
        for row in curve.iloc[:: max(1, len(curve) // 12)].to_dict("records")
    ]
    return finish(
        canvas, title, say("Met antwoord: {steps}.", steps="; ".join(told)),
        note=say("De lichte band is de onzekerheid (95%). Wat nog geen antwoord heeft, telt mee als wachtend."),
    )  # fmt: skip


def flows(content: Content) -> Figures:
    """Draw for every collective how far its inputs came, in order of their names.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Figures
        One figure with a small panel per collective, each on its own scale: no ranking. None without collectives that
        kept a log.
    """
    say = content.language.say
    rows = input_rows.stages_of_all(content)
    if rows.empty:
        return Figures()
    names = list(dict.fromkeys(rows["name"]))
    shown = names[:_MOST_FLOWS]
    canvas, axes = canvas_with_axes(0.5 + 1.25 * -(-len(shown) // 3))
    canvas.delaxes(axes)
    for place, name in enumerate(shown):
        _small(canvas.add_subplot(-(-len(shown) // 3), 3, place + 1), rows[rows["name"].eq(name)], name)
    title = say("Per collectief: hoe ver de inbreng kwam, van ingebracht (links) tot uitgevoerd (rechts)")
    told = [
        say("{name}: {n} ingebracht, {done} uitgevoerd", name=name, n=str(own["reached_n"].max()),
            done=str(own["reached_n"].iloc[-1]))
        for name, own in rows.groupby("name", sort=False)
    ]  # fmt: skip
    note = say("Oranje gestreept: bleef daar liggen zonder antwoord. Elk vakje heeft zijn eigen schaal; geen rangorde.")
    if len(names) > len(shown):
        note += " " + say("En nog {n} andere collectieven.", n=str(len(names) - len(shown)))
    return Figures([finish(canvas, title, "; ".join(told), note=note)])


def _small(axes: Axes, own: pd.DataFrame, name: str) -> None:
    axes.bar(range(len(own)), own["reached_n"], color=_GOES_ON, width=0.85)
    silent = own["silent_n"].where(own["stage"].ne("uitgevoerd"), 0)
    axes.bar(range(len(own)), silent, color=ORANGE, width=0.85, hatch="//", edgecolor="white", linewidth=0.4)
    axes.set_title("\n".join(textwrap.wrap(name.removesuffix(" (fictief)"), 22)), fontsize=8.5, loc="left")
    axes.set_xticks([])
    axes.set_yticks([0, int(own["reached_n"].max())])
    axes.tick_params(length=0, labelsize=8.5)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(PALE)
