"""What was measured: measurements of one collective in, a small table with how each was made out.

Values stand under each other and are not compared: each row says by itself what it is, of whom, and how it was asked.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from bt_analysis.instruments import measures, registry
from bt_analysis.instruments.measures import Measure
from bt_analysis.pages import codes, response, sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render, text

POPULATIONS = {
    "deelnemers": "deelnemers", "bewoners": "bewoners", "leden": "leden", "huishoudens": "huishoudens",
    "gebied": "het gebied",
}  # fmt: skip
"""Whose figure a measurement is."""

COMPARISONS = {
    "nulmeting": "nulmeting", "vergelijkgroep": "vergelijkgroep", "vergelijkgebied": "vergelijkgebied",
    "landelijk": "heel Nederland",
}  # fmt: skip
"""What a measurement serves as, when it is not the collective's own."""

MOST = 4
"""Series that the two pages have room for."""

_DECIMALS = {"schaal": 1}


def section(content: Content) -> Html:
    """Make the table of measurements.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per measurement, of a series the first and the last: what, its value with bounds, of whom, how it was
        collected, with which instrument, and when. A tile when nothing was measured.
    """
    say = content.language.say
    rows = content.rows("measurements")
    if rows.empty:
        tile = say("Metingen zijn nog niet bijgehouden.")
        return text(content.language, "", tile=tile)
    named = rows.assign(
        label=[sentences.label(content, str(one)) for one in rows["indicator_id"]],
        asked=[_asked_with(content, str(one)) for one in rows["indicator_id"]],
    )
    listed = named[~named["indicator_id"].map(_is_part)].sort_values(["label", "group_label", "comparison", "claim_id"])
    every, listed = listed, _ends_of_series(listed)
    columns = [say("wat"), say("waarde"), say("van wie"), say("hoe gemeten"), say("wanneer")]
    asked = bool(listed["asked"].ne("").any())
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=False,
        columns=[{"name": one, "figure": one == columns[1]} for one in [*columns, *([say("vragenlijst")] * asked)]],
        rows=[{"id": "", "cells": _cells(content, row, asked=asked)} for _, row in listed.iterrows()],
        caption=say("Metingen: wat er is gemeten, hoe en bij wie"),
        after=" ".join(
            [
                _star(content, listed),
                *_notes(content, listed),
                *_ends(content, named, every),
                *_between(content, every, listed),
            ]
        ).strip(),
    )


def in_short(content: Content) -> Html:
    """Make the small table of measurements of the two pages.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per series with its first and last value, each with its day, four at most; below it how many answered
        where that was few. What is not measured is said in a tile. :func:`section` has the rest.
    """
    say = content.language.say
    rows = content.rows("measurements")
    if rows.empty:
        return text(content.language, "", tile=say("Metingen zijn nog niet bijgehouden."))
    rows = rows[~rows["indicator_id"].map(_is_part)]
    rows = rows.assign(label=[_plain_name(content, row) for _, row in rows.iterrows()])
    rows = rows.sort_values(["label", "group_label", "comparison", "claim_id"])
    series = [own for _, own in rows.groupby("label", sort=False)]
    body = [{"id": "", "cells": [cell(own["label"].iloc[0]), *_first_and_last(content, own)]} for own in series[:MOST]]
    left = len(series) - len(body)
    after = [_star(content, pd.concat([own.iloc[[0, -1]] for own in series[:MOST]])), *response.few(content)]
    if left:
        after.append(say("En nog 1 andere, in de bijlage." if left == 1 else "En nog {n} andere, in de bijlage.",
                         n=str(left)))  # fmt: skip
    columns = [say("gemeten"), say("eerst"), say("laatst")]
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False, rows=body,
        columns=[{"name": one, "figure": False} for one in columns],
        caption=say("Wat we zelf maten"), after=" ".join(filter(None, after)),
    )  # fmt: skip


def _plain_name(content: Content, row: pd.Series) -> str:
    """Name a series: what was measured, and of whom where it was people."""
    name = sentences.label(content, str(row["indicator_id"]))
    measure = _measure(str(row["indicator_id"]))
    if measure is not None and measure.cutoff is None:
        name += " (" + content.language.say(
            "{low} tot {high}", low=f"{measure.scale.min:g}", high=f"{measure.scale.max:g}"
        ) + ")"  # fmt: skip
    whose = words.say(str(row["population"]), POPULATIONS, content.language)
    return name if row["population"] == "gebied" else f"{name}, {whose}"


def _first_and_last(content: Content, own: pd.DataFrame) -> list[dict[str, str]]:
    """Write the first and the last value of a series with their days; nothing in the second place of a single one."""
    made = []
    for _, row in own.iloc[[0, -1] if len(own) > 1 else [0]].iterrows():
        one = _value(content, row)
        day = when(content, str(row["group_label"]))
        made.append(cell(f"{one['text']} · {day}", "", one["claim_id"]))
    return made if len(made) == 2 else [*made, cell("–")]


def _cells(content: Content, row: pd.Series, *, asked: bool) -> list[dict[str, str]]:
    language = content.language
    collected = words.say(str(row["method"]).split("; ")[0], codes.METHODS, language)
    return [
        cell(_what(content, row)),
        _value(content, row),
        cell(_whose(content, row)),
        cell(collected),
        cell(when(content, str(row["group_label"]))),
        *([cell(row["asked"])] if asked else []),
    ]


def _what(content: Content, row: pd.Series) -> str:
    """Name the indicator; of a mean score also between what it lies and what more of it says."""
    language, measure = content.language, _measure(str(row["indicator_id"]))
    name = sentences.label(content, str(row["indicator_id"]))
    if measure is not None and measure.cutoff is None:
        scale = measure.scale
        more = scale.higher_means_nl if language.code == "nl" else scale.higher_means_en
        ends = {"low": f"{scale.min:g}", "high": f"{scale.max:g}"}
        name += " (" + language.say("{low} tot {high}; hoger: {more}", more=more, **ends) + ")"
    if row["comparison"] in COMPARISONS:
        name += " · " + words.say(str(row["comparison"]), COMPARISONS, language)
    return name


def _value(content: Content, row: pd.Series) -> dict[str, str]:
    if row["gate"] not in SHOWN:
        return cell(sentences.limits(content, row), "why")
    language, decimals = content.language, _DECIMALS.get(row["unit"], 0)
    text = tables.told(content, row, decimals)
    wide = response.leads(content, row)
    if wide is not None:
        low, high = (language.number(wide[end]) for end in ("ci_low", "ci_high"))
        said = language.say("{low}% tot {high}% ({share} van wie antwoordde)", share=text, low=low, high=high)
        return cell(said + " *", "figure", row["claim_id"])
    ends = [language.number(row[end], decimals) for end in ("ci_low", "ci_high") if pd.notna(row[end])]
    if len(ends) == 2 and ends[0] != ends[1]:
        text += " (" + language.say("{low} tot {high}", low=ends[0], high=ends[1]) + ")"
    return cell(text + (" *" if row["gate"] == "voorbehoud" else ""), "figure", row["claim_id"])


def _whose(content: Content, row: pd.Series) -> str:
    whose = words.say(str(row["population"]), POPULATIONS, content.language)
    if row["gate"] not in SHOWN or pd.isna(row["n"]):
        return whose
    return f"{content.language.number(row['n'])} {whose}"


def _asked_with(content: Content, indicator_id: str) -> str:
    """Name the instrument; a question of the collective's own is no scale, and a count or a register has neither."""
    defined = content.indicators[content.indicators["indicator_id"] == indicator_id]
    if defined.empty:
        return ""
    instrument_id, source_type = defined[["instrument_id", "source_type"]].iloc[0]
    if not isinstance(instrument_id, str) or not instrument_id:
        return content.language.say("eigen vraag") if source_type == "enquete" else ""
    instrument = registry.load().get(instrument_id)
    if instrument is None:
        return instrument_id
    return instrument.name_nl if content.language.code == "nl" else instrument.name_en


def when(content: Content, days: str) -> str:
    """Write when something was measured.

    Parameters
    ----------
    content : Content
        The report, for its language.
    days : str
        A day, or a first and last day with / between.

    Returns
    -------
    str
        A day, a calendar year, or a first and last day.
    """
    first, _, last = days.partition("/")
    if first.endswith("-01-01") and last == f"{first[:4]}-12-31":
        return first[:4]
    return " – ".join(content.language.date(pd.Timestamp(day)) for day in days.split("/"))


def _star(content: Content, rows: pd.DataFrame) -> str:
    """Say what the star behind a value means; nothing when there is none."""
    starred = rows[rows["gate"] == "voorbehoud"].drop_duplicates("gate_reason")
    each = (part for _, row in starred.iterrows() for part in sentences.limits(content, row).split("; "))
    first, *others = dict.fromkeys(each) if len(starred) else [""]
    # A sentence each: together they are too long to read.
    reasons = ". ".join([first, *(one[:1].upper() + one[1:] for one in others)])
    return content.language.say("* let op: {reason}.", reason=reasons) if reasons else ""


def _notes(content: Content, rows: pd.DataFrame) -> list[str]:
    """Say what must be known of the instruments, each once."""
    found = [_measure(str(one)) for one in rows["indicator_id"]]
    notes = [
        one.instrument.note_nl if content.language.code == "nl" else one.instrument.note_en
        for one in found
        if one is not None
    ]
    return list(dict.fromkeys(filter(None, notes)))


def _ends(content: Content, named: pd.DataFrame, listed: pd.DataFrame) -> list[str]:
    """Say that questionnaires are not compared, and where parts of them stand."""
    say, said = content.language.say, []
    if listed["asked"].ne("").any():
        said.append(say("Waarden van verschillende vragenlijsten vergelijken we niet met elkaar."))
    if len(named) > len(listed):
        said.append(say("Deelschalen staan in bijlage B."))
    return said


def _ends_of_series(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the first and the last of what was measured again and again; what lies between is in the appendix."""
    series = rows.groupby(["indicator_id", "comparison", "population"], sort=False, dropna=False)
    at, size = series.cumcount(), series["claim_id"].transform("size")
    return rows[at.eq(0) | at.eq(size - 1)]


def _between(content: Content, every: pd.DataFrame, listed: pd.DataFrame) -> list[str]:
    say = content.language.say
    return [say("Wat daartussen is gemeten, staat in bijlage B.")] if len(listed) < len(every) else []


def _is_part(indicator_id: object) -> bool:
    """Tell whether an indicator is a subscale of an instrument that has a score over all items as well."""
    measure = _measure(str(indicator_id))
    if measure is None:
        return False
    main = measure.instrument.scales[0]
    return len(main.items) == len(measure.instrument.items) and measure.scale != main


def _measure(indicator_id: str) -> Measure | None:
    return _measures().get(indicator_id)


@cache
def _measures() -> dict[str, Measure]:
    every = [one for instrument in registry.load().values() for one in measures.of(instrument)]
    return {one.indicator_id: one for one in every}
