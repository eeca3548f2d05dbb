"""The cross-domain report, section by section: all collectives in, HTML out. No ranking, no total score."""

from __future__ import annotations

from bt_analysis.pages import bundled, sentences, tables
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, render, text


def opening(content: Content) -> Html:
    """Give the head of the report.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Title and facts.
    """
    say = content.language.say
    made_up = content.settings.synthetic or bool(content.collectives["synthetic"].any())
    facts = [
        say("1 collectief" if len(content.collectives) == 1 else "{n} collectieven", n=str(len(content.collectives))),
        say("periode {period}", period=content.period.replace("-", "–")),
    ]
    return render(
        "sections/opening.html.j2", content.language, synthetic=made_up,
        kind=say("Rapport over alle collectieven"), title=say("Leren van elkaar"), facts=facts, notice="",
    )  # fmt: skip


def in_short(content: Content) -> Html:
    """Give the sums that may be shown, and what is not known.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 1.
    """
    say = content.language.say
    if content.collectives.empty:
        return render("sections/in_short.html.j2", content.language, sentences=bundled.made_of(content))
    lines = [
        _took_part(content),
        *bundled.made_of(content),
        *bundled.left(content)[:1],
        *filter(None, (_total(content, question, key) for question, key in _TOTALS)),
        *_periods(content),
        say("Wat werkt, voor wie en waar, is hieruit nog niet te zien: er is nog niet gemeten voor en na."),
        say("Collectieven worden hier niet met elkaar vergeleken als beter of slechter."),
    ]
    return render("sections/in_short.html.j2", content.language, sentences=lines)


def _took_part(content: Content) -> str:
    say, n = content.language.say, len(content.collectives)
    domains = content.collectives["primary_domain"].nunique()
    if n == 1:
        return say("1 collectief deed mee.")
    return say(
        "{n} collectieven in 1 domein deden mee." if domains == 1 else "{n} collectieven in {d} domeinen deden mee.",
        n=str(n),
        d=str(domains),
    )


def _periods(content: Content) -> list[str]:
    if content.collectives["period"].nunique() == 1:
        return []
    return [content.language.say("Niet elk collectief telt over dezelfde jaren: elk telt over zijn langste periode.")]


_TOTALS = (("activities", "activities_n"), ("reach", "contacts_n"), ("hours", "hours_total"))


def _total(content: Content, question: str, indicator_id: str) -> str:
    say, number = content.language.say, content.language.number
    row = content.one(question, indicator_id, collective_id="")
    if row is None or row["gate"] not in SHOWN:
        return ""
    n, of, total = number(row["n"]), str(len(content.collectives)), number(row["value"])
    low, high = number(row["ci_low"]), number(row["ci_high"])
    if indicator_id == "activities_n":
        sentence = say(
            "Samen hielden ze {total} activiteiten (van {n} van de {of} collectieven bekend).", total=total, n=n, of=of
        )
    elif indicator_id == "contacts_n":
        sentence = say(
            "Er waren samen {total} deelnames (van {n} van de {of} collectieven te tonen).", total=total, n=n, of=of
        )
    else:
        sentence = say(
            "Vrijwilligers gaven samen tussen {low} en {high} uur (van {n} van de {of} collectieven te tonen).",
            low=low, high=high, n=n, of=of,
        )  # fmt: skip
    return sentences.reserved(content, sentence, row.to_frame().T)


def sums(content: Content) -> Html:
    """Give the sums as numbers that lead to their line in the appendix.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Tiles that end section 1; a sum that may not be shown is left out.
    """
    say = content.language.say
    names = [(say("activiteiten"), say("activiteit")), (say("deelnames"), say("deelname")),
             (say("uur van vrijwilligers"), say("uur van vrijwilligers"))]  # fmt: skip
    tiles = [
        tables.tile(content, row, *name)
        for (question, key), name in zip(_TOTALS, names, strict=True)
        if (row := content.one(question, key, collective_id="")) is not None and row["gate"] in SHOWN
    ]
    return render("sections/tiles.html.j2", content.language, title="", paragraphs=[], tiles=tiles, after=[])


def patterns(content: Content) -> Html:
    """Say whether patterns can be looked for with this many collectives.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 3.
    """
    say = content.language.say
    n = len(content.collectives)
    if n < (least := content.settings.learning.side_by_side_below):
        tile = say("Met {n} collectieven is geen patroon te zien; daarvoor zijn er ten minste {least} nodig.",
                   n=str(n), least=str(least))  # fmt: skip
    else:
        tile = say(
            "Voorwaarden en uitkomsten per collectief zijn nog niet bijgehouden; zonder die is geen patroon te zoeken."
        )
    return text(content.language, "3 · " + say("Patronen"), tile=tile)


def shared(content: Content) -> Html:
    """Introduce the figures that all collectives share.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Head of section 4.
    """
    say = content.language.say
    paragraphs = [
        say("Wie doen er mee, vergeleken met wie er wonen? Elke stip is een collectief, in volgorde van het alfabet."),
        say("De balk laat zien hoe zeker het is. Raakt de balk de lijn bij 1, dan is er geen duidelijk verschil."),
    ]
    return text(content.language, "4 · " + say("Wat we bij iedereen bijhouden"), paragraphs)


def not_kept(content: Content, number: int) -> Html:
    """Say of a section that what it needs is not kept yet.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    number : int
        5 to 10.

    Returns
    -------
    Html
        The section, in one sentence.
    """
    say = content.language.say
    titles = {
        5: (say("Gezamenlijke verandertheorie"), say("Pijlen van de verandertheorie zijn nog niet bijgehouden.")),
        6: (say("Belemmeringen aan beide kanten"), say("Belemmeringen zijn nog niet bijgehouden.")),
        7: (say("Van inbreng naar besluit"), say("Wat er met inbreng gebeurde is nog niet bijgehouden.")),
        8: (say("Wat niet werkte"), say("Lessen zijn nog niet bijgehouden.")),
        9: (
            say("Onderzoeksvragen 1 tot en met 4"),
            say("Antwoorden op de onderzoeksvragen zijn nog niet bijgehouden."),
        ),
        10: (say("Open vragen voor afstudeerders"), say("Open vragen zijn nog niet bijgehouden.")),
    }
    title, sentence = titles[number]
    return text(content.language, f"{number} · {title}", tile=sentence)


def method(content: Content) -> Html:
    """Give method and limits.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 11.
    """
    say = content.language.say
    hidden = int((content.estimates["gate"] == "onderdrukt").sum())
    points = [
        say("Aandelen hebben een interval van Wilson, verhoudingen een interval van Jeffreys, beide 95%."),
        say("Cijfers van een gebied zijn opgeteld, of gewogen met hun eigen noemer; nooit met oppervlakte."),
        say(
            "1 cijfer is weggelaten om mensen te beschermen."
            if hidden == 1
            else "{n} cijfers zijn weggelaten om mensen te beschermen.",
            n=content.language.number(hidden),
        ),
        say("Sommen gaan alleen over collectieven waarvan het cijfer ook zelf getoond mag worden."),
    ]
    return text(content.language, "11 · " + say("Methode en grenzen"), points=points)
