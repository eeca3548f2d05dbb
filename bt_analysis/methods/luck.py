"""Luck with few cases: how many cases, successes and conditions in, how likely a perfect pattern is out."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, prod


def perfect_by_luck(cases: int, successes: int, present: Sequence[int]) -> float:
    """Tell how likely it is that a condition that does not matter separates success perfectly, or mirrors it.

    Parameters
    ----------
    cases, successes : int
        How many cases there are, and how many of them succeeded.
    present : sequence of int
        Per condition in how many cases it was there; one entry per condition that is looked at.

    Returns
    -------
    float
        Chance that at least one of them is there in exactly the successes, or in exactly the others.

    Raises
    ------
    ValueError
        When a number lies outside 0 … cases.

    Notes
    -----
    1 − Π (1 − p), with p = 1 / C(cases, present) when present = successes, as much again when present =
    cases − successes, and 0 otherwise: conditions are independent, and each is there in any ``present`` cases with
    the same chance. Eight cases, four successes, ten conditions that are there in four: 1 − (1 − 2/70)^10 = .2516.
    """
    if not all(0 <= one <= cases for one in [successes, *present]):
        raise ValueError(
            f"got {cases} cases, {successes} successes and conditions in {list(present)} of them; expected numbers "
            "from 0 up to the number of cases."
        )
    chances = [((one == successes) + (one == cases - successes)) / comb(cases, one) for one in present]
    # With no success, or nothing but success, every condition that never varies "separates"; that is no pattern.
    return 0.0 if successes in (0, cases) else 1 - prod(1 - one for one in chances)
