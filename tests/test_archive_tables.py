"""Tables and descriptions of an archive, each by itself: what stands in a cell, a licence, a theme, a node."""

import datetime as dt
import hashlib
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.archive import catalogues, metadata, tables
from bt_analysis.bundles import csv_form
from bt_analysis.settings import ArchiveSettings, Settings

DAY = dt.date(2026, 3, 1)


def figures(page: Any, *estimates: dict[str, Any], **more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the figures of one collective, tuin."""
    standard = {
        "estimates": page.estimates(*(estimates or ({},))),
        "collectives": page.collectives({}),
        "activities": page.activities({}),
        "unmatched": page.unmatched(),
        "sources": page.sources(
            {
                "file": "cbs/85984NED/Typed.parquet",
                "table": "85984NED",
                "licence": "CC BY 4.0, bron: CBS",
                "sha256": "a" * 64,
            },
            {"file": "monitoring/tuin/Jan Jansen.xlsx", "collective_id": "tuin", "sha256": "b" * 64},
        ),
        "indicators": pd.DataFrame(columns=["indicator_id", "label_nl", "label_en", "unit"], dtype="str"),
    }
    return standard | more


def made(page: Any, *estimates: dict[str, Any], **more: pd.DataFrame) -> dict[str, tables.Archived]:
    return tables.of(figures(page, *estimates, **more), publisher="CBS", synthetic=True)


def package(page: Any, settings: Settings | None = None, audience: str = "openbaar", **more: Any) -> dict[str, Any]:
    archived = made(page, **more)
    files = {f"{name}.csv": csv_form.write(one.rows, one.descriptor) for name, one in archived.items()}
    return metadata.package(archived, files, settings or Settings(), DAY, audience)


# Tables


def test_every_table_has_the_columns_of_its_schema(page: Any) -> None:
    for name, one in made(page).items():
        named = [field["name"] for field in one.descriptor["fields"]]
        assert set(named) <= set(one.rows.columns), name
        assert one.descriptor["name"] == name
        assert one.descriptor["title"], name
        assert one.descriptor["title_en"], name
        assert schema.key(one.descriptor), name


@pytest.mark.parametrize(
    ("estimate", "value", "low"),
    [
        ({"value": 40.0, "ci_low": 30.0}, "40", "30"),
        ({"value": 40.0}, "40", ""),  # the method gives no bounds, which is no reason for a value
        ({"gate": "onderdrukt", "missing_reason": "suppressed"}, "suppressed", "suppressed"),
        ({"gate": "niet_te_zien", "missing_reason": "cannot_exist"}, "cannot_exist", "cannot_exist"),
    ],
)
def test_a_number_or_why_there_is_none(page: Any, estimate: dict[str, Any], value: str, low: str) -> None:
    one = made(page, estimate)["estimates"]
    rows = csv_form.write(one.rows, one.descriptor).decode().splitlines()
    cells = dict(zip(rows[0].split(","), rows[1].split(","), strict=True))
    assert (cells["value"], cells["ci_low"]) == (value, low)


def test_every_reason_that_there_is_has_a_word(page: Any) -> None:
    assert set(tables.REASONS) == set(schema.MISSING_REASONS)
    fields = {field["name"]: field for field in made(page)["estimates"].descriptor["fields"]}
    for name in ("value", "ci_low", "ci_high", "n"):
        assert {one["value"] for one in fields[name]["missingValues"]} == {"", *tables.REASONS}
    assert "missingValues" not in fields["gate"]  # there onderdrukt is a value


def test_estimates_have_an_order_of_their_own(page: Any) -> None:
    rows = figures(page, {"period": "2023"}, {"period": "2024"})
    turned = {**rows, "estimates": rows["estimates"].iloc[::-1].reset_index(drop=True)}
    one, other = (tables.of(each, publisher="CBS", synthetic=True)["estimates"].rows for each in (rows, turned))
    pd.testing.assert_frame_equal(one, other)


def test_what_came_in_is_as_it_was(page: Any) -> None:
    before = figures(page)
    given = {name: table.copy(deep=True) for name, table in before.items()}
    tables.of(given, publisher="CBS", synthetic=True)
    for name, table in before.items():
        pd.testing.assert_frame_equal(given[name], table)


def test_a_file_has_no_name_that_may_be_that_of_a_person(page: Any) -> None:
    rows = made(page)["sources"].rows
    assert rows["source_id"].tolist() == [f"85984NED-{'a' * 12}", "tuin"]
    assert rows["sha256"].tolist() == ["a" * 64, ""]
    assert not rows.astype(str).map(lambda cell: "Jansen" in cell).any(axis=None)


@pytest.mark.parametrize(
    ("licence", "attribution"),
    [
        ("CC BY 4.0, bron: CBS", "Bron: CBS"),
        ("CC BY 4.0, bron: CBS, Kadaster", "Bron: CBS, Kadaster"),
        ("verzonnen cijfers", "Bron: Uitgever"),
        ("", "Bron: Uitgever"),
    ],
)
def test_a_source_is_named_as_its_licence_asks(page: Any, licence: str, attribution: str) -> None:
    sources = page.sources({"file": "cbs/T/x.parquet", "licence": licence, "sha256": "a" * 64})
    given = figures(page, sources=sources)
    rows = tables.of(given, publisher="Uitgever", synthetic=True)["sources"].rows
    assert rows["attribution"].tolist() == [attribution]


def test_what_a_collective_delivered_is_one_source_without_a_checksum(page: Any) -> None:
    delivered = ({"file": f"monitoring/tuin/{n}.csv", "collective_id": "tuin", "sha256": n * 64} for n in "cd")
    archived = made(page, sources=page.sources(*delivered))
    assert archived["sources"].rows[["source_id", "sha256"]].to_dict("records") == [{"source_id": "tuin", "sha256": ""}]
    graph = catalogues.ro_crate(package(page), archived["sources"].rows, ArchiveSettings())["@graph"]
    assert "sha256" not in next(node for node in graph if node["@id"] == "#tuin")


def test_two_copies_of_one_file_are_one_source(page: Any) -> None:
    sources = page.sources(*({"file": f"cbs/T/{name}", "sha256": "a" * 64} for name in ("x", "y")))
    assert len(made(page, sources=sources)["sources"].rows) == 1


@pytest.mark.parametrize(
    ("indicator_id", "label_nl", "label_en", "domain"),
    [
        ("gas_m3_per_dwelling", "Aardgas per woning", None, "energie_klimaat"),
        ("contacts_n", "deelnames", "participations", ""),
        ("tuin--groen", "Vergroend", "Greened", ""),
        ("nobody_knows", "nobody knows", "nobody knows", ""),
    ],
)
def test_names_of_indicators(page: Any, indicator_id: str, label_nl: str, label_en: str | None, domain: str) -> None:
    own = pd.DataFrame({"indicator_id": ["tuin--groen"], "label_nl": ["Vergroend"], "label_en": ["Greened"]})
    row = made(page, {"indicator_id": indicator_id}, indicators=own)["indicators"].rows.set_index("indicator_id")
    assert row.loc[indicator_id, "domain"] == domain
    if label_en is not None:
        assert (row.loc[indicator_id, "label_nl"], row.loc[indicator_id, "label_en"]) == (label_nl, label_en)


def test_an_indicator_stands_once(page: Any) -> None:
    rows = made(page, {"period": "2023"}, {"period": "2024"})["indicators"].rows
    assert rows["indicator_id"].tolist() == ["unique_n"]


def test_a_p_value_does_not_change_the_unit_of_an_indicator(page: Any) -> None:
    score = {"indicator_id": "mhi5_totaal", "question": "measurements", "unit": "schaal"}
    rows = made(page, score | {"question": "before_after", "unit": "p"}, score)["indicators"].rows
    assert rows.loc[rows["indicator_id"] == "mhi5_totaal", "unit"].tolist() == ["schaal"]


def test_the_codebook_does_not_describe_itself_and_repeats_nothing(page: Any) -> None:
    rows = made(page)["codebook"].rows
    assert set(rows["table"]) == {"estimates", "indicators", "collectives", "activities", "unmatched", "sources"}
    assert not rows.duplicated(["table", "field"]).any()
    required = rows.set_index(["table", "field"])["required"]
    assert bool(required["estimates", "claim_id"])
    assert not bool(required["estimates", "value"])


# The description


def test_an_id_follows_from_the_content(page: Any) -> None:
    first, same, other = (
        package(page),
        package(page),
        package(page, activities=page.activities({"title": "Iets anders"})),
    )
    assert first["id"] == same["id"]
    assert first["id"] != other["id"]
    assert first["id"].startswith("urn:uuid:")


def test_the_version_and_day_are_those_of_the_export(page: Any) -> None:
    assert package(page)["version"] == "2026.3.1"
    assert package(page)["created"] == "2026-03-01T00:00:00Z"


def test_who_made_it(page: Any) -> None:
    here = Settings(archive=ArchiveSettings(publisher="Samen", publisher_url="https://samen.example",
                                            contact_name="Data", contact_email="data@samen.example"))  # fmt: skip
    assert package(page, here)["contributors"] == [
        {"title": "Samen", "roles": ["publisher"], "path": "https://samen.example"},
        {"title": "Data", "roles": ["contact"], "email": "data@samen.example"},
        {"title": "De Tuin", "roles": ["creator"]},
    ]


def test_a_licence_of_its_own(page: Any) -> None:
    here = Settings(archive=ArchiveSettings(licence="CC0-1.0", licence_url="https://example.org/cc0"))
    licence = {"name": "CC0-1.0", "path": "https://example.org/cc0", "title": "CC0-1.0"}
    described = package(page, here)
    assert described["licenses"] == [licence]
    assert all(one["licenses"] == [licence] for one in described["resources"])
    dataset = catalogues.dcat(described, here.archive, "openbaar")
    assert {one["dct:license"]["@id"] for one in dataset["dcat:distribution"]} == {"https://example.org/cc0"}


def test_sizes_and_checksums_are_those_of_the_files(page: Any) -> None:
    archived = made(page)
    content = {f"{name}.csv": csv_form.write(one.rows, one.descriptor) for name, one in archived.items()}
    for one in metadata.package(archived, content, Settings(), DAY, "openbaar")["resources"]:
        assert one["hash"] == f"sha256:{hashlib.sha256(content[one['path']]).hexdigest()}"


def test_the_readme_names_every_table_and_source(page: Any) -> None:
    described = package(page)
    text = metadata.readme(described, ArchiveSettings(contact_email="data@samen.example"))
    for one in described["resources"]:
        assert f"| `{one['path']}` | {one['title']} · " in text
    assert "- Bron: CBS, tabel 85984NED\n" in text
    assert "- Bron: De Tuin\n" in text
    assert "Vragen: Better Together data@samen.example." in text


# Catalogues


@pytest.mark.parametrize(
    ("domain", "theme"),
    [("gezondheid", "HEAL"), ("energie_klimaat", "ENER"), ("leefomgeving", "ENVI"), ("zeggenschap", "GOVE"),
     ("economische_kracht", "ECON"), ("welzijn", "SOCI"), ("weerbaarheid", "SOCI"), ("sociale_cohesie", "SOCI")],
)  # fmt: skip
def test_every_domain_has_a_theme(page: Any, domain: str, theme: str) -> None:
    described = package(page, collectives=page.collectives({"primary_domain": domain}))
    dataset = catalogues.dcat(described, ArchiveSettings(), "openbaar")
    themes = {one["@id"].rpartition("/")[2] for one in dataset["dcat:theme"]}
    assert {theme, "SOCI", "REGI"} == themes | {theme}
    assert domain.replace("_", " ") in {one["@value"] for one in dataset["dcat:keyword"]}


def test_a_place_for_an_answer_is_there_also_in_an_example(page: Any) -> None:
    dataset = catalogues.dcat(package(page), ArchiveSettings(), "openbaar")
    assert dataset["dcat:contactPoint"]["vcard:hasEmail"]["@id"] == "mailto:niemand@example.org"


def test_inputs_of_a_research_object_have_what_is_known_of_them(page: Any) -> None:
    archived = made(page)
    graph = catalogues.ro_crate(package(page), archived["sources"].rows, ArchiveSettings())["@graph"]
    nodes = {node["@id"]: node for node in graph}
    cbs, own = nodes[f"#85984NED-{'a' * 12}"], nodes["#tuin"]
    assert cbs["sha256"] == "a" * 64
    assert "sha256" not in own
    assert cbs["license"] == "CC BY 4.0, bron: CBS"
    assert "license" not in own
    assert own["name"] == "Bron: De Tuin"


def test_a_licence_without_a_page_is_a_node_of_its_own(page: Any) -> None:
    described = package(page, audience="bewoners")
    graph = catalogues.ro_crate(described, made(page)["sources"].rows, ArchiveSettings())["@graph"]
    nodes = {node["@id"]: node for node in graph}
    assert nodes["./"]["license"] == {"@id": "#licence"}
    assert nodes["#licence"]["name"] == "Niet openbaar; alleen voor: bewoners"
