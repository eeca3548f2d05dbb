"""Cases to learn from: protected records and figures of collectives in, one object to ask questions of out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS, estimates
from bt_analysis.instruments.rows import typed

_TYPES = {
    "string": "str", "integer": "Int64", "year": "Int64", "number": "float64", "boolean": "bool",
    "date": "datetime64[us]",
}  # fmt: skip

ACROSS = ""
"""Collective of a row that is about all collectives together."""


@dataclass(frozen=True)
class Cases:
    """Everything a question about learning may read: nothing in it still has to be protected.

    Parameters
    ----------
    records : mapping of str to DataFrame
        Monitoring tables of all collectives together, as they may be shown to others: free text only with consent, no
        measure of few people. Tables whose counts add up (participation, contribution, measurement, survey_wave) have
        no measures left at all: read those figures from ``estimates``. A table nobody keeps may be absent.
    collectives : DataFrame
        analysed_collectives: a row per collective and reporting period.
    estimates : DataFrame
        Protected estimates of the collectives (analysed_estimates).
    indicators : DataFrame
        analysed_indicators: what was measured, with its instrument.
    today : date
        Day of this run.
    earlier : mapping of str to DataFrame
        What an earlier run was asked to remember, by the name of :attr:`Learned.remember`.
    """

    records: Mapping[str, pd.DataFrame]
    collectives: pd.DataFrame
    estimates: pd.DataFrame
    indicators: pd.DataFrame
    today: dt.date
    earlier: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """Return a monitoring table.

        Parameters
        ----------
        name : str
            One of :data:`bt_analysis.schema.MONITORING`.

        Returns
        -------
        DataFrame
            Its rows; none, but all columns, when nobody keeps it.

        Raises
        ------
        KeyError
            When there is no such monitoring table.
        """
        if name not in schema.MONITORING:
            raise KeyError(f"table {name!r} is none that a collective keeps; expected one of schema.MONITORING.")
        return self.records[name] if name in self.records else typed((), name)

    @cached_property
    def whole(self) -> pd.DataFrame:
        """One row per collective: its longest period, with period_start and period_end."""
        return reporting.with_days(reporting.longest(self.collectives))

    @cached_property
    def periods(self) -> pd.DataFrame:
        """One row per collective and reporting period: collective_id, period, period_start, period_end."""
        return reporting.with_days(self.collectives[["collective_id", "period"]])

    @cached_property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day of all reporting periods together."""
        return self.whole["period_start"].min(), self.whole["period_end"].max()

    @property
    def ids(self) -> list[str]:
        """Ids of the collectives, in order of the alphabet."""
        return sorted(self.whole["collective_id"])


@dataclass(frozen=True)
class Learned:
    """What one question about learning, or all of them, came to.

    Parameters
    ----------
    estimates : DataFrame
        Estimates (all columns of the contract); collective_id is empty in those about all collectives together.
    tables : dict of str to DataFrame
        What is no estimate, by the name of its schema without ``analysed_``.
    remember : dict of str to DataFrame
        What the next run needs to tell what changed.
    """

    estimates: pd.DataFrame
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    remember: dict[str, pd.DataFrame] = field(default_factory=dict)


def told(frame: pd.DataFrame, **constants: object) -> pd.DataFrame:
    """Complete rows to the table of estimates, of figures that need no protection any more.

    Parameters
    ----------
    frame : DataFrame
        As :func:`bt_analysis.analysis.tables.estimates` takes it, with the gate already set.
    **constants : object
        Columns with one value for all rows.

    Returns
    -------
    DataFrame
        One row is an estimate, with ``ESTIMATE_COLUMNS``.
    """
    return estimates(frame, **constants)[ESTIMATE_COLUMNS]


def nothing() -> pd.DataFrame:
    """Return the table of estimates without rows.

    Returns
    -------
    DataFrame
        With ``ESTIMATE_COLUMNS``.
    """
    needed = [
        "question",
        "indicator_id",
        "period_start",
        "period_end",
        "population",
        "value",
        "unit",
        "method",
        "source",
    ]
    return told(pd.DataFrame({name: pd.Series(dtype="str") for name in needed}))


def made(rows: pd.DataFrame | Iterable[Mapping[str, Any]], name: str) -> pd.DataFrame:
    """Give rows the columns and types of a table that a question makes.

    Parameters
    ----------
    rows : DataFrame or iterable of mapping
        Field → value; fields that are left out are empty.
    name : str
        Name of the table, without ``analysed_``.

    Returns
    -------
    DataFrame
        Exactly the fields of the schema, in its order; text that is left out is empty, not missing.
    """
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), dtype=object)
    columns = {}
    for one in schema.load(f"analysed_{name}")["fields"]:
        values = given.get(one["name"], pd.Series(None, index=given.index, dtype=object))
        values = values.fillna("") if one["type"] == "string" else values
        columns[one["name"]] = values.astype(_TYPES[one["type"]])
    return pd.DataFrame(columns).reset_index(drop=True)
