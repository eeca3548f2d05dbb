"""The KWB tables of the fictional municipality: the shape, keys and awkward habits of CBS's own."""

import gzip
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from bt_analysis.demo import cbs_metadata, cbs_tables, municipality, population
from bt_analysis.demo.cbs_tables import YEARS, CbsTable

SEED = 20260101


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    return municipality.draw(SEED)


@pytest.fixture(scope="module")
def exact(cells: gpd.GeoDataFrame) -> pd.DataFrame:
    return population.figures(cells, YEARS, (), SEED)


@pytest.fixture(scope="module")
def tables(cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> dict[int, CbsTable]:
    return {year: cbs_tables.make_table(cells, exact, year, SEED) for year in YEARS}


def level(table: CbsTable, prefix: str) -> pd.DataFrame:
    return table.rows[table.rows["WijkenEnBuurten"].str.startswith(prefix)]


def column(table: CbsTable, name: str) -> str:
    keys = [str(key) for key in table.rows.columns if str(key).rsplit("_", 1)[0] == name]
    assert len(keys) == 1
    return keys[0]


# Keys


@pytest.mark.parametrize(
    ("name", "positions"),
    [
        ("AantalInwoners", {2019: 5, 2022: 5, 2024: 5}),
        ("GemiddeldInkomenPerInwoner", {2019: 72, 2022: 72, 2023: 81, 2024: 78}),
        ("GemiddeldAardgasverbruikTotaal", {2019: 55, 2022: 55, 2023: 56, 2024: 55}),
        ("PersonenPerSoortUitkeringBijstand", {2020: 83, 2023: 92, 2024: 87}),
        ("PersonenautoSPerHuishouden", {2020: 102, 2021: 103, 2023: 112, 2024: 107}),
    ],
)
def test_keys_move_between_years_as_those_of_cbs_do(
    tables: dict[int, CbsTable], name: str, positions: dict[int, int]
) -> None:
    assert {year: column(tables[year], name) for year in positions} == {
        year: f"{name}_{position}" for year, position in positions.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "first_year"),
    [
        ("GemiddeldeWoningwaarde", "GemiddeldeWOZWaardeVanWoningen", 2020),
        ("GemiddeldElektriciteitsverbruikTotaal", "GemiddeldeElektriciteitsleveringTotaal", 2021),
        ("IndelingswijzigingWijkenEnBuurten", "IndelingswijzigingGemeenteWijkBuurt", 2022),
        ("WestersTotaal", "EuropaExclusiefNederland", 2023),
        ("BouwjaarVoor2000", "BouwjaarMeerDanTienJaarGeleden", 2024),
    ],
)
def test_topics_get_another_name(tables: dict[int, CbsTable], old: str, new: str, first_year: int) -> None:
    for year, table in tables.items():
        names = {str(key).rsplit("_", 1)[0] for key in table.rows}
        assert (old in names, new in names) == (year < first_year, year >= first_year)


def test_a_year_has_some_sixty_columns_in_order_of_position(tables: dict[int, CbsTable]) -> None:
    for table in tables.values():
        positions = [int(str(key).rsplit("_", 1)[1]) for key in table.rows.columns[2:]]
        assert positions == sorted(positions)
        assert 55 <= len(positions) <= 62
        assert list(table.rows.columns[:2]) == ["ID", "WijkenEnBuurten"]


# Rows


def test_rows_run_from_country_through_wijken_to_their_buurten(tables: dict[int, CbsTable]) -> None:
    codes = [code.strip() for code in tables[2024].rows["WijkenEnBuurten"]]
    assert codes[:4] == ["NL00", "GM9901", "WK990100", "BU99010000"]
    assert (len(codes), len(set(codes))) == (1 + 2 + 11 + 56, 70)
    assert [code for code in codes if code[:2] == "GM"] == ["GM9901", "GM9902"]


def test_text_is_padded_as_cbs_pads_it(tables: dict[int, CbsTable]) -> None:
    row = tables[2019].rows.iloc[1]
    assert row["WijkenEnBuurten"] == "GM9901    "
    assert row["Codering_3"] == "GM9901    "
    assert row["SoortRegio_2"] == "Gemeente  "
    assert row["Gemeentenaam_1"] == "Elzerwaard (fictief)".ljust(40)
    assert row["MeestVoorkomendePostcode_113"] == "         ."
    assert tables[2019].rows.iloc[3]["MeestVoorkomendePostcode_113"] == "      0100"


def test_country_is_called_fictional(tables: dict[int, CbsTable]) -> None:
    assert tables[2019].rows["Gemeentenaam_1"].iloc[0].strip() == "Fictief Nederland"
    assert tables[2019].regions[0]["Title"] == "Fictief Nederland"


def test_flag_of_change_covers_gemeenten_from_2022_only(tables: dict[int, CbsTable]) -> None:
    assert list(tables[2021].rows["IndelingswijzigingWijkenEnBuurten_4"].iloc[:4]) == [".", ".", "1", "1"]
    assert list(tables[2022].rows["IndelingswijzigingGemeenteWijkBuurt_4"].iloc[:4]) == [".", "1", "1", "1"]
    assert tables[2022].rows["IndelingswijzigingGemeenteWijkBuurt_4"].value_counts()["3"] == 2


# Figures


def test_counts_are_multiples_of_five_below_the_gemeente_and_exact_above(
    tables: dict[int, CbsTable], cells: gpd.GeoDataFrame, exact: pd.DataFrame
) -> None:
    for prefix in ("WK", "BU"):
        for name in ("AantalInwoners_5", "k_65JaarOfOuder_12", "HuishoudensTotaal_28", "PersonenautoSTotaal_99"):
            assert (level(tables[2020], prefix)[name] % 5 == 0).all()
    home = cells.index[cells["gemeente"] == "GM9901"]
    people = exact["inhabitants"].xs(2020, level="year")[home].sum()
    assert level(tables[2020], "GM9901")["AantalInwoners_5"].item() == people


def test_rounding_by_lot_neither_gains_nor_loses(tables: dict[int, CbsTable]) -> None:
    buurten = level(tables[2020], "BU9901")["AantalInwoners_5"].sum()
    # 40 buurten, each at most 5 off with a mean of 0: the sum stays within some 5 · √40 ≈ 32.
    assert abs(buurten - level(tables[2020], "GM9901")["AantalInwoners_5"].item()) < 64


def test_means_follow_from_sums(tables: dict[int, CbsTable], cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> None:
    first = {str(name): float(value) for name, value in exact.xs(2020, level="year").iloc[1].items()}
    row = level(tables[2020], cells["code_before"][0]).iloc[0]
    assert row["GemiddeldAardgasverbruikTotaal_55"] == round(first["gas_m3"] / first["dwellings"])
    assert row["Koopwoningen_40"] == round(100 * first["owner"] / first["dwellings"])
    assert row["GemiddeldInkomenPerInwoner_72"] == round(first["income_keur"] / first["inhabitants"], 1)


def test_small_buurten_show_counts_but_no_means(tables: dict[int, CbsTable], cells: gpd.GeoDataFrame) -> None:
    estate = cells.loc[cells["type"] == "bedrijven", "code_before"].item()
    row = level(tables[2020], estate).iloc[0]
    assert row["AantalInwoners_5"] <= 20
    assert pd.isna(row["GemiddeldeWOZWaardeVanWoningen_35"])  # fewer than 20 dwellings
    assert pd.isna(row["GemiddeldInkomenPerInwoner_72"])  # fewer than 100 inhabitants
    assert pd.isna(row["PersonenPerSoortUitkeringBijstand_83"])


def test_an_empty_park_has_zero_people_and_no_ratios(tables: dict[int, CbsTable], cells: gpd.GeoDataFrame) -> None:
    park = cells.loc[cells["type"] == "park", "code_before"].item()
    row = level(tables[2020], park).iloc[0]
    assert (row["AantalInwoners_5"], row["Bevolkingsdichtheid_33"]) == (0, 0)
    assert pd.isna(row["GemiddeldeHuishoudensgrootte_32"])
    assert row["OppervlakteTotaal_110"] > 0


def test_newest_year_still_lacks_whole_columns(tables: dict[int, CbsTable]) -> None:
    newest = tables[2024].rows
    for key in ("GemiddeldInkomenPerInwoner_78", "GemiddeldAardgasverbruikTotaal_55", "GeboorteTotaal_25"):
        assert newest[key].isna().all()
    for key in ("AantalInwoners_5", "GemiddeldeWOZWaardeVanWoningen_39", "PersonenPerSoortUitkeringBijstand_87"):
        assert newest[key].notna().any()
    earlier = [column for year in YEARS[:-1] for column in tables[year].rows if tables[year].rows[column].isna().all()]
    assert not earlier


def test_classes_are_those_of_cbs(tables: dict[int, CbsTable]) -> None:
    table = tables[2023]
    density = table.rows["Omgevingsadressendichtheid_126"]
    grade = table.rows["MateVanStedelijkheid_125"]
    assert set(grade.dropna()) <= {1, 2, 3, 4, 5}
    assert (density[grade == 1] >= 2_500).all()
    assert (density[grade == 5] <= 500).all()
    assert grade[table.rows["AantalInwoners_5"] > 20].notna().all()


# Metadata


def test_table_ids_do_not_exist_at_cbs() -> None:
    assert [cbs_metadata.table_id(year) for year in (2019, 2024)] == ["99019SYN", "99024SYN"]


def test_information_says_it_is_made_up(tables: dict[int, CbsTable]) -> None:
    info = tables[2019].info
    assert info["Title"] == "Kerncijfers wijken en buurten 2019 (synthetisch)"
    assert info["Source"] == "Synthetisch; geen CBS-cijfers"
    assert "ynthetisch" in info["Summary"]
    assert (info["Period"], info["RecordCount"], info["ColumnCount"]) == ("2019", 69, 1 + 58)


def test_every_column_has_a_property_in_a_topic_group(tables: dict[int, CbsTable]) -> None:
    table = tables[2023]
    topics = [one for one in table.properties if one["Type"] == "Topic"]
    assert [one["Key"] for one in topics] == list(table.rows.columns[2:])
    groups = {one["ID"]: one for one in table.properties if one["Type"] == "TopicGroup"}
    gas = next(one for one in topics if one["Key"] == "GemiddeldAardgasverbruikTotaal_56")
    inner = groups[gas["ParentID"]]
    assert (inner["Title"], groups[inner["ParentID"]]["Title"]) == ("Gemiddeld aardgasverbruik", "Energie")
    assert (gas["Unit"], gas["Datatype"], gas["Decimals"]) == ("m³", "Long", 0)


def test_region_dimension_names_its_division_year(tables: dict[int, CbsTable]) -> None:
    first = tables[2022].properties[0]
    assert (first["odata.type"], first["Key"], first["MapYear"]) == ("Cbs.OData.GeoDetail", "WijkenEnBuurten", 2022)
    assert [one["Key"] for one in tables[2022].regions] == list(tables[2022].rows["WijkenEnBuurten"])


def test_delivery_time_changes_with_the_figures(cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> None:
    first, again, other = (cbs_tables.make_table(cells, exact, 2019, seed) for seed in (1, 1, 2))
    assert first.info["Modified"] == again.info["Modified"]
    assert first.info["Modified"] != other.info["Modified"]


def test_records_keep_order_and_names() -> None:
    table = pd.DataFrame({"b": [1, 2], "a": ["x", "y"]})
    assert cbs_metadata.records(table) == [{"b": 1, "a": "x"}, {"b": 2, "a": "y"}]


def test_table_is_written_in_the_layout_of_the_server(tables: dict[int, CbsTable], tmp_path: Path) -> None:
    cbs_tables.write_table(tables[2019], tmp_path)
    folder = tmp_path / "99019SYN"
    assert sorted(file.name for file in folder.iterdir()) == [
        "CategoryGroups.json",
        "DataProperties.json",
        "TableInfos.json",
        "TypedDataSet.parquet",
        "WijkenEnBuurten.json.gz",
    ]
    assert pd.read_parquet(folder / "TypedDataSet.parquet")["AantalInwoners_5"].iloc[0] > 10_000_000
    assert len(json.loads(gzip.decompress((folder / "WijkenEnBuurten.json.gz").read_bytes()))) == 69
