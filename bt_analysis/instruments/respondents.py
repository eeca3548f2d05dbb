"""Which residents answered a wave? Answers to a question about a group in, how many of each group answered out.

A wave of residents may ask a group as participation has it: a question of its own whose code is that of the kind of
group (``leeftijd``, ``geslacht``) and whose answers are the groups (``25-45``, ``vrouw``). No other question is read.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.instruments import asking
from bt_analysis.instruments.rows import typed

TABLE = "joined_wave_group"

GROUPS = {
    "leeftijd": ("0-15", "15-25", "25-45", "45-65", "65+"),
    "geslacht": ("man", "vrouw"),
}
"""Kind of group that CBS counts as well → its groups; the code of the question is that of the kind."""


def groups(survey_wave: pd.DataFrame, response_item: pd.DataFrame) -> pd.DataFrame:
    """Count who answered each wave of residents, by group.

    Parameters
    ----------
    survey_wave, response_item : DataFrame
        Monitoring tables of one collective.

    Returns
    -------
    DataFrame
        joined_wave_group: one row is a group of a kind that the wave asked, also when nobody of it answered. Answers
        that are none of the groups (another gender, not said) are in ``answered_n`` only.
    """
    rows = [
        {**asking.dated(wave), "group_type": kind, "group_value": value, "respondents_n": int(given.eq(value).sum())}
        | {"answered_n": int(own["respondent_key"].nunique())}
        for wave in survey_wave[survey_wave["work_area_id"].notna()].to_dict("records")
        for own in [response_item[response_item["wave_id"] == wave["wave_id"]]]
        for kind, values in GROUPS.items()
        for given in [own.loc[own["item_code"] == kind, "answer"].dropna()]
        if len(given)
        for value in values
    ]
    return typed(rows, TABLE)
