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
    if not rows:
        return Covers(((),), complete=True)
    able = [sum(1 << at for at, mask in enumerate(chart) if mask >> row & 1) for row in range(rows)]
    if not all(able):
        return Covers((), complete=True)
    needed = _undominated(able)
    size, found = _independent(needed), list[tuple[int, ...]]()
    while not found:
        for choice in _of_size(chart, needed, size):
            found.append(tuple(_bits(choice)))
            if len(found) > most:
                return Covers(tuple(sorted(found[:most])), complete=False)
        size += 1
    return Covers(tuple(sorted(found)), complete=True)


def _undominated(able: Sequence[int]) -> list[tuple[int, int]]:
    """Leave out rows that are covered whenever another row is; give each row's bit and its implicants."""
    kept: list[tuple[int, int]] = []
    for row in sorted(range(len(able)), key=lambda one: able[one].bit_count()):
        if not any(other & able[row] == other for _, other in kept):
            kept.append((1 << row, able[row]))
    return kept


def _independent(needed: Sequence[tuple[int, int]]) -> int:
    """Count rows no two of which share an implicant: no cover is smaller."""
    used = count = 0
    for _, implicants in needed:
        if not used & implicants:
            used |= implicants
            count += 1
    return count


def _of_size(chart: Sequence[int], needed: Sequence[tuple[int, int]], size: int) -> Iterator[int]:
    """Yield every choice of exactly ``size`` implicants that covers all rows, each once, when no smaller one does."""
    if size == 1:
        common = -1
        for _, implicants in needed:
            common &= implicants
        yield from (1 << at for at in _bits(common))
        return
    fewest = min((implicants for _, implicants in needed), key=int.bit_count)
    tried = 0
    for at in _bits(fewest):
        covered, own = chart[at], 1 << at
        left = [(row, implicants & ~tried) for row, implicants in needed if not row & covered]
        tried |= own
        if all(implicants for _, implicants in left) and _independent(left) <= size - 1:
            yield from (own | rest for rest in _of_size(chart, left, size - 1))


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
