"""Crosswalk files: right ones give full codes, wrong ones are refused with file, line and what to do."""

import gzip
from pathlib import Path

import pytest

from bt_analysis.sources import crosswalk

HEADER = "van_jaar,naar_jaar,van,naar,adressen"
GEMEENTE = ["2018,2019,0009,0014,3074", "2018,2019,0017,0014,8638"]
WIJK = ["2018,2019,000900,001415,2455", "2018,2019,000900,001416,10"]


def write(folder: Path, name: str, *lines: str, header: str = HEADER) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    text = "\n".join([header, *lines, ""]).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_codes_get_the_prefix_of_their_level(tmp_path: Path, ending: str) -> None:
    rows = crosswalk.read(write(tmp_path, f"adressen_gemeente.{ending}", *GEMEENTE))
    assert rows.iloc[0].to_dict() == {
        "from_year": 2018, "to_year": 2019, "from_code": "GM0009", "to_code": "GM0014", "addresses": 3074,
        "counted": "addresses",
    }  # fmt: skip
    wijken = crosswalk.read(write(tmp_path, f"woonadressen_wijk.{ending}", *WIJK))
    assert wijken["to_code"].tolist() == ["WK001415", "WK001416"]
    assert set(wijken["counted"]) == {"dwellings"}
    buurten = crosswalk.read(write(tmp_path, f"buurt.{ending}", "2021,2022,03630000,0363AE01,12"))
    assert buurten["to_code"].tolist() == ["BU0363AE01"]  # letters, since about 2022


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["2018,2019,9,0014,3"], "codes of 1 and 4 characters"),
        (["2018,2019,000900,0014,3"], "codes of 4 and 6 characters"),
        (["2018,2019,00x9,0014,3"], "line 2: van is '00x9'; expected a code without prefix"),
        ([*GEMEENTE, "2018,2019,0009,0014,1"], "line 4: naar is '0014'; expected every pair of areas once"),
        (["2018,2019,0009,0014,0"], "adressen is '0'; expected a whole number of at least 1"),
        (["2018,2019,0009,0014,-3"], "adressen is '-3'"),
        (["2018,2019,0009,0014,3.5"], "adressen is '3.5'"),
        ([*GEMEENTE, "2018,2019,0017,0009,"], "line 4: adressen is ''; .*1 of 3 rows"),
        (["18,2019,0009,0014,3"], "van_jaar is '18'; expected a year"),
        (["2019,2019,0009,0014,3"], "naar_jaar is '2019'; expected another year"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, lines: list[str], expected: str) -> None:
    with pytest.raises(crosswalk.CrosswalkError, match=expected):
        crosswalk.read(write(tmp_path, "adressen_gemeente.csv", *lines))


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "adressen.csv", "2018,2019,0009,0014,3", header="jaar,naar_jaar,van,naar,adressen")
    with pytest.raises(crosswalk.CrosswalkError, match=r"has columns jaar, .*Add 'van_jaar'"):
        crosswalk.read(path)
    torn = tmp_path / "adressen.csv.gz"
    torn.write_bytes(gzip.compress(b"van_jaar,naar_jaar" * 999)[:-12])
    with pytest.raises(crosswalk.CrosswalkError, match="cannot be read"):
        crosswalk.read(torn)


def test_postcodes_go_to_regions(tmp_path: Path) -> None:
    path = write(tmp_path, "postcode4_wijk.csv", "2016,2017,1012,036300,2056", "2016,2017,1012,036301,2263")
    rows = crosswalk.read_postcodes(path)
    assert rows["postcode"].tolist() == ["1012", "1012"]
    assert rows["to_code"].tolist() == ["WK036300", "WK036301"]
    with pytest.raises(crosswalk.CrosswalkError, match="starts from postcodes"):
        crosswalk.read(path)
    with pytest.raises(crosswalk.CrosswalkError, match="van is '0009'; expected a postcode of four digits"):
        crosswalk.read_postcodes(write(tmp_path, "adressen_gemeente.csv", *GEMEENTE))


def test_a_postcode_may_stay_in_its_own_year(tmp_path: Path) -> None:
    rows = crosswalk.read_postcodes(write(tmp_path, "postcode4.csv", "2017,2017,8011,0193,900"))
    assert rows[["from_year", "to_year"]].iloc[0].tolist() == [2017, 2017]


def test_a_workspace_has_them_in_one_folder(tmp_path: Path) -> None:
    assert crosswalk.read_folder(tmp_path) is None
    folder = tmp_path / "crosswalk"
    write(folder, "postcode4_wijk.csv", "2016,2017,1012,036300,2056")
    assert crosswalk.read_folder(tmp_path) is None  # postcodes are no division
    write(folder, "adressen_gemeente.csv.gz", *GEMEENTE)
    write(folder, "adressen_wijk.csv", "2018,2019,000900,001415,2460")
    write(folder, "woonadressen_wijk.csv.gz", *WIJK)
    assert [path.name[:10] for path in crosswalk.files(tmp_path)] == [
        "adressen_g",
        "adressen_w",
        "postcode4_",
        "woonadress",
    ]
    dwellings = crosswalk.read_folder(tmp_path)
    assert dwellings is not None
    counted = dwellings.groupby(["counted", "from_code"])["addresses"].sum().to_dict()
    # No dwellings are counted per gemeente, so all addresses serve there.
    assert counted == {("addresses", "GM0009"): 3074, ("addresses", "GM0017"): 8638, ("dwellings", "WK000900"): 2465}
    addresses = crosswalk.read_folder(tmp_path, "addresses")
    assert addresses is not None
    assert addresses["addresses"].sum() == 3074 + 8638 + 2460


def test_one_pair_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("adressen_2018.csv", "adressen_2019.csv"):
        write(tmp_path / "crosswalk", name, *GEMEENTE)
    with pytest.raises(crosswalk.CrosswalkError, match=r"two files in .*crosswalk give GM0009 → GM0014"):
        crosswalk.read_folder(tmp_path, "addresses")


def test_only_dwellings_and_addresses_can_be_counted(tmp_path: Path) -> None:
    with pytest.raises(crosswalk.CrosswalkError, match="cannot count 'people'; expected one of dwellings, addresses"):
        crosswalk.read_folder(tmp_path, "people")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"van_jaar,naar_jaar,van,naar,adressen\n" * 9)
    (tmp_path / "adressen.csv.gz").write_bytes(packed[:10] + b"\xff" + packed[11:])
    with pytest.raises(crosswalk.CrosswalkError, match=r"cannot be read \(Error -3 .*\); expected a CSV file"):
        crosswalk.read(tmp_path / "adressen.csv.gz")


def test_postcodes_of_two_levels_would_count_every_address_twice(tmp_path: Path) -> None:
    path = write(tmp_path, "postcode4.csv", "2024,2024,8011,0193,90", "2024,2024,8011,019310,90")
    with pytest.raises(crosswalk.CrosswalkError, match=r"codes of 4 and 6 characters; expected one level .* own file"):
        crosswalk.read_postcodes(path)


def test_codes_that_were_read_as_numbers_or_padded_are_named(tmp_path: Path) -> None:
    for row, said in (
        ("2018,2019, 009,0014,3", "line 2: van is ' 009'; expected a code without prefix, such as 0193 or 019310"),
        ("2018,2019,GM0009,GM0014,3", "line 2: van is 'GM0009'; expected a code without prefix"),
        ("2018,2019,0009.0,0014.0,3", "line 2: van is '0009.0'; expected a code without prefix"),
    ):
        with pytest.raises(crosswalk.CrosswalkError, match=said):
            crosswalk.read(write(tmp_path, "adressen.csv", *[row]))
