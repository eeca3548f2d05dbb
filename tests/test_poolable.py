"""Which figures of collectives may be put together: pairs of figures, their margins, gemeenten and what is left out."""

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import poolable
from bt_analysis.settings import DisclosureSettings, Settings
from tests.shared_figures import cases, change, measured


def effects(*rows: dict[str, Any], collectives: tuple[str, ...] = ("zon",), **records: Any) -> Any:
    return poolable.effects(cases(rows, collectives, **records), Settings())


def scale(year: int, value: float, half: float, **more: Any) -> dict[str, Any]:
    """A mean on a scale with a margin."""
    return measured("zon", year, value, unit="schaal", ci_low=value - half, ci_high=value + half, **more)


def changes(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["kind"].eq(poolable.CHANGE)]


# First and last


def test_of_three_figures_the_first_is_subtracted_from_the_last() -> None:
    rows, refused = effects(scale(2023, 3.0, 0.3), scale(2024, 3.4, 0.4), measured("zon", 2023, 60))
    (one,) = changes(rows).to_dict("records")
    assert one["value"] == pytest.approx(0.4)
    # Both margins come from an interval: √(0.3² + 0.4²) = 0.5
    assert (one["ci_low"], one["ci_high"]) == pytest.approx((0.4 - 0.5, 0.4 + 0.5))
    assert one["v"] == pytest.approx((1.0 / (2 * 1.959964)) ** 2)
    assert one["uncertainty"] == "interval"
    assert refused.empty


def test_the_figure_in_the_middle_does_not_count() -> None:
    middle = scale(2023, 9.0, 0.1, group_label="2024-02-01", group_type="meting:zon--middle")
    rows, _ = effects(scale(2024, 3.4, 0.4), middle, scale(2023, 3.0, 0.3))
    assert changes(rows)["value"].tolist() == pytest.approx([0.4])


def test_of_figures_over_days_the_last_day_counts() -> None:
    # From 1 March to 31 December ends later than 31 October.
    long = scale(2024, 3.9, 0.4, group_label="2024-03-01/2024-12-31", group_type="meting:zon--long")
    rows, _ = effects(long, scale(2024, 3.4, 0.4), scale(2023, 3.0, 0.3))
    assert changes(rows)["value"].tolist() == pytest.approx([0.9])
    assert rows.loc[rows["kind"].eq(poolable.LEVEL), "value"].tolist() == [3.9]


def test_two_figures_of_one_day_are_no_change() -> None:
    rows, refused = effects(scale(2024, 3.4, 0.4), scale(2024, 3.0, 0.4, group_type="meting:zon--2024b"))
    assert changes(rows).empty
    assert refused.empty


def test_a_difference_counts_the_fewest_people_of_its_two_figures() -> None:
    rows, _ = effects(measured("zon", 2023, 60, n=40), measured("zon", 2024, 70, n=90))
    assert changes(rows)["n"].tolist() == [40]


def test_one_margin_from_n_makes_the_difference_one_from_n() -> None:
    own = measured("zon", 2024, 70, ci_low=60.0, ci_high=80.0)
    rows, _ = effects(measured("zon", 2023, 60), own)
    assert changes(rows)["uncertainty"].tolist() == ["n"]
    assert rows.loc[rows["kind"].eq(poolable.LEVEL), "uncertainty"].tolist() == ["interval"]
    both, _ = effects(measured("zon", 2023, 60, ci_low=50.0, ci_high=70.0), own)
    assert changes(both)["uncertainty"].tolist() == ["interval"]
    # √((70 − 60)² + (70 − 60)²) below, and as much above
    assert changes(both)["ci_low"].tolist() == pytest.approx([10 - math.hypot(10, 10)])


def test_other_people_keep_their_pair_where_waves_of_some_were_compared() -> None:
    waves = change("zon", 4, 3, indicator_id="gezond", unit="%")
    others = [measured("zon", year, 60 + year - 2023, population="bewoners") for year in (2023, 2024)]
    rows, _ = effects(waves, *others, measured("zon", 2023, 60), measured("zon", 2024, 70))
    found = changes(rows).set_index("population")
    assert found["design"].to_dict() == {"deelnemers": "gevolgd", "bewoners": "twee_metingen"}
    assert found["value"].to_dict() == {"deelnemers": 4, "bewoners": 1}


# What is left out


@pytest.mark.parametrize(("n", "told"), [(29, 0), (30, 1)])
def test_shares_are_subtracted_from_the_number_of_people_of_the_settings(n: int, told: int) -> None:
    assert DisclosureSettings().words_below == 30
    rows, refused = effects(measured("zon", 2023, 60), measured("zon", 2024, 70, n=n))
    assert len(changes(rows)) == told
    assert len(refused) == 1 - told


def test_means_of_few_people_have_a_margin_and_are_subtracted() -> None:
    rows, refused = effects(scale(2023, 3.0, 0.3, n=12), scale(2024, 3.4, 0.4, n=12))
    assert len(changes(rows)) == 1
    assert refused.empty


@pytest.mark.parametrize("year", [2023, 2024])
def test_one_of_two_figures_that_people_chose_to_answer_is_enough(year: int) -> None:
    chose = {"gate": "voorbehoud", "gate_reason": "no_control_group;self_selected"}
    rows, refused = effects(*(measured("zon", one, 60, n=20, **(chose if one == year else {})) for one in (2023, 2024)))
    assert changes(rows).empty
    # That they are few as well is not said: who chose to answer is no sample of any size.
    assert refused["reason"].tolist() == ["chose_to_answer"]


@pytest.mark.parametrize("value", [0, 100])
def test_nobody_and_everybody_have_no_log_odds(value: float) -> None:
    rows, refused = effects(measured("zon", 2024, value))
    assert rows.empty
    assert refused[["kind", "reason"]].to_numpy().tolist() == [["niveau", "nobody_or_everybody"]]


@pytest.mark.parametrize("value", [0, 100])
def test_a_change_from_nobody_or_everybody_still_has_a_margin(value: float) -> None:
    rows, _ = effects(measured("zon", 2023, value), measured("zon", 2024, 50))
    (one,) = changes(rows).to_dict("records")
    assert one["value"] == 50 - value
    assert one["v"] > 0


def test_a_figure_that_is_sure_to_the_last_digit_cannot_be_weighed() -> None:
    rows, refused = effects(change("zon", 0.3, 0.0), scale(2024, 3.4, 0.0))
    assert rows.empty
    assert refused[["kind", "reason"]].to_numpy().tolist() == [
        ["verandering", "no_interval"],
        ["niveau", "no_interval"],
    ]


def test_a_model_of_an_indicator_with_two_instruments_is_told_once() -> None:
    two = pd.DataFrame(
        [("gezond", "srh_1", "%"), ("gezond", "srh_2", "%")], columns=["indicator_id", "instrument_id", "unit"]
    )
    rows, refused = effects(measured("zon", 2024, 40, method="model"), indicators=two)
    assert rows.empty
    assert refused["reason"].tolist() == ["two_instruments"]


def test_figures_of_an_unknown_indicator_are_kept() -> None:
    none = pd.DataFrame(columns=["indicator_id", "instrument_id", "unit"])
    rows, _ = effects(measured("zon", 2024, 60), indicators=none)
    assert rows["kind"].tolist() == [poolable.LEVEL]


def test_a_percentage_without_n_and_without_margin_cannot_be_weighed() -> None:
    rows, refused = effects(measured("zon", 2024, 60, n=None))
    assert rows.empty
    assert refused["reason"].tolist() == ["no_interval"]


# Gemeenten


def area(codes: str | None, place: int = 1) -> dict[str, Any]:
    return {"work_area_id": f"zon--g{place}", "collective_id": "zon", "area_codes": codes}


@pytest.mark.parametrize(
    ("areas", "place"),
    [
        ([area("BU01930101")], "GM0193"),
        ([area("WK036301")], "GM0363"),
        ([area("GM0518")], "GM0518"),
        ([area("BU03630101;BU01930101")], "GM0363"),
        ([area("NL00"), area("BU01930101", 2)], "GM0193"),
        ([area("NL00")], ""),
        ([area(None)], ""),
        ([area("BU01930101"), area("BU03630101", 2)], "GM0193"),
        ([], ""),
    ],
)
def test_the_gemeente_is_that_of_the_first_area_that_lies_in_one(areas: list[dict[str, Any]], place: str) -> None:
    rows, _ = effects(change("zon", 0.3, 0.2), work_area=areas)
    assert rows["place"].tolist() == [place]


# For any two shares


@settings(max_examples=40, deadline=None)
@given(st.integers(30, 400), st.integers(30, 400), st.data())
def test_a_difference_of_shares_lies_within_its_margin_and_turns_with_time(m: int, n: int, data: st.DataObject) -> None:
    a, b = (100 * data.draw(st.integers(0, size)) / size for size in (m, n))
    forth, _ = effects(measured("zon", 2023, a, n=m), measured("zon", 2024, b, n=n))
    back, _ = effects(measured("zon", 2023, b, n=n), measured("zon", 2024, a, n=m))
    (one,), (other,) = changes(forth).to_dict("records"), changes(back).to_dict("records")
    assert one["ci_low"] <= one["value"] <= one["ci_high"]
    assert one["ci_low"] >= -100 - 1e-9
    assert one["ci_high"] <= 100 + 1e-9
    assert (one["value"], one["ci_low"], one["ci_high"]) == pytest.approx(
        (-other["value"], -other["ci_high"], -other["ci_low"])
    )
    assert one["v"] == pytest.approx(other["v"])


# Countries


def countries(**of: str | None) -> list[dict[str, Any]]:
    return [{"collective_id": name, "country": country} for name, country in of.items()]


def of_each(*names: str) -> list[dict[str, Any]]:
    return [measured(name, 2024, 3.0, unit="schaal", ci_low=2.5, ci_high=3.5) for name in names]


def test_figures_of_another_country_are_left_out_and_said_so() -> None:
    names = ("zon", "maan", "gent")
    rows, refused = effects(*of_each(*names), collectives=names, collective=countries(zon="NL", maan=None, gent="BE"))
    assert sorted(rows["collective_id"]) == ["maan", "zon"]
    assert refused[["collective_id", "reason"]].to_numpy().tolist() == [["gent", poolable.ABROAD]]


def test_where_most_are_abroad_their_country_stays() -> None:
    names = ("zon", "brugge", "gent")
    rows, refused = effects(*of_each(*names), collectives=names, collective=countries(zon="NL", brugge="BE", gent="BE"))
    assert sorted(rows["collective_id"]) == ["brugge", "gent"]
    assert refused["collective_id"].tolist() == ["zon"]


def test_of_two_countries_with_as_many_the_dutch_one_stays() -> None:
    names = ("zon", "gent")
    rows, _ = effects(*of_each(*names), collectives=names, collective=countries(zon="NL", gent="BE"))
    assert rows["collective_id"].tolist() == ["zon"]
    abroad, _ = effects(
        *of_each("gent", "riga"), collectives=("gent", "riga"), collective=countries(gent="BE", riga="LV")
    )
    assert abroad["collective_id"].tolist() == ["gent"]
