"""The Leerrapport of one collective, section by section: its content in, HTML out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import behind, brief, codes, gaps, give_and_take, known, sentences, tables, where, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, render, text

MOST_GAPS = 4
"""Things that are not known that the two pages have room for."""


def opening(content: Content) -> Html:
    """Give the head of the report: who, where, which period, and whether it is made up.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Title and facts.
    """
    say = content.language.say
    who = content.collective
    facts = [words.say(str(who["primary_domain"]), codes.DOMAINS, content.language)]
    if isinstance(who["work_area_label"], str):
        facts.append(say("werkgebied: {names}", names=who["work_area_label"]))
    facts.append(say("periode {period}", period=content.period.replace("-", "–")))
    return render(
        "sections/opening.html.j2",
        content.language,
        synthetic=bool(who["synthetic"]),
        kind=say("Leerrapport"),
        title=who["name"],
        facts=facts,
        notice=_delivery(content),
    )


def _delivery(content: Content) -> str:
    """Say that an older delivery was used, when the newest has problems."""
    say, who = content.language.say, content.collective
    if not who["accepted_on"]:
        return ""
    day = content.language.date(pd.Timestamp(who["accepted_on"]))
    if who["problems_n"] == 1:
        return say("In de nieuwste levering zit 1 fout. Dit rapport gebruikt de levering van {day}.", day=day)
    number = str(who["problems_n"])
    return say(
        "In de nieuwste levering zitten {n} fouten. Dit rapport gebruikt de levering van {day}.", n=number, day=day
    )


def in_short(content: Content) -> Html:
    """Give the report in short: two things that went well, one that did not, one that is unknown, and a question.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Section 1; what a sentence counts leads to its line in the appendix.
    """
    return render("sections/in_short.html.j2", content.language, lines=brief.lines(content))


def together(content: Content) -> Html:
    """Give what was done: activities, times, participations and hours.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Section 2; each number leads to its line in the appendix.
    """
    say = content.language.say
    tiles = [
        tables.tile(content, content.one("activities", "activities_n"), say("activiteiten"), say("activiteit")),
        tables.tile(content, content.one("activities", "sessions_n"), say("keer gehouden")),
        tables.tile(content, content.one("reach", "contacts_n"), say("deelnames"), say("deelname")),
        tables.tile(content, content.one("reach", "unique_n"), say("verschillende mensen")),
        tables.tile(content, content.one("hours", "hours_total"), say("uur van vrijwilligers")),
    ]
    return render(
        "sections/tiles.html.j2",
        content.language,
        title=behind.title(content, 2),
        paragraphs=[],
        tiles=tiles,
        after=[],
    )


def neighbourhood(content: Content) -> Html:
    """Give whom was reached, and what kind of place it is beside its surroundings, in words.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Head of section 3.
    """
    title = behind.title(content, 3)
    return text(content.language, title, [sentences.reach(content), *where.paragraphs(content)])


def unknown(content: Content) -> Html:
    """Give what is not known, what residents replied to what they were told, and what comes next.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Section 9, of which :func:`unknown_in_full` has the rest.
    """
    title = behind.title(content, 9)
    # What can't be seen beside similar areas stands in section 4 already.
    told = set(known.unseen(content)) - set(known.not_asked(content))
    points = [one for one in gaps.unseen(content) if one not in told]
    return Html(text(content.language, title, points=points[:MOST_GAPS]) + give_and_take.in_short(content))


def unknown_in_full(content: Content) -> Html:
    """Give everything that is not known, and every reply, for behind section 9.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A list and a table.
    """
    return Html(text(content.language, "", points=gaps.unseen(content)) + give_and_take.replies(content))
