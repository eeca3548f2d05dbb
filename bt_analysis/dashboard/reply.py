"""Weerwoord: what somebody filled in on the form goes in; a proposed row of return_event, or what to mend, comes out.

Nothing is changed silently: the row waits in the package until its keeper takes it over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bt_analysis.dashboard.talk_words import FORMS, REPLIES, ROLES
from bt_analysis.pages import claim_sentences, claims
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, render
from bt_analysis.sources import proposals
from bt_analysis.sources.proposals import ProposalError
from bt_analysis.sources.sentences import in_language

TABLE = "return_event"
LONGEST = 1_000
"""Characters of a reply: a few sentences."""

LABELS = {
    "claim_id": "Over welke uitspraak van het rapport?",
    "date": "Wanneer hoorden bewoners het?",
    "form": "Hoe hoorden zij het?",
    "reached_n": "Hoeveel mensen hoorden of lazen het?",
    "reply_type": "Wat vonden zij ervan?",
    "reply_text": "In hun woorden",
    "text_consent": "Wie dit zei, vindt het goed dat het wordt gepubliceerd.",
    "recorded_by_role": "Wie schrijft dit op?",
    "token": "Sleutel",
}
"""Field of the form → what stands above it."""


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen in the form.

    Parameters
    ----------
    code : str
        What is stored.
    text : str
        What a reader sees.
    """

    code: str
    text: str


def claims_of(content: Content) -> dict[str, list[Choice]]:
    """List the claims that can be replied to.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    dict of str to list of Choice
        Section of the report → its claims, in Dutch as residents heard them, also those that say that something cannot
        be seen.
    """
    dutch = claim_sentences.in_dutch(content)
    listed: dict[str, list[Choice]] = {}
    for _, row in claims.printed(content).drop_duplicates("claim_id").iterrows():
        said = Choice(str(row["claim_id"]), claim_sentences.sentence(dutch, row))
        listed.setdefault(claim_sentences.section(row), []).append(said)
    return dict(sorted(listed.items()))


def form(
    content: Content,
    listed: Mapping[str, list[Choice]],
    given: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    may_write: bool,
    action: str = "",
    waiting: int = 0,
) -> Html:
    """Make the form.

    Parameters
    ----------
    content : Content
        A collective's report.
    listed : mapping of str to list of Choice
        As :func:`claims_of` gives.
    given : mapping of str to str
        What was filled in before.
    wrong : mapping of str to str
        Field → what to mend; the empty name is about the whole form.
    may_write : bool
        Whether the reader has shown the token; otherwise the form asks for it.
    action : str
        Where it is sent, as seen from its page; empty: as seen from the dashboard.
    waiting : int
        Proposals that wait for the keeper of the package.

    Returns
    -------
    Html
        A form that needs no script.
    """
    say = content.language.say
    options = {
        field: [Choice(code, say(word)) for code, word in table.items()]
        for field, table in {"form": FORMS, "reply_type": REPLIES, "recorded_by_role": ROLES}.items()
    }
    return render(
        "dashboard/reply_form.html.j2", content.language,
        action=action or f"weerwoord/{content.collective['collective_id']}", listed=listed, options=options,
        given=dict(given), wrong=dict(wrong), labels={name: say(text) for name, text in LABELS.items()},
        longest=LONGEST, today=_today().isoformat(), may_write=may_write, dutch_only=content.language.code != "nl",
        waiting=_waiting(content, waiting),
    )  # fmt: skip


def _waiting(content: Content, n: int) -> str:
    """Say how many proposals wait: only their number, as nobody has looked at their texts."""
    say = content.language.say
    if n == 0:
        return ""
    if n == 1:
        return say("Er wacht 1 voorstel op wie de gegevens bijhoudt.")
    return say("Er wachten {n} voorstellen op wie de gegevens bijhoudt.", n=content.language.number(n))


def propose(
    content: Content, folder: Path, listed: Mapping[str, list[Choice]], given: Mapping[str, str]
) -> tuple[Path | None, dict[str, str]]:
    """Store a reply as a proposed change.

    Parameters
    ----------
    content : Content
        A collective's report.
    folder : Path
        Folder of the collective's package.
    listed : mapping of str to list of Choice
        Claims that exist.
    given : mapping of str to str
        What was filled in.

    Returns
    -------
    tuple
        The new file and nothing wrong; or None and, per field, what to mend.
    """
    row, wrong = _row(content, listed, given)
    if not wrong:
        found = proposals.problems(folder.name, TABLE, row)
        for problem in (in_language(one, content.language.code) for one in found):
            told = f"{problem.expected[:1].upper()}{problem.expected[1:]}. {problem.do}"
            wrong.setdefault(str(problem.column or ""), told)
    if wrong:
        return None, wrong
    try:
        return proposals.propose(folder, TABLE, row), {}
    except ProposalError:
        say = content.language.say
        return None, {"": say("Dit kon niet worden bewaard: er wachten al te veel voorstellen, of het pakket is weg.")}


def _row(
    content: Content, listed: Mapping[str, list[Choice]], given: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    say = content.language.say
    wrong: dict[str, str] = {}
    told = {name: " ".join(given.get(name, "").split()) for name in LABELS if name != "token"}
    known = {one.code for group in listed.values() for one in group}
    if told["claim_id"] not in known:
        wrong["claim_id"] = say("Kies een uitspraak uit de lijst.")
    day = _day(told["date"])
    if day is None or day > _today():
        wrong["date"] = say("Vul een dag in, niet later dan vandaag.")
    for name, table in (("form", FORMS), ("reply_type", REPLIES), ("recorded_by_role", ROLES)):
        if told[name] not in table:
            wrong[name] = say("Kies een van de mogelijkheden.")
    if told["reached_n"] and not (told["reached_n"].isascii() and told["reached_n"].isdigit()):
        wrong["reached_n"] = say("Vul een getal in, of laat het leeg.")
    if len(told["reply_text"]) > LONGEST:
        wrong["reply_text"] = say("Schrijf hooguit {n} tekens.", n=content.language.number(LONGEST))
    if wrong or day is None:
        return {}, wrong
    consent = "ja" if told.pop("text_consent") == "ja" else "nee"
    extra = {
        "return_id": proposals.new_id(day), "text_consent": consent if told["reply_text"] else "", "version": "1",
        "recorded_at": dt.datetime.now(ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m-%dT%H:%M:%S"),
    }  # fmt: skip
    return told | extra, {}


def _day(text: str) -> dt.date | None:
    """Read a day as a browser sends it; None for anything else."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


def _today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Europe/Amsterdam")).date()
