"""Which figures about all collectives are told for the first time? Estimates and memory in; how many changed out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, nothing, told
from bt_analysis.settings import Settings

QUESTION = "first_told"
TABLES: tuple[str, ...] = ()

FIRST, OTHER, GONE = "figures_first_told_n", "figures_other_n", "figures_gone_n"
"""Figures that were not told the last time, that came to something else, and that are not told any more."""

NAME = "figures_told"
"""What a run is asked to remember figures by."""

_KEPT = ["claim_id", "value", "day"]
_SHOWN = ("ok", "voorbehoud")


def learn(cases: Cases, settings: Settings) -> Learned:
    """Set the figures about all collectives beside those of the last run of an earlier day.

    Parameters
    ----------
    cases : Cases
        Reads the estimates of all other questions, and what an earlier run remembered.
    settings : Settings
        Not used.

    Returns
    -------
    Learned
        Estimates ``first_told`` about all together, with the day of the earlier run as group_label; none when no run
        of an earlier day is remembered.

    Notes
    -----
    A figure keeps its claim_id as long as it is about the same. It came to something else when its value differs by
    more than one in a hundred million of it. Only figures that are shown are remembered: no run remembers what may not
    be told. What came back to residents and what finding out took is counted elsewhere, and is not in it.
    """
    del settings
    now = _told(cases)
    before = _before(cases)
    rows = list(_compared(cases, now, before)) if len(before) else []
    estimates = told(pd.DataFrame(rows), question=QUESTION, collective_id=ACROSS) if rows else nothing()
    return Learned(estimates, {}, {NAME: pd.concat([before, now], ignore_index=True)})


def _told(cases: Cases) -> pd.DataFrame:
    """List the figures about all together that are shown today."""
    rows = cases.estimates
    shown = rows["collective_id"].eq(ACROSS) & rows["gate"].isin(_SHOWN) & rows["question"].ne("context")
    day = pd.Series(pd.Timestamp(cases.today), index=rows.index, dtype="datetime64[us]")
    return rows.assign(day=day).loc[shown, _KEPT].reset_index(drop=True)


def _before(cases: Cases) -> pd.DataFrame:
    """Take what the last run of an earlier day told."""
    kept = cases.earlier.get(NAME)
    if kept is None or kept.empty:
        return pd.DataFrame({
            "claim_id": pd.Series(dtype="str"), "value": pd.Series(dtype="float64"),
            "day": pd.Series(dtype="datetime64[us]"),
        })  # fmt: skip
    earlier = kept[pd.to_datetime(kept["day"]).lt(pd.Timestamp(cases.today))]
    return earlier.loc[earlier["day"].eq(earlier["day"].max()), _KEPT].reset_index(drop=True)


def _compared(cases: Cases, now: pd.DataFrame, before: pd.DataFrame) -> Iterator[dict[str, Any]]:
    both = now.merge(before, on="claim_id", suffixes=("", "_before"), validate="one_to_one")
    same = np.isclose(both["value"], both["value_before"], rtol=1e-8, atol=0, equal_nan=True)
    counts = {FIRST: len(now) - len(both), OTHER: int((~same).sum()), GONE: len(before) - len(both)}
    first, last = cases.span
    for name, count in counts.items():
        yield {
            "indicator_id": name, "group_type": "", "group_value": "", "value": float(count), "n": float(len(now)),
            "group_label": before["day"].max().date().isoformat(), "n_unit": "figures", "unit": "aantal",
            "method": "count", "population": "collectieven", "source": "earlier run", "gate": "ok", "gate_reason": "",
            "period_start": first, "period_end": last,
        }  # fmt: skip
