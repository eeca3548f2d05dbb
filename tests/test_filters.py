"""A selection becomes filters: keys padded as published, each row once, addresses of a length a host takes."""

from urllib.parse import unquote

import pytest

from bt_analysis.sources.filters import KEYS_IN_ONE_QUESTION, filters, wanted_keys

MEMBERS = {
    "SoortMisdrijf": ["0.0.0 ", "1.4.6 ", "1.4.61"],  # six wide: the width differs by dimension
    "WijkenEnBuurten": [f"BU{number:08}" for number in range(50)] + ["GM0363    "],
    "Naam": ["'t Zand "],
}


def made(**where: tuple[str, ...]) -> list[str]:
    return [unquote(one) for one in filters(where, MEMBERS, "47018NED")]


def test_a_key_is_padded_as_in_its_dimension() -> None:
    assert made(SoortMisdrijf=("1.4.6",)) == ["SoortMisdrijf eq '1.4.6 '"]
    assert made(WijkenEnBuurten=("GM0363",)) == ["WijkenEnBuurten eq 'GM0363    '"]


def test_dimensions_are_combined() -> None:
    assert made(SoortMisdrijf=("0.0.0", "1.4.6"), WijkenEnBuurten=("GM*",)) == [
        "(SoortMisdrijf eq '0.0.0 ' or SoortMisdrijf eq '1.4.6 ') and startswith(WijkenEnBuurten,'GM')"
    ]


def test_no_row_comes_twice() -> None:
    assert made(WijkenEnBuurten=("BU0000000*", "BU00000001", "BU*", "BU*")) == ["startswith(WijkenEnBuurten,'BU')"]


def test_many_keys_are_many_questions() -> None:
    keys = tuple(MEMBERS["WijkenEnBuurten"][:50])
    questions = filters({"WijkenEnBuurten": keys}, MEMBERS, "47018NED")
    assert [one.count("eq") for one in questions] == [20, 20, 10]  # 50 keys
    assert max(map(len, questions)) < 2_000
    assert len(filters({"WijkenEnBuurten": keys, "SoortMisdrijf": ("0.0.0",)}, MEMBERS, "47018NED")) == 3
    assert KEYS_IN_ONE_QUESTION == 20


def test_a_quote_in_a_key_is_doubled() -> None:
    assert made(Naam=("'t Zand",)) == ["Naam eq '''t Zand '"]


def test_nothing_selected_is_the_whole() -> None:
    assert made() == [""]


@pytest.mark.parametrize(("wanted", "keys"), [(("1.4.6",), {"1.4.6 "}), (("1.4*",), {"1.4.6 ", "1.4.61"})])
def test_which_keys_a_selection_may_give(wanted: tuple[str, ...], keys: set[str]) -> None:
    assert wanted_keys({"SoortMisdrijf": wanted}, MEMBERS) == {"SoortMisdrijf": keys}
