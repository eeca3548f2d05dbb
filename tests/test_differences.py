"""Difference-in-differences: restaurants in New Jersey, cigarettes in California, and small sums by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.comparison import Floats
from bt_analysis.methods.differences import FourMeans, four_means, matched_did
from tests import prop99
from tests.published import reference, table

TEMPORARILY_CLOSED = (2, 4, 5)  # renovations, highway construction, a fire

# Others 1 3 → 4 6, treated 2 4 → 9 11: means 2, 5, 3, 10, and each lies 1 from its mean.
OUTCOME = [1.0, 3, 4, 6, 2, 4, 9, 11]
TREATED = [0, 0, 0, 0, 1, 1, 1, 1]
AFTER = [0, 0, 1, 1, 0, 0, 1, 1]


def test_four_means_by_hand() -> None:
    found = four_means(OUTCOME, TREATED, AFTER)
    assert found.mean.tolist() == [[2, 5], [3, 10]]
    assert found.n.tolist() == [[2, 2], [2, 2]]
    assert found.effect == (10 - 3) - (5 - 2)
    assert found.standard_error == pytest.approx(np.full((2, 2), math.sqrt(2 / (2 - 1) / 2)))
    assert found.ols_se == pytest.approx(math.sqrt(8 / (8 - 4) * 4 / 2))
    assert found.hc1_se == pytest.approx(math.sqrt(8 / (8 - 4) * 4 * 2 / 2**2))


def test_the_standard_errors_are_those_of_the_regression() -> None:
    from statsmodels.api import OLS

    rng = np.random.default_rng(7)
    ours, late = rng.integers(0, 2, (2, 60))
    outcome = rng.normal(size=60) * (1 + 2 * ours)
    found = four_means(outcome, ours, late)
    design = np.column_stack([np.ones(60), ours, late, ours * late])
    plain, robust = OLS(outcome, design).fit(), OLS(outcome, design).fit(cov_type="HC1")
    assert found.effect == pytest.approx(plain.params[3])
    assert [found.ols_se, found.hc1_se] == pytest.approx([plain.bse[3], robust.bse[3]])


@pytest.mark.parametrize(
    ("outcome", "treated", "after", "message"),
    [
        (
            [*OUTCOME[:-1], math.nan],
            TREATED,
            AFTER,
            "outcome has 1 values that are missing or infinite, the first at 7",
        ),
        (OUTCOME, TREATED[1:], AFTER, r"outcome is \(8,\) and treated \(7,\)"),
        (OUTCOME, TREATED, [*AFTER[:-1], 2], "after holds 2; expected true and false"),
        (OUTCOME, [*TREATED[:-1], 0.5], AFTER, "treated holds 0.5"),
        (OUTCOME[:-1], TREATED[:-1], AFTER[:-1], r"have \[2, 2, 2, 1\] answers; expected 2 or more in each"),
        ([], [], [], r"have \[0, 0, 0, 0\] answers"),
    ],
)
def test_what_has_no_four_means_is_refused(outcome: object, treated: object, after: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        four_means(outcome, treated, after)  # type: ignore[arg-type]


# --- published: Card and Krueger --------------------------------------------------------------------------------------


def restaurants() -> pd.DataFrame:
    found = table("card_krueger_1994.csv")
    return found.assign(fte=found["ft"] + found["mgrs"] + 0.5 * found["pt"])


def difference(answers: pd.DataFrame) -> FourMeans:
    return four_means(answers["fte"], answers["nj"], answers["d"])


def balanced(answers: pd.DataFrame) -> pd.DataFrame:
    return answers[answers.groupby("id")["fte"].transform("count").eq(2)]


def test_card_and_krueger_are_the_published_result() -> None:
    numbers = reference("card_krueger_1994")
    found = difference(restaurants().dropna(subset="fte"))
    printed = [
        [numbers["mean_pa_before"], numbers["mean_pa_after"]],
        [numbers["mean_nj_before"], numbers["mean_nj_after"]],
    ]
    assert np.stack([found.mean, found.standard_error], axis=-1) == pytest.approx(np.array(printed), abs=0.005)
    assert found.effect == pytest.approx(numbers["did_all"], abs=5e-5)
    assert found.ols_se == pytest.approx(numbers["ols_se"], abs=5e-5)
    assert found.hc1_se == pytest.approx(numbers["hc1_se"], abs=5e-5)


def test_card_and_krueger_balanced_and_with_the_closed_as_nought() -> None:
    numbers, answers = reference("card_krueger_1994"), restaurants()
    assert difference(balanced(answers)).effect == pytest.approx(numbers["did_balanced"], abs=numbers["tol"])
    closed = answers["d"].eq(1) & answers["status"].isin(TEMPORARILY_CLOSED)
    nought = answers.assign(fte=answers["fte"].mask(closed, 0.0))
    assert difference(balanced(nought)).effect == pytest.approx(
        numbers["did_temporarily_closed_zero"], abs=numbers["tol"]
    )


def test_card_and_krueger_with_missing_answers_are_refused() -> None:
    with pytest.raises(ValueError, match="outcome has 26 values that are missing"):
        difference(restaurants())


# --- paths ------------------------------------------------------------------------------------------------------------


def test_california_is_the_published_result() -> None:
    states, numbers = prop99.load(), reference("prop99")["outcome_only"]
    found = matched_did(states.paths, states.california, prop99.BEFORE, states.donors)
    assert found.effect == pytest.approx(numbers["did"], abs=numbers["tol"])


PATHS: list[list[float]] = [[10, 12, 20], [1, 3, 4], [5, 5, 9]]


def test_a_difference_of_paths_by_hand() -> None:
    # 20 − 11 = 9 for the treated; 4 − 2 = 2 and 9 − 5 = 4 for the others.
    assert matched_did(PATHS, 0, 2, [1, 2]).effect == 9 - (2 + 4) / 2
    weighted = matched_did(PATHS, 0, 2, [1, 2], weights=[0.25, 0.75])
    assert weighted.effect == 9 - (0.25 * 2 + 0.75 * 4)
    assert weighted.weights.tolist() == [0.25, 0.75]
    # The path of the others, lifted to the mean of the treated before: 11 − (0.25·2 + 0.75·5) = 6.75.
    assert weighted.path.tolist() == [
        0.25 * 1 + 0.75 * 5 + 6.75,
        0.25 * 3 + 0.75 * 5 + 6.75,
        0.25 * 4 + 0.75 * 9 + 6.75,
    ]


def test_weights_belong_to_donors_in_their_order() -> None:
    one = matched_did(PATHS, 0, 2, [1, 2], weights=[0.25, 0.75])
    assert matched_did(PATHS, 0, 2, [2, 1], weights=[0.75, 0.25]).effect == one.effect


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"weights are \(1,\); expected one for each of 2 donors"),
        ([1.5, -0.5], "weights go down to -0.5"),
        ([2.0, 2.0], "add up to 4; expected none below 0 and a sum of 1"),
        ([math.nan, 1.0], "weights has 1 values"),
    ],
)
def test_what_are_no_weights_is_refused(weights: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        matched_did(PATHS, 0, 2, [1, 2], weights=weights)


@st.composite
def panels(draw: st.DrawFn) -> tuple[Floats, int]:
    """Draw a panel whose first row is treated, and how many years lie before."""
    units, years = draw(st.integers(2, 9)), draw(st.integers(2, 8))
    values = draw(st.lists(st.integers(-400, 400), min_size=units * years, max_size=units * years))
    return np.array(values, dtype=float).reshape(units, years) / 10, draw(st.integers(1, years - 1))


@given(panels(), st.sampled_from([-2.0, 1e-6, 1000.0]))
def test_levels_and_units_of_measurement_change_nothing(drawn: tuple[Floats, int], factor: float) -> None:
    paths, before = drawn
    donors = list(range(1, len(paths)))
    effect = matched_did(paths, 0, before, donors).effect
    level = np.arange(len(paths))[:, None] * 17.5
    common = np.arange(paths.shape[1]) ** 2 * 3.0
    assert matched_did(paths + level + common, 0, before, donors).effect == pytest.approx(effect, abs=1e-9)
    assert matched_did(paths * factor, 0, before, donors).effect / factor == pytest.approx(effect, abs=1e-9)
    assert matched_did(paths, 0, before, donors[::-1]).effect == pytest.approx(effect, abs=1e-9)
