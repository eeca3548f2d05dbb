"""Whose ideas are heard, on what they rest and what they are about: inputs in periods in; counts per kind out.

A group of residents is counted only where it, and all others together, brought in enough; never per year, as the
difference between two periods would tell of a small group.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases
from bt_analysis.analysis.learning.counting import PERIOD

KINDS = {"soort_kennis": "knowledge_type", "domein": "domain"}
"""Kind of group → column of the inputs."""

RESIDENTS = "bewonersgroep"

_MEASURES = {"inputs_group_n": "one", "inputs_group_answered_n": "answered", "inputs_group_executed_n": "executed"}


def told(rows: pd.DataFrame, cases: Cases, min_cell: int) -> pd.DataFrame:
    """Count inputs, answers and what was carried out, per kind of input and per group of residents.

    Parameters
    ----------
    rows : DataFrame
        Inputs in periods, as :func:`bt_analysis.analysis.learning.decisions.in_periods` gives them.
    cases : Cases
        Reads the longest period of each collective.
    min_cell : int
        Fewest inputs of a group that is shown, and of all others together.

    Returns
    -------
    DataFrame
        Rows for estimates; group_type tells the kind. One row ``niet_te_zien`` stands for groups of residents that
        are not shown.
    """
    parts = [_of_kind(rows, kind, column) for kind, column in KINDS.items()]
    return pd.concat([*parts, _of_residents(rows, cases, min_cell)], ignore_index=True)


def pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Count inputs that are about two domains: chances to combine work.

    Parameters
    ----------
    rows : DataFrame
        Inputs in periods.

    Returns
    -------
    DataFrame
        Table input_pairs: domain, domain_secondary, and how many there are, were taken over and have an answer.
    """
    both = rows[rows["domain"].ne("") & rows["domain_secondary"].ne("") & rows["domain"].ne(rows["domain_secondary"])]
    return both.groupby([*PERIOD, "domain", "domain_secondary"], as_index=False).agg(
        inputs_n=("one", "sum"), taken_over_n=("taken_over", "sum"), answered_n=("answered", "sum"),
        collectives_n=("owner", "nunique"),
    )  # fmt: skip


def counts(rows: pd.DataFrame, keys: list[str], measures: Mapping[str, str]) -> pd.DataFrame:
    """Count rows in which something is true.

    Parameters
    ----------
    rows : DataFrame
        Inputs in periods, with columns of truth.
    keys : list of str
        What is counted apart.
    measures : mapping of str to str
        Id of an indicator → column of truth; the first one is true of every row.

    Returns
    -------
    DataFrame
        Rows for estimates: ``keys``, indicator_id, value, and n, how many rows there are.
    """
    sums = rows.groupby(keys)[list(measures.values())].sum().reset_index()
    named = sums.rename(columns={column: name for name, column in measures.items()})
    named = named.assign(n=named[next(iter(measures))])
    long = named.melt([*keys, "n"], list(measures), var_name="indicator_id", value_name="value")
    return long.assign(value=long["value"].astype(float), unit="aantal", method="count")


def _counted(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    return counts(rows, [*PERIOD, "group_value"], _MEASURES).assign(group_type=kind)


def _of_kind(rows: pd.DataFrame, kind: str, column: str) -> pd.DataFrame:
    known = rows[rows[column].ne("")]
    return _counted(known.assign(group_value=known[column]), kind)


def _of_residents(rows: pd.DataFrame, cases: Cases, min_cell: int) -> pd.DataFrame:
    """Count per group of residents, over the longest period of a collective.

    Across collectives only those of which all groups are shown count along: with the others a sum would tell, beside
    the reports of the rest, what they do not show.
    """
    whole = rows.merge(cases.whole[PERIOD], on=PERIOD, validate="many_to_one")
    whole = whole.assign(total=whole.groupby("collective_id")["one"].transform("sum"))
    named = whole[whole["group_value"].ne("")]
    sizes = named.groupby([*PERIOD, "group_value"], as_index=False).agg(size=("one", "sum"), total=("total", "first"))
    enough = sizes["size"].ge(min_cell) & (sizes["total"] - sizes["size"]).ge(min_cell)
    # One hidden group beside shown ones follows from the total, so all of them have to be shown, and the nameless too.
    nameless = sizes["total"] - sizes.groupby("collective_id")["size"].transform("sum")
    small = sizes.loc[~(enough & (nameless.eq(0) | nameless.ge(min_cell))), "collective_id"]
    open_ = sizes.loc[~sizes["collective_id"].isin(small), "collective_id"]
    shown = named[named["collective_id"].isin(open_)]
    across = rows[rows["collective_id"].eq(ACROSS) & rows["group_value"].ne("") & rows["owner"].isin(open_)]
    hidden = sizes.loc[sizes["collective_id"].isin(small), PERIOD].drop_duplicates()
    refused = hidden.assign(
        indicator_id="inputs_group_n", group_type=RESIDENTS, group_value="", value=float("nan"), n=float("nan"),
        unit="aantal", method="count", gate="niet_te_zien", gate_reason="small_groups_inputs", missing_reason="unknown",
    )  # fmt: skip
    return pd.concat([_counted(pd.concat([shown, across]), RESIDENTS), refused], ignore_index=True)
