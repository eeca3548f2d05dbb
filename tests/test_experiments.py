"""Experiments as a report may tell of them: declared when, still what it was, and no text without consent."""

import dataclasses
import json
from typing import Any

import pandas as pd
import pytest

from bt_analysis import cards, schema
from bt_analysis.analysis import experiments
from bt_analysis.analysis.profiles import _kept
from bt_analysis.analysis.tables import Joined
from bt_analysis.demo import municipality
from bt_analysis.demo.collectives import plan
from bt_analysis.demo.experiments import tried
from bt_analysis.instruments.rows import typed

CARD: dict[str, Any] = {
    "experiment_id": "tuin--deur", "collective_id": "tuin", "question_id": "tuin--wie", "start": "2024-02-01",
    "declared_at": "2024-01-20", "problem": "Geheim probleem", "stop_signal": "Geheim signaal", "text_consent": True,
    "indicator_ids": "gas_m3_per_dwelling", "comparison": "voor_na", "status": "loopt",
}  # fmt: skip


def joined(make: Any, *rows: dict[str, Any], events: tuple[dict[str, Any], ...] = ()) -> Joined:
    asked = {"rq_id": "tuin--wie", "text": "Wie bereiken we?", "proposed_by": "bewoner"}
    dated = [
        {**row, **{name: pd.Timestamp(row[name]) for name in ("start", "declared_at") if row.get(name)}} for row in rows
    ]
    happened = [{"experiment_id": "tuin--deur", **one, "date": pd.Timestamp(one["date"])} for one in events]
    return Joined(
        **{name: getattr(make.joined(), name) for name in make.joined().__dataclass_fields__}
        | {
            "experiment": typed(dated, "experiment"),
            "experiment_event": typed(happened, "experiment_event"),
            "research_question": typed([asked], "research_question"),
        }
    )


def only(make: Any, **change: Any) -> dict[str, Any]:
    table = schema.check(experiments.experiments(joined(make, CARD | change)), "analysed_experiments")
    assert len(table) == 1
    return {str(name): value for name, value in table.iloc[0].items()}


@pytest.mark.parametrize(
    ("declared_at", "declared"),
    [("2024-01-20", "vooraf"), ("2024-02-01", "vooraf"), ("2024-02-02", "achteraf"), (None, "onbekend")],
)
def test_a_card_is_declared_beforehand_up_to_the_first_day(make: Any, declared_at: str | None, declared: str) -> None:
    assert only(make, declared_at=declared_at)["declared"] == declared


def test_the_card_is_held_against_its_fingerprint(make: Any) -> None:
    assert only(make)["card"] == "not_recorded"
    right = cards.card_hash(CARD | {"start": pd.Timestamp("2024-02-01"), "declared_at": pd.Timestamp("2024-01-20")})
    assert only(make, card_hash=right)["card"] == "ok"
    assert only(make, card_hash=right, problem="Later verzonnen")["card"] == "card_changed"


@pytest.mark.parametrize("consent", [False, None])
def test_without_consent_no_text_is_told_but_that_it_is_there(make: Any, consent: bool | None) -> None:
    row = only(make, text_consent=consent)
    assert "Geheim" not in json.dumps(row, default=str)
    assert (row["text_shown"], row["texts_kept"]) == (False, "problem;stop_signal")
    assert (row["question"], row["comparison"]) == ("Wie bereiken we?", "voor_na")
    assert only(make)["problem"] == "Geheim probleem"


def test_changed_criteria_are_counted_and_a_stop_has_its_day(make: Any) -> None:
    events = tuple(
        {"event_id": f"e{at}", "type": kind, "date": f"2024-0{at}-01", "text": "Geheim", "text_consent": at == 3}
        for at, kind in enumerate(("start", "criterium_gewijzigd", "criterium_gewijzigd", "stop"), start=2)
    )
    both = joined(make, CARD, events=events)
    row = experiments.experiments(both).iloc[0]
    assert (row["criteria_changed_n"], row["stopped_on"]) == (2, pd.Timestamp("2024-05-01"))
    told = schema.check(experiments.events(both), "analysed_experiment_events")
    assert told["text"].tolist() == ["", "Geheim", "", ""]
    assert told["collective_id"].unique().tolist() == ["tuin"]
    assert _kept(both) == {"tuin": "experiment;experiment_event"}


def test_a_question_that_nobody_wrote_down_is_empty(make: Any) -> None:
    both = dataclasses.replace(joined(make, CARD), research_question=typed([], "research_question"))
    row = experiments.experiments(both).iloc[0]
    assert (row["question"], row["proposed_by"]) == ("", "")


def test_nobody_tried_anything(make: Any) -> None:
    assert schema.check(experiments.experiments(joined(make)), "analysed_experiments").empty
    assert schema.check(experiments.events(joined(make)), "analysed_experiment_events").empty


def test_cards_of_the_demonstration_have_right_fingerprints_and_show_failures() -> None:
    planned = {one.archetype["slug"]: one for one in plan(municipality.draw(1), 8)}
    tables = [tried(one) for one in planned.values()]
    made = pd.concat([one["experiment"] for one in tables if one], ignore_index=True)
    states = {row["experiment_id"]: cards.state(row.to_dict()) for _, row in made.iterrows()}
    # One was written over after it was declared, so that a report shows what it says of that.
    assert {name for name, state in states.items() if state != cards.INTACT} == {"avond-open"}
    assert states["avond-open"] == cards.CHANGED
    assert {"klaar", "mislukt_leerzaam", "gestopt"} <= set(made["status"])
    assert set(made["text_consent"]) == {"ja", "nee"}
    events = pd.concat([one["experiment_event"] for one in tables if one])
    assert {"criterium_gewijzigd", "stop"} <= set(events["type"])
    assert tried(planned["huis"]) == {}
