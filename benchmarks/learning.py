"""How fast questions across collectives are answered, and how often a pattern is claimed where there is none.

    python benchmarks/learning.py [qca] [pooling] [shuffled] [patterns] [all]

qca
    Qualitative comparative analysis of 8 conditions and 60 cases, all three solutions with all tied models, beside a
    plain search with itertools: over all choices of prime implicants, one size after another. The plain one needs
    hours for 8 conditions, so it gets 5; how many choices it would look at for 8 is counted.
pooling
    500 made-up effects in 100 clusters with three levels, beside what a user writes without the package: the matrix
    of all effects, its inverse and determinant, and scipy's Nelder-Mead over two variances. Both give the same
    variances.
shuffled
    400 outcomes dealt out at random over 24 collectives with 8 conditions: how many times a pattern is claimed.
    Monte Carlo error of 5% of 400 is 2.1 points.
patterns
    The one question on 500 collectives whose conditions are all known.
all
    Every question on 500 collectives: what the topics of the demonstration make up for each, and of the rest of the
    records and of the figures those of the built collective of its kind. Making them takes minutes and is not timed.

Everything runs on one core; seconds are those of the processor unless said otherwise.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ONE_CORE = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
os.environ |= ONE_CORE  # numpy reads it when it is imported

import many_collectives  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from scipy.optimize import minimize  # noqa: E402

from bt_analysis import answers  # noqa: E402
from bt_analysis.analysis import learning  # noqa: E402
from bt_analysis.analysis.learning import beyond_luck, conditions, patterns  # noqa: E402
from bt_analysis.instruments.rows import typed  # noqa: E402
from bt_analysis.methods import qca  # noqa: E402
from bt_analysis.methods.pooling import levels, shrunken  # noqa: E402
from bt_analysis.methods.pooling.pooled import pool  # noqa: E402
from bt_analysis.settings import LearningSettings, Settings  # noqa: E402

REPEATS = 5
NOISE_SEEDS = 20
DRAWS = 400
COLLECTIVES = 500
EFFECTS, CLUSTERS = 500, 100
BETWEEN, WITHIN = 0.09, 0.04
SEED = 20260101
TODAY = dt.date(2026, 1, 31)


def tell(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")


def timed(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median of some runs, in seconds of the processor."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
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
    _ = [solution.fits() for solution in found.solutions]
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
    of_noise()


def of_noise() -> None:
    """Time 8 conditions and 60 cases in which nothing goes together."""
    taken, cut = [], 0
    for seed in range(NOISE_SEEDS):
        draw = np.random.default_rng(seed)
        data = pd.DataFrame(draw.integers(0, 2, (60, 8)), columns=list("ABCDEFGH")).assign(Y=draw.integers(0, 2, 60))
        start = time.process_time()
        found = analysed(data)
        taken.append(time.process_time() - start)
        cut += not all(solution.complete for solution in found.solutions)
    tell(
        f"8 conditions, 60 cases, pure noise, {NOISE_SEEDS} seeds: median {1000 * float(np.median(taken)):.0f} ms, "
        f"most {1000 * max(taken):.0f} ms; {cut} reached a cap and are marked as not complete"
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
    return learning.Cases({"case_condition": table}, told, learning.nothing(), pd.DataFrame(), TODAY)


def of_shuffled() -> None:
    """Print how many of 400 shuffled outcomes give a claim."""
    claimed = claims()
    tell(f"shuffled outcomes: a pattern is claimed in {claimed} of {DRAWS} ({claimed / DRAWS:.1%}); at most 5%")


def of_patterns() -> None:
    """Time the question on 500 collectives."""
    all_of_them = many(COLLECTIVES)
    seconds = timed(lambda: patterns.learn(all_of_them, Settings()), 3)
    tell(f"patterns of {COLLECTIVES} collectives, 8 conditions, 2 outcomes: {seconds:.1f} s")


def effects() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make effects with variances between clusters and within them, and known sampling variances."""
    draw = np.random.default_rng(SEED)
    cluster = draw.integers(0, CLUSTERS, EFFECTS)
    variance = draw.uniform(0.01, 0.2, EFFECTS)
    true = 0.3 + draw.normal(0, BETWEEN**0.5, CLUSTERS)[cluster] + draw.normal(0, WITHIN**0.5, EFFECTS)
    return draw.normal(true, variance**0.5), variance, cluster


def whole_matrix(y: np.ndarray, v: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Estimate the variances between and within clusters with the matrix of all effects."""
    together = (cluster[:, None] == cluster[None, :]).astype(float)
    x = np.ones((len(y), 1))

    def minus(at: np.ndarray) -> float:
        whole = np.diag(v + at[1] ** 2) + at[0] ** 2 * together
        inverse = np.linalg.inv(whole)
        inner = x.T @ inverse @ x
        left = y - x @ np.linalg.solve(inner, x.T @ inverse @ y)
        return float(np.linalg.slogdet(whole)[1] + np.linalg.slogdet(inner)[1] + left @ inverse @ left) / 2

    return minimize(minus, [0.2, 0.2], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).x ** 2  # type: ignore[no-any-return]


def of_pooling() -> None:
    """Time three levels, what is made of them, two levels, and the matrix of all effects."""
    y, v, cluster = effects()
    found, plainly = levels.three_levels(y, v, cluster), whole_matrix(y, v, cluster)
    three = timed(lambda: levels.three_levels(y, v, cluster))
    further = timed(lambda: (levels.guesses(found), levels.left_out(found, cluster)))
    two = timed(lambda: (pool(y, v), shrunken.one_left_out(y, v)))
    matrix = timed(lambda: whole_matrix(y, v, cluster), 1)
    ours, theirs = (" and ".join(f"{one:.4f}" for one in pair) for pair in ((found.between, found.within), plainly))
    tell(f"{EFFECTS} effects in {CLUSTERS} clusters, three levels: {three:.2f} s, variances {ours}")
    tell(f"  shrunken guesses, and each cluster left out: {further:.2f} s; two levels, and each left out: {two:.2f} s")
    tell(f"  the matrix of all effects: {matrix:.1f} s, variances {theirs}")


def of_all() -> None:
    """Time every question on 500 collectives, from records that still have to be protected."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = many_collectives.built(Path(folder))
        records, figures = (
            make(workspace, COLLECTIVES) for make in (many_collectives.records, many_collectives.figures)
        )
    spent: dict[str, tuple[float, float]] = {}
    for question in (*learning.QUESTIONS, *learning.LAST):
        question.learn = _clocked(question, question.learn, spent)  # type: ignore[method-assign, assignment]
    wall, cpu = time.perf_counter(), time.process_time()
    answered = answers.learned(records, figures, Settings(synthetic=True), TODAY, {})
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    for name, (took, worked) in spent.items():
        tell(f"  {name:20}{took:6.2f} s {worked:6.2f} s of the processor")
    told, rows = len(figures["estimates"]), sum(map(len, records.values()))
    tell(
        f"all questions of {COLLECTIVES} collectives, {rows} records and {told} estimates: {wall:.1f} s, "
        f"{cpu:.1f} s of the processor, {len(answered.estimates)} estimates more; at most 30 s"
    )


def _clocked(
    question: learning.Question,
    learn: Callable[[learning.Cases, Settings], learning.Learned],
    spent: dict[str, tuple[float, float]],
) -> Callable[[learning.Cases, Settings], learning.Learned]:
    def clocked(cases: learning.Cases, settings: Settings) -> learning.Learned:
        wall, cpu = time.perf_counter(), time.process_time()
        answer = learn(cases, settings)
        name = getattr(question, "__name__", "").rpartition(".")[2]
        spent[name] = time.perf_counter() - wall, time.process_time() - cpu
        return answer

    return clocked


PARTS: dict[str, Callable[[], None]] = {
    "qca": of_qca, "pooling": of_pooling, "shuffled": of_shuffled, "patterns": of_patterns, "all": of_all,
}  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Run the parts that are named; all of them when none is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to run; nothing: all")
    for name in parser.parse_args(arguments).parts or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
