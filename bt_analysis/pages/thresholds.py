"""Thresholds of learning in words: settings of a run in; sentences for the appendix that name each of them out."""

from __future__ import annotations

from bt_analysis.pages.content import Content


def of_learning(content: Content) -> list[str]:
    """Name every threshold that conclusions about collectives depend on.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    list of str
        Sentences, taken together by what they are about: patterns, figures together, evidence, residents.
    """
    say, number, learning = content.language.say, content.language.number, content.settings.learning

    def share(part: float) -> str:
        return number(100 * part, 0 if round(100 * part, 6) % 1 == 0 else 1)

    patterns = [
        say("Patronen: met minder dan {n} collectieven zetten we ze naast elkaar.", n=str(learning.side_by_side_below)),
        say(
            "Een patroon telt als toeval het hooguit in {level}% van de gevallen geeft: we loten {draws} keer, met "
            "startgetal {seed}.",
            level=share(learning.level), draws=number(learning.draws), seed=str(learning.seed),
        ),
        say(
            "Een tabel heeft hooguit {most} voorwaarden, elk bekend van {known}% van de collectieven of meer.",
            most=str(learning.most_conditions), known=share(learning.known_share),
        ),
        say("Een combinatie telt als het er bij {share}% of meer lukte.", share=share(learning.incl_cut)),
    ]  # fmt: skip
    together = [
        say("Samen: vanaf {n} collectieven voegen we cijfers samen.", n=str(learning.pooled_from)),
        say(
            "Een voorwaarde bekijken we bij ten minste {n} collectieven met en {n} zonder. Gemeenten zijn een laag "
            "vanaf {places}.",
            n=str(learning.of_a_kind), places=str(learning.places_from),
        ),
        say(
            "De kans voor de volgende buurt gaat vooraf uit van verschillen van zo'n {points} punten tussen "
            "collectieven.",
            points=number(learning.prior_points, 0 if learning.prior_points % 1 == 0 else 1),
        ),
    ]  # fmt: skip
    evidence = [
        say("Bewijs: een pijl is gesteund vanaf {n} collectieven.", n=str(learning.supported_collectives)),
        say(
            "Ze is betwist als {share}% van het bewijs tegen is, en verouderd na {months} maanden.",
            share=share(learning.contested_share), months=str(learning.outdated_months),
        ),
        say(
            "Gaat minder dan {share}% van de lessen over iets dat niet werkte, dan waarschuwen we.",
            share=share(learning.negative_share),
        ),
        say(
            "Een mediaan geven we vanaf {median}, een percentage van lessen of uitspraken vanaf {share}.",
            median=str(learning.median_from), share=str(learning.share_from),
        ),
    ]  # fmt: skip
    residents = [
        say("Bewoners: inbreng is stil na {n} dagen zonder bericht.", n=str(learning.silent_days)),
        say("Uitspraken horen zij binnen {n} dagen terug.", n=str(learning.return_days)),
        say("Vragen die {n} maanden in geen rapport stonden, kunnen weg.", n=str(learning.unused_months)),
        say(
            "Twee oordelen verschillen vanaf {gap} punten; belangrijk is een oordeel van {score} of meer.",
            gap=str(learning.clear_gap), score=str(learning.important_from),
        ),
    ]  # fmt: skip
    return [" ".join(one) for one in (patterns, together, evidence, residents)]
