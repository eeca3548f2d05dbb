"""Where a collective works: patterns over buurten in estimates, the reasons for none, and the sentences of a report."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import detectability, schema
from bt_analysis.analysis import where
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.pages import collective
from bt_analysis.pages import where as pages
from bt_analysis.settings import Settings

OLD = "aged_65_plus_pct"
SOURCE = ["indicator_id", "year", "table_id", "source_key", "modified"]
SIDE = 6
CODES = [f"BU990101{at:02d}" for at in range(SIDE * SIDE)]
CORNER = [CODES[at] for at in (0, 1, 6, 7)]


def around(at: int) -> frozenset[str]:
    """The squares that touch one of a board of six by six."""
    row, column = divmod(at, SIDE)
    near = [
        (r, c) for r in (row - 1, row, row + 1) for c in (column - 1, column, column + 1) if (r, c) != (row, column)
    ]
    return frozenset(CODES[r * SIDE + c] for r, c in near if 0 <= r < SIDE and 0 <= c < SIDE)


def panel(shares: dict[int, list[float]], base: float = 1000.0, codes: str = "BU99010100") -> AreaPanel:
    """A gemeente of 36 buurten on a board, with shares per year."""
    regions = pd.DataFrame(
        {
            "regiocode": ["GM9901", *CODES],
            "regiocode_label": ["Bomendorp", *(f"Buurt {at}" for at in range(len(CODES)))],
            "level": ["gemeente", *["buurt"] * len(CODES)],
            "gemeente": "GM9901",
        }
    ).set_index("regiocode", drop=False)
    values = pd.DataFrame({year: [20.0, *row] for year, row in shares.items()}, index=regions.index)
    own = codes.split(";")
    weights = pd.DataFrame({"work_area_id": "tuin-a", "area_code": own, "weight": 1.0})
    sources = [(OLD, year, "99024SYN", "Ouder_7", "2025-03-31T02:00:00") for year in shares]
    return AreaPanel(
        regions=regions, values={OLD: values}, apportioned={}, changed={}, bases={OLD: values * 0 + base},
        weights=weights, sources=pd.DataFrame(sources, columns=SOURCE),
        beside={code: around(at) for at, code in enumerate(CODES)},
    )  # fmt: skip


def ask(make: Any, defaults: Settings, areas: AreaPanel | None, *periods: str) -> pd.DataFrame:
    share = make.indicator(OLD, kind="share", unit="%", numerator="old", denominator=("population",))
    work_area = make.monitoring("work_area", {})
    joined = replace(make.joined(make.catalogue(share), work_area=work_area), areas=areas)
    return where.estimate(joined, make.periods(*(periods or ("2024",))), defaults)


def noisy(corner: float = 0.0) -> list[float]:
    """Shares around 20% by lot, and so much more in the corner of four squares."""
    rng = np.random.default_rng(2)
    return [20 + rng.normal(0, 2) + corner * (code in CORNER) for code in CODES]


# Estimates


def test_a_corner_of_high_buurten_is_told(make: Any, defaults: Settings) -> None:
    rows = ask(make, defaults, panel({2024: noisy(20)}, codes=";".join(CORNER[:2])))
    assert rows.groupby("group_type").size().to_dict() == {
        "patroon": 1, "toets": 1, "gladgestreken": 2, "buurt_hoog": 2,
    }  # fmt: skip
    pattern = make.one(rows, OLD, group_type="patroon")
    assert pattern["value"] > 0.3
    assert (pattern["unit"], pattern["n"], pattern["n_unit"], pattern["group_value"]) == ("I", 36, "areas", "2024")
    test = make.one(rows, OLD, group_type="toets")
    assert (test["value"], test["unit"], test["n"]) == (2 / 5_000, "p", 4_999)
    assert test["method"] == "Moran's I; permutation"
    high = rows[rows["group_type"] == "buurt_hoog"]
    assert high["group_value"].tolist() == CORNER[:2]
    assert high["group_label"].tolist() == ["Buurt 0", "Buurt 1"]
    assert (rows["question"] == "where").all()
    assert (rows["cell"] == "").all()  # published figures of whole buurten, so not ours to protect
    assert rows["claim_id"].is_unique


def test_only_buurten_of_the_work_area_are_named(make: Any, defaults: Settings) -> None:
    rows = ask(make, defaults, panel({2024: noisy(20)}, codes=CODES[35]))
    assert set(rows["group_type"]) == {"patroon", "toets", "gladgestreken"}


def test_one_high_buurt_among_low_ones(make: Any, defaults: Settings) -> None:
    # The corner is high but for the square in it: 36 buurten, and the work area the one that is low.
    shares = [40.0 if code in {*CORNER, *around(0), *around(7)} else 10.0 + at % 2 for at, code in enumerate(CODES)]
    shares[7] = 5.0
    rows = ask(make, defaults, panel({2024: shares}, codes=CODES[7]))
    assert make.one(rows, OLD, group_type="buurt_lager")["group_value"] == CODES[7]


def test_what_lies_below_the_share_of_the_gemeente_is_not_called_high(make: Any, defaults: Settings) -> None:
    # Nearly all people of the gemeente live in one buurt, of 45%; beside that nine buurten of some 40% are not high.
    shares = [share + 20 * (at % SIDE < 3 and at // SIDE < 3) for at, share in enumerate(noisy())]
    shares[35] = 45.0
    areas = panel({2024: shares}, codes=";".join(CORNER))
    assert (ask(make, defaults, areas)["group_type"] == "buurt_hoog").any()
    areas.bases[OLD].loc[CODES[35]] = 1_000_000.0
    rows = ask(make, defaults, areas)
    assert make.one(rows, OLD, group_type="gladgestreken", population="gemeente")["value"] == pytest.approx(
        (45 * 1_000_000 + sum(shares[:35]) * 1_000) / 1_035_000
    )  # 44%
    assert not rows["group_type"].isin(["buurt_hoog", "buurt_hoger"]).any()


def test_shares_are_smoothed_to_that_of_the_gemeente(make: Any, defaults: Settings) -> None:
    shares = [20.0] * 35 + [50.0]
    areas = panel({2024: shares}, base=100, codes=CODES[35])
    rows = ask(make, defaults, areas)
    mean = (35 * 20 + 50) / 36 / 100
    between = (35 * (0.2 - mean) ** 2 + (0.5 - mean) ** 2) / 36 - mean * (1 - mean) / 100
    weight = between / (between + mean * (1 - mean) / 100)
    area = make.one(rows, OLD, group_type="gladgestreken", population="gebied")
    assert area["value"] == pytest.approx(100 * (mean + weight * (0.5 - mean)))
    assert (area["n"], area["n_unit"], area["unit"], area["comparison"]) == (100, "population", "%", "geen")
    gemeente = make.one(rows, OLD, group_type="gladgestreken", population="gemeente")
    assert gemeente["value"] == pytest.approx(100 * mean)
    assert (gemeente["n"], gemeente["comparison"]) == (3600, "vergelijkgebied")


def test_a_work_area_of_a_whole_gemeente_is_not_set_beside_itself(make: Any, defaults: Settings) -> None:
    rows = ask(make, defaults, panel({2024: noisy(20)}, codes="GM9901"))
    assert rows.loc[rows["group_type"] == "gladgestreken", "population"].tolist() == ["gebied"]
    assert set(rows.loc[rows["group_type"] == "buurt_hoog", "group_value"]) >= {CODES[0]}


def test_half_a_buurt_counts_and_less_does_not(make: Any, defaults: Settings) -> None:
    areas = panel({2024: noisy(20)}, codes=f"{CODES[0]};{CODES[1]};{CODES[6]}")
    areas = replace(areas, weights=areas.weights.assign(weight=[0.5, 0.49, 1.0]))
    rows = ask(make, defaults, areas)
    assert make.one(rows, OLD, group_type="gladgestreken", population="gebied")["n"] == 2 * 1000


@pytest.mark.parametrize(("period", "year"), [("2021", "2022"), ("2022", "2022"), ("2023", "2022"), ("2024", "2024")])
def test_figures_are_of_the_newest_year_that_is_not_after_the_period(
    make: Any, defaults: Settings, period: str, year: str
) -> None:
    rows = ask(make, defaults, panel({2022: noisy(), 2023: [np.nan] * 36, 2024: noisy()}), period)
    pattern = make.one(rows, OLD, group_type="patroon")
    assert pattern["group_value"] == year
    assert pattern["period_start"] == pd.Timestamp(f"{period}-01-01")
    assert pattern["source"] == "CBS 99024SYN · Ouder_7 · 2025-03-31"


def few(known: int) -> AreaPanel:
    return panel({2024: [*noisy()[:known], *[np.nan] * (36 - known)]})


def spread_out() -> AreaPanel:
    """Twenty buurten have a figure, and two of these no neighbour that has one."""
    beside = dict(few(20).beside or {})
    for alone in CODES[:2]:
        beside = {code: near - {alone} for code, near in beside.items()} | {alone: frozenset()}
    return replace(few(20), beside=beside)


@pytest.mark.parametrize(
    ("areas", "reason"),
    [
        (few(20), ""),
        (few(19), "too_few_buurten"),
        (few(0), "too_few_buurten"),
        (spread_out(), "too_few_buurten"),
        (replace(few(36), beside=None), "neighbours_not_known"),
        (replace(few(36), beside={}), "neighbours_not_known"),
        # 36 shares of .2 ± .001: far less than √(.2 · .8/1000) = .013 by chance.
        (panel({2024: [20 + 0.1 * (at % 2) for at in range(36)]}), "no_more_than_chance"),
        (replace(few(30), weights=few(30).weights.assign(area_code=CODES[35])), "area_without_figure"),
    ],
)
def test_without_a_pattern_there_is_a_reason(make: Any, defaults: Settings, areas: AreaPanel, reason: str) -> None:
    rows = ask(make, defaults, areas)
    if not reason:
        assert len(rows) > 1
        return
    gated = detectability.set_gates(rows, defaults.gates)
    row = make.one(gated, OLD)
    assert (row["gate"], row["gate_reason"], row["missing_reason"]) == ("niet_te_zien", reason, "not_applicable")
    assert np.isnan(row["value"])


def test_a_buurt_where_nobody_lives_has_no_part_in_it(make: Any, defaults: Settings) -> None:
    areas = panel({2024: noisy()}, codes=CODES[5])
    areas.bases[OLD].loc[CODES[0]] = 0.0
    assert make.one(ask(make, defaults, areas), OLD, group_type="patroon")["n"] == 35


def test_without_figures_of_all_regions_or_any_period_nothing_is_said(make: Any, defaults: Settings) -> None:
    assert ask(make, defaults, None).empty
    assert ask(make, defaults, replace(panel({2024: noisy()}), values={})).empty
    nobody = make.joined(make.catalogue(), work_area=make.monitoring("work_area"))
    assert where.estimate(replace(nobody, areas=panel({2024: noisy()})), make.periods("2024"), defaults).empty


def test_the_rows_are_estimates(make: Any, defaults: Settings) -> None:
    rows = ask(make, defaults, panel({2024: noisy(20)}, codes=";".join(CORNER)))
    gated = detectability.set_gates(rows, defaults.gates).assign(synthetic=False)
    names = [field["name"] for field in schema.load("analysed_estimates")["fields"]]
    schema.check(gated[names].astype({"missing_reason": "str"}), "analysed_estimates")
    assert (gated["gate"] == "ok").all()


def test_the_same_seed_gives_the_same_rows(make: Any, defaults: Settings) -> None:
    areas = panel({2024: noisy(3)})
    pd.testing.assert_frame_equal(ask(make, defaults, areas), ask(make, defaults, areas))


# Sentences


def row(group_type: str, value: float, **more: Any) -> dict[str, Any]:
    unit = {"patroon": "I", "toets": "p"}.get(group_type, "%")
    standard = {"question": "where", "indicator_id": OLD, "population": "gemeente", "group_value": "2024", "unit": unit}
    return standard | {"group_type": group_type, "value": value} | more


def pattern(moran: float = 0.4, p: float = 0.001, *, gemeente: bool = True) -> list[dict[str, Any]]:
    beside = [row("gladgestreken", 21.4)] if gemeente else []
    return [row("patroon", moran), row("toets", p), row("gladgestreken", 17.6, population="gebied"), *beside]


def buurt(kind: str, *names: str) -> list[dict[str, Any]]:
    return [row(kind, 30.0, group_value=f"BU9901010{at}", group_label=name) for at, name in enumerate(names)]


def refusal(reason: str, indicator_id: str = OLD) -> dict[str, Any]:
    gate = {"gate": "niet_te_zien", "gate_reason": reason, "missing_reason": "not_applicable"}
    return row("patroon", float("nan"), indicator_id=indicator_id) | gate


@pytest.mark.parametrize(
    ("rows", "nl", "en"),
    [
        (
            [*pattern(), *buurt("buurt_hoog", "Walnoot", "Kastanje")],
            (
                "Waar het collectief werkt: 65 jaar of ouder 18% (gemeente: 21%), in 2024. "
                "65 jaar of ouder: hoog in Walnoot, Kastanje en in de buurten ernaast. Dit is achtergrond:"
            ),
            (
                "aged 65 or older 18% (municipality: 21%), in 2024. "
                "Aged 65 or older: high in Walnoot, Kastanje and in the neighbourhoods beside."
            ),
        ),
        (
            [*pattern(gemeente=False), *buurt("buurt_laag", "Walnoot")],
            "65 jaar of ouder 18%, in 2024. 65 jaar of ouder: laag in Walnoot en in de buurten ernaast.",
            "aged 65 or older 18%, in 2024. Aged 65 or older: low in Walnoot and in the neighbourhoods beside.",
        ),
        (
            [*pattern(), *buurt("buurt_hoger", "Walnoot"), *buurt("buurt_lager", "Kastanje")],
            "hoger in Walnoot dan in de buurten ernaast. 65 jaar of ouder: lager in Kastanje dan in de buurten",
            "higher in Walnoot than in the neighbourhoods beside. Aged 65 or older: lower in Kastanje than in the",
        ),
        (
            pattern(),
            "65 jaar of ouder: buurten naast elkaar lijken op elkaar, maar die van het werkgebied vallen niet op.",
            "neighbourhoods beside each other are alike, but those of the work area do not stand out.",
        ),
        (
            pattern(moran=-0.4),
            "buurten naast elkaar verschillen juist, maar die van het werkgebied vallen niet op.",
            "neighbourhoods beside each other differ, but those of the work area do not stand out.",
        ),
        (
            pattern(p=0.06),
            "buurten naast elkaar lijken niet meer op elkaar dan door toeval.",
            "neighbourhoods beside each other are no more alike than by chance.",
        ),
        (
            [refusal("too_few_buurten")],
            "65 jaar of ouder: te weinig buurten van de gemeente hebben een cijfer om een patroon te zien.",
            "Aged 65 or older: too few neighbourhoods of the municipality have a figure to see a pattern.",
        ),
        (
            [refusal("neighbours_not_known")],
            "we weten niet welke buurten naast elkaar liggen, en zien dus geen patroon.",
            "we do not know which neighbourhoods lie beside each other, so we see no pattern.",
        ),
        (
            [refusal("no_more_than_chance")],
            "de buurten van de gemeente verschillen niet meer dan door toeval.",
            "the neighbourhoods of the municipality differ no more than by chance.",
        ),
        (
            [refusal("area_without_figure")],
            "van het werkgebied is er geen cijfer.",
            "there is no figure of the work area.",
        ),
    ],
)
def test_every_branch_has_its_sentence(page: Any, rows: list[dict[str, Any]], nl: str, en: str) -> None:
    for lang, said in (("nl", nl), ("en", en)):
        made = page.content(*rows, lang=lang)
        assert said in pages.paragraphs(made)[0] or said in " ".join(pages.details(made))


def sentences_of(paragraph: str) -> list[str]:
    return re.split(r"(?<=[.]) ", paragraph)


@pytest.mark.parametrize(
    ("rows", "second"),
    [
        (pattern(), "Geen buurt van het werkgebied valt daarin op tussen de buurten ernaast."),
        ([*pattern(), *buurt("buurt_hoger", "Walnoot"), *buurt("buurt_lager", "Kastanje")],
         "65 jaar of ouder: hoger in Walnoot dan in de buurten ernaast."),
    ],
)  # fmt: skip
def test_a_reader_gets_three_short_sentences(page: Any, rows: list[dict[str, Any]], second: str) -> None:
    other = [one | {"indicator_id": "social_assistance_pct"} for one in rows]
    (paragraph,) = pages.paragraphs(page.content(*rows, *other, refusal("too_few_buurten", "gas_m3_per_dwelling")))
    first, middle, last = sentences_of(paragraph)
    assert first == (
        "Waar het collectief werkt: 65 jaar of ouder 18% (gemeente: 21%), mensen met bijstand 17,6% (gemeente: 21,4%), "
        "in 2024."
    )
    assert middle == second
    assert last == "Dit is achtergrond: het zegt niets over wat het collectief deed."


def test_when_no_pattern_is_to_be_seen_the_reason_stands_in_the_appendix(page: Any) -> None:
    made = page.content(refusal("neighbours_not_known"))
    (found,) = pages.paragraphs(made)
    assert found.startswith("Of hier buurten opvallen, kunnen we niet zien. Dit is achtergrond:")
    assert "we weten niet welke buurten naast elkaar liggen" in pages.appendix(made)


def test_shares_of_different_years_each_have_their_own(page: Any) -> None:
    other = [one | {"indicator_id": "social_assistance_pct", "group_value": "2023"} for one in pattern(gemeente=False)]
    (found,) = pages.paragraphs(page.content(*pattern(gemeente=False), *other))
    assert "65 jaar of ouder 18% (2024), mensen met bijstand 17,6% (2023). Geen buurt" in found


def test_the_appendix_folds_in_what_the_map_shows(page: Any) -> None:
    found = pages.appendix(page.content(*pattern()))
    assert "<summary>Waar het collectief werkt: wat de kaart van buurten laat zien</summary>" in found
    assert "maar die van het werkgebied vallen niet op." in found
    assert pages.appendix(page.content()) == ""
    assert pages.details(page.content()) == []


def test_a_reason_is_said_once_for_all_shares(page: Any) -> None:
    rows = [refusal("neighbours_not_known"), refusal("neighbours_not_known", "social_assistance_pct")]
    (found,) = pages.details(page.content(*rows))  # and not that anything was smoothed
    assert found.startswith("65 jaar of ouder, mensen met bijstand: we weten niet welke buurten naast elkaar liggen")


def test_what_is_alike_of_several_shares_is_said_once(page: Any) -> None:
    other = [one | {"indicator_id": "social_assistance_pct"} for one in pattern()]
    first, smoothed = pages.details(page.content(*pattern(), *other))
    assert first.startswith("65 jaar of ouder, mensen met bijstand: buurten naast elkaar lijken op elkaar")
    assert smoothed.endswith("naar het gemiddelde toe gerekend, want daar speelt toeval mee.")


def test_a_share_that_stands_out_is_told_apart_from_one_that_does_not(page: Any) -> None:
    other = [one | {"indicator_id": "social_assistance_pct"} for one in pattern()]
    first, second, _ = pages.details(page.content(*pattern(), *buurt("buurt_hoog", "Walnoot"), *other))
    assert first == "65 jaar of ouder: hoog in Walnoot en in de buurten ernaast."
    assert second.startswith("Mensen met bijstand: buurten naast elkaar lijken op elkaar")


def test_it_stands_in_section_three_when_there_is_something(page: Any) -> None:
    assert "Waar het collectief werkt:" in collective.neighbourhood(page.content(*pattern()))
    assert "Waar het collectief werkt:" not in collective.neighbourhood(page.content())


def test_every_kind_of_buurt_and_reason_has_a_sentence(page: Any) -> None:
    # What the question can write, the page can say.
    for kind in where.KINDS.values():
        assert set(pages.STANDING_OUT) == set(where.KINDS.values())
        assert "Walnoot" in pages.paragraphs(page.content(*pattern(), *buurt(kind, "Walnoot")))[0]
    for reason in ("too_few_buurten", "neighbours_not_known", "no_more_than_chance", "area_without_figure"):
        assert reason in detectability.REFUSALS
        assert len(pages.details(page.content(refusal(reason)))) == 1
