"""Experiment cards: the fingerprint follows what was declared, and nothing else."""

import hashlib

import pandas as pd
import pytest

from bt_analysis import cards, schema

CARD = {
    "experiment_id": "deur", "collective_id": "zon", "problem": "Weinig huurders", "start": pd.Timestamp("2025-02-01"),
    "indicator_ids": "trots;gas_m3_per_dwelling", "declared_at": pd.Timestamp("2025-01-20"), "status": "loopt",
}  # fmt: skip


def test_the_fingerprint_is_that_of_one_json_object_by_hand() -> None:
    text = (
        '{"change_of_mind":null,"change_tried":null,"collective_id":"zon","comparison":null,"declared_at":"2025-01-20",'
        '"ethics_note":null,"experiment_id":"deur","indicator_ids":"trots;gas_m3_per_dwelling",'
        '"mechanism_expected":null,"planned_end":null,"problem":"Weinig huurders","question_id":null,'
        '"start":"2025-02-01","stop_signal":null,"success_signal":null,"who_decides":null}'
    )
    assert cards.card_hash(CARD) == hashlib.sha256(text.encode()).hexdigest()


def test_frozen_fields_are_fields_of_the_table() -> None:
    assert set(cards.FROZEN) < {field["name"] for field in schema.load("experiment")["fields"]}


@pytest.mark.parametrize("field", ["problem", "indicator_ids", "stop_signal", "question_id", "comparison"])
def test_another_text_gives_another_fingerprint(field: str) -> None:
    assert cards.card_hash(CARD | {field: "iets anders"}) != cards.card_hash(CARD)


@pytest.mark.parametrize(
    "same",
    [
        {"status": "gestopt", "spread_type": "geen", "text_consent": True, "version": 2},
        {"problem": "  Weinig\n huurders "},
        {"stop_signal": float("nan"), "change_of_mind": pd.NaT, "ethics_note": ""},
        {
            "experiment_id": "zon--deur",
            "indicator_ids": "zon--trots; gas_m3_per_dwelling",
        },  # as the joined tables have it
        {"start": pd.Timestamp("2025-02-01").date()},
    ],
)
def test_what_was_not_declared_or_is_written_otherwise_changes_nothing(same: dict[str, object]) -> None:
    assert cards.card_hash(CARD | same) == cards.card_hash(CARD)


@pytest.mark.parametrize(
    ("change", "state"),
    [({}, "ok"), ({"problem": "Iets anders"}, "card_changed"), ({"card_hash": None}, "not_recorded")],
)
def test_a_card_is_held_against_its_fingerprint(change: dict[str, object], state: str) -> None:
    assert cards.state(CARD | {"card_hash": cards.card_hash(CARD)} | change) == state
