"""What may leave: as far as the collective said, not before it looked, and never of one that left."""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import release, released
from bt_analysis.pages.export import outside_requests
from bt_analysis.pages.release import FOLDERS, Release
from bt_analysis.settings import ArchiveSettings, ReportSettings, Settings, Workspace
from tests.test_publication import PAYLOAD

PUBLISHED, TODAY = "2026-01-01", dt.date(2026, 3, 1)
BUNDLES = pd.DataFrame({"bundle_id": ["tuin-1", "zon-1"], "consent_level": ["openbaar", "gemeente"]})
NONE = BUNDLES.iloc[:0]


def build(root: Path, **levels: str | None) -> None:
    """Leave what a build leaves: names, and for whom each collective releases its report."""
    names = pd.DataFrame({"collective_id": list(levels), "name": [one.title() for one in levels]})
    for table in ("analysed/collectives", "joined/collective"):
        path = root / "data" / "processed" / f"{table}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        told = pd.Series(list(levels.values()), dtype="str")
        names.assign(primary_domain="welzijn", release_level=told).to_parquet(path)


def publish(root: Path, name: str, period: str = "2024", lang: str = "nl", **run: Any) -> Path:
    """Leave a published report; the text of each file says what it is."""
    folder = root / "reports" / name / period / ("" if lang == "nl" else lang)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = ("report.html", "bewoners.html", "gemeente.html", "estimates.csv", "claims.csv", "report.ipynb")
    for file in wanted:
        (folder / file).write_text(f"{name} {period} {lang} {file}", encoding="utf-8")
    told = {
        "report": name, "period": period, "lang": lang, "at": f"{PUBLISHED}T12:00:00+01:00",
        "first_published": PUBLISHED, "sha256": {one: digest(folder / one) for one in wanted},
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(told | run), encoding="utf-8")
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def decided(
    root: Path, today: dt.date = TODAY, settings: Settings | None = None, bundles: pd.DataFrame = NONE, **more: Any
) -> dict[str, Release]:
    return release.decide(Workspace(root), settings or Settings(), today, bundles, **more)


def written(root: Path, releases: dict[str, Release], settings: Settings | None = None) -> dict[str, list[str]]:
    """Write the folders; return what lies in each beside its index."""
    folders = released.write(Workspace(root), settings or Settings(), releases)
    return {
        folder.name: sorted(
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "index.html"
        )
        for folder in folders
    }


def index(root: Path, folder: str) -> str:
    return (root / "reports" / "released" / folder / "index.html").read_text(encoding="utf-8")


# As far as the collective said


@pytest.mark.parametrize(
    ("level", "folders"),
    [
        ("intern", []), ("bewoners", ["bewoners"]), ("gemeente", ["bewoners", "gemeente"]),
        ("openbaar", ["bewoners", "gemeente", "openbaar"]), (None, []), ("iets anders", []),
    ],
)  # fmt: skip
def test_a_level_reaches_as_far_as_it_says(tmp_path: Path, level: str | None, folders: list[str]) -> None:
    build(tmp_path, tuin=level)
    publish(tmp_path, "tuin")
    found = written(tmp_path, decided(tmp_path))
    assert [name for name, files in found.items() if files] == folders


def test_each_audience_gets_its_own_page(tmp_path: Path) -> None:
    build(tmp_path, tuin="openbaar")
    publish(tmp_path, "tuin")
    found = written(tmp_path, decided(tmp_path))
    assert found == {
        "bewoners": ["tuin/report.html"],
        "gemeente": ["tuin/report.html"],
        "openbaar": ["tuin/claims.csv", "tuin/estimates.csv", "tuin/report.html"],
    }
    for folder, page in (("bewoners", "bewoners.html"), ("gemeente", "gemeente.html"), ("openbaar", "report.html")):
        text = (tmp_path / "reports" / "released" / folder / "tuin" / "report.html").read_text(encoding="utf-8")
        assert text == f"tuin 2024 nl {page}"


def test_each_language_has_its_place(tmp_path: Path) -> None:
    build(tmp_path, tuin="bewoners")
    publish(tmp_path, "tuin")
    publish(tmp_path, "tuin", lang="en")
    assert written(tmp_path, decided(tmp_path))["bewoners"] == ["tuin/en/report.html", "tuin/report.html"]


def test_a_file_left_by_an_earlier_report_does_not_leave(tmp_path: Path) -> None:
    build(tmp_path, tuin="openbaar")
    folder = publish(tmp_path, "tuin")
    (folder / "bewoners.html").write_text("of an earlier report", encoding="utf-8")
    (folder / "report.pdf").write_bytes(b"of an earlier report")
    found = written(tmp_path, decided(tmp_path))
    assert found["bewoners"] == []
    assert "tuin/report.pdf" not in found["openbaar"]


def test_a_pdf_that_belongs_to_the_report_goes_along(tmp_path: Path) -> None:
    build(tmp_path, tuin="bewoners")
    folder = publish(tmp_path, "tuin")
    (folder / "bewoners.pdf").write_bytes(b"%PDF")
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    run["sha256"]["bewoners.pdf"] = digest(folder / "bewoners.pdf")
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    assert written(tmp_path, decided(tmp_path))["bewoners"] == ["tuin/report.html", "tuin/report.pdf"]
    assert '<a href="tuin/report.pdf">om te printen (pdf)</a>' in index(tmp_path, "bewoners")


# Not before it looked


@pytest.mark.parametrize(("day", "out"), [(14, False), (15, True)])  # 1 January + 14 days = 15 January
def test_a_report_is_for_the_collective_alone_for_fourteen_days(tmp_path: Path, day: int, out: bool) -> None:
    build(tmp_path, tuin="bewoners")
    publish(tmp_path, "tuin")
    found = decided(tmp_path, dt.date(2026, 1, day))
    assert bool(written(tmp_path, found)["bewoners"]) is out
    assert found["tuin"].until == (None if out else dt.date(2026, 1, 15))
    assert ("Tuin: vanaf 15 januari 2026" in index(tmp_path, "bewoners")) is not out


def test_the_number_of_days_is_a_setting_and_made_up_data_have_none(tmp_path: Path) -> None:
    build(tmp_path, tuin="bewoners")
    publish(tmp_path, "tuin")
    day = dt.date(2026, 1, 3)
    for settings, out in (
        (Settings(report=ReportSettings(first_look_days=2)), True),
        (Settings(report=ReportSettings(first_look_days=3)), False),
        (Settings(synthetic=True), True),
    ):
        assert bool(decided(tmp_path, day, settings)["tuin"].folders) is out


def test_until_then_the_report_before_it_stays(tmp_path: Path) -> None:
    build(tmp_path, tuin="bewoners")
    publish(tmp_path, "tuin", "2023-2024")
    publish(tmp_path, "tuin", "2024")
    publish(tmp_path, "tuin", "2023-2025", first_published="2026-02-28")
    found = decided(tmp_path)["tuin"]
    assert found.folders["nl"].name == "2023-2024"  # of two that end together the longest
    assert found.until == dt.date(2026, 3, 14)
    assert decided(tmp_path, dt.date(2026, 3, 14))["tuin"].folders["nl"].name == "2023-2025"


def test_a_translation_is_no_new_first_look(tmp_path: Path) -> None:
    build(tmp_path, tuin="bewoners")
    publish(tmp_path, "tuin")
    publish(tmp_path, "tuin", lang="en", first_published="2026-02-28")
    assert set(decided(tmp_path)["tuin"].folders) == {"nl", "en"}


@pytest.mark.parametrize("first", ["", "morgen", None, 3])
def test_a_report_that_does_not_say_when_it_was_made_waits(tmp_path: Path, first: object) -> None:
    build(tmp_path, tuin="bewoners")
    publish(tmp_path, "tuin", first_published=first)
    assert decided(tmp_path)["tuin"] == Release("tuin", "bewoners")


def test_a_report_of_before_this_was_written_down_counts_from_the_day_it_was_made(tmp_path: Path) -> None:
    build(tmp_path, tuin="bewoners")
    folder = publish(tmp_path, "tuin")
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    del run["first_published"]
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    assert decided(tmp_path, dt.date(2026, 1, 14))["tuin"].folders == {}
    assert decided(tmp_path, dt.date(2026, 1, 15))["tuin"].folders


# Taken back


@pytest.mark.parametrize("change", ["lower", "gone", "withdrawn"])
def test_what_may_not_leave_any_more_is_gone_after_a_run(tmp_path: Path, change: str) -> None:
    build(tmp_path, tuin="openbaar", zon="openbaar")
    publish(tmp_path, "tuin")
    publish(tmp_path, "zon")
    assert all(
        len({one.split("/")[0] for one in files}) == 2 for files in written(tmp_path, decided(tmp_path)).values()
    )
    if change == "gone":
        build(tmp_path, zon="openbaar")
    else:
        build(tmp_path, tuin="intern" if change == "lower" else "openbaar", zon="openbaar")
    found = written(tmp_path, decided(tmp_path, withdrawn={"tuin"} if change == "withdrawn" else ()))
    for folder in FOLDERS:
        assert all(one.startswith("zon/") for one in found[folder])
        assert "Tuin" not in index(tmp_path, folder)


def test_a_run_that_breaks_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, tuin="bewoners")
    publish(tmp_path, "tuin")
    before = written(tmp_path, decided(tmp_path))
    publish(tmp_path, "tuin", period="2025")
    monkeypatch.setattr("shutil.copyfile", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        written(tmp_path, decided(tmp_path))
    folder = tmp_path / "reports" / "released" / "bewoners"
    assert [path.name for path in (folder / "tuin").iterdir()] == ["report.html"]
    assert before["bewoners"] == ["tuin/report.html"]


# All collectives together


def test_the_report_of_all_leaves_as_far_as_every_bundle_in_it(tmp_path: Path) -> None:
    build(tmp_path, tuin="openbaar", zon="openbaar")
    publish(tmp_path, "across", bundles=["tuin-1", "zon-1"])
    found = written(tmp_path, decided(tmp_path, bundles=BUNDLES))
    assert found == {"bewoners": ["across/report.html"], "gemeente": ["across/report.html"], "openbaar": []}
    everybody = BUNDLES.assign(consent_level="openbaar")
    assert "across/report.ipynb" in written(tmp_path, decided(tmp_path, bundles=everybody))["openbaar"]


@pytest.mark.parametrize("usable", [BUNDLES.iloc[:1], NONE])
def test_the_report_of_all_waits_when_a_bundle_in_it_may_not_be_used_any_more(
    tmp_path: Path, usable: pd.DataFrame
) -> None:
    build(tmp_path, tuin="openbaar", zon="openbaar")
    publish(tmp_path, "across", bundles=["tuin-1", "zon-1"])
    assert decided(tmp_path, bundles=usable)["across"].folders == {}


def test_a_report_of_all_that_does_not_say_what_it_is_made_of_waits(tmp_path: Path) -> None:
    publish(tmp_path, "across")
    assert decided(tmp_path, bundles=BUNDLES)["across"].folders == {}


# The index of a folder


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_index_is_one_page_whose_links_lead_somewhere(tmp_path: Path, folder: str) -> None:
    build(tmp_path, tuin="openbaar", zon="intern")
    publish(tmp_path, "tuin")
    publish(tmp_path, "across", bundles=[])
    written(tmp_path, decided(tmp_path, bundles=BUNDLES.assign(consent_level="openbaar")))
    html = index(tmp_path, folder)
    links = [one for one in outside_requests(html) if one.startswith('href="')]
    assert links == outside_requests(html)  # nothing but links
    for link in links:
        assert (tmp_path / "reports" / "released" / folder / link[6:-1]).is_file()
    assert "Zon" not in html  # who keeps its report to itself is counted, never named
    assert "1 van de 2 collectieven staat hier niet. Elk collectief kiest zelf wat het laat zien." in html


def test_an_empty_workspace_has_three_indexes_that_say_so(tmp_path: Path) -> None:
    assert written(tmp_path, decided(tmp_path)) == {"bewoners": [], "gemeente": [], "openbaar": []}
    assert all("Nog geen rapporten." in index(tmp_path, folder) for folder in FOLDERS)


def test_the_index_speaks_the_language_of_the_workspace_and_marks_made_up_data(tmp_path: Path) -> None:
    settings = Settings(synthetic=True, report=ReportSettings(lang="en"))
    written(tmp_path, decided(tmp_path), settings)
    assert "What we learn together in the neighbourhood" in index(tmp_path, "openbaar")
    assert '<meta name="synthetic" content="true">' in index(tmp_path, "openbaar")


def test_nothing_that_was_typed_comes_to_life(tmp_path: Path) -> None:
    build(tmp_path, tuin="openbaar")
    path = tmp_path / "data" / "processed" / "analysed" / "collectives.parquet"
    pd.read_parquet(path).assign(name=PAYLOAD).to_parquet(path)
    publish(tmp_path, "tuin")
    publish(tmp_path, "tuin", "2025", first_published="2026-02-28", title=PAYLOAD)
    written(tmp_path, decided(tmp_path))
    for folder in FOLDERS:
        assert index(tmp_path, folder).count("&lt;script&gt;alert(1)") == 2  # listed, and still to come
        assert "<script" not in index(tmp_path, folder)
        assert "<img" not in index(tmp_path, folder)


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        ({}, "Onderzoekers vragen het datapakket aan het team: dat maakt het met bt export."),
        (
            {"contact_name": "Team Data", "contact_email": "data@samen.example"},
            "Onderzoekers vragen het datapakket aan bij Team Data, data@samen.example",
        ),
        (
            {"contact_email": "data@samen.example", "access_url": "https://data.samen.example/2026"},
            "Het datapakket voor onderzoekers staat op https://data.samen.example/2026",
        ),
    ],
)
def test_researchers_read_where_the_data_package_is(tmp_path: Path, archive: dict[str, str], told: str) -> None:
    build(tmp_path, tuin="openbaar")
    publish(tmp_path, "tuin")
    written(tmp_path, decided(tmp_path), Settings(archive=ArchiveSettings(**archive)))
    assert f"<li>{told}</li>" in index(tmp_path, "openbaar")
    # Of an address it says where it is; nothing on the page leads outside the folder.
    assert all(one.startswith('href="tuin/') for one in outside_requests(index(tmp_path, "openbaar")))
    assert "datapakket" not in index(tmp_path, "bewoners") + index(tmp_path, "gemeente")
