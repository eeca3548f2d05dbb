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
    """Make the waves of a survey among participants, and the answers.

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
        an explanation; ``loneliness_before`` the same of an earlier wave, if there is one; empty without a survey.
    """
    kind = collective.archetype
    if "survey" not in kind:
        return {}, {}
    rng = np.random.default_rng([seed, 6, collective.number])
    plan, people = kind["survey"], int(kind["people"])
    lonely = rng.random(people) < plan["lonely"]
    wave, given, truth = _held(collective, plan, lonely, rng)
    # Who asked before as well: more people were lonely then, and those who make a code of their own can be followed.
    before = np.random.default_rng([seed, 16, collective.number])
    codes = _keys(people, before) if plan.get("linkage") == "code_by_respondent" else None
    tables = {"survey_wave": [wave], "response_item": [_long(given, wave["wave_id"].item(), rng, codes)]}
    told = {"loneliness": truth}
    if "before" in plan:
        also = before.random(people) < (plan["before"]["lonely"] - plan["lonely"]) / (1 - plan["lonely"])
        wave, given, told["loneliness_before"] = _held(collective, plan | plan["before"], lonely | also, before)
        tables["survey_wave"].insert(0, wave)
        tables["response_item"].insert(0, _long(given, wave["wave_id"].item(), before, codes))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}, told


def _held(
    collective: Collective, plan: dict[str, Any], lonely: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Hold one wave: the wave, the answers by place among all participants, and what is true of all of them."""
    people = len(lonely)
    instrument = instruments.get(plan["instrument_id"])
    answers = _answers(instrument, lonely, rng)
    scores = instruments.score(answers, instrument.id).values.iloc[:, 0]
    line = instrument.scales[0].cutoffs[0]
    answering = np.sort(rng.choice(people, round(people * plan["answering"]), replace=False))
    truth = {
        "indicator_id": f"{instrument.id}_{line.id}",
        "share_pct": round(100 * float(line.holds(scores).mean()), 1),
        "explanation": f"Had all {people} participants answered all questions. {len(answering)} of them took part"
        + (" by their own choice." if plan["sampling"] == "zelfselectie" else ", by chance."),
    }
    given = answers.iloc[answering].mask(rng.random((len(answering), answers.shape[1])) < UNANSWERED)
    return _wave(collective, plan, len(answering)), given, truth


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


def _wave(collective: Collective, plan: dict[str, Any], answered: int) -> pd.DataFrame:
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
        "linkage": plan.get("linkage", "none"),
    }
    return pd.DataFrame([row])


def _keys(count: int, rng: np.random.Generator) -> list[str]:
    """Draw keys by lot, in order of the alphabet, so that they say nothing of anybody."""
    keys: dict[str, None] = {}
    while len(keys) < count:
        keys["".join(rng.choice(_LETTERS, 6))] = None
    return sorted(keys)


def _long(answers: pd.DataFrame, wave_id: str, rng: np.random.Generator, codes: list[str] | None) -> pd.DataFrame:
    """One row per respondent and item, under keys of this wave, or under the code that somebody always gives."""
    keys = _keys(len(answers), rng) if codes is None else [codes[place] for place in answers.index]
    keyed = answers.set_axis(pd.Index(keys, name="respondent_key"))
    long = keyed.melt(var_name="item_code", value_name="answer", ignore_index=False).reset_index()
    long = long.sort_values(["respondent_key", "item_code"], ignore_index=True).astype({"answer": object})
    return long.assign(wave_id=wave_id, answer=long["answer"].where(long["answer"].notna(), None))[
        ["wave_id", "respondent_key", "item_code", "answer"]
    ]
