"""What was saved? Savings that collectives claim in; ranges, or why a saving does not count, out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning import parties
from bt_analysis.analysis.learning.cases import ACROSS, Cases, told
from bt_analysis.methods import monte_carlo
from bt_analysis.settings import Settings

COUNTS, DOUBLE, REFUSED, HIDDEN = "telt", "dubbel", "geweigerd", "niet_getoond"

SHARE_MARGIN = 0.1
"""How far a share of which one value was given may be off, to both sides."""

LEVEL = 0.9
"""Share of the draws between the ends of a saving: from 5% to 95%."""

RANGE_ONLY = "alleen_een_bereik"
"""What stands in the place of a value: an amount of money is told as a range, never as one figure."""

METHOD = "Monte Carlo, triangular, 5% to 95%"

REFUSING = {"niet_onderzocht": "arrow_not_studied", "weerlegd": "arrow_refuted", "": "arrow_not_studied"}
"""Status of the link that a saving rests on → why it does not count."""

RESERVED = {"weinig_bewijs": "arrow_little_evidence", "betwist": "arrow_contested"}
"""Status of the link → why it counts with a reservation."""

_TRIPLES = ("effect", "unit_cost_eur")
_NUMBERS = [
    "n", *(f"{name}_{end}" for name in _TRIPLES for end in ("low", "mid", "high")), "counterfactual_share",
    "duration_years", "drop_off",
]  # fmt: skip
_CHUNK = 200


def weighed(cases: Cases, statuses: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Weigh every saving that a collective claims.

    Parameters
    ----------
    cases : Cases
        Reads saving_claim and actor.
    statuses : DataFrame
        As :func:`bt_analysis.analysis.learning.arrows.statuses` gives them. What the collective itself found decides:
        its report may not tell what others found.
    settings : Settings
        ``disclosure.rounding``: people are counted in multiples of it. ``learning.seed``: of the draws.

    Returns
    -------
    DataFrame
        One row is a saving: fields of analysed_savings without claim_id; low, middle and high (euro), which are
        missing where it cannot be computed; and status_all, what all collectives together know of the link.

    Notes
    -----
    saving = n · effect · (1 − counterfactual) · unit cost · Σ_{t < duration} (1 − drop-off)^t. Effect and unit cost are
    triangular between what was given as lowest and highest. Of the two shares one value is given; it may be off by
    :data:`SHARE_MARGIN` to both sides. Ends are the 5% and 95% quantiles; nothing is discounted. What is the largest of
    an overlap group goes by the median, among the savings that count by themselves.
    """
    claims = _claims(cases, settings)
    status = _status_of(claims, statuses, own=True)
    together = _status_of(claims, statuses, own=False)
    claims = claims.assign(status=status, status_all=together, **_refusals(claims, status))
    ends = _simulated(claims, settings.learning.seed)
    claims = claims.assign(low=ends[0], middle=ends[1], high=ends[2])
    point = claims["verdict"].eq(COUNTS) & ~(claims["high"] > claims["low"])
    claims = claims.assign(
        verdict=claims["verdict"].mask(point, REFUSED),
        gate_reason=claims["gate_reason"].mask(point, "no_range"),
    )
    return _without_doubles(claims)


def estimates(claims: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Write savings as estimates, over the longest period of each collective: a saving has no day.

    Parameters
    ----------
    claims : DataFrame
        As :func:`weighed` gives them.
    cases : Cases
        For the periods.

    Returns
    -------
    DataFrame
        One row is a saving (group_value), with ends rounded to three figures of the upper one, and no value.
    """
    days = cases.whole[["collective_id", "period_start", "period_end"]]
    rows = claims.merge(days, on="collective_id", validate="many_to_one")
    counts = rows["verdict"].eq(COUNTS)
    low, high = monte_carlo.to_three_figures(rows["low"].where(counts), rows["high"].where(counts))
    return told(
        rows.assign(
            value=None, ci_low=low, ci_high=high, n=rows["n"].where(counts),
            group_value=rows["saving_id"], group_label=_labels(rows),
            value_text=counts.map({True: RANGE_ONLY, False: ""}),
            gate=_gates(rows),
            missing_reason=counts.map({True: None, False: "not_applicable"}),
        ),
        question="savings", indicator_id="saving_eur", population="collectief", group_type="besparing",
        n_unit="people", unit="eur", method=METHOD, source="collective: saving_claim",
    )  # fmt: skip


def _gates(rows: pd.DataFrame) -> pd.Series[str]:
    open_gate = rows["gate_reason"].ne("").map({True: "voorbehoud", False: "ok"})
    return open_gate.where(rows["verdict"].eq(COUNTS), "niet_te_zien")


def _labels(rows: pd.DataFrame) -> pd.Series[str]:
    """Name a saving by what changes; by its code where the text is not to be shown."""
    return rows["outcome"].where(rows["outcome"].ne(""), rows["saving_id"].str.rpartition("--")[2])


def _claims(cases: Cases, settings: Settings) -> pd.DataFrame:
    table = cases.table("saving_claim")
    table = table[table["collective_id"].isin(cases.ids)].reset_index(drop=True)
    numbers = {name: table[name].astype("Float64").astype(float) for name in _NUMBERS}
    step = settings.disclosure.rounding
    numbers["n"] = (numbers["n"] / step).round() * step
    text = {name: table[name].astype("str").fillna("") for name in ("outcome", "overlap_group")}
    cashable = table["cashable"].astype("object").map({True: "ja", False: "nee"}).fillna("onbekend")
    hidden = table.get("n_missing_reason", pd.Series("", index=table.index)).eq("suppressed").fillna(False)
    return pd.DataFrame(
        {
            "collective_id": table["collective_id"].astype("str"), "saving_id": table["saving_id"].astype("str"),
            "link_id": table["toc_link_id"].astype("str"), **text, **numbers, "cashable": cashable.astype("str"),
            "payer": parties.kinds(table["payer_actor_id"], cases.table("actor")),
            "saver": parties.kinds(table["saver_actor_id"], cases.table("actor")), "hidden": hidden.astype(bool),
        }
    )  # fmt: skip


def _status_of(claims: pd.DataFrame, statuses: pd.DataFrame, *, own: bool) -> pd.Series[str]:
    """Look up what is known of each link by the collective itself, or by all together; empty: nobody looked."""
    scope = claims["collective_id"] if own else pd.Series(ACROSS, index=claims.index)
    known = statuses.set_index(["link_id", "collective_id"])["status"]
    found = known.reindex(pd.MultiIndex.from_arrays([claims["link_id"], scope])).to_numpy()
    return pd.Series(found, index=claims.index, dtype=object).fillna("").astype("str")


def _refusals(claims: pd.DataFrame, status: pd.Series[str]) -> dict[str, pd.Series[str]]:
    """Say of each saving by itself whether it counts, and with which reservations."""
    triples = [claims[[f"{name}_{end}" for end in ("low", "mid", "high")]].to_numpy() for name in _TRIPLES]
    ordered = np.all([np.all(np.diff(one, axis=1) >= 0, axis=1) for one in triples], axis=0)
    refusing = {
        "few_people": claims["hidden"],
        "people_not_recorded": claims["n"].isna() & ~claims["hidden"],
        "no_range": ~pd.Series(ordered, index=claims.index) & ~claims["hidden"],
        "no_counterfactual": claims["counterfactual_share"].isna() & ~claims["hidden"],
    }
    why = status.map(REFUSING).fillna("")
    for code, rows in refusing.items():
        why = why.mask(rows, why + ";" + code)
    one_year = claims["duration_years"].isna() | (claims["drop_off"].isna() & (claims["duration_years"] > 1))
    light = status.map(RESERVED).fillna("") + one_year.map({True: ";one_year_only", False: ""})
    why, light = why.str.strip(";"), light.str.strip(";")
    verdict = why.eq("").map({True: COUNTS, False: REFUSED}).mask(claims["hidden"], HIDDEN)
    return {"verdict": verdict, "gate_reason": why.where(why.ne(""), light).mask(claims["hidden"], "few_people")}


def _simulated(claims: pd.DataFrame, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw every saving that counts by itself, a few hundred at a time; the same points serve all of them."""
    ends = np.full((3, len(claims)), np.nan)
    at = np.flatnonzero(claims["verdict"].eq(COUNTS))
    points = monte_carlo.points(4, seed).T[:, np.newaxis, :]
    for begin in range(0, len(at), _CHUNK):
        some = at[begin : begin + _CHUNK]
        ends[:, some] = monte_carlo.middle_of(_drawn(claims.iloc[some], points), LEVEL)
    return ends[0], ends[1], ends[2]


def _drawn(claims: pd.DataFrame, points: np.ndarray) -> np.ndarray:
    """Return a row of draws per saving."""

    def column(name: str) -> np.ndarray:
        return claims[name].to_numpy(dtype=float)[:, np.newaxis]

    def share(name: str, at: np.ndarray) -> np.ndarray:
        mid = np.nan_to_num(column(name))
        return monte_carlo.triangular(at, np.maximum(mid - SHARE_MARGIN, 0), mid, np.minimum(mid + SHARE_MARGIN, 1))

    effect, cost = (
        monte_carlo.triangular(at, *(column(f"{name}_{end}") for end in ("low", "mid", "high")))
        for name, at in zip(_TRIPLES, points[:2], strict=True)
    )
    once = column("n") * effect * cost * (1 - share("counterfactual_share", points[2]))
    # Without a duration, or without a drop-off, no more than the first year is sure.
    first_only = np.isnan(column("duration_years")) | np.isnan(column("drop_off"))
    duration = np.where(first_only, np.fmin(column("duration_years"), 1.0), column("duration_years"))
    return np.asarray(once * monte_carlo.years_together(duration, share("drop_off", points[3])))


def _without_doubles(claims: pd.DataFrame) -> pd.DataFrame:
    """Let only the largest saving of a group count."""
    grouped = claims["verdict"].eq(COUNTS) & claims["overlap_group"].ne("")
    order = claims[grouped].sort_values(["middle", "saving_id"], ascending=[False, True])
    double = order[order.duplicated(["collective_id", "overlap_group"])].index
    return claims.assign(
        verdict=claims["verdict"].mask(claims.index.isin(double), DOUBLE),
        gate_reason=claims["gate_reason"].mask(claims.index.isin(double), "overlaps_larger"),
    )
