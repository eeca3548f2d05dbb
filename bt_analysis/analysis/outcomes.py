"""Outcomes: collectives, their domains and the catalogue in; the area figures that their work may have changed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.tables import Joined
from bt_analysis.analysis.units import FEATURES, SIZE, URBANITY
from bt_analysis.indicators import Indicator

MOST = 6
"""Outcomes of one collective: with more of them, one stands out by chance."""
KINDS = ("share", "mean")
ELSEWHERE = ("km", "aantal")
"""Units of how far and how many facilities are: that is decided elsewhere, not by what neighbours do."""
LATE = 3
"""Years without a figure, while others of the same tables came out, after which a series has ended; figures of income
and energy come up to two years later than those of inhabitants."""


@dataclass(frozen=True)
class Seen:
    """The outcomes of one report.

    Parameters
    ----------
    kept : list of str
        Ids of those that are looked at.
    left_out : mapping of str to int
        Reason (``figures_beyond_most`` or ``series_ended``) → figures that are not; no reason without any.
    """

    kept: list[str]
    left_out: Mapping[str, int]


def possible(indicator: Indicator) -> bool:
    """Tell whether a figure may be an outcome at all.

    Parameters
    ----------
    indicator : Indicator
        Of the catalogue.

    Returns
    -------
    bool
        True for a share or a mean of which higher or lower is better, that people were counted or measured for: what
        a model makes of the kind of area cannot show what changed in one.
    """
    judged = indicator.direction != "geen_oordeel"
    return judged and indicator.kind in KINDS and not indicator.model and indicator.unit not in ELSEWHERE


def of_collective(
    collective: Mapping[Any, Any], experiment: pd.DataFrame, catalogue: Mapping[str, Indicator]
) -> list[str]:
    """List the indicators that a collective may have changed.

    Parameters
    ----------
    collective : mapping
        A row of the monitoring table.
    experiment : DataFrame
        Monitoring table; what its own experiments are judged by is an outcome as well.
    catalogue : mapping of str to Indicator
        The catalogue.

    Returns
    -------
    list of str
        Ids: those of its experiments first, then those of its main domain and of its other domains, each in the order
        of the catalogue.
    """
    return _listed(collective, declared(experiment).get(str(collective["collective_id"]), frozenset()), catalogue)


def declared(experiment: pd.DataFrame) -> dict[str, frozenset[str]]:
    """List the indicators that the experiments of each collective are judged by.

    Parameters
    ----------
    experiment : DataFrame
        Monitoring table.

    Returns
    -------
    dict of str to frozenset of str
        Collective → ids; no collective without any.
    """
    named: dict[str, set[str]] = {}
    rows = experiment.dropna(subset="indicator_ids")
    for owner, text in zip(rows["collective_id"], rows["indicator_ids"], strict=True):
        named.setdefault(str(owner), set()).update(key.strip() for key in str(text).split(";"))
    return {owner: frozenset(keys) for owner, keys in named.items()}


def of_collectives(
    collective: pd.DataFrame, experiment: pd.DataFrame, catalogue: Mapping[str, Indicator]
) -> dict[str, list[str]]:
    """List the indicators that each collective may have changed.

    Parameters
    ----------
    collective, experiment : DataFrame
        Monitoring tables.
    catalogue : mapping of str to Indicator
        The catalogue.

    Returns
    -------
    dict of str to list of str
        Collective → what :func:`of_collective` gives.
    """
    own, none = declared(experiment), frozenset[str]()
    rows = collective.to_dict("records")
    return {
        str(row["collective_id"]): _listed(row, own.get(str(row["collective_id"]), none), catalogue) for row in rows
    }


def _listed(collective: Mapping[Any, Any], declared: frozenset[str], catalogue: Mapping[str, Indicator]) -> list[str]:
    others = {domain.strip() for domain in str(collective["domains"] or "").split(";")}
    fit = {key: indicator.domain for key, indicator in catalogue.items() if possible(indicator)}
    first = [key for key in fit if key in declared]
    main = [key for key, domain in fit.items() if domain == collective["primary_domain"]]
    return list(dict.fromkeys([*first, *main, *(key for key, domain in fit.items() if domain in others)]))


def needed(records: Mapping[str, pd.DataFrame], catalogue: Mapping[str, Indicator]) -> list[str]:
    """List the indicators whose figures of all regions are needed.

    Parameters
    ----------
    records : mapping of str to DataFrame
        Monitoring tables: collective and experiment.
    catalogue : mapping of str to Indicator
        The catalogue.

    Returns
    -------
    list of str
        Outcomes of all collectives, and what areas are to be alike in.
    """
    of_each = of_collectives(records["collective"], records["experiment"], catalogue)
    found = {key for keys in of_each.values() for key in keys}
    return [key for key in catalogue if key in found or key in (*FEATURES, SIZE, URBANITY)]


def work(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    """Set beside every period of a collective where it worked, and since when.

    Parameters
    ----------
    joined : Joined
        Reads activity, collective and work_area.
    periods : DataFrame
        Reporting periods.

    Returns
    -------
    DataFrame
        One row is a period of a collective with a work area and an activity: collective_id, work_area_id,
        period_start, period_end, ``start`` (year of the first activity; of a later work area the year in which it
        began, if that is later) and ``founded``.
    """
    first = joined.activity.groupby("collective_id")["start"].min().dropna()
    rows = reporting.with_area(periods[periods["collective_id"].isin(first.index)], joined.work_area)
    rows = rows[["collective_id", "work_area_id", "period_start", "period_end"]]
    began = joined.work_area.set_index("work_area_id")["valid_from"]
    earliest = joined.work_area.groupby("collective_id")["valid_from"].min()
    start, came, there = (
        pd.Series(days.reindex(rows[column]).to_numpy(), index=rows.index)
        for column, days in (("collective_id", first), ("work_area_id", began), ("collective_id", earliest))
    )
    start = start.mask((came > there) & (came > start), came)
    founded = joined.collective.set_index("collective_id")["founded"]
    rows = rows.assign(start=start.dt.year, founded=rows["collective_id"].map(founded))
    return rows.astype({"start": "int64"}).sort_values(["collective_id", "period_end", "period_start"])


def seen(joined: Joined, work_area_id: str, start: int, wanted: list[str]) -> Seen:
    """Keep the outcomes that a work area has figures of, a few at most.

    Parameters
    ----------
    joined : Joined
        Reads context, areas and the catalogue; without areas no series is known to have ended.
    work_area_id : str
        The work area.
    start : int
        Year in which the work began.
    wanted : list of str
        Indicators, as :func:`of_collective` gives.

    Returns
    -------
    Seen
        At most ``MOST`` ids, and what was left out.
    """
    own = joined.figures_of(work_area_id)
    there = set(own.loc[own["value"].notna(), "indicator_id"])
    had = [key for key in wanted if key in there]
    gone = ended(joined.areas, joined.catalogue, start) if joined.areas else frozenset()
    found = [key for key in had if key not in gone]
    left_out = {"figures_beyond_most": max(0, len(found) - MOST), "series_ended": len(had) - len(found)}
    return Seen(found[:MOST], {reason: n for reason, n in left_out.items() if n})


def ended(areas: AreaPanel, catalogue: Mapping[str, Indicator], start: int) -> frozenset[str]:
    """List the series that ended before the work began: those can never show what came of it.

    Parameters
    ----------
    areas : AreaPanel
        Figures of all regions.
    catalogue : mapping of str to Indicator
        The catalogue: the tables that each figure stands in.
    start : int
        Year in which the work began.

    Returns
    -------
    frozenset of str
        Indicators without a figure of any region from the start on, and none in ``LATE`` years in which other figures
        of the same tables came out. A figure that is only not published yet is none of them, nor is a series that
        began after the start.
    """
    of_tables = pd.Series({key: catalogue[key].source for key in areas.newest}, dtype=str)
    last = pd.Series(areas.newest, dtype=float)
    others = last.groupby(of_tables).transform("max")
    return frozenset(last.index[last.lt(start) & others.ge(last + LATE)])
