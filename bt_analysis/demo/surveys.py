"""What collectives of the fictional municipality measured: counts of their own, and a survey with its answers.

Of every participant it is decided first whether they are lonely; who answers, and what, follows from that.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis import instruments
from bt_analysis.demo.collectives import Collective
from bt_analysis.instruments import Instrument

ENDORSED = {True: 0.7, False: 0.12}
"""Chance that somebody who is lonely, or is not, gives an answer that counts as lonely."""

UNANSWERED = 0.02
"""Chance that somebody who takes part leaves a question open."""

_LETTERS = list("bcdfghjkmnpqrstvwxz")


def survey(collective: Collective, seed: int) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Make a wave of a survey among participants, and the answers.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same answers.

    Returns
    -------
    tables : dict of DataFrame
        survey_wave and response_item; none when the kind of collective holds no survey.
    truth : dict
        ``loneliness``: the share of all participants that is moderately or strongly lonely, had they all answered, with
        an explanation; empty without a survey.
    """
    kind = collective.archetype
    if "survey" not in kind:
        return {}, {}
    rng = np.random.default_rng([seed, 6, collective.number])
    plan, people = kind["survey"], int(kind["people"])
    instrument = instruments.get(plan["instrument_id"])
    answers = _answers(instrument, rng.random(people) < plan["lonely"], rng)
    scores = instruments.score(answers, instrument.id).values.iloc[:, 0]
    line = instrument.scales[0].cutoffs[0]
    answering = np.sort(rng.choice(people, round(people * plan["answering"]), replace=False))
    wave = _wave(collective, len(answering))
    truth = {
        "indicator_id": f"{instrument.id}_{line.id}",
        "share_pct": round(100 * float(line.holds(scores).mean()), 1),
        "explanation": f"Had all {people} participants answered all questions. {len(answering)} of them took part"
        + (" by their own choice." if plan["sampling"] == "zelfselectie" else ", by chance."),
    }
    given = answers.iloc[answering].mask(rng.random((len(answering), answers.shape[1])) < UNANSWERED)
    return {"survey_wave": wave, "response_item": _long(given, wave["wave_id"].item(), rng)}, {"loneliness": truth}


def measurements(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make the counts that a collective keeps of what it did.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same counts.

    Returns
    -------
    dict of DataFrame
        measurement, one row per indicator and year; none when the kind of collective counts nothing.
    """
    kind = collective.archetype
    if "measured" not in kind:
        return {}
    rng = np.random.default_rng([seed, 7, collective.number])
    rows = [
        {
            "measurement_id": f"{one['indicator_id']}-{year}",
            "indicator_id": one["indicator_id"],
            "collective_id": collective.collective_id,
            "period_start": dt.date(year, 1, 1),
            "period_end": dt.date(year, 12, 31),
            "population": one["population"],
            "value": round(one["per_year"] * rng.uniform(0.85, 1.15)),
            "method": one["method"],
            "comparison": "geen",
        }
        for one in kind["measured"]
        for year in collective.years
    ]
    return {"measurement": pd.DataFrame(rows)}


def _answers(instrument: Instrument, lonely: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Answer all items for every participant: with what counts as lonely or with what does not, each by lot."""
    chance = np.where(lonely, ENDORSED[True], ENDORSED[False])[:, None]
    endorses = rng.random((len(lonely), len(instrument.items))) < chance
    columns = {}
    for at, item in enumerate(instrument.items):
        points = {one.code: one.reversed_points if item.reversed else one.points for one in instrument.options}
        counts, counts_not = ([code for code, point in points.items() if point == wanted] for wanted in (1, 0))
        columns[item.code] = np.where(
            endorses[:, at], rng.choice(counts, len(lonely)), rng.choice(counts_not, len(lonely))
        )
    return pd.DataFrame(columns)


def _wave(collective: Collective, answered: int) -> pd.DataFrame:
    plan = collective.archetype["survey"]
    people = int(collective.archetype["people"])
    row = {
        "wave_id": f"deelnemers-{plan['year']}",
        "collective_id": collective.collective_id,
        "instrument_ids": plan["instrument_id"],
        "mode": "papier",
        "sampling": plan["sampling"],
        "frame_n": people,
        "invited_n": people,
        "responded_n": answered,
        "languages": "nl",
        "minutes_median": 3,
        "start": dt.date(plan["year"], 10, 1),
        "end": dt.date(plan["year"], 10, 31),
        "linkage": "none",
    }
    return pd.DataFrame([row])


def _long(answers: pd.DataFrame, wave_id: str, rng: np.random.Generator) -> pd.DataFrame:
    """One row per respondent and item, under keys by lot that say nothing of anybody."""
    keys: dict[str, None] = {}
    while len(keys) < len(answers):
        keys["".join(rng.choice(_LETTERS, 6))] = None
    keyed = answers.set_axis(pd.Index(sorted(keys), name="respondent_key"))
    long = keyed.melt(var_name="item_code", value_name="answer", ignore_index=False).reset_index()
    long = long.sort_values(["respondent_key", "item_code"], ignore_index=True).astype({"answer": object})
    return long.assign(wave_id=wave_id, answer=long["answer"].where(long["answer"].notna(), None))[
        ["wave_id", "respondent_key", "item_code", "answer"]
    ]
