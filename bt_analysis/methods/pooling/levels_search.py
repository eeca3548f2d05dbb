"""Effects in clusters in; the two variances with the largest likelihood out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from bt_analysis.methods.pooling.clusters import Clustered
from bt_analysis.methods.pooling.effects import Array, Fit
from bt_analysis.methods.pooling.levels_fit import Pair, Solved, solve

_FINE = {"ftol": 1e-13, "gtol": 1e-9, "maxiter": 500}


def likeliest(given: Clustered, *, restricted: bool, starts: Sequence[Pair] = ()) -> Solved:
    """Look for the largest likelihood, from several starts since it may have several tops.

    Parameters
    ----------
    given : Clustered
        Effects with their clusters.
    restricted : bool
        REML, else ML.
    starts : sequence of tuple
        Pairs of variances to look from, where one knows about where it is.

    Returns
    -------
    Solved
        With both variances at their best, which may be 0.
    """
    effects = given.effects
    left = Fit(effects, 0.0).residuals
    scale = max(float(np.var(left)), float(np.median(effects.v)) * 1e-4, 1e-300)
    free = [(0.0, None) if given.identified else (0.0, 0.0), (0.0, None)]

    def falling(at: Array) -> tuple[float, Array]:
        one = solve(given, (float(at[0]) * scale, float(at[1]) * scale))
        return one.minus(restricted=restricted), one.slope(restricted=restricted) * scale

    begin = [(one[0] / scale + 1e-3, one[1] / scale + 1e-3) for one in starts] or [(0.5, 0.5), (1.0, 0.0), (0.0, 1.0)]
    tried = [
        minimize(falling, [one[0] if given.identified else 0.0, one[1]], jac=True, method="L-BFGS-B", bounds=free,
                 options=_FINE)
        for one in begin
    ]  # fmt: skip
    best = min(tried, key=lambda one: float(one.fun)).x * scale
    return solve(given, (float(best[0]), float(best[1])))
