"""The claim register: a report comes in; every number it prints goes out as a claim with its sentence and hashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pandas as pd

from bt_analysis.analysis.learning import knowledge
from bt_analysis.methods import readability
from bt_analysis.pages import claim_sentences, figure_list, fingerprints
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.once import once
from bt_analysis.schema import check, load
from bt_analysis.sources.screening import is_formula

_TYPES = {"string": "str", "number": "float64", "integer": "Int64", "datetime": "datetime64[us]"}


def register(content: Content, report: str, questions: Mapping[str, str] | None = None) -> pd.DataFrame:
    """List every claim of a report.

    Parameters
    ----------
    content : Content
        The report: of one collective, or of all.
    report : str
        Name of the report: a collective's id or ``across``.
    questions : mapping of str to str, optional
        claim_id → research question (rq_id) that it bears on; default: the first of the table ``question_claims``.

    Returns
    -------
    DataFrame
        One row is a claim (schema ``claim``). A figure that is not shown is a claim as well, without a value: that it
        cannot be said is what the report says. The cross-domain report has the claims about all collectives together;
        those of one collective are in its own report.

    Raises
    ------
    SchemaError
        When a row is not what the schema says.

    Notes
    -----
    readability is the score of Flesch and Douma of the sentence; 60 is the aim. A text that a spreadsheet would take
    for a formula has ' in front.
    """
    if questions is None:
        return _usual(content, report).copy()
    return _register(content, report, questions)


@once
def _usual(content: Content, report: str) -> pd.DataFrame:
    return _register(content, report, _asked(content))


def _register(content: Content, report: str, questions: Mapping[str, str]) -> pd.DataFrame:
    dutch = claim_sentences.in_dutch(content)
    rows = printed(content)
    estimates = cast("list[dict[str, Any]]", rows.to_dict("records"))
    said = [claim_sentences.sentence(dutch, row) for _, row in rows.iterrows()]
    shown = rows["gate"].isin(SHOWN)
    columns = {
        "claim_id": rows["claim_id"], "report_id": f"{report}-{content.period}",
        "section": [claim_sentences.section(row) for row in estimates],
        "plain_nl": [harmless(one) for one in said],
        "rq_id": rows["claim_id"].map(questions),
        "knowledge_type": knowledge.kinds(rows, content.indicators),
        **{name: rows[name].where(shown) for name in ("value", "ci_low", "ci_high")},
        "n": rows["n"].where(shown).round(),
        "query_hash": [fingerprints.query_hash(row, content.settings) for row in estimates],
        "data_hash": [fingerprints.data_hash(row, content) for row in estimates],
        "gate": rows["gate"].where(rows["gate"].ne("onderdrukt"), "niet_te_zien"),
        "readability": [f"{readability.score(one):.0f}" for one in said],
    }  # fmt: skip
    return check(_typed(pd.DataFrame(columns, index=rows.index)), "claim")


def printed(content: Content) -> pd.DataFrame:
    """Keep the estimates that a report prints.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    DataFrame
        All of one collective's report; those about all together of the cross-domain report.
    """
    rows = content.estimates
    return rows[rows["collective_id"].eq("")] if claim_sentences.about_all(content) else rows


def harmless(text_: str) -> str:
    """Keep a spreadsheet from calculating a text.

    Parameters
    ----------
    text_ : str
        Any text.

    Returns
    -------
    str
        With ' in front when it begins with = + - or @.
    """
    return f"'{text_}" if is_formula(text_) or text_[:1] in {"\t", "\r"} else text_


def appendix(content: Content, report: str, questions: Mapping[str, str] | None = None) -> Html:
    """Make appendix G: how many claims there are and how they read; the list itself is folded and not printed.

    Parameters
    ----------
    content : Content
        The report.
    report : str
        A collective's id or ``across``.
    questions : mapping of str to str, optional
        As for :func:`register`.

    Returns
    -------
    Html
        Sentences and a closed fold with every claim; a tile when the report makes no claim.
    """
    say = content.language.say
    found = register(content, report, questions)
    title = ("" if claim_sentences.about_all(content) else "G · ") + say("Elke uitspraak en waar zij op rust")
    if found.empty:
        return text(content.language, title, tile=say("Dit rapport doet nog geen uitspraken."))
    folded = render(
        "sections/fold.html.j2",
        content.language,
        summary=say("Alle uitspraken ({n})", n=content.language.number(len(found))),
        body=_list(content, found),
        closed=True,
    )
    return Html(text(content.language, title, _head(content, found)) + folded)


def _list(content: Content, found: pd.DataFrame) -> Html:
    """List every claim with its sentence and the first digits of its hashes."""
    say = content.language.say
    elsewhere = found["claim_id"].isin(_listed(content)["claim_id"])
    columns = [say("uitspraak"), say("nummer"), say("leesbaar"), say("berekening"), say("gegevens")]
    rows = [
        {
            "id": "" if leads else row["claim_id"],
            "cells": [
                cell(content.language.typed(row["plain_nl"]), "long"),
                cell(row["claim_id"], "code", row["claim_id"] if leads else ""),
                cell(row["readability"], "figure"), cell(row["query_hash"][:8], "code"),
                cell(row["data_hash"][:8], "code"),
            ],
        }
        for leads, (_, row) in zip(elsewhere, found.iterrows(), strict=True)
    ]  # fmt: skip
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=True,
        columns=[{"name": name, "figure": name == columns[2]} for name in columns],
        rows=rows,
        caption=say("Uitspraken van dit rapport, met vingerafdrukken van berekening en gegevens"),
        after="",
    )


def _listed(content: Content) -> pd.DataFrame:
    # What the list of figures leaves out is led to here, so that every number of a report leads somewhere.
    return printed(content) if claim_sentences.about_all(content) else figure_list.listed(content)


def _asked(content: Content) -> Mapping[str, str]:
    """Find the research question that each claim bears on; of several the first."""
    bearing = content.learned.get("question_claims")
    if bearing is None or bearing.empty:
        return {}
    first = bearing[bearing["claim_id"].fillna("").ne("")].drop_duplicates("claim_id")
    return dict(zip(first["claim_id"], first["rq_id"], strict=True))


def _head(content: Content, found: pd.DataFrame) -> list[str]:
    """Count the claims, say how they read and where the register is."""
    say, number = content.language.say, content.language.number
    score = pd.to_numeric(found["readability"])
    gates = found["gate"].value_counts()
    return [
        say(
            "Dit rapport doet {n} uitspraken. Daarvan staan er {sure} zonder voorbehoud, {doubt} met een voorbehoud, "
            "en {unseen} zeggen dat iets niet te zien is.",
            n=number(len(found)), sure=number(gates.get("ok", 0)), doubt=number(gates.get("voorbehoud", 0)),
            unseen=number(gates.get("niet_te_zien", 0)),
        ),
        say(
            "Hoe makkelijk leest het? De helft scoort {median} of hoger op de maat van Flesch en Douma; de laagste "
            "{lowest}. Vanaf 60 leest het makkelijk. Het is een teken, geen bewijs van B1.",
            median=number(score.median()), lowest=number(score.min()),
        ),
        say("Ze staan ook in claims.csv bij dit rapport; op papier alleen daar.") + " "
        + say("Elke uitspraak heeft een vingerafdruk van de berekening en van de gegevens.") + " "
        + say("Verandert een vingerafdruk, dan is anders gerekend of zijn de gegevens anders."),
    ]  # fmt: skip


def _typed(columns: pd.DataFrame) -> pd.DataFrame:
    """Give the register all fields of the schema, in its order; who recorded it and when stay empty."""
    made = {}
    for one in load("claim")["fields"]:
        values = columns.get(one["name"], pd.Series(None, index=columns.index, dtype=object))
        made[one["name"]] = values.astype(_TYPES[one["type"]])
    return pd.DataFrame(made).reset_index(drop=True)
