"""What stops fictional collectives: a collective comes in; its obstacles on both sides go out."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from bt_analysis.demo.collectives import Collective

_SILENT = "huis"
"""Kind whose people did not agree that what helped is published."""


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make the obstacles of a collective.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: what a kind of collective recorded is written down.

    Returns
    -------
    dict of DataFrame
        obstacle; nothing when its kind keeps none.
    """
    del seed
    rows = [_obstacle(collective, one, at) for at, one in enumerate(_of(collective), 1)]
    return {"obstacle": pd.DataFrame(rows)} if rows else {}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell how many obstacles there are on each side.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used.

    Returns
    -------
    dict
        obstacles: side → number, and how many are resolved; empty when its kind keeps none.
    """
    del seed
    own = _of(collective)
    if not own:
        return {}
    sides = [one[0] for one in own]
    return {
        "obstacles": {
            "by_side": {side: sides.count(side) for side in dict.fromkeys(sides)},
            "resolved": sum(bool(one[5]) for one in own),
            "explanation": "Obstacles that the collective recorded, all of them in its years.",
        }
    }


@cache
def _kinds() -> dict[str, Any]:
    text = files("bt_analysis.demo.learning").joinpath("obstacles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _of(collective: Collective) -> list[list[Any]]:
    """List the obstacles of a collective: each later one of a kind met one fewer."""
    listed: list[list[Any]] = _kinds().get(collective.archetype["slug"], {}).get("obstacles", [])
    return listed[: max(2, len(listed) - collective.number // 8)]


def _obstacle(collective: Collective, one: list[Any], number: int) -> dict[str, Any]:
    side, kind, stage, hours, seen, resolved, how = one
    return {
        "obstacle_id": f"hindernis-{number}", "collective_id": collective.collective_id, "side": side, "type": kind,
        "stage": stage, "hours_lost": None if hours == "" else float(hours), "first_seen": dt.date.fromisoformat(seen),
        "resolved_on": dt.date.fromisoformat(resolved) if resolved else None, "how": how or None,
        "text_consent": "nee" if collective.archetype["slug"] == _SILENT else "ja",
    }  # fmt: skip
