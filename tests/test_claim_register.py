"""The claim register: every figure of a report has a Dutch sentence, hashes, a score, and harms no spreadsheet."""

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.methods import readability
from bt_analysis.pages import appendix, claim_sentences, claims
from bt_analysis.pages.html import css
from bt_analysis.publishing import composing
from tests.html_text import text_of

AIM = 60
HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
OWN = pd.DataFrame(
    [{"indicator_id": "eigen", "label_nl": "=1+1", "label_en": "=1+1", "source_type": "enquete"}],
    columns=["indicator_id", "label_nl", "label_en", "unit", "direction", "instrument_id", "source_type"],
)
ROWS: tuple[dict[str, Any], ...] = (
    {"question": "activities", "indicator_id": "activities_n", "value": 8.0, "n": 8.0, "n_unit": "activities",
     "population": "collectief"},
    {"question": "reach", "indicator_id": "reach_pct", "value": 4.0, "ci_low": 3.0, "ci_high": 5.0, "n": 460.0,
     "n_unit": "population", "unit": "%", "method": "share of inhabitants"},
    {"question": "hours", "indicator_id": "hours_total", "value": 830.0, "ci_low": 800.0, "ci_high": 860.0,
     "unit": "uur", "group_type": "rol", "gate": "voorbehoud", "gate_reason": "hours_estimated"},
    {"question": "representation", "indicator_id": "participants_share_pct", "value": 40.0, "unit": "%",
     "group_type": "leeftijd", "group_value": "65+", **HIDDEN},
    {"question": "context", "indicator_id": "gas_m3_per_dwelling", "value": 900.0, "unit": "m3", "n": 1200.0,
     "n_unit": "dwellings", "population": "gemeente"},
    {"question": "context", "indicator_id": "gp_distance_km", "gate": "niet_te_zien",
     "gate_reason": "not_yet_published", "unit": "km"},
    {"question": "measurements", "indicator_id": "eigen", "value": 3.0, "n": 12.0, "group_label": "2024-10-31"},
    {"question": "measurements", "indicator_id": "djg6_2006_eenzaam", "value": 50.0, "value_text": "ongeveer_de_helft",
     "n": 20.0, "unit": "%", "group_label": "2024-10-31"},
    {"question": "nobody_foresaw", "indicator_id": "new_thing_n", "value": 2.5, "unit": "dingen", "method": "new"},
)  # fmt: skip


def register(page: Any, *rows: dict[str, Any], lang: str = "nl", **more: Any) -> pd.DataFrame:
    return claims.register(page.content(*rows, lang=lang, indicators=OWN, **more), "tuin")


def sentence(page: Any, **row: Any) -> str:
    return str(register(page, row)["plain_nl"].iloc[0])


# Every figure has a claim


def test_every_figure_of_a_report_is_a_claim_with_a_sentence(page: Any) -> None:
    found = register(page, *ROWS)
    assert schema.check(found, "claim") is found
    assert list(found["claim_id"]) == [f"claim{at}" for at in range(len(ROWS))]
    assert found["plain_nl"].str.endswith(".").all()
    assert set(found["report_id"]) == {"tuin-2024"}
    assert found[["query_hash", "data_hash"]].apply(lambda column: column.str.fullmatch("[0-9a-f]{64}")).all(axis=None)


def test_a_report_without_figures_makes_no_claim(page: Any) -> None:
    assert register(page).empty
    assert "Dit rapport doet nog geen uitspraken." in claims.appendix(page.content(), "tuin")


def test_what_the_general_sentence_says(page: Any) -> None:
    assert sentence(page, **ROWS[1]) == (
        "Bereik, deel van de bewoners (2024): 4,0%. Het ligt tussen 3,0 en 5,0. Dit rust op 460 bewoners."
    )
    assert sentence(page, **ROWS[4]) == "Aardgas per woning, gemeente (2024): 900 m³. Dit rust op 1.200 woningen."
    assert sentence(page, **ROWS[7]).endswith("(2024): ongeveer de helft.")  # of few people no number follows


def test_where_a_page_has_a_sentence_for_a_figure_that_one_is_used(page: Any) -> None:
    assert sentence(page, **ROWS[0]) == "Er waren 8 activiteiten. Dit gaat over 2024."
    assert sentence(page, **ROWS[2]) == (
        "Vrijwilligers gaven ongeveer 830 uur: tussen 800 en 860 (let op: een deel van de uren is geschat). "
        "Dit gaat over 2024."
    )


def test_what_is_not_shown_is_a_claim_without_a_value_and_says_why(page: Any) -> None:
    hidden = register(page, ROWS[3], ROWS[5])
    assert hidden[["value", "ci_low", "ci_high", "n"]].isna().all(axis=None)
    assert set(hidden["gate"]) == {"niet_te_zien"}
    assert hidden["plain_nl"][0] == (
        "Aandeel van de deelnemers, leeftijd: 65 jaar of ouder (2024): dit tonen we niet "
        "(gaat over minder dan 10 mensen of zou een klein getal verraden)."
    )
    assert "heeft de bron voor dit jaar nog niet gepubliceerd" in hidden["plain_nl"][1]


def test_claims_are_dutch_in_an_english_report(page: Any) -> None:
    dutch, english = register(page, *ROWS), register(page, *ROWS, lang="en")
    assert list(dutch["plain_nl"]) == list(english["plain_nl"])


def test_a_period_that_is_no_year_is_told_in_days(page: Any) -> None:
    content = page.content(ROWS[4])
    days = {"period_start": pd.Timestamp("2024-03-01"), "period_end": pd.Timestamp("2024-03-31")}
    row = content.estimates.assign(**days).iloc[0]
    assert "(1 maart 2024 – 31 maart 2024)" in claim_sentences.any_figure(content, row)


def test_the_cross_domain_report_has_only_claims_about_all(page: Any) -> None:
    bundles = pd.DataFrame([{"bundle_id": "tuin-1", "data_version": "1"}])
    found = register(page, ROWS[1], ROWS[1] | {"collective_id": ""}, bundles=bundles)
    assert list(found["claim_id"]) == ["claim1"]


def test_kind_of_knowledge_and_research_question_come_along(page: Any) -> None:
    bearing = pd.DataFrame([("claim1", "rq1"), ("claim1", "rq2"), (None, "rq3")], columns=["claim_id", "rq_id"])
    found = register(page, ROWS[0], ROWS[6], learned={"question_claims": bearing})
    assert list(found["knowledge_type"]) == ["administratief", "ervaring"]
    assert [one if isinstance(one, str) else "" for one in found["rq_id"]] == ["", "rq1"]
    given = claims.register(page.content(ROWS[0]), "tuin", {"claim0": "rq9"})
    assert list(given["rq_id"]) == ["rq9"]


# Readability


def test_the_score_is_that_of_the_sentence(page: Any) -> None:
    found = register(page, *ROWS)
    for _, row in found.iterrows():
        assert row["readability"] == f"{readability.score(row['plain_nl']):.0f}"


def test_claims_of_the_demonstration_read_easily(built_demo: Path) -> None:
    # Long names of indicators lower a few: at least 95 in 100 reach the aim, the worst stays above 40.
    scores = []
    for name, periods in claims_of(built_demo).items():
        scores += [pd.to_numeric(claims.register(one, name)["readability"]) for one in periods]
    every = pd.concat(scores)
    assert every.ge(AIM).mean() >= 0.95
    assert every.min() >= 40
    assert every.median() >= 80


def claims_of(root: Path) -> dict[str, list[Any]]:
    from bt_analysis.pages import content

    whole = {name: periods[-1] for name, periods in content.periods(root).items() if name != "across"}
    return {name: [content.of_collective(root, name, period, "nl")] for name, period in list(whole.items())[:3]}


# Spreadsheets and pages


def test_a_formula_is_no_formula_in_the_csv(page: Any) -> None:
    said = str(register(page, ROWS[6])["plain_nl"].iloc[0])
    assert said.startswith("'=1+1")
    written = register(page, ROWS[6]).to_csv(index=False)
    assert not any(cell[:1] in {"=", "+", "@"} for line in csv.reader(io.StringIO(written)) for cell in line)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2+3", "\tx", "＝1"])
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(text: str) -> None:
    assert claims.harmless(text) == "'" + text


def test_other_text_stays_as_it_is() -> None:
    assert claims.harmless("Er waren 8 activiteiten.") == "Er waren 8 activiteiten."


def test_the_appendix_escapes_what_people_typed(page: Any) -> None:
    named = OWN.assign(label_nl="<script>alert(1)</script>")
    found = claims.appendix(page.content(ROWS[6], indicators=named), "tuin")
    assert "<script>" not in found
    assert "&lt;script&gt;" in found


def test_the_appendix_leads_to_each_figure_and_shows_short_hashes(page: Any) -> None:
    content = page.content(*ROWS, indicators=OWN)
    found, listed = claims.appendix(content, "tuin"), claims.register(content, "tuin")
    for _, row in listed.iterrows():
        assert f'href="#c-{row["claim_id"]}"' in found
        assert row["query_hash"][:8] in found
        assert row["query_hash"] not in found
    assert f"Dit rapport doet {len(ROWS)} uitspraken" in text_of(found)
    assert found.count("<details>") == 1  # closed, so that it is not printed
    assert "geen bewijs van B1" in found
    assert "scroll" in css()


def test_every_claim_leads_to_one_place_also_when_the_list_of_figures_leaves_it_out(page: Any) -> None:
    area = {"question": "context", "indicator_id": "population", "population": "gebied"}
    content = page.content({**area, "period": "2023"}, {**area, "period": "2024"})
    older, newest = content.estimates["claim_id"]
    figures, register = appendix.figures(content), claims.appendix(content, "tuin")
    assert f'id="c-{newest}"' in figures
    assert f'href="#c-{newest}"' in register
    assert f'id="c-{older}"' not in figures  # of the area only the newest year is listed
    assert f'id="c-{older}"' in register
    assert f'href="#c-{older}"' not in register


def test_a_report_is_published_with_its_register(built_demo: Path) -> None:
    # The file that travels is what the schema says, and holds no checksum of a delivery.
    from bt_analysis.pages import content

    name = next(iter(content.periods(built_demo)))
    here = content.of_collective(built_demo, name, content.periods(built_demo)[name][-1], "nl")
    text = composing.register(here, name)
    back = list(csv.DictReader(io.StringIO(text)))
    assert {row["claim_id"] for row in back} == set(here.estimates["claim_id"])
    delivered = here.sources.loc[here.sources["collective_id"].ne(""), "sha256"]
    assert not any(checksum in text for checksum in delivered)
