"""What would a survey of residents say if all groups had answered alike? Weighted shares beside the plain ones.

What it is made of was computed where the answers are (:mod:`bt_analysis.instruments.weighting`).
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import measurements
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.settings import Settings

SHARE, EFFECT, LARGEST, EFFECTIVE = "gewogen", "ontwerpeffect", "zwaarste", "n_effectief"
"""Group values: the weighted share, Kish's design effect, the largest weight, and the effective number of people."""

_TENS = 10
_RAKED = "raked to inhabitants"


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Give the weighted shares of surveys of residents in every period.

    Parameters
    ----------
    joined : Joined
        Reads wave_weighted, measurement and indicator.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        As :func:`bt_analysis.analysis.measurements.estimate` reads it.

    Returns
    -------
    DataFrame
        Per share of a wave, with the group_type of its measurement, the weighted share (``gewogen``, with an interval
        where people did not choose to answer), the design effect (``ontwerpeffect``), the largest weight as a multiple
        of the mean one (``zwaarste``) and the effective number of people (``n_effectief``).

    Notes
    -----
    Shares are whole percentages and their bounds are rounded outwards: exact ones could be taken apart by group with
    the weights; n and the effective number are rounded down to tens. A weighted share rests on what the plain one rests
    on, on the smallest group, and on those whose group is not known, if there are any.
    """
    rows = reporting.within(joined.wave_weighted, periods, "period_start", "period_end")
    if rows.empty:
        return estimates(rows.assign(unit="", population="", method="", source=""), question="weighted")
    made = joined.measurement.drop_duplicates(["wave_id", "indicator_id"])[
        ["wave_id", "indicator_id", "measurement_id"]
    ]
    rows = rows.merge(made, on=["wave_id", "indicator_id"], validate="many_to_one")
    measured = measurements.estimate(joined, periods, settings)
    measured = measured.drop_duplicates("group_type").set_index("group_type")
    rows["group_type"] = measurements.GROUP_TYPE + rows["measurement_id"].astype(str)
    plain = rows["group_type"].map(measured["cell_n"]).fillna(0.0)
    unknown = rows["group_type"].map(measured["n"]).astype(float) - rows["n"].astype(float)
    fewest = pd.concat([plain, rows["fewest_n"].astype(float), unknown.where(unknown > 0)], axis=1)
    chose = rows["chosen"].eq("zelfselectie")
    rows = rows.assign(
        population="bewoners", group_label=rows["group_type"].map(measured["group_label"]), n_unit="people",
        gate_reason=chose.map({True: "self_selected", False: ""}),
        cell="weighted:" + rows["measurement_id"].astype(str),
        cell_n=fewest.min(axis=1), n=rows["n"] // _TENS * _TENS,
        n_effective=rows["n_effective"] // _TENS * _TENS,
        source="collective: measurement \u00b7 " + rows["instrument_id"].astype(str),
        bound_low=rows["ci_low"].astype(float).floordiv(1).mask(chose),
        bound_high=-(-rows["ci_high"].astype(float)).floordiv(1).mask(chose),
    )  # fmt: skip
    return estimates(pd.concat(_parts(rows), ignore_index=True), question="weighted")


def _parts(rows: pd.DataFrame) -> list[pd.DataFrame]:
    share = rows.assign(
        group_value=SHARE, value=rows["value"].round(), ci_low=rows["bound_low"], ci_high=rows["bound_high"], unit="%",
        method=rows["bound_low"].notna().map({True: f"{_RAKED}; Wilson at effective n", False: _RAKED}),
    )  # fmt: skip
    plain = rows.assign(ci_low=None, ci_high=None, gate_reason="")
    return [
        share,
        plain.assign(group_value=EFFECT, value=rows["design_effect"].round(2), unit="verhouding", method="Kish"),
        plain.assign(group_value=LARGEST, value=rows["largest_weight"].round(1), unit="verhouding", method=_RAKED),
        plain.assign(group_value=EFFECTIVE, value=rows["n_effective"], unit="personen", method="Kish"),
    ]
