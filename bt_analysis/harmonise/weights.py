"""Signatures: correspondences as matrices, one after another, and the check that totals are kept."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from scipy.sparse import csr_matrix

from bt_analysis.harmonise.correspondence import Correspondence


class ConservationError(ValueError):
    """A total changed."""


def as_matrix(links: Correspondence, from_codes: Sequence[str], to_codes: Sequence[str]) -> csr_matrix:
    """Shape (to, from): ``as_matrix(...) @ values`` (rows by from_code) gives rows by to_code."""
    raise NotImplementedError


def compose(first: Correspondence, second: Correspondence) -> Correspondence:
    """first.to_year == second.from_year; weights multiply."""
    raise NotImplementedError


def conserved(before: pd.DataFrame, after: pd.DataFrame, tolerance: float | pd.Series) -> None:
    """Column sums within tolerance (one number, or one per indicator), else ConservationError."""
    raise NotImplementedError
