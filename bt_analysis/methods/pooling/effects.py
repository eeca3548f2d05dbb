"""Effects with their sampling variances in; least squares with weights for a variance between them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

INTERCEPT = "intercept"


@dataclass(frozen=True, eq=False)
class Effects:
    """Effects that may be put together: checked numbers.

    Parameters
    ----------
    y : ndarray
        Effects, all in one unit.
    v : ndarray
        Their sampling variances, in that unit squared.
    x : ndarray
        A row per effect, a column per coefficient; the first column is 1.
    names : tuple of str
        Name of each column.
    """

    y: Array
    v: Array
    x: Array
    names: tuple[str, ...]

    @property
    def k(self) -> int:
        """Number of effects."""
        return len(self.y)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.x.shape[1])

    @property
    def df(self) -> int:
        """Degrees of freedom that are left: k − p."""
        return self.k - self.p

    def without(self, place: int) -> Effects:
        """Leave one effect out.

        Parameters
        ----------
        place : int
            Its place.

        Returns
        -------
        Effects
            The others.
        """
        kept = np.arange(self.k) != place
        return Effects(self.y[kept], self.v[kept], self.x[kept], self.names)


@dataclass(frozen=True, eq=False)
class Fit:
    """Least squares with weights 1 / (v + τ²).

    Parameters
    ----------
    effects : Effects
        What was fitted.
    tau2 : float
        Variance between the true effects.
    """

    effects: Effects
    tau2: float

    @cached_property
    def weights(self) -> Array:
        """1 / (v + τ²)."""
        return 1 / (self.effects.v + self.tau2)

    @cached_property
    def cov(self) -> Array:
        """Variances and covariances of the coefficients: (XᵀWX)⁻¹."""
        return np.asarray(np.linalg.inv(self.powered(1)), dtype=float)

    @cached_property
    def beta(self) -> Array:
        """Coefficients: (XᵀWX)⁻¹ XᵀWy."""
        return self.cov @ (self.effects.x.T @ (self.weights * self.effects.y))

    @cached_property
    def residuals(self) -> Array:
        """What is left of each effect: y − Xβ."""
        return self.effects.y - self.effects.x @ self.beta

    @cached_property
    def q(self) -> float:
        """Σ w (y − Xβ)²."""
        return float((self.weights * self.residuals**2).sum())

    def powered(self, power: int) -> Array:
        """Return XᵀWᵖX.

        Parameters
        ----------
        power : int
            Power of the weights.

        Returns
        -------
        ndarray
            A square matrix, a row per coefficient.
        """
        return (self.effects.x.T * self.weights**power) @ self.effects.x

    @cached_property
    def trace(self) -> float:
        """Trace of P, with P = W − WX(XᵀWX)⁻¹XᵀW."""
        return float(self.weights.sum() - np.trace(self.cov @ self.powered(2)))

    @cached_property
    def trace_squared(self) -> float:
        """Trace of PP."""
        inner = self.cov @ self.powered(2)
        third = np.trace(self.cov @ self.powered(3))
        return float((self.weights**2).sum() - 2 * third + np.trace(inner @ inner))


def checked(
    effects: ArrayLike, variances: ArrayLike, moderators: ArrayLike | None = None, names: Sequence[str] = ()
) -> Effects:
    """Check effects before they are put together.

    Parameters
    ----------
    effects : array_like
        Effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    moderators : array_like, optional
        A row per effect and a column per moderator, or a plain list for one moderator.
    names : sequence of str
        Names of the moderators; not given: ``x1``, ``x2`` ….

    Returns
    -------
    Effects
        Plain numbers.

    Raises
    ------
    ValueError
        When numbers are missing or infinite, a variance is not above 0, there are fewer than two effects, no more
        effects than coefficients, or a moderator follows from the others.
    """
    y, v = np.atleast_1d(np.asarray(effects, dtype=float)), np.atleast_1d(np.asarray(variances, dtype=float))
    _same_length(y, v)
    if len(y) < 2:
        raise ValueError(f"got {len(y)} effects; expected at least 2 to put together. Show one by itself.")
    _plain(y, v)
    given = np.empty((len(y), 0)) if moderators is None else np.asarray(moderators, dtype=float)
    given = given[:, None] if given.ndim == 1 else given
    if len(given) != len(y):
        raise ValueError(f"got {len(given)} rows of moderators for {len(y)} effects; expected a row per effect.")
    if not np.isfinite(given).all():
        raise ValueError("got moderators with missing values; expected a number for every effect. Leave those out.")
    x = np.column_stack([np.ones(len(y)), given])
    if len(y) <= x.shape[1]:
        raise ValueError(
            f"got {len(y)} effects for {x.shape[1]} coefficients; expected more effects. Use fewer moderators."
        )
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("got a moderator that follows from the others, or never differs; expected none. Drop it.")
    labels = tuple(names) or tuple(f"x{place + 1}" for place in range(given.shape[1]))
    if len(labels) != given.shape[1]:
        raise ValueError(f"got {len(labels)} names for {given.shape[1]} moderators; expected a name for each.")
    return Effects(y, v, x, (INTERCEPT, *labels))


def _same_length(y: Array, v: Array) -> None:
    if y.ndim != 1 or y.shape != v.shape:
        raise ValueError(f"got {y.size} effects and {v.size} variances; expected a list of each, equally long.")


def _plain(y: Array, v: Array) -> None:
    bad = ~(np.isfinite(y) & np.isfinite(v))
    if bad.any():
        raise ValueError(f"got {int(bad.sum())} effects without a number or variance; expected none. Leave those out.")
    if not (v > 0).all():
        raise ValueError(
            f"got a variance of {v[~(v > 0)][0]}; expected above 0: an effect without any uncertainty would count for "
            "everything. Leave it out, or give its standard error."
        )
