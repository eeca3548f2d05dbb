"""Map files as they go round in the Netherlands, kept outside the repository: read, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bt_analysis.sources.outlines import BoundariesError, read_outlines

MAPS = Path(__file__).resolve().parents[2] / "shared" / "data" / "boundaries"

pytestmark = pytest.mark.skipif(not MAPS.is_dir(), reason=f"no map files in {MAPS}")

# file: features in it · outlines read · repaired · left out because nothing is left of them · other lines of the log
OUTCOMES = {
    "2013/rotterdam_buurten_wijken_histograph_json.tar.gz": (90, 89, 0, 1, {"unwrapped": 89, "read as such": 1}),
    "2013/rotterdam_buurten_wijken_samengevoegd.geojson": (89, 89, 0, 0, {}),
    "2014/Buurt_2014_NL_grof.topojson": (11_691, 10_575, 523, 1_116, {"read as such": 1}),
    "2014/Buurt_2014_Zwolle.geojson": (78, 78, 0, 0, {}),
    "2014/Wijk_2014_NL_grof.topojson": (2_738, 2_698, 79, 40, {"read as such": 1}),
    "2015/Gemeente_2015_NL.geojson": (393, 393, 0, 0, {}),
    "2015/Gemeente_2015_NL_met_kwb_attributen_grof.topojson": (484, 393, 28, 0, {"read as such": 1, "water": 91}),
    "2016/wijk_2016_NL_RD.geojson.gz": (2_982, 2_979, 12, 2, {"put together": 1}),
    "2018-2024/wijk_regio_DenHaag.geojson": (72, 72, 0, 0, {}),
    "2022/buurt_Amsterdam_2015_2022_codes_WKT.csv.gz": (439, 439, 0, 0, {}),
    "2024/buurt_2024_Baarn_PDOK_alle_attributen.geojson": (21, 21, 0, 0, {}),
}
REFUSED = {
    f"gemeente_Zwolle_eigen_indeling/energy_buurt_{year}_mapped.geojson": "has no column with codes of a region"
    for year in (2015, 2021)
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_map_is_read(name: str) -> None:
    features, outlines_n, repaired, empty, other = OUTCOMES[name]
    outlines, log = read_outlines(MAPS / name, 2022)
    done = log["done"].where(~log["problem"].isin(["water", "Belgian area"]), "water").value_counts().to_dict()
    assert len(outlines) == outlines_n
    assert (done.pop("repaired", 0), done.pop("left out", 0), done) == (repaired, empty, other)
    twice = other.get("put together", 0)
    assert features == outlines_n + empty + other.get("water", 0) + twice
    assert outlines.geometry.is_valid.all()
    assert outlines["regiocode"].is_unique
    assert outlines.crs == "EPSG:28992"


@pytest.mark.parametrize("name", REFUSED)
def test_or_refused_with_the_reason(name: str) -> None:
    with pytest.raises(BoundariesError, match=REFUSED[name]):
        read_outlines(MAPS / name)


def test_no_map_is_passed_over() -> None:
    there = {path.relative_to(MAPS).as_posix() for path in MAPS.rglob("*") if path.is_file()}
    assert there == {*OUTCOMES, *REFUSED}


def test_the_codes_of_amsterdam_are_of_two_years() -> None:
    path = MAPS / "2022/buurt_Amsterdam_2015_2022_codes_WKT.csv.gz"
    assert read_outlines(path, 2015)[0]["regiocode"].iloc[0] == "BU03630000"
    assert read_outlines(path, 2022)[0]["regiocode"].iloc[0].startswith("BU0363A")
    with pytest.raises(BoundariesError, match="Name the year to choose by"):
        read_outlines(path)


def test_noordereiland_with_its_water() -> None:
    outlines, _ = read_outlines(MAPS / "2013/rotterdam_buurten_wijken_samengevoegd.geojson", level="buurt")
    area = outlines.set_index("regiocode").geometry.area
    assert area["BU05991088"] / 10_000 == pytest.approx(66.8, abs=0.1)  # ha; KWB counts 25 ha of land


def test_baarn_has_25_thousand_inhabitants() -> None:
    outlines, _ = read_outlines(MAPS / "2024/buurt_2024_Baarn_PDOK_alle_attributen.geojson")
    assert outlines["inhabitants"].sum() == 25_065
    assert outlines.geometry.area.sum() / 1e6 == pytest.approx(33.0, abs=0.1)  # km²
