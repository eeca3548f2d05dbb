"""What the fictional collectives learnt: a collective comes in; its lessons, and how many tell of failure, go out."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.demo.collectives import Collective, archetypes
from bt_analysis.demo.learning import conditions

TURNS = 3
"""Collectives of a kind after which the first one's lessons come again."""

NEGATIVE = ("werkte_niet", "schade")

_NO_COLUMN = ("id", "turns", "consent")


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make the lessons of a collective.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: lessons are written, not drawn.

    Returns
    -------
    dict of DataFrame
        lesson; none when the kind of collective keeps none.
    """
    del seed
    rows = [_row(one, collective) for one in _told(collective)]
    columns = [field["name"] for field in schema.load("lesson")["fields"]]
    return {"lesson": pd.DataFrame(rows).reindex(columns=columns).dropna(axis="columns", how="all")} if rows else {}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell how many lessons there are, and whether a warning is due.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used.

    Returns
    -------
    dict
        ``lessons``; empty when the kind of collective keeps none.
    """
    del seed
    told = _told(collective)
    if not told:
        return {}
    failed = sum(one["valence"] in NEGATIVE for one in told)
    note = (
        "Only successes are written down: the report must warn." if not failed else "Failures are written down as well."
    )
    return {"lessons": {"lessons_n": len(told), "negative_n": failed, "explanation": note}}


def _told(collective: Collective) -> list[dict[str, Any]]:
    turn = collective.number // len(archetypes()) % TURNS + 1
    return [one for one in _lessons().get(collective.archetype["slug"], []) if turn in one["turns"]]


def _row(one: dict[str, Any], collective: Collective) -> dict[str, Any]:
    row = {"lesson_id": one["id"], "collective_id": collective.collective_id}
    row |= {name: value for name, value in one.items() if name not in _NO_COLUMN}
    row["conditions"] = ";".join(_condition(code, collective) for code in one["conditions"].split(";"))
    domain = collective.archetype["domains"][0]
    return row | {"domain": domain, "text_consent": "ja" if one.get("consent", True) else "nee"}


def _condition(code: str, collective: Collective) -> str:
    """Write a condition as the collective recorded it, so that lessons and patterns speak of the same thing."""
    unknown = code.endswith("?")
    return f"{code.removesuffix('?')}={'?' if unknown else int(conditions.there(collective, code))}"


@cache
def _lessons() -> dict[str, list[dict[str, Any]]]:
    text = files("bt_analysis.demo.learning").joinpath("lessons.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
