"""Change beside similar areas, in sentences: the verdicts of one collective in, what a resident reads out.

Every verdict, refusal and reservation has its own sentence. Which one is said is chosen by the gate, never by hand.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from bt_analysis.pages import sentences, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, text

MOVED = {
    ("lager", "down", "down"): "{label}: dit daalde hier meer dan in de {n} {areas} die hierop lijken.",
    ("lager", "down", "up"): "{label}: dit daalde hier. In de {n} {areas} die hierop lijken steeg het.",
    ("lager", "up", "up"): "{label}: dit steeg hier minder dan in de {n} {areas} die hierop lijken.",
    ("lager", "", ""): "{label}: dit kwam hier lager uit dan in de {n} {areas} die hierop lijken.",
    ("hoger", "up", "up"): "{label}: dit steeg hier meer dan in de {n} {areas} die hierop lijken.",
    ("hoger", "up", "down"): "{label}: dit steeg hier. In de {n} {areas} die hierop lijken daalde het.",
    ("hoger", "down", "down"): "{label}: dit daalde hier minder dan in de {n} {areas} die hierop lijken.",
    ("hoger", "", ""): "{label}: dit kwam hier hoger uit dan in de {n} {areas} die hierop lijken.",
    ("geen_verschil", "", ""): "{label}: we zien geen verschil met de {n} {areas} die hierop lijken.",
    ("geen_vast_antwoord", "", ""): "{label}: we rekenden op drie manieren. Die geven niet hetzelfde antwoord.",
}
"""Verdict, what the figure did here, and what it did elsewhere → the finding."""

MUCH = {
    "lager": "Hier is het {value} lager dan je zou verwachten: tussen {low} en {high} lager.",
    "hoger": "Hier is het {value} hoger dan je zou verwachten: tussen {low} en {high} hoger.",
    "geen_verschil": "Een verschil kleiner dan {mde} zouden we niet zien.",
    "geen_vast_antwoord": "Daarom zeggen we hier niets vasts.",
}
"""Verdict → how much, or how little can be said."""

REFUSED = {
    "no_years_after": "Er zijn nog geen cijfers van na de start. We weten dus nog niet hoe het daarna ging.",
    "too_few_years_before": "Er zijn te weinig cijfers van voor de start. We weten dus niet hoe het toen al ging.",
    "boundaries_changed": "De grenzen van de buurt zijn veranderd. Oude en nieuwe cijfers gaan niet over hetzelfde.",
    "series_broken": "Dit wordt nu anders gemeten dan voor de start. Oud en nieuw passen niet bij elkaar.",
    "too_few_similar": "Er zijn te weinig buurten die op deze lijken. We kunnen dus niet goed vergelijken.",
    "outside_similar": "Voor de start ging het hier al anders dan in buurten die hierop lijken. "
    "Naast elkaar zetten zegt dan niets.",
    "area_figure_missing": "Niet van elk jaar is er een cijfer van deze buurt. We kunnen het dus niet volgen.",
    "too_small_to_see": "Dit kunnen we hier niet zien.",
    "reach_not_known": "We weten niet hoeveel mensen er meededen. "
    "Dus weten we ook niet of je het in het cijfer van de buurt zou zien.",
    "suppressed": "Dit tonen we niet. Het gaat over te weinig mensen.",
    "reach_not_shown": "Hoeveel mensen er meededen, tonen we niet. Zo blijven zij onbekend. "
    "Dan kunnen we ook dit niet tonen.",
}
"""Refusal → why a change is not shown."""

SMALL = {
    "population": "Hoogstens {n} van de {total} bewoners deden mee.",
    "households": "Hoogstens {n} van de {total} huishoudens deden mee.",
    "dwellings": "Hoogstens {n} van de {total} woningen deden mee.",
    "": "Hoogstens {n} van de {total} mensen over wie het gaat, deden mee.",
}
"""What the reach is set over → how many took part at most."""

RESERVED = {
    "no_experiment": "Dat bewijst niet dat het door het collectief komt.",
    "few_years_before": "Van voor de start zijn er maar een paar jaren. Dat maakt het minder zeker.",
    "one_year_after": "Er is nog maar één jaar na de start. Eén jaar kan toeval zijn.",
    "active_before_records": "Het collectief was al bezig voor het eerste cijfer. "
    "Wat toen al anders werd, zie je hier niet.",
    "no_outlines": "Buurten uit dezelfde wijk tellen niet mee. Een buurt die er vlak naast ligt, kan nog meetellen.",
}
"""Reservation → what must be said of a change that is shown."""

AREAS = {"BU": "buurten", "WK": "wijken", "GM": "gemeenten", "": "gebieden"}
"""How codes of similar areas begin → what those are called; groups of several are ``gebieden``."""


class Outcome(NamedTuple):
    """One figure of the area that was set beside similar areas.

    Parameters
    ----------
    indicator_id : str
        The figure.
    verdict : Series or None
        Its estimate of group type ``oordeel``; None where residents were asked and only the arithmetic was made.
    steps : dict of str to Series
        Steps of the arithmetic that are shown: ``noise``, ``mde``, ``possible``, ``reach``, ``needed``.
    """

    indicator_id: str
    verdict: pd.Series | None
    steps: dict[str, pd.Series]

    @property
    def shown(self) -> bool:
        """Whether there is a verdict to show."""
        return self.verdict is not None and self.verdict["gate"] in SHOWN

    @property
    def code(self) -> str:
        """The verdict when it is shown, else the refusal."""
        if self.verdict is None:
            return "too_small_to_see"
        return str(self.verdict["value_text"] if self.shown else self.verdict["gate_reason"])

    @property
    def too_small(self) -> bool:
        """Whether the arithmetic says that even a change of every participant would not show."""
        needed, possible = self.steps.get("needed"), self.steps.get("possible")
        return needed is not None and possible is not None and bool(needed["value"] > possible["value"])


def outcomes(content: Content) -> list[Outcome]:
    """List the figures that were set beside similar areas, and what residents were asked that would not show a change.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of Outcome
        In the order of the estimates.
    """
    verdicts = content.rows("change", group_type="oordeel")
    steps = content.rows("detectability", group_type="stap")
    steps = steps[steps["gate"].isin(SHOWN)]
    of_area = [
        Outcome(str(row["indicator_id"]), row, _steps(steps, str(row["indicator_id"]), "gebied"))
        for _, row in verdicts.iterrows()
    ]
    asked = steps.loc[steps["population"].eq("bewoners"), "indicator_id"].drop_duplicates()
    of_residents = [Outcome(str(one), None, _steps(steps, str(one), "bewoners")) for one in asked]
    return of_area + [one for one in of_residents if one.too_small]


def _steps(steps: pd.DataFrame, indicator_id: str, population: str) -> dict[str, pd.Series]:
    own = steps[steps["indicator_id"].eq(indicator_id) & steps["population"].eq(population)]
    return {str(row["group_value"]): row for _, row in own.iterrows()}


def section(content: Content) -> Html:
    """Say how many figures were set beside similar areas, and how many of those show nothing.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Head of section 4; :func:`bt_analysis.figures.change` goes on.
    """
    say, found = content.language.say, outcomes(content)
    title = "4 · " + say("Wat veranderde, en wat we niet kunnen zien")
    if not found:
        nothing = say(
            "Of er iets veranderde weten we niet: er is nog niet gemeten vooraf en achteraf."
            if content.rows("measurements").empty
            else "Of er iets veranderde weten we niet: wat er is gemeten, is nog niet met elkaar vergeleken."
        )
        return text(content.language, title, [nothing, say("Cijfers van de buurt zijn nog niet vergeleken.")])
    unseen_n = sum(not one.shown for one in found)
    paragraphs = [
        say("Ging het hier anders dan in buurten die hierop lijken?")
        + " "
        + say("We keken naar 1 cijfer." if len(found) == 1 else "We keken naar {n} cijfers.", n=str(len(found)))
    ]
    if unseen_n:
        paragraphs.append(
            say(
                "Eén daarvan kan dat niet laten zien."
                if unseen_n == 1
                else "Daarvan kunnen er {n} dat niet laten zien.",
                n=str(unseen_n),
            )
        )
    return text(content.language, title, [" ".join(paragraphs)])


def finding(content: Content, outcome: Outcome) -> str:
    """Say in one breath what was found, or that it can't be seen.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        One figure.

    Returns
    -------
    str
        The title of its figure or tile.
    """
    say = content.language.say
    label = sentences.label(content, outcome.indicator_id)
    if not outcome.shown or outcome.verdict is None:
        return say("{label}: niet te zien.", label=label)
    moved = MOVED.get((outcome.code, *_moves(content, outcome.indicator_id))) or MOVED[outcome.code, "", ""]
    n = content.language.number(outcome.verdict["n"])
    return say(moved, label=label, n=n, areas=areas(content, outcome.indicator_id))


def areas(content: Content, indicator_id: str) -> str:
    """Name what a work area was set beside.

    Parameters
    ----------
    content : Content
        A collective's report.
    indicator_id : str
        The figure.

    Returns
    -------
    str
        Such as ``buurten``; ``gebieden`` when several regions together make one of them, or none is listed.
    """
    listed = content.similar
    codes = listed.loc[listed["indicator_id"].eq(indicator_id), "regiocodes"] if len(listed) else pd.Series(dtype=str)
    kinds = set(codes.str[:2]) if len(codes) and not codes.str.contains(";").any() else {""}
    return content.language.say(AREAS.get(kinds.pop() if len(kinds) == 1 else "", AREAS[""]))


def _moves(content: Content, indicator_id: str) -> tuple[str, str]:
    """Say whether the figure went up or down after the start, here and in similar areas; empty when not known."""
    before = years_before(content, indicator_id)
    ways = []
    for population in ("gebied", "vergelijkbaar"):
        path = content.rows("similar", indicator_id, population=population).sort_values("group_value")
        values = path.loc[path["gate"].isin(SHOWN), "value"]
        if not 0 < before < len(values):
            return "", ""
        ways.append("down" if values.iloc[before:].mean() < values.iloc[:before].mean() else "up")
    return ways[0], ways[1]


def years_before(content: Content, indicator_id: str) -> int:
    """Count the years of a path that lie before the start of the work.

    Parameters
    ----------
    content : Content
        A collective's report.
    indicator_id : str
        The figure.

    Returns
    -------
    int
        0 when it is not known.
    """
    fit = content.one("change", indicator_id, group_type="aansluiting")
    return 0 if fit is None or pd.isna(fit["n"]) else int(fit["n"])


def explained(content: Content, outcome: Outcome) -> str:
    """Say how much it is with what must be kept in mind, or why it can't be seen.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        One figure.

    Returns
    -------
    str
        Sentences.
    """
    say = content.language.say
    if not outcome.shown or outcome.verdict is None:
        small = _too_few(content, outcome) if outcome.too_small else ""
        if outcome.code == "too_small_to_see" and small:
            return small
        also = [say("Ook met meer cijfers zien we het niet."), small] if small else []
        return " ".join([say(REFUSED[outcome.code]), *also])
    return " ".join([*_how_much(content, outcome), *reservations(content, outcome.verdict)])


def _how_much(content: Content, outcome: Outcome) -> list[str]:
    row, sentence = outcome.verdict, MUCH[outcome.code]
    if row is None:
        return []
    if outcome.code not in ("hoger", "lager"):
        mde = outcome.steps.get("mde")
        if mde is None and "{mde}" in sentence:
            return []
        return [content.language.say(sentence, mde="" if mde is None else difference(content, mde))]
    ends = sorted(abs(row[end]) for end in ("ci_low", "ci_high"))
    low, high = (difference(content, row, value) for value in ends)
    return [content.language.say(sentence, value=difference(content, row, abs(row["value"])), low=low, high=high)]


def reservations(content: Content, row: pd.Series) -> list[str]:
    """Say what must be kept in mind of a change that is shown.

    Parameters
    ----------
    content : Content
        A collective's report.
    row : Series
        Its verdict.

    Returns
    -------
    list of str
        A sentence or two per reservation; that it is no proof is not said where no difference was found.
    """
    codes = [code for code in str(row["gate_reason"]).split(";") if code in RESERVED]
    found = row["value_text"] in ("hoger", "lager")
    return [content.language.say(RESERVED[code]) for code in codes if found or code != "no_experiment"]


def _too_few(content: Content, outcome: Outcome) -> str:
    """Say how many took part at most, and how many or how much it would take."""
    language, reach, needed = content.language, outcome.steps.get("reach"), outcome.steps["needed"]
    if reach is None:
        return ""
    # Of people over people a whole number comes out again.
    took_part = language.say(
        SMALL.get(str(reach["n_unit"]), SMALL[""]),
        n=language.number(reach["value"] / 100 * reach["n"]),
        total=language.number(reach["n"]),
    )
    if needed["unit"] == "%":
        enough = math.ceil(round(outcome.steps["mde"]["value"] / 100 * reach["n"], 6))
        unit = str(reach["n_unit"]) if reach["n_unit"] in SMALL else "people"
        why = language.say(
            "Je ziet het pas als het bij {enough} anders wordt. Dat kan dus niet.",
            enough=words.counted(enough, unit, language),
        )
    else:
        why = language.say(
            "Je ziet het pas als het bij elk van hen {needed} scheelt. Zo veel is niet te verwachten."
            if reach["n_unit"] == "population"
            else "Je ziet het pas als het bij elk daarvan {needed} scheelt. Zo veel is niet te verwachten.",
            needed=difference(content, needed),
        )
    return f"{took_part} {why}"


def arithmetic(content: Content, outcome: Outcome) -> str:
    """Write the sum behind what can and can't be seen.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        One figure.

    Returns
    -------
    str
        Empty when a part of it is not known.
    """
    if not {"mde", "reach", "needed", "possible"} <= set(outcome.steps):
        return ""
    mde, reach, needed, possible = (outcome.steps[name] for name in ("mde", "reach", "needed", "possible"))
    return content.language.say(
        "De som: een verschil van {mde} valt net op. Deel dat door het bereik, hoogstens {reach}%. "
        "Dat is {needed} per deelnemer. Het meeste dat kan is {possible}.",
        mde=difference(content, mde),
        reach=content.language.number(reach["value"], 1),
        needed=difference(content, needed),
        possible=difference(content, possible),
    )


def difference(content: Content, row: pd.Series, value: float | None = None) -> str:
    """Write a difference with its unit; of percentages, in percentage points.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate.
    value : float, optional
        What to write; default: its value.

    Returns
    -------
    str
        Such as ``80 m³`` or ``3,1 procentpunt``.
    """
    size = row["value"] if value is None else value
    indicator = content.catalogue.get(str(row["indicator_id"]))
    return words.difference(size, str(row["unit"]), indicator.decimals if indicator else 1, content.language)


def unknown(content: Content) -> str:
    """Say one thing that is not known: what could not be seen first, then what was not firm, then why it changed.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        For the report in short.
    """
    say = content.language.say
    found = outcomes(content)
    if not found:
        return say(
            "Nog onbekend: of er in de buurt iets veranderde. Daarvoor is nog niets gemeten."
            if content.rows("measurements").empty
            else "Nog onbekend: of er in de buurt iets veranderde. Er is gemeten, maar nog niets met elkaar vergeleken."
        )
    first = min(found, key=lambda one: (one.shown, one.code not in ("too_small_to_see", "geen_vast_antwoord")))
    label = words.within(sentences.label(content, first.indicator_id))
    if not first.shown:
        why = say(REFUSED[first.code])
        small = _too_few(content, first) if first.code == "too_small_to_see" and first.too_small else ""
        return " ".join(
            filter(None, [say("Nog onbekend: of er door ons iets veranderde aan {label}.", label=label), small or why])
        )
    if first.code == "geen_vast_antwoord":
        return say("Nog onbekend: of {label} hier anders ging dan elders.", label=label) + " " + say(MUCH[first.code])
    return say("Nog onbekend: hoe het met {label} was gegaan zonder het collectief.", label=label)


def unseen(content: Content) -> list[str]:
    """Say of every figure that could not be set beside similar areas why not, those with the same reason together.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        One item per reason, and how many figures were not compared at all.
    """
    by_reason: dict[str, list[str]] = {}
    for outcome in outcomes(content):
        if not outcome.shown:
            by_reason.setdefault(outcome.code, []).append(words.within(sentences.label(content, outcome.indicator_id)))
    say = content.language.say
    said = [
        say("Niet te zien: wat er hier veranderde aan {names}.", names=words.listed(names, content.language))
        + " "
        + say(
            "We zijn met te weinig mensen om dat in het cijfer van de buurt te zien."
            if code == "too_small_to_see"
            else REFUSED[code]
        )
        for code, names in by_reason.items()
    ]
    return said + _beyond(content)


def _beyond(content: Content) -> list[str]:
    """Count the figures that were not set beside similar areas because there would be too many in one report."""
    if content.left_out.empty:
        return []
    n = int(content.left_out.loc[content.left_out["reason"].eq("figures_beyond_most"), "left_out_n"].sum())
    say = content.language.say
    told = say(
        "1 ander cijfer hebben we niet vergeleken." if n == 1 else "{n} andere cijfers hebben we niet vergeleken.",
        n=str(n),
    )
    return [told] if n else []
