"""Experiments across collectives: fixed beforehand or not, the worst outcome first, and nothing left out."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import cards, schema
from bt_analysis.analysis.learning import ACROSS, Cases, Learned, trials
from bt_analysis.analysis.tables import estimates
from bt_analysis.disclosure.records import without_text
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings

CARD: dict[str, Any] = {
    "experiment_id": "tuin--deur", "collective_id": "tuin", "start": "2024-02-01", "declared_at": "2024-01-20",
    "planned_end": "2024-11-30", "problem": "Te warm", "text_consent": True, "indicator_ids": "gas_m3_per_dwelling",
    "comparison": "vergelijkgebied", "status": "klaar",
}  # fmt: skip
_DAYS = ("start", "declared_at", "planned_end")


def cases(
    *rows: dict[str, Any],
    events: tuple[dict[str, Any], ...] = (),
    lessons: tuple[str, ...] = (),
    verdict: str = "",
    today: dt.date = dt.date(2025, 6, 1),
    periods: tuple[str, ...] = ("2024",),
) -> Cases:
    """Return collectives with experiments; ``lessons`` are valences of lessons from the experiment tuin--deur."""
    planned = [CARD | row for row in rows]
    dated = [{**row, **{name: pd.Timestamp(row[name]) for name in _DAYS if row.get(name)}} for row in planned]
    happened = [
        {"event_id": f"e{at}", "experiment_id": "tuin--deur", "text_consent": True} | one
        for at, one in enumerate(events)
    ]
    learnt = [
        {"lesson_id": f"l{at}", "collective_id": "tuin", "valence": valence, "experiment_id": "tuin--deur"}
        for at, valence in enumerate(lessons)
    ]
    owners = dict.fromkeys(["tuin", *(row["collective_id"] for row in planned)])
    collectives = [
        {"collective_id": name, "period": label, "primary_domain": "leefomgeving", "name": name}
        for name in owners for label in periods
    ]  # fmt: skip
    seen = {
        "question": "change", "indicator_id": "gas_m3_per_dwelling", "collective_id": "tuin", "group_type": "oordeel",
        "period_start": "2024-01-01", "period_end": "2024-12-31", "population": "gebied", "unit": "m3",
        "method": "x", "source": "x", "value": 1.0, "value_text": verdict,
    }  # fmt: skip
    records = {
        "experiment": typed(dated, "experiment"),
        "experiment_event": typed(happened, "experiment_event"),
        "lesson": typed(learnt, "lesson"),
        "collective": typed([{"collective_id": name, "country": "NL"} for name in owners], "collective"),
    }
    return Cases(
        {name: without_text(table, schema.load(name)) for name, table in records.items()},
        pd.DataFrame(collectives),
        estimates(pd.DataFrame([seen])) if verdict else pd.DataFrame(),
        pd.DataFrame(),
        today,
    )


def learned(*rows: dict[str, Any], **more: Any) -> Learned:
    answer = trials.learn(cases(*rows, **more), Settings())
    schema.check(answer.tables["trials"], "analysed_trials")
    schema.check(answer.estimates.assign(synthetic=False), "analysed_estimates")
    assert answer.estimates["claim_id"].is_unique
    return answer


def only(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    table = learned(*rows, **more).tables["trials"]
    assert len(table) == 1
    return {str(name): value for name, value in table.iloc[0].items()}


def count(answer: Learned, indicator_id: str = "experiments_n", kind: str = "", value: str = "") -> float:
    rows = answer.estimates
    fits = rows["indicator_id"].eq(indicator_id) & rows["group_type"].eq(kind) & rows["group_value"].eq(value)
    return float(rows.loc[fits & rows["collective_id"].eq(ACROSS), "value"].sum())


# The card


def hashed(**change: Any) -> dict[str, Any]:
    row = CARD | change
    return row | {"card_hash": cards.card_hash({**row, **{name: pd.Timestamp(row[name]) for name in _DAYS}})}


def test_a_card_is_held_against_its_fingerprint() -> None:
    assert only({})["card"] == "not_recorded"
    assert only(hashed())["card"] == "ok"
    assert only(hashed() | {"problem": "Later verzonnen"})["card"] == "card_changed"


def test_without_consent_the_fingerprint_stays_with_the_collective_and_that_is_said() -> None:
    row = only(hashed(text_consent=False))
    assert (row["card"], row["text_shown"], row["problem"]) == ("no_consent", False, "")


@pytest.mark.parametrize(
    ("day", "declared"), [("2024-02-01", "vooraf"), ("2024-02-02", "achteraf"), (None, "onbekend")]
)
def test_a_card_of_after_the_start_was_described_afterwards(day: str | None, declared: str) -> None:
    assert only({"declared_at": day})["declared"] == declared


def test_criteria_that_changed_are_told_with_their_days() -> None:
    events = tuple(
        {"date": f"2024-0{month}-01", "type": kind}
        for month, kind in ((6, "criterium_gewijzigd"), (4, "criterium_gewijzigd"), (5, "aanpassing"))
    )
    assert only({}, events=events)["criteria_changed_on"] == "2024-04-01;2024-06-01"
    assert count(learned({}, events=events), "experiments_criteria_changed_n") == 1  # one experiment, changed twice


# What came of it


@pytest.mark.parametrize(
    ("status", "lessons", "verdict", "outcome"),
    [
        ("klaar", (), "", "onbekend"),
        ("klaar", ("werkte",), "", "werkte"),
        ("klaar", ("werkte", "werkte_deels"), "", "werkte_deels"),
        ("klaar", ("werkte", "werkte_niet"), "", "werkte_niet"),
        ("klaar", ("werkte_niet", "schade"), "hoger", "schade"),
        ("klaar", ("werkte",), "geen_verschil", "geen_verschil"),  # what was measured outweighs what was told
        ("klaar", (), "lager", "verschil"),
        ("klaar", (), "geen_vast_antwoord", "onbekend"),
        ("mislukt_leerzaam", ("werkte",), "", "werkte_niet"),
        ("gestopt", (), "hoger", "gestopt"),
        ("loopt", ("werkte",), "", "loopt"),
        ("loopt", ("schade",), "", "schade"),
        ("gepland", (), "", "gepland"),
        (None, (), "", "onbekend"),
    ],
)
def test_the_outcome_is_the_worst_that_is_known(
    status: str | None, lessons: tuple[str, ...], verdict: str, outcome: str
) -> None:
    row = only({"status": status}, lessons=lessons, verdict=verdict)
    assert row["outcome"] == outcome
    assert (row["lessons"], row["verdicts"]) == (";".join(sorted(lessons)), verdict)


@pytest.mark.parametrize(
    ("change", "events", "lessons", "overdue"),
    [
        ({"status": "loopt"}, (), (), True),
        ({"status": "klaar"}, (), (), True),  # finished, and nobody says what came of it
        ({"status": None}, (), (), True),
        ({"status": "loopt"}, ("resultaat",), (), False),
        ({"status": "loopt"}, ("stop",), (), False),
        ({"status": "loopt"}, ("reflectie",), (), True),
        ({"status": "klaar"}, (), ("werkte_niet",), False),
        ({"status": "mislukt_leerzaam"}, (), (), False),
        ({"status": "loopt", "planned_end": "2025-06-01"}, (), (), False),  # today is its last day
        ({"status": "loopt", "planned_end": None}, (), (), False),
    ],
)
def test_a_planned_end_that_passed_without_a_result_is_told(
    change: dict[str, Any], events: tuple[str, ...], lessons: tuple[str, ...], overdue: bool
) -> None:
    happened = tuple({"date": "2024-12-01", "type": kind} for kind in events)
    assert only(change, events=happened, lessons=lessons)["overdue"] == overdue
    assert count(learned(change, events=happened, lessons=lessons), "experiments_overdue_n") == overdue


def test_how_it_ended_is_told_in_the_words_of_the_stop_first_and_only_with_consent() -> None:
    stop = {"date": "2024-05-01", "type": "stop", "text": "Niemand kwam"}
    later = {"date": "2024-06-01", "type": "reflectie", "text": "Het regende"}
    assert only({}, events=(stop, later))["ended_with"] == "Niemand kwam"
    assert only({}, events=(stop | {"text_consent": False}, later))["ended_with"] == "Het regende"
    assert only({}, events=(stop | {"text_consent": False},))["ended_with"] == ""


# Counts


def test_all_are_counted_by_every_kind_and_what_is_not_filled_in_is_a_value() -> None:
    rows = (
        {"spread_type": "elders_overgenomen"},
        {"experiment_id": "huis--a", "collective_id": "huis", "spread_type": "geen", "status": "mislukt_leerzaam"},
        {"experiment_id": "huis--b", "collective_id": "huis", "status": "gestopt", "comparison": None},
    )
    answer = learned(*rows)
    assert count(answer) == 3
    spread = {value: count(answer, kind="verspreiding", value=value) for value in ("elders_overgenomen", "geen")}
    assert spread == {"elders_overgenomen": 1, "geen": 1}
    assert count(answer, kind="verspreiding", value="niet_ingevuld") == 1
    assert count(answer, kind="vergelijking", value="vergelijkgebied") == 2
    assert [count(answer, kind="stand", value=one) for one in ("klaar", "mislukt_leerzaam", "gestopt")] == [1, 1, 1]
    for kind in trials.KINDS:
        total = answer.estimates[answer.estimates["group_type"].eq(kind) & answer.estimates["collective_id"].eq("")]
        assert total["value"].sum() == 3
    per_group = answer.estimates[answer.estimates["group_type"].eq("vergelijking")].set_index("group_value")["n"]
    assert per_group.to_dict() == {"vergelijkgebied": 2, "niet_ingevuld": 1}  # collectives behind each


def test_an_experiment_counts_in_every_period_in_which_it_ran() -> None:
    answer = learned(
        {"start": "2023-06-01", "planned_end": "2024-02-01"}, periods=("2022", "2023", "2024", "2022-2024")
    )
    own = answer.estimates[answer.estimates["collective_id"].eq("tuin") & answer.estimates["group_type"].eq("")]
    years = [(first.year, last.year) for first, last in zip(own["period_start"], own["period_end"], strict=True)]
    assert sorted(years) == [(2022, 2024), (2023, 2023), (2024, 2024)]


def test_nobody_tried_anything() -> None:
    answer = learned()
    assert answer.estimates.empty
    assert answer.tables["trials"].empty
