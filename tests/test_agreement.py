"""Agreement of coders: worked examples from the handbooks, and cases in which it does not exist."""

import math

import pandas as pd
import pytest

from bt_analysis.methods.agreement import NOTHING_TWICE, ONE_CODE, cohen_kappa, krippendorff_alpha, percent

# Krippendorff's example of four observers and twelve units, of which one observed once (Krippendorff 2011).
OBSERVERS = pd.DataFrame(
    {
        "a": list("123321412   "),
        "b": list("1233224125 3"),
        "c": list(" 3332342251 "),
        "d": list("12332441251 "),
    }
).replace(" ", None)


def coded(*pairs: tuple[str, str, int]) -> tuple[pd.Series, pd.Series]:
    """Repeat pairs of codes as often as they were given."""
    rows = [(one, two) for one, two, times in pairs for _ in range(times)]
    return pd.Series([one for one, _ in rows]), pd.Series([two for _, two in rows])


def test_cohen_of_fifty_applications() -> None:
    first, second = coded(("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15))
    found = cohen_kappa(first, second)
    # p = 35/50 = .7; e = .5·.6 + .5·.4 = .5; (.7 − .5)/(1 − .5) = .4
    assert found.value == pytest.approx(0.4)
    assert (found.n, found.undefined) == (50, "")
    assert (round(found.low, 3), round(found.high, 3)) == (
        0.151,
        0.649,
    )  # s² = (.10972 + .10188 − .01)/(50·.25) = .127²


def test_cohen_of_two_tables_with_the_same_share_and_another_kappa() -> None:
    # p = .6 in both; e = .54 and .46, so κ = .06/.46 = .130 and .14/.54 = .259
    one = cohen_kappa(*coded(("y", "y", 45), ("y", "n", 15), ("n", "y", 25), ("n", "n", 15)))
    two = cohen_kappa(*coded(("y", "y", 25), ("y", "n", 35), ("n", "y", 5), ("n", "n", 35)))
    assert (round(one.value, 3), round(two.value, 3)) == (0.130, 0.259)


def test_krippendorff_of_four_observers() -> None:
    found = krippendorff_alpha(OBSERVERS)
    assert round(found.value, 3) == 0.743
    assert found.n == 11  # the twelfth unit was observed once
    assert found.low < 0.743 < found.high


def test_krippendorff_of_two_observers_of_ten_articles() -> None:
    # Krippendorff 2011, example A: binary, two observers; α = 1 − 19·4/(14·6) = .095
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    found = krippendorff_alpha(pd.DataFrame({"a": first, "b": second}))
    assert round(found.value, 3) == 0.095


def test_the_interval_is_the_same_in_every_run() -> None:
    assert krippendorff_alpha(OBSERVERS) == krippendorff_alpha(OBSERVERS)


def test_share_on_which_all_agree() -> None:
    found = percent(OBSERVERS)
    # units 1, 3, 4, 5, 7, 9, 10 and 11 of 11: 8/11
    assert found.value == pytest.approx(8 / 11)
    assert found.n == 11


@pytest.mark.parametrize("code", ["borgt", "blokkeert"])
def test_one_code_for_everything_has_no_agreement_beyond_chance(code: str) -> None:
    first, second = coded((code, code, 12))
    kappa, alpha = cohen_kappa(first, second), krippendorff_alpha(pd.DataFrame({"a": first, "b": second}))
    assert (kappa.undefined, alpha.undefined) == (ONE_CODE, ONE_CODE)
    assert math.isnan(kappa.value)
    assert math.isnan(alpha.value)
    assert percent(pd.DataFrame({"a": first, "b": second})).value == 1.0


def test_nothing_coded_twice() -> None:
    once = pd.DataFrame({"a": ["x", None], "b": [None, "y"]}, dtype=object)
    for found in (cohen_kappa(once["a"], once["b"]), krippendorff_alpha(once), percent(once)):
        assert (found.n, found.undefined) == (0, NOTHING_TWICE)
        assert math.isnan(found.value)


def test_agreeing_on_everything_is_not_being_sure() -> None:
    first, second = coded(("x", "x", 6), ("y", "y", 6))
    kappa = cohen_kappa(first, second)
    # Wilson's lower end of 12/12 = 12/(12 + 1.96²) = .757; e = ½: (.757 − .5)/(1 − .5) = .515
    assert (kappa.value, round(kappa.low, 3), kappa.high) == (1.0, 0.515, 1.0)
    alpha = krippendorff_alpha(pd.DataFrame({"a": first, "b": second}))
    assert (alpha.value, round(alpha.low, 3)) == (1.0, 0.515)


def test_a_thing_that_one_coder_left_open_is_left_out() -> None:
    first, second = pd.Series(["x", "y", None, "x"]), pd.Series(["x", "y", "y", None])
    assert cohen_kappa(first, second).n == 2
