"""The chart of prime implicants: which rows each covers in, every smallest choice that covers all rows out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_COVERS = 5_000
"""Covers that are listed, at most; a chart with more says nothing that a reader could use."""


@dataclass(frozen=True)
class Covers:
    """All smallest choices.

    Parameters
    ----------
    choices : tuple of tuple of int
        Positions of the chosen prime implicants, each in order; none when a row cannot be covered.
    complete : bool
        False when there are more than were listed.
    """

    choices: tuple[tuple[int, ...], ...]
    complete: bool


def smallest_covers(chart: Sequence[int], rows: int, most: int = MOST_COVERS) -> Covers:
    """Find every smallest set of prime implicants that covers all rows: all tied models.

    Parameters
    ----------
    chart : sequence of int
        Per prime implicant the rows it covers, as a bit mask: bit i for row i.
    rows : int
        How many rows have to be covered.
    most : int
        Covers that are listed, at most.

    Returns
    -------
    Covers
        In order of their positions.

    Notes
    -----
    Exact. Implicants that nothing else can replace come first; a row whose implicants all cover another row as well
    makes that other row needless (no cover is lost by it, as it would be by leaving out dominated implicants). Then
    for each size, from a lower bound up: take the row with the fewest implicants and branch on these; an implicant
    that was tried is forbidden in the branches after it, so that no cover is found twice.
    """
    whole = (1 << rows) - 1
    able = [[at for at, mask in enumerate(chart) if mask >> row & 1] for row in range(rows)]
    if not rows or not all(able):
        return Covers(((),) if not rows else (), complete=True)
    needed = _undominated(able)
    target = sum(1 << row for row in needed)
    masks = [mask & target for mask in chart]
    found: list[tuple[int, ...]] = []
    size = _independent(needed, able)
    while not found:
        for choice in _of_size(masks, {row: able[row] for row in needed}, target, size, frozenset()):
            found.append(tuple(sorted(choice)))
            if len(found) > most:
                return Covers(tuple(sorted(found[:most])), complete=False)
        size += 1
    assert all(_union(chart, choice) == whole for choice in found)  # noqa: S101  what the whole search promises
    return Covers(tuple(sorted(found)), complete=True)


def _undominated(able: Sequence[Sequence[int]]) -> list[int]:
    """Leave out rows that are covered whenever another row is."""
    sets = [frozenset(one) for one in able]
    kept: list[int] = []
    for row in sorted(range(len(sets)), key=lambda one: len(sets[one])):
        if not any(sets[other] <= sets[row] for other in kept):
            kept.append(row)
    return kept


def _independent(rows: Sequence[int], able: Sequence[Sequence[int]]) -> int:
    """Count rows no two of which share an implicant: no cover is smaller."""
    used: set[int] = set()
    count = 0
    for row in rows:
        if used.isdisjoint(able[row]):
            used.update(able[row])
            count += 1
    return count


def _of_size(
    masks: Sequence[int], able: dict[int, list[int]], left: int, size: int, forbidden: frozenset[int]
) -> Iterator[list[int]]:
    """Yield every choice of at most ``size`` implicants that covers what is left, each once."""
    if not left:
        yield []
        return
    if not size:
        return
    open_rows = {
        row: [at for at in choices if at not in forbidden] for row, choices in able.items() if left >> row & 1
    }
    if _independent(sorted(open_rows, key=lambda row: len(open_rows[row])), _dense(open_rows)) > size:
        return
    choices = min(open_rows.values(), key=len)
    tried = forbidden
    for at in sorted(choices, key=lambda one: -(masks[one] & left).bit_count()):
        for rest in _of_size(masks, open_rows, left & ~masks[at], size - 1, tried):
            yield [at, *rest]
        tried |= {at}


def _dense(rows: dict[int, list[int]]) -> list[list[int]]:
    return [rows.get(row, []) for row in range(max(rows, default=-1) + 1)]


def _union(chart: Sequence[int], choice: Sequence[int]) -> int:
    mask = 0
    for at in choice:
        mask |= chart[at]
    return mask
