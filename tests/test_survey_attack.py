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
from bt_analysis.analysis import before_after, means, measurements, response
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
    return np.asarray(np.diff(edges, axis=1) - 1)


def fitting(row: Any, n: int, values: np.ndarray, frame_n: int | None, digits: int | None) -> np.ndarray:
    """Keep the tables whose mean and t-interval are those published, as rounded, on a scale from 0 to 6."""
    every = tables(n, len(values))
    mean = every @ values / n
    sd = np.sqrt(np.maximum(every @ values**2 - n * mean**2, 0) / (n - 1))
    half = t.ppf(0.975, n - 1) * sd * math.sqrt((1 - n / frame_n if frame_n else 1) / n)
    fits = np.isclose(mean if digits is None else mean.round(digits), row["value"], atol=1e-9)
    for end, known in ((mean - half, row["ci_low"]), (mean + half, row["ci_high"])):
        if pd.notna(known):
            fits &= np.abs(end.clip(values.min(), values.max()) - known) < 0.1 + 1e-9
    return np.asarray(every[fits])


def told(name: str, counts: np.ndarray, count: int, n: int) -> list[str]:
    """Say when a hidden count is known more closely than five people."""
    low, high = int(counts.min()), int(counts.max())
    known = low > max(0, count - WIDTH) or high < min(n, count + WIDTH)
    return [f"{name}: {count} of {n} is known to be {low} … {high}"] if known else []


def attack_mean(rows: pd.DataFrame, wave: str, scores: list[int], frame_n: int | None) -> Iterator[str]:
    """Attack the shares of a wave that are hidden, by its mean and the shares that are shown."""
    own = rows[rows["group_type"].eq(f"meting:{wave}-" + rows["indicator_id"]) & rows["question"].eq("measurements")]
    own = own.set_index("indicator_id")
    mean: Any = own.loc[TOTAL]
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
    mean: Any = own.loc["verschil"]
    n, values = len(change), np.arange(-6, 7)
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


def test_the_same_attack_succeeds_where_means_are_shown_whatever_they_tell(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(means, "telling", lambda rows, *_: pd.Series(False, index=rows.index))
    monkeypatch.setattr(wave_changes, "_told", lambda *_: None)
    of_means: list[str] = []
    of_changes: list[str] = []
    for seed in range(12):
        first, last = surveys(seed, 10)
        rows = publish(make, first, last)
        of_means += [*attack_mean(rows, "w1", first, None), *attack_mean(rows, "w2", last, None)]
        of_changes += attack_change(rows, np.array(last) - np.array(first), None)
    assert len(of_means) > 5
    assert len(of_changes) > 1


def test_what_means_do_not_tell_is_still_shown(make: Any) -> None:
    # 21 people of each score from 0 to 6, who change by as much either way: enough of everything.
    first = list(range(7)) * 6
    rows: Any = publish(make, first, first[::-1]).set_index(["indicator_id", "group_value"])
    assert rows.loc[(TOTAL, ""), "value"].tolist() == [3.0, 3.0]
    assert rows.loc[(TOTAL, "verschil"), "value"] == 0


# Who is in one wave only


def alone(make: Any, came: list[int], left: int = 0) -> pd.DataFrame:
    """Follow 40 people, of whom 12 become lonely and 12 no longer are; others came to the later wave, others left."""
    stay = [0] * 12 + [2] * 12 + [0, 2] * 8
    later = [2] * 12 + [0] * 12 + [0, 2] * 8
    return publish(make, [0, 2] * (left // 2) + stay, later + came, came=left)


def of_change(rows: pd.DataFrame) -> pd.Series:
    kept = rows["question"].eq("before_after") & rows["indicator_id"].eq("djg6_2006_eenzaam")
    return rows[kept & rows["group_value"].eq("verschil")].iloc[0]


@pytest.mark.parametrize(
    ("came", "left", "shown"),
    [
        ([], 0, True),
        ([2] * 10 + [0] * 10, 0, True),  # ten who came say yes and ten say no
        ([2] * 3 + [0] * 17, 0, False),  # both waves and the change say that 3 of 20 who came are lonely
        ([2] * 20, 0, False),  # that all who came are
        ([2] * 10 + [0] * 10, 12, True),  # x of 20 who came less y of 12 who left: 4, so x is 4 to 16
        ([2] * 20, 12, False),  # 14, so x is 14 to 20
    ],
)
def test_who_is_in_one_wave_only_is_not_told_of(make: Any, came: list[int], left: int, *, shown: bool) -> None:
    rows = alone(make, came, left)
    before, after = (rows[rows["group_type"].eq(f"meting:{wave}-djg6_2006_eenzaam")].iloc[0] for wave in DAYS)
    assert pd.notna([before["value"], after["value"]]).all()
    yes = (after["value"] * after["n"] - before["value"] * before["n"]) / 100
    # The attacker's sum: twelve changed each way, so what is left is who came less who left.
    assert yes == pytest.approx(came.count(2) - left // 2)
    assert pd.notna(of_change(rows)["value"]) == shown
