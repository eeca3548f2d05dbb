"""Figures on one division and a correspondence in; the same figures on the other division out, with their bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.harmonise.correspondence import Correspondence
from bt_analysis.harmonise.figures import ALONE, MOVED, Figures
from bt_analysis.harmonise.reading import with_shares
from bt_analysis.methods.rounding import Floats, Interval

_WHOLE = 1 - 1e-9
"""Weight from which an old area lies wholly inside a new one."""


@dataclass(frozen=True, eq=False)
class _Links:
    """Which old areas make up each new one; one entry per link, sorted by new area.

    ``source``: row of the old figures, -1 when they lack the area; ``start``: first link of each new area that has
    any; ``target``: its row among the new; ``weight``: share of the old area; ``low``, ``high``: the same for bounds.
    """

    source: npt.NDArray[np.intp]
    start: npt.NDArray[np.intp]
    target: npt.NDArray[np.intp]
    weight: Floats
    low: Floats
    high: Floats
    regions_n: int


def moved(figures: Figures, to: Correspondence) -> Figures:
    """Bring figures to another division.

    Parameters
    ----------
    figures : Figures
        On the division of ``to.from_year``.
    to : Correspondence
        From that division to another.

    Returns
    -------
    Figures
        One row per region of the other division. A region that cannot be compared has no figures.

    Notes
    -----
    A count moves by weight. A share is computed from the moved counts, a mean is ``Σ base · mean / Σ base`` over the
    moved bases, and a median, class or score of several parts only has a lowest and a highest. A region that is one old
    region keeps its figures as they are. A figure that a part withholds is withheld for the whole; its bounds travel.
    Bounds of a count that is apportioned by surface are what is certain: at least the parts wholly inside, at most all
    that touch.
    """
    regions = to.regions.sort_values("regiocode", ignore_index=True)[["regiocode", "comparable", "reason"]]
    links = _links(figures, to, regions)
    base = _counts(figures.base, links)
    means = _means(figures, links)
    ranges = _ranges(figures.figure, links)
    counts = _counts(figures.figure, links)
    is_mean, is_range = figures.kind("mean"), figures.kind("bounded")
    figure = Interval(
        *(
            np.where(is_mean, mean, np.where(is_range, range_, count))
            for mean, range_, count in zip(means, ranges, counts, strict=True)
        )
    )
    there = replace(figures, division_year=to.to_year, regions=regions, figure=figure, base=base)
    there = with_shares(there)
    return replace(there, figure=_kept(figures, there.figure, regions, links))


def stay(regiocodes: pd.Series, year: int) -> Correspondence:
    """Return the correspondence of a division with itself.

    Parameters
    ----------
    regiocodes : Series
        Its regions.
    year : int
        Its year.

    Returns
    -------
    Correspondence
        Every region goes to itself.
    """
    links = pd.DataFrame({"from_code": regiocodes, "to_code": regiocodes, "weight": 1.0, "method": "same"})
    regions = pd.DataFrame({"regiocode": regiocodes, "comparable": True, "reason": "same"})
    return Correspondence(year, year, links, regions, links.head(0))


def _links(figures: Figures, to: Correspondence, regions: pd.DataFrame) -> _Links:
    known = regions.loc[regions["reason"].isin(MOVED), "regiocode"]
    kept = to.links[to.links["to_code"].isin(known) & (to.links["weight"] > 0)]
    target = pd.Index(regions["regiocode"]).get_indexer(kept["to_code"])
    order = np.lexsort((-kept["weight"].to_numpy(dtype=float), target))  # the largest part of an area first
    kept, target = kept.iloc[order], target[order]
    weight = kept["weight"].to_numpy(dtype=float)
    surface = kept["method"].eq("surface").to_numpy()
    areas, start = np.unique(target, return_index=True)
    return _Links(
        source=pd.Index(figures.regions["regiocode"]).get_indexer(kept["from_code"]),
        start=start, target=areas, weight=weight, regions_n=len(regions),
        low=np.where(surface, weight >= _WHOLE, weight), high=np.where(surface, 1.0, weight),
    )  # fmt: skip


def _parts(matrix: Floats, links: _Links) -> Floats:
    """Return the figures of the old area of every link; of an area that has none, nothing."""
    # Place -1 is the last row, which is empty.
    return np.vstack([matrix, np.full(matrix.shape[1], np.nan)])[links.source]


def _together(parts: Floats, links: _Links, how: Any = np.add) -> Floats:
    """Reduce the links of every new area to one row; a new area without links has nothing."""
    out = np.full((links.regions_n, parts.shape[1]), np.nan)
    if len(links.start):
        out[links.target] = how.reduceat(parts, links.start, axis=0)
    return out


def _weighed(matrix: Floats, weight: Floats, links: _Links) -> Floats:
    parts = _parts(matrix, links) * weight[:, None]
    # An area that counts for nothing adds nothing, whether or not its figure is known.
    return _together(np.where(weight[:, None] == 0, 0.0, parts), links)


def _counts(counts: Interval, links: _Links) -> Interval:
    return Interval(
        _weighed(counts.value, links.weight, links),
        _weighed(counts.low, links.low, links),
        _weighed(counts.high, links.high, links),
    )


def _means(figures: Figures, links: _Links) -> Interval:
    base = _parts(figures.base.value, links) * links.weight[:, None]
    below = _together(base, links)

    def mean(matrix: Floats) -> Floats:
        # Where nobody lives there is no mean, and nothing is missing.
        above = _together(np.where(base == 0, 0.0, base * _parts(matrix, links)), links)
        return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)

    return Interval(*(mean(part) for part in figures.figure))


def _ranges(figure: Interval, links: _Links) -> Interval:
    low = _together(_parts(figure.low, links), links, np.minimum)
    return Interval(np.full_like(low, np.nan), low, _together(_parts(figure.high, links), links, np.maximum))


def _kept(figures: Figures, moved_: Interval, regions: pd.DataFrame, links: _Links) -> Interval:
    """Put back the figures of regions that are one old region: those need no arithmetic."""
    alone = np.flatnonzero(regions["reason"].isin(ALONE).to_numpy()[links.target])
    one = links.start[alone]
    out = Interval(*(part.copy() for part in moved_))
    for whole, before in zip(out, figures.figure, strict=True):
        whole[links.target[alone]] = _parts(before, links)[one]
    return out
