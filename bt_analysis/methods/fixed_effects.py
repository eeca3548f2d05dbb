"""Regression with fixed effects: outcomes, regressors and labels in; coefficients and errors by cluster out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bt_analysis.methods.comparison import Floats, Indices, centred, check_finite

Correction = Literal["nested_not_counted", "all_counted", "none_counted", "linearmodels"]
"""Which fixed effects count as estimated, in a standard error by cluster.

`nested_not_counted`: those that lie within one cluster do not (default of fixest and pyfixest); `all_counted`: all do;
`none_counted`: only the slopes do; `linearmodels`: all do, but not one single effect that lies within clusters, and
nothing is done about the number of clusters (its default).
"""

PATIENCE = 10_000
"""Rounds of demeaning over two effects; a balanced panel needs two."""

SETTLED = 1e-12
"""Change in a round that is none, as part of the largest distance from the mean."""


@dataclass(frozen=True)
class Within:
    """A regression after the fixed effects were taken out.

    Parameters
    ----------
    coefficients : array
        One per regressor.
    residuals : array
        One per observation.
    regressors : array
        Observations × regressors, without their fixed effects.
    effects : tuple of arrays
        Of each effect the label of every observation, as 0, 1, 2, …; none means a constant.
    """

    coefficients: Floats
    residuals: Floats
    regressors: Floats
    effects: tuple[Indices, ...]


def within(outcome: ArrayLike, regressors: ArrayLike, effects: Sequence[ArrayLike]) -> Within:
    """Regress with a constant for every label of one or two effects.

    Parameters
    ----------
    outcome : array_like
        One per observation.
    regressors : array_like
        Observations × regressors, or one regressor; without a constant.
    effects : sequence of array_like
        None, one or two sets of labels, one label per observation: [] is pooled, [state] takes out the level of each
        state, [state, year] also what all states have in common in a year.

    Returns
    -------
    Within
        Coefficients, residuals, and what `cluster_errors` needs.

    Raises
    ------
    ValueError
        When sizes differ, a value is missing, or the effects leave nothing of a regressor.

    Notes
    -----
    Least squares of ÿ on ẍ, both less their means by label; with two effects those means are taken in turn until
    nothing changes (Frisch, Waugh and Lovell), which also serves a panel with gaps.
    """
    y: Floats = np.asarray(outcome, dtype=float)
    x: Floats = np.asarray(regressors, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    codes = _codes(effects, y, x)
    check_finite("outcome", y)
    check_finite("regressors", x)
    moving, scale = _scaled(np.column_stack([y, x]))
    demeaned = _demeaned(moving, codes)
    if x.shape[1] == 0 or np.linalg.matrix_rank(demeaned[:, 1:], tol=1e-9) < x.shape[1]:
        raise ValueError(
            f"{x.shape[1]} regressors keep no movement of their own beside {len(codes)} fixed effects and each other; "
            "expected each to differ within the labels. Leave out the one that does not."
        )
    left, right = demeaned[:, 0] * scale[0], demeaned[:, 1:] * scale[1:]
    coefficients = np.asarray(np.linalg.lstsq(right, left, rcond=None)[0], dtype=float)
    return Within(coefficients, left - right @ coefficients, right, tuple(codes))


def cluster_errors(fit: Within, clusters: ArrayLike, correction: Correction) -> Floats:
    """Return standard errors that allow residuals of one cluster to hang together.

    Parameters
    ----------
    fit : Within
        A regression.
    clusters : array_like
        Label of every observation.
    correction : {"nested_not_counted", "all_counted", "none_counted", "linearmodels"}
        Which effects count as estimated; print it with the result, as the four differ.

    Returns
    -------
    array
        One per regressor. Worthless with few clusters or few treated ones: with one treated of 2,000 a 5% test
        rejects 95% of the time when nothing happened. Use `placebo.p_value` there.

    Raises
    ------
    ValueError
        When the correction is not known, there is one cluster, or nothing is left to estimate the error from.

    Notes
    -----
    c·(ẍᵀẍ)⁻¹·(Σ_g ẍ_gᵀr_g·r_gᵀẍ_g)·(ẍᵀẍ)⁻¹ (Liang and Zeger 1986), c = G/(G − 1)·(n − 1)/(n − K), and n/(n − K) for
    `linearmodels`; K = slopes plus the effects that count.
    """
    if correction not in get_args(Correction):
        raise ValueError(f"correction is {correction!r}; expected one of {', '.join(get_args(Correction))}.")
    groups, codes = _labels("clusters", clusters, fit.residuals.size)
    if groups < 2:
        raise ValueError(f"there is {groups} cluster; expected 2 or more, and many more to be of use.")
    scores = np.zeros((groups, fit.regressors.shape[1]))
    np.add.at(scores, codes, fit.regressors * fit.residuals[:, None])
    bread = np.linalg.inv(fit.regressors.T @ fit.regressors)
    variance = bread @ (scores.T @ scores) @ bread * _factor(fit, codes, groups, correction)
    return np.asarray(np.sqrt(np.diag(variance)), dtype=float)


def _factor(fit: Within, clusters: Indices, groups: int, correction: Correction) -> float:
    n = int(fit.residuals.size)
    counted = int(fit.regressors.shape[1]) + _counted(fit.effects, clusters, correction)
    if n <= counted:
        raise ValueError(
            f"{n} observations for {counted} parameters; expected more observations. Take out fewer effects."
        )
    if correction == "linearmodels":
        return n / (n - counted)
    return groups / (groups - 1) * (n - 1) / (n - counted)


def _counted(effects: tuple[Indices, ...], clusters: Indices, correction: Correction) -> int:
    if not effects:
        return 1  # the constant
    nested = [_is_nested(effect, clusters) for effect in effects]
    if correction == "none_counted" or (correction == "linearmodels" and nested == [True]):
        return 0
    levels = [int(effect.max()) + 1 for effect in effects]
    if correction == "nested_not_counted":
        return 1 + sum(level - 1 for level, inside in zip(levels, nested, strict=True) if not inside)
    return sum(levels) - (_parts(*effects) if len(effects) == 2 else 0)


def _is_nested(effect: Indices, clusters: Indices) -> bool:
    pairs = np.unique(np.column_stack([effect, clusters]), axis=0)
    return len(pairs) == int(effect.max()) + 1


def _parts(first: Indices, second: Indices) -> int:
    """Return how many parts have no label of either effect in common: so many constants are said twice."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - takes half a second, and bt check needs none of it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - the same

    one, two = int(first.max()) + 1, int(second.max()) + 1
    links = coo_array((np.ones(first.size), (first, second + one)), shape=(one + two, one + two))
    return int(connected_components(links, directed=False)[0])


def _scaled(table: Floats) -> tuple[Floats, Floats]:
    """Return each column around its mean, as part of its largest distance from it, and those distances."""
    moving = np.column_stack([centred(column, 0) for column in table.T])
    scale = np.abs(moving).max(axis=0)
    scale[scale == 0] = 1.0
    return moving / scale, scale


def _demeaned(table: Floats, codes: Sequence[Indices]) -> Floats:
    codes = codes or [np.zeros(len(table), dtype=np.intp)]  # a constant is one label for all
    for _ in range(PATIENCE):
        before = table
        for code in codes:
            table = table - _means(table, code)[code]
        if len(codes) == 1 or np.abs(table - before).max() <= SETTLED:
            return table
    raise ValueError(
        f"taking out two effects did not settle in {PATIENCE} rounds; expected units that meet in common years."
    )


def _means(table: Floats, code: Indices) -> Floats:
    sums = np.zeros((int(code.max()) + 1, table.shape[1]))
    np.add.at(sums, code, table)
    means: Floats = sums / np.bincount(code)[:, None]
    return means


def _codes(effects: Sequence[ArrayLike], y: Floats, x: Floats) -> list[Indices]:
    if y.ndim != 1 or y.size == 0 or x.ndim != 2 or len(x) != y.size:
        raise ValueError(f"outcome is {y.shape} and regressors {x.shape}; expected as many rows in both, one or more.")
    if len(effects) > 2:
        raise ValueError(f"there are {len(effects)} effects; expected none, one or two.")
    return [_labels("an effect", effect, y.size)[1] for effect in effects]


def _labels(name: str, given: ArrayLike, rows: int) -> tuple[int, Indices]:
    labels = np.asarray(given)
    if labels.shape != (rows,):
        raise ValueError(f"{name} has labels {labels.shape}; expected one for each of {rows} observations.")
    missing = int(pd.isna(labels).sum())
    if missing:
        raise ValueError(f"{name} has {missing} labels missing; expected one for every observation. Leave those out.")
    found, codes = np.unique(labels, return_inverse=True)
    return len(found), codes.astype(np.intp)
