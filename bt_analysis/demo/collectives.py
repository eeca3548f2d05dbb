"""The collectives of the fictional municipality: a map comes in; who works where, and what that changes, goes out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import geopandas as gpd

from bt_analysis.demo import municipality
from bt_analysis.demo.population import Effect

LAST_YEAR = 2024
_OLD_DIVISION, _DIVISION = 2020, 2023
_WIJKEN = 8

Archetype = dict[str, Any]


@dataclass(frozen=True)
class Collective:
    """One collective, before anything is recorded.

    Parameters
    ----------
    collective_id, name : str
        Its id, as in ``energie-01``, and its name, which says that it is made up.
    number : int
        Counted from 0; decides its chance draws.
    archetype : dict
        One entry of archetypes.toml.
    area_codes : tuple of str
        Codes of its work area, in the division of ``area_year``.
    area_year : int
        Division year in which the codes are meant.
    cells : tuple of int
        The land they cover.
    buurten : tuple of str
        The same land as codes of buurten since the division changed.
    """

    collective_id: str
    name: str
    number: int
    archetype: Archetype
    area_codes: tuple[str, ...]
    area_year: int
    cells: tuple[int, ...]
    buurten: tuple[str, ...]

    @property
    def years(self) -> range:
        """Years in which it is active."""
        return range(self.archetype["first_year"], LAST_YEAR + 1)


def archetypes() -> list[Archetype]:
    """Return the kinds of collectives.

    Returns
    -------
    list of dict
        The entries of archetypes.toml, in the order in which they are made.
    """
    text = files("bt_analysis.demo").joinpath("archetypes.toml").read_text(encoding="utf-8")
    kinds: list[Archetype] = tomllib.loads(text)["archetype"]
    return kinds


def plan(cells: gpd.GeoDataFrame, count: int) -> list[Collective]:
    """Decide which collectives there are and where they work.

    Parameters
    ----------
    cells : GeoDataFrame
        As :func:`bt_analysis.demo.municipality.draw` gives them.
    count : int
        How many; after the last archetype the first comes again, in another wijk.

    Returns
    -------
    list of Collective
        The same map and number of collectives give the same plan.
    """
    kinds = archetypes()
    return [_settle(cells, kinds[number % len(kinds)], number, number // len(kinds)) for number in range(count)]


def effects(collectives: list[Collective]) -> tuple[Effect, ...]:
    """Return the changes in area figures that the collectives cause.

    Parameters
    ----------
    collectives : list of Collective
        As :func:`plan` gives them.

    Returns
    -------
    tuple of Effect
        One per kind of change; land where two collectives cause the same change is changed once.
    """
    places: dict[tuple[str, float, int], set[int]] = {}
    for collective in collectives:
        effect = collective.archetype["effect"]
        if effect["relative"]:
            kind = (effect["quantity"], effect["relative"], effect["from_year"])
            places.setdefault(kind, set()).update(collective.cells)
    return tuple(Effect(*kind, tuple(sorted(cells))) for kind, cells in sorted(places.items()))


def _settle(cells: gpd.GeoDataFrame, archetype: Archetype, number: int, turn: int) -> Collective:
    # Three wijken further each turn, so that the eighth of a kind has been everywhere once.
    wijk = f"WK9901{(archetype['wijk'] + 3 * turn) % _WIJKEN:02d}"
    home = cells[cells["gemeente"] == municipality.HOME]
    inhabited = home[(home["wijk"] == wijk) & ~home["type"].isin(["bedrijven", "park"])]
    kind = archetype["area"]
    year = _OLD_DIVISION if kind == "old_division" else _DIVISION
    if kind == "old_division":
        changed = home[home["code_before"] != home["code_since"]]
        wijk = str(changed["wijk"].iloc[0])
        kept = home[(home["wijk"] == wijk) & (home["code_before"] == home["code_since"]) & home["type"].ne("park")]
        # Some of the work area stays comparable, so that the report shows part of it and says what is lost.
        codes = tuple(sorted({*changed["code_before"], *list(dict.fromkeys(kept["code_before"]))[:2]}))
    elif kind == "wijken":
        codes = (wijk, f"WK9901{(int(wijk[-2:]) + 1) % _WIJKEN:02d}")
    else:
        areas = {"gemeente": [municipality.HOME], "wijk": [wijk]}
        buurten = list(dict.fromkeys(inhabited["code_since"]))[: 1 if kind == "buurt" else 4]
        codes = tuple(areas.get(kind, buurten))
    place = str(home.loc[home["wijk"] == wijk, "wijk_name"].iloc[0])[len("Wijk 00 ") :]
    before = turn if kind == "old_division" else turn // _WIJKEN  # earlier ones in the same wijk
    covered = _cells_within(home, codes, year)
    return Collective(
        collective_id=f"{archetype['slug']}-{turn + 1:02d}",
        name=archetype["name"].format(place=f"{place} {before + 1}" if before else place),
        number=number,
        archetype=archetype,
        area_codes=codes,
        area_year=year,
        cells=covered,
        buurten=tuple(sorted(set(home.loc[list(covered), "code_since"]))),
    )


def _cells_within(cells: gpd.GeoDataFrame, codes: tuple[str, ...], year: int) -> tuple[int, ...]:
    buurt = cells["code_since" if year >= municipality.CHANGE_YEAR else "code_before"]
    inside = buurt.isin(codes) | cells["wijk"].isin(codes) | cells["gemeente"].isin(codes)
    return tuple(int(cell) for cell in cells.index[inside])
