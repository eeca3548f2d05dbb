"""What residents brought in, and what became of it: a collective comes in; its log, and the truth about it, go out.

Each kind of collective has a plan that says how many ideas went which way, so that every count is known beforehand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bt_analysis.demo.collectives import LAST_YEAR, Collective
from bt_analysis.demo.learning import input_texts

Row = dict[str, Any]

_FIRST, _LAST = dt.date(2023, 1, 16), dt.date(LAST_YEAR, 12, 31)
_SILENT_BEFORE = dt.date(LAST_YEAR, 5, 1)
"""What nobody answered was raised before this day: its last step is then more than half a year before the end."""

_START = ((0, "ingebracht"), (9, "geregistreerd"))
_INSIDE = (*_START, (21, "geduid"), (35, "naar_backoffice"))
_WEIGHED = (*_INSIDE, (60, "gewogen"), (85, "in_advies"))
_OFFICES = {
    "ingebracht": "nvt", "geregistreerd": "front", "geduid": "front", "naar_backoffice": "back", "gewogen": "back",
    "in_advies": "back", "besloten": "bestuur", "in_uitvoering": "back", "uitgevoerd": "back",
    "teruggekoppeld": "front",
}  # fmt: skip

WAYS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "done_told": (*_WEIGHED, (100, "besloten", "overgenomen"), (150, "in_uitvoering"), (200, "uitgevoerd"),
                  (215, "teruggekoppeld")),
    "done": (*_START, (70, "besloten", "overgenomen"), (160, "uitgevoerd")),
    "partly_told": (*_INSIDE, (95, "besloten", "deels", "tijd"), (105, "teruggekoppeld")),
    "promised": (*_WEIGHED, (120, "besloten", "overgenomen")),
    "rejected_told": (*_WEIGHED, (110, "besloten", "afgewezen", "geld"), (125, "teruggekoppeld")),
    "rejected_public": (*_WEIGHED, (130, "besloten", "afgewezen", "recht", "https://voorbeeld.invalid/uitleg")),
    "rejected_untold": (*_WEIGHED, (130, "besloten", "afgewezen", "strijdig_belang")),
    "postponed": (*_WEIGHED, (140, "besloten", "uitgesteld", "tijd")),
    "told": (*_START, (30, "teruggekoppeld")),
    "lost_inside": (*_INSIDE, (70, "gewogen", None, "niet_doorgezet")),
    "lost_at_desk": _START,
    "fresh": (*_START, (21, "geduid")),
}  # fmt: skip
"""Ways an idea can go: day, stage, and of some the outcome, the reason and where the explanation is."""

_ANSWERED = ("done_told", "done", "partly_told", "rejected_told", "rejected_public", "told")
_SILENT = ("promised", "rejected_untold", "postponed", "lost_inside", "lost_at_desk")


class Plan(NamedTuple):
    """How a kind of collective fares.

    Parameters
    ----------
    ways : dict of str to int
        How many ideas went each way.
    group : str
        Group of residents that brought some of them in; empty: not recorded.
    group_n : int
        How many of them.
    linked : bool
        Whether some were merged and one was split.
    """

    ways: dict[str, int]
    group: str = ""
    group_n: int = 0
    linked: bool = False


PLANS = {
    # 48 ideas, 7 + 2 = 9 carried out, 3 + 2 + 9 + 3 + 4 = 21 without an answer
    "panel": Plan(
        {"done_told": 7, "done": 2, "rejected_told": 7, "rejected_public": 3, "partly_told": 4, "told": 4,
         "rejected_untold": 3, "postponed": 2, "lost_inside": 9, "lost_at_desk": 3, "fresh": 4}, "65+", 14,
    ),
    "energie": Plan(
        {"done_told": 10, "done": 2, "rejected_told": 3, "partly_told": 6, "told": 5, "promised": 2, "lost_inside": 3,
         "fresh": 2}, "huurders", 12,
    ),
    "stoep": Plan({"done_told": 6, "done": 5, "rejected_public": 1, "told": 4, "lost_at_desk": 3, "fresh": 1}),
    "huis": Plan(
        {"done_told": 5, "partly_told": 3, "rejected_told": 4, "rejected_untold": 4, "told": 3, "lost_inside": 12,
         "lost_at_desk": 5, "fresh": 2}, "65+", 11, linked=True,
    ),
    "tafel": Plan({"done_told": 2, "told": 2, "rejected_untold": 2, "lost_inside": 8, "lost_at_desk": 4}),
    "paraat": Plan({"done_told": 1, "told": 1, "lost_inside": 3, "fresh": 1}),
}  # fmt: skip
"""Kind of collective → plan; the others keep no log."""


def tables(collective: Collective, seed: int) -> dict[str, pd.DataFrame]:
    """Make the log of a collective.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        The same seed gives the same log.

    Returns
    -------
    dict of DataFrame
        input, input_event, input_link and decision; none when this kind of collective keeps no log.
    """
    plan = PLANS.get(collective.archetype["slug"])
    if plan is None:
        return {}
    rng = np.random.default_rng([seed, 31, collective.number])
    inputs, events = _log(collective, plan, rng)
    links: list[Row] = []
    if plan.linked:
        more, links = _linked(inputs)
        inputs += more
    made = {"input": inputs, "input_event": events, "input_link": links, "decision": list(_decisions(inputs, events))}
    return {name: pd.DataFrame(rows) for name, rows in made.items() if rows}


def truth(collective: Collective, seed: int) -> dict[str, Any]:
    """Tell what became of the ideas.

    Parameters
    ----------
    collective : Collective
        As :func:`bt_analysis.demo.collectives.plan` gives it.
    seed : int
        Not used: the counts are planned, only days are drawn by lot.

    Returns
    -------
    dict
        ``inputs``: how many there are, were carried out, got no answer, fell silent and were rejected with an
        explanation; empty when this kind of collective keeps no log.
    """
    del seed
    plan = PLANS.get(collective.archetype["slug"])
    if plan is None:
        return {}
    ways = plan.ways
    merged = 3 if plan.linked else 0  # see _linked: silent ones that went on in one that was carried out
    silent = sum(ways.get(name, 0) for name in _SILENT) - merged
    explanation = "Counts of ideas by what became of them until the end of the log; days are drawn by lot."
    return {
        "inputs": {
            "n": sum(ways.values()),
            "executed": ways.get("done_told", 0) + ways.get("done", 0) + merged,
            "unanswered": silent + ways.get("fresh", 0),
            "silent": silent,
            "rejected_explained": ways.get("rejected_told", 0) + ways.get("rejected_public", 0),
            "explanation": explanation + (f" {merged} were merged into one that was carried out." if merged else ""),
        }
    }


def _log(collective: Collective, plan: Plan, rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    ways = [name for name, times in plan.ways.items() for _ in range(times)]
    texts = input_texts.some(collective.archetype["slug"], len(ways))
    named = set(rng.permutation(len(ways))[: plan.group_n].tolist())
    inputs: list[Row] = []
    events: list[Row] = []
    for number, (way, place) in enumerate(zip(ways, rng.permutation(len(ways)), strict=True), start=1):
        steps = WAYS[way]
        pace = rng.uniform(0.6, 1.3)
        raised = _raised(way, round(steps[-1][0] * pace), rng)
        row = {
            "input_id": f"i{number}", "collective_id": collective.collective_id, "raised_on": raised,
            "channel": str(rng.choice(["bijeenkomst", "bijeenkomst", "deur", "online", "wijkraad"])),
            "knowledge_type": str(rng.choice(["ervaring", "ervaring", "ervaring", "professioneel"])),
            "group_value": plan.group if number - 1 in named else None, **texts[place],
            "text_consent": "nee" if number % 9 == 0 else "ja",
        }  # fmt: skip
        inputs.append(row)
        events += _steps(row["input_id"], raised, steps, pace)
    return inputs, events


def _raised(way: str, days: int, rng: np.random.Generator) -> dt.date:
    """Draw the day on which an idea was raised, so that its way fits in, and what is silent is silent."""
    if way == "fresh":
        return _LAST - dt.timedelta(days=int(rng.integers(40, 120)))
    last = _LAST if way in _ANSWERED else _SILENT_BEFORE
    room = (last - _FIRST).days - days
    return _FIRST + dt.timedelta(days=int(rng.integers(0, room)))


def _steps(input_id: str, raised: dt.date, steps: tuple[tuple[Any, ...], ...], pace: float) -> list[Row]:
    names = ("outcome", "reason", "explanation_url")
    return [
        {
            "input_id": input_id, "seq": number, "date": raised + dt.timedelta(days=round(step[0] * pace)),
            "stage": step[1], "office_role": _OFFICES[step[1]],
            **dict(zip(names, (*step[2:], None, None, None), strict=False)),
        }
        for number, step in enumerate(steps, start=1)
    ]  # fmt: skip


def _linked(inputs: list[Row]) -> tuple[list[Row], list[Row]]:
    """Merge three ideas that fell silent into the first, which was carried out; split the second into two parts.

    The row that two of them were merged into first was made at the desk: nobody brought it in.
    """
    first, second, *_ = inputs
    silent = inputs[-5:-2]  # of the last way but one: nothing but registered
    made = first | {
        "input_id": "samen", "channel": None, "group_value": None, "raised_on": max(one["raised_on"] for one in silent),
        "text_summary": "Twee ideeën over hetzelfde, samen opgepakt",
    }  # fmt: skip
    part = second | {"channel": None, "group_value": None}
    parts = [
        part | {"input_id": f"deel{number}", "text_summary": f"Deel {number} van een groter idee"} for number in (1, 2)
    ]
    links = [
        *((one["input_id"], "samen", "samengevoegd") for one in silent[:2]),
        ("samen", first["input_id"], "samengevoegd"), (silent[2]["input_id"], first["input_id"], "samengevoegd"),
        *((second["input_id"], one["input_id"], "gesplitst") for one in parts),
        (inputs[2]["input_id"], inputs[3]["input_id"], "vervolg"),
    ]  # fmt: skip
    return [made, *parts], [dict(zip(("from_input", "to_input", "type"), one, strict=True)) for one in links]


def _decisions(inputs: list[Row], events: list[Row]) -> Iterator[Row]:
    """Give every third decision a row of its own, as a council keeps them."""
    about = {row["input_id"]: row for row in inputs}
    bodies = ("college", "raad", "corporatie")
    for number, event in enumerate(one for one in events if one["stage"] == "besloten"):
        if number % 3 == 0:
            yield {
                "decision_id": f"b{number}", "body": bodies[number // 3 % len(bodies)], "date": event["date"],
                "title": f"Besluit over een voorstel uit de wijk, nummer {number + 1}",
                "input_ids": about[event["input_id"]]["input_id"],
            }  # fmt: skip
