"""What one report rests on: the tables of data/processed/analysed in, one collective and period of them out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, reduce
from operator import and_
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from bt_analysis import schema
from bt_analysis import settings as workspace_settings
from bt_analysis.analysis import learning
from bt_analysis.analysis import periods as reporting
from bt_analysis.indicators import Indicator, load
from bt_analysis.language import Language
from bt_analysis.pages import at_hand
from bt_analysis.pages.stored import ContentError, Filters, Tables
from bt_analysis.settings import Settings, Workspace

SHOWN = ("ok", "voorbehoud")
"""Gates behind which there is a figure; behind the others there is a sentence."""

Row = pd.Series | Mapping[Hashable, Any]
"""One row of a table: by itself, or as a dict, of which many are read much faster."""

_INDICATOR_COLUMNS = ["indicator_id", "label_nl", "label_en", "unit", "direction", "instrument_id", "source_type"]


@dataclass(frozen=True)
class Content:
    """All a report may show.

    Parameters
    ----------
    language : Language
        The reader's.
    settings : Settings
        Thresholds, which the report prints.
    period : str
        As ``2024`` or ``2023-2024``.
    collectives : DataFrame
        analysed_collectives: one row for a collective's report, one per collective for the cross-domain report.
    estimates : DataFrame
        analysed_estimates of the period, and context figures of the work area until the end of it.
    activities, suppressed, sources, unmatched : DataFrame
        Of these collectives.
    outlines : GeoDataFrame or None
        Buurten around the work area; None when there are no boundaries.
    catalogue : dict of str to Indicator
        For labels and units.
    indicators : DataFrame
        analysed_indicators: what was measured; empty when nothing was.
    experiments, experiment_events : DataFrame
        analysed_experiments and analysed_experiment_events: what was tried out; empty when nothing was.
    similar : DataFrame
        analysed_similar: the areas that figures of the work area were set beside; empty when none were.
    balance : DataFrame
        analysed_balance: in what those areas are like this one, before and after weighting.
    left_out : DataFrame
        analysed_left_out: how many regions and figures were not compared, and why.
    bundles : DataFrame
        across_bundles: what the cross-domain report is made of; empty for a collective's report.
    left : DataFrame
        across_left: one row that counts the collectives that are not in the cross-domain report.
    learned : dict of str to DataFrame
        Tables of :data:`bt_analysis.analysis.learning.TABLES` by name: of one collective, or of all that gave a bundle.
    made : dict
        What was made of it once (:mod:`bt_analysis.pages.once`), for which nothing above may be changed in place.
    """

    language: Language
    settings: Settings
    period: str
    collectives: pd.DataFrame
    estimates: pd.DataFrame
    activities: pd.DataFrame
    suppressed: pd.DataFrame
    sources: pd.DataFrame
    unmatched: pd.DataFrame
    outlines: gpd.GeoDataFrame | None
    catalogue: dict[str, Indicator]
    indicators: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_INDICATOR_COLUMNS, dtype="str"))
    experiments: pd.DataFrame = field(default_factory=pd.DataFrame)
    experiment_events: pd.DataFrame = field(default_factory=pd.DataFrame)
    similar: pd.DataFrame = field(default_factory=pd.DataFrame)
    balance: pd.DataFrame = field(default_factory=pd.DataFrame)
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)
    bundles: pd.DataFrame = field(default_factory=pd.DataFrame)
    left: pd.DataFrame = field(default_factory=pd.DataFrame)
    learned: dict[str, pd.DataFrame] = field(default_factory=dict)
    made: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def collective(self) -> pd.Series:
        """The one collective of the report."""
        return self.collectives.iloc[0]

    def rows(self, question: str, indicator_id: str | None = None, **where: str) -> pd.DataFrame:
        """Select estimates.

        Parameters
        ----------
        question : str
            Question they answer.
        indicator_id : str, optional
            One indicator of it.
        **where : str
            Columns and the value they must have.

        Returns
        -------
        DataFrame
            One row is an estimate.
        """
        rows = self._by_question.get(question)
        if rows is None:
            return self.estimates.iloc[:0]
        asked = where if indicator_id is None else {"indicator_id": indicator_id, **where}
        kept = [rows[column].eq(value) for column, value in asked.items()]
        return rows[reduce(and_, kept)] if kept else rows.copy()

    @cached_property
    def _by_question(self) -> dict[str, pd.DataFrame]:
        """Estimates per question, so that who asks for those of one need not look through all."""
        # Texts as plain objects, which together are one block: rows of it are taken at once, not a column at a time.
        texts = [name for name, kind in self.estimates.dtypes.items() if kind == "str"]
        plain = self.estimates.astype(dict.fromkeys(texts, "object"))
        return {str(question): rows for question, rows in plain.groupby("question", sort=False)}

    def one(self, question: str, indicator_id: str, **where: str) -> pd.Series | None:
        """Return a single estimate.

        Parameters
        ----------
        question, indicator_id : str
            Which.
        **where : str
            Columns and the value they must have.

        Returns
        -------
        Series or None
            The estimate; None when the collective does not keep what it rests on.
        """
        rows = self.rows(question, indicator_id, **where)
        return rows.iloc[0] if len(rows) else None


def of_collective(workspace: str | Path, collective_id: str, period: str, lang: str) -> Content:
    """Read what the report of one collective rests on.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.
    collective_id : str
        The collective.
    period : str
        A period that was built.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    Content
        One collective, one period.

    Raises
    ------
    ContentError
        When the workspace was not built, or holds no such collective or period.
    """
    there = at_hand.find((Path(workspace), collective_id, period, lang))
    return there or _read_collective(Tables(Workspace(Path(workspace))), collective_id, period, lang)


def _read_collective(tables: Tables, collective_id: str, period: str, lang: str) -> Content:
    collectives = tables.read("analysed/collectives")
    own = collectives[collectives["collective_id"] == collective_id]
    here = own[own["period"] == period]
    if here.empty:
        there = ", ".join(own["period"]) or ", ".join(sorted(collectives["collective_id"].unique()))
        raise ContentError(f"no figures of {collective_id!r} for period {period!r}; there are: {there}. Run: bt build")
    first, last = reporting.bounds(period)
    estimates = tables.read("analysed/estimates", [("collective_id", "==", collective_id)])
    fits = estimates["period_start"].eq(first) & estimates["period_end"].eq(last)
    context = _until(estimates[estimates["question"].eq("context")], here["work_area_id"].iloc[0], last)
    activities = tables.read("analysed/activities", [("collective_id", "==", collective_id)])
    inside = activities["start"].le(last) & activities["end"].fillna(activities["start"]).ge(first)
    own_rows: Filters = [("collective_id", "==", collective_id)]
    suppressed = tables.read("analysed/suppressed", own_rows)
    return _content(
        tables.workspace,
        period,
        lang,
        collectives=here.reset_index(drop=True),
        estimates=pd.concat([estimates[fits & estimates["question"].ne("context")], context], ignore_index=True),
        activities=activities[inside].reset_index(drop=True),
        suppressed=suppressed[suppressed["period_start"].eq(first) & suppressed["period_end"].eq(last)],
        sources=tables.read("analysed/sources", [("collective_id", "in", ["", collective_id])]),
        unmatched=tables.read("analysed/unmatched", [("collective_id", "==", collective_id)]),
        outlines=tables.outlines(here["work_area_id"].iloc[0]),
        indicators=tables.read("analysed/indicators"),
        experiments=tables.tried("experiments", own_rows),
        experiment_events=tables.tried("experiment_events", own_rows),
        similar=tables.compared("similar", collective_id, first, last),
        balance=tables.compared("balance", collective_id, first, last),
        left_out=tables.compared("left_out", collective_id, first, last),
        learned={name: tables.of_collective(name, collective_id, first, last) for name in learning.TABLES},
    )


def _until(context: pd.DataFrame, work_area_id: str, last: pd.Timestamp) -> pd.DataFrame:
    """Keep the figures of a work area of no later year than the report's; without any, those of the first year."""
    own = context[context["work_area_id"].eq(work_area_id)]
    return own[own["period_end"] <= max(last, own["period_end"].min())] if len(own) else own


def of_all(workspace: str | Path, lang: str) -> Content:
    """Read what the cross-domain report rests on: what came in bundles, and nothing else.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    Content
        All collectives that gave a bundle, each in its longest period. Without any bundle there are no collectives,
        and the period is that of what was built here.

    Raises
    ------
    ContentError
        When the workspace was not built.
    """
    there = at_hand.find((Path(workspace), "", "", lang))
    return there or _read_all(Tables(Workspace(Path(workspace))), lang)


def _read_all(tables: Tables, lang: str) -> Content:
    collectives = reporting.longest(tables.read("across/collectives"))
    estimates = tables.read("across/estimates")
    days = reporting.with_days(collectives)[["collective_id", "period_start", "period_end"]]
    own = estimates.merge(days, on=list(days))
    context = estimates[estimates["question"].eq("context") | estimates["collective_id"].eq("")]
    return _content(
        tables.workspace,
        _span_across(tables),
        lang,
        collectives=collectives.sort_values("name", ignore_index=True),
        estimates=pd.concat([own, context]).drop_duplicates("claim_id", ignore_index=True),
        activities=tables.read("across/activities"),
        # Which cells were suppressed stays with the collective; that a figure is, its own row says.
        suppressed=pd.DataFrame(columns=[one["name"] for one in schema.load("analysed_suppressed")["fields"]]),
        sources=tables.read("across/sources"),
        unmatched=tables.read("across/unmatched"),
        outlines=None,
        indicators=tables.read("across/indicators"),
        bundles=tables.read("across/bundles"),
        left=tables.read("across/left"),
        learned={name: tables.read(f"across/{name}") for name in learning.TABLES},
    )


@cache
def catalogue() -> dict[str, Indicator]:
    """Read the catalogue of the package, once in a process.

    Returns
    -------
    dict of str to Indicator
        Id → indicator; nobody may change it.
    """
    return load()


def periods(workspace: str | Path) -> dict[str, tuple[str, ...]]:
    """List what can be reported on.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.

    Returns
    -------
    dict of str to tuple of str
        Collective → its periods, the longest last, in order of the collectives' names; then ``across`` → its one
        period, also when no collective gave a bundle.

    Raises
    ------
    ContentError
        When the workspace was not built.
    """
    table = Tables(Workspace(Path(workspace))).read("analysed/collectives").sort_values(["name", "collective_id"])
    whole = reporting.longest(table)
    longest = dict(zip(whole["collective_id"], whole["period"], strict=True))
    listed = {
        str(name): (*(one for one in own["period"] if one != longest[name]), str(longest[name]))
        for name, own in table.groupby("collective_id", sort=False)
    }
    return {**listed, "across": (_span_across(Tables(Workspace(Path(workspace)))),)}


def chosen(workspace: str | Path, question: str, collective_id: str = "", period: str = "") -> tuple[str, str]:
    """Choose what a notebook is about, where its reader left that open.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.
    question : str
        Question of the estimates that the notebook shows.
    collective_id : str
        Empty: the collective with most figures that answer the question; of equal ones the first by name.
    period : str
        Empty: the longest of that collective.

    Returns
    -------
    tuple of str
        Collective and period.

    Raises
    ------
    ContentError
        When the workspace was not built, or holds no such collective.
    """
    there = periods(workspace)
    del there["across"]
    if collective_id and collective_id not in there:
        raise ContentError(f"got collective {collective_id!r}; expected one of {', '.join(there)}. Run: bt build")
    if not collective_id:
        asked: Filters = [("question", "==", question), ("gate", "in", list(SHOWN))]
        shown = Tables(Workspace(Path(workspace))).read("analysed/estimates", asked)["collective_id"].value_counts()
        collective_id = max(there, key=lambda name: shown.get(name, 0))
    return collective_id, period or there[collective_id][-1]


def _span_across(tables: Tables) -> str:
    """Name the period of the cross-domain report; without any bundle, that of what was built here."""
    given = tables.read("across/collectives")
    return reporting.span(reporting.longest(given if len(given) else tables.read("analysed/collectives"))["period"])


def _content(workspace: Workspace, period: str, lang: str, **tables: object) -> Content:
    settings = workspace_settings.load(workspace.root)
    return Content(Language(lang), settings, period, catalogue=catalogue(), **tables)  # type: ignore[arg-type]
