"""Waits and groups of inputs against slow routes: a curve by hand per period, counts by hand per kind."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import decisions, input_groups, waiting
from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.methods.survival import kaplan_meier
from bt_analysis.settings import Settings
from tests.input_cases import cases, raised, steps

Wait = tuple[int, bool]
"""Days, and whether there was an answer after them."""

WAITS = st.lists(st.tuples(st.integers(0, 500), st.booleans()), min_size=10, max_size=25)
FIRST, LAST = pd.Timestamp(2023, 1, 1), pd.Timestamp(2023, 12, 31)


def rows(waits: list[Wait], collective_id: str = "zon") -> pd.DataFrame:
    """Make inputs of one period."""
    days, answered = zip(*waits, strict=True)
    return pd.DataFrame({"collective_id": collective_id, "period_start": FIRST, "period_end": LAST,
                         "waited_days": days, "answered": answered})  # fmt: skip


def curve(waits: list[Wait]) -> list[tuple[int, int, int, float]]:
    """Go through the days on which there was an answer: day, who still waited, answers, and the share that waits."""
    share, told = 1.0, []
    for day in sorted({days for days, answered in waits if answered}):
        waiting_n = sum(days >= day for days, _ in waits)
        answers = sum(days == day and answered for days, answered in waits)
        share *= 1 - answers / waiting_n
        told.append((day, waiting_n, answers, share))
    return told


def after(waits: list[Wait], day: int) -> float | None:
    """Return the share that still waits after a day; None when nobody was followed for so long."""
    known = curve(waits)
    over = bool(known) and known[-1][3] <= 0
    if day > max(days for days, _ in waits) and not over:
        return None
    return min((share for at, _, _, share in known if at <= day), default=1.0)


@settings(max_examples=25, deadline=None)
@given(WAITS)
def test_a_curve_day_by_day_says_the_same(waits: list[Wait]) -> None:
    estimates, table = waiting.told(rows(waits))
    steps_ = curve(waits)
    assert table["days"].to_list() == [0, *(day for day, *_ in steps_)]
    assert table["at_risk_n"].to_list() == [len(waits), *(n for _, n, *_ in steps_)]
    assert table["answered_n"].to_list() == [0, *(n for _, _, n, _ in steps_)]
    assert table["waiting_pct"].to_list() == pytest.approx([100, *(100 * share for *_, share in steps_)], abs=1e-9)
    assert table["followed_days"].eq(max(days for days, _ in waits)).all()
    # Everybody is accounted for: answered, or followed no longer from some day on.
    lost = table["censored_n"].sum() if steps_ else sum(not answered for _, answered in waits)
    assert table["answered_n"].sum() + lost == len(waits)
    median = estimates[estimates["indicator_id"].eq("answer_days_median")].iloc[0]
    half = [day for day, _, _, share in steps_ if share <= 0.5 + 1e-9]
    if half:
        assert median["value"] == half[0]
    else:
        assert (median["gate"], median["gate_reason"]) == ("niet_te_zien", "median_not_reached")


@settings(max_examples=25, deadline=None)
@given(WAITS)
def test_shares_with_an_answer_after_some_time(waits: list[Wait]) -> None:
    estimates, _ = waiting.told(rows(waits))
    within = estimates[estimates["indicator_id"].eq("answered_within_pct")].set_index("group_value")
    assert within.index.to_list() == ["90", "180", "365"]
    for day in waiting.AFTER_DAYS:
        row, left = within.loc[str(day)], after(waits, day)
        if left is None:
            assert math.isnan(row["value"])
            assert row["gate_reason"] == "followed_too_short"
        else:
            assert row["value"] == pytest.approx(100 * (1 - left), abs=1e-9)
            if not math.isnan(row["ci_low"]):
                assert row["ci_low"] - 1e-9 <= row["value"] <= row["ci_high"] + 1e-9


@settings(max_examples=15, deadline=None)
@given(WAITS, st.lists(st.tuples(st.integers(0, 500), st.booleans()), min_size=1, max_size=9))
def test_a_period_of_few_changes_nothing_of_another(many: list[Wait], few: list[Wait]) -> None:
    both, table = waiting.told(pd.concat([rows(few, "maan"), rows(many)]))
    alone, own = waiting.told(rows(many))
    kept = both[both["collective_id"].eq("zon")].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, alone, check_like=True)
    pd.testing.assert_frame_equal(table, own, check_like=True)
    assert both.loc[both["collective_id"].eq("maan"), "gate_reason"].to_list() == ["few_inputs"]


@pytest.mark.parametrize(
    ("answered", "within"),
    [
        (90, 100.0),  # on the ninetieth day is within ninety days
        (91, 0.0),
        (0, 100.0),
    ],
)
def test_the_day_itself_is_within(answered: int, within: float) -> None:
    estimates, _ = waiting.told(rows([(answered, True)] * 10))
    own = estimates[estimates["group_value"].eq("90")]
    assert own["value"].to_list() == ([within] if answered != 91 else [0.0])


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_median_lies_within_its_interval_at_any_level(level: float) -> None:
    waits = [(10 * at, at % 3 > 0) for at in range(1, 31)]
    days, answered = zip(*waits, strict=True)
    found = kaplan_meier(days, answered, level)
    assert found.median_low <= found.median <= found.median_high


def test_cases_that_are_not_over_at_the_last_day_leave_a_rest() -> None:
    found = kaplan_meier([5, 5, 5, 5], [True, True, True, False])
    # 1 − 3/4 waits after the only day, and after that day nobody was followed.
    assert found.still(5)[0] == pytest.approx(0.25)
    assert math.isnan(found.still(5.001)[0])
    assert found.still(4.999)[0] == 1.0
    assert found.followed == 5


def test_when_all_had_it_there_is_nobody_left_however_long_one_waits() -> None:
    found = kaplan_meier([1, 2], [True, True])
    share, low, high = found.still(1e6)
    assert share == 0
    assert math.isnan(low)
    assert math.isnan(high)


# Counts per kind, by hand

INPUT = st.fixed_dictionaries(
    {
        "domain": st.sampled_from([None, "welzijn", "gezondheid"]),
        "domain_secondary": st.sampled_from([None, "welzijn", "gezondheid"]),
        "knowledge_type": st.sampled_from([None, "ervaring", "professioneel"]),
        "year": st.sampled_from([2022, 2023, 2024]),
        "how": st.sampled_from(["", "teruggekoppeld", "uitgevoerd", "afgewezen", "uitgesteld"]),
    }
)


def taken(how: str) -> list[tuple[Any, ...]]:
    if how in ("afgewezen", "uitgesteld"):
        return [(3, "besloten", how)]
    return [(3, how)] if how else []


@settings(max_examples=4, deadline=None)
@given(st.lists(INPUT, min_size=4, max_size=25))
def test_counts_per_period_and_kind_are_those_of_tallies(inputs: list[dict[str, Any]]) -> None:
    given_ = [
        raised(f"i{at}", on=dt.date(one["year"], 6, 1),
               **{name: one[name] for name in ("domain", "domain_secondary", "knowledge_type")})
        for at, one in enumerate(inputs)
    ]  # fmt: skip
    events = [
        row for at, one in enumerate(inputs)
        for row in steps(f"i{at}", *taken(one["how"]), on=dt.date(one["year"], 6, 1))
    ]  # fmt: skip
    learned = decisions.learn(cases(given_, events, periods={"zon": ["2023", "2024", "2023-2024"]}), Settings())
    for first, last in ((2023, 2023), (2024, 2024), (2023, 2024)):
        own = [one for one in inputs if first <= one["year"] <= last]
        rows_ = learned.estimates
        if len(rows_):
            rows_ = rows_[
                rows_["collective_id"].eq("zon") & rows_["period_start"].dt.year.eq(first)
                & rows_["period_end"].dt.year.eq(last)
            ]  # fmt: skip
        tally = {
            "inputs_n": len(own), "inputs_executed_n": sum(one["how"] == "uitgevoerd" for one in own),
            "inputs_answered_n": sum(one["how"] in ("uitgevoerd", "teruggekoppeld") for one in own),
            "inputs_rejected_unexplained_n": sum(one["how"] == "afgewezen" for one in own),
            "inputs_postponed_n": sum(one["how"] == "uitgesteld" for one in own), "inputs_went_on_n": 0,
        }  # fmt: skip
        told = rows_[rows_["group_type"].eq("")].set_index("indicator_id")["value"].to_dict() if len(rows_) else {}
        assert {name: told.get(name, 0) for name in tally} == tally
        assert ("answer_days_median" in told) == bool(own)
        for kind, column in input_groups.KINDS.items():
            groups = rows_[rows_["group_type"].eq(kind) & rows_["indicator_id"].eq("inputs_group_n")]
            expected = Counter(one[column] for one in own if one[column])
            assert groups.set_index("group_value")["value"].to_dict() == dict(expected)
        pairs = learned.tables["input_pairs"]
        here = pairs[pairs["period_start"].dt.year.eq(first) & pairs["period_end"].dt.year.eq(last)]
        here = here[here["collective_id"].ne(ACROSS)]
        two = Counter(
            (one["domain"], one["domain_secondary"])
            for one in own
            if one["domain"] and one["domain_secondary"] and one["domain"] != one["domain_secondary"]
        )
        found = dict(zip(zip(here["domain"], here["domain_secondary"], strict=True), here["inputs_n"], strict=True))
        assert found == dict(two)


# Whose groups may be shown


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"a": 10, "b": 10}, True),
        ({"a": 9, "b": 10}, False),
        ({"a": 10}, False),  # who are all others together: nobody
        ({"a": 10, "": 10}, True),
        ({"a": 10, "": 9}, False),
        ({"a": 10, "b": 10, "": 1}, False),  # one nameless input follows from the total
        ({"a": 10, "b": 10, "": 10}, True),
        ({"a": 30, "b": 10, "c": 9}, False),  # one small group hides all
    ],
)
def test_all_groups_of_a_collective_or_none(sizes: dict[str, int], shown: bool) -> None:
    given_ = [
        raised(f"{name or 'x'}{at}", group_value=name or None) for name, size in sizes.items() for at in range(size)
    ]
    estimates = decisions.learn(cases(given_), Settings()).estimates
    own = estimates[estimates["group_type"].eq("bewonersgroep") & estimates["collective_id"].eq("zon")]
    own = own[own["indicator_id"].eq("inputs_group_n")]
    if shown:
        assert own.set_index("group_value")["value"].to_dict() == {name: n for name, n in sizes.items() if name}
    else:
        assert own[["group_value", "gate", "gate_reason"]].to_numpy().tolist() == [
            ["", "niet_te_zien", "small_groups_inputs"]
        ]


@pytest.mark.parametrize(("n", "gate"), [(9, "niet_te_zien"), (10, "ok")])
def test_a_share_of_ten_or_more(n: int, gate: str) -> None:
    events = [row for at in range(3) for row in steps(f"i{at}", (3, "teruggekoppeld"))]
    estimates = decisions.learn(cases([raised(f"i{at}") for at in range(n)], events), Settings()).estimates
    own = estimates[estimates["indicator_id"].eq("inputs_answered_pct") & estimates["collective_id"].eq("zon")]
    assert own["gate"].to_list() == [gate]
    assert own["n"].to_list() == [n]
    if gate == "ok":
        assert own["value"].to_list() == pytest.approx([100 * 3 / 10])
    else:
        assert own["value"].isna().all()
        assert own["missing_reason"].to_list() == ["unknown"]
