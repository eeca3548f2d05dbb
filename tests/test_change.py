"""What changed in one area beside areas like it: by hand, against the estimators alone."""

import dataclasses
import importlib.util
import math
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from bt_analysis.methods.change import LEAST_SPREAD, METHODS, Areas, TooFewSimilar, at_distance, estimate, within
from bt_analysis.methods.matching import NOBODY
from bt_analysis.methods.placebo import rmspe_ratio
from bt_analysis.methods.similar_areas import Matching, match
from bt_analysis.methods.synthetic_control import synthetic_control
from bt_analysis.methods.synthetic_did import synthetic_did
from tests.made_panel import BEFORE, MANY, areas, found, of_middle_size


def moved(panel: Areas, at: int, by: float, since: int) -> Areas:
    paths = panel.paths.copy()
    paths[at, since:] += by
    return dataclasses.replace(panel, paths=paths)


# --- the estimators ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first_after", [2, 4, 6])
def test_each_method_gives_what_it_gives_alone(first_after: int) -> None:
    panel = areas()
    at, result = of_middle_size(panel), found(panel, first_after=first_after)
    donors = result.similar.index
    change = panel.paths[:, first_after:].mean(axis=1) - panel.paths[:, :first_after].mean(axis=1)
    expected = {
        "did": change[at] - result.similar.weight @ change[donors],
        "sc": synthetic_control(panel.paths, at, first_after, donors).effect,
        "sdid": synthetic_did(panel.paths, at, first_after, donors).effect,
    }
    assert list(result.effects) == list(METHODS)
    assert {name: one.value for name, one in result.effects.items()} == pytest.approx(expected)


def test_the_path_of_the_similar_areas_is_their_weighted_mean() -> None:
    panel = areas()
    result = found(panel)
    assert result.path == pytest.approx(
        [sum(w * panel.paths[i, year] for w, i in zip(result.similar.weight, result.similar.index, strict=True))
         for year in range(8)]
    )  # fmt: skip


def test_what_is_added_after_the_start_is_found_in_full() -> None:
    # Everything that is chosen is chosen on the years before, so each method finds exactly 2 less.
    panel = areas()
    at = of_middle_size(panel)
    without, with_effect = found(panel), found(moved(panel, at, -2, BEFORE))
    for name in METHODS:
        assert with_effect.effects[name].value == pytest.approx(without.effects[name].value - 2)
        assert with_effect.effects[name].low == pytest.approx(without.effects[name].low - 2)
        assert with_effect.effects[name].high == pytest.approx(without.effects[name].high - 2)
    assert with_effect.pre_rmse == without.pre_rmse
    assert with_effect.similar.index.tolist() == without.similar.index.tolist()


def test_a_change_of_all_areas_is_no_change() -> None:
    panel = areas()
    later = panel.paths.copy()
    later[:, BEFORE:] += 25
    one, other = found(panel), found(dataclasses.replace(panel, paths=later))
    for name in METHODS:
        assert other.effects[name].value == pytest.approx(one.effects[name].value)
        assert other.effects[name].p == one.effects[name].p


def test_the_unit_of_the_outcome_does_not_matter() -> None:
    panel = areas()
    one, other = found(panel), found(dataclasses.replace(panel, paths=panel.paths * 1000))
    for name in METHODS:
        assert other.effects[name].value == pytest.approx(1000 * one.effects[name].value, rel=1e-4)
        assert other.effects[name].p == one.effects[name].p


# --- interval and p value ------------------------------------------------------------------------------------------


def test_interval_and_p_value_say_the_same() -> None:
    panel = areas()
    at = of_middle_size(panel)
    for by in np.linspace(-8, 8, 17):
        for one in found(moved(panel, at, float(by), BEFORE)).effects.values():
            assert (one.p <= 0.05) == (not one.low <= 0 <= one.high)


def test_a_large_change_has_the_smallest_p_value_there_is() -> None:
    panel = areas()
    result = found(moved(panel, of_middle_size(panel), 100, BEFORE))
    for one in result.effects.values():
        assert 0.9 * 60 <= one.placebos <= 60  # those that fit worst are no placebos
        assert one.p == 1 / (1 + one.placebos)
        assert one.low > 50


def test_with_too_few_placebos_there_is_no_interval() -> None:
    # (1 + 0)/(1 + 18) > 0.05: with 18 placebos no p value can be 0.05 or less.
    with pytest.raises(TooFewSimilar, match="There are 18 areas on which the comparison can be tried; expected 19"):
        found(areas(), placebos=18)
    assert found(areas(), placebos=24).effects["did"].placebos >= 19


def test_placebos_that_do_not_fit_are_too_few_for_an_interval_too() -> None:
    # Of the 20 areas of 1 + 19 the one that fits worst is left out: 19 of 19 fit better, more than 95%.
    with pytest.raises(TooFewSimilar, match="There are 18 areas on which the comparison can be tried; expected 19"):
        found(areas(), placebos=19)


def by_rule(means: list[float], near: list[list[int]], rmse: list[float], level: float) -> list[bool]:
    """Say by hand which of the first areas are within; NOBODY fills up."""
    others = np.array(near)
    none = np.zeros(others.shape)
    at = np.arange(len(others))
    matching = Matching(at, others, none, none, None, None)  # type: ignore[arg-type]
    return [bool(one) for one in within(np.array(means), matching, np.array(rmse), level)]


def test_an_area_above_or_below_all_of_its_similar_areas_is_not_within() -> None:
    # Means 5, 1 and 9 of the first three; areas 3, 4 and 5 have 2, 5 and 8. The third has only 3 and 4 beside it.
    means, near = [5.0, 1, 9, 2, 5, 8], [[3, 4, 5], [3, 4, 5], [4, 3, NOBODY]]
    assert by_rule(means, near, [0, 0, 0], 0.05) == [True, False, False]
    assert by_rule([5.0, 2, 5, 2, 5, 8], near, [0, 0, 0], 0.05) == [True, True, True]  # as high as the lowest, highest


@pytest.mark.parametrize(
    ("rmse", "expected"),
    [
        ([1, 2, 3, 4, 5], [True, True, True, True, False]),  # 4 of 4 fit better than the fifth; 3 of 4 = 75% may
        ([5, 1, 2, 3, 4], [False, True, True, True, True]),  # the area itself, by the same rule
        ([0, 0, 0, 7, 7], [True, True, True, True, True]),  # 3 of 4 fit better than either of two equals
        ([0, 0, 0, 0, 0], [True] * 5),
    ],
)
def test_an_area_that_fits_worse_than_nearly_all_is_not_within(rmse: list[float], expected: list[bool]) -> None:
    assert by_rule([3.0] * 5 + [1, 5], [[5, 6]] * 5, rmse, 0.25) == expected


def test_placebos_are_those_that_would_be_compared_themselves() -> None:
    panel = areas()
    at = of_middle_size(panel)
    matching = match(
        panel,
        at,
        BEFORE,
        eligible=np.ones(MANY, dtype=bool),
        neighbours=30,
        placebos=60,
        min_similar=20,
        size_ratio=2.0,
    )
    before, kept = panel.paths[:, :BEFORE].mean(axis=1), []
    rmse = [
        synthetic_control(panel.paths, int(one), BEFORE, row).pre_rmse
        for one, row in zip(matching.at, matching.others, strict=True)
    ]
    for place, (one, row) in enumerate(zip(matching.at, matching.others, strict=True)):
        beside = min(before[row]) <= before[one] <= max(before[row])
        kept.append(beside and sum(other < rmse[place] for other in rmse) <= 0.95 * 60)
    assert kept[0]
    assert 19 <= sum(kept[1:]) < 60
    change = panel.paths[:, BEFORE:].mean(axis=1) - before
    did = np.array(
        [
            change[one] - w @ change[row]
            for one, row, w in zip(matching.at, matching.others, matching.weight, strict=True)
        ]
    )
    far, tried = matching.distance.mean(axis=1), np.flatnonzero(kept[1:]) + 1
    chance = np.abs(at_distance(did[tried], far[tried], far[0]))
    effect = found(panel).effects["did"]
    assert effect.placebos == len(tried)
    assert effect.p == (1 + (chance >= abs(did[0])).sum()) / (1 + len(tried))
    assert effect.high - effect.value == pytest.approx(np.sort(chance)[math.ceil(0.95 * (1 + len(tried))) - 1])


def test_the_effect_is_of_the_mean_of_the_years_after_however_it_differs_between_them() -> None:
    # 3 and 1 less in the two years after is 2 less a year, with the same interval and p.
    panel = areas()
    at = of_middle_size(panel)
    uneven = moved(moved(panel, at, -3, BEFORE), at, 2, BEFORE + 1)
    one, other = found(moved(panel, at, -2, BEFORE)), found(uneven)
    for name in METHODS:
        assert other.effects[name].value == pytest.approx(one.effects[name].value)
        assert other.effects[name].low == pytest.approx(one.effects[name].low)
        assert other.effects[name].p == one.effects[name].p


def test_placebos_nearer_to_others_than_the_area_itself_count_for_more() -> None:
    # Squared effects 1 + d² at d = 0, 1, 2 and 3; the area itself lies at 5: 1 + 25.
    distance = np.array([0.0, 1, 2, 3])
    effects = np.sqrt(1 + distance**2) * [1, -1, 1, -1]
    expected = effects * np.sqrt(26 / (1 + distance**2))
    assert at_distance(effects, distance, 5.0) == pytest.approx(expected)
    assert np.abs(at_distance(effects, distance, 5.0)) == pytest.approx([math.sqrt(26)] * 4)


def test_where_distance_does_not_matter_placebos_stay_as_they_are() -> None:
    assert at_distance(np.array([2.0, -2, 2]), np.array([1.0, 2, 3]), 9.0) == pytest.approx([2, -2, 2])
    # Effects that fall with distance are no reason to make anything smaller: the slope is never below 0.
    assert at_distance(np.array([3.0, 2, 1]), np.array([1.0, 2, 3]), 9.0) == pytest.approx([3, 2, 1])
    assert at_distance(np.array([2.0, -1]), np.zeros(2), 0.0).tolist() == [2, -1]
    assert at_distance(np.zeros(2), np.array([1.0, 2]), 9.0).tolist() == [0, 0]


def test_an_area_in_the_midst_of_others_still_has_some_spread() -> None:
    # Squared effects d²: nothing is left at d = 0, but for a tenth of their mean, (1 + 4)/2.
    found_there = at_distance(np.array([1.0, 2]), np.array([1.0, 2]), 0.0)
    assert np.abs(found_there) == pytest.approx([math.sqrt(LEAST_SPREAD * 2.5)] * 2)


def test_an_area_unlike_others_gets_a_wider_interval() -> None:
    panel = areas()
    at = of_middle_size(panel)
    panel.paths[:, BEFORE:] += 3 * panel.features[:, [0]]  # areas that differ change differently
    one = found(panel)
    panel.features[at, 0] += 6
    other = found(panel)
    assert other.distance_rank > one.distance_rank
    assert other.effects["did"].high - other.effects["did"].low > one.effects["did"].high - one.effects["did"].low


def test_the_same_question_gets_the_same_answer() -> None:
    one, other = found(areas()), found(areas())
    assert one.effects == other.effects
    assert one.path.tolist() == other.path.tolist()


def test_the_order_of_the_areas_decides_nothing() -> None:
    panel = areas()
    lot = np.random.default_rng(5).permutation(MANY)
    shuffled = Areas(panel.paths[lot], panel.features[lot], panel.size[lot], panel.block[lot])
    at = of_middle_size(panel)
    one, other = found(panel, at), found(shuffled, int(np.flatnonzero(lot == at)[0]))
    assert lot[other.similar.index].tolist() == one.similar.index.tolist()
    for name in METHODS:
        assert other.effects[name].value == pytest.approx(one.effects[name].value, abs=1e-5)


# --- how well it fits ----------------------------------------------------------------------------------------------


def test_the_fit_before() -> None:
    panel = areas()
    at = of_middle_size(panel)
    result = found(moved(panel, at, 6, 5))  # a jump in the last year before, as no similar area shows
    alone = synthetic_control(moved(panel, at, 6, 5).paths, at, BEFORE, result.similar.index)
    assert result.pre_rmse == pytest.approx(math.sqrt((alone.gap[:BEFORE] ** 2).mean()))
    assert result.rmspe_ratio == pytest.approx(rmspe_ratio(alone.gap, BEFORE))
    assert not result.saturated


def test_two_years_before_fit_perfectly_and_that_says_nothing() -> None:
    result = found(areas(), first_after=2)
    assert result.saturated
    assert result.pre_rmse == 0
    assert result.pre_rmse_rank == 0
    assert math.isnan(result.rmspe_ratio)
    assert not result.outside
    assert all(math.isfinite(one.value) and 0 < one.p <= 1 for one in result.effects.values())


@pytest.mark.parametrize("first_after", [2, BEFORE])
def test_a_path_above_all_others_lies_outside(first_after: int) -> None:
    panel = areas()
    result = found(moved(panel, of_middle_size(panel), 40, 0), first_after=first_after)
    assert result.outside
    assert not result.saturated
    assert result.pre_rmse_rank == 1


def test_a_path_of_another_shape_lies_outside() -> None:
    panel = areas()
    at = of_middle_size(panel)
    zigzag = moved(panel, at, 0, 0)
    zigzag.paths[at, :BEFORE] += np.array([12, -12] * 3)
    result = found(zigzag)
    assert result.pre_rmse_rank == 1
    assert result.outside


def test_an_area_far_from_all_others_has_a_high_rank_of_distance() -> None:
    panel = areas()
    at = of_middle_size(panel)
    panel.features[at] += 20
    assert found(panel).distance_rank == 1


def test_noise_is_what_similar_areas_change_by_themselves() -> None:
    panel = areas()
    result = found(panel)
    before, after = panel.paths[:, :BEFORE].mean(axis=1), panel.paths[:, BEFORE:].mean(axis=1)
    changes = (after - before)[result.similar.index]
    assert result.noise == pytest.approx(math.sqrt(((changes - changes.mean()) ** 2).sum() / 29) / math.sqrt(2))


def test_an_outcome_that_is_the_same_everywhere_never_changed() -> None:
    panel = areas()
    result = found(dataclasses.replace(panel, paths=np.full(panel.paths.shape, 0.1)))
    for one in result.effects.values():
        assert (one.value, one.low, one.high, one.p) == (0, 0, 0, 1)
    assert result.saturated
    assert not result.outside
    assert result.noise == pytest.approx(0)


# --- what cannot be compared ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("first_after", [0, 1, 8, 9])
def test_too_few_years_are_refused(first_after: int) -> None:
    with pytest.raises(ValueError, match=f"first_after is {first_after} of 8 years; expected 2 … 7"):
        found(areas(), first_after=first_after)


def test_too_few_similar_areas_are_refused_with_their_number() -> None:
    panel = areas(n=30)  # of two kinds
    with pytest.raises(TooFewSimilar) as refused:
        found(panel)
    assert refused.value.found < refused.value.needed == 20


# --- speed ---------------------------------------------------------------------------------------------------------


def benchmark() -> ModuleType:
    """Import benchmarks/change.py, which is no part of a package."""
    path = Path(__file__).resolve().parents[1] / "benchmarks" / "change.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_change", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_collective_among_14000_areas_takes_less_than_two_seconds() -> None:
    module = benchmark()
    panel, treated = module.panel()
    assert panel.paths.shape == (14_000, 13)
    start = time.process_time()  # of the processor: what others do meanwhile does not count
    result = estimate(panel, 0, module.FIRST_AFTER, eligible=~treated)
    assert time.process_time() - start < 2
    (tried,) = {one.placebos for one in result.effects.values()}
    assert 0.9 * 500 <= tried <= 500
    assert not set(result.similar.index.tolist()) & set(range(module.TREATED))
