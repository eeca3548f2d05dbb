"""Acts in the process around ideas, coded by researchers: a collective comes in; coded rows, and the truth, go out."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bt_analysis.demo.collectives import LAST_YEAR, Collective

Row = dict[str, Any]


class _Plan(NamedTuple):
    """How many acts were coded, how many of them twice, and by how many codes the second coder differs in effect."""

    acts: int
    double: int
    other: int


_PLANS = {"panel": _Plan(160, 40, 6), "huis": _Plan(90, 24, 9), "stoep": _Plan(60, 6, 0)}
"""Kind of collective → plan; that of the third has too few rows coded twice to tell agreement."""

_WAYS = (
    # from, to, action, stage, effect, how often of 20
    ("bewoner", "front", "vraag_stellen", "ingebracht", "neutraal", 4),
    ("front", "back", "doorzetten", "naar_backoffice", "borgt", 5),
    ("front", "bewoner", "uitleg_geven", "teruggekoppeld", "borgt", 3),
    ("back", "front", "afhouden", "gewogen", "blokkeert", 5),
    ("back", "bestuur", "adviseren", "in_advies", "neutraal", 2),
    ("bestuur", "back", "opdracht_geven", "besloten", "borgt", 1),
)


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make the coded acts of a collective.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same rows.

    Returns
    -------
    dict of DataFrame
        interaction; none when this kind of collective has no coded acts.
    """
    plan = _PLANS.get(collective.archetype["slug"])
    if plan is None:
        return {}
    rng = np.random.default_rng([seed, 37, collective.number])
    first = [_act(collective, number, rng) for number in range(plan.acts)]
    second = [_again(row, number < plan.other) for number, row in enumerate(first[: plan.double])]
    return {"interaction": pd.DataFrame([*first, *second])}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell what is planted in them.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: the counts are planned.

    Returns
    -------
    dict
        ``interactions``: how many acts, how many were coded twice, and on how many of those the effect is the same;
        empty when none were coded.
    """
    del seed
    plan = _PLANS.get(collective.archetype["slug"])
    if plan is None:
        return {}
    return {
        "interactions": {
            "n": plan.acts,
            "double": plan.double,
            "same_effect": plan.double - plan.other,
            "explanation": "Acts between residents, desk, back office and board, by a code book that is made up. The "
            "second coder saw another effect in the first ones, and the same action and stage in all.",
        }
    }


def _act(collective: Collective, number: int, rng: np.random.Generator) -> Row:
    # A day of its own for every act, so that two coders are never taken to speak of different ones.
    day = dt.date(LAST_YEAR - 1, 2, 1) + dt.timedelta(days=4 * number)
    weights = np.array([way[-1] for way in _WAYS], dtype=np.float64)
    from_role, to_role, action, stage, effect, _ = _WAYS[int(rng.choice(len(_WAYS), p=weights / weights.sum()))]
    return {
        "interaction_id": f"h{number + 1}", "collective_id": collective.collective_id, "date": day,
        "from_role": from_role, "to_role": to_role, "action_code": action, "effect": effect, "stage": stage,
        "coder": "c1",
    }  # fmt: skip


def _again(row: Row, differs: bool) -> Row:
    """Return the row of a second coder about the same act."""
    other = {"borgt": "neutraal", "neutraal": "blokkeert", "blokkeert": "neutraal"}
    effect = other[row["effect"]] if differs else row["effect"]
    return row | {"interaction_id": f"{row['interaction_id']}-c2", "coder": "c2", "effect": effect}
