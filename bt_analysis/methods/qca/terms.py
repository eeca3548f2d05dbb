"""Terms and expressions: ``DEV*~IND + URB`` as text in, membership of every case out, and back to text."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Term = tuple[int, ...]
"""A level per condition, all of which must hold; :data:`ANY` where the condition does not matter."""

ANY = -1
"""A condition that a term does not name."""

_LITERAL = re.compile(r"(?P<absent>~?)(?P<name>[^\s~*+\[\]]+)(\[(?P<level>\d+)\])?")
_NEVER = -2
"""Level that no case has: of a condition that is asked to be there and not to be there."""


def levels_of(data: pd.DataFrame) -> tuple[int, ...]:
    """Count the levels of each condition.

    Parameters
    ----------
    data : DataFrame
        One row per case, one column per condition: 0 and 1, 0 … 1, or levels 0, 1, 2 …

    Returns
    -------
    tuple of int
        2 for a crisp or fuzzy set; the highest level + 1 for more.

    Raises
    ------
    ValueError
        When a value is missing, no number, negative, endless, or a fraction above 1.
    """
    values = data.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    fine = (values >= 0) & np.isfinite(values) & ((values <= 1) | (values == np.floor(values)))
    mixed = (values > 1).any(axis=0) & (values != np.floor(values)).any(axis=0)
    wrong = [str(name) for name, good in zip(data.columns, fine.all(axis=0) & ~mixed, strict=True) if not good]
    if wrong:
        raise ValueError(
            f"got values in {', '.join(wrong)} that are missing or no membership; expected 0 … 1, or whole levels "
            "0, 1, 2 …. Calibrate first, and leave out cases of which something is not known."
        )
    return tuple(max(2, int(top) + 1) for top in values.max(axis=0))


def name(term: Term, conditions: Sequence[str], levels: Sequence[int]) -> str:
    """Write a term.

    Parameters
    ----------
    term : tuple of int
        A level per condition, or ``ANY``.
    conditions : sequence of str
        Their names.
    levels : sequence of int
        How many levels each has; where one has more than two, all are written as ``DEV[2]``.

    Returns
    -------
    str
        As ``DEV*~IND``; ``1`` for the term that always holds.
    """
    many = max(levels) > 2
    parts = [
        f"{condition}[{level}]" if many else condition if level else f"~{condition}"
        for level, condition in zip(term, conditions, strict=True)
        if level != ANY
    ]
    return "*".join(parts) or "1"


def order(term: Term) -> tuple[int, tuple[int, ...]]:
    """Give what terms are put in order by: short ones first, then those in which the first conditions are present.

    Parameters
    ----------
    term : tuple of int
        A level per condition, or ``ANY``.

    Returns
    -------
    tuple
        Number of conditions that it names, and a rank per condition.
    """
    return sum(level != ANY for level in term), tuple(1 if level == ANY else -level for level in term)


def parse(expression: str, conditions: Sequence[str]) -> list[Term]:
    """Read an expression.

    Parameters
    ----------
    expression : str
        Terms with ``+`` between them; in a term, conditions with ``*`` between them, each with ``~`` before it (not
        there) or a level behind it, as ``DEV[2]``.
    conditions : sequence of str
        Names that may occur.

    Returns
    -------
    list of tuple of int
        Its terms, in order.

    Raises
    ------
    ValueError
        When a part cannot be read, or names no condition.
    """
    found = []
    for words in expression.split("+"):
        term = [ANY] * len(conditions)
        for word in words.split("*"):
            literal = _LITERAL.fullmatch(word.strip())
            if literal is None or literal["name"] not in conditions or (literal["absent"] and literal["level"]):
                raise ValueError(
                    f"got {word.strip()!r} in {expression!r}; expected one of {', '.join(conditions)}, as DEV, ~DEV "
                    "or DEV[2]."
                )
            at = list(conditions).index(literal["name"])
            level = int(literal["level"]) if literal["level"] else 0 if literal["absent"] else 1
            term[at] = level if term[at] in (ANY, level) else _NEVER
        found.append(tuple(term))
    return found


def membership(values: NDArray[np.float64], term: Term, levels: Sequence[int]) -> NDArray[np.float64]:
    """Tell how far each case belongs to a term.

    Parameters
    ----------
    values : ndarray
        One row per case, one column per condition.
    term : tuple of int
        A level per condition, or ``ANY``.
    levels : sequence of int
        How many levels each condition has.

    Returns
    -------
    ndarray
        0 … 1 per case: the least of its memberships in the parts, and 1 in the term that names nothing.
    """
    parts = [_literal(values[:, at], level, levels[at]) for at, level in enumerate(term) if level != ANY]
    return np.asarray(np.minimum.reduce(parts)) if parts else np.ones(len(values))


def union(values: NDArray[np.float64], terms: Sequence[Term], levels: Sequence[int]) -> NDArray[np.float64]:
    """Tell how far each case belongs to at least one of some terms.

    Parameters
    ----------
    values : ndarray
        One row per case, one column per condition.
    terms : sequence of tuple of int
        At least one.
    levels : sequence of int
        How many levels each condition has.

    Returns
    -------
    ndarray
        The largest of its memberships.
    """
    return np.asarray(np.maximum.reduce([membership(values, term, levels) for term in terms]))


def _literal(column: NDArray[np.float64], level: int, levels: int) -> NDArray[np.float64]:
    if levels > 2 or level not in (0, 1):
        return np.asarray(column == level, dtype=float)
    return np.asarray(column if level else 1 - column)
