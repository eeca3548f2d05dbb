"""Export: a data package that frictionless finds nothing wrong with, with descriptions that catalogues can read."""

import csv
import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest

from bt_analysis import archive, bundles, indicators
from bt_analysis.archive import ArchiveError, catalogues, tables
from bt_analysis.pages.stored import ContentError
from bt_analysis.settings import ArchiveSettings, ReportSettings, Settings, SettingsError, Workspace, load
from tests.bundle_workspace import CONSENT, SETTINGS, TODAY, Built
from tests.test_release import publish

TABLES = {"estimates", "collectives", "activities", "unmatched", "sources", "indicators", "codebook"}
REAL = Settings(
    archive=ArchiveSettings(publisher="Stichting Samen", contact_email="data@samen.example"),
    report=ReportSettings(first_look_days=0),
)
LOOKS_FIRST = REAL.model_copy(update={"report": ReportSettings(first_look_days=14)})


@pytest.fixture
def built(tmp_path: Path, make: Any, page: Any) -> Built:
    """Give a test a workspace with a public, a local and an internal collective."""
    here = Built(tmp_path / "workspace", make, page)
    here.deliver("tuin")
    here.deliver("zon", level="gemeente")
    here.deliver("wind", level="intern")
    here.estimate("tuin", indicator_id="contacts_n", value=40.0, ci_low=38.0, ci_high=42.0)
    here.estimate("tuin", indicator_id="unique_n", gate="onderdrukt", missing_reason="suppressed")
    here.estimate("tuin", question="context", indicator_id="gas_m3_per_dwelling", unit="m3", value=1.234)
    here.estimate("zon", indicator_id="contacts_n", value=60.0)
    here.estimate("wind", indicator_id="contacts_n", value=80.0)
    here.write()
    return here


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def described(folder: Path, name: str = "datapackage.json") -> dict[str, Any]:
    return dict(json.loads((folder / name).read_text(encoding="utf-8")))


def export(built: Built, folder: Path, settings: Settings = SETTINGS, **more: Any) -> archive.Exported:
    return archive.export(built.workspace, settings, folder, TODAY, **more)


# The data package


def test_an_export_holds_its_tables_and_their_descriptions(built: Built, folder: Path) -> None:
    made = export(built, folder)
    others = {"datapackage.json", "dcat.jsonld", "ro-crate-metadata.json", "README.md"}
    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in TABLES} | others
    assert made.collectives == ("tuin",)
    assert made.rows["estimates"] == 3 + 1  # and the sum


def test_frictionless_finds_nothing_wrong(built: Built, folder: Path) -> None:
    export(built, folder)
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == len(TABLES)


@pytest.mark.parametrize("table", ["collectives", "indicators"])
def test_frictionless_follows_the_foreign_keys(built: Built, folder: Path, table: str) -> None:
    export(built, folder)
    path, package = folder / f"{table}.csv", described(folder)
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(header + "\n", encoding="utf-8")
    for resource in package["resources"]:
        resource.pop("hash")
        resource.pop("bytes")
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    kinds = {row[0] for row in frictionless.validate(str(folder / "datapackage.json")).flatten(["type"])}
    assert kinds == {"foreign-key"}


def test_checksums_are_those_of_the_files(built: Built, folder: Path) -> None:
    export(built, folder)
    for resource in described(folder)["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)


def test_a_missing_number_says_why_and_is_never_zero(built: Built, folder: Path) -> None:
    export(built, folder)
    rows = {(row["indicator_id"], row["collective_id"]): row for row in read(folder, "estimates")}
    hidden = rows["unique_n", "tuin"]
    assert (hidden["value"], hidden["n"], hidden["gate"]) == ("suppressed", "suppressed", "onderdrukt")
    assert rows["gas_m3_per_dwelling", "tuin"]["value"] == "1.2340"
    assert rows["gas_m3_per_dwelling", "tuin"]["ci_low"] == ""  # the method gives no bounds
    package = frictionless.Package(str(folder / "datapackage.json"))
    values = {row["indicator_id"]: row["value"] for row in package.get_table_resource("estimates").read_rows()}
    assert values["unique_n"] is None
    fields = next(one for one in described(folder)["resources"] if one["name"] == "estimates")["schema"]["fields"]
    missing = next(field for field in fields if field["name"] == "value")["missingValues"]
    assert {"value": "suppressed", "label": tables.REASONS["suppressed"]} in missing


def test_sums_are_made_of_what_is_in_it(built: Built, folder: Path) -> None:
    # A sum over all three, 40 + 60 + 80, would give the two that are not in it away.
    export(built, folder)
    assert [row["value"] for row in read(folder, "estimates") if row["collective_id"] == ""] == ["40"]
    export(built, folder, audience="gemeente")
    assert [row["value"] for row in read(folder, "estimates") if row["collective_id"] == ""] == ["100"]  # 40 + 60


def test_every_indicator_has_a_name_and_unit(built: Built, folder: Path) -> None:
    export(built, folder)
    rows = {row["indicator_id"]: row for row in read(folder, "indicators")}
    gas = indicators.load()["gas_m3_per_dwelling"]
    assert rows["gas_m3_per_dwelling"]["label_nl"] == gas.label_nl
    assert rows["gas_m3_per_dwelling"]["label_en"] == gas.label_en
    assert (rows["contacts_n"]["label_nl"], rows["contacts_n"]["label_en"]) == ("deelnames", "participations")
    assert rows["contacts_n"]["unit"] == "personen"  # that of the estimates in this test


def test_an_indicator_of_a_collective_has_the_name_it_gave(built: Built, folder: Path) -> None:
    built.estimate("tuin", question="measurements", indicator_id="tuin--groen", unit="m2")
    built.write()
    export(built, folder)
    (row,) = [row for row in read(folder, "indicators") if row["indicator_id"] == "tuin--groen"]
    assert (row["label_nl"], row["label_en"], row["unit"]) == ("Vergroend", "Vergroend", "m2")


def test_the_codebook_describes_every_column(built: Built, folder: Path) -> None:
    export(built, folder)
    described_ = {(row["table"], row["field"]) for row in read(folder, "codebook")}
    for name in TABLES - {"codebook"}:
        header = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert {(name, column) for column in header.split(",")} <= described_
    rows = {(row["table"], row["field"]): row for row in read(folder, "codebook")}
    value = rows["estimates", "value"]
    assert (value["label_nl"], value["label_en"], value["type"]) == ("waarde", "value", "number")
    assert set(value["missing"].split(";")) == set(tables.REASONS)
    assert rows["estimates", "gate"]["values"] == "ok;voorbehoud;niet_te_zien;onderdrukt"


def test_sources_name_the_publisher_and_no_place_on_a_disk(built: Built, folder: Path) -> None:
    export(built, folder)
    rows = {row["attribution"]: row for row in read(folder, "sources")}
    assert set(rows) == {"Bron: CBS", "Bron: Tuin"}
    assert rows["Bron: CBS"]["table"] == "85984NED"
    assert rows["Bron: CBS"]["licence"] == "CC BY 4.0, bron: CBS"
    assert "Bron: CBS, tabel 85984NED" in [one["title"] for one in described(folder)["sources"]]
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert str(built.workspace.root) not in text, path.name
        assert "TypedDataSet" not in text, path.name
        assert "tuin.csv" not in text, path.name


# Who is in it


@pytest.mark.parametrize(
    ("audience", "there"), [("openbaar", ("tuin",)), ("gemeente", ("tuin", "zon")), ("bewoners", ("tuin", "zon"))]
)
def test_only_who_released_data_for_this_audience(
    built: Built, folder: Path, audience: str, there: tuple[str, ...]
) -> None:
    made = export(built, folder, audience=audience)
    assert made.collectives == there
    for name in ("estimates", "collectives", "activities", "unmatched", "sources"):
        assert {row["collective_id"] for row in read(folder, name)} <= {*there, ""}
    whole = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert not re.search(r"\bwind\b", whole, re.IGNORECASE)


def test_who_withdrew_is_not_in_it(built: Built, folder: Path) -> None:
    built.bundle("tuin")
    bundles.withdraw(built.workspace, "tuin", TODAY)
    with pytest.raises(ArchiveError, match="no collective released its data for 'openbaar'"):
        export(built, folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("published", "there"),
    [
        (["2026-02-15"], ("zon",)),  # 15 February + 14 days = 1 March
        (["2026-02-16"], ()),
        ([], ()),
        # The figures of a new period stand beside those of the one that others may read.
        (["2026-01-01", "2026-02-20"], ()),
    ],
)
def test_a_collective_reads_its_newest_report_before_others_get_its_figures(
    built: Built, folder: Path, published: list[str], there: tuple[str, ...]
) -> None:
    publish(built.workspace.root, "tuin", first_published="2026-02-25")
    for year, day in enumerate(published, 2024):
        publish(built.workspace.root, "zon", str(year), first_published=day)
    if not there:
        expected = (
            "no report yet"
            if not published
            else {"2026-02-16": "from 2026-03-02"}.get(published[-1], "from 2026-03-06")
        )
        with pytest.raises(ArchiveError, match=rf"\(tuin: from 2026-03-11, zon: {expected}\); expected one that may"):
            export(built, folder, LOOKS_FIRST, audience="gemeente")
        assert not folder.exists()
        return
    made = export(built, folder, LOOKS_FIRST, audience="gemeente")
    assert (made.collectives, made.waiting) == (there, ("tuin: from 2026-03-11",))
    whole = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert not re.search(r"\btuin\b", whole, re.IGNORECASE)
    # Nor can it be worked out from a sum: 60 of zon alone.
    assert [row["value"] for row in read(folder, "estimates") if row["collective_id"] == ""] == ["60"]


def test_what_came_in_a_bundle_is_in_it_when_its_consent_is_wide_enough(
    built: Built, folder: Path, tmp_path: Path, make: Any, page: Any
) -> None:
    other = Built(tmp_path / "elsewhere", make, page)
    other.deliver("water")
    other.estimates = [{"collective_id": "water", "indicator_id": "hours_total", "question": "hours", "unit": "uur"}]
    other.write()
    bundle = other.bundle("water")
    target = built.workspace.root / "data" / "bundles" / "water" / bundle.name
    target.parent.mkdir(parents=True)
    target.write_bytes(bundle.read_bytes())
    # Estimates of two workspaces can only be told apart by their claims; these tests number them from zero.
    path = built.workspace.processed / "analysed" / "estimates.parquet"
    estimates = pd.read_parquet(path)
    estimates.assign(claim_id="own" + estimates["claim_id"]).to_parquet(path, index=False)
    assert export(built, folder).collectives == ("tuin", "water")
    assert frictionless.validate(str(folder / "datapackage.json")).valid


# Descriptions


def test_dcat_has_what_the_dutch_profile_requires(built: Built, folder: Path) -> None:
    export(built, folder, REAL)
    dataset = described(folder, "dcat.jsonld")
    assert dataset["@type"] == "dcat:Dataset"
    required = {
        "dct:title", "dct:description", "dct:identifier", "dct:publisher", "dct:creator", "dcat:contactPoint",
        "dcat:theme", "dct:accessRights", "dct:language", "dct:modified", "dcat:distribution",
    }  # fmt: skip
    assert required <= set(dataset)
    assert dataset["dct:publisher"] == {"@type": "foaf:Agent", "foaf:name": "Stichting Samen"}
    assert dataset["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:data@samen.example"}
    assert dataset["dct:accessRights"]["@id"].endswith("/access-right/PUBLIC")
    assert dataset["dct:modified"] == {"@type": "xsd:date", "@value": "2026-03-01"}
    assert {one["@language"] for one in dataset["dct:description"]} == {"nl", "en"}
    assert all(theme["@id"].startswith("http://publications.europa.eu/") for theme in dataset["dcat:theme"])
    assert any(theme["@id"].endswith("/ENVI") for theme in dataset["dcat:theme"])  # leefomgeving


def test_dcat_has_a_distribution_with_a_licence_per_table(built: Built, folder: Path) -> None:
    export(built, folder, REAL)
    dataset, resources = described(folder, "dcat.jsonld"), described(folder)["resources"]
    by_path = {one["dcat:accessURL"]["@id"]: one for one in dataset["dcat:distribution"]}
    assert set(by_path) == {f"{name}.csv" for name in TABLES}
    for resource in resources:
        one = by_path[resource["path"]]
        assert one["dct:license"]["@id"] == "https://creativecommons.org/licenses/by/4.0/"
        assert one["spdx:checksum"]["spdx:checksumValue"] == resource["hash"].removeprefix("sha256:")
        assert one["dcat:byteSize"]["@value"] == str(resource["bytes"])


def test_where_it_will_be_found_can_be_said(built: Built, folder: Path) -> None:
    here = ArchiveSettings(publisher_url="https://samen.example", access_url="https://data.samen.example/2026/")
    export(built, folder, Settings(synthetic=True, archive=here))
    dataset = described(folder, "dcat.jsonld")
    assert dataset["dct:publisher"]["@id"] == "https://samen.example"
    assert "https://data.samen.example/2026/estimates.csv" in {
        one["dcat:accessURL"]["@id"] for one in dataset["dcat:distribution"]
    }


def test_what_is_not_public_says_so(built: Built, folder: Path) -> None:
    export(built, folder, audience="gemeente")
    dataset = described(folder, "dcat.jsonld")
    assert dataset["dct:accessRights"]["@id"].endswith("/access-right/RESTRICTED")
    assert dataset["dcat:distribution"][0]["dct:license"] == {
        "@type": "dct:LicenseDocument", "dct:title": "Niet openbaar; alleen voor: gemeente",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["dcat.jsonld", "ro-crate-metadata.json"])
def test_every_prefix_and_reference_of_the_json_ld_is_declared(built: Built, folder: Path, name: str) -> None:
    export(built, folder)
    whole = described(folder, name)
    declared = whole["@context"] if name == "dcat.jsonld" else {}
    used = set()

    def walk(value: Any) -> None:
        for part in value.items() if isinstance(value, dict) else enumerate(value):
            key, inner = part
            if isinstance(key, str) and ":" in key:
                used.add(key.partition(":")[0])
            if key == "@type" and isinstance(inner, str) and ":" in inner:
                used.add(inner.partition(":")[0])
            if isinstance(inner, (dict, list)) and key != "@context":
                walk(inner)

    walk(whole)
    assert used <= set(declared)
    assert used or name != "dcat.jsonld"


def test_the_research_object_is_a_graph_without_loose_ends(built: Built, folder: Path) -> None:
    export(built, folder, REAL)
    crate = described(folder, "ro-crate-metadata.json")
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    ids = [node["@id"] for node in crate["@graph"]]
    assert len(ids) == len(set(ids))
    by_id = {node["@id"]: node for node in crate["@graph"]}
    referred = set(re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(crate["@graph"])))
    assert referred - set(ids) == {"https://w3id.org/ro/crate/1.1"}
    descriptor, root = by_id["ro-crate-metadata.json"], by_id["./"]
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    for name in ("name", "description", "datePublished", "license"):
        assert root[name], name
    files = {node["@id"] for node in crate["@graph"] if node["@type"] == "File"}
    assert files == {path.name for path in folder.iterdir()} - {"ro-crate-metadata.json"}
    assert {one["@id"] for one in root["hasPart"]} == files
    assert by_id["estimates.csv"]["encodingFormat"] == "text/csv"
    assert by_id["estimates.csv"]["sha256"] == hashlib.sha256((folder / "estimates.csv").read_bytes()).hexdigest()


def test_the_research_object_says_what_it_was_made_of_and_with(built: Built, folder: Path) -> None:
    export(built, folder, REAL)
    nodes = {node["@id"]: node for node in described(folder, "ro-crate-metadata.json")["@graph"]}
    action = nodes["#export"]
    assert action["@type"] == "CreateAction"
    assert nodes[action["instrument"]["@id"]]["version"] == described(folder)["software"]["version"]
    inputs = [nodes[one["@id"]] for one in action["object"]]
    assert {one["name"] for one in inputs} == {"Bron: CBS, tabel 85984NED", "Bron: Tuin"}
    assert {one.get("sha256", "") for one in inputs} == {row["sha256"] for row in read(folder, "sources")}
    # Of what the collective delivered nobody can try which cells fit.
    assert all("sha256" not in one for one in inputs if one["name"] == "Bron: Tuin")
    assert {"@id": "estimates.csv"} in action["result"]


def test_no_file_holds_a_checksum_of_what_a_collective_delivered(built: Built, folder: Path) -> None:
    # Who knows all of a delivery but one small number could try 0, 1, 2 … until the checksum fits.
    export(built, folder, REAL)
    delivered = [path for package in built.packages.values() for path in package.sources]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest()[:12].encode() for path in delivered]
    assert digests
    assert not [path.name for path in folder.iterdir() for digest in digests if digest in path.read_bytes()]


def test_the_readme_says_it_in_words(built: Built, folder: Path) -> None:
    export(built, folder, REAL)
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Better Together")
    assert "Uitgever: Stichting Samen. Vragen: Better Together data@samen.example." in text
    assert "- Bron: CBS, tabel 85984NED" in text
    assert all(f"`{name}.csv`" in text for name in TABLES)


def test_made_up_data_are_marked_everywhere(built: Built, folder: Path) -> None:
    export(built, folder)
    package = described(folder)
    assert package["synthetic"] is True
    assert package["name"] == "better-together-voorbeeld"
    for title in (package["title"], described(folder, "dcat.jsonld")["dct:title"][0]["@value"]):
        assert title.startswith("[verzonnen] ")
    crate = described(folder, "ro-crate-metadata.json")["@graph"]
    assert crate[1]["description"].startswith("Synthetisch: verzonnen gegevens")
    assert "Synthetisch: verzonnen gegevens" in (folder / "README.md").read_text(encoding="utf-8")
    assert {row["synthetic"] for row in read(folder, "estimates")} == {"true"}


def test_real_data_are_not_marked(built: Built, folder: Path) -> None:
    export(built, folder, REAL)
    assert "erzonnen" not in (folder / "README.md").read_text(encoding="utf-8")
    assert described(folder)["synthetic"] is False


# The same again, and what is refused


def test_the_same_workspace_gives_the_same_bytes(built: Built, folder: Path) -> None:
    export(built, folder)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    export(built, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    archive.export(built.workspace, SETTINGS, folder, dt.date(2026, 3, 2))
    changed = {name for name, content in first.items() if (folder / name).read_bytes() != content}
    assert changed == {"datapackage.json", "dcat.jsonld", "ro-crate-metadata.json", "README.md"}  # the date
    assert described(folder)["id"] == json.loads(first["datapackage.json"])["id"]


@pytest.mark.parametrize("name", ["notes.txt", ".git", "my.csv"])
def test_a_folder_with_anything_else_is_left_alone(built: Built, folder: Path, name: str) -> None:
    folder.mkdir()
    (folder / name).write_text("mine", encoding="utf-8")
    with pytest.raises(ArchiveError, match=rf"holds {re.escape(name)}, which is no part of an earlier export"):
        export(built, folder)
    assert (folder / name).read_text(encoding="utf-8") == "mine"


def test_a_file_added_to_an_export_is_left_alone(built: Built, folder: Path) -> None:
    export(built, folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ArchiveError, match=r"holds notes\.txt"):
        export(built, folder)


def test_a_data_package_of_somebody_else_is_left_alone(built: Built, folder: Path) -> None:
    folder.mkdir()
    (folder / "datapackage.json").write_text('{"name": "other", "resources": []}', encoding="utf-8")
    with pytest.raises(ArchiveError, match=r"holds datapackage\.json"):
        export(built, folder)


def test_an_empty_folder_and_an_earlier_export_will_do(built: Built, folder: Path) -> None:
    folder.mkdir()
    export(built, folder)
    export(built, folder, audience="gemeente")
    assert {row["collective_id"] for row in read(folder, "collectives")} == {"tuin", "zon"}
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith(".")] == []


def test_a_file_in_the_place_of_the_folder(built: Built, folder: Path) -> None:
    folder.write_text("mine", encoding="utf-8")
    with pytest.raises(ArchiveError, match="is a file; expected a folder"):
        export(built, folder)


def test_real_data_need_somebody_to_write_to(built: Built, folder: Path) -> None:
    with pytest.raises(ArchiveError, match=r"\[archive\] has no contact_email; expected an address"):
        export(built, folder, Settings())


def test_an_audience_that_there_is_not(built: Built, folder: Path) -> None:
    with pytest.raises(ArchiveError, match="audience got 'intern'; expected one of bewoners, gemeente, openbaar"):
        export(built, folder, audience="intern")


def test_a_workspace_that_was_not_built(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ContentError, match="Run: bt build"):
        archive.export(Workspace(tmp_path), SETTINGS, folder, TODAY)


def test_text_that_calculates_is_refused_and_nothing_is_written(built: Built, folder: Path) -> None:
    path = built.workspace.processed / "analysed" / "activities.parquet"
    pd.read_parquet(path).assign(title="=cmd()").to_parquet(path, index=False)
    with pytest.raises(ArchiveError, match="column title: got text that begins with '='"):
        export(built, folder)
    assert not folder.exists()


def test_the_day_of_consent_is_that_of_the_export() -> None:
    assert CONSENT.until >= TODAY  # what the tests above rest on


# Settings and themes


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('contact_email = "nobody"', "expected one address, as info@example.org"),
        ('access_url = "data"', "expected an address that starts with https://"),
        ('licence_url = ""', "expected an address that starts with https://"),
        ('publisher = ""', "at least 1 character"),
        ('curator = "x"', "archive.curator"),
    ],
)
def test_settings_of_the_archive_are_checked(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "bt.toml").write_text(f"[archive]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        load(tmp_path)


def test_themes_follow_from_the_domains() -> None:
    assert catalogues._themes({"keywords": ["gezondheid", "welzijn"]}) == ["HEAL", "REGI", "SOCI"]
