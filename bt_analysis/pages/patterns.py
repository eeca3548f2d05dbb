"""Patterns across collectives: tests and verdicts in, section 3 of the cross-domain report out.

A pattern is told only when it is more than luck, and always with who is not in it. What is not found is not known.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from bt_analysis.analysis.learning.conditions import register
from bt_analysis.analysis.learning.patterns import BY_OUTCOME, BY_PATTERN, QUESTION, found
from bt_analysis.pages import chapters, pattern_words, selection, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text

MOST_CONTRADICTIONS = 2
"""Contradictory configurations that are told one by one; more are counted."""

MOST_MODELS = 3
"""Equally short models whose paths are shown, at most; how many more there are is said."""


def section(content: Content) -> Html:
    """Say which conditions go together with what came of it.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 3: what was looked at, who is not in it, and per outcome what was found, what luck gives, what hangs on
        one collective, which collectives contradict each other and what was seen afterwards.
    """
    say = content.language.say
    title = chapters.title(3, content.language)
    cases = content.learned.get("pattern_cases", pd.DataFrame())
    if cases.empty:
        return text(content.language, title, tile=say(
            "Voorwaarden en uitkomsten per collectief zijn nog niet bijgehouden; zonder die is geen patroon te zoeken."
        ))  # fmt: skip
    outcomes = _outcomes(content)
    if not outcomes:
        return text(content.language, title, tile=say(
            "Wat eruit kwam is nog van geen enkel collectief vastgelegd; zonder dat is geen patroon te zoeken."
        ))  # fmt: skip
    told = text(content.language, title, [_looked(content, cases), selection.again(content)])
    return Html(told + "".join(_outcome(content, one) for one in outcomes))


def _looked(content: Content, cases: pd.DataFrame) -> str:
    say, number = content.language.say, content.language.number
    n, conditions = cases["collective_id"].nunique(), cases.loc[cases["role"].eq("voorwaarde"), "code"].nunique()
    return say(
        "Van 1 collectief is vastgelegd welke voorwaarden er waren en wat eruit kwam. Het gaat om {m} voorwaarden."
        if n == 1
        else "Van {n} collectieven is vastgelegd welke voorwaarden er waren en wat eruit kwam. "
        "Het gaat om {m} voorwaarden.",
        n=number(n), m=number(conditions),
    )  # fmt: skip


def _outcomes(content: Content) -> list[str]:
    rows = content.rows(QUESTION, "pattern_cases_n", collective_id="", group_type=BY_OUTCOME)
    return list(rows["group_value"])


def _value(content: Content, indicator_id: str, outcome: str) -> float:
    row = content.one(QUESTION, indicator_id, collective_id="", group_type=BY_OUTCOME, group_value=outcome)
    return float("nan") if row is None else float(row["value"])


def _outcome(content: Content, outcome: str) -> Html:
    """Tell of one outcome: sentences, and a table of its conditions."""
    say = content.language.say
    label = pattern_words.name(outcome, content.language)
    lines = [*_told(content, outcome), *_reservations(content, outcome)]
    head = text(content.language, "", points=lines)
    verdicts = content.learned["pattern_verdicts"]
    order = {code: at for at, code in enumerate(register())}
    own = verdicts[verdicts["outcome"].eq(outcome)].sort_values(
        "condition", key=lambda codes: codes.map(lambda code: order.get(code, len(order))), kind="stable"
    )
    body = [
        {"id": "", "cells": [
            cell(pattern_words.name(row["condition"], content.language)),
            _count(content, "pattern_inside_n", outcome, row["condition"]),
            _count(content, "pattern_outside_n", outcome, row["condition"]),
            cell(say(pattern_words.REASONS[row["reason"]]), "why"),
        ]}
        for row in own.to_dict("records")
    ]  # fmt: skip
    names = [say("voorwaarde"), say("met: dit kwam eruit"), say("zonder: dit kwam eruit"), say("wat we weten")]
    table = render(
        "sections/table.html.j2", content.language, title=label[:1].upper() + label[1:], before="", dense=False,
        columns=[{"name": name, "figure": at in (1, 2)} for at, name in enumerate(names)], rows=body,
        caption=say("Bij hoeveel collectieven: {outcome}", outcome=label),
        after=say("Niet te zien is iets anders dan geen effect: we weten het niet."),
    )  # fmt: skip
    return Html(table + head)


def _count(content: Content, indicator_id: str, outcome: str, condition: str) -> dict[str, str]:
    row = content.one(
        QUESTION, indicator_id, collective_id="", group_type=BY_PATTERN, group_value=f"{outcome}:{condition}"
    )
    if row is None:
        return cell("–", "figure")
    number = content.language.number
    told = content.language.say("{k} van de {n}", k=number(row["value"]), n=number(row["n"]))
    return cell(told, "figure", row["claim_id"])


def _told(content: Content, outcome: str) -> list[str]:
    """Say what was found of one outcome, and how likely luck is."""
    say, number = content.language.say, content.language.number
    n, least = _value(content, "pattern_cases_n", outcome), content.settings.learning.side_by_side_below
    if n < least:
        return [say(
            "Met 1 collectief valt er niets naast elkaar te zetten; voor een patroon zijn er ten minste {least} nodig."
            if n == 1
            else "Met {n} collectieven zetten we ze alleen naast elkaar; "
            "voor een patroon zijn er ten minste {least} nodig.",
            n=number(n), least=number(least),
        )]  # fmt: skip
    rows = found(content.learned)
    own = rows[rows["outcome"].eq(outcome)]
    if len(own):
        told = [_found(content, row) for row in own.to_dict("records")]
        return [*told, *_how_sure(content, outcome), *_perfect(content, outcome)]
    unseen = [say("Geen patroon te zien. Of deze voorwaarden ertoe doen, weten we dus niet.")]
    luck = _value(content, "pattern_luck_pct", outcome)
    if pd.notna(luck):
        unseen.append(say(
            "Het sterkste van {m} mogelijke patronen is er een dat puur toeval ook geeft, in {x} van de 100 keer.",
            m=number(_value(content, "pattern_looked_n", outcome)), x=_of_hundred(content, luck),
        ))  # fmt: skip
    return [*unseen, *_flips(content, outcome), *_perfect(content, outcome)]


def _perfect(content: Content, outcome: str) -> list[str]:
    """With few collectives, say how easily luck makes a condition fit exactly."""
    few = content.settings.learning.pooled_from
    n, perfect = _value(content, "pattern_cases_n", outcome), _value(content, "pattern_perfect_luck_pct", outcome)
    if n >= few or pd.isna(perfect):
        return []
    return [
        content.language.say(
            "Ook als geen voorwaarde ertoe doet, past er in {x} van de 100 keer één precies op de uitkomst.",
            x=_of_hundred(content, perfect),
        )
    ]


def _found(content: Content, row: Mapping[Hashable, Any]) -> str:
    """Tell a pattern that was found, in counts."""
    say, number = content.language.say, content.language.number
    counts = {name: number(row[f"{name}_n"]) for name in ("in", "in_with", "out", "out_with")}
    return say(
        "Gevonden: bij {a} van de {b} collectieven {pattern} kwam dit eruit, en bij {c} van de {d} andere.",
        pattern=pattern_words.told(str(row["pattern"]), content.language),
        a=counts["in_with"], b=counts["in"], c=counts["out_with"], d=counts["out"],
    )  # fmt: skip


def _how_sure(content: Content, outcome: str) -> list[str]:
    say, number = content.language.say, content.language.number
    return [
        say(
            "Puur toeval geeft een even sterk patroon in {x} van de 100 keer. We keken naar {m} mogelijke patronen.",
            x=_of_hundred(content, _value(content, "pattern_luck_pct", outcome)),
            m=number(_value(content, "pattern_looked_n", outcome)),
        ),
        say("Het blijft te zien als je één collectief weglaat, welk dan ook."),
        say("Dit bewijst niet dat het daardoor komt: iets anders kan achter allebei zitten."),
    ]


def _of_hundred(content: Content, luck: float) -> str:
    """Write a chance as so many in a hundred."""
    return content.language.say("minder dan 1") if luck < 1 else content.language.number(luck)


def _flips(content: Content, outcome: str) -> list[str]:
    """Name the collectives on which a pattern hangs, so that it was not called found."""
    tests = content.learned["pattern_tests"]
    own = tests[tests["outcome"].eq(outcome) & tests["flips_without"].ne("") & ~tests["claimed"]]
    if own.empty:
        return []
    one = own.sort_values("z", key=abs).iloc[-1]
    return [
        content.language.say(
            "Collectieven {pattern} lijken anders, maar zonder {names} is dat niet meer te zien. Daarom telt het niet.",
            pattern=pattern_words.told(one["pattern"], content.language),
            names=_or(content, one["flips_without"]),
        )
    ]


def _reservations(content: Content, outcome: str) -> list[str]:
    """Flag configurations that contradict each other, and conditions that were seen afterwards."""
    say, number = content.language.say, content.language.number
    table = content.learned["pattern_configurations"]
    own = table[table["outcome"].eq(outcome) & table["contradictory"]]
    told = [
        say(
            "Let op: gelijk in {m} voorwaarden, toch kwam het er bij {some} wel uit en bij {others} niet.",
            m=number(len(row["configuration"].split(";"))),
            some=_names(content, row["cases_with"]),
            others=_names(content, row["cases_without"]),
        )
        for row in own.to_dict("records")
    ]
    if len(told) > MOST_CONTRADICTIONS:
        told = [
            say(
                "Let op: bij {n} combinaties van voorwaarden kwam het er bij het ene collectief wel uit, bij het "
                "andere niet.",
                n=number(len(told)),
            )
        ]
    late = _value(content, "pattern_late_n", outcome)
    if late > 0:
        told.append(
            say("Let op: 1 voorwaarde is pas na de uitkomst gezien of opgeschreven.")
            if late == 1
            else say("Let op: {n} voorwaarden zijn pas na de uitkomst gezien of opgeschreven.", n=number(late))
        )
    return told


def paths(content: Content) -> Html:
    """Show along which paths collectives came to an outcome, and along which not.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table per outcome of the intermediate solution, with and without the outcome. Only of outcomes for which a
        pattern was found: the paths of others would be told as if they were more than luck.
    """
    table = content.learned.get("pattern_solutions", pd.DataFrame())
    if table.empty:
        return Html("")
    beyond_luck = set(found(content.learned)["outcome"])
    kept = table[table["kind"].eq("intermediate") & table["term"].ne("") & table["model"].le(MOST_MODELS)]
    kept = kept[kept["outcome"].isin(beyond_luck)]
    return Html("".join(_paths(content, str(outcome), own) for outcome, own in kept.groupby("outcome", sort=False)))


def _paths(content: Content, outcome: str, rows: pd.DataFrame) -> Html:
    say = content.language.say
    label = pattern_words.name(outcome, content.language)
    body = [
        {"id": "", "cells": [
            cell(pattern_words.told(row["term"], content.language)),
            cell(say("nee") if row["absent"] else say("ja")),
            cell(_names(content, row["cases"]) or "–"),
            cell(_names(content, row["cases_against"]) or "–"),
            cell(str(row["model"])),
        ]}
        for row in rows.sort_values(["absent", "model"], kind="stable").to_dict("records")
    ]  # fmt: skip
    names = [say("weg"), say("kwam het eruit?"), say("collectieven"), say("tegenvoorbeelden"), say("verklaring")]
    more = int(rows["models_n"].max())
    after = [
        say("Een weg is een manier om de uitkomsten kort te beschrijven, en geen bewijs."),
        say("Alleen wat hierboven gevonden heet, is meer dan toeval."),
    ]
    if not rows["complete"].all():
        after.append(
            say("Er zijn er nog meer dan de {n} verklaringen die zijn gevonden: zo zegt dit weinig.", n=str(more))
        )
    elif more > 1:
        after.append(say("Er zijn {n} verklaringen die even kort zijn; geen daarvan is beter.", n=str(more)))
    if rows["too_many_conditions"].any():
        after.append(say("Er zijn meer combinaties mogelijk dan collectieven: dit kan toeval zijn."))
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, rows=body, after=" ".join(after),
        columns=[{"name": name, "figure": False} for name in names],
        caption=say("Langs welke wegen: {outcome}", outcome=label),
    )  # fmt: skip


def _names(content: Content, ids: str) -> str:
    """Name collectives, in order of the alphabet."""
    return words.listed(_sorted(content, ids), content.language) if ids else ""


def _or(content: Content, ids: str) -> str:
    return f" {content.language.say('of')} ".join(_sorted(content, ids))


def _sorted(content: Content, ids: str) -> list[str]:
    names = content.collectives.set_index("collective_id")["name"].to_dict()
    return sorted(str(names.get(one, one)) for one in ids.split(";"))
