"""How often pooled figures of collectives promise too much: intervals, unequal gemeenten, reports without effect.

    python benchmarks/pooled_promises.py [pooled] [clusters] [claims]

pooled
    How often the interval of the mean holds the mean, and the prediction interval a new true effect: 95% is promised.
clusters
    How often the mean of collectives in gemeenten of unequal size is called other than 0 when it is 0, by the interval
    to lead with and by plain t with clusters less one.
claims
    How many reports of four shared figures and six conditions without any effect claim a change, and a moderator.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning import explaining
from bt_analysis.methods.multiple_testing import holm
from bt_analysis.methods.pooling import levels, pooled

DRAWS = 400


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def held(k: int, tau: float, draws: int = 1_000) -> tuple[float, float, float]:
    """Return how often both intervals hold what they promise, and how often a mean of 0 is called something else.

    Standard errors are 2 to 5 points, as of shares of a hundred to six hundred people; tau is in points as well.
    """
    draw = np.random.default_rng(k)
    mean_n = new_n = called = 0
    for _ in range(draws):
        v = draw.uniform(2, 5, k) ** 2
        found = pooled.pool(draw.normal(0, tau, k) + draw.normal(0, v**0.5), v)
        inside = found.hartung_knapp.low <= 0 <= found.hartung_knapp.high
        low, high = found.predictions[pooled.T_LESS_ONE]
        mean_n, called, new_n = mean_n + inside, called + (not inside), new_n + (low <= draw.normal(0, tau) <= high)
    return mean_n / draws, new_n / draws, called / draws


def of_pooled() -> None:
    """Print how often intervals hold, for 10, 17 and 30 collectives and differences from none to large."""
    for k, tau in itertools.product((10, 17, 30), (0.0, 2.0, 5.0, 15.0)):
        mean, new, _ = held(k, tau)
        tell(f"{k} collectives, tau {tau:.0f} points: mean inside its interval {mean:.1%}, a new one {new:.1%}")


SIZES = ((8, 1, 1), (9, 4, 2, 1, 1), (20, 4, 2, 2, 1, 1), (2,) * 10)
"""Collectives per gemeente."""


def unequal(sizes: Sequence[int], between: float, draws: int = DRAWS) -> tuple[float, float, float]:
    """Return false alarms by the interval to lead with and by plain t, and how often a new one lies inside."""
    draw = np.random.default_rng(sum(sizes))
    place = np.repeat(np.arange(len(sizes)), sizes)
    lead = plain_t = new = 0
    for _ in range(draws):
        v = draw.uniform(2, 5, len(place)) ** 2
        true = draw.normal(0, between, len(sizes))[place]
        found = levels.three_levels(draw.normal(true, v**0.5), v, place)
        low, high = found.predictions[levels.ROBUST]
        lead += found.robust.p <= 0.05
        plain_t += found.coefficients_t[0].p <= 0.05
        new += low <= draw.normal(0, between) <= high
    return lead / draws, plain_t / draws, new / draws


def of_clusters() -> None:
    """Print false alarms of the mean of gemeenten of unequal size."""
    for sizes, between in itertools.product(SIZES, (0.0, 5.0)):
        lead, plain_t, new = unequal(sizes, between)
        tell(
            f"gemeenten of {', '.join(map(str, sizes))}, {between:.0f} points apart: false alarms {lead:.1%} "
            f"(plain t: {plain_t:.1%}); a new one inside {new:.1%}"
        )


def claimed_of_nothing(collectives: int, draws: int = DRAWS, figures_n: int = 4) -> tuple[int, int]:
    """Count reports without any effect that claim a pooled change, and those that claim a moderator."""
    draw = np.random.default_rng(collectives)
    ids = [f"c{number:02d}" for number in range(collectives)]
    changes = moderated = 0
    for _ in range(draws):
        known = pd.DataFrame(draw.integers(0, 2, (collectives, 6)), index=ids, columns=list("abcdef")).astype(float)
        p, slopes = [], []
        for _ in range(figures_n):
            v = draw.uniform(2, 5, collectives) ** 2
            y = draw.normal(0, draw.choice([0.0, 2.0, 5.0]), collectives) + draw.normal(0, v**0.5)
            p.append(pooled.pool(y, v).hartung_knapp.p)
            rows = pd.DataFrame({"collective_id": ids, "y": y, "v": v})
            slopes += [one["p"] for one in explaining.explained(rows, known, 10)]
        changes += bool((holm(p) <= 0.05).any())
        moderated += bool((holm(slopes) <= 0.05).any())
    return changes, moderated


def of_claims() -> None:
    """Print how many reports without any effect claim something."""
    for collectives in (10, 24):
        changes, moderated = claimed_of_nothing(collectives)
        tell(
            f"{collectives} collectives, 4 figures and 6 conditions without effect: a change in {changes} of "
            f"{DRAWS} reports ({changes / DRAWS:.1%}), a moderator in {moderated} ({moderated / DRAWS:.1%})"
        )


PARTS: dict[str, Callable[[], None]] = {"pooled": of_pooled, "clusters": of_clusters, "claims": of_claims}


def main(arguments: Sequence[str]) -> None:
    """Run the parts that are named; all of them when none is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to run; nothing: all")
    for name in parser.parse_args(arguments).parts or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
