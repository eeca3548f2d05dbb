"""What a person reads about a delivered file: a kind of problem and its values in; a Problem with three sentences out.

The sentences themselves stand in ``sentences.nl.toml`` and ``sentences.en.toml``, keyed by kind, so that another
language is another file. ``got`` is what was found, ``expected`` what should stand there, ``do`` what to do about it.
For a repair ``do`` says what was done. A problem is made in Dutch and keeps what is needed to say it otherwise.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from bt_analysis.schema import FieldDescriptor, Problem
from bt_analysis.sources.cells import Percent
from bt_analysis.sources.wording import FILES, Words, day, described, expected, more, number, templates, word

DUTCH_FILE = FILES["nl"]

_LONGEST_QUOTE = 60
_LONGEST_LIST = 400


@dataclass(frozen=True)
class Place:
    """Where something stands.

    Parameters
    ----------
    file : str
        Folder and name of the file.
    sheet : str or None
        Sheet of a workbook; None for other files.
    """

    file: str
    sheet: str | None = None


@dataclass
class Findings:
    """What is found while one package is read, in the order of reading.

    Parameters
    ----------
    problems : list of Problem
        What a person has to mend.
    repairs : list of Problem
        What was repaired, skipped or not checked.
    headings : dict
        Place → field → what stands above that column, where that is not the name of the field.
    sheets : dict
        Table → name of the sheet that it stands on, where that is not the name of the table.
    """

    problems: list[Problem] = field(default_factory=list)
    repairs: list[Problem] = field(default_factory=list)
    headings: dict[Place, dict[str, str]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)

    def problem(
        self, kind: str, place: Place, *, row: int | None = None, column: str | None = None, **values: object
    ) -> None:
        """Add a problem that a person has to mend."""
        self.problems.append(sentence(kind, place, row, column, self._as_seen(place, column, values)))

    def repair(
        self, kind: str, place: Place, *, row: int | None = None, column: str | None = None, **values: object
    ) -> None:
        """Add something that was repaired, skipped or not checked."""
        self.repairs.append(sentence(kind, place, row, column, self._as_seen(place, column, values)))

    def _as_seen(self, place: Place, column: str | None, values: dict[str, object]) -> dict[str, object]:
        """Return the values with columns and tables called as in the file."""
        headings, called = self.headings.get(place, {}), dict(values)
        for name, names in (("other", headings), ("table", self.sheets)):
            if isinstance(values.get(name), str):
                called[name] = names.get(str(values[name]), values[name])
        if headings and column:
            called.setdefault("column", " + ".join(headings.get(name, name) for name in column.split(" + ")))
        return called


def sentence(kind: str, place: Place, row: int | None, column: str | None, values: dict[str, object]) -> Problem:
    """Put a kind of problem into words.

    Parameters
    ----------
    kind : str
        Key in ``[kinds]``.
    place : Place
        File and sheet.
    row : int or None
        Row number as a spreadsheet shows it.
    column : str or None
        Field name.
    values : dict
        What the sentences mention; shortened, and without characters that cannot be seen.

    Returns
    -------
    Problem
        With got, expected and do in Dutch.
    """
    limits = dict.fromkeys(("got", "value", "part"), _LONGEST_QUOTE)
    shown = {
        name: show(value, limits.get(name, _LONGEST_LIST))
        for name, value in {"column": column, "more": "", **values}.items()
    }
    if "more" in values:
        shown["more"] = Words(partial(more, values["more"])) if values["more"] else ""
    got, wanted, do = _filled(kind, shown, "nl")
    return Problem(place.file, place.sheet, row, column and show(column), got, wanted, do, kind, shown)


def in_language(problem: Problem, lang: str) -> Problem:
    """Return the same problem or repair in another language.

    Parameters
    ----------
    problem : Problem
        What was found.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    Problem
        With got, expected and do in that language; one that has no kind stays as it is.

    Raises
    ------
    ValueError
        When there are no sentences in that language.
    """
    if not problem.kind:
        return problem
    got, wanted, do = _filled(problem.kind, problem.details, lang)
    return replace(problem, got=got, expected=wanted, do=do)


def _filled(kind: str, details: Mapping[str, str], lang: str) -> list[str]:
    """Return got, expected and do of a kind of problem in a language."""
    shown = {name: text.say(lang) if isinstance(text, Words) else text for name, text in details.items()}
    return [template.format_map(shown) for template in templates(lang)["kinds"][kind]]


def show(value: object, longest: int = _LONGEST_QUOTE) -> str:
    """Return a value as it can safely stand in a sentence on a terminal or a page.

    Parameters
    ----------
    value : object
        Any cell, or text from a file.
    longest : int
        Number of characters after which a text is cut off.

    Returns
    -------
    str
        Numbers with a decimal comma, an empty cell as "niets", long text cut off, unseen characters as their code.
        What another language writes otherwise is a :class:`Words`.
    """
    if isinstance(value, Words):
        return value
    if value is None or value == "":
        return Words(partial(word, "nothing"))
    if isinstance(value, bool):
        return Words(partial(word, "true" if value else "false"))
    if isinstance(value, float) and not isinstance(value, Percent):
        return Words(partial(number, f"{value:.12g}"))
    if isinstance(value, dt.date) and getattr(value, "hour", 0) == 0:
        return Words(partial(day, dt.date(value.year, value.month, value.day)))
    # Cut off first: the name of a column can be as long as a book.
    text = str(value)[: longest + 1]
    if not text.isprintable():
        text = "".join(_visible(character) for character in text)
    return text if len(text) <= longest else text[:longest] + "…"


def label(part: FieldDescriptor) -> Words:
    """Return what a field or a table is called.

    Parameters
    ----------
    part : dict
        Field or Table Schema, with ``title`` and ``title_en``.

    Returns
    -------
    Words
        Such as "aantal mensen", in English "people".
    """
    return Words(partial(described, part, "title"))


def expectation(field_: FieldDescriptor) -> Words:
    """Return what a cell of a field should hold.

    Parameters
    ----------
    field_ : dict
        Field of a Table Schema.

    Returns
    -------
    Words
        Such as "een van: lijst, telling, schatting".
    """
    return Words(partial(expected, field_))


def line(problem: Problem, lang: str = "nl") -> str:
    """Return a problem or repair as one line.

    Parameters
    ----------
    problem : Problem
        What was found.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        File, sheet, row and column, then got, expected and do. A column is called as in the file.

    Raises
    ------
    ValueError
        When there are no sentences in that language.
    """
    words, told = templates(lang)["words"], in_language(problem, lang)
    column = problem.column and problem.details.get("column", problem.column)
    where = [
        words[part].format_map({part: value})
        for part, value in (("sheet", problem.sheet), ("row", problem.row), ("column", column))
        if value
    ]
    place = ", ".join([problem.file, *where])
    return str(words["line"].format(where=place, got=told.got, expected=told.expected, do=told.do))


def _visible(character: str) -> str:
    unseen = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return f"[U+{ord(character):04X}]" if unseen else character
