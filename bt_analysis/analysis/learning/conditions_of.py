"""Effects of collectives and what is known of each in; which of that goes with larger effects, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.methods.pooling.moderators import explain

URBANITY = "urbanity"
"""Moderator that is no condition: CBS's class of urbanity, from 1 (very) to 5 (not)."""

FEWEST_OF_A_KIND = 3
"""Collectives with, and without, a condition below which it is not looked at."""


def moderators(cases: Cases) -> pd.DataFrame:
    """Put what may explain differences in a table.

    Parameters
    ----------
    cases : Cases
        Reads collectives and case_condition.

    Returns
    -------
    DataFrame
        A row per collective (index), a column per moderator: urbanity, and every condition with 0 or 1, as it was in
        the last period it was recorded for. What nobody knows is missing.
    """
    whole = cases.whole.set_index("collective_id")
    urbanity = whole["urbanity"].astype("Float64").astype(float) if "urbanity" in whole else None
    table = cases.table("case_condition")
    known = table[table["value"].isin([0, 1]).fillna(False)].sort_values("period", kind="stable")
    last = known.drop_duplicates(["collective_id", "condition_code"], keep="last")
    wide = last.pivot(index="collective_id", columns="condition_code", values="value").astype("Float64").astype(float)
    wide = wide.reindex(whole.index)
    return wide.assign(**{URBANITY: urbanity}) if urbanity is not None else wide


def explained(effects: pd.DataFrame, known: pd.DataFrame, fewest: int) -> Iterator[dict[str, Any]]:
    """Explain effects by each moderator by itself.

    Parameters
    ----------
    effects : DataFrame
        Effects of one family that are put together, with collective_id, ``y`` and ``v``.
    known : DataFrame
        As :func:`moderators` gives.
    fewest : int
        Collectives for which it must be known.

    Yields
    ------
    dict
        moderator, collectives_n, slope, low, high, p and r2: the slope is how much larger the effect is per step, with
        the interval of Hartung and Knapp. A moderator that is known of too few, or hardly differs, is passed over.

    Notes
    -----
    One at a time: of ten to thirty collectives more cannot be told apart. A collective with several effects counts with
    its last one only.
    """
    last = effects.drop_duplicates("collective_id", keep="last").set_index("collective_id")
    for name in known.columns:
        values = known[name].reindex(last.index).dropna()
        counts = values.value_counts()
        lopsided = len(counts) < 2 or (name != URBANITY and counts.min() < FEWEST_OF_A_KIND)
        if len(values) < fewest or lopsided:
            continue
        own = last.loc[values.index]
        found = explain(own["y"].astype(float), own["v"].astype(float), values.to_numpy(), [str(name)])
        slope = found.hartung_knapp[1]
        yield {
            "moderator": str(name), "collectives_n": len(values), "slope": slope.value, "low": slope.low,
            "high": slope.high, "p": slope.p, "r2": found.r2,
        }  # fmt: skip
