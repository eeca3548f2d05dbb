"""What was given back of what was found? Return events in; which claims came back, what people replied, out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, told
from bt_analysis.analysis.learning.knowledge import EXPERIENCE, KEYS, claims
from bt_analysis.settings import Settings

QUESTION = "return"
TABLES: tuple[str, ...] = ("replies",)

ANSWERS = ("eens", "oneens", "aanvulling")
"""Replies that say something; ``geen`` is that nobody replied."""
REPLIES = (*ANSWERS, "geen")

_SOURCE = "collective: return_event"
_SEPARATOR = "--"


def learn(cases: Cases, settings: Settings) -> Learned:
    """Tell which claims were given back, and what people replied.

    Parameters
    ----------
    cases : Cases
        Reads return_event and the protected estimates.
    settings : Settings
        ``learning.share_from``: claims from which a percentage of them is told.

    Returns
    -------
    Learned
        Estimates ``return`` per report of a collective and over all together (the longest period of each): claims_n,
        returned_n, replied_n, experience_n, the same as shares, replies_n by reply, reached_n and days_to_return. Who
        keeps no return events has only the number of claims and on what they rest. Table ``replies``: every event.

    Notes
    -----
    A claim counts as returned once, in the report that makes it, however often it was told; as answered when anybody
    agreed, disagreed or added something. Days run from the last day of the report's period to the first time.
    """
    shown, back = claims(cases), returns(cases)
    each = _each(shown, back)
    keeping = set(back["collective_id"])
    own = _of_periods(cases, each, back, keeping)
    together = _together(cases, each, back, keeping)
    rows = pd.concat([own, together], ignore_index=True)
    # A percentage of few claims is no percentage: then only the counts are given.
    rows = rows[rows["unit"].ne("%") | (rows["n"] >= settings.learning.share_from)]
    estimates = told(rows, question=QUESTION, source=_SOURCE)
    return Learned(estimates, {"replies": made(back, "replies")}, {"claims": _known(cases)})


def returns(cases: Cases) -> pd.DataFrame:
    """List every time something was given back, under the collective that did.

    Parameters
    ----------
    cases : Cases
        Reads return_event; of the estimates, and of what an earlier run remembered, which claims there are.

    Returns
    -------
    DataFrame
        return_event with collective_id, claim_id as reports print it, known (whether a report of this collective makes
        or made that claim) and withheld (there is a text that may not be shown).
    """
    rows = cases.table("return_event")
    rows = rows.assign(collective_id=owners(rows["return_id"], cases.ids))
    rows = rows[rows["collective_id"].ne("")].reset_index(drop=True)
    bare = [_bare(one, who) for one, who in zip(rows["claim_id"], rows["collective_id"], strict=True)]
    rows["claim_id"] = pd.Series(bare, index=rows.index, dtype="str")
    known = pd.MultiIndex.from_frame(_known(cases))
    hidden = rows.get("reply_text_missing_reason", pd.Series(index=rows.index, dtype="str"))
    return rows.assign(
        known=pd.MultiIndex.from_frame(rows[["collective_id", "claim_id"]]).isin(known),
        withheld=hidden.eq("suppressed").fillna(value=False),
        reply_type=rows["reply_type"].fillna("geen"),
    )


def _known(cases: Cases) -> pd.DataFrame:
    """List the claims of today's reports and of those that an earlier run remembers."""
    earlier = cases.earlier.get("claims")
    both = [one for one in (earlier, cases.estimates) if one is not None]
    every = pd.concat([one[["collective_id", "claim_id"]] for one in both], ignore_index=True)
    return every[every["collective_id"].ne(ACROSS)].drop_duplicates(ignore_index=True)


def owners(ids: pd.Series[str], collectives: Iterable[str]) -> pd.Series[str]:
    """Tell whose a record is by its id, which has the collective in front.

    Parameters
    ----------
    ids : Series of str
        As ``energie-01--r1``.
    collectives : iterable of str
        Ids of collectives.

    Returns
    -------
    Series of str
        Empty where it belongs to none of them.
    """
    there = set(collectives)
    first = ids.astype("str").str.split(_SEPARATOR, n=1).str[0]
    for at in first.index[~first.isin(there)]:  # an id with -- in itself
        first[at] = max((one for one in there if str(ids[at]).startswith(one + _SEPARATOR)), key=len, default="")
    return first.astype("str")


def _bare(claim_id: object, owner: str) -> str:
    return claim_id.removeprefix(owner + _SEPARATOR) if isinstance(claim_id, str) else ""


def _each(shown: pd.DataFrame, back: pd.DataFrame) -> pd.DataFrame:
    """Add to each claim whether and when it came back, and whether anybody replied."""
    by = ["collective_id", "claim_id"]
    events = back[back["known"]].assign(answered=back["reply_type"].isin(ANSWERS))
    found = events.groupby(by, as_index=False).agg(first=("date", "min"), answered=("answered", "any"))
    each = shown.merge(found, on=by, how="left")
    days = (each["first"] - each["period_end"]).dt.days
    return each.assign(
        returned=each["first"].notna(),
        answered=each["answered"].eq(other=True),
        experience=each["kind"].eq(EXPERIENCE),
        # Who tells before the report's last day tells in time; how many days it took nobody can say.
        days=days.where(days >= 0),
    )


def _of_periods(cases: Cases, each: pd.DataFrame, back: pd.DataFrame, keeping: set[str]) -> pd.DataFrame:
    periods = cases.periods[KEYS].set_index(KEYS)
    counts = _counts(each, KEYS).reindex(periods.index, fill_value=0)
    replies = _replies(back, each, KEYS).reindex(periods.index)
    wide = counts.join(replies).reset_index()
    return _rows(wide.assign(kept=wide["collective_id"].isin(keeping)), "collectief")


def _together(cases: Cases, each: pd.DataFrame, back: pd.DataFrame, keeping: set[str]) -> pd.DataFrame:
    """Take the longest period of each collective; what came back, of those only who keep that."""
    first, last = cases.span
    all_: dict[str, Any] = {"collective_id": ACROSS, "period_start": first, "period_end": last}
    longest = each.merge(cases.whole[KEYS], on=KEYS)
    recording = longest[longest["collective_id"].isin(keeping)]
    everyone, kept = longest.assign(**all_), recording.assign(**all_)
    whole = _counts(everyone, KEYS).reset_index().assign(kept=False)
    of_keeping = _counts(kept, KEYS).join(_replies(back, recording, [], all_)).reset_index().assign(kept=True)
    rows = [_rows(whole, "collectieven"), _rows(of_keeping, "collectieven", only_returned=True)]
    return pd.concat([one for one in rows if len(one)] or rows, ignore_index=True)


def _counts(each: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return each.groupby(by).agg(
        claims=("claim_id", "size"), experience=("experience", "sum"), returned=("returned", "sum"),
        answered=("answered", "sum"), days=("days", "median"), days_n=("days", "count"),
    )  # fmt: skip


def _replies(
    back: pd.DataFrame, each: pd.DataFrame, by: list[str], constant: dict[str, Any] | None = None
) -> pd.DataFrame:
    """Count events by reply and add up the people they reached; reached is missing when none may be told."""
    events = back.merge(each[["collective_id", "claim_id", *KEYS[1:]]], on=["collective_id", "claim_id"])
    events = events.assign(owner=events["collective_id"])
    if constant is not None:
        events, by = events.assign(**constant), list(constant)
    several = events.assign(**{one: events["reply_type"].eq(one) for one in REPLIES})
    sums = several.groupby(by).agg({**dict.fromkeys(REPLIES, "sum"), "return_id": "nunique"})
    # One evening at which three claims were told is heard by the same people.
    times = events.groupby([*by, "owner", "date", "form"], as_index=False)["reached_n"].max()
    times = times.assign(untold=times["reached_n"].isna()).groupby(by)
    reached = times["reached_n"].sum(min_count=1).astype("Float64").rename("reached")
    return sums.rename(columns={"return_id": "events"}).join(reached).join(times["untold"].sum())


def _rows(wide: pd.DataFrame, population: str, *, only_returned: bool = False) -> pd.DataFrame:
    """Turn counts of reports into estimates, one after another."""
    made_ = [] if only_returned else [
        _row(wide, "claims_n", wide["claims"]), _row(wide, "experience_n", wide["experience"], wide["claims"]),
        _share(wide, "experience_pct", "experience", "claims"),
    ]  # fmt: skip
    kept = wide[wide["kept"]]
    made_ += [
        _row(kept, "returned_n", kept["returned"], kept["claims"]),
        _share(kept, "returned_pct", "returned", "claims"),
        _row(kept, "replied_n", kept["answered"], kept["returned"]),
        _share(kept, "replied_pct", "answered", "returned"),
        _row(kept, "days_to_return", kept["days"], kept["days_n"], unit="dagen", method="median")[kept["days_n"] > 0],
        *(_row(kept, "replies_n", kept.get(one), kept.get("events"), group=one) for one in REPLIES),
        _reached(kept),
    ]
    rows = [one for one in made_ if len(one)]
    return pd.concat(rows, ignore_index=True).assign(population=population) if rows else made_[0]


def _row(
    wide: pd.DataFrame, indicator_id: str, value: pd.Series | None, n: pd.Series | None = None,
    *, unit: str = "uitspraken", method: str = "count", group: str = "",
) -> pd.DataFrame:  # fmt: skip
    if value is None:
        return wide.iloc[:0]
    return wide[KEYS].assign(
        indicator_id=indicator_id, value=value.astype(float).fillna(0.0 if group else float("nan")),
        n=n, n_unit="events" if group else "claims", unit="antwoorden" if group else unit, method=method,
        group_type="antwoord" if group else "", group_value=group,
    )  # fmt: skip


def _share(wide: pd.DataFrame, indicator_id: str, part: str, whole: str) -> pd.DataFrame:
    some = wide[wide[whole] > 0]
    return _row(some, indicator_id, 100 * some[part] / some[whole], some[whole], unit="%", method="share of claims")


def _reached(kept: pd.DataFrame) -> pd.DataFrame:
    """Say how many people heard or read it; those of small gatherings are left out, and said to be."""
    if "reached" not in kept:
        return kept.iloc[:0]
    rows = kept[kept["events"].fillna(0) > 0]
    hidden = rows["reached"].isna()
    return _row(rows, "reached_n", rows["reached"], rows["events"], unit="personen", method="sum").assign(
        n_unit="events",
        gate=hidden.map({True: "niet_te_zien", False: "voorbehoud"}),
        gate_reason=[_why(gone, n) for gone, n in zip(hidden, rows["untold"], strict=True)],
    )


def _why(hidden: bool, untold: float) -> str:
    if hidden:
        return "reached_not_told"
    return "may_count_twice" + (";some_reached_not_told" if untold else "")
