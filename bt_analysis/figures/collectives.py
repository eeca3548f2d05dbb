"""Collectives beside each other: the estimates of the cross-domain report in, one figure without a ranking out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.coverage import STRATA, UNKNOWN
from bt_analysis.figures.axes import one_axis
from bt_analysis.pages import codes, sentences, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.cooperation_words import PLACES
from bt_analysis.pages.drawing import BLUE, GREY, Figure, canvas_with_axes, dots, finish, short, write_numbers


def across(content: Content, group_value: str) -> Figure:
    """Draw, for every collective, how much a group took part compared with its share of the inhabitants.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    group_value : str
        A group, such as ``65+``.

    Returns
    -------
    Figure
        One dot with its interval per collective, by kind of place and then in alphabetical order: no ranking.
        Collectives without an interval are named instead. A tile when none can be shown.
    """
    say, number = content.language.say, content.language.number
    group = words.say(group_value, codes.GROUPS, content.language)
    names = content.collectives.set_index("collective_id")["name"]
    rows = content.rows("representation", "representation_ratio", group_value=group_value)
    rows = one_axis(content, rows[rows["gate"].isin(SHOWN) & rows["ci_low"].notna()])
    rows = _by_place(content, rows.assign(name=rows["collective_id"].map(names)))
    if rows.empty:
        return Figure(
            say("Niet te zien."), say("Van geen collectief is te tonen hoeveel {group} meededen.", group=group)
        )
    canvas, axes = canvas_with_axes(0.8 + 0.42 * len(rows))
    axes.axvline(1, color=GREY, linewidth=1)
    axes.hlines(range(len(rows)), rows["ci_low"], rows["ci_high"], color=BLUE, linewidth=5, alpha=0.3)
    dots(axes, rows["value"], range(len(rows)), BLUE, 60)
    axes.set_yticks(range(len(rows)), [short(name) for name in rows["label"]])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel(say("keer zo veel als verwacht"))
    write_numbers(axes.xaxis, content.language)
    clear = ((rows["ci_high"] < 1) | (rows["ci_low"] > 1)).sum()
    title = say(
        "{group}: bij {clear} van de {n} collectieven waarvan het te tonen is ({of} in totaal) wijkt de deelname "
        "duidelijk af",
        group=group[:1].upper() + group[1:], clear=str(clear), n=str(len(rows)), of=str(len(names)),
    )  # fmt: skip
    title = sentences.reserved(content, title, rows)
    absent = sorted(names.drop(rows["collective_id"].unique()))
    gone = say("Niet te tonen: {names}.", names=words.listed(absent, content.language)) if absent else ""
    told = [
        say(
            "{name}: {value} keer ({low} tot {high})",
            name=row["name"],
            value=number(row["value"], 1),
            low=number(row["ci_low"], 1),
            high=number(row["ci_high"], 1),
        )
        for row in rows.to_dict("records")
    ]
    return finish(canvas, title, ". ".join(filter(None, ["; ".join(told), gone])), "side", gone)


def _by_place(content: Content, rows: pd.DataFrame) -> pd.DataFrame:
    """Put collectives in the same kind of place together; the label says which kind, where there is more than one."""
    kinds = content.collectives.set_index("collective_id")["urbanity"].fillna(UNKNOWN).map(STRATA)
    order = {kind: at for at, kind in enumerate(PLACES)}
    rows = rows.assign(place=rows["collective_id"].map(kinds))
    rows = rows.sort_values(["place", "name"], key=lambda one: one.map(order) if one.name == "place" else one)
    if rows["place"].nunique() < 2:
        return rows.assign(label=rows["name"])
    return rows.assign(label=rows["name"] + " · " + rows["place"].map(lambda kind: content.language.say(PLACES[kind])))
