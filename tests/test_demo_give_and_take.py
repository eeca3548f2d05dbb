"""What the demonstration gives back: claims that reports make, replies of every kind, and money without minutes."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.tables import KEY, estimates
from bt_analysis.demo.collectives import Collective, archetypes
from bt_analysis.demo.learning import give_and_take
from bt_analysis.instruments import registry
from bt_analysis.sources.screening import is_formula

KINDS = {one["slug"]: one for one in archetypes()}


def collective(slug: str) -> Any:
    kind = KINDS[slug]
    return SimpleNamespace(collective_id=f"{slug}-01", archetype=kind, years=range(kind["first_year"], 2025), number=0)


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_what_is_planted_is_what_was_recorded(slug: str) -> None:
    one: Collective = collective(slug)
    tables, truth = give_and_take.tables(one, 1), give_and_take.truth(one, 1)
    if not tables:
        assert truth == {}
        return
    known = truth["give_and_take"]
    events = tables.get("return_event", pd.DataFrame({"claim_id": [], "reply_type": []}))
    events = events[events["claim_id"].ne("0123456789ab")]
    assert known["returned_n"] == events["claim_id"].nunique()
    assert known["replied_n"] == events.loc[events["reply_type"].ne("geen"), "claim_id"].nunique()
    assert known["paid_eur"] == tables["research_effort"]["paid_eur"].sum()


def test_some_kinds_keep_nothing_one_keeps_only_money() -> None:
    assert [slug for slug in sorted(KINDS) if not give_and_take.tables(collective(slug), 1)] == ["beweging", "paraat"]
    assert give_and_take.truth(collective("panel"), 1)["give_and_take"]["resident_minutes"] is None


def test_replies_of_every_kind_and_one_without_consent() -> None:
    every = pd.concat([give_and_take.tables(collective(slug), 1).get("return_event", pd.DataFrame()) for slug in KINDS])
    assert set(every["reply_type"]) == {"eens", "oneens", "aanvulling", "geen"}
    assert set(every["text_consent"].dropna()) == {"ja", "nee"}
    assert not any(is_formula(text) for text in every["reply_text"].dropna())


def test_the_id_is_that_of_the_figure_of_a_report() -> None:
    # The key as a build writes it; the demonstration makes the same id before there is a build.
    key = ("activities", "activities_n", "energie-01", "", "2021-01-01", "2024-12-31", "collectief", "", "")
    row = pd.DataFrame([dict(zip(KEY, key, strict=True)) | {"value": 8, "unit": "x", "method": "count", "source": "x"}])
    assert give_and_take.claim_of(collective("energie"), "activities_n") == estimates(row)["claim_id"][0]


def test_a_number_nobody_knows_is_planted() -> None:
    assert give_and_take.claim_of(collective("stoep"), "nobody_knows") == "0123456789ab"


def test_the_questionnaire_asked_for_nothing_is_one_of_the_registry() -> None:
    wave = give_and_take.tables(collective("energie"), 1)["survey_wave"].iloc[0]
    assert wave["instrument_ids"] in registry.load()
