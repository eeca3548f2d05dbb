"""Two waves of one instrument: the answers of respondents in, what the group differs by out. Answers never go further.

Only people who made a code of their own, and gave it twice, are compared with themselves; otherwise the waves are two
groups, and where people chose themselves to answer nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.instruments import asking, registry, scoring
from bt_analysis.instruments.measures import Measure
from bt_analysis.instruments.rows import typed
from bt_analysis.methods import intervals, mean_tells, ordinal, surveys

TABLE = "joined_wave_change"

LINKED, TWO_GROUPS, BESIDE = "gekoppeld", "twee_groepen", "naast_elkaar"
"""The same people twice; two groups; not compared, as who answered chose to."""

MIN_PAIRS = 10
"""With fewer people who can be followed than this, two waves are taken as two groups."""

DECIMALS = 1
"""Of a mean change and its interval, as they are published: with more, people could be counted from them."""

PROTECTION = 5
"""How far off, in people, a count must seem that the mean change does not tell."""

SEED = 20260101
"""Of orders that are drawn by lot."""

METHODS = {
    (LINKED, False): "paired: interval of mean change; permutation of signs",
    (LINKED, True): "paired: interval of mean change; exact sign test",
    (TWO_GROUPS, False): "two groups: Welch; permutation of ranks",
    (TWO_GROUPS, True): "two groups: Newcombe; permutation of ranks",
}
"""Design, and whether it is a share → method."""


def changes(survey_wave: pd.DataFrame, response_item: pd.DataFrame) -> pd.DataFrame:
    """Compare each wave with the next one of the same people and instrument.

    Parameters
    ----------
    survey_wave, response_item : DataFrame
        Monitoring tables of one collective.

    Returns
    -------
    DataFrame
        joined_wave_change: one row is an indicator in two waves. Per scale that is no part of another one: its mean,
        and the share on its first line. Without figures where a wave was answered by whoever wanted.

    Notes
    -----
    Linked (both waves ``code_by_respondent``, at least ``MIN_PAIRS`` keys in both): mean d ± t · s(d)/√m · √(1 − m/N)
    of the m changes d (of a share: −100, 0 or 100), N the people of the larger frame; p by turning round before and
    after of each (of a share that is the exact sign test). Two groups: Welch's interval of two means, Newcombe's of two
    shares, each with finite population correction; p by permutation of ranks.
    """
    rows = [
        row
        for before, after in _pairs(survey_wave)
        for measure in _main(before["instrument"])
        if (row := _row(before, after, measure, response_item)) is not None
    ]
    return typed(rows, TABLE)


def _pairs(survey_wave: pd.DataFrame) -> Iterator[tuple[Mapping[Any, Any], Mapping[Any, Any]]]:
    """Yield each wave with the next one among the same people, per instrument that both ask."""
    ordered = survey_wave.assign(area=survey_wave["work_area_id"].fillna("")).sort_values(["start", "wave_id"])
    for _, same in ordered.groupby(["collective_id", "area"]):
        records = same.to_dict("records")
        for name in dict.fromkeys(one for wave in records for one in asking.named(wave)):
            with_it = [wave for wave in records if name in asking.named(wave)]
            for before, after in pairwise(with_it):
                yield {**before, "instrument": name}, after


def _main(name: str) -> Iterator[Measure]:
    """Yield the measures that are compared: no part of another scale, and one line per scale."""
    instrument = registry.load().get(name)
    if instrument is None or not instrument.verified:
        return
    whole = instrument.scales[0]
    parts = len(whole.items) == len(instrument.items) and len(instrument.scales) > 1
    for scale in (whole,) if parts else instrument.scales:
        if scale.mean:
            yield Measure(instrument, scale, None)
        yield from (Measure(instrument, scale, line) for line in scale.cutoffs[:1])


def _row(
    before: Mapping[Any, Any], after: Mapping[Any, Any], measure: Measure, response_item: pd.DataFrame
) -> dict[str, Any] | None:
    """Make the row of one measure; None when nobody has a score in one of the asking."""
    first, last = (_values(wave, measure, response_item) for wave in (before, after))
    if not (len(first) and len(last)):
        return None
    both = first.index.intersection(last.index)
    design = _design(before, after, len(both))
    row = {
        **_about(before, after, measure), "design": design, "n_before": len(first), "n_after": len(last),
        "method": METHODS.get((design, measure.cutoff is not None), "not compared"),
    }  # fmt: skip
    if design == LINKED:
        return row | _paired(first[both], last[both], measure, _people(before, after))
    return row | (_two_groups(first, last, measure, before, after) if design == TWO_GROUPS else {})


def _values(wave: Mapping[Any, Any], measure: Measure, response_item: pd.DataFrame) -> pd.Series[Any]:
    """Score everybody of a wave: of a mean the score, of a share 1 on its side of the line and 0 on the other."""
    own = response_item[response_item["wave_id"] == wave["wave_id"]]
    if not own["item_code"].isin([item.code for item in measure.instrument.items]).any():
        return pd.Series(dtype=float)
    scores = (
        scoring.score(asking.wide(own, measure.instrument), measure.instrument.id).values[measure.scale.id].dropna()
    )
    return scores if measure.cutoff is None else measure.cutoff.holds(scores).astype(float)


def _design(before: Mapping[Any, Any], after: Mapping[Any, Any], pairs: int) -> str:
    if not all(asking.method(wave) in asking.WITH_INTERVAL for wave in (before, after)):
        return BESIDE
    linked = all(wave["linkage"] == "code_by_respondent" for wave in (before, after))
    return LINKED if linked and pairs >= MIN_PAIRS else TWO_GROUPS


def _about(before: Mapping[Any, Any], after: Mapping[Any, Any], measure: Measure) -> dict[str, Any]:
    area = after["work_area_id"] if isinstance(after["work_area_id"], str) else None
    return {
        "wave_before": before["wave_id"], "wave_after": after["wave_id"], "indicator_id": measure.indicator_id,
        "instrument_id": measure.instrument.id, "collective_id": after["collective_id"], "work_area_id": area,
        "population": "bewoners" if area else "deelnemers", "unit": measure.unit, "period_start": before["start"],
        "period_end": asking.last_day(after),
    }  # fmt: skip


def _people(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> float | None:
    """Return how many people there are; None when one of the waves does not say."""
    frames = [wave["frame_n"] for wave in (before, after)]
    return None if any(pd.isna(one) for one in frames) else float(max(frames))


def _paired(
    first: pd.Series[Any], last: pd.Series[Any], measure: Measure, people: float | None
) -> dict[str, Any]:  # fmt: skip
    share = measure.cutoff is not None
    times = 100.0 if share else 1.0
    change = (last - first).to_numpy(dtype=float)
    low, high = surveys.mean_interval(times * change, people)
    counts = [int((np.sign(change) == sign).sum()) for sign in (1, -1, 0)]
    span = 1.0 if share else measure.scale.max - measure.scale.min
    return {
        "pairs_n": len(change), **dict(zip(("up_n", "down_n", "same_n"), counts, strict=True)),
        "all_alike": bool(np.ptp(change) == 0 or abs(change.mean()) >= span),
        "told_n": None if share else _told(change, (low, high), measure, people, counts),
        "value": float(times * change.mean()), "ci_low": low, "ci_high": high,
        "p_value": ordinal.paired_p(first, last, SEED, None if share else _sum),
    }  # fmt: skip


def _told(
    change: np.ndarray, ends: tuple[float, float], measure: Measure, people: float | None, counts: list[int]
) -> int | None:  # fmt: skip
    """Return the fewest of those who moved up, moved down or stayed whose number the published mean nearly tells."""
    n, scale, fine = len(change), measure.scale, 10.0**-DECIMALS
    step = 1 / len(scale.items) if scale.rule == "mean" else scale.times
    most = round((scale.max - scale.min) / step)
    steps = np.arange(-most, most + 1)
    mean = round(float(change.mean()), DECIMALS)
    length = np.ceil(ends[1] / fine) - np.floor(ends[0] / fine)
    half = (fine * (length - 2) / 2, fine * length / 2)
    about = (mean - fine / 2, mean + fine / 2)
    squares = mean_tells.squares_of(n, about, half, people)
    total = (n * about[0] / step, n * about[1] / step)
    squares = (squares[0] / step**2, squares[1] / step**2)
    ranges = (mean_tells.count_range(n, steps, kind, total, squares) for kind in (steps > 0, steps < 0, steps == 0))
    told = (one for one, found in zip(counts, ranges, strict=True) if mean_tells.too_close(one, n, found, PROTECTION))
    return min(told, default=None)


def _sum(each: np.ndarray) -> np.ndarray:
    return np.asarray(each.sum(axis=1))


def _two_groups(
    first: pd.Series[Any], last: pd.Series[Any], measure: Measure, before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> dict[str, Any]:
    frames = [None if pd.isna(wave["frame_n"]) else float(wave["frame_n"]) for wave in (before, after)]
    if measure.cutoff is None:
        low, high = surveys.welch_interval(last, first, frames[1], frames[0])
        times = 1.0
    else:
        ends = [
            surveys.share_interval(float(one.sum()), len(one), frame)
            for one, frame in zip((first, last), frames, strict=True)
        ]
        times = 100.0
        low, high = intervals.difference(float(last.mean()), ends[1], float(first.mean()), ends[0])
    gap = float(last.mean() - first.mean())
    return {
        "value": times * gap, "ci_low": None if np.isnan(low) else times * min(low, gap),
        "ci_high": None if np.isnan(high) else times * max(high, gap),
        "p_value": ordinal.two_samples_p(first, last, SEED),
    }  # fmt: skip
