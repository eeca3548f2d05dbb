"""Small theories of change for tests: evidence is typed in the test, and the rest is filled in here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning.cases import Cases, nothing
from bt_analysis.instruments.rows import typed

TODAY = dt.date(2026, 6, 1)
DOMAINS = {"a": "welzijn", "b": "sociale_cohesie", "c": "gezondheid", "d": "leefomgeving"}
EATING, HELP = "bt-samen_eten-eenzaamheid", "bt-buren_kennen-hulp_vragen"


def evidence(*rows: tuple[Any, ...], link_id: str = EATING) -> list[dict[str, Any]]:
    """Make evidence of (collective, kind of source, direction, design) and more; the id has the collective in front."""
    return [
        {
            "evidence_id": f"{collective or 'a'}--e{at}", "link_id": link_id, "collective_id": collective or None,
            "source_type": source, "direction": direction, "design": design, "date": pd.Timestamp("2026-01-01"),
        }
        | dict(more[0] if more else {})
        for at, (collective, source, direction, design, *more) in enumerate(rows)
    ]  # fmt: skip


def cases(
    rows: list[dict[str, Any]] | None = None,
    links: list[dict[str, Any]] | None = None,
    nodes: list[dict[str, Any]] | None = None,
    judgements: list[dict[str, Any]] | None = None,
    *,
    earlier: Mapping[str, pd.DataFrame] | None = None,
    today: dt.date = TODAY,
) -> Cases:
    """Return four collectives, each with one period, that recorded this."""
    given = {"evidence": rows, "toc_link": links, "toc_node": nodes, "evidence_judgement": judgements}
    collectives = pd.DataFrame(
        [
            {"collective_id": one, "period": "2025", "name": f"Groep {one}", "primary_domain": domain, "urbanity": 3.0}
            for one, domain in DOMAINS.items()
        ]
    )
    records = {name: typed(table, name) for name, table in given.items() if table}
    return Cases(records, collectives, nothing(), pd.DataFrame(), today, earlier or {})
