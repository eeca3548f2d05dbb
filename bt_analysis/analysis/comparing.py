"""One work area, one figure: the panel in; how it is set beside areas like it, or why it is not, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.analysis import noise, similar
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.noise import Steps
from bt_analysis.analysis.similar import Candidates, Place
from bt_analysis.analysis.units import SIZE, Units, units
from bt_analysis.analysis.windows import Window, window, years_before
from bt_analysis.indicators import Indicator
from bt_analysis.methods import change
from bt_analysis.settings import ComparisonSettings, Settings

FEW_YEARS = 4
"""With fewer years before the start, a path of a work area tells little of where it was going."""


@dataclass(frozen=True, eq=False)
class Area:
    """A work area and what it may be compared with; the same for all figures.

    Parameters
    ----------
    place : Place
        Its regions.
    among : Candidates
        Regions to build areas of.
    shares : ndarray
        Share of the inhabitants that live in each of its regions; together less than 1 when codes that it is given by
        are no region now.
    """

    place: Place
    among: Candidates
    shares: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Beside:
    """A work area beside areas like it.

    Parameters
    ----------
    window : Window
        The years.
    units : Units
        The area and those built like it.
    change : Change
        What three methods find.
    reasons : tuple of str
        Reservations, apart from that it is no experiment.
    """

    window: Window
    units: Units
    change: change.Change
    reasons: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of setting a work area beside areas like it.

    Parameters
    ----------
    refusal : str
        One of :data:`bt_analysis.analysis.windows.REFUSALS`; empty when it is compared.
    beside : Beside or None
        The comparison; None when there is none.
    steps : Steps or None
        What can be seen; None where that cannot be told.
    left_out : mapping of str to int
        Reason → regions that are in no area like it.
    """

    refusal: str
    beside: Beside | None
    steps: Steps | None
    left_out: Mapping[str, int]


def area(weights: pd.DataFrame, panel: AreaPanel, asked_n: int) -> Area:
    """Prepare a work area.

    Parameters
    ----------
    weights : DataFrame
        joined_area_weight of the work area.
    panel : AreaPanel
        All regions.
    asked_n : int
        Codes that it is given by; 0 for a drawing or postcodes.

    Returns
    -------
    Area
        Its regions, and those that it may be compared with.
    """
    place = similar.place(weights, panel)
    people = panel.values[SIZE].loc[list(place.codes)].ffill(axis=1).iloc[:, -1].fillna(0).to_numpy() * place.weights
    living = people / people.sum() if people.sum() > 0 else np.full(len(people), 1 / len(people))
    matched = min(1.0, len(weights) / asked_n) if asked_n else 1.0
    return Area(place, similar.candidates(place, panel), living * matched)


def years_of(
    here: Area, panel: AreaPanel, indicator: Indicator, between: tuple[int, int], settings: Settings
) -> Window | str:
    """Choose the years in which a work area can be compared.

    Parameters
    ----------
    here : Area
        The work area.
    panel : AreaPanel
        All figures.
    indicator : Indicator
        What is compared.
    between : tuple of int
        Year in which the work began, and the last one that counts.
    settings : Settings
        ``comparison.min_years_before`` and ``gates.min_coverage``: the share of the inhabitants whose region must have
        a figure.

    Returns
    -------
    Window or str
        The years, or why there are none.
    """
    has, changed, published = _own(here, panel, indicator.id)
    least = settings.gates.min_coverage
    seen = (has.T * here.shares).sum(axis=1) >= least
    there = pd.DataFrame({"seen": seen, "changed": (changed & ~has).any(axis=0)}).loc[published]
    found = window(there, *between, indicator, settings.comparison.min_years_before)
    if isinstance(found, str):
        return found
    always = has[list(found.years)].all(axis=1).to_numpy()
    return found if here.shares[always].sum() >= least else "area_figure_missing"


def answer(
    here: Area,
    panel: AreaPanel,
    indicator: Indicator,
    when: tuple[int, Window | str],
    catalogue: Mapping[str, Indicator],
    options: ComparisonSettings,
) -> Answer:
    """Set a work area beside areas like it.

    Parameters
    ----------
    here : Area
        The work area.
    panel : AreaPanel
        All figures.
    indicator : Indicator
        What is compared.
    when : tuple
        Year in which the work began; and the years, or why there are none, as :func:`years_of` gives.
    catalogue : mapping of str to Indicator
        How figures are put together.
    options : ComparisonSettings
        How areas are compared.

    Returns
    -------
    Answer
        The comparison, or why not; what can be seen also then, where there are years enough.

    Raises
    ------
    ValueError
        When the figure comes from a model: it says what areas of its kind are like, not what changed in one.
    """
    if indicator.model:
        raise ValueError(f"{indicator.id} comes from a model; expected a figure that was counted. Show it as context.")
    start, years = when
    if isinstance(years, str):
        before = years_before(_own(here, panel, indicator.id)[2], start, indicator)
        if len(before) < options.min_years_before:
            return Answer(years, None, None, {})
        built = units(here.place, here.among, panel, indicator, (before, ()), catalogue)
        return Answer(years, None, noise.steps(built, panel, here.place.level, before, indicator, options), {})
    place = _members(here, panel, indicator.id, years)
    built = units(place, here.among, panel, indicator, (years.before, years.after), catalogue)
    seen = noise.steps(built, panel, place.level, years.before, indicator, options)
    left_out = built.all_left_out(options.size_ratio)
    found = _compared(built, len(years.before), options)
    if isinstance(found, str):
        return Answer(found, None, seen, left_out)
    reasons = _reservations(here, place, panel, years, built)
    return Answer("", Beside(years, built, found, reasons), seen, left_out)


def _own(here: Area, panel: AreaPanel, indicator_id: str) -> tuple[pd.DataFrame, pd.DataFrame, list[int]]:
    """Return which regions of the area have a figure in each year, which changed since, and the years published."""
    codes, table = list(here.place.codes), panel.values[indicator_id]
    has = table.loc[codes].notna() | panel.apportioned[indicator_id].loc[codes].notna()
    return has, panel.changed[indicator_id].loc[codes], panel.published(indicator_id, here.place.level)


def _members(here: Area, panel: AreaPanel, indicator_id: str, years: Window) -> Place:
    """Keep the regions that have a figure in every year, so that none comes in or drops out on the way."""
    always = _own(here, panel, indicator_id)[0][list(years.years)].all(axis=1).to_numpy()
    codes = tuple(code for code, kept in zip(here.place.codes, always, strict=True) if kept)
    return replace(here.place, codes=codes, weights=here.place.weights[always])


def _reservations(here: Area, place: Place, panel: AreaPanel, years: Window, built: Units) -> tuple[str, ...]:
    reasons = {
        "few_years_before": len(years.before) < FEW_YEARS,
        "one_year_after": len(years.after) == 1,
        "no_outlines": panel.beside is None,
        "no_urbanity": not built.areas.block[0],
        "areas_without_figure": len(place.codes) < len(here.place.codes) or here.shares.sum() < 1 - 1e-9,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def _compared(built: Units, years_before_n: int, options: ComparisonSettings) -> change.Change | str:
    """Return what three methods find, or why they were not tried or do not count."""
    areas = built.areas
    # Said first, whatever else is missing of the area itself: there is nothing to set it beside.
    if len(areas.size) <= options.min_similar:
        return "too_few_similar"
    if not (np.isfinite(areas.size[0]) and areas.size[0] > 0 and np.isfinite(areas.paths[0]).all()):
        return "area_figure_missing"
    try:
        found = change.estimate(
            areas, 0, years_before_n, eligible=np.arange(len(areas.size)) > 0, neighbours=options.neighbours,
            placebos=options.placebos, min_similar=options.min_similar, size_ratio=options.size_ratio,
            level=options.level,
        )  # fmt: skip
    except change.TooFewSimilar:
        return "too_few_similar"
    return "outside_similar" if found.outside else found
