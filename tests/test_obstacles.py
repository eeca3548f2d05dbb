"""Obstacles in both worlds, and what the layer in between costs: counts with n, hours, days, memberships."""

from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import obstacles, umbrellas
from bt_analysis.settings import LearningSettings, Settings
from tests import learning_cases
from tests.learning_cases import value

TWO = {"zon": ("2023", "2024", "2023-2024"), "tuin": ("2024",)}


def obstacle(number: int, **more: Any) -> dict[str, Any]:
    standard = {
        "obstacle_id": f"zon--o{number}", "collective_id": "zon", "side": "publiek", "type": "regels",
        "stage": "gewogen", "first_seen": "2023-02-01",
    }  # fmt: skip
    return standard | more


def learnt(*rows: dict[str, Any]) -> learning.Learned:
    cases = learning_cases.of(TWO, obstacle=rows)
    return learning_cases.checked(obstacles.learn(cases, Settings()))


def test_obstacles_are_counted_by_side_and_within_a_side_by_kind_and_stage() -> None:
    answer = learnt(
        obstacle(1), obstacle(2, type="geld"), obstacle(3, type="geld", stage=None),
        obstacle(4, side="civiel", type="capaciteit", collective_id="tuin"), obstacle(5, side=None),
    )  # fmt: skip
    assert value(answer, "obstacles_n")["value"] == 5
    assert value(answer, "obstacles_n", group_type="kant", group_value="publiek")["value"] == 3
    row = value(answer, "obstacles_n", group_type="hindernis_publiek", group_value="geld")
    assert (row["value"], row["n"]) == (2, 3)  # two of the three of government
    stage = value(answer, "obstacles_n", group_type="hindernisfase_publiek", group_value="gewogen")
    assert (stage["value"], stage["n"]) == (2, 2)  # of the third the stage is not recorded
    assert value(answer, "obstacles_n", collective_id="tuin", year="2024", group_type="kant",
                 group_value="civiel")["value"] == 1  # fmt: skip


def test_an_obstacle_is_in_every_year_in_which_it_was_there() -> None:
    answer = learnt(obstacle(1), obstacle(2, resolved_on="2023-06-01"))
    assert value(answer, "obstacles_n", collective_id="zon", year="2023")["value"] == 2
    assert value(answer, "obstacles_n", collective_id="zon", year="2024")["value"] == 1


def test_resolved_is_a_count_of_what_there_was_by_the_end_of_the_period() -> None:
    answer = learnt(obstacle(1), obstacle(2, resolved_on="2023-06-01"), obstacle(3, resolved_on="2024-06-01"))
    row = value(answer, "obstacles_resolved_n", collective_id="zon", year="2023")
    assert (row["value"], row["n"], row["unit"]) == (1, 3, "aantal")  # the third only a year later
    row = value(answer, "obstacles_resolved_n", group_type="kant", group_value="publiek")
    assert (row["value"], row["n"]) == (2, 3)


def test_hours_are_of_those_that_recorded_them() -> None:
    answer = learnt(obstacle(1, hours_lost=16), obstacle(2, hours_lost=4.5), obstacle(3))
    row = value(answer, "obstacle_hours")
    assert (row["value"], row["n"], row["gate_reason"]) == (16 + 4.5, 2, "hours_of_some")
    none = value(learnt(obstacle(1)), "obstacle_hours")
    assert (none["gate"], none["missing_reason"]) == ("niet_te_zien", "not_recorded")


def lasted(*days: int) -> list[dict[str, Any]]:
    """Obstacles from 1 February 2023 that were resolved after so many days."""
    start = pd.Timestamp("2023-02-01")
    return [obstacle(at, resolved_on=start + pd.Timedelta(days=n)) for at, n in enumerate(days)]


def test_an_obstacle_that_is_still_open_makes_the_median_longer_and_not_shorter() -> None:
    rows = lasted(10, 20, 30, 40, 100)
    # Shares still open: 4/5, 3/5, 2/5: the first of ½ or less is after 30 days.
    assert value(learnt(*rows), "obstacle_days")["value"] == 30
    # With two that are open to the last day of the report: 6/7, 5/7, 4/7, 3/7.
    row = value(learnt(*rows, obstacle(8), obstacle(9)), "obstacle_days")
    assert (row["value"], row["n"], row["unit"], row["method"]) == (40, 7, "dagen", "Kaplan-Meier")


def test_when_more_than_half_are_open_there_is_no_median() -> None:
    row = value(learnt(*lasted(10, 20), *(obstacle(at) for at in range(5, 8))), "obstacle_days")
    assert (row["gate"], row["gate_reason"], row["n"]) == ("niet_te_zien", "half_still_open", 5)
    assert pd.isna(row["value"])


def test_a_median_without_an_upper_end_has_a_reservation() -> None:
    row = value(learnt(*lasted(10, 20, 30), obstacle(8), obstacle(9)), "obstacle_days")
    assert (row["value"], row["gate"], row["gate_reason"]) == (30, "voorbehoud", "no_longest_open")
    assert pd.isna(row["ci_low"])
    assert pd.isna(row["ci_high"])


def test_of_fewer_than_five_obstacles_there_is_no_median() -> None:
    few = value(learnt(*lasted(10, 20, 30, 40)), "obstacle_days")
    assert (few["gate"], few["gate_reason"], few["n"]) == ("niet_te_zien", "few_obstacles", 4)
    cases = learning_cases.of(TWO, obstacle=lasted(10, 20, 30, 40))
    allowed = Settings(learning=LearningSettings(median_from=4))
    assert value(obstacles.learn(cases, allowed), "obstacle_days")["value"] == 20  # 3/4, 2/4


def test_in_a_period_only_what_began_in_it_and_as_far_as_it_was_followed() -> None:
    # Resolved in 2024: in the report of 2023 all five are open until its last day.
    rows = lasted(400, 410, 420, 430, 440)
    year = value(learnt(*rows), "obstacle_days", collective_id="zon", year="2023")
    assert (year["gate_reason"], year["n"]) == ("half_still_open", 5)
    assert value(learnt(*rows), "obstacle_days", collective_id="zon", year="2023-2024")["value"] == 420
    # In that of 2024 they were there already: those that were soon resolved are missing among them.
    estimates = learnt(*rows).estimates.query("indicator_id == 'obstacle_days' and collective_id == 'zon'")
    assert pd.Timestamp(2024, 1, 1) not in set(estimates["period_start"])


def test_nobody_looked_at_an_obstacle_after_the_last_report_of_its_collective() -> None:
    ended = {"zon": ("2023",), "tuin": ("2024",)}
    open_ = [obstacle(at) for at in range(5, 8)]
    later = obstacle(9, collective_id="tuin", first_seen=None)  # without a first day it has no duration
    row = value(obstacles.learn(learning_cases.of(ended, obstacle=[*lasted(10, 20), *open_, later]), Settings()),
                "obstacle_days")  # fmt: skip
    assert (row["n"], row["gate_reason"]) == (5, "half_still_open")
    # Seen for the first time after that report: followed for no day at all.
    new = obstacle(8, first_seen="2024-03-01")
    row = value(obstacles.learn(learning_cases.of(ended, obstacle=[*lasted(10, 20), *open_, new]), Settings()),
                "obstacle_days")  # fmt: skip
    assert row["n"] == 5


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 300), min_size=5, max_size=12), st.integers(0, 6))
def test_more_open_obstacles_never_make_the_median_shorter(days: list[int], open_n: int) -> None:
    def median(extra: int) -> float:
        row = value(learnt(*lasted(*days), *(obstacle(50 + at) for at in range(extra))), "obstacle_days")
        return float("inf") if pd.isna(row["value"]) else float(row["value"])

    assert median(0) == sorted(days)[(len(days) - 1) // 2]  # with nothing open: the lower median
    assert median(open_n) >= median(0)


def test_what_helped_is_listed_and_a_day_before_the_first_is_no_duration() -> None:
    table = learnt(obstacle(1, resolved_on="2023-03-01", how="Een vaste ambtenaar"), obstacle(2)).tables["obstacles"]
    assert table["days"].tolist()[0] == 28
    assert table["how"].tolist() == ["Een vaste ambtenaar", ""]
    back = learnt(obstacle(1, resolved_on="2023-01-01")).tables["obstacles"]
    assert back["days"].isna().all()


def test_without_obstacles_there_is_nothing() -> None:
    answer = learnt()
    assert answer.estimates.empty
    assert answer.tables["obstacles"].empty


# Umbrellas


def member(whose: str = "zon", **more: Any) -> dict[str, Any]:
    return {"collective_id": whose, "umbrella_actor_id": f"{whose}--koepel", "from": "2022-01-01"} | more


def joined(*rows: dict[str, Any]) -> learning.Learned:
    actors = [{"actor_id": f"{one}--koepel", "name": "Koepel Samen ", "side": "koepel"} for one in TWO]
    cases = learning_cases.of(TWO, membership=rows, actor=actors)
    return learning_cases.checked(umbrellas.learn(cases, Settings()))


def test_hours_of_a_membership_count_for_the_part_of_the_period_that_it_lasted() -> None:
    answer = joined(member(hours_up=73, until="2023-07-02"))  # 183 of the 365 days of 2023
    row = value(answer, umbrellas.HOURS, collective_id="zon", year="2023")
    assert row["value"] == 73 * 183 / 365
    whole = value(answer, umbrellas.HOURS, collective_id="zon", year="2023-2024")
    assert whole["value"] == 73 * 183 / (365 + 366)


def test_over_all_memberships_of_now_are_added_up_by_the_name_of_the_umbrella() -> None:
    answer = joined(
        member(hours_up=40, lessons_sent=2, lessons_received=5), member("tuin", hours_up=10, lessons_sent=1),
        member(umbrella_actor_id="zon--oud", until="2023-01-01", hours_up=500),
    )  # fmt: skip
    row = value(answer, umbrellas.HOURS)
    assert (row["value"], row["n"]) == (40 + 10, 2)
    assert value(answer, umbrellas.SENT, group_type="koepel", group_value="Koepel Samen")["value"] == 2 + 1
    received = value(answer, umbrellas.RECEIVED)
    assert (received["value"], received["n"], received["gate_reason"]) == (5, 1, "of_some_memberships")
    counts = answer.tables["umbrella_counts"]
    assert counts[["umbrella", "members_n", "hours_up"]].to_numpy().tolist() == [["Koepel Samen", 2, 50.0]]


def test_a_membership_without_hours_is_told_as_not_recorded() -> None:
    answer = joined(member())
    row = value(answer, umbrellas.HOURS, collective_id="zon", year="2024")
    assert (row["gate"], row["missing_reason"]) == ("niet_te_zien", "not_recorded")
    assert value(answer, umbrellas.MEMBERS, collective_id="zon", year="2024")["value"] == 1


def test_without_memberships_there_is_nothing() -> None:
    assert joined().estimates.empty
