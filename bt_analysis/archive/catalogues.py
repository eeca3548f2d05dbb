"""The description of an archive as JSON-LD: for catalogues (DCAT-AP-NL) and for archives of research (RO-Crate 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bt_analysis.archive.metadata import DESCRIPTION, OTHERS, SOFTWARE
from bt_analysis.settings import ArchiveSettings

_EU = "http://publications.europa.eu/resource/authority"
_MEDIA = "https://www.iana.org/assignments/media-types"
_THEMES = {
    "gezondheid": "HEAL",
    "energie_klimaat": "ENER",
    "leefomgeving": "ENVI",
    "zeggenschap": "GOVE",
    "economische_kracht": "ECON",
}
"""Domain → theme of the European list; all other domains fall under society, which is always one of the themes."""

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NOBODY = "niemand@example.org"
"""Address in an export of made-up data that names none."""


def dcat(package: Mapping[str, Any], archive: ArchiveSettings, audience: str) -> dict[str, Any]:
    """Describe an archive as a dataset of a catalogue.

    Parameters
    ----------
    package : mapping of str to Any
        datapackage.json.
    archive : ArchiveSettings
        Who publishes.
    audience : str
        For whom it is.

    Returns
    -------
    dict
        JSON-LD: a dcat:Dataset with what DCAT-AP-NL 3.0 requires, and a dcat:Distribution per table.
    """
    agent = {"@type": "foaf:Agent", "foaf:name": archive.publisher}
    agent |= {"@id": archive.publisher_url} if archive.publisher_url else {}
    contact = {
        "@type": "vcard:Kind",
        "vcard:fn": archive.contact_name,
        "vcard:hasEmail": {"@id": f"mailto:{archive.contact_email or _NOBODY}"},
    }
    day = {"@type": "xsd:date", "@value": package["created"][:10]}
    access = "PUBLIC" if audience == "openbaar" else "RESTRICTED"
    return {
        "@context": _CONTEXT,
        "@id": package["id"],
        "@type": "dcat:Dataset",
        "dct:identifier": package["id"],
        "dct:title": [_said(package["title"], "nl")],
        "dct:description": [_said(package["description"], "nl"), _said(package["description_en"], "en")],
        "dct:publisher": agent,
        "dct:creator": agent,
        "dcat:contactPoint": contact,
        "dcat:theme": [_concept(f"{_EU}/data-theme/{code}", "skos:Concept") for code in _themes(package)],
        "dct:accessRights": _concept(f"{_EU}/access-right/{access}", "dct:RightsStatement"),
        "dct:language": [_concept(f"{_EU}/language/{code}", "dct:LinguisticSystem") for code in ("NLD", "ENG")],
        "dct:issued": day,
        "dct:modified": day,
        "dcat:version": package["version"],
        "dcat:keyword": [_said(word.replace("_", " "), "nl") for word in package["keywords"]],
        "dct:conformsTo": _concept("https://datapackage.org/profiles/2.0/datapackage.json", "dct:Standard"),
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "rdfs:label": [_said(" · ".join(dict.fromkeys(one["title"] for one in package["sources"])), "nl")],
        },
        "dcat:distribution": [_distribution(one, archive) for one in package["resources"]],
    }


def _said(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}


def _concept(address: str, kind: str) -> dict[str, str]:
    return {"@id": address, "@type": kind}


def _themes(package: Mapping[str, Any]) -> list[str]:
    return sorted({"SOCI", "REGI", *(_THEMES[word] for word in package["keywords"] if word in _THEMES)})


def _distribution(resource: Mapping[str, Any], archive: ArchiveSettings) -> dict[str, Any]:
    place = f"{archive.access_url.rstrip('/')}/{resource['path']}" if archive.access_url else resource["path"]
    licence = resource["licenses"][0]
    terms = {"@type": "dct:LicenseDocument", "dct:title": licence["title"]}
    return {
        "@type": "dcat:Distribution",
        "dct:title": [_said(resource["title"], "nl")],
        "dct:description": [_said(resource["description"], "nl")],
        "dcat:accessURL": {"@id": place},
        "dcat:downloadURL": {"@id": place},
        "dct:license": terms | ({"@id": licence["path"]} if "path" in licence else {}),
        "dct:format": _concept(f"{_EU}/file-type/CSV", "dct:MediaTypeOrExtent"),
        "dcat:mediaType": _concept(f"{_MEDIA}/{resource['mediatype']}", "dct:MediaType"),
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(resource["bytes"])},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": resource["hash"].removeprefix("sha256:"),
        },
    }


def ro_crate(package: Mapping[str, Any], sources: pd.DataFrame, archive: ArchiveSettings) -> dict[str, Any]:
    """Describe an archive as a research object: its files, what they were made of, and by what.

    Parameters
    ----------
    package : mapping of str to Any
        datapackage.json.
    sources : DataFrame
        Table ``sources`` of the archive.
    archive : ArchiveSettings
        Who publishes.

    Returns
    -------
    dict
        ro-crate-metadata.json.
    """
    files = [_file(one) for one in package["resources"]] + [_other(name) for name in (DESCRIPTION, *OTHERS)]
    files = [one for one in files if one["@id"] != "ro-crate-metadata.json"]
    inputs = [_input(row) for row in sources.to_dict("records")]
    licence = package["licenses"][0]
    terms = {"@id": licence.get("path", "#licence"), "@type": "CreativeWork", "name": licence["title"]}
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": package["title"],
        "description": package["description"],
        "identifier": package["id"],
        "version": package["version"],
        "datePublished": package["created"][:10],
        "keywords": ", ".join(package["keywords"]),
        "license": {"@id": terms["@id"]},
        "publisher": {"@id": "#publisher"},
        "hasPart": [{"@id": one["@id"]} for one in files],
        "mentions": {"@id": "#export"},
    }
    graph = [descriptor, root, *files, terms, *_people(archive), *_made_by(package, files, inputs), *inputs]
    # RO-Crate 1.1 has no word for a checksum of its own.
    words = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
    return {"@context": ["https://w3id.org/ro/crate/1.1/context", words], "@graph": graph}


def _file(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@id": resource["path"],
        "@type": "File",
        "name": resource["title"],
        "description": resource["description"],
        "encodingFormat": resource["mediatype"],
        "contentSize": str(resource["bytes"]),
        "sha256": resource["hash"].removeprefix("sha256:"),
    }


def _other(name: str) -> dict[str, Any]:
    kinds = {"json": "application/json", "jsonld": "application/ld+json", "md": "text/markdown"}
    return {"@id": name, "@type": "File", "name": name, "encodingFormat": kinds[name.rpartition(".")[2]]}


def _input(row: Mapping[Any, Any]) -> dict[str, Any]:
    name = f"{row['attribution']}, tabel {row['table']}" if row["table"] else str(row["attribution"])
    optional = {"sha256": str(row["sha256"]), "version": str(row["modified"]), "license": str(row["licence"])}
    return {
        "@id": f"#{row['source_id']}",
        "@type": "CreativeWork",
        "name": name,
        **{key: value for key, value in optional.items() if value},
    }


def _people(archive: ArchiveSettings) -> list[dict[str, Any]]:
    publisher: dict[str, Any] = {
        "@id": "#publisher",
        "@type": "Organization",
        "name": archive.publisher,
        "contactPoint": {"@id": "#contact"},
    }
    contact = {
        "@id": "#contact",
        "@type": "ContactPoint",
        "name": archive.contact_name,
        "email": archive.contact_email or _NOBODY,
    }
    return [publisher | ({"url": archive.publisher_url} if archive.publisher_url else {}), contact]


def _made_by(
    package: Mapping[str, Any], files: list[dict[str, Any]], inputs: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    software = {
        "@id": f"#{SOFTWARE}",
        "@type": "SoftwareApplication",
        "name": SOFTWARE,
        "version": package["software"]["version"],
    }
    action = {
        "@id": "#export",
        "@type": "CreateAction",
        "name": "Tables made of official statistics and of what collectives record",
        "endTime": package["created"],
        "instrument": {"@id": software["@id"]},
        "object": [{"@id": one["@id"]} for one in inputs],
        "result": [{"@id": one["@id"]} for one in files],
    }
    return [software, action]
