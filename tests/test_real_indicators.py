"""The catalogue on recorded tables of CBS: every indicator where its label says it is, and figures as published."""

import csv
import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import indicators
from bt_analysis.sources import cbs_table, raw_table
from bt_analysis.sources.selection import select
from bt_analysis.sources.table import base_name

SHARED = Path(__file__).resolve().parents[2] / "shared"
RECORDED, HINTS = SHARED / "data" / "cbs_tables", SHARED / "docs" / "kwb-keys-long.csv"
V4_2017 = SHARED / "data" / "metadata" / "83765NED_2017_odata_v4"
CATALOGUE = indicators.load()
KWB = {key: one for key, one in CATALOGUE.items() if one.source == "kwb"}
FAMILIES = indicators.load_families()

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")

# First year of series whose label does not give one.
FIRST = {
    **dict.fromkeys(("education_low", "education_middle", "education_high", "known_education_15_75"), 2019),
    **dict.fromkeys(("education_low_pct", "education_middle_pct", "education_high_pct"), 2019),
    **dict.fromkeys(("labour_participation_pct", "employees_pct", "self_employed_pct"), 2018),
    **dict.fromkeys(("standardised_income_keur", "wealth_median_keur"), 2018),
    **dict.fromkeys(("below_110_social_minimum_pct", "below_120_social_minimum_pct"), 2018),
    **dict.fromkeys(("wmo_clients", "wmo_clients_per_1000", "youth_care_recipients", "youth_care_pct"), 2018),
}
# The layout of March 2025: the old figures on low incomes not yet dropped, those on poverty and energy not yet added.
EARLY_2024 = {
    "low_income_households_pct", "social_minimum_households_pct", "below_110_social_minimum_pct",
    "below_120_social_minimum_pct",
}  # fmt: skip
LATE_2024 = {
    "poverty_pct", "just_above_poverty_pct", "electricity_fed_in_kwh_per_dwelling", "solar_homes_pct",
    "gas_free_homes_pct", "gas_homes_pct", "electric_heating_pct", "charging_points",
}  # fmt: skip


class Topics:
    """The topics of a table, without its figures."""

    def __init__(self, table_id: str, properties: pd.DataFrame) -> None:
        self.table_id, self.properties = table_id, properties


def topics(table_id: str) -> Topics:
    folder = RECORDED / table_id
    return Topics(table_id, cbs_table._topics(raw_table.read_set(folder, "DataProperties")))


def topics_of_2017() -> Topics:
    """Return all topics of KWB 2017: recorded in OData v4, with titles and groups in place of keys."""
    listed = pd.read_parquet(next(V4_2017.glob("*MeasureGroups.parquet"))).to_dict("records")
    groups = {str(group["Id"]): group for group in listed}

    def path(group: object) -> tuple[str, ...]:
        found = groups.get(str(group))
        return (*path(found["ParentId"]), str(found["Title"])) if found else ()

    codes = pd.read_parquet(next(V4_2017.glob("*MeasureCodes.parquet")))
    lines = [
        (one["Identifier"], base_name(one["Title"]), one["Title"], one["Unit"], path(one["MeasureGroupId"]))
        for one in codes.to_dict("records")
    ]
    return Topics("83765NED", pd.DataFrame(lines, columns=["key", "name", "title", "unit", "path"]))


def is_of(key: str, year: int) -> bool:
    """Tell whether an indicator should be there in a year: what its label says, or else since when CBS gives it."""
    label = CATALOGUE[key].label_nl
    spans = re.search(r"\((?:(\d{4}) tot en met (\d{4})|vanaf (\d{4})|tot en met (\d{4}))\)", label)
    first, last, since, until = spans.groups() if spans else (None,) * 4
    return int(first or since or FIRST.get(key, 2013)) <= year <= int(last or until or 2025)


@pytest.mark.parametrize("year", [2017, 2020, 2024])
def test_each_indicator_is_in_the_years_that_its_label_says(year: int) -> None:
    table = topics_of_2017() if year == 2017 else topics({2020: "84799NED", 2024: "85984NED"}[year])
    status = indicators.resolve(KWB, table).set_index("indicator_id")["status"]
    expected = {key for key in KWB if is_of(key, year)}
    if year == 2024:
        expected = (expected | EARLY_2024) - LATE_2024
    assert set(status[status != "not_in_table"].index) == expected


@pytest.mark.parametrize("table_id", ["83765NED", "84799NED", "85984NED"])
def test_no_column_is_taken_twice(table_id: str) -> None:
    keys = indicators.resolve(KWB, topics(table_id))["source_key"].dropna()
    assert keys.is_unique


# Hints that are no indicator of ours: what a region is, groups of origin by country, and ratios made of counts again.
NOT_TAKEN = {
    "gemeentenaam", "soort_regio", "codering", "indelingswijziging", "postcode", "marokko", "antillen_aruba",
    "suriname", "turkije", "overig_niet_westers", "geboren_nl_herkomst_nl", "dichtheid", "wmo_per_1000",
    "autos_per_hh",
}  # fmt: skip
# Two indicators, because another quantity is measured.
SPLIT = {"elektriciteit_levering": 2}


def test_every_name_that_cbs_gave_a_series_is_known_to_its_indicator() -> None:
    names: dict[str, set[str]] = {}
    with HINTS.open(encoding="utf-8") as lines:
        for hint in csv.DictReader(lines):
            if hint["base_name"] and hint["indicator"] not in NOT_TAKEN:
                names.setdefault(hint["indicator"], set()).add(hint["base_name"].casefold())
    ours = {key: {str(place["name"]).casefold() for place in one.find} for key, one in KWB.items()}
    assert len(names) == 85  # of 99 in the hints, without the 14 that are not taken
    for series, spellings in names.items():
        most = max(len(spellings & own) for own in ours.values())
        assert most * SPLIT.get(series, 1) == len(spellings), f"{series}: {spellings}"


@pytest.mark.parametrize("year", range(2019, 2025))
def test_every_topic_of_the_demo_is_taken(year: int) -> None:
    demo = pd.read_csv(Path(indicators.__file__).parents[1] / "demo" / "kwb_topics.csv", dtype=str)
    there = demo[demo[f"p{year}"].notna()]
    paths = there["path"].map(lambda path: tuple(path.split(" > ")))
    properties = there.assign(key=there["name"] + "_" + there[f"p{year}"], path=paths)
    taken = indicators.resolve(KWB, Topics("demo", properties))["source_key"].dropna()
    left = there.loc[~properties["key"].isin(taken), "name"]
    assert set(left) == {
        "Gemeentenaam", "SoortRegio", "Codering", "MeestVoorkomendePostcode",
        f"Indelingswijziging{'WijkenEnBuurten' if year < 2022 else 'GemeenteWijkBuurt'}",
        "Bevolkingsdichtheid", "PersonenautoSPerHuishouden",  # made of counts again
    }  # fmt: skip


def test_every_health_indicator_is_in_the_recorded_table_but_those_of_later() -> None:
    health = {key: one for key, one in CATALOGUE.items() if one.source == "health"}
    found = indicators.resolve(health, topics("50090NED")).set_index("indicator_id")["status"]
    later = {key for key, one in health.items() if "vanaf 2022" in one.label_nl}
    assert set(found[found == "not_in_table"].index) == later
    assert all(one.model for one in health.values())


def test_every_proximity_indicator_is_in_a_download_of_utrecht() -> None:
    path = SHARED / "data" / "proximity" / "nabijheid_2023_Utrecht_statline.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
        heads = next(csv.reader(lines, delimiter=";"))
    # "Onderwijs/Voortgezet onderwijs/Havo/vwo/Afstand tot school (km)"
    parts = [re.fullmatch(r"(.*)/([^/]+) \(([^)]+)\)", head) for head in heads]
    lines_of = [(f"c{at}", base_name(p[2]), p[2], p[3], tuple(p[1].split("/"))) for at, p in enumerate(parts) if p]
    table = Topics("85830NED", pd.DataFrame(lines_of, columns=["key", "name", "title", "unit", "path"]))
    near = {key: one for key, one in CATALOGUE.items() if one.source == "proximity"}
    assert set(indicators.resolve(near, table, required=near)["status"]) == {"found"}


@pytest.fixture(scope="module")
def health(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Any]:
    folder = tmp_path_factory.mktemp("health") / "50090NED"
    folder.mkdir()
    for path in (RECORDED / "50090NED").iterdir():
        if path.suffix == ".gz":
            (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        else:
            shutil.copyfile(path, folder / path.name)
    return select(cbs_table.read_table(folder), FAMILIES["health"].choices, FAMILIES["health"].margins)


@pytest.mark.parametrize(("year", "pct"), [(2012, 50.0), (2016, 50.9), (2020, 54.9)])
def test_lonely_adults_of_noordereiland(health: dict[int, Any], year: int, pct: float) -> None:
    table = health[year]
    key = indicators.find_key(CATALOGUE["loneliness_pct"], table.properties)
    figures = table.rows.set_index("WijkenEnBuurten")[key]
    assert figures["BU05991088"] == pct
    assert (table.year, table.division_year) == (year, 2020)  # three years, all on the division of 2020
    assert CATALOGUE["loneliness_pct"].model


def test_health_has_every_region_of_2020_once_and_the_country_as_kwb_calls_it(health: dict[int, Any]) -> None:
    codes = health[2020].rows["WijkenEnBuurten"]
    assert len(codes) == 1 + 355 + 3_177 + 13_808
    assert codes.is_unique
    assert "NL00" in set(codes)
    assert "NL01" not in set(codes) | set(health[2020].labels["regiocode"])


def test_adults_are_weighed_better_by_those_of_15_or_older_than_by_all(health: dict[int, Any]) -> None:
    kwb = pd.read_parquet(RECORDED / "84799NED" / "TypedDataSet.parquet")
    people = kwb.set_index(kwb["WijkenEnBuurten"].str.strip())
    older = people[["k_15Tot25Jaar_9", "k_25Tot45Jaar_10", "k_45Tot65Jaar_11", "k_65JaarOfOuder_12"]].sum(axis=1)
    lonely = health[2020].rows.set_index("WijkenEnBuurten")["Eenzaam_28"].dropna()
    buurten = lonely[lonely.index.str.startswith("BU")]

    def off(weight: pd.Series) -> "pd.Series[float]":
        """Return how far each gemeente that is made of its buurten lies from the published one, in per cent points."""
        inside = weight.reindex(buurten.index)
        gemeente = "GM" + buurten.index.str[2:6]
        made = (buurten * inside).groupby(gemeente).sum() / inside.groupby(gemeente).sum()
        return pd.Series(made - lonely.reindex(made.index)).dropna()

    assert off(older).abs().quantile(0.95) < 0.15
    assert abs(off(older).mean()) < 0.01
    assert abs(off(people["AantalInwoners_5"]).mean()) > 0.04


def test_what_cbs_says_of_rounding_is_in_the_catalogue() -> None:
    texts = {
        one["Key"] or one["Title"]: " ".join(str(one.get("Description")).split())
        for one in json.loads((RECORDED / "84799NED" / "DataProperties.json").read_text(encoding="utf-8"))
    }
    assert "aselect afgerond op veelvouden van 5" in texts["Bevolking"]
    assert (KWB["population"].round_to, KWB["population"].rounding) == (5, "random")
    assert "afgerond op tientallen" in texts["Opleidingsniveau"]
    assert (KWB["education_high"].round_to, KWB["education_high"].rounding) == (10, "nearest")
    assert "waarden 0 tot en met 7 weergegeven als geheim" in texts["Zorg"]
    assert (KWB["wmo_clients"].round_to, KWB["wmo_clients"].withheld_up_to) == (5, 7)
    assert "afgerond op honderdtallen" in texts["AantalInkomensontvangers_70"]
    assert KWB["income_recipients"].round_to == 100


def test_counts_are_multiples_of_their_step_at_the_levels_that_are_rounded() -> None:
    rows = pd.read_parquet(RECORDED / "84799NED" / "TypedDataSet.parquet")
    found = indicators.resolve(KWB, topics("84799NED")).dropna(subset="source_key")
    level = rows["SoortRegio_2"].str.strip()
    for key, column in zip(found["indicator_id"], found["source_key"], strict=True):
        one = KWB[key]
        if one.kind != "additive" or not one.round_to or rows[column].isna().all():
            continue
        rounded = level.eq("Buurt") if one.rounding == "random" else level.ne("Land")
        assert rows.loc[rounded, column].dropna().mod(one.round_to).eq(0).all(), key
        if one.rounding == "random":
            assert rows.loc[level.eq("Gemeente"), column].mod(one.round_to).ne(0).any(), key
