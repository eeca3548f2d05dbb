"""The state of a workspace: a line for what is fetched, valid, built, published and failed."""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import built, bundles, settings, state
from bt_analysis.bundles import Consent
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import accepted, monitoring
from tests.bundle_workspace import TODAY, Built

DELIVERED = {
    "collective": "collective_id,name,primary_domain\nhuis,Het Huis,welzijn\n",
    "work_area": "work_area_id,collective_id,definition_type,area_codes,area_year,valid_from\n"
    "nu,huis,codes,GM0001,2024,2024-01-01\n",
}


def lines(root: Path) -> list[str]:
    return list(state.lines(Workspace(root), settings.load(root)))


def told(root: Path, place: str, **values: str) -> None:
    path = root / "reports" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"period": "2024", "lang": "nl", "at": "2026-01-04T12:30:59+01:00"} | values))


def test_an_empty_workspace(tmp_path: Path) -> None:
    assert list(state.lines(Workspace(tmp_path), Settings())) == ["built      not yet"]


def test_what_is_fetched_and_valid_and_built(built_demo: Path) -> None:
    found = lines(built_demo)
    assert found[:2] == ["fetched    KWB 2019 (99019SYN)", "fetched    KWB 2020 (99020SYN)"]
    assert "fetched    boundaries 2024 (buurten)" in found
    assert "valid      energie-01 (0 problems)" in found
    assert sum(line.startswith("valid") for line in found) == 8
    assert sum(line.startswith("built      20") for line in found) == 1


def test_all_collectives_of_the_demonstration_but_one_let_their_data_travel(built_demo: Path) -> None:
    told = [line for line in lines(built_demo) if line.startswith("bundle ")]
    assert len(told) == 7
    assert told[0].startswith("bundle     beweging-01 (openbaar, until ")


def test_a_package_with_problems(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw" / "monitoring" / "tuin").mkdir(parents=True)
    assert lines(tmp_path) == ["problems   tuin (1 problem; nothing of it is used)", "built      not yet"]


def test_a_package_with_problems_of_which_an_earlier_version_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "monitoring" / "huis"
    folder.mkdir(parents=True)
    described = {"resources": [{"name": name, "path": f"{name}.csv"} for name in DELIVERED]}
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    for name, text in DELIVERED.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    monitoring.accept(monitoring.read_package(folder, None))
    assert lines(tmp_path)[0] == "valid      huis (0 problems)"
    wrong = DELIVERED["work_area"].replace("huis,codes", "huis,kodes")
    (folder / "work_area.csv").write_text(wrong, encoding="utf-8")
    kept = accepted.last(folder)
    assert kept is not None
    assert lines(tmp_path)[0] == f"problems   huis (1 problem; the version of {kept.accepted_on} is used)"


@pytest.fixture
def sharing(tmp_path: Path, make: Any, page: Any) -> Built:
    """Give a test a workspace in which four collectives gave a bundle: one for ever long, one for a day."""
    here = Built(tmp_path, make, page)
    for name in ("berg", "huis", "tuin", "zon"):
        here.deliver(name)
        here.estimate(name)
    here.write()
    given = dt.date(2026, 1, 10)
    here.bundle("tuin", Consent("collective", given, "gemeente", dt.date(2026, 12, 31)))
    here.bundle("zon", Consent("collective", given))
    here.bundle("huis", Consent("collective", given, valid_until=given))
    return here


def shared(here: Built, today: dt.date = TODAY) -> list[str]:
    told = list(state.lines(here.workspace, Settings(), today))
    return told[next(at for at, line in enumerate(told) if line.startswith("built")) + 1 :]


def test_who_let_their_data_travel_until_when_and_who_no_longer_does(sharing: Built) -> None:
    bundles.withdraw(sharing.workspace, "zon", dt.date(2026, 2, 1))
    assert shared(sharing) == ["bundle     tuin (gemeente, until 2026-12-31)", "withdrawn  zon", "expired    huis"]
    assert shared(sharing, dt.date(2027, 1, 1)) == ["withdrawn  zon", "expired    huis", "expired    tuin"]


def test_consent_holds_on_its_last_day(sharing: Built) -> None:
    # Without a last day: 10 January and 365 days more.
    assert shared(sharing, dt.date(2026, 1, 10)) == [
        "bundle     huis (openbaar, until 2026-01-10)",
        "bundle     tuin (gemeente, until 2026-12-31)",
        "bundle     zon (openbaar, until 2027-01-10)",
    ]


def test_a_bundle_that_cannot_be_used_is_told_with_its_file(sharing: Built) -> None:
    path = next(sharing.workspace.root.glob("data/bundles/zon/*.zip"))
    path.write_bytes(b"no zip")
    (told,) = [line for line in shared(sharing) if "zon" in line]
    assert told.startswith(f"unusable   zon/{path.name}: ")


def test_a_damaged_register_is_one_line_and_the_rest_is_told(sharing: Built) -> None:
    path = sharing.workspace.root / "data" / "bundles" / "bundle.csv"
    path.write_text("nonsense\n1\n", encoding="utf-8")
    told(sharing.workspace.root, "tuin/2024/run.json", report="tuin")
    damaged, published = shared(sharing)
    assert damaged.startswith(f"unusable   {path}: ")
    assert published == "published  tuin 2024 nl 2026-01-04 12:30"


def test_what_is_published_and_what_failed(tmp_path: Path) -> None:
    told(tmp_path, "tuin/2024/run.json", report="tuin")
    told(tmp_path, "tuin/2024/en/run.json", report="tuin", lang="en")
    told(tmp_path, "zon/2024/failure.json", name="zon", error="cell 3: ValueError: no")
    told(tmp_path, "run.json")  # the summary of a run is no report
    assert lines(tmp_path)[1:] == [
        "published  tuin 2024 en 2026-01-04 12:30",
        "published  tuin 2024 nl 2026-01-04 12:30",
        "failed     zon 2024 nl 2026-01-04 12:30: cell 3: ValueError: no",
    ]


def summed_up(root: Path, text: str) -> list[str]:
    (root / "reports").mkdir(exist_ok=True)
    (root / "reports" / "run.json").write_text(text, encoding="utf-8")
    return [line for line in lines(root) if line.startswith("last run")]


def test_when_the_last_run_was_and_what_went_wrong(tmp_path: Path) -> None:
    stages = {"fetch": {"error": "nobody answers."}, "build": {"error": ""}}
    run = {"ended": "2026-03-02T05:06:41Z", "exit_status": 0, "stages": stages}
    assert summed_up(tmp_path, json.dumps(run)) == [
        "last run   2026-03-02 06:06 (exit status 0; fetch: nobody answers.)"
    ]
    run["stages"] = {"fetch": {"error": ""}}
    assert summed_up(tmp_path, json.dumps(run)) == ["last run   2026-03-02 06:06 (exit status 0)"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at": "2026-03-02T05:06:41+01:00", "reports": []}', '{"ended": 1}'])
def test_a_damaged_summary_or_one_of_an_earlier_version_is_not_told(tmp_path: Path, text: str) -> None:
    assert summed_up(tmp_path, text) == []


def test_a_damaged_run_json_is_no_report(tmp_path: Path) -> None:
    told(tmp_path, "tuin/2024/run.json", report="tuin")
    (tmp_path / "reports" / "tuin" / "2024" / "run.json").write_text("{", encoding="utf-8")
    assert lines(tmp_path) == ["built      not yet"]


def test_asking_changes_nothing(built_demo: Path) -> None:
    before = sorted(path for path in built_demo.rglob("*"))
    lines(built_demo)
    assert sorted(path for path in built_demo.rglob("*")) == before


def test_tables_beside_kwb_are_told_by_their_family(tmp_path: Path) -> None:
    for name in ("50090NED", "47018NED.3f2a90c1", "83583NED", ".partial.84799NED"):
        (tmp_path / "data" / "raw" / "cbs" / name).mkdir(parents=True)
    assert lines(tmp_path)[:-1] == [
        "fetched    police (47018NED.3f2a90c1)",
        "fetched    health (50090NED)",
        "fetched    table (83583NED)",
    ]


def test_a_build_is_told_in_the_time_that_reports_tell(tmp_path: Path) -> None:
    path = tmp_path / "data" / "processed" / "analysed" / "estimates.parquet"
    path.parent.mkdir(parents=True)
    path.touch()
    assert lines(tmp_path) == ["built      not to its end (cut off), or by an earlier version. Run: bt build"]
    whole = built.Built("2026-01-04T12:30:00+01:00", "0.1.0", synthetic=False, tables={}, collectives={}, across="")
    (path.parents[1] / "built.json").write_text(json.dumps(asdict(whole)), encoding="utf-8")
    assert lines(tmp_path) == ["built      2026-01-04 12:30"]
