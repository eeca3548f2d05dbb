"""Smoothed rates: arithmetic by hand, another package, and less noise."""

import numpy as np
import pytest

from bt_analysis.methods import smoothing


def test_smoothed_rates_are_their_arithmetic() -> None:
    # 8 of 10, 10 of 50, 42 of 140: together 60 of 200 = .3. Squared distances weighted by people:
    # (10·.5² + 50·.1² + 140·0²)/200 = 3/200 = .015; chance .3/(200/3) = .0045; so s² = .0105.
    rates = smoothing.empirical_bayes([8, 10, 42], [10, 50, 140])
    assert rates[0] == pytest.approx(0.3 + 0.5 * 0.0105 / (0.0105 + 0.3 / 10))
    assert rates[1] == pytest.approx(0.3 - 0.1 * 0.0105 / (0.0105 + 0.3 / 50))
    assert rates[2] == pytest.approx(0.3)


def test_shares_use_the_chance_of_a_share() -> None:
    # As above with .3 · .7 = .21 in the place of .3: s² = .015 − .21/(200/3) = .01185.
    rates = smoothing.empirical_bayes([8, 10, 42], [10, 50, 140], "binomial")
    assert rates[0] == pytest.approx(0.3 + 0.5 * 0.01185 / (0.01185 + 0.21 / 10))


def test_smoothed_rates_are_those_of_esda() -> None:
    from esda.smoothing import Empirical_Bayes

    rng = np.random.default_rng(3)
    base = rng.integers(20, 3000, 60)
    events = rng.binomial(base, rng.beta(4, 20, 60))
    assert smoothing.empirical_bayes(events, base) == pytest.approx(Empirical_Bayes(events, base).r.ravel(), abs=1e-12)


def test_differences_no_larger_than_chance_are_smoothed_away() -> None:
    # Both 1 of 10 and 2 of 10: s² = .05² − .15/10 < 0.
    assert smoothing.empirical_bayes([1, 2], [10, 10]).tolist() == [0.15, 0.15]


@pytest.mark.parametrize(("events", "base"), [([1, 2], [10, 0]), ([1, -2], [10, 10]), ([1, 2], [10, np.nan])])
def test_a_rate_of_nobody_is_refused(events: list[float], base: list[float]) -> None:
    with pytest.raises(ValueError, match=r"area 1 has .* of .*; expected 0 or more of more than 0"):
        smoothing.empirical_bayes(events, base)


def test_standard_scores_are_their_formula() -> None:
    # m = .3, s² = .0105 as above: (.8 − .3)/√(.0105 + .3/10).
    scores = smoothing.standardised_rates([8, 10, 42], [10, 50, 140])
    assert scores[0] == pytest.approx(0.5 / (0.0105 + 0.03) ** 0.5)


def test_raw_rates_of_small_areas_are_noise_that_smoothing_takes_away() -> None:
    rng = np.random.default_rng(5)
    base = np.where(np.arange(400) % 2, 20, 2000)
    true = np.repeat([0.2, 0.3], 200)
    events = rng.binomial(base, true)
    raw = np.abs(events / base - true).mean()
    assert np.abs(smoothing.empirical_bayes(events, base, "binomial") - true).mean() < 0.7 * raw
