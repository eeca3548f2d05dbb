"""The tables that questions read, and the table of estimates that they write."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import Any, Self

import pandas as pd

from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.indicators import Indicator
from bt_analysis.instruments.rows import typed

KEY = [
    "question", "indicator_id", "collective_id", "work_area_id", "period_start", "period_end",
    "population", "group_type", "group_value",
]  # fmt: skip
"""What tells one estimate from another; its claim id is made of these."""

ESTIMATE_COLUMNS = [
    *KEY, "group_label", "value", "ci_low", "ci_high", "n", "n_unit", "unit", "method", "comparison",
    "gate", "gate_reason", "missing_reason", "source", "claim_id", "value_text", "held_on",
]  # fmt: skip

WORKING_COLUMNS = ["cell", "cell_n", "cell_value", "cell_total_n", "cell_top_pct", "cell_rest_n", "coverage"]
"""Columns that only the gates and disclosure control read; none of them is ever published."""

AREA = "area:"
"""What the name of a cell begins with when it is the people of a work area; the area's id follows."""

_TEXT = [
    "collective_id", "work_area_id", "group_type", "group_value", "group_label", "n_unit", "gate_reason", "value_text",
    "cell",
]  # fmt: skip
_NUMBERS = ["value", "ci_low", "ci_high", "n", *WORKING_COLUMNS[1:]]


@dataclass(frozen=True)
class Joined:
    """Everything a question may read; one table per field, as described in bt_analysis/schemas.

    Parameters
    ----------
    context, composition : DataFrame
        joined_context and joined_composition.
    collective, work_area, activity, participation, contribution : DataFrame
        Monitoring tables of all collectives together; a table nobody keeps is empty.
    catalogue : mapping of str to Indicator
        The indicator catalogue.
    measurement, indicator : DataFrame
        Monitoring tables as well: what was measured (those of survey waves included), and what the collectives
        themselves defined to measure; empty when not given.
    experiment, experiment_event, research_question : DataFrame
        Monitoring tables: what collectives try out, and by which indicators they would see it; what happened then; and
        the question behind it.
    areas : AreaPanel, optional
        Figures of all regions, to set a work area beside areas like it; without them no question does.
    survey_wave : DataFrame
        Monitoring table: when people were asked, how they were chosen and how many there are.
    wave_change, wave_group, wave_weighted : DataFrame
        joined_wave_change, joined_wave_group and joined_wave_weighted: what two waves of one instrument differ by,
        which groups the people belong to who answered a wave of residents, and its shares weighed to who lives there.
    interaction_count, interaction_agreement : DataFrame
        joined_interaction_count and joined_interaction_agreement: how often people did something to each other in a
        process, and how far those who coded it agree.
    """

    context: pd.DataFrame
    composition: pd.DataFrame
    collective: pd.DataFrame
    work_area: pd.DataFrame
    activity: pd.DataFrame
    participation: pd.DataFrame
    contribution: pd.DataFrame
    catalogue: Mapping[str, Indicator]
    measurement: pd.DataFrame = field(default_factory=partial(typed, (), "measurement"))
    indicator: pd.DataFrame = field(default_factory=partial(typed, (), "indicator"))
    experiment: pd.DataFrame = field(default_factory=partial(typed, (), "experiment"))
    experiment_event: pd.DataFrame = field(default_factory=partial(typed, (), "experiment_event"))
    research_question: pd.DataFrame = field(default_factory=partial(typed, (), "research_question"))
    areas: AreaPanel | None = None
    survey_wave: pd.DataFrame = field(default_factory=partial(typed, (), "survey_wave"))
    wave_change: pd.DataFrame = field(default_factory=partial(typed, (), "joined_wave_change"))
    wave_group: pd.DataFrame = field(default_factory=partial(typed, (), "joined_wave_group"))
    wave_weighted: pd.DataFrame = field(default_factory=partial(typed, (), "joined_wave_weighted"))
    interaction_count: pd.DataFrame = field(default_factory=partial(typed, (), "joined_interaction_count"))
    interaction_agreement: pd.DataFrame = field(default_factory=partial(typed, (), "joined_interaction_agreement"))

    @cached_property
    def _of_areas(self) -> Mapping[str, pd.DataFrame]:
        of_area = self.context[self.context["population"].eq("gebied")]
        return {str(area): rows for area, rows in of_area.groupby("work_area_id", sort=False)}

    def figures_of(self, work_area_id: str) -> pd.DataFrame:
        """Return the figures of one work area itself, without going over those of all.

        Parameters
        ----------
        work_area_id : str
            The work area.

        Returns
        -------
        DataFrame
            Rows of ``context`` of population ``gebied``; none of a work area without figures.
        """
        return self._of_areas.get(work_area_id, self.context.iloc[:0])

    @classmethod
    def of(cls, records: Mapping[str, pd.DataFrame], **tables: Any) -> Self:
        """Take the monitoring tables that questions read out of all that are kept.

        Parameters
        ----------
        records : mapping of str to DataFrame
            Monitoring tables by name; others than the fields of this class are left alone.
        **tables : Any
            context, composition, catalogue and areas.

        Returns
        -------
        Joined
            Everything a question may read.
        """
        names = {one.name for one in fields(cls)}
        kept: dict[str, Any] = {name: table for name, table in records.items() if name in names}
        return cls(**kept, **tables)


def estimates(frame: pd.DataFrame, **constants: object) -> pd.DataFrame:
    """Complete the rows of a question to the table of estimates.

    Parameters
    ----------
    frame : DataFrame
        One row per estimate with at least indicator_id, period_start, period_end, population, value and unit.
    **constants : object
        Columns with one value for all rows, such as ``question="reach"``.

    Returns
    -------
    DataFrame
        One row is an estimate with all columns of the contract, gate_reason as reservations so far, and the
        ``WORKING_COLUMNS``: cell (what is counted; empty: no people are), cell_n (how many different people, for sure),
        cell_value (what adds up to a total or over years; empty: nothing does), cell_total_n (of how many people the
        figure is a share; empty: it is none), cell_top_pct (what the few largest contributors hold of it),
        cell_rest_n (how many people are in a longer period and in none of its years) and coverage.

    Notes
    -----
    claim_id = the first 12 hexadecimal digits of SHA-256 over the key columns: a claim keeps its id in every run.
    """
    out = frame.assign(**dict[str, Any](constants))
    for column in _TEXT:
        out[column] = out[column].fillna("").astype(str) if column in out else ""
    for column in _NUMBERS:
        out[column] = pd.to_numeric(out[column]).astype(float) if column in out else float("nan")
    for column in ("period_start", "period_end"):
        out[column] = pd.to_datetime(out[column]).astype("datetime64[us]")
    for column, default in (("comparison", "geen"), ("gate", "ok")):
        out[column] = out[column].fillna(default) if column in out else default
    out["missing_reason"] = out.get("missing_reason")
    out["held_on"] = pd.to_datetime(pd.Series(out.get("held_on"), index=out.index)).astype("datetime64[us]")
    # Lists first: rows of text are slow to walk through one cell at a time.
    out["claim_id"] = [claim_id(row) for row in zip(*(out[name].to_list() for name in KEY), strict=True)]
    return out[[*ESTIMATE_COLUMNS, *WORKING_COLUMNS]].reset_index(drop=True)


def claim_id(key: tuple[object, ...]) -> str:
    """Make the id of a claim from its key.

    Parameters
    ----------
    key : tuple
        Values of the columns ``KEY``, in that order.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    text = "|".join(str(part.date()) if isinstance(part, pd.Timestamp) else str(part) for part in key)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
