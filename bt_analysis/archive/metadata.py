"""The description of an archive as a data package (Frictionless, version 2), and in words for who opens the folder."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from bt_analysis import __version__
from bt_analysis.archive.tables import Archived
from bt_analysis.bundles.packing import DESCRIPTION, PROFILE, as_json, digest, licence_of, resource
from bt_analysis.settings import ArchiveSettings, Settings

__all__ = ["DESCRIPTION", "OTHERS", "SOFTWARE", "as_json", "package", "readme"]

SOFTWARE = "bt_analysis"
OTHERS = ("dcat.jsonld", "ro-crate-metadata.json", "README.md")
"""Files of an export beside its tables and their description."""

NOTICE = "Synthetisch: verzonnen gegevens van een verzonnen gemeente, om mee te oefenen. Synthetic data."
_ABOUT = (
    "Cijfers over buurten en over wat burgercollectieven zelf bijhouden, per collectief en periode, met interval, "
    "methode, bron en of ze te tonen zijn. Kleine groepen mensen zijn weggelaten."
)
_ABOUT_EN = (
    "Figures on neighbourhoods and on what citizen collectives record themselves, per collective and period, with "
    "interval, method, source and whether they may be shown. Small groups of people are suppressed."
)


def package(
    tables: Mapping[str, Archived], files: Mapping[str, bytes], settings: Settings, today: dt.date, audience: str
) -> dict[str, Any]:
    """Describe an archive.

    Parameters
    ----------
    tables : mapping of str to Archived
        Its tables.
    files : mapping of str to bytes
        The same tables as CSV, by name of the file.
    settings : Settings
        Who publishes, and whether the data are made up.
    today : date
        Day of the export.
    audience : str
        For whom it is.

    Returns
    -------
    dict
        datapackage.json. ``id`` follows from the content: the same tables have the same id.
    """
    archive = settings.archive
    licence = licence_of(audience, archive)
    named = tables["collectives"].rows.drop_duplicates("collective_id").sort_values("collective_id")
    resources = [
        resource(name, files[f"{name}.csv"], table.descriptor, licence) for name, table in sorted(tables.items())
    ]
    mark = f"{NOTICE} " if settings.synthetic else ""
    return {
        "$schema": PROFILE,
        "name": "better-together-voorbeeld" if settings.synthetic else "better-together",
        "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest(one['hash'] for one in resources))}",
        "title": ("[verzonnen] " if settings.synthetic else "") + archive.title,
        "description": f"{mark}{_ABOUT}",
        "description_en": f"{mark}{_ABOUT_EN}",
        "version": f"{today.year}.{today.month}.{today.day}",
        "created": f"{today.isoformat()}T00:00:00Z",
        "synthetic": settings.synthetic,
        "export": True,
        "audience": audience,
        "software": {"name": SOFTWARE, "version": __version__},
        "keywords": ["burgercollectieven", "buurten", "monitoring", *sorted(named["primary_domain"].unique())],
        "licenses": [licence],
        "contributors": _contributors(archive, list(named["name"])),
        "sources": _sources(tables["sources"]),
        "resources": resources,
    }


def _contributors(archive: ArchiveSettings, names: list[str]) -> list[dict[str, Any]]:
    publisher = {"title": archive.publisher, "roles": ["publisher"]}
    contact = {"title": archive.contact_name, "roles": ["contact"]}
    return [
        publisher | ({"path": archive.publisher_url} if archive.publisher_url else {}),
        contact | ({"email": archive.contact_email} if archive.contact_email else {}),
        *({"title": name, "roles": ["creator"]} for name in names),
    ]


def _sources(table: Archived) -> list[dict[str, str]]:
    """Name each source once, as it wants to be named, with the table of the publisher."""
    rows = table.rows.drop_duplicates(["attribution", "table"]).to_dict("records")
    return [
        {"title": f"{row['attribution']}, tabel {row['table']}", "version": str(row["modified"])}
        if row["table"]
        else {"title": str(row["attribution"])}
        for row in rows
    ]


def readme(described: Mapping[str, Any], archive: ArchiveSettings) -> str:
    """Say in words what is in the folder.

    Parameters
    ----------
    described : mapping of str to Any
        As :func:`package` gives it.
    archive : ArchiveSettings
        Whom to write to.

    Returns
    -------
    str
        Markdown, in Dutch and English.
    """
    tables = "".join(
        f"| `{one['path']}` | {one['title']} · {one['schema']['title_en']} | {one['description']} |\n"
        for one in described["resources"]
    )
    licence = described["licenses"][0]
    sources = "".join(f"- {title}\n" for title in dict.fromkeys(one["title"] for one in described["sources"]))
    contact = f"{archive.contact_name} {archive.contact_email}".strip()
    return f"""# {described["title"]}

{described["description"]}

{described["description_en"]}

Versie {described["version"]}, `{described["id"]}`, gemaakt met {SOFTWARE} {described["software"]["version"]}.

| bestand · file | titel · title | een rij · a row |
|---|---|---|
{tables}
- `datapackage.json` zegt van elke kolom wat erin staat (Frictionless Data Package, versie 2); `codebook.csv` ook.
- `dcat.jsonld` is voor catalogi (DCAT-AP-NL), `ro-crate-metadata.json` voor onderzoeksarchieven (RO-Crate 1.1).
- Een woord op de plaats van een getal, zoals `suppressed`, is de reden dat het er niet is. Het is nooit 0.
- A word in the place of a number, such as `suppressed`, is the reason why it is missing. It is never 0.

Licentie: {licence.get("path", licence["title"])}. Uitgever: {archive.publisher}. Vragen: {contact}.

## Bronnen

{sources}"""
