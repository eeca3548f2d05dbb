"""Who helps an idea on, and who holds it up? Coded interactions in; how often, and how sure the codes are, out.

People in offices are few, so a count of few interactions is protected like a count of people.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.settings import Settings

FEWEST_DOUBLE = 10
"""With fewer interactions that two people coded, how far they agree is not to be seen."""

TENS = 10
"""Interactions that were coded are told in tens: beside protected counts an exact total would tell a hidden one."""

DOUBLE_CODED_PCT = 20
"""Part of the interactions, in %, that two people must have coded before their agreement is told."""

_KEYS = ["collective_id", "period_start", "period_end"]
_MEASURES = {"coder_percent": "share", "coder_kappa": "kappa", "coder_alpha": "alpha"}
_METHODS = {
    "coder_percent": "percent agreement", "coder_kappa": "Cohen's kappa", "coder_alpha": "Krippendorff's alpha",
}  # fmt: skip
_UNITS = {"coder_percent": "%", "coder_kappa": "kappa", "coder_alpha": "kappa"}


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Count interactions, and tell how far those who coded them agree.

    Parameters
    ----------
    joined : Joined
        Reads interaction_count and interaction_agreement.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        Not used.

    Returns
    -------
    DataFrame
        ``interactions_n`` per collective and period, in all (group_value empty) and by group_type: ``richting`` (from
        role>to role), ``effect``, ``stadium`` (stage) and ``handeling`` (action). ``double_coded_n`` and, per coded
        variable, ``coder_percent``, ``coder_kappa`` and ``coder_alpha`` of all interactions of the collective, in each
        of its periods.

    Notes
    -----
    cell_n = cell_value = number of interactions: no more than that many people took part in them, so a smaller count
    would hide too little. Kinds of groups are never crossed: sums of one would tell what another hides.
    """
    del settings
    parts = [_counts(joined, periods), _agreement(joined, periods)]
    rows = pd.concat([part for part in parts if len(part)] or [parts[0]], ignore_index=True)
    return estimates(
        rows, question="interactions", population="collectief", n_unit="interactions", source="collective: interaction"
    )


def _counts(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    rows = joined.interaction_count.merge(periods[_KEYS], on="collective_id", validate="many_to_many")
    inside = rows["year"].ge(rows["period_start"].dt.year) & rows["year"].le(rows["period_end"].dt.year)
    rows = rows[inside].assign(n=rows["n"].astype(float), richting=rows["from_role"] + ">" + rows["to_role"])
    kinds = {"richting": "richting", "effect": "effect", "stadium": "stage", "handeling": "action_code"}
    parts = []
    for kind, column in kinds.items():
        named = rows.assign(group_value=rows[column].replace("", "niet_vastgelegd"))
        groups = named.groupby([*_KEYS, "group_value"], as_index=False).agg(value=("n", "sum"))
        total = rows.groupby(_KEYS, as_index=False).agg(value=("n", "sum")).assign(group_value="")
        parts.append(pd.concat([total, groups], ignore_index=True).assign(group_type=kind))
    both = pd.concat(parts, ignore_index=True)
    return both.assign(
        n=both["value"], cell_n=both["value"], cell_value=both["value"], cell="interactions",
        indicator_id="interactions_n", unit="aantal", method="count",
    )  # fmt: skip


def _agreement(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    rows = joined.interaction_agreement.merge(periods[_KEYS], on="collective_id", validate="many_to_many")
    rows = rows.assign(double=rows["double_n"].astype(float), group_type="codering", group_value=rows["variable"])
    enough = rows["compared_n"].ge(FEWEST_DOUBLE) & (100 * rows["double"]).ge(DOUBLE_CODED_PCT * rows["items_n"])
    parts = [_double(rows)]
    for indicator_id, column in _MEASURES.items():
        # No finer than that: 77.78% is of 9 or 18 acts, and beside protected counts that would tell a hidden one.
        times, decimals = (100, 0) if column == "share" else (1, 2)
        figures = {
            name: (times * rows[f"{column}{end}"].astype(float)).where(enough).round(decimals)
            for name, end in (("value", ""), ("ci_low", "_low"), ("ci_high", "_high"))
        }
        why = rows["undefined"].where(enough, "few_double_coded").replace("nothing_twice", "few_double_coded")
        part = rows.assign(
            **figures, n=_in_tens(rows["compared_n"]).where(enough), indicator_id=indicator_id,
            unit=_UNITS[indicator_id], method=_METHODS[indicator_id],
        )  # fmt: skip
        absent = part["value"].isna()
        part = part.assign(gate_reason=why.where(absent, ""), missing_reason=absent.map({True: "unknown", False: None}))
        # Kappa is for two coders; with more the alpha tells it.
        parts.append(part[~(absent & part["gate_reason"].eq(""))])
    return pd.concat(parts, ignore_index=True)


def _double(rows: pd.DataFrame) -> pd.DataFrame:
    """Tell in tens how many interactions were coded, and how many of them twice; fewer than ten are not told."""
    once = rows.drop_duplicates(_KEYS)
    few = once["double"] < TENS
    return once.assign(
        group_value="", indicator_id="double_coded_n", unit="aantal", method="count",
        value=_in_tens(once["double"]).mask(few), n=_in_tens(once["items_n"]).mask(few),
        gate_reason=few.map({True: "few_double_coded", False: ""}),
        missing_reason=few.map({True: "unknown", False: None}),
    )  # fmt: skip


def _in_tens(counts: pd.Series) -> pd.Series:
    return counts.astype(float) // TENS * TENS
