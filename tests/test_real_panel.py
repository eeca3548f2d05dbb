"""Real KWB tables of three years: the figures CBS published, and bounds that hold them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bt_analysis import evidence, harmonise, indicators, panel, pipeline
from bt_analysis.demo import server
from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import cbs, crosswalk
from bt_analysis.sources.table import CbsTable

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "cbs_tables"
LONELY = (
    "loneliness_pct",
    "population",
    "aged_15_plus",
    "aged_0_15",
    "aged_15_25",
    "aged_25_45",
    "aged_45_65",
    "aged_65_plus",
)
TABLES = {2017: "83765NED", 2020: "84799NED", 2024: "85984NED"}
CROSSWALK = RECORDED.parent / "crosswalk"
HEALTH = "50090NED"
NOORDEREILAND = "BU05991088"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("real"))
    with server.serve(RECORDED) as address:
        settings = CbsSettings.model_validate({"base_url": address})
        for table in (*TABLES.values(), HEALTH):
            cbs.fetch_table(table, made, settings)
    return made


@pytest.fixture(scope="module")
def tables(workspace: Workspace) -> dict[int, CbsTable]:
    return {year: cbs.read_table(workspace.raw / "cbs" / table) for year, table in TABLES.items()}


@pytest.fixture(scope="module")
def people(tables: dict[int, CbsTable]) -> dict[int, pd.DataFrame]:
    """Year → low, value, high of the inhabitants per regiocode, on the division of that year."""
    catalogue = {"population": indicators.load()["population"]}
    rows = {year: harmonise.as_rows(harmonise.published(table, catalogue)) for year, table in tables.items()}
    return {year: part.set_index("regiocode")[["low", "value", "high"]] for year, part in rows.items()}


@pytest.mark.parametrize(
    ("year", "country", "noordereiland"),
    [(2017, 17_081_507, 3_270), (2020, 17_407_585, 3_360), (2024, 17_942_942, 3_545)],
)
def test_inhabitants_as_published(people: dict[int, pd.DataFrame], year: int, country: int, noordereiland: int) -> None:
    assert [people[year][name]["NL00"] for name in ("low", "value", "high")] == [country] * 3  # exact
    low, value, high = (float(people[year][name][NOORDEREILAND]) for name in ("low", "value", "high"))
    assert value == noordereiland
    assert value - 4 <= low <= value <= high <= value + 4


def test_every_figure_of_2020_lies_within_the_rounding(people: dict[int, pd.DataFrame]) -> None:
    rows = people[2020]
    buurten = rows[rows.index.str.startswith("BU")].dropna()
    assert (buurten["low"] <= buurten["high"]).all()
    assert (buurten["high"] - buurten["low"] <= 8).all()
    assert np.isclose(buurten[["low", "high"]].mean(axis=1), buurten["value"], atol=5).all()


def test_lower_bounds_of_parts_never_exceed_the_gemeente(people: dict[int, pd.DataFrame]) -> None:
    for rows in people.values():
        buurten = rows[rows.index.str.startswith("BU")]
        least = buurten.groupby("GM" + buurten.index.str[2:6])["low"].sum()
        gemeenten = rows["value"].reindex(least.index).dropna()  # Nuenen (GM0820) has no figures in 2017
        assert (least[gemeenten.index] <= gemeenten).all()
        assert len(gemeenten) >= len(least) - 1


def test_noordereiland_is_not_compared_over_years_that_are_not_at_hand(tables: dict[int, CbsTable]) -> None:
    # Flags tell about one year after another; without 2018 and 2019 only a crosswalk or outlines can say more.
    to = harmonise.correspondence(2017, 2020, tables)
    catalogue = {"population": indicators.load()["population"]}
    rows = harmonise.as_rows(harmonise.moved(harmonise.published(tables[2017], catalogue), to)).set_index("regiocode")
    assert rows.loc[NOORDEREILAND, "comparable_reason"] == "year_missing"
    assert rows.loc[NOORDEREILAND, "missing_reason"] == "lost_in_division_change"
    assert rows.loc["NL00", "value"] == 17_081_507


@pytest.mark.skipif(not CROSSWALK.is_dir(), reason=f"no crosswalk in {CROSSWALK}")
@pytest.mark.parametrize(("from_year", "to_year"), [(2017, 2020), (2020, 2024), (2024, 2017)])
def test_all_figures_of_a_year_are_brought_to_another(
    tables: dict[int, CbsTable], from_year: int, to_year: int
) -> None:
    to = harmonise.correspondence(from_year, to_year, tables, crosswalk.read_folder(CROSSWALK.parent))
    figures = harmonise.moved(harmonise.published(tables[from_year], indicators.load()), to)
    value, low, high = figures.figure
    known = ~np.isnan(value)
    assert (low[known] <= value[known] + 1e-9).all()
    assert (value[known] <= high[known] + 1e-9).all()
    people = pd.Series(
        value[:, [one.id for one in figures.indicators].index("population")], figures.regions["regiocode"]
    )
    # By hand: what an old area gives a new one is its inhabitants times its share of the addresses.
    table = tables[from_year].rows.set_index("WijkenEnBuurten")
    before = pd.to_numeric(table["AantalInwoners_5"], errors="coerce")
    parts = to.links.assign(people=to.links["from_code"].map(before) * to.links["weight"])
    by_hand = parts.groupby("to_code")["people"].sum(min_count=1)
    made = to.regions.loc[to.regions["reason"].isin(["merged", "apportioned_addresses"]), "regiocode"]
    both = pd.DataFrame({"moved": people.reindex(made), "by_hand": by_hand.reindex(made)}).dropna()
    assert len(both) > 350
    assert np.allclose(both["moved"], both["by_hand"])


def test_lonely_adults_of_three_years_on_one_division(workspace: Workspace, tables: dict[int, CbsTable]) -> None:
    catalogue = {key: one for key, one in indicators.load().items() if one.id in LONELY}
    others = evidence.other_tables(workspace, catalogue)
    assert [(one.family, one.year, one.division_year) for one in others] == [
        ("health", 2012, 2020), ("health", 2016, 2020), ("health", 2020, 2020),
    ]  # fmt: skip
    to = {2020: harmonise.correspondence(2020, 2020, tables)}
    with panel.replacing(workspace) as path:
        panel.write(path, harmonise.years({2020: tables[2020]}, catalogue, to, others), [], synthetic=False)
    lonely = pipeline.history(workspace, [NOORDEREILAND], ["loneliness_pct"])
    assert lonely["year"].tolist() == [2012, 2016, 2020]
    assert lonely["value"].tolist() == [50.0, 50.9, 54.9]
    assert lonely["low"].isna().all()  # a model's figure is less sure than its decimal, and how much is not said
