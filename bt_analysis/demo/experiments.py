"""What the fictional collectives tried out: a collective comes in; its cards, events and questions go out."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pandas as pd

from bt_analysis import cards
from bt_analysis.demo.collectives import Collective

_NO_COLUMN = ("id", "question", "consent", "events", "afterwards")


def tried(collective: Collective) -> dict[str, pd.DataFrame]:
    """Make the experiment cards of a collective, each with the fingerprint that it had when it was declared.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.

    Returns
    -------
    dict of DataFrame
        research_question, experiment and experiment_event; none when the kind of collective tries nothing out.
    """
    planned = _cards().get(collective.archetype["slug"], [])
    tables = {
        "research_question": [_question(one) for one in planned if "question" in one],
        "experiment": [_card(one, collective.collective_id) for one in planned],
        "experiment_event": [_event(one, event, at) for one in planned for at, event in enumerate(one["events"], 1)],
    }
    return {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}


def _cards() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files("bt_analysis.demo").joinpath("experiments.toml").read_text(encoding="utf-8"))


def _question(planned: dict[str, Any]) -> dict[str, object]:
    asked = planned["question"]
    return {"rq_id": planned["id"], "group": asked["group"], "text": asked["text"], "proposed_by": asked["proposed_by"]}


def _card(planned: dict[str, Any], collective_id: str) -> dict[str, object]:
    row = {"experiment_id": planned["id"], "collective_id": collective_id}
    row |= {"question_id": planned["id"] if "question" in planned else None}
    row |= {name: value for name, value in planned.items() if name not in _NO_COLUMN}
    # What somebody wrote over on the card later is no part of what was declared.
    row |= {"card_hash": cards.card_hash(row)} | planned.get("afterwards", {})
    return row | {"text_consent": "ja" if planned["consent"] else "nee"}


def _event(planned: dict[str, Any], event: dict[str, Any], number: int) -> dict[str, object]:
    row = {"event_id": f"{planned['id']}-{number}", "experiment_id": planned["id"]}
    row |= {name: event.get(name) for name in ("date", "type", "text", "decided_by")}
    return row | {"text_consent": "ja" if event["consent"] else "nee"}
