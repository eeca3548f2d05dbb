"""Detection: what change stands out, and how much each participant must change for it; the sums are in the tests."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods import detection


def test_the_worked_case() -> None:
    # 2,500 residents, 120 participants, 45% lonely, 300 answers.
    error = 100 * detection.survey_se(0.45, 300)
    assert error == pytest.approx(100 * math.sqrt(0.45 * 0.55 / 300))
    assert round(error, 3) == 2.872
    detectable = detection.minimum_detectable(error)
    assert detectable == pytest.approx(2.8 * math.sqrt(2) * 2.872, abs=0.001 * 2.8)
    assert round(detectable, 1) == 11.4
    needed = detection.needed_per_participant(detectable, 120 / 2500)
    assert needed == pytest.approx(detectable / 0.048)
    assert round(needed) == 237
    assert needed > 100  # more percentage points than there are


def test_the_factor_is_that_of_textbooks() -> None:
    assert detection.minimum_detectable(1.0) == pytest.approx((1.96 + 0.84) * math.sqrt(2))
    assert detection.minimum_detectable(1.0, level=0.10, power=0.90) == pytest.approx((1.64 + 1.28) * math.sqrt(2))


def test_no_noise_lets_any_change_be_seen() -> None:
    assert detection.minimum_detectable(0.0) == 0.0


def test_a_negative_error_is_refused() -> None:
    with pytest.raises(ValueError, match=r"standard error -1 is negative; expected 0 or more\."):
        detection.minimum_detectable(-1.0)


@pytest.mark.parametrize(
    ("p", "n", "inside"),
    [
        (0.5, 100, 0.5),
        (0.0, 100, 0.01),  # as if 1 of 100 had it
        (1.0, 50, 0.98),  # as if 1 of 50 had not
        (0.0, 1, 0.5),  # of one answer nothing is known
        (1.0, 1, 0.5),
    ],
)
def test_the_error_of_a_share(p: float, n: float, inside: float) -> None:
    assert detection.survey_se(p, n) == pytest.approx(math.sqrt(inside * (1 - inside) / n))


@pytest.mark.parametrize(("p", "n"), [(-0.1, 10), (1.1, 10), (45, 300), (0.5, 0), (0.5, -3)])
def test_what_is_no_share_of_answers_is_refused(p: float, n: float) -> None:
    with pytest.raises(ValueError, match="expected a share from 0 to 1 of at least one answer"):
        detection.survey_se(p, n)


def test_the_noise_of_a_wave_is_that_of_a_change_over_the_root_of_two() -> None:
    # Changes −2, 0 and 2: s = √((4 + 0 + 4)/2) = 2.
    assert detection.standard_error_of_change([-2.0, 0.0, 2.0]) == pytest.approx(2 / math.sqrt(2))
    assert detection.standard_error_of_change([-2.0, np.nan, 0.0, 2.0]) == pytest.approx(2 / math.sqrt(2))
    # Every area changed alike: no noise, however large the change.
    assert detection.standard_error_of_change([5.0, 5.0]) == 0.0


@pytest.mark.parametrize("changes", [[], [1.0], [np.nan, 3.0]])
def test_one_area_has_no_noise_to_know(changes: list[float]) -> None:
    assert math.isnan(detection.standard_error_of_change(changes))


def test_nobody_took_part() -> None:
    assert detection.needed_per_participant(1.0, 0.0) == math.inf


@pytest.mark.parametrize("reach", [-0.1, 1.01, 4.8])
def test_a_percentage_is_no_reach(reach: float) -> None:
    with pytest.raises(ValueError, match="expected 0 to 1, and not a percentage"):
        detection.needed_per_participant(1.0, reach)


@given(st.floats(0.001, 1e6), st.floats(0.001, 1.0))
def test_the_change_of_participants_makes_that_of_the_area(change: float, reach: float) -> None:
    others = 0.0
    area = reach * detection.needed_per_participant(change, reach) + (1 - reach) * others
    assert area == pytest.approx(change)


@given(st.floats(0, 1), st.integers(2, 5000))
def test_more_answers_never_hide_more(p: float, n: int) -> None:
    now, more = detection.survey_se(p, n), detection.survey_se(p, n + 1)
    assert more <= now + 1e-12
    assert now > 0
