"""Change beside similar areas: an effect that was put in is found, nothing is found in none, and every refusal."""

import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import detectability, disclosure, indicators, schema
from bt_analysis.analysis import change, change_rows, comparing
from bt_analysis.analysis import noise as noise_of_areas
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.tables import Joined
from bt_analysis.analysis.windows import Window
from bt_analysis.detectability import REFUSALS
from bt_analysis.methods.multiple_testing import holm
from bt_analysis.settings import Settings
from tests.area_panels import town, weights

CATALOGUE = indicators.load()
GAS = "gas_m3_per_dwelling"
YEARS = range(2016, 2024)
OWN, COUNT = "BU99100000", 50
EFFECT = -80.0


def joined(make: Any, panel: AreaPanel | None, start: str = "2021-05-01", **tables: Any) -> Joined:
    """Return a collective of one buurt that works on energy."""
    given = {
        "collective": make.monitoring("collective", {"primary_domain": "energie_klimaat", "founded": 2019}),
        "work_area": make.monitoring("work_area", {"area_codes": OWN}),
        "activity": make.monitoring("activity", {"start": start, "end": "2023-12-31"}),
        "context": make.context(*({"indicator_id": GAS, "year": year} for year in YEARS)),
    }
    found: Joined = make.joined(CATALOGUE, **(given | tables))
    return dataclasses.replace(found, areas=panel)


def asked(make: Any, panel: AreaPanel | None, *periods: str, **more: Any) -> pd.DataFrame:
    found = change.estimate(joined(make, panel, **more), make.periods(*(periods or ("2023",))), Settings())
    return found.assign(gate_reason=found["gate_reason"].astype(str))


def verdict_of(rows: pd.DataFrame) -> dict[str, Any]:
    found = rows[rows["group_type"].eq("oordeel")]
    assert len(found) == 1
    return {str(key): value for key, value in found.iloc[0].items()}


def one(rows: pd.DataFrame, group_type: str, group_value: str) -> dict[str, Any]:
    found = rows[rows["group_type"].eq(group_type) & rows["group_value"].eq(group_value)]
    assert len(found) == 1
    return {str(key): value for key, value in found.iloc[0].items()}


@pytest.fixture(scope="module")
def changed() -> AreaPanel:
    """Give a town in which one buurt uses 80 m3 less from 2021 on."""
    return town(COUNT, YEARS, start=2021, effect={OWN: EFFECT})


@pytest.fixture(scope="module")
def rows(make: Any, changed: AreaPanel) -> pd.DataFrame:
    """Give what is said of that buurt."""
    return asked(make, changed)


def test_an_effect_that_was_put_in_is_found(rows: pd.DataFrame) -> None:
    found = verdict_of(rows)
    assert found["value_text"] == "lager"
    assert found["ci_low"] < EFFECT < found["ci_high"] < 0
    assert found["unit"] == "m3"
    for method in ("did", "sc", "sdid"):
        assert one(rows, "methode", method)["value"] == pytest.approx(EFFECT, abs=12)  # noise is 4 a year
        tried = one(rows, "toets", method)
        assert tried["value"] == 1 / (1 + tried["n"])  # larger than in every placebo
        assert tried["unit"] == "p"
    assert one(rows, "methode", "sdid")["value"] == found["value"]
    assert found["n"] == COUNT - 1  # similar areas
    assert set(found["gate_reason"].split(";")) == {"no_experiment"}


def test_nothing_is_found_where_nothing_changed(make: Any) -> None:
    found = verdict_of(asked(make, town(COUNT, YEARS)))
    assert found["value_text"] in ("geen_verschil", "geen_vast_antwoord")
    assert found["ci_low"] < 0 < found["ci_high"]


def test_both_paths_are_told_year_after_year(rows: pd.DataFrame, changed: AreaPanel) -> None:
    paths = rows[rows["question"].eq("similar")].pivot_table("value", "group_value", "population")
    own = paths["gebied"]
    assert own.index.tolist() == [str(year) for year in YEARS]
    assert own.to_numpy() == pytest.approx(changed.values[GAS].loc[OWN].to_numpy())
    gap = own - paths["vergelijkbaar"]
    before = gap[: 2021 - 2016].mean()
    assert gap[2021 - 2016 :].mean() - before == pytest.approx(one(rows, "methode", "did")["value"], abs=1e-6)


def test_the_fit_before_the_start_is_told(rows: pd.DataFrame) -> None:
    fit = one(rows, "aansluiting", "sc")
    assert (fit["n"], fit["n_unit"]) == (5, "years")
    assert 0 <= fit["value"] < 4


def test_what_can_be_seen_is_told_beside_it(rows: pd.DataFrame, changed: AreaPanel) -> None:
    noise, mde, possible = (one(rows, "stap", step)["value"] for step in ("noise", "mde", "possible"))
    assert mde == pytest.approx(2.8 * np.sqrt(2) * noise)
    # A yearly change is a slope of which the standard deviation is 5, and two draws of 4; noise is that by √2.
    assert noise == pytest.approx(np.sqrt((5**2 + 2 * 4**2) / 2), rel=0.2)
    assert possible == pytest.approx(changed.values[GAS][2020].std(ddof=1))
    assert set(rows.loc[rows["question"].eq("detectability"), "group_value"]) == {"noise", "mde", "possible"}


def test_noise_is_the_spread_of_yearly_changes_by_root_two() -> None:
    paths = np.array([[0.0, 1, 1], [0, 3, 5], [0, 5, 6]])  # steps 1, 3, 5 and 0, 2, 1
    assert noise_of_areas.yearly_noise(paths) == pytest.approx(np.sqrt((2.0**2 / 2 + 1.0**2 / 2) / 2))
    assert noise_of_areas.yearly_noise(paths[:, :2]) == pytest.approx(2.0 / np.sqrt(2))


def test_noise_before_the_start_is_of_the_size_of_the_placebo_effects(make: Any) -> None:
    rows = asked(make, town(COUNT, YEARS))
    interval = verdict_of(rows)
    half = (interval["ci_high"] - interval["ci_low"]) / 2  # 1.96 standard deviations of the placebo effects
    yearly = one(rows, "stap", "noise")["value"] * np.sqrt(2)
    assert 0.3 < (half / 1.96) / yearly < 1.5


@pytest.mark.parametrize(("unit", "most"), [("social_assistance_pct", 100.0), ("crimes_per_1000", 1000.0)])
def test_one_participant_can_change_all_of_a_share(unit: str, most: float) -> None:
    assert noise_of_areas.WHOLE[CATALOGUE[unit].unit] == most


def test_without_a_panel_there_are_no_rows(make: Any) -> None:
    assert asked(make, None).empty
    compared = change.compare(joined(make, None), make.periods("2023"), Settings())
    for name in ("similar", "balance", "left_out"):
        table = getattr(compared, name)
        assert table.empty
        schema.check(table, f"analysed_{name}")


@pytest.mark.parametrize(
    ("effects", "p", "said"),
    [
        ((-1.0, -2.0, -3.0), 0.05, "lager"),
        ((1.0, 2.0, 3.0), 0.01, "hoger"),
        ((1.0, 2.0, 3.0), 0.0501, "geen_verschil"),
        ((-1.0, -2.0, -3.0), float("nan"), "geen_verschil"),
        ((-1.0, 2.0, -3.0), 0.001, "geen_vast_antwoord"),
        ((-1.0, -2.0, 3.0), 0.9, "geen_vast_antwoord"),
        ((0.0, -2.0, -3.0), 0.01, "lager"),
    ],
)
def test_every_verdict(effects: tuple[float, float, float], p: float, said: str) -> None:
    assert change_rows.verdict(dict(zip(("did", "sc", "sdid"), effects, strict=True)), p, 0.05) == said


# --- why not ---------------------------------------------------------------------------------------------------------


def refused(rows: pd.DataFrame) -> str:
    found = verdict_of(rows)
    assert rows["question"].isin(["change", "detectability"]).all()
    assert np.isnan(found["value"])
    assert found["missing_reason"] == "not_applicable"
    assert found["gate_reason"] in REFUSALS
    return str(found["gate_reason"])


def test_too_few_similar_areas(make: Any) -> None:
    rows = asked(make, town(20, YEARS))  # 19 others
    assert refused(rows) == "too_few_similar"
    assert not rows["group_type"].eq("stap").any()


def test_areas_of_another_kind_do_not_count(make: Any) -> None:
    panel = town(COUNT, YEARS)
    panel.values["address_density_per_km2"].iloc[20:] = 3_000.0  # 19 others are of its kind
    rows = asked(make, panel)
    assert refused(rows) == "too_few_similar"
    assert one(rows, "stap", "noise")["n"] == COUNT - 1  # of all that could be built


@pytest.mark.parametrize(
    ("start", "period", "reason"),
    [("2024-02-01", "2024", "no_years_after"), ("2017-02-01", "2017", "too_few_years_before")],
)
def test_too_few_years(make: Any, start: str, period: str, reason: str) -> None:
    rows = asked(make, town(COUNT, YEARS), period, start=start)
    assert refused(rows) == reason
    assert rows["group_type"].eq("stap").any() == (reason == "no_years_after")


def test_a_break_in_the_series(make: Any) -> None:
    broken = dataclasses.replace(CATALOGUE[GAS], breaks=({"year": 2021, "reason_nl": "", "reason_en": ""},))
    given = joined(make, town(COUNT, YEARS))
    given = dataclasses.replace(given, catalogue={**CATALOGUE, GAS: broken})
    assert refused(change.estimate(given, make.periods("2023"), Settings())) == "series_broken"


@pytest.mark.parametrize(("changed", "reason"), [(True, "boundaries_changed"), (False, "area_figure_missing")])
def test_a_work_area_without_figures_to_compare(make: Any, changed: bool, reason: str) -> None:
    panel = town(COUNT, YEARS)
    panel.values[GAS].loc[OWN, 2016:2019] = np.nan
    panel.changed[GAS].loc[OWN, 2016:2019] = changed
    rows = asked(make, panel)
    assert refused(rows) == reason
    assert one(rows, "stap", "noise")["n"] > 20


def test_a_path_outside_that_of_similar_areas(make: Any) -> None:
    panel = town(COUNT, YEARS)
    panel.values[GAS].loc[OWN] += 1_000
    assert refused(asked(make, panel)) == "outside_similar"


def test_a_modelled_figure_is_never_an_outcome(make: Any) -> None:
    given = joined(make, town(COUNT, YEARS))
    modelled = {**CATALOGUE, GAS: dataclasses.replace(CATALOGUE[GAS], model=True)}
    assert change.estimate(dataclasses.replace(given, catalogue=modelled), make.periods("2023"), Settings()).empty
    panel = town(COUNT, YEARS)
    here, options = comparing.area(panel.weights, panel, 1), Settings().comparison
    with pytest.raises(ValueError, match=r"gas_m3_per_dwelling comes from a model; expected a figure that was counted"):
        comparing.answer(here, panel, modelled[GAS], (2021, Window((2019, 2020), (2021,))), modelled, options)


# --- reservations ----------------------------------------------------------------------------------------------------


def test_few_years_and_an_early_start_are_reservations(make: Any) -> None:
    panel = town(COUNT, range(2019, 2022))
    founded = make.monitoring("collective", {"primary_domain": "energie_klimaat", "founded": 2010})
    found = verdict_of(asked(make, panel, collective=founded))
    assert set(found["gate_reason"].split(";")) == {
        "no_experiment", "few_years_before", "one_year_after", "active_before_records",
    }  # fmt: skip


def test_without_outlines_the_wijk_stays_out_and_that_is_said(make: Any) -> None:
    panel = dataclasses.replace(town(COUNT, YEARS), beside=None)
    compared = change.compare(joined(make, panel), make.periods("2023"), Settings())
    assert "no_outlines" in verdict_of(compared.estimates)["gate_reason"].split(";")
    assert compared.left_out.set_index("reason")["left_out_n"]["same_neighbourhood"] == 4  # of a wijk of five
    assert not compared.similar["regiocodes"].str.startswith(OWN[:8]).any()


def test_urbanity_that_is_not_known_is_said(make: Any) -> None:
    panel = town(COUNT, YEARS)
    panel.values["address_density_per_km2"].loc[OWN] = np.nan
    assert "no_urbanity" in verdict_of(asked(make, panel))["gate_reason"].split(";")


def test_a_buurt_without_a_figure_is_left_out_while_nearly_all_people_remain(make: Any) -> None:
    panel = dataclasses.replace(town(3 * COUNT, YEARS), weights=weights(OWN, "BU99100001", "BU99100002"))
    panel.values[GAS].loc["BU99100002"] = np.nan
    area = make.monitoring("work_area", {"area_codes": f"{OWN};BU99100001;BU99100002"})
    assert refused(asked(make, panel, work_area=area)) == "area_figure_missing"
    panel.values["population"].loc["BU99100002"] = 50.0
    found = verdict_of(asked(make, panel, work_area=area))
    assert "areas_without_figure" in found["gate_reason"].split(";")


def test_a_drawn_area_is_a_cell_of_the_people_in_it(make: Any, changed: AreaPanel) -> None:
    panel = dataclasses.replace(changed, weights=weights(OWN, weight=0.8))
    area = make.monitoring("work_area", {"definition_type": "polygon", "area_codes": None, "polygon_file": "a.geojson"})
    rows = asked(make, panel, work_area=area, context=make.context(
        *({"indicator_id": GAS, "year": year, "comparable_reason": "apportioned_addresses"} for year in YEARS)
    ))  # fmt: skip
    assert "apportioned_addresses" in verdict_of(rows)["gate_reason"].split(";")
    in_cell = rows["cell"].eq("area:tuin-a")
    # Also the path of similar areas: before the start it is that of this one.
    assert in_cell.equals(rows["question"].isin(["change", "similar"]))
    assert set(rows.loc[in_cell, "cell_n"]) == {0.8 * panel.values["population"].loc[OWN].iloc[0]}


def test_nothing_of_a_drawn_area_where_six_people_live_is_shown(make: Any, changed: AreaPanel) -> None:
    panel = dataclasses.replace(changed, weights=weights(OWN, weight=0.8))
    area = make.monitoring("work_area", {"definition_type": "polygon", "area_codes": None, "polygon_file": "a.geojson"})
    rows = asked(make, panel, work_area=area)
    few = rows.assign(cell_n=rows["cell_n"].where(rows["cell"].eq(""), 6.0))
    here = Settings()
    gated = detectability.set_gates(few, here.gates)
    out = disclosure.protect(gated, here.disclosure, disclosure.nothing(), dt.date(2025, 1, 1)).estimates
    about = out[out["question"].isin(["change", "similar"])]
    assert len(about) > 10
    assert set(about["gate"]) == {"onderdrukt"}
    assert about[["value", "ci_low", "ci_high", "n"]].isna().all(axis=None)
    assert about["value_text"].eq("").all()


def test_whole_regions_are_no_cell(rows: pd.DataFrame) -> None:
    assert rows["cell"].eq("").all()


# --- reports ---------------------------------------------------------------------------------------------------------


def test_periods_with_the_same_years_share_an_answer(make: Any, changed: AreaPanel, monkeypatch: Any) -> None:
    calls = []
    answer = comparing.answer

    def counted(*given: Any) -> comparing.Answer:
        calls.append(given)
        return answer(*given)

    monkeypatch.setattr(comparing, "answer", counted)
    rows = asked(make, changed, "2021", "2023", "2021-2023")
    assert len(calls) == 2  # to 2021, and to 2023
    verdicts = rows[rows["group_type"].eq("oordeel")].set_index("period_end")["value"]
    assert len(set(verdicts[pd.Timestamp("2023-12-31")])) == 1
    assert rows["claim_id"].is_unique


def two_figures(panel: AreaPanel, other: str = "solar_homes_pct") -> AreaPanel:
    """Return the panel with a second outcome, which follows the first in nothing."""
    rng = np.random.default_rng(5)
    table = panel.values[GAS]
    shares = table * 0 + rng.normal(20, 3, (len(table), 1)) + rng.normal(0, 1, table.shape)
    names = ("apportioned", "changed", "bases")
    parts: Any = {name: {**getattr(panel, name), other: getattr(panel, name)[GAS]} for name in names}
    return dataclasses.replace(panel, values={**panel.values, other: shares}, **parts)


def test_holm_corrects_over_the_figures_of_a_report(make: Any, changed: AreaPanel) -> None:
    context = make.context(*({"indicator_id": key, "year": 2023} for key in (GAS, "solar_homes_pct")))
    rows = asked(make, two_figures(changed), context=context)
    tests: Any = rows[rows["group_type"].eq("toets")].pivot_table("value", "indicator_id", "group_value").astype(float)
    assert tests.at[GAS, "holm"] == 2 * tests.at[GAS, "sdid"]  # the smaller of two
    assert tests.at["solar_homes_pct", "holm"] == max(tests["holm"][GAS], tests.at["solar_homes_pct", "sdid"])
    assert set(rows.loc[rows["group_value"].eq("holm"), "method"]) == {
        "synthetic difference-in-differences; placebo test; Holm"
    }


def test_no_more_figures_are_tested_than_the_placebos_can_decide(make: Any) -> None:
    panel = two_figures(town(32, YEARS, start=2021, effect={OWN: EFFECT}))  # 31 others: 0.05 · 32 = 1.6, so one
    context = make.context(*({"indicator_id": key, "year": 2023} for key in (GAS, "solar_homes_pct")))
    rows = asked(make, panel, context=context)
    verdicts = rows[rows["group_type"].eq("oordeel")].set_index("indicator_id")
    assert verdicts.at[GAS, "value_text"] == "lager"
    assert verdicts.at["solar_homes_pct", "gate_reason"] == "too_few_for_more"
    assert "too_few_for_more" in REFUSALS
    tested = one(rows[rows["indicator_id"].eq(GAS)], "toets", "holm")
    assert 19 <= tested["n"] <= 31  # those that lie outside themselves are no placebos
    assert tested["value"] == 1 / (1 + tested["n"])


def kept(placebos: list[int | None], level: float = 0.05) -> list[bool]:
    """Say which figures of a report stay, by how many placebos each has; None: it was refused before."""
    asked = []
    for number in placebos:
        effect = SimpleNamespace(effects={change_rows.HEADLINE: SimpleNamespace(placebos=number)})
        beside: Any = SimpleNamespace(change=effect) if number else None
        answer = comparing.Answer("" if number else "series_broken", beside, None, {})
        asked.append(change_rows.Asked({}, CATALOGUE[GAS], answer, (), False, ""))
    found = change_rows.resolved(asked, level)
    refusals = [one.answer.refusal for one in found]
    assert [not one for one in refusals] == [one.answer.beside is not None for one in found]
    for number, refusal in zip(placebos, refusals, strict=True):
        assert refusal in ({"", "too_few_for_more"} if number else {"series_broken"})
    return [one.answer.beside is not None for one in found]


@pytest.mark.parametrize(
    ("placebos", "stays"),
    [
        ([19], [True]),  # 0.05 · 20 = 1
        ([19, 19], [True, False]),
        ([39, 39, 39], [True, True, False]),  # 0.05 · 40 = 2
        ([38, 500], [True, False]),  # 0.05 · 39 = 1.95
        ([79, 79, 79, 19], [True, True, True, False]),  # the 19 of the fourth do not count: 0.05 · 80 = 4 ≥ 3
        ([79, 19, 79, 79], [True, False, False, False]),  # the second would leave room for one
        ([None, 39, None, 39, 39], [False, True, False, True, False]),
        ([500] * 6, [True] * 6),
        ([None, None], [False, False]),
        ([], []),
    ],
)
def test_as_many_figures_stay_as_their_own_placebos_allow(placebos: list[int | None], stays: list[bool]) -> None:
    assert kept(placebos) == stays


@pytest.mark.parametrize("placebos", [[19], [39, 59], [99, 99, 79, 119, 99], [60, 45, 500]])
def test_a_figure_that_stays_can_be_called_changed(placebos: list[int]) -> None:
    # The strongest case: every figure has the smallest p value that its placebos allow, 1/(1 + N).
    least = [1 / (1 + number) for number, stays in zip(placebos, kept(list(placebos)), strict=True) if stays]
    assert least
    assert (holm(least) <= 0.05 + 1e-12).all()


def test_the_areas_behind_it_are_listed(make: Any, changed: AreaPanel) -> None:
    compared = change.compare(joined(make, changed), make.periods("2023"), Settings())
    similar, balance = compared.similar, compared.balance.set_index("feature")
    values: Any = balance["work_area_value"]
    schema.check(similar, "analysed_similar")
    schema.check(compared.balance, "analysed_balance")
    schema.check(compared.left_out, "analysed_left_out")
    assert len(similar) == COUNT - 1
    assert similar["weight"].sum() == pytest.approx(1)
    assert similar["distance"].is_monotonic_increasing
    assert OWN not in set(similar["regiocodes"])
    assert similar["gemeente_label"].iloc[0] == f"Naam van GM{similar['regiocodes'].iloc[0][2:6]}"
    assert list(balance.index) == ["woz_value_keur", "path_mean", "path_slope", "path_last"]
    assert values["woz_value_keur"] == changed.values["woz_value_keur"].loc[OWN, 2020]
    # With the weights the similar areas are, on average, nearer to what the work area is.
    assert set(compared.estimates["method"]) >= {"mean of similar areas, entropy weights"}
    assert balance["weighted_difference"].abs().max() < balance["similar_difference"].abs().max()
    assert values["path_mean"] == changed.values[GAS].loc[OWN, 2016:2020].mean()


def test_a_source_names_the_tables_of_the_years_that_were_used(rows: pd.DataFrame) -> None:
    assert verdict_of(rows)["source"] == "CBS " + ", ".join(f"T{year}" for year in YEARS)


def test_a_source_names_the_publisher_of_its_tables(make: Any, changed: AreaPanel) -> None:
    given = joined(make, changed)
    of_others = dataclasses.replace(CATALOGUE[GAS], source="klimaatmonitor")
    given = dataclasses.replace(given, catalogue={**CATALOGUE, GAS: of_others})
    found = change.estimate(given, make.periods("2023"), Settings())
    assert set(found["source"].str.partition(" T")[0]) == {"Klimaatmonitor (RVO), op cijfers van CBS"}


def test_a_series_that_ended_is_not_asked_about_but_counted(make: Any, changed: AreaPanel) -> None:
    panel = two_figures(changed, "electricity_use_kwh_per_dwelling")
    panel.values["electricity_use_kwh_per_dwelling"].loc[:, 2021:] = np.nan  # the work began in 2021; the panel to 2023
    context = make.context(*({"indicator_id": key, "year": 2020} for key in (GAS, "electricity_use_kwh_per_dwelling")))
    compared = change.compare(joined(make, panel, context=context), make.periods("2023"), Settings())
    assert set(compared.estimates["indicator_id"]) == {GAS}
    left = compared.left_out.set_index("reason").loc["series_ended"]
    assert (left["indicator_id"], left["left_out_n"]) == ("", 1)
    schema.check(compared.left_out, "analysed_left_out")


@pytest.mark.parametrize("balanced", [True, False])
def test_the_method_says_whether_the_weights_made_areas_alike(make: Any, balanced: bool) -> None:
    panel = town(COUNT, YEARS, start=2021)
    reports = change._reports(joined(make, panel), panel, make.periods("2023"), Settings())
    (asked_of,) = (one for _, report, _ in reports for one in report if one.answer.beside)
    beside = asked_of.answer.beside
    assert beside is not None
    assert beside.change.similar.weight.std() > 0  # never all the same
    told = dataclasses.replace(beside.change, similar=dataclasses.replace(beside.change.similar, balanced=balanced))
    rows = change_rows._paths(asked_of, dataclasses.replace(beside, change=told))
    method = {row["method"] for row in rows if row.get("population") == "vergelijkbaar"}
    assert method == {"mean of similar areas, entropy weights" + ("" if balanced else ", not alike in all")}
