"""Learning: protected records and figures of collectives in; what works, for whom, where, and what nobody knows, out.

One file per question, each with ``TABLES`` (names of the tables it makes, by the schemas ``analysed_<name>``) and
``learn(cases, settings)``. Rows with an empty collective_id are about all collectives together, and are told only of
collectives that gave a bundle.
"""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from bt_analysis.analysis.learning import (
    cooperation,
    coverage,
    obstacles,
    patterns,
    scale,
    selection,
    shared,
    tradeoffs,
    umbrellas,
)
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing, told
from bt_analysis.settings import Settings

__all__ = [
    "ACROSS",
    "QUESTIONS",
    "TABLES",
    "Cases",
    "Learned",
    "Question",
    "learn",
    "learn_nothing",
    "made",
    "nothing",
    "of_collectives",
    "told",
]


class Question(Protocol):
    """A module that answers one question."""

    TABLES: tuple[str, ...]

    def learn(self, cases: Cases, settings: Settings) -> Learned:
        """Answer the question."""


QUESTIONS: tuple[Question, ...] = (
    selection, cooperation, tradeoffs, obstacles, umbrellas, scale, coverage, patterns, shared,
)  # fmt: skip
"""Modules that each answer one question; adding one means adding its name here."""

TABLES: tuple[str, ...] = tuple(name for question in QUESTIONS for name in question.TABLES)
"""Tables that are made beside estimates; each always exists, if without rows."""


def learn(cases: Cases, settings: Settings) -> Learned:
    """Ask every question.

    Parameters
    ----------
    cases : Cases
        Collectives to learn from.
    settings : Settings
        All thresholds.

    Returns
    -------
    Learned
        The answers together; every table of :data:`TABLES` is there.
    """
    answers = [question.learn(cases, settings) for question in QUESTIONS]
    rows = [answer.estimates for answer in answers if len(answer.estimates)]
    tables = {name: made((), name) for name in TABLES}
    for answer in answers:
        tables |= answer.tables
    remember = {name: table for answer in answers for name, table in answer.remember.items()}
    return Learned(pd.concat(rows, ignore_index=True) if rows else nothing(), tables, remember)


def learn_nothing() -> Learned:
    """Answer every question where there is no collective to learn from.

    Returns
    -------
    Learned
        Every table is there, without rows.
    """
    return Learned(nothing().assign(synthetic=False), {name: made((), name) for name in TABLES})


def of_collectives(learned: Learned) -> Learned:
    """Keep what is about one collective each.

    Parameters
    ----------
    learned : Learned
        Answers about collectives, and about all of them together.

    Returns
    -------
    Learned
        Without the rows about all together: those need the consent that a bundle holds. A table without
        ``collective_id`` is about all together, and keeps no row.
    """
    return Learned(
        _own(learned.estimates), {name: _own(table) for name, table in learned.tables.items()}, learned.remember
    )


def _own(table: pd.DataFrame) -> pd.DataFrame:
    if "collective_id" not in table:
        return table.iloc[:0]
    return table[table["collective_id"].ne(ACROSS)].reset_index(drop=True)
