"""Many fictional collectives to learn from, with records and figures as the demonstration has them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from bt_analysis import demo, pipeline, schema, settings
from bt_analysis.analysis import tables as estimates
from bt_analysis.demo import collectives, learning, municipality
from bt_analysis.instruments.rows import typed_table
from bt_analysis.settings import Workspace
from bt_analysis.sources import cbs, combined
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.sentences import Findings, Place, line
from bt_analysis.sources.typed_tables import typed

Tables = dict[str, pd.DataFrame]
KINDS = len(collectives.archetypes())


def built(root: Path) -> Workspace:
    """Make and build the demonstration of eight collectives, one of each kind."""
    demo.make(root, collectives=KINDS)
    here, workspace = settings.load(root), Workspace(root)
    with demo.served(root) as url:
        served = here.cbs.model_copy(update={"base_url": url})
        for table in here.cbs.kwb_tables.values():
            cbs.fetch_table(table, workspace, served)
    pipeline.build(workspace, here)
    return workspace


def records(count: int) -> Tables:
    """Make what so many collectives recorded to learn from, as one table per name."""
    planned = collectives.plan(municipality.draw(demo.SEED), count)
    deliveries = [(one.collective_id, _typed(learning.tables(one, demo.SEED))) for one in planned]
    together = combined.combine(deliveries)
    known = [
        {
            "collective_id": one.collective_id,
            "name": one.name,
            "country": "NL",
            "lifecycle": "lopend",
            "primary_domain": one.archetype["domains"][0],
            "release_level": "openbaar",
        }
        for one in planned
    ]
    areas = [
        {
            "work_area_id": f"{one.collective_id}--a",
            "collective_id": one.collective_id,
            "definition_type": "codes",
            "area_codes": ";".join(one.area_codes),
            "area_year": one.area_year,
            "valid_from": "2020-01-01",
        }
        for one in planned
    ]
    described = {"collective": pd.DataFrame(known), "work_area": pd.DataFrame(areas)}
    return together | {name: typed_table(rows.astype(object), name) for name, rows in described.items()}


def figures(workspace: Workspace, count: int) -> Tables:
    """Give every collective the figures of the built one of its kind: estimates, collectives and indicators."""
    read = {name: pd.read_parquet(workspace.processed / "analysed" / f"{name}.parquet")
            for name in ("estimates", "collectives", "indicators")}  # fmt: skip
    planned = collectives.plan(municipality.draw(demo.SEED), count)
    copied: dict[str, list[pd.DataFrame]] = {"estimates": [], "collectives": []}
    for number, one in enumerate(planned):
        like = planned[number % KINDS].collective_id
        for name, parts in copied.items():
            own = read[name][read[name]["collective_id"].eq(like)]
            parts.append(own.assign(collective_id=one.collective_id))
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in copied.items()}
    keys = whole["estimates"][estimates.KEY].itertuples(index=False)
    whole["estimates"]["claim_id"] = [estimates.claim_id(key) for key in keys]
    names = {one.collective_id: one.name for one in planned}
    whole["collectives"]["name"] = whole["collectives"]["collective_id"].map(names)
    return {**whole, "indicators": read["indicators"]}


def _typed(tables: Tables) -> Tables:
    """Read tables as if they were delivered, and stop when one has a mistake."""
    out = {}
    for name in (one for one in schema.MONITORING if one in tables):
        text = tables[name].to_csv(index=False)
        lines = list(enumerate(csv.reader(io.StringIO(text, newline="")), start=1))
        findings = Findings()
        read = typed(Grid(Place(f"{name}.csv"), name, lines, from_text=True), findings)
        if read is None or findings.problems:
            raise SystemExit(" · ".join(line(problem) for problem in findings.problems))
        out[name] = read
    return out
