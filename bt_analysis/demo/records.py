"""What a collective of the fictional municipality records: a collective and its people come in, its tables go out.

What is true is decided first (who takes part, how many hours, which area figure changes) and kept as *truth*;
what a collective writes down follows from it, with the shortcomings its archetype has.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.demo import learning
from bt_analysis.demo.collectives import LAST_YEAR, Archetype, Collective
from bt_analysis.demo.experiments import tried
from bt_analysis.demo.population import AGES, Counts, Floats, split
from bt_analysis.demo.surveys import measurements, survey

AGE_GROUPS = ("0-15", "15-25", "25-45", "45-65", "65+")

# Per role: people per participant, and share of the hours.
_ROLES = {"coordinatie": (0.01, 0.25), "uitvoering": (0.06, 0.65), "bestuur": (0.02, 0.10)}
# The collective that stopped, in a demonstration with so many.
_STOPPED = 11
# How far recorded hours are from true hours at most, as a share.
_ERROR = {"logboek": 0.0, "steekproef": 0.1, "schatting": 0.35}


def record(collective: Collective, exact: pd.DataFrame, seed: int) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Make what a collective recorded, and what is true of it.

    Parameters
    ----------
    collective : Collective
        As :func:`plan` gives it.
    exact : DataFrame
        As :func:`bt_analysis.demo.population.figures` gives them.
    seed : int
        The same seed gives the same records.

    Returns
    -------
    tables : dict of DataFrame
        Per monitoring table its rows; tables the collective does not keep are absent.
    truth : dict
        True representation, hours, effect on the area and, of those who held a survey, loneliness, each with an
        explanation.
    """
    rng = np.random.default_rng([seed, 5, collective.number])
    activities = _activities(collective)
    contribution, hours = _contribution(collective, activities, rng)
    tables = {
        "collective": _collective(collective),
        "work_area": _work_area(collective),
        "activity": activities,
        "participation": _participation(collective, activities, exact, rng),
        "contribution": contribution,
    }
    asked, opinion = survey(collective, seed)
    tables |= asked | measurements(collective, seed) | tried(collective)
    for name, rows in learning.tables(collective, seed).items():
        tables[name] = pd.concat([tables[name], rows], ignore_index=True) if name in tables else rows
    kept = {name: rows for name, rows in tables.items() if name not in collective.archetype.get("leave_out", [])}
    return kept, _truth(collective, hours) | opinion | learning.truth(collective, seed)


def age_shares(people: Floats, group: str, ratio: float) -> Floats:
    """Return the shares of age groups among participants when one group takes part less than it could.

    Parameters
    ----------
    people : array of float
        Inhabitants per age group, in the order of :data:`AGE_GROUPS`.
    group : str
        The group that is under-represented.
    ratio : float
        Its share among participants divided by its share among inhabitants.

    Returns
    -------
    array of float
        Adds up to 1. With inhabitants (20, 80) and ratio 0.5 for the first: (0.10, 0.90).
    """
    shares = people / people.sum()
    index = AGE_GROUPS.index(group)
    others = (1 - ratio * shares[index]) / (1 - shares[index])
    scaled = shares * others
    scaled[index] = ratio * shares[index]
    return np.asarray(scaled, dtype=np.float64)


def _collective(collective: Collective) -> pd.DataFrame:
    kind = collective.archetype
    row = {
        "collective_id": collective.collective_id,
        "name": collective.name,
        "legal_form": kind["legal_form"],
        "founded": kind["founded"],
        "primary_domain": kind["domains"][0],
        "domains": ";".join(kind["domains"]),
        "country": "NL",
        "lifecycle": "gestopt" if collective.number == _STOPPED else "lopend",
        "members_n": int(kind["people"] * 0.6) + 3,
        "active_n": max(3, kind["people"] // 15),
        "counted_on": dt.date(LAST_YEAR, 12, 31),
        "release_level": "openbaar",
    }
    return pd.DataFrame([row])


def _work_area(collective: Collective) -> pd.DataFrame:
    row = {
        "work_area_id": f"{collective.collective_id}-gebied",
        "collective_id": collective.collective_id,
        "definition_type": "codes",
        "area_codes": ";".join(collective.area_codes),
        "area_year": collective.area_year,
        "valid_from": dt.date(min(collective.area_year, collective.years[0]), 1, 1),
        "valid_to": None,
        "note": "Synthetisch: verzonnen werkgebied",
    }
    return pd.DataFrame([row])


def _activities(collective: Collective) -> pd.DataFrame:
    kind = collective.archetype
    rows = [
        {
            "activity_id": f"{collective.collective_id}-{number}-{year}",
            "collective_id": collective.collective_id,
            "title": f"{activity['title']} {year}",
            "domain": kind["domains"][0],
            "activity_type": activity["type"],
            "scale": {"gemeente": "gemeente", "wijk": "wijk", "wijken": "wijk"}.get(kind["area"], "buurt"),
            "start": dt.date(year, 1, 9),
            "end": dt.date(year, 12, 19),
            "sessions_n": activity["sessions"],
            "cost_eur": round(12.5 * activity["sessions"] + 37.5 * number, 2),
        }
        for year in collective.years
        for number, activity in enumerate(kind["activities"], start=1)
    ]
    return pd.DataFrame(rows)


def _participation(
    collective: Collective, activities: pd.DataFrame, exact: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    kind = collective.archetype
    people = _share_out(kind["people"], len(kind["activities"]))
    rows: list[dict[str, object]] = []
    for position, activity in enumerate(activities.to_dict("records")):
        places = [(cell, activity["start"].year) for cell in collective.cells]
        inhabitants = exact.loc[exact.index.isin(places), list(AGES)].sum().to_numpy(dtype=np.float64)
        by_age = age_shares(inhabitants, kind["group"], kind["ratio"])
        count = int(people[position % len(people)])
        ages = rng.multinomial(count, by_age)
        visits = ages + rng.poisson(ages * 1.3)
        second = rng.multinomial(count, list(kind["second"].values()))
        second_visits = np.maximum(second, split(visits.sum(keepdims=True), second[None, :].clip(1e-9))[0])
        groups = [("totaal", ["totaal"], np.array([count]), visits.sum(keepdims=True))]
        groups.append(("leeftijd", list(AGE_GROUPS), ages, visits))
        groups.append((kind["second_type"], list(kind["second"]), second, second_visits))
        for group_type, values, unique, contacts in groups:
            new = rng.binomial(unique, 0.45)
            counted = zip(values, contacts, unique, new, strict=True)
            rows += [_counted(kind, activity, group_type, *one) for one in counted]
    return pd.DataFrame(rows)


def _counted(kind: Archetype, activity: Any, group_type: str, value: str, *counts: int) -> dict[str, object]:
    contacts, unique, new = (int(count) for count in counts)
    estimated = kind["count_method"] == "schatting"
    if estimated:  # people estimate in tens
        contacts, unique = round(contacts / 10) * 10, round(unique / 10) * 10
    return {
        "activity_id": activity["activity_id"],
        "period_start": activity["start"],
        "period_end": activity["end"],
        "group_type": group_type,
        "group_value": value,
        "contacts_n": contacts,
        "unique_n": None if kind.get("people_unknown") else unique,
        "first_time_n": None if kind.get("people_unknown") or estimated else new,
        "count_method": kind["count_method"],
        "uncertainty_pct": 30 if estimated else None,
    }


def _contribution(
    collective: Collective, activities: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    kind = collective.archetype
    yearly = _share_out(kind["hours"] * 2, len(kind["activities"]))
    shares = np.array([[share for _, share in _ROLES.values()]])
    rows: list[dict[str, object]] = []
    hours: dict[str, dict[str, float]] = {"true": {}, "recorded": {}}
    for position, activity in enumerate(activities.to_dict("records")):
        year = str(activity["start"].year)
        wave = int(rng.integers(-30, 31))  # half hours, so that no two years are the same
        halves = split(np.array([max(8, int(yearly[position % len(yearly)]) + wave)]), shares)[0]
        for (role, (crew, _)), half in zip(_ROLES.items(), halves, strict=True):
            error = rng.uniform(-1, 1) * _ERROR[kind["record_method"]]
            noted = round(int(half) * (1 + error)) / 2
            hours["true"][year] = hours["true"].get(year, 0) + int(half) / 2
            hours["recorded"][year] = hours["recorded"].get(year, 0) + noted
            row = {"contribution_id": f"{activity['activity_id']}-{role}", "activity_id": activity["activity_id"]}
            row |= {
                "role": role,
                "persons_n": 2 + round(kind["people"] * crew),
                "hours": noted,
                "record_method": kind["record_method"],
            }
            rows.append(row | {"uncertainty_pct": None, "paid_eur": None})
    return pd.DataFrame(rows), hours


def _share_out(total: int, parts: int) -> Counts:
    """Divide over activities so that the first gets most: 60 over 3 gives 30, 20, 10."""
    weights = np.arange(parts, 0, -1, dtype=np.float64)
    return split(np.array([total]), weights[None, :]).ravel()


def _truth(collective: Collective, hours: dict[str, dict[str, float]]) -> dict[str, Any]:
    kind = collective.archetype
    wanted = ("indicator_id", "relative", "from_year")
    return {
        "name": collective.name,
        "area": {
            "codes": list(collective.area_codes),
            "area_year": collective.area_year,
            "buurten_2024": list(collective.buurten),
        },
        "representation": {
            "group_type": "leeftijd",
            "group_value": kind["group"],
            "ratio": kind["ratio"],
            "explanation": f"The share of {kind['group']} among participants is {kind['ratio']} times their share "
            "among the inhabitants of the work area; the other ages keep their proportions. Numbers are drawn by lot.",
        },
        "hours": {
            **hours,
            "explanation": f"Hours per year. Recorded by {kind['record_method']}: each record is at most "
            f"{_ERROR[kind['record_method']]:.0%} beside the truth."
            + (" The collective does not deliver them." if "contribution" in kind.get("leave_out", []) else ""),
        },
        "area_effect": {key: kind["effect"][key] for key in wanted} | {"explanation": kind["effect_text"]},
    }
