"""Who fictional collectives asked to take part: a collective comes in; its register of requests goes out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from bt_analysis.demo.collectives import Collective

# Party, month, answer, reason, whether the text may be published.
_REGISTERS: dict[str, tuple[tuple[str, int, str, str | None, bool], ...]] = {
    "energie": (
        ("collectief", 2, "doet_mee", None, True),
        ("collectief", 3, "weigert", "geen tijd om dingen bij te houden", True),
        ("collectief", 5, "geen_antwoord", None, True),
        ("netbeheerder", 6, "weigert", "mag geen cijfers delen", True),
    ),
    "huis": (
        ("collectief", 1, "weigert", "bang om afgerekend te worden", True),
        ("collectief", 4, "stopt", "de enige kartrekker verhuisde", True),
        ("gemeente", 9, "doet_mee", None, True),
    ),
    "panel": (
        ("collectief", 3, "weigert", "geen tijd om dingen bij te houden", True),
        ("corporatie", 10, "geen_antwoord", None, False),
    ),
}
"""Kind of collective → whom it asked; the other kinds keep no register."""


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make the register of whom a collective asked to take part.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: what a kind of collective recorded is written down.

    Returns
    -------
    dict of DataFrame
        selection_register; nothing when its kind keeps none.
    """
    del seed
    rows = [
        {
            "approach_id": f"gevraagd-{at}", "collective_id": collective.collective_id, "party_type": party,
            "date": dt.date(2024, month, 8), "response": answer, "reason": reason,
            "text_consent": "ja" if agreed else "nee",
        }
        for at, (party, month, answer, reason, agreed) in enumerate(_of(collective), 1)
    ]  # fmt: skip
    return {"selection_register": pd.DataFrame(rows)} if rows else {}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell how many parties were asked, and how many take part.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used.

    Returns
    -------
    dict
        selection: asked and taking part; empty when its kind keeps no register.
    """
    del seed
    asked = _of(collective)
    if not asked:
        return {}
    told = "Requests to take part in the learning network, each with its answer."
    taking = sum(one[2] == "doet_mee" for one in asked)
    return {"selection": {"asked": len(asked), "take_part": taking, "explanation": told}}


def _of(collective: Collective) -> tuple[tuple[str, int, str, str | None, bool], ...]:
    return _REGISTERS.get(collective.archetype["slug"], ())
