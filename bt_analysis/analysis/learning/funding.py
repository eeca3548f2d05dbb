"""Who pays, and how long is there money? Money that collectives got in; shares, months and hours of accounting out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import parties
from bt_analysis.analysis.learning.cases import Cases, nothing, told
from bt_analysis.analysis.learning.counting import PERIOD

DAYS_PER_MONTH = 365.25 / 12

NO_END = "funding_without_end"

_CONSTANTS = {
    "question": "funding", "population": "collectief", "n_unit": "records", "source": "collective: funding",
}  # fmt: skip


def spread(cases: Cases) -> pd.DataFrame:
    """Spread money over the periods it is for.

    Parameters
    ----------
    cases : Cases
        Reads funding and actor, and the reporting periods.

    Returns
    -------
    DataFrame
        One row is money in a period that it is for, or before it: collective_id, period_start, period_end, funder
        (code), party (its kind), obligation, paid_eur and hours of accounting that fall in the period, later_eur for
        after it, no_end, and months of the period.

    Notes
    -----
    By days, as if money were spent evenly from its first day to its last. Money without a last day counts on its first
    day, with a reservation. Own income has no funder; its party is the collective.
    """
    table = cases.table("funding").rename(columns={"start": "first", "end": "last"})
    party = parties.kinds(table["funder_actor_id"], cases.table("actor"))
    own = table["obligation"].eq("eigen_inkomsten").fillna(False) & party.eq(parties.UNKNOWN)
    rows = table.assign(
        funder=table["funder_actor_id"].astype("object").fillna(""),
        party=party.mask(own, parties.OWN),
        no_end=table["last"].isna(),
        last=table["last"].fillna(table["first"]),
        amount=table["amount_eur"].astype("Float64").astype(float),
        accounting=table["reporting_hours"].astype("Float64").astype(float),
        obligation=table["obligation"].astype("object").fillna(""),
    ).merge(cases.periods[PERIOD], on="collective_id")
    whole = (rows["last"] - rows["first"]).dt.days + 1
    inside = (rows[["last", "period_end"]].min(axis=1) - rows[["first", "period_start"]].max(axis=1)).dt.days + 1
    after = (rows["last"] - rows[["first", "period_end"]].max(axis=1)).dt.days + rows["first"].gt(rows["period_end"])
    rows["paid_eur"] = rows["amount"] * inside.clip(lower=0) / whole
    rows["later_eur"] = rows["amount"] * after.clip(lower=0) / whole
    rows["hours"] = rows["accounting"] * inside.clip(lower=0) / whole
    rows["months"] = ((rows["period_end"] - rows["period_start"]).dt.days + 1) / DAYS_PER_MONTH
    kept = rows[rows["paid_eur"].gt(0) | rows["later_eur"].gt(0)]
    return kept[[*PERIOD, "funder", "party", "obligation", "paid_eur", "later_eur", "hours", "no_end", "months"]]


def estimates(rows: pd.DataFrame) -> pd.DataFrame:
    """Write what money tells about a collective.

    Parameters
    ----------
    rows : DataFrame
        As :func:`spread` gives them.

    Returns
    -------
    DataFrame
        Per collective and period: money per kind of party (``funding_eur``), the share of the largest funder
        (``largest_funder_pct``; when it gave more than all who are not recorded), of government (``government_pct``)
        and of each kind of condition (``obligation_pct``), how many months the money for later lasts
        (``runway_months``) and hours of accounting (``reporting_hours``).

    Notes
    -----
    Shares are of all money in the period, own income and loans included. Months = money for after the period divided by
    money per month in it: what is granted, not what is in the bank. Hours are told only when some were recorded.
    """
    paid = rows[rows["paid_eur"].gt(0)]
    if paid.empty:
        return nothing()
    total = paid.groupby(PERIOD, as_index=False).agg(total=("paid_eur", "sum"), n=("paid_eur", "size"))
    parts = [
        _sums(paid, "party").assign(indicator_id="funding_eur", group_type="geldgever", unit="eur", method="sum"),
        _share(_largest(paid), total, "party").assign(
            indicator_id="largest_funder_pct", group_type="grootste_geldgever"
        ),
        _share(paid[paid["party"].isin(parties.GOVERNMENT)], total, "").assign(indicator_id="government_pct"),
        _share(paid, total, "obligation").assign(indicator_id="obligation_pct", group_type="voorwaarde"),
        _runway(rows),
        _hours(paid),
    ]
    both = pd.concat([part for part in parts if len(part)], ignore_index=True)
    no_end = rows[rows["no_end"]][PERIOD].drop_duplicates().assign(gate_reason=NO_END)
    both = both.merge(no_end, on=PERIOD, how="left").fillna({"gate_reason": ""})
    gate = both["gate_reason"].ne("").map({True: "voorbehoud", False: "ok"})
    return told(both.assign(gate=gate), **_CONSTANTS)


def _sums(paid: pd.DataFrame, by: str) -> pd.DataFrame:
    keys = [*PERIOD, by] if by else PERIOD
    sums = paid.groupby(keys, as_index=False).agg(value=("paid_eur", "sum"), n=("paid_eur", "size"))
    return sums.assign(group_value=sums[by] if by else "")


def _share(paid: pd.DataFrame, total: pd.DataFrame, by: str) -> pd.DataFrame:
    """Divide sums by all money; every collective with money has a share, of nothing too, when there are no groups."""
    sums = _sums(paid, by).drop(columns="n").merge(total, on=PERIOD, how="left" if by else "right")
    value = 100 * sums["value"].fillna(0) / sums["total"]
    return sums.assign(value=value, group_value=sums["group_value"].fillna(""), unit="%", method="share of money")


def _largest(paid: pd.DataFrame) -> pd.DataFrame:
    """Return the money of the party that gave most, own income left out; none where nobody knows who that is."""
    given = paid[paid["party"].ne(parties.OWN)]
    sums = given.groupby([*PERIOD, "funder", "party"], as_index=False).agg(paid_eur=("paid_eur", "sum"))
    most = sums.sort_values(["paid_eur", "funder"], ascending=[False, True]).drop_duplicates(PERIOD)
    return most[most["funder"].ne("")]


def _runway(rows: pd.DataFrame) -> pd.DataFrame:
    sums = rows.groupby(PERIOD, as_index=False).agg(
        later=("later_eur", "sum"), paid=("paid_eur", "sum"), months=("months", "first"), n=("paid_eur", "size")
    )
    sums = sums[sums["paid"].gt(0)]
    value = sums["later"] / (sums["paid"] / sums["months"])
    return sums.assign(
        indicator_id="runway_months", value=value, unit="maanden", method="money for later / money per month"
    )


def _hours(paid: pd.DataFrame) -> pd.DataFrame:
    known = paid[paid["hours"].notna()]
    sums = known.groupby(PERIOD, as_index=False).agg(value=("hours", "sum"), n=("hours", "size"))
    return sums.assign(indicator_id="reporting_hours", unit="uur", method="sum")
