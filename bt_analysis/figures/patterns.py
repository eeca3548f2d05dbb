"""Cases and conditions: what each collective had and what came of it in; a table of tiles without a ranking out."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bt_analysis.analysis.learning.conditions import OUTCOME, register
from bt_analysis.analysis.learning.patterns import found
from bt_analysis.pages import pattern_words
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import BLUE, GREY, ORANGE, PALE, Figure, canvas_with_axes, finish, short

MOST_CASES = 40
"""With more collectives than this, they are too many to draw one by one."""


def patterns(content: Content) -> Figure:
    """Draw which conditions each collective had, beside what came of it.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Figure
        A row per collective, those with the same outcome together and in order of the alphabet; a column per condition,
        and last the outcomes. A filled tile: it was there; an open one: it was not; a question mark: not known. A tile
        when nobody keeps it, or there are too many to draw.
    """
    say = content.language.say
    cases = content.learned.get("pattern_cases", pd.DataFrame())
    if cases.empty:
        return Figure(say("Niet te zien."), say("Voorwaarden per collectief zijn nog niet bijgehouden."))
    table, outcomes = _table(content, cases)
    if len(table) > MOST_CASES:
        return Figure(
            say("Te veel om te tekenen."),
            say("Van {n} collectieven staan de voorwaarden in de gegevens bij dit rapport.", n=str(len(table))),
        )
    canvas, axes = canvas_with_axes(2.1 + 0.3 * len(table))
    _tiles(axes, table, outcomes, content)
    return finish(canvas, _title(content), _text(content, table), note=say(
        "Gevuld: het was er. Open: het was er niet. Vraagteken: niet bekend. Oranje: wat eruit kwam."
    ))  # fmt: skip


def _table(content: Content, cases: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Give a row per collective by name, a column per code: conditions in order of the register, then outcomes."""
    names = content.collectives.set_index("collective_id")["name"].to_dict()
    wide = cases.pivot(index="collective_id", columns="code", values="value")
    role = cases.drop_duplicates("code").set_index("code")["role"]
    order = {code: at for at, code in enumerate(register())}
    codes = sorted(wide.columns, key=lambda code: (role[code] == OUTCOME, order.get(code, len(order)), code))
    outcomes = [code for code in codes if role[code] == OUTCOME]
    wide = wide[codes].assign(name=[str(names.get(one, one)) for one in wide.index])
    by = [*outcomes[:1], "name"]
    ascending = [False] * len(outcomes[:1]) + [True]
    return wide.sort_values(by, ascending=ascending).set_index("name"), outcomes


def _tiles(axes: Axes, table: pd.DataFrame, outcomes: list[str], content: Content) -> None:
    for row, (_, values) in enumerate(table.iterrows()):
        for column, (code, value) in enumerate(values.items()):
            there = pd.notna(value) and value > 0
            colour = ORANGE if code in outcomes else BLUE
            face = colour if there else "white" if pd.notna(value) else PALE
            axes.add_patch(
                Rectangle((column - 0.42, row - 0.4), 0.84, 0.8, facecolor=face, edgecolor=colour, linewidth=1)
            )
            if pd.isna(value):
                axes.text(column, row, "?", ha="center", va="center", color=GREY, fontsize=9)
    labels = [short(pattern_words.name(str(code), content.language)) for code in table.columns]
    axes.set_xticks(range(len(labels)), labels, rotation=50, ha="left", rotation_mode="anchor", fontsize=8)
    axes.xaxis.tick_top()
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(range(len(table)), [short(str(name)) for name in table.index], fontsize=8)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.grid(visible=False)


def _title(content: Content) -> str:
    """Say the finding: the strongest pattern, or that none can be seen."""
    say = content.language.say
    rows = found(content.learned)
    if rows.empty:
        return say("Geen patroon te zien tussen voorwaarden en wat eruit kwam")
    best = rows.iloc[0]
    return say(
        "{outcome}: bij {a} van de {b} {pattern}, bij {c} van de {d} andere",
        outcome=pattern_words.name(best["outcome"], content.language).capitalize(),
        pattern=pattern_words.told(best["pattern"], content.language),
        a=str(best["in_with_n"]), b=str(best["in_n"]), c=str(best["out_with_n"]), d=str(best["out_n"]),
    )  # fmt: skip


def _text(content: Content, table: pd.DataFrame) -> str:
    """Tell every row for those who cannot see it."""
    say = content.language.say
    rows = []
    for name, values in table.iterrows():
        there = [pattern_words.name(str(code), content.language) for code, value in values.items() if value == 1]
        unknown = [pattern_words.name(str(code), content.language) for code, value in values.items() if pd.isna(value)]
        told = f"{name}: {', '.join(there) or say('geen van deze')}"
        rows.append(told + (f" ({say('niet bekend')}: {', '.join(unknown)})" if unknown else ""))
    return "; ".join(rows)
