"""Weights at work: correspondences in; matrices, correspondences over a longer span, and proof that nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy  # scipy.sparse is loaded when first used: bt report need not wait

from bt_analysis.harmonise.correspondence import APPORTIONED, COMPARABLE, LOST, WHOLE, Correspondence
from bt_analysis.harmonise.flags import among

_WORSE = (*COMPARABLE, *APPORTIONED, *LOST)  # a step further is never better than the step before
_METHODS = ("same", "renamed", "addresses", "surface")


class ConservationError(ValueError):
    """A total is not what it was before the figures were moved to another division."""


def as_matrix(
    correspondence: Correspondence, from_codes: Sequence[str], to_codes: Sequence[str]
) -> scipy.sparse.csr_matrix:
    """Return the weights as a sparse matrix, with which ``matrix @ values`` are the figures of the new regions.

    Parameters
    ----------
    correspondence : Correspondence
        The links between two divisions.
    from_codes, to_codes : sequence of str
        Codes of the columns and of the rows, each once; links to other new regions are left out.

    Returns
    -------
    scipy.sparse.csr_matrix
        Shape (new regions, old areas); a row without links is 0 everywhere.

    Raises
    ------
    ValueError
        When a new region takes a share of an area that is not among ``from_codes``: its sum would be too low.
    """
    columns = pd.Index(from_codes).get_indexer(pd.Index(correspondence.links["from_code"]))
    rows = pd.Index(to_codes).get_indexer(pd.Index(correspondence.links["to_code"]))
    asked = rows >= 0
    if (columns[asked] < 0).any():
        first = correspondence.links[asked & (columns < 0)].iloc[0]
        raise ValueError(
            f"{first['to_code']} takes a share of {first['from_code']} ({correspondence.from_year}), which has no "
            "figures here; expected a row for every old area. Give it one, with missing values."
        )
    weight = correspondence.links["weight"].to_numpy()[asked]
    return scipy.sparse.csr_matrix((weight, (rows[asked], columns[asked])), shape=(len(to_codes), len(from_codes)))


def compose(first: Correspondence, second: Correspondence) -> Correspondence:
    """Make one correspondence of two that follow each other.

    Parameters
    ----------
    first, second : Correspondence
        The second one starts in the year where the first one ends.

    Returns
    -------
    Correspondence
        From the first year to the last.

    Raises
    ------
    ValueError
        When the years do not meet.

    Notes
    -----
    weight(a → c) = Σ over b of weight(a → b) · weight(b → c). A region is what the worst of its steps made of it. An
    old area of which a part goes to an area that the second step loses is left out, and every region it has a share in
    is lost with it: half of it would look like all of it.
    """
    if first.to_year != second.from_year:
        raise ValueError(
            f"a correspondence to {first.to_year} is followed by one from {second.from_year}; expected the same year."
        )
    pairs = first.links.rename(columns={"to_code": "via"}).merge(
        second.links.rename(columns={"from_code": "via"}), on="via", suffixes=("", "_next"), validate="many_to_many"
    )
    steps = pairs[["method", "method_next"]].apply(lambda column: column.map(_METHODS.index))
    pairs = pairs.assign(weight=pairs["weight"] * pairs["weight_next"], step=steps.max(axis=1))
    links = pairs.groupby(["from_code", "to_code"], as_index=False).agg(weight=("weight", "sum"), step=("step", "max"))
    links["method"] = links.pop("step").map(dict(enumerate(_METHODS)))
    whole = np.isclose(links.groupby("from_code")["weight"].transform("sum"), 1.0, rtol=0, atol=1e-9)
    regions = _worst(first, second, links.loc[~whole, "to_code"])
    return Correspondence(
        first.from_year, second.to_year, links[whole].reset_index(drop=True), regions, _uncovered(first, second)
    )


def conserved(before: pd.DataFrame, after: pd.DataFrame, tolerance: float | pd.Series) -> None:
    """Check that moving figures to another division kept their totals.

    Parameters
    ----------
    before, after : DataFrame
        One row per area, one column per additive indicator, of the old areas that have links and of all new regions.
    tolerance : float or Series
        How much a total may differ, in the unit of its indicator; a Series gives it per indicator.

    Raises
    ------
    ConservationError
        When the total of an indicator differs more.

    Notes
    -----
    Missing figures count for nothing: take them out on both sides before.
    """
    totals = pd.DataFrame({"before": before.sum(), "after": after.sum(), "allowed": tolerance}).loc[before.columns]
    wrong = totals[~((totals["before"] - totals["after"]).abs() <= totals["allowed"])]
    if len(wrong):
        worst = wrong.iloc[0]
        raise ConservationError(
            f"{wrong.index[0]} adds up to {worst['before']:,.6g} before and {worst['after']:,.6g} after the division "
            f"changed; expected a difference of at most {worst['allowed']:g} ({len(wrong)} of {len(totals)} totals "
            "differ more). Check that every old area has links and figures."
        )


def _worst(first: Correspondence, second: Correspondence, broken: pd.Series) -> pd.DataFrame:
    """Return what two steps make of every region; ``broken`` ones take a share of an area that is not carried whole."""
    rank = {reason: number for number, reason in enumerate(_WORSE)}
    own = second.regions.set_index("regiocode")["reason"].map(rank)
    between = first.regions.set_index("regiocode")["reason"].map(rank)
    through = second.links["from_code"].map(between).fillna(rank["new_area"]).groupby(second.links["to_code"]).max()
    lost = pd.Series(rank["boundary_changed"], index=broken.unique())
    worst = pd.concat([own, through, lost]).groupby(level=0).max().reindex(own.index).astype(int)
    reason = worst.map(dict(enumerate(_WORSE)))
    return pd.DataFrame(
        {"regiocode": reason.index, "comparable": reason.isin(COMPARABLE).array, "reason": reason.array}
    )


def _uncovered(first: Correspondence, second: Correspondence) -> pd.DataFrame:
    """Return the old areas of which less than 99% reaches a region of the last division."""
    onward = pd.Series(1.0, index=second.links["from_code"].unique())
    onward.update(second.uncovered.set_index("from_code")["covered"])
    reached = first.links["weight"] * first.links["to_code"].map(onward).fillna(0.0)
    part = first.uncovered.set_index("from_code")["covered"]
    covered = reached.groupby(first.links["from_code"]).sum()
    covered = covered.mul(part.reindex(covered.index, fill_value=1.0))
    nowhere = part[~among(part.index, covered.index)]
    part_only = pd.concat([covered[covered < WHOLE], nowhere]).sort_index()
    return pd.DataFrame({"from_code": part_only.index, "covered": part_only.array})
