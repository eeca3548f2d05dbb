"""Conditions of the fictional collectives: a collective comes in; what it recorded of conditions and outcomes goes out.

Planted: one condition that goes with an outcome, one that does not, two collectives with the same conditions and
another outcome, an outcome that nothing goes with, and a condition that was written down afterwards.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from bt_analysis.demo.collectives import LAST_YEAR, Collective

OUTCOME, OTHER_OUTCOME = "inbreng_in_besluit", "nieuwe_mensen"
MATTERS, DOES_NOT = "vast_gezicht", "geld"
KEPT_BY_NOBODY_OF = "panel"
"""Kind of collective that does not keep these."""

CONTRADICTION = ("huis-01", "repareer-01")
"""Two collectives with the same conditions; the second did not get the outcome."""

LATE = ("beweging-01", "open_deur")
"""A condition that was written down after the outcome."""

_KINDS = ("energie", "tafel", "stoep", "paraat", "huis", "beweging", "panel", "repareer")
_CODES = (
    "vast_gezicht", "vaste_plek", "geld", "trekker", "gedeeld_doel", "open_deur", "koepel", "regels_helder",
)  # fmt: skip
# Per kind and turn (each kind comes three times): 1 where the condition is there, in the order of the kinds.
_PATTERNS = {
    "vast_gezicht": ("10101001", "01010110", "10011100"),
    "vaste_plek": ("11001011", "10110010", "01101001"),
    "geld": ("11010010", "01101001", "10110100"),
    "trekker": ("01110110", "11000101", "01011010"),
    "gedeeld_doel": ("10010111", "01100011", "11001100"),
    "open_deur": ("11101100", "00110110", "10010011"),
    "koepel": ("01011001", "10011011", "00110110"),
    "regels_helder": ("00111010", "11001001", "01010101"),
}
# Chosen so that no condition or pair of them goes with it more than a little.
_OTHER = ("00010010", "11110110", "00110110")
_NOTES = {
    "vast_gezicht": ("Eén ambtenaar kwam elke maand langs.", "Elke keer iemand anders aan de lijn."),
    "vaste_plek": ("Elke week een zaal in de school.", "Elke keer een andere plek."),
    "geld": ("Subsidie voor drie jaar toegezegd.", "Elk jaar opnieuw aanvragen."),
    "trekker": ("Twaalf uur per week betaald.", "Alleen vrijwilligers."),
    "gedeeld_doel": ("Ons doel staat ook in de wijkvisie.", "De gemeente noemt ons doel nergens."),
    "open_deur": ("Iedereen kan zo binnenlopen.", "Je moet je eerst aanmelden."),
    "koepel": ("Een koepel hielp met de papieren.", "Geen koepel bij betrokken."),
    "regels_helder": ("Bij de start was duidelijk wat mocht.", "Lang onduidelijk welke vergunning nodig was."),
    OUTCOME: ("Ons voorstel staat in het uitvoeringsplan.", "In geen enkel besluit teruggevonden."),
    OTHER_OUTCOME: ("Een deel deed eerder nergens aan mee.", "Vooral mensen die al actief waren."),
}


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:  # noqa: ARG001  as every topic is asked
    """Make what a collective recorded of its conditions.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: what is planted is fixed, so that it is there whatever the seed.

    Returns
    -------
    dict of DataFrame
        case_condition; none for the one kind that does not keep it.
    """
    if collective.archetype["slug"] == KEPT_BY_NOBODY_OF:
        return {}
    values = {**_conditions(collective), **_outcomes(collective)}
    return {"case_condition": pd.DataFrame([_row(collective, code, value) for code, value in values.items()])}


def truth(collective: Collective, seed: int) -> dict[str, Any]:  # noqa: ARG001  as every topic is asked
    """Tell what is planted in the conditions.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed as of the records.

    Returns
    -------
    dict
        ``conditions``: which condition goes with which outcome, which does not, and who contradicts it; empty for the
        kind that does not keep it.
    """
    if collective.archetype["slug"] == KEPT_BY_NOBODY_OF:
        return {}
    return {
        "conditions": {
            "pattern": {"outcome": OUTCOME, "condition": MATTERS},
            "no_effect": {"outcome": OUTCOME, "condition": DOES_NOT},
            "no_pattern_at_all": OTHER_OUTCOME,
            "contradiction": list(CONTRADICTION),
            "late": list(LATE),
            "explanation": (
                "With a known face at the municipality, what residents brought in came back in a decision, save in one "
                "collective; money for longer than a year made no difference, and what brings new people depends on "
                "none of these conditions. One collective cannot show any of this: only all of them together can."
            ),
        }
    }


def _conditions(collective: Collective) -> dict[str, int | str]:
    # The second of the two takes over the conditions of the first.
    like = CONTRADICTION[0] if collective.collective_id == CONTRADICTION[1] else collective.collective_id
    return {code: _planted(_PATTERNS[code], like) for code in _CODES}


def _outcomes(collective: Collective) -> dict[str, int]:
    own = _conditions(collective)
    reached = 0 if collective.collective_id == CONTRADICTION[1] else int(own[MATTERS])
    return {OUTCOME: reached, OTHER_OUTCOME: _planted(_OTHER, collective.collective_id)}


def _planted(pattern: tuple[str, ...], collective_id: str) -> int:
    slug, _, turn = collective_id.rpartition("-")
    # From the fourth turn on a pattern comes back in another order of kinds.
    number = int(turn) - 1
    at = (_KINDS.index(slug) + number // len(pattern)) % len(_KINDS)
    return int(pattern[number % len(pattern)][at])


def _row(collective: Collective, code: str, value: int | str) -> dict[str, object]:
    late = (collective.collective_id, code) == LATE
    recorded = dt.date(LAST_YEAR, 12 if code in (OUTCOME, OTHER_OUTCOME) else 2, 12)
    recorded += dt.timedelta(days=330 * late)
    there, not_there = _NOTES[code]
    return {
        "collective_id": collective.collective_id,
        "condition_code": code,
        "period": str(LAST_YEAR),
        "value": value,
        "calibration_note": there if value else not_there,
        "text_consent": "ja",
        "recorded_at": f"{recorded}T20:00:00",
        "recorded_by_role": "action_researcher",
    }
