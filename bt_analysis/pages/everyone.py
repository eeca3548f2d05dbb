"""The cross-domain report, section by section: all collectives in, HTML out. No ranking, no total score."""

from __future__ import annotations

from bt_analysis.pages import bundled, chapters, learned_in_short, tables
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.drawing import Figure, Figures
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
    """Say what was learned in about eight sentences, and who is not in it.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 1, of which :func:`further` has the rest; without collectives only that there are none, and what to do
        about it.
    """
    say = content.language.say
    if content.collectives.empty:
        return render("sections/in_short.html.j2", content.language, sentences=bundled.made_of(content))
    lines = [
        _took_part(content),
        *learned_in_short.lines(content),
        say("Collectieven worden hier niet met elkaar vergeleken als beter of slechter."),
    ]
    return render("sections/in_short.html.j2", content.language, sentences=lines)


def further(content: Content) -> Html:
    """Say what section 1 has no room for: what the report is made of, and the other sections.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A list; empty without collectives.
    """
    if content.collectives.empty:
        return Html("")
    title = content.language.say("Verder in het kort")
    # Who is not in it follows in section 2.
    made_of = [*bundled.made_of(content), *_periods(content)]
    return text(content.language, title, points=[*made_of, *learned_in_short.further(content)])


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
    say, number = content.language.say, content.language.number
    names = [(say("activiteiten"), say("activiteit")), (say("deelnames"), say("deelname")),
             (say("uur van vrijwilligers"), say("uur van vrijwilligers"))]  # fmt: skip
    tiles = []
    for (question, key), name in zip(_TOTALS, names, strict=True):
        row = content.one(question, key, collective_id="")
        if row is None or row["gate"] not in SHOWN:
            continue
        tile = tables.tile(content, row, *name)
        of = say("bij {n} van de {of} collectieven", n=number(row["n"]), of=number(len(content.collectives)))
        tiles.append(tile | {"words": f"{tile['words']} {of}"})
    return render("sections/tiles.html.j2", content.language, title="", paragraphs=[], tiles=tiles, after=[])


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
        say("Wie doen er mee, vergeleken met wie er wonen? Elk collectief staat naast zijn eigen buurt."),
        say("Elke stip is een collectief: per soort plek, in volgorde van het alfabet."),
        say("De balk laat zien hoe zeker het is. Raakt de balk de lijn bij 1, dan is er geen duidelijk verschil."),
    ]
    return text(content.language, chapters.title(4, content.language), paragraphs)


def detail(content: Content, summary: str, *parts: Html | Figure | Figures) -> Html:
    """Fold tables and figures away that few readers need.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    summary : str
        What is in it, in Dutch; a sentence of :data:`DETAILS`.
    *parts : Html, Figure or Figures
        What is folded; those that are empty are left out.

    Returns
    -------
    Html
        A line that opens, and that paper does not show; empty without anything to fold.
    """
    told = "".join(one._repr_html_() for one in parts)
    if not told.strip():
        return Html("")
    say = content.language.say
    return render("sections/fold.html.j2", content.language, summary=say(DETAILS[summary]), body=told, closed=True)


DETAILS = {
    "kept": "Wat elk collectief bijhoudt",
    "shared": "Gedeelde cijfers, per collectief",
    "theory": "Hoe zeker beoordelaars zijn",
    "inputs": "Inbreng per collectief, per groep en per onderwerp",
    "experiments": "Alle experimenten, geteld",
    "sources": "Bestanden waar dit rapport op rust",
}
"""Name of what is folded away → what a reader sees of it."""
