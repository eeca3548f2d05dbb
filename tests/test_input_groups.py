"""Groups of residents among inputs: whoever sets reports beside each other learns nothing about a small group."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import decisions, input_groups
from bt_analysis.analysis.learning.cases import ACROSS, Cases
from bt_analysis.settings import Settings
from tests.input_cases import cases, raised, steps

SETTINGS = Settings()


def of(groups: dict[str, dict[str, int]]) -> Cases:
    """Make inputs of groups of several collectives; an empty name is no group."""
    inputs = [
        raised(f"{group or 'geen'}-{number}", collective, group_value=group or None)
        for collective, sizes in groups.items()
        for group, size in sizes.items()
        for number in range(size)
    ]
    return cases(inputs, periods={collective: ["2023-2024"] for collective in groups})


def published(given: Cases) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """Return what is told of groups, and how many inputs there are in all."""
    rows = decisions.learn(given, SETTINGS).estimates
    groups = rows[rows["indicator_id"].eq("inputs_group_n") & rows["group_type"].eq(input_groups.RESIDENTS)]
    groups = groups[groups["gate"].eq("ok")]
    keys = zip(groups["collective_id"], groups["group_value"], strict=True)
    totals = rows[rows["indicator_id"].eq("inputs_n")].set_index("collective_id")["value"]
    return dict(zip(keys, groups["value"], strict=True)), {str(name): value for name, value in totals.items()}


@pytest.mark.parametrize("seed", range(10))
def test_nothing_small_follows_from_all_reports_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = {
        collective: {group: int(rng.integers(0, 25)) for group in ("65+", "15-25", "")}
        for collective in ("zon", "maan", "ster")
    }
    groups = {name: {group: size for group, size in sizes.items() if size} for name, sizes in groups.items()}
    shown, totals = published(of(groups))
    for collective, sizes in groups.items():
        known = {group for group in sizes if (collective, group) in shown}
        rest = totals.get(collective, 0) - sum(shown[collective, group] for group in known)
        if known:
            assert rest == 0 or rest >= 10  # whoever is in no group that is shown
        assert all(shown[collective, group] == sizes[group] >= 10 for group in known)
    # Across, each collective that shows its groups can be taken out again: nothing of another is left then.
    for group in ("65+", "15-25"):
        told = [value for (name, one), value in shown.items() if one == group and name != ACROSS]
        assert shown.get((ACROSS, group), 0) == sum(told)


def test_a_collective_that_hides_its_groups_is_not_in_the_sum() -> None:
    shown, _ = published(of({"zon": {"65+": 12, "": 20}, "maan": {"65+": 15, "": 4}}))
    assert shown == {("zon", "65+"): 12, (ACROSS, "65+"): 12}


def test_the_smallest_group_is_set_in_bt_toml() -> None:
    strict = SETTINGS.model_copy(update={"disclosure": SETTINGS.disclosure.model_copy(update={"min_cell": 15})})
    rows = decisions.learn(of({"zon": {"65+": 12, "": 20}}), strict).estimates
    own = rows[rows["group_type"].eq(input_groups.RESIDENTS)]
    assert set(own["gate"]) == {"niet_te_zien"}


def test_answers_and_what_was_done_are_told_of_each_group() -> None:
    inputs = [raised(f"i{number}", group_value="65+" if number < 10 else None) for number in range(20)]
    events = [*steps("i0", (5, "teruggekoppeld")), *steps("i1", (5, "uitgevoerd")), *steps("i15", (5, "uitgevoerd"))]
    rows = decisions.learn(cases(inputs, events), SETTINGS).estimates
    own = rows[rows["group_type"].eq(input_groups.RESIDENTS) & rows["collective_id"].eq("zon")]
    assert own.set_index("indicator_id")["value"].to_dict() == {
        "inputs_group_n": 10, "inputs_group_answered_n": 2, "inputs_group_executed_n": 1,
    }  # fmt: skip
    assert set(own["n"]) == {10}


def test_claims_of_groups_have_ids_of_their_own() -> None:
    rows = decisions.learn(of({"zon": {"65+": 12, "15-25": 11, "": 20}}), SETTINGS).estimates
    assert rows["claim_id"].is_unique


# Pairs of domains


def domains(*pairs: tuple[str | None, str | None]) -> Cases:
    inputs = [raised(f"i{number}", domain=one, domain_secondary=two) for number, (one, two) in enumerate(pairs)]
    return cases(inputs)


def test_pairs_keep_their_direction() -> None:
    given = domains(("welzijn", "gezondheid"), ("gezondheid", "welzijn"), ("welzijn", "gezondheid"))
    pairs = decisions.learn(given, SETTINGS).tables["input_pairs"]
    own = pairs[pairs["collective_id"].eq("zon")]
    told = dict(zip(zip(own["domain"], own["domain_secondary"], strict=True), own["inputs_n"], strict=True))
    assert told == {("gezondheid", "welzijn"): 1, ("welzijn", "gezondheid"): 2}


@pytest.mark.parametrize("pair", [("welzijn", None), (None, "welzijn"), (None, None), ("welzijn", "welzijn")])
def test_half_a_pair_is_none(pair: tuple[str | None, str | None]) -> None:
    assert decisions.learn(domains(pair), SETTINGS).tables["input_pairs"].empty


def test_collectives_are_counted_across() -> None:
    two: dict[str, Any] = {"domain": "welzijn", "domain_secondary": "gezondheid"}
    given = cases(
        [raised("a", "zon", **two), raised("b", "zon", **two), raised("a", "maan", **two)],
        periods={"zon": ["2023-2024"], "maan": ["2023-2024"]},
    )
    pairs = decisions.learn(given, SETTINGS).tables["input_pairs"].set_index("collective_id")
    assert (pairs.loc[ACROSS, "inputs_n"], pairs.loc[ACROSS, "collectives_n"]) == (3, 2)
    assert (pairs.loc["zon", "inputs_n"], pairs.loc["zon", "collectives_n"]) == (2, 1)


# Counting


def test_counts_of_what_is_true() -> None:
    rows = pd.DataFrame({"who": ["a", "a", "b"], "one": True, "done": [True, False, True]})
    told = input_groups.counts(rows, ["who"], {"n_of": "one", "done_of": "done"})
    assert told[["who", "indicator_id", "value", "n"]].to_numpy().tolist() == [
        ["a", "n_of", 2, 2], ["b", "n_of", 1, 1], ["a", "done_of", 1, 2], ["b", "done_of", 1, 1],
    ]  # fmt: skip


def test_domains_of_a_collective_add_up_to_its_inputs() -> None:
    names = ("welzijn", "gezondheid", "zeggenschap")
    given = domains(*((one, None) for one in itertools.islice(itertools.cycle(names), 20)))
    rows = decisions.learn(given, SETTINGS).estimates
    own = rows[rows["group_type"].eq("domein") & rows["indicator_id"].eq("inputs_group_n")]
    assert own.groupby("collective_id")["value"].sum().to_dict() == {"zon": 20, ACROSS: 20}
