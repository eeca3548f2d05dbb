"""An experiment card on a page: its texts where those who wrote them agreed, and whether it was fixed beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bt_analysis import cards
from bt_analysis.analysis.experiments import AFTERWARDS, NOT_KNOWN
from bt_analysis.pages import findings, sentences, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render
from bt_analysis.pages.stored import ContentError

FIELDS = {
    "problem": "wat er niet goed ging",
    "change_tried": "wat er anders werd gedaan",
    "mechanism_expected": "waarom dat zou helpen",
    "who_decides": "wie beslist",
    "success_signal": "gelukt als",
    "stop_signal": "stoppen als",
    "change_of_mind": "wat onze mening zou veranderen",
    "ethics_note": "wie er last van kan hebben",
}
"""Texts of a card."""

COMPARISONS = {
    "geen": "met niets",
    "voor_na": "vooraf en achteraf",
    "gefaseerd": "met wie later begint",
    "vergelijkgebied": "met gebieden die hierop lijken",
    "loting": "met wie het lot niet koos",
    "": "niet ingevuld",
}
"""What a result was to be compared with."""

STATUSES = {
    "gepland": "Het moet nog beginnen.",
    "loopt": "Het loopt nog.",
    "gestopt": "Het is gestopt.",
    "klaar": "Het is klaar.",
    "mislukt_leerzaam": "Het werkte niet, en daar is van geleerd.",
    "": "Hoe het ervoor staat is niet ingevuld.",
}
"""How an experiment stands."""

DECLARED = {
    "vooraf": "De kaart is vooraf ingevuld: op {declared}. Het begon op {start}.",
    AFTERWARDS: "De kaart is achteraf ingevuld: op {declared}. Het begon al op {start}. "
    "Zo kan wat er staat bij de uitkomst zijn gezocht.",
    NOT_KNOWN: "Of de kaart vooraf is ingevuld weten we niet: een datum ontbreekt.",
}
"""Whether a card was declared before the start."""

CARDS = {
    cards.INTACT: "Aan de kaart is daarna niets veranderd.",
    cards.CHANGED: "De kaart is daarna veranderd. Wat hier staat, is dus niet wat vooraf is vastgelegd.",
    cards.NO_HASH: "De kaart heeft geen vingerafdruk. Of ze later is veranderd, is niet na te gaan.",
}
"""Whether a card still is what was declared."""

EVENTS = {
    "start": "begin", "aanpassing": "aanpassing", "criterium_gewijzigd": "anders gaan meten of het lukte",
    "stop": "gestopt", "resultaat": "resultaat", "reflectie": "terugkijken",
}  # fmt: skip
"""What happened."""

ASKED_BY = {
    "bewoner": "een bewoner", "collectief": "het collectief", "gemeente": "de gemeente",
    "onderzoeker": "een onderzoeker", "student": "een student", "anders": "iemand anders",
}  # fmt: skip
"""Who came with the question."""


def of(content: Content, experiment_id: str = "") -> pd.Series | None:
    """Choose an experiment.

    Parameters
    ----------
    content : Content
        A collective's report.
    experiment_id : str
        Its id, with the collective in front or without; empty: the first.

    Returns
    -------
    Series or None
        Its row of analysed_experiments; None when the collective has no card.

    Raises
    ------
    ContentError
        When there are cards, but none with that id.
    """
    listed = content.experiments
    if listed.empty:
        return None
    owner = f"{content.collective['collective_id']}--"
    ids = listed["experiment_id"].str.removeprefix(owner)
    found = listed[ids.eq(experiment_id.removeprefix(owner))] if experiment_id else listed
    if found.empty:
        raise ContentError(f"got experiment {experiment_id!r}; expected one of {', '.join(ids)}. Choose one of those.")
    return found.iloc[0]


def declared(content: Content, card: pd.Series) -> list[str]:
    """Say when the card was declared, and whether it still is what it was.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series
        As :func:`of` gives it.

    Returns
    -------
    list of str
        Two sentences or three.
    """
    say = content.language.say
    days = {"declared": day(content, card["declared_at"]), "start": day(content, card["start"])}
    n = int(card["criteria_changed_n"])
    changed = (
        [
            say(
                "Wel is later 1 keer veranderd wanneer het gelukt is."
                if n == 1
                else "Wel is later {n} keer veranderd wanneer het gelukt is.",
                n=str(n),
            )
        ]
        if n
        else []
    )
    return [say(DECLARED[card["declared"]], **days), say(CARDS[card["card"]]), *changed]


def stands(content: Content, card: pd.Series) -> list[str]:
    """Say how an experiment stands.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series
        As :func:`of` gives it.

    Returns
    -------
    list of str
        A sentence, and a second one when it was stopped on a day that is recorded.
    """
    say = content.language.say
    stopped = [] if pd.isna(card["stopped_on"]) else [say("Gestopt op {day}.", day=day(content, card["stopped_on"]))]
    return [say(STATUSES[card["status"]]), *stopped]


def as_declared(content: Content, card: pd.Series | None) -> Html:
    """Show the card.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`of` gives it.

    Returns
    -------
    Html
        One row per field; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    labels = [words.within(sentences.label(content, one)) for one in findings.indicators(card)]
    rows = [(say(name), told(content, card, field)) for field, name in FIELDS.items()]
    rows.append((say("waarmee vergelijken"), say(COMPARISONS[card["comparison"]])))
    rows.append((say("waaraan je het ziet"), ", ".join(labels) or say("niet ingevuld")))
    rows.append((say("gepland einde"), day(content, card["planned_end"]) or say("niet ingevuld")))
    return table(content, say("De kaart zoals die is ingevuld"), [say("op de kaart"), say("wat er staat")], rows)


def told(content: Content, card: pd.Series, field: str) -> str:
    """Show a text of the card.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series
        As :func:`of` gives it.
    field : str
        One of :data:`FIELDS`.

    Returns
    -------
    str
        The text; without consent, that it is not shown; when there is none, that it was not filled in.
    """
    if not card["text_shown"] and field in card["texts_kept"].split(";"):
        return hidden(content)
    return content.language.typed(card[field]) or content.language.say("niet ingevuld")


def hidden(content: Content) -> str:
    """Say that a text is not shown for want of consent.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    str
        A sentence.
    """
    return content.language.say("De tekst tonen we niet: wie die schreef, gaf daar geen toestemming voor.")


def day(content: Content, day: object) -> str:
    """Write a day.

    Parameters
    ----------
    content : Content
        The report.
    day : object
        A day, or nothing.

    Returns
    -------
    str
        Empty when there is none.
    """
    return content.language.date(day) if isinstance(day, pd.Timestamp) and not pd.isna(day) else ""


def table(content: Content, caption: str, names: list[str], rows: Sequence[tuple[str, ...]]) -> Html:
    """Make a table of texts.

    Parameters
    ----------
    content : Content
        The report.
    caption : str
        What the table is.
    names : list of str
        Names of its columns.
    rows : sequence of tuple of str
        Its cells.

    Returns
    -------
    Html
        The table.
    """
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=False,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[{"id": "", "cells": [cell(one) for one in row]} for row in rows],
        caption=caption,
        after="",
    )
