"""What kind of area is this? The figures of the work area beside those of its gemeente and the country."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.settings import Settings

_COMPARISON = {"gebied": "geen", "gemeente": "vergelijkgebied", "land": "landelijk"}


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Give the context figures of every work area.

    Parameters
    ----------
    joined : Joined
        Reads context and work_area.
    periods : DataFrame
        Not used: a context figure is of the year CBS measured it in.
    settings : Settings
        ``cbs.publisher`` is named in the source.

    Returns
    -------
    DataFrame
        One row is an indicator of a work area, of its gemeente(n) or of the country, in one year. A work area that
        consists of whole gemeenten is not set beside itself.

    Notes
    -----
    Sums, ratios of sums, or means weighted by their own denominator, made in :mod:`bt_analysis.join`.
    """
    shown = [indicator.id for indicator in joined.catalogue.values() if indicator.context]
    rows = joined.context[joined.context["indicator_id"].isin(shown)]
    whole = joined.work_area.set_index("work_area_id")["area_codes"].str.fullmatch(r"(GM\d{4}[;,\s]*)+")
    rows = rows[~(rows["population"].eq("gemeente") & rows["work_area_id"].map(whole).astype(bool))]
    owner = joined.work_area.set_index("work_area_id")["collective_id"]
    partly = rows["population"].eq("gebied") & (rows["areas_used_n"] < rows["areas_n"]) & rows["value"].notna()
    start = pd.to_datetime(rows["year"].astype(str) + "-01-01")
    kinds = rows["indicator_id"].map({indicator.id: indicator.kind for indicator in joined.catalogue.values()})
    weighted = "mean weighted by " + rows["weight_method"]
    method = weighted.mask(kinds == "share", "ratio of sums").mask(kinds == "additive", "sum")
    column = rows["table_id"] + " · " + rows["source_key"].fillna("–") + " · " + rows["modified"].str[:10]
    return estimates(
        rows.assign(
            collective_id=rows["work_area_id"].map(owner),
            period_start=start,
            period_end=start + pd.offsets.YearEnd(0),
            comparison=rows["population"].map(_COMPARISON),
            n=rows["n_base"],
            n_unit=rows["weight_method"].where(rows["weight_method"] != "sum", "population"),
            method=method,
            gate_reason=partly.map({True: "areas_without_figure", False: ""}),
            source=settings.cbs.publisher + " " + column,
        ),
        question="context",
    )
