"""Savings: the sum, what refuses one, what overlaps, and how wide it is."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import arrows, parties, savings
from bt_analysis.methods import monte_carlo
from bt_analysis.settings import DisclosureSettings, LearningSettings, Settings
from tests.value_cases import ACTORS, EVIDENCE, SAVING, cases

LINK = SAVING["toc_link_id"]
ON_PEOPLE = [name for name in SAVING if name.startswith(("n", "effect", "counter", "unit_cost", "duration", "drop"))]


def statuses(**of_links: str) -> pd.DataFrame:
    """Return what collective zon knows of links; ``link`` stands for the link of SAVING."""
    rows = [(LINK if name == "link" else name, "zon", status) for name, status in of_links.items()]
    return pd.DataFrame(rows, columns=["link_id", "collective_id", "status"])


def weigh(*claims: dict[str, Any], status: str = "gesteund", settings: Settings | None = None) -> pd.DataFrame:
    rows = [SAVING | {"saving_id": f"zon--s{at}"} | claim for at, claim in enumerate(claims, 1)]
    return savings.weighed(cases(saving_claim=rows), statuses(link=status), settings or Settings())


def one(**claim: Any) -> pd.Series:
    status = claim.pop("status", "gesteund")
    return weigh(claim, status=status).iloc[0]


def point(**more: Any) -> dict[str, Any]:
    """Return a saving whose effect and cost are each one value, so that only the shares vary."""
    ends = {f"{name}_{end}": value for name, value in (("effect", 2.0), ("unit_cost_eur", 100.0))
            for end in ("low", "mid", "high")}  # fmt: skip
    return ends | more


# The sum


def test_the_sum_by_hand_where_nothing_varies_but_the_counterfactual() -> None:
    # 100 people × 2 × 100 euro × (1 − c) × 1 year, with c triangular from 0.15 over 0.25 to 0.35.
    found = one(**point(duration_years=1, drop_off=0.0))
    c_low, c_high = (0.25 + turn * (0.1 - 0.1 * np.sqrt(2 * 0.05)) for turn in (-1, 1))  # its 5% and 95% quantiles
    assert found["low"] == pytest.approx(20_000 * (1 - c_high), rel=1e-3)
    assert found["middle"] == pytest.approx(20_000 * 0.75, rel=1e-3)
    assert found["high"] == pytest.approx(20_000 * (1 - c_low), rel=1e-3)


def test_the_years_and_the_drop_off_are_in_it() -> None:
    once, three = one(**point(duration_years=1, drop_off=0.5)), one(**point(duration_years=3, drop_off=0.5))
    # 1 + 0.5 + 0.25 = 1.75 years; with the drop-off varying evenly the median hardly moves.
    assert three["middle"] / once["middle"] == pytest.approx(1.75, rel=0.02)


def test_the_ends_are_those_of_draws_made_in_another_way() -> None:
    rng = np.random.default_rng(5)
    draw = rng.triangular
    n, effect, cost = 100, draw(1, 2, 3, 400_000), draw(80, 100, 140, 400_000)
    anyway, drop = draw(0.15, 0.25, 0.35, 400_000), draw(0.1, 0.2, 0.3, 400_000)
    drawn = n * effect * cost * (1 - anyway) * (1 + (1 - drop) + (1 - drop) ** 2)
    found = one()
    known = np.quantile(drawn, [0.05, 0.5, 0.95])
    assert [found["low"], found["middle"], found["high"]] == pytest.approx(known.tolist(), rel=0.01)


def test_a_share_near_an_end_varies_no_further_than_that_end() -> None:
    found = one(**point(counterfactual_share=0.05, duration_years=1, drop_off=0.0))
    assert found["high"] <= 20_000  # never more than all of it
    found = one(**point(counterfactual_share=1.0, duration_years=1, drop_off=0.0))
    assert 0 <= found["low"] < found["high"] <= 20_000 * 0.1


def test_a_higher_counterfactual_is_a_lower_saving() -> None:
    rows = weigh(*({"counterfactual_share": share} for share in (0.0, 0.25, 0.5, 0.75)))
    assert rows["middle"].is_monotonic_decreasing


def test_people_are_rounded_before_they_are_computed_with() -> None:
    # 101 and 102 people are 100, 103 are 105: the amount tells no more than that.
    rows = weigh({"n": 100}, {"n": 101}, {"n": 102}, {"n": 103})
    assert rows["n"].to_list() == [100, 100, 100, 105]
    assert rows["middle"].nunique() == 2
    coarse = weigh({"n": 103}, settings=Settings(disclosure=DisclosureSettings(rounding=10)))
    assert coarse["n"].to_list() == [100]


def test_a_saving_does_not_move_when_another_one_is_added_nor_in_another_run() -> None:
    alone, again = one(), one()
    beside = weigh({}, *({"n": 50} for _ in range(250))).iloc[0]  # more than fit in one go
    assert alone["low"] == again["low"] == beside["low"]
    other = weigh({}, settings=Settings(learning=LearningSettings(seed=9))).iloc[0]
    assert other["low"] != alone["low"]
    assert other["low"] == pytest.approx(alone["low"], rel=0.02)


# What refuses a saving


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        ("niet_onderzocht", "geweigerd", "arrow_not_studied"),
        ("weerlegd", "geweigerd", "arrow_refuted"),
        ("betwist", "telt", "arrow_contested"),
        ("weinig_bewijs", "telt", "arrow_little_evidence"),
        ("gesteund", "telt", ""),
    ],
)
def test_what_is_known_of_the_link_decides(status: str, verdict: str, reason: str) -> None:
    found = one(status=status)
    assert (found["verdict"], found["gate_reason"]) == (verdict, reason)
    assert np.isnan(found["low"]) == (verdict == "geweigerd")


def test_every_status_of_a_link_has_its_rule() -> None:
    ruled = {*savings.REFUSING, *savings.RESERVED} - {""}
    assert ruled == {*arrows.STATUSES} - {"gesteund"}


def test_a_link_of_which_nobody_knows_anything_carries_nothing() -> None:
    found = one(toc_link_id="zon--eigen-pijl")
    assert (found["status"], found["verdict"], found["gate_reason"]) == ("", "geweigerd", "arrow_not_studied")


def test_what_others_found_is_not_told_in_a_collectives_own_report() -> None:
    others = pd.DataFrame(
        [(LINK, "", "gesteund"), (LINK, "maan", "gesteund")], columns=["link_id", "collective_id", "status"]
    )
    found = savings.weighed(cases(saving_claim=[SAVING]), others, Settings()).iloc[0]
    assert (found["verdict"], found["gate_reason"]) == ("geweigerd", "arrow_not_studied")
    assert found["status_all"] == "gesteund"


def test_evidence_of_the_collective_opens_the_way() -> None:
    for evidence, verdict in (([], "geweigerd"), ([EVIDENCE], "telt")):
        given = cases(saving_claim=[SAVING], evidence=evidence)
        found = savings.weighed(given, arrows.statuses(given, Settings()), Settings())
        assert found["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ({"counterfactual_share": None}, "no_counterfactual"),
        ({"effect_low": None}, "no_range"),
        ({"unit_cost_eur_high": None}, "no_range"),
        ({"effect_mid": None}, "no_range"),
        ({"effect_low": 5.0}, "no_range"),  # above the middle
        ({"n": None}, "people_not_recorded"),
    ],
)
def test_what_is_not_recorded_is_not_made_up(claim: dict[str, Any], reason: str) -> None:
    found = one(**claim)
    assert (found["verdict"], found["gate_reason"]) == ("geweigerd", reason)


def test_all_reasons_are_told() -> None:
    found = one(n=None, counterfactual_share=None, status="weerlegd")
    assert set(found["gate_reason"].split(";")) == {"arrow_refuted", "people_not_recorded", "no_counterfactual"}


def test_a_saving_of_nothing_is_no_range() -> None:
    found = one(effect_low=0.0, effect_mid=0.0, effect_high=0.0)
    assert (found["verdict"], found["gate_reason"]) == ("geweigerd", "no_range")


def test_few_people_hide_everything_and_say_only_that() -> None:
    hidden = dict.fromkeys(ON_PEOPLE) | {"n_missing_reason": "suppressed"}
    found = one(**hidden, status="weerlegd")
    assert (found["verdict"], found["gate_reason"]) == ("niet_getoond", "few_people")
    assert found[["low", "middle", "high", "n"]].isna().all()


@pytest.mark.parametrize("claim", [{"duration_years": None}, {"drop_off": None}])
def test_without_a_duration_or_a_drop_off_only_the_first_year_counts(claim: dict[str, Any]) -> None:
    found, year = one(**claim), one(duration_years=1, drop_off=0.0)
    assert found["gate_reason"] == "one_year_only"
    assert found["middle"] == pytest.approx(year["middle"], rel=1e-6)


def test_half_a_year_without_a_drop_off_is_half_a_year() -> None:
    half, year = one(duration_years=0.5, drop_off=None), one(duration_years=1, drop_off=0.0)
    assert half["gate_reason"] == ""
    assert half["middle"] == pytest.approx(year["middle"] / 2, rel=1e-6)


# Overlap


def test_within_a_group_only_the_largest_counts() -> None:
    rows = weigh({"n": 50, "overlap_group": "zorg"}, {"n": 100, "overlap_group": "zorg"}, {"n": 40})
    assert rows["verdict"].to_list() == ["dubbel", "telt", "telt"]
    assert rows["gate_reason"].to_list() == ["overlaps_larger", "", ""]


def test_a_refused_saving_does_not_push_another_one_out() -> None:
    rows = weigh({"n": 500, "overlap_group": "zorg", "counterfactual_share": None}, {"n": 50, "overlap_group": "zorg"})
    assert rows["verdict"].to_list() == ["geweigerd", "telt"]


def test_of_two_of_the_same_size_one_counts() -> None:
    rows = weigh({"overlap_group": "zorg"}, {"overlap_group": "zorg"})
    assert rows["verdict"].to_list() == ["telt", "dubbel"]


def test_groups_of_two_collectives_have_nothing_to_do_with_each_other() -> None:
    known = pd.DataFrame(
        [(LINK, "zon", "gesteund"), (LINK, "maan", "gesteund")], columns=["link_id", "collective_id", "status"]
    )
    claims = [SAVING | {"overlap_group": "zorg"}]
    claims.append(claims[0] | {"saving_id": "maan--s1", "collective_id": "maan", "n": 20})
    given = cases(periods=[("zon", "2024"), ("maan", "2024")], saving_claim=claims)
    assert savings.weighed(given, known, Settings())["verdict"].to_list() == ["telt", "telt"]


# Estimates


def test_an_estimate_has_two_rounded_ends_and_no_value(make: Any) -> None:
    given = cases(periods=[("zon", "2023"), ("zon", "2023-2024")], saving_claim=[SAVING])
    weighed = savings.weighed(given, statuses(link="betwist"), Settings())
    row = make.one(savings.estimates(weighed, given), "saving_eur", group_value="zon--s1")
    low, high = monte_carlo.to_figures(weighed["low"], weighed["high"], figures=2)
    assert (row["ci_low"], row["ci_high"]) == (low.item(), high.item())
    assert row["ci_low"] % 1000 == 0
    assert np.isnan(row["value"])
    assert (row["n"], row["n_unit"], row["unit"]) == (100, "people", "eur")
    assert (row["gate"], row["gate_reason"]) == ("voorbehoud", "arrow_contested")
    assert row["period_start"] == pd.Timestamp("2023-01-01")  # the longest period: a saving has no day


def test_a_refused_saving_is_told_without_ends_and_without_people(make: Any) -> None:
    given = cases(saving_claim=[SAVING])
    row = make.one(savings.estimates(savings.weighed(given, statuses(), Settings()), given), "saving_eur")
    assert (row["gate"], row["missing_reason"], row["value_text"]) == ("niet_te_zien", "not_applicable", "")
    assert all(np.isnan(row[name]) for name in ("value", "ci_low", "ci_high", "n"))


def test_a_saving_is_named_by_what_changes_or_else_by_its_code() -> None:
    claims = [SAVING, SAVING | {"saving_id": "zon--minder-zorg", "outcome": None}]
    given = cases(saving_claim=claims)
    rows = savings.estimates(savings.weighed(given, statuses(link="gesteund"), Settings()), given)
    assert rows["group_label"].to_list() == ["Minder gas", "minder-zorg"]


# Parties


def test_parties_are_told_by_kind() -> None:
    ids = pd.Series(["zon--gemeente", "zon--fonds", "zon--buurt", None, "zon--weg"], dtype="str")
    actors = cases().table("actor")
    assert parties.kinds(ids, actors).to_list() == ["gemeente", "fonds", "bewoners", "", "anders"]
    assert len(actors) == len(ACTORS)


def test_a_vague_party_that_is_no_resident_is_another_one() -> None:
    actor = [{"actor_id": "zon--x", "name": "X", "side": "markt", "actor_type": None}]
    kinds = parties.kinds(pd.Series(["zon--x"], dtype="str"), cases(actor=actor).table("actor"))
    assert kinds.to_list() == ["anders"]


@pytest.mark.parametrize(("cashable", "said"), [(True, "ja"), (False, "nee"), (None, "onbekend")])
def test_whether_money_is_left_may_be_unknown(cashable: bool | None, said: str) -> None:
    assert one(cashable=cashable)["cashable"] == said
