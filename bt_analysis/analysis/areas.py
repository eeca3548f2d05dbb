"""Areas: the figures of every region, year after year, in; those of one area, or of all, out.

The other questions read the figures of work areas. To see whether something changed, one needs those of areas where
nobody started anything as well; they are here, wide, for the few indicators that are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

ADJOINING_M = 1.0
"""Metres within which two outlines touch: borders that were drawn twice do not meet to the millimetre."""


@dataclass(frozen=True, eq=False)
class AreaPanel:
    """The figures of all regions of the reference division, in all years.

    Parameters
    ----------
    regions : DataFrame
        harmonised_regions with gemeente and gemeente_label (both empty for the country), indexed by regiocode.
    values : mapping of str to DataFrame
        Indicator id → its figures: a row per regiocode, a column per year. NaN where there is none, and where the
        region cannot be compared with what it was in that year.
    apportioned : mapping of str to DataFrame
        Likewise, the figures that followed new boundaries by an estimate, which ``values`` leaves out; NaN elsewhere.
    changed : mapping of str to DataFrame
        Likewise, whether the boundaries changed, or are not known to be the same, so that ``values`` has no figure.
    bases : mapping of str to DataFrame
        Likewise, what each figure rests on, such as homes or inhabitants: the weight when regions are put together.
    weights : DataFrame
        joined_area_weight: the regions of every work area.
    sources : DataFrame
        One row is an indicator in a year: indicator_id, year, table_id, source_key, modified.
    middles : DataFrame or None
        x_m and y_m (EPSG:28992) per buurt; None without outlines.
    beside : mapping of str to frozenset of str, or None
        Regiocode in or of a work area → regions of the same level that adjoin it; None without outlines.
    """

    regions: pd.DataFrame
    values: Mapping[str, pd.DataFrame]
    apportioned: Mapping[str, pd.DataFrame]
    changed: Mapping[str, pd.DataFrame]
    bases: Mapping[str, pd.DataFrame]
    weights: pd.DataFrame
    sources: pd.DataFrame
    middles: pd.DataFrame | None = None
    beside: Mapping[str, frozenset[str]] | None = None

    @property
    def years(self) -> list[int]:
        """Years that any figure is of, in order."""
        return sorted({int(year) for table in self.values.values() for year in table.columns})

    @cached_property
    def taken(self) -> frozenset[str]:
        """Codes of the regions of all work areas."""
        return frozenset(self.weights["area_code"])

    @cached_property
    def newest(self) -> Mapping[str, int]:
        """Indicator id → the last year that any region has a figure of; nothing of one without figures."""
        there = {key: table.columns[table.notna().any()] for key, table in self.values.items()}
        return {key: int(years.max()) for key, years in there.items() if len(years)}

    @cached_property
    def _weights_of(self) -> Mapping[str, pd.DataFrame]:
        return {str(area): rows for area, rows in self.weights.groupby("work_area_id", sort=False)}

    def of_work_area(self, work_area_id: str) -> pd.DataFrame:
        """Return the regions of one work area, without going over those of all.

        Parameters
        ----------
        work_area_id : str
            The work area.

        Returns
        -------
        DataFrame
            Rows of ``weights``; none of a work area without regions.
        """
        return self._weights_of.get(work_area_id, self.weights.iloc[:0])

    @cached_property
    def _published(self) -> dict[tuple[str, str], list[int]]:
        return {}

    def published(self, indicator_id: str, level: str) -> list[int]:
        """Return the years in which a figure is of any region of a level.

        Parameters
        ----------
        indicator_id : str
            An indicator of ``values``.
        level : str
            ``gemeente``, ``wijk`` or ``buurt``.

        Returns
        -------
        list of int
            In order. All regions are gone over once, however often it is asked.
        """
        asked = (indicator_id, level)
        if asked not in self._published:
            there = self.values[indicator_id].loc[self.of_level(level).index].notna().any()
            self._published[asked] = [int(year) for year in there.index[there]]
        return self._published[asked]

    @cached_property
    def _sources_of(self) -> Mapping[str, pd.DataFrame]:
        return {str(key): rows for key, rows in self.sources.groupby("indicator_id", sort=False)}

    def sources_of(self, indicator_id: str) -> pd.DataFrame:
        """Return where the figures of one indicator come from, without going over those of all.

        Parameters
        ----------
        indicator_id : str
            The indicator.

        Returns
        -------
        DataFrame
            Rows of ``sources``, a year each.
        """
        return self._sources_of.get(indicator_id, self.sources.iloc[:0])

    def of_level(self, level: str) -> pd.DataFrame:
        """Return the regions of one level.

        Parameters
        ----------
        level : str
            ``gemeente``, ``wijk`` or ``buurt``.

        Returns
        -------
        DataFrame
            Rows of ``regions``.
        """
        return self.regions[self.regions["level"].eq(level)]

    def middle(self, codes: Collection[str]) -> tuple[float, float]:
        """Return where some regions lie.

        Parameters
        ----------
        codes : collection of str
            Regions of any level.

        Returns
        -------
        tuple of float
            Mean x and y of the middles of their buurten, in metres; NaN without outlines.
        """
        if self.middles is None:
            return float("nan"), float("nan")
        stems = tuple(code[2:] for code in codes)
        here = self.middles[self.middles.index.str[2:].str.startswith(stems)]
        return float(here["x_m"].mean()), float(here["y_m"].mean())


def with_gemeente(names: pd.DataFrame) -> pd.DataFrame:
    """Add the gemeente that each region lies in.

    Parameters
    ----------
    names : DataFrame
        harmonised_regions.

    Returns
    -------
    DataFrame
        The same rows, indexed by regiocode, with gemeente and gemeente_label.
    """
    table = names.assign(gemeente=("GM" + names["regiocode"].str[2:6]).where(names["level"].ne("land"), ""))
    labels = table.set_index("regiocode")["regiocode_label"]
    return table.assign(gemeente_label=table["gemeente"].map(labels).fillna("")).set_index("regiocode", drop=False)


def middles(outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return where each buurt lies.

    Parameters
    ----------
    outlines : GeoDataFrame
        One row per buurt: buurtcode, geometry in EPSG:28992.

    Returns
    -------
    DataFrame
        x_m and y_m of the middle, indexed by buurtcode.
    """
    points = outlines.geometry.centroid
    return pd.DataFrame({"x_m": points.x.to_numpy(), "y_m": points.y.to_numpy()}, index=outlines["buurtcode"])


def adjoining(outlines: gpd.GeoDataFrame, around: Collection[str]) -> dict[str, frozenset[str]]:
    """Find which regions touch some others.

    Parameters
    ----------
    outlines : GeoDataFrame
        One row per buurt: buurtcode, geometry in EPSG:28992.
    around : collection of str
        Regions of any level, such as those of work areas; only the surroundings of these are looked at.

    Returns
    -------
    dict of str to frozenset of str
        Each of ``around``, and each buurt inside it → regions of the same level that lie against it, also those that
        share only a corner.
    """
    codes = outlines["buurtcode"].to_numpy(dtype=str)
    shapes = outlines.geometry.to_numpy()
    inside = np.flatnonzero(pd.Series(codes).str[2:].str.startswith(tuple(code[2:] for code in around)))
    one, other = outlines.sindex.query(shapes[inside], predicate="dwithin", distance=ADJOINING_M)
    pairs = pd.DataFrame({"one": codes[inside[one]], "other": codes[other]})
    none: frozenset[str] = frozenset()
    beside = dict.fromkeys(map(str, codes[inside]), none) | _sets(pairs["one"], pairs["other"])
    for level, length in (("WK", 8), ("GM", 6)):
        asked = [code for code in around if code.startswith(level)]
        above = pairs.apply(lambda column, length=length, level=level: level + column.str[2:length])
        found = _sets(above["one"], above["other"])
        beside |= {code: found.get(code, none) for code in asked}
    return beside


def _sets(one: pd.Series, other: pd.Series) -> dict[str, frozenset[str]]:
    apart = one != other
    return {str(code): frozenset(found) for code, found in other[apart].groupby(one[apart])}


def put_together(
    kind: str, values: npt.NDArray[np.float64], bases: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Make one figure of those of several regions.

    Parameters
    ----------
    kind : str
        Kind of the indicator: ``additive`` is summed, everything else averaged.
    values, bases : ndarray
        Figures and what they rest on; regions on the first axis.
    weights : ndarray
        Share of each region that counts.

    Returns
    -------
    ndarray
        One figure per place on the other axes; NaN where one of the regions has none.

    Notes
    -----
    additive: Σ weight · value. Otherwise Σ weight · base · value / Σ weight · base: for a share that is the ratio of
    the sums of its numerator and its denominator. A region on which nothing rests has no part in it; when that is all
    of them, or one has a value and an unknown base, there is no figure, unless it is the only region.
    """
    shaped = weights.reshape(-1, *[1] * (values.ndim - 1))
    if kind == "additive":
        return np.asarray((values * shaped).sum(axis=0), dtype=np.float64)
    if len(values) == 1:
        return np.asarray(values[0], dtype=np.float64)
    parts = np.where(bases == 0, 0.0, values * bases) * shaped
    below = (bases * shaped).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, parts.sum(axis=0) / below, np.nan), dtype=np.float64)
