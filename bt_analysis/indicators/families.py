"""Families: the tables that indicators stand in; one TOML file in, for each family its tables, host and choices out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources

from bt_analysis.indicators.catalogue import CatalogueError, Indicator

CBS = "CBS"
"""Publisher that the settings name unless somebody else made the tables."""

HOSTS = ("opendata", "dataderden", "file")
"""Where tables come from: CBS's own host, its host for tables of others, or a file that somebody downloads."""


@dataclass(frozen=True)
class Family:
    """Tables that hold the same indicators, year after year.

    Parameters
    ----------
    id : str
        As in :attr:`Indicator.source`.
    label_nl, label_en : str
        What a reader sees.
    host : str
        ``opendata``, ``dataderden`` or ``file``.
    publisher, licence : str
        Whom figures are attributed to, and on what terms they may be used.
    tables : mapping of str to tuple of int
        Table id → the years it holds; when tables share a year, the first is preferred.
    older : mapping of str to tuple of int
        Tables that came before, to be used when they were fetched and those of ``tables`` were not.
    choices : mapping of str to str
        Dimension → the member to take.
    margins : tuple of str
        Members of a dimension that hold the lower and the upper bound of a figure; empty when there are none.
    divisions : mapping of str to int
        Table id → year of its division, for a table that does not say so itself.
    model : bool
        Estimated by a model and not counted.
    """

    id: str
    label_nl: str
    label_en: str
    host: str
    publisher: str
    licence: str
    tables: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    older: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    margins: tuple[str, ...] = ()
    divisions: Mapping[str, int] = field(default_factory=dict)
    model: bool = False

    def table(self, year: int) -> str:
        """Return the id of the table that holds a year.

        Parameters
        ----------
        year : int
            Year of the figures.

        Returns
        -------
        str
            Such as ``84799NED``.

        Raises
        ------
        CatalogueError
            When no table of the family holds that year.
        """
        for table, years in {**self.tables, **self.older}.items():
            if year in years:
                return table
        known = sorted({one for years in self.tables.values() for one in years})
        raise CatalogueError(
            f"family {self.id!r} has no table of {year}; expected one of {', '.join(map(str, known)) or 'no year'}. "
            "Ask for another year."
        )

    def choices_of(self, indicator: Indicator) -> dict[str, str]:
        """Return the members to take for an indicator: those of the family, and its own before them.

        Parameters
        ----------
        indicator : Indicator
            An indicator of this family.

        Returns
        -------
        dict of str to str
            Dimension → member, as :func:`bt_analysis.sources.selection.select` takes them.
        """
        return {**self.choices, **indicator.choices}


def load_families() -> dict[str, Family]:
    """Read the families of tables.

    Returns
    -------
    dict of str to Family
        Id → family.

    Raises
    ------
    CatalogueError
        When a family lacks a field, or has one that is not known.
    """
    text = (resources.files(__package__) / "families.toml").read_text(encoding="utf-8")
    return {key: _family(key, entry) for key, entry in tomllib.loads(text).items()}


def family_of(table_id: str) -> Family | None:
    """Return the family that a table belongs to.

    Parameters
    ----------
    table_id : str
        Such as ``84799NED``; capitals do not matter.

    Returns
    -------
    Family or None
        None for a table that no indicator is looked up in.
    """
    wanted = table_id.upper()
    return next((one for one in load_families().values() if wanted in (*one.tables, *one.older)), None)


def attributed(sources: Iterable[str], publisher: str) -> list[str]:
    """Tell whom figures are attributed to.

    Parameters
    ----------
    sources : iterable of str
        Families that the figures come from, as :attr:`Indicator.source` names them.
    publisher : str
        Whom the settings name; another than CBS, as for tables that are made up, goes before all.

    Returns
    -------
    list of str
        The publisher of each family; that of the settings for one that is not known.
    """
    families = load_families() if publisher == CBS else {}
    return [families[one].publisher if one in families else publisher for one in sources]


def _family(key: str, entry: dict[str, object]) -> Family:
    try:
        family = Family(id=key, **_frozen(entry))  # type: ignore[arg-type]  # checked by the tests
    except TypeError as problem:
        raise CatalogueError(f"family {key!r} in families.toml: {problem}. Use the fields of Family.") from problem
    if family.host not in HOSTS:
        raise CatalogueError(f"family {key!r} has host {family.host!r}; expected one of {HOSTS}.")
    return family


def _frozen(entry: Mapping[str, object]) -> dict[str, object]:
    """Return an entry with tuples for lists, also one level down."""
    return {
        name: tuple(value) if isinstance(value, list) else _frozen(value) if isinstance(value, dict) else value
        for name, value in entry.items()
    }
