"""What kind of area is this? The figures of the work area beside those of its gemeente and the country."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bt_analysis.analysis.tables import AREA, Joined, estimates
from bt_analysis.indicators import Indicator
from bt_analysis.indicators.families import attributed
from bt_analysis.settings import Settings

_APPORTIONED = ("apportioned_addresses", "apportioned_surface")
"""Ways in which figures followed new boundaries by an estimate; each is also the reason of its reservation."""
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
        ``cbs.publisher`` is named in the source, or the publisher of tables of others.

    Returns
    -------
    DataFrame
        One row is an indicator of a work area, of its gemeente(n) or of the country, in one year. A work area that
        consists of whole gemeenten is not set beside itself.

    Notes
    -----
    Sums, ratios of sums, or means weighted by their own denominator, made in :mod:`bt_analysis.join`. ci_low and
    ci_high are no sampling error but the bounds that CBS's rounding and secrecy leave; a method says so, and whether
    the figure comes from a model.

    Figures of whole regions are CBS's to protect. Those of an area that was drawn, given by postcodes, or apportioned
    over new boundaries are ours: they are a cell of as many people as are estimated to live there.
    """
    shown = [indicator.id for indicator in joined.catalogue.values() if indicator.context]
    rows = joined.context[joined.context["indicator_id"].isin(shown)]
    whole = joined.work_area.set_index("work_area_id")["area_codes"].str.fullmatch(r"(GM\d{4}[;,\s]*)+")
    rows = rows[~(rows["population"].eq("gemeente") & rows["work_area_id"].map(whole).astype(bool))]
    owner = joined.work_area.set_index("work_area_id")["collective_id"]
    partly = rows["population"].eq("gebied") & (rows["areas_used_n"] < rows["areas_n"]) & rows["value"].notna()
    start = pd.to_datetime(rows["year"].astype(str) + "-01-01")
    seen = rows["value"].notna()
    rounded = seen & (rows["low"] < rows["high"])
    reasons = pd.Series("", index=rows.index).mask(partly, "areas_without_figure;")
    moved = rows["comparable_reason"].where(seen & rows["comparable_reason"].isin(_APPORTIONED), "").fillna("")
    column = rows["table_id"] + " · " + rows["source_key"].fillna("–") + " · " + rows["modified"].str[:10]
    return estimates(
        rows.assign(
            collective_id=rows["work_area_id"].map(owner),
            period_start=start,
            period_end=start + pd.offsets.YearEnd(0),
            comparison=rows["population"].map(_COMPARISON),
            n=rows["n_base"],
            n_unit=rows["weight_method"].where(rows["weight_method"] != "sum", "population"),
            ci_low=rows["low"].where(rounded),
            ci_high=rows["high"].where(rounded),
            method=_methods(rows, rounded, joined.catalogue),
            gate_reason=(reasons + moved).str.strip(";"),
            source=[f"{name} {told}" for name, told in zip(_publishers(rows, joined, settings), column, strict=True)],
            cell=_own(rows, joined.work_area, moved != ""),
            cell_n=_inhabitants(rows, joined.context),
        ),
        question="context",
    )


def _publishers(rows: pd.DataFrame, joined: Joined, settings: Settings) -> list[str]:
    """Say whom each figure is attributed to: other tables than those of CBS have another publisher."""
    return attributed((joined.catalogue[key].source for key in rows["indicator_id"]), settings.cbs.publisher)


def _own(rows: pd.DataFrame, work_area: pd.DataFrame, moved: pd.Series) -> pd.Series:
    """Name the cell of a figure of an area that is no sum of whole regions; empty for the others."""
    drawn = rows["work_area_id"].map(work_area.set_index("work_area_id")["definition_type"]).ne("codes")
    return (AREA + rows["work_area_id"]).where(rows["population"].eq("gebied") & (drawn | moved), "")


def _inhabitants(rows: pd.DataFrame, context: pd.DataFrame) -> pd.Series:
    """Look up how many people live in each work area in each year."""
    here = context[context["indicator_id"].eq("population") & context["population"].eq("gebied")]
    people = here.set_index(["work_area_id", "year"])["value"].astype(float)
    places = pd.MultiIndex.from_frame(rows[["work_area_id", "year"]])
    return pd.Series(people.reindex(places).to_numpy(), index=rows.index, dtype=float)


def _methods(rows: pd.DataFrame, rounded: pd.Series, catalogue: Mapping[str, Indicator]) -> pd.Series:
    """Say how each figure was made, what its bounds are, and whether it was estimated by a model."""
    kinds = rows["indicator_id"].map({key: indicator.kind for key, indicator in catalogue.items()})
    method = "mean weighted by " + rows["weight_method"]
    method = (
        method.mask(kinds == "share", "ratio of sums")
        .mask(kinds == "additive", "sum")
        .mask(kinds == "bounded", "one area")
    )
    method = method.mask(rounded, method + "; bounds: rounding")
    by_model = rows["indicator_id"].map({key: indicator.model for key, indicator in catalogue.items()}).astype(bool)
    return method.mask(by_model, method + "; model")
