"""Bayes' rule on a grid: the eight schools, and random sets against numerical integration by another route."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from bt_analysis.methods.pooling.bayes import Prior, believe
from bt_analysis.methods.pooling.effects import Array

# Rubin (1981): coaching in eight schools
EFFECTS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def prior_of(tau: float, prior: Prior, scale: float) -> float:
    return float(np.exp(-0.5 * (tau / scale) ** 2)) if prior == "half_normal" else float(tau <= scale)


def believed(y: Array, v: Array, tau: float, prior: Prior, scale: float) -> tuple[float, float, float]:
    """How far a τ is believed (but for a constant), and mean and variance of the mean effect given it."""
    w = 1 / (v + tau**2)
    middle, variance = (w * y).sum() / w.sum(), 1 / w.sum()
    likely = norm.logpdf(y, middle, np.sqrt(v + tau**2)).sum() + 0.5 * math.log(variance)
    return float(np.exp(likely)) * prior_of(tau, prior, scale), float(middle), float(variance)


def integrals(y: Array, v: Array, prior: Prior, scale: float, value: float) -> tuple[float, float, float, float]:
    """Mean of the mean effect, chance that it is below a value, the same chance of a new one, and mean of τ."""
    points = [0.0, *np.geomspace(1e-3, 1, 7) * 60 * math.sqrt(v.max())]
    last = scale if prior == "uniform" else math.inf
    points = [one for one in points if one < last]

    def over(what: object) -> float:
        function = what
        assert callable(function)
        parts = [
            quad(function, low, high, epsabs=0, epsrel=1e-10, limit=300)[0]
            for low, high in zip(points, [*points[1:], last], strict=True)
        ]
        return float(sum(parts))

    def term(tau: float, kind: str) -> float:
        weight, middle, variance = believed(y, v, tau, prior, scale)
        of_new = math.sqrt(variance + tau**2)
        parts: dict[str, float] = {
            "all": 1.0, "mean": middle, "below": norm.cdf(value, middle, math.sqrt(variance)),
            "new": norm.cdf(value, middle, of_new), "tau": tau,
        }  # fmt: skip
        return weight * parts[kind]

    total = over(lambda tau: term(tau, "all"))
    mean, below, new, tau = (over(lambda one, kind=kind: term(one, kind)) / total
                             for kind in ("mean", "below", "new", "tau"))  # fmt: skip
    return mean, below, new, tau


CASES: list[tuple[Prior, float]] = [("half_normal", 10.0), ("half_normal", 3.0), ("uniform", 50.0), ("uniform", 8.0)]


@pytest.mark.parametrize(("prior", "scale"), CASES)
def test_eight_schools_are_what_integration_gives(prior: Prior, scale: float) -> None:
    found = believe(EFFECTS, ERRORS**2, prior, scale)
    mean, below, new, tau = integrals(EFFECTS, ERRORS**2, prior, scale, found.low)
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert below == pytest.approx(0.025, abs=1e-6)
    assert found.tau_mean == pytest.approx(tau, rel=1e-5)
    assert integrals(EFFECTS, ERRORS**2, prior, scale, found.new_low)[2] == pytest.approx(0.025, abs=1e-6)
    assert found.above_zero == pytest.approx(1 - integrals(EFFECTS, ERRORS**2, prior, scale, 0.0)[1], abs=1e-6)
    assert found.new_above_zero == pytest.approx(1 - integrals(EFFECTS, ERRORS**2, prior, scale, 0.0)[2], abs=1e-6)
    assert new <= 1


def test_eight_schools_with_a_uniform_prior_are_near_those_of_the_book() -> None:
    # Gelman et al., table 5.3, from 200 draws: medians 10, 8, 7, 8, 5, 6, 10, 8; mean about 8, its sd about 5
    found = believe(EFFECTS, ERRORS**2, "uniform")
    assert found.mean == pytest.approx(7.9, abs=0.1)
    assert found.sd == pytest.approx(5.2, abs=0.1)
    assert found.effects["mean"].round().tolist() == [11, 8, 6, 8, 5, 6, 11, 8]
    assert found.tau_median == pytest.approx(5.2, abs=0.1)


@pytest.mark.parametrize("seed", range(10))
def test_random_sets_are_what_integration_gives(seed: int) -> None:
    draw = np.random.default_rng(seed)
    k = int(draw.integers(3, 25))
    v = draw.uniform(0.01, 0.3, k)
    y = draw.normal(0.2, np.sqrt(v + draw.uniform(0, 0.5)))
    prior: Prior = "uniform" if seed % 2 else "half_normal"
    found = believe(y, v, prior, 0.5)
    mean, below, _, tau = integrals(y, v, prior, 0.5, found.high)
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert below == pytest.approx(0.975, abs=1e-6)
    assert found.tau_mean == pytest.approx(tau, rel=1e-5)
    assert integrals(y, v, prior, 0.5, found.new_high)[2] == pytest.approx(0.975, abs=1e-6)


def test_a_prior_that_all_is_alike_gives_the_common_effect() -> None:
    found = believe([1, 3], [0.5, 0.5], "half_normal", 1e-6)
    assert [found.mean, found.sd] == pytest.approx([2, 0.5])  # √(1 / (1/0.5 + 1/0.5)) = 0.5
    assert found.new_sd == pytest.approx(found.sd)
    assert found.effects["mean"].tolist() == pytest.approx([2, 2])


def test_a_guess_lies_between_its_own_figure_and_the_mean() -> None:
    found = believe(EFFECTS, ERRORS**2, "half_normal", 10)
    low, high = np.minimum(EFFECTS, found.mean) - 0.1, np.maximum(EFFECTS, found.mean) + 0.1
    assert ((found.effects["mean"] >= low) & (found.effects["mean"] <= high)).all()
    assert (found.effects["low"] < found.effects["mean"]).all()


def test_few_effects_leave_so_much_room_that_a_mean_distance_is_infinite() -> None:
    endless = believe([0, 1, 2], [0.01] * 3, "uniform")
    assert math.isinf(endless.sd)
    assert math.isinf(endless.new_sd)
    assert math.isinf(endless.tau_mean)
    assert endless.low < 1 < endless.high < math.inf
    # Four effects: τ has a mean, and the mean effect still no standard deviation; five have both
    four, five = (believe(range(count), [0.01] * count, "uniform") for count in (4, 5))
    assert math.isfinite(four.tau_mean)
    assert math.isinf(four.sd)
    assert math.isfinite(five.sd)
    # A prior with an end, or one that falls fast, leaves no such room
    assert math.isfinite(believe([0, 1], [0.01] * 2, "uniform", 5).sd)
    assert math.isfinite(believe([0, 1], [0.01] * 2, "half_normal", 5).sd)


def test_hundreds_of_effects_and_very_different_errors_are_no_trouble() -> None:
    draw = np.random.default_rng(1)
    v = draw.uniform(0.001, 3, 400)
    found = believe(draw.normal(0.4, np.sqrt(v + 0.09)), v, "half_normal", 1)
    assert found.tau_low < 0.3 < found.tau_high
    assert found.low < 0.4 < found.high
    assert believe([1, 1, 1], [1e9] * 3, "half_normal", 1).tau_median == pytest.approx(0.6745, abs=0.001)


@pytest.mark.parametrize(
    ("effects", "prior", "scale", "says"),
    [
        ([1, 2], "uniform", math.inf, "got 2 effects; expected 3 for an endless uniform prior"),
        ([1, 2], "half_normal", math.inf, "got scale inf for prior half_normal"),
        ([1, 2], "half_normal", -1.0, "got scale -1.0"),
        ([1, 2], "gamma", 1.0, "got prior 'gamma'; expected one of half_normal, uniform"),
        ([1], "half_normal", 1.0, "got 1 effects"),
    ],
)
def test_impossible_beliefs_are_refused(effects: list[float], prior: Prior, scale: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        believe(effects, [1.0] * len(effects), prior, scale)
