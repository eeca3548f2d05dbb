"""What claims rest on: every question has one kind of knowledge, and only what a report shows is a claim."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import knowledge
from bt_analysis.analysis.learning.knowledge import ADMINISTRATIVE, EXPERIENCE, PROFESSIONAL, SCIENTIFIC
from tests.test_give_and_take import cases, figure

ASKED = {"enquete": EXPERIENCE, "verhaal": EXPERIENCE, "eigen_telling": ADMINISTRATIVE, "register": ADMINISTRATIVE}


def kind(question: str, source_type: str = "register", indicator_id: str = "x") -> str:
    rows = pd.DataFrame([{"question": question, "indicator_id": indicator_id}])
    (found,) = knowledge.kinds(rows, pd.DataFrame([{"indicator_id": "x", "source_type": source_type}]))
    return str(found)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("before_after", EXPERIENCE), ("lessons", EXPERIENCE), ("cooperation", EXPERIENCE), ("obstacles", EXPERIENCE),
        ("theory", PROFESSIONAL),
        ("change", SCIENTIFIC), ("patterns", SCIENTIFIC), ("shared", SCIENTIFIC), ("savings", SCIENTIFIC),
        ("activities", ADMINISTRATIVE), ("hours", ADMINISTRATIVE), ("inputs", ADMINISTRATIVE),
        ("nobody_foresaw", ADMINISTRATIVE),
    ],
)  # fmt: skip
def test_what_the_answers_to_a_question_rest_on(question: str, expected: str) -> None:
    assert kind(question) == expected


@pytest.mark.parametrize(("source_type", "expected"), ASKED.items())
def test_a_measurement_rests_on_how_it_was_made(source_type: str, expected: str) -> None:
    assert kind("measurements", source_type) == expected


@pytest.mark.parametrize("source_type", ASKED)
@pytest.mark.parametrize("question", ["hours", "change", "theory"])
def test_how_an_indicator_is_measured_says_nothing_of_other_questions(question: str, source_type: str) -> None:
    assert kind(question, source_type) == kind(question)


def test_a_measurement_of_an_indicator_that_nobody_described_was_written_down() -> None:
    assert kind("measurements", "enquete", "unknown") == ADMINISTRATIVE


def test_no_estimates_have_no_kinds() -> None:
    none = pd.DataFrame({"question": pd.Series(dtype="str"), "indicator_id": pd.Series(dtype="str")})
    assert knowledge.kinds(none, pd.DataFrame({"indicator_id": [], "source_type": []})).empty


# Claims


@pytest.mark.parametrize(
    ("more", "claimed"),
    [
        ({}, True),
        ({"gate": "voorbehoud"}, True),
        ({"gate": "niet_te_zien", "value": None}, False),
        ({"gate": "onderdrukt", "value": None}, False),
        ({"question": "context"}, False),  # of the area, as CBS has it
        ({"collective_id": ""}, False),  # about all together
        ({"collective_id": "elders"}, False),
        ({"period_start": pd.Timestamp("2024-02-01")}, False),  # of no report: not its first day
        ({"period_end": pd.Timestamp("2025-12-31")}, False),
    ],
)
def test_a_claim_is_a_shown_figure_of_a_report_of_one_collective(more: dict[str, Any], claimed: bool) -> None:
    found = knowledge.claims(cases(figure("f") | more))
    assert len(found) == claimed


def test_each_period_makes_its_own_claims() -> None:
    spans = [(2023, 2023), (2024, 2024), (2023, 2024)]
    rows = [
        figure("f", period_start=pd.Timestamp(first, 1, 1), period_end=pd.Timestamp(last, 12, 31))
        for first, last in spans
    ]
    found = knowledge.claims(cases(*rows, periods=("2023", "2024", "2023-2024")))
    years = zip(found["period_start"].dt.year, found["period_end"].dt.year, strict=True)
    assert sorted(years) == sorted(spans)
    assert found["claim_id"].is_unique
    assert list(found) == [*knowledge.KEYS, "claim_id", "indicator_id", "kind"]


def test_figures_of_groups_are_claims_beside_that_of_all() -> None:
    groups = [{"group_type": "leeftijd", "group_value": value} for value in ("0-14", "65+")]
    found = knowledge.claims(cases(figure("f"), *(figure("f", **one) for one in groups)))
    assert len(found) == 1 + 2


def test_looking_for_claims_leaves_the_figures_as_they_were() -> None:
    given = cases(figure("f"), figure("g", gate="voorbehoud"))
    before = given.estimates.copy()
    knowledge.claims(given)
    pd.testing.assert_frame_equal(given.estimates, before)
