"""Who is not in it: counts of who was asked to take part in; a sentence that goes with every claim out."""

from __future__ import annotations

from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.analysis.learning.selection import ASKED, COLLECTIVE
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, render

QUESTION = "selection"

ANCHOR = "wie-niet"
"""Id of the place in the cross-domain report where the whole warning stands."""

_ALL, _OF_COLLECTIVES = ASKED, f"{ASKED}_{COLLECTIVE}"


def warning(content: Content) -> str:
    """Say how many that were asked do not take part: it goes with every claim over collectives.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    str
        Of collectives when any was asked, else of all parties; that nobody keeps it when nobody does.
    """
    say, number = content.language.say, content.language.number
    bias = say("Dat kan het beeld vertekenen.")
    collectives, parties = (_counts(content, kind) for kind in (_OF_COLLECTIVES, _ALL))
    counts = collectives or parties
    if not counts:
        return " ".join([say("Wie niet mee wilde doen is niet bijgehouden."), *stopped(content), bias])
    told = say(
        "Collectieven zijn {n} keer gevraagd om mee te doen: {answers}."
        if collectives
        else "Partijen zijn {n} keer gevraagd om mee te doen: {answers}.",
        n=number(sum(counts.values())),
        answers=answers(content, counts),
    )
    return " ".join([told, *stopped(content), bias])


def brief(content: Content) -> str:
    """Say in one line who is not in it.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    str
        What those answered that do not take part; that nobody keeps it when nobody does.
    """
    say = content.language.say
    collectives, parties = (_counts(content, kind) for kind in (_OF_COLLECTIVES, _ALL))
    counts = collectives or parties
    if not counts:
        return say("Wie niet mee wilde doen is niet bijgehouden.")
    missing = {answer: n for answer, n in counts.items() if answer != "doet_mee"}
    if not missing:
        return say("Iedereen die is gevraagd, doet mee.")
    return say("Niet iedereen doet mee: {answers}.", answers=answers(content, missing))


def again(content: Content) -> Html:
    """Say it again, in one line, with a claim that stands after the whole warning.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        :func:`brief`, that it may bias what is seen, and a link to where the whole warning stands.
    """
    say = content.language.say
    before = f"{brief(content)} {say('Dat kan het beeld vertekenen.')}"
    link = say("Meer hierover in deel {n}.", n="2")
    return render("sections/leading.html.j2", content.language, before=before, target=ANCHOR, link=link)


def _counts(content: Content, kind: str) -> dict[str, float]:
    rows = content.rows(QUESTION, "approached_n", collective_id=ACROSS, group_type=kind)
    return dict(zip(rows["group_value"], rows["value"], strict=True))


def answers(content: Content, counts: dict[str, float]) -> str:
    """Write what parties answered, each kind of answer with its number.

    Parameters
    ----------
    content : Content
        The report, for its language.
    counts : dict of str to float
        Answer → how many times.

    Returns
    -------
    str
        In the middle of a sentence; answers that nobody gave are left out.
    """
    say, number = content.language.say, content.language.number
    n = {answer: number(count) for answer, count in counts.items()}
    parts = []
    if "doet_mee" in n:
        parts.append(say("{n} doet mee" if counts["doet_mee"] == 1 else "{n} doen mee", n=n["doet_mee"]))
    if "weigert" in n:
        parts.append(say("{n} zei nee" if counts["weigert"] == 1 else "{n} zeiden nee", n=n["weigert"]))
    if "stopt" in n:
        parts.append(say("{n} stopte later" if counts["stopt"] == 1 else "{n} stopten later", n=n["stopt"]))
    if "geen_antwoord" in n:
        parts.append(
            say("{n} gaf geen antwoord" if counts["geen_antwoord"] == 1 else "{n} gaven geen antwoord",
                n=n["geen_antwoord"])
        )  # fmt: skip
    return ", ".join(parts)


def stopped(content: Content) -> list[str]:
    """Say how many collectives in the report have stopped.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    list of str
        Empty when none has.
    """
    row = content.one(QUESTION, "stopped_collectives_n", collective_id=ACROSS)
    if row is None or not row["value"]:
        return []
    n = content.language.number(row["value"])
    return [
        content.language.say(
            "1 collectief in dit rapport is gestopt." if row["value"] == 1
            else "{n} collectieven in dit rapport zijn gestopt.", n=n,
        )
    ]  # fmt: skip
