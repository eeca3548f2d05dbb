"""One table of one year in; its figures with their bounds, on its own division, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis.harmonise.figures import Figures
from bt_analysis.indicators import Indicator, find_key
from bt_analysis.methods import rounding
from bt_analysis.methods.rounding import Floats, Interval

_COUNTED = "aantal"
"""CBS's unit of what is counted one by one; every other figure is itself rounded to its decimals."""


LOW, HIGH = "__low", "__high"
"""Behind a key: the columns of a table with the bounds that its publisher gives."""


class _Column(NamedTuple):
    key: str | None
    figure: Interval


class _Read:
    """A table that is read in another order of regions; a region it does not have gets nothing."""

    def __init__(self, table: PublishedTable, codes: pd.Index) -> None:
        self.rows, self.properties, self.year = table.rows, table.properties, table.year
        self.small = codes.str.startswith(("WK", "BU"))
        self.gemeente = pd.factorize(codes.str[2:6])[0]
        self._place = _codes(table).get_indexer(codes)

    def numbers(self, key: str | None) -> Floats:
        if key is None or key not in self.rows:
            return np.full(len(self._place), np.nan)
        values = pd.to_numeric(self.rows[key], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return np.where(self._place >= 0, values[self._place], np.nan)


class PublishedTable(Protocol):
    """What a table of one year must offer; :class:`bt_analysis.sources.table.CbsTable` does."""

    @property
    def table_id(self) -> str:
        """CBS's id of the table."""

    @property
    def modified(self) -> str:
        """When CBS last changed it."""

    @property
    def year(self) -> int:
        """Year the figures are of."""

    @property
    def division_year(self) -> int:
        """Year of the division its codes belong to."""

    @property
    def rows(self) -> pd.DataFrame:
        """One row per region; codes stripped of their padding."""

    @property
    def properties(self) -> pd.DataFrame:
        """One row per topic: key, unit, decimals, path."""

    @property
    def region_column(self) -> str:
        """Column of ``rows`` that holds the regiocode."""

    @property
    def labels(self) -> pd.DataFrame:
        """One row per region: regiocode, title."""


def published(
    table: PublishedTable,
    catalogue: Mapping[str, Indicator],
    family: str = "kwb",
    bases: Figures | None = None,
    places: Mapping[str, PublishedTable] | None = None,
) -> Figures:
    """Read the figures of a table, with the bounds that CBS's rounding and secrecy leave.

    Parameters
    ----------
    table : PublishedTable
        A table of one year with the region as only key.
    catalogue : mapping of str to Indicator
        Additive indicators must stand before what is made of them, as :func:`bt_analysis.indicators.load` gives.
    family : str
        Indicators of this source are looked up.
    bases : Figures, optional
        Figures of the same division that hold denominators which the table itself does not, as a health table has no
        inhabitants.
    places : mapping of str to PublishedTable, optional
        Indicator id → the table to look it up in, when it takes another member of a dimension than others do.

    Returns
    -------
    Figures
        On the table's own division; the regions are those of ``table``.

    Raises
    ------
    CatalogueError
        When an indicator fits more than one column.

    Notes
    -----
    A share is ``factor · numerator / denominator``. Why a value is missing: the table has no such column
    (``not_recorded``), the column is empty everywhere (``not_yet_published``), the denominator is 0
    (``cannot_exist``), or CBS withholds this region (``suppressed``).
    Bounds: a count that is rounded at random is so below gemeente level only, what is rounded to the nearest is so
    everywhere. A withheld count is 0 to what is kept secret, or to the rest of its wijk and gemeente. Some inhabitants
    are counted in their gemeente and in no buurt, so the parts of a whole add up to at most the whole. The published
    figure itself always lies within, also where its whole shows that the lot took it too far.
    """
    wanted = tuple(one for one in catalogue.values() if one.source == family)
    codes = _codes(table).sort_values()
    read = {id(source): _Read(source, codes) for source in (table, *(places or {}).values())}
    columns = [_column_of(one, read[id((places or {}).get(one.id, table))]) for one in wanted]
    figure = Interval(*(_beside([column.figure[at] for column in columns], codes) for at in range(3)))
    counts = np.array([one.kind == "additive" for one in wanted], dtype=bool)
    low, high = _tightened(codes, figure.low[:, counts], figure.high[:, counts])
    # Its whole may rule out a rounded figure itself: 10 of a lot that fell upwards, where no more than 6 are left.
    figure.low[:, counts], figure.high[:, counts] = (
        np.fmin(low, figure.value[:, counts]),
        np.fmax(high, figure.value[:, counts]),
    )
    figure.high[np.isinf(figure.high)] = np.nan
    figures = Figures(
        table_id=table.table_id, modified=table.modified, year=table.year, division_year=table.division_year,
        regions=pd.DataFrame({"regiocode": codes, "comparable": True, "reason": "same"}),
        indicators=wanted, keys=tuple(column.key for column in columns), figure=figure, base=figure, base_ids=(),
        empty=(),
    )  # fmt: skip
    return _described(with_shares(_with_bases(_with_sums(figures), bases)))


def with_shares(figures: Figures) -> Figures:
    """Compute the shares from their numerators and denominators.

    Parameters
    ----------
    figures : Figures
        With counts and bases.

    Returns
    -------
    Figures
        The same, with the columns of shares filled in.

    Notes
    -----
    ``factor · numerator / denominator``; bounds by dividing the bounds. A percentage is at most 100.
    """
    value, low, high = (part.copy() for part in figures.figure)
    for at, one in enumerate(figures.indicators):
        above = figures.of(one.numerator) if one.kind == "share" else None
        if above is None:
            continue
        most = 100.0 if one.unit == "%" else np.inf
        ratio = rounding.divided(_column(figures.figure, above), _column(figures.base, at), one.factor, most)
        value[:, at], low[:, at], high[:, at] = ratio
    return replace(figures, figure=Interval(value, low, high))


def _column(figures: Interval, at: int) -> Interval:
    return Interval(*(part[:, at] for part in figures))


def _codes(table: PublishedTable) -> pd.Index:
    codes: pd.Index = pd.Index(table.rows[table.region_column], dtype="str", name="regiocode")
    return codes


def _beside(columns: list[Floats], codes: pd.Index) -> Floats:
    return np.column_stack(columns) if columns else np.empty((len(codes), 0))


def _column_of(one: Indicator, table: _Read) -> _Column:
    """Read an indicator and bound it by its rounding and secrecy."""
    key = find_key(one, table.properties)
    value = table.numbers(key)
    if key is None:
        return _Column(None, Interval(value, value, value))
    if f"{key}{LOW}" in table.rows:  # the source says how sure it is
        return _Column(key, Interval(value, table.numbers(key + LOW), table.numbers(key + HIGH)))
    if one.model and one.kind != "bounded":  # far less sure than its decimals, and how much is not said
        unknown = np.full_like(value, np.nan)
        return _Column(key, Interval(value, unknown, unknown))
    topic = table.properties[table.properties["key"] == key].iloc[0]
    return _Column(key, Interval(value, *_bounds(value, one, topic, table)))


def _bounds(value: Floats, one: Indicator, topic: pd.Series, table: _Read) -> tuple[Floats, Floats]:
    decimals = topic.get("decimals")
    own = 10.0 ** -(0 if pd.isna(decimals) else int(decimals))
    exact = 0.0 if one.kind == "additive" and topic["unit"] == _COUNTED else own
    coarse = table.small | (one.rounding != "random")
    step = np.where(coarse, max(one.step(table.year), exact), exact)
    low, high = rounding.bounds(value, step, one.rounding, -np.inf if one.kind == "bounded" else 0.0)
    if one.kind == "additive" and not np.isnan(value).all():
        # A gemeente without any figure may have told CBS nothing: then no part of it is known to be small.
        told = np.bincount(table.gemeente, ~np.isnan(value))[table.gemeente] > 0
        secret = np.inf if one.withheld_up_to is None else one.withheld_up_to
        low, high = rounding.withheld(value, low, high, np.where(table.small & told, secret, np.inf))
    return low, np.minimum(high, 100.0) if one.unit == "%" else high


def _tightened(codes: pd.Index, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Narrow the bounds of counts by those of the wijk and gemeente they lie in, and the reverse."""
    levels = [_parents(codes, "BU", "WK", 8), _parents(codes, "WK", "GM", 6)]
    for part, whole in levels:
        low, high = rounding.tighten_whole(low, high, low[part], high[part], whole, complete=False)
    for part, whole in reversed(levels):
        narrowed = rounding.tighten(low, high, low[part], high[part], whole, complete=False)
        low[part], high[part] = narrowed
    return low, high


def _parents(codes: pd.Index, level: str, above: str, digits: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the places of the regions of a level, and of the region that each is part of."""
    part = np.flatnonzero(codes.str.startswith(level))
    whole = codes.get_indexer(above + codes[part].str[2:digits])
    return part[whole >= 0], whole[whole >= 0]


def _with_bases(figures: Figures, others: Figures | None) -> Figures:
    """Look up what every indicator rests on: the first of its denominators that has figures, here or in the others."""
    codes = figures.regions["regiocode"]
    known = _counts(figures, codes) if others is None else _counts(others, codes) | _counts(figures, codes)
    nothing = Interval(*[np.full(len(codes), np.nan)] * 3)
    ids, columns = [], []
    for one in figures.indicators:
        candidates = ("population", one.id) if one.kind == "additive" else one.denominator
        ids.append(next((candidate for candidate in candidates if candidate in known), candidates[0]))
        columns.append(known.get(ids[-1], nothing))
    base = Interval(*(np.column_stack(part) for part in zip(*columns, strict=True))) if columns else figures.figure
    return replace(figures, base_ids=tuple(ids), base=base)


def _counts(figures: Figures, codes: pd.Series) -> dict[str, Interval]:
    """Return the counts that have figures, for some regions; nothing for a region that has none."""
    place = pd.Index(figures.regions["regiocode"]).get_indexer(codes)
    found = {}
    for at, one in enumerate(figures.indicators):
        if one.kind == "additive" and not np.isnan(figures.figure.value[:, at]).all():
            found[one.id] = Interval(*(np.where(place >= 0, part[place, at], np.nan) for part in figures.figure))
    return found


def _with_sums(figures: Figures) -> Figures:
    """Add up the counts that stand in no table themselves."""
    value, low, high = (part.copy() for part in figures.figure)
    for at, one in enumerate(figures.indicators):
        if figures.keys[at] is None and one.parts:
            places = np.flatnonzero([other.id in one.parts for other in figures.indicators])
            for whole in (value, low, high):
                # A part that is not looked up here leaves no sum: that of the others would pass for it.
                whole[:, at] = whole[:, places].sum(axis=1) if len(places) == len(one.parts) else np.nan
    return replace(figures, figure=Interval(value, low, high))


def _described(figures: Figures) -> Figures:
    """Say of every column where it stands in the table, and why a figure may be missing."""
    keys: dict[str, str | None] = {}
    empty = []
    for at, one in enumerate(figures.indicators):
        keys[one.id] = figures.keys[at] or _key_of_parts(one, keys)
        known = [figures.figure.value[:, at]]
        if one.kind == "share":
            above, below = figures.of(one.numerator), figures.base.value[:, at]
            known = [below if above is None else figures.figure.value[:, above], below]
            if np.isnan(below).all() and keys.get(figures.base_ids[at]) is None:
                keys[one.id] = None
        unpublished = any(np.isnan(column).all() for column in known)
        empty.append("not_recorded" if keys[one.id] is None else "not_yet_published" if unpublished else "suppressed")
    return replace(figures, keys=tuple(keys.values()), empty=tuple(empty))


def _key_of_parts(one: Indicator, keys: Mapping[str, str | None]) -> str | None:
    """Return the columns that a sum or a share is made of; None when the table lacks one."""
    parts = [keys.get(part) for part in ((one.numerator,) if one.kind == "share" else one.parts)]
    there = [part for part in parts if part is not None]
    return "+".join(there) if there and len(there) == len(parts) else None
