"""The demonstration knows what changed where: what was planted is found, and nothing is found where nothing was."""

import json
from pathlib import Path

import pandas as pd
import pytest

GAS = "gas_m3_per_dwelling"


@pytest.fixture(scope="module")
def estimates(built_demo: Path) -> pd.DataFrame:
    return pd.read_parquet(built_demo / "data" / "processed" / "analysed" / "estimates.parquet")


@pytest.fixture(scope="module")
def planted(built_demo: Path) -> dict[str, tuple[str, float]]:
    """Return collective → the figure it changes, and by what share."""
    truth = json.loads((built_demo / "truth.json").read_text(encoding="utf-8"))["collectives"]
    effects = {name: one.get("area_effect") for name, one in truth.items()}
    return {name: (one["indicator_id"], one["relative"]) for name, one in effects.items() if one and one["relative"]}


def test_gas_that_was_saved_is_found(estimates: pd.DataFrame, planted: dict[str, tuple[str, float]]) -> None:
    indicator_id, relative = planted["energie-01"]
    assert (indicator_id, relative) == (GAS, -0.08)
    own = estimates["collective_id"].eq("energie-01") & estimates["indicator_id"].eq(GAS)
    rows = estimates[own & estimates["period_start"].dt.year.eq(2021) & estimates["period_end"].dt.year.eq(2024)]
    verdict = rows[rows["group_type"].eq("oordeel")].iloc[0]
    path = rows[rows["question"].eq("similar") & rows["population"].eq("gebied")]
    after = path.loc[path["group_value"].ge("2021"), "value"].mean()
    without = after / (1 + relative)  # what it would have been
    assert verdict["value_text"] == "lager"
    assert verdict["ci_low"] < after - without < verdict["ci_high"]


def test_nothing_is_called_changed_that_nobody_planted(
    estimates: pd.DataFrame, planted: dict[str, tuple[str, float]]
) -> None:
    verdicts = estimates[estimates["group_type"].eq("oordeel")]
    assert verdicts["collective_id"].nunique() >= 3
    called = verdicts[verdicts["value_text"].isin(["hoger", "lager"])]
    pairs = set(zip(called["collective_id"], called["indicator_id"], strict=True))
    assert pairs <= {(name, indicator_id) for name, (indicator_id, _) in planted.items()}


def test_every_shown_change_can_be_traced_to_areas_like_it(built_demo: Path, estimates: pd.DataFrame) -> None:
    shown = estimates[estimates["group_type"].eq("oordeel") & estimates["value"].notna()]
    key = ["collective_id", "work_area_id", "period_start", "period_end", "indicator_id"]
    similar = pd.read_parquet(built_demo / "data" / "processed" / "analysed" / "similar.parquet")
    listed = similar.groupby(key).agg(n=("regiocodes", "size"), weight=("weight", "sum")).reset_index()
    both = shown.merge(listed, on=key, how="left", suffixes=("", "_listed"), validate="one_to_one")
    assert both["n"].eq(both["n_listed"]).all()
    assert both["weight"].sub(1).abs().max() < 1e-9
    work_areas = pd.read_parquet(built_demo / "data" / "processed" / "joined" / "area_weight.parquet")
    assert not set(";".join(similar["regiocodes"]).split(";")) & set(work_areas["area_code"])
