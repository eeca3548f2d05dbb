"""One area beside areas like it on a made-up panel of 14,000 areas and 13 years, and the same by hand: time, effects.

    python benchmarks/change.py

Matching, three methods and 500 placebos. By hand is what a user writes without the package: scikit-learn's
NearestNeighbors per area, synthetic control by scipy's SLSQP, difference-in-differences by statsmodels with dummies; no
band of size, no balancing, no synthetic difference-in-differences. It is timed on the area and 25 placebos, and
multiplied up to 500. Every side runs in a process of its own, on one core; seconds are those of the processor. The
panel has three factors; 40 areas went down by 2 from the tenth year on. Nothing here is a real figure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.methods import change
from bt_analysis.methods.change import Areas

AREAS, YEARS, FIRST_AFTER = 14_000, 13, 9
TREATED, EFFECT = 40, -2.0
FEATURES, BLOCKS = 8, 5
NEIGHBOURS, PLACEBOS, BY_HAND = 50, 500, 25
SEED = 20260101
ONE_CORE = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


def panel() -> tuple[Areas, np.ndarray]:
    """Make areas with features, sizes and kinds, and say which were treated (the first 40, of any size)."""
    rng = np.random.default_rng(SEED)
    loadings = rng.normal(size=(AREAS, 3))
    factors = rng.normal(size=(YEARS, 3)).cumsum(axis=0) / 2
    level = rng.normal(40, 6, AREAS)
    size = np.exp(rng.normal(np.log(900), 0.9, AREAS)).clip(50, 15_000)
    block = rng.integers(0, BLOCKS, AREAS)
    shocks = rng.normal(size=(BLOCKS, YEARS)).cumsum(axis=1)[block]
    noise = rng.normal(size=(AREAS, YEARS)) * 2 * np.sqrt(900 / size)[:, None]
    paths = level[:, None] + loadings @ factors.T + shocks + noise
    paths[:TREATED, FIRST_AFTER:] += EFFECT
    about = np.column_stack([loadings, level]) + rng.normal(size=(AREAS, 4))
    features = np.column_stack([about, rng.normal(size=(AREAS, FEATURES - 5)), np.log(size)])
    return Areas(paths, features, size, block), np.arange(AREAS) < TREATED


def ours(areas: Areas, treated: np.ndarray) -> dict[str, float]:
    """Compare every treated area, and time the first (with imports) and the others."""
    found, seconds = [], []
    for at in np.flatnonzero(treated):
        start = time.process_time()
        found.append(
            change.estimate(
                areas, int(at), FIRST_AFTER, eligible=~treated, neighbours=NEIGHBOURS, placebos=PLACEBOS, level=0.05
            )
        )
        seconds.append(time.process_time() - start)
    told = {"one collective, s": float(np.median(seconds[1:])), "the first, with imports, s": seconds[0]}
    for name in change.METHODS:
        told[f"{name} of the first"] = found[0].effects[name].value
        effects = [one.effects[name] for one in found]
        told[f"{name}, mean of {TREATED}"] = float(np.mean([one.value for one in effects]))
        told[f"{name}, interval holds {EFFECT:g}, %"] = 100 * float(
            np.mean([one.low <= EFFECT <= one.high for one in effects])
        )
    return told


def by_hand(areas: Areas, treated: np.ndarray) -> dict[str, float]:
    """Do what a user does without the package, for the first treated area and some placebos."""
    from sklearn.covariance import LedoitWolf  # noqa: PLC0415 - only this side loads it
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 - the same

    start = time.process_time()
    before = areas.paths[:, :FIRST_AFTER]
    trend = np.polyfit(np.arange(FIRST_AFTER), before.T, 1)[0]
    features = np.column_stack([areas.features, before.mean(axis=1), trend, before[:, -1]])
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    points = features @ np.linalg.cholesky(np.linalg.inv(LedoitWolf().fit(features[~treated]).covariance_))
    pool = np.flatnonzero(~treated & (areas.block == areas.block[0]))
    tree = NearestNeighbors().fit(points[pool])
    placebos = pool[tree.kneighbors(points[[0]], BY_HAND, return_distance=False)[0]]
    prepared = time.process_time() - start
    _one_by_hand(areas.paths, 0, pool, tree, points)  # loads what it needs, before the clock starts again
    start = time.process_time()
    effects = [_one_by_hand(areas.paths, at, pool, tree, points) for at in (0, *placebos)]
    each = (time.process_time() - start) / len(effects)
    return {
        "one collective, s": prepared + each * (1 + PLACEBOS),
        "did of the first": effects[0][0], "sc of the first": effects[0][1],
    }  # fmt: skip


def _one_by_hand(paths: np.ndarray, at: int, pool: np.ndarray, tree: Any, points: np.ndarray) -> tuple[float, float]:
    """Compare one area with its neighbours, by regression with dummies and by synthetic control."""
    import statsmodels.formula.api as formulas  # noqa: PLC0415 - only this side loads it
    from scipy.optimize import minimize  # noqa: PLC0415 - the same

    near = pool[tree.kneighbors(points[[at]], NEIGHBOURS + 1, return_distance=False)[0]]
    donors = near[near != at][:NEIGHBOURS]
    rows = pd.DataFrame(paths[[at, *donors]]).rename_axis("area").reset_index().melt("area", var_name="year")
    rows["on"] = ((rows["area"] == 0) & (rows["year"] >= FIRST_AFTER)).astype(int)
    did = formulas.ols("value ~ on + C(area) + C(year)", rows.astype({"year": int, "value": float})).fit().params["on"]
    theirs, own = paths[donors], paths[at]
    misfit = minimize(
        lambda weight: ((own - weight @ theirs)[:FIRST_AFTER] ** 2).sum(),
        np.full(len(donors), 1 / len(donors)),
        bounds=[(0, 1)] * len(donors),
        constraints={"type": "eq", "fun": lambda weight: weight.sum() - 1},
        method="SLSQP",
    )
    return float(did), float((own - misfit.x @ theirs)[FIRST_AFTER:].mean())


def main() -> None:
    """Measure both sides and print them beside each other."""
    if len(sys.argv) > 1:
        side = {"ours": ours, "by_hand": by_hand}[sys.argv[1]]
        sys.stdout.write(json.dumps(side(*panel())))
        return
    environment = os.environ | ONE_CORE
    run = {
        side: json.loads(subprocess.check_output([sys.executable, __file__, side], text=True, env=environment))  # noqa: S603  # this file
        for side in ("ours", "by_hand")
    }
    sys.stdout.write(pd.DataFrame(run).round(2).to_string(na_rep="") + "\n")
    ratio = run["by_hand"]["one collective, s"] / run["ours"]["one collective, s"]
    sys.stdout.write(f"by hand / ours: {ratio:.0f} times as long, for one method less and no band of size\n")


if __name__ == "__main__":
    main()
