"""Agreement whatever was coded: kappa and alpha against the sums written out, and what names and order must not do."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.methods.agreement import NOTHING_TWICE, ONE_CODE, cohen_kappa, krippendorff_alpha, percent
from bt_analysis.methods.intervals import wilson

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30)
CODES = st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3), min_size=2, max_size=15)

Pair = tuple[str, str]
Row = tuple[str | None, str | None, str | None]


def series(pairs: list[Pair]) -> tuple[pd.Series, pd.Series]:
    return pd.Series([one for one, _ in pairs]), pd.Series([two for _, two in pairs])


def table(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["x", "y", "z"], dtype=object)


def kappa_by_hand(pairs: list[Pair]) -> float:
    """Count how often both agree, and how often they would if each only kept its own shares of codes."""
    n = len(pairs)
    seen = sum(one == two for one, two in pairs) / n
    mine, other = (Counter(pair[at] for pair in pairs) for at in (0, 1))
    chance = sum(mine[code] * other[code] for code in "abc") / n**2
    return (seen - chance) / (1 - chance) if chance < 1 else math.nan


def alpha_by_hand(rows: list[Row]) -> float:
    """Compare all pairs of codes within a thing with all pairs of codes there are (Krippendorff 2004, nominal)."""
    things = [given for row in rows if len(given := [code for code in row if code is not None]) >= 2]
    every = [code for given in things for code in given]
    if len(set(every)) < 2:
        return math.nan
    within = sum(
        sum(one != two for one, two in itertools.permutations(given, 2)) / (len(given) - 1) for given in things
    ) / len(every)
    between = sum(one != two for one, two in itertools.permutations(every, 2)) / (len(every) * (len(every) - 1))
    return 1 - within / between


@given(PAIRS)
def test_kappa_is_agreement_beyond_the_shares_of_codes(pairs: list[Pair]) -> None:
    found = cohen_kappa(*series(pairs))
    expected = kappa_by_hand(pairs)
    assert found.value == pytest.approx(expected, nan_ok=True)
    assert (found.undefined == ONE_CODE) == math.isnan(expected)


@given(PAIRS)
def test_it_does_not_matter_who_is_called_the_first(pairs: list[Pair]) -> None:
    one, two = cohen_kappa(*series(pairs)), cohen_kappa(*reversed(series(pairs)))
    assert one.value == pytest.approx(two.value, nan_ok=True)
    assert one.low == pytest.approx(two.low, nan_ok=True)


@given(PAIRS)
def test_it_does_not_matter_what_codes_are_called(pairs: list[Pair]) -> None:
    names = {"a": "blokkeert", "b": "borgt", "c": "neutraal"}
    other = [(names[one], names[two]) for one, two in pairs]
    assert cohen_kappa(*series(pairs)).value == pytest.approx(cohen_kappa(*series(other)).value, nan_ok=True)


@given(PAIRS)
def test_kappa_lies_within_its_interval_and_within_one(pairs: list[Pair]) -> None:
    found = cohen_kappa(*series(pairs))
    if not found.undefined:
        assert -1 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1


@settings(max_examples=25, deadline=None)
@given(CODES)
def test_alpha_is_one_less_disagreement_over_that_by_chance(rows: list[Row]) -> None:
    found = krippendorff_alpha(table(rows), draws=5)
    things = sum(sum(code is not None for code in row) >= 2 for row in rows)
    if not things:
        assert (found.n, found.undefined) == (0, NOTHING_TWICE)
        return
    expected = alpha_by_hand(rows)
    assert found.n == things
    assert found.value == pytest.approx(expected, nan_ok=True)
    assert (found.undefined == ONE_CODE) == math.isnan(expected)


@settings(max_examples=25, deadline=None)
@given(CODES)
def test_alpha_does_not_depend_on_the_order_of_coders_or_of_things(rows: list[Row]) -> None:
    one = krippendorff_alpha(table(rows), draws=5).value
    turned = krippendorff_alpha(table([row[::-1] for row in reversed(rows)]), draws=5).value
    assert one == pytest.approx(turned, nan_ok=True)


@given(CODES)
def test_the_share_is_of_things_that_two_coded(rows: list[Row]) -> None:
    found = percent(table(rows))
    given_twice = [codes for row in rows if len(codes := [one for one in row if one is not None]) >= 2]
    assert found.n == len(given_twice)
    if given_twice:
        assert found.value == sum(len(set(codes)) == 1 for codes in given_twice) / len(given_twice)
        assert -1e-12 <= found.low <= found.value + 1e-12 <= found.high + 2e-12 <= 1 + 3e-12


def test_coders_who_throw_dice_agree_no_more_than_by_chance() -> None:
    rng = np.random.default_rng(7)
    rows = pd.DataFrame(rng.choice(list("ab"), size=(2000, 2)), columns=["x", "y"])
    # Of 2000 pairs of dice half agree; the standard error of κ is about 1/√2000 = .022.
    for found in (cohen_kappa(rows["x"], rows["y"]), krippendorff_alpha(rows, draws=50)):
        assert abs(found.value) < 4 * 0.022
    assert abs(percent(rows).value - 0.5) < 4 * math.sqrt(0.25 / 2000)


def test_a_coder_with_one_code_for_everything_is_not_sure_to_agree_by_chance_only() -> None:
    # p = e = 15/20, so κ = 0, and by the formula of its error it would be 0 for certain.
    found = cohen_kappa(pd.Series(["a"] * 20), pd.Series(["a"] * 15 + ["b"] * 5))
    assert (found.value, found.undefined) == (0, "")
    low, high = wilson([15], [20])
    assert (found.low, found.high) == pytest.approx(((low[0] - 0.75) / 0.25, (high[0] - 0.75) / 0.25))
    assert found.low < -0.5 < 0 < found.high < 1


def test_who_always_say_the_opposite_are_at_the_bottom() -> None:
    first, second = pd.Series(["a", "b"] * 10), pd.Series(["b", "a"] * 10)
    # p = 0 and e = ½: (0 − ½)/(1 − ½) = −1
    assert cohen_kappa(first, second).value == -1
    assert percent(pd.DataFrame({"x": first, "y": second})).value == 0


def test_more_things_make_it_surer() -> None:
    def width(times: int) -> float:
        found = cohen_kappa(pd.Series(["a", "a", "b", "b"] * times), pd.Series(["a", "b", "b", "b"] * times))
        return found.high - found.low

    assert width(5) > width(20) > width(80)
    assert width(20) == pytest.approx(2 * width(80))  # four times as many: half as wide
