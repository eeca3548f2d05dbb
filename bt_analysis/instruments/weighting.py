"""Weighing a survey of residents: answers and the inhabitants by group in, shares as if groups answered alike out.

Done where the answers are. A survey that asked age or gender as :mod:`bt_analysis.instruments.respondents` reads them
can be weighed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.instruments import asking, measures, registry, scoring
from bt_analysis.instruments.definitions import Instrument
from bt_analysis.instruments.respondents import GROUPS
from bt_analysis.instruments.rows import typed
from bt_analysis.methods import raking, surveys

TABLE = "joined_wave_weighted"

MIN_OF_GROUP = 10
"""Respondents of every group below which nothing is weighed: a few people would stand for all of their group."""

CHILDREN = "0-15"
"""Group that a survey need not ask; it is then about everybody older."""


def weighted(survey_wave: pd.DataFrame, response_item: pd.DataFrame, composition: pd.DataFrame) -> pd.DataFrame:
    """Weigh the shares of every survey of residents to the groups that live in its work area.

    Parameters
    ----------
    survey_wave, response_item : DataFrame
        Monitoring tables of one collective.
    composition : DataFrame
        joined_composition, with the work areas by the collective's own ids.

    Returns
    -------
    DataFrame
        joined_wave_weighted: one row is a share of a wave. None where a group has fewer than ``MIN_OF_GROUP``
        respondents, where inhabitants by group are not known, or where weights do not fit all margins.

    Notes
    -----
    Raking (:mod:`bt_analysis.methods.raking`) to the inhabitants by age and gender, as far as the wave asked these, of
    the last year not after the wave. share = Σ w·x / Σ w; Wilson's interval at n_eff = n / design effect answers.
    Weights make up for groups that answered less, not for other differences between who answered and who did not.
    """
    rows = [
        row
        for wave in survey_wave[survey_wave["work_area_id"].notna()].to_dict("records")
        for name in dict.fromkeys(asking.named(wave))
        if name in registry.load() and registry.get(name).verified
        for row in _of_wave(wave, response_item, composition, registry.get(name))
    ]
    return typed(rows, TABLE)


def _of_wave(
    wave: Mapping[Any, Any], response_item: pd.DataFrame, composition: pd.DataFrame, instrument: Instrument
) -> Iterator[dict[str, Any]]:
    own = response_item[response_item["wave_id"] == wave["wave_id"]]
    lives = _inhabitants(composition, wave)
    kinds = [kind for kind in GROUPS if kind in lives and (own["item_code"] == kind).any()]
    if not kinds or not own["item_code"].isin([item.code for item in instrument.items]).any():
        return
    groups = own[own["item_code"].isin(kinds)].pivot(index="respondent_key", columns="item_code", values="answer")
    scores = scoring.score(asking.wide(own, instrument), instrument.id).values
    for measure in measures.of(instrument):
        if measure.cutoff is not None:
            score = scores[measure.scale.id].dropna()
            row = _row(measure.cutoff.holds(score), groups.reindex(score.index), lives, kinds)
            if row is not None:
                yield {
                    **asking.dated(wave),
                    "chosen": asking.method(wave),
                    "indicator_id": measure.indicator_id,
                    "instrument_id": instrument.id,
                    **row,
                }


def _inhabitants(composition: pd.DataFrame, wave: Mapping[Any, Any]) -> dict[str, pd.Series[float]]:
    """Return per kind of group its inhabitants, of the last year not after the wave."""
    lives = composition[composition["work_area_id"].eq(wave["work_area_id"]) & composition["group_type"].isin(GROUPS)]
    lives = lives[lives["year"] <= wave["start"].year]
    lives = lives[lives["year"].eq(lives.groupby("group_type")["year"].transform("max")) & lives["persons_n"].gt(0)]
    return {str(kind): own.set_index("group_value")["persons_n"] for kind, own in lives.groupby("group_type")}


def _row(
    holds: pd.Series[bool], groups: pd.DataFrame, lives: Mapping[str, pd.Series[float]], kinds: list[str]
) -> dict[str, Any] | None:
    """Weigh one share; None when it cannot be done."""
    asked = {kind: lives[kind].drop(CHILDREN, errors="ignore") for kind in kinds}
    known = pd.concat([groups[kind].isin(people.index) for kind, people in asked.items()], axis=1).all(axis=1)
    answered = groups[known]
    counts = [answered[kind].value_counts().reindex(people.index, fill_value=0) for kind, people in asked.items()]
    fewest = min(int(count.min()) for count in counts)
    if fewest < MIN_OF_GROUP:
        return None
    margins = [
        raking.Margin(
            people.index.get_indexer(pd.Index(answered[kind])).astype(np.int64),
            np.asarray(people / people.sum() * len(answered), dtype=np.float64),
        )
        for kind, people in asked.items()
    ]
    try:
        found = raking.rake(margins, np.ones(len(answered)))
    except raking.RakingError:
        return None
    share = float(np.average(holds[known].to_numpy(dtype=float), weights=found.weights))
    low, high = surveys.share_interval(share * found.n_effective, found.n_effective)
    return {
        "margins": ";".join(kinds), "n": len(answered), "fewest_n": fewest, "value": 100 * share, "ci_low": 100 * low,
        "ci_high": 100 * high, "design_effect": found.design_effect, "largest_weight": found.largest,
        "n_effective": found.n_effective,
    }  # fmt: skip
