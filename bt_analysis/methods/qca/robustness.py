"""Robustness: a solution and the data it came from in, which of its terms stay under other choices out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from bt_analysis.methods.qca.calibration import calibrate
from bt_analysis.methods.qca.models import Analysis

CUTS = (0.75, 0.8, 0.85, 0.9)
"""Consistency cuts that are tried."""

SHIFTS = (-0.1, 0.1)
"""Parts of the distance between exclusion and inclusion by which an anchor is moved."""

Anchors = tuple[float, float, float]
Variant = tuple[str, str, Callable[[], Analysis | None]]
"""What was changed, to what, and how to analyse that; no analysis when nothing can be made of it."""


def stays(base: Analysis, variants: Sequence[Variant]) -> pd.DataFrame:
    """Tell which terms and which set of models stay when a choice is made otherwise.

    Parameters
    ----------
    base : Analysis
        As it was chosen.
    variants : sequence of tuple
        As :func:`cuts`, :func:`dropped` and :func:`anchors` give them.

    Returns
    -------
    DataFrame
        One row per variant, kind of solution and term of the base: change, value, kind, term, stays (the term is in a
        model of the variant), same (the variant has exactly the same models).
    """
    rows: list[tuple[str, str, str, str, bool, bool]] = []
    told: dict[int, dict[str, set[frozenset[str]]]] = {}
    kept = []
    names = {one.kind: one.names for one in base.solutions}
    own = {one.kind: dict.fromkeys(name for model in one.models for name in model.names) for one in base.solutions}
    for change, value, again in variants:
        other = again()
        if id(other) not in told:
            told[id(other)] = {} if other is None else {one.kind: one.names for one in other.solutions}
            kept.append(other)  # an id is only an id as long as what it names is there
        for kind, mine in names.items():
            theirs = told[id(other)].get(kind, set())
            there, same = frozenset[str]().union(*theirs), theirs == mine
            rows += [(change, value, kind, term, term in there, same) for term in own[kind]]
    return pd.DataFrame(rows, columns=["change", "value", "kind", "term", "stays", "same"])


def cuts(again: Callable[[float], Analysis | None], values: Sequence[float] = CUTS) -> Iterator[Variant]:
    """Vary the consistency cut.

    Parameters
    ----------
    again : callable
        Analyses the same data with a cut.
    values : sequence of float
        Cuts to try.

    Yields
    ------
    tuple
        A variant per cut.
    """
    for value in values:
        yield "incl_cut", f"{value:g}", lambda value=value: again(value)  # type: ignore[misc]


def dropped(data: pd.DataFrame, again: Callable[[pd.DataFrame], Analysis | None]) -> Iterator[Variant]:
    """Leave out one case at a time.

    Parameters
    ----------
    data : DataFrame
        One row per case, the index its name.
    again : callable
        Analyses other data in the same way.

    Yields
    ------
    tuple
        A variant per case.
    """
    for at, case in enumerate(data.index):
        rest = data.iloc[[*range(at), *range(at + 1, len(data))]]
        yield "dropped", str(case), lambda rest=rest: again(rest)  # type: ignore[misc]


def anchors(
    raw: pd.DataFrame,
    calibrated: pd.DataFrame,
    given: dict[str, Anchors],
    again: Callable[[pd.DataFrame], Analysis | None],
    shifts: Sequence[float] = SHIFTS,
) -> Iterator[Variant]:
    """Move each anchor of each calibrated set.

    Parameters
    ----------
    raw, calibrated : DataFrame
        One row per case, the same sets as columns: raw figures, and membership.
    given : dict
        Set → its exclusion, crossover and inclusion.
    again : callable
        Analyses other memberships in the same way.
    shifts : sequence of float
        Parts of the distance between exclusion and inclusion; a shift that would put an anchor past another is left
        out.

    Yields
    ------
    tuple
        A variant per set, anchor and shift.
    """
    for name, now in given.items():
        for at, anchor in enumerate(("exclusion", "crossover", "inclusion")):
            for shift in shifts:
                moved = list(now)
                moved[at] += shift * (now[2] - now[0])
                if not (moved[0] < moved[1] < moved[2] or moved[0] > moved[1] > moved[2]):
                    continue
                other = calibrated.assign(**{name: calibrate(raw[name], *moved)})
                value = f"{name} {anchor} {moved[at]:g}"
                yield "anchor", value, lambda other=other: again(other)  # type: ignore[misc]
