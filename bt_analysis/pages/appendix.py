"""The appendix of the reports: every figure with where it comes from, thresholds, and the files below it all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import pandas as pd

from bt_analysis.language import joined
from bt_analysis.pages import (
    chapters,
    codes,
    failures,
    figure_list,
    gaps,
    interactions,
    lessons,
    measurements,
    pattern_words,
    questions,
    response,
    sentences,
    shared_rows,
    tables,
    theory_words,
    thresholds,
    words,
)
from bt_analysis.pages.content import SHOWN, Content, Row
from bt_analysis.pages.html import Html, cell, render, text

_DECIMALS = {"representation_ratio": 2, "respondents_ratio": 2, "reach_pct": 1}
_DECIMALS_OF_UNIT = {"schaal": 1, "kappa": 2}
_DECIMALS_ALWAYS = {"p": 3, "I": 2}
"""Units whose decimals do not depend on the indicator that is tested."""


def figures(content: Content) -> Html:
    """Make appendix B: every figure of the report with interval, n, method, source and gate.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per estimate; the row's id is what the figures in the text lead to.
    """
    say = content.language.say
    caption = say("Elk cijfer van dit rapport, met waar het vandaan komt")
    rows = figure_list.listed(content)
    return figure_list.table(content, rows, "B · " + say("Alle cijfers"), caption, _estimate_cells)


def sums(content: Content) -> Html:
    """Make the appendix of the cross-domain report: every sum over collectives, as appendix B has figures.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A folded table per section, with one row per sum; the row's id is what the numbers in the text lead to, and a
        browser unfolds what is led to. On paper only how many there are is seen, and in which file all of them are.
    """
    say, language = content.language.say, content.language
    rows = content.estimates[content.estimates["collective_id"].eq("")]
    told = [
        say(
            "{n} cijfers gaan over collectieven samen. Ze staan hieronder per onderdeel.", n=language.number(len(rows))
        ),
        say("Op papier staan ze er niet bij: in estimates.csv bij dit rapport staan ze allemaal, met bron en methode."),
        say("De cijfers van een collectief staan in zijn eigen rapport."),
    ]
    head = text(language, say("Bijlage") + " · " + say("Alle sommen"), [" ".join(told)])
    folds = [_fold(content, number, own) for number, own in rows.groupby(rows["question"].map(chapters.of))]
    return Html("".join([head, *folds]))


def _fold(content: Content, number: int, rows: pd.DataFrame) -> Html:
    """Fold the sums of one section of the cross-domain report."""
    name = chapters.title(number, content.language)
    summary = f"{name} ({content.language.number(len(rows))})"
    table = figure_list.table(content, rows, "", name, _estimate_cells)
    return render("sections/fold.html.j2", content.language, summary=summary, body=table, closed=True)


def _estimate_cells(content: Content, row: Row) -> list[dict[str, str]]:
    """Write what an estimate is, its value, its bounds and on how many it rests."""
    language, places = content.language, decimals(content, row)
    shown = row["gate"] in SHOWN
    n, *bounds = (row[one] if shown else None for one in ("n", "ci_low", "ci_high"))
    ends = [language.number(one, places) for one in bounds if pd.notna(one)]
    return [
        cell(name(content, row)),
        cell(tables.told(content, row, places) if shown else "–", "figure"),
        cell(" – ".join(ends), "figure"),
        cell(words.counted(n, row["n_unit"], language) if pd.notna(n) else "", "count"),
    ]


def name(content: Content, row: Row) -> str:
    """Name an estimate, so that no two of a report read the same.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate.

    Returns
    -------
    str
        What was estimated, of which group, and where when it is not about the work area.
    """
    say = content.language.say
    where = {
        "gemeente": say("gemeente"), "land": say("land"), "vergelijkbaar": say("gebieden die hierop lijken"),
    }.get(row["population"])  # fmt: skip
    return joined(", ", filter(None, [sentences.label(content, row["indicator_id"]), _group(content, row), where]))


def decimals(content: Content, row: Row) -> int:
    """Tell how many decimals of an estimate are shown.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate.

    Returns
    -------
    int
        Those of its unit, of the catalogue, or of what was estimated.
    """
    indicator = content.catalogue.get(row["indicator_id"])
    usual = _DECIMALS.get(row["indicator_id"], _DECIMALS_OF_UNIT.get(row["unit"], 0))
    return _DECIMALS_ALWAYS.get(row["unit"], indicator.decimals if indicator else usual)


def _measured(content: Content, row: Row) -> str:
    return content.language.say("meting van {days}", days=measurements.when(content, str(row["group_label"])))


def _pattern(content: Content, row: Row) -> str:
    return pattern_words.row_name(str(row["group_value"]), content.language)


_ROW_NAMES: dict[str, Callable[[Content, Row], str]] = {
    "measurements": _measured, "theory": theory_words.row_name, "shared": shared_rows.row_name, "patterns": _pattern,
    "interactions": interactions.row_name,
    "lessons": lessons.row_name, "experiments": failures.row_name, "research_questions": questions.row_name,
    **dict.fromkeys(("response", "before_after", "weighted"), response.row_name),
}  # fmt: skip
"""Questions whose kinds and groups have names of their own."""


def _group(content: Content, row: Row) -> str:
    """Name the kind of group and the group, so that no two rows read the same."""
    if row["question"] in _ROW_NAMES:
        return _ROW_NAMES[row["question"]](content, row)
    return _named(content, row, words.say(row["group_type"], codes.GROUP_TYPES, content.language))


def _named(content: Content, row: Row, kind: str) -> str:
    if row["group_type"] == "stap":
        return f"{kind}: {words.say(row['group_value'], codes.GROUPS, content.language)}"
    if row["group_value"]:
        return joined(": ", [kind, words.group(row, content.language)])
    if row["group_type"] == "oordeel":
        return kind
    if row["question"] == "interactions" and row["group_type"]:
        return f"{kind}: {content.language.say('niet bijgehouden')}"
    return content.language.say("naar {kind}", kind=kind) if row["question"] == "representation" else ""


def sources(content: Content) -> Html:
    """Make the list of files the report rests on.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    Html
        One row per folder of files (a table of a source, the data of a collective): how many, newest dates, licence
        and the first twelve digits of the checksum of one: the figures, where they are a file of their own. What a
        collective delivered has none: by its checksum, who knows all but a few of its cells could try those.
    """
    say = content.language.say
    names = [
        say("bestand of map"), say("bestanden"), say("gewijzigd"), say("opgehaald"), say("licentie"),
        say("sha256 van één bestand"),
    ]  # fmt: skip
    listed = content.sources.sort_values("file", key=lambda files: ~files.str.endswith(".parquet"), kind="stable")
    folders = listed["file"].map(lambda file: str(PurePosixPath(file).parent))
    body = [
        {
            "id": "",
            "cells": [
                cell(files["file"].iloc[0] if len(files) == 1 else folder),
                cell(str(len(files))),
                cell(files["modified"].max()[:10]),
                cell(files["retrieved"].max()[:10]),
                cell(files["licence"].iloc[0]),
                cell("" if files["collective_id"].iloc[0] else files["sha256"].iloc[0][:12], "code"),
            ],
        }
        for folder, files in listed.groupby(folders)
    ]
    return render(
        "sections/table.html.j2",
        content.language,
        title=say("Bronnen"),
        before="",
        dense=True,
        rows=body,
        after="",
        columns=[{"name": name, "figure": False} for name in names],
        caption=say("Bestanden waar dit rapport op rust"),
    )


def head(content: Content) -> Html:
    """Make the head of the appendix: what each part needs, and the thresholds this report was made with.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    Html
        A sentence for each part that nothing was kept for, and the thresholds.
    """
    say, number = content.language.say, content.language.number
    gates, disclosure, hours = content.settings.gates, content.settings.disclosure, content.settings.hours
    hidden = gaps.left_out(content)
    parts = [
        *([say("A · Veldwerk en respons: nog niet bijgehouden.")] if content.rows("response").empty else []),
        *([say("C · Pijlen van de verandertheorie: nog niet bijgehouden.")] if _nothing(content, "arrows") else []),
        *([say("E · Experimenten, gepland en gedaan: nog niet bijgehouden.")] if content.experiments.empty else []),
        say(
            "F · Weggelaten om mensen te beschermen: 1 cijfer."
            if hidden == 1
            else "F · Weggelaten om mensen te beschermen: {n} cijfers.",
            n=number(hidden),
        ),
        say("Het nummer achter elk cijfer in tabel B is in elk rapport hetzelfde zolang het over hetzelfde gaat."),
        say(
            "Grenzen in dit rapport: groepen onder {min_cell} mensen tonen we niet; onder {min_n} mensen staat er een "
            "voorbehoud bij; ook als minder dan {coverage}% van de bewoners een cijfer heeft.",
            min_cell=str(disclosure.min_cell),
            min_n=str(gates.min_n),
            coverage=number(100 * gates.min_coverage),
        ),
        say(
            "Antwoordde minder dan {least}% op een vragenlijst, dan staat er eerst waar het tussen kan liggen. Toetsen "
            "op verschil zijn gecorrigeerd voor hoeveel er in dit rapport staan; {level}% mag dan nog toeval zijn.",
            least=number(gates.min_response_pct, 1 if gates.min_response_pct % 1 else 0),
            level=number(100 * content.settings.comparison.level),
        ),
        say(
            "Wat we niet tonen is ook uit andere cijfers niet preciezer uit te rekenen dan op {protection} mensen na. "
            "Uren tonen we niet als {most} mensen er {dominance}% of meer van gaven. Percentages van minder dan "
            "{words_below} mensen staan in woorden; aantallen mensen in groepen zijn veelvouden van {rounding}.",
            protection=str(disclosure.protection),
            most=str(disclosure.dominance_n),
            dominance=number(disclosure.dominance_pct),
            words_below=str(disclosure.words_below),
            rounding=str(disclosure.rounding),
        ),
        say(
            "Zei een collectief niet hoe zeker zijn uren zijn, dan rekenen we naar boven en beneden met "
            "{logboek}% voor een logboek, {steekproef}% voor een steekproef en {schatting}% voor een schatting.",
            logboek=number(hours.logboek_pct, 1 if hours.logboek_pct % 1 else 0),
            steekproef=number(hours.steekproef_pct, 1 if hours.steekproef_pct % 1 else 0),
            schatting=number(hours.schatting_pct, 1 if hours.schatting_pct % 1 else 0),
        ),
        *thresholds.of_learning(content),
    ]
    return text(content.language, say("Bijlage"), points=parts)


def _nothing(content: Content, table: str) -> bool:
    """Tell whether a table of what was learnt is empty or was not made."""
    return len(content.learned.get(table, ())) == 0
