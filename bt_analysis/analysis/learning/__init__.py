"""Learning: protected records and figures of collectives in; what works, for whom, where, and what nobody knows, out.

One file per question, each with ``TABLES`` (names of the tables it makes, by the schemas ``analysed_<name>``) and
``learn(cases, settings)``. Rows with an empty collective_id are about all collectives together, and are told only of
collectives that gave a bundle.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import pandas as pd

from bt_analysis.analysis.learning import (
    burden,
    cooperation,
    coverage,
    decisions,
    first_told,
    give_and_take,
    lessons,
    obstacles,
    patterns,
    places,
    research_questions,
    scale,
    selection,
    shared,
    theory,
    tradeoffs,
    trials,
    umbrellas,
    unused,
    value,
)
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing, told
from bt_analysis.settings import Settings

__all__ = [
    "ACROSS",
    "LAST",
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
    selection, coverage, places, scale, decisions, cooperation, tradeoffs, obstacles, umbrellas, theory, value, lessons,
    trials, patterns, shared,
)  # fmt: skip
"""Modules that each answer one question; adding one means adding its name here."""

LAST: tuple[Question, ...] = (research_questions, give_and_take, burden, unused, first_told)
"""Modules about what is known; they are asked when all others have been, and read their estimates too."""

TABLES: tuple[str, ...] = tuple(name for question in (*QUESTIONS, *LAST) for name in question.TABLES)
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
    informed = replace(cases, estimates=_together([cases.estimates, *(answer.estimates for answer in answers)]))
    answers += [question.learn(informed, settings) for question in LAST]
    tables = {name: made((), name) for name in TABLES}
    for answer in answers:
        tables |= answer.tables
    remember = {name: table for answer in answers for name, table in answer.remember.items()}
    return Learned(_together([answer.estimates for answer in answers]), tables, remember)


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


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Take estimates together; of one that was told again, as from a bundle, the last stays."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return nothing()
    both = pd.concat(filled, ignore_index=True)
    again = both["claim_id"].duplicated(keep="last")
    return both[~again] if again.any() else both  # a copy of all estimates of thousands of collectives is large
