"""Hours that people gave, and how sure they are."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import hours
from bt_analysis.settings import DisclosureSettings, HoursSettings, Settings


def ask(
    make: Any, settings: Settings, *rows: dict[str, Any], activity: Any = None, periods: tuple[str, ...] = ("2024",)
) -> pd.DataFrame:
    ids = sorted({row.get("activity_id", "tuin-1") for row in rows} | {"tuin-1"})
    activities = make.monitoring("activity", *[{"activity_id": key} for key in ids]) if activity is None else activity
    joined = make.joined(activity=activities, contribution=make.monitoring("contribution", *rows))
    return hours.estimate(joined, make.periods(*periods), settings)


def test_hours_are_added_up_with_the_uncertainty_of_each_way_of_recording(make: Any, defaults: Settings) -> None:
    found = ask(
        make,
        defaults,
        {"hours": 100.0, "persons_n": 12},
        {"hours": 50.0, "persons_n": 3, "record_method": "steekproef", "role": "bestuur"},
    )
    total = make.one(found, "hours_total")
    assert total["value"] == 100 + 50
    assert total["ci_low"] == pytest.approx(100 * (1 - 0.05) + 50 * (1 - 0.15))
    assert total["ci_high"] == pytest.approx(100 * (1 + 0.05) + 50 * (1 + 0.15))
    assert (total["n"], total["n_unit"], total["unit"], total["gate_reason"]) == (12 + 3, "people", "uur", "")


def test_estimated_hours_have_a_reservation(make: Any, defaults: Settings) -> None:
    rows: list[dict[str, Any]] = [{"hours": 100.0}, {"hours": 10.0, "record_method": "schatting", "role": "bestuur"}]
    found = ask(make, defaults, *rows)
    assert make.one(found, "hours_total")["gate_reason"] == "hours_estimated"
    assert make.one(found, "hours_role", group_value="bestuur")["gate_reason"] == "hours_estimated"
    assert make.one(found, "hours_role", group_value="uitvoering")["gate_reason"] == ""
    assert make.one(found, "hours_role", group_value="bestuur")["ci_low"] == pytest.approx(10 * (1 - 0.40))


def test_the_collectives_own_uncertainty_wins_also_when_it_is_zero(make: Any, defaults: Settings) -> None:
    total = make.one(ask(make, defaults, {"hours": 100.0, "uncertainty_pct": 0}), "hours_total")
    assert (total["ci_low"], total["ci_high"]) == (100, 100)
    total = make.one(ask(make, defaults, {"hours": 100.0, "uncertainty_pct": 100}), "hours_total")
    assert (total["ci_low"], total["ci_high"]) == (0, 200)


def test_defaults_of_uncertainty_are_settings(make: Any) -> None:
    total = make.one(ask(make, Settings(hours=HoursSettings(logboek_pct=10)), {"hours": 100.0}), "hours_total")
    assert (total["ci_low"], total["ci_high"]) == pytest.approx((90, 110))


def test_roles_add_up_to_the_total(make: Any, defaults: Settings) -> None:
    rows: list[dict[str, Any]] = [
        {"hours": 40.0, "role": "bestuur"},
        {"hours": 60.0, "role": "bestuur"},
        {"hours": 25.0, "role": "expert"},
    ]
    found = ask(make, defaults, *rows)
    roles = found[found["indicator_id"] == "hours_role"].set_index("group_value")["value"]
    assert roles.to_dict() == {"bestuur": 40 + 60, "expert": 25}
    assert make.one(found, "hours_total")["value"] == roles.sum()
    assert set(found["group_type"]) == {"rol"}
    assert set(found["cell"]) == {"volunteers"}


def test_the_same_people_in_two_activities_are_counted_once_for_disclosure(make: Any, defaults: Settings) -> None:
    rows: list[dict[str, Any]] = [
        {"persons_n": 6},
        {"persons_n": 5, "activity_id": "b"},
        {"persons_n": 4, "activity_id": "b", "role": "bestuur"},
    ]
    found = ask(make, defaults, *rows)
    total = make.one(found, "hours_total")
    assert (total["n"], total["cell_n"]) == (max(6, 5 + 4), max(6, 5 + 4))
    role = make.one(found, "hours_role", group_value="uitvoering")
    assert (role["n"], role["cell_n"]) == (max(6, 5), max(6, 5))


def test_the_same_person_in_a_row_per_month_is_one_person(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, *[{"persons_n": 1, "hours": 8.0, "role": "coordinatie"} for _ in range(12)])
    assert make.one(found, "hours_total")["value"] == 12 * 8
    assert make.one(found, "hours_total")["cell_n"] == 1
    assert make.one(found, "hours_role")["cell_n"] == 1


def test_hours_of_an_activity_that_crosses_new_year_count_in_the_whole_only(make: Any, defaults: Settings) -> None:
    activity = make.monitoring(
        "activity",
        {"start": "2023-01-01", "end": "2023-12-31"},
        {"activity_id": "b", "start": "2023-12-01", "end": "2024-01-31"},
        {"activity_id": "c", "start": "2023-06-01", "end": None},
    )
    rows: list[dict[str, Any]] = [
        {"hours": 100.0},
        {"hours": 10.0, "persons_n": 3, "activity_id": "b"},
        {"hours": 5.0, "persons_n": 2, "activity_id": "c"},
    ]
    found = ask(make, defaults, *rows, activity=activity, periods=("2023", "2024", "2023-2024"))
    year = make.one(found, "hours_total", period_end="2023-12-31")
    whole = make.one(found, "hours_total", period_end="2024-12-31")
    assert (year["value"], whole["value"]) == (100, 100 + 10 + 5)
    assert (whole["cell_n"], whole["cell_rest_n"]) == (12, max(3, 2))
    assert year["cell_rest_n"] != year["cell_rest_n"]


def test_zero_hours_are_zero(make: Any, defaults: Settings) -> None:
    total = make.one(ask(make, defaults, {"hours": 0.0, "persons_n": 0}), "hours_total")
    assert (total["value"], total["ci_low"], total["ci_high"], total["cell_n"]) == (0, 0, 0, 0)


def test_without_contributions_there_are_no_rows(make: Any, defaults: Settings) -> None:
    assert ask(make, defaults).empty
    assert ask(make, defaults, activity=make.monitoring("activity")).empty


# What disclosure control looks at


def top(found: pd.DataFrame, make: Any, role: str = "") -> float:
    name = {"hours_role": role} if role else {"hours_total": ""}
    ((indicator_id, group_value),) = name.items()
    return float(make.one(found, indicator_id, group_value=group_value)["cell_top_pct"])


def test_what_two_people_gave_of_a_sum(make: Any, defaults: Settings) -> None:
    rows: list[dict[str, Any]] = [
        {"persons_n": 12, "hours": 120.0},
        {"persons_n": 1, "hours": 900.0, "role": "coordinatie"},
    ]
    found = ask(make, defaults, *rows)
    assert top(found, make) == pytest.approx(100 * (900 + 120 / 12) / (120 + 900))
    assert top(found, make, "uitvoering") == pytest.approx(100 * (2 * 120 / 12) / 120)
    assert top(found, make, "coordinatie") == 100
    assert make.one(found, "hours_total")["cell_value"] == 120 + 900


def test_a_row_per_month_is_the_same_people(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, *[{"persons_n": 4, "hours": 40.0} for _ in range(3)])
    assert top(found, make) == pytest.approx(100 * 2 / 4)


def test_people_of_a_role_may_be_the_same_in_every_activity(make: Any, defaults: Settings) -> None:
    rows: list[dict[str, Any]] = [
        {"persons_n": 1, "hours": 450.0, "role": "coordinatie", "activity_id": key} for key in ("a", "b")
    ]
    found = ask(make, defaults, *rows, {"persons_n": 10, "hours": 90.0, "activity_id": "a"})
    assert top(found, make) == pytest.approx(100 * (450 + 450 + 90 / 10) / (900 + 90))


def test_how_many_people_is_a_setting(make: Any) -> None:
    one = Settings(disclosure=DisclosureSettings(dominance_n=1))
    found = ask(make, one, {"persons_n": 4, "hours": 40.0})
    assert top(found, make) == pytest.approx(100 / 4)


def test_no_hours_are_dominated_by_nobody(make: Any, defaults: Settings) -> None:
    assert pd.isna(top(ask(make, defaults, {"hours": 0.0, "persons_n": 0}), make))
