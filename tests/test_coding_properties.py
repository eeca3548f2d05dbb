"""Agreement from outside: codes of any make, levels of confidence, and coders who miss most of what others coded."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.instruments import interactions
from bt_analysis.instruments.rows import typed
from bt_analysis.methods.agreement import NOTHING_TWICE, cohen_kappa, krippendorff_alpha, percent
from bt_analysis.methods.intervals import wilson


def pairs(*counted: tuple[Any, Any, int]) -> tuple[pd.Series, pd.Series]:
    """Repeat pairs of codes as often as they were given."""
    rows = [(one, two) for one, two, times in counted for _ in range(times)]
    return pd.Series([one for one, _ in rows], dtype=object), pd.Series([two for _, two in rows], dtype=object)


# Codes of any make


@pytest.mark.parametrize(
    ("one", "two"), [("ja", "nee"), (0, 1), (1.5, 2.5), ("", " "), (True, False), ("1", 1), ("é", "e\u0301")]
)
def test_codes_may_be_anything_that_can_be_told_apart(one: object, two: object) -> None:
    # Of 10, 8 alike: 4 of each. p = .8; each uses each code in half, so e = .5: (.8 − .5)/.5 = .6
    found = cohen_kappa(*pairs((one, one, 4), (two, two, 4), (one, two, 1), (two, one, 1)))
    assert found.value == pytest.approx(0.6)
    codes = pd.DataFrame(
        dict(zip("ab", pairs((one, one, 4), (two, two, 4), (one, two, 1), (two, one, 1)), strict=True))
    )
    # D = 2/10; of 20 codes 10 of each: E = 1 − 2·(10·9)/(20·19); α = 1 − D/E
    assert krippendorff_alpha(codes).value == pytest.approx(1 - 0.2 / (1 - 2 * 90 / 380))
    assert percent(codes).value == pytest.approx(0.8)


def test_the_index_of_codes_does_not_pair_them() -> None:
    first, second = pd.Series(["x", "y"], index=[5, 6]), pd.Series(["x", "y"], index=[6, 5])
    assert cohen_kappa(first, second).value == 1.0  # the first with the first, whatever they are called


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_whatever_stands_for_missing_is_missing(missing: object) -> None:
    codes = pd.DataFrame({"a": ["x", "y", missing], "b": ["x", "y", "x"]}, dtype=object)
    assert percent(codes).n == 2
    assert krippendorff_alpha(codes).n == 2
    assert cohen_kappa(codes["a"], codes["b"]).n == 2


def test_no_rows_and_no_coders() -> None:
    for codes in (pd.DataFrame({"a": [], "b": []}, dtype=object), pd.DataFrame({"a": ["x", "y"]}, dtype=object)):
        for found in (percent(codes), krippendorff_alpha(codes)):
            assert (found.n, found.undefined) == (0, NOTHING_TWICE)
            assert all(math.isnan(one) for one in (found.value, found.low, found.high))


# Shares


@settings(deadline=None)
@given(st.integers(1, 60), st.data())
def test_the_share_has_the_interval_of_wilson(n: int, data: st.DataObject) -> None:
    same = data.draw(st.integers(0, n))
    first, second = pairs(("x", "x", same), ("x", "y", n - same))
    found = percent(pd.DataFrame({"a": first, "b": second}))
    low, high = wilson([same], [n])
    assert (found.value, found.low, found.high) == pytest.approx((same / n, float(low[0]), float(high[0])))


def test_one_of_three_who_differs_is_no_agreement() -> None:
    codes = pd.DataFrame({"a": ["x", "x"], "b": ["x", "x"], "c": ["x", "y"]}, dtype=object)
    assert percent(codes).value == 0.5


# How sure


@pytest.mark.parametrize("how", ["kappa", "alpha"])
def test_a_surer_interval_is_wider_and_holds_the_other(how: str) -> None:
    first, second = pairs(("x", "x", 12), ("y", "y", 9), ("x", "y", 4), ("y", "x", 5))
    ends = []
    for level in (0.5, 0.8, 0.95, 0.99):
        found = (
            cohen_kappa(first, second, level)
            if how == "kappa"
            else krippendorff_alpha(pd.DataFrame({"a": first, "b": second}), draws=200, level=level)
        )
        ends.append((found.low, found.high))
    for (low, high), (lower, higher) in itertools.pairwise(ends):
        assert lower <= low <= high <= higher


def test_another_seed_moves_the_ends_a_little_and_the_value_not_at_all() -> None:
    first, second = pairs(("x", "x", 30), ("y", "y", 25), ("x", "y", 8), ("y", "x", 7))
    codes = pd.DataFrame({"a": first, "b": second})
    one, other = (krippendorff_alpha(codes, draws=300, seed=seed) for seed in (1, 2))
    assert one.value == other.value
    assert abs(one.low - other.low) < 0.08
    assert (one.low, one.high) != (other.low, other.high)


# From a log of acts


def log(*rows: tuple[int, str | None, str | None]) -> pd.DataFrame:
    """Make acts: the day, who coded, and what effect that coder saw."""
    return typed(
        [
            {"interaction_id": f"x{at}", "collective_id": "zon", "date": f"2024-03-{day:02d}", "from_role": "front",
             "to_role": "back", "action_code": "bellen", "effect": effect, "coder": coder}
            for at, (day, coder, effect) in enumerate(rows)
        ],
        "interaction",
    )  # fmt: skip


def effect_of(table: pd.DataFrame) -> pd.Series:
    found = interactions.agreements(table)
    return found[found["variable"].eq("effect")].iloc[0]


def test_the_second_row_of_a_coder_is_about_the_second_act_of_that_day() -> None:
    # Both coders saw two acts on one day, in the same order: first one that helped, then one that held up.
    found = effect_of(log((1, "c1", "borgt"), (1, "c1", "blokkeert"), (1, "c2", "borgt"), (1, "c2", "blokkeert")))
    assert (found["items_n"], found["double_n"], found["share"]) == (2, 2, 1.0)
    crossed = effect_of(log((1, "c1", "borgt"), (1, "c1", "blokkeert"), (1, "c2", "blokkeert"), (1, "c2", "borgt")))
    assert crossed["share"] == 0.0


def test_an_act_without_a_coder_is_counted_and_never_compared() -> None:
    found = effect_of(log((1, "c1", "borgt"), (1, None, "borgt"), (2, None, "borgt"), (2, None, "borgt")))
    assert (found["items_n"], found["double_n"], found["coders_n"]) == (4, 0, 0)
    assert found["undefined"] == NOTHING_TWICE


def test_two_pairs_of_coders_are_three_coders_when_one_is_in_both() -> None:
    found = effect_of(log((1, "c1", "borgt"), (1, "c2", "borgt"), (2, "c2", "blokkeert"), (2, "c3", "blokkeert")))
    assert (found["double_n"], found["coders_n"], found["alpha"]) == (2, 3, 1.0)
    assert pd.isna(found["kappa"])  # that is for two


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(["c1", "c2"]), st.sampled_from(["borgt", "blokkeert"])),
        min_size=1, max_size=16,
    )
)  # fmt: skip
def test_acts_of_two_coders_matched_by_hand(rows: list[tuple[int, str | None, str | None]]) -> None:
    found = effect_of(log(*rows))
    matched, items = [], 0
    for day in range(1, 5):
        mine, other = ([seen for at, who, seen in rows if (at, who) == (day, coder)] for coder in ("c1", "c2"))
        matched += list(zip(mine, other, strict=False))
        items += max(len(mine), len(other))
    assert (found["items_n"], found["double_n"]) == (items, len(matched))
    if matched:
        assert found["share"] == pytest.approx(sum(one == two for one, two in matched) / len(matched))
        first, second = (pd.Series(list(codes), dtype=object) for codes in zip(*matched, strict=True))
        by_pair = cohen_kappa(first, second)
        assert (pd.isna(found["kappa"]) and math.isnan(by_pair.value)) or found["kappa"] == pytest.approx(by_pair.value)
