"""What the reports say of the theory of change, and the honest sentence where there is none."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import Learned, theory, theory_model
from bt_analysis.language import Language
from bt_analysis.pages import appendix, theory_appendix, theory_list, theory_words
from bt_analysis.pages import theory as page
from bt_analysis.pages.content import Content
from bt_analysis.settings import LearningSettings, Settings
from tests.theory_cases import DOMAINS, EATING, HELP, cases, evidence

CONTRADICTED = (("a", "meting", "voor", 2), ("b", "meting", "tegen", 2), ("b", "interview", "tegen", 0))
JUDGED = [
    {"evidence_id": "a--e0", "judge": "c1", "likelihood_claim": 0.8, "likelihood_rival": 0.2, "seen": True},
    {"evidence_id": "a--e0", "judge": "c2", "likelihood_claim": 0.95, "likelihood_rival": 0.4, "seen": False},
]  # fmt: skip


def content(answer: Learned, lang: str = "nl", *collectives: str) -> Content:
    table = pd.DataFrame(
        [
            {"collective_id": one, "name": f"Groep {one.upper()}", "primary_domain": DOMAINS[one]}
            for one in collectives or DOMAINS
        ]
    )
    return Content(
        Language(lang), Settings(), "2025", catalogue={}, collectives=table, estimates=answer.estimates,
        activities=pd.DataFrame(), suppressed=pd.DataFrame(), sources=pd.DataFrame(), unmatched=pd.DataFrame(),
        outlines=None, learned=answer.tables,
    )  # fmt: skip


def across(*rows: tuple[Any, ...], lang: str = "nl", **more: Any) -> Content:
    return content(theory.learn(cases(evidence(*rows), **more), Settings()), lang)


def of_one(collective_id: str, *rows: tuple[Any, ...], lang: str = "nl", **more: Any) -> Content:
    """Return what the report of one collective holds: its own rows and no others."""
    answer = learning.of_collectives(theory.learn(cases(evidence(*rows), **more), Settings()))
    tables = {
        name: table[table["collective_id"].eq(collective_id)] if "collective_id" in table else table
        for name, table in answer.tables.items()
    }
    estimates = answer.estimates[answer.estimates["collective_id"].eq(collective_id)]
    return content(Learned(estimates, tables), lang, collective_id)


def words(html: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(html)))


def test_the_section_has_a_number_per_status_that_leads_to_its_line() -> None:
    report = across(*CONTRADICTED)
    html = str(page.section(report))
    told = report.rows("theory", group_type="", collective_id="").set_index("indicator_id")
    for status in theory_words.STATUSES:
        row = told.loc[f"arrows_{status}_n"]
        assert f'<a href="#c-{row["claim_id"]}">{row["value"]:.0f}</a>' in html
    assert "44" in words(html)  # 45 arrows, of which one is looked into


def test_the_section_says_that_arrows_are_no_evidence_and_by_which_rules_they_are_graded() -> None:
    told = words(page.section(across(*CONTRADICTED)))
    assert "De pijlen zijn een voorstel om mee te beginnen, geen bewijs." in told
    assert "bewijs voor van 3 of meer collectieven en 2 soorten bronnen" in told
    assert "25% of meer" in told
    assert "ouder dan 24 maanden" in told


def test_thresholds_are_printed_as_they_are_set() -> None:
    report = across(*CONTRADICTED)
    other = Settings(learning=LearningSettings(supported_collectives=5, contested_share=0.4, outdated_months=12))
    told = words(page.section(replace(report, settings=other)))
    assert "van 5 of meer" in told
    assert "40% of meer" in told
    assert "ouder dan 12 maanden" in told


def test_without_evidence_the_section_is_one_sentence() -> None:
    report = across()
    assert "Er is nog geen bewijs bij pijlen vastgelegd." in words(page.section(report))
    assert page.contradictions(report) == ""


def test_without_any_bundle_nothing_breaks() -> None:
    report = content(learning.learn_nothing())
    assert "Er is nog geen bewijs bij pijlen vastgelegd." in words(page.section(report))
    for make in (page.by_domain, page.contradictions, page.changed, theory_list.every_arrow, theory_appendix.beliefs):
        assert make(report) == ""


def test_every_domain_has_a_row_and_every_number_its_line() -> None:
    report = across(*CONTRADICTED)
    html = str(page.by_domain(report))
    assert html.count('<th scope="row">') == 8
    assert html.count('href="#c-') == 8 * 5
    assert "Zeggenschap" in html


def test_where_domains_contradict_each_other_both_are_told() -> None:
    told = words(page.contradictions(across(*CONTRADICTED)))
    assert "Samen eten → Eenzaamheid (−)" in told
    assert "Welzijn 1 voor, 0 tegen" in told
    assert "Sociale cohesie 0 voor, 2 tegen" in told


def test_that_none_contradict_is_told_as_well() -> None:
    told = words(page.contradictions(across(("a", "meting", "voor", 2))))
    assert "Nergens spreekt het ene domein het andere tegen." in told


def test_changes_are_told_from_and_to() -> None:
    earlier = theory.learn(cases(evidence(("a", "interview", "voor", 0)), today=dt.date(2026, 5, 1)), Settings())
    report = across(("a", "interview", "voor", 0), ("b", "meting", "tegen", 2), earlier=earlier.remember)
    told = words(page.changed(report))
    assert "Wat er veranderde sinds 1 mei 2026" in told
    assert "van &#39;weinig bewijs&#39; naar &#39;betwist&#39; 1" in told
    same = across(("a", "interview", "voor", 0), earlier=earlier.remember)
    assert "Sinds 1 mei 2026 is er geen status veranderd." in words(page.changed(same))


def test_three_arrows_from_little_evidence_to_contested_are_told_as_three() -> None:
    links = theory_model.links(cases())["link_id"].to_list()[:4]

    def found(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
        every = [one for link_id in links for one in evidence(*rows, link_id=link_id)]
        return [one | {"evidence_id": f"{one['evidence_id']}-{at}"} for at, one in enumerate(every)]

    before = found(("a", "interview", "voor", 0))
    earlier = theory.learn(cases(before, today=dt.date(2026, 5, 1)), Settings())
    against = found(("b", "interview", "tegen", 0))[:3]  # half against, of three of the four arrows
    answer = theory.learn(cases(before + against, earlier=earlier.remember), Settings())
    moved = answer.estimates.query("indicator_id == 'arrows_changed_n' and collective_id == ''")
    assert moved[["group_value", "value"]].to_numpy().tolist() == [["weinig_bewijs>betwist", 3]]
    told = words(page.changed(content(answer)))
    assert "van &#39;weinig bewijs&#39; naar &#39;betwist&#39; 3" in told


def test_changes_of_others_are_not_in_the_table_of_all() -> None:
    # For b alone the arrow is new; for all together it changed.
    earlier = theory.learn(cases(evidence(("a", "interview", "voor", 0)), today=dt.date(2026, 5, 1)), Settings())
    report = across(("a", "meting", "tegen", 2), earlier=earlier.remember)
    assert str(page.changed(report)).count('<th scope="row">') == 1


def test_the_first_run_says_so() -> None:
    assert "Dit is de eerste keer dat deze pijlen zijn bekeken." in words(page.changed(across(*CONTRADICTED)))


def test_every_arrow_is_listed_also_those_nobody_looked_into() -> None:
    report = across(*CONTRADICTED, ("a", "interview", "neutraal", 0))
    html = str(theory_list.every_arrow(report))
    assert html.count("<li>") == 44
    assert "Pijlen die niemand onderzocht (44)" in html
    assert "1 voor, 2 tegen, 1 zag geen verschil" in html
    assert "voor en na gemeten" in html
    assert "1 januari 2026" in html


def test_old_evidence_is_marked_beside_the_status() -> None:
    old = ("a", "interview", "voor", 0, {"date": pd.Timestamp("2020-01-01")})
    assert "weinig bewijs, verouderd" in words(theory_list.every_arrow(across(old)))


def test_a_collective_sees_its_own_status_beside_that_of_all() -> None:
    report = of_one("a", *CONTRADICTED)
    together = theory_words.together(across(*CONTRADICTED))
    told = words(theory_appendix.section(report, together))
    assert "C · Pijlen van de verandertheorie" in told
    assert "Samen eten → Eenzaamheid (−) 1 voor, 0 tegen weinig bewijs betwist" in told
    assert "daar zijn er 3 voor nodig" in told


def test_without_a_bundle_of_anybody_there_is_a_dash() -> None:
    report = of_one("a", *CONTRADICTED)
    told = words(theory_appendix.section(report, pd.DataFrame(columns=["collective_id", "arrow_id"])))
    assert "weinig bewijs –" in told


def test_a_collective_that_keeps_no_arrows_says_so_and_nothing_more() -> None:
    report = of_one("d", *CONTRADICTED)
    together = theory_words.together(across(*CONTRADICTED))
    told = words(theory_appendix.section(report, together))
    assert "Dit collectief houdt nog geen pijlen of bewijs bij." in told
    for make in (theory_appendix.beliefs, theory_appendix.judgements, page.changed):
        assert make(report) == ""


def test_an_own_arrow_without_evidence_has_a_dash_and_its_assumption() -> None:
    drawn = [
        {
            "link_id": "a--x", "from_node": "bt-inloop", "to_node": "bt-tevreden", "sign": "+",
            "assumption": "De deur is open.",
        }
    ]  # fmt: skip
    told = words(theory_appendix.section(of_one("a", links=drawn), pd.DataFrame()))
    assert "Open inloop → Mensen zijn tevreden met hun leven (+) – niet onderzocht – De deur is open." in told


def test_beliefs_are_ranges_that_lead_to_their_line() -> None:
    report = of_one("a", *CONTRADICTED, judgements=JUDGED)
    html = str(theory_appendix.beliefs(report))
    claim = report.rows("theory", "arrow_belief")["claim_id"].iloc[0]
    # c2: a hoop that was not jumped through, .05 / (.05 + .6) = .077; c1: .8.
    assert f'<a href="#c-{claim}">8–80</a>' in html
    assert "eerst 25 van 100" in html
    assert "Groep A" in html


def test_certainty_is_never_told() -> None:
    sure = [{"evidence_id": "a--e0", "judge": "c1", "likelihood_claim": 0.3, "likelihood_rival": 0.0, "seen": True}]
    told = words(theory_appendix.beliefs(of_one("a", *CONTRADICTED, judgements=sure)))
    assert "99" in told
    assert " 100 " not in told.partition("beoordelaars")[2].partition("Bewijs uit")[0]


def test_judgements_are_listed_with_the_kind_of_test() -> None:
    told = words(theory_appendix.judgements(of_one("a", *CONTRADICTED, judgements=JUDGED)))
    assert "e0 c1 0,80 0,20 ja aanwijzing" in told
    assert "e0 c2 0,95 0,40 nee moet er zijn als het klopt" in told


def test_the_report_of_all_sets_cases_beside_each_other() -> None:
    said = [*JUDGED, {**JUDGED[0], "evidence_id": "b--e1"}]
    html = str(theory_appendix.beliefs(across(*CONTRADICTED, judgements=said)))
    assert html.count('<th scope="row">') == 2


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_what_people_typed_is_no_markup(lang: str) -> None:
    nodes = [{"node_id": "a--x", "label_nl": "<script>alert(1)</script>", "node_type": "output"}]
    drawn = [{"link_id": "a--l", "from_node": "a--x", "to_node": "bt-tevreden", "sign": "+", "mechanism": "<b>"}]
    report = of_one("a", lang=lang, nodes=nodes, links=drawn)
    html = str(theory_appendix.section(report, pd.DataFrame()))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html


def test_english_has_its_own_labels_and_words() -> None:
    report = across(*CONTRADICTED, lang="en")
    assert "Eating together → Loneliness (−)" in words(page.contradictions(report))
    assert "contested" in words(page.by_domain(report))
    assert "Who eats together every week has regular contacts." in words(theory_list.every_arrow(report))


def test_the_lines_of_the_appendix_tell_estimates_apart() -> None:
    earlier = theory.learn(cases(evidence(("a", "interview", "voor", 0)), today=dt.date(2026, 5, 1)), Settings())
    report = across(*CONTRADICTED, judgements=JUDGED, earlier=earlier.remember)
    told = words(appendix.sums(replace(report, indicators=pd.DataFrame({"indicator_id": []}))))
    assert "pijlen die betwist zijn, Welzijn" in told
    assert "pijlen met een andere status dan de vorige keer, van &#39;weinig bewijs&#39; naar &#39;betwist&#39;" in told
    own = of_one("a", *CONTRADICTED, judgements=JUDGED)
    (row,) = (row for _, row in own.rows("theory", "arrow_belief").iterrows())
    assert theory_words.row_name(own, row) == "Samen eten → Eenzaamheid (−)"


def test_what_the_drawing_shows_is_counted() -> None:
    assert page.finding(across(*CONTRADICTED)) == "Gesteund: 0 van de 45 pijlen. Nog niet onderzocht: 44"
    assert page.finding(of_one("a", *CONTRADICTED)) == "Gesteund: 0 van de 1 pijlen. Nog niet onderzocht: 0"
    assert page.finding(of_one("b", lang="nl")) == "Nog geen pijlen"  # and not: 0 of the 0


def test_an_arrow_is_named_by_its_ends_and_sign() -> None:
    drawn = theory_words.together(across())
    row = drawn[drawn["arrow_id"].eq(HELP)].iloc[0]
    assert theory_words.arrow(row, {"bt-buren_kennen": "Buren kennen elkaar"}) == (
        "Buren kennen elkaar → bt-hulp_vragen (+)"
    )
    assert EATING in set(drawn["arrow_id"])
