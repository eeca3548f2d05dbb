"""Rules between columns and between tables of one package: typed tables go in; every broken rule comes out.

A rule only looks at rows whose values could be read; what could not be read is a problem already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from bt_analysis import regions
from bt_analysis.schema import load
from bt_analysis.sources.sentences import Findings, Place

GROUPS = {
    "totaal": ("totaal",),
    "leeftijd": ("0-15", "15-25", "25-45", "45-65", "65+"),
    "geslacht": ("man", "vrouw", "anders"),
    "huur_koop": ("huur", "koop"),
    "opleiding": ("laag", "middelbaar", "hoog"),
    "woonduur": ("0-2", "2-10", "10+"),
}
"""Groups a group_type can have: those of CBS, so that they can be laid beside CBS's figures."""

DEFINITIONS = {"codes": "area_codes", "postcodes": "postcodes", "polygon": "polygon_file"}
"""definition_type of a work area → the one column that then defines it."""

HOURS_PER_DAY = 16
"""More hours of one person on one day are a mistake."""

RESERVED = ("across",)
"""Ids that no collective may have: the cross-domain report is published in a folder of this name."""

# Day that stands for "still valid".
_FAR = pd.Timestamp("2262-01-01")


@dataclass(frozen=True)
class _Package:
    folder: str
    tables: Mapping[str, pd.DataFrame]
    places: Mapping[str, Place]
    known_regions: Mapping[int, set[str]] | None


def check_rules(
    folder: str,
    tables: Mapping[str, pd.DataFrame],
    places: Mapping[str, Place],
    known_regions: Mapping[int, set[str]] | None,
    findings: Findings,
) -> None:
    """Hold the tables of one package against each other.

    Parameters
    ----------
    folder : str
        Name of the collective's folder.
    tables : Mapping of str to DataFrame
        Typed tables whose index is the row number a person sees.
    places : Mapping of str to Place
        File and sheet of each table.
    known_regions : Mapping of int to set of str, or None
        Division year → all codes of that year; None when no region is to be looked up.
    findings : Findings
        Every problem is added to it.
    """
    package = _Package(folder, tables, places, known_regions)
    _one_collective(package, findings)
    for name in tables:
        _parents(package, name, findings)
    if "work_area" in tables:
        _definitions(package, findings)
        _regions(package, findings)
        _overlaps(package, findings)
        _ordered_dates(package, "work_area", ("valid_from", "valid_to"), findings)
    if "activity" in tables:
        _ordered_dates(package, "activity", ("start", "end"), findings)
    if "participation" in tables:
        _ordered_dates(package, "participation", ("period_start", "period_end"), findings)
        _counts(package, findings)
        _groups(package, findings)
    if "participation" in tables and "activity" in tables:
        _periods(package, findings)
    if "contribution" in tables:
        _hours(package, findings)


def area_codes(text: str) -> list[str]:
    """Return the codes in a cell of area_codes.

    Parameters
    ----------
    text : str
        Codes with ; between them.

    Returns
    -------
    list of str
        In the order of the cell.
    """
    return [code.strip() for code in text.split(";") if code.strip()]


def _one_collective(package: _Package, findings: Findings) -> None:
    table = package.tables.get("collective")
    if table is None:
        return
    place = package.places["collective"]
    if len(table) > 1:
        findings.problem("many_collectives", place, row=int(table.index[1]), count=len(table))
    for row, code in _present(table, "collective_id"):
        if code in RESERVED:
            findings.problem("reserved_id", place, row=row, column="collective_id", got=code)
        if code != package.folder:
            findings.problem("other_folder", place, row=row, column="collective_id", got=code, folder=package.folder)


def _parents(package: _Package, name: str, findings: Findings) -> None:
    """Check that every foreign key names a row of the other table."""
    table, place = package.tables[name], package.places[name]
    for foreign in load(name).get("foreignKeys", []):
        (column,), parent = foreign["fields"], foreign["reference"]["resource"]
        if parent in package.places and parent not in package.tables:
            continue  # It was delivered and could not be read, which is a problem already.
        if parent not in package.tables:
            if table[column].notna().any():  # what names nothing needs no table
                findings.problem("no_parent_table", place, column=column, table=parent)
            continue
        known = package.tables[parent][foreign["reference"]["fields"][0]]
        orphans = table.loc[table[column].notna() & ~table[column].isin(known), [column]]
        for row, code in _present(orphans, column):
            findings.problem("no_parent", place, row=row, column=column, got=code, table=parent)


def _definitions(package: _Package, findings: Findings) -> None:
    """Check that a work area is defined in one way, the one it names, and that its postcodes are postcodes."""
    table, place = package.tables["work_area"], package.places["work_area"]
    for kind, column in DEFINITIONS.items():
        named, filled = table["definition_type"].eq(kind).fillna(False), table[column].notna()
        for row, definition in _present(table[named & ~filled], "definition_type"):
            findings.problem("no_definition", place, row=row, column=column, definition=definition)
        other = table[~named & filled & table["definition_type"].notna()]
        for row, cell in _present(other, column):
            values = {"got": cell, "definition": other["definition_type"][row]}
            findings.problem("two_definitions", place, row=row, column=column, **values)
    for row, cell in _present(table, "postcodes"):
        for postcode in regions.postcodes_in(cell):
            if not regions.is_postcode(postcode):
                findings.problem("postcode_form", place, row=row, column="postcodes", got=postcode)


def _regions(package: _Package, findings: Findings) -> None:
    """Check that codes have the right form, exist in their division year, and are in the work area once."""
    table, place = package.tables["work_area"], package.places["work_area"]
    for row, cell, year in table[["area_codes", "area_year"]].dropna().itertuples(name=None):
        codes = area_codes(cell)
        valid = [code for code in codes if regions.is_valid(code) and regions.level(code) != "land"]
        found = [("region_form", {"got": code}) for code in codes if code not in valid]
        found += [("region_twice", {"got": code, "outer": outer}) for code, outer in _inside_another(valid)]
        if package.known_regions is not None and year in package.known_regions:
            known = package.known_regions[year]
            found += [("region_unknown", {"got": code, "year": year}) for code in valid if code not in known]
        elif package.known_regions is not None:
            findings.repair("regions_not_checked", place, row=row, column="area_year", year=year)
        for kind, values in found:
            findings.problem(kind, place, row=row, column="area_codes", **values)


def _inside_another(codes: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each code that another code of the list already holds, with that other code."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield code, code
        seen.add(code)
    for code in dict.fromkeys(codes):
        outer = regions.parent(code)
        while outer is not None:
            if outer in seen:
                yield code, outer
            outer = regions.parent(outer)


def _overlaps(package: _Package, findings: Findings) -> None:
    """Check that a collective has one work area at a time."""
    table, place = package.tables["work_area"], package.places["work_area"]
    dated = table.dropna(subset=["collective_id", "valid_from"]).assign(until=table["valid_to"].fillna(_FAR))
    for _, areas in dated.sort_values("valid_from", kind="stable").groupby("collective_id", sort=False):
        longest, until = 0, pd.Timestamp.min
        for row, start, end in areas[["valid_from", "until"]].itertuples(name=None):
            if start <= until:
                findings.problem("overlap", place, row=row, column="valid_from", first=longest)
            if end > until:
                longest, until = row, end


def _ordered_dates(package: _Package, name: str, columns: tuple[str, str], findings: Findings) -> None:
    table, (first, last) = package.tables[name], columns
    wrong = table[table[last].notna() & table[first].notna() & (table[last] < table[first])]
    for row, start, end in wrong[[first, last]].itertuples(name=None):
        findings.problem(
            "end_before_start", package.places[name], row=row, column=last, got=end, other=first, limit=_day(start)
        )


def _counts(package: _Package, findings: Findings) -> None:
    """Check that different people are not more than contacts, and first-timers not more than either."""
    table = package.tables["participation"]
    unique = table["unique_n"]
    limits = [
        ("unique_n", "contacts_n", unique > table["contacts_n"]),
        ("first_time_n", "unique_n", table["first_time_n"] > unique),
        ("first_time_n", "contacts_n", unique.isna() & (table["first_time_n"] > table["contacts_n"])),
    ]
    for column, other, wrong in limits:
        for row, got, limit in table.loc[wrong.fillna(False), [column, other]].itertuples(name=None):
            place = package.places["participation"]
            findings.problem("above", place, row=row, column=column, got=got, other=other, limit=limit)


def _groups(package: _Package, findings: Findings) -> None:
    """Check that a group is one that its group_type can have."""
    table, place = package.tables["participation"], package.places["participation"]
    pairs = table[["group_type", "group_value"]].dropna()
    wrong = {pair for pair in set(pairs.itertuples(index=False, name=None)) if not _is_group(*pair)}
    for row, kind, value in pairs.itertuples(name=None) if wrong else ():
        if (kind, value) in wrong and kind == "buurt":
            findings.problem("group_region", place, row=row, column="group_value", got=value)
        elif (kind, value) in wrong:
            values = {"got": value, "group_type": kind, "options": ", ".join(GROUPS[kind])}
            findings.problem("group_value", place, row=row, column="group_value", **values)


def _is_group(kind: str, value: str) -> bool:
    if kind == "buurt":
        return regions.is_valid(value) and regions.level(value) in ("buurt", "wijk")
    return kind not in GROUPS or value in GROUPS[kind]


def _periods(package: _Package, findings: Findings) -> None:
    """Check that a period of counting lies within its activity."""
    table, place = package.tables["participation"], package.places["participation"]
    activity = package.tables["activity"].dropna(subset=["activity_id"]).drop_duplicates("activity_id")
    dates = activity.set_index("activity_id")[["start", "end"]]
    start, end = (dates[column].reindex(table["activity_id"]).set_axis(table.index) for column in ("start", "end"))
    for kind, column, wrong, limit in [
        ("before_activity", "period_start", table["period_start"] < start, start),
        ("after_activity", "period_end", table["period_end"] > end, end),
    ]:
        for row, got in _present(table[wrong], column):
            findings.problem(kind, place, row=row, column=column, got=got, limit=_day(limit[row]))


def _hours(package: _Package, findings: Findings) -> None:
    """Check that hours are not more than the people could give in the days of the activity.

    Days = end − start + 1. An activity that still runs has no number of days, so then only hours of nobody are wrong.
    """
    table, place = package.tables["contribution"], package.places["contribution"]
    days = pd.Series(pd.NA, index=table.index, dtype="Int64")
    if "activity" in package.tables:
        activity = package.tables["activity"].dropna(subset=["activity_id"]).drop_duplicates("activity_id")
        length = (activity["end"] - activity["start"]).dt.days + 1
        length = length.astype("Int64").set_axis(activity["activity_id"])
        days = length.reindex(table["activity_id"]).set_axis(table.index)
    limit = table["persons_n"] * days * HOURS_PER_DAY
    for row, hours in _present(table[((table["persons_n"] == 0) & (table["hours"] > 0)).fillna(False)], "hours"):
        findings.problem("hours_of_nobody", place, row=row, column="hours", got=hours)
    too_many = (table["hours"] > limit) & (table["persons_n"] > 0) & (days > 0)
    for row, hours in _present(table[too_many.fillna(False)], "hours"):
        values = {"got": hours, "limit": limit[row], "persons": table.loc[row, "persons_n"], "days": days[row]}
        findings.problem("too_many_hours", place, row=row, column="hours", **values)


def _present(table: pd.DataFrame, column: str) -> Iterator[tuple[int, Any]]:
    """Yield row number and value of each row that has one."""
    return ((int(row), value) for row, value in table[column].dropna().items())  # type: ignore[call-overload]


def _day(moment: pd.Timestamp) -> date:
    return moment.date()
