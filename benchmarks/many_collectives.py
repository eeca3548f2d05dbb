"""Many fictional collectives to learn from, with records and figures as the demonstration has them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from bt_analysis import demo, pipeline, schema, settings
from bt_analysis.analysis import tables as estimates
from bt_analysis.demo import collectives, learning, municipality
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


def records(workspace: Workspace, count: int) -> Tables:
    """Make what so many collectives recorded to learn from; the rest of their records is copied of the built ones."""
    planned = collectives.plan(municipality.draw(demo.SEED), count)
    drawn = [(one.collective_id, _typed(learning.tables(one, demo.SEED))) for one in planned]
    made = {name: table for name, table in combined.combine(drawn).items() if len(table)}
    # Several questions read activities and experiments, which no topic of learning draws.
    others = [name for name in combined.SHARED if name not in made]
    read = {name: pd.read_parquet(workspace.processed / "joined" / f"{name}.parquet") for name in others}
    return _copied(read, planned) | made


def figures(workspace: Workspace, count: int) -> Tables:
    """Give every collective the figures of the built one of its kind: estimates, collectives and indicators."""
    read = {name: pd.read_parquet(workspace.processed / "analysed" / f"{name}.parquet")
            for name in ("estimates", "collectives", "indicators")}  # fmt: skip
    planned = collectives.plan(municipality.draw(demo.SEED), count)
    whole = _copied({name: read[name] for name in ("estimates", "collectives")}, planned)
    keys = whole["estimates"][estimates.KEY].itertuples(index=False)
    whole["estimates"]["claim_id"] = [estimates.claim_id(key) for key in keys]
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
            raise SystemExit(" · ".join(line(problem) for problem in findings.problems[:5]))
        out[name] = read
    return out


def _copied(read: Tables, planned: list[collectives.Collective]) -> Tables:
    """Give every collective the rows of the built one of its kind, with its own id wherever that stands."""
    copied: dict[str, list[pd.DataFrame]] = {name: [] for name in read}
    for kind in range(KINDS):
        like = planned[kind].collective_id
        for name, table in read.items():
            owner = table.get("collective_id")
            mine = owner.eq(like) if owner is not None else table.iloc[:, 0].astype("str").str.startswith(f"{like}--")
            own, texts = table[mine], table.select_dtypes(["object", "str"]).columns
            for one in planned[kind::KINDS] if len(own) else ():
                renamed = {name: own[name].str.replace(like, one.collective_id, regex=False) for name in texts}
                copied[name].append(own.assign(**renamed))
    return {
        name: pd.concat(parts, ignore_index=True) if parts else read[name].iloc[:0] for name, parts in copied.items()
    }
