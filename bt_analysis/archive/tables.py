"""Tables of an archive: what was built and may be shown to an audience in; tables with their schemas out."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from bt_analysis import indicators, schema
from bt_analysis.bundles.reading import sums
from bt_analysis.language import Language
from bt_analysis.pages import codes, words
from bt_analysis.schema import REASON_SUFFIX, Descriptor

REASONS = {
    "not_recorded": "niet bijgehouden · not recorded",
    "not_applicable": "niet van toepassing · not applicable",
    "refused": "wilde men niet zeggen · refused",
    "unknown": "niet bekend · unknown",
    "suppressed": "weggelaten om mensen te beschermen, of geheim bij de bron · suppressed",
    "not_yet_published": "nog niet gepubliceerd · not yet published",
    "cannot_exist": "kan hier niet bestaan · cannot exist",
    "lost_in_division_change": "niet te vergelijken over veranderde grenzen · lost in a change of boundaries",
}
"""What stands in a number's place → what it means."""

_NUMBERS = ("value", "ci_low", "ci_high", "n")
_LINKS = {
    "estimates": {"collective_id": "collectives", "indicator_id": "indicators"},
    "activities": {"collective_id": "collectives"},
    "unmatched": {"collective_id": "collectives"},
    "sources": {"collective_id": "collectives"},
}


@dataclass(frozen=True)
class Archived:
    """One table of an archive.

    Parameters
    ----------
    rows : DataFrame
        What it holds.
    descriptor : dict
        Its Table Schema.
    """

    rows: pd.DataFrame
    descriptor: Descriptor


def of(figures: Mapping[str, pd.DataFrame], *, publisher: str, synthetic: bool) -> dict[str, Archived]:
    """Make the tables of an archive.

    Parameters
    ----------
    figures : mapping of str to DataFrame
        ``estimates``, ``collectives``, ``activities``, ``unmatched`` and ``sources`` of the collectives that may be
        shown, and ``indicators`` that were measured, by the schemas of analysed.
    publisher : str
        Whom official statistics are attributed to when their licence does not say.
    synthetic : bool
        Whether the data are made up.

    Returns
    -------
    dict of str to Archived
        Those tables, with the sums over these collectives, and ``indicators`` and ``codebook``.
    """
    added = sums(figures["estimates"], figures["collectives"], synthetic=synthetic)
    estimates = pd.concat([figures["estimates"], added], ignore_index=True).sort_values("claim_id", ignore_index=True)
    made = {
        "estimates": Archived(_with_reasons(estimates), _with_reason_words(_schema("estimates", "analysed"))),
        "indicators": Archived(_indicators(estimates, figures["indicators"]), _schema("indicators", "archive")),
        **{
            name: Archived(figures[name].reset_index(drop=True), _schema(name, "analysed"))
            for name in ("collectives", "activities", "unmatched")
        },
        "sources": Archived(
            _sources(figures["sources"], figures["collectives"], publisher), _schema("sources", "archive")
        ),
    }
    return {**made, "codebook": Archived(_codebook(made), _schema("codebook", "archive"))}


def _schema(name: str, stage: str) -> Descriptor:
    descriptor = copy.deepcopy(schema.load(f"{stage}_{name}"))
    links = [
        {"fields": [column], "reference": {"resource": table, "fields": [column]}}
        for column, table in _LINKS.get(name, {}).items()
    ]
    return {**descriptor, "name": name} | ({"foreignKeys": links} if links else {})


_OF_FIGURES = ("before_after", "change", "detectability", "response", "similar", "weighted")
"""Questions whose rows say more of a figure of another question."""


def _with_reason_words(descriptor: Descriptor) -> Descriptor:
    """Let a number of an estimate say why it is not there; an empty cell is a bound that the method does not give."""
    missing = [{"value": "", "label": "hoort hier niet bij · does not apply"}]
    missing += [{"value": code, "label": label} for code, label in REASONS.items()]
    fields = [
        {**field, "missingValues": missing} if field["name"] in _NUMBERS else field for field in descriptor["fields"]
    ]
    return {**descriptor, "fields": fields}


def _with_reasons(estimates: pd.DataFrame) -> pd.DataFrame:
    absent = estimates["missing_reason"].where(estimates["value"].isna())
    return estimates.assign(**{name + REASON_SUFFIX: absent.where(estimates[name].isna()) for name in _NUMBERS})


def _indicators(estimates: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Name what is estimated: indicators of the catalogue, what was measured, and what the questions count."""
    catalogue = {one.id: (one.label_nl, one.label_en, one.domain) for one in indicators.load().values()}
    names = measured.assign(label_en=measured["label_en"].fillna(measured["label_nl"]))
    own = {one["indicator_id"]: (one["label_nl"], one["label_en"], "") for one in names.to_dict("records")}
    # A p value, or a design effect, is of an indicator and has another unit than the indicator itself.
    own_first = estimates.assign(of=estimates["question"].isin(_OF_FIGURES)).sort_values("of", kind="stable")
    units = own_first.drop_duplicates("indicator_id").set_index("indicator_id")["unit"].sort_index()
    rows = []
    for indicator_id, unit in units.items():
        known = catalogue.get(str(indicator_id)) or own.get(indicator_id) or _counted(str(indicator_id))
        rows.append((indicator_id, known[0], known[1], unit, known[2]))
    return pd.DataFrame(rows, columns=["indicator_id", "label_nl", "label_en", "unit", "domain"])


def _counted(indicator_id: str) -> tuple[str, str, str]:
    dutch, english = (words.say(indicator_id, codes.QUESTIONS, Language(lang)) for lang in ("nl", "en"))
    return dutch.replace("_", " "), english.replace("_", " "), ""


def _sources(sources: pd.DataFrame, collectives: pd.DataFrame, publisher: str) -> pd.DataFrame:
    """List what figures rest on without where it lies: a name of a file may be a name of a person.

    What a collective delivered is one source without a checksum, by which its cells could be tried until one fits.
    """
    names = collectives.drop_duplicates("collective_id").set_index("collective_id")["name"]
    rows = []
    for row in sources.to_dict("records"):
        owner = str(row["collective_id"])
        fetched = f"{PurePosixPath(str(row['file'])).parent.name}-{str(row['sha256'])[:12]}"
        by = str(names[owner]) if owner else _attributed(str(row["licence"]), publisher)
        checksum = "" if owner else str(row["sha256"])
        rows.append({**row, "source_id": owner or fetched, "sha256": checksum, "attribution": f"Bron: {by}"})
    columns = [field["name"] for field in schema.load("archive_sources")["fields"]]
    table = pd.DataFrame(rows, columns=columns, dtype="str")
    return table.drop_duplicates("source_id").sort_values("source_id", ignore_index=True)


def _attributed(licence: str, publisher: str) -> str:
    """Return whom a licence wants named: CBS, Kadaster for "CC BY 4.0, bron: CBS, Kadaster"."""
    return licence.partition("bron:")[2].strip() or publisher


def _codebook(tables: Mapping[str, Archived]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for name, table in tables.items():
        for field in table.descriptor["fields"]:
            constraints = field.get("constraints", {})
            missing = [one["value"] for one in field.get("missingValues", []) if one["value"]]
            rows.append(
                {
                    "table": name,
                    "field": field["name"],
                    "label_nl": field.get("title", field["name"]),
                    "label_en": field.get("title_en", field["name"]),
                    "description": field.get("description", ""),
                    "type": field["type"],
                    "required": bool(constraints.get("required", False)),
                    "values": ";".join(map(str, constraints.get("enum", []))),
                    "missing": ";".join(missing),
                }
            )
    return pd.DataFrame(rows)
