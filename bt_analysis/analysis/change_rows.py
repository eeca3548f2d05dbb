"""What came of comparing, as estimates: answers of one report in; rows of paths, effects, verdict and noise out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bt_analysis.analysis.comparing import Answer, Beside
from bt_analysis.analysis.noise import Steps
from bt_analysis.analysis.tables import AREA
from bt_analysis.indicators import Indicator
from bt_analysis.methods.change import METHODS
from bt_analysis.methods.multiple_testing import holm

HEADLINE = "sdid"
"""Method whose effect and test decide the verdict; the others stand beside it.

It asks the least: paths need not be equally high, as for synthetic control, nor move alike without weights, as for
difference-in-differences. Which one decides is fixed beforehand; the largest of three would give false alarms.
"""
NAMES = {
    "did": "difference-in-differences with similar areas",
    "sc": "synthetic control",
    "sdid": "synthetic difference-in-differences",
}
REPORT = ["collective_id", "work_area_id", "period_start", "period_end"]
"""What tells one report of a work area from another."""

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Asked:
    """One figure of one work area in one report, and what came of it.

    Parameters
    ----------
    report : mapping
        ``REPORT``.
    indicator : Indicator
        The figure.
    answer : Answer
        The comparison, or why there is none.
    reasons : tuple of str
        Reservations that come from the report or the figures of the area, beside those of the comparison.
    own : bool
        Whether the figure of the area is ours and no sum of whole regions, so that the people in it are a cell.
    source : str
        Tables that the figures come from.
    """

    report: Mapping[Any, Any]
    indicator: Indicator
    answer: Answer
    reasons: tuple[str, ...]
    own: bool
    source: str


def verdict(effects: Mapping[str, float], p_value: float, level: float) -> str:
    """Say in a word what three methods find.

    Parameters
    ----------
    effects : mapping of str to float
        Effect per method; ``sdid`` is the headline.
    p_value : float
        Of the headline, corrected for the other figures of the report.
    level : float
        Share of areas without any change that may be called changed.

    Returns
    -------
    str
        ``geen_vast_antwoord`` when one method says more and another less; else ``hoger`` or ``lager`` when chance alone
        seldom does that, and ``geen_verschil`` when it may.
    """
    signs = {float(np.sign(effect)) for effect in effects.values()} - {0.0}
    if len(signs) > 1:
        return "geen_vast_antwoord"
    if not p_value <= level:
        return "geen_verschil"
    return "hoger" if effects[HEADLINE] > 0 else "lager"


def resolved(asked: Sequence[Asked], level: float) -> list[Asked]:
    """Keep as many tests in one report as its placebos can decide.

    Parameters
    ----------
    asked : sequence of Asked
        All figures of a report, the ones that matter most first.
    level : float
        Share of areas without any change that may be called changed.

    Returns
    -------
    list of Asked
        The same figures; of those that are compared only the first few stay so; for the others there are too few
        similar areas to test more.

    Notes
    -----
    With N placebos no p value is below 1/(N + 1), and Holm's rule multiplies the smallest of k by k. With k above
    level · (N + 1) no change whatever would be called one, and "no difference" would be said of anything. So the first
    k figures stay, for the largest k that the fewest placebos of these k allow; those of a figure that goes do not
    count. Which figures matter most, and on how many placebos they rest, is known before any change is looked at.
    """
    tried = [one.answer.beside.change.effects[HEADLINE].placebos for one in asked if one.answer.beside]
    left = sum(level * (min(tried[:count]) + 1) + 1e-9 >= count for count in range(1, len(tried) + 1))
    kept = []
    for one in asked:
        compared = one.answer.beside is not None
        refused = replace(one.answer, refusal="too_few_for_more", beside=None)
        kept.append(replace(one, answer=refused) if compared and left <= 0 else one)
        left -= compared
    return kept


def of_report(asked: Sequence[Asked], level: float) -> Iterator[Row]:
    """Make the rows of one report.

    Parameters
    ----------
    asked : sequence of Asked
        All figures of it; what is tested is corrected for one another.
    level : float
        Share of areas without any change that may be called changed.

    Yields
    ------
    dict
        A row for :func:`bt_analysis.analysis.tables.estimates`.
    """
    tested = [one.answer.beside.change.effects[HEADLINE].p if one.answer.beside else np.nan for one in asked]
    for one, corrected in zip(asked, holm(tested), strict=True):
        beside, steps = one.answer.beside, one.answer.steps
        rows = [*_paths(one, beside), *_effects(one, beside, float(corrected), level)] if beside else [_refusal(one)]
        common: Row = {name: one.report[name] for name in REPORT}
        common |= {"indicator_id": one.indicator.id, "unit": one.indicator.unit, "source": one.source}
        yield from ({**common, "population": "gebied", **row} for row in (*rows, *(_seeing(steps) if steps else ())))


def _paths(one: Asked, beside: Beside) -> Iterator[Row]:
    """Give the figure of the area and the mean of areas like it, year after year."""
    found = beside.change
    shared = {
        "question": "similar", "group_type": "jaar", "comparison": "vergelijkgebied",
        "n": len(found.similar.index), "n_unit": "areas", "gate_reason": ";".join((*beside.reasons, *one.reasons)),
    }  # fmt: skip
    how = "mean of similar areas, entropy weights" + ("" if found.similar.balanced else ", not alike in all")
    for year, own, theirs in zip(beside.window.years, beside.units.areas.paths[0], found.path, strict=True):
        # Areas like it are weighed to have the figures of this one, so their mean tells these.
        place = {**shared, **_cell(one, beside), "group_value": str(year)}
        yield {**place, "value": own, "method": "figure of the area"}
        yield {**place, "population": "vergelijkbaar", "value": theirs, "method": how}


def _effects(one: Asked, beside: Beside, corrected: float, level: float) -> Iterator[Row]:
    found, head = beside.change, beside.change.effects[HEADLINE]
    shared = {
        **_change(), **_cell(one, beside), "n_unit": "areas",
        "gate_reason": ";".join(("no_experiment", *beside.reasons, *one.reasons)),
    }  # fmt: skip
    for name in METHODS:
        effect, method = found.effects[name], NAMES[name]
        figures = {"value": effect.value, "ci_low": effect.low, "ci_high": effect.high}
        tried = {**shared, "group_value": name, "n": effect.placebos}
        yield {**tried, **figures, "group_type": "methode", "method": f"{method}; placebo interval"}
        yield {**tried, "group_type": "toets", "value": effect.p, "unit": "p", "method": f"{method}; placebo test"}
    yield {
        **shared, "group_type": "toets", "group_value": "holm", "value": corrected, "unit": "p", "n": head.placebos,
        "method": f"{NAMES[HEADLINE]}; placebo test; Holm",
    }  # fmt: skip
    said = verdict({name: found.effects[name].value for name in METHODS}, corrected, level)
    yield {
        **shared, "group_type": "oordeel", "value": head.value, "ci_low": head.low, "ci_high": head.high,
        "value_text": said, "n": len(found.similar.index), "method": f"{NAMES[HEADLINE]}; placebo interval",
    }  # fmt: skip
    yield {
        **shared, "group_type": "aansluiting", "group_value": "sc", "value": found.pre_rmse,
        "n": len(beside.window.before), "n_unit": "years", "method": "synthetic control; root mean square error",
    }  # fmt: skip


def _change() -> Row:
    return {"question": "change", "comparison": "vergelijkgebied"}


def _cell(one: Asked, beside: Beside) -> Row:
    """Name the cell of a figure that is no sum of whole regions, with the people in it."""
    if not one.own:
        return {}
    return {"cell": AREA + str(one.report["work_area_id"]), "cell_n": float(beside.units.areas.size[0])}


def _refusal(one: Asked) -> Row:
    return {
        **_change(), "group_type": "oordeel", "value": np.nan, "gate_reason": one.answer.refusal,
        "missing_reason": "not_applicable", "method": f"{NAMES[HEADLINE]}; placebo interval",
    }  # fmt: skip


def _seeing(steps: Steps) -> Iterator[Row]:
    values = {
        "noise": (steps.noise, "standard deviation of yearly changes / √2"),
        "mde": (steps.mde, "minimum detectable change"),
        "possible": (steps.possible, "most that one participant can change"),
    }
    shared: Row = {"question": "detectability", "group_type": "stap", "n": steps.areas, "n_unit": "areas"}
    if steps.least is not None:
        values["noise"] = (steps.noise, "standard deviation of yearly changes of its own buurten / √2")
        values["least"] = (steps.least, "standard error of a mean of its own buurten")
        shared["gate_reason"] = "noise_of_parts"
    yield from ({**shared, "group_value": step, "value": one, "method": how} for step, (one, how) in values.items())
