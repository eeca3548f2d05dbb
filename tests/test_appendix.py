"""The appendix: every figure has a line of its own that says what it is and where it comes from."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import indicators
from bt_analysis.pages import appendix, codes, content, gaps
from bt_analysis.settings import HoursSettings, Settings
from tests import change_rows
from tests.html_text import groups_of, rows_of

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}


def area(indicator_id: str, population: str = "gebied", value: float = 0, **more: Any) -> dict[str, Any]:
    source = "CBS 99024SYN · Key_1 · 2025-03-31"
    figure = {"indicator_id": indicator_id, "population": population, "value": value, "source": source, "unit": "%"}
    return {"question": "context"} | figure | more


# All figures


def test_every_figure_has_a_line_with_its_id(page: Any) -> None:
    row = {"value": 40, "ci_low": 31.5, "ci_high": 48.5, "n": 80, "indicator_id": "participants_share_pct", "unit": "%",
           "method": "Wilson", "group_type": "leeftijd", "group_value": "65+"}  # fmt: skip
    found = appendix.figures(page.content(row))
    assert rows_of(found) == [
        ["aandeel van de deelnemers, leeftijd: 65 jaar of ouder", "40%", "32 – 48", "80 mensen", "a", "", "claim0"]
    ]
    (head,) = groups_of(found)
    assert head == "Wie er kwam bron: opgave van het collectief (Deelname) a: Wilson, 95%"
    assert '<tr id="c-claim0">' in found


def test_a_hidden_figure_shows_nothing_that_gives_it_away(page: Any) -> None:
    found = appendix.figures(page.content(HIDDEN))
    (cells,) = rows_of(found)
    assert cells[0] == "verschillende mensen"
    assert cells[1:4] == ["–", "", ""]
    assert cells[5] == "1"
    assert "1: gaat over minder dan 10 mensen of zou een klein getal verraden" in groups_of(found)[0]


def test_context_in_the_appendix_names_the_place(page: Any) -> None:
    found = appendix.figures(
        page.content(area("aged_65_plus_pct", "land", 20.4), area("aged_65_plus_pct", "gemeente", 18))
    )
    assert [cells[0].rpartition(", ")[2] for cells in rows_of(found)] == ["land", "gemeente"]


def test_context_of_older_years_stays_out_of_the_appendix(page: Any) -> None:
    old, new = area("aged_65_plus_pct", value=30.0, period="2020"), area("aged_65_plus_pct", value=21.4)
    assert len(rows_of(appendix.figures(page.content(old, new, {})))) == 2


@pytest.mark.parametrize("indicator_id", sorted(codes.QUESTIONS))
def test_every_question_has_a_name(page: Any, indicator_id: str) -> None:
    ((name, *_),) = rows_of(appendix.figures(page.content({"indicator_id": indicator_id})))
    assert name == codes.QUESTIONS[indicator_id]


def test_a_new_question_breaks_no_report(page: Any) -> None:
    row = {"question": "trees", "indicator_id": "trees_planted_n", "n_unit": "trees_counted", "unit": "aantal"}
    ((name, _, _, n, *_),) = rows_of(appendix.figures(page.content(row)))
    assert (name, n) == ("trees planted n", "40 trees counted")


def test_every_unit_of_n_of_a_real_build_has_words(built_demo: Any) -> None:
    estimates = pd.read_parquet(built_demo / "data" / "processed" / "analysed" / "estimates.parquet")
    assert set(estimates["n_unit"]) <= {*codes.N_UNITS, ""}
    assert estimates.loc[estimates["n_unit"] == "", "n"].isna().all()  # a count of things rests on no people


def test_no_two_rows_of_a_real_report_read_the_same(built_demo: Any) -> None:
    for name, periods in content.periods(built_demo).items():
        if name != "across":
            found = rows_of(appendix.figures(content.of_collective(built_demo, name, periods[-1], "nl")))
            names = [cells[0] for cells in found]
            assert len(names) == len(set(names)), name


def test_sums_over_collectives_have_their_own_appendix(page: Any) -> None:
    total = {"indicator_id": "contacts_n", "collective_id": "", "n": 1, "n_unit": "collectives"}
    found = appendix.sums(page.content({}, total))
    assert [cells[0] for cells in rows_of(found)] == ["deelnames"]
    assert rows_of(found)[0][3] == "1 collectief"
    assert 'id="c-claim1"' in found


def test_every_indicator_of_a_real_build_can_be_named(built_demo: Any) -> None:
    estimates = pd.read_parquet(built_demo / "data" / "processed" / "analysed" / "estimates.parquet")
    measured = pd.read_parquet(built_demo / "data" / "processed" / "analysed" / "indicators.parquet")
    assert set(estimates["indicator_id"]) <= {*codes.QUESTIONS, *indicators.load(), *measured["indicator_id"]}
    assert set(measured["indicator_id"]) <= set(estimates["indicator_id"])


def test_every_method_of_a_real_build_has_words(built_demo: Any) -> None:
    estimates = pd.read_parquet(built_demo / "data" / "processed" / "analysed" / "estimates.parquet")
    assert {part for method in estimates["method"] for part in method.split("; ")} <= set(codes.METHODS)
    reasons = {reason for text in estimates["gate_reason"] for reason in text.split(";") if reason}
    assert reasons <= set(codes.REASONS)


def test_an_appendix_without_figures_is_an_empty_table(page: Any) -> None:
    assert rows_of(appendix.figures(page.content())) == []


# Sources and head of the appendix


def test_sources_have_dates_licence_and_checksum(page: Any) -> None:
    line = {"file": "cbs/99024SYN/TypedDataSet.parquet", "table": "99024SYN", "modified": "2025-03-31T02:00:00",
            "retrieved": "2026-01-02T03:04:05Z", "licence": "CC BY 4.0", "sha256": "0123456789abcdef"}  # fmt: skip
    found = appendix.sources(page.content(sources=page.sources(line)))
    assert rows_of(found) == [[line["file"], "1", "2025-03-31", "2026-01-02", "CC BY 4.0", "0123456789ab"]]


def test_sources_are_one_row_per_folder_with_the_newest_dates(page: Any) -> None:
    files = [
        {"file": f"cbs/99024SYN/{name}", "modified": f"2025-03-{day}", "retrieved": f"2026-01-{day}", "sha256": day}
        for name, day in (("a.json", "10"), ("b.json", "31"), ("c.json", "20"))
    ]
    found = appendix.sources(page.content(sources=page.sources(*files, {"file": "monitoring/tuin/tuin.xlsx"})))
    assert rows_of(found) == [
        ["cbs/99024SYN", "3", "2025-03-31", "2026-01-31", "", "10"],
        ["monitoring/tuin/tuin.xlsx", "1", "", "", "", ""],
    ]


def test_margins_of_hours_are_printed(page: Any) -> None:
    settings = Settings(hours=HoursSettings(logboek_pct=7.5))
    found = appendix.head(page.content({}, settings=settings))
    assert "7,5% voor een logboek, 15% voor een steekproef en 40% voor een schatting" in found


def test_thresholds_are_printed(page: Any) -> None:
    found = appendix.head(page.content({}))
    assert "groepen onder 10 mensen tonen we niet; onder 30 mensen" in found
    assert "minder dan 90% van de bewoners" in found  # 100 × 0.9


def test_as_many_figures_are_left_out_here_as_the_report_says_elsewhere(page: Any) -> None:
    """Two of ours and one that the source keeps secret; cells of people behind them are no figures of the report."""
    log = pd.DataFrame({"cell": ["participants", "participants", "contacts"]})
    secret = {**HIDDEN, "question": "context"}
    content = page.content({}, {**HIDDEN, "claim_id": "a"}, {**HIDDEN, "claim_id": "b"}, secret, suppressed=log)
    assert "F · Weggelaten om mensen te beschermen: 2 cijfers." in appendix.head(content)
    assert gaps.unseen(content)[0].startswith("2 cijfers tonen we niet")


def test_a_change_beside_similar_areas_is_told_row_by_row(page: Any) -> None:
    found = rows_of(appendix.figures(page.content(*change_rows.whole())))
    told = {row[0]: row[1:4] for row in found}
    other = "Aardgas per woning, anders dan in gebieden die hierop lijken"
    assert told[other] == ["lager", "-110 – -50", "50 gebieden"]
    assert told[f"{other}: nagebouwde buurt"] == ["-75 m³", "-105 – -45", "500 gebieden"]
    chance = "Aardgas per woning, kans dat toeval dit geeft"
    assert told[f"{chance}: beide samen, na correctie voor het aantal vragen"][0] == "p = 0,010"
    assert told["Aardgas per woning, gemiddeld verschil voor de start: nagebouwde buurt"][0] == "6 m³"
    assert told["Aardgas per woning, jaar: 2019"][0] == "1.200 m³"
    assert told["Aardgas per woning, jaar: 2019, gebieden die hierop lijken"][0] == "1.205 m³"
    assert told["Aardgas per woning, is het te zien: hoogste mogelijke bereik"][0] == "13%"
    assert told["Aardgas per woning, is het te zien: nodig per deelnemer"][0] == "225 m³"
    assert len(told) == len(found)  # no two read the same


def test_a_refused_change_says_why(page: Any) -> None:
    found = appendix.figures(page.content(change_rows.refusal("series_broken")))
    (row,) = rows_of(found)
    assert row[1:4] == ["–", "", ""]
    assert row[5] == "1"
    assert "1: wordt nu anders gemeten dan voor de start" in groups_of(found)[0]


def test_a_change_that_is_not_to_be_seen_has_one_line(page: Any) -> None:
    closed = [row | change_rows.REFUSED | {"gate_reason": "too_small_to_see", "value_text": ""}
              for row in change_rows.whole() if row["question"] != "detectability"]  # fmt: skip
    found = rows_of(appendix.figures(page.content(*closed, *change_rows.seen())))
    assert found[0][0] == "Aardgas per woning, anders dan in gebieden die hierop lijken"
    assert len(found) == 1 + 5  # the verdict and the five steps of the sum
    # What is hidden to protect people keeps its line: it is counted as left out.
    hidden = [row | HIDDEN for row in closed]
    assert len(rows_of(appendix.figures(page.content(*hidden)))) == len(hidden)


def test_a_percentage_in_words_stands_there_in_words(page: Any) -> None:
    few = {"unit": "%", "value": float("nan"), "n": 20.0, "value_text": "ongeveer_driekwart", "gate": "voorbehoud",
           "gate_reason": "n_below_minimum"}  # fmt: skip
    (cells,) = rows_of(appendix.figures(page.content(few)))
    assert cells[1:4] == ["ongeveer driekwart", "", "20 mensen"]
    (cells,) = rows_of(appendix.figures(page.content(few, lang="en")))
    assert cells[1] == "about three quarters"


def test_when_a_survey_is_told_as_a_range_is_printed(page: Any) -> None:
    html = str(appendix.head(page.content()))
    assert "Antwoordde minder dan 30% op een vragenlijst" in html
    assert "5% mag dan nog toeval zijn" in html


def test_thresholds_of_disclosure_are_printed(page: Any) -> None:
    found = appendix.head(page.content({}))
    assert "dan op 5 mensen na" in found
    assert "als 2 mensen er 90% of meer van gaven" in found
    assert "veelvouden van 5" in found
