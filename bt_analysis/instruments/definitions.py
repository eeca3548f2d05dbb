"""What an instrument is made of: items, answers, scales and the lines on them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

RULES = ("sum", "mean", "single", "published")
"""How answers become a score; ``published``: nobody outside the publisher can make it."""

DIRECTIONS = ("hoger_beter", "lager_beter", "geen_oordeel")


@dataclass(frozen=True)
class Item:
    """One question or statement.

    Parameters
    ----------
    code : str
        Name of the column that holds its answers; of no other item in the registry.
    about_nl, about_en : str
        What it is about, in a few words of our own.
    subscale : str
        Part of the instrument it belongs to; empty when there are no parts.
    reversed : bool
        Whether it is worded the other way round.
    """

    code: str
    about_nl: str
    about_en: str
    subscale: str = ""
    reversed: bool = False


@dataclass(frozen=True)
class Option:
    """One answer that can be given.

    Parameters
    ----------
    code : str
        What stands in the data.
    label_nl, label_en : str
        What stands on the form.
    points : float
        Points it counts for.
    reversed_points : float
        Points it counts for at an item that is reversed.
    """

    code: str
    label_nl: str
    label_en: str
    points: float
    reversed_points: float


@dataclass(frozen=True)
class CutOff:
    """A line on a scale: people on one side of it are counted.

    Parameters
    ----------
    id, label_nl, label_en : str
        What the people on that side are called.
    at_least, at_most, below : float or None
        The line; one of the three is given.
    """

    id: str
    label_nl: str
    label_en: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None

    @property
    def line(self) -> str:
        """The line as it is written, such as ``<60``."""
        signs = {"≥": self.at_least, "≤": self.at_most, "<": self.below}
        return next(f"{sign}{value:g}" for sign, value in signs.items() if value is not None)

    def holds(self, scores: pd.Series) -> pd.Series:
        """Tell which scores lie on this side of the line.

        Parameters
        ----------
        scores : Series
            No missing ones.

        Returns
        -------
        Series of bool
            Score by score.
        """
        if self.at_least is not None:
            return scores >= self.at_least
        return scores <= self.at_most if self.at_most is not None else scores < self.below


@dataclass(frozen=True)
class Scale:
    """One score that an instrument gives.

    Parameters
    ----------
    id, label_nl, label_en : str
        What it is called.
    items : tuple of str
        Codes of the items it is made of.
    rule : str
        One of ``RULES``, over the points of the answers.
    min, max : float
        Lowest and highest possible score.
    direction : str
        One of ``DIRECTIONS``.
    higher_means_nl, higher_means_en : str
        What a higher score says.
    times : float
        What a sum is multiplied by.
    missing_allowed : int
        Answers that may be missing; the others are added up as they are.
    mean : bool
        Whether a mean over people is published of it.
    cutoffs : tuple of CutOff
        Lines on it.
    """

    id: str
    label_nl: str
    label_en: str
    items: tuple[str, ...]
    rule: str
    min: float
    max: float
    direction: str
    higher_means_nl: str
    higher_means_en: str
    times: float = 1
    missing_allowed: int = 0
    mean: bool = True
    cutoffs: tuple[CutOff, ...] = ()


@dataclass(frozen=True)
class Instrument:
    """A questionnaire in one version.

    Parameters
    ----------
    id, version : str
        Another version is another instrument, with another id.
    name_nl, name_en : str
        What a reader sees.
    domain : str
        One of the eight domains.
    items : tuple of Item
        Its questions, in the order of the publication.
    options : tuple of Option
        What can be answered, the same for every item; empty when nobody may score it.
    scales : tuple of Scale
        Scores it gives, the main one first.
    missing_rule, licence, citation : str
        What happens when answers are missing, who may use it, and where it comes from; in Dutch.
    note_nl, note_en : str
        What must be known to read a figure of it; empty when nothing.
    verified : bool
        Whether the rule was checked against its publication. If not, nothing is scored.
    why_not_nl, why_not_en : str
        Why not, as the rest of a sentence; empty when it was.
    """

    id: str
    version: str
    name_nl: str
    name_en: str
    domain: str
    items: tuple[Item, ...]
    options: tuple[Option, ...]
    scales: tuple[Scale, ...]
    missing_rule: str
    licence: str
    citation: str
    note_nl: str = ""
    note_en: str = ""
    verified: bool = True
    why_not_nl: str = ""
    why_not_en: str = ""
