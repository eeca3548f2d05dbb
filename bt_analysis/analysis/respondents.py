"""Which residents answered, compared with who lives here? Groups of respondents beside those groups of inhabitants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.representation import as_told
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.methods.intervals import Ends, jeffreys, wilson
from bt_analysis.settings import Settings

_PLACE = ["collective_id", "period_start", "period_end", "group_type"]
_IN_TENS = 10


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Compare those who answered a survey of residents with the inhabitants of the work area, by group.

    Parameters
    ----------
    joined : Joined
        Reads wave_group and composition.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        ``cbs.publisher`` is named in the source.

    Returns
    -------
    DataFrame
        Per collective, period, kind of group and group, of the last wave in the period that asked it: one row
        ``respondents_share_pct`` and one ``respondents_ratio``, both of population ``bewoners``. group_label is empty:
        a group has the words of its code.

    Notes
    -----
    share = 100 · count / known, with known = respondents in a group that CBS counts; ratio = share / the group's share
    of the inhabitants of those groups, with Jeffreys' interval divided by that share, which is taken as exact. As in
    :mod:`bt_analysis.analysis.representation`: whole percentages, bounds rounded outwards, n rounded down to tens, and
    the ratio made of those, so that who is in no group cannot be worked out from the number of respondents. For that
    the bounds, too, are made of the whole percentage and the n in tens: exact ones fit one number of people only.
    """
    rows = reporting.within(joined.wave_group, periods, "period_start", "period_end")
    if rows.empty:
        return estimates(
            rows.assign(indicator_id="", value=None, unit="", population="", method="", source=""),
            question="respondents",
        )
    newest = rows["row_end"].eq(rows.groupby(_PLACE)["row_end"].transform("max"))
    both = _beside_inhabitants(rows[newest].drop_duplicates([*_PLACE, "group_value"], keep="last"), joined.composition)
    count = both["respondents_n"].astype(float)
    known = count.groupby([both[name] for name in _PLACE]).transform("sum")
    both = both.assign(count_n=count, known_n=known)[known > 0]
    both = both.assign(
        population="bewoners", cell="respondents:" + both["wave_id"].astype(str), cell_n=both["count_n"],
        cell_value=both["count_n"], cell_total_n=both["known_n"], n_unit="people", group_label="", gate_reason="",
        source="collective: response_item / " + settings.cbs.publisher + " " + both["table_id"] + " · "
        + both["modified"].str[:10],
    )  # fmt: skip
    told = as_told(100 * both["count_n"] / both["known_n"], both["known_n"])
    share = _rounded(both, wilson(*told)).assign(indicator_id="respondents_share_pct", unit="%", method="Wilson")
    ratio = _rounded(both, jeffreys(*told))
    for column in ("value", "ci_low", "ci_high"):
        ratio[column] = ratio[column] / 100 / both["area_share"]
    ratio = ratio.assign(indicator_id="respondents_ratio", unit="verhouding", method="Jeffreys")
    return estimates(pd.concat([share, ratio], ignore_index=True), question="respondents")


def _beside_inhabitants(rows: pd.DataFrame, composition: pd.DataFrame) -> pd.DataFrame:
    """Add area_share, the part of each group among inhabitants of the groups compared, and coverage."""
    there = composition[composition["persons_n"] > 0].rename(columns={"group_label": "label"})
    both = rows.merge(there, on=["work_area_id", "group_type", "group_value"], validate="many_to_many")
    both = reporting.of_nearest_year(both, _PLACE)
    places = [both[name] for name in _PLACE]
    return both.assign(
        area_share=both["persons_n"] / both["persons_n"].groupby(places).transform("sum"),
        coverage=both["coverage"].groupby(places).transform("min"),
    )


def _rounded(both: pd.DataFrame, ends: Ends) -> pd.DataFrame:
    """Add the share in whole percentages, its bounds rounded outwards, and n in tens."""
    low, high = (100 * end for end in ends)
    return both.assign(
        value=(100 * both["count_n"] / both["known_n"]).round(), ci_low=np.floor(low), ci_high=np.ceil(high),
        n=both["known_n"] // _IN_TENS * _IN_TENS,
    )  # fmt: skip
