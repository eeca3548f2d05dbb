"""A collective to talk about, typed by hand: each input says only what a test is about."""

from typing import Any

import pandas as pd

from bt_analysis.pages.content import Content

INPUT: dict[str, Any] = {
    "collective_id": "tuin", "input_id": "tuin--i1", "raised_on": "2024-01-10", "domain": "leefomgeving",
    "domain_secondary": "", "knowledge_type": "ervaring", "channel": "deur", "scale": "straat", "counted": True,
    "circular": False, "went_into": "", "decided_on": None, "decided_by": "",
    "stage": "gewogen", "fate": "open", "outcome": "", "reason": "",
    "answered": False, "reported_back": False, "silent": False, "answered_on": None, "last_on": "2024-03-01",
    "kept_until": "2024-12-31", "waited_days": 100, "text_shown": True, "text": "Een bankje",
}  # fmt: skip

CARD: dict[str, Any] = {
    "collective_id": "tuin", "experiment_id": "tuin--proef", "start": "2024-02-01", "planned_end": "2024-12-31",
    "declared_at": "2024-01-15", "declared": "vooraf", "card": "ok", "comparison": "voor_na", "indicator_ids": "",
    "status": "loopt", "spread_type": "", "question": "", "proposed_by": "", "text_shown": True, "problem": "Te heet",
    "change_tried": "Bomen in potten", "mechanism_expected": "", "who_decides": "bewonersavond",
    "success_signal": "Het wordt koeler", "stop_signal": "Niemand geeft water", "change_of_mind": "Even warm",
    "ethics_note": "", "texts_kept": "problem;success_signal;stop_signal", "criteria_changed_n": 0, "stopped_on": None,
}  # fmt: skip

TRIAL: dict[str, Any] = {"experiment_id": "tuin--proef", "outcome": "loopt", "overdue": False, "result_on": None}

_DAYS = (
    "raised_on", "answered_on", "last_on", "kept_until", "start", "planned_end", "declared_at", "stopped_on",
    "result_on", "date", "decided_on", "recorded_on",
)  # fmt: skip


def rows(standard: dict[str, Any], *given: dict[str, Any]) -> pd.DataFrame:
    """Return a table of which each row says only what differs; days may be typed as text."""
    table = pd.DataFrame([standard | one for one in given], columns=list(standard))
    return table.assign(**{name: pd.to_datetime(table[name]) for name in _DAYS if name in table})


def inputs(*given: dict[str, Any]) -> pd.DataFrame:
    """Return inputs, each with an id of its own."""
    return rows(INPUT, *({"input_id": f"tuin--i{at}"} | one for at, one in enumerate(given, start=1)))


def content(page: Any, *estimates: dict[str, Any], lang: str = "nl", **learned: pd.DataFrame) -> Content:
    """Return the report of a collective with these tables, among them ``experiments`` and ``experiment_events``."""
    own = {name: learned.pop(name) for name in ("experiments", "experiment_events") if name in learned}
    made = page.content(*estimates, lang=lang, learned=learned, **own)
    assert isinstance(made, Content)
    return made
