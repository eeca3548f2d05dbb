"""Lessons of the demonstration: all valences, failures beside successes, and one kind that is warned."""

import pandas as pd
import pytest

from bt_analysis.analysis.learning import conditions
from bt_analysis.demo import municipality
from bt_analysis.demo.collectives import Collective, plan
from bt_analysis.demo.experiments import tried
from bt_analysis.demo.learning import lessons

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
    same = ALL[ALL["conditions"].eq("open_deur=1;vaste_plek=1")]
    assert {"werkte", "werkte_niet"} <= set(same["valence"])


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
