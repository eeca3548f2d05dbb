"""Addresses: counts per postcode and buurt from CBS's list of households, of which nothing else may come along."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from bt_analysis.sources import addresses
from bt_analysis.sources.addresses import AddressesError
from bt_analysis.sources.map_files import BoundariesError

LINES = ["8011AB;1;1930100;19301;193", "8011AB;3;1930100;19301;193", "8011 ac;5;1930101;19301;193"]


def write(raw: Path, *lines: str, name: str = "pc6hnr20240801_gwb.csv", year: int = 2024) -> Path:
    header = f"PC6;Huisnummer;Buurt{year};Wijk{year};Gemeente{year}"
    path = raw / "addresses" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8-sig")
    return path


def counts(raw: Path, year: int = 2024) -> list[tuple[str, str, int]]:
    table = addresses.read_addresses(raw, year)
    assert table is not None
    assert list(table.columns) == ["postcode", "regiocode", "addresses_n"]
    return [tuple(row) for row in table.itertuples(index=False, name=None)]


def test_addresses_are_counted_and_codes_made_whole(tmp_path: Path) -> None:
    write(tmp_path, *LINES)
    assert sorted(counts(tmp_path)) == [("8011AB", "BU01930100", 2), ("8011AC", "BU01930101", 1)]


def test_a_file_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_ROWS", 1)
    write(tmp_path, *LINES)
    assert sorted(counts(tmp_path)) == [("8011AB", "BU01930100", 2), ("8011AC", "BU01930101", 1)]


def test_commas_quotes_full_codes_and_packing_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "addresses" / "pc6.csv.gz"
    path.parent.mkdir()
    text = '"PC6","Huisnummer","buurt_2023"\n"8011AB","1","BU0193AA01"\n'
    path.write_bytes(gzip.compress(text.encode()))
    assert counts(tmp_path, 2023) == [("8011AB", "BU0193AA01", 1)]


def test_the_header_tells_the_year(tmp_path: Path) -> None:
    write(tmp_path, *LINES, name="a.csv", year=2020)
    write(tmp_path, LINES[0], name="b.csv", year=2024)
    assert counts(tmp_path) == [("8011AB", "BU01930100", 1)]
    assert addresses.read_addresses(tmp_path, 2021) is None


def test_no_house_number_is_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, asked = pd.read_csv, []

    def seen(*args: Any, **options: Any) -> Any:
        asked.append(options["usecols"])
        return read(*args, **options)

    monkeypatch.setattr(pd, "read_csv", seen)
    write(tmp_path, *LINES)
    counts(tmp_path)
    assert asked == [["PC6", "Buurt2024"]]


@pytest.mark.parametrize("line", ["8011;1;1930100;19301;193", "8011AB;1;onbekend;;", "0011AB;1;1930100;19301;193"])
def test_other_codes_are_refused_without_telling_a_household(tmp_path: Path, line: str) -> None:
    write(tmp_path, line)
    with pytest.raises(
        AddressesError, match=r"has 1 pairs such as .{4}… and .*; expected a postcode as 8011AB"
    ) as told:
        addresses.read_addresses(tmp_path, 2024)
    assert line[:6] not in str(told.value).replace("a postcode as 8011AB", "")


def test_a_file_without_postcodes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, *LINES)
    path.write_text("Postcode4;Buurt2024\n8011;1930100\n")
    with pytest.raises(AddressesError, match="has the columns Postcode4, Buurt2024; expected PC6 beside Buurt2024"):
        addresses.read_addresses(tmp_path, 2024)


def test_a_crosswalk_of_postcodes_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "crosswalk"
    folder.mkdir()
    header = "van_jaar,naar_jaar,van,naar,adressen"
    wijken = [header, "2022,2024,8011,019310,70", "2023,2024,8011,019310,80", "2023,2023,8011,019310,81"]
    (folder / "postcode4_wijk.csv").write_text("\n".join(wijken) + "\n")
    (folder / "postcode4_gemeente.csv").write_text(f"{header}\n2024,2024,8011,0193,99\n")
    assert counts(tmp_path) == [("8011", "WK019310", 80)]  # the wijken, from the last year before
    assert addresses.read_addresses(tmp_path, 2019) is None


def test_no_file_is_none(tmp_path: Path) -> None:
    assert addresses.read_addresses(tmp_path, 2024) is None
    assert addresses.read_places(tmp_path, 2024) is None


def places(raw: Path, **columns: list[Any]) -> gpd.GeoDataFrame | None:
    squares = [box(155_000, 463_000, 155_100, 463_100), box(155_100, 463_000, 155_200, 463_100)]
    (raw / "addresses").mkdir()
    made = gpd.GeoDataFrame(columns, geometry=squares, crs="EPSG:28992")
    made.to_file(raw / "addresses" / "pc6_2024.gpkg")
    return addresses.read_places(raw, 2024)


def test_places_are_points_with_the_best_count_there_is(tmp_path: Path) -> None:
    found = places(tmp_path, aantal_inwoners=[30.0, 40.0], aantal_woningen=[12.0, -99_997.0])
    assert found is not None
    assert list(found["addresses_n"]) == [12.0, 0.0]
    assert found.geometry.geom_type.eq("Point").all()


def test_inhabitants_will_do(tmp_path: Path) -> None:
    found = places(tmp_path, aantal_inwoners=[30.0, 40.0])
    assert found is not None
    assert list(found["inhabitants"]) == [30.0, 40.0]


def test_places_keep_their_postcode(tmp_path: Path) -> None:
    found = places(tmp_path, postcode6=["8011ab", "8011 AC"], aantal_inwoners=[30, 40])
    assert found is not None
    assert list(found["postcode"]) == ["8011AB", "8011AC"]


def test_a_map_without_counts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        BoundariesError, match=r"has no counts \(its columns: naam, geometry\); expected aantal_adressen"
    ):
        places(tmp_path, naam=[1.0, 2.0])


def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = write(tmp_path, *LINES)
    text = path.read_bytes()
    packed = gzip.compress(text)
    for name, content in (
        ("torn.csv.gz", packed[:-12]),
        ("damaged.csv.gz", packed[:10] + b"\xff" + packed[11:]),
        ("other.csv", text.decode("utf-8-sig").encode("utf-16")),
    ):
        path = path.rename(path.with_name(name))
        path.write_bytes(content)
        with pytest.raises(
            AddressesError, match=rf"{name} cannot be read \(.*\); expected a CSV file\. Fetch it again"
        ):
            addresses.read_addresses(tmp_path, 2024)


def test_a_header_alone_is_no_year_without_addresses(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(AddressesError, match=r"has no addresses; expected rows of PC6 and Buurt2024\. Fetch it again"):
        addresses.read_addresses(tmp_path, 2024)


def test_what_comes_along_with_an_address_goes_nowhere(tmp_path: Path) -> None:
    # A house number that is a name would be found in whatever keeps it.
    path = write(tmp_path, "8011AB;GEHEIM7;1930100;19301;193", "8011AB;GEHEIM9;193010;19301;193")
    found = addresses.read_addresses(tmp_path, 2024)
    assert found is not None
    assert "GEHEIM" not in found.to_csv()
    assert found["regiocode"].tolist() == ["BU00193010", "BU01930100"]
    path.write_text(path.read_text(encoding="utf-8-sig") + "8011AC;GEHEIM8;nergens;;\n")
    with pytest.raises(AddressesError) as told:
        addresses.read_addresses(tmp_path, 2024)
    assert "GEHEIM" not in str(told.value)


def test_a_place_lies_inside_its_outline_in_metres(tmp_path: Path) -> None:
    # The middle of this bracket lies in its opening, where nobody lives.
    bracket = box(155_000, 463_000, 155_100, 463_100).difference(box(155_010, 463_010, 155_100, 463_090))
    made = gpd.GeoDataFrame({"AANTAL_ADRESSEN": [-99_997], "PC6": ["8011 ab"]}, geometry=[bracket], crs="EPSG:28992")
    (tmp_path / "addresses").mkdir()
    made.to_crs("EPSG:4326").to_file(tmp_path / "addresses" / "pc6_2024.gpkg")
    found = addresses.read_places(tmp_path, 2024)
    assert found is not None
    assert found.crs == "EPSG:28992"
    assert bracket.contains(found.geometry.iloc[0])
    assert found[["addresses_n", "postcode"]].to_numpy().tolist() == [[0.0, "8011AB"]]
