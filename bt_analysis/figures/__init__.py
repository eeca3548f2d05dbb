"""Figures: estimates in, one figure out. A figure computes nothing; what cannot be seen is a tile with a sentence.

Every figure is inline SVG with a title that says its finding and a text for those who cannot see it. Colours are those
of Okabe and Ito, which colour-blind readers can tell apart; shape or label always says the same as colour.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from matplotlib.dates import AutoDateLocator, DateFormatter

from bt_analysis.figures.axes import one_axis
from bt_analysis.figures.change import change, change_behind, change_in_short
from bt_analysis.figures.collectives import across
from bt_analysis.figures.cooperation import cooperation, cooperation_behind, cooperation_in_short
from bt_analysis.figures.evidence_map import evidence_of_all
from bt_analysis.figures.forest import forest
from bt_analysis.figures.matrix import coverage_matrix
from bt_analysis.figures.patterns import patterns
from bt_analysis.figures.scales import scales
from bt_analysis.figures.similar import similar
from bt_analysis.figures.theory import own_theory, theory_of_change
from bt_analysis.figures.work_area import area_map
from bt_analysis.pages import groups as in_words
from bt_analysis.pages import words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.drawing import (
    BLUE,
    ORANGE,
    Figure,
    Figures,
    canvas_with_axes,
    dots,
    finish,
    short,
    write_numbers,
)  # fmt: skip

__all__ = [
    "MONTHS_UNTIL_DAYS", "across", "area_map", "around", "change", "change_behind", "change_in_short", "cooperation",
    "cooperation_behind", "cooperation_in_short", "coverage_matrix", "evidence_of_all", "forest", "one_axis",
    "other_groups", "own_theory", "patterns", "representation", "scales", "similar", "theory_of_change", "timeline",
]  # fmt: skip

MONTHS_UNTIL_DAYS = 900
"""Longest time whose axis names months; a longer one names years."""

MOST_LINES = 8
"""Lines of the figure of activities."""

_YEAR = r"[\s,(·-]*\b(?:19|20)\d{2}(?:\s*[-–/]\s*(?:19|20)?\d{2})?\)?$"
"""A year, or two, at the end of a name."""


def timeline(content: Content) -> Figure:
    """Draw when each activity was.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figure
        A line from first to last day per activity, with a dot at both ends. Those that differ only by the year in their
        names share a line of the figure; there are at most eight such lines, and the rest is counted.
    """
    say = content.language.say
    every = content.activities.assign(kind=content.activities["title"].str.replace(_YEAR, "", regex=True))
    every = every.sort_values("start")
    kinds = list(dict.fromkeys(every["kind"]))[:MOST_LINES]
    rows = every[every["kind"].isin(kinds)]
    if rows.empty:
        return Figure(say("Activiteiten"), say("Activiteiten zijn nog niet bijgehouden."))
    canvas, axes = canvas_with_axes(0.45 + 0.3 * len(kinds))
    ends, places = rows["end"].fillna(rows["start"]), rows["kind"].map(kinds.index)
    axes.hlines(places, rows["start"], ends, color=BLUE, linewidth=2)
    for days in (rows["start"], ends):
        dots(axes, days, places, BLUE, 45)
    axes.set_yticks(range(len(kinds)), [short(kind) for kind in kinds])
    axes.set_ylim(len(kinds) - 0.4, -0.6)
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
    canvas, axes = canvas_with_axes(0.85 + 0.3 * len(groups))
    places = range(len(groups))
    sure = groups["ci_low"].notna()
    bars = groups[sure]
    axes.hlines(pd.Series(places)[sure.to_numpy()], bars["ci_low"], bars["ci_high"], color=BLUE, linewidth=5, alpha=0.3)
    participants, inhabitants = say("deelnemers") if sure.any() else say("deelnames"), say("bewoners")
    dots(axes, groups["value"], places, BLUE, 70, label=participants)
    dots(axes, groups["group_value"].map(area), places, ORANGE, 50, "D", inhabitants)
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


def around(content: Content) -> Figures:
    """Draw where the collective works beside who took part.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        The map and the first figure of :func:`groups`.
    """
    return Figures([area_map(content), *groups(content)[:1]])


def other_groups(content: Content) -> Figures:
    """Draw the other ways in which participants were counted by group.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        Those of :func:`groups` but the first.
    """
    return Figures(groups(content)[1:])


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
