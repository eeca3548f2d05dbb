"""Section 11 of the cross-domain report: settings and thresholds in; how it was worked out, and its limits, out."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from bt_analysis.analysis.learning import first_told
from bt_analysis.analysis.learning.arrows import KINDS_TO_SUPPORT
from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.pages import chapters
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text

Points = list[str]


def method(content: Content) -> Html:
    """Give method and limits of every section, and what changed since the last time.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 11: a table of sections with their method and thresholds, and sentences on what changed.
    """
    say = content.language.say
    title = chapters.title(11, content.language)
    general = text(content.language, title, points=_general(content))
    lot = say(
        "Wat wordt geloot, begint bij het getal {seed}: wie het nadoet, krijgt hetzelfde.",
        seed=str(content.settings.learning.seed),
    )
    return Html(general + _by_section(content) + text(content.language, "", [lot]) + changed(content))


def _general(content: Content) -> Points:
    say = content.language.say
    hidden = int((content.estimates["gate"] == "onderdrukt").sum())
    return [
        say("Aandelen hebben een interval van Wilson, verhoudingen een interval van Jeffreys, beide 95%."),
        say("Cijfers van een gebied zijn opgeteld, of gewogen met hun eigen noemer; nooit met oppervlakte."),
        say(
            "1 cijfer is weggelaten om mensen te beschermen."
            if hidden == 1
            else "{n} cijfers zijn weggelaten om mensen te beschermen.",
            n=content.language.number(hidden),
        ),
        say("Sommen gaan alleen over collectieven waarvan het cijfer ook zelf getoond mag worden."),
        say("Euro's van collectieven tellen we nooit bij elkaar op, en er is geen totaalscore."),
    ]


def _by_section(content: Content) -> Html:
    """Set what each section does, with its thresholds, beside what it cannot show."""
    say = content.language.say
    body = [
        {"id": "", "cells": [
            cell(say(chapters.TITLES[number])), *(cell(" ".join(sentences)) for sentences in part(content)),
        ]}
        for number, part in _PARTS.items()
    ]  # fmt: skip
    names = [say("deel"), say("hoe we rekenen"), say("wat je er niet uit kunt halen")]
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body, after="",
        columns=[{"name": name, "figure": False} for name in names], caption=say("Methode en grenzen, per deel"),
    )  # fmt: skip


def changed(content: Content) -> Html:
    """Say which figures are new or different since the last run.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Figures told for the first time, that differ and that are gone, and arrows with another status; without an
        earlier run, that this is the first time.
    """
    say, language = content.language.say, content.language
    counts = {name: content.one(first_told.QUESTION, name, collective_id=ACROSS) for name in CHANGES}
    first = counts[first_told.FIRST]
    if first is None:
        told = [say("Er is geen eerder rapport om dit mee te vergelijken.")]
    else:
        day = language.date(pd.Timestamp(first["group_label"]))
        there = [say(CHANGES[name], n=language.number(row["value"])) for name, row in counts.items() if row is not None]
        told = [" ".join([say("Vergeleken met {day}:", day=day), ", ".join(there) + "."])]
        moved = content.rows("theory", "arrows_changed_n", collective_id=ACROSS)["value"].sum()
        told.append(say("Pijlen met een andere status: {n}. Welke, staat in deel 5.", n=language.number(moved)))
    title = render("sections/heading.html.j2", language, title=say("Veranderd sinds de vorige keer"))
    return Html(title + text(language, "", [" ".join(told)]))


CHANGES = {
    first_told.FIRST: "{n} cijfers staan er voor het eerst in",
    first_told.OTHER: "{n} cijfers kwamen anders uit",
    first_told.GONE: "{n} cijfers staan er niet meer in",
}
"""What changed → how it is said."""


def _selection(content: Content) -> tuple[Points, Points]:
    say = content.language.say
    return (
        [say("We tellen wie is gevraagd en wat die antwoordde. Cijfers vergelijken we alleen binnen een soort plek.")],
        [say("Wie nee zei of stopte, zit in geen enkel cijfer. Misschien ging het daar anders.")],
    )


def _patterns(content: Content) -> tuple[Points, Points]:
    say, learning = content.language.say, content.settings.learning
    return (
        [
            say("Onder {n} collectieven zoeken we geen patroon.", n=str(learning.side_by_side_below)),
            say("Een patroon telt als loting zoiets sterks in hoogstens {level}% van de keren geeft, over alles waar "
                "we naar keken.", level=content.language.number(100 * learning.level)),
            say("Het moet blijven als je een collectief weglaat. Wegen zoeken we met QCA; vanaf {cut}% telt een "
                "combinatie.", cut=content.language.number(100 * learning.incl_cut)),
        ],
        [say("Samen voorkomen is geen oorzaak. Geen patroon gezien is iets anders dan geen patroon.")],
    )  # fmt: skip


def _shared(content: Content) -> tuple[Points, Points]:
    say, learning = content.language.say, content.settings.learning
    return (
        [
            say("Alleen cijfers van hetzelfde instrument. Onder {n} collectieven tonen we alleen punten.",
                n=str(learning.pooled_from)),
            say("Daarboven rekenen we met toevallige verschillen tussen collectieven (REML, Hartung en Knapp)."),
            say("De marge voor de volgende buurt is een voorspelinterval van 95%."),
        ],
        [say("Zonder groep om mee te vergelijken, bewijst een verandering niet dat het door een collectief komt.")],
    )  # fmt: skip


def _theory(content: Content) -> tuple[Points, Points]:
    say, learning = content.language.say, content.settings.learning
    return (
        [
            say("Gesteund: {n} collectieven en {kinds} soorten bronnen voor. Betwist: {share}% of meer ertegen.",
                n=str(learning.supported_collectives), kinds=str(KINDS_TO_SUPPORT),
                share=content.language.number(100 * learning.contested_share)),
            say("Bewijs ouder dan {n} maanden heet verouderd.", n=str(learning.outdated_months)),
        ],
        [say("Weinig bewijs is geen bewijs tegen. Collectieven kozen zelf wat ze onderzochten.")],
    )  # fmt: skip


def _obstacles(content: Content) -> tuple[Points, Points]:
    say = content.language.say
    return (
        [say("We tellen wat collectieven opschreven, per kant. Dagen zijn een mediaan.")],
        [say("De andere kant schreef niet mee. Wat niemand opschreef, kan er toch zijn.")],
    )


def _inputs(content: Content) -> tuple[Points, Points]:
    say, learning = content.language.say, content.settings.learning
    return (
        [
            say("Wachttijd is een schatting van Kaplan en Meier: wat nog wacht, telt mee."),
            say("Stil heet inbreng waar {n} dagen niets mee gebeurde.", n=str(learning.silent_days)),
        ],
        [say("Het logboek is van het collectief. Antwoord dat niemand opschreef, ontbreekt.")],
    )


def _failures(content: Content) -> tuple[Points, Points]:
    say, learning = content.language.say, content.settings.learning
    return (
        [say("Is minder dan {n}% van de lessen van wat niet werkte, dan staat er een waarschuwing.",
             n=content.language.number(100 * learning.negative_share))],
        [say("Een les is wat mensen zeggen te hebben geleerd, geen meting.")],
    )  # fmt: skip


def _questions(content: Content) -> tuple[Points, Points]:
    say, learning = content.language.say, content.settings.learning
    return (
        [say("Bekend: ten minste {n} collectieven met een cijfer zonder voorbehoud, of een pijl met een uitkomst.",
             n=str(learning.supported_collectives))],
        [say("Bekend is niet hetzelfde als ja. De vragen staan er in onze eigen woorden.")],
    )  # fmt: skip


def _method(content: Content) -> tuple[Points, Points]:
    say, learning = content.language.say, content.settings.learning
    return (
        [say("Een vraag in een vragenlijst heet ongebruikt als {n} maanden geen rapport haar gebruikte.",
             n=str(learning.unused_months))],
        [say("Tijd en geld telt alleen bij wie dat bijhoudt; in het echt is het meer.")],
    )  # fmt: skip


_Part = Callable[[Content], tuple[Points, Points]]
_PARTS: dict[int, _Part] = {
    2: _selection, 3: _patterns, 4: _shared, 5: _theory, 6: _obstacles, 7: _inputs, 8: _failures, 9: _questions,
    11: _method,
}  # fmt: skip
"""Section → how it was worked out, and what it cannot show."""
