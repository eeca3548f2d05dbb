"""Configurations of conditions: cases with one outcome in, the table, all solutions and how robust they are out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from bt_analysis.analysis.learning.conditions import register
from bt_analysis.methods import qca
from bt_analysis.methods.qca import robustness, terms
from bt_analysis.methods.qca.truth_table import TOLERANCE
from bt_analysis.settings import LearningSettings

MOST_MODELS = 25
"""Models of one kind that are listed, at most."""

_NAMES = ("pattern_configurations", "pattern_solutions", "pattern_robustness", "pattern_necessity")


@dataclass
class Configurations:
    """Rows of the tables about configurations, by the name of the table.

    Parameters
    ----------
    rows : dict of str to list
        pattern_configurations, pattern_solutions, pattern_robustness and pattern_necessity.
    """

    rows: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: {name: [] for name in _NAMES})

    def add(self, name: str, rows: pd.DataFrame, **constants: object) -> None:
        """Add rows to a table.

        Parameters
        ----------
        name : str
            Its name.
        rows : DataFrame
            Rows.
        **constants : object
            Columns with one value.
        """
        if len(rows):
            self.rows[name].append(rows.assign(**constants))  # type: ignore[arg-type]


def chosen(conditions: pd.DataFrame, y: pd.Series, learning: LearningSettings) -> list[str]:
    """Choose the conditions of the table, without looking at the outcome.

    Parameters
    ----------
    conditions : DataFrame
        One row per case, one column per condition: 1, 0 or missing.
    y : Series
        The outcome of the same cases; only how many there are counts.
    learning : LearningSettings
        ``known_share`` and ``most_conditions``.

    Returns
    -------
    list of str
        The first of the register that vary and are known of enough cases: so many that there are no more
        configurations than cases, two at least. Codes that are not in the register come last.
    """
    order = {code: at for at, code in enumerate(register())}
    usable = [
        str(name)
        for name in conditions.columns
        if conditions[name].notna().mean() >= learning.known_share and conditions[name].nunique() == 2
    ]
    most = min(learning.most_conditions, max(2, len(y).bit_length() - 1))
    return sorted(usable, key=lambda code: (order.get(code, len(order)), code))[:most]


def describe(
    out: Configurations, outcome: str, conditions: pd.DataFrame, y: pd.Series, learning: LearningSettings
) -> None:
    """Make the configuration table of an outcome, and with enough cases the whole analysis.

    Parameters
    ----------
    out : Configurations
        What rows are added to.
    outcome : str
        Code of the outcome.
    conditions : DataFrame
        One row per case, one column per condition: 1, 0 or missing.
    y : Series
        1 or 0 for the same cases.
    learning : LearningSettings
        ``incl_cut``: from this share of its collectives with the outcome, a configuration counts as one with it.
        ``pooled_from``: cases from which the table is minimised. And as :func:`chosen` takes them.
    """
    names, cut = chosen(conditions, y, learning), learning.incl_cut
    whole = conditions[names].dropna()
    if not names or whole.empty:
        return
    data = whole.astype(int).assign(**{outcome: y.loc[whole.index].astype(int)})
    table = qca.truth_table(data, outcome, incl_cut=cut)
    rows = _table(table, data, outcome).assign(possible_n=table.possible_n, cases_n=len(data))
    out.add("pattern_configurations", rows, outcome=outcome, left_out_n=len(y) - len(data))
    if len(y) < learning.pooled_from or data[outcome].nunique() < 2:
        return
    for absent in (False, True):
        analysis = _analyse(data, outcome, absent=absent, incl_cut=cut)
        out.add(
            "pattern_solutions", pd.DataFrame([*_solutions(analysis, data, outcome)]), outcome=outcome, absent=absent
        )
        stays = robustness.stays(analysis, [*_variants(data, outcome, analysis, absent=absent, incl_cut=cut)])
        out.add("pattern_robustness", stays, outcome=outcome, absent=absent)
        needed = qca.necessity(data, outcome, absent=absent)
        skewed = qca.skewness(data[names]).set_index("set")["skewed"]
        needed = needed.assign(skewed=needed["expression"].str.removeprefix("~").map(skewed))
        renamed = needed.rename(columns={"inclN": "consistency", "RoN": "relevance", "covN": "coverage"})
        out.add("pattern_necessity", renamed, outcome=outcome, absent=absent)


def _analyse(data: pd.DataFrame, outcome: str, *, absent: bool, incl_cut: float) -> qca.Analysis:
    known = register()
    expected = {
        name: 1 - known[name].expected if absent else known[name].expected  # type: ignore[operator]
        for name in data.columns
        if name in known and known[name].expected is not None
    }
    told = {name: level for name, level in expected.items() if level is not None}
    return qca.analyse(qca.truth_table(data, outcome, incl_cut=incl_cut, absent=absent), told)


def _variants(
    data: pd.DataFrame, outcome: str, base: qca.Analysis, *, absent: bool, incl_cut: float
) -> Iterator[robustness.Variant]:
    """Other cuts, and without each case; cases that are alike in everything share one analysis."""
    yield from robustness.cuts(lambda cut: _analyse(data, outcome, absent=absent, incl_cut=cut))
    known: dict[tuple[object, ...], qca.Analysis] = {}
    groups = data.groupby([name for name in data.columns if name != outcome])[outcome]
    sizes = zip(
        data.index, data.itertuples(index=False), groups.transform("size"), groups.transform("sum"), strict=True
    )
    for case, row, n, ones in sizes:
        key, y = tuple(row), row[-1]
        if key not in known:
            k, own = (n - ones, 1 - y) if absent else (ones, y)
            same = n > 1 and _counts(k, n, incl_cut) == _counts(k - own, n - 1, incl_cut)
            # Where the configuration still counts as it did, so does the whole table.
            known[key] = base if same else _analyse(data.drop(index=case), outcome, absent=absent, incl_cut=incl_cut)
        yield "dropped", str(case), lambda key=key: known[key]  # type: ignore[misc]


def _counts(k: int, n: int, incl_cut: float) -> bool:
    return bool(k / n > incl_cut - TOLERANCE)


def _table(table: qca.TruthTable, data: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Write the truth table with the ids of collectives."""
    total = data[outcome].sum()
    rows = []
    for row in table.rows.to_dict("records"):
        cases = data.loc[row["cases"].split(";"), outcome]
        rows.append(
            {
                "configuration": ";".join(f"{name}={row[name]}" for name in table.conditions),
                "n": row["n"],
                "with_n": row["with_n"],
                "cases_with": ";".join(cases.index[cases.eq(1)]),
                "cases_without": ";".join(cases.index[cases.eq(0)]),
                "contradictory": row["contradictory"],
                "coverage": row["with_n"] / total if total else float("nan"),
                "out": row["OUT"],
            }
        )
    return pd.DataFrame(rows)


def _solutions(analysis: qca.Analysis, data: pd.DataFrame, outcome: str) -> Iterator[dict[str, object]]:
    """Write all models: a row for the whole, and one per term."""
    table = analysis.table
    explained = pd.Series(table.y > 0.5, index=data.index)
    for solution in analysis.solutions:
        parts = [
            (model, within)
            for model in solution.models[:MOST_MODELS]
            for within in (model.terms, *((term,) for term in model.terms))
        ]
        for (model, within), fit in zip(parts, solution.fits(MOST_MODELS).to_dict("records"), strict=True):
            here = terms.union(table.values, within, table.levels) > 0.5
            yield {
                "kind": solution.kind,
                "model": fit["model"],
                "models_n": len(solution.models),
                "complete": solution.complete,
                "expression": str(model),
                "too_many_conditions": table.too_many_conditions,
                "term": fit["term"],
                "consistency": fit["consistency"],
                "pri": fit["pri"],
                "coverage": fit["coverage"],
                "unique_coverage": fit["unique"],
                "cases": ";".join(data.index[here & explained]),
                "cases_against": ";".join(data.index[here & ~explained]),
            }
