"""The list of all figures, by question: estimates in; one table out that says source and method once per question.

A report has hundreds of figures that share a source, a few methods and a few reservations. Said behind every figure
these fill pages; said once above a question, with a letter or a digit behind the figure, they fill lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pandas as pd

from bt_analysis.language import Language
from bt_analysis.pages import codes, sentences, words
from bt_analysis.pages.content import Content, Row
from bt_analysis.pages.html import Html, cell, render
from bt_analysis.schema import SchemaError, load

Cells = Callable[[Content, Row], list[dict[str, str]]]
"""Writes what, value, bounds and n of an estimate."""

TITLES = {
    "activities": "Wat er gedaan is", "reach": "Wie er kwam", "representation": "Wie er kwam, naast de buurt",
    "hours": "Uren", "measurements": "Metingen", "response": "Wie de vragenlijst invulde",
    "before_after": "Voor en na", "weighted": "Omgerekend naar alle deelnemers",
    "respondents": "Wie de vragenlijst invulde, naast de deelnemers", "where": "De plek tussen andere buurten",
    "similar": "Hier en waar het op lijkt", "change": "Anders dan waar het op lijkt",
    "detectability": "Is het te zien?", "selection": "Wie gevraagd is", "inputs": "Inbreng",
    "interactions": "Gesprekken met anderen", "cooperation": "Samenwerking", "tradeoffs": "Afwegingen",
    "obstacles": "Hindernissen", "umbrellas": "Koepels", "theory": "Verandertheorie", "value": "Waarde van uren",
    "savings": "Besparingen", "funding": "Geld", "lessons": "Lessen", "experiments": "Experimenten",
    "return": "Teruggeven aan bewoners", "burden": "Wat onderzoek kostte", "unused": "Vragen die niemand gebruikte",
    "patterns": "Patronen", "shared": "Gedeelde cijfers", "questions": "Onderzoeksvragen", "coverage": "Spreiding",
    "context": "De buurt, de gemeente en het land",
}  # fmt: skip
"""Question → what its figures are about, as a head above them."""

_DELIVERED = re.compile(r"^(?:collective: |monitoring · )(.*)$")
_TABLES = re.compile(r"^(.*?) ?(\d\w*(?:, \d\w*)*)$")


def listed(content: Content) -> pd.DataFrame:
    """Keep the estimates that appendix B has a row of.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    DataFrame
        Estimates; of figures of the area only the newest year, and of a change that is not to be seen only the verdict.
    """
    newest = content.rows("context")["period_end"].max()
    rows = content.estimates[content.estimates["question"].ne("context") | content.estimates["period_end"].eq(newest)]
    # The verdict says why a change is not to be seen; a line for each year and way would say it again.
    unseen = rows["question"].isin(["change", "similar"]) & rows["gate"].eq("niet_te_zien")
    return rows[~(unseen & rows["group_type"].ne("oordeel"))]


def table(content: Content, rows: pd.DataFrame, title: str, caption: str, cells: Cells) -> Html:
    """List figures under the question they answer; those of the area come last.

    Parameters
    ----------
    content : Content
        A report.
    rows : DataFrame
        Estimates, in order.
    title : str
        Head of the list.
    caption : str
        What the table is, for who cannot see it.
    cells : callable
        Writes the first cells of an estimate: what, value, bounds, n.

    Returns
    -------
    Html
        One row per estimate; its id is what the figures in the text lead to.
    """
    say = content.language.say
    names = [say("wat"), say("waarde"), say("van – tot"), "n", say("hoe"), say("let op"), say("nummer")]
    last = rows["question"].eq("context")
    ordered = pd.concat([rows[~last], rows[last]])
    return render(
        "sections/grouped.html.j2",
        content.language,
        title=title,
        before=say(
            "Boven elk blok staat waar de cijfers vandaan komen. Daar staat ook wat de letters en nummers zijn."
        ),
        columns=[{"name": name, "figure": name in names[1:3]} for name in names],
        groups=[_group(content, str(name), block, cells) for name, block in ordered.groupby("question", sort=False)],
        caption=caption,
        after=say("De volledige bron van elk cijfer staat in estimates.csv, bij hetzelfde nummer.")
        if len(rows)
        else "",
    )


def sources(found: Iterable[str], language: Language) -> str:
    """Write where figures come from in short words, each source once.

    Parameters
    ----------
    found : iterable of str
        Sources as estimates have them: ``collective: input, decision`` or ``CBS 85984NED · Key · 2025-03-31``, more
        than one with `` / `` between.
    language : Language
        The reader's.

    Returns
    -------
    str
        As ``opgave van het collectief (Inbreng, Besluiten); CBS 85618NED, 85984NED``.
    """
    sheets: dict[str, None] = {}
    tables: dict[str, dict[str, None]] = {}
    for part in dict.fromkeys(part for source in found for part in str(source).split(" / ") if part):
        delivered = _DELIVERED.match(part)
        if delivered:
            sheets |= dict.fromkeys(delivered[1].split(" · ")[0].split(", "))
            continue
        name = part.split(" · ")[0]
        numbered = _TABLES.match(name)
        publisher, ids = (numbered[1], numbered[2].split(", ")) if numbered else (name, [])
        tables.setdefault(publisher, {}).update(dict.fromkeys(ids))
    own = [
        language.say("opgave van het collectief ({sheets})", sheets=", ".join(_sheet(one, language) for one in sheets))
    ]
    others = [f"{publisher} {', '.join(sorted(ids))}".strip() for publisher, ids in tables.items()]
    return "; ".join([*own[: bool(sheets)], *others])


def _sheet(name: str, language: Language) -> str:
    """Name a sheet as the work book names it."""
    try:
        found = load(name)
    except (SchemaError, FileNotFoundError):
        return name.replace("_", " ")
    return str(found["title" if language.code == "nl" else "title_en"])


def _group(content: Content, question: str, rows: pd.DataFrame, cells: Cells) -> dict[str, object]:
    """Write the figures of one question, with letters for methods and digits for reservations."""
    say, language = content.language.say, content.language
    estimates = rows.to_dict("records")
    methods = [_method(str(row["method"]), language) for row in estimates]
    limits = [sentences.limits(content, row) for row in estimates]
    letters = {text: _letter(at) for at, text in enumerate(dict.fromkeys(filter(None, methods)))}
    digits = {text: str(at) for at, text in enumerate(dict.fromkeys(filter(None, limits)), 1)}
    lines = [
        say("bron: {sources}", sources=sources(rows["source"], language)),
        *(f"{sign}: {text}" for text, sign in (letters | digits).items()),
    ]
    body = [
        {
            "id": row["claim_id"],
            "cells": [
                *cells(content, row), cell(letters.get(method, "")), cell(digits.get(limit, "")),
                cell(row["claim_id"], "code"),
            ],
        }
        for row, method, limit in zip(estimates, methods, limits, strict=True)
    ]  # fmt: skip
    return {"name": words.say(question, TITLES, language), "lines": lines, "rows": body}


def _method(method: str, language: Language) -> str:
    return "; ".join(words.say(part, codes.METHODS, language) for part in method.split("; ") if part)


def _letter(at: int) -> str:
    """Write a, b, … z, aa, ab, …."""
    return (_letter(at // 26 - 1) if at >= 26 else "") + chr(ord("a") + at % 26)
