"""Summaries of a built demo as a whole: what residents and a municipality read is short, plain and without jargon."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bt_analysis.methods import readability
from bt_analysis.pages import content
from tests.html_text import text_of
from tests.notebook_cells import shown

EASY, MOST_WORDS = 60, 25
NORMALLY = ("energie-01", "paraat-01", "across")
"""Reports that a normal run reads: with most in it, with least, and of all together; make test-full reads each."""

JARGON = {
    # Words of statistics: what they say stands there in words, such as "tussen 55 en 96" or "dat kan toeval zijn".
    "baseline": "hoe het ervoor was", "betrouwbaarheidsinterval": "tussen … en …", "bias": "vertekenen",
    "causa": "komt door", "confounder": "iets anders dat meespeelt", "contrafeit": "wat er anders was gebeurd",
    "correlat": "gaat samen met", "counterfactual": "wat er anders was gebeurd", "dataset": "gegevens",
    "extrapol": "doortrekken", "hypothes": "vraag", "kaplan": "wat nog wacht, telt mee", "kwantitatief": "in cijfers",
    "kwalitatief": "in woorden", "mediaan": "de helft", "nulhypothese": "vraag", "p-waarde": "toeval",
    "parameter": "instelling", "percentiel": "van elke 100", "placebo": "gebieden waar niets gebeurde",
    "populatie": "mensen", "qca": "patroon", "regressie": "rekenmethode", "reml": "rekenmethode",
    "representativiteit": "wie er wel en niet in zit", "respondent": "wie antwoordde", "robuust": "blijft gelijk als",
    "sample": "een deel van de mensen", "significan": "dat kan geen toeval zijn", "standaarddeviatie": "hoe ver uiteen",
    "standaardfout": "onzekerheid", "steekproef": "door loting gekozen", "validiteit": "of het klopt",
    "variabele": "cijfer", "wilson": "onzekerheid",
    # Words of policy: they name a wish as if it were a fact, or people as if they were a target.
    "best practice": "wat werkte", "borging": "vasthouden", "capacity building": "leren", "co-creatie": "samen maken",
    "doelgroep": "mensen", "empowerment": "zelf doen", "faciliteren": "helpen", "framework": "manier",
    "governance": "wie beslist", "impact": "wat er veranderde", "implement": "uitvoeren", "input": "inbreng",
    "integraal": "samen", "interventie": "wat we deden", "kpi": "cijfer", "monitoring": "bijhouden",
    "optimaliser": "beter maken", "outcome": "wat er veranderde", "output": "wat we deden",
    # Also what the law calls it: to who takes part it is taking part.
    "participati": "meedoen", "ranking": "we zeggen niet wie beter is", "roadmap": "volgende stap",
    "score card": "cijfers", "stakeholder": "wie erbij hoort", "target": "doel", "transitie": "verandering",
    "uitrol": "verspreiden", "verandertheorie": "hoe het werkt",
}  # fmt: skip
"""What no summary says → what it says instead."""


def summaries(workspace: Path) -> Iterator[tuple[str, str]]:
    """Return the summary that each audience reads of the newest report of each collective, and of all together."""
    for name, periods in content.periods(workspace).items():
        if name not in NORMALLY and not os.environ.get("BT_FULL"):
            continue
        if name == "across":
            for audience in ("bewoners", "gemeente"):
                pieces = shown("report_across.ipynb", audience, workspace=str(workspace), lang="nl")
                yield f"{name} {audience}", "".join(pieces)
        else:
            own = {"collective_id": name, "period": periods[-1], "workspace": str(workspace), "lang": "nl"}
            yield name, "".join(shown("report_collective.ipynb", "bewoners", **own))


def said(html: str) -> list[str]:
    """Return what is said outside tables and drawings: paragraphs, points and the titles of figures and tables."""
    titles = re.findall(r"<(figcaption|caption)\b[^>]*>(.*?)</\1>", html, flags=re.DOTALL)
    html = re.sub(
        r"<table.*?</table>|<ul class=\"tiles\">.*?</ul>|<svg.*?</svg>|<h4.*?</h4>", "", html, flags=re.DOTALL
    )
    found = re.findall(r"<(p|li)\b[^>]*>(.*?)</\1>", html, flags=re.DOTALL)
    texts = [text_of(one) for _, one in [*found, *titles]]
    return [one if one[-1] in ".?!:" else f"{one}." for one in texts if len(one.split()) > 3]


def jargon(text: str) -> list[str]:
    """Return the words of a text that begin with jargon, or hold it in a compound of Dutch."""
    words = re.findall(r"[a-zà-ÿ-]+", text.lower())
    return sorted({word for word in words for one in JARGON if word.startswith(one) or (len(one) > 7 and one in word)})


def test_jargon_is_found_also_within_a_word() -> None:
    assert jargon("De bewonersparticipatie had een significante outcome.") == [
        "bewonersparticipatie", "outcome", "significante",
    ]  # fmt: skip
    assert jargon("Wie meedeed en wat we samen deden. De deelnemers, de inbreng en de kosten.") == []


def test_what_is_said_leaves_tables_and_drawings_out() -> None:
    html = (
        "<table><caption>Wie er was en wie niet</caption><tr><td>een lange cel die hier niet telt</td></tr></table>"
        "<figure><figcaption>Dit daalde meer dan elders</figcaption><svg><text>en dit telt niet</text></svg></figure>"
        "<p>Er waren <a href='#c-1'>8</a> activiteiten.</p><p>kort</p>"
    )
    assert said(html) == ["Er waren 8 activiteiten.", "Wie er was en wie niet.", "Dit daalde meer dan elders."]


def test_every_summary_reads_easily_as_a_whole(built_demo: Path) -> None:
    scores = {name: readability.score(" ".join(said(html))) for name, html in summaries(built_demo)}
    assert scores
    assert min(scores.values()) >= EASY, scores


def test_no_sentence_of_a_summary_is_long(built_demo: Path) -> None:
    """A list after a colon is part of its sentence; what begins with a capital after it is a sentence of its own."""
    for name, html in summaries(built_demo):
        sentences = [one for text in said(html) for one in re.split(r"(?<=[.?!])\s+|(?<=:)\s+(?=[A-Z])", text)]
        long = [one for one in sentences if len(one.split()) > MOST_WORDS]
        assert not long, (name, long)


def test_no_summary_uses_jargon(built_demo: Path) -> None:
    for name, html in summaries(built_demo):
        found = jargon(text_of(html))
        assert not found, f"{name}: {', '.join(found)}; say instead what {JARGON} gives"


@pytest.mark.parametrize("audience", ["bewoners", "gemeente"])
def test_a_page_of_all_collectives_has_failures_gaps_and_questions(built_demo: Path, audience: str) -> None:
    html = dict(summaries(built_demo))[f"across {audience}"]
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", html)
    last = {"bewoners": "Waar je over kunt praten", "gemeente": "Vragen voor het gesprek"}[audience]
    assert heads[0] == "In het kort"
    assert heads[-3:] == ["Wat niet werkte, en wat wel", "Wat we niet weten", last]
    assert html.count("<section>") == 6  # as many failures as successes
    assert html.count("Werkte niet</h4>") + html.count("Deed schade</h4>") == 3
    assert "€" not in html
