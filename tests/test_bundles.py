"""Bundles: made with consent, the same bytes for the same content, withdrawn for good, read together."""

import dataclasses
import datetime as dt
import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest

from bt_analysis import bundles, schema
from bt_analysis.bundles import BundleError, Consent, csv_form, register
from bt_analysis.schema import Problem
from bt_analysis.settings import Settings
from tests.bundle_workspace import CONSENT, SETTINGS, TODAY, Built


@pytest.fixture
def built(tmp_path: Path, make: Any, page: Any) -> Built:
    """Give a test a workspace with two collectives: tuin, which keeps contributions, and zon."""
    here = Built(tmp_path, make, page)
    hours = make.monitoring(
        "contribution", {"contribution_id": "1", "activity_id": "1", "persons_n": 12, "hours": 100.5},
        {"contribution_id": "2", "activity_id": "1", "persons_n": 4, "hours": 20.0, "role": "bestuur"},
    )  # fmt: skip
    here.deliver("tuin", contribution=hours)
    here.deliver("zon", level="gemeente")
    here.estimate("tuin", indicator_id="contacts_n", value=40.0)
    here.estimate("tuin", indicator_id="unique_n", gate="onderdrukt", missing_reason="suppressed")
    here.estimate("zon", indicator_id="contacts_n", value=60.0)
    here.write()
    return here


def files_in(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows(text: str) -> list[dict[str, str]]:
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False).to_dict("records")  # type: ignore[return-value]


# Making


def test_a_bundle_holds_the_tables_of_its_collective_and_their_description(built: Built) -> None:
    files = files_in(built.bundle("tuin"))
    assert set(files) == {
        "activity.csv", "analysed_activities.csv", "analysed_collectives.csv", "analysed_estimates.csv",
        "analysed_indicators.csv", "analysed_unmatched.csv", "collective.csv", "contribution.csv", "datapackage.json",
        "work_area.csv",
    }  # fmt: skip
    assert [row["collective_id"] for row in rows(files["analysed_estimates.csv"])] == ["tuin", "tuin"]
    assert [row["activity_id"] for row in rows(files["activity.csv"])] == ["tuin--1"]  # its own among those of others
    package = json.loads(files["datapackage.json"])
    assert package["$schema"].endswith("/2.0/datapackage.json")
    assert package["synthetic"] is True
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert [one["name"] for one in package["resources"]] == sorted(name[:-4] for name in files if name.endswith(".csv"))


def test_small_groups_stay_behind(built: Built) -> None:
    large, small = rows(files_in(built.bundle("tuin"))["contribution.csv"])
    assert (large["persons_n"], large["hours"]) == ("12", "100.5")
    assert (small["persons_n"], small["hours"], small["role"]) == ("onderdrukt", "onderdrukt", "bestuur")


def test_names_of_what_was_measured_go_along_with_what_measured_it(built: Built) -> None:
    built.estimate("tuin", question="measurements", indicator_id="tuin--groen", unit="m2")
    built.write()
    assert [row["label_nl"] for row in rows(files_in(built.bundle("tuin"))["analysed_indicators.csv"])] == ["Vergroend"]
    assert rows(files_in(built.bundle("zon"))["analysed_indicators.csv"]) == []
    given = bundles.read_all(built.workspace, TODAY)
    named = bundles.across(given, [], synthetic=True)["indicators"]
    assert named["label_nl"].tolist() == ["Vergroend"]
    assert named["label_en"].isna().all()


def test_who_recorded_a_row_goes_along(built: Built, make: Any) -> None:
    row = {"collective_id": "tuin", "activity_id": "1", "recorded_by_role": "student"}
    built.deliver("tuin", activity=make.monitoring("activity", row))
    built.write()
    assert rows(files_in(built.bundle("tuin"))["activity.csv"])[0]["recorded_by_role"] == "student"


def test_microdata_stay_with_the_collective(built: Built) -> None:
    answers = pd.DataFrame({"wave_id": ["w"], "respondent_key": ["k"], "item_code": ["i"], "answer": ["ja"]})
    built.deliver("tuin", response_item=answers)
    built.write()
    assert not [name for name in files_in(built.bundle("tuin")) if "response" in name]


def test_the_log_of_what_was_suppressed_stays_behind(built: Built) -> None:
    assert not [name for name in files_in(built.bundle("tuin")) if "suppressed" in name or "log" in name]


def test_the_same_content_and_consent_give_the_same_bytes(built: Built) -> None:
    first = built.bundle("tuin")
    content = first.read_bytes()
    second = built.bundle("tuin")
    assert (second, second.read_bytes()) == (first, content)
    assert len(register.read(built.workspace)) == 1


def test_other_content_or_other_consent_is_another_bundle_and_replaces_it(built: Built) -> None:
    first = built.bundle("tuin")
    later = built.bundle("tuin", Consent("bestuur", dt.date(2026, 2, 1)))
    assert later != first
    assert sorted(later.parent.glob("*.zip")) == [later]
    built.estimate("tuin", indicator_id="hours_total", value=120.5)
    built.write()
    assert built.bundle("tuin", Consent("bestuur", dt.date(2026, 2, 1))) != later


def test_frictionless_finds_nothing_wrong(built: Built, tmp_path: Path) -> None:
    with zipfile.ZipFile(built.bundle("tuin")) as archive:
        archive.extractall(tmp_path / "unpacked")
    report = frictionless.validate(str(tmp_path / "unpacked" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == 9
    links = json.loads((tmp_path / "unpacked" / "datapackage.json").read_text())["resources"]
    by_name = {one["name"]: one["schema"].get("foreignKeys", []) for one in links}
    assert {link["reference"]["resource"] for link in by_name["contribution"]} == {"activity"}


def test_a_number_that_is_changed_is_seen_by_frictionless_too(built: Built, tmp_path: Path) -> None:
    with zipfile.ZipFile(built.bundle("tuin")) as archive:
        archive.extractall(tmp_path / "unpacked")
    path = tmp_path / "unpacked" / "analysed_estimates.csv"
    path.write_text(path.read_text().replace(",40,", ",41,"))
    report = frictionless.validate(str(tmp_path / "unpacked" / "datapackage.json"))
    assert {row[0] for row in report.flatten(["type"])} == {"hash-count"}


def test_the_register_says_what_was_agreed(built: Built) -> None:
    path = built.bundle("tuin")
    line = register.read(built.workspace).iloc[0]
    assert line["bundle_id"] == path.stem
    assert line["collective_id"] == "tuin"
    assert line["consent_level"] == "openbaar"  # what the collective itself released its data for
    assert line["approved_by_role"] == "bestuur"
    assert line["approved_on"] == pd.Timestamp("2026-01-10")
    assert line["valid_until"] == pd.Timestamp("2027-01-10")  # 365 days later
    assert pd.isna(line["withdrawn_on"])
    assert line["checks_passed"]
    assert "contribution" in line["tables"].split(";")


def test_an_end_of_the_consent_can_be_named(built: Built) -> None:
    built.bundle("tuin", Consent("bestuur", dt.date(2026, 1, 10), valid_until=dt.date(2026, 6, 30)))
    assert register.read(built.workspace)["valid_until"].tolist() == [pd.Timestamp("2026-06-30")]


# What is refused


def test_a_package_with_problems_is_refused(built: Built) -> None:
    wrong = Problem("tuin/tuin.csv", None, 2, "hours", "veel", "een getal", "verbeter het")
    built.packages["tuin"] = dataclasses.replace(built.packages["tuin"], problems=[wrong])
    with pytest.raises(BundleError, match=r"got a package with problems \(1\); expected none\. Run: bt check tuin"):
        built.bundle("tuin")


def test_a_package_that_was_not_built_is_refused(built: Built) -> None:
    built.deliver("wind")
    with pytest.raises(BundleError, match=r"wind: got a package that was not built; .* Run: bt build"):
        built.bundle("wind")


def test_figures_of_an_earlier_delivery_are_refused(built: Built) -> None:
    built.packages["tuin"].sources[0].write_text("something else\n", encoding="utf-8")
    with pytest.raises(BundleError, match=r"tuin: monitoring/tuin/tuin\.csv changed after the build; .* Run: bt build"):
        built.bundle("tuin")


@pytest.mark.parametrize("released", ["intern", None])
def test_what_is_internal_needs_a_level_that_is_named(built: Built, released: str | None) -> None:
    built.deliver("tuin", level=released)
    built.write()
    with pytest.raises(BundleError, match=r"tuin: got data released for 'intern'; expected one of bewoners"):
        built.bundle("tuin")
    built.bundle("tuin", dataclasses.replace(CONSENT, level="bewoners"))
    assert register.read(built.workspace)["consent_level"].tolist() == ["bewoners"]


@pytest.mark.parametrize("level", ["intern", "iedereen"])
def test_a_level_that_no_bundle_can_have_is_refused(built: Built, level: str) -> None:
    with pytest.raises(BundleError, match=f"got data released for '{level}'"):
        built.bundle("tuin", dataclasses.replace(CONSENT, level=level))


def test_consent_that_ends_before_it_begins_is_refused(built: Built) -> None:
    with pytest.raises(BundleError, match="got consent until 2026-01-09; expected a day after 2026-01-10"):
        built.bundle("tuin", dataclasses.replace(CONSENT, valid_until=dt.date(2026, 1, 9)))


def test_text_that_calculates_is_refused_and_nothing_is_written(built: Built, make: Any) -> None:
    row = {"collective_id": "tuin", "activity_id": "1", "title": "=HYPERLINK(1)"}
    built.deliver("tuin", activity=make.monitoring("activity", row))
    built.write()
    with pytest.raises(BundleError, match="tuin: table activity, column title: got text that begins with '='"):
        built.bundle("tuin")
    assert not register.folder(built.workspace).exists()


# Reading


def test_bundles_are_read_as_the_tables_they_were(built: Built) -> None:
    built.bundle("tuin")
    built.bundle("zon")
    given = bundles.read_all(built.workspace, TODAY)
    assert given.collectives == {"tuin", "zon"}
    assert not given.withdrawn | given.expired
    assert given.refused == ()
    before = pd.read_parquet(built.workspace.processed / "analysed" / "estimates.parquet")
    own = given.tables["analysed_estimates"]
    pd.testing.assert_frame_equal(own, before[own.columns], check_dtype=False)
    for name in ("analysed_estimates", "analysed_collectives", "analysed_activities", "analysed_unmatched"):
        schema.check(given.tables[name], name)
    hours = given.tables["contribution"]
    assert hours["persons_n"].tolist() == [12, pd.NA]
    assert hours["persons_n_missing_reason"].tolist()[1] == "suppressed"


def test_without_bundles_the_tables_are_there_and_empty(built: Built) -> None:
    given = bundles.read_all(built.workspace, TODAY)
    assert given.collectives == set()
    for name, table in bundles.across(given, ["tuin"], synthetic=True).items():
        known = name in ("bundles", "left")
        schema.check(table, f"across_{name}" if known else f"analysed_{name}")
        assert len(table) == (1 if name == "left" else 0), name


def test_a_withdrawn_collective_vanishes(built: Built) -> None:
    path = built.bundle("tuin")
    built.bundle("zon")
    copy = path.read_bytes()
    assert bundles.withdraw(built.workspace, "tuin", dt.date(2026, 2, 1)) == 1
    assert not path.exists()
    given = bundles.read_all(built.workspace, TODAY)
    assert given.collectives == {"zon"}
    assert given.withdrawn == {"tuin"}
    for table in given.tables.values():
        assert "tuin" not in set(table.get("collective_id", pd.Series(dtype=str)))
        assert not re.search(r"\btuin\b", table.to_csv())
    path.write_bytes(copy)  # somebody kept a copy
    assert bundles.read_all(built.workspace, TODAY).collectives == {"zon"}


def test_a_withdrawal_stands_in_the_register(built: Built) -> None:
    built.bundle("tuin")
    bundles.withdraw(built.workspace, "tuin", dt.date(2026, 2, 1))
    assert register.read(built.workspace)["withdrawn_on"].tolist() == [pd.Timestamp("2026-02-01")]
    bundles.withdraw(built.workspace, "tuin", dt.date(2026, 2, 9))  # once more changes nothing
    assert register.read(built.workspace)["withdrawn_on"].tolist() == [pd.Timestamp("2026-02-01")]


def test_who_never_gave_a_bundle_cannot_withdraw_one(built: Built) -> None:
    with pytest.raises(BundleError, match="zon: got no bundle here; expected one to withdraw"):
        bundles.withdraw(built.workspace, "zon", TODAY)


def test_new_consent_after_a_withdrawal_counts_also_on_the_same_day(built: Built) -> None:
    first = built.bundle("tuin")
    copy = first.read_bytes()
    bundles.withdraw(built.workspace, "tuin", CONSENT.approved_on)
    again = built.bundle("tuin")
    assert again.stem != first.stem
    first.write_bytes(copy)
    given = bundles.read_all(built.workspace, TODAY)
    assert given.lines["bundle_id"].tolist() == [again.stem]
    assert given.withdrawn == set()


@pytest.mark.parametrize(("today", "used"), [(dt.date(2027, 1, 10), True), (dt.date(2027, 1, 11), False)])
def test_consent_holds_until_its_last_day(built: Built, today: dt.date, used: bool) -> None:
    built.bundle("tuin")
    given = bundles.read_all(built.workspace, today)
    assert given.collectives == ({"tuin"} if used else set())
    assert given.expired == (set() if used else {"tuin"})


def test_a_register_that_cannot_be_read_stops_everything(built: Built) -> None:
    built.bundle("tuin")
    (register.folder(built.workspace) / "bundle.csv").write_text("bundle_id\n", encoding="utf-16")
    with pytest.raises(BundleError, match=r"bundle\.csv: .* without it nobody knows who withdrew"):
        bundles.read_all(built.workspace, TODAY)


# From elsewhere


@pytest.fixture
def elsewhere(tmp_path: Path, make: Any, page: Any) -> Path:
    """Give a test a bundle of the collective wind that was made in another workspace."""
    other = Built(tmp_path / "elsewhere", make, page)
    other.deliver("wind")
    other.write()
    return other.bundle("wind")


def bring(built: Built, path: Path) -> Path:
    """Put a bundle in the workspace without a line in its register."""
    folder = register.folder(built.workspace) / path.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(path, folder))


def test_a_bundle_from_elsewhere_counts_with_its_own_line(built: Built, elsewhere: Path) -> None:
    bring(built, elsewhere)
    given = bundles.read_all(built.workspace, TODAY)
    assert given.collectives == {"wind"}
    assert given.lines["file"].tolist() == [f"bundles/wind/{elsewhere.name}"]
    assert register.read(built.workspace).empty


def test_a_bundle_from_elsewhere_can_be_withdrawn_for_good(built: Built, elsewhere: Path) -> None:
    bring(built, elsewhere)
    bundles.withdraw(built.workspace, "wind", dt.date(2026, 2, 1))
    assert bundles.read_all(built.workspace, TODAY).withdrawn == {"wind"}
    bring(built, elsewhere)
    assert bundles.read_all(built.workspace, TODAY).collectives == set()


def test_another_copy_with_older_consent_is_withdrawn_with_it(
    built: Built, elsewhere: Path, make: Any, page: Any
) -> None:
    bring(built, elsewhere)
    bundles.withdraw(built.workspace, "wind", dt.date(2026, 2, 1))
    other = Built(built.workspace.root / "third", make, page)
    other.deliver("wind")
    other.write()
    before, after = Consent("bestuur", dt.date(2026, 1, 2)), Consent("bestuur", dt.date(2026, 2, 2))
    bring(built, other.bundle("wind", before))
    assert bundles.read_all(built.workspace, TODAY).collectives == set()
    bring(built, other.bundle("wind", after))
    assert bundles.read_all(built.workspace, TODAY).collectives == {"wind"}


def test_of_two_bundles_the_one_with_the_newest_consent_counts(built: Built) -> None:
    old = built.bundle("tuin")
    kept = old.read_bytes()
    new = built.bundle("tuin", Consent("bestuur", dt.date(2026, 2, 2)))
    old.write_bytes(kept)
    assert bundles.read_all(built.workspace, TODAY).lines["bundle_id"].tolist() == [new.stem]


# Across


def test_sums_are_made_of_bundles_only(built: Built) -> None:
    built.bundle("tuin")
    given = bundles.read_all(built.workspace, TODAY)
    tables = bundles.across(given, ["tuin", "zon"], synthetic=True)
    total = tables["estimates"][tables["estimates"]["collective_id"] == ""]
    assert total["value"].tolist() == [40.0]  # and not 40 + 60: zon gave no bundle
    assert total["n"].tolist() == [1.0]
    assert tables["left"].iloc[0].to_dict() == {
        "withdrawn_n": 0, "expired_n": 0, "refused_n": 0, "without_bundle_n": 1,
    }  # fmt: skip
    built.bundle("zon")
    both = bundles.across(bundles.read_all(built.workspace, TODAY), ["tuin", "zon"], synthetic=True)
    assert both["estimates"].set_index("collective_id")["value"][""] == 40.0 + 60.0


def test_who_is_not_in_it_is_counted_once(built: Built, elsewhere: Path) -> None:
    for name in ("tuin", "zon"):
        built.bundle(name)
    bundles.withdraw(built.workspace, "tuin", dt.date(2026, 2, 1))
    bring(built, elsewhere).write_bytes(b"no zip")
    after = bundles.read_all(built.workspace, dt.date(2028, 1, 1))
    left = bundles.across(after, ["tuin", "zon", "wind", "water"], synthetic=True)["left"].iloc[0]
    assert left.to_dict() == {"withdrawn_n": 1, "expired_n": 1, "refused_n": 1, "without_bundle_n": 1}


def test_every_table_across_is_as_its_schema_says(built: Built) -> None:
    built.bundle("tuin")
    tables = bundles.across(bundles.read_all(built.workspace, TODAY), ["tuin"], synthetic=True)
    for name, table in tables.items():
        schema.check(table, f"across_{name}" if name in ("bundles", "left") else f"analysed_{name}")
    assert tables["sources"]["licence"].tolist() == ["toestemming tot en met 2027-01-10"]
    assert tables["bundles"]["approved_on"].tolist() == [pd.Timestamp("2026-01-10")]


def test_a_licence_that_is_not_public_names_nobody_else(built: Built) -> None:
    licence = json.loads(files_in(built.bundle("zon"))["datapackage.json"])["licenses"][0]
    assert licence == {"name": "LicenseRef-bt-gemeente", "title": "Niet openbaar; alleen voor: gemeente"}


def test_settings_of_disclosure_decide_what_is_small(built: Built) -> None:
    wide = SETTINGS.model_copy(update={"disclosure": Settings().disclosure.model_copy(update={"min_cell": 13})})
    counts = [row["persons_n"] for row in rows(files_in(built.bundle("tuin", settings=wide))["contribution.csv"])]
    assert counts == ["onderdrukt", "onderdrukt"]


# Counts that stand beside published figures


def test_counts_are_protected_as_a_whole_beside_the_figures(built: Built, make: Any) -> None:
    # 30 + 4 = 34 people; with the total known, 30 would tell the 4, so both groups stay behind.
    group = {"activity_id": "1", "group_type": "huur_koop"}
    people = make.monitoring(
        "participation",
        {"activity_id": "1", "unique_n": 34, "contacts_n": 34},
        {**group, "group_value": "huur", "unique_n": 30, "contacts_n": 30},
        {**group, "group_value": "koop", "unique_n": 4, "contacts_n": 4},
    )
    built.deliver("tuin", participation=people)
    built.write()
    path = bundles.make(built.workspace, SETTINGS, built.packages["tuin"], CONSENT)
    counts = {row["group_value"]: row["unique_n"] for row in rows(files_in(path)["participation.csv"])}
    assert counts == {"totaal": "34", "huur": "onderdrukt", "koop": "onderdrukt"}
    assert bundles.read_all(built.workspace, TODAY).refused == ()


def test_what_went_out_hidden_stays_hidden(built: Built, make: Any) -> None:
    def deliver(persons: int) -> Path:
        hours = make.monitoring("contribution", {"contribution_id": "1", "activity_id": "1", "persons_n": persons})
        built.deliver("tuin", contribution=hours)
        built.write()
        return bundles.make(built.workspace, SETTINGS, built.packages["tuin"], CONSENT)

    assert rows(files_in(deliver(9))["contribution.csv"])[0]["persons_n"] == "onderdrukt"
    assert rows(files_in(deliver(11))["contribution.csv"])[0]["persons_n"] == "onderdrukt"


@pytest.mark.parametrize(
    ("figure", "goes_along"),
    [
        ({}, True),
        ({"gate": "voorbehoud", "gate_reason": "self_selected"}, True),
        ({"gate": "onderdrukt", "missing_reason": "suppressed"}, False),
        ({"value": None, "value_text": "ongeveer_de_helft"}, False),  # told in words: of fewer than 30 people
        ({"held_on": "2026-01-01"}, False),  # its figure is that of an earlier build
        ({"group_type": "meting:tuin--other"}, False),  # in no period, so without a figure
    ],
)
def test_a_measurement_goes_along_when_its_figure_is_shown(
    built: Built, figure: dict[str, Any], goes_along: bool
) -> None:
    row = {
        "measurement_id": "m", "indicator_id": "brs_2008", "collective_id": "tuin", "period_start": "2024-01-01",
        "period_end": "2024-12-31", "population": "deelnemers", "value": "3.5", "n_valid": "40",
        "method": "zelfselectie", "comparison": "geen",
    }  # fmt: skip
    content = "\n".join([",".join(row), ",".join(row.values())])
    built.deliver("tuin", measurement=csv_form.parse(content.encode(), schema.load("measurement")))
    standard = {"question": "measurements", "indicator_id": "brs_2008", "group_type": "meting:tuin--m", "value": 3.5}
    built.estimate("tuin", **(standard | figure))
    built.write()
    path = bundles.make(built.workspace, SETTINGS, built.packages["tuin"], CONSENT)
    measured = rows(files_in(path)["measurement.csv"])[0]
    assert (measured["value"], measured["n_valid"]) == (("3.5", "40") if goes_along else ("onderdrukt",) * 2)
    assert bundles.read_all(built.workspace, TODAY).refused == ()


def test_who_withdraws_and_comes_back_is_held_beside_what_went_out_before(built: Built, make: Any) -> None:
    def send(persons: int) -> str:
        hours = make.monitoring("contribution", {"contribution_id": "1", "activity_id": "1", "persons_n": persons})
        built.deliver("tuin", contribution=hours)
        built.write()
        path = bundles.make(built.workspace, SETTINGS, built.packages["tuin"], CONSENT)
        return rows(files_in(path)["contribution.csv"])[0]["persons_n"]

    assert send(9) == "onderdrukt"
    assert bundles.withdraw(built.workspace, "tuin", TODAY) == 1
    assert list((built.workspace.root / "data" / "bundles").rglob("*.zip")) == []
    assert send(11) == "onderdrukt"


@pytest.mark.parametrize(
    ("persons", "hours", "held"),
    [(31, 907.5, True), (30, 907.5, True), (30, 1199.0, True), (30, 1200.0, False), (40, 1200.0, False)],
)
def test_the_hours_of_one_who_came_later_cannot_be_subtracted(
    built: Built, make: Any, persons: int, hours: float, *, held: bool
) -> None:
    # 900 hours of 30 people are 30 of each: ten people give 300. The other record came by as much as may be seen.
    def send(persons: int, hours: float, others: float) -> list[tuple[str, str]]:
        one = {"contribution_id": "1", "activity_id": "1", "persons_n": persons, "hours": hours}
        other = {"contribution_id": "2", "activity_id": "1", "persons_n": 20, "hours": others, "role": "bestuur"}
        built.deliver("tuin", contribution=make.monitoring("contribution", one, other))
        built.write()
        path = bundles.make(built.workspace, SETTINGS, built.packages["tuin"], CONSENT)
        return [(row["persons_n"], row["hours"]) for row in rows(files_in(path)["contribution.csv"])]

    first = send(30, 900.0, 400.0)
    assert first == [("30", "900"), ("20", "400")]
    expected = first if held else [(str(persons), f"{hours:g}"), ("20", "700")]
    assert send(persons, hours, 700.0) == expected


def test_what_reports_said_stays_behind(built: Built) -> None:
    row = {"claim_id": "c", "report_id": "tuin-2025", "section": "Wie", "plain_nl": "Vier van 75+ deden mee", "n": "4",
           "value": "4", "gate": "ok"}  # fmt: skip
    content = "\n".join([",".join(row), ",".join(row.values())])
    built.deliver("tuin", claim=csv_form.parse(content.encode(), schema.load("claim")))
    built.write()
    assert not [name for name, text in files_in(built.bundle("tuin")).items() if "claim.csv" in name or "Vier" in text]


def csv_of(name: str, *given: dict[str, str]) -> pd.DataFrame:
    content = "\n".join([",".join(given[0]), *(",".join(row.values()) for row in given)])
    return csv_form.parse(content.encode(), schema.load(name))


def surveyed(built: Built, frame: int, took_part: dict[str, Any]) -> dict[str, str]:
    """Bundle a measurement of 40 participants out of ``frame``, whose figure has wider ends, and its wave."""
    row = {
        "measurement_id": "m", "indicator_id": "brs_2008", "collective_id": "tuin", "period_start": "2024-01-01",
        "period_end": "2024-12-31", "population": "deelnemers", "value": "3.5", "ci_low": "3.2123", "ci_high": "3.7877",
        "n_valid": "40", "n_frame": str(frame), "method": "census_van_groep", "comparison": "geen",
    }  # fmt: skip
    wave = {
        "wave_id": "w", "collective_id": "tuin", "instrument_ids": "brs_2008", "frame_n": str(frame),
        "invited_n": str(frame), "responded_n": "43", "start": "2024-05-01", "sampling": "allen",
    }  # fmt: skip
    built.deliver("tuin", measurement=csv_of("measurement", row), survey_wave=csv_of("survey_wave", wave))
    figure = {"question": "measurements", "indicator_id": "brs_2008", "group_type": "meting:tuin--m", "value": 3.5}
    built.estimates.clear()
    built.estimate("tuin", **figure, ci_low=3.2, ci_high=3.8)
    built.estimate("tuin", question="reach", indicator_id="unique_n", **took_part)
    built.write()
    files = files_in(bundles.make(built.workspace, SETTINGS, built.packages["tuin"], CONSENT))
    assert bundles.read_all(built.workspace, TODAY).refused == ()
    measured, asked = rows(files["measurement.csv"])[0], rows(files["survey_wave.csv"])[0]
    return measured | {name: asked[name] for name in ("frame_n", "invited_n", "responded_n")}


HIDDEN = {"gate": "onderdrukt", "missing_reason": "suppressed", "value": None, "ci_low": None, "ci_high": None}


@pytest.mark.parametrize(
    ("frame", "took_part", "told"),
    [
        (67, {}, "60"),
        (60, {}, "60"),
        (49, {}, "onderdrukt"),  # fewer than ten did not answer
        (67, HIDDEN, "onderdrukt"),  # they may be the number of people who took part
        (67, {"held_on": "2026-01-01"}, "onderdrukt"),
    ],
)
def test_a_bundle_tells_no_more_of_who_was_asked_than_figures_do(
    built: Built, frame: int, took_part: dict[str, Any], told: str
) -> None:
    row = surveyed(built, frame, took_part)
    assert (row["n_frame"], row["frame_n"], row["invited_n"], row["responded_n"]) == (told, told, told, "40")
    assert (row["ci_low"], row["ci_high"]) == ("3.2", "3.8")  # as its figure has them


def test_no_answer_and_nothing_made_of_single_answers_but_measurements_is_in_a_bundle(built: Built) -> None:
    wave = {
        "wave_id": "w", "collective_id": "tuin", "work_area_id": "tuin-a", "instrument_ids": "brs_2008",
        "start": "2024-05-01", "sampling": "allen",
    }  # fmt: skip
    answers = [
        {"wave_id": "w", "respondent_key": f"geheim{at}", "item_code": code, "answer": answer}
        for at in range(12)
        for code, answer in (("geslacht", "vrouw"), ("eigen", "geheim antwoord"))
    ]
    given = csv_of("response_item", *answers)
    built.deliver("tuin", survey_wave=csv_of("survey_wave", wave), response_item=given)
    built.write()
    files = files_in(built.bundle("tuin"))
    assert not [name for name in files if "wave_" in name or "response_item" in name]
    assert not [name for name, text in files.items() if "geheim" in text]
