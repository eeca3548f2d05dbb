"""Gates of single estimates: what each rests on in, whether it may be shown out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.settings import GateSettings

WHOLE_AREA = ("sum", "share of inhabitants", "Jeffreys", "ratio of shares")
"""Methods whose figure is wrong, and not only less sure, when part of the work area is left out."""

FIGURES = ["value", "ci_low", "ci_high", "n"]
"""What stands empty in an estimate that is not to be seen."""

PEOPLE = ("people", "contacts")
"""What ``n`` may count for the rule on small groups of people; areas and events have no such rule."""

OF_CHANGE = (
    "no_years_after", "too_few_years_before", "boundaries_changed", "series_broken", "too_few_similar",
    "too_few_for_more", "outside_similar", "area_figure_missing", "too_small_to_see", "reach_not_known",
    "reach_not_shown",
)  # fmt: skip
"""Why a change of an area is not to be seen; each has its own sentence in :mod:`bt_analysis.pages.verdicts`."""

OF_WAVES = ("chose_to_answer", "too_few_to_compare")
"""Why two waves of a survey are not compared."""

OF_PATTERN = ("too_few_buurten", "neighbours_not_known", "no_more_than_chance", "area_without_figure")
"""Why the buurten of a gemeente show no pattern."""

OF_CODING = ("few_double_coded", "one_code")
"""Why it is not to be seen how far people who coded the same agree."""

REFUSALS = (*OF_CHANGE, *OF_WAVES, *OF_PATTERN, *OF_CODING)
"""What a row without a figure keeps as its one reason."""

RESERVATIONS = (
    "no_experiment", "few_years_before", "one_year_after", "active_before_records", "no_outlines", "no_urbanity",
    "areas_without_figure", "apportioned_addresses", "apportioned_surface",
)  # fmt: skip
"""What must be said of a change that is seen."""


def set_gates(estimates: pd.DataFrame, gates: GateSettings) -> pd.DataFrame:
    """Decide of each estimate whether it may be shown as it is, with a reservation, or not at all.

    Parameters
    ----------
    estimates : DataFrame
        As the questions write them; ``gate_reason`` holds the reservations found so far, with ; between them.
    gates : GateSettings
        ``min_n``: people below which a share has a reservation. ``min_coverage``: share of the work area's
        inhabitants below which an area figure has one.

    Returns
    -------
    DataFrame
        The same rows. ``niet_te_zien`` when there is no value (its missing_reason says why), or when it needs the
        whole work area and rests on too small a part of it (a sum would look like a decrease): then its figures are
        empty as well. A refusal keeps its own reason. ``voorbehoud`` when there is a reservation, else ``ok``.
    """
    share = estimates["n_unit"].isin(PEOPLE) & estimates["unit"].isin(["%", "verhouding"])
    small = share & (estimates["n"] < gates.min_n)
    thin = estimates["coverage"].notna() & (estimates["coverage"] < gates.min_coverage)
    reasons = _add(_add(estimates["gate_reason"], small, "n_below_minimum"), thin, "coverage_below_minimum")
    missing = estimates["value"].isna()
    partial = ~missing & thin & estimates["method"].str.split(";").str[0].isin(WHOLE_AREA)
    unseen = missing | partial
    gate = pd.Series("ok", index=estimates.index).mask(reasons != "", "voorbehoud").mask(unseen, "niet_te_zien")
    refused = estimates["gate_reason"].isin(REFUSALS)
    absent = estimates["missing_reason"].fillna("not_recorded").mask(refused, estimates["gate_reason"])
    why = reasons.mask(missing, absent)
    why = why.mask(partial, "coverage_below_minimum")
    reason = estimates["missing_reason"].mask(partial, "unknown")
    # Bounds and size of a figure that is not shown would tell it all the same.
    figures = estimates[FIGURES].mask(partial)
    return estimates.assign(
        **{name: figures[name] for name in FIGURES}, gate=gate, gate_reason=why, missing_reason=reason
    )


def _add(reasons: pd.Series, where: pd.Series, reason: str) -> pd.Series:
    added = reasons.map(lambda text: f"{text};{reason}" if text else reason)
    return reasons.mask(where, added)
