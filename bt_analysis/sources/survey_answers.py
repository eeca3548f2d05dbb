"""Answers of one wave: the rows of an export and its form go in; one row per answer comes out, without who gave it.

Exports of KoboToolbox and ODK Central are read. No answer is ever quoted in a problem: only the place where it stands.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from bt_analysis.sources.cells import MISSING_WORDS
from bt_analysis.sources.grids import Row
from bt_analysis.sources.notations import CellError, moment_from_text
from bt_analysis.sources.personal import looks_personal
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.survey_columns import Columns, find_columns
from bt_analysis.sources.survey_form import PANEL, Form, Question, text_of

Answer = tuple[str, str, str | None]
"""respondent_key, item_code and answer; None when the choice was nvt, weigert or weetniet."""

_REJECTED = ("rejected", "not approved", "validation_status_not_approved", "afgekeurd")
_CHOSEN = {"1": True, "true": True, "0": False, "false": False}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+|,[0-9]{1,2})?")


def read_answers(form: Form, rows: Sequence[Row], place: Place, collective_id: str, findings: Findings) -> list[Answer]:
    """Read the answers of an export.

    Parameters
    ----------
    form : Form
        What was asked.
    rows : sequence of Row
        Filled rows, the header first.
    place : Place
        Where they stand.
    collective_id : str
        Whose wave it is: a part of the salt of respondent keys.
    findings : Findings
        Every problem and repair is added to it.

    Returns
    -------
    list of Answer
        By question, in the order of the form; a question that was not answered is not among them. Of a question of
        which more can be chosen, the answer is the codes with ; between them, in the order of the form.
    """
    before = len(findings.problems)
    columns = find_columns(form, rows, place, findings)
    if len(findings.problems) > before:
        return []
    kept = _without_rejected(rows[1:], columns, place, findings)
    keys = _keys(kept, form, columns, collective_id, place, findings)
    answers: list[Answer] = []
    for name, question in form.questions.items():
        if name != PANEL and (name in columns.answers or name in columns.chosen):
            read = _column(question, kept, columns, place, findings)
            answers += [(keys[row], name, answer) for row, answer in read if row in keys]
    silent = len(kept) - len({key for key, _, _ in answers})
    if silent and len(findings.problems) == before:
        findings.repair("survey_silent", place, count=silent)
    return answers


def respondent_key(identity: str, salt: str) -> str:
    """Return the key of a respondent: the same for the same submission, and not to be turned back into it.

    Parameters
    ----------
    identity : str
        instanceID or uuid of the submission, or the code that a respondent made.
    salt : str
        Collective and wave, so that keys of two waves cannot be laid beside each other; for a code that is made to do
        that, only the collective.

    Returns
    -------
    str
        ``r`` and sixteen hexadecimal digits.
    """
    secret = hashlib.sha256(salt.encode()).digest()
    # A letter in front, as a spreadsheet takes 12e45678 for a number.
    return "r" + hashlib.blake2b(identity.encode(), key=secret, digest_size=8).hexdigest()


def _at(cells: Sequence[object], at: int | None) -> str:
    return text_of(cells[at]) if at is not None and at < len(cells) else ""


def _without_rejected(rows: Sequence[Row], columns: Columns, place: Place, findings: Findings) -> list[Row]:
    """Leave out what a reviewer rejected in Kobo or Central."""
    kept = [
        (row, cells) for row, cells in rows if not any(_at(cells, at).casefold() in _REJECTED for at in columns.review)
    ]
    if len(kept) < len(rows):
        findings.repair("survey_rejected", place, count=len(rows) - len(kept))
    return kept


def _keys(
    rows: Sequence[Row], form: Form, columns: Columns, collective_id: str, place: Place, findings: Findings
) -> dict[int, str]:
    """Return the key of the respondent of each row; a problem for a row without, and for a second one with the same."""
    keys: dict[int, str] = {}
    first: dict[str, int] = {}
    panel = columns.answers.get(PANEL) if PANEL in form.questions else None
    for row, cells in rows:
        code = _at(cells, panel).casefold()
        identity = next(filter(None, (_at(cells, at) for at in columns.identities())), "")
        if not (code or identity):
            findings.problem("survey_no_key", place, row=row)
            continue
        of_wave = respondent_key(identity.casefold().removeprefix("uuid:"), f"{collective_id}/{form.wave_id}")
        keys[row] = respondent_key(code, collective_id) if code else of_wave
        if keys[row] in first:
            findings.problem("survey_key_twice", place, row=row, first=first[keys[row]])
        first.setdefault(keys[row], row)
    return keys


def _column(
    question: Question, rows: Sequence[Row], columns: Columns, place: Place, findings: Findings
) -> Iterator[tuple[int, str | None]]:
    """Yield the row number and answer of every row that has one."""
    at = columns.answers.get(question.name)
    texts = {_at(cells, at) for _, cells in rows} - {""}
    read = _reader(question, texts, in_words=columns.in_words)
    per_choice = columns.chosen.get(question.name, {})
    # Each different text is read once: a column of thousands of rows holds few.
    known: dict[tuple[str, ...], str] = {}
    for row, cells in rows:
        seen = (_at(cells, at), *(_at(cells, each) for each in per_choice.values()))
        if not any(seen):
            continue
        try:
            if seen not in known:
                known[seen] = _one_answer(seen, per_choice, read, question)
        except CellError as problem:
            findings.problem(problem.kind, place, row=row, column=question.name, **problem.details)
            continue
        if known[seen]:
            yield row, None if known[seen] in MISSING_WORDS else known[seen]


def _one_answer(
    seen: Sequence[str], per_choice: Mapping[str, int], read: Callable[[str], str], question: Question
) -> str:
    """Return the answer of one row: by the column of the question, by those of its choices, or by both."""
    text, *marks = seen
    answer = read(text) if text else ""
    if not any(marks):
        return answer
    chosen = {code for code, mark in zip(per_choice, marks, strict=True) if mark and _is_chosen(mark, question)}
    found = ";".join(code for code in question.choices if code in chosen)
    if text and set(answer.split(";")) & per_choice.keys() != chosen:
        raise CellError("survey_differ")
    return answer or found


def _is_chosen(mark: str, question: Question) -> bool:
    if mark.casefold() not in _CHOSEN:
        raise CellError("survey_answer", options=", ".join(question.choices))
    return _CHOSEN[mark.casefold()]


def _reader(question: Question, texts: set[str], *, in_words: bool) -> Callable[[str], str]:
    """Return how the texts of a column are read as codes, numbers, days or words."""
    if question.kind in ("one", "many"):
        known = _choices(question, texts, in_words=in_words)
        return lambda text: _as_choices(text, question, known)
    return {"text": _as_text, "date": _as_date}.get(question.kind, lambda text: _as_number(text, question))


def _choices(question: Question, texts: set[str], *, in_words: bool) -> dict[str, str]:
    """Return text → code. A whole column has codes or words: a code of one choice can be the word of another."""
    codes = {code: code for code in question.choices}
    words: dict[str, str] = {}
    for code, labels in question.choices.items():
        for label in labels or (code,):
            words[label] = code if words.get(label, code) == code else ""
    ways = (words, codes) if in_words else (codes, words)
    for known in ways:
        if all(_parts(text, known, question) for text in texts):
            return known
    return ways[0]


def _as_choices(text: str, question: Question, known: Mapping[str, str]) -> str:
    found = _parts(text, known, question)
    if not found:
        raise CellError("survey_answer", options=", ".join(question.choices))
    return ";".join(code for code in question.choices if code in found)


def _parts(text: str, known: Mapping[str, str], question: Question) -> set[str]:
    """Return the codes that a text names; none when it names another, or can be taken in two ways."""
    if question.kind == "one":
        return {known[text]} - {""} if text in known else set()
    ways = _segmented(text.split(" "), known)
    return set(ways[0]) if len(ways) == 1 and "" not in ways[0] else set()


def _segmented(words: Sequence[str], known: Mapping[str, str]) -> list[frozenset[str]]:
    """Return at most two ways to take a row of words as a row of choices: choices have spaces in and between them."""
    longest = max((text.count(" ") + 1 for text in known), default=0)
    ways: list[list[frozenset[str]]] = [[] for _ in words] + [[frozenset()]]
    for start in reversed(range(len(words))):
        found: dict[frozenset[str], None] = {}
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            choice = known.get(" ".join(words[start:end]))
            if choice is not None:
                found |= dict.fromkeys(rest | {choice} for rest in ways[end])
        ways[start] = list(found)[:2]
    return ways[0]


def _as_text(text: str) -> str:
    if kind := looks_personal(text):
        raise CellError(kind)
    return text


def _as_number(text: str, question: Question) -> str:
    fits = _NUMBER.fullmatch(text) and (question.kind == "number" or text.lstrip("-").isdigit())
    if not fits:
        raise CellError("survey_number")
    if question.choices and text not in question.choices:
        raise CellError("survey_answer", options=", ".join(question.choices))
    return text.replace(",", ".")


def _as_date(text: str) -> str:
    try:
        return dt.datetime.isoformat(moment_from_text(text, []))[:10]
    except CellError as problem:
        raise CellError("survey_date") from problem
