"""What did not work: lessons and experiments of all collectives in; failures at the size of successes out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import trials
from bt_analysis.analysis.learning.lesson_warnings import NEGATIVE
from bt_analysis.analysis.learning.lessons import VALENCES as VALENCE_CODES
from bt_analysis.pages import chapters, codes, lesson_settings, lessons, selection, tables, words
from bt_analysis.pages.content import Content, Row
from bt_analysis.pages.experiment_card import STATUSES
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.trial_words import COUNTED, DECLARED, OUTCOMES

AT_ONCE = 6
"""Cards that are shown at once; the others are folded."""


def row_name(content: Content, row: Row) -> str:
    """Name what a count of experiments is about.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate of question ``experiments``.

    Returns
    -------
    str
        Head and group in words, never a code; empty for a count of all.
    """
    if row["group_type"] == "stand":
        return words.say(str(row["group_value"]), STATUSES, content.language).rstrip(".").lower()
    if row["group_type"] not in COUNTED:
        return ""
    head, table = COUNTED[row["group_type"]]
    say = content.language.say
    return f"{say(head).lower()}: {words.say(str(row['group_value']), table, content.language)}"


def section(content: Content) -> Html:
    """Tell what did not work, of all collectives.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 8: counts of both, warnings, cards of lessons that did not work and of experiments that were stopped,
        failed or showed nothing, and where contradicting lessons stand. One sentence when nobody keeps either.
    """
    say = content.language.say
    title = chapters.title(8, content.language)
    told, tried = (content.learned.get(name, pd.DataFrame()) for name in ("lessons", "trials"))
    if told.empty and tried.empty:
        return text(content.language, title, tile=say("Lessen zijn nog niet bijgehouden."))
    parts = [
        text(content.language, title, [*_opening(content), *lessons.warned(content, ""), selection.again(content)]),
        _tiles(content),
    ]
    if len(told):
        parts += [_failed(content, told), _worked(content, told), domains(content), countries(content)]
    if len(tried):
        parts.append(_stopped(content, tried))
    return Html("".join(parts))


def _opening(content: Content) -> list[str]:
    say, number = content.language.say, content.language.number
    telling = content.one("lessons", "collectives_telling_n", collective_id="")
    if telling is None:
        return [say("Lessen zijn nog niet bijgehouden.")]
    silent = content.one("lessons", "collectives_without_negative_n", collective_id="")
    hidden = content.one("lessons", "lessons_hidden_n", collective_id="")
    said = [
        say(
            "{n} van de {of} collectieven schreven lessen op.",
            n=number(telling["value"]),
            of=str(len(content.collectives)),
        )
        + " "
        + lessons.told(content, "")
    ]
    if silent is not None and silent["value"]:
        n = silent["value"]
        said.append(
            say(
                "1 collectief schreef niets op over wat niet werkte."
                if n == 1
                else "{n} collectieven schreven niets op over wat niet werkte.",
                n=number(n),
            )
            + " "
            + say("Wie bang is om afgerekend te worden, schrijft mislukking niet op. Daarom noemen we geen namen.")
        )
    if hidden is not None and hidden["value"]:
        n = hidden["value"]
        said.append(
            say(
                "Van 1 les tonen we de tekst niet; ze telt wel mee."
                if n == 1
                else "Van {n} lessen tonen we de tekst niet; ze tellen wel mee.",
                n=number(n),
            )
        )
    return said


def _tiles(content: Content) -> Html:
    say = content.language.say
    wanted = [
        ("lessons", "lessons_n", "valentie", "werkte", say("lessen: werkte"), say("les: werkte")),
        ("lessons", "lessons_n", "valentie", "werkte_niet", say("lessen: werkte niet"), say("les: werkte niet")),
        ("lessons", "lessons_n", "valentie", "schade", say("lessen: deed schade"), say("les: deed schade")),
        ("experiments", "experiments_overdue_n", "", "", say("experimenten over tijd, zonder resultaat"),
         say("experiment over tijd, zonder resultaat")),
    ]  # fmt: skip
    made = []
    for question, indicator_id, kind, value, more, one in wanted:
        row = content.one(question, indicator_id, collective_id="", group_type=kind, group_value=value)
        if row is not None:
            made.append(tables.tile(content, row, more, one))
    return render("sections/tiles.html.j2", content.language, title="", paragraphs=[], tiles=made, after=[])


def _failed(content: Content, told: pd.DataFrame) -> Html:
    """Show lessons of what did not work, first one of each collective."""
    rows = told[told["valence"].isin(NEGATIVE)]
    if rows.empty:
        return Html("")
    first = spread(rows)
    title = content.language.say("Lessen van wat niet werkte")
    shown = lessons.cards(content, first, title, lesson_settings.notes(content, rows), named=True)
    return Html(shown + lessons.folded(content, rows[~rows["lesson_id"].isin(first["lesson_id"])], named=True))


def _worked(content: Content, told: pd.DataFrame) -> Html:
    """Show as many lessons of what worked, at the same size."""
    rows = told[~told["valence"].isin(NEGATIVE)]
    if rows.empty:
        return Html("")
    first = spread(rows)
    title = content.language.say("Lessen van wat werkte, of deels werkte")
    shown = lessons.cards(content, first, title, lesson_settings.notes(content, rows), named=True)
    return Html(shown + lessons.folded(content, rows[~rows["lesson_id"].isin(first["lesson_id"])], named=True))


def spread(rows: pd.DataFrame, most: int = AT_ONCE) -> pd.DataFrame:
    """Take lessons with text of as many domains as possible, the newest of each first.

    Parameters
    ----------
    rows : DataFrame
        Rows of analysed_lessons.
    most : int
        Lessons to take.

    Returns
    -------
    DataFrame
        The lessons to show; those whose text is not shown come last.
    """
    rows = rows.sort_values(["text_shown", "recorded_on", "lesson_id"], ascending=[False, False, True])
    # The same words of several collectives are one card here.
    words_of = rows[["context", "mechanism", "outcome"]].agg(" ".join, axis=1)
    rows = rows[~words_of.duplicated() | ~rows["text_shown"]]
    turn = rows.groupby("domain").cumcount()
    return rows.assign(turn=turn).sort_values(["text_shown", "turn"], ascending=[False, True], kind="stable")[:most]


def domains(content: Content) -> Html:
    """Count lessons by domain and by whether it worked.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table; every number leads to its line in the appendix.
    """
    say = content.language.say
    return _crossed(content, "domein:", say("domein"), codes.DOMAINS, say("Lessen naar domein"))


def countries(content: Content) -> Html:
    """Count lessons by country and by whether it worked: lessons compare across countries, scores do not.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table; empty with lessons of one country.
    """
    say = content.language.say
    there = content.rows("lessons", "lessons_n", collective_id="")["group_type"]
    if there[there.str.startswith("land:")].nunique() < 2:
        return Html("")
    return _crossed(content, "land:", say("land"), {}, say("Lessen naar land"))


def _crossed(content: Content, kind: str, name: str, table: dict[str, str], caption: str) -> Html:
    say = content.language.say
    rows = content.rows("lessons", "lessons_n", collective_id="")
    rows = rows[rows["group_type"].str.startswith(kind)]
    body = []
    for group, own in rows.groupby("group_type"):
        by_valence = {row["group_value"]: row for _, row in own.iterrows()}
        label = words.say(str(group).removeprefix(kind), table, content.language)
        body.append(_row(label, [_count(content, by_valence[one]) for one in VALENCE_CODES]))
    columns = [name, *(say(lessons.VALENCES[one]) for one in VALENCE_CODES)]
    return _table(content, caption, columns, body)


def _count(content: Content, row: pd.Series) -> dict[str, str]:
    return cell(content.language.number(row["value"]), "figure", row["claim_id"])


def _row(label: str, cells: list[dict[str, str]]) -> dict[str, object]:
    return {"id": "", "cells": [cell(label), *cells]}


def _table(content: Content, caption: str, columns: list[str], body: list[dict[str, object]], words_n: int = 1) -> Html:
    """Make a table of which the first ``words_n`` columns are words, and the others numbers."""
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False, rows=body, caption=caption,
        columns=[{"name": name, "figure": at >= words_n} for at, name in enumerate(columns)], after="",
    )  # fmt: skip


def _stopped(content: Content, tried: pd.DataFrame) -> Html:
    """Show experiments that were stopped, failed or showed nothing, in the same cards as lessons."""
    say = content.language.say
    rows = tried[tried["outcome"].isin(trials.FAILED)]
    if rows.empty:
        return Html("")
    rows = rows.sort_values(["text_shown", "start"], ascending=[False, False])
    words_of = rows[["problem", "change_tried", "ended_with"]].agg(" ".join, axis=1)
    rows = rows[~words_of.duplicated() | ~rows["text_shown"]][:AT_ONCE]
    made = [_trial(content, row) for _, row in rows.iterrows()]
    title = say("Experimenten die stopten, niet werkten of niets lieten zien")
    return render("sections/cards.html.j2", content.language, title=title, cards=made)


def _trial(content: Content, row: pd.Series) -> dict[str, object]:
    say, typed = content.language.say, content.language.typed
    names = dict(zip(content.collectives["collective_id"], content.collectives["name"], strict=True))
    hidden = say("De tekst tonen we niet: wie die schreef, gaf daar geen toestemming voor.")
    lines = [
        (say("Wat misging:"), row["problem"]), (say("Wat we probeerden:"), row["change_tried"]),
        (say("Waarom dat zou helpen:"), row["mechanism_expected"]), (say("Hoe het afliep:"), row["ended_with"]),
    ]  # fmt: skip
    under = [say(DECLARED[row["declared"]]).capitalize() + "."]
    if row["criteria_changed_on"]:
        days = [content.language.date(pd.Timestamp(day)) for day in row["criteria_changed_on"].split(";")]
        under.append(say("Wanneer het gelukt is, werd later veranderd: {days}.", days=", ".join(days)))
    return {
        "head": say(OUTCOMES[row["outcome"]]),
        "meta": names.get(row["collective_id"], ""),
        "lines": [(name, typed(told)) for name, told in lines if told] if row["text_shown"] else [("", hidden)],
        "foot": " ".join(under),
    }


def counts(content: Content) -> Html:
    """Count experiments by what came of them and how they were set up.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table; every number leads to its line in the appendix. Growing is one way to spread among five. Nothing
        without experiments.
    """
    say = content.language.say
    rows = content.rows("experiments", "experiments_n", collective_id="")
    if rows.empty:
        return Html("")
    body = []
    for kind, (title, table) in COUNTED.items():
        own = {row["group_value"]: row for _, row in rows[rows["group_type"].eq(kind)].iterrows()}
        for code in [one for one in table if one in own]:
            label = words.say(code, table, content.language)
            body.append(_row(say(title), [cell(label), _count(content, own[code])]))
    columns = [say("over"), say("wat"), say("experimenten")]
    made = _table(content, say("Alle experimenten: gelukt en mislukt naast elkaar"), columns, body, words_n=2)
    last = say("Groter worden is hier geen doel. Iets kan ook dieper worden, elders beginnen, of stoppen.")
    return Html(made + text(content.language, "", [last]))
