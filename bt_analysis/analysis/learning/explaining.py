"""Effects of collectives and what is known of each in; which of that goes with larger effects, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import conditions
from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.methods.pooling.moderators import explain
from bt_analysis.settings import LearningSettings

URBANITY = "urbanity"
"""Moderator that is no condition: CBS's class of urbanity, from 1 (very) to 5 (not)."""


def moderators(cases: Cases) -> pd.DataFrame:
    """Put what may explain differences in a table.

    Parameters
    ----------
    cases : Cases
        Reads collectives and case_condition.

    Returns
    -------
    DataFrame
        A row per collective (index), a column per moderator: urbanity, and every condition with 0 or 1. What nobody
        knows is missing, and so is a condition that was written down after the outcomes: it may have been seen in their
        light.
    """
    whole = cases.whole.set_index("collective_id")
    urbanity = whole["urbanity"].astype("Float64").astype(float) if "urbanity" in whole else None
    rows = conditions.values(cases)
    known = rows[rows["role"].eq(conditions.CONDITION) & rows["value"].notna() & rows["late"].ne(True)]
    wide = known.pivot(index="collective_id", columns="code", values="value").astype(float).reindex(whole.index)
    return wide.assign(**{URBANITY: urbanity}) if urbanity is not None else wide


def explained(effects: pd.DataFrame, known: pd.DataFrame, learning: LearningSettings) -> Iterator[dict[str, Any]]:
    """Explain effects by each moderator by itself.

    Parameters
    ----------
    effects : DataFrame
        Effects of one family that are put together, with collective_id, ``y`` and ``v``.
    known : DataFrame
        As :func:`moderators` gives.
    learning : LearningSettings
        ``pooled_from``: collectives for which it must be known; ``of_a_kind``: with, and without, a condition.

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
        lopsided = len(counts) < 2 or (name != URBANITY and counts.min() < learning.of_a_kind)
        if len(values) < learning.pooled_from or lopsided:
            continue
        own = last.loc[values.index]
        found = explain(own["y"].astype(float), own["v"].astype(float), values.to_numpy(), [str(name)])
        slope = found.hartung_knapp[1]
        yield {
            "moderator": str(name), "collectives_n": len(values), "slope": slope.value, "low": slope.low,
            "high": slope.high, "p": slope.p, "r2": found.r2,
        }  # fmt: skip
