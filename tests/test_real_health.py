"""Loneliness on Noordereiland in Rotterdam is estimated by a model: context of a collective, never an outcome."""

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import evidence, harmonise, indicators, panel
from bt_analysis.analysis import change, comparing, outcomes
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.analysis.tables import estimates
from bt_analysis.analysis.units import SIZE
from bt_analysis.demo import server
from bt_analysis.detectability import see
from bt_analysis.pages import findings, living_lab
from bt_analysis.settings import CbsSettings, Settings, Workspace
from bt_analysis.sources import cbs

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "cbs_tables"
NOORDEREILAND, LONELY = "BU05991088", "loneliness_pct"
CATALOGUE = indicators.load()

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")


@pytest.fixture(scope="module")
def areas(tmp_path_factory: pytest.TempPathFactory) -> AreaPanel:
    """Give the health figures of all regions of 2020, of three years on one division."""
    workspace = Workspace(tmp_path_factory.mktemp("health"))
    with server.serve(RECORDED) as address:
        for table in ("84799NED", "50090NED"):
            cbs.fetch_table(table, workspace, CbsSettings.model_validate({"base_url": address}))
    kwb = cbs.read_table(workspace.raw / "cbs" / "84799NED")
    aged = ("aged_0_15", "aged_15_25", "aged_25_45", "aged_45_65", "aged_65_plus", "aged_15_plus")
    wanted = {key: one for key, one in CATALOGUE.items() if key in (LONELY, SIZE, *aged)}
    to = {2020: harmonise.correspondence(2020, 2020, {2020: kwb})}
    path = workspace.root / "panel.parquet"
    panel.write(path, harmonise.years({2020: kwb}, wanted, to, evidence.other_tables(workspace, wanted)), [], False)
    weights = pd.DataFrame({"work_area_id": ["eiland"], "area_code": [NOORDEREILAND], "weight": [1.0]})
    return panel.area_panel(path, [LONELY, SIZE], harmonise.region_names(kwb, 2020), weights)


def test_the_figures_are_there(areas: AreaPanel) -> None:
    lonely = areas.values[LONELY].T[NOORDEREILAND].dropna()
    assert dict(lonely) == {2012: 50.0, 2016: 50.9, 2020: 54.9}


def test_no_row_of_change_is_made_of_loneliness(make: Any, areas: AreaPanel) -> None:
    tables = {
        "collective": make.monitoring(
            "collective", {"primary_domain": "gezondheid", "domains": "gezondheid;sociale_cohesie"}
        ),
        "work_area": make.monitoring("work_area", {"work_area_id": "eiland", "area_codes": NOORDEREILAND}),
        "activity": make.monitoring("activity", {"start": "2017-01-01", "end": "2020-12-31"}),
        # Also when its own card names it: what a model says of a place cannot tell what changed there.
        "experiment": pd.DataFrame({"collective_id": ["tuin"], "indicator_ids": [LONELY]}),
        "context": make.context({"indicator_id": LONELY, "year": 2020}),
    }
    joined = dataclasses.replace(make.joined(CATALOGUE, **tables), areas=areas)
    assert CATALOGUE[LONELY].domain == "sociale_cohesie"
    assert LONELY not in outcomes.of_collective(tables["collective"].iloc[0].to_dict(), tables["experiment"], CATALOGUE)
    found = change.estimate(joined, make.periods("2020"), Settings())
    assert found.empty


def test_who_asks_for_it_all_the_same_is_refused(make: Any, areas: AreaPanel) -> None:
    here = comparing.area(areas.weights, areas, 1)
    years = comparing.years_of(here, areas, CATALOGUE[LONELY], (2017, 2020), Settings())
    with pytest.raises(ValueError, match=f"{LONELY} comes from a model; .* Show it as context"):
        comparing.answer(here, areas, CATALOGUE[LONELY], (2017, years), CATALOGUE, Settings().comparison)
    standard = {"collective_id": "tuin", "work_area_id": "eiland", "population": "gebied", "unit": "%", "value": 4.9}
    days = {"period_start": pd.Timestamp("2020-01-01"), "period_end": pd.Timestamp("2020-12-31")}
    row = {"indicator_id": LONELY, "group_type": "oordeel", "source": "", "method": "", **standard, **days}
    rows = estimates(pd.DataFrame([row]), question="change")
    with pytest.raises(ValueError, match=f"{LONELY} comes from a model and has 1 rows of change"):
        see(rows, make.joined(CATALOGUE), Settings())


def test_a_report_shows_no_modelled_figure_of_the_area() -> None:
    modelled = [one for one in CATALOGUE.values() if one.model]
    assert LONELY in {one.id for one in modelled}
    assert [one.id for one in modelled if one.context] == []  # what the table of the area shows
    assert [one.id for one in modelled if outcomes.possible(one)] == []  # what the section on change shows


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("nl", "dit is een schatting van een model. Die kan niet laten zien wat hier veranderde."),
        ("en", "this is an estimate of a model. It cannot show what changed here."),
    ],
)
def test_the_page_of_a_card_that_names_it_says_that_a_model_estimated_it(page: Any, lang: str, sentence: str) -> None:
    card = pd.Series({"indicator_ids": LONELY, "comparison": "vergelijkgebied", "start": pd.Timestamp("2017-01-01")})
    content = page.content(lang=lang)
    assert sentence in findings.found(content, card)[0]
    assert sentence in findings.can_be_seen(content, LONELY)
    assert sentence in living_lab.comparison(content, card)
    assert findings.baseline(content, card).startswith("Nee" if lang == "nl" else "No")
