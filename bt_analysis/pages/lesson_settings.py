"""Settings of lessons on a page: the conditions a lesson names in; them in words, and where else they count, out."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bt_analysis.analysis.learning import lesson_settings
from bt_analysis.pages import pattern_words, shared_rows
from bt_analysis.pages.content import Content


def notes(content: Content, rows: pd.DataFrame) -> dict[str, str]:
    """Say of each lesson where else its setting holds, who learnt the opposite, and what all of them together show.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    rows : DataFrame
        Rows of analysed_lessons.

    Returns
    -------
    dict of str to str
        Lesson → what stands under its card; nothing of a lesson that names no condition that is known.
    """
    table = content.learned.get("lesson_settings", pd.DataFrame())
    if table.empty:
        return {}
    told = {str(row["setting"]): " ".join(_note(content, row)) for _, row in table.iterrows()}
    known = rows[rows["setting"].isin(list(told))]
    return {lesson: told[setting] for lesson, setting in zip(known["lesson_id"], known["setting"], strict=True)}


def _note(content: Content, row: pd.Series) -> Iterator[str]:
    say, n = content.language.say, int(row["elsewhere_n"])
    yield say("Dit was {conditions}.", conditions=situation(content, row["setting"]))
    if n:
        yield say(
            "Zo is het ook bij 1 ander collectief." if n == 1 else "Zo is het ook bij {n} andere collectieven.",
            n=content.language.number(n),
        )
    if row["both"]:
        yield say("Let op: zo werkte het bij de een wel en bij de ander niet.")
    yield from _of_all(content, row["setting"])


def _of_all(content: Content, setting: str) -> Iterator[str]:
    """Yield with which patterns and differences over all collectives the conditions of a lesson are found together."""
    say, language = content.language.say, content.language
    for row in lesson_settings.patterns_with(setting, content.learned).to_dict("records"):
        yield say(
            "Over alle collectieven: {pattern} komt dit vaker voor: {outcome}."
            if row["z"] > 0
            else "Over alle collectieven: {pattern} komt dit minder vaak voor: {outcome}.",
            pattern=pattern_words.told(row["pattern"], language), outcome=pattern_words.name(row["outcome"], language),
        )  # fmt: skip
    level = content.settings.learning.level
    for row in lesson_settings.moderators_in(setting, content.learned, level).to_dict("records"):
        yield say(
            "Over alle collectieven: met {condition} is de uitkomst hoger: {figure}."
            if row["slope"] > 0
            else "Over alle collectieven: met {condition} is de uitkomst lager: {figure}.",
            condition=shared_rows.condition(content, row["moderator"]), figure=shared_rows.name(content, row),
        )  # fmt: skip


def situation(content: Content, setting: str) -> str:
    """Write the conditions of a lesson in words.

    Parameters
    ----------
    content : Content
        The report.
    setting : str
        Such as ``geld=0;vaste_plek=1``.

    Returns
    -------
    str
        Such as ``met een vaste plek; zonder geld voor langer dan een jaar``; what is not known is left out.
    """
    say = content.language.say
    labels: dict[str, list[str]] = {}
    for code, value in (one.rsplit("=", 1) for one in setting.split(";") if one):
        labels.setdefault(value, []).append(pattern_words.name(code, content.language))
    parts = []
    if "1" in labels:
        parts.append(say("met {labels}", labels=_and(content, labels["1"])))
    if "0" in labels:
        parts.append(say("zonder {labels}", labels=_and(content, labels["0"])))
    return "; ".join(parts)


def _and(content: Content, labels: list[str]) -> str:
    return f" {content.language.say('en')} ".join(labels)
