"""Figures: regions of work areas and their figures in; those of each work area, its gemeente and the country out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis import regions
from bt_analysis.indicators import KINDS, Indicator
from bt_analysis.indicators.breaks import segment
from bt_analysis.join.areas import area_codes
from bt_analysis.methods.rounding import Interval, averaged, divided

_PLACE = ["regiocode", "year", "indicator_id"]
_ABOVE = ["above", "above_low", "above_high"]
_BELOW = ["below", "below_low", "below_high"]
_SINGLE = ["single", "low", "high"]
_CERTAINTY = {
    reason: at
    for at, reason in enumerate(
        (
            "same", "renamed", "merged", "apportioned_addresses", "apportioned_surface", "boundary_changed",
            "code_changed", "no_flag", "year_missing", "new_area",
        )
    )
}  # fmt: skip
"""Ways in which a region follows from those of another year, the most certain first."""
_ESTIMATED = {
    "addresses": "apportioned_addresses", "population": "apportioned_addresses", "surface": "apportioned_surface",
}  # fmt: skip
"""How the weight of a part of a region was found, as the same uncertainty as that of a region in part of an old one."""
_SOURCE = ["table_id", "source_key", "modified"]
_SET = ["indicator_id", "work_area_id", "population", "year"]
"""What one figure is of."""


def context(
    statistics: pd.DataFrame, weights: pd.DataFrame, work_areas: pd.DataFrame, catalogue: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Put together the figures of each work area, of the gemeente(n) it lies in, and of the country.

    Parameters
    ----------
    statistics : DataFrame
        harmonised_statistics.
    weights : DataFrame
        joined_area_weight.
    work_areas : DataFrame
        Monitoring table ``work_area``; tells how many codes each work area has, matched or not.
    catalogue : mapping of str to Indicator
        How the regions of an indicator are put together.

    Returns
    -------
    DataFrame
        joined_context: one row is a work area, whose figure it is (gebied, gemeente, land), a year, an indicator.

    Notes
    -----
    additive: Σ value · weight. share: factor · Σ numerator / Σ denominator over the regions that have both.
    mean: Σ value · base · weight / Σ base · weight, with the base the indicator names (a single region keeps its
    own value); a region without a base has no part in it. bounded: a single region keeps its own value, of several
    there is only a lowest and a highest.

    ``low`` and ``high`` are put together alike, over the regions that have a value, or over all when none has; those of
    a mean for every base that its own bounds allow. Of a mean whose own base is not known they are the lowest and the
    highest. Of a part of a region by surface they are what is certain: nobody lives there, or all do.

    coverage = inhabitants of regions that have a value / inhabitants of all regions, in the year of the figure or,
    where these are not known, the reference year; codes that matched no region count as regions of the mean size.
    """
    members = _members(weights)
    # Indexed once, because the counts that a share is made of are looked up for every region and year again.
    known = statistics.set_index(_PLACE)[["value", "low", "high"]]
    kinds = {kind: {key: one for key, one in catalogue.items() if one.kind == kind} for kind in KINDS}
    parts = [
        _combine(kind, found, statistics[statistics["indicator_id"].isin(list(found))], members, known)
        for kind, found in kinds.items()
    ]
    joined = pd.concat(parts, ignore_index=True)
    ordered = joined["indicator_id"].map({key: at for at, key in enumerate(catalogue)})
    joined = joined.iloc[ordered.argsort(kind="stable")].reset_index(drop=True)
    asked = area_codes(work_areas).groupby("work_area_id").size()
    in_area = joined["population"].eq("gebied")
    asked_n = joined.loc[in_area, "work_area_id"].map(asked).astype("int64")
    joined.loc[in_area, "coverage"] *= (joined.loc[in_area, "areas_n"] / asked_n).clip(upper=1.0)
    joined.loc[in_area, "areas_n"] = asked_n
    return joined.assign(division_year=int(weights["area_year"].iloc[0]) if len(weights) else 0)


def _members(weights: pd.DataFrame) -> pd.DataFrame:
    """One row per region that counts for a work area itself, for its gemeente(n) or for the country."""
    by_surface, part = weights["method"].eq("surface"), weights["weight"] < 1
    own = weights[["work_area_id", "area_code", "weight"]].assign(
        population="gebied",
        # Nobody, or everybody, may live in the part of a region that is only known as so much land.
        weight_low=weights["weight"].mask(by_surface & part, 0.0),
        weight_high=weights["weight"].mask(by_surface & part, 1.0),
        estimated=weights["method"].map(_ESTIMATED).where(part).map(_CERTAINTY).fillna(-1),
    )
    whole = own.assign(weight=1.0, weight_low=1.0, weight_high=1.0, estimated=-1.0)
    around = whole.assign(area_code=whole["area_code"].map(regions.gemeente), population="gemeente")
    country = whole.assign(area_code=regions.COUNTRY, population="land")
    return pd.concat([own, around, country]).drop_duplicates(ignore_index=True)


def _combine(
    kind: str, found: Mapping[str, Indicator], figures: pd.DataFrame, members: pd.DataFrame, known: pd.DataFrame
) -> pd.DataFrame:
    """Put the regions of every member set together for the indicators of one kind; one row per set."""
    rows = members.merge(figures, left_on="area_code", right_on="regiocode", how="inner", validate="many_to_many")
    rows["indicator_id"] = rows["indicator_id"].astype("str")
    people = _look_up(known, rows, "population", rows["year"]).value
    now = _look_up(known, rows, "population", rows["division_year"]).value
    has = rows["value"].notna()
    if kind == "mean":
        has &= rows["n_base"].notna() | rows.groupby(_SET)["value"].transform("size").eq(1)
    people = np.where(np.isnan(people), now, people) * rows["weight"]
    rows = rows.assign(
        has=has,
        people=people,
        people_with=np.where(has, people, 0.0),
        base_with=(rows["n_base"] * rows["weight"]).where(has),
    )
    # Where no region has a value, the bounds are those of all of them.
    counted = has | ~has.groupby([rows[name] for name in _SET]).transform("any")
    above, below = _terms(kind, found, rows, known)
    for name, term in zip((*_ABOVE, *_BELOW), (*above, *below), strict=True):
        rows[name] = np.where(counted, term, 0.0)
    certainty = rows["comparable_reason"].map(_CERTAINTY).astype(float).clip(lower=rows["estimated"])
    rows["certainty"] = certainty.where(counted, -1).fillna(-1)
    rows["mean_low"], rows["mean_high"] = _mean_bounds(rows, counted.to_numpy(), known) if kind == "mean" else (0, 0)
    for name, unknown in (("low", -np.inf), ("high", np.inf)):
        rows[name] = rows[name].fillna(unknown).where(counted)
    return _summed(kind, found, rows)


def _terms(
    kind: str, found: Mapping[str, Indicator], rows: pd.DataFrame, known: pd.DataFrame
) -> tuple[Interval, Interval]:
    """Return what is summed above and below the line, per region; an unknown bound is infinite."""
    own = Interval(*(rows[name].to_numpy(dtype=float) for name in ("value", "low", "high")))
    base = rows["n_base"].to_numpy(dtype=float)
    if kind == "share":
        numerators = rows["indicator_id"].map({key: one.numerator for key, one in found.items()})
        above = _look_up(known, rows, numerators, rows["year"])
        # Other tables rest on the inhabitants of their division's year; those of the figure's own year come first.
        below = _look_up(known, rows, rows["base_id"], rows["year"])
        below = below._replace(value=np.where(np.isnan(below.value), base, below.value))
    elif kind == "mean":
        above = Interval(*(np.where(base == 0, 0.0, base * part) for part in own))
        below = Interval(base, base, base)
    else:
        above, below = own, Interval(*[np.ones(len(rows))] * 3)
    return _weighed(above, rows), _weighed(below, rows)


def _mean_bounds(
    rows: pd.DataFrame, counted: npt.NDArray[np.bool_], known: pd.DataFrame
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return for every row the bounds of the mean of its set; NaN where those of a base are not known."""
    base = _look_up(known, rows, rows["base_id"], rows["year"])
    weighs = counted & (base.value != 0)
    least = np.where(weighs, base.low * rows["weight_low"].to_numpy(dtype=float), 0.0)
    most = np.where(weighs, base.high * rows["weight_high"].to_numpy(dtype=float), 0.0)
    group = rows.groupby(_SET).ngroup().to_numpy().astype(np.intp)
    low, high = averaged(rows["low"], rows["high"], least, most, group)
    return low[group], high[group]


def _weighed(terms: Interval, rows: pd.DataFrame) -> Interval:
    each = zip(terms, (0.0, -np.inf, np.inf), ("weight", "weight_low", "weight_high"), strict=True)
    return Interval(
        *(
            np.where(np.isnan(term), unknown, term * rows[weight].to_numpy(dtype=float))
            for term, unknown, weight in each
        )
    )


def _look_up(known: pd.DataFrame, rows: pd.DataFrame, indicator_id: str | pd.Series, year: pd.Series) -> Interval:
    """Return the figures of an indicator in the regions of some rows."""
    place = pd.MultiIndex.from_frame(
        pd.DataFrame({"regiocode": rows["regiocode"], "year": year, "indicator_id": indicator_id})
    )
    found = known.reindex(place)
    return Interval(*(found[name].to_numpy(dtype=float) for name in ("value", "low", "high")))


def _summed(kind: str, found: Mapping[str, Indicator], rows: pd.DataFrame) -> pd.DataFrame:
    sums = rows.groupby(_SET, as_index=False).agg(
        **{name: (name, "sum") for name in (*_ABOVE, *_BELOW, "people", "people_with")},
        low=("low", "min"), high=("high", "max"), mean_low=("mean_low", "first"), mean_high=("mean_high", "first"),
        single=("value", "first"), n_base=("base_with", "sum"),
        areas_n=("has", "size"), areas_used_n=("has", "sum"), missing_reason=("missing_reason", "first"),
        base_id=("base_id", "first"), certainty=("certainty", "max"), **{name: (name, "first") for name in _SOURCE},
    )  # fmt: skip
    used = sums["areas_used_n"] > 0
    figure = _put_together(kind, [found[key] for key in sums["indicator_id"]], sums)
    value = pd.Series(figure.value, sums.index).where(used)
    coverage = (sums["people_with"] / sums["people"].where(sums["people"] > 0)).where(used, 0.0).clip(0, 1)
    # Of several medians there is no figure, whatever is known of each.
    reason = sums["missing_reason"].where(~used, "unknown").where(value.isna(), None)
    return sums[[*_SET, "n_base", "areas_n", "areas_used_n", *_SOURCE]].assign(
        unit=sums["indicator_id"].map({key: one.unit for key, one in found.items()}),
        value=value,
        low=np.where(np.isfinite(figure.low), figure.low, np.nan),
        high=np.where(np.isfinite(figure.high), figure.high, np.nan),
        series=np.array(
            [segment(found[key], year) for key, year in zip(sums["indicator_id"], sums["year"], strict=True)],
            dtype="int64",
        ),
        comparable_reason=sums["certainty"].map(dict(enumerate(_CERTAINTY))),
        missing_reason=reason,
        coverage=coverage,
        weight_method="sum" if kind == "additive" else sums["base_id"],
    )


def _put_together(kind: str, whose: Sequence[Indicator], sums: pd.DataFrame) -> Interval:
    """Return the figure of every set with its bounds."""
    above, below, single = (
        Interval(*(sums[name].to_numpy(dtype=float) for name in names)) for names in (_ABOVE, _BELOW, _SINGLE)
    )
    several = (sums["areas_n"] > 1).to_numpy()
    if kind == "additive":
        return above
    if kind == "bounded":
        return single._replace(value=np.where(several, np.nan, single.value))
    most = np.array([100.0 if one.unit == "%" else np.inf for one in whose])
    factor = np.array([one.factor if kind == "share" else 1.0 for one in whose])
    ratio = divided(above, below, factor, most)
    if kind == "mean":
        near = np.array([one.nearly(str(base)) for one, base in zip(whose, sums["base_id"], strict=True)], dtype=bool)
        near |= sums["mean_low"].isna() | sums["mean_high"].isna()
        bounds = zip(single[1:], (sums["mean_low"], sums["mean_high"]), strict=True)
        ratio = Interval(ratio.value, *(np.where(near, *both) for both in bounds))
        # A single region keeps its own, also when its base is not known.
        ratio = Interval(*(np.where(several, part, own) for part, own in zip(ratio, single, strict=True)))
    return ratio
