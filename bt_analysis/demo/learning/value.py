"""Where the money of fictional collectives comes from, and what they say is saved: a collective in, its records out.

Three of the eight kinds keep neither.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from bt_analysis.demo.collectives import Collective

RESIDENTS, INSURER = "bewoners", "zorgverzekeraar"
"""Parties that save, beside those that every collective deals with."""

_ACTORS = (
    {"actor_id": RESIDENTS, "name": "Bewoners van de buurt", "side": "civiel", "actor_type": "anders"},
    {"actor_id": INSURER, "name": "Zorgverzekeraar Oever (fictief)", "side": "markt", "actor_type": "zorg"},
)
_TRIPLES = ("effect", "unit_cost_eur")


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make its money and savings, with the evidence that these rest on.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: amounts are fixed, those of a second collective of a kind a tenth larger than of the first.

    Returns
    -------
    dict of DataFrame
        actor, funding, saving_claim and evidence; none for a kind that keeps no money.
    """
    del seed
    planned = _planned().get(collective.archetype["slug"])
    if planned is None:
        return {}
    savings = planned.get("savings", [])
    made: dict[str, list[dict[str, Any]]] = {
        "actor": [one | {"office_role": "nvt", "text_consent": "ja"} for one in _ACTORS],
        "funding": [_funding(one, collective) for one in planned["funding"]],
        "saving_claim": [_saving(one, collective) for one in savings],
        "evidence": [_evidence(one, collective) for one in savings if "evidence" in one],
    }
    return {name: pd.DataFrame(rows) for name, rows in made.items() if rows}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell which savings count, and why others do not.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used.

    Returns
    -------
    dict
        ``savings``: code of a saving → what a report must say of it; empty for a kind that claims none.
    """
    del seed
    savings = _planned().get(collective.archetype["slug"], {}).get("savings", [])
    return {"savings": {one["id"]: _must_say(one) for one in savings}} if savings else {}


def _must_say(planned: dict[str, Any]) -> str:
    studied = {
        one["toc_link_id"] for kind in _planned().values() for one in kind.get("savings", []) if "evidence" in one
    }
    if planned["n"] < 10:
        return "not shown: about too few people"
    if planned["toc_link_id"] not in studied:
        return "refused: nobody looked into the link"
    return "counts" if "evidence" in planned else "does not count: overlaps with a larger one"


@cache
def _planned() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("bt_analysis.demo.learning").joinpath("value.toml").read_text(encoding="utf-8"))


def _funding(planned: dict[str, Any], collective: Collective) -> dict[str, object]:
    larger = 1 + collective.number // 8 / 10
    return {
        "funding_id": planned["id"], "funder_actor_id": planned.get("funder"),
        "collective_id": collective.collective_id, "amount_eur": round(planned["amount_eur"] * larger),
        "start": planned["start"], "end": planned["end"], "obligation": planned["obligation"],
        "reporting_hours": planned.get("reporting_hours"),
    }  # fmt: skip


def _saving(planned: dict[str, Any], collective: Collective) -> dict[str, object]:
    plain = ("outcome", "toc_link_id", "n", "counterfactual_share", "duration_years", "drop_off", "cashable")
    row: dict[str, object] = {"saving_id": planned["id"], "collective_id": collective.collective_id}
    row |= {name: planned.get(name) for name in plain}
    for name in _TRIPLES:
        row |= {f"{name}_{end}": planned[name][at] for at, end in enumerate(("low", "mid", "high"))}
    parties = {"payer_actor_id": planned["payer"], "saver_actor_id": planned["saver"]}
    return row | parties | {"overlap_group": planned.get("overlap_group"), "text_consent": "ja"}


def _evidence(planned: dict[str, Any], collective: Collective) -> dict[str, object]:
    row = {"evidence_id": f"bij-{planned['id']}", "link_id": planned["toc_link_id"]}
    row |= {"collective_id": collective.collective_id, "direction": "voor", "date": "2024-11-15"}
    return {**row, **planned["evidence"]}
