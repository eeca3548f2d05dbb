"""Patterns across collectives: what is found, what stays unknown, and what is flagged."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import conditions, patterns
from bt_analysis.analysis.learning.configurations import chosen
from bt_analysis.demo.collectives import Collective, archetypes
from bt_analysis.demo.learning import conditions as planted
from bt_analysis.settings import LearningSettings, Settings
from tests import learning_cases

YEAR = "2024"
RULE = {"noord": 1, "oost": 1, "zuid": 1, "west": 0, "kade": 0, "brink": 0}


def rows(values: Mapping[str, Mapping[str, int | None]], **fields: Any) -> list[dict[str, Any]]:
    """Rows of case_condition: collective → code → value."""
    return [
        {"collective_id": name, "condition_code": code, "period": YEAR, "value": value, **fields}
        for name, own in values.items()
        for code, value in own.items()
    ]


def learnt(values: Mapping[str, Mapping[str, int | None]], settings: Settings | None = None) -> learning.Learned:
    cases = learning_cases.of(dict.fromkeys(values, (YEAR,)), case_condition=rows(values))
    return learning_cases.checked(patterns.learn(cases, settings or Settings()))


def demonstration(count: int) -> learning.Learned:
    """What the engine sees of the fictional collectives: the rows of the demonstration, typed."""
    kinds = archetypes()
    made = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        name = f"{kind['slug']}-{number // len(kinds) + 1:02d}"
        one = cast(Collective, SimpleNamespace(collective_id=name, archetype=kind, number=number))
        made += [planted.tables(one, 1).get("case_condition", pd.DataFrame())]
    told = pd.concat(made, ignore_index=True)
    told["text_consent"] = told["text_consent"].eq("ja")
    told["recorded_at"] = pd.to_datetime(told["recorded_at"])
    names = sorted(told["collective_id"].unique())
    cases = learning_cases.of(
        dict.fromkeys(names, (YEAR,)), case_condition=cast(list[dict[str, Any]], told.to_dict("records"))
    )
    return learning_cases.checked(patterns.learn(cases, Settings()))


@pytest.fixture(scope="module")
def of_24() -> learning.Learned:
    return demonstration(24)


def test_the_planted_pattern_is_found(of_24: learning.Learned) -> None:
    assert patterns.verdict(of_24.tables, planted.OUTCOME, planted.MATTERS) == "gevonden"
    best = patterns.found(of_24.tables).iloc[0]
    assert (best["outcome"], best["pattern"]) == (planted.OUTCOME, planted.MATTERS)
    # 21 collectives keep it, 11 with the condition; one of these did not get the outcome, and nobody without it did.
    assert (best["in_with_n"], best["in_n"], best["out_with_n"], best["out_n"]) == (10, 11, 0, 10)
    assert best["p_all"] <= 0.05
    assert best["p_without"] <= 0.05


def test_the_planted_non_effect_is_unknown(of_24: learning.Learned) -> None:
    assert patterns.verdict(of_24.tables, planted.OUTCOME, planted.DOES_NOT) == "niet_te_zien"
    table = of_24.tables["pattern_verdicts"].set_index(["outcome", "condition"])
    assert table.loc[(planted.OUTCOME, planted.DOES_NOT), "reason"] == "toeval"


def test_nothing_is_found_where_nothing_was_planted(of_24: learning.Learned) -> None:
    table = of_24.tables["pattern_verdicts"]
    assert table.loc[table["outcome"].eq(planted.OTHER_OUTCOME), "verdict"].eq("niet_te_zien").all()
    assert set(table.loc[table["verdict"].eq("gevonden"), "condition"]) == {planted.MATTERS}


def test_the_planted_contradiction_is_flagged(of_24: learning.Learned) -> None:
    table = of_24.tables["pattern_configurations"]
    own = table[table["outcome"].eq(planted.OUTCOME) & table["contradictory"]]
    with_it = {name for cell in own["cases_with"] for name in cell.split(";")}
    without = {name for cell in own["cases_without"] for name in cell.split(";")}
    assert planted.CONTRADICTION[0] in with_it
    assert planted.CONTRADICTION[1] in without
    assert learning_cases.value(of_24, "pattern_contradictory_n", group_type="uitkomst", group_value=planted.OUTCOME)[
        "value"
    ] == len(own)


def test_a_condition_written_down_afterwards_is_flagged(of_24: learning.Learned) -> None:
    table = of_24.tables["pattern_cases"]
    late = table[table["late"]]
    assert late[["collective_id", "code"]].to_numpy().tolist() == [list(planted.LATE)]
    verdicts = of_24.tables["pattern_verdicts"].set_index(["outcome", "condition"])
    assert verdicts.loc[(planted.OUTCOME, planted.LATE[1]), "late_n"] == 1


def test_all_solutions_and_their_robustness_are_there(of_24: learning.Learned) -> None:
    table = of_24.tables["pattern_solutions"]
    assert set(table["kind"]) == {"conservative", "parsimonious", "intermediate"}
    assert set(table["absent"]) == {True, False}
    models = table[table["term"].eq("")]
    assert (
        models.groupby(["outcome", "absent", "kind"])["model"].count()
        == models.groupby(["outcome", "absent", "kind"])["models_n"].first().clip(upper=25)
    ).all()
    short = models[models["outcome"].eq(planted.OUTCOME) & ~models["absent"] & models["kind"].eq("parsimonious")]
    assert short["expression"].str.contains(planted.MATTERS).all()
    # 21 cases: four conditions make 16 combinations, no more than there are cases.
    assert not table["too_many_conditions"].any()
    tried = of_24.tables["pattern_robustness"]
    assert set(tried["change"]) == {"incl_cut", "dropped"}
    assert tried.loc[tried["change"].eq("dropped"), "value"].nunique() == 21
    needed = of_24.tables["pattern_necessity"]
    own = needed[needed["outcome"].eq(planted.OUTCOME) & ~needed["absent"]].set_index("expression")
    assert own.loc[planted.MATTERS, "consistency"] == 1
    assert bool(own.loc[planted.MATTERS, "necessary"])


def test_eight_collectives_give_an_honest_table() -> None:
    found = demonstration(8)
    # Seven keep it: a table of configurations and the chance of luck, no minimisation.
    assert found.tables["pattern_solutions"].empty
    assert len(found.tables["pattern_configurations"])
    assert patterns.found(found.tables).empty
    luck = learning_cases.value(found, "pattern_luck_pct", group_type="uitkomst", group_value=planted.OUTCOME)
    assert luck["value"] > 5
    assert luck["n"] == 7


def test_fewer_than_five_are_only_set_side_by_side() -> None:
    found = learnt({name: {"geld": value, "inbreng_in_besluit": value} for name, value in [*RULE.items()][:4]})
    assert found.tables["pattern_configurations"].empty
    assert found.tables["pattern_tests"].empty
    assert found.tables["pattern_verdicts"]["reason"].tolist() == ["too_few_cases"]
    assert len(found.tables["pattern_cases"]) == 8


def test_a_perfect_pattern_of_six_is_not_beyond_luck() -> None:
    found = learnt({name: {"geld": value, "inbreng_in_besluit": value} for name, value in RULE.items()})
    # Three of six: 20 ways to deal out the outcome, of which 2 separate as well: 10%.
    luck = learning_cases.value(found, "pattern_luck_pct", group_type="uitkomst", group_value="inbreng_in_besluit")
    assert luck["value"] == pytest.approx(100 * 2 / 20)
    assert found.tables["pattern_verdicts"]["reason"].tolist() == ["toeval"]
    perfect = learning_cases.value(
        found, "pattern_perfect_luck_pct", group_type="uitkomst", group_value="inbreng_in_besluit"
    )
    assert perfect["value"] == pytest.approx(100 * 2 / 20)


def test_a_pattern_that_hangs_on_one_collective_is_not_found() -> None:
    # Four of four with, none of five without: 9 cases, 2 / 126 = 1.6%. Without one: 8 cases, 2 / 70 or 1 / 56: still.
    names = [f"c{number}" for number in range(9)]
    nine = {name: {"geld": int(at < 4), "inbreng_in_besluit": int(at < 4)} for at, name in enumerate(names)}
    found = learnt(nine).tables["pattern_tests"].iloc[0]
    assert found["p_all"] == pytest.approx(1 / 126)
    assert found["p_without"] == pytest.approx(2 / 70)
    assert bool(found["claimed"])
    # One of four fails: as far from chance in 1 + 4 · 5 … ways; leaving out a success makes luck too likely.
    nine["c0"]["inbreng_in_besluit"] = 0
    weaker = learnt(nine).tables["pattern_tests"].iloc[0]
    assert not weaker["claimed"]
    assert weaker["flips_without"] or weaker["p_all"] > 0.05


def test_chances_count_how_many_outcomes_were_looked_at() -> None:
    two = {name: {"geld": v, "inbreng_in_besluit": v, "nieuwe_mensen": 1 - v} for name, v in RULE.items()}
    found = learnt(two).tables["pattern_tests"]
    assert found["p"].tolist() == pytest.approx([0.1, 0.1])
    assert found["p_all"].tolist() == pytest.approx([0.2, 0.2])


def test_a_condition_that_all_have_cannot_tell() -> None:
    found = learnt({name: {"geld": 1, "inbreng_in_besluit": value} for name, value in RULE.items()})
    assert found.tables["pattern_verdicts"]["reason"].tolist() == ["no_variation"]


def test_an_outcome_that_all_have_cannot_tell() -> None:
    found = learnt({name: {"geld": value, "inbreng_in_besluit": 1} for name, value in RULE.items()})
    assert found.tables["pattern_verdicts"]["verdict"].tolist() == ["niet_te_zien"]
    assert patterns.found(found.tables).empty


def test_unknown_is_not_absent() -> None:
    values: dict[str, dict[str, int | None]] = {
        name: {"geld": value, "inbreng_in_besluit": value} for name, value in RULE.items()
    }
    values["noord"]["geld"] = None
    found = learnt(values).tables["pattern_verdicts"].iloc[0]
    assert (found["known_n"], found["unknown_n"]) == (5, 1)


def test_nobody_keeps_it() -> None:
    cases = learning_cases.of({"noord": (YEAR,)})
    found = learning_cases.checked(patterns.learn(cases, Settings()))
    assert found.estimates.empty
    assert all(table.empty for table in found.tables.values())
    assert set(found.tables) == set(patterns.TABLES)


def test_conditions_without_an_outcome_are_kept_but_not_searched() -> None:
    found = learnt({name: {"geld": value} for name, value in RULE.items()})
    assert len(found.tables["pattern_cases"]) == 6
    assert found.estimates.empty


def test_which_value_counts() -> None:
    given = [
        {"period": "2022", "condition_code": "geld", "value": 0},
        {"period": "2023-H1", "condition_code": "geld", "value": 1},
        {"period": "2025", "condition_code": "geld", "value": 0},
        {"period": "2025", "condition_code": "koepel", "value": 1},
        {"period": "2023", "condition_code": "inbreng_in_besluit", "value": 1},
    ]
    cases = learning_cases.of({"noord": (YEAR,)}, case_condition=[{"collective_id": "noord", **one} for one in given])
    found = conditions.values(cases).set_index("code")
    # The newest that does not end after the outcome; a condition of which there is none is late.
    assert list(found.loc["geld", ["value", "period", "late"]]) == [1.0, "2023-H1", False]
    assert list(found.loc["koepel", ["value", "period", "late"]]) == [1.0, "2025", True]
    assert found.loc["inbreng_in_besluit", "role"] == "uitkomst"


def test_periods_are_read() -> None:
    days = {"2024": "2024-12-31", "2024-H1": "2024-06-30", "2024-K3": "2024-09-30", "2024-02": "2024-02-29"}
    assert {period: str(conditions.last_day(period).date()) for period in days} == days
    with pytest.raises(ValueError, match="period 'soon' cannot be read"):
        conditions.last_day("soon")


def test_the_register_names_every_code_once_in_two_languages() -> None:
    register = conditions.register()
    assert {one.role for one in register.values()} == {"voorwaarde", "uitkomst"}
    assert all(one.label and one.label_en and one.expected in (0, 1, None) for one in register.values())
    assert set(planted._CODES) <= set(register)


def test_conditions_of_the_table_are_chosen_without_the_outcome() -> None:
    table = pd.DataFrame({code: [0.0, 1.0] * 5 for code in ("zelf_bedacht", "trekker", "geld", "vast_gezicht")})
    y = pd.Series([0, 1] * 5)
    # Ten cases: three conditions make eight combinations; in order of the register, own codes last.
    assert chosen(table, y, LearningSettings()) == ["vast_gezicht", "geld", "trekker"]
    assert chosen(table, 1 - y, LearningSettings()) == ["vast_gezicht", "geld", "trekker"]
    assert chosen(table.assign(vast_gezicht=1.0), y, LearningSettings()) == ["geld", "trekker", "zelf_bedacht"]
    assert chosen(table.assign(geld=[np.nan] * 5 + [0.0, 1.0] * 2 + [0.0]), y, LearningSettings()) == [
        "vast_gezicht",
        "trekker",
        "zelf_bedacht",
    ]


def test_how_many_conditions_and_how_well_known_are_settings() -> None:
    table = pd.DataFrame({code: [0.0, 1.0] * 5 for code in ("trekker", "geld", "vast_gezicht")})
    y = pd.Series([0, 1] * 5)
    assert chosen(table, y, LearningSettings(most_conditions=2)) == ["vast_gezicht", "geld"]
    half = table.assign(geld=[np.nan] * 5 + [0.0, 1.0] * 2 + [0.0])  # known of 5 of 10
    assert "geld" not in chosen(half, y, LearningSettings(known_share=0.51))
    assert "geld" in chosen(half, y, LearningSettings(known_share=0.5))
