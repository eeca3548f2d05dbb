"""Verdicts on figures of the area: estimates of change in, what was found, or that it can't be seen, out."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from bt_analysis.pages import sentences
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.once import once

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

REFUSED = {
    "no_years_after": "Er zijn nog geen cijfers van na de start. We weten dus nog niet hoe het daarna ging.",
    "too_few_years_before": "Er zijn te weinig cijfers van voor de start. We weten dus niet hoe het toen al ging.",
    "boundaries_changed": "De grenzen van dit gebied zijn veranderd. Oude en nieuwe cijfers gaan niet over hetzelfde.",
    "series_broken": "Dit wordt nu anders gemeten dan voor de start. Oud en nieuw passen niet bij elkaar.",
    "too_few_similar": "Er zijn te weinig gebieden die hierop lijken. We kunnen dus niet goed vergelijken.",
    "too_few_for_more": "Er zijn maar weinig gebieden die hierop lijken. "
    "Daarmee kunnen we niet veel cijfers goed toetsen. Dit cijfer viel af.",
    "outside_similar": "Voor de start ging het hier al anders dan in gebieden die hierop lijken. "
    "Naast elkaar zetten zegt dan niets.",
    "area_figure_missing": "Niet van elk jaar is er een cijfer van dit gebied. We kunnen het dus niet volgen.",
    "too_small_to_see": "Dit kunnen we hier niet zien.",
    "reach_not_known": "We weten niet hoeveel mensen er meededen. "
    "Dus weten we ook niet of je het in het cijfer van dit gebied zou zien.",
    "suppressed": "Dit tonen we niet. Het gaat over te weinig mensen.",
    "reach_not_shown": "Hoeveel mensen er meededen, tonen we niet. Zo blijven zij onbekend. "
    "Dan kunnen we ook dit niet tonen.",
}
"""Refusal → why a change is not shown."""

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
        Steps of the arithmetic that are shown: ``noise``, ``mde``, ``possible``, ``reach``, ``needed``; and where noise
        is that of parts ``least`` and ``needed_least``.
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
        needed, possible = self.needed, self.steps.get("possible")
        return needed is not None and possible is not None and bool(needed["value"] > possible["value"])

    @property
    def needed(self) -> pd.Series | None:
        """What each participant must change, by the least noise where that of the area itself is not known."""
        return self.steps.get("needed_least" if "least" in self.steps else "needed")


@once
def outcomes(content: Content) -> tuple[Outcome, ...]:
    """List the figures that were set beside similar areas, and what residents were asked that would not show a change.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    tuple of Outcome
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
    return (*of_area, *(one for one in of_residents if one.too_small))


def _steps(steps: pd.DataFrame, indicator_id: str, population: str) -> dict[str, pd.Series]:
    own = steps[steps["indicator_id"].eq(indicator_id) & steps["population"].eq(population)]
    return {str(row["group_value"]): row for _, row in own.iterrows()}


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
