"""Who took part, compared with who lives here? Groups of participants beside the same groups of inhabitants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.methods.intervals import Ends, jeffreys, wilson
from bt_analysis.settings import Settings

_GROUP = ["collective_id", "period_start", "period_end", "group_type"]
_IN_TENS = 10
"""What the number that shares rest on is rounded down to."""


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Compare the composition of participants with that of the inhabitants of the work area.

    Parameters
    ----------
    joined : Joined
        Reads participation, activity, work_area and composition.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        ``cbs.publisher`` is named in the source.

    Returns
    -------
    DataFrame
        Per collective, period and group type one row ``participants_known_n`` (different participants in the groups
        that are compared, at least), and per group one row each of participants_share_pct (deelnemers),
        area_share_pct (gebied) and representation_ratio. Buurten are put together to wijken: fewer small groups, and
        nothing to subtract between the two. Where participations were counted instead of people there are no intervals
        and no participants_known_n.

    Notes
    -----
    share = 100 · count / known, with known = all participants in the groups that are compared: those who live inside
    the work area, or belong to a group that CBS counts. ratio = share / the group's share of the inhabitants of those
    groups. Counts are different people where every record of the group type has them, otherwise participations
    (``counts_contacts``). With more than one record people may count more than once (``may_count_twice``), so the
    intervals (Wilson of the share; Jeffreys divided by the inhabitants' share, which is taken as exact) rest on
    n = the largest single record: no more different people than that are sure. A wijk without a record counts as
    nobody; an age group without a record counts as not asked.

    Shares are whole percentages, n is rounded down to tens, the bounds are made of both and rounded outwards, and the
    ratio is made of those: with exact ones, people in no group (other gender, unknown age, from elsewhere) could be
    worked out by subtraction from the exact number of participants.
    """
    counts = _counts(joined, periods)
    areas = _area_groups(joined, periods)
    areas["source_cbs"] = settings.cbs.publisher + " " + areas["source_cbs"]
    both = counts.merge(areas, on=[*_GROUP, "group_value"], how="inner", validate="one_to_one")
    both = _with_area_share(_with_known(both))
    both = both.assign(cell_value=both["count_n"], cell_total_n=both["known_n"])
    people = both["n_unit"].eq("people")
    told = as_told(100 * both["count_n"] / both["known_n"], both["n"])
    participants = _rounded(both, wilson(*told)).assign(
        indicator_id="participants_share_pct", population="deelnemers", unit="%",
        method=people.map({True: "Wilson", False: "share of participations"}),
    )  # fmt: skip
    ratio = _rounded(both, jeffreys(*told))
    for column in ("value", "ci_low", "ci_high"):
        ratio[column] = ratio[column] / 100 / both["area_share"]
    ratio = ratio.assign(
        indicator_id="representation_ratio", population="deelnemers", unit="verhouding",
        method=people.map({True: "Jeffreys", False: "ratio of shares"}),
        source=both["source"] + " / " + both["source_cbs"], coverage=both["area_coverage"],
    )  # fmt: skip
    area = both.assign(
        indicator_id="area_share_pct", population="gebied", unit="%", method="share of inhabitants",
        value=100 * both["area_share"], n=both["area_n"], n_unit="population", source=both["source_cbs"],
        comparison="vergelijkgebied", gate_reason="", cell="", cell_n=None, cell_value=None, cell_total_n=None,
        coverage=both["area_coverage"],
    )  # fmt: skip
    known = both[people].drop_duplicates(_GROUP)
    known = known.assign(
        indicator_id="participants_known_n", population="deelnemers", unit="personen", method="count", group_value="",
        group_label="", value=_tens(known["n"]), cell_n=known["n"], cell_value=known["known_n"], cell_total_n=None,
        cell_rest_n=known["known_rest_n"], n=_tens(known["n"]),
    )  # fmt: skip
    return estimates(pd.concat([known, participants, ratio, area], ignore_index=True), question="representation")


def as_told(share_pct: pd.Series, n: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the count and the number of people that follow from what is published.

    Parameters
    ----------
    share_pct : Series
        Exact shares, in per cent.
    n : Series
        People that each rests on.

    Returns
    -------
    count, n : Series
        Of the whole percentage and of n in tens: exact ones fit one number of people only, and so would bounds made of
        them. Fewer than ten people stay as they are; they are not shown.
    """
    tens = _tens(n).where(n >= _IN_TENS, n)
    return share_pct.round() / 100 * tens, tens


def _rounded(both: pd.DataFrame, ends: Ends) -> pd.DataFrame:
    """Add the share of participants in whole percentages, its bounds rounded outwards, and n in tens."""
    people = both["n_unit"].eq("people").to_numpy()
    low, high = (np.where(people, 100 * end, np.nan) for end in ends)
    return both.assign(
        value=(100 * both["count_n"] / both["known_n"]).round(), ci_low=np.floor(low), ci_high=np.ceil(high),
        n=_tens(both["n"]),
    )  # fmt: skip


def _tens(numbers: pd.Series) -> pd.Series:
    return numbers // _IN_TENS * _IN_TENS


def _counts(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    """Participants per collective, period, group type and group: count_n, cell_n and the reservations they carry."""
    activity = joined.activity.set_index("activity_id")["collective_id"]
    rows = joined.participation[joined.participation["group_type"] != "totaal"]
    rows = rows.assign(collective_id=rows["activity_id"].map(activity))
    rows = reporting.within(rows, periods, "period_start", "period_end")
    by_buurt = rows["group_type"].eq("buurt")
    rows = rows[~by_buurt | _lives_inside(rows, joined, periods)]
    by_buurt = rows["group_type"].eq("buurt")
    wijk = "WK" + rows["group_value"].str[2:8]
    rows = rows.assign(
        group_type=rows["group_type"].mask(by_buurt, "wijk"), group_value=rows["group_value"].mask(by_buurt, wijk)
    )
    people = rows.groupby(_GROUP)["unique_n"].transform(lambda values: values.notna().all()).astype(bool)
    rows["count_n"] = rows["unique_n"].where(people, rows["contacts_n"]).astype(float)
    rows["reservation"] = people.map({True: "", False: "counts_contacts"})
    rows["record"] = rows["activity_id"] + rows["row_start"].astype(str)
    records = rows.groupby(_GROUP)["record"].transform("nunique")
    rows.loc[people & (records > 1), "reservation"] = "may_count_twice"
    per_record = rows.dropna(subset="count_n").groupby([*_GROUP, "group_value", "record"], as_index=False)
    summed = per_record.agg(
        count_n=("count_n", "sum"), reservation=("reservation", "first"), crosses=("crosses", "first")
    )  # fmt: skip
    # Participations rest on people: no more than the record's number of different people, where that is known.
    summed["people"] = summed["count_n"].clip(upper=summed["record"].map(_people_per_record(joined)).fillna(np.inf))
    summed["rest"] = summed["count_n"].where(summed["crosses"])
    summed["record_n"] = summed.groupby([*_GROUP, "record"])["count_n"].transform("sum")
    counts = summed.groupby([*_GROUP, "group_value"], as_index=False)
    # The same people may stand in more than one record, so only the largest record is sure to be different people.
    out = counts.agg(
        count_n=("count_n", "sum"), cell_n=("people", "max"), cell_rest_n=("rest", "max"),
        record_n=("record_n", "max"), gate_reason=("reservation", "first"),
    )  # fmt: skip
    unit = out["gate_reason"].eq("counts_contacts").map({True: "contacts", False: "people"})
    return out.assign(cell="participants", n_unit=unit, source="collective: participation")


def _people_per_record(joined: Joined) -> pd.Series:
    """Different people per record (an activity and the first day of its period), where that was counted."""
    totals = joined.participation[joined.participation["group_type"].eq("totaal")].dropna(subset="unique_n")
    records = totals["activity_id"] + totals["period_start"].astype(str)
    return totals["unique_n"].astype(float).groupby(records).max()


def _lives_inside(rows: pd.DataFrame, joined: Joined, periods: pd.DataFrame) -> pd.Series:
    """Tell of each participation by buurt or wijk whether that place lies in the work area of its period."""
    places = joined.composition[joined.composition["group_type"].isin(["buurt", "wijk"])]
    inside = set(zip(places["work_area_id"], places["group_value"], strict=True))
    there = reporting.with_area(periods, joined.work_area)[[*_GROUP[:3], "work_area_id"]]
    area = rows[[*_GROUP[:3]]].merge(there, how="left", validate="many_to_one")["work_area_id"]
    return pd.Series([place in inside for place in zip(area, rows["group_value"], strict=True)], rows.index, dtype=bool)


def _with_known(both: pd.DataFrame) -> pd.DataFrame:
    """Add the participants in the groups compared (known_n), and what shares rest on (n): people who surely differ."""
    groups = both.groupby(_GROUP)
    known = groups["count_n"].transform("sum")
    rest = groups["cell_rest_n"].transform(lambda people: people.sum(min_count=1))
    # A record may hold groups that are not compared; the people compared are at most all of them.
    sure = groups["record_n"].transform("max").clip(upper=known)
    n = sure.where(both["n_unit"].eq("people"), known)
    return both.assign(known_n=known, n=n, known_rest_n=rest)[known > 0]


def _area_groups(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    """Composition of each collective's work area per period: persons_n, whole_n (all groups) and coverage per group."""
    there = reporting.with_area(periods, joined.work_area)[[*_GROUP[:3], "work_area_id"]]
    groups = joined.composition.merge(there, on="work_area_id", validate="many_to_many")
    groups = reporting.of_nearest_year(groups, _GROUP)
    groups = groups[groups["persons_n"] > 0]
    groups = groups.assign(
        whole_n=groups.groupby(_GROUP)["persons_n"].transform("sum"),
        area_coverage=groups.groupby(_GROUP)["coverage"].transform("min"),
        source_cbs=groups["table_id"] + " · " + groups["modified"].str[:10],
    )
    columns = ["work_area_id", "group_value", "group_label", "persons_n", "whole_n", "area_coverage", "source_cbs"]
    return groups[[*_GROUP, *columns]]


def _with_area_share(both: pd.DataFrame) -> pd.DataFrame:
    """Add area_n (inhabitants compared with) and area_share (0–1) to groups of participants."""
    recorded = both.groupby(_GROUP)["persons_n"].transform("sum")
    area_n = both["whole_n"].where(both["group_type"].eq("wijk"), recorded)
    return both.assign(area_n=area_n, area_share=both["persons_n"] / area_n)
