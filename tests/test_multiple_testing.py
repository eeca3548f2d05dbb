"""Adjusted p values, against a published case and by hand."""

import numpy as np
import pytest

from bt_analysis.methods.multiple_testing import benjamini_hochberg, bonferroni, holm
from tests.published import table

RULES = (holm, bonferroni, benjamini_hochberg)


def test_the_case_of_benjamini_and_hochberg() -> None:
    p = table("benjamini_hochberg_1995_pvalues.csv")["p"]
    assert len(p) == 15
    assert {rule.__name__: int((rule(p) <= 0.05).sum()) for rule in RULES} == {
        "holm": 3, "bonferroni": 3, "benjamini_hochberg": 4,
    }  # fmt: skip


def test_holm_by_hand() -> None:
    # smallest times 3, the next times 2 but no less than that, the largest times 1 but no less than those
    assert holm([0.04, 0.01, 0.02]).tolist() == pytest.approx([0.04, 3 * 0.01, 2 * 0.02])
    assert holm([0.02, 0.01, 0.02]).tolist() == pytest.approx([0.04, 0.03, 0.04])


def test_bonferroni_by_hand() -> None:
    assert bonferroni([0.04, 0.01, 0.5]).tolist() == pytest.approx([3 * 0.04, 3 * 0.01, 1])


def test_benjamini_and_hochberg_by_hand() -> None:
    # 3 × 0.01 / 1, 3 × 0.02 / 2, 3 × 0.04 / 3
    assert benjamini_hochberg([0.04, 0.01, 0.02]).tolist() == pytest.approx([0.04, 0.03, 0.03])


@pytest.mark.parametrize("rule", RULES)
def test_a_missing_p_value_is_no_test(rule: object) -> None:
    assert callable(rule)
    got = rule([0.01, np.nan, 0.02])
    assert np.isnan(got[1])
    assert got[[0, 2]].tolist() == pytest.approx(rule([0.01, 0.02]).tolist())
    assert rule([]).tolist() == []
    assert np.isnan(rule([np.nan])).all()
    assert rule([0.03]).tolist() == [0.03]


@pytest.mark.parametrize("wrong", [-0.01, 1.01])
def test_what_is_no_p_value_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match=rf"1 p values lie outside 0 … 1, the first is {wrong}"):
        holm([0.5, wrong])
