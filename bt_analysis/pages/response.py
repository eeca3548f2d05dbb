"""How sure a survey is, and what changed between two waves: protected estimates in, sentences of residents out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.before_after import DIFFERENCE, GROUP_TYPE, MOVED
from bt_analysis.analysis.response import ANSWERED, BY_POINTS, LOW, POINTS, WORST
from bt_analysis.pages import codes, words
from bt_analysis.pages import sentences as figures
from bt_analysis.pages.content import SHOWN, Content, Row
from bt_analysis.pages.html import Html, text

KINDS = {
    ANSWERED: "wie antwoordde",
    WORST: "uiterste grenzen",
    BY_POINTS.format(points=10): "wie niet antwoordde 10 procentpunt anders",
    BY_POINTS.format(points=20): "wie niet antwoordde 20 procentpunt anders",
    DIFFERENCE: "verschil",
    "toets": "kans op zo'n verschil door toeval",
    "holm": "die kans, gecorrigeerd voor alle toetsen",
    "omhoog": "omhoog",
    "omlaag": "omlaag",
    "gelijk": "gelijk gebleven",
    "gewogen": "gewogen",
    "ontwerpeffect": "zo veel keer minder precies door wegen",
    "zwaarste": "zwaarste gewicht, keer het gemiddelde",
    "n_effectief": "telt als zoveel mensen",
}
"""What a row of a survey is, in the list of all figures."""

WHOSE = {
    "deelnemers": "deelnemers", "bewoners": "bewoners", "leden": "leden", "huishoudens": "huishoudens",
}  # fmt: skip
"""Who were asked."""

_WIDEST = BY_POINTS.format(points=POINTS[-1])


def section(content: Content) -> Html:
    """Say how sure the survey figures are, and what changed between two waves.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A list without a head of its own; empty when no survey was held.
    """
    return text(content.language, "", points=sentences(content))


def sentences(content: Content) -> list[str]:
    """Say the same in sentences.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        A point per wave of a survey, in order of the days; then one per indicator that was measured twice.
    """
    shares = content.rows("measurements", unit="%")
    shares = shares[shares["gate"].isin(SHOWN)].sort_values(["group_label", "indicator_id", "claim_id"])
    sure = _by_wave([how_sure(content, row) for _, row in shares.iterrows()])
    twice = content.rows("before_after", group_value=DIFFERENCE).sort_values(["group_label", "indicator_id"])
    return [*sure, *(change(content, row) for _, row in twice.iterrows())]


def few(content: Content) -> list[str]:
    """Say for the two pages how many answered, of every wave in which that was too few to be sure.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        As "Op 31 oktober 2024 hadden 62 van de ongeveer 400 deelnemers geantwoord. Daarom weten we dit niet zeker."
    """
    shares = content.rows("measurements", unit="%")
    shares = shares[shares["gate"].isin(SHOWN) & shares["gate_reason"].str.contains(LOW)]
    who = dict.fromkeys(how_sure(content, row)[0] for _, row in shares.sort_values("group_label").iterrows())
    return [f"{one} {content.language.say('Daarom weten we dit niet zeker.')}" for one in who if one]


def leads(content: Content, row: pd.Series) -> pd.Series | None:
    """Return the range that goes before the value of a survey that few answered.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        A measurement.

    Returns
    -------
    Series or None
        The estimate with the ends, when who did not answer differs by the most points; None for any other measurement.
    """
    low = LOW in str(row["gate_reason"]).split(";") and row["gate"] in SHOWN
    return _about(content, row).get(_WIDEST) if low else None


def how_sure(content: Content, row: pd.Series) -> tuple[str, str]:
    """Say of a share among those who answered what it may be among all.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        A measurement that is shown.

    Returns
    -------
    tuple of str
        How many answered; and one to four short sentences, the range first where few did. Both are empty when it is not
        told how many were asked.
    """
    say, number = content.language.say, content.language.number
    about = _about(content, row)
    if ANSWERED not in about:
        return "", ""
    values = {
        "what": figures.label(content, str(row["indicator_id"])), "n": number(row["n"]),
        "asked": number(about[ANSWERED]["n"]), "whose": words.say(str(row["population"]), WHOSE, content.language),
        "when": _last_day(content, row),
    }  # fmt: skip
    who = say("Op {when} hadden {n} van de ongeveer {asked} {whose} geantwoord.", **_only(values, "when n asked whose"))
    if _WIDEST not in about:
        told = words.say(str(row["value_text"]), codes.ABOUT, content.language)
        few = say("{what}: {about} van wie antwoordde.", what=values["what"], about=told)
        return who, f"{few} " + say("Dat zijn te weinig mensen voor een percentage.")
    return who, " ".join(filter(None, [_range(content, row, about, values["what"]), _weighted(content, row)]))


def _weighted(content: Content, row: pd.Series) -> str:
    """Say what the share is when groups count as they live there; nothing when it was not weighed."""
    rows = content.rows("weighted", str(row["indicator_id"]), group_type=str(row["group_type"]), group_value="gewogen")
    rows = rows[rows["gate"].isin(SHOWN)]
    if rows.empty:
        return ""
    return content.language.say(
        "Laten we groepen meetellen zoals ze in de buurt wonen, dan is het {share} van wie antwoordde.",
        share=_told(content, rows.iloc[0]),
    )


def _by_wave(said: list[tuple[str, str]]) -> list[str]:
    """Put what is said of one wave behind how many answered it."""
    waves: dict[str, list[str]] = {}
    for who, what in said:
        waves.setdefault(who, []).append(what)
    return [" ".join([who, *what]) for who, what in waves.items() if who]


def _range(content: Content, row: pd.Series, about: dict[str, pd.Series], what: str) -> str:
    """Say the share and its range; the range comes first where few answered."""
    say, number = content.language.say, content.language.number
    wide, worst = about[_WIDEST], about[WORST]
    ends = {"low": number(wide["ci_low"]), "high": number(wide["ci_high"])}
    share, points = number(wide["value"]), str(POINTS[-1])
    if LOW in str(row["gate_reason"]).split(";"):
        return " ".join([
            say("{what}: ergens tussen {low}% en {high}% van allemaal.", what=what, **ends),
            say("Van wie antwoordde is het {share}%, maar de meesten antwoordden niet.", share=share),
            say("We rekenden ermee dat zij tot {points} procentpunt anders kunnen zijn.", points=points),
            say(
                "Zijn zij nog meer anders, dan kan het {low}% tot {high}% zijn.",
                low=number(worst["ci_low"]), high=number(worst["ci_high"]),
            ),
        ])  # fmt: skip
    return " ".join([
        say("{what}: {share}% van wie antwoordde.", what=what, share=share),
        say(
            "Is wie niet antwoordde tot {points} procentpunt anders, dan is het {low}% tot {high}% van allemaal.",
            points=points, **ends,
        ),
    ])  # fmt: skip


def change(content: Content, row: pd.Series) -> str:
    """Say what changed between two waves, or why that cannot be said.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        The difference, an estimate of before_after.

    Returns
    -------
    str
        Two to four short sentences.
    """
    say = content.language.say
    what = figures.label(content, str(row["indicator_id"]))
    first, last = (content.language.date(pd.Timestamp(day)) for day in str(row["group_label"]).split("/"))
    asked = say("{what} is twee keer gevraagd: {first} en {last}.", what=what, first=first, last=last)
    if row["gate"] == "onderdrukt":
        why = figures.limits(content, row)
        return f"{asked} " + say("Het verschil tonen we niet: dat {reason}.", reason=why)
    if row["gate"] not in SHOWN:
        return f"{asked} {_why_not(content, row)}"
    return " ".join(filter(None, [
        asked, _who(content, row), _moved(content, row), _difference(content, row),
        say("Of dat door het collectief komt, weten we niet: er is niet vergeleken met mensen die niet meededen."),
    ]))  # fmt: skip


def _why_not(content: Content, row: pd.Series) -> str:
    say = content.language.say
    return {
        "chose_to_answer": say(
            "Wie meedeed koos daar zelf voor. Zet de twee cijfers daarom alleen naast elkaar: "
            "een verschil kan komen doordat andere mensen meededen."
        ),
        "too_few_to_compare": say("Zo weinig mensen deden mee dat een verschil niets zegt."),
        "too_small_to_see": say("Een verandering is in zo'n peiling hier niet te zien: het collectief is te klein."),
    }.get(str(row["gate_reason"]), say("Of er iets veranderde, is hier niet te zien."))


def _who(content: Content, row: pd.Series) -> str:
    """Say whether the same people answered."""
    say = content.language.say
    if _followed(row):
        return say("We volgden ongeveer {n} mensen die beide keren antwoordden.", n=content.language.number(row["n"]))
    return say("We weten niet wie beide keren antwoordde, en vergelijken twee groepen.")


def _moved(content: Content, row: pd.Series) -> str:
    """Say which part moved up, down and stayed, of people who were followed; nothing when it is not shown."""
    parts = _about(content, row)
    rows = [parts.get(kind) for kind in MOVED]
    if row["unit"] == "%" or any(one is None or one["gate"] not in SHOWN for one in rows):
        return ""
    up, down, same = (_told(content, one) for one in rows if one is not None)
    return content.language.say(
        "Hun score: {up} hoger, {down} lager, {same} gelijk.", up=up, down=down, same=same
    )  # fmt: skip


def _told(content: Content, row: pd.Series) -> str:
    if row["value_text"]:
        return words.say(str(row["value_text"]), codes.ABOUT, content.language)
    return content.language.number(row["value"]) + "%"


def _difference(content: Content, row: pd.Series) -> str:
    """Say the difference, and whether it can be chance."""
    say, language = content.language.say, content.language
    decimals = 1 if row["unit"] == "schaal" else 0
    ends = {name: language.number(abs(row[name]), decimals) for name in ("value", "ci_low", "ci_high")}
    unit = say("procentpunt") if row["unit"] == "%" else say("punt")
    adjusted = _about(content, row).get("holm")
    sure = adjusted is not None and adjusted["value"] <= content.settings.comparison.level
    if not sure or row["ci_low"] <= 0 <= row["ci_high"]:
        return say("Het verschil kan toeval zijn.")
    low, high = (ends[name] for name in (("ci_low", "ci_high") if row["value"] > 0 else ("ci_high", "ci_low")))
    between = {"value": ends["value"], "low": low, "high": high, "unit": unit}
    return say(
        "Het ging {value} {unit} omhoog (tussen {low} en {high})."
        if row["value"] > 0
        else "Het ging {value} {unit} omlaag (tussen {low} en {high}).",
        **between,
    )


def _followed(row: pd.Series) -> bool:
    return str(row["method"]).startswith("paired")


def _about(content: Content, row: pd.Series) -> dict[str, pd.Series]:
    """Return the rows that say more of an estimate, by what they say; a difference is one of its own rows."""
    question = "before_after" if str(row["group_type"]).startswith(GROUP_TYPE) else "response"
    rows = content.rows(question, group_type=str(row["group_type"]), collective_id=str(row["collective_id"]))
    same = rows["indicator_id"].isin([row["indicator_id"], "answered_pct"])
    return {str(one["group_value"]): one for _, one in rows[same].iterrows()}


def _last_day(content: Content, row: pd.Series) -> str:
    return content.language.date(pd.Timestamp(str(row["group_label"]).split("/")[-1]))


def _only(values: dict[str, str], names: str) -> dict[str, str]:
    return {name: values[name] for name in names.split()}


def row_name(content: Content, row: Row) -> str:
    """Name what a row of a survey is, for the list of all figures.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate of response or before_after.

    Returns
    -------
    str
        The kind of row, the figure it is about where its own name does not say so, and its days.
    """
    kind = words.say(str(row["group_value"]), KINDS, content.language)
    of = content.rows("measurements", group_type=str(row["group_type"]))["indicator_id"].iloc[:1]
    of_what = [figures.label(content, str(one)) for one in of if one != row["indicator_id"]]
    return ", ".join([kind, *of_what, str(row["group_label"]).replace("/", " – ")])
