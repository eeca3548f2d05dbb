"""The register of released cells: what earlier runs published in; what may not change now, and the new register, out.

Two releases can be subtracted. The register keeps, with the true counts, every figure about people that was ever
published, so that the difference tells nobody anything. It never leaves the data steward.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from bt_analysis.analysis.tables import AREA, ESTIMATE_COLUMNS
from bt_analysis.disclosure import cells as cell_tables
from bt_analysis.disclosure.cells import BLOCK, FIGURES, HAIR, KEY, SIZES
from bt_analysis.settings import DisclosureSettings

COLUMNS = [*ESTIMATE_COLUMNS, "cell", *SIZES, "rule", "released_on"]

FIELDWORK = ("contacts", "unique")
"""Cells whose figures are totals of the fieldwork: exact, and held together, as people who came are in both."""

_NUMBERS = ["value", "ci_low", "ci_high", "n", *SIZES]
_DATES = ["period_start", "period_end", "held_on", "released_on"]


def nothing() -> pd.DataFrame:
    """Make the register of a first run.

    Returns
    -------
    DataFrame
        No rows, with all columns.
    """
    return _typed(pd.DataFrame(columns=COLUMNS))


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    types = {
        **dict.fromkeys(COLUMNS, "str"),
        **dict.fromkeys(_NUMBERS, "float64"),
        **dict.fromkeys(_DATES, "datetime64[us]"),
    }
    return rows[COLUMNS].astype(types).reset_index(drop=True)


def compare(cells: pd.DataFrame, register: pd.DataFrame, disclosure: DisclosureSettings) -> pd.DataFrame:
    """Set the cells of this run beside those of earlier ones.

    Parameters
    ----------
    cells : DataFrame
        As :func:`bt_analysis.disclosure.cells.of` gives.
    register : DataFrame
        What earlier runs published.
    disclosure : DisclosureSettings
        ``min_cell``: a change of that many people, or of what that many gave or answered on average, may be seen.

    Returns
    -------
    DataFrame
        One row is a cell that can be seen, now or from earlier reports, with the sizes it is published with, and

        - ``stays``: the rule by which it stays hidden, as it was hidden and changed by fewer than ``min_cell`` people;
          empty when it need not;
        - ``known``: it was shown and has not changed, so anybody may know it;
        - ``in_held``: a shown cell of its block changed by fewer than ``min_cell`` people, so the whole block is held
          (participations and different people together);
        - ``held``: it has the sizes and figures of the earlier run;
        - ``told``: a figure tells it; it is not just what shares are of;
        - ``gone``: only earlier reports show it, as a period that is now longer.
    """
    before = _cells_before(register)
    now = cells.merge(before, on=KEY, how="left", suffixes=("", "_before"), validate="1:1")
    compared = [*SIZES, *FIGURES]
    sizes_before = now[[f"{size}_before" for size in compared]].set_axis(compared, axis="columns")
    changes = cell_tables.changes(now, sizes_before)
    change = changes["people"]
    same = now["cell_n"].eq(now["cell_n_before"]) & _same(now["cell_value"], now["cell_value_before"])
    was_shown, was_hidden = (now[flag].eq(True) for flag in ("was_shown", "was_hidden"))
    few = (changes > HAIR) & (changes < disclosure.min_cell)
    moved = was_shown & few.any(axis="columns")
    together = now[BLOCK].assign(cell=now["cell"].mask(now["cell"].isin(FIELDWORK), "fieldwork"))
    in_held = moved.groupby([together[column] for column in BLOCK]).transform("any").astype(bool)
    held = in_held & (was_shown | was_hidden)
    published = now[SIZES].where(~held, sizes_before[SIZES])
    now = now[KEY].assign(
        **published,
        stays=now["rule"].where(was_hidden & (held | (change < disclosure.min_cell)), "").fillna(""),
        known=(was_shown & (held | same)) | ~now["told"],
        in_held=in_held, held=held, gone=False, told=now["told"], same=same | held,
    )  # fmt: skip
    both = pd.concat([now, _from_before(now, before)], ignore_index=True)
    return both.drop(columns="same").astype({"gone": bool, "held": bool, "in_held": bool, "known": bool})


def _same(one: pd.Series, other: pd.Series) -> pd.Series:
    return one.eq(other) | (one.isna() & other.isna())


def _cells_before(register: pd.DataFrame) -> pd.DataFrame:
    seen = register["value"].notna() | register["value_text"].ne("")
    was_hidden = register["gate"].eq("onderdrukt")
    # What hid it itself may be over; what protects others goes on doing so.
    rule = register["rule"].where(register["rule"].isin(["secondary", "total_hidden"]), "earlier").where(was_hidden, "")
    flags = register[KEY].assign(was_shown=seen, was_hidden=was_hidden, rule=rule).groupby(KEY, as_index=False).max()
    before = cell_tables.of(register).merge(flags, on=KEY, how="left", validate="1:1")
    # A total that no figure tells was known from the shares of its groups.
    shown: pd.DataFrame = before.assign(
        was_shown=before["was_shown"].ne(False),
        was_hidden=before["was_hidden"].eq(True),
        rule=before["rule"].fillna(""),
    )
    return shown


def _from_before(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """List cells that this run does not have: groups of a block that is held, and periods that are now longer."""
    blocks = now.groupby(BLOCK, as_index=False).agg(in_held=("in_held", "any"))
    left = before.merge(blocks, on=BLOCK, validate="many_to_one")
    left = left[~_is_in(left, now, KEY)]
    there = _is_in(left, now, [*BLOCK, "period_start", "period_end"])
    held = left["in_held"].astype(bool) & there
    left = left.assign(
        stays=left["rule"].where(held | left["was_hidden"], ""), known=left["was_shown"], held=held, gone=~held,
        same=held,
    )  # fmt: skip
    longer = left["period_start"].dt.year < left["period_end"].dt.year
    still = longer & ~there & _is_in(left, _unchanged(left, now), KEY)
    kept: pd.DataFrame = left.loc[left["held"] | (still & (left["was_shown"] | left["was_hidden"])), [*now.columns]]
    return kept


def _is_in(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> pd.Series:
    found = rows[key].merge(others[key].drop_duplicates(), on=key, how="left", indicator=True)["_merge"]
    return pd.Series(found.eq("both").to_numpy(), index=rows.index)


def _unchanged(periods: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Keep the periods that still are what they were: all their years are there and none has changed."""
    group = KEY[:4]
    years = now.loc[now["period_start"].dt.year.eq(now["period_end"].dt.year), [*KEY, "same"]]
    both = periods[KEY].merge(years, on=group, suffixes=("", "_year"), validate="many_to_many")
    inside = both["period_start_year"].ge(both["period_start"]) & both["period_end_year"].le(both["period_end"])
    whole = both[inside].groupby(KEY, as_index=False).agg(same=("same", "all"))
    return whole[whole["same"].astype(bool)]


def hold(estimates: pd.DataFrame, compared: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Put the figures of earlier runs in the place of those that are held.

    Parameters
    ----------
    estimates : DataFrame
        Estimates of this run.
    compared : DataFrame
        As :func:`compare` gives.
    register : DataFrame
        What earlier runs published.

    Returns
    -------
    DataFrame
        The estimates, and ``held``; a figure that is held has the reservation ``held_at_earlier`` and the day it was
        published. A figure of a held cell that no earlier run has is ``niet_te_zien``.
    """
    keys = compared.loc[compared["held"], KEY]
    is_held = estimates[KEY].merge(keys, on=KEY, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    earlier = register.merge(keys, on=KEY, validate="many_to_one")
    shown = earlier["gate"].isin(["ok", "voorbehoud"])
    reasons = (earlier["gate_reason"] + ";held_at_earlier").str.strip(";")
    earlier = earlier.assign(
        gate=earlier["gate"].mask(shown, "voorbehoud"),
        gate_reason=earlier["gate_reason"].mask(shown, reasons),
        held_on=earlier["released_on"].where(shown),
        held=True,
    )
    new = estimates[is_held & ~estimates["claim_id"].isin(earlier["claim_id"])]
    unseen = {"gate": "niet_te_zien", "gate_reason": "unknown", "missing_reason": "unknown"}
    new = new.assign(**dict.fromkeys(["value", "ci_low", "ci_high", "n"], float("nan")), **unseen, held=False)
    parts = [estimates[~is_held].assign(held=False), new, earlier.reindex(columns=new.columns)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    # Each figure in the place of the one it stands in for, so that no order tells what is held or hidden.
    place = rows["claim_id"].map(pd.Series(range(len(estimates)), index=estimates["claim_id"]))
    return rows.iloc[place.argsort(kind="stable")].reset_index(drop=True)


def update(register: pd.DataFrame, published: pd.DataFrame, compared: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Write what this run publishes into the register.

    Parameters
    ----------
    register : DataFrame
        What earlier runs published.
    published : DataFrame
        Protected estimates with ``cell``, ``SIZES``, ``rule`` and ``held``.
    compared : DataFrame
        As :func:`compare` gives.
    on : date
        Day of this run.

    Returns
    -------
    DataFrame
        One row is a figure about people as it was last published, in order of claim. A figure that did not change keeps
        its day. What is held stays, and so do figures of a collective that is not in this run, and of a shorter period
        as long as it still is what it was.
    """
    ours = published["cell"].ne("") & published["cell_n"].notna() & ~published["cell"].str.startswith(AREA)
    held = published["held"].astype(bool) | _is_in(published, compared[compared["held"]], KEY)
    rows = _typed(published[ours & ~held].assign(released_on=pd.Timestamp(on)))
    before = register.set_index("claim_id").reindex(rows["claim_id"]).reset_index()
    told = [column for column in COLUMNS if column not in ("claim_id", "released_on")]
    same = pd.concat([_same(rows[column], before[column]) for column in told], axis="columns").all(axis="columns")
    rows["released_on"] = before["released_on"].where(same, rows["released_on"])
    others = register[~register["claim_id"].isin(rows["claim_id"])]
    stay = ~_is_in(others, compared, BLOCK) | _is_in(others, compared[compared["held"] | compared["gone"]], KEY)
    others = others[stay]
    parts = [part for part in (others, rows) if len(part)] or [register]
    return _typed(pd.concat(parts).sort_values("claim_id"))
