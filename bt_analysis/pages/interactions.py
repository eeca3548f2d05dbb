"""Who helps ideas on and who holds them up: counts of coded acts and agreement of coders in, a table out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.interactions import TENS
from bt_analysis.pages import codes, sentences, words
from bt_analysis.pages.content import SHOWN, Content, Row
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.input_words import VARIABLES

_KINDS = ("richting", "effect", "stadium", "handeling")
_LOW = 0.667
"""Agreement beyond chance below which Krippendorff draws no conclusions, not even tentative ones."""


def section(content: Content) -> Html:
    """Tell how often people in offices and residents did what to each other, and how sure the codes are.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A table with what may be shown, and sentences about agreement; empty when nothing was coded.
    """
    say = content.language.say
    rows = content.rows("interactions", "interactions_n")
    if rows.empty:
        return Html("")
    head = text(content.language, "", [say("Loket en vakafdeling: wie helpt een idee verder, wie houdt het tegen?")])
    total = rows[rows["group_value"].eq("")].drop_duplicates("collective_id").iloc[0]
    if total["gate"] not in SHOWN:
        why = say("Hoe vaak tonen we niet: dat {reason}.", reason=sentences.limits(content, total))
        return Html(head + text(content.language, "", tile=why))
    shown = rows[rows["group_value"].ne("") & rows["gate"].isin(SHOWN)]
    body = [
        {"id": "", "cells": [cell(row_name(content, row)),
                             cell(content.language.number(row["value"]), "figure", row["claim_id"])]}
        for kind in _KINDS
        for _, row in shown[shown["group_type"].eq(kind)].sort_values("value", ascending=False).iterrows()
    ]  # fmt: skip
    hidden = int(rows["gate"].eq("onderdrukt").sum())
    after = say("Van {n} handelingen is opgeschreven wat er gebeurde.", n=content.language.number(total["value"]))
    if hidden:
        after += " " + say("Kleine aantallen tonen we niet: in een kantoor werken weinig mensen.")
    table = render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body,
        columns=[{"name": say("wat"), "figure": False}, {"name": say("keer"), "figure": True}],
        caption=say("Wat mensen in het proces deden"), after=after,
    )  # fmt: skip
    return Html(head + table + text(content.language, "", agreement(content)))


def agreement(content: Content) -> list[str]:
    """Say how far people who coded the same interactions agree.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        A sentence per coded variable, or one about why it is not to be seen; none when nothing was coded twice.
    """
    say, number = content.language.say, content.language.number
    double = content.one("interactions", "double_coded_n")
    if double is None:
        return []
    if double["gate"] not in SHOWN:
        return [say("Minder dan {n} handelingen zijn door twee mensen gecodeerd.", n=number(TENS))]
    told = [say("Minstens {n} van de {total} handelingen zijn door twee mensen gecodeerd, in tientallen geteld.",
                n=number(double["value"]), total=number(double["n"]))]  # fmt: skip
    rows = content.rows("interactions", "coder_alpha")
    if rows["gate_reason"].eq("few_double_coded").all():
        return [*told, say("Dat is te weinig om te zien of zij het eens zijn.")]
    told += [_of_variable(content, row) for _, row in rows.iterrows()]
    return [" ".join(told)]


def _of_variable(content: Content, row: pd.Series) -> str:
    say, number = content.language.say, content.language.number
    what = say(VARIABLES[row["group_value"]])
    if row["gate"] not in SHOWN:
        return say("Over {what}: dat {reason}.", what=what, reason=sentences.limits(content, row))
    share = content.one("interactions", "coder_percent", group_value=row["group_value"])
    same = "" if share is None else number(share["value"])
    if row["value"] < _LOW:
        return say("Over {what} waren zij het in {share}% eens; dat is te weinig om op te bouwen (alfa {alpha}).",
                   what=what, share=same, alpha=number(row["value"], 2))  # fmt: skip
    return say("Over {what} waren zij het in {share}% eens (alfa {alpha}).",
               what=what, share=same, alpha=number(row["value"], 2))  # fmt: skip


def row_name(content: Content, row: Row) -> str:
    """Name the kind of group and the group.

    Parameters
    ----------
    content : Content
        The report, for its language.
    row : Series
        An estimate of question ``interactions``.

    Returns
    -------
    str
        As ``wie naar wie: vakafdeling → ambtenaar``; of all groups together that it is so.
    """
    say = content.language.say
    kind = words.say(row["group_type"], codes.GROUP_TYPES, content.language)
    if row["group_value"] in ("", "niet_vastgelegd"):
        return f"{kind}: {say('niet vastgelegd' if row['group_value'] else 'alles samen')}"
    if row["group_value"] in VARIABLES:
        return f"{kind}: {say(VARIABLES[row['group_value']])}"
    parts = [words.say(part, codes.GROUPS, content.language).replace("_", " ")
             for part in str(row["group_value"]).split(">")]  # fmt: skip
    return f"{kind}: {' → '.join(parts)}"
