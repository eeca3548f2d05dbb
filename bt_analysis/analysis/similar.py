"""Areas like this one: a work area and the panel in; the regions that areas like it may be built of out.

What is left out is counted with the reason: a work area of a collective, or a region beside this one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bt_analysis import regions
from bt_analysis.analysis.areas import AreaPanel

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_WITHIN = {"buurt": (8, 6), "wijk": (6,), "gemeente": (2,)}
"""Level → how many characters two codes share when they may be in one group: the wijk first, then the gemeente."""


@dataclass(frozen=True, eq=False)
class Place:
    """A work area as regions of one level.

    Parameters
    ----------
    level : str
        ``buurt``, ``wijk`` or ``gemeente``.
    codes : tuple of str
        Its regions.
    weights : ndarray
        Share of each that belongs to it.
    """

    level: str
    codes: tuple[str, ...]
    weights: Floats

    @property
    def count(self) -> int:
        """Of how many regions an area like it consists."""
        return max(1, round(float(self.weights.sum())))


@dataclass(frozen=True, eq=False)
class Candidates:
    """Regions that may be compared with a work area, whatever is compared.

    Parameters
    ----------
    codes : ndarray of str
        Of the level of the work area, sorted.
    left_out : mapping of str to int
        Reason → regions that may not.
    """

    codes: npt.NDArray[np.str_]
    left_out: Mapping[str, int]


def place(weights: pd.DataFrame, panel: AreaPanel) -> Place:
    """Tell of which regions a work area consists.

    Parameters
    ----------
    weights : DataFrame
        joined_area_weight of one work area.
    panel : AreaPanel
        Its regions.

    Returns
    -------
    Place
        Codes of one level stay what they are; those of several levels become their buurten. A drawing or postcodes
        are buurten that belong to it in part.
    """
    levels = set(weights["area_code"].map(regions.level))
    if len(levels) == 1:
        level, shares = levels.pop(), dict(zip(weights["area_code"], weights["weight"], strict=True))
    else:
        level, buurten = "buurt", panel.of_level("buurt").index
        pairs = zip(weights["area_code"], weights["weight"], strict=True)
        shares = {buurt: share for code, share in pairs for buurt in buurten[buurten.str[2:].str.startswith(code[2:])]}
    codes = sorted(shares)
    return Place(level, tuple(codes), np.array([shares[code] for code in codes], dtype=float))


def candidates(where: Place, panel: AreaPanel) -> Candidates:
    """List the regions that may be compared with a work area.

    Parameters
    ----------
    where : Place
        The work area.
    panel : AreaPanel
        All regions, the work areas of all collectives, and what lies beside them.

    Returns
    -------
    Candidates
        All regions of its level but its own, those in or around a work area of a collective, and those that adjoin it:
        what happens here may reach them. Without outlines nobody knows which do, and all of the same wijk (of wijken:
        of the same gemeente) stay out.
    """
    codes = panel.of_level(where.level).index.to_numpy(dtype=str)
    own = np.isin(codes, where.codes)
    taken = _overlaps(codes, panel.taken) & ~own
    near = _beside(codes, where, panel) & ~own & ~taken
    reason = "adjoining" if panel.beside is not None else "same_neighbourhood"
    left_out = {"other_work_area": int(taken.sum()), reason: int(near.sum())}
    return Candidates(np.sort(codes[~own & ~taken & ~near]), left_out)


def _overlaps(codes: npt.NDArray[np.str_], others: Collection[str]) -> npt.NDArray[np.bool_]:
    """Tell which regions lie in others, are one of them, or hold one."""
    stems = {code[2:] for code in others}
    above = {stem[:digits] for stem in stems for digits in (4, 6, 8) if digits <= len(stem)}
    found = [
        stem in above or any(stem[:digits] in stems for digits in (4, 6, 8) if digits <= len(stem))
        for stem in (code[2:] for code in codes)
    ]
    return np.array(found, dtype=bool)


def _beside(codes: npt.NDArray[np.str_], where: Place, panel: AreaPanel) -> npt.NDArray[np.bool_]:
    if panel.beside is not None:
        touching: set[str] = set().union(*(panel.beside.get(code, frozenset()) for code in where.codes))
        return np.isin(codes, sorted(touching))
    digits = _WITHIN[where.level][0]
    around = {code[:digits] for code in where.codes} if where.level != "gemeente" else set()
    return np.array([code[:digits] in around for code in codes], dtype=bool)


def grouped(codes: Sequence[str] | npt.NDArray[np.str_], count: int, level: str) -> Places:
    """Put regions together to areas of as many regions as a work area has.

    Parameters
    ----------
    codes : sequence of str
        Sorted codes of one level.
    count : int
        Regions of an area.
    level : str
        Their level.

    Returns
    -------
    ndarray of int
        One row is an area: places in ``codes``. Neighbouring codes of one wijk are together; what is left over in the
        wijken is put together within the gemeente, and what is left over there is in none.
    """
    if count == 1:
        return np.arange(len(codes), dtype=np.intp)[:, None]
    left, found = np.arange(len(codes), dtype=np.intp), []
    for digits in _WITHIN[level]:
        stems = np.array([codes[int(at)][:digits] for at in left], dtype=np.str_)
        edges = np.flatnonzero(stems[1:] != stems[:-1]) + 1
        runs = np.split(left, edges)
        found += [run[: len(run) // count * count].reshape(-1, count) for run in runs]
        left = np.concatenate([run[len(run) // count * count :] for run in runs])
    return np.concatenate(found)
