"""A selection of a large table: wanted members of dimensions come in, filters for its host go out.

Padding is part of a key at CBS: a filter with another width gives an empty answer and no error. So keys are looked up
in the dimension as published, never padded by rule.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Mapping
from urllib.parse import quote

from bt_analysis.sources.backend import Selection
from bt_analysis.sources.patience import SourceRejected

KEYS_IN_ONE_QUESTION = 20
"""Members of a dimension in one filter; a host may refuse an address of more than 2,000 signs."""

ALL = "*"
"""Ends a wanted member that stands for all that begin so."""


def filters(where: Selection, members: Mapping[str, list[str]], table_id: str) -> list[str]:
    """Return the filters that together give a selection, each row once.

    Parameters
    ----------
    where : mapping
        Dimension → wanted members, without padding; ``BU0363*`` stands for all that begin with BU0363.
    members : mapping
        Dimension → its keys as published, with padding.
    table_id : str
        For the errors.

    Returns
    -------
    list of str
        Values of ``$filter``, encoded for an address; one ``""`` when nothing is selected, which is the whole table.

    Raises
    ------
    SourceRejected
        When a dimension or a member does not exist; the nearest ones are named.
    """
    _refuse_unknown_dimensions(where, members, table_id)
    groups = []
    for dimension, wanted in where.items():
        terms = [_term(dimension, one, members[dimension], table_id) for one in _without_doubles(wanted)]
        parts = [terms[at : at + KEYS_IN_ONE_QUESTION] for at in range(0, len(terms), KEYS_IN_ONE_QUESTION)]
        groups.append([f"({' or '.join(part)})" if len(where) > 1 < len(part) else " or ".join(part) for part in parts])
    return [quote(" and ".join(parts), safe="()',") for parts in itertools.product(*groups)]


def wanted_keys(where: Selection, members: Mapping[str, list[str]]) -> dict[str, set[str]]:
    """Return which keys a selection may give.

    Parameters
    ----------
    where, members : mapping
        As in :func:`filters`.

    Returns
    -------
    dict
        Dimension of ``where`` → its keys, with padding.
    """
    return {
        dimension: {key for key in members[dimension] for one in wanted if _fits(key, one)}
        for dimension, wanted in where.items()
    }


def _without_doubles(wanted: tuple[str, ...]) -> list[str]:
    """Drop what another wanted member includes, so that no row comes twice."""
    wide = [one for one in dict.fromkeys(wanted) if one.endswith(ALL)]
    wide = [one for one in wide if not any(one != other and one.startswith(other[:-1]) for other in wide)]
    return wide + [
        one for one in dict.fromkeys(wanted) if not one.endswith(ALL) and not any(_fits(one, w) for w in wide)
    ]


def _term(dimension: str, wanted: str, keys: list[str], table_id: str) -> str:
    found = [key for key in keys if _fits(key, wanted)]
    if not found:
        near = difflib.get_close_matches(wanted.strip(ALL), [key.strip() for key in keys], n=3, cutoff=0.4)
        raise SourceRejected(
            f"table {table_id}, {dimension}: got {wanted!r}; expected a member of this dimension"
            f"{', such as ' + ', '.join(near) if near else ''}. Choose from {dimension}.json or StatLine."
        )
    if wanted.endswith(ALL):
        return f"startswith({dimension},'{_quoted(wanted[:-1])}')"
    return f"{dimension} eq '{_quoted(found[0])}'"


def _fits(key: str, wanted: str) -> bool:
    return key.startswith(wanted[:-1]) if wanted.endswith(ALL) else key.strip() == wanted.strip()


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _refuse_unknown_dimensions(where: Selection, members: Mapping[str, list[str]], table_id: str) -> None:
    for dimension, wanted in where.items():
        if dimension not in members or not wanted:
            raise SourceRejected(
                f"table {table_id}: got a selection of {len(wanted)} members of {dimension!r}; expected at least one "
                f"member of {', '.join(members)}. Change the selection."
            )
