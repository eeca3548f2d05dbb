"""The dashboard of one collective as a page: a report's content in; what stands before and after the live list out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import groupby

from bt_analysis.dashboard import agenda, parts, reply, talk
from bt_analysis.dashboard.agenda import Question
from bt_analysis.dashboard.reply import Choice
from bt_analysis.dashboard.talk_words import KINDS
from bt_analysis.language import Language
from bt_analysis.pages import export, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, css, render

SECTIONS = {
    "inbreng": "Open inbreng",
    "antwoorden": "Antwoorden die nog moeten komen",
    "besluiten": "Besluiten, en waarom",
    "experimenten": "Experimenten, en de afgesproken tekens",
    "agenda": "Vragen voor het gesprek",
    "weerwoord": "Weerwoord",
}
"""Id of a section → its name."""


def style() -> str:
    """Return the style sheet of the dashboard.

    Returns
    -------
    str
        That of all pages, and what only the dashboard has.
    """
    own = resources.files("bt_analysis") / "templates" / "dashboard" / "dashboard.css"
    return css() + own.read_text(encoding="utf-8")


def frame(title: str, language: Language, *, synthetic: bool) -> dict[str, object]:
    """Say what the frame of a page needs.

    Parameters
    ----------
    title : str
        Title of the page.
    language : Language
        The reader's.
    synthetic : bool
        Whether the data are made up.

    Returns
    -------
    dict
        As :func:`bt_analysis.pages.export.frame`, with the style sheet of the dashboard.
    """
    return export.frame(title, language, synthetic=synthetic) | {"css": style()}


def before(content: Content, others: Sequence[Choice], level: str = "openbaar") -> Html:
    """Make what stands before the live list: the head, the choice of a collective, and open inputs counted.

    Parameters
    ----------
    content : Content
        A collective's report.
    others : sequence of Choice
        Collectives that can be chosen.
    level : str
        For whom the collective released its report.

    Returns
    -------
    Html
        Ends within the section of open inputs.
    """
    say = content.language.say
    names = {key: say(name) for key, name in SECTIONS.items()}
    return render(
        "dashboard/before.html.j2", content.language, opening=parts.opening(content, level), others=others,
        chosen=str(content.collective["collective_id"]), parts=list(names.items()), names=names,
        stages=parts.stages(content), glance=parts.at_a_glance(content), drawn=parts.drawn(content),
    )  # fmt: skip


def after(content: Content, listed: Mapping[str, list[Choice]], *, may_write: bool, waiting: int = 0) -> Html:
    """Make what stands after the live list: answers due, decisions, experiments, the agenda and the reply form.

    Parameters
    ----------
    content : Content
        A collective's report.
    listed : mapping of str to list of Choice
        Claims that can be replied to.
    may_write : bool
        Whether the reader has shown the token.
    waiting : int
        Proposals that wait for the keeper of the package.

    Returns
    -------
    Html
        Begins within the section of open inputs.
    """
    say = content.language.say
    made = {
        "antwoorden": parts.due(content), "besluiten": parts.decisions(content),
        "experimenten": parts.experiments(content), "agenda": agenda_form(content),
        "weerwoord": reply.form(content, listed, {}, {}, may_write=may_write, waiting=waiting),
    }  # fmt: skip
    listed_parts = [{"id": key, "name": say(SECTIONS[key]), "body": body} for key, body in made.items()]
    return render("dashboard/after.html.j2", content.language, parts=listed_parts)


def agenda_form(content: Content) -> Html:
    """Make the form in which people choose what to talk over.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Questions by kind, each with what it rests on; needs no script.
    """
    name = content.collective["collective_id"]
    made = [
        {"name": _kind(content, kind), "questions": list(own)}
        for kind, own in groupby(agenda.questions(content), key=lambda one: one.kind)
    ]
    return render("dashboard/agenda_form.html.j2", content.language, action=f"agenda/{name}", parts=made)


def agenda_page(content: Content, asked: Sequence[Question]) -> Html:
    """Make the agenda as a page of its own, to be printed.

    Parameters
    ----------
    content : Content
        A collective's report.
    asked : sequence of Question
        Of the agenda.

    Returns
    -------
    Html
        A whole page without any script, with room below each question for what is agreed.
    """
    say, name = content.language.say, str(content.collective["name"])
    made, start = [], 1
    for kind, own in groupby(asked, key=lambda one: one.kind):
        questions = list(own)
        made.append({"name": _kind(content, kind), "questions": questions, "start": start})
        start += len(questions)
    until = talk.kept_until(content)
    kept = "" if until is None else say("Inbreng is bijgehouden tot en met {day}.", day=content.language.date(until))
    title = f"{say('Gespreksagenda')} · {name}"
    return render(
        "dashboard/agenda.html.j2", content.language, name=name, parts=made, until=kept,
        page=frame(title, content.language, synthetic=content.settings.synthetic),
        facts=[say("periode {period}", period=content.period.replace("-", "–"))],
    )  # fmt: skip


def plain(
    content: Content, title: str, *, paragraphs: Sequence[str] = (), body: str = "", back: str = ""
) -> Html:  # fmt: skip
    """Make a page that says what became of what somebody sent.

    Parameters
    ----------
    content : Content
        A collective's report.
    title : str
        What the page is.
    paragraphs : sequence of str
        What it says.
    body : str
        HTML below it.
    back : str
        Address of the dashboard; empty: no link.

    Returns
    -------
    Html
        A whole page without any script.
    """
    name = str(content.collective["name"])
    return render(
        "dashboard/plain.html.j2", content.language, kind=name, title=title, paragraphs=paragraphs, body=body,
        back=back, page=frame(f"{title} · {name}", content.language, synthetic=content.settings.synthetic),
    )  # fmt: skip


def _kind(content: Content, kind: str) -> str:
    return words.say(kind, KINDS, content.language)
