"""Both sides of cooperation: the newest scan of each pair in; a line between two scores per condition out."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes

from bt_analysis.pages import words
from bt_analysis.pages.content import Content
from bt_analysis.pages.cooperation import Scan, scans
from bt_analysis.pages.cooperation_words import CONDITIONS, STATES
from bt_analysis.pages.drawing import BLUE, GREY, ORANGE, Figure, Figures, canvas_with_axes, finish, short

_NUDGE = 0.13
"""Rows up and down that two equal scores are drawn apart, so that both are seen."""

_MIDDLE, _WRAP = 3, 28
"""Score up to which there is room on the right for a reason, and its letters on a line."""


def cooperation(content: Content) -> Figures:
    """Draw what both sides think of each condition for cooperation.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        One per party with a scan in the period that shows both sides; of others the section says why they are not
        seen. A condition that a side has no score on says why, and is no low score.
    """
    return Figures(_one(content, scan) for scan in scans(content) if scan.rows["gap"].notna().any())


def cooperation_in_short(content: Content) -> Figures:
    """Draw the party with which the two sides differ most often.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        One of those of :func:`cooperation`; none without any.
    """
    return Figures(_one(content, scan) for scan in _most_different_first(content)[:1])


def cooperation_behind(content: Content) -> Figures:
    """Draw the other parties, after the one of :func:`cooperation_in_short`.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        Those of :func:`cooperation` but that one: no drawing stands twice on a page.
    """
    return Figures(_one(content, scan) for scan in _most_different_first(content)[1:])


def _most_different_first(content: Content) -> list[Scan]:
    shown = [scan for scan in scans(content) if scan.rows["gap"].notna().any()]
    clear = content.settings.learning.clear_gap
    return sorted(shown, key=lambda scan: -int(scan.rows["gap"].abs().ge(clear).fillna(False).sum()))


def _one(content: Content, scan: Scan) -> Figure:
    say, rows = content.language.say, scan.rows
    canvas, axes = canvas_with_axes(0.85 + 0.26 * len(rows))
    gaps = rows[rows["gap"].notna()]
    axes.hlines(gaps.index, gaps["civiel_score"], gaps["other_score"], color=GREY, linewidth=2, alpha=0.6, zorder=1)
    _dots(axes, rows, "civiel", BLUE, "o", say("bewoners"), -_NUDGE)
    _dots(axes, rows, "other", ORANGE, "D", scan.side, _NUDGE)
    names = [words.say(one, CONDITIONS, content.language) for one in rows["condition"]]
    axes.set_yticks(range(len(rows)), [short(name) for name in names])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0.7, 5.3)
    axes.set_xticks(range(1, 6), [say("1: gaat slecht"), "2", "3", "4", say("5: gaat goed")])
    _reasons(content, axes, scan)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, frameon=False)
    return finish(canvas, _title(content, scan), _told(content, scan, names))


def _dots(axes: Axes, rows: pd.DataFrame, whose: str, colour: str, marker: str, label: str, nudge: float) -> None:
    """Draw the scores of a side; where both are equal they are drawn a little apart."""
    there = rows[rows[f"{whose}_score"].notna()]
    places = there.index.to_numpy(dtype=float) + nudge * there["gap"].eq(0).fillna(False).to_numpy(dtype=float)
    axes.scatter(
        there[f"{whose}_score"].to_numpy(dtype=float), places, color=colour, marker=marker, s=60, label=label, zorder=3
    )


def _reasons(content: Content, axes: Axes, scan: Scan) -> None:
    """Write beside the score of one side why the other has none."""
    for at, row in scan.rows.iterrows():
        why = [
            f"{side}: {words.say(row[f'{whose}_state'], STATES, content.language)}"
            for side, whose in ((content.language.say("bewoners"), "civiel"), (scan.side, "other"))
            if row[f"{whose}_state"] in STATES
        ]
        if not why:
            continue
        score = row[["civiel_score", "other_score"]].dropna()
        there = float(score.iloc[0]) if len(score) else 1.0
        right = there <= _MIDDLE
        axes.annotate(
            textwrap.fill("; ".join(why), _WRAP), (there, float(str(at))), xytext=(9 if right else -9, 0),
            textcoords="offset points", ha="left" if right else "right", va="center", color=GREY, fontsize=9.4,
        )  # fmt: skip


def _title(content: Content, scan: Scan) -> str:
    say, gap = content.language.say, scan.rows["gap"]
    clear = gap.abs().ge(content.settings.learning.clear_gap).fillna(False).astype(bool)
    if not clear.any():
        return say("{party}: beide kanten oordelen (bijna) hetzelfde", party=scan.party)
    return say("{party}: het meest verschil bij {names}", party=scan.party, names=scan.named(clear, content))


def _told(content: Content, scan: Scan, names: list[str]) -> str:
    """Tell every row for those who cannot see the drawing."""
    language = content.language

    def one(row: pd.Series, whose: str) -> str:
        score = row[f"{whose}_score"]
        return language.number(score) if pd.notna(score) else words.say(row[f"{whose}_state"], STATES, language)

    return "; ".join(
        language.say("{name}: bewoners {ours}, {side} {theirs}", name=name, ours=one(row, "civiel"), side=scan.side,
                     theirs=one(row, "other"))
        for name, (_, row) in zip(names, scan.rows.iterrows(), strict=True)
    )  # fmt: skip
