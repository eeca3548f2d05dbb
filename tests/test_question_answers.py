"""What could answer a question of the register exists: some other question makes rows of every name in it."""

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import asked, patterns, question_evidence
from bt_analysis.settings import Settings
from tests import learning_cases, shared_figures

NAMES = shared_figures.names(20)


def codes(table: str, field: str) -> list[str]:
    found = next(one for one in schema.load(table)["fields"] if one["name"] == field)
    return [str(code) for code in found["constraints"]["enum"]]


def records() -> dict[str, list[dict[str, Any]]]:
    """Twenty collectives that met every obstacle on every side, and did experiments that ended in every way."""
    obstacles = [
        {"obstacle_id": f"c00--o{at}", "collective_id": "c00", "side": side, "type": kind, "first_seen": "2024-02-01"}
        for at, (side, kind) in enumerate(itertools.product(codes("obstacle", "side"), codes("obstacle", "type")))
    ]
    card = {"collective_id": "c01", "start": "2023-03-01", "planned_end": "2023-11-30", "text_consent": True}
    trials = [
        card | {"experiment_id": f"c01--e{at}", "status": "klaar", "spread_type": spread}
        for at, spread in enumerate(codes("experiment", "spread_type"))
    ]
    trials += [
        card | {"experiment_id": "c01--stop", "status": "gestopt"},
        card | {"experiment_id": "c01--gas", "status": "klaar", "indicator_ids": "gas_m3_per_dwelling"},
    ]
    lessons = [
        {"lesson_id": f"c01--l{at}", "collective_id": "c01", "experiment_id": f"c01--e{at}", "valence": valence,
         "scale": "buurt", "domain": "leefomgeving"}
        for at, valence in enumerate(codes("lesson", "valence"))
    ]  # fmt: skip
    known = [
        {"collective_id": name, "condition_code": code, "period": "2023", "value": str(int(at % of == 0)),
         "recorded_at": "2024-02-01"}
        for at, name in enumerate(NAMES)
        for code, of in (("vaste_plek", 2), ("geld", 3), ("inbreng_in_besluit", 2))
    ]  # fmt: skip
    return {"obstacle": obstacles, "experiment": trials, "lesson": lessons, "case_condition": known}


def figures() -> Iterator[dict[str, Any]]:
    """Changes of cohesion of all collectives, and a figure of an area without any difference."""
    yield from (shared_figures.change(name, 0.1 * at, 0.3) for at, name in enumerate(NAMES))
    yield shared_figures.measured("c01", 2024, 1.0) | {
        "question": "change", "indicator_id": "gas_m3_per_dwelling", "group_type": "oordeel", "group_value": "",
        "value_text": "geen_verschil", "period_end": "2024-12-31",
    }  # fmt: skip


@pytest.fixture(scope="module")
def estimates(built_demo: Path) -> pd.DataFrame:
    """What the demonstration, and twenty collectives that record everything, have estimates of."""
    town = {name: {"urbanity": 1 + at % 5} for at, name in enumerate(NAMES)}
    kept = learning.made(shared_figures.INDICATORS.assign(source_type="enquete"), "indicators")
    cases = shared_figures.cases(figures(), NAMES, town, kept, **records())
    found = learning.learn(cases, Settings())
    own = pd.read_parquet(built_demo / "data" / "processed" / "analysed" / "estimates.parquet")
    return pd.concat([own, found.estimates], ignore_index=True)


def one_by_one(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(name,) for name in names] or [()]


NAMED = [
    (rq_id, dataclasses.replace(answer, indicators=one, group_types=kind, group_values=value))
    for rq_id, way in asked.ways().items()
    for answer in way.answers
    for one, kind, value in itertools.product(*map(one_by_one, (
        answer.indicators, answer.group_types, answer.group_values
    )))
]  # fmt: skip
"""Every name of the register by itself: an answer that fits nothing would hide behind one that does."""


@pytest.mark.parametrize(
    ("rq_id", "answer"), NAMED, ids=lambda one: one if isinstance(one, str) else ".".join(
        [one.question, *one.indicators, *one.group_types, *one.group_values]
    )
)  # fmt: skip
def test_every_name_is_one_that_estimates_have(rq_id: str, answer: asked.Answer, estimates: pd.DataFrame) -> None:
    assert answer.fits(estimates).any(), f"{rq_id}: nothing makes rows of {answer}"


def test_an_obstacle_of_government_bears_on_what_hinders_government_and_on_nothing_of_residents() -> None:
    one = {"obstacle_id": "zon--o1", "collective_id": "zon", "side": "publiek", "type": "regels",
           "first_seen": "2024-02-01"}  # fmt: skip
    cases = learning_cases.of({"zon": ("2024",)}, obstacle=[one])
    claims = learning.learn(cases, Settings()).tables["question_claims"]
    assert set(claims["rq_id"]) == {"bt-3-hinder"}
    seen = claims[claims["standing"].ne(question_evidence.HIDDEN)]
    assert set(seen["standing"]) == {question_evidence.RESERVED}  # one obstacle is no answer for everybody


def test_what_differs_between_city_and_country_is_the_moderator_and_not_the_figures_themselves() -> None:
    (answer,) = asked.ways()["bt-4-stad-en-land"].answers
    rows = pd.DataFrame(
        {
            "question": ["shared", "shared", patterns.QUESTION],
            "indicator_id": ["cohesie", "cohesie", "pattern_p"],
            "group_type": ["verandering:deelnemers"] * 3,
            "group_value": ["moderator:urbanity", "gemiddelde", "moderator:urbanity"],
        }
    )
    assert answer.fits(rows).tolist() == [True, False, False]
