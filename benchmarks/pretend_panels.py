"""Panels to try comparisons on: CBS's recorded tables, or a fictional region with known effects, in; figures out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from bt_analysis import harmonise, indicators
from bt_analysis.analysis import areas
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.units import FEATURES, SIZE, URBANITY
from bt_analysis.demo import cbs_tables, municipality, population, server, surroundings
from bt_analysis.demo.population import Effect
from bt_analysis.harmonise import Figures
from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import cbs
from bt_analysis.sources.table import CbsTable

KWB = {2017: "83765NED", 2020: "84799NED", 2024: "85984NED"}
KWB_OUTCOME = "aged_65_plus_pct"
_WORKING_AGE = ("age_15_25", "age_25_45", "age_45_65")


@dataclass(frozen=True)
class Quantity:
    """Exact figures of the demonstration that an indicator is made of.

    Parameters
    ----------
    above : str
        What is divided.
    below : tuple of str
        By the sum of these.
    factor : float
        And multiplied by this.
    """

    above: str
    below: tuple[str, ...]
    factor: float


DEMO = {
    "gas_m3_per_dwelling": Quantity("gas_m3", ("dwellings",), 1),
    "social_assistance_pct": Quantity("social_assistance", ("inhabitants",), 100),
    "unemployment_benefit_pct": Quantity("unemployment", _WORKING_AGE, 100),
    "disability_benefit_pct": Quantity("disability", _WORKING_AGE, 100),
}
"""Outcomes of the demonstration: what is made of counts that an effect can be put into."""


def read(tables: Path, ids: Iterable[str]) -> list[CbsTable]:
    """Fetch tables over loopback, and read them."""
    with tempfile.TemporaryDirectory() as folder, server.serve(tables) as address:
        fetched = cbs.fetch_tables(list(ids), Workspace(Path(folder)), CbsSettings(base_url=address))
        return [cbs.read_table(one.folder) for one in fetched if isinstance(one, cbs.Fetched)]


def unchanged(tables: Sequence[CbsTable], land: Mapping[int, pd.Series]) -> set[str]:
    """Return the regions with the same code and name in every table, and the same land in the years that have it."""
    titles = [table.labels.drop_duplicates("regiocode").set_index("regiocode")["title"] for table in tables]
    names = pd.concat(titles, axis=1, join="inner").apply(lambda one: one.str.replace(r"[\W_]", "", regex=True))
    same = names.apply(lambda one: one.str.casefold()).nunique(axis=1).eq(1)
    surface = pd.concat([one.reindex(names.index) for one in land.values()], axis=1)
    spread = surface.max(axis=1) - surface.min(axis=1)
    return set(names.index[same & (spread <= np.maximum(1.0, 0.01 * surface.min(axis=1)))])


def panel_of(figures: Sequence[Figures], names: pd.DataFrame, outcomes: Iterable[str], same: set[str]) -> AreaPanel:
    """Put the figures of several years together, of the regions that are the same in all of them."""
    regions = areas.with_gemeente(names)
    known = regions.index.isin(sorted(same))
    values, bases = {}, {}
    for key in sorted({*outcomes, *FEATURES, SIZE, URBANITY}):
        columns = {one.year: (one, at) for one in figures if (at := one.of(key)) is not None}
        filled = {year: _of(*place, "figure", regions.index) for year, place in columns.items()}
        if any(column.notna().any() for column in filled.values()):
            values[key] = pd.DataFrame(filled)
            values[key].loc[~known] = np.nan
            bases[key] = pd.DataFrame({year: _of(*place, "base", regions.index) for year, place in columns.items()})
    none = {key: pd.DataFrame(np.nan, table.index, table.columns) for key, table in values.items()}
    changed = {key: table.apply(lambda column: pd.Series(~known, column.index)) for key, table in none.items()}
    weights = pd.DataFrame(columns=["work_area_id", "area_code", "weight"])
    return AreaPanel(regions, values, none, changed, bases, weights, pd.DataFrame())


def _of(figures: Figures, at: int, part: str, codes: pd.Index) -> pd.Series:
    column = getattr(figures, part).value[:, at]
    return pd.Series(column, figures.regions["regiocode"].to_numpy(dtype=str)).reindex(codes)


def kwb_panel(tables: Path) -> AreaPanel:
    """Return CBS's figures of the buurten that are the same in 2017, 2020 and 2024."""
    catalogue = indicators.load()
    read_in = sorted(read(tables, KWB.values()), key=lambda table: table.year)
    figures = [harmonise.published(table, catalogue) for table in read_in]
    land = {one.year: _of(one, at, "figure", _codes(one)) for one in figures if (at := one.of("land_area_ha"))}
    measured = {year: column for year, column in land.items() if column.notna().any()}
    names = harmonise.region_names(read_in[-1], read_in[-1].year)
    return panel_of(figures, names, [KWB_OUTCOME], unchanged(read_in, measured))


def _codes(figures: Figures) -> pd.Index:
    codes: pd.Index = pd.Index(figures.regions["regiocode"].to_numpy(dtype=str))
    return codes


def demo_panel(seed: int, effects: Callable[[gpd.GeoDataFrame], tuple[Effect, ...]]) -> tuple[AreaPanel, pd.DataFrame]:
    """Return the panel of a fictional region, and the true effect per regiocode, indicator and year."""
    cells = pd.concat([municipality.draw(seed), surroundings.draw(seed)], ignore_index=True)
    planted = effects(cells)
    plain, exact = (population.figures(cells, cbs_tables.YEARS, given, seed) for given in ((), planted))
    with tempfile.TemporaryDirectory() as folder:
        made = [cbs_tables.make_table(cells, exact, year, seed) for year in cbs_tables.YEARS]
        for table in made:
            cbs_tables.write_table(table, Path(folder))
        read_in = read(Path(folder), [table.table_id for table in made])
    tables = {table.year: table for table in read_in}
    newest, catalogue = max(tables), indicators.load()
    to = {year: harmonise.correspondence(year, newest, tables, None, None) for year in tables}
    figures = list(harmonise.years(tables, catalogue, to))
    names = harmonise.region_names(tables[newest], newest)
    same = set.intersection(*(set(_codes(one)[one.regions["comparable"].to_numpy(dtype=bool)]) for one in figures))
    return panel_of(figures, names, DEMO, same), _truth(cells, plain, exact)


def _truth(cells: gpd.GeoDataFrame, plain: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    codes = cells["code_since"].to_dict()
    parts = {}
    for key, made_of in DEMO.items():
        below = plain[list(made_of.below)].sum(axis=1)
        parts[key] = made_of.factor * (exact[made_of.above] - plain[made_of.above]) / below
    wide = pd.DataFrame(parts).reset_index()
    wide["regiocode"] = wide["cell"].map(codes)
    return wide.dropna(subset="regiocode").drop(columns="cell").set_index(["regiocode", "year"]).sort_index()
