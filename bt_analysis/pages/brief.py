"""The report in short: a report in; two lines on what went well, one on what did not, one unknown and a question out.

No sentence is made up to fill a place. What went well is what was done, and the best founded of what came of it; what
did not is a finding against what was hoped for, a lesson, a group that stayed away, or ideas without an answer. Where
none of these is kept, the line says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from bt_analysis.analysis.learning.lesson_warnings import NEGATIVE
from bt_analysis.language import joined
from bt_analysis.pages import groups, input_rows, known, lessons, sentences, verdicts, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.verdicts import Outcome

UNWANTED = {("hoger_beter", "lager"), ("lager_beter", "hoger")}
"""Direction of an indicator and verdict that go against each other."""

SAID = {
    "werkte": "Dit werkte: “{lesson}”.",
    "werkte_niet": "Dit werkte niet: “{lesson}”.",
    "schade": "Dit deed schade: “{lesson}”.",
}
"""Valence → how the words of a lesson are told."""


class Part(NamedTuple):
    """A sentence or a few, and the figure they say.

    Parameters
    ----------
    text : str
        In the reader's language.
    claim_id : str
        Line of the appendix they lead to; empty where nothing is counted.
    """

    text: str
    claim_id: str = ""


Line = list[Part]


def lines(content: Content) -> list[Line]:
    """Choose the five lines of the report in short.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of list of Part
        What was done; what else went well; what did not; what is unknown; a question to talk about.
    """
    found, against = _finding(content)
    second = _first(content, _worked, _executed, _hours) if against or not found else found
    third = found if against else _first(content, _failed, _stayed_away, _unanswered, _nothing_failed)
    return [done(content), second, third, [Part(known.unknown(content))], question(content)]


def done(content: Content) -> Line:
    """Say what was done, and how often somebody took part.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of Part
        One sentence; says what is not kept as well. What must be kept in mind of its numbers stands in section 2.
    """
    say, number = content.language.say, content.language.number
    activities, times, contacts = (
        content.one(question, name)
        for question, name in (("activities", "activities_n"), ("activities", "sessions_n"), ("reach", "contacts_n"))
    )
    parts = [_activities(content, activities)]
    if activities is not None and times is not None and times["gate"] in SHOWN:
        parts.append(Part(say("samen {n} keer gehouden", n=number(times["value"])), _claim(times)))
    parts.append(_contacts(content, contacts))
    return [Part(part.text + ("." if part is parts[-1] else ","), part.claim_id) for part in parts]


def _activities(content: Content, row: pd.Series | None) -> Part:
    say = content.language.say
    if row is None:
        return Part(say("Activiteiten zijn nog niet bijgehouden"))
    n = content.language.number(row["value"])
    return Part(say("Er was 1 activiteit") if n == "1" else say("Er waren {n} activiteiten", n=n), _claim(row))


def _contacts(content: Content, row: pd.Series | None) -> Part:
    say = content.language.say
    if row is None or row["gate"] == "niet_te_zien":
        return Part(say("en deelname is nog niet bijgehouden"))
    if row["gate"] not in SHOWN:
        return Part(say("en hoeveel mensen meededen, tonen we niet"))
    n = content.language.number(row["value"])
    counted = content.one("activities", "activities_n") is not None
    return Part(say("met {n} deelnames" if counted else "en er waren {n} deelnames", n=n), _claim(row))


def question(content: Content) -> Line:
    """Ask what to talk about: who stayed away, who answers, or what to learn next year.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of Part
        One question.
    """
    say = content.language.say
    less = _fewer(content)
    if less is not None:
        return [Part(say("Om over te praten: hoe nodigen we {group} uit?", group=words.people(less, content.language)))]
    row = input_rows.one(content, "inputs_unanswered_n")
    if row is not None and row["gate"] in SHOWN and row["value"]:
        n = content.language.number(row["value"])
        asked = (
            say("Om over te praten: wie geeft antwoord op het ene idee dat nog wacht?")
            if row["value"] == 1
            else say("Om over te praten: wie geeft antwoord op de {n} ideeën die nog wachten?", n=n)
        )
        return [Part(asked, _claim(row))]
    return [Part(say("Om over te praten: wat willen we het komende jaar leren, en wat houden we daarvoor bij?"))]


def _first(content: Content, *ways: Callable[[Content], Line]) -> Line:
    """Return the first of some lines that has something to say."""
    return next((line for way in ways if (line := way(content))), [])


def _claim(row: pd.Series | None) -> str:
    return str(row["claim_id"]) if row is not None and row["gate"] in SHOWN else ""


def _finding(content: Content) -> tuple[Line, bool]:
    """Say what was found beside similar areas, and tell whether it is not what was hoped for."""
    told = known.known(content)
    if not told:
        return [], False
    found = next(one for one in verdicts.outcomes(content) if one.shown and one.code != "geen_vast_antwoord")
    return [Part(told, _claim(found.verdict))], _against(content, found)


def _against(content: Content, found: Outcome) -> bool:
    """Tell whether a figure went the wrong way, or no way at all; of a figure without direction only the latter."""
    indicator = content.catalogue.get(found.indicator_id)
    direction = indicator.direction if indicator is not None else ""
    return found.code == "geen_verschil" or (direction, found.code) in UNWANTED


def _lesson(content: Content, *valences: str) -> Line:
    """Tell the newest lesson that may be read and fits."""
    if content.learned.get("lessons", pd.DataFrame()).empty:
        return []
    rows = lessons.of_period(content)
    for _, row in rows[rows["text_shown"] & rows["valence"].isin(valences)].iterrows():
        told = [str(row[name]).strip().rstrip(".") for name in ("context", "outcome") if str(row[name]).strip()]
        lesson = joined("” – “", map(content.language.typed, told))
        said = content.language.say(SAID[row["valence"]], lesson=lesson)
        if told and len(said.split()) <= known.MOST_WORDS:
            return [Part(said)]
    return []


def _worked(content: Content) -> Line:
    return _lesson(content, "werkte")


def _failed(content: Content) -> Line:
    return _lesson(content, *(one for one in NEGATIVE if one in SAID))


def _executed(content: Content) -> Line:
    """Say how many ideas were carried out; nothing when none was."""
    say, number = content.language.say, content.language.number
    total, row = (input_rows.one(content, name) for name in ("inputs_n", "inputs_executed_n"))
    if total is None or row is None or row["gate"] not in SHOWN or not row["value"]:
        return []
    one, n = row["value"] == 1, number(total["value"])
    told = (
        say("Van {n} ideeën is er 1 uitgevoerd.", n=n)
        if one
        else say("Van {n} ideeën zijn er {done} uitgevoerd.", n=n, done=number(row["value"]))
    )
    return [Part(told, _claim(row))]


def _hours(content: Content) -> Line:
    return [Part(sentences.hours(content), _claim(content.one("hours", "hours_total")))]


def _fewer(content: Content) -> pd.Series | None:
    """Find the group that took part least beside what one would expect; its interval leaves out 1."""
    ratios = content.rows("representation", "representation_ratio", group_type=groups.kinds_of_groups(content)[0])
    less = ratios[ratios["gate"].isin(SHOWN) & (ratios["ci_high"] < 1)].sort_values("value")
    return less.iloc[0] if len(less) else None


def _stayed_away(content: Content) -> Line:
    less = _fewer(content)
    if less is None:
        return []
    group = words.people(less, content.language)
    told = content.language.say(
        "{Groups} deden minder mee dan je zou verwachten.", Groups=group[:1].upper() + group[1:]
    )
    return [Part(sentences.reserved(content, told, less.to_frame().T), _claim(less))]


def _unanswered(content: Content) -> Line:
    row = input_rows.one(content, "inputs_unanswered_n")
    if row is None or row["gate"] not in SHOWN or not row["value"]:
        return []
    told = content.language.say("Op {n} ideeën kwam geen antwoord.", n=content.language.number(row["value"]))
    if row["value"] == 1:
        told = content.language.say("Op 1 idee kwam geen antwoord.")
    return [Part(told, _claim(row))]


def _nothing_failed(content: Content) -> Line:
    return [Part(content.language.say("Wat niet goed ging, is nog niet opgeschreven."))]
