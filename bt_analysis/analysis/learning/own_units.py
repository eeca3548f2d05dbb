"""What stands beside euros? Figures of hours, measurements and lessons in; value in its own units, by domain, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.cases import Cases, told
from bt_analysis.analysis.learning.counting import PERIOD

ALONE = "euro_alone"
"""Why an amount is not shown: nothing stands beside it in another unit."""

EUROS = ("eur", "x1000_eur")

LEVELS = ("%", "schaal", "per_1000")
"""Units of how things stand; what is counted in another unit was made or done."""

_SHOWN = ("ok", "voorbehoud")


def found(cases: Cases) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find what a collective is worth in other units than euros.

    Parameters
    ----------
    cases : Cases
        Reads figures of hours and measurements, indicator and lesson.

    Returns
    -------
    beside : DataFrame
        One row is a figure that is shown: fields of analysed_own_units. Of measurements, what was counted: how things
        stand, such as a share of people, is told with what changed.
    lessons : DataFrame
        Estimates ``lessons_n``: lessons per domain, over the longest period, as a lesson has no day.
    """
    figures = cases.estimates
    figures = figures[figures["collective_id"].isin(cases.ids) & figures["gate"].isin(_SHOWN)]
    figures = figures[figures["value"].notna() | figures["value_text"].ne("")]
    hours = figures[figures["question"].eq("hours") & figures["indicator_id"].eq("hours_total")]
    measured = figures[figures["question"].eq("measurements") & ~figures["unit"].isin([*EUROS, *LEVELS])]
    domains = cases.table("indicator").drop_duplicates("indicator_id").set_index("indicator_id")["domain"]
    lessons = _lessons(cases)
    parts = [
        hours.assign(kind="uren", domain=""),
        measured.assign(kind="meting", domain=measured["indicator_id"].map(domains).astype("object").fillna("")),
        lessons.assign(kind="lessen", domain=lessons["group_value"]),
    ]
    names = [*PERIOD, "kind", "domain", "claim_id"]
    return pd.concat([part[names] for part in parts if len(part)] or [hours.reindex(columns=names)]), lessons


def never_alone(rows: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """Take amounts away where nothing stands beside them in another unit: a euro is never told alone.

    Parameters
    ----------
    rows : DataFrame
        Estimates of a section.
    beside : DataFrame
        As :func:`found` gives it.

    Returns
    -------
    DataFrame
        The same rows; amounts of a collective and period without anything beside them are not shown.
    """
    here = pd.MultiIndex.from_frame(rows[PERIOD]).isin(pd.MultiIndex.from_frame(beside[PERIOD]))
    alone = rows["unit"].isin(EUROS) & ~here & rows["gate"].isin(_SHOWN)
    return rows.assign(
        **{name: rows[name].mask(alone) for name in ("value", "ci_low", "ci_high", "n")},
        value_text=rows["value_text"].mask(alone, ""),
        gate=rows["gate"].mask(alone, "niet_te_zien"),
        gate_reason=rows["gate_reason"].mask(alone, ALONE),
        missing_reason=rows["missing_reason"].mask(alone, "not_applicable"),
    )


def _lessons(cases: Cases) -> pd.DataFrame:
    table = cases.table("lesson")
    table = table[table["collective_id"].isin(cases.ids)]
    counted = table.assign(domain=table["domain"].astype("object").fillna(""))
    counted = counted.groupby(["collective_id", "domain"], as_index=False).agg(value=("lesson_id", "size"))
    rows = counted.merge(cases.whole[PERIOD], on="collective_id", validate="many_to_one")
    return told(
        rows.assign(group_value=rows["domain"], n=rows["value"]),
        question="value", indicator_id="lessons_n", population="collectief", group_type="domein", n_unit="records",
        unit="aantal", method="count", source="collective: lesson",
    )  # fmt: skip
