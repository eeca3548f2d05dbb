"""Options and lists: what differs in spelling only is read and listed, a comma only where it can mean one thing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.sources.notations import CellError
from bt_analysis.sources.options import as_list, as_option

DOMAINS = ["gezondheid", "energie_klimaat", "sociale_cohesie", "welzijn"]


def option(value: object, options: list[Any]) -> tuple[object, list[str]]:
    repairs: list[str] = []
    return as_option(value, options, repairs), repairs


def values(text: str, **list_of: Any) -> tuple[str, list[str]]:
    repairs: list[str] = []
    return as_list(text, list_of, repairs), repairs


@pytest.mark.parametrize(
    ("written", "meant", "repairs"),
    [
        ("welzijn", "welzijn", []),
        ("Welzijn", "welzijn", ["capitals"]),
        ("energie klimaat", "energie_klimaat", ["option_spelling"]),
        ("Energie-Klimaat", "energie_klimaat", ["option_spelling"]),
        ("sociale  cohesie", "sociale_cohesie", ["option_spelling"]),
    ],
)
def test_an_option_may_differ_in_capitals_spaces_and_hyphens(written: str, meant: str, repairs: list[str]) -> None:
    assert option(written, DOMAINS) == (meant, repairs)


def test_accents_do_not_make_another_option() -> None:
    assert option("Coöperatie", ["cooperatie", "vereniging"]) == ("cooperatie", ["option_spelling"])


@pytest.mark.parametrize("written", ["-", "–", "—", "−"])
def test_each_dash_is_the_minus_of_a_sign(written: str) -> None:
    assert option(written, ["+", "−", "?"]) == ("−", [] if written == "−" else ["option_spelling"])


def test_a_spelling_of_two_options_is_neither() -> None:
    with pytest.raises(CellError, match=r"^close_enum$"):
        option("een twee", ["een_twee", "een-twee"])
    assert option("Een-twee", ["een_twee", "een-twee"]) == ("een-twee", ["capitals"])


def test_numbers_can_be_options_too() -> None:
    assert option(3, [1, 2, 3]) == (3, [])
    with pytest.raises(CellError, match=r"^enum$"):
        option(7, [1, 2, 3])


@pytest.mark.parametrize(
    ("text", "meant", "repairs"),
    [
        ("welzijn;gezondheid", "welzijn;gezondheid", []),
        ("welzijn", "welzijn", []),
        (" welzijn ; gezondheid;", "welzijn;gezondheid", ["list_spaces"]),
        ("welzijn\r\ngezondheid", "welzijn;gezondheid", ["list_spaces"]),
        ("welzijn, energie klimaat", "welzijn;energie_klimaat", ["list_commas", "option_spelling"]),
        ("Welzijn;Gezondheid", "welzijn;gezondheid", ["capitals"]),
    ],
)
def test_a_list_of_options_is_read(text: str, meant: str, repairs: list[str]) -> None:
    assert values(text, enum=DOMAINS) == (meant, repairs)


@pytest.mark.parametrize(
    ("text", "kind", "details"),
    [
        ("welzijn;sport", "list_option", {"part": "sport", "at": 2}),
        ("welzyn;gezondheid", "close_list_option", {"part": "welzyn", "at": 1, "suggestion": "welzijn"}),
        ("welzijn, sport", "comma_in_list", {}),
    ],
)
def test_a_part_that_is_no_option_is_named_with_its_place(text: str, kind: str, details: dict[str, Any]) -> None:
    with pytest.raises(CellError) as told:
        values(text, enum=DOMAINS)
    assert (told.value.kind, told.value.details) == (kind, details)


def test_a_comma_is_read_between_codes_and_refused_in_text() -> None:
    codes = {"resource": "indicator", "field": "indicator_id"}
    assert values("gas_m3, djg6", **codes) == ("gas_m3;djg6", ["list_commas"])
    assert values("gas_m3;djg6", **codes) == ("gas_m3;djg6", [])
    for text, list_of in (("gas (m3), djg6", codes), ("Nederlands, Arabisch", {})):
        with pytest.raises(CellError, match=r"^comma_in_list$"):
            values(text, **list_of)


def test_a_comma_is_read_where_the_form_of_the_list_leaves_no_other_meaning() -> None:
    languages = "^[a-z]{2}(;[a-z]{2})*$"
    repairs: list[str] = []
    assert (as_list("nl, ar", {}, repairs, languages), repairs) == ("nl;ar", ["list_commas"])
    with pytest.raises(CellError, match=r"^comma_in_list$"):
        as_list("Nederlands, Arabisch", {}, [], languages)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(DOMAINS), min_size=1), st.sampled_from([";", "; ", " ;", "\n", ";;", ","]))
def test_a_list_comes_back_whatever_stands_between(parts: list[str], separator: str) -> None:
    meant, repairs = values(separator.join(parts), enum=DOMAINS)
    assert meant.split(";") == parts
    assert (repairs == []) == (separator == ";" or len(parts) == 1)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_whatever_is_written_it_is_options_or_a_problem(text: str) -> None:
    try:
        meant, kind = values(text, enum=DOMAINS)[0], ""
    except CellError as problem:
        meant, kind = "", problem.kind
    assert set(meant.split(";")) <= {*DOMAINS, ""}
    assert kind in ("", "comma_in_list", "list_option", "close_list_option")
