"""Coded interactions: what people did to each other in a process in; counts, and how far coders agree, out.

Rows about single acts stay in the folder of a collective, like answers of people do: only what is made here goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bt_analysis.instruments.rows import typed, typed_table
from bt_analysis.methods import agreement

VARIABLES = ("action_code", "effect", "stage")
"""What a coder judges; day and roles tell which interaction it is."""

_EVENT = ["collective_id", "date", "from_role", "to_role"]
_COUNTED = ["collective_id", "year", "stage", "from_role", "to_role", "action_code", "effect"]


def with_counts(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Put counts in the place of interactions, before anything leaves the folder of a collective.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Monitoring tables of a collective by name, as delivered.

    Returns
    -------
    dict of str to DataFrame
        The same tables without interaction; with it also interaction_count and interaction_agreement.
    """
    kept = {name: table for name, table in tables.items() if name != "interaction"}
    if "interaction" not in tables or tables["interaction"].empty:
        return kept
    rows = _of_one(tables["interaction"], tables.get("collective"))
    more = {"interaction_count": counts(rows), "interaction_agreement": agreements(rows)}
    return kept | {name: table for name, table in more.items() if len(table)}


def counts(interaction: pd.DataFrame) -> pd.DataFrame:
    """Count interactions, each once however often it was coded.

    Parameters
    ----------
    interaction : DataFrame
        Monitoring table.

    Returns
    -------
    DataFrame
        Table joined_interaction_count: one row per year, stage, roles, action and effect. Of an interaction that was
        coded twice the first row counts. Rows without a collective are left out.
    """
    rows = _numbered(interaction).drop_duplicates("item").dropna(subset=["collective_id"])
    rows = rows.assign(year=rows["date"].dt.year, **{name: rows[name].fillna("") for name in ("stage", "effect")})
    counted = rows.groupby(_COUNTED, as_index=False).agg(n=("item", "size"))
    return typed_table(counted, "joined_interaction_count")


def agreements(interaction: pd.DataFrame) -> pd.DataFrame:
    """Tell how far people who coded the same interactions agree.

    Parameters
    ----------
    interaction : DataFrame
        Monitoring table.

    Returns
    -------
    DataFrame
        Table joined_interaction_agreement: one row per collective and coded variable.

    Notes
    -----
    Rows with the same collective, day and roles by different coders are about the same interaction: the first row of
    each coder about the first, the second about the second. Cohen's kappa is for two coders: with more there is only
    Krippendorff's alpha.
    """
    rows = _numbered(interaction).dropna(subset=["collective_id"])
    made = [
        {"collective_id": collective_id, "variable": variable} | _agreement(own, variable)
        for collective_id, own in rows.groupby("collective_id")
        for variable in VARIABLES
        if own[variable].notna().any()
    ]
    return typed(made, "joined_interaction_agreement")


def _of_one(interaction: pd.DataFrame, collective: pd.DataFrame | None) -> pd.DataFrame:
    """Return rows in which the collective of the folder stands where it was left out."""
    if collective is None or len(collective) != 1:
        return interaction
    return interaction.assign(collective_id=interaction["collective_id"].fillna(collective["collective_id"].iloc[0]))


def _numbered(interaction: pd.DataFrame) -> pd.DataFrame:
    """Give the rows that are about one interaction the same number (``item``)."""
    place = interaction.groupby([*_EVENT, "coder"], dropna=False).cumcount()
    # Who coded is not known: then nobody knows whether it was somebody else.
    unknown = interaction["coder"].isna()
    place = place.mask(unknown, -1 - pd.Series(range(len(interaction)), index=interaction.index))
    keyed = interaction.assign(place=place)
    return keyed.assign(item=keyed.groupby([*_EVENT, "place"], dropna=False).ngroup())


def _agreement(own: pd.DataFrame, variable: str) -> dict[str, Any]:
    coders = own.groupby("item")["coder"].transform("nunique")
    double = own[coders.ge(2)]
    codes = double.pivot(index="item", columns="coder", values=variable).astype(object)
    codes = codes.where(codes.notna(), None)
    row: dict[str, Any] = {
        "items_n": own["item"].nunique(), "double_n": double["item"].nunique(),
        "coders_n": double["coder"].nunique(), "undefined": "",
    }  # fmt: skip
    found = {"share": agreement.percent(codes), "alpha": agreement.krippendorff_alpha(codes)}
    if codes.shape[1] == 2:
        found["kappa"] = agreement.cohen_kappa(codes.iloc[:, 0], codes.iloc[:, 1])
    for name, one in found.items():
        row |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
        row["undefined"] = one.undefined or row["undefined"]
    return row | {"compared_n": found["share"].n}
