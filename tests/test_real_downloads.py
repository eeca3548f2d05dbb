"""Files that people really downloaded: each read right or refused, and what contradicts its name is noticed.

The outcomes are listed per folder: ``read``, or a part of the reason. They were checked by hand against StatLine.
"""

import gzip
import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from bt_analysis.sources.cbs_table import read_table
from bt_analysis.sources.contradictions import Witness, judge
from bt_analysis.sources.downloaded_file import take
from bt_analysis.sources.downloads import DownloadRefused, read_download, survey
from bt_analysis.sources.klimaatmonitor import by_name, read_themes
from bt_analysis.sources.leefbaarometer import read_leefbaarometer
from bt_analysis.sources.table import CbsTable

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

pytestmark = pytest.mark.skipif(not (DATA / "kwb").is_dir(), reason=f"no downloaded files in {DATA}")

PRIVATE = "columns that CBS does not have"
WITHOUT_CODES = "no column with codes of regions"
OUTCOMES = {
    "kwb": {
        "2015/83220NED_2015_Amsterdam_inkomen_statline_multiheader.csv": WITHOUT_CODES,
        "2016/gem_2016_attributen_NL.dbf": "read",
        "2016/wijk_2016_attributen_NL.dbf": "read",
        "2017/83765NED_2017_Amsterdam_allekolommen_Rwritecsv.csv.gz": "read",
        "2017/83765NED_2017_NL_selectie22.csv.gz": "read",
        "2019/84583NED_2019_Amsterdam_UntypedDataSet.csv.gz": "read",
        "2019/84583NED_2019_Amsterdam_allekolommen_Rwritecsv.csv.gz": "read",
        "2019/84583NED_2019_DenHaag_UntypedDataSet.csv.gz": "read",
        "2019/84583NED_2019_Utrecht_selectie22.csv": "read",
        "2020/84799NED_2020_Amsterdam_hernoemde_kolommen.csv": PRIVATE,
        "2020/84799NED_2020_DenHaag_TypedDataSet_lege_velden.csv.gz": "read",
        "2020/cbs.v3.84799NED_TypedDataSet.parquet": "read",
        "2020/cbs.v3.84799NED_WijkenEnBuurten.parquet": "names of a dimension",
        "2021/85039NED_2021_Amsterdam_selectie22.csv": "read",
        "2021/85039NED_2021_Utrecht_selectie22.csv": "read",
        "2023/85618NED_2023_Amsterdam_inkomen_hernoemd.csv": PRIVATE,
        "2023/kwb-2023_Utrecht.xlsx": "read",
        "2024/85984NED_2024_Amsterdam_hernoemde_kolommen.csv": PRIVATE,
        "2024/85984NED_2024_NL_gemeente_wijk_stripped.json.gz": "read",
        "2024/85984NED_2024_NL_herkomst_statline_zonder_codes.csv.gz": WITHOUT_CODES,
        "2024/kwb-2024_Utrecht_voorlopig.xlsx": "read",
    },
    "ses": {"85163NED_2019_SES-WOA_Amsterdam_statline.csv": "read"},
    "proximity": {
        "85231NED_2021_nabijheid_getransponeerd_statline.csv": "read",
        "nabijheid_2020_Amsterdam_selectie.csv": PRIVATE,
        "nabijheid_2023_Utrecht_statline.csv.gz": "read",
        "nabijheid_2024_Amsterdam_selectie.csv": PRIVATE,
    },
    "crime_health_json": {
        "kwb_2024_85984NED_subset_flat.csv.gz": PRIVATE,
        "politie_47022NED_misdrijven_per_jaar_flat.csv.gz": "without a year",
        "rivm_50150NED_ervaren_gezondheid_flat.csv.gz": "without a year",
    },
}
HEALTH = {
    **{
        f"rivm_50090NED_{year}_{ages}.csv.gz": "read" for year in (2012, 2016) for ages in ("18_65", "18plus", "65plus")
    },
    "rivm_50090NED_2020_18plus.csv.gz": "read",
    "rivm_50090NED_2020_18plus.xlsx": "read",
    "rivm_50090NED_2020_65plus.csv.gz": "read",
    "ggdh_elan_wijk/df_count_ver_3.csv.gz": "'WK1916--' among the codes",
    "ggdh_elan_wijk/df_count_gem_ver_6.csv.gz": "no id of a CBS table",
    "ggdh_elan_wijk/df_numeric_ver_6.csv.gz": "no id of a CBS table",
    "ggdh_elan_wijk/df_numeric_gem_ver_6.csv.gz": "no id of a CBS table",
}
INCOME = {
    "Avg_Income_Per_Income_Recipient_1000EUR": "GemiddeldInkomenPerInkomensontvanger",
    "Avg_Income_Per_Inhabitant_1000EUR": "GemiddeldInkomenPerInwoner",
    "Avg_Std_Household_Income_1000EUR": "GemGestandaardiseerdInkomenVanHuish",
    "Pct_Lowest_40Pct_Income": "k_40HuishoudensMetLaagsteInkomen",
    "Pct_Highest_20Pct_Income": "k_20HuishoudensMetHoogsteInkomen",
    "Pct_Low_Income_Households": "HuishoudensMetEenLaagInkomen",
    "Pct_Below_120Pct_Social_Min": "HuishoudensTot120VanSociaalMinimum",
}
PLACE = {"District_Type": "", "Municipality_Name": "Gemeentenaam", "Higher_Education_Count": "HboWo"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recorded tables as if they were fetched."""
    folder = tmp_path_factory.mktemp("cbs")
    for table in ("83765NED", "84799NED"):
        shutil.copytree(DATA / "cbs_tables" / table, folder / table, copy_function=shutil.copyfile)
        (folder / table).chmod(0o755)
        for packed in (folder / table).glob("*.gz"):
            packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    return folder


@pytest.fixture(scope="module")
def kwb_2020(recorded: Path) -> CbsTable:
    return read_table(recorded / "84799NED")


def figures(table: CbsTable, name: str) -> pd.Series:
    (key,) = table.properties.loc[table.properties["name"] == name, "key"]
    column: pd.Series = table.rows.set_index(table.region_column)[key]
    return column


def check(found: pd.DataFrame, expected: dict[str, str]) -> None:
    """Each file is read, or refused with the reason."""
    reasons = {str(line.file): "read" if line.verdict == "read" else str(line.reason) for line in found.itertuples()}
    assert sorted(reasons) == sorted(expected)
    assert {file: reason for file, reason in reasons.items() if expected[file] not in reason} == {}


@pytest.mark.parametrize("folder", list(OUTCOMES))
def test_each_file_is_read_right_or_refused_with_the_reason(folder: str) -> None:
    found = survey(DATA / folder)
    check(found, OUTCOMES[folder])
    assert not (found["claim"] == "contradicted").any()


def test_the_files_of_health(tmp_path: Path) -> None:
    # The definitions in the folder of ELAN are texts, and the workbook of 2020 takes ten seconds.
    for file in HEALTH:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copyfile(DATA / "health" / file, tmp_path / file)
    check(survey(tmp_path), HEALTH)


def test_lonely_adults_of_the_noordereiland_are_those_of_the_recorded_table() -> None:
    table = take(DATA / "health" / "rivm_50090NED_2020_18plus.csv.gz").table
    assert (table.year, table.division_year, table.time_column) == (2020, 2020, "Perioden")
    assert figures(table, "Eenzaam")["BU05991088"] == 54.9


def test_inhabitants_of_the_country_and_of_the_nuenen_rows() -> None:
    download = take(DATA / "kwb" / "2017" / "83765NED_2017_NL_selectie22.csv.gz")
    inhabitants = figures(download.table, "AantalInwoners")
    assert inhabitants["NL00"] == 17_081_507
    assert download.notes == ("14 rows without any figure, the first GM0820",)
    assert inhabitants.isna().sum() == 14


def test_what_r_mangled_is_what_odata_says() -> None:
    folder = DATA / "kwb" / "2019"
    mangled = take(folder / "84583NED_2019_Amsterdam_allekolommen_Rwritecsv.csv.gz").table
    untyped = take(folder / "84583NED_2019_Amsterdam_UntypedDataSet.csv.gz").table
    # Two releases: what is not rounded anew is equal, with a comma in one and a point in the other.
    for name in ("GemiddeldInkomenPerInwoner", "AfstandTotGroteSupermarkt", "GemiddeldeHuishoudensgrootte"):
        pair = pd.DataFrame({"r": figures(mangled, name), "odata": figures(untyped, name)}).dropna()
        assert len(pair) > 400
        assert (pair["r"] == pair["odata"]).all()
    inhabitants = (figures(mangled, "AantalInwoners") - figures(untyped, "AantalInwoners")).dropna()
    assert inhabitants.abs().max() <= 5


def test_a_csv_with_empty_fields_is_the_recorded_table(kwb_2020: CbsTable) -> None:
    table = take(DATA / "kwb" / "2020" / "84799NED_2020_DenHaag_TypedDataSet_lege_velden.csv.gz").table
    theirs = kwb_2020.rows.set_index("WijkenEnBuurten").loc[table.rows["WijkenEnBuurten"]]
    ours = table.rows.set_index("WijkenEnBuurten")
    # The file is of a later release, in which one topic has another name and more are filled.
    shared = [key for key in table.properties["key"] if key in theirs]
    assert len(shared) == 115
    for key in shared:
        known = theirs[key].notna()
        pd.testing.assert_series_equal(ours.loc[known, key], theirs.loc[known, key], check_dtype=False)
    mine, known = (one.properties.set_index("key")[["name", "unit", "path"]] for one in (table, kwb_2020))
    assert mine.loc[shared].equals(known.loc[shared])


def test_two_workbooks_of_utrecht() -> None:
    earlier = take(DATA / "kwb" / "2023" / "kwb-2023_Utrecht.xlsx").table
    later = take(DATA / "kwb" / "2024" / "kwb-2024_Utrecht_voorlopig.xlsx").table
    assert figures(earlier, "AantalInwoners")["GM0344"] == 367_947
    assert figures(later, "AantalInwoners")["GM0344"] == 374_238
    origin = (
        earlier.properties[earlier.properties["name"] == "Nederland"]
        .set_index("key")["path"]
        .map(lambda path: path[-1])
    )
    assert origin.to_dict() == {"a_nl_all": "Herkomstland", "a_geb_nl": "Geboren in Nederland"}


def test_maps_give_numbers_of_people_and_no_shares() -> None:
    download = take(DATA / "kwb" / "2016" / "gem_2016_attributen_NL.dbf")
    assert figures(download.table, "AantalInwoners").sum() == 16_979_120
    assert not [key for key in download.table.properties["key"] if key.startswith("P_")]


def test_a_transposed_download_is_turned_back() -> None:
    table = take(DATA / "proximity" / "85231NED_2021_nabijheid_getransponeerd_statline.csv").table
    assert table.rows[table.region_column].tolist()[:3] == ["NL00", "GM1680", "WK168000"]
    assert figures(table, "AfstandTotApotheek").tolist()[:4] == [1.2, 2.5, 0.9, 0.8]


def test_a_name_is_not_verified_with_nothing_else_at_hand(tmp_path: Path) -> None:
    path = tmp_path / "marginal_distributions_84583NED.csv"
    shutil.copyfile(DATA / "kwb" / "2021" / "85039NED_2021_Amsterdam_selectie22.csv", path)
    # Nothing in the figures of 2021 says that they are not those of 2019, as the name has it.
    assert survey(tmp_path)["claim"].tolist() == ["not verified"]
    assert read_download(path, year=2021).table_id == "85039NED"


def test_2021_under_the_name_of_2019_is_noticed_by_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "marginal_distributions_84583NED.csv"
    shutil.copyfile(DATA / "kwb" / "2021" / "85039NED_2021_Amsterdam_selectie22.csv", path)
    for file in (DATA / "kwb" / "2019").glob("*Amsterdam*"):
        shutil.copyfile(file, tmp_path / file.name)
    claims = survey(tmp_path).set_index("file")["claim"]
    assert claims.pop("marginal_distributions_84583NED.csv") == "contradicted"
    assert set(claims) == {"confirmed"}


def test_2020_under_the_name_of_2019_is_noticed_by_the_fetched_table(tmp_path: Path, recorded: Path) -> None:
    path = tmp_path / "marginal_distributions_TheHague_2019_84583NED.csv.gz"
    shutil.copyfile(DATA / "kwb" / "2020" / "84799NED_2020_DenHaag_TypedDataSet_lege_velden.csv.gz", path)
    with pytest.raises(DownloadRefused, match=r"contradict its name.* of 2020"):
        read_download(path, fetched=recorded)
    assert read_download(path, year=2020, fetched=recorded).table_id == "84799NED"


def test_income_of_2023_in_the_file_of_2024_is_noticed() -> None:
    file_2024 = DATA / "kwb" / "2024" / "85984NED_2024_Amsterdam_hernoemde_kolommen.csv"
    others = dict.fromkeys(pd.read_csv(file_2024, sep=";", nrows=1).columns, "")
    others.pop("Area_Code")
    later = take(file_2024, columns=others | PLACE | INCOME | {"Population_Total": "AantalInwoners"}).table
    earlier = take(DATA / "kwb" / "2023" / "85618NED_2023_Amsterdam_inkomen_hernoemd.csv", columns=PLACE | INCOME).table
    verdict = judge(later, [Witness("the file of 2023", earlier)])
    assert verdict.kind == "contradicted"
    assert "figures are those of the file of 2023, of 2023" in verdict.evidence


def test_the_leefbaarometer_is_on_the_division_of_2016() -> None:
    wijken = gpd.read_file(DATA / "kwb" / "2016" / "wijk_2016_attributen_NL.dbf", ignore_geometry=True)["WK_CODE"]
    scores = read_leefbaarometer(DATA / "liveability" / "leefbaarometer2_dimensiescore_wijk_stand.xlsx")
    assert list(scores) == [2012, 2014, 2016]
    assert set(scores[2016].rows["regiocode"]) <= set(wijken)
    classes = read_leefbaarometer(DATA / "liveability" / "leefbaarometer2_wijk.xlsx")
    assert list(classes) == [2002, 2008, 2012, 2014, 2016]
    assert set(classes[2016].rows["regiocode"]) == set(wijken)
    assert len(read_leefbaarometer(DATA / "liveability" / "leefbaarometer2_dimensiescore_wijk_ontwikkeling.xlsx")) == 2


def test_energy_of_zwolle_joins_to_the_buurten_of_2024() -> None:
    regions = json.loads(gzip.decompress((DATA / "cbs_tables" / "85984NED" / "WijkenEnBuurten.json.gz").read_bytes()))
    names = pd.DataFrame(
        [(one["Key"].strip(), one["Title"].strip()) for one in regions], columns=["regiocode", "title"]
    )
    folder = DATA / "energy" / "zwolle_buurten"
    table = read_themes(folder / "energie_2020_Themas_Buurten_Zwolle.xlsx")
    joined, unmatched = by_name(table, "GM0193", names)
    assert unmatched == []
    gas = joined[joined["topic"] == "Aardgasverbruik woningen"].set_index("regiocode")
    assert (gas["value"]["BU01931020"], gas["unit"]["BU01931020"]) == (0.4, "miljoen m3")
    people = read_themes(folder / "demografie_2024_Themas_Buurten_Zwolle.xlsx")
    assert by_name(people, "GM0193", names)[1] == ["De Tippe", "Onbekend"]
