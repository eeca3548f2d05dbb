"""Tables and number tiles of the reports: estimates in, HTML out; every figure leads to its line in the appendix."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import codes, sentences, words
from bt_analysis.pages.content import SHOWN, Content, Row
from bt_analysis.pages.html import Html, cell, render, text


def tile(content: Content, row: pd.Series | None, name: str, one: str = "") -> dict[str, str]:
    """Make a number tile of an estimate.

    Parameters
    ----------
    content : Content
        The report.
    row : Series or None
        The estimate; None: not kept.
    name : str
        What the number counts.
    one : str
        What it counts when there is one; empty: the same.

    Returns
    -------
    dict of str to str
        number, words, note (the reservation) and claim_id for the template; a number with bounds is written as a range.
    """
    say, number = content.language.say, content.language.number
    if row is None or row["gate"] == "niet_te_zien":
        return {"number": "–", "words": f"{name}: {say('nog niet bijgehouden')}", "note": "", "claim_id": ""}
    if row["gate"] == "onderdrukt":
        why = f"{name}: {sentences.limits(content, row)}"
        return {"number": "–", "words": why, "note": "", "claim_id": row["claim_id"]}
    text = number(row["value"])
    if pd.notna(row["ci_low"]) and number(row["ci_low"]) != number(row["ci_high"]):
        text = f"{number(row['ci_low'])}–{number(row['ci_high'])}"
    return {
        "number": text,
        "words": one if one and text == "1" else name,
        "note": sentences.limits(content, row) if row["gate"] == "voorbehoud" else "",
        "claim_id": row["claim_id"],
    }


def context(content: Content) -> Html:
    """Make the table of the area beside its gemeente and the country.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per context indicator of the newest year; a figure that is missing says why.
    """
    say = content.language.say
    rows = content.rows("context")
    if rows.empty:
        return Html(render_missing(content, say("Van het werkgebied zijn geen cijfers gevonden.")))
    newest = rows[rows["period_end"].eq(rows["period_end"].max())].set_index(["indicator_id", "population"])
    populations = [p for p in ("gebied", "gemeente", "land") if p in newest.index.get_level_values("population")]
    names = {"gebied": say("werkgebied"), "gemeente": say("gemeente"), "land": say("land")}
    shown = sorted((i for i in content.catalogue.values() if i.context), key=lambda indicator: indicator.context)
    body = [
        {
            "id": "",
            "cells": [
                cell(sentences.label(content, indicator.id)),
                *_cells(content, newest.loc[[(indicator.id, p) for p in populations]], indicator.decimals),
            ],
        }
        for indicator in shown
        if (indicator.id, "gebied") in newest.index
    ]
    year = str(rows["period_end"].max().year)
    columns = [{"name": say("Cijfer"), "figure": False}, *({"name": names[p], "figure": True} for p in populations)]
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=False,
        columns=columns,
        rows=body,
        caption=say("Het werkgebied naast gemeente en land, {year}", year=year),
        after=_reservation(content, newest)
        + say("Bron: {sources}. De bron rondt kleine aantallen af op vijftallen.", sources=_publishers(newest)),
    )


def _reservation(content: Content, rows: pd.DataFrame) -> str:
    """Say what the star behind a figure means; nothing when there is none."""
    starred = rows.loc[rows["gate"] == "voorbehoud"].drop_duplicates("gate_reason")
    reasons = dict.fromkeys(sentences.limits(content, row) for _, row in starred.iterrows())
    return f"* {'; '.join(reasons)}. " if reasons else ""


def _cells(content: Content, rows: pd.DataFrame, decimals: int) -> list[dict[str, str]]:
    """One cell per row; when no row has a figure for the same reason, one wide cell that says it once."""
    if not rows["gate"].isin(SHOWN).any() and rows["gate_reason"].eq(rows["gate_reason"].iloc[0]).all():
        return [cell(sentences.limits(content, rows.iloc[0]), "why", span=len(rows))]
    return [_cell(content, row, decimals) for _, row in rows.iterrows()]


def _cell(content: Content, row: pd.Series, decimals: int) -> dict[str, str]:
    if row["gate"] not in SHOWN:
        return cell(sentences.limits(content, row), "why")
    text = told(content, row, decimals)
    return cell(text + (" *" if row["gate"] == "voorbehoud" else ""), "figure", row["claim_id"])


def told(content: Content, row: Row, decimals: int) -> str:
    """Write what an estimate came to.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate that is shown.
    decimals : int
        Decimals shown.

    Returns
    -------
    str
        The value with its unit, or words where it is about too few people for a number.
    """
    if row["value_text"]:
        return words.say(row["value_text"], codes.ABOUT | codes.VERDICTS | codes.RANGES, content.language)
    if row["question"] in ("change", "detectability") and row["group_value"] != "reach":
        return words.difference(row["value"], row["unit"], decimals, content.language)
    return words.amount(row["value"], row["unit"], decimals, content.language)


def _publishers(rows: pd.DataFrame) -> str:
    return ", ".join(sorted({str(source).split(" · ")[0] for source in rows["source"]}))


def render_missing(content: Content, sentence: str) -> Html:
    """Make a tile that says in a sentence what is not there.

    Parameters
    ----------
    content : Content
        The report.
    sentence : str
        In the reader's language.

    Returns
    -------
    Html
        A grey tile.
    """
    return text(content.language, "", tile=sentence)
