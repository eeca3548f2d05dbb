"""One cell at a time: what was delivered goes in; a typed value, a reason or a kind of problem comes out.

Nothing is guessed. A notation that can mean two things is a problem; one that can mean one thing only
is read, and listed as a repair when a computer would not have read it.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass, field
from typing import Any

from bt_analysis.schema import FieldDescriptor
from bt_analysis.sources.notations import (
    DECIMAL,
    THOUSANDS,
    CellError,
    moment_from_text,
    not_too_large,
    number_from_text,
)

MISSING_WORDS = {
    "": "not_recorded",
    "nvt": "not_applicable",
    "weigert": "refused",
    "weetniet": "unknown",
    "onderdrukt": "suppressed",
}
"""What a delivered cell may say instead of a value, and the reason it stands for."""

# Fields that hold several values, with ; between them.
LISTS = ("area_codes", "domains")

# Excel stores English names; a CSV saved by a Dutch Excel has the Dutch ones.
_ERRORS = frozenset(
    (
        *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"),
        *("#LEEG!", "#DEEL/0!", "#WAARDE!", "#VERW!", "#NAAM?", "#GETAL!", "#N/B", "#OVERLOOP!", "#BEREKENEN!"),
    )
)
# Control characters, and marks that turn or hide text. Joiners inside emoji (U+200D) are left alone.
_REFUSED = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufeff\\ufffe\\uffff\\ud800-\\udfff"
    "\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2028\\u2029\\u2060-\\u206f]"
)
_AS_TEXT = {
    "integer": "number_as_text",
    "number": "number_as_text",
    "year": "number_as_text",
    "date": "date_as_text",
    "datetime": "date_as_text",
}
_BOOLEANS = {"ja": True, "waar": True, "true": True, "nee": False, "onwaar": False, "false": False}


class Percent(float):
    """A number in a cell that Excel shows as a percentage: 0.15 is shown as 15%."""

    def __str__(self) -> str:
        return f"{self * 100:.12g}%".replace(".", ",")


class NoResult(str):
    """A formula that was never calculated; the text is the formula."""

    __slots__ = ()


@dataclass(frozen=True)
class Reading:
    """What came out of one cell.

    Parameters
    ----------
    value : object
        Typed value, or None.
    reason : str or None
        Why there is no value; None when there is one, or when the cell is a problem.
    problem : CellError or None
        Why the cell cannot be read.
    repairs : tuple of str
        Kinds of repair that were needed.
    """

    value: object = None
    reason: str | None = None
    problem: CellError | None = None
    repairs: tuple[str, ...] = field(default=())


def read(cell: object, field_: FieldDescriptor, *, from_text: bool = False) -> Reading:
    """Read one cell as the type of its field, and hold it against the field's constraints.

    Parameters
    ----------
    cell : object
        Text, number, boolean, date, time or None.
    field_ : dict
        Field of a Table Schema.
    from_text : bool
        The cell comes from a CSV file, where all is text, so that a number as text is no repair.

    Returns
    -------
    Reading
        With a value, a reason or a problem.
    """
    repairs: list[str] = []
    try:
        cell = _cleaned(cell, field_, repairs)
        word = cell.casefold() if isinstance(cell, str) else None
        if cell is None or word in MISSING_WORDS:
            return _without_value(cell, word or "", field_, repairs)
        value = _typed(cell, field_, repairs)
        if isinstance(cell, str) and field_["type"] in _AS_TEXT and not from_text and not repairs:
            repairs.append(_AS_TEXT[field_["type"]])
        return Reading(_constrained(value, field_, repairs), repairs=tuple(repairs))
    except CellError as problem:
        return Reading(problem=problem)


def _without_value(cell: object, word: str, field_: FieldDescriptor, repairs: list[str]) -> Reading:
    if field_.get("constraints", {}).get("required"):
        raise CellError("required")
    if cell is not None and cell != word:
        repairs.append("capitals")
    return Reading(reason=MISSING_WORDS[word], repairs=tuple(repairs) if word else ())


def _cleaned(cell: object, field_: FieldDescriptor, repairs: list[str]) -> object:
    """Return text without spaces around it, and refuse what is not data."""
    if isinstance(cell, NoResult):
        raise CellError("no_result")
    if not isinstance(cell, str):
        return cell
    if _REFUSED.search(cell):
        raise CellError("control_character")
    text = cell.strip()
    if text in _ERRORS:
        raise CellError("error_cell")
    if text != cell:
        repairs.append("spaces")
    if re.search(r"[\t\r\n]", text):
        # Not with \s* on both sides of the break, which takes a minute on a cell of spaces.
        text = " ".join(part.strip() for part in re.split(r"[\t\r\n]+", text) if part.strip())
        repairs.append("line_breaks")
    if field_["name"] in LISTS and ";" in text:
        parts = ";".join(part.strip() for part in text.split(";") if part.strip())
        repairs += ["list_spaces"] if parts != text else []
        text = parts
    return text


def _typed(cell: object, field_: FieldDescriptor, repairs: list[str]) -> object:
    match field_["type"]:
        case "integer":
            return _integer(cell, field_, repairs)
        case "number":
            return _number(cell, field_, repairs)
        case "year":
            return _year(cell)
        case "date":
            return _date(cell, repairs)
        case "datetime":
            return _datetime(cell, repairs)
        case "boolean":
            return _boolean(cell)
        case _:
            return _text(cell, repairs)


def _text(cell: object, repairs: list[str]) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        raise CellError("boolean_in_text")
    if isinstance(cell, (int, float)) and not isinstance(cell, Percent) and float(cell).is_integer():
        repairs.append("text_as_number")
        return str(int(cell))
    raise CellError("decimal_in_text" if isinstance(cell, (int, float)) else "date_in_text")


def _number(cell: object, field_: FieldDescriptor, repairs: list[str]) -> float:
    if isinstance(cell, str):
        return number_from_text(cell, repairs, percent=field_.get("unit") == "%")
    if isinstance(cell, bool):
        raise CellError("boolean_in_number")
    if isinstance(cell, Percent):
        if field_.get("unit") != "%":
            raise CellError("percent_in_number")
        repairs.append("percent")
        # Rounded, as 0.07 × 100 is 7.000000000000001 in binary.
        return round(float(cell) * 100, 10)
    if isinstance(cell, (int, float)):
        return not_too_large(float(cell))
    raise CellError("date_in_number" if isinstance(cell, dt.date) else "time_in_number")


def _integer(cell: object, field_: FieldDescriptor, repairs: list[str]) -> int:
    if isinstance(cell, str) and THOUSANDS.fullmatch(cell):
        # A whole number has no decimals, so here the point can only be a thousands point.
        repairs.append("thousands")
        return int(not_too_large(float(cell.replace(".", ""))))
    number = _number(cell, field_, repairs)
    if not number.is_integer():
        raise CellError("not_whole")
    if isinstance(cell, str) and DECIMAL.fullmatch(cell):
        repairs.append("decimal_zero")
    return int(number)


def _year(cell: Any) -> int:
    if isinstance(cell, str) and re.fullmatch("[0-9]{4}", cell):
        return int(cell)
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, (bool, Percent))
    if is_number and 1000 <= cell <= 9999 and cell == int(cell):
        return int(cell)
    raise CellError("not_a_year")


def _boolean(cell: object) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.casefold() in _BOOLEANS:
        return _BOOLEANS[cell.casefold()]
    raise CellError("not_a_boolean")


def _date(cell: object, repairs: list[str]) -> dt.datetime:
    moment = _datetime(cell, repairs)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if moment != midnight:
        repairs.append("time_dropped")
    return midnight


def _datetime(cell: object, repairs: list[str]) -> dt.datetime:
    if isinstance(cell, str):
        moment = moment_from_text(cell, repairs)
    elif isinstance(cell, dt.datetime):
        moment = cell
    elif isinstance(cell, dt.date):
        moment = dt.datetime.combine(cell, dt.time())
    else:
        is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
        raise CellError("number_in_date" if is_number else "not_a_date")
    if not 1900 <= moment.year <= 2100:
        raise CellError("far_date")
    return moment


def _constrained(value: object, field_: FieldDescriptor, repairs: list[str]) -> object:
    constraints = field_.get("constraints", {})
    if "enum" in constraints and value not in constraints["enum"]:
        value = _as_enum(str(value), constraints["enum"])
        repairs.append("capitals")
    if "pattern" in constraints and not re.fullmatch(constraints["pattern"], str(value)):
        raise CellError("pattern")
    if "minimum" in constraints and value < _bound(constraints["minimum"], value):  # type: ignore[operator]
        raise CellError("minimum", limit=constraints["minimum"])
    if "maximum" in constraints and value > _bound(constraints["maximum"], value):  # type: ignore[operator]
        raise CellError("maximum", limit=constraints["maximum"])
    return value


def _as_enum(text: str, enum: list[str]) -> str:
    """Return the permitted value that differs in capitals only."""
    same = [option for option in enum if option.casefold() == text.casefold()]
    if len(same) == 1:
        return same[0]
    close = difflib.get_close_matches(text.casefold(), enum, n=1, cutoff=0.7)
    if close:
        raise CellError("close_enum", suggestion=close[0])
    raise CellError("enum")


def _bound(bound: object, value: object) -> object:
    return dt.datetime.fromisoformat(str(bound)) if isinstance(value, dt.datetime) else bound
