"""A log of inputs for tests: a few words per input come in; the cases that a question learns from go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import Cases
from bt_analysis.analysis.learning.cases import nothing
from bt_analysis.instruments.rows import typed

Steps = Sequence[tuple[Any, ...]]
"""Steps of an input: day after it was raised, stage, and for some the outcome, the reason and an address."""

RAISED = dt.date(2023, 1, 1)
TODAY = dt.date(2026, 11, 26)


def raised(input_id: str, collective_id: str = "zon", on: dt.date = RAISED, **more: Any) -> dict[str, Any]:
    """Make a row of the table input."""
    return {
        "input_id": f"{collective_id}--{input_id}", "collective_id": collective_id, "raised_on": on,
        "channel": "deur", **more,
    }  # fmt: skip


def steps(
    input_id: str, *taken: tuple[Any, ...], collective_id: str = "zon", on: dt.date = RAISED
) -> list[dict[str, Any]]:
    """Make rows of the table input_event."""
    names = ("stage", "outcome", "reason", "explanation_url")
    return [
        {
            "input_id": f"{collective_id}--{input_id}", "seq": number, "date": on + dt.timedelta(days=one[0]),
            **dict(zip(names, one[1:], strict=False)),
        }
        for number, one in enumerate(taken, start=1)
    ]  # fmt: skip


def link(from_input: str, to_input: str, type_: str, collective_id: str = "zon") -> dict[str, Any]:
    """Make a row of the table input_link."""
    return {
        "from_input": f"{collective_id}--{from_input}", "to_input": f"{collective_id}--{to_input}", "type": type_,
    }  # fmt: skip


def cases(
    inputs: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]] = (),
    links: Iterable[Mapping[str, Any]] = (), decisions: Iterable[Mapping[str, Any]] = (),
    periods: Mapping[str, Sequence[str]] | None = None, today: dt.date = TODAY,
) -> Cases:  # fmt: skip
    """Make cases of collectives that keep a log; one collective with one period unless told otherwise."""
    records = {
        "input": typed(inputs, "input"), "input_event": typed(events, "input_event"),
        "input_link": typed(links, "input_link"), "decision": typed(decisions, "decision"),
    }  # fmt: skip
    rows = [(name, period) for name, all_ in (periods or {"zon": ["2023-2024"]}).items() for period in all_]
    collectives = pd.DataFrame(rows, columns=["collective_id", "period"], dtype="str")
    collectives = collectives.assign(name=collectives["collective_id"].str.capitalize())
    return Cases(records, collectives, nothing(), pd.DataFrame(), today)
