"""Divisions of 2015 to 2024 as they were: crosswalks, tables and outlines that stay outside the repository."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from bt_analysis import harmonise
from bt_analysis.harmonise.correspondence import Correspondence, correspondence
from bt_analysis.harmonise.weights import as_matrix, compose, conserved
from bt_analysis.sources import crosswalk

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
KWB = {2017: "83765NED", 2020: "84799NED", 2024: "85984NED"}

pytestmark = pytest.mark.skipif(not (DATA / "crosswalk").is_dir(), reason=f"no crosswalk in {DATA}")


@pytest.fixture(scope="module")
def tables() -> dict[int, Any]:
    """Return only what divisions need of the recorded tables: codes, flags, inhabitants, people of 65 and over."""
    found = {}
    for year, table in KWB.items():
        rows = pd.read_parquet(DATA / "cbs_tables" / table / "TypedDataSet.parquet")
        rows["WijkenEnBuurten"] = rows["WijkenEnBuurten"].str.strip()
        found[year] = SimpleNamespace(rows=rows, region_column="WijkenEnBuurten")
    return found


@pytest.fixture(scope="module")
def dwellings() -> pd.DataFrame:
    counted = crosswalk.read_folder(DATA)
    assert counted is not None
    return counted


def people(table: Any, name: str = "AantalInwoners") -> pd.Series:
    (column,) = [key for key in table.rows if key.startswith(name)]
    figures: pd.Series = table.rows.set_index("WijkenEnBuurten")[column].astype(float)
    return figures


def moved(found: Correspondence, values: pd.Series) -> pd.Series:
    new = found.regions["regiocode"]
    return pd.Series(as_matrix(found, list(values.index), list(new)) @ values.to_numpy(), index=new)


def test_groningen_took_haren_and_a_part_of_ten_boer() -> None:
    counted = crosswalk.read(DATA / "crosswalk" / "grenswijzigen_adressen_gemeente_2016-2024_long.csv.gz")
    rows = counted[counted["from_year"].eq(2018) & counted["to_year"].eq(2019) & counted["to_code"].eq("GM0014")]
    assert dict(zip(rows["from_code"], rows["addresses"], strict=True)) == {
        "GM0009": 3074,
        "GM0014": 82_667,
        "GM0017": 8638,
    }
    divisions = {}
    for year, end in ((2018, "from"), (2019, "to")):
        codes = counted.loc[counted[f"{end}_year"].eq(year), [f"{end}_code"]].drop_duplicates()
        divisions[year] = SimpleNamespace(rows=codes, region_column=f"{end}_code")
    found = correspondence(2018, 2019, divisions, counted)
    groningen = found.links[found.links["to_code"].eq("GM0014")]
    assert groningen.set_index("from_code")["weight"].to_dict() == {"GM0009": 1, "GM0014": 1, "GM0017": 1}
    assert found.regions.set_index("regiocode").loc["GM0014", "reason"] == "merged"


def test_of_1259_wijken_that_changed_333_were_split(dwellings: pd.DataFrame) -> None:
    rows = dwellings[
        dwellings["from_year"].eq(2016) & dwellings["to_year"].eq(2024) & dwellings["from_code"].str.startswith("WK")
    ]
    per_wijk = rows.groupby("from_code")["addresses"]
    assert per_wijk.ngroups == 1259
    assert int((per_wijk.max() / per_wijk.sum() < 0.99).sum()) == 333


def test_crosswalks_from_postcodes_are_read() -> None:
    rows = crosswalk.read_postcodes(DATA / "crosswalk" / "grenswijzigen_postcode4_wijk_2016-2024_long.csv.gz")
    assert len(rows) == 300_059
    first = rows[rows["postcode"].eq("1012") & rows["from_year"].eq(2016) & rows["to_year"].eq(2017)]
    assert set(first["to_code"]) >= {"WK036300", "WK036301"}


@pytest.mark.parametrize(("from_year", "to_year"), [(2017, 2020), (2020, 2024), (2017, 2024), (2024, 2017)])
def test_inhabitants_are_kept(tables: dict[int, Any], dwellings: pd.DataFrame, from_year: int, to_year: int) -> None:
    found = correspondence(from_year, to_year, tables, dwellings)
    before = people(tables[from_year])
    after = moved(found, before.fillna(0))
    placed = before.reindex(found.links["from_code"].unique())
    for level in ("NL", "GM", "WK"):
        old, new = (values[values.index.str.startswith(level)].to_frame("people") for values in (placed, after))
        conserved(old, new, tolerance=1e-4)
    assert found.regions["regiocode"].tolist() == people(tables[to_year]).index.tolist()
    unplaced = before.drop(placed.index)
    assert unplaced[unplaced.index.str.startswith("GM")].empty
    # The other wijken are of water and new land: 17.9 million people live in 2024 in the rest.
    assert unplaced[unplaced.index.str.startswith("WK")].sum() < 5000


def test_buurten_are_lost_where_years_between_are_missing(tables: dict[int, Any], dwellings: pd.DataFrame) -> None:
    for from_year, to_year in ((2017, 2020), (2020, 2024)):
        regions = correspondence(from_year, to_year, tables, dwellings).regions
        buurten = regions[regions["regiocode"].str.startswith("BU")]
        assert set(buurten["reason"]) == {"year_missing"}
    without_flags = {2023: tables[2020], 2024: tables[2024]}  # as if 2023 were there: the flags of 2024 all read "."
    found = correspondence(2023, 2024, without_flags).regions
    assert set(found.loc[found["regiocode"].ne("NL00"), "reason"]) == {"no_flag"}


def test_a_renamed_wijk_is_the_same_place(tables: dict[int, Any], dwellings: pd.DataFrame) -> None:
    """Inhabitants tell: of an area that was followed they hardly change, of one found by its code they do."""
    found = correspondence(2017, 2020, tables, dwellings)
    before, after = people(tables[2017]), people(tables[2020])
    reason = found.regions.set_index("regiocode")["reason"]
    wijken = reason.index[
        reason.eq("renamed") & reason.index.str.startswith("WK") & after.reindex(reason.index).ge(100)
    ]
    followed = after[wijken] / moved(found, before.fillna(0))[wijken] - 1
    by_code = (after[wijken] / before.reindex(wijken) - 1).dropna()
    assert (len(wijken), int(followed.abs().gt(0.25).sum())) == (172, 1)
    assert (len(by_code), int(by_code.abs().gt(0.25).sum())) == (21, 17)  # codes that live on for another area


@pytest.mark.parametrize(("from_year", "to_year"), [(2017, 2020), (2020, 2024), (2024, 2017)])
def test_no_area_became_one_that_got_a_few_of_its_homes(
    tables: dict[int, Any], dwellings: pd.DataFrame, from_year: int, to_year: int
) -> None:
    found = correspondence(from_year, to_year, tables, dwellings)
    now = harmonise.successors(found)
    now = now[now != ""]
    weight = found.links.set_index(["from_code", "to_code"])["weight"]
    assert (weight.reindex(pd.MultiIndex.from_arrays([now.index, now])) >= 0.99).all()
    assert not now.duplicated().any()
    assert now.get("GM0788", "") in ("", "GM0788")  # Haaren, of which 9% is Tilburg (GM0855) since 2021
    assert len(now) > 2_900


def test_two_steps_come_close_to_one(tables: dict[int, Any], dwellings: pd.DataFrame) -> None:
    both = compose(*(correspondence(*years, tables, dwellings) for years in ((2017, 2020), (2020, 2024))))
    direct = correspondence(2017, 2024, tables, dwellings)
    before = people(tables[2017]).fillna(0)
    wijken = direct.regions.loc[
        direct.regions["regiocode"].str.startswith("WK") & direct.regions["comparable"], "regiocode"
    ]
    difference = (moved(both, before)[wijken] - moved(direct, before)[wijken]).abs()
    assert (difference <= 0.02 * before.reindex(wijken).fillna(0) + 50).mean() > 0.99


def test_the_mean_of_percentages_is_no_percentage(tables: dict[int, Any], dwellings: pd.DataFrame) -> None:
    found = correspondence(2017, 2024, tables, dwellings)
    everyone, aged = people(tables[2017]), people(tables[2017], "k_65JaarOfOuder")
    known = everyone.gt(0) & aged.notna()
    share = 100 * aged.where(known) / everyone.where(known)
    rebuilt = 100 * moved(found, aged.where(known, 0)) / moved(found, everyone.where(known, 0))
    parts = found.links.assign(share=found.links["from_code"].map(share))
    mean = parts.groupby("to_code")["share"].mean()
    error = (mean - rebuilt.reindex(mean.index)).abs()
    assert error.max() == pytest.approx(19.75, abs=0.01)  # points of a hundred, in a wijk of Schiedam


def test_amsterdams_letters_are_renames() -> None:
    rows = pd.read_csv(DATA / "boundaries" / "2022" / "buurt_Amsterdam_2015_2022_codes_WKT.csv.gz", dtype="str")
    outlines = gpd.GeoSeries(shapely.from_wkt(rows["geometrie"].str.split(";").str[1]), crs="EPSG:28992")
    boundaries = {
        year: gpd.GeoDataFrame({"regiocode": rows[f"BUURTCODE_CBS_{year}"]}, geometry=outlines) for year in (2015, 2022)
    }
    found = correspondence(2015, 2022, {}, boundaries=boundaries)
    assert dict(zip(found.links["from_code"], found.links["to_code"], strict=True)) == dict(
        zip(rows["BUURTCODE_CBS_2015"], rows["BUURTCODE_CBS_2022"], strict=True)
    )
    assert len(found.links) == 439
    assert set(found.regions["reason"]) == {"renamed"}
    assert np.allclose(found.links["weight"], 1)


def test_outlines_and_addresses_agree_around_the_hague(dwellings: pd.DataFrame) -> None:
    """Two maps of different makers, and counts: they agree on where most of an old wijk went."""
    old = gpd.read_file(f"/vsigzip/{DATA / 'boundaries' / '2016' / 'wijk_2016_NL_RD.geojson.gz'}")
    new = gpd.read_file(DATA / "boundaries" / "2018-2024" / "wijk_regio_DenHaag.geojson")
    boundaries = {
        2016: old.rename(columns={"WKC": "regiocode"})[["regiocode", "geometry"]],
        2020: new.rename(columns={"WK_CODE": "regiocode"})[["regiocode", "geometry"]],
    }
    by_surface = correspondence(2016, 2020, {}, boundaries=boundaries)
    by_addresses = correspondence(2016, 2020, {}, dwellings, boundaries)
    found = {}
    for name, one in (("surface", by_surface), ("addresses", by_addresses)):
        links = one.links.sort_values("weight").drop_duplicates("from_code", keep="last")
        found[name] = links[links["to_code"].isin(new["WK_CODE"])].set_index("from_code")["to_code"]
    both = pd.concat(found, axis=1).dropna()
    assert len(both) == 67
    # Of these two the most land went to one new wijk and most homes to another.
    assert set(both.index[both["surface"].ne(both["addresses"])]) == {"WK060308", "WK191609"}
