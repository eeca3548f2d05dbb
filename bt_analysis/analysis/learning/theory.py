"""Which arrows of the theory of change hold? Evidence and judgements in; statuses, changes and contradictions out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning import arrow_history, arrows, theory_model, tracing
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, told
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("arrows", "arrow_nodes", "arrow_domains", "evidence_map", "tracing", "judgements")

QUESTION = "theory"
BY_DOMAIN, MOVED, ARROW = "domein", "van_naar", "pijl"
"""Kinds of group of the estimates."""

FOR, AGAINST, DIVIDED, NEUTRAL = "voor", "tegen", "verdeeld", "neutraal"
"""Where the pieces of some collectives point."""

PIECES_TO_LEAN = 2
"""Independent pieces, none of them measured, with which a domain says something; of measured ones, one is enough."""

_DIRECTIONS = ["for_n", "against_n", "neutral_n"]
_METHOD, _SOURCE = "rules for evidence", "monitoring · evidence"
_PERIOD = ["period_start", "period_end"]


def learn(cases: Cases, settings: Settings) -> Learned:
    """Grade the theory of change.

    Parameters
    ----------
    cases : Cases
        Reads toc_node, toc_link, evidence and evidence_judgement.
    settings : Settings
        Thresholds.

    Returns
    -------
    Learned
        Numbers of arrows per status and domain, and what changed; and the tables of arrows, blocks, evidence and
        judgements.
    """
    blocks, drawn = theory_model.nodes(cases), theory_model.links(cases)
    independent = arrows.pieces(cases, drawn)
    domains = by_domain(independent, cases)
    before = cases.earlier.get(arrow_history.NAME)
    graded = arrow_history.beside_earlier(arrows.of_arrows(cases, settings, drawn), before, cases.today)
    graded = graded.merge(theory_model.arrows(drawn, blocks).drop(columns="owner_id"), on="arrow_id")
    graded["contradicted"] = graded["collective_id"].eq(ACROSS) & graded["arrow_id"].isin(contradicted(domains))
    judged = tracing.judgements(cases, drawn)
    ranges = tracing.beliefs(judged)
    tables = {
        "arrows": graded.sort_values(["collective_id", "arrow_id"]),
        "arrow_nodes": _blocks(graded, blocks),
        "arrow_domains": domains,
        "evidence_map": _evidence_map(independent),
        "tracing": ranges,
        "judgements": judged.sort_values(["collective_id", "arrow_id", "evidence_id", "judge"]),
    }
    estimates = _estimates(graded, cases), _beliefs(tracing.told(ranges), graded, blocks, cases)
    return Learned(
        pd.concat([part for part in estimates if len(part)], ignore_index=True),
        {name: made(table.reset_index(drop=True), name) for name, table in tables.items()},
        {arrow_history.NAME: arrow_history.to_remember(graded, before, cases.today)},
    )


def by_domain(independent: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count what collectives of each domain found about each arrow.

    Parameters
    ----------
    independent : DataFrame
        As :func:`bt_analysis.analysis.learning.arrows.pieces` gives.
    cases : Cases
        Tells the main domain of each collective.

    Returns
    -------
    DataFrame
        One row per arrow_id and domain: for_n, against_n, neutral_n, collectives_n, leaning (where most pieces point),
        and says: whether there is enough to call it what this domain found. Literature is of no domain.
    """
    domain = cases.whole.set_index("collective_id")["primary_domain"]
    own = independent[independent["scope"].eq(ACROSS) & independent["collective_id"].ne("")]
    own = own.assign(domain=own["collective_id"].map(domain)).dropna(subset=["domain"])
    table = _directions(own, ["arrow_id", "domain"])
    counted = own.groupby(["arrow_id", "domain"])
    table["collectives_n"] = counted["collective_id"].nunique().to_numpy()
    measured = counted["design"].max().ge(arrows.MEASURED).to_numpy()
    table["says"] = measured | table[["for_n", "against_n"]].max(axis="columns").ge(PIECES_TO_LEAN)
    return table


def contradicted(domains: pd.DataFrame) -> set[str]:
    """Tell about which arrows collectives of different domains contradict each other.

    Parameters
    ----------
    domains : DataFrame
        As :func:`by_domain` gives.

    Returns
    -------
    set of str
        Arrows that one domain is for and another against, each with enough to say so.
    """
    heard = domains[domains["says"]]
    sides = [set(heard.loc[heard["leaning"].eq(side), "arrow_id"]) for side in (FOR, AGAINST)]
    return sides[0] & sides[1]


def _directions(pieces: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count pieces by where they point, and say where most do."""
    names = dict(zip(("voor", "tegen", "neutraal"), _DIRECTIONS, strict=True))
    each = pieces.assign(**{name: pieces["direction"].eq(code) for code, name in names.items()})
    table = each.groupby(by)[_DIRECTIONS].sum().astype("int64").reset_index()
    for_, against = table["for_n"], table["against_n"]
    points = [for_.gt(against), against.gt(for_), for_.gt(0)]
    return table.assign(leaning=np.select(points, [FOR, AGAINST, DIVIDED], NEUTRAL))


def _evidence_map(independent: pd.DataFrame) -> pd.DataFrame:
    own = independent[independent["scope"].eq(ACROSS)]
    by = ["collective_id", "arrow_id"]
    table = _directions(own, by).rename(columns={"leaning": "direction"})
    more = own.groupby(by).agg(
        pieces_n=("pieces_n", "sum"), best_design=("design", "max"), newest=("newest", "max")
    )  # fmt: skip
    return table.merge(more, left_on=by, right_index=True)


def _blocks(graded: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    ends = [graded[["collective_id", end]].rename(columns={end: "node_id"}) for end in ("from_node", "to_node")]
    used = pd.concat(ends).drop_duplicates().sort_values(["collective_id", "node_id"])
    return used.merge(blocks.drop(columns="owner_id"), on="node_id", validate="many_to_one")


def _estimates(graded: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count arrows by status; for all together also by domain, what is outdated or contradicted, and what changed."""
    across = graded[graded["collective_id"].eq(ACROSS)]
    placed = across[across["domain"].ne("")].rename(columns={"domain": "group_value"})
    parts = [
        _by_status(graded, ["collective_id"]),
        _by_status(placed, ["collective_id", "group_value"]).assign(group_type=BY_DOMAIN),
        _marked(graded, "outdated", "arrows_outdated_n"),
        _marked(across, "contradicted", "arrows_contradicted_n"),
        _moved(graded),
    ]
    return _at(pd.concat([part for part in parts if len(part)], ignore_index=True), cases, method=_METHOD)


def _by_status(graded: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    counts = graded.groupby([*by, "status"]).size().unstack("status").reindex(columns=list(arrows.STATUSES))
    table = counts.fillna(0).reset_index().melt(by, var_name="status", value_name="value")
    n = table[by].merge(graded.groupby(by).size().rename("n").reset_index(), on=by, how="left")["n"]
    return table.assign(indicator_id="arrows_" + table["status"].astype("str") + "_n", n=n).drop(columns="status")


def _marked(graded: pd.DataFrame, mark: str, indicator_id: str) -> pd.DataFrame:
    table = graded.groupby("collective_id", as_index=False).agg(value=(mark, "sum"), n=("arrow_id", "size"))
    return table.assign(indicator_id=indicator_id)


def _moved(graded: pd.DataFrame) -> pd.DataFrame:
    moved = arrow_history.changes(graded)
    n = moved["collective_id"].map(graded.groupby("collective_id").size())
    return moved.assign(
        indicator_id="arrows_changed_n",
        group_type=MOVED,
        group_value=moved["previous_status"] + ">" + moved["status"],
        n=n,
    ).rename(columns={"arrows_n": "value"})[
        ["collective_id", "indicator_id", "group_type", "group_value", "value", "n"]
    ]


def _beliefs(sure: pd.DataFrame, graded: pd.DataFrame, blocks: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Tell of each collective and arrow how sure its judges may be."""
    names = blocks.set_index("node_id")["label_nl"]
    once = graded.drop_duplicates("arrow_id").set_index("arrow_id")
    label = once["from_node"].map(names) + " → " + once["to_node"].map(names)
    rows = sure.assign(
        indicator_id="arrow_belief",
        group_type=ARROW,
        group_value=sure["arrow_id"],
        group_label=sure["arrow_id"].map(label),
    )
    return _at(rows, cases, unit="%", n_unit="judges", method="Bayesian process tracing")


def _at(rows: pd.DataFrame, cases: Cases, **more: str) -> pd.DataFrame:
    """Tell rows of a collective for each of its periods, and rows about all for the whole time."""
    first, last = cases.span
    about_all = rows[rows["collective_id"].eq(ACROSS)].assign(
        period_start=first, period_end=last, population="collectieven"
    )
    own = rows.merge(cases.periods[["collective_id", *_PERIOD]], on="collective_id").assign(population="collectief")
    constants = {"unit": "aantal", "n_unit": "arrows", "source": _SOURCE} | more
    return told(pd.concat([about_all, own], ignore_index=True), question=QUESTION, **constants)
