"""Cells that sums link together: values and equations in, how far a hidden cell can be from its value out."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import scipy  # scipy.optimize and scipy.sparse are loaded when first used: half a second that `bt check` need not wait

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

HAIR = 1e-6
"""How far, as a share of the largest value, a solver or a sum may be off."""

SOLVED = 0
"""What scipy calls a programme that it solved."""

_ANYWHERE = 1e4
"""A cell that can change by this many times all values together can change without limit."""

_FAR = 16.0
"""In tables of more dimensions, to let one cell change by 1 others are taken to change by at most this."""


class LinkedCells(NamedTuple):
    """Cells of 0 and more, and the sums between them; made by :meth:`of`.

    Parameters
    ----------
    values : ndarray
        True values.
    equations : csc_array
        One row per sum, one column per cell; ``equations @ values`` is 0.
    upper : ndarray
        Largest value that each cell can have as far as anybody knows; ``inf`` when there is no limit.
    """

    values: Floats
    equations: scipy.sparse.csc_array
    upper: Floats

    @classmethod
    def of(
        cls,
        values: npt.ArrayLike,
        equations: object,
        upper: npt.ArrayLike | None = None,
        hidden: npt.ArrayLike | None = None,
    ) -> Self:
        """Check values and equations against each other.

        Parameters
        ----------
        values, equations, upper : array_like
            As the class holds them; ``upper`` may be one number, or None for no limits.
        hidden : array_like of bool, optional
            Cells that are hidden or may be; the limit is none of others.

        Returns
        -------
        LinkedCells
            Of one accord.

        Raises
        ------
        ValueError
            When shapes differ, a value is below 0, one that may be hidden above its limit, or they do not add up.
        """
        numbers = np.asarray(values, dtype=float)
        matrix = scipy.sparse.csc_array(equations, dtype=float)
        if numbers.ndim != 1 or matrix.shape[1] != len(numbers):
            raise ValueError(
                f"values of shape {numbers.shape} and equations of shape {matrix.shape}; expected a column per value. "
                "Align them."
            )
        if not (numbers >= 0).all():
            at = int((numbers >= 0).argmin())
            raise ValueError(f"cell {at} is {numbers[at]:g}; expected 0 or more. Correct the cell.")
        top = np.broadcast_to(np.asarray(np.inf if upper is None else upper, dtype=float), numbers.shape)
        above = (numbers > top) & (True if hidden is None else np.asarray(hidden, dtype=bool))
        if above.any():
            at = int(above.argmax())
            raise ValueError(f"cell {at} is {numbers[at]:g}; expected 0 to {top[at]:g}. Correct the cell or its limit.")
        off = np.abs(matrix @ numbers)
        if (off > HAIR * max(1.0, numbers.max(initial=0))).any():
            raise ValueError(
                f"equation {off.argmax()} is off by {off.max():g}; expected cells that add up. Give what is in no part "
                "a cell of its own."
            )
        return cls(numbers, matrix, np.maximum(top, numbers))

    @property
    def hair(self) -> float:
        """What is no difference between two numbers of this table."""
        return HAIR * max(1.0, float(self.values.max(initial=0)))

    def only(self, cells: Places) -> LinkedCells:
        """Take some cells, and the sums they stand in.

        Parameters
        ----------
        cells : ndarray of int
            Places of the cells; the others are taken to be known.

        Returns
        -------
        LinkedCells
            Its equations say how changes of these cells cancel out; its values need not add up to 0.
        """
        columns = self.equations[:, cells]
        return LinkedCells(self.values[cells], columns[np.unique(columns.indices)], self.upper[cells])

    def parts(self, open_: Flags, sensitive: Flags) -> list[Places]:
        """Split the table in parts that share no sum.

        Parameters
        ----------
        open_ : ndarray of bool
            Cells that may be hidden; the others link nothing, as they are known.
        sensitive : ndarray of bool
            Cells that must be hidden.

        Returns
        -------
        list of ndarray of int
            Places of the open cells of each part that holds a sensitive one.
        """
        columns = self.equations[:, np.flatnonzero(open_)]
        linked = scipy.sparse.block_array([[None, columns], [columns.T, None]])
        part_of = np.full(len(self.values), -1)
        part_of[open_] = scipy.sparse.csgraph.connected_components(linked, directed=False)[1][columns.shape[0] :]
        return [np.flatnonzero(part_of == part) for part in np.unique(part_of[sensitive])]

    def room(self) -> tuple[Floats, Floats]:
        """Return how far each cell may change by itself.

        Returns
        -------
        down, up : ndarray
            Downwards (0 or less) and upwards (0 or more).
        """
        return -self.values, self.upper - self.values

    def reach(self, hidden: Flags, cell: int, sign: int, enough: float = np.inf) -> float:
        """Work out how far a hidden cell can be from its value while everything that is shown stays as it is.

        Parameters
        ----------
        hidden : ndarray of bool
            Cells that are not shown.
        cell : int
            Place of a hidden cell.
        sign : int
            1 for upwards, -1 for downwards.
        enough : float
            Look no further than this.

        Returns
        -------
        float
            Distance, ``enough`` when it is that or more; 0, the careful answer, when the solver cannot tell.
        """
        part = self.only(np.flatnonzero(hidden))
        at = int(hidden[:cell].sum())
        down, up = part.room()
        limit = min(enough, _ANYWHERE * (1 + self.values.sum() + self.upper[np.isfinite(self.upper)].sum()))
        if sign > 0:
            up[at] = min(up[at], limit)
        else:
            down[at] = max(down[at], -limit)
        aim = np.zeros(len(up))
        aim[at] = -sign
        found = scipy.optimize.milp(aim, constraints=conserved(part.equations), bounds=scipy.optimize.Bounds(down, up))
        if found.status != SOLVED:
            return 0.0
        return enough if -found.fun >= limit * (1 - HAIR) else max(0.0, -float(found.fun))

    def far(self) -> float:
        """Bound how much other cells must change, at most, to let one cell change by 1.

        Returns
        -------
        float
            1 where every cell is an edge of one network, as in a table of two dimensions with totals.
        """
        entries = self.equations
        count = np.diff(entries.indptr)
        if (count > 2).any() or (np.abs(entries.data) != 1).any():
            return _FAR
        rows, first = entries.shape[0], entries.indptr[np.flatnonzero(count == 2)]
        ends, signs = (np.array([part[first], part[first + 1]]) for part in (entries.indices, entries.data))
        # It is a network when rows can change sign so that every cell stands in its two rows with opposite signs: each
        # row is there twice, as it is and with its sign changed, and may not be linked with itself.
        turned = np.where(signs[0] == signs[1], rows, 0)
        links = np.r_[ends[0], ends[0] + rows], np.r_[ends[1] + turned, ends[1] + rows - turned]
        graph = scipy.sparse.coo_array((np.ones(len(links[0])), links), shape=(2 * rows, 2 * rows))
        label = scipy.sparse.csgraph.connected_components(graph, directed=False)[1]
        return 2.0 if (label[:rows] == label[rows:]).any() else 1.0


def conserved(equations: scipy.sparse.csc_array) -> tuple[scipy.optimize.LinearConstraint, ...]:
    """Say that changes leave all sums as they are.

    Parameters
    ----------
    equations : csc_array
        One row per sum.

    Returns
    -------
    tuple of LinearConstraint
        For ``scipy.optimize.milp``; none when there are no sums.
    """
    return (scipy.optimize.LinearConstraint(equations, 0, 0),) if equations.shape[0] else ()
