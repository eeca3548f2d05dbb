"""What people who did not answer can change: a share among those who did in, what it may be among all of them out."""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    """Lowest and highest a share can be.

    Parameters
    ----------
    low, high : float
        From 0 to 1.
    """

    low: float
    high: float


def worst_case(share: float, n: float, population: float) -> Range:
    """Return what a share among all can be, whatever those who did not answer would have said.

    Parameters
    ----------
    share : float
        Share among those who answered, 0 … 1.
    n : float
        People who answered.
    population : float
        People asked.

    Returns
    -------
    Range
        The share when none, and when all, of those who did not answer have the property.

    Raises
    ------
    ValueError
        When the share lies outside 0 … 1, or more people answered than there are.

    Notes
    -----
    With r = n/N: from r · share to r · share + 1 − r (Manski 1989). Of 62 out of 400 people 36 say yes: from 36/400 =
    9% to (36 + 338)/400 = 93.5%. No assumption at all, so it is wide; how the answers vary by chance is not in it.
    """
    answered = _answered(share, n, population)
    return Range(answered * share, answered * share + (1 - answered))


def differing_by(share: float, n: float, population: float, delta: float) -> Range:
    """Return what a share among all can be when those who did not answer differ by no more than some points.

    Parameters
    ----------
    share : float
        Share among those who answered, 0 … 1.
    n : float
        People who answered.
    population : float
        People asked.
    delta : float
        How far the share among those who did not answer may lie from it, below or above; 0.2 is 20 percentage points.

    Returns
    -------
    Range
        Lowest and highest share among all.

    Raises
    ------
    ValueError
        When the share lies outside 0 … 1, more people answered than there are, or delta is negative.

    Notes
    -----
    With r = n/N: r · share + (1 − r) · s, for s from share − δ to share + δ, no further than 0 and 1 (the pattern-
    mixture model of Rubin 1977). Where these ends are not met it is share ± (1 − r) · δ. Of 62 out of 400 people 36 say
    yes, δ = 20: 58.06 ± (1 − 0.155) · 20 = 58.06 ± 16.9, from 41.2% to 75.0%. How answers vary by chance is not in it:
    that is Wilson's interval of 36/62 with finite population correction, 47–69%.
    """
    if delta < 0:
        raise ValueError(f"delta is {delta}; expected 0 or more, such as 0.2 for 20 percentage points.")
    answered = _answered(share, n, population)
    ends = (max(0.0, share - delta), min(1.0, share + delta))
    low, high = (answered * share + (1 - answered) * end for end in ends)
    return Range(low, high)


def _answered(share: float, n: float, population: float) -> float:
    """Return which part of the people answered."""
    if not (0 <= share <= 1 and 0 <= n <= population and population > 0):
        raise ValueError(
            f"a share of {share} of {n:g} people out of {population:g}; expected a share from 0 to 1, and no more "
            "answers than people."
        )
    return n / population
