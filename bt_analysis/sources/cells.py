"""One cell at a time: what was delivered goes in; a typed value, a reason or a kind of problem comes out.

Nothing is guessed. A notation that can mean two things is a problem; one that can mean one thing only
is read, and listed as a repair when a computer would not have read it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from bt_analysis.schema import FieldDescriptor
from bt_analysis.sources.clean_text import missing_word, plain_text, text_of_list
from bt_analysis.sources.notations import (
    SCIENTIFIC,
    CellError,
    moment_from_text,
    not_too_large,
    number_from_text,
    whole_number_from_text,
)
from bt_analysis.sources.options import as_list, as_option

MISSING_WORDS = {
    "": "not_recorded",
    "nvt": "not_applicable",
    "weigert": "refused",
    "weetniet": "unknown",
    "onderdrukt": "suppressed",
}
"""What a delivered cell may say instead of a value, and the reason it stands for."""

# A spreadsheet keeps fifteen digits of a number.
_EXACT = 10**15
_LONGEST_CODE = 12

_AS_TEXT = {
    "integer": "number_as_text",
    "number": "number_as_text",
    "year": "number_as_text",
    "date": "date_as_text",
    "datetime": "date_as_text",
}
_BOOLEANS = {"ja": True, "waar": True, "true": True, "nee": False, "onwaar": False, "false": False}
_ENGLISH_BOOLEANS = {"yes": True, "no": False}


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
        if cell is None or (word in MISSING_WORDS and word not in field_.get("constraints", {}).get("enum", ())):
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
    # A cell with only spaces in it is as good as empty.
    told = repairs if word else [kind for kind in repairs if kind == "list_spaces"]
    return Reading(reason=MISSING_WORDS[word], repairs=tuple(told))


def _cleaned(cell: object, field_: FieldDescriptor, repairs: list[str]) -> object:
    """Return text without what does not belong to it, and refuse what is not data."""
    if isinstance(cell, NoResult):
        raise CellError("no_result")
    if not isinstance(cell, str):
        return cell
    text = text_of_list(cell, repairs) if "listOf" in field_ else plain_text(cell, repairs)
    return text if field_.get("freeText") else missing_word(text, repairs)


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
            return _boolean(cell, repairs)
        case _:
            text = _text(cell, repairs)
            if "listOf" not in field_:
                return text
            return as_list(text, field_["listOf"], repairs, field_.get("constraints", {}).get("pattern", ""))


def _text(cell: object, repairs: list[str]) -> str:
    if isinstance(cell, str):
        # Text such as 1,23E+11 is what a spreadsheet leaves of a long code.
        if SCIENTIFIC.fullmatch(cell) and "E+" in cell:
            raise CellError("digits_lost")
        return cell
    if isinstance(cell, bool):
        raise CellError("boolean_in_text")
    if isinstance(cell, (int, float)) and not isinstance(cell, Percent) and float(cell).is_integer():
        if abs(cell) >= _EXACT:
            raise CellError("digits_lost")
        repairs.append("text_as_number")
        return str(int(cell))
    raise CellError("decimal_in_text" if isinstance(cell, (int, float)) else "date_in_text")


def _number(cell: object, field_: FieldDescriptor, repairs: list[str]) -> float:
    unit = field_.get("unit", "")
    # 15% of a whole is 0.15, whichever of the two a person writes.
    is_share = unit.split(" ")[0] == "deel"
    if isinstance(cell, str):
        percent = is_share and cell.endswith("%")
        number = number_from_text(cell, repairs, unit="%" if percent else unit)
        return round(number / 100, 12) if percent else number
    if isinstance(cell, bool):
        raise CellError("boolean_in_number")
    if isinstance(cell, Percent):
        if unit != "%" and not is_share:
            raise CellError("percent_in_number")
        repairs.append("percent")
        # Rounded, as 0.07 × 100 is 7.000000000000001 in binary.
        return float(cell) if is_share else round(float(cell) * 100, 10)
    if isinstance(cell, (int, float)):
        return not_too_large(float(cell))
    raise CellError("date_in_number" if isinstance(cell, dt.date) else "time_in_number")


def _integer(cell: object, field_: FieldDescriptor, repairs: list[str]) -> int:
    if isinstance(cell, str):
        return whole_number_from_text(cell, repairs, unit=field_.get("unit", ""))
    number = _number(cell, field_, repairs)
    if not number.is_integer():
        raise CellError("not_whole")
    return int(number)


def _year(cell: Any) -> int:
    if isinstance(cell, str) and re.fullmatch("[0-9]{4}", cell):
        return int(cell)
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, (bool, Percent))
    if is_number and 1000 <= cell <= 9999 and cell == int(cell):
        return int(cell)
    raise CellError("not_a_year")


def _boolean(cell: object, repairs: list[str]) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.casefold() in _ENGLISH_BOOLEANS:
        repairs.append("english_boolean")
        return _ENGLISH_BOOLEANS[cell.casefold()]
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
    if "enum" in constraints:
        value = as_option(value, constraints["enum"], repairs)
    if "pattern" in constraints and not re.fullmatch(constraints["pattern"], str(value)):
        raise CellError("zeros_lost" if _lost_zeros(str(value), constraints["pattern"]) else "pattern")
    if "minimum" in constraints and value < _bound(constraints["minimum"], value):  # type: ignore[operator]
        raise CellError("minimum", limit=constraints["minimum"])
    if "maximum" in constraints and value > _bound(constraints["maximum"], value):  # type: ignore[operator]
        raise CellError("maximum", limit=constraints["maximum"])
    return value


def _lost_zeros(text: str, pattern: str) -> bool:
    """Return whether digits fit the form of a code once zeros are put before them, which Excel leaves out."""
    lengths = range(len(text) + 1, _LONGEST_CODE + 1)
    return bool(re.fullmatch("[0-9]+", text)) and any(re.fullmatch(pattern, text.zfill(length)) for length in lengths)


def _bound(bound: object, value: object) -> object:
    return dt.datetime.fromisoformat(str(bound)) if isinstance(value, dt.datetime) else bound
