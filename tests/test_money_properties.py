"""Money whatever was recorded: sums that must hold, kinds of parties, and a saving that its arrow opens or closes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import funding, parties, value
from bt_analysis.settings import Settings
from tests.value_cases import ACTORS, EVIDENCE, SAVING, cases, hours

YEARS = tuple(("zon", str(year)) for year in range(2022, 2027))
DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2026, 12, 31))
GRANTS = st.lists(
    st.tuples(
        st.floats(1, 1e6), DAYS, DAYS, st.sampled_from(["zon--gemeente", "zon--fonds", "zon--buurt", None]),
        st.sampled_from(["inspanning", "resultaat", "gift", "lening", "eigen_inkomsten"]),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def money(grants: list[tuple[Any, ...]]) -> pd.DataFrame:
    rows = [
        {
            "funding_id": f"zon--f{at}", "collective_id": "zon", "amount_eur": amount, "start": min(days),
            "end": max(days), "funder_actor_id": funder, "obligation": obligation, "reporting_hours": 10.0,
        }
        for at, (amount, *days, funder, obligation) in enumerate(grants)
    ]  # fmt: skip
    return funding.spread(cases(periods=YEARS, funding=rows))


# Spread over days


@settings(max_examples=8, deadline=None)
@given(GRANTS)
def test_years_beside_each_other_add_up_to_all_money_and_all_hours(grants: list[tuple[Any, ...]]) -> None:
    rows = money(grants)
    assert rows["paid_eur"].sum() == pytest.approx(sum(grant[0] for grant in grants))
    assert rows["hours"].sum() == pytest.approx(10 * len(grants))
    assert (rows[["paid_eur", "later_eur"]] >= 0).all(axis=None)


@settings(max_examples=8, deadline=None)
@given(GRANTS)
def test_what_is_paid_in_a_year_and_after_it_is_what_is_left_of_the_year_before(grants: list[tuple[Any, ...]]) -> None:
    sums = money(grants).groupby("period_start")[["paid_eur", "later_eur"]].sum()
    sums = sums.reindex([pd.Timestamp(year, 1, 1) for year in range(2022, 2027)], fill_value=0.0)
    left = sums["later_eur"].to_numpy()
    assert left[:-1] == pytest.approx((sums["paid_eur"] + sums["later_eur"]).to_numpy()[1:], abs=1e-6)
    assert left[-1] == pytest.approx(0, abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(GRANTS)
def test_kinds_of_parties_and_of_conditions_add_up(grants: list[tuple[Any, ...]]) -> None:
    rows = money(grants)
    told = funding.estimates(rows)
    paid = rows.groupby("period_start")["paid_eur"].sum()
    euros = told[told["indicator_id"].eq("funding_eur")].groupby("period_start")["value"].sum()
    assert euros.to_numpy() == pytest.approx(paid[paid > 0].to_numpy())
    shares = told[told["indicator_id"].eq("obligation_pct")].groupby("period_start")["value"].sum()
    assert shares.to_numpy() == pytest.approx(np.full(len(shares), 100))
    ours = told[told["unit"].eq("%")]["value"]
    assert ((ours >= 0) & (ours <= 100 + 1e-9)).all()


# Kinds of parties


def kinds(ids: list[str | None], actors: list[dict[str, Any]] | None = None) -> list[str]:
    given_ = cases(actor=list(ACTORS) if actors is None else actors)
    return parties.kinds(pd.Series(ids, dtype="str"), given_.table("actor")).to_list()


def test_a_party_is_its_kind_and_never_its_name() -> None:
    assert kinds(["zon--gemeente", "zon--fonds", "zon--buurt"]) == ["gemeente", "fonds", "bewoners"]


@pytest.mark.parametrize(
    ("actor_type", "side", "expected"),
    [
        ("anders", "civiel", "bewoners"), ("anders", "publiek", "anders"), (None, "civiel", "bewoners"),
        (None, None, "anders"), ("anders", None, "anders"), ("zorg", "civiel", "zorg"), ("waterschap", "publiek",
        "waterschap"),
    ],
)  # fmt: skip
def test_a_vague_kind_is_told_by_its_side(actor_type: str | None, side: str | None, expected: str) -> None:
    assert kinds(["zon--x"], [{"actor_id": "zon--x", "actor_type": actor_type, "side": side}]) == [expected]


def test_nobody_named_is_empty_and_somebody_who_is_not_in_the_list_is_another() -> None:
    assert kinds([None, "zon--weg"]) == ["", "anders"]
    assert kinds([]) == []


def test_a_party_of_another_collective_has_its_own_kind() -> None:
    two = [{"actor_id": f"{one}--gemeente", "actor_type": kind} for one, kind in (("zon", "gemeente"), ("m", "fonds"))]
    assert kinds(["m--gemeente", "zon--gemeente"], two) == ["fonds", "gemeente"]


# Savings


def test_a_saving_on_an_untested_arrow_is_refused_and_one_piece_of_evidence_opens_it() -> None:
    def verdict(*evidence: dict[str, Any]) -> tuple[str, str]:
        given_ = cases([hours(100.0, 90.0, 110.0)], saving_claim=[SAVING], evidence=evidence)
        row = value.learn(given_, Settings()).tables["savings"].iloc[0]
        return str(row["verdict"]), str(row["gate_reason"])

    assert verdict() == ("geweigerd", "arrow_not_studied")
    assert verdict(EVIDENCE) == ("telt", "arrow_little_evidence")
    assert verdict(EVIDENCE | {"direction": "tegen"}) == ("telt", "arrow_contested")
    against = [EVIDENCE | {"evidence_id": f"zon--{kind}", "source_type": kind, "direction": "tegen"}
               for kind in ("meting", "experiment")]  # fmt: skip
    assert verdict(*against) == ("geweigerd", "arrow_refuted")
    other = EVIDENCE | {"link_id": "bt-samen_eten-eenzaamheid"}
    assert verdict(other) == ("geweigerd", "arrow_not_studied")
