"""Bring 13 synthetic years of 17,000 regions and 80 indicators to one division, beside the pandas way: time and memory.

    python benchmarks/panel.py

Every side runs in a process of its own, so that its peak memory is its own. Nothing here is a real figure.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from bt_analysis import harmonise, panel
from bt_analysis.harmonise import Correspondence
from bt_analysis.indicators import Indicator
from bt_analysis.settings import Workspace
from bt_analysis.sources.table import PROPERTIES, CbsTable

YEARS = range(2013, 2026)
REFERENCE = YEARS[-1]
GEMEENTEN, WIJKEN, BUURTEN = 342, 10, 4  # the country; wijken of a gemeente; buurten of a wijk
KINDS = {"additive": 40, "share": 10, "mean": 25, "bounded": 5}
CHANGED = 0.01  # share of the buurten that is renamed, merged or split in a year
READS = 20


def catalogue() -> dict[str, Indicator]:
    """Make 80 indicators, with the kinds that the catalogue has."""
    names = [(kind, f"{kind}_{at}") for kind, number in KINDS.items() for at in range(number)]
    found = {}
    for kind, name in [("additive", "population"), *names[1:]]:
        counted = kind == "additive"
        found[name] = Indicator(
            id=name, label_nl=name, label_en=name, unit="personen" if counted else "%", kind=kind, domain="context",
            find=() if kind == "share" else ({"name": name, "unit": "aantal" if counted else "%"},),
            numerator="additive_1" if kind == "share" else "", denominator=() if counted else ("population",),
            round_to=5 if counted else 0, rounding="random" if counted else "nearest", factor=100,
            withheld_up_to=7 if counted else None,
        )  # fmt: skip
    return found


def codes() -> list[str]:
    """Return the codes of the newest division: NL00, gemeenten, wijken and buurten."""
    gemeenten = [f"GM{at:04d}" for at in range(1, GEMEENTEN + 1)]
    wijken = [f"WK{code[2:]}{at:02d}" for code in gemeenten for at in range(WIJKEN)]
    buurten = [f"BU{code[2:]}{at:02d}" for code in wijken for at in range(BUURTEN)]
    return ["NL00", *gemeenten, *wijken, *buurten]


def division(year: int, rng: np.random.Generator) -> Correspondence:
    """Change some buurten between a year and the newest: renamed, two in one, or one in two."""
    newest = pd.Series(codes())
    first = newest[newest.str.startswith("BU") & ~newest.str.endswith("03")]  # the last buurt of a wijk stays
    changed = rng.choice(first, int(CHANGED * len(newest)) * (REFERENCE - year), replace=False)
    renamed, merged, split = (newest[newest.isin(part)] for part in np.array_split(changed, 3))
    kept = newest.drop([*renamed.index, *split.index])
    shares = [
        (kept, kept, 1.0, "same"),
        (renamed.str[:8] + "9" + renamed.str[9], renamed, 1.0, "renamed"),
        (merged.str[:8] + "8" + merged.str[9], merged, 1.0, "addresses"),  # a second buurt went into this one
        (split, split, 2 / 3, "addresses"),
        (split, split.str[:9] + "3", 1 / 3, "addresses"),  # and the rest to the last buurt of the wijk
    ]
    links = pd.concat(
        pd.DataFrame({"from_code": old, "to_code": new, "weight": weight, "method": method})
        for old, new, weight, method in shares
    )
    apportioned = newest.isin([*split, *(split.str[:9] + "3")])
    reason = np.select(
        [apportioned, newest.isin(renamed), newest.isin(merged)],
        ["apportioned_addresses", "renamed", "merged"],
        "same",
    )
    regions = pd.DataFrame({"regiocode": newest, "comparable": ~apportioned, "reason": reason})
    uncovered = pd.DataFrame({"from_code": [], "covered": []})
    return Correspondence(year, REFERENCE, links.reset_index(drop=True), regions, uncovered)


def table(year: int, to: Correspondence, of: dict[str, Indicator], rng: np.random.Generator) -> CbsTable:
    """Make a table in CBS's shape: counts that add up and are rounded to fives, and a few cells withheld."""
    own = pd.Index(to.links["from_code"].unique())
    wanted = [one for one in of.values() if one.find]
    exact = pd.DataFrame(rng.integers(0, 900, (len(own), len(wanted))), own, [one.id for one in wanted]).astype(float)
    counts = [one.id for one in wanted if one.kind == "additive"]
    buurten = exact.loc[own.str.startswith("BU"), counts]
    for level, digits in (("WK", 8), ("GM", 6)):
        sums = buurten.groupby(level + buurten.index.str[2:digits]).sum()
        exact.loc[sums.index, counts] = sums
    exact.loc["NL00", counts] = buurten.sum()
    small = own.str.startswith(("WK", "BU"))
    exact.loc[small, counts] = 5 * np.round(exact.loc[small, counts] / 5)
    withheld = rng.random(exact.shape) < 0.02
    withheld[:, 0] = False
    rows = exact.mask(withheld & small[:, None]).set_axis([f"{one.id}_{at}" for at, one in enumerate(wanted)], axis=1)
    topics = [
        (key, one.id, one.id, one.find[0]["unit"], 0, "Long", ("Bevolking",))
        for key, one in zip(rows.columns, wanted, strict=True)
    ]
    return CbsTable(
        table_id=f"99{year % 1000:03d}SYN", title="made up", modified="2026-01-01T02:00:00", year=year,
        division_year=year, rows=rows.rename_axis("WijkenEnBuurten").reset_index(),
        properties=pd.DataFrame(topics, columns=list(PROPERTIES)), region_column="WijkenEnBuurten",
        labels=pd.DataFrame({"regiocode": own, "title": own}),
    )  # fmt: skip


def years(of: dict[str, Indicator]) -> Iterator[tuple[CbsTable, Correspondence]]:
    """Make the years one by one, the newest last."""
    for year in YEARS:
        rng = np.random.default_rng(year)
        to = division(year, rng)
        yield table(year, to, of, rng), to


def ours(folder: Path, made: list[tuple[CbsTable, Correspondence]], of: dict[str, Indicator]) -> None:
    """Harmonise and write with the package."""
    tables = {one.year: one for one, _ in made}
    figures = harmonise.years(tables, of, {to.from_year: to for _, to in made})
    with panel.replacing(Workspace(folder)) as new:
        panel.write(new, figures, keep=["NL00"], synthetic=True)


def by_hand(folder: Path, made: list[tuple[CbsTable, Correspondence]], of: dict[str, Indicator]) -> None:
    """Do what a user does without the package: melt, merge, groupby; no bounds, no reasons, no checks."""
    parts = []
    additive = {one.find[0]["name"] for one in of.values() if one.kind == "additive"}
    for one, to in made:
        names = dict(zip(one.properties["key"], one.properties["name"], strict=True))
        long = one.rows.rename(columns=names).melt("WijkenEnBuurten", var_name="indicator_id")
        moved = long.merge(to.links, left_on="WijkenEnBuurten", right_on="from_code")
        people = one.rows.set_index("WijkenEnBuurten").iloc[:, 0]
        share = moved["indicator_id"].isin(additive)
        moved["base"] = moved["weight"].where(share, moved["weight"] * moved["from_code"].map(people))
        moved["part"] = moved["value"] * moved["base"]
        sums = moved.groupby(["to_code", "indicator_id"], as_index=False)[["part", "base"]].sum(min_count=1)
        sums["value"] = sums["part"].where(sums["indicator_id"].isin(additive), sums["part"] / sums["base"])
        parts.append(sums[["to_code", "indicator_id", "value"]].assign(year=one.year))
    path = panel.file(Workspace(folder))
    path.parent.mkdir(parents=True)
    pd.concat(parts, ignore_index=True).rename(columns={"to_code": "regiocode"}).to_parquet(path)


def read(side: str, folder: Path) -> tuple[int, float]:
    """Read one work area's history; return its rows and the median time of some readings, in ms."""
    area = [code for code in codes() if code.startswith("BU0200")][:8]
    path, times, rows = panel.file(Workspace(folder)), [], 0
    for _ in range(READS if side == "ours" else 3):
        before = time.perf_counter()
        if side == "ours":
            rows = len(panel.history(Workspace(folder), area))
        else:
            whole = pd.read_parquet(path)
            rows = len(whole[whole["regiocode"].isin(area)])
        times.append(1000 * (time.perf_counter() - before))
    return rows, float(np.median(times))


def measure(side: str) -> dict[str, float]:
    """Run one side in this process."""
    of = catalogue()
    made = list(years(of))
    before_mb = _peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        start, busy = time.perf_counter(), time.process_time()
        (ours if side == "ours" else by_hand)(Path(folder), made, of)
        seconds, busy, peak = time.perf_counter() - start, time.process_time() - busy, _peak_mb()
        rows, ms = read(side, Path(folder))
        size = panel.file(Workspace(Path(folder))).stat().st_size / 1e6
    return {
        "harmonise + write, s": seconds,
        "of which on a processor, s": busy, "peak memory, MB": peak, "of which the tables, MB": before_mb,
        "file, MB": size, "history of 8 buurten, ms": ms, "its rows": rows,
    }  # fmt: skip


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure both sides and print them beside each other."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(sys.argv[1])))
        return
    run = {
        side: json.loads(subprocess.check_output([sys.executable, __file__, side], text=True))  # noqa: S603  # this file
        for side in ("ours", "by hand")
    }
    both = pd.DataFrame(run)
    both["by hand / ours"] = both["by hand"] / both["ours"]
    sys.stdout.write(both.round(2).to_string() + "\n")


if __name__ == "__main__":
    main()
