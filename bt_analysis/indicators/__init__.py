"""Indicators: what they are (catalogue), where they stand in a table (lookup) and in which tables (families)."""

from bt_analysis.indicators.catalogue import DOMAINS, KINDS, CatalogueError, Indicator, load
from bt_analysis.indicators.lookup import find_key, resolve

__all__ = ["DOMAINS", "KINDS", "CatalogueError", "Indicator", "find_key", "load", "resolve"]
