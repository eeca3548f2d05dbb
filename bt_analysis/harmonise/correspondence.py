"""Correspondence between divisions: what is known of two years in, which old area goes to which new one out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from bt_analysis.harmonise.flags import Division

COMPARABLE = ("same", "renamed", "merged")
LOST = ("boundary_changed", "code_changed", "no_flag", "year_missing", "new_area")


@dataclass(frozen=True, eq=False)
class Correspondence:
    """Signature only; see the docstring of :func:`correspondence`."""

    from_year: int
    to_year: int
    links: pd.DataFrame
    regions: pd.DataFrame
    uncovered: pd.DataFrame


def correspondence(
    from_year: int,
    to_year: int,
    tables: Mapping[int, Division],
    crosswalk: pd.DataFrame | None = None,
    boundaries: Mapping[int, gpd.GeoDataFrame] | None = None,
) -> Correspondence:
    """Signature: links (from_code, to_code, weight, method), regions (regiocode, comparable, reason), uncovered."""
    raise NotImplementedError
