"""Random logs: what the tables of days come to, beside a slow route that walks through every input by itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import decisions
from bt_analysis.analysis.learning.input_log import STAGES
from bt_analysis.settings import Settings
from tests.input_cases import RAISED, cases, link, raised, steps

END = dt.date(2024, 12, 31)
OUTCOMES = ("overgenomen", "deels", "afgewezen", "uitgesteld")
_NEVER = dt.date.max


def log(seed: int, n: int = 30) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw a log: inputs, steps in an order that may be, and links that lead from a lower number to a higher one."""
    rng = np.random.default_rng(seed)
    days = [RAISED + dt.timedelta(days=int(day)) for day in rng.integers(0, 300, n)]
    inputs = [raised(f"i{number}", on=days[number], channel=str(rng.choice(["deur", "online"]))) for number in range(n)]
    events: list[dict[str, Any]] = []
    for number in range(n):
        places = np.sort(rng.choice(10, size=int(rng.integers(0, 7)), replace=False))
        taken: list[tuple[Any, ...]] = []
        for day, place in zip(np.sort(rng.integers(0, 400, len(places))), places, strict=True):
            decided = STAGES[place] == "besloten"
            url = "https://voorbeeld.invalid" if decided and rng.random() < 0.3 else None
            taken.append((int(day), STAGES[place], str(rng.choice(OUTCOMES)) if decided else None, None, url))
        events += steps(f"i{number}", *taken, on=days[number])
    links = []
    for number in range(0, n - 3, 3):
        kind = str(rng.choice(["samengevoegd", "gesplitst", "vervolg"]))
        ends = [number + 1] if kind != "gesplitst" else [number + 1, number + 2]
        links += [link(f"i{number}", f"i{end}", kind) for end in ends]
    return inputs, events, links


class Slow:
    """A log as one would follow it by hand."""

    def __init__(self, seed: int) -> None:
        inputs, events, links = log(seed)
        self.raised = {row["input_id"]: row["raised_on"] for row in inputs}
        self.events = {name: [row for row in events if row["input_id"] == name] for name in self.raised}
        self.links = [row for row in links if row["type"] != "vervolg"]

    def kind(self, name: str) -> tuple[str, list[str]]:
        own = [row for row in self.links if row["from_input"] == name]
        return (own[0]["type"], [row["to_input"] for row in own]) if own else ("", [])

    def counted(self, name: str) -> bool:
        return all((row["to_input"], row["type"]) != (name, "gesplitst") for row in self.links)

    def outcome(self, name: str) -> str:
        kind, others = self.kind(name)
        own = [row["outcome"] for row in self.events[name] if row["outcome"]]
        if kind == "samengevoegd":
            return self.outcome(others[0])
        if kind == "gesplitst":
            parts = {self.outcome(one) for one in others}
            if "" not in parts:
                mixed = "deels" if parts & {"overgenomen", "deels"} else "uitgesteld"
                return parts.pop() if len(parts) == 1 else mixed
        return own[-1] if own else ""

    def executed(self, name: str) -> bool:
        return self.first(name, "uitgevoerd") != _NEVER

    def first(self, name: str, stage: str) -> dt.date:
        """Return the first day of being carried out or reported back; the last possible day: never."""
        own = min((row["date"] for row in self.events[name] if row["stage"] == stage), default=_NEVER)
        kind, others = self.kind(name)
        if kind == "samengevoegd":
            there = self.first(others[0], stage)
            if stage == "teruggekoppeld":
                return min(own, _NEVER if there < self.raised[name] else there)
            return min(own, there if there == _NEVER else max(there, self.raised[name]))
        if kind == "gesplitst":
            if stage == "uitgevoerd":
                if all(self.outcome(one) == "afgewezen" for one in others):
                    return own
                return min(own, max(self._passed(one) for one in others))
            return min(own, max(self.first(one, stage) for one in others))
        return own

    def _passed(self, name: str) -> dt.date:
        return self.answered(name) if self.outcome(name) == "afgewezen" else self.first(name, "uitgevoerd")

    def explained(self, name: str) -> dt.date:
        own = min((row["date"] for row in self.events[name] if row["explanation_url"]), default=_NEVER)
        kind, others = self.kind(name)
        if kind == "samengevoegd":
            there = self.explained(others[0])
            return min(own, there if there == _NEVER else max(there, self.raised[name]))
        return min(own, max(self.explained(one) for one in others)) if kind == "gesplitst" else own

    def answered(self, name: str) -> dt.date:
        own = min(self.first(name, "teruggekoppeld"), self.first(name, "uitgevoerd"), self.explained(name))
        kind, others = self.kind(name)
        if kind == "samengevoegd":
            there = self.answered(others[0])
            return min(own, _NEVER if there < self.raised[name] else there)
        return min(own, max(self.answered(one) for one in others)) if kind == "gesplitst" else own

    def last(self, name: str) -> dt.date:
        _, others = self.kind(name)
        days: list[dt.date] = [
            self.raised[name],
            *(row["date"] for row in self.events[name]),
            *(self.last(one) for one in others),
        ]
        return max(days)


@pytest.mark.parametrize("seed", range(10))
def test_ten_random_logs_agree_with_following_each_input_by_hand(seed: int) -> None:
    inputs, events, links = log(seed)
    table = decisions.learn(cases(inputs, events, links), Settings()).tables["input_fates"].set_index("input_id")
    slow = Slow(seed)
    for name, row in table.iterrows():
        key = str(name)
        answer = slow.answered(key)
        end = answer if answer != _NEVER else END
        assert row["counted"] == slow.counted(key), key
        assert row["outcome"] == slow.outcome(key), key
        assert row["answered"] == (answer != _NEVER), key
        assert row["waited_days"] == (end - slow.raised[key]).days, key
        assert row["reported_back"] == (slow.first(key, "teruggekoppeld") != _NEVER), key
        assert (row["fate"] == "uitgevoerd") == slow.executed(key), key
        silent = not row["reported_back"] and (END - slow.last(key)).days >= 180
        assert row["silent"] == silent, key


@pytest.mark.parametrize("seed", range(10))
def test_counts_of_ten_random_logs_are_those_of_their_rows(seed: int) -> None:
    learned = decisions.learn(cases(*log(seed)), Settings())
    rows = learned.tables["input_fates"]
    rows = rows[rows["counted"]]
    told = learned.estimates[learned.estimates["collective_id"].eq("zon") & learned.estimates["group_type"].eq("")]
    value = told.set_index("indicator_id")["value"]
    fates = Counter(rows["fate"])
    assert value["inputs_n"] == len(rows)
    assert value["inputs_executed_n"] == fates["uitgevoerd"]
    assert value["inputs_answered_n"] + value["inputs_unanswered_n"] == len(rows)
    assert value["inputs_silent_n"] + value["inputs_waiting_n"] == value["inputs_unanswered_n"]
    assert value["inputs_rejected_explained_n"] == fates["afgewezen_met_uitleg"]
    assert value["inputs_rejected_unexplained_n"] == fates["afgewezen_zonder_uitleg"]
    stages = learned.tables["input_stages"]
    own = stages[stages["collective_id"].eq("zon")].sort_values("place")
    assert own["stopped_n"].sum() == own["reached_n"].iloc[0] == len(rows)
    assert own["reached_n"].is_monotonic_decreasing
    assert dict(zip(own["stage"], own["stopped_n"], strict=True)) == {
        stage: int(rows["stage"].eq(stage).sum()) for stage in own["stage"]
    }


def test_the_order_of_rows_changes_nothing() -> None:
    inputs, events, links = log(3)
    forward = decisions.learn(cases(inputs, events, links), Settings())
    backward = decisions.learn(cases(inputs[::-1], events[::-1], links[::-1]), Settings())
    tables = (one.tables["input_fates"].sort_values("input_id", ignore_index=True) for one in (forward, backward))
    first, second = (
        table.assign(went_into=table["went_into"].map(lambda text: set(text.split(";")))) for table in tables
    )
    assert first.equals(second)
    estimates = (one.estimates.sort_values("claim_id", ignore_index=True) for one in (forward, backward))
    first, second = estimates
    assert first.equals(second)


def test_one_collective_says_nothing_about_another() -> None:
    inputs, events, links = log(5)
    more = [raised(f"i{number}", "maan") for number in range(12)]
    alone = decisions.learn(cases(inputs, events, links), Settings()).estimates
    beside = decisions.learn(
        cases([*more, *inputs], events, links, periods={"zon": ["2023-2024"], "maan": ["2023"]}), Settings()
    ).estimates
    own = [rows[rows["collective_id"].eq("zon")].sort_values("claim_id", ignore_index=True) for rows in (alone, beside)]
    pd.testing.assert_frame_equal(own[0], own[1], check_dtype=False)
