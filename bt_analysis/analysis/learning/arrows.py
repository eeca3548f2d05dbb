"""What is known of each arrow of the theory of change: evidence in, a status by fixed rules out, each run anew.

The rules stand in data-model.md, section 7, and are looked at in this order:

1. no evidence: not investigated;
2. two pieces against of a measured design or more, and none for: refuted;
3. evidence both for and against, with a share against of at least ``contested_share``, or any piece against of a
   measured design: contested;
4. for, from ``supported_collectives`` collectives and two kinds of source, one of them of a measured design: supported;
5. otherwise: little evidence.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning import theory_model
from bt_analysis.analysis.learning.cases import ACROSS, Cases
from bt_analysis.analysis.learning.counting import owned
from bt_analysis.settings import Settings

NOT_STUDIED, LITTLE, SUPPORTED, CONTESTED, REFUTED = (
    "niet_onderzocht", "weinig_bewijs", "gesteund", "betwist", "weerlegd",
)  # fmt: skip
STATUSES = (SUPPORTED, LITTLE, CONTESTED, REFUTED, NOT_STUDIED)
"""Statuses of an arrow, as they are listed."""

MEASURED = 2
"""Lowest design that was measured before and after; 3 is with a comparison."""

KINDS_TO_SUPPORT = 2
"""Kinds of source that must support an arrow."""

TO_REFUTE = 2
"""Pieces of a measured design against an arrow that refute it."""

LITERATURE = "literatuur"

_PIECE = ["scope", "arrow_id", "collective_id", "source_type", "url", "direction"]
_COUNTS = ["for_n", "against_n", "neutral_n", "collectives_n", "source_types_n", "pieces_n", "best_design"]


def pieces(cases: Cases, drawn: pd.DataFrame) -> pd.DataFrame:
    """Take evidence together that is not independent.

    Parameters
    ----------
    cases : Cases
        Reads evidence.
    drawn : DataFrame
        As :func:`bt_analysis.analysis.learning.theory_model.links` gives.

    Returns
    -------
    DataFrame
        One row is an independent piece: scope (for whom it is looked at: empty for all together, or one collective),
        arrow_id, collective_id (empty for literature), source_type, url (of a publication), direction, design (the
        best), pieces_n (rows behind it) and newest (day; empty: not recorded).

    Notes
    -----
    What one collective has of one kind of source counts once per direction. A publication counts once, whoever cites
    it; publications without an address count once per collective that recorded them.
    """
    table = cases.table("evidence").merge(drawn[["link_id", "arrow_id"]], on="link_id", validate="many_to_one")
    own = owned(table, "evidence_id")["collective_id"]  # who recorded it, also of literature
    written = table["source_type"].eq(LITERATURE)
    counted = table.assign(
        scope=ACROSS,
        collective_id=own.mask(written, ""),
        # A publication has no collective: its address tells it from others, or else who recorded it.
        url=table["url"].fillna("").astype("str").where(lambda url: url.ne(""), own).where(written, ""),
        design=table["design"].astype("int64"),
        newest=pd.to_datetime(table["date"]),
    )
    twice = pd.concat([counted, counted.assign(scope=own)[own.ne("")]], ignore_index=True)
    return twice.groupby(_PIECE, as_index=False).agg(
        design=("design", "max"), pieces_n=("design", "size"), newest=("newest", "max")
    )


def graded(independent: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Grade each arrow by the evidence there is.

    Parameters
    ----------
    independent : DataFrame
        As :func:`pieces` gives.
    settings : Settings
        Thresholds.

    Returns
    -------
    DataFrame
        One row per scope and arrow with evidence: for_n, against_n and neutral_n (independent pieces), collectives_n
        and source_types_n (that support it), pieces_n (rows), best_design, newest and status.

    Notes
    -----
    Neutral evidence says that somebody looked and saw no difference: the arrow is investigated, but it is neither for
    nor against, and has no part in the share. The share against is against / (for + against).
    """
    for_, against = independent["direction"].eq("voor"), independent["direction"].eq("tegen")
    measured = independent["design"].ge(MEASURED)
    told = independent.assign(
        for_n=for_,
        against_n=against,
        neutral_n=~for_ & ~against,
        for_measured=for_ & measured,
        against_measured=against & measured,
        supporter=independent["collective_id"].where(for_ & independent["collective_id"].ne("")),
        kind=independent["source_type"].where(for_),
    )
    sums = ["for_n", "against_n", "neutral_n", "for_measured", "against_measured", "pieces_n"]
    grouped = told.groupby(["scope", "arrow_id"])
    out = grouped[sums].sum().astype("int64")
    out["collectives_n"], out["source_types_n"] = grouped["supporter"].nunique(), grouped["kind"].nunique()
    out["best_design"], out["newest"] = grouped["design"].max().astype("int64"), grouped["newest"].max()
    out["status"] = _status(out, settings)
    return out.reset_index()[["scope", "arrow_id", *_COUNTS, "newest", "status"]]


def _status(counts: pd.DataFrame, settings: Settings) -> np.ndarray:
    limits = settings.learning
    both = counts["for_n"].gt(0) & counts["against_n"].gt(0)
    share = counts["against_n"] / (counts["for_n"] + counts["against_n"]).where(lambda n: n.gt(0))
    rules = [
        counts["against_measured"].ge(TO_REFUTE) & counts["for_measured"].eq(0),
        (both & share.ge(limits.contested_share)) | counts["against_measured"].gt(0),
        counts["collectives_n"].ge(limits.supported_collectives)
        & counts["source_types_n"].ge(KINDS_TO_SUPPORT)
        & counts["for_measured"].gt(0),
    ]
    return np.select([rule.to_numpy(dtype=bool) for rule in rules], [REFUTED, CONTESTED, SUPPORTED], LITTLE)


def of_arrows(cases: Cases, settings: Settings, drawn: pd.DataFrame) -> pd.DataFrame:
    """Tell the status of every arrow, for all together and for each collective.

    Parameters
    ----------
    cases : Cases
        Reads evidence.
    settings : Settings
        Thresholds.
    drawn : DataFrame
        As :func:`bt_analysis.analysis.learning.theory_model.links` gives.

    Returns
    -------
    DataFrame
        One row per collective_id (empty: all together) and arrow_id, as :func:`graded` gives, with ``outdated``: the
        newest evidence is older than ``outdated_months``. All arrows stand there for all together, and for a
        collective those that it drew or has evidence about.
    """
    grades = graded(pieces(cases, drawn), settings).rename(columns={"scope": "collective_id"})
    drawn_by = drawn.loc[drawn["owner_id"].ne(""), ["owner_id", "arrow_id"]].rename(
        columns={"owner_id": "collective_id"}
    )
    every = drawn[["arrow_id"]].assign(collective_id=ACROSS)
    there = pd.concat([every, drawn_by, grades[["collective_id", "arrow_id"]]]).drop_duplicates(ignore_index=True)
    table = there.merge(grades, how="left", on=["collective_id", "arrow_id"], validate="one_to_one")
    table[_COUNTS[:-1]] = table[_COUNTS[:-1]].fillna(0).astype("int64")
    table["status"] = table["status"].astype("str").fillna(NOT_STUDIED)
    limit = pd.Timestamp(cases.today) - pd.DateOffset(months=settings.learning.outdated_months)
    table["outdated"] = table["newest"].lt(limit)
    return table.sort_values(["collective_id", "arrow_id"], ignore_index=True)


def statuses(cases: Cases, settings: Settings) -> pd.DataFrame:
    """Tell the status of every link, for all together and for each collective.

    Parameters
    ----------
    cases : Cases
        Reads toc_node, toc_link and evidence.
    settings : Settings
        Thresholds.

    Returns
    -------
    DataFrame
        One row per link_id and collective_id: arrow_id, status, for_n, against_n, neutral_n, collectives_n,
        source_types_n, pieces_n, best_design, newest and outdated. Rows with an empty collective_id are of all
        collectives together, and hold every link; a collective has rows of the links that it drew or has evidence
        about. A link without a row of that collective is not investigated there.

    Notes
    -----
    In a collective's own report only its own rows may be told: what others found needs the consent of a bundle.
    """
    drawn = theory_model.links(cases)
    table = drawn[["link_id", "arrow_id"]].merge(of_arrows(cases, settings, drawn), on="arrow_id")
    return table.sort_values(["collective_id", "link_id"], ignore_index=True)
