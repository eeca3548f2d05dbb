"""What a reader sees of inputs: sentences that say what the log says, no text without consent, no curve of a few."""

import dataclasses
import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.learning import decisions
from bt_analysis.analysis.learning.cases import ACROSS, Cases, told
from bt_analysis.figures import inputs as figures
from bt_analysis.language import Language
from bt_analysis.pages import input_rows, input_tables, inputs, interactions
from bt_analysis.pages.content import Content
from bt_analysis.pages.export import outside_requests
from bt_analysis.settings import Settings
from tests.input_cases import cases, link, raised, steps
from tests.test_decisions import forty_eight

SETTINGS = Settings()
NONE = pd.DataFrame()


def report(given: Cases, lang: str = "nl", collective_id: str = "zon") -> Content:
    """Return the report of a collective, or of all for an empty id, as pages get it."""
    learned = decisions.learn(given, SETTINGS)
    collectives = reporting.longest(given.collectives)
    tables = {name: learned.tables.get(name, NONE) for name in learning.TABLES} | learned.tables
    estimates = learned.estimates
    if collective_id:
        collectives = collectives[collectives["collective_id"].eq(collective_id)].reset_index(drop=True)
        estimates = estimates[estimates["collective_id"].eq(collective_id)]
        tables = {name: table[table["collective_id"].eq(collective_id)] for name, table in learned.tables.items()}
    period = str(collectives["period"].iloc[0])
    return Content(
        Language(lang), SETTINGS, period, collectives, estimates, NONE, NONE, NONE, NONE, None, {}, learned=tables
    )  # fmt: skip


def words(html: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# Section 6


def test_the_example_of_the_report() -> None:
    told = inputs.in_short(report(forty_eight()))
    assert told.startswith("Van 48 ideeën zijn er 9 uitgevoerd. Op 21 kwam geen antwoord.")
    assert "Daar gebeurde al 180 dagen of langer niets mee." in told
    assert "Een nee met uitleg kwam er op 10." in told


def test_the_same_in_english() -> None:
    told = inputs.in_short(report(forty_eight(), "en"))
    assert told.startswith("Of 48 ideas 9 were carried out. 21 got no answer.")


def test_every_number_in_a_tile_leads_to_its_claim() -> None:
    content = report(forty_eight())
    html = inputs.section(content)
    ids = re.findall(r'href="#c-([0-9a-f]{12})"', html)
    assert len(ids) == len(re.findall(r'class="number"', html)) == 8
    assert set(ids) <= set(content.estimates["claim_id"])
    assert outside_requests(html) == []


def test_the_section_says_what_an_answer_is_and_until_when_it_was_kept() -> None:
    content = report(forty_eight())
    meaning = "Een antwoord is: het is teruggekoppeld, de uitleg staat openbaar, of het is uitgevoerd."
    assert meaning in words(inputs.explained(content))
    told = words(inputs.section(content))
    assert meaning not in told  # the two pages have no room for it
    assert "Bijgehouden tot en met 31 december 2024." in told


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (cases([]), "Wat er met onze inbreng gebeurde is nog niet bijgehouden."),
        (cases([raised("a")], periods={"zon": ["2026"]}), "In deze periode is niets ingebracht"),
    ],
)
def test_what_is_not_kept_is_said_in_one_sentence(given: Cases, expected: str) -> None:
    html = inputs.section(report(given))
    assert 'class="tile"' in html
    assert expected in words(html)


@pytest.mark.parametrize(
    ("events", "n", "expected"),
    [
        ([], 1, "Er is 1 idee ingebracht. Op 1 kwam geen antwoord. Daar gebeurde al 180 dagen of langer niets mee."),
        (steps("i0", (700, "geduid")), 1, "Daar gebeurde de laatste 180 dagen nog wel iets mee."),
        (steps("i0", (700, "geduid")), 3, "Op 3 kwam geen antwoord. Met 2 daarvan gebeurde al 180 dagen of langer"),
        (steps("i0", (9, "uitgevoerd")), 2, "Van 2 ideeën is er 1 uitgevoerd. Op 1 kwam geen antwoord."),
        (steps("i0", (9, "teruggekoppeld")), 1, "Op alle ideeën kwam antwoord."),
    ],
)
def test_small_logs_have_sentences_of_their_own(events: list[dict[str, Any]], n: int, expected: str) -> None:
    assert expected in inputs.in_short(report(cases([raised(f"i{number}") for number in range(n)], events)))


# Waiting


def test_the_wait_with_its_interval() -> None:
    answered = [row for n in range(20) for row in steps(f"i{n}", (10 * (n + 1), "teruggekoppeld"))]
    content = report(cases([raised(f"i{n}") for n in range(20)], answered))
    assert inputs.wait(content).startswith("De helft van de ideeën had na 100 dagen antwoord (onzekerheid: ")
    figure = figures.waiting(content)
    assert figure.title == inputs.wait(content)
    assert "<svg" in figure.svg
    assert "na 0 dagen 0%" in figure.text


def test_the_wait_without_an_end_of_its_interval() -> None:
    told = inputs.wait(report(forty_eight()))
    assert "na 200 dagen antwoord" in told


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (12, "Minder dan de helft van de ideeën kreeg tot nu toe antwoord."),
        (9, "Het zijn te weinig ideeën om te zeggen hoe lang een antwoord duurt."),
    ],
)
def test_a_wait_that_is_not_known(n: int, expected: str) -> None:
    content = report(cases([raised(f"i{number}") for number in range(n)]))
    assert inputs.wait(content) == expected
    figure = figures.waiting(content)
    assert expected in (figure.title, figure.text)
    assert bool(figure.svg) == (n >= 10)  # without any answer there is still a line at nothing
    assert "dagen tot de helft" not in words(inputs.section(content))


# Flow


def test_the_title_of_the_flow_is_its_finding() -> None:
    content = report(forty_eight())
    figure = figures.flow(content)
    assert figure.title == "Zonder antwoord kwam het vaakst niet verder dan: naar de vakafdeling (13 van 48)"
    assert "opgeschreven: 48, daarvan niet verder: 6" in figure.text
    assert "<svg" in figure.svg


def test_a_flow_without_losses_and_one_of_nothing() -> None:
    done = report(cases([raised("a")], steps("a", (9, "uitgevoerd"))))
    assert figures.flow(done).title == "Geen idee bleef zonder antwoord liggen."
    assert not figures.flow(report(cases([]))).svg


# Open inputs


def test_open_inputs_are_listed_from_the_longest_wait() -> None:
    texts = [
        raised("a", text_summary="Een oversteek", domain="leefomgeving"),
        raised("b", text_summary="Een bankje", domain="leefomgeving", on=pd.Timestamp(2023, 6, 1).date()),
        raised("c", text_summary="Beantwoord"),
    ]
    html = input_tables.open_list(report(cases(texts, steps("c", (3, "teruggekoppeld")))))
    assert html.index("Een oversteek") < html.index("Een bankje")
    assert "Beantwoord" not in html
    assert "730" in words(html)


def test_a_text_without_consent_is_replaced_by_its_topic() -> None:
    html = input_tables.open_list(report(cases([raised("a", domain="welzijn")])))
    assert "Welzijn (tekst niet openbaar)" in words(html)
    bare = input_tables.open_list(report(cases([raised("a")])))
    assert "onderwerp niet opgeschreven (tekst niet openbaar)" in words(bare)


def test_a_text_is_no_markup() -> None:
    html = input_tables.open_list(report(cases([raised("a", text_summary="<script>x</script>")])))
    assert "<script>" not in html


def test_a_long_list_says_how_many_more_there_are() -> None:
    content = report(cases([raised(f"i{n}") for n in range(11)]))
    html = input_tables.open_list(content, most=3)
    assert html.count("<tr>") == 1 + 3
    assert "En nog 8 andere, in de bijlage." in words(html)
    whole = input_tables.open_list(content)
    assert whole.count("<tr>") == 1 + 11
    assert "En nog" not in words(whole)


def test_nothing_open_gives_no_list() -> None:
    assert input_tables.open_list(report(cases([raised("a")], steps("a", (3, "teruggekoppeld"))))) == ""


def test_parts_of_a_split_input_are_not_listed() -> None:
    given = cases([raised("heel"), raised("deel", text_summary="Een deel")], links=[link("heel", "deel", "gesplitst")])
    assert "Een deel" not in input_tables.open_list(report(given))


# Reasons, groups and pairs


def test_reasons_are_in_words_and_lead_to_their_claim() -> None:
    html = input_tables.reasons(report(forty_eight()))
    told = words(html)
    assert told.index("geld 9") < told.index("tijd 7") < told.index("regels of recht 4")
    assert html.count('href="#c-') == 3
    assert input_tables.reasons(report(cases([raised("a")]))) == ""


def test_groups_that_are_not_shown_are_told_of() -> None:
    inputs_ = [raised(f"i{n}", group_value="65+" if n < 9 else None, knowledge_type="ervaring") for n in range(20)]
    told = words(input_tables.kinds(report(cases(inputs_))))
    assert "65 jaar" not in told
    assert "Sommige groepen tonen we niet" in told
    assert "waar het op rust: eigen ervaring 20 0 0" in told
    assert input_tables.kinds(report(cases([raised("a")]))) == ""


def test_chances_to_combine_work_stand_in_a_table() -> None:
    two = raised("a", domain="energie_klimaat", domain_secondary="gezondheid")
    html = input_tables.pairs(report(cases([two], steps("a", (3, "besloten", "deels")))))
    assert "Energie en klimaat 1 (1)" in words(html)
    assert input_tables.pairs(report(cases([raised("a")]))) == ""


# Across collectives


def both() -> Cases:
    own = forty_eight()
    events = own.table("input_event")
    rows: list[dict[str, Any]] = [dict(row) for _, row in own.table("input").iterrows()]
    taken: list[dict[str, Any]] = [dict(row) for _, row in events.iterrows()]
    return cases(
        [*rows, raised("a", "maan")],
        [*taken, *steps("a", (9, "teruggekoppeld"), collective_id="maan")],
        periods={"zon": ["2023-2024"], "maan": ["2023"], "ster": ["2024"]},
    )


def test_all_collectives_together() -> None:
    content = report(both(), collective_id="")
    told = words(inputs.section_across(content))
    assert "Van 49 ideeën zijn er 9 uitgevoerd. Op 21 kwam geen antwoord." in told
    assert "Van 2 van de 3 collectieven is bekend wat er met hun inbreng gebeurde." in told
    assert "Gemeenten noemen we niet." in told
    assert figures.flow(content, ACROSS).svg
    assert figures.waiting(content, ACROSS).svg


def test_flows_stand_beside_each_other_in_order_of_names() -> None:
    content = report(both(), collective_id="")
    assert list(dict.fromkeys(input_rows.stages_of_all(content)["name"])) == ["Maan", "Zon"]
    (figure,) = figures.flows(content)
    assert figure.text == "Maan: 1 ingebracht, 0 uitgevoerd; Zon: 48 ingebracht, 9 uitgevoerd"


def test_nobody_keeps_a_log_across() -> None:
    content = report(cases([]), collective_id="")
    assert "nog niet bijgehouden" in words(inputs.section_across(content))
    assert figures.flows(content) == []


# Coded acts


def acts(*rows: tuple[str, str, str, float, str, str]) -> Content:
    """Return a report with estimates of acts: indicator, kind, group, value, gate and reason of each."""
    made = [
        {
            "question": "interactions", "indicator_id": name, "group_type": kind, "group_value": group, "value": value,
            "gate": gate, "gate_reason": reason, "period_start": "2024-01-01", "period_end": "2024-12-31",
            "collective_id": "zon", "population": "collectief", "unit": "aantal", "method": "count", "source": "x",
            "n": 50.0,
        }
        for name, kind, group, value, gate, reason in rows
    ]  # fmt: skip
    return dataclasses.replace(report(cases([])), estimates=told(pd.DataFrame(made)) if made else NONE_TOLD)


NONE_TOLD = report(cases([])).estimates
TOTAL = ("interactions_n", "effect", "", 50.0, "ok", "")
DOUBLE = ("double_coded_n", "codering", "", 10.0, "ok", "")
SHARE = ("coder_percent", "codering", "effect", 75.0, "ok", "")


def test_acts_are_listed_and_hidden_ones_told_of() -> None:
    hidden = ("interactions_n", "effect", "borgt", float("nan"), "onderdrukt", "suppressed")
    content = acts(TOTAL, ("interactions_n", "effect", "blokkeert", 30.0, "ok", ""), hidden)
    html = interactions.section(content)
    assert "wat het deed: houdt tegen 30" in words(html)
    assert "helpt verder" not in html.split("</table>")[0]
    assert "Kleine aantallen tonen we niet" in words(html)
    assert html.count('href="#c-') == 1


def test_a_log_of_few_acts_shows_nothing_but_why() -> None:
    content = acts(("interactions_n", "effect", "", float("nan"), "onderdrukt", "suppressed"))
    assert "<table>" not in interactions.section(content)
    assert "Hoe vaak tonen we niet" in words(interactions.section(content))


def test_nothing_coded_gives_nothing() -> None:
    assert interactions.section(acts()) == ""


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (("coder_alpha", "codering", "effect", 0.81, "ok", ""), "het in 75% eens (alfa 0,81)"),
        (("coder_alpha", "codering", "effect", 0.4, "ok", ""), "dat is te weinig om op te bouwen (alfa 0,40)"),
        (("coder_alpha", "codering", "effect", float("nan"), "niet_te_zien", "one_code"), "alles kreeg dezelfde code"),
        (
            ("coder_alpha", "codering", "effect", float("nan"), "niet_te_zien", "few_double_coded"),
            "te weinig om te zien",
        ),
    ],
)
def test_how_far_coders_agree(alpha: tuple[str, str, str, float, str, str], expected: str) -> None:
    sentences = " ".join(interactions.agreement(acts(TOTAL, DOUBLE, SHARE, alpha)))
    assert sentences.startswith("Minstens 10 van de 50 handelingen zijn door twee mensen gecodeerd")
    assert expected in sentences
