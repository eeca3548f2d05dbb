"""What became of what residents brought in: estimates and tables of one report in, its section on inputs out.

Counts are of inputs, not of people, so they are exact. Nobody is named, nor is a gemeente.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import behind, chapters, codes, selection, sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, render, text
from bt_analysis.pages.input_rows import ACROSS, one, stages_of_all, whose
from bt_analysis.pages.input_words import TILES


def section(content: Content) -> Html:
    """Tell what became of what residents brought in.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Section 6: the example sentence of the report, and a tile per count.
    """
    say = content.language.say
    title = behind.title(content, 6)
    if content.learned["input_fates"].empty:
        return text(content.language, title, tile=say("Wat er met onze inbreng gebeurde is nog niet bijgehouden."))
    if one(content, "inputs_n") is None:
        return text(content.language, title, tile=say("In deze periode is niets ingebracht, of niets opgeschreven."))
    return counted(content, title, [in_short(content)], after=_kept(content, None))


def explained(content: Content) -> Html:
    """Say what is meant by an answer, and what was counted.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A paragraph for behind the section; empty when nothing was brought in.
    """
    kept = not content.learned["input_fates"].empty and one(content, "inputs_n") is not None
    return text(content.language, "", [" ".join(_meaning(content))]) if kept else Html("")


def section_across(content: Content) -> Html:
    """Tell what became of what residents brought in, through all collectives together.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 7; municipalities are not named.
    """
    say = content.language.say
    title = chapters.title(7, content.language)
    if one(content, "inputs_n", ACROSS) is None:
        return text(content.language, title, tile=say("Wat er met inbreng gebeurde is nog niet bijgehouden."))
    kept = stages_of_all(content)["collective_id"].nunique()
    there = say(
        "Van {n} van de {total} collectieven is bekend wat er met hun inbreng gebeurde.",
        n=str(kept), total=str(len(content.collectives)),
    )  # fmt: skip
    weigh = say("Wie veel inbreng opschreef, telt zwaarder mee. Gemeenten noemen we niet.")
    told = [in_short(content, ACROSS), wait(content, ACROSS), f"{there} {weigh}", selection.again(content)]
    return counted(content, title, told, ACROSS)


def in_short(content: Content, collective_id: str | None = None) -> str:
    """Say in a few short sentences what became of inputs.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    str
        As "Van 48 ideeën zijn er 9 uitgevoerd. Op 21 kwam geen antwoord."; empty when nothing was brought in.
    """
    say, number = content.language.say, content.language.number
    counts = {name: _value(content, name, collective_id) for name in ("inputs_n", "inputs_executed_n",
              "inputs_unanswered_n", "inputs_silent_n", "inputs_rejected_explained_n")}  # fmt: skip
    n = counts["inputs_n"]
    if not n:
        return ""
    done, open_ = counts["inputs_executed_n"], counts["inputs_unanswered_n"]
    told = [
        say("Er is 1 idee ingebracht.") if n == 1
        else say("Van {n} ideeën is er 1 uitgevoerd.", n=number(n)) if done == 1
        else say("Van {n} ideeën zijn er {done} uitgevoerd.", n=number(n), done=number(done)),
        say("Op alle ideeën kwam antwoord.") if open_ == 0
        else say("Op {n} kwam geen antwoord.", n=number(open_)),
    ]  # fmt: skip
    if open_:
        told.append(_still(content, open_, counts["inputs_silent_n"]))
    if counts["inputs_rejected_explained_n"]:
        told.append(say("Een nee met uitleg kwam er op {n}.", n=number(counts["inputs_rejected_explained_n"])))
    return " ".join(told)


def _still(content: Content, open_: float, silent: float) -> str:
    say, number = content.language.say, content.language.number
    days = number(content.settings.learning.silent_days)
    if silent == 0:
        return say("Daar gebeurde de laatste {days} dagen nog wel iets mee.", days=days)
    if silent == open_:
        return say("Daar gebeurde al {days} dagen of langer niets mee.", days=days)
    return say("Met {n} daarvan gebeurde al {days} dagen of langer niets.", n=number(silent), days=days)


def wait(content: Content, collective_id: str | None = None) -> str:
    """Say how long residents wait for an answer.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        As for :func:`in_short`.

    Returns
    -------
    str
        One sentence, also when it can't be known.
    """
    say, number = content.language.say, content.language.number
    row = one(content, "answer_days_median", collective_id)
    if row is None:
        return say("Hoe lang een antwoord duurt is nog niet bijgehouden.")
    if row["gate"] in SHOWN:
        days = number(row["value"])
        if pd.isna(row["ci_low"]):
            sentence = say("De helft van de ideeën had na {days} dagen antwoord.", days=days)
            return sentences.reserved(content, sentence, row.to_frame().T)
        return say(
            "De helft van de ideeën had na {days} dagen antwoord (onzekerheid: {low} tot {high}).",
            days=days, low=number(row["ci_low"]), high=number(row["ci_high"]),
        )  # fmt: skip
    if row["gate_reason"] == "median_not_reached":
        return say("Minder dan de helft van de ideeën kreeg tot nu toe antwoord.")
    return say("Het zijn te weinig ideeën om te zeggen hoe lang een antwoord duurt.")


def largest_loss(content: Content, stages: pd.DataFrame) -> str:
    """Say at which stage most inputs got stuck without an answer.

    Parameters
    ----------
    content : Content
        A report.
    stages : DataFrame
        As :func:`bt_analysis.pages.input_rows.stages` gives.

    Returns
    -------
    str
        The title of the flow: its finding.
    """
    say, number = content.language.say, content.language.number
    stuck = (stages["waiting_n"] + stages["silent_n"]).where(stages["stage"].ne("uitgevoerd"), 0)
    if not stuck.max():
        return say("Geen idee bleef zonder antwoord liggen.")
    stage = words.say(str(stages["stage"].to_list()[int(stuck.to_numpy().argmax())]), codes.GROUPS, content.language)
    return say(
        "Zonder antwoord kwam het vaakst niet verder dan: {stage} ({n} van {total})",
        stage=stage, n=number(stuck.max()), total=number(stages["reached_n"].max()),
    )  # fmt: skip


def counted(
    content: Content,
    title: str,
    paragraphs: list[str],
    collective_id: str | None = None,
    after: list[str] | None = None,
) -> Html:
    """Write sentences and, below them, a tile per count.

    Parameters
    ----------
    content : Content
        A report.
    title : str
        Head of the section.
    paragraphs : list of str
        What stands above the tiles.
    collective_id : str, optional
        As for :func:`in_short`.
    after : list of str, optional
        What stands below the tiles; default: what is meant by an answer, and until when the log was kept.

    Returns
    -------
    Html
        The section.
    """
    say = content.language.say
    tiles = [
        tables.tile(content, row, say(words_))
        for name, words_ in TILES.items()
        if (row := one(content, name, collective_id)) is not None and row["gate"] in SHOWN
    ]
    below = [*_meaning(content), *_kept(content, collective_id)] if after is None else after
    return render(
        "sections/tiles.html.j2",
        content.language,
        title=title,
        paragraphs=paragraphs,
        tiles=tiles,
        after=[" ".join(below)] if below else [],
    )


def _meaning(content: Content) -> list[str]:
    say = content.language.say
    return [
        say("Een antwoord is: het is teruggekoppeld, de uitleg staat openbaar, of het is uitgevoerd."),
        say("Een nee met uitleg: bewoners hoorden het, of kunnen lezen waarom."),
        say("We tellen ideeën, klachten en vragen, geen mensen. Wat is samengevoegd telt voor ieder die het inbracht."),
    ]


def _kept(content: Content, collective_id: str | None) -> list[str]:
    """Say until when the log was kept, of one collective."""
    fates = content.learned["input_fates"]
    days = fates.loc[fates["collective_id"].eq(whose(content, collective_id)), "kept_until"].dropna()
    if days.empty:
        return []
    return [content.language.say("Bijgehouden tot en met {day}.", day=content.language.date(days.max()))]


def _value(content: Content, indicator_id: str, collective_id: str | None) -> float:
    row = one(content, indicator_id, collective_id)
    return 0.0 if row is None else float(row["value"])
