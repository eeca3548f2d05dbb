"""One bundle as a zip file: tables as CSV and their description in, the same bytes for the same content out."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from bt_analysis import __version__, schema
from bt_analysis.bundles import csv_form
from bt_analysis.disclosure.records import may_be_missing
from bt_analysis.schema import Descriptor
from bt_analysis.settings import ArchiveSettings

DESCRIPTION = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

ANALYSED = (
    "analysed_estimates",
    "analysed_collectives",
    "analysed_activities",
    "analysed_unmatched",
    "analysed_indicators",
)
"""Tables of figures that travel in a bundle, by the names of their schemas."""

NOTICE = "Synthetisch: verzonnen gegevens, om mee te oefenen."
_TIME = (1980, 1, 1, 0, 0, 0)


def descriptor_of(name: str) -> Descriptor:
    """Return the schema of a table as it travels in a bundle.

    Parameters
    ----------
    name : str
        A monitoring table, or one of :data:`ANALYSED`.

    Returns
    -------
    dict
        Table Schema; of a monitoring table every field that disclosure control may empty may be empty.
    """
    descriptor = schema.load(name)
    return descriptor if name in ANALYSED else csv_form.relaxed(descriptor, may_be_missing(descriptor))


def as_csv(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Write tables as CSV.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By the name of their schema.

    Returns
    -------
    dict of str to bytes
        The same names → CSV.

    Raises
    ------
    CsvError
        When a text begins with a sign that makes a spreadsheet calculate it.
    """
    contents = {}
    for name, table in tables.items():
        try:
            contents[name] = csv_form.write(table, descriptor_of(name))
        except csv_form.CsvError as problem:
            raise csv_form.CsvError(f"table {name}, {problem}") from problem
    return contents


def resource(name: str, content: bytes, descriptor: Descriptor, licence: Mapping[str, str]) -> dict[str, Any]:
    """Describe one CSV as a resource of a data package.

    Parameters
    ----------
    name : str
        Its name; the file is called so too.
    content : bytes
        The CSV.
    descriptor : dict
        Its Table Schema, which comes inside.
    licence : mapping of str to str
        As :func:`licence_of` gives it.

    Returns
    -------
    dict
        Resource of a Data Package (version 2), with the size and sha256 of the file.
    """
    return {
        "name": name,
        "type": "table",
        "title": descriptor.get("title", name),
        "description": descriptor.get("description", ""),
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "licenses": [dict(licence)],
        "schema": descriptor,
    }


def linked(tables: Mapping[str, pd.DataFrame], descriptors: Mapping[str, Descriptor]) -> dict[str, Descriptor]:
    """Keep of each schema the references that hold among the tables that go along.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What goes along.
    descriptors : mapping of str to dict
        Their schemas.

    Returns
    -------
    dict of str to dict
        Copies, without references to a table or a row that stays behind, such as a register that ships with the
        workbench.
    """
    kept = {}
    for name, descriptor in descriptors.items():
        links = [link for link in descriptor.get("foreignKeys", []) if _holds(tables[name], link, tables)]
        others = {key: value for key, value in descriptor.items() if key != "foreignKeys"}
        kept[name] = {**others, "foreignKeys": links} if links else others
    return kept


def _holds(table: pd.DataFrame, link: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> bool:
    own, theirs = ([one] if isinstance(one, str) else one for one in (link["fields"], link["reference"]["fields"]))
    other = tables.get(link["reference"]["resource"])
    if other is None:
        return False
    wanted = set(table[own].dropna().astype(str).itertuples(index=False, name=None))
    return wanted <= set(other[theirs].astype(str).itertuples(index=False, name=None))


def licence_of(level: str, archive: ArchiveSettings) -> dict[str, str]:
    """Say under which licence data of a release level may be used.

    Parameters
    ----------
    level : str
        For whom they are released.
    archive : ArchiveSettings
        Licence of what is public.

    Returns
    -------
    dict of str to str
        Name, title and, for what is public, path.
    """
    if level == "openbaar":
        return {"name": archive.licence, "path": archive.licence_url, "title": archive.licence}
    return {"name": f"LicenseRef-bt-{level}", "title": f"Niet openbaar; alleen voor: {level}"}


def bundle_id(contents: Mapping[str, bytes], line: Mapping[str, Any]) -> str:
    """Make the id of a bundle, which says what is in it and what was agreed.

    Parameters
    ----------
    contents : mapping of str to bytes
        Its tables as CSV.
    line : mapping of str to Any
        Its line of the register; the id itself and the day of a withdrawal have no part in it.

    Returns
    -------
    str
        The collective, and the first ten hexadecimal digits of a SHA-256 over tables and consent.
    """
    files = [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in sorted(contents.items())]
    agreed = {key: line[key] for key in sorted(line) if key not in ("bundle_id", "withdrawn_on") and line[key]}
    return f"{line['collective_id']}-{digest([*files, json.dumps(agreed, ensure_ascii=False)])[:10]}"


def digest(lines: Iterable[str]) -> str:
    """Return the SHA-256 of lines of text.

    Parameters
    ----------
    lines : iterable of str
        In an order of their own.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def pack(
    tables: Mapping[str, pd.DataFrame],
    contents: Mapping[str, bytes],
    line: Mapping[str, Any],
    archive: ArchiveSettings,
    *,
    synthetic: bool,
) -> bytes:
    """Pack a bundle.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What goes along, to see which references hold.
    contents : mapping of str to bytes
        The same tables as CSV.
    line : mapping of str to Any
        Line of the register, as text.
    archive : ArchiveSettings
        Licence of what is public.
    synthetic : bool
        Whether the data are made up.

    Returns
    -------
    bytes
        A zip file with datapackage.json and a CSV per table; times are fixed and names sorted.
    """
    licence = licence_of(line["consent_level"], archive)
    descriptors = linked(tables, {name: descriptor_of(name) for name in contents})
    package = {
        "$schema": PROFILE,
        "name": line["bundle_id"],
        "title": f"Bundel van {line['collective_id']}",
        "description": NOTICE if synthetic else "Gecontroleerde gegevens van een collectief, met toestemming.",
        "version": line["data_version"],
        "created": f"{line['approved_on']}T00:00:00Z",
        "licenses": [licence],
        "synthetic": synthetic,
        "software": {"name": "bt_analysis", "version": __version__},
        "bundle": dict(line),
        "resources": [
            resource(name, content, descriptors[name], licence) for name, content in sorted(contents.items())
        ],
    }
    files = {f"{name}.csv": content for name, content in contents.items()}
    return zipped({DESCRIPTION: as_json(package), **files})


def as_json(values: Mapping[str, Any]) -> bytes:
    """Write a description as JSON.

    Parameters
    ----------
    values : mapping of str to Any
        What it says.

    Returns
    -------
    bytes
        UTF-8, indented.
    """
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Zip files so that the same files give the same bytes.

    Parameters
    ----------
    files : mapping of str to bytes
        Name → content.

    Returns
    -------
    bytes
        The zip file.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # zipfile would write down which system it ran on
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()
