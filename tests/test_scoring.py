"""Scores of answers: worked examples for each rule, and what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import instruments
from bt_analysis.instruments import AnswerError, NotVerified, RegistryError, TooFewError, alpha, score

VERIFIED = sorted(key for key, one in instruments.load().items() if one.verified)


def answers(instrument_id: str, *people: list[Any]) -> pd.DataFrame:
    """Return answers, in the order of the instrument's items."""
    columns = [item.code for item in instruments.get(instrument_id).items]
    return pd.DataFrame(people, columns=columns, index=[f"r{at}" for at in range(len(people))])


def scored(instrument_id: str, scale: str, *people: list[Any]) -> list[float | None]:
    values = score(answers(instrument_id, *people), instrument_id).values[scale]
    return [None if np.isnan(value) else value for value in values]


# Loneliness. Order of items: leegte (E), terugvallen (S), vertrouwen (S), missen (E), verbonden (S), verlaten (E)

JA, MIN, NEE = "ja", "min_of_meer", "nee"


@pytest.mark.parametrize(
    ("person", "emotional", "social"),
    [
        ([NEE, JA, JA, NEE, JA, NEE], 0, 0),  # not lonely at all
        ([JA, NEE, NEE, JA, NEE, JA], 3, 3),  # lonely on all
        ([MIN, MIN, MIN, MIN, MIN, MIN], 3, 3),  # "min of meer" counts on both sides
        ([JA, JA, JA, JA, JA, JA], 3, 0),
        ([NEE, NEE, NEE, NEE, NEE, NEE], 0, 3),
        ([JA, JA, MIN, NEE, JA, NEE], 1, 1),
    ],
)
def test_loneliness(person: list[str], emotional: int, social: int) -> None:
    assert scored("djg6_2006", "emotioneel", person) == [emotional]
    assert scored("djg6_2006", "sociaal", person) == [social]
    assert scored("djg6_2006", "totaal", person) == [emotional + social]


def test_one_missing_answer_leaves_the_total_and_not_its_subscale() -> None:
    person = [None, NEE, NEE, JA, NEE, JA]  # 2 of the emotional points that are there, and 3 social ones
    assert scored("djg6_2006", "totaal", person) == [5]
    assert scored("djg6_2006", "emotioneel", person) == [None]
    assert scored("djg6_2006", "sociaal", person) == [3]


def test_the_total_with_one_missing_is_not_scaled_up() -> None:
    lonely = [JA, NEE, NEE, JA, NEE, JA]
    for at in range(6):
        assert scored("djg6_2006", "totaal", [None if at == item else lonely[item] for item in range(6)]) == [5]


def test_two_missing_answers_leave_no_total() -> None:
    assert scored("djg6_2006", "totaal", [None, NEE, None, JA, NEE, JA]) == [None]


def test_how_many_were_dropped_is_told_per_scale() -> None:
    people: list[list[Any]] = [
        [JA] * 6,
        [None, *[JA] * 5],
        [None, None, *[JA] * 4],
    ]  # item 0 is emotional, item 1 social
    dropped = score(answers("djg6_2006", *people), "djg6_2006").dropped
    assert dropped.to_dict() == {"totaal": 1, "emotioneel": 2, "sociaal": 1}


# Mental health. Order: zenuwachtig, put, kalm (+), somber, gelukkig (+)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (["nooit", "nooit", "voortdurend", "nooit", "voortdurend"], 4 * (5 + 5 + 5 + 5 + 5)),
        (["voortdurend", "voortdurend", "nooit", "voortdurend", "nooit"], 0),
        (["soms", "soms", "vaak", "soms", "vaak"], 4 * (3 + 3 + 3 + 3 + 3)),  # 60: on the line
        (["vaak", "soms", "vaak", "soms", "vaak"], 4 * (2 + 3 + 3 + 3 + 3)),  # 56
        (["zelden", "nooit", "meestal", "soms", "soms"], 4 * (4 + 5 + 4 + 3 + 2)),
        (["nooit", None, "voortdurend", "nooit", "voortdurend"], None),
    ],
)
def test_mental_health(person: list[str | None], expected: float | None) -> None:
    assert scored("mhi5", "totaal", person) == [expected]


def test_a_score_of_60_is_unhealthy_for_rivm_and_not_for_cbs() -> None:
    cbs, rivm = instruments.get("mhi5").scales[0].cutoffs
    sixty = pd.Series([60.0])
    assert (cbs.id, cbs.holds(sixty).item()) == ("ongezond_cbs", False)
    assert (rivm.id, rivm.holds(sixty).item()) == ("ongezond_rivm", True)


# Other rules


def test_resilience_is_a_mean_with_2_4_and_6_reversed() -> None:
    # 4, 6−2, 3, 6−1, 5, 6−2
    assert scored("brs_2008", "totaal", [4, 2, 3, 1, 5, 2]) == [pytest.approx((4 + 4 + 3 + 5 + 5 + 4) / 6)]
    assert scored("brs_2008", "totaal", [4, 2, 3, 1, 5, None]) == [None]


def test_collective_efficacy_is_a_sum_with_9_and_10_reversed() -> None:
    assert scored("colleff_1997", "totaal", [5] * 8 + [1, 1]) == [50]
    assert scored("colleff_1997", "totaal", [5] * 10) == [8 * 5 + 2 * 1]
    assert scored("colleff_1997", "totaal", [1] * 8 + [5, 4]) == [8 * 1 + 1 + 2]


def test_cohesion_of_cbs_is_a_mean_with_hardly_knowing_each_other_turned() -> None:
    # contact, omgang, helpen, nauwelijks kennen (−), samenstelling, thuis
    eens, oneens = "mee_eens", "helemaal_mee_oneens"
    person = [eens, eens, "neutraal", oneens, "helemaal_mee_eens", eens]
    assert scored("cohesie_cbs_ssw", "totaal", person) == [pytest.approx((4 + 4 + 3 + 5 + 5 + 4) / 6)]


def test_sense_of_community_is_a_mean_over_all_and_over_each_pair() -> None:
    person = [1, 2, 3, 4, 5, 5, 4, 4]
    values = score(answers("bscs_2008", person), "bscs_2008").values.iloc[0]
    assert values.to_dict() == {
        "totaal": (1 + 2 + 3 + 4 + 5 + 5 + 4 + 4) / 8, "behoeften": (1 + 2) / 2, "lidmaatschap": (3 + 4) / 2,
        "invloed": (5 + 5) / 2, "verbondenheid": (4 + 4) / 2,
    }  # fmt: skip


def test_the_questions_of_ons4_are_never_added_up() -> None:
    values = score(answers("ons4", [7, 8, None, 2]), "ons4").values
    assert values.columns.tolist() == ["tevreden", "zinvol", "gelukkig", "angstig"]
    assert values.iloc[0].tolist()[:2] == [7, 8]
    assert np.isnan(values["gelukkig"].item())
    assert values["angstig"].item() == 2  # not turned round: higher is more anxious


def test_mastery_is_a_sum_with_five_statements_turned() -> None:
    # problemen (−), speelbal (−), controle (−), kunnen, hulpeloos (−), toekomst, veranderen (−)
    assert scored("mastery7", "totaal", [1, 1, 1, 5, 1, 5, 1]) == [35]
    assert scored("mastery7", "totaal", [2, 3, 4, 1, 5, 2, 3]) == [4 + 3 + 2 + 1 + 1 + 2 + 3]


def test_rated_health_and_satisfaction_are_one_question() -> None:
    assert scored("srh_1", "srh", ["zeer_goed"], ["gaat_wel"], [None]) == [5, 3, None]
    assert scored("tevredenheid_cbs10", "score", [10], [7.0], ["1"]) == [10, 7, 1]


# Refused


@pytest.mark.parametrize(
    ("instrument_id", "why"),
    [
        ("swemwbs", "it takes a licence"),
        ("spcs_r_2006", "a form with 8 statements exists too"),
        ("cohesie_vm2021", "use published values only"),
        ("cohesie_zwolle5", "is not published"),
        ("cohesie_utrecht5", "is not published"),
    ],
)
def test_what_is_not_verified_is_not_scored_and_says_why_in_one_line(instrument_id: str, why: str) -> None:
    items_n = len(instruments.get(instrument_id).items)
    with pytest.raises(NotVerified, match=rf"instrument {instrument_id} is not scored: .*{why}") as refusal:
        score(answers(instrument_id, ["3"] * items_n), instrument_id)
    assert "\n" not in str(refusal.value)


def test_an_answer_that_cannot_be_given_is_refused() -> None:
    with pytest.raises(AnswerError, match=r"item brs_2 of brs_2008: got '6' and 1 more; expected one of 1, 2, 3, 4, 5"):
        score(answers("brs_2008", [1, 6, 1, 1, 1, 1], [1, 0, 1, 1, 1, 1]), "brs_2008")


def test_codes_are_not_guessed() -> None:
    with pytest.raises(AnswerError, match="got 'Ja' and 0 more; expected one of ja, min_of_meer, nee"):
        score(answers("djg6_2006", ["Ja", JA, JA, JA, JA, JA]), "djg6_2006")
    with pytest.raises(AnswerError, match=r"got '4.5'"):
        score(answers("brs_2008", [4.5, 1, 1, 1, 1, 1]), "brs_2008")


def test_items_that_are_missing_or_too_many_are_named() -> None:
    table = answers("brs_2008", [1] * 6).drop(columns="brs_3").assign(leeftijd="40")
    with pytest.raises(AnswerError, match="items missing: brs_3; columns too many: leeftijd; expected brs_1, brs_2"):
        score(table, "brs_2008")


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(RegistryError, match="'brs' is not in the registry"):
        score(pd.DataFrame(), "brs")


def test_numbers_of_a_spreadsheet_are_codes() -> None:
    typed = [answers("brs_2008", [as_(4)] * 6) for as_ in (int, float, str, lambda n: f" {n} ")]
    assert [score(one, "brs_2008").values["totaal"].item() for one in typed] == [(4 + 2) / 2] * 4


def test_empty_text_is_no_answer() -> None:
    assert scored("brs_2008", "totaal", ["", 1, 1, 1, 1, 1]) == [None]


def test_of_nobody_there_are_no_scores() -> None:
    result = score(answers("brs_2008"), "brs_2008")
    assert len(result.values) == 0
    assert result.dropped.to_dict() == {"totaal": 0}


def test_people_keep_their_keys_and_answers_are_not_changed() -> None:
    table = answers("brs_2008", [1] * 6, [2] * 6)
    before = table.copy()
    assert score(table, "brs_2008").values.index.tolist() == ["r0", "r1"]
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("instrument_id", VERIFIED)
@given(data=st.data())
def test_no_score_lies_outside_its_scale_and_none_comes_of_missing_answers(
    instrument_id: str, data: st.DataObject
) -> None:
    instrument = instruments.get(instrument_id)
    options = [None, *(option.code for option in instrument.options)]
    person = data.draw(
        st.lists(st.sampled_from(options), min_size=len(instrument.items), max_size=len(instrument.items))
    )
    table = answers(instrument_id, person)
    values = score(table, instrument_id).values.iloc[0]
    for scale in instrument.scales:
        missing = int(table[list(scale.items)].isna().sum(axis=1).item())
        assert np.isnan(values[scale.id]) == (missing > scale.missing_allowed)
        assert np.isnan(values[scale.id]) or scale.min <= values[scale.id] <= scale.max


# Alpha


def test_alpha_by_hand() -> None:
    # Half of the people answer 1 to all, half 5, when turned round: all items are the same, so alpha is 1.
    people = [[1, 5, 1, 5, 1, 5], [5, 1, 5, 1, 5, 1]] * 25
    assert alpha(answers("brs_2008", *people), "brs_2008") == pytest.approx(1)


def test_alpha_of_two_items() -> None:
    # Pairs (1,1) (1,2) (2,1) (2,2): each item has variance v, the sum 2v, so 2/1 · (1 − 2v/2v) = 0.
    people = [[one, two, 3, 3, 3, 3, 3, 3] for one in (1, 2) for two in (1, 2)] * 20
    assert alpha(answers("bscs_2008", *people), "bscs_2008", "behoeften") == pytest.approx(0)


def test_alpha_of_fewer_than_50_people_is_refused() -> None:
    people = [[1, 5, 1, 5, 1, 5], [5, 1, 5, 1, 5, 1]] * 25
    with pytest.raises(TooFewError, match="49 people answered all items of brs_2008; expected at least 50"):
        alpha(answers("brs_2008", *people[:-1], [None, 1, 1, 1, 1, 1]), "brs_2008")


def test_alpha_of_one_question_or_an_unknown_scale_is_refused() -> None:
    with pytest.raises(AnswerError, match="scale 'tevreden' of ons4 is one item"):
        alpha(answers("ons4", *[[7, 7, 7, 7]] * 60), "ons4")
    with pytest.raises(RegistryError, match="'brs_2008' has no scale 'x'; expected one of totaal"):
        alpha(answers("brs_2008", *[[1] * 6] * 60), "brs_2008", "x")
    with pytest.raises(NotVerified):
        alpha(answers("swemwbs", *[[1] * 7] * 60), "swemwbs")


def test_alpha_of_people_who_all_have_the_same_sum_is_no_number() -> None:
    assert np.isnan(alpha(answers("brs_2008", *[[1] * 6] * 60), "brs_2008"))
