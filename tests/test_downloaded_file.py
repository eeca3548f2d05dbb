"""Files of every form people bring: the same three figures come out of each, or a reason why not."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import Point

from bt_analysis.sources.downloaded_file import Downloaded, take
from bt_analysis.sources.plain_files import DownloadRefused, years_in
from bt_analysis.sources.table import CbsTable

GEMEENTE, WIJK, BUURT = "GM0344", "WK034401", "BU03440111"
INHABITANTS = {GEMEENTE: 359370, WIJK: 29255, BUURT: 1835}
SIZES = {GEMEENTE: 2.0, WIJK: 1.9, BUURT: None}

UNTYPED = (
    '"ID";"WijkenEnBuurten";"SoortRegio_2";"AantalInwoners_5";"GemiddeldeHuishoudensgrootte_32"\n'
    '"7";"GM0344    ";"Gemeente  ";"  359370";"     2.0"\n'
    '"8";"WK034401  ";"Wijk      ";"   29255";"     1.9"\n'
    '"9";"BU03440111";"Buurt     ";"    1835";"       ."\n'
)
TYPED = (
    "ID,WijkenEnBuurten,SoortRegio_2,AantalInwoners_5,GemiddeldeHuishoudensgrootte_32\n"
    "7,GM0344,Gemeente,359370,2.0\n8,WK034401,Wijk,29255,1.9\n9,BU03440111,Buurt,1835,\n"
)
LABELS = (
    '"Wijken en buurten";"Regioaanduiding/Codering (code)";"Bevolking/Aantal inwoners (aantal)";'
    '"Bevolking/Particuliere huishoudens/Gemiddelde huishoudensgrootte (aantal)"\r\n'
    '"Utrecht";"GM0344    ";359370;2,0\r\n"Wijk 01 West";"WK034401  ";29255;1,9\r\n"Welgelegen";"BU03440111";1835;.\r\n'
)
FROM_R = (
    '"","Wijken.en.buurten","Regioaanduiding.Codering..code.","Bevolking.Aantal.inwoners..aantal.",'
    '"Bevolking.Particuliere.huishoudens.Gemiddelde.huishoudensgrootte..aantal."\n'
    '"1","Utrecht","GM0344    ",359370,"2"\n"2","Wijk 01 West","WK034401  ",29255,"1,9"\n'
    '"3","Welgelegen","BU03440111",1835,NA\n'
)
SCREEN = (
    '"Kerncijfers wijken en buurten 2021"\r\n""\r\n"";"Onderwerp"\r\n'
    '"";"Regioaanduiding|Codering";"Bevolking|Aantal inwoners";'
    '"Bevolking|Particuliere huishoudens|Gemiddelde huishoudensgrootte"\r\n'
    '"Wijken en buurten";"code";"aantal";"aantal"\r\n'
    '"Utrecht";"GM0344";"359370";"2,0"\r\n"Wijk 01 West";"WK034401";"29255";"1,9"\r\n'
    '"Welgelegen";"BU03440111";"1835";"."\r\n"Bron: CBS"\r\n'
)
TURNED = (
    '"Kerncijfers wijken en buurten 2021"\r\n""\r\n"";"";"Wijken en buurten"\r\n'
    '"Onderwerp";"";"Utrecht";"Wijk 01 West";"Welgelegen"\r\n'
    '"Regioaanduiding|Codering";"code";"GM0344";"WK034401";"BU03440111"\r\n'
    '"Bevolking|Aantal inwoners";"aantal";"359370";"29255";"1835"\r\n'
    '"Bevolking|Particuliere huishoudens|Gemiddelde huishoudensgrootte";"aantal";"2,0";"1,9";"."\r\n"Bron: CBS"\r\n'
)


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def workbook(folder: Path, name: str, rows: Sequence[Sequence[object]]) -> Path:
    book: Any = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.title = "Gemeente-Utrecht"
    book.save(folder / name)
    return folder / name


def figures(table: CbsTable, name: str) -> dict[str, float | None]:
    """Return code → figure of the topic that is called so."""
    (key,) = table.properties.loc[table.properties["name"] == name, "key"]
    column = table.rows.set_index(table.region_column)[key]
    return {code: None if pd.isna(figure) else figure for code, figure in column.items()}


def check_same(download: Downloaded) -> None:
    """The three figures, what they are about, and of which year."""
    table = download.table
    assert (table.table_id, table.year, table.division_year) == ("85039NED", 2021, 2021)
    assert figures(table, "AantalInwoners") == INHABITANTS
    assert figures(table, "GemiddeldeHuishoudensgrootte") == SIZES
    size = table.properties.set_index("name").loc["GemiddeldeHuishoudensgrootte"]
    assert (size["path"], size["unit"]) == (("Bevolking", "Particuliere huishoudens"), "aantal")


@pytest.mark.parametrize(
    ("name", "text", "encoding", "form"),
    [
        ("85039NED_untyped.csv", UNTYPED, "utf-8-sig", "keys of OData"),
        ("85039NED_typed.csv.gz", TYPED, "utf-8", "keys of OData"),
        ("85039NED_tabs.txt", TYPED.replace(",", "\t"), "utf-16", "keys of OData"),
        ("Kerncijfers_wijken_en_buurten_2021_11122025.csv", LABELS, "utf-8-sig", "labels of StatLine"),
        ("kwb_2021.csv", FROM_R, "utf-8", "labels as R writes them"),
        ("download.csv", SCREEN, "cp1252", "labels of StatLine"),
        ("download.csv", TURNED, "utf-8-sig", "labels of StatLine"),
    ],
)
def test_a_csv_of_each_form_gives_the_same_table(
    tmp_path: Path, name: str, text: str, encoding: str, form: str
) -> None:
    download = take(write(tmp_path, name, text, encoding))
    check_same(download)
    assert download.form.endswith(form)


def test_a_workbook_with_short_names_and_numbers_as_text(tmp_path: Path) -> None:
    header = ["gwb_code_10", "gwb_code_8", "regio", "recs", "a_inw", "g_hhgro", "a_new "]
    rows = [
        [GEMEENTE, "0344", "Utrecht", "Gemeente", 359370, "2,0", 1],
        [WIJK, "034401", "Wijk 01 West", "Wijk", "29255", "1,9", 2],
        [BUURT, "03440111", "Welgelegen", "Buurt", 1835, ".", 3],
    ]
    download = take(workbook(tmp_path, "kwb-2021_Utrecht.xlsx", [header, *rows]))
    check_same(download)
    assert download.notes == ("left out, not known: a_new",)
    assert download.table.labels.to_numpy().tolist()[2] == [BUURT, "Welgelegen"]


def test_parquet_and_json_with_keys(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "WijkenEnBuurten": [code.ljust(10) for code in INHABITANTS],
            "AantalInwoners_5": list(INHABITANTS.values()),
            "GemiddeldeHuishoudensgrootte_32": list(SIZES.values()),
        }
    )
    rows.to_parquet(tmp_path / "cbs.v3.85039NED_TypedDataSet.parquet")
    check_same(take(tmp_path / "cbs.v3.85039NED_TypedDataSet.parquet"))
    by_code = {row["WijkenEnBuurten"].strip(): {k: row[k] for k in list(rows)[1:]} for row in rows.to_dict("records")}
    by_code[BUURT]["GemiddeldeHuishoudensgrootte_32"] = None
    check_same(take(write(tmp_path, "85039NED.json.gz", json.dumps(by_code))))


def test_attributes_of_a_map_give_what_is_the_same_quantity_and_name_the_rest(tmp_path: Path) -> None:
    attributes = {
        "WK_CODE": ["WK034401", "WK034402"],
        "WK_NAAM": ["Wijk 01 Oldegalileën", "Wijk 02"],
        "AANT_INW": [29255, 0],
        "P_00_14_JR": [15, -99999999],
        "OAD": [3944, -99997],
        "Doorz": [20, 20],
    }
    shapes = gpd.GeoDataFrame(attributes, geometry=[Point(0, 0), Point(1, 1)], crs=28992)
    shapes.to_file(tmp_path / "wijk_2016.shp", encoding="utf-8")
    download = take(tmp_path / "wijk_2016.dbf")
    assert (download.table.table_id, download.table.year) == ("83487NED", 2016)
    assert figures(download.table, "AantalInwoners") == {"WK034401": 29255, "WK034402": 0}
    assert figures(download.table, "Omgevingsadressendichtheid") == {"WK034401": 3944, "WK034402": None}
    assert download.table.labels["title"].tolist() == ["Wijk 01 Oldegalileën", "Wijk 02"]
    assert download.notes == (
        "left out, shares in % where StatLine has numbers of people: P_00_14_JR",
        "left out, not known: Doorz",
    )


def test_periods_and_other_dimensions_are_part_of_the_key(tmp_path: Path) -> None:
    text = (
        "ID;Leeftijd;Marges;WijkenEnBuurten;Perioden;Eenzaam_28\n"
        "1;20300;MW00000;GM0344    ;2012JJ00;    40.1\n2;80200;MW00000;GM0344    ;2012JJ00;    50.2\n"
    )
    table = take(write(tmp_path, "rivm_50090NED_2012.csv", text)).table
    assert (table.table_id, table.year, table.division_year, table.time_column) == ("50090NED", 2012, 2020, "Perioden")
    assert table.members["Leeftijd"]["key"].tolist() == ["20300", "80200"]
    assert table.rows["Eenzaam_28"].tolist() == [40.1, 50.2]


def test_labels_of_another_table_are_taken_as_they_are(tmp_path: Path) -> None:
    text = (
        '"Perioden";"Wijken en buurten";"Regiocode (gemeente, wijk, buurt) (code)";"Particuliere huishoudens (Aantal)";'
        '"SES-WOA/Totaalscore/Gemiddelde score (Getal)"\n'
        '"2019";"Utrecht";"GM0344    ";"  182000";"  -0.100"\n'
        '"2019";"Wijk 01 West";"WK034401  ";"   15355";"   1.010"\n'
    )
    table = take(write(tmp_path, "85163NED_SES.csv", text)).table
    score = table.properties.iloc[-1]
    assert (score["name"], score["unit"], score["path"]) == ("GemiddeldeScore", "Getal", ("SES-WOA", "Totaalscore"))
    assert figures(table, "GemiddeldeScore") == {GEMEENTE: -0.1, WIJK: 1.01}
    assert table.rows["Perioden"].tolist() == ["2019JJ00", "2019JJ00"]


RENAMED = "Area_Code;Population_Total;Avg_Household_Size;Remark\nGM0344;359370;2,0;x\nWK034401;29255;1,9;y\n"
MAPPING = {"Population_Total": "AantalInwoners", "Avg_Household_Size": "GemiddeldeHuishoudensgrootte", "Remark": ""}


def test_private_names_are_refused_with_their_list(tmp_path: Path) -> None:
    with pytest.raises(
        DownloadRefused, match="3 columns that CBS does not have: Population_Total, Avg_Household_Size, Remark"
    ):
        take(write(tmp_path, "85039NED.csv", RENAMED))


def test_private_names_are_read_with_a_mapping(tmp_path: Path) -> None:
    table = take(write(tmp_path, "85039NED.csv", RENAMED), columns=MAPPING).table
    assert figures(table, "AantalInwoners") == {GEMEENTE: 359370, WIJK: 29255}
    assert table.properties["key"].tolist() == ["Population_Total", "Avg_Household_Size"]


def test_a_mapping_must_name_one_topic(tmp_path: Path) -> None:
    path = write(tmp_path, "85039NED.csv", RENAMED)
    with pytest.raises(DownloadRefused, match="got 'Inwoners' as the topic of column 'Population_Total'"):
        take(path, columns=MAPPING | {"Population_Total": "Inwoners"})
    with pytest.raises(DownloadRefused, match=r"one of: Energie/.*\(kWh\)"):
        take(path, columns=MAPPING | {"Population_Total": "Appartement"})


def test_a_key_with_more_meanings_is_read_without_path_and_said(tmp_path: Path) -> None:
    download = take(write(tmp_path, "85039NED.csv", "WijkenEnBuurten;Appartement_99\nGM0344;2160\n"))
    assert download.table.properties[["unit", "path"]].to_numpy().tolist() == [["", ()]]
    assert download.notes == ("path and unit not known, as more topics have the name: Appartement_99",)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("85984NED.csv", LABELS.replace("Regioaanduiding/Codering (code)", "x (y)").replace("GM0344    ", "a"), "'a'"),
        ("85984NED.csv", '"Wijken en buurten";"A/Mannen (aantal)"\n"Centrum";1\n"Centrum";2\n', r"2 of 2 rows share"),
        ("85039NED.csv", TYPED + "9,BU03440111,Buurt,1835,\n", "BU03440111 in two rows"),
        ("85039NED.csv", TYPED + "10,BU03440112,Oog, in Al,4200,2.7\n", "got 6 fields in row 5; expected 5"),
        ("85039NED.csv", TYPED.replace("1835,", "1E+05,"), r"AantalInwoners_5.*powers of ten"),
        ("85039NED.csv", TYPED.partition("\n")[0] + "\n", "no rows below the header"),
        ("85039NED.csv", "WijkenEnBuurten;SoortRegio_2\nGM0344;Gemeente\n", "no column with figures"),
        ("85039NED.csv", "WijkenEnBuurten;Mannen_6;Mannen_6\nGM0344;1;2\n", "the name of two columns"),
        ("Utrecht.csv", TYPED, "no id of a CBS table"),
        ("47018NED.csv", TYPED, "without a year"),
        ("WijkenEnBuurten.csv", "Key;Title\nGM0344;Utrecht\n", "names of a dimension"),
        ("85039NED.json", "[1, 2]", "other JSON"),
        ("85039NED.xlsx", "geen werkboek", "cannot be read"),
        ("85039NED.csv.gz.pdf", TYPED, r"a \.pdf file"),
        ("SES_85163NED.csv", "Perioden;WijkenEnBuurten;Score_1\n19;GM0344;1\n", "got the period '19'"),
        ("scores.csv", "GBD;JAAR;RLBWON\nGM0344;2016;0.5\n", "read_leefbaarometer"),
    ],
)
def test_what_is_refused_says_why(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(DownloadRefused, match=reason) as problem:
        take(write(tmp_path, name, text))
    assert str(problem.value).startswith(name)


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "85039NED.csv.gz", TYPED * 50)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DownloadRefused, match="Download it again"):
        take(path)


def test_a_workbook_with_formulas_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, "kwb-2021.xlsx", [["gwb_code_10", "a_inw"], [GEMEENTE, "=1+1"]])
    with pytest.raises(DownloadRefused, match="with formulas"):
        take(path)


def test_who_names_table_or_year_goes_before_the_name(tmp_path: Path) -> None:
    path = write(tmp_path, "marginal_distributions_84583NED.csv", TYPED)
    assert (take(path).table.year, take(path).claim.explicit) == (2019, False)
    by_year = take(path, year=2021)
    assert (by_year.table.table_id, by_year.table.year, by_year.claim.explicit) == ("85039NED", 2021, True)
    assert take(path, table_id="85318NED").table.year == 2022


def test_a_name_with_two_years_contradicts_itself(tmp_path: Path) -> None:
    download = take(write(tmp_path, "84583NED_2020.csv", TYPED))
    assert download.claim.doubts == ("its name says 84583NED, which is of 2019, and 2020",)


def test_rows_without_any_figure_are_counted(tmp_path: Path) -> None:
    download = take(write(tmp_path, "85039NED.csv", TYPED + "10,GM0820,,,\n"))
    assert download.notes == ("1 rows without any figure, the first GM0820",)


def test_columns_of_a_fetched_table_mean_what_it_says(tmp_path: Path) -> None:
    fetched = take(write(tmp_path, "85039NED.csv", TYPED)).table
    properties = fetched.properties.assign(title="Inwoners van CBS")
    labels = pd.DataFrame({"regiocode": [BUURT], "title": ["Welgelegen"]})
    own = CbsTable("85039NED", "Kerncijfers", "", 2021, 2020, fetched.rows, properties, "WijkenEnBuurten", labels)
    table = take(tmp_path / "85039NED.csv", fetched={"85039NED": own}).table
    assert set(table.properties["title"]) == {"Inwoners van CBS"}
    assert (table.division_year, table.labels["title"].tolist()) == (2020, ["Welgelegen"])


def test_years_in_a_name_are_not_looked_for_in_a_date() -> None:
    assert years_in("Kerncijfers_2024_11122025_141648.csv") == [2024]
