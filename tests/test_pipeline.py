"""The flow: a workspace with raw files in, checked tables out, and one run at a time."""

import datetime as dt
import json
import shutil
import threading
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from bt_analysis import bundles, join, pipeline, processed, schema, settings
from bt_analysis.analysis import learning
from bt_analysis.disclosure import DisclosureError
from bt_analysis.pipeline import PipelineError
from bt_analysis.schema import SchemaError
from bt_analysis.settings import Workspace
from bt_analysis.sources import boundaries, monitoring, typed_tables
from bt_analysis.sources.combined import MADE, SHARED
from bt_analysis.sources.monitoring import Package

ANALYSED = {"estimates", "suppressed", "unmatched", "collectives", "activities", "indicators", "sources", "refused"}
ANALYSED |= {"similar", "balance", "left_out", "experiments", "experiment_events", *learning.TABLES}

BESIDE = ["change", "similar", "detectability"]
"""Questions that set a work area beside areas without a collective."""


def keep(root: Path, *collectives: str) -> None:
    """Leave a few packages, so that a build takes seconds."""
    for folder in (root / "data" / "raw" / "monitoring").iterdir():
        if folder.name not in collectives:
            shutil.rmtree(folder)


def build(root: Path, year: int | None = None) -> pipeline.Built:
    return pipeline.build(Workspace(root), settings.load(root), year)


def table(root: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(root / "data" / "processed" / f"{name}.parquet")


def raw_files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (root / "data" / "raw").rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def small_built(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pipeline.Built]:
    """Build two collectives once, without any bundle; nobody may change it."""
    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("small") / "demo")
    keep(root, "energie-01", "huis-01")
    shutil.rmtree(root / "data" / "bundles")
    return root, build(root)


@pytest.fixture
def small(small_built: tuple[Path, pipeline.Built], tmp_path: Path) -> Path:
    """Give a test two collectives of its own that were built."""
    return shutil.copytree(small_built[0], tmp_path / "demo")


# What a build writes


def test_every_stage_is_written_as_its_schema_says(built_demo: Path) -> None:
    folder = built_demo / "data" / "processed"
    assert {path.stem for path in (folder / "harmonised").iterdir()} == {"statistics", "regions"}
    assert {path.stem for path in (folder / "joined").iterdir()} == {
        "area_weight", "context", "composition", *SHARED, *MADE, "wave_weighted",
    }  # fmt: skip
    assert {path.stem for path in (folder / "analysed").iterdir()} == ANALYSED | {"outlines"}
    for path in folder.rglob("*.parquet"):
        if path.stem != "outlines":
            schema.check(pd.read_parquet(path), processed.schema_of(f"{path.parent.name}/{path.stem}"))


def test_outlines_have_their_place(built_demo: Path) -> None:
    outlines = gpd.read_parquet(built_demo / "data" / "processed" / "analysed" / "outlines.parquet")
    assert outlines.crs == boundaries.RD
    assert outlines["inside"].any()
    assert not outlines["inside"].all()


def test_made_up_tables_say_so_inside(built_demo: Path) -> None:
    assert table(built_demo, "joined/context").attrs == {"synthetic": True}
    assert table(built_demo, "analysed/estimates")["synthetic"].all()


def test_estimates_are_protected(built_demo: Path) -> None:
    estimates = table(built_demo, "analysed/estimates")
    hidden = estimates[estimates["gate"] == "onderdrukt"]
    assert len(hidden)
    assert hidden[["value", "ci_low", "ci_high", "n"]].isna().all(axis=None)
    counts = estimates[estimates["unit"].eq("personen") & estimates["population"].eq("deelnemers")]["value"].dropna()
    assert counts.min() >= 10  # the smallest cell of the settings


def test_every_estimate_leads_to_a_raw_file(built_demo: Path) -> None:
    sources = table(built_demo, "analysed/sources")
    used = table(built_demo, "analysed/estimates")["source"].str.extract(r"(99\d{3}SYN)")[0].dropna().unique()
    assert set(used) <= set(sources["table"])
    assert sources["sha256"].str.fullmatch(r"[0-9a-f]{64}").all()
    assert not sources["file"].str.startswith("/").any()


def test_a_build_tells_what_it_did(small_built: tuple[Path, pipeline.Built]) -> None:
    small, built = small_built
    assert built.reference_year == 2024  # the newest that was fetched
    assert built.collectives == ("energie-01", "huis-01")
    assert built.refused == {}
    assert built.estimates == len(table(small, "analysed/estimates"))
    assert built.suppressed == len(table(small, "analysed/suppressed"))
    assert built.unmatched == len(table(small, "analysed/unmatched"))


def test_raw_is_frozen_and_the_same_raw_gives_the_same_tables(small: Path) -> None:
    before = raw_files(small)
    first = {path: path.read_bytes() for path in (small / "data" / "processed").rglob("*.parquet")}
    build(small)
    assert raw_files(small) == before
    assert {path: path.read_bytes() for path in first} == first


def test_a_second_build_with_fewer_collectives_forgets_the_others(small: Path) -> None:
    keep(small, "huis-01")
    assert build(small).collectives == ("huis-01",)
    for name in ("collectives", "activities", "suppressed", "estimates"):
        assert set(table(small, f"analysed/{name}")["collective_id"]) <= {"huis-01", ""}
    assert "energie-01" not in set(table(small, "analysed/sources")["collective_id"])


def test_a_register_that_was_lost_stops_the_build(small: Path) -> None:
    before = raw_files(small)
    register = small / "data" / "released" / "register.parquet"
    content = register.read_bytes()
    register.unlink()
    with pytest.raises(DisclosureError, match="no register of what was published; expected both"):
        build(small)
    assert not register.exists()
    register.write_bytes(content)
    build(small)
    assert register.read_bytes() == content
    assert raw_files(small) == before


def test_another_year_is_another_division(small: Path) -> None:
    assert build(small, 2021).reference_year == 2021
    assert table(small, "harmonised/regions")["division_year"].unique().tolist() == [2021]


def test_a_renamed_buurt_keeps_its_history(built_demo: Path) -> None:
    # BU99010302 became BU99010322 in 2022, when BU99010300 was split; the outlines show both.
    history = pipeline.history(Workspace(built_demo), ["BU99010322", "BU99010320"], ["population"])
    renamed, split = (part.set_index("year") for _, part in history.groupby("regiocode", sort=False))
    if renamed["regiocode"].iloc[0] != "BU99010322":
        renamed, split = split, renamed
    assert renamed["value"].notna().all()
    assert renamed.loc[2021, "comparable_reason"] == "renamed"
    assert renamed.loc[2022, "comparable_reason"] == "same"
    assert (split.loc[2021, "comparable_reason"], bool(split.loc[2021, "comparable"])) == ("apportioned_surface", False)
    low, value, high = (float(split[name][2021]) for name in ("low", "value", "high"))
    assert low < value < high


def test_a_broken_crosswalk_is_told_in_one_line(small: Path) -> None:
    broken = small / "data" / "raw" / "crosswalk" / "woonadressen_wijk.csv"
    broken.parent.mkdir()
    broken.write_text("van,naar\n990101,990102\n", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"woonadressen_wijk\.csv has columns van, naar; expected van_jaar"):
        build(small)


def test_without_boundaries_there_is_no_old_map(small: Path) -> None:
    shutil.rmtree(small / "data" / "raw" / "boundaries")
    build(small)
    assert not (small / "data" / "processed" / "analysed" / "outlines.parquet").exists()


# What stops or narrows a build


def test_a_package_with_a_problem_is_left_out_and_named(small: Path) -> None:
    text = (small / "data/raw/monitoring/huis-01/activity.csv").read_text(encoding="utf-8")
    broken = text.replace("sociale_cohesie", "gezelligheid")
    (small / "data/raw/monitoring/huis-01/activity.csv").write_text(broken, encoding="utf-8")
    shutil.rmtree(small / "data/raw/monitoring/huis-01/.accepted")  # as if it had never been in order
    built = build(small)
    number = broken.count("gezelligheid")
    assert built.collectives == ("energie-01",)
    assert built.refused == {"huis-01": number}
    refused = table(small, "analysed/refused")
    assert refused.to_dict("records") == [{"collective_id": "huis-01", "problems_n": number, "accepted_on": ""}]


def test_the_last_good_version_of_a_package_stays_in_use_and_is_dated(small: Path) -> None:
    before = table(small, "analysed/estimates")
    path = small / "data/raw/monitoring/huis-01/activity.csv"
    broken = path.read_text(encoding="utf-8").replace("sociale_cohesie", "gezelligheid")
    path.write_text(broken, encoding="utf-8")
    built = build(small)
    assert built.collectives == ("energie-01", "huis-01")
    assert set(built.refused) == {"huis-01"}
    told = table(small, "analysed/collectives")[["collective_id", "problems_n", "accepted_on"]].drop_duplicates()
    assert built.accepted["huis-01"]
    assert set(told.itertuples(index=False, name=None)) == {
        ("huis-01", broken.count("gezelligheid"), built.accepted["huis-01"]),
        ("energie-01", 0, ""),
    }
    after = table(small, "analysed/estimates")
    kept = [
        # Which areas may be compared with depends on where the other collectives work.
        rows[rows["collective_id"].isin(["energie-01", "huis-01"]) & ~rows["question"].isin(BESIDE)]
        for rows in (before, after)
    ]
    pd.testing.assert_frame_equal(kept[1].reset_index(drop=True), kept[0].reset_index(drop=True))
    assert set(after["collective_id"]) == {"energie-01", "huis-01"}


def test_the_cross_domain_tables_hold_what_is_in_bundles_and_nothing_else(small: Path) -> None:
    workspace, here = Workspace(small), settings.load(small)
    assert table(small, "across/estimates").empty
    packages = {package.collective_id: package for package in pipeline.check(workspace, here)}
    consent = bundles.Consent("collective", dt.date.today())  # noqa: DTZ011
    bundles.make(workspace, here, packages["huis-01"], consent)
    assert build(small).bundles == 1
    assert set(table(small, "across/estimates")["collective_id"]) == {"huis-01", ""}
    assert table(small, "across/left")["without_bundle_n"].item() == 1
    bundles.withdraw(workspace, "huis-01", dt.date.today())  # noqa: DTZ011
    given = pipeline.build_across(workspace, here)
    assert given.withdrawn == {"huis-01"}
    assert table(small, "across/estimates").empty
    assert table(small, "across/left")["withdrawn_n"].item() == 1


def test_no_package_without_problems_keeps_what_was_built(small: Path) -> None:
    before = table(small, "analysed/estimates")
    keep(small)
    with pytest.raises(PipelineError, match=r"no collective has a package without problems; .*Run: bt check"):
        build(small)
    pd.testing.assert_frame_equal(table(small, "analysed/estimates"), before)


def test_no_kwb_table_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"holds no KWB table; expected at least one year\. Run: bt fetch --years"):
        build(tmp_path)


def test_a_year_that_was_not_fetched_says_which_were(small: Path) -> None:
    with pytest.raises(PipelineError, match=r"year 1999 has no KWB table here; expected one of 2019, 2020, 2021"):
        build(small, 1999)


def test_broken_boundaries_stop_before_anything_is_written(small: Path) -> None:
    (small / "data" / "raw" / "boundaries" / "2024" / "buurten.gpkg").write_bytes(b"junk")
    processed = {path: path.stat().st_mtime_ns for path in (small / "data" / "processed").rglob("*.parquet")}
    with pytest.raises(boundaries.BoundariesError):
        build(small)
    assert {path: path.stat().st_mtime_ns for path in processed} == processed


def test_a_table_that_is_not_what_it_must_be_stops_the_build(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = join.context
    monkeypatch.setattr(join, "context", lambda *given: real(*given).drop(columns="coverage"))
    before = table(small, "analysed/estimates")
    with pytest.raises((SchemaError, KeyError), match="coverage"):
        build(small)
    pd.testing.assert_frame_equal(table(small, "analysed/estimates"), before)


# Collectives that number their own


def package(name: str, **ids: list[str]) -> Package:
    tables = {
        table: pd.DataFrame({"activity_id": ids["activity"], "collective_id": name}, dtype="str").reindex(
            columns=typed_tables.empty(table).columns
        )
        for table in ("activity", "participation")
    }
    return Package(name, Path(name), tables, [], [], [])


def test_own_ids_get_the_collective_in_front() -> None:
    zon, wind = package("zon", activity=["1", "zon-2"]), package("wind", activity=["1", "wind-2"])
    found = monitoring.together([zon, wind])
    assert list(found["activity"]["activity_id"]) == ["zon--1", "zon--zon-2", "wind--1", "wind--wind-2"]
    assert list(found["participation"]["activity_id"]) == ["zon--1", "zon--zon-2", "wind--1", "wind--wind-2"]
    assert list(zon.tables["activity"]["activity_id"]) == ["1", "zon-2"]  # what was delivered stays as it was


def test_a_table_that_nobody_keeps_is_empty_but_has_its_columns() -> None:
    found = monitoring.together([package("zon", activity=["1"])])
    assert found["contribution"].empty
    assert "hours" in found["contribution"]


def test_two_collectives_with_the_same_ids_are_built_side_by_side(small: Path) -> None:
    keep(small, "huis-01")
    alone = build(small)
    folder = small / "data" / "raw" / "monitoring"
    (folder / "twin").mkdir()
    for path in (path for path in (folder / "huis-01").iterdir() if path.is_file()):
        text = path.read_text(encoding="utf-8").replace("\nhuis-01,", "\ntwin,").replace(",huis-01,", ",twin,")
        if path.name == "datapackage.json":
            text = json.dumps(json.loads(text) | {"name": "twin"})
        (folder / "twin" / path.name).write_text(text, encoding="utf-8")
    both = build(small)
    assert both.refused == {}
    assert both.collectives == ("huis-01", "twin")
    # A return event names a claim, and the same figure of another collective is another claim.
    same = table(small, "analysed/estimates").loc[lambda rows: ~rows["question"].isin(["return", "burden"])]
    values = same.groupby("collective_id")["value"].sum()
    assert values["twin"] == pytest.approx(values["huis-01"])
    assert both.suppressed == 2 * alone.suppressed


# One run at a time


def test_a_second_run_says_so_and_stops(tmp_path: Path) -> None:
    told: list[str] = []

    def second() -> None:
        try:
            with pipeline.locked(Workspace(tmp_path)):
                told.append("went on")
        except PipelineError as problem:
            told.append(str(problem))

    with pipeline.locked(Workspace(tmp_path)):
        other = threading.Thread(target=second)
        other.start()
        other.join()
    assert told == [f"another run is at work in {tmp_path}; expected one at a time. Wait until it is done."]
    second()
    assert told[-1] == "went on"


def test_the_lock_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyError), pipeline.locked(Workspace(tmp_path)):
        raise KeyError
    with pipeline.locked(Workspace(tmp_path)):
        pass


# Checking


def test_checking_reads_every_package(built_demo: Path) -> None:
    packages = pipeline.check(Workspace(built_demo), settings.load(built_demo))
    assert len(packages) == 8
    assert [one.collective_id for one in packages] == sorted(one.collective_id for one in packages)
    assert not any(one.problems for one in packages)


def test_a_region_of_another_division_is_a_problem(small: Path) -> None:
    path = small / "data" / "raw" / "monitoring" / "huis-01" / "work_area.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("WK990100", "WK990199"), encoding="utf-8")
    packages = pipeline.check(Workspace(small), settings.load(small))
    (problem,) = [problem for one in packages for problem in one.problems]
    assert "WK990199" in problem.got
    assert "2023" in problem.got  # the area_year of that row
