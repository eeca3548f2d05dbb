"""Money, rates and hours worth against slow routes: day by day, rate by rate; and a ledger kept by hand."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import funding, ledger, parties, rates, value
from bt_analysis.analysis.learning.cases import Cases
from tests.value_cases import cases, hours

FIRST = dt.date(2022, 1, 1)
PERIODS = (("zon", "2023"), ("zon", "2024"), ("zon", "2023-2024"))
SPANS = {
    "2023": (dt.date(2023, 1, 1), dt.date(2023, 12, 31)), "2024": (dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    "2023-2024": (dt.date(2023, 1, 1), dt.date(2024, 12, 31)),
}  # fmt: skip

GRANT = st.fixed_dictionaries(
    {
        "amount_eur": st.sampled_from([1000.0, 730.0, 0.0]),
        "start": st.integers(0, 1300),
        "days": st.sampled_from([None, 1, 30, 366, 900]),
        "funder_actor_id": st.sampled_from([None, "zon--gemeente", "zon--fonds"]),
        "obligation": st.sampled_from([None, "eigen_inkomsten", "resultaat"]),
        "reporting_hours": st.sampled_from([None, 12.0]),
    }
)


def granted(*grants: dict[str, Any]) -> Cases:
    rows = []
    for at, grant in enumerate(grants):
        start = FIRST + dt.timedelta(days=grant["start"])
        end = None if grant["days"] is None else start + dt.timedelta(days=grant["days"] - 1)
        rows.append(
            {"funding_id": f"zon--f{at}", "collective_id": "zon", "start": start, "end": end}
            | {name: one for name, one in grant.items() if name not in ("start", "days")}
        )
    return cases(periods=PERIODS, funding=rows)


def by_day(grant: dict[str, Any], first: dt.date, last: dt.date) -> tuple[float, float]:
    """Spend money evenly, day by day; return what falls in a period and after it."""
    length = grant["days"] or 1
    each = grant["amount_eur"] / length
    days = [FIRST + dt.timedelta(days=grant["start"] + at) for at in range(length)]
    return sum(each for day in days if first <= day <= last), sum(each for day in days if day > last)


@settings(max_examples=12, deadline=None)
@given(st.lists(GRANT, min_size=1, max_size=5))
def test_money_spent_day_by_day_is_the_same_money(grants: list[dict[str, Any]]) -> None:
    found = funding.spread(granted(*grants))
    for first, last in SPANS.values():
        own = found[found["period_start"].eq(pd.Timestamp(first)) & found["period_end"].eq(pd.Timestamp(last))]
        inside, after = zip(*(by_day(grant, first, last) for grant in grants), strict=True)
        assert own["paid_eur"].sum() == pytest.approx(sum(inside))
        assert own["later_eur"].sum() == pytest.approx(sum(after))
        assert len(own) == sum(one > 0 or other > 0 for one, other in zip(inside, after, strict=True))


@settings(max_examples=12, deadline=None)
@given(st.lists(GRANT, min_size=1, max_size=6))
def test_shares_are_those_of_sums_by_hand(grants: list[dict[str, Any]]) -> None:
    rows = funding.estimates(funding.spread(granted(*grants)))
    first, last = SPANS["2024"]
    own = rows[rows["period_start"].eq(pd.Timestamp(first))] if len(rows) else rows
    paid = [(by_day(grant, first, last)[0], grant) for grant in grants]
    total = sum(money for money, _ in paid)
    if not total:
        assert own.empty
        return
    public = sum(money for money, grant in paid if grant["funder_actor_id"] == "zon--gemeente")
    share = own[own["indicator_id"].eq("government_pct")]["value"].to_list()
    assert share == pytest.approx([100 * public / total])
    by_party = own[own["indicator_id"].eq("funding_eur")]["value"].sum()
    assert by_party == pytest.approx(total)
    # Every kind of condition has its part, and together they are all money; also what was not written down.
    conditions = own[own["indicator_id"].eq("obligation_pct")]["value"]
    assert conditions.sum() == pytest.approx(100)
    # A fund, the gemeente and who was not recorded: own income is nobody's gift.
    gifts = {
        who: sum(m for m, g in paid if (g["funder_actor_id"] or "") == who and not _own(g))
        for who in ("", "zon--gemeente", "zon--fonds")
    }  # fmt: skip
    largest = own[own["indicator_id"].eq("largest_funder_pct")]["value"].to_list()
    assert largest == (pytest.approx([100 * max(gifts.values()) / total]) if max(gifts.values()) else [])
    accounted = sum(12 * m / g["amount_eur"] for m, g in paid if g["reporting_hours"] and g["amount_eur"])
    told = own[own["indicator_id"].eq("reporting_hours")]["value"].to_list()
    assert sum(told) == pytest.approx(accounted)


def _own(grant: dict[str, Any]) -> bool:
    return grant["obligation"] == "eigen_inkomsten" and grant["funder_actor_id"] is None


def test_own_income_with_a_funder_is_money_of_that_funder() -> None:
    grant = {"amount_eur": 100.0, "start": 800, "days": 1, "obligation": "eigen_inkomsten"}
    found = funding.spread(granted(grant | {"funder_actor_id": "zon--fonds"}, grant | {"funder_actor_id": None}))
    assert set(zip(found["funder"], found["party"], strict=True)) == {("zon--fonds", "fonds"), ("", parties.OWN)}


def test_money_wholly_after_a_period_lasts_but_makes_no_share() -> None:
    # 1 January 2025 lies after all three periods: nothing was paid in them, so there is nothing to tell.
    grant = {"amount_eur": 100.0, "start": 1096, "days": 10, "obligation": None, "funder_actor_id": "zon--fonds"}
    found = funding.spread(granted(grant))
    assert found["later_eur"].to_list() == pytest.approx([100, 100, 100])
    assert funding.estimates(found).empty


def test_a_period_of_nothing_but_later_money_has_no_months() -> None:
    early = {"amount_eur": 120.0, "start": 365, "days": 365, "obligation": None, "funder_actor_id": "zon--fonds"}
    rows = funding.estimates(funding.spread(granted(early)))
    months = rows[rows["indicator_id"].eq("runway_months")]
    assert months["value"].to_list() == [0, 0]  # 2023 and 2023-2024: all was spent, and 2024 had none
    assert set(months["period_start"].dt.year) == {2023}


@pytest.mark.parametrize(
    ("later_days", "months"), [(365, 12.0), (0, 0.0), (73, 12 / 5)]
)  # fmt: skip
def test_months_at_the_pace_of_the_period(later_days: int, months: float) -> None:
    # 365 euro in the 365 days of 2023: a euro a day. Of later_days euro it lives as many days.
    now = {"amount_eur": 365.0, "start": 365, "days": 365, "obligation": None, "funder_actor_id": "zon--fonds"}
    later = now | {"amount_eur": float(later_days), "start": 730, "days": 1}
    rows = funding.estimates(funding.spread(granted(now, later)))
    own = rows[rows["period_end"].eq(pd.Timestamp(2023, 12, 31)) & rows["indicator_id"].eq("runway_months")]
    assert own["value"].to_list() == pytest.approx([months], rel=0.01)  # a month is 30.44 days, the year 365


# Rates

RATE = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["markt", "vervanging"]),
        "year": st.sampled_from([2011, 2020, 2023, 2024, 2026]),
        "eur_per_hour_low": st.sampled_from([None, 10.0]),
        "eur_per_hour_mid": st.sampled_from([None, 20.0]),
        "eur_per_hour_high": st.sampled_from([None, 30.0]),
    }
)


def nothing_shipped() -> pd.DataFrame:
    names = ("rate_id", "method", "low", "high", "year", "source_title", "publisher", "source_url", "licence")
    return pd.DataFrame(columns=names).astype({"low": float, "high": float, "year": int})


def by_hand(own: list[dict[str, Any]], method: str, year: int) -> set[tuple[str, float, float]]:
    """Return the rates of a way that fit a year: of the last one not after it, else of the first."""
    known = []
    for at, rate in enumerate(own):
        ends = [rate[f"eur_per_hour_{end}"] for end in ("low", "mid", "high")]
        given_ = [end for end in ends if end is not None]
        if given_ and rate["method"] == method:
            low = ends[0] if ends[0] is not None else given_[0]
            high = ends[2] if ends[2] is not None else given_[-1]
            known.append((rate["year"], f"zon--t{at}", low, high))
    past = [one[0] for one in known if one[0] <= year]
    chosen = max(past) if past else min((one[0] for one in known), default=0)
    return {one[1:] for one in known if one[0] == chosen}


@settings(max_examples=12, deadline=None)
@given(st.lists(RATE, max_size=6))
def test_rates_chosen_one_by_one_are_the_same(own: list[dict[str, Any]]) -> None:
    rows = [rate | {"rate_id": f"zon--t{at}"} for at, rate in enumerate(own)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rates, "shipped", nothing_shipped)
        found = rates.chosen(cases(periods=PERIODS, rate=rows))
    for method in ("markt", "vervanging"):
        for period, (_, last) in SPANS.items():
            here = found[found["method"].eq(method) & found["period_end"].eq(pd.Timestamp(last))]
            here = here[here["period_start"].eq(pd.Timestamp(SPANS[period][0]))]
            got = set(zip(here["rate_id"], here["low"], here["high"], strict=True))
            assert got == by_hand(own, method, last.year)
            old = (here["year"] - last.year).abs() > rates.MAX_YEARS_AWAY
            assert here["gate_reason"].eq(rates.OTHER_YEAR).to_list() == old.to_list()


@pytest.mark.parametrize(("year", "reason"), [(2022, ""), (2021, "rate_of_other_year"), (2026, ""), (2027, "x")])
def test_two_years_away_is_near_enough(year: int, reason: str) -> None:
    own = {"rate_id": "zon--t", "method": "eigen", "eur_per_hour_mid": 20.0, "year": year}
    found = rates.chosen(cases(periods=(("zon", "2024"),), rate=[own]))
    mine = found[found["own"]]
    assert mine["gate_reason"].to_list() == [rates.OTHER_YEAR if reason else ""]
    assert mine[["low", "high"]].to_numpy().tolist() == [[20, 20]]


# Hours × rates


def used(*ends: tuple[str, float, float, str]) -> pd.DataFrame:
    first, last = pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 12, 31)
    rows = pd.DataFrame(ends, columns=["method", "low", "high", "gate_reason"])
    return rows.assign(collective_id="zon", period_start=first, period_end=last)


def worth(figure: dict[str, Any], *ends: tuple[str, float, float, str]) -> pd.DataFrame:
    given_ = cases([figure])
    return value.of_hours(given_.estimates, used(*ends), given_)


def to_three(low: float, high: float) -> tuple[float, float]:
    """Round by writing the upper end with three figures, as somebody with a pencil does."""
    step = 1.0
    while high / step >= 1000:
        step *= 10
    return round(low / step) * step, round(high / step) * step


@settings(max_examples=15, deadline=None)
@given(
    st.floats(1, 50_000), st.floats(0, 0.5), st.lists(st.floats(5, 60), min_size=2, max_size=4, unique=True),
)  # fmt: skip
def test_hours_times_the_lowest_and_the_highest_rate(total: float, off: float, euros: list[float]) -> None:
    rows = worth(hours(total, total * (1 - off), total * (1 + off)), *(("markt", e, e, "") for e in euros))
    found = rows.set_index("indicator_id")
    low, high = total * min(euros), total * max(euros)
    told = found.loc["hours_value_eur"]
    if told["gate"] == "niet_te_zien":
        assert to_three(low, high)[0] >= to_three(low, high)[1]
        assert told["gate_reason"] == "one_rate_only"
    else:
        assert (told["ci_low"], told["ci_high"]) == pytest.approx(to_three(low, high), abs=high / 100)
        wide = found.loc["hours_value_wide_eur"]
        assert wide["ci_low"] <= told["ci_low"] + high / 100
        assert wide["ci_high"] >= told["ci_high"] - high / 100
    assert found["value"].isna().all()


@pytest.mark.parametrize(
    ("figure", "ends", "gate", "reason"),
    [
        (hours(100.0), [("markt", 10.0, 30.0, "")], "ok", ""),
        (hours(100.0), [("markt", 10.0, 30.0, "rate_of_other_year")], "voorbehoud", "rate_of_other_year"),
        (
            hours(100.0, gate="voorbehoud", gate_reason="few_people"),
            [("markt", 10.0, 30.0, "rate_of_other_year")],
            "voorbehoud",
            "few_people;rate_of_other_year",
        ),
        (hours(100.0), [("markt", 10.0, 10.0, "")], "niet_te_zien", "one_rate_only"),
        (hours(100.0, gate="onderdrukt"), [("markt", 10.0, 30.0, "")], "niet_te_zien", "hours_not_shown"),
        (hours(None), [("markt", 10.0, 30.0, "rate_of_other_year")], "niet_te_zien", "hours_not_shown"),
        (hours(0.0), [("markt", 10.0, 30.0, "")], "niet_te_zien", "one_rate_only"),  # nothing times anything
    ],
)
def test_gates_of_an_amount_for_hours(
    figure: dict[str, Any], ends: list[tuple[str, float, float, str]], gate: str, reason: str
) -> None:
    row = worth(figure, *ends).set_index("indicator_id").loc["hours_value_eur"]
    assert (row["gate"], row["gate_reason"]) == (gate, reason)
    assert np.isnan(row["ci_low"]) == (gate == "niet_te_zien")


def test_the_reservation_of_one_way_is_not_that_of_another() -> None:
    rows = worth(hours(100.0, 90.0, 110.0), ("markt", 38.0, 38.0, ""), ("vervanging", 20.0, 26.0, "rate_of_other_year"))
    ways = rows[rows["group_type"].eq("rekenmethode")].set_index("group_value")["gate_reason"]
    assert ways.to_dict() == {"markt": "", "vervanging": "rate_of_other_year"}
    assert rows.loc[rows["indicator_id"].eq("hours_value_eur"), "gate_reason"].to_list() == ["rate_of_other_year"]


def test_hours_without_a_rate_and_rates_without_hours_make_no_amount() -> None:
    assert worth(hours(100.0)).empty
    given_ = cases()
    assert value.of_hours(given_.estimates, used(("markt", 10.0, 30.0, "")), given_).empty


# The ledger


def counted(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return savings as they are weighed; of zon, and of those that count unless told otherwise."""
    usual = {
        "collective_id": "zon", "verdict": "telt", "payer": "gemeente", "saver": "bewoners", "cashable": "ja",
        "low": 100.0, "high": 300.0, "gate_reason": "", "status_all": "gesteund",
    }  # fmt: skip
    return pd.DataFrame([usual | {"saving_id": f"zon--s{at}"} | row for at, row in enumerate(rows)])


def kept(*rows: dict[str, Any], figures: tuple[dict[str, Any], ...] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    given_ = cases(figures)
    money = funding.estimates(funding.spread(given_))
    return ledger.of(money, counted(*rows), given_)


def own(books: pd.DataFrame) -> pd.DataFrame:
    return books[books["collective_id"].eq("zon")]


def test_ends_are_added_end_by_end_per_party_and_apart_for_room() -> None:
    books, _ = kept({}, {"low": 50.0, "high": 60.0}, {"cashable": "nee"}, {"saver": "zorg", "low": 1.0, "high": 2.0})
    saves = own(books)[own(books)["role"].eq("bespaart")].set_index(["party", "cashable"])
    assert saves["eur_low"].to_dict() == {("bewoners", "ja"): 150, ("bewoners", "nee"): 100, ("zorg", "ja"): 1}
    assert saves["eur_high"].to_dict() == {("bewoners", "ja"): 360, ("bewoners", "nee"): 300, ("zorg", "ja"): 2}
    assert saves["n"].to_dict() == {("bewoners", "ja"): 2, ("bewoners", "nee"): 1, ("zorg", "ja"): 1}


def test_reservations_of_parts_stand_once_and_in_order() -> None:
    _, totals = kept({"gate_reason": "one_year_only"}, {"gate_reason": "arrow_contested;one_year_only"}, {})
    row = totals[totals["indicator_id"].eq("saved_cash_eur")].iloc[0]
    assert (row["gate"], row["gate_reason"]) == ("voorbehoud", "arrow_contested;one_year_only")


@pytest.mark.parametrize(
    ("payer", "saver", "same", "other"),
    [("gemeente", "gemeente", 1, 0), ("gemeente", "zorg", 0, 1), ("", "zorg", None, None), ("zorg", "", None, None)],
)
def test_who_pays_and_who_saves_is_told_where_both_are_known(
    payer: str, saver: str, same: int | None, other: int | None
) -> None:
    _, totals = kept({"payer": payer, "saver": saver})
    mine = totals[totals["collective_id"].eq("zon")].set_index("indicator_id")["value"].to_dict()
    assert mine.get("saver_pays_n") == same
    assert mine.get("saver_does_not_pay_n") == other


@pytest.mark.parametrize("status", ["weerlegd", "niet_onderzocht", ""])
def test_for_all_together_a_link_that_carries_nothing_counts_nothing(status: str) -> None:
    _, totals = kept({"status_all": status}, {})
    numbers = totals[totals["indicator_id"].eq("saver_does_not_pay_n")].set_index("collective_id")["value"]
    assert numbers.to_dict() == {"": 1, "zon": 2}


@pytest.mark.parametrize("verdict", ["dubbel", "geweigerd", "niet_getoond"])
def test_only_what_counts_is_in_the_books(verdict: str) -> None:
    books, totals = kept({"verdict": verdict})
    assert books.empty
    assert totals.empty


def test_who_bears_costs_is_one_line_however_many_savings_it_bears() -> None:
    books, _ = kept({}, {}, {"payer": ""})
    bearing = own(books)[own(books)["role"].eq("investeert")]
    assert bearing[["party", "n"]].to_numpy().tolist() == [["gemeente", 2]]
    assert bearing[["hours", "paid_eur", "eur_low"]].isna().all(axis=None)


def test_all_together_have_no_amounts_and_count_collectives() -> None:
    books, _ = kept({}, {})
    together = books[books["collective_id"].eq("")]
    assert together[["eur_low", "eur_high", "paid_eur", "hours"]].isna().all(axis=None)
    assert together["n"].eq(1).all()  # two savings of one collective
