"""A made-up panel of areas for tests: three factors, shocks of places and kinds, and noise that falls with size."""

import numpy as np

from bt_analysis.methods.change import Areas, Change, estimate

MANY = 300
BEFORE = 6  # years before the start, of 8


def areas(seed: int = 1, *, n: int = MANY, years: int = 8) -> Areas:
    """Make the panel; nothing started anywhere in it."""
    rng = np.random.default_rng(seed)
    loadings, level = rng.normal(size=(n, 3)), rng.normal(40, 6, n)
    size = np.exp(rng.normal(7, 0.8, n))
    block, place = np.arange(n) % 2, np.arange(n) // 20
    factors = rng.normal(size=(years, 3)).cumsum(axis=0) / 2
    shocks = rng.normal(size=(2, years)).cumsum(axis=1)[block] + 0.3 * rng.normal(size=(n // 20 + 1, years))[place]
    noise = rng.normal(size=(n, years)) * 2 * np.sqrt(1000 / size)[:, None]
    features = np.column_stack([loadings + rng.normal(size=(n, 3)), level + 3 * rng.normal(size=n), np.log(size)])
    return Areas(level[:, None] + loadings @ factors.T + shocks + noise, features, size, block)


def of_middle_size(panel: Areas) -> int:
    """Return the row of an area that has others of its size."""
    return int(np.argsort(panel.size)[len(panel.size) // 2])


def found(panel: Areas, treated: int | None = None, first_after: int = BEFORE, *, placebos: int = 60) -> Change:
    """Compare one area with the others, all of which are eligible."""
    at = of_middle_size(panel) if treated is None else treated
    return estimate(
        panel, at, first_after, eligible=np.ones(len(panel.size), dtype=bool), neighbours=30, placebos=placebos
    )
