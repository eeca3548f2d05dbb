"""Which rows of a table to withhold: small tables whose answer can be seen."""

import numpy as np

from bt_analysis.disclosure.withholding import Line, Measure, rules

SHOWN, HIDDEN = (False,), (True,)


def decide(values: list[float], lines: list[Line], *, width: float = 5, known: tuple[int, ...] = ()) -> list[str]:
    numbers = np.array(values, dtype=float)
    return rules(numbers < 10, lines, [Measure(numbers, np.isin(np.arange(len(values)), known), width)])


def test_a_small_row_takes_the_cheapest_that_protects_both() -> None:
    # Beside the 4 alone, 11 or 20 could be 4 more only. All three can be 5 more: 11 takes it from 20, 20 from 11.
    assert decide([4, 11, 20, 40], [Line([0, 1, 2, 3], SHOWN)]) == ["threshold", "secondary", "secondary", ""]
    assert decide([5, 11, 20, 40], [Line([0, 1, 2, 3], SHOWN)]) == ["threshold", "secondary", "", ""]


def test_a_hidden_sum_tells_nothing() -> None:
    assert decide([6, 11, 20], [Line([0, 1, 2], HIDDEN)]) == ["threshold", "", ""]
    # With 4 the sum, of at least 11 + 20, would seem 4 less at most.
    assert decide([4, 11, 20], [Line([0, 1, 2], HIDDEN)]) == ["threshold", "secondary", ""]


def test_a_hidden_sum_is_not_to_be_added_up() -> None:
    # No row is small, but their sum is hidden elsewhere: it must not follow from the rows.
    values = np.array([12.0, 30.0, 40.0])
    found = rules(np.zeros(3, dtype=bool), [Line([0, 1, 2], HIDDEN)], [Measure(values, np.zeros(3, dtype=bool), 5)])
    assert found == ["secondary", "", ""]


def test_nothing_need_seem_more_than_a_sum_that_is_shown() -> None:
    # 3 and 12 are 15 together: neither can be more than 15, and everybody can see that.
    assert decide([3, 12], [Line([0, 1], SHOWN)]) == ["threshold", "secondary"]


def test_a_number_known_from_elsewhere_protects_nothing() -> None:
    lines = [Line([0, 1, 2, 3], SHOWN)]
    assert decide([8, 11, 20, 40], lines) == ["threshold", "secondary", "", ""]
    assert decide([8, 11, 20, 40], lines, known=(1,)) == ["threshold", "", "secondary", ""]


def test_where_no_choice_is_enough_no_row_is_shown() -> None:
    # The sum over the period holds one row only, so that row is known whatever is hidden.
    lines = [Line([0, 1], SHOWN), Line([0], SHOWN)]
    assert decide([4, 30], lines) == ["threshold", "block"]


def test_a_row_is_hidden_for_all_its_numbers() -> None:
    people = Measure(np.array([6.0, 11.0, 30.0]), np.zeros(3, dtype=bool), 5)
    visits = Measure(np.array([60.0, 11.0, 90.0]), np.zeros(3, dtype=bool), 20)
    small = np.array([True, False, False])
    line = Line([0, 1, 2], (False, False))
    assert rules(small, [line], [people]) == ["threshold", "secondary", ""]
    # 60 visits cannot be 20 more with 11 only.
    assert rules(small, [line], [people, visits]) == ["threshold", "secondary", "secondary"]
    # When the sum of the visits is hidden, people decide.
    assert rules(small, [Line([0, 1, 2], (False, True))], [people, visits]) == ["threshold", "secondary", ""]


def test_without_small_rows_and_hidden_sums_all_are_shown() -> None:
    assert decide([10, 11], [Line([0, 1], SHOWN)]) == ["", ""]
    assert decide([], []) == []
