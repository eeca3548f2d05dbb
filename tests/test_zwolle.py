"""The main job on real figures: 312 talks of a real cooperative, from its list to a published report.

Runs where ../shared lies beside the repository; elsewhere only the tests on typed talks run.
"""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import openpyxl
import pandas as pd
import pytest

from bt_analysis import evidence, harmonise, indicators, notebooks, pipeline, settings
from bt_analysis.pages import experiment_card, living_lab

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
EXAMPLE = ROOT / "examples" / "zwolle"
COLLECTIVE = "blauwvinger_energie"
FULL = bool(os.environ.get("BT_FULL"))


def load(path: Path) -> ModuleType:
    """Import a script that is no part of a package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


talks = load(EXAMPLE / "talks.py")
energy = load(EXAMPLE / "energy.py")
make_package = load(EXAMPLE / "make_package.py")
arithmetic = load(EXAMPLE / "arithmetic.py")


# --- on typed talks ------------------------------------------------------------------------------------------------

LIST = """volgnr,telling,datum_bron,pc4,buurt_naam
1,1,04/01/2023,8024,Berkum
2,2,05/01/2023,8032,Aa-landen-Noord
3,3,17/02/2023,8032,Aalanden Noord
4,1,09/01/2024,3851,
5,2,10/01/2024,8011,
6,3,11/01/2024,8011,Nieuwbuurt
7,4,12/01/2024,8011,NOORDEREILAND
"""
BUURTEN = {
    "berkum": "BU01934000",
    "aalandennoord": "BU01933120",
    "noordereiland": "BU01931020",
}


@pytest.fixture
def typed_talks(tmp_path: Path) -> pd.DataFrame:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    table: pd.DataFrame = talks.read_talks(path)
    return table


def test_the_first_number_is_the_day(typed_talks: pd.DataFrame) -> None:
    assert typed_talks["date"].dt.strftime("%Y-%m-%d").tolist()[:3] == ["2023-01-04", "2023-01-05", "2023-02-17"]


def test_dates_that_go_back_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    # Written with month and day exchanged, 4 and 5 January become 1 April and 1 May, and 17 February stays.
    path.write_text(LIST.replace("04/01/2023", "01/04/2023").replace("05/01/2023", "01/05/2023"), encoding="utf-8")
    with pytest.raises(talks.PackageError, match="talk 3 is dated before the one above it"):
        talks.read_talks(path)


def test_another_form_of_date_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST.replace("17/02/2023", "02/17/2023"), encoding="utf-8")
    with pytest.raises(talks.PackageError, match="expected dd/mm/yyyy"):
        talks.read_talks(path)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aa-landen-Noord", "Aalanden-Noord"),
        ("Oud Schelle", "Oud-Schelle"),
        ("Tippe bij de Ijssel", "Tippe bij de IJssel"),
        (" Berkum ", "Berkum"),
    ],
)
def test_spellings_that_are_the_same(one: str, other: str) -> None:
    assert talks.plain(one) == talks.plain(other)


def test_each_talk_is_placed_or_has_a_reason(typed_talks: pd.DataFrame) -> None:
    placed = talks.place(typed_talks, BUURTEN)
    assert placed["regiocode"].fillna("").tolist() == [
        "BU01934000", "BU01933120", "BU01933120", "", "", "", "BU01931020",
    ]  # fmt: skip
    assert placed.loc[placed["reason"] != "", "reason"].tolist() == [
        "geen buurt in de bron; postcodegebied 3851 ligt buiten Zwolle",
        "geen buurt in de bron; postcodegebied 8011 ligt in Zwolle",
        "buurt Nieuwbuurt bestaat niet in GM0193 in de indeling van 2024",
    ]
    assert "regiocode" not in typed_talks  # what came in is as it was


def test_the_counts_add_up(typed_talks: pd.DataFrame) -> None:
    sheets = make_package.tables(talks.place(typed_talks, BUURTEN))
    assert list(sheets) == ["collective", "work_area", "activity", "participation", "experiment"]
    counted = sheets["participation"].set_index(["activity_id", "group_value"])["contacts_n"]
    assert counted.to_dict() == {
        ("coachgesprekken_2023", "totaal"): 3,  # 2 + 1
        ("coachgesprekken_2023", "BU01933120"): 2,
        ("coachgesprekken_2023", "BU01934000"): 1,
        ("coachgesprekken_2024", "totaal"): 4,  # 1 placed + 3 unplaced
        ("coachgesprekken_2024", "BU01931020"): 1,
    }
    assert sheets["participation"]["unique_n"].isna().all()
    assert sheets["activity"]["sessions_n"].sum() == 7


def test_a_talk_that_gets_lost_stops_the_script(typed_talks: pd.DataFrame) -> None:
    placed = talks.place(typed_talks, BUURTEN)
    lost = placed.assign(regiocode=placed["regiocode"].where(placed["talk_n"] != 1))  # no code and no reason
    with pytest.raises(talks.PackageError, match="got 3 talks in buurten and 3 unplaced, 7 in all"):
        make_package.tables(lost)


def test_the_same_talks_give_the_same_bytes(typed_talks: pd.DataFrame, tmp_path: Path) -> None:
    sheets = make_package.tables(talks.place(typed_talks, BUURTEN))
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    make_package.write_workbook(one, sheets)
    make_package.write_workbook(other, sheets)
    assert one.read_bytes() == other.read_bytes()
    sheet = openpyxl.load_workbook(one)["participation"]
    assert [cell.value for cell in sheet[2]][:2] == ["coachgesprekken_2023", pd.Timestamp("2023-01-01")]


def test_a_missing_list_is_one_line(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(EXAMPLE / "make_package.py"),
        "--shared",
        str(tmp_path),
        "--workspace",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "coachgesprekken_met_buurt.csv" in done.stderr


# --- on the real list and real figures -----------------------------------------------------------------------------


def shared_file(*parts: str | Path) -> Path:
    """Return a file beside the repository, or skip the test where it is not."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{os.path.relpath(path, ROOT)} is not there: real figures are not part of the repository")
    return path


def test_how_many_talks_the_wrong_reading_moves() -> None:
    dates = talks.read_talks(shared_file("data", make_package.TALKS))["date"]
    # dd/mm and mm/dd can only be mixed up on the first twelve days, and are the same on 1 January, 2 February, …
    assert (dates.dt.day.le(12) & dates.dt.day.ne(dates.dt.month)).sum() == 103
    assert dates.dt.year.value_counts().to_dict() == {2023: 145, 2024: 167}  # 145 + 167 = 312


@contextmanager
def cbs_server() -> Iterator[str]:
    """Serve the recorded tables of CBS on loopback; gives the address."""
    server = load(shared_file("tools", "cbs_server.py")).serve(shared_file("data", "cbs_tables"))
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def run(arguments: list[str], cbs_url: str) -> str:
    """Run a command as a user does; its output when it succeeds."""
    environment = {**os.environ, "BT_CBS_URL": cbs_url}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published workspace: the commands of examples/zwolle/README.md, one after another."""
    shared_file("data", make_package.TALKS)
    folder = tmp_path_factory.mktemp("zwolle")
    bt = ["-m", "bt_analysis", "--workspace", str(folder)]
    script = [str(EXAMPLE / "make_package.py"), "--shared", str(SHARED / "data"), "--workspace", str(folder)]
    with cbs_server() as url:
        assert run(script, url).startswith("312 talks: 310 placed")  # 310 + 2 = 312
        run([*bt, "fetch", "--table", "83765NED"], url)
        run([*bt, "fetch", "--table", "84799NED"], url)
        run([*bt, "fetch", "--table", "85984NED"], url)
        run([*bt, "check"], url)
        run([*bt, "build"], url)
        run([*bt, "report"], url)
    return folder


@pytest.fixture(scope="module")
def statistics(workspace: Path) -> pd.DataFrame:
    """The inhabitants of 2020 in their own division: to that of 2024 the flags of the years between are missing."""
    tables = pipeline.read_statistics(settings.Workspace(workspace), settings.load(workspace))
    people = {"population": indicators.load()["population"]}
    return harmonise.as_rows(harmonise.published(tables[2020], people))


def inhabitants(statistics: pd.DataFrame, regiocode: str, year: int) -> float:
    rows = statistics[statistics["regiocode"].eq(regiocode) & statistics["year"].eq(year)]
    (value,) = rows.loc[rows["indicator_id"].eq("population"), "value"]
    return float(value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("regiocode", "expected"),
    [
        ("GM0546", 125_099),  # Leiden
        ("BU05991088", 3_360),  # Noordereiland in Rotterdam, not the one in Zwolle
    ],
)
def test_inhabitants_of_2020(statistics: pd.DataFrame, regiocode: str, expected: int) -> None:
    assert inhabitants(statistics, regiocode, 2020) == expected


@pytest.mark.slow
def test_every_talk_is_placed_or_listed(workspace: Path) -> None:
    participation = pd.read_parquet(workspace / "data" / "processed" / "joined" / "participation.parquet")
    per_group = participation.groupby("group_type")["contacts_n"].sum()
    unplaced = pd.read_csv(workspace / "data" / "raw" / "zwolle" / "niet_geplaatst.csv", dtype="str")
    assert per_group["totaal"] == 145 + 167 == 312
    assert per_group["buurt"] + len(unplaced) == 310 + 2 == 312
    assert unplaced["pc4"].tolist() == ["3851", "8224"]
    assert unplaced["reden"].str.contains("ligt buiten Zwolle").all()


@pytest.mark.slow
def test_all_buurten_are_of_zwolle(workspace: Path) -> None:
    participation = pd.read_parquet(workspace / "data" / "processed" / "joined" / "participation.parquet")
    codes = participation.loc[participation["group_type"].eq("buurt"), "group_value"]
    assert codes.str.startswith("BU0193").all()
    assert "BU01931020" in set(codes)  # the one talk in Noordereiland
    assert codes.nunique() == 45  # names in the list; each is another buurt


# What can be seen of the talks in the gas of Zwolle: worked out by hand in the README of the example.


@pytest.mark.slow
def test_the_sum_of_the_readme(workspace: Path) -> None:
    found = arithmetic.arithmetic(settings.Workspace(workspace))
    per_household = {year: 1_000_000 / 31.65 * tj / households for year, tj, households in (
        (2015, 2_058, 56_295), (2021, 2_051, 60_645), (2022, 1_823, 61_440), (2023, 1_506, 62_285),
    )}  # fmt: skip
    for year, value in per_household.items():
        assert found.path[year] == pytest.approx(value)
    assert found.path[2021] - found.path[2023] == pytest.approx(1_068.6 - 764.0, abs=0.1)
    assert found.reach == pytest.approx(312 / 62_285)
    assert found.most == pytest.approx(764.0 * 312 / 62_285, abs=0.01)  # 3.8
    assert found.buurten == 44
    assert found.noise == pytest.approx(79.06 / 2**0.5, abs=0.01)  # 55.9
    assert found.mde == pytest.approx(2.8 * 2**0.5 * found.noise, rel=0.001)  # 221
    assert found.needed == pytest.approx(found.mde / (312 / 62_285))
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for shown in ("764.0", "304.6 m3", "0.50%", "3.8 m3", "79.1 m3", "55.9 m3", "221 m3", "44,000 m3", "58 times"):
        assert shown in text
    printed = "\n".join(arithmetic.lines(found))
    for shown in ("2023 764.0", "0.50%", "3.8 m3", "55.9 m3", "221 m3", "58 times", "niet_te_zien"):
        assert shown in printed


@pytest.mark.slow
def test_the_change_of_gas_is_too_small_to_see(workspace: Path) -> None:
    estimates = pd.read_parquet(workspace / "data" / "processed" / "analysed" / "estimates.parquet")
    said = estimates[estimates["question"].eq("change")]
    assert set(said["group_type"]) == {"oordeel"}
    assert set(said["gate"]) == {"niet_te_zien"}
    assert said["value"].isna().all()
    reasons = said.groupby("indicator_id")["gate_reason"].unique().map(list).to_dict()
    assert reasons["gas_corrected_m3_per_household"] == ["too_small_to_see"]
    assert reasons["solar_installations_pct"] == ["no_years_after"]  # the workbooks have it until 2022


@pytest.mark.slow
def test_the_program_comes_near_the_sum_by_hand(workspace: Path) -> None:
    estimates = pd.read_parquet(workspace / "data" / "processed" / "analysed" / "estimates.parquet")
    both = estimates["period_start"].dt.year.eq(2023) & estimates["period_end"].dt.year.eq(2024)
    rows = estimates[both & estimates["group_type"].eq("stap")]
    steps = rows[rows["indicator_id"].eq("gas_corrected_m3_per_household")].set_index("group_value")
    value = steps["value"]
    assert set(steps.index) == {"noise", "least", "mde", "possible", "reach", "needed", "needed_least"}
    assert set(steps.loc[["noise", "least", "mde", "possible"], "gate_reason"]) == {"noise_of_parts"}
    assert steps.loc["noise", "n"] == 67  # buurten with a figure in all years before
    assert value["noise"] == pytest.approx(53.5, abs=0.05)  # 55.9 by hand, of the 44 largest
    assert value["mde"] == pytest.approx(2.8 * 2**0.5 * value["noise"])  # 212
    assert value["reach"] == pytest.approx(100 * 312 / 62_285)  # 0.50%: every talk as if another household
    assert value["needed"] == pytest.approx(value["mde"] / (312 / 62_285))  # 42,275 m3
    assert value["least"] == pytest.approx(4.49, abs=0.005)
    assert value["needed_least"] == pytest.approx(2.8 * 2**0.5 * value["least"] / (312 / 62_285))  # 3,551 m3
    assert (
        value["needed_least"] > 764.0 > value["possible"]
    )  # more than a household uses, as little as the noise may be
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for shown in ("53.5 m3", "212 m3", "42,275 m3", "4.5 m3", "3,551 m3"):
        assert shown in text


@pytest.mark.slow
def test_the_card_names_the_figure_of_the_catalogue_and_its_page_says_why_not(workspace: Path) -> None:
    card = pd.read_parquet(workspace / "data" / "processed" / "joined" / "experiment.parquet").iloc[0]
    assert card["indicator_ids"] == "gas_corrected_m3_per_household"
    lab = living_lab.read(workspace, COLLECTIVE, "nl")
    told = experiment_card.of(lab)
    compared = living_lab.comparison(lab, told)
    assert "dat is hier niet te zien. De som: een verschil van 212 m³ valt net op." in compared
    assert "hoogstens 0,50%. Dat is 42.275 m³ per deelnemer." in compared
    assert "Ook als het zo weinig is als maar kan, is het nog 3.551 m³ per deelnemer." in compared
    assert "53,5 m³" in compared  # in the small table
    found = living_lab.side_by_side(lab, told)
    assert "Hoogstens 312 van de 62.285 huishoudens deden mee." in found
    assert "Wat er op de kaart staat, en wat we vonden" in found  # nobody said anything beforehand
    assert "Ja, er zijn cijfers van het gebied van voor de start." in living_lab.protocol(lab, told)


@pytest.mark.slow
def test_the_card_is_read_as_written_afterwards(workspace: Path) -> None:
    card = pd.read_parquet(workspace / "data" / "processed" / "joined" / "experiment.parquet").iloc[0]
    assert card["recorded_by_role"] == "researcher"
    assert card["declared_at"] > card["start"]
    assert pd.isna(card["status"])


@pytest.mark.slow
def test_every_workbook_is_there_and_every_name_has_its_buurt(workspace: Path) -> None:
    books = sorted((workspace / "data" / "raw" / "downloads" / "klimaatmonitor").glob("*.xlsx"))
    assert [book.name for book in books] == [f"energie_{year}.xlsx" for year in range(2015, 2024)]
    listed = pd.read_csv(workspace / "data" / "raw" / "sources.csv", dtype="str").set_index("file")
    assert listed.loc["downloads/klimaatmonitor/energie_2020.xlsx", "rows"] == "78"
    tables = pipeline.read_statistics(settings.Workspace(workspace), settings.load(workspace))
    assert evidence.themes(settings.Workspace(workspace), tables).unplaced == ()


@pytest.mark.slow
def test_the_report_is_published(workspace: Path) -> None:
    pages = sorted((workspace / "reports" / COLLECTIVE).glob("*/report.html"))
    assert pages, "no report.html in reports/blauwvinger_energie/"
    text = pages[-1].read_text(encoding="utf-8")
    assert "Blauwvinger Energie" in text
    assert "nog niet bijgehouden" in text.lower()  # hours are not in the source
    assert "Hoogstens 312 van de 62.285 huishoudens deden mee." in text
    assert "te weinig buurten die op deze lijken" not in text
    assert f"{COLLECTIVE}/{pages[-1].parent.name}/report.html" in (workspace / "reports" / "index.html").read_text(
        "utf-8"
    )


@pytest.mark.slow
def test_the_report_asks_nothing_of_the_network(workspace: Path) -> None:
    pages = [workspace / "reports" / "index.html", *(workspace / "reports").glob("*/*/report.html")]
    asks = re.compile(r"""(?:\b(?:src|srcset|poster|data)\s*=\s*["']?\s*|<link\b[^>]*\bhref\s*=\s*["']?\s*|url\(\s*["']?|@import\s+["']?)(?:https?:)?//""", re.IGNORECASE)  # fmt: skip # noqa: E501
    found = {page.name: match[0] for page in pages if (match := asks.search(page.read_text(encoding="utf-8")))}
    assert not found


@pytest.mark.slow
def test_the_origin_of_every_file_is_listed(workspace: Path) -> None:
    lines = pd.read_csv(workspace / "data" / "raw" / "sources.csv", dtype="str").set_index("file")
    own = f"monitoring/{COLLECTIVE}/{COLLECTIVE}.xlsx"
    assert lines.loc[f"shared/data/{make_package.TALKS.as_posix()}", "rows"] == "312"
    assert lines.loc[own, "licence"] == "MIT"
    assert lines.loc["cbs/84799NED/TypedDataSet.parquet", "rows"] == "17341"
    assert lines["sha256"].str.fullmatch("[0-9a-f]{64}").all()


NOTEBOOKS = sorted((EXAMPLE.parents[1] / "notebooks").glob("[0-4]*.ipynb"))
SOME = {"31_change.ipynb", "40_decisions.ipynb"}


@pytest.mark.slow
@pytest.mark.parametrize("path", [one for one in NOTEBOOKS if FULL or one.name in SOME], ids=lambda path: path.stem)
def test_a_notebook_runs_on_own_data_when_only_the_workspace_is_named(workspace: Path, path: Path) -> None:
    """Run it where most tables are not kept and nobody gave a bundle."""
    run = notebooks.execute(path, {**notebooks.defaults(path), "workspace": str(workspace)}, 600)
    assert not [cell for cell in run.cells for one in cell.get("outputs", []) if one.output_type == "error"]
