"""Codes of regions: what is one, at which level, and inside what."""

import pytest

from bt_analysis import regions


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("NL00", "land", None),
        ("GM0363", "gemeente", "NL00"),
        ("WK036303", "wijk", "GM0363"),
        ("BU03630302", "buurt", "WK036303"),
        ("BU0363AD07", "buurt", "WK0363AD"),  # letters since about 2022
    ],
)
def test_a_code_tells_its_level_and_parent(code: str, level: str, parent: str | None) -> None:
    assert regions.check(code) == code
    assert regions.is_valid(code)
    assert regions.level(code) == level
    assert regions.parent(code) == parent


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("GM36", "has 4 characters; expected 6 as in GM0363"),
        ("BU03630302 ", "has 11 characters; expected 10 as in BU03630302. Read codes as text and strip their padding"),
        ("03630302", "starts with '03'; expected NL, GM, WK or BU"),
        ("", "starts with ''"),
        ("bu03630302", "starts with 'bu'"),
        ("BU0363ad07", "is of no region; expected digits and capitals, as in BU03630302"),
        ("GM036٣", "is of no region"),  # an Arabic digit is no digit of CBS
        ("NL02", "is of no region; expected digits and capitals, as in NL00"),
    ],
)
def test_another_text_is_refused_with_what_is_expected(code: str, says: str) -> None:
    assert not regions.is_valid(code)
    for read in (regions.check, regions.level, regions.parent, regions.gemeente):
        with pytest.raises(regions.RegionCodeError) as problem:
            read(code)
        assert says in str(problem.value)


def test_a_number_is_no_code() -> None:
    assert not regions.is_valid(3630302)
    assert not regions.is_valid(None)
    assert not regions.is_valid(float("nan"))


def test_gemeente_of_a_part_and_of_itself() -> None:
    assert regions.gemeente("BU03630302") == regions.gemeente("WK036303") == regions.gemeente("GM0363") == "GM0363"
    with pytest.raises(regions.RegionCodeError, match="whole country"):
        regions.gemeente("NL00")


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [
        ("GM0363", "BU03630302", True),
        ("WK036303", "BU03630302", True),
        ("NL00", "BU03630302", True),
        ("BU03630302", "BU03630302", True),
        ("BU03630302", "WK036303", False),
        ("WK036304", "BU03630302", False),
        ("GM0362", "NL00", False),
    ],
)
def test_regions_lie_inside_each_other(outer: str, inner: str, inside: bool) -> None:
    assert regions.contains(outer, inner) is inside


def test_contains_refuses_what_is_no_code() -> None:
    with pytest.raises(regions.RegionCodeError):
        regions.contains("GM363", "BU03630302")
    with pytest.raises(regions.RegionCodeError):
        regions.contains("GM0363", "BU0363")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("BU99010101", ["BU99010101"]),
        ("BU99010101; WK990102,GM9901", ["BU99010101", "WK990102", "GM9901"]),
        (" BU99010101;;BU99010101 ", ["BU99010101"]),
        ("", []),
    ],
)
def test_codes_of_a_cell(text: str, codes: list[str]) -> None:
    assert regions.codes_in(text) == codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8011;8012 ab", ["8011", "8012AB"]),
        (" 8011 , 8011AB;; 8011", ["8011", "8011AB"]),
        ("", []),
    ],
)
def test_postcodes_of_a_cell(text: str, expected: list[str]) -> None:
    assert regions.postcodes_in(text) == expected


@pytest.mark.parametrize(
    ("text", "valid"),
    [("8011", True), ("8011AB", True), ("0800", False), ("8011A", False), ("8011ab", False), ("٨٠١١", False)],
)
def test_what_is_a_postcode(text: str, valid: bool) -> None:
    assert regions.is_postcode(text) is valid
