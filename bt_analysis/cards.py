"""Experiment cards: what was fixed before a start comes in, a fingerprint that changes with it goes out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

FROZEN = (
    "collective_id", "experiment_id", "question_id", "problem", "change_tried", "mechanism_expected", "who_decides",
    "start", "planned_end", "indicator_ids", "success_signal", "stop_signal", "change_of_mind", "comparison",
    "ethics_note", "declared_at",
)  # fmt: skip
"""Fields of a card that are fixed when it is declared; how it goes on (status, spread_type, events) is not."""

INTACT, CHANGED, NO_HASH = "ok", "card_changed", "not_recorded"
"""The card is as it was declared; it is not; nobody can tell, as it has no fingerprint."""


def card_hash(card: Mapping[Any, object]) -> str:
    """Compute the fingerprint of a card.

    Parameters
    ----------
    card : mapping of str to object
        A row of the table experiment, as delivered or as the joined tables have it; other columns are left alone.

    Returns
    -------
    str
        64 hexadecimal digits.

    Notes
    -----
    SHA-256 over UTF-8 text: one JSON object of the fields :data:`FROZEN`, keys in order of the alphabet, no spaces
    around ``,`` and ``:``, letters as they are. Days are ``2025-02-01``. In other text every run of spaces and line
    ends is one space, and none stands at the ends; spaces around ``;`` in a list go. What is empty is ``null``.
    Codes are those that the collective gave: what the joined tables put in front of them (``zon--``) is left out.
    """
    owner = f"{_plain(card.get('collective_id')) or ''}--"
    fields = {name: _plain(card.get(name)) for name in FROZEN}
    for name in ("experiment_id", "question_id", "indicator_ids"):
        codes = fields[name]
        fields[name] = codes and ";".join(code.strip().removeprefix(owner) for code in codes.split(";"))
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def state(card: Mapping[Any, object]) -> str:
    """Tell whether a card still is what was declared.

    Parameters
    ----------
    card : mapping of str to object
        A row of the table experiment, with ``card_hash``.

    Returns
    -------
    str
        :data:`INTACT`, :data:`CHANGED` or :data:`NO_HASH`.
    """
    recorded = _plain(card.get("card_hash"))
    if recorded is None:
        return NO_HASH
    return INTACT if recorded == card_hash(card) else CHANGED


def _plain(value: object) -> str | None:
    if value is None or bool(pd.isna(value)):  # type: ignore[call-overload]
        return None
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else " ".join(str(value).split()) or None
