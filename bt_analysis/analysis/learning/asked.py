"""Questions asked: the shipped register and the questions of collectives in; one list, and what could answer each, out.

The register names four groups after the notes of the programme, in our own words.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases
from bt_analysis.analysis.learning.theory_model import owners
from bt_analysis.instruments.rows import registered

_COLUMNS = ["rq_id", "collective_id", "group", "text", "text_en", "state", "proposed_by"]

OWN_FIGURES = ("measurements", "change", "before_after")
"""Questions whose estimates of the indicators on an experiment card bear on the question of that card."""


@dataclass(frozen=True)
class Answer:
    """Estimates that bear on a question; a name that nothing made rows of fits none.

    Parameters
    ----------
    question : str
        Name of the question that made them.
    indicators : tuple of str
        Only these indicators; empty: all.
    group_types : tuple of str
        Only group types that begin with one of these; empty: all.
    group_values : tuple of str
        Only these groups; empty: all.
    signed : bool
        Whether figures of opposite sign contest each other.
    """

    question: str
    indicators: tuple[str, ...] = ()
    group_types: tuple[str, ...] = ()
    group_values: tuple[str, ...] = ()
    signed: bool = False

    def fits(self, rows: pd.DataFrame) -> pd.Series:
        """Tell which estimates these are.

        Parameters
        ----------
        rows : DataFrame
            Estimates.

        Returns
        -------
        Series of bool
            On the index of ``rows``.
        """
        kept = rows["question"].eq(self.question)
        if self.indicators:
            kept &= rows["indicator_id"].isin(self.indicators)
        if self.group_types:
            kept &= rows["group_type"].str.startswith(self.group_types)
        if self.group_values:
            kept &= rows["group_value"].isin(self.group_values)
        return kept


@dataclass(frozen=True)
class Way:
    """What could answer a question of the register.

    Parameters
    ----------
    text_en : str
        The question in English.
    needs, needs_en : str
        What would answer it, in Dutch and in English.
    answers : tuple of Answer
        Estimates that bear on it.
    arrows, lessons : bool
        Whether arrows of the theory of change, and lessons, bear on it.
    """

    text_en: str
    needs: str
    needs_en: str
    answers: tuple[Answer, ...] = ()
    arrows: bool = False
    lessons: bool = False


@functools.cache
def ways() -> dict[str, Way]:
    """Read what could answer the questions of the register.

    Returns
    -------
    dict of str to Way
        By rq_id, in order of the register.
    """
    file = resources.files("bt_analysis") / "registers" / "research_question.toml"
    return {name: _way(one) for name, one in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def _way(given: dict[str, Any]) -> Way:
    answers = tuple(_answer(one) for one in given.get("answers", ()))
    return Way(**(given | {"answers": answers}))


def _answer(given: dict[str, Any]) -> Answer:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return Answer(**fields)


def of_programme() -> pd.DataFrame:
    """List the questions of the register.

    Returns
    -------
    DataFrame
        One row is a question: rq_id, collective_id (empty), group, text, text_en, state, proposed_by.
    """
    rows = registered("research_question")
    english = rows["rq_id"].map({name: way.text_en for name, way in ways().items()})
    return rows.assign(collective_id=ACROSS, text_en=english, state=rows["status"])[_COLUMNS]


def of_collectives(cases: Cases) -> pd.DataFrame:
    """List the questions that collectives asked themselves.

    Parameters
    ----------
    cases : Cases
        Reads research_question.

    Returns
    -------
    DataFrame
        As :func:`of_programme` gives, in order of collective; the English text is the text as it was asked.
    """
    rows = cases.table("research_question")
    owner = owners(rows["rq_id"])
    rows = rows.assign(collective_id=owner, text_en=rows["text"], state=rows["status"])[owner.isin(cases.ids)]
    return rows[_COLUMNS].sort_values("rq_id", ignore_index=True)
