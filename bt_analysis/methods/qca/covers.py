"""The chart of prime implicants: which rows each covers in, every smallest choice that covers all rows out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

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
    Exact. A row whose implicants all cover another row as well makes that other row needless (no cover is lost by it,
    as it would be by leaving out dominated implicants). How many implicants the rows that are left need at least is
    worked out once per set of rows. Then all covers of the smallest size: take the row with the fewest implicants and
    branch on these; an implicant that was tried is forbidden in the branches after it, so that no cover is found twice.
    """
    if not rows:
        return Covers(((),), complete=True)
    able = [sum(1 << at for at, mask in enumerate(chart) if mask >> row & 1) for row in range(rows)]
    if not all(able):
        return Covers((), complete=True)
    search = _Search(chart, _undominated(able), most)
    size = 1
    while not search.enough(search.every, size):
        size += 1
    search.list_all(search.every, size, 0, ())
    found = sorted(tuple(sorted(one)) for one in search.found[:most])
    return Covers(tuple(found), complete=len(search.found) <= most)


def _undominated(able: Sequence[int]) -> list[int]:
    """Leave out rows that are covered whenever another row is; give the implicants of each, fewest first."""
    kept: list[int] = []
    for row in sorted(able, key=int.bit_count):
        if not any(other & row == other for other in kept):
            kept.append(row)
    return kept


class _Search:
    """One chart, with what is known of sets of its rows."""

    def __init__(self, chart: Sequence[int], able: Sequence[int], most: int) -> None:
        self.able, self.most = able, most
        self.covers = [sum(1 << row for row, mask in enumerate(able) if mask >> at & 1) for at in range(len(chart))]
        self.every = (1 << len(able)) - 1
        self.found: list[tuple[int, ...]] = []
        self._at_least: dict[int, int] = {0: 0}
        self._at_most: dict[int, int] = {0: 0}

    def enough(self, left: int, size: int) -> bool:
        """Tell whether some choice of ``size`` implicants or fewer covers the rows that are left."""
        if left not in self._at_least:
            self._at_least[left] = self._independent(left)
        if self._at_least[left] > size or self._at_most.get(left, size + 1) <= size:
            return self._at_least[left] <= size
        first = (left & -left).bit_length() - 1
        rests = sorted({left & ~self.covers[at] for at in _bits(self.able[first])}, key=int.bit_count)
        tried: list[int] = []
        for rest in rests:
            # What leaves all that another choice leaves, and more, is never the better one.
            if any(less & rest == less for less in tried):
                continue
            if self.enough(rest, size - 1):
                self._at_most[left] = size
                return True
            tried.append(rest)
        self._at_least[left] = size + 1
        return False

    def list_all(self, left: int, size: int, tried: int, chosen: tuple[int, ...]) -> None:
        """Add every choice of exactly ``size`` implicants that covers the rows that are left, when no smaller one does.

        Stops as soon as there is one more than asked.
        """
        free = [self.able[row] & ~tried for row in _bits(left)]
        if size == 1:
            common = reduce(and_, free)
            self.found += [(*chosen, at) for at in _bits(common)][: self.most + 1 - len(self.found)]
            return
        for at in _bits(min(free, key=int.bit_count)):
            if self.enough(left & ~self.covers[at], size - 1):
                self.list_all(left & ~self.covers[at], size - 1, tried, (*chosen, at))
                if len(self.found) > self.most:
                    return
            tried |= 1 << at

    def _independent(self, left: int) -> int:
        """Count rows no two of which share an implicant: no cover is smaller."""
        used = count = 0
        for row in _bits(left):
            if not used & self.able[row]:
                used |= self.able[row]
                count += 1
        return count


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
