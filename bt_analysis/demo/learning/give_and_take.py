"""What the fictional collectives gave back of what was found, and what research took: a collective in, records out.

A return event names the claim as a report prints it, so ids are made here of the same keys as there.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from bt_analysis.analysis.tables import claim_id
from bt_analysis.demo.collectives import LAST_YEAR, Collective

CLAIMS = {
    "activities_n": ("activities", "collectief", "", ""),
    "sessions_n": ("activities", "collectief", "", ""),
    "contacts_n": ("reach", "deelnemers", "", ""),
    "hours_total": ("hours", "vrijwilligers", "rol", ""),
    "djg6_2006_eenzaam": ("measurements", "deelnemers", "meting:{id}--deelnemers-2024-djg6_2006_eenzaam", ""),
}
"""Indicator → question, population, type and value of the group: with the period, the key of a claim that is made."""

_NOBODY_KNOWS = "0123456789ab"
"""A number somebody wrote down wrongly: the report says that it does not know it."""


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make what a collective gave back, and what research took of people.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: nothing is drawn by lot.

    Returns
    -------
    dict of DataFrame
        return_event, research_effort and, where one was asked for nothing, a survey_wave; none of a kind that keeps
        neither.
    """
    del seed
    plan = _plans().get(collective.archetype["slug"], {})
    made = {
        "return_event": [_event(collective, one, at) for at, one in enumerate(plan.get("returns", []), 1)],
        "research_effort": [_effort(collective, one, at) for at, one in enumerate(plan.get("effort", []), 1)],
        "survey_wave": [_wave(collective, plan["unused_wave"])] if "unused_wave" in plan else [],
    }
    return {name: pd.DataFrame(rows) for name, rows in made.items() if rows}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell what is planted in these records.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used.

    Returns
    -------
    dict
        ``give_and_take``: how many different claims came back and were answered, minutes and euros, with an
        explanation; empty of a kind that keeps neither.
    """
    del seed
    plan = _plans().get(collective.archetype["slug"])
    if plan is None:
        return {}
    known = [one for one in plan.get("returns", []) if one["claim"] in CLAIMS]
    kept = [one["minutes"] for one in plan["effort"] if "minutes" in one]
    answered = {one["claim"] for one in known if one["reply"] != "geen"}
    return {
        "give_and_take": {
            "returned_n": len({one["claim"] for one in known}),
            "replied_n": len(answered),
            "resident_minutes": sum(kept) if kept else None,
            "paid_eur": sum(one.get("paid", 0) for one in plan["effort"]),
            "explanation": "A claim counts once, however often it was told. Euros without minutes are not printed.",
        }
    }


def claim_of(collective: Collective, indicator_id: str) -> str:
    """Make the id of a claim of a collective's longest report.

    Parameters
    ----------
    collective : Collective
        Whose claim.
    indicator_id : str
        One of :data:`CLAIMS`; another gives a number that no report makes.

    Returns
    -------
    str
        As reports print it.
    """
    if indicator_id not in CLAIMS:
        return _NOBODY_KNOWS
    question, population, kind, value = CLAIMS[indicator_id]
    first, last = pd.Timestamp(collective.years[0], 1, 1), pd.Timestamp(LAST_YEAR, 12, 31)
    group = kind.format(id=collective.collective_id)
    return claim_id((question, indicator_id, collective.collective_id, "", first, last, population, group, value))


def _event(collective: Collective, planned: dict[str, Any], number: int) -> dict[str, object]:
    agreed = planned.get("consent", True)
    return {
        "return_id": f"terug-{number:02d}",
        "claim_id": claim_of(collective, planned["claim"]),
        "date": dt.date(LAST_YEAR, 12, 31) + dt.timedelta(days=planned["days"]),
        "form": planned["form"],
        "reached_n": planned.get("reached"),
        "reply_type": planned["reply"],
        "reply_text": planned.get("text"),
        "text_consent": ("ja" if agreed else "nee") if "text" in planned else None,
    }


def _effort(collective: Collective, planned: dict[str, Any], number: int) -> dict[str, object]:
    return {
        "effort_id": f"moeite-{number:02d}",
        "collective_id": collective.collective_id,
        "activity_id": f"{collective.collective_id}-1-{LAST_YEAR}",
        "resident_minutes": planned.get("minutes"),
        "researcher_hours": planned.get("hours"),
        "paid_eur": planned.get("paid"),
        "student": "ja" if planned.get("student") else "nee",
    }


def _wave(collective: Collective, instrument_id: str) -> dict[str, object]:
    return {
        "wave_id": "bewoners-2023",
        "collective_id": collective.collective_id,
        "instrument_ids": instrument_id,
        "mode": "online",
        "sampling": "zelfselectie",
        "responded_n": 31,
        "languages": "nl",
        "start": dt.date(2023, 5, 1),
        "end": dt.date(2023, 5, 31),
        "linkage": "none",
    }


@cache
def _plans() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("bt_analysis.demo.learning").joinpath("give_and_take.toml").read_text(encoding="utf-8"))
