"""Questions: joined tables in, estimates out. One file per question; adding one means adding its name below."""

from bt_analysis.analysis import (
    activities,
    before_after,
    context,
    hours,
    interactions,
    measurements,
    reach,
    representation,
    respondents,
    weighted,
    where,
)

QUESTIONS = (
    context,
    activities,
    reach,
    representation,
    hours,
    measurements,
    respondents,
    weighted,
    before_after,
    where,
    interactions,
)
"""Modules whose ``estimate(joined, periods, settings)`` gives rows for the table of estimates."""
