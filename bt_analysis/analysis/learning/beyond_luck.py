"""Which patterns are more than luck: conditions and one outcome of cases in, tests and verdicts out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.methods import pattern_search
from bt_analysis.methods.pattern_search import Search
from bt_analysis.settings import LearningSettings

FOUND, UNSEEN = "gevonden", "niet_te_zien"
TOO_FEW, NO_VARIATION, FLIPS, LUCK = "too_few_cases", "no_variation", "kantelt", "toeval"
"""Why nothing can be seen."""

_MOST_PAIRS = 10


@dataclass(frozen=True)
class Tested:
    """What was looked at for one outcome.

    Parameters
    ----------
    outcome : str
        Its code.
    tests : DataFrame
        Rows of analysed_pattern_tests.
    verdicts : DataFrame
        Rows of analysed_pattern_verdicts.
    luck : float
        Chance that the best of all patterns is as good by luck; missing when none could be looked at.
    """

    outcome: str
    tests: pd.DataFrame
    verdicts: pd.DataFrame
    luck: float


def look_for(outcome: str, conditions: pd.DataFrame, y: pd.Series, outcomes: int, settings: LearningSettings) -> Tested:
    """Look for patterns of one outcome.

    Parameters
    ----------
    outcome : str
        Its code.
    conditions : DataFrame
        One row per case, one column per condition: 1, 0 or missing.
    y : Series
        1 or 0 for the same cases.
    outcomes : int
        How many outcomes are looked at: chances are multiplied by it (Bonferroni).
    settings : LearningSettings
        ``level``, ``seed``, ``side_by_side_below`` and ``draws``: how often the outcome is dealt out by lot, when there
        are too many ways to look at all.

    Returns
    -------
    Tested
        A pattern is found when luck gives one as good with a chance of at most ``level``, also when any one case is
        left out; a pair only when neither of its conditions will do alone.
    """
    draws = settings.draws
    looked = len(y) >= settings.side_by_side_below
    found = pattern_search.search(conditions if looked else conditions.iloc[:, :0], y.to_list(), draws=draws,
                                  seed=settings.seed)  # fmt: skip
    rows = _rows(found, outcomes)
    passing = [at for at in range(len(found.parts)) if rows[at]["p_all"] <= settings.level]
    singles = [at for at in passing if len(found.parts[at]) == 1]
    pairs = sorted((at for at in passing if len(found.parts[at]) == 2), key=lambda at: -abs(found.z[at]))[:_MOST_PAIRS]
    _leave_one_out(rows, found, [*singles, *pairs], outcomes, settings.level, list(map(str, conditions.index)))
    for at in pairs:
        if not rows[at]["flips_without"]:
            rows[at]["p_adds"] = pattern_search.adds(conditions, found, at, draws=draws, seed=settings.seed)
    for at in [*singles, *pairs]:
        needed = len(found.parts[at]) == 1 or rows[at].get("p_adds", 1.0) <= settings.level
        rows[at]["claimed"] = needed and not rows[at]["flips_without"]
    told = [rows[at] for at, parts in enumerate(found.parts) if len(parts) == 1 or at in pairs]
    tests = pd.DataFrame(told).assign(outcome=outcome) if told else pd.DataFrame()
    verdicts = pd.DataFrame([_verdict(name, conditions, found, rows, looked) for name in conditions.columns])
    return Tested(outcome, tests, verdicts.assign(outcome=outcome), float(found.p.min(initial=np.inf)))


def _rows(found: Search, outcomes: int) -> list[dict[str, Any]]:
    size, known = found.inside.sum(axis=1), found.known.sum(axis=1)
    with_in, with_all = found.inside @ found.outcome, found.known @ found.outcome
    return [
        {
            "pattern": found.name(at),
            "parts_n": len(parts),
            "in_n": int(size[at]),
            "in_with_n": int(with_in[at]),
            "out_n": int(known[at] - size[at]),
            "out_with_n": int(with_all[at] - with_in[at]),
            "z": float(found.z[at]),
            "p": float(found.p[at]),
            "p_all": min(1.0, float(found.p[at]) * outcomes),
            "flips_without": "",
            "looked_n": len(found.parts),
            "exact": found.exact,
            "claimed": False,
        }
        for at, parts in enumerate(found.parts)
    ]


def _leave_one_out(
    rows: list[dict[str, Any]], found: Search, patterns: list[int], outcomes: int, level: float, cases: list[str]
) -> None:
    """Add to rows of patterns without which cases they are no longer more than luck."""
    if not patterns:
        return
    chances = np.minimum(1, pattern_search.without_one(found, patterns) * outcomes)
    for at, own in zip(patterns, chances, strict=True):
        rows[at]["p_without"] = float(own.max())
        rows[at]["flips_without"] = ";".join(case for case, p in zip(cases, own, strict=True) if p > level)


def _verdict(
    name: str, conditions: pd.DataFrame, found: Search, rows: list[dict[str, Any]], looked: bool
) -> dict[str, object]:
    """Say of one condition whether it is in a pattern that was found, and if not why nothing can be seen."""
    at = list(conditions.columns).index(name)
    own = [number for number, parts in enumerate(found.parts) if at in [one for one, _ in parts]]
    claimed = sorted((number for number in own if rows[number]["claimed"]), key=lambda number: len(found.parts[number]))
    flips = any(rows[number]["flips_without"] for number in own)
    varies = any(len(found.parts[number]) == 1 for number in own)
    reason = "" if claimed else TOO_FEW if not looked else NO_VARIATION if not varies else FLIPS if flips else LUCK
    known = int(conditions[name].notna().sum())
    return {
        "condition": name,
        "verdict": FOUND if claimed else UNSEEN,
        "reason": reason,
        "pattern": rows[claimed[0]]["pattern"] if claimed else "",
        "known_n": known,
        "unknown_n": len(conditions) - known,
    }
