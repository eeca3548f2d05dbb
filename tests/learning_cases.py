"""Cases to learn from, typed in a test: monitoring rows in, what a question gets to see out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.analysis import learning
from bt_analysis.analysis.periods import bounds
from bt_analysis.instruments.rows import typed

TODAY = dt.date(2026, 1, 31)
_COLLECTIVE = {"primary_domain": "leefomgeving", "urbanity": 3}


def of(
    periods: Mapping[str, tuple[str, ...]],
    about: Mapping[str, Any] | None = None,
    **records: Iterable[Mapping[str, Any]],
) -> learning.Cases:
    """Make cases: collective → its periods; what is known of each; and rows per monitoring table."""
    known = about or {}
    rows = [
        {"collective_id": name, "period": period, "name": name.title(), **_COLLECTIVE, **known.get(name, {})}
        for name, own in periods.items()
        for period in own
    ]
    collectives = pd.DataFrame(rows).astype({"urbanity": "Int64"})
    tables = {name: typed(given, name) for name, given in records.items()}
    return learning.Cases(tables, collectives, learning.nothing(), learning.made((), "indicators"), TODAY)


def value(answer: learning.Learned, indicator_id: str, **where: str) -> dict[str, Any]:
    """Return the only estimate that fits; a period is named as 2024 or 2023-2024."""
    rows = answer.estimates[answer.estimates["indicator_id"].eq(indicator_id)]
    year = where.pop("year", None)
    for column, wanted in ({"collective_id": "", "group_type": "", "group_value": ""} | where).items():
        rows = rows[rows[column].eq(wanted)]
    if year:
        first, last = bounds(year)
        rows = rows[rows["period_start"].eq(first) & rows["period_end"].eq(last)]
    assert len(rows) == 1, f"{len(rows)} rows of {indicator_id} fit {where}"
    return {str(name): cell for name, cell in rows.iloc[0].items()}


def checked(answer: learning.Learned) -> learning.Learned:
    """Return the answer when its tables are what their schemas say, and no two claims have one id."""
    for name, table in answer.tables.items():
        schema.check(table, f"analysed_{name}")
    schema.check(answer.estimates.assign(synthetic=False), "analysed_estimates")
    return answer
