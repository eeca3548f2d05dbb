"""Dutch ways to write numbers and dates: text goes in; a number or a moment comes out, or the reason it cannot be read.

Dutch notation is 1.234,5 and 31-12-2024. What English notation would read as another value is refused, and so is
what a spreadsheet may have damaged: 52.468.987 (a number, or a latitude with its point moved) and 1E+05 (digits lost).
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

_WHOLE = re.compile(r"-?[0-9]+")
DECIMAL = re.compile(r"-?[0-9]+[.,][0-9]+")
_DUTCH = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+")
THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+")
# 1.250,- in euros: whole, as the dash stands where the cents would.
_NO_CENTS = re.compile(r"(-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)),[-–—]{1,2}")
_CLOCK = re.compile(r"[0-9]{1,3}:[0-5][0-9](:[0-5][0-9])?")
SCIENTIFIC = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")
_ABOUT = re.compile(
    r"(ca\.?|circa|plm\.?|ongeveer|bijna|ruim|meer dan|minder dan|hooguit|minstens|±|\+/-|[~≈<>≤≥]=?)\s*[0-9.,]+"
    r"|[0-9.,]+\s*([-–—/±]|à|tot|of|tot en met|t/m|\+/-)\s*[0-9.,]+|[0-9.,]+\s*(\+|\?|of meer|of minder)",
    re.IGNORECASE,
)
_MAYBE_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"|(?P<day>[0-9]{1,2})(?P<sep>[-/])(?P<month>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4})"
)
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_SHORT = {"maart": "mrt", "september": "sept"}
_NAMED_MONTH = re.compile(r"(?P<day>[0-9]{1,2})[ -](?P<month>[a-z]{3,9})\.?[ -](?P<year>[0-9]{4})", re.IGNORECASE)
_SERIAL = re.compile("[1-9][0-9]{4}")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.]'?[0-9]{2}")
_MOMENT = re.compile(
    r"(?P<date>[0-9/-]+)"
    r"(?:[T ]+(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
# How people write a unit; any other is written as the schema does.
_UNITS = {
    **dict.fromkeys(("euro", "eur"), ("€", "euro", "eur")),
    **dict.fromkeys(("uur", "h"), ("uur", "uren", "u")),
    "keren": ("keren", "keer"),
    "maanden": ("maanden", "maand"),
    "minuten": ("minuten", "minuut", "min"),
    "mensen": ("mensen", "personen"),
    "personen": ("personen", "mensen"),
}
_BEFORE = ("€", "eur")
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Whole numbers above this are no longer exact in a spreadsheet.
_LARGEST = 10**15


class CellError(ValueError):
    """A cell cannot be read; ``kind`` names the sentence, ``details`` what the sentence mentions."""

    def __init__(self, kind: str, **details: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.details = details


def number_from_text(text: str, repairs: list[str], *, unit: str = "") -> float:
    """Read a number in Dutch notation, or with a decimal point where that can mean nothing else.

    Parameters
    ----------
    text : str
        Without spaces around it.
    repairs : list of str
        The kind of repair is added to it.
    unit : str
        Unit of the field; the same unit may stand beside the number.

    Returns
    -------
    float
        The number.

    Raises
    ------
    CellError
        ``ambiguous_number`` for one point or comma before exactly three digits: 1.234 is a thousand
        and more in Dutch and little more than one in English, and 1,234 the reverse; ``points_in_number`` for more
        points; ``digits_lost`` for 1E+05; ``time_in_number`` for 1:30; ``about_number`` for a range or a guess.
    """
    text = _without_unit(text, unit, repairs)
    whole = re.sub("[.,]", "", text)
    if _MAYBE_THOUSANDS.fullmatch(text):
        raise CellError("ambiguous_number", whole=whole)
    if THOUSANDS.fullmatch(text):
        raise CellError("points_in_number", whole=whole)
    if _DUTCH.fullmatch(text):
        repairs.append("thousands")
        return not_too_large(float(text.replace(".", "").replace(",", ".")))
    if _WHOLE.fullmatch(text) or DECIMAL.fullmatch(text):
        return not_too_large(float(text.replace(",", ".")))
    if SCIENTIFIC.fullmatch(text):
        raise CellError("digits_lost")
    if _CLOCK.fullmatch(text):
        raise CellError("time_in_number")
    raise CellError("about_number" if _ABOUT.fullmatch(text) else "not_a_number")


def whole_number_from_text(text: str, repairs: list[str], *, unit: str = "") -> int:
    """Read a whole number, where a point can only be that of a thousand.

    Parameters
    ----------
    text : str
        Without spaces around it.
    repairs : list of str
        The kind of repair is added to it.
    unit : str
        Unit of the field; the same unit may stand beside the number.

    Returns
    -------
    int
        The number.

    Raises
    ------
    CellError
        ``not_whole``, and what :func:`number_from_text` refuses, but for the points.
    """
    text = _without_unit(text, unit, repairs)
    if THOUSANDS.fullmatch(text):
        repairs.append("thousands")
        return int(not_too_large(float(text.replace(".", ""))))
    number = number_from_text(text, repairs)
    if not number.is_integer():
        raise CellError("not_whole")
    if DECIMAL.fullmatch(text):
        repairs.append("decimal_zero")
    return int(number)


def _without_unit(text: str, unit: str, repairs: list[str]) -> str:
    """Return the number without the unit of its field, and without the dash of no cents."""
    names = _UNITS.get(unit, (unit,)) if unit else ()
    bare = text
    for name in names:
        bare = re.sub(rf"(?<=[0-9,.–—-])\s*{re.escape(name)}$", "", bare, flags=re.IGNORECASE)
        if name in _BEFORE:
            bare = re.sub(rf"^{re.escape(name)}\s*", "", bare, flags=re.IGNORECASE)
    no_cents = _NO_CENTS.fullmatch(bare) if "€" in names else None
    if no_cents:
        bare = no_cents[1].replace(".", "")
    if bare != text:
        repairs.append("percent" if unit == "%" else "unit")
    return bare


def moment_from_text(text: str, repairs: list[str]) -> dt.datetime:
    """Read a date, or a date and time, as dd-mm-yyyy, yyyy-mm-dd or with the Dutch name of the month.

    Parameters
    ----------
    text : str
        Without spaces around it.
    repairs : list of str
        The kind of repair is added to it.

    Returns
    -------
    datetime
        Dutch local time, without a time zone.

    Raises
    ------
    CellError
        ``ambiguous_date`` when slashes are used and both day and month can be a month; also for
        years of two digits, days that do not exist and the number that Excel stores for a date.
    """
    text = _numbered_month(text, repairs)
    if _SERIAL.fullmatch(text):
        raise CellError("number_in_date")
    if _SHORT_YEAR.fullmatch(text):
        raise CellError("two_digit_year")
    match = _MOMENT.fullmatch(text)
    day = _DATE.fullmatch(match["date"]) if match else None
    if match is None or day is None:
        raise CellError("not_a_date")
    if day["sep"] == "/":
        if int(day["day"]) <= 12 and int(day["month"]) <= 12 and int(day["day"]) != int(day["month"]):
            raise CellError("ambiguous_date")
        repairs.append("slashes")
    parts = (day["y"] or day["year"], day["m"] or day["month"], day["d"] or day["day"])
    date = "-".join(part.zfill(2) for part in parts)
    hours, _, rest = (match["time"] or "00:00").partition(":")
    try:
        moment = dt.datetime.fromisoformat(f"{date}T{hours.zfill(2)}:{rest}{match['zone'] or ''}")
        if moment.tzinfo is None:
            return moment
        repairs.append("time_zone")
        return moment.astimezone(_AMSTERDAM).replace(tzinfo=None)
    except (ValueError, OverflowError) as problem:
        raise CellError("no_such_date") from problem


def _numbered_month(text: str, repairs: list[str]) -> str:
    """Return 1 maart 2024 or 1 mrt 2024 as 1-3-2024."""
    match = _NAMED_MONTH.fullmatch(text)
    if match is None:
        return text
    name = match["month"].casefold()
    found = [number for number, month in enumerate(_MONTHS, start=1) if name in (month, month[:3], _SHORT.get(month))]
    if not found:
        return text
    repairs.append("month_name")
    return f"{match['day']}-{found[0]}-{match['year']}"


def not_too_large(number: float) -> float:
    """Return the number when a spreadsheet still holds it exactly.

    Parameters
    ----------
    number : float
        Any number.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    CellError
        When it is above 10^15, or no finite number.
    """
    if not abs(number) <= _LARGEST:
        raise CellError("too_large_number")
    return number
