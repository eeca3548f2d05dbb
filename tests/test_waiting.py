"""Waits in periods: a curve of ten inputs or more, its median, and the shares that have an answer after some time."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import waiting
from bt_analysis.analysis.learning.cases import made

FIRST, LAST = pd.Timestamp(2023, 1, 1), pd.Timestamp(2023, 12, 31)


def rows(days: list[int], answered: list[bool], collective_id: str = "zon") -> pd.DataFrame:
    """Make inputs of one period."""
    return pd.DataFrame({"collective_id": collective_id, "period_start": FIRST, "period_end": LAST,
                         "waited_days": days, "answered": answered})  # fmt: skip


def one(table: pd.DataFrame, indicator_id: str, group: str = "") -> dict[str, Any]:
    found = table[table["indicator_id"].eq(indicator_id) & table["group_value"].eq(group)]
    assert len(found) == 1
    return {str(name): value for name, value in found.iloc[0].items()}


def test_ten_answers_in_ten_steps() -> None:
    estimates, curve = waiting.told(rows(list(range(10, 110, 10)), [True] * 10))
    median = one(estimates, "answer_days_median")
    # S falls from 1 by a tenth at 10, 20 … 100: it is ½ at 50
    assert (median["value"], median["n"], median["unit"], median["method"]) == (50, 10, "dagen", "Kaplan-Meier")
    assert one(estimates, "answered_within_pct", "90")["value"] == pytest.approx(90)
    assert curve["waiting_pct"].tolist() == pytest.approx([100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0])
    assert curve["days"].tolist() == [0, *range(10, 110, 10)]
    assert curve["step"].tolist() == list(range(11))


def test_nobody_was_followed_for_so_long() -> None:
    estimates, _ = waiting.told(rows(list(range(10, 110, 10)), [True] * 9 + [False]))
    for days in ("180", "365"):
        row = one(estimates, "answered_within_pct", days)
        assert (row["gate"], row["gate_reason"]) == ("niet_te_zien", "followed_too_short")


def test_half_of_those_that_are_followed_no_longer_make_no_wait_shorter() -> None:
    # 5 answered after 50 days; 5 were raised lately, 20 days ago, and wait: after 50 days 5 of the 5 left have one.
    estimates, curve = waiting.told(rows([50] * 5 + [20] * 5, [True] * 5 + [False] * 5))
    assert one(estimates, "answer_days_median")["value"] == 50
    assert curve[["days", "at_risk_n", "answered_n", "censored_n"]].to_numpy().tolist() == [
        [0, 10, 0, 5],
        [50, 5, 5, 0],
    ]


def test_inputs_that_nobody_answers_hold_the_curve_up() -> None:
    # The same five answers, but the others were raised long ago: five of ten wait still.
    estimates, _ = waiting.told(rows([50] * 4 + [600] * 6, [True] * 4 + [False] * 6))
    row = one(estimates, "answer_days_median")
    assert (row["gate"], row["gate_reason"]) == ("niet_te_zien", "median_not_reached")
    assert one(estimates, "answered_within_pct", "365")["value"] == pytest.approx(40)


def test_an_interval_without_an_end_is_a_reservation() -> None:
    estimates, _ = waiting.told(rows([*range(10, 60, 10), 70, *[600] * 5], [True] * 6 + [False] * 5))
    row = one(estimates, "answer_days_median")
    assert (row["value"], row["gate"], row["gate_reason"]) == (70, "voorbehoud", "no_longest_wait")
    assert pd.isna(row["ci_low"])
    assert pd.isna(row["ci_high"])


def test_before_the_first_answer_there_is_no_interval() -> None:
    estimates, _ = waiting.told(rows([200] * 10 + [400] * 5, [True] * 10 + [False] * 5))
    row = one(estimates, "answered_within_pct", "90")
    assert row["value"] == 0
    assert pd.isna(row["ci_low"])


def test_without_any_answer_the_curve_is_a_line() -> None:
    _, curve = waiting.told(rows([300] * 12, [False] * 12))
    assert curve[["days", "at_risk_n", "answered_n", "censored_n", "waiting_pct"]].to_numpy().tolist() == [
        [0, 12, 0, 0, 100]
    ]
    assert curve["followed_days"].tolist() == [300]


@pytest.mark.parametrize("n", [1, 9])
def test_of_few_there_is_one_row_that_says_so(n: int) -> None:
    estimates, curve = waiting.told(rows([5] * n, [True] * n))
    assert estimates["gate_reason"].tolist() == ["few_inputs"]
    assert estimates["n"].tolist() == [n]
    assert curve.empty
    assert made(curve, "input_waits").empty


def test_collectives_keep_their_own_curves_and_names() -> None:
    both = pd.concat([rows([30] * 10, [True] * 10, "zon"), rows([90] * 10, [True] * 10, "maan")])
    estimates, curve = waiting.told(both.sample(frac=1, random_state=1))
    median = estimates[estimates["indicator_id"].eq("answer_days_median")].set_index("collective_id")["value"]
    assert median.to_dict() == {"maan": 90, "zon": 30}
    assert curve.groupby("collective_id")["days"].max().to_dict() == {"maan": 90, "zon": 30}
    table = made(curve, "input_waits")
    assert table["period_start"].eq(FIRST).all()
    assert not table.duplicated(["collective_id", "period_start", "period_end", "step"]).any()


def test_an_answer_on_the_day_itself() -> None:
    _, curve = waiting.told(rows([0] * 3 + [10] * 7, [True] * 10))
    assert curve["days"].tolist() == [0, 0, 10]  # before, and after, the answers of the first day
    assert curve["waiting_pct"].tolist() == pytest.approx([100, 70, 0])


def test_when_everybody_had_an_answer_sooner_all_had_one_by_then() -> None:
    # The last of twelve got it on day 80: within 90, 180 and 365 days that is 100%, though nobody was followed longer.
    estimates, _ = waiting.told(rows(list(range(25, 85, 5)), [True] * 12))
    for days in ("90", "180", "365"):
        row = one(estimates, "answered_within_pct", days)
        assert (row["value"], row["gate"]) == (100, "ok")


def test_when_all_had_an_answer_nothing_is_said_of_who_waits() -> None:
    # Ten on one day: whatever the median is, it is no longer than the longest of ten waits, save once in 2^10 times.
    row = one(waiting.told(rows([20] * 10, [True] * 10))[0], "answer_days_median")
    assert (row["value"], row["ci_low"], row["ci_high"]) == (20, 20, 20)
    assert (row["gate"], row["gate_reason"]) == ("ok", "")
    # One that still waits makes it unknown again how long it can be.
    row = one(waiting.told(rows([20] * 10 + [10], [True] * 10 + [False]))[0], "answer_days_median")
    assert (row["gate"], row["gate_reason"]) == ("voorbehoud", "no_longest_wait")


def test_answers_on_two_days_have_an_interval_of_those_days() -> None:
    row = one(waiting.told(rows([20] * 5 + [40] * 5, [True] * 10))[0], "answer_days_median")
    assert (row["value"], row["ci_low"], row["ci_high"]) == (20, 20, 40)
