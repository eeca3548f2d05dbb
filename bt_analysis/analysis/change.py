"""Did figures of the area change, beside areas like it? Figures of all regions in; effects, tests and verdicts out.

A change beside other areas is not a change because of the work: nobody chose by lot where it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bt_analysis import regions
from bt_analysis.analysis import comparing, outcomes, similar_tables
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.change_rows import REPORT, Asked, Row, of_report, resolved
from bt_analysis.analysis.comparing import Answer, Area
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS, Joined, estimates
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.families import attributed
from bt_analysis.settings import Settings

_MOVED = ("apportioned_addresses", "apportioned_surface")


@dataclass(frozen=True, eq=False)
class Compared:
    """What comes of setting work areas beside areas like them.

    Parameters
    ----------
    estimates : DataFrame
        Rows for the table of estimates, of questions similar, change and detectability.
    similar, balance, left_out : DataFrame
        analysed_similar, analysed_balance and analysed_left_out.
    """

    estimates: pd.DataFrame
    similar: pd.DataFrame
    balance: pd.DataFrame
    left_out: pd.DataFrame


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Give the change of figures of every work area beside areas like it.

    Parameters
    ----------
    joined : Joined
        Reads areas, context and the monitoring tables; without areas there are no rows.
    periods : DataFrame
        Reporting periods.
    settings : Settings
        ``comparison`` and ``gates``.

    Returns
    -------
    DataFrame
        Rows of three questions. ``similar``: the figure of the area and that of areas like it, a row per year.
        ``change``: the effect by three methods, their p values, that of the headline method after Holm, how well
        synthetic control fits, and the verdict; or the verdict alone, empty, with the reason why not.
        ``detectability``: noise, minimum detectable change, and the most that one participant can change.

    Notes
    -----
    The effect is the change of the area, from the mean of the years before to that of the years after, less what areas
    like it would make expect. Intervals and p values come from trying the same on areas where nothing began
    (:mod:`bt_analysis.methods.change`). Holm's rule is over the figures of one report. Noise is that of
    :func:`bt_analysis.analysis.noise.yearly_noise`: from one year to the next in the years before, as a collective
    could know it when it began. Effects are of means of years: placebo effects spread less where years are noisy by
    themselves, and more where areas drift apart, so the interval of an effect has the last word.
    """
    return compare(joined, periods, settings).estimates


def compare(joined: Joined, periods: pd.DataFrame, settings: Settings) -> Compared:
    """Set every work area beside areas like it.

    Parameters
    ----------
    joined : Joined
        As for :func:`estimate`.
    periods : DataFrame
        Reporting periods.
    settings : Settings
        ``comparison`` and ``gates``.

    Returns
    -------
    Compared
        The estimates, and which areas they rest on.
    """
    level, gathered = settings.comparison.level, similar_tables.Gathered(joined.areas)
    rows: list[Row] = []
    # One report after another: a comparison holds the paths of all areas, and would be too much for all reports.
    for report, answered, not_asked in _reports(joined, joined.areas, periods, settings) if joined.areas else ():
        asked = resolved(answered, level)
        rows += of_report(asked, level)
        gathered.add([(one.report, one.indicator, one.answer) for one in asked], report, not_asked)
    return Compared(estimates(pd.DataFrame(rows or [], columns=None if rows else ESTIMATE_COLUMNS)), *gathered.tables())


def _reports(
    joined: Joined, panel: AreaPanel, periods: pd.DataFrame, settings: Settings
) -> Iterator[tuple[Mapping[Any, Any], list[Asked], Mapping[str, int]]]:
    """Answer every question of every report, and count the figures that are not asked about."""
    answered = _Answers(joined, panel, settings)
    possible = outcomes.of_collectives(joined.collective, joined.experiment, joined.catalogue)
    is_codes = joined.work_area["definition_type"].eq("codes")
    by_codes = frozenset(joined.work_area.loc[is_codes, "work_area_id"])
    for report in outcomes.work(joined, periods).to_dict("records"):
        there = [key for key in possible[str(report["collective_id"])] if key in panel.values]
        seen = outcomes.seen(joined, str(report["work_area_id"]), int(report["start"]), there)
        found = ((joined.catalogue[key], answered.of(report, joined.catalogue[key])) for key in seen.kept)
        drawn = report["work_area_id"] not in by_codes
        yield report, [_asked(joined, panel, report, *one, settings, drawn=drawn) for one in found], seen.left_out


class _Answers:
    """Answers to questions, each found once: periods with the same last year share it.

    Reports of one collective come after each other; what was found for the one before is let go.
    """

    def __init__(self, joined: Joined, panel: AreaPanel, settings: Settings) -> None:
        self._joined, self._panel, self._settings = joined, panel, settings
        self._rows = {row["work_area_id"]: row for row in joined.work_area.to_dict("records")}
        self._whose: object = None
        self._areas: dict[str, Area] = {}
        self._found: dict[object, Answer] = {}

    def of(self, report: Mapping[Any, Any], indicator: Indicator) -> Answer:
        """Return what comes of comparing one figure in one report."""
        if report["collective_id"] != self._whose:
            self._whose = report["collective_id"]
            self._areas.clear()
            self._found.clear()
        work_area_id, start = str(report["work_area_id"]), int(report["start"])
        if work_area_id not in self._areas:
            self._areas[work_area_id] = _area(self._rows[work_area_id], self._panel)
        here, panel, settings = self._areas[work_area_id], self._panel, self._settings
        years = comparing.years_of(here, panel, indicator, (start, report["period_end"].year), settings)
        question = (work_area_id, indicator.id, start, years)
        if question not in self._found:
            catalogue, options = self._joined.catalogue, settings.comparison
            self._found[question] = comparing.answer(here, panel, indicator, (start, years), catalogue, options)
        return self._found[question]


def _area(row: Mapping[Any, Any], panel: AreaPanel) -> Area:
    asked_n = len(regions.codes_in(row["area_codes"])) if row["definition_type"] == "codes" else 0
    return comparing.area(panel.of_work_area(str(row["work_area_id"])), panel, asked_n)


def _asked(
    joined: Joined,
    panel: AreaPanel,
    report: Mapping[Any, Any],
    indicator: Indicator,
    answer: Answer,
    settings: Settings,
    *,
    drawn: bool,
) -> Asked:
    """Add to an answer what differs from report to report, and where the figures come from."""
    years = answer.beside.window.years if answer.beside else ()
    moved = _moved(joined.figures_of(str(report["work_area_id"])), indicator.id, years)
    earlier = bool(years and pd.notna(report["founded"]) and report["founded"] < years[0])
    reasons = (*(["active_before_records"] if earlier else []), *moved)
    (publisher,) = attributed([indicator.source], settings.cbs.publisher)
    source = f"{publisher} {', '.join(_tables(panel, indicator.id, years))}"
    return Asked({name: report[name] for name in REPORT}, indicator, answer, reasons, bool(moved) or drawn, source)


def _moved(figures: pd.DataFrame, indicator_id: str, years: Sequence[int]) -> list[str]:
    """Return how figures of the area followed new boundaries, where by an estimate."""
    used = figures[figures["indicator_id"].eq(indicator_id) & figures["year"].isin(years)]
    return [reason for reason in _MOVED if used["comparable_reason"].eq(reason).any()]


def _tables(panel: AreaPanel, indicator_id: str, years: Sequence[int]) -> list[str]:
    listed = panel.sources_of(indicator_id)
    used = listed[listed["year"].isin(years)] if years else listed
    return [str(table) for table in used.sort_values("year")["table_id"].drop_duplicates()]
