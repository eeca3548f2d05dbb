"""Which cells to hide, quickly: what every single sum asks for in; the cheapest choice out when that is enough.

Suppression asks that all sums together protect every hidden cell. What each sum asks for by itself is necessary, much
cheaper to solve, and in small tables mostly sufficient: then the cheapest choice for the sums one by one is the
cheapest of all. When it is not, :func:`bt_analysis.methods.suppression.suppress` looks further.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy  # scipy.optimize and scipy.sparse are loaded when first used: half a second that `bt check` need not wait

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_SOLVED = 0
_HAIR = 1e-6


def cover(
    values: Floats, sensitive: Flags, equations: Floats, protection: Floats, *, weights: Floats, shown: Flags,
    upper: Floats,
) -> Flags | None:  # fmt: skip
    """Choose which cells to hide when each sum by itself is enough to tell.

    Parameters
    ----------
    values : ndarray
        True values of the cells, 0 or more.
    sensitive : ndarray of bool
        Cells that must be hidden.
    equations : ndarray
        One row per sum, one column per cell: 1, -1 or 0; ``equations @ values`` is 0.
    protection : ndarray
        How far below and above its value each hidden cell must seem possible.
    weights : ndarray
        What hiding each cell costs.
    shown : ndarray of bool
        Cells that are known anyway and cannot be hidden.
    upper : ndarray
        Largest value that each cell can have as far as anybody knows; ``inf``: no limit.

    Returns
    -------
    ndarray of bool or None
        The cheapest cells to hide, as :func:`bt_analysis.methods.suppression.suppress` would; None when the sums have
        to be looked at together.

    Notes
    -----
    Choose h in {0, 1} to minimise ``Σ weight · h`` such that, in every sum and for every cell c of it, up and down:
    ``Σ min(room of the other cells, need of c) · h ≥ need of c · h_c``. Room of a cell: how far it may move in the
    direction that makes up for c. Whether all sums together leave every hidden cell its need is then checked.
    """
    down, up = np.minimum(values, protection), np.minimum(upper - values, protection)
    rows = [*_asked(values, equations, upper, (down, up))]
    found = scipy.optimize.milp(
        weights,
        integrality=np.ones(len(values)),
        bounds=scipy.optimize.Bounds(sensitive.astype(float), (~shown).astype(float)),
        constraints=[scipy.optimize.LinearConstraint(np.vstack(rows), 0, np.inf)] if rows else [],
        options={"mip_rel_gap": 0.0},
    )
    if found.status != _SOLVED:
        return None
    hidden: Flags = found.x > 0.5
    return hidden if is_protected(values, hidden, equations, protection, upper=upper) else None


def _asked(values: Floats, equations: Floats, upper: Floats, needs: tuple[Floats, Floats]) -> list[Floats]:
    """Return a row of coefficients per sum, cell and direction: with h they must come to 0 or more."""
    room = {-1.0: values, 1.0: upper - values}
    rows = []
    for equation in equations:
        cells = np.flatnonzero(equation)
        for cell in cells:
            for sign, need in zip((-1.0, 1.0), (needs[0][cell], needs[1][cell]), strict=True):
                if need <= 0:
                    continue
                # Another cell makes up for this one by moving against it, or with it on the other side of the sum.
                with_it = equation[cells] * equation[cell] < 0
                others = np.where(with_it, room[sign][cells], room[-sign][cells])
                row = np.zeros(len(values))
                row[cells] = np.minimum(others, need)
                row[cell] = -need
                rows.append(row)
    return rows


def is_protected(values: Floats, hidden: Flags, equations: Floats, protection: Floats, *, upper: Floats) -> bool:
    """Tell whether every hidden cell may be as far off as it must while all that is shown stays as it is.

    Parameters
    ----------
    values, hidden, equations, protection, upper : ndarray
        As for :func:`cover`.

    Returns
    -------
    bool
        True when no cell is hidden.

    Notes
    -----
    One linear programme with a copy of the table for each hidden cell and direction: what the sum of all distances is
    at most, each no farther than needed.
    """
    places = np.flatnonzero(hidden)
    table = equations[:, places]
    table = scipy.sparse.csr_array(table[np.abs(table).any(axis=1)])
    down, up, width = -values[places], upper[places] - values[places], protection[places]
    copies = [
        _copy(down, up, at, sign, need)
        for at in range(len(places))
        for sign, need in ((-1, min(-down[at], width[at])), (1, min(up[at], width[at])))
        if need > 0
    ]
    if not copies:
        return True
    lows, highs, aims = (np.concatenate(part) for part in zip(*copies, strict=True))
    together = scipy.sparse.kron(scipy.sparse.eye_array(len(copies)), table, format="csr")
    sums = {"A_eq": together, "b_eq": np.zeros(together.shape[0])} if together.shape[0] else {}
    found = scipy.optimize.linprog(aims, bounds=np.c_[lows, highs], **sums)
    needed = np.where(aims > 0, -lows, highs)[aims != 0].sum()
    return bool(found.status == _SOLVED and -found.fun >= needed - _HAIR * max(1.0, values.max(initial=0)))


def _copy(down: Floats, up: Floats, at: int, sign: int, need: float) -> tuple[Floats, Floats, Floats]:
    """Return bounds of all changes and what to aim at, when one cell is to move as far as it must and no farther."""
    low, high, aim = down.copy(), up.copy(), np.zeros(len(down))
    low[at], high[at], aim[at] = (-need, 0, 1) if sign < 0 else (0, need, -1)
    return low, high, aim
