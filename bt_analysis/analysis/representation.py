"""Who took part, compared with who lives here? Groups of participants beside the same groups of inhabitants."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.methods.intervals import jeffreys, wilson
from bt_analysis.settings import Settings

_GROUP = ["collective_id", "period_start", "period_end", "group_type"]


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
        Per collective, period and group type one row ``participants_known_n`` (participants in the groups that are
        compared), and per group one row each of participants_share_pct (deelnemers), area_share_pct (gebied) and
        representation_ratio. Buurten are put together to wijken: fewer small groups, and nothing to subtract between
        the two.

    Notes
    -----
    share = 100 · count / known, Wilson's interval. ratio = (count / known) / (group's inhabitants / inhabitants in the
    groups that were recorded), Jeffreys' interval of the share divided by the same figure; the inhabitants are taken as
    exact. known = participants in the groups that are compared: those who live in a wijk of the work area, or belong to
    a group that CBS counts. A wijk without a record counts as nobody; an age group without a record counts as not
    asked. Counts are different people where every record of the group type has them, otherwise participations
    (``counts_contacts``). People in more than one record count more than once (``may_count_twice``), which makes the
    interval too narrow.
    """
    counts = _counts(joined, periods)
    areas = _area_groups(joined)
    areas["source_cbs"] = settings.cbs.publisher + " " + areas["source_cbs"]
    both = counts.merge(areas, on=["collective_id", "group_type", "group_value"], how="inner", validate="many_to_one")
    both = _with_area_share(_with_known(both))
    low, high = wilson(both["count_n"], both["known_n"])
    ratio_low, ratio_high = jeffreys(both["count_n"], both["known_n"])
    participants = both.assign(
        indicator_id="participants_share_pct", population="deelnemers", unit="%", method="Wilson",
        value=100 * both["count_n"] / both["known_n"], ci_low=100 * low, ci_high=100 * high,
    )  # fmt: skip
    ratio = both.assign(
        indicator_id="representation_ratio", population="deelnemers", unit="verhouding", method="Jeffreys",
        value=both["count_n"] / both["known_n"] / both["area_share"],
        ci_low=ratio_low / both["area_share"], ci_high=ratio_high / both["area_share"],
        source=both["source"] + " / " + both["source_cbs"],
    )  # fmt: skip
    area = both.assign(
        indicator_id="area_share_pct", population="gebied", unit="%", method="share of inhabitants",
        value=100 * both["area_share"], n=both["area_n"], n_unit="population", source=both["source_cbs"],
        comparison="vergelijkgebied", gate_reason="", cell="", cell_n=None,
    )  # fmt: skip
    known = both.drop_duplicates(_GROUP).assign(
        indicator_id="participants_known_n", population="deelnemers", unit="personen", method="count",
        group_value="", group_label="",
    )  # fmt: skip
    known = known.assign(value=known["known_n"], cell_n=known["known_cell_n"], cell_rest_n=known["known_rest_n"])
    return estimates(pd.concat([known, participants, ratio, area], ignore_index=True), question="representation")


def _counts(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    """Participants per collective, period, group type and group: count_n, cell_n and the reservations they carry."""
    activity = joined.activity.set_index("activity_id")["collective_id"]
    rows = joined.participation[joined.participation["group_type"] != "totaal"]
    rows = rows.assign(collective_id=rows["activity_id"].map(activity))
    by_buurt = rows["group_type"].eq("buurt")
    wijk = "WK" + rows["group_value"].str[2:8]
    rows = rows.assign(
        group_type=rows["group_type"].mask(by_buurt, "wijk"), group_value=rows["group_value"].mask(by_buurt, wijk)
    )
    rows = reporting.within(rows, periods, "period_start", "period_end")
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
    summed["rest"] = summed["count_n"].where(summed["crosses"])
    counts = summed.groupby([*_GROUP, "group_value"], as_index=False)
    # The same people may stand in more than one record, so only the largest record is sure to be different people.
    out = counts.agg(
        count_n=("count_n", "sum"), cell_n=("count_n", "max"), cell_rest_n=("rest", "max"),
        gate_reason=("reservation", "first"),
    )  # fmt: skip
    unit = out["gate_reason"].eq("counts_contacts").map({True: "contacts", False: "people"})
    return out.assign(cell="participants", n_unit=unit, source="collective: participation")


def _with_known(both: pd.DataFrame) -> pd.DataFrame:
    """Add the participants in the groups compared; with others in it, the total would give away how many they are."""
    groups = both.groupby(_GROUP)
    known = groups["count_n"].transform("sum")
    sure, rest = (
        groups["cell_n"].transform("sum"),
        groups["cell_rest_n"].transform(lambda people: people.sum(min_count=1)),
    )
    return both.assign(known_n=known, n=known, known_cell_n=sure, known_rest_n=rest)[known > 0]


def _area_groups(joined: Joined) -> pd.DataFrame:
    """Newest composition of each collective's latest work area: persons_n and whole_n (all groups) per group."""
    areas = joined.work_area.sort_values("valid_from").drop_duplicates("collective_id", keep="last")
    groups = joined.composition.merge(
        areas[["work_area_id", "collective_id"]], on="work_area_id", validate="many_to_one"
    )
    newest = groups.groupby(["work_area_id", "group_type"])["year"].transform("max")
    groups = groups[(groups["year"] == newest) & (groups["persons_n"] > 0)]
    whole = groups.groupby(["work_area_id", "group_type"])["persons_n"].transform("sum")
    groups = groups.assign(whole_n=whole, source_cbs=groups["table_id"] + " · " + groups["modified"].str[:10])
    columns = ["collective_id", "work_area_id", "group_type", "group_value", "group_label", "persons_n", "whole_n"]
    return groups[[*columns, "source_cbs"]]


def _with_area_share(both: pd.DataFrame) -> pd.DataFrame:
    """Add area_n (inhabitants compared with) and area_share (0–1) to groups of participants."""
    recorded = both.groupby(_GROUP)["persons_n"].transform("sum")
    area_n = both["whole_n"].where(both["group_type"].eq("wijk"), recorded)
    return both.assign(area_n=area_n, area_share=both["persons_n"] / area_n)
