"""Choosing what to hide sum by sum: the same choice as looking at all sums together, or none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.methods.cover import cover, is_protected
from bt_analysis.methods.suppression import NotProtectable, intervals, suppress

NOBODY = np.inf


def line(*parts: float) -> tuple[np.ndarray, np.ndarray]:
    """Return parts and their total, and the sum they make."""
    return np.array([*parts, sum(parts)], dtype=float), np.array([[*(1.0 for _ in parts), -1.0]])


def table(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a table with its margins, row by row, and its sums."""
    full = np.block([[cells, cells.sum(1, keepdims=True)], [cells.sum(0, keepdims=True), cells.sum(keepdims=True)]])
    place = np.arange(full.size).reshape(full.shape)
    equations = []
    for whole in (place, place.T):
        for row in whole:
            equation = np.zeros(full.size)
            equation[row[:-1]], equation[row[-1]] = 1, -1
            equations.append(equation)
    return full.ravel(), np.array(equations)


def choose(
    values: np.ndarray, equations: np.ndarray, sensitive: list[int], width: float = 5.0, **more: object
) -> object:
    first = np.isin(np.arange(len(values)), sensitive)
    given = {"weights": values + 1, "shown": np.zeros(len(values), dtype=bool), "upper": np.full(len(values), NOBODY)}
    found = cover(values, first, equations, np.full(len(values), width), **(given | more))  # type: ignore[arg-type]
    return None if found is None else np.flatnonzero(found).tolist()


@pytest.mark.parametrize(
    ("parts", "sensitive", "expected"),
    [
        ((6, 7, 50), [0, 1], [0, 1]),  # 6 + 7 leaves 6 to be 11 and 7 to be 12
        ((2, 3, 20, 60), [0, 1], [0, 1, 2]),  # 2 + 3 leaves no room to be 8; with 20 there is
        ((6, 20, 50), [0], [0, 1]),
        ((30, 40, 50), [], []),
    ],
)
def test_the_cheapest_cells_of_one_sum(parts: tuple[float, ...], sensitive: list[int], expected: list[int]) -> None:
    values, equations = line(*parts)
    assert choose(values, equations, sensitive, shown=np.isin(np.arange(len(values)), len(parts))) == expected


def test_a_cell_that_is_known_protects_nothing() -> None:
    values, equations = line(6, 20, 50)
    assert choose(values, equations, [0], shown=np.array([False, True, False, True])) == [0, 2]
    assert choose(values, equations, [0], shown=np.array([False, True, True, True])) is None


def test_nobody_thinks_a_part_to_be_more_than_its_total() -> None:
    values, equations = line(9, 3)
    known = np.array([False, False, True])
    assert choose(values, equations, [0, 1], shown=known) is None  # 9 cannot be 14
    assert choose(values, equations, [0, 1], shown=known, upper=np.array([12.0, 12.0, 12.0])) == [0, 1]


def test_sums_that_must_be_seen_together_are_left_to_others() -> None:
    # Two hidden blocks and one cell between them: every line is protected, that cell is not.
    cells = np.full((4, 4), 50.0)
    small = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3), (1, 2)]
    for place in small:
        cells[place] = 6
    values, equations = table(cells)
    sensitive = [5 * row + column for row, column in small]
    hidden = np.isin(np.arange(len(values)), sensitive)
    width, limit = np.full(len(values), 5.0), np.full(len(values), NOBODY)
    assert not is_protected(values, hidden, equations, width, upper=limit)
    low, high = intervals(values, hidden, equations)
    assert (low[7], high[7]) == pytest.approx((6, 6))


def test_nothing_hidden_is_protected() -> None:
    values, equations = line(6, 7)
    assert is_protected(values, np.zeros(3, dtype=bool), equations, np.full(3, 5.0), upper=np.full(3, NOBODY))


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=6, max_size=9), st.booleans())
def test_the_choice_is_as_cheap_as_that_of_all_sums_together(sizes: list[int], with_margins: bool) -> None:
    values, equations = table(np.array(sizes[:6], dtype=float).reshape(2, 3)) if with_margins else line(*sizes)
    sensitive, weights = (values < 10), values + 1.0
    width, limit = np.full(len(values), 5.0), np.full(len(values), NOBODY)
    shown = np.zeros(len(values), dtype=bool)
    quick = cover(values, sensitive, equations, width, weights=weights, shown=shown, upper=limit)
    if quick is None:
        return
    assert is_protected(values, quick, equations, width, upper=limit)
    try:
        slow = suppress(values, sensitive, equations, width, weights=weights)
    except NotProtectable:
        pytest.fail("it can be protected")
    assert weights[quick].sum() == pytest.approx(weights[slow].sum())
