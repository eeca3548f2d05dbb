"""Which figures of collectives go together, and what they show: typed figures with a known truth."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import poolable, shared, together
from bt_analysis.methods.pooling import pooled
from bt_analysis.settings import LearningSettings, Settings
from tests.learning_cases import checked
from tests.shared_figures import cases, change, measured, names

COHESION, HEALTH = "verandering:deelnemers", "niveau:deelnemers"


def figure(answer: learning.Learned, indicator_id: str, group_type: str, which: str) -> Any:
    rows = answer.estimates
    for column, wanted in (("indicator_id", indicator_id), ("group_type", group_type), ("group_value", which)):
        rows = rows[rows[column].eq(wanted)]
    assert len(rows) == 1
    return rows.iloc[0]


def asked(given: learning.Cases, settings: Settings | None = None) -> learning.Learned:
    return checked(shared.learn(given, settings or Settings()))


def table(answer: learning.Learned, name: str) -> Any:
    return answer.tables[name]


def about(answer: learning.Learned, indicator_id: str, kind: str = "verandering") -> Any:
    rows = table(answer, "shared_effects")
    rows = rows[rows["indicator_id"].eq(indicator_id) & rows["kind"].eq(kind)]
    assert len(rows) == 1
    return rows.iloc[0]


# What an effect is


def test_a_change_between_waves_is_taken_with_the_variance_of_its_interval() -> None:
    rows, refused = poolable.effects(cases([change("zon", 0.3, 0.196)], ["zon"]), Settings())
    one = rows.iloc[0]
    assert refused.empty
    assert (one["kind"], one["design"], one["uncertainty"]) == ("verandering", "gevolgd", "interval")
    assert one["v"] == pytest.approx((0.196 / 1.96) ** 2, rel=1e-4)


def test_two_groups_are_told_apart_from_the_same_people() -> None:
    rows, _ = poolable.effects(
        cases([change("zon", 0.3, 0.2, method="two groups: Welch; permutation of ranks")], ["zon"]), Settings()
    )
    assert rows["design"].tolist() == ["twee_groepen"]


def test_two_figures_of_one_indicator_are_subtracted_where_no_waves_were_compared() -> None:
    # 60 of 100 and 70 of 100: Wilson 50.2 to 69.1 and 60.4 to 78.1
    given = cases([measured("zon", 2023, 60), measured("zon", 2024, 70)], ["zon"])
    rows, _ = poolable.effects(given, Settings())
    one = rows[rows["kind"].eq("verandering")].iloc[0]
    assert (one["value"], one["design"], one["uncertainty"]) == (10, "twee_metingen", "n")
    assert one["ci_low"] == pytest.approx(10 - math.hypot(70 - 60.42, 69.06 - 60), abs=0.02)
    assert one["ci_high"] == pytest.approx(10 + math.hypot(78.11 - 70, 60 - 50.20), abs=0.02)
    assert "not_linked" in one["reservations"]
    level = rows[rows["kind"].eq("niveau")].iloc[0]
    assert level["y"] == pytest.approx(math.log(0.7 / 0.3))  # only the last figure counts
    # Wilson's interval lies about the log odds: its standard error is near √(1/70 + 1/30)
    assert level["v"] == pytest.approx(1 / 70 + 1 / 30, rel=0.06)


def test_where_waves_were_compared_their_figures_are_not_subtracted_again() -> None:
    given = cases(
        [
            change("zon", 4, 3, indicator_id="gezond", unit="%"),
            measured("zon", 2023, 60), measured("zon", 2024, 70),
        ],
        ["zon"],
    )  # fmt: skip
    rows, _ = poolable.effects(given, Settings())
    assert rows.loc[rows["kind"].eq("verandering"), "value"].tolist() == [4]


def test_a_verdict_of_an_area_is_an_effect_and_one_that_is_not_seen_is_none() -> None:
    seen = change("zon", -80, 20, question="change", indicator_id="gas_m3_per_dwelling", unit="m3", group_value="",
                  group_type="oordeel", population="gebied", value_text="lager", method="synthetic")  # fmt: skip
    unseen = {**seen, "collective_id": "maan", "value": None, "ci_low": None, "ci_high": None, "gate": "niet_te_zien"}
    rows, refused = poolable.effects(cases([seen, unseen], ["zon", "maan"]), Settings())
    assert rows["kind"].tolist() == ["anders_dan_gelijkend"]
    assert refused.empty


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([measured("zon", 2024, 40, method="model")], "model_estimate"),
        ([measured("zon", 2024, 12, unit="aantal")], "no_interval"),
        ([measured("zon", 2024, 3.4, unit="schaal")], "no_interval"),
        ([measured("zon", 2024, 100, ci_low=100, ci_high=100)], "nobody_or_everybody"),
    ],
)
def test_what_cannot_be_weighed_is_listed_with_its_reason(rows: list[dict[str, Any]], reason: str) -> None:
    kept, refused = poolable.effects(cases(rows, ["zon"]), Settings())
    assert kept.empty
    assert refused["reason"].tolist() == [reason]
    assert refused["collective_id"].tolist() == ["zon"]


def test_who_chose_to_answer_gives_a_level_and_no_change() -> None:
    chose = {"gate": "voorbehoud", "gate_reason": "self_selected"}
    given = cases([measured("zon", 2023, 60, **chose), measured("zon", 2024, 70, **chose)], ["zon"])
    kept, refused = poolable.effects(given, Settings())
    assert kept["kind"].tolist() == ["niveau"]
    assert refused[["kind", "reason"]].to_numpy().tolist() == [["verandering", "chose_to_answer"]]


def test_shares_of_too_few_people_are_not_subtracted() -> None:
    given = cases([measured("zon", 2023, 60, n=29), measured("zon", 2024, 70)], ["zon"])
    _, refused = poolable.effects(given, Settings())
    assert refused["reason"].tolist() == ["too_few_to_compare"]


def test_what_is_told_in_words_or_hidden_is_no_effect() -> None:
    rows = [
        measured("zon", 2024, 40, value_text="ongeveer_de_helft"),
        measured("maan", 2024, 40, gate="onderdrukt"),
        measured("ster", 2024, 40, period_start="2024-01-01"),  # a shorter period: the same figure again
    ]
    kept, refused = poolable.effects(cases(rows, ["zon", "maan", "ster"]), Settings())
    assert kept.empty
    assert refused.empty


def test_one_indicator_of_two_instruments_is_never_put_together() -> None:
    two = pd.DataFrame(
        [("gezond", "srh_1", "%"), ("gezond", "srh_2", "%")], columns=["indicator_id", "instrument_id", "unit"]
    )
    given = cases([measured(name, 2024, 60) for name in names(12)], names(12), indicators=two)
    answer = asked(given)
    assert answer.estimates.empty
    assert set(table(answer, "not_pooled")["reason"]) == {"two_instruments"}


def test_other_people_or_another_indicator_are_another_family() -> None:
    given = cases(
        [change("zon", 0.3, 0.2), change("maan", 0.3, 0.2, population="bewoners"),
         change("ster", 0.3, 0.2, indicator_id="andere")],
        ["zon", "maan", "ster"],
    )  # fmt: skip
    assert len(table(asked(given), "shared_effects")) == 3


# By number of collectives


@pytest.mark.parametrize(("count", "stage"), [(1, "naast_elkaar"), (4, "naast_elkaar"), (5, "punten"), (9, "punten"),
                                              (10, "samen")])  # fmt: skip
def test_what_is_done_depends_on_how_many_collectives_there_are(count: int, stage: str) -> None:
    answer = asked(cases([change(name, 0.3, 0.2) for name in names(count)], names(count)))
    assert about(answer, "cohesie")["stage"] == stage
    told = set(answer.estimates["group_value"])
    assert {"aantal", "bereik"} <= told
    assert ("nieuw" in told) == ("gemiddelde" in told) == (stage == "samen")
    assert table(answer, "pooled")["shrunken"].notna().all() == (stage == "samen")


def test_numbers_from_which_something_is_done_are_settings() -> None:
    given = cases([change(name, 0.3, 0.2) for name in names(8)], names(8))
    settings = Settings(learning=LearningSettings(side_by_side_below=3, pooled_from=6))
    assert about(asked(given, settings), "cohesie")["stage"] == "samen"


def test_five_to_nine_are_points_with_what_leaving_one_out_does() -> None:
    values = [0.1, 0.2, 0.3, 0.4, -0.2]
    answer = asked(cases([change(n, v, 0.1) for n, v in zip(names(5), values, strict=True)], names(5)))
    ends = figure(answer, "cohesie", COHESION, "bereik")
    assert (ends["value"], ends["ci_low"], ends["ci_high"]) == (0.2, -0.2, 0.4)
    one = about(answer, "cohesie")
    assert (one["signs"], one["flips_n"], one["conclusion"]) == ("wisselend", 1, "")
    rows = table(answer, "pooled").set_index("of_collective")
    assert rows["flips"].to_dict() == {"c00": False, "c01": False, "c02": False, "c03": False, "c04": True}


def test_two_effects_of_one_collective_are_not_two_collectives() -> None:
    rows = [change(name, 0.3, 0.2) for name in names(9)]
    rows.append(change("c00", 0.1, 0.2, group_type="verandering:c00--2025"))
    one = about(asked(cases(rows, names(9))), "cohesie")
    assert (one["collectives_n"], one["effects_n"], one["stage"]) == (9, 10, "punten")


# A known truth


def planted(seed: int, count: int, mean: float, spread: float, half: float = 0.2) -> list[dict[str, Any]]:
    draw = np.random.default_rng(seed)
    error = half / 1.96
    return [change(n, float(draw.normal(draw.normal(mean, spread), error)), half) for n in names(count)]


def test_a_planted_change_is_found_and_the_next_neighbourhood_comes_first() -> None:
    given = cases(planted(1, 24, 0.4, 0.1), names(24))
    answer = asked(given)
    one = about(answer, "cohesie")
    assert (one["conclusion"], one["levels"], one["clusters_n"]) == ("ook_nieuw", "twee", 24)
    new, mean = (figure(answer, "cohesie", COHESION, which) for which in ("nieuw", "gemiddelde"))
    assert mean["ci_low"] < 0.4 < mean["ci_high"]
    assert new["ci_low"] < mean["ci_low"] < mean["ci_high"] < new["ci_high"]
    assert new["method"] == "random effects, REML; prediction interval, t, k - 1"
    assert figure(answer, "cohesie", COHESION, "tau")["ci_low"] < 0.1
    assert figure(answer, "cohesie", COHESION, "omslag")["value"] == one["flips_n"] == 0
    rows, _ = poolable.effects(given, Settings())
    by_hand = pooled.pool(rows["y"].to_numpy(float), rows["v"].to_numpy(float))
    assert mean["value"] == pytest.approx(by_hand.random.value)
    assert (new["ci_low"], new["ci_high"]) == pytest.approx(by_hand.predictions["t_k_minus_1"])


def test_a_change_that_differs_much_is_sure_on_average_and_not_in_the_next_neighbourhood() -> None:
    answer = asked(cases(planted(2, 24, 0.4, 0.3), names(24)))
    assert about(answer, "cohesie")["conclusion"] == "gemiddeld"
    assert figure(answer, "cohesie", COHESION, "nieuw")["ci_low"] < 0


def test_a_planted_absence_of_change_is_unknown_in_nearly_all_draws() -> None:
    found = []
    for seed in range(40):
        effects, _ = poolable.effects(cases(planted(seed, 12, 0.0, 0.1), names(12)), Settings())
        one = together.put(effects, LearningSettings())
        found.append(one.conclusion(one.p, 0.05))
    assert set(found) <= {"onbekend", "gemiddeld"}
    assert found.count("gemiddeld") <= 5  # 5% of 40 is 2; more than 5 would happen once in 100 times


def test_shares_become_a_chance_for_the_next_and_a_level() -> None:
    draw = np.random.default_rng(3)
    rows = []
    for name in names(14):
        rows.append(measured(name, 2023, float(draw.binomial(100, 0.5))))
        rows.append(measured(name, 2024, float(draw.binomial(100, 0.65))))
    answer = asked(cases(rows, names(14)))
    chance = figure(answer, "gezond", COHESION, "kans_nieuw_hoger")
    assert 90 < chance["value"] <= 100
    assert figure(answer, "gezond", COHESION, "gemiddelde")["unit"] == "pp"
    level = figure(answer, "gezond", HEALTH, "nieuw")
    assert 0 < level["ci_low"] < 65 < level["ci_high"] < 100
    assert level["unit"] == "%"
    assert figure(answer, "gezond", HEALTH, "tau")["unit"] == "log odds"
    one = about(answer, "gezond", "niveau")
    assert (one["conclusion"], one["flips_n"]) == ("", 0)
    assert math.isnan(one["lopsided_p"])


def test_holm_runs_over_all_pooled_changes() -> None:
    rows = planted(4, 12, 0.15, 0.0)
    alone = figure(asked(cases(rows, names(12))), "cohesie", COHESION, "holm")["value"]
    others = [{**one, "indicator_id": f"ander{number}"} for number in range(4) for one in planted(9 + number, 12, 0, 0)]
    among = figure(asked(cases(rows + others, names(12))), "cohesie", COHESION, "holm")["value"]
    p = figure(asked(cases(rows, names(12))), "cohesie", COHESION, "toets")["value"]
    assert alone == pytest.approx(p)
    assert among == pytest.approx(5 * p)


def test_one_collective_that_decides_is_named() -> None:
    # All margins alike (standard error 0.1), τ² = 0: mean 0.082 ± t₉ · 0.1/√10 = 0.072 is sure; without the last, which
    # is 0.3, it is 0.058 ± t₈ · 0.1/√9 = 0.077
    values = [0.11, 0.02, 0.1, -0.04, 0.1, 0.03, 0.11, 0.01, 0.08, 0.3]
    answer = asked(cases([change(n, v, 0.196) for n, v in zip(names(10), values, strict=True)], names(10)))
    rows = table(answer, "pooled").set_index("of_collective")
    assert rows.loc["c09", "flips"]
    assert not rows.loc["c01", "flips"]
    one = about(answer, "cohesie")
    assert one["flips_n"] == rows["flips"].sum() == figure(answer, "cohesie", COHESION, "omslag")["value"]


def test_a_collective_that_surely_goes_the_other_way_is_a_local_exception() -> None:
    rows = planted(5, 20, 0.4, 0.05)
    rows[7] = change("c07", -0.4, 0.2)
    answer = asked(cases(rows, names(20)))
    pooled_rows = table(answer, "pooled").set_index("of_collective")
    assert pooled_rows.index[pooled_rows["exception"]].tolist() == ["c07"]
    assert about(answer, "cohesie")["exceptions_n"] == 1
    # Its best guess borrows from the others
    assert pooled_rows["shrunken"].loc[["c07"]].between(-0.4, 0.4).all()


# Levels


def work_area(place: str, collective_id: str) -> dict[str, Any]:
    return {"work_area_id": f"{collective_id}-g", "collective_id": collective_id, "area_codes": f"BU{place}0101"}


def test_collectives_of_one_gemeente_are_no_separate_proofs() -> None:
    draw = np.random.default_rng(6)
    of_place = {place: draw.normal(0, 0.3) for place in ("0193", "0363", "0518", "0344")}
    places = [list(of_place)[number % 4] for number in range(20)]
    rows = [
        change(n, float(0.3 + of_place[place] + draw.normal(0, 0.12)), 0.2)
        for n, place in zip(names(20), places, strict=True)
    ]
    areas = [work_area(place, n) for n, place in zip(names(20), places, strict=True)]
    answer = asked(cases(rows, names(20), work_area=areas))
    one = about(answer, "cohesie")
    assert (one["levels"], one["clusters_n"]) == ("gemeenten", 4)
    assert "three levels" in figure(answer, "cohesie", COHESION, "gemiddelde")["method"]
    apart = figure(asked(cases(rows, names(20))), "cohesie", COHESION, "gemiddelde")
    nested = figure(answer, "cohesie", COHESION, "gemiddelde")
    assert nested["ci_high"] - nested["ci_low"] > 2 * (apart["ci_high"] - apart["ci_low"])
    assert table(answer, "pooled")["place"].str.fullmatch(r"GM\d{4}").all()


def test_several_effects_of_a_collective_lie_in_it() -> None:
    rows = planted(7, 12, 0.4, 0.1)
    rows += [{**one, "group_type": one["group_type"] + "b", "value": one["value"] + 0.05} for one in rows]
    answer = asked(cases(rows, names(12)))
    one = about(answer, "cohesie")
    assert (one["levels"], one["clusters_n"], one["effects_n"]) == ("collectieven", 12, 24)
    assert not set(answer.estimates["group_value"]) & {"kans_nieuw_hoger"}


# Moderators


def conditions(there: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"collective_id": name, "condition_code": "vaste_plek", "period": "2024", "value": value}
        for name, value in there.items()
    ]


def with_moderator(slope: float) -> learning.Cases:
    draw = np.random.default_rng(8)
    there = {name: number % 2 for number, name in enumerate(names(20))}
    rows = [change(n, float(0.1 + slope * x + draw.normal(0, 0.1)), 0.2) for n, x in there.items()]
    town = {name: {"urbanity": 1 + number % 5} for number, name in enumerate(names(20))}
    return cases(rows, names(20), town, case_condition=conditions(there))


def test_a_planted_condition_is_found_and_the_rest_is_not() -> None:
    answer = asked(with_moderator(0.5))
    rows = table(answer, "pooled_moderators").set_index("moderator")
    assert sorted(rows.index) == ["urbanity", "vaste_plek"]
    assert rows.loc["vaste_plek", "p_holm"] < 0.001
    assert rows.loc["vaste_plek", "low"] < 0.5 < rows.loc["vaste_plek", "high"]
    assert rows.loc["urbanity", "p_holm"] > 0.05
    slope = figure(answer, "cohesie", COHESION, "moderator:vaste_plek")
    assert (slope["value"], slope["n"]) == (rows.loc["vaste_plek", "slope"], 20)


def test_a_condition_without_effect_is_not_seen() -> None:
    rows = table(asked(with_moderator(0.0)), "pooled_moderators").set_index("moderator")
    assert (rows["p_holm"] > 0.05).all()


def test_a_condition_of_too_few_is_not_looked_at() -> None:
    rows = planted(9, 12, 0.4, 0.1)
    few = conditions({"c00": 1, "c01": 1, **dict.fromkeys(names(12)[2:], 0)})
    answer = asked(cases(rows, names(12), case_condition=few))
    assert "vaste_plek" not in set(table(answer, "pooled_moderators")["moderator"])
    outcome = [{**one, "condition_code": "inbreng_in_besluit"} for one in conditions(dict.fromkeys(names(12)[:6], 1))]
    outcome += [{**one, "value": 0} for one in outcome[:0]]
    answer = asked(cases(rows, names(12), case_condition=outcome))
    assert table(answer, "pooled_moderators").query("moderator == 'inbreng_in_besluit'").empty


# The whole


def test_nothing_measured_is_no_row_and_no_error() -> None:
    answer = asked(cases([], ["zon"]))
    assert answer.estimates.empty
    assert all(table.empty for table in answer.tables.values())


def test_everything_is_about_all_together_and_nothing_of_one_collective() -> None:
    answer = asked(cases(planted(1, 12, 0.4, 0.1), names(12)))
    assert set(answer.estimates["collective_id"]) == {""}
    assert set(answer.estimates["question"]) == {"shared"}
    # What borrows from others is no row of a collective's own report
    kept = learning.of_collectives(answer)
    assert kept.estimates.empty
    assert all(table.empty for table in kept.tables.values())


def test_collectives_of_one_gemeente_are_pooled_within_it() -> None:
    draw = np.random.default_rng(1)
    rows = []
    for name in names(500):
        rows.append(change(name, float(draw.normal(0.2, 0.15)), 0.2))
        rows += [measured(name, year, float(draw.binomial(100, 0.6))) for year in (2023, 2024)]
    areas = [work_area(f"{number % 90 + 100:04}", name) for number, name in enumerate(names(500))]
    given = cases(rows, names(500), work_area=areas, case_condition=conditions(dict.fromkeys(names(500)[:250], 1)))
    answer = shared.learn(given, Settings())
    assert set(table(answer, "shared_effects")["levels"]) == {"gemeenten"}


def test_a_conclusion_needs_a_p_that_holds_after_correction() -> None:
    one = together.put(poolable.effects(cases(planted(1, 12, 0.4, 0.05), names(12)), Settings())[0], LearningSettings())
    assert one.conclusion(0.01, 0.05) == "ook_nieuw"
    assert one.conclusion(0.2, 0.05) == "onbekend"


# What leaving one out does to the conclusion, after correction for all families


def test_a_collective_on_which_the_corrected_conclusion_rests_is_named() -> None:
    # Ten effects, p = .0007. Four other families without any change make Holm's p five times as large: .0036. Without
    # the most certain one p is .019: sure by itself, and .09 after correction.
    sure = pd.DataFrame({"low": [0.1], "high": [1.0], "p": [0.019], "new_low": [-1.0], "new_high": [2.0]}, index=["a"])
    rows = pd.DataFrame({"collective_id": ["a", "b"], "flips": False})
    figures = {together.MEAN: (0.5, 0.2, 0.8), together.NEW: (0.5, -1.0, 2.0)}
    found = together.Together(rows, together.POOLED, 10, figures, p=0.0007, without=sure)
    assert not found.flipping(0.0007, pd.Series({"a": 0.019}), 0.05).rows["flips"].any()
    assert found.flipping(0.0036, pd.Series({"a": 0.095}), 0.05).rows["flips"].tolist() == [True, False]


def test_what_stays_unknown_after_correction_does_not_flip() -> None:
    # By itself p = .03 becomes .08 without b; corrected for five families both are unknown.
    left = pd.DataFrame({"low": [-0.1], "high": [1.0], "p": [0.08], "new_low": [-1.0], "new_high": [2.0]}, index=["b"])
    rows = pd.DataFrame({"collective_id": ["a", "b"], "flips": False})
    figures = {together.MEAN: (0.5, 0.1, 0.9), together.NEW: (0.5, -1.0, 2.0)}
    found = together.Together(rows, together.POOLED, 10, figures, p=0.03, without=left)
    assert found.flipping(0.03, pd.Series({"b": 0.08}), 0.05).rows["flips"].tolist() == [False, True]
    assert not found.flipping(0.15, pd.Series({"b": 0.4}), 0.05).rows["flips"].any()


def test_one_unknown_gemeente_does_not_make_the_others_separate_proofs() -> None:
    rows = planted(3, 12, 0.4, 0.2)
    areas = [work_area(("0193", "0363", "0518")[at % 3], name) for at, name in enumerate(names(12)[:-1])]
    one = about(asked(cases(rows, names(12), work_area=areas)), "cohesie")
    assert (one["levels"], one["clusters_n"]) == ("gemeenten", 4)  # three that are known, and one of its own


def test_of_two_gemeenten_next_to_nothing_is_sure() -> None:
    rows = planted(3, 12, 0.4, 0.2)
    areas = [work_area(("0193", "0363")[at % 2], name) for at, name in enumerate(names(12))]
    one = about(asked(cases(rows, names(12), work_area=areas)), "cohesie")
    assert (one["levels"], one["clusters_n"]) == ("gemeenten", 2)
