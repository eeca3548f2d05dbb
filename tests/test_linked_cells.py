"""Cells linked by sums: how far a hidden one can be from its value, worked out by hand."""

import numpy as np
import pytest
from scipy import sparse

from bt_analysis.methods.linked_cells import LinkedCells

# Two groups and their total, in two years: (a, b, total) and (a, b, total), and a over both years.
VALUES = [3.0, 8.0, 11.0, 20.0, 7.0, 27.0, 23.0]
SUMS = [[1, 1, -1, 0, 0, 0, 0], [0, 0, 0, 1, 1, -1, 0], [1, 0, 0, 1, 0, 0, -1]]


def flags(*cells: int, n: int = 7) -> np.ndarray:
    return np.isin(np.arange(n), cells)


def test_a_cell_alone_in_its_sum_cannot_move() -> None:
    table = LinkedCells.of(VALUES, SUMS)
    assert table.reach(flags(1), 1, 1) == 0
    assert table.reach(flags(1), 1, -1) == 0


def test_two_cells_of_a_sum_exchange_what_they_hold() -> None:
    # a of both years and b of both years are hidden: what a gains in one year, b loses there and gains in the other.
    table = LinkedCells.of(VALUES, SUMS)
    hidden = flags(0, 1, 3, 4)
    assert table.reach(hidden, 0, -1) == 3  # a: 3 - 3 = 0, b: 8 + 3, a: 20 + 3, b: 7 - 3
    assert table.reach(hidden, 0, 1) == min(8, 20)  # b can lose 8, a of the other year 20
    assert table.reach(hidden, 4, -1) == 3
    assert table.reach(hidden, 4, 1) == 8


def test_a_limit_that_everybody_knows_is_not_passed() -> None:
    table = LinkedCells.of(VALUES, SUMS, [np.inf, 9, np.inf, np.inf, np.inf, np.inf, np.inf])
    assert table.reach(flags(0, 1, 3, 4), 0, -1) == 9 - 8
    assert table.reach(flags(0, 1, 3, 4), 0, 1) == 8


def test_a_cell_beside_a_hidden_total_has_no_limit() -> None:
    table = LinkedCells.of(VALUES, SUMS)
    assert table.reach(flags(1, 2), 1, 1) == np.inf
    assert table.reach(flags(1, 2), 1, -1) == 8


def test_looking_stops_where_it_is_enough() -> None:
    table = LinkedCells.of(VALUES, SUMS)
    assert table.reach(flags(1, 2), 1, 1, 5) == 5
    assert table.reach(flags(1, 2), 1, -1, 5) == 5
    assert table.reach(flags(0, 1, 3, 4), 0, -1, 5) == 3


def test_parts_share_no_sum_of_cells_that_may_be_hidden() -> None:
    table = LinkedCells.of(VALUES, SUMS)
    everything = np.ones(7, dtype=bool)
    assert [part.tolist() for part in table.parts(everything, flags(0))] == [[0, 1, 2, 3, 4, 5, 6]]
    # With a of the first year shown, nothing ties that year to the others.
    open_ = ~flags(0)
    assert [part.tolist() for part in table.parts(open_, flags(1))] == [[1, 2]]
    assert [part.tolist() for part in table.parts(open_, flags(1, 5))] == [[1, 2], [3, 4, 5, 6]]
    assert table.parts(open_, flags()) == []


def test_some_cells_keep_the_sums_they_stand_in() -> None:
    part = LinkedCells.of(VALUES, SUMS).only(np.array([3, 6]))
    assert part.values.tolist() == [20, 23]
    assert part.equations.toarray().tolist() == [[1, 0], [1, -1]]


def test_a_table_of_two_dimensions_is_a_network() -> None:
    assert LinkedCells.of(VALUES, SUMS).far() == 1
    assert LinkedCells.of(np.zeros(3), [[1, 1, -1], [1, -1, 0]]).far() == 2  # a + b = c and a = b: c moves by 2
    assert LinkedCells.of(np.zeros(3), [[1, 1, -1], [1, 1, 0], [1, 0, -1]]).far() > 2
    assert LinkedCells.of(np.zeros(2), [[2, -1]]).far() > 2


@pytest.mark.parametrize(
    ("values", "equations", "upper", "sentence"),
    [
        ([1, 2], [[1, 1, -1]], None, "values of shape .2,. and equations of shape .1, 3.; expected a column per value"),
        ([1, -2, -1], [[1, 1, -1]], None, "cell 1 is -2; expected 0 or more"),
        ([9, 1, 10], [[1, 1, -1]], [8, 9, 99], "cell 0 is 9; expected 0 to 8"),
        ([1, float("nan"), 1], [[1, 1, -1]], None, "cell 1 is nan; expected 0 or more"),
        ([1, 2, 4], [[1, 1, -1]], None, "equation 0 is off by 1; expected cells that add up"),
    ],
)
def test_what_cannot_be_a_table_is_refused(
    values: list[float], equations: list[list[int]], upper: list[float] | None, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        LinkedCells.of(values, equations, upper, flags(0, n=len(values)))


def test_the_limit_of_hidden_cells_is_none_of_a_total_that_is_shown() -> None:
    table = LinkedCells.of([4.0, 6.0, 10.0], [[1, 1, -1]], 9, flags(0, 1, n=3))
    assert table.reach(flags(0, 1, n=3), 0, 1) == 9 - 4


def test_sparse_equations_and_no_equations_are_taken() -> None:
    assert LinkedCells.of(VALUES, sparse.csr_array(np.array(SUMS))).equations.shape == (3, 7)
    alone = LinkedCells.of([4.0], np.zeros((0, 1)))
    assert alone.reach(flags(0, n=1), 0, -1) == 4
    assert alone.reach(flags(0, n=1), 0, 1) == np.inf
