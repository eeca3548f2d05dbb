"""What the made-up residents brought in: a kind of collective comes in; texts with their domains go out."""

from __future__ import annotations

_PLACES = ("bij de school", "bij het plein", "langs de singel", "bij de flat", "aan de dorpsweg", "bij het park")

_IDEAS: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "panel": (
        ("Een veilige oversteek {place}", "leefomgeving", "gezondheid"),
        ("Meer bankjes {place}, zodat ouderen kunnen rusten", "leefomgeving", "sociale_cohesie"),
        ("Zelf mogen beslissen over het buurtgeld {place}", "zeggenschap", None),
        ("Betere verlichting {place}", "leefomgeving", "weerbaarheid"),
        ("Eerder meepraten over bouwplannen {place}", "zeggenschap", "leefomgeving"),
        ("Een vaste plek om elkaar te ontmoeten {place}", "sociale_cohesie", "welzijn"),
        ("Langzamer verkeer {place}", "leefomgeving", "gezondheid"),
        ("Zonnepanelen op het dak {place}", "energie_klimaat", "economische_kracht"),
    ),
    "energie": (
        ("Samen panelen kopen {place}", "energie_klimaat", "economische_kracht"),
        ("Hulp bij tocht en schimmel in huurwoningen {place}", "energie_klimaat", "gezondheid"),
        ("Ruimte voor een buurtbatterij {place}", "energie_klimaat", None),
        ("Uitleg over het warmteplan in gewone taal {place}", "zeggenschap", "energie_klimaat"),
        ("Bewoners opleiden tot energiecoach {place}", "economische_kracht", "energie_klimaat"),
        ("Meebeslissen over de planning van het net {place}", "zeggenschap", "energie_klimaat"),
    ),
    "stoep": (
        ("Stenen eruit, planten erin {place}", "leefomgeving", "energie_klimaat"),
        ("Regenwater opvangen {place}", "energie_klimaat", "leefomgeving"),
        ("Een gedeelde moestuin {place}", "leefomgeving", "sociale_cohesie"),
        ("Minder zwerfvuil {place}", "leefomgeving", None),
    ),
    "huis": (
        ("Een lift of traplift voor de zaal {place}", "welzijn", "gezondheid"),
        ("Een avond per week open voor jongeren {place}", "sociale_cohesie", "welzijn"),
        ("Taalles met kinderopvang {place}", "welzijn", "economische_kracht"),
        ("Een repareerhoek {place}", "economische_kracht", "leefomgeving"),
        ("Lagere huur voor de ruimte {place}", "economische_kracht", None),
        ("Samen eten op zondag {place}", "sociale_cohesie", None),
    ),
    "tafel": (
        ("Vervoer voor wie slecht loopt {place}", "welzijn", "gezondheid"),
        ("Een keuken die aan de regels voldoet {place}", "welzijn", None),
        ("Samen koken met jongeren {place}", "welzijn", "sociale_cohesie"),
    ),
    "paraat": (
        ("Een noodpunt met water en stroom {place}", "weerbaarheid", "energie_klimaat"),
        ("Een bellijst voor wie alleen woont {place}", "weerbaarheid", "sociale_cohesie"),
    ),
}
"""Kind of collective → text, what it is mostly about and what it is also about."""


def some(slug: str, count: int) -> list[dict[str, str | None]]:
    """Return as many texts as asked for.

    Parameters
    ----------
    slug : str
        Kind of collective.
    count : int
        How many; when there are no more ideas the first comes again, at another place.

    Returns
    -------
    list of dict
        text_summary, domain, domain_secondary and scale.
    """
    ideas = _IDEAS[slug]
    made: list[dict[str, str | None]] = []
    for number in range(count):
        text, domain, second = ideas[number % len(ideas)]
        place = _PLACES[(number + number // len(ideas)) % len(_PLACES)]
        scale = "straat" if "stoep" in slug else "buurt"
        made.append(
            {"text_summary": text.format(place=place), "domain": domain, "domain_secondary": second, "scale": scale}
        )
    return made
