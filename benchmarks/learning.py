"""How fast questions across collectives are answered, and how often a pattern is claimed where there is none.

    python benchmarks/learning.py [qca] [shuffled] [patterns] [pooled] [clusters] [claims]

qca
    Qualitative comparative analysis of 8 conditions and 60 cases, all three solutions with all tied models, beside a
    plain search with itertools: over all choices of prime implicants, one size after another. The plain one needs
    hours for 8 conditions, so it gets 5; how many choices it would look at for 8 is counted.
shuffled
    400 outcomes dealt out at random over 24 collectives with 8 conditions: how many times a pattern is claimed.
    Monte Carlo error of 5% of 400 is 2.1 points.
patterns
    The whole question on 500 collectives.
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
import datetime as dt
import itertools
import math
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import beyond_luck, conditions, explaining, patterns
from bt_analysis.instruments.rows import typed
from bt_analysis.methods import qca
from bt_analysis.methods.multiple_testing import holm
from bt_analysis.methods.pooling import levels, pooled
from bt_analysis.settings import LearningSettings, Settings

REPEATS = 5
DRAWS = 400


def tell(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")


def timed(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median of some runs, in seconds."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def cases(conditions_n: int, cases_n: int, seed: int, noise: float = 0.05) -> pd.DataFrame:
    """Draw crisp cases that follow A*B + C*~D, save for some noise."""
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(draw.integers(0, 2, (cases_n, conditions_n)), columns=list("ABCDEFGH")[:conditions_n])
    rule = (table["A"] & table["B"]) | (table["C"] & (1 - table["D"]))
    return table.assign(Y=np.where(draw.random(cases_n) < noise, 1 - rule, rule))


def analysed(data: pd.DataFrame) -> qca.Analysis:
    """Run all three solutions, with every condition expected to help."""
    table = qca.truth_table(data, "Y", incl_cut=0.8)
    found = qca.analyse(table, dict.fromkeys(table.conditions, 1))
    _ = [model.fit for solution in found.solutions for model in solution.models]
    return found


def plain(data: pd.DataFrame) -> set[frozenset[tuple[int, ...]]]:
    """Find the parsimonious models with itertools alone."""
    table = qca.truth_table(data, "Y", incl_cut=0.8)
    explain, against = table.configurations("1"), table.configurations("0")
    terms = itertools.product((-1, 0, 1), repeat=len(table.levels))
    good = [
        term
        for term in terms
        if any(_within(term, one) for one in explain) and not any(_within(term, one) for one in against)
    ]
    primes = [term for term in good if not any(other != term and _within(other, term) for other in good)]
    for size in range(1, len(explain) + 1):
        found = {
            frozenset(choice)
            for choice in itertools.combinations(primes, size)
            if all(any(_within(term, one) for term in choice) for one in explain)
        }
        if found:
            return found
    return set()


def _within(term: Sequence[int], other: Sequence[int]) -> bool:
    return all(a in (-1, b) for a, b in zip(term, other, strict=True))


def of_qca() -> None:
    """Time 8 conditions and 60 cases, beside a plain search."""
    for noise in (0.0, 0.05, 0.5):
        data = cases(8, 60, 3, noise)
        found = analysed(data)
        models = [len(solution.models) for solution in found.solutions]
        seconds = timed(lambda data=data: analysed(data))  # type: ignore[misc]
        primes, size = len(found.parsimonious.primes), len(found.parsimonious.models[0].terms)
        choices = sum(math.comb(primes, one) for one in range(1, size + 1))
        tell(
            f"8 conditions, 60 cases, {noise:.0%} noise: {1000 * seconds:.0f} ms; models {models}; "
            f"a plain search would look at {choices:.1e} choices for the parsimonious solution alone"
        )
    small = cases(5, 30, 3)
    ours, theirs = timed(lambda: analysed(small)), timed(lambda: plain(small), 1)
    same = plain(small) == {frozenset(model.terms) for model in analysed(small).parsimonious.models}
    tell(
        f"5 conditions, 30 cases: all solutions {1000 * ours:.0f} ms; plain search for the parsimonious one "
        f"{1000 * theirs:.0f} ms; same models: {same}"
    )


def claims(draws: int = DRAWS, collectives: int = 24, conditions_n: int = 8) -> int:
    """Count outcomes dealt out at random for which a pattern is claimed."""
    draw = np.random.default_rng(7)
    table = pd.DataFrame(draw.integers(0, 2, (collectives, conditions_n)).astype(float), columns=list("abcdefgh"))
    y = np.array([1, 0] * (collectives // 2))
    claimed = 0
    for number in range(draws):
        settings = LearningSettings(seed=number)
        found = beyond_luck.look_for("y", table, pd.Series(draw.permutation(y)), 1, settings)
        claimed += bool(found.tests["claimed"].any())
    return claimed


def many(collectives: int) -> learning.Cases:
    """Make collectives with all conditions of the register and two outcomes, one of which follows a condition."""
    draw = np.random.default_rng(1)
    codes = list(conditions.register())
    ids = [f"c{number:03d}" for number in range(collectives)]
    values = pd.DataFrame(draw.integers(0, 2, (collectives, len(codes))), index=ids, columns=codes)
    values["inbreng_in_besluit"] = np.where(draw.random(collectives) < 0.2, 0, values["vast_gezicht"])
    wide = values.rename_axis("collective_id").reset_index()
    rows = wide.melt("collective_id", var_name="condition_code", value_name="value")
    table = typed(rows.assign(period="2024").to_dict("records"), "case_condition")
    told = pd.DataFrame({"collective_id": ids, "period": "2024", "name": ids})
    return learning.Cases({"case_condition": table}, told, learning.nothing(), pd.DataFrame(), dt.date(2026, 1, 31))


def of_shuffled() -> None:
    """Print how many of 400 shuffled outcomes give a claim."""
    claimed = claims()
    tell(f"shuffled outcomes: a pattern is claimed in {claimed} of {DRAWS} ({claimed / DRAWS:.1%}); at most 5%")


def of_patterns() -> None:
    """Time the question on 500 collectives."""
    all_of_them = many(500)
    seconds = timed(lambda: patterns.learn(all_of_them, Settings()), 3)
    tell(f"patterns of 500 collectives, 8 conditions, 2 outcomes: {seconds:.1f} s")


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


PARTS: dict[str, Callable[[], None]] = {
    "qca": of_qca, "shuffled": of_shuffled, "patterns": of_patterns, "pooled": of_pooled, "clusters": of_clusters,
    "claims": of_claims,
}  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Run the parts that are named; all of them when none is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to run; nothing: all")
    for name in parser.parse_args(arguments).parts or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
