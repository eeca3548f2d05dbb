"""Three levels: the published school calendars, and random sets against the likelihood of the whole matrix."""

import math
import time

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import t

from bt_analysis.methods.pooling import clusters, levels, levels_fit
from bt_analysis.methods.pooling.effects import Array, checked
from bt_analysis.methods.pooling.pooled import pool
from tests import konstantopoulos

CALENDARS = (konstantopoulos.EFFECTS, konstantopoulos.VARIANCES, konstantopoulos.DISTRICTS)


def rounded(*values: float) -> list[float]:
    return [round(one, 3) for one in values]


def test_school_calendars_by_reml_as_metafor_has_them() -> None:
    found = levels.three_levels(*CALENDARS)
    mean = found.coefficients[0]
    assert (found.k, found.clusters, found.identified) == (56, 11, True)
    assert rounded(mean.value, mean.se, found.between, found.within) == [0.185, 0.085, 0.065, 0.033]
    assert round(found.log_likelihood, 4) == -7.9587
    assert round(found.q, 3) == 578.864
    # The correlation of two true effects in one district: 0.065 / (0.065 + 0.033)
    assert round(found.between / (found.between + found.within), 3) == 0.665
    assert rounded(found.i2, found.i2_between, found.i2_within) == [95.187, 63.325, 31.862]
    new = found.predictions["z"]
    assert new[1] == pytest.approx(mean.value + 1.959964 * math.sqrt(mean.se**2 + found.between + found.within))
    assert found.predictions["t_clusters"][1] - mean.value == pytest.approx(
        t.ppf(0.975, 10) * math.sqrt(mean.se**2 + found.between + found.within)
    )


def test_school_calendars_by_maximum_likelihood_as_published() -> None:
    found = levels.three_levels(*CALENDARS, method="ML")  # table 5
    mean = found.coefficients[0]
    assert rounded(mean.value, mean.se, found.between, found.within) == [0.184, 0.080, 0.058, 0.033]
    assert rounded(*found.predictions["z"]) == [-0.426, 0.795]
    year = konstantopoulos.YEARS - konstantopoulos.YEARS.mean()
    found = levels.three_levels(*CALENDARS, year, ["year"], method="ML")
    assert rounded(*(one.value for one in found.coefficients)) == [0.178, 0.005]
    assert rounded(*(one.se for one in found.coefficients)) == [0.080, 0.009]
    assert rounded(found.between, found.within) == [0.056, 0.033]


def test_guesses_of_school_calendars_as_metafor_has_them() -> None:
    rows = levels.guesses(levels.three_levels(*CALENDARS))
    by_district = rows.drop_duplicates("cluster")
    assert rounded(*by_district["of_cluster"]) == [
        -0.190, -0.085, 0.141, 0.241, -0.107, -0.237, 0.534, -0.200, 0.057, -0.142, -0.012
    ]  # fmt: skip
    assert rounded(*by_district["of_cluster_se"]) == [
        0.167, 0.124, 0.137, 0.119, 0.119, 0.101, 0.130, 0.101, 0.111, 0.125, 0.150
    ]  # fmt: skip
    assert rounded(*rows["of_effect"].iloc[:8]) == [-0.038, -0.047, 0.044, -0.055, 0.021, -0.252, 0.062, 0.127]
    assert rounded(*rows["of_effect_se"].iloc[:8]) == [0.164, 0.164, 0.166, 0.166, 0.122, 0.122, 0.123, 0.132]


# Against the whole matrix


def made(seed: int) -> tuple[Array, Array, Array]:
    draw = np.random.default_rng(seed)
    k, count = int(draw.integers(12, 40)), int(draw.integers(3, 9))
    cluster = draw.integers(0, count, k).astype(float)
    v = draw.uniform(0.01, 0.2, k)
    own = draw.normal(0, draw.uniform(0, 0.5), count)[cluster.astype(int)] + draw.normal(0, draw.uniform(0, 0.4), k)
    return 0.3 + own + draw.normal(0, np.sqrt(v)), v, cluster


def matrix(v: Array, cluster: Array, at: Array) -> Array:
    return np.asarray(np.diag(v + at[1]) + at[0] * (cluster[:, None] == cluster[None, :]))


def minus(y: Array, v: Array, cluster: Array, at: Array) -> float:
    """Minus the restricted likelihood, with the inverse and the determinant of all effects at once."""
    x, whole = np.ones((len(y), 1)), matrix(v, cluster, at)
    inverse = np.linalg.inv(whole)
    inner = x.T @ inverse @ x
    left = y - x @ np.linalg.solve(inner, x.T @ inverse @ y)
    return float(0.5 * (np.linalg.slogdet(whole)[1] + np.linalg.slogdet(inner)[1] + left @ inverse @ left))


@pytest.mark.parametrize("seed", range(10))
def test_cluster_by_cluster_is_the_whole_matrix(seed: int) -> None:
    y, v, cluster = made(seed)
    at = np.random.default_rng(seed).uniform(0, 0.3, 2)
    given = clusters.clustered(checked(y, v), cluster)
    solved = levels_fit.solve(given, (at[0], at[1]))
    assert solved.minus(restricted=True) == pytest.approx(minus(y, v, cluster, at))
    step = 1e-6
    slopes = [
        (minus(y, v, cluster, at + move) - minus(y, v, cluster, at - move)) / (2 * step)
        for move in (np.array([step, 0]), np.array([0, step]))
    ]
    np.testing.assert_allclose(solved.slope(restricted=True), slopes, rtol=1e-4, atol=1e-4)
    inverse = np.linalg.inv(matrix(v, cluster, at))
    np.testing.assert_allclose(solved.diagonal[np.argsort(given.order)], np.diag(inverse))


@pytest.mark.parametrize("seed", range(10))
def test_both_variances_are_the_top_of_the_whole_likelihood(seed: int) -> None:
    y, v, cluster = made(seed)
    found = levels.three_levels(y, v, cluster)
    best = minus(y, v, cluster, np.array([found.between, found.within]))
    grid = np.linspace(0, 0.6, 31)
    assert best <= min(minus(y, v, cluster, np.array([one, other])) for one in grid for other in grid) + 1e-9
    starts = ([0.3, 0.3], [0.05, 0.3], [0.3, 0.05])
    polished = min(
        minimize(lambda at: minus(y, v, cluster, at**2), start, method="Nelder-Mead",
                 options={"xatol": 1e-7, "fatol": 1e-12, "maxiter": 2000}).fun
        for start in starts
    )  # fmt: skip
    assert best == pytest.approx(polished, abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_guesses_are_those_of_the_whole_matrix(seed: int) -> None:
    y, v, cluster = made(seed)
    found = levels.three_levels(y, v, cluster)
    at = np.array([found.between, found.within])
    whole, x = matrix(v, cluster, at), np.ones((len(y), 1))
    true = whole - np.diag(v)
    inverse = np.linalg.inv(whole)
    cov = np.linalg.inv(x.T @ inverse @ x)
    beta = cov @ x.T @ inverse @ y
    away = x - true @ inverse @ x
    rows = levels.guesses(found)
    np.testing.assert_allclose(rows["value"], x @ beta + true @ inverse @ (y - x @ beta), rtol=1e-7)
    error = true - true @ inverse @ true + away @ cov @ away.T
    np.testing.assert_allclose(rows["se"], np.sqrt(np.maximum(np.diag(error), 0)), atol=1e-7)


# What cannot be told apart, small sets and edges


def test_an_effect_per_cluster_is_plain_pooling() -> None:
    y, v = [0.1, 0.9, 0.4, 1.6, -0.3], [0.04, 0.09, 0.05, 0.16, 0.1]
    found = levels.three_levels(y, v, list("abcde"))
    plain = pool(y, v)
    assert not found.identified
    assert [found.between, found.within] == pytest.approx([0, plain.tau2], rel=1e-4)
    assert found.coefficients[0].value == pytest.approx(plain.random.value, rel=1e-5)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood)


def test_one_cluster_sees_no_variance_between() -> None:
    found = levels.three_levels([0.1, 0.9, 0.4], [0.04, 0.09, 0.05], ["a"] * 3)
    assert not found.identified
    assert found.between == 0
    assert all(math.isnan(end) for end in found.predictions["t_clusters"])
    with pytest.raises(ValueError, match="got 0 effects; expected at least 2"):
        levels.left_out(found, ["a"] * 3)
    with pytest.raises(ValueError, match="got 2 groups for 3 effects; expected one for each"):
        levels.left_out(found, ["a"] * 2)


def test_equal_effects_have_no_variance_at_any_level() -> None:
    found = levels.three_levels([0.2] * 6, [0.1] * 6, list("aabbcc"))
    assert (found.between, found.within) == (0, 0)
    assert found.coefficients[0].se == pytest.approx(math.sqrt(0.1 / 6))


def test_leaving_a_cluster_out_is_pooling_the_others() -> None:
    y, v, cluster = made(4)
    rows = levels.left_out(levels.three_levels(y, v, cluster), cluster).set_index("group")
    for one in np.unique(cluster):
        others = levels.three_levels(y[cluster != one], v[cluster != one], cluster[cluster != one])
        assert rows.loc[one, "value"] == pytest.approx(others.coefficients[0].value, abs=1e-4)
        assert rows.loc[one, "high"] == pytest.approx(others.robust.high, abs=1e-3)


def test_the_order_of_effects_changes_nothing() -> None:
    y, v, cluster = made(6)
    turned = np.random.default_rng(0).permutation(len(y))
    one, other = levels.three_levels(y, v, cluster), levels.three_levels(y[turned], v[turned], cluster[turned])
    assert one.between == pytest.approx(other.between, abs=1e-6)
    pd.testing.assert_series_equal(
        levels.guesses(one)["value"].iloc[turned].reset_index(drop=True), levels.guesses(other)["value"], atol=1e-5
    )


def test_five_hundred_effects_take_less_than_a_second() -> None:
    draw = np.random.default_rng(7)
    cluster = draw.integers(0, 100, 500)
    v = draw.uniform(0.01, 0.2, 500)
    y = draw.normal(0, 0.3, 100)[cluster] + draw.normal(0, 0.2, 500) + draw.normal(0, np.sqrt(v))
    start = time.perf_counter()
    found = levels.three_levels(y, v, cluster)
    assert time.perf_counter() - start < 1
    assert found.between == pytest.approx(0.09, abs=0.05)
    assert found.within == pytest.approx(0.04, abs=0.03)


@pytest.mark.parametrize(
    ("places", "says"),
    [
        (["a", "b"], "got 2 clusters for 3 effects"),
        (["a", None, "b"], "got 1 effects without a cluster"),
        ([], "got 0 clusters for 3 effects"),
        ([None, math.nan, pd.NA], "got 3 effects without a cluster"),
    ],
)
def test_impossible_clusters_are_refused(places: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        levels.three_levels([1, 2, 3], [1, 1, 1], places)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="got method 'DL'; expected one of ML, REML"):
        levels.three_levels([1, 2, 3], [1, 1, 1], ["a", "a", "b"], method="DL")  # type: ignore[arg-type]
