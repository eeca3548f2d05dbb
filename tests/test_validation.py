"""CBS's figures of gemeenten lie within the bounds that their buurten give: on the recorded tables, and by hand."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from bt_analysis import harmonise, indicators

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT.parent / "shared" / "data" / "cbs_tables"
GEMEENTE, WIJK, A, B = "GM9901", "WK990101", "BU99010101", "BU99010102"

recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")


@pytest.fixture(scope="module")
def validation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("validation", ROOT / "benchmarks" / "validation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["validation"] = module
    spec.loader.exec_module(module)
    return module


# By hand


@pytest.fixture
def figures(make: Any) -> Any:
    """Return figures of one gemeente with two buurten: people, and a mean of which the second buurt may be withheld."""

    def of(gemeente: tuple[float, float], *buurten: tuple[float, float | None]) -> harmonise.Figures:
        people = make.indicator("population", round_to=5.0, rounding="random")
        size = make.indicator("size", kind="mean", denominator=("population",))
        rows = [(GEMEENTE, *gemeente), *((code, *row) for code, row in zip((A, B), buurten, strict=True))]
        return harmonise.published(make.kwb(2024, ["population", "size"], *rows), make.catalogue(people, size))

    return of


def test_a_gemeente_may_differ_from_its_buurten_by_four_per_inhabited_buurt(validation: Any, figures: Any) -> None:
    found = validation.inhabitants(figures((108, 2), (50, 2), (50, 2))).loc[GEMEENTE]
    assert found.to_dict() == {"published": 108, "buurten": 50 + 50, "difference": 8, "bound": 4 + 4}
    assert validation.inhabitants(figures((50, 2), (50, 2), (0, None))).loc[GEMEENTE, "bound"] == 4


def test_a_mean_is_tested_against_that_of_its_buurten(validation: Any, figures: Any) -> None:
    right = validation.compared(figures((400, 2.5), (300, 2), (100, 4))).set_index("indicator_id")
    assert right.loc["size", "within_pct"] == 100  # (300 · 2 + 100 · 4) / 400 = 2.5
    assert right.loc["size", "off"] == pytest.approx(0)
    wrong = validation.compared(figures((400, 3.8), (300, 2), (100, 4))).set_index("indicator_id")
    assert wrong.loc["size", "within_pct"] == 0


def test_a_withheld_mean_may_be_any_that_is_published(validation: Any, figures: Any) -> None:
    found = validation.compared(figures((400, 2.2), (300, 2), (100, None))).set_index("indicator_id")
    # The lowest is (300 · 2 + 100 · 2) / 400 = 2, the highest (300 · 2 + 100 · 2.2) / 400 = 2.05; each ± 0.5 rounding.
    assert (found.loc["size", "tested"], found.loc["size", "within_pct"]) == (1, 100)


# On CBS's own tables


@pytest.fixture(scope="module")
def tables(validation: Any) -> Any:
    return validation.read(RECORDED)


@recorded
def test_only_two_gemeenten_have_more_people_than_their_buurten_can_have(validation: Any, tables: Any) -> None:
    catalogue = indicators.load()
    beyond = {}
    for table in tables:
        found = validation.inhabitants(harmonise.published(table, catalogue))
        over = found[found["difference"].abs() > found["bound"]]
        beyond[table.year] = dict(zip(over.index, over["difference"], strict=True))
        assert set(found.index[found["published"].isna()]) == ({"GM0820"} if table.year == 2017 else set())  # Nuenen
    assert beyond == {2017: {}, 2020: {"GM0344": 457, "GM0599": 427}, 2024: {}}


@recorded
def test_ratios_of_gemeenten_lie_within_the_bounds_of_their_buurten(validation: Any, tables: Any) -> None:
    catalogue = indicators.load()
    found = pd.concat([validation.compared(harmonise.published(table, catalogue)) for table in tables])
    ratios = found[found["kind"].isin(["share", "mean"]) & ~found["indicator_id"].isin(list(validation.REASONS))]
    assert len(ratios) >= 40
    assert (ratios["within_pct"] >= 99).all(), ratios[ratios["within_pct"] < 99].to_string()
    excused = found[found["within_pct"] < 99]
    assert set(excused["indicator_id"]) <= set(validation.REASONS)


@recorded
def test_the_page_says_what_comes_out(validation: Any, tables: Any) -> None:
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    now = validation.page(tables, indicators.load())
    assert page.partition("\n## False alarms")[0] == now, (
        "docs/validation.md is out of date; run: python benchmarks/validation.py --tables DIR > docs/validation.md "
        "and then: python benchmarks/false_alarms.py --tables DIR >> docs/validation.md"
    )
