"""A form in XLSForm: its sheets survey, choices and settings go in; the questions and what may be answered come out.

What asks who somebody is, is refused here, before any answer is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bt_analysis.sources.cells import MISSING_WORDS
from bt_analysis.sources.grids import Row
from bt_analysis.sources.notations import CellError
from bt_analysis.sources.personal import is_personal_header
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.survey_files import Sheets

PANEL = "respondent_code"
"""Question in which a respondent makes a code of their own, by which two waves can be laid beside each other."""

_SELECT = re.compile(
    r"(?P<how>select[_ ]?one|select[_ ]?multiple|select1)(?: from)? (?P<list>\S+?)(?P<other>[ _]or[_ ]other)?",
    re.IGNORECASE,
)
_OPEN = {"text": "text", "integer": "integer", "decimal": "number", "range": "number", "date": "date"}
_UNASKED = frozenset(
    {"note", "calculate", "hidden", "acknowledge", "trigger", "start", "end", "today", "xml-external", "csv-external"}
)
_PERSONAL = frozenset({
    "username", "deviceid", "phonenumber", "subscriberid", "simserial", "simid", "email", "audit",
    "geopoint", "geotrace", "geoshape", "start-geopoint", "background-geopoint",
    "image", "photo", "audio", "background-audio", "video", "file", "signature",
})  # fmt: skip
_NAME_OF_PERSON = frozenset({"naam", "name", "namen", "names", "uw naam", "je naam", "your name", "wie ben je"})
_ASKS_WHO = re.compile(
    r"\b(?:je|jouw|uw|your)\s+(?:volledige\s+|eigen\s+|full\s+|home\s+)?(?:naam|voornaam|achternaam|adres|huisnummer"
    r"|telefoon\w*|mobiele?\s+nummer|e-?mail\w*|geboortedatum|bsn|iban|rekeningnummer"
    r"|name|first name|last name|address|phone\w*|date of birth)\b",
    re.IGNORECASE,
)

SIGNS = "/-._:"
"""What can stand between groups and a question; Kobo lets one choose."""

_Entry = dict[str, str]
_Lists = dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Question:
    """A question that is answered.

    Parameters
    ----------
    name : str
        Its name in the form, which is the item_code of its answers.
    kind : str
        ``one`` or ``many`` of the choices, ``text``, ``integer``, ``number`` or ``date``.
    row : int
        Row of the sheet survey.
    headers : frozenset of str
        Names that its column can have in an export: its own, and with the groups it lies in before it.
    titles : frozenset of str
        The same in words: what is asked, in each language of the form.
    choices : mapping of str to tuple of str
        Code of a choice → its labels, in each language. Of an open question: the numbers its instrument has, if any.
    """

    name: str
    kind: str
    row: int
    headers: frozenset[str]
    titles: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """What was asked in one wave.

    Parameters
    ----------
    wave_id : str
        ``form_id`` of the sheet settings.
    questions : mapping of str to Question
        In the order of the form.
    unasked : frozenset of str
        Names that the columns of notes, calculations and times can have in an export: nobody answers those.
    """

    wave_id: str
    questions: Mapping[str, Question]
    unasked: frozenset[str]


def read_form(
    sheets: Sheets, place: Place, wave_id: str, options: Mapping[str, Collection[str]], findings: Findings
) -> Form | None:
    """Read a form, and hold it against the instruments whose items it asks.

    Parameters
    ----------
    sheets : mapping of str to sequence of Row
        The sheets survey, choices and settings; what else there is is not read.
    place : Place
        The file.
    wave_id : str
        Name of the folder, which form_id has to be.
    options : mapping of str to collection of str
        Code of an item of an instrument → the codes of its answers.
    findings : Findings
        Every problem is added to it.

    Returns
    -------
    Form or None
        None when there is a problem.
    """
    before = len(findings.problems)
    _check_id(sheets.get("settings", ()), place, wave_id, findings)
    choices = _choices(sheets.get("choices", ()))
    here = Place(place.file, "survey")
    questions: dict[str, Question] = {}
    unasked: set[str] = set()
    for row, type_, entry, groups in _entries(_records(sheets["survey"]), here, findings):
        name = entry.get("name", "")
        if type_ in _UNASKED:
            unasked |= _headers(name, groups) | _titles(entry, groups)
        elif not name:
            findings.problem("survey_no_name", here, row=row, got=type_)
        elif _is_personal(type_, name, _labels(entry)):
            findings.problem("survey_personal_question", here, row=row, column=name)
        elif name in questions:
            findings.problem("survey_name_twice", here, row=row, column=name, first=questions[name].row)
        else:
            try:
                questions |= {each.name: each for each in _questions(entry, type_, row, groups, choices)}
            except CellError as problem:
                findings.problem(problem.kind, here, row=row, column=name, **problem.details)
    questions = {name: _of_instrument(each, options.get(name, ()), here, findings) for name, each in questions.items()}
    if len(findings.problems) == before and not questions:
        findings.problem("survey_no_questions", here)
    return None if len(findings.problems) > before else Form(wave_id, questions, frozenset(unasked - {""}))


def text_of(cell: object) -> str:
    """Return what a person sees in a cell that holds a code or a word.

    Parameters
    ----------
    cell : object
        Cell of a form or an export.

    Returns
    -------
    str
        Without spaces around it; a whole number without decimals, as a code that Excel took for a number.
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _records(rows: Sequence[Row]) -> Iterator[tuple[int, _Entry]]:
    """Yield each row of a sheet of a form: its number, and its cells by the name of their column."""
    names = [re.sub(r"\s*:+\s*", "::", text_of(cell)).casefold() for cell in rows[0][1]] if rows else []
    for number, cells in rows[1:]:
        yield number, {name: text_of(cell) for name, cell in zip(names, cells, strict=False) if name and text_of(cell)}


def _is_label(column: str) -> bool:
    return column == "label" or column.startswith("label::")


def _labels(entry: _Entry) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry[column] for column in filter(_is_label, entry)))


def _check_id(rows: Sequence[Row], place: Place, wave_id: str, findings: Findings) -> None:
    here = Place(place.file, "settings")
    number, entry = next(_records(rows), (None, {}))
    form_id = entry.get("form_id") or entry.get("id_string") or ""
    if form_id != wave_id:
        findings.problem("survey_form_id", here, row=number, column="form_id", got=form_id, folder=wave_id)


def _choices(rows: Sequence[Row]) -> _Lists:
    """Return per list its choices. A code that comes back, as in a list that is filtered, is one code."""
    lists: _Lists = {}
    for _, entry in _records(rows):
        codes = lists.setdefault(entry.get("list_name") or entry.get("list name") or "", {})
        code = entry.get("name") or entry.get("value") or ""
        if code:
            codes[code] = (*codes.get(code, ()), *_labels(entry))
    return lists


def _entries(
    records: Iterator[tuple[int, _Entry]], place: Place, findings: Findings
) -> Iterator[tuple[int, str, _Entry, tuple[_Entry, ...]]]:
    """Yield what is no group: row, type, cells, and the groups it lies in."""
    groups: list[_Entry] = []
    for row, entry in records:
        type_ = re.sub(r"^(begin|end) ", r"\1_", " ".join(entry.get("type", "").split()).casefold())
        if entry.get("disabled", "").casefold() in ("yes", "true", "ja") or not ({"type", "name"} & entry.keys()):
            continue
        if type_ == "begin_repeat":
            findings.problem("survey_repeat", place, row=row, column=entry.get("name", ""))
        if type_ in ("begin_group", "begin_repeat"):
            groups.append(entry)
        elif type_ in ("end_group", "end_repeat"):
            groups[-1:] = []
        else:
            # The name of a list keeps its capitals.
            yield row, entry["type"] if _SELECT.fullmatch(entry.get("type", "")) else type_, entry, tuple(groups)


def _headers(name: str, groups: Sequence[_Entry]) -> frozenset[str]:
    """Return the names of a column in exports: Kobo writes group/name or a sign of one's choice, Central group-name."""
    path = [each["name"] for each in groups if "name" in each]
    return frozenset({name, *(sign.join((*path, name)) for sign in SIGNS)})


def _titles(entry: _Entry, groups: Sequence[_Entry]) -> frozenset[str]:
    """Return the names of a column in exports that have words instead of names, in each language."""
    titles: set[str] = set()
    for language in filter(_is_label, entry):
        path = [each.get(language) or each.get("name", "") for each in groups]
        titles |= {entry[language], *(sign.join((*path, entry[language])) for sign in SIGNS)}
    return frozenset(titles)


def _is_personal(type_: str, name: str, labels: Sequence[str]) -> bool:
    """Return whether a question asks who somebody is, or where, or for a picture or voice."""
    if type_ in _PERSONAL:
        return True
    if type_.split(" ", maxsplit=1)[0] not in _OPEN or name == PANEL:
        return False
    said = (re.sub(r"[\s_-]+", " ", name).strip(), *(re.sub(r"[?:*]+$", "", label).strip() for label in labels))
    return any(
        text.casefold() in _NAME_OF_PERSON or is_personal_header(text) or _ASKS_WHO.search(text) for text in said
    )


def _questions(entry: _Entry, type_: str, row: int, groups: Sequence[_Entry], choices: _Lists) -> Iterator[Question]:
    """Yield the question of a row, and the open one that Kobo and ODK put behind a select with "or other".

    Raises
    ------
    CellError
        For a list that is not there, or another type of question.
    """
    name, titles = entry["name"], _titles(entry, groups)
    select = _SELECT.fullmatch(type_)
    if select is None:
        if type_ not in _OPEN:
            raise CellError("survey_type", got=type_)
        yield Question(name, _OPEN[type_], row, _headers(name, groups), titles)
        return
    if select["list"] not in choices:
        raise CellError("survey_no_list", got=select["list"])
    kind = "many" if "multiple" in select["how"].casefold() else "one"
    other: dict[str, tuple[str, ...]] = {"other": ("Other",)} if select["other"] else {}
    yield Question(name, kind, row, _headers(name, groups), titles, {**choices[select["list"]], **other})
    if other:
        yield Question(f"{name}_other", "text", row, _headers(f"{name}_other", groups))


def _of_instrument(question: Question, options: Collection[str], place: Place, findings: Findings) -> Question:
    """Return a question whose answers are those of its instrument, if it has one, and say so when they are not."""
    wrong = [code for code in question.choices if code not in options and code not in MISSING_WORDS]
    if not options:
        return question
    if wrong or question.kind in ("many", "text", "date"):
        values = {"got": ", ".join(wrong) or question.kind, "options": ", ".join(options)}
        findings.problem("survey_instrument", place, row=question.row, column=question.name, **values)
    return question if question.choices else replace(question, choices=dict.fromkeys(options, ()))
