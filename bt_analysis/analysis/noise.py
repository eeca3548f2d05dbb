"""What can be seen at all: how areas change by themselves before any work begins in; noise and its arithmetic out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.units import Units, alike
from bt_analysis.indicators import Indicator
from bt_analysis.methods import detection
from bt_analysis.settings import ComparisonSettings

WHOLE = {"%": 100.0, "per_1000": 1000.0}
"""Unit of a share → the most that one participant can change it by: from not at all to wholly."""


@dataclass(frozen=True, eq=False)
class Steps:
    """What can be seen at all.

    Parameters
    ----------
    noise : float
        Standard error of a mean of the area, by how areas like it change from year to year.
    mde : float
        Smallest change that is nearly always seen.
    possible : float
        Most that one participant can change of it.
    areas : int
        Areas that noise was measured in.
    least : float or None
        Where noise is that of the area's own buurten: what it is for the whole area if these change by themselves, the
        smallest it can be. None where noise is that of areas like it.
    """

    noise: float
    mde: float
    possible: float
    areas: int
    least: float | None = None


def steps(
    units: Units, panel: AreaPanel, level: str, before: Sequence[int], indicator: Indicator, options: ComparisonSettings
) -> Steps | None:
    """Tell what change of a work area can be seen, and what one participant can do about it.

    Parameters
    ----------
    units : Units
        The work area and others; the first columns of their paths are the years before.
    panel : AreaPanel
        Figures of all regions.
    level : str
        Level of the regions of the work area.
    before : sequence of int
        Years before the start, in order, two or more.
    indicator : Indicator
        What is compared.
    options : ComparisonSettings
        ``min_similar``, ``size_ratio`` and ``level``.

    Returns
    -------
    Steps or None
        None when there are too few areas to tell, and too few buurten in the area.

    Notes
    -----
    Noise is that of areas of the same kind and size; when these are too few, of all areas that could be built. It is of
    the years before: what areas change by from then to the years after cannot be known when the work begins, and the
    work of others may be in it. ``possible`` is all of a percentage, and else a standard deviation of the figure among
    all regions of that level in the last year before. Without areas like it the buurten in the area tell what they can:
    see :func:`noise_of_parts`.
    """
    like = alike(units.areas, options.size_ratio)
    pools = (like.alike, like.alike | like.other_kind | like.other_size)
    pool = next((pool for pool in pools if pool.sum() >= options.min_similar), None)
    if pool is None:
        return None if level == "buurt" else _of_parts(units.codes[0], panel, before, indicator, options)
    noise = yearly_noise(units.areas.paths[pool, : len(before)])
    spread = float(panel.values[indicator.id].loc[panel.of_level(level).index, before[-1]].std(ddof=1))
    mde = detection.minimum_detectable(noise, options.level)
    return Steps(noise, mde, WHOLE.get(indicator.unit, spread), int(pool.sum()))


def yearly_noise(paths: npt.NDArray[np.float64]) -> float:
    """Return the standard error of one area's figure, by how areas change from one year to the next.

    Parameters
    ----------
    paths : ndarray
        Areas × years before the start, two or more.

    Returns
    -------
    float
        In the unit of the figure.

    Notes
    -----
    Per step s(t) = standard deviation of y(t+1) − y(t) among areas, so without what all of them share; the mean of s²
    over the steps, its root, divided by √2: the change of one area is the difference of two such figures. With one
    step that one is used.
    """
    errors = [detection.standard_error_of_change(step) for step in np.diff(paths, axis=1).T]
    return math.sqrt(sum(error**2 for error in errors) / len(errors))


def _of_parts(
    codes: Sequence[str], panel: AreaPanel, before: Sequence[int], indicator: Indicator, options: ComparisonSettings
) -> Steps | None:
    """Tell what can be seen by how the buurten of a wijk or gemeente change; None when too few have figures."""
    buurten = panel.of_level("buurt").index
    inside = buurten[buurten.str[2:].str.startswith(tuple(code[2:] for code in codes))]
    table = panel.values[indicator.id].loc[inside, list(before)]
    base = panel.bases[indicator.id].loc[inside, before[-1]]
    known = (table.notna().all(axis=1) & base.gt(0)).to_numpy()
    if known.sum() < options.min_similar:
        return None
    paths, shares = table.to_numpy()[known], (base[known] / base[known].sum()).to_numpy()
    noise, least = noise_of_parts(paths, shares)
    spread = math.sqrt(_spread(paths[:, -1:], shares, shares)[0])
    mde = detection.minimum_detectable(noise, options.level)
    return Steps(noise, mde, WHOLE.get(indicator.unit, spread), int(known.sum()), least)


def noise_of_parts(paths: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the standard error of one part's figure, and of the whole if parts change by themselves.

    Parameters
    ----------
    paths : ndarray
        Parts of one area × years before the start, two or more.
    shares : ndarray
        Share w of each part in the whole, together 1: small parts are rounded coarsely and weigh little.

    Returns
    -------
    tuple of float
        In the unit of the figure: of a part, which is more than that of the whole unless parts move together; and of
        the whole at least.

    Notes
    -----
    With d the change of a part from one year to the next, less that of the whole: Σ w·d² / (1 − Σ w²) and
    Σ w²·d² / (1 − Σ w²), the mean over the steps, its root, divided by √2. For n equal parts these are s/√2 and
    s/√(2n), with s the standard deviation of the changes. What all parts share is in neither: a wave through the whole
    area makes its noise larger, never smaller than the second.
    """
    steps = np.diff(paths, axis=1)
    noise, least = (math.sqrt(_spread(steps, shares, weights).mean() / 2) for weights in (shares, shares**2))
    return noise, least


def _spread(
    columns: npt.NDArray[np.float64], shares: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    return np.asarray(weights @ (columns - shares @ columns) ** 2 / (1 - (shares**2).sum()), dtype=np.float64)
