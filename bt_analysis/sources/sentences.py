"""What a person reads about a delivered file: a kind of problem and its values in; a Problem with three sentences out.

The sentences themselves stand in ``sentences.nl.toml``, keyed by kind, so that another language is another
file. ``got`` is what was found, ``expected`` what should stand there, ``do`` what to do about it. For a repair
``do`` says what was done.
"""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
import unicodedata
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from bt_analysis.schema import FieldDescriptor, Problem
from bt_analysis.sources.cells import Percent

DUTCH_FILE = resources.files("bt_analysis.sources") / "sentences.nl.toml"

_LONGEST_QUOTE = 60
_LONGEST_LIST = 400

_SLUG = "^[a-z0-9][a-z0-9_-]*$"


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
    """

    problems: list[Problem] = field(default_factory=list)
    repairs: list[Problem] = field(default_factory=list)

    def problem(
        self, kind: str, place: Place, *, row: int | None = None, column: str | None = None, **values: object
    ) -> None:
        """Add a problem that a person has to mend."""
        self.problems.append(sentence(kind, place, row, column, values))

    def repair(
        self, kind: str, place: Place, *, row: int | None = None, column: str | None = None, **values: object
    ) -> None:
        """Add something that was repaired, skipped or not checked."""
        self.repairs.append(sentence(kind, place, row, column, values))


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
    limits = {"got": _LONGEST_QUOTE, "value": _LONGEST_QUOTE}
    shown = {
        name: show(value, limits.get(name, _LONGEST_LIST))
        for name, value in {"column": column, "more": "", **values}.items()
    }
    if "more" in values:
        shown["more"] = _templates()["words"]["more"].format(count=values["more"]) if values["more"] else ""
    got, expected, do = (template.format_map(shown) for template in _templates()["kinds"][kind])
    return Problem(place.file, place.sheet, row, column and show(column), got, expected, do, kind, shown)


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
    """
    if value is None or value == "":
        return str(_templates()["words"]["nothing"])
    if isinstance(value, bool):
        return str(_templates()["words"]["true" if value else "false"])
    if isinstance(value, float) and not isinstance(value, Percent):
        return f"{value:.12g}".replace(".", ",")
    if isinstance(value, dt.date) and getattr(value, "hour", 0) == 0:
        return f"{value:%d-%m-%Y}"
    text = "".join(_visible(character) for character in str(value))
    return text if len(text) <= longest else text[:longest] + "…"


def expectation(field_: FieldDescriptor) -> str:
    """Return what a cell of a field should hold.

    Parameters
    ----------
    field_ : dict
        Field of a Table Schema.

    Returns
    -------
    str
        Such as "een van: lijst, telling, schatting".
    """
    sentences = _templates()["types"]
    constraints = field_.get("constraints", {})
    if "enum" in constraints:
        return str(sentences["options"].format(options=", ".join(map(str, constraints["enum"]))))
    if constraints.get("pattern") == _SLUG:
        return str(sentences["code"])
    if "pattern" in constraints:
        return str(field_.get("description") or sentences["pattern"].format(pattern=constraints["pattern"]))
    return str(sentences[field_["type"]])


def line(problem: Problem) -> str:
    """Return a problem or repair as one line.

    Parameters
    ----------
    problem : Problem
        What was found.

    Returns
    -------
    str
        File, sheet, row and column, then got, expected and do.
    """
    words = _templates()["words"]
    where = [
        words[part].format_map({part: getattr(problem, part)})
        for part in ("sheet", "row", "column")
        if getattr(problem, part)
    ]
    place = ", ".join([problem.file, *where])
    return str(words["line"].format(where=place, got=problem.got, expected=problem.expected, do=problem.do))


@functools.cache
def _templates() -> dict[str, Any]:
    return tomllib.loads(DUTCH_FILE.read_text(encoding="utf-8"))


def _visible(character: str) -> str:
    unseen = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return f"[U+{ord(character):04X}]" if unseen else character
