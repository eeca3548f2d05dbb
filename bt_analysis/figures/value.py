"""What hours are worth by each way of computing: ranges in, bars without a middle out."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from bt_analysis.pages import codes, value, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.drawing import BLUE, PALE, Figure, canvas_with_axes, finish, short, write_numbers


def hours_in_euros(content: Content) -> Figure:
    """Draw what the hours are worth, a bar per way of computing.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figure
        Bars from the lowest to the highest amount, on the range of all together; a tile that says why when there are
        fewer than two ways.
    """
    say, language = content.language.say, content.language
    rows = content.rows("value", "hours_value_method_eur")
    rows = rows[rows["gate"].isin(SHOWN)].sort_values("ci_low", ascending=False)
    whole = content.one("value", "hours_value_wide_eur")
    if len(rows) < 2 or whole is None or whole["gate"] not in SHOWN:
        return Figure(say("Niet te zien."), say("Er is geen bereik in euro's te tekenen."))
    canvas, axes = canvas_with_axes(0.8 + 0.3 * len(rows))
    axes.axvspan(whole["ci_low"], whole["ci_high"], color=PALE, zorder=0)
    axes.barh(range(len(rows)), rows["ci_high"] - rows["ci_low"], left=rows["ci_low"], height=0.45, color=BLUE)
    names = [words.say(str(one), codes.GROUPS, language) for one in rows["group_value"]]
    axes.set_yticks(range(len(rows)), [short(name) for name in names])
    axes.set_xlim(0, 1.05 * whole["ci_high"])
    axes.xaxis.set_major_locator(MaxNLocator(4))
    write_numbers(axes.xaxis, language)
    axes.set_xlabel(say("euro, alle uren samen"))
    told = [
        say("{name}: {ends}", name=name, ends=value.amount(content, low, high))
        for name, low, high in zip(names, rows["ci_low"], rows["ci_high"], strict=True)
    ]
    note = say("De breedte van een balk is hoe precies de uren zijn bijgehouden. Grijs is alles bij elkaar.")
    return finish(canvas, value.what_matters(content), "; ".join(reversed(told)) + ".", note=note)
