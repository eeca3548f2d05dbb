"""Rules between columns and between tables of one package: typed tables go in; every broken rule comes out.

The rules stand by subject in ``rules_*``; a rule whose columns were not delivered has nothing to hold against them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bt_analysis.sources import (
    rules_activities,
    rules_areas,
    rules_decisions,
    rules_evidence,
    rules_keys,
    rules_measurements,
    rules_order,
    rules_surveys,
)
from bt_analysis.sources.delivered import Delivered
from bt_analysis.sources.sentences import Findings, Place

RULES = (
    *rules_keys.RULES,
    *rules_areas.RULES,
    *rules_order.RULES,
    *rules_activities.RULES,
    *rules_measurements.RULES,
    *rules_surveys.RULES,
    *rules_decisions.RULES,
    *rules_evidence.RULES,
)
"""All rules, in the order in which a person reads what they find."""


def check_rules(
    folder: str,
    tables: Mapping[str, pd.DataFrame],
    places: Mapping[str, Place],
    known_regions: Mapping[int, set[str]] | None,
    findings: Findings,
) -> None:
    """Hold the tables of one package against each other.

    Parameters
    ----------
    folder : str
        Name of the collective's folder.
    tables : Mapping of str to DataFrame
        Typed tables whose index is the row number a person sees.
    places : Mapping of str to Place
        File and sheet of each table.
    known_regions : Mapping of int to set of str, or None
        Division year → all codes of that year; None when no region is to be looked up.
    findings : Findings
        Every problem is added to it.
    """
    delivered = Delivered(folder, tables, places, known_regions, findings)
    for rule in RULES:
        if delivered.has(rule.needs):
            rule.check(delivered)
