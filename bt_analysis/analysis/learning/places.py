"""What do collectives reach, in one kind of place? Published reach per collective in; a range per kind of place out.

An urban wijk and a village are never put in one range, nor two countries: what is usual differs there.
"""

from __future__ import annotations

from bt_analysis.analysis.learning import counting, coverage
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, nothing
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ()

QUESTION = "places"

INDICATOR = "reach_pct_in_place"

_SHOWN = ("ok", "voorbehoud")
_WHOLE = ["collective_id", "period_start", "period_end"]


def learn(cases: Cases, settings: Settings) -> Learned:
    """Give the range of the reach of collectives within each kind of place.

    Parameters
    ----------
    cases : Cases
        Reads collective, and the published estimates of reach.
    settings : Settings
        ``learning.median_from``: of fewer collectives there is no range.

    Returns
    -------
    Learned
        ``reach_pct_in_place`` by kind of place at home: median, with the lowest and highest; over all collectives
        whose reach is shown, each in its longest period.
    """
    given = cases.estimates if len(cases.estimates) else nothing()
    rows = given[given["indicator_id"].eq("reach_pct")]
    rows = rows[rows["gate"].isin(_SHOWN) & rows["value"].notna()].merge(cases.whole[_WHOLE], on=_WHOLE)
    placed = coverage.strata(cases).set_index("collective_id")
    rows = rows.assign(
        stratum=rows["collective_id"].map(placed["stratum"]), country=rows["collective_id"].map(placed["country"])
    )
    own = rows[rows["country"].eq(coverage.HOME)].drop_duplicates("collective_id")
    if own.empty:
        return Learned(nothing())
    told = own.groupby("stratum", as_index=False).agg(
        value=("value", "median"), ci_low=("value", "min"), ci_high=("value", "max"), n=("value", "size")
    )
    few = told["n"] < settings.learning.median_from
    start, end = cases.span
    told = told.assign(
        collective_id=ACROSS, period_start=start, period_end=end, indicator_id=INDICATOR, group_type="plek",
        group_value=told["stratum"], gate=few.map({True: "niet_te_zien", False: "ok"}),
        gate_reason=few.map({True: "too_few_in_place", False: ""}),
        missing_reason=few.map({True: "not_applicable", False: None}),
        **{name: told[name].mask(few) for name in ("value", "ci_low", "ci_high")},
    )  # fmt: skip
    return Learned(
        counting.figures(
            told, QUESTION, unit="%", method="median, lowest and highest", n_unit="collectives",
            source="collective: participation",
        )
    )  # fmt: skip
