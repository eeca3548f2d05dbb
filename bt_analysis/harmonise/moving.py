"""Figures on one division and a correspondence in; the same figures on the other division out, with their bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.harmonise.correspondence import WHOLE, Correspondence
from bt_analysis.harmonise.figures import ALONE, MOVED, Figures
from bt_analysis.harmonise.reading import with_shares
from bt_analysis.harmonise.weights import as_matrix, conserved
from bt_analysis.methods.rounding import Floats, Interval, averaged

_CERTAIN = 1 - 1e-9
"""Weight from which all of an old area surely lies inside a new one."""
_EXACT = 1e-9
"""Share of a total that arithmetic may make or lose."""


@dataclass(frozen=True, eq=False)
class _Links:
    """Which old areas make up each new one; one entry per link, sorted by new area.

    ``source``: row of the old figures, -1 when they lack the area; ``start``: first link of each new area;
    ``target``: row of each new area; ``weight``: share of the old area; ``low``, ``high``: the same for bounds.
    """

    source: npt.NDArray[np.intp]
    start: npt.NDArray[np.intp]
    target: npt.NDArray[np.intp]
    weight: Floats
    low: Floats
    high: Floats


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

    Raises
    ------
    ConservationError
        When the counts of the old areas do not add up to those of the new ones.

    Notes
    -----
    A count moves by weight. A share is computed from the moved counts, a mean is ``Σ base · mean / Σ base`` over the
    moved bases, with the bounds that those of the bases allow. A median, class or score of several parts only has a
    lowest and a highest; those are also the bounds of a mean whose own base is not known. A region that is one old
    region keeps its figures as they are. A figure that a part withholds is withheld for the whole; its bounds travel.
    Bounds of a count that is apportioned by surface are what is certain: at least the parts wholly inside, at most all
    that touch.
    """
    regions = to.regions.sort_values("regiocode", ignore_index=True)[["regiocode", "comparable", "reason"]]
    alone = _links(figures, to, regions, ALONE)
    rest = _links(figures, to, regions, tuple(reason for reason in MOVED if reason not in ALONE))
    together = with_shares(replace(figures, figure=_combined(figures, rest), base=_counts(figures.base, rest)))
    shape = (len(regions), len(figures.indicators))
    there = []
    for before, after in zip((*figures.figure, *figures.base), (*together.figure, *together.base), strict=True):
        whole = np.full(shape, np.nan)
        whole[alone.target] = _rows(before, alone.source[alone.start])
        whole[rest.target] = after
        there.append(whole)
    _check_totals(figures, to, regions, there[0])
    return replace(
        figures, division_year=to.to_year, regions=regions, figure=Interval(*there[:3]), base=Interval(*there[3:])
    )


def _check_totals(figures: Figures, to: Correspondence, regions: pd.DataFrame, moved_: Floats) -> None:
    """Stop when the new regions of a level do not hold, together, what the weights give them of the old areas."""
    counts = figures.kind("additive")
    old = pd.Index(figures.regions["regiocode"])
    linked = old.union(to.links["from_code"].unique())
    weights = as_matrix(to, linked.tolist(), regions["regiocode"].tolist())
    values = _rows(figures.figure.value[:, counts], old.get_indexer(linked))
    there = ~np.isnan(moved_[:, counts])
    after = np.where(there, moved_[:, counts], 0.0)
    before = np.where(there, weights @ np.nan_to_num(values), 0.0)
    # A region that is one old area keeps its figures whole: what strayed from it, at most 1%, stays, and what strayed
    # into it from others does not come.
    strays = weights.copy()
    strays.data[strays.data >= WHOLE] = 0.0
    lost = np.clip(1 - np.asarray(weights.max(axis=1).todense()), 0.0, 1 - WHOLE)
    alone = regions["reason"].isin(ALONE).to_numpy()[:, None]
    allowed = np.where(alone, lost * after + strays @ np.nan_to_num(values), 0.0) + _EXACT * np.abs(after)
    ids = [one.id for one, counted in zip(figures.indicators, counts, strict=True) if counted]
    levels = regions["regiocode"].str[:2].to_numpy()
    for level in np.unique(levels):
        one, other, slack = (pd.DataFrame(part[levels == level], columns=ids) for part in (before, after, allowed))
        conserved(one, other, slack.sum() + _EXACT)


def _links(figures: Figures, to: Correspondence, regions: pd.DataFrame, reasons: tuple[str, ...]) -> _Links:
    """Return the links of the new areas that follow from old ones in one of some ways."""
    known = regions.loc[regions["reason"].isin(reasons), "regiocode"]
    kept = to.links[to.links["to_code"].isin(known) & (to.links["weight"] > 0)]
    target = pd.Index(regions["regiocode"]).get_indexer(kept["to_code"])
    order = np.lexsort((-kept["weight"].to_numpy(dtype=float), target))  # the largest part of an area first
    kept, target = kept.iloc[order], target[order]
    weight = kept["weight"].to_numpy(dtype=float)
    surface = kept["method"].eq("surface").to_numpy()
    areas, start = np.unique(target, return_index=True)
    return _Links(
        source=pd.Index(figures.regions["regiocode"]).get_indexer(kept["from_code"]),
        start=start, target=areas, weight=weight,
        low=np.where(surface, weight >= _CERTAIN, weight), high=np.where(surface, 1.0, weight),
    )  # fmt: skip


def _parts(matrix: Floats, links: _Links) -> Floats:
    """Return the figures of the old area of every link; of an area that has none, nothing."""
    return _rows(matrix, links.source)


def _rows(matrix: Floats, places: npt.NDArray[np.intp]) -> Floats:
    rows = matrix[places]
    rows[places < 0] = np.nan
    return rows


def _together(parts: Floats, links: _Links, how: Any = np.add) -> Floats:
    """Reduce the links of every new area to one row."""
    return np.asarray(how.reduceat(parts, links.start, axis=0) if len(parts) else parts, dtype=float)


def _combined(figures: Figures, links: _Links) -> Interval:
    """Put the parts of every new area together, each kind of indicator in its own way."""
    counts, means, ranges = _counts(figures.figure, links), _means(figures, links), _ranges(figures, links)
    is_mean, is_range = figures.kind("mean"), figures.kind("bounded")
    based = zip(figures.indicators, figures.base_ids, strict=True)
    near = np.array([one.kind == "mean" and one.nearly(base_id) for one, base_id in based], dtype=bool)
    near = near | np.isnan(means.low) | np.isnan(means.high)
    means = means._replace(low=np.where(near, ranges.low, means.low), high=np.where(near, ranges.high, means.high))
    return Interval(
        *(
            np.where(is_mean, mean, np.where(is_range, ends, count))
            for count, mean, ends in zip(counts, means, ranges, strict=True)
        )
    )


def _counts(counts: Interval, links: _Links) -> Interval:
    def weighed(matrix: Floats, weight: Floats) -> Floats:
        # An area that counts for nothing adds nothing, whether or not its figure is known.
        return _together(np.where(weight[:, None] == 0, 0.0, _parts(matrix, links) * weight[:, None]), links)

    return Interval(
        weighed(counts.value, links.weight), weighed(counts.low, links.low), weighed(counts.high, links.high)
    )


def _means(figures: Figures, links: _Links) -> Interval:
    base = _parts(figures.base.value, links) * links.weight[:, None]
    means = Interval(*(_parts(part, links) for part in figures.figure))
    # Where nobody lives there is no mean, and nothing is missing.
    above, below = _together(np.where(base == 0, 0.0, base * means.value), links), _together(base, links)
    value = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    least, most = (
        np.where(base == 0, 0.0, _parts(part, links) * weight[:, None])
        for part, weight in ((figures.base.low, links.low), (figures.base.high, links.high))
    )
    whole = np.repeat(np.arange(len(links.start)), np.diff([*links.start, len(links.source)]))
    return Interval(value, *averaged(means.low, means.high, least, most, whole))


def _ranges(figures: Figures, links: _Links) -> Interval:
    nobody = (_parts(figures.base.value, links) == 0) & np.isnan(_parts(figures.figure.value, links))
    low, high = (
        _together(np.where(nobody, none, _parts(part, links)), links, how)
        for part, none, how in (
            (figures.figure.low, np.inf, np.minimum),
            (figures.figure.high, -np.inf, np.maximum),
        )
    )
    nothing = np.isinf(low) | np.isinf(high)
    return Interval(np.full_like(low, np.nan), np.where(nothing, np.nan, low), np.where(nothing, np.nan, high))
