"""The theory of change: shipped registers and the blocks and links of collectives in; blocks and arrows out.

A block of the register is shared; a block that a collective drew itself is its own. Links between the same blocks with
the same sign are one arrow, whoever drew them.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import pandas as pd

from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.instruments.rows import registered

UNKNOWN_SIGN = "?"
"""Sign of a link of which nobody said what it does."""

_OWNED = "--"  # stands between a collective and a code of its own
_NODE = ["node_id", "label_nl", "label_en", "node_type", "domain", "indicator_id", "shared", "owner_id"]
_ENDS = ["from_node", "to_node", "sign"]
_WORDS = ["mechanism", "assumption"]


def nodes(cases: Cases) -> pd.DataFrame:
    """List every block.

    Parameters
    ----------
    cases : Cases
        Reads toc_node.

    Returns
    -------
    DataFrame
        One row is a block: node_id, label_nl, label_en (a collective's own label stays Dutch), node_type, domain,
        indicator_id, shared (of the register) and owner_id (the collective; empty when shared).
    """
    shared = registered("toc_node").assign(shared=True)
    shared["label_en"] = shared["node_id"].map(_english()["label"])
    own = cases.table("toc_node")
    own = own[~own["node_id"].isin(shared["node_id"])].assign(shared=False, label_en=own["label_nl"])
    table = pd.concat([shared, own], ignore_index=True).drop_duplicates("node_id", ignore_index=True)
    # Without a row of a collective's own, concat makes no bool of it.
    table["shared"] = table["shared"].astype("bool")
    table["owner_id"] = owners(table["node_id"]).mask(table["shared"], "")
    return table[_NODE].fillna({"domain": "", "indicator_id": ""})


def links(cases: Cases) -> pd.DataFrame:
    """List every link with the arrow it is part of.

    Parameters
    ----------
    cases : Cases
        Reads toc_link.

    Returns
    -------
    DataFrame
        One row is a link: link_id, arrow_id, from_node, to_node, sign, shared, owner_id, lag_months, mechanism and
        assumption (empty without consent), and both in English where the register has them. Those of the register
        stand first.

    Notes
    -----
    An arrow bears the code of the link of the register; without one, the codes of its ends and its sign.
    """
    shared = registered("toc_link").assign(shared=True)
    own = cases.table("toc_link")
    own = own[~own["link_id"].isin(shared["link_id"])].assign(shared=False)
    table = pd.concat([shared, own], ignore_index=True).drop_duplicates("link_id", ignore_index=True)
    table["sign"] = table["sign"].fillna(UNKNOWN_SIGN)
    # Without a row of a collective's own, concat makes no bool of it.
    table["shared"] = table["shared"].astype("bool")
    table["owner_id"] = owners(table["link_id"]).mask(table["shared"], "")
    ends = table["from_node"] + ">" + table["to_node"] + ":" + table["sign"]
    first = table.groupby(_ENDS)[["link_id", "shared"]].transform("first")
    table["arrow_id"] = first["link_id"].where(first["shared"].astype(bool), ends)
    for name in _WORDS:
        table[name] = table[name].fillna("")
        table[f"{name}_en"] = table["link_id"].map(_english()[name]).fillna(table[name])
    english = [f"{name}_en" for name in _WORDS]
    return table[["link_id", "arrow_id", *_ENDS, "shared", "owner_id", "lag_months", *_WORDS, *english]]


def arrows(drawn: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    """Take links between the same blocks together.

    Parameters
    ----------
    drawn : DataFrame
        As :func:`links` gives.
    blocks : DataFrame
        As :func:`nodes` gives.

    Returns
    -------
    DataFrame
        One row is an arrow: the first of its links (that of the register), with ``domain``: that of the block it ends
        in, or else of the block it starts in, or else empty.
    """
    domain = blocks.set_index("node_id")["domain"]
    once = drawn.drop_duplicates("arrow_id", ignore_index=True).drop(columns="link_id")
    ends = once["to_node"].map(domain).fillna("")
    return once.assign(domain=ends.where(ends.ne(""), once["from_node"].map(domain).fillna("")))


def owners(codes: pd.Series) -> pd.Series:
    """Tell which collective a code belongs to.

    Parameters
    ----------
    codes : Series of str
        Codes as they are after all packages were put together.

    Returns
    -------
    Series of str
        What stands before the code itself; empty when nothing does.
    """
    parts = codes.fillna("").astype(str).str.split(_OWNED, n=1)
    return parts.map(lambda one: one[0] if len(one) > 1 else "").astype("str")


@functools.cache
def _english() -> dict[str, dict[str, str]]:
    file = resources.files("bt_analysis") / "registers" / "toc.en.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
