"""Registers that ship with the package, to which everybody may refer: the name of a table goes in; rows come out.

A register is a CSV file ``registers/<table>.csv`` of the form that a collective delivers that table in. The registry of
instruments adds its instruments, and the indicators that these measure; the catalogue adds the figures of areas, which
an experiment names without defining them again.
"""

from __future__ import annotations

import csv
import functools
import io
from importlib import resources
from typing import Any

import pandas as pd

from bt_analysis import indicators, instruments
from bt_analysis.indicators import Indicator
from bt_analysis.instruments import measures
from bt_analysis.instruments.rows import typed as rows_of
from bt_analysis.schema import SchemaError, key, load
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.sentences import Findings, Place, line
from bt_analysis.sources.typed_tables import empty, typed


@functools.cache
def known_ids(table: str) -> frozenset[str]:
    """Return the ids of a table that need not be delivered, because they stand in a shipped register.

    Parameters
    ----------
    table : str
        Name of a monitoring table.

    Returns
    -------
    frozenset of str
        Empty for a table without a register.
    """
    return frozenset(rows(table)[identity(table)])


def identity(table: str) -> str:
    """Return the column by which a row of a table is named.

    Parameters
    ----------
    table : str
        Name of a monitoring table.

    Returns
    -------
    str
        The first column of its primary key.
    """
    return key(load(table))[0]


@functools.cache
def rows(table: str) -> pd.DataFrame:
    """Return the rows of a shipped register.

    Parameters
    ----------
    table : str
        Name of a monitoring table.

    Returns
    -------
    DataFrame
        As :func:`bt_analysis.sources.typed_tables.typed` gives them, not to be changed; without rows for a table
        that has no register.

    Raises
    ------
    SchemaError
        When a register is not what the table's schema says.
    """
    parts = [_listed(table), *(make() for make in _MADE.get(table, ()))]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True).drop_duplicates(identity(table)) if filled else empty(table)


def _of_catalogue() -> pd.DataFrame:
    """Define the figures of areas that are about one of the domains, in a unit that the table indicator knows."""
    fields = {field["name"]: field for field in load("indicator")["fields"]}
    domains, units = (fields[name]["constraints"]["enum"] for name in ("domain", "unit"))
    catalogue = indicators.load().values()
    return rows_of([_described(one) for one in catalogue if one.domain in domains and one.unit in units], "indicator")


def _described(indicator: Indicator) -> dict[str, Any]:
    return {
        "indicator_id": indicator.id,
        "label_nl": indicator.label_nl,
        "label_en": indicator.label_en,
        "definition": indicator.note_nl or None,
        "domain": indicator.domain,
        "result_level": "context",
        "unit": indicator.unit,
        "direction": indicator.direction,
        "iati_measure": 2 if indicator.unit == "%" else 1,
        "source_type": "modelschatting" if indicator.model else "register",
        "core": False,
    }


def _listed(table: str) -> pd.DataFrame:
    file = resources.files("bt_analysis") / "registers" / f"{table}.csv"
    if not file.is_file():
        return empty(table)
    lines = csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""), strict=True)
    filled = [(number, cells) for number, cells in enumerate(lines, start=1) if any(cells)]
    findings = Findings()
    read = typed(Grid(Place(f"registers/{table}.csv"), table, filled, from_text=True), findings)
    if read is None or findings.problems:
        raise SchemaError(" · ".join(line(problem) for problem in findings.problems))
    return read


_MADE = {"instrument": (instruments.table,), "indicator": (measures.indicators, _of_catalogue)}
"""Table → what makes rows of its register, beside the file."""
