"""What goes together with what came of it: conditions and outcomes of collectives in, patterns beyond luck out.

The method follows the number of cases: side by side, a table of configurations with the chance of luck, and from ten
cases on all solutions of qualitative comparative analysis as well. What is not found is not known; it is never "no
effect".
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bt_analysis.analysis.learning import conditions as recorded
from bt_analysis.analysis.learning.beyond_luck import UNSEEN, Tested, look_for
from bt_analysis.analysis.learning.cases import Cases, Learned, made, nothing, told
from bt_analysis.analysis.learning.configurations import Configurations, describe
from bt_analysis.methods.luck import perfect_by_luck
from bt_analysis.settings import Settings

QUESTION = "patterns"
TABLES: tuple[str, ...] = (
    "pattern_cases",
    "pattern_configurations",
    "pattern_tests",
    "pattern_verdicts",
    "pattern_solutions",
    "pattern_robustness",
    "pattern_necessity",
)

BY_OUTCOME, BY_PATTERN = "uitkomst", "voorwaarden"
_SOURCE = "case_condition"
_DEALT = "permutation of the whole search"


def learn(cases: Cases, settings: Settings) -> Learned:
    """Look for conditions that go together with an outcome.

    Parameters
    ----------
    cases : Cases
        Reads case_condition.
    settings : Settings
        ``learning``: from how many cases what is done, level and seed.

    Returns
    -------
    Learned
        Estimates about all collectives together (question ``patterns``): per outcome (group_type ``uitkomst``)
        pattern_cases_n, pattern_with_n, pattern_luck_pct, pattern_perfect_luck_pct, pattern_contradictory_n and
        pattern_late_n; per condition or pair (group_type ``voorwaarden``, group_value ``outcome:pattern``)
        pattern_inside_n, pattern_outside_n and pattern_p. Tables as their schemas say.
    """
    values = recorded.values(cases)
    tables = {name: made((), name) for name in TABLES} | {"pattern_cases": made(values, "pattern_cases")}
    wide = values.pivot(index="collective_id", columns="code", values="value").astype(float)
    roles = values.drop_duplicates("code").set_index("code")["role"]
    conditions = wide[[code for code in wide.columns if roles[code] == recorded.CONDITION]]
    outcomes = [code for code in wide.columns if roles[code] == recorded.OUTCOME and wide[code].notna().any()]
    if not outcomes or conditions.columns.empty:
        return Learned(nothing(), tables)
    late = values[values["late"].astype(bool)]
    tests, shapes = [], Configurations()
    for outcome in outcomes:
        y = wide[outcome].dropna()
        own = conditions.loc[y.index]
        tests.append(look_for(outcome, own, y, len(outcomes), settings.learning))
        if len(y) >= settings.learning.side_by_side_below:
            describe(shapes, outcome, own, y, settings.learning)
    tables |= {name: made(pd.concat(rows), name) for name, rows in shapes.rows.items() if rows}
    verdicts = pd.concat([one.verdicts for one in tests], ignore_index=True)
    there = [set(wide.index[wide[outcome].notna()]) for outcome in verdicts["outcome"]]
    verdicts["late_n"] = [
        int((late["code"].eq(code) & late["collective_id"].isin(inside)).sum())
        for code, inside in zip(verdicts["condition"], there, strict=True)
    ]
    tables["pattern_verdicts"] = made(verdicts, "pattern_verdicts")
    tables["pattern_tests"] = made(pd.concat([one.tests for one in tests], ignore_index=True), "pattern_tests")
    return Learned(_estimates(cases, wide, conditions, tests, tables), tables)


def _estimates(
    cases: Cases, wide: pd.DataFrame, conditions: pd.DataFrame, tests: list[Tested], tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for one in tests:
        y = wide[one.outcome].dropna()
        rows += _of_outcome(one, y, conditions.loc[y.index], tables)
        rows += _of_patterns(one)
    frame = pd.DataFrame(rows)
    first, last = cases.span
    return told(
        frame.assign(group_label=frame["group_value"]),
        question=QUESTION, collective_id="", period_start=first, period_end=last, population="collectieven",
        n_unit="collectives", source=_SOURCE,
    )  # fmt: skip


def _of_outcome(
    one: Tested, y: pd.Series, conditions: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> Iterator[dict[str, object]]:
    """Yield what can be told of one outcome."""
    n, ones = len(y), int(y.sum())
    shapes, verdicts = tables["pattern_configurations"], one.verdicts
    whole = conditions.loc[:, conditions.notna().all() & (conditions.nunique() == 2)]
    perfect = perfect_by_luck(n, ones, [int(total) for total in whole.sum()])
    contradictory = int((shapes["outcome"].eq(one.outcome) & shapes["contradictory"]).sum())
    late = tables["pattern_verdicts"]
    late_n = int(late.loc[late["outcome"].eq(one.outcome), "late_n"].sum())
    base = {"group_type": BY_OUTCOME, "group_value": one.outcome, "n": n, "unit": "n", "method": "count"}
    yield {**base, "indicator_id": "pattern_cases_n", "value": n}
    yield {**base, "indicator_id": "pattern_with_n", "value": ones}
    yield {**base, "indicator_id": "pattern_conditions_n", "value": len(verdicts)}
    yield {**base, "indicator_id": "pattern_contradictory_n", "value": contradictory}
    yield {**base, "indicator_id": "pattern_late_n", "value": late_n}
    if len(one.tests):
        looked = int(one.tests["looked_n"].iloc[0])
        yield {**base, "indicator_id": "pattern_looked_n", "value": looked}
        yield {**base, "indicator_id": "pattern_luck_pct", "value": 100 * one.luck, "unit": "%", "method": _DEALT}
        yield {
            **base, "indicator_id": "pattern_perfect_luck_pct", "value": 100 * perfect, "unit": "%",
            "method": "independent conditions",
        }  # fmt: skip


def _of_patterns(one: Tested) -> Iterator[dict[str, object]]:
    """Yield of every pattern how many collectives inside and outside it have the outcome, and what luck gives."""
    for row in one.tests.to_dict("records"):
        base = {"group_type": BY_PATTERN, "group_value": f"{one.outcome}:{row['pattern']}", "unit": "n"}
        count = {**base, "method": "count"}
        yield {**count, "indicator_id": "pattern_inside_n", "value": row["in_with_n"], "n": row["in_n"]}
        yield {**count, "indicator_id": "pattern_outside_n", "value": row["out_with_n"], "n": row["out_n"]}
        reason = "pattern_no_cause" if row["claimed"] else "pattern_flips" if row["flips_without"] else "pattern_luck"
        yield {
            **base, "indicator_id": "pattern_p", "value": row["p_all"], "unit": "p", "n": row["in_n"] + row["out_n"],
            "method": _DEALT, "gate": "voorbehoud" if row["claimed"] else "niet_te_zien", "gate_reason": reason,
        }  # fmt: skip


def found(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """List the patterns that were found.

    Parameters
    ----------
    tables : dict of DataFrame
        As :func:`learn` made them.

    Returns
    -------
    DataFrame
        Rows of pattern_tests, the strongest of each outcome first.
    """
    rows = tables["pattern_tests"]
    kept = rows[rows["claimed"]]
    return kept.assign(size=kept["z"].abs()).sort_values(["outcome", "parts_n", "size"], ascending=[True, True, False])


def verdict(tables: dict[str, pd.DataFrame], outcome: str, condition: str) -> str:
    """Say what is known of a condition.

    Parameters
    ----------
    tables : dict of DataFrame
        As :func:`learn` made them.
    outcome, condition : str
        Codes.

    Returns
    -------
    str
        ``gevonden`` or ``niet_te_zien``; the latter also when nobody recorded it.
    """
    rows = tables["pattern_verdicts"]
    own = rows[rows["outcome"].eq(outcome) & rows["condition"].eq(condition)]
    return str(own["verdict"].iloc[0]) if len(own) else UNSEEN
