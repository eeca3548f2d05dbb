"""Indicators: what they are (catalogue), where they stand in a table (lookup) and in which tables (families)."""

from bt_analysis.indicators.availability import coverage, status
from bt_analysis.indicators.catalogue import DOMAINS, KINDS, CatalogueError, Indicator, load
from bt_analysis.indicators.families import Family, family_of, load_families
from bt_analysis.indicators.lookup import find_key, resolve
from bt_analysis.indicators.searching import search

__all__ = [
    "DOMAINS", "KINDS", "CatalogueError", "Family", "Indicator", "coverage", "family_of", "find_key", "load",
    "load_families", "resolve", "search", "status",
]  # fmt: skip
