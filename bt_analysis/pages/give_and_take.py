"""Give and take: what came back to residents and what they replied, what finding out took, in; two sections out.

What people said stands as they said it, beside the claim it is about. Euros never stand without minutes.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import made
from bt_analysis.instruments import registry
from bt_analysis.pages import claim_sentences, sentences, tables, words
from bt_analysis.pages.codes import GROUPS
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render, text

FORMS = {
    "bijeenkomst": "op een bijeenkomst", "krant": "in de krant", "deur": "aan de deur", "online": "online",
}  # fmt: skip
"""How a claim was given back."""

QUOTED_FIRST = ("oneens", "aanvulling", "eens")
"""Kinds of reply, in the order in which the two pages repeat them; not agreeing weighs most."""

MOST_QUOTED = 2
"""Replies that the two pages have room for."""

MOST_WORDS = 30
"""Words of a reply that the two pages repeat; all of them stand behind."""

BURDEN = {
    "alles samen": ("resident_minutes", "paid_eur"),
    "per uitspraak": ("minutes_per_claim", "eur_per_claim"),
    "per uitspraak die bewoners te horen kregen": ("minutes_per_returned", "eur_per_returned"),
}
"""Row of appendix H → the figures in minutes and euros, which always stand side by side."""


def _one(content: Content, question: str, indicator_id: str) -> pd.Series | None:
    """Return the figure of the report's collective, or in the cross-domain report that of all together."""
    where = {"collective_id": ""} if claim_sentences.about_all(content) else {}
    return content.one(question, indicator_id, **where)


def _learned(content: Content, name: str) -> pd.DataFrame:
    return content.learned[name] if name in content.learned else made((), name)


def replies(content: Content) -> Html:
    """Give what came back to residents, what they replied, and what comes next.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        The part *Weerwoord* of section 9: numbers, every reply that may be read, and by when the rest should be back.
    """
    say = content.language.say
    if _one(content, "return", "returned_n") is None:
        tile = say("Wat bewoners terughoorden en wat zij vonden, is nog niet bijgehouden.")
        return Html(_head(content) + text(content.language, "", [_next(content)], tile=tile))
    listed = _of_this_report(content)
    values = {"title": "", "paragraphs": [], "tiles": _tiles(content), "after": []}
    numbers = render("sections/tiles.html.j2", content.language, **values)
    table = _table(content, listed) if len(listed) else ""
    after = text(content.language, "", [*_not_listed(content, listed), _next(content)])
    return Html(_head(content) + numbers + table + after)


def in_short(content: Content) -> Html:
    """Give the replies that the two pages have room for, in the words of those who replied.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        How many claims came back, two replies at most (those who did not agree first), and what comes next.
    """
    say, number = content.language.say, content.language.number
    claims, returned, replied = (_one(content, "return", one) for one in ("claims_n", "returned_n", "replied_n"))
    if claims is None or returned is None:
        tile = say("Wat bewoners terughoorden en wat zij vonden, is nog niet bijgehouden.")
        return Html(_head(content) + text(content.language, "", [_next(content)], tile=tile))
    told = say("Bewoners hoorden {n} van de {total} uitspraken van dit rapport.", n=number(returned["value"]),
               total=number(claims["value"]))  # fmt: skip
    if replied is not None and replied["gate"] in SHOWN:
        told += " " + say("Op {n} daarvan kwam een reactie.", n=number(replied["value"]))
    return Html(_head(content) + text(content.language, "", [told], points=_quoted(content))
                + text(content.language, "", [_next(content)]))  # fmt: skip


def _quoted(content: Content) -> list[str]:
    """Repeat what residents replied, with what it is about."""
    listed = _of_this_report(content)
    listed = listed[listed["reply_text"].ne("") & ~listed["withheld"].astype(bool)]
    order = {kind: at for at, kind in enumerate(QUOTED_FIRST)}
    rows = listed.sort_values("reply_type", key=lambda kinds: kinds.map(order), kind="stable").head(MOST_QUOTED)
    names = content.estimates.drop_duplicates("claim_id").set_index("claim_id")["indicator_id"]
    return [
        content.language.say(
            "Over {what} ({kind}): “{words}”", what=words.within(sentences.label(content, str(names[row["claim_id"]]))),
            kind=words.say(str(row["reply_type"]), GROUPS, content.language),
            words=content.language.typed(words.cut(str(row["reply_text"]), MOST_WORDS)),
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip


def _head(content: Content) -> str:
    return f"<h3>{content.language.say('Weerwoord')}</h3>"


def _tiles(content: Content) -> list[dict[str, str]]:
    say = content.language.say
    names = {
        "claims_n": _made(content), "returned_n": _heard(content),
        "replied_n": say("daarop reageerden zij"), "reached_n": say("mensen hoorden of lazen iets"),
    }  # fmt: skip
    rows = {one: _one(content, "return", one) for one in names}
    return [
        tables.tile(content, row, names[one])
        for one, row in rows.items()
        if row is not None and row["gate"] != "niet_te_zien"
    ]


def _made(content: Content) -> str:
    say = content.language.say
    return say("uitspraken in rapporten") if claim_sentences.about_all(content) else say("uitspraken in dit rapport")


def _heard(content: Content) -> str:
    """Say of how many claims those are that came back: of all together only where that is kept."""
    row = _one(content, "return", "returned_n")
    if row is None or not claim_sentences.about_all(content):
        return content.language.say("daarvan hoorden bewoners")
    n = content.language.number(row["n"])
    return content.language.say("hoorden bewoners, van {n} bij wie dat bijhoudt", n=n)


def _of_this_report(content: Content) -> pd.DataFrame:
    """Keep the replies to claims of this report that said something, in order of the day."""
    rows = _learned(content, "replies")
    here = rows["known"] & rows["claim_id"].isin(content.estimates["claim_id"])
    return rows[here].sort_values(["date", "return_id"], ignore_index=True)


def _table(content: Content, listed: pd.DataFrame) -> Html:
    say, dutch = content.language.say, claim_sentences.in_dutch(content)
    claims = content.estimates.drop_duplicates("claim_id").set_index("claim_id", drop=False)
    said = {one: claim_sentences.sentence(dutch, claims.loc[one]) for one in listed["claim_id"].unique()}
    names = [say("wat bewoners hoorden"), say("nummer"), say("wanneer en hoe"), say("reactie"), say("in hun woorden")]
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=False,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[{"id": "", "cells": _cells(content, row, said)} for _, row in listed.iterrows()],
        caption=say("Wat bewoners vonden van wat zij hoorden"),
        after="",
    )


def _cells(content: Content, row: pd.Series, said: dict[str, str]) -> list[dict[str, str]]:
    language = content.language
    how = f"{language.date(row['date'])}, {words.say(str(row['form']), FORMS, language)}"
    if pd.notna(row["reached_n"]):
        how += f", {words.counted(float(row['reached_n']), 'people', language)}"
    quoted = language.typed(f"“{row['reply_text']}”") if row["reply_text"] else ""
    if row["withheld"]:
        quoted = language.say("niet getoond: zonder toestemming")
    return [
        cell(said[row["claim_id"]]), cell(row["claim_id"], "code", row["claim_id"]), cell(how),
        cell(words.say(str(row["reply_type"]), GROUPS, language)), cell(quoted),
    ]  # fmt: skip


def _not_listed(content: Content, listed: pd.DataFrame) -> list[str]:
    """Say what was given back of other reports, and of claims that no report makes."""
    say, rows = content.language.say, _learned(content, "replies")
    elsewhere = int(rows["known"].sum()) - len(listed)
    unknown = list(dict.fromkeys(rows.loc[~rows["known"] & rows["claim_id"].ne(""), "claim_id"]))
    unnamed = int(rows["claim_id"].eq("").sum())
    said = []
    if elsewhere:
        said.append(say("Bij andere rapporten van dit collectief: {n} keer.", n=str(elsewhere)))
    if unknown:
        names = words.listed(unknown, content.language)
        said.append(say("Deze nummers kent geen rapport van dit collectief: {names}.", names=names))
    if unnamed:
        said.append(say("Zonder nummer van een uitspraak: {n} keer.", n=str(unnamed)))
    return [" ".join(said)] if said else []


def _next(content: Content) -> str:
    """Say how many claims still have to come back, and by when."""
    say, number = content.language.say, content.language.number
    claims, returned = _one(content, "return", "claims_n"), _one(content, "return", "returned_n")
    if claims is None or returned is None:
        return say("Volgende stap: houd bij welke uitspraken bewoners terughoorden, en wat zij ervan vonden.")
    left = claims["value"] - returned["value"]
    if left <= 0:
        return say("Volgende stap: bewoners hoorden elke uitspraak van dit rapport. Vraag wie nog niets zei.")
    day = content.language.date(claims["period_end"] + pd.Timedelta(days=content.settings.learning.return_days))
    return say(
        "Volgende stap: {n} van de uitspraken hebben bewoners nog niet gehoord. De afspraak is: voor {day}.",
        n=number(left), day=day,
    )  # fmt: skip


def burden(content: Content) -> Html:
    """Make appendix H: what finding out took of residents and researchers, and which questions nobody used.

    Parameters
    ----------
    content : Content
        A collective's report, or the cross-domain report.

    Returns
    -------
    Html
        Minutes and euros side by side, per claim and per claim that came back; then the questions to drop.
    """
    title = "H · " + content.language.say("Wat het kostte en wat het opleverde")
    return Html(text(content.language, title) + _costs(content) + _unused(content))


def across(content: Content) -> Html:
    """Give, of all collectives together, what came back and what it took.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Numbers of claims and replies, and minutes beside euros; a tile when nobody keeps either.
    """
    say = content.language.say
    claims = _one(content, "return", "claims_n")
    if claims is None:
        return text(content.language, say("Geven en nemen"), tile=say("Nog geen collectief doet uitspraken."))
    paragraphs = [_experience(content)]
    if _one(content, "return", "returned_n") is None:
        paragraphs.append(say("Geen collectief hield bij wat bewoners terughoorden."))
    else:
        paragraphs.append(say("Wat bewoners terughoorden telt alleen bij wie dat bijhoudt."))
    tiles = _tiles(content)
    values = {"title": say("Geven en nemen"), "paragraphs": paragraphs, "tiles": tiles, "after": []}
    return Html(render("sections/tiles.html.j2", content.language, **values) + _costs(content) + _unused(content))


def _experience(content: Content) -> str:
    say, number = content.language.say, content.language.number
    rests, claims = _one(content, "return", "experience_n"), _one(content, "return", "claims_n")
    return say(
        "Van {n} uitspraken rusten er {of} op wat mensen zelf zeiden. De andere rusten op tellingen en registers.",
        n=number(0 if claims is None else claims["value"]), of=number(0 if rests is None else rests["value"]),
    )  # fmt: skip


def _costs(content: Content) -> Html:
    say = content.language.say
    if _one(content, "burden", "resident_minutes") is None:
        return text(content.language, "", tile=say("Wat onderzoek bewoners kostte aan tijd, is nog niet bijgehouden."))
    names = [say("over"), say("tijd van bewoners"), say("betaald")]
    body = [
        {"id": "", "cells": [cell(say(name)), _figure(content, minutes), _figure(content, euros)]}
        for name, (minutes, euros) in BURDEN.items()
    ]
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=False,
        columns=[{"name": name, "figure": name != names[0]} for name in names],
        rows=body,
        caption=say("Wat het bewoners kostte om dit te weten"),
        after=_researchers(content),
    )


def _figure(content: Content, indicator_id: str) -> dict[str, str]:
    row = _one(content, "burden", indicator_id)
    if row is None:
        return cell(content.language.say("niet bijgehouden"), "why")
    if row["gate"] not in SHOWN:
        return cell(sentences.limits(content, row), "why")
    star = " *" if row["gate"] == "voorbehoud" else ""
    decimals = 0 if row["value"] >= 10 else 1
    return cell(words.amount(row["value"], row["unit"], decimals, content.language) + star, "figure", row["claim_id"])


def _researchers(content: Content) -> str:
    say, number = content.language.say, content.language.number
    said = []
    hours, students = _one(content, "burden", "researcher_hours"), _one(content, "burden", "student_n")
    if hours is not None and hours["gate"] in SHOWN:
        said.append(say("Onderzoekers werkten er {n} uur aan.", n=number(hours["value"])))
    if students is not None and students["value"] > 0:
        said.append(say("{n} keer deed een student mee.", n=number(students["value"])))
    figures = [_one(content, "burden", one) for both in BURDEN.values() for one in both]
    if any(row is not None and row["gate"] == "voorbehoud" for row in figures):
        said.append("* " + say("Niet bij elk onderzoek bijgehouden, dus in het echt is het meer."))
    return " ".join(said)


def _unused(content: Content) -> Html:
    """List the questions that no report used for a year: they can be dropped."""
    say, number = content.language.say, content.language.number
    asked, unused = _one(content, "unused", "asked_n"), _one(content, "unused", "unused_n")
    if asked is None or unused is None:
        return text(content.language, "", [say("Er is in deze periode geen vragenlijst gehouden.")])
    months = str(content.settings.learning.unused_months)
    head = say(
        "Vragen in vragenlijsten: {n}. Daarvan gebruikte geen rapport in {months} maanden: {unused}.",
        n=number(asked["value"]), unused=number(unused["value"]), months=months,
    )  # fmt: skip
    if unused["value"] == 0:
        return text(content.language, "", [head])
    rows = _learned(content, "unused_items")
    rows = rows[rows["collective_id"].eq("")] if asked["collective_id"] == "" else rows
    drop = say("Laat deze vragen weg, of zeg waar ze voor zijn.")
    return text(content.language, "", [f"{head} {drop}", *_since(content, rows)], points=_items(content, rows))


def _items(content: Content, rows: pd.DataFrame) -> list[str]:
    about = "about_nl" if content.language.code == "nl" else "about_en"
    names = rows[about].where(rows[about].ne(""), rows["item_code"])
    grouped = names.groupby(rows["instrument_id"])
    return [f"{_asked_with(content, str(one))}: {'; '.join(map(str, of))}" for one, of in grouped]


def _asked_with(content: Content, instrument_id: str) -> str:
    instrument = registry.load().get(instrument_id)
    if instrument is None:
        return content.language.say("Eigen vragen")
    return instrument.name_nl if content.language.code == "nl" else instrument.name_en


def _since(content: Content, rows: pd.DataFrame) -> list[str]:
    if rows.empty:
        return []
    day = content.language.date(rows["remembered_since"].min())
    return [
        content.language.say("Van rapporten van voor {day} is niet bijgehouden welke vragen zij gebruikten.", day=day)
    ]
