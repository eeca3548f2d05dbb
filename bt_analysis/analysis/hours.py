"""How much time did people give? Hours of volunteers, with how sure the record is."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.settings import Settings

_KEYS = ["collective_id", "period_start", "period_end"]


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Add up the hours given, in all and per role.

    Parameters
    ----------
    joined : Joined
        Reads contribution and activity.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        ``hours`` gives the uncertainty of each way of recording when the collective gave none.

    Returns
    -------
    DataFrame
        One row is a collective, a period and ``hours_total`` (group_value empty) or ``hours_role`` (per role). Hours of
        an activity that crosses a year's end count in the longer period only.

    Notes
    -----
    ci_low and ci_high = Σ hours · (1 ∓ uncertainty): the uncertainties are added as if all were off in the same
    direction, the widest case, because people who estimate tend to be off together. n = people in the largest activity,
    each role by its largest record: no more different people than that are sure.

    cell_top_pct = what the ``disclosure.dominance_n`` people who gave most hold of the hours. In a record each person
    gave as much as the others; the people of a role may be the same in every activity, so the first of each are taken
    to be one person.
    """
    rows = _in_periods(joined, periods)
    default = rows["record_method"].map(
        {
            "logboek": settings.hours.logboek_pct,
            "steekproef": settings.hours.steekproef_pct,
            "schatting": settings.hours.schatting_pct,
        }
    )
    margin = rows["hours"].astype(float) * rows["uncertainty_pct"].astype(float).fillna(default) / 100
    rows = rows.assign(
        ci_low=(rows["hours"] - margin).clip(lower=0), ci_high=rows["hours"] + margin,
        estimated=rows["record_method"].eq("schatting"),
    )  # fmt: skip
    most = settings.disclosure.dominance_n
    total = _sum(rows, _KEYS, most).assign(indicator_id="hours_total", group_value="")
    role = _sum(rows, [*_KEYS, "role"], most).rename(columns={"role": "group_value"}).assign(indicator_id="hours_role")
    both = pd.concat([total, role], ignore_index=True)
    return estimates(
        both.assign(
            n=both["cell_n"],
            cell_value=both["value"],
            gate_reason=both["estimated"].map({True: "hours_estimated", False: ""}),
        ),
        question="hours",
        population="vrijwilligers",
        group_type="rol",
        unit="uur",
        n_unit="people",
        method="sum with recording uncertainty",
        source="collective: contribution",
        cell="volunteers",
    )


def _in_periods(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    activity = joined.activity[["activity_id", "collective_id", "start", "end"]]
    rows = joined.contribution.merge(activity, on="activity_id", validate="many_to_one")
    return reporting.within(rows, periods, "start", "end")


def _sum(rows: pd.DataFrame, keys: list[str], most: int) -> pd.DataFrame:
    """Add up hours; cell_n is the largest number of people in one activity, each role by its largest record."""
    sums = rows.groupby(keys, as_index=False).agg(
        value=("hours", "sum"), ci_low=("ci_low", "sum"), ci_high=("ci_high", "sum"),
        estimated=("estimated", "any"),
    )  # fmt: skip
    per_role = rows.groupby([*_KEYS, "activity_id", "role", "crosses"], as_index=False).agg(people=("persons_n", "max"))
    activity = per_role.groupby([*keys, "activity_id", "crosses"], as_index=False).agg(people=("people", "sum"))
    people = activity.groupby(keys, as_index=False).agg(cell_n=("people", "max"))
    rest = activity[activity["crosses"]].groupby(keys, as_index=False).agg(cell_rest_n=("people", "max"))
    sums = sums.merge(people, on=keys, validate="1:1").merge(rest, on=keys, how="left", validate="1:1")
    top = _largest(rows, keys, most)
    return sums.merge(top, on=keys, how="left", validate="1:1").assign(
        cell_top_pct=lambda both: 100 * both["top"] / both["value"].where(both["value"] > 0)
    )


def _largest(rows: pd.DataFrame, keys: list[str], most: int) -> pd.DataFrame:
    """Add up the hours of the few people who gave most (``top``); see the notes of :func:`estimate`."""
    records = rows.groupby([*_KEYS, "role", "activity_id"], as_index=False).agg(
        hours=("hours", "sum"), people=("persons_n", "max")
    )
    people = records["people"].clip(lower=1)
    each = pd.concat(
        [records.assign(place=place, each=records["hours"] / people)[people > place] for place in range(most)]
    )
    persons = each.groupby([*_KEYS, "role", "place"], as_index=False).agg(each=("each", "sum"))
    largest = persons.sort_values("each", ascending=False).groupby(keys).head(most)
    return largest.groupby(keys, as_index=False).agg(top=("each", "sum"))
