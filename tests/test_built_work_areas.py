"""A work area that is drawn, or given by postcodes, goes through the whole build like one given by codes."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from bt_analysis import pipeline, settings
from bt_analysis.settings import Workspace
from bt_analysis.sources import boundaries

AREA = "huis-01--huis-01-gebied"


@pytest.fixture
def buurten(demo_copy: Path) -> gpd.GeoDataFrame:
    """Return the outlines of the two wijken that huis-01 works in."""
    outlines = boundaries.read_boundaries(demo_copy / "data" / "raw", 2024)
    assert outlines is not None
    return outlines[outlines["regiocode"].str[2:8].isin(["990100", "990101"])]


def redefined(root: Path, **cells: str) -> dict[str, pd.DataFrame]:
    """Give the work area of huis-01 another definition, build, and return its rows of the joined tables."""
    path = root / "data/raw/monitoring/huis-01/work_area.csv"
    pd.read_csv(path, dtype=str).assign(area_codes="", **cells).to_csv(path, index=False)
    assert "huis-01" not in pipeline.build(Workspace(root), settings.load(root)).refused
    processed = root / "data/processed"
    names = ("joined/area_weight", "joined/context", "joined/work_area", "joined/composition")
    tables = {name.partition("/")[2]: pd.read_parquet(processed / f"{name}.parquet") for name in names}
    own = {name: table[table["work_area_id"].eq(AREA)] for name, table in tables.items()}
    return own | {"unmatched": pd.read_parquet(processed / "analysed/unmatched.parquet")}


def inhabitants(own: pd.DataFrame) -> float:
    newest = own[own["indicator_id"].eq("population") & own["population"].eq("gebied") & own["year"].eq(2024)]
    return float(newest["value"].iloc[0])


def published(root: Path) -> "pd.Series[float]":
    statistics = pd.read_parquet(root / "data/processed/harmonised/statistics.parquet")
    rows = statistics[statistics["indicator_id"].eq("population") & statistics["year"].eq(2024)]
    return rows.set_index("regiocode")["value"].astype(float)


def test_a_drawing_around_two_wijken_holds_their_buurten(demo_copy: Path, buurten: gpd.GeoDataFrame) -> None:
    drawing = gpd.GeoSeries([buurten.geometry.union_all().buffer(1)], crs=buurten.crs).to_crs("EPSG:4326")
    drawing.to_file(demo_copy / "data/raw/monitoring/huis-01/gebied.geojson")
    made = redefined(demo_copy, definition_type="polygon", polygon_file="gebied.geojson")
    weights = made["area_weight"]
    assert set(weights["area_code"]) == set(buurten["regiocode"])
    assert weights["method"].eq("exact").all()
    assert made["work_area"]["area_codes"].iloc[0].split(";") == list(weights["area_code"])
    assert inhabitants(made["context"]) == published(demo_copy)[buurten["regiocode"]].sum()


def test_half_the_addresses_of_a_buurt_are_half_its_inhabitants(demo_copy: Path, buurten: gpd.GeoDataFrame) -> None:
    whole, half = buurten["regiocode"].iloc[:2]
    folder = demo_copy / "data/raw/addresses"
    folder.mkdir()
    lines = [("9901AA", 1, whole), ("9901AB", 1, half), ("9901AC", 2, half)]
    pd.DataFrame(lines, columns=["PC6", "Huisnummer", "Buurt2024"]).to_csv(folder / "pc6.csv", sep=";", index=False)
    made = redefined(demo_copy, definition_type="postcodes", postcodes="9901 aa;9901AB;9999")
    weights = made["area_weight"].set_index("area_code")
    assert weights["weight"].to_dict() == {whole: 1.0, half: 0.5}
    people = published(demo_copy)
    assert inhabitants(made["context"]) == people[whole] + people[half] / 2
    groups = made["composition"][made["composition"]["group_type"].eq("buurt")].set_index("group_value")["persons_n"]
    assert groups.to_dict() == {whole: people[whole], half: people[half] / 2}
    lost = made["unmatched"][made["unmatched"]["collective_id"].eq("huis-01")]
    assert ("9999", "unknown_postcode") in set(zip(lost["item"], lost["reason"], strict=True))


def test_postcodes_without_addresses_are_told_and_the_build_goes_on(demo_copy: Path) -> None:
    made = redefined(demo_copy, definition_type="postcodes", postcodes="9901")
    assert made["area_weight"].empty
    lost = made["unmatched"]
    assert list(lost.loc[lost["item"].eq("9901"), "reason"]) == ["no_addresses"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"definition_type": "polygon", "polygon_file": "weg.geojson", "area_codes": ""}, "polygon_absent"),
        ({"definition_type": "postcodes", "postcodes": "801", "area_codes": ""}, "postcode_form"),
        ({"postcodes": "8011"}, "two_definitions"),
        ({"area_codes": ""}, "no_definition"),
    ],
)
def test_a_wrong_definition_is_found_before_a_build(demo_copy: Path, cells: dict[str, str], kind: str) -> None:
    path = demo_copy / "data/raw/monitoring/huis-01/work_area.csv"
    pd.read_csv(path, dtype=str).assign(**cells).to_csv(path, index=False)
    packages = pipeline.check(Workspace(demo_copy), settings.load(demo_copy))
    problems = {package.collective_id: [problem.kind for problem in package.problems] for package in packages}
    assert problems.pop("huis-01") == [kind]
    assert not any(problems.values())
