"""Effects of one family in; one model of them, with two or three levels, out."""

from __future__ import annotations

TWO, IN_COLLECTIVES, IN_PLACES = "twee", "collectieven", "gemeenten"
"""Levels: effects; effects in collectives; collectives in gemeenten."""
