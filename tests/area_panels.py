"""Small panels of areas for tests: figures typed or made by a seed, regions filled in."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.analysis.areas import AreaPanel, with_gemeente

LEVELS = {"BU": "buurt", "WK": "wijk", "GM": "gemeente"}


def names(codes: Sequence[str]) -> pd.DataFrame:
    """Return harmonised_regions of some codes, and of the wijken and gemeenten they lie in."""
    above = {f"WK{code[2:8]}" for code in codes if code.startswith("BU")} | {f"GM{code[2:6]}" for code in codes}
    every = sorted({*codes, *above})
    return pd.DataFrame(
        {
            "regiocode": every,
            "level": [LEVELS[code[:2]] for code in every],
            "regiocode_label": [f"Naam van {code}" for code in every],
            "division_year": 2024,
        }
    )


def weights(*codes: str, work_area_id: str = "tuin-a", weight: float = 1.0) -> pd.DataFrame:
    """Return joined_area_weight of a work area."""
    return pd.DataFrame(
        {
            "work_area_id": work_area_id, "area_code": list(codes), "area_year": 2024, "weight": weight,
            "method": "exact" if weight == 1 else "addresses", "share_of_workarea_population": 1 / max(1, len(codes)),
        }
    )  # fmt: skip


def panel(figures: Mapping[str, Mapping[str, Sequence[float]]], years: Sequence[int], **more: Any) -> AreaPanel:
    """Return a panel: indicator → code → figures, one per year.

    ``bases``, ``apportioned`` and ``changed`` are given alike; a base that is not given is 100.
    """
    codes = [code for table in figures.values() for code in table]
    regions = names(list(dict.fromkeys(codes)))
    shaped = {key: _table(table, regions, years) for key, table in figures.items()}
    bases = more.pop("bases", {})
    moved, changed = more.pop("apportioned", {}), more.pop("changed", {})
    listed = [(key, year, f"T{year}", key, "2025-01-01") for key in figures for year in years]
    return AreaPanel(
        regions=with_gemeente(regions),
        values=shaped,
        apportioned={key: _table(moved.get(key, {}), regions, years) for key in figures},
        changed={key: _table(changed.get(key, {}), regions, years).eq(1) for key in figures},
        bases={
            key: _table(bases[key], regions, years) if key in bases else shaped[key].mask(shaped[key].notna(), 100.0)
            for key in figures
        },
        weights=more.pop("weights", weights("BU99010000")),
        sources=pd.DataFrame(listed, columns=["indicator_id", "year", "table_id", "source_key", "modified"]),
        **more,
    )


def _table(rows: Mapping[str, Sequence[float]], regions: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    table = pd.DataFrame(np.nan, pd.Index(regions["regiocode"]), list(years))
    for code, values in rows.items():
        table.loc[code] = values
    return table


def town(
    count: int, years: Sequence[int], seed: int = 4, *, start: int = 0, effect: Mapping[str, float] | None = None
) -> AreaPanel:
    """Return buurten of one kind and size, whose gas follows one trend with a little noise; ``effect`` adds to the
    years of a code from ``start`` on.
    """
    rng = np.random.default_rng(seed)
    codes = [f"BU99{10 + at // 50:02d}{at // 5 % 10:02d}{at % 5:02d}" for at in range(count)]
    level, kind = rng.normal(1_000, 60, count), rng.normal(0, 1, count)
    trend = np.linspace(0, -50, len(years))
    gas = level[:, None] + trend + 5 * kind[:, None] * np.arange(len(years)) + rng.normal(0, 4, (count, len(years)))
    after = np.array(years) >= start
    for code, change in (effect or {}).items():
        gas[codes.index(code), after] += change
    flat = np.ones(len(years))
    figures = {
        "gas_m3_per_dwelling": dict(zip(codes, gas, strict=True)),
        "population": {code: flat * people for code, people in zip(codes, rng.uniform(900, 1_400, count), strict=True)},
        "address_density_per_km2": dict.fromkeys(codes, flat * 1200),
        "woz_value_keur": {code: flat * (300 + 20 * one) for code, one in zip(codes, kind, strict=True)},
    }
    return panel(figures, years, beside={}, weights=weights(codes[0]))


__all__ = ["names", "panel", "town", "weights"]
