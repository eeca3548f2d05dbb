"""The fictional collectives: where they work, what they record, and the truth beside it."""

import datetime as dt
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest

from bt_analysis.demo import collectives, municipality, packages, population, records
from bt_analysis.demo.collectives import Collective
from bt_analysis.demo.packages import Habits
from bt_analysis.schema import MINIMAL

SEED = 20260101


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    return municipality.draw(SEED)


@pytest.fixture(scope="module")
def planned(cells: gpd.GeoDataFrame) -> dict[str, Collective]:
    return {one.collective_id: one for one in collectives.plan(cells, 8)}


@pytest.fixture(scope="module")
def exact(cells: gpd.GeoDataFrame) -> pd.DataFrame:
    return population.figures(cells, tuple(range(2019, 2025)), (), SEED)


Recorded = dict[str, tuple[dict[str, pd.DataFrame], dict[str, Any]]]


@pytest.fixture(scope="module")
def recorded(planned: dict[str, Collective], exact: pd.DataFrame) -> Recorded:
    return {name: records.record(one, exact, SEED) for name, one in planned.items()}


# The plan


def test_eight_collectives_of_eight_domains(planned: dict[str, Collective]) -> None:
    domains = {one.archetype["domains"][0] for one in planned.values()}
    assert (len(planned), len(domains)) == (8, 8)


def test_every_name_says_it_is_made_up(planned: dict[str, Collective]) -> None:
    assert all(one.name.endswith("(fictief)") for one in planned.values())


def test_more_collectives_repeat_the_kinds_elsewhere(cells: gpd.GeoDataFrame) -> None:
    twenty = collectives.plan(cells, 20)
    assert Counter(one.archetype["slug"] for one in twenty)["energie"] == 3  # 20 = 8 + 8 + 4
    assert len({one.collective_id for one in twenty}) == 20
    energy = [one.area_codes for one in twenty if one.archetype["slug"] == "energie"]
    assert len(set(energy)) == 3


def test_names_stay_different_when_a_kind_has_been_everywhere(cells: gpd.GeoDataFrame) -> None:
    names = [one.name for one in collectives.plan(cells, 160)]
    assert len(set(names)) == len(names)


def test_fewer_collectives_are_the_first_kinds(cells: gpd.GeoDataFrame) -> None:
    assert [one.collective_id for one in collectives.plan(cells, 2)] == ["energie-01", "tafel-01"]


def test_one_work_area_is_a_wijk_and_one_the_gemeente(planned: dict[str, Collective]) -> None:
    assert planned["tafel-01"].area_codes == ("WK990102",)
    assert planned["repareer-01"].area_codes == ("GM9901",)


def test_one_work_area_uses_the_division_before_the_change(
    planned: dict[str, Collective], cells: gpd.GeoDataFrame
) -> None:
    old = planned["stoep-01"]
    assert old.area_year == 2020
    current = set(municipality.division(cells, 2024)["buurtcode"])
    assert set(old.area_codes) - current == {"BU99010300", "BU99010302"}  # one was split, one renumbered
    assert len(set(old.area_codes) & current) == 2  # and two stay comparable
    assert {"BU99010320", "BU99010321", "BU99010322"} <= set(old.buurten)
    assert len(old.cells) == 3 + 2  # the split buurt has two cells, the others one each


def test_codes_of_work_areas_exist_in_their_year(cells: gpd.GeoDataFrame) -> None:
    for one in collectives.plan(cells, 24):
        buurten = municipality.division(cells, one.area_year)
        known = {*buurten["buurtcode"], *buurten["wijkcode"], *buurten["gemeentecode"]}
        assert set(one.area_codes) <= known
        assert one.cells


def test_only_the_energy_collective_changes_an_area_figure(planned: dict[str, Collective]) -> None:
    (effect,) = collectives.effects(list(planned.values()))
    assert (effect.quantity, effect.relative, effect.from_year) == ("gas_m3", -0.08, 2021)
    assert effect.cells == tuple(sorted(planned["energie-01"].cells))


def test_land_of_two_collectives_is_changed_once(planned: dict[str, Collective]) -> None:
    energy = planned["energie-01"]
    (effect,) = collectives.effects([energy, energy])
    assert len(effect.cells) == len(set(effect.cells))


# What is recorded


def test_age_shares_of_two_groups_by_hand() -> None:
    # 20 of 100 are 0-15; taking part half as much makes 0.10, and the others share 0.90 as 60 : 20.
    shares = records.age_shares(np.array([20.0, 0.0, 60.0, 20.0, 0.0]), "0-15", 0.5)
    assert shares == pytest.approx([0.10, 0.0, 0.90 * 60 / 80, 0.90 * 20 / 80, 0.0])


def test_ratio_of_one_leaves_shares_as_they_are() -> None:
    people = np.array([10.0, 20.0, 30.0, 25.0, 15.0])
    assert records.age_shares(people, "65+", 1.0) == pytest.approx(people / 100)


def test_one_collective_keeps_three_of_five_tables(recorded: Recorded) -> None:
    kept = [name for name in recorded["beweging-01"][0] if name in MINIMAL]
    assert kept == ["collective", "work_area", "activity"]
    others = [set(tables) for name, (tables, _) in recorded.items() if name != "beweging-01"]
    assert all(tables >= set(MINIMAL) for tables in others)


def test_activities_cover_at_least_2023_and_2024(recorded: Recorded) -> None:
    for tables, _ in recorded.values():
        years = {start.year for start in tables["activity"]["start"]}
        assert {2023, 2024} <= years


def test_age_groups_add_up_to_the_total(recorded: Recorded) -> None:
    rows = recorded["energie-01"][0]["participation"]
    for column in ("contacts_n", "unique_n"):
        total = rows[rows["group_type"] == "totaal"].set_index("activity_id")[column]
        ages = rows[rows["group_type"] == "leeftijd"].groupby("activity_id")[column].sum()
        assert total.sort_index().equals(ages.sort_index())


def test_counts_never_contradict_each_other(recorded: Recorded) -> None:
    for tables, _ in recorded.values():
        if "participation" in tables:
            rows = tables["participation"]
            known = rows[rows["unique_n"].notna()]
            assert (known["unique_n"] <= known["contacts_n"]).all()
            first = known[known["first_time_n"].notna()]
            assert (first["first_time_n"] <= first["unique_n"]).all()


def test_planted_under_representation_shows(
    recorded: Recorded, planned: dict[str, Collective], exact: pd.DataFrame
) -> None:
    rows = recorded["energie-01"][0]["participation"]
    ages = rows[rows["group_type"] == "leeftijd"].groupby("group_value")["unique_n"].sum()
    young = ages["15-25"] / ages.sum()
    area = exact.loc[exact.index.get_level_values("cell").isin(planned["energie-01"].cells)]
    expected = 0.3 * area["age_15_25"].sum() / area["inhabitants"].sum()
    spread = (expected * (1 - expected) / ages.sum()) ** 0.5
    assert young == pytest.approx(expected, abs=3 * spread)


def test_tiny_collective_has_fewer_than_ten_people_everywhere(recorded: Recorded) -> None:
    tables, _ = recorded["paraat-01"]
    assert tables["participation"]["unique_n"].max() < 10
    assert tables["contribution"]["persons_n"].max() < 10


def test_one_collective_counts_visits_and_not_people(recorded: Recorded) -> None:
    rows = recorded["panel-01"][0]["participation"]
    assert rows["unique_n"].isna().all()
    assert rows["contacts_n"].gt(0).any()


def test_one_collective_only_estimates(recorded: Recorded) -> None:
    tables, _ = recorded["repareer-01"]
    assert set(tables["participation"]["count_method"]) == {"schatting"}
    assert set(tables["contribution"]["record_method"]) == {"schatting"}
    assert (tables["participation"]["contacts_n"] % 10 == 0).all()


def test_a_logbook_holds_the_true_hours(recorded: Recorded) -> None:
    tables, truth = recorded["energie-01"]
    assert truth["hours"]["recorded"] == truth["hours"]["true"]
    assert tables["contribution"]["hours"].sum() == sum(truth["hours"]["true"].values())


def test_estimated_hours_are_beside_the_truth_by_no_more_than_said(recorded: Recorded) -> None:
    _, truth = recorded["repareer-01"]
    for year, hours in truth["hours"]["true"].items():
        assert truth["hours"]["recorded"][year] != hours
        assert truth["hours"]["recorded"][year] == pytest.approx(hours, rel=0.36)


def test_hours_fit_in_the_days_of_the_people(recorded: Recorded) -> None:
    for tables, _ in recorded.values():
        if "contribution" in tables:
            assert (tables["contribution"]["hours"] <= tables["contribution"]["persons_n"] * 345 * 16).all()


def test_truth_explains_itself(recorded: Recorded) -> None:
    for _, truth in recorded.values():
        assert all(truth[part]["explanation"] for part in ("representation", "hours", "area_effect"))
    assert recorded["energie-01"][1]["area_effect"]["relative"] == -0.08
    assert recorded["tafel-01"][1]["area_effect"]["relative"] == 0.0


def test_records_follow_the_seed(planned: dict[str, Collective], exact: pd.DataFrame) -> None:
    first, again, other = (
        records.record(planned["tafel-01"], exact, seed)[0]["participation"] for seed in (SEED, SEED, SEED + 1)
    )
    assert first.equals(again)
    assert not first.equals(other)


# How it is delivered

ROWS = pd.DataFrame(
    {
        "contribution_id": ["a-1", "a-2"],
        "hours": [12.5, 3.0],
        "persons_n": [4, 2],
        "day": [dt.date(2023, 2, 17), None],
        "paid_eur": [None, None],
    }
)


def workbook_rows(path: Path, habits: Habits) -> list[tuple[object, ...]]:
    packages.write_workbook({"contribution": ROWS}, path, "Proef (fictief)", habits)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Lees mij", "contribution"]
    return list(book["contribution"].iter_rows(values_only=True))


def test_workbook_opens_with_a_sheet_that_says_it_is_made_up(tmp_path: Path) -> None:
    workbook_rows(tmp_path / "a.xlsx", Habits())
    readme = openpyxl.load_workbook(tmp_path / "a.xlsx")["Lees mij"]
    assert [readme["A1"].value, readme["A2"].value] == ["Proef (fictief)", packages.NOTICE]


def test_workbook_with_real_dates_and_numbers(tmp_path: Path) -> None:
    header, first, second = workbook_rows(tmp_path / "a.xlsx", Habits())
    assert header == tuple(ROWS.columns)
    assert first == ("a-1", 12.5, 4, dt.datetime(2023, 2, 17), None)  # noqa: DTZ001 - a cell has no time zone
    assert second == ("a-2", 3, 2, None, None)


def test_workbook_as_people_type_it(tmp_path: Path) -> None:
    _, first, second = workbook_rows(tmp_path / "a.xlsx", Habits(text_dates=True, comma=True))
    assert first == ("a-1", "12,5", 4, "17-02-2023", None)
    assert second == ("a-2", 3, 2, None, None)


def test_workbook_with_a_title_above_the_header(tmp_path: Path) -> None:
    title, header, *_ = workbook_rows(tmp_path / "a.xlsx", Habits(title_row=True))
    assert title[0] == "Inzet van Proef (fictief)"
    assert header == tuple(ROWS.columns)


def test_workbook_holds_no_clock(tmp_path: Path) -> None:
    workbook_rows(tmp_path / "a.xlsx", Habits())
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(2026, 1, 1, 0, 0, 0)}
        properties = packed.read("docProps/core.xml").decode()
    assert properties.count("2026-01-01T00:00:00Z") == 2  # created and modified


def test_csvs_come_with_a_description_that_says_it_is_made_up(tmp_path: Path, recorded: Recorded) -> None:
    tables, _ = recorded["huis-01"]
    packages.write_csvs(tables, tmp_path, "huis-01", "Ontmoetingshuis (fictief)")
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["synthetic"] is True
    assert [one["path"] for one in package["resources"]] == [f"{name}.csv" for name in tables]
    for resource in package["resources"]:
        header = (tmp_path / resource["path"]).read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]
