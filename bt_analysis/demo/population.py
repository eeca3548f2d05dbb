"""Who lives in the fictional municipality: cells come in, exact figures per cell and year go out.

Every figure is a count or a sum, so a region's figure is the sum over its cells. What only a table would show
of it (means, percentages, rounding, suppressed cells) is made from these sums elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

AGES = ("age_0_15", "age_15_25", "age_25_45", "age_45_65", "age_65")
REST = -1
"""Number of the cell that stands for the rest of the country."""

_REST_INHABITANTS, _REST_LAND_HA, _REST_WATER_HA = 17_200_000, 3_360_000.0, 790_000.0
_BASE_YEAR = 2019
# What a dwelling burns against 2019: mild and cold winters, and from 2022 what prices did.
_GAS = {2019: 1.0, 2020: 0.97, 2021: 1.03, 2022: 0.81, 2023: 0.74}
_HOUSEHOLDS = ("one_person", "without_children", "with_children")
_MARITAL = ("unmarried", "married", "divorced", "widowed")
_FACILITIES = {"gp_km": 1.0, "supermarket_km": 0.9, "daycare_km": 0.8, "school_km": 0.7}

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Effect:
    """A change that was put into the figures on purpose.

    Parameters
    ----------
    quantity : str
        Column of the exact figures, such as ``gas_m3``.
    relative : float
        -0.08 makes it 8% lower than it would have been.
    from_year : int
        First year in which it holds.
    cells : tuple of int
        Where it holds.
    """

    quantity: str
    relative: float
    from_year: int
    cells: tuple[int, ...]


def building_types() -> pd.DataFrame:
    """Return what kinds of buurten there are.

    Returns
    -------
    DataFrame
        One row per kind (index ``type``): how many people live there, who they are, and in what homes.
    """
    with files("bt_analysis.demo").joinpath("buurt_types.csv").open(encoding="utf-8") as text:
        return pd.read_csv(text, index_col="type")


def split(totals: Counts, shares: npt.NDArray[np.floating[Any]]) -> Counts:
    """Divide whole numbers over groups, so that the groups add up to them.

    Parameters
    ----------
    totals : array of int, length n
        What is divided.
    shares : array of float, n × groups
        Shares per row; they need not add up to 1.

    Returns
    -------
    array of int, n × groups
        Each row adds up to its total. Rounded on the running sum: 10 over (1/3, 1/3, 1/3) gives 3, 4, 3.
    """
    running = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    edges = np.rint(running * totals[:, None]).astype(np.int64)
    return np.diff(edges, axis=1, prepend=0)


def figures(cells: gpd.GeoDataFrame, years: tuple[int, ...], effects: tuple[Effect, ...], seed: int) -> pd.DataFrame:
    """Return the exact figures of every cell in every year.

    Parameters
    ----------
    cells : GeoDataFrame
        As :func:`bt_analysis.demo.municipality.draw` gives them.
    years : tuple of int
        Data years.
    effects : tuple of Effect
        What is planted on top of chance.
    seed : int
        The same seed gives the same figures; a planted effect changes its own cells only.

    Returns
    -------
    DataFrame
        One row per cell and year (index ``cell, year``), the rest of the country as cell -1. Counts of people,
        households and dwellings; sums such as ``gas_m3`` or ``woz_keur`` (thousand euro).
    """
    types = building_types()
    places = pd.concat([cells[["type", "area_ha", "water_ha"]], _rest_of_country()])
    average = types.drop(index=["bedrijven", "park"]).mean().rename("rest")
    traits = pd.concat([types, average.to_frame().T]).loc[places["type"]].set_axis(places.index)
    traits = _vary(traits, np.random.default_rng([seed, 2]))
    traits.loc[REST, "inhabitants"] = _REST_INHABITANTS
    tables = {year: _one_year(places, traits, year, np.random.default_rng([seed, 3, year])) for year in years}
    table = pd.concat(tables, names=["year", "cell"]).swaplevel().sort_index()
    for effect in effects:
        touched = table.index.get_level_values("cell").isin(effect.cells) & (
            table.index.get_level_values("year") >= effect.from_year
        )
        table.loc[touched, effect.quantity] *= 1 + effect.relative
    return table


def _rest_of_country() -> pd.DataFrame:
    area = _REST_LAND_HA + _REST_WATER_HA
    return pd.DataFrame({"type": "rest", "area_ha": area, "water_ha": _REST_WATER_HA}, index=[REST])


def _vary(traits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Make every buurt a little different from others of its kind."""
    spread = pd.Series(0.08, index=traits.columns)
    spread[["inhabitants"]], spread[["household_size", "before_2000", "nearby_addresses"]] = 0.22, 0.03
    spread[["growth"]] = 0.0
    factors = np.exp(rng.normal(0, 1, traits.shape) * spread.to_numpy())
    factors[traits.index == REST] = 1.0
    return traits * factors


def _one_year(places: pd.DataFrame, traits: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame:
    passed = year - _BASE_YEAR
    ages = traits[list(AGES)].to_numpy() * np.array([1 - 0.004 * passed, 1.0, 1.0, 1.0, 1 + 0.02 * passed])
    grown = traits["inhabitants"] * (1 + traits["growth"]) ** passed * (1 + rng.normal(0, 0.004, len(traits)))
    people = np.rint(grown.to_numpy()).astype(np.int64)
    table = pd.DataFrame(split(people, ages), index=traits.index, columns=list(AGES))
    table.insert(0, "inhabitants", people)
    table[["men", "women"]] = split(people, _rows(len(people), 0.495, 0.505))
    table = pd.concat([table, _households(traits, table, people), _origin(traits, people)], axis=1)
    table = pd.concat([table, _homes(traits, table, year, rng), _means(traits, table, passed, rng)], axis=1)
    table["area_ha"], table["water_ha"] = places["area_ha"], places["water_ha"]
    table["land_ha"] = places["area_ha"] - places["water_ha"]
    return table


def _rows(count: int, *shares: float) -> Floats:
    return np.tile(np.array(shares), (count, 1))


def _households(traits: pd.DataFrame, table: pd.DataFrame, people: Counts) -> pd.DataFrame:
    households = np.rint(people / traits["household_size"].to_numpy()).astype(np.int64)
    alone, children = traits["one_person"].to_numpy(), traits["with_children"].to_numpy()
    kinds = split(households, np.c_[alone, np.maximum(0.02, 1 - alone - children), children])
    single = 0.38 + 0.3 * alone
    marital = split(people, np.c_[single, 0.88 - single, np.full(len(people), 0.08), np.full(len(people), 0.04)])
    return pd.DataFrame(
        np.c_[households, kinds, marital],
        index=table.index,
        columns=["households", *_HOUSEHOLDS, *_MARITAL],
    )


def _origin(traits: pd.DataFrame, people: Counts) -> pd.DataFrame:
    # Two classifications of the same people: up to 2022 westers/niet-westers, from 2023 the country of origin.
    western, other = traits["western"].to_numpy(), traits["non_western"].to_numpy()
    before = split(people, np.c_[1 - western - other, western, other])[:, 1:]
    since = split(people, np.c_[1 - 0.9 * western - 1.05 * other, 0.8 * western, 0.1 * western + 1.05 * other])
    columns = ["western", "non_western", "origin_nl", "origin_europe", "origin_elsewhere"]
    return pd.DataFrame(np.c_[before, since], index=traits.index, columns=columns)


def _homes(traits: pd.DataFrame, table: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame:
    dwellings = np.rint(table["households"].to_numpy() * 1.02).astype(np.int64)
    owner, corporation = (np.minimum(traits[name].to_numpy(), 0.95) for name in ("owner", "corporation"))
    rented = np.maximum(0.02, 1 - owner - corporation)
    tenure = split(dwellings, np.c_[owner, corporation, rented])
    flats = np.minimum(traits["multi_family"].to_numpy(), 0.97)
    old = np.minimum(traits["before_2000"].to_numpy(), 0.99)
    noise = 1 + rng.normal(0, 0.012, (len(traits), 2))
    homes = pd.DataFrame({"dwellings": dwellings}, index=traits.index)
    homes["owner"], homes["corporation"], homes["other_landlord"] = tenure.T
    homes["rented"] = homes["corporation"] + homes["other_landlord"]
    homes["multi_family"], homes["single_family"] = split(dwellings, np.c_[flats, 1 - flats]).T
    homes["before_2000"] = np.rint(dwellings * old)
    homes["older_than_10"] = np.rint(dwellings * (old + 0.7 * (1 - old)))
    homes["district_heating"] = np.rint(dwellings * np.where(old < 0.2, 0.35, 0.01))
    homes["woz_keur"] = dwellings * traits["woz_keur"] * 1.075 ** (year - _BASE_YEAR)
    homes["gas_m3"] = dwellings * traits["gas_m3"] * _GAS.get(year, 0.74) * noise[:, 0]
    homes["electricity_kwh"] = dwellings * traits["electricity_kwh"] * 0.975 ** (year - _BASE_YEAR) * noise[:, 1]
    homes["nearby_addresses"] = dwellings * traits["nearby_addresses"]
    return homes


def _means(traits: pd.DataFrame, table: pd.DataFrame, passed: int, rng: np.random.Generator) -> pd.DataFrame:
    people = table["inhabitants"]
    rates = {
        "social_assistance": traits["social_assistance"] * 0.98**passed,
        "disability": traits["disability"],
        "unemployment": traits["unemployment"] * (1.3 if passed in (1, 2) else 0.9),
        "state_pension": table["age_65"] / people.clip(lower=1) * 0.96,
        "wmo_clients": 0.02 + 0.16 * table["age_65"] / people.clip(lower=1),
        "births": 0.03 * table["age_25_45"] / people.clip(lower=1) + 0.002,
        "deaths": 0.0008 + 0.042 * table["age_65"] / people.clip(lower=1),
        "businesses": traits["businesses"] * 1.02**passed,
    }
    sums = pd.DataFrame({name: np.rint(people * rate) for name, rate in rates.items()})
    sums["cars"] = np.rint(table["households"] * traits["cars"])
    sums["income_keur"] = people * traits["income_keur"] * 1.03**passed * (1 + rng.normal(0, 0.01, len(people)))
    for facility, factor in _FACILITIES.items():
        sums[facility] = people * traits["facility_km"] * factor
    return sums
