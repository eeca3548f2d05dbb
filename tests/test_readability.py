"""Readability: syllables of Dutch words counted by hand, and the score of Flesch and Douma as a sum."""

import pytest

from bt_analysis.methods import readability
from bt_analysis.methods.readability import flesch_douma, score, sentences, syllables

# Broken up by hand, a syllable between hyphens. The first list was at hand when the rule was written …
SEEN = (
    "buurt ge-meen-te e-ner-gie-ad-vies i-dee-ën co-ö-pe-ra-tie be-wo-ners men-sen ac-ti-vi-tei-ten "
    "deel-na-mes vrij-wil-li-gers uur een-zaam huis-hou-dens i-so-la-tie jon-ge-ren ver-ga-de-ring "
    "be-sluit i-ni-ti-a-tief col-lec-tief wijk kwa-li-teit ge-bied mee-doen zon-ne-pa-ne-len "
    "vra-gen-lijst pro-cent re-ü-nie ge-ï-so-leerd nieu-we mooi-e leeuw koei-en zee-ën bu-reau ca-deau "
    "so-ci-a-le co-he-sie fi-nan-ci-eel the-o-rie me-di-a mu-se-um ra-di-o cre-a-tief draai-en o-ma "
    "al-leen ja ie-der-een ja-nu-a-ri au-gus-tus ver-an-de-ring re-ac-tie po-li-tie fa-mi-lie één "
    "zelf-red-zaam-heid si-tu-a-tie pa-ti-ënt knie-ën e-go-ïst be-ëin-di-gen i-dee or-ga-ni-sa-tie "
)
# … the second was not; of these the rule had one wrong (naïef), and has it right since.
UNSEEN = (
    "on-der-zoek ver-e-ni-ging woon-co-ö-pe-ra-tie a-dres weer-baar-heid ver-duur-za-men duur-zaam "
    "wet-hou-der amb-te-naar sub-si-die be-gro-ting par-ti-ci-pa-tie be-lem-me-ring voor-waar-de ge-sprek "
    "bij-een-komst huis-ka-mer straat speel-tuin wel-zijn een-zaam-heid ver-trou-wen trou-we kof-fie "
    "ou-ders kind kin-de-ren school ruim-te tui-nie-ren op-nieuw blau-we sneeuw eeu-wig koel-kast "
    "re-pa-ra-tie re-pa-re-ren fiet-sen dui-zend mi-nu-ten ver-goe-ding ge-za-men-lijk "
    "ge-meen-schap-pe-lijk bur-ger-i-ni-ti-a-tief ge-meen-te-huis bui-ten-ruim-te warm-te-pomp "
    "hy-po-theek bi-bli-o-theek oor-zaak po-ë-zie va-ri-ë-ren ef-fi-ci-ënt of-fi-ci-ë-le ca-te-go-rie-ën "
    "in-du-strie the-a-ter be-oor-de-len ge-o-pend na-ïef ko-pie-ën re-a-ge-ren cre-ë-ren zo-als "
    "kwar-tier hooi gooi-en nau-we-lijks vrou-wen "
)


def counted(broken: str) -> tuple[str, int]:
    """Return a word and its syllables: 'ge-meen-te' is 'gemeente' with 3."""
    return broken.replace("-", ""), broken.count("-") + 1


@pytest.mark.parametrize("broken", (SEEN + UNSEEN).split())
def test_syllables_of_dutch_words(broken: str) -> None:
    word, expected = counted(broken)
    assert syllables(word) == syllables(word.upper()) == expected


def test_groups_of_vowels_count_better_than_places_to_break_a_line() -> None:
    # Hyphenation leaves out places where printers do not break: o-ma, ide-e. Also of words not looked at before.
    pyphen = pytest.importorskip("pyphen")
    breaks = pyphen.Pyphen(lang="nl_NL", left=1, right=1)

    def wrong(words: str) -> list[str]:
        return [word for word, n in map(counted, words.split()) if len(breaks.positions(word)) + 1 != n]

    assert {"oma", "media", "isolatie", "initiatief"} <= set(wrong(SEEN))
    assert {"adres", "burgerinitiatief"} <= set(wrong(UNSEEN))


def test_the_score_is_that_of_flesch_and_douma() -> None:
    # 5 words of 1 syllable in 1 sentence: 206.8 − 0.77 · 100 − 0.93 · 5.
    assert score("Dit is wat er staat.") == pytest.approx(206.8 - 77 - 4.65)
    # Words: ge-mid-deld (3), en (1), so-ci-aal (3): 7 syllables over 3 words.
    assert score("Gemiddeld en sociaal.") == pytest.approx(206.8 - 0.77 * 700 / 3 - 0.93 * 3)
    assert score("Arbeidsongeschiktheidsuitkeringen vertonen differentiatie.") < 0


def test_two_sentences_share_their_words() -> None:
    # 3 + 5 words, 2 sentences; er-1 wa-ren-2 dan-1 … : 1 + 2 + 1, and 1 + 2 + 1 + 2 + 1.
    found = flesch_douma("Er waren regels. Nu werken de mensen door.")
    assert (found.words, found.sentences, found.syllables) == (8, 2, (1 + 2 + 2) + (1 + 2 + 1 + 2 + 1))
    assert found.score == pytest.approx(206.8 - 0.77 * 100 * 12 / 8 - 0.93 * 8 / 2)


@pytest.mark.parametrize(
    ("text", "words", "counted_syllables"),
    [
        ("1.234", 1, 1),  # a figure is one word, however long
        ("12,5", 1, 1),
        ("2023-2024", 1, 1),
        ("12-06-2025", 1, 1),
        ("−4", 1, 1),
        ("45%", 2, 1 + 1),  # a sign is a word
        ("€ 1.200", 2, 1 + 1),
        ("30 m³", 2, 1 + 1),
        ("30 m2", 2, 1 + 1),
        ("9 kg CO₂", 3, 1 + 1 + 1),
        ("o.a. ouders", 2, 4 + 2),
        ("foto's", 1, 2),
        ("buurt-app", 1, 2),
    ],
)
def test_figures_signs_and_abbreviations(text: str, words: int, counted_syllables: int) -> None:
    found = flesch_douma(text)
    assert (found.words, found.syllables) == (words, counted_syllables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Het is 1.234 keer gedaan.", 1),
        ("Er is o.a. koffie. Er is ook thee.", 2),
        ("Dit kan, bijv. in mei, nog wel.", 1),
        ("Waarom? Omdat het kan!", 2),
        ("Wat we weten: er is weinig; er is meer nodig.", 3),  # a unit of thought each
        ("Geen punt", 1),
        ("Dat is (niet zeker.) Het kan.", 2),
        ("Wacht... nog even.", 2),
        ("Er is thee, koffie enz.", 1),
    ],
)
def test_where_a_sentence_ends(text: str, expected: int) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("empty", ["", "   ", "…", "– . –"])
def test_what_is_not_there_has_no_score(empty: str) -> None:
    with pytest.raises(ValueError, match="holds no word"):
        readability.flesch_douma(empty)
