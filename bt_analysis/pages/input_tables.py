"""Tables about inputs: what is open, why not, whose it was and which work could be combined; a report in, HTML out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.language import joined
from bt_analysis.pages import codes, input_rows, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render

MOST_WORDS = 12
"""Words of an input in the list of the two pages."""

_MEASURES = ("inputs_group_n", "inputs_group_answered_n", "inputs_group_executed_n")


def open_list(content: Content, most: int | None = None) -> Html:
    """List what has no answer yet, from the longest wait to the shortest.

    Parameters
    ----------
    content : Content
        A collective's report.
    most : int, optional
        Rows that are shown; default: all, in the small letters of the appendix.

    Returns
    -------
    Html
        One row per input, with its text where that may be read; empty when everything has an answer.
    """
    say = content.language.say
    first, last = reporting.bounds(content.period)
    rows = content.learned["input_fates"]
    rows = rows[rows["counted"] & ~rows["answered"] & rows["raised_on"].between(first, last)]
    if rows.empty:
        return Html("")
    rows = rows.sort_values(["waited_days", "input_id"], ascending=[False, True])
    room = MOST_WORDS if most else None
    body = [{"id": "", "cells": _open_cells(content, row, room)} for _, row in rows.head(most or len(rows)).iterrows()]
    more = len(rows) - len(body)
    left = say("En nog {n} andere, in de bijlage.", n=str(more)) + " " if more > 0 else ""
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=most is None, rows=body,
        columns=[{"name": name, "figure": name == say("dagen")} for name in
                 (say("waar het over gaat"), say("ingebracht op"), say("kwam tot"), say("dagen"))],
        caption=say("Nog geen antwoord"),
        after=left + say("Dagen: zo lang wachten bewoners al, tot de laatste dag waarop dit is bijgehouden."),
    )  # fmt: skip


def _open_cells(content: Content, row: pd.Series, room: int | None) -> list[dict[str, str]]:
    say = content.language.say
    about = words.say(row["domain"], codes.DOMAINS, content.language) or say("onderwerp niet opgeschreven")
    own = row["text"] if row["text_shown"] else ""
    own = content.language.typed(words.cut(own, room) if room else own)
    what = own or say("{domain} (tekst niet openbaar)", domain=about)
    stage = words.say(row["stage"], codes.GROUPS, content.language)
    reason = words.say(row["reason"], codes.GROUPS, content.language) if row["reason"] else ""
    return [
        cell(what),
        cell(content.language.date(row["raised_on"])),
        cell(f"{stage} ({reason})" if reason else stage),
        cell(content.language.number(row["waited_days"]), "figure"),
    ]


def reasons(content: Content, collective_id: str | None = None) -> Html:
    """List why inputs were not taken over, or not wholly.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    Html
        One row per reason; empty when none was rejected or postponed.
    """
    say = content.language.say
    rows = input_rows.of_kind(content, "inputs_reason_n", "reden", collective_id).sort_values(
        ["value", "group_value"], ascending=[False, True]
    )
    if rows.empty:
        return Html("")
    body = [
        {"id": "", "cells": [cell(words.group(row, content.language)),
                             cell(content.language.number(row["value"]), "figure", row["claim_id"])]}
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False, rows=body,
        columns=[{"name": say("reden"), "figure": False}, {"name": say("keer"), "figure": True}],
        caption=say("Waarom iets niet of niet helemaal werd overgenomen"),
        after=say("De reden staat in het logboek. Of bewoners die ook hoorden, is iets anders."),
    )  # fmt: skip


def kinds(content: Content, collective_id: str | None = None) -> Html:
    """Set beside each other whose ideas are heard, on what they rest and what they are about.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    Html
        A table with a row per group, kind of knowledge and domain; empty when none was recorded.
    """
    say = content.language.say
    body = [
        row for kind in ("bewonersgroep", "soort_kennis", "domein") for row in _of_kind(content, kind, collective_id)
    ]
    if not body:
        return Html("")
    refused = (
        input_rows.of_kind(content, "inputs_group_n", "bewonersgroep", collective_id)["gate"].eq("niet_te_zien").any()
    )
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body,
        columns=[{"name": name, "figure": name != say("wie of wat")} for name in
                 (say("wie of wat"), say("ingebracht"), say("met antwoord"), say("uitgevoerd"))],
        caption=say("Wie het inbracht, waar het op rust en waar het over gaat"),
        after=say("Sommige groepen tonen we niet: er kwam minder dan {min_cell} keer iets van hen.",
                  min_cell=str(content.settings.disclosure.min_cell)) if refused else "",
    )  # fmt: skip


def _of_kind(content: Content, kind: str, collective_id: str | None) -> list[dict[str, object]]:
    number, name = content.language.number, words.say(kind, codes.GROUP_TYPES, content.language)
    found = [input_rows.of_kind(content, one, kind, collective_id) for one in _MEASURES]
    first, *others = (rows[rows["gate"].isin(SHOWN)] for rows in found)
    body: list[dict[str, object]] = []
    for _, row in first.iterrows():
        same = [rows[rows["group_value"].eq(row["group_value"])].iloc[0] for rows in others]
        figures = [cell(number(one["value"]), "figure", one["claim_id"]) for one in (row, *same)]
        body.append({"id": "", "cells": [cell(joined(": ", [name, words.group(row, content.language)])), *figures]})
    return body


def pairs(content: Content, collective_id: str | None = None) -> Html:
    """Set domains beside each other that one idea is about both: chances to combine work.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    Html
        One row per domain, one column per second domain: how many there are and, between brackets, how many were taken
        over. Empty when nothing is about two domains.
    """
    say = content.language.say
    rows = input_rows.of_table(content, "input_pairs", collective_id)
    if rows.empty:
        return Html("")
    second = [domain for domain in codes.DOMAINS if domain in set(rows["domain_secondary"])]
    told = {
        (row["domain"], row["domain_secondary"]): f"{row['inputs_n']} ({row['taken_over_n']})"
        for row in rows.to_dict("records")
    }
    body = [
        {"id": "", "cells": [cell(say(codes.DOMAINS[domain])),
                             *(cell(told.get((domain, other), "–"), "figure") for other in second)]}
        for domain in codes.DOMAINS if domain in set(rows["domain"])
    ]  # fmt: skip
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body,
        columns=[{"name": say("gaat vooral over"), "figure": False},
                 *({"name": say(codes.DOMAINS[one]), "figure": True} for one in second)],
        caption=say("Koppelkansen: ideeën die over twee onderwerpen gaan"),
        after=say("Tussen haakjes: hoeveel daarvan geheel of deels zijn overgenomen."),
    )  # fmt: skip
