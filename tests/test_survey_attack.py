"""An attacker on small surveys: all tables that fit what is published are counted out; no hidden number is told."""

import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from bt_analysis import detectability, disclosure
from bt_analysis.analysis import before_after, measurements, response
from bt_analysis.instruments import wave_changes, waves
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from tests.test_waves import DJG6, JA, NEE

WIDTH = 5
TOTAL, LINES = "djg6_2006_totaal", {"djg6_2006_eenzaam": 2, "djg6_2006_sterk_eenzaam": 5}
REVERSED = ("djg6_terugvallen", "djg6_vertrouwen", "djg6_verbonden")
DAYS = {"w1": pd.Timestamp("2023-05-31"), "w2": pd.Timestamp("2024-05-31")}


def person(score: int) -> dict[str, str]:
    """Answer so that the total is a score: one point per item."""
    return {code: JA if (at < score) != (code in REVERSED) else NEE for at, code in enumerate(DJG6)}


def publish(make: Any, first: list[int], last: list[int], frame_n: int | None = None, came: int = 0) -> pd.DataFrame:
    """Publish two waves of scores as the product does; the keys of the later wave begin ``came`` further on."""
    each = {
        "collective_id": "tuin", "instrument_ids": "djg6_2006", "sampling": "allen", "frame_n": frame_n,
        "linkage": "code_by_respondent",
    }  # fmt: skip
    asked = typed([each | {"wave_id": wave, "start": day, "end": day} for wave, day in DAYS.items()], "survey_wave")
    given = typed(
        [
            {"wave_id": wave, "respondent_key": f"k{at}", "item_code": code, "answer": answer}
            for wave, scores, start in (("w1", first, 0), ("w2", last, came))
            for at, score in enumerate(scores, start=start)
            for code, answer in person(score).items()
        ],
        "response_item",
    )
    joined = dataclasses.replace(
        make.joined(), survey_wave=asked, measurement=waves.measure(asked, given),
        wave_change=wave_changes.changes(asked, given),
    )  # fmt: skip
    periods = make.periods("2023-2024")
    here = Settings()
    raw = pd.concat([question.estimate(joined, periods, here) for question in (measurements, before_after)])
    gated = detectability.set_gates(raw.reset_index(drop=True), here.gates)
    protected = disclosure.protect(gated, here.disclosure, disclosure.nothing(), dt.date(2025, 1, 1))
    return response.with_response(protected.estimates, joined, here)


@cache
def tables(n: int, kinds: int) -> np.ndarray:
    """List every way to divide n people over so many values."""
    bars = np.array(list(itertools.combinations(range(n + kinds - 1), kinds - 1)), dtype=np.int16)
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), n + kinds - 1)])
    return np.diff(edges, axis=1) - 1


def fitting(row: pd.Series, n: int, values: np.ndarray, frame_n: int | None, digits: int | None) -> np.ndarray:
    """Keep the tables whose mean and t-interval are those published, as rounded, on a scale from 0 to 6."""
    every = tables(n, len(values))
    mean = every @ values / n
    sd = np.sqrt(np.maximum(every @ values**2 - n * mean**2, 0) / (n - 1))
    half = t.ppf(0.975, n - 1) * sd * math.sqrt((1 - n / frame_n if frame_n else 1) / n)
    fits = np.isclose(mean if digits is None else mean.round(digits), row["value"], atol=1e-9)
    for end, known in ((mean - half, row["ci_low"]), (mean + half, row["ci_high"])):
        if pd.notna(known):
            fits &= np.abs(end.clip(values.min(), values.max()) - known) < 0.1 + 1e-9
    return every[fits]


def told(name: str, counts: np.ndarray, count: int, n: int) -> list[str]:
    """Say when a hidden count is known more closely than five people."""
    low, high = int(counts.min()), int(counts.max())
    known = low > max(0, count - WIDTH) or high < min(n, count + WIDTH)
    return [f"{name}: {count} of {n} is known to be {low} … {high}"] if known else []


def attack_mean(rows: pd.DataFrame, wave: str, scores: list[int], frame_n: int | None) -> Iterator[str]:
    """Attack the shares of a wave that are hidden, by its mean and the shares that are shown."""
    own = rows[rows["group_type"].eq(f"meting:{wave}-" + rows["indicator_id"]) & rows["question"].eq("measurements")]
    own = own.set_index("indicator_id")
    mean = own.loc[TOTAL]
    n, each = len(scores), np.array(scores)
    if pd.isna(mean["value"]):
        return
    fits = fitting(mean, n, np.arange(7), frame_n, None)
    assert len(fits)
    shown = own[own["gate"].ne("onderdrukt")].index
    for name in set(LINES) & set(shown):
        fits = fits[fits[:, LINES[name] :].sum(axis=1) == (each >= LINES[name]).sum()]
    for name in set(LINES) - set(shown):
        yield from told(f"{wave} {name}", fits[:, LINES[name] :].sum(axis=1), int((each >= LINES[name]).sum()), n)


def attack_change(rows: pd.DataFrame, change: np.ndarray, frame_n: int | None) -> Iterator[str]:
    """Attack how many moved up, moved down and stayed, by the mean change and its interval."""
    own = rows[rows["question"].eq("before_after") & rows["indicator_id"].eq(TOTAL)].set_index("group_value")
    mean, n, values = own.loc["verschil"], len(change), np.arange(-6, 7)
    if pd.isna(mean["value"]) or own.loc["omhoog", "gate"] != "onderdrukt":
        return
    fits = fitting(mean, n, values, frame_n, 1)
    assert len(fits)
    for name, kind, count in (
        ("up", values > 0, (change > 0).sum()), ("down", values < 0, (change < 0).sum()),
        ("same", values == 0, (change == 0).sum()),
    ):  # fmt: skip
        yield from told(f"change {name}", fits[:, kind].sum(axis=1), int(count), n)


def surveys(seed: int, n: int) -> tuple[list[int], list[int]]:
    rng = np.random.default_rng(seed)
    first = rng.binomial(6, rng.uniform(0.02, 0.98), n)
    last = np.clip(first + rng.choice(np.arange(-3, 4), n, p=rng.dirichlet(np.ones(7))), 0, 6)
    return first.tolist(), last.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_no_hidden_number_follows_from_a_mean_or_from_a_change(make: Any, seed: int) -> None:
    n = 10 + seed % 2
    first, last = surveys(seed, n)
    frame_n = (None, 60)[seed // 2 % 2]
    rows = publish(make, first, last, frame_n)
    found = [*attack_mean(rows, "w1", first, frame_n), *attack_mean(rows, "w2", last, frame_n)]
    assert not found + list(attack_change(rows, np.array(last) - np.array(first), frame_n))


@pytest.mark.parametrize("seed", range(20, 26))
def test_nor_from_a_mean_of_more_people(make: Any, seed: int) -> None:
    first, _ = surveys(seed, 20)
    rows = publish(make, first, first[::-1])
    assert not list(attack_mean(rows, "w1", first, None))
