"""Words of the theory of change: codes and rows of arrows in, what a reader calls them out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.cases import made
from bt_analysis.language import Language, joined
from bt_analysis.pages import codes, words
from bt_analysis.pages.content import Content, Row

STATUSES = {
    "gesteund": "gesteund",
    "weinig_bewijs": "weinig bewijs",
    "betwist": "betwist",
    "weerlegd": "weerlegd",
    "niet_onderzocht": "niet onderzocht",
}
"""What is known of an arrow, in the order in which it is listed."""

NODE_TYPES = {
    "actor": "wie",
    "context": "omgeving",
    "factor": "wat helpt of remt",
    "activiteit": "wat we doen",
    "output": "wat het oplevert",
    "uitkomst_kort": "op korte termijn",
    "uitkomst_middel": "op middellange termijn",
    "uitkomst_lang": "op lange termijn",
}
"""Kinds of blocks, from who and what there is to what changes in the long run."""

SHORT = {"gesteund": "gesteund", "weinig_bewijs": "weinig", "betwist": "betwist", "weerlegd": "weerlegd"}
"""What stands beside a line in the drawing; the dots of what nobody looked into speak for themselves."""

DIRECTIONS = {"voor": "voor", "tegen": "tegen", "verdeeld": "verdeeld", "neutraal": "geen verschil gezien"}

DESIGNS = {
    "0": "een uitspraak", "1": "herhaald, uit twee soorten bronnen", "2": "voor en na gemeten",
    "3": "gemeten met vergelijking",
}  # fmt: skip

KINDS = {
    "straw_in_the_wind": "aanwijzing",
    "hoop": "moet er zijn als het klopt",
    "smoking_gun": "is er bijna alleen als het klopt",
    "doubly_decisive": "beslist naar twee kanten",
    "for_rival": "past beter bij de andere verklaring",
    "says_nothing": "zegt niets",
}
"""Kinds of evidence, as process tracing names them."""


def labels(nodes: pd.DataFrame, language: Language) -> dict[str, str]:
    """Name every block.

    Parameters
    ----------
    nodes : DataFrame
        Rows of analysed_arrow_nodes.
    language : Language
        The reader's.

    Returns
    -------
    dict of str to str
        Code of a block → its name; a collective's own block in its own words.
    """
    named = zip(nodes["node_id"], nodes["label_nl"], nodes["label_en"], strict=True)
    return {node_id: language.typed(dutch, english) for node_id, dutch, english in named}


def every_label(content: Content) -> dict[str, str]:
    """Name every block of a report.

    Parameters
    ----------
    content : Content
        The report of all, or of one collective.

    Returns
    -------
    dict of str to str
        Code of a block → its name.
    """
    return labels(content.learned["arrow_nodes"].drop_duplicates("node_id"), content.language)


def arrow(row: pd.Series, named: dict[str, str]) -> str:
    """Name an arrow.

    Parameters
    ----------
    row : Series
        Row of analysed_arrows.
    named : dict of str to str
        As :func:`labels` gives.

    Returns
    -------
    str
        Such as ``Samen eten → Eenzaamheid (−)``.
    """
    ends = [named.get(row[end], row[end]) for end in ("from_node", "to_node")]
    return joined("", [joined(" → ", ends), f" ({row['sign']})"])


def status(row: pd.Series, language: Language) -> str:
    """Say what is known of an arrow.

    Parameters
    ----------
    row : Series
        Row of analysed_arrows.
    language : Language
        The reader's.

    Returns
    -------
    str
        Its status, and that the newest evidence is old where it is.
    """
    told = words.say(row["status"], STATUSES, language)
    return f"{told}, {language.say('verouderd')}" if row["outdated"] else told


def evidence(row: pd.Series, language: Language) -> str:
    """Say how much there is for and against.

    Parameters
    ----------
    row : Series
        With for_n, against_n and neutral_n.
    language : Language
        The reader's.

    Returns
    -------
    str
        Such as ``2 voor, 1 tegen``; what saw no difference only where there is some.
    """
    told = language.say("{n} voor, {m} tegen", n=language.number(row["for_n"]), m=language.number(row["against_n"]))
    if not row["neutral_n"]:
        return told
    return f"{told}, " + language.say("{n} zag geen verschil", n=language.number(row["neutral_n"]))


def in_full(row: pd.Series, named: dict[str, str], language: Language) -> str:
    """Say all of an arrow in one line, for those who cannot see the drawing.

    Parameters
    ----------
    row : Series
        Row of analysed_arrows.
    named : dict of str to str
        As :func:`labels` gives.
    language : Language
        The reader's.

    Returns
    -------
    str
        Its ends, its status and the evidence.
    """
    told = f"{arrow(row, named)}: {status(row, language)}"
    return told if row["status"] == "niet_onderzocht" else f"{told}, {evidence(row, language)}"


def together(content: Content) -> pd.DataFrame:
    """Take the arrows of all collectives together.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    DataFrame
        Rows of analysed_arrows without a collective.
    """
    return of(content.learned.get("arrows", made((), "arrows")), "")


def of(table: pd.DataFrame, collective_id: str) -> pd.DataFrame:
    """Take the rows of one collective.

    Parameters
    ----------
    table : DataFrame
        With collective_id.
    collective_id : str
        Empty: of all together.

    Returns
    -------
    DataFrame
        Its rows.
    """
    return table[table["collective_id"].eq(collective_id)].reset_index(drop=True)


def row_name(content: Content, row: Row) -> str:
    """Name what an estimate of the theory of change is about, besides what it counts.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate of the question theory.

    Returns
    -------
    str
        A domain, a change of status or an arrow; empty where it is about all arrows.
    """
    language, value = content.language, str(row["group_value"])
    if row["group_type"] == "domein":
        return words.say(value, codes.DOMAINS, language)
    if row["group_type"] == "van_naar":
        return moved(value, language)
    if row["group_type"] == "pijl":
        drawn = content.learned["arrows"]
        own = drawn[drawn["arrow_id"].eq(value)]
        return arrow(own.iloc[0], every_label(content)) if len(own) else str(row["group_label"])
    return ""


def moved(value: str, language: Language) -> str:
    """Say from which status to which an arrow went.

    Parameters
    ----------
    value : str
        Both statuses with > between them.
    language : Language
        The reader's.

    Returns
    -------
    str
        Such as ``van 'weinig bewijs' naar 'betwist'``.
    """
    before, _, now = value.partition(">")
    old, new = (words.say(one, STATUSES, language) for one in (before, now))
    return language.say("van '{old}' naar '{new}'", old=old, new=new)
