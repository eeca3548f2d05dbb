"""The indicator catalogue: one TOML file per domain in, one table of indicators out.

An indicator has an id of our own, because CBS's keys move from year to year and even within one table. Where to find
it in a table is said by base name, topic path and unit; :mod:`bt_analysis.indicators.lookup` looks that up at run time,
and :mod:`bt_analysis.indicators.families` says in which tables.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

KINDS = ("additive", "share", "mean", "bounded")
"""Ways in which areas are put together; ``bounded`` (medians, classes, scores) only gives the lowest and highest."""

DOMAINS = (
    "context", "gezondheid", "energie_klimaat", "leefomgeving", "welzijn", "weerbaarheid", "sociale_cohesie",
    "zeggenschap", "economische_kracht",
)  # fmt: skip
"""The eight domains, after what any of them is seen against; each is a file of the catalogue."""


class CatalogueError(ValueError):
    """The catalogue, or a table it is looked up in, says two things at once; the message names the indicator."""


@dataclass(frozen=True)
class Indicator:
    """One indicator: what it measures and how areas are put together.

    Parameters
    ----------
    id : str
        Own id with its unit in the name, such as ``gas_m3_per_dwelling``.
    label_nl, label_en : str
        What a reader sees.
    unit : str
        Unit of the value: personen, %, m3, kWh, km, per_km2, x1000_eur …
    kind : str
        ``additive`` (areas are summed), ``share`` (sum of the numerator over sum of the denominator, times
        ``factor``), ``mean`` (a published mean or percentage, weighted by its own denominator) or ``bounded`` (a
        median, class or score: areas together only have a lowest and a highest).
    domain : str
        One of the eight domains, or ``context``.
    direction : str
        ``hoger_beter``, ``lager_beter`` or ``geen_oordeel``.
    decimals : int
        Decimals shown to a reader.
    find : tuple of dict
        Where it stands in a table: ``name`` (CBS's key without its number), ``path`` (topic groups) and ``unit``.
    numerator : str
        For a share: id of the additive indicator above the line.
    parts : tuple of str
        For a count that stands in no table itself: ids of the additive indicators it is the sum of, known where all of
        them are.
    denominator : tuple of str
        Ids of additive indicators: what a share is a share of; for a mean the first one that has figures is the weight.
    near_weight : bool
        The denominator that CBS used is not published: the first one here is only near to it.
    factor : float
        What a share is multiplied by: 100 for a percentage.
    group : tuple of str
        For a count of people: the group type and value it is the size of, such as ``("leeftijd", "65+")``.
    context : int
        Place among the figures shown of an area; 0: not shown.
    source : str
        Family of tables it stands in: ``kwb``, ``health``, ….
    choices : mapping of str to str
        Member to take of each dimension that the family does not choose itself.
    breaks : tuple of dict
        Years from which the series measures something else: ``year, reason_nl, reason_en``.
    round_to : float
        Step to which CBS rounds, in the unit; 0: only to its decimals. See :meth:`step` for a year's.
    rounding : str
        ``nearest``, at every level; or ``random``, below gemeente level only: up or down by lot, so that the true value
        may lie nearly a whole step away.
    round_until : mapping of str to float
        Coarser rounding of older years: ``year``, the last of them, and ``step``; empty when there is none.
    withheld_up_to : float or None
        Largest count that CBS keeps secret; None when it is not known.
    model : bool
        Estimated by a model and not counted: context, never an outcome.
    note_nl, note_en : str
        What must be known to read the figure, such as a weight that is only near to the right one; empty when nothing.
    """

    id: str
    label_nl: str
    label_en: str
    unit: str
    kind: str
    domain: str
    direction: str = "geen_oordeel"
    decimals: int = 0
    find: tuple[Mapping[str, str | list[str]], ...] = ()
    numerator: str = ""
    parts: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    near_weight: bool = False
    factor: float = 1.0
    group: tuple[str, ...] = field(default=())
    context: int = 0
    source: str = "kwb"
    choices: Mapping[str, str] = field(default_factory=dict)
    breaks: tuple[Mapping[str, Any], ...] = ()
    round_to: float = 0.0
    rounding: str = "nearest"
    round_until: Mapping[str, float] = field(default_factory=dict)
    withheld_up_to: float | None = None
    model: bool = False
    note_nl: str = ""
    note_en: str = ""

    def step(self, year: int) -> float:
        """Return the step to which CBS rounded in a year.

        Parameters
        ----------
        year : int
            Year of the figures.

        Returns
        -------
        float
            In the unit of the indicator; 0 when only to its decimals.
        """
        if self.round_until and year <= self.round_until["year"]:
            return self.round_until["step"]
        return self.round_to

    def nearly(self, base_id: str) -> bool:
        """Tell whether a mean that is weighted by some count may differ from the one CBS would publish.

        Parameters
        ----------
        base_id : str
            The count that is at hand, one of ``denominator``.

        Returns
        -------
        bool
            True for a weight that is only near to the right one. Of areas together then only this is sure: their mean
            lies between the lowest and the highest of them.
        """
        return self.near_weight or base_id != self.denominator[0]


def load() -> dict[str, Indicator]:
    """Read the whole catalogue.

    Returns
    -------
    dict of str to Indicator
        Id → indicator, additive ones first and those with parts last of them, so that what an indicator needs stands
        before it.

    Raises
    ------
    CatalogueError
        When an id stands twice, a kind is unknown, or an indicator names one that is not there.
    """
    found: dict[str, Indicator] = {}
    for domain in DOMAINS:
        file = resources.files(__package__) / f"{domain}.toml"
        for key, entry in (tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}).items():
            if key in found:
                raise CatalogueError(
                    f"indicator {key!r} stands twice, again in {file.name}; expected once. Remove one."
                )
            found[key] = _indicator(key, entry, domain)
    _check(found.values())
    return dict(sorted(found.items(), key=lambda item: (KINDS.index(item[1].kind), bool(item[1].parts))))


def _indicator(key: str, entry: dict[str, object], domain: str) -> Indicator:
    as_tuples = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    try:
        return Indicator(id=key, domain=domain, **as_tuples)  # type: ignore[arg-type]  # checked by _check and by the tests
    except TypeError as problem:
        raise CatalogueError(
            f"indicator {key!r} in {domain}.toml: {problem}. Use the fields of Indicator."
        ) from problem


def _check(indicators: Iterable[Indicator]) -> None:
    kinds = {indicator.id: indicator.kind for indicator in indicators}
    for indicator in indicators:
        if indicator.kind not in KINDS:
            raise CatalogueError(f"indicator {indicator.id!r} has kind {indicator.kind!r}; expected one of {KINDS}.")
        above = [indicator.numerator] if indicator.kind == "share" else indicator.parts
        needed = [*indicator.denominator, *above]
        for other in needed:
            if kinds.get(other) != "additive":
                raise CatalogueError(
                    f"indicator {indicator.id!r} needs {other!r}; expected the id of an additive indicator."
                )
        if indicator.kind != "additive" and not indicator.denominator:
            raise CatalogueError(f"indicator {indicator.id!r} is a {indicator.kind}; expected a denominator. Name one.")
