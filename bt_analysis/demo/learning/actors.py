"""Whom a fictional collective deals with: a collective comes in; the same seven parties, with fixed ids, go out.

Records of other topics name them by these ids.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.demo import municipality
from bt_analysis.demo.collectives import Collective

GEMEENTE, GEMEENTE_BACK = "gemeente", "gemeente-back"
CORPORATIE, NETBEHEERDER, WELZIJN, FONDS, KOEPEL = "corporatie", "netbeheerder", "welzijn", "fonds", "koepel"

_HOME = municipality.GEMEENTEN[municipality.HOME].removesuffix(" (fictief)")
_SILENT = NETBEHEERDER
"""The one that did not agree that its interests are published."""

_ACTORS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (GEMEENTE, f"Gemeente {_HOME}, wijkteam (fictief)", "publiek", "gemeente", "front",
     "Bewoners snel een antwoord kunnen geven"),
    (GEMEENTE_BACK, f"Gemeente {_HOME}, vakafdeling (fictief)", "publiek", "gemeente", "back",
     "Eén aanpak voor de hele stad, binnen regels en begroting"),
    (CORPORATIE, "Woonstichting De Els (fictief)", "markt", "corporatie", "nvt",
     "Onderhoud in grote stukken tegelijk doen"),
    (NETBEHEERDER, "Netbedrijf Oevers (fictief)", "markt", "netbeheerder", "nvt",
     "Het net eerst verzwaren waar het nu vol is"),
    (WELZIJN, "Welzijn Elzerwaard (fictief)", "publiek", "welzijn", "nvt",
     "Mensen bereiken die nergens anders komen"),
    (FONDS, "Fonds Nabij (fictief)", "markt", "fonds", "nvt",
     "Zien dat er met het geld iets is geprobeerd"),
    (KOEPEL, "Koepel Samen Sterk (fictief)", "koepel", "koepel", "nvt",
     "Veel leden die van elkaar leren"),
)  # fmt: skip


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """List the parties that every collective deals with.

    Parameters
    ----------
    collective : Collective
        Not used: they are the same for all.
    seed : int
        Not used.

    Returns
    -------
    dict of DataFrame
        actor: a row per party.
    """
    del collective, seed
    names = ("actor_id", "name", "side", "actor_type", "office_role", "interests")
    rows = [dict(zip(names, row, strict=True)) for row in _ACTORS]
    return {"actor": pd.DataFrame([row | {"text_consent": _agreed(row["actor_id"])} for row in rows])}


def _agreed(actor_id: str) -> str:
    return "nee" if actor_id == _SILENT else "ja"


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell what is planted in them.

    Parameters
    ----------
    collective : Collective
        Not used.
    seed : int
        Not used.

    Returns
    -------
    dict
        Nothing: parties are only named.
    """
    del collective, seed
    return {}
