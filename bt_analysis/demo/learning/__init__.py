"""What the fictional collectives learn with: a collective comes in; its records of inputs, values, lessons … go out.

One file per topic, each with ``tables(collective, seed)`` (monitoring table → rows) and ``truth(collective, seed)``
(what is planted in them, with an explanation).
"""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from bt_analysis.demo.collectives import Collective
from bt_analysis.demo.learning import (
    actors,
    conditions,
    cooperation,
    effects,
    give_and_take,
    inputs,
    interactions,
    lessons,
    obstacles,
    selection,
    theory,
    value,
)

Tables = dict[str, pd.DataFrame]


class Topic(Protocol):
    """A module that makes the records of one topic."""

    def tables(self, collective: Collective, seed: int) -> Tables:
        """Make its records."""

    def truth(self, collective: Collective, seed: int) -> dict[str, Any]:
        """Tell what is planted in them."""


TOPICS: tuple[Topic, ...] = (
    actors, theory, inputs, interactions, cooperation, obstacles, selection, conditions, effects, lessons, value,
    give_and_take,
)  # fmt: skip
"""Modules that make records; adding one means adding its name here."""


def tables(collective: Collective, seed: int) -> Tables:
    """Make what a collective recorded to learn from.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same records.

    Returns
    -------
    dict of DataFrame
        Per monitoring table its rows; two topics may add to one table, and a row of the same key stands once.
    """
    parts: dict[str, list[pd.DataFrame]] = {}
    for topic in TOPICS:
        for name, rows in topic.tables(collective, seed).items():
            if len(rows):
                parts.setdefault(name, []).append(rows)
    return {name: pd.concat(rows, ignore_index=True).drop_duplicates() for name, rows in parts.items()}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell what is true of a collective's records.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed as of the records.

    Returns
    -------
    dict
        What each topic planted.
    """
    known: dict[str, Any] = {}
    for topic in TOPICS:
        known |= topic.truth(collective, seed)
    return known
