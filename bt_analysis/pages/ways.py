"""Three ways of computing a change, side by side: the estimators of one collective in, a table out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import codes, sentences, verdicts, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render

WAYS = ("did", "sc", "sdid")
"""Estimators in the order of the table; the last one is the headline."""


def table(content: Content) -> Html:
    """Make the table of three ways, of the figures that can be seen.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per figure: the difference with similar areas by each way with its interval, and how often chance alone
        gives one as large. Empty when nothing can be seen.
    """
    say = content.language.say
    shown = [one for one in verdicts.outcomes(content) if one.shown]
    if not shown:
        return Html("")
    names = [say("wat"), *(words.say(way, codes.GROUPS, content.language) for way in WAYS), say("zo groot door toeval")]
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=False,
        columns=[{"name": name, "figure": name != names[0]} for name in names],
        rows=[{"id": "", "cells": _cells(content, one.indicator_id)} for one in shown],
        caption=say("Drie manieren om te rekenen: hoeveel anders dan waar het op lijkt"),
        after=say(
            "Tussen haakjes: van – tot. Zo ver kan toeval ernaast zitten, gemeten waar geen collectief werkt. "
            "Door toeval: hoe vaak toeval zo'n verschil geeft, op de laatste manier. "
            "Bij hoogstens {level}% noemen we het een verschil.",
            level=content.language.number(100 * content.settings.comparison.level),
        ),
    )


def _cells(content: Content, indicator_id: str) -> list[dict[str, str]]:
    effects = [content.one("change", indicator_id, group_type="methode", group_value=way) for way in WAYS]
    tests = [content.one("change", indicator_id, group_type="toets", group_value=name) for name in ("holm", "sdid")]
    return [
        cell(_name(content, indicator_id, effects)),
        *(_effect(content, one) for one in effects),
        _chance(content, next((one for one in tests if one is not None), None)),
    ]


def _name(content: Content, indicator_id: str, effects: list[pd.Series | None]) -> str:
    """Name the figure with the unit of what differs, so that the cells need not."""
    units = [str(row["unit"]) for row in effects if row is not None]
    unit = words.difference(0, units[0], 0, content.language).replace("0", "").strip(" ,.") if units else ""
    label = sentences.label(content, indicator_id)
    return f"{label}, {unit}" if unit else label


def _effect(content: Content, row: pd.Series | None) -> dict[str, str]:
    if row is None or row["gate"] not in SHOWN:
        return cell("–", "figure")
    language, indicator = content.language, content.catalogue.get(str(row["indicator_id"]))
    decimals = indicator.decimals if indicator else 1
    decimals = max(decimals, 1) if row["unit"] == "%" else decimals
    ends = [language.number(row[end], decimals) for end in ("ci_low", "ci_high") if pd.notna(row[end])]
    told = language.number(row["value"], decimals)
    return cell(told + (f" ({ends[0]} – {ends[1]})" if len(ends) == 2 else ""), "figure", row["claim_id"])


def _chance(content: Content, row: pd.Series | None) -> dict[str, str]:
    if row is None or row["gate"] not in SHOWN:
        return cell("–", "figure")
    return cell(words.amount(100 * row["value"], "%", 1, content.language), "figure", row["claim_id"])
