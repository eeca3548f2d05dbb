"""Coverage of questions: pieces of evidence in; per question and domain known, contested, open or unmeasured, out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.analysis.learning.lesson_warnings import NEGATIVE
from bt_analysis.analysis.learning.question_evidence import (
    CONTESTED,
    FIRM,
    HIDDEN,
    LITTLE,
    MINUS,
    PLUS,
    REFUTED,
    RESERVED,
    SUPPORTED,
)  # fmt: skip

KNOWN, DISPUTED, OPEN, NOBODY = "bekend", "betwist", "open", "niemand_meet"
STATUSES = (KNOWN, DISPUTED, OPEN, NOBODY)
"""What is known of a question."""

ALL_DOMAINS = ""

_CELL = ["rq_id", "domain"]


def coverage(claims: pd.DataFrame, rq_ids: list[str], domains: list[str], enough: int) -> pd.DataFrame:
    """Tell what is known in every cell of the grid.

    Parameters
    ----------
    claims : DataFrame
        As :func:`bt_analysis.analysis.learning.question_evidence.of_programme` gives.
    rq_ids, domains : list of str
        Questions and domains of the grid.
    enough : int
        Collectives with a figure without reservation from which a question is known.

    Returns
    -------
    DataFrame
        One row per question and domain, and one with an empty domain over all (analysed_question_coverage), in the
        order of ``rq_ids``.

    Notes
    -----
    In this order: *contested* when an arrow is contested, when figures of one indicator have opposite signs, or when
    lessons of one setting worked and did not; *known* when ``enough`` collectives have a figure without reservation,
    when a figure about all together has none, or when an arrow is supported or refuted; *open* when there is anything
    else; else *nobody measures it*. Known is not the same as yes: it says that there is an answer. A figure about all
    together is in no domain.
    """
    cells = pd.MultiIndex.from_product([rq_ids, [ALL_DOMAINS, *domains]], names=_CELL)
    twice = pd.concat([claims[claims["domain"].ne(ALL_DOMAINS)], claims.assign(domain=ALL_DOMAINS)], ignore_index=True)
    counts = _counted(twice).reindex(cells)
    numbers = [str(name) for name in counts if name not in ("first_year", "last_year")]
    counts[numbers] = counts[numbers].fillna(0).astype("int64")
    status, why = _status(counts, enough)
    return counts.assign(status=status, why=why).reset_index()


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Count per cell what there is of each kind, and who contradicts whom."""
    by = [rows[name] for name in _CELL]
    standing, own = rows["standing"], rows["collective_id"]
    marks = pd.DataFrame({
        "claims_n": True, "reserved_n": standing.eq(RESERVED), "hidden_n": standing.eq(HIDDEN),
        "arrows_n": rows["kind"].eq("arrow"), "lessons_n": rows["kind"].eq("lesson"),
        "about_all_n": standing.eq(FIRM) & own.eq(ACROSS), "settled_n": standing.isin([SUPPORTED, REFUTED]),
        "contested_n": standing.eq(CONTESTED), "little_n": standing.eq(LITTLE),
    }, index=rows.index)  # fmt: skip
    out = marks.groupby(by).sum()
    named = own.where(own.ne(ACROSS))
    out["collectives_n"], out["firm_n"] = (
        named.groupby(by).nunique(),
        named.where(standing.eq(FIRM)).groupby(by).nunique(),
    )
    out["signs_n"] = _contradictions(rows, rows["indicator_id"], rows["sign"].eq(PLUS), rows["sign"].eq(MINUS))
    worked, failed = rows["valence"].eq("werkte"), rows["valence"].isin(NEGATIVE)
    out["settings_n"] = _contradictions(rows, rows["setting"], worked, failed)
    out["first_year"] = rows["first_year"].astype(float).groupby(by).min()
    out["last_year"] = rows["last_year"].astype(float).groupby(by).max()
    return out


def _contradictions(rows: pd.DataFrame, about: pd.Series, one: pd.Series, other: pd.Series) -> pd.Series:
    """Count, per cell, what is said both ways by what bears on it and can be seen."""
    seen = rows["standing"].ne(HIDDEN) & about.ne("")
    cells = [rows.loc[seen, name] for name in _CELL]
    both = pd.DataFrame({"one": one[seen], "other": other[seen]}).groupby([*cells, about[seen].rename("about")]).any()
    return both.all(axis=1).groupby(_CELL).sum()


def _status(counts: pd.DataFrame, enough: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what is known in each cell, and why, by the first rule that holds."""
    rules = [
        (counts["contested_n"] > 0, DISPUTED, "arrows"),
        (counts["signs_n"] > 0, DISPUTED, "signs"),
        (counts["settings_n"] > 0, DISPUTED, "lessons"),
        ((counts["firm_n"] >= enough) | (counts["about_all_n"] > 0), KNOWN, "figures"),
        (counts["settled_n"] > 0, KNOWN, "arrows"),
        (counts["firm_n"] > 0, OPEN, "few_collectives"),
        (counts["reserved_n"] > 0, OPEN, "reserved"),
        (counts["little_n"] > 0, OPEN, "little_evidence"),
        (counts["lessons_n"] > 0, OPEN, "lessons_only"),
        (counts["hidden_n"] > 0, OPEN, "not_visible"),
    ]
    holds = [rule.to_numpy(dtype=bool) for rule, _, _ in rules]
    status = np.select(holds, [name for _, name, _ in rules], NOBODY)
    return status, np.select(holds, [why for _, _, why in rules], "nobody")
