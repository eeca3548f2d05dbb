"""Qualitative comparative analysis by hand: small tables whose answer can be worked out on paper."""

import math
import time

import numpy as np
import pandas as pd
import pytest

from bt_analysis.methods import qca
from bt_analysis.methods.qca import robustness, terms
from bt_analysis.methods.qca.covers import smallest_covers
from bt_analysis.methods.qca.models import Space
from bt_analysis.methods.qca.primes import Primes
from bt_analysis.methods.qca.solutions import contradictory_assumptions

# Four possible rows, of which 00 was never seen.
XY = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 1], "Y": [1, 1, 0, 0]}, index=["noord", "oost", "zuid", "west"])


def names(solution: qca.Solution) -> list[str]:
    return [str(model) for model in solution.models]


def test_one_condition_separates() -> None:
    found = qca.analyse(qca.truth_table(XY, "Y"))
    assert [names(solution) for solution in found.solutions] == [["A"], ["A"], ["A"]]
    assert (found.conservative.models[0].fit.coverage, found.conservative.models[0].fit.consistency) == (1, 1)


def test_the_absence_has_its_own_table() -> None:
    found = qca.analyse(qca.truth_table(XY, "Y", absent=True))
    assert found.table.outcome == "~Y"
    # Without remainders ~A*B; with 00 as well ~A alone.
    assert [names(solution) for solution in found.solutions[:2]] == [["~A*B"], ["~A"]]


def test_an_easy_counterfactual_needs_an_expectation() -> None:
    table = qca.truth_table(XY, "Y", absent=True)
    # B does not need to be there for the absence, if B absent is expected to help it.
    assert names(qca.analyse(table, {"B": 0}).intermediate) == ["~A"]
    assert names(qca.analyse(table, {"B": 1}).intermediate) == ["~A*B"]
    assert names(qca.analyse(table).intermediate) == ["~A*B"]


def test_an_excluded_remainder_is_not_used() -> None:
    table = qca.truth_table(XY, "Y", absent=True)
    assert names(qca.analyse(table, excluded=[(0, 0)]).parsimonious) == ["~A*B"]


def test_a_contradiction_is_flagged_with_its_cases() -> None:
    data = pd.DataFrame({"A": [1, 1, 0], "Y": [1, 0, 0]}, index=["noord", "oost", "zuid"])
    rows = qca.truth_table(data, "Y").rows
    assert rows["contradictory"].tolist() == [False, True]
    # incl of A = 1: one of two.
    assert list(rows.loc[1, ["cases", "incl", "with_n", "without_n", "OUT"]]) == ["noord;oost", 0.5, 1, 1, "0"]
    assert qca.truth_table(data, "Y", incl_cut=0.5).rows["OUT"].tolist() == ["0", "1"]


def test_nothing_to_explain_gives_no_model() -> None:
    data = pd.DataFrame({"A": [1, 0], "Y": [0, 0]})
    found = qca.analyse(qca.truth_table(data, "Y"))
    assert [solution.models for solution in found.solutions] == [(), (), ()]


def test_everything_explained_is_the_term_that_always_holds() -> None:
    data = pd.DataFrame({"A": [1, 0], "Y": [1, 1]})
    assert names(qca.analyse(qca.truth_table(data, "Y")).parsimonious) == ["1"]


def test_too_few_cases_make_a_remainder() -> None:
    rows = qca.truth_table(XY, "Y", n_cut=2).rows
    # 11 and 10 hold one case each, 01 two.
    assert dict(zip(rows["n"], rows["OUT"], strict=True)) == {2: "0", 1: "?"}


def test_a_cut_is_reached_by_a_sum_that_rounds_to_it() -> None:
    # 0.8 + 0.1 + 0.9 = 1.8 of 0.8 + 0.1 + 1.1: in floating point a little less than .9 of 2.
    data = pd.DataFrame({"A": [0.8, 0.7, 0.5], "Y": [0.8, 0.5, 0.5]})
    cut = 1.8 / 2.0
    assert qca.truth_table(data, "Y", incl_cut=cut).rows["OUT"].tolist() == ["?", "1"]


def test_more_rows_than_cases_is_told() -> None:
    assert not qca.truth_table(XY, "Y").too_many_conditions  # 4 rows, 4 cases
    assert qca.truth_table(XY.assign(C=0), "Y").too_many_conditions  # 8 rows, 4 cases
    assert qca.truth_table(XY.assign(C=0), "Y").possible_n == 8


def test_a_chart_with_tied_covers_keeps_them_all() -> None:
    # Rows 0, 1, 2; the cyclic chart of three implicants that each cover two: any two do.
    chart = [0b011, 0b110, 0b101]
    assert smallest_covers(chart, 3).choices == ((0, 1), (0, 2), (1, 2))
    # An implicant that another dominates still makes a tied cover: 0b001 beside 0b011 when 0b110 covers the rest.
    assert smallest_covers([0b001, 0b011, 0b110], 3).choices == ((0, 2), (1, 2))


def test_a_chart_with_too_many_covers_says_so() -> None:
    found = smallest_covers([0b1] * 5 + [0b10] * 5, 2, most=7)
    assert (len(found.choices), found.complete) == (7, False)
    assert len(smallest_covers([0b1] * 5 + [0b10] * 5, 2).choices) == 25


def test_a_row_that_nothing_covers() -> None:
    assert smallest_covers([0b01], 2).choices == ()
    assert smallest_covers([], 0).choices == ((),)


def test_prime_implicants_of_three_levels() -> None:
    # A in 0, 1, 2 with B = 1 explained, nothing else: B alone; without A = 2 it takes two terms.
    assert Primes((3, 2), [(0, 1), (1, 1), (2, 1)]).primes() == [(-1, 1)]
    assert Primes((3, 2), [(0, 1), (1, 1)]).primes() == [(1, 1), (0, 1)]


def test_too_many_conditions_are_refused() -> None:
    with pytest.raises(ValueError, match=r"got 20 conditions.*Use fewer"):
        Primes((2,) * 20, [(0,) * 20]).primes()


def test_configurations_are_numbered_as_rows_of_a_truth_table() -> None:
    space = Space((3, 2))
    assert [space.configuration(number) for number in range(6)] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
    assert [space.number((2, 0)), space.number((0, 1))] == [4, 1]
    assert space.members(space.mask((2, -1))) == [(2, 0), (2, 1)]
    assert space.members(space.mask((-1, 1))) == [(0, 1), (1, 1), (2, 1)]


def test_remainders_used_for_both_outcomes_are_found() -> None:
    data = pd.DataFrame({"A": [1, 0], "B": [1, 0], "Y": [1, 0]})
    with_it, without = qca.analyse(qca.truth_table(data, "Y")), qca.analyse(qca.truth_table(data, "Y", absent=True))
    # A or B alone explain the one, ~A or ~B alone the other: both use the rows 10 and 01.
    assert names(with_it.parsimonious) == ["A", "B"]
    assert names(without.parsimonious) == ["~A", "~B"]
    assert contradictory_assumptions(with_it.parsimonious, without.parsimonious) == {(1, 0), (0, 1)}


def test_terms_are_read_and_written() -> None:
    conditions, levels = ("DEV", "STB"), (2, 2)
    assert terms.parse("DEV*~STB + STB", conditions) == [(1, 0), (-1, 1)]
    assert terms.name((1, 0), conditions, levels) == "DEV*~STB"
    assert terms.name((-1, -1), conditions, levels) == "1"
    assert terms.name((2, 0), conditions, (3, 2)) == "DEV[2]*STB[0]"
    assert terms.parse("DEV[2]*STB[0]", conditions) == [(2, 0)]
    values = np.array([[0.8, 0.3], [0.2, 0.9]])
    assert terms.union(values, terms.parse("DEV*~STB", conditions), levels).tolist() == pytest.approx([0.7, 0.1])
    # A set and its absence at once: nobody.
    assert terms.membership(values, terms.parse("DEV*~DEV", conditions)[0], levels).tolist() == [0, 0]


@pytest.mark.parametrize("wrong", ["XYZ", "~DEV[2]", "", "DEV**STB"])
def test_what_cannot_be_read_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected one of DEV, STB"):
        terms.parse(wrong, ["DEV", "STB"])


def test_calibration_by_hand() -> None:
    # Anchors 0, 10, 20: at 10 it is .5, at 20 1 / (1 + 1/19) = .95, at 0 .05.
    assert qca.calibrate([0, 10, 20], 0, 10, 20).tolist() == pytest.approx([0.05, 0.5, 0.95])
    # Halfway to inclusion: 1 / (1 + exp(−log(19) / 2)) = 1 / (1 + 1/√19).
    assert qca.calibrate([15], 0, 10, 20)[0] == pytest.approx(1 / (1 + 1 / math.sqrt(19)))
    # A set of cases with little: the anchors fall.
    assert qca.calibrate([15, 9.5, 5], 15, 9.5, 5).tolist() == pytest.approx([0.05, 0.5, 0.95])
    assert math.isnan(qca.calibrate([float("nan")], 0, 10, 20)[0])


def test_crisp_thresholds() -> None:
    assert qca.crisp([1, 5, 9], 5).tolist() == [0, 1, 1]
    assert qca.crisp([1, 5, 9], 9, 5).tolist() == [0, 1, 2]


def test_skewness() -> None:
    found = qca.skewness(pd.DataFrame({"A": [1.0] * 9 + [0.0], "B": [1, 0] * 5}))
    # 9 of 10 in A: more than 80%.
    assert found[["set", "in_n", "in_share", "skewed"]].to_numpy().tolist() == [
        ["A", 9, 0.9, True],
        ["B", 5, 0.5, False],
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qca.calibrate([1], 0, 0, 1), "got anchors 0, 0, 1"),
        (lambda: qca.calibrate([1], 0, 1, 2, certain=0.5), "got certain = 0.5"),
        (lambda: qca.crisp([1.0, float("nan")], 1), "1 missing figures"),
        (lambda: qca.crisp([1, 2], 7), "got threshold 7"),
        (lambda: qca.truth_table(XY, "Z"), "outcome Z"),
        (lambda: qca.truth_table(XY, "Y", ["Y"]), "conditions Y"),
        (lambda: qca.truth_table(XY, "Y", incl_cut=1.2), "got cuts"),
        (lambda: qca.truth_table(XY.assign(Y=[1, 1, 0, np.nan]), "Y"), "missing"),
        (lambda: qca.truth_table(XY.assign(A=[1, 0, 0, np.nan]), "Y"), "got values in A"),
        (lambda: qca.truth_table(XY.assign(A=[1, 2, 0, 0.5]), "Y"), "got values in A"),
        (lambda: qca.analyse(qca.truth_table(XY, "Y"), {"Q": 1}), "got expectation Q"),
        (lambda: qca.analyse(qca.truth_table(XY, "Y"), {"A": 2}), "got expectation A"),
    ],
)
def test_wrong_input_is_named(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=message):
        call()


def test_necessity_by_hand() -> None:
    data = pd.DataFrame({"A": [1, 1, 1, 0], "Y": [1, 1, 0, 0]})
    found = qca.necessity(data, "Y").set_index("expression")
    # A: 2 of 2 with Y have it; of the others, 1 is without A, out of the 2 that are not in both: RoN = 1 / 2.
    assert list(found.loc["A", ["inclN", "RoN", "covN"]]) == pytest.approx([1, 1 / 2, 2 / 3])
    assert bool(found.loc["A", "necessary"])
    # ~A is nobody with Y.
    assert found.loc["~A", "inclN"] == 0
    absent = qca.necessity(data, "Y", ["~A"], absent=True)
    assert absent["inclN"].tolist() == pytest.approx([1 / 2])


def test_robustness_tells_which_terms_stay() -> None:
    base = qca.analyse(qca.truth_table(XY, "Y"))
    found = robustness.stays(base, [*robustness.dropped(XY, lambda rest: qca.analyse(qca.truth_table(rest, "Y")))])
    assert found["value"].drop_duplicates().tolist() == ["noord", "oost", "zuid", "west"]
    short = found[found["kind"].eq("parsimonious")].set_index("value")
    # Without "oost", A and Y still go together, but ~A*B and A*B are the only rows: A alone still separates.
    assert short["stays"].tolist() == [True] * 4
    strict = found[found["kind"].eq("conservative")].set_index("value")
    # Without "noord" only 10 is explained: A*~B; without "oost" only 11: A*B.
    assert strict["stays"].to_dict() == {"noord": False, "oost": False, "zuid": True, "west": True}


def test_robustness_varies_cuts_and_anchors() -> None:
    raw = pd.DataFrame({"A": [1.0, 8.0, 12.0, 19.0]})
    anchors = (0.0, 10.0, 20.0)
    calibrated = pd.DataFrame({"A": qca.calibrate(raw["A"], *anchors), "Y": [0, 0, 1, 1]})

    def again(data: pd.DataFrame, cut: float = 0.75) -> qca.Analysis:
        return qca.analyse(qca.truth_table(data, "Y", incl_cut=cut))

    base = again(calibrated)
    assert names(base.parsimonious) == ["A"]
    found = robustness.stays(base, [*robustness.cuts(lambda cut: again(calibrated, cut))])
    assert found["value"].drop_duplicates().tolist() == ["0.75", "0.8", "0.85", "0.9"]
    moved = robustness.stays(base, [*robustness.anchors(raw, calibrated, {"A": anchors}, again)])
    # Three anchors, each 10% of 20 = 2 down and up.
    assert moved["value"].drop_duplicates().tolist() == [
        "A exclusion -2", "A exclusion 2", "A crossover 8", "A crossover 12", "A inclusion 18", "A inclusion 22",
    ]  # fmt: skip


def test_a_shift_past_another_anchor_is_left_out() -> None:
    raw = pd.DataFrame({"A": [1.0, 9.0]})
    now = (0.0, 1.0, 20.0)
    data = pd.DataFrame({"A": qca.calibrate(raw["A"], *now), "Y": [0, 1]})
    variants = [*robustness.anchors(raw, data, {"A": now}, lambda _: None)]
    # The crossover 1 − 2 lies below exclusion; exclusion 0 + 2 lies above the crossover.
    assert [value for _, value, _ in variants] == [
        "A exclusion -2", "A crossover 3", "A inclusion 18", "A inclusion 22",
    ]  # fmt: skip


def test_eight_conditions_and_sixty_cases_within_a_second() -> None:
    draw = np.random.default_rng(3)
    data = pd.DataFrame(draw.integers(0, 2, (60, 8)), columns=list("ABCDEFGH"))
    data["Y"] = (data["A"] & data["B"]) | (data["C"] & (1 - data["D"]))
    best = math.inf
    for _ in range(3):
        start = time.perf_counter()
        found = qca.analyse(qca.truth_table(data, "Y"), dict.fromkeys("ABCDEFGH", 1))
        best = min(best, time.perf_counter() - start)
    assert best < 1
    assert frozenset({"A*B", "C*~D"}) in found.parsimonious.names
