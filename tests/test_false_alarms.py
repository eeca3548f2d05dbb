"""A change is seldom called where nothing happened, and intervals hold known effects: a reduced run, and by hand."""

import importlib.util
import math
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from bt_analysis.demo.population import Effect

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT.parent / "shared" / "data" / "cbs_tables"
FULL = bool(os.environ.get("BT_FULL"))
COUNT = 1000 if FULL else 100

recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


panels: Any = _load("pretend_panels")
false_alarms: Any = _load("false_alarms")


# By hand


class Table:
    """As much of a table as says which regions it has."""

    def __init__(self, **names: str) -> None:
        self.labels = pd.DataFrame({"regiocode": list(names), "title": list(names.values())})


def test_a_buurt_is_the_same_by_code_name_and_land() -> None:
    tables = [
        Table(BU1="Oud-Zuid", BU2="Kade", BU3="Haven", BU4="Dorp"),
        Table(BU1="Oud Zuid", BU2="Oever", BU3="Haven", BU4="Dorp", BU5="Nieuw"),
    ]
    land = {
        2020: pd.Series({"BU1": 100.0, "BU2": 50.0, "BU3": 30.0, "BU4": 400.0}),
        2024: pd.Series({"BU1": 101.0, "BU2": 50.0, "BU3": 32.0, "BU4": 404.0}),
    }
    # BU2 has another name, BU3 grew by 2 of 30 hectares; 4 of 400 is 1%. BU5 is new.
    assert panels.unchanged(tables, land) == {"BU1", "BU4"}


def trials(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["indicator_id", "refusal", "sdid_p", "verdict"])
    return frame.assign(did_p=frame["sdid_p"], sc_p=1.0)


def test_what_is_refused_is_tried_and_not_compared() -> None:
    made = trials(
        ("gas", "", 0.05, "lager"), ("gas", "", 0.06, "geen_verschil"), ("gas", "too_few_similar", np.nan, ""),
        ("cars", "", 0.01, "geen_vast_antwoord"), ("cars", "", 0.5, "geen_verschil"),
    )  # fmt: skip
    found = false_alarms.alarms(made).set_index("indicator_id")
    assert found.loc["gas", ["tried", "compared", "sdid_pct", "sc_pct", "said_pct"]].tolist() == [3, 2, 50, 0, 50]
    assert found.loc["cars", ["sdid_pct", "said_pct"]].tolist() == [50, 0]  # its methods did not agree
    assert found.loc["all", ["tried", "compared", "sdid_pct", "said_pct"]].tolist() == [5, 4, 50, 25]
    assert false_alarms.alarms(made[made["indicator_id"] == "gas"])["indicator_id"].tolist() == ["gas"]


def test_an_interval_holds_the_truth_or_not() -> None:
    ends = {f"{name}_{end}": 0.0 for name in ("did", "sc") for end in ("low", "high")}
    rows = [{"truth": truth, "sdid_low": -1.0, "sdid_high": 1.0, **ends} for truth in (-1.1, -1.0, 0.5, 1.0)]
    made = pd.DataFrame(rows).assign(indicator_id="gas", refusal="")
    found = false_alarms.covered(made).set_index("indicator_id").loc["all"]
    assert found["sdid_pct"] == 75  # all but -1.1
    assert found["did_pct"] == 0


def test_the_error_of_a_trial() -> None:
    assert false_alarms.error(5.0, 1000) == pytest.approx(100 * 1.96 * math.sqrt(0.05 * 0.95 / 1000))  # 1.35
    assert math.isnan(false_alarms.error(5.0, 0))


def test_how_far_a_part_is_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, object]] = [{"regiocode": f"BU{at}"} for at in range(45)]
    found = false_alarms._collected("demo", iter(rows), 45)
    assert found["regiocode"].tolist() == [row["regiocode"] for row in rows]
    told = capsys.readouterr()
    assert [part.split(",")[0] for part in told.err.split("\r")[1:]] == ["demo: 20 of 45", "demo: 40 of 45", "demo: 45 of 45"]  # fmt: skip # noqa: E501
    assert told.err.rstrip().endswith(" 0 s to go")
    assert not told.out


@pytest.mark.parametrize(("given", "counts"), [([], (1000, 1000, 2000)), (["--count", "7", "--known", "9"], (7, 7, 9))])
def test_so_many_are_tried(given: list[str], counts: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(false_alarms, "kwb_trials", lambda _, count, __: tried.append(count))
    for part in ("demo", "coverage"):
        monkeypatch.setattr(false_alarms, f"{part}_trials", lambda count, _: tried.append(count))
    monkeypatch.setattr(false_alarms, "page", lambda *_: "")
    monkeypatch.setattr(sys, "argv", ["false_alarms.py", "--tables", "there", *given])
    false_alarms.main()
    assert tuple(tried) == counts


def test_the_true_effect_is_that_of_the_exact_figures() -> None:
    cells = gpd.GeoDataFrame({"code_since": ["BU1", "BU2"]}, geometry=[None, None])
    plain = pd.DataFrame(
        {"gas_m3": [1000.0, 500.0], "dwellings": 10.0, "social_assistance": 4.0, "inhabitants": 20.0,
         "unemployment": 1.0, "disability": 1.0, "age_15_25": 2.0, "age_25_45": 3.0, "age_45_65": 5.0},
        pd.MultiIndex.from_tuples([(0, 2022), (1, 2022)], names=["cell", "year"]),
    )  # fmt: skip
    exact = plain.copy()
    exact["gas_m3"] = [1000 * 0.9, 500.0]
    exact["social_assistance"] = [4.0, 4 * 1.5]
    found = panels._truth(cells, plain, exact)
    assert found.loc[("BU1", 2022), "gas_m3_per_dwelling"] == pytest.approx(-100 / 10)
    assert found.loc[("BU2", 2022), "social_assistance_pct"] == pytest.approx(100 * 2 / 20)
    assert found.loc[("BU2", 2022), "gas_m3_per_dwelling"] == 0


def test_effects_are_of_every_outcome_and_within_the_bounds() -> None:
    cells = gpd.GeoDataFrame({"code_since": [f"BU{at}" for at in range(30)]}, geometry=[None] * 30)
    made: tuple[Effect, ...] = false_alarms._planted(cells, start=2022, count=5, rng=np.random.default_rng(1))
    assert len(made) == 5 * len(panels.DEMO)
    assert len({effect.cells for effect in made}) == 5
    assert {effect.quantity for effect in made} == {one.above for one in panels.DEMO.values()}
    assert max(abs(effect.relative) for effect in made) <= 0.15


# In trials


def within(found: pd.DataFrame, columns: tuple[str, ...], bound_pct: float) -> None:
    """Check that no share is above a bound by more than the error of the trial."""
    last = found.iloc[-1]
    for column in columns:
        assert last[column] <= bound_pct + false_alarms.error(bound_pct, int(last["compared"])), found.to_string()


@pytest.mark.slow
def test_nothing_is_called_where_nothing_happened_in_the_demonstration() -> None:
    found = false_alarms.alarms(false_alarms.demo_trials(COUNT, 1))
    assert found.iloc[-1]["compared"] > 0.8 * COUNT
    within(found, ("sdid_pct", "said_pct"), 5.0)


@pytest.mark.slow
@recorded
def test_nothing_is_called_where_nothing_happened_at_cbs() -> None:
    found = false_alarms.alarms(false_alarms.kwb_trials(RECORDED, COUNT, 1))
    assert found.iloc[-1]["compared"] > 0.8 * COUNT
    within(found, ("sdid_pct", "said_pct"), 5.0)


@pytest.mark.slow
def test_intervals_hold_known_effects() -> None:
    last = false_alarms.covered(false_alarms.coverage_trials(COUNT, 1)).iloc[-1]
    off = false_alarms.error(95.0, int(last["compared"]))
    assert 95 - 2 - off <= last["sdid_pct"] <= 95 + 2 + off


# What the page says


def test_the_page_keeps_the_bounds() -> None:
    section = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8").partition("## False alarms")[2]
    alarms, _, known = section.partition("### Known effects")
    called = re.findall(r"^\| (CBS|demo) \| (\S+) \| (\d+) \| (\d+) \|.*?\| ([\d.]+)% \| ([\d.]+) \| ([\d.]+)% \|$", alarms, re.MULTILINE)  # fmt: skip # noqa: E501
    assert {where for where, *_ in called} == {"CBS", "demo"}
    for where, _, tried, compared, sdid, off, said in called:
        assert int(compared) <= int(tried)
        assert max(float(sdid), float(said)) <= 5 + float(off), where
    (held,) = re.findall(r"^\| all \| \d+ \|.*\| ([\d.]+)% \| ([\d.]+) \|$", known, re.MULTILINE)
    assert 93 - float(held[1]) <= float(held[0]) <= 97 + float(held[1])
