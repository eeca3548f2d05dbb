"""Starts in different years: a panel worked by hand, published effects, a brute-force route, another package, speed."""

import time
from functools import partial
from itertools import product

import numpy as np
import pytest

from bt_analysis.methods.imputation import imputed
from bt_analysis.methods.staggered import GroupTime, aggregate, group_time

NEVER = np.inf

# Six units, four years: two start in year 2, two in year 3, two never.
OUTCOME = np.array([
    [10, 11, 15, 16],
    [20, 21, 27, 28],
    [30, 32, 33, 39],
    [40, 40, 41, 43],
    [50, 51, 52, 53],
    [60, 63, 64, 67],
], dtype=float)  # fmt: skip
START = np.array([2, 2, 3, 3, NEVER, NEVER])


def effects(cells: GroupTime) -> dict[tuple[int, int], float]:
    """Effect per group and period."""
    return {(int(g), int(t)): float(e) for g, t, e in zip(cells.group, cells.time, cells.effect, strict=True)}


def errors(cells: GroupTime) -> dict[tuple[int, int], float]:
    """Standard error per group and period."""
    error = np.sqrt((cells.influence**2).sum(axis=0)) / len(cells.start)
    return {(int(g), int(t)): float(e) for g, t, e in zip(cells.group, cells.time, error, strict=True)}


# By hand


def test_effects_are_four_means() -> None:
    got = effects(group_time(OUTCOME, START))
    # Group 2 from year 1 to 2: (4 + 6)/2 = 5; never: (1 + 1)/2 = 1.
    assert got[2, 2] == pytest.approx(5 - 1)
    # Group 2 from year 1 to 3: (5 + 7)/2 = 6; never: (2 + 4)/2 = 3.
    assert got[2, 3] == pytest.approx(6 - 3)
    # Group 3 from year 2 to 3: (6 + 2)/2 = 4; never: (1 + 3)/2 = 2.
    assert got[3, 3] == pytest.approx(4 - 2)
    # Before its start group 3 is set beside the year before: 1 to 2 (1 + 1)/2 − 1 = 0; 0 to 1 (2 + 0)/2 − (1 + 3)/2.
    assert got[3, 2] == pytest.approx(0)
    assert got[3, 1] == pytest.approx(1 - 2)
    assert got[2, 1] == pytest.approx(1 - 2)
    assert len(got) == 6


def test_who_starts_later_is_set_beside_too_until_then() -> None:
    cells = group_time(OUTCOME, START, control="not_yet")
    got = effects(cells)
    # Year 1 to 2: units that start in year 3 changed by 1 and 1, those that never do by 1 and 1.
    assert got[2, 2] == pytest.approx(5 - (1 + 1 + 1 + 1) / 4)
    assert got[2, 3] == pytest.approx(6 - 3)  # by year 3 only the two that never start are left
    assert dict(zip(zip(cells.group, cells.time, strict=True), cells.controls, strict=True)) == {
        (2, 1): 4, (2, 2): 4, (2, 3): 2, (3, 1): 4, (3, 2): 2, (3, 3): 2,
    }  # fmt: skip


def test_one_base_for_all_periods() -> None:
    got = effects(group_time(OUTCOME, START, base="universal"))
    # Group 3 in year 0 beside year 2: (−3 − 1)/2 = −2; never: (−2 − 4)/2 = −3.
    assert got[3, 0] == pytest.approx(-2 + 3)
    assert (3, 2) not in got
    assert got[3, 3] == pytest.approx(4 - 2)


def test_effects_are_put_together_by_units() -> None:
    cells = group_time(OUTCOME, START)
    event = aggregate(cells, "event")
    assert event.key.tolist() == [-2, -1, 0, 1]
    # (3,1); (2,1) and (3,2); (2,2) and (3,3); (2,3): two units each.
    assert event.effect == pytest.approx([-1, (-1 + 0) / 2, (4 + 2) / 2, 3])
    assert event.treated.tolist() == [2, 4, 4, 2]
    group = aggregate(cells, "group")
    assert (group.key.tolist(), group.effect.tolist()) == ([2, 3], [(4 + 3) / 2, 2])
    by_time = aggregate(cells, "time")
    assert (by_time.key.tolist(), by_time.effect.tolist()) == ([2, 3], [4, (3 + 2) / 2])
    whole = aggregate(cells, "overall")
    assert whole.effect == pytest.approx([(2 * 4 + 2 * 3 + 2 * 2) / 6])
    assert whole.treated.tolist() == [4]


def test_groups_of_unlike_size_weigh_by_their_size() -> None:
    outcome = np.vstack([OUTCOME, OUTCOME[2:3]])
    whole = aggregate(group_time(outcome, [*START, 3]), "overall")
    # Group 3 now has changes 6, 2 and 6: 14/3 − 2.
    assert whole.effect == pytest.approx([(2 * 4 + 2 * 3 + 3 * (14 / 3 - 2)) / 7])


def test_the_standard_error_is_that_of_two_means() -> None:
    # Group 2 in year 2: changes 4 and 6 around 5, never 1 and 1: √((1 + 1)/2² + 0).
    assert errors(group_time(OUTCOME, START))[2, 2] == pytest.approx((2 / 4) ** 0.5)
    # Group 3 in year 3: changes 6 and 2 around 4, never 1 and 3 around 2: √((4 + 4)/2² + (1 + 1)/2²).
    assert errors(group_time(OUTCOME, START))[3, 3] == pytest.approx((8 / 4 + 2 / 4) ** 0.5)


def test_imputation_by_hand() -> None:
    # One unit starts in year 2, one never does: the first would have been at its own mean before, 10.5, plus what the
    # other has in year 2 above its mean before: 4 − (1 + 2)/2 = 2.5.
    got = imputed([[10, 11, 20], [1, 2, 4]], [2, NEVER])
    assert effects(got) == {(2, 2): pytest.approx(20 - (10.5 + 2.5))}
    assert got.controls.tolist() == [1]


# Published: minimum wage and teenage employment in 500 counties, 2003–2007 (Callaway and Sant'Anna 2021, and the
# example of their R package did). Effects rest on means only, so the mean log employment per group and year stands for
# the counties: 309 never had a higher minimum wage, 20, 40 and 131 from 2004, 2006 and 2007.

MINIMUM_WAGE = {
    NEVER: (309, [5.654630, 5.592000, 5.604808, 5.638896, 5.661133]),
    1: (20, [6.179697, 6.106564, 6.059452, 6.026704, 6.085388]),
    3: (40, [6.573994, 6.517884, 6.527941, 6.557435, 6.543041]),
    4: (131, [5.842906, 5.810783, 5.820866, 5.823866, 5.820048]),
}


def minimum_wage() -> tuple[np.ndarray, np.ndarray]:
    """Every county at the mean of its group."""
    outcome = np.vstack([np.tile(means, (n, 1)) for n, means in MINIMUM_WAGE.values()])
    return outcome, np.repeat(list(MINIMUM_WAGE), [n for n, _ in MINIMUM_WAGE.values()])


def test_effects_of_the_minimum_wage_are_as_published() -> None:
    got = {(2003 + g, 2003 + t): round(effect, 4) for (g, t), effect in effects(group_time(*minimum_wage())).items()}
    assert got == {
        (2004, 2004): -0.0105, (2004, 2005): -0.0704, (2004, 2006): -0.1373, (2004, 2007): -0.1008,
        (2006, 2004): 0.0065, (2006, 2005): -0.0028, (2006, 2006): -0.0046, (2006, 2007): -0.0412,
        (2007, 2004): 0.0305, (2007, 2005): -0.0027, (2007, 2006): -0.0311, (2007, 2007): -0.0261,
    }  # fmt: skip


def test_the_minimum_wage_put_together_is_as_published() -> None:
    cells = group_time(*minimum_wage())
    event = aggregate(cells, "event")
    assert dict(zip(event.key.tolist(), event.effect.round(4).tolist(), strict=True)) == {
        -3: 0.0305, -2: -0.0006, -1: -0.0245, 0: -0.0199, 1: -0.0510, 2: -0.1373, 3: -0.1008,
    }  # fmt: skip
    assert aggregate(cells, "group").effect.round(4).tolist() == [-0.0797, -0.0229, -0.0261]
    assert aggregate(cells, "overall").effect.round(4).tolist() == [-0.04]


# By brute force


def random_panel(seed: int, n: int = 60, periods: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Random walks, some of which start in period 2, 3 or 4 and are 1.5 higher from then on."""
    rng = np.random.default_rng(seed)
    start = rng.choice([2, 3, 4, periods], n)
    walks = rng.normal(size=(n, 1)) + rng.normal(size=(n, periods)).cumsum(axis=1)
    return (walks + 1.5 * (np.arange(periods) >= start[:, None])).round(3), start


@pytest.mark.parametrize(
    ("seed", "control", "base"), [*product(range(5), ["never", "not_yet"], ["varying", "universal"])]
)
def test_effects_are_those_of_four_means_worked_one_by_one(seed: int, control: str, base: str) -> None:
    outcome, start = random_panel(seed)
    got = effects(group_time(outcome, start, control=control, base=base))  # type: ignore[arg-type]
    expected = {}
    for group, year in product([2, 3, 4], range(6)):
        before = group - 1 if base == "universal" or year >= group else year - 1
        if before < 0 or year == before:
            continue
        means: dict[bool, list[float]] = {True: [], False: []}
        for walk, first in zip(outcome, start, strict=True):
            later = first == 6 or (control == "not_yet" and first > max(year, before) and first != group)
            if first == group or later:
                means[bool(first == group)].append(walk[year] - walk[before])
        expected[group, year] = np.mean(means[True]) - np.mean(means[False])
    assert got == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_imputation_is_a_regression_with_a_dummy_for_everything(seed: int) -> None:
    outcome, start = random_panel(seed)
    gaps = np.random.default_rng(seed).random(outcome.shape) < 0.1
    outcome[gaps] = np.nan
    rows = [(i, t) for i, t in product(range(60), range(6)) if not gaps[i, t] and t < start[i]]
    design = np.zeros((len(rows), 66))
    for at, (i, t) in enumerate(rows):
        design[at, [i, 60 + t]] = 1
    fit = np.linalg.lstsq(design, np.array([outcome[row] for row in rows]), rcond=None)[0]
    expected: dict[tuple[int, int], list[float]] = {}
    with_fit = {i for i, _ in rows}
    for i, t in product(range(60), range(6)):
        if not gaps[i, t] and t >= start[i] and i in with_fit:
            expected.setdefault((int(start[i]), t), []).append(outcome[i, t] - fit[i] - fit[60 + t])
    got = effects(imputed(outcome, start))
    assert got == pytest.approx({key: np.mean(values) for key, values in expected.items()})


def test_covariates_are_a_regression_among_those_that_are_set_beside() -> None:
    outcome, start = random_panel(1)
    x = np.random.default_rng(1).normal(size=(60, 2))
    got = effects(group_time(outcome, start, covariates=x))[3, 4]
    change, never = outcome[:, 4] - outcome[:, 2], start == 6
    beta = np.linalg.lstsq(np.column_stack([np.ones(never.sum()), x[never]]), change[never], rcond=None)[0]
    here = start == 3
    assert got == pytest.approx((change[here] - np.column_stack([np.ones(here.sum()), x[here]]) @ beta).mean())


# By another package: diff-diff 3.13.0 on random_panel(11), x = the next 60 draws, as in
#   CallawaySantAnna(control_group=…, base_period=…, estimation_method="reg").fit(df, outcome="y", unit="u", time="t",
#       first_treat="g", covariates=…, aggregate="all")       g = 0: never
#   ImputationDiD().fit(df, outcome="y", unit="u", time="t", first_treat="g", aggregate="all")

DIFF_DIFF = {
    # control, base, with x: (overall, its error), {(g, t): (effect, error)}, {event: (effect, error)}
    ("never", "varying", False): (
        (1.419605, 0.300439),
        {(2, 1): (-0.385234, 0.335045), (2, 5): (1.356443, 0.70999), (3, 3): (1.740455, 0.416595),
         (4, 4): (0.992505, 0.279668), (4, 2): (-0.367419, 0.31813)},
        {-3: (-0.048219, 0.33347), -1: (0.193004, 0.225972), 0: (1.298219, 0.187229), 2: (1.652353, 0.479127)},
    ),
    ("never", "varying", True): (
        (1.303416, 0.311512),
        {(2, 1): (-0.300757, 0.370372), (2, 5): (1.275732, 0.713546), (3, 3): (1.414238, 0.566945),
         (4, 4): (0.986998, 0.291045), (4, 2): (-0.306131, 0.286507)},
        {-3: (0.064748, 0.375399), -1: (0.181961, 0.238272), 0: (1.219368, 0.194382), 2: (1.46233, 0.505529)},
    ),
    ("not_yet", "universal", False): (
        (1.378296, 0.288835),
        {(2, 0): (0.36036, 0.273323), (2, 2): (1.389023, 0.279021), (3, 3): (1.398788, 0.392978),
         (4, 0): (-0.404362, 0.580959), (4, 2): (-0.82, 0.370113)},
        {-4: (-0.404362, 0.580959), -2: (-0.244475, 0.210678), 0: (1.23927, 0.174582), 2: (1.652353, 0.479127)},
    ),
    ("not_yet", "varying", True): (
        (1.28885, 0.289928),
        {(2, 1): (-0.360823, 0.263487), (2, 3): (1.540088, 0.443229), (3, 3): (1.27457, 0.438507),
         (4, 1): (0.060683, 0.26296), (4, 2): (-0.330353, 0.272942)},
        {-3: (0.060683, 0.26296), -1: (0.231949, 0.226644), 0: (1.202625, 0.175433), 2: (1.46233, 0.505529)},
    ),
}  # fmt: skip


def seeded_x() -> np.ndarray:
    """The draws that follow those of random_panel(11)."""
    rng = np.random.default_rng(11)
    rng.choice([2, 3, 4, 6], 60), rng.normal(size=(60, 1)), rng.normal(size=(60, 6))
    return rng.normal(size=60).round(3)[:, None]


@pytest.mark.parametrize("which", DIFF_DIFF)
def test_effects_and_errors_are_those_of_another_package(which: tuple[str, str, bool]) -> None:
    control, base, with_x = which
    whole, some, events = DIFF_DIFF[which]
    x = seeded_x() if with_x else None
    cells = group_time(*random_panel(11), control=control, base=base, covariates=x)  # type: ignore[arg-type]
    assert {key: effects(cells)[key] for key in some} == pytest.approx({k: v[0] for k, v in some.items()}, abs=1e-6)
    assert {key: errors(cells)[key] for key in some} == pytest.approx({k: v[1] for k, v in some.items()}, abs=1e-6)
    overall = aggregate(cells, "overall")
    assert (overall.effect[0], overall.standard_error[0]) == pytest.approx(whole, abs=1e-6)
    event = aggregate(cells, "event")
    at = [event.key.tolist().index(key) for key in events]
    assert event.effect[at] == pytest.approx([v[0] for v in events.values()], abs=1e-6)
    assert event.standard_error[at] == pytest.approx([v[1] for v in events.values()], abs=1e-6)


def test_imputation_and_its_errors_are_those_of_another_package() -> None:
    cells = imputed(*random_panel(11))
    for by, expected in {
        "overall": {0: (1.397369, 0.347092)},
        "event": {0: (1.37134, 0.234784), 1: (1.435859, 0.34809), 2: (1.512647, 0.528007), 3: (1.147164, 0.726483)},
        "group": {2: (1.288608, 0.481537), 3: (1.612463, 0.614439), 4: (1.349283, 0.426974)},
    }.items():
        got = aggregate(cells, by)  # type: ignore[arg-type]
        assert got.key.tolist() == list(expected)
        assert got.effect == pytest.approx([v[0] for v in expected.values()], abs=1e-6)
        assert got.standard_error == pytest.approx([v[1] for v in expected.values()], abs=1e-6)


# What cannot be estimated


@pytest.mark.parametrize(
    ("outcome", "start", "message"),
    [
        (OUTCOME, START[:5], r"outcome is \(6, 4\), start \(5,\); expected n × T and n"),
        (OUTCOME, [0, *START[1:]], r"1 units started before the second period; expected a period before each start"),
        (OUTCOME, [np.nan, *START[1:]], r"1 units started before the second period"),
        (OUTCOME, [NEVER] * 6, r"0 of 6 units started; expected at least one start before period 4"),
    ],
)
@pytest.mark.parametrize("estimator", [group_time, imputed])
def test_what_cannot_be_estimated_is_refused(estimator, outcome, start, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        estimator(outcome, start)


def test_a_gap_is_refused_by_one_and_used_by_the_other() -> None:
    outcome = OUTCOME.copy()
    outcome[4, 1] = np.nan
    with pytest.raises(ValueError, match=r"1 units miss an outcome; expected all"):
        group_time(outcome, START)
    assert np.isfinite(imputed(outcome, START).effect).all()


def test_nobody_to_be_set_beside_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no group has 1 units to be set beside"):
        group_time(OUTCOME, [2, 2, 2, 2, 2, 2])
    with pytest.raises(ValueError, match=r"none of 6 units that started has a period before it, and another unit"):
        imputed(OUTCOME, [2, 2, 2, 2, 2, 2])


def test_periods_that_nothing_ties_together_are_refused() -> None:
    # Two units, each seen in other years before any start.
    outcome = np.array([[1, 2, np.nan, np.nan], [np.nan, np.nan, 3, 4], [np.nan, 1.0, np.nan, 5]])
    with pytest.raises(ValueError, match=r"4 periods fall apart into sets that no unit ties together"):
        imputed(outcome, [NEVER, NEVER, 3])


def test_starts_after_the_last_period_are_no_starts() -> None:
    late = np.where(START == NEVER, 9, START)
    assert effects(group_time(OUTCOME, late)) == effects(group_time(OUTCOME, START))


def test_a_national_panel_takes_less_than_two_seconds() -> None:
    rng = np.random.default_rng(0)
    outcome = rng.normal(size=(14_000, 13)).cumsum(axis=1)
    start = np.where(np.arange(14_000) < 40, rng.integers(4, 12, 14_000), NEVER)
    for estimator in (imputed, partial(group_time, control="not_yet")):
        since = time.process_time()
        aggregate(estimator(outcome, start), "event")
        assert time.process_time() - since < 2
