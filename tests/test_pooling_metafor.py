"""Pooling beside R: four made-up sets and one in clusters, with what metafor 3.8-1 (R 4.2.2) prints for them.

Typed from ``rma(y, v, test = "adhoc")``, ``confint``, ``predict``, ``blup``, ``regtest(model = "rma")`` and ``rma.mv``;
metafor's adhoc is Hartung and Knapp with a factor of at least 1.
"""

from typing import NamedTuple

import numpy as np
import pytest

from bt_analysis.methods.pooling import heterogeneity, levels, moderators, pooled, shrunken
from bt_analysis.methods.pooling.effects import checked


class Printed(NamedTuple):
    """What metafor prints."""

    tau2: float
    mean: float
    se: float
    low: float
    high: float
    p: float
    new_low: float
    new_high: float
    profile_low: float
    profile_high: float
    i2: float
    first: float
    first_se: float
    lopsided_p: float


SETS = {
    "two effects": (
        [0.1, 0.9],
        [0.02, 0.05],
        Printed(
            0.285, 0.48125, 0.39956031, -4.595645, 5.558145, 0.44112588, -7.9914969, 8.9539969, 0.02869571, 325.80765,
            89.0625, 0.125, 0.13919411, np.nan,
        ),
    ),
    "closer than chance": (
        [0.21, 0.24, 0.19, 0.22, 0.25],
        [0.04, 0.02, 0.05, 0.03, 0.06],
        Printed(
            0, 0.22448276, 0.08304548, -0.0060884574, 0.45505397, 0.053919233, -0.0060884574, 0.45505397, 0, 0, 0,
            0.22448276, 0.08304548, 0.93008982,
        ),
    ),
    "far apart, one of them hardly known": (
        [-1.1, 0.4, 2.3, 0.2, 1.9, -0.3],
        [0.01, 0.3, 0.02, 5, 0.04, 0.1],
        Printed(
            1.9511852, 0.62440184, 0.62076941, -0.97133673, 2.2201404, 0.36065407, -3.3049239, 4.5537275, 0.62036979,
            10.108256, 97.880267, -1.0912073, 0.099794937, 0.82692016,
        ),
    ),
    "tiny": (
        [3e-3, -1e-3, 2e-3, 5e-3],
        [1e-6, 4e-6, 2e-6, 1e-6],
        Printed(
            3.1384029e-06, 0.002667859, 0.0011618102, -0.0010295396, 0.0063652576, 0.10534576, -0.0040742763,
            0.0094099944, 0, 8.4204695e-05, 66.635142, 0.0029197417, 0.00091090258, 0.017227069,
        ),
    ),
}  # fmt: skip

# Twelve effects in six clusters of 3, 4, 1, 1, 2 and 1.
Y = [0.2, 0.5, 0.1, 0.9, 1.4, 1.1, 1.6, -0.4, 0.3, 0.8, 0.7, 1.2]
V = [0.04, 0.02, 0.05, 0.03, 0.06, 0.02, 0.03, 0.05, 0.04, 0.02, 0.03, 0.06]
CLUSTERS = [1, 1, 1, 2, 2, 2, 2, 3, 4, 5, 5, 6]


@pytest.mark.parametrize("name", SETS)
def test_one_mean_as_metafor_has_it(name: str) -> None:
    y, v, printed = SETS[name]
    found = pooled.pool(y, v)
    mean, first = found.hartung_knapp, shrunken.shrunken(y, v).iloc[0]
    ours = (
        found.tau2, *mean[:4], mean.p, *found.predictions[pooled.T_LESS_ONE], *found.tau2_interval, found.i2,
        first["value"], first["se"],
    )  # fmt: skip
    assert ours == pytest.approx(printed[:-1], rel=2e-6, abs=1e-12)


@pytest.mark.parametrize("name", [name for name in SETS if name != "two effects"])
def test_lopsidedness_as_metafor_has_it(name: str) -> None:
    y, v, printed = SETS[name]
    assert moderators.small_studies(y, v).coefficients[1].p == pytest.approx(printed.lopsided_p, rel=2e-6)


def test_three_levels_as_metafor_has_them() -> None:
    found = levels.three_levels(Y, V, CLUSTERS)
    mean, guesses = found.coefficients[0], levels.guesses(found).iloc[0]
    assert (found.between, found.within) == pytest.approx((0.3145887, 0.03445243), rel=1e-5)
    assert (mean.value, mean.se) == pytest.approx((0.5786613, 0.246865), rel=1e-6)
    assert (found.q, found.log_likelihood) == pytest.approx((92.20052, -6.263192), rel=1e-6)
    assert guesses[["of_cluster", "of_cluster_se", "of_effect", "of_effect_se"]].tolist() == pytest.approx(
        [-0.2605608, 0.2725944, -0.05465032, 0.1521311], rel=1e-5
    )
    assert found.predictions["z"][0] == pytest.approx(-0.6763027, rel=1e-6)
    # R's clubSandwich: CR2 standard error .246493, which is less than the model's, with 4.958495 degrees of freedom.
    assert (found.robust.se, found.robust.df) == pytest.approx((0.246865, 4.958495), rel=1e-5)


def test_a_moderator_explains_nothing_where_nothing_is_to_explain() -> None:
    # In two of these a search for the best τ² halts near 1e-16; of that hair a moderator would explain 100%.
    for seed in range(40):
        draw = np.random.default_rng(seed)
        one = checked(draw.normal(0.3, 0.05**0.5, 17), np.full(17, 0.05))
        tau2 = heterogeneity.tau2(one)
        assert tau2 == 0 or tau2 > 1e-9


# The mean of clusters of unequal size


def test_equal_clusters_have_clusters_less_one_degrees_of_freedom() -> None:
    found = levels.three_levels([1.0, 1.2, 2.0, 2.2, 3.0, 3.2, 4.0, 4.2], [0.1] * 8, np.repeat([1, 2, 3, 4], 2))
    assert found.robust.df == pytest.approx(3)
    # Weights ¼ each; means 1.1, 2.1, 3.1, 4.1 about 2.6: Σ(¼·1.5, ¼·.5 …)²/¾ = .3125/.75
    assert found.robust.se == pytest.approx((0.3125 / 0.75) ** 0.5, rel=1e-6)


def test_one_cluster_that_weighs_most_leaves_few_degrees_of_freedom() -> None:
    # No variance between or within, so weights go by number: shares 4/6, 1/6 and 1/6.
    found = levels.three_levels([1, -1, 1, -1, 0.1, -0.1], [4.0] * 6, [1, 1, 1, 1, 2, 3])
    assert (found.between, found.within) == (0, 0)
    # Σs² = .5; s²/(1 − s) = 4/3, 1/30, 1/30: Σ_{i≠j} = 2(4/90 + 4/90 + 1/900) = .18
    assert found.robust.df == pytest.approx(1 / 0.68)
    assert found.robust.se == pytest.approx((4 / 6) ** 0.5)  # clusters lie close: what the model says is larger


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_to_lead_with_is_never_shorter_than_that_of_the_model(seed: int) -> None:
    draw = np.random.default_rng(seed)
    places = np.repeat(range(5), draw.integers(1, 7, 5))
    found = levels.three_levels(draw.normal(0, 1, len(places)), draw.uniform(0.1, 2, len(places)), places)
    own = found.coefficients_t[0]
    assert found.robust.high - found.robust.low >= own.high - own.low - 1e-9
    assert 1 <= found.robust.df <= 4
    low, high = found.predictions[levels.ROBUST]
    assert low <= found.predictions[levels.T_CLUSTERS][0] + 1e-9
    assert high >= found.predictions[levels.T_CLUSTERS][1] - 1e-9


def test_of_one_cluster_the_mean_has_no_interval() -> None:
    assert np.isnan(levels.three_levels([1.0, 2.0], [1.0, 1.0], ["a", "a"]).robust.low)


def test_leaving_one_out_with_variances_of_all_is_near_estimating_them_anew() -> None:
    draw = np.random.default_rng(2)
    places = np.arange(60) % 20
    y = draw.normal(0, 1, 20)[places] + draw.normal(0, 0.5, 60)
    found = levels.three_levels(y, np.full(60, 0.1), places)
    slow, fast = (levels.left_out(found, np.arange(60), anew=anew) for anew in (True, False))
    assert (slow["low"] - fast["low"]).abs().max() < 0.05
    assert fast["p"].between(0, 1).all()
