"""Small tables for tests: what a test is about is typed in the test, and the rest of a table is filled in here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.tables import Joined
from bt_analysis.indicators import Indicator
from bt_analysis.schema import MONITORING, REASON_SUFFIX
from bt_analysis.settings import Settings
from bt_analysis.sources import typed_tables

DEFAULTS: dict[str, dict[str, Any]] = {
    "collective": {"collective_id": "tuin", "name": "De Tuin", "primary_domain": "leefomgeving"},
    "work_area": {
        "work_area_id": "tuin-a", "collective_id": "tuin", "definition_type": "codes", "area_codes": "BU99010101",
        "area_year": 2024, "valid_from": "2020-01-01",
    },
    "activity": {
        "activity_id": "tuin-1", "collective_id": "tuin", "title": "Moestuin", "domain": "leefomgeving",
        "activity_type": "groen", "start": "2024-01-01", "end": "2024-12-31",
    },
    "participation": {
        "activity_id": "tuin-1", "period_start": "2024-01-01", "period_end": "2024-12-31", "group_type": "totaal",
        "group_value": "totaal", "count_method": "lijst",
    },
    "contribution": {
        "activity_id": "tuin-1", "role": "uitvoering", "persons_n": 12, "hours": 100.0, "record_method": "logboek",
    },
}  # fmt: skip
"""A valid row of each monitoring table."""


def _monitoring(name: str, *rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return a monitoring table with the columns and types that a delivered one has."""
    empty = typed_tables.empty(name)
    filled = [{"contribution_id": f"c-{at}"} | DEFAULTS[name] | dict(row) for at, row in enumerate(rows)]
    table = pd.DataFrame(filled, columns=empty.columns)
    for column in [column for column in empty.columns if column.endswith(REASON_SUFFIX)]:
        table[column] = table[column.removesuffix(REASON_SUFFIX)].isna().map({True: "not_recorded", False: None})
    for column in empty.columns:
        values = pd.to_datetime(table[column]) if "datetime" in str(empty[column].dtype) else table[column]
        table[column] = values.astype(empty[column].dtype)
    return table


@dataclass(frozen=True)
class Kwb:
    """A published table of one year, typed in a test; ``figures`` has a row per regiocode."""

    year: int
    figures: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modified: str = "2025-03-31T02:00:00"
    region_column: str = "WijkenEnBuurten"

    @property
    def table_id(self) -> str:
        return f"990{self.year % 100}SYN"

    @property
    def rows(self) -> pd.DataFrame:
        return self.figures

    @property
    def properties(self) -> pd.DataFrame:
        keys = [key for key in self.figures if key != self.region_column]
        return pd.DataFrame(
            {
                "key": keys,
                "unit": [self.units.get(key, "aantal") for key in keys],
                "path": [self.paths.get(key, ()) for key in keys],
            }
        )

    @property
    def labels(self) -> pd.DataFrame:
        codes = self.figures[self.region_column]
        return pd.DataFrame({"regiocode": codes, "title": "Naam van " + codes})


def _kwb(year: int, columns: list[str], *rows: tuple[Any, ...], **more: Any) -> Kwb:
    return Kwb(year, pd.DataFrame(list(rows), columns=["WijkenEnBuurten", *columns]), **more)


def _catalogue(*indicators: Indicator) -> dict[str, Indicator]:
    return {indicator.id: indicator for indicator in indicators}


def _indicator(key: str, **more: Any) -> Indicator:
    """Return an additive indicator that stands in a table under its own name."""
    standard = {"unit": "aantal", "kind": "additive", "domain": "context", "label_nl": key, "label_en": key}
    return Indicator(**{"id": key, "find": ({"name": key, "unit": "aantal"},), **standard, **more})


_CONTEXT = ["work_area_id", "population", "year", "indicator_id", "value", "n_base", "coverage", "areas_n", "areas_used_n"]
_COMPOSITION = ["work_area_id", "year", "group_type", "group_value", "group_label", "persons_n", "table_id", "modified"]


def _joined(catalogue: Mapping[str, Indicator] | None = None, **tables: Any) -> Joined:
    """Return what questions read; tables that are not given are empty."""
    context_columns = [*_CONTEXT, "unit", "missing_reason", "weight_method", "table_id", "source_key", "modified"]
    given = {name: tables.get(name, _monitoring(name)) for name in MONITORING}
    given["context"] = tables.get("context", pd.DataFrame(columns=context_columns))
    given["composition"] = tables.get("composition", pd.DataFrame(columns=_COMPOSITION))
    return Joined(catalogue=catalogue or {}, **given)


class Make:
    """What tests build their tables with."""

    monitoring = staticmethod(_monitoring)
    kwb = staticmethod(_kwb)
    catalogue = staticmethod(_catalogue)
    indicator = staticmethod(_indicator)
    joined = staticmethod(_joined)

    @staticmethod
    def periods(*labels: str, collective_id: str = "tuin") -> pd.DataFrame:
        """Return reporting periods; the last one is the whole."""
        rows = [
            (collective_id, label, pd.Timestamp(f"{label[:4]}-01-01"), pd.Timestamp(f"{label[-4:]}-12-31"), label == labels[-1])
            for label in labels
        ]
        return pd.DataFrame(rows, columns=["collective_id", "period", "period_start", "period_end", "whole"])

    @staticmethod
    def composition(group_type: str, sizes: Mapping[str, int], year: int = 2024, area: str = "tuin-a") -> pd.DataFrame:
        """Return the inhabitants of a work area by group."""
        rows = [(area, year, group_type, group, None, size, "99024SYN", "2025-03-31") for group, size in sizes.items()]
        return pd.DataFrame(rows, columns=_COMPOSITION)

    @staticmethod
    def context(*rows: Mapping[str, Any]) -> pd.DataFrame:
        """Return figures of a work area."""
        standard = {
            "work_area_id": "tuin-a", "population": "gebied", "year": 2024, "indicator_id": "population", "value": 200.0,
            "n_base": 200.0, "coverage": 1.0, "areas_n": 1, "areas_used_n": 1, "unit": "personen", "missing_reason": None,
            "weight_method": "sum", "table_id": "99024SYN", "source_key": "AantalInwoners_5",
            "modified": "2025-03-31T02:00:00",
        }  # fmt: skip
        return pd.DataFrame([standard | dict(row) for row in rows])

    @staticmethod
    def one(estimates: pd.DataFrame, indicator_id: str, **where: Any) -> dict[str, Any]:
        """Return the only row of an indicator that fits."""
        rows = estimates[estimates["indicator_id"] == indicator_id]
        for column, wanted in where.items():
            rows = rows[rows[column] == (pd.Timestamp(wanted) if column.startswith("period_") else wanted)]
        assert len(rows) == 1, f"{len(rows)} rows of {indicator_id} fit {where}"
        return {str(column): value for column, value in rows.iloc[0].items()}


@pytest.fixture(scope="session")
def make() -> type[Make]:
    """Give a test the builders above."""
    return Make


@pytest.fixture
def defaults() -> Settings:
    """Give a test the settings of an empty bt.toml."""
    return Settings()
