"""What may travel: no microdata, no text without consent, no small groups, and counts all or not at all."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.disclosure import records
from bt_analysis.disclosure.records import MicrodataError
from bt_analysis.instruments.rows import typed

WORDS: dict[str, Any] = {
    "name": "words",
    "protection_level": "L2",
    "primaryKey": ["id"],
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "raters_n", "type": "integer", "persons": True},
        {"name": "score", "type": "number"},
        {"name": "year", "type": "year"},
        {"name": "quote", "type": "string", "freeText": True},
        {"name": "text_consent", "type": "boolean"},
        {"name": "version", "type": "integer"},
    ],
}


def words(*rows: tuple[Any, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["id", "raters_n", "score", "quote", "text_consent"])
    types = {"raters_n": "Int64", "score": "Float64", "quote": "str", "text_consent": "boolean"}
    return table.astype(types).assign(year=2024, version=1)


def nothing(*_: Any) -> dict[str, pd.DataFrame]:
    return {}


# Free text


def test_text_goes_along_with_consent_only() -> None:
    table = words(("a", 20, 3.0, "mooi", True), ("b", 20, 3.0, "geheim", False), ("c", 20, 3.0, "stil", None))
    out = records.without_text(table, WORDS)
    assert out["quote"].fillna("–").tolist() == ["mooi", "–", "–"]
    assert out["quote_missing_reason"].fillna("–").tolist() == ["–", "suppressed", "suppressed"]
    assert table["quote"].tolist() == ["mooi", "geheim", "stil"]  # what came in is as it was


def test_without_a_field_for_consent_no_text_goes_along() -> None:
    table = words(("a", 20, 3.0, "mooi", True)).drop(columns="text_consent")
    assert records.without_text(table, WORDS)["quote"].isna().all()


def test_every_schema_with_free_text_asks_for_consent() -> None:
    for name in schema.MONITORING:
        if schema.free_text_fields(name):
            assert records.CONSENT in [field["name"] for field in schema.load(name)["fields"]], name


# Small groups


def test_measures_of_a_small_row_are_missing_with_their_reason() -> None:
    table = words(("a", 9, 3.0, None, None), ("b", 10, 4.0, None, None), ("c", 0, 5.0, None, None))
    out = records.without_small_groups(table, WORDS, 10)
    assert out["raters_n"].tolist() == [pd.NA, 10, pd.NA]  # zero is less than ten
    assert out["score"].tolist() == [pd.NA, 4.0, pd.NA]
    assert out["score_missing_reason"].fillna("–").tolist() == ["suppressed", "–", "suppressed"]
    assert out["year"].tolist() == [2024] * 3
    assert out["version"].tolist() == [1] * 3


def test_what_was_missing_already_keeps_its_reason() -> None:
    table = words(("a", 9, None, None, None)).assign(score_missing_reason=pd.Series(["unknown"], dtype="str"))
    assert records.without_small_groups(table, WORDS, 10)["score_missing_reason"].tolist() == ["unknown"]


def test_a_row_without_a_count_is_left_as_it_is() -> None:
    out = records.without_small_groups(words(("a", None, 3.0, None, None)), WORDS, 10)
    assert out["score"].tolist() == [3.0]


def test_a_public_table_is_left_as_it_is() -> None:
    table = words(("a", 3, 3.0, None, None))
    assert records.without_small_groups(table, {**WORDS, "protection_level": "L3"}, 10) is table


@pytest.mark.parametrize(
    ("n_valid", "numerator", "shown"),
    [(40, 20, True), (40, 9, False), (40, 31, False), (40, 30, True), (9, None, False), (40, None, True)],
)
def test_a_percentage_must_not_give_either_group_away(n_valid: int, numerator: Any, shown: bool) -> None:
    # 40 − 31 = 9 people who are not counted, one too few.
    row = {
        "measurement_id": "m", "indicator_id": "x", "n_valid": n_valid, "numerator": numerator, "value": 50.0,
        "period_start": "2024-01-01", "period_end": "2024-12-31", "n_frame": 400,
    }  # fmt: skip
    make_row = pd.DataFrame([row]).astype({"n_valid": "Int64", "numerator": "Int64", "n_frame": "Int64"})
    table = make_row.assign(ci_low=40.0, ci_high=60.0, suppressed=False)
    out = records.without_small_groups(table, schema.load("measurement"), 10)
    for name in ("value", "ci_low", "ci_high", "n_valid", "n_frame"):
        assert out[name].notna().tolist() == [shown], name
    assert out["suppressed"].tolist() == [not shown]


def test_measures_are_numbers_that_are_no_key_and_refer_to_nothing() -> None:
    assert [field["name"] for field in records.measures(schema.load("contribution"))] == [
        "persons_n", "hours", "uncertainty_pct", "paid_eur",
    ]  # fmt: skip
    assert [field["name"] for field in records.measures(schema.load("input_event"))] == []  # seq is in its key
    assert "quote" in records.may_be_missing(schema.load("coop_scan"))
    assert "scan_id" not in records.may_be_missing(schema.load("coop_scan"))


def test_evidence_of_few_people_keeps_how_it_was_designed_and_not_how_many_they_were() -> None:
    # A class of the evidence tells nothing of people, and without it a measured finding would count as a remark.
    table = typed([{"design": 3, "n": 9}, {"design": 2, "n": 10}, {"design": 0, "n": None}], "evidence")
    out = records.without_small_groups(table, schema.load("evidence"), 10)
    assert out["design"].tolist() == [3, 2, 0]
    assert out["n"].tolist() == [pd.NA, 10, pd.NA]
    assert out["n_missing_reason"].fillna("–").tolist() == ["suppressed", "–", "not_recorded"]
    assert "design" not in records.may_be_missing(schema.load("evidence"))


def test_what_few_raters_gave_is_a_measure_of_them_and_goes() -> None:
    scan = schema.load("coop_scan")
    assert [field["name"] for field in records.measures(scan)] == ["score", "n_raters", "importance"]
    table = pd.DataFrame({"score": [4], "n_raters": [3], "importance": [5]}, dtype="Int64")
    assert records.without_small_groups(table, scan, 10)[["score", "importance"]].isna().all(axis=None)


def test_only_classes_are_spared_and_every_other_number_of_a_count_of_people_is_a_measure() -> None:
    spared = {}
    for name in schema.MONITORING:
        fields = schema.load(name)["fields"]
        if any(field.get("persons") for field in fields):
            spared[name] = {field["name"] for field in fields if field.get("unit") == "klasse"}
    assert {name: some for name, some in spared.items() if some} == {"evidence": {"design"}}


# All tables together


def test_microdata_never_leave() -> None:
    with pytest.raises(MicrodataError, match="table response_item holds microdata; expected none"):
        records.protected({"response_item": pd.DataFrame()}, {}, 10, nothing)


def test_what_is_protected_as_a_whole_takes_the_place_of_the_table(make: Any) -> None:
    contribution = make.monitoring("contribution", {"persons_n": 30}, {"persons_n": 3})
    replaced = contribution.assign(persons_n=pd.array([None, 5], dtype="Int64"))
    seen: dict[str, Any] = {}

    def protect(tables: Any, figures: Any) -> dict[str, pd.DataFrame]:
        seen.update(tables=set(tables), figures=figures)
        return {"contribution": replaced}

    out = records.protected({"contribution": contribution}, {"f": contribution}, 10, protect)
    assert out["contribution"]["persons_n"].tolist() == [pd.NA, 5]  # as it came, and not row by row once more
    assert seen == {"tables": {"contribution"}, "figures": {"f": contribution}}
    alone = records.protected({"contribution": contribution}, {}, 10, nothing)
    assert alone["contribution"]["persons_n"].tolist() == [30, pd.NA]


def test_what_sort_of_party_was_asked_travels_with_consent_only() -> None:
    # It is described as free of names because people type what they like there.
    table = pd.DataFrame({"party_type": ["de bakker", "gemeente"], "text_consent": pd.array([False, True], "boolean")})
    kept = records.without_text(table.assign(reason=None), schema.load("selection_register"))
    assert kept["party_type"].fillna("").to_list() == ["", "gemeente"]


def test_no_fingerprint_goes_along_of_a_text_that_does_not() -> None:
    # Whoever guesses what a card says could compute it and see whether the guess is right.
    cards = pd.DataFrame({"problem": ["geheim", "open"], "card_hash": ["ab", "cd"], "text_consent": [False, True]})
    descriptor = {"fields": [{"name": "problem", "freeText": True}, {"name": "card_hash"}]}
    out = records.without_text(cards, descriptor)
    assert out["card_hash"].isna().tolist() == [True, False]
    assert out["problem"].isna().tolist() == [True, False]
    assert records.without_text(cards.drop(columns="text_consent"), descriptor)["card_hash"].isna().all()
