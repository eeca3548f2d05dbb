"""How fictional collectives work with others: a collective comes in; scans, trade-offs and memberships go out."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from bt_analysis.demo.collectives import Collective
from bt_analysis.demo.learning.actors import KOEPEL

_NOT_KNOWN, _NOT_FILLED = "w", "-"
_SIDES = {"gemeente": "publiek", "netbeheerder": "markt"}
_IMPORTANT = ("taal", "financien_middelen", "juridisch", "governance")
"""Conditions that everybody finds important."""


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make the scans, trade-offs and memberships of a collective.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: what a kind of collective recorded is written down.

    Returns
    -------
    dict of DataFrame
        coop_scan, tradeoff and membership; none of those that its kind does not keep.
    """
    del seed
    kind = _kinds().get(collective.archetype["slug"], {})
    scans = [
        row for number, scan in enumerate(kind.get("scan", []), 1) for row in _scan(collective, scan, f"scan-{number}")
    ]
    choices = [_tradeoff(collective, one, f"keuze-{at}") for at, one in enumerate(kind.get("tradeoff", []), 1)]
    made = {"coop_scan": scans, "tradeoff": choices, "membership": _membership(collective, kind)}
    return {name: pd.DataFrame(rows) for name, rows in made.items() if rows}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell on which condition the gap with the gemeente is widest.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used.

    Returns
    -------
    dict
        cooperation: the gap per condition of the last scan with the gemeente; empty where no scan was held.
    """
    del seed
    scans = [
        one for one in _kinds().get(collective.archetype["slug"], {}).get("scan", []) if one["actor"] == "gemeente"
    ]
    if not scans:
        return {}
    shown = min(scans[-1]["raters"]) >= 10
    gaps = {
        name: ours - theirs
        for name, (ours, theirs) in scans[-1]["scores"].items()
        if isinstance(ours, int) and isinstance(theirs, int) and shown
    }
    told = "Score of residents minus score of the gemeente in the last scan; only where both sides may be shown."
    return {"cooperation": {"gaps": gaps, "explanation": told}}


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    text = files("bt_analysis.demo.learning").joinpath("cooperation.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _scan(collective: Collective, scan: dict[str, Any], scan_id: str) -> list[dict[str, Any]]:
    sides = ("civiel", _SIDES[scan["actor"]])
    rows = []
    for condition, both in scan["scores"].items():
        for side, score, people in zip(sides, both, scan["raters"], strict=True):
            if not people:
                continue  # this side did not take part at all
            rows.append({
                "scan_id": scan_id, "date": dt.date.fromisoformat(scan["date"]),
                "collective_id": collective.collective_id, "actor_id": scan["actor"], "side": side,
                "condition": condition, "score": _score(score), "n_raters": people + collective.number // 8,
                "importance": 5 if condition in _IMPORTANT else 3, "quote": None, "text_consent": "ja",
            })  # fmt: skip
    if "quote" in scan:
        rows[0]["quote"] = scan["quote"]
    return rows


def _score(score: int | str) -> int | str | None:
    return {_NOT_KNOWN: "weetniet", _NOT_FILLED: None}.get(score, score) if isinstance(score, str) else score


def _tradeoff(collective: Collective, choice: dict[str, Any], tradeoff_id: str) -> dict[str, Any]:
    both = choice.get("both", [])
    return {
        "tradeoff_id": tradeoff_id, "collective_id": collective.collective_id, "option_a": choice["option_a"],
        "option_b": choice["option_b"], "actors_for_a": ";".join([*choice["for_a"], *both]),
        "actors_for_b": ";".join([*choice["for_b"], *both]), "text_consent": "ja" if choice["consent"] else "nee",
    }  # fmt: skip


def _membership(collective: Collective, kind: dict[str, Any]) -> list[dict[str, Any]]:
    if "sent" not in kind:
        return []
    return [{
        "collective_id": collective.collective_id, "umbrella_actor_id": KOEPEL, "from": dt.date(2022, 1, 1),
        "until": None, "hours_up": kind.get("hours_up"), "lessons_sent": kind["sent"],
        "lessons_received": kind["received"],
    }]  # fmt: skip
