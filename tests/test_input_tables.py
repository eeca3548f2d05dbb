"""Tables about inputs as a reader sees them: cells, order, dashes and brackets, in both languages; rows of whom."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning.cases import told
from bt_analysis.pages import input_rows, input_tables, input_words, inputs, interactions
from bt_analysis.pages.content import Content
from tests.html_text import rows_of, text_of
from tests.input_cases import cases, link, raised, steps
from tests.test_input_section import report

EMPTY = report(cases([]))


def with_stages(*counts: tuple[str, int, int, int]) -> pd.DataFrame:
    """Return stages: name, how many reached it, and how many of them wait or are silent there."""
    return pd.DataFrame(counts, columns=["stage", "reached_n", "waiting_n", "silent_n"])


# Where most got stuck


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([("ingebracht", 9, 0, 0), ("uitgevoerd", 9, 0, 0)], "Geen idee bleef zonder antwoord liggen."),
        ([("ingebracht", 9, 1, 1), ("geduid", 7, 0, 3)], "uitgezocht (3 van 9)"),
        ([("ingebracht", 9, 1, 2), ("geduid", 6, 0, 3)], "ingebracht (3 van 9)"),  # of two as large the first
        ([("ingebracht", 9, 0, 1), ("uitgevoerd", 8, 4, 4)], "ingebracht (1 van 9)"),  # carried out is not stuck
        ([("ingebracht", 2000, 0, 1200), ("geduid", 800, 0, 0)], "ingebracht (1.200 van 2.000)"),
    ],
)
def test_the_largest_loss(counts: list[tuple[str, int, int, int]], expected: str) -> None:
    assert inputs.largest_loss(EMPTY, with_stages(*counts)).endswith(expected)


def test_the_largest_loss_in_english_has_english_numbers() -> None:
    found = inputs.largest_loss(report(cases([]), "en"), with_stages(("ingebracht", 2000, 0, 1200)))
    assert found.endswith("(1,200 of 2,000)")


# What is open


def test_cells_of_an_open_input() -> None:
    texts = [raised("a", text_summary="Een oversteek", domain="leefomgeving")]
    content = report(cases(texts, steps("a", (5, "geduid"), (30, "besloten", "uitgesteld", "geld"))))
    (line,) = rows_of(input_tables.open_list(content))
    assert line == ["Een oversteek", "1 januari 2023", "besloten (geld)", "730"]


def test_an_open_input_without_a_reason_has_no_brackets() -> None:
    (line,) = rows_of(input_tables.open_list(report(cases([raised("a", text_summary="Een bankje")]))))
    assert line[2] == "ingebracht"


def test_inputs_of_another_period_are_not_in_the_list() -> None:
    before = pd.Timestamp(2022, 12, 31).date()
    html = input_tables.open_list(report(cases([raised("a", text_summary="Vroeger", on=before)])))
    assert html == ""


def test_of_waits_that_are_as_long_the_code_gives_the_order() -> None:
    names = [raised(name, text_summary=f"Idee {name}") for name in "cab"]
    lines = rows_of(input_tables.open_list(report(cases(names))))
    assert [line[0] for line in lines] == ["Idee a", "Idee b", "Idee c"]


@pytest.mark.parametrize(("most", "left"), [(4, ""), (3, ""), (2, "En nog 1 andere"), (None, "")])
def test_what_is_left_out_of_the_list_is_told(most: int | None, left: str) -> None:
    said = text_of(input_tables.open_list(report(cases([raised(name) for name in "abc"])), most))
    assert left in said
    assert ("En nog" in said) == bool(left)


# Reasons


def turned(*reasons: str | None) -> Content:
    taken = [steps(f"i{at}", (9, "besloten", "afgewezen", reason)) for at, reason in enumerate(reasons)]
    return report(cases([raised(f"i{at}") for at in range(len(reasons))], [row for one in taken for row in one]))


def test_reasons_stand_from_many_to_few_and_then_by_code() -> None:
    lines = rows_of(input_tables.reasons(turned("tijd", "geld", "tijd", None, "dubbel")))
    assert lines == [["tijd", "2"], ["was er al", "1"], ["geld", "1"], ["geen reden opgeschreven", "1"]]


def test_every_reason_of_the_schema_has_words() -> None:
    for reason in ("techniek", "geld", "recht", "tijd", "bevoegdheid", "strijdig_belang", "onduidelijk", "onbekend"):
        ((name, count),) = rows_of(input_tables.reasons(turned(reason)))
        assert (name, count) == (input_words.REASONS[reason], "1")


# Kinds


def test_three_numbers_of_each_kind() -> None:
    three = [raised(name, knowledge_type="ervaring", domain="welzijn") for name in "abc"]
    taken = [*steps("a", (9, "uitgevoerd")), *steps("b", (9, "teruggekoppeld"))]
    lines = rows_of(input_tables.kinds(report(cases(three, taken))))
    assert lines == [["waar het op rust: eigen ervaring", "3", "2", "1"], ["domein: Welzijn", "3", "2", "1"]]


def test_groups_that_are_all_shown_need_no_excuse() -> None:
    many = [raised(f"i{at}", group_value="65+" if at < 10 else "18-64") for at in range(20)]
    said = text_of(input_tables.kinds(report(cases(many))))
    assert "Sommige groepen" not in said
    assert said.count("groep bewoners: ") == 2


# Two domains


def test_pairs_are_set_out_in_a_square_with_dashes() -> None:
    two = [
        raised("a", domain="energie_klimaat", domain_secondary="gezondheid"),
        raised("b", domain="energie_klimaat", domain_secondary="gezondheid"),
        raised("c", domain="gezondheid", domain_secondary="welzijn"),
    ]
    content = report(cases(two, steps("a", (3, "besloten", "overgenomen"))))
    html = input_tables.pairs(content)
    lines = rows_of(html)
    assert text_of(html).index("Gezondheid") < text_of(html).index("Welzijn")  # in the order of all domains
    by_name = {line[0]: set(line[1:]) for line in lines}
    assert by_name == {"Energie en klimaat": {"2 (1)", "–"}, "Gezondheid": {"1 (0)", "–"}}


# Rows of whom


def test_whose_rows_are_meant() -> None:
    assert input_rows.whose(EMPTY, None) == "zon"
    assert input_rows.whose(EMPTY, "") == ""  # all together, which is not: nobody was named
    assert input_rows.whose(EMPTY, "maan") == "maan"


def test_rows_of_nobody_are_none() -> None:
    content = report(cases([raised("a")]))
    assert input_rows.one(content, "inputs_n", "maan") is None
    assert input_rows.one(content, "no_such_figure") is None
    assert input_rows.stages(content, "maan").empty
    assert input_rows.curve(content).empty  # one input is no curve
    assert len(input_rows.stages(content)) == 9


def test_a_stage_holds_all_that_came_there_or_further() -> None:
    taken = [*steps("a", (3, "geduid")), *steps("b", (3, "besloten", "deels"))]
    stages = input_rows.stages(report(cases([raised(name) for name in "abc"], taken))).set_index("stage")
    assert stages["reached_n"].to_dict() == {
        "ingebracht": 3, "geregistreerd": 2, "geduid": 2, "naar_backoffice": 1, "gewogen": 1, "in_advies": 1,
        "besloten": 1, "in_uitvoering": 0, "uitgevoerd": 0,
    }  # fmt: skip
    stopped = stages["stopped_n"]
    assert stopped[stopped.gt(0)].to_dict() == {"ingebracht": 1, "geduid": 1, "besloten": 1}
    assert stages["reached_n"].diff(-1).fillna(0).to_list() == stopped.to_list()  # who goes no further stops


def test_a_merged_input_is_told_of_by_both_who_brought_it_in() -> None:
    content = report(cases([raised("a"), raised("b")], steps("b", (9, "uitgevoerd")), [link("a", "b", "samengevoegd")]))
    assert inputs.in_short(content) == "Van 2 ideeën zijn er 2 uitgevoerd. Op alle ideeën kwam antwoord."


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_rejection_with_an_explanation_is_told(lang: str) -> None:
    heard = report(cases([raised("a")], steps("a", (3, "besloten", "afgewezen"), (4, "teruggekoppeld"))), lang)
    asked = report(cases([raised("a")], steps("a", (3, "geduid"), (4, "teruggekoppeld"))), lang)
    added = inputs.in_short(heard).removeprefix(inputs.in_short(asked)).strip()
    assert "1" in added
    assert (added == "Een nee met uitleg kwam er op 1.") == (lang == "nl")


# Coded acts


def acts(*rows: dict[str, Any], lang: str = "nl") -> Content:
    """Return a report with estimates of acts; shown counts unless told otherwise."""
    usual = {
        "question": "interactions", "indicator_id": "interactions_n", "group_type": "effect", "group_value": "",
        "value": 50.0, "gate": "ok", "gate_reason": "", "period_start": "2024-01-01", "period_end": "2024-12-31",
        "collective_id": "zon", "population": "collectief", "unit": "aantal", "method": "count", "source": "x",
        "n": 50.0,
    }  # fmt: skip
    made = told(pd.DataFrame([usual | row for row in rows]))
    return dataclasses.replace(report(cases([]), lang), estimates=made)


def coded(indicator_id: str, variable: str, value: float, **more: Any) -> dict[str, Any]:
    return {"indicator_id": indicator_id, "group_type": "codering", "group_value": variable, "value": value, **more}


DOUBLE = {"indicator_id": "double_coded_n", "group_type": "codering", "value": 20.0}


@pytest.mark.parametrize(
    ("kind", "group", "expected"),
    [
        ("richting", "back>bewoner", "van wie naar wie: vakafdeling → bewoner"),
        ("richting", "front>bestuur", "van wie naar wie: loket → bestuur"),
        ("effect", "neutraal", "wat het deed: maakt niets uit"),
        ("effect", "", "wat het deed: alles samen"),
        ("stadium", "niet_vastgelegd", "stap: niet vastgelegd"),  # a step is no reason
        ("effect", "niet_vastgelegd", "wat het deed: niet vastgelegd"),
        ("stadium", "gewogen", "stap: afgewogen"),
        ("handeling", "terug_bellen", "wat er werd gedaan: terug bellen"),  # a code of the coders themselves
        ("codering", "action_code", "wat er is gecodeerd: wat er werd gedaan"),
        ("codering", "stage", "wat er is gecodeerd: de stap"),
    ],
)
def test_names_of_acts(kind: str, group: str, expected: str) -> None:
    assert interactions.row_name(EMPTY, pd.Series({"group_type": kind, "group_value": group})) == expected


def test_acts_stand_by_kind_and_then_from_many_to_few() -> None:
    content = acts(
        {}, {"group_value": "borgt", "value": 12.0}, {"group_value": "blokkeert", "value": 30.0},
        {"group_type": "richting", "group_value": "front>back", "value": 50.0},
    )  # fmt: skip
    lines = rows_of(interactions.section(content))
    assert lines == [
        ["van wie naar wie: loket → vakafdeling", "50"], ["wat het deed: houdt tegen", "30"],
        ["wat het deed: helpt verder", "12"],
    ]  # fmt: skip


def test_when_nothing_is_hidden_nothing_is_said_of_small_counts() -> None:
    assert "Kleine aantallen" not in text_of(interactions.section(acts({}, {"group_value": "borgt"})))


def test_nobody_coded_twice() -> None:
    assert interactions.agreement(acts({})) == []
    few = acts({}, DOUBLE | {"value": float("nan"), "gate": "niet_te_zien", "gate_reason": "few_double_coded"})
    assert interactions.agreement(few) == ["Minder dan 10 handelingen zijn door twee mensen gecodeerd."]


@pytest.mark.parametrize(("alpha", "little"), [(0.666, True), (0.667, False), (-0.2, True), (1.0, False)])
def test_from_two_thirds_on_agreement_carries_something(alpha: float, little: bool) -> None:
    (said,) = interactions.agreement(
        acts({}, DOUBLE, coded("coder_percent", "stage", 80.0), coded("coder_alpha", "stage", alpha))
    )
    assert "Over de stap waren zij het in 80% eens" in said
    assert ("te weinig om op te bouwen" in said) == little


def test_every_variable_has_its_sentence_also_one_that_cannot_be_known() -> None:
    unseen = {"gate": "niet_te_zien", "gate_reason": "one_code"}
    (said,) = interactions.agreement(
        acts({}, DOUBLE, coded("coder_percent", "effect", 90.0), coded("coder_alpha", "effect", 0.8),
             coded("coder_alpha", "action_code", float("nan"), **unseen))
    )  # fmt: skip
    assert "Minstens 20 van de 50 handelingen" in said
    assert "Over of het hielp waren zij het in 90% eens (alfa 0,80)." in said
    assert "Over wat er werd gedaan: dat is niet te zeggen: alles kreeg dezelfde code." in said


def test_acts_in_english() -> None:
    said = text_of(interactions.section(acts({}, {"group_value": "borgt"}, lang="en")))
    for dutch in ("handelingen", "vakafdeling", "helpt", "keer"):
        assert dutch not in said


# Words


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_code_has_words_of_its_own(lang: str) -> None:
    say = report(cases([]), lang).language.say
    for table in (input_words.STAGES, input_words.EFFECTS, input_words.ROLES, input_words.KNOWLEDGE, input_words.PARTS):
        said = [say(one) for one in table.values()]
        assert len(set(said)) == len(said)
        assert all(said)
    assert set(input_words.TILES) <= set(input_words.QUESTIONS)
