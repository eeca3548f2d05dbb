"""Truth table: cases with their conditions and outcome in, one row per configuration that occurs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bt_analysis.methods.qca import fit, terms
from bt_analysis.methods.qca.terms import Term

TOLERANCE = 1e-6
"""How far below a cut still counts as at the cut: sums of membership are not exact."""


@dataclass(frozen=True)
class TruthTable:
    """Configurations of conditions, and whether cases in them have the outcome.

    Parameters
    ----------
    conditions : tuple of str
        Names of the conditions.
    levels : tuple of int
        How many levels each has; 2 for a crisp or fuzzy set.
    outcome : str
        Name of the outcome, with ``~`` before it when its absence is explained.
    values : ndarray
        Membership (or level) of the conditions: one row per case.
    y : ndarray
        Membership of what is explained, per case.
    cases : tuple of str
        Names of the cases.
    rows : DataFrame
        One row is a configuration that at least one case is in: the conditions, OUT (``1`` explained, ``0`` not, ``?``
        too few cases: a remainder), n (cases with membership above .5), incl, PRI, cases (names, ``;`` between them),
        with_n and without_n (of those cases, with and without the outcome) and contradictory.
    known : dict
        Terms that :func:`of_term` worked out; filled as they are asked for.
    """

    conditions: tuple[str, ...]
    levels: tuple[int, ...]
    outcome: str
    values: NDArray[np.float64]
    y: NDArray[np.float64]
    cases: tuple[str, ...]
    rows: pd.DataFrame
    known: dict[Term, tuple[NDArray[np.float64], fit.Fit]] = field(default_factory=dict, repr=False, compare=False)

    def of_term(self, term: Term) -> tuple[NDArray[np.float64], fit.Fit]:
        """Return who is in a term and how well it fits; worked out once.

        Parameters
        ----------
        term : tuple of int
            A level per condition, or ``ANY``.

        Returns
        -------
        tuple of ndarray and Fit
            Membership per case, and the fit of the term alone.
        """
        if term not in self.known:
            x = terms.membership(self.values, term, self.levels)
            self.known[term] = x, fit.sufficiency(x, self.y)
        return self.known[term]

    def configurations(self, out: str) -> list[Term]:
        """Return configurations with one value of OUT.

        Parameters
        ----------
        out : str
            ``1``, ``0`` or ``?``.

        Returns
        -------
        list of tuple of int
            A level per condition.
        """
        kept = self.rows.loc[self.rows["OUT"].eq(out), list(self.conditions)]
        return [tuple(row) for row in kept.to_numpy(dtype=int).tolist()]

    @property
    def possible_n(self) -> int:
        """How many configurations there could be."""
        return int(np.prod(self.levels))

    @property
    def too_many_conditions(self) -> bool:
        """Whether there could be more configurations than there are cases: a solution may then be due to luck."""
        return self.possible_n > len(self.cases)


def truth_table(
    data: pd.DataFrame,
    outcome: str,
    conditions: Sequence[str] | None = None,
    *,
    incl_cut: float = 1.0,
    n_cut: int = 1,
    pri_cut: float = 0.0,
    absent: bool = False,
) -> TruthTable:
    """Make the truth table of crisp, fuzzy or multi-value data.

    Parameters
    ----------
    data : DataFrame
        One row per case, the index its name, which no other case has; no value may be missing.
    outcome : str
        Column with the outcome, 0 … 1.
    conditions : sequence of str, optional
        Columns of the conditions; left out: all others.
    incl_cut : float
        Consistency from which a configuration counts as one with the outcome.
    n_cut : int
        With fewer cases than this a configuration is a remainder.
    pri_cut : float
        PRI that it needs as well.
    absent : bool
        Explain the absence of the outcome: its own table, with membership 1 − y.

    Returns
    -------
    TruthTable
        Rows in order of the configuration.

    Raises
    ------
    ValueError
        When a column is not there, a value is missing or no membership, a name of a case occurs twice, or a cut lies
        outside its range.

    Notes
    -----
    A case stands in the row of which it is a member above .5; membership .5 of a condition counts as out. A row is
    contradictory when cases with and without the outcome stand in it.
    """
    chosen = [name for name in data.columns if name != outcome] if conditions is None else list(conditions)
    _verify(data, outcome, chosen, (incl_cut, pri_cut), n_cut)
    y = membership_of(data, outcome)
    levels = terms.levels_of(data[chosen])
    values = data[chosen].to_numpy(dtype=float)
    y = 1 - y if absent else y
    names = tuple(str(case) for case in data.index)
    fuzzy = (values != np.floor(values)).any(axis=0)
    corners = np.where(fuzzy, values > 0.5, values).astype(int)
    found = [tuple(int(level) for level in corner) for corner in np.unique(corners, axis=0)]
    rows = [(corner, _row(corner, values, y, levels, names)) for corner in found]
    table = pd.DataFrame([{**dict(zip(chosen, corner, strict=True)), **one} for corner, one in rows])
    explained = table["incl"].add(TOLERANCE).gt(incl_cut) & table["PRI"].add(TOLERANCE).gt(pri_cut)
    table["OUT"] = explained.map({True: "1", False: "0"}).mask(table["n"] < n_cut, "?")
    kept = [*chosen, "OUT", "n", "incl", "PRI", "cases", "with_n", "without_n", "contradictory"]
    label = f"~{outcome}" if absent else outcome
    return TruthTable(tuple(chosen), levels, label, values, y, names, table[kept])


def _row(
    corner: Term, values: NDArray[np.float64], y: NDArray[np.float64], levels: Sequence[int], names: Sequence[str]
) -> dict[str, object]:
    """Describe one configuration."""
    x = terms.membership(values, corner, levels)
    inside = x > 0.5
    how = fit.sufficiency(x, y)
    with_n = int((inside & (y > 0.5)).sum())
    without_n = int(inside.sum()) - with_n
    return {
        "n": int(inside.sum()),
        "incl": how.consistency,
        "PRI": how.pri,
        "cases": ";".join(name for name, here in zip(names, inside, strict=True) if here),
        "with_n": with_n,
        "without_n": without_n,
        "contradictory": with_n > 0 and without_n > 0,
    }


def membership_of(data: pd.DataFrame, outcome: str) -> NDArray[np.float64]:
    """Return the membership of each case in an outcome.

    Parameters
    ----------
    data : DataFrame
        One row per case.
    outcome : str
        Its column.

    Returns
    -------
    ndarray
        0 … 1 per case.

    Raises
    ------
    ValueError
        When there is no case, or no membership of one.
    """
    y = pd.to_numeric(data[outcome], errors="coerce").to_numpy(dtype=float)
    if data.empty or not ((y >= 0) & (y <= 1)).all():
        raise ValueError(
            f"got {len(data)} cases and an outcome {outcome} that is missing or outside 0 … 1 for some; expected a "
            "membership of every case. Calibrate it, or leave out the case."
        )
    return y


def _verify(data: pd.DataFrame, outcome: str, conditions: Sequence[str], cuts: tuple[float, float], n_cut: int) -> None:
    absent = [name for name in [*conditions, outcome] if name not in data.columns]
    told = [*map(str, conditions)]
    if absent or not conditions or outcome in conditions or len(set(told)) < len(told) or told != [*conditions]:
        raise ValueError(
            f"got conditions {', '.join(told) or 'none'} and outcome {outcome}; expected different columns of "
            f"the data ({', '.join(map(str, data.columns))}), named in text."
        )
    names = pd.Series([str(case) for case in data.index])
    wrong = names[names.duplicated() | names.str.contains(";")] if len(names) else names
    if len(wrong):
        raise ValueError(
            f"got {len(wrong)} names of cases that another has too, or with ; in them, as {wrong.iloc[0]!r}; expected "
            "a name of its own for every case. Use the index of the data for it."
        )
    if not all(0 <= cut <= 1 for cut in cuts) or n_cut < 1:
        raise ValueError(f"got cuts {cuts} and n_cut {n_cut}; expected cuts within 0 … 1 and n_cut of at least 1.")
