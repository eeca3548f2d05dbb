"""Appendix D of a collective's report: rates, assumptions of savings and money in; what the sums were made of out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from bt_analysis.pages import codes, sentences, tables, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.ledger import party

STATUSES = {
    "": "niet onderzocht", "niet_onderzocht": "niet onderzocht", "weinig_bewijs": "weinig bewijs",
    "gesteund": "gesteund", "betwist": "betwist", "weerlegd": "weerlegd",
}  # fmt: skip
"""What is known of the link that a saving rests on."""


def appendix(content: Content) -> Html:
    """Give what the sums of section 8 were made of.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        How was computed, rates with source and year, what each saving takes for granted, and money by condition.
    """
    say = content.language.say
    head = text(content.language, "D · " + say("Geld, en waarmee we rekenden"), _how(content))
    return Html("".join([head, rates(content), savings(content), money(content)]))


def _how(content: Content) -> list[str]:
    say = content.language.say
    hours = say(
        "De waarde van uren: het aantal uren maal het laagste en maal het hoogste tarief. Beide zijn afgerond op drie "
        "cijfers van het hoogste bedrag."
    )
    saved = say(
        "Een besparing: mensen × effect × het deel dat niet toch was gebeurd × kosten per keer × jaren. Elk jaar telt "
        "de uitval mee. De grenzen zijn de 5% en 95% van 4.096 trekkingen uit driehoeksverdelingen, op twee cijfers."
    )
    shares = say(
        "Van het deel dat toch was gebeurd en van de uitval is één waarde opgegeven. "
        "We rekenden met 0,1 meer en minder."
    )
    later = say("Latere jaren tellen even zwaar als nu: er is geen rente afgetrokken.")
    ratio = say("We delen opbrengst niet door kosten. Zo'n verhouding is tussen collectieven niet te vergelijken.")
    return [hours, f"{saved} {shares} {later}", ratio]


def rates(content: Content) -> Html:
    """Make the table of rates.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per rate with its source and year; a sentence where no hours were counted.
    """
    say, rows = content.language.say, content.learned["rates_used"]
    if rows.empty:
        return Html("")
    return _table(
        content, say("Tarieven voor een uur"),
        [say("manier van rekenen"), say("euro per uur"), say("jaar"), say("bron"), say("let op")],
        [_rate(content, row) for _, row in rows.iterrows()],
        " ".join(filter(None, [
            say("Een tarief is geen waarde van mensen. Een collectief mag zelf tarieven aanleveren, op het blad rate."),
            "" if rows["method"].eq("markt").any() else
            say("Een tarief met bron voor de marktwaarde is er niet. Die manier van rekenen ontbreekt dus."),
        ])),
    )  # fmt: skip


def _rate(content: Content, row: pd.Series) -> list[str]:
    say, number = content.language.say, content.language.number
    ends = [number(row[end], 2) for end in ("low", "high")]
    named = words.say(row["method"], codes.GROUPS, content.language)
    notes = [say("tarief van het collectief zelf")] if row["own"] else []
    if row["method"] == "bron_genoemd" and not row["own"]:
        notes.append(say("gaat over al het georganiseerde vrijwilligerswerk"))
    notes.append(words.because(str(row["gate_reason"]), content.language))
    # An address may be long; what it is called stands in front of it.
    source = ", ".join(filter(None, [row["source_title"], row["publisher"], row["source_url"]]))
    told = ends[0] if ends[0] == ends[1] else say("{low} tot {high}", low=ends[0], high=ends[1])
    return [named, told, str(row["year"]), source or say("niet vastgelegd"), "; ".join(filter(None, notes))]


def savings(content: Content) -> Html:
    """Make the table of what each saving takes for granted.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per saving, whether it counts or not; empty when none is kept.
    """
    say, rows = content.language.say, content.learned["savings"]
    if rows.empty:
        return Html("")
    names = [
        say("besparing"), say("mensen"), say("effect per mens"), say("was toch gebeurd"), say("euro per keer"),
        say("jaren"), say("uitval per jaar"), say("wie betaalt"), say("verband"), say("telt het mee"),
    ]  # fmt: skip
    return _table(
        content, say("Wat elke besparing aanneemt"), names, [_saving(content, row) for _, row in rows.iterrows()],
        say("Aantallen mensen zijn afgerond. Van laag, midden en hoog is midden de waarde die het best past."),
    )  # fmt: skip


def _saving(content: Content, row: pd.Series) -> list[str]:
    say, hidden = content.language.say, row["verdict"] == "niet_getoond"
    name = content.language.typed(row["outcome"]) or str(row["saving_id"]).rpartition("--")[2]
    counts = say("ja") if row["verdict"] == "telt" else say("nee")
    told = [counts, words.because(str(row["gate_reason"]), content.language)]
    status = "" if hidden else words.say(str(row["status"]), STATUSES, content.language)
    triples = [
        " – ".join(_number(content, row[f"{name}_{end}"]) for end in ("low", "mid", "high"))
        for name in ("effect", "unit_cost_eur")
    ]
    numbers = [_number(content, row[name]) for name in ("n", "counterfactual_share", "duration_years", "drop_off")]
    if hidden:
        triples, numbers = ["–", "–"], ["–", "–", "–", "–"]
    people, anyway, years, drop = numbers
    payer = party(content, row["payer"])
    return [name, people, triples[0], anyway, triples[1], years, drop, payer, status, "; ".join(filter(None, told))]


def _number(content: Content, value: float) -> str:
    if math.isnan(value):
        return content.language.say("niet bijgehouden")
    return content.language.number(value, 0 if float(value).is_integer() else 2)


def money(content: Content) -> Html:
    """Make the table of what money asks of a collective.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per figure of money but those in the ledger; empty when no money is kept.
    """
    say = content.language.say
    rows = content.rows("funding")
    rows = rows[rows["indicator_id"].ne("funding_eur")]
    if rows.empty:
        return Html("")
    lines = [
        [cell(_name(content, row)), cell(tables.told(content, row, 0), "figure", row["claim_id"]),
         cell(sentences.limits(content, row), "why")]
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return _render(
        content, say("Waar het geld vandaan komt, en wat het vraagt"), [say("wat"), say("waarde"), say("let op")],
        lines,
        say("Geld is verdeeld over de dagen waarvoor het is. Toegezegd geld is niet wat er op de bank staat."),
    )  # fmt: skip


def _name(content: Content, row: pd.Series) -> str:
    name = sentences.label(content, str(row["indicator_id"]))
    group = party(content, str(row["group_value"])) if row["group_value"] else ""
    return ": ".join(filter(None, [name, group]))


def _table(content: Content, caption: str, names: list[str], rows: Sequence[Sequence[str]], after: str) -> Html:
    return _render(content, caption, names, [[cell(one) for one in row] for row in rows], after, dense=len(names) > 5)


def _render(
    content: Content,
    caption: str,
    names: list[str],
    rows: list[list[dict[str, str]]],
    after: str,
    *,
    dense: bool = False,
) -> Html:
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=dense,
        columns=[{"name": name, "figure": name == content.language.say("waarde")} for name in names],
        rows=[{"id": "", "cells": row} for row in rows], caption=caption, after=after,
    )  # fmt: skip
