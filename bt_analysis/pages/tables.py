"""Tables and number tiles of the reports: estimates in, HTML out; every figure leads to its line in the appendix."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import sentences, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render

_QUESTIONS = {
    "activities_n": "activiteiten",
    "sessions_n": "keren gehouden",
    "contacts_n": "deelnames",
    "unique_n": "verschillende mensen",
    "reach_pct": "bereik, deel van de bewoners",
    "participants_known_n": "verschillende deelnemers van wie de groep bekend is, ten minste",
    "participants_share_pct": "aandeel van de deelnemers",
    "area_share_pct": "aandeel van de bewoners",
    "representation_ratio": "keer zo vaak als verwacht",
    "hours_total": "uren van vrijwilligers",
    "hours_role": "uren van vrijwilligers",
}
_DECIMALS = {"representation_ratio": 2, "reach_pct": 1, "participants_share_pct": 0, "area_share_pct": 0}


def tile(content: Content, row: pd.Series | None, name: str) -> dict[str, str]:
    """Make a number tile of an estimate.

    Parameters
    ----------
    content : Content
        The report.
    row : Series or None
        The estimate; None: not kept.
    name : str
        What the number counts.

    Returns
    -------
    dict of str to str
        number, words and claim_id for the template; a number with bounds is written as a range.
    """
    say, number = content.language.say, content.language.number
    if row is None or row["gate"] == "niet_te_zien":
        return {"number": "–", "words": f"{name}: {say('nog niet bijgehouden')}", "claim_id": ""}
    if row["gate"] == "onderdrukt":
        return {"number": "–", "words": f"{name}: {sentences.limits(content, row)}", "claim_id": row["claim_id"]}
    text = number(row["value"])
    if pd.notna(row["ci_low"]) and number(row["ci_low"]) != number(row["ci_high"]):
        text = f"{number(row['ci_low'])}–{number(row['ci_high'])}"
    return {"number": text, "words": name, "claim_id": row["claim_id"]}


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
        + say("Bron: {sources}. Kleine aantallen rondt het CBS af op vijftallen.", sources=_publishers(newest)),
    )


def _reservation(content: Content, rows: pd.DataFrame) -> str:
    """Say what the star behind a figure means; nothing when there is none."""
    starred = rows[rows["gate"] == "voorbehoud"]
    return f"* {sentences.limits(content, starred.iloc[0])}. " if len(starred) else ""


def _cells(content: Content, rows: pd.DataFrame, decimals: int) -> list[dict[str, str]]:
    """One cell per row; when no row has a figure for the same reason, one wide cell that says it once."""
    if not rows["gate"].isin(SHOWN).any() and rows["gate_reason"].eq(rows["gate_reason"].iloc[0]).all():
        return [cell(sentences.limits(content, rows.iloc[0]), "why", span=len(rows))]
    return [_cell(content, row, decimals) for _, row in rows.iterrows()]


def _cell(content: Content, row: pd.Series, decimals: int) -> dict[str, str]:
    if row["gate"] not in SHOWN:
        return cell(sentences.limits(content, row), "why")
    text = words.amount(row["value"], row["unit"], decimals, content.language)
    return cell(text + (" *" if row["gate"] == "voorbehoud" else ""), "figure", row["claim_id"])


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
    return render("sections/text.html.j2", content.language, title="", paragraphs=[], tile=sentence, points=[])


def estimates(content: Content) -> Html:
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
    say, language = content.language.say, content.language
    newest = content.rows("context")["period_end"].max()
    rows = content.estimates[content.estimates["question"].ne("context") | content.estimates["period_end"].eq(newest)]
    body = [{"id": row["claim_id"], "cells": _estimate_cells(content, row)} for _, row in rows.iterrows()]
    names = [
        say("wat"),
        say("waarde"),
        say("van – tot"),
        "n",
        say("methode"),
        say("bron"),
        say("voorbehoud"),
        say("nummer"),
    ]
    return render(
        "sections/table.html.j2",
        language,
        title="B · " + say("Alle cijfers"),
        before="",
        dense=True,
        columns=[{"name": name, "figure": name in names[1:4]} for name in names],
        rows=body,
        caption=say("Elk cijfer van dit rapport, met waar het vandaan komt"),
        after="",
    )


def _estimate_cells(content: Content, row: pd.Series) -> list[dict[str, str]]:
    language = content.language
    indicator = content.catalogue.get(row["indicator_id"])
    name = sentences.label(content, indicator.id) if indicator else language.say(_QUESTIONS[row["indicator_id"]])
    group = words.group(row, language)
    where = {"gemeente": language.say("gemeente"), "land": language.say("land")}.get(row["population"])
    decimals = indicator.decimals if indicator else _DECIMALS.get(row["indicator_id"], 0)
    shown = row["gate"] in SHOWN
    value = words.amount(row["value"], row["unit"], decimals, language) if shown else "–"
    ends = [language.number(row[end], decimals) for end in ("ci_low", "ci_high") if shown and pd.notna(row[end])]
    return [
        cell(", ".join(filter(None, [name, group, where]))),
        cell(value, "figure"),
        cell(" – ".join(ends), "figure"),
        cell(language.number(row["n"]) if shown and pd.notna(row["n"]) else "", "figure"),
        cell(words.say(row["method"], words.METHODS, language)),
        cell(row["source"], "long"),
        cell(sentences.limits(content, row)),
        cell(row["claim_id"], "code"),
    ]


def sources(content: Content) -> Html:
    """Make the list of files the report rests on.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    Html
        One row per file with table, dates, licence and the first twelve digits of its checksum.
    """
    say = content.language.say
    names = [say("bestand"), say("tabel"), say("gewijzigd"), say("opgehaald"), say("licentie"), "sha256"]
    body = [
        {
            "id": "",
            "cells": [
                cell(row["file"]),
                cell(row["table"]),
                cell(row["modified"][:10]),
                cell(row["retrieved"][:10]),
                cell(row["licence"]),
                cell(row["sha256"][:12], "code"),
            ],
        }
        for row in content.sources.to_dict("records")
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


def appendix(content: Content) -> Html:
    """Make the head of the appendix: what each part needs, and the thresholds this report was made with.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    Html
        Parts A and C to H in a sentence each, and the thresholds.
    """
    say, number = content.language.say, content.language.number
    gates, disclosure = content.settings.gates, content.settings.disclosure
    parts = [
        say("A · Veldwerk en respons: nog niet bijgehouden."),
        say("C · Pijlen van de verandertheorie: nog niet bijgehouden."),
        say("D · Geld en waardering: nog niet bijgehouden."),
        say("E · Experimenten, gepland en gedaan: nog niet bijgehouden."),
        say(
            "F · Weggelaten om mensen te beschermen: 1 groep."
            if len(content.suppressed) == 1
            else "F · Weggelaten om mensen te beschermen: {n} groepen.",
            n=number(len(content.suppressed)),
        ),
        say("G · Het nummer achter elk cijfer in tabel B is in elk rapport hetzelfde zolang het over hetzelfde gaat."),
        say("H · Wat het bewoners kostte aan tijd: nog niet bijgehouden."),
        say(
            "Grenzen in dit rapport: groepen onder {min_cell} mensen tonen we niet; onder {min_n} mensen staat er een "
            "voorbehoud bij; ook als minder dan {coverage}% van de bewoners een cijfer heeft.",
            min_cell=str(disclosure.min_cell),
            min_n=str(gates.min_n),
            coverage=number(100 * gates.min_coverage),
        ),
    ]
    page_break = '<div class="appendix"></div>'
    return Html(
        page_break
        + render(
            "sections/text.html.j2",
            content.language,
            title=say("Bijlage"),
            paragraphs=[],
            tile="",
            points=parts,
        )
    )
