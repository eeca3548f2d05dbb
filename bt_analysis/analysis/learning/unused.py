"""Which questions do people answer for nothing? What surveys asked in; questions that no report used, out."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing, told
from bt_analysis.analysis.learning.knowledge import KEYS, claims
from bt_analysis.instruments import asking, measures, registry
from bt_analysis.settings import Settings

QUESTION = "unused"
TABLES: tuple[str, ...] = ("unused_items",)

_SOURCE = "collective: survey_wave"
_USE = ["collective_id", "item_code", "claim_id"]


def learn(cases: Cases, settings: Settings) -> Learned:
    """List the questions that no report used for a year.

    Parameters
    ----------
    cases : Cases
        Reads survey_wave, measurement, the protected estimates, and which claims used which items in earlier runs.
    settings : Settings
        ``learning.unused_months``.

    Returns
    -------
    Learned
        Estimates ``unused``: asked_n and unused_n per report of a collective that holds surveys, and over all
        together. Table ``unused_items``: questions to drop, per collective, and those that nobody's report used.

    Notes
    -----
    A claim uses an item when the scale behind its indicator is made of it, and the claim is shown. A run remembers
    which claim used which item and when (item_use). Unused: asked at least ``unused_months`` ago, and used neither now
    nor in a run of the last ``unused_months``; what was asked later may still be used. Nobody knows of reports from
    before the first run, so the table says since when runs remember.
    """
    asked = _asked(cases)
    used = _used(cases)
    since = pd.Timestamp(cases.today) - pd.DateOffset(months=settings.learning.unused_months)
    first = used["first"].min() if len(used) else pd.Timestamp(cases.today)
    table = _unused(asked, used, since).assign(remembered_since=first)
    rows = pd.concat([_per_report(cases, asked, table), _together(cases, asked, table)], ignore_index=True)
    estimates = told(rows, question=QUESTION, source=_SOURCE, method="count", unit="vragen") if len(rows) else nothing()
    return Learned(estimates, {"unused_items": made(table, "unused_items")}, {"item_use": used})


def _asked(cases: Cases) -> pd.DataFrame:
    """List every question of every wave, and questions of their own by what was measured with them."""
    waves = cases.table("survey_wave")
    rows = [
        (wave["collective_id"], wave["wave_id"], asking.last_day(wave), *item)
        for wave in waves.to_dict("records")
        for name in asking.named(wave)
        for item in _items(name)
    ]
    columns = ["collective_id", "wave_id", "asked_on", "item_code", "instrument_id", "about_nl", "about_en"]
    listed = pd.DataFrame(rows, columns=columns)
    return pd.concat([listed, _own(cases, waves)[columns]], ignore_index=True).astype({"asked_on": "datetime64[us]"})


def _items(instrument_id: str) -> Iterator[tuple[str, str, str, str]]:
    instrument = registry.load().get(instrument_id)
    if instrument is not None:
        yield from ((item.code, instrument_id, item.about_nl, item.about_en) for item in instrument.items)


def _own(cases: Cases, waves: pd.DataFrame) -> pd.DataFrame:
    """List questions of a collective's own: what was measured in a wave by no instrument."""
    own = _bare(cases).rename(columns={"label_nl": "about_nl", "label_en": "about_en"})
    measured = cases.table("measurement")[["indicator_id", "wave_id"]].dropna()
    rows = measured.merge(own[["indicator_id", "about_nl", "about_en"]], on="indicator_id").merge(
        waves[["wave_id", "collective_id", "start", "end"]], on="wave_id"
    )
    return rows.assign(asked_on=rows["end"].fillna(rows["start"]), item_code=rows["indicator_id"], instrument_id="")


def _bare(cases: Cases) -> pd.DataFrame:
    """List the indicators that surveys measured with no instrument."""
    defined = cases.indicators
    without = defined["instrument_id"].isna() | defined["instrument_id"].isin(["", registry.OWN_QUESTION])
    return defined[defined["source_type"].eq("enquete") & without]


def _used(cases: Cases) -> pd.DataFrame:
    """Add what claims of today use to what earlier runs remember; each use with its last day."""
    shown = claims(cases)
    today = shown.merge(_behind(cases), on="indicator_id").assign(
        date=pd.Timestamp(cases.today), first=pd.Timestamp(cases.today)
    )
    both = [one for one in (cases.earlier.get("item_use"), today) if one is not None and len(one)]
    if not both:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in _USE}).assign(
            date=pd.Series(dtype="datetime64[us]"), first=pd.Series(dtype="datetime64[us]")
        )
    every = pd.concat([one[[*_USE, "date", "first"]] for one in both], ignore_index=True)
    return every.groupby(_USE, as_index=False).agg(date=("date", "max"), first=("first", "min"))


def _behind(cases: Cases) -> pd.DataFrame:
    """List which items an indicator is made of."""
    rows = [
        (one.indicator_id, code)
        for instrument in registry.load().values()
        for one in measures.of(instrument)
        for code in one.scale.items
    ]
    own = [(str(one), str(one)) for one in _bare(cases)["indicator_id"]]
    return pd.DataFrame(rows + own, columns=["indicator_id", "item_code"]).drop_duplicates()


def _unused(asked: pd.DataFrame, used: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Keep what was asked long enough ago and used by nobody since, per collective and of all together."""
    by = ["collective_id", "item_code"]
    about = ["instrument_id", "about_nl", "about_en"]
    last = used.groupby(by, as_index=False).agg(last_used=("date", "max"))
    grouped = asked.groupby(by, as_index=False).agg(
        **{one: (one, "first") for one in about}, asked_on=("asked_on", "max")
    )
    own = grouped.merge(last, on=by, how="left").assign(collectives_n=1)
    everyone = own.groupby("item_code", as_index=False).agg(
        **{one: (one, "first") for one in about}, asked_on=("asked_on", "max"), last_used=("last_used", "max"),
        collectives_n=("collectives_n", "sum"),
    )  # fmt: skip
    rows = pd.concat([own, everyone.assign(collective_id=ACROSS)], ignore_index=True)
    kept = rows[rows["asked_on"].le(since) & ~rows["last_used"].gt(since)]
    return kept.sort_values(by, ignore_index=True)


def _per_report(cases: Cases, asked: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    rows = asked.merge(cases.periods[KEYS], on="collective_id")
    rows = rows[rows["asked_on"].between(rows["period_start"], rows["period_end"])]
    return _counted(rows, table, "collectief")


def _together(cases: Cases, asked: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    first, last = cases.span
    return _counted(asked.assign(collective_id=ACROSS, period_start=first, period_end=last), table, "collectieven")


def _counted(rows: pd.DataFrame, table: pd.DataFrame, population: str) -> pd.DataFrame:
    by = ["collective_id", "item_code"]
    dropped = pd.MultiIndex.from_frame(table[by])
    each = rows.drop_duplicates([*KEYS, "item_code"])
    each = each.assign(unused=pd.MultiIndex.from_frame(each[by]).isin(dropped))
    counts = each.groupby(KEYS, as_index=False).agg(asked_n=("item_code", "size"), unused_n=("unused", "sum"))
    waves = rows.groupby(KEYS, as_index=False).agg(n=("wave_id", "nunique"))
    long = counts.merge(waves, on=KEYS).melt([*KEYS, "n"], ["asked_n", "unused_n"], "indicator_id", "value")
    return long.assign(population=population, n_unit="waves")
