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

from bt_analysis.demo import municipality

AGES = ("age_0_15", "age_15_25", "age_25_45", "age_45_65", "age_65")
REST = -1
"""Number of the cell that stands for the rest of the country."""

_REST_INHABITANTS, _REST_LAND_HA, _REST_WATER_HA = 17_200_000, 3_360_000.0, 790_000.0
_BASE_YEAR = 2019
# What a dwelling burns against 2019: mild and cold winters, and from 2022 what prices did.
_GAS = {2019: 1.0, 2020: 0.97, 2021: 1.03, 2022: 0.81, 2023: 0.74}
_HOUSEHOLDS = ("one_person", "without_children", "with_children")
_MARITAL = ("unmarried", "married", "divorced", "widowed")
# How far a year's figure strays from what it would be, as a share: all of a gemeente together, and a buurt by itself.
_STRAYS = {
    "gas_m3": (0.004, 0.012), "electricity_kwh": (0.004, 0.012), "woz_keur": (0.005, 0.008),
    "income_keur": (0.003, 0.010), "social_assistance": (0.010, 0.030), "disability": (0.008, 0.020),
    "unemployment": (0.020, 0.040), "wmo_clients": (0.010, 0.030), "births": (0.020, 0.080), "deaths": (0.020, 0.080),
    "businesses": (0.005, 0.015), "cars": (0.003, 0.008),
}  # fmt: skip
_USUAL_HOMES, _FEWEST_HOMES = 700, 25
_COUNTED = ("social_assistance", "disability", "unemployment", "wmo_clients", "births", "deaths", "businesses", "cars")
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
        As :func:`bt_analysis.demo.municipality.draw` gives them, with those of its surroundings or without.
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

    Notes
    -----
    Yearly sums stray: times exp(a·u + b·v·√(700 / dwellings)), u drawn per gemeente and year, v per cell and year, both
    standard normal; a and b in ``_STRAYS``. So a gemeente has good and bad years as a whole, and small buurten jump.
    """
    own = cells["gemeente"].isin(municipality.GEMEENTEN)
    # The municipality is made with chance of its own, so that what lies around it moves none of its figures.
    parts = [_figures(pd.concat([cells[own], _rest_of_country()]), years, seed, ())]
    parts += [_figures(cells[~own], years, seed, (1,))] if not own.all() else []
    table = pd.concat(parts).sort_index()
    for effect in effects:
        touched = table.index.get_level_values("cell").isin(effect.cells) & (
            table.index.get_level_values("year") >= effect.from_year
        )
        table.loc[touched, effect.quantity] *= 1 + effect.relative
    return table


def _figures(places: pd.DataFrame, years: tuple[int, ...], seed: int, region: tuple[int, ...]) -> pd.DataFrame:
    types = building_types()
    average = types.drop(index=["bedrijven", "park"]).mean().rename("rest")
    traits = pd.concat([types, average.to_frame().T]).loc[places["type"]].set_axis(places.index)
    traits = _vary(traits, np.random.default_rng([seed, 2, *region]))
    traits.loc[traits.index == REST, "inhabitants"] = _REST_INHABITANTS
    tables = {}
    for year in years:
        table = _one_year(places, traits, year, np.random.default_rng([seed, 3, year, *region]))
        tables[year] = _astray(table, places["gemeente"], year, seed, region)
    return pd.concat(tables, names=["year", "cell"]).swaplevel()


def _astray(
    table: pd.DataFrame, gemeente: pd.Series[str], year: int, seed: int, region: tuple[int, ...]
) -> pd.DataFrame:
    """Let the figures of a year stray: all buurten of a gemeente together, and each by itself, small ones most."""
    sizes = np.sqrt(_USUAL_HOMES / table["dwellings"].clip(lower=_FEWEST_HOMES).to_numpy(dtype=float))
    spread = np.array(list(_STRAYS.values()))
    own = np.random.default_rng([seed, 8, year, *region]).normal(size=(len(table), len(spread)))
    common = np.array([_common(code, year, seed) for code in gemeente])
    strayed = table.assign(
        **(table[list(_STRAYS)] * np.exp(common * spread[:, 0] + own * spread[:, 1] * sizes[:, None]))
    )
    strayed[list(_COUNTED)] = strayed[list(_COUNTED)].round()
    return strayed


def _common(gemeente: str, year: int, seed: int) -> Floats:
    # The rest of the country is so many gemeenten that what they share cancels out.
    if not gemeente:
        return np.zeros(len(_STRAYS))
    return np.random.default_rng([seed, 9, year, int(gemeente[2:])]).normal(size=len(_STRAYS))


def _rest_of_country() -> pd.DataFrame:
    area = _REST_LAND_HA + _REST_WATER_HA
    row = {"gemeente": "", "type": "rest", "area_ha": area, "water_ha": _REST_WATER_HA}
    return pd.DataFrame(row, index=[REST])


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
    table = pd.concat([table, _homes(traits, table, year), _means(traits, table, passed)], axis=1)
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


def _homes(traits: pd.DataFrame, table: pd.DataFrame, year: int) -> pd.DataFrame:
    dwellings = np.rint(table["households"].to_numpy() * 1.02).astype(np.int64)
    owner, corporation = (np.minimum(traits[name].to_numpy(), 0.95) for name in ("owner", "corporation"))
    rented = np.maximum(0.02, 1 - owner - corporation)
    tenure = split(dwellings, np.c_[owner, corporation, rented])
    flats = np.minimum(traits["multi_family"].to_numpy(), 0.97)
    old = np.minimum(traits["before_2000"].to_numpy(), 0.99)
    homes = pd.DataFrame({"dwellings": dwellings}, index=traits.index)
    homes["owner"], homes["corporation"], homes["other_landlord"] = tenure.T
    homes["rented"] = homes["corporation"] + homes["other_landlord"]
    homes["multi_family"], homes["single_family"] = split(dwellings, np.c_[flats, 1 - flats]).T
    homes["before_2000"] = np.rint(dwellings * old)
    homes["older_than_10"] = np.rint(dwellings * (old + 0.7 * (1 - old)))
    homes["district_heating"] = np.rint(dwellings * np.where(old < 0.2, 0.35, 0.01))
    homes["woz_keur"] = dwellings * traits["woz_keur"] * 1.075 ** (year - _BASE_YEAR)
    homes["gas_m3"] = dwellings * traits["gas_m3"] * _GAS.get(year, 0.74)
    homes["electricity_kwh"] = dwellings * traits["electricity_kwh"] * 0.975 ** (year - _BASE_YEAR)
    homes["nearby_addresses"] = dwellings * traits["nearby_addresses"]
    return homes


def _means(traits: pd.DataFrame, table: pd.DataFrame, passed: int) -> pd.DataFrame:
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
    sums["income_keur"] = people * traits["income_keur"] * 1.03**passed
    for facility, factor in _FACILITIES.items():
        sums[facility] = people * traits["facility_km"] * factor
    return sums
