"""Asking: batches of collectives in; what comes of them, protected and put together, out, the largest part on disk."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import pandas as pd

from bt_analysis import answers, delivered, disclosure, join, processed
from bt_analysis.analysis import experiments, measurements, profiles
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined
from bt_analysis.batches.pieces import Batch, Batches, Common
from bt_analysis.batches.side_by_side import Tell, in_order
from bt_analysis.sources import combined, monitoring

CONTEXT, ESTIMATES = "joined/context", "analysed/estimates"
"""The largest tables, by far: they go to disk batch by batch."""

_DEFINED = "analysed/indicators"


@dataclass(frozen=True, eq=False)
class Answered:
    """What some batches come to.

    Parameters
    ----------
    estimates : DataFrame
        analysed_estimates, batch after batch.
    ends : list of int
        At which row the estimates of each batch end.
    tables : dict of str to DataFrame
        Stage and name → table; ``outside/area`` and ``outside/period`` are parts of analysed_unmatched.
    protected : Protected
        Log and register of all; the estimates are above.
    context : list of Path
        Where joined_context lies, a file per batch.
    """

    estimates: pd.DataFrame
    ends: list[int]
    tables: dict[str, pd.DataFrame]
    protected: disclosure.Protected
    context: list[Path]


def answered(common: Common, batches: Batches, tell: Tell | None = None) -> Answered:
    """Ask everything about the collectives of every batch, protect it, and put it together.

    Parameters
    ----------
    common : Common
        What all batches need.
    batches : Batches
        At least one.
    tell : callable, optional
        Hears how far it is, when there is more than one.

    Returns
    -------
    Answered
        Tables of all collectives. Their rows do not depend on the size of batches; those of joined tables that are made
        here stand batch after batch.

    Raises
    ------
    DisclosureError
        When something hidden could still be worked out.
    PipelineError
        When a process was ended from outside.
    SchemaError
        When the context of a work area is not what it must be.
    """
    sizes = [len(one.packages) for one in batches.used]
    work = functools.partial(_answer, common)
    told = ("asked about", tell)
    return _together(in_order(work, range(len(batches)), sizes, common.settings, told, batches.batch))


def written(
    common: Common, batches: Batches, answered: Answered, learned: pd.DataFrame
) -> Mapping[str, Sequence[Path]]:
    """Put beside the estimates of each batch what its collectives learn from others, and write them.

    Parameters
    ----------
    common : Common
        What all batches need.
    batches : Batches
        Those that were asked.
    answered : Answered
        What they came to.
    learned : DataFrame
        Estimates of learning about one collective each.

    Returns
    -------
    mapping of str to sequence of Path
        Stage and name of the tables that lie on disk in parts, in order of collective, and the parts.

    Raises
    ------
    SchemaError
        When the estimates of a batch are not what they must be.
    """
    files = []
    for number, (start, end) in enumerate(pairwise([0, *answered.ends])):
        own = learned[learned["collective_id"].isin(batches.collectives(number))]
        both = pd.concat([answered.estimates.iloc[start:end], own], ignore_index=True)
        files.append(
            processed.write_part(common.folder / f"estimates-{number}.parquet", ESTIMATES, both, common.settings)
        )
    return {CONTEXT: answered.context, ESTIMATES: files}


def _answer(common: Common, batch: Batch) -> Answered:
    """Ask everything about the collectives of one batch."""
    records, weights, settings = combined.whole(batch.delivered.tables), batch.weights, common.settings
    records["work_area"] = areas = join.work_areas.spelt_out(records["work_area"], weights)
    context = join.context(batch.statistics, weights, areas, common.catalogue)
    composition = join.composition(batch.statistics, weights, context, common.names, common.catalogue)
    records["wave_weighted"] = delivered.weighted(monitoring.usable(batch.delivered.packages), composition, areas)
    outside = join.outside(records["participation"], records["activity"], composition, areas)
    joined = Joined.of(
        records, context=context, composition=composition, catalogue=common.catalogue, areas=common.areas
    )
    periods = reporting.of_collectives(
        joined.activity, joined.collective, common.year, joined.participation, joined.measurement
    )
    found = answers.of(joined, periods, settings, batch.register, common.today)
    told = profiles.collectives(joined, periods, common.labels, common.refused, synthetic=settings.synthetic)
    tables = {
        "joined/composition": composition,
        "joined/wave_weighted": records["wave_weighted"],
        **{f"analysed/{name}": table for name, table in found.compared.items()},
        "analysed/collectives": told,
        "analysed/activities": profiles.activities(joined),
        "analysed/experiments": experiments.experiments(joined),
        "analysed/experiment_events": experiments.events(joined),
        _DEFINED: measurements.indicators(joined),
        "outside/area": outside,
        "outside/period": measurements.outside(joined, periods),
    }
    part = processed.write_part(common.folder / f"context-{batch.number}.parquet", CONTEXT, context, settings)
    protected = found.protected._replace(estimates=found.estimates.iloc[:0])
    return Answered(found.estimates, [len(found.estimates)], tables, protected, [part])


def _together(parts: Sequence[Answered]) -> Answered:
    if len(parts) == 1:
        return parts[0]
    tables = {name: _stacked([part.tables[name] for part in parts]) for name in parts[0].tables}
    # What ships with the program is measured by many.
    tables[_DEFINED] = tables[_DEFINED].drop_duplicates("indicator_id").sort_values("indicator_id", ignore_index=True)
    return Answered(
        pd.concat([part.estimates for part in parts], ignore_index=True),
        list(accumulate(len(part.estimates) for part in parts)),
        tables,
        disclosure.together([part.protected for part in parts]),
        [path for part in parts for path in part.context],
    )


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]
