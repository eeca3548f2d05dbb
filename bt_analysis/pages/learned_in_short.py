"""What collectives learned together, in short: the tables of all questions in; one sentence per section with a finding.

A sentence says what was found, or that it is not to be seen; never that there is nothing. What nobody keeps is said as
such, once for all of it.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import together
from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.analysis.learning.patterns import BY_OUTCOME, found
from bt_analysis.pages import chapters, pattern_words, selection, shared_rows, theory_words, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, render

FIRST = (2, 3, 4, 7, 8, 9)
"""Sections of which the first page has a sentence; it has room for about eight."""

NAMED = 2
"""Patterns whose outcome is named; more are counted."""


def lines(content: Content) -> list[Html]:
    """Say of most sections of the cross-domain report in one sentence what was learned.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    list of Html
        Sentences of at most 25 words, each with a link to its section; last what nobody keeps yet.
    """
    said = sentences(content)
    told = [leading(content, said[number][-1], number) for number in FIRST if said[number]]
    return [*told, *_not_kept(content, [number for number, own in said.items() if not own])]


def further(content: Content) -> list[Html]:
    """Say what :func:`lines` has no room for.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    list of Html
        The other sentences, each with a link to its section.
    """
    said = sentences(content)
    rest = {number: own[:-1] if number in FIRST else own for number, own in said.items()}
    return [leading(content, sentence, number) for number, own in rest.items() for sentence in own]


def sentences(content: Content) -> dict[int, list[str]]:
    """Say per section what was learned, without links.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    dict of int to list of str
        Section → its sentences; none of what nobody keeps.
    """
    return {
        2: [*_unseen_places(content), *_not_in_it(content)], 3: _patterns(content), 4: _next_place(content),
        5: _arrows(content), 6: _obstacles(content), 7: _inputs(content), 8: _failures(content),
        9: _questions(content), 10: _open_questions(content),
    }  # fmt: skip


def leading(content: Content, sentence: str, number: int) -> Html:
    """Let a sentence lead to the section it is about.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    sentence : str
        What is found.
    number : int
        The section.

    Returns
    -------
    Html
        The sentence and a link.
    """
    link = content.language.say("deel {n}", n=str(number))
    return render("sections/leading.html.j2", content.language, before=sentence, target=f"deel-{number}", link=link)


def _count(content: Content, question: str, indicator_id: str, kind: str = "", value: str = "") -> float | None:
    """Return a count over all collectives; None when it is not kept or may not be shown."""
    row = content.one(question, indicator_id, collective_id=ACROSS, group_type=kind, group_value=value)
    return None if row is None or row["gate"] not in SHOWN or pd.isna(row["value"]) else float(row["value"])


def _unseen_places(content: Content) -> list[str]:
    row = content.one("coverage", "coverage_empty_n", collective_id=ACROSS)
    if row is None or not row["value"]:
        return []
    number = content.language.number
    return [
        content.language.say(
            "Over {n} van de {of} combinaties van onderwerp en soort plek weten we niets.",
            n=number(row["value"]), of=number(row["n"]),
        )
    ]  # fmt: skip


def _not_in_it(content: Content) -> list[str]:
    return [selection.brief(content)] if len(content.collectives) else []


def _patterns(content: Content) -> list[str]:
    """Say which outcomes have a pattern that is more than luck, or that none can be seen."""
    say, number = content.language.say, content.language.number
    rows = content.rows("patterns", "pattern_cases_n", collective_id=ACROSS, group_type=BY_OUTCOME)
    if rows.empty:
        return []
    n, least = rows["value"].max(), content.settings.learning.side_by_side_below
    if n < least:
        return [say("Voor een patroon zijn ten minste {least} collectieven nodig; nu zijn het er {n}.",
                    n=number(n), least=number(least))]  # fmt: skip
    claimed = list(dict.fromkeys(found(content.learned)["outcome"]))
    if not claimed:
        return [say("Geen patroon is meer dan toeval. Of voorwaarden ertoe doen, weten we dus niet.")]
    if len(claimed) > NAMED:
        return [say("Bij {n} van de {of} uitkomsten is een patroon te zien dat meer is dan toeval.",
                    n=number(len(claimed)), of=number(len(rows)))]  # fmt: skip
    names = words.listed([pattern_words.name(one, content.language) for one in claimed], content.language)
    return [say("Een patroon dat meer is dan toeval, is er bij: {names}.", names=names)]


def _next_place(content: Content) -> list[str]:
    """Say of how many figures is known what the next neighbourhood would probably see."""
    say, number = content.language.say, content.language.number
    families = shared_rows.families(content)
    if families.empty:
        return []
    pooled = families[families["stage"].eq(together.POOLED)]
    if pooled.empty:
        return [say("Wat een volgende buurt zou zien, weten we niet: geen cijfer is bij {n} of meer collectieven "
                    "hetzelfde gemeten.",
                    n=number(content.settings.learning.pooled_from))]  # fmt: skip
    changes = pooled[pooled["conclusion"].ne("")]
    if changes.empty:
        return [say("Van {n} cijfers is te zeggen hoe hoog ze in een volgende buurt zijn, niet of ze veranderen.",
                    n=number(len(pooled)))]  # fmt: skip
    moved = int(changes["conclusion"].eq(together.ALSO_NEW).sum())
    if not moved:
        return [say("Bij geen van de {n} veranderingen is te zien of een volgende buurt die ook zou meemaken.",
                    n=number(len(changes)))]  # fmt: skip
    return [say("Bij {k} van de {n} veranderingen gaat het in een volgende buurt waarschijnlijk dezelfde kant op.",
                k=number(moved), n=number(len(changes)))]  # fmt: skip


def _arrows(content: Content) -> list[str]:
    """Say how many arrows have which status, and how many of them changed."""
    say, number = content.language.say, content.language.number
    arrows = theory_words.together(content)
    if arrows.empty or not arrows["pieces_n"].sum():
        return []
    n = arrows["status"].value_counts()
    told = say(
        "Van {n} pijlen van de verandertheorie: {a} gesteund, {b} betwist, {c} weerlegd, {d} met weinig bewijs, {e} "
        "niet onderzocht.",
        n=number(len(arrows)), a=number(n.get("gesteund", 0)), b=number(n.get("betwist", 0)),
        c=number(n.get("weerlegd", 0)), d=number(n.get("weinig_bewijs", 0)), e=number(n.get("niet_onderzocht", 0)),
    )  # fmt: skip
    return [told, *_moved(content, arrows)]


def _moved(content: Content, arrows: pd.DataFrame) -> list[str]:
    say, language = content.language.say, content.language
    before = arrows["previous_on"].max()
    if pd.isna(before):
        return []
    moved = content.rows("theory", "arrows_changed_n", collective_id=ACROSS)["value"].sum()
    day = language.date(before)
    if not moved:
        return [say("Sinds {day} is er geen status veranderd.", day=day)]
    return [
        say("Sinds {day} kreeg 1 pijl een andere status.", day=day)
        if moved == 1
        else say("Sinds {day} kregen {n} pijlen een andere status.", day=day, n=language.number(moved))
    ]


def _obstacles(content: Content) -> list[str]:
    say, number = content.language.say, content.language.number
    there, solved = (_count(content, "obstacles", name) for name in ("obstacles_n", "obstacles_resolved_n"))
    if not there:
        return []
    if there == 1:
        return [say("Collectieven noemden 1 hindernis.")]
    if solved is None:
        return [say("Collectieven noemden {n} hindernissen.", n=number(there))]
    return [say("Collectieven noemden {n} hindernissen; {k} daarvan zijn opgelost." if solved != 1
                else "Collectieven noemden {n} hindernissen; {k} daarvan is opgelost.",
                n=number(there), k=number(solved))]  # fmt: skip


def _inputs(content: Content) -> list[str]:
    say, number = content.language.say, content.language.number
    brought, done, answered = (
        _count(content, "inputs", name) for name in ("inputs_n", "inputs_executed_n", "inputs_unanswered_n")
    )
    if not brought or done is None or answered is None:
        return []
    return [
        say("Van {n} ideeën, klachten en vragen is er 1 uitgevoerd; op {k} kwam geen antwoord."
            if done == 1
            else "Van {n} ideeën, klachten en vragen zijn er {done} uitgevoerd; op {k} kwam geen antwoord.",
            n=number(brought), done=number(done), k=number(answered))
    ]  # fmt: skip


def _failures(content: Content) -> list[str]:
    say, number = content.language.say, content.language.number
    lessons, negative = (_count(content, "lessons", name) for name in ("lessons_n", "lessons_negative_n"))
    if not lessons or negative is None:
        return []
    if not negative:
        return [say("Van {n} lessen gaat er geen over wat niet werkte. Misschien schreef niemand dat op.",
                    n=number(lessons))]  # fmt: skip
    return [
        say("Van {n} lessen gaat er 1 over iets dat niet werkte of schade deed." if negative == 1
            else "Van {n} lessen gaan er {k} over iets dat niet werkte of schade deed.",
            n=number(lessons), k=number(negative))
    ]  # fmt: skip


def _questions(content: Content) -> list[str]:
    say, number = content.language.say, content.language.number
    rows = content.rows("research_questions", "questions_n", collective_id=ACROSS).set_index("group_value")["value"]
    if not rows.get("", 0):
        return []
    return [
        say(
            "Van {n} onderzoeksvragen zijn er {a} bekend, {b} betwist en {c} open. {d} meet niemand.",
            n=number(rows[""]), a=number(rows.get("bekend", 0)), b=number(rows.get("betwist", 0)),
            c=number(rows.get("open", 0)), d=number(rows.get("niemand_meet", 0)),
        )
    ]  # fmt: skip


def _open_questions(content: Content) -> list[str]:
    say, number = content.language.say, content.language.number
    n = _count(content, "research_questions", "backlog_n")
    if n is None:
        return []
    if n == 1:
        return [say("Voor afstudeerders ligt er 1 open vraag.")]
    return [say("Voor afstudeerders liggen er {n} open vragen.", n=number(n))] if n else [say("Er is geen open vraag.")]


def _not_kept(content: Content, numbers: list[int]) -> list[Html]:
    """Say of which sections nothing can be said yet."""
    if not numbers:
        return []
    say = content.language.say
    names = [say(chapters.TITLES[number]).lower() for number in numbers]
    told = say("Hierover is nog niets te zeggen, want niemand houdt het bij: {names}.", names=", ".join(names))
    return [render("sections/leading.html.j2", content.language, before=told, target="", link="")]
