"""What the whole search claims where there is nothing to find: in at most 5% of outcomes dealt out at random.

The conditions are those of the demonstration's collectives as they are, related and partly not known; both outcomes are
dealt out again each time, and a claim on either counts. All of the search is in it: every condition and pair, chances
for both outcomes together, each collective left out once, and whether a pair needs both its conditions.
"""

import os
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import beyond_luck, conditions
from bt_analysis.demo.learning import conditions as planted
from bt_analysis.settings import LearningSettings
from tests.test_patterns import demonstration

SHUFFLES = 400 if os.environ.get("BT_FULL") else 100
LEVEL = 0.05


class Dealt(NamedTuple):
    """What one deal of the outcomes gave: patterns that pass by chance alone, and those that are claimed."""

    passing: int
    claimed: int
    pairs: int


@pytest.fixture(scope="module")
def recorded() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return conditions and outcomes of 24 collectives, of which 21 keep them."""
    cases = demonstration(24).tables["pattern_cases"]
    wide = cases.pivot(index="collective_id", columns="code", values="value").astype(float)
    outcomes = [planted.OUTCOME, planted.OTHER_OUTCOME]
    roles = cases.drop_duplicates("code").set_index("code")["role"]
    return wide[[code for code in wide.columns if roles[code] == conditions.CONDITION]], wide[outcomes]


def look(own: pd.DataFrame, outcomes: pd.DataFrame, seed: int, draws: int = 499) -> Dealt:
    settings = LearningSettings(seed=seed, draws=draws)
    assert settings.level == LEVEL
    found = []
    for name in outcomes:
        y = outcomes[name].dropna()
        rows = own.loc[y.index]
        found.append(beyond_luck.look_for(str(name), rows, y, outcomes.shape[1], settings).tests)
    tests = pd.concat(found)
    claimed = tests[tests["claimed"]]
    return Dealt(int((tests["p_all"] <= LEVEL).sum()), len(claimed), int(claimed["parts_n"].eq(2).sum()))


@pytest.fixture(scope="module")
def dealt(recorded: tuple[pd.DataFrame, pd.DataFrame]) -> list[Dealt]:
    own, outcomes = recorded
    draw = np.random.default_rng(20260101)
    # The same collectives may lack both outcomes, so each is dealt out among those that have it.
    shuffled = [
        pd.DataFrame({name: outcomes[name].set_axis(draw.permutation(outcomes.index)) for name in outcomes})
        for _ in range(SHUFFLES)
    ]
    return [look(own, one.reindex(own.index), seed) for seed, one in enumerate(shuffled)]


def test_at_most_five_per_cent_of_shuffled_outcomes_give_a_claim(dealt: list[Dealt]) -> None:
    assert sum(one.claimed > 0 for one in dealt) <= LEVEL * SHUFFLES


def test_chance_alone_already_keeps_to_the_level(dealt: list[Dealt]) -> None:
    # Twice the level for a hundred deals: by chance 5 of 100 give 10 or more in 3% of the times.
    assert sum(one.passing > 0 for one in dealt) <= 2 * LEVEL * SHUFFLES


def test_leaving_one_out_only_takes_claims_away(dealt: list[Dealt]) -> None:
    assert all(one.claimed <= one.passing for one in dealt)
    assert sum(one.claimed > 0 for one in dealt) <= sum(one.passing > 0 for one in dealt)


def test_the_same_search_does_find_what_is_there(recorded: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = look(*recorded, seed=1)
    assert found.claimed == 1
    assert found.pairs == 0


def test_without_the_correction_luck_would_be_claimed(recorded: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    # One condition at a time, each at 5%: with eight of them far more than 5% of deals give something.
    own, outcomes = recorded
    y = outcomes[planted.OUTCOME].dropna()
    draw = np.random.default_rng(7)
    naive = 0
    for seed in range(40):
        shuffled = pd.Series(draw.permutation(y.to_numpy()), index=y.index)
        settings = LearningSettings(seed=seed, draws=199)
        alone = [
            beyond_luck.look_for("y", own.loc[y.index, [name]], shuffled, 1, settings).tests for name in own
        ]
        alone = [beyond_luck.look_for("y", own.loc[y.index, [name]], shuffled, 1, settings).tests for name in own]
        naive += any((tests["p"] <= LEVEL).any() for tests in alone)
    assert naive > 2 * LEVEL * 40
