"""One table read: each kind of figure with its bounds, each reason that one is missing, and what it rests on."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import harmonise, schema
from bt_analysis.harmonise import Figures
from bt_analysis.indicators import Indicator

TOWN, WIJK, A, B, C = "GM9901", "WK990101", "BU99010101", "BU99010102", "BU99010103"
NAN = float("nan")
LOT: dict[str, Any] = {"round_to": 5.0, "rounding": "random"}


def rows(figures: Figures) -> Any:
    """Return figures as a table of rows that was checked, by indicator and region."""
    checked = schema.check(harmonise.as_rows(figures), "harmonised_statistics")
    return checked.astype({"indicator_id": "str", "regiocode": "str"}).set_index(["indicator_id", "regiocode"])


def ends(figures: Figures, indicator_id: str, code: str = A) -> tuple[float, float, float]:
    row = rows(figures).loc[(indicator_id, code)]
    return row["low"], row["value"], row["high"]


def why(figures: Figures, indicator_id: str, code: str = A) -> object:
    reason = rows(figures).loc[(indicator_id, code), "missing_reason"]
    return None if pd.isna(reason) else reason


def decimals(table: Any, **places: int) -> Any:
    """Return a table whose columns are given in so many decimals."""

    class Precise(type(table)):  # type: ignore[misc]  # the class of the conftest, which a test cannot import
        @property
        def properties(self) -> pd.DataFrame:
            topics: pd.DataFrame = super().properties
            return topics.assign(decimals=topics["key"].map(places).fillna(0).astype(int))

    return Precise(table.year, table.figures, table.units)


# Bounds by kind


def test_a_count_of_other_things_than_pieces_is_rounded_to_its_decimals(make: Any) -> None:
    land = make.indicator("land", unit="ha", find=({"name": "land", "unit": "ha"},))
    catalogue = make.catalogue(land, make.indicator("homes"))
    table = make.kwb(2024, ["land", "homes"], (A, 12, 12), units={"land": "ha"})
    assert ends(harmonise.published(table, catalogue), "land") == (12 - 0.5, 12, 12 + 0.5)
    assert ends(harmonise.published(table, catalogue), "homes") == (12, 12, 12)  # whole homes: exact
    precise = harmonise.published(decimals(table, land=1), catalogue)
    assert ends(precise, "land") == pytest.approx((12 - 0.05, 12, 12 + 0.05))


def test_a_score_may_be_negative_and_a_mean_may_not(make: Any) -> None:
    of_people = {"denominator": ("population",)}
    catalogue = make.catalogue(
        make.indicator("population"),
        make.indicator("mean", kind="mean", **of_people),
        make.indicator("score", kind="bounded", **of_people),
    )
    table = make.kwb(2024, ["population", "mean", "score"], (A, 100, 0.2, -0.2))
    figures = harmonise.published(decimals(table, mean=0, score=1), catalogue)
    assert ends(figures, "mean") == (0, 0.2, 0.2 + 0.5)
    assert ends(figures, "score") == pytest.approx((-0.2 - 0.05, -0.2, -0.2 + 0.05))


def test_what_a_model_made_has_no_bounds_unless_it_is_a_class_or_the_source_gives_them(make: Any) -> None:
    of_people = {"denominator": ("population",), "model": True}
    catalogue = make.catalogue(
        make.indicator("population"),
        make.indicator("lonely", kind="mean", **of_people),
        make.indicator("healthy", kind="mean", **of_people),
        make.indicator("score", kind="bounded", **of_people),
    )
    columns = ["population", "lonely", "healthy", "healthy__low", "healthy__high", "score"]
    figures = harmonise.published(make.kwb(2024, columns, (A, 100, 40, 80, 71, 88, 6)), catalogue)
    assert np.isnan([end for end in ends(figures, "lonely") if end != 40]).tolist() == [True, True]
    assert ends(figures, "healthy") == (71, 80, 88)
    assert ends(figures, "score") == (5.5, 6, 6.5)


def test_margins_of_the_source_are_taken_whatever_the_rounding(make: Any) -> None:
    # A margin may be missing by itself, and is then not known: it is not the rounding of the figure.
    lonely = make.indicator("lonely", kind="mean", denominator=("population",), round_to=10.0)
    columns = ["population", "lonely", "lonely__low", "lonely__high"]
    table = make.kwb(2024, columns, (A, 100, 48, 41, 55), (B, 100, 48, 41, NAN))
    figures = harmonise.published(table, make.catalogue(make.indicator("population"), lonely))
    assert ends(figures, "lonely", A) == (41, 48, 55)
    assert ends(figures, "lonely", B)[:2] == (41, 48)
    assert np.isnan(ends(figures, "lonely", B)[2])


# Withheld


def test_two_secret_counts_share_what_is_left_of_their_wijk(make: Any) -> None:
    # 20 in the wijk, 14 of them in C: A and B are at most 6 each, though what is kept secret goes to 7.
    catalogue = make.catalogue(make.indicator("clients", withheld_up_to=7))
    table = make.kwb(2024, ["clients"], (TOWN, 20), (WIJK, 20), (A, NAN), (B, NAN), (C, 14))
    figures = harmonise.published(table, catalogue)
    for code in (A, B):
        low, value, high = ends(figures, "clients", code)
        assert (low, high) == (0, 20 - 14)
        assert np.isnan(value)
        assert why(figures, "clients", code) == "suppressed"


def test_a_share_of_a_secret_count_has_bounds_and_no_value(make: Any) -> None:
    share = make.indicator("ill_pct", kind="share", numerator="ill", denominator=("population",), factor=100, unit="%")
    catalogue = make.catalogue(make.indicator("population"), make.indicator("ill", withheld_up_to=4), share)
    figures = harmonise.published(make.kwb(2024, ["population", "ill"], (A, 50, NAN), (B, 50, 10)), catalogue)
    low, value, high = ends(figures, "ill_pct")
    assert (low, high) == (0, 100 * 4 / 50)
    assert np.isnan(value)
    assert why(figures, "ill_pct") == "suppressed"


def test_a_sum_of_a_secret_count_has_bounds_and_no_value(make: Any) -> None:
    both = make.indicator("both", parts=("boys", "girls"), find=())
    catalogue = make.catalogue(make.indicator("boys", withheld_up_to=4), make.indicator("girls"), both)
    low, value, high = ends(
        harmonise.published(make.kwb(2024, ["boys", "girls"], (A, NAN, 30), (B, 5, 5)), catalogue), "both"
    )
    assert (low, high) == (0 + 30, 4 + 30)
    assert np.isnan(value)


# Sums


def test_a_sum_of_sums_holds_all_of_their_parts(make: Any) -> None:
    young = make.indicator("young", parts=("boys", "girls"), find=())
    every = make.indicator("every", parts=("young", "old"), find=())
    catalogue = make.catalogue(*map(make.indicator, ("boys", "girls", "old")), young, every)
    figures = harmonise.published(make.kwb(2024, ["boys", "girls", "old"], (A, 10, 20, 30)), catalogue)
    assert ends(figures, "every") == (60, 10 + 20 + 30, 60)
    assert rows(figures).loc[("every", A), "source_key"] == "boys+girls+old"


def test_a_sum_lacks_a_value_when_a_part_is_not_looked_up(make: Any) -> None:
    # Half of a sum would pass for the whole of it.
    catalogue = make.catalogue(
        make.indicator("girls"),
        make.indicator("boys", source="education"),
        make.indicator("both", parts=("girls", "boys"), find=()),
    )
    figures = harmonise.published(make.kwb(2024, ["girls", "boys"], (A, 20, 30)), catalogue)
    assert np.isnan(ends(figures, "both")).all()
    assert why(figures, "both") == "not_recorded"


def test_a_column_of_its_own_comes_before_the_sum_of_parts(make: Any) -> None:
    both = make.indicator("both", parts=("girls", "boys"))
    catalogue = make.catalogue(make.indicator("girls"), make.indicator("boys"), both)
    figures = harmonise.published(make.kwb(2024, ["girls", "boys", "both"], (A, 20, 30, 55)), catalogue)
    assert ends(figures, "both") == (55, 55, 55)  # 5 of them are of no known sex


# Why a figure is missing


def test_a_count_of_nobody_is_nothing_and_not_impossible(make: Any) -> None:
    table = make.kwb(2024, ["population", "cars"], (A, 0, 0), (B, 0, NAN))
    figures = harmonise.published(table, make.catalogue(make.indicator("population"), make.indicator("cars")))
    assert (why(figures, "cars", A), ends(figures, "cars", A)) == (None, (0, 0, 0))
    assert why(figures, "cars", B) == "suppressed"  # a car may stand where nobody lives


def test_the_reason_of_a_share_is_that_of_what_it_lacks(make: Any) -> None:
    def share(key: str, above: str, below: str) -> Indicator:
        one: Indicator = make.indicator(key, kind="share", numerator=above, denominator=(below,), find=())
        return one

    counts = map(make.indicator, ("population", "ill", "later", "absent"))
    shares = [("kept", "ill", "population"), ("waits", "later", "population"), ("over_later", "ill", "later"),
              ("lacks", "absent", "population"), ("over_absent", "ill", "absent")]  # fmt: skip
    catalogue = make.catalogue(*counts, *(share(*one) for one in shares))
    figures = harmonise.published(
        make.kwb(2024, ["population", "ill", "later"], (A, 50, NAN, NAN), (B, 0, 0, NAN)), catalogue
    )
    assert {key: (why(figures, key, A), why(figures, key, B)) for key, *_ in shares} == {
        "kept": ("suppressed", "cannot_exist"),
        "waits": ("not_yet_published",) * 2,
        "over_later": ("not_yet_published",) * 2,
        "lacks": ("not_recorded",) * 2,
        "over_absent": ("not_recorded",) * 2,
    }


# What a figure rests on


def test_a_denominator_of_the_table_itself_comes_before_that_of_another(make: Any) -> None:
    catalogue = make.catalogue(
        make.indicator("population"),
        make.indicator("asked", source="health"),
        make.indicator("lonely", kind="mean", denominator=("asked", "population"), source="health"),
        make.indicator("healthy", kind="mean", denominator=("population",), source="health"),
    )
    bases = harmonise.published(make.kwb(2024, ["population"], (A, 900), (B, 300)), catalogue)
    table = make.kwb(2024, ["asked", "lonely", "healthy"], (A, 40, 48, 80), (C, 20, 50, 70))
    found = rows(harmonise.published(table, catalogue, "health", bases))
    assert found.loc[("lonely", A), ["base_id", "n_base"]].tolist() == ["asked", 40]
    assert found.loc[("healthy", A), ["base_id", "n_base"]].tolist() == ["population", 900]
    assert np.isnan(found.loc[("healthy", C), "n_base"])  # the other table has no such region
    assert found.loc[("asked", A), ["base_id", "n_base"]].tolist() == ["population", 900]
    assert "population" not in found.index.get_level_values("indicator_id")  # it is of the other family


def test_a_rate_over_the_inhabitants_of_another_table_has_the_bounds_of_both(make: Any) -> None:
    catalogue = make.catalogue(
        make.indicator("population", **LOT),
        make.indicator("crimes", source="police"),
        make.indicator(
            "rate", kind="share", numerator="crimes", denominator=("population",), factor=1000, source="police"
        ),
    )
    bases = harmonise.published(make.kwb(2024, ["population"], (A, 400)), catalogue)
    figures = harmonise.published(make.kwb(2024, ["crimes"], (A, 20)), catalogue, "police", bases)
    assert ends(figures, "rate") == (1000 * 20 / 404, 1000 * 20 / 400, 1000 * 20 / 396)


def test_an_indicator_is_read_from_its_own_table_by_region(make: Any) -> None:
    # Crimes of two kinds are two members of one table; the second lists its regions the other way round.
    catalogue = make.catalogue(*(make.indicator(key, find=({"name": "n", "unit": "aantal"},)) for key in ("a", "b")))
    first, second = make.kwb(2024, ["n"], (A, 1), (B, 2)), make.kwb(2024, ["n"], (C, 30), (B, 20))
    figures = harmonise.published(first, catalogue, places={"a": first, "b": second})
    assert [ends(figures, "a", code)[1] for code in (A, B)] == [1, 2]
    assert ends(figures, "b", B)[1] == 20
    assert why(figures, "b", A) == "suppressed"
    assert set(figures.regions["regiocode"]) == {A, B}


# Whatever is published


@st.composite
def towns(draw: st.DrawFn) -> dict[str, int]:
    """Return the true inhabitants of some buurten; the wijk and the gemeente hold a few more, placed nowhere."""
    true = {f"BU990101{at:02d}": draw(st.integers(0, 60)) for at in range(draw(st.integers(1, 6)))}
    wijk = sum(true.values()) + draw(st.integers(0, 3))
    return {TOWN: wijk + draw(st.integers(0, 3)), WIJK: wijk, **true}


@given(towns(), st.data())
def test_the_true_count_lies_within_whatever_the_lot_and_the_secrecy(
    make: Any, true: dict[str, int], data: st.DataObject
) -> None:
    def told(code: str, count: int) -> float:
        if code == TOWN:
            return count
        if code.startswith("BU") and count <= 4 and data.draw(st.booleans()):
            return NAN
        return 5.0 * (count // 5 + (data.draw(st.integers(0, 1)) if count % 5 else 0))

    people = make.indicator("population", **LOT, withheld_up_to=4)
    figures = harmonise.published(
        make.kwb(2024, ["population"], *((code, told(code, count)) for code, count in true.items())),
        make.catalogue(people),
    )
    found = figures.regions.assign(**{name: part[:, 0] for name, part in figures.figure._asdict().items()})
    truth = found["regiocode"].map(true)
    assert (found["low"] <= truth).all()
    assert (truth <= found["high"]).all()
    known = found.dropna(subset="value")
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
