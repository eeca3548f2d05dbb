"""What the cross-domain report says of its bundles: how many, of when, and who is not in them."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import figures
from bt_analysis.pages import appendix, bundled, coverage, everyone, limits, patterns, side_by_side
from tests.html_text import text_of


def bundles(*days: str, until: str | None = "2027-01-10") -> pd.DataFrame:
    """Return bundles of which consent was given on these days."""
    table = pd.DataFrame(
        {"bundle_id": [f"b{at}" for at in range(len(days))], "approved_on": days, "valid_until": until}
    )
    return table.astype({"approved_on": "datetime64[us]", "valid_until": "datetime64[us]"})


def left(**counts: int) -> pd.DataFrame:
    """Return how many collectives are not in the report."""
    return pd.DataFrame([dict.fromkeys(("withdrawn_n", "expired_n", "refused_n", "without_bundle_n"), 0) | counts])


def content(page: Any, *days: str, lang: str = "nl", **counts: Any) -> Any:
    collectives = page.collectives(*({"collective_id": f"c{at}", "name": f"C{at}"} for at in range(len(days))))
    return page.content(collectives=collectives, bundles=bundles(*days), left=left(**counts), lang=lang)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (("2026-01-10",), "Dit rapport is gemaakt van 1 bundel; de toestemming is van 10 januari 2026."),
        (("2026-01-10",) * 2, "Dit rapport is gemaakt van 2 bundels; de toestemming is van 10 januari 2026."),
        (
            ("2026-05-05", "2026-05-01", "2026-05-02"),
            "Dit rapport is gemaakt van 3 bundels; de toestemmingen zijn van 1 mei 2026 tot en met 5 mei 2026.",
        ),
    ],
)
def test_how_many_bundles_and_of_when(page: Any, days: tuple[str, ...], sentence: str) -> None:
    assert bundled.made_of(content(page, *days)) == [sentence]


def test_without_bundles_it_says_what_to_do(page: Any) -> None:
    none, do = bundled.made_of(content(page))
    assert none == "Nog geen collectief gaf een bundel, dus in dit rapport staan geen cijfers."
    assert "bt bundle" in do


@pytest.mark.parametrize(
    ("counts", "sentences"),
    [
        ({}, ["Geen collectief trok zich terug."]),
        ({"withdrawn_n": 1}, ["1 collectief trok zich terug; van dat collectief staat hier niets meer."]),
        ({"withdrawn_n": 3}, ["3 collectieven trokken zich terug; van die collectieven staat hier niets meer."]),
        (
            {"expired_n": 1, "without_bundle_n": 2, "refused_n": 1},
            [
                "Geen collectief trok zich terug.",
                "Van 1 collectief is de toestemming voorbij; het telt niet mee.",
                "2 collectieven gaven geen bundel; ze tellen niet mee.",
                "1 bundel is niet gebruikt, omdat het bestand niet klopt.",
            ],
        ),
        (
            {"expired_n": 2, "without_bundle_n": 1, "refused_n": 2},
            [
                "Geen collectief trok zich terug.",
                "Van 2 collectieven is de toestemming voorbij; ze tellen niet mee.",
                "1 collectief gaf geen bundel; het telt niet mee.",
                "2 bundels zijn niet gebruikt, omdat de bestanden niet kloppen.",
            ],
        ),
    ],
)
def test_who_is_not_in_it(page: Any, counts: dict[str, Any], sentences: list[str]) -> None:
    assert bundled.left(content(page, "2026-01-10", **counts)) == sentences


def test_until_when(page: Any) -> None:
    here = content(page, "2026-01-10")
    assert bundled.what_it_is(here)[-1] == "De eerste toestemming loopt af op 10 januari 2027."
    endless = page.content(bundles=bundles("2026-01-10", until=None), left=left())
    assert len(bundled.what_it_is(endless)) == 1
    assert bundled.what_it_is(content(page)) == []


def test_a_report_that_is_not_made_of_bundles_says_nothing_of_them(page: Any) -> None:
    here = page.content()
    assert (bundled.made_of(here), bundled.left(here), bundled.what_it_is(here)) == ([], [], [])


# In the report


def test_the_report_says_it_in_short_and_where_it_names_the_collectives(page: Any) -> None:
    here = content(page, "2026-01-10", "2026-01-10", withdrawn_n=1, without_bundle_n=1)
    short, cases = text_of(everyone.further(here)), text_of(coverage.section(here))
    assert "Dit rapport is gemaakt van 2 bundels" in short
    assert "trok zich terug" not in short
    assert "gaf geen bundel" not in short
    assert "1 collectief trok zich terug" in cases
    assert "1 collectief gaf geen bundel; het telt niet mee." in cases
    assert "De eerste toestemming loopt af op 10 januari 2027." in cases


def test_the_report_is_said_in_english_too(page: Any) -> None:
    here = content(page, "2026-01-10", lang="en", withdrawn_n=2)
    assert "This report is made of 1 bundle; consent was given on 10 January 2026." in text_of(everyone.further(here))
    assert "2 collectives withdrew; nothing of them is left here." in text_of(coverage.section(here))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_section_can_be_made_without_a_bundle(page: Any, lang: str) -> None:
    here = content(page, lang=lang, without_bundle_n=8)
    sections = [
        everyone.opening(here), everyone.in_short(here), everyone.sums(here), coverage.section(here),
        patterns.section(here), everyone.shared(here), figures.across(here, "65+")._repr_html_(),
        side_by_side.kept(here),
        limits.method(here), appendix.sums(here),
        appendix.sources(here),
    ]  # fmt: skip
    text = text_of("".join(sections))
    assert ("Nog geen collectief gaf een bundel" if lang == "nl" else "No collective gave a bundle yet") in text
    assert "nan" not in text.casefold().split()


def test_without_collectives_there_are_no_empty_tables(page: Any) -> None:
    here = content(page, without_bundle_n=8)
    assert "<table" not in coverage.section(here)
    assert side_by_side.kept(here) == ""
    assert "8 collectieven gaven geen bundel; ze tellen niet mee." in text_of(coverage.section(here))


def test_made_up_data_are_marked_also_without_collectives(page: Any) -> None:
    here = content(page)
    marked = here.settings.model_copy(update={"synthetic": True})
    assert 'class="synthetic"' not in everyone.opening(here)
    assert 'class="synthetic"' in everyone.opening(page.content(collectives=page.collectives(), settings=marked))
