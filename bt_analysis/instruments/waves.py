"""Waves of a survey: the answers of respondents in, measurements of the group out. Answers never go further.

What cannot be scored is listed with the reason, so that no answer is lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from bt_analysis.instruments import asking, measures, registry, respondents, scoring, wave_changes
from bt_analysis.instruments.definitions import Instrument
from bt_analysis.instruments.measures import Measure, indicators
from bt_analysis.instruments.rows import typed
from bt_analysis.methods.surveys import mean_interval, share_interval

__all__ = ["indicators", "left_out", "measure", "too_many", "with_measurements", "wrong_answers"]


def measure(survey_wave: pd.DataFrame, response_item: pd.DataFrame) -> pd.DataFrame:
    """Turn the answers of every wave into measurements.

    Parameters
    ----------
    survey_wave : DataFrame
        Monitoring table.
    response_item : DataFrame
        Monitoring table; the answers of one respondent to the items of an instrument.

    Returns
    -------
    DataFrame
        Rows of the table measurement: per wave and instrument the mean of each scale (unit ``schaal``) and the share on
        each cut-off (%), with n_valid (people with a score), numerator, n_frame, method, and an interval where people
        were drawn by lot or all were asked. measurement_id = wave and indicator, the same in every run. What is in
        :func:`left_out` has no row.

    Raises
    ------
    AnswerError
        When an answer is none of the instrument's, or a wave has more respondents than people; :func:`wrong_answers`
        and :func:`too_many` list them all beforehand.

    Notes
    -----
    Mean: t-interval, mean ± t · s/√n · √(1 − n/N). Share: Wilson's interval at n · (N − 1)/(N − n) answers. N is
    frame_n, the people the wave is about; without it there is no correction. How people were chosen is taken to be
    self-selection where it was not recorded. A wave with a work area is about its residents, any other about
    participants.
    """
    for wave_id, people, frame_n in too_many(survey_wave, response_item).itertuples(index=False):
        raise scoring.AnswerError(
            f"wave {wave_id!r} has answers of {people} people out of {frame_n}; expected no more than there are. Mend "
            "frame_n, or the keys of respondents."
        )
    rows: list[dict[str, Any]] = []
    for wave in survey_wave.to_dict("records"):
        own = response_item[response_item["wave_id"] == wave["wave_id"]]
        for instrument in _instruments(wave):
            if instrument.verified and _asked(own, instrument):
                rows += _measured(wave, asking.wide(own, instrument), instrument)
    return typed(rows, "measurement")


def with_measurements(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Put results of groups in the place of answers, before anything leaves the folder of a collective.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Monitoring tables of a collective by name, as delivered.

    Returns
    -------
    dict of str to DataFrame
        The same tables without response_item; measurement has the rows of :func:`measure` as well, but for those that
        the collective recorded itself (the same wave and indicator). With answers also wave_change and wave_group, as
        :mod:`.wave_changes` and :mod:`bt_analysis.instruments.respondents` make them.

    Raises
    ------
    AnswerError
        As :func:`measure`.
    """
    kept = {name: table for name, table in tables.items() if name != "response_item"}
    if not {"survey_wave", "response_item"} <= set(tables):
        return kept
    made = measure(tables["survey_wave"], tables["response_item"])
    own = tables.get("measurement", typed([], "measurement"))
    recorded = set(zip(own["wave_id"], own["indicator_id"], strict=True))
    new = [pair not in recorded for pair in zip(made["wave_id"], made["indicator_id"], strict=True)]
    filled = [part for part in (own, made[new]) if len(part)]
    answers = (tables["survey_wave"], tables["response_item"])
    more = {"wave_change": wave_changes.changes(*answers), "wave_group": respondents.groups(*answers)}
    kept |= {name: table for name, table in more.items() if len(table)}
    return kept | ({"measurement": pd.concat(filled, ignore_index=True)} if filled else {})


def left_out(survey_wave: pd.DataFrame, response_item: pd.DataFrame) -> pd.DataFrame:
    """List what the waves hold that gives no measurement.

    Parameters
    ----------
    survey_wave, response_item : DataFrame
        Monitoring tables.

    Returns
    -------
    DataFrame
        One row is an instrument or an item of a wave: wave_id, item, reason (``unknown_instrument``, ``not_verified``,
        ``no_answers``, ``no_scores``, ``not_in_wave``: the wave does not name its instrument, or ``eigen_vraag``).
    """
    rows = [row for wave in survey_wave.to_dict("records") for row in _left_out(wave, response_item)]
    return pd.DataFrame(rows, columns=["wave_id", "item", "reason"], dtype="str")


def wrong_answers(response_item: pd.DataFrame) -> pd.DataFrame:
    """List the answers that the instrument of their item does not have.

    Parameters
    ----------
    response_item : DataFrame
        Monitoring table.

    Returns
    -------
    DataFrame
        One row is such an answer, under the index of its row in ``response_item``: item_code, instrument_id, got and
        expected (the codes there are, with commas between them). Answers to own questions cannot be wrong.
    """
    given = scoring.codes(response_item["answer"])
    options = {code: _options(code) for code in response_item["item_code"].dropna().unique()}
    wrong = [
        bool(options.get(code)) and pd.notna(answer) and answer not in options[code]
        for code, answer in zip(response_item["item_code"], given, strict=True)
    ]
    rows = response_item.loc[wrong, ["item_code"]]
    return rows.assign(
        instrument_id=[_instrument_id(code) for code in rows["item_code"]],
        got=given[wrong],
        expected=[", ".join(options[code]) for code in rows["item_code"]],
    )


def too_many(survey_wave: pd.DataFrame, response_item: pd.DataFrame) -> pd.DataFrame:
    """List the waves with more respondents than there are people.

    Parameters
    ----------
    survey_wave, response_item : DataFrame
        Monitoring tables.

    Returns
    -------
    DataFrame
        One row is such a wave, under the index of its row in ``survey_wave``: wave_id, people (different respondents)
        and frame_n.
    """
    people = response_item.groupby("wave_id")["respondent_key"].nunique()
    counted = survey_wave[["wave_id", "frame_n"]].assign(
        people=survey_wave["wave_id"].map(people).fillna(0).astype(int)
    )
    return counted.loc[(counted["people"] > counted["frame_n"]).fillna(False), ["wave_id", "people", "frame_n"]]


def _options(code: str) -> tuple[str, ...]:
    instrument = registry.instrument_of_item(code)
    return tuple(option.code for option in instrument.options) if instrument else ()


def _instrument_id(code: str) -> str:
    instrument = registry.instrument_of_item(code)
    return instrument.id if instrument else registry.OWN_QUESTION


def _instruments(wave: Mapping[Any, Any]) -> list[Instrument]:
    """Return the instruments of a wave that stand in the registry, each once."""
    return [registry.get(name) for name in dict.fromkeys(asking.named(wave)) if name in registry.load()]


def _asked(answers: pd.DataFrame, instrument: Instrument) -> bool:
    return bool(answers["item_code"].isin([item.code for item in instrument.items]).any())


def _measured(wave: Mapping[Any, Any], answers: pd.DataFrame, instrument: Instrument) -> Iterator[dict[str, Any]]:
    scores = scoring.score(answers, instrument.id)
    for one in measures.of(instrument):
        valid = scores.values[one.scale.id].dropna()
        if len(valid):
            yield {
                **_about(wave),
                "measurement_id": f"{wave['wave_id']}-{one.indicator_id}",
                "indicator_id": one.indicator_id,
                "n_valid": len(valid),
                "quality_note": _note(wave, int(scores.dropped[one.scale.id]), len(answers)),
                **_figure(wave, one, valid),
            }


def _about(wave: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what all measurements of a wave have in common."""
    area = wave["work_area_id"] if isinstance(wave["work_area_id"], str) else None
    last = asking.last_day(wave)
    return {
        "collective_id": wave["collective_id"],
        "work_area_id": area,
        "period_start": wave["start"],
        "period_end": last,
        "measured_on": last,
        "population": "bewoners" if area else "deelnemers",
        "n_frame": wave["frame_n"],
        "method": asking.method(wave),
        "wave_id": wave["wave_id"],
        "comparison": "geen",
        "suppressed": False,
        "recorded_by_role": "import",
    }


def _figure(wave: Mapping[Any, Any], one: Measure, scores: pd.Series) -> dict[str, Any]:
    """Value and interval of a measure, over the people with a score."""
    frame_n = None if pd.isna(wave["frame_n"]) else float(wave["frame_n"])
    if one.cutoff is None:
        value = float(scores.mean())
        low, high = mean_interval(scores, frame_n)
        low, high = max(low, one.scale.min), min(high, one.scale.max)
        figure: dict[str, Any] = {"value": value, "numerator_missing_reason": "not_applicable"}
    else:
        numerator = int(one.cutoff.holds(scores).sum())
        value = 100 * numerator / len(scores)
        low, high = (100 * end for end in share_interval(numerator, len(scores), frame_n))
        figure = {"value": value, "numerator": numerator}
    if asking.method(wave) not in asking.WITH_INTERVAL or pd.isna(low):
        return figure
    # The ends of an interval at 0 or 100% may pass the value by a rounding error.
    return {**figure, "ci_low": min(low, value), "ci_high": max(high, value)}


def _note(wave: Mapping[Any, Any], dropped: int, people: int) -> str | None:
    """Say in Dutch what whoever uses the figure must know."""
    notes = []
    if dropped:
        notes.append(f"{dropped} van {people} mensen niet meegeteld: te veel vragen niet beantwoord.")
    if not isinstance(wave["sampling"], str):
        notes.append("Hoe mensen werden gekozen is niet bijgehouden; opgevat als zelfselectie.")
    return " ".join(notes) or None


def _left_out(wave: Mapping[Any, Any], response_item: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    own = response_item[response_item["wave_id"] == wave["wave_id"]]
    named = list(dict.fromkeys(asking.named(wave)))
    for name in named:
        reason = _why_not(name, own)
        if reason:
            yield wave["wave_id"], name, reason
    for code in sorted(own["item_code"].dropna().unique()):
        instrument = registry.instrument_of_item(code)
        if instrument is None:
            yield wave["wave_id"], code, registry.OWN_QUESTION
        elif instrument.id not in named:
            yield wave["wave_id"], code, "not_in_wave"


def _why_not(name: str, answers: pd.DataFrame) -> str:
    """Return why an instrument of a wave gives no measurement; empty when it gives one."""
    if name not in registry.load():
        return "unknown_instrument"
    instrument = registry.get(name)
    if not instrument.verified:
        return "not_verified"
    if not _asked(answers, instrument):
        return "no_answers"
    scores = scoring.score(asking.wide(answers, instrument), name)
    return "no_scores" if scores.values.isna().all(axis=None) else ""
