"""Figures of an area beside its gemeente and the country: what becomes of them in the table of estimates."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, disclosure
from bt_analysis.analysis import context
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS
from bt_analysis.pages import codes
from bt_analysis.settings import Settings


@pytest.fixture
def catalogue(make: Any) -> Any:
    return make.catalogue(
        make.indicator("population", context=1),
        make.indicator("old_pct", kind="share", numerator="population", denominator=("population",), context=2),
        make.indicator("gas", kind="mean", denominator=("homes",), context=3),
        make.indicator("men"),
    )


def ask(
    make: Any, catalogue: Any, defaults: Settings, *rows: dict[str, Any], codes: str = "BU99010101"
) -> pd.DataFrame:
    work_area = make.monitoring("work_area", {"area_codes": codes})
    joined = make.joined(catalogue, work_area=work_area, **({"context": make.context(*rows)} if rows else {}))
    return context.estimate(joined, make.periods("2024"), defaults)


def test_a_figure_keeps_its_value_year_and_source(make: Any, catalogue: Any, defaults: Settings) -> None:
    row = make.one(ask(make, catalogue, defaults, {"value": 240.0, "year": 2023}), "population")
    assert (row["value"], row["unit"], row["n"], row["n_unit"]) == (240, "personen", 200, "population")
    assert (row["period_start"], row["period_end"]) == (pd.Timestamp("2023-01-01"), pd.Timestamp("2023-12-31"))
    assert row["source"] == "CBS 99024SYN · AantalInwoners_5 · 2025-03-31"
    assert (row["collective_id"], row["work_area_id"], row["question"]) == ("tuin", "tuin-a", "context")
    assert row["cell"] == ""  # published by CBS, so not ours to protect


def test_gemeente_and_country_are_comparisons(make: Any, catalogue: Any, defaults: Settings) -> None:
    rows = [{"population": whose} for whose in ("gebied", "gemeente", "land")]
    found = ask(make, catalogue, defaults, *rows).set_index("population")["comparison"]
    assert found.to_dict() == {"gebied": "geen", "gemeente": "vergelijkgebied", "land": "landelijk"}


@pytest.mark.parametrize(
    ("codes", "beside"),
    [
        ("GM9901", False),
        ("GM9901;GM9902", False),
        ("GM9901; BU99020101", True),
        ("WK990101", True),
        ("BU99010101", True),
    ],
)
def test_a_whole_gemeente_is_not_set_beside_itself(
    make: Any, catalogue: Any, defaults: Settings, codes: str, beside: bool
) -> None:
    found = ask(make, catalogue, defaults, {"population": "gebied"}, {"population": "gemeente"}, codes=codes)
    assert ("gemeente" in set(found["population"])) is beside


def test_how_regions_were_put_together_is_said(make: Any, catalogue: Any, defaults: Settings) -> None:
    rows = [
        {"indicator_id": "population"}, {"indicator_id": "old_pct", "weight_method": "population", "unit": "%"},
        {"indicator_id": "gas", "weight_method": "homes", "unit": "m3"},
    ]  # fmt: skip
    found = ask(make, catalogue, defaults, *rows).set_index("indicator_id")
    assert found["method"].to_dict() == {
        "population": "sum",
        "old_pct": "ratio of sums",
        "gas": "mean weighted by homes",
    }
    assert found["n_unit"].to_dict() == {"population": "population", "old_pct": "population", "gas": "homes"}


def test_a_figure_of_part_of_the_area_has_a_reservation(make: Any, catalogue: Any, defaults: Settings) -> None:
    rows = [
        {"indicator_id": "population", "areas_n": 3, "areas_used_n": 2, "coverage": 0.7},
        {"indicator_id": "gas", "areas_n": 3, "areas_used_n": 0, "value": None, "missing_reason": "suppressed"},
        {"indicator_id": "old_pct", "areas_n": 3, "areas_used_n": 3},
        {"indicator_id": "gas", "population": "gemeente", "areas_n": 2, "areas_used_n": 1},
    ]
    found = ask(make, catalogue, defaults, *rows)
    assert make.one(found, "population")["gate_reason"] == "areas_without_figure"
    assert make.one(found, "population")["coverage"] == 0.7
    assert make.one(found, "old_pct")["gate_reason"] == ""
    without = make.one(found, "gas", population="gebied")
    assert (without["gate_reason"], without["missing_reason"]) == ("", "suppressed")
    assert make.one(found, "gas", population="gemeente")["gate_reason"] == ""


def test_bounds_that_rounding_leaves_are_said_to_be_that(make: Any, catalogue: Any, defaults: Settings) -> None:
    rounded = make.one(ask(make, catalogue, defaults, {"low": 196.0, "high": 204.0}), "population")
    assert (rounded["ci_low"], rounded["ci_high"]) == (196, 204)
    assert rounded["method"] == "sum; bounds: rounding"
    exact = make.one(ask(make, catalogue, defaults, {"low": 200.0, "high": 200.0}), "population")
    assert pd.isna(exact["ci_low"])
    assert exact["method"] == "sum"
    withheld = {"low": 0.0, "high": 7.0, "value": None, "missing_reason": "suppressed"}
    hidden = make.one(ask(make, catalogue, defaults, withheld), "population")
    assert pd.isna(hidden["ci_high"])
    assert hidden["method"] == "sum"


@pytest.mark.parametrize("reason", ["apportioned_addresses", "apportioned_surface"])
def test_an_apportioned_figure_has_a_reservation(make: Any, catalogue: Any, defaults: Settings, reason: str) -> None:
    found = ask(make, catalogue, defaults, {"comparable_reason": reason, "areas_n": 2, "areas_used_n": 1})
    assert make.one(found, "population")["gate_reason"] == f"areas_without_figure;{reason}"
    assert set(reason.split(";")) <= set(codes.REASONS)
    merged = ask(make, catalogue, defaults, {"comparable_reason": "merged"})
    assert make.one(merged, "population")["gate_reason"] == ""


def test_a_figure_of_a_model_says_so(make: Any, defaults: Settings) -> None:
    lonely = make.indicator("lonely", kind="mean", denominator=("population",), context=1, model=True)
    found = ask(make, make.catalogue(lonely), defaults, {"indicator_id": "lonely", "weight_method": "population"})
    assert make.one(found, "lonely")["method"] == "mean weighted by population; model"


def test_a_sum_with_bounds_still_needs_the_whole_area(make: Any, catalogue: Any, defaults: Settings) -> None:
    thin = {"low": 196.0, "high": 204.0, "areas_n": 3, "areas_used_n": 1, "coverage": 0.2}
    gated = detectability.set_gates(ask(make, catalogue, defaults, thin), defaults.gates)
    assert make.one(gated, "population")["gate"] == "niet_te_zien"


def test_only_indicators_with_a_place_are_shown(make: Any, catalogue: Any, defaults: Settings) -> None:
    assert ask(make, catalogue, defaults, {"indicator_id": "men"}).empty


def test_a_figure_of_tables_of_others_names_their_publisher(make: Any, catalogue: Any, defaults: Settings) -> None:
    health = {key: replace(one, source="health") for key, one in catalogue.items()}
    row = make.one(ask(make, health, defaults, {}), "population")
    assert row["source"] == "RIVM, GGD'en en CBS 99024SYN · AantalInwoners_5 · 2025-03-31"


def test_a_figure_without_a_column_of_its_own_has_a_dash_in_its_source(
    make: Any, catalogue: Any, defaults: Settings
) -> None:
    row = make.one(ask(make, catalogue, defaults, {"source_key": None}), "population")
    assert row["source"] == "CBS 99024SYN · – · 2025-03-31"


def test_no_figures_give_no_estimates(make: Any, catalogue: Any, defaults: Settings) -> None:
    found = ask(make, catalogue, defaults)
    assert found.empty
    assert set(ESTIMATE_COLUMNS) <= set(found.columns)


def test_a_claim_keeps_its_id_and_no_two_claims_share_one(make: Any, catalogue: Any, defaults: Settings) -> None:
    rows = [{"population": whose, "year": year} for whose in ("gebied", "gemeente", "land") for year in (2023, 2024)]
    first, again = (ask(make, catalogue, defaults, *rows)["claim_id"] for _ in range(2))
    assert first.is_unique
    assert first.tolist() == again.tolist()
    assert first.str.fullmatch("[0-9a-f]{12}").all()
    other_value = ask(make, catalogue, defaults, *[row | {"value": 1.0} for row in rows])["claim_id"]
    assert other_value.tolist() == first.tolist()


# What disclosure control looks at


def cell_of(make: Any, catalogue: Any, defaults: Settings, kind: str, *rows: dict[str, Any]) -> pd.DataFrame:
    work_area = make.monitoring("work_area", {"definition_type": kind})
    joined = make.joined(catalogue, work_area=work_area, context=make.context(*rows))
    return context.estimate(joined, make.periods("2024"), defaults)


@pytest.mark.parametrize(("kind", "cell"), [("codes", ""), ("postcodes", "area:tuin-a"), ("polygon", "area:tuin-a")])
def test_an_area_that_is_no_sum_of_regions_is_a_cell_of_its_inhabitants(
    make: Any, catalogue: Any, defaults: Settings, kind: str, cell: str
) -> None:
    old = {"indicator_id": "old_pct", "value": 30.0, "unit": "%"}
    found = cell_of(make, catalogue, defaults, kind, {"value": 8.0}, old, {"population": "gemeente"})
    own = make.one(found, "old_pct")
    assert (own["cell"], own["cell_n"]) == (cell, 8)
    assert make.one(found, "population", population="gemeente")["cell"] == ""
    gated = detectability.set_gates(found, defaults.gates)
    out = disclosure.protect(gated, defaults.disclosure, disclosure.nothing(), dt.date(2026, 1, 5))
    assert make.one(out.estimates, "old_pct")["gate"] == ("onderdrukt" if cell else "ok")
    assert make.one(out.estimates, "population", population="gemeente")["value"] == 200
    assert out.log["rule"].tolist() == (["small_area"] if cell else [])


def test_an_area_apportioned_over_new_boundaries_is_a_cell_as_well(
    make: Any, catalogue: Any, defaults: Settings
) -> None:
    row = {"value": 40.0, "comparable_reason": "apportioned_surface"}
    found = make.one(cell_of(make, catalogue, defaults, "codes", row), "population")
    assert (found["cell"], found["cell_n"]) == ("area:tuin-a", 40)


def test_people_of_another_year_are_no_people_of_this_one(make: Any, catalogue: Any, defaults: Settings) -> None:
    rows: list[dict[str, Any]] = [{"value": 8.0, "year": 2023}, {"indicator_id": "old_pct", "value": 30.0}]
    assert pd.isna(make.one(cell_of(make, catalogue, defaults, "polygon", *rows), "old_pct")["cell_n"])
