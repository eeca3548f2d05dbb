"""Small tables for tests: what a test is about is typed in the test, and the rest of a table is filled in here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import hypothesis
import pandas as pd
import pytest
from filelock import FileLock
from shapely.geometry import box

from bt_analysis import demo, indicators, pipeline, report, schema, settings
from bt_analysis.analysis.periods import bounds
from bt_analysis.analysis.tables import Joined
from bt_analysis.indicators import Indicator
from bt_analysis.language import Language
from bt_analysis.pages.content import Content
from bt_analysis.schema import MINIMAL, REASON_SUFFIX
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import cbs, typed_tables
from tests import command_line, killed_runs, site
from tests.browser import chromium, visit  # noqa: F401 - fixtures, for every test that looks at a page

# A busy machine must not fail a test; make test-full looks for counterexamples longer.
hypothesis.settings.register_profile("bt", deadline=None, max_examples=300 if os.environ.get("BT_FULL") else 30)
hypothesis.settings.load_profile("bt")

SLOW_FILES = (
    "test_demo_learning", "test_attack", "test_cli", "test_pipeline", "test_cli_sharing", "test_hostile_package",
    "test_notebooks", "test_cluster", "test_real_downloads",
    "test_built_work_areas", "test_zwolle", "test_hostile_files", "test_report", "test_learning_hostile", "test_demo",
    "test_browser_reports", "test_summary_pages", "test_plain_summaries", "test_pdf", "test_thesis_check",
    "test_engine", "test_dashboard_browser", "test_false_alarms", "test_odd_cases", "test_plain_reports", "test_state",
    "test_appendix", "test_kills", "test_full_disk",
)  # fmt: skip
"""Minutes of work in one file; a worker takes a whole file, so they come first and nobody waits for the last one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put slow files first; the order is otherwise as collected."""
    place = {name: at for at, name in enumerate(SLOW_FILES)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


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
    division: int = 0

    @property
    def table_id(self) -> str:
        return f"990{self.year % 100}SYN"

    @property
    def division_year(self) -> int:
        return self.division or self.year

    @property
    def rows(self) -> pd.DataFrame:
        return self.figures

    @property
    def properties(self) -> pd.DataFrame:
        keys = [key for key in self.figures if key != self.region_column]
        return pd.DataFrame(
            {
                "key": keys,
                "name": [re.sub(r"_\d+$", "", str(key)) for key in keys],
                "title": keys,
                "unit": [self.units.get(str(key), "aantal") for key in keys],
                "decimals": 0,
                "path": [self.paths.get(str(key), ()) for key in keys],
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


_CONTEXT = [
    "work_area_id",
    "population",
    "year",
    "indicator_id",
    "value",
    "n_base",
    "coverage",
    "areas_n",
    "areas_used_n",
    "low",
    "high",
    "series",
    "comparable_reason",
]
_COMPOSITION = [
    "work_area_id",
    "year",
    "group_type",
    "group_value",
    "group_label",
    "persons_n",
    "coverage",
    "table_id",
    "modified",
]


def _joined(catalogue: Mapping[str, Indicator] | None = None, **tables: Any) -> Joined:
    """Return what questions read; tables that are not given are empty."""
    context_columns = [*_CONTEXT, "unit", "missing_reason", "weight_method", "table_id", "source_key", "modified"]
    given = {name: tables.get(name, _monitoring(name)) for name in MINIMAL}
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
            (
                collective_id,
                label,
                pd.Timestamp(f"{label[:4]}-01-01"),
                pd.Timestamp(f"{label[-4:]}-12-31"),
                label == labels[-1],
            )
            for label in labels
        ]
        return pd.DataFrame(rows, columns=["collective_id", "period", "period_start", "period_end", "whole"])

    @staticmethod
    def composition(group_type: str, sizes: Mapping[str, int], year: int = 2024, area: str = "tuin-a") -> pd.DataFrame:
        """Return the inhabitants of a work area by group."""
        rows = [
            (area, year, group_type, group, None, size, 1.0, "99024SYN", "2025-03-31") for group, size in sizes.items()
        ]
        return pd.DataFrame(rows, columns=_COMPOSITION)

    @staticmethod
    def context(*rows: Mapping[str, Any]) -> pd.DataFrame:
        """Return figures of a work area."""
        standard = {
            "work_area_id": "tuin-a", "population": "gebied", "year": 2024, "indicator_id": "population",
            "value": 200.0, "low": 200.0, "high": 200.0, "series": 0, "comparable_reason": "same", "n_base": 200.0,
            "coverage": 1.0, "areas_n": 1, "areas_used_n": 1, "unit": "personen", "missing_reason": None,
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


_ESTIMATE: dict[str, Any] = {
    "question": "reach", "indicator_id": "unique_n", "collective_id": "tuin", "work_area_id": "tuin-a",
    "period": "2024", "population": "deelnemers", "group_type": "", "group_value": "", "group_label": "",
    "value": 40.0, "ci_low": float("nan"), "ci_high": float("nan"), "n": 40.0, "n_unit": "people", "unit": "personen",
    "method": "count", "comparison": "geen", "gate": "ok", "gate_reason": "", "missing_reason": None,
    "source": "collective: participation", "synthetic": False, "value_text": "", "held_on": pd.NaT,
}  # fmt: skip
_COLLECTIVE: dict[str, Any] = {
    "collective_id": "tuin", "period": "2024", "name": "De Tuin", "primary_domain": "leefomgeving",
    "lifecycle": "lopend", "legal_form": "stichting", "founded": 2020, "work_area_id": "tuin-a",
    "work_area_label": "Walnoot, Kastanje", "urbanity": 3, "tables_kept": "collective;work_area", "data_delivered": "",
    "synthetic": False, "problems_n": 0, "accepted_on": "",
}  # fmt: skip
_ACTIVITY: dict[str, Any] = {
    "collective_id": "tuin", "activity_id": "tuin-1", "title": "Moestuin", "domain": "leefomgeving",
    "activity_type": "groen", "start": pd.Timestamp("2024-01-09"), "end": pd.Timestamp("2024-11-20"), "sessions_n": 10,
}  # fmt: skip


def _rows(standard: Mapping[str, Any], rows: tuple[Mapping[str, Any], ...]) -> pd.DataFrame:
    return pd.DataFrame([dict(standard) | dict(row) for row in rows], columns=list(standard))


class Page:
    """What tests of pages build a report's content with: a row says only what the test is about."""

    @staticmethod
    def estimates(*rows: Mapping[str, Any]) -> pd.DataFrame:
        """Return estimates as a build writes them; ``period`` becomes first and last day."""
        table = _rows(_ESTIMATE, rows).astype(dict.fromkeys(("value", "ci_low", "ci_high", "n"), float))
        first, last = (pd.to_datetime([bounds(period)[end] for period in table["period"]]) for end in (0, 1))
        table = table.assign(period_start=first, period_end=last, claim_id=[f"claim{at}" for at in range(len(table))])
        table["held_on"] = pd.to_datetime(table["held_on"])
        hidden = ~table["gate"].isin(["ok", "voorbehoud"])
        table.loc[hidden, ["value", "ci_low", "ci_high", "n"]] = float("nan")
        return table[[field["name"] for field in schema.load("analysed_estimates")["fields"]]]

    @staticmethod
    def collectives(*rows: Mapping[str, Any]) -> pd.DataFrame:
        """Return descriptions of collectives."""
        return _rows(_COLLECTIVE, rows).astype({"founded": "Int64", "urbanity": "Int64"})

    @staticmethod
    def activities(*rows: Mapping[str, Any]) -> pd.DataFrame:
        """Return activities; dates may be typed as text."""
        table = _rows(_ACTIVITY, rows).astype({"sessions_n": "Int64"})
        return table.assign(start=pd.to_datetime(table["start"]), end=pd.to_datetime(table["end"]))

    @staticmethod
    def unmatched(*rows: tuple[str, str]) -> pd.DataFrame:
        """Return what did not match: table and item."""
        columns = ["table", "collective_id", "item", "reason", "detail"]
        return pd.DataFrame([(table, "tuin", item, "unknown_region", "") for table, item in rows], columns=columns)

    @staticmethod
    def sources(*rows: Mapping[str, Any]) -> pd.DataFrame:
        """Return raw files."""
        columns = ["collective_id", "file", "table", "modified", "retrieved", "licence", "sha256"]
        return _rows(dict.fromkeys(columns, ""), rows)

    @staticmethod
    def outlines(inside: int = 2, outside: int = 1) -> gpd.GeoDataFrame:
        """Return square buurten in a row, the first of which are the work area."""
        squares = [box(100 * at, 0, 100 * at + 100, 100) for at in range(inside + outside)]
        return gpd.GeoDataFrame(
            {
                "work_area_id": "tuin-a",
                "regiocode": [f"BU9901010{at}" for at in range(len(squares))],
                "regiocode_label": [f"Buurt {at}" for at in range(len(squares))],
                "inside": [at < inside for at in range(len(squares))],
            },
            geometry=squares,
            crs="EPSG:28992",
        )

    @classmethod
    def content(cls, *estimates: Mapping[str, Any], lang: str = "nl", period: str = "2024", **tables: Any) -> Content:
        """Return what a report rests on; tables that are not given are empty, but there is one collective."""
        given = {
            "collectives": cls.collectives({}), "activities": cls.activities(), "unmatched": cls.unmatched(),
            "sources": cls.sources(), "outlines": None, "suppressed": pd.DataFrame({"cell": []}),
            "settings": Settings(), "catalogue": indicators.load(),
        }  # fmt: skip
        return Content(language=Language(lang), period=period, estimates=cls.estimates(*estimates), **(given | tables))


@pytest.fixture(scope="session")
def page() -> type[Page]:
    """Give a test the builders of a report's content."""
    return Page


@pytest.fixture
def bt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[command_line.Bt]:
    """Give a test what runs `bt` in this process."""
    yield from command_line.runner(monkeypatch, capsys)


def _made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make_it: Callable[[Path], object]) -> Path:
    """Make a folder once for all tests, also side by side."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    root = shared / name
    with FileLock(shared / f"{name}.lock"):
        ready = shared / f"{name}.ready"
        if not ready.exists():
            shutil.rmtree(root, ignore_errors=True)
            make_it(root)
            ready.touch()
    return root


def _once(tmp_path_factory: pytest.TempPathFactory, name: str, collectives: int) -> Path:
    """Make, fetch, build and bundle a demonstration once for all tests."""

    def make_it(root: Path) -> None:
        demo.make(root, collectives)
        here = settings.load(root)
        with demo.served(root) as url:
            served = here.cbs.model_copy(update={"base_url": url})
            for table in here.cbs.kwb_tables.values():
                cbs.fetch_table(table, Workspace(root), served)
        pipeline.build(Workspace(root), here)
        demo.share(Workspace(root), here)

    return _made_once(tmp_path_factory, name, make_it)


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one demonstration for all tests; nobody may change it."""
    return _once(tmp_path_factory, "built-demo", 8)


@pytest.fixture(scope="session")
def built_demo_24(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one of 24 collectives, enough to learn across; nobody may change it, and it takes minutes to make."""
    return _once(tmp_path_factory, "built-demo-24", 24)


@pytest.fixture(scope="session")
def published_demo(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the demonstration for tests of pages; nobody may change it.

    Three collectives and the cross-domain report in Dutch, one of them in English too; at full count all of all.
    """

    def make_it(root: Path) -> None:
        shutil.copytree(built_demo, root)
        here = settings.load(root)
        every = bool(os.environ.get("BT_FULL"))
        some = ("energie-01", "beweging-01", "stoep-01", report.ACROSS)
        done = report.publish(Workspace(root), here, () if every else some)
        done += report.publish(Workspace(root), here, () if every else some[:1], lang="en")
        failed = [outcome for outcome in done if outcome.status == "failed"]
        assert not failed, failed

    return _made_once(tmp_path_factory, "published-demo", make_it)


@pytest.fixture(scope="session")
def quick_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the documentation once for all tests, without docstrings and outputs of notebooks; its folder of HTML."""

    def make_it(root: Path) -> None:
        command = [sys.executable, str(site.SITE / "build.py"), "--into", str(root), "--quick"]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr

    return _made_once(tmp_path_factory, "quick-site", make_it) / "html"


@pytest.fixture(scope="session")
def small_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make and run a workspace of two small collectives once for all tests; nobody may change it."""

    def make_it(root: Path) -> None:
        killed_runs.make(root)
        killed_runs.deliver(root, 1)
        with demo.served(root) as url:
            run = killed_runs.Run(root, url)
            assert run.wait() == 0, run.lines

    return _made_once(tmp_path_factory, "small-place", make_it)


@pytest.fixture
def demo_copy(built_demo: Path, tmp_path: Path) -> Path:
    """Give a test a built demonstration of its own."""
    return shutil.copytree(built_demo, tmp_path / "demo")
