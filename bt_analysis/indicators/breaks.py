"""Breaks of a series: an indicator and years in, which years measure the same thing out."""

from __future__ import annotations

from bt_analysis.indicators.catalogue import Indicator


def segment(indicator: Indicator, year: int) -> int:
    """Return the number of the stretch of years without a break that a year lies in.

    Parameters
    ----------
    indicator : Indicator
        Its ``breaks`` name the years from which it measures something else.
    year : int
        Year of a figure.

    Returns
    -------
    int
        0 before the first break, 1 from that year on, and so forth. Figures of two years with different numbers are
        never set against each other.
    """
    return sum(int(one["year"]) <= year for one in indicator.breaks)


def broken(indicator: Indicator, year_a: int, year_b: int) -> bool:
    """Tell whether an indicator measures something else in one year than in another.

    Parameters
    ----------
    indicator : Indicator
        Its ``breaks`` name the years from which it measures something else.
    year_a, year_b : int
        Two years, in any order.

    Returns
    -------
    bool
        True when a break lies between them: no line, difference or ratio of the two may be shown.
    """
    return segment(indicator, year_a) != segment(indicator, year_b)
