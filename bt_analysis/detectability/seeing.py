"""What could be seen of a change: published estimates in, the arithmetic and the gates that it closes out.

Everything here rests on figures that are published and on public figures of areas, so it tells nothing about people
that was not told already; closing a gate only takes away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bt_analysis.analysis.tables import WORKING_COLUMNS, Joined
from bt_analysis.analysis.tables import estimates as as_estimates
from bt_analysis.detectability import reaching
from bt_analysis.detectability.gates import FIGURES
from bt_analysis.indicators import Indicator
from bt_analysis.methods import detection
from bt_analysis.settings import Settings

KEYS = ["collective_id", "work_area_id", "period_start", "period_end", "indicator_id", "population"]
"""What the arithmetic is made of once: one figure of one area, for one report."""

WHOLE_PCT = 100.0
"""The most that one participant can change a percentage: from not to wholly."""

_CHANGES = ("change", "similar")


def see(estimates: pd.DataFrame, joined: Joined, settings: Settings) -> pd.DataFrame:
    """Say of every change whether it could have been seen, and close the gate of those that could not.

    Parameters
    ----------
    estimates : DataFrame
        Estimates after disclosure control.
    joined : Joined
        Reads context and the catalogue; never a record about people.
    settings : Settings
        ``comparison.level``: chance of seeing a change that is not there.

    Returns
    -------
    DataFrame
        The same rows and, of question ``detectability``, new ones: for every figure with a minimum detectable change
        the highest possible ``reach`` and the change ``needed`` of each participant, and ``needed_least`` where noise
        is that of parts of the area; for a percentage that residents were asked also the three rows before these. A
        change that needs more of each participant than is possible, or whose reach cannot be told, becomes
        ``niet_te_zien`` without figures; by noise of parts only when the least it can be needs too much as well. Of a
        refusal for want of similar areas it becomes the reason.

    Raises
    ------
    ValueError
        When a modelled figure is treated as an outcome, or a change that is shown has no minimum detectable change.
    """
    _refuse_models(estimates, joined.catalogue)
    surveys = _asked(estimates, settings.comparison.level)
    steps = pd.concat([estimates[estimates["question"].eq("detectability")], surveys], ignore_index=True)
    known = _arithmetic(steps, estimates, joined.context, settings.comparison.level)
    _refuse_unknown(estimates, known)
    closed = _close(estimates, known)
    new = pd.concat([surveys, _rows(known)], ignore_index=True)
    made = new.assign(**{name: estimates[name].iloc[0] for name in ("synthetic",) if name in estimates and len(new)})
    return pd.concat([closed, made[estimates.columns]], ignore_index=True) if len(new) else closed


def _refuse_models(estimates: pd.DataFrame, catalogue: Mapping[str, Indicator]) -> None:
    modelled = {key for key, indicator in catalogue.items() if indicator.model}
    by_model = estimates["method"].str.split("; ").map(lambda parts: "model" in parts)
    wrong = estimates["question"].isin(_CHANGES) & (estimates["indicator_id"].isin(modelled) | by_model)
    if wrong.any():
        raise ValueError(
            f"{estimates.loc[wrong, 'indicator_id'].iloc[0]} comes from a model and has {int(wrong.sum())} rows of "
            "change; expected figures that were counted or asked. Show it as context only."
        )


def _asked(estimates: pd.DataFrame, level: float) -> pd.DataFrame:
    """Make noise, minimum detectable change and what is possible of percentages that residents were asked."""
    seen = estimates["question"].eq("measurements") & estimates["gate"].isin(reaching.SHOWN)
    asked = seen & _of_residents(estimates) & estimates["comparison"].eq("geen")
    rows = estimates[asked & estimates["value"].between(0, WHOLE_PCT) & estimates["n"].gt(0)]
    newest = rows.sort_values(["group_label", "claim_id"]).drop_duplicates(KEYS, keep="last")
    shares = zip(newest["value"] / WHOLE_PCT, newest["n"], strict=True)
    error = pd.Series([WHOLE_PCT * detection.survey_se(*share) for share in shares], newest.index, dtype=float)
    values = {
        "noise": error,
        "mde": error.map(lambda one: detection.minimum_detectable(one, level)),
        "possible": pd.Series(WHOLE_PCT, newest.index),
    }
    return _published([_step(newest, step, value, n=newest["n"], n_unit="people") for step, value in values.items()])


def _of_residents(estimates: pd.DataFrame) -> pd.Series:
    return estimates["population"].eq("bewoners") & estimates["unit"].eq("%")


_METHODS = {
    "noise": "standard error of a share",
    "mde": "minimum detectable change",
    "possible": "most that one participant can change",
    "reach": "highest possible reach",
    "needed": "minimum detectable change / reach",
    "needed_least": "minimum detectable change / reach; by the least noise",
}


def _step(rows: pd.DataFrame, step: str, value: pd.Series, **more: Any) -> pd.DataFrame:
    standard: dict[str, Any] = {
        "group_type": "stap",
        "group_value": step,
        "value": value,
        "unit": "%",
        "method": _METHODS[step],
    }
    return rows[[*KEYS, "source"]].assign(**(standard | more))


def _published(parts: list[pd.DataFrame]) -> pd.DataFrame:
    rows = as_estimates(pd.concat(parts, ignore_index=True), question="detectability")
    return rows.drop(columns=WORKING_COLUMNS).astype({"missing_reason": "str"})


def _arithmetic(steps: pd.DataFrame, estimates: pd.DataFrame, context: pd.DataFrame, level: float) -> pd.DataFrame:
    """Set the steps of each figure beside each other, with reach, what is needed, and why not when it cannot be."""
    steps = steps[steps["group_type"].eq("stap") & steps["gate"].isin(reaching.SHOWN)]
    table = steps.pivot_table(index=KEYS, columns="group_value", values="value", aggfunc="first", observed=True)
    table = table.reindex(columns=["mde", "possible", "least"]).dropna(subset=["mde", "possible"]).reset_index()
    unit = steps[steps["group_value"].eq("mde")].drop_duplicates(KEYS).set_index(KEYS)[["unit", "source"]]
    table = table.merge(unit, left_on=KEYS, right_index=True, how="left", validate="one_to_one")
    table = table.merge(reaching.people(estimates), on="collective_id", how="left", validate="many_to_one")
    table = table.join(reaching.base(estimates, context, table))
    reach = (WHOLE_PCT * table["people"] / table["base_n"]).clip(upper=WHOLE_PCT)
    why = table["why"].fillna(reaching.NOT_KNOWN)
    why = why.mask(why.eq(""), table["base_why"])
    smallest = table["least"].map(lambda noise: detection.minimum_detectable(noise, level), na_action="ignore")
    table = table.assign(reach=reach, needed=_needed(table["mde"], reach), needed_least=_needed(smallest, reach))
    # Noise of parts is more than that of the whole: what is closed must be closed by the least it can be as well.
    enough = table["needed_least"].where(table["least"].notna(), table["needed"])
    return table.assign(why=why.mask(enough > table["possible"], "too_small_to_see"))


def _needed(changes: pd.Series, reach: pd.Series) -> pd.Series:
    known = changes.notna() & reach.notna()
    pairs = zip(changes[known], reach[known] / WHOLE_PCT, strict=True)
    found = [detection.needed_per_participant(*pair) for pair in pairs]
    return pd.Series(found, known.index[known], dtype=float).reindex(known.index)


def _rows(known: pd.DataFrame) -> pd.DataFrame:
    """Make the rows of reach and of what is needed, where both can be told."""
    told = known[known["reach"].gt(0)]
    source = "collective: participation / " + told["source"]
    reach = _step(told, "reach", told["reach"], n=told["base_n"], n_unit=told["base_unit"], group_label=told["since"])
    needed = _step(told, "needed", told["needed"], unit=told["unit"])
    parts = told[told["needed_least"].notna()]
    least = _step(parts, "needed_least", parts["needed_least"], unit=parts["unit"])
    return _published([part.assign(source=source.reindex(part.index)) for part in (reach, needed, least)])


def _refuse_unknown(estimates: pd.DataFrame, known: pd.DataFrame) -> None:
    shown = estimates[estimates["question"].eq("change") & estimates["gate"].isin(reaching.SHOWN)]
    left = shown[~pd.MultiIndex.from_frame(shown[KEYS]).isin(pd.MultiIndex.from_frame(known[KEYS]))]
    if len(left):
        raise ValueError(
            f"change of {left['indicator_id'].iloc[0]} is shown without a minimum detectable change and what is "
            f"possible ({len(left)} rows); expected both as rows of detectability. Make them beside the change."
        )


def _two_groups(estimates: pd.DataFrame) -> pd.Series:
    """Tell which rows compare two groups of residents; of the same people twice, a share and n give no error."""
    rows = estimates[estimates["question"].eq("before_after") & estimates["population"].eq("bewoners")]
    unlinked = rows[rows["gate_reason"].str.split(";").map(lambda codes: "not_linked" in codes) & rows["unit"].eq("%")]
    comparison = [*KEYS, "group_type"]
    in_one = pd.MultiIndex.from_frame(rows[comparison]).isin(pd.MultiIndex.from_frame(unlinked[comparison]))
    return pd.Series(estimates.index.isin(rows.index[in_one]), index=estimates.index)


def _close(estimates: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Take the figures out of changes that could not have been seen, and of the paths that would show them."""
    of_figure = known.set_index([*KEYS[:-1], "population"])["why"]
    asked = _two_groups(estimates)
    # The path of similar areas belongs to the figure of the work area, whosever it is.
    whose = estimates["population"].mask(estimates["question"].eq("similar"), "gebied")
    places = pd.MultiIndex.from_frame(estimates[KEYS].assign(population=whose))
    why = pd.Series(of_figure.reindex(places).to_numpy(), index=estimates.index, dtype=object).fillna("")
    shown = estimates["gate"].isin(reaching.SHOWN)
    # With more areas to compare with it would not be seen either: that is the better reason.
    shown |= estimates["gate_reason"].eq("too_few_similar") & why.eq("too_small_to_see")
    closed = why.ne("") & shown & (estimates["question"].isin(_CHANGES) | asked)
    told = {"gate": "niet_te_zien", "missing_reason": "not_applicable", "value_text": ""}
    return estimates.assign(
        **{name: estimates[name].mask(closed) for name in FIGURES},
        **{name: estimates[name].mask(closed, text) for name, text in told.items()},
        gate_reason=estimates["gate_reason"].mask(closed, why),
    )
