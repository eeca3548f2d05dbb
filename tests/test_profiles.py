"""What a report tells of a collective apart from its figures."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis import profiles

NAMES = {2024: pd.Series({"BU99010101": "Oude Haven", "BU99010102": "Nieuwe Haven"})}

NONE_REFUSED = pd.DataFrame({"collective_id": [], "problems_n": [], "accepted_on": []}).astype(
    {"collective_id": "str", "problems_n": "int64", "accepted_on": "str"}
)


def describe(make: Any, *periods: str, **tables: Any) -> pd.DataFrame:
    given = {"collective": make.monitoring("collective", {}), "work_area": make.monitoring("work_area", {}), **tables}
    joined = make.joined(**given)
    table = profiles.collectives(joined, make.periods(*(periods or ("2024",))), NAMES, NONE_REFUSED, synthetic=True)
    return schema.check(table, "analysed_collectives")


def test_a_collective_has_a_row_per_period(make: Any) -> None:
    table = describe(make, "2023", "2024", "2023-2024")
    assert table["period"].tolist() == ["2023", "2024", "2023-2024"]
    assert set(table["name"]) == {"De Tuin"}
    assert table["synthetic"].all()


def test_a_collective_that_moved_has_its_own_area_in_each_period(make: Any) -> None:
    areas = make.monitoring(
        "work_area",
        {"work_area_id": "first", "area_codes": "BU99010101", "valid_from": "2020-01-01", "valid_to": "2023-12-31"},
        {"work_area_id": "second", "area_codes": "BU99010102", "valid_from": "2024-01-01"},
    )
    table = describe(make, "2019", "2023", "2024", "2023-2024", work_area=areas)
    assert table["work_area_id"].tolist() == ["first", "first", "second", "second"]
    assert table["work_area_label"].tolist() == ["Oude Haven", "Oude Haven", "Nieuwe Haven", "Nieuwe Haven"]


def test_the_latest_work_area_is_named_and_an_unknown_code_stays_a_code(make: Any) -> None:
    areas = make.monitoring(
        "work_area",
        {"area_codes": "BU99010101; BU99010102;BU99999999", "valid_from": "2023-01-01"},
        {"work_area_id": "tuin-old", "area_codes": "BU99010101", "valid_from": "2020-01-01"},
    )
    row = describe(make, work_area=areas).iloc[0]
    assert row["work_area_label"] == "Oude Haven, Nieuwe Haven, BU99999999"
    assert row["work_area_id"] == "tuin-a"


def test_a_code_has_the_name_of_its_own_year(make: Any) -> None:
    names = NAMES | {2020: pd.Series({"BU99010101": "De Haven voor de splitsing"})}
    areas = make.monitoring("work_area", {"area_codes": "BU99010101", "area_year": 2020})
    joined = make.joined(collective=make.monitoring("collective", {}), work_area=areas)
    table = profiles.collectives(joined, make.periods("2024"), names, NONE_REFUSED, synthetic=True)
    assert table["work_area_label"].tolist() == ["De Haven voor de splitsing"]


@pytest.mark.parametrize(
    ("density", "urbanity"),
    [(499.9, 5), (500, 4), (999, 4), (1000, 3), (1500, 2), (2499, 2), (2500, 1), (8000, 1), (0, 5)],
)
def test_urbanity_is_the_class_of_cbs(make: Any, density: float, urbanity: int) -> None:
    context = make.context({"indicator_id": "address_density_per_km2", "value": density})
    assert describe(make, context=context).iloc[0]["urbanity"] == urbanity


def test_urbanity_is_of_the_newest_year_with_a_figure_of_the_area_itself(make: Any) -> None:
    density = {"indicator_id": "address_density_per_km2"}
    context = make.context(
        density | {"value": 3000.0, "year": 2022},
        density | {"value": 700.0, "year": 2023},
        density | {"value": None, "year": 2024},
        density | {"value": 3000.0, "year": 2023, "population": "gemeente"},
        {"value": 9000.0},
    )
    assert describe(make, context=context).iloc[0]["urbanity"] == 4


def test_what_is_unknown_stays_empty(make: Any) -> None:
    row = describe(make, work_area=make.monitoring("work_area")).iloc[0]
    assert row[["work_area_id", "work_area_label", "urbanity"]].isna().all()
    assert row["tables_kept"] == "collective"


def test_tables_kept_are_those_with_rows_of_the_collective(make: Any) -> None:
    collective = make.monitoring("collective", {}, {"collective_id": "huis", "name": "Het Huis"})
    tables = {
        "activity": make.monitoring("activity", {}, {"activity_id": "huis-1", "collective_id": "huis"}),
        "participation": make.monitoring("participation", {"activity_id": "huis-1"}),
        "contribution": make.monitoring("contribution", {}),
    }
    joined = make.joined(collective=collective, work_area=make.monitoring("work_area", {}), **tables)
    periods = pd.concat([make.periods("2024"), make.periods("2024", collective_id="huis")])
    table = profiles.collectives(joined, periods, NAMES, NONE_REFUSED, synthetic=False).set_index("collective_id")[
        "tables_kept"
    ]
    assert table["tuin"] == "collective;work_area;activity;contribution"
    assert table["huis"] == "collective;activity;participation"


def test_activities_are_listed_in_order_and_without_figures_about_people(make: Any) -> None:
    activity = make.monitoring(
        "activity",
        {"activity_id": "b", "start": "2024-02-01"},
        {"activity_id": "c", "start": "2023-01-01", "end": None},
        {"activity_id": "a", "start": "2024-02-01", "sessions_n": 4},
        {"activity_id": "z", "collective_id": "huis"},
    )
    table = schema.check(profiles.activities(make.joined(activity=activity)), "analysed_activities")
    assert table["activity_id"].tolist() == ["z", "c", "a", "b"]
    assert "cost_eur" not in table.columns
    assert profiles.activities(make.joined()).empty


def test_an_older_delivery_is_told_with_its_day_and_the_problems_of_the_newest(make: Any) -> None:
    joined = make.joined(collective=make.monitoring("collective", {}), work_area=make.monitoring("work_area", {}))
    name = joined.collective["collective_id"].iloc[0]
    refused = pd.DataFrame({"collective_id": [name], "problems_n": [3], "accepted_on": ["2026-03-01"]})
    table = profiles.collectives(joined, make.periods("2024"), NAMES, refused, synthetic=True)
    assert table[["problems_n", "accepted_on"]].to_dict("records") == [{"problems_n": 3, "accepted_on": "2026-03-01"}]
    fine = profiles.collectives(joined, make.periods("2024"), NAMES, NONE_REFUSED, synthetic=True)
    assert fine[["problems_n", "accepted_on"]].to_dict("records") == [{"problems_n": 0, "accepted_on": ""}]
