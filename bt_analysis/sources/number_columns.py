"""One column of a downloaded file: cells as they were delivered go in; numbers come out, or the reason they cannot be.

CBS writes a decimal point, people and programs a comma, and one file may hold both. So the mark is decided per column,
and a column that can be read in two ways is refused: 1.234 alone is a thousand and more, or little more than one.
"""

from __future__ import annotations

import re

import pandas as pd

MISSING = ("", ".", ",", "NA", "NaN", "null", "?", "-")
"""What stands in a cell without a figure. A lone comma is a point that met a Dutch Excel; zero is a figure."""

MAP_MISSING = -99990
"""CBS's maps, and only those, write this or less (-99997, -99999999) where a figure is absent."""

_WHOLE = re.compile(r"-?[0-9]+")
_POINT = re.compile(r"-?[0-9]+\.[0-9]+")
_COMMA = re.compile(r"-?[0-9]+,[0-9]+|-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
# A group of exactly three digits behind the mark, and no zero before it: thousands as well as decimals.
_EITHER = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_DAMAGE = (
    (re.compile(r"-?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+"), "a number that Excel rounded to powers of ten"),
    (re.compile(r"-?[0-9]+(?:[.][0-9]+){2,}|-?[0-9]+(?:,[0-9]+){2,}"), "a number with more than one decimal mark"),
    (re.compile(r"#[A-ZÀ-Ý/0!?]+[!?]?"), "an error of a formula"),
    (re.compile(r"[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,4}.*"), "a date"),
)


class UnreadableColumn(ValueError):  # noqa: N818 - says what the column is, as ConnectionRefused would
    """A column cannot be read as numbers, or in two ways; the message names a cell and says why."""


def texts(cells: pd.Series) -> pd.Series:
    """Return a column of texts without padding.

    Parameters
    ----------
    cells : Series
        Texts, numbers and None, as delivered.

    Returns
    -------
    Series
        Texts; ``"."`` still ``"."``, as CBS's own typed tables have it; NA for an empty cell and for NA of R.
    """
    stripped = cells.astype("str").str.strip() if cells.map(_is_text).all() else cells.map(_written).astype("str")
    return stripped.mask(cells.isna() | stripped.isin(["", "NA", "nan", "None"]))


def numbers(cells: pd.Series, *, is_map: bool = False) -> pd.Series:
    """Return a column of numbers.

    Parameters
    ----------
    cells : Series
        Texts, numbers and None, as delivered; its name is named in errors.
    is_map : bool
        Attributes of a CBS map: figures of ``MAP_MISSING`` or less are absent.

    Returns
    -------
    Series
        float64, NA where there is no figure.

    Raises
    ------
    UnreadableColumn
        When a cell is no number, is damaged, or the column can be read in two ways.

    Notes
    -----
    Texts that CBS padded itself (``"     1.8"``) have a decimal point: no program that rewrites numbers keeps padding.
    """
    is_typed = pd.api.types.is_numeric_dtype(cells.dtype)
    found = cells.astype("float64") if is_typed else _from_cells(cells)
    return found.mask(found <= MAP_MISSING) if is_map else found


def _from_cells(cells: pd.Series) -> pd.Series:
    typed = cells.map(lambda cell: isinstance(cell, (int, float)) and not isinstance(cell, bool))
    other = cells[~typed & cells.notna() & ~cells.map(_is_text)]
    if len(other):
        raise UnreadableColumn(f"{cells.name!r} holds {str(other.iloc[0])!r}, which is no number")
    found = cells.where(typed).astype("float64")
    written = cells[cells.map(_is_text)].astype("str")
    padded = bool(written.str.startswith(" ").any())
    stripped = written.str.strip()
    stripped = stripped[~stripped.isin(MISSING)]
    found.loc[stripped.index] = _parsed(stripped, padded=padded)
    return found


def _parsed(written: pd.Series, *, padded: bool) -> pd.Series:
    whole, point, comma = (written.str.fullmatch(form) for form in (_WHOLE, _POINT, _COMMA))
    _refuse_damage(written[~(whole | point | comma)], written.name)
    if point.any() and comma.any():
        both = f"{written[point].iloc[0]!r} beside {written[comma].iloc[0]!r}"
        raise UnreadableColumn(f"{written.name!r} holds {both}: two decimal marks in one column")
    marked = written[point | comma]
    if len(marked) and not padded and marked.str.fullmatch(_EITHER).all():
        raise UnreadableColumn(f"{written.name!r} holds {marked.iloc[0]!r}: thousands or decimals?")
    plain = written.str.replace(".", "", regex=False).str.replace(",", ".", regex=False) if comma.any() else written
    return plain.astype("float64")


def _refuse_damage(strange: pd.Series, name: object) -> None:
    if len(strange):
        cell = str(strange.iloc[0])
        reasons = [reason for form, reason in _DAMAGE if form.fullmatch(cell)]
        raise UnreadableColumn(f"{name!r} holds {cell!r}, {reasons[0] if reasons else 'which is no number'}")


def _is_text(cell: object) -> bool:
    return isinstance(cell, str)


def _written(cell: object) -> str:
    """Return what a person wrote: a postcode that a workbook holds as 3533.0 is 3533."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
