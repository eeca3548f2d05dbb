"""How easy a Dutch sentence reads: the score of Flesch and Douma, with a simple count of syllables."""

import re

VOWELS = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|ai|oi|[aeiouyéëïöü]")


def syllables(word: str) -> int:
    """Count groups of vowels that are said as one; a number or a sign counts for one."""
    return max(1, len(VOWELS.findall(word.lower())))


def score(text: str) -> float:
    """Return 206.8 − 0.77 · syllables per 100 words − 0.93 · words per sentence."""
    sentences = [part for part in re.split(r"[.?!:]+(?=\s|$)", text) if part.strip()]
    words = re.findall(r"[\w%²³€'-]+(?:[.,]\d+)*", text)
    per_100 = 100 * sum(map(syllables, words)) / len(words)
    return 206.8 - 0.77 * per_100 - 0.93 * len(words) / len(sentences)
