"""Research questions: a cell is contested, known, open or unmeasured by rules that are tried one by one."""

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import Cases, Learned, asked, research_questions
from bt_analysis.analysis.learning.cases import nothing
from bt_analysis.analysis.tables import estimates
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from bt_analysis.sources import registers

NAMES = ("tuin", "huis", "hof", "plein", "brug")
REACH = {
    "question": "reach", "indicator_id": "reach_pct", "population": "deelnemers", "value": 12.0, "unit": "%",
    "method": "x", "source": "x", "period_start": "2023-01-01", "period_end": "2024-12-31", "n": 40,
}  # fmt: skip
CHANGE = REACH | {"question": "change", "indicator_id": "gas_m3_per_dwelling", "group_type": "oordeel"}


def cases(*figures: dict[str, Any], domains: dict[str, str] | None = None, **tables: list[dict[str, Any]]) -> Cases:
    """Return five collectives with estimates (collective_id is ``tuin`` unless said) and monitoring tables."""
    collectives = [
        {
            "collective_id": name,
            "period": label,
            "primary_domain": (domains or {}).get(name, "welzijn"),
            "name": name,
            "urbanity": 3,
            "lifecycle": "lopend",
        }
        for name in NAMES
        for label in ("2023", "2024", "2023-2024")
    ]
    rows = [REACH | {"collective_id": "tuin"} | one for one in figures]
    return Cases(
        {name: typed(given, name) for name, given in tables.items()},
        pd.DataFrame(collectives),
        estimates(pd.DataFrame(rows)) if rows else nothing(),
        learning.made([], "indicators"),
        dt.date(2025, 6, 1),
    )


def learned(*figures: dict[str, Any], **more: Any) -> Learned:
    answer = research_questions.learn(cases(*figures, **more), Settings())
    assert set(answer.tables) == set(research_questions.TABLES)
    for name, table in answer.tables.items():
        schema.check(table, f"analysed_{name}")
    schema.check(answer.estimates.assign(synthetic=False), "analysed_estimates")
    return answer


def of(answer: Learned, rq_id: str, domain: str = "") -> tuple[str, str]:
    table = answer.tables["question_coverage"]
    row = table[table["rq_id"].eq(rq_id) & table["domain"].eq(domain)].iloc[0]
    return row["status"], row["why"]


def everyone(one: dict[str, Any], n: int, **more: Any) -> list[dict[str, Any]]:
    return [one | {"collective_id": name} | more for name in NAMES[:n]]


# The register


def test_the_register_has_four_groups_and_every_question_a_way_to_answer_it() -> None:
    listed = asked.of_programme()
    assert set(listed["group"]) == {1, 2, 3, 4}
    assert list(asked.ways()) == listed["rq_id"].tolist()
    assert set(listed["proposed_by"]) == {"onderzoeker"}
    assert set(listed["state"]) == {"open"}
    assert set(listed["rq_id"]) == set(registers.known_ids("research_question"))  # a collective may refer to it
    for way in asked.ways().values():
        assert way.answers or way.arrows or way.lessons
        for sentence in (way.needs, way.needs_en):
            assert sentence.endswith(".")
            assert len(sentence.split()) <= 25


def test_names_that_nothing_made_rows_of_break_nothing() -> None:
    answer = learned()
    assert set(answer.tables["question_coverage"]["status"]) == {"niemand_meet"}
    assert set(answer.tables["question_coverage"]["why"]) == {"nobody"}
    assert answer.tables["question_claims"].empty
    assert len(answer.tables["backlog"]) == len(asked.ways())


# What is known


def test_figures_without_reservation_of_three_collectives_are_known_and_of_two_are_not() -> None:
    assert of(learned(*everyone(REACH, 3)), "bt-1-bereik") == ("bekend", "figures")
    assert of(learned(*everyone(REACH, 2)), "bt-1-bereik") == ("open", "few_collectives")
    twice = [REACH | {"collective_id": "tuin", "group_value": value} for value in ("a", "b", "c")]
    assert of(learned(*twice), "bt-1-bereik") == ("open", "few_collectives")  # three figures of one collective


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        ("voorbehoud", ("open", "reserved")),
        ("niet_te_zien", ("open", "not_visible")),
        ("onderdrukt", ("open", "not_visible")),
    ],
)
def test_what_has_a_reservation_or_cannot_be_seen_is_open(gate: str, expected: tuple[str, str]) -> None:
    assert of(learned(*everyone(REACH, 5, gate=gate)), "bt-1-bereik") == expected


def test_a_figure_without_a_value_is_not_visible_whatever_its_gate() -> None:
    assert of(learned(*everyone(REACH, 5, value=None)), "bt-1-bereik") == ("open", "not_visible")


def test_only_the_longest_period_of_a_collective_counts() -> None:
    year = everyone(REACH, 5, period_start="2024-01-01")
    assert of(learned(*year), "bt-1-bereik") == ("niemand_meet", "nobody")


def test_a_figure_about_all_together_is_known_when_it_rests_on_enough_and_is_in_no_domain() -> None:
    about_all = REACH | {
        "question": "patterns",
        "indicator_id": "pattern_p",
        "collective_id": "",
        "n_unit": "collectives",
    }
    answer = learned(about_all | {"n": 3})
    assert of(answer, "bt-1-voor-wie") == ("bekend", "figures")
    assert of(answer, "bt-1-voor-wie", "welzijn") == ("niemand_meet", "nobody")
    assert of(learned(about_all | {"n": 2}), "bt-1-voor-wie") == ("open", "reserved")


def test_seven_obstacles_of_one_collective_do_not_make_something_known() -> None:
    obstacles = {"question": "obstacles", "indicator_id": "obstacles_n", "n": 7, "n_unit": "obstacles"}
    about_all = (
        REACH | obstacles | {"collective_id": "", "group_type": "hindernis_publiek", "group_value": "angst_afrekenen"}
    )
    one = [about_all, REACH | obstacles | {"collective_id": "tuin"}]
    assert of(learned(*one), "bt-3-vertrouwen") == ("open", "reserved")
    three = [about_all, *everyone(REACH | obstacles, 3)]
    assert of(learned(*three), "bt-3-vertrouwen") == ("bekend", "figures")


def test_each_domain_is_looked_at_by_itself() -> None:
    domains = {"plein": "weerbaarheid", "brug": "weerbaarheid"}
    answer = learned(*everyone(REACH, 4), domains=domains)
    assert of(answer, "bt-1-bereik") == ("bekend", "figures")
    assert of(answer, "bt-1-bereik", "welzijn") == ("bekend", "figures")  # tuin, huis and hof
    assert of(answer, "bt-1-bereik", "weerbaarheid") == ("open", "few_collectives")  # plein
    assert of(answer, "bt-2-geld", "weerbaarheid") == ("niemand_meet", "nobody")
    row = answer.tables["question_coverage"].set_index(["rq_id", "domain"]).xs(("bt-1-bereik", ""))
    assert (row["claims_n"], row["collectives_n"], row["firm_n"]) == (4, 4, 4)
    assert (row["first_year"], row["last_year"]) == (2023, 2024)


# Contested


def test_figures_of_opposite_sign_contest_each_other_where_the_question_looks_at_the_sign() -> None:
    up, down = {"value_text": "hoger"}, {"value_text": "lager", "collective_id": "huis"}
    assert of(learned(CHANGE | up, CHANGE | down), "bt-1-verandering") == ("betwist", "signs")
    assert of(learned(CHANGE | up, CHANGE | down | {"indicator_id": "other"}), "bt-1-verandering")[0] == "open"
    assert of(learned(CHANGE | up, CHANGE | {"value_text": "geen_verschil"}), "bt-1-verandering")[0] == "open"
    # Intervals on both sides of nothing say the same without a word.
    both = [REACH | {"question": "shared", "group_value": name, "ci_low": low, "ci_high": high}
            for name, low, high in (("a", 0.1, 0.5), ("b", -0.5, -0.1))]  # fmt: skip
    assert of(learned(*both), "bt-1-verandering") == ("betwist", "signs")
    across = [one | {"question": "reach"} for one in both]
    assert of(learned(*across), "bt-1-bereik")[0] != "betwist"  # reach is about no direction


def test_lessons_of_one_setting_that_worked_and_did_not_contest_each_other() -> None:
    rows = [
        {"lesson_id": f"tuin--{at}", "collective_id": "tuin", "valence": valence, "conditions": conditions}
        for at, (valence, conditions) in enumerate([("werkte", "plek=1"), ("schade", "plek=1;geld=?")])
    ]
    assert of(learned(lesson=rows), "bt-1-voor-wie") == ("betwist", "lessons")
    assert of(learned(lesson=[rows[0], rows[1] | {"conditions": "plek=0"}]), "bt-1-voor-wie") == (
        "open",
        "lessons_only",
    )
    assert of(learned(lesson=[rows[0] | {"conditions": None}, rows[1] | {"conditions": None}]), "bt-1-voor-wie") == (
        "open",
        "lessons_only",
    )


def evidence(*pieces: tuple[str, str, int, str], link: str = "bt-inloop-ontmoeten") -> list[dict[str, Any]]:
    return [
        {"evidence_id": f"{owner}--{at}", "collective_id": owner, "link_id": link, "source_type": kind,
         "direction": direction, "design": design, "date": pd.Timestamp("2024-03-01")}
        for at, (owner, kind, design, direction) in enumerate(pieces)
    ]  # fmt: skip


def arrow(*pieces: tuple[str, str, int, str]) -> tuple[str, str]:
    nodes = [{"node_id": "tuin--a", "label_nl": "A", "node_type": "activiteit", "domain": "welzijn"},
             {"node_id": "tuin--b", "label_nl": "B", "node_type": "output", "domain": "welzijn"}]  # fmt: skip
    link = [{"link_id": "tuin--ab", "from_node": "tuin--a", "to_node": "tuin--b", "sign": "+"}]
    answer = learned(evidence=evidence(*pieces, link="tuin--ab"), toc_node=nodes, toc_link=link)
    assert of(answer, "bt-1-waardoor") == of(answer, "bt-1-waardoor", "welzijn")
    return of(answer, "bt-1-waardoor")


def test_arrows_bear_on_what_makes_change() -> None:
    measured = [
        (name, kind, 2, "voor") for name, kind in zip(NAMES[:3], ("meting", "meting", "interview"), strict=True)
    ]
    assert arrow(*measured) == ("bekend", "arrows")
    assert arrow(*measured[:2]) == ("open", "little_evidence")
    assert arrow(*measured, ("brug", "meting", 2, "tegen")) == ("betwist", "arrows")
    assert arrow(("tuin", "meting", 2, "tegen"), ("huis", "meting", 2, "tegen")) == ("bekend", "arrows")  # refuted
    assert arrow() == ("niemand_meet", "nobody")


def test_behind_every_cell_stand_its_claims() -> None:
    given = cases(*everyone(REACH, 2), REACH | {"collective_id": "hof", "gate": "niet_te_zien"})
    claims = research_questions.learn(given, Settings()).tables["question_claims"]
    own = claims[claims["rq_id"].eq("bt-1-bereik")]
    assert set(own["claim_id"]) == set(given.estimates["claim_id"])
    assert own.set_index("collective_id")["standing"].to_dict() == {"tuin": "firm", "huis": "firm", "hof": "hidden"}


# Questions of collectives, and the backlog

CARD = {
    "experiment_id": "tuin--deur", "collective_id": "tuin", "question_id": "tuin--q", "indicator_ids": "gas;greened_m2",
    "text_consent": True,
}  # fmt: skip
ASKED = {"rq_id": "tuin--q", "text": "Wordt het groener?", "proposed_by": "bewoner", "group": 2}


def own(answer: Learned, rq_id: str = "tuin--q") -> tuple[str, str]:
    table = answer.tables["research_questions"]
    row = table[table["rq_id"].eq(rq_id)].iloc[0]
    return row["status"], row["why"]


def test_a_question_of_residents_is_answered_by_the_figures_on_its_card() -> None:
    measured = REACH | {"question": "measurements", "indicator_id": "greened_m2"}
    tables = {"research_question": [ASKED], "experiment": [CARD]}
    assert own(learned(measured, **tables)) == ("bekend", "figures")  # one collective asks, one collective measures
    assert own(learned(measured | {"gate": "voorbehoud"}, **tables)) == ("open", "reserved")
    assert own(learned(measured | {"collective_id": "huis"}, **tables)) == ("niemand_meet", "nobody")
    assert own(learned(measured, research_question=[ASKED])) == ("niemand_meet", "nobody")
    told = {"lesson_id": "tuin--l", "collective_id": "tuin", "valence": "werkte", "experiment_id": "tuin--deur"}
    assert own(learned(lesson=[told], **tables)) == ("open", "lessons_only")


def backlog(answer: Learned) -> pd.DataFrame:
    return answer.tables["backlog"]


def test_questions_of_residents_come_first_then_contested_then_open_then_unmeasured() -> None:
    rows = [
        ASKED, {"rq_id": "huis--q", "text": "Wie komt er?", "proposed_by": "collectief"},
        {"rq_id": "hof--q", "text": "Wat helpt?", "proposed_by": "bewoner"},
    ]  # fmt: skip
    contested = (CHANGE | {"value_text": "hoger"}, CHANGE | {"value_text": "lager", "collective_id": "huis"})
    left = backlog(learned(REACH, *contested, research_question=rows))
    assert left["place"].tolist() == list(range(1, len(left) + 1))
    assert left["rq_id"].tolist()[:5] == ["tuin--q", "hof--q", "huis--q", "bt-1-verandering", "bt-1-bereik"]
    assert set(left["status"].tolist()[5:]) == {"niemand_meet"}


def test_what_is_known_answered_or_dropped_is_no_backlog() -> None:
    rows = [ASKED | {"status": state, "rq_id": f"tuin--{state}"} for state in ("beantwoord", "vervallen", "open")]
    left = backlog(learned(*everyone(REACH, 3), research_question=rows))
    assert {"tuin--open"} == {one for one in left["rq_id"] if one.startswith("tuin--")}
    assert "bt-1-bereik" not in set(left["rq_id"])


def test_the_same_words_of_several_collectives_stand_once_with_all_their_data() -> None:
    rows = [ASKED, ASKED | {"rq_id": "huis--q", "text": "wordt  het Groener?"}]
    trials = [CARD, CARD | {"experiment_id": "huis--d", "collective_id": "huis", "question_id": "huis--q"}]
    measured = REACH | {"question": "measurements", "indicator_id": "greened_m2", "gate": "voorbehoud"}
    answer = learned(*everyone(measured, 2), research_question=rows, experiment=trials)
    row = backlog(answer).iloc[0]
    assert (row["rq_id"], row["asked_by_n"], row["collectives_n"], row["claims_n"]) == ("huis--q", 2, 2, 2)
    assert not backlog(answer)["rq_id"].eq("tuin--q").any()


@pytest.mark.parametrize(
    ("n", "gate", "size"), [(0, "ok", "groot"), (4, "voorbehoud", "middel"), (5, "voorbehoud", "klein")]
)
def test_the_size_of_the_work_follows_from_what_there_is(n: int, gate: str, size: str) -> None:
    row = backlog(learned(*everyone(REACH, n, gate=gate))).set_index("rq_id").loc["bt-1-bereik"]
    assert row["size"] == size
    assert row["collectives_n"] == n
    assert row["unmeasured"] == ("welzijn" if n == 0 else "")
    assert row["needs"] == asked.ways()["bt-1-bereik"].needs


def test_questions_are_counted_by_what_is_known() -> None:
    answer = learned(*everyone(REACH, 3), research_question=[ASKED])
    rows = answer.estimates.set_index(["indicator_id", "group_value"])["value"]
    total = len(asked.ways())
    assert (rows["questions_n", ""], rows["questions_n", "bekend"]) == (total, 1)
    assert rows["questions_n", "niemand_meet"] == total - 1
    assert (rows["questions_own_n", ""], rows["backlog_n", ""]) == (1, total - 1 + 1)


# Asked last


def test_research_questions_read_what_all_other_questions_found(defaults: Settings) -> None:
    rows = [
        {"lesson_id": f"{name}--l", "collective_id": name, "valence": "werkte_niet", "recorded_at": "2024-02-01"}
        for name in NAMES[:3]
    ]
    answer = learning.learn(cases(lesson=rows), defaults)
    assert of(answer, "bt-4-leren") == ("bekend", "figures")
    assert answer.estimates["claim_id"].is_unique
    # Of a bundle the same figures came along: they count once.
    again = dataclasses.replace(cases(lesson=rows), estimates=answer.estimates)
    assert learning.learn(again, defaults).tables["question_claims"].equals(answer.tables["question_claims"])
