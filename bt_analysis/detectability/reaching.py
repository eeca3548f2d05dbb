"""The highest possible reach: published counts of people in, for every collective at most how many took part, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting

SHOWN = ("ok", "voorbehoud")
NOT_SHOWN, NOT_KNOWN = "reach_not_shown", "reach_not_known"
_PERIOD = ["period_start", "period_end"]


def people(estimates: pd.DataFrame) -> pd.DataFrame:
    """Say of every collective how many people took part at most, in all the time that was recorded.

    Parameters
    ----------
    estimates : DataFrame
        Published estimates; of question ``reach`` those of different people and of participations are read.

    Returns
    -------
    DataFrame
        One row is a collective: collective_id, people (missing when it cannot be told), since (the period, as
        ``2021-2024``) and why (code of the refusal when people is missing, else empty).

    Notes
    -----
    The upper bound of the number of different people; where that cannot be told, the number of participations, which
    is never smaller. Always of the longest period: who took part in an earlier year may have changed since. A
    number that is held at an earlier one is taken as it was published. Participations that were not all recorded bound
    nothing.
    """
    reach = estimates[estimates["question"].eq("reach") & estimates["population"].eq("deelnemers")]
    length = reach["period_end"] - reach["period_start"]
    longest = reach[length.eq(length.groupby(reach["collective_id"]).transform("max"))]
    rows = [{"collective_id": name, **_at_most(own)} for name, own in longest.groupby("collective_id", sort=True)]
    return pd.DataFrame(rows, columns=["collective_id", "people", "since", "why"]).astype({"people": float})


def _at_most(rows: pd.DataFrame) -> dict[str, object]:
    """Read the upper bound out of the reach of one collective in one period."""
    seen = rows[rows["gate"].isin(SHOWN)].set_index("indicator_id")
    complete = seen[~seen["gate_reason"].str.split(";").map(lambda codes: "not_all_recorded" in codes)]
    first, last = rows[_PERIOD].iloc[0]
    since = reporting.span([str(first.year), str(last.year)])
    for indicator_id, figure in (("unique_n", "ci_high"), ("contacts_n", "value")):
        bound = complete.get(figure, pd.Series(dtype=float)).get(indicator_id)
        if bound is not None and pd.notna(bound):
            return {"people": bound, "since": since, "why": ""}
    hidden = rows["indicator_id"].isin(["unique_n", "contacts_n"]) & rows["gate"].eq("onderdrukt")
    return {"people": None, "since": since, "why": NOT_SHOWN if hidden.any() else NOT_KNOWN}


def base(estimates: pd.DataFrame, context: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """Say of how many people or homes each figure of an area is the mean.

    Parameters
    ----------
    estimates : DataFrame
        Published estimates; a work area of which a context figure is suppressed has no base.
    context : DataFrame
        joined_context: public figures of areas.
    wanted : DataFrame
        One row per figure: work_area_id, indicator_id, population (``bewoners``: the residents are the base, whatever
        was asked), period_end.

    Returns
    -------
    DataFrame
        The same rows and index: base_n (missing when it is not known), base_unit (what it counts) and base_why (code
        of the refusal when base_n is missing, else empty).

    Notes
    -----
    The base of the newest year up to the end of the period, or else of the first after it. A participant
    stands for one home at most, so participants over homes is the highest possible share of homes.
    """
    here = context[context["population"].eq("gebied") & context["value"].notna()].sort_values("year")
    hidden = estimates["question"].eq("context") & estimates["gate"].eq("onderdrukt")
    areas = set(estimates.loc[hidden, "work_area_id"])
    found = [
        (None, "", NOT_SHOWN) if row["work_area_id"] in areas else _one_base(here, row) for _, row in wanted.iterrows()
    ]
    table = pd.DataFrame(found, columns=["base_n", "base_unit", "base_why"], index=wanted.index)
    return table.astype({"base_n": float})


def _one_base(here: pd.DataFrame, row: pd.Series) -> tuple[float | None, str, str]:
    ours, last = here[here["work_area_id"].eq(row["work_area_id"])], row["period_end"].year
    weighted = ours["weight_method"].ne("sum") & ours["n_base"].gt(0)
    figure = _of_year(ours[ours["indicator_id"].eq(row["indicator_id"]) & weighted], last)
    if figure is not None and row["population"] != "bewoners":
        return float(figure["n_base"]), str(figure["weight_method"]), ""
    residents = _of_year(ours[ours["indicator_id"].eq("population") & ours["value"].gt(0)], last)
    return (None, "", NOT_KNOWN) if residents is None else (float(residents["value"]), "population", "")


def _of_year(rows: pd.DataFrame, last: int) -> pd.Series | None:
    """Take the newest row up to a year; when all are later, the first of these."""
    before = rows[rows["year"].le(last)]
    if len(before):
        return before.iloc[-1]
    return rows.iloc[0] if len(rows) else None
