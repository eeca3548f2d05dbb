"""What changed since the last run: figures of two days in; how many are new, different and gone out."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import first_told
from bt_analysis.settings import Settings
from tests import learning_cases

FIRST_DAY, LATER = dt.date(2026, 1, 31), dt.date(2026, 2, 28)


def figures(**values: float) -> pd.DataFrame:
    """Make one shown figure about all together per name."""
    row: dict[str, Any] = {"collective_id": "", "gate": "ok", "question": "inputs"}
    return pd.DataFrame([row | {"claim_id": name, "value": value} for name, value in values.items()])


def run(now: pd.DataFrame, day: dt.date, earlier: learning.Learned | None = None) -> learning.Learned:
    """Ask what changed on a day, with what the run before it remembers."""
    cases = learning_cases.of({"tuin": ("2024",), "zon": ("2024",)})
    memory = {} if earlier is None else earlier.remember
    return first_told.learn(replace(cases, estimates=now, today=day, earlier=memory), Settings())


def counts(answer: learning.Learned) -> dict[str, float]:
    return dict(zip(answer.estimates["indicator_id"], answer.estimates["value"], strict=True))


def test_the_first_run_has_nothing_to_compare_with() -> None:
    answer = run(figures(a=1, b=2), FIRST_DAY)
    assert answer.estimates.empty
    assert answer.remember[first_told.NAME]["claim_id"].tolist() == ["a", "b"]


def test_new_other_and_gone_figures_are_counted() -> None:
    before = run(figures(a=1, b=2, c=3), FIRST_DAY)
    after = run(figures(a=1, b=2.5, d=4, e=5), LATER, before)
    assert counts(after) == {first_told.FIRST: 2, first_told.OTHER: 1, first_told.GONE: 1}  # d and e; b; c
    assert set(after.estimates["group_label"]) == {"2026-01-31"}
    assert set(after.estimates["n"]) == {4}
    learning_cases.checked(after)


def test_a_second_run_on_the_same_day_tells_the_same() -> None:
    before = run(figures(a=1), FIRST_DAY)
    once = run(figures(a=1, b=2), LATER, before)
    again = run(figures(a=1, b=2), LATER, once)
    assert counts(again) == counts(once) == {first_told.FIRST: 1, first_told.OTHER: 0, first_told.GONE: 0}


def test_a_run_is_compared_with_the_last_earlier_day_only() -> None:
    first = run(figures(a=1), FIRST_DAY)
    second = run(figures(b=1), LATER, first)
    third = run(figures(a=1, b=1), dt.date(2026, 3, 31), second)
    assert counts(third) == {first_told.FIRST: 1, first_told.OTHER: 0, first_told.GONE: 0}  # a was gone, and is back
    assert set(third.estimates["group_label"]) == {"2026-02-28"}


@pytest.mark.parametrize("gate", ["onderdrukt", "niet_te_zien"])
def test_what_may_not_be_told_is_not_remembered(gate: str) -> None:
    hidden = figures(a=1).assign(gate=gate)
    assert run(hidden, FIRST_DAY).remember[first_told.NAME].empty


def test_figures_of_one_collective_are_not_counted_here() -> None:
    own = figures(a=1).assign(collective_id="tuin")
    assert run(own, FIRST_DAY).remember[first_told.NAME].empty


def test_a_figure_that_differs_by_rounding_only_is_the_same() -> None:
    before = run(figures(a=0.1 + 0.2), FIRST_DAY)
    assert counts(run(figures(a=0.3), LATER, before))[first_told.OTHER] == 0
    assert counts(run(figures(a=float("nan")), LATER, before))[first_told.OTHER] == 1
