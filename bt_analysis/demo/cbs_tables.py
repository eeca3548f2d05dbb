"""KWB tables of the fictional municipality: exact figures come in, tables as CBS publishes them go out.

Keys, topic groups and units follow those of CBS's own *Kerncijfers wijken en buurten* per year (kwb_topics.csv),
and so does what makes them awkward: padded keys, '.' for missing text, counts in multiples of five, small cells
left out, and a newest year of which a part still has to be published.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.demo import cbs_metadata, municipality, population, surroundings
from bt_analysis.demo.cbs_metadata import Record

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
COUNTRY_NAME = "Fictief Nederland"
GEMEENTEN = municipality.GEMEENTEN | surroundings.GEMEENTEN

# Upper bound of addresses per km² nearby, and the class (1 very urban … 5 not urban) from there on.
_URBANITY = ((500, 5), (1_000, 4), (1_500, 3), (2_500, 2), (np.inf, 1))
_ROUND_TO = 5


@dataclass(frozen=True)
class CbsTable:
    """One table as CBS's servers hold it.

    Parameters
    ----------
    table_id : str
        Its id; ids of this module do not exist at CBS.
    rows : DataFrame
        TypedDataSet: one row per region, padded text, ``.`` or NaN for missing.
    properties : list of dict
        DataProperties: the region dimension, topic groups and topics in order.
    regions : list of dict
        The dimension WijkenEnBuurten: padded key, title, description.
    info : dict
        TableInfos, the one row of it.
    """

    table_id: str
    rows: pd.DataFrame
    properties: list[Record]
    regions: list[Record]
    info: Record


def topics(year: int) -> pd.DataFrame:
    """Return one row per column of a year's table, in its order.

    Parameters
    ----------
    year : int
        One of :data:`YEARS`.

    Returns
    -------
    DataFrame
        ``key`` (name and position), ``title``, ``unit``, ``decimals``, ``path`` (topic groups with `` > ``), how it
        is made (``factor · numerator / denominator``), when it is left out (``base`` below ``least``), and ``early``:
        ``later`` when the newest year does not have it yet.
    """
    with files("bt_analysis.demo").joinpath("kwb_topics.csv").open(encoding="utf-8") as text:
        table = pd.read_csv(text, dtype={f"p{one}": "Int64" for one in YEARS})
    table = table[table[f"p{year}"].notna()].assign(position=lambda all_years: all_years[f"p{year}"])
    table["key"] = table["name"] + "_" + table["position"].astype(str)
    return table.sort_values("position").reset_index(drop=True)


def make_table(cells: gpd.GeoDataFrame, exact: pd.DataFrame, year: int, seed: int) -> CbsTable:
    """Make the KWB table of one year.

    Parameters
    ----------
    cells : GeoDataFrame
        As :func:`bt_analysis.demo.municipality.draw` gives them.
    exact : DataFrame
        As :func:`bt_analysis.demo.population.figures` gives them.
    year : int
        Data year and division year.
    seed : int
        Decides which way counts are rounded.

    Returns
    -------
    CbsTable
        Country, then per gemeente its wijken with their buurten.
    """
    places = regions(cells, year)
    sums = _sums(places, exact[exact.index.get_level_values("year") == year].droplevel("year"))
    columns = topics(year)
    lots = _Lots(places, year, seed)
    rows = _identification(places, year)
    for topic in cbs_metadata.records(columns[columns["numerator"].notna()]):
        rows[topic["key"]] = _publish(topic, sums, places["level"], lots, newest=year == max(YEARS))
    rows[columns.loc[columns["name"] == "MeestVoorkomendePostcode", "key"].iloc[0]] = _postcodes(places)
    ordered = rows[["WijkenEnBuurten", *columns["key"]]]
    ordered.insert(0, "ID", range(len(ordered)))
    return CbsTable(
        table_id=cbs_metadata.table_id(year),
        rows=ordered,
        properties=cbs_metadata.properties(columns, year),
        regions=cbs_metadata.dimension(places),
        info=cbs_metadata.info(ordered, year),
    )


def regions(cells: gpd.GeoDataFrame, year: int) -> pd.DataFrame:
    """Return one row per region of a year, in CBS's order: country, then per gemeente wijken with their buurten.

    Parameters
    ----------
    cells : GeoDataFrame
        As :func:`bt_analysis.demo.municipality.draw` gives them.
    year : int
        Division year.

    Returns
    -------
    DataFrame
        ``code``, ``title``, ``level`` (NL, GM, WK, BU), ``gemeente`` (its code), ``change`` and ``cells``.
    """
    buurten = municipality.division(cells, year)
    covered = "1" if year >= municipality.CHANGE_YEAR else "."  # from 2022 the flag covers gemeenten too
    titles = cells.drop_duplicates("wijk").set_index("wijk")["wijk_name"]
    rows: list[tuple[str, str, str, str, tuple[int, ...]]] = [
        ("NL00", COUNTRY_NAME, "", ".", (*cells.index, population.REST))
    ]
    for gemeente, within in buurten.groupby("gemeentecode"):
        rows.append((gemeente, GEMEENTEN[gemeente], gemeente, covered, _cells_of(within)))
        for wijk, part in within.groupby("wijkcode"):
            rows.append((wijk, titles[wijk], gemeente, "1", _cells_of(part)))
            listed = zip(part["buurtcode"], part["buurtnaam"], part["change"], part["cells"], strict=True)
            rows.extend((code, name, gemeente, change, inside) for code, name, change, inside in listed)
    table = pd.DataFrame(rows, columns=["code", "title", "gemeente", "change", "cells"])
    return table.assign(level=table["code"].str[:2])


def write_table(table: CbsTable, folder: Path) -> None:
    """Write a table in the layout the server reads; the same table gives the same bytes.

    Parameters
    ----------
    table : CbsTable
        What is written.
    folder : Path
        Gets a folder with the table's id.
    """
    place = folder / table.table_id
    place.mkdir(parents=True, exist_ok=True)
    table.rows.to_parquet(place / "TypedDataSet.parquet", index=False)
    for name, content in (("TableInfos", [table.info]), ("DataProperties", table.properties), ("CategoryGroups", [])):
        (place / f"{name}.json").write_text(_json(content), encoding="utf-8")
    # Without a fixed time gzip writes the clock into its header.
    (place / "WijkenEnBuurten.json.gz").write_bytes(gzip.compress(_json(table.regions).encode(), mtime=0))


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _cells_of(buurten: pd.DataFrame) -> tuple[int, ...]:
    return tuple(cell for inside in buurten["cells"] for cell in inside)


def _sums(places: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    figures = exact.to_numpy(dtype=float)
    rows = [figures[exact.index.get_indexer(pd.Index(inside))].sum(axis=0) for inside in places["cells"]]
    sums = pd.DataFrame(rows, index=places.index, columns=exact.columns)
    nearby = sums["nearby_addresses"] / sums["dwellings"].where(sums["dwellings"] > 0)
    sums["urbanity"] = [next(grade for limit, grade in _URBANITY if not value >= limit) for value in nearby]
    sums["postcode_cover"] = np.where(places["level"] == "BU", 1.0, np.nan)
    return sums


def _identification(places: pd.DataFrame, year: int) -> pd.DataFrame:
    names = places["gemeente"].map(GEMEENTEN).fillna(COUNTRY_NAME)
    change = "IndelingswijzigingGemeenteWijkBuurt_4" if year >= municipality.CHANGE_YEAR else None
    return pd.DataFrame(
        {
            "WijkenEnBuurten": places["code"].str.ljust(10),
            "Gemeentenaam_1": names.str.ljust(40),
            "SoortRegio_2": places["level"].map(cbs_metadata.LEVELS).str.ljust(10),
            "Codering_3": places["code"].str.ljust(10),
            change or "IndelingswijzigingWijkenEnBuurten_4": places["change"],
        }
    )


def _publish(topic: Record, sums: pd.DataFrame, level: pd.Series[str], lots: _Lots, *, newest: bool) -> pd.Series[Any]:
    """Make one published column: a ratio of sums, rounded, with small cells left out."""
    ratio = isinstance(topic["denominator"], str)
    values = sums[topic["numerator"]].astype(float)
    if ratio:
        values = values / sums[topic["denominator"]].where(sums[topic["denominator"]] > 0)
    values = (values * topic["factor"]).round(topic["decimals"])
    if topic["unit"] == "aantal" and not ratio:
        values = values.where(level.isin(["NL", "GM"]), _round_at_random(values, lots.draw()))
    if isinstance(topic["base"], str):
        values = values.where(sums[topic["base"]] >= topic["least"])
    if newest and topic["early"] == "later":
        values = values.mask(values.notna())
    published: pd.Series[Any] = values
    return published.astype("int64") if topic["decimals"] == 0 and values.notna().all() else published


class _Lots:
    """What rounding draws: regions of the municipality by its own lots, so that what lies around it moves none."""

    def __init__(self, places: pd.DataFrame, year: int, seed: int) -> None:
        around = places["gemeente"].isin(surroundings.GEMEENTEN).to_numpy()
        self._groups = [
            (np.flatnonzero(~around), np.random.default_rng([seed, 4, year])),
            (np.flatnonzero(around), np.random.default_rng([seed, 4, year, 1])),
        ]

    def draw(self) -> npt.NDArray[np.float64]:
        """Return a number from 0 up to 1 per region."""
        lots = np.empty(sum(len(rows) for rows, _ in self._groups))
        for rows, rng in self._groups:
            lots[rows] = rng.random(len(rows))
        return lots


def _round_at_random(values: pd.Series[float], lots: npt.NDArray[np.float64]) -> pd.Series[float]:
    # As CBS does: up or down to a multiple of five by lot, so that on average nothing is gained or lost.
    rounded: pd.Series[float] = (values / _ROUND_TO + lots).floordiv(1) * _ROUND_TO
    return rounded


def _postcodes(places: pd.DataFrame) -> list[str]:
    # No Dutch postcode starts with a zero, so these cannot be taken for real ones.
    return [(f"0{code[5:8]}" if code.startswith("BU") else ".").rjust(10) for code in places["code"]]
