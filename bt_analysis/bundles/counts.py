"""Counts that add up to published figures: records of a collective in; what of them may stand beside those out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bt_analysis import schema
from bt_analysis.analysis.measurements import GROUP_TYPE
from bt_analysis.analysis.periods import with_days
from bt_analysis.disclosure import counts, records
from bt_analysis.disclosure.records import Tables
from bt_analysis.pages.content import SHOWN
from bt_analysis.schema import REASON_SUFFIX
from bt_analysis.settings import DisclosureSettings

PROTECTED = {"participation": counts.protect_participation, "contribution": counts.protect_contribution}
"""Tables of records whose counts add up, and what protects them beside what went out before."""


def beside_figures(
    tables: Tables,
    figures: Tables,
    *,
    suppressed: pd.DataFrame,
    disclosure: DisclosureSettings,
    earlier: Mapping[str, pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """Protect participation, contribution, measurement and survey_wave, as far as a collective keeps them.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Monitoring tables of one collective.
    figures : mapping of str to DataFrame
        Its analysed tables, already protected.
    suppressed : DataFrame
        Cells of those figures that are not shown (analysed_suppressed).
    disclosure : DisclosureSettings
        Smallest cell, protection and rounding.
    earlier : mapping of str to DataFrame
        The tables of the collective's last bundle: what went out in it is known.

    Returns
    -------
    dict of str to DataFrame
        Those four; see :mod:`bt_analysis.disclosure.counts` for what is hidden of the first two. A measurement goes
        along when its figure is shown as a number, and as it is today, with the interval of that figure. How many
        people were asked and answered goes along in tens, as figures of response tell it: not where fewer than
        ``min_cell`` did not answer, nor of participants and members where the number who took part is not shown.
    """
    periods = with_days(figures["analysed_collectives"][["collective_id", "period"]])
    out = {
        name: protect(tables[name], tables["activity"], periods, suppressed, disclosure, earlier.get(name))[0]
        for name, protect in PROTECTED.items()
        if name in tables
    }
    if "measurement" in tables:
        estimates = figures["analysed_estimates"]
        measured = _as_shown(tables["measurement"], estimates, disclosure.min_cell)
        closed = measured["population"].isin(_OF_GROUP) & _took_part_is_hidden(estimates)
        few = (measured["n_frame"] - measured["n_valid"]).lt(disclosure.min_cell).fillna(False)
        out["measurement"] = _in_tens(_with_shown_ends(measured, estimates), ["n_frame"], closed | few.astype(bool))
    if "survey_wave" in tables:
        asked = records.without_small_groups(tables["survey_wave"], schema.load("survey_wave"), disclosure.min_cell)
        closed = asked["work_area_id"].isna() & _took_part_is_hidden(figures["analysed_estimates"])
        few = (asked["frame_n"] - asked["responded_n"]).lt(disclosure.min_cell).fillna(False)
        out["survey_wave"] = _in_tens(asked, ["responded_n"], pd.Series(False, index=asked.index))
        out["survey_wave"] = _in_tens(
            out["survey_wave"], ["frame_n", "invited_n", "refused_n"], closed | few.astype(bool)
        )
    return out


_OF_GROUP = ("deelnemers", "leden")
_TENS = 10


def _took_part_is_hidden(estimates: pd.DataFrame) -> bool:
    """Tell whether the number of people who took part is hidden, or held at an earlier one, in any period."""
    took_part = estimates[estimates["indicator_id"].eq("unique_n")]
    return bool((took_part["gate"].eq("onderdrukt") | took_part["held_on"].notna()).any())


def _with_shown_ends(table: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Give measurements the ends of the interval of their figure: as rounded, or none."""
    figures = estimates[estimates["question"].eq("measurements") & estimates["value"].notna()]
    figures = figures.assign(measurement_id=figures["group_type"].str.removeprefix(GROUP_TYPE))
    ends = figures.drop_duplicates("measurement_id").set_index("measurement_id")
    told = table["measurement_id"].isin(ends.index)
    for name in ("ci_low", "ci_high"):
        shown = table["measurement_id"].map(ends[name]).astype("Float64")
        table = _replaced(table, name, table[name].mask(told & table[name].notna(), shown))
    return table


def _in_tens(table: pd.DataFrame, names: list[str], closed: pd.Series[bool]) -> pd.DataFrame:
    """Round numbers of people down to tens, and leave out those that may not be told."""
    for name in names:
        table = _replaced(table, name, (table[name] // _TENS * _TENS).mask(closed))
    return table


def _replaced(table: pd.DataFrame, name: str, column: pd.Series) -> pd.DataFrame:
    """Put a column in the place of another, with the reason where a number is gone."""
    reasons = table.get(name + REASON_SUFFIX, pd.Series(None, index=table.index, dtype="str"))
    gone = table[name].notna() & column.isna()
    return table.assign(**{name: column, name + REASON_SUFFIX: reasons.mask(gone, "suppressed")})


def _as_shown(table: pd.DataFrame, estimates: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Suppress measurements of few people, and those whose own figure is hidden, told in words or held back."""
    shown = estimates["gate"].isin(SHOWN) & estimates["value"].notna() & estimates["held_on"].isna()
    ids = estimates.loc[shown & estimates["question"].eq("measurements"), "group_type"].str.removeprefix(GROUP_TYPE)
    descriptor = schema.load("measurement")
    # What belongs to no collective is a figure of an area, and has no estimate.
    closed = table["collective_id"].notna() & ~table["measurement_id"].isin(ids)
    return records.suppressed(table, descriptor, closed | records.small(table, descriptor, min_cell))
