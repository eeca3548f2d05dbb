"""Research questions on a page: what is known of each in; the grid of coverage and the open ones for theses out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.pages import chapters, codes, selection, words
from bt_analysis.pages.content import Content, Row
from bt_analysis.pages.experiment_card import ASKED_BY
from bt_analysis.pages.html import Html, cell, render, text

STATUSES = {"bekend": "bekend", "betwist": "betwist", "open": "open", "niemand_meet": "niemand"}
"""What is known; the last: nobody measures it."""

SIGNS = {"bekend": "●", "betwist": "◐", "open": "○", "niemand_meet": "–"}
"""A sign for each, so that the grid is read without colour."""

GROUPS = {
    1: "Wat het werk oplevert",
    2: "Wat collectieven hindert",
    3: "Hoe de overheid meedoet",
    4: "Wat we van elkaar leren, en op welke schaal",
}
"""Four groups of questions, in our own words."""

WHY = {
    "bekend:figures": "er zijn cijfers zonder voorbehoud",
    "bekend:arrows": "een pijl is gesteund of weerlegd",
    "betwist:arrows": "er is bewijs voor en tegen dezelfde pijl",
    "betwist:signs": "cijfers wijzen twee kanten op",
    "betwist:lessons": "lessen spreken elkaar tegen",
    "open:few_collectives": "te weinig collectieven hebben een cijfer zonder voorbehoud",
    "open:reserved": "er zijn alleen cijfers met een voorbehoud",
    "open:little_evidence": "er is weinig bewijs",
    "open:lessons_only": "er zijn lessen, maar geen cijfers",
    "open:not_visible": "wat er is, is te klein om te zien of te tonen",
    "niemand_meet:nobody": "niemand houdt dit bij",
}
"""Status and reason → why."""

SIZES = {
    "klein": "klein: de gegevens liggen er",
    "middel": "middel: er liggen gegevens, maar te weinig of ze spreken elkaar tegen",
    "groot": "groot: eerst moet iemand het bijhouden",
}
"""Size of the work."""

_CODES = 3
"""Codes of figures that a line of the fold names; the table question_claims has them all."""


def row_name(content: Content, row: Row) -> str:
    """Name what a count of questions is about.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate of question ``research_questions``.

    Returns
    -------
    str
        What is known of them, in words; empty for a count of all.
    """
    return words.say(str(row["group_value"]), STATUSES, content.language) if row["group_value"] else ""


def coverage(content: Content) -> Html:
    """Tell what is known of the questions of the programme.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 9: a grid of questions by domains, in words and signs, what the words mean, and what each rests on.
    """
    say = content.language.say
    title = chapters.title(9, content.language)
    grid = content.learned.get("question_coverage", pd.DataFrame())
    if grid.empty:
        return text(content.language, title, tile=say("Antwoorden op de onderzoeksvragen zijn nog niet bijgehouden."))
    asked = _asked(content)
    head = text(content.language, title, [_counted(content), _meaning(content), selection.again(content)])
    return Html(head + _grid(content, grid, asked) + _behind(content, grid, asked))


def _asked(content: Content) -> pd.DataFrame:
    rows = content.learned["research_questions"]
    return rows[rows["collective_id"].eq("")].set_index("rq_id")


def _counted(content: Content) -> str:
    say, number = content.language.say, content.language.number
    rows = content.rows("research_questions", "questions_n", collective_id="").set_index("group_value")["value"]
    n = {name: number(rows.get(name, 0)) for name in ("", *STATUSES)}
    return " ".join(
        [
            say("Het programma stelde {n} vragen, in vier groepen.", n=n[""]),
            say("Ze staan hier naar de aantekeningen, niet letterlijk."),
            say(
                "Over alle domeinen samen: {known} bekend, {disputed} betwist, {open} open. {nobody} meet niemand.",
                known=n["bekend"], disputed=n["betwist"], open=n["open"], nobody=n["niemand_meet"],
            ),
        ]
    )  # fmt: skip


def _meaning(content: Content) -> str:
    say = content.language.say
    enough = str(content.settings.learning.supported_collectives)
    return " ".join(
        [
            say("Bekend: ten minste {n} collectieven hebben een cijfer zonder voorbehoud.", n=enough),
            say("Of een pijl van de verandertheorie is gesteund of weerlegd. Bekend is dus niet hetzelfde als ja."),
            say("Betwist: cijfers, lessen of bewijs spreken elkaar tegen."),
            say("Open: er is iets, maar te weinig of met een voorbehoud."),
            say("Niemand: geen collectief houdt dit bij."),
        ]
    )


def _grid(content: Content, grid: pd.DataFrame, asked: pd.DataFrame) -> Html:
    say = content.language.say
    domains = [one for one in codes.DOMAINS if one in set(grid["domain"])]
    by_cell = dict(zip(zip(grid["rq_id"], grid["domain"], strict=True), grid["status"], strict=True))
    names = [say("vraag"), say("alles samen"), *(_narrow(say(codes.DOMAINS[one])) for one in domains)]
    parts = []
    for group, name in GROUPS.items():
        rows = asked[asked["group"].eq(group)]
        body = [
            {
                "id": "",
                "cells": [
                    cell(_text(content, row)),
                    cell(_signed(content, by_cell[str(rq_id), ""])),
                    *(cell(SIGNS[by_cell[str(rq_id), domain]]) for domain in domains),
                ],
            }
            for rq_id, row in rows.iterrows()
        ]
        parts.append(_table(content, f"{group} · {say(name)}", names, body))
    signs = ", ".join(_signed(content, status) for status in STATUSES)
    last = f"{signs}. " + say("Een cijfer over alle collectieven samen telt alleen bij alles samen.")
    return Html("".join(parts) + text(content.language, "", [last]))


def _table(content: Content, caption: str, names: list[str], body: list[dict[str, Any]]) -> Html:
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body, caption=caption,
        columns=[{"name": name, "figure": False} for name in names], after="",
    )  # fmt: skip


def _narrow(name: str) -> str:
    """Let a long head of a column break, so that the questions keep their room."""
    for end in ("omgeving", "baarheid", "schap", "heid"):
        if name.endswith(end) and len(name) > len(end):
            return f"{name.removesuffix(end)}\u00ad{end}"
    return name


def _signed(content: Content, status: str) -> str:
    return f"{SIGNS[status]} {content.language.say(STATUSES[status])}"


def _text(content: Content, row: pd.Series) -> str:
    return content.language.typed(str(row["text"]), str(row["text_en"] or ""))


def _behind(content: Content, grid: pd.DataFrame, asked: pd.DataFrame) -> Html:
    """Fold away why each question stands where it does, and the codes of what it rests on."""
    say, number = content.language.say, content.language.number
    claims = content.learned["question_claims"].groupby("rq_id")["claim_id"].agg(list).to_dict()
    body = []
    for _, row in grid[grid["domain"].eq("")].iterrows():
        named = claims.get(row["rq_id"], [])
        more = f" +{number(len(named) - _CODES)}" if len(named) > _CODES else ""
        body.append(
            {
                "id": "",
                "cells": [
                    cell(_text(content, asked.loc[row["rq_id"]])),
                    cell(_why(content, row)),
                    cell(_there(content, row)),
                    cell(", ".join(named[:_CODES]) + more, "code"),
                ],
            }
        )
    names = [say("vraag"), say("waarom"), say("wat er ligt"), say("codes")]
    title = say("Waar elk antwoord op rust")
    table = _table(content, title, names, body)
    return render("sections/fold.html.j2", content.language, summary=title, body=table, closed=True)


def _why(content: Content, row: pd.Series) -> str:
    return words.say(f"{row['status']}:{row['why']}", WHY, content.language)


def _there(content: Content, row: pd.Series) -> str:
    """Say what there is: pieces, collectives and years."""
    say, number = content.language.say, content.language.number
    if not row["claims_n"]:
        return say("nog niets")
    n = int(row["collectives_n"])
    parts = [
        say("1 stuk" if row["claims_n"] == 1 else "{n} stukken", n=number(row["claims_n"])),
        *([say("1 collectief" if n == 1 else "{n} collectieven", n=number(n))] if n else []),
    ]
    if not pd.isna(row["last_year"]):
        first, last = row["first_year"], row["last_year"]
        parts.append(str(int(last)) if pd.isna(first) or first == last else f"{int(first)}–{int(last)}")
    return ", ".join(parts)


def backlog(content: Content) -> Html:
    """List open questions that a student could take up, those of residents first.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 10: why each is open, what there is, what would answer it and how large the work is.
    """
    say = content.language.say
    title = chapters.title(10, content.language)
    rows = content.learned.get("backlog", pd.DataFrame())
    if rows.empty:
        if content.learned.get("question_coverage", pd.DataFrame()).empty:  # not asked is not the same as answered
            return text(
                content.language, title, tile=say("Antwoorden op de onderzoeksvragen zijn nog niet bijgehouden.")
            )
        return text(content.language, title, tile=say("Er is geen open vraag."))
    told = [
        say("Vragen van bewoners en collectieven staan vooraan."),
        say("Wie er een oppakt, werkt met verzonnen gegevens of met gecontroleerde totalen."),
    ]
    head = text(content.language, title, [" ".join(told)])
    own, programme = rows[rows["own"]], rows[~rows["own"]]
    tables = [
        _list(content, own, say("Vragen van bewoners en collectieven"), own=True),
        _list(content, programme, say("Vragen van het programma"), own=False),
    ]
    return Html(head + "".join(tables))


def _list(content: Content, rows: pd.DataFrame, caption: str, *, own: bool) -> Html:
    if rows.empty:
        return Html("")
    say = content.language.say
    body = []
    for _, row in rows.sort_values("place").iterrows():
        needs = row["needs_en"] if content.language.code == "en" else row["needs"]
        who = _asked_by(content, row) if own else needs
        body.append(
            {
                "id": "",
                "cells": [
                    cell(_text(content, row)), cell(who), cell(_why(content, row)), cell(_there(content, row)),
                    cell(say(SIZES[row["size"]])),
                ],
            }
        )  # fmt: skip
    names = [say("vraag"), say("van wie") if own else say("wat zou antwoorden"), say("waarom open"),
             say("wat er ligt"), say("hoeveel werk")]  # fmt: skip
    return _table(content, caption, names, body)


def _asked_by(content: Content, row: pd.Series) -> str:
    say = content.language.say
    who = say(ASKED_BY[row["proposed_by"]]) if row["proposed_by"] in ASKED_BY else say("niet vastgelegd")
    n = int(row["asked_by_n"])
    return who if n == 1 else who + ", " + say("bij {n} collectieven", n=content.language.number(n))
