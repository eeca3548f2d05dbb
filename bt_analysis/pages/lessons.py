"""Lessons on a page: what a collective learnt in; cards of situation, cause and consequence, all of one size, out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.learning.lesson_warnings import FEW_NEGATIVE, NEGATIVE, NO_NEGATIVE
from bt_analysis.pages import behind, codes, words
from bt_analysis.pages.content import Content, Row
from bt_analysis.pages.html import Html, render, text

VALENCES = {
    "werkte": "Werkte", "werkte_deels": "Werkte deels", "werkte_niet": "Werkte niet", "schade": "Deed schade",
}  # fmt: skip
"""Whether it worked, as the head of a card."""

SHOWN_AT_ONCE = 3
"""Cards that the two pages of a collective show; the others are behind them, at the same size."""

MOST_WORDS = 18
"""Words of each text on a card of the two pages."""

_TEXTS = ["context", "mechanism", "outcome", "for_whom", "transfer_tried_at"]

_COUNTED = {
    "werkte": ("1 werkte", "{n} werkten"),
    "werkte_deels": ("1 werkte deels", "{n} werkten deels"),
    "werkte_niet": ("1 werkte niet", "{n} werkten niet"),
    "schade": ("1 deed schade", "{n} deden schade"),
}

COUNTED = {f"{name}_{at}": one for name, both in _COUNTED.items() for at, one in enumerate(both)}
"""Valence → how it is counted in a sentence, of one (_0) and of more (_1)."""


def section(content: Content) -> Html:
    """Tell what a collective learnt.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Section 5: how many lessons there are, warnings and three cards (one of a failure when there is any);
        :func:`others` has the rest. In one sentence when the collective keeps no lessons, or wrote none down in this
        period.
    """
    say = content.language.say
    title = behind.title(content, 5)
    kept = content.learned.get("lessons", pd.DataFrame())
    if kept.empty:
        return text(content.language, title, tile=say("Lessen zijn nog niet bijgehouden."))
    rows = of_period(content)
    owner = str(content.collective["collective_id"])
    counted = [told(content, owner)] if len(rows) else []
    head = text(content.language, title, [" ".join([*counted, *warned(content, owner)])])
    if rows.empty:
        return Html(head + text(content.language, "", tile=say("In deze periode is geen les opgeschreven.")))
    return Html(head + cards(content, _cut(chosen(rows))))


def others(content: Content) -> Html:
    """Tell the lessons that the section has no room for.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Folded cards, as large as those of the section, and those whose words it had to cut; empty when it told all.
    """
    if content.learned.get("lessons", pd.DataFrame()).empty:
        return Html("")
    rows = of_period(content)
    first = chosen(rows)
    whole = first[_cut(first)[_TEXTS].eq(first[_TEXTS]).all(axis="columns")]
    return folded(content, rows[~rows["lesson_id"].isin(whole["lesson_id"])])


def _cut(rows: pd.DataFrame) -> pd.DataFrame:
    """Cut each text of lessons to what a card of the two pages has room for."""
    return rows.assign(**{name: rows[name].map(lambda text: words.cut(text, MOST_WORDS)) for name in _TEXTS})


def of_period(content: Content) -> pd.DataFrame:
    """Take the lessons of a collective that the report of this period shows.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    DataFrame
        Rows of analysed_lessons, newest first.
    """
    table = content.learned["lessons"]
    inside = table["periods"].str.split(";").map(lambda periods: content.period in periods)
    return table[inside].sort_values(["recorded_on", "lesson_id"], ascending=[False, True])


def chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """Choose the cards that are shown at once.

    Parameters
    ----------
    rows : DataFrame
        Rows of analysed_lessons, newest first.

    Returns
    -------
    DataFrame
        Three at most: the newest of something that did not work, the newest of something that worked, and then by
        day; of each those whose text may be shown go first. In order of day.
    """
    # A stable sort keeps the newest in front among those that may be shown.
    rows = rows.sort_values("text_shown", ascending=False, kind="stable")
    failed, worked = rows[rows["valence"].isin(NEGATIVE)], rows[rows["valence"].eq("werkte")]
    ids = list(dict.fromkeys([*failed["lesson_id"][:1], *worked["lesson_id"][:1], *rows["lesson_id"]]))[:SHOWN_AT_ONCE]
    return rows[rows["lesson_id"].isin(ids)].sort_values(["recorded_on", "lesson_id"], ascending=[False, True])


def told(content: Content, owner: str) -> str:
    """Count lessons in a sentence.

    Parameters
    ----------
    content : Content
        The report.
    owner : str
        Whose lessons; empty: of all collectives together.

    Returns
    -------
    str
        Every valence that there is, the failures as well; empty without estimates.
    """
    say, number = content.language.say, content.language.number
    rows = content.rows("lessons", "lessons_n", group_type="valentie")
    rows = rows[rows["collective_id"].eq(owner)]
    counts = dict(zip(rows["group_value"], rows["value"].astype(float), strict=True))
    parts = [
        say(one if counts[name] == 1 else more, n=number(counts[name]))
        for name, (one, more) in _COUNTED.items()
        if counts.get(name)
    ]
    n = int(sum(counts.values()))
    if not n:
        return ""
    sentence = say("Er is 1 les opgeschreven: {listed}.", listed=parts[0]) if n == 1 else ""
    return sentence or say("Er zijn {n} lessen opgeschreven: {listed}.", n=number(n), listed=", ".join(parts))


def warned(content: Content, owner: str) -> list[str]:
    """Say where failures seem to be left out.

    Parameters
    ----------
    content : Content
        The report.
    owner : str
        As :func:`told` takes it.

    Returns
    -------
    list of str
        A sentence or two per warning; none when failures are told enough.
    """
    table = content.learned.get("lesson_warnings", pd.DataFrame())
    if table.empty:
        return []
    rows = table[table["collective_id"].eq(owner)]
    silent = rows[rows["warning"].eq(NO_NEGATIVE)]
    # That none of few is too few was said already.
    rows = rows[~(rows["warning"].eq(FEW_NEGATIVE) & rows["negative_n"].eq(0) & bool(len(silent)))]
    return list(dict.fromkeys(_warning(content, row) for _, row in rows.iterrows()))


def _warning(content: Content, row: pd.Series) -> str:
    say, number, n = content.language.say, content.language.number, int(row["lessons_n"])
    if row["warning"] == NO_NEGATIVE:
        whole = row["first_day"].month == 1 and row["first_day"].year == row["last_day"].year
        year = str(row["first_day"].year)
        if not n:
            return (
                say("Over {year} is geen les opgeschreven, ook niet van iets dat niet werkte.", year=year)
                if whole
                else say("In de laatste twaalf maanden is geen les opgeschreven.")
            )
        silent = (
            say("Let op: over {year} is geen les opgeschreven van iets dat niet werkte.", year=year)
            if whole
            else say("Let op: in de laatste twaalf maanden is geen les opgeschreven van iets dat niet werkte.")
        )
        return silent + " " + say("Ging er niets mis, of staat het er niet bij?")
    if row["warning"] == FEW_NEGATIVE:
        share = number(100 * content.settings.learning.negative_share)
        if n == 1:
            return say("Let op: de enige les gaat niet over iets dat niet werkte.")
        return say(
            "Let op: van {n} lessen gaat er 1 over iets dat niet werkte. Dat is minder dan {share}%."
            if row["negative_n"] == 1
            else "Let op: van {n} lessen gaan er {failed} over iets dat niet werkte. Dat is minder dan {share}%.",
            n=number(n), failed=number(row["negative_n"]), share=share,
        )  # fmt: skip
    return say(
        "Van 1 les weten we niet wanneer die is opgeschreven."
        if n == 1
        else "Van {n} lessen weten we niet wanneer ze zijn opgeschreven.",
        n=number(n),
    )


def row_name(content: Content, row: Row) -> str:
    """Name what a count of lessons is about.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate of question ``lessons``.

    Returns
    -------
    str
        Domain or country, and whether it worked, in words; empty for a count of all.
    """
    kind, _, of = str(row["group_type"]).partition(":")
    group = words.say(str(row["group_value"]), VALENCES | codes.DOMAINS, content.language) if row["group_value"] else ""
    where = words.say(of, codes.DOMAINS, content.language) if kind == "domein" else of
    return ", ".join(filter(None, [where, group.lower()]))


def cards(
    content: Content, rows: pd.DataFrame, title: str = "", notes: dict[str, str] | None = None, *, named: bool = False
) -> Html:
    """Make a card of every lesson.

    Parameters
    ----------
    content : Content
        The report.
    rows : DataFrame
        Rows of analysed_lessons.
    title : str
        What stands above them; empty: nothing.
    notes : dict of str to str, optional
        Lesson → what stands under it, such as where else its setting holds.
    named : bool
        Whether a card says whose lesson it is.

    Returns
    -------
    Html
        Cards of one size, whatever came of it.
    """
    names = dict(zip(content.collectives["collective_id"], content.collectives["name"], strict=True)) if named else {}
    under = notes or {}
    made = [
        card(content, row, names.get(row["collective_id"], ""), under.get(row["lesson_id"], ""))
        for _, row in rows.iterrows()
    ]
    return render("sections/cards.html.j2", content.language, title=title, cards=made)


def card(content: Content, row: pd.Series, who: str, note: str) -> dict[str, Any]:
    """Write one lesson.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        A row of analysed_lessons.
    who : str
        Whose lesson it is; empty: not said.
    note : str
        What stands under it.

    Returns
    -------
    dict
        For ``sections/cards.html.j2``. Without consent, that the text is not shown.
    """
    say, typed = content.language.say, content.language.typed
    day = "" if pd.isna(row["recorded_on"]) else content.language.date(row["recorded_on"])
    lines = [(say("Situatie:"), row["context"]), (say("Waardoor:"), row["mechanism"]), (say("Gevolg:"), row["outcome"])]
    lines += [(say("Voor wie:"), row["for_whom"]), (say("Ook geprobeerd:"), row["transfer_tried_at"])]
    hidden = say("De tekst tonen we niet: wie die schreef, gaf daar geen toestemming voor.")
    return {
        "head": say(VALENCES[row["valence"]]),
        "meta": " · ".join(part for part in (who, day) if part),
        "lines": [(name, typed(words)) for name, words in lines if words] if row["text_shown"] else [("", hidden)],
        "foot": note,
    }


def folded(content: Content, rows: pd.DataFrame, *, named: bool = False) -> Html:
    """Fold cards away.

    Parameters
    ----------
    content : Content
        The report.
    rows : DataFrame
        Rows of analysed_lessons.
    named : bool
        Whether a card says whose lesson it is.

    Returns
    -------
    Html
        A line that opens; empty without rows.
    """
    if rows.empty:
        return Html("")
    n = len(rows)
    summary = content.language.say("Nog 1 les" if n == 1 else "Nog {n} lessen", n=content.language.number(n))
    body = cards(content, rows, named=named)
    return render("sections/fold.html.j2", content.language, summary=summary, body=body, closed=True)
