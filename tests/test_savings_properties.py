"""Savings against a slow route: which refusals and reservations each has, sums of chance, and who overlaps whom."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import savings
from bt_analysis.settings import Settings
from tests.value_cases import SAVING, cases

LINK = str(SAVING["toc_link_id"])
STATUSES = ("gesteund", "weinig_bewijs", "betwist", "weerlegd", "niet_onderzocht", None)


def weigh(*claims: dict[str, Any]) -> list[dict[str, Any]]:
    """Weigh savings, each on a link of its own with the status that it names."""
    rows, known = [], []
    for at, claim in enumerate(claims):
        status = claim.get("status", "gesteund")
        link = f"zon--pijl{at}"
        more = {name: value for name, value in claim.items() if name != "status"}
        rows.append(SAVING | {"saving_id": f"zon--s{at}", "toc_link_id": link} | more)
        known += [(link, "zon", status)] if status else []
    statuses = pd.DataFrame(known, columns=["link_id", "collective_id", "status"])
    weighed = savings.weighed(cases(saving_claim=rows), statuses, Settings())
    return [{str(name): value for name, value in row.items()} for row in weighed.to_dict("records")]


def reasons(claim: dict[str, Any]) -> tuple[str, list[str]]:
    """Tell the verdict and its reasons, question by question, as the appendix explains them."""
    if claim["n_missing_reason"] == "suppressed":
        return "niet_getoond", ["few_people"]
    why = {"weerlegd": ["arrow_refuted"], "niet_onderzocht": ["arrow_not_studied"], None: ["arrow_not_studied"]}.get(
        claim["status"], []
    )
    why += ["people_not_recorded"] if claim["n"] is None else []
    triple = [claim[f"effect_{end}"] for end in ("low", "mid", "high")]
    ordered = None not in triple and triple == sorted(triple)
    why += [] if ordered else ["no_range"]
    why += ["no_counterfactual"] if claim["counterfactual_share"] is None else []
    if why:
        return "geweigerd", why
    light = {"weinig_bewijs": ["arrow_little_evidence"], "betwist": ["arrow_contested"]}.get(claim["status"], [])
    years, drop = claim["duration_years"], claim["drop_off"]
    light += ["one_year_only"] if years is None or (drop is None and years > 1) else []
    return "telt", light


CLAIM = st.fixed_dictionaries(
    {
        "status": st.sampled_from(STATUSES),
        "n": st.sampled_from([None, 100, 200]),
        "n_missing_reason": st.sampled_from([None, None, None, "suppressed"]),
        "effect_low": st.sampled_from([None, 1.0, 2.5]),
        "effect_mid": st.sampled_from([2.0, 2.0, None]),
        "effect_high": st.sampled_from([3.0, 3.0, 1.5]),
        "counterfactual_share": st.sampled_from([None, 0.0, 0.25, 1.0]),
        "duration_years": st.sampled_from([None, 0.5, 1.0, 3.0]),
        "drop_off": st.sampled_from([None, 0.0, 0.3]),
    }
).map(lambda claim: claim | ({"n": None} if claim["n_missing_reason"] else {}))


@settings(max_examples=10, deadline=None)
@given(st.lists(CLAIM, min_size=1, max_size=8))
def test_verdicts_and_reasons_are_those_of_one_question_after_another(claims: list[dict[str, Any]]) -> None:
    for claim, found in zip(claims, weigh(*claims), strict=True):
        verdict, why = reasons(claim)
        assert (found["verdict"], found["gate_reason"]) == (verdict, ";".join(why))
        known = [not np.isnan(found[name]) for name in ("low", "middle", "high")]
        assert known == [verdict == "telt"] * 3
        if verdict == "telt":
            assert 0 <= found["low"] <= found["middle"] <= found["high"]


@pytest.mark.parametrize(
    ("years", "drop", "counted"),
    [
        (None, None, 1.0),  # nobody wrote down how long: one year is sure
        (None, 0.0, 1.0),
        (3.0, None, 1.0),  # nobody wrote down how fast it fades: no later year is sure
        (0.5, None, 0.5),
        (3.0, 0.5, 1 + 0.5 + 0.25),
        (2.5, 0.5, 1 + 0.5 + 0.5 * 0.25),
        (0.0, 0.5, 0.0),
    ],
)
def test_years_that_are_sure(years: float | None, drop: float | None, counted: float) -> None:
    # 100 people × effect 2 (from 1 to 3) × 100 euro × (1 − ½) = 10 000 euro a year in the middle.
    same = {"effect_low": 1.0, "effect_mid": 2.0, "effect_high": 3.0, "counterfactual_share": 0.5}
    cost = {f"unit_cost_eur_{end}": 100.0 for end in ("low", "mid", "high")}
    (found,) = weigh(same | cost | {"duration_years": years, "drop_off": drop})
    if counted == 0:
        assert (found["verdict"], found["gate_reason"]) == ("geweigerd", "no_range")  # nothing lasts: no two ends
    else:
        assert found["middle"] == pytest.approx(10_000 * counted, rel=0.03)


def slow(rng: np.random.Generator, draws: int, claim: dict[str, Any]) -> np.ndarray:
    """Draw a saving with numpy's own triangular distribution, year by year."""

    def around(mid: float) -> np.ndarray:
        low, high = max(mid - 0.1, 0.0), min(mid + 0.1, 1.0)
        return rng.triangular(low, mid, high, draws)

    effect = rng.triangular(claim["effect_low"], claim["effect_mid"], claim["effect_high"], draws)
    cost = rng.triangular(80.0, 100.0, 140.0, draws)
    drop = around(claim["drop_off"])
    years = np.sum([(1 - drop) ** year for year in range(int(claim["duration_years"]))], axis=0)
    return np.asarray(claim["n"] * effect * cost * (1 - around(claim["counterfactual_share"])) * years)


@pytest.mark.parametrize(
    "claim",
    [
        {"n": 100, "counterfactual_share": 0.05, "drop_off": 0.0, "duration_years": 2.0},  # shares stop at nothing
        {"n": 50, "counterfactual_share": 0.97, "drop_off": 0.95, "duration_years": 4.0},  # and at the whole
        {"n": 1000, "counterfactual_share": 0.5, "drop_off": 0.5, "duration_years": 1.0},
    ],
)
def test_ends_are_quantiles_of_draws_year_by_year(claim: dict[str, Any]) -> None:
    whole = {"effect_low": 1.0, "effect_mid": 1.5, "effect_high": 4.0} | claim
    (found,) = weigh(whole)
    expected = np.quantile(slow(np.random.default_rng(4), 200_000, whole), [0.05, 0.5, 0.95])
    assert [found["low"], found["middle"], found["high"]] == pytest.approx(expected.tolist(), rel=0.02)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "gas", "zorg"]), st.sampled_from([100, 200, 300])), max_size=7))
def test_of_each_group_the_largest_counts_and_the_others_say_why(claims: list[tuple[str, int]]) -> None:
    found = weigh(*({"overlap_group": group or None, "n": n} for group, n in claims))
    for group in ("gas", "zorg"):
        own = [(-n, f"zon--s{at}") for at, (name, n) in enumerate(claims) if name == group]
        counting = [one["saving_id"] for one in found if one["overlap_group"] == group and one["verdict"] == "telt"]
        assert counting == ([min(own)[1]] if own else [])  # of two that are as large the first by its code
    doubles = [one for one in found if one["verdict"] == "dubbel"]
    assert all(one["gate_reason"] == "overlaps_larger" for one in doubles)
    assert all(one["verdict"] == "telt" for one in found if not one["overlap_group"])


def test_a_refused_saving_is_no_larger_one_of_a_group() -> None:
    found = weigh({"overlap_group": "gas", "n": 900, "status": "weerlegd"}, {"overlap_group": "gas", "n": 100})
    assert [one["verdict"] for one in found] == ["geweigerd", "telt"]


@pytest.mark.parametrize(("n", "told"), [(12, 10), (13, 15), (104, 105), (3, 5), (2, 0)])
def test_people_are_counted_in_fives(n: int, told: int) -> None:
    # Of nobody nothing is saved: that has no two ends, so it does not count.
    (found,) = weigh({"n": n})
    assert found["n"] == told
    assert found["verdict"] == ("telt" if told else "geweigerd")


@pytest.mark.parametrize(("cashable", "told"), [(True, "ja"), (False, "nee"), (None, "onbekend")])
def test_whether_money_is_left(cashable: bool | None, told: str) -> None:
    assert weigh({"cashable": cashable})[0]["cashable"] == told


def test_two_hundred_and_one_savings_are_drawn_as_one_is() -> None:
    # They are drawn two hundred at a time; the last one stands alone.
    many = weigh(*({"n": 100},) * 201)
    (alone,) = weigh({"n": 100})
    assert {one["low"] for one in many} == {alone["low"]}
    assert {one["high"] for one in many} == {alone["high"]}


def test_the_text_of_a_saving_that_is_not_shown_is_its_code() -> None:
    given_ = cases(saving_claim=[SAVING, SAVING | {"saving_id": "zon--s2", "outcome": None}])
    statuses = pd.DataFrame([(LINK, "zon", "gesteund")], columns=["link_id", "collective_id", "status"])
    rows = savings.estimates(savings.weighed(given_, statuses, Settings()), given_)
    assert rows.set_index("group_value")["group_label"].to_dict() == {"zon--s1": "Minder gas", "zon--s2": "s2"}


def test_what_others_know_of_a_link_stands_apart() -> None:
    rows = [(LINK, "zon", "gesteund"), (LINK, "", "weerlegd"), (LINK, "maan", "betwist")]
    statuses = pd.DataFrame(rows, columns=["link_id", "collective_id", "status"])
    found = savings.weighed(cases(saving_claim=[SAVING]), statuses, Settings()).iloc[0]
    assert (found["status"], found["status_all"], found["verdict"]) == ("gesteund", "weerlegd", "telt")


def test_no_savings_give_no_rows_and_no_estimates() -> None:
    statuses = pd.DataFrame([], columns=["link_id", "collective_id", "status"])
    found = savings.weighed(cases(), statuses, Settings())
    assert found.empty
    assert savings.estimates(found, cases()).empty
