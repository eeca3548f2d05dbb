"""Rules about places: what a work area is made of, when it holds, and codes of regions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from bt_analysis import regions
from bt_analysis.sources.codes import parts
from bt_analysis.sources.delivered import Delivered, Rows, Rule
from bt_analysis.sources.rules_order import periods

DEFINITIONS = {"codes": "area_codes", "postcodes": "postcodes", "polygon": "polygon_file"}
"""definition_type of a work area → the one column that then defines it."""

_LEVELS = ("gemeente", "wijk", "buurt")
_POSTCODES = {"pc4": r"[1-9]\d{3}", "pc5": r"[1-9]\d{3}[A-Z]", "pc6": r"[1-9]\d{3}[A-Z]{2}"}
# Day that stands for "still valid".
_FAR = pd.Timestamp("2262-01-01")


def definitions(delivered: Delivered) -> None:
    """Check that a work area is defined in one way, the one it names.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["work_area"]
    definition = table["definition_type"]
    for kind, column in DEFINITIONS.items():
        named, filled = definition.eq(kind).fillna(False), table[column].notna()
        delivered.tell("no_definition", "work_area", column, named & ~filled, definition=definition)
        other = ~named & filled & definition.notna()
        delivered.tell("two_definitions", "work_area", column, other, definition=definition)


def postcodes(delivered: Delivered) -> None:
    """Check that the postcodes of a work area are postcodes.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    place = delivered.places["work_area"]
    for row, cell in delivered.tables["work_area"]["postcodes"].dropna().items():
        for postcode in regions.postcodes_in(cell):
            if not regions.is_postcode(postcode):
                delivered.findings.problem("postcode_form", place, row=int(str(row)), column="postcodes", got=postcode)


def work_area_codes(delivered: Delivered) -> None:
    """Check that codes have the right form, exist in their division year, and are in the work area once.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["work_area"]
    for row, cell, year in table[["area_codes", "area_year"]].dropna().itertuples(name=None):
        codes = parts(cell)
        _codes(delivered, ("work_area", row, "area_codes"), codes, year)
        valid = [code for code in codes if _is_region(code)]
        for code, outer in _inside_another(valid):
            place = delivered.places["work_area"]
            delivered.findings.problem("region_twice", place, row=row, column="area_codes", got=code, outer=outer)
    _say_unchecked(delivered, "work_area", table["area_year"].where(table["area_codes"].notna()))


def measured_codes(delivered: Delivered) -> None:
    """Check that the area a figure is about has a region code of its year.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["measurement"]
    for row, code, year in table[["area_code", "area_year"]].dropna(subset=["area_code"]).itertuples(name=None):
        _codes(delivered, ("measurement", row, "area_code"), [code], year)
    _say_unchecked(delivered, "measurement", table["area_year"].where(table["area_code"].notna()))


def levels(delivered: Delivered) -> None:
    """Check that the code of an area is one of its level: of CBS, a postcode, or of its own.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["area"]
    for row, code, level in table[["area_code", "level"]].dropna().itertuples(name=None):
        if not _is_of_level(code, level):
            place = delivered.places["area"]
            delivered.findings.problem("area_level", place, row=row, column="area_code", got=code, level=level)
    own = table["parent_code"].eq(table["area_code"])
    delivered.tell("own_parent", "area", "parent_code", own)


def overlaps(delivered: Delivered) -> None:
    """Check that a collective has one work area at a time.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table, place = delivered.tables["work_area"], delivered.places["work_area"]
    dated = table.dropna(subset=["collective_id", "valid_from"]).assign(until=table["valid_to"].fillna(_FAR))
    for _, areas in dated.sort_values("valid_from", kind="stable").groupby("collective_id", sort=False):
        longest, until = 0, pd.Timestamp.min
        for row, start, end in areas[["valid_from", "until"]].itertuples(name=None):
            if start <= until:
                delivered.findings.problem("overlap", place, row=row, column="valid_from", first=longest)
            if end > until:
                longest, until = row, end


def in_force(delivered: Delivered) -> None:
    """Check that a period falls in the time of the work area that its row names.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    for name, table in delivered.tables.items():
        if "work_area_id" not in table or name == "work_area":
            continue
        times = delivered.look_up(name, "work_area_id", "work_area", ("valid_from", "valid_to"))
        for first, last in periods(name):
            if {first, last} <= {*table.columns}:
                _inside(delivered, name, (first, last), (times["valid_from"], times["valid_to"].fillna(_FAR)))


def taken_part_in_force(delivered: Delivered) -> None:
    """Check that people took part in a time in which the collective has a work area to compare them with.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    spans = _spans(delivered.tables["work_area"])
    if not spans:
        return
    begun = delivered.tables["participation"]["period_start"]
    starts = pd.Series([start for start, _ in spans])
    # The time that began last before the period does; before all of them, the first.
    at = (starts.searchsorted(begun.fillna(_FAR), side="right") - 1).clip(min=0)
    start = pd.Series([spans[one][0] for one in at], index=begun.index, dtype=begun.dtype)
    until = pd.Series([spans[one][1] for one in at], index=begun.index, dtype=begun.dtype)
    _inside(delivered, "participation", ("period_start", "period_end"), (start, until))


def _inside(delivered: Delivered, name: str, period: tuple[str, str], span: tuple[Rows[Any], Rows[Any]]) -> None:
    table, (first, last), (start, until) = delivered.tables[name], period, span
    early = table[first] < start
    late = (table[last].fillna(table[first]) > until) & ~early
    delivered.tell("before_work_area", name, first, early, limit=start)
    delivered.tell("after_work_area", name, last, late, limit=until)


def _spans(areas: pd.DataFrame) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the times in which a collective has a work area; what follows on the next day is one time."""
    dated = areas.dropna(subset=["valid_from"])
    pairs = sorted(zip(dated["valid_from"], dated["valid_to"].fillna(_FAR), strict=True))
    found: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for start, end in pairs:
        if found and start <= found[-1][1] + pd.Timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _say_unchecked(delivered: Delivered, name: str, years: Rows[Any]) -> None:
    """Say once per year of which the division is not at hand in how many rows nothing could be looked up."""
    known = delivered.known_regions
    for year in [] if known is None else sorted(set(years.dropna()) - set(known)):
        rows = years.index[years.eq(year).fillna(False)]
        values = {"year": year, "more": len(rows) - 1}
        delivered.findings.repair(
            "regions_not_checked", delivered.places[name], row=int(rows[0]), column="area_year", **values
        )


def _codes(delivered: Delivered, where: tuple[str, int, str], codes: list[str], year: int | None) -> None:
    """Tell which codes are no region, or none of the year when its division is at hand."""
    name, row, column = where
    place, known = delivered.places[name], delivered.known_regions
    for code in codes:
        if not _is_region(code):
            delivered.findings.problem("region_form", place, row=row, column=column, got=code)
    if known is None or pd.isna(year) or year not in known:
        return
    for code in codes:
        if _is_region(code) and code not in known[year]:
            delivered.findings.problem("region_unknown", place, row=row, column=column, got=code, year=year)


def _is_region(code: str) -> bool:
    return regions.is_valid(code) and regions.level(code) != "land"


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


def _is_of_level(code: str, level: str) -> bool:
    if level in _LEVELS:
        return regions.is_valid(code) and regions.level(code) == level
    if level in _POSTCODES:
        return re.fullmatch(_POSTCODES[level], code) is not None
    return not regions.is_valid(code)


RULES = (
    Rule(definitions, {"work_area": ("definition_type", *DEFINITIONS.values())}),
    Rule(postcodes, {"work_area": ("postcodes",)}),
    Rule(work_area_codes, {"work_area": ("area_codes", "area_year")}),
    Rule(overlaps, {"work_area": ("collective_id", "valid_from", "valid_to")}),
    Rule(in_force, {"work_area": ("work_area_id", "valid_from", "valid_to")}),
    Rule(
        taken_part_in_force, {"work_area": ("valid_from", "valid_to"), "participation": ("period_start", "period_end")}
    ),
    Rule(measured_codes, {"measurement": ("area_code", "area_year")}),
    Rule(levels, {"area": ("area_code", "level", "parent_code")}),
)
