"""Appendix C of a collective: its arrows with what it found itself, what all know together, and how sure judges are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bt_analysis.methods import process_tracing
from bt_analysis.pages import stored, theory_words, words
from bt_analysis.pages.claim_sentences import about_all
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text


def shared(workspace: str | Path) -> pd.DataFrame:
    """Read what all collectives that gave a bundle know together of each arrow.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.

    Returns
    -------
    DataFrame
        Rows of analysed_arrows that are about all together; none when no collective gave a bundle.

    Raises
    ------
    ContentError
        When the workspace was not built.
    """
    return theory_words.of(stored.read(workspace, "across/arrows"), "")


def section(content: Content, together: pd.DataFrame) -> Html:
    """Make appendix C: the arrows of a collective.

    Parameters
    ----------
    content : Content
        A collective's report.
    together : DataFrame
        As :func:`shared` gives.

    Returns
    -------
    Html
        One row per arrow that the collective drew or has evidence about: what it found, and what all know; one sentence
        when it keeps none.
    """
    say, language = content.language.say, content.language
    title = "C · " + say("Pijlen van de verandertheorie")
    arrows = content.learned["arrows"]
    if arrows.empty:
        return text(language, title, tile=say("Dit collectief houdt nog geen pijlen of bewijs bij."))
    named = theory_words.every_label(content)
    known = together.set_index("arrow_id") if len(together) else pd.DataFrame()
    names = [
        say("pijl"),
        say("wat wij vonden"),
        say("status bij ons"),
        say("status van allen samen"),
        say("omdat"),
        say("als"),
    ]
    return render(
        "sections/table.html.j2",
        language,
        title=title,
        before=say(
            "Een pijl zegt: als dit verandert, verandert dat ook. Een collectief alleen kan een pijl niet 'gesteund' "
            "maken: daar zijn er {n} voor nodig.",
            n=language.number(content.settings.learning.supported_collectives),
        ),
        dense=True,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[{"id": "", "cells": _cells(content, row, named, known)} for _, row in arrows.iterrows()],
        caption=say("Pijlen die dit collectief tekende of onderzocht"),
        after=say(
            "Van allen samen: van de collectieven die hun gegevens delen. Een streepje: daar staat hij niet bij."
        ),
    )


def _cells(content: Content, row: pd.Series, named: dict[str, str], known: pd.DataFrame) -> list[dict[str, str]]:
    language = content.language
    ours = theory_words.status(row, language)
    everyone = theory_words.status(known.loc[row["arrow_id"]], language) if row["arrow_id"] in known.index else "–"
    studied = row["status"] != "niet_onderzocht"
    return [
        cell(theory_words.arrow(row, named)),
        cell(theory_words.evidence(row, language) if studied else "–"),
        cell(ours),
        cell(everyone),
        *(cell(language.typed(row[name], row[f"{name}_en"]), "why") for name in ("mechanism", "assumption")),
    ]


def beliefs(content: Content) -> Html:
    """Tell how sure judges may be of each arrow whose evidence they judged.

    Parameters
    ----------
    content : Content
        The report of a collective, or of all: cases are set beside each other and never multiplied.

    Returns
    -------
    Html
        One row per collective and arrow: a range over judges and beliefs beforehand; empty when nobody judged evidence.
    """
    say, language = content.language.say, content.language
    traced = content.learned["tracing"]
    if traced.empty:
        return Html("")
    names = dict(zip(content.collectives["collective_id"], content.collectives["name"], strict=True))
    named = theory_words.every_label(content)
    arrows = {row["arrow_id"]: theory_words.arrow(row, named) for _, row in content.learned["arrows"].iterrows()}
    sure = content.rows("theory", "arrow_belief").set_index(["collective_id", "group_value"])["claim_id"].to_dict()
    body = []
    for (collective_id, arrow_id), own in traced.groupby(["collective_id", "arrow_id"]):
        # The figures of one collective are listed in its own report, so there is nothing to lead to elsewhere.
        told_of, claim = arrows[arrow_id], "" if about_all(content) else sure.get((collective_id, arrow_id), "")
        told = [_range(content, own[own["prior"].eq(prior)]) for prior in process_tracing.PRIORS]
        cells = [cell(names.get(collective_id, collective_id)), cell(told_of)]
        cells += [cell(one, "figure", claim) for one in told] + [cell(language.number(own["judges_n"].max()), "figure")]
        body.append({"id": "", "cells": cells})
    heads = [say("eerst {n} van 100", n=language.number(100 * prior)) for prior in process_tracing.PRIORS]
    columns = [say("collectief"), say("pijl"), *heads, say("beoordelaars")]
    return render(
        "sections/table.html.j2",
        language,
        title=say("Hoe zeker is het hier?"),
        before=say(
            "Beoordelaars schatten van elk stuk bewijs hoe goed het past bij de pijl, en bij een andere verklaring. "
            "Daaruit volgt hoe zeker je mag zijn, van de 100. Het hangt af van wat je eerst dacht en van wie oordeelt."
        ),
        dense=False,
        columns=[{"name": name, "figure": name not in columns[:2]} for name in columns],
        rows=body,
        caption=say("Hoe zeker, van de strengste tot de mildste beoordelaar"),
        after=say(
            "Bewijs uit dezelfde soort bron telt als een stuk. Het gaat steeds over dit ene collectief: "
            "collectieven staan naast elkaar en worden niet opgeteld."
        ),
    )


def judgements(content: Content) -> Html:
    """List what judges thought of each piece of evidence.

    Parameters
    ----------
    content : Content
        The report of a collective.

    Returns
    -------
    Html
        One row per judge and piece of evidence, with the other explanation; empty when nobody judged evidence.
    """
    say, language = content.language.say, content.language
    judged = content.learned["judgements"]
    if judged.empty:
        return Html("")
    names = [
        say("bewijs"), say("beoordelaar"), say("kans als de pijl klopt"), say("kans bij de andere verklaring"),
        say("gezien"), say("soort bewijs"), say("andere verklaring"),
    ]  # fmt: skip
    rows = [
        {
            "id": "",
            "cells": [
                cell(str(row["evidence_id"]).partition("--")[2] or row["evidence_id"]),
                cell(row["judge"]),
                cell(language.number(row["likelihood_claim"], 2), "figure"),
                cell(language.number(row["likelihood_rival"], 2), "figure"),
                cell(say("ja" if row["seen"] else "nee")),
                cell(words.say(row["kind"], theory_words.KINDS, language)),
                cell(language.typed(row["rival"]), "why"),
            ],
        }
        for _, row in judged.iterrows()
    ]
    return render(
        "sections/table.html.j2",
        language,
        title="",
        before="",
        dense=True,
        columns=[{"name": name, "figure": name in names[2:4]} for name in names],
        rows=rows,
        caption=say("Wat beoordelaars van het bewijs vonden"),
        after="",
    )


def _range(content: Content, row: pd.DataFrame) -> str:
    """Write a range out of a hundred; certainty is never told, as a judge may be wrong."""
    low, high = (min(max(float(row[end].iloc[0]), 0.01), 0.99) for end in ("low", "high"))
    number = content.language.number
    ends = number(100 * low), number(100 * high)
    return ends[0] if ends[0] == ends[1] else "–".join(ends)
