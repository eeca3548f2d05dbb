"""What did it cost people to find out? Effort for research in; minutes and euros per claim and per returned claim, out.

Euros never stand alone: where the minutes of residents were not kept, the money is not told either.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from bt_analysis.analysis.learning import give_and_take
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, nothing, told
from bt_analysis.analysis.learning.knowledge import KEYS
from bt_analysis.settings import Settings

QUESTION = "burden"
TABLES: tuple[str, ...] = ()

EFFORTS = {"resident_minutes": "minuten", "researcher_hours": "uur", "paid_eur": "eur"}
"""What research takes → unit."""

PER_CLAIM = {"minutes": "resident_minutes", "eur": "paid_eur"}
"""Beginning of an indicator per claim → effort."""

_SOURCE = "collective: research_effort"
_PAID = "paid_eur"


def learn(cases: Cases, settings: Settings) -> Learned:
    """Tell what research took of residents and researchers, and what came back for it.

    Parameters
    ----------
    cases : Cases
        Reads research_effort, survey_wave, activity, return_event and the protected estimates.
    settings : Settings
        Not used.

    Returns
    -------
    Learned
        Estimates ``burden`` per report of a collective that keeps research_effort, and over all together (the longest
        period of each): resident_minutes, researcher_hours, paid_eur, student_n, and minutes and euros per claim and
        per claim that was given back.

    Notes
    -----
    minutes per claim = resident minutes / claims of the report; per returned claim = the same minutes / claims that
    came back. Effort belongs to the periods that the wave or activity it was for lies in, by its last day; when that
    has none, to the longest period.
    """
    effort = _dated(cases)
    if effort.empty:
        return Learned(nothing())
    # Minutes of these collectives may not be spread over claims of others, who kept no minutes.
    keeping = replace(
        cases, collectives=cases.collectives[cases.collectives["collective_id"].isin(effort["collective_id"])]
    )
    counted = give_and_take.learn(keeping, settings).estimates
    together = _rows(_together(keeping, effort), counted, "collectieven")
    first, last = cases.span
    rows = [
        _rows(_of_periods(keeping, effort), counted, "collectief"),
        together.assign(period_start=first, period_end=last),
    ]
    return Learned(told(pd.concat(rows, ignore_index=True), question=QUESTION, source=_SOURCE))


def _dated(cases: Cases) -> pd.DataFrame:
    """Give effort the last day of the wave or activity it was for, and the collective whose it is."""
    rows = cases.table("research_effort")
    owner = give_and_take.owners(rows["effort_id"], cases.ids)
    waves = _last_days(cases.table("survey_wave"), "wave_id")
    activities = _last_days(cases.table("activity"), "activity_id")
    # By place, as mapping with a table without rows gives numbers.
    of_wave, of_activity = waves.reindex(rows["wave_id"]), activities.reindex(rows["activity_id"])
    day = of_wave.reset_index(drop=True).fillna(of_activity.reset_index(drop=True))
    rows = rows.assign(
        collective_id=rows["collective_id"].where(rows["collective_id"].notna(), owner), day=day.to_numpy()
    )
    of_few = {f"{name}_few": rows[f"{name}_missing_reason"].eq("suppressed").fillna(False).astype(bool)
              for name in EFFORTS}  # fmt: skip
    return rows.assign(**of_few)[rows["collective_id"].isin(cases.ids)]


def _last_days(table: pd.DataFrame, key: str) -> pd.Series:
    dated = table.set_index(key)
    return dated["end"].fillna(dated["start"])


def _of_periods(cases: Cases, effort: pd.DataFrame) -> pd.DataFrame:
    rows = effort.merge(cases.periods[KEYS], on="collective_id")
    whole = pd.MultiIndex.from_frame(rows[KEYS]).isin(pd.MultiIndex.from_frame(cases.whole[KEYS]))
    inside = rows["day"].between(rows["period_start"], rows["period_end"])
    return _sums(rows[inside | (rows["day"].isna() & whole)])


def _together(cases: Cases, effort: pd.DataFrame) -> pd.DataFrame:
    """Add up the longest period of each collective; claims are counted of the same collectives."""
    first, last = cases.span
    longest = effort.merge(cases.whole[KEYS], on="collective_id")
    rows = longest[longest["day"].between(longest["period_start"], longest["period_end"]) | longest["day"].isna()]
    return _sums(rows.assign(collective_id=ACROSS, period_start=first, period_end=last))


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Add effort up per report; a sum of which a part was not kept says so."""
    grouped = rows.groupby(KEYS)
    sums = grouped[list(EFFORTS)].sum(min_count=1).astype("Float64")
    gaps = rows[list(EFFORTS)].isna().groupby([rows[key] for key in KEYS]).any().add_suffix("_gap")
    few = rows[[f"{name}_few" for name in EFFORTS]].groupby([rows[key] for key in KEYS]).any()
    students = rows["student"].eq(other=True).fillna(value=False)
    return (
        sums.join(gaps)
        .join(few)
        .assign(efforts=grouped.size(), students=students.groupby([rows[key] for key in KEYS]).sum())
    )


def _rows(sums: pd.DataFrame, counted: pd.DataFrame, population: str) -> pd.DataFrame:
    claims = counted.set_index(["indicator_id", *KEYS])["value"]
    wide = sums.reset_index()
    for name, indicator_id in (("claims", "claims_n"), ("returned", "returned_n")):
        found = claims.xs(indicator_id) if indicator_id in claims.index.get_level_values(0) else pd.Series(dtype=float)
        wide[name] = pd.Series(found.reindex(pd.MultiIndex.from_frame(wide[KEYS])).to_numpy(float), index=wide.index)
    made = [_sum(wide, effort, unit) for effort, unit in EFFORTS.items()]
    made.append(_row(wide, "student_n", wide["students"], "keer", "efforts", "effort"))
    for beginning, effort in PER_CLAIM.items():
        for ending, things in (("per_claim", "claims"), ("per_returned", "returned")):
            made.append(_per(wide, f"{beginning}_{ending}", effort, things))
    return pd.concat(made, ignore_index=True).assign(population=population)


def _row(wide: pd.DataFrame, indicator_id: str, value: pd.Series, unit: str, n: str, n_unit: str) -> pd.DataFrame:
    return wide[KEYS].assign(
        indicator_id=indicator_id, value=value.astype("Float64").astype(float), unit=unit, n=wide[n].astype(float),
        n_unit=n_unit, method="sum",
    )  # fmt: skip


def _sum(wide: pd.DataFrame, effort: str, unit: str) -> pd.DataFrame:
    reasons = [_reasons(row, effort) for _, row in wide.iterrows()]
    return _gated(_row(wide, effort, wide[effort], unit, "efforts", "effort"), reasons)


def _per(wide: pd.DataFrame, indicator_id: str, effort: str, things: str) -> pd.DataFrame:
    """Divide effort by claims; by none of them it cannot be divided, which is said."""
    value = wide[effort].astype("Float64") / wide[things].where(wide[things] > 0).astype("Float64")
    reasons = []
    for _, row in wide.iterrows():
        why = _reasons(row, effort)
        none = "" if row[things] > 0 else ("nothing_returned" if things == "returned" else "no_claims")
        reasons.append((True, none) if none and not why[0] else why)
    made = _row(wide, indicator_id, value, EFFORTS[effort], things, "claims").assign(method="effort per claim")
    return _gated(made, reasons)


def _reasons(row: pd.Series, effort: str) -> tuple[bool, str]:
    """Say whether an effort cannot be told, and why or with which reservation."""
    if pd.isna(row[effort]):
        return True, "few_people" if row[f"{effort}_few"] else "not_recorded"
    if effort == _PAID and pd.isna(row["resident_minutes"]):
        return True, "minutes_not_kept"
    return False, "effort_not_all_kept" if row[f"{effort}_gap"] else ""


def _gated(rows: pd.DataFrame, reasons: list[tuple[bool, str]]) -> pd.DataFrame:
    gates = ["niet_te_zien" if hidden else "voorbehoud" if why else "ok" for hidden, why in reasons]
    hidden = pd.Series([one for one, _ in reasons], index=rows.index, dtype=bool)
    return rows.assign(gate=gates, gate_reason=[why for _, why in reasons], value=rows["value"].mask(hidden))
