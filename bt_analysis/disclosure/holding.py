"""Records that went out before: what goes out now in; the same, with earlier counts in the place of near ones, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.disclosure.cells import HAIR
from bt_analysis.settings import DisclosureSettings

ROW = ["activity_id", "period_start", "group_type", "group_value"]
"""Key of a row of participation."""

COUNTS = ["contacts_n", "unique_n"]
GIVEN = ["persons_n", "hours", "paid_eur"]


def groups(
    table: pd.DataFrame, exact: pd.DataFrame, earlier: pd.DataFrame | None, disclosure: DisclosureSettings
) -> pd.DataFrame:
    """Leave counts of groups as they went out before: a difference of few people is a small group too.

    Parameters
    ----------
    table : DataFrame
        Participation as it may go out.
    exact : DataFrame
        The same rows with true counts.
    earlier : DataFrame or None
        The same table as it went out before, if it did.
    disclosure : DisclosureSettings
        ``min_cell``: a difference of that many people may be seen.

    Returns
    -------
    DataFrame
        The same rows.
    """
    if earlier is None or table.empty:
        return table
    before = table[ROW].merge(earlier[[*ROW, *COUNTS]], on=ROW, how="left", validate="one_to_one")
    for name in COUNTS:
        went_out = before[name].astype(float).set_axis(table.index)
        near = (exact[name].astype(float) - went_out).abs() < disclosure.min_cell
        held = near & table[name].notna() & table["group_type"].ne("totaal")
        table = table.assign(**{name: table[name].mask(held, went_out.astype(table[name].dtype))})
    return table


def hours(
    table: pd.DataFrame, exact: pd.DataFrame, earlier: pd.DataFrame | None, disclosure: DisclosureSettings
) -> pd.DataFrame:
    """Leave contributions as they went out before, all of them, where one changed by what few people gave.

    Parameters
    ----------
    table : DataFrame
        Contribution as it may go out.
    exact : DataFrame
        The same rows with true numbers.
    earlier : DataFrame or None
        The same table as it went out before, if it did.
    disclosure : DisclosureSettings
        ``min_cell``: a difference of that many people, or of what that many give on average, may be seen.

    Returns
    -------
    DataFrame
        The same rows. One row that is held beside others that are not could be worked out from the published hours of
        all together, so what is hidden now stays hidden and all else that went out before is as it was.
    """
    if earlier is None or table.empty:
        return table
    key = ["contribution_id"]
    before = table[key].merge(earlier[[*key, *GIVEN]], on=key, how="left", validate="one_to_one")
    went_out, now = before[GIVEN].astype(float).set_axis(table.index), exact[GIVEN].astype(float)
    of_one = went_out.div(went_out["persons_n"], axis="index")
    people = (now - went_out).abs() / of_one.where(of_one > 0)
    if not ((people > HAIR) & (people < disclosure.min_cell)).any(axis=None):
        return table
    held = table[GIVEN].notna() & went_out.notna()
    return table.assign(
        **{name: table[name].mask(held[name], went_out[name].astype(table[name].dtype)) for name in GIVEN}
    )
