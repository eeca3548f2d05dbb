"""Did answers change from one wave to the next? The same people twice, or two groups; tested once per report.

What it is made of was computed where the answers are (:mod:`bt_analysis.instruments.wave_changes`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.analysis import measurements
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.instruments.wave_changes import BESIDE, DECIMALS, LINKED, TWO_GROUPS
from bt_analysis.methods.multiple_testing import holm
from bt_analysis.settings import Settings

GROUP_TYPE = "verandering:"
"""What the group type of a change begins with; the id of the later wave follows."""

DIFFERENCE, TEST, ADJUSTED = "verschil", "toets", "holm"
MOVED = {"omhoog": "up_n", "omlaag": "down_n", "gelijk": "same_n"}
"""Group value → column with how many people moved so."""

REFUSED = {BESIDE: "chose_to_answer"}
"""Design that nothing is computed of → why."""

TOO_FEW = "too_few_to_compare"

_ROOM = 10
"""Numbers of people among which one that is not told must lie."""

_RESERVATIONS = {LINKED: "no_control_group", TWO_GROUPS: "no_control_group;not_linked"}
_SMALL = 0.01
_HAIR = 1e-9
_HOLM = "Holm over the tests of this report"


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Compare the waves of every collective in every period that holds both.

    Parameters
    ----------
    joined : Joined
        Reads wave_change, measurement and indicator.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        ``gates.min_n``: people below which a mean change has a reservation. ``disclosure.words_below``: people below
        which no difference between shares is told.

    Returns
    -------
    DataFrame
        Per collective, period, later wave and indicator, with group_type ``verandering:`` and the id of that wave: the
        difference (``verschil``), the p value (``toets``), the same adjusted for all tests of the report (``holm``; n =
        tests) and, of the same people, the shares whose score went up, went down and stayed (``omhoog``, ``omlaag``,
        ``gelijk``). group_label holds the last day of the earlier wave and of the later one with / between them. Where
        who answered chose to, there is one row ``verschil`` without a figure.

    Notes
    -----
    Holm's rule runs over all p values of one collective and period. One that will be hidden counts as 1: that is never
    too few, and with its own value an adjusted one that is shown could give it away.

    What a change tells beside the two waves: of the same people, what those in the later wave only answered less those
    in the earlier one only. So it rests on these as well, if there are any, and of a share on as many of them as it can
    be told of what they answered. Of a share it tells how many changed sides each way and how many did not; of a mean
    as much may follow from its interval. When all changed alike it rests on nobody. The difference between two groups
    rests on what the two figures rest on. A change whose wave has no figure of its own is not told.
    Of a mean and of p no more decimals are told than leave people uncounted; ends are rounded outwards.
    """
    rows = reporting.within(joined.wave_change, periods, "period_start", "period_end")
    if rows.empty:
        return estimates(rows.assign(value=None, source="", comparison="nulmeting"), question="before_after")
    rows = rows.assign(**_figures_of(rows, settings))
    rows["cell_n"] = _fewest(rows, joined, measurements.estimate(joined, periods, settings))
    rows["group_type"] = GROUP_TYPE + rows["wave_after"].astype(str)
    rows["group_label"] = [f"{first:%Y-%m-%d}/{last:%Y-%m-%d}" for first, last in _days(rows, joined)]
    report = [rows[name] for name in ("collective_id", "period_start", "period_end")]
    rows["tests_n"] = rows.groupby(report)["p_value"].transform("count")
    hidden = (rows["cell_n"] < settings.disclosure.min_cell) & rows["p_value"].notna()
    rows["adjusted"] = rows["p_value"].mask(hidden, 1.0)
    rows["adjusted"] = rows.groupby(report)["adjusted"].transform(lambda p: holm(p.to_numpy(dtype=float)))
    parts = [_differences(rows), _tests(rows, TEST, "p_value"), _tests(rows, ADJUSTED, "adjusted"), *_moved(rows)]
    # An empty part says nothing of types.
    told = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return estimates(told, question="before_after", comparison="nulmeting", source=_source(told))


def _figures_of(rows: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Return figures as plain numbers, n, and why there is no figure; a share of few people has none."""
    numbers = {
        name: rows[name].astype("Float64").astype(float)
        for name in ("value", "ci_low", "ci_high", "p_value", "pairs_n", "n_before", "n_after", *MOVED.values())
    }
    n = numbers["pairs_n"].where(
        rows["design"].eq(LINKED), pd.concat([numbers["n_before"], numbers["n_after"]], axis=1).min(axis=1)
    )
    small = rows["unit"].eq("%") & (n < settings.disclosure.words_below) & rows["design"].ne(BESIDE)
    refused = rows["design"].map(REFUSED).fillna("").mask(small, TOO_FEW)
    closed = refused.ne("")
    few = rows["unit"].eq("schaal") & (n < settings.gates.min_n)
    reasons = rows["design"].map(_RESERVATIONS).fillna("")
    shown = {name: numbers[name].mask(closed) for name in ("value", "ci_low", "ci_high", "p_value")}
    return {
        **numbers, **shown, "n": n.mask(closed), "refused": refused,
        "gate_reason": reasons.mask(few, reasons + ";n_below_minimum").mask(closed, refused),
        "missing_reason": pd.Series(None, index=rows.index, dtype=object).mask(closed, "not_applicable"),
    }  # fmt: skip


def _fewest(rows: pd.DataFrame, joined: Joined, measured: pd.DataFrame) -> pd.Series[float]:
    """Return the fewest people that a comparison tells of; nobody where a wave has no figure of its own."""
    by_id = measured.drop_duplicates("group_type").set_index("group_type")["cell_n"]
    made = joined.measurement.drop_duplicates(["wave_id", "indicator_id"])
    ids = measurements.GROUP_TYPE + made["measurement_id"].astype(str)
    sizes = dict(zip(zip(made["wave_id"], made["indicator_id"], strict=True), ids.map(by_id), strict=True))
    ends = [
        pd.Series([sizes.get(pair) for pair in zip(rows[wave], rows["indicator_id"], strict=True)], rows.index, float)
        for wave in ("wave_before", "wave_after")
    ]
    ends = [one.fillna(0.0) for one in ends]
    of_share = rows[list(MOVED.values())].min(axis=1).where(rows["unit"].eq("%"))
    told = rows["told_n"].astype("Float64").astype(float)
    alone = _alone(rows, joined)
    linked = pd.concat([*ends, rows["pairs_n"], alone, of_share, told], axis=1).min(axis=1)
    linked = linked.mask(rows["all_alike"].fillna(False).astype(bool), 0.0)
    return linked.where(rows["design"].eq(LINKED), pd.concat(ends, axis=1).min(axis=1))


def _alone(rows: pd.DataFrame, joined: Joined) -> pd.Series[float]:
    """Return the fewest that is told of people who are in one wave only; missing where there are none.

    x of a people who came and y of b who left said yes: both waves and the change tell K = x − y, so x lies between
    max(0, K) and min(a, K + b). When that is narrow, x is told, and so is y.
    """
    left, came = (rows[name] - rows["pairs_n"] for name in ("n_before", "n_after"))
    of_wave = joined.measurement.drop_duplicates(["wave_id", "indicator_id"]).set_index(["wave_id", "indicator_id"])
    yes = of_wave["numerator"].astype("Float64").astype(float)
    before, after = (
        yes.reindex(pd.MultiIndex.from_frame(rows[[wave, "indicator_id"]])).to_numpy()
        for wave in ("wave_before", "wave_after")
    )
    gap = after - before - rows["up_n"] + rows["down_n"]
    room = pd.concat([came, gap + left], axis=1).min(axis=1) - gap.clip(lower=0)
    people = pd.concat([left, came], axis=1).max(axis=1)
    # Nobody left, or nobody came: then it is the yes and the no of the others.
    sides = pd.concat([gap.abs(), people - gap.abs()], axis=1).min(axis=1)
    known = sides.where((left == 0) | (came == 0), 0.0)
    fewest = people.mask(rows["unit"].eq("%") & (room < _ROOM), known)
    return fewest.where(people > 0)


def _days(rows: pd.DataFrame, joined: Joined) -> zip[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the last day of the earlier wave, or its first where no last one is known, and that of the later one."""
    waves = joined.survey_wave.set_index("wave_id")
    last = waves["end"].fillna(waves["start"]) if len(waves) else pd.Series(dtype="datetime64[us]")
    return zip(rows["wave_before"].map(last).fillna(rows["row_start"]), rows["row_end"], strict=True)


def _differences(rows: pd.DataFrame) -> pd.DataFrame:
    told, times = _cells(rows, pd.Series(True, rows.index)), 10.0**DECIMALS
    mean = told["unit"].eq("schaal")
    rounded = {
        "value": told["value"].round(DECIMALS), "ci_low": np.floor(told["ci_low"] * times + _HAIR) / times,
        "ci_high": np.ceil(told["ci_high"] * times - _HAIR) / times,
    }  # fmt: skip
    coarse = {name: told[name].mask(mean, column) for name, column in rounded.items()}
    return told.assign(**coarse, group_value=DIFFERENCE, n_unit="people")


def _tests(rows: pd.DataFrame, kind: str, column: str) -> pd.DataFrame:
    """Make rows of p values, in two decimals, or three below 0.01."""
    tested = _cells(rows, rows["p_value"].notna())
    adjusted = kind == ADJUSTED
    rounded = tested[column].round(2).where(tested[column] >= _SMALL, tested[column].round(3))
    return tested.assign(
        group_value=kind, value=rounded, ci_low=None, ci_high=None, unit="p",
        method=_HOLM if adjusted else tested["method"], n=tested["tests_n"] if adjusted else tested["n"],
        n_unit="tests" if adjusted else "people", gate_reason="",
    )  # fmt: skip


def _moved(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Make the rows of who moved up, moved down and stayed; each rests on the fewest of the three."""
    linked = _cells(rows, rows["design"].eq(LINKED) & rows["refused"].eq(""))
    fewest = linked[["cell_n", *MOVED.values()]].min(axis=1)
    return [
        linked.assign(
            group_value=value, value=(100 * linked[column] / linked["pairs_n"]).round(), ci_low=None, ci_high=None,
            unit="%", method="share of people followed", n_unit="people", cell_n=fewest, gate_reason="no_control_group",
        )
        for value, column in MOVED.items()
    ]  # fmt: skip


def _cells(rows: pd.DataFrame, kept: pd.Series[bool]) -> pd.DataFrame:
    """Keep some rows, with the cell of people they rest on; a refusal rests on nobody."""
    some: pd.DataFrame = rows[kept]
    name = "change:" + some["wave_before"].astype(str) + ":" + some["indicator_id"].astype(str)
    closed = some["refused"].ne("")
    return some.assign(cell=name.mask(closed, ""), cell_n=some["cell_n"].mask(closed), coverage=None)


def _source(told: pd.DataFrame) -> pd.Series[str]:
    return "collective: measurement · " + told["instrument_id"].astype(str)
