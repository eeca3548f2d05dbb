"""The columns of an export of answers: a form and a header go in; which question each column is comes out.

A column has the name of its question, with or without the groups it lies in, or its words in a language of the form. A
select of more choices is one column, or one per choice (``question/choice``), or both.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from bt_analysis.sources.grids import Row
from bt_analysis.sources.personal import is_personal_header
from bt_analysis.sources.sentences import Findings, Place, sentence, show
from bt_analysis.sources.survey_form import SIGNS, Form, Question, text_of

# What tells two submissions apart, the best first: Kobo changes instanceID and _uuid when an answer is corrected.
_IDENTITY = ("rootUuid", "instanceID", "KEY", "_uuid")
_REVIEW = ("_validation_status", "ReviewState")
_REPEATED = ("PARENT_KEY", "_parent_index", "_parent_table_name")
_META = re.compile(r"(?:meta[/\-._:])?(rootUuid|instanceID|KEY|_uuid)")
_SYSTEM = re.compile(
    r"_.*|(?:meta|formhub)[/\-._:].+|SubmissionDate|Submitter(?:ID|Name)|Attachments(?:Present|Expected)|Status|DeviceID"
    r"|Edits|FormVersion|PARENT_KEY|isValidated|instanceName|start|end|today"
)

Target = tuple[str, str | None]
"""A question, and the code of a choice when the column is about one choice."""


@dataclass
class Columns:
    """Where the answers stand.

    Parameters
    ----------
    answers : dict of str to int
        Question → place in a row, from 0.
    chosen : dict of str to dict of str to int
        Question of which more can be chosen → code of a choice → place in a row.
    identity : dict of str to int
        What tells submissions apart → place in a row.
    review : list of int
        Places that say whether an answer was rejected.
    in_words : bool
        The header has the words of questions, and the cells those of choices.
    """

    answers: dict[str, int] = field(default_factory=dict)
    chosen: dict[str, dict[str, int]] = field(default_factory=dict)
    identity: dict[str, int] = field(default_factory=dict)
    review: list[int] = field(default_factory=list)
    in_words: bool = False

    def identities(self) -> Iterator[int]:
        """Yield the places of what tells submissions apart, the best first."""
        yield from (self.identity[name] for name in _IDENTITY if name in self.identity)


def find_columns(form: Form, rows: Sequence[Row], place: Place, findings: Findings) -> Columns:
    """Find out what each column of an export is.

    Parameters
    ----------
    form : Form
        What was asked.
    rows : sequence of Row
        Filled rows, the header first.
    place : Place
        Where they stand.
    findings : Findings
        Every problem and repair of the header is added to it.

    Returns
    -------
    Columns
        Only to be used when there was no problem.
    """
    columns = Columns()
    before = len(findings.problems)
    row, header = rows[0][0], [text_of(cell) for cell in rows[0][1]]
    names, words = _names(form), _words(form)
    unread: dict[str, list[str]] = {"survey_system": [], "survey_unasked": []}
    for at, title in enumerate(header):
        role = _role(title, form, names, words)
        if role in ("named", "worded"):
            _take(columns, names[title] if role == "named" else words[title], at, title, row, place, findings)
            columns.in_words |= role == "worded"
        elif role == "identity":
            columns.identity.setdefault(_META.sub(r"\1", title), at)
        elif role == "review":
            columns.review.append(at)
        elif role in unread:
            unread[role].append(title)
        else:
            _refuse(title, at, rows, form, place, findings)
    _tell(columns, unread, row, place, findings)
    if any(title in _REPEATED for title in header):
        findings.problem("survey_repeated_rows", place, row=row)
    elif len(findings.problems) == before:
        _tell_absent(columns, form, row, place, findings)
    return columns


def _role(title: str, form: Form, names: Mapping[str, Target], words: Mapping[str, Target | None]) -> str:
    """Say what a column is; a question may have the name of a system column, and a word that of a note."""
    if _META.fullmatch(title):
        return "identity"
    roles = {
        "review": title in _REVIEW,
        "named": title in names,
        "worded": title in words,
        "survey_unasked": title in form.unasked,
        "survey_system": _SYSTEM.fullmatch(title) is not None,
    }
    return next((role for role, found in roles.items() if found), "unknown")


def _names(form: Form) -> dict[str, Target]:
    """Return the names that a column can have: a question's own goes before one that is made of groups."""
    names: dict[str, Target] = {name: (name, None) for name in form.questions}
    for question in form.questions.values():
        for header in question.headers:
            names.setdefault(header, (question.name, None))
    for question in form.questions.values():
        for header, code in _per_choice(question, question.headers):
            names.setdefault(header, (question.name, code))
    return names


def _words(form: Form) -> dict[str, Target | None]:
    """Return the words that a column can have; None when two questions or choices have the same."""
    words: dict[str, Target | None] = {}
    for question in form.questions.values():
        own: list[tuple[str, Target]] = [(title, (question.name, None)) for title in question.titles]
        for code, labels in question.choices.items() if question.kind == "many" else ():
            own += [
                (f"{title}{sign}{label}", (question.name, code))
                for title in question.titles
                for sign in SIGNS
                for label in (*labels, code)
            ]
        for title, target in own:
            words[title] = target if words.get(title, target) == target else None
    return words


def _per_choice(question: Question, headers: frozenset[str]) -> Iterator[tuple[str, str]]:
    for code in question.choices if question.kind == "many" else ():
        yield from ((f"{header}{sign}{code}", code) for header in headers for sign in SIGNS)


def _take(
    columns: Columns, target: Target | None, at: int, title: str, row: int, place: Place, findings: Findings
) -> None:
    if target is None:
        findings.problem("survey_same_words", place, row=row, column=get_column_letter(at + 1), got=title)
        return
    name, code = target
    taken: dict[str, int] = columns.answers if code is None else columns.chosen.setdefault(name, {})
    if (key := code or name) in taken:
        findings.problem("duplicate_column", place, row=row, column=name, got=title)
    taken.setdefault(key, at)


def _refuse(title: str, at: int, rows: Sequence[Row], form: Form, place: Place, findings: Findings) -> None:
    """Say what is wrong with a column that is no question; one without a name may be there when it is empty."""
    row, letter = rows[0][0], get_column_letter(at + 1)
    if not title:
        filled = next((number for number, cells in rows[1:] if at < len(cells) and text_of(cells[at])), None)
        if filled is not None:
            findings.problem("survey_nameless", place, row=filled, column=letter, letter=letter)
        return
    if is_personal_header(title):
        findings.problem("personal_column", place, row=row, column=letter)
        return
    close = difflib.get_close_matches(title, list(form.questions), n=1, cutoff=0.7)
    kind, values = ("close_column", {"suggestion": close[0]}) if close else ("survey_unknown_column", {})
    findings.problems.append(sentence(kind, place, row, show(title), {"got": title, **values}))


def _tell(columns: Columns, unread: Mapping[str, list[str]], row: int, place: Place, findings: Findings) -> None:
    """Say what is not read, and that the header has words."""
    for kind, titles in unread.items():
        if titles:
            findings.repair(kind, place, row=row, names=", ".join(titles))
    if columns.in_words:
        findings.repair("survey_words", place, row=row)


def _tell_absent(columns: Columns, form: Form, row: int, place: Place, findings: Findings) -> None:
    """Say what has no column: a submission cannot be told from another, or a question was not asked."""
    absent = [name for name in form.questions if name not in columns.answers and name not in columns.chosen]
    if len(absent) == len(form.questions):
        findings.problem("survey_no_columns", place, row=row, fields=", ".join(absent))
    elif absent:
        findings.repair("survey_absent", place, row=row, names=", ".join(absent))
    if not columns.identity:
        findings.problem("survey_no_identity", place, row=row)
