"""What fictional collectives know of their theory of change: a collective in; its blocks, links and evidence out."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.demo.collectives import Collective

Rows = list[dict[str, Any]]

SUPPORTED = "bt-buren_kennen-hulp_vragen"
CONTESTED = "bt-samen_eten-eenzaamheid"
REFUTED = "bt-vergroenen-buren_kennen"
OUTDATED = "bt-repareren-vaardigheden"
NOT_STUDIED = "bt-invloed-zelf_regelen"
"""Arrows of which it is planted what all collectives together know."""

_TABLES = {"node": "toc_node", "link": "toc_link", "evidence": "evidence", "judgement": "evidence_judgement"}
_MORE = 1.25  # people behind the evidence of one collective of a kind differ by up to this factor from another


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make what a collective drew and found.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same records.

    Returns
    -------
    dict of DataFrame
        toc_node, toc_link, evidence and evidence_judgement; none for a kind that keeps no theory of change.
    """
    kept = _kinds().get(collective.archetype["slug"], {})
    made = {name: [dict(row) for row in kept.get(part, [])] for part, name in _TABLES.items()}
    draw = np.random.default_rng([seed, collective.number, len("theory")])
    for row in made["evidence"]:
        own = "" if row["source_type"] == "literatuur" else collective.collective_id
        row |= {"collective_id": own or None, "coder": "c1"}
        if "n" in row:
            row["n"] = round(row["n"] * float(draw.uniform(1, _MORE)))
    for name in ("toc_link", "evidence_judgement"):
        for row in made[name]:
            row["text_consent"] = "ja"
    return {name: pd.DataFrame(rows) for name, rows in made.items() if rows}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell what is planted in its evidence.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed as of the records; what is planted does not depend on it.

    Returns
    -------
    dict
        ``theory``: which arrows this collective has evidence about, and the status that all collectives together give
        to the planted ones.
    """
    del seed  # it moves how many people were asked, and no status
    kept = _kinds().get(collective.archetype["slug"], {})
    own = {row["link_id"]: f"{row['from_node']}>{row['to_node']}" for row in kept.get("link", [])}
    studied = sorted({str(own.get(row["link_id"], row["link_id"])) for row in kept.get("evidence", [])})
    return {
        "theory": {
            "studied": studied,
            "together": {
                SUPPORTED: "gesteund", CONTESTED: "betwist", REFUTED: "weerlegd", OUTDATED: "weinig_bewijs",
                NOT_STUDIED: "niet_onderzocht",
            },
            "contradicted": [CONTESTED],
            "outdated": [OUTDATED],
            "explanation": "Statuses follow from the evidence by the rules of the data model; two arrows were planted "
            "to be told apart from support: one that domains contradict, and one that was measured against twice.",
        }
    }  # fmt: skip


@cache
def _kinds() -> dict[str, dict[str, Rows]]:
    text = files("bt_analysis.demo.learning").joinpath("theory.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
