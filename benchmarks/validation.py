"""CBS's own figures of gemeenten, held against the bounds that those of their buurten give.

    python benchmarks/validation.py --tables ../shared/data/cbs_tables > docs/validation.md

The tables are served on loopback, fetched, read and put together by the same code as in a build: a gemeente is treated
as a new region that its buurten merged into.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis import harmonise, indicators
from bt_analysis.demo import server
from bt_analysis.harmonise import Figures
from bt_analysis.methods.rounding import Interval
from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import cbs
from bt_analysis.sources.table import CbsTable

TABLES = {2017: "83765NED", 2020: "84799NED", 2024: "85984NED"}
AWAY = 4
"""Inhabitants are rounded up or down by lot to a multiple of 5, so a buurt is at most 4 off."""

REASONS = {
    "cars": "lease cars are counted where their company is registered, in the gemeente and in no buurt",
    "petrol_cars": "as all cars",
    "other_fuel_cars": "as all cars",
    "petrol_cars_pct": "as all cars",
    "cars_per_km2": "as all cars",
    "cars_per_household": "as all cars",
    "total_area_ha": "a gemeente by the sea holds tidal water that lies in no buurt",
    "water_area_ha": "as all area",
}
"""Why a figure of gemeenten is more than that of its buurten."""


def read(tables: Path, ids: Iterable[str] = TABLES.values()) -> list[CbsTable]:
    """Fetch recorded tables over loopback, and read them."""
    with tempfile.TemporaryDirectory() as folder, server.serve(tables) as address:
        fetched = cbs.fetch_tables(ids, Workspace(Path(folder)), CbsSettings(base_url=address))
        return [cbs.read_table(one.folder) for one in fetched if isinstance(one, cbs.Fetched)]


def inhabitants(figures: Figures) -> pd.DataFrame:
    """Set every gemeente beside its buurten: published, buurten, difference and bound (4 per inhabited buurt)."""
    people = pd.Series(figures.figure.value[:, figures.of("population")], figures.regions["regiocode"])
    buurten = people[people.index.str.startswith("BU")]
    of_gemeente = buurten.groupby("GM" + buurten.index.str[2:6])
    found = pd.DataFrame({"published": people[people.index.str.startswith("GM")]})
    found["buurten"] = of_gemeente.sum(min_count=1)
    found["difference"] = found["published"] - found["buurten"]
    return found.assign(bound=AWAY * buurten.gt(0).groupby("GM" + buurten.index.str[2:6]).sum())


def nearly(figures: Figures) -> npt.NDArray[np.bool_]:
    """Tell of every column whether it is a mean that is not weighted by its own denominator."""
    based = zip(figures.indicators, figures.base_ids, strict=True)
    near = np.array([one.kind == "mean" and one.nearly(base_id) for one, base_id in based], dtype=bool)
    return near | (figures.kind("mean") & np.isnan(figures.base.value).all(axis=0))


def rebuilt(figures: Figures) -> Figures:
    """Put buurten together to gemeenten; a buurt that withholds a mean may have any that is published elsewhere."""
    figure, weighted = figures.figure, figures.kind("mean") & ~nearly(figures)
    least, most = (getattr(pd.DataFrame(figure.value), end)().to_numpy() for end in ("min", "max"))
    hidden = np.isnan(figure.value) & weighted
    bounded = Interval(figure.value, np.where(hidden, least, figure.low), np.where(hidden, most, figure.high))
    codes = figures.regions["regiocode"]
    small = codes.str.startswith("BU").to_numpy()
    parts = replace(
        figures,
        regions=figures.regions[small].reset_index(drop=True),
        figure=Interval(*(part[small] for part in bounded)),
        base=Interval(*(part[small] for part in figures.base)),
    )
    links = pd.DataFrame({"from_code": codes[small], "to_code": "GM" + codes[small].str[2:6]})
    links = links.assign(weight=1.0, method="same")
    regions = pd.DataFrame({"regiocode": links["to_code"].unique(), "comparable": True, "reason": "merged"})
    none = pd.DataFrame(columns=["from_code", "covered"])
    return harmonise.moved(parts, harmonise.Correspondence(figures.year, figures.year, links, regions, none))


def compared(figures: Figures) -> pd.DataFrame:
    """Count per indicator how many published gemeenten lie within the bounds that their buurten give."""
    made = rebuilt(figures)
    rows = pd.Index(figures.regions["regiocode"]).get_indexer(made.regions["regiocode"])
    found = []
    for at, one in enumerate(figures.indicators):
        value, low, high = (part[rows, at] for part in figures.figure)
        least, most = made.figure.low[:, at], made.figure.high[:, at]
        tested = ~np.isnan(value) & ~np.isnan(least) & ~np.isnan(most)
        if tested.any():
            within = tested & (low <= most + 1e-9) & (high >= least - 1e-9)
            off = np.abs(made.figure.value[:, at] - value)
            found.append(
                {
                    "year": figures.year, "indicator_id": one.id, "kind": one.kind, "unit": one.unit,
                    "weight": _weight(figures, at),
                    "published": int((~np.isnan(value)).sum()), "tested": int(tested.sum()),
                    "within_pct": 100 * within.sum() / tested.sum(),
                    "width": float(np.median((most - least)[tested])), "off": float(pd.Series(off).median()),
                }
            )  # fmt: skip
    return pd.DataFrame(found)


def _weight(figures: Figures, at: int) -> str:
    if figures.indicators[at].kind in ("additive", "bounded"):
        return ""
    if np.isnan(figures.base.value[:, at]).all():
        return "none published"
    return f"near: {figures.base_ids[at]}" if nearly(figures)[at] else figures.base_ids[at]


def page(tables: Iterable[CbsTable], catalogue: Mapping[str, indicators.Indicator]) -> str:
    """Write docs/validation.md."""
    lines = [_INTRODUCTION]
    results = []
    for table in tables:
        figures = harmonise.published(table, catalogue)
        lines += _about_inhabitants(table, figures)
        results.append(compared(figures))
    return "\n".join([*lines, _EVERY, *_rows(pd.concat(results, ignore_index=True))]) + "\n"


_INTRODUCTION = """\
# Validation

CBS's own figures of gemeenten, made again of those of their buurten: do they lie within the bounds we state?

Written by `python benchmarks/validation.py --tables DIR > docs/validation.md` from recorded tables of CBS: KWB 2017 (22
columns), 2020 (the release of March 2021, 50 of 118 columns) and 2024 (17 figures). Source: CBS, CC BY 4.0.

## Inhabitants

Below gemeente level CBS rounds inhabitants up or down *by lot* to a multiple of 5 (its own description of the column),
so a buurt is at most 4 off, and the sum of k inhabited buurten at most 4k. With ±2.5, as for rounding to the nearest,
15 to 20 gemeenten would contradict their buurten in 2017 and in 2020. People of whom only the gemeente is known are
counted in no buurt: then the gemeente has more than its buurten can have.
"""

_EVERY = """\

## Every figure

*Tested* are gemeenten of which the figure is published and bounds can be made of all buurten; a buurt that withholds a
mean may have any mean that is published elsewhere. *Width* is the median distance between the bounds, *off* the median
distance between the published figure and the one put together, where all buurten have one. *Weight* is what a ratio
rests on; *near* says that CBS's own denominator is not published, or not yet, as homes in these releases. Then only the
lowest and highest buurt are sure, only gemeenten of which every buurt has a figure are tested, and *off* shows how far
the weight is from right.

| year | figure | unit | weight | gemeenten | tested | within | width | off | if not all |
|---|---|---|---|---|---|---|---|---|---|"""


def _about_inhabitants(table: CbsTable, figures: Figures) -> list[str]:
    found, names = inhabitants(figures), dict(zip(table.labels["regiocode"], table.labels["title"], strict=True))
    over = found[found["difference"].abs() > found["bound"]]
    largest = found["difference"].abs().max()
    head = f"- **{table.year}** ({table.table_id}): {len(found)} gemeenten, largest difference {largest:,.0f}"
    lines = [f"{head}; beyond its bound: {len(over) or 'none'}."]
    for code, row in over.to_dict("index").items():
        told = f"{row['difference']:+,.0f}, bound {row['bound']:,.0f}: people placed in no buurt"
        lines.append(f"  - {names[str(code)]}: {told}.")
    without = ", ".join(names[str(code)] for code in found.index[found["published"].isna()])
    if without:
        rows_n = int(np.isnan(figures.figure.value).all(axis=1).sum())
        lines.append(f"  - {without}: no figures in this copy ({rows_n} rows), not compared.")
    return lines


def _rows(found: pd.DataFrame) -> list[str]:
    return [
        f"| {row['year']} | `{row['indicator_id']}` | {row['unit']} | {row['weight']} | {row['published']} "
        f"| {row['tested']} | {row['within_pct']:.1f}% | {_short(row['width'])} "
        f"| {_short(row['off'])} "
        f"| {REASONS.get(str(row['indicator_id']), '') if row['within_pct'] < 100 else ''} |"
        for row in found.to_dict("records")
    ]


def _short(value: float) -> str:
    return "" if np.isnan(value) else f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def main() -> None:
    """Write the page to stdout."""
    parser = argparse.ArgumentParser(description="Make figures of gemeenten again of those of their buurten.")
    parser.add_argument("--tables", type=Path, required=True, help="folder with recorded CBS tables")
    sys.stdout.write(page(read(parser.parse_args().tables), indicators.load()))


if __name__ == "__main__":
    main()
