"""The list of all figures: by question, with source, method and reservation said once above the figures they are of."""

from typing import Any

import pytest

from bt_analysis.language import Language
from bt_analysis.pages import appendix, figure_list
from tests.html_text import groups_of, rows_of

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
NL, EN = Language("nl"), Language("en")


@pytest.mark.parametrize(
    ("given", "dutch"),
    [
        (["collective: activity"], "opgave van het collectief (Activiteit)"),
        (["collective: participation", "collective: participation, activity"],
         "opgave van het collectief (Deelname, Activiteit)"),
        (["collective: measurement · srh_1"], "opgave van het collectief (Meting)"),
        (["monitoring · evidence"], "opgave van het collectief (Bewijs)"),
        (["CBS 85984NED · Key_5 · 2025-03-31", "CBS 85618NED · Key_1 · 2024-03-31"], "CBS 85618NED, 85984NED"),
        (["Verzonnen tabel 99019SYN, 99020SYN", "Verzonnen tabel 99020SYN"], "Verzonnen tabel 99019SYN, 99020SYN"),
        (["collective: participation / CBS 85984NED · Key · 2025"],
         "opgave van het collectief (Deelname); CBS 85984NED"),
        (["Leefbaarometer · rbi · 2022"], "Leefbaarometer"),
        (["collective: no_such_sheet"], "opgave van het collectief (no such sheet)"),
        ([], ""),
    ],
)  # fmt: skip
def test_sources_are_short_words_said_once(given: list[str], dutch: str) -> None:
    assert figure_list.sources(given, NL).casefold() == dutch.casefold()


def test_sheets_have_their_english_names() -> None:
    assert figure_list.sources(["collective: input"], EN) == "delivered by the collective (Input)"


def test_methods_have_letters_and_reservations_digits(page: Any) -> None:
    rows = [
        {"method": "count"},
        {"method": "Wilson", "gate": "voorbehoud", "gate_reason": "may_count_twice", "group_type": "x"},
        {"method": "count", "gate": "voorbehoud", "gate_reason": "may_count_twice", "group_type": "y"},
        {"method": "count", **HIDDEN, "group_type": "z"},
    ]
    found = appendix.figures(page.content(*rows))
    assert [row[4:6] for row in rows_of(found)] == [["a", ""], ["b", "1"], ["a", "1"], ["a", "2"]]
    (head,) = groups_of(found)
    assert "a: telling b: Wilson, 95% 1: wie aan meer dingen meedoet" in head
    assert "2: gaat over minder dan 10 mensen" in head
    assert head.count("wie aan meer dingen meedoet, kan vaker meetellen") == 1


def test_figures_stand_under_their_question_and_those_of_the_area_last(page: Any) -> None:
    rows = [
        {"question": "context", "indicator_id": "population", "source": "CBS 85984NED · a · 2025", "unit": "personen"},
        {"question": "reach"}, {"question": "hours", "indicator_id": "hours_total"},
        {"question": "reach", "indicator_id": "contacts_n"},
    ]  # fmt: skip
    found = appendix.figures(page.content(*rows))
    heads = [head.split(" bron: ")[0] for head in groups_of(found)]
    assert heads == ["Wie er kwam", "Uren", "De buurt, de gemeente en het land"]
    assert [row[6] for row in rows_of(found)] == ["claim1", "claim3", "claim2", "claim0"]
    for at in range(4):
        assert f'id="c-claim{at}"' in found


def test_a_question_without_a_name_is_told_by_its_code(page: Any) -> None:
    assert groups_of(appendix.figures(page.content({"question": "trees"})))[0].startswith("trees bron: ")


def test_no_cell_repeats_a_source_or_a_method(page: Any) -> None:
    found = appendix.figures(page.content(*({"indicator_id": one} for one in ("unique_n", "contacts_n", "reach_pct"))))
    assert found.count("opgave van het collectief") == 1
    assert "collective:" not in found


def test_more_methods_than_letters_go_on_with_two(page: Any) -> None:
    rows = [{"method": f"way {at}", "group_type": f"g{at}"} for at in range(28)]
    letters = [row[4] for row in rows_of(appendix.figures(page.content(*rows)))]
    assert letters[:2] == ["a", "b"]
    assert letters[25:] == ["z", "aa", "ab"]
    assert len(set(letters)) == 28


def test_what_people_typed_is_no_markup(page: Any) -> None:
    hostile = "<img src=x>"
    found = appendix.figures(page.content({"source": hostile, "method": hostile, "group_label": hostile,
                                           "group_type": "wijk", "group_value": "x"}))  # fmt: skip
    assert "<img" not in found
