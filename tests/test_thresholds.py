"""Every threshold of learning is used, has a description, and is named in the appendix of every report."""

from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import bt_analysis
from bt_analysis.language import Language
from bt_analysis.methods import readability
from bt_analysis.pages import appendix, thresholds
from bt_analysis.settings import LearningSettings
from tests.html_text import text_of

PACKAGE = Path(bt_analysis.__file__).parent
FIELDS = LearningSettings.model_fields
OTHER: dict[str, Any] = {
    "side_by_side_below": 6, "pooled_from": 12, "level": 0.01, "silent_days": 200, "outdated_months": 36,
    "contested_share": 0.35, "supported_collectives": 4, "negative_share": 0.15, "unused_months": 18, "seed": 7,
    "return_days": 90, "median_from": 7, "share_from": 20, "clear_gap": 3, "important_from": 5, "incl_cut": 0.85,
    "most_conditions": 4, "known_share": 0.9, "draws": 999, "of_a_kind": 4, "places_from": 6, "prior_points": 2.5,
}  # fmt: skip
"""Another value of each, which no other of them has."""


def told(learning: LearningSettings, lang: Any = "nl") -> list[str]:
    content: Any = SimpleNamespace(language=Language(lang), settings=SimpleNamespace(learning=learning))
    return thresholds.of_learning(content)


@pytest.mark.parametrize("name", FIELDS)
def test_each_has_a_description_and_is_read_by_what_computes(name: str) -> None:
    assert FIELDS[name].description
    sources = [path.read_text(encoding="utf-8") for path in (PACKAGE / "analysis").rglob("*.py")]
    pages = [path.read_text(encoding="utf-8") for path in (PACKAGE / "pages").glob("*.py") if path.stem != "thresholds"]
    read = [text for text in [*sources, *pages] if f"learning.{name}" in text or f"settings.{name}" in text
            or f"limits.{name}" in text]  # fmt: skip
    assert read, f"learning.{name} changes nothing"


@pytest.mark.parametrize("name", FIELDS)
def test_each_is_named_in_the_appendix(name: str) -> None:
    assert told(LearningSettings(**{name: OTHER[name]})) != told(LearningSettings())


def test_thresholds_are_printed_as_they_were_set() -> None:
    patterns, together, evidence, residents = told(LearningSettings(**OTHER))
    assert patterns == (
        "Patronen: met minder dan 6 collectieven zetten we ze naast elkaar. Een patroon telt als toeval het hooguit in "
        "1% van de gevallen geeft: we loten 999 keer, met startgetal 7. Een tabel heeft hooguit 4 voorwaarden, elk "
        "bekend van 90% van de collectieven of meer. Een combinatie telt als het er bij 85% of meer lukte."
    )
    assert "vanaf 12 collectieven" in together
    assert "ten minste 4 collectieven met en 4 zonder" in together
    assert "vanaf 6." in together
    assert "zo'n 2,5 punten" in together
    assert "betwist als 35% van het bewijs tegen is, en verouderd na 36 maanden" in evidence
    assert "minder dan 15% van de lessen" in evidence
    assert "vanaf 7, een percentage van lessen of uitspraken vanaf 20" in evidence
    assert residents == (
        "Bewoners: inbreng is stil na 200 dagen zonder bericht. Uitspraken horen zij binnen 90 dagen terug. Vragen die "
        "18 maanden in geen rapport stonden, kunnen weg. Twee oordelen verschillen vanaf 3 punten; belangrijk is een "
        "oordeel van 5 of meer."
    )


def test_a_share_of_half_a_per_cent_keeps_its_decimal() -> None:
    assert "12,5% van de lessen" in told(LearningSettings(negative_share=0.125))[2]
    assert "29% van de lessen" in told(LearningSettings(negative_share=0.29))[2]  # 28.999… in binary


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_sentences_are_short_and_there_in_both_languages(lang: Any) -> None:
    for part in told(LearningSettings(), lang):
        assert "{" not in part
        for sentence in part.split(". "):
            assert len(sentence.split()) <= 25
    if lang == "nl":
        assert min(readability.score(part) for part in told(LearningSettings())) >= 40


def test_the_appendix_holds_them(page: Any) -> None:
    shown = unescape(text_of(appendix.head(page.content())))
    for part in told(LearningSettings()):
        assert part in shown
