"""Figures: estimates in, one figure out. A figure computes nothing; what cannot be seen is a tile with a sentence.

Every figure is inline SVG with a title that says its finding and a text for those who cannot see it. Colours are those
of Okabe and Ito, which colour-blind readers can tell apart; shape or label always says the same as colour.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import seaborn as sns
from matplotlib.dates import AutoDateLocator, DateFormatter

from bt_analysis import regions
from bt_analysis.figures.axes import one_axis
from bt_analysis.figures.change import change
from bt_analysis.figures.collectives import across
from bt_analysis.figures.cooperation import cooperation
from bt_analysis.figures.matrix import coverage_matrix
from bt_analysis.figures.patterns import patterns
from bt_analysis.figures.scales import scales
from bt_analysis.figures.similar import similar
from bt_analysis.pages import groups as in_words
from bt_analysis.pages import words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.drawing import (
    BLUE,
    ORANGE,
    PALE,
    Figure,
    Figures,
    canvas_with_axes,
    finish,
    short,
    write_numbers,
)  # fmt: skip

__all__ = [
    "MONTHS_UNTIL_DAYS", "across", "area_map", "change", "cooperation", "coverage_matrix", "one_axis", "patterns",
    "representation", "scales", "similar", "timeline",
]  # fmt: skip

MONTHS_UNTIL_DAYS = 900
"""Longest time whose axis names months; a longer one names years."""


def timeline(content: Content) -> Figure:
    """Draw when each activity was.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figure
        A line from first to last day per activity, with a dot at both ends; at most 14, the rest is counted.
    """
    say = content.language.say
    rows = content.activities.sort_values("start").head(14)
    if rows.empty:
        return Figure(say("Activiteiten"), say("Activiteiten zijn nog niet bijgehouden."))
    canvas, axes = canvas_with_axes(0.5 + 0.36 * len(rows))
    ends = rows["end"].fillna(rows["start"])
    names = [short(title) for title in rows["title"]]
    axes.hlines(range(len(rows)), rows["start"], ends, color=BLUE, linewidth=2)
    for days in (rows["start"], ends):
        sns.scatterplot(x=days.to_numpy(), y=range(len(rows)), ax=axes, color=BLUE, s=45, legend=False)
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    long = ends.max() - rows["start"].min() > pd.Timedelta(days=MONTHS_UNTIL_DAYS)
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=5))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter("%Y" if long else "%m-%Y"))  # type: ignore[no-untyped-call]
    more = len(content.activities) - len(rows)
    title = say(
        "Van {first} tot {last}",
        first=content.language.date(rows["start"].min()),
        last=content.language.date(ends.max()),
    )
    if more:
        title += " · " + say("en nog {n} andere activiteiten", n=str(more))
    listed = "; ".join(
        f"{name}: {content.language.date(day)}" for name, day in zip(rows["title"], rows["start"], strict=True)
    )
    return finish(canvas, title, listed)


def representation(content: Content, group_type: str, told: Collection[str] = ()) -> Figure:
    """Draw the share of each group among participants beside its share among inhabitants.

    Parameters
    ----------
    content : Content
        A collective's report.
    group_type : str
        Such as ``leeftijd``.
    told : collection of str
        Codes of reservations that a figure above told already.

    Returns
    -------
    Figure
        Per group a dot with its interval (none where participations were counted) for participants and a diamond for
        inhabitants; a suppressed group keeps its diamond and says so. A tile when no group can be shown, or all are
        told in words.
    """
    say = content.language.say
    groups = content.rows("representation", "participants_share_pct", group_type=group_type)
    title = in_words.representation(content, group_type, told)
    if not groups["gate"].isin(SHOWN).any():
        return Figure(say("Niet te zien."), title)
    if groups["value"].isna().all():
        return Figure(say("In woorden."), title)
    area = content.rows("representation", "area_share_pct", group_type=group_type).set_index("group_value")["value"]
    canvas, axes = canvas_with_axes(0.9 + 0.36 * len(groups))
    places = range(len(groups))
    sure = groups["ci_low"].notna()
    bars = groups[sure]
    axes.hlines(pd.Series(places)[sure.to_numpy()], bars["ci_low"], bars["ci_high"], color=BLUE, linewidth=5, alpha=0.3)
    participants, inhabitants = say("deelnemers") if sure.any() else say("deelnames"), say("bewoners")
    sns.scatterplot(x=groups["value"].to_numpy(), y=places, ax=axes, color=BLUE, s=70, label=participants)
    sns.scatterplot(
        x=groups["group_value"].map(area).to_numpy(),
        y=places,
        ax=axes,
        color=ORANGE,
        marker="D",
        s=50,
        label=inhabitants,
    )
    names = [words.group(row, content.language) for _, row in groups.iterrows()]
    hidden = ~groups["gate"].isin(SHOWN)
    axes.set_yticks(places, [f"{name} *" if gone else name for name, gone in zip(names, hidden, strict=True)])
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlim(left=0)
    write_numbers(axes.xaxis, content.language)
    axes.set_xlabel("%" + (" · " + say("* te weinig deelnemers om te tonen") if hidden.any() else ""))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, frameon=False)
    shares = [
        _share(content, name, row, area.get(row["group_value"], float("nan")))
        for name, (_, row) in zip(names, groups.iterrows(), strict=True)
    ]
    return finish(canvas, title, "; ".join(shares))


def _share(content: Content, name: str, row: pd.Series, area: float) -> str:
    """Tell one group of a figure of representation in words."""
    say, number = content.language.say, content.language.number
    if row["gate"] not in SHOWN:
        return say("{group}: bewoners {area}%", group=name, area=number(area))
    if pd.isna(row["ci_low"]):
        return say(
            "{group}: deelnames {value}%, bewoners {area}%", group=name, value=number(row["value"]), area=number(area)
        )
    return say(
        "{group}: deelnemers {value}% ({low} tot {high}), bewoners {area}%",
        group=name, value=number(row["value"]), low=number(row["ci_low"]), high=number(row["ci_high"]),
        area=number(area),
    )  # fmt: skip


def groups(content: Content) -> Figures:
    """Draw every way in which participants were counted by group, age first.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        One per group type that was kept; a tile about age when none was. What is told of one is not told again.
    """
    rows = content.rows("representation")
    figures, told = Figures(), set[str]()
    for group_type in in_words.kinds_of_groups(content):
        figures.append(representation(content, group_type, told))
        own = rows[rows["group_type"].eq(group_type) & rows["gate"].eq("voorbehoud")]
        told |= set(";".join(own["gate_reason"]).split(";")) - {""}
    return figures


def area_map(content: Content) -> Figure:
    """Draw the work area among the buurten of its gemeente.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figure
        A map; a tile when there are no boundaries of the reference year.
    """
    say = content.language.say
    if content.outlines is None or content.outlines.empty:
        return Figure(say("Geen kaart."), say("Er zijn geen grenzen van buurten opgehaald voor dit jaar."))
    outlines = content.outlines
    inside = outlines[outlines["inside"]]
    canvas, axes = canvas_with_axes(4.0)
    axes.grid(visible=False)
    outlines.plot(ax=axes, color=PALE, edgecolor="white", linewidth=0.6)
    inside.plot(ax=axes, color=BLUE, edgecolor="white", linewidth=0.6)
    axes.set_axis_off()
    axes.set_aspect("equal")
    title = say(
        "Het werkgebied (blauw) in de gemeente: {n} van de {total} buurten",
        n=str(len(inside)),
        total=str(len(outlines)),
    )
    of_area = content.unmatched[content.unmatched["table"] == "work_area"]
    # A code that is not on the map lies in other borders now; a postcode or a drawing never was on it.
    lost = sum(map(regions.is_valid, of_area["item"]))
    if lost:
        title += ". " + say(
            "1 gebied van het werkgebied staat niet op de kaart: de grenzen zijn veranderd."
            if lost == 1
            else "{n} gebieden van het werkgebied staan niet op de kaart: hun grenzen zijn veranderd.",
            n=str(lost),
        )
    names = ", ".join(inside["regiocode_label"].head(12))
    return finish(canvas, title, say("Kaart. In het werkgebied liggen: {names}.", names=names), "map")
