"""Necessary conditions: memberships in, consistency, relevance and coverage of necessity out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bt_analysis.methods.qca import terms
from bt_analysis.methods.qca.truth_table import membership_of

NECESSARY, RELEVANT = 0.9, 0.5
"""From this consistency a set is called necessary, and from this relevance it is no trivial one."""


def necessity(
    data: pd.DataFrame, outcome: str, expressions: Sequence[str] | None = None, *, absent: bool = False
) -> pd.DataFrame:
    """Tell how necessary sets are for an outcome.

    Parameters
    ----------
    data : DataFrame
        One row per case: conditions and the outcome, calibrated.
    outcome : str
        Column of the outcome.
    expressions : sequence of str, optional
        Single sets, conjunctions or unions, as ``LIT*STB`` or ``DEV + URB``. Left out: every condition, there and not
        there.
    absent : bool
        Ask what is necessary for the outcome not to be there.

    Returns
    -------
    DataFrame
        One row per expression: expression, inclN, RoN, covN, necessary.

    Raises
    ------
    ValueError
        When a value is missing or no membership, or an expression names no condition.

    Notes
    -----
    inclN = Σ min(x, y) / Σ y; covN = Σ min(x, y) / Σ x; RoN = Σ(1 − x) / Σ(1 − min(x, y)): near 0 for a set that all
    cases are in, which is necessary for anything (Schneider & Wagemann 2012). A set is called necessary from inclN .9
    and RoN .5.
    """
    if outcome not in data.columns:
        raise ValueError(f"got outcome {outcome}; expected a column of the data: {', '.join(map(str, data.columns))}.")
    conditions = [name for name in data.columns if name != outcome]
    levels = terms.levels_of(data[conditions])
    values = data[conditions].to_numpy(dtype=float)
    y = membership_of(data, outcome)
    y = 1 - y if absent else y
    rows = []
    for expression in _all(conditions, levels) if expressions is None else expressions:
        x = terms.union(values, terms.parse(expression, conditions), levels)
        common = float(np.minimum(x, y).sum())
        rows.append(
            {
                "expression": expression,
                "inclN": _share(common, float(y.sum())),
                "RoN": _share(float((1 - x).sum()), len(x) - common),
                "covN": _share(common, float(x.sum())),
            }
        )
    table = pd.DataFrame(rows, columns=["expression", "inclN", "RoN", "covN"])
    return table.assign(necessary=table["inclN"].ge(NECESSARY) & table["RoN"].ge(RELEVANT))


def _all(conditions: Sequence[str], levels: Sequence[int]) -> list[str]:
    return [
        terms.name(tuple(level if at == place else terms.ANY for place in range(len(conditions))), conditions, levels)
        for at in range(len(conditions))
        for level in reversed(range(levels[at]))
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 1e-12 else float("nan")
