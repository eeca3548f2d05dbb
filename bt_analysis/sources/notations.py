"""Dutch ways to write numbers and dates: text goes in; a number or a moment comes out, or the reason it cannot be read.

Dutch notation is 1.234,5 and 31-12-2024. What English notation would read as another value is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

_WHOLE = re.compile(r"-?[0-9]+")
DECIMAL = re.compile(r"-?[0-9]+[.,][0-9]+")
_DUTCH = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+")
THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+")
_MAYBE_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"|(?P<day>[0-9]{1,2})(?P<sep>[-/])(?P<month>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4})"
)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.]'?[0-9]{2}")
_MOMENT = re.compile(
    r"(?P<date>[0-9/-]+)"
    r"(?:[T ]+(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Whole numbers above this are no longer exact in a spreadsheet.
_LARGEST = 10**15


class CellError(ValueError):
    """A cell cannot be read; ``kind`` names the sentence, ``details`` what the sentence mentions."""

    def __init__(self, kind: str, **details: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.details = details


def number_from_text(text: str, repairs: list[str], *, percent: bool = False) -> float:
    """Read a number in Dutch notation, or with a decimal point where that can mean nothing else.

    Parameters
    ----------
    text : str
        Without spaces around it.
    repairs : list of str
        The kind of repair is added to it.
    percent : bool
        A % behind the number is its unit.

    Returns
    -------
    float
        The number.

    Raises
    ------
    CellError
        ``ambiguous_number`` for one point or comma before exactly three digits: 1.234 is a thousand
        and more in Dutch and little more than one in English, and 1,234 the reverse.
    """
    if percent and text.endswith("%"):
        text = text[:-1].rstrip()
        repairs.append("percent")
    if _MAYBE_THOUSANDS.fullmatch(text):
        raise CellError("ambiguous_number", whole=re.sub("[.,]", "", text))
    if THOUSANDS.fullmatch(text):
        repairs.append("thousands")
        return not_too_large(float(text.replace(".", "")))
    if _DUTCH.fullmatch(text):
        return not_too_large(float(text.replace(".", "").replace(",", ".")))
    if _WHOLE.fullmatch(text) or DECIMAL.fullmatch(text):
        return not_too_large(float(text.replace(",", ".")))
    raise CellError("not_a_number")


def moment_from_text(text: str, repairs: list[str]) -> dt.datetime:
    """Read a date, or a date and time, as dd-mm-yyyy or yyyy-mm-dd.

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
        years of two digits and days that do not exist.
    """
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
