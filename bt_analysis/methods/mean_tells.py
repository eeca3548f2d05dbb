"""What a mean tells of how many: people, their mean and its interval in; the fewest and most of a kind out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ends = tuple[float, float]

_HAIR = 1e-6


def squares_of(n: int, mean: Ends, half: Ends, population: float | None = None, level: float = 0.95) -> Ends:
    """Return what a t-interval of a mean tells of the sum of the squares.

    Parameters
    ----------
    n : int
        People; at least two.
    mean : tuple of float
        Between what their mean lies.
    half : tuple of float
        Between what half the length of the interval lies.
    population : float, optional
        People in all, where the interval was corrected for that; not given: it was not.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of float
        Least and most.

    Notes
    -----
    :func:`bt_analysis.methods.surveys.mean_interval` the other way round: s = half · √n / (t · √(1 − n/N)), and the
    sum is (n − 1) · s² + n · mean². When all people answered the interval tells nothing of s.
    """
    from scipy.stats import t  # noqa: PLC0415 - takes a second, and bt check needs none of it

    left = 1.0 if population is None else 1 - n / population
    if left <= 0:
        return (0.0, math.inf)
    wide = float(t.ppf((1 + level) / 2, n - 1)) * math.sqrt(left / n)
    nearest = 0.0 if mean[0] <= 0 <= mean[1] else min(abs(mean[0]), abs(mean[1]))
    furthest = max(abs(mean[0]), abs(mean[1]))
    ends = [
        (n - 1) * (one / wide) ** 2 + n * far**2
        for one, far in ((max(half[0], 0.0), nearest), (max(half[1], 0.0), furthest))
    ]
    return ends[0], ends[1]


def count_range(
    n: int,
    values: ArrayLike,
    counted: ArrayLike,
    total: Ends,
    squares: Ends | None = None,
    known: Sequence[tuple[ArrayLike, int]] = (),
) -> tuple[int, int] | None:
    """Return how few and how many people can be of a kind, when the sum of all their values is known.

    Parameters
    ----------
    n : int
        People.
    values : array_like
        Each value that one person can have, once.
    counted : array_like of bool
        Which of these are of the kind.
    total : tuple of float
        Between what the sum of the values of all people lies; twice the same where it is known.
    squares : tuple of float, optional
        Between what the sum of their squares lies, which follows from an interval; not given: not known.

    known : sequence of (array_like of bool, int)
        Other kinds of values, with how many people are of each.

    Returns
    -------
    tuple of int, or None
        Fewest and most; None where no people have these sums, so that values must have been others than given.

    Notes
    -----
    With c_v people of value v: the least and the largest Σ c_v over those counted, with whole c_v ≥ 0, Σ c_v = n,
    Σ c_v · v and Σ c_v · v² in their ranges. Ten people with scores from 0 to 6 and a mean of 0.3 have 3 points
    together, so at most one of them scores 2 or more.
    """
    each, kind = np.asarray(values, dtype=float), np.asarray(counted, dtype=float)
    others = [np.asarray(values, dtype=float) for values, _ in known]
    rows = np.array([np.ones_like(each), each, each**2, *others])
    of_squares = (-np.inf, np.inf) if squares is None else squares
    sums = np.array([(n, n), total, of_squares, *((count, count) for _, count in known)], dtype=float)
    ends = [_least(sign * kind, rows, sums) for sign in (1.0, -1.0)]
    return None if ends[0] is None or ends[1] is None else (round(ends[0]), round(-ends[1]))


def too_close(count: int, n: int, found: tuple[int, int] | None, width: int) -> bool:
    """Tell whether a range says more of a count than it may.

    Parameters
    ----------
    count, n : int
        The count, of how many people.
    found : tuple of int, or None
        As :func:`count_range` gives.
    width : int
        How far below and above it the count must seem possible, as far as there are people.

    Returns
    -------
    bool
        False as well where there is no range.
    """
    return found is not None and (found[0] > max(0, count - width) or found[1] < min(n, count + width))


def _least(aim: NDArray[np.float64], rows: NDArray[np.float64], sums: NDArray[np.float64]) -> float | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - takes a second; bt check needs none

    low, high = sums.T
    slack = _HAIR * np.maximum(1.0, np.abs(np.where(np.isinf(high), 1.0, high)))
    found: Any = milp(
        aim, integrality=np.ones_like(aim), bounds=Bounds(0, high[0]),
        constraints=LinearConstraint(rows, low - slack, high + slack),
    )  # fmt: skip
    return float(found.fun) if found.status == 0 else None
