"""Answers: every question asked once, in the order that keeps people safe, and nothing left beside a hidden figure."""

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import answers, detectability, disclosure, schema
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.tables import estimates
from bt_analysis.settings import Settings
from tests.area_panels import town, weights
from tests.test_area_change import COUNT, EFFECT, GAS, OWN, YEARS, joined


@pytest.fixture(scope="module")
def changed() -> AreaPanel:
    return town(COUNT, YEARS, start=2021, effect={OWN: EFFECT})


def of(make: Any, panel: AreaPanel, **tables: Any) -> answers.Answers:
    people = [
        {"value": 500.0, "year": year, "indicator_id": key, "n_base": 250.0, "weight_method": "dwellings"}
        for key in ("population", GAS)
        for year in YEARS
    ]  # fmt: skip
    given = {"context": make.context(*people), **tables}
    return answers.of(
        joined(make, panel, **given), make.periods("2023"), Settings(), disclosure.nothing(), dt.date(2026, 1, 1)
    )


def reached(make: Any, people: int) -> dict[str, Any]:
    counts = {"contacts_n": people, "unique_n": people, "group_type": "totaal", "group_value": "totaal"}
    day = {"period_start": "2023-01-01", "period_end": "2023-12-31"}
    return {"participation": make.monitoring("participation", {**counts, **day})}


def test_a_change_that_can_be_seen_passes_every_gate(make: Any, changed: AreaPanel) -> None:
    found = of(make, changed, **reached(make, 200))
    verdict = found.estimates[found.estimates["group_type"].eq("oordeel")]
    schema.check(found.estimates, "analysed_estimates")
    assert verdict["gate"].tolist() == ["voorbehoud"]
    assert verdict["value_text"].tolist() == ["lager"]
    steps = found.estimates.loc[found.estimates["group_type"].eq("stap"), "group_value"]
    assert set(steps) == {"noise", "mde", "possible", "reach", "needed"}
    assert len(found.compared["similar"]) == COUNT - 1


def test_a_change_that_too_few_people_could_make_is_not_shown(make: Any, changed: AreaPanel) -> None:
    found = of(make, changed, **reached(make, 12))  # of 250 homes
    change = found.estimates[found.estimates["question"].isin(["change", "similar"])]
    assert set(change["gate"]) == {"niet_te_zien"}
    assert set(change["gate_reason"]) == {"too_small_to_see"}
    assert change[["value", "ci_low", "ci_high", "n"]].isna().all(axis=None)


def test_a_drawing_where_few_people_live_leaves_nothing_behind(make: Any, changed: AreaPanel) -> None:
    area = make.monitoring("work_area", {"definition_type": "polygon", "area_codes": None, "polygon_file": "a.geojson"})
    people = changed.values["population"].copy()
    people.loc[OWN] = 9.0
    near = {code: 10.0 for code in people.index if code.startswith("BU") and code != OWN}
    people.loc[list(near)] = 10.0
    panel = dataclasses.replace(
        changed, values={**changed.values, "population": people}, weights=weights(OWN, weight=0.9)
    )
    found = of(make, panel, work_area=area, **reached(make, 200))
    ours = found.estimates[
        found.estimates["question"].eq("change")
        | (found.estimates["question"].eq("similar") & found.estimates["population"].eq("gebied"))
    ]
    assert set(ours["gate"]) == {"onderdrukt"}
    assert ours["value"].isna().all()
    assert all(table.empty for table in found.compared.values())


def test_a_percentage_of_few_similar_areas_is_no_percentage_of_few_people() -> None:
    rows = pd.DataFrame(
        {
            "question": "change", "indicator_id": "solar_homes_pct", "period_start": "2023-01-01",
            "period_end": "2023-12-31", "population": "gebied", "group_type": "methode", "group_value": ["did"],
            "value": 4.0, "ci_low": 2.0, "ci_high": 6.0, "n": 22, "n_unit": "areas", "unit": "%", "method": "m",
            "source": "s", "collective_id": "tuin", "work_area_id": "tuin-a", "cell": "area:tuin-a", "cell_n": 400,
        }
    )  # fmt: skip
    given = detectability.set_gates(estimates(rows), Settings().gates)
    protected = disclosure.protect(given, Settings().disclosure, disclosure.nothing(), dt.date(2026, 1, 1))
    assert protected.estimates[["value", "ci_low", "ci_high", "n"]].iloc[0].tolist() == [4, 2, 6, 22]
    assert protected.estimates["value_text"].tolist() == [""]
