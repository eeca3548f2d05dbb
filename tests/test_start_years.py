"""How sure effects of a start in different years are: by permutation with few, by the bootstrap with many."""

from functools import partial
from itertools import combinations, permutations

import numpy as np
import pytest

from bt_analysis.methods import placebo, start_years
from bt_analysis.methods.imputation import imputed
from bt_analysis.methods.staggered import aggregate, group_time
from bt_analysis.methods.start_years import Estimator, bootstrapped, infer, permuted

NEVER = np.inf


def walks(rng: np.random.Generator, n: int, periods: int = 5) -> np.ndarray:
    """Random walks without any effect."""
    return np.asarray(rng.normal(size=(n, periods)).cumsum(axis=1))


def test_p_is_how_often_chance_gives_as_much() -> None:
    # Five units, one starts in the last of two years. Changes 9, 1, 2, 3, 4: the effect is 9 − (1 + 2 + 3 + 4)/4 = 6.5.
    # Dealt to another it is 1 − 18/4 = −3.5, 2 − 17/4 = −2.25, 3 − 16/4 = −1, 4 − 15/4 = .25: never as large.
    outcome = np.column_stack([np.zeros(5), [9, 1, 2, 3, 4]])
    start = [1, *[NEVER] * 4]
    got = permuted(outcome, start, [0] * 5, group_time, "overall", draws=999, level=0.05, seed=1)
    assert got.effect.tolist() == [6.5]
    rng = np.random.default_rng(1)
    own = sum(int(np.flatnonzero(rng.permutation([1, 2, 2, 2, 2]) == 1)[0] == 0) for _ in range(999))
    assert got.p.tolist() == [(1 + own) / 1000]
    assert 0.15 < got.p[0] < 0.25  # one in five
    assert got.method == "permutation of start periods"


@pytest.mark.parametrize("estimator", [imputed, partial(group_time, control="not_yet")])
def test_where_nothing_changed_rounding_is_no_change(estimator: Estimator) -> None:
    # Each figure is that of its unit plus that of its year, so the effect is 0 but for 1e-15; p was 0.04 by that.
    for seed in range(10):
        rng = np.random.default_rng(seed)
        outcome = rng.normal(40, 6, (24, 1)).round(1) + rng.normal(size=(1, 6)).round(1)
        start = np.r_[2, 3, 4, 3, 4, [NEVER] * 19]
        got = permuted(outcome, start, [0] * 24, estimator, "overall", draws=39, level=0.05, seed=1)
        assert got.effect[0] == pytest.approx(0)
        assert got.p.tolist() == [1]


def test_p_is_that_of_all_ways_to_deal() -> None:
    # Two of eight units start: 28 ways, all of which are gone through here.
    outcome = np.random.default_rng(5).normal(size=(8, 4)).cumsum(axis=1).round(1)
    ways = [np.where(np.isin(np.arange(8), pair), 2, NEVER) for pair in combinations(range(8), 2)]
    sizes = [
        abs(float((y := outcome[:, 2:].mean(axis=1) - outcome[:, 1])[way == 2].mean() - y[way != 2].mean()))
        for way in ways
    ]
    exact = np.mean([size >= sizes[0] - 1e-12 for size in sizes])
    got = permuted(outcome, ways[0], [0] * 8, group_time, "overall", draws=1999, level=0.05, seed=1)
    assert abs(got.effect[0]) == pytest.approx(sizes[0])
    assert got.p[0] == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / 2000))


def test_the_interval_is_an_order_statistic() -> None:
    rng = np.random.default_rng(3)
    outcome, start = walks(rng, 20), np.r_[2, 3, [NEVER] * 18]
    got = permuted(outcome, start, [0] * 20, imputed, "overall", draws=39, level=0.05, seed=5)
    deal = np.random.default_rng(5)
    sizes = sorted(
        abs(aggregate(imputed(outcome, deal.permutation(np.minimum(start, 5))), "overall").effect[0]) for _ in range(39)
    )
    # ceil(.95 · 40) = 38: the last but one of 39.
    assert got.high[0] - got.effect[0] == pytest.approx(sizes[37])
    assert got.effect[0] - got.low[0] == pytest.approx(sizes[37])


def test_too_few_draws_give_no_interval() -> None:
    got = permuted(
        walks(np.random.default_rng(1), 10), [2, *[NEVER] * 9], [0] * 10, group_time, draws=10, level=0.05, seed=1
    )
    assert np.isinf(got.low).all()
    assert np.isinf(got.high).all()


def test_interval_and_p_value_are_those_of_placebos() -> None:
    # 0.824 · 125 is 103, which a computer makes a hair more; the 103rd counts, and not the 104th.
    rng = np.random.default_rng(3)
    outcome, start = walks(rng, 12), np.r_[2, [NEVER] * 11]
    got = permuted(outcome, start, [0] * 12, group_time, "overall", draws=124, level=0.176, seed=5)
    deal = np.random.default_rng(5)
    drawn = [aggregate(group_time(outcome, deal.permutation(start)), "overall").effect[0] for _ in range(124)]
    half = np.sort(np.abs(drawn))[103 - 1]
    assert got.high[0] - got.effect[0] == pytest.approx(half)
    assert (got.low[0], got.high[0]) == pytest.approx(placebo.interval(got.effect[0], drawn, 0.176))
    assert got.p[0] == placebo.p_value(got.effect[0], drawn)


def test_starts_stay_within_their_block() -> None:
    # In the small block nothing ever changes by more than .01, in the large one by 100: it stays there.
    outcome = np.zeros((12, 2))
    outcome[:6, 1] = [0.01, 0, 0, 0, 0, 0]
    outcome[6:, 1] = [100, -100, 100, -100, 100, -100]
    start = [1, *[NEVER] * 11]
    within = permuted(outcome, start, [0] * 6 + [1] * 6, group_time, "overall", draws=99, level=0.05, seed=1)
    across = permuted(outcome, start, [0] * 12, group_time, "overall", draws=99, level=0.05, seed=1)
    assert within.high[0] - within.low[0] < 0.1
    assert across.high[0] - across.low[0] > 100


def test_blocks_are_really_dealt() -> None:
    first = np.array([1, 2, 3, 1, 2, 3])
    members = start_years._members(["a", "a", "a", "b", "b", "b"])
    rng = np.random.default_rng(1)
    seen = {tuple(start_years._dealt(first, members, rng)) for _ in range(500)}
    assert seen == {(*one, *other) for one in permutations([1, 2, 3]) for other in permutations([1, 2, 3])}


@pytest.mark.parametrize("treated", [2, 8])
@pytest.mark.parametrize("estimator", [group_time, imputed])
def test_false_alarms_are_five_in_a_hundred(treated: int, estimator) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(9)
    alarms = 0
    for seed in range(200):
        start = np.r_[rng.integers(2, 5, treated), [NEVER] * (30 - treated)]
        got = permuted(walks(rng, 30), start, [0] * 30, estimator, "overall", draws=19, level=0.05, seed=seed)
        alarms += got.p[0] <= 0.05
    assert alarms <= 20  # 5% of 200 is 10, with 3 standard errors 19


def test_clustered_errors_would_give_far_more() -> None:
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(200):
        got = aggregate(group_time(walks(rng, 30), np.r_[2, 3, [NEVER] * 28]), "overall")
        alarms += abs(got.effect[0]) > 1.96 * got.standard_error[0]
    assert alarms > 40  # of 200; that is why they are not used with few starts


def test_with_many_starts_the_bootstrap_is_used() -> None:
    rng = np.random.default_rng(4)
    block = np.zeros(120)
    for treated, method in ((39, "permutation of start periods"), (40, "multiplier bootstrap by unit")):
        start = np.r_[rng.integers(2, 5, treated), [NEVER] * (120 - treated)]
        once = infer(walks(rng, 120), start, block, imputed, "overall", draws=99, level=0.05, seed=1)
        assert (once.method, once.draws) == (method, 99)


def test_the_bootstrap_finds_the_standard_error() -> None:
    rng = np.random.default_rng(6)
    start = np.r_[rng.integers(2, 5, 60), [NEVER] * 140]
    found = aggregate(group_time(walks(rng, 200), start), "overall")
    got = bootstrapped(found, draws=4000, level=0.05, seed=2)
    half = (got.high - got.low)[0] / 2
    assert half == pytest.approx(1.96 * found.standard_error[0], rel=0.05)
    assert got.effect[0] == found.effect[0]


def test_bounds_of_several_figures_hold_together() -> None:
    rng = np.random.default_rng(6)
    start = np.r_[rng.integers(2, 5, 60), [NEVER] * 140]
    found = aggregate(group_time(walks(rng, 200), start), "event")
    got = bootstrapped(found, draws=2000, level=0.05, seed=2)
    factor = (got.high - got.effect) / found.standard_error
    assert factor == pytest.approx(np.full(len(factor), factor[0]))
    assert 2.1 < factor[0] < 3  # more than 1.96: five figures at once


@pytest.mark.parametrize("treated", [12, 60])
def test_a_large_effect_is_seen_and_covered(treated: int) -> None:
    rng = np.random.default_rng(8)
    start = np.r_[rng.integers(2, 5, treated), [NEVER] * (150 - treated)]
    outcome = walks(rng, 150) + 3.0 * (np.arange(5) >= start[:, None])
    got = infer(
        outcome, start, np.zeros(150), partial(group_time, control="not_yet"), "overall", draws=199, level=0.05, seed=1
    )
    assert got.p[0] < 0.05
    assert got.low[0] < 3 < got.high[0]


def test_the_same_seed_gives_the_same_figures() -> None:
    rng = np.random.default_rng(8)
    outcome, start = walks(rng, 40), np.r_[2, 3, 4, [NEVER] * 37]
    some = [
        permuted(outcome, start, np.zeros(40), imputed, draws=99, level=0.05, seed=seed).p.tolist()
        for seed in (1, 1, 2)
    ]
    assert some[0] == some[1] != some[2]
