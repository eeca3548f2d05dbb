"""Seeing: the arithmetic of what a change asks of each participant, on published figures only, and gates it closes."""

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import detectability, indicators
from bt_analysis.detectability import reaching
from bt_analysis.settings import Settings
from tests import change_rows as rows

CATALOGUE = indicators.load()
SUPPRESSED: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
UNRECORDED: dict[str, Any] = {"gate": "niet_te_zien", "gate_reason": "not_recorded", "missing_reason": "not_recorded"}
FIGURES = ["value", "ci_low", "ci_high", "n"]


def area(make: Any, *more: dict[str, Any]) -> pd.DataFrame:
    """Return an area of 2,500 residents in 900 homes."""
    homes = {"indicator_id": rows.GAS, "value": 1100.0, "n_base": 900.0, "weight_method": "dwellings", "unit": "m3"}
    residents = {"indicator_id": "population", "value": 2500.0, "n_base": 2500.0}
    table: pd.DataFrame = make.context(homes, residents, *more)
    return table


def see(page: Any, make: Any, *estimates: dict[str, Any], context: pd.DataFrame | None = None) -> pd.DataFrame:
    joined = make.joined(CATALOGUE, context=area(make) if context is None else context)
    return detectability.see(page.estimates(*estimates), joined, Settings())


def step(table: pd.DataFrame, name: str, indicator_id: str = rows.GAS) -> dict[str, Any]:
    kept = table[table["question"].eq("detectability") & table["group_value"].eq(name)]
    (found,) = kept[kept["indicator_id"].eq(indicator_id)].to_dict("records")
    return {str(key): value for key, value in found.items()}


def steps_of(table: pd.DataFrame) -> set[str]:
    return set(table.loc[table["question"].eq("detectability"), "group_value"])


LONELY: dict[str, Any] = {
    "question": "measurements", "indicator_id": "lonely", "population": "bewoners", "group_type": "meting:m1",
    "value": 45.0, "n": 300, "n_unit": "people", "unit": "%", "method": "random sample", "period": "2021-2024",
    "group_label": "2024-05-01",
}  # fmt: skip


# The arithmetic


def test_the_worked_case(page: Any, make: Any) -> None:
    # 2,500 residents, 120 participants, 45% lonely, 300 answers: 2.8 · √2 · 2.872 = 11.4, over 4.8% = 237.
    out = see(page, make, LONELY, rows.reached(120))
    assert step(out, "noise", "lonely")["value"] == pytest.approx(100 * math.sqrt(0.45 * 0.55 / 300))
    assert round(step(out, "mde", "lonely")["value"], 1) == 11.4
    assert step(out, "possible", "lonely")["value"] == 100
    assert step(out, "reach", "lonely")["value"] == pytest.approx(100 * 120 / 2500)
    assert round(step(out, "needed", "lonely")["value"]) == 237
    # The level itself stays as it was.
    assert out[out["question"].eq("measurements")]["value"].tolist() == [45.0]
    assert out[out["question"].eq("measurements")]["gate"].tolist() == ["ok"]


def test_a_change_of_residents_that_could_not_be_seen_is_closed(page: Any, make: Any) -> None:
    kept = {"question": "before_after", "group_type": "verandering:w2", "comparison": "nulmeting"}
    groups = {"gate": "voorbehoud", "gate_reason": "no_control_group;not_linked"}
    change = LONELY | kept | groups | {"group_value": "verschil", "value": -9.0}
    test = LONELY | kept | {"group_value": "toets", "value": 0.03, "unit": "p"}
    out = see(page, make, LONELY, change, test, rows.reached(120))
    closed = out[out["question"].eq("before_after")]
    assert closed["gate"].tolist() == ["niet_te_zien"] * 2  # what tests it tells it as well
    assert closed["gate_reason"].tolist() == ["too_small_to_see"] * 2
    assert closed[FIGURES].isna().all(axis=None)
    # 11.4 / 40% = 28 of 100 is possible: 1,000 of 2,500 residents took part.
    out = see(page, make, LONELY, change, test, rows.reached(1000))
    assert out[out["question"].eq("before_after")]["value"].tolist() == [-9.0, 0.03]
    # Of the same people twice the error is another; what participants said of themselves is no figure of the area.
    for other in ({"gate_reason": "no_control_group"}, {"population": "deelnemers"}):
        out = see(page, make, LONELY, change | other, rows.reached(120))
        assert out[out["question"].eq("before_after")]["value"].tolist() == [-9.0]


@pytest.mark.parametrize(
    "other",
    [
        {"population": "deelnemers"},
        {"unit": "schaal"},
        {"comparison": "landelijk"},
        {"value": float("nan"), "value_text": "ongeveer_de_helft"},
        UNRECORDED,
        SUPPRESSED,
    ],
)
def test_only_a_percentage_that_residents_were_asked_has_this_arithmetic(page: Any, make: Any, other: Any) -> None:
    assert steps_of(see(page, make, LONELY | other, rows.reached(120))) == set()


def test_of_two_waves_the_newest_counts(page: Any, make: Any) -> None:
    earlier = LONELY | {"group_type": "meting:m0", "group_label": "2021-05-01", "value": 10.0}
    out = see(page, make, LONELY, earlier, rows.reached(120))
    assert round(step(out, "mde", "lonely")["value"], 1) == 11.4


def test_homes_are_what_participants_are_set_over(page: Any, make: Any) -> None:
    # 120 participants are at most 120 of 900 homes: 13.3%; 30 m³ over 0.133 = 225 m³ per home.
    out = see(page, make, *rows.steps(mde=30, possible=400), rows.verdict("lager"), rows.reached(120))
    reach = step(out, "reach")
    assert reach["value"] == pytest.approx(100 * 120 / 900)
    assert (reach["n"], reach["n_unit"], reach["unit"]) == (900, "dwellings", "%")
    assert reach["group_label"] == "2021-2024"
    needed = step(out, "needed")
    assert needed["value"] == pytest.approx(30 / (120 / 900))
    assert needed["unit"] == "m3"
    assert "participation" in needed["source"]
    assert "CBS 99024SYN" in needed["source"]
    assert out["claim_id"].is_unique


def test_residents_are_the_base_when_the_figure_has_none(page: Any, make: Any) -> None:
    # 120 of 2,500 residents.
    context = area(make).query("indicator_id == 'population'")
    out = see(page, make, *rows.steps(), rows.reached(120), context=context)
    assert step(out, "reach")["value"] == pytest.approx(100 * 120 / 2500)


def test_the_base_is_that_of_the_newest_year_until_the_end(page: Any, make: Any) -> None:
    homes = {"indicator_id": rows.GAS, "value": 1.0, "weight_method": "dwellings"}
    context = area(make, homes | {"year": 2023, "n_base": 800.0}, homes | {"year": 2025, "n_base": 1000.0})
    out = see(page, make, *rows.steps(), rows.reached(120), context=context)
    assert step(out, "reach")["n"] == 900  # of 2024


def test_more_participants_than_homes_is_everybody(page: Any, make: Any) -> None:
    out = see(page, make, *rows.steps(mde=30), rows.reached(5000))
    assert step(out, "reach")["value"] == 100
    assert step(out, "needed")["value"] == 30


def test_no_rows_of_change_change_nothing(page: Any, make: Any) -> None:
    table = page.estimates(rows.reached(120), {"question": "hours", "indicator_id": "hours_total"})
    out = detectability.see(table, make.joined(CATALOGUE, context=area(make)), Settings())
    pd.testing.assert_frame_equal(out, table, check_dtype=False)


# Gates


def test_what_asks_more_than_is_possible_is_closed(page: Any, make: Any) -> None:
    # 30 m³ over 120/900 is 225 m³ per home: possible when 400 is, not when 200 is.
    several = [rows.verdict("lager"), *rows.effects(-80, -75, -90), *rows.paths([1200.0, 1100], [1200.0, 1180])]
    out = see(page, make, *rows.steps(possible=200), *several, rows.reached(120))
    closed = out[out["question"].isin(["change", "similar"])]
    assert len(closed) == len(several)
    assert set(closed["gate"]) == {"niet_te_zien"}
    assert set(closed["gate_reason"]) == {"too_small_to_see"}
    assert set(closed["missing_reason"]) == {"not_applicable"}
    assert set(closed["value_text"]) == {""}
    assert closed[FIGURES].isna().all(axis=None)
    # The arithmetic stays: it is why.
    assert steps_of(out) == {"noise", "mde", "possible", "reach", "needed"}
    shown = see(page, make, *rows.steps(possible=400), *several, rows.reached(120))
    assert set(shown.loc[shown["question"].eq("change"), "gate"]) == {"voorbehoud"}
    assert shown.loc[shown["group_type"].eq("oordeel"), "value_text"].tolist() == ["lager"]


def test_exactly_what_is_possible_is_shown(page: Any, make: Any) -> None:
    homes = {"indicator_id": rows.GAS, "value": 1.0, "weight_method": "dwellings", "n_base": 960.0}
    # 120 of 960 homes is an eighth: 30 m³ · 8 = 240 m³.
    out = see(page, make, *rows.steps(30, 240), rows.verdict("lager"), rows.reached(120), context=make.context(homes))
    assert out.loc[out["group_type"].eq("oordeel"), "gate"].tolist() == ["voorbehoud"]


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        ([], "reach_not_known"),
        ([rows.reached(**UNRECORDED)], "reach_not_known"),
        ([rows.reached(**SUPPRESSED)], "reach_not_shown"),
        ([rows.reached(indicator_id="contacts_n", **SUPPRESSED), rows.reached(**UNRECORDED)], "reach_not_shown"),
        (
            [rows.reached(indicator_id="contacts_n", gate="voorbehoud", gate_reason="not_all_recorded")],
            "reach_not_known",
        ),
        ([rows.reached(indicator_id="reach_pct")], "reach_not_known"),
        ([rows.reached(collective_id="zon")], "reach_not_known"),
    ],
)
def test_a_reach_that_cannot_be_told_closes_too(page: Any, make: Any, reach: list[dict[str, Any]], why: str) -> None:
    out = see(page, make, *rows.steps(), rows.verdict("hoger"), *reach)
    assert out.loc[out["group_type"].eq("oordeel"), "gate_reason"].tolist() == [why]
    assert steps_of(out) == {"noise", "mde", "possible"}


def test_participations_bound_people_that_were_not_counted(page: Any, make: Any) -> None:
    contacts = rows.reached(300, indicator_id="contacts_n", ci_low=float("nan"), ci_high=float("nan"))
    for unique in (rows.reached(**SUPPRESSED), rows.reached(**UNRECORDED)):
        assert step(see(page, make, *rows.steps(), contacts, unique), "reach")["value"] == pytest.approx(
            100 * 300 / 900
        )


def test_the_upper_bound_counts_and_not_the_lower(page: Any, make: Any) -> None:
    out = see(page, make, *rows.steps(), rows.reached(100, ci_low=100.0, ci_high=180.0))
    assert step(out, "reach")["value"] == pytest.approx(100 * 180 / 900)


def test_a_held_number_is_taken_as_it_was_published(page: Any, make: Any) -> None:
    held = rows.reached(110, gate="voorbehoud", gate_reason="held_at_earlier", held_on=pd.Timestamp("2026-01-01"))
    assert step(see(page, make, *rows.steps(), held), "reach")["value"] == pytest.approx(100 * 110 / 900)


def test_a_report_on_one_year_counts_who_took_part_in_all_years(page: Any, make: Any) -> None:
    year = [rows.reached(20, period="2022"), *rows.steps(period="2022")]
    out = see(page, make, *year, rows.reached(120), *rows.steps())
    reach = out[out["group_value"].eq("reach")]
    assert reach["value"].tolist() == pytest.approx([100 * 120 / 900] * 2)  # of 2022 and of the whole
    assert set(reach["group_label"]) == {"2021-2024"}


def test_homes_of_an_area_whose_figures_are_hidden_are_not_used(page: Any, make: Any) -> None:
    hidden = {"question": "context", "indicator_id": "population", "population": "gebied"} | SUPPRESSED
    out = see(page, make, *rows.steps(), rows.verdict("hoger"), rows.reached(120), hidden)
    assert out.loc[out["group_type"].eq("oordeel"), "gate_reason"].tolist() == ["reach_not_shown"]
    assert steps_of(out) == {"noise", "mde", "possible"}


def test_no_base_is_no_reach(page: Any, make: Any) -> None:
    out = see(page, make, *rows.steps(), rows.verdict("hoger"), rows.reached(120), context=area(make).head(0))
    assert out.loc[out["group_type"].eq("oordeel"), "gate_reason"].tolist() == ["reach_not_known"]


def test_a_refusal_keeps_its_reason_and_gets_its_arithmetic(page: Any, make: Any) -> None:
    out = see(page, make, *rows.steps(possible=1), rows.refusal("no_years_after"), rows.reached(120))
    assert out.loc[out["group_type"].eq("oordeel"), "gate_reason"].tolist() == ["no_years_after"]
    assert {"reach", "needed"} <= steps_of(out)


# Noise of parts of the area

PARTS: dict[str, Any] = {"gate": "voorbehoud", "gate_reason": "noise_of_parts"}


def of_parts(mde: float, least_mde: float, possible: float = 400.0) -> list[dict[str, Any]]:
    least = rows.row("detectability", "stap", "least", least_mde / (2.8 * 2**0.5), **PARTS)
    return [*rows.steps(mde=mde, possible=possible, **PARTS), least]


def reason_of(out: pd.DataFrame) -> str:
    (found,) = out.loc[out["group_type"].eq("oordeel"), "gate_reason"]
    return str(found)


def test_what_the_least_noise_needs_stands_beside_what_that_of_parts_needs(page: Any, make: Any) -> None:
    # 120 of 900 homes: 7.5 times.
    out = see(page, make, *of_parts(mde=300, least_mde=60), rows.refusal("too_few_similar"), rows.reached(120))
    assert step(out, "needed")["value"] == pytest.approx(300 * 7.5)
    assert step(out, "needed_least")["value"] == pytest.approx(60 * 7.5)
    assert step(out, "needed_least")["unit"] == "m3"
    assert "participation" in step(out, "needed_least")["source"]
    assert out["claim_id"].is_unique


@pytest.mark.parametrize(
    ("least_mde", "said"),
    [
        (60, "too_small_to_see"),  # 450 m³ of each, and 400 is possible
        (50, "too_few_similar"),  # 375 m³: by the least noise it might be seen
    ],
)
def test_noise_of_parts_closes_only_what_the_least_noise_closes(
    page: Any, make: Any, least_mde: float, said: str
) -> None:
    out = see(page, make, *of_parts(300, least_mde), rows.refusal("too_few_similar"), rows.reached(120))
    assert reason_of(out) == said
    assert out.loc[out["group_type"].eq("oordeel"), "gate"].tolist() == ["niet_te_zien"]
    assert out.loc[out["group_type"].eq("oordeel"), "missing_reason"].tolist() == ["not_applicable"]


def test_too_few_similar_areas_are_no_reason_when_more_would_not_help(page: Any, make: Any) -> None:
    out = see(page, make, *rows.steps(possible=1), rows.refusal("too_few_similar"), rows.reached(120))
    assert reason_of(out) == "too_small_to_see"
    out = see(page, make, *rows.steps(possible=400), rows.refusal("too_few_similar"), rows.reached(120))
    assert reason_of(out) == "too_few_similar"


@pytest.mark.parametrize("reached", [UNRECORDED, SUPPRESSED])
def test_without_reach_there_is_no_sum_and_the_refusal_stays(page: Any, make: Any, reached: dict[str, Any]) -> None:
    hidden = rows.reached(120) | {"value": float("nan"), "ci_low": float("nan"), "ci_high": float("nan")} | reached
    out = see(page, make, *of_parts(300, 60), rows.refusal("too_few_similar"), hidden)
    assert reason_of(out) == "too_few_similar"
    assert steps_of(out) == {"noise", "least", "mde", "possible"}


# Mistakes of who wrote the question


@pytest.mark.parametrize("wrong", [{"indicator_id": "loneliness_pct"}, {"method": "ratio of sums; model"}])
def test_a_modelled_figure_is_never_an_outcome(page: Any, make: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"comes from a model and has 1 rows of change.*Show it as context only\."):
        see(page, make, *rows.steps(**wrong), rows.verdict("lager", **wrong), rows.reached(120))


def test_a_modelled_measurement_keeps_its_reservation(page: Any, make: Any) -> None:
    row = LONELY | {"population": "gebied", "method": "model", "gate": "voorbehoud", "gate_reason": "model_estimate"}
    out = see(page, make, row, rows.reached(120))
    assert out.loc[out["question"].eq("measurements"), "gate_reason"].tolist() == ["model_estimate"]


def test_a_change_without_arithmetic_is_a_mistake(page: Any, make: Any) -> None:
    with pytest.raises(ValueError, match="shown without a minimum detectable change"):
        see(page, make, rows.verdict("lager"), rows.reached(120))
    see(page, make, rows.refusal("area_figure_missing"), rows.reached(120))  # nothing is shown: nothing to explain


def test_made_up_stays_made_up_and_the_input_as_it_was(page: Any, make: Any) -> None:
    table = page.estimates(*rows.steps(possible=200), rows.verdict("lager"), rows.reached(120)).assign(synthetic=True)
    before = table.copy()
    out = detectability.see(table, make.joined(CATALOGUE, context=area(make)), Settings())
    assert out["synthetic"].all()
    pd.testing.assert_frame_equal(table, before)


def test_it_works_on_estimates_that_are_not_marked_yet(page: Any, make: Any) -> None:
    table = page.estimates(*rows.steps(), rows.reached(120)).drop(columns="synthetic")
    out = detectability.see(table, make.joined(CATALOGUE, context=area(make)), Settings())
    assert out.columns.tolist() == table.columns.tolist()
    assert len(out) == len(table) + 2


# Nothing hidden shows


class _Closed:
    """Records that may not be looked at."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"records about people were read: {name}")


GATES = st.sampled_from(["ok", "voorbehoud", "onderdrukt", "niet_te_zien"])


@given(st.lists(st.tuples(GATES, st.integers(1, 900)), min_size=4, max_size=4), st.randoms(use_true_random=False))
def test_a_hidden_number_changes_nothing(page: Any, make: Any, drawn: list[tuple[str, int]], lots: Any) -> None:
    kinds = [("unique_n", "2021-2024"), ("contacts_n", "2021-2024"), ("unique_n", "2022"), ("contacts_n", "2022")]
    given = [
        rows.reached(people, indicator_id=name, period=period, gate=gate)
        for (name, period), (gate, people) in zip(kinds, drawn, strict=True)
    ]
    table = page.estimates(*given, *rows.steps(), rows.verdict("lager"), *rows.paths([1.0, 2.0], [1.0, 3.0]))
    context = area(make)
    joined = dataclasses.replace(
        make.joined(CATALOGUE, context=context),
        **dict.fromkeys(("participation", "activity", "contribution"), _Closed()),
    )
    out = detectability.see(table, joined, Settings())
    # The same table with other true numbers behind what is hidden: even if they stood there, nothing would come of it.
    leaking = table.copy()
    hidden = ~leaking["gate"].isin(reaching.SHOWN)
    leaking.loc[hidden, FIGURES] = float(lots.randint(1, 900))
    again = detectability.see(leaking, joined, Settings())
    kept = ~again["claim_id"].isin(leaking.loc[hidden, "claim_id"])
    pd.testing.assert_frame_equal(again[kept], out[kept])


@given(st.integers(1, 3000), st.floats(0.1, 200), st.floats(1, 500))
def test_shown_means_possible(page: Any, make: Any, people: int, mde: float, possible: float) -> None:
    out = see(page, make, *rows.steps(mde, possible), rows.verdict("lager"), rows.reached(float(people)))
    (gate,) = out.loc[out["group_type"].eq("oordeel"), "gate"]
    reach = min(1.0, people / 900)
    assert (gate == "voorbehoud") == (mde / reach <= possible)
    assert np.isclose(step(out, "needed")["value"], mde / reach)
