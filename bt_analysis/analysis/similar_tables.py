"""Which areas, how alike, and which not: comparisons in; the tables behind the map and the table of balance out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.change_rows import REPORT
from bt_analysis.analysis.comparing import Answer
from bt_analysis.indicators import Indicator
from bt_analysis.methods.similar_areas import PATH_FEATURES

Found = Sequence[tuple[Mapping[Any, Any], Indicator, Answer]]
"""Reports, indicators, and what came of comparing."""

SIMILAR = [
    *REPORT,
    "indicator_id",
    "regiocodes",
    "regiocodes_label",
    "gemeente_label",
    "distance",
    "weight",
    "x_m",
    "y_m",
]
BALANCE = [
    *REPORT, "indicator_id", "feature", "year", "work_area_value", "all_value", "similar_value", "weighted_value",
    "all_difference", "similar_difference", "weighted_difference",
]  # fmt: skip
LEFT_OUT = [*REPORT, "indicator_id", "reason", "left_out_n"]

_DAYS = ("period_start", "period_end")


def similar(found: Found, panel: AreaPanel | None) -> pd.DataFrame:
    """List the areas that each work area was set beside.

    Parameters
    ----------
    found : sequence
        Comparisons.
    panel : AreaPanel or None
        Names and places of regions; None when nothing was compared.

    Returns
    -------
    DataFrame
        One row is an area like a work area, in a report, for a figure (analysed_similar), from near to far.
    """
    return _table([row for one in found for row in _similar(*one, panel)], SIMILAR)


def _similar(
    report: Mapping[Any, Any], indicator: Indicator, answer: Answer, panel: AreaPanel | None
) -> Iterator[dict[str, Any]]:
    if answer.beside is None or panel is None:
        return
    near, codes = answer.beside.change.similar, answer.beside.units.codes
    for at, distance, weight in zip(near.index, near.distance, near.weight, strict=True):
        where = _where(codes[at], panel)
        yield {**_of(report), "indicator_id": indicator.id, **where, "distance": distance, "weight": weight}


def _where(codes: tuple[str, ...], panel: AreaPanel) -> dict[str, Any]:
    names = panel.regions.loc[list(codes)]
    x, y = panel.middle(codes)
    return {
        "regiocodes": ";".join(codes),
        "regiocodes_label": ", ".join(names["regiocode_label"].fillna(names["regiocode"])),
        "gemeente_label": ", ".join(names["gemeente_label"].drop_duplicates()),
        "x_m": x, "y_m": y,
    }  # fmt: skip


def balance(found: Found) -> pd.DataFrame:
    """Show how alike the areas are, in what they were to be alike in.

    Parameters
    ----------
    found : sequence
        Comparisons.

    Returns
    -------
    DataFrame
        One row is a feature (analysed_balance): an indicator, or mean, slope and last value of the path before the
        start. Values are of the work area, of all areas that could be compared with, of the similar ones, and of these
        with their weights; differences are those less that of the work area, in standard deviations. A feature that
        areas were not compared in, as too few have a figure, has none.
    """
    return _balance_table([row for one in found for row in _balance(*one)])


def _balance(report: Mapping[Any, Any], indicator: Indicator, answer: Answer) -> Iterator[dict[str, Any]]:
    if answer.beside is None:
        return
    held, built = answer.beside.change.balance, answer.beside.units
    columns = (
        held.treated, held.before, held.similar, held.weighted, held.difference_before, held.difference_similar,
        held.difference_weighted,
    )  # fmt: skip
    features = [*built.features, *((f"path_{name}", None) for name in PATH_FEATURES)]
    common = {**_of(report), "indicator_id": indicator.id}
    for (feature, year), values in zip(features, zip(*columns, strict=True), strict=True):
        yield {**common, "feature": feature, "year": year, **dict(zip(BALANCE[-7:], values, strict=True))}
    for feature in built.without:
        yield {**common, "feature": feature}


def _balance_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return _table(rows, BALANCE).astype({"year": "Int64", **dict.fromkeys(BALANCE[-7:], "float64")})


def left_out(found: Found, not_asked: Iterable[tuple[Mapping[Any, Any], Mapping[str, int]]]) -> pd.DataFrame:
    """Count what was not compared, and why.

    Parameters
    ----------
    found : sequence
        Comparisons.
    not_asked : iterable of tuple
        Reports, and reason → how many of its figures are not compared.

    Returns
    -------
    DataFrame
        One row is a reason (analysed_left_out): regions that are in no area like the work area; of reason
        ``figures_beyond_most`` or ``series_ended``, without an indicator, figures of the report. A reason that nothing
        was left out for has no row.
    """
    rows = [row for report, reasons in not_asked for row in _left_out(report, "", reasons)]
    rows += [row for report, indicator, answer in found for row in _left_out(report, indicator.id, answer.left_out)]
    return _left_out_table(rows)


def _left_out(report: Mapping[Any, Any], indicator_id: str, reasons: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for reason, number in reasons.items():
        yield {**_of(report), "indicator_id": indicator_id, "reason": reason, "left_out_n": number}


def _left_out_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return _table(rows, LEFT_OUT).astype({"left_out_n": "int64"})


class Gathered:
    """The three tables of comparisons that come one report at a time, so that none is held longer than its rows.

    Parameters
    ----------
    panel : AreaPanel or None
        Names and places of regions.
    """

    def __init__(self, panel: AreaPanel | None) -> None:
        self._panel = panel
        self._similar: list[dict[str, Any]] = []
        self._balance: list[dict[str, Any]] = []
        self._not_asked: list[dict[str, Any]] = []
        self._left_out: list[dict[str, Any]] = []

    def add(self, found: Found, report: Mapping[Any, Any], not_asked: Mapping[str, int]) -> None:
        """Add the comparisons of one report.

        Parameters
        ----------
        found : sequence
            Comparisons.
        report : mapping
            Whose.
        not_asked : mapping of str to int
            Reason → how many of its figures are not compared.
        """
        self._not_asked += _left_out(report, "", not_asked)
        for one in found:
            self._similar += _similar(*one, self._panel)
            self._balance += _balance(*one)
            self._left_out += _left_out(one[0], one[1].id, one[2].left_out)

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Return what :func:`similar`, :func:`balance` and :func:`left_out` give of all of them.

        Returns
        -------
        tuple of DataFrame
            In that order.
        """
        left_out = _left_out_table([*self._not_asked, *self._left_out])
        return _table(self._similar, SIMILAR), _balance_table(self._balance), left_out


def _of(report: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: report[name] for name in REPORT}


def _table(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns)
    texts = {name: "str" for name in columns if name.endswith(("_id", "_label", "codes", "reason", "feature"))}
    return table.astype({**dict.fromkeys(_DAYS, "datetime64[us]"), **texts})
