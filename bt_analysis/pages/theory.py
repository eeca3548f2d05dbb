"""Section 5 of the cross-domain report: graded arrows in; what is known, contested and not looked at, in words, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import arrows as rules
from bt_analysis.pages import chapters, codes, selection, tables, theory_words, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text

QUESTION = "theory"
_BY_DOMAIN, _MOVED = "domein", "van_naar"


def section(content: Content) -> Html:
    """Tell what collectives know together of how their work works.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A number per status and what the statuses mean; one sentence where nobody keeps arrows.
    """
    say, number = content.language.say, content.language.number
    title = chapters.title(5, content.language)
    arrows = theory_words.together(content)
    if arrows.empty or not arrows["pieces_n"].sum():
        return text(content.language, title, tile=say("Er is nog geen bewijs bij pijlen vastgelegd."))
    told = [
        say(
            "Een pijl zegt: als dit verandert, verandert dat ook. De pijlen zijn een voorstel om mee te beginnen, geen "
            "bewijs. Bij elke keer rekenen kijken we opnieuw wat collectieven erover vonden."
        ),
        _says(content, arrows),
        selection.again(content),
    ]
    after = [
        say(
            "Gesteund: bewijs voor van {n} of meer collectieven en {kinds} soorten bronnen, en ten minste een keer "
            "gemeten. Betwist: er is ook bewijs tegen, {share}% of meer, of een meting tegen. Weerlegd: twee metingen "
            "tegen en geen ervoor. Wat een collectief vaker uit dezelfde soort bron haalt, telt een keer.",
            n=number(content.settings.learning.supported_collectives),
            kinds=number(rules.KINDS_TO_SUPPORT),
            share=number(100 * content.settings.learning.contested_share),
        ),
        say(
            "Verouderd: het nieuwste bewijs is ouder dan {n} maanden. Literatuur telt mee, maar is geen collectief.",
            n=number(content.settings.learning.outdated_months),
        ),
    ]
    return render(
        "sections/tiles.html.j2",
        content.language,
        title=title,
        paragraphs=told,
        tiles=_tiles(content),
        after=after,
    )


def finding(content: Content) -> str:
    """Say in one sentence what the drawing shows.

    Parameters
    ----------
    content : Content
        The cross-domain report, or that of a collective.

    Returns
    -------
    str
        How many arrows nobody looked into, and how many are supported.
    """
    say, number = content.language.say, content.language.number
    arrows = content.learned["arrows"]
    own = arrows[arrows["collective_id"].eq(arrows["collective_id"].min())] if len(arrows) else arrows
    if own.empty:
        return say("Nog geen pijlen")
    counts = own["status"].value_counts()
    return say(
        "Gesteund: {supported} van de {all} pijlen. Nog niet onderzocht: {none}",
        all=number(len(own)),
        supported=number(counts.get("gesteund", 0)),
        none=number(counts.get("niet_onderzocht", 0)),
    )


def by_domain(content: Content) -> Html:
    """Set the statuses of arrows beside each other per domain.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        One row per domain of what an arrow changes, one column per status; empty without arrows.
    """
    say = content.language.say
    rows = content.rows(QUESTION, group_type=_BY_DOMAIN, collective_id="")
    if rows.empty:
        return Html("")
    found = rows.set_index(["group_value", "indicator_id"])
    body = []
    for domain in sorted(set(rows["group_value"]), key=list(codes.DOMAINS).index):
        own = [found.loc[(domain, f"arrows_{status}_n")] for status in theory_words.STATUSES]
        figures = [cell(content.language.number(one["value"]), "figure", one["claim_id"]) for one in own]
        body.append({"id": "", "cells": [cell(words.say(domain, codes.DOMAINS, content.language)), *figures]})
    names = [words.say(status, theory_words.STATUSES, content.language) for status in theory_words.STATUSES]
    return render(
        "sections/table.html.j2",
        content.language,
        title=say("Wat we weten, per domein"),
        before="",
        dense=False,
        columns=[{"name": say("domein"), "figure": False}, *({"name": name, "figure": True} for name in names)],
        rows=body,
        caption=say("Aantal pijlen per status, naar het domein van wat er verandert"),
        after="",
    )


def contradictions(content: Content) -> Html:
    """Tell where collectives of different domains contradict each other.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        An arrow per point, with what each domain found; one sentence when there are none; empty without evidence.
    """
    say, language = content.language.say, content.language
    arrows = theory_words.together(content)
    if arrows.empty or not arrows["pieces_n"].sum():
        return Html("")
    against = arrows[arrows["contradicted"]]
    if against.empty:
        return text(language, "", [say("Nergens spreekt het ene domein het andere tegen.")])
    named, found = theory_words.every_label(content), content.learned["arrow_domains"]
    body = []
    for _, row in against.iterrows():
        for _, one in found[found["arrow_id"].eq(row["arrow_id"])].iterrows():
            domain = words.say(one["domain"], codes.DOMAINS, language)
            told = theory_words.evidence(one, language)
            n = language.number(one["collectives_n"])
            cells = [cell(theory_words.arrow(row, named)), cell(domain), cell(told), cell(n, "figure")]
            body.append({"id": "", "cells": cells})
    names = [say("pijl"), say("domein van de collectieven"), say("bewijs"), say("collectieven")]
    return render(
        "sections/table.html.j2",
        language,
        title=say("Waar domeinen elkaar tegenspreken"),
        before="",
        dense=False,
        columns=[{"name": name, "figure": name == names[3]} for name in names],
        rows=body,
        caption=say("Dezelfde pijl, ander bewijs"),
        after=say("Dat kan aan de plek liggen, aan de mensen of aan hoe er is gemeten."),
    )


def changed(content: Content) -> Html:
    """Tell which arrows have another status than in the run before.

    Parameters
    ----------
    content : Content
        The report of all, or of one collective.

    Returns
    -------
    Html
        How many went from one status to which other; a sentence when there was no run before, or nothing changed;
        empty without arrows.
    """
    say, language = content.language.say, content.language
    arrows = content.learned["arrows"]
    if arrows.empty:
        return Html("")
    whose = arrows["collective_id"].min()  # empty, and so the smallest, is all together
    before = arrows["previous_on"].max()
    if pd.isna(before):
        return text(language, "", [say("Dit is de eerste keer dat deze pijlen zijn bekeken.")])
    rows = content.rows(QUESTION, "arrows_changed_n", collective_id=whose)
    if rows.empty:
        return text(language, "", [say("Sinds {day} is er geen status veranderd.", day=language.date(before))])
    body = [
        {
            "id": "",
            "cells": [
                cell(theory_words.moved(row["group_value"], language)),
                cell(language.number(row["value"]), "figure", row["claim_id"]),
            ],
        }
        for _, row in rows.iterrows()
    ]
    return render(
        "sections/table.html.j2",
        language,
        title="",
        before="",
        dense=False,
        columns=[{"name": say("status"), "figure": False}, {"name": say("pijlen"), "figure": True}],
        rows=body,
        caption=say("Wat er veranderde sinds {day}", day=language.date(before)),
        after="",
    )


def _says(content: Content, arrows: pd.DataFrame) -> str:
    say, number = content.language.say, content.language.number
    own = int((~arrows["shared"]).sum())
    if not own:
        return say("Er zijn {n} pijlen; collectieven tekenden er zelf geen bij.", n=number(len(arrows)))
    return say(
        "Er zijn {n} pijlen. Daarvan tekenden collectieven er {own} zelf, met eigen woorden.",
        n=number(len(arrows)),
        own=number(own),
    )


def _tiles(content: Content) -> list[dict[str, str]]:
    names = {
        f"arrows_{status}_n": words.say(status, theory_words.STATUSES, content.language)
        for status in theory_words.STATUSES
    }
    rows = content.rows(QUESTION, group_type="", collective_id="")
    return [
        tables.tile(content, rows[rows["indicator_id"].eq(one)].iloc[0], name)
        for one, name in names.items()
        if rows["indicator_id"].eq(one).any()
    ]
