"""Pooling 500 made-up effects in 100 clusters with three levels, and the same with the whole matrix: time, variances.

    python benchmarks/pooling_speed.py

The whole matrix is what a user writes without the package: V of all effects, its inverse and determinant, and scipy's
Nelder-Mead over two variances. Both sides give the same variances. Seconds are those of the processor, on one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numpy as np
from scipy.optimize import minimize

from bt_analysis.methods.pooling import levels, shrunken
from bt_analysis.methods.pooling.pooled import pool

EFFECTS, CLUSTERS = 500, 100
BETWEEN, WITHIN = 0.09, 0.04
SEED = 20260101
ONE_CORE = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


def effects() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make effects with variances between clusters and within them, and known sampling variances."""
    draw = np.random.default_rng(SEED)
    cluster = draw.integers(0, CLUSTERS, EFFECTS)
    variance = draw.uniform(0.01, 0.2, EFFECTS)
    true = 0.3 + draw.normal(0, BETWEEN**0.5, CLUSTERS)[cluster] + draw.normal(0, WITHIN**0.5, EFFECTS)
    return draw.normal(true, variance**0.5), variance, cluster


def ours() -> dict[str, float]:
    """Pool by clusters, guess every effect, and leave every cluster out; then with two levels."""
    y, v, cluster = effects()
    start = time.process_time()
    found = levels.three_levels(y, v, cluster)
    three = time.process_time() - start
    start = time.process_time()
    levels.guesses(found)
    levels.cluster_left_out(found)
    further = time.process_time() - start
    start = time.process_time()
    pool(y, v)
    shrunken.one_left_out(y, v)
    two = time.process_time() - start
    return {
        "three_levels_s": three, "guesses_and_each_cluster_left_out_s": further, "two_levels_and_each_left_out_s": two,
        "between": found.between, "within": found.within,
    }  # fmt: skip


def whole_matrix() -> dict[str, float]:
    """Pool with the matrix of all effects."""
    y, v, cluster = effects()
    together = (cluster[:, None] == cluster[None, :]).astype(float)
    x = np.ones((len(y), 1))

    def minus(at: np.ndarray) -> float:
        whole = np.diag(v + at[1] ** 2) + at[0] ** 2 * together
        inverse = np.linalg.inv(whole)
        inner = x.T @ inverse @ x
        left = y - x @ np.linalg.solve(inner, x.T @ inverse @ y)
        return float(np.linalg.slogdet(whole)[1] + np.linalg.slogdet(inner)[1] + left @ inverse @ left) / 2

    start = time.process_time()
    best = minimize(minus, [0.2, 0.2], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).x ** 2
    return {"three_levels_s": time.process_time() - start, "between": best[0], "within": best[1]}


SIDES = {"package": ours, "whole_matrix": whole_matrix}


def main() -> None:
    """Run every side in a process of its own and print what each took."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(SIDES[sys.argv[1]]()))
        return
    environment = os.environ | ONE_CORE
    for side in SIDES:
        done = subprocess.check_output([sys.executable, __file__, side], text=True, env=environment)  # noqa: S603  # this file
        told = {name: round(value, 4) for name, value in json.loads(done).items()}
        sys.stdout.write(f"{side}: {told}\n")


if __name__ == "__main__":
    main()
