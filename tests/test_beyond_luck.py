"""Patterns beyond luck and tables of configurations: small cases by hand, each verdict with its reason."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning.beyond_luck import look_for
from bt_analysis.analysis.learning.configurations import Configurations, chosen, describe
from bt_analysis.settings import LearningSettings
from tests.shared_figures import names

LEARNING = LearningSettings(draws=199)


def look(outcomes: int = 1, *, y: list[int], **columns: Any) -> Any:
    who = names(len(y))
    return look_for("doel", pd.DataFrame(columns, index=who, dtype=float), pd.Series(y, index=who), outcomes, LEARNING)


def verdict(found: Any, condition: str) -> dict[str, Any]:
    (one,) = found.verdicts[found.verdicts["condition"].eq(condition)].to_dict("records")
    return {str(name): value for name, value in one.items()}


# Each verdict


def test_fewer_than_five_are_not_searched() -> None:
    found = look(y=[1, 1, 0, 0], geld=[1, 1, 0, 0])
    assert verdict(found, "geld")["reason"] == "too_few_cases"
    assert found.tests.empty
    assert found.luck == np.inf


def test_five_are_searched_and_are_never_enough() -> None:
    # Two of five: 10 ways to deal out the outcome; 1 in 10 as good.
    found = look(y=[1, 1, 0, 0, 0], geld=[1, 1, 0, 0, 0])
    assert found.luck == pytest.approx(1 / 10)
    assert verdict(found, "geld")["reason"] == "toeval"


def test_a_condition_that_one_case_has_does_not_vary_enough() -> None:
    found = look(y=[1, 1, 1, 0, 0, 0], geld=[1, 0, 0, 0, 0, 0], trekker=[1, 1, 1, 1, 1, 0])
    assert [verdict(found, one)["reason"] for one in ("geld", "trekker")] == ["no_variation", "no_variation"]


def test_unknown_cases_are_counted_apart() -> None:
    found = look(y=[1, 1, 1, 0, 0, 0], geld=[1, 1, None, 0, 0, 0])
    one = verdict(found, "geld")
    assert (one["known_n"], one["unknown_n"]) == (5, 1)
    (row,) = found.tests.to_dict("records")
    # Of the five that are known: 2 of 2 with, 0 of 3 without
    assert (row["in_with_n"], row["in_n"], row["out_with_n"], row["out_n"]) == (2, 2, 0, 3)


def test_a_pattern_that_stays_without_anyone_is_found() -> None:
    y = [1] * 5 + [0] * 5
    found = look(y=y, geld=y)
    # 252 ways to deal out five of ten, of which 2 separate; without one, five of nine: 126 ways, of which 1
    (row,) = found.tests.to_dict("records")
    assert (row["p"], row["p_without"]) == pytest.approx((2 / 252, 1 / 126))
    assert (row["flips_without"], row["claimed"], row["exact"]) == ("", True, True)
    assert verdict(found, "geld") == {
        "condition": "geld", "verdict": "gevonden", "reason": "", "pattern": "geld", "known_n": 10, "unknown_n": 0,
        "outcome": "doel",
    }  # fmt: skip


def test_what_fits_upside_down_is_found_as_well() -> None:
    y = [1] * 5 + [0] * 5
    (row,) = look(y=y, geld=[1 - one for one in y]).tests.to_dict("records")
    assert row["claimed"]
    assert row["z"] == pytest.approx(-3)  # φ = −1 of ten cases: −√9
    assert (row["in_with_n"], row["out_with_n"]) == (0, 5)


@pytest.mark.parametrize(("outcomes", "claimed"), [(1, True), (6, True), (7, False)])
def test_more_outcomes_make_luck_likelier(outcomes: int, claimed: bool) -> None:
    # p is 2/252 = .0079: six times that is .048, seven times .056
    y = [1] * 5 + [0] * 5
    (row,) = look(outcomes, y=y, geld=y).tests.to_dict("records")
    assert row["p_all"] == pytest.approx(outcomes * 2 / 252)
    assert row["claimed"] == claimed


def test_a_chance_is_never_more_than_one() -> None:
    found = look(50, y=[1, 1, 1, 0, 0, 0], geld=[1, 1, 0, 1, 0, 0])
    assert found.tests["p_all"].tolist() == [1]


def test_a_pattern_that_hangs_on_some_names_them_and_is_not_found() -> None:
    # Three of eight, all with the condition: 1 of 56 ways, so of two outcomes 2/56 = .036. Without one that has it, two
    # of seven: 2/21 = .095; without one that has it not, three of seven: 2/35 = .057. It hangs on everyone.
    y = [1, 1, 1, 0, 0, 0, 0, 0]
    found = look(2, y=y, geld=y)
    (row,) = found.tests.to_dict("records")
    assert row["p_all"] == pytest.approx(2 / 56)
    assert row["p_without"] == pytest.approx(2 / 21)
    assert row["flips_without"] == ";".join(names(8))
    assert not row["claimed"]
    assert verdict(found, "geld")["reason"] == "kantelt"


def test_a_pair_counts_only_when_neither_will_do() -> None:
    # Only with both: of 8 with both all, of 16 others none.
    both: dict[str, Any] = {"geld": [1] * 8 + [1] * 8 + [0] * 8, "trekker": [1] * 8 + [0] * 8 + [1] * 4 + [0] * 4}
    found = look(y=[1] * 8 + [0] * 16, **both)
    claimed = found.tests[found.tests["claimed"]]
    assert "geld*trekker" in set(claimed["pattern"])
    # One condition that does it alone: pairs with it add nothing, and its own verdict names it alone.
    y = [1] * 12 + [0] * 12
    alone = look(y=y, geld=y, trekker=[1, 0] * 12)
    assert alone.tests.loc[alone.tests["claimed"], "pattern"].tolist() == ["geld"]
    assert verdict(alone, "geld")["pattern"] == "geld"
    assert verdict(alone, "trekker")["reason"] in {"toeval", "kantelt"}


# Configurations


def described(y: list[int], outcome: str = "doel", **columns: Any) -> dict[str, pd.DataFrame]:
    who, out = names(len(y)), Configurations()
    describe(out, outcome, pd.DataFrame(columns, index=who, dtype=float), pd.Series(y, index=who), LEARNING)
    return {name: pd.concat(rows, ignore_index=True) for name, rows in out.rows.items() if rows}


def test_cases_that_are_alike_and_differ_in_what_came_of_it_contradict() -> None:
    told = described([1, 0, 1, 0, 0], geld=[1, 1, 1, 0, 0])
    assert set(told) == {"pattern_configurations"}
    rows = told["pattern_configurations"].set_index("configuration")
    with_it, without = rows.loc["geld=1"], rows.loc["geld=0"]
    assert (with_it["n"], with_it["with_n"], with_it["contradictory"]) == (3, 2, True)
    assert (with_it["cases_with"], with_it["cases_without"]) == ("c00;c02", "c01")
    assert with_it["coverage"] == 1  # both of two with the outcome
    assert (without["n"], without["cases_with"], without["contradictory"]) == (2, "", False)
    assert (rows["cases_n"] == 5).all()
    assert (rows["possible_n"] == 2).all()


def test_a_case_of_which_something_is_unknown_is_left_out_and_counted() -> None:
    told = described([1, 1, 1, 0, 0, 0], geld=[1, 1, None, 0, 0, 0])["pattern_configurations"]
    assert set(told["left_out_n"]) == {1}
    assert set(told["cases_n"]) == {5}


def test_without_an_outcome_anywhere_no_share_of_it_is_covered() -> None:
    told = described([0] * 10, geld=[1] * 5 + [0] * 5)
    assert set(told) == {"pattern_configurations"}  # nothing to minimise
    assert told["pattern_configurations"]["coverage"].isna().all()


@pytest.mark.parametrize("count", [9, 10])
def test_a_table_is_minimised_from_ten_cases_on(count: int) -> None:
    y = [at % 2 for at in range(count)]
    assert ("pattern_solutions" in described(y, geld=y)) == (count == 10)


def test_conditions_that_do_not_vary_make_no_table() -> None:
    assert described([1, 0] * 5, geld=[1] * 10) == {}


def test_the_path_to_an_outcome_and_to_its_absence() -> None:
    # With money it came of it, without it did not: 5 and 5.
    y = [1] * 5 + [0] * 5
    told = described(y, geld=y)["pattern_solutions"]
    terms = told[told["term"].ne("") & told["kind"].eq("intermediate")].set_index("absent")
    assert terms["term"].to_dict() == {False: "geld", True: "~geld"}
    assert terms[["consistency", "coverage", "unique_coverage"]].eq(1).all(axis=None)
    assert terms["cases"].to_dict() == {False: "c00;c01;c02;c03;c04", True: "c05;c06;c07;c08;c09"}
    assert terms["cases_against"].eq("").all()


def test_a_case_against_a_path_is_named() -> None:
    y = [1] * 5 + [0] * 6
    told = described(y, geld=[1] * 6 + [0] * 5)["pattern_solutions"]
    own = told[told["term"].eq("geld") & ~told["absent"]]
    assert set(own["cases_against"]) == {"c05"}
    assert own["consistency"].tolist() == pytest.approx([5 / 6] * len(own))


@pytest.mark.parametrize(("count", "most"), [(5, 2), (7, 2), (8, 3), (15, 3), (16, 4), (31, 4), (32, 5), (500, 5)])
def test_there_are_no_more_combinations_than_cases(count: int, most: int) -> None:
    table = pd.DataFrame({f"c{one}": [at % 2 for at in range(count)] for one in range(7)}, dtype=float)
    assert len(chosen(table, pd.Series([0.0] * count), LearningSettings())) == most
    assert most == 2 or 2**most <= count
