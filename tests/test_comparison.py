"""What goes into a comparison of paths, and what is refused."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from bt_analysis.methods.comparison import Comparison, Panel, centred, compare, panel, without_rounding
from bt_analysis.methods.differences import matched_did
from bt_analysis.methods.synthetic_control import synthetic_control
from bt_analysis.methods.synthetic_did import synthetic_did

PATHS = np.array([[10.0, 12.0, 20.0, 22.0], [8.0, 9.0, 10.0, 11.0], [12.0, 15.0, 16.0, 17.0], [1.0, 2.0, 3.0, 4.0]])
ESTIMATORS: list[Callable[..., Comparison]] = [
    matched_did,
    synthetic_control,
    lambda *given: synthetic_control(*given, demeaned=True),
    synthetic_did,
]


def test_several_treated_are_averaged() -> None:
    rows = panel(PATHS, [0, 1], 2, [2, 3])
    assert rows.treated.tolist() == [(10 + 8) / 2, (12 + 9) / 2, (20 + 10) / 2, (22 + 11) / 2]
    assert rows.donors.tolist() == [[12, 15, 16, 17], [1, 2, 3, 4]]
    assert (rows.n_treated, rows.before, rows.after) == (2, 2, 2)


def test_one_year_before_is_enough_unless_a_method_asks_for_more() -> None:
    assert panel(PATHS, 0, 1, [1, 2]).before == 1
    # did from one year to the next three: (12 + 20 + 22)/3 − 10 = 8, and of the donor (9 + 10 + 11)/3 − 8 = 2.
    assert matched_did(PATHS, 0, 1, [1], [1.0]).effect == pytest.approx(8 - 2)
    with pytest.raises(ValueError, match=r"first_after is 1 in 4 years; expected 2 … 3, so that 2 or more lie before"):
        synthetic_did(PATHS, 0, 1, [1])


def test_the_last_year_is_after_and_there_is_none_beyond_it() -> None:
    assert panel(PATHS, 0, 3, [1]).after == 1
    with pytest.raises(ValueError, match=r"first_after is 4 in 4 years; expected 1 … 3"):
        panel(PATHS, 0, 4, [1])


def test_a_comparison_by_hand() -> None:
    rows = Panel(np.array([10.0, 12.0, 20.0]), np.array([[8.0, 9.0, 10.0], [12.0, 15.0, 16.0]]), 1, 2)
    found = compare(rows, np.array([0.5, 0.5]))
    assert found.path.tolist() == [(8 + 12) / 2, (9 + 15) / 2, (10 + 16) / 2]
    assert found.gap.tolist() == [10 - 10, 12 - 12, 20 - 13]
    assert (found.effect, found.pre_rmse) == (7, 0)
    # From the second year alone, with the first donor: 12 − 9 = 3 is added to its path, so 20 − (10 + 3) is left.
    lifted = compare(rows, np.array([1.0, 0.0]), level=np.array([0.0, 1.0]))
    assert lifted.path.tolist() == [8 + 3, 9 + 3, 10 + 3]
    assert lifted.effect == 20 - 13
    assert lifted.pre_rmse == pytest.approx(math.sqrt(((10 - 11) ** 2 + 0) / 2))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_two_years_before_and_one_donor_are_enough(estimator: Callable[..., Comparison]) -> None:
    found = estimator(PATHS, 0, 2, [1])
    assert found.weights.tolist() == [1.0]
    assert np.isfinite([found.effect, found.pre_rmse, *found.path, *found.gap]).all()
    assert found.effect == pytest.approx(found.gap[2:].mean())
    assert found.pre_rmse == pytest.approx(math.sqrt((found.gap[:2] ** 2).mean()))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_missing_value_is_refused_where_it_counts_and_only_there(estimator: Callable[..., Comparison]) -> None:
    holed = PATHS.copy()
    holed[3, 1] = np.nan
    assert estimator(holed, 0, 2, [1, 2]).effect == estimator(PATHS, 0, 2, [1, 2]).effect
    with pytest.raises(ValueError, match=r"path in row 3 has 1 values that are missing or infinite, the first at 1;"):
        estimator(holed, 0, 2, [1, 3])
    with pytest.raises(ValueError, match="path in row 3"):
        estimator(holed, 3, 2, [1, 2])


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize(
    ("treated", "first_after", "donors", "message"),
    [
        (0, 2, [], "donors is empty; expected at least one row"),
        ([], 2, [1], "treated is empty"),
        (0, 2, [0, 1], "row 0 is treated and a donor"),
        (0, 2, [1, 1], "row 1 is given 2 times; expected each row once"),
        (0, 2, [4], "row 4 … 4; expected 0 … 3"),
        (-1, 2, [1], "row -1 … -1"),
        (0, 2, np.array([False, True, True, False]), "donors holds bool in 1 dimensions; expected row numbers"),
        (0, 2, [1.0], "donors holds float64"),
        (0, 4, [1], "first_after is 4 in 4 years"),
        (0, 0, [1], "first_after is 0 in 4 years"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    estimator: Callable[..., Comparison], treated: object, first_after: int, donors: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        estimator(PATHS, treated, first_after, donors)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_where_nothing_moves_the_effect_is_nought_and_not_rounding(estimator: Callable[..., Comparison]) -> None:
    paths = np.full((8, 9), 0.1) + np.arange(8)[:, None] * 0.7
    paths[0] = paths[1:].mean(axis=0)
    found = estimator(paths, 0, 6, list(range(1, 8)))
    if estimator is synthetic_control:
        assert found.effect == pytest.approx(0, abs=1e-6)  # the fit itself is an optimum, exact to 1e-8
    else:
        assert found.effect == 0
    same = np.full((8, 9), 70.1)
    assert estimator(same, 0, 6, list(range(1, 8))).effect == 0


def test_a_mean_of_equal_paths_leaves_no_gap() -> None:
    rounded = [donors for donors in range(2, 40) if np.full(donors, 1 / donors) @ np.full(donors, 70.1) != 70.1]
    assert rounded  # the computer makes of 70.1 a hair more or less
    for donors in rounded:
        found = matched_did(np.full((donors + 1, 3), 70.1), 0, 2, range(1, donors + 1))
        plain = compare(panel(np.full((donors + 1, 3), 70.1), 0, 2, range(1, donors + 1)), np.full(donors, 1 / donors))
        assert found.effect == plain.effect == plain.pre_rmse == 0


def test_what_is_rounding_depends_on_how_large_the_numbers_are() -> None:
    # 1e-13 of 1,000 is 1e-10: so much and less is rounding, more is a difference; either way.
    left = without_rounding(np.array([1e-10, -1e-10, 2e-10, -2e-10, 0.0]), 1_000.0)
    assert left.tolist() == [0, 0, 2e-10, -2e-10, 0]
    assert without_rounding(np.array([1e-13, 2e-13]), 1.0).tolist() == [0, 2e-13]
    assert centred(np.array([[1.0, 3.0], [0.1, 0.1]]), 1).tolist() == [[-1, 1], [0, 0]]


def test_half_a_year_is_no_column() -> None:
    with pytest.raises(TypeError, match="float"):
        panel(PATHS, 0, 2.5, [1])  # type: ignore[arg-type]


def test_one_path_is_no_panel() -> None:
    with pytest.raises(ValueError, match="1 dimensions; expected 2: units × years"):
        panel(PATHS[0], 0, 2, [1])
