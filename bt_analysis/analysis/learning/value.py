"""What is it worth, and to whom? Hours, rates, money and savings in; own units, ranges of euros and a ledger out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import arrows, funding, ledger, own_units, rates, savings
from bt_analysis.analysis.learning.cases import Cases, Learned, made, told
from bt_analysis.analysis.learning.counting import PERIOD
from bt_analysis.analysis.learning.savings import RANGE_ONLY
from bt_analysis.methods import monte_carlo
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("rates_used", "savings", "ledger", "own_units")

METHOD = "hours × rates"

SHOWN = ("ok", "voorbehoud")


def learn(cases: Cases, settings: Settings) -> Learned:
    """Answer what collectives are worth, each in its own units first, and who invests and who saves.

    Parameters
    ----------
    cases : Cases
        Reads rate, source, funding, saving_claim, actor, indicator and lesson, and figures of hours and measurements.
    settings : Settings
        ``disclosure.rounding`` and ``learning.seed``.

    Returns
    -------
    Learned
        Estimates of the questions value, savings and funding, and the tables of :data:`TABLES`. No amount that
        something is worth has a value: it has two ends. Where nothing stands beside euros in another unit, no amount
        is shown. What is saved is never added to what hours are worth.
    """
    used = rates.chosen(cases)
    weighed = savings.weighed(cases, arrows.statuses(cases, settings), settings)
    money = funding.spread(cases)
    beside, lessons = own_units.found(cases)
    saved = savings.estimates(weighed, cases)
    rows = [of_hours(cases.estimates, used, cases), saved, funding.estimates(money), lessons]
    euros = own_units.never_alone(pd.concat([one for one in rows if len(one)] or [saved], ignore_index=True), beside)
    weighed = _as_shown(weighed, euros)
    books, totals = ledger.of(euros, weighed, cases)
    every = pd.concat([one for one in (euros, totals) if len(one)] or [euros], ignore_index=True)
    return Learned(
        every,
        {
            "rates_used": made(used, "rates_used"),
            "savings": made(weighed, "savings"),
            "ledger": made(books, "ledger"),
            "own_units": made(beside, "own_units"),
        },
    )


def of_hours(figures: pd.DataFrame, used: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count hours in euros, by every rate that fits.

    Parameters
    ----------
    figures : DataFrame
        Protected estimates; those of the question hours are read.
    used : DataFrame
        As :func:`bt_analysis.analysis.learning.rates.chosen` gives them.
    cases : Cases
        Which collectives.

    Returns
    -------
    DataFrame
        Per collective and period: ``hours_value_eur``, the hours as recorded by the lowest and by the highest rate;
        ``hours_value_wide_eur``, with how far the record of hours may be off as well; and ``hours_value_method_eur``
        for each way of computing (group_type ``rekenmethode``), with the record of hours. No row has a value. Hours
        that are not shown, and a single rate, give a row without ends that says why.

    Notes
    -----
    low = hours · lowest euro per hour, high = hours · highest; rounded to the step that leaves three figures of high:
    3450 hours at 9.00 and 32.00 euro are 31 050 and 110 400, told as 31 000 to 110 000.
    """
    hours = figures[figures["question"].eq("hours") & figures["indicator_id"].eq("hours_total")]
    hours = hours[hours["collective_id"].isin(cases.ids)].rename(columns={"gate_reason": "hours_reason"})
    hours = hours[[*PERIOD, "value", "ci_low", "ci_high", "n", "gate", "hours_reason"]]
    hours = hours.assign(ci_low=hours["ci_low"].fillna(hours["value"]), ci_high=hours["ci_high"].fillna(hours["value"]))
    by_all, by_method = _ends(used, PERIOD), _ends(used, [*PERIOD, "method"]).rename(columns={"method": "group_value"})
    whole, ways = hours.merge(by_all, on=PERIOD), hours.merge(by_method, on=PERIOD)
    parts = [
        _row(whole, whole["value"], whole["value"]).assign(indicator_id="hours_value_eur"),
        _row(whole, whole["ci_low"], whole["ci_high"]).assign(indicator_id="hours_value_wide_eur"),
        _row(ways, ways["ci_low"], ways["ci_high"]).assign(
            indicator_id="hours_value_method_eur", group_type="rekenmethode"
        ),
    ]
    return told(
        pd.concat(parts, ignore_index=True), question="value", population="collectief", unit="eur", n_unit="people",
        method=METHOD, source="collective: contribution, rate",
    )  # fmt: skip


def _ends(used: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the lowest and the highest euro per hour, with the reservation that any of the rates has."""
    return used.groupby(keys, as_index=False).agg(
        lowest=("low", "min"), highest=("high", "max"), rate_reason=("gate_reason", "max")
    )


def _row(rows: pd.DataFrame, low: pd.Series[float], high: pd.Series[float]) -> pd.DataFrame:
    """Multiply hours by rates and set the gate: hours that are not shown, or one figure only, give none."""
    ends = monte_carlo.to_figures(low * rows["lowest"], high * rows["highest"])
    hidden, one = ~rows["gate"].isin(SHOWN) | rows["value"].isna(), pd.Series(ends[0] >= ends[1], index=rows.index)
    closed = hidden | one
    why = hidden.map({True: "hours_not_shown", False: "one_rate_only"})
    reasons = (rows["hours_reason"] + ";" + rows["rate_reason"]).str.strip(";").mask(closed, why)
    return rows[[*PERIOD]].assign(
        value=None, ci_low=pd.Series(ends[0], index=rows.index).mask(closed),
        ci_high=pd.Series(ends[1], index=rows.index).mask(closed), n=rows["n"].mask(closed),
        group_value=rows.get("group_value", ""),
        value_text=closed.map({True: "", False: RANGE_ONLY}), gate_reason=reasons,
        gate=reasons.ne("").map({True: "voorbehoud", False: "ok"}).mask(closed, "niet_te_zien"),
        missing_reason=closed.map({True: "not_applicable", False: None}),
    )  # fmt: skip


def _as_shown(weighed: pd.DataFrame, euros: pd.DataFrame) -> pd.DataFrame:
    """Lead each saving to its estimate, and let it not count where that is not shown after all."""
    rows = euros[euros["question"].eq("savings")].set_index(["collective_id", "group_value"])
    at = pd.MultiIndex.from_frame(weighed[["collective_id", "saving_id"]])
    found = rows[["claim_id", "gate", "gate_reason", "ci_low", "ci_high"]].reindex(at).set_index(weighed.index)
    closed = weighed["verdict"].eq(savings.COUNTS) & found["gate"].eq("niet_te_zien")
    return weighed.assign(
        claim_id=found["claim_id"], low=found["ci_low"], high=found["ci_high"],
        verdict=weighed["verdict"].mask(closed, savings.REFUSED),
        gate_reason=weighed["gate_reason"].mask(closed, found["gate_reason"]),
    )  # fmt: skip
