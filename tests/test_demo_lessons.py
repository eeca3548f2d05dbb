"""Lessons of the demonstration: all valences, failures beside successes, and one kind that is warned."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import conditions, lesson_settings
from bt_analysis.analysis.learning import lessons as analysed
from bt_analysis.demo import municipality
from bt_analysis.demo.collectives import Collective, plan
from bt_analysis.demo.experiments import tried
from bt_analysis.demo.learning import conditions as planted
from bt_analysis.demo.learning import lessons
from tests import learning_cases

PLANNED = plan(municipality.draw(1), 24)


def told(collective: Collective) -> pd.DataFrame:
    return lessons.tables(collective, 1).get("lesson", pd.DataFrame(columns=["lesson_id", "valence"]))


def of_kind(slug: str) -> pd.DataFrame:
    return pd.concat([told(one) for one in PLANNED if one.archetype["slug"] == slug], ignore_index=True)


ALL = pd.concat([told(one) for one in PLANNED], ignore_index=True)


def test_every_valence_is_told_and_some_text_has_no_consent() -> None:
    assert set(ALL["valence"]) == {"werkte", "werkte_deels", "werkte_niet", "schade"}
    assert set(ALL["text_consent"]) == {"ja", "nee"}
    assert ALL["recorded_at"].isna().any()  # one is without a day


def test_two_kinds_keep_no_lessons_and_one_tells_only_successes() -> None:
    keeping = {one.archetype["slug"] for one in PLANNED if len(told(one))}
    assert {one.archetype["slug"] for one in PLANNED} - keeping == {"paraat", "panel"}
    positive = {slug for slug in keeping if set(of_kind(slug)["valence"]) == {"werkte"}}
    assert positive == {"huis"}


def test_conditions_are_those_of_the_register() -> None:
    known = {code for code, one in conditions.register().items() if one.role == conditions.CONDITION}
    named = {part.split("=")[0] for cell in ALL["conditions"] for part in cell.split(";")}
    assert named <= known


def test_a_setting_that_worked_in_one_place_did_not_in_another() -> None:
    same = ALL[ALL["conditions"].eq("trekker=1;vaste_plek=1")]
    assert {"werkte", "schade"} <= set(same["valence"])


@pytest.mark.parametrize("one", PLANNED, ids=lambda one: str(one.collective_id))
def test_a_lesson_says_of_a_condition_what_its_collective_recorded(one: Collective) -> None:
    recorded = planted.tables(one, 1).get("case_condition", pd.DataFrame(columns=["condition_code", "value"]))
    own = dict(zip(recorded["condition_code"], recorded["value"].astype(str), strict=True))
    rows = told(one)
    named = [part.split("=") for cell in rows.get("conditions", []) for part in cell.split(";")]
    assert all(value in (own[code], "?") for code, value in named)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in rows.to_dict("records")]


def test_a_setting_of_a_lesson_holds_at_other_collectives_and_always_at_its_own() -> None:
    known = {one.collective_id: planted.tables(one, 1) for one in PLANNED}
    rows = pd.concat([tables["case_condition"] for tables in known.values() if tables])
    learnt = [
        {"lesson_id": f"{row['collective_id']}--{row['lesson_id']}", "collective_id": row["collective_id"],
         "valence": row["valence"], "conditions": row["conditions"]}
        for row in ALL.to_dict("records")
    ]  # fmt: skip
    cases = learning_cases.of(
        dict.fromkeys(known, ("2024",)), case_condition=_records(rows.assign(text_consent=True)), lesson=learnt
    )
    table = lesson_settings.tables(analysed.listing(cases), cases)["lesson_settings"]
    assert (table["holds_n"] >= table["told_by_n"]).all()  # who tells it is one of those where it holds
    assert (table["elsewhere_n"] > 0).mean() > 0.5
    assert table["both"].sum() >= 2


@pytest.mark.parametrize("one", PLANNED, ids=lambda one: str(one.collective_id))
def test_a_lesson_names_only_experiments_of_its_own_collective(one: Collective) -> None:
    rows = told(one)
    if "experiment_id" in rows:
        own = set(tried(one)["experiment"]["experiment_id"])
        assert set(rows["experiment_id"].dropna()) <= own
    assert rows["lesson_id"].is_unique


def test_collectives_of_one_kind_tell_different_lessons() -> None:
    kinds = [one for one in PLANNED if one.archetype["slug"] == "tafel"]
    assert len({tuple(told(one)["lesson_id"]) for one in kinds}) == 3


def test_texts_are_short_and_name_no_address() -> None:
    texts = pd.concat([ALL["context"], ALL["mechanism"], ALL["outcome"]]).astype(str)
    assert max(len(one.split()) for one in texts) <= 15
    assert not texts.str.contains(r"@|https?:|\d{4} ?[A-Z]{2}\b").any()


def test_the_truth_says_how_many_failed_and_when_a_warning_is_due() -> None:
    known = {one.collective_id: lessons.truth(one, 1) for one in PLANNED}
    assert known["panel-01"] == {}
    energie = known["energie-01"]["lessons"]
    assert (energie["lessons_n"], energie["negative_n"]) == (3, 2)  # huurdersavond and warmtefoto
    assert "must warn" in known["huis-01"]["lessons"]["explanation"]
