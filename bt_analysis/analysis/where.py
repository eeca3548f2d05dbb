"""Where does this collective work? Figures of all buurten of its gemeente in; whether high and low lie together out.

Context only: it says what kind of place a work area is beside its surroundings, and nothing of what a collective did.
All of it rests on published figures of whole buurten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bt_analysis import regions
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.families import attributed
from bt_analysis.methods import smoothing, spatial
from bt_analysis.settings import Settings

INDICATORS = ("aged_65_plus_pct", "one_person_households_pct", "social_assistance_pct")
"""Shares of which the counts above and below the line are known: without these no rate can be smoothed."""
MIN_BUURTEN = 20
"""Buurten with a figure, and neighbours, below which a pattern is a matter of a few borders."""
PERMUTATIONS = 4_999
"""Times that figures are dealt out over the map: enough for one buurt of a hundred to stand out."""
SHARE_INSIDE = 0.5
"""Share of a buurt that must belong to a work area for the whole buurt to count as part of it."""
KINDS = {
    "high": "buurt_hoog", "low": "buurt_laag", "high_among_low": "buurt_hoger", "low_among_high": "buurt_lager",
}  # fmt: skip
"""Kind of group of a buurt that stands out: high among high, low among low, higher or lower than those around it."""

_HIGH = ("high", "high_among_low")
_METHODS = {
    "patroon": "Moran's I; empirical Bayes",
    "toets": "Moran's I; permutation",
    "gladgestreken": "empirical Bayes",
    "buurt": "empirical Bayes; local Moran; Benjamini-Hochberg",
}


@dataclass(frozen=True)
class _Map:
    """One indicator over the buurten of some gemeenten, in one year; without a pattern, the reason why."""

    year: int
    rates: pd.Series
    bases: pd.Series
    mean: float
    kinds: pd.Series
    pattern: spatial.Pattern | None
    refused: str = ""


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Say of a few shares whether neighbours look alike, and whether the work area is among high or low ones.

    Parameters
    ----------
    joined : Joined
        Reads areas, catalogue and work_area.
    periods : DataFrame
        Reporting periods; a figure is of the newest year before a period's end that enough buurten have one of.
    settings : Settings
        ``comparison`` (seed, and level as false discovery rate) and ``cbs.publisher``.

    Returns
    -------
    DataFrame
        Of each work area, period and indicator, by kind of group: ``patroon`` (Moran's I, n: buurten), ``toets`` (its p
        value, n: permutations), ``gladgestreken`` (smoothed share of the work area, and of the gemeente), all with the
        year as group; and a row per buurt of the work area that stands out, its kind of group one of ``KINDS``. Without
        a pattern, one row ``patroon`` with the reason. Nothing when figures of all regions are not at hand.

    Notes
    -----
    Smoothing: :func:`bt_analysis.methods.smoothing.empirical_bayes`, over the buurten of the gemeente(n). The smoothed
    share of a work area is Σ base · rate / Σ base over its buurten; that of the gemeente is its share itself, to which
    all are moved. A buurt is only called high when it is above that, and low when it is not.
    """
    if joined.areas is None:
        return estimates(_empty())
    ids = [key for key in INDICATORS if key in joined.catalogue and key in joined.areas.values]
    mapped = cache(partial(_mapped, joined.areas, settings))
    source = cache(partial(_source, joined.areas, joined.catalogue, settings.cbs.publisher))
    rows = [
        row
        for period in reporting.with_area(periods, joined.work_area).to_dict("records")
        for key in ids
        for row in _rows(joined.areas, joined.catalogue[key], period, mapped, source)
    ]
    return estimates(pd.DataFrame(rows) if rows else _empty(), question="where")


def _empty() -> pd.DataFrame:
    columns = ["question", "indicator_id", "period_start", "period_end", "population", "unit", "method", "source"]
    return pd.DataFrame(columns=[*columns, "collective_id", "work_area_id", "value"], dtype="str")


def _rows(
    areas: AreaPanel,
    indicator: Indicator,
    period: dict[Any, Any],
    mapped: Callable[..., _Map],
    source: Callable[[str, int], str],
) -> list[dict[str, Any]]:
    """Make the rows of one work area, period and indicator."""
    own = areas.of_work_area(str(period["work_area_id"]))
    gemeenten = tuple(sorted(set(own["area_code"].map(regions.gemeente))))
    if not gemeenten:
        return []
    found = mapped(gemeenten, indicator.id, period["period_end"].year)
    inside = _inside(found, own.loc[own["weight"] >= SHARE_INSIDE, "area_code"].tolist())
    refused = found.refused or ("" if inside.any() else "area_without_figure")
    standard = {
        **{key: period[key] for key in ("collective_id", "work_area_id", "period_start", "period_end")},
        "indicator_id": indicator.id, "population": "gemeente", "group_value": str(found.year),
        "source": source(indicator.id, found.year),
    }  # fmt: skip
    if refused or found.pattern is None:
        reasons = {"gate_reason": refused, "missing_reason": "not_applicable"}
        return [standard | _group("patroon", "I") | {"value": np.nan} | reasons]
    pattern = found.pattern
    beside = {"n": float(pattern.n), "n_unit": "areas"}
    return [
        standard | _group("patroon", "I") | {"value": pattern.value} | beside,
        standard
        | _group("toets", "p")
        | {"value": pattern.p, "n": float(pattern.permutations), "n_unit": "permutations"},
        *(standard | row for row in _smoothed(found, inside, indicator)),
        *(standard | row for row in _standing_out(areas, found, inside, indicator)),
    ]


def _group(kind: str, unit: str) -> dict[str, str]:
    return {"group_type": kind, "unit": unit, "method": _METHODS[kind.split("_", maxsplit=1)[0]]}


def _inside(found: _Map, codes: list[str]) -> NDArray[np.bool_]:
    """Tell which buurten of a map belong to a work area."""
    return np.array([_lies_in(str(buurt), *codes) for buurt in found.rates.index], dtype=bool)


@cache
def _lies_in(buurt: str, *codes: str) -> bool:
    return any(regions.contains(code, buurt) for code in codes)


def _smoothed(found: _Map, inside: NDArray[np.bool_], indicator: Indicator) -> list[dict[str, Any]]:
    """Set the work area beside its gemeente; not when it is all of it."""
    parts = {"gebied": inside} if inside.all() else {"gebied": inside, "gemeente": np.full(len(inside), True)}
    standard = _group("gladgestreken", indicator.unit) | {"n_unit": indicator.denominator[0]}
    rows = []
    for population, of in parts.items():
        base = found.bases[of]
        value = found.mean if of.all() else float((found.rates[of] * base).sum() / base.sum())
        comparison = "vergelijkgebied" if population == "gemeente" else "geen"
        rows.append(standard | {"population": population, "comparison": comparison, "value": value, "n": base.sum()})
    return rows


def _standing_out(
    areas: AreaPanel, found: _Map, inside: NDArray[np.bool_], indicator: Indicator
) -> list[dict[str, Any]]:
    """List the buurten of the work area that stand out, with their smoothed share."""
    # Value by value: there are a few buurten, and a table for each period of each area takes a hundred times as long.
    of_buurten = zip(
        found.rates.index, *(each.to_numpy() for each in (found.kinds, found.rates, found.bases)), inside, strict=True
    )
    labels = areas.regions["regiocode_label"]
    standard = {"population": "gebied", "n_unit": indicator.denominator[0]}
    return [
        _group(KINDS[kind], indicator.unit)
        | standard
        | {"value": rate, "n": base, "group_value": code, "group_label": labels[code]}
        for code, kind, rate, base, is_own in of_buurten
        if is_own and kind
    ]


def _source(areas: AreaPanel, catalogue: Mapping[str, Indicator], publisher: str, indicator_id: str, year: int) -> str:
    rows = areas.sources_of(indicator_id)
    of_year = rows[rows["year"].eq(year)]
    column = [f"{row.table_id} · {row.source_key} · {str(row.modified)[:10]}" for row in of_year.itertuples()]
    (whose,) = attributed([catalogue[indicator_id].source], publisher)
    return f"{whose} {'; '.join(column) or '–'}"


def _mapped(areas: AreaPanel, settings: Settings, gemeenten: tuple[str, ...], indicator_id: str, until: int) -> _Map:
    """Smooth a share over the buurten of some gemeenten, and look for a pattern."""
    buurten = areas.of_level("buurt")
    codes = buurten.index[buurten["gemeente"].isin(gemeenten)]
    value, base = areas.values[indicator_id].loc[codes], areas.bases[indicator_id].loc[codes]
    year = _year((value.notna() & base.gt(0)).sum(), until)
    known = value[year].notna() & base[year].gt(0)
    share, below = value.loc[known, year] / 100, base.loc[known, year]
    mean = float((share * below).sum() / below.sum()) if len(share) else np.nan
    plain = _Map(year, share * 100, below, mean * 100, pd.Series("", index=share.index), None, "too_few_buurten")
    if len(share) < MIN_BUURTEN:
        return plain
    neighbours = _neighbours(areas, share.index)
    if neighbours is None or len(neighbours.joined) < MIN_BUURTEN:
        return replace(plain, refused="neighbours_not_known" if neighbours is None else "too_few_buurten")
    rates = smoothing.empirical_bayes(share * below, below, "binomial")
    if np.ptp(rates[neighbours.joined]) == 0:
        return replace(plain, refused="no_more_than_chance")
    lots = {"permutations": PERMUTATIONS, "seed": settings.comparison.seed}
    local = spatial.local_moran(rates, neighbours, level=settings.comparison.level, **lots)
    # High is told beside the share of the gemeente, which a reader sees; local Moran's is beside the mean of buurten.
    kinds = pd.Series(np.where((rates > mean) == np.isin(local.kind, _HIGH), local.kind, ""), index=share.index)
    smooth = pd.Series(rates * 100, index=share.index)
    return _Map(year, smooth, below, mean * 100, kinds, spatial.moran(rates, neighbours, **lots))


def _year(known: pd.Series, until: int) -> int:
    """Choose the newest year up to one that enough buurten have a figure of; else the first such, else the newest."""
    enough = [int(year) for year in known.index[known >= MIN_BUURTEN]]
    before = [year for year in enough if year <= until]
    return max(before) if before else min(enough, default=int(known.index.max()))


def _neighbours(areas: AreaPanel, codes: pd.Index) -> spatial.Neighbours | None:
    """Say which of some buurten adjoin; None when outlines are not at hand."""
    if areas.beside is None or not all(code in areas.beside for code in codes):
        return None
    place = {code: at for at, code in enumerate(codes)}
    pairs = [(place[code], place[other]) for code in codes for other in sorted(areas.beside[code]) if other in place]
    one, other = zip(*pairs, strict=True) if pairs else ((), ())
    return spatial.from_pairs(one, other, len(codes))
