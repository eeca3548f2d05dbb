"""A workspace as a build leaves it, of a few rows typed here, for tests of bundles and of the archive."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis import bundles, schema
from bt_analysis.bundles import Consent
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.files import sha256
from bt_analysis.sources.monitoring import Package

TODAY = dt.date(2026, 3, 1)
CONSENT = Consent("bestuur", dt.date(2026, 1, 10))
SETTINGS = Settings(synthetic=True)
MEASURED = {"indicator_id": "tuin--groen", "label_nl": "Vergroend", "unit": "m2", "source_type": "eigen_telling"}
"""An indicator of a collective's own."""


def keep_all(*_: Any) -> dict[str, pd.DataFrame]:
    """Protect no table as a whole, so that a test sees what is done row by row."""
    return {}


class Built:
    """Builds a workspace; ``packages`` holds what each collective delivered."""

    def __init__(self, root: Path, make: Any, page: Any) -> None:
        self.workspace = Workspace(root)
        self.make, self.page = make, page
        self.packages: dict[str, Package] = {}
        self.levels: dict[str, str | None] = {}
        self.estimates: list[dict[str, Any]] = []

    def deliver(self, name: str, *, level: str | None = "openbaar", **tables: pd.DataFrame) -> Package:
        """Let a collective deliver its tables, beside those that every collective has."""
        folder = self.workspace.monitoring / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.csv").write_text(f"what {name} delivered\n", encoding="utf-8")
        own = {"collective_id": name}
        standard = {
            "collective": self.make.monitoring("collective", {**own, "name": name.title(), "release_level": level}),
            "work_area": self.make.monitoring("work_area", {**own, "work_area_id": "a"}),
            "activity": self.make.monitoring("activity", {**own, "activity_id": "1"}),
        }
        self.packages[name] = Package(name, folder, standard | tables, [], [], [folder / f"{name}.csv"])
        self.levels[name] = level
        return self.packages[name]

    def estimate(self, name: str, **more: Any) -> None:
        """Add an estimate of a collective."""
        self.estimates.append({"collective_id": name, **more})

    def write(self) -> Workspace:
        """Write what a build of these collectives leaves."""
        page, names = self.page, list(self.packages)
        rows = [{"work_area_id": f"{one['collective_id']}--a", **one} for one in self.estimates]
        rows = rows or [{"collective_id": name, "work_area_id": f"{name}--a"} for name in names]
        files = [path for package in self.packages.values() for path in package.sources]
        sources = [
            {
                "collective_id": path.parent.name,
                "file": path.relative_to(self.workspace.raw).as_posix(),
                "sha256": sha256(path),
            }
            for path in files
        ]
        cbs = {"file": "cbs/85984NED/TypedDataSet.parquet", "table": "85984NED", "sha256": "ab" * 32,
               "licence": "CC BY 4.0, bron: CBS", "modified": "2025-03-31T02:00:00"}  # fmt: skip
        tables: Mapping[str, pd.DataFrame] = {
            "estimates": page.estimates(*rows).assign(synthetic=True),
            "collectives": page.collectives(
                *({"collective_id": name, "name": name.title(), "work_area_id": f"{name}--a"} for name in names)
            ),
            "activities": page.activities(*({"collective_id": name, "activity_id": f"{name}--1"} for name in names)),
            "unmatched": page.unmatched(*([("work_area", "BU1")] if "tuin" in names else [])),
            "sources": page.sources(cbs, *sources),
            "indicators": pd.DataFrame([MEASURED]),
            "suppressed": pd.DataFrame({field["name"]: [] for field in schema.load("analysed_suppressed")["fields"]}),
        }
        for name, table in tables.items():
            wanted = [field["name"] for field in schema.load(f"analysed_{name}")["fields"]]
            self._write(f"analysed/{name}", table.reindex(columns=wanted))
        own = pd.DataFrame({"collective_id": names, "release_level": list(self.levels.values())}, dtype="str")
        self._write("joined/collective", own)
        return self.workspace

    def bundle(self, name: str, consent: Consent = CONSENT, settings: Settings = SETTINGS) -> Path:
        """Make the bundle of a collective."""
        return bundles.make(self.workspace, settings, self.packages[name], consent, keep_all)

    def _write(self, name: str, table: pd.DataFrame) -> None:
        path = self.workspace.processed / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path, index=False)
