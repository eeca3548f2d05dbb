"""What a cell of a blank workbook tells and allows: a field goes in; its format, drop-down and explanation come out.

A required cell refuses what cannot be right. Any other cell warns, as nvt, weigert, weetniet or onderdrukt may always
stand there.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from bt_analysis.schema import FieldDescriptor
from bt_analysis.sources.blank_form import Form
from bt_analysis.sources.wording import described, expected

FORMATS = {
    "string": "@",
    "boolean": "@",
    "date": "dd-mm-yyyy",
    "datetime": "dd-mm-yyyy hh:mm",
    "integer": "0",
    "year": "0",
    "number": "General",
}
"""Type of a field → number format of its cells: as text, a code keeps its zeros and does not become a date."""

WIDTHS = {"string": 24, "boolean": 12, "date": 14, "datetime": 18, "integer": 12, "year": 12, "number": 12}
"""Type of a field → width of its column, in characters."""

# What Excel allows in a hint and in its title.
_LONGEST_HINT = 255
_LONGEST_HINT_TITLE = 32
_LONGEST_WARNING = 225
_LARGEST = 10**15
_KINDS = {"integer": "whole", "year": "whole", "number": "decimal", "date": "date", "datetime": "date"}
# The days a spreadsheet counts for 1 January 1900 and for 31 December 2100.
_FIRST_DAY = 1
_LAST_DAY = (dt.date(2100, 12, 31) - dt.date(1899, 12, 30)).days


def is_required(field: FieldDescriptor) -> bool:
    """Return whether a cell must be filled in.

    Parameters
    ----------
    field : dict
        Field of a Table Schema.

    Returns
    -------
    bool
        False when the cell may be empty.
    """
    return bool(field.get("constraints", {}).get("required"))


def explanation(field: FieldDescriptor, form: Form) -> Comment:
    """Return the comment on a column name.

    Parameters
    ----------
    field : dict
        Field of a Table Schema.
    form : Form
        Its language.

    Returns
    -------
    Comment
        What the column means, what belongs in it, its unit, an example, and whether it is needed.
    """
    words, told = form.words, form_description(field, form)
    wanted = expected(field, form.lang)
    lines = [
        _sentence(told),
        words["expected"].format(expected=wanted) if wanted != described(field, "description", form.lang) else "",
        words["unit"].format(unit=field["unit"]) if "unit" in field else "",
        words["example"].format(example=example(field, form)) if "example" in field else "",
        words["required" if is_required(field) else "optional"],
    ]
    text = "\n".join(line for line in lines if line)
    return Comment(text, "Better Together", height=40 + 18 * (len(text) // 45 + len(lines)), width=340)


def form_description(field: FieldDescriptor, form: Form) -> str:
    """Return the description of a field, with sheets called as in this workbook.

    Parameters
    ----------
    field : dict
        Field of a Table Schema.
    form : Form
        Names of the sheets.

    Returns
    -------
    str
        Such as "Code van de activiteit, zoals op het blad Activiteit".
    """
    text = described(field, "description", form.lang)
    return re.sub(r"\b(blad|sheet) (\w+)", lambda found: f"{found[1]} {form.sheets.get(found[2], found[2])}", text)


def example(field: FieldDescriptor, form: Form) -> str:
    """Return an example as a person types it.

    Parameters
    ----------
    field : dict
        Field with an ``example``.
    form : Form
        Its language.

    Returns
    -------
    str
        Dates as dd-mm-yyyy, a decimal comma, ja or nee.
    """
    value = field["example"]
    if isinstance(value, bool):
        return form.words["true" if value else "false"]
    if isinstance(value, float):
        return f"{value:.12g}".replace(".", ",")
    if field["type"] in ("date", "datetime"):
        moment = dt.datetime.fromisoformat(value)
        return moment.strftime("%d-%m-%Y" if field["type"] == "date" else "%d-%m-%Y %H:%M")
    return str(value)


def validation(field: FieldDescriptor, parent: str | None, form: Form) -> DataValidation:
    """Return what the cells of a column allow and say.

    Parameters
    ----------
    field : dict
        Field of a Table Schema.
    parent : str or None
        Cells with the codes that this column refers to, as ``'Activiteit'!$A$6:$A$5005``.
    form : Form
        Its language, and where long lists stand.

    Returns
    -------
    DataValidation
        Without cells; a code may be chosen from its own sheet, and typed too.
    """
    rule = _allowed(field, form)
    if field["name"] == "collective_id":
        rule = {"type": "list", "formula1": f'"{form.collective_id}"'}
    elif parent is not None:
        rule = {"type": "list", "formula1": parent}
    typed_too = parent is not None or not rule
    return DataValidation(
        **rule,
        allow_blank=True,
        showErrorMessage=not typed_too,
        errorStyle="stop" if is_required(field) else "warning",
        errorTitle=_cut(described(field, "title", form.lang), _LONGEST_HINT_TITLE),
        error=_cut(_wrong(field, form), _LONGEST_WARNING),
        showInputMessage=True,
        promptTitle=_cut(described(field, "title", form.lang), _LONGEST_HINT_TITLE),
        prompt=_cut(_prompt(field, form), _LONGEST_HINT),
    )


def _allowed(field: FieldDescriptor, form: Form) -> dict[str, Any]:
    """Return the kind of a validation and its limits; empty when any text may stand there."""
    constraints, type_ = field.get("constraints", {}), field["type"]
    if type_ == "boolean":
        return {"type": "list", "formula1": form.lists.formula([form.words["true"], form.words["false"]])}
    if "enum" in constraints:
        return {"type": "list", "formula1": form.lists.formula(constraints["enum"])}
    if type_ not in _KINDS:
        return {}
    if type_ in ("date", "datetime"):
        low, high = _FIRST_DAY, _LAST_DAY
    else:
        low, high = constraints.get("minimum", -_LARGEST), constraints.get("maximum", _LARGEST)
    return {"type": _KINDS[type_], "operator": "between", "formula1": str(low), "formula2": str(high)}


def _wrong(field: FieldDescriptor, form: Form) -> str:
    needed = "" if is_required(field) else f" {form.words['unknown']}"
    listed = "enum" in field.get("constraints", {})
    told = form.words["choose"] if listed else form.words["wrong"].format(expected=expected(field, form.lang))
    return told + needed


def _prompt(field: FieldDescriptor, form: Form) -> str:
    """Return the most that fits of: what it is, what belongs there, an example."""
    words, list_of = form.words, field.get("listOf", {})
    parts = [
        _sentence(form_description(field, form)),
        words["expected"].format(expected=expected(field, form.lang)) if "enum" in list_of or "unit" in field else "",
        words["unit"].format(unit=field["unit"]) if "unit" in field else "",
        words["example"].format(example=example(field, form)) if "example" in field else "",
        words["open_list"] if "listOf" in field and "enum" not in list_of else "",
        words["required"] if is_required(field) else "",
    ]
    told = ""
    for part in parts:
        if part and len(told) + len(part) + 1 <= _LONGEST_HINT:
            told = f"{told} {part}".strip()
    return told


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
