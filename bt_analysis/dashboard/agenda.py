"""The agenda of a meeting (gespreksagenda): a report's content in; the questions to talk over out.

Every question comes from something that is in the report: an answer that has to come, a decision, an experiment, a
group that stayed away, a reply, a choice. None ranks people or collectives, and none is about a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from bt_analysis.analysis.learning.lesson_warnings import NEGATIVE
from bt_analysis.dashboard import talk
from bt_analysis.dashboard.talk_words import KINDS, OUTCOMES
from bt_analysis.language import Marked, joined
from bt_analysis.pages import experiment_card, groups, lessons, words
from bt_analysis.pages.content import SHOWN, Content

MOST_OF_A_KIND = 5
"""Questions of one kind; what is left over is one question together."""

AT_FIRST = 2
"""Questions of one kind that are ticked when the page opens: an evening has room for about ten."""

LONGEST_OWN = 300
"""Characters of a question that somebody adds."""

MOST_OWN = 20
"""Questions that somebody may add."""


@dataclass(frozen=True)
class Question:
    """One thing to talk over.

    Parameters
    ----------
    id : str
        The same from run to run, as ``antwoord-i12``.
    kind : str
        A key of :data:`~bt_analysis.dashboard.talk_words.KINDS`.
    text : str
        The question, in the reader's language.
    because : str
        What it rests on.
    claim_id : str
        Claim of the report that it rests on; empty where nothing is counted.
    ticked : bool
        Whether it is on the agenda unless somebody takes it off.
    """

    id: str
    kind: str
    text: str
    because: str = ""
    claim_id: str = ""
    ticked: bool = False


def questions(content: Content) -> list[Question]:
    """Ask what there is to talk over.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of Question
        In the order of :data:`~bt_analysis.dashboard.talk_words.KINDS`; the first of each kind ticked.
    """
    ways: tuple[Callable[[Content], Iterator[Question]], ...] = (
        _answers, _decisions, _experiments, _absent, _replies, _lessons, _choices, _own_research,
    )  # fmt: skip
    asked: list[Question] = []
    for way in ways:
        found = list(way(content))
        asked += [replace(one, ticked=at < AT_FIRST) for at, one in enumerate(found)]
    order = list(KINDS)
    return sorted(asked, key=lambda one: order.index(one.kind))


def chosen(content: Content, ids: set[str] | None, own: str = "") -> list[Question]:
    """Put the agenda together.

    Parameters
    ----------
    content : Content
        A collective's report.
    ids : set of str or None
        Questions to keep; None: those that are ticked at first.
    own : str
        Questions that somebody added, one on each line.

    Returns
    -------
    list of Question
        Own questions last, at most :data:`MOST_OWN` and each at most :data:`LONGEST_OWN` characters.
    """
    kept = [one for one in questions(content) if (one.ticked if ids is None else one.id in ids)]
    lines = [" ".join(line.split())[:LONGEST_OWN] for line in own.splitlines() if line.strip()][:MOST_OWN]
    return kept + [Question(f"eigen-{at}", "eigen", line, ticked=True) for at, line in enumerate(lines, start=1)]


def _answers(content: Content) -> Iterator[Question]:
    """Ask who answers what waits longest, and who tells what was carried out; of decisions :func:`_decisions` asks."""
    say, number = content.language.say, content.language.number
    rows = talk.answers_due(content)
    if rows.empty:
        return
    waiting = rows[~rows["due"].isin(talk.DUE_DONE)].sort_values(["waited_days", "id"], ascending=[False, True])
    for _, row in waiting.head(MOST_OF_A_KIND).iterrows():
        yield Question(
            f"antwoord-{row['id']}", "antwoord", say("Wie geeft antwoord op “{what}”?", what=row["about"]),
            say("Bewoners wachten al {n} dagen. Het kwam tot: {stage}.", n=number(row["waited_days"]),
                stage=talk.stage(content, row["stage"])),
        )  # fmt: skip
    left = len(waiting) - MOST_OF_A_KIND
    if left > 0:
        text = say("Wat doen we met de {n} andere ideeën zonder antwoord?", n=number(left))
        yield Question("antwoord-andere", "antwoord", text, say("Ze staan in de lijst van open inbreng."))
    for _, row in rows[rows["fate"].isin(["uitgevoerd"])].head(MOST_OF_A_KIND).iterrows():
        text = say("Wie vertelt bewoners dat “{what}” is uitgevoerd?", what=row["about"])
        yield Question(f"vertel-{row['id']}", "antwoord", text, say("Zij hoorden het nog niet."))


def _decisions(content: Content) -> Iterator[Question]:
    """Ask who explains a no, and when what was postponed is decided."""
    say = content.language.say
    rows = talk.decisions(content)
    if rows.empty:
        return
    unexplained = rows[rows["fate"].eq("afgewezen_zonder_uitleg")]
    for _, row in unexplained.head(MOST_OF_A_KIND).iterrows():
        outcome = words.say(row["outcome"], OUTCOMES, content.language)
        text = say("Wie legt uit waarom “{what}” is {outcome}?", what=row["about"], outcome=outcome)
        because = say("Reden in het logboek: {reason}.", reason=talk.reason(content, row["reason"]))
        yield Question(f"besluit-{row['id']}", "besluit", text, because)
    for _, row in rows[rows["fate"].eq("uitgesteld")].head(MOST_OF_A_KIND).iterrows():
        text = say("Wanneer wordt wel besloten over “{what}”?", what=row["about"])
        because = say("Het is uitgesteld. Reden: {reason}.", reason=talk.reason(content, row["reason"]))
        yield Question(f"uitstel-{row['id']}", "besluit", text, because)
    for _, row in rows[rows["fate"].eq("toegezegd")].head(MOST_OF_A_KIND).iterrows():
        text = say("Wanneer wordt “{what}” uitgevoerd?", what=row["about"])
        day = content.language.date(row["last_on"])
        yield Question(
            f"toezegging-{row['id']}", "besluit", text, say("Er is ja gezegd. Laatste stap: {day}.", day=day)
        )


def _experiments(content: Content) -> Iterator[Question]:
    """Ask whether an agreed signal is seen, how something ended, and why a card changed."""
    say = content.language.say
    owner = f"{content.collective['collective_id']}--"
    for _, row in talk.experiments(content).iterrows():
        key, what = row["experiment_id"].removeprefix(owner), name(content, row)
        if row["overdue"]:
            day = content.language.date(row["planned_end"])
            because = say("Het zou klaar zijn op {day}. Hoe het afliep staat er niet bij.", day=day)
            yield Question(f"afloop-{key}", "experiment", say("Hoe liep het af met “{what}”?", what=what), because)
        elif row["running"]:
            text = say("Zien we bij “{what}” al een afgesproken teken?", what=what)
            yield Question(f"teken-{key}", "experiment", text, signals(content, row))
        if row["criteria_changed_n"] > 0:
            text = say("Waarom veranderde bij “{what}” wanneer het gelukt is?", what=what)
            yield Question(f"maat-{key}", "experiment", text, say("Dat gebeurde toen het al liep."))


def name(content: Content, row: pd.Series) -> str:
    """Name an experiment.

    Parameters
    ----------
    content : Content
        A collective's report.
    row : Series
        Of analysed_experiments.

    Returns
    -------
    str
        What was changed; its day of beginning where the text may not be read.
    """
    if row["text_shown"] and row["change_tried"]:
        return content.language.typed(str(row["change_tried"]))
    day = experiment_card.day(content, row["start"])
    return content.language.say("experiment van {day} (tekst niet openbaar)", day=day)


def signals(content: Content, row: pd.Series) -> str:
    """Say which signals were agreed.

    Parameters
    ----------
    content : Content
        A collective's report.
    row : Series
        Of analysed_experiments.

    Returns
    -------
    str
        When it succeeded and when to stop; that they are not written down, or may not be read.
    """
    say = content.language.say
    told = [experiment_card.told(content, row, field) for field in ("success_signal", "stop_signal")]
    within = [content.language.typed(one.rstrip(".")) if isinstance(one, Marked) else one.rstrip(".") for one in told]
    return say("Gelukt als: {success}. Stoppen als: {stop}.", success=within[0], stop=within[1])


def _absent(content: Content) -> Iterator[Question]:
    """Ask how to invite the groups that took part less than one would expect."""
    say = content.language.say
    kinds = groups.kinds_of_groups(content)
    for kind in kinds:
        ratios = content.rows("representation", "representation_ratio", group_type=kind)
        less = ratios[ratios["gate"].isin(SHOWN) & (ratios["ci_high"] < 1)].sort_values("value")
        for _, row in less.head(AT_FIRST).iterrows():
            people = words.people(row, content.language)
            yield Question(
                f"wie-{kind}-{row['group_value']}", "wie", say("Hoe nodigen we {group} uit?", group=people),
                say("Zij deden minder mee dan je zou verwachten."), str(row["claim_id"]),
            )  # fmt: skip


def _replies(content: Content) -> Iterator[Question]:
    """Ask what to do with what residents did not agree with, and who tells the rest."""
    say, number = content.language.say, content.language.number
    rows = content.learned.get("replies", pd.DataFrame())
    owner = f"{content.collective['collective_id']}--"
    if len(rows):
        said = rows[rows["reply_type"].isin(["oneens", "aanvulling"]) & rows["reply_text"].fillna("").ne("")]
        for _, row in said.head(MOST_OF_A_KIND).iterrows():
            text = say("Wat doen we met deze reactie: “{reply}”", reply=content.language.typed(row["reply_text"]))
            key = row["return_id"].removeprefix(owner)
            yield Question(f"reactie-{key}", "weerwoord", text, talk_date(content, row["date"]), str(row["claim_id"]))
    left, day = to_return(content)
    if left:
        text = say("Wie vertelt bewoners de uitspraken die ze nog niet hoorden?")
        because = say("Het zijn er {n}. De afspraak is: voor {day}.", n=number(left), day=content.language.date(day))
        yield Question("terugvertellen", "weerwoord", text, because)


def to_return(content: Content) -> tuple[float, pd.Timestamp]:
    """Count the claims that residents have still to hear, and say by when.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    tuple
        How many claims, 0 when it is not kept which came back; the agreed last day.
    """
    claims, heard = (content.one("return", one) for one in ("claims_n", "returned_n"))
    last = content.estimates["period_end"].max() if len(content.estimates) else pd.Timestamp.now()
    days = pd.Timedelta(days=content.settings.learning.return_days)
    if claims is None or heard is None:
        return 0.0, last + days
    return float(claims["value"] - heard["value"]), claims["period_end"] + days


def talk_date(content: Content, day: pd.Timestamp) -> str:
    """Say when residents said something.

    Parameters
    ----------
    content : Content
        A collective's report.
    day : Timestamp
        The day.

    Returns
    -------
    str
        One sentence.
    """
    return content.language.say("Bewoners zeiden dit op {day}.", day=content.language.date(day))


def _lessons(content: Content) -> Iterator[Question]:
    """Ask what to do otherwise after what did not work."""
    say, typed = content.language.say, content.language.typed
    if content.learned.get("lessons", pd.DataFrame()).empty:
        return
    rows = lessons.of_period(content)
    owner = f"{content.collective['collective_id']}--"
    rows = rows[rows["valence"].isin(NEGATIVE) & rows["text_shown"] & rows["context"].ne("")]
    for _, row in rows.head(MOST_OF_A_KIND).iterrows():
        told = ". ".join(str(row[one]).rstrip(".") for one in ("mechanism", "outcome") if row[one])
        text = say("Wat doen we voortaan anders bij: “{what}”?", what=typed(row["context"]))
        yield Question(f"les-{row['lesson_id'].removeprefix(owner)}", "les", text, typed(f"{told}.") if told else "")


def _choices(content: Content) -> Iterator[Question]:
    """Ask what to choose where two wishes bite and nothing was decided."""
    say, typed = content.language.say, content.language.typed
    rows = content.learned.get("tradeoffs", pd.DataFrame())
    if rows.empty:
        return
    owner = f"{content.collective['collective_id']}--"
    undecided = rows[rows["text_shown"] & rows["decided_on"].isna() & rows["option_a"].ne("") & rows["option_b"].ne("")]
    for _, row in undecided.head(MOST_OF_A_KIND).iterrows():
        text = say("Wat weegt het zwaarst: “{a}” of “{b}”?", a=typed(row["option_a"]), b=typed(row["option_b"]))
        sides = [(row["option_a"], row["for_a"]), (row["option_b"], row["for_b"])]
        told = [joined("", [typed(option), f": {', '.join(who.split(';'))}."]) for option, who in sides if who]
        because = joined(" ", told)
        yield Question(f"keuze-{row['tradeoff_id'].removeprefix(owner)}", "keuze", text, because)


def _own_research(content: Content) -> Iterator[Question]:
    """Ask what residents and others themselves wanted to know, as long as it is not known."""
    rows = content.learned.get("research_questions", pd.DataFrame())
    if rows.empty:
        return
    owner = f"{content.collective['collective_id']}--"
    unknown = rows[rows["status"].ne("bekend") & rows["text"].ne("")]
    for _, row in unknown.head(MOST_OF_A_KIND).iterrows():
        asked_by = words.say(str(row["proposed_by"]), experiment_card.ASKED_BY, content.language)
        text = content.language.typed(str(row["text"]), str(row["text_en"] or ""))
        because = content.language.say("Gevraagd door: {who}. Het antwoord weten we nog niet.", who=asked_by)
        yield Question(f"vraag-{row['rq_id'].removeprefix(owner)}", "vraag", text, because)
