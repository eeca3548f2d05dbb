"""Scoring: answers to the items of one instrument in, one score per person and scale out.

A missing answer is never a zero: a person gets a score when the instrument's own rule allows it, and else none; how
many got none is told beside the scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from bt_analysis.instruments import registry
from bt_analysis.instruments.definitions import Instrument, Scale

SMALLEST_N_FOR_ALPHA = 50
"""Cronbach's alpha of fewer people says too little."""


class NotVerified(ValueError):  # noqa: N818 - says of an instrument what its registry entry says
    """Answers to an instrument whose rule has not been verified are not scored; the message says why not."""


class AnswerError(ValueError):
    """Answers are not those of the instrument; the message says what was got, what is expected and what to do."""


class TooFewError(ValueError):
    """There are too few people for what is asked."""


@dataclass(frozen=True)
class Scores:
    """What scoring gives.

    Parameters
    ----------
    values : DataFrame
        One row is a person, one column a scale of the instrument; missing where the rule gives no score.
    dropped : Series
        Scale → people without a score.
    """

    values: pd.DataFrame
    dropped: pd.Series


def score(answers: pd.DataFrame, instrument_id: str) -> Scores:
    """Score the answers to an instrument.

    Parameters
    ----------
    answers : DataFrame
        One row is a person, one column an item of the instrument (its code), a cell the code of an answer; missing
        where there is no answer.
    instrument_id : str
        The instrument.

    Returns
    -------
    Scores
        One row per person, in the same order.

    Raises
    ------
    RegistryError
        When there is no such instrument.
    NotVerified
        When its rule has not been verified.
    AnswerError
        When a column is missing or no item of it, or a cell holds what cannot be answered.

    Notes
    -----
    ``sum``: times · Σ points; ``mean``: Σ points / items; ``single``: the points of the one item. Points of reversed
    items are the mirrored ones, or those that the registry gives. A person with more answers missing than the scale
    allows has no score; with fewer, the points of the answers that are there are added up as they are.
    """
    points = _points(answers, _verified(instrument_id))
    scales = registry.get(instrument_id).scales
    values = pd.DataFrame({scale.id: _score(points, scale) for scale in scales}, index=answers.index, dtype=float)
    return Scores(values, values.isna().sum())


def alpha(answers: pd.DataFrame, instrument_id: str, scale_id: str = "") -> float:
    """Compute Cronbach's alpha of a scale.

    Parameters
    ----------
    answers : DataFrame
        As for :func:`score`.
    instrument_id : str
        The instrument.
    scale_id : str
        One of its scales; empty: the main one.

    Returns
    -------
    float
        At most 1; not a number when all people have the same sum.

    Raises
    ------
    RegistryError
        When there is no such instrument, or it has no such scale.
    NotVerified
        When its rule has not been verified.
    AnswerError
        When the answers are not those of the instrument, or the scale is a single item.
    TooFewError
        When fewer than ``SMALLEST_N_FOR_ALPHA`` people answered all items.

    Notes
    -----
    k/(k − 1) · (1 − Σ var(item) / var(Σ items)), over the people who answered all k items.
    """
    instrument = _verified(instrument_id)
    scales = {scale.id: scale for scale in instrument.scales}
    scale = scales.get(scale_id or instrument.scales[0].id)
    if scale is None:
        raise registry.RegistryError(
            f"instrument {instrument_id!r} has no scale {scale_id!r}; expected one of {', '.join(scales)}. Name one."
        )
    points = _points(answers, instrument)[list(scale.items)].dropna()
    items_n = len(scale.items)
    if items_n < 2:
        raise AnswerError(f"scale {scale.id!r} of {instrument_id} is one item; expected two or more. Leave alpha out.")
    if len(points) < SMALLEST_N_FOR_ALPHA:
        raise TooFewError(
            f"{len(points)} people answered all items of {instrument_id}; expected at least {SMALLEST_N_FOR_ALPHA} for "
            "alpha. Leave it out."
        )
    spread = points.sum(axis=1).var()
    return float(items_n / (items_n - 1) * (1 - points.var().sum() / spread)) if spread else float("nan")


def codes(answers: pd.Series) -> pd.Series:
    """Write answers the way the registry does.

    Parameters
    ----------
    answers : Series
        Text, or numbers as a spreadsheet gives them.

    Returns
    -------
    Series
        Text: 3 and 3.0 are "3"; empty text is missing.
    """
    text = answers.map(_code, na_action="ignore").astype("string")
    return text.mask(text.eq("").fillna(False))


def _code(answer: Any) -> str:
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    return str(answer).strip()


def _verified(instrument_id: str) -> Instrument:
    instrument = registry.get(instrument_id)
    if not instrument.verified:
        raise NotVerified(
            f"instrument {instrument_id} is not scored: {instrument.why_not_en}. Record published values, or use "
            "another instrument."
        )
    return instrument


def _points(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Turn answers into points; refuse other columns and other answers."""
    expected = [item.code for item in instrument.items]
    if sorted(map(str, answers.columns)) != sorted(expected):
        absent = ", ".join(code for code in expected if code not in answers.columns) or "none"
        more = ", ".join(str(code) for code in answers.columns if code not in expected) or "none"
        raise AnswerError(
            f"answers to {instrument.id}: items missing: {absent}; columns too many: {more}; expected "
            f"{', '.join(expected)}. Give each item a column of its code."
        )
    points = {False: {option.code: option.points for option in instrument.options}}
    points[True] = {option.code: option.reversed_points for option in instrument.options}
    columns = {item.code: _of_item(answers[item.code], points[item.reversed], instrument) for item in instrument.items}
    return pd.DataFrame(columns, index=answers.index, dtype=float)


def _of_item(answers: pd.Series, points: dict[str, float], instrument: Instrument) -> pd.Series:
    given = codes(answers)
    wrong = given[given.notna() & ~given.isin(list(points))]
    if len(wrong):
        raise AnswerError(
            f"item {answers.name} of {instrument.id}: got {wrong.iloc[0]!r} and {len(wrong) - 1} more; expected one of "
            f"{', '.join(points)}. Use these codes, or leave the cell empty."
        )
    return given.map(points).astype(float)


def _score(points: pd.DataFrame, scale: Scale) -> pd.Series:
    own = points[list(scale.items)]
    total = own.sum(axis=1, skipna=True) * scale.times
    value = total / len(scale.items) if scale.rule == "mean" else total
    return value.where(own.isna().sum(axis=1) <= scale.missing_allowed)
