"""Where nothing started, at most one area in twenty is called changed, and the interval holds what was planted."""

import math
import os

import numpy as np
import pytest

from bt_analysis.methods.change import TooFewSimilar
from tests.made_panel import MANY, areas, found

ROUNDS = 400 if os.environ.get("BT_FULL") else 100  # pretend starts per number of years before


def pretend(first_after: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the p values and coverage of 0 of areas in which nothing started, drawn by lot from panels of 300."""
    rng = np.random.default_rng(first_after)
    p_values: list[list[float]] = []
    holds: list[list[bool]] = []
    while len(p_values) < rounds:
        panel = areas(int(rng.integers(1_000_000)), years=first_after + 2)
        for at in rng.choice(MANY, 10, replace=False):
            try:
                result = found(panel, int(at), first_after, placebos=59)
            except TooFewSimilar:
                continue
            p_values.append([one.p for one in result.effects.values()])
            holds.append([one.low <= 0 <= one.high for one in result.effects.values()])
    return np.array(p_values)[:rounds], np.array(holds)[:rounds]


@pytest.mark.parametrize("first_after", [2, 4, 9])
def test_where_nothing_started_few_areas_are_called_changed(first_after: int) -> None:
    p_values, holds = pretend(first_after, ROUNDS)
    # At a true rate of 5% a share over R areas has standard error √(0.05·0.95/R): with R = 100 it is 0.022, and 3 of
    # them above 5% is 0.115. Cluster-robust tests call 95.6% of such areas changed.
    bound = 3 * math.sqrt(0.05 * 0.95 / ROUNDS)
    assert ((p_values <= 0.05).mean(axis=0) <= 0.05 + bound).all()
    # As an effect adds to the value and to both ends alike, the interval holds any planted effect as often as 0.
    assert (holds.mean(axis=0) >= 0.95 - bound).all()
    # And p values are no small numbers only: half of them lie above a half, within 4·√(0.25/R).
    assert np.abs((p_values > 0.5).mean(axis=0) - 0.5).max() < 4 * math.sqrt(0.25 / ROUNDS)
