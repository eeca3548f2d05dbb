"""Evidence: what a workspace has fetched, as harmonising takes it."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import evidence
from bt_analysis.settings import Workspace
from bt_analysis.sources import cached
from bt_analysis.sources.odata import SourceRejected

A, B = "BU99010101", "BU99010102"
POLICE = "47018NED"


def fetched(root: Path, rows: pd.DataFrame, kinds: list[str]) -> Workspace:
    """Write a table of crimes by kind, region and year, as it lies after a fetch."""
    folder = root / "data" / "raw" / "cbs" / POLICE
    folder.mkdir(parents=True)
    dimension = {"ParentID": None, "Title": ""}
    properties = [
        dimension | {"odata.type": "Cbs.OData.Dimension", "ID": 0, "Key": "SoortMisdrijf"},
        dimension | {"odata.type": "Cbs.OData.GeoDimension", "ID": 1, "Key": "WijkenEnBuurten", "MapYear": 2024},
        dimension | {"odata.type": "Cbs.OData.TimeDimension", "ID": 2, "Key": "Perioden"},
        {
            "odata.type": "Cbs.OData.Topic", "ID": 3, "ParentID": None, "Key": "Crimes_1", "Title": "Crimes",
            "Unit": "aantal", "Decimals": 0, "Datatype": "Long",
        },
    ]  # fmt: skip
    members = {
        "SoortMisdrijf": [{"Key": key, "Title": key} for key in kinds],
        "WijkenEnBuurten": [{"Key": code, "Title": code} for code in (A, B)],
        "Perioden": [{"Key": f"{year}JJ00", "Title": str(year)} for year in (2022, 2023)],
    }
    info = {"Identifier": POLICE, "Title": "Crimes", "Modified": "2024-03-01T02:00:00", "Period": "2022 - 2023"}
    sets = {"TableInfos": [info], "DataProperties": properties, "CategoryGroups": [], **members}
    for name, records in sets.items():
        (folder / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    rows.to_parquet(folder / "TypedDataSet.parquet")
    return Workspace(root)


def crimes(make: Any, key: str, kind: str) -> Any:
    places = ({"name": "Crimes", "unit": "aantal"},)
    return make.indicator(key, source="police", choices={"SoortMisdrijf": kind}, find=places)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    lines = [(kind, code, f"{year}JJ00") for year in (2022, 2023) for kind in ("theft", "noise") for code in (A, B)]
    rows = pd.DataFrame(lines, columns=["SoortMisdrijf", "WijkenEnBuurten", "Perioden"])
    return fetched(tmp_path, rows.assign(Crimes_1=range(len(rows))), ["theft", "noise"])


def test_every_indicator_gets_its_own_member_of_a_dimension(make: Any, workspace: Workspace) -> None:
    catalogue = make.catalogue(crimes(make, "thefts", "theft"), crimes(make, "noises", "noise"))
    found = evidence.other_tables(workspace, catalogue)
    assert [(one.family, one.year, one.division_year) for one in found] == [
        ("police", 2022, 2024),
        ("police", 2023, 2024),
    ]
    of_2023 = {key: table.rows.set_index("WijkenEnBuurten")["Crimes_1"] for key, table in found[1].tables.items()}
    assert of_2023["thefts"].to_dict() == {A: 4, B: 5}
    assert of_2023["noises"].to_dict() == {A: 6, B: 7}


def test_a_table_that_was_not_fetched_is_passed_over(make: Any, tmp_path: Path) -> None:
    assert evidence.other_tables(Workspace(tmp_path), make.catalogue(crimes(make, "thefts", "theft"))) == []


def test_only_the_members_that_are_needed_may_be_there(make: Any, workspace: Workspace) -> None:
    catalogue = make.catalogue(crimes(make, "thefts", "theft"), crimes(make, "noises", "noise"))
    whole = workspace.raw / "cbs" / POLICE
    whole.rename(cached.folder_of(POLICE, {"SoortMisdrijf": ("noise", "theft")}, workspace))
    assert [one.year for one in evidence.other_tables(workspace, catalogue)] == [2022, 2023]
    # Another selection is no stand-in: it may lack what is asked for.
    assert evidence.other_tables(workspace, make.catalogue(crimes(make, "thefts", "theft"))) == []


def test_the_coverage_counts_every_table_that_was_fetched(make: Any, workspace: Workspace) -> None:
    rates = make.indicator(
        "theft_rate", source="police", kind="share", find=(), numerator="thefts", denominator=("population",)
    )
    people = make.indicator("population", find=({"name": "AantalInwoners", "unit": "aantal"},))
    catalogue = make.catalogue(people, crimes(make, "thefts", "theft"), crimes(make, "noises", "noise"), rates)
    path = workspace.raw / "cbs" / POLICE / "TypedDataSet.parquet"
    rows = pd.read_parquet(path).astype({"Crimes_1": "Int64"})
    rows.loc[rows["SoortMisdrijf"].eq("noise") & rows["WijkenEnBuurten"].eq(B), "Crimes_1"] = pd.NA
    rows.to_parquet(path)
    counts = evidence.coverage(workspace, {}, catalogue).set_index(["indicator_id", "year"])
    assert set(counts["level"]) == {"buurt"}
    assert counts["filled_n"].to_dict() == {
        (key, year): filled
        for year in (2022, 2023)
        for key, filled in (("thefts", 2), ("theft_rate", 2), ("noises", 1))
    }
    assert counts.loc[("noises", 2023), "status"] == "suppressed"


def test_without_any_table_nothing_is_covered(make: Any, tmp_path: Path) -> None:
    catalogue = make.catalogue(crimes(make, "thefts", "theft"))
    assert evidence.coverage(Workspace(tmp_path), {}, catalogue).empty


def test_a_member_that_is_not_there_is_told(make: Any, workspace: Workspace) -> None:
    with pytest.raises(SourceRejected, match="'SoortMisdrijf': got 'arson'; expected one of theft"):
        evidence.other_tables(workspace, make.catalogue(crimes(make, "fires", "arson")))


def test_without_crosswalk_or_outlines_the_flags_decide(make: Any, tmp_path: Path) -> None:
    flag = "IndelingswijzigingWijkenEnBuurten_4"
    tables = {year: make.kwb(year, [flag], (A, "1"), (B, "3")) for year in (2023, 2024)}
    to = evidence.correspondences(Workspace(tmp_path), tables, 2024)
    reasons = to[2023].regions.set_index("regiocode")["reason"]
    assert reasons.to_dict() == {A: "same", B: "boundary_changed"}
    assert set(to[2024].regions["reason"]) == {"same"}


def with_crosswalk(root: Path, *lines: str) -> Workspace:
    folder = root / "data" / "raw" / "crosswalk"
    folder.mkdir(parents=True)
    text = "\n".join(["van_jaar,naar_jaar,van,naar,adressen", *lines, ""])
    (folder / "woonadressen_buurt.csv").write_text(text, encoding="utf-8")
    return Workspace(root)


def flagged(make: Any, **codes: dict[str, str]) -> dict[int, Any]:
    flag = "IndelingswijzigingWijkenEnBuurten_4"
    return {int(year[1:]): make.kwb(int(year[1:]), [flag], *flags.items()) for year, flags in codes.items()}


def weights_of(to: Any) -> dict[tuple[str, str], float]:
    links = to.links.set_index(["from_code", "to_code"])["weight"]
    return {key: weight for key, weight in links.to_dict().items() if weight}


def test_a_crosswalk_that_ends_before_the_reference_year_is_followed_by_flags(make: Any, tmp_path: Path) -> None:
    # 2022 → 2023: a quarter of the homes of A went to B. 2023 → 2024: nothing changed, say CBS's flags.
    lines = ("2022,2023,99010101,99010101,30", "2022,2023,99010101,99010102,10", "2022,2023,99010102,99010102,50")
    tables = flagged(make, y2022={A: "1", B: "1"}, y2023={A: "3", B: "3"}, y2024={A: "1", B: "1"})
    to = evidence.correspondences(with_crosswalk(tmp_path, *lines), tables, 2024)
    assert weights_of(to[2022]) == {(A, A): 30 / 40, (A, B): 10 / 40, (B, B): 1}
    assert (to[2022].from_year, to[2022].to_year, to[2022].lost_n) == (2022, 2024, 0)
    assert set(to[2022].regions["reason"]) == {"apportioned_addresses"}
    assert set(to[2023].regions["reason"]) == {"same"}  # the last step alone asks no crosswalk


def test_the_way_back_also_goes_through_the_last_year_of_the_crosswalk(make: Any, tmp_path: Path) -> None:
    lines = ("2022,2023,99010101,99010101,30", "2022,2023,99010101,99010102,10", "2022,2023,99010102,99010102,50")
    tables = flagged(make, y2022={A: "1", B: "1"}, y2023={A: "3", B: "3"}, y2024={A: "1", B: "1"})
    to = evidence.correspondences(with_crosswalk(tmp_path, *lines), tables, 2022)
    assert weights_of(to[2024]) == {(A, A): 1, (B, A): 10 / 60, (B, B): 50 / 60}


def test_years_that_were_not_fetched_are_bridged_by_a_crosswalk(make: Any, tmp_path: Path) -> None:
    # Of 2018 to 2022 there is no table, so no flag can be followed; the crosswalk has 2017 beside 2023.
    tables = flagged(make, y2017={A: "1"}, y2023={B: "1"}, y2024={B: "1"})
    to = evidence.correspondences(with_crosswalk(tmp_path, "2017,2023,99010101,99010102,40"), tables, 2024)
    assert weights_of(to[2017]) == {(A, B): 1}
    assert to[2017].regions["reason"].tolist() == ["renamed"]


def test_a_stop_that_loses_more_is_not_made(make: Any, tmp_path: Path) -> None:
    # The flags say that B of 2024 is another area than that of 2023: as lost one way as the other.
    lines = ("2022,2023,99010101,99010101,40", "2022,2023,99010102,99010102,50")
    tables = flagged(make, y2022={A: "1", B: "1"}, y2023={A: "1", B: "1"}, y2024={A: "1", B: "3"})
    to = evidence.correspondences(with_crosswalk(tmp_path, *lines), tables, 2024)
    assert to[2022].regions.set_index("regiocode")["reason"].to_dict() == {A: "same", B: "boundary_changed"}
    assert to[2022].lost_n == 1


def test_without_a_table_of_a_year_of_the_crosswalk_there_is_no_stop(make: Any, tmp_path: Path) -> None:
    tables = flagged(make, y2017={A: "1"}, y2024={B: "1"})
    to = evidence.correspondences(with_crosswalk(tmp_path, "2017,2023,99010101,99010102,40"), tables, 2024)
    assert to[2017].regions["reason"].tolist() == ["year_missing"]


def test_a_crosswalk_at_hand_says_what_became_of_a_region(make: Any, tmp_path: Path) -> None:
    tables = flagged(make, y2023={A: "1"}, y2024={B: "2"})
    workspace = with_crosswalk(tmp_path, "2023,2024,99010101,99010102,30")
    reasons = evidence.correspondences(workspace, tables, 2024)[2023].regions
    assert reasons[["regiocode", "reason"]].to_numpy().tolist() == [[B, "renamed"]]


def test_downloaded_workbooks_of_the_leefbaarometer_are_a_source(make: Any, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "downloads" / "leefbaarometer"
    folder.mkdir(parents=True)
    scores = pd.DataFrame({"GBD": ["WK990101", "WK990101"], "JAAR": [2014, 2016], "RLBRMTR": [0.1, 0.2]})
    scores.to_excel(folder / "scores.xlsx", index=False)
    find = ({"name": "RLBRMTR", "unit": "score"},)
    catalogue = make.catalogue(make.indicator("score", kind="bounded", source="leefbaarometer", find=find))
    found = evidence.other_tables(Workspace(tmp_path), catalogue)
    assert [(one.family, one.year, one.division_year) for one in found] == [
        ("leefbaarometer", 2014, 2016),
        ("leefbaarometer", 2016, 2016),
    ]
    assert found[1].tables["score"].rows["RLBRMTR"].tolist() == [0.2]
