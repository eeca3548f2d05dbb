"""How sure is a survey figure? Protected figures and how many people were asked in, what those silent can change out.

It is asked after disclosure control, and knows of a figure no more than its reader does. Only how many people were
asked is added to that, in tens.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.measurements import COLLECTED, GROUP_TYPE
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS, Joined, estimates
from bt_analysis.methods import nonresponse
from bt_analysis.settings import Settings

ANSWERED, WORST, BY_POINTS = "antwoordde", "uiterste", "verschil_{points}"
"""What a row tells: the part who answered, the ends possible at all, and those when the silent differ by points."""

POINTS = (10, 20)
"""By how many percentage points those who did not answer may differ."""

METHODS = {
    ANSWERED: "answers of those asked",
    WORST: "bounds: nobody or everybody of those who did not answer",
    **{BY_POINTS.format(points=points): f"bounds: who did not answer differs by {points} points" for points in POINTS},
}
"""Kind of row → its method."""

LOW = "low_response"
_SURVEYS = ("aselect", "census_van_groep", "zelfselectie")
_OF_GROUP = ("deelnemers", "leden")
_SHOWN = ("ok", "voorbehoud")
_TENS = 10


def estimate(protected: pd.DataFrame, joined: Joined, settings: Settings) -> pd.DataFrame:
    """Say of every survey figure that is shown how many answered, and what those who did not can change.

    Parameters
    ----------
    protected : DataFrame
        Estimates after disclosure control.
    joined : Joined
        Reads measurement and survey_wave: how many people were asked.
    settings : Settings
        ``disclosure.min_cell``: people who did not answer of whom something may be told.

    Returns
    -------
    DataFrame
        Rows of estimates without working columns. Per figure of a survey one row ``answered_pct`` (group_value
        ``antwoordde``; n = people asked); of a share that is a number one row each with the worst case (``uiterste``)
        and with a difference by 10 and 20 points (``verschil_10``, ``verschil_20``): value the share, and the ends.
        Bounds say nothing of chance: the interval of the measurement does.

    Notes
    -----
    With n the people who answered, N those asked, r = n/N and p the share: worst case r · p to r · p + 1 − r; a
    difference by δ: r · p + (1 − r) · (p ± δ), no further than 0 and 1 (:mod:`bt_analysis.methods.nonresponse`). Asked
    are the people drawn by lot, where that is recorded; otherwise all whom the wave is about.

    What it tells: p and n stand in the figure itself, so the one thing added is N. It is rounded down to tens before
    anything is computed of it, shares are whole percentages and their bounds are rounded outwards, so no row tells more
    of N than its tens. No rows where fewer than ``min_cell`` people did not answer, as they would tell of those few;
    nor, for participants and members, where the number of different people who took part is hidden or held at an
    earlier one anywhere for this collective: N may be that number.
    """
    rows = _asked(protected, joined)
    unanswered = rows["asked_n"] - rows[["n", "n_valid"]].max(axis=1)
    rows = rows[(unanswered >= settings.disclosure.min_cell) & ~_may_tell_who_took_part(rows, protected)]
    rows = rows.assign(asked_n=rows["asked_n"] // _TENS * _TENS)
    told = [row for one in rows.to_dict("records") for row in _told(one)]
    found = pd.DataFrame(told, columns=[*_KEPT, *_TOLD])
    return estimates(found, question="response")[ESTIMATE_COLUMNS].astype({"missing_reason": "str"})


def with_response(protected: pd.DataFrame, joined: Joined, settings: Settings) -> pd.DataFrame:
    """Add the rows of :func:`estimate`, and the reservation of low response to the figures that have it.

    Parameters
    ----------
    protected : DataFrame
        Estimates after disclosure control.
    joined : Joined
        As :func:`estimate` reads it.
    settings : Settings
        ``gates.min_response_pct``: below this part who answered a figure has the reservation ``low_response``.

    Returns
    -------
    DataFrame
        All estimates. Whether response is low follows from what the added rows show.

    Notes
    -----
    An interval that is narrower as more of a group answered tells how many people are in it. Where the number of people
    who took part is hidden or held at an earlier one, figures of participants and members have no interval.
    """
    protected = _without_people_in_all(protected)
    added = estimate(protected, joined, settings)
    part = added[added["indicator_id"].eq("answered_pct")]
    low = part.loc[part["value"] < settings.gates.min_response_pct, ["collective_id", "group_type"]]
    pairs = set(low.itertuples(index=False, name=None))
    keys = zip(protected["collective_id"], protected["group_type"], strict=True)
    here = pd.Series([pair in pairs for pair in keys], index=protected.index, dtype=bool)
    here &= protected["question"].eq("measurements") & protected["gate"].isin(_SHOWN)
    reasons = (protected["gate_reason"] + ";" + LOW).str.strip(";")
    marked = protected.assign(
        gate=protected["gate"].mask(here, "voorbehoud"), gate_reason=protected["gate_reason"].mask(here, reasons)
    )
    return pd.concat([marked, added], ignore_index=True) if len(added) else marked


def _without_people_in_all(protected: pd.DataFrame) -> pd.DataFrame:
    """Take the interval out of figures that would tell a number of participants that is hidden."""
    narrowed = protected["question"].isin(["measurements", "before_after"])
    here = narrowed & _may_tell_who_took_part(protected, protected) & protected["ci_low"].notna()
    return protected.assign(
        **{end: protected[end].mask(here) for end in ("ci_low", "ci_high")},
        method=protected["method"].mask(here, protected["method"].str.removesuffix(_BOUNDS)),
    )


_BOUNDS = "; bounds: interval of the measurement"
_KEPT = [
    "collective_id", "work_area_id", "period_start", "period_end", "population", "group_type", "group_label",
    "held_on", "comparison", "source",
]  # fmt: skip
_TOLD = [
    "indicator_id", "group_value", "value", "ci_low", "ci_high", "n", "n_unit", "unit", "method", "gate", "gate_reason",
]  # fmt: skip


def _asked(protected: pd.DataFrame, joined: Joined) -> pd.DataFrame:
    """Return the figures of surveys that are shown, with how many were asked and how many answered in the record."""
    shown = protected["question"].eq("measurements") & protected["gate"].isin(_SHOWN) & protected["n"].notna()
    rows = protected[shown & protected["n_unit"].isin(["people", "households"])]
    rows = rows[rows["method"].str.split("; ").str[0].isin([COLLECTED[method] for method in _SURVEYS])]
    made = joined.measurement[["measurement_id", "wave_id", "method", "n_valid", "n_frame"]]
    invited = joined.survey_wave.set_index("wave_id")["invited_n"].astype("Float64")
    asked, valid = (made[name].astype("Float64").astype(float) for name in ("n_frame", "n_valid"))
    drawn = made["wave_id"].map(invited.astype(float)).astype(float).where(made["method"].eq("aselect"))
    made = made.assign(
        group_type=GROUP_TYPE + made["measurement_id"].astype(str),
        asked_n=drawn.where(drawn >= valid).fillna(asked),
        n_valid=valid,
    )
    both = rows.merge(made[["group_type", "asked_n", "n_valid"]], on="group_type", validate="many_to_one")
    return both[both["asked_n"].notna()]


def _may_tell_who_took_part(rows: pd.DataFrame, protected: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows are about a group whose size is hidden elsewhere, or held at an earlier one."""
    took_part = protected[protected["indicator_id"].eq("unique_n")]
    closed = took_part["gate"].eq("onderdrukt") | took_part["held_on"].notna()
    return rows["population"].isin(_OF_GROUP) & rows["collective_id"].isin(took_part.loc[closed, "collective_id"])


def _told(row: dict[Any, Any]) -> list[dict[str, Any]]:
    """Make the rows about one figure."""
    kept = {name: row[name] for name in _KEPT}
    answered = {
        **kept, "indicator_id": "answered_pct", "group_value": ANSWERED,
        "value": round(100 * row["n"] / row["asked_n"]), "n": row["asked_n"], "n_unit": row["n_unit"], "unit": "%",
        "method": METHODS[ANSWERED],
        "gate": "ok", "gate_reason": "",
    }  # fmt: skip
    if row["unit"] != "%" or pd.isna(row["value"]):
        return [answered]
    base = (min(max(row["value"] / 100, 0.0), 1.0), row["n"], row["asked_n"])
    ranges = {WORST: nonresponse.worst_case(*base)}
    ranges |= {BY_POINTS.format(points=points): nonresponse.differing_by(*base, points / 100) for points in POINTS}
    bounds = [
        kept | {
            "indicator_id": row["indicator_id"], "group_value": kind, "value": round(row["value"]),
            "ci_low": _floor(100 * ends.low), "ci_high": -_floor(-100 * ends.high), "n": row["n"],
            "n_unit": row["n_unit"], "unit": "%", "method": METHODS[kind], "gate": row["gate"],
            "gate_reason": row["gate_reason"],
        }
        for kind, ends in ranges.items()
    ]  # fmt: skip
    return [answered, *bounds]


def _floor(percentage: float) -> float:
    """Round down to a whole percentage, but not by a rounding error of the machine."""
    return float((percentage + 1e-9) // 1)
