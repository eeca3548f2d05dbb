"""What ``bt indicators`` prints: indicators and what is fetched of them in; a table, JSON or a page of text out."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from bt_analysis.indicators import load_families

WIDTH = 100
"""Columns of a terminal that the table fits in."""

_INTRODUCTION = """Written by `bt indicators --format markdown > docs/indicators.md`; the catalogue itself is
`bt_analysis/indicators/*.toml`. A *count* is summed over areas; a *share* is made again of its counts; a *mean* is
weighted by the first of its denominators that has figures; of what is *bounded* (medians, classes, scores) areas
together have a lowest and a highest only."""


def show(found: pd.DataFrame, coverage: pd.DataFrame, lang: str) -> None:
    """Print indicators as a table: id and label, unit and kind, where they stand and how far they are filled.

    Parameters
    ----------
    found : DataFrame
        As :func:`bt_analysis.indicators.search` gives.
    coverage : DataFrame
        As :func:`bt_analysis.indicators.coverage` gives of the tables that were fetched; may have no rows.
    lang : str
        Language of the labels: nl or en.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    # A pipe or a file has no width of its own; rich would cut the table at 80 columns.
    console.width = min(WIDTH, max(60, console.width)) if console.is_terminal else WIDTH
    table = Table(
        "indicator", "unit, kind, domain", "figures", width=console.width, box=box.HORIZONTALS, pad_edge=False
    )
    for column, share in zip(table.columns, (7, 3, 4), strict=True):
        column.ratio, column.overflow = share, "fold"
    for row in found.to_dict("records"):
        rows = coverage[coverage["indicator_id"].eq(row["indicator_id"])]
        what = f"{row['unit']}, {row['kind']}{', model' if row['model'] else ''}\n{row['domain']}"
        name = f"{row['indicator_id']}\n{row[f'label_{lang}']}"
        table.add_row(name, what, _figures(row, rows), end_section=True)
    console.print(table)


def show_json(found: pd.DataFrame, coverage: pd.DataFrame) -> None:
    """Print indicators as JSON, for other programs.

    Parameters
    ----------
    found, coverage : DataFrame
        As :func:`show` takes them.
    """
    by_id = {str(key): rows.drop(columns="indicator_id") for key, rows in coverage.groupby("indicator_id")}
    none = coverage.iloc[:0]
    lines = [
        {**row, "coverage": by_id.get(row["indicator_id"], none).to_dict("records")} for row in found.to_dict("records")
    ]
    sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1) + "\n")


def show_markdown(found: pd.DataFrame) -> None:
    """Print indicators as the text of ``docs/indicators.md``: a table per domain.

    Parameters
    ----------
    found : DataFrame
        As :func:`show` takes it.
    """
    sys.stdout.write(f"# The indicators\n\n{_INTRODUCTION}\n")
    for domain, rows in found.groupby("domain", sort=False):
        sys.stdout.write(
            f"\n## {domain}\n\n| id | label | unit | made of | family | breaks |\n|---|---|---|---|---|---|\n"
        )
        for row in rows.to_dict("records"):
            label = f"{row['label_nl']}<br>*{row['label_en']}*" + (f"<br>{row['note_en']}" if row["note_en"] else "")
            breaks = ", ".join(map(str, row["breaks"]))
            cells = (f"`{row['indicator_id']}`", label, row["unit"], _made_of(row), row["source"], breaks)
            sys.stdout.write(f"| {' | '.join(cells)} |\n")


def _made_of(row: Mapping[Hashable, Any]) -> str:
    counted, base = " + ".join(row["counted"]), " or ".join(row["base"])
    if row["kind"] == "share":
        return f"share: {counted} / {base}"
    if row["kind"] == "additive":
        return f"sum: {counted}" if counted else "count"
    return f"mean, weighted by {base}" if row["kind"] == "mean" else "bounded"


def _figures(row: Mapping[Hashable, Any], rows: pd.DataFrame) -> str:
    """Say in which years there are figures, and for which part of the regions of each level."""
    filled = rows[rows["filled_n"] > 0]
    waiting = set(rows.loc[rows["status"] == "not_yet_published", "year"])
    lines = [f"{_spans(filled['year'])}: {_levels(filled)}"] if len(filled) else []
    lines += [f"not yet published: {_spans(waiting)}"] if waiting else []
    if not lines and len(rows):
        lines = ["in none of the tables that were fetched"]
    elif not lines:
        lines = [f"not fetched; {row['source']} tables: {_spans(_promised(row['source']))}"]
    lines += [f"breaks: {', '.join(map(str, row['breaks']))}"] if row["breaks"] else []
    return "\n".join(lines)


def _promised(source: str) -> set[int]:
    """Return the years that the tables of a family hold."""
    return {year for years in load_families()[source].tables.values() for year in years}


def _levels(filled: pd.DataFrame) -> str:
    ends = filled.groupby("level", sort=False)["filled_pct"].agg(["min", "max"])
    return ", ".join(
        f"{level} {_span(low, high)}%" for level, (low, high) in zip(ends.index, ends.to_numpy(), strict=True)
    )


def _span(low: float, high: float) -> str:
    # Rounded down: 100% is said of all regions only.
    return f"{int(low)}" if int(low) == int(high) else f"{int(low)}-{int(high)}"


def _spans(years: Iterable[int]) -> str:
    """Write years as ``2013-2016, 2018``."""
    ordered = pd.Series(sorted(set(years)), dtype=int)
    runs = ordered.groupby(ordered - ordered.index).agg(["min", "max"]).sort_values("min")
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs.to_numpy())
