"""Figures of all kinds and several work areas at once: each comes out as if it were alone."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis import harmonise, join, schema
from bt_analysis.indicators import Indicator

COUNTRY, TOWN, A, B, C = "NL00", "GM9901", "BU99010101", "BU99010102", "BU99010201"
COUNTS, MEANS, RANGES = ["population", "homes", "old", "cars"], ["size", "gas", "worth"], ["income", "score"]
NAN = float("nan")
Row = tuple[float, ...]
FEW = settings(max_examples=settings().max_examples // 2)  # each builds all figures of an area twice


@pytest.fixture(scope="module")
def catalogue(make: Any) -> dict[str, Indicator]:
    """Return several indicators of every kind; the true weight of ``worth`` is not published."""
    by_lot: dict[str, Any] = {"round_to": 5.0, "rounding": "random"}
    found: dict[str, Indicator] = make.catalogue(
        *(make.indicator(key, **by_lot) for key in COUNTS),
        *(
            make.indicator(
                key, kind="share", numerator=above, denominator=(below,), factor=100.0, unit="%", find=()
            )
            for key, above, below in (("old_pct", "old", "population"), ("cars_pct", "cars", "homes"))
        ),
        *(
            make.indicator(key, kind="mean", denominator=(base,), near_weight=key == "worth")
            for key, base in (("size", "population"), ("gas", "homes"), ("worth", "homes"))
        ),
        *(make.indicator(key, kind="bounded", denominator=("population",)) for key in RANGES),
    )  # fmt: skip
    return found


def statistics(make: Any, catalogue: dict[str, Indicator], rows: dict[str, Row], year: int = 2024) -> pd.DataFrame:
    """Return harmonised figures; a row per region holds the figures of COUNTS, MEANS and RANGES in that order."""
    table = make.kwb(year, [*COUNTS, *MEANS, *RANGES], *((code, *figures) for code, figures in rows.items()))
    long = harmonise.as_rows(harmonise.published(table, catalogue))
    texts = [name for name, dtype in long.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)]
    return long.astype(dict.fromkeys(texts, "str"))


def weights(*lines: tuple[str, str, float, str]) -> pd.DataFrame:
    table = pd.DataFrame(list(lines), columns=["work_area_id", "area_code", "weight", "method"])
    return table.assign(area_year=2024)


def areas(make: Any, own: pd.DataFrame) -> pd.DataFrame:
    """Return a work area for each that has weights."""
    codes = own.groupby("work_area_id", sort=False)["area_code"].agg(";".join)
    rows = [{"work_area_id": area, "collective_id": area, "area_codes": text} for area, text in codes.items()]
    table: pd.DataFrame = make.monitoring("work_area", *rows)
    return table


def joined(make: Any, catalogue: dict[str, Indicator], rows: dict[str, Row], own: pd.DataFrame) -> pd.DataFrame:
    figures = statistics(make, catalogue, rows)
    return schema.check(join.context(figures, own, areas(make, own), catalogue), "joined_context")


def ends(context: pd.DataFrame, indicator_id: str, area: str = "tuin", whose: str = "gebied") -> list[float]:
    row = context[
        context["indicator_id"].eq(indicator_id) & context["work_area_id"].eq(area) & context["population"].eq(whose)
    ]
    found: list[float] = row[["low", "value", "high"]].to_numpy(dtype=float)[0].tolist()
    return found


TWO: dict[str, Row] = {
    # population homes old cars | size gas worth | income score
    A: (400, 200, 40, 100, 2, 1_000, 300, 30, 5),
    B: (100, 100, 60, 20, 3, 400, 500, 50, 7),
}
WHOLE = weights(("tuin", A, 1.0, "exact"), ("tuin", B, 1.0, "exact"))


# Worked examples


def test_each_indicator_of_a_kind_has_its_own_base_and_numerator(make: Any, catalogue: dict[str, Indicator]) -> None:
    context = joined(make, catalogue, TWO, WHOLE)
    assert [ends(context, key)[1] for key in COUNTS] == [400 + 100, 200 + 100, 40 + 60, 100 + 20]
    assert ends(context, "old_pct") == [100 * (36 + 56) / 508, 100 * 100 / 500, 100 * (44 + 64) / 492]
    assert ends(context, "cars_pct") == [100 * (96 + 16) / 308, 100 * 120 / 300, 100 * (104 + 24) / 292]
    assert ends(context, "size")[1] == (400 * 2 + 100 * 3) / 500
    assert ends(context, "gas")[1] == (200 * 1_000 + 100 * 400) / 300
    # 196 to 204 homes of 999.5 to 1,000.5, and 96 to 104 of 399.5 to 400.5.
    assert ends(context, "gas")[0] == pytest.approx((196 * 999.5 + 104 * 399.5) / 300)
    assert ends(context, "gas")[2] == pytest.approx((204 * 1_000.5 + 96 * 400.5) / 300)
    assert ends(context, "worth") == [299.5, (200 * 300 + 100 * 500) / 300, 500.5]  # its weight is only near
    assert (ends(context, "income")[0], ends(context, "income")[2]) == (29.5, 50.5)
    assert (ends(context, "score")[0], ends(context, "score")[2]) == (4.5, 7.5)
    methods = context.set_index("indicator_id")["weight_method"].to_dict()
    assert [methods[key] for key in ("cars", "cars_pct", "gas", "size")] == ["sum", "homes", "homes", "population"]
    assert list(dict.fromkeys(context["indicator_id"])) == list(catalogue)  # in its order


def test_part_of_a_region_weighs_for_that_part(make: Any, catalogue: dict[str, Indicator]) -> None:
    context = joined(make, catalogue, TWO, weights(("tuin", A, 0.25, "addresses"), ("tuin", B, 1.0, "exact")))
    assert ends(context, "population") == [0.25 * 396 + 96, 0.25 * 400 + 100, 0.25 * 404 + 104]
    assert ends(context, "cars_pct")[1] == 100 * (0.25 * 100 + 20) / (0.25 * 200 + 100)
    assert ends(context, "gas")[1] == (0.25 * 200 * 1_000 + 100 * 400) / (0.25 * 200 + 100)
    assert set(context["comparable_reason"]) == {"apportioned_addresses"}


def test_two_areas_in_one_gemeente_have_their_own_figures_and_the_same_gemeente(
    make: Any, catalogue: dict[str, Indicator]
) -> None:
    town = {**TWO, TOWN: (5_000, 2_500, 900, 1_500, 2, 800, 350, 33, 6)}
    context = joined(make, catalogue, town, weights(("tuin", A, 1.0, "exact"), ("huis", B, 1.0, "exact")))
    assert [ends(context, "gas", area) for area in ("tuin", "huis")] == [[999.5, 1_000, 1_000.5], [399.5, 400, 400.5]]
    assert [ends(context, "income", area)[1] for area in ("tuin", "huis")] == [30, 50]
    for area in ("tuin", "huis"):
        assert ends(context, "cars_pct", area, "gemeente")[1] == 100 * 1_500 / 2_500
        assert ends(context, "score", area, "gemeente")[1] == 6


# Whatever the figures and the areas


@st.composite
def regions(draw: st.DrawFn) -> dict[str, Row]:
    """Return figures of three buurten, some of them withheld, and of their gemeente and country."""
    count = st.integers(1, 80).map(lambda fives: 5.0 * fives)
    some = st.one_of(st.integers(1, 900).map(float), st.just(NAN))

    def row() -> Row:
        old, cars = (draw(st.one_of(count, st.just(NAN))) for _ in range(2))
        return (draw(count) + 400, draw(count), old, cars, *(draw(some) for _ in [*MEANS, *RANGES]))

    return {code: row() for code in (COUNTRY, TOWN, A, B, C)}


@st.composite
def memberships(draw: st.DrawFn) -> pd.DataFrame:
    """Return the weights of two work areas, that may share a region."""
    lines = []
    for area in ("tuin", "huis"):
        for code in draw(st.lists(st.sampled_from((A, B, C)), min_size=1, unique=True)):
            method = draw(st.sampled_from(("exact", "addresses", "surface")))
            lines.append((area, code, 1.0 if method == "exact" else draw(st.sampled_from((0.25, 0.5))), method))
    return weights(*lines)


@FEW
@given(regions(), memberships(), st.data())
def test_an_indicator_is_the_same_alone_as_among_others(
    make: Any, catalogue: dict[str, Indicator], rows: dict[str, Row], own: pd.DataFrame, data: st.DataObject
) -> None:
    figures, work_areas = statistics(make, catalogue, rows), areas(make, own)
    together = join.context(figures, own, work_areas, catalogue)
    one = data.draw(st.sampled_from(list(catalogue.values())))
    alone = join.context(figures, own, work_areas, {one.id: one})
    among = together[together["indicator_id"].eq(one.id)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among, check_dtype=False)


@FEW
@given(regions(), memberships())
def test_a_work_area_is_the_same_alone_as_beside_another(
    make: Any, catalogue: dict[str, Indicator], rows: dict[str, Row], own: pd.DataFrame
) -> None:
    figures, work_areas = statistics(make, catalogue, rows), areas(make, own)
    together = join.context(figures, own, work_areas, catalogue)
    mine, its = (table[table["work_area_id"].eq("tuin")] for table in (own, work_areas))
    beside = together[together["work_area_id"].eq("tuin")].reset_index(drop=True)
    pd.testing.assert_frame_equal(join.context(figures, mine, its, catalogue), beside, check_dtype=False)


@FEW
@given(regions(), memberships())
def test_a_figure_lies_within_its_bounds_and_a_mean_between_its_parts(
    make: Any, catalogue: dict[str, Indicator], rows: dict[str, Row], own: pd.DataFrame
) -> None:
    context = joined(make, catalogue, rows, own)
    known = context.dropna(subset="value")
    assert (known["low"].isna() | (known["low"] <= known["value"] + 1e-9)).all()
    assert (known["high"].isna() | (known["value"] <= known["high"] + 1e-9)).all()
    assert context["coverage"].between(0, 1).all()
    for area, codes in own.groupby("work_area_id")["area_code"]:
        for at, key in enumerate(MEANS, start=len(COUNTS)):
            parts = [rows[code][at] for code in codes if not np.isnan(rows[code][at])]
            value = ends(context, key, str(area))[1]
            assert np.isnan(value) if not parts else min(parts) - 1e-9 <= value <= max(parts) + 1e-9
