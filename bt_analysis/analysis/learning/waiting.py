"""How long residents wait for an answer: the fates of inputs in; Kaplan and Meier's curves, median and shares out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning.counting import PERIOD
from bt_analysis.methods.survival import Waiting, kaplan_meier

_Curve = tuple[dict[str, Any], Waiting]

FEWEST = 10
"""With fewer inputs there is no curve: one answer would move it by more than a tenth."""

AFTER_DAYS = (90, 180, 365)
"""A quarter, half a year and a year: after how many days it is told how many have an answer."""


def told(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate how long it takes until residents get an answer.

    Parameters
    ----------
    rows : DataFrame
        Inputs in reporting periods: ``PERIOD``, waited_days and answered.

    Returns
    -------
    estimates : DataFrame
        Per collective and period ``answer_days_median`` (days), and ``answered_within_pct`` (%) per number of days in
        group_value; ``niet_te_zien`` with its reason where it can't be known.
    curves : DataFrame
        Table input_waits: a row per day on which residents got an answer, after a row of day 0.
    """
    estimates: list[dict[str, Any]] = []
    curves: list[_Curve] = []
    ordered = rows.sort_values(PERIOD, kind="stable")
    waited, answered = ordered["waited_days"].to_numpy(), ordered["answered"].to_numpy()
    sizes = ordered.groupby(PERIOD, sort=True).size()
    first = 0
    for key, size in sizes.items():
        place = dict(zip(PERIOD, cast("tuple[Any, ...]", key), strict=True))
        own = slice(first, first + size)
        first += size
        if size < FEWEST:
            estimates.append(place | _unseen("answer_days_median", "dagen", size, "few_inputs"))
            continue
        curve = kaplan_meier(waited[own], answered[own])
        estimates += [place | row for row in [_median(curve), *_within(curve)]]
        curves.append((place, curve))
    return pd.DataFrame(estimates), _table(curves)


def _median(curve: Waiting) -> dict[str, Any]:
    if math.isinf(curve.median):
        return _unseen("answer_days_median", "dagen", curve.n, "median_not_reached")
    longest = curve.median_high
    if math.isinf(longest) and curve.happened.sum() == curve.n:
        longest = curve.times[-1]  # nobody waits any more: of ten or more, one at least waited longer than half do
    bounded = math.isfinite(curve.median_low) and math.isfinite(longest)
    return _seen("answer_days_median", "dagen", curve.n) | {
        "value": curve.median,
        "ci_low": curve.median_low if bounded else math.nan,
        "ci_high": longest if bounded else math.nan,
        "gate": "ok" if bounded else "voorbehoud",
        "gate_reason": "" if bounded else "no_longest_wait",
    }


def _within(curve: Waiting) -> list[dict[str, Any]]:
    rows = []
    for days in AFTER_DAYS:
        share, low, high = curve.still(days)
        group = {"group_type": "dagen", "group_value": str(days)}
        if math.isnan(share):
            rows.append(_unseen("answered_within_pct", "%", curve.n, "followed_too_short") | group)
            continue
        ends = {"ci_low": 100 * (1 - high), "ci_high": 100 * (1 - low)}  # none before the first answer
        rows.append(_seen("answered_within_pct", "%", curve.n) | group | {"value": 100 * (1 - share)} | ends)
    return rows


def _seen(indicator_id: str, unit: str, n: int) -> dict[str, Any]:
    common = {"indicator_id": indicator_id, "unit": unit, "n": n, "group_type": "", "group_value": ""}
    return common | {"gate": "ok", "gate_reason": "", "missing_reason": None, "method": "Kaplan-Meier"}


def _unseen(indicator_id: str, unit: str, n: int, reason: str) -> dict[str, Any]:
    nothing = {"value": math.nan, "ci_low": math.nan, "ci_high": math.nan}
    why = {"gate": "niet_te_zien", "gate_reason": reason, "missing_reason": "unknown"}
    return _seen(indicator_id, unit, n) | nothing | why


def _table(curves: list[_Curve]) -> pd.DataFrame:
    """Put curves below each other, each after a row of day 0."""
    if not curves:
        return pd.DataFrame()
    steps = [len(curve.times) + 1 for _, curve in curves]
    places = pd.DataFrame([place for place, _ in curves])
    columns: dict[str, Any] = {name: places[name].repeat(steps).to_numpy() for name in PERIOD}
    columns["step"] = np.concatenate([np.arange(size) for size in steps])
    columns["followed_days"] = np.repeat([int(curve.followed) for _, curve in curves], steps)
    for name, of in _COLUMNS.items():
        columns[name] = np.concatenate([part for _, curve in curves for part in of(curve)])
    return pd.DataFrame(columns)


def _censored_at_once(curve: Waiting) -> int:
    """Count the cases that were followed no longer from before the first answer on."""
    return curve.n - (int(curve.at_risk[0]) if len(curve.times) else curve.n)


_COLUMNS: dict[str, Callable[[Waiting], tuple[Any, Any]]] = {
    "days": lambda curve: ([0], curve.times.astype(np.int64)),
    "at_risk_n": lambda curve: ([curve.n], curve.at_risk),
    "answered_n": lambda curve: ([0], curve.happened),
    "censored_n": lambda curve: ([_censored_at_once(curve)], curve.censored),
    "waiting_pct": lambda curve: ([100.0], 100 * curve.waiting),
    "ci_low": lambda curve: ([math.nan], 100 * curve.low),
    "ci_high": lambda curve: ([math.nan], 100 * curve.high),
}
"""Column of the table of curves → its value on day 0, and those of the steps after it."""
