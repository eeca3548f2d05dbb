"""The command line: help for every command, exit statuses, and one line (got, expected, do) for every mistake."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.progress import Progress

from bt_analysis import __version__, cli, demo, fetching, pipeline, report, settings, terminal
from bt_analysis.publishing import Outcome
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import cbs
from bt_analysis.sources.odata import SourceUnreachable
from tests.command_line import Bt, Ran, is_one_line

COMMANDS = [
    "demo", "fetch", "tables", "check", "build", "report", "run", "bundle", "withdraw", "export", "indicators",
    "status", "accept", "dashboard", "lab",
]  # fmt: skip


def nobody_listens() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def unreachable(root: Path) -> None:
    """Point a workspace at a host that does not answer, and do not wait for it."""
    text = (root / "bt.toml").read_text(encoding="utf-8") if (root / "bt.toml").exists() else "[cbs]\n"
    here = f'[cbs]\nbase_url = "{nobody_listens()}"\nretries = 0\ntimeout_s = 2\n'
    (root / "bt.toml").write_text(text.replace("[cbs]\n", here, 1), encoding="utf-8")


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


# Help and version


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(bt: Bt, command: str) -> None:
    ran = bt(command, "--help")
    assert ran.code == 0
    assert f"bt {command}" in ran.out
    assert ran.err == ""


def test_bt_alone_lists_every_command(bt: Bt) -> None:
    ran = bt("--help")
    assert ran.code == 0
    assert all(f" {command} " in ran.out for command in COMMANDS)


def test_every_command_is_tested_here() -> None:
    assert {
        command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback
    } == set(COMMANDS)


def test_the_version(bt: Bt) -> None:
    assert bt("--version") == Ran(0, f"{__version__}\n", "")


def test_python_m_is_the_same_door(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "bt_analysis", "-w", str(tmp_path / "nowhere"), "build"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=Path(cli.__file__).parents[2])
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"bt: workspace {tmp_path / 'nowhere'} is no folder; expected one with data/ in it. Make it, or name another "
        "with --workspace.\n"
    )


LATER = ("sklearn", "scipy.optimize", "scipy.stats", "scipy.spatial", "scipy.special", "scipy.sparse", "esda",
         "libpysal", "statsmodels", "papermill", "nbconvert", "nbformat", "IPython", "panel", "weasyprint",
         "matplotlib", "seaborn", "distributed", "dask", "fsspec", "s3fs")  # fmt: skip
"""What only some commands need, each half a second to two seconds of waiting."""


@pytest.mark.parametrize("words", [["check", "--help"], ["--version"]])
def test_what_only_some_commands_need_is_not_loaded_to_start(words: list[str]) -> None:
    script = "\n".join(
        [
            f"import sys; sys.argv = ['bt', *{words!r}]; from bt_analysis import cli",
            "try: cli.main()",
            f"finally: print(*[name for name in {LATER!r} if name in sys.modules], file=sys.stderr)",
        ]
    )
    here = Path(cli.__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=here)
    assert ran.stderr.split() == []


# Mistakes in how it is called


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["report", "--lang", "fr"], ["check", "--format", "xml"], ["demo", "--collectives", "0"],
     ["report", "--jobs", "0"], ["build", "--year", "abc"], ["fetch", "--nonsense"]],
)  # fmt: skip
def test_a_word_that_is_not_there_has_status_2(bt: Bt, words: list[str], tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, *words)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert "Error" in ran.err


@pytest.mark.parametrize("command", ["fetch", "check", "build", "report", "run", "status"])
def test_an_unknown_workspace(bt: Bt, command: str, tmp_path: Path) -> None:
    ran = bt("--workspace", tmp_path / "nowhere", command)
    assert ran.code == 1
    is_one_line(ran, "nowhere is no folder; expected one with data/ in it.")


def test_the_workspace_may_come_from_the_environment(bt: Bt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BT_WORKSPACE", str(tmp_path))
    assert bt("status") == Ran(0, "built      not yet\n", "")


@pytest.mark.parametrize("years", ["20x4", "2030", "2024-2020", "2020-2030", "2024,2025", "-"])
def test_years_that_are_not_there(bt: Bt, years: str, tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, "fetch", f"--years={years}")
    assert ran.code == 1
    is_one_line(ran, f"--years got '{years}'; expected years from 2013 to 2025, as 2024 or 2020-2024.")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("x = [", ["bt.toml: got text that is no TOML", "expected lines such as reference_year = 2024."]),
        ("reference_yer = 2024", ["reference_yer: got 2024", "Change or remove the key."]),
        ('reference_year = "soon"', ["reference_year: got 'soon'"]),
        ("[disclosure]\nmin_cell = 1", ["disclosure.min_cell: got 1", "greater than or equal to 5"]),
        ('[cbs]\nbase_url = "ftp://x"', ["cbs.base_url: got 'ftp://x'", "starts with http:// or https://"]),
        ('[report]\nlang = "fr"', ["report.lang: got 'fr'"]),
    ],
)
def test_a_bad_bt_toml(bt: Bt, text: str, pieces: list[str], tmp_path: Path) -> None:
    (tmp_path / "bt.toml").write_text(text, encoding="utf-8")
    ran = bt("-w", tmp_path, "build")
    assert ran.code == 1
    is_one_line(ran, *pieces)


def test_debug_shows_where_a_mistake_arose(bt: Bt, tmp_path: Path) -> None:
    with pytest.raises(pipeline.PipelineError):
        bt("--debug", "-w", tmp_path, "build")


# Before there is anything


@pytest.mark.parametrize(
    ("command", "piece"),
    [("build", "holds no KWB table; expected at least one year."), ("check", "monitoring holds no package; expected"),
     ("report", "expected a workspace that was built. Run: bt build")],
)  # fmt: skip
def test_an_empty_workspace(bt: Bt, command: str, piece: str, tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, command)
    assert ran.code == 1
    is_one_line(ran, piece)


def test_a_workspace_that_cannot_be_written_to(bt: Bt, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder must come", encoding="utf-8")
    ran = bt("-w", tmp_path, "build")
    assert ran.code == 1
    is_one_line(ran, str(tmp_path / "data"), "expected a file that can be read, or a folder that can be written to.")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights of folders do not hold for this user")
def test_a_read_only_workspace(bt: Bt, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ran = bt("-w", tmp_path, "build")
    tmp_path.chmod(0o700)
    assert ran.code == 1
    is_one_line(ran, "expected a file that can be read")


def test_two_runs_at_once(bt: Bt, tmp_path: Path) -> None:
    with pipeline.locked(Workspace(tmp_path)):
        for command in ("fetch", "build", "report", "run"):
            ran = bt("-w", tmp_path, command)
            assert ran.code == 1
            is_one_line(ran, "another run is at work in", "Wait until it is done.")


# What a collective delivers


def deliver(root: Path, table: str = "", column: str = "", value: object = None) -> Path:
    """Deliver a workbook; one cell of it may be mistaken, or a sheet left out."""
    rows: dict[str, list[list[object]]] = {
        "collective": [["collective_id", "name", "primary_domain"], ["tuin", "De Tuin", "leefomgeving"]],
        "work_area": [
            ["work_area_id", "collective_id", "definition_type", "area_codes", "area_year", "valid_from"],
            ["tuin-a", "tuin", "codes", "BU99010100", 2024, "01-02-2024"],
        ],
        "activity": [
            ["activity_id", "collective_id", "title", "domain", "activity_type", "start", "sessions_n"],
            ["tuin-1", "tuin", "Moestuin", "leefomgeving", "groen", "01-02-2024", 10],
        ],
    }
    if table and not column:
        del rows[table]
    elif table:
        rows[table][1][rows[table][0].index(column)] = value
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in rows.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    path = root / "data" / "raw" / "monitoring" / "tuin" / "tuin.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def test_a_package_in_order(bt: Bt, tmp_path: Path) -> None:
    deliver(tmp_path)
    ran = bt("-w", tmp_path, "check")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("tuin: in order")


@pytest.mark.parametrize(
    ("mistake", "pieces"),
    [
        (("work_area",), ["tuin/tuin.xlsx", "work_area"]),
        (("work_area", "area_codes", "BU9901"), ["blad work_area, rij 2, kolom area_codes", "BU9901"]),
        (("activity", "sessions_n", -3), ["blad activity, rij 2, kolom sessions_n", "-3", "0"]),
        (("activity", "sessions_n", "veel"), ["blad activity, rij 2, kolom sessions_n", "veel"]),
        (("activity", "start", "04/01/2023"), ["blad activity, rij 2, kolom start", "04/01/2023"]),
    ],
    ids=["missing sheet", "no regiocode", "negative count", "text for a number", "ambiguous date"],
)
def test_a_mistake_in_a_package_is_one_line(
    bt: Bt, mistake: tuple[Any, ...], pieces: list[str], tmp_path: Path
) -> None:
    path = deliver(tmp_path, *mistake)
    before = path.read_bytes()
    ran = bt("-w", tmp_path, "check", "tuin")
    assert ran.code == 1
    told = [line for line in ran.out.splitlines() if line.startswith("tuin/")]
    assert len(told) == 1
    for piece in [*pieces, "gekregen: ", "verwacht: "]:
        assert piece in told[0]
    assert re.search(r"^tuin: 1 problem(, \d repaired)?$", ran.out, flags=re.MULTILINE)
    assert path.read_bytes() == before


def test_problems_come_in_the_order_of_the_sheet(bt: Bt, tmp_path: Path) -> None:
    """Personal data is found first, and stands further down: a person goes from the top row down."""
    path = deliver(tmp_path, "activity", "sessions_n", "veel")
    book = openpyxl.load_workbook(path)
    sheet = book["activity"]
    header = [cell.value for cell in sheet[1]]
    for at, name in enumerate(header, start=1):
        sheet.cell(3, at, sheet.cell(2, at).value)
        if name == "activity_id":
            sheet.cell(3, at, "een-ander")
        if name == "title":
            sheet.cell(3, at, "bel 06-12345678")
        if name == "sessions_n":
            sheet.cell(3, at, 1)
    book.save(path)
    told = [line for line in bt("-w", tmp_path, "check", "tuin").out.splitlines() if line.startswith("tuin/")]
    assert [re.search(r"rij (\d), kolom (\w+)", line).groups() for line in told] == [  # type: ignore[union-attr]
        ("2", "sessions_n"),
        ("3", "title"),
    ]


def test_an_unknown_regiocode(bt: Bt, demo_copy: Path) -> None:
    path = demo_copy / "data" / "raw" / "monitoring" / "huis-01" / "work_area.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("WK990100", "WK990199"), encoding="utf-8")
    ran = bt("-w", demo_copy, "check", "huis-01")
    assert ran.code == 1
    assert "WK990199, een gebied dat in de indeling van 2023 niet bestaat" in ran.out


def test_ten_megabytes_of_junk_are_one_problem(bt: Bt, tmp_path: Path) -> None:
    path = deliver(tmp_path)
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 40_000)
    ran = bt("-w", tmp_path, "check")
    assert ran.code == 1
    assert len([line for line in ran.out.splitlines() if line.startswith("tuin/")]) == 1
    assert "Traceback" not in ran.out + ran.err


def test_problems_for_other_programs(bt: Bt, tmp_path: Path) -> None:
    deliver(tmp_path, "activity", "sessions_n", "veel")
    ran = bt("-w", tmp_path, "check", "--format", "json")
    assert ran.code == 1
    (problem,) = json.loads(ran.out)
    assert set(problem) == {
        "collective", "repair", "kind", "file", "sheet", "row", "column", "got", "expected", "do",
    }  # fmt: skip
    assert (problem["collective"], problem["sheet"], problem["row"]) == ("tuin", "activity", 2)


def test_no_problems_for_other_programs_is_an_empty_list(bt: Bt, tmp_path: Path) -> None:
    deliver(tmp_path)
    assert bt("-w", tmp_path, "check", "--format", "json") == Ran(0, "[]\n", "")


def test_a_collective_that_nobody_knows(bt: Bt, tmp_path: Path) -> None:
    deliver(tmp_path)
    ran = bt("-w", tmp_path, "check", "[zon]")
    assert ran.code == 1
    is_one_line(ran, "monitoring/[zon] holds no package; expected a workbook or CSVs per collective.")


def test_the_name_of_the_cross_domain_report_is_taken(bt: Bt, tmp_path: Path) -> None:
    deliver(tmp_path, "collective", "collective_id", "across")
    (tmp_path / "data/raw/monitoring/tuin").rename(tmp_path / "data/raw/monitoring/across")
    assert "een woord dat voor bt iets anders betekent" in bt("-w", tmp_path, "check").out


# Fetching


def test_a_host_that_does_not_answer(bt: Bt, tmp_path: Path) -> None:
    unreachable(tmp_path)
    ran = bt("-w", tmp_path, "fetch", "--table", "84799NED")
    assert ran.code == 3
    is_one_line(ran, "127.0.0.1")
    assert not list(tmp_path.rglob("*.parquet"))


def test_what_was_fetched_stays_when_the_host_is_gone(bt: Bt, demo_copy: Path) -> None:
    before = files_of(demo_copy / "data")
    unreachable(demo_copy)
    assert bt("-w", demo_copy, "fetch", "--years", "2024").code == 3
    assert files_of(demo_copy / "data") == before


def test_fetching_again_brings_nothing(bt: Bt, demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_of(demo_copy / "data")
    with demo.served(demo_copy) as url:
        monkeypatch.setenv("BT_CBS_URL", url)
        ran = bt("-w", demo_copy, "fetch", "--years", "2023-2024")
    assert ran.code == 0
    assert re.findall(r"^(\w+): 450 rows, up to date", ran.out, flags=re.MULTILINE) == ["99023SYN", "99024SYN"]
    assert files_of(demo_copy / "data") == before


def test_a_table_that_the_host_does_not_have(bt: Bt, demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with demo.served(demo_copy) as url:
        monkeypatch.setenv("BT_CBS_URL", url)
        ran = bt("-w", demo_copy, "fetch", "--table", "00000NED")
    assert ran.code == 1
    is_one_line(ran, "00000NED")


def test_a_large_table_tells_how_far_it_is() -> None:
    with Progress(disable=True) as bar:
        task = bar.add_task("fetch", total=1)
        fetching._rows_told(bar, task, "84799NED")(10_000, 17_341)
        assert bar.tasks[0].description == "fetch 84799NED: 10,000 of 17,341 rows"


def test_a_table_the_host_lacks_does_not_keep_the_others_away(
    bt: Bt, demo_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with demo.served(demo_copy) as url:
        monkeypatch.setenv("BT_CBS_URL", url)
        tables = ("00000NED", "00001NED", "99024SYN")
        ran = bt("-w", demo_copy, "fetch", *[word for table in tables for word in ("--table", table)])
    assert ran.code == 1
    assert "99024SYN: 450 rows" in ran.out
    assert ["00001NED" in line for line in ran.err.splitlines()] == [True, False]


def test_offline_asks_nothing_and_says_how_old_everything_is(bt: Bt, demo_copy: Path) -> None:
    unreachable(demo_copy)
    ran = bt("-w", demo_copy, "fetch", "--years", "2023-2024", "--offline")
    assert ran.code == 0
    told = re.findall(
        r"^(\w+): 450 rows, retrieved [\d-]{10} \((\d+) days? ago\), changed [\d-]{10}$", ran.out, re.MULTILINE
    )
    assert [table for table, _ in told] == ["99023SYN", "99024SYN"]
    assert {int(days) for _, days in told} <= {0, 1}  # the demonstration was made in this run, perhaps before midnight


def test_offline_with_a_table_that_is_not_there_or_damaged(bt: Bt, demo_copy: Path) -> None:
    (demo_copy / "data/raw/cbs/99023SYN/DataProperties.json").write_text("[]", encoding="utf-8")
    ran = bt("-w", demo_copy, "fetch", "--offline", "--table", "99023SYN", "--table", "84799NED", "--table", "99024syn")
    assert ran.code == 3
    assert ran.out.startswith("99024SYN: 450 rows, retrieved ")
    is_one_line(ran, "99023SYN, 84799NED")


def test_an_unknown_back_end(bt: Bt, tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, "fetch", "--back-end", "atom")
    assert ran.code == 1
    is_one_line(ran, "odata3")


@pytest.mark.parametrize("years", ["1999", "24", "2024-2023", "all"])
def test_boundaries_of_what_are_no_years(bt: Bt, tmp_path: Path, years: str) -> None:
    ran = bt("-w", tmp_path, "fetch", "--boundaries", years)
    assert ran.code == 1
    is_one_line(ran, f"--boundaries got '{years}'; expected years from 2009 to 2099, as 2024")


def test_offline_brings_no_boundaries_or_files(bt: Bt, tmp_path: Path) -> None:
    for words in (("--boundaries", "2024"), ("--from", tmp_path)):
        ran = bt("-w", tmp_path, "fetch", "--offline", *words)
        assert ran.code == 1
        is_one_line(ran, "--offline got --boundaries or --from beside it")


def test_the_years_of_a_family_need_not_all_have_been_surveyed(bt: Bt, tmp_path: Path) -> None:
    # Health was surveyed in 2012, 2016, 2020, 2022 and 2024.
    unreachable(tmp_path)
    ran = bt("-w", tmp_path, "fetch", "--family", "health", "--years", "2021-2023")
    assert ran.code == 3  # a table with 2022 in it was asked for
    is_one_line(ran, "50150NED")
    ran = bt("-w", tmp_path, "fetch", "--family", "health", "--years", "2021")
    assert ran.code == 1
    is_one_line(ran, "no table of 2021-2021; expected one of 2012, 2016, 2020")


@pytest.mark.parametrize("family", ["gezondheid", "leefbaarometer"])
def test_a_family_that_no_server_gives(bt: Bt, tmp_path: Path, family: str) -> None:
    ran = bt("-w", tmp_path, "fetch", "--family", family)
    assert ran.code == 1
    is_one_line(ran, family, "expected")


def test_a_table_named_twice_is_fetched_once(bt: Bt, demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(demo_copy / "data/raw/cbs/99024SYN")
    with demo.served(demo_copy) as url:
        monkeypatch.setenv("BT_CBS_URL", url)
        ran = bt("-w", demo_copy, "fetch", "--table", "99024syn", "--table", "99024SYN")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("99024SYN: 450 rows, fetched") == 1


@pytest.mark.parametrize(
    "address",
    ["http://[::1", "http://", "http://127.0.0.1:99999", "http://a b", "http://me:secret@x.nl", "http://x?a=b"],
)
def test_an_address_that_cannot_be(bt: Bt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("BT_CBS_URL", address)
    ran = bt("-w", tmp_path, "fetch", "--table", "84799NED")
    assert ran.code == 1
    is_one_line(ran, "BT_CBS_URL or ", address, "expected an address that starts with http:// or https://")


# Downloaded files


def test_a_folder_without_files(bt: Bt, tmp_path: Path) -> None:
    (tmp_path / "downloads").mkdir()
    ran = bt("-w", tmp_path, "fetch", "--from", tmp_path / "downloads")
    assert ran.code == 1
    is_one_line(ran, "got 0 files and no KWB table that can be used; expected at least one")


def test_a_folder_that_is_not_there(bt: Bt, tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, "fetch", "--from", tmp_path / "downloads")
    assert ran.code == 1
    is_one_line(ran, "downloads: got no folder")


def test_a_downloaded_table_comes_in_beside_junk(bt: Bt, tmp_path: Path) -> None:
    folder = tmp_path / "mijn map é"
    folder.mkdir()
    (folder / "kwb-2019.xlsx").write_bytes(b"")
    (folder / "rond").symlink_to(folder)
    (folder / "84799NED van 2020.csv").write_text(
        "WijkenEnBuurten;AantalInwoners_5\nGM0599    ;651157\nBU05991088;3360\n", encoding="utf-8"
    )
    ran = bt("-w", tmp_path, "fetch", "--from", folder)
    assert (ran.code, ran.err) == (0, "")
    refused, taken = sorted(ran.out.splitlines(), reverse=True)
    assert refused.startswith("kwb-2019.xlsx: refused; not imported: refused.")
    assert taken.startswith("84799NED van 2020.csv: 84799NED of 2020, not verified; cbs/84799NED.")
    table = cbs.read_table(tmp_path / "data/raw/cbs/84799NED")
    assert table.rows["AantalInwoners_5"].tolist() == [651157, 3360]
    assert bt("-w", tmp_path, "status").out.startswith("fetched    KWB 2020 (84799NED)")
    counts = json.loads(bt("-w", tmp_path, "indicators", "population", "--format", "json").out)
    assert {(one["level"], one["filled_n"]) for one in counts[0]["coverage"]} == {("gemeente", 1), ("buurt", 1)}
    assert "cbs/84799NED/84799NED van 2020.csv" in (tmp_path / "data/raw/sources.csv").read_text(encoding="utf-8")


def test_a_downloaded_file_never_replaces_what_was_fetched(bt: Bt, demo_copy: Path) -> None:
    before = files_of(demo_copy / "data")
    fetched = before[demo_copy / "data/raw/cbs/99024SYN/TypedDataSet.parquet"]
    folder = demo_copy / "downloads"
    folder.mkdir()
    (folder / "99024SYN_2024.parquet").write_bytes(fetched)
    ran = bt("-w", demo_copy, "fetch", "--from", folder)
    assert ran.code == 1
    is_one_line(ran, "got 1 file and no KWB table that can be used")
    assert files_of(demo_copy / "data") == before


# Building and reporting


def test_a_build_tells_what_it_made_and_what_it_left_out(bt: Bt, demo_copy: Path) -> None:
    folder = demo_copy / "data" / "raw" / "monitoring"
    shutil.rmtree(folder / "energie-01")
    (folder / "huis-01" / "work_area.csv").unlink()
    shutil.rmtree(folder / "huis-01" / ".accepted")
    (folder / "stoep-01" / "tweede.xlsx").write_bytes(b"no workbook")
    ran = bt("-w", demo_copy, "build")
    assert ran.code == 0
    assert re.match(r"built: division 2024, 6 collectives, [\d,]+ estimates, \d+ cells suppressed, ", ran.out)
    told = r"bt: the package of {} has \d+ problems?: {}\. Run: bt check {}\n"
    assert re.fullmatch(
        told.format("huis-01", "was not used", "huis-01")
        + told.format("stoep-01", r"its version of \d{4}-\d\d-\d\d was used", "stoep-01"),
        ran.err,
    )


def test_a_year_without_table(bt: Bt, demo_copy: Path) -> None:
    ran = bt("-w", demo_copy, "build", "--year", 1999)
    assert ran.code == 1
    is_one_line(ran, "year 1999 has no KWB table here; expected one of 2019, 2020")


@pytest.mark.parametrize(
    ("words", "piece"),
    [(["nobody"], "no collective 'nobody' was built; there are: "), (["huis-01", "--period", "1999"], "'1999'"),
     (["../../etc"], "no collective '../../etc' was built")],
)  # fmt: skip
def test_a_report_that_cannot_be_made(bt: Bt, words: list[str], piece: str, demo_copy: Path) -> None:
    ran = bt("-w", demo_copy, "report", *words)
    assert ran.code == 1
    is_one_line(ran, piece)
    assert not (demo_copy / "reports").exists()


def published(status: str) -> Callable[..., list[Outcome]]:
    """Pretend to publish one report, so that the command is tested and not the notebook."""

    def publish(
        _workspace: Workspace, _here: Settings, names: Any = (), *, progress: Any = None, **options: Any
    ) -> list[Outcome]:
        outcome = Outcome(",".join(names) or "all", "2024", options.get("lang") or "nl", status, 1.25, "cell 3: [oops]")
        progress(outcome)
        return [outcome]

    return publish


@pytest.mark.parametrize(("status", "code"), [("published", 0), ("unchanged", 0), ("failed", 1)])
def test_the_status_of_reports(bt: Bt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str, code: int) -> None:
    monkeypatch.setattr(report, "publish", published(status))
    ran = bt("-w", tmp_path, "report", "tuin", "--across", "--lang", "en")
    assert ran.code == code
    detail = "cell 3: [oops]" if code else "1.2 s"
    assert ran.out.splitlines()[0] == f"report tuin,across 2024 en: {status}, {detail}"
    assert f"{1 - code} report{'s' if code else ''} in order, {code} failed: " in ran.out


def test_the_whole_job_goes_on_with_what_was_fetched_before(
    bt: Bt, demo_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreachable(demo_copy)
    monkeypatch.setattr(report, "publish", published("published"))
    ran = bt("-w", demo_copy, "run")
    assert ran.code == 0
    assert ran.err.endswith("Going on with what was fetched.\n")
    assert ran.err.count("\n") == 1
    assert "8 collectives" in ran.out


def test_the_whole_job_goes_on_without_a_table_that_is_refused(
    bt: Bt, demo_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = (demo_copy / "bt.toml").read_text(encoding="utf-8")
    (demo_copy / "bt.toml").write_text(config.replace('2019 = "99019SYN"', '2019 = "00000NED"'), encoding="utf-8")
    monkeypatch.setattr(report, "publish", published("published"))
    with demo.served(demo_copy) as url:
        monkeypatch.setenv("BT_CBS_URL", url)
        ran = bt("-w", demo_copy, "run")
    assert ran.code == 1  # the worst of the four
    assert "8 collectives" in ran.out
    assert "00000NED" in ran.err


def test_the_whole_job_without_anything_fetched(bt: Bt, tmp_path: Path) -> None:
    unreachable(tmp_path)
    ran = bt("-w", tmp_path, "run")
    assert ran.code == 3
    is_one_line(ran)


def test_the_whole_job_with_a_refused_package_publishes_the_rest(
    bt: Bt, demo_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = demo_copy / "data" / "raw" / "monitoring" / "huis-01"
    (folder / "work_area.csv").unlink()
    shutil.rmtree(folder / ".accepted")
    monkeypatch.setattr(report, "publish", published("published"))
    with demo.served(demo_copy) as url:
        monkeypatch.setenv("BT_CBS_URL", url)
        ran = bt("-w", demo_copy, "run")
    assert ran.code == 1
    assert "huis-01" in ran.err
    assert "7 collectives" in ran.out
    assert "1 report in order" in ran.out


def test_the_demonstration(bt: Bt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "publish", published("published"))
    ran = bt("demo", "--into", tmp_path / "demo", "--collectives", 1)
    assert ran.code == 0
    assert ran.out.endswith(f"Open {tmp_path / 'demo' / 'reports' / 'index.html'}\n")
    assert settings.load(tmp_path / "demo").synthetic
    assert "1 collective," in ran.out


def test_the_demonstration_leaves_what_is_not_its_own(bt: Bt, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("x", encoding="utf-8")
    ran = bt("demo", "--into", tmp_path)
    assert ran.code == 1
    is_one_line(ran, "holds files that are no demonstration; expected an empty folder")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_the_demonstration_waits_for_another_run(bt: Bt, demo_copy: Path) -> None:
    with pipeline.locked(Workspace(demo_copy)):
        before = files_of(demo_copy)
        ran = bt("demo", "--into", demo_copy)
        assert ran.code == 1
        is_one_line(ran, "another run is at work")
        assert files_of(demo_copy) == before


def test_the_state(bt: Bt, built_demo: Path) -> None:
    ran = bt("-w", built_demo, "status")
    assert (ran.code, ran.err) == (0, "")
    assert "fetched    KWB 2024 (99024SYN)" in ran.out


# What is printed


def test_brackets_in_what_was_typed_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("[bold red]x[/] :smile: [/nonsense]")
    assert capsys.readouterr().out == "[bold red]x[/] :smile: [/nonsense]\n"


def test_a_warning_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.warn("one\ntwo\n  three")
    assert capsys.readouterr().err == "bt: one two three\n"


def test_errors_of_the_file_system_say_what_to_do() -> None:
    told = terminal.explain(PermissionError(13, "Permission denied", "/x/y"))
    assert told.startswith("/x/y: permission denied; expected a file that can be read")
    assert terminal.explain(SourceUnreachable("our own")) == "our own"
    assert terminal.explain(OSError("no file")) == "no file"
    # A full disk comes without the name of a file.
    full = terminal.explain(OSError(28, "No space left on device"))
    assert full.startswith("writing or reading: no space left on device; expected")
