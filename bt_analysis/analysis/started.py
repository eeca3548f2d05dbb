"""What changed after collectives started, over all of them? Their work areas and start years in; effects together out.

One collective is seldom enough to see anything. Several with the same outcome, that began in different years, may be;
each is set beside areas as large and built alike in which no collective works. Beside each other is not because of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bt_analysis.analysis import outcomes, similar
from bt_analysis.analysis.areas import AreaPanel, put_together
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.breaks import segment
from bt_analysis.methods.imputation import imputed
from bt_analysis.methods.staggered import By, group_time
from bt_analysis.methods.start_years import Estimator, infer
from bt_analysis.settings import ComparisonSettings

MIN_COLLECTIVES = 5
"""Collectives with the same outcome below which nothing is said of all of them together."""
ESTIMATORS: dict[str, Estimator] = {
    "imputation (Borusyak, Jaravel and Spiess)": imputed,
    "group-time effects (Callaway and Sant'Anna)": partial(group_time, control="not_yet"),
}
"""Name of a method → what estimates; both set a start beside areas where nothing had started yet."""

_SIZE = "population"


@dataclass(frozen=True, eq=False)
class Units:
    """Work areas with a start, and areas built like them without.

    Parameters
    ----------
    names : tuple of str
        Id of a work area, or the codes of the regions of another area.
    outcome : array of float, n × T
        Figures, in the unit of the indicator.
    start : array of float, length n
        Column of ``outcome`` of the first year in which there was work; infinite: no collective.
    block : array of str, length n
        Level, number of regions and band of size (a doubling of inhabitants): what areas are alike in.
    years : tuple of int
        Of the columns.
    left_out : mapping of str to int
        Reason → collectives that cannot be used.
    """

    names: tuple[str, ...]
    outcome: NDArray[np.float64]
    start: NDArray[np.float64]
    block: NDArray[np.str_]
    years: tuple[int, ...]
    left_out: Mapping[str, int]

    @property
    def started(self) -> int:
        """Work areas with a start."""
        return int(np.isfinite(self.start).sum())

    @property
    def refused(self) -> str:
        """Why nothing is said of all collectives together; empty when something is."""
        if self.started >= MIN_COLLECTIVES:
            return ""
        why = ", ".join(f"{count} {reason}" for reason, count in self.left_out.items() if count)
        return (
            f"{self.started} collectives with this outcome can be used; expected {MIN_COLLECTIVES} or more. "
            f"Left out: {why or 'none'}. Look at each report on its own."
        )


@dataclass(frozen=True, eq=False)
class _Area:
    """One area as it enters: its name, figures, start and what it is alike in."""

    name: str
    path: NDArray[np.float64]
    start: float
    block: str


def units(
    areas: AreaPanel,
    records: Mapping[str, pd.DataFrame],
    indicator: Indicator,
    catalogue: Mapping[str, Indicator],
    comparison: ComparisonSettings,
) -> Units:
    """Gather the work areas of all collectives that an indicator is an outcome of, and areas like them.

    Parameters
    ----------
    areas : AreaPanel
        Figures of all regions, of the indicator and of the number of inhabitants.
    records : mapping of str to DataFrame
        Monitoring tables of all collectives: collective, work_area, activity and experiment.
    indicator : Indicator
        The outcome.
    catalogue : mapping of str to Indicator
        The catalogue.
    comparison : ComparisonSettings
        ``min_similar``: areas of the same block that a work area needs.

    Returns
    -------
    Units
        A work area is one unit, however many regions it has: these start together and share what else happens there,
        and counting each would make chance look small. Other areas are groups of as many neighbouring regions, of
        the same level, away from any collective. Years are those that measure the same thing as the newest one.
    """
    known = areas.values[indicator.id].notna().any()
    published = [int(year) for year in known.index[known]]
    years = tuple(year for year in published if segment(indicator, year) == segment(indicator, published[-1]))
    began = _began(records, indicator.id, catalogue)
    places = {area: similar.place(areas.of_work_area(str(area)), areas) for area in began.index}
    kinds = {area: (place.level, place.count) for area, place in places.items()}
    own = [_area(areas, indicator, years, area, places[area], _column(years, int(began[area]))) for area in began.index]
    others = [
        other
        for kind in sorted(set(kinds.values()))
        for other in _others(areas, indicator, years, kind, [places[area] for area in kinds if kinds[area] == kind])
    ]
    whole = [one for one in others if np.isfinite(one.path).all()]
    counts = Counter(one.block for one in whole)
    reasons = [_reason(one, len(years), counts[one.block], comparison.min_similar) for one in own]
    kept = [one for one, reason in zip(own, reasons, strict=True) if not reason]
    used = [*kept, *(one for one in whole if one.block in {here.block for here in kept})]
    return Units(
        tuple(one.name for one in used),
        np.array([one.path for one in used]).reshape(len(used), len(years)),
        np.array([one.start for one in used]),
        np.array([one.block for one in used], dtype=str),
        years,
        Counter(reason for reason in reasons if reason),
    )


def effects(found: Units, comparison: ComparisonSettings, by: By = "overall") -> pd.DataFrame:
    """Estimate what changed after the start, by both methods.

    Parameters
    ----------
    found : Units
        Work areas with a start, and areas like them.
    comparison : ComparisonSettings
        ``placebos`` (times that starts are dealt out again, or bootstrap draws), ``level`` and ``seed``.
    by : str
        As in :func:`bt_analysis.methods.staggered.aggregate`.

    Returns
    -------
    DataFrame
        One row is a method and a key (years of figures since the start, or the year of the start): method, key,
        effect, low, high (95% with the default level), p, areas, inference and draws. No rows when refused.
    """
    columns = ["method", "key", "effect", "low", "high", "p", "areas", "inference", "draws"]
    parts = []
    for method, estimator in ESTIMATORS.items() if not found.refused else ():
        got = infer(
            found.outcome, found.start, found.block, estimator, by,
            draws=comparison.placebos, level=comparison.level, seed=comparison.seed,
        )  # fmt: skip
        keys = [found.years[key] for key in got.key] if by in {"group", "time"} else got.key
        figures = {
            "key": keys,
            "effect": got.effect,
            "low": got.low,
            "high": got.high,
            "p": got.p,
            "areas": got.treated,
        }
        parts.append(pd.DataFrame(figures).assign(method=method, inference=got.method, draws=got.draws)[columns])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _began(records: Mapping[str, pd.DataFrame], indicator_id: str, catalogue: Mapping[str, Indicator]) -> pd.Series:
    """Return the year of the first activity in the first work area of each collective with this outcome."""
    rows: list[dict[Any, Any]] = records["collective"].to_dict("records")
    tried = records["experiment"]
    wanted = [row["collective_id"] for row in rows if indicator_id in outcomes.of_collective(row, tried, catalogue)]
    first = records["activity"].groupby("collective_id")["start"].min().dt.year.dropna()
    homes = records["work_area"].sort_values("valid_from").drop_duplicates("collective_id")
    homes = homes[homes["collective_id"].isin(wanted) & homes["collective_id"].isin(first.index)]
    return homes.set_index("work_area_id")["collective_id"].map(first).sort_index()


def _column(years: tuple[int, ...], start: int) -> float:
    """Return the column of the first year of figures in which there was work."""
    return float(sum(year < start for year in years))


def _reason(one: _Area, periods: int, others: int, at_least: int) -> str:
    """Say why a work area cannot be used; empty when it can."""
    if one.start == 0:
        return "without a year before"
    if one.start == periods:
        return "without a year after"
    if not np.isfinite(one.path).all():
        return "without a figure in some year"
    return "with too few areas as large" if others < at_least else ""


def _others(
    areas: AreaPanel,
    indicator: Indicator,
    years: tuple[int, ...],
    kind: tuple[str, int],
    places: list[similar.Place],
) -> Iterator[_Area]:
    """Build areas of as many regions as some work areas have, of regions that may be compared with all of them."""
    level, count = kind
    free = reduce(np.intersect1d, [similar.candidates(place, areas).codes for place in places])
    for group in similar.grouped(free, count, level) if len(free) >= count else ():
        codes = tuple(str(free[at]) for at in group)
        yield _area(areas, indicator, years, ";".join(codes), similar.Place(level, codes, np.ones(count)), np.inf)


def _area(
    areas: AreaPanel, indicator: Indicator, years: tuple[int, ...], name: str, where: similar.Place, start: float
) -> _Area:
    """Put the figures of some regions together."""
    codes, columns = list(where.codes), list(years)
    values = areas.values[indicator.id].reindex(index=codes, columns=columns).to_numpy(dtype=float)
    bases = areas.bases[indicator.id].reindex(index=codes, columns=columns).to_numpy(dtype=float)
    path = put_together(indicator.kind, values, bases, where.weights)
    people = areas.values[_SIZE].reindex(index=codes, columns=columns).to_numpy(dtype=float)
    size = float((people[:, -1] * where.weights).sum())
    band = int(np.floor(np.log2(size))) if size >= 1 else -1
    return _Area(name, path, start, f"{where.level} × {where.count}, {2**band if band >= 0 else 0} or more")
