"""The registry of instruments: what each gives, and that no entry contradicts itself or another."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import instruments, schema
from bt_analysis.instruments import RegistryError, measures, registry
from bt_analysis.instruments.definitions import CutOff

ALL = instruments.load()


def entry(**more: Any) -> dict[str, Any]:
    """Return a small instrument as a TOML file holds it: two items, one reversed, points 1 to 3."""
    standard: dict[str, Any] = {
        "version": "1", "name_nl": "Proef", "name_en": "Trial", "domain": "welzijn", "missing_rule": "", "licence": "",
        "citation": "",
        "items": [
            {"code": "p_1", "about_nl": "a", "about_en": "a"},
            {"code": "p_2", "about_nl": "b", "about_en": "b", "reversed": True},
        ],
        "options": [
            {"code": str(points), "label_nl": "x", "label_en": "x", "points": points} for points in (1, 2, 3)
        ],
        "scales": [scale()],
    }  # fmt: skip
    return standard | more


def scale(**more: Any) -> dict[str, Any]:
    return {
        "id": "totaal", "label_nl": "P", "label_en": "P", "rule": "sum", "min": 2, "max": 6,
        "direction": "hoger_beter", "higher_means_nl": "meer", "higher_means_en": "more",
    } | more  # fmt: skip


# What there is


def test_every_instrument_of_the_model_is_there() -> None:
    assert set(ALL) == {
        "djg6_2006", "mhi5", "brs_2008", "colleff_1997", "bscs_2008", "spcs_r_2006", "cohesie_cbs_ssw",
        "cohesie_vm2021", "cohesie_zwolle5", "cohesie_utrecht5", "ons4", "swemwbs", "srh_1", "mastery7",
        "tevredenheid_cbs10",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("instrument_id", "items_n", "ends"),
    [
        ("djg6_2006", 6, (0, 6)),
        ("mhi5", 5, (0, 100)),
        ("brs_2008", 6, (1, 5)),
        ("colleff_1997", 10, (10, 50)),
        ("bscs_2008", 8, (1, 5)),
        ("spcs_r_2006", 17, (1, 5)),
        ("cohesie_cbs_ssw", 6, (1, 5)),
        ("cohesie_vm2021", 6, (0, 10)),
        ("cohesie_zwolle5", 5, (0, 10)),
        ("cohesie_utrecht5", 5, (0, 10)),
        ("ons4", 4, (0, 10)),
        ("swemwbs", 7, (7, 35)),
        ("srh_1", 1, (1, 5)),
        ("mastery7", 7, (7, 35)),
        ("tevredenheid_cbs10", 1, (1, 10)),
    ],
)
def test_items_and_range(instrument_id: str, items_n: int, ends: tuple[float, float]) -> None:
    instrument = ALL[instrument_id]
    assert len(instrument.items) == items_n
    assert (instrument.scales[0].min, instrument.scales[0].max) == ends


def test_instruments_that_are_not_verified_say_why_in_both_languages() -> None:
    unverified = {key for key, one in ALL.items() if not one.verified}
    assert unverified == {"spcs_r_2006", "cohesie_vm2021", "cohesie_zwolle5", "cohesie_utrecht5", "swemwbs"}
    for key in unverified:
        assert ALL[key].why_not_nl
        assert ALL[key].why_not_en


def test_every_instrument_says_where_it_comes_from_and_who_may_use_it() -> None:
    for one in ALL.values():
        assert one.citation, one.id
        assert one.licence, one.id
        assert one.missing_rule, one.id


def test_subscales_of_loneliness_are_three_items_each() -> None:
    of = {scale.id: scale.items for scale in ALL["djg6_2006"].scales}
    assert of["emotioneel"] == ("djg6_leegte", "djg6_missen", "djg6_verlaten")
    assert of["sociaal"] == ("djg6_terugvallen", "djg6_vertrouwen", "djg6_verbonden")
    assert set(of["totaal"]) == {*of["emotioneel"], *of["sociaal"]}


def test_the_four_questions_of_ons4_are_four_scales_of_one_item() -> None:
    assert [len(scale.items) for scale in ALL["ons4"].scales] == [1, 1, 1, 1]
    directions = {scale.id: scale.direction for scale in ALL["ons4"].scales}
    assert directions == {
        "tevreden": "hoger_beter", "zinvol": "hoger_beter", "gelukkig": "hoger_beter", "angstig": "lager_beter",
    }  # fmt: skip


def test_satisfaction_of_cbs_runs_from_1_and_that_of_ons_from_0() -> None:
    assert [ALL[key].options[0].code for key in ("tevredenheid_cbs10", "ons4")] == ["1", "0"]
    assert [len(ALL[key].options) for key in ("tevredenheid_cbs10", "ons4")] == [10, 11]
    assert ALL["ons4"].options[0].label_nl == "0 (helemaal niet)"
    assert ALL["ons4"].options[4].label_nl == "4"


def test_an_unknown_instrument_is_refused_with_those_there_are() -> None:
    with pytest.raises(RegistryError, match=r"'djg6' is not in the registry; expected one of brs_2008, .*eigen_vraag"):
        instruments.get("djg6")


def test_an_item_leads_to_its_instrument() -> None:
    found = registry.instrument_of_item("mhi5_kalm")
    assert found is not None
    assert found.id == "mhi5"
    assert registry.instrument_of_item("eigen_vraag_3") is None


# Lines


@pytest.mark.parametrize(
    ("line", "text", "holds"),
    [
        ({"below": 60}, "<60", [True, False, False]),
        ({"at_most": 60}, "≤60", [True, True, False]),
        ({"at_least": 60}, "≥60", [False, True, True]),
    ],
)
def test_a_line_takes_in_its_own_score_or_not(line: dict[str, float], text: str, holds: list[bool]) -> None:
    cutoff = CutOff("x", "x", "x", **line)
    assert cutoff.line == text
    assert cutoff.holds(pd.Series([56.0, 60.0, 64.0])).tolist() == holds


# Entries that contradict themselves


def test_a_small_instrument_is_read_whole() -> None:
    made = registry.instrument_of("proef", entry())
    registry.check([made])
    assert [option.reversed_points for option in made.options] == [3, 2, 1]
    assert made.scales[0].items == ("p_1", "p_2")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scales": [scale(max=7)]}, r"scale totaal runs from 2 to 7; expected 2 to 6"),
        ({"scales": [scale(times=2)]}, r"expected 4 to 12"),
        ({"scales": [scale(rule="mean")]}, r"expected 1 to 3"),
        ({"scales": [scale(rule="median")]}, r"rule 'median'"),
        ({"scales": [scale(direction="beter")]}, r"direction 'beter'"),
        ({"scales": [scale(cutoffs=[{"id": "x", "label_nl": "", "label_en": ""}])]}, r"cut-off x has no line"),
        (
            {"scales": [scale(cutoffs=[{"id": "x", "label_nl": "", "label_en": "", "below": 3, "at_most": 3}])]},
            r"or more than one",
        ),
        ({"verified": False}, r"expected a reason if not"),
        ({"why_not_nl": "zo", "why_not_en": "so"}, r"verified is True and why_not is 'zo'"),
    ],
)
def test_an_instrument_that_contradicts_itself_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RegistryError, match=sentence):
        registry.check([registry.instrument_of("proef", entry(**wrong))])


def test_an_item_of_two_instruments_is_refused() -> None:
    two = [registry.instrument_of(key, entry()) for key in ("proef", "nog_een")]
    with pytest.raises(RegistryError, match="item 'p_1' stands in proef and in nog_een; expected its own code"):
        registry.check(two)


@pytest.mark.parametrize("wrong", [{"colour": "red"}, {"items": [{"code": "p_1"}]}, {"scales": [{"id": "x"}]}])
def test_fields_that_there_are_not_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RegistryError, match=r"instrument 'proef': .*expected the fields of Instrument"):
        registry.instrument_of("proef", entry(**wrong))


# As tables


def test_the_table_of_instruments_is_what_its_schema_says() -> None:
    table = schema.check(instruments.table(), "instrument").set_index("instrument_id")
    assert len(table) == len(ALL)
    mhi = table.loc["mhi5"]
    assert mhi["response_options"] == "voortdurend;meestal;vaak;soms;zelden;nooit"
    assert mhi["scoring_rule"] == "de punten van de antwoorden opgeteld, maal 4; omgekeerd: mhi5_kalm, mhi5_gelukkig."
    assert mhi["cutoffs"] == "ongezond_cbs: <60;ongezond_rivm: ≤60"
    assert (mhi["items_n"], mhi["min"], mhi["max"]) == (5, 0, 100)
    assert not table.loc["swemwbs", "verified"]
    assert "daarvoor is een licentie nodig" in str(table.loc["swemwbs", "scoring_rule"])


def test_indicators_are_what_their_schema_says() -> None:
    table = schema.check(measures.indicators(), "indicator").set_index("indicator_id")
    assert set(table["instrument_id"]) <= set(ALL)
    assert table.loc["ons4_angstig", "direction"] == "lager_beter"
    assert table.loc["ons4_angstig", "unit"] == "schaal"


def test_every_mean_and_every_line_is_an_indicator_of_its_own() -> None:
    ids = [one.indicator_id for instrument in ALL.values() for one in measures.of(instrument)]
    assert len(ids) == len(set(ids))
    mhi5 = {one.indicator_id: one.unit for one in measures.of(ALL["mhi5"])}
    assert list(mhi5.values()) == ["schaal", "%", "%"]


def test_of_rated_health_only_a_share_is_given() -> None:
    assert [one.unit for one in measures.of(ALL["srh_1"])] == ["%"]


def test_a_share_of_people_below_a_line_is_better_when_lower() -> None:
    directions = {
        (one.instrument.id, one.cutoff.id): measures._indicator(one)["direction"]
        for instrument in ALL.values()
        for one in measures.of(instrument)
        if one.cutoff
    }
    assert directions["mhi5", "ongezond_cbs"] == "lager_beter"  # the scale itself: higher is healthier
    assert directions["djg6_2006", "eenzaam"] == "lager_beter"
    assert directions["srh_1", "goed"] == "hoger_beter"


def test_the_register_says_of_an_instrument_what_its_entry_says() -> None:
    made = {
        one.indicator_id: measures._indicator(one) for instrument in ALL.values() for one in measures.of(instrument)
    }
    registered = measures.shipped().dropna(subset="instrument_id")
    for row in registered.to_dict("records"):
        ours = made[row["indicator_id"]]
        same = ("instrument_id", "unit", "direction", "domain", "source_type", "iati_measure")
        assert [row[column] for column in same] == [ours[column] for column in same], row["indicator_id"]


def test_shipped_indicators_stand_once_and_are_what_their_schema_says() -> None:
    table = schema.check(measures.shipped(), "indicator")
    assert table["indicator_id"].is_unique
    assert {"greened_m2", "djg6_2006_eenzaam", "mhi5_ongezond_rivm"} <= set(table["indicator_id"])
    assert not set(measures.indicators()["indicator_id"]) & {"greened_m2", "djg6_2006_eenzaam"}
