"""The area beside areas like it: verdicts and paths in, a drawing titled with its finding, or a tile, out."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from bt_analysis.figures.axes import one_axis
from bt_analysis.pages import change as in_words
from bt_analysis.pages import known, sums, verdicts, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.drawing import (
    BLUE,
    DARK_ORANGE,
    GREY,
    ORANGE,
    PALE,
    Figure,
    Figures,
    canvas_with_axes,
    finish,
    write_numbers,
)  # fmt: skip
from bt_analysis.pages.verdicts import Outcome

_LOOK = {"gebied": (BLUE, "-", "o"), "vergelijkbaar": (ORANGE, "--", "D")}
_WORDS = {"gebied": BLUE, "vergelijkbaar": DARK_ORANGE}
MOST_DRAWN = 2
"""Figures that the two pages have room for."""

_APART = 0.11
"""Part of the height of the axis that two labels keep between them."""


def change(content: Content) -> Figures:
    """Draw every figure that was set beside similar areas.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        One per figure: its path and that of similar areas, with the start of the work; or a tile that says why it
        can't be seen, with the sum.
    """
    return Figures(_one(content, outcome) for outcome in verdicts.outcomes(content))


def change_in_short(content: Content) -> Figures:
    """Draw what can be seen of the figures that were set beside similar areas, and say what can't.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        At most two of those that :func:`change` draws; then a tile per reason why figures can't be
        seen.
    """
    seen = [one for one in verdicts.outcomes(content) if one.shown][:MOST_DRAWN]
    say = content.language.say
    tiles = [Figure(say("Niet te zien: {names}.", names=names), why) for names, why in known.reasons(content)]
    return Figures([*(_one(content, one) for one in seen), *tiles])


def change_behind(content: Content) -> Figures:
    """Draw what :func:`change_in_short` had no room for, and why each of the others can't be seen.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        Those of :func:`change` but the first two that can be seen: no drawing stands twice on a page.
    """
    outcomes = verdicts.outcomes(content)
    drawn = [at for at, one in enumerate(outcomes) if one.shown][:MOST_DRAWN]
    return Figures(_one(content, one) for at, one in enumerate(outcomes) if at not in drawn)


def _one(content: Content, outcome: Outcome) -> Figure:
    title, told = verdicts.finding(content, outcome), in_words.explained(content, outcome)
    rows = content.rows("similar", outcome.indicator_id)
    rows = one_axis(content, rows[rows["gate"].isin(SHOWN)])
    if not outcome.shown:
        return Figure(title, told, note=sums.arithmetic(content, outcome) if outcome.too_small else "")
    if rows.empty:
        return Figure(title, told)
    paths = {
        str(population): own.assign(year=own["group_value"].astype(int)).sort_values("year")
        for population, own in rows.groupby("population")
    }
    canvas, axes = canvas_with_axes(2.2)
    _lines(content, axes, paths)
    _start(content, axes, paths, verdicts.years_before(content, outcome.indicator_id))
    _unit(axes, str(rows["unit"].iloc[0]), content)
    write_numbers(axes.yaxis, content.language)
    return finish(canvas, title, _told(content, outcome, title, paths), "change", told)


def _lines(content: Content, axes: Axes, paths: dict[str, pd.DataFrame]) -> None:
    """Draw both paths with their name at the end, so that no legend is needed."""
    say = content.language.say
    names = {"gebied": say("hier"), "vergelijkbaar": say("lijkt hierop")}
    for population, path in paths.items():
        colour, line, marker = _LOOK[population]
        axes.plot(
            path["year"], path["value"], color=colour, linestyle=line, marker=marker, markeredgecolor="white", zorder=3
        )
    low, high = axes.get_ylim()
    ends = sorted((path["value"].iloc[-1], population) for population, path in paths.items())
    places = [end for end, _ in ends]
    gap = _APART * (high - low) - (places[-1] - places[0]) if len(places) > 1 else 0.0
    if gap > 0:
        places = [places[0] - gap / 2, places[1] + gap / 2]
    last = max(path["year"].iloc[-1] for path in paths.values())
    for (_, population), place in zip(ends, places, strict=True):
        axes.annotate(
            names[population], (last, place), xytext=(9, 0), textcoords="offset points", va="center",
            color=_WORDS[population], fontweight="bold", annotation_clip=False,
        )  # fmt: skip


def _unit(axes: Axes, unit: str, content: Content) -> None:
    """Write above the axis what its numbers are in."""
    name = words.amount(0, unit, 0, content.language).replace("0", "").strip()
    axes.annotate(name, (0, 1), xytext=(-4, 5), xycoords="axes fraction", textcoords="offset points", ha="right")


def _start(content: Content, axes: Axes, paths: dict[str, pd.DataFrame], before: int) -> None:
    """Mark where the work began and shade the years after it lightly."""
    years = sorted(set().union(*(path["year"] for path in paths.values())))
    axes.set_xticks(years if len(years) < 9 else years[:: len(years) // 6])
    axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)
    if not 0 < before < len(years):
        return
    begins = (years[before - 1] + years[before]) / 2
    axes.axvspan(begins, years[-1] + 0.3, color=PALE, alpha=0.5, zorder=0, linewidth=0)
    axes.axvline(begins, color=GREY, linewidth=1, zorder=1)
    # Above the drawing, where no line can run through it.
    axes.annotate(
        content.language.say("start van het collectief"), (begins, 1), xycoords=("data", "axes fraction"),
        xytext=(0, 5), textcoords="offset points", va="bottom", color=GREY, fontsize=9.5,
    )  # fmt: skip


def _told(content: Content, outcome: Outcome, title: str, paths: dict[str, pd.DataFrame]) -> str:
    """Tell both paths for those who can't see them."""
    language, indicator = content.language, content.catalogue.get(outcome.indicator_id)
    decimals = indicator.decimals if indicator else 1
    told = [
        path.set_index("year").apply(
            lambda row: words.amount(row["value"], str(row["unit"]), decimals, language), axis="columns"
        )
        for path in (paths.get(population) for population in _LOOK)
        if path is not None
    ]
    table = pd.concat(told, axis="columns").fillna("–").sort_index()
    both = content.language.say("Per jaar, eerst hier en dan wat hierop lijkt:")
    listed = "; ".join(f"{year}: {' · '.join(row)}" for year, row in zip(table.index, table.to_numpy(), strict=True))
    return f"{title} {both} {listed}."
