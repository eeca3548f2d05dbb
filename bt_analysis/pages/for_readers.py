"""Pages of the cross-domain report for one audience: all collectives in; one A4 for residents, two for government, out.

They say what the whole report says, of the same estimates, in fewer words. What did not work takes as much room as what
did, and each page ends with questions: it is meant to be talked over.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.analysis.learning.lesson_warnings import NEGATIVE
from bt_analysis.analysis.learning.obstacles import QUESTION as OBSTACLES_QUESTION
from bt_analysis.analysis.learning.obstacles import TYPE
from bt_analysis.pages import (
    bundled,
    cooperation,
    failures,
    input_rows,
    inputs,
    learned_in_short,
    ledger,
    lessons,
    obstacles,
    selection,
    words,
)
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.cooperation_words import OBSTACLES
from bt_analysis.pages.html import Html, render, text

LESSONS = 3
"""Lessons of each kind that a page shows, at most: as many of what did not work as of what did."""

_GOVERNMENT = "publiek"


def residents(content: Content) -> Html:
    """Open the page for residents.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Who took part, who did not, and what was learned, in a few sentences.
    """
    say = content.language.say
    about = say("Deze bladzijde is voor bewoners. Ze komt uit een rapport over alle collectieven samen.")
    return _opening(content, about, (7, 8))


def municipality(content: Content) -> Html:
    """Open the pages for municipalities and umbrella organisations.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Who took part, who did not, and what was learned of working together.
    """
    say = content.language.say
    about = say("Deze twee bladzijden zijn voor gemeenten en koepels. Gemeenten en mensen noemen we niet.")
    return _opening(content, about, (6, 7, 8, 4))


def _opening(content: Content, about: str, numbers: tuple[int, ...]) -> Html:
    say = content.language.say
    if content.collectives.empty:
        points = bundled.made_of(content)
    else:
        said = learned_in_short.sentences(content)
        points = [
            selection.brief(content),
            *(sentence for number in numbers for sentence in said[number]),
            say("We zeggen niet wie beter is: elke buurt is anders."),
        ]
    head = render("sections/about.html.j2", content.language, about=about)
    short = render("sections/in_short.html.j2", content.language, title=say("In het kort"), sentences=points)
    return Html(head + short)


def brought_in(content: Content) -> Html:
    """Tell what became of what residents brought in, above its drawings.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A head and sentences; a tile when nobody keeps it.
    """
    say = content.language.say
    title = say("Wat er gebeurde met ideeën van bewoners")
    if input_rows.one(content, "inputs_n", ACROSS) is None:
        return text(content.language, title, tile=say("Wat er met inbreng gebeurde is nog niet bijgehouden."))
    weigh = say("Wie veel inbreng opschreef, telt zwaarder mee. Gemeenten noemen we niet.")
    wait = inputs.wait(content, ACROSS)
    return text(content.language, title, [f"{inputs.in_short(content, ACROSS)} {wait}", weigh])


def both_worlds(content: Content) -> Html:
    """Tell what stood in the way on both sides, and where residents and government see it differently.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table of obstacles and one of conditions; tiles of what nobody keeps.
    """
    say = content.language.say
    title = say("Wat het werk tegenhoudt, aan beide kanten")
    table = obstacles.by_kind(content)
    if not table:
        head = text(content.language, title, tile=say("Belemmeringen zijn nog niet bijgehouden."))
    else:
        whose = say("Collectieven hielden dit zelf bij. Anderen zien hun eigen hindernissen misschien anders.")
        head = Html(text(content.language, title, [whose]) + table)
    return Html(head + cooperation.across(content))


def for_residents(content: Content) -> Html:
    """Show a few lessons, what is not known, and what residents can ask.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        The end of the page for residents.
    """
    say = content.language.say
    asked = [say("Herken je dit? Vertel je collectief wat bij jullie werkte, en wat niet.")]
    if _count(content, "inputs", "inputs_unanswered_n"):
        asked.append(say("Welk idee uit jouw buurt wacht nog op een antwoord? Vraag het op de volgende avond."))
    asked.append(say("Klopt er iets niet? Zeg het. Jouw antwoord komt in het volgende rapport."))
    return _end(content, (2, 3, 4), say("Waar je over kunt praten"), asked)


def for_municipality(content: Content) -> Html:
    """Show lessons, what is not known, and questions for the talk with collectives.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        The end of the pages for municipalities and umbrella organisations.
    """
    say, number = content.language.say, content.language.number
    asked: list[str] = []
    if content.collectives.empty:
        return Html("")
    if open_ := _count(content, "inputs", "inputs_unanswered_n"):
        asked.append(
            say("Op 1 idee kwam nog geen antwoord. Wie geeft dat, en wanneer?")
            if open_ == 1
            else say("Op {n} ideeën kwam nog geen antwoord. Wie geeft dat, en wanneer?", n=number(open_))
        )
    asked += _most_named(content)
    if other := _count(content, "savings", "saver_does_not_pay_n"):
        asked.append(
            say("Bij {n} besparingen bespaart een ander dan wie betaalt. Hoe verdelen we dat eerlijk?", n=number(other))
            if other > 1
            else say("Bij 1 besparing bespaart een ander dan wie betaalt. Hoe verdelen we dat eerlijk?")
        )
    asked.append(say("Wie zit niet aan tafel, en hoe horen we die mensen wel?"))
    money = text(content.language, say("Wie betaalt, en wie bespaart")) + ledger.across(content)
    return Html(money + _end(content, (2, 3, 9), say("Vragen voor het gesprek"), asked))


def _most_named(content: Content) -> list[str]:
    """Ask about what collectives named most on the side of government; nothing where two were named as often."""
    say, number = content.language.say, content.language.number
    rows = content.rows(
        OBSTACLES_QUESTION, "obstacles_n", collective_id=ACROSS, group_type=f"{TYPE}_{_GOVERNMENT}"
    ).sort_values("value", ascending=False)  # fmt: skip
    rows = rows[rows["gate"].isin(SHOWN)]
    values = rows["value"].dropna().tolist()
    if not values or values[0] < 2 or values.count(values[0]) > 1:
        return []
    name = words.say(str(rows["group_value"].iloc[0]), OBSTACLES, content.language)
    return [
        say("Bij de overheid noemden collectieven het vaakst: {name} ({n} keer). Wat kunnen we daaraan doen?",
            name=name, n=number(values[0]))
    ]  # fmt: skip


def _end(content: Content, unknown: tuple[int, ...], title: str, asked: list[str]) -> Html:
    say = content.language.say
    if content.collectives.empty:
        return Html("")
    said = learned_in_short.sentences(content)
    gaps = [sentence for number in unknown for sentence in said[number] if sentence != selection.brief(content)]
    parts = [
        _lessons(content),
        text(content.language, say("Wat we niet weten"), points=gaps),
        text(content.language, title, points=asked),
    ]
    return Html("".join(parts))


def _lessons(content: Content) -> Html:
    """Show lessons of what did not work, and as many of what did."""
    say = content.language.say
    title = say("Wat niet werkte, en wat wel")
    told = content.learned.get("lessons", pd.DataFrame())
    if told.empty:
        return text(content.language, title, tile=say("Lessen zijn nog niet bijgehouden."))
    wrong = told["valence"].isin(NEGATIVE)
    failed, worked = failures.spread(told[wrong], LESSONS), failures.spread(told[~wrong], LESSONS)
    named = ((say("Lessen van wat niet werkte"), failed), (say("Lessen van wat werkte, of deels werkte"), worked))
    # A block each: all together would be too high to stay in one column of paper.
    cards = [lessons.cards(content, rows, name, named=True) for name, rows in named if len(rows)]
    missing = [] if len(failed) else [say("Niemand schreef op wat niet werkte. Dat wil niet zeggen dat alles lukte.")]
    return Html("".join([text(content.language, title, missing), *cards]))


def _count(content: Content, question: str, indicator_id: str) -> float:
    row = content.one(question, indicator_id, collective_id=ACROSS)
    return 0.0 if row is None or row["gate"] not in SHOWN or pd.isna(row["value"]) else float(row["value"])
