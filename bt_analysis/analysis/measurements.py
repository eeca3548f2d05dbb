"""What was measured? Measurements of surveys, counts and registers, each with how it was collected."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import means
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.instruments import comparing, load, measures
from bt_analysis.instruments.registry import OWN_QUESTION
from bt_analysis.settings import Settings

GROUP_TYPE = "meting:"
"""What the group type of a measurement begins with; its id follows, so that two of one year are two claims."""

COLLECTED = {
    "aselect": "random sample",
    "census_van_groep": "everybody was asked",
    "zelfselectie": "self-selected answers",
    "register": "register",
    "model": "model",
    "telling": "count",
    "schatting": "estimate",
}
"""Method of a measurement → how it was collected, as estimates name it."""

_RESERVATIONS = {"zelfselectie": "self_selected", "model": "model_estimate", "schatting": "estimated_value"}
_DEFINITION = ["indicator_id", "label_nl", "label_en", "unit", "direction", "instrument_id", "source_type"]
_ONE_SCALE = ["collective_id", "instrument_id", "population", "wave_id", "row_start", "row_end", "n_valid"]
_PEOPLE = ("deelnemers", "bewoners", "leden", "huishoudens")


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Give the measurements of every collective in every period.

    Parameters
    ----------
    joined : Joined
        Reads measurement and indicator.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        ``gates.min_n``: people below which a mean score has a reservation. ``disclosure.min_cell``: people between
        two lines on one scale who may be told of.

    Returns
    -------
    DataFrame
        One row is a measurement in a period that it lies wholly inside; group_type holds its id, group_label the day,
        or the first and last day with / between them. Nothing is averaged or subtracted. Measurements of an area that
        belong to no collective have no rows, and those outside every period neither: :func:`outside` lists these.

    Raises
    ------
    NotComparable
        When one indicator was defined with two instruments or units.
    ValueError
        When an indicator was not defined.

    Notes
    -----
    A modelled value is one of the area, whatever population it was recorded under. A figure rests on the fewest people
    it tells of: of n_valid, the numerator and those who are not in it, the smallest. A percentage without a numerator
    has the one that follows from it: value · n_valid / 100, rounded. A number of people without n_valid is its own n.
    Of two lines on one scale the difference tells of people as well: those between them. A mean at an end of its scale
    tells what every one of the people answered, so it rests on nobody, as does one that gives a hidden share away
    (:mod:`.means`). Ends of the interval of a mean are rounded outwards.
    """
    rows = reporting.within(_defined(joined), periods, "period_start", "period_end")
    modelled = rows["method"].eq("model") | rows["source_type"].eq("modelschatting")
    people = rows["population"].isin(_PEOPLE) & ~modelled
    n = rows["n_valid"].astype("Float64")
    households = rows["population"].eq("huishoudens")
    ends = means.rounded(*(rows[name].astype("Float64").astype(float) for name in ("ci_low", "ci_high")))
    of_mean = people & rows["unit"].eq("schaal")
    return estimates(
        rows.assign(
            **{name: rows[name].mask(of_mean, end) for name, end in zip(("ci_low", "ci_high"), ends, strict=True)},
            population=rows["population"].mask(modelled, "gebied"),
            group_type=GROUP_TYPE + rows["measurement_id"].astype(str),
            group_label=_days(rows),
            n=n,
            n_unit=pd.Series("people", index=rows.index).mask(households, "households").where(n.notna(), ""),
            method=_method(rows, modelled),
            comparison=rows["comparison"],
            gate_reason=_reservations(rows, modelled, people & (n < settings.gates.min_n).fillna(False)),
            missing_reason=_missing_reason(rows),
            source=_source(rows),
            cell=("measurement:" + rows["measurement_id"].astype(str)).where(people, ""),
            cell_n=_fewest(rows, settings.disclosure.min_cell).where(people),
        ),
        question="measurements",
    )


def indicators(joined: Joined) -> pd.DataFrame:
    """Describe the indicators that were measured.

    Parameters
    ----------
    joined : Joined
        Reads measurement and indicator.

    Returns
    -------
    DataFrame
        One row is an indicator (analysed_indicators).

    Raises
    ------
    NotComparable
        When one indicator was defined with two instruments or units.
    ValueError
        When an indicator was not defined.
    """
    rows = _defined(joined)[_DEFINITION].drop_duplicates("indicator_id")
    return rows.sort_values("indicator_id", ignore_index=True)


def outside(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    """List the measurements that lie in no period of their collective, so that none is lost without a word.

    Parameters
    ----------
    joined : Joined
        Reads measurement.
    periods : DataFrame
        Reporting periods per collective.

    Returns
    -------
    DataFrame
        analysed_unmatched: one row is a measurement.
    """
    rows = joined.measurement[joined.measurement["collective_id"].notna()]
    inside = reporting.within(rows, periods, "period_start", "period_end")["measurement_id"]
    lost = rows[~rows["measurement_id"].isin(inside)]
    return pd.DataFrame(
        {
            "table": "measurement",
            "collective_id": lost["collective_id"].astype(str),
            "item": lost["measurement_id"].astype(str),
            "reason": "outside_period",
            "detail": [f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" for first, last in _bounds(lost)],
        }
    ).reset_index(drop=True)


def _bounds(rows: pd.DataFrame) -> zip[tuple[pd.Timestamp, pd.Timestamp]]:
    return zip(rows["period_start"], rows["period_end"], strict=True)


def _defined(joined: Joined) -> pd.DataFrame:
    """Return the measurements of collectives with what their indicators are; what ships cannot be redefined."""
    rows = joined.measurement[joined.measurement["collective_id"].notna()]
    known = pd.concat([measures.shipped(), joined.indicator], ignore_index=True)[_DEFINITION]
    known = known[known["indicator_id"].isin(rows["indicator_id"])]
    for _, definitions in known.groupby("indicator_id"):
        comparing.together(definitions)
    lost = rows.loc[~rows["indicator_id"].isin(known["indicator_id"]), "indicator_id"].unique()
    if len(lost):
        raise ValueError(
            f"{len(lost)} measured indicators are defined nowhere, the first is {lost[0]!r}; expected a row in the "
            "table indicator. Check the packages before they are put together."
        )
    return rows.merge(known.drop_duplicates("indicator_id"), on="indicator_id", validate="many_to_one")


def _days(rows: pd.DataFrame) -> list[str]:
    """Write the day of a measurement, or the first and last day when it has none, as ISO 8601."""
    days = zip(rows["measured_on"], rows["row_start"], rows["row_end"], strict=True)
    return [
        f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"
        if pd.isna(day) and first != last
        else f"{last if pd.isna(day) else day:%Y-%m-%d}"
        for day, first, last in days
    ]


def _method(rows: pd.DataFrame, modelled: pd.Series) -> pd.Series:
    method = rows["method"].map(COLLECTED).mask(modelled, COLLECTED["model"])
    return method.where(rows["ci_low"].isna(), method + "; bounds: interval of the measurement")


def _reservations(rows: pd.DataFrame, modelled: pd.Series, small: pd.Series) -> pd.Series:
    reasons = rows["method"].map(_RESERVATIONS).fillna("").mask(modelled, _RESERVATIONS["model"])
    small_mean = rows["unit"].eq("schaal") & small  # of a percentage the gates say so
    return reasons.mask(small_mean, reasons + ";n_below_minimum").str.strip(";")


def _missing_reason(rows: pd.DataFrame) -> pd.Series:
    reasons = rows["value_missing_reason"].where(rows["value"].isna(), None)
    hidden = rows["value"].isna() & rows["suppressed"].fillna(False).astype(bool)
    return reasons.astype(object).mask(hidden, "suppressed").where(rows["value"].isna(), None)


def _source(rows: pd.DataFrame) -> pd.Series:
    """Name the table, the instrument (or that it was an own question) and the delivered source."""
    asked = rows["instrument_id"].mask(rows["instrument_id"].isna() & rows["source_type"].eq("enquete"), OWN_QUESTION)
    named = [
        " · ".join(["collective: measurement", *(part for part in parts if isinstance(part, str))])
        for parts in zip(asked, rows["source_id"], strict=True)
    ]
    return pd.Series(named, index=rows.index, dtype="str")


def _fewest(rows: pd.DataFrame, min_cell: int) -> pd.Series:
    """Return the fewest people that a figure tells of; missing when it tells of none for sure."""
    n, value = rows["n_valid"].astype("Float64"), rows["value"].astype("Float64")
    share = rows["unit"].eq("%")
    numerator = rows["numerator"].astype("Float64").fillna((value * n / 100).round()).where(share)
    counted = value.where(rows["unit"].eq("aantal") & n.isna())
    fewest = pd.concat([n, numerator, n - numerator, counted], axis=1).min(axis=1).astype(float)
    fewest = fewest.mask(_at_an_end(rows), 0.0)
    nested = rows.assign(numerator=numerator)[numerator.notna() & rows["instrument_id"].notna()]
    of_scales = rows[rows["instrument_id"].notna()]
    fewest = _beside_more(_between_lines(fewest, nested, min_cell), of_scales, min_cell)
    telling = means.telling(of_scales, numerator.astype("Float64").astype(float), fewest, min_cell)
    return fewest.mask(telling.reindex(fewest.index, fill_value=False), 0.0)


def _at_an_end(rows: pd.DataFrame) -> pd.Series:
    """Tell of which means it follows that all people have the same score, the lowest or the highest."""
    of_means = [one for instrument in load().values() for one in measures.of(instrument) if one.cutoff is None]
    low, high = ({one.indicator_id: getattr(one.scale, end) for one in of_means} for end in ("min", "max"))
    ends = [rows["value"].eq(rows["indicator_id"].map(end)).fillna(False).astype(bool) for end in (low, high)]
    return ends[0] | ends[1]


def _between_lines(fewest: pd.Series, nested: pd.DataFrame, min_cell: int) -> pd.Series:
    """Count the people between a line on a scale and the next one that is shown, where these are fewer."""
    sizes = dict(zip(fewest.index, fewest, strict=True))
    for _, shares in nested.groupby([*_ONE_SCALE, "period_start", "period_end"], dropna=False):
        shown: float | None = None
        for at, count in shares["numerator"].astype(float).sort_values(kind="stable").items():
            if shown is not None:
                sizes[at] = min(sizes[at], count - shown)
            shown = count if sizes[at] >= min_cell else shown
    return pd.Series(sizes, index=fewest.index, dtype=float)


def _beside_more(fewest: pd.Series, rows: pd.DataFrame, min_cell: int) -> pd.Series:
    """Count the people who are in another figure of the same wave and instrument and not in this one, where few.

    A total may be of more people than its subscales, which need every answer: what those few scored is the difference.
    """
    sizes = dict(zip(fewest.index, fewest, strict=True))
    one_wave = [*(name for name in _ONE_SCALE if name != "n_valid"), "period_start", "period_end"]
    for _, figures in rows[rows["n_valid"].notna()].groupby(one_wave, dropna=False):
        shown: float | None = None
        for at, n in figures["n_valid"].astype(float).sort_values(ascending=False, kind="stable").items():
            if shown is not None and shown > n:
                sizes[at] = min(sizes[at], shown - n)
            shown = n if sizes[at] >= min_cell else shown
    return pd.Series(sizes, index=fewest.index, dtype=float)
