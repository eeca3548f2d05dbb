"""What the sheets of one blank workbook share: words, names of sheets, and a hidden sheet for long lists."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bt_analysis.sources.wording import LANGUAGES

# Excel allows 255 characters in a list that is written in the rule itself, and no comma within an option.
_LONGEST_LIST = 250


@functools.cache
def workbook_words(lang: str) -> dict[str, Any]:
    """Read what stands in a blank workbook.

    Parameters
    ----------
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    dict
        ``sheets``, ``readme``, ``sheet``, ``example`` and ``chapters``.

    Raises
    ------
    ValueError
        When there is no workbook in that language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} has no blank workbook; expected one of {', '.join(LANGUAGES)}.")
    file = resources.files("bt_analysis.sources") / f"blank_workbook.{lang}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


class Lists:
    """The hidden sheet with lists that are too long for a cell.

    Parameters
    ----------
    sheet : Worksheet
        Empty; a column is added for each list.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._places: dict[tuple[str, ...], str] = {}
        sheet.sheet_state = "hidden"

    @property
    def is_used(self) -> bool:
        """Whether a list stands on the sheet."""
        return bool(self._places)

    def formula(self, options: Sequence[object]) -> str:
        """Return the formula of a drop-down with these options.

        Parameters
        ----------
        options : sequence
            What can be chosen.

        Returns
        -------
        str
            The options themselves, or where they stand on the hidden sheet.
        """
        texts = tuple(map(str, options))
        written = ",".join(texts)
        if len(written) <= _LONGEST_LIST and not any(sign in text for text in texts for sign in ',"'):
            return f'"{written}"'
        if texts not in self._places:
            column = len(self._places) + 1
            for row, text in enumerate(texts, start=1):
                self._sheet.cell(row, column, text).number_format = "@"
            letter = get_column_letter(column)
            self._places[texts] = f"'{self._sheet.title}'!${letter}$1:${letter}${len(texts)}"
        return self._places[texts]


@dataclass(frozen=True)
class Form:
    """What the sheets of one blank workbook share.

    Parameters
    ----------
    lang : str
        ``nl`` or ``en``.
    collective_id : str
        Whose workbook it is.
    sheets : Mapping
        Name of a table → name of its sheet.
    lists : Lists
        Where long lists stand.
    """

    lang: str
    collective_id: str
    sheets: Mapping[str, str]
    lists: Lists

    @property
    def words(self) -> dict[str, str]:
        """What is said on the sheet of a table."""
        words: dict[str, str] = workbook_words(self.lang)["sheet"]
        return words
