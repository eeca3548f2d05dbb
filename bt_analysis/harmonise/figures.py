"""Figures of one table, wide: a row per region and a column per indicator; as long rows they come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.indicators import Indicator
from bt_analysis.methods.rounding import Interval
from bt_analysis.schema import MISSING_REASONS

COLUMNS = [
    "regiocode", "year", "indicator_id", "value", "low", "high", "unit", "missing_reason", "n_base", "base_id",
    "table_id", "source_key", "modified", "division_year", "comparable", "comparable_reason", "method",
]  # fmt: skip

ALONE = ("same", "renamed")
"""Reasons of a region that is one region of the other division: it keeps that one's figures as they are."""
MOVED = (*ALONE, "merged", "apportioned_addresses", "apportioned_surface")
"""Reasons of a region that gets figures; every other reason says why it has none."""

METHODS = ("published", "ratio", "sum", "weighted", "range")
_ALONE_BY_KIND = {"additive": "published", "share": "ratio", "mean": "published", "bounded": "published"}
_MOVED_BY_KIND = {"additive": "sum", "share": "ratio", "mean": "weighted", "bounded": "range"}
_CODE = {reason: np.int8(at) for at, reason in enumerate(MISSING_REASONS)}
_NONE = np.int8(-1)


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of one table on one division.

    Parameters
    ----------
    table_id, modified : str
        As in the table.
    year, division_year : int
        Year the figures are of; year of the division the regions belong to.
    regions : DataFrame
        One row is a region, sorted: regiocode, comparable, reason (as of a correspondence; ``same`` on the table's
        own division).
    indicators : tuple of Indicator
        One per column; a share stands after its numerator.
    keys : tuple of str or None
        Column of the table that each was read from.
    base_ids : tuple of str
        Additive indicator that each rests on: its denominator, inhabitants for a count.
    empty : tuple of str
        Why a figure of each is missing when nothing about the region explains it: not_recorded, not_yet_published or
        suppressed.
    figure, base : Interval
        Figures and what they rest on: regions × indicators.
    """

    table_id: str
    modified: str
    year: int
    division_year: int
    regions: pd.DataFrame
    indicators: tuple[Indicator, ...]
    keys: tuple[str | None, ...]
    base_ids: tuple[str, ...]
    empty: tuple[str, ...]
    figure: Interval
    base: Interval

    def of(self, indicator_id: str) -> int | None:
        """Return the column of an indicator.

        Parameters
        ----------
        indicator_id : str
            An id of the catalogue.

        Returns
        -------
        int or None
            None when there is no such column.
        """
        ids = [one.id for one in self.indicators]
        return ids.index(indicator_id) if indicator_id in ids else None

    def kind(self, *kinds: str) -> npt.NDArray[np.bool_]:
        """Return which columns are of some kinds.

        Parameters
        ----------
        *kinds : str
            Kinds of indicators.

        Returns
        -------
        ndarray of bool
            One per column.
        """
        return np.array([one.kind in kinds for one in self.indicators], dtype=bool)


def as_rows(figures: Figures) -> pd.DataFrame:
    """Turn wide figures into long ones.

    Parameters
    ----------
    figures : Figures
        The figures of one table.

    Returns
    -------
    DataFrame
        One row is a region and an indicator (harmonised_statistics), sorted by regiocode. Texts are categories, so that
        the whole country fits in memory.
    """
    regions_n, indicators_n = figures.figure.value.shape
    each, whole = np.repeat, np.tile
    columns: dict[str, Any] = {
        "regiocode": _texts(figures.regions["regiocode"], each, indicators_n),
        "year": np.full(regions_n * indicators_n, figures.year),
        "indicator_id": _texts([one.id for one in figures.indicators], whole, regions_n),
        **{name: values.ravel() for name, values in figures.figure._asdict().items()},
        "unit": _texts([one.unit for one in figures.indicators], whole, regions_n),
        "missing_reason": pd.Categorical.from_codes(_reasons(figures).ravel(), pd.Index(MISSING_REASONS)),
        "n_base": figures.base.value.ravel(),
        "base_id": _texts([base or None for base in figures.base_ids], whole, regions_n),
        "table_id": _texts([figures.table_id], each, regions_n * indicators_n),
        "source_key": _texts(figures.keys, whole, regions_n),
        "modified": _texts([figures.modified], each, regions_n * indicators_n),
        "division_year": np.full(regions_n * indicators_n, figures.division_year),
        "comparable": each(figures.regions["comparable"].to_numpy(dtype=bool), indicators_n),
        "comparable_reason": _texts(figures.regions["reason"], each, indicators_n),
        "method": pd.Categorical.from_codes(_methods(figures).ravel(), pd.Index(METHODS)),
    }
    return pd.DataFrame(columns, copy=False)[COLUMNS]


def _texts(values: Sequence[str | None] | pd.Series, spread: Any, times: int) -> pd.Categorical:
    """Return texts as categories, each repeated (np.repeat) or all in turn (np.tile)."""
    codes, categories = pd.factorize(pd.Series(values, dtype="str"))
    return pd.Categorical.from_codes(spread(codes.astype(np.int32), times), pd.Index(categories, dtype="str"))


def _reasons(figures: Figures) -> npt.NDArray[np.int8]:
    """Return why each figure is missing, as a place in MISSING_REASONS; -1 where it is not."""
    missing = np.isnan(figures.figure.value)
    empty = np.array([_CODE[reason] for reason in figures.empty], dtype=np.int8)
    reason = np.where(missing, empty, _NONE)
    withheld = empty == _CODE["suppressed"]
    impossible = missing & withheld & ~figures.kind("additive") & (figures.base.value == 0)
    # Medians of several parts cannot be put together: there is a lowest and a highest, and no figure.
    ranged = missing & figures.kind("bounded") & np.isfinite(figures.figure.low)
    lost = ~figures.regions["reason"].isin(MOVED).to_numpy()[:, None] & missing
    return np.select(
        [lost | ranged, impossible], [_CODE["lost_in_division_change"], _CODE["cannot_exist"]], reason
    ).astype(np.int8)


def _methods(figures: Figures) -> npt.NDArray[np.int8]:
    """Return how each figure was made, as a place in METHODS; -1 where there is neither figure nor bounds."""
    alone = figures.regions["reason"].isin(ALONE).to_numpy()[:, None]
    kinds = [one.kind for one in figures.indicators]
    of_one, of_more = (
        np.array([METHODS.index(names[kind]) for kind in kinds], dtype=np.int8)
        for names in (_ALONE_BY_KIND, _MOVED_BY_KIND)
    )
    known = np.isfinite(figures.figure.value) | np.isfinite(figures.figure.low) | np.isfinite(figures.figure.high)
    return np.where(known, np.where(alone, of_one, of_more), _NONE).astype(np.int8)
