"""What ``bt tables`` prints: names of monitoring tables come in; their data dictionary goes out, in three forms."""

from __future__ import annotations

import json
from collections.abc import Collection

from bt_analysis import schema
from bt_analysis.dictionary.fields import chosen
from bt_analysis.dictionary.page import as_markdown
from bt_analysis.dictionary.text import as_text

__all__ = ["as_json", "as_markdown", "as_text"]


def as_json(names: Collection[str]) -> str:
    """Write tables for other programs.

    Parameters
    ----------
    names : collection of str
        As :func:`chosen` takes them.

    Returns
    -------
    str
        A list of Table Schema descriptors, as in ``bt_analysis/schemas``.

    Raises
    ------
    SchemaError
        For a name that no table has.
    """
    return json.dumps([schema.load(name) for name in chosen(names)], ensure_ascii=False, indent=1) + "\n"
