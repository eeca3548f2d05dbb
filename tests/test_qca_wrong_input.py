"""Edges and wrong input of qualitative comparative analysis: an answer, or one line that says what to do."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from bt_analysis.methods import qca
from bt_analysis.methods.qca import robustness
from bt_analysis.methods.qca.solutions import contradictory_assumptions

XY = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 1], "Y": [1, 1, 0, 0]}, index=["noord", "oost", "zuid", "west"])


def kinds(data: pd.DataFrame, *, absent: bool = False, **more: float) -> list[list[str]]:
    table = qca.truth_table(data, "Y", absent=absent, **more)  # type: ignore[arg-type]
    return [[str(model) for model in one.models] for one in qca.analyse(table, {"A": 1}).solutions]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qca.truth_table(XY.iloc[:0], "Y"), "got 0 cases"),
        (lambda: qca.truth_table(XY.assign(A=list("abcd")), "Y"), "got values in A that are missing or no membership"),
        (lambda: qca.truth_table(XY.assign(A=[np.inf, 1, 0, 0]), "Y"), "got values in A"),
        (lambda: qca.truth_table(XY.assign(A=[-1, 1, 0, 0]), "Y"), "got values in A"),
        (lambda: qca.truth_table(XY.assign(Y=[2, 1, 0, 0]), "Y"), "outcome Y that is missing or outside 0 … 1"),
        (lambda: qca.truth_table(XY.assign(Y=list("jjnn")), "Y"), "outcome Y that is missing"),
        (lambda: qca.truth_table(XY.astype("Int64").assign(Y=pd.array([1, None, 0, 1])), "Y"), "outcome Y that is"),
        (lambda: qca.truth_table(XY[["Y"]], "Y"), "got conditions none"),
        (lambda: qca.truth_table(pd.concat([XY, XY[["A"]]], axis=1), "Y"), "expected different columns"),
        (lambda: qca.truth_table(XY.set_axis([0, 1, "Y"], axis=1), "Y"), "named in text"),
        (lambda: qca.truth_table(XY.set_axis(["n", "n", "z", "w"]), "Y"), "got 1 names of cases.*as 'n'"),
        (lambda: qca.truth_table(XY.set_axis(["n;o", "o", "z", "w"]), "Y"), "got 1 names of cases.*as 'n;o'"),
        (lambda: qca.truth_table(XY, "Y", n_cut=0), "n_cut 0"),
        (lambda: qca.analyse(qca.truth_table(XY, "Y"), excluded=[(0,)]), r"got \(0,\) to exclude"),
        (lambda: qca.analyse(qca.truth_table(XY, "Y"), excluded=[(0, 5)]), r"got \(0, 5\) to exclude"),
        (lambda: qca.analyse(qca.truth_table(XY, "Y"), excluded=[(1, 1)]), "that is not explained"),
        (lambda: qca.analyse(qca.truth_table(XY, "Y"), {"A": [0, 7]}), r"got expectation A = \[0, 7\]"),
        (lambda: qca.necessity(XY, "Q"), "got outcome Q"),
        (lambda: qca.necessity(XY.assign(Y=2), "Y"), "outside 0 … 1"),
        (lambda: qca.necessity(XY.assign(Y=[1, np.nan, 0, 0]), "Y"), "missing"),
        (lambda: qca.necessity(XY, "Y", ["A*Q"]), "got 'Q' in 'A.*expected one of A, B"),
        (lambda: qca.crisp([], 1), "got 1 thresholds and 0 cases"),
        (lambda: qca.calibrate([1], float("nan"), 1, 2), "got anchors nan"),
    ],
)
def test_wrong_input_is_named_in_one_line(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert "expected" in str(caught.value)


def test_one_condition() -> None:
    assert kinds(XY[["A", "Y"]]) == [["A"], ["A"], ["A"]]


def test_a_condition_that_never_varies_is_left_out_by_remainders_alone() -> None:
    # Nobody is without C: only a remainder can tell that it is not needed, and nothing expects it to help or not.
    assert kinds(XY.assign(C=1)) == [["A*C"], ["A"], ["A*C"]]


def test_no_positive_row() -> None:
    assert kinds(XY.assign(Y=0)) == [[], [], []]
    assert kinds(XY.assign(Y=1), absent=True) == [[], [], []]


def test_only_positive_rows() -> None:
    # 11, 10 and 01 were seen, all with Y: what covers these is A or B; with 00 as well it is everything.
    assert kinds(XY.assign(Y=1)) == [["A + B"], ["1"], ["A + B"]]


def test_all_rows_have_too_few_cases() -> None:
    assert kinds(XY, n_cut=9) == [[], [], []]


def test_a_cut_of_nothing_takes_every_row() -> None:
    assert kinds(XY, incl_cut=0.0) == [["A + B"], ["1"], ["A + B"]]


def test_a_contradictory_row_counts_as_one_without_the_outcome() -> None:
    # Two of three in row 1 have it: .667 is under the cut of .8, on both sides.
    data = pd.DataFrame({"A": [1, 1, 1, 0], "Y": [1, 1, 0, 0]}, index=list("nozw"))
    with_it, without = (qca.truth_table(data, "Y", incl_cut=0.8, absent=absent).rows for absent in (False, True))
    assert with_it["OUT"].tolist() == ["0", "0"]
    assert without["OUT"].tolist() == ["1", "0"]
    assert with_it["contradictory"].tolist() == without["contradictory"].tolist() == [False, True]
    assert with_it["incl"].tolist() == pytest.approx([0, 2 / 3])


def test_inclusion_is_compared_as_it_is_and_not_as_it_is_printed() -> None:
    # 799 of 1000 prints as .80, and is less.
    data = pd.DataFrame({"A": 1, "Y": [1] * 799 + [0] * 201})
    assert qca.truth_table(data, "Y", incl_cut=0.8).rows["OUT"].tolist() == ["0"]
    assert qca.truth_table(data.assign(Y=[1] * 800 + [0] * 200), "Y", incl_cut=0.8).rows["OUT"].tolist() == ["1"]


def test_a_row_below_the_number_of_cases_is_a_remainder_also_when_it_is_contradictory() -> None:
    data = pd.DataFrame({"A": [1, 1, 0, 0, 0], "Y": [1, 0, 0, 0, 0]}, index=list("nozwm"))
    rows = qca.truth_table(data, "Y", n_cut=3).rows
    assert rows[["n", "OUT", "contradictory"]].to_numpy().tolist() == [[3, "0", False], [2, "?", True]]


def test_cases_with_true_and_false_are_read() -> None:
    assert kinds(XY.astype(bool)) == [["A"], ["A"], ["A"]]


def test_an_expectation_may_be_any_whole_number() -> None:
    table = qca.truth_table(XY, "Y", absent=True)
    for level in (0, False, np.int64(0), [0]):
        assert [str(one) for one in qca.analyse(table, {"B": level}).intermediate.models] == ["~A"]  # type: ignore[dict-item]


def test_figures_far_from_the_anchors_are_in_or_out_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert qca.calibrate([1e9, -1e9], 0, 1, 2).tolist() == [1, 0]


def test_a_set_that_all_are_in_is_trivially_necessary() -> None:
    found = qca.necessity(XY.assign(B=[1, 1, 1, 1]), "Y").set_index("expression")
    # Σ(1 − x) = 0 of Σ(1 − min(x, y)) = 2: relevance 0.
    assert list(found.loc["B", ["inclN", "RoN", "covN"]]) == [1, 0, 0.5]
    assert not found.loc["B", "necessary"]


def test_relevance_of_a_fuzzy_set() -> None:
    data = pd.DataFrame({"A": [0.9, 0.7, 0.2], "Y": [0.8, 0.7, 0.4]})
    found = qca.necessity(data, "Y", ["A"])
    # min = .8, .7, .2: 1.7 of 1.9; Σ(1 − x) = .1 + .3 + .8 = 1.2 of Σ(1 − min) = .2 + .3 + .8 = 1.3; 1.7 of 1.8.
    assert found[["inclN", "RoN", "covN"]].to_numpy()[0].tolist() == pytest.approx([1.7 / 1.9, 1.2 / 1.3, 1.7 / 1.8])
    assert found["necessary"].tolist() == [False]


def test_nothing_is_taken_for_both_when_one_side_has_no_model() -> None:
    none, some = (qca.analyse(qca.truth_table(data, "Y")).parsimonious for data in (XY.assign(Y=0), XY))
    assert contradictory_assumptions(none, some) == set()


def test_leaving_out_each_case_needs_no_more_than_their_order() -> None:
    seen: list[list[str]] = []
    for change, value, again in robustness.dropped(XY, lambda rest: seen.append(list(rest.index))):
        assert change == "dropped"
        again()
        assert value not in seen[-1]
    assert [len(one) for one in seen] == [3, 3, 3, 3]
