"""Section 3 of the cross-domain report: what was found in counts, and what is not known said as such."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bt_analysis import figures
from bt_analysis.analysis import learning
from bt_analysis.demo.learning import conditions as planted
from bt_analysis.pages import pattern_words, patterns
from bt_analysis.pages.content import Content
from tests.html_text import text_of as plain
from tests.test_patterns import RULE, demonstration, learnt


def content(page: Any, found: learning.Learned, lang: str = "nl") -> Content:
    """The cross-domain report of what was learnt."""
    ids = sorted(found.tables["pattern_cases"]["collective_id"].unique())
    collectives = page.collectives(*({"collective_id": one, "name": f"Collectief {one}"} for one in ids))
    one: Content = page.content(lang=lang, collectives=collectives, learned=found.tables)
    rows = found.estimates.assign(synthetic=True)
    return replace(one, estimates=rows)


@pytest.fixture(scope="module")
def of_24(page: Any) -> Content:
    return content(page, demonstration(24))


def test_a_found_pattern_is_told_in_counts_with_its_limits(of_24: Content) -> None:
    told = plain(patterns.section(of_24))
    assert "Gevonden: bij 10 van de 11 collectieven met een vast gezicht bij de gemeente kwam dit eruit" in told
    assert "en bij 0 van de 10 andere" in told
    assert "Puur toeval geeft een even sterk patroon in minder dan 1 van de 100 keer." in told
    assert "Het blijft te zien als je één collectief weglaat, welk dan ook." in told
    assert "Dit bewijst niet dat het daardoor komt" in told


def test_who_is_not_in_it_is_always_told(of_24: Content) -> None:
    assert "Wie niet mee wilde doen is niet bijgehouden." in plain(patterns.section(of_24))


def test_contradictions_and_what_was_seen_afterwards_are_flagged(of_24: Content) -> None:
    told = plain(patterns.section(of_24))
    assert "toch kwam het er bij Collectief huis-01" in told
    assert "bij Collectief repareer-01 niet" in told
    assert "1 voorwaarde is pas na de uitkomst gezien of opgeschreven" in told


def test_not_found_is_never_no_effect(of_24: Content) -> None:
    told = plain(patterns.section(of_24))
    assert "Geen patroon te zien. Of deze voorwaarden ertoe doen, weten we dus niet." in told
    assert "niet te zien: toeval kan dit ook geven" in told
    assert "geen verband" not in told


def test_every_count_leads_to_its_claim(of_24: Content) -> None:
    html = patterns.section(of_24)
    rows = of_24.rows("patterns", "pattern_inside_n", group_value=f"{planted.OUTCOME}:{planted.MATTERS}")
    assert f'<a href="#c-{rows["claim_id"].iloc[0]}">10 van de 11</a>' in html


def test_paths_are_told_only_where_a_pattern_was_found(of_24: Content) -> None:
    told = plain(patterns.paths(of_24))
    assert "inbreng van bewoners kwam terug in een besluit" in told
    assert "er kwamen mensen bij" not in told
    assert "zonder een vast gezicht bij de gemeente nee" in told


def test_in_english(page: Any, of_24: Content) -> None:
    report = content(page, learning.Learned(of_24.estimates, of_24.learned), "en")
    told = plain(patterns.section(report))
    assert "Found: it came of it in 10 of the 11 collectives with one known face at the municipality" in told


def test_few_collectives_say_how_easily_luck_fits(page: Any) -> None:
    told = plain(patterns.section(content(page, demonstration(8))))
    assert "Van 7 collectieven is vastgelegd" in told
    assert "past er in" in told
    assert "Gevonden" not in told


def test_fewer_than_five_are_set_side_by_side(page: Any) -> None:
    few = learnt({name: {"geld": value, "inbreng_in_besluit": value} for name, value in [*RULE.items()][:4]})
    told = plain(patterns.section(content(page, few)))
    assert "Met 4 collectieven zetten we ze alleen naast elkaar" in told
    assert "niet te zien: te weinig collectieven" in told


def test_one_is_one(page: Any) -> None:
    one = learnt({name: {"geld": value, "inbreng_in_besluit": value} for name, value in [*RULE.items()][:1]})
    told = plain(patterns.section(content(page, one)))
    assert "Van 1 collectief is vastgelegd" in told
    assert "Met 1 collectief valt er niets naast elkaar te zetten" in told
    assert "1 collectieven" not in told


def test_nobody_keeps_it(page: Any) -> None:
    told = plain(patterns.section(page.content(learned={})))
    assert "zonder die is geen patroon te zoeken" in told
    assert patterns.paths(page.content(learned={})) == ""


def test_conditions_without_outcomes(page: Any) -> None:
    none = learnt({name: {"geld": value} for name, value in RULE.items()})
    assert "van geen enkel collectief vastgelegd" in plain(patterns.section(content(page, none)))


def test_a_pattern_that_hangs_on_one_is_named(page: Any) -> None:
    found = demonstration(24)
    tests = found.tables["pattern_tests"].copy()
    own = tests["outcome"].eq(planted.OTHER_OUTCOME) & tests["pattern"].eq("koepel")
    tests.loc[own, "flips_without"] = "huis-01;tafel-01"
    changed = learning.Learned(found.estimates, {**found.tables, "pattern_tests": tests})
    told = plain(patterns.section(content(page, changed)))
    assert "zonder Collectief huis-01 of Collectief tafel-01 is dat niet meer te zien" in told


# The figure


def test_the_figure_says_its_finding_and_every_row(of_24: Content) -> None:
    drawn = figures.patterns(of_24)
    assert "bij 10 van de 11 met een vast gezicht bij de gemeente" in drawn.title
    assert drawn.text.count(";") == 20
    assert "<svg" in drawn.svg


def test_unknown_has_its_own_sign(page: Any) -> None:
    some: dict[str, dict[str, int | None]] = {
        name: {"geld": value, "inbreng_in_besluit": value} for name, value in RULE.items()
    }
    some["noord"]["geld"] = None
    drawn = figures.patterns(content(page, learnt(some)))
    assert "Collectief noord: inbreng van bewoners kwam terug in een besluit (niet bekend: geld" in drawn.text
    assert "Geen patroon te zien" in drawn.title


def test_no_figure_of_nothing_or_of_too_many(page: Any) -> None:
    assert "nog niet bijgehouden" in figures.patterns(page.content(learned={})).text
    many = learnt({f"c{at}": {"geld": at % 2, "inbreng_in_besluit": at % 3 == 0} for at in range(50)})
    assert "Van 50 collectieven" in figures.patterns(content(page, many)).text


# Words


def test_a_pattern_in_words() -> None:
    from bt_analysis.language import Language

    nl = Language("nl")
    assert pattern_words.told("geld*~koepel", nl) == "met geld voor langer dan een jaar en zonder steun van een koepel"
    assert pattern_words.name("eigen_idee", nl) == "eigen idee"
    assert pattern_words.row_name("nieuwe_mensen:geld", nl).endswith(", met geld voor langer dan een jaar")


def test_tables_are_those_of_the_engine(of_24: Content) -> None:
    assert isinstance(of_24.learned["pattern_tests"], pd.DataFrame)
