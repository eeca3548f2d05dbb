"""What collectives delivered, put together: folders in; joined monitoring tables, with figures of groups, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from bt_analysis.instruments import interactions, waves, weighting
from bt_analysis.sources import combined, drawings, monitoring

_ANSWERS = ("survey_wave", "response_item")


@dataclass(frozen=True, eq=False)
class Deliveries:
    """What some collectives delivered, with no more of it than a build goes on with.

    Parameters
    ----------
    packages : list of Package
        As they were read, with the accepted versions of those with problems. Of their tables only answers of surveys
        are left: those are weighed in the folder of the collective, and leave it in no other way.
    tables : dict of str to DataFrame
        The rows of the packages that are used, as :func:`bt_analysis.sources.combined.own` gives them.
    drawings : GeoDataFrame
        Their drawn work areas, as :func:`bt_analysis.sources.drawings.read_drawings` gives them.
    """

    packages: list[monitoring.Package]
    tables: dict[str, pd.DataFrame]
    drawings: gpd.GeoDataFrame


def read(folders: Iterable[Path], known_regions: Mapping[int, set[str]] | None) -> Deliveries:
    """Read the packages of some collectives; answers and single acts become figures of a group.

    Parameters
    ----------
    folders : iterable of Path
        Each named after its collective.
    known_regions : Mapping of int to set of str, or None
        As for :func:`bt_analysis.sources.monitoring.read_package`.

    Returns
    -------
    Deliveries
        Tables of packages take much more room apart than together, so only what must stay apart is kept so.
    """
    packages = [monitoring.read_package(folder, known_regions) for folder in folders]
    used = monitoring.usable(packages)
    tables = own_rows(used)
    areas = dict(list(tables["work_area"].groupby("collective_id"))) if "work_area" in tables else {}
    drawn = ((each.folder, areas[each.collective_id]) for each in used if each.collective_id in areas)
    return Deliveries([_lean(package) for package in packages], tables, drawings.read_drawings(drawn))


def own_rows(packages: Iterable[monitoring.Package]) -> dict[str, pd.DataFrame]:
    """Put the tables of packages together; answers and single acts become figures of a group first.

    Parameters
    ----------
    packages : iterable of Package
        Those that are used.

    Returns
    -------
    dict of str to DataFrame
        As :func:`bt_analysis.sources.combined.own` gives them.
    """
    return combined.own(
        [(each.collective_id, interactions.with_counts(waves.with_measurements(each.tables))) for each in packages]
    )


def _lean(package: monitoring.Package) -> monitoring.Package:
    """Return a package with no other tables than answers of surveys."""
    answers = {name: package.tables[name] for name in _ANSWERS if name in package.tables}
    return replace(package, tables=answers, fallback=None if package.fallback is None else _lean(package.fallback))


def weighted(packages: Iterable[monitoring.Package], composition: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Weigh surveys of residents in the folder of each collective, by who lives in its work areas.

    Parameters
    ----------
    packages : iterable of Package
        Those that are used.
    composition : DataFrame
        joined_composition: who lives in each work area.
    areas : DataFrame
        work_area of all collectives.

    Returns
    -------
    DataFrame
        joined_wave_weighted.
    """
    rows = []
    owner = composition["work_area_id"].map(areas.set_index("work_area_id")["collective_id"])
    of_each = dict(list(composition.groupby(owner)))
    for package in packages:
        ours = of_each.get(package.collective_id, composition.iloc[:0])
        ours = ours.assign(work_area_id=ours["work_area_id"].str.removeprefix(f"{package.collective_id}--"))
        if set(_ANSWERS) <= set(package.tables):
            answers = (package.tables[_ANSWERS[0]], package.tables[_ANSWERS[1]])
            rows.append((package.collective_id, {"wave_weighted": weighting.weighted(*answers, ours)}))
    return combined.made(rows, "wave_weighted")
