"""Which figures of collectives may be put together? Protected estimates in; effects with their variances out.

One instrument, one indicator, one unit, one group of people and one kind of effect: anything else stays apart, and what
stays apart is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bt_analysis import regions
from bt_analysis.analysis import before_after, measurements
from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.analysis.learning.coverage import HOME
from bt_analysis.instruments import comparing
from bt_analysis.methods import intervals
from bt_analysis.methods.pooling import measures
from bt_analysis.settings import Settings

CHANGE, AREA_CHANGE, LEVEL = "verandering", "anders_dan_gelijkend", "niveau"
"""Kinds of effects: a change of a group of people; of an area beside areas like it; and how high a figure is."""

FAMILY = ["kind", "indicator_id", "population"]
"""What effects must have in common to be put together."""

FOLLOWED, TWO_GROUPS, TWO_FIGURES, SIMILAR, ONE_FIGURE = (
    "gevolgd", "twee_groepen", "twee_metingen", "gelijkende_gebieden", "een_meting"
)  # fmt: skip
"""How an effect came about; told beside it."""

NO_INTERVAL, MODELLED, TWO_INSTRUMENTS, CHOSE, TOO_FEW, AT_THE_END, ABROAD = (
    "no_interval", "model_estimate", "two_instruments", "chose_to_answer", "too_few_to_compare", "nobody_or_everybody",
    "another_country",
)  # fmt: skip
"""Why a figure is not put together with others."""

COLUMNS = [
    *FAMILY, "unit", "collective_id", "place", "group_type", "design", "value", "ci_low", "ci_high", "y", "v", "n",
    "uncertainty", "reservations",
]  # fmt: skip

_SHOWN = ("ok", "voorbehoud")
_SEVERAL = "two groups"


def effects(cases: Cases, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List the effects that may be put together, and the figures that may not.

    Parameters
    ----------
    cases : Cases
        Reads estimates, indicators, work_area and collective.
    settings : Settings
        ``disclosure.words_below``: people below which no difference between shares is told.

    Returns
    -------
    effects : DataFrame
        One row is an effect of a collective, in its longest period. ``y`` and ``v`` are the effect and its sampling
        variance on the scale on which it is put together: log odds of a percentage that is a level, else the unit
        itself. ``uncertainty`` tells whether v follows from the interval or from n; ``place`` is the gemeente, empty
        where it is not known.
    refused : DataFrame
        One row is a figure of a collective that is left out: the columns of a family, collective_id and reason.

    Notes
    -----
    A change is that of two waves, where those were compared. Else it is the last figure less the first of the same
    indicator and group: two groups of people whose errors have nothing to do with each other, with the interval of Zou
    and Donner. v = (length of the 95% interval / 2z)². A percentage without an interval gets Wilson's, from n.
    Scores of two countries are never put together: the country of most collectives stays, where a collective that does
    not say which is its own counts as Dutch.
    """
    shown = _shown(cases)
    measured, refused = _measured(shown, cases)
    changes = _waves(shown)
    pairs, unpaired = _pairs(measured, changes, settings)
    levels, at_the_end = _levels(measured)
    found = [frame for frame in (changes, pairs, _areas(shown), levels) if len(frame)]
    left = [frame for frame in (refused, unpaired, at_the_end) if len(frame)]
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)
    places = _places(cases)
    rows = rows.assign(place=[places.get(name, "") for name in rows["collective_id"]])
    abroad = _abroad(rows["collective_id"], cases)
    left += [_left(rows[abroad], ABROAD)] if abroad.any() else []
    rows = rows[~abroad]
    kept = rows["v"].astype(float) > 0
    left += [_left(rows[~kept], NO_INTERVAL)] if (~kept).any() else []
    none = pd.DataFrame(columns=[*FAMILY, "collective_id", "reason"])
    return rows.loc[kept, COLUMNS].reset_index(drop=True), pd.concat([none, *left], ignore_index=True)


def _shown(cases: Cases) -> pd.DataFrame:
    """Return the figures that are shown as numbers, of the longest period of each collective."""
    days = ["collective_id", "period_start", "period_end"]
    rows = cases.estimates[cases.estimates["question"].isin(["measurements", "before_after", "change"])]
    rows = rows.merge(cases.whole[days], on=days, validate="many_to_one")
    in_words = rows["value_text"].ne("") & rows["question"].ne("change")
    return rows[rows["gate"].isin(_SHOWN) & rows["value"].notna() & ~in_words]


def _measured(shown: pd.DataFrame, cases: Cases) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return measurements that have an interval, or can have one; and why others are left out."""
    rows = shown[shown["question"].eq("measurements")].assign(kind=LEVEL)
    modelled = rows["method"].str.startswith(measurements.COLLECTED["model"])
    several = rows["indicator_id"].isin(_of_several_instruments(cases))
    share = rows["unit"].eq("%")
    bare = rows["ci_low"].isna() & ~(share & rows["n"].notna())
    reasons = {TWO_INSTRUMENTS: several, MODELLED: modelled & ~several, NO_INTERVAL: bare & ~modelled & ~several}
    refused = [_left(rows[which], reason) for reason, which in reasons.items() if which.any()]
    kept = rows[~(modelled | several | bare)]
    none = pd.DataFrame(columns=[*FAMILY, "collective_id", "reason"])
    return _with_intervals(kept), pd.concat([none, *refused], ignore_index=True)


def _of_several_instruments(cases: Cases) -> list[str]:
    """Name the indicators that were defined with several instruments or units: those are never put together."""
    several = []
    if len(cases.indicators):
        for indicator_id, definitions in cases.indicators.groupby("indicator_id"):
            try:
                comparing.together(definitions)
            except comparing.NotComparable:
                several.append(str(indicator_id))
    return several


def _with_intervals(rows: pd.DataFrame) -> pd.DataFrame:
    """Give percentages without an interval that of Wilson, from their n."""
    bare = rows["ci_low"].isna()
    count = (rows["value"] * rows["n"] / 100).clip(0, rows["n"])
    low, high = intervals.wilson(count.where(bare, 0).fillna(0), rows["n"].where(bare, 1).fillna(1))
    return rows.assign(
        ci_low=rows["ci_low"].mask(bare, pd.Series(100 * low, index=rows.index)),
        ci_high=rows["ci_high"].mask(bare, pd.Series(100 * high, index=rows.index)),
        uncertainty=bare.map({True: "n", False: "interval"}),
    )


def _waves(shown: pd.DataFrame) -> pd.DataFrame:
    """Return the changes between two waves that were compared where the answers are."""
    kept = shown["question"].eq("before_after") & shown["group_value"].eq(before_after.DIFFERENCE)
    rows = shown[kept & shown["ci_low"].notna()]
    design = rows["method"].str.startswith(_SEVERAL).map({True: TWO_GROUPS, False: FOLLOWED})
    return _plain(rows, kind=CHANGE, design=design, uncertainty="interval")


def _areas(shown: pd.DataFrame) -> pd.DataFrame:
    """Return the verdicts of areas beside areas like them; no figure of these comes from a model."""
    rows = shown[shown["question"].eq("change") & shown["group_type"].eq("oordeel") & shown["ci_low"].notna()]
    return _plain(rows, kind=AREA_CHANGE, design=SIMILAR, uncertainty="interval")


def _plain(rows: pd.DataFrame, **constants: object) -> pd.DataFrame:
    variance = measures.from_interval(rows["ci_low"], rows["ci_high"])
    return rows.assign(**constants, y=rows["value"], v=variance, reservations=rows["gate_reason"])  # type: ignore[arg-type]


def _pairs(
    measured: pd.DataFrame, changes: pd.DataFrame, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Subtract the first figure from the last, where no waves were compared; and why others are not."""
    keys = ["collective_id", "indicator_id", "population"]
    rows = measured.assign(kind=CHANGE, day=measured["group_label"].str.split("/").str[-1])
    rows = rows.sort_values([*keys, "day", "group_type"], kind="stable")
    first = rows.drop_duplicates(keys, keep="first").set_index(keys)
    last = rows.drop_duplicates(keys, keep="last").set_index(keys)
    there = first["day"].ne(last.reindex(first.index)["day"])
    compared = first.index.isin(pd.MultiIndex.from_frame(changes[keys])) if len(changes) else False
    first, last = first[there & ~compared], last.reindex(first.index)[there & ~compared]
    chose = first["gate_reason"].str.contains("self_selected") | last["gate_reason"].str.contains("self_selected")
    fewest = pd.concat([first["n"], last["n"]], axis=1).min(axis=1)
    few = first["unit"].eq("%") & (fewest < settings.disclosure.words_below) & ~chose
    refused = [_left(first[which].reset_index(), why) for why, which in ((CHOSE, chose), (TOO_FEW, few)) if which.any()]
    told = _subtracted(first[~(chose | few)], last[~(chose | few)], fewest[~(chose | few)])
    none = pd.DataFrame(columns=[*FAMILY, "collective_id", "reason"])
    return told, pd.concat([none, *refused], ignore_index=True)


def _subtracted(first: pd.DataFrame, last: pd.DataFrame, fewest: pd.Series) -> pd.DataFrame:
    gap = last["value"] - first["value"]
    low = gap - np.hypot(last["value"] - last["ci_low"], first["ci_high"] - first["value"])
    high = gap + np.hypot(last["ci_high"] - last["value"], first["value"] - first["ci_low"])
    from_n = first["uncertainty"].eq("n") | last["uncertainty"].eq("n")
    ends = last.assign(value=gap, ci_low=low, ci_high=high, n=fewest).reset_index()
    reservations = last["gate_reason"].map(lambda text: ";".join(filter(None, ["no_control_group;not_linked", text])))
    told = _plain(ends, kind=CHANGE, design=TWO_FIGURES)
    return told.assign(
        uncertainty=from_n.map({True: "n", False: "interval"}).to_numpy(), reservations=reservations.to_numpy()
    )


def _levels(measured: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the last figure of each collective; a percentage as log odds."""
    keys = ["collective_id", "indicator_id", "population"]
    rows = measured.assign(day=measured["group_label"].str.split("/").str[-1])
    rows = rows.sort_values([*keys, "day", "group_type"], kind="stable").drop_duplicates(keys, keep="last")
    share = rows["unit"].eq("%")
    with np.errstate(divide="ignore", invalid="ignore"):
        odds, variance = measures.logit_interval(rows["value"], rows["ci_low"], rows["ci_high"])
    plain = measures.from_interval(rows["ci_low"], rows["ci_high"])
    rows = rows.assign(
        y=np.where(share, odds, rows["value"]), v=np.where(share, variance, plain), design=ONE_FIGURE,
        reservations=rows["gate_reason"],
    )  # fmt: skip
    ends = rows["y"].isna() | rows["v"].isna()
    return rows[~ends], _left(rows[ends], AT_THE_END)


def _left(rows: pd.DataFrame, reason: str) -> pd.DataFrame:
    """Say why figures are left out, once for each collective and family."""
    return rows.reset_index(drop=True)[[*FAMILY, "collective_id"]].drop_duplicates().assign(reason=reason)


def _abroad(owners: pd.Series, cases: Cases) -> pd.Series:
    """Tell which rows are of a collective in another country than most."""
    table = cases.table("collective")
    known = dict(zip(table["collective_id"], table["country"].fillna(HOME), strict=True))
    country = pd.Series([known.get(owner, HOME) for owner in owners], index=owners.index, dtype="str")
    counts = country[~owners.duplicated()].value_counts()
    # Of two countries with as many collectives, the Dutch one stays, or else the first in the alphabet.
    most = sorted(counts[counts.eq(counts.max())].index, key=lambda one: (one != HOME, one))
    return country.ne(most[0]) if most else country.ne(country)


def _places(cases: Cases) -> dict[str, str]:
    """Return the gemeente that each collective works in; of one that works in several, the first."""
    places: dict[str, str] = {}
    table = cases.table("work_area")
    for collective_id, text in zip(table["collective_id"], table["area_codes"], strict=True):
        codes: Sequence[str] = regions.codes_in(str(text)) if isinstance(text, str) else ()
        known = [code for code in codes if regions.is_valid(code) and regions.level(code) != "land"]
        if known:
            places.setdefault(str(collective_id), regions.gemeente(known[0]))
    return places
