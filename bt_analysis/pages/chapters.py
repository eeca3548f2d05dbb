"""The eleven sections of the cross-domain report: a question of the estimates in; its section's number and name out."""

from __future__ import annotations

from bt_analysis.language import Language

TITLES = {
    1: "In het kort",
    2: "Welke collectieven, en welke niet",
    3: "Patronen",
    4: "Wat we bij iedereen bijhouden",
    5: "Gezamenlijke verandertheorie",
    6: "Belemmeringen aan beide kanten",
    7: "Van inbreng naar besluit",
    8: "Wat niet werkte",
    9: "Onderzoeksvragen 1 tot en met 4",
    10: "Open vragen voor afstudeerders",
    11: "Methode en grenzen",
}
"""Number → name, in Dutch."""

QUESTIONS = {
    **dict.fromkeys(("activities", "reach", "hours"), 1),
    **dict.fromkeys(("coverage", "places", "scale", "selection"), 2),
    "patterns": 3,
    "shared": 4,
    "theory": 5,
    **dict.fromkeys(("obstacles", "umbrellas", "cooperation"), 6),
    "inputs": 7,
    **dict.fromkeys(("lessons", "experiments"), 8),
    "research_questions": 9,
    **dict.fromkeys(("burden", "first_told", "return", "savings", "tradeoffs", "unused"), 11),
}
"""Question of an estimate about all collectives together → the section that tells it."""


def of(question: str) -> int:
    """Tell which section is about a question.

    Parameters
    ----------
    question : str
        Of an estimate about all collectives together.

    Returns
    -------
    int
        1 to 11; the last, of method and limits, for a question that no other section is about.
    """
    return QUESTIONS.get(question, max(TITLES))


def title(number: int, language: Language) -> str:
    """Write the head of a section.

    Parameters
    ----------
    number : int
        1 to 11.
    language : Language
        The reader's.

    Returns
    -------
    str
        Number and name.
    """
    return f"{number} · {language.say(TITLES[number])}"
