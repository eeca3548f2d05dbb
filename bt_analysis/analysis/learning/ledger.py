"""Who invests and who saves? Hours, money and savings in; a ledger by kind of party, without names, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import parties
from bt_analysis.analysis.learning.cases import ACROSS, Cases, told
from bt_analysis.analysis.learning.counting import PERIOD, figures
from bt_analysis.analysis.learning.savings import COUNTS, RANGE_ONLY, REFUSING

INVESTS, SAVES = "investeert", "bespaart"

SAVED = {"ja": "saved_cash_eur", "nee": "saved_room_eur", "onbekend": "saved_unknown_eur"}
"""Whether money is left → estimate of what a kind of party saves."""

_COLUMNS = [*PERIOD, "role", "party", "cashable", "hours", "paid_eur", "eur_low", "eur_high", "n", "claim_id"]


def of(rows: pd.DataFrame, savings: pd.DataFrame, cases: Cases) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the books: who gives hours or money, and who saves.

    Parameters
    ----------
    rows : DataFrame
        Estimates of value and funding, as they are shown.
    savings : DataFrame
        Savings with their verdict, and low and high (euro) as they are shown.
    cases : Cases
        Figures of hours, and the periods.

    Returns
    -------
    books : DataFrame
        One row is a kind of party on one side: fields of analysed_ledger. Rows of all collectives together have no
        amounts; their n counts collectives.
    totals : DataFrame
        Estimates: what each kind of party saves, and how many savings come to who pays for them, or to another.

    Notes
    -----
    Ends of several savings are added end by end: the widest case, as if all were off in the same direction. So the
    ledger adds up to the ranges it is made of. Hours are not added to savings.
    """
    counting = savings[savings["verdict"].eq(COUNTS)].merge(cases.whole[PERIOD], on="collective_id")
    saved = _saved(counting)
    totals = told(
        saved.assign(
            indicator_id=saved["cashable"].map(SAVED), group_value=saved["party"], value=None, n=saved["n"],
            ci_low=saved["eur_low"], ci_high=saved["eur_high"], value_text=RANGE_ONLY,
        ),
        question="savings", population="collectief", group_type="wie_bespaart", n_unit="records", unit="eur",
        method="sum, end by end", source="collective: saving_claim",
    )  # fmt: skip
    saved = saved.assign(claim_id=totals["claim_id"].to_numpy())
    parts = [_volunteers(rows, cases.estimates), _funders(rows), saved]
    parts.append(_bearers(counting, pd.concat([one for one in parts if len(one)] or parts)))
    books = pd.concat([one for one in parts if len(one)] or parts, ignore_index=True).reindex(columns=_COLUMNS)
    together = _together(books, cases)
    both = pd.concat([books, together], ignore_index=True) if len(together) else books
    return both.assign(cashable=both["cashable"].astype("object").fillna("")), pd.concat(
        [one for one in (totals, _who_pays(counting, cases)) if len(one)] or [totals], ignore_index=True
    )


def _volunteers(rows: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return hours given, with what they are worth where that is shown."""
    hours = figures[figures["indicator_id"].eq("hours_total") & figures["value"].notna()]
    worth = rows[rows["indicator_id"].eq("hours_value_eur")].rename(
        columns={"ci_low": "eur_low", "ci_high": "eur_high"}
    )
    both = worth[[*PERIOD, "eur_low", "eur_high", "claim_id"]].merge(hours[[*PERIOD, "value"]], on=PERIOD)
    return both.rename(columns={"value": "hours"}).assign(role=INVESTS, party=parties.VOLUNTEERS, n=1)


def _funders(rows: pd.DataFrame) -> pd.DataFrame:
    money = rows[rows["indicator_id"].eq("funding_eur") & rows["value"].notna()]
    names = {"value": "paid_eur", "group_value": "party"}
    return money[[*PERIOD, "value", "group_value", "n", "claim_id"]].rename(columns=names).assign(role=INVESTS)


def _saved(counting: pd.DataFrame) -> pd.DataFrame:
    sums = counting.groupby([*PERIOD, "saver", "cashable"], as_index=False).agg(
        eur_low=("low", "sum"), eur_high=("high", "sum"), n=("low", "size"),
        gate_reason=("gate_reason", lambda codes: ";".join(sorted({one for code in codes for one in code.split(";")}))),
    )  # fmt: skip
    sums["gate_reason"] = sums["gate_reason"].astype("str").str.strip(";")
    sums["gate"] = sums["gate_reason"].ne("").map({True: "voorbehoud", False: "ok"})
    return sums.rename(columns={"saver": "party"}).assign(role=SAVES)


def _bearers(counting: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return who bears the costs of a saving, and is not among who gave money: how much it was is not recorded."""
    named = counting[counting["payer"].ne(parties.UNKNOWN)]
    counts = named.groupby([*PERIOD, "payer"], as_index=False).agg(n=("saving_id", "size"))
    counts = counts.rename(columns={"payer": "party"}).assign(role=INVESTS)
    known = pd.MultiIndex.from_frame(others[others["role"].eq(INVESTS)][[*PERIOD, "party"]])
    return counts[~pd.MultiIndex.from_frame(counts[[*PERIOD, "party"]]).isin(known)]


def _together(books: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count in how many collectives each kind of party invests or saves, over their longest periods."""
    rows = books.merge(cases.whole[PERIOD], on=PERIOD)
    counts = rows.groupby(["role", "party", "cashable"], as_index=False, dropna=False).agg(
        n=("collective_id", "nunique")
    )
    first, last = cases.span
    return counts.assign(collective_id=ACROSS, period_start=first, period_end=last)


def _who_pays(counting: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count savings that come to who pays, and those that come to somebody else; of each collective and of all."""
    known = counting[counting["payer"].ne(parties.UNKNOWN) & counting["saver"].ne(parties.UNKNOWN)]
    first, last = cases.span
    # For all together counts what all together know: a link that others refuted carries no saving.
    everyone = known[~known["status_all"].isin(REFUSING)]
    everyone = everyone.assign(collective_id=ACROSS, period_start=first, period_end=last)
    rows = pd.concat([known, everyone], ignore_index=True)
    rows["same"] = rows["payer"].eq(rows["saver"])
    sums = rows.groupby(PERIOD, as_index=False).agg(same=("same", "sum"), n=("same", "size"))
    parts = [
        sums.assign(indicator_id="saver_pays_n", value=sums["same"]),
        sums.assign(indicator_id="saver_does_not_pay_n", value=sums["n"] - sums["same"]),
    ]
    both = pd.concat(parts, ignore_index=True)
    return figures(both, "savings", n_unit="records", source="collective: saving_claim")
