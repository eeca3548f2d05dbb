"""Pieces: what was delivered and found out about all collectives in; what each batch of them needs, out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from bt_analysis import delivered, join
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.indicators import Indicator
from bt_analysis.settings import Settings


@dataclass(frozen=True, eq=False)
class Common:
    """What the questions about every batch need.

    Parameters
    ----------
    catalogue : mapping of str to Indicator
        The indicator catalogue.
    names : DataFrame
        harmonised_regions.
    labels : mapping of int to Series
        Division year → name per regiocode.
    areas : AreaPanel
        Figures of all regions, and which of them work areas are made of: a collective is not compared with another.
    refused : DataFrame
        analysed_refused.
    settings : Settings
        All thresholds.
    year : int
        Reference year.
    today : date
        Day of the build.
    folder : Path
        Where the largest tables of each batch are put.
    """

    catalogue: Mapping[str, Indicator]
    names: pd.DataFrame
    labels: Mapping[int, pd.Series]
    areas: AreaPanel
    refused: pd.DataFrame
    settings: Settings
    year: int
    today: dt.date
    folder: Path


@dataclass(frozen=True, eq=False)
class Batch:
    """A few collectives, and what was found about where they work.

    Parameters
    ----------
    number : int
        Which one.
    delivered : Deliveries
        What they delivered.
    weights : DataFrame
        joined_area_weight of their work areas.
    statistics : DataFrame
        harmonised_statistics of the regions they need.
    register : DataFrame
        What earlier builds published about their people.
    """

    number: int
    delivered: delivered.Deliveries
    weights: pd.DataFrame
    statistics: pd.DataFrame
    register: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Batches:
    """All batches of a build; each is put together when it is asked for, as all at once would fill the memory.

    Parameters
    ----------
    deliveries : sequence of Deliveries
        What was delivered; where no collective is used there is nothing to ask, and no batch.
    names : DataFrame
        harmonised_regions.
    weights : DataFrame
        joined_area_weight.
    statistics : DataFrame
        harmonised_statistics of all regions that work areas need.
    register : DataFrame
        What earlier builds published; what is about no collective of this build goes with the first batch, and stays.
    """

    deliveries: Sequence[delivered.Deliveries]
    names: pd.DataFrame
    weights: pd.DataFrame
    statistics: pd.DataFrame
    register: pd.DataFrame

    def __len__(self) -> int:
        return len(self.used)

    @cached_property
    def used(self) -> list[delivered.Deliveries]:
        """Deliveries with a collective that is used: one per batch."""
        return [one for one in self.deliveries if "collective" in one.tables]

    def batch(self, number: int) -> Batch:
        """Put a batch together.

        Parameters
        ----------
        number : int
            Which one.

        Returns
        -------
        Batch
            With its own rows of what was found about all.
        """
        one = self.used[number]
        own = self.weights[self.weights["work_area_id"].isin(one.tables["work_area"]["work_area_id"])]
        figures = self.statistics[self.statistics["regiocode"].isin(join.needed(own, self.names))]
        return Batch(number, one, own, figures, self.register[self._released.eq(number)])

    @cached_property
    def _released(self) -> pd.Series[int]:
        """Which batch the rows of the register go with."""
        batch_of = {name: number for number in range(len(self)) for name in self.collectives(number)}
        return self.register["collective_id"].map(batch_of).fillna(0).astype("int64")

    def collectives(self, number: int) -> list[str]:
        """List the collectives of a batch.

        Parameters
        ----------
        number : int
            Which one.

        Returns
        -------
        list of str
            In order of id.
        """
        return [str(name) for name in self.used[number].tables["collective"]["collective_id"]]
