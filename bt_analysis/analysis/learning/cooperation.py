"""How do citizens and government see their cooperation? Scans of both sides in; the gap on each condition out.

The conditions are those of the Waag handbook on citizen collectives and government. What counts is where two sides see
it otherwise: there is no total, and no mean over conditions or over collectives.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("coop_gaps", "coop_spread")

BASIS = ("waarden", "doelen", "taal")
"""Conditions on which cooperation rests."""

INFRASTRUCTURE = ("financien_middelen", "juridisch", "governance", "sociale_inbedding", "open_technologie")
"""What cooperation needs besides."""

CONDITIONS = (*BASIS, *INFRASTRUCTURE)

CIVIL, PUBLIC = "civiel", "publiek"

SCORE, NOT_KNOWN, NOT_FILLED, FEW, UNCOUNTED, ABSENT = (
    "score", "weetniet", "niet_ingevuld", "te_weinig_mensen", "aantal_onbekend", "kant_ontbreekt",
)  # fmt: skip
"""Why a side has no score on a condition, or that it has one. Nobody is not counted as a low score."""

HIGHER, SAME, LOWER, UNSEEN = "civiel_hoger", "gelijk", "civiel_lager", "niet_te_zien"
"""Which way a gap goes: who thinks clearly better of the condition."""

QUESTION = "cooperation"

GROUP = "voorwaarde_"
"""What the kind of group of a figure begins with; the condition follows."""

_SOURCE = "collective: coop_scan"
_PAIR = ["collective_id", "actor_id", "other_side"]
_MEASURES = ["state", "score", "importance", "raters_n", "quote"]
_REASONS = {
    NOT_KNOWN: "score_not_known", NOT_FILLED: "score_not_recorded", FEW: "too_few_raters",
    UNCOUNTED: "raters_not_counted", ABSENT: "one_side_only",
}  # fmt: skip
_MISSING = {NOT_KNOWN: "unknown", FEW: "suppressed"}


def learn(cases: Cases, settings: Settings) -> Learned:
    """Set both sides of every scan beside each other.

    Parameters
    ----------
    cases : Cases
        Reads coop_scan and actor.
    settings : Settings
        ``disclosure.rounding``: numbers of people are rounded down to it. ``learning.clear_gap``: points between two
        scores from which it is told as a gap; a point less or more is called nearly the same.

    Returns
    -------
    Learned
        ``coop_gap`` per collective and period, of the newest scan in it; ``coop_gaps_n`` over collectives by condition
        and which way the gap goes; and the tables ``coop_gaps`` and ``coop_spread``.
    """
    found = gaps(cases, settings)
    told = [_own(found, cases), _across(found, cases, settings.learning.clear_gap)]
    return Learned(
        pd.concat(told, ignore_index=True), {"coop_gaps": made(found, "coop_gaps"), "coop_spread": spread(found)}
    )


def gaps(cases: Cases, settings: Settings) -> pd.DataFrame:
    """Set both sides beside each other, on all conditions of every scan.

    Parameters
    ----------
    cases : Cases
        Reads coop_scan and actor.
    settings : Settings
        ``disclosure.rounding``.

    Returns
    -------
    DataFrame
        One row is a condition in a scan (analysed_coop_gaps), in order of collective, party and day. A condition that
        a side did not score says why; a side that did not take part is absent in all conditions.

    Notes
    -----
    gap = score of the collective − score of the other side, both 1 to 5. ``gap_before`` is that of the scan before of
    the same two. A score of too few people is taken out before it comes here; one of an unknown number of people is
    taken out here, as it may be of one person.
    """
    scans = _scored(cases.table("coop_scan"), settings.disclosure.rounding)
    names = cases.table("actor").drop_duplicates("actor_id").set_index("actor_id")
    heads = scans.drop_duplicates("scan_id")[["scan_id", "collective_id", "actor_id", "date"]]
    others = scans.loc[scans["side"].ne(CIVIL), ["scan_id", "side"]].drop_duplicates()
    grid = heads.merge(others.rename(columns={"side": "other_side"}), on="scan_id", how="left", validate="one_to_many")
    # Where only the collective answered, the other side is that of the party.
    sides = names["side"].where(names["side"].ne(CIVIL))
    grid["other_side"] = grid["other_side"].fillna(grid["actor_id"].map(sides).astype("str")).fillna(PUBLIC)
    grid = grid.merge(pd.DataFrame({"condition": CONDITIONS}), how="cross")
    both = _beside(_beside(grid.assign(civiel_side=CIVIL), scans, "civiel"), scans, "other")
    both = both.sort_values([*_PAIR, "date", "scan_id"], kind="stable", ignore_index=True)
    both["gap"] = both["civiel_score"] - both["other_score"]
    same = both.groupby([*_PAIR, "condition"], sort=False)
    return both.assign(
        actor_name=both["actor_id"].map(names["name"]).astype("str"),
        kind=both["condition"].isin(BASIS).map({True: "basis", False: "infrastructuur"}),
        date_before=same["date"].shift(), gap_before=same["gap"].shift(), newest=same.cumcount(ascending=False).eq(0),
    )  # fmt: skip


def spread(found: pd.DataFrame) -> pd.DataFrame:
    """Count how many pairs have each size of gap, by condition.

    Parameters
    ----------
    found : DataFrame
        As :func:`gaps` gives.

    Returns
    -------
    DataFrame
        One row is a condition and a gap (analysed_coop_spread), of newest scans only.
    """
    rows = found[found["newest"] & found["gap"].notna()]
    counts = rows.groupby(["other_side", "condition", "gap"], as_index=False).size()
    return made(counts.rename(columns={"size": "pairs_n"}), "coop_spread")


def _scored(table: pd.DataFrame, rounding: int) -> pd.DataFrame:
    """Say of every cell of a scan whether it has a score that may be shown, or else why not."""
    raters, reason = table["n_raters"], table["score_missing_reason"]
    state = pd.Series(SCORE, index=table.index).mask(raters.isna(), UNCOUNTED)
    state = state.mask(table["score"].isna(), NOT_FILLED).mask(reason.eq("unknown"), NOT_KNOWN)
    few = table["n_raters_missing_reason"].eq("suppressed")
    # What an unknown number of people said was taken out, as it may be what one person said.
    state = state.mask(reason.eq("suppressed") | few, FEW).mask(
        reason.eq("suppressed") & raters.isna() & ~few, UNCOUNTED
    )
    shown = state.eq(SCORE)
    return table.assign(
        state=state,
        score=table["score"].where(shown),
        importance=table["importance"].where(raters.notna()),
        quote=table["quote"].where(~state.isin([FEW, UNCOUNTED])),
        raters_n=(raters // rounding * rounding).where(shown),
    )


def _beside(grid: pd.DataFrame, scans: pd.DataFrame, whose: str) -> pd.DataFrame:
    """Add what one side answered; a side without any answer in a scan is absent."""
    side = f"{whose}_side"
    answers = scans.rename(columns={"side": side, **{name: f"{whose}_{name}" for name in _MEASURES}})
    columns = ["scan_id", side, "condition", *(f"{whose}_{name}" for name in _MEASURES)]
    out = grid.merge(answers[columns], on=columns[:3], how="left", validate="many_to_one")
    took_part = out.groupby(["scan_id", side])[f"{whose}_state"].transform("count").gt(0)
    state = out[f"{whose}_state"]
    return out.assign(**{f"{whose}_state": state.fillna(took_part.map({True: NOT_FILLED, False: ABSENT}))})


def _own(found: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Make an estimate of each gap of the newest scan in a period of a collective."""
    rows = counting.everywhere(found, cases, "date")
    rows = rows[rows["collective_id"].ne(ACROSS)]
    if rows.empty:
        return nothing()
    last = rows.groupby([*_PAIR, "period_start", "period_end", "condition"])["date"].transform("max")
    rows = rows[rows["date"].eq(last)].drop_duplicates([*_PAIR, "period_start", "period_end", "condition"], keep="last")
    seen = rows["gap"].notna()
    states = list(zip(rows["civiel_state"], rows["other_state"], strict=True))
    raters = rows[["civiel_raters_n", "other_raters_n"]].astype(float).min(axis="columns")
    told = rows.assign(
        indicator_id="coop_gap", value=rows["gap"], n=raters.where(seen), group_type=GROUP + rows["condition"],
        group_value=rows["actor_id"] + "/" + rows["other_side"], group_label=rows["actor_name"],
        gate=seen.map({True: "voorbehoud", False: "niet_te_zien"}),
        gate_reason=pd.Series([_reasons(*pair) for pair in states], rows.index).mask(seen, "not_validated"),
        missing_reason=pd.Series([_missing(*pair) for pair in states], rows.index).mask(seen, None),
    )  # fmt: skip
    return counting.figures(
        told, QUESTION, unit="punten", n_unit="people", method="difference of two scores", source=_SOURCE
    )


def _reasons(*states: str) -> str:
    return ";".join(dict.fromkeys(_REASONS[state] for state in states if state != SCORE))


def _missing(*states: str) -> str:
    return next((_MISSING[state] for state in states if state in _MISSING), "not_recorded")


def _across(found: pd.DataFrame, cases: Cases, clear: int) -> pd.DataFrame:
    """Count over collectives which way the gap with government goes, on each condition: clearly, or nearly the same."""
    rows = found[found["newest"] & found["other_side"].eq(PUBLIC)]
    if rows.empty:
        return nothing()
    way = pd.Series(SAME, index=rows.index).mask(rows["gap"].ge(clear).fillna(False).astype(bool), HIGHER)
    way = way.mask(rows["gap"].le(-clear).fillna(False).astype(bool), LOWER).mask(rows["gap"].isna(), UNSEEN)
    start, end = cases.span
    counts = rows.assign(group_value=way).groupby(["condition", "group_value"], as_index=False).size()
    counts["n"] = counts.groupby("condition")["size"].transform("sum")
    told = counts.rename(columns={"size": "value"}).assign(
        group_type=GROUP + counts["condition"],
        collective_id=ACROSS, period_start=start, period_end=end, indicator_id="coop_gaps_n", gate="voorbehoud",
        gate_reason="not_validated",
    )  # fmt: skip
    return counting.figures(told, QUESTION, n_unit="pairs", source=_SOURCE)
