"""Areas built alike: regions in; a work area and groups of as many regions, with their paths and features, out.

A work area of several regions is set beside groups of as many: among scattered regions local shocks average out, and a
work area would stand out by its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.analysis.areas import AreaPanel, put_together
from bt_analysis.analysis.profiles import URBANITY_BOUNDS
from bt_analysis.analysis.similar import Candidates, Floats, Place, Places, grouped
from bt_analysis.indicators import Indicator
from bt_analysis.methods.change import Areas

SIZE, URBANITY = "population", "address_density_per_km2"
FEATURES = (
    "density_per_km2", "owner_occupied_pct", "corporation_rented_pct", "aged_65_plus_pct", "aged_0_15_pct",
    "household_size", "one_person_households_pct", "income_keur_per_inhabitant", "woz_value_keur",
    "built_before_2000_pct", "built_over_10_years_ago_pct",
)  # fmt: skip
"""Indicators in which areas are to be alike, where they have a figure."""
KNOWN_SHARE = 0.8
"""Share of the candidates that must have a figure of a feature, else areas are not compared in it."""
FEATURE_AGE = 3
"""Years that a figure of a feature may be older than the last year before the start."""


class Feature(NamedTuple):
    """What areas are to be alike in.

    Parameters
    ----------
    indicator_id : str
        Indicator.
    year : int
        Year of its figures.
    """

    indicator_id: str
    year: int


@dataclass(frozen=True, eq=False)
class Units:
    """A work area, first, and areas built like it.

    Parameters
    ----------
    codes : list of tuple of str
        The regions of each.
    areas : Areas
        Paths, features, size and kind of each.
    features : tuple of Feature
        The columns of ``areas.features``.
    without : tuple of str
        Features that were left out: the work area or too many others have no figure.
    left_out : mapping of str to int
        Reason → regions that are in none of them, or in one that cannot be used.
    """

    codes: list[tuple[str, ...]]
    areas: Areas
    features: tuple[Feature, ...]
    without: tuple[str, ...]
    left_out: Mapping[str, int]

    def all_left_out(self, size_ratio: float) -> dict[str, int]:
        """Count also the regions of areas that are there, but not like the work area in what must be the same.

        Parameters
        ----------
        size_ratio : float
            How many times more or fewer inhabitants an area may have.

        Returns
        -------
        dict of str to int
            Reason → regions; reasons that none was left out for are not there.
        """
        found, each = alike(self.areas, size_ratio), len(self.codes[-1])
        masks = {"feature_missing": found.unknown, "other_urbanity": found.other_kind, "other_size": found.other_size}
        counts = {**self.left_out, **{reason: each * int(mask.sum()) for reason, mask in masks.items()}}
        return {reason: number for reason, number in counts.items() if number}


class Alike(NamedTuple):
    """Which areas are like a work area in what must be the same; the work area itself is in none.

    Parameters
    ----------
    unknown, other_kind, other_size, alike : ndarray of bool
        A figure is missing; another urbanity; another size; none of these. Every other area is in one of them.
    """

    unknown: npt.NDArray[np.bool_]
    other_kind: npt.NDArray[np.bool_]
    other_size: npt.NDArray[np.bool_]
    alike: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Built:
    """A work area and groups of regions, of which figures are made; places are rows of the tables of the panel."""

    own: Places
    weights: Floats
    groups: Places  # regions of a group × groups
    panel: AreaPanel
    catalogue: Mapping[str, Indicator]

    def figures(self, indicator_id: str, years: Sequence[int]) -> Floats:
        """Return a row per area, the work area first, and a column per year."""
        kind, panel, at = self.catalogue[indicator_id].kind, self.panel, list(years)
        values, moved, bases = (
            table[indicator_id][at].to_numpy() for table in (panel.values, panel.apportioned, panel.bases)
        )
        # An estimate over new boundaries will do for the work area itself, with its reservation.
        value = np.where(np.isnan(values[self.own]), moved[self.own], values[self.own])
        own = put_together(kind, value, bases[self.own], self.weights)
        others = put_together(kind, values[self.groups], bases[self.groups], np.ones(len(self.groups)))
        return np.vstack([own[None, :], others])

    def latest(self, indicator_id: str, year: int) -> Floats:
        """Return figures of the last year up to one that has one of the work area; not a number without any."""
        until = [each for each in self.years(indicator_id) if each <= year]
        for each in reversed(until):
            found = self.figures(indicator_id, [each])[:, 0]
            if np.isfinite(found[0]):
                return found
        return np.full(1 + self.groups.shape[1], np.nan)

    def feature(self, indicator_id: str, year: int) -> tuple[Feature, Floats] | None:
        """Return figures to be alike in, of the last year up to one that enough areas have; None without any."""
        for each in reversed([one for one in self.years(indicator_id) if year - FEATURE_AGE <= one <= year]):
            found = self.figures(indicator_id, [each])[:, 0]
            others = np.isfinite(found[1:])
            if np.isfinite(found[0]) and others.sum() >= KNOWN_SHARE * len(others):
                return Feature(indicator_id, each), found
        return None

    def years(self, indicator_id: str) -> list[int]:
        """Return the years an indicator may have figures of."""
        return (
            [int(year) for year in self.panel.values[indicator_id].columns] if indicator_id in self.panel.values else []
        )


def units(
    where: Place,
    among: Candidates,
    panel: AreaPanel,
    indicator: Indicator,
    years: tuple[Sequence[int], Sequence[int]],
    catalogue: Mapping[str, Indicator],
) -> Units:
    """Build a work area, and areas like it, in the years that are compared.

    Parameters
    ----------
    where : Place
        The work area: regions that have a figure in every year.
    among : Candidates
        Regions to build areas of.
    panel : AreaPanel
        Their figures.
    indicator : Indicator
        What is compared.
    years : tuple of sequence of int
        Those before the start and those after. Features, size and kind are of the last year before, or of the last one
        until then that has them.
    catalogue : mapping of str to Indicator
        How figures are put together.

    Returns
    -------
    Units
        The work area and all areas whose figures are known and compare in all years; those of another size or kind too.
    """
    last_before, both = years[0][-1], [*years[0], *years[1]]
    codes, left_out = _comparing(among, panel, indicator.id, both)
    groups = codes[grouped(codes, where.count, where.level)]
    built = _Built(_places(panel, where.codes), where.weights, _places(panel, groups.T), panel, catalogue)
    wanted = [key for key in FEATURES if key in panel.values and key != indicator.id]
    found = [one for one in (built.feature(key, last_before) for key in wanted) if one is not None]
    size, density = built.latest(SIZE, last_before), built.latest(URBANITY, last_before)
    table = np.column_stack([figures for _, figures in found]) if found else np.empty((len(size), 0))
    return Units(
        [where.codes, *(tuple(row) for row in groups.tolist())],
        Areas(built.figures(indicator.id, both), table, size, _kind(density)),
        tuple(feature for feature, _ in found),
        tuple(key for key in wanted if key not in {feature.indicator_id for feature, _ in found}),
        {**among.left_out, **left_out, "left_over": len(codes) - groups.size},
    )


def alike(areas: Areas, size_ratio: float) -> Alike:
    """Tell which areas are like the first one in what must be the same.

    Parameters
    ----------
    areas : Areas
        The work area first.
    size_ratio : float
        How many times more or fewer inhabitants an area may have.

    Returns
    -------
    Alike
        One entry per area.
    """
    others = np.arange(len(areas.size)) > 0
    known = np.isfinite(areas.paths).all(axis=1) & np.isfinite(areas.features).all(axis=1) & (areas.size > 0)
    same = areas.block == areas.block[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.abs(np.log(areas.size / areas.size[0])) <= np.log(size_ratio) + 1e-12
    return Alike(others & ~known, others & known & ~same, others & known & same & ~near, others & known & same & near)


def _comparing(
    among: Candidates, panel: AreaPanel, indicator_id: str, years: Sequence[int]
) -> tuple[npt.NDArray[np.str_], dict[str, int]]:
    """Return the candidates that have a figure which compares in every year, and how many have not, and why."""
    places = _places(panel, among.codes)
    known = panel.values[indicator_id][list(years)].notna().to_numpy()[places].all(axis=1)
    changed = panel.changed[indicator_id][list(years)].to_numpy()[places].any(axis=1)
    left_out = {"boundaries_changed": int((~known & changed).sum()), "figure_missing": int((~known & ~changed).sum())}
    return among.codes[known], left_out


def _places(panel: AreaPanel, codes: Sequence[str] | npt.NDArray[np.str_]) -> Places:
    """Return the rows of regions, in the shape in which their codes were given; all tables have the same rows."""
    asked = np.asarray(codes, dtype=str)
    return panel.regions.index.get_indexer(pd.Index(asked.ravel())).reshape(asked.shape)


def _kind(density: Floats) -> npt.NDArray[np.int64]:
    """Return CBS's class of urbanity by the density of addresses, 1 to 5; -1 where it is not known."""
    # Not known of the work area: then all are of one kind, 0.
    if np.isnan(density[0]):
        return np.zeros(len(density), dtype=np.int64)
    classes = 5 - np.searchsorted(URBANITY_BOUNDS, np.nan_to_num(density), side="right")
    return np.where(np.isnan(density), -1, classes).astype(np.int64)
