"""Putting effects together: the published BCG trials, and ten random sets against likelihoods written out again."""

import json
import math
import tracemalloc
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, norm, t

from bt_analysis.methods.pooling import heterogeneity, measures, moderators, shrunken
from bt_analysis.methods.pooling.effects import Array, checked
from bt_analysis.methods.pooling.pooled import excludes_zero, pool
from tests import konstantopoulos
from tests.shared_data import shared_file


@pytest.fixture(scope="module")
def trials() -> pd.DataFrame:
    return pd.read_csv(shared_file("methods", "bcg_1994.csv"))


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(shared_file("methods", "reference_values.json").read_text())["bcg"]
    return values


@pytest.fixture(scope="module")
def bcg(trials: pd.DataFrame) -> tuple[Array, Array]:
    # Log risk ratios: ln((a/n₁) / (c/n₀)), with variances 1/a − 1/n₁ + 1/c − 1/n₀
    a, b, c, d = (trials[one].to_numpy(dtype=float) for one in ("tpos", "tneg", "cpos", "cneg"))
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def same(got: object, wanted: object, published: dict[str, Any]) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(wanted, float), atol=published["tol"], rtol=0)


@pytest.mark.parametrize("method", ["DL", "PM", "ML", "REML"])
def test_bcg_as_published(method: Any, bcg: tuple[Array, Array], published: dict[str, Any]) -> None:
    found, wanted = pool(*bcg, method), published[method]
    same([found.random.value, found.tau2], [wanted["est"], wanted["tau2"]], published)
    same(found.q, published["Q"], published | {"tol": 0.001})
    assert found.q_df == published["df"]
    if "I2" in wanted:
        same(found.i2, wanted["I2"], published | {"tol": 0.006})
    if method == "DL":
        same(found.random.se, wanted["se"], published)
        same(found.hartung_knapp_plain[2:4], wanted["ci_hksj"], published)


def test_bcg_with_reml_in_everything_that_is_published(bcg: tuple[Array, Array], published: dict[str, Any]) -> None:
    found, wanted = pool(*bcg), published["REML"]
    same([found.random.se, *found.random[2:4]], [wanted["se"], *wanted["ci"]], published)
    same(found.tau2_interval, wanted["tau2_Qprofile_ci"], published)
    same([found.i2, found.h2], [wanted["I2"], wanted["H2"]], published | {"tol": 0.006})
    knapp = found.hartung_knapp_plain
    same([knapp.se, knapp.low, knapp.high], [wanted["se_hksj"], *wanted["ci_hksj"]], published)
    assert knapp.p == pytest.approx(wanted["p_hksj"], abs=0.00001)
    assert found.factor > 1
    assert found.hartung_knapp == knapp  # its factor is above 1, so that it is not let below 1 changes nothing
    same(found.predictions["z"], wanted["pi_z"], published)
    same(found.predictions["t_k_minus_1"], wanted["pi_hksj_t_kminus1"], published)
    same(found.predictions["t_k_minus_2"], wanted["pi_HTS_t_kminus2"], published)
    same(math.exp(found.random.value), wanted["exp"]["est"], published)
    same(np.exp(knapp[2:4]), wanted["exp"]["ci_hksj"], published)
    same(np.exp(found.predictions["t_k_minus_1"]), wanted["exp"]["pi_hksj"], published)


def test_bcg_explained_by_latitude_as_published(
    trials: pd.DataFrame, bcg: tuple[Array, Array], published: dict[str, Any]
) -> None:
    found, wanted = moderators.explain(*bcg, trials["ablat"], ["ablat"]), published["metareg_ablat_REML"]
    assert found.names == ("intercept", "ablat")
    same([one.value for one in found.coefficients], [wanted["intercept"], wanted["slope"]], published)
    same([one.se for one in found.coefficients], wanted["se"], published)
    same([one.se for one in found.hartung_knapp_plain], wanted["se_hksj"], published)
    same(found.tau2, wanted["tau2"], published)
    same(found.r2, wanted["R2_pct"], published | {"tol": 0.02})


def test_bcg_regression_test_as_published(bcg: tuple[Array, Array], published: dict[str, Any]) -> None:
    same(moderators.small_studies(*bcg).coefficients[1].statistic, published["egger_like_regtest_z"], published)


def test_bcg_leaving_one_out_is_pooling_the_others(bcg: tuple[Array, Array]) -> None:
    y, v = bcg
    rows = shrunken.one_left_out(y, v)
    for place in range(len(y)):
        others = np.arange(len(y)) != place
        one = pool(y[others], v[others])
        got = rows.iloc[place]
        assert got["value"] == pytest.approx(one.random.value, abs=1e-6)
        assert (got["low"], got["high"]) == pytest.approx(one.hartung_knapp[2:4], abs=1e-5)
        assert (got["new_low"], got["new_high"]) == pytest.approx(one.predictions["t_k_minus_1"], abs=1e-4)
        assert got["tau2"] == pytest.approx(one.tau2, abs=1e-5)


# Konstantopoulos 2011, table 4: two levels, as metafor's own tests have it


def test_school_calendars_in_two_levels_as_published() -> None:
    found = pool(konstantopoulos.EFFECTS, konstantopoulos.VARIANCES)
    assert [round(one, 3) for one in (found.random.value, found.random.se)] == [0.128, 0.044]
    assert [round(one, 3) for one in (found.tau2, found.tau2_se)] == [0.088, 0.020]
    assert [round(one, 3) for one in found.tau2_interval] == [0.056, 0.139]


def test_school_calendars_explained_by_year_as_published() -> None:
    year = konstantopoulos.YEARS - konstantopoulos.YEARS.mean()
    found = moderators.explain(konstantopoulos.EFFECTS, konstantopoulos.VARIANCES, year)
    assert [round(one.value, 3) for one in found.coefficients] == [0.126, 0.005]
    assert [round(one.se, 3) for one in found.coefficients] == [0.044, 0.004]
    assert [round(one, 3) for one in (found.tau2, found.tau2_se, *found.tau2_interval)] == [0.089, 0.020, 0.056, 0.138]


# Random sets against an independent route


def made(seed: int) -> tuple[Array, Array]:
    draw = np.random.default_rng(seed)
    k = int(draw.integers(4, 30))
    v = draw.uniform(0.01, 0.3, k)
    return draw.normal(draw.normal(0, 1), np.sqrt(v + draw.uniform(0, 0.4))), v


def restricted(y: Array, v: Array, tau2: float) -> float:
    """The restricted likelihood as the integral over the mean gives it: products of normal densities, in logs."""
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    each = norm.logpdf(y, mean, np.sqrt(v + tau2)).sum()
    return float(each + 0.5 * np.log(2 * np.pi / w.sum()))


@pytest.mark.parametrize("seed", range(10))
def test_reml_is_the_top_of_a_likelihood_on_a_grid(seed: int) -> None:
    y, v = made(seed)
    found = pool(y, v).tau2
    grid = np.linspace(0, np.ptp(y) ** 2, 4_001)
    likely = [restricted(y, v, one) for one in grid]
    step = grid[1]
    assert abs(found - grid[int(np.argmax(likely))]) <= step
    assert restricted(y, v, found) >= max(likely) - 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_log_likelihoods_are_those_of_normal_densities(seed: int) -> None:
    y, v = made(seed)
    given_effects = checked(y, v)
    # √k: metafor adds ½ log |XᵀX| = ½ log k to that of the effects freed from their mean
    assert heterogeneity.log_likelihood(given_effects, 0.1, restricted=True) == pytest.approx(
        restricted(y, v, 0.1) + 0.5 * math.log(len(y))
    )
    w = 1 / (v + 0.1)
    mean = (w * y).sum() / w.sum()
    assert heterogeneity.log_likelihood(given_effects, 0.1, restricted=False) == pytest.approx(
        norm.logpdf(y, mean, np.sqrt(v + 0.1)).sum()
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_ends_of_the_q_profile_are_where_q_is_a_quantile(seed: int) -> None:
    y, v = made(seed)

    def q(tau2: float) -> float:
        w = 1 / (v + tau2)
        return float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())

    low, high = pool(y, v).tau2_interval
    df = len(y) - 1
    for end, share in ((low, 0.975), (high, 0.025)):
        if end > 0:
            assert q(end) == pytest.approx(chi2.ppf(share, df), rel=1e-8)
        else:
            assert q(0) <= chi2.ppf(share, df)


@pytest.mark.parametrize("seed", range(10))
def test_paule_and_mandel_let_q_be_its_degrees_of_freedom(seed: int) -> None:
    y, v = made(seed)
    tau2 = pool(y, v, "PM").tau2
    w = 1 / (v + tau2)
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    assert q == pytest.approx(len(y) - 1) if tau2 > 0 else q <= len(y) - 1


@pytest.mark.parametrize("seed", range(10))
def test_left_out_one_by_one_or_all_at_once_is_the_same(seed: int) -> None:
    y, v = made(seed)
    rows = shrunken.one_left_out(y, v)
    wanted = [pool(np.delete(y, place), np.delete(v, place)).tau2 for place in range(len(y))]
    np.testing.assert_allclose(rows["tau2"], wanted, atol=2e-5)


def test_how_many_are_left_out_in_one_go_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    y, v = made(3)
    whole = shrunken.one_left_out(y, v)
    monkeypatch.setattr(shrunken, "_AT_ONCE", 4)
    pd.testing.assert_frame_equal(shrunken.one_left_out(y, v), whole, rtol=1e-6, atol=1e-9)


def test_memory_of_leaving_out_grows_with_the_number_of_effects_and_not_with_its_square(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shrunken, "_AT_ONCE", 100)
    peaks = []
    for k in (400, 800):
        draw = np.random.default_rng(1)
        v = draw.uniform(0.01, 0.2, k)
        tracemalloc.start()
        shrunken.one_left_out(draw.normal(0, v**0.5), v)  # no spread: at rest after a round or two
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2.3 * peaks[0]


def test_a_likelihood_with_two_tops_gives_the_highest() -> None:
    y, v = np.array([0.0, 0.02, -0.01, 3.0, -3.0]), np.array([0.0001, 0.0001, 0.0001, 4.0, 4.0])
    grid = np.geomspace(1e-8, 40, 4000)
    best = max([0.0, *grid], key=lambda one: restricted(y, v, one))
    assert pool(y, v).tau2 == pytest.approx(best, rel=0.01, abs=1e-6)


# By hand


def test_two_equal_variances_by_hand() -> None:
    # Mean (1 + 3) / 2 = 2; Q = (1 + 1) / 0.5 = 4; REML and DL: τ² = (3 − 1)² / 2 − 0.5 = 1.5; se = √(2 / 2) = 1
    found = pool([1, 3], [0.5, 0.5])
    assert found.random.value == pytest.approx(2)
    assert found.q == pytest.approx(4)
    assert found.tau2 == pytest.approx(1.5, rel=1e-5)
    assert found.random.se == pytest.approx(1, rel=1e-5)
    assert pool([1, 3], [0.5, 0.5], "DL").tau2 == pytest.approx(1.5)
    # q = (1/2 + 1/2) / 1 = 1; t with 1 degree of freedom: 12.706
    assert found.factor == pytest.approx(1, rel=1e-5)
    assert found.hartung_knapp.high == pytest.approx(2 + 12.706, abs=0.001)
    # Of two effects the interval with k − 2 degrees of freedom does not exist
    assert all(math.isnan(end) for end in found.predictions["t_k_minus_2"])
    assert found.predictions["t_k_minus_1"][1] == pytest.approx(2 + 12.706 * math.sqrt(1.5 + 1), abs=0.001)


def test_i2_of_q_and_of_tau2_are_both_named() -> None:
    y, v = [0.1, 0.9, 0.4, 1.6], [0.04, 0.09, 0.05, 0.16]
    found = pool(y, v, "DL")
    w = 1 / np.array(v)
    s2 = 3 * w.sum() / (w.sum() ** 2 - (w**2).sum())  # Higgins and Thompson 2002
    assert found.i2 == pytest.approx(100 * found.tau2 / (found.tau2 + s2))
    assert found.i2_q == pytest.approx(100 * (found.q - 3) / found.q)
    assert found.i2 == pytest.approx(found.i2_q)  # of DerSimonian and Laird they are the same
    assert pool(y, v).i2 != pytest.approx(pool(y, v).i2_q)
    assert found.h2_q == pytest.approx(found.q / 3)


def test_equal_effects_do_not_differ_and_keep_an_interval() -> None:
    found = pool([0.3] * 6, [0.01, 0.02, 0.03, 0.04, 0.05, 0.06])
    assert found.tau2 == 0
    assert max(found.tau2_interval) == 0
    assert found.random == found.fixed
    # Unfloored, Hartung and Knapp would be certain; floored, the interval is that of t with the usual error.
    assert found.hartung_knapp_plain.se == pytest.approx(0, abs=1e-12)
    w = sum(1 / one for one in (0.01, 0.02, 0.03, 0.04, 0.05, 0.06))
    assert found.hartung_knapp.high == pytest.approx(0.3 + t.ppf(0.975, 5) / math.sqrt(w))
    assert (found.i2, found.i2_q, found.h2) == (0, 0, 1)
    assert found.q_p == pytest.approx(1)


@pytest.mark.parametrize("times", [1e-12, 1e-6, 1.0, 1e6, 1e12])
def test_the_unit_changes_nothing(times: float) -> None:
    y, v = made(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other = pool(y, v), pool(y * times, v * times**2)
    assert other.tau2 == pytest.approx(one.tau2 * times**2, rel=1e-5)
    assert other.random.value == pytest.approx(one.random.value * times)
    assert other.hartung_knapp.p == pytest.approx(one.hartung_knapp.p, rel=1e-4)


def test_very_certain_and_very_uncertain_effects() -> None:
    certain = pool([1, 2, 4], [1e-14] * 3)
    assert certain.tau2 == pytest.approx(7 / 3)  # the variance of 1, 2, 4: (16/9 + 1/9 + 25/9) · 3/2 / 3 … = 7/3
    unsure = pool([1, 2, 4], [1e9] * 3)
    assert unsure.tau2 == 0
    assert max(unsure.tau2_interval) == 0
    assert not excludes_zero(unsure.predictions["t_k_minus_1"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(1e-6, 1e4)), min_size=2, max_size=12),
    st.sampled_from(["DL", "PM", "ML", "REML"]),
)
def test_whatever_the_effects_the_answer_is_in_order(rows: list[tuple[float, float]], method: Any) -> None:
    y, v = (np.array(column) for column in zip(*rows, strict=True))
    found = pool(y, v, method)
    assert found.tau2 >= 0
    assert found.tau2_interval[0] <= found.tau2_interval[1]
    assert min(y) - 1e-6 <= found.random.value <= max(y) + 1e-6
    assert found.hartung_knapp.se >= found.random.se * (1 - 1e-9)
    assert found.predictions["t_k_minus_1"][0] <= found.hartung_knapp.low <= found.hartung_knapp.high
    guess = shrunken.shrunken(y, v, method)
    assert guess["own_weight"].between(0, 1).all()


# Shrunken estimates, moderators


def test_shrunken_by_hand() -> None:
    y, v = [1.0, 3.0], [0.5, 0.5]
    rows = shrunken.shrunken(y, v)
    # λ = 1.5 / (0.5 + 1.5) = 0.75: 0.75 · 1 + 0.25 · 2 = 1.25; variance 0.75 · 0.5 + 0.25² · 1 = 0.4375
    assert rows["own_weight"].tolist() == pytest.approx([0.75, 0.75], rel=1e-5)
    assert rows["value"].tolist() == pytest.approx([1.25, 2.75], rel=1e-5)
    assert rows["se"].tolist() == pytest.approx([0.4375**0.5] * 2, rel=1e-5)
    assert rows["high"].iloc[0] == pytest.approx(1.25 + 1.96 * 0.4375**0.5, abs=1e-4)


def test_without_differences_every_shrunken_estimate_is_the_mean() -> None:
    rows = shrunken.shrunken([0.2, 0.3, 0.25], [1, 1, 1])
    assert rows["value"].tolist() == pytest.approx([0.25] * 3)
    assert rows["own_weight"].tolist() == [0, 0, 0]


def test_a_moderator_that_explains_all_leaves_nothing() -> None:
    x = np.array([0, 0, 0, 0, 1, 1, 1, 1.0])
    y = 0.1 + 0.5 * x + np.array([0.01, -0.01] * 4)
    found = moderators.explain(y, np.full(8, 0.01), x, ["stad"])
    assert found.r2 == 100
    assert found.tau2 == 0
    assert found.coefficients[1].value == pytest.approx(0.5)
    # Two groups of four: se = √(2 · 0.01 / 4)
    assert found.coefficients[1].se == pytest.approx(math.sqrt(2 * 0.01 / 4))
    # Residuals are ± 0.01 with v = 0.01: factor 8 · 0.0001 / 0.01 / 6 = 0.0133, which makes the plain error √0.0133 as
    # large; the one to lead with is not let below that of the model, with t of 8 − 2 degrees of freedom
    assert found.hartung_knapp_plain[1].se == pytest.approx(math.sqrt(2 * 0.01 / 4 * 0.08 / 6))
    assert found.hartung_knapp[1].se == pytest.approx(found.coefficients[1].se)
    assert found.hartung_knapp[1].high == pytest.approx(0.5 + t.ppf(0.975, 6) * math.sqrt(2 * 0.01 / 4))


def test_moderators_without_anything_to_explain_say_so() -> None:
    found = moderators.explain([0.2, 0.2, 0.2, 0.2], [1, 1, 1, 1], [1, 2, 3, 4])
    assert math.isnan(found.r2)


# Measures


def test_intervals_become_variances() -> None:
    assert measures.from_interval([-1.96], [1.96])[0] == pytest.approx(1, abs=1e-4)
    middle, variance = measures.logit_interval([50, 0, 20], [40, 0, 0], [60, 10, 40])
    assert middle[0] == pytest.approx(0)
    assert variance[0] == pytest.approx((math.log(0.6 / 0.4) / 1.959964) ** 2)
    assert np.isnan(middle[1])
    # One end at 0: the side that is there
    assert variance[2] == pytest.approx(((math.log(0.4 / 0.6) - math.log(0.2 / 0.8)) / 1.959964) ** 2)
    assert measures.percentage([0.0]).tolist() == [50]


# Refusals


@pytest.mark.parametrize(
    ("effects", "variances", "says"),
    [
        ([0.1], [0.1], "got 1 effects; expected at least 2"),
        ([], [], "got 0 effects; expected at least 2"),
        ([0.1, 0.2], [0.1], "got 2 effects and 1 variances"),
        ([0.1, 0.2], [0.1, 0], r"got a variance of 0.0; expected above 0"),
        ([0.1, 0.2], [0.1, -1], "got a variance of -1.0"),
        ([0.1, math.nan], [0.1, 1], "got 1 effects without a number"),
        ([0.1, 0.2], [0.1, math.inf], "got 1 effects without a number"),
    ],
)
def test_what_cannot_be_put_together_is_refused(effects: list[float], variances: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pool(effects, variances)


def test_unknown_methods_and_impossible_moderators_are_refused() -> None:
    y, v = made(1)
    with pytest.raises(ValueError, match="got method 'EB'; expected one of DL, PM, ML, REML"):
        pool(y, v, "EB")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="never differs"):
        moderators.explain(y, v, np.ones(len(y)))
    with pytest.raises(ValueError, match="got 2 effects for 2 coefficients"):
        moderators.explain(y[:2], v[:2], [1, 2])
    with pytest.raises(ValueError, match="expected a row per effect"):
        moderators.explain(y, v, [1, 2])
    with pytest.raises(ValueError, match="moderators with missing values"):
        moderators.explain(y, v, np.full(len(y), np.nan))
    with pytest.raises(ValueError, match="got 2 names for 1 moderators"):
        moderators.explain(y, v, np.arange(len(y)), ["a", "b"])
    with pytest.raises(ValueError, match="got 2 effects; expected at least 3"):
        shrunken.one_left_out([1, 2], [1, 1])
