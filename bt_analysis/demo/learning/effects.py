"""What the fictional collectives measured before and after with one instrument: a collective comes in; figures go out.

Planted: cohesion rises on average, more where there is a fixed place to meet, and falls in one collective; how people
rate their health does not change. Not every kind of collective measures both, and some asked few people.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.demo.collectives import LAST_YEAR, Collective
from bt_analysis.demo.learning import conditions

COHESION, HEALTH = "cohesie_cbs_ssw_totaal", "srh_1_goed"
MODERATOR = "vaste_plek"
EXCEPTION = "repareer-02"
"""The one collective where cohesion fell."""

WITHOUT, WITH, SPREAD = 0.15, 0.45, 0.06
"""Mean rise of cohesion without and with a fixed place, and standard deviation of what else makes it differ."""

FALL = -0.4
HEALTH_SPREAD = 2.0
"""Standard deviation, in percentage points, of how much the share in good health changes; its mean is 0."""

_SD = 0.7
_COHESION_BEFORE, _HEALTH_BEFORE = 3.2, 64.0
# Per kind: people who answered, and how they were found.
_COHESION = {
    "tafel": (90, "aselect"), "stoep": (60, "census_van_groep"), "huis": (140, "aselect"), "beweging": (45, "aselect"),
    "panel": (75, "aselect"), "repareer": (110, "aselect"),
}  # fmt: skip
_HEALTH = {
    "tafel": (85, "aselect"), "huis": (140, "zelfselectie"), "beweging": (60, "census_van_groep"),
    "panel": (90, "aselect"), "repareer": (120, "aselect"),
}  # fmt: skip


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make what a collective measured before and after.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same figures.

    Returns
    -------
    dict of DataFrame
        measurement, two rows per indicator; none for kinds that measure neither.
    """
    kind, draw = collective.archetype["slug"], np.random.default_rng([seed, 44, collective.number])
    years = (collective.years[0], LAST_YEAR)
    rows = []
    if kind in _COHESION:
        true = (_COHESION_BEFORE, _COHESION_BEFORE + rise(collective, seed))
        for year, mean in zip(years, true, strict=True):
            rows.append(_row(collective, COHESION, year, *_COHESION[kind]) | _mean(mean, _COHESION[kind][0], draw))
    if kind in _HEALTH:
        true = (_HEALTH_BEFORE, _HEALTH_BEFORE + _health_change(collective, seed))
        for year, share in zip(years, true, strict=True):
            rows.append(_row(collective, HEALTH, year, *_HEALTH[kind]) | _share(share, _HEALTH[kind][0], draw))
    return {"measurement": pd.DataFrame(rows)} if rows else {}


def rise(collective: Collective, seed: int) -> float:
    """Return how much cohesion truly rose, had everybody been asked.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same rise.

    Returns
    -------
    float
        In points of the scale from 1 to 5.
    """
    if collective.collective_id == EXCEPTION:
        return FALL
    draw = np.random.default_rng([seed, 45, collective.number])
    return (WITH if conditions.there(collective, MODERATOR) else WITHOUT) + float(draw.normal(0, SPREAD))


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell what is planted in the figures.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed as of the figures.

    Returns
    -------
    dict
        ``shared``: true changes of this collective, and what they are on average; empty for kinds that measure neither.
    """
    kind = collective.archetype["slug"]
    known: dict[str, Any] = {}
    if kind in _COHESION:
        known[COHESION] = round(rise(collective, seed), 3)
    if kind in _HEALTH:
        known[HEALTH] = round(_health_change(collective, seed), 3)
    if not known:
        return {}
    means = {"without": WITHOUT, "with": WITH, "moderator": MODERATOR, "exception": EXCEPTION}
    return {
        "shared": {
            "changes": known, "means": means, "no_effect": HEALTH,
            "explanation": (
                "Cohesion rises on average, more with a fixed place to meet, and falls in one collective. The share "
                "in good health changes up and down, on average not at all."
            ),
        }
    }  # fmt: skip


def _health_change(collective: Collective, seed: int) -> float:
    return float(np.random.default_rng([seed, 46, collective.number]).normal(0, HEALTH_SPREAD))


def _row(collective: Collective, indicator_id: str, year: int, n: int, method: str) -> dict[str, object]:
    return {
        "measurement_id": f"{indicator_id}-{year}",
        "indicator_id": indicator_id,
        "collective_id": collective.collective_id,
        "period_start": dt.date(year, 1, 1),
        "period_end": dt.date(year, 12, 31),
        "measured_on": dt.date(year, 2 if year < LAST_YEAR else 11, 14),
        "population": "deelnemers",
        "n_valid": n,
        "method": method,
        "comparison": "nulmeting" if year < LAST_YEAR else "geen",
    }


def _mean(true: float, n: int, draw: np.random.Generator) -> dict[str, object]:
    error = _SD / math.sqrt(n)
    value = float(draw.normal(true, error))
    return {
        "value": round(value, 2),
        "ci_low": math.floor(100 * (value - 1.96 * error)) / 100,
        "ci_high": math.ceil(100 * (value + 1.96 * error)) / 100,
    }


def _share(true: float, n: int, draw: np.random.Generator) -> dict[str, object]:
    count = int(draw.binomial(n, true / 100))
    return {"value": round(100 * count / n, 1), "numerator": count}
