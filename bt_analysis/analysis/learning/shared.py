"""What do figures that collectives share show together? Effects of one instrument in; what the next would see, out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning import explaining, poolable, together
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing, told
from bt_analysis.analysis.learning.poolable import FAMILY, LEVEL
from bt_analysis.analysis.learning.pooled_model import IN_COLLECTIVES, IN_PLACES, TWO
from bt_analysis.analysis.learning.together import POOLED, Together
from bt_analysis.methods.multiple_testing import holm
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("shared_effects", "pooled", "pooled_moderators", "not_pooled")

QUESTION = "shared"
COUNT, TEST, ADJUSTED, FLIPS = "aantal", "toets", "holm", "omslag"
"""Names of figures of a family, beside those of :mod:`.together`."""

_MODEL = {
    TWO: "random effects, REML",
    IN_COLLECTIVES: "random effects of three levels, effects in collectives, REML",
    IN_PLACES: "random effects of three levels, collectives in gemeenten, REML",
}
_ROBUST = "cluster-robust t, CR2, factor at least 1"
_INTERVAL = {TWO: "Hartung-Knapp, factor at least 1", IN_COLLECTIVES: _ROBUST, IN_PLACES: _ROBUST}
_NEW = {
    TWO: "prediction interval, t, k - 1", IN_COLLECTIVES: f"prediction interval, {_ROBUST}",
    IN_PLACES: f"prediction interval, {_ROBUST}",
}  # fmt: skip
_RESERVATIONS = ("no_control_group", "not_linked", "self_selected", "no_experiment")
_ODDS = "log odds"


@dataclass(frozen=True, eq=False)
class _Family:
    """One family, what it shows, and its p corrected for all families."""

    key: dict[str, str]
    found: Together
    adjusted: float
    conclusion: str

    @property
    def group_type(self) -> str:
        """What its figures are told apart by, beside the indicator."""
        return group_type(self.key["kind"], self.key["population"])


def group_type(kind: str, population: str) -> str:
    """Name the figures of one family, beside their indicator.

    Parameters
    ----------
    kind : str
        Kind of effect.
    population : str
        Whose figures they are.

    Returns
    -------
    str
        Group type of its estimates, such as ``verandering:deelnemers``.
    """
    return f"{kind}:{population}"


def learn(cases: Cases, settings: Settings) -> Learned:
    """Put the figures that collectives share together.

    Parameters
    ----------
    cases : Cases
        Reads estimates, indicators, work_area and case_condition.
    settings : Settings
        ``learning``: from how many collectives on what is done, and the level.

    Returns
    -------
    Learned
        Estimates of question ``shared``, all about all collectives together: per family (indicator, and group_type
        kind:population) ``aantal``, ``bereik`` (median, and the lowest and highest) and, from ``pooled_from``
        collectives on, ``nieuw`` (prediction interval), ``gemiddelde``, ``tau``, ``i2``, ``toets``, ``holm``,
        ``kans_nieuw_hoger``, ``omslag`` and ``moderator:<name>``. Tables: ``shared_effects`` (a row per family),
        ``pooled`` (a row per effect), ``pooled_moderators`` and ``not_pooled``.

    Notes
    -----
    Holm's rule runs over the changes that are put together in one report, and over their moderators.
    """
    effects, refused = poolable.effects(cases, settings)
    families = _families(effects, settings)
    explained = _moderators(families, cases, settings)
    rows = [row for family in families for row in _figures(family, cases)]
    rows += [_slope(family, one, cases) for family, one in explained]
    constants = {"question": QUESTION, "population": "collectieven", "collective_id": ACROSS}
    estimates = told(pd.DataFrame(rows), **constants) if rows else nothing()
    tables = {
        "shared_effects": made([_about(family, cases) for family in families], "shared_effects"),
        "pooled": made(_effects(families), "pooled"),
        "pooled_moderators": made([{**family.key, **one} for family, one in explained], "pooled_moderators"),
        "not_pooled": made(refused.rename(columns={"collective_id": "of_collective"}), "not_pooled"),
    }
    return Learned(estimates, tables)


def _families(effects: pd.DataFrame, settings: Settings) -> list[_Family]:
    groups = [(key, rows) for key, rows in effects.groupby(FAMILY, sort=True)] if len(effects) else []
    found = [together.put(rows, settings.learning) for _, rows in groups]
    adjusted = holm(np.array([one.p for one in found], dtype=float))
    without, level = _without_each(found), settings.learning.level
    found = [
        one.flipping(float(p), without[at], level) for at, (one, p) in enumerate(zip(found, adjusted, strict=True))
    ]
    return [
        _Family(
            dict(zip(FAMILY, map(str, key), strict=True)),
            one,
            float(p),
            one.conclusion(float(p), level),
        )
        for (key, _), one, p in zip(groups, found, adjusted, strict=True)
    ]


def _without_each(found: list[Together]) -> pd.DataFrame:
    """Correct p again in a report without each collective: it is left out of all families at once.

    A row is a collective, a column the place of a family.
    """
    names = sorted({name for one in found for name in one.without.index})
    p = pd.DataFrame({at: one.p for at, one in enumerate(found)}, index=names, dtype=float)
    for at, one in enumerate(found):
        if len(one.without):
            p.loc[one.without.index, at] = one.without["p"]
    return pd.DataFrame([holm(row) for row in p.to_numpy()], index=names, columns=p.columns)


def _figures(family: _Family, cases: Cases) -> Iterator[dict[str, Any]]:
    """Give the estimates of a family."""
    found = family.found
    common = _common(family, cases)
    n = float(found.collectives_n)
    count = {"unit": "aantal", "method": "count", "gate_reason": "", "gate": "ok"}
    yield {**common, **count, "group_value": COUNT, "value": n}
    methods = _methods(found)
    for name, (value, low, high) in found.figures.items():
        unit = {together.I2: "%", together.CHANCE: "%"}.get(name, common["unit"])
        if name == together.TAU and family.key["kind"] == LEVEL and unit == "%":
            unit = _ODDS
        yield {
            **common, "unit": unit, "group_value": name, "value": value, "ci_low": low, "ci_high": high,
            "method": methods[name],
        }  # fmt: skip
    if not math.isnan(found.p):
        yield {**common, "unit": "p", "group_value": TEST, "value": found.p, "method": methods[together.MEAN]}
        yield {
            **common, "unit": "p", "group_value": ADJUSTED, "value": family.adjusted,
            "method": "Holm over the pooled changes of this report",
        }  # fmt: skip
    if found.stage != together.BESIDE and family.key["kind"] != LEVEL:
        flips = found.rows.loc[found.rows["flips"], "collective_id"].nunique()
        yield {**common, **count, "group_value": FLIPS, "value": float(flips), "method": "leaving one collective out"}


def _common(family: _Family, cases: Cases) -> dict[str, Any]:
    start, end = cases.span
    rows = family.found.rows
    reasons = set(";".join(rows["reservations"]).split(";"))
    kept = ";".join(one for one in _RESERVATIONS if one in reasons)
    return {
        "indicator_id": family.key["indicator_id"], "group_type": family.group_type, "period_start": start,
        "period_end": end, "unit": _unit(family.key["kind"], rows["unit"].iloc[0]),
        "n": float(family.found.collectives_n), "n_unit": "collectives", "source": "collectives: own estimates",
        "gate_reason": kept,
        "gate": "voorbehoud" if kept else "ok",
        "comparison": "vergelijkgebied" if family.key["kind"] == poolable.AREA_CHANGE
        else "nulmeting" if family.key["kind"] == poolable.CHANGE else "geen",
    }  # fmt: skip


def _unit(kind: str, unit: str) -> str:
    """Return the unit of a figure of a family: a change of percentages is in percentage points."""
    return "pp" if kind != LEVEL and unit == "%" else unit


def _methods(found: Together) -> dict[str, str]:
    model = _MODEL[found.levels]
    return {
        together.RANGE: "median; bounds: lowest to highest",
        together.NEW: f"{model}; {_NEW[found.levels]}",
        together.MEAN: f"{model}; {_INTERVAL[found.levels]}",
        together.TAU: f"{model}; Q-profile" if found.levels == TWO else model,
        together.I2: f"{model}; I² from τ²",
        together.CHANCE: "Bayes on a grid; half-normal prior of τ",
    }


def _about(family: _Family, cases: Cases) -> dict[str, Any]:
    found, rows = family.found, family.found.rows
    known = cases.indicators.drop_duplicates("indicator_id") if len(cases.indicators) else pd.DataFrame()
    instruments = dict(zip(known["indicator_id"], known["instrument_id"], strict=True)) if len(known) else {}
    instrument = instruments.get(family.key["indicator_id"])
    return {
        **family.key, "unit": rows["unit"].iloc[0], "instrument_id": instrument if isinstance(instrument, str) else "",
        "collectives_n": found.collectives_n, "effects_n": len(rows), "stage": found.stage, "levels": found.levels,
        "clusters_n": found.clusters_n, "conclusion": family.conclusion, "signs": found.signs,
        "flips_n": int(rows.loc[rows["flips"], "collective_id"].nunique()),
        "exceptions_n": int(rows["exception"].sum()), "lopsided_p": found.lopsided_p,
    }  # fmt: skip


def _effects(families: list[_Family]) -> pd.DataFrame:
    if not families:
        return pd.DataFrame()
    rows = pd.concat([family.found.rows for family in families], ignore_index=True)
    # Named so on purpose: a guess borrows from all others, so it is told only of those that gave a bundle.
    return rows.rename(columns={"collective_id": "of_collective", "group_type": "of_figure"})


def _moderators(
    families: list[_Family], cases: Cases, settings: Settings
) -> list[tuple[_Family, dict[str, Any]]]:  # fmt: skip
    """Explain why pooled changes differ, by one moderator at a time, corrected for all that were tried."""
    known = explaining.moderators(cases)
    found = [
        (family, one)
        for family in families
        if family.found.stage == POOLED and family.key["kind"] != LEVEL
        for one in explaining.explained(family.found.rows, known, settings.learning)
    ]
    adjusted = holm(np.array([one["p"] for _, one in found], dtype=float))
    return [(family, {**one, "p_holm": float(p)}) for (family, one), p in zip(found, adjusted, strict=True)]


def _slope(family: _Family, one: dict[str, Any], cases: Cases) -> dict[str, Any]:
    return {
        **_common(family, cases), "group_value": f"moderator:{one['moderator']}",
        "value": one["slope"], "ci_low": one["low"], "ci_high": one["high"], "n": float(one["collectives_n"]),
        "method": "meta-regression, REML; Hartung-Knapp, factor at least 1",
    }  # fmt: skip
