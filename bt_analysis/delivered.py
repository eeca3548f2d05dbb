"""What collectives delivered, put together: packages in; joined monitoring tables, with figures of groups, out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from bt_analysis.instruments import interactions, waves, weighting
from bt_analysis.sources import combined, monitoring


def records(packages: Iterable[monitoring.Package]) -> dict[str, pd.DataFrame]:
    """Put the tables of all packages together; answers and single acts become figures of a group first.

    Parameters
    ----------
    packages : iterable of Package
        Those that are used.

    Returns
    -------
    dict of str to DataFrame
        Monitoring table → its rows, of all collectives.
    """
    measured = (
        replace(package, tables=interactions.with_counts(waves.with_measurements(package.tables)))
        for package in packages
    )
    return monitoring.together(measured)


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
        if {"survey_wave", "response_item"} <= set(package.tables):
            answers = (package.tables["survey_wave"], package.tables["response_item"])
            rows.append((package.collective_id, {"wave_weighted": weighting.weighted(*answers, ours)}))
    return combined.made(rows, "wave_weighted")
