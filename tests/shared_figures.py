"""Figures of collectives, typed in a test: what each measured in, cases that a question gets to see out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from bt_analysis.analysis import learning
from tests import learning_cases

PERIOD = "2023-2024"
INDICATORS = pd.DataFrame(
    [("cohesie", "cohesie_cbs_ssw", "schaal"), ("gezond", "srh_1", "%")],
    columns=["indicator_id", "instrument_id", "unit"],
)
_SHOWN = {
    "population": "deelnemers", "period_start": "2023-01-01", "period_end": "2024-12-31", "gate": "ok",
    "source": "collective: measurement",
}  # fmt: skip


def change(collective_id: str, value: float, half: float, **more: Any) -> dict[str, Any]:
    """A change of the same people on a scale, with an interval that reaches half a length to both sides."""
    row = {
        "question": "before_after", "indicator_id": "cohesie", "group_value": "verschil", "unit": "schaal",
        "group_type": f"verandering:{collective_id}--2024", "group_label": "2023-10-31/2024-10-31",
        "method": "paired: interval of mean change", "gate": "voorbehoud", "gate_reason": "no_control_group", "n": 60,
    }  # fmt: skip
    return {**_SHOWN, **row, "collective_id": collective_id, **_ends(value, half), **more}


def measured(collective_id: str, year: int, value: float, **more: Any) -> dict[str, Any]:
    """A percentage of 100 people by lot, without an interval of its own."""
    row = {
        "question": "measurements", "indicator_id": "gezond", "group_type": f"meting:{collective_id}--{year}",
        "group_label": f"{year}-10-31", "unit": "%", "value": value, "n": 100, "method": "random sample",
    }  # fmt: skip
    return {**_SHOWN, **row, "collective_id": collective_id, **more}


def _ends(value: float, half: float) -> dict[str, float]:
    return {"value": value, "ci_low": value - half, "ci_high": value + half}


def names(count: int) -> list[str]:
    """Names of so many collectives, in order of the alphabet."""
    return [f"c{number:02}" for number in range(count)]


def cases(
    rows: Iterable[Mapping[str, Any]],
    collectives: Sequence[str],
    about: Mapping[str, Any] | None = None,
    indicators: pd.DataFrame = INDICATORS,
    **records: Iterable[Mapping[str, Any]],
) -> learning.Cases:
    """Put figures of collectives together, as a question gets to see them."""
    base = learning_cases.of(dict.fromkeys(collectives, (PERIOD,)), about, **records)
    frame = pd.DataFrame(list(rows))
    told = learning.told(frame) if len(frame) else learning.nothing()
    return dataclasses.replace(base, estimates=told, indicators=indicators)
