"""Participations and different people: bounds where the same people may stand in two records."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import reach
from bt_analysis.settings import Settings

KEPT = ("2023", "2024", "2023-2024")


def visits(
    contacts: int | None, unique: int | None, start: str = "2024-01-01", end: str = "2024-12-31"
) -> dict[str, Any]:
    return {"contacts_n": contacts, "unique_n": unique, "period_start": start, "period_end": end}


def ask(
    make: Any, defaults: Settings, *rows: dict[str, Any], periods: tuple[str, ...] = ("2024",), **tables: Any
) -> pd.DataFrame:
    numbered = [{"activity_id": f"tuin-{at}"} | row for at, row in enumerate(rows)]
    activity = make.monitoring(
        "activity", *[{"activity_id": key} for key in {row["activity_id"]: 0 for row in numbered}]
    )
    given = {"work_area": make.monitoring("work_area", {}), "context": make.context({}), **tables}
    joined = make.joined(activity=activity, participation=make.monitoring("participation", *numbered), **given)
    return reach.estimate(joined, make.periods(*periods), defaults)


def test_one_record_gives_its_own_numbers(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, visits(80, 30))
    contacts, unique, share = (make.one(found, name) for name in ("contacts_n", "unique_n", "reach_pct"))
    assert (contacts["value"], contacts["unit"], contacts["cell_n"]) == (80, "deelnames", 30)  # 80 times, by 30 people
    assert (unique["value"], unique["ci_low"], unique["ci_high"]) == (30, 30, 30)
    assert (unique["cell_n"], unique["gate_reason"]) == (30, "")
    assert share["value"] == 100 * 30 / 200
    assert (share["n"], share["n_unit"], share["unit"]) == (200, "population", "%")
    assert share["source"] == "collective: participation / CBS 99024SYN · AantalInwoners_5 · 2025-03-31"


def test_people_in_more_records_do_not_add_up(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, visits(80, 30), visits(60, 25), visits(20, 15))
    assert make.one(found, "contacts_n")["value"] == 80 + 60 + 20
    unique = make.one(found, "unique_n")
    assert (unique["value"], unique["ci_low"], unique["ci_high"]) == (30, 30, 30 + 25 + 15)
    assert unique["gate_reason"] == "may_count_twice"
    assert make.one(found, "reach_pct")["ci_high"] == 100 * (30 + 25 + 15) / 200


def test_the_bounds_give_the_other_record_away_so_it_is_a_cell(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, visits(80, 30), visits(9, 4))
    assert make.one(found, "unique_n")["cell_n"] == min(30, (30 + 4) - 30)
    assert make.one(found, "reach_pct")["cell_n"] == 4


def test_people_nobody_counted_stay_unknown(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, visits(80, 30), visits(60, None))
    unique = make.one(found, "unique_n")
    assert unique["value"] != unique["value"]
    assert unique["ci_high"] != unique["ci_high"]
    assert (unique["missing_reason"], unique["gate_reason"]) == ("not_recorded", "")
    contacts = make.one(found, "contacts_n")
    assert (contacts["value"], contacts["cell_n"]) == (80 + 60, 80 + 60)


def test_participations_of_part_of_the_records_have_a_reservation(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, visits(80, 30), visits(None, 25))
    contacts = make.one(found, "contacts_n")
    assert (contacts["value"], contacts["gate_reason"]) == (80, "not_all_recorded")
    assert make.one(found, "unique_n")["ci_high"] == 30 + 25


def test_participations_nobody_recorded_are_missing_and_not_zero(make: Any, defaults: Settings) -> None:
    contacts = make.one(ask(make, defaults, visits(None, 30)), "contacts_n")
    assert contacts["value"] != contacts["value"]
    assert contacts["missing_reason"] == "not_recorded"


def test_nobody_came_is_zero(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, visits(0, 0))
    assert make.one(found, "unique_n")["value"] == 0
    assert make.one(found, "reach_pct")["value"] == 0


def test_reach_is_never_more_than_everyone(make: Any, defaults: Settings) -> None:
    share = make.one(ask(make, defaults, visits(500, 150), visits(500, 120)), "reach_pct")
    assert share["value"] == 100 * 150 / 200
    assert share["ci_high"] == 100  # not 100 · (150 + 120) / 200


def test_reach_of_part_of_the_inhabitants_has_a_reservation(make: Any, defaults: Settings) -> None:
    partly = make.context({"areas_n": 3, "areas_used_n": 2})
    assert (
        make.one(ask(make, defaults, visits(80, 30), context=partly), "reach_pct")["gate_reason"]
        == "areas_without_figure"
    )
    two = ask(make, defaults, visits(80, 30), visits(60, 25), context=partly)
    assert make.one(two, "reach_pct")["gate_reason"] == "may_count_twice;areas_without_figure"


@pytest.mark.parametrize(
    "rows", [[], [{"value": None}], [{"value": 0.0}], [{"population": "gemeente"}], [{"indicator_id": "men"}]]
)
def test_without_inhabitants_there_is_no_reach(make: Any, defaults: Settings, rows: list[dict[str, Any]]) -> None:
    tables = {"context": make.context(*rows)} if rows else {"context": make.context({}).head(0)}
    found = ask(make, defaults, visits(80, 30), **tables)
    assert set(found["indicator_id"]) == {"contacts_n", "unique_n"}


def test_reach_is_not_given_over_too_small_a_part_of_the_inhabitants(make: Any, defaults: Settings) -> None:
    # 30 people of the whole area over the 200 inhabitants of less than nine tenths of it.
    found = ask(make, defaults, visits(80, 30), context=make.context({"coverage": 0.89, "areas_n": 2}))
    share = make.one(found, "reach_pct")
    assert pd.isna(share["value"])
    assert pd.isna(share["ci_high"])
    assert share["missing_reason"] == "unknown"


def test_inhabitants_are_those_of_the_period(make: Any, defaults: Settings) -> None:
    context = make.context(
        {"year": 2022, "value": 100.0}, {"year": 2023, "value": 120.0}, {"year": 2025, "value": 400.0}
    )
    share = make.one(ask(make, defaults, visits(80, 30), context=context), "reach_pct")
    assert share["value"] == 100 * 30 / 120  # 2024 has none; 2023 is nearer than what came after


def test_inhabitants_are_the_newest_of_the_latest_work_area(make: Any, defaults: Settings) -> None:
    work_area = make.monitoring("work_area", {}, {"work_area_id": "tuin-b", "valid_from": "2023-06-01"})
    rows = [
        {"value": 999.0, "year": 2024},
        {"work_area_id": "tuin-b", "value": 390.0, "year": 2023},
        {"work_area_id": "tuin-b", "value": 400.0, "year": 2024},
        {"work_area_id": "tuin-b", "value": None, "year": 2025},
    ]
    found = ask(make, defaults, visits(80, 30), work_area=work_area, context=make.context(*rows))
    assert make.one(found, "reach_pct")["value"] == 100 * 30 / 400
    # An older work area is another area: without figures of the latest there is no reach.
    found = ask(make, defaults, visits(80, 30), work_area=work_area, context=make.context(rows[0]))
    assert "reach_pct" not in set(found["indicator_id"])


def test_people_of_a_record_that_crosses_new_year_are_kept_apart(make: Any, defaults: Settings) -> None:
    crossing = visits(7, 5, "2023-12-01", "2024-01-31")
    found = ask(make, defaults, visits(80, 30), crossing, visits(50, 20, "2023-01-01", "2023-12-31"), periods=KEPT)
    whole = make.one(found, "unique_n", period_start="2023-01-01", period_end="2024-12-31")
    assert whole["ci_high"] == 30 + 5 + 20
    assert whole["cell_rest_n"] == (30 + 5 + 20) - 30 - 20
    assert make.one(found, "contacts_n", period_start="2023-01-01", period_end="2024-12-31")["cell_rest_n"] == 5
    year = make.one(found, "unique_n", period_start="2024-01-01")
    assert year["cell_rest_n"] != year["cell_rest_n"]


def test_rows_by_group_are_not_counted_again(make: Any, defaults: Settings) -> None:
    rows = [visits(80, 30), visits(40, 20) | {"activity_id": "tuin-0", "group_type": "leeftijd", "group_value": "65+"}]
    assert make.one(ask(make, defaults, *rows), "contacts_n")["value"] == 80


def test_without_participation_there_are_no_rows(make: Any, defaults: Settings) -> None:
    assert ask(make, defaults).empty
    assert ask(make, defaults, work_area=make.monitoring("work_area"), context=make.context({}).head(0)).empty


def test_what_adds_up_over_years_is_what_is_shown_of_it(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, visits(80, 30), visits(60, 25))
    assert make.one(found, "contacts_n")["cell_value"] == 80 + 60
    assert make.one(found, "unique_n")["cell_value"] == 30 + 25  # ci_high; the largest record does not add up
    assert make.one(found, "reach_pct")["cell_value"] == 30 + 25
