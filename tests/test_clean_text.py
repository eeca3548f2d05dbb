"""Text of a cell: spaces, lines and the words for missing values, and what is refused as no data."""

from __future__ import annotations

import pytest

from bt_analysis.sources.clean_text import missing_word, plain_text, text_of_list
from bt_analysis.sources.notations import CellError


@pytest.mark.parametrize(
    ("text", "plain", "listed", "repairs"),
    [
        ("abc", "abc", "abc", []),
        (" abc\u00a0", "abc", "abc", ["spaces"]),
        ("a\u202fb", "a b", "a b", ["hard_spaces"]),
        ("", "", "", []),
        ("  ", "", "", ["spaces"]),
        ("a;b", "a;b", "a;b", []),
    ],
)
def test_spaces_go_in_text_and_in_lists(text: str, plain: str, listed: str, repairs: list[str]) -> None:
    for clean, expected in ((plain_text, plain), (text_of_list, listed)):
        told: list[str] = []
        assert (clean(text, told), told) == (expected, repairs)


def test_a_new_line_is_a_space_in_text_and_stays_in_a_list() -> None:
    told: list[str] = []
    assert (plain_text("a \r\n b", told), told) == ("a b", ["line_breaks"])
    assert text_of_list("a\nb", []) == "a\nb"


@pytest.mark.parametrize("text", [";", " ; ;", ";\n;"])
def test_separators_without_a_value_are_nothing(text: str) -> None:
    told: list[str] = []
    assert (text_of_list(text, told), told[-1]) == ("", "list_spaces")
    assert plain_text(";", []) == ";"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a\x00b", "control_character"),
        ("\u200b", "control_character"),
        ("#REF!", "error_cell"),
        (" #N/B ", "error_cell"),
    ],
)
def test_what_is_no_data_is_refused(text: str, kind: str) -> None:
    for clean in (plain_text, text_of_list):
        with pytest.raises(CellError, match=kind):
            clean(text, [])


@pytest.mark.parametrize(
    ("text", "word"),
    [("n.v.t.", "nvt"), ("N.V.T", "nvt"), ("nvt.", "nvt"), ("weet niet", "weetniet"), ("Weet_niet", "weetniet")],
)
def test_words_for_missing_are_written_in_more_ways(text: str, word: str) -> None:
    told: list[str] = []
    assert (missing_word(text, told), told) == (word, ["missing_spelling"])


@pytest.mark.parametrize("text", ["nvt", "weetniet", "weet ik niet", "n.v.t. hier", "", ".", "nt"])
def test_other_text_stays_as_it_is(text: str) -> None:
    told: list[str] = []
    assert (missing_word(text, told), told) == (text, [])
