"""Fixed effects: beer tax and traffic deaths, dummies written out, and the four corrections told apart."""

import math
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.comparison import Floats, Indices
from bt_analysis.methods.fixed_effects import Correction, Within, cluster_errors, within
from tests.published import reference, table

PUBLISHED_AS: dict[Correction, str] = {
    "nested_not_counted": "fixest/pyfixest default (nested FE not counted)",
    "all_counted": "FE counted",
    "none_counted": "FE not counted at all",
    "linearmodels": "linearmodels default",
}


def fatalities(*effects: str) -> tuple[Within, "pd.Series[str]"]:
    """Return deaths per 10,000 regressed on the tax on beer, and the state of every row."""
    rows = table("fatalities_us_1982_1988.csv")
    deaths = 10_000 * rows["fatal"] / rows["pop"]
    return within(deaths, rows["beertax"], [rows[effect] for effect in effects]), rows["state"]


@pytest.mark.parametrize(
    ("effects", "name"), [((), "pooled"), (("state",), "state_fe"), (("state", "year"), "state_year_fe")]
)
def test_beer_tax_and_deaths_are_the_published_coefficients(effects: tuple[str, ...], name: str) -> None:
    numbers = reference("fatalities")
    fit, _ = fatalities(*effects)
    assert fit.coefficients == pytest.approx([numbers[name]], abs=numbers["tol"])


def test_the_published_error_with_effects_of_states() -> None:
    numbers = reference("fatalities")
    fit, states = fatalities("state")
    found = cluster_errors(fit, states, "linearmodels")
    assert found == pytest.approx([numbers["cluster_se_state_fe"]], abs=5e-5)


@pytest.mark.parametrize(("correction", "published"), PUBLISHED_AS.items())
def test_the_four_published_errors_with_effects_of_states_and_years(correction: Correction, published: str) -> None:
    numbers = reference("fatalities")
    fit, states = fatalities("state", "year")
    found = cluster_errors(fit, states, correction)
    assert found == pytest.approx([numbers["cluster_se_state_year_fe"][published]], abs=5e-5)


def test_every_correction_has_a_published_number() -> None:
    assert set(PUBLISHED_AS) == set(get_args(Correction))


# --- by hand and by dummies -------------------------------------------------------------------------------------------


def test_one_effect_by_hand() -> None:
    # Within a: x −1, 1 and y −2, 2; within b: x −1, 1 and y −3, 3: slope (2 + 2 + 3 + 3)/4.
    fit = within([1.0, 5, 11, 17], [1.0, 3, 4, 6], [["a", "a", "b", "b"]])
    assert fit.coefficients == pytest.approx([(2 + 2 + 3 + 3) / 4])
    assert fit.residuals == pytest.approx([-2 + 2.5, 2 - 2.5, -3 + 2.5, 3 - 2.5])
    # Scores by cluster: a −0.5 − 0.5 = −1, b 0.5 + 0.5 = 1; bread 1/4; K = 1.
    assert cluster_errors(fit, ["a", "a", "b", "b"], "none_counted") == pytest.approx(
        [math.sqrt((1 + 1) / 4**2 * 2 / 1 * 3 / (4 - 1))]
    )
    # The two effects lie within the clusters and count as one constant: K = 2; counted, K = 1 + 2.
    assert cluster_errors(fit, ["a", "a", "b", "b"], "nested_not_counted") == pytest.approx(
        [math.sqrt((1 + 1) / 4**2 * 2 / 1 * 3 / (4 - 2))]
    )
    assert cluster_errors(fit, ["a", "a", "b", "b"], "all_counted") == pytest.approx(
        [math.sqrt((1 + 1) / 4**2 * 2 / 1 * 3 / (4 - 3))]
    )
    assert cluster_errors(fit, ["a", "a", "b", "b"], "linearmodels") == pytest.approx(
        [math.sqrt((1 + 1) / 4**2 * 4 / (4 - 1))]
    )
    # Clusters that cut through the effects: nothing is nested.
    assert cluster_errors(fit, ["p", "q", "q", "p"], "nested_not_counted") == pytest.approx(
        cluster_errors(fit, ["p", "q", "q", "p"], "all_counted")
    )


@st.composite
def gappy(draw: st.DrawFn) -> tuple[Floats, Floats, Indices, Indices]:
    """Draw outcomes and two regressors in a panel with gaps."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    unit, year = (grid.ravel() for grid in np.meshgrid(np.arange(7), np.arange(5)))
    kept = rng.random(unit.size) < 0.85
    return (
        rng.normal(size=kept.sum()),
        rng.normal(size=(kept.sum(), 2)),
        unit[kept].astype(np.intp),
        year[kept].astype(np.intp),
    )


@given(gappy())
def test_effects_are_dummies_also_in_a_panel_with_gaps(drawn: tuple[Floats, Floats, Indices, Indices]) -> None:
    from statsmodels.api import OLS

    outcome, regressors, unit, year = drawn
    dummies = [pd.get_dummies(unit, dtype=float), pd.get_dummies(year, dtype=float).iloc[:, 1:]]
    written_out = OLS(outcome, np.column_stack([regressors, *dummies])).fit(
        cov_type="cluster", cov_kwds={"groups": unit}
    )
    fit = within(outcome, regressors, [unit, year])
    assert fit.coefficients == pytest.approx(written_out.params[:2], abs=1e-8)
    # Statsmodels counts every dummy: G/(G − 1)·(n − 1)/(n − K).
    assert cluster_errors(fit, unit, "all_counted") == pytest.approx(written_out.bse[:2], rel=1e-6)


def test_parts_of_a_panel_that_never_meet_count_their_own_constant() -> None:
    # Units a, b in years 1, 2 and units c, d in years 3, 4: 4 + 4 labels, but 2 constants said twice, so 6 count.
    unit, year = list("aabbccdd") * 2, [1, 2, 1, 2, 3, 4, 3, 4] * 2
    rng = np.random.default_rng(5)
    fit = within(rng.normal(size=16), rng.normal(size=16), [unit, year])
    none, every = (cluster_errors(fit, unit, correction)[0] for correction in ("none_counted", "all_counted"))
    assert (every / none) ** 2 == pytest.approx((16 - 1) / (16 - 1 - 6))


def test_without_effects_the_constant_counts() -> None:
    rng = np.random.default_rng(6)
    fit = within(rng.normal(size=12), rng.normal(size=12), [])
    assert fit.regressors.mean() == pytest.approx(0)
    one, other = (cluster_errors(fit, list("aabbccddeeff"), name)[0] for name in ("none_counted", "all_counted"))
    assert one == other


@given(gappy())
def test_columns_of_very_different_size_are_estimated_alike(drawn: tuple[Floats, Floats, Indices, Indices]) -> None:
    outcome, regressors, unit, year = drawn
    plain = within(outcome, regressors, [unit, year])
    sized = within(outcome * 1e-6 + 50, regressors * [1e6, 1] + [3e8, 0], [unit, year])
    assert sized.coefficients == pytest.approx(plain.coefficients * [1e-12, 1e-6], rel=1e-4, abs=0)
    one, other = (cluster_errors(fit, unit, "all_counted") for fit in (plain, sized))
    assert other == pytest.approx(one * [1e-12, 1e-6], rel=1e-4, abs=0)


# --- refusals ---------------------------------------------------------------------------------------------------------

Y, X, LABELS = [1.0, 2, 4, 3], [1.0, 2, 3, 5], ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("outcome", "regressors", "effects", "message"),
    [
        ([1.0, math.nan, 4, 3], X, [], "outcome has 1 values that are missing"),
        (Y, [1.0, 2, math.inf, 5], [], "regressors has 1 values"),
        (Y, X[1:], [], r"outcome is \(4,\) and regressors \(3, 1\)"),
        ([], [], [], "expected as many rows in both, one or more"),
        (Y, X, [LABELS] * 3, "there are 3 effects; expected none, one or two"),
        (Y, X, [LABELS[1:]], r"an effect has labels \(3,\); expected one for each of 4"),
        (Y, X, [["a", None, "b", "b"]], "an effect has 1 labels missing"),
        (Y, X, [[1.0, math.nan, 2.0, 2.0]], "an effect has 1 labels missing"),
        (Y, X, [pd.Series(["a", pd.NA, "b", "b"], dtype="string")], "an effect has 1 labels missing"),
        (Y, np.zeros((4, 0)), [], "0 regressors keep no movement"),
        (Y, [0.1] * 4, [], "1 regressors keep no movement of their own beside 0 fixed effects"),
        (Y, [7.0, 7, 9, 9], [LABELS], "keep no movement of their own beside 1 fixed effects"),
        (Y, [[1.0, 2], [2, 4], [3, 6], [5, 10]], [], "2 regressors keep no movement of their own"),
        (Y, X, [[1, 2, 3, 4]], "keep no movement of their own"),
    ],
)
def test_what_cannot_be_estimated_is_refused(
    outcome: object, regressors: object, effects: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        within(outcome, regressors, effects)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clusters", "correction", "message"),
    [
        (LABELS, "stata", "correction is 'stata'; expected one of nested_not_counted, all_counted"),
        (["a"] * 4, "none_counted", "there is 1 cluster"),
        (LABELS[1:], "none_counted", "clusters has labels"),
    ],
)
def test_what_has_no_error_is_refused(clusters: list[str], correction: Correction, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cluster_errors(within(Y, X, [LABELS]), clusters, correction)


def test_as_many_parameters_as_observations_leave_no_error() -> None:
    fit = within(Y, X, [LABELS, [1, 2, 1, 2]])  # 1 slope + 2 + 2 − 1 effects
    with pytest.raises(ValueError, match="4 observations for 4 parameters"):
        cluster_errors(fit, LABELS, "all_counted")


def test_there_is_no_correction_by_default() -> None:
    with pytest.raises(TypeError, match="correction"):
        cluster_errors(within(Y, X, [LABELS]), LABELS)  # type: ignore[call-arg]
