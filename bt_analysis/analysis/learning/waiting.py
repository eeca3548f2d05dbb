"""How long residents wait for an answer: the fates of inputs in; Kaplan and Meier's curves, median and shares out."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from bt_analysis.methods.survival import Waiting, kaplan_meier

KEYS = ["collective_id", "period_start", "period_end"]

FEWEST = 10
"""With fewer inputs there is no curve: one answer would move it by more than a tenth."""

AFTER_DAYS = (90, 180, 365)
"""A quarter, half a year and a year: after how many days it is told how many have an answer."""


def told(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate how long it takes until residents get an answer.

    Parameters
    ----------
    rows : DataFrame
        Inputs in reporting periods: ``KEYS``, waited_days and answered.

    Returns
    -------
    estimates : DataFrame
        Per collective and period ``answer_days_median`` (days), and ``answered_within_pct`` (%) per number of days in
        group_value; ``niet_te_zien`` with its reason where it can't be known.
    curves : DataFrame
        Table input_waits: a row per day on which residents got an answer, after a row of day 0.
    """
    estimates: list[dict[str, Any]] = []
    curves: list[pd.DataFrame] = []
    for key, own in rows.groupby(KEYS, sort=True):
        place = dict(zip(KEYS, key, strict=True))
        if len(own) < FEWEST:
            estimates.append(place | _unseen("answer_days_median", "dagen", len(own), "few_inputs"))
            continue
        curve = kaplan_meier(own["waited_days"], own["answered"])
        estimates += [place | row for row in [_median(curve), *_within(curve)]]
        curves.append(_table(curve).assign(**dict[str, Any](place)))
    return pd.DataFrame(estimates), pd.concat(curves, ignore_index=True) if curves else pd.DataFrame()


def _median(curve: Waiting) -> dict[str, Any]:
    if math.isinf(curve.median):
        return _unseen("answer_days_median", "dagen", curve.n, "median_not_reached")
    bounded = math.isfinite(curve.median_low) and math.isfinite(curve.median_high)
    return _seen("answer_days_median", "dagen", curve.n) | {
        "value": curve.median,
        "ci_low": curve.median_low if bounded else math.nan,
        "ci_high": curve.median_high if bounded else math.nan,
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


def _table(curve: Waiting) -> pd.DataFrame:
    first = int(curve.at_risk[0]) if len(curve.times) else curve.n
    start = pd.DataFrame([{"days": 0, "at_risk_n": curve.n, "censored_n": curve.n - first, "waiting_pct": 100.0}])
    steps = pd.DataFrame(
        {
            "days": curve.times.astype(int), "at_risk_n": curve.at_risk, "answered_n": curve.happened,
            "censored_n": curve.censored, "waiting_pct": 100 * curve.waiting, "ci_low": 100 * curve.low,
            "ci_high": 100 * curve.high,
        }
    )  # fmt: skip
    both = pd.concat([start.assign(answered_n=0), steps], ignore_index=True)
    return both.assign(step=range(len(both)), followed_days=int(curve.followed))
