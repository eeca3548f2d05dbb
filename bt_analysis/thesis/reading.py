"""Data of a thesis for its notebook: the folder in, typed tables out; data that changed are refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis.archive.metadata import DESCRIPTION
from bt_analysis.bundles import csv_form
from bt_analysis.schema import REASON_SUFFIX, Descriptor
from bt_analysis.thesis import fixed
from bt_analysis.thesis.errors import ThesisError
from bt_analysis.thesis.gathering import BEARING, LEARNED, QUESTIONS, descriptor_of

ABOUT = "thesis.json"
"""File that says which question and which data version a thesis has."""

DATA, RESULTS = "data", "results"
"""Folders of a thesis: what goes in and never changes, and what its notebook makes."""


@dataclass(frozen=True)
class Data:
    """Tables of a thesis.

    Parameters
    ----------
    folder : Path
        Where they lie.
    about : mapping of str to Any
        thesis.json.
    """

    folder: Path
    about: Mapping[str, Any]

    def table(self, name: str) -> pd.DataFrame:
        """Read one table.

        Parameters
        ----------
        name : str
            A table of the data package, ``learned_estimates``, ``questions`` or ``question_claims``.

        Returns
        -------
        DataFrame
            What a row is, ``codebook`` or the schema says; without rows when the data version does not have it.

        Raises
        ------
        ThesisError
            When it is not the table it should be.
        """
        descriptor = self._schemas[name] if name in self._schemas else descriptor_of(name)
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            return pd.DataFrame(columns=[field["name"] for field in descriptor["fields"]])
        try:
            table = csv_form.parse(path.read_bytes(), descriptor)
        except csv_form.CsvError as problem:
            raise ThesisError(f"{path}: {problem}. Put back the file as it was made.") from problem
        return table[[column for column in table if not str(column).endswith(REASON_SUFFIX) or column in _OWN_REASONS]]

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Every figure: one row is an estimate (analysed_estimates), key ``claim_id``."""
        tables = [self.table("estimates"), self.table(LEARNED)]
        return pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)

    @cached_property
    def questions(self) -> pd.DataFrame:
        """Open questions: one row is a question (analysed_backlog)."""
        return self.table(QUESTIONS)

    def bearing_on(self, rq_id: str) -> pd.DataFrame:
        """Return the figures that bear on a question.

        Parameters
        ----------
        rq_id : str
            Code of the question; empty: no question was chosen.

        Returns
        -------
        DataFrame
            Rows of :attr:`estimates`; all of them without a question.
        """
        if not rq_id:
            return self.estimates
        claims = self.table(BEARING)
        wanted = claims.loc[claims["rq_id"].eq(rq_id), "claim_id"]
        return self.estimates[self.estimates["claim_id"].isin(set(wanted))].reset_index(drop=True)

    def label(self, indicator_id: str) -> str:
        """Name a measure in the language of the thesis.

        Parameters
        ----------
        indicator_id : str
            The measure.

        Returns
        -------
        str
            Its label; the code itself when it has none.
        """
        names = self.table("indicators").set_index("indicator_id")[f"label_{self.about.get('lang', 'nl')}"]
        return str(names.get(indicator_id, indicator_id))

    @cached_property
    def _schemas(self) -> dict[str, Descriptor]:
        package = json.loads((self.folder / DESCRIPTION).read_text(encoding="utf-8"))
        return {str(one["name"]): one["schema"] for one in package["resources"]}


_OWN_REASONS = frozenset({"missing_reason"})


def read(folder: Path | str = ".") -> Data:
    """Open the data of a thesis.

    Parameters
    ----------
    folder : path
        Folder of the thesis.

    Returns
    -------
    Data
        Its tables, as they were when the thesis was started.

    Raises
    ------
    ThesisError
        When the folder is no thesis, or its data are not those it was started with.
    """
    about = about_of(Path(folder))
    data = Path(folder) / DATA
    fault = next(fixed.faults(data, str(about["data"]["version"])), None)
    if fault:
        raise ThesisError(str(fault))
    return Data(data, about)


def about_of(folder: Path) -> dict[str, Any]:
    """Read what a thesis says about itself.

    Parameters
    ----------
    folder : Path
        Folder of the thesis.

    Returns
    -------
    dict
        thesis.json.

    Raises
    ------
    ThesisError
        When it is not there, or not what ``bt new thesis`` wrote.
    """
    path = folder / ABOUT
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        complete = isinstance(about["data"]["version"], str) and isinstance(about["software"], dict)
    except (OSError, ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise ThesisError(
            f"{path}: got no description of a thesis; expected what `bt new thesis` wrote. Name the folder of a "
            "thesis, or put the file back."
        )
    return dict(about)
